/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-row.h"

G_BEGIN_DECLS

/**
 * sr_practice_set_read_rows:
 * @folder: a backup's folder: one database and logs, as they were served
 * @error: where to put an error
 *
 * Does with a backup of a practice CA what a restore does: takes the database's
 * copy, which changed while it was copied, and replays the logs on it. Nothing
 * in @folder is changed.
 *
 * All logs of @folder are replayed; see sr_practice_recovery_read() for what
 * must fit.
 *
 * Sets %SR_ERROR_NOT_FOUND when there is no database, %SR_ERROR_MISMATCH when
 * there are several, the errors of sr_practice_recovery_read().
 *
 * Returns: (transfer full) (element-type SrPracticeRow): the rows by request id, or %NULL
 */
GPtrArray *sr_practice_set_read_rows (const char *folder,
                                      GError    **error);

/**
 * sr_practice_set_restore:
 * @folder: as for sr_practice_set_read_rows()
 * @target: an empty folder
 * @name: file name of the database there
 * @error: where to put an error
 *
 * Makes what the engine has in its folder after a restore of the backup: the
 * database with all logs replayed, those logs, and behind them a new current
 * log of the same signature. The database knows of no full backup any more.
 * After an error @target may hold a part of it.
 *
 * Sets the errors of sr_practice_set_read_rows() and sr_practice_database_open().
 *
 * Returns: whether all of it is on the disk
 */
gboolean sr_practice_set_restore (const char *folder,
                                  const char *target,
                                  const char *name,
                                  GError    **error);

G_END_DECLS
