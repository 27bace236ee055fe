/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-application.h"

#include "app/sr-notify.h"
#include "app/sr-preferences-dialog.h"
#include "app/sr-quit-dialog.h"
#include "app/sr-spoken.h"
#include "app/sr-stall-counter.h"
#include "app/sr-window.h"
#include "worker/sr-backup-folder.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

/* How long quitting waits for a verification or an export that was cancelled. */
#define PATIENCE_SECONDS 5

struct _SrApplication
{
  AdwApplication parent_instance;

  SrAuthorityList *authorities;
  SrWorker *worker;
  SrMonitor *monitor;
  SrKeyring *keyring;
  GPtrArray *opening; /* CAs whose backup waits for the backup folder */
  GPtrArray *ended;   /* jobs that ended while there was no window */
  guint looking_up;   /* passwords that the keyring is asked for */
  guint n_jobs;
  guint n_backups; /* those among them that have sessions to end */
  gboolean loaded; /* the list of CAs, or why it cannot be */
  guint n_unseen; /* failures that no window was there to show */
  guint n_writes; /* of preferences, that quitting waits for */
  gboolean quitting;
  guint patience; /* source that ends waiting for other jobs */
};

G_DEFINE_FINAL_TYPE (SrApplication, sr_application, ADW_TYPE_APPLICATION)

SrAuthorityList *
sr_application_get_authorities (SrApplication *self)
{
  return self->authorities;
}

SrWorker *
sr_application_get_worker (SrApplication *self)
{
  return self->worker;
}

SrMonitor *
sr_application_get_monitor (SrApplication *self)
{
  return self->monitor;
}

SrKeyring *
sr_application_get_keyring (SrApplication *self)
{
  return self->keyring;
}

gboolean
sr_application_is_loaded (SrApplication *self)
{
  return self->loaded;
}

SrApplication *
sr_application_get_default (void)
{
  return SR_APPLICATION (g_application_get_default ());
}

static SrSecret *
password_at_hand (SrAuthority *authority,
                  gpointer     user_data)
{
  SrApplication *self = user_data;

  return sr_keyring_peek (self->keyring, authority);
}

/* What else may be under way, such as asking CAs, is not worth waiting for. */
static void
quit_when_done (SrApplication *self)
{
  if (self->quitting && self->n_backups == 0 && self->n_writes == 0 && (self->n_jobs == 0 || self->patience == 0))
    g_application_quit (G_APPLICATION (self));
}

void
sr_application_begin_write (SrApplication *self)
{
  self->n_writes++;
  g_application_hold (G_APPLICATION (self));
}

void
sr_application_end_write (SrApplication *self)
{
  self->n_writes--;
  quit_when_done (self);
  g_application_release (G_APPLICATION (self));
}

/* What the job has changed on the disk and at the CA. */
static void
look_behind (SrApplication *self,
             SrJob         *job)
{
  if (sr_job_get_authority (job) != NULL && (sr_job_get_kind (job) == SR_JOB_BACKUP || sr_job_get_kind (job) == SR_JOB_RESTORE))
    sr_monitor_after_job (self->monitor, job);
  else
    sr_monitor_refresh_sets (self->monitor);
}

/* One that looks at another CA does not see why this one's backup failed. */
static gboolean
is_seen (GtkWindow *window,
         SrJob     *job)
{
  if (window == NULL || !gtk_window_is_active (window))
    return FALSE;
  return sr_job_get_kind (job) != SR_JOB_BACKUP || sr_job_get_state (job) != SR_JOB_FAILED
         || (SR_IS_WINDOW (window) && sr_window_get_selected (SR_WINDOW (window)) == sr_job_get_authority (job));
}

/* Whether another start, or a click on a notification, opens a window of this
 * process. One that runs under a name of its own (--gapplication-app-id), as
 * a demonstration does, is not known to the desktop. */
static gboolean
can_be_found_again (SrApplication *self)
{
  return g_str_equal (g_application_get_application_id (G_APPLICATION (self)), APPLICATION_ID);
}

