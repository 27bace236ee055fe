/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"
#include "worker/sr-restore-host-private.h"
#include "worker/sr-restore-private.h"

#include "authority/sr-advice.h"

#include <glib/gi18n-lib.h>

/* Restores, as jobs. */

/* ---- Making one ---------------------------------------------------------------- */

SrJob *
sr_job_new_restore (SrRestore  *restore,
                    const char *replace)
{
  SrAuthority *authority = sr_restore_get_authority (restore);
  SrJob *self;

  g_return_val_if_fail (sr_restore_get_ready (restore) && sr_restore_get_repository (restore) != NULL, NULL);
  self = g_object_new (SR_TYPE_JOB, NULL);
  self->kind = SR_JOB_RESTORE;
  self->authority = g_object_ref (authority);
  self->restore = g_object_ref (restore);
  self->order.plan = sr_restore_lend_plan (restore);
  self->order.replace = g_strdup (replace);
  self->order.repository = g_object_ref (sr_restore_get_repository (restore));
  self->order.config = g_strdup (sr_restore_plan_get_config (self->order.plan));
  self->order.password = sr_restore_get_password (restore) != NULL ? sr_secret_ref (sr_restore_get_password (restore)) : NULL;
  self->set = g_object_ref (sr_restore_plan_get_point (self->order.plan));
  self->stages = sr_restore_stages_new (SR_RESTORE_PHASE_CHECKING, SR_RESTORE_PHASE_RECORDING);
  /* Translators: %s is the name of a certificate authority */
  self->title = g_strdup_printf (_("Restoring %s"), sr_authority_get_name (authority));
  return self;
}

static char *
recovery_title (SrRestoreAction action,
                const char     *name)
{
  switch (action)
    {
    case SR_RESTORE_PUT_BACK:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("Putting %s back"), name);
    case SR_RESTORE_LEAVE:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("Leaving the restore of %s"), name);
    case SR_RESTORE_CONTINUE:
    default:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("Continuing the restore of %s"), name);
    }
}

static GListStore *
recovery_stages (SrRestoreAction action)
{
  if (action == SR_RESTORE_CONTINUE)
    return sr_restore_stages_new (SR_RESTORE_PHASE_STOPPING, SR_RESTORE_PHASE_RECORDING);
  if (action == SR_RESTORE_PUT_BACK)
    return sr_restore_stages_new (SR_RESTORE_PHASE_PUTTING_BACK, SR_RESTORE_PHASE_PUTTING_BACK);
  return g_list_store_new (SR_TYPE_RESTORE_STAGE);
}

SrJob *
sr_job_new_restore_recovery (const SrRestoreRecoveryOptions *options)
{
  const SrRestoreEntry *entry = sr_restore_left_get_entry (options->left);
  SrJob *self;

  g_return_val_if_fail (entry != NULL, NULL);
  g_return_val_if_fail (options->authority != NULL || options->action == SR_RESTORE_LEAVE, NULL);
  self = g_object_new (SR_TYPE_JOB, NULL);
  self->kind = SR_JOB_RESTORE;
  g_set_object (&self->authority, options->authority);
  self->left = g_object_ref (options->left);
  self->order.entry = sr_restore_entry_copy (entry);
  self->order.action = options->action;
  self->order.accept_loss = options->accept_loss;
  self->order.repository = g_object_ref (sr_restore_left_get_repository (options->left));
  self->order.config = g_strdup (sr_restore_left_get_config (options->left));
  self->order.password = options->password != NULL ? sr_secret_ref (options->password) : NULL;
  self->stages = recovery_stages (options->action);
  self->title = recovery_title (options->action, options->authority != NULL ? sr_authority_get_name (options->authority) : entry->config);
  return self;
}

/* ---- The work, on the job's thread ----------------------------------------------- */

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
  sr_restore_report_check (check, sr_job_get_restore (user_data));
}

void
sr_restore_outcome_free (SrRestoreOutcome *outcome)
{
  sr_restore_entry_free ((SrRestoreEntry *) outcome->entry);
  g_clear_error (&outcome->put_back_error);
  g_free (outcome->warning);
  g_free (outcome->aside_folder);
  g_free (outcome->undone_folder);
  g_free (outcome->words);
  g_free (outcome);
}

/* The session goes with its thread, and its connections with it. */
static SrRestoreOutcome *
copy_outcome (const SrRestoreOutcome *outcome)
{
  SrRestoreOutcome *copy = g_memdup2 (outcome, sizeof *outcome);

  copy->entry = outcome->entry != NULL ? sr_restore_entry_copy (outcome->entry) : NULL;
  copy->put_back_error = outcome->put_back_error != NULL ? g_error_copy (outcome->put_back_error) : NULL;
  copy->warning = g_strdup (outcome->warning);
  copy->aside_folder = g_strdup (outcome->aside_folder);
  copy->undone_folder = g_strdup (outcome->undone_folder);
  copy->words = g_strdup (outcome->words);
  return copy;
}

