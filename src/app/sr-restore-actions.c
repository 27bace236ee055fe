/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-actions.h"

#include "app/sr-application.h"

#include <glib/gi18n.h>

struct _SrRestoreActions
{
  AdwPreferencesGroup parent_instance;

  SrRestoreLeft *left;
  SrAuthority *authority;
  GCancellable *cancellable;
  GtkWidget *asking_row;
  GtkWidget *continue_row;
  GtkWidget *back_row;
  GtkWidget *leave_row;
  AdwActionRow *nothing_row;
};

G_DEFINE_FINAL_TYPE (SrRestoreActions, sr_restore_actions, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  LOOKED,
  JOB,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
show_action (SrRestoreActions *self,
             GtkWidget        *row,
             SrRestoreAction   action)
{
  gboolean reachable = self->authority != NULL || action == SR_RESTORE_LEAVE;
  gboolean offered = reachable && sr_restore_left_is_offered (self->left, action);
  g_autofree char *words = offered ? sr_restore_left_action_words (self->left, action) : NULL;

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words != NULL ? words : "");
  gtk_widget_set_visible (row, offered);
  return offered;
}

static void
show (SrRestoreActions *self)
{
  const SrRestoreSituation *situation = sr_restore_left_get_situation (self->left);
  const GError *error = situation != NULL ? situation->error : sr_restore_left_get_error (self->left);
  gboolean any = FALSE;

  any |= show_action (self, self->continue_row, SR_RESTORE_CONTINUE);
  any |= show_action (self, self->back_row, SR_RESTORE_PUT_BACK);
  any |= show_action (self, self->leave_row, SR_RESTORE_LEAVE);
  adw_action_row_set_subtitle (self->nothing_row, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->nothing_row), !any);
  gtk_widget_set_visible (self->asking_row, FALSE);
}

static void
on_looked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrRestoreActions) self = user_data;
  g_autoptr (GError) error = NULL;

  sr_restore_left_look_finish (SR_RESTORE_LEFT (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->asking_row == NULL || SR_RESTORE_LEFT (source) != self->left)
    return;
  show (self);
  g_signal_emit (self, signals[LOOKED], 0);
}

void
sr_restore_actions_set_left (SrRestoreActions *self,
                             SrRestoreLeft    *left,
                             SrAuthority      *authority)
{
  SrKeyring *keyring = sr_application_get_keyring (sr_application_get_default ());
  g_autoptr (SrSecret) password = authority != NULL ? sr_keyring_peek (keyring, authority) : NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_set_object (&self->left, left);
  g_set_object (&self->authority, authority);
  if (sr_restore_left_get_entry (left) == NULL)
    {
      show (self);
      return;
    }
  gtk_widget_set_visible (self->asking_row, TRUE);
  sr_restore_left_look_async (left, authority, password, self->cancellable, on_looked, g_object_ref (self));
}

static gboolean
loses_something (SrRestoreActions *self,
                 SrRestoreAction   action)
{
  const SrRestoreSituation *situation = sr_restore_left_get_situation (self->left);

  return action == SR_RESTORE_PUT_BACK && situation != NULL && situation->may_have_issued;
}

static void
run (SrRestoreActions *self,
     SrRestoreAction   action)
{
  SrKeyring *keyring = sr_application_get_keyring (sr_application_get_default ());
  g_autoptr (SrSecret) password = self->authority != NULL ? sr_keyring_peek (keyring, self->authority) : NULL;
  SrRestoreRecoveryOptions options = {
    .left = self->left,
    .authority = self->authority,
    .password = password,
    .action = action,
    .accept_loss = loses_something (self, action),
  };
  g_autoptr (SrJob) job = sr_job_new_restore_recovery (&options);

  g_signal_emit (self, signals[JOB], 0, job);
}

static void
on_answer (AdwAlertDialog *dialog,
           const char     *response,
           gpointer        user_data)
{
  if (g_str_equal (response, "do"))
    run (SR_RESTORE_ACTIONS (user_data), GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "action")));
}

static void
ask (SrRestoreActions *self,
     SrRestoreAction   action,
     const char       *heading,
     const char       *label)
{
  gboolean loss = loses_something (self, action);
  g_autofree char *words = sr_restore_left_action_words (self->left, action);
  AdwDialog *dialog = adw_alert_dialog_new (heading, NULL);

  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (dialog), "%s\n\n%s", sr_restore_left_get_config (self->left), words != NULL ? words : "");
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "do", label, NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "do",
                                            loss || action == SR_RESTORE_LEAVE ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "cancel");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data (G_OBJECT (dialog), "action", GINT_TO_POINTER (action));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answer), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_continue (SrRestoreActions *self)
{
  ask (self, SR_RESTORE_CONTINUE, _("Continue the Restore?"), _("_Continue the Restore"));
}

static void
on_put_back (SrRestoreActions *self)
{
  gboolean loss = loses_something (self, SR_RESTORE_PUT_BACK);

  ask (self, SR_RESTORE_PUT_BACK, loss ? _("Put Back and Lose Certificates?") : _("Put Back?"),
       loss ? _("_Put Back and Lose Them") : _("_Put Back"));
}

static void
on_leave (SrRestoreActions *self)
{
  ask (self, SR_RESTORE_LEAVE, _("Leave the CA As It Is?"), _("_Leave It"));
}

static void
sr_restore_actions_dispose (GObject *object)
{
  SrRestoreActions *self = SR_RESTORE_ACTIONS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->left);
  g_clear_object (&self->authority);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_ACTIONS);
  G_OBJECT_CLASS (sr_restore_actions_parent_class)->dispose (object);
}

static void
sr_restore_actions_class_init (SrRestoreActionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_restore_actions_dispose;
  signals[LOOKED] = g_signal_new ("looked", SR_TYPE_RESTORE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[JOB] = g_signal_new ("job", SR_TYPE_RESTORE_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, SR_TYPE_JOB);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-actions.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreActions, asking_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreActions, continue_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreActions, back_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreActions, leave_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreActions, nothing_row);
  gtk_widget_class_bind_template_callback (widget_class, on_continue);
  gtk_widget_class_bind_template_callback (widget_class, on_put_back);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
}

static void
sr_restore_actions_init (SrRestoreActions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
