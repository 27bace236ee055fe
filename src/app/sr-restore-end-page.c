/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-end-page.h"

#include "app/sr-command-box.h"
#include "app/sr-format.h"
#include "app/sr-restore-actions.h"
#include "app/sr-restore-report.h"
#include "app/sr-since-group.h"
#include "app/sr-window.h"
#include "authority/sr-advice.h"

#include <glib/gi18n.h>

struct _SrRestoreEndPage
{
  AdwNavigationPage parent_instance;

  SrJob *job;
  AdwWindowTitle *window_title;
  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *words_label;
  GtkLabel *facts_label;
  GtkWidget *back_up_button;
  GtkWidget *later_button;
  GtkWidget *again_button;
  GtkWidget *close_button;
  GtkWidget *later_label;
  GtkWidget *online_group;
  SrCommandBox *stop_box;
  SrSinceGroup *since_group;
  SrRestoreActions *actions;
  GtkWidget *report_group;
};

G_DEFINE_FINAL_TYPE (SrRestoreEndPage, sr_restore_end_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  BACK_UP,
  AGAIN,
  JOB,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *
done_title (SrJob *job)
{
  if (sr_job_get_restore_left (job) == NULL)
    return _("Restored");
  switch (sr_job_get_restore_action (job))
    {
    case SR_RESTORE_PUT_BACK:
      return C_("restore", "Put Back");
    case SR_RESTORE_LEAVE:
      return _("Left As It Is");
    case SR_RESTORE_CONTINUE:
    default:
      return _("Restored");
    }
}

static const char *
failed_title (SrJob *job)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);
  gboolean cancelled = sr_job_get_state (job) == SR_JOB_CANCELLED;

  if (outcome != NULL && outcome->put_back)
    return cancelled ? _("Restore Cancelled, CA Put Back") : _("Restore Failed, CA Put Back");
  if (outcome == NULL)
    return cancelled ? _("Restore Cancelled") : _("Restore Not Begun");
  return cancelled ? _("Restore Cancelled") : _("Restore Failed");
}

const char *
sr_restore_end_title (SrJob *job)
{
  return sr_job_get_state (job) == SR_JOB_DONE ? done_title (job) : failed_title (job);
}

static void
show_title (SrRestoreEndPage *self)
{
  SrJobState state = sr_job_get_state (self->job);
  const char *style = state == SR_JOB_DONE ? "success" : state == SR_JOB_CANCELLED ? "warning" : "error";
  const char *classes[] = { style, NULL };

  gtk_label_set_label (self->title_label, sr_restore_end_title (self->job));
  gtk_image_set_from_icon_name (self->icon, state == SR_JOB_DONE        ? "io.github.strongroom.Strongroom-good-symbolic"
                                            : state == SR_JOB_CANCELLED ? "io.github.strongroom.Strongroom-cancelled-symbolic"
                                                                        : "io.github.strongroom.Strongroom-failed-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
}

static void
append_paragraph (GString    *text,
                  const char *words)
{
  g_autofree char *sentence = words != NULL && *words != '\0' ? sr_format_sentence (words) : NULL;

  if (sentence != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", sentence);
}

static void
show_words (SrRestoreEndPage *self)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (self->job);
  const GError *error = sr_job_get_state (self->job) == SR_JOB_FAILED ? sr_job_get_error (self->job) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (error != NULL)
    {
      append_paragraph (text, error->message);
      append_paragraph (text, sr_job_get_advice (self->job));
    }
  if (outcome != NULL)
    {
      append_paragraph (text, outcome->words);
      append_paragraph (text, outcome->warning);
      append_paragraph (text, outcome->put_back_error != NULL ? outcome->put_back_error->message : NULL);
    }
  else
    append_paragraph (text, _("Nothing was changed on the CA."));
  gtk_label_set_label (self->words_label, text->str);
}

/* At which step, where, and the number to search for. */
static void
show_facts (SrRestoreEndPage *self)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (self->job);
  const GError *error = sr_job_get_state (self->job) == SR_JOB_FAILED ? sr_job_get_error (self->job) : NULL;
  SrAuthority *authority = sr_job_get_authority (self->job);
  const char *host = authority != NULL ? sr_authority_get_host (authority) : sr_job_get_config (self->job);
  const char *step = outcome != NULL ? sr_restore_step_words (outcome->failed_step) : _("Before the CA was asked");
  g_autofree char *code = error != NULL ? sr_advice_search_code (error) : NULL;
  g_autofree char *facts = NULL;

  if (code != NULL)
    /* Translators: the step that failed, such as "Reading database", then a host, then a code */
    facts = g_strdup_printf (_("Step: %s · Host: %s · Code: %s"), step, host, code);
  else
    /* Translators: the step that failed, such as "Reading database", then a host */
    facts = g_strdup_printf (_("Step: %s · Host: %s"), step, host);
  gtk_label_set_label (self->facts_label, facts);
  gtk_widget_set_visible (GTK_WIDGET (self->facts_label), error != NULL);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SrRestoreEndPage) self = user_data;
  g_autoptr (SrRestoreLeft) left = sr_job_find_left_finish (SR_JOB (source), result, NULL);

  if (left == NULL || self->actions == NULL || SR_JOB (source) != self->job)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->actions), TRUE);
  sr_restore_actions_set_left (self->actions, left, sr_job_get_authority (self->job));
}

