/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-practice-panel.h"

#include "app/sr-practice.h"
#include "app/sr-window.h"
#include "authority/sr-authority-error.h"
#include "authority/sr-practice-program.h"
#include "authority/sr-settings-file.h"
#include "base/sr-error.h"

#include <glib/gi18n.h>

#define STATUS_SECONDS 30
#define STOP_SECONDS 20
#define REVOKE_SECONDS 120

struct _SrPracticePanel
{
  AdwPreferencesGroup parent_instance;

  SrAuthority *authority;
  gboolean running;
  guint busy;
  AdwActionRow *state_row;
  GtkWidget *start_button;
  GtkWidget *stop_button;
  GtkSpinButton *issue_spin;
  GtkWidget *issue_button;
  GtkSpinButton *revoke_spin;
  GtkWidget *revoke_button;
};

G_DEFINE_FINAL_TYPE (SrPracticePanel, sr_practice_panel, ADW_TYPE_PREFERENCES_GROUP)

/* A question to the practice CA; it waits for its answer on a thread. */
typedef struct
{
  char *folder;
  JsonObject *request;
  double seconds; /* 0 for as long as it takes */
  const char *failed;
} Question;

static void
question_free (Question *question)
{
  g_free (question->folder);
  json_object_unref (question->request);
  g_free (question);
}

static Question *
question_new (SrPracticePanel *self,
              const char      *what,
              double           seconds,
              const char      *failed)
{
  Question *question = g_new0 (Question, 1);

  question->folder = g_strdup (sr_authority_get_practice_folder (self->authority));
  question->request = json_object_new ();
  question->seconds = seconds;
  question->failed = failed;
  json_object_set_string_member (question->request, "do", what);
  return question;
}

static void
ask_in_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Question *question = task_data;
  gint64 deadline = question->seconds > 0 ? sr_deadline_in (question->seconds) : SR_DEADLINE_NONE;
  GError *error = NULL;
  JsonObject *answer = sr_practice_program_ask (question->folder, question->request, deadline, cancellable, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

static void
stop_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Question *question = task_data;
  GError *error = NULL;

  if (sr_practice_program_stop (question->folder, sr_deadline_in (question->seconds), cancellable, &error))
    g_task_return_pointer (task, json_object_new (), (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

static void
update_buttons (SrPracticePanel *self)
{
  gboolean idle = self->busy == 0;

  gtk_widget_set_visible (self->start_button, !self->running);
  gtk_widget_set_visible (self->stop_button, self->running);
  gtk_widget_set_sensitive (self->start_button, idle);
  gtk_widget_set_sensitive (self->stop_button, idle);
  gtk_widget_set_sensitive (self->issue_button, idle && self->running);
  gtk_widget_set_sensitive (self->revoke_button, idle && self->running);
}

static void
show_status (SrPracticePanel *self,
             JsonObject      *status)
{
  guint rows = (guint) sr_settings_number (status, "rowCount", 0, G_MAXUINT32, 0);
  g_autofree char *words = NULL;

  self->running = TRUE;
  words = g_strdup_printf (ngettext ("Runs with %'u certificate", "Runs with %'u certificates", rows), rows);
  adw_action_row_set_subtitle (self->state_row, words);
}

static void
on_status (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SrPracticePanel *self = SR_PRACTICE_PANEL (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) status = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->busy != 0)
    return; /* asked before a change that is being made now: settle () asks again */
  self->running = FALSE;
  if (status != NULL)
    show_status (self, status);
  else if (g_error_matches (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING))
    adw_action_row_set_subtitle (self->state_row, _("Does not run"));
  else
    adw_action_row_set_subtitle (self->state_row, error->message);
  update_buttons (self);
}

static void
ask (SrPracticePanel    *self,
     Question           *question,
     GTaskThreadFunc     func,
     GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, NULL);

  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_task_run_in_thread (task, func);
}

void
sr_practice_panel_refresh (SrPracticePanel *self)
{
  if (self->authority != NULL && self->busy == 0)
    ask (self, question_new (self, "status", STATUS_SECONDS, NULL), ask_in_thread, on_status);
}

static void
set_busy (SrPracticePanel *self,
          gboolean         busy)
{
  self->busy += busy ? 1 : -1;
  update_buttons (self);
}

/* Behind every change: panel and page show what is true now. */
static void
settle (SrPracticePanel *self,
        const char      *heading,
        const GError    *error)
{
  if (error != NULL)
    sr_window_tell_error (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading, error);
  set_busy (self, FALSE);
  sr_practice_panel_refresh (self);
  sr_monitor_refresh (sr_application_get_monitor (sr_application_get_default ()), self->authority);
}

static void
on_answered (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Question *question = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = g_task_propagate_pointer (G_TASK (result), &error);

  settle (SR_PRACTICE_PANEL (source), _(question->failed), error);
}

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrPracticePanel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthority) authority = sr_practice_start_finish (result, &error);

  settle (self, _("Practice CA Not Started"), error);
}

