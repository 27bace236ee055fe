/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-set-page.h"

#include "app/sr-export-group.h"
#include "app/sr-format.h"
#include "app/sr-restore-page.h"
#include "app/sr-set-place.h"
#include "app/sr-window.h"
#include "worker/sr-backup-folder.h"

#include <glib/gi18n.h>

/* A set may hold thousands of logs; the manifest names all of them. */
#define MAX_FILE_ROWS 250
#define ROWS_A_TURN 5

/* Digits of a hash that are shown; all of them are in the tooltip. */
#define SHORT_HASH 16

struct _SrSetPage
{
  AdwNavigationPage parent_instance;

  SrBackupSet *set;
  SrWatch *watch; /* (nullable): of its CA */
  SrJob *job;
  gboolean asking; /* what would go along with it */
  gboolean deleting;
  gboolean restorable;
  guint filling; /* source that adds rows of files */
  guint n_file_rows;
  gboolean touched; /* by Verify */
  AdwWindowTitle *window_title;
  GtkWidget *verify_button;
  GtkWidget *stop_button;
  GtkWidget *restore_button;
  GtkWidget *export_button;
  GtkWidget *delete_button;
  GtkProgressBar *verify_bar;
  AdwActionRow *authority_row;
  AdwActionRow *taken_row;
  AdwActionRow *size_row;
  AdwActionRow *logs_row;
  AdwActionRow *chain_row;
  AdwActionRow *lineage_row;
  AdwActionRow *truncated_row;
  AdwActionRow *ended_row;
  AdwActionRow *verified_row;
  GtkImage *verified_icon;
  AdwActionRow *path_row;
  SrExportGroup *export_group;
  GtkWidget *problems_group;
  GtkListBox *problems_list;
  GtkListBox *files_list;
};

G_DEFINE_FINAL_TYPE (SrSetPage, sr_set_page, ADW_TYPE_NAVIGATION_PAGE)

static const char *
truncated_words (const SrSessionRecord *record)
{
  switch (record->truncated)
    {
    case SR_TRUNCATION_YES:
      return C_("logs", "Truncated");
    case SR_TRUNCATION_KEPT:
      return _("Kept: the CA counts this backup as a copy");
    case SR_TRUNCATION_UNKNOWN:
      return _("Not known: the CA did not answer");
    case SR_TRUNCATION_NO:
    default:
      return C_("logs", "Not truncated");
    }
}

static const char *
ended_words (const SrSessionRecord *record)
{
  switch (record->ended)
    {
    case SR_ENDING_YES:
      return C_("session", "Ended");
    case SR_ENDING_UNKNOWN:
      return _("Not known: the CA did not answer");
    case SR_ENDING_NO:
    default:
      return C_("session", "Left open");
    }
}

static char *
logs_words (const SrManifest *manifest)
{
  guint32 low, high;

  if (!sr_manifest_get_generations (manifest, &low, &high))
    return g_strdup (C_("log generations", "None"));
  /* The names of the logs have them in hexadecimal, which up to 9 is the same. */
  if (low == high && high < 10)
    return g_strdup_printf ("%u", low);
  if (low == high)
    /* Translators: a log generation, in decimal and hexadecimal */
    return g_strdup_printf (_("%u (hexadecimal %x)"), low, low);
  if (high < 10)
    /* Translators: two log generations */
    return g_strdup_printf (_("%u to %u"), low, high);
  /* Translators: two log generations, in decimal and hexadecimal */
  return g_strdup_printf (_("%u to %u (hexadecimal %x to %x)"), low, high, low, high);
}

static char *
size_words (SrSetPage *self)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (self->set);
  g_autofree char *size = g_format_size (sr_backup_set_get_size (self->set));
  guint n = manifest->files->len;

  /* Translators: a size, then a number of files */
  return g_strdup_printf (ngettext ("%s in %'u file", "%s in %'u files", n), size, n);
}

static char *
taken_words (const SrManifest *manifest)
{
  g_autofree char *time = sr_format_time (manifest->finished);
  g_autofree char *duration = sr_format_duration (manifest->finished - manifest->started);

  /* Translators: date and time, then how long the backup took, such as "4 minutes" */
  return g_strdup_printf (_("%s, in %s"), time, duration);
}

