/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-sign-in-dialog.h"

#include "app/sr-sign-in-form.h"

#include <glib/gi18n.h>

#define SR_TYPE_SIGN_IN_DIALOG (sr_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SrSignInDialog, sr_sign_in_dialog, SR, SIGN_IN_DIALOG, AdwDialog)

struct _SrSignInDialog
{
  AdwDialog parent_instance;

  SrWindow *window;
  SrAuthority *authority;
  GTask *task;
  gboolean answered;
  AdwWindowTitle *window_title;
  SrSignInForm *form;
};

G_DEFINE_FINAL_TYPE (SrSignInDialog, sr_sign_in_dialog, ADW_TYPE_DIALOG)

static SrApplication *
application_of (SrSignInDialog *self)
{
  return SR_APPLICATION (gtk_window_get_application (GTK_WINDOW (self->window)));
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!sr_keyring_store_finish (SR_KEYRING (source), result, &error))
    sr_window_toast (window, error->message);
}

static void
on_sign_in (SrSignInDialog *self)
{
  SrApplication *application = application_of (self);
  g_autoptr (SrSecret) password = sr_sign_in_form_dup_password (self->form);
  g_autoptr (GError) error = NULL;

  if (!sr_sign_in_form_apply (self->form, self->authority, &error)
      || !sr_authority_list_save (sr_application_get_authorities (application), self->authority, &error))
    {
      sr_window_tell_error (self->window, _("The Sign-In Could Not Be Kept"), error);
      return;
    }
  if (password != NULL)
    sr_keyring_store_async (sr_application_get_keyring (application), self->authority, password,
                            sr_sign_in_form_get_remember (self->form), NULL, on_stored, g_object_ref (self->window));
  sr_monitor_refresh (sr_application_get_monitor (application), self->authority);
  self->answered = TRUE;
  adw_dialog_close (ADW_DIALOG (self));
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

  if (task != NULL)
    g_task_return_boolean (task, self->answered);
}

static void
sr_sign_in_dialog_dispose (GObject *object)
{
  SrSignInDialog *self = SR_SIGN_IN_DIALOG (object);

  g_clear_object (&self->task);
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
  gtk_widget_class_bind_template_child (widget_class, SrSignInDialog, form);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
sr_sign_in_dialog_init (SrSignInDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sr_sign_in_async (SrWindow           *window,
                  SrAuthority        *authority,
                  GAsyncReadyCallback callback,
                  gpointer            user_data)
{
  SrSignInDialog *self = g_object_new (SR_TYPE_SIGN_IN_DIALOG, NULL);

  self->window = g_object_ref (window);
  self->authority = g_object_ref (authority);
  self->task = g_task_new (window, NULL, callback, user_data);
  adw_window_title_set_subtitle (self->window_title, sr_authority_get_name (authority));
  sr_sign_in_form_set_authority (self->form, authority);
  sr_sign_in_form_set_persistent (self->form, sr_keyring_is_persistent (sr_application_get_keyring (application_of (self))));
  adw_dialog_present (ADW_DIALOG (self), GTK_WIDGET (window));
}

gboolean
sr_sign_in_finish (SrWindow     *window,
                   GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
