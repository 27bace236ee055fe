/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-job-card.h"

#include "app/sr-application.h"
#include "app/sr-format.h"
#include "app/sr-job-report.h"
#include "app/sr-set-page.h"
#include "app/sr-window.h"
#include "authority/sr-advice.h"

#include <glib/gi18n.h>

struct _SrJobCard
{
  AdwBin parent_instance;

  SrJob *job;
  guint announced; /* state and phase that a screen reader was told */
  GtkImage *icon;
  GtkLabel *phase_label;
  GtkProgressBar *progress_bar;
  GtkLabel *detail_label;
  GtkLabel *facts_label;
  GtkLabel *file_label;
  GtkLabel *session_label;
  GtkWidget *cancel_button;
  GtkWidget *again_button;
  GtkWidget *full_button;
  GtkWidget *show_button;
  GtkWidget *details_button;
  GtkWidget *copy_button;
  GtkWidget *close_button;
};

G_DEFINE_FINAL_TYPE (SrJobCard, sr_job_card, ADW_TYPE_BIN)

static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
bytes_words (SrJob *job)
{
  g_autofree char *done = g_format_size (sr_job_get_bytes (job));
  g_autofree char *total = g_format_size (sr_job_get_total (job));

  if (sr_job_get_total (job) <= sr_job_get_bytes (job))
    return g_steal_pointer (&done);
  /* Translators: bytes done, bytes in all, as "12 MB of 40 MB" */
  return g_strdup_printf (_("%s of %s"), done, total);
}

/* A line ends between the parts, not within one. */
static void
append_part (GString    *text,
             const char *part)
{
  g_autoptr (GString) whole = g_string_new (part);

  g_string_replace (whole, " ", "\302\240", 0);
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, whole->str);
}

static char *
running_detail (SrJob *job)
{
  GString *text = g_string_new (NULL);
  g_autofree char *bytes = bytes_words (job);

  append_part (text, bytes);
  if (sr_job_get_rate (job) >= 1)
    {
      g_autofree char *rate = g_format_size ((guint64) sr_job_get_rate (job));
      /* Translators: a rate, as "12 MB/s" */
      g_autofree char *words = g_strdup_printf (_("%s/s"), rate);

      append_part (text, words);
    }
  if (sr_job_get_time_left (job) >= 0)
    {
      g_autofree char *left = sr_format_duration (sr_job_get_time_left (job));
      /* Translators: %s is a time such as "4 minutes" */
      g_autofree char *words = g_strdup_printf (_("%s left"), left);

      append_part (text, words);
    }
  return g_string_free (text, FALSE);
}

static char *
done_detail (SrJob *job)
{
  g_autofree char *size = g_format_size (sr_job_get_counts (job)->bytes);
  g_autofree char *time = sr_format_duration (sr_job_get_elapsed (job));
  g_autofree char *read = NULL;
  guint32 low, high;

  if (sr_job_get_backup_kind (job) == SR_BACKUP_FULL || !sr_manifest_get_generations (sr_backup_set_get_manifest (sr_job_get_set (job)), &low, &high))
    /* Translators: bytes, and a time such as "4 minutes" */
    read = g_strdup_printf (_("Database and logs: %s in %s."), size, time);
  else if (low == high)
    /* Translators: a log generation, bytes, and a time such as "4 minutes" */
    read = g_strdup_printf (_("Log %u: %s in %s."), low, size, time);
  else
    /* Translators: two log generations, bytes, and a time such as "4 minutes" */
    read = g_strdup_printf (_("Logs %u to %u: %s in %s."), low, high, size, time);
  return g_strdup_printf ("%s\n%s", read, sr_job_set_words (job));
}

/* Why it was a full backup, where something happened that asked for one. */
static char *
done_facts (SrJob *job)
{
  SrBackupRule rule = sr_job_get_rule (job);

  if (sr_job_get_backup_kind (job) != SR_BACKUP_FULL || rule == SR_BACKUP_RULE_NO_FULL || !sr_backup_rule_forbids (rule))
    return NULL;
  /* Translators: %s is a whole sentence */
  return g_strdup_printf (_("Why a full backup: %s"), sr_backup_rule_words (rule));
}

