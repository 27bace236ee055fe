/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-window.h"

#include "app/sr-add-dialog.h"
#include "app/sr-folder-page.h"
#include "app/sr-practice.h"
#include "app/sr-preferences-dialog.h"
#include "app/sr-restore-left-page.h"
#include "app/sr-restore-page.h"
#include "app/sr-sign-in-dialog.h"
#include "authority/sr-advice.h"
#include "authority/sr-authority-check.h"

#include <glib/gi18n.h>

/* A closed window that something still waits for has no application any more. */
static SrApplication *
application_of (SrWindow *self)
{
  return sr_application_get_default ();
}

static gboolean
job_is_running (SrWindow    *self,
                SrAuthority *authority)
{
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), authority);
  SrJob *job = watch != NULL ? sr_watch_get_job (watch) : NULL;

  SrJob *restore = watch != NULL ? sr_watch_get_restore_job (watch) : NULL;

  return sr_application_is_opening (application_of (self), authority)
         || (job != NULL && !sr_job_state_is_final (sr_job_get_state (job)))
         || (restore != NULL && !sr_job_state_is_final (sr_job_get_state (restore)));
}

/* A CA of the network is restored with certutil until its host can be reached. */
static gboolean
can_restore (SrWindow    *self,
             SrAuthority *authority)
{
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), authority);

  return sr_authority_is_practice (authority) && watch != NULL && g_list_model_get_n_items (sr_watch_get_sets (watch)) > 0
         && g_list_model_get_n_items (sr_watch_get_restores (watch)) == 0;
}

/* Why not stands in words on the CA's page. */
static gboolean
are_logs_allowed (SrWindow    *self,
                  SrAuthority *authority)
{
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), authority);
  g_auto (SrBackupChoice) choice = { 0 };

  return watch != NULL && sr_watch_choose (watch, &choice) && choice.logs_allowed;
}

void
sr_window_update_actions (SrWindow *self)
{
  SrAuthority *authority = sr_window_get_selected (self);
  gboolean idle = authority != NULL && !job_is_running (self, authority);

  gboolean logs_allowed = idle && are_logs_allowed (self, authority);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back-up", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back-up-full", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back-up-keep-logs", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back-up-logs", logs_allowed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back-up-logs-keep-logs", logs_allowed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.try-again", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.restore", idle && can_restore (self, authority));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remove-authority", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.refresh", authority != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sign-in",
                                 authority != NULL && !sr_authority_is_practice (authority));
}

static void
on_queued (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sr_application_back_up_finish (SR_APPLICATION (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sr_window_tell_folder_error (self, error);
  sr_window_update_actions (self);
}

static void
queue_backup (SrWindow    *self,
              SrAuthority *authority,
              SrBackupWish wish)
{
  sr_application_back_up_async (application_of (self), authority, wish, on_queued, g_object_ref (self));
  sr_window_update_actions (self);
}

typedef struct
{
  SrWindow *window;
  SrAuthority *authority;
  SrBackupWish wish;
} Pending;

static void
pending_free (Pending *pending)
{
  g_object_unref (pending->window);
  g_object_unref (pending->authority);
  g_free (pending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Pending) pending = user_data;

  if (sr_sign_in_finish (SR_WINDOW (source), result))
    queue_backup (pending->window, pending->authority, pending->wish);
}

/* Why the host has not let the account in, if that is how it stands. */
static const GError *
refusal_of (SrWindow    *self,
            SrAuthority *authority)
{
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), authority);
  const GError *error = watch != NULL ? sr_watch_get_reach_error (watch) : NULL;

  return error != NULL && sr_advice_is_sign_in (error) ? error : NULL;
}

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Pending) pending = user_data;
  g_autoptr (SrSecret) password = sr_keyring_lookup_finish (SR_KEYRING (source), result, NULL);
  SrWindow *window = pending->window;
  SrAuthority *authority = pending->authority;
  const GError *refusal = refusal_of (window, authority);

  if (password != NULL && refusal == NULL)
    queue_backup (window, authority, pending->wish);
  else if (gtk_window_get_application (GTK_WINDOW (window)) != NULL) /* it was not closed meanwhile */
    sr_sign_in_async (window, authority, refusal, on_signed_in, g_steal_pointer (&pending));
}