static void
show_facts (SrSetPage *self)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (self->set);
  g_autofree char *taken = taken_words (manifest);
  g_autofree char *size = size_words (self);
  g_autofree char *logs = logs_words (manifest);
  g_autofree char *path = g_filename_display_name (sr_backup_set_get_path (self->set));

  adw_action_row_set_subtitle (self->authority_row, manifest->config);
  adw_action_row_set_subtitle (self->taken_row, taken);
  adw_action_row_set_subtitle (self->size_row, size);
  adw_action_row_set_subtitle (self->logs_row, logs);
  adw_action_row_set_subtitle (self->path_row, path);
  if (manifest->server_time != 0)
    {
      g_autofree char *theirs = sr_format_time (manifest->server_time);
      /* Translators: %s is date and time */
      g_autofree char *tip = g_strdup_printf (_("By the CA’s own clock it began on %s"), theirs);

      gtk_widget_set_tooltip_text (GTK_WIDGET (self->taken_row), tip);
    }
}

static void
show_verified (SrSetPage  *self,
               const char *words,
               const char *icon,
               const char *style)
{
  const char *classes[] = { style, NULL };

  adw_action_row_set_subtitle (self->verified_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->verified_icon), icon != NULL);
  gtk_image_set_from_icon_name (self->verified_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->verified_icon), classes);
}

static void update_buttons (SrSetPage *self);

/* What lies beside the manifest. */
typedef struct
{
  SrSessionRecord session;
  GError *session_error;
  SrVerification verification;
  SrSetPlace place;
} Beside;

static void
beside_free (gpointer data)
{
  Beside *beside = data;

  sr_session_record_clear (&beside->session);
  g_clear_error (&beside->session_error);
  sr_verification_clear (&beside->verification);
  sr_set_place_clear (&beside->place);
  g_free (beside);
}

static void
load_beside (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Beside *beside = g_new0 (Beside, 1);

  sr_backup_set_load_session (task_data, &beside->session, &beside->session_error);
  sr_backup_set_load_verification (task_data, &beside->verification, NULL);
  sr_set_place_load (task_data, &beside->place);
  g_task_return_pointer (task, beside, beside_free);
}

static char *
verification_words (const SrVerification *verification)
{
  g_autofree char *time = sr_format_time (verification->at);

  switch (verification->finding)
    {
    case SR_FINDING_DAMAGED:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Damaged, as was found on %s: verify it to see which file"), time);
    case SR_FINDING_UNREADABLE:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Not all of it could be read on %s: verify it again"), time);
    case SR_FINDING_UNEXPECTED:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Every file was what the manifest says, read on %s. Something else lies in the folder."), time);
    case SR_FINDING_GOOD:
    default:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Every file was what the manifest says, read on %s"), time);
    }
}

static void
show_verification (SrSetPage            *self,
                   const SrVerification *verification)
{
  const char *style, *icon = sr_format_finding_icon (verification->finding, &style);
  g_autofree char *words = verification_words (verification);

  if (verification->at == 0)
    show_verified (self, _("Not known. Verify reads every file back."), NULL, NULL);
  else
    show_verified (self, words, icon, style);
}

static void
on_beside_loaded (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  SrSetPage *self = SR_SET_PAGE (source);
  Beside *beside = g_task_propagate_pointer (G_TASK (result), NULL);
  const GError *error = beside->session_error;

  adw_action_row_set_subtitle (self->truncated_row, error != NULL ? error->message : truncated_words (&beside->session));
  adw_action_row_set_subtitle (self->ended_row, error != NULL ? _("Not known") : ended_words (&beside->session));
  adw_action_row_set_subtitle (self->chain_row, beside->place.chain);
  adw_action_row_set_subtitle (self->lineage_row, beside->place.lineage != NULL ? beside->place.lineage : "");
  gtk_widget_set_visible (GTK_WIDGET (self->lineage_row), beside->place.lineage != NULL);
  self->restorable = beside->place.restorable;
  update_buttons (self);
  /* A set that is being verified, or was just now, shows that. */
  if (!self->touched)
    show_verification (self, &beside->verification);
  beside_free (beside);
}

static GtkWidget *
new_row (const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  return row;
}

