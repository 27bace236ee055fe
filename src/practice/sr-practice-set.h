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
 * The copy must have a header that names the backup and a trailer that agrees
 * with it, the logs must be one chain from the trailer's first generation to at
 * least its last, and every page and record must be whole.
 *
 * Sets %SR_ERROR_NOT_FOUND for a missing file, %SR_ERROR_MISMATCH for files of
 * different backups, %SR_ERROR_MALFORMED, %G_IO_ERROR codes.
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