/* At which step, where, and the number to search for. */
static char *
failed_facts (SrJob *job)
{
  g_autofree char *code = sr_advice_search_code (sr_job_get_error (job));
  const char *step = sr_job_step_words (job);
  const char *host = sr_authority_get_host (sr_job_get_authority (job));
  SrBackupRule rule = sr_backup_rule_from_error (sr_job_get_error (job));

  if (code != NULL)
    /* Translators: the step that failed, such as "Reading database", then a host, then a code */
    return g_strdup_printf (_("Step: %s · Host: %s · Code: %s"), step, host, code);
  if (rule != SR_BACKUP_RULE_NONE)
    /* Translators: the step that failed, such as "Reading database", then a host, then a rule such as "gap" */
    return g_strdup_printf (_("Step: %s · Host: %s · Rule: %s"), step, host, sr_backup_rule_to_string (rule));
  /* Translators: the step that failed, such as "Reading database", then a host */
  return g_strdup_printf (_("Step: %s · Host: %s"), step, host);
}

static char *
failed_detail (SrJob *job)
{
  const char *advice = sr_job_get_advice (job);
  g_autofree char *message = sr_format_sentence (sr_job_get_error (job)->message);

  return advice != NULL ? g_strdup_printf ("%s\n\n%s", message, advice) : g_steal_pointer (&message);
}

static void
update_final (SrJobCard *self)
{
  static const struct
  {
    SrJobState state;
    const char *title;
    const char *icon;
    const char *style;
  } looks[] = {
    { SR_JOB_DONE, N_("Backup Complete"), "io.github.strongroom.Strongroom-good-symbolic", "success" },
    { SR_JOB_FAILED, N_("Backup Failed"), "io.github.strongroom.Strongroom-failed-symbolic", "error" },
    { SR_JOB_CANCELLED, N_("Backup Cancelled"), "io.github.strongroom.Strongroom-cancelled-symbolic", "warning" },
  };
  SrJobState state = sr_job_get_state (self->job);
  g_autofree char *detail = NULL;
  g_autofree char *outcome = NULL;
  g_autofree char *facts = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (looks[i].state == state)
      {
        const char *classes[] = { looks[i].style, NULL };

        set_text (self->phase_label, _(looks[i].title));
        gtk_image_set_from_icon_name (self->icon, looks[i].icon);
        gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
      }

  if (state == SR_JOB_DONE)
    {
      detail = done_detail (self->job);
      facts = done_facts (self->job);
    }
  else if (state == SR_JOB_FAILED)
    {
      detail = failed_detail (self->job);
      facts = failed_facts (self->job);
    }
  else
    detail = g_strdup (sr_job_set_words (self->job));
  if (state == SR_JOB_FAILED)
    outcome = g_strdup_printf ("%s %s", sr_job_set_words (self->job), sr_job_session_words (self->job));
  else
    outcome = g_strdup (sr_job_session_words (self->job));
  set_text (self->detail_label, detail);
  set_text (self->facts_label, facts);
  set_text (self->file_label, NULL);
  set_text (self->session_label, outcome);
}

static void
update_running (SrJobCard *self)
{
  g_autofree char *detail = running_detail (self->job);
  SrJobState state = sr_job_get_state (self->job);

  set_text (self->phase_label, sr_job_get_phase_words (self->job));
  gtk_progress_bar_set_fraction (self->progress_bar, sr_job_get_fraction (self->job));
  set_text (self->detail_label, detail);
  set_text (self->facts_label, NULL);
  set_text (self->file_label, sr_job_get_file (self->job));
  set_text (self->session_label, state == SR_JOB_QUEUED ? NULL : sr_job_session_words (self->job));
}

/* Before its first phase and after its last one a running job does nothing that is worth a word. */
static gboolean
is_between (SrJob *job)
{
  SrBackupPhase phase = sr_job_get_phase (job);

  return sr_job_get_state (job) == SR_JOB_RUNNING && sr_job_get_kind (job) == SR_JOB_BACKUP
         && (phase == SR_BACKUP_PHASE_IDLE || phase == SR_BACKUP_PHASE_DONE);
}

