/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "practice/sr-practice-config.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The key RestoreInProgress below CertSvc\Configuration, as CertSvc reads it
 * when it starts. The names are public; types, and when CertSvc writes or
 * deletes what, are inference, and stand here alone. */

/** SR_PRACTICE_RESTORE_KEY: the key's name below CertSvc\Configuration */
#define SR_PRACTICE_RESTORE_KEY "RestoreInProgress"

/**
 * SrPracticeRestore:
 * @has_status: whether CertSrvRestoreRegisterComplete was called
 * @status: what it said
 * @recovered: whether the database was recovered, and only the key is left
 * @backup_log_folder: (nullable): UNC of the folder with the backup's logs
 * @checkpoint_folder: (nullable): UNC of the live checkpoint's folder
 * @log_folder: (nullable): UNC of the live logs' folder
 * @low: generation of the backup's first log
 * @high: of the last one
 * @database: (nullable): UNC of where the database is now; %NULL where it always is
 *
 * A restore that was registered. The database lies where it always is, as the
 * backup served it. In @backup_log_folder only the logs from @low to @high
 * matter, unless it is @log_folder itself: what lies there behind @high is a
 * live log, and is replayed when it continues the backup.
 */
typedef struct
{
  gboolean has_status;
  SrHresult status;
  gboolean recovered;
  char *backup_log_folder;
  char *checkpoint_folder;
  char *log_folder;
  guint32 low;
  guint32 high;
  char *database;
} SrPracticeRestore;

/**
 * sr_practice_restore_read:
 * @config: the CA's configuration, which has the key
 * @error: where to put an error
 *
 * Sets %SR_HRESULT_ERROR: CERTSRV_E_SERVER_SUSPENDED (0x80094006) when the
 * restore was not completed or failed, ERROR_INVALID_DATA for values that are
 * missing, or of another type or count than they must be.
 *
 * Returns: (transfer full): the restore, or %NULL
 */
SrPracticeRestore *sr_practice_restore_read (SrPracticeConfig *config,
                                             GError          **error);

/**
 * sr_practice_restore_free:
 * @restore: (transfer full): a restore
 */
void sr_practice_restore_free (SrPracticeRestore *restore);

/**
 * sr_practice_restore_set_recovered:
 * @config: the CA's configuration
 * @error: where to put an error
 *
 * Writes DatabaseRecovered and RestoreStatus: the database is recovered, and
 * the next start does not do it again. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_restore_set_recovered (SrPracticeConfig *config,
                                            GError          **error);

/**
 * sr_practice_restore_finish:
 * @config: the CA's configuration
 * @error: where to put an error
 *
 * Deletes the key. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that is on the disk
 */
gboolean sr_practice_restore_finish (SrPracticeConfig *config,
                                     GError          **error);

/**
 * sr_practice_restore_describe:
 * @config: the CA's configuration
 *
 * Returns: (transfer full) (nullable): the values of the key as JSON, whatever they are; %NULL when there is no key
 */
JsonNode *sr_practice_restore_describe (SrPracticeConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeRestore, sr_practice_restore_free)

G_END_DECLS
