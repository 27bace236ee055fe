/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"
#include "session/sr-restore-session.h"

G_BEGIN_DECLS

/**
 * SrRestoreCheckItem:
 *
 * One check of a restore, as a row shows it. Its properties change with those
 * of its #SrRestore:
 *
 * - kind (int, #SrRestoreCheckKind), title (string): what is looked at
 * - state (int, #SrRestoreCheckState), state-words (string): "Waiting", "Good", "Failed"
 * - fraction (double): of a running one, 0 to 1; -1 when not known
 * - detail (string): what was found, a sentence; %NULL for nothing yet
 * - advice (string): what to do about it; %NULL for nothing
 */
#define SR_TYPE_RESTORE_CHECK_ITEM (sr_restore_check_item_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreCheckItem, sr_restore_check_item, SR, RESTORE_CHECK_ITEM, GObject)

SrRestoreCheckKind sr_restore_check_item_get_kind (SrRestoreCheckItem *self);
const char *sr_restore_check_item_get_title (SrRestoreCheckItem *self);
SrRestoreCheckState sr_restore_check_item_get_state (SrRestoreCheckItem *self);
double sr_restore_check_item_get_fraction (SrRestoreCheckItem *self);
const char *sr_restore_check_item_get_detail (SrRestoreCheckItem *self);
const char *sr_restore_check_item_get_advice (SrRestoreCheckItem *self);

/**
 * sr_restore_check_state_words:
 * @state: a state
 *
 * Returns: (transfer none): the state for people, such as "Good"
 */
const char *sr_restore_check_state_words (SrRestoreCheckState state);

/**
 * SrRestoreRequest:
 * @authority: (nullable): the CA whose host is restored; without one the sets alone can be checked
 * @password: (nullable): where one is needed
 * @repository: (nullable): the backup folder; without one everything can be checked, and nothing restored
 * @config: (nullable): config string of the CA; %NULL for that of @authority, else of @set
 * @set: (nullable): the point; %NULL for the newest set that can be restored
 * @mode: latest or point
 * @automatic: whether @mode is chosen by the checks: latest where the live logs continue the chain, else the newest point
 *
 * What is to be restored. Strings are copied, references are taken.
 */
typedef struct
{
  SrAuthority *authority;
  SrSecret *password;
  SrRepository *repository;
  const char *config;
  SrBackupSet *set;
  SrRestoreMode mode;
  gboolean automatic;
} SrRestoreRequest;

/**
 * SrRestore:
 *
 * A restore that somebody thinks about: the plan, and its checks. It changes
 * nothing on the CA; sr_job_new_restore() makes a job of it that does. For another
 * point or way another one is made.
 *
 * Properties, which change on the main context that was the thread's default
 * when it was made, at most %SR_JOB_UPDATES_PER_SECOND times a second, and all of an
 * update together:
 *
 * - busy (boolean): its plan is being made, checked or restored on a thread
 * - checked (boolean): the checks were made with a host and are not being made now
 * - ready (boolean): they found nothing against it
 * - error (boxed #GError): why there is no plan, or the first check that failed
 *
 * To be used on the thread of that context only.
 */
#define SR_TYPE_RESTORE (sr_restore_get_type ())
G_DECLARE_FINAL_TYPE (SrRestore, sr_restore, SR, RESTORE, GObject)

/**
 * sr_restore_new:
 * @request: what is to be restored
 *
 * Returns: (transfer full): a restore without a plan yet
 */
SrRestore *sr_restore_new (const SrRestoreRequest *request);

/**
 * sr_restore_make_plan_async:
 * @self: a restore that is not busy
 * @cancellable: (nullable): stops waiting
 * @callback: called when sr_restore_get_plan() tells it
 * @user_data: for @callback
 *
 * Makes the plan: reads manifests and notes alone, no network, saved CA or keyring.
 */
void sr_restore_make_plan_async (SrRestore          *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);

/**
 * sr_restore_make_plan_finish:
 * @self: a restore
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_restore_plan_new(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether there is a plan
 */
gboolean sr_restore_make_plan_finish (SrRestore    *self,
                                      GAsyncResult *result,
                                      GError      **error);

/**
 * sr_restore_run_checks_async:
 * @self: a restore that is not busy
 * @cancellable: (nullable): stops the checks
 * @callback: called at the end of the last one
 * @user_data: for @callback
 *
 * Makes the checks, all of them anew, and the plan where there is none yet.
 * Rows of sr_restore_get_checks() are live meanwhile. With an @authority
 * the host is asked; without one the first two checks are made alone.
 */
void sr_restore_run_checks_async (SrRestore          *self,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/**
 * sr_restore_run_checks_finish:
 * @self: a restore
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_restore_plan_new() and sr_restore_plan_check().
 *
 * Returns: whether nothing was found against it
 */
gboolean sr_restore_run_checks_finish (SrRestore    *self,
                                       GAsyncResult *result,
                                       GError      **error);

gboolean sr_restore_get_busy (SrRestore *self);
gboolean sr_restore_get_checked (SrRestore *self);
gboolean sr_restore_get_ready (SrRestore *self);
const GError *sr_restore_get_error (SrRestore *self);

/** Returns: (nullable) (transfer none): the CA */
SrAuthority *sr_restore_get_authority (SrRestore *self);

/** Returns: (nullable) (transfer none): the backup folder */
SrRepository *sr_restore_get_repository (SrRestore *self);

/** Returns: (transfer none) (type GListModel<SrRestoreCheckItem>): all checks in their order; always the same items */
GListModel *sr_restore_get_checks (SrRestore *self);

/**
 * sr_restore_get_plan:
 * @self: a restore
 *
 * The plan, to be asked by this thread. A thread works with it while the restore
 * is busy, so nothing is to be had then. Once a job has begun it, it can only be looked at: for another try another restore is made. None of the plan's
 * getters (which sets, mode, what is lost, sizes, the folder for what is set aside, whether the
 * name must be typed, the acts) goes to a disk or the network.
 *
 * Returns: (nullable) (transfer none): the plan
 */
SrRestorePlan *sr_restore_get_plan (SrRestore *self);

G_END_DECLS
