/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-add-dialog.h"

#include "app/sr-check-row.h"
#include "app/sr-preferences-dialog.h"
#include "app/sr-sign-in-form.h"
#include "app/sr-toast.h"
#include "app/sr-window.h"
#include "authority/sr-config-string.h"

#include <glib/gi18n.h>

#define STANDARD_PORT 135

struct _SrAddDialog
{
  AdwDialog parent_instance;

  SrApplication *application;
  SrAuthority *authority;
  SrSecret *password;
  GCancellable *cancellable;
  GtkWidget *rows[SR_N_CHECKS];
  AdwToastOverlay *toast_overlay;
  AdwNavigationView *view;
  GtkEditable *config_row;
  GtkLabel *config_hint;
  AdwExpanderRow *endpoint_row;
  GtkEditable *address_row;
  GtkSpinButton *port_spin;
  GtkWidget *next_button;
  SrSignInForm *form;
  AdwPreferencesGroup *checks_group;
  GtkWidget *recheck_button;
  GtkButton *folder_button;
  AdwActionRow *folder_row;
  GtkWidget *add_button;
  gboolean failed;
  SrCheckKind failed_kind;
  gboolean adding;
  AdwStatusPage *done_status;
  AdwActionRow *account_row;
  AdwActionRow *password_row;
  AdwActionRow *sets_row;
  GtkWidget *close_button;
  GtkWidget *back_up_button;
};

G_DEFINE_FINAL_TYPE (SrAddDialog, sr_add_dialog, ADW_TYPE_DIALOG)

static guint added_signal;

/* The first page: which CA, and where. */

static void
show_hint (SrAddDialog *self,
           const char  *text)
{
  gtk_label_set_label (self->config_hint, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->config_hint), text != NULL);
  if (text != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->config_row), "error");
      gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->config_row), "error");
}

static void
on_config_changed (SrAddDialog *self)
{
  show_hint (self, NULL);
  gtk_widget_set_sensitive (self->next_button, *gtk_editable_get_text (self->config_row) != '\0');
}

static SrAuthority *
typed_authority (SrAddDialog *self,
                 GError     **error)
{
  g_autoptr (SrAuthority) known = NULL;
  g_autoptr (SrAuthority) authority = sr_authority_new (gtk_editable_get_text (self->config_row), error);
  const char *address = gtk_editable_get_text (self->address_row);
  guint16 port;

  /* What was typed counts only once the keyboard goes elsewhere, which Alt and a letter does not. */
  gtk_spin_button_update (self->port_spin);
  port = (guint16) gtk_spin_button_get_value_as_int (self->port_spin);
  if (authority == NULL)
    return NULL;
  known = sr_authority_list_find_config (sr_application_get_authorities (self->application), sr_authority_get_config (authority));
  if (known != NULL)
    {
      /* Translators: %s is a CA as HOST\CA */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("%s is in the list already"), sr_authority_get_config (known));
      return NULL;
    }
  if (adw_expander_row_get_expanded (self->endpoint_row)
      && !sr_authority_set_endpoint (authority, *address != '\0' ? address : NULL, port == STANDARD_PORT ? 0 : port, error))
    return NULL;
  return g_steal_pointer (&authority);
}

static void
on_config_next (SrAddDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthority) authority = NULL;

  if (!gtk_widget_get_sensitive (self->next_button))
    return;
  authority = typed_authority (self, &error);
  if (authority == NULL)
    {
      show_hint (self, error->message);
      return;
    }
  g_set_object (&self->authority, authority);
  adw_navigation_view_push_by_tag (self->view, "sign-in");
}

/* The third page: the checks, as they come. */

/* Where to go back to for what a failed check may want changed. */
static const char *
page_of (SrCheckKind kind)
{
  switch (kind)
    {
    case SR_CHECK_RESOLVE:
    case SR_CHECK_PORT:
      return "name";
    case SR_CHECK_ACTIVATION:
    case SR_CHECK_ROLES:
      return "sign-in";
    default:
      return NULL;
    }
}

