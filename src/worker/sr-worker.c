/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-worker-private.h"

#include "authority/sr-config-string.h"
#include "worker/sr-job-private.h"

/* A job, or a recovery. */
typedef struct
{
  SrWorker *worker;
  GTask *task;
  SrJob *job;
  char *key; /* of the job's CA */
  SrRecovery *recovery;
  GHashTable *keys; /* of the CAs that the recovery works on; NULL until that is known */
  GThread *thread;
  GSource *cancelled;
  gulong cancel_handler;
} Entry;

struct _SrWorker
{
  GObject parent_instance;
  GListStore *jobs;
  GQueue waiting;
  GPtrArray *running;
};

G_DEFINE_FINAL_TYPE (SrWorker, sr_worker, G_TYPE_OBJECT)

static void
entry_free (Entry *entry)
{
  if (entry->thread != NULL)
    g_thread_join (entry->thread);
  if (entry->cancelled != NULL)
    {
      g_source_destroy (entry->cancelled);
      g_source_unref (entry->cancelled);
    }
  if (entry->job != NULL)
    sr_job_set_ended_func (entry->job, NULL, NULL);
  g_clear_object (&entry->job);
  g_clear_pointer (&entry->recovery, sr_recovery_free);
  g_clear_object (&entry->task);
  g_free (entry->key);
  g_clear_pointer (&entry->keys, g_hash_table_unref);
  g_free (entry);
}

/* Every entry holds a reference to the worker through its task. */
static void
sr_worker_finalize (GObject *object)
{
  SrWorker *self = SR_WORKER (object);

  g_assert (self->running->len == 0 && g_queue_is_empty (&self->waiting));
  g_clear_object (&self->jobs);
  g_ptr_array_unref (self->running);
  G_OBJECT_CLASS (sr_worker_parent_class)->finalize (object);
}

static void
sr_worker_class_init (SrWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_worker_finalize;
}

static void
sr_worker_init (SrWorker *self)
{
  self->jobs = g_list_store_new (SR_TYPE_JOB);
  self->running = g_ptr_array_new ();
  g_queue_init (&self->waiting);
}

SrWorker *
sr_worker_new (void)
{
  return g_object_new (SR_TYPE_WORKER, NULL);
}

GListModel *
sr_worker_get_jobs (SrWorker *self)
{
  return G_LIST_MODEL (self->jobs);
}

guint
sr_worker_get_n_active (SrWorker *self)
{
  return self->running->len + g_queue_get_length (&self->waiting);
}

/* ---- The queue ----------------------------------------------------------- */

/* A recovery is in the way of the jobs of the CAs that it works on, and of
 * every other recovery; until it is known which these are, of all jobs. */
static gboolean
excludes (const Entry *a,
          const Entry *b)
{
  const Entry *recovery = a->recovery != NULL ? a : b;
  const Entry *other = a->recovery != NULL ? b : a;

  if (recovery->recovery == NULL)
    return g_str_equal (a->key, b->key);
  return other->recovery != NULL || recovery->keys == NULL || g_hash_table_contains (recovery->keys, other->key);
}

/* Whether nothing that runs, and nothing that came earlier, is in the way. */
static gboolean
may_start (SrWorker *self,
           GList    *link)
{
  const Entry *entry = link->data;

  if (entry->recovery != NULL && entry->keys == NULL)
    return FALSE;
  for (guint i = 0; i < self->running->len; i++)
    if (excludes (self->running->pdata[i], link->data))
      return FALSE;
  for (GList *earlier = link->prev; earlier != NULL; earlier = earlier->prev)
    if (excludes (earlier->data, link->data))
      return FALSE;
  return TRUE;
}

static gpointer
run_job (gpointer data)
{
  sr_job_run (((Entry *) data)->job);
  return NULL;
}

