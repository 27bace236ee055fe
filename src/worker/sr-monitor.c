/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-watch-private.h"

#include "authority/sr-advice.h"
#include "worker/sr-backup-folder.h"

/* A look at a share that hangs keeps its thread for as long as that lasts. */
#define MAX_LOOKS 3

/* For so long the CAs are not asked before the disk has told which of them are being restored. */
#define PATIENCE_SECONDS 5

struct _SrMonitor
{
  GObject parent_instance;

  SrAuthorityList *authorities;
  SrWorker *worker;
  SrWorkerPasswordFunc password;
  gpointer password_data;
  GPtrArray *watches;
  GCancellable *cancellable;
  char *folder;
  gboolean verify;
  guint n_reads; /* of the preferences */
  gboolean was_read; /* they were, once */
  guint disk_timer;
  guint patience;
  guint n_looks;       /* that are under way at the disk, also those that hang */
  guint look;          /* the number of the newest, which alone counts */
  gboolean looking;    /* the newest is under way */
  gboolean look_again; /* asked for meanwhile */
};

G_DEFINE_FINAL_TYPE (SrMonitor, sr_monitor, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_FOLDER_NAME,
  PROP_VERIFY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
sr_monitor_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SrMonitor *self = SR_MONITOR (object);

  switch (id)
    {
    case PROP_FOLDER_NAME:
      g_value_take_string (value, g_filename_display_name (self->folder));
      break;
    case PROP_VERIFY:
      g_value_set_boolean (value, self->verify);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_monitor_dispose (GObject *object)
{
  SrMonitor *self = SR_MONITOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->disk_timer, g_source_remove);
  g_clear_handle_id (&self->patience, g_source_remove);
  for (guint i = 0; i < self->watches->len; i++)
    g_object_run_dispose (self->watches->pdata[i]);
  g_ptr_array_set_size (self->watches, 0);
  if (self->authorities != NULL)
    g_signal_handlers_disconnect_by_data (self->authorities, self);
  if (self->worker != NULL)
    g_signal_handlers_disconnect_by_data (sr_worker_get_jobs (self->worker), self);
  g_clear_object (&self->authorities);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (sr_monitor_parent_class)->dispose (object);
}

static void
sr_monitor_finalize (GObject *object)
{
  SrMonitor *self = SR_MONITOR (object);

  g_ptr_array_unref (self->watches);
  g_object_unref (self->cancellable);
  g_free (self->folder);
  G_OBJECT_CLASS (sr_monitor_parent_class)->finalize (object);
}

static void
sr_monitor_class_init (SrMonitorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sr_monitor_dispose;
  G_OBJECT_CLASS (klass)->finalize = sr_monitor_finalize;
  G_OBJECT_CLASS (klass)->get_property = sr_monitor_get_property;
  properties[PROP_FOLDER_NAME] = g_param_spec_string ("folder-name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_VERIFY] = g_param_spec_boolean ("verify", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
sr_monitor_init (SrMonitor *self)
{
  self->watches = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  self->folder = sr_backup_folder_get_standard_path ();
  self->verify = TRUE;
}

const char *
sr_monitor_get_folder (SrMonitor *self)
{
  return self->folder;
}

gboolean
sr_monitor_get_verify (SrMonitor *self)
{
  return self->verify;
}

SrWatch *
sr_monitor_find (SrMonitor   *self,
                 SrAuthority *authority)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (sr_watch_get_authority (self->watches->pdata[i]) == authority)
      return self->watches->pdata[i];
  return NULL;
}

/* ---- The disk: one look for all CAs --------------------------------------- */

static void
look_at_disk (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  g_task_return_pointer (task, sr_disk_look_new (NULL), (GDestroyNotify) sr_disk_look_free);
}

static gboolean
on_disk_turn (gpointer user_data)
{
  SrMonitor *self = user_data;

  self->disk_timer = 0;
  sr_monitor_refresh_sets (self);
  return G_SOURCE_REMOVE;
}

/* What passes by itself is to be seen to be over soon. */
static void
schedule_disk (SrMonitor        *self,
               const SrDiskLook *look)
{
  guint seconds = SR_MONITOR_SECONDS;

  if (look->error != NULL)
    seconds = SR_MONITOR_FOLDER_SECONDS;
  if (look->held != NULL && look->held->len > 0)
    seconds = SR_MONITOR_LOCKED_SECONDS;
  g_clear_handle_id (&self->disk_timer, g_source_remove);
  self->disk_timer = g_timeout_add_seconds_full (G_PRIORITY_LOW, seconds, on_disk_turn, self, NULL);
}

/* The preferences are told apart: the folder itself may be on a share that hangs. */
typedef struct
{
  char *folder;
  gboolean verify;
} Preferences;

static void
preferences_free (Preferences *preferences)
{
  g_free (preferences->folder);
  g_free (preferences);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Preferences, preferences_free)

static void
read_preferences (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Preferences *preferences = g_new0 (Preferences, 1);

  preferences->folder = sr_backup_folder_get_chosen (NULL, NULL);
  if (preferences->folder == NULL)
    preferences->folder = sr_backup_folder_get_standard_path ();
  preferences->verify = sr_backup_folder_get_verify ();
  g_task_return_pointer (task, preferences, (GDestroyNotify) preferences_free);
}

static void begin_look (SrMonitor *self);
static void poll_due (SrMonitor *self);

static void
on_preferences_read (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  SrMonitor *self = SR_MONITOR (source);
  g_autoptr (Preferences) preferences = g_task_propagate_pointer (G_TASK (result), NULL);

  if (preferences == NULL || GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result))) != self->n_reads)
    return; /* a later one knows better */
  if (g_set_str (&self->folder, preferences->folder))
    {
      /* The look that is under way may be at the folder before, and hang. */
      if (self->looking && self->was_read)
        begin_look (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLDER_NAME]);
    }
  self->was_read = TRUE;
  if (self->verify == preferences->verify)
    return;
  self->verify = preferences->verify;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERIFY]);
}