static void
offer_help (SrAddDialog      *self,
            const SrCheckRow *row)
{
  const char *page = page_of (row->kind);

  if (row->state == SR_CHECK_FAILED && page != NULL)
    sr_check_row_widget_offer_help (SR_CHECK_ROW_WIDGET (self->rows[row->kind]),
                                    g_str_equal (page, "name") ? _("Change Host or Port") : _("Sign In Differently"));
}

static void
on_help (SrAddDialog *self,
         GtkWidget   *row)
{
  guint kind = 0;

  while (kind < SR_N_CHECKS - 1 && self->rows[kind] != row)
    kind++;
  adw_navigation_view_pop_to_tag (self->view, page_of ((SrCheckKind) kind));
}

static void
on_copied (SrAddDialog *self)
{
  sr_toast_show (self->toast_overlay, _("Command copied"));
}

static void
on_row (const SrCheckRow *row,
        gpointer          user_data)
{
  SrAddDialog *self = user_data;

  sr_check_row_widget_show (SR_CHECK_ROW_WIDGET (self->rows[row->kind]), row);
  offer_help (self, row);
}

static void
set_checking (SrAddDialog *self,
              gboolean     checking)
{
  gtk_widget_set_sensitive (self->recheck_button, !checking);
  gtk_widget_set_sensitive (GTK_WIDGET (self->folder_button), !checking);
}

static void
set_suggested (GtkWidget *button,
               gboolean   suggested)
{
  if (suggested)
    gtk_widget_add_css_class (button, "suggested-action");
  else
    gtk_widget_remove_css_class (button, "suggested-action");
}

static void
show_verdict (SrAddDialog *self,
              gboolean     failed)
{
  self->failed = failed;
  gtk_button_set_label (self->folder_button, failed ? _("Continue A_nyway") : _("_Next"));
  set_suggested (GTK_WIDGET (self->folder_button), !failed);
  set_suggested (self->recheck_button, failed);
}

/* Once the row has its new height. */
static gboolean
scroll_to_failed (gpointer user_data)
{
  SrAddDialog *self = user_data;
  GtkWidget *row = self->rows[self->failed_kind];
  GtkWidget *viewport = gtk_widget_get_ancestor (row, GTK_TYPE_VIEWPORT);

  if (viewport != NULL)
    gtk_viewport_scroll_to (GTK_VIEWPORT (viewport), row, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_authority_check_finish (SR_AUTHORITY (source), result, &error);
  const SrCheckRow *worst;

  /* Also when the dialog was closed. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_checking (self, FALSE);
  if (rows == NULL)
    {
      sr_toast_show (self->toast_overlay, error->message);
      show_verdict (self, TRUE);
      return;
    }
  worst = sr_check_rows_worst (rows);
  show_verdict (self, worst->state == SR_CHECK_FAILED);
  gtk_widget_grab_focus (self->failed ? self->recheck_button : GTK_WIDGET (self->folder_button));
  self->failed_kind = worst->kind;
  if (self->failed)
    g_idle_add_full (G_PRIORITY_LOW, scroll_to_failed, g_object_ref (self), g_object_unref);
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           worst->state == SR_CHECK_FAILED ? _("A check has failed") : _("The checks have ended"),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
stop_checks (SrAddDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
start_checks (SrAddDialog *self)
{
  stop_checks (self);
  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < SR_N_CHECKS; i++)
    sr_check_row_widget_clear (SR_CHECK_ROW_WIDGET (self->rows[i]));
  set_checking (self, TRUE);
  show_verdict (self, FALSE);
  /* The callback holds the dialog, so the rows' function has it too. */
  sr_authority_check_async (self->authority, self->password, on_row, self, self->cancellable,
                            on_checked, g_object_ref (self));
}

static void
on_sign_in_next (SrAddDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (self->authority == NULL || !sr_sign_in_form_apply (self->form, self->authority, &error))
    {
      sr_toast_show (self->toast_overlay, error != NULL ? error->message : _("Name the CA first"));
      return;
    }
  g_clear_pointer (&self->password, sr_secret_unref);
  self->password = sr_sign_in_form_dup_password (self->form);
  adw_navigation_view_push_by_tag (self->view, "checks");
  start_checks (self);
}

/* The keyboard goes to what is most likely wanted of a page. */
static void
on_shown (SrAddDialog       *self,
          AdwNavigationPage *page)
{
  const char *tag = adw_navigation_page_get_tag (page);

  if (g_str_equal (tag, "sign-in"))
    gtk_widget_grab_focus (GTK_WIDGET (self->form));
  else if (g_str_equal (tag, "folder"))
    gtk_widget_grab_focus (self->add_button);
  else
    gtk_widget_grab_focus (self->failed ? self->close_button : self->back_up_button);
}

static void
on_recheck (SrAddDialog *self)
{
  start_checks (self);
}

/* The fourth page: where backups go. */

static void
on_checks_next (SrAddDialog *self)
{
  adw_navigation_view_push_by_tag (self->view, "folder");
}

static void
on_folder_chosen (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  SrAddDialog *self = SR_ADD_DIALOG (source);
  g_autoptr (GError) error = NULL;

  if (!sr_preferences_choose_folder_finish (GTK_WIDGET (self), result, &error) && error != NULL)
    sr_window_tell_folder_error (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), error);
}

