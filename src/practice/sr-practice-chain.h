/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-log.h"

G_BEGIN_DECLS

/* The logs that a recovery replays, one behind another, and the rules by which
 * the engine finds them to be one chain (ESE logutil.cxx
 * ErrLGIRSTCheckSignaturesLogSequence and logredo.cxx). */

/**
 * SrPracticeChainLog:
 * @path: the file
 * @finished: %FALSE for the current log, which ends with its last whole record
 * @header: its header
 *
 * A log of a chain.
 */
typedef struct
{
  char *path;
  gboolean finished;
  SrEseLogHeader header;
} SrPracticeChainLog;

/**
 * sr_practice_chain_read_backup:
 * @folder: where a backup's logs are
 * @low: the first generation
 * @high: the last one
 * @error: where to put an error
 *
 * Sets %SR_HRESULT_ERROR: JET -557 for a missing log, -555 for another stream's,
 * -556 for one that does not continue the one before, -513 for a name that is
 * not its generation, -501, -541. %G_IO_ERROR codes.
 *
 * Returns: (transfer full) (element-type SrPracticeChainLog): the chain, or %NULL
 */
GPtrArray *sr_practice_chain_read_backup (const char *folder,
                                          guint32     low,
                                          guint32     high,
                                          GError    **error);

/**
 * sr_practice_chain_add_live:
 * @chain: (element-type SrPracticeChainLog): a backup's logs
 * @folder: where the logs are that the database goes on with
 * @error: where to put an error
 *
 * Adds what is in @folder behind the chain, the current log included; nothing
 * need be there. What is there must belong to the chain.
 *
 * Sets %SR_HRESULT_ERROR: JET -610 for a log of another stream, -611 for one
 * that is not the backup's or does not continue it, -565 for a gap behind the
 * backup, -513, -501, -541. %G_IO_ERROR codes.
 *
 * Returns: whether they are one chain
 */
gboolean sr_practice_chain_add_live (GPtrArray  *chain,
                                     const char *folder,
                                     GError    **error);

/**
 * sr_practice_chain_read_live:
 * @folder: where the logs are
 * @first: the first generation that is needed
 * @signature: (array fixed-size=28): of the database's stream
 * @error: where to put an error
 *
 * The chain for recovery after a crash: up to the current log, which must be there.
 *
 * Sets %SR_HRESULT_ERROR: JET -528 for a missing log, -530 for one of another
 * stream, -515 for one that does not continue the one before, -513, -501, -541.
 * %G_IO_ERROR codes.
 *
 * Returns: (transfer full) (element-type SrPracticeChainLog): the chain, or %NULL
 */
GPtrArray *sr_practice_chain_read_live (const char   *folder,
                                        guint32       first,
                                        const guint8 *signature,
                                        GError      **error);

/**
 * sr_practice_chain_replay:
 * @chain: (element-type SrPracticeChainLog): a chain
 * @from: records before this are left out
 * @func: called for every record
 * @user_data: for @func
 * @end: (out): behind the last record
 * @error: where to put an error
 *
 * Sets %SR_HRESULT_ERROR, JET -501 for a damaged record, or where @func sets
 * %SR_ERROR. %G_IO_ERROR codes.
 *
 * Returns: whether the chain was read to its end
 */
gboolean sr_practice_chain_replay (GPtrArray            *chain,
                                   SrPracticeLsn         from,
                                   SrPracticeRecordFunc  func,
                                   gpointer              user_data,
                                   SrPracticeLsn        *end,
                                   GError              **error);

/**
 * sr_practice_chain_get_last:
 * @chain: (element-type SrPracticeChainLog): a chain, not empty
 *
 * Returns: (transfer none): its last log
 */
const SrPracticeChainLog *sr_practice_chain_get_last (GPtrArray *chain);

G_END_DECLS
