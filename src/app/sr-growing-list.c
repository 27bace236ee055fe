/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-growing-list.h"

typedef struct
{
  GtkSliceListModel *list; /* which owns this */
  GListModel *model;
  guint step;
  guint limit;
  guint source;
} Growth;

static void
growth_free (gpointer data)
{
  Growth *growth = data;

  g_signal_handlers_disconnect_by_data (growth->model, growth);
  g_object_unref (growth->model);
  g_clear_handle_id (&growth->source, g_source_remove);
  g_free (growth);
}

static gboolean
grow (gpointer user_data)
{
  Growth *growth = user_data;
  guint size = gtk_slice_list_model_get_size (growth->list);
  guint n = g_list_model_get_n_items (growth->model);

  if (size < MIN (n, growth->limit))
    {
      gtk_slice_list_model_set_size (growth->list, MIN (size + growth->step, growth->limit));
      return G_SOURCE_CONTINUE;
    }
  growth->source = 0;
  return G_SOURCE_REMOVE;
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Growth     *growth)
{
  if (growth->source == 0 && added > removed)
    growth->source = g_idle_add (grow, growth);
}

GListModel *
sr_growing_list_new (GListModel *model,
                     guint       step,
                     guint       limit)
{
  GtkSliceListModel *list = gtk_slice_list_model_new (g_object_ref (model), 0, MIN (step, limit));
  Growth *growth = g_new (Growth, 1);

  *growth = (Growth) { .list = list, .model = g_object_ref (model), .step = step, .limit = limit };
  g_object_set_data_full (G_OBJECT (list), "growth", growth, growth_free);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), growth);
  growth->source = g_idle_add (grow, growth);
  return G_LIST_MODEL (list);
}