static void
on_choose_folder (SrAddDialog *self)
{
  sr_preferences_choose_folder (GTK_WIDGET (self), on_folder_chosen, NULL);
}

/* The last page: what there is now. */

static void
show_password (SrAddDialog *self,
               const char  *words)
{
  gtk_widget_set_visible (GTK_WIDGET (self->password_row), words != NULL);
  adw_action_row_set_subtitle (self->password_row, words != NULL ? words : "");
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean stored = sr_keyring_store_finish (SR_KEYRING (source), result, &error);

  sr_application_end_write (self->application);
  if (stored)
    return;
  g_message ("Storing a password: %s", error->message);
  /* Translators: %s is why */
  words = g_strdup_printf (_("Kept until Strongroom quits. The keyring did not take it: %s"), error->message);
  show_password (self, words);
}

static void
keep_password (SrAddDialog *self)
{
  gboolean remember = sr_sign_in_form_get_remember (self->form);

  show_password (self, NULL);
  if (self->password == NULL)
    return;
  show_password (self, remember ? _("Kept in the keyring") : _("Kept until Strongroom quits"));
  sr_application_begin_write (self->application);
  sr_keyring_store_async (sr_application_get_keyring (self->application), self->authority, self->password,
                          remember, NULL, on_stored, g_object_ref (self));
}