/* A restored CA can be put back too; one that was put back, or left, cannot. */
static gboolean
offers_anything (const SrRestoreOutcome *outcome)
{
  return outcome != NULL
         && (outcome->offered[SR_RESTORE_CONTINUE] || outcome->offered[SR_RESTORE_PUT_BACK] || outcome->offered[SR_RESTORE_LEAVE]);
}

static void
show_since (SrRestoreEndPage    *self,
            const SrRestoreLoss *loss)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (self->job);
  SrBackupSet *point = sr_job_get_set (self->job);
  gboolean restored = outcome != NULL && outcome->state == SR_RESTORE_CA_RESTORED && point != NULL;

  if (restored)
    sr_since_group_show (self->since_group, outcome->entry->mode, point, loss, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->since_group), restored);
}

void
sr_restore_end_page_set_job (SrRestoreEndPage    *self,
                             const char          *name,
                             SrJob               *job,
                             const SrRestoreLoss *loss)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);
  SrAuthority *authority = sr_job_get_authority (job);
  gboolean done = sr_job_get_state (job) == SR_JOB_DONE;
  gboolean due = outcome != NULL && outcome->full_backup_due;
  gboolean restored = outcome != NULL && outcome->state == SR_RESTORE_CA_RESTORED;
  gboolean again = !done && sr_job_get_restore (job) != NULL && (outcome == NULL || outcome->put_back || !offers_anything (outcome));
  g_autofree char *stop = authority != NULL ? g_strdup_printf ("sc.exe \\\\%s stop CertSvc", sr_authority_get_host (authority)) : NULL;

  g_set_object (&self->job, job);
  adw_window_title_set_subtitle (self->window_title, name);
  show_title (self);
  show_words (self);
  show_facts (self);
  gtk_widget_set_visible (self->back_up_button, due && restored);
  gtk_widget_set_visible (self->later_button, due && restored);
  gtk_widget_set_visible (self->later_label, due && restored);
  gtk_widget_set_visible (self->again_button, again);
  gtk_widget_set_visible (self->close_button, !(due && restored));
  gtk_widget_set_visible (self->online_group, restored && stop != NULL);
  if (stop != NULL)
    sr_command_box_set_command (self->stop_box, stop);
  show_since (self, loss);
  gtk_widget_set_visible (GTK_WIDGET (self->actions), FALSE);
  if (offers_anything (outcome))
    sr_job_find_left_async (job, NULL, on_found, g_object_ref (self));
  gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->title_label), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

static void
on_back_up (SrRestoreEndPage *self)
{
  g_signal_emit (self, signals[BACK_UP], 0);
}

static void
on_again (SrRestoreEndPage *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

static void
on_action_job (SrRestoreEndPage *self,
               SrJob            *job)
{
  g_signal_emit (self, signals[JOB], 0, job);
}

static void
on_save (SrRestoreEndPage *self)
{
  sr_restore_report_save (self->job, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
}

static void
on_copy (SrRestoreEndPage *self)
{
  g_autofree char *text = sr_restore_report_text (self->job);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  sr_window_toast (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Report copied"));
}

static void
sr_restore_end_page_dispose (GObject *object)
{
  g_clear_object (&SR_RESTORE_END_PAGE (object)->job);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_END_PAGE);
  G_OBJECT_CLASS (sr_restore_end_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, window_title);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, icon);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, title_label);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, words_label);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, facts_label);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, back_up_button);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, later_button);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, again_button);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, close_button);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, later_label);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, online_group);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, stop_box);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, since_group);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, actions);
  gtk_widget_class_bind_template_child (klass, SrRestoreEndPage, report_group);
}

static void
sr_restore_end_page_class_init (SrRestoreEndPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_COMMAND_BOX);
  g_type_ensure (SR_TYPE_SINCE_GROUP);
  g_type_ensure (SR_TYPE_RESTORE_ACTIONS);
  G_OBJECT_CLASS (klass)->dispose = sr_restore_end_page_dispose;
  signals[BACK_UP] = g_signal_new ("back-up", SR_TYPE_RESTORE_END_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[AGAIN] = g_signal_new ("again", SR_TYPE_RESTORE_END_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[JOB] = g_signal_new ("job", SR_TYPE_RESTORE_END_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, SR_TYPE_JOB);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-end-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_back_up);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
sr_restore_end_page_init (SrRestoreEndPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->actions, "job", G_CALLBACK (on_action_job), self, G_CONNECT_SWAPPED);
}