static void
add_file_row (SrSetPage       *self,
              const SrSetFile *file)
{
  g_autofree char *size = g_format_size (file->size);
  /* Translators: a size, then the beginning of a hash */
  g_autofree char *subtitle = g_strdup_printf (_("%s, SHA-256 %.*s…"), size, SHORT_HASH, file->sha256);
  GtkWidget *row = new_row (file->path, subtitle);
  g_autofree char *tip = g_strdup_printf ("SHA-256: %s", file->sha256);

  gtk_widget_set_tooltip_text (row, tip);
  gtk_list_box_append (self->files_list, row);
}

/* Some rows in each turn of the main loop, behind what is drawn. */
static gboolean
add_files (gpointer user_data)
{
  SrSetPage *self = user_data;
  const SrManifest *manifest = sr_backup_set_get_manifest (self->set);
  guint n = MIN (manifest->files->len, MAX_FILE_ROWS);

  for (guint i = 0; i < ROWS_A_TURN && self->n_file_rows < n; i++)
    add_file_row (self, manifest->files->pdata[self->n_file_rows++]);
  if (self->n_file_rows < n)
    return G_SOURCE_CONTINUE;
  if (n < manifest->files->len)
    {
      guint more = manifest->files->len - n;
      g_autofree char *title = g_strdup_printf (ngettext ("%'u more file", "%'u more files", more), more);

      gtk_list_box_append (self->files_list, new_row (title, _("manifest.json in the set’s folder names all of them")));
    }
  self->filling = 0;
  return G_SOURCE_REMOVE;
}

/* Verify */

static GtkWidget *
new_hash_row (const char *title,
              const char *hash)
{
  GtkWidget *row = new_row (title, hash);

  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  return row;
}

/* Hashes are for who wants to know: behind an arrow. */
static GtkWidget *
new_problem_row (const SrSetProblem *problem)
{
  GtkWidget *row;

  if (problem->kind != SR_SET_PROBLEM_HASH)
    return new_row (problem->path, problem->message);
  row = adw_expander_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), problem->path);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), problem->message);
  /* The row that a screen reader meets is one around those with words. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, problem->path,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, problem->message,
                                  -1);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), new_hash_row (_("SHA-256 Found"), problem->found));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), new_hash_row (_("SHA-256 Expected"), problem->expected));
  return row;
}

static void
show_problems (SrSetPage *self,
               GPtrArray *problems)
{
  gtk_list_box_remove_all (self->problems_list);
  gtk_widget_set_visible (self->problems_group, problems != NULL && problems->len > 0);
  for (guint i = 0; problems != NULL && i < MIN (problems->len, MAX_FILE_ROWS); i++)
    gtk_list_box_append (self->problems_list, new_problem_row (problems->pdata[i]));
}

/* The wizard begins where nothing else works on the CA. */
static gboolean
can_restore (SrSetPage *self)
{
  SrJob *backup = self->watch != NULL ? sr_watch_get_job (self->watch) : NULL;
  SrJob *restore = self->watch != NULL ? sr_watch_get_restore_job (self->watch) : NULL;

  return self->watch != NULL && !self->deleting
         && (backup == NULL || sr_job_state_is_final (sr_job_get_state (backup)))
         && (restore == NULL || sr_job_state_is_final (sr_job_get_state (restore)))
         && g_list_model_get_n_items (sr_watch_get_restores (self->watch)) == 0;
}

static void
update_buttons (SrSetPage *self)
{
  gboolean verifying = self->job != NULL;
  gboolean exporting = sr_export_group_get_busy (self->export_group);

  gtk_widget_set_visible (self->verify_button, !verifying);
  gtk_widget_set_visible (self->stop_button, verifying);
  gtk_widget_set_visible (GTK_WIDGET (self->verify_bar), verifying);
  gtk_widget_set_sensitive (self->verify_button, !self->deleting);
  gtk_widget_set_visible (self->restore_button, self->restorable && self->watch != NULL
                                                  && sr_authority_is_practice (sr_watch_get_authority (self->watch)));
  gtk_widget_set_sensitive (self->restore_button, can_restore (self));
  gtk_widget_set_sensitive (self->export_button, self->restorable && !self->deleting && !exporting);
  gtk_widget_set_sensitive (self->delete_button, !verifying && !self->deleting && !self->asking && !exporting);
}

