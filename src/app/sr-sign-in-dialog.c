/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-sign-in-dialog.h"

#include "app/sr-sign-in-form.h"
#include "app/sr-toast.h"
#include "authority/sr-advice.h"
#include "authority/sr-authority-try.h"

#include <glib/gi18n.h>

#define SR_TYPE_SIGN_IN_DIALOG (sr_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SrSignInDialog, sr_sign_in_dialog, SR, SIGN_IN_DIALOG, AdwDialog)

struct _SrSignInDialog
{
  AdwDialog parent_instance;

  SrWindow *window;
  SrAuthority *authority;
  SrAuthority *before; /* what @authority was, should the new way not be kept */
  SrAuthority *tried; /* what @authority becomes once the host has let it in */
  SrSecret *password;
  GCancellable *cancellable;
  GTask *task;
  gboolean remember;
  gboolean busy; /* the host is asked; the form stays open, for it has the keyboard */
  gboolean answered;
  AdwWindowTitle *window_title;
  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  SrSignInForm *form;
  GtkWidget *forget_group;
};

G_DEFINE_FINAL_TYPE (SrSignInDialog, sr_sign_in_dialog, ADW_TYPE_DIALOG)

static SrApplication *
application_of (SrSignInDialog *self)
{
  return sr_application_get_default ();
}

static SrKeyring *
keyring_of (SrSignInDialog *self)
{
  return sr_application_get_keyring (application_of (self));
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean stored = sr_keyring_store_finish (SR_KEYRING (source), result, &error);

  sr_application_end_write (sr_application_get_default ());
  if (stored)
    return;
  /* Translators: %s is why */
  words = g_strdup_printf (_("The password is kept until Strongroom quits. The keyring did not take it: %s"), error->message);
  sr_window_toast (window, words);
}

static void
set_busy (SrSignInDialog *self,
          gboolean        busy)
{
  self->busy = busy;
  gtk_stack_set_visible_child_name (self->stack, busy ? "spinner" : "button");
}

static void
on_password_cleared (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  /* Nobody has asked for that: a password that is not needed any more just stays. */
  if (!sr_keyring_clear_finish (SR_KEYRING (source), result, &error))
    g_message ("Clearing a password: %s", error->message);
  sr_application_end_write (sr_application_get_default ());
}

static void
keep_password (SrSignInDialog *self)
{
  sr_application_begin_write (application_of (self));
  if (self->password != NULL)
    sr_keyring_store_async (keyring_of (self), self->authority, self->password,
                            self->remember, NULL, on_stored, g_object_ref (self->window));
  else
    sr_keyring_clear_async (keyring_of (self), self->authority, NULL, on_password_cleared, NULL);
}

static gboolean
sign_in_as (SrAuthority *authority,
            SrAuthority *other,
            GError     **error)
{
  sr_authority_set_ntlm_allowed (authority, sr_authority_get_ntlm_allowed (other));
  return sr_authority_set_sign_in (authority, sr_authority_get_sign_in (other), sr_authority_get_user (other),
                                   sr_authority_get_key_source (other), error);
}

/* The password goes with the way of signing in that stands in the list. */
static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SrSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    {
      sign_in_as (self->authority, self->before, NULL);
      set_busy (self, FALSE);
      sr_window_tell_error (self->window, _("Sign-In Not Saved"), error);
      return;
    }
  keep_password (self);
  sr_monitor_refresh (sr_application_get_monitor (application_of (self)), self->authority);
  /* Closed already, it has answered that nobody signed in. */
  if (self->task == NULL)
    return;
  self->answered = TRUE;
  adw_dialog_close (ADW_DIALOG (self));
}

/* The way of signing in becomes the CA's own, and the dialog closes. */
static void
accept (SrSignInDialog *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->before);
  self->before = sr_authority_copy (self->authority);
  if (!sign_in_as (self->authority, self->tried, &error))
    {
      sign_in_as (self->authority, self->before, NULL);
      sr_toast_show (self->toast_overlay, error->message);
      return;
    }
  self->remember = sr_sign_in_form_get_remember (self->form);
  set_busy (self, TRUE);
  sr_authority_list_save_async (sr_application_get_authorities (application_of (self)), self->authority,
                                on_saved, g_object_ref (self));
}

static void
on_tried (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SrSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sr_authority_try_sign_in_finish (SR_AUTHORITY (source), result, &error)
      && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  if (error != NULL && sr_advice_is_sign_in (error))
    {
      sr_sign_in_form_show_problem (self->form, error);
      return;
    }
  /* A host that was not reached has not refused anything: the next backup tells how that stands. */
  if (error != NULL)
    sr_window_toast (self->window, _("The CA could not be asked whether it accepts the account"));
  accept (self);
}

