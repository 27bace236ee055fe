/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-spoken.h"

#include <adwaita.h>

/* The items' class is GTK's own, so they are known by their role. */
static gboolean
is_menu_item (GtkWidget *widget)
{
  switch (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)))
    {
    case GTK_ACCESSIBLE_ROLE_MENU_ITEM:
    case GTK_ACCESSIBLE_ROLE_MENU_ITEM_CHECKBOX:
    case GTK_ACCESSIBLE_ROLE_MENU_ITEM_RADIO:
      return g_object_class_find_property (G_OBJECT_GET_CLASS (widget), "text") != NULL;
    default:
      return FALSE;
    }
}

static void
name_items (GtkWidget *widget)
{
  if (is_menu_item (widget))
    {
      g_autofree char *text = NULL;

      g_object_get (widget, "text", &text, NULL);
      /* GTK names an item by its label, which it hides, and a hidden one has no name. */
      gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      if (text != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_items (child);
}

static void
describe_row (AdwActionRow *row)
{
  const char *subtitle = adw_action_row_get_subtitle (row);

  if (subtitle != NULL && *subtitle != '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* Each is followed once, however often it is mapped. */
static gboolean
is_new (GObject *object)
{
  static GQuark followed;

  if (followed == 0)
    followed = g_quark_from_static_string ("sr-spoken");
  if (g_object_get_qdata (object, followed) != NULL)
    return FALSE;
  g_object_set_qdata (object, followed, GINT_TO_POINTER (TRUE));
  return TRUE;
}

static void
follow_row (AdwActionRow *row)
{
  if (!is_new (G_OBJECT (row)))
    return;
  g_signal_connect (row, "notify::subtitle", G_CALLBACK (describe_row), NULL);
  describe_row (row);
}

/* One that is not shown stays in the tree with its last words. */
static void
hide_banner (AdwBanner *banner)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (banner), GTK_ACCESSIBLE_STATE_HIDDEN, !adw_banner_get_revealed (banner), -1);
}

static void
follow_banner (AdwBanner *banner)
{
  if (!is_new (G_OBJECT (banner)))
    return;
  g_signal_connect (banner, "notify::revealed", G_CALLBACK (hide_banner), NULL);
  hide_banner (banner);
}

/* The groups of libadwaita's own dialog have rows with names, and none themselves. */
static void
name_groups (GtkWidget  *widget,
             const char *name)
{
  if (ADW_IS_PREFERENCES_GROUP (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_groups (child, name);
}

static gboolean
on_map (GSignalInvocationHint *hint,
        guint                  n_values,
        const GValue          *values,
        gpointer               user_data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);

  if (GTK_IS_POPOVER_MENU (widget))
    name_items (widget);
  else if (ADW_IS_ACTION_ROW (widget))
    follow_row (ADW_ACTION_ROW (widget));
  else if (ADW_IS_BANNER (widget))
    follow_banner (ADW_BANNER (widget));
  else if (ADW_IS_ABOUT_DIALOG (widget))
    name_groups (widget, adw_about_dialog_get_application_name (ADW_ABOUT_DIALOG (widget)));
  return G_SOURCE_CONTINUE;
}

static gboolean
is_title (GtkWidget *widget)
{
  static const char *const styles[] = { "heading", "title-1", "title-2", "title-3", "title-4" };

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (gtk_widget_has_css_class (widget, styles[i]))
      return TRUE;
  return gtk_widget_has_css_class (widget, "title") && gtk_widget_get_ancestor (widget, ADW_TYPE_STATUS_PAGE) != NULL;
}

/* GTK 4.18 and libadwaita 1.7 make the titles of groups, pages and alerts labels like any other. A role can be given
 * until a screen reader is told of the widget, which is after this. */
static gboolean
on_realize (GSignalInvocationHint *hint,
            guint                  n_values,
            const GValue          *values,
            gpointer               user_data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);

  if (GTK_IS_LABEL (widget)
      && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_LABEL
      && is_title (widget))
    g_object_set (widget, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, NULL);
  return G_SOURCE_CONTINUE;
}

static void
add_hook (const char         *signal,
          GSignalEmissionHook hook)
{
  g_signal_add_emission_hook (g_signal_lookup (signal, GTK_TYPE_WIDGET), 0, hook, NULL, NULL);
}

void
sr_spoken_install (void)
{
  static gboolean installed;
  g_autoptr (GTypeClass) klass = g_type_class_ref (GTK_TYPE_WIDGET); /* which makes the signals */

  if (!installed)
    {
      add_hook ("realize", on_realize);
      add_hook ("map", on_map);
    }
  installed = TRUE;
}