static char *
found_words (SrFinding finding,
             guint     n)
{
  if (finding == SR_FINDING_DAMAGED)
    return g_strdup_printf (ngettext ("Damaged: %u problem was found", "Damaged: %u problems were found", n), n);
  if (finding == SR_FINDING_UNREADABLE)
    return g_strdup (_("Not all of it can be read. Nothing else was found to be wrong with its files."));
  return g_strdup (_("Every file is what the manifest says. Something else lies in the folder."));
}

static void
show_verdict (SrSetPage *self,
              SrJob     *job)
{
  g_autofree char *words = NULL;
  g_autofree char *time = sr_format_time (g_get_real_time ());
  SrFinding finding = sr_set_problems_judge (sr_job_get_problems (job));
  const char *style, *icon = sr_format_finding_icon (finding, &style);

  if (sr_job_get_state (job) == SR_JOB_CANCELLED)
    show_verified (self, _("Stopped before the end"), NULL, NULL);
  else if (sr_job_get_state (job) == SR_JOB_DONE)
    {
      /* Translators: %s is date and time */
      words = g_strdup_printf (_("Every file is what the manifest says, read on %s"), time);
      show_verified (self, words, icon, style);
    }
  else if (finding == SR_FINDING_GOOD)
    show_verified (self, sr_job_get_error (job)->message, "io.github.strongroom.Strongroom-failed-symbolic", "error");
  else
    {
      /* Each problem has a row of its own below. */
      words = found_words (finding, sr_job_get_problems (job)->len);
      show_verified (self, words, icon, style);
    }
  show_problems (self, sr_job_get_problems (job));
  gtk_accessible_announce (GTK_ACCESSIBLE (self), adw_action_row_get_subtitle (self->verified_row),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
on_verified (SrSetPage *self)
{
  g_autoptr (SrJob) job = g_steal_pointer (&self->job);

  g_signal_handlers_disconnect_by_data (job, self);
  show_verdict (self, job);
  update_buttons (self);
}

static void
on_job_changed (SrSetPage *self)
{
  g_autofree char *done = g_format_size (sr_job_get_bytes (self->job));
  g_autofree char *total = g_format_size (sr_job_get_total (self->job));
  g_autofree char *words = NULL;

  if (sr_job_state_is_final (sr_job_get_state (self->job)))
    {
      on_verified (self);
      return;
    }
  if (sr_job_get_state (self->job) == SR_JOB_QUEUED)
    words = g_strdup (_("Waiting for its turn"));
  else
    /* Translators: bytes done, bytes in all */
    words = g_strdup_printf (_("Reading: %s of %s"), done, total);
  gtk_progress_bar_set_fraction (self->verify_bar, sr_job_get_fraction (self->job));
  show_verified (self, words, NULL, NULL);
}

/* One that this page has begun, or another page before it. */
static void
watch_job (SrSetPage *self,
           SrJob     *job)
{
  self->job = g_object_ref (job);
  self->touched = TRUE;
  show_problems (self, NULL);
  g_signal_connect_object (job, "notify", G_CALLBACK (on_job_changed), self, G_CONNECT_SWAPPED);
  update_buttons (self);
  on_job_changed (self);
}

static void
on_verify (SrSetPage *self)
{
  g_autoptr (SrJob) job = NULL;

  if (self->job != NULL || self->deleting)
    return;
  job = sr_job_new_verify (self->set);
  watch_job (self, job);
  sr_application_run_job (sr_application_get_default (), job);
}

static void
on_stop (SrSetPage *self)
{
  if (self->job != NULL)
    sr_job_cancel (self->job);
}

/* Open Folder, Restore Sheet, Export, Delete */

static void
on_open_folder (SrSetPage *self)
{
  sr_window_launch (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_backup_set_get_path (self->set));
}

static void
on_open_sheet (SrSetPage *self)
{
  g_autofree char *path = g_build_filename (sr_backup_set_get_path (self->set), SR_SHEET_NAME, NULL);

  sr_window_launch (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), path);
}

static void
on_restore (SrSetPage *self)
{
  sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                  sr_restore_page_new (sr_watch_get_authority (self->watch), sr_watch_get_sets (self->watch), self->set, NULL));
}

