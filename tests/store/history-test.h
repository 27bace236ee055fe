/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-test.h"

#include "store/sr-backup-rules.h"

G_BEGIN_DECLS

/* What one set is to hold. Log generations @low to @high but for @hole; logs of one @stream are the same
 * wherever they occur, and name the log before them. */
typedef struct
{
  gint64 sequence;
  SrSetKind kind;
  guint32 low;
  guint32 high;
  guint32 hole;
  guint stream;
  SrTruncation truncated;
  SrEnding ended;
  gboolean no_session; /* no session.json */
  gboolean damaged; /* as verified.json says */
  gboolean no_headers; /* nothing is known of the logs but name and hash */
  guint64 last_full;
  gint64 started; /* 0: an hour behind the set before */
} TestSet;

/* Numbers of sets count up from 1 unless given as "#7:". A word each:
 *   F1-3  full set with logs 1 to 3, truncated and ended; L3-5 log-only
 *         behind it: k kept, n not truncated, u unknown whether truncated, e unknown whether ended,
 *         s no session.json, b logs without headers, d damaged, !2 without log 2, @2 of stream 2 (1 otherwise),
 *         t30 made when our clock showed that many hours
 *   R M O C G  an event: restore, full-missing, other-logs, circular-logging, gap; X one that cannot be read
 */

/* When log @generation of @stream was made. */
gint64 test_log_created (guint   stream,
                         guint32 generation);

/* Writes the folders as text, without the program: manifest.json, session.json and events only. */
void test_history_by_hand (SrRepository *repository,
                           const char   *words);

/* Has the program write them, with logs that begin as ESE's do. */
void test_history_by_program (SrRepository *repository,
                              const char   *words);

void test_write_by_hand (SrRepository  *repository,
                         const TestSet *set);
SrBackupSet *test_write_by_program (SrRepository  *repository,
                                    const TestSet *set);

/* Lineages in brackets with their start; chains by the numbers of their sets ("*" before a base, "?" before an
 * incomplete one) and their generations; "~" before loose sets. */
char *test_describe (SrHistory *history);

SrHistory *test_load_history (SrRepository *repository);

G_END_DECLS