static void
on_job_ended (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (SrJob) job = user_data;
  SrApplication *self = sr_application_get_default ();
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  gboolean backup = sr_job_get_kind (job) == SR_JOB_BACKUP;
  gboolean kept = backup || sr_job_get_kind (job) == SR_JOB_RESTORE;

  /* The job itself tells how it came out. */
  sr_worker_run_finish (SR_WORKER (source), result, NULL);
  /* Where nobody looks the program may be about to end. */
  if (window != NULL)
    look_behind (self, job);
  else
    g_ptr_array_add (self->ended, g_object_ref (job));
  if (!self->quitting && !is_seen (window, job))
    sr_notify_job_end (G_APPLICATION (self), job);
  /* The card of a backup or a restore stays until somebody hides it. */
  if (!kept)
    sr_worker_forget (self->worker, job);
  self->n_jobs--;
  self->n_backups -= kept;
  quit_when_done (self);
  /* What becomes of a set is on the disk, and found there by the next start; why there is none is known here alone. */
  if (!self->quitting && window == NULL && backup && sr_job_get_state (job) == SR_JOB_FAILED && can_be_found_again (self))
    self->n_unseen++;
  else
    g_application_release (G_APPLICATION (self));
}

/* The job outlives the window. */
void
sr_application_run_job (SrApplication *self,
                        SrJob         *job)
{
  self->n_jobs++;
  self->n_backups += sr_job_get_kind (job) == SR_JOB_BACKUP || sr_job_get_kind (job) == SR_JOB_RESTORE;
  g_application_hold (G_APPLICATION (self));
  sr_worker_run_async (self->worker, job, NULL, on_job_ended, g_object_ref (job));
}

/* What is to be backed up once the backup folder is open. */
typedef struct
{
  SrAuthority *authority;
  SrBackupWish wish;
  gboolean verify;
} Wanted;

static void
wanted_free (Wanted *wanted)
{
  g_object_unref (wanted->authority);
  g_free (wanted);
}

static void on_recovered (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data);

/* A session that was left open would have this backup refused. */
static void
end_left_open (SrApplication *self,
               SrAuthority   *authority)
{
  SrWatch *watch = sr_monitor_find (self->monitor, authority);

  if (watch == NULL || sr_watch_get_n_open (watch) == 0)
    return;
  g_application_hold (G_APPLICATION (self));
  sr_worker_recover_async (self->worker, self->authorities, sr_authority_get_config (authority), password_at_hand, self,
                           NULL, 0, NULL, on_recovered, self);
}

static void
queue (SrApplication *self,
       const Wanted  *wanted,
       SrRepository  *repository)
{
  g_autoptr (SrSecret) password = sr_keyring_peek (self->keyring, wanted->authority);
  SrWatch *watch = sr_monitor_find (self->monitor, wanted->authority);
  SrJob *before = watch != NULL ? sr_watch_get_job (watch) : NULL;
  SrBackupJobOptions options = {
    .authority = wanted->authority,
    .password = password,
    .repository = repository,
    .automatic = wanted->wish.automatic,
    .kind = wanted->wish.kind,
    .keep_logs = wanted->wish.keep_logs,
    .no_verify = !wanted->verify,
  };
  g_autoptr (SrJob) job = sr_job_new_backup (&options);

  if (before != NULL && sr_job_state_is_final (sr_job_get_state (before)))
    sr_worker_forget (self->worker, before);
  end_left_open (self, wanted->authority);
  sr_application_run_job (self, job);
}

/* The folder may lie on a network share that hangs. */
static void
open_folder (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Wanted *wanted = task_data;
  GError *error = NULL;
  SrRepository *repository = sr_backup_folder_open (TRUE, NULL, &error);

  wanted->verify = sr_backup_folder_get_verify ();
  if (repository != NULL)
    g_task_return_pointer (task, repository, g_object_unref);
  else
    g_task_return_error (task, error);
}

gboolean
sr_application_is_opening (SrApplication *self,
                           SrAuthority   *authority)
{
  return g_ptr_array_find (self->opening, authority, NULL);
}

void
sr_application_back_up_async (SrApplication      *self,
                              SrAuthority        *authority,
                              SrBackupWish        wish,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Wanted *wanted = g_new0 (Wanted, 1);

  wanted->authority = g_object_ref (authority);
  wanted->wish = wish;
  g_task_set_task_data (task, wanted, (GDestroyNotify) wanted_free);
  g_ptr_array_add (self->opening, authority);
  g_application_hold (G_APPLICATION (self)); /* as the backup will */
  g_task_run_in_thread (task, open_folder);
}