static void
show_done (SrAddDialog *self)
{
  const char *user = sr_authority_get_user (self->authority);
  /* Translators: %s is the name of a certificate authority */
  g_autofree char *title = g_markup_printf_escaped (_("%s Is Added"), sr_authority_get_name (self->authority));

  adw_status_page_set_title (self->done_status, title);
  adw_status_page_set_description (self->done_status,
                                   self->failed ? _("A check has failed: backups of this CA will fail until that is mended.")
                                                : _("It is ready to be backed up."));
  adw_status_page_set_icon_name (self->done_status, self->failed ? "dialog-warning-symbolic"
                                                                 : "io.github.strongroom.Strongroom-good-symbolic");
  adw_action_row_set_subtitle (self->account_row, user != NULL ? user : _("The Kerberos ticket of this session"));
  gtk_widget_set_visible (self->back_up_button, !self->failed);
  adw_navigation_view_push_by_tag (self->view, "done");
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrAddDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->adding = FALSE;
  if (!sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    {
      sr_keyring_clear_async (sr_application_get_keyring (self->application), self->authority, NULL, NULL, NULL);
      sr_window_tell_error (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("The CA Could Not Be Added"), error);
      return;
    }
  keep_password (self);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_signal_emit (self, added_signal, 0, self->authority);
  sr_sign_in_form_forget (self->form);
  show_done (self);
}

static void
on_add (SrAddDialog *self)
{
  if (self->adding)
    return;
  self->adding = TRUE;
  /* The CA is asked as soon as it is in the list; the keyring gets the password once the list is written. */
  if (self->password != NULL)
    sr_keyring_hold (sr_application_get_keyring (self->application), self->authority, self->password);
  sr_authority_list_add_async (sr_application_get_authorities (self->application), self->authority,
                               on_listed, g_object_ref (self));
}

static void
on_close (SrAddDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
on_back_up (SrAddDialog *self)
{
  /* The new CA is the one that is selected in the window. */
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back-up", NULL);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
on_popped (SrAddDialog       *self,
           AdwNavigationPage *page)
{
  if (g_strcmp0 (adw_navigation_page_get_tag (page), "checks") == 0)
    stop_checks (self);
}

static void
sr_add_dialog_closed (AdwDialog *dialog)
{
  stop_checks (SR_ADD_DIALOG (dialog));
}

static void
sr_add_dialog_dispose (GObject *object)
{
  SrAddDialog *self = SR_ADD_DIALOG (object);

  stop_checks (self);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->authority);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_ADD_DIALOG);
  G_OBJECT_CLASS (sr_add_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, SrAddDialog, toast_overlay);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, view);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, config_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, config_hint);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, endpoint_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, address_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, port_spin);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, next_button);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, form);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, checks_group);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, recheck_button);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, folder_button);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, folder_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, done_status);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, account_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, password_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, sets_row);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, close_button);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, back_up_button);
  gtk_widget_class_bind_template_child (klass, SrAddDialog, add_button);
}

static void
sr_add_dialog_class_init (SrAddDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_SIGN_IN_FORM);
  G_OBJECT_CLASS (klass)->dispose = sr_add_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sr_add_dialog_closed;
  added_signal = g_signal_new ("added", SR_TYPE_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, SR_TYPE_AUTHORITY);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/add-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_config_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_config_next);
  gtk_widget_class_bind_template_callback (widget_class, on_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_next);
  gtk_widget_class_bind_template_callback (widget_class, on_recheck);
  gtk_widget_class_bind_template_callback (widget_class, on_checks_next);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_bind_template_callback (widget_class, on_back_up);
  gtk_widget_class_bind_template_callback (widget_class, on_popped);
}

static void
sr_add_dialog_init (SrAddDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < SR_N_CHECKS; i++)
    {
      self->rows[i] = sr_check_row_widget_new ((SrCheckKind) i);
      g_signal_connect_swapped (self->rows[i], "help", G_CALLBACK (on_help), self);
      g_signal_connect_swapped (self->rows[i], "copied", G_CALLBACK (on_copied), self);
      adw_preferences_group_add (self->checks_group, self->rows[i]);
    }
}

AdwDialog *
sr_add_dialog_new (SrApplication *application)
{
  SrAddDialog *self = g_object_new (SR_TYPE_ADD_DIALOG, NULL);
  SrMonitor *monitor = sr_application_get_monitor (application);

  self->application = application;
  g_object_bind_property (monitor, "folder-name", self->folder_row, "subtitle", G_BINDING_SYNC_CREATE);
  g_object_bind_property (monitor, "folder-name", self->sets_row, "subtitle", G_BINDING_SYNC_CREATE);
  sr_monitor_refresh_sets (monitor);
  sr_sign_in_form_follow_keyring (self->form, sr_application_get_keyring (application));
  on_config_changed (self);
  return ADW_DIALOG (self);
}
