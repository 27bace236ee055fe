/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-timeline.h"

#include "app/sr-history-list.h"
#include "app/sr-history-mark.h"
#include "app/sr-set-page.h"
#include "app/sr-window.h"

/* Of the tallest bar. */
#define BAR_HEIGHT 150

struct _SrTimeline
{
  AdwBin parent_instance;

  SrWatch *watch;
  GtkSingleSelection *selection; /* once it was shown */
  guint scrolling;
  GtkListView *list_view;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkLabel *problem_label;
};

G_DEFINE_FINAL_TYPE (SrTimeline, sr_timeline, ADW_TYPE_BIN)

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, g_object_new (SR_TYPE_HISTORY_MARK, "height", BAR_HEIGHT, NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  GtkWidget *mark = gtk_list_item_get_child (item);
  SrHistoryItem *what = gtk_list_item_get_item (item);
  g_autofree char *title = sr_history_item_dup_title (what);
  g_autofree char *description = sr_history_item_dup_description (what);

  sr_history_mark_set_on_timeline (SR_HISTORY_MARK (mark), what);
  gtk_list_item_set_activatable (item, sr_history_item_get_set (what) != NULL);
  gtk_list_item_set_accessible_label (item, title);
  gtk_list_item_set_accessible_description (item, description);
}

static void
on_activate (SrTimeline *self,
             guint       position)
{
  g_autoptr (SrHistoryItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  SrBackupSet *set = item != NULL ? sr_history_item_get_set (item) : NULL;

  if (set != NULL)
    sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_set_page_new (set));
}

/* A tooltip comes for the pointer alone, so the words stand below too. */
static void
show_selected (SrTimeline *self)
{
  SrHistoryItem *item = gtk_single_selection_get_selected_item (self->selection);
  g_autofree char *title = item != NULL ? sr_history_item_dup_title (item) : g_strdup ("");
  g_autofree char *subtitle = item != NULL ? sr_history_item_dup_subtitle (item) : g_strdup ("");
  const char *problem = item != NULL ? sr_history_item_get_problem (item) : NULL;

  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->subtitle_label, subtitle);
  gtk_label_set_label (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
}

/* To the newest. A list that has no size yet would show nothing. */
static gboolean
scroll_to_end (gpointer user_data)
{
  SrTimeline *self = user_data;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  self->scrolling = 0;
  if (n > 0)
    gtk_list_view_scroll_to (self->list_view, n - 1, GTK_LIST_SCROLL_SELECT, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_map (SrTimeline *self)
{
  SrHistoryList *list;

  if (self->selection != NULL || self->watch == NULL)
    return;
  list = sr_history_list_new (self->watch, SR_HISTORY_TIMELINE, G_MAXUINT);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (list));
  g_object_unref (list);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (show_selected), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  /* Behind the drawing, and with it the layout. */
  self->scrolling = g_idle_add_full (G_PRIORITY_LOW, scroll_to_end, self, NULL);
}

static void
sr_timeline_dispose (GObject *object)
{
  SrTimeline *self = SR_TIMELINE (object);

  g_clear_handle_id (&self->scrolling, g_source_remove);
  g_clear_object (&self->watch);
  g_clear_object (&self->selection);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_TIMELINE);
  G_OBJECT_CLASS (sr_timeline_parent_class)->dispose (object);
}

static void
sr_timeline_class_init (SrTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_HISTORY_MARK);
  G_OBJECT_CLASS (klass)->dispose = sr_timeline_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, SrTimeline, list_view);
  gtk_widget_class_bind_template_child (widget_class, SrTimeline, title_label);
  gtk_widget_class_bind_template_child (widget_class, SrTimeline, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, SrTimeline, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
sr_timeline_init (SrTimeline *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
}

void
sr_timeline_set_watch (SrTimeline *self,
                       SrWatch    *watch)
{
  g_set_object (&self->watch, watch);
}