static void
on_start (SrPracticePanel *self)
{
  set_busy (self, TRUE);
  adw_action_row_set_subtitle (self->state_row, _("Starting…"));
  sr_practice_start_async (sr_authority_get_practice_folder (self->authority), NULL, on_started, g_object_ref (self));
}

static void
on_stop (SrPracticePanel *self)
{
  set_busy (self, TRUE);
  adw_action_row_set_subtitle (self->state_row, _("Stopping…"));
  ask (self, question_new (self, "stop", STOP_SECONDS, N_("Practice CA Not Stopped")), stop_in_thread, on_answered);
}

/* What was typed counts also where a key of the button leaves the number's field with the focus. */
static int
number_in (GtkSpinButton *spin)
{
  gtk_spin_button_update (spin);
  return gtk_spin_button_get_value_as_int (spin);
}

static void
on_issue (SrPracticePanel *self)
{
  Question *question = question_new (self, "issue", 0, N_("No Certificates Were Issued"));

  json_object_set_int_member (question->request, "count", number_in (self->issue_spin));
  set_busy (self, TRUE);
  adw_action_row_set_subtitle (self->state_row, _("Issuing…"));
  ask (self, question, ask_in_thread, on_answered);
}

static void
on_revoke (SrPracticePanel *self)
{
  Question *question = question_new (self, "revoke", REVOKE_SECONDS, N_("Certificate Not Revoked"));
  g_autofree char *certificate = g_strdup_printf ("#%d", number_in (self->revoke_spin));

  json_object_set_string_member (question->request, "certificate", certificate);
  json_object_set_int_member (question->request, "reason", 0);
  set_busy (self, TRUE);
  adw_action_row_set_subtitle (self->state_row, _("Revoking…"));
  ask (self, question, ask_in_thread, on_answered);
}

void
sr_practice_panel_set_authority (SrPracticePanel *self,
                                 SrAuthority     *authority)
{
  g_set_object (&self->authority, authority);
  adw_action_row_set_subtitle (self->state_row, _("Asking…"));
  update_buttons (self);
  sr_practice_panel_refresh (self);
}

static void
sr_practice_panel_dispose (GObject *object)
{
  SrPracticePanel *self = SR_PRACTICE_PANEL (object);

  g_clear_object (&self->authority);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_PRACTICE_PANEL);
  G_OBJECT_CLASS (sr_practice_panel_parent_class)->dispose (object);
}

static void
sr_practice_panel_class_init (SrPracticePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_practice_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/practice-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, state_row);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, start_button);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, issue_spin);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, issue_button);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, revoke_spin);
  gtk_widget_class_bind_template_child (widget_class, SrPracticePanel, revoke_button);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_issue);
  gtk_widget_class_bind_template_callback (widget_class, on_revoke);
}

static void
sr_practice_panel_init (SrPracticePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
