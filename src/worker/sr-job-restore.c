/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-restore.h"

#include "worker/sr-job-private.h"

#include <glib/gi18n-lib.h>

/* Microseconds for one message to the CA's host and its answer. */
#define CALL_TIMEOUT (60 * G_USEC_PER_SEC)

gboolean
sr_job_kind_is_restore (SrJobKind kind)
{
  return kind >= SR_JOB_RESTORE_CHECK && kind <= SR_JOB_RESTORE_RECOVER;
}

static char *
make_title (SrJobKind   kind,
            const char *name)
{
  switch (kind)
    {
    case SR_JOB_RESTORE_CHECK:
      /* Translators: %s is the name of a certificate authority, as in the three below */
      return g_strdup_printf (_("Checking a restore of %s"), name);
    case SR_JOB_RESTORE_LOOK:
      return g_strdup_printf (_("Looking at a restore of %s"), name);
    case SR_JOB_RESTORE_RECOVER:
      return g_strdup_printf (_("Recovering a restore of %s"), name);
    case SR_JOB_RESTORE:
    default:
      return g_strdup_printf (_("Restoring %s"), name);
    }
}

SrJob *
sr_job_new_restore (SrJobKind                  kind,
                    const SrRestoreJobOptions *options)
{
  SrJob *self = g_object_new (SR_TYPE_JOB, NULL);
  const char *config = options->plan != NULL ? sr_restore_plan_get_config (options->plan) : options->entry->config;

  g_return_val_if_fail (sr_job_kind_is_restore (kind), NULL);

  self->kind = kind;
  g_set_object (&self->authority, options->authority);
  self->order.password = options->password != NULL ? sr_secret_ref (options->password) : NULL;
  self->order.config = g_strdup (config);
  self->title = make_title (kind, options->authority != NULL ? sr_authority_get_name (options->authority) : config);
  g_set_object (&self->order.repository, options->repository);
  g_set_object (&self->order.plan, options->plan);
  self->order.entry = options->entry != NULL ? sr_restore_entry_copy (options->entry) : NULL;
  self->order.action = options->action;
  self->order.accept_loss = options->accept_loss;
  self->order.replace = g_strdup (options->replace);
  return self;
}

SrRestorePhase
sr_job_get_restore_phase (SrJob *self)
{
  return self->shown.restore_phase;
}

gboolean
sr_job_get_can_cancel (SrJob *self)
{
  return self->shown.can_cancel;
}

GPtrArray *
sr_job_get_restore_checks (SrJob *self)
{
  return self->checks;
}

SrRestorePlan *
sr_job_get_restore_plan (SrJob *self)
{
  return self->order.plan;
}

const SrRestoreOutcome *
sr_job_get_restore_outcome (SrJob *self)
{
  return self->result != NULL && self->result->restore != NULL ? sr_restore_session_get_outcome (self->result->restore) : NULL;
}

const SrRestoreSituation *
sr_job_get_restore_situation (SrJob *self)
{
  return self->result != NULL ? self->result->situation : NULL;
}

const SrRestoreEntry *
sr_job_get_restore_entry (SrJob *self)
{
  return self->order.entry;
}

/* On the job's thread */

static void
report_progress (const SrRestoreProgress *progress,
                 gpointer                 user_data)
{
  sr_job_report_restore (user_data, progress);
}

static void
report_check (const SrRestoreCheck *check,
              gpointer              user_data)
{
  sr_job_report_check (user_data, check);
}

/* The way to the host: as to the CA itself, to the ports and drives that a practice CA tells. */
static SrCaHost *
take_host (SrJob         *job,
           SrDcomTarget **target,
           GError       **error)
{
  const SrJobOrder *order = sr_job_get_order (job);
  g_autofree char *drives = NULL;
  g_autoptr (SrCredentials) credentials = NULL;
  guint16 port;

  *target = sr_job_take_target (job, error);
  if (*target == NULL || !sr_authority_find_host (order->authority, &port, &drives, &credentials, error))
    return NULL;
  return sr_restore_host_new (*target, credentials, port, drives, CALL_TIMEOUT);
}

static void
run_check (SrJob       *job,
           SrCaHost    *host,
           SrDcomTarget *target,
           SrJobResult *result)
{
  sr_restore_plan_check (sr_job_get_order (job)->plan, host, target, NULL, report_check, job, sr_job_get_cancellable (job), &result->error);
}

static void
run_session (SrJob       *job,
             SrCaHost    *host,
             SrJobResult *result)
{
  const SrJobOrder *order = sr_job_get_order (job);
  gboolean is_new = sr_job_get_kind (job) == SR_JOB_RESTORE;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (order->repository, order->config, SR_LOCK_EXCLUSIVE, NULL, &result->error);
  SrRestoreOptions options = {
    .plan = is_new ? order->plan : NULL,
    .entry = is_new ? NULL : order->entry,
    .action = order->action,
    .accept_loss = order->accept_loss,
    .replace = order->replace,
    .repository = order->repository,
    .lock = lock,
    .host = host,
    .progress = report_progress,
    .check = report_check,
    .user_data = job,
  };

  if (lock == NULL)
    return;
  result->restore = sr_restore_session_new (&options);
  sr_restore_session_run (result->restore, sr_job_get_cancellable (job), &result->error);
}

void
sr_job_run_restore (SrJob       *self,
                    SrJobResult *result)
{
  const SrJobOrder *order = sr_job_get_order (self);
  SrJobKind kind = sr_job_get_kind (self);
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrCaHost) host = order->authority != NULL ? take_host (self, &target, &error) : NULL;
  gboolean can_do_without = order->authority == NULL || kind == SR_JOB_RESTORE_LOOK ||
                            (kind == SR_JOB_RESTORE_RECOVER && order->action == SR_RESTORE_LEAVE);

  if (host == NULL && !can_do_without)
    result->error = g_steal_pointer (&error);
  else if (kind == SR_JOB_RESTORE_CHECK)
    run_check (self, host, target, result);
  else if (kind == SR_JOB_RESTORE_LOOK)
    {
      result->situation = sr_restore_look (order->entry, host, sr_job_get_cancellable (self));
      if (result->situation->error == NULL)
        result->situation->error = g_steal_pointer (&error);
      g_cancellable_set_error_if_cancelled (sr_job_get_cancellable (self), &result->error);
    }
  else
    run_session (self, host, result);
}
