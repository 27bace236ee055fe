/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "session/sr-restore-in-progress.h"

G_BEGIN_DECLS

/**
 * SrRestoreCalls:
 *
 * What CertSrvRestorePrepare gives: the calls of certbcli.h for a restore, one
 * by one. Except for RestoreGetDatabaseLocations they are the host's registry;
 * nothing is sent to the CA. For each successful sr_restore_calls_prepare()
 * there is one sr_restore_calls_end(). Who copies files in what order between
 * them is the caller's matter: #SrRestoreSession knows how.
 */
typedef struct _SrRestoreCalls SrRestoreCalls;

/**
 * sr_restore_calls_prepare:
 * @host: the CA's host; a reference is kept
 * @own: (nullable): BackupLogDirectory of a restore that is gone on with: its RestoreInProgress is taken over
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Begins a restore (CertSrvRestorePrepare): the host answers, and no
 * RestoreInProgress is there, or it is @own's. A key that is there otherwise
 * is never deleted.
 *
 * Sets %SR_ERROR_STATE with what the key says, the errors of #SrCaHost.
 *
 * Returns: (transfer full): the session, or %NULL
 */
SrRestoreCalls *sr_restore_calls_prepare (SrCaHost     *host,
                                          const char   *own,
                                          GCancellable *cancellable,
                                          GError      **error);

/**
 * sr_restore_calls_get_database_locations:
 * @target: the CA's host, on which the service must run: it is activated
 * @authority: the CA's name as configured
 * @names: (out) (transfer full): locations, each with its CSBFT_* in front
 * @seconds: for all of it
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * CertSrvRestoreGetDatabaseLocations (MS-CSRA 3.1.4.1.14). Needs no session:
 * a restore calls it before the service is stopped.
 *
 * Returns: whether @names is set
 */
gboolean sr_restore_calls_get_database_locations (SrDcomTarget *target,
                                                  const char   *authority,
                                                  char       ***names,
                                                  double        seconds,
                                                  GCancellable *cancellable,
                                                  GError      **error);

/**
 * sr_restore_calls_register:
 * @calls: a session
 * @check_point_folder: (nullable): UNC path of the folder of the checkpoint; %NULL behind the first set
 * @log_path: (nullable): UNC path of the folder of the live logs; %NULL behind the first set
 * @map: (nullable) (array zero-terminated=1): databases as in the backup and as they are now, by turns; %NULL for a log-only set
 * @backup_log_path: UNC path of the folder with the sets' logs, the same for all
 * @low: first generation of the set's logs
 * @high: last one
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * CertSrvRestoreRegister: writes RestoreInProgress. With a @map all of it; for
 * a log-only set the range of logs grows. RestoreStatus is taken away, so that
 * CertSvc does not start before sr_restore_calls_register_complete(). May be repeated.
 *
 * Sets %SR_ERROR_STATE for a log-only set before a full one, or one that leaves a gap; the errors of #SrCaHost.
 *
 * Returns: whether it is registered
 */
gboolean sr_restore_calls_register (SrRestoreCalls     *calls,
                                    const char         *check_point_folder,
                                    const char         *log_path,
                                    const char * const *map,
                                    const char         *backup_log_path,
                                    guint32             low,
                                    guint32             high,
                                    GCancellable       *cancellable,
                                    GError            **error);

/**
 * sr_restore_calls_register_through_file:
 *
 * CertSrvRestoreRegisterThroughFile, which differs from
 * sr_restore_calls_register() in the right that it needs. What file it writes
 * is not public, so the same values go to the registry.
 */
gboolean sr_restore_calls_register_through_file (SrRestoreCalls     *calls,
                                                 const char         *check_point_folder,
                                                 const char         *log_path,
                                                 const char * const *map,
                                                 const char         *backup_log_path,
                                                 guint32             low,
                                                 guint32             high,
                                                 GCancellable       *cancellable,
                                                 GError            **error);

/**
 * sr_restore_calls_register_complete:
 * @calls: a session
 * @state: %SR_S_OK, or why the restore failed: CertSvc does not start then
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * CertSrvRestoreRegisterComplete: writes RestoreStatus. May be repeated.
 *
 * Returns: whether it is written
 */
gboolean sr_restore_calls_register_complete (SrRestoreCalls *calls,
                                             SrHresult       state,
                                             GCancellable   *cancellable,
                                             GError        **error);

/**
 * sr_restore_calls_end:
 * @calls: (transfer full): a session
 *
 * CertSrvRestoreEnd. What is registered stays.
 */
void sr_restore_calls_end (SrRestoreCalls *calls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreCalls, sr_restore_calls_end)

G_END_DECLS