/* A copy with what the form says: the CA itself stays as it is until that is known to be right. */
static SrAuthority *
make_tried (SrSignInDialog *self,
            GError        **error)
{
  g_autoptr (SrAuthority) tried = sr_authority_new (sr_authority_get_config (self->authority), error);

  if (tried == NULL
      || !sr_authority_set_endpoint (tried, sr_authority_get_address (self->authority), sr_authority_get_port (self->authority), error))
    return NULL;
  sr_authority_set_ntlm_allowed (tried, sr_authority_get_ntlm_allowed (self->authority));
  return sr_sign_in_form_apply (self->form, tried, error) ? g_steal_pointer (&tried) : NULL;
}

static void
on_sign_in (SrSignInDialog *self)
{
  g_autoptr (SrAuthority) tried = NULL;
  g_autoptr (GError) error = NULL;

  if (self->busy)
    return;
  tried = make_tried (self, &error);
  if (tried == NULL)
    {
      sr_toast_show (self->toast_overlay, error->message);
      return;
    }
  g_set_object (&self->tried, tried);
  g_clear_pointer (&self->password, sr_secret_unref);
  self->password = sr_sign_in_form_dup_password (self->form);
  sr_sign_in_form_show_problem (self->form, NULL);
  set_busy (self, TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self->window), _("Signing in…"), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  sr_authority_try_sign_in_async (tried, self->password, self->cancellable, on_tried, g_object_ref (self));
}

static void
on_forgotten (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (SrSignInDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean cleared = sr_keyring_clear_finish (SR_KEYRING (source), result, &error);

  sr_application_end_write (application_of (self));
  sr_toast_show (self->toast_overlay, cleared ? _("The password was forgotten") : error->message);
  gtk_widget_set_visible (self->forget_group, !cleared);
}

static void
on_forget (SrSignInDialog *self)
{
  sr_sign_in_form_forget (self->form);
  sr_application_begin_write (application_of (self));
  sr_keyring_clear_async (keyring_of (self), self->authority, NULL, on_forgotten, g_object_ref (self));
  sr_monitor_refresh (sr_application_get_monitor (application_of (self)), self->authority);
}

static void
on_cancel (SrSignInDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
sr_sign_in_dialog_closed (AdwDialog *dialog)
{
  SrSignInDialog *self = SR_SIGN_IN_DIALOG (dialog);
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_cancellable_cancel (self->cancellable);
  if (task != NULL)
    g_task_return_boolean (task, self->answered);
}

static void
sr_sign_in_dialog_dispose (GObject *object)
{
  SrSignInDialog *self = SR_SIGN_IN_DIALOG (object);

  g_clear_object (&self->task);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->before);
  g_clear_object (&self->tried);
  g_clear_object (&self->authority);
  g_clear_object (&self->window);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_SIGN_IN_DIALOG);
  G_OBJECT_CLASS (sr_sign_in_dialog_parent_class)->dispose (object);
}

static void
sr_sign_in_dialog_class_init (SrSignInDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_SIGN_IN_FORM);
  G_OBJECT_CLASS (klass)->dispose = sr_sign_in_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sr_sign_in_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/sign-in-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, form);
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, forget_group);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
sr_sign_in_dialog_init (SrSignInDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

void
sr_sign_in_async (SrWindow           *window,
                  SrAuthority        *authority,
                  const GError       *problem,
                  GAsyncReadyCallback callback,
                  gpointer            user_data)
{
  SrSignInDialog *self = g_object_new (SR_TYPE_SIGN_IN_DIALOG, NULL);
  g_autoptr (SrSecret) known = NULL;

  self->window = g_object_ref (window);
  self->authority = g_object_ref (authority);
  self->task = g_task_new (window, NULL, callback, user_data);
  adw_window_title_set_subtitle (self->window_title, sr_authority_get_name (authority));
  sr_sign_in_form_set_authority (self->form, authority);
  sr_sign_in_form_follow_keyring (self->form, keyring_of (self));
  sr_sign_in_form_show_problem (self->form, problem);
  known = sr_keyring_peek (keyring_of (self), authority);
  gtk_widget_set_visible (self->forget_group, known != NULL);
  adw_dialog_present (ADW_DIALOG (self), GTK_WIDGET (window));
}

gboolean
sr_sign_in_finish (SrWindow     *window,
                   GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
