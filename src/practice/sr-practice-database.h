/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-log.h"
#include "practice/sr-practice-row.h"

G_BEGIN_DECLS

/**
 * SrPracticeBackupMark:
 * @lsn: where the logs stood when the backup began
 * @time: FILETIME of that
 * @generation_low: first log that goes with the backup, 0 for no backup
 * @generation_high: last log, 0 while it is not known
 *
 * What the database remembers of a backup; ESE calls it BKINFO.
 */
typedef struct
{
  SrPracticeLsn lsn;
  guint64 time;
  guint32 generation_low;
  guint32 generation_high;
} SrPracticeBackupMark;

/**
 * SrPracticeBackupSlot:
 * @SR_PRACTICE_BACKUP_FULL: the last full backup that truncated logs
 * @SR_PRACTICE_BACKUP_LOGS: the last log-only backup behind it that truncated
 * @SR_PRACTICE_BACKUP_COPY: the last full backup that did not truncate
 * @SR_PRACTICE_BACKUP_DIFFERENTIAL: the last log-only backup that did not truncate
 * @SR_PRACTICE_BACKUP_CURRENT: in a backup's copy: the backup that made it
 * @SR_PRACTICE_BACKUP_SLOTS: how many
 *
 * Which backup is meant.
 */
typedef enum
{
  SR_PRACTICE_BACKUP_FULL,
  SR_PRACTICE_BACKUP_LOGS,
  SR_PRACTICE_BACKUP_COPY,
  SR_PRACTICE_BACKUP_DIFFERENTIAL,
  SR_PRACTICE_BACKUP_CURRENT,
  SR_PRACTICE_BACKUP_SLOTS,
} SrPracticeBackupSlot;

/**
 * SrPracticeDbHeader:
 * @db_signature: of the database
 * @log_signature: of its stream of logs
 * @clean: whether it was closed in order, so that nothing needs replaying
 * @backups: by #SrPracticeBackupSlot
 *
 * The database's header, and in a backup's copy its trailer.
 */
typedef struct
{
  guint8 db_signature[SR_PRACTICE_SIGNATURE_SIZE];
  guint8 log_signature[SR_PRACTICE_SIGNATURE_SIZE];
  gboolean clean;
  SrPracticeBackupMark backups[SR_PRACTICE_BACKUP_SLOTS];
} SrPracticeDbHeader;

/**
 * sr_practice_db_header_write:
 * @header: what the page is to say
 * @page: (out caller-allocates) (array fixed-size=4096): gets the sealed page
 * @pgno: its number
 * @type: its type
 */
void sr_practice_db_header_write (const SrPracticeDbHeader *header,
                                  guint8                   *page,
                                  guint32                   pgno,
                                  SrPracticePageType        type);

/**
 * sr_practice_db_header_read:
 * @page: (array fixed-size=4096): a page
 * @pgno: the number that it must have
 * @type: the type that it must have
 * @header: (out): what it says
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED.
 *
 * Returns: whether the page is a whole header
 */
gboolean sr_practice_db_header_read (const guint8       *page,
                                     guint32             pgno,
                                     SrPracticePageType  type,
                                     SrPracticeDbHeader *header,
                                     GError            **error);

/**
 * SrPracticeDatabase:
 *
 * The request table in a database file with its transaction logs and
 * checkpoint. Changes go to the log first, and to the disk there before a call
 * returns; pages follow later. A crash at any moment leaves what was returned
 * as done. Not thread-safe.
 */
typedef struct _SrPracticeDatabase SrPracticeDatabase;

/**
 * sr_practice_database_open:
 * @folder: where database, logs and checkpoint are
 * @name: the database's file name
 * @read_only: whether nothing is written, for a look at a stopped CA
 * @error: where to put an error
 *
 * Opens the database, makes it when the folder has none and no logs, and
 * replays the logs behind the checkpoint when it was not closed in order.
 *
 * Sets %SR_HRESULT_ERROR with the errors of ESE's recovery after a crash: those
 * of sr_practice_chain_read_live() and sr_practice_chain_replay(), JET -1018 for
 * a damaged page, -532 and -533 for the checkpoint, -544 for a backup's copy,
 * -550 when it was not closed in order and has no logs, -1811 or -1216 when it
 * is missing and its logs are there. %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the database, or %NULL
 */
SrPracticeDatabase *sr_practice_database_open (const char *folder,
                                               const char *name,
                                               gboolean    read_only,
                                               GError    **error);

/**
 * sr_practice_database_close:
 * @database: a database
 * @error: where to put an error
 *
 * Writes every page and marks the database clean. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_close (SrPracticeDatabase *database,
                                     GError            **error);

/**
 * sr_practice_database_free:
 * @database: (transfer full): a database; without sr_practice_database_close() it is as after a crash
 */
