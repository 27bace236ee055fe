/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice-fixture.h"

#include "base/sr-hresult.h"
#include "practice/sr-practice-database.h"
#include "practice/sr-practice-restore.h"

G_BEGIN_DECLS

/* A CA that was backed up and is stopped then: its folder is kept. A test
 * copies it, lays out a restore in the copy as a client does, and starts that. */

#define RECOVERY_DATABASE CA_NAME ".edb"
#define RECOVERY_LIVE_UNC "\\\\ca.example.com\\C$\\Windows\\system32\\CertLog"
#define RECOVERY_STAGING_UNC "\\\\ca.example.com\\C$\\restore"

typedef struct
{
  PracticeFixture practice;
  char *stopped; /* the CA's folder */
  char *set; /* folder with the full set's database and the logs of all sets */
  GPtrArray *rows; /* of GPtrArray: what the CA had at each set, and at last */
  GArray *ends; /* of guint32: last generation of each set */
  guint32 low; /* first generation of the full set */

  char *ca; /* the copy, and folders in it */
  char *live;
  char *staging;
} RecoveryFixture;

extern const SrPracticeCaller recovery_operator;

/* A full set, as many log-only sets behind it as @data says, and changes that
 * are in no set. The full set has several logs, and records of every kind in them. */
void recovery_set_up (RecoveryFixture *f,
                      gconstpointer    data);
void recovery_tear_down (RecoveryFixture *f,
                         gconstpointer    data);

/* Issues some certificates and revokes one. */
void recovery_change (PracticeFixture *f);

/* Stops the CA, in order or as a crash does. */
void recovery_stop (RecoveryFixture *f,
                    gboolean         in_order);
guint32 recovery_end_of (RecoveryFixture *f,
                         guint            set);

/* Makes the copy anew. */
void recovery_copy_template (RecoveryFixture *f);
void recovery_empty_live (RecoveryFixture *f);

/* Copies the database to the live folder and the logs up to @high to @folder. */
void recovery_copy_sets (RecoveryFixture *f,
                         guint32          high,
                         const char      *folder);

/* The values of RestoreInProgress; the copy does not run. */
void recovery_set_value (RecoveryFixture *f,
                         const char      *name,
                         GVariant        *value);
gboolean recovery_has_key (RecoveryFixture *f);
void recovery_delete_key (RecoveryFixture *f);
void recovery_register (RecoveryFixture *f,
                        guint32          high,
                        gboolean         staging);

/* “This point”: nothing of the live folder is left. The backup's logs lie in a
 * folder of their own (@staging) or in the live folder. */
void recovery_lay_out (RecoveryFixture *f,
                       guint            set,
                       gboolean         staging);

/* “Latest possible”: the database is lost, logs and checkpoint are where they were. */
void recovery_lay_out_latest (RecoveryFixture *f,
                              guint            set);

SrPracticeCa *recovery_open (RecoveryFixture *f,
                             GError         **error);

/* Serial, disposition, revocation and all else of every row. */
void recovery_assert_rows (SrPracticeCa *ca,
                           GPtrArray    *expected);

/* Starts the copy: it serves @expected, says that it recovered, wants a full backup, and goes on as any CA. */
void recovery_check_recovered (RecoveryFixture *f,
                               GPtrArray       *expected);

/* Starts the copy: the service fails with @expected, nothing is changed, and inspect tells why. */
void recovery_check_refused (RecoveryFixture *f,
                             SrHresult        expected,
                             gboolean         registered);

/* Starts the copy in a process of its own, which is killed at @step of the
 * recovery, from 1. Returns whether there was such a step. */
gboolean recovery_start_and_kill (RecoveryFixture *f,
                                  guint            step);

void recovery_copy_tree (const char *from,
                         const char *to);
void recovery_copy_file (const char *from,
                         const char *from_name,
                         const char *to,
                         const char *to_name);
char *recovery_log_path (RecoveryFixture *f,
                         const char      *folder,
                         guint32          generation);
char *recovery_database_path (RecoveryFixture *f);

/* Changes a byte; @offset counts from the end when it is negative. */
void recovery_edit (const char *path,
                    gint64      offset,
                    guint8      mask);

G_END_DECLS
