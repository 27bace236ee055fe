/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-focus.h"

typedef struct
{
  GtkWindow *window;
  GPtrArray *places; /* of GWeakRef: what held the keyboard last, from the inside out */
  guint idle;
} Keeper;

static void
weak_ref_free (GWeakRef *ref)
{
  g_weak_ref_clear (ref);
  g_free (ref);
}

static void
keeper_free (Keeper *keeper)
{
  g_clear_handle_id (&keeper->idle, g_source_remove);
  g_ptr_array_unref (keeper->places);
  g_free (keeper);
}

static void
remember (Keeper    *keeper,
          GtkWidget *widget)
{
  g_ptr_array_set_size (keeper->places, 0);
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      GWeakRef *ref = g_new0 (GWeakRef, 1);

      g_weak_ref_init (ref, widget);
      g_ptr_array_add (keeper->places, ref);
    }
}

static gboolean
on_idle (gpointer user_data)
{
  Keeper *keeper = user_data;

  keeper->idle = 0;
  for (guint i = 0; i < keeper->places->len && gtk_window_get_focus (keeper->window) == NULL; i++)
    {
      g_autoptr (GtkWidget) place = g_weak_ref_get (keeper->places->pdata[i]);

      if (place != NULL && gtk_widget_get_mapped (place) && gtk_widget_is_sensitive (place)
          && gtk_widget_get_root (place) == GTK_ROOT (keeper->window))
        gtk_widget_child_focus (place, GTK_DIR_TAB_FORWARD);
    }
  return G_SOURCE_REMOVE;
}

static void
on_focus (GtkWindow  *window,
          GParamSpec *pspec,
          gpointer    user_data)
{
  Keeper *keeper = user_data;
  GtkWidget *widget = gtk_window_get_focus (window);

  if (widget != NULL)
    remember (keeper, widget);
  else if (keeper->idle == 0)
    /* Whoever took it away may be about to give it to another. */
    keeper->idle = g_idle_add (on_idle, keeper);
}

void
sr_focus_keep (GtkWindow *window)
{
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->window = window;
  keeper->places = g_ptr_array_new_with_free_func ((GDestroyNotify) weak_ref_free);
  g_object_set_data_full (G_OBJECT (window), "sr-focus", keeper, (GDestroyNotify) keeper_free);
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (on_focus), keeper);
}