gboolean
sr_application_back_up_finish (SrApplication *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  Wanted *wanted = g_task_get_task_data (G_TASK (result));
  g_autoptr (SrRepository) repository = g_task_propagate_pointer (G_TASK (result), error);

  if (g_ptr_array_remove (self->opening, wanted->authority))
    g_application_release (G_APPLICATION (self));
  if (repository == NULL)
    return FALSE;
  if (self->quitting)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The program is ending"));
      return FALSE;
    }
  queue (self, wanted, repository);
  return TRUE;
}

/* What could not be ended stands as a banner. */
static void
tell_recovered (SrApplication *self,
                GPtrArray     *items)
{
  const SrRecoveryItem *ended = NULL;
  g_autofree char *words = NULL;
  guint n = 0;

  for (guint i = 0; i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];

      if (!item->settled || item->outcome == SR_RECOVERY_NEVER_OPENED)
        continue;
      ended = item;
      n++;
    }
  if (n == 0)
    return;
  if (n == 1 && ended->entry != NULL)
    /* Translators: the config string of a certificate authority (HOST\\NAME), and what came of a session with it */
    words = g_strdup_printf (_("%s: %s"), ended->entry->config, sr_recovery_outcome_words (ended->outcome));
  else
    words = g_strdup_printf (ngettext ("%u session that was left open is over", "%u sessions that were left open are over", n), n);
  sr_window_toast (NULL, words);
}

static void
on_recovered (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = sr_worker_recover_finish (SR_WORKER (source), result, &error);
  SrApplication *self = user_data;

  if (items == NULL)
    g_message ("Looking for sessions that were left open: %s", error->message);
  else
    tell_recovered (self, items);
  sr_monitor_after_recovery (self->monitor, items, NULL);
  g_application_release (G_APPLICATION (self));
}

/* Sessions that an earlier run has left open are ended first of all. */
static void
recover (SrApplication *self)
{
  sr_worker_recover_async (self->worker, self->authorities, NULL, password_at_hand, self,
                           NULL, 0, NULL, on_recovered, self);
}

typedef struct
{
  char *words;
  gboolean settled;
} Recovered;

static void
recovered_free (gpointer data)
{
  Recovered *recovered = data;

  g_free (recovered->words);
  g_free (recovered);
}

static Recovered *
recovered_new (GPtrArray *items)
{
  Recovered *recovered = g_new0 (Recovered, 1);
  GString *words = g_string_new (NULL);

  recovered->settled = TRUE;
  for (guint i = 0; i < items->len; i++)
    {
      SrRecoveryItem *item = items->pdata[i];

      recovered->settled = recovered->settled && item->settled;
      g_string_append_printf (words, "%s%s", i > 0 ? "\n" : "", sr_recovery_outcome_words (item->outcome));
      if (item->error != NULL)
        g_string_append_printf (words, " %s", item->error->message);
    }
  if (items->len == 0)
    g_string_append (words, _("No session is left open on this CA."));
  recovered->words = g_string_free (words, FALSE);
  return recovered;
}

static void
on_one_recovered (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SrApplication *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = sr_worker_recover_finish (SR_WORKER (source), result, &error);

  sr_monitor_after_recovery (self->monitor, items, g_task_get_task_data (task));
  if (items != NULL)
    g_task_return_pointer (task, recovered_new (items), recovered_free);
  else
    g_task_return_error (task, error);
}

void
sr_application_recover_async (SrApplication      *self,
                              SrAuthority        *authority,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (authority), g_object_unref);
  sr_worker_recover_async (self->worker, self->authorities, sr_authority_get_config (authority),
                           password_at_hand, self, NULL, 0, NULL, on_one_recovered, task);
}

char *
sr_application_recover_finish (SrApplication *self,
                               GAsyncResult  *result,
                               gboolean      *settled,
                               GError       **error)
{
  Recovered *recovered = g_task_propagate_pointer (G_TASK (result), error);
  char *words;

  if (recovered == NULL)
    return NULL;
  *settled = recovered->settled;
  words = g_steal_pointer (&recovered->words);
  recovered_free (recovered);
  return words;
}

