/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-preferences-dialog.h"

#include "app/sr-window.h"
#include "worker/sr-backup-folder.h"

#include <glib/gi18n.h>

struct _SrPreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  SrApplication *application;
  gboolean verify; /* what stands in the file, as far as is known */
  gboolean writing;
  AdwActionRow *folder_row;
  AdwSwitchRow *verify_row;
  AdwPreferencesGroup *ntlm_group;
};

G_DEFINE_FINAL_TYPE (SrPreferencesDialog, sr_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

/* A toast would cut off what to do about it. */
static void
tell_change_failed (GtkWidget    *widget,
                    const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  sr_window_tell_error (root != NULL ? SR_WINDOW (root) : NULL, _("Preferences Not Changed"), error);
}

/* Opens the backup folder in a folder, or makes it one. */
static void
choose_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_open (task_data, &error);

  if (repository == NULL && g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY))
    {
      g_clear_error (&error);
      repository = sr_repository_create (task_data, &error);
    }
  if (repository != NULL && sr_repository_check_writable (repository, 0, &error) && sr_backup_folder_choose (repository, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_folder_selected (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (file == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (path == NULL)
    {
      g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                       _("This place is not a folder of the file system. Mount it, and choose the folder where it is mounted."));
      return;
    }
  g_task_set_task_data (task, g_steal_pointer (&path), g_free);
  g_task_run_in_thread (task, choose_in_thread);
}

void
sr_preferences_choose_folder (GtkWidget          *parent,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (parent);

  gtk_file_dialog_set_title (dialog, _("Choose the Backup Folder"));
  gtk_file_dialog_set_accept_label (dialog, _("_Choose"));
  gtk_file_dialog_select_folder (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                                 on_folder_selected, g_task_new (parent, NULL, callback, user_data));
}

gboolean
sr_preferences_choose_folder_finish (GtkWidget    *parent,
                                     GAsyncResult *result,
                                     GError      **error)
{
  GError *local = NULL;
  gboolean chosen = g_task_propagate_boolean (G_TASK (result), &local);

  /* To close the dialog is an answer, and no error. */
  if (g_error_matches (local, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
      || g_error_matches (local, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_clear_error (&local);
  if (local != NULL)
    g_propagate_error (error, local);
  if (chosen)
    sr_monitor_refresh_sets (sr_application_get_monitor (sr_application_get_default ()));
  return chosen;
}

static void
on_folder_chosen (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (source));
  g_autoptr (GError) error = NULL;

  if (!sr_preferences_choose_folder_finish (GTK_WIDGET (source), result, &error) && error != NULL && SR_IS_WINDOW (root))
    sr_window_tell_folder_error (SR_WINDOW (root), error);
}

static void
on_choose_folder (SrPreferencesDialog *self)
{
  sr_preferences_choose_folder (GTK_WIDGET (self), on_folder_chosen, NULL);
}

static void
write_verify (GTask        *task,
              gpointer      source,
              gpointer      task_data,
              GCancellable *cancellable)
{
  GError *error = NULL;

  if (sr_backup_folder_set_verify (GPOINTER_TO_INT (task_data), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void on_verify_changed (SrPreferencesDialog *self);

/* A switch whose change failed goes back to what is true. */
static void
on_verify_written (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  SrPreferencesDialog *self = SR_PREFERENCES_DIALOG (source);
  gboolean wanted = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  g_autoptr (GError) error = NULL;
  gboolean written = g_task_propagate_boolean (G_TASK (result), &error);

  self->writing = FALSE;
  if (written)
    self->verify = wanted;
  sr_monitor_refresh_sets (sr_application_get_monitor (self->application));
  if (written)
    on_verify_changed (self); /* it may have been turned again */
  else
    {
      adw_switch_row_set_active (self->verify_row, self->verify);
      tell_change_failed (GTK_WIDGET (self), error);
    }
  sr_application_end_write (self->application);
}

static void
on_verify_changed (SrPreferencesDialog *self)
{
  gboolean verify = adw_switch_row_get_active (self->verify_row);
  g_autoptr (GTask) task = NULL;

  if (self->writing || verify == self->verify)
    return;
  self->writing = TRUE;
  sr_application_begin_write (self->application);
  task = g_task_new (self, NULL, on_verify_written, NULL);
  g_task_set_task_data (task, GINT_TO_POINTER (verify), NULL);
  g_task_run_in_thread (task, write_verify);
}

static void
on_verify_seen (SrPreferencesDialog *self)
{
  if (self->writing)
    return;
  self->verify = sr_monitor_get_verify (sr_application_get_monitor (self->application));
  adw_switch_row_set_active (self->verify_row, self->verify);
}

static void
on_ntlm_saved (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (AdwSwitchRow) row = user_data;
  SrAuthority *authority = g_object_get_data (G_OBJECT (row), "authority");
  g_autoptr (GError) error = NULL;
  gboolean allowed;

  if (sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    {
      sr_monitor_refresh (sr_application_get_monitor (sr_application_get_default ()), authority);
      return;
    }
  allowed = sr_authority_get_ntlm_allowed (authority);
  sr_authority_set_ntlm_allowed (authority, !allowed);
  adw_switch_row_set_active (row, !allowed);
  tell_change_failed (GTK_WIDGET (row), error);
}

static void
on_ntlm_changed (AdwSwitchRow *row,
                 GParamSpec   *pspec,
                 gpointer      user_data)
{
  SrPreferencesDialog *self = user_data;
  SrAuthority *authority = g_object_get_data (G_OBJECT (row), "authority");
  gboolean allowed = adw_switch_row_get_active (row);

  if (allowed == sr_authority_get_ntlm_allowed (authority))
    return;
  sr_authority_set_ntlm_allowed (authority, allowed);
  sr_authority_list_save_async (sr_application_get_authorities (self->application), authority, on_ntlm_saved, g_object_ref (row));
}

/* A practice CA listens on this computer alone and always may. */
static void
add_ntlm_rows (SrPreferencesDialog *self)
{
  GListModel *authorities = G_LIST_MODEL (sr_application_get_authorities (self->application));
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (authorities); i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (authorities, i);
      GtkWidget *row;

      if (sr_authority_is_practice (authority))
        continue;
      row = adw_switch_row_new ();
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sr_authority_get_name (authority));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), sr_authority_get_host (authority));
      adw_switch_row_set_active (ADW_SWITCH_ROW (row), sr_authority_get_ntlm_allowed (authority));
      g_object_set_data_full (G_OBJECT (row), "authority", g_object_ref (authority), g_object_unref);
      g_signal_connect (row, "notify::active", G_CALLBACK (on_ntlm_changed), self);
      adw_preferences_group_add (self->ntlm_group, row);
      n++;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->ntlm_group), n > 0);
}

static void
sr_preferences_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_PREFERENCES_DIALOG);
  G_OBJECT_CLASS (sr_preferences_dialog_parent_class)->dispose (object);
}

static void
sr_preferences_dialog_class_init (SrPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_preferences_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SrPreferencesDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SrPreferencesDialog, verify_row);
  gtk_widget_class_bind_template_child (widget_class, SrPreferencesDialog, ntlm_group);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_verify_changed);
}

static void
sr_preferences_dialog_init (SrPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
sr_preferences_dialog_new (SrApplication *application)
{
  SrPreferencesDialog *self = g_object_new (SR_TYPE_PREFERENCES_DIALOG, NULL);
  SrMonitor *monitor;

  self->application = application;
  monitor = sr_application_get_monitor (application);
  g_object_bind_property (monitor, "folder-name", self->folder_row, "subtitle", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (monitor, "notify::verify", G_CALLBACK (on_verify_seen), self, G_CONNECT_SWAPPED);
  on_verify_seen (self);
  sr_monitor_refresh_sets (monitor);
  add_ntlm_rows (self);
  return ADW_DIALOG (self);
}
