/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "host/sr-ca-host.h"

G_BEGIN_DECLS

/*
 * HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration\RestoreInProgress:
 * what CertSrvRestoreRegister leaves for CertSvc. The names of its values are
 * public, their types are not: they stand in sr-restore-in-progress.c alone,
 * inferred from keys of the same family (KB 814167, KB 200941).
 */

/** SR_CERTSVC_KEY: the CA's configuration, below HKEY_LOCAL_MACHINE */
#define SR_CERTSVC_KEY "SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration"

/** SR_RESTORE_IN_PROGRESS_KEY: the key of a restore */
#define SR_RESTORE_IN_PROGRESS_KEY SR_CERTSVC_KEY "\\RestoreInProgress"

/** SR_RESTORE_MAX_MAP: most pairs of paths that are taken */
#define SR_RESTORE_MAX_MAP 1000

/**
 * SrRestoreInProgress:
 * @backup_log_directory: (nullable): UNC path of the folder with the logs of the sets; %NULL where the key does not tell it
 * @check_point_file: (nullable): UNC path of the checkpoint's folder
 * @log_path: (nullable): UNC path of the live logs' folder
 * @low: first log generation
 * @high: last log generation
 * @map: (nullable) (array zero-terminated=1): UNC paths of the databases, as in the backup and as they are now, by turns
 * @has_status: whether RestoreRegisterComplete has been called
 * @status: its HRESULT, or what CertSvc made of it since
 * @recovered: whether CertSvc has recovered the database
 *
 * The values of the key.
 */
typedef struct
{
  char *backup_log_directory;
  char *check_point_file;
  char *log_path;
  guint32 low;
  guint32 high;
  char **map;
  gboolean has_status;
  SrHresult status;
  gboolean recovered;
} SrRestoreInProgress;

void sr_restore_in_progress_free (SrRestoreInProgress *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreInProgress, sr_restore_in_progress_free)

/**
 * sr_restore_in_progress_read:
 * @host: the CA's host
 * @values: (out) (transfer full) (nullable): the values; %NULL where there is no key
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Reads what is there; a value that is absent, or has a type that is not
 * expected, stays 0 or %NULL.
 *
 * Sets the errors of #SrCaHost.
 *
 * Returns: whether it is known what is there
 */
gboolean sr_restore_in_progress_read (SrCaHost             *host,
                                      SrRestoreInProgress **values,
                                      GCancellable         *cancellable,
                                      GError              **error);

/**
 * sr_restore_in_progress_list:
 * @values: values
 *
 * The values as they are written, in that order: BackupLogDirectory, which
 * tells whose key it is, is the first, RestoreStatus (only if @has_status) the last.
 *
 * Returns: (transfer full) (element-type SrRegistryValue): the values
 */
GPtrArray *sr_restore_in_progress_list (const SrRestoreInProgress *values);

/**
 * sr_restore_in_progress_write:
 * @host: the CA's host
 * @values: values
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Makes the key where it is not there, takes RestoreStatus from it unless
 * @has_status, and writes the values. May be repeated.
 *
 * Sets the errors of #SrCaHost.
 *
 * Returns: whether all are written
 */
gboolean sr_restore_in_progress_write (SrCaHost                  *host,
                                       const SrRestoreInProgress *values,
                                       GCancellable              *cancellable,
                                       GError                   **error);

/**
 * sr_restore_in_progress_write_high:
 * @host: the CA's host
 * @high: last log generation
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Makes the range of logs of a key that is there end with @high, and takes RestoreStatus from it.
 *
 * Returns: whether it is written
 */
gboolean sr_restore_in_progress_write_high (SrCaHost     *host,
                                            guint32       high,
                                            GCancellable *cancellable,
                                            GError      **error);

/**
 * sr_restore_in_progress_write_status:
 * @host: the CA's host
 * @status: %SR_S_OK or why it failed
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Writes RestoreStatus (CertSrvRestoreRegisterComplete).
 *
 * Returns: whether it is written
 */
gboolean sr_restore_in_progress_write_status (SrCaHost     *host,
                                              SrHresult     status,
                                              GCancellable *cancellable,
                                              GError      **error);

/**
 * sr_restore_in_progress_describe:
 * @values: values
 *
 * Returns: (transfer full): the values in words, one a line, in the user's language
 */
char *sr_restore_in_progress_describe (const SrRestoreInProgress *values);

G_END_DECLS