/* The recovery that follows may take its time. Where it will sign in itself, the
 * password is not tried twice: it may be a wrong one. */
static gboolean
was_asked_without (SrWatch *watch)
{
  SrReach reach = sr_watch_get_reach (watch);

  return (reach == SR_REACH_NEEDS_PASSWORD || reach == SR_REACH_UNKNOWN)
         && sr_watch_get_sets_known (watch) && sr_watch_get_n_open (watch) == 0;
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  SrApplication *self = sr_application_get_default ();
  g_autoptr (SrAuthority) authority = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSecret) password = sr_keyring_lookup_finish (SR_KEYRING (source), result, &error);
  SrWatch *watch = self->monitor != NULL ? sr_monitor_find (self->monitor, authority) : NULL;

  if (error != NULL)
    g_message ("Looking up a password: %s", error->message);
  if (password != NULL && watch != NULL && was_asked_without (watch))
    sr_monitor_refresh (self->monitor, authority);
  if (--self->looking_up == 0)
    recover (self);
}

/* The application is held until the recovery that follows is over. */
static void
look_up_passwords (SrApplication *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->authorities));

  if (self->looking_up++ == 0)
    g_application_hold (G_APPLICATION (self));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (G_LIST_MODEL (self->authorities), i);

      if (!sr_authority_needs_password (authority))
        continue;
      self->looking_up++;
      sr_keyring_lookup_async (self->keyring, authority, NULL, on_looked_up, g_object_ref (authority));
    }
  if (--self->looking_up == 0)
    recover (self);
}

static void
on_keyring_open (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  SrApplication *self = user_data;

  sr_keyring_open_finish (SR_KEYRING (source), result, NULL);
  look_up_passwords (self);
  g_application_release (G_APPLICATION (self));
  /* One that comes later holds passwords too. */
  g_signal_connect_object (source, "notify::persistent", G_CALLBACK (look_up_passwords), self, G_CONNECT_SWAPPED);
}

static void
on_activate_action (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);

  if (window != NULL)
    adw_dialog_present (sr_preferences_dialog_new (user_data), GTK_WIDGET (window));
}

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  static const char *developers[] = { "The Strongroom developers", NULL };

  adw_show_about_dialog (GTK_WIDGET (gtk_application_get_active_window (user_data)),
                         "application-name", _("Strongroom"),
                         "application-icon", "io.github.strongroom.Strongroom",
                         "version", PACKAGE_VERSION,
                         "developer-name", _("The Strongroom developers"),
                         "developers", developers,
                         "comments", _("Backup and restore of certificate authorities"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  sr_application_end_write (user_data);
}

static guint
count_running (SrApplication *self,
               SrJobKind      kind)
{
  GListModel *jobs = sr_worker_get_jobs (self->worker);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (SrJob) job = g_list_model_get_item (jobs, i);

      n += sr_job_get_kind (job) == kind && !sr_job_state_is_final (sr_job_get_state (job));
    }
  return n;
}

/* A disk that hangs lets nobody stop reading it. */
static gboolean
on_patience_over (gpointer user_data)
{
  SrApplication *self = user_data;

  self->patience = 0;
  quit_when_done (self);
  return G_SOURCE_REMOVE;
}

/* Backups hold the application until their sessions are ended; other jobs, which
 * have nothing open at a CA, for a short time. */
static void
quit (SrApplication *self)
{
  if (!self->quitting)
    self->patience = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_over, self);
  self->quitting = TRUE;
  sr_worker_cancel_all (self->worker);
  /* A folder that hangs is not waited for: no session has begun. */
  for (guint i = self->opening->len; i > 0; i--)
    g_application_release (G_APPLICATION (self));
  g_ptr_array_set_size (self->opening, 0);
  while (gtk_application_get_windows (GTK_APPLICATION (self)) != NULL)
    gtk_window_destroy (gtk_application_get_windows (GTK_APPLICATION (self))->data);
  /* Comes behind every change of the list that is still to be written. */
  sr_application_begin_write (self);
  sr_authority_list_load_async (self->authorities, on_written, self);
}

