/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-progress-page.h"

#include "app/sr-format.h"
#include "app/sr-step-row.h"

#include <glib/gi18n.h>

struct _SrRestoreProgressPage
{
  AdwNavigationPage parent_instance;

  SrJob *job;
  char *announced; /* phase that a screen reader was told */
  gboolean over;
  AdwWindowTitle *window_title;
  GtkLabel *phase_label;
  GtkProgressBar *progress_bar;
  GtkLabel *detail_label;
  GtkListBox *stages_list;
  GtkLabel *cancel_label;
  GtkWidget *cancel_button;
};

G_DEFINE_FINAL_TYPE (SrRestoreProgressPage, sr_restore_progress_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const SrStepLook looks[] = {
  [SR_RESTORE_STAGE_WAITING] = SR_STEP_WAITING,
  [SR_RESTORE_STAGE_RUNNING] = SR_STEP_RUNNING,
  [SR_RESTORE_STAGE_DONE] = SR_STEP_GOOD,
  [SR_RESTORE_STAGE_FAILED] = SR_STEP_FAILED,
  [SR_RESTORE_STAGE_UNDONE] = SR_STEP_SKIPPED,
  [SR_RESTORE_STAGE_NOT_DONE] = SR_STEP_SKIPPED,
};

static void
update_row (SrStepRow *row)
{
  SrRestoreStage *stage = g_object_get_data (G_OBJECT (row), "stage");
  SrRestoreStageState state = sr_restore_stage_get_state (stage);

  sr_step_row_show (row, looks[state], sr_restore_stage_state_words (state), sr_restore_stage_get_detail (stage), NULL);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  GtkWidget *row = sr_step_row_new (sr_restore_stage_get_title (item));

  g_object_set_data_full (G_OBJECT (row), "stage", g_object_ref (item), g_object_unref);
  g_signal_connect_object (item, "notify", G_CALLBACK (update_row), row, G_CONNECT_SWAPPED);
  update_row (SR_STEP_ROW (row));
  return row;
}

static char *
detail_words (SrJob *job)
{
  g_autofree char *done = g_format_size (sr_job_get_bytes (job));
  g_autofree char *total = g_format_size (sr_job_get_total (job));
  g_autofree char *left = NULL;

  if (sr_job_get_total (job) == 0)
    return NULL;
  if (sr_job_get_time_left (job) < 0)
    /* Translators: bytes done, bytes in all, as "12 MB of 40 MB" */
    return g_strdup_printf (_("%s of %s"), done, total);
  left = sr_format_duration (sr_job_get_time_left (job));
  /* Translators: bytes done, bytes in all, then a time such as "4 minutes" */
  return g_strdup_printf (_("%s of %s · %s left"), done, total, left);
}

/* A screen reader hears phases and ends, not percentages. */
static void
announce (SrRestoreProgressPage *self,
          const char            *words)
{
  if (g_strcmp0 (self->announced, words) == 0 || gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  g_free (self->announced);
  self->announced = g_strdup (words);
  gtk_accessible_announce (GTK_ACCESSIBLE (gtk_widget_get_root (GTK_WIDGET (self))), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static const char *
cancel_words (SrJob *job)
{
  if (sr_job_get_state (job) == SR_JOB_CANCELLING)
    return _("The CA is being brought back to what it was.");
  if (sr_job_get_can_cancel (job))
    return _("Cancelling brings the CA back to what it was.");
  return _("From here on it is not cancelled: the CA recovers, or is put back. Put Back is offered at the end.");
}

static void
update (SrRestoreProgressPage *self)
{
  SrJobState state = sr_job_get_state (self->job);
  gboolean final = sr_job_state_is_final (state);
  const char *phase = sr_job_get_phase_words (self->job);
  g_autofree char *detail = detail_words (self->job);

  gtk_label_set_label (self->phase_label, phase != NULL ? phase : "");
  gtk_progress_bar_set_fraction (self->progress_bar, sr_job_get_fraction (self->job));
  gtk_label_set_label (self->detail_label, detail != NULL ? detail : "");
  gtk_label_set_label (self->cancel_label, cancel_words (self->job));
  gtk_widget_set_sensitive (self->cancel_button, sr_job_get_can_cancel (self->job) && state != SR_JOB_CANCELLING && !final);
  if (phase != NULL)
    announce (self, phase);
  if (final && !self->over)
    {
      self->over = TRUE;
      g_signal_emit (self, signals[ENDED], 0);
    }
}

void
sr_restore_progress_page_set_job (SrRestoreProgressPage *self,
                                  const char            *name,
                                  SrJob                 *job)
{
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  self->over = FALSE;
  adw_window_title_set_subtitle (self->window_title, name);
  gtk_list_box_bind_model (self->stages_list, sr_job_get_stages (job), create_row, NULL, NULL);
  g_signal_connect_swapped (job, "notify", G_CALLBACK (update), self);
  update (self);
}

static void
on_cancel (SrRestoreProgressPage *self)
{
  sr_job_cancel (self->job);
}

static void
sr_restore_progress_page_dispose (GObject *object)
{
  SrRestoreProgressPage *self = SR_RESTORE_PROGRESS_PAGE (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_pointer (&self->announced, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_PROGRESS_PAGE);
  G_OBJECT_CLASS (sr_restore_progress_page_parent_class)->dispose (object);
}

static void
sr_restore_progress_page_class_init (SrRestoreProgressPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_restore_progress_page_dispose;
  signals[ENDED] = g_signal_new ("ended", SR_TYPE_RESTORE_PROGRESS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, phase_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, stages_list);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, cancel_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
sr_restore_progress_page_init (SrRestoreProgressPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