/* Where a password is needed and not at hand, or was refused, asks for it first. */
static void
begin_backup (SrWindow    *self,
              SrBackupWish wish)
{
  SrAuthority *authority = sr_window_get_selected (self);
  Pending *pending;

  if (authority == NULL || job_is_running (self, authority))
    return;
  if (!sr_authority_needs_password (authority))
    {
      queue_backup (self, authority, wish);
      return;
    }
  pending = g_new0 (Pending, 1);
  pending->window = g_object_ref (self);
  pending->authority = g_object_ref (authority);
  pending->wish = wish;
  sr_keyring_lookup_async (sr_application_get_keyring (application_of (self)), authority, NULL, on_looked_up, pending);
}

static void
on_back_up (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  begin_backup (SR_WINDOW (widget), (SrBackupWish) { .automatic = TRUE });
}

static void
on_back_up_full (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  begin_backup (SR_WINDOW (widget), (SrBackupWish) { .kind = SR_BACKUP_FULL });
}

static void
on_back_up_logs (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  begin_backup (SR_WINDOW (widget), (SrBackupWish) { .kind = SR_BACKUP_LOGS });
}

/* Asks nothing: log-only backups go on as before, and what the next one holds again does no harm. */
static void
on_back_up_logs_keep_logs (GtkWidget  *widget,
                           const char *action,
                           GVariant   *parameter)
{
  begin_backup (SR_WINDOW (widget), (SrBackupWish) { .kind = SR_BACKUP_LOGS, .keep_logs = TRUE });
}

/* What the last backup was asked, not what is usual. */
static void
on_try_again (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), sr_window_get_selected (self));
  SrJob *job = watch != NULL ? sr_watch_get_job (watch) : NULL;
  SrBackupWish wish = { .automatic = TRUE };

  if (job != NULL)
    wish = (SrBackupWish) {
      .automatic = sr_job_get_automatic (job),
      .kind = sr_job_get_backup_kind (job),
      .keep_logs = sr_job_get_keep_logs (job),
    };
  begin_backup (self, wish);
}

static void
on_keep_logs_answer (AdwAlertDialog *dialog,
                     const char     *response,
                     gpointer        user_data)
{
  if (g_str_equal (response, "back-up"))
    begin_backup (SR_WINDOW (user_data), (SrBackupWish) { .kind = SR_BACKUP_FULL, .keep_logs = TRUE });
}

static void
on_back_up_keep_logs (GtkWidget  *widget,
                      const char *action,
                      GVariant   *parameter)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Back Up and Keep the Logs?"), sr_job_keep_logs_words ());

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "back-up", _("_Back Up"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "back-up", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_keep_logs_answer), widget, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_refresh (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);

  sr_monitor_refresh (sr_application_get_monitor (application_of (self)), sr_window_get_selected (self));
}

static void
on_sign_in (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);

  if (sr_window_get_selected (self) != NULL)
    sr_sign_in_async (self, sr_window_get_selected (self), refusal_of (self, sr_window_get_selected (self)), NULL, NULL);
}

static void
on_added (SrWindow    *self,
          SrAuthority *authority)
{
  sr_window_select (self, authority);
}

