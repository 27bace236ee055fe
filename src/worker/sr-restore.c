/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-flush-private.h"
#include "worker/sr-restore-host-private.h"
#include "worker/sr-restore-private.h"

struct _SrRestore
{
  GObject parent_instance;

  SrAuthority *authority;
  SrSecret *password;
  SrRepository *repository;
  char *config;
  SrBackupSet *set;
  SrRestoreMode mode;
  gboolean automatic;

  /* Shown; on the main context only. */
  GListStore *checks;
  SrRestorePlan *plan; /* NULL also while a thread has it */
  gboolean busy;
  gboolean checked;
  gboolean ready;
  GError *error;

  /* Coming; under the mutex of @flush. */
  SrFlush flush;
  SrRestoreCheck coming[SR_RESTORE_N_CHECKS];
  gboolean changed[SR_RESTORE_N_CHECKS];
};

G_DEFINE_FINAL_TYPE (SrRestore, sr_restore, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_BUSY,
  PROP_CHECKED,
  PROP_READY,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
sr_restore_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SrRestore *self = SR_RESTORE (object);

  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_CHECKED:
      g_value_set_boolean (value, self->checked);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
check_clear (SrRestoreCheck *check)
{
  g_free (check->detail);
  g_free (check->advice);
}

static void
sr_restore_finalize (GObject *object)
{
  SrRestore *self = SR_RESTORE (object);

  sr_flush_clear (&self->flush);
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    check_clear (&self->coming[i]);
  g_clear_object (&self->authority);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->repository);
  g_clear_object (&self->set);
  g_clear_object (&self->plan);
  g_clear_object (&self->checks);
  g_clear_error (&self->error);
  g_free (self->config);
  G_OBJECT_CLASS (sr_restore_parent_class)->finalize (object);
}

static void
sr_restore_class_init (SrRestoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_restore_get_property;
  object_class->finalize = sr_restore_finalize;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_CHECKED] = g_param_spec_boolean ("checked", NULL, NULL, FALSE, flags);
  properties[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

/* ---- Rows that are live ----------------------------------------------------- */

static void
show_coming (SrRestore *self)
{
  gint64 now = g_get_monotonic_time ();
  SrRestoreCheck taken[SR_RESTORE_N_CHECKS];
  gboolean changed[SR_RESTORE_N_CHECKS];

  if (!sr_flush_take (&self->flush, now))
    return;
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      changed[i] = self->changed[i];
      self->changed[i] = FALSE;
      taken[i] = self->coming[i];
      taken[i].detail = g_strdup (taken[i].detail);
      taken[i].advice = g_strdup (taken[i].advice);
    }
  sr_flush_release (&self->flush, now, G_MAXINT64);

  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (G_LIST_MODEL (self->checks), i);

      if (changed[i])
        sr_restore_check_item_take (item, &taken[i]);
      check_clear (&taken[i]);
    }
}

static gboolean
flush (gpointer user_data)
{
  g_autoptr (SrRestore) self = g_object_ref (user_data);

  show_coming (self);
  return G_SOURCE_CONTINUE;
}

void
sr_restore_report_check (const SrRestoreCheck *check,
                         gpointer              restore)
{
  SrRestore *self = restore;
  SrRestoreCheck *coming = &self->coming[check->kind];
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->flush.mutex);

  coming->state = check->state;
  coming->fraction = check->fraction;
  g_set_str (&coming->detail, check->detail);
  g_set_str (&coming->advice, check->advice);
  self->changed[check->kind] = TRUE;
  sr_flush_schedule (&self->flush);
}

static void
reset_checks (SrRestore *self)
{
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      const SrRestoreCheck pending = { .kind = (SrRestoreCheckKind) i, .state = SR_RESTORE_CHECK_PENDING, .fraction = -1 };

      sr_restore_report_check (&pending, self);
    }
  show_coming (self);
}

static void
sr_restore_init (SrRestore *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->checks = g_list_store_new (SR_TYPE_RESTORE_CHECK_ITEM);
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = sr_restore_check_item_new ((SrRestoreCheckKind) i);

      self->coming[i].kind = (SrRestoreCheckKind) i;
      g_list_store_append (self->checks, item);
    }
  sr_flush_init (&self->flush, context, "SrRestore", flush, self);
}

SrRestore *
sr_restore_new (const SrRestoreRequest *request)
{
  SrRestore *self = g_object_new (SR_TYPE_RESTORE, NULL);

  g_set_object (&self->authority, request->authority);
  self->password = request->password != NULL ? sr_secret_ref (request->password) : NULL;
  g_set_object (&self->repository, request->repository);
  g_set_object (&self->set, request->set);
  self->config = g_strdup (request->config == NULL && request->authority != NULL ? sr_authority_get_config (request->authority) : request->config);
  self->mode = request->mode;
  self->automatic = request->automatic;
  return self;
}

/* ---- Work on a thread --------------------------------------------------------- */

typedef struct
{
  SrAuthority *authority; /* a copy */
  SrSecret *password;
  SrRestoreWanted wanted; /* what it points to is the restore's, and does not change */
  SrRestorePlan *plan;
  gboolean check;
  GTask *task; /* of the caller */
} Work;

static void
work_free (Work *work)
{
  g_clear_object (&work->authority);
  g_clear_pointer (&work->password, sr_secret_unref);
  g_clear_object (&work->plan);
  g_clear_object (&work->task);
  g_free (work);
}

