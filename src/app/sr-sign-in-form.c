/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-sign-in-form.h"

#include "authority/sr-advice.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SrSignInForm
{
  AdwPreferencesPage parent_instance;

  GtkWidget *problem_group;
  AdwActionRow *problem_row;
  AdwActionRow *ticket_row;
  GtkCheckButton *ticket_check;
  GtkCheckButton *password_check;
  GtkEditable *user_row;
  GtkEditable *password_row;
  AdwSwitchRow *remember_row;
  GtkWidget *session_row;
  AdwSwitchRow *ntlm_row;
  gboolean chosen;
};

G_DEFINE_FINAL_TYPE (SrSignInForm, sr_sign_in_form, ADW_TYPE_PREFERENCES_PAGE)

enum
{
  PROP_COMPLETE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint activated_signal;

static gboolean
is_complete (SrSignInForm *self)
{
  return gtk_check_button_get_active (self->ticket_check)
         || (*gtk_editable_get_text (self->user_row) != '\0' && *gtk_editable_get_text (self->password_row) != '\0');
}

static void
on_changed (SrSignInForm *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

static void
on_entry_activated (SrSignInForm *self)
{
  if (is_complete (self))
    g_signal_emit (self, activated_signal, 0);
}

static void
find_ticket (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_task_return_pointer (task, sr_credentials_find_ticket (), g_free);
}

static void
on_ticket (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SrSignInForm *self = SR_SIGN_IN_FORM (source);
  g_autofree char *principal = g_task_propagate_pointer (G_TASK (result), NULL);

  if (principal != NULL)
    {
      /* Translators: %s is a Kerberos principal such as "admin@EXAMPLE.COM" */
      g_autofree char *words = g_strdup_printf (_("Found a ticket of %s"), principal);

      adw_action_row_set_subtitle (self->ticket_row, words);
      return;
    }
  adw_action_row_set_subtitle (self->ticket_row, _("No ticket was found. “kinit” gets one."));
  if (self->chosen)
    return;
  gtk_check_button_set_active (self->password_check, TRUE);
  if (gtk_widget_has_focus (GTK_WIDGET (self->ticket_check)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
show_keyring (SrSignInForm *self,
              GParamSpec   *pspec,
              SrKeyring    *keyring)
{
  gboolean persistent = sr_keyring_is_persistent (keyring);

  gtk_widget_set_visible (GTK_WIDGET (self->remember_row), persistent);
  gtk_widget_set_visible (self->session_row, !persistent);
}

void
sr_sign_in_form_follow_keyring (SrSignInForm *self,
                                SrKeyring    *keyring)
{
  g_signal_connect_object (keyring, "notify::persistent", G_CALLBACK (show_keyring), self, G_CONNECT_SWAPPED);
  show_keyring (self, NULL, keyring);
}

void
sr_sign_in_form_set_authority (SrSignInForm *self,
                               SrAuthority  *authority)
{
  const char *user = sr_authority_get_user (authority);

  self->chosen = sr_authority_get_sign_in (authority) == SR_CREDENTIALS_PASSWORD;
  if (self->chosen)
    gtk_check_button_set_active (self->password_check, TRUE);
  if (user != NULL)
    gtk_editable_set_text (self->user_row, user);
  adw_switch_row_set_active (self->ntlm_row, sr_authority_get_ntlm_allowed (authority));
}

gboolean
sr_sign_in_form_apply (SrSignInForm *self,
                       SrAuthority  *authority,
                       GError      **error)
{
  gboolean ticket = gtk_check_button_get_active (self->ticket_check);

  if (ticket)
    return sr_authority_set_sign_in (authority, SR_CREDENTIALS_TICKET_CACHE, NULL, NULL, error);
  if (!sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, gtk_editable_get_text (self->user_row), NULL, error))
    return FALSE;
  sr_authority_set_ntlm_allowed (authority, adw_switch_row_get_active (self->ntlm_row));
  return TRUE;
}

SrSecret *
sr_sign_in_form_dup_password (SrSignInForm *self)
{
  const char *text = gtk_editable_get_text (self->password_row);

  if (gtk_check_button_get_active (self->ticket_check) || *text == '\0')
    return NULL;
  return sr_secret_new (text, strlen (text));
}

void
sr_sign_in_form_forget (SrSignInForm *self)
{
  gtk_editable_set_text (self->password_row, "");
}

void
sr_sign_in_form_show_problem (SrSignInForm *self,
                              const GError *error)
{
  const char *advice = error != NULL ? sr_advice_for_error (error, SR_ADVICE_ACTIVATE) : NULL;
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->problem_group, error != NULL);
  if (error == NULL)
    return;
  words = advice != NULL ? g_strdup_printf ("%s\n\n%s", error->message, advice) : g_strdup (error->message);
  adw_action_row_set_subtitle (self->problem_row, words);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->problem_row)),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

gboolean
sr_sign_in_form_get_remember (SrSignInForm *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->remember_row)) && adw_switch_row_get_active (self->remember_row);
}

static void
sr_sign_in_form_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  g_value_set_boolean (value, is_complete (SR_SIGN_IN_FORM (object)));
}

/* To what is to be filled in next. */
static gboolean
sr_sign_in_form_grab_focus (GtkWidget *widget)
{
  SrSignInForm *self = SR_SIGN_IN_FORM (widget);

  if (gtk_check_button_get_active (self->ticket_check))
    return gtk_widget_grab_focus (GTK_WIDGET (self->ticket_check));
  return gtk_widget_grab_focus (*gtk_editable_get_text (self->user_row) == '\0' ? GTK_WIDGET (self->user_row)
                                                                                : GTK_WIDGET (self->password_row));
}

static void
sr_sign_in_form_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_SIGN_IN_FORM);
  G_OBJECT_CLASS (sr_sign_in_form_parent_class)->dispose (object);
}

static void
sr_sign_in_form_class_init (SrSignInFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_sign_in_form_dispose;
  G_OBJECT_CLASS (klass)->get_property = sr_sign_in_form_get_property;
  widget_class->grab_focus = sr_sign_in_form_grab_focus;
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  activated_signal = g_signal_new ("activated", SR_TYPE_SIGN_IN_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/sign-in-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, problem_group);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, problem_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, ticket_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, ticket_check);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, password_check);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, user_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, password_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, remember_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, session_row);
  gtk_widget_class_bind_template_child (widget_class, SrSignInForm, ntlm_row);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
}

static void
sr_sign_in_form_init (SrSignInForm *self)
{
  g_autoptr (GTask) task = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  adw_action_row_set_subtitle (self->ticket_row, _("Looking for a ticket…"));
  task = g_task_new (self, NULL, on_ticket, NULL);
  g_task_run_in_thread (task, find_ticket);
}
