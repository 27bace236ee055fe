/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-export-group.h"

#include "app/sr-application.h"
#include "app/sr-window.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n.h>

struct _SrExportGroup
{
  AdwPreferencesGroup parent_instance;

  SrBackupSet *set;
  SrJob *job;
  char *path; /* of the folder that is made */
  gboolean busy;
  AdwActionRow *row;
  GtkImage *icon;
  GtkWidget *stop_button;
  GtkWidget *open_button;
  GtkProgressBar *progress_bar;
};

enum
{
  PROP_BUSY = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrExportGroup, sr_export_group, ADW_TYPE_PREFERENCES_GROUP)

static void
set_busy (SrExportGroup *self,
          gboolean       busy)
{
  if (self->busy == busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
show (SrExportGroup *self,
      const char    *title,
      const char    *words,
      const char    *icon,
      const char    *style)
{
  const char *classes[] = { style, NULL };

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), title);
  adw_action_row_set_subtitle (self->row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon != NULL);
  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
show_running (SrExportGroup *self)
{
  g_autofree char *done = g_format_size (sr_job_get_bytes (self->job));
  g_autofree char *total = g_format_size (sr_job_get_total (self->job));
  g_autofree char *words = NULL;

  if (sr_job_state_is_final (sr_job_get_state (self->job)))
    return;
  if (sr_job_get_state (self->job) == SR_JOB_RUNNING && sr_job_get_total (self->job) > 0)
    /* Translators: what is being done, such as “Copying and comparing”, then bytes done, bytes in all */
    words = g_strdup_printf (_("%s: %s of %s"), sr_job_get_phase_words (self->job), done, total);
  else
    words = g_strdup (sr_job_get_phase_words (self->job));
  show (self, _("Exporting for certutil"), words, NULL, NULL);
  gtk_progress_bar_set_fraction (self->progress_bar, sr_job_get_fraction (self->job));
}

static void
show_result (SrExportGroup *self,
             SrJob         *job)
{
  g_autofree char *path = g_filename_display_name (self->path);
  g_autofree char *words = NULL;

  switch (sr_job_get_state (job))
    {
    case SR_JOB_DONE:
      /* Translators: %s is a path */
      words = g_strdup_printf (_("%s\nRESTORE.txt in it tells how to restore it with certutil."), path);
      show (self, _("Exported for certutil"), words, "io.github.strongroom.Strongroom-good-symbolic", "success");
      break;
    case SR_JOB_CANCELLED:
      show (self, _("Export Stopped"), _("Nothing is left of it."), "io.github.strongroom.Strongroom-cancelled-symbolic", "warning");
      break;
    default:
      show (self, _("Export Failed"), sr_job_get_error (job)->message, "io.github.strongroom.Strongroom-failed-symbolic", "error");
      break;
    }
  gtk_widget_set_visible (self->open_button, sr_job_get_state (job) == SR_JOB_DONE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->row)),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
on_exported (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (SrExportGroup) self = user_data;
  g_autoptr (SrJob) job = g_steal_pointer (&self->job);

  /* The job itself tells how it came out. */
  sr_worker_run_finish (SR_WORKER (source), result, NULL);
  g_signal_handlers_disconnect_by_data (job, self);
  sr_worker_forget (SR_WORKER (source), job);
  if (self->row != NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), FALSE);
      gtk_widget_set_visible (self->stop_button, FALSE);
      show_result (self, job);
    }
  set_busy (self, FALSE);
}

/* What is exported, and where to. */
typedef struct
{
  SrBackupSet *set;
  char *folder;
  SrChain *chain;
  SrBackupSet *last;
  char *path;
} Plan;