static void
on_add_authority (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  AdwDialog *dialog = sr_add_dialog_new (application_of (SR_WINDOW (widget)));

  g_signal_connect_object (dialog, "added", G_CALLBACK (on_added), widget, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

static void
on_practice_ready (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthority) authority = sr_practice_start_finish (result, &error);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.add-practice", TRUE);
  if (authority == NULL)
    {
      sr_window_tell_error (self, _("Practice CA Not Started"), error);
      return;
    }
  if (gtk_window_get_application (GTK_WINDOW (self)) != NULL) /* else it was closed meanwhile */
    sr_window_select (self, authority);
  sr_window_toast (self, _("The practice CA runs"));
}

static void
on_add_practice (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  gtk_widget_action_set_enabled (widget, "win.add-practice", FALSE);
  sr_window_toast (SR_WINDOW (widget), _("Starting the practice CA…"));
  sr_practice_start_async (NULL, NULL, on_practice_ready, g_object_ref (widget));
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  sr_application_end_write (application_of (self));
  if (!sr_keyring_clear_finish (SR_KEYRING (source), result, &error))
    sr_window_tell_error (self, _("Password Still in the Keyring"), error);
}

static void
on_removed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Pending) removal = user_data;
  SrWindow *self = removal->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (!sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    {
      sr_window_tell_error (self, _("The CA Could Not Be Removed"), error);
      return;
    }
  sr_application_begin_write (application_of (self));
  sr_keyring_clear_async (sr_application_get_keyring (application_of (self)), removal->authority, NULL,
                          on_cleared, g_object_ref (self));
  /* Translators: %s is the name of a certificate authority */
  words = g_strdup_printf (_("%s was removed"), sr_authority_get_name (removal->authority));
  sr_window_toast (self, words);
}

static void
on_remove_answer (AdwAlertDialog *dialog,
                  const char     *response,
                  gpointer        user_data)
{
  SrWindow *self = SR_WINDOW (user_data);
  Pending *removal;

  if (!g_str_equal (response, "remove"))
    return;
  removal = g_new0 (Pending, 1);
  removal->window = g_object_ref (self);
  removal->authority = g_object_ref (g_object_get_data (G_OBJECT (dialog), "authority"));
  sr_authority_list_remove_async (sr_application_get_authorities (application_of (self)), removal->authority,
                                  on_removed, removal);
}

/* What goes, and what stays where. */
static char *
removal_words (SrWindow    *self,
               SrAuthority *authority)
{
  SrWatch *watch = sr_monitor_find (sr_application_get_monitor (application_of (self)), authority);
  guint n = watch != NULL ? g_list_model_get_n_items (sr_watch_get_sets (watch)) : 0;
  g_autoptr (SrBackupSet) newest = n > 0 ? g_list_model_get_item (sr_watch_get_sets (watch), 0) : NULL;
  g_autofree char *folder = newest != NULL ? g_path_get_dirname (sr_backup_set_get_path (newest)) : NULL;
  g_autofree char *shown = folder != NULL ? g_filename_display_name (folder) : NULL;
  const char *name = sr_authority_get_name (authority);
  g_autofree char *gone = NULL;
  g_autofree char *folder_name = g_filename_display_name (sr_monitor_get_folder (sr_application_get_monitor (application_of (self))));
  g_autofree char *kept = NULL;

  if (n == 0 && (watch == NULL || !sr_watch_get_sets_known (watch)))
    /* Translators: %s is a folder */
    kept = g_strdup_printf (_("Its backup sets, if it has any, stay in\n%s"), folder_name);
  else if (n == 0)
    kept = g_strdup (_("It has no backup sets."));
  else
    /* Translators: %s is a folder */
    kept = g_strdup_printf (ngettext ("Its %u backup set stays in\n%s", "Its %u backup sets stay in\n%s", n), n, shown);
  if (sr_authority_is_practice (authority))
    /* Translators: %s is the name of a certificate authority */
    gone = g_strdup_printf (_("Strongroom forgets the practice CA %s, which itself is not deleted."), name);
  else
    /* Translators: %s is the name of a certificate authority */
    gone = g_strdup_printf (_("Strongroom forgets %s and its password."), name);
  return g_strdup_printf ("%s %s", gone, kept);
}