static void
free_look (GTask        *task,
           gpointer      source,
           gpointer      task_data,
           GCancellable *cancellable)
{
  sr_disk_look_free (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
free_look_aside (SrDiskLook *look)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, look, NULL);
  g_task_run_in_thread (task, free_look);
}

static void
on_disk_looked (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  SrMonitor *self = SR_MONITOR (source);
  SrDiskLook *look = g_task_propagate_pointer (G_TASK (result), NULL);
  gboolean newest = GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result))) == self->look;

  self->n_looks--;
  if (newest)
    self->looking = FALSE;
  for (guint i = 0; newest && look != NULL && i < self->watches->len; i++)
    sr_watch_take_disk (self->watches->pdata[i], look);
  if (newest && look != NULL)
    {
      schedule_disk (self, look);
      poll_due (self);
    }
  if (look != NULL)
    free_look_aside (look);
  if (self->look_again && !self->looking && !g_cancellable_is_cancelled (self->cancellable))
    sr_monitor_refresh_sets (self);
}

/* Beside one that is under way, whose result is not wanted any more. */
static void
begin_look (SrMonitor *self)
{
  g_autoptr (GTask) task = NULL;

  self->look++;
  self->looking = self->n_looks < MAX_LOOKS;
  self->look_again = !self->looking;
  if (!self->looking)
    return;
  self->n_looks++;
  task = g_task_new (self, self->cancellable, on_disk_looked, NULL);
  g_task_set_source_tag (task, sr_monitor_refresh_sets);
  g_task_set_task_data (task, GUINT_TO_POINTER (self->look), NULL);
  g_task_run_in_thread (task, look_at_disk);
}

void
sr_monitor_refresh_sets (SrMonitor *self)
{
  g_autoptr (GTask) preferences = g_task_new (self, self->cancellable, on_preferences_read, NULL);

  g_task_set_source_tag (preferences, read_preferences);
  g_task_set_task_data (preferences, GUINT_TO_POINTER (++self->n_reads), NULL);
  g_task_run_in_thread (preferences, read_preferences);
  if (self->looking)
    self->look_again = TRUE;
  else
    begin_look (self);
}

/* ---- The CAs: each on its own timer ----------------------------------------- */

typedef struct
{
  SrAuthority *authority; /* a copy */
  SrSecret *password;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->authority);
  g_clear_pointer (&question->password, sr_secret_unref);
  g_free (question);
}

static void
ask (GTask        *task,
     gpointer      source,
     gpointer      task_data,
     GCancellable *cancellable)
{
  const Question *question = task_data;

  g_task_return_pointer (task, sr_server_look_new (question->authority, question->password, cancellable),
                         (GDestroyNotify) sr_server_look_free);
}

