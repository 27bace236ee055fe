/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority-list.h"
#include "session/sr-session-recovery.h"
#include "worker/sr-job.h"

G_BEGIN_DECLS

/**
 * SrWorker:
 *
 * Runs jobs, each on its own thread, several CAs side by side and one job a
 * CA at a time; the others wait for their turn. Belongs to the thread that
 * made it.
 */
#define SR_TYPE_WORKER (sr_worker_get_type ())
G_DECLARE_FINAL_TYPE (SrWorker, sr_worker, SR, WORKER, GObject)

SrWorker *sr_worker_new (void);

/**
 * sr_worker_get_jobs:
 * @self: a worker
 *
 * Returns: (transfer none) (type GListModel<SrJob>): jobs that wait, run, or came to their end and were not forgotten; in the order in which they came
 */
GListModel *sr_worker_get_jobs (SrWorker *self);

/**
 * sr_worker_get_n_active:
 * @self: a worker
 *
 * Returns: how many jobs wait or run
 */
guint sr_worker_get_n_active (SrWorker *self);

/**
 * sr_worker_run_async:
 * @self: a worker
 * @job: a job that was not given to a worker before
 * @cancellable: (nullable): cancels the job, as sr_job_cancel() does
 * @callback: called when it has come to its end and its properties show that
 * @user_data: for @callback
 *
 * Puts a job into the queue.
 */
void sr_worker_run_async (SrWorker           *self,
                          SrJob              *job,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data);

/**
 * sr_worker_run_finish:
 * @self: a worker
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_backup_session_run() or sr_backup_set_verify(), of
 * sr_authority_make_target(), and %SR_STORE_ERROR_LOCKED when another process
 * works on the CA. The set of a backup that failed behind its publication is
 * found with sr_job_get_set().
 *
 * Returns: whether all that was wanted is done
 */
gboolean sr_worker_run_finish (SrWorker     *self,
                               GAsyncResult *result,
                               GError      **error);

/**
 * sr_worker_forget:
 * @self: a worker
 * @job: a job that has come to its end
 *
 * Takes it out of sr_worker_get_jobs().
 */
void sr_worker_forget (SrWorker *self,
                       SrJob    *job);

/**
 * sr_worker_find_verification:
 * @self: a worker
 * @set: a set
 *
 * Returns: (transfer none) (nullable): the job that verifies @set, or waits for that
 */
SrJob *sr_worker_find_verification (SrWorker    *self,
                                    SrBackupSet *set);

/**
 * sr_worker_cancel_all:
 * @self: a worker
 *
 * Cancels every job that waits or runs.
 */
void sr_worker_cancel_all (SrWorker *self);

/**
 * SrWorkerPasswordFunc:
 * @authority: a CA that is signed in to with a password
 * @user_data: the caller's
 *
 * Returns: (transfer full) (nullable): its password, if it is at hand
 */
typedef SrSecret *(*SrWorkerPasswordFunc) (SrAuthority *authority,
                                           gpointer     user_data);

/**
 * sr_worker_recover_async:
 * @self: a worker
 * @authorities: the CAs that are known, for signing in
 * @only: (nullable): config string of the CA whose sessions are ended; those of others stay as they are and are not told
 * @password: (nullable) (scope async): finds passwords, on the caller's thread, for CAs with a session that is to be ended
 * @password_data: for @password
 * @journal_folder: (nullable): the journal's folder, %NULL for the usual
 * @seconds: time for each session, 0 for the usual
 * @cancellable: (nullable): stops it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Ends the sessions that programs before this one have left open: see
 * sr_session_recover(). An account that the host does not let in is not tried
 * again for another session of that CA. Runs beside the jobs of CAs that it
 * does not concern: with those of @only, else of CAs that have a session left
 * open, and with other recoveries, it takes turns.
 */
void sr_worker_recover_async (SrWorker            *self,
                              SrAuthorityList     *authorities,
                              const char          *only,
                              SrWorkerPasswordFunc password,
                              gpointer             password_data,
                              const char          *journal_folder,
                              double               seconds,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data);

/**
 * sr_worker_recover_finish:
 * @self: a worker
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_session_recover().
 *
 * Returns: (transfer container) (element-type SrRecoveryItem): what was found and done, or %NULL
 */
GPtrArray *sr_worker_recover_finish (SrWorker     *self,
                                     GAsyncResult *result,
                                     GError      **error);

G_END_DECLS