static void
on_watch_changed (SrSetPage *self)
{
  if (self->verify_button != NULL)
    update_buttons (self);
}

static void
on_export_busy (SrSetPage *self)
{
  if (self->export_button != NULL)
    update_buttons (self);
}

static void
on_export (SrSetPage *self)
{
  sr_export_group_start (self->export_group, self->set);
}

static void
delete_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  SrBackupSet *set = task_data;
  GError *error = NULL;
  g_autoptr (SrRepository) repository = sr_backup_folder_open (FALSE, NULL, &error);
  g_autoptr (SrLock) lock = NULL;

  if (repository != NULL)
    lock = sr_repository_lock_authority (repository, sr_backup_set_get_manifest (set)->config, SR_LOCK_EXCLUSIVE, NULL, &error);
  if (lock != NULL && sr_backup_set_delete (set, lock, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_deleted (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  SrSetPage *self = SR_SET_PAGE (source);
  g_autoptr (SrWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  gboolean deleted = g_task_propagate_boolean (G_TASK (result), &error);

  sr_monitor_refresh_sets (sr_application_get_monitor (sr_application_get_default ()));
  sr_application_end_write (sr_application_get_default ());
  self->deleting = FALSE;
  if (!deleted)
    sr_window_tell_error (window, _("Backup Set Not Deleted"), error);
  update_buttons (self);
  if (deleted)
    {
      sr_window_toast (window, _("Backup set deleted"));
      gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
    }
}

static void
on_delete_answer (AdwAlertDialog *dialog,
                  const char     *response,
                  gpointer        user_data)
{
  SrSetPage *self = SR_SET_PAGE (user_data);
  g_autoptr (GTask) task = NULL;

  if (!g_str_equal (response, "delete") || self->deleting || self->job != NULL)
    return;
  self->deleting = TRUE;
  update_buttons (self);
  sr_application_begin_write (sr_application_get_default ());
  task = g_task_new (self, NULL, on_deleted, g_object_ref (gtk_widget_get_root (GTK_WIDGET (self))));
  g_task_set_task_data (task, g_object_ref (self->set), g_object_unref);
  g_task_run_in_thread (task, delete_in_thread);
}

/* What is lost with this set, beside its own files. */
static const char *
what_else_goes (SrSetPage *self)
{
  SrMonitor *monitor = sr_application_get_monitor (sr_application_get_default ());
  SrAuthority *authority = sr_window_get_selected (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
  SrWatch *watch = authority != NULL ? sr_monitor_find (monitor, authority) : NULL;

  if (watch == NULL)
    return NULL;
  if (g_list_model_get_n_items (sr_watch_get_sets (watch)) == 1)
    return _("It is the only backup of this CA.");
  if (sr_watch_get_newest_full (watch) != NULL
      && sr_guid_equal (&sr_backup_set_get_manifest (sr_watch_get_newest_full (watch))->id, &sr_backup_set_get_manifest (self->set)->id))
    return _("It is the newest full backup of this CA: what was issued since the one before is lost with it.");
  return NULL;
}

static void
ask_before_delete (SrSetPage  *self,
                   const char *loss)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (self->set);
  g_autofree char *title = sr_format_set_title (self->set);
  g_autofree char *size = size_words (self);
  const char *more = what_else_goes (self);
  GString *body = g_string_new (NULL);
  /* A heading that is wider than an alert dialog makes GTK complain. */
  AdwDialog *dialog = adw_alert_dialog_new (_("Delete This Backup Set?"), NULL);

  /* Translators: such as "Full backup of 22 November 2026, 14:15", then HOST\CA, then such as "12 MB in 4 files" */
  g_string_append_printf (body, _("%s, of %s: %s and the restore sheet are removed for good. The CA cannot be restored to that point any more."),
                          title, manifest->config, size);
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  if (loss != NULL)
    g_string_append_printf (body, "\n\n%s", loss);
  if (more != NULL)
    g_string_append_printf (body, "\n\n%s", more);
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog), body->str);
  g_string_free (body, TRUE);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "delete", _("_Delete Backup Set"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_answer), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
find_loss_in_thread (GTask        *task,
                     gpointer      source,
                     gpointer      task_data,
                     GCancellable *cancellable)
{
  g_task_return_pointer (task, sr_set_place_describe_loss (task_data), g_free);
}

static void
on_loss_known (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  SrSetPage *self = SR_SET_PAGE (source);
  g_autofree char *loss = g_task_propagate_pointer (G_TASK (result), NULL);

  self->asking = FALSE;
  if (self->verify_button == NULL || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  update_buttons (self);
  if (!self->deleting && self->job == NULL)
    ask_before_delete (self, loss);
}

/* What needs this set is looked up now: there may be more than when the page was opened. */
static void
on_delete (SrSetPage *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_loss_known, NULL);

  self->asking = TRUE;
  update_buttons (self);
  g_task_set_task_data (task, g_object_ref (self->set), g_object_unref);
  g_task_run_in_thread (task, find_loss_in_thread);
}

static void
sr_set_page_dispose (GObject *object)
{
  SrSetPage *self = SR_SET_PAGE (object);

  g_clear_handle_id (&self->filling, g_source_remove);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->set);
  g_clear_object (&self->watch);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_SET_PAGE);
  G_OBJECT_CLASS (sr_set_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, SrSetPage, window_title);
  gtk_widget_class_bind_template_child (klass, SrSetPage, verify_button);
  gtk_widget_class_bind_template_child (klass, SrSetPage, stop_button);
  gtk_widget_class_bind_template_child (klass, SrSetPage, restore_button);
  gtk_widget_class_bind_template_child (klass, SrSetPage, export_button);
  gtk_widget_class_bind_template_child (klass, SrSetPage, delete_button);
  gtk_widget_class_bind_template_child (klass, SrSetPage, verify_bar);
  gtk_widget_class_bind_template_child (klass, SrSetPage, authority_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, taken_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, size_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, logs_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, chain_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, lineage_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, truncated_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, ended_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, verified_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, verified_icon);
  gtk_widget_class_bind_template_child (klass, SrSetPage, path_row);
  gtk_widget_class_bind_template_child (klass, SrSetPage, export_group);
  gtk_widget_class_bind_template_child (klass, SrSetPage, problems_group);
  gtk_widget_class_bind_template_child (klass, SrSetPage, problems_list);
  gtk_widget_class_bind_template_child (klass, SrSetPage, files_list);
}