static void poll_now (SrMonitor *self,
                      SrWatch   *watch);

typedef struct
{
  SrMonitor *monitor; /* not owned: it disposes its watches, and with them the timers */
  SrWatch *watch;
} Turn;

static gboolean
on_turn (gpointer user_data)
{
  Turn *turn = user_data;

  sr_watch_get_poll (turn->watch)->timer = 0;
  poll_now (turn->monitor, turn->watch);
  return G_SOURCE_REMOVE;
}

/* Each try with a password that is known to be wrong may count towards locking the account. */
static gboolean
would_repeat_refusal (SrWatch *watch)
{
  return sr_watch_get_reach (watch) == SR_REACH_REFUSED
         && sr_authority_needs_password (sr_watch_get_authority (watch))
         && sr_advice_is_sign_in (sr_watch_get_reach_error (watch));
}

/* An unreachable CA is asked at growing intervals. One that lacks the right
 * password is not, until somebody calls sr_monitor_refresh(). */
static void
schedule (SrMonitor *self,
          SrWatch   *watch)
{
  SrWatchPoll *poll = sr_watch_get_poll (watch);
  Turn *turn;

  if (sr_watch_get_reach (watch) == SR_REACH_ONLINE || poll->seconds == 0)
    poll->seconds = SR_MONITOR_SECONDS;
  else
    poll->seconds = MIN (poll->seconds * 2, SR_MONITOR_MAX_SECONDS);
  g_clear_handle_id (&poll->timer, g_source_remove);
  if (sr_watch_get_reach (watch) == SR_REACH_NEEDS_PASSWORD || would_repeat_refusal (watch))
    return;
  turn = g_new (Turn, 1);
  turn->monitor = self;
  turn->watch = watch;
  poll->timer = g_timeout_add_seconds_full (G_PRIORITY_LOW, poll->seconds, on_turn, turn, g_free);
}

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SrMonitor) self = user_data;
  g_autoptr (SrServerLook) look = g_task_propagate_pointer (G_TASK (result), NULL);

  if (look == NULL)
    return; /* the watch was taken down, or asked again meanwhile */
  sr_watch_take_server (SR_WATCH (source), look);
  schedule (self, SR_WATCH (source));
}

/* Behind a look at the disk; also one that a restore's end has asked for. */
static void
poll_due (SrMonitor *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (sr_watch_get_poll (self->watches->pdata[i])->due)
      poll_now (self, self->watches->pdata[i]);
}

static gboolean
on_patience_over (gpointer user_data)
{
  SrMonitor *self = user_data;

  self->patience = 0;
  poll_due (self);
  return G_SOURCE_REMOVE;
}

/* During a restore nothing is activated: that would start the CA's service. */
static gboolean
must_wait (SrMonitor *self,
           SrWatch   *watch)
{
  return sr_watch_is_restoring (watch) || (self->patience != 0 && !sr_watch_get_disk_known (watch));
}

static void
poll_now (SrMonitor *self,
          SrWatch   *watch)
{
  SrAuthority *authority = sr_watch_get_authority (watch);
  SrWatchPoll *poll = sr_watch_get_poll (watch);
  Question *question;
  g_autoptr (GTask) task = NULL;

  poll->due = must_wait (self, watch);
  if (poll->due)
    return;
  question = g_new0 (Question, 1);
  g_cancellable_cancel (poll->cancellable);
  g_object_unref (poll->cancellable);
  poll->cancellable = g_cancellable_new ();
  question->authority = sr_authority_copy (authority);
  if (self->password != NULL && sr_authority_needs_password (authority))
    question->password = self->password (authority, self->password_data);
  task = g_task_new (watch, poll->cancellable, on_asked, g_object_ref (self));
  g_task_set_source_tag (task, poll_now);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_task_run_in_thread (task, ask);
}

void
sr_monitor_refresh (SrMonitor   *self,
                    SrAuthority *authority)
{
  sr_monitor_refresh_sets (self);
  for (guint i = 0; i < self->watches->len; i++)
    {
      SrWatch *watch = self->watches->pdata[i];

      if (authority == NULL || sr_watch_get_authority (watch) == authority)
        poll_now (self, watch);
    }
}

