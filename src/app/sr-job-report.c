/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-job-report.h"

#include "app/sr-format.h"
#include "app/sr-toast.h"
#include "authority/sr-advice.h"

#include <glib/gi18n.h>

struct _SrJobReport
{
  AdwDialog parent_instance;

  SrJob *job;
  AdwToastOverlay *toast_overlay;
  GtkListBox *lines_list;
  guint n_lines; /* that were told by now in this turn */
  guint timer;
};

/* How often the lines of a backup that runs are told anew. */
#define TURN_SECONDS 1

G_DEFINE_FINAL_TYPE (SrJobReport, sr_job_report, ADW_TYPE_DIALOG)

const char *
sr_job_session_words (SrJob *job)
{
  switch (sr_job_get_session_state (job))
    {
    case SR_SESSION_NOT_OPEN:
      return _("No backup session is open on the CA.");
    case SR_SESSION_MAYBE_OPEN:
      return _("A backup session may be open on the CA.");
    case SR_SESSION_OPEN:
      return _("A backup session is open on the CA.");
    case SR_SESSION_ENDED:
      return _("The backup session on the CA was ended.");
    case SR_SESSION_LEFT_OPEN:
      return _("The backup session could not be ended. Strongroom tries again before the next backup.");
    case SR_SESSION_LOST:
      return _("The CA does not know the backup session any more.");
    default:
      return "";
    }
}

const char *
sr_job_set_words (SrJob *job)
{
  if (sr_job_get_set (job) == NULL)
    return _("No set was made.");
  switch (sr_job_get_record (job)->truncated)
    {
    case SR_TRUNCATION_YES:
      return _("The set is complete, and the CA has truncated its logs.");
    case SR_TRUNCATION_KEPT:
      return _("The set is complete. The CA’s logs were kept.");
    case SR_TRUNCATION_UNKNOWN:
      return _("The set is complete. Whether the CA truncated its logs is not known.");
    default:
      return _("The set is complete. The CA’s logs were not truncated.");
    }
}

const char *
sr_job_step_words (SrJob *job)
{
  SrBackupPhase phase = sr_job_get_failed_phase (job);

  return phase == SR_BACKUP_PHASE_IDLE ? _("Before the CA was asked") : sr_backup_phase_words (phase);
}

typedef void (*LineFunc) (const char *name,
                          const char *value,
                          gpointer    user_data);

static void
tell (LineFunc    func,
      gpointer    user_data,
      const char *name,
      const char *value)
{
  if (value != NULL && *value != '\0')
    func (name, value, user_data);
}

/* What was asked of the CA, by the second. */
static void
tell_trace (SrJob   *job,
            LineFunc func,
            gpointer user_data)
{
  GPtrArray *trace = sr_job_get_trace (job);

  for (guint i = 0; i < trace->len; i++)
    {
      const SrJobStep *step = trace->pdata[i];
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (step->at / G_USEC_PER_SEC);
      /* Translators: a time of day with its seconds, see g_date_time_format() */
      g_autofree char *when = time != NULL ? g_date_time_format (time, C_("trace", "%H:%M:%S")) : NULL;
      g_autofree char *what = g_strdup_printf ("%s · %s", sr_backup_phase_words (step->phase), step->call);

      tell (func, user_data, when, what);
    }
}

static char *
kind_words (SrJob *job)
{
  if (sr_job_get_automatic (job) && !sr_job_state_is_final (sr_job_get_state (job)))
    return NULL; /* the rules choose it meanwhile */
  return g_strdup (sr_job_get_backup_kind (job) == SR_BACKUP_FULL ? _("Full Backup") : _("Log-Only Backup"));
}

static char *
time_words (gint64 time)
{
  return time != 0 ? sr_format_time (time) : NULL;
}

