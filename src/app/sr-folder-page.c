/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-folder-page.h"

#include "app/sr-folder-authority-page.h"
#include "app/sr-format.h"
#include "app/sr-window.h"

#include <glib/gi18n.h>

struct _SrFolderPage
{
  AdwNavigationPage parent_instance;

  SrFolderLook *look;
  GCancellable *cancellable;
  AdwWindowTitle *window_title;
  GtkStack *stack;
  AdwStatusPage *failed_page;
  GtkListBox *authorities_list;
};

G_DEFINE_FINAL_TYPE (SrFolderPage, sr_folder_page, ADW_TYPE_NAVIGATION_PAGE)

static char *
sets_words (const SrFolderAuthority *authority)
{
  guint n = authority->sets->len;
  g_autofree char *newest = authority->newest != NULL ? sr_format_set_title (authority->newest) : NULL;

  if (newest == NULL)
    return g_strdup_printf (ngettext ("%u set, which cannot be restored", "%u sets, none of which can be restored", n), n);
  /* Translators: how many, then the title of a set */
  return g_strdup_printf (ngettext ("%u set: %s", "%u sets, the newest is: %s", n), n, newest);
}

/* What can be had of the CA beside its sets. */
static char *
trouble_words (const SrFolderAuthority *authority)
{
  guint n = authority->unreadable->len;

  if (authority->restores->len > 0)
    return g_strdup (_("A restore of this CA was broken off"));
  if (n > 0)
    return g_strdup_printf (ngettext ("%u folder cannot be read as a set", "%u folders cannot be read as sets", n), n);
  return NULL;
}

static GtkWidget *
new_row (const SrFolderAuthority *authority)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *sets = sets_words (authority);
  g_autofree char *trouble = trouble_words (authority);
  g_autofree char *words = trouble != NULL ? g_strdup_printf ("%s\n%s\n%s", authority->config, sets, trouble)
                                           : g_strdup_printf ("%s\n%s", authority->config, sets);
  GtkWidget *arrow = g_object_new (GTK_TYPE_IMAGE,
                                   "icon-name", "go-next-symbolic",
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), authority->display_name != NULL ? authority->display_name : authority->config);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
on_row_activated (SrFolderPage  *self,
                  GtkListBoxRow *row)
{
  SrFolderAuthority *authority = self->look->authorities->pdata[gtk_list_box_row_get_index (row)];
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), sr_folder_authority_page_new (self->look, authority));
}

static void
on_looked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrFolderPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrFolderLook) look = sr_folder_look_finish (result, &error);

  if (self->stack == NULL)
    return;
  if (look == NULL)
    {
      adw_status_page_set_description (self->failed_page, NULL);
      if (error != NULL)
        {
          g_autofree char *escaped = g_markup_escape_text (error->message, -1);

          adw_status_page_set_description (self->failed_page, escaped);
        }
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }
  self->look = g_steal_pointer (&look);
  for (guint i = 0; i < self->look->authorities->len; i++)
    gtk_list_box_append (self->authorities_list, new_row (self->look->authorities->pdata[i]));
  gtk_stack_set_visible_child_name (self->stack, self->look->authorities->len > 0 ? "found" : "failed");
}

static void
sr_folder_page_dispose (GObject *object)
{
  SrFolderPage *self = SR_FOLDER_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_FOLDER_PAGE);
  g_clear_pointer (&self->look, sr_folder_look_free);
  G_OBJECT_CLASS (sr_folder_page_parent_class)->dispose (object);
}

static void
sr_folder_page_class_init (SrFolderPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_folder_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/folder-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrFolderPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrFolderPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SrFolderPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SrFolderPage, authorities_list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
sr_folder_page_init (SrFolderPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwNavigationPage *
sr_folder_page_new (const char *path)
{
  SrFolderPage *self = g_object_new (SR_TYPE_FOLDER_PAGE, NULL);
  g_autofree char *shown = g_filename_display_name (path);

  self->cancellable = g_cancellable_new ();
  adw_window_title_set_subtitle (self->window_title, shown);
  sr_folder_look_async (path, self->cancellable, on_looked, g_object_ref (self));
  return ADW_NAVIGATION_PAGE (self);
}