static guint
to_announce (SrJob *job)
{
  return sr_job_get_state (job) << 16 | sr_job_get_phase (job);
}

/* A screen reader hears phases, waiting, cancelling and ends, not percentages. The window says it: what is new in it
 * cannot speak yet. */
static void
announce (SrJobCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean final = sr_job_state_is_final (sr_job_get_state (self->job));

  if (to_announce (self->job) == self->announced || is_between (self->job) || root == NULL)
    return;
  self->announced = to_announce (self->job);
  gtk_accessible_announce (GTK_ACCESSIBLE (root), gtk_label_get_label (self->phase_label),
                           final ? GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH
                                 : GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
update (SrJobCard *self)
{
  SrJobState state;
  gboolean final;
  gboolean refused; /* and would be again */

  if (self->job == NULL)
    return;
  state = sr_job_get_state (self->job);
  final = sr_job_state_is_final (state);
  if (final)
    update_final (self);
  else
    update_running (self);

  /* What came of it is to be read; what passes by is not, and its digits stand still. */
  if (final)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->detail_label), "dim-label");
      gtk_widget_remove_css_class (GTK_WIDGET (self->detail_label), "numeric");
    }
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "dim-label");
      gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "numeric");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->icon), final);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), !final);
  gtk_widget_set_visible (self->cancel_button, !final);
  gtk_widget_set_sensitive (self->cancel_button, state != SR_JOB_CANCELLING);
  refused = state == SR_JOB_FAILED && sr_job_get_backup_kind (self->job) == SR_BACKUP_LOGS
            && sr_backup_rule_forbids (sr_backup_rule_from_error (sr_job_get_error (self->job)));
  gtk_widget_set_visible (self->again_button, (state == SR_JOB_FAILED && !refused) || state == SR_JOB_CANCELLED);
  gtk_widget_set_visible (self->full_button, refused);
  gtk_widget_set_visible (self->show_button, final && sr_job_get_set (self->job) != NULL);
  gtk_widget_set_visible (self->details_button, state != SR_JOB_QUEUED);
  gtk_widget_set_visible (self->copy_button, state == SR_JOB_FAILED);
  gtk_widget_set_visible (self->close_button, final);
  announce (self);
}

static void
on_cancel (SrJobCard *self)
{
  sr_job_cancel (self->job);
}

static void
on_show (SrJobCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  sr_window_push (SR_WINDOW (root), sr_set_page_new (sr_job_get_set (self->job)));
}

static void
on_details (SrJobCard *self)
{
  adw_dialog_present (sr_job_report_new (self->job), GTK_WIDGET (self));
}

static void
on_copy (SrJobCard *self)
{
  g_autofree char *text = sr_job_report_text (self->job);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  sr_window_toast (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Report copied"));
}

static void
on_close (SrJobCard *self)
{
  g_autoptr (SrJob) job = g_object_ref (self->job);

  sr_worker_forget (sr_application_get_worker (sr_application_get_default ()), job);
}

void
sr_job_card_set_job (SrJobCard *self,
                     SrJob     *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  if (job == NULL)
    return;
  /* What ended long ago is no news. */
  self->announced = sr_job_state_is_final (sr_job_get_state (job)) ? to_announce (job) : G_MAXUINT;
  g_signal_connect_swapped (job, "notify", G_CALLBACK (update), self);
  update (self);
}

static void
sr_job_card_dispose (GObject *object)
{
  SrJobCard *self = SR_JOB_CARD (object);

  sr_job_card_set_job (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_JOB_CARD);
  G_OBJECT_CLASS (sr_job_card_parent_class)->dispose (object);
}

static void
sr_job_card_class_init (SrJobCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_job_card_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/job-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, phase_label);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, facts_label);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, file_label);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, session_label);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, again_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, full_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, show_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, details_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, copy_button);
  gtk_widget_class_bind_template_child (widget_class, SrJobCard, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_details);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
sr_job_card_init (SrJobCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