static void
plan_free (Plan *plan)
{
  g_object_unref (plan->set);
  g_free (plan->folder);
  g_clear_object (&plan->chain);
  g_clear_object (&plan->last);
  g_free (plan->path);
  g_free (plan);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

/* A folder that is not there yet, named after the CA and the last set. */
static char *
choose_path (const char  *folder,
             SrBackupSet *last)
{
  const char *name = sr_backup_set_get_manifest (last)->display_name;
  g_autofree char *words = g_strdup_printf ("%s %s", name != NULL && *name != '\0' ? name : sr_backup_set_get_manifest (last)->config,
                                            sr_backup_set_get_name (last));
  g_autofree char *safe = sr_safe_name (words);

  for (guint i = 1;; i++)
    {
      g_autofree char *numbered = sr_safe_name_numbered (safe, i);
      g_autofree char *path = g_build_filename (folder, numbered, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
        return g_steal_pointer (&path);
    }
}

/* The chain as it is now: since the page was opened there may be more of it. */
static void
plan_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Plan *plan = task_data;
  GError *error = NULL;
  g_autoptr (SrHistory) history = sr_history_load_beside (plan->set, &error);
  SrChain *chain = history != NULL ? sr_history_find_chain (history, plan->set) : NULL;

  if (history == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (chain == NULL)
    {
      g_task_return_new_error (task, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET,
                               _("The set “%s” belongs to no chain: sets before it are missing, and nothing can be restored from it"),
                               sr_backup_set_get_name (plan->set));
      return;
    }
  plan->chain = g_object_ref (chain);
  plan->last = g_object_ref (sr_backup_set_get_manifest (plan->set)->kind == SR_SET_FULL ? sr_chain_get_newest (chain) : plan->set);
  plan->path = choose_path (plan->folder, plan->last);
  g_task_return_boolean (task, TRUE);
}

static void
on_planned (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  SrExportGroup *self = SR_EXPORT_GROUP (source);
  Plan *plan = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (self->row != NULL)
        show (self, _("Export Failed"), error->message, "io.github.strongroom.Strongroom-failed-symbolic", "error");
      set_busy (self, FALSE);
      return;
    }
  g_free (self->path);
  self->path = g_strdup (plan->path);
  self->job = sr_job_new_export (plan->chain, plan->last, plan->path);
  if (self->row != NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), TRUE);
      gtk_widget_set_visible (self->stop_button, TRUE);
      g_signal_connect_object (self->job, "notify", G_CALLBACK (show_running), self, G_CONNECT_SWAPPED);
      show_running (self);
    }
  sr_worker_run_async (sr_application_get_worker (sr_application_get_default ()), self->job, NULL, on_exported, g_object_ref (self));
}

static void
on_folder_selected (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (SrExportGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  g_autofree char *folder = file != NULL ? g_file_get_path (file) : NULL;
  g_autoptr (GTask) task = NULL;
  Plan *plan;

  if (folder == NULL)
    {
      if (file != NULL && self->row != NULL)
        show (self, _("Export Failed"), _("This place is not a folder of the file system. Mount it, and choose the folder where it is mounted."),
              "io.github.strongroom.Strongroom-failed-symbolic", "error");
      else if (self->row != NULL && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
               && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        show (self, _("Export Failed"), error->message, "io.github.strongroom.Strongroom-failed-symbolic", "error");
      set_busy (self, FALSE);
      return;
    }
  plan = g_new0 (Plan, 1);
  plan->set = g_object_ref (self->set);
  plan->folder = g_steal_pointer (&folder);
  task = g_task_new (self, NULL, on_planned, NULL);
  g_task_set_task_data (task, plan, (GDestroyNotify) plan_free);
  g_task_run_in_thread (task, plan_in_thread);
}

void
sr_export_group_start (SrExportGroup *self,
                       SrBackupSet   *set)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->busy)
    return;
  g_set_object (&self->set, set);
  set_busy (self, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (self->open_button, FALSE);
  gtk_file_dialog_set_title (dialog, _("Export for certutil: Choose Where To"));
  gtk_file_dialog_set_accept_label (dialog, _("_Export Here"));
  gtk_file_dialog_select_folder (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, on_folder_selected, g_object_ref (self));
}

gboolean
sr_export_group_get_busy (SrExportGroup *self)
{
  return self->busy;
}

static void
on_stop (SrExportGroup *self)
{
  if (self->job != NULL)
    sr_job_cancel (self->job);
}

static void
on_open (SrExportGroup *self)
{
  sr_window_launch (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->path);
}

static void
sr_export_group_get_property (GObject    *object,
                              guint       property,
                              GValue     *value,
                              GParamSpec *pspec)
{
  if (property == PROP_BUSY)
    g_value_set_boolean (value, SR_EXPORT_GROUP (object)->busy);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sr_export_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_EXPORT_GROUP);
  G_OBJECT_CLASS (sr_export_group_parent_class)->dispose (object);
}

static void
sr_export_group_finalize (GObject *object)
{
  SrExportGroup *self = SR_EXPORT_GROUP (object);

  g_clear_object (&self->set);
  g_free (self->path);
  G_OBJECT_CLASS (sr_export_group_parent_class)->finalize (object);
}

static void
sr_export_group_class_init (SrExportGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sr_export_group_get_property;
  object_class->dispose = sr_export_group_dispose;
  object_class->finalize = sr_export_group_finalize;
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/export-group.ui");
  gtk_widget_class_bind_template_child (widget_class, SrExportGroup, row);
  gtk_widget_class_bind_template_child (widget_class, SrExportGroup, icon);
  gtk_widget_class_bind_template_child (widget_class, SrExportGroup, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SrExportGroup, open_button);
  gtk_widget_class_bind_template_child (widget_class, SrExportGroup, progress_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
}

static void
sr_export_group_init (SrExportGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