static gpointer
run_recovery (gpointer data)
{
  Entry *entry = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *items = sr_recovery_run (entry->recovery, g_task_get_cancellable (entry->task), &error);

  if (items != NULL)
    g_task_return_pointer (entry->task, items, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (entry->task, g_steal_pointer (&error));
  return NULL;
}

static void
start_waiting (SrWorker *self)
{
  GList *next;

  for (GList *link = self->waiting.head; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      if (!may_start (self, link))
        continue;
      g_queue_delete_link (&self->waiting, link);
      g_ptr_array_add (self->running, entry);
      if (entry->recovery != NULL)
        entry->thread = g_thread_new ("sr-recovery", run_recovery, entry);
      else if (sr_job_begin (entry->job))
        entry->thread = g_thread_new ("sr-job", run_job, entry);
      /* Where sr_job_begin() said no the job tells its end by itself, later. */
      next = self->waiting.head;
    }
}

static void
entry_over (Entry *entry)
{
  g_autoptr (SrWorker) self = g_object_ref (entry->worker);

  g_ptr_array_remove (self->running, entry);
  entry_free (entry);
  start_waiting (self);
}

/* ---- Jobs ------------------------------------------------------------------ */

static void
job_ended (SrJob   *job,
           gpointer user_data)
{
  Entry *entry = user_data;
  g_autoptr (GTask) task = g_object_ref (entry->task);
  const GError *error = sr_job_get_error (job);

  g_cancellable_disconnect (g_task_get_cancellable (task), entry->cancel_handler);
  entry_over (entry);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

/* A job that was cancelled in the queue does not wait for its turn to say so. */
static gboolean
job_cancelled (GCancellable *cancellable,
               gpointer      user_data)
{
  Entry *entry = user_data;
  SrWorker *self = entry->worker;

  if (g_queue_remove (&self->waiting, entry))
    {
      g_ptr_array_add (self->running, entry);
      sr_job_begin (entry->job);
    }
  return G_SOURCE_REMOVE;
}

static void
cancel_job (GCancellable *cancellable,
            SrJob        *job)
{
  sr_job_cancel (job);
}

void
sr_worker_run_async (SrWorker           *self,
                     SrJob              *job,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->worker = self;
  entry->job = g_object_ref (job);
  entry->key = sr_config_string_key (sr_job_get_config (job));
  entry->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (entry->task, sr_worker_run_async);
  /* The job's own outcome counts: a set may be published behind a cancel. */
  g_task_set_check_cancellable (entry->task, FALSE);

  entry->cancelled = g_cancellable_source_new (sr_job_get_cancellable (job));
  g_source_set_callback (entry->cancelled, G_SOURCE_FUNC (job_cancelled), entry, NULL);
  g_source_attach (entry->cancelled, g_task_get_context (entry->task));
  sr_job_set_ended_func (job, job_ended, entry);
  if (cancellable != NULL)
    entry->cancel_handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_job), g_object_ref (job), g_object_unref);

  g_list_store_append (self->jobs, job);
  g_queue_push_tail (&self->waiting, entry);
  start_waiting (self);
}

gboolean
sr_worker_run_finish (SrWorker     *self,
                      GAsyncResult *result,
                      GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sr_worker_forget (SrWorker *self,
                  SrJob    *job)
{
  guint position;

  if (sr_job_state_is_final (sr_job_get_state (job)) && g_list_store_find (self->jobs, job, &position))
    g_list_store_remove (self->jobs, position);
}

SrJob *
sr_worker_find_verification (SrWorker    *self,
                             SrBackupSet *set)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (SrJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      if (sr_job_get_kind (job) == SR_JOB_VERIFY && !sr_job_state_is_final (sr_job_get_state (job))
          && g_str_equal (sr_backup_set_get_path (sr_job_get_set (job)), sr_backup_set_get_path (set))
          && sr_backup_set_is_same (sr_job_get_set (job), set))
        return job;
    }
  return NULL;
}

void
sr_worker_cancel_all (SrWorker *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    {
      g_autoptr (SrJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

      sr_job_cancel (job);
    }
}

/* ---- Recovery ---------------------------------------------------------------- */

static void
find_left_open (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  const Entry *entry = task_data;

  g_task_return_pointer (task, sr_recovery_find_keys (entry->recovery), (GDestroyNotify) g_hash_table_unref);
}

static void
on_left_open_found (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Entry *entry = user_data;

  entry->keys = g_task_propagate_pointer (G_TASK (result), NULL);
  start_waiting (entry->worker);
}

/* The entry waits for this: it does not start before. */
static void
look_for_left_open (Entry *entry)
{
  g_autoptr (GTask) task = g_task_new (entry->worker, NULL, on_left_open_found, entry);

  g_task_set_source_tag (task, look_for_left_open);
  g_task_set_task_data (task, entry, NULL);
  g_task_run_in_thread (task, find_left_open);
}

static void
recovery_completed (GObject    *task,
                    GParamSpec *pspec,
                    gpointer    user_data)
{
  entry_over (user_data);
}

void
sr_worker_recover_async (SrWorker            *self,
                         SrAuthorityList     *authorities,
                         const char          *only,
                         SrWorkerPasswordFunc password,
                         gpointer             password_data,
                         const char          *journal_folder,
                         double               seconds,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->worker = self;
  entry->recovery = sr_recovery_new (authorities, only, password, password_data, journal_folder, seconds);
  entry->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (entry->task, sr_worker_recover_async);
  g_task_set_check_cancellable (entry->task, FALSE);
  g_signal_connect (entry->task, "notify::completed", G_CALLBACK (recovery_completed), entry);
  g_queue_push_tail (&self->waiting, entry);
  look_for_left_open (entry);
}

GPtrArray *
sr_worker_recover_finish (SrWorker     *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
