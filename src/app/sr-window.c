/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-window.h"

#include "app/sr-authority-page.h"
#include "app/sr-authority-row.h"
#include "app/sr-focus.h"
#include "app/sr-toast.h"
#include "authority/sr-advice.h"

#include <glib/gi18n.h>
#include <string.h>

/* More CAs than this get a search field. */
#define SEARCH_ABOVE 8

struct _SrWindow
{
  AdwApplicationWindow parent_instance;

  SrApplication *application;
  GListModel *authorities;
  GtkFilter *filter;
  SrAuthority *selected;
  AdwToastOverlay *toast_overlay;
  AdwNavigationView *root_view;
  GtkStack *stack;
  AdwNavigationSplitView *split_view;
  AdwNavigationPage *content_page;
  AdwNavigationView *content_view;
  GtkListBox *sidebar_list;
  GtkWidget *search_button;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkWidget *no_match;
};

G_DEFINE_FINAL_TYPE (SrWindow, sr_window, ADW_TYPE_APPLICATION_WINDOW)

SrAuthority *
sr_window_get_selected (SrWindow *self)
{
  return self->selected;
}

static void
show_authority (SrWindow    *self,
                SrAuthority *authority)
{
  SrMonitor *monitor = sr_application_get_monitor (self->application);
  SrWatch *watch = sr_monitor_find (monitor, authority);
  AdwNavigationPage *page;

  if (watch == NULL || g_set_object (&self->selected, authority) == FALSE)
    return;
  page = sr_authority_page_new (watch);
  adw_navigation_page_set_title (self->content_page, sr_authority_get_name (authority));
  adw_navigation_view_replace (self->content_view, &page, 1);
  sr_window_update_actions (self);
}

static SrAuthorityRow *
row_of (SrWindow    *self,
        SrAuthority *authority)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->sidebar_list));

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    if (SR_IS_AUTHORITY_ROW (row) &&
        sr_watch_get_authority (sr_authority_row_get_watch (SR_AUTHORITY_ROW (row))) == authority)
      return SR_AUTHORITY_ROW (row);
  return NULL;
}

/* What comes to a window that was closed meanwhile, whose widgets are gone, is
 * for the one that is open, if there is one. */
static SrWindow *
open_window (SrWindow *self)
{
  GtkWindow *active;

  if (self != NULL && gtk_window_get_application (GTK_WINDOW (self)) != NULL)
    return self;
  active = gtk_application_get_active_window (GTK_APPLICATION (sr_application_get_default ()));
  return SR_IS_WINDOW (active) ? SR_WINDOW (active) : NULL;
}

void
sr_window_select (SrWindow    *self,
                  SrAuthority *authority)
{
  SrAuthorityRow *row;

  self = open_window (self);
  if (self == NULL)
    return;
  row = row_of (self, authority);
  if (row == NULL)
    {
      /* A search must not leave another CA shown than the one that is meant. */
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
      gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_LESS_STRICT);
      row = row_of (self, authority);
    }
  if (row == NULL)
    return;
  gtk_list_box_select_row (self->sidebar_list, GTK_LIST_BOX_ROW (row));
  adw_navigation_view_pop_to_tag (self->root_view, "main");
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

static void
on_row_selected (SrWindow       *self,
                 GtkListBoxRow  *row)
{
  if (row != NULL)
    show_authority (self, sr_watch_get_authority (sr_authority_row_get_watch (SR_AUTHORITY_ROW (row))));
}