/* A password that was refused is not tried again for what the program itself wants to know. */
static void
follow_up (SrMonitor   *self,
           SrAuthority *authority)
{
  sr_monitor_refresh_sets (self);
  for (guint i = 0; i < self->watches->len; i++)
    {
      SrWatch *watch = self->watches->pdata[i];

      if ((authority == NULL || sr_watch_get_authority (watch) == authority) && !would_repeat_refusal (watch))
        poll_now (self, watch);
    }
}

static void
take_refusal (SrMonitor    *self,
              SrWatch      *watch,
              const GError *error)
{
  if (watch == NULL || error == NULL || !sr_advice_is_sign_in (error))
    return;
  sr_watch_take_refusal (watch, error);
  schedule (self, watch);
}

void
sr_monitor_after_job (SrMonitor *self,
                      SrJob     *job)
{
  SrAuthority *authority = sr_job_get_authority (job);

  take_refusal (self, sr_monitor_find (self, authority), sr_job_get_error (job));
  follow_up (self, authority);
}

void
sr_monitor_after_recovery (SrMonitor   *self,
                           GPtrArray   *items,
                           SrAuthority *authority)
{
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];
      g_autoptr (SrAuthority) found = item->entry != NULL ? sr_authority_list_find_config (self->authorities, item->entry->config) : NULL;

      if (found != NULL)
        take_refusal (self, sr_monitor_find (self, found), item->error);
    }
  follow_up (self, authority);
}

/* ---- Which CAs and jobs there are ------------------------------------------- */

static void
on_jobs_changed (SrMonitor *self)
{
  GListModel *jobs = sr_worker_get_jobs (self->worker);

  for (guint w = 0; w < self->watches->len; w++)
    {
      SrWatch *watch = self->watches->pdata[w];
      g_autoptr (SrJob) newest = NULL;
      g_autoptr (SrJob) restore = NULL;

      for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
        {
          g_autoptr (SrJob) job = g_list_model_get_item (jobs, i);

          if (sr_job_get_authority (job) != sr_watch_get_authority (watch))
            continue;
          if (sr_job_get_kind (job) == SR_JOB_BACKUP)
            g_set_object (&newest, job);
          else if (sr_job_get_kind (job) == SR_JOB_RESTORE)
            g_set_object (&restore, job);
        }
      sr_watch_set_job (watch, newest);
      sr_watch_set_restore_job (watch, restore);
      /* What was asked before is not waited for. */
      if (sr_watch_is_restoring (watch))
        {
          g_cancellable_cancel (sr_watch_get_poll (watch)->cancellable);
          sr_watch_get_poll (watch)->due = TRUE;
        }
    }
}

static gboolean
is_listed (SrMonitor *self,
           SrWatch   *watch)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->authorities));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (G_LIST_MODEL (self->authorities), i);

      if (authority == sr_watch_get_authority (watch))
        return TRUE;
    }
  return FALSE;
}

static void
on_authorities_changed (SrMonitor *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->authorities));
  gboolean added = FALSE;

  for (guint i = self->watches->len; i > 0; i--)
    if (!is_listed (self, self->watches->pdata[i - 1]))
      {
        g_object_run_dispose (self->watches->pdata[i - 1]);
        g_ptr_array_remove_index (self->watches, i - 1);
      }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (G_LIST_MODEL (self->authorities), i);

      if (sr_monitor_find (self, authority) == NULL)
        {
          g_ptr_array_add (self->watches, sr_watch_new (authority));
          poll_now (self, self->watches->pdata[self->watches->len - 1]);
          added = TRUE;
        }
    }
  on_jobs_changed (self);
  if (added)
    sr_monitor_refresh_sets (self);
}

SrMonitor *
sr_monitor_new (SrAuthorityList     *authorities,
                SrWorker            *worker,
                SrWorkerPasswordFunc password,
                gpointer             password_data)
{
  SrMonitor *self = g_object_new (SR_TYPE_MONITOR, NULL);

  self->authorities = g_object_ref (authorities);
  self->worker = g_object_ref (worker);
  self->password = password;
  self->password_data = password_data;
  self->patience = g_timeout_add_seconds_full (G_PRIORITY_LOW, PATIENCE_SECONDS, on_patience_over, self, NULL);
  g_signal_connect_swapped (authorities, "items-changed", G_CALLBACK (on_authorities_changed), self);
  g_signal_connect_swapped (sr_worker_get_jobs (worker), "items-changed", G_CALLBACK (on_jobs_changed), self);
  on_authorities_changed (self);
  return self;
}