void sr_practice_database_free (SrPracticeDatabase *database);

guint32 sr_practice_database_get_row_count (SrPracticeDatabase *database);

/**
 * sr_practice_database_get_row:
 * @database: a database
 * @request_id: from 1
 * @error: where to put an error
 *
 * Sets %SR_ERROR_NOT_FOUND, %SR_ERROR_MALFORMED.
 *
 * Returns: (transfer full): the row, or %NULL
 */
SrPracticeRow *sr_practice_database_get_row (SrPracticeDatabase *database,
                                             guint32             request_id,
                                             GError            **error);

/**
 * sr_practice_database_find_serial:
 * @database: a database
 * @serial: a serial number in lower case hexadecimal
 *
 * Returns: the request id, 0 when there is none
 */
guint32 sr_practice_database_find_serial (SrPracticeDatabase *database,
                                          const char         *serial);

/**
 * sr_practice_database_insert:
 * @database: a database
 * @rows: (element-type SrPracticeRow): rows whose request ids continue the table
 * @error: where to put an error
 *
 * Adds rows; they are on the disk when this returns. Sets %SR_ERROR_LIMIT for
 * a row that fits no page, %G_IO_ERROR codes; after those the database wants to be opened again.
 *
 * Returns: whether all rows are there
 */
gboolean sr_practice_database_insert (SrPracticeDatabase *database,
                                      GPtrArray          *rows,
                                      GError            **error);

/**
 * sr_practice_database_update_state:
 * @database: a database
 * @row: a row whose disposition, reason and time of revocation have changed
 * @error: where to put an error
 *
 * Changes a row, durably. Sets as sr_practice_database_insert(), and %SR_ERROR_NOT_FOUND.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_update_state (SrPracticeDatabase  *database,
                                            const SrPracticeRow *row,
                                            GError             **error);

/**
 * sr_practice_database_pad:
 * @database: a database
 * @size: the bytes that the file has at least afterwards
 * @error: where to put an error
 *
 * Lets the database grow by pages without rows. Sets %SR_ERROR_LIMIT above
 * %SR_PRACTICE_MAX_PAGES, %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_pad (SrPracticeDatabase *database,
                                   guint64             size,
                                   GError            **error);

/**
 * sr_practice_database_roll:
 * @database: a database
 * @error: where to put an error
 *
 * Finishes the current log, and writes the pages that have waited long enough. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_roll (SrPracticeDatabase *database,
                                    GError            **error);

/**
 * sr_practice_database_set_keep_logs:
 * @database: a database
 * @circular: whether logs below the checkpoint go as soon as they can (circular logging)
 * @backup: whether a backup runs, which keeps them nevertheless
 */
void sr_practice_database_set_keep_logs (SrPracticeDatabase *database,
                                         gboolean            circular,
                                         gboolean            backup);

const SrPracticeDbHeader *sr_practice_database_get_header (SrPracticeDatabase *database);
SrPracticeLsn sr_practice_database_get_checkpoint (SrPracticeDatabase *database);
SrPracticeLsn sr_practice_database_get_position (SrPracticeDatabase *database);
guint32 sr_practice_database_get_page_count (SrPracticeDatabase *database);

/**
 * sr_practice_database_set_backup:
 * @database: a database
 * @slot: which
 * @mark: what to remember
 * @error: where to put an error
 *
 * Writes a backup's mark into the header, durably; a new full backup makes the
 * log-only one before it void. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_set_backup (SrPracticeDatabase         *database,
                                          SrPracticeBackupSlot        slot,
                                          const SrPracticeBackupMark *mark,
                                          GError                    **error);

/**
 * sr_practice_database_forget_backups:
 * @database: a database
 * @error: where to put an error
 *
 * Clears the marks on which log-only backups build, as a restore does, and a
 * full backup of another kind. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_forget_backups (SrPracticeDatabase *database,
                                              GError            **error);

/**
 * sr_practice_database_read_pages:
 * @database: a database
 * @first: the first page
 * @count: how many
 * @pages: (out caller-allocates): their bytes in the file
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, %G_IO_ERROR codes.
 *
 * Returns: whether all are whole
 */
gboolean sr_practice_database_read_pages (SrPracticeDatabase *database,
                                          guint32             first,
                                          guint32             count,
                                          guint8             *pages,
                                          GError            **error);

/**
 * sr_practice_database_truncate_logs:
 * @database: a database
 * @below: finished logs of lower generations go, but none that recovery needs
 * @removed: (out) (optional): how many went
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_database_truncate_logs (SrPracticeDatabase *database,
                                             guint32             below,
                                             guint              *removed,
                                             GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeDatabase, sr_practice_database_free)

G_END_DECLS