static void
on_remove_authority (GtkWidget  *widget,
                     const char *action,
                     GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);
  SrAuthority *authority = sr_window_get_selected (self);
  g_autofree char *words = NULL;
  AdwDialog *dialog;

  if (authority == NULL)
    return;
  words = removal_words (self, authority);
  /* A heading that is wider than an alert dialog makes GTK complain, so the name stands below. */
  dialog = adw_alert_dialog_new (_("Remove This CA?"), words);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "remove", _("_Remove CA"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "authority", g_object_ref (authority), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_answer), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_launched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error)
      && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    {
      g_autofree char *name = g_file_get_basename (gtk_file_launcher_get_file (GTK_FILE_LAUNCHER (source)));
      g_autofree char *shown = g_filename_display_name (name);
      /* Translators: a folder or a file; then why, as the system says it */
      g_autofree char *words = g_strdup_printf (_("“%s” could not be opened: %s"), shown, error->message);

      sr_window_toast (self, words);
    }
}

void
sr_window_launch (SrWindow   *self,
                  const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);

  gtk_file_launcher_launch (launcher, GTK_WINDOW (self), NULL, on_launched, g_object_ref (self));
}

static void
on_open_backup_folder (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);

  sr_window_launch (self, sr_monitor_get_folder (sr_application_get_monitor (application_of (self))));
}

static void
on_folder_chosen (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  SrWindow *self = SR_WINDOW (source);
  g_autoptr (GError) error = NULL;

  if (sr_preferences_choose_folder_finish (GTK_WIDGET (self), result, &error))
    sr_window_toast (self, _("Backups go to the new folder from now on"));
  else if (error != NULL)
    sr_window_tell_folder_error (self, error);
}

static void
on_choose_backup_folder (GtkWidget  *widget,
                         const char *action,
                         GVariant   *parameter)
{
  sr_preferences_choose_folder (widget, on_folder_chosen, NULL);
}

static void
on_recovered (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean settled = FALSE;
  g_autofree char *words = sr_application_recover_finish (SR_APPLICATION (source), result, &settled, &error);

  if (words == NULL)
    sr_window_tell_error (self, _("Session Not Ended"), error);
  else
    sr_window_tell (self, settled ? _("The Session Is Over") : _("Session May Still Be Open"), words);
}

static void
on_recover (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);

  if (sr_window_get_selected (self) == NULL)
    return;
  sr_window_toast (self, _("Ending the session…"));
  sr_application_recover_async (application_of (self), sr_window_get_selected (self), on_recovered, g_object_ref (self));
}

static SrWatch *
selected_watch (SrWindow *self)
{
  SrAuthority *authority = sr_window_get_selected (self);

  return authority != NULL ? sr_monitor_find (sr_application_get_monitor (application_of (self)), authority) : NULL;
}

static void
on_restore (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);
  SrWatch *watch = selected_watch (self);

  if (watch != NULL)
    sr_window_push (self, sr_restore_page_new (sr_window_get_selected (self), sr_watch_get_sets (watch), NULL, NULL));
}

/* The oldest that was broken off: the others wait for it. */
static void
on_restore_left (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);
  SrWatch *watch = selected_watch (self);
  g_autoptr (SrRestoreLeft) left = watch != NULL ? g_list_model_get_item (sr_watch_get_restores (watch), 0) : NULL;

  if (left != NULL)
    sr_window_push (self, sr_restore_left_page_new (left, sr_window_get_selected (self)));
}

static void
on_restore_folder_chosen (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr (SrWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    sr_window_push_over (self, sr_folder_page_new (path));
  else if (file != NULL)
    sr_window_toast (self, _("This place is not a folder of the file system. Mount it, and choose the folder where it is mounted."));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
           && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    sr_window_tell (self, _("Folder Not Opened"), error->message);
}

static void
on_restore_from_folder (GtkWidget  *widget,
                        const char *action,
                        GVariant   *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Restore from Backup Folder"));
  gtk_file_dialog_set_accept_label (dialog, _("_Look Into It"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (widget), NULL, on_restore_folder_chosen, g_object_ref (widget));
}

static void
on_explain_answer (AdwAlertDialog *dialog,
                   const char     *response,
                   gpointer        user_data)
{
  SrWindow *self = SR_WINDOW (user_data);

  if (!g_str_equal (response, "copy"))
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), SR_CHECK_REMOTE_BACKUP_COMMAND);
  sr_window_toast (self, _("Command copied"));
}

