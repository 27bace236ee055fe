/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-focus.h"

/* A button that ends something goes before the one that comes next is there. So for a while nothing far away is taken. */
#define NEAR_LEVELS 4
#define NEAR_TRIES 20
#define MOST_TRIES 50
#define TRY_MS 100

typedef struct
{
  GtkWindow *window;
  GSignalGroup *watched; /* what holds it now */
  GPtrArray *places;     /* of GWeakRef: what held the keyboard last, from the inside out */
  guint source;
  guint tries;
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
  g_clear_handle_id (&keeper->source, g_source_remove);
  g_ptr_array_unref (keeper->places);
  g_object_unref (keeper->watched);
  g_free (keeper);
}

static void
remember (Keeper    *keeper,
          GtkWidget *widget)
{
  g_signal_group_set_target (keeper->watched, widget);
  g_ptr_array_set_size (keeper->places, 0);
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      GWeakRef *ref = g_new0 (GWeakRef, 1);

      g_weak_ref_init (ref, widget);
      g_ptr_array_add (keeper->places, ref);
    }
}

static gboolean
can_hold (Keeper    *keeper,
          GtkWidget *place)
{
  return place != NULL && gtk_widget_get_mapped (place) && gtk_widget_is_sensitive (place)
         && gtk_widget_get_root (place) == GTK_ROOT (keeper->window);
}

/* GTK may leave it with what is hidden, or gives it to what can be scrolled, where no key but for scrolling works. */
static gboolean
is_lost (Keeper *keeper)
{
  GtkWidget *now = gtk_window_get_focus (keeper->window);
  g_autoptr (GtkWidget) last = keeper->places->len > 0 ? g_weak_ref_get (keeper->places->pdata[0]) : NULL;

  return !can_hold (keeper, now)
         || (GTK_IS_SCROLLED_WINDOW (now) && (!can_hold (keeper, last) || gtk_widget_is_ancestor (last, now)));
}

static void
find_place (Keeper *keeper)
{
  guint most = keeper->tries < NEAR_TRIES ? NEAR_LEVELS : G_MAXUINT;

  for (guint i = 0; i < keeper->places->len && most > 0; i++)
    {
      g_autoptr (GtkWidget) place = g_weak_ref_get (keeper->places->pdata[i]);

      if (!can_hold (keeper, place))
        continue;
      if (gtk_widget_child_focus (place, GTK_DIR_TAB_FORWARD))
        return;
      most--;
    }
  if (keeper->places->len == 0)
    gtk_widget_child_focus (GTK_WIDGET (keeper->window), GTK_DIR_TAB_FORWARD);
}

static gboolean
try_again (gpointer user_data)
{
  Keeper *keeper = user_data;

  keeper->source = 0;
  if (!is_lost (keeper))
    return G_SOURCE_REMOVE;
  find_place (keeper);
  if (is_lost (keeper) && ++keeper->tries < MOST_TRIES)
    keeper->source = g_timeout_add (TRY_MS, try_again, keeper);
  return G_SOURCE_REMOVE;
}

/* What has lost it is hidden only now, and whoever hides it may be about to give it to another. */
static void
look_later (Keeper *keeper)
{
  keeper->tries = 0;
  if (keeper->source == 0)
    keeper->source = g_idle_add (try_again, keeper);
}

static void
on_focus (Keeper *keeper)
{
  GtkWidget *now = gtk_window_get_focus (keeper->window);

  if (now != NULL && !GTK_IS_SCROLLED_WINDOW (now))
    remember (keeper, now);
  else
    look_later (keeper);
}

void
sr_focus_keep (GtkWindow *window)
{
  Keeper *keeper = g_new0 (Keeper, 1);

  keeper->window = window;
  keeper->places = g_ptr_array_new_with_free_func ((GDestroyNotify) weak_ref_free);
  keeper->watched = g_signal_group_new (GTK_TYPE_WIDGET);
  g_signal_group_connect_swapped (keeper->watched, "unmap", G_CALLBACK (look_later), keeper);
  g_signal_group_connect_swapped (keeper->watched, "state-flags-changed", G_CALLBACK (look_later), keeper);
  g_object_set_data_full (G_OBJECT (window), "sr-focus", keeper, (GDestroyNotify) keeper_free);
  g_signal_connect_swapped (window, "notify::focus-widget", G_CALLBACK (on_focus), keeper);
  /* A window may be shown before there is anything in it. */
  g_signal_connect_swapped (window, "map", G_CALLBACK (look_later), keeper);
}