static void
sr_set_page_class_init (SrSetPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_EXPORT_GROUP);
  G_OBJECT_CLASS (klass)->dispose = sr_set_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/set-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_verify);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_open_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_open_sheet);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_delete);
}

static void
sr_set_page_init (SrSetPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->export_group, "notify::busy", G_CALLBACK (on_export_busy), self, G_CONNECT_SWAPPED);
}

AdwNavigationPage *
sr_set_page_new (SrBackupSet *set)
{
  SrSetPage *self = g_object_new (SR_TYPE_SET_PAGE, NULL);
  SrApplication *application = sr_application_get_default ();
  g_autoptr (SrAuthority) authority = sr_authority_list_find_config (sr_application_get_authorities (application),
                                                                     sr_backup_set_get_manifest (set)->config);
  g_autofree char *title = sr_format_set_title (set);
  g_autofree char *time = sr_format_time (sr_backup_set_get_manifest (set)->finished);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_beside_loaded, NULL);
  SrJob *job = sr_worker_find_verification (sr_application_get_worker (sr_application_get_default ()), set);

  self->set = g_object_ref (set);
  if (authority != NULL)
    g_set_object (&self->watch, sr_monitor_find (sr_application_get_monitor (application), authority));
  if (self->watch != NULL)
    g_signal_connect_object (self->watch, "changed", G_CALLBACK (on_watch_changed), self, G_CONNECT_SWAPPED);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_title (self->window_title,
                              sr_backup_set_get_manifest (set)->kind == SR_SET_FULL ? _("Full Backup") : _("Log-Only Backup"));
  adw_window_title_set_subtitle (self->window_title, time);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->window_title), title);
  show_facts (self);
  if (add_files (self))
    self->filling = g_idle_add (add_files, self);
  update_buttons (self);
  if (job != NULL)
    watch_job (self, job);
  g_task_set_task_data (task, g_object_ref (set), g_object_unref);
  g_task_run_in_thread (task, load_beside);
  return ADW_NAVIGATION_PAGE (self);
}