static void
set_state (SrRestore *self,
           gboolean   busy,
           gboolean   checked,
           gboolean   ready)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->busy != busy)
    {
      self->busy = busy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
    }
  if (self->checked != checked)
    {
      self->checked = checked;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKED]);
    }
  if (self->ready != ready)
    {
      self->ready = ready;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_error (SrRestore    *self,
           const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* A host that there is no way to is a check that failed. */
static gboolean
fail_host (SrRestore *self,
           GError    *why,
           GError   **error)
{
  const SrRestoreCheck failed = { .kind = SR_RESTORE_CHECK_HOST, .state = SR_RESTORE_CHECK_FAILED, .fraction = -1, .detail = why->message };

  sr_restore_report_check (&failed, self);
  if (error != NULL && *error == NULL)
    g_propagate_error (error, g_error_copy (why));
  return FALSE;
}

static gboolean
check (SrRestore    *self,
       Work         *work,
       GCancellable *cancellable,
       GError      **error)
{
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (GError) no_host = NULL;
  gboolean passed;

  if (work->authority != NULL)
    host = sr_restore_reach_host (work->authority, work->password, &target, &no_host);
  passed = sr_restore_plan_check (work->plan, host, target, NULL, sr_restore_report_check, self, cancellable, error);
  if (no_host != NULL && !g_cancellable_is_cancelled (cancellable))
    return fail_host (self, no_host, error);
  return passed;
}

static void
run_work (GTask        *task,
          gpointer      source,
          gpointer      task_data,
          GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (work->plan == NULL)
    work->plan = sr_restore_plan_new (&work->wanted, &error);
  if (work->plan != NULL && work->check)
    check (source, work, cancellable, &error);
  else if (work->plan != NULL)
    g_cancellable_set_error_if_cancelled (cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_worked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SrRestore *self = SR_RESTORE (source);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GTask) task = g_steal_pointer (&work->task);
  g_autoptr (GError) error = NULL;
  gboolean cancelled, with_host;

  g_task_propagate_boolean (G_TASK (result), &error);
  cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  with_host = work->check && self->authority != NULL && work->plan != NULL && !cancelled;
  g_object_freeze_notify (G_OBJECT (self));
  self->plan = g_steal_pointer (&work->plan);
  show_coming (self);
  set_error (self, error);
  set_state (self, FALSE, with_host, with_host && error == NULL && sr_restore_plan_is_ready (self->plan));
  g_object_thaw_notify (G_OBJECT (self));
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
begin_work (SrRestore          *self,
            gboolean            checks,
            gpointer            tag,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Work *work;

  g_return_if_fail (!self->busy);
  work = g_new0 (Work, 1);
  work->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (work->task, tag);
  g_task_set_check_cancellable (work->task, FALSE);
  work->authority = self->authority != NULL && checks ? sr_authority_copy (self->authority) : NULL;
  work->password = self->password != NULL && checks ? sr_secret_ref (self->password) : NULL;
  work->wanted = (SrRestoreWanted) { self->repository, self->config, self->set, self->mode, self->automatic };
  work->plan = g_steal_pointer (&self->plan);
  work->check = checks;
  if (checks)
    reset_checks (self);
  set_error (self, NULL);
  set_state (self, TRUE, FALSE, FALSE);

  task = g_task_new (self, cancellable, on_worked, NULL);
  g_task_set_source_tag (task, begin_work);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  g_task_run_in_thread (task, run_work);
}

void
sr_restore_make_plan_async (SrRestore          *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  begin_work (self, FALSE, sr_restore_make_plan_async, cancellable, callback, user_data);
}

gboolean
sr_restore_make_plan_finish (SrRestore    *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sr_restore_run_checks_async (SrRestore          *self,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  begin_work (self, TRUE, sr_restore_run_checks_async, cancellable, callback, user_data);
}

gboolean
sr_restore_run_checks_finish (SrRestore    *self,
                              GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- For its job -------------------------------------------------------------- */

SrRestorePlan *
sr_restore_lend_plan (SrRestore *self)
{
  SrRestorePlan *plan = g_steal_pointer (&self->plan);

  reset_checks (self);
  set_state (self, TRUE, FALSE, FALSE);
  return plan;
}

/* What has changed on the host since is checked anew before another job. */
void
sr_restore_take_back (SrRestore     *self,
                      SrRestorePlan *plan)
{
  g_set_object (&self->plan, plan);
  show_coming (self);
  set_state (self, FALSE, FALSE, FALSE);
}

SrSecret *
sr_restore_get_password (SrRestore *self)
{
  return self->password;
}

/* ---- What is known --------------------------------------------------------------- */

gboolean
sr_restore_get_busy (SrRestore *self)
{
  return self->busy;
}

gboolean
sr_restore_get_checked (SrRestore *self)
{
  return self->checked;
}

gboolean
sr_restore_get_ready (SrRestore *self)
{
  return self->ready;
}

const GError *
sr_restore_get_error (SrRestore *self)
{
  return self->error;
}

SrAuthority *
sr_restore_get_authority (SrRestore *self)
{
  return self->authority;
}

SrRepository *
sr_restore_get_repository (SrRestore *self)
{
  return self->repository;
}

GListModel *
sr_restore_get_checks (SrRestore *self)
{
  return G_LIST_MODEL (self->checks);
}

SrRestorePlan *
sr_restore_get_plan (SrRestore *self)
{
  return self->plan;
}
