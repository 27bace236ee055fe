/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-row.h"

G_BEGIN_DECLS

/**
 * SrPracticeRecoveryPlan:
 * @database: the file, as a backup served it
 * @backup_folder: where the backup's logs are
 * @low: generation of the first of them
 * @high: of the last one; the others in @backup_folder are left alone
 * @log_folder: (nullable): where the database goes on: its current log and
 *   checkpoint, and logs behind @high that continue the backup. May be
 *   @backup_folder. %NULL when only the backup's rows are wanted
 * @steps_to_live: (nullable): counts down with every step that writes; the
 *   process kills itself when it gets to 0 (tests), 0 for never
 *
 * What a recovery needs to know.
 */
typedef struct
{
  const char *database;
  const char *backup_folder;
  guint32 low;
  guint32 high;
  const char *log_folder;
  guint *steps_to_live;
} SrPracticeRecoveryPlan;

/**
 * SrPracticeRecovery:
 *
 * A backup's copy of the database with the logs of its chain replayed on it:
 * what JetExternalRestore does. First all is read and replayed in memory, and
 * nothing is written; then the database is written where it is. A crash at any
 * moment leaves what another recovery with the same plan completes.
 */
typedef struct _SrPracticeRecovery SrPracticeRecovery;

/**
 * sr_practice_recovery_read:
 * @plan: what to recover
 * @error: where to put an error
 *
 * The header must name the backup and the trailer agree with it, the logs must
 * be one chain that reaches from the backup's first log to at least its last,
 * and every page and record must be whole.
 *
 * Sets %SR_HRESULT_ERROR with ESE's errors: those of
 * sr_practice_chain_read_backup(), sr_practice_chain_add_live() and
 * sr_practice_chain_replay(), and of JET -1811 for a missing database, -1018 for
 * a damaged page, -615 for a database that is no backup's copy, -535 for a
 * damaged trailer, -552 for one that does not agree with header or logs, -554
 * when the first log is too high, -553 when the last one is too low, -543 when
 * an interrupted recovery had more logs. %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the recovery, or %NULL
 */
SrPracticeRecovery *sr_practice_recovery_read (const SrPracticeRecoveryPlan *plan,
                                               GError                      **error);

/**
 * sr_practice_recovery_free:
 * @recovery: (transfer full): a recovery
 */
void sr_practice_recovery_free (SrPracticeRecovery *recovery);

/**
 * sr_practice_recovery_get_rows:
 * @recovery: a recovery
 * @error: where to put an error
 *
 * Sets %SR_HRESULT_ERROR, JET -1018.
 *
 * Returns: (transfer full) (element-type SrPracticeRow): the rows by request id, or %NULL
 */
GPtrArray *sr_practice_recovery_get_rows (SrPracticeRecovery *recovery,
                                          GError            **error);

/**
 * sr_practice_recovery_write:
 * @recovery: a recovery
 * @plan: the plan that it was read with; @log_folder is not %NULL
 * @error: where to put an error
 *
 * Makes the database one that sr_practice_database_open() opens, with a current
 * log behind the last one. Sets %G_IO_ERROR codes.
 *
 * Returns: whether all of it is on the disk
 */
gboolean sr_practice_recovery_write (SrPracticeRecovery           *recovery,
                                     const SrPracticeRecoveryPlan *plan,
                                     GError                      **error);

/**
 * sr_practice_recovery_step:
 * @steps_to_live: (nullable): see #SrPracticeRecoveryPlan
 *
 * A step is about to be made.
 */
void sr_practice_recovery_step (guint *steps_to_live);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeRecovery, sr_practice_recovery_free)

G_END_DECLS