static gboolean
reach_host (SrJobOrder *order,
            SrCaHost  **host,
            GError    **error)
{
  gboolean needed = order->plan != NULL || order->action != SR_RESTORE_LEAVE;

  if (order->authority != NULL)
    *host = sr_restore_reach_host (order->authority, order->password, NULL, needed ? error : NULL);
  g_clear_pointer (&order->password, sr_secret_unref);
  return *host != NULL || !needed;
}

void
sr_job_run_restore (SrJob       *job,
                    SrJobResult *result)
{
  SrJobOrder *order = &job->order;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (order->repository, order->config, SR_LOCK_EXCLUSIVE, NULL, &result->error);
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  SrRestoreOptions options = {
    .plan = order->plan,
    .entry = order->entry,
    .action = order->action,
    .accept_loss = order->accept_loss,
    .replace = order->replace,
    .repository = order->repository,
    .lock = lock,
    .progress = report_progress,
    .check = order->plan != NULL ? report_check : NULL,
    .user_data = job,
  };

  if (lock == NULL || !reach_host (order, &host, &result->error))
    return;
  options.host = host;
  session = sr_restore_session_new (&options);
  sr_restore_session_run (session, sr_job_get_cancellable (job), &result->error);
  result->outcome = copy_outcome (sr_restore_session_get_outcome (session));
}

void
sr_job_give_back_restore (SrJob *self)
{
  if (self->order.plan != NULL)
    sr_restore_take_back (self->restore, self->order.plan);
  g_clear_object (&self->order.plan);
}

/* ---- What is known ------------------------------------------------------------------ */

GListModel *
sr_job_get_stages (SrJob *self)
{
  return (GListModel *) self->stages;
}

SrRestorePhase
sr_job_get_restore_phase (SrJob *self)
{
  return self->shown.travel.phase;
}

SrRestore *
sr_job_get_restore (SrJob *self)
{
  return self->restore;
}

SrRestoreLeft *
sr_job_get_restore_left (SrJob *self)
{
  return self->left;
}

SrRestoreAction
sr_job_get_restore_action (SrJob *self)
{
  return self->order.action;
}

const SrRestoreOutcome *
sr_job_get_outcome (SrJob *self)
{
  return self->result != NULL ? self->result->outcome : NULL;
}

/* That of the first check that failed, if that was it. */
const char *
sr_job_get_restore_advice (SrJob        *self,
                           const GError *error)
{
  GListModel *checks = self->restore != NULL ? sr_restore_get_checks (self->restore) : NULL;

  for (guint i = 0; checks != NULL && i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (checks, i);

      /* The list keeps it. */
      if (sr_restore_check_item_get_state (item) == SR_RESTORE_CHECK_FAILED)
        return sr_restore_check_item_get_advice (item);
    }
  return sr_advice_is_sign_in (error) ? sr_advice_for_error (error, SR_ADVICE_ACTIVATE) : NULL;
}

/* ---- Its journal --------------------------------------------------------------------- */

typedef struct
{
  SrRepository *repository;
  char *config;
  char *id;
} Search;

static void
search_free (Search *search)
{
  g_object_unref (search->repository);
  g_free (search->config);
  g_free (search->id);
  g_free (search);
}

static void
run_search (GTask        *task,
            gpointer      source,
            gpointer      task_data,
            GCancellable *cancellable)
{
  const Search *search = task_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) list = sr_restore_left_list (search->repository, search->config, TRUE, &error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SrRestoreEntry *entry = sr_restore_left_get_entry (list->pdata[i]);

      if (entry != NULL && g_strcmp0 (entry->id, search->id) == 0)
        {
          g_task_return_pointer (task, g_object_ref (list->pdata[i]), g_object_unref);
          return;
        }
    }
  if (error == NULL)
    g_set_error (&error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING, _("The backup folder “%s” has no journal of this restore"),
                 sr_repository_get_path (search->repository));
  g_task_return_error (task, error);
}

void
sr_job_find_left_async (SrJob              *self,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Search *search;

  g_return_if_fail (self->kind == SR_JOB_RESTORE);
  search = g_new0 (Search, 1);
  search->repository = g_object_ref (self->order.repository);
  search->config = g_strdup (self->order.config);
  search->id = g_strdup (outcome != NULL && outcome->entry != NULL ? outcome->entry->id : NULL);
  g_task_set_source_tag (task, sr_job_find_left_async);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  g_task_run_in_thread (task, run_search);
}

SrRestoreLeft *
sr_job_find_left_finish (SrJob        *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