static void
for_each_line (SrJob   *job,
               LineFunc func,
               gpointer user_data)
{
  const GError *error = sr_job_get_error (job);
  SrBackupSet *set = sr_job_get_set (job);
  g_autofree char *path = set != NULL ? g_filename_display_name (sr_backup_set_get_path (set)) : NULL;
  g_autofree char *code = error != NULL ? sr_advice_search_code (error) : NULL;
  g_autofree char *ping = time_words (sr_job_get_last_ping_at (job));
  g_autofree char *begun = time_words (sr_job_get_begun_time (job));
  g_autofree char *ended = time_words (sr_job_get_ended_time (job));
  g_autofree char *kind = kind_words (job);
  g_autofree char *bytes = NULL;
  gboolean final = sr_job_state_is_final (sr_job_get_state (job));
  g_autofree char *call = NULL;
  SrBackupRule rule = sr_job_get_rule (job);

  if (sr_job_get_last_call (job) != NULL)
    {
      g_autofree char *when = sr_format_time (sr_job_get_last_call_at (job));

      call = g_strdup_printf ("%s (%s)", sr_job_get_last_call (job), when);
    }
  tell (func, user_data, _("CA"), sr_job_get_config (job));
  tell (func, user_data, _("Host"), sr_authority_get_host (sr_job_get_authority (job)));
  tell (func, user_data, final ? _("Outcome") : C_("backup", "State"), sr_job_get_phase_words (job));
  tell (func, user_data, C_("backup", "Kind"), kind);
  if (rule != SR_BACKUP_RULE_NONE)
    tell (func, user_data, C_("backup", "Rule"), sr_backup_rule_to_string (rule));
  /* Of a file that was broken off the counts know nothing. */
  bytes = g_format_size_full (MAX (sr_job_get_counts (job)->bytes, sr_job_get_bytes (job)), G_FORMAT_SIZE_LONG_FORMAT);
  tell (func, user_data, C_("backup", "Begun"), begun);
  tell (func, user_data, C_("backup", "Ended"), ended);
  tell (func, user_data, C_("backup", "Read"), bytes);
  tell (func, user_data, _("Step"), error != NULL ? sr_job_step_words (job) : NULL);
  tell (func, user_data, _("Error"), error != NULL ? error->message : NULL);
  tell (func, user_data, _("Code"), code);
  tell (func, user_data, _("What to Do"), error != NULL ? sr_job_get_advice (job) : NULL);
  tell (func, user_data, _("Backup Set"), path);
  tell (func, user_data, _("State of the Set"), final ? sr_job_set_words (job) : NULL);
  tell (func, user_data, _("Session on the CA"), sr_job_session_words (job));
  tell (func, user_data, _("Last Call"), call);
  tell (func, user_data, _("Last Ping Answered"), ping);
  tell_trace (job, func, user_data);
}

static void
append_text (const char *name,
             const char *value,
             gpointer    user_data)
{
  g_string_append_printf (user_data, "%s: %s\n", name, value);
}

char *
sr_job_report_text (SrJob *job)
{
  GString *text = g_string_new (NULL);

  for_each_line (job, append_text, text);
  return g_string_free (text, FALSE);
}

static GtkWidget *
add_row (SrJobReport *self)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_add_css_class (row, "property");
  gtk_list_box_append (self->lines_list, row);
  return row;
}

/* Rows stay where they are, and with them the keyboard and what is selected. */
static void
show_line (const char *name,
           const char *value,
           gpointer    user_data)
{
  SrJobReport *self = user_data;
  GtkListBoxRow *there = gtk_list_box_get_row_at_index (self->lines_list, (int) self->n_lines++);
  GtkWidget *row = there != NULL ? GTK_WIDGET (there) : add_row (self);

  if (g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), name) != 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), value) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), value);
}

static void
update (SrJobReport *self)
{
  GtkListBoxRow *left;

  self->n_lines = 0;
  for_each_line (self->job, show_line, self);
  while ((left = gtk_list_box_get_row_at_index (self->lines_list, (int) self->n_lines)) != NULL)
    gtk_list_box_remove (self->lines_list, GTK_WIDGET (left));
}

static gboolean
on_turn (gpointer user_data)
{
  SrJobReport *self = user_data;

  update (self);
  if (!sr_job_state_is_final (sr_job_get_state (self->job)))
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_copy (SrJobReport *self)
{
  g_autofree char *text = sr_job_report_text (self->job);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  sr_toast_show (self->toast_overlay, _("Report copied"));
}

static void
sr_job_report_dispose (GObject *object)
{
  SrJobReport *self = SR_JOB_REPORT (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_JOB_REPORT);
  G_OBJECT_CLASS (sr_job_report_parent_class)->dispose (object);
}

static void
sr_job_report_class_init (SrJobReportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_job_report_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/job-report.ui");
  gtk_widget_class_bind_template_child (widget_class, SrJobReport, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, SrJobReport, lines_list);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
sr_job_report_init (SrJobReport *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
sr_job_report_new (SrJob *job)
{
  SrJobReport *self = g_object_new (SR_TYPE_JOB_REPORT, NULL);

  self->job = g_object_ref (job);
  update (self);
  if (!sr_job_state_is_final (sr_job_get_state (job)))
    self->timer = g_timeout_add_seconds (TURN_SECONDS, on_turn, self);
  return ADW_DIALOG (self);
}
