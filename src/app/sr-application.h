/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-keyring.h"
#include "worker/sr-monitor.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrApplication:
 *
 * The program: owns the list of CAs, the worker, the monitor and the keyring,
 * which the windows draw. Jobs go on when the window is closed.
 */
#define SR_TYPE_APPLICATION (sr_application_get_type ())
G_DECLARE_FINAL_TYPE (SrApplication, sr_application, SR, APPLICATION, AdwApplication)

SrApplication *sr_application_new (void);

/**
 * sr_application_is_loaded:
 * @self: the application
 *
 * Returns: whether the list of CAs was read; until then that there is none says nothing
 */
gboolean sr_application_is_loaded (SrApplication *self);

/**
 * sr_application_begin_write:
 * @self: the application
 *
 * Quitting waits for sr_application_end_write(). Changes of the list of CAs
 * are waited for without that.
 */
void sr_application_begin_write (SrApplication *self);
void sr_application_end_write (SrApplication *self);

/**
 * sr_application_get_default:
 *
 * Returns: (transfer none): the running program's application
 */
SrApplication *sr_application_get_default (void);

SrAuthorityList *sr_application_get_authorities (SrApplication *self);
SrWorker *sr_application_get_worker (SrApplication *self);
SrMonitor *sr_application_get_monitor (SrApplication *self);
SrKeyring *sr_application_get_keyring (SrApplication *self);

/**
 * SrBackupWish:
 * @automatic: whether the rules choose between full and log-only; @kind is not looked at then
 * @kind: full or logs only; what no rule allows is refused
 * @keep_logs: whether the CA's logs stay as they are
 *
 * What kind of backup is wanted.
 */
typedef struct
{
  gboolean automatic;
  SrBackupKind kind;
  gboolean keep_logs;
} SrBackupWish;

/**
 * sr_application_back_up_async:
 * @self: the application
 * @authority: a CA
 * @wish: what kind of backup
 * @callback: called when the job was queued, or could not be
 * @user_data: for @callback
 *
 * Puts a backup of @authority into the queue; its end is told by a
 * notification when no window is seen. Where a password is needed it must be
 * at hand: see sr_keyring_peek().
 */
void sr_application_back_up_async (SrApplication      *self,
                                   SrAuthority        *authority,
                                   SrBackupWish        wish,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/**
 * sr_application_back_up_finish:
 * @self: the application
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_backup_folder_open(), %G_IO_ERROR_CANCELLED when the
 * program is ending.
 *
 * Returns: whether the job was queued
 */
gboolean sr_application_back_up_finish (SrApplication *self,
                                        GAsyncResult  *result,
                                        GError       **error);

/**
 * sr_application_is_opening:
 * @self: the application
 * @authority: a CA
 *
 * Returns: whether a backup of it is about to be queued
 */
gboolean sr_application_is_opening (SrApplication *self,
                                    SrAuthority   *authority);

/**
 * sr_application_run_job:
 * @self: the application
 * @job: a job that was not run yet
 *
 * Puts it into the queue, where it stays when the window is closed: quitting
 * asks, and its end is told by a notification when no window is seen. Other
 * jobs than backups are forgotten then, see sr_worker_forget().
 */
void sr_application_run_job (SrApplication *self,
                             SrJob         *job);

/**
 * sr_application_recover_async:
 * @self: the application
 * @authority: the CA
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Ends the sessions that were left open on @authority.
 */
void sr_application_recover_async (SrApplication      *self,
                                   SrAuthority        *authority,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/**
 * sr_application_recover_finish:
 * @self: the application
 * @result: as the callback got it
 * @settled: (out): whether none is left open any more
 * @error: where to put an error
 *
 * Sets the codes of sr_worker_recover_finish().
 *
 * Returns: (transfer full): what was done, in words, or %NULL
 */
char *sr_application_recover_finish (SrApplication *self,
                                     GAsyncResult  *result,
                                     gboolean      *settled,
                                     GError       **error);

G_END_DECLS
