/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set.h"

G_BEGIN_DECLS

/**
 * SrBackupSetDescription:
 * @kind: full or log-only
 * @keep_logs: whether the CA is to keep its logs
 * @display_name: (nullable): the CA's name for people
 * @certificate: (nullable): the CA's certificate, DER
 * @started: when the session began, microseconds since 1970 UTC; 0 for now
 * @server_time: the server's clock then, 0 when not known
 * @program_version: (nullable): ours; %NULL for this build's
 *
 * What is known about a set before its first file.
 */
typedef struct
{
  SrSetKind kind;
  gboolean keep_logs;
  const char *display_name;
  GBytes *certificate;
  gint64 started;
  gint64 server_time;
  const char *program_version;
} SrBackupSetDescription;

/**
 * SrBackupSetWriter:
 *
 * Writes one set: into a staging folder beside the CA's sets, file by file
 * with its SHA-256, and publishes it by one rename once everything is on the
 * disk. A call that fails takes the staging folder away; every later call then
 * sets %SR_ERROR_STATE. One thread at a time.
 *
 * On failures of the disk all calls set the codes of %SR_STORE_ERROR: FULL,
 * FILE_TOO_LARGE, READ_ONLY, DENIED, IO. A program that may meet limits on
 * file sizes ignores SIGXFSZ.
 */
typedef struct _SrBackupSetWriter SrBackupSetWriter;

/**
 * SrPublishFlags:
 * @SR_PUBLISH_DEFAULT: read everything back and compare before publishing
 * @SR_PUBLISH_NO_VERIFY: do not read it back
 */
typedef enum
{
  SR_PUBLISH_DEFAULT = 0,
  SR_PUBLISH_NO_VERIFY = 1 << 0,
} SrPublishFlags;

/**
 * sr_backup_set_writer_begin:
 * @lock: the CA's exclusive lock, which must outlive the writer
 * @description: what is known; copied
 * @error: where to put an error
 *
 * Makes the staging folder.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: (transfer full): a writer, or %NULL
 */
SrBackupSetWriter *sr_backup_set_writer_begin (SrLock                       *lock,
                                               const SrBackupSetDescription *description,
                                               GError                      **error);

/**
 * sr_backup_set_writer_set_locations:
 * @self: a writer
 * @list: (array length=length): the list as RestoreGetDatabaseLocations returned it (MS-CSRA 3.1.4.1.28)
 * @length: in bytes
 * @error: where to put an error
 *
 * Keeps the list in the manifest, and its bytes in certbkxp.dat. Once a set.
 *
 * Sets %SR_ERROR_MALFORMED or %SR_ERROR_LIMIT when it is not such a list, %SR_STORE_ERROR.
 *
 * Returns: whether it is written
 */
gboolean sr_backup_set_writer_set_locations (SrBackupSetWriter *self,
                                             const guint8      *list,
                                             gsize              length,
                                             GError           **error);

/**
 * sr_backup_set_writer_set_dynamic_files:
 * @self: a writer
 * @paths: (array zero-terminated=1): the dynamic file list, as sent: listed, not fetched
 * @error: where to put an error
 *
 * Sets %SR_ERROR_LIMIT when it is too long to be kept.
 *
 * Returns: whether it is kept
 */
gboolean sr_backup_set_writer_set_dynamic_files (SrBackupSetWriter  *self,
                                                 const char * const *paths,
                                                 GError            **error);

/**
 * sr_backup_set_writer_begin_file:
 * @self: a writer
 * @role: database, log, patch or other
 * @server_name: the server's name for it, without the type character
 * @length: how many bytes will come, as OpenFile said
 * @error: where to put an error
 *
 * Opens a file of the set under a safe name made from the last part of
 * @server_name. Space for @length is set aside where the file system can, so
 * that a disk too small is noticed now.
 *
 * Sets %SR_STORE_ERROR_NAME when a log of that name or generation is there
 * already, the name is too long, or there are too many files; %SR_STORE_ERROR_FULL and the others of the disk.
 *
 * Returns: whether the file is open
 */
gboolean sr_backup_set_writer_begin_file (SrBackupSetWriter *self,
                                          SrFileRole         role,
                                          const char        *server_name,
                                          guint64            length,
                                          GError           **error);

/**
 * sr_backup_set_writer_write:
 * @self: a writer
 * @data: (array length=length): the next bytes; large pieces (512 KiB) are best, they are written as they come
 * @length: in bytes
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_LENGTH when more comes than was announced, %SR_STORE_ERROR.
 *
 * Returns: whether they are written
 */
gboolean sr_backup_set_writer_write (SrBackupSetWriter *self,
                                     const void        *data,
                                     gsize              length,
                                     GError           **error);

/**
 * sr_backup_set_writer_end_file:
 * @self: a writer
 * @error: where to put an error
 *
 * Ends the file: fsync(). What the header of a log tells goes into the
 * manifest, where it has one.
 *
 * Sets %SR_STORE_ERROR_LENGTH when fewer bytes came than were announced,
 * naming both; %SR_STORE_ERROR_MISMATCH for a log whose header tells another
 * generation than its name; %SR_STORE_ERROR.
 *
 * Returns: whether the file is whole and on the disk
 */
gboolean sr_backup_set_writer_end_file (SrBackupSetWriter *self,
                                        GError           **error);

/**
 * sr_backup_set_writer_get_staging_path:
 * @self: a writer
 *
 * Returns: (transfer none): the staging folder, for the journal
 */
const char *sr_backup_set_writer_get_staging_path (SrBackupSetWriter *self);

/**
 * sr_backup_set_writer_get_files:
 * @self: a writer
 *
 * Returns: (transfer none) (element-type SrSetFile): the files so far; while one is open it is the last, and has no hash yet
 */
GPtrArray *sr_backup_set_writer_get_files (SrBackupSetWriter *self);

/**
 * sr_backup_set_writer_get_bytes_written:
 * @self: a writer
 *
 * Returns: bytes of all files so far
 */
guint64 sr_backup_set_writer_get_bytes_written (SrBackupSetWriter *self);

/**
 * sr_backup_set_writer_publish:
 * @self: a writer, with no file open
 * @flags: flags
 * @progress: (nullable) (scope call): told how far reading back is
 * @user_data: for @progress
 * @cancellable: (nullable): stops it before the set is published
 * @error: where to put an error
 *
 * Writes manifest, sums and restore sheet, syncs all, reads it back, and
 * renames the staging folder to its place. When this returns a set, the set
 * and its name are on the disk; only then may logs be truncated.
 *
 * Sets %SR_STORE_ERROR_DAMAGED_SET for a full set without database,
 * %SR_STORE_ERROR_MISMATCH when the disk gives back other bytes,
 * %SR_STORE_ERROR, %G_IO_ERROR_CANCELLED. A set whose rename worked and whose
 * folder could not be synced stays, and %SR_STORE_ERROR_IO says so.
 *
 * Returns: (transfer full): the set, or %NULL
 */
SrBackupSet *sr_backup_set_writer_publish (SrBackupSetWriter *self,
                                           SrPublishFlags     flags,
                                           SrStoreProgress    progress,
                                           gpointer           user_data,
                                           GCancellable      *cancellable,
                                           GError           **error);

/**
 * sr_backup_set_writer_free:
 * @self: (transfer full): a writer
 *
 * Ends the writer. What was not published is aborted: the staging folder goes
 * away, unless it carries the mark of a session that may have truncated logs.
 */
void sr_backup_set_writer_free (SrBackupSetWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrBackupSetWriter, sr_backup_set_writer_free)

G_END_DECLS