/* The end of the session, or of the computer: nobody is there to be asked. */
static gboolean
on_signal (gpointer user_data)
{
  quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_quit_answer (AdwAlertDialog *dialog,
                const char     *response,
                gpointer        user_data)
{
  if (g_str_equal (response, "quit"))
    quit (user_data);
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  SrApplication *self = user_data;
  guint n_backups = self->opening->len + count_running (self, SR_JOB_BACKUP);
  guint n_verifications = count_running (self, SR_JOB_VERIFY);
  guint n_restores = count_running (self, SR_JOB_RESTORE);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  AdwDialog *dialog;

  if (n_backups + n_verifications + n_restores == 0)
    {
      quit (self);
      return;
    }
  if (window == NULL)
    {
      g_application_activate (G_APPLICATION (self));
      window = gtk_application_get_active_window (GTK_APPLICATION (self));
    }
  dialog = sr_quit_dialog_new (n_backups, n_verifications, n_restores);
  g_signal_connect (dialog, "response", G_CALLBACK (on_quit_answer), self);
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

static void
set_accels (SrApplication *self)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } all[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "win.show-help-overlay", { "<Control>question", NULL } },
    { "win.back-up", { "<Control>b", NULL } },
    { "win.refresh", { "F5", "<Control>r", NULL } },
    { "win.add-authority", { "<Control>n", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), all[i].action, all[i].accels);
}

static void
sr_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "activate", .activate = on_activate_action },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  SrApplication *self = SR_APPLICATION (application);

  G_APPLICATION_CLASS (sr_application_parent_class)->startup (application);
  if (g_getenv (SR_STALL_VARIABLE) != NULL)
    sr_stall_counter_start (GTK_APPLICATION (self), g_getenv (SR_STALL_VARIABLE));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_unix_signal_add (signals[i], on_signal, self);
  sr_spoken_install ();

  self->keyring = sr_keyring_new ();
  self->worker = sr_worker_new ();
  self->monitor = sr_monitor_new (self->authorities, self->worker, password_at_hand, self);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SrApplication *self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autoptr (GError) error = NULL;
  gboolean first = !self->loaded;

  sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error);
  self->loaded = TRUE;
  if (SR_IS_WINDOW (window))
    sr_window_show_list (SR_WINDOW (window));
  if (SR_IS_WINDOW (window) && error != NULL)
    sr_window_tell_error (SR_WINDOW (window), _("The List of CAs Cannot Be Read"), error);
  if (!first)
    return;
  g_application_hold (G_APPLICATION (self));
  sr_keyring_open_async (self->keyring, NULL, on_keyring_open, self);
}

static void
sr_application_activate (GApplication *application)
{
  SrApplication *self = SR_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (self->quitting)
    return;
  if (window == NULL)
    {
      /* Read while the window is made, so it is mostly there for the first frame. */
      sr_authority_list_load_async (self->authorities, on_loaded, self);
      window = GTK_WINDOW (sr_window_new (self));
      for (guint i = 0; i < self->ended->len; i++)
        look_behind (self, self->ended->pdata[i]);
      g_ptr_array_set_size (self->ended, 0);
    }
  gtk_window_present (window);
  for (; self->n_unseen > 0; self->n_unseen--)
    g_application_release (application);
}

static void
sr_application_dispose (GObject *object)
{
  SrApplication *self = SR_APPLICATION (object);

  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_object (&self->monitor);
  g_clear_object (&self->worker);
  g_clear_object (&self->keyring);
  g_clear_object (&self->authorities);
  g_clear_pointer (&self->opening, g_ptr_array_unref);
  g_clear_pointer (&self->ended, g_ptr_array_unref);
  G_OBJECT_CLASS (sr_application_parent_class)->dispose (object);
}

static void
sr_application_class_init (SrApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sr_application_dispose;
  G_APPLICATION_CLASS (klass)->startup = sr_application_startup;
  G_APPLICATION_CLASS (klass)->activate = sr_application_activate;
}

static void
sr_application_init (SrApplication *self)
{
  self->authorities = sr_authority_list_new (NULL);
  self->opening = g_ptr_array_new ();
  self->ended = g_ptr_array_new_with_free_func (g_object_unref);
}

SrApplication *
sr_application_new (void)
{
  return g_object_new (SR_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "flags", G_APPLICATION_CAN_OVERRIDE_APP_ID,
                       "resource-base-path", "/io/github/strongroom/Strongroom",
                       NULL);
}