static void
on_explain_remote_backup (GtkWidget  *widget,
                          const char *action,
                          GVariant   *parameter)
{
  AdwDialog *dialog = adw_alert_dialog_new (_("Remote Backup Is Disabled"), NULL);
  GtkWidget *command = gtk_label_new (SR_CHECK_REMOTE_BACKUP_COMMAND);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog),
                             _("A CA refuses remote backup until an administrator allows it. "
                               "This command on the CA allows it and restarts Certificate Services, which takes some seconds:"));
  /* A hyphen at the end of a line would look like one of the command's own. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (command), attributes);
  gtk_label_set_wrap (GTK_LABEL (command), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (command), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (command), 0);
  gtk_widget_add_css_class (command, "monospace");
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), command);
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close", _("_Close"), "copy", _("C_opy Command"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "copy", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "copy");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_explain_answer), widget, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
on_explain_next_answer (AdwAlertDialog *dialog,
                        const char     *response,
                        gpointer        user_data)
{
  if (g_str_equal (response, "back-up"))
    begin_backup (SR_WINDOW (user_data), (SrBackupWish) { .kind = SR_BACKUP_FULL });
}

/* The rule that chose, and what it advises. */
static void
on_explain_next (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  SrWindow *self = SR_WINDOW (widget);
  SrAuthority *authority = sr_window_get_selected (self);
  SrWatch *watch = authority != NULL ? sr_monitor_find (sr_application_get_monitor (application_of (self)), authority) : NULL;
  g_auto (SrBackupChoice) choice = { 0 };
  AdwDialog *dialog;

  if (watch == NULL || !sr_watch_choose (watch, &choice) || sr_backup_rule_advice (choice.rule) == NULL)
    return;
  dialog = adw_alert_dialog_new (_("A Full Backup Is Next"), NULL);
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s\n\n%s", sr_backup_rule_words (choice.rule), sr_backup_rule_advice (choice.rule));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close", _("_Close"), "back-up", _("_Back Up in Full"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "back-up", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (dialog), "back-up", !job_is_running (self, authority));
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "back-up");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_explain_next_answer), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

void
sr_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.back-up", NULL, on_back_up);
  gtk_widget_class_install_action (klass, "win.back-up-full", NULL, on_back_up_full);
  gtk_widget_class_install_action (klass, "win.back-up-keep-logs", NULL, on_back_up_keep_logs);
  gtk_widget_class_install_action (klass, "win.back-up-logs", NULL, on_back_up_logs);
  gtk_widget_class_install_action (klass, "win.back-up-logs-keep-logs", NULL, on_back_up_logs_keep_logs);
  gtk_widget_class_install_action (klass, "win.try-again", NULL, on_try_again);
  gtk_widget_class_install_action (klass, "win.refresh", NULL, on_refresh);
  gtk_widget_class_install_action (klass, "win.sign-in", NULL, on_sign_in);
  gtk_widget_class_install_action (klass, "win.add-authority", NULL, on_add_authority);
  gtk_widget_class_install_action (klass, "win.add-practice", NULL, on_add_practice);
  gtk_widget_class_install_action (klass, "win.remove-authority", NULL, on_remove_authority);
  gtk_widget_class_install_action (klass, "win.open-backup-folder", NULL, on_open_backup_folder);
  gtk_widget_class_install_action (klass, "win.choose-backup-folder", NULL, on_choose_backup_folder);
  gtk_widget_class_install_action (klass, "win.recover", NULL, on_recover);
  gtk_widget_class_install_action (klass, "win.restore", NULL, on_restore);
  gtk_widget_class_install_action (klass, "win.restore-left", NULL, on_restore_left);
  gtk_widget_class_install_action (klass, "win.restore-from-folder", NULL, on_restore_from_folder);
  gtk_widget_class_install_action (klass, "win.explain-next", NULL, on_explain_next);
  gtk_widget_class_install_action (klass, "win.explain-remote-backup", NULL, on_explain_remote_backup);
}