static void
on_row_activated (SrWindow *self)
{
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

/* The row of the CA whose page is shown, when the search lets it be seen. */
static void
select_shown (SrWindow *self)
{
  SrAuthorityRow *row = self->selected != NULL ? row_of (self, self->selected) : NULL;

  if (row != NULL)
    gtk_list_box_select_row (self->sidebar_list, GTK_LIST_BOX_ROW (row));
}

static void
on_search_changed (SrWindow *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  select_shown (self);
}

static gboolean
matches_search (gpointer item,
                gpointer user_data)
{
  SrWindow *self = user_data;
  SrAuthority *authority = item;
  g_autofree char *needle = g_utf8_casefold (gtk_editable_get_text (self->search_entry), -1);
  g_autofree char *config = g_utf8_casefold (sr_authority_get_config (authority), -1);

  return strstr (config, needle) != NULL;
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  SrWindow *self = user_data;

  return sr_authority_row_new (sr_monitor_find (sr_application_get_monitor (self->application), item));
}

/* Without a search field typing must not search. */
static void
offer_search (SrWindow *self,
              gboolean  offered)
{
  gtk_widget_set_visible (self->search_button, offered);
  gtk_search_bar_set_key_capture_widget (self->search_bar, offered ? GTK_WIDGET (self) : NULL);
  if (!offered)
    gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

void
sr_window_show_list (SrWindow *self)
{
  guint n = g_list_model_get_n_items (self->authorities);
  gboolean found = FALSE;

  if (n > 0)
    gtk_stack_set_visible_child_name (self->stack, "authorities");
  else
    gtk_stack_set_visible_child_name (self->stack, sr_application_is_loaded (self->application) ? "empty" : "loading");
  offer_search (self, n > SEARCH_ABOVE);
  for (guint i = 0; i < n && !found; i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (self->authorities, i);

      found = authority == self->selected;
    }
  if (!found)
    g_clear_object (&self->selected);
  if (found)
    select_shown (self); /* its row may have been made anew */
  else if (n > 0)
    gtk_list_box_select_row (self->sidebar_list, gtk_list_box_get_row_at_index (self->sidebar_list, 0));
  sr_window_update_actions (self);
}

void
sr_window_push (SrWindow          *self,
                AdwNavigationPage *page)
{
  adw_navigation_view_push (self->content_view, page);
  /* So that a window that gets narrow keeps it in view. */
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
}

void
sr_window_push_over (SrWindow          *self,
                     AdwNavigationPage *page)
{
  adw_navigation_view_push (self->root_view, page);
}

static void
notify (const char *heading,
        const char *body)
{
  g_autoptr (GNotification) notification = g_notification_new (heading);

  g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.activate");
  g_application_send_notification (g_application_get_default (), NULL, notification);
}

void
sr_window_toast (SrWindow   *self,
                 const char *text)
{
  self = open_window (self);
  if (self != NULL)
    sr_toast_show (self->toast_overlay, text);
}

void
sr_window_tell (SrWindow   *self,
                const char *heading,
                const char *body)
{
  AdwDialog *dialog;

  self = open_window (self);
  if (self == NULL)
    {
      notify (heading, body);
      return;
    }
  dialog = adw_alert_dialog_new (heading, body);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

void
sr_window_tell_error (SrWindow     *self,
                      const char   *heading,
                      const GError *error)
{
  const char *advice = sr_advice_for_error (error, SR_ADVICE_CONNECT);
  g_autofree char *body = g_strjoin ("\n\n", error->message, advice, NULL);

  sr_window_tell (self, heading, body);
}

static void
on_folder_answer (AdwAlertDialog *dialog,
                  const char     *response,
                  gpointer        user_data)
{
  if (g_str_equal (response, "choose"))
    gtk_widget_activate_action (GTK_WIDGET (user_data), "win.choose-backup-folder", NULL);
}

void
sr_window_tell_folder_error (SrWindow     *self,
                             const GError *error)
{
  const char *heading = _("Backup Folder Unusable");
  AdwDialog *dialog;

  self = open_window (self);
  if (self == NULL)
    {
      notify (heading, error->message);
      return;
    }
  dialog = adw_alert_dialog_new (heading, error->message);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "close", _("_Close"),
                                  "choose", _("Choose _Another Folder…"),
                                  NULL);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_folder_answer), self, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
sr_window_dispose (GObject *object)
{
  SrWindow *self = SR_WINDOW (object);

  if (self->authorities != NULL)
    g_signal_handlers_disconnect_by_data (self->authorities, self);
  g_clear_object (&self->authorities);
  g_clear_object (&self->filter);
  g_clear_object (&self->selected);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_WINDOW);
  G_OBJECT_CLASS (sr_window_parent_class)->dispose (object);
}

static void
sr_window_class_init (SrWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SrWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, root_view);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, split_view);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, content_page);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, content_view);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, sidebar_list);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, no_match);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  sr_window_install_actions (widget_class);
}

static void
sr_window_init (SrWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  gtk_list_box_set_placeholder (self->sidebar_list, self->no_match);
  sr_focus_keep (GTK_WINDOW (self));
}

SrWindow *
sr_window_new (SrApplication *application)
{
  SrWindow *self = g_object_new (SR_TYPE_WINDOW, "application", application, NULL);
  g_autoptr (GtkFilterListModel) shown = NULL;

  self->application = application;
  self->authorities = g_object_ref (G_LIST_MODEL (sr_application_get_authorities (application)));
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches_search, self, NULL));
  shown = gtk_filter_list_model_new (g_object_ref (self->authorities), g_object_ref (self->filter));
  gtk_list_box_bind_model (self->sidebar_list, G_LIST_MODEL (shown), create_row, self, NULL);
  g_signal_connect_swapped (self->authorities, "items-changed", G_CALLBACK (sr_window_show_list), self);
  sr_window_show_list (self);
  return self;
}
