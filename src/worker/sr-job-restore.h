/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-restore-session.h"
#include "worker/sr-job.h"

G_BEGIN_DECLS

/*
 * Restores as jobs (%SR_JOB_RESTORE_CHECK, %SR_JOB_RESTORE, %SR_JOB_RESTORE_LOOK,
 * %SR_JOB_RESTORE_RECOVER). Beside what every job has they have the properties
 * - restore-phase (int, #SrRestorePhase) in place of phase
 * - can-cancel (boolean): whether cancelling leads back to the CA as it was
 * - checks (uint): counts the changes of sr_job_get_restore_checks()
 */

/**
 * SrRestoreJobOptions:
 * @authority: (nullable): the CA; %NULL checks the sets alone
 * @password: (nullable): where one is needed
 * @repository: (nullable): the backup folder; %NULL checks a set outside of one
 * @plan: (nullable): what is restored; not to be used by anybody else until the job has ended
 * @entry: (nullable): a restore that is there; copied
 * @action: what to do with @entry
 * @accept_loss: whether Put Back may lose what a restored CA has issued
 * @replace: (nullable): the CA's name as typed
 *
 * What a job is to do: @plan for checks and a new restore, @entry for a look and a recovery.
 */
typedef struct
{
  SrAuthority *authority;
  SrSecret *password;
  SrRepository *repository;
  SrRestorePlan *plan;
  const SrRestoreEntry *entry;
  SrRestoreAction action;
  gboolean accept_loss;
  const char *replace;
} SrRestoreJobOptions;

/**
 * sr_job_new_restore:
 * @kind: one of the four
 * @options: what is to be done; copied
 *
 * - %SR_JOB_RESTORE_CHECK makes the checks of @plan
 * - %SR_JOB_RESTORE restores as @plan says, under the CA's lock; it makes the checks again
 * - %SR_JOB_RESTORE_LOOK looks how the restore of @entry stands; it fails only when it is cancelled
 * - %SR_JOB_RESTORE_RECOVER does @action with it, under the CA's lock
 *
 * Fails with the errors of sr_restore_plan_check() and sr_restore_session_run(), of
 * sr_authority_make_target(), and %SR_ERROR_UNSUPPORTED for a CA whose host cannot be reached.
 *
 * Returns: (transfer full): a job that is queued nowhere yet; see sr_worker_run_async()
 */
SrJob *sr_job_new_restore (SrJobKind                  kind,
                           const SrRestoreJobOptions *options);

/**
 * sr_job_get_restore_phase:
 * @self: a job
 *
 * Returns: what a restore is at
 */
SrRestorePhase sr_job_get_restore_phase (SrJob *self);

/**
 * sr_job_get_can_cancel:
 * @self: a job
 *
 * Returns: whether cancelling it leads back to the CA as it was
 */
gboolean sr_job_get_can_cancel (SrJob *self);

/**
 * sr_job_get_restore_checks:
 * @self: a check or a new restore
 *
 * Returns: (transfer none) (element-type SrRestoreCheck): all checks in their order, as far as they have come
 */
GPtrArray *sr_job_get_restore_checks (SrJob *self);

/**
 * sr_job_get_restore_plan:
 * @self: a job
 *
 * Returns: (transfer none) (nullable): the plan; to be looked at only when the job has ended
 */
SrRestorePlan *sr_job_get_restore_plan (SrJob *self);

/**
 * sr_job_get_restore_outcome:
 * @self: a restore or a recovery that has ended
 *
 * Returns: (transfer none) (nullable): what came of it; %NULL when it never began: the CA's lock or its host could not be had
 */
const SrRestoreOutcome *sr_job_get_restore_outcome (SrJob *self);

/**
 * sr_job_get_restore_situation:
 * @self: a look that has ended
 *
 * Returns: (transfer none) (nullable): how the restore stands
 */
const SrRestoreSituation *sr_job_get_restore_situation (SrJob *self);

/**
 * sr_job_get_restore_entry:
 * @self: a look or a recovery
 *
 * Returns: (transfer none) (nullable): the restore that it was given
 */
const SrRestoreEntry *sr_job_get_restore_entry (SrJob *self);

/**
 * sr_job_kind_is_restore:
 * @kind: a kind
 *
 * Returns: whether it is one of the four
 */
gboolean sr_job_kind_is_restore (SrJobKind kind);

G_END_DECLS
