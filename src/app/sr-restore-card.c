/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-card.h"

#include "app/sr-restore-end-page.h"
#include "app/sr-restore-page.h"
#include "app/sr-window.h"

struct _SrRestoreCard
{
  AdwBin parent_instance;

  SrJob *job;
  GtkImage *icon;
  GtkLabel *phase_label;
  GtkProgressBar *progress_bar;
  GtkLabel *words_label;
  GtkWidget *hide_button;
};

G_DEFINE_FINAL_TYPE (SrRestoreCard, sr_restore_card, ADW_TYPE_BIN)

static void
show_icon (SrRestoreCard *self,
           SrJobState     state)
{
  const char *style = state == SR_JOB_DONE ? "success" : state == SR_JOB_CANCELLED ? "warning" : "error";
  const char *classes[] = { style, NULL };

  gtk_image_set_from_icon_name (self->icon, state == SR_JOB_DONE        ? "io.github.strongroom.Strongroom-good-symbolic"
                                            : state == SR_JOB_CANCELLED ? "io.github.strongroom.Strongroom-cancelled-symbolic"
                                                                        : "io.github.strongroom.Strongroom-failed-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
}

static void
update (SrRestoreCard *self)
{
  SrJobState state;
  const SrRestoreOutcome *outcome;
  const GError *error;
  const char *words = NULL;
  const char *phase;
  gboolean final;

  if (self->job == NULL)
    return;
  state = sr_job_get_state (self->job);
  final = sr_job_state_is_final (state);
  phase = final ? sr_restore_end_title (self->job) : sr_job_get_phase_words (self->job);
  outcome = final ? sr_job_get_outcome (self->job) : NULL;
  error = final ? sr_job_get_error (self->job) : NULL;
  if (outcome != NULL)
    words = outcome->words;
  else if (error != NULL)
    words = error->message;
  if (final)
    show_icon (self, state);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), final);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), !final);
  gtk_widget_set_visible (self->hide_button, final);
  gtk_label_set_label (self->phase_label, phase != NULL ? phase : "");
  gtk_progress_bar_set_fraction (self->progress_bar, sr_job_get_fraction (self->job));
  gtk_label_set_label (self->words_label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->words_label), words != NULL);
}

void
sr_restore_card_set_job (SrRestoreCard *self,
                         SrJob         *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  if (job == NULL)
    return;
  g_signal_connect_swapped (job, "notify", G_CALLBACK (update), self);
  update (self);
}

static void
on_show (SrRestoreCard *self)
{
  sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_restore_page_new_for_job (self->job));
}

static void
on_hide (SrRestoreCard *self)
{
  g_autoptr (SrJob) job = g_object_ref (self->job);

  sr_worker_forget (sr_application_get_worker (sr_application_get_default ()), job);
}

static void
sr_restore_card_dispose (GObject *object)
{
  SrRestoreCard *self = SR_RESTORE_CARD (object);

  sr_restore_card_set_job (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_CARD);
  G_OBJECT_CLASS (sr_restore_card_parent_class)->dispose (object);
}

static void
sr_restore_card_class_init (SrRestoreCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_restore_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreCard, phase_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreCard, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreCard, words_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreCard, hide_button);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_hide);
}

static void
sr_restore_card_init (SrRestoreCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
