/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-sets-page.h"

#include "app/sr-growing-list.h"
#include "app/sr-history-list.h"
#include "app/sr-history-row.h"
#include "app/sr-set-page.h"
#include "app/sr-timeline.h"
#include "app/sr-window.h"

/* A list view makes rows for far more than is seen. */
#define ROWS_A_TURN 5

struct _SrSetsPage
{
  AdwNavigationPage parent_instance;

  GListModel *history;
  GListModel *shown;
  AdwWindowTitle *window_title;
  GtkListView *list_view;
  GtkListItemFactory *header_factory;
  SrTimeline *timeline;
};

G_DEFINE_FINAL_TYPE (SrSetsPage, sr_sets_page, ADW_TYPE_NAVIGATION_PAGE)

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, sr_history_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  SrHistoryItem *what = gtk_list_item_get_item (item);
  g_autofree char *title = sr_history_item_dup_title (what);
  g_autofree char *description = sr_history_item_dup_description (what);

  sr_history_row_set_item (SR_HISTORY_ROW (gtk_list_item_get_child (item)), what);
  gtk_list_item_set_accessible_label (item, title);
  gtk_list_item_set_accessible_description (item, description);
}

static GtkWidget *
new_label (GtkAccessibleRole role,
           const char       *style)
{
  return g_object_new (GTK_TYPE_LABEL,
                       "accessible-role", role,
                       "xalign", 0.0,
                       "wrap", TRUE,
                       "wrap-mode", PANGO_WRAP_WORD_CHAR,
                       "css-classes", (const char *[]) { style, NULL },
                       NULL);
}

static void
on_setup_header (GtkSignalListItemFactory *factory,
                 GtkListHeader            *header)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_append (GTK_BOX (box), new_label (GTK_ACCESSIBLE_ROLE_HEADING, "heading"));
  gtk_box_append (GTK_BOX (box), new_label (GTK_ACCESSIBLE_ROLE_LABEL, "subtitle"));
  gtk_list_header_set_child (header, box);
}

static void
on_bind_header (GtkSignalListItemFactory *factory,
                GtkListHeader            *header)
{
  GtkWidget *box = gtk_list_header_get_child (header);
  GtkWidget *words = gtk_widget_get_last_child (box);
  SrHistorySection *section = sr_history_item_get_section (gtk_list_header_get_item (header));
  const char *title = sr_history_section_get_title (section);
  const char *sentences = sr_history_section_get_words (section);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (box)), title != NULL ? title : "");
  gtk_label_set_label (GTK_LABEL (words), sentences != NULL ? sentences : "");
  gtk_widget_set_visible (words, sentences != NULL);
}

/* One lineage alone has no heading. */
static void
show_headings (SrSetsPage *self)
{
  g_autoptr (SrHistoryItem) first = g_list_model_get_item (self->history, 0);
  gboolean titled = first != NULL && sr_history_section_get_title (sr_history_item_get_section (first)) != NULL;

  gtk_list_view_set_header_factory (self->list_view, titled ? self->header_factory : NULL);
}

static void
on_activate (SrSetsPage *self,
             guint       position)
{
  g_autoptr (SrHistoryItem) item = g_list_model_get_item (self->shown, position);

  if (item != NULL)
    sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_set_page_new (sr_history_item_get_set (item)));
}

static void
sr_sets_page_dispose (GObject *object)
{
  SrSetsPage *self = SR_SETS_PAGE (object);

  g_clear_object (&self->shown);
  g_clear_object (&self->history);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_SETS_PAGE);
  G_OBJECT_CLASS (sr_sets_page_parent_class)->dispose (object);
}

static void
sr_sets_page_class_init (SrSetsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_TIMELINE);
  G_OBJECT_CLASS (klass)->dispose = sr_sets_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/sets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, list_view);
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, header_factory);
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, timeline);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_header);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_header);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
sr_sets_page_init (SrSetsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwNavigationPage *
sr_sets_page_new (SrWatch *watch)
{
  SrSetsPage *self = g_object_new (SR_TYPE_SETS_PAGE, NULL);
  g_autoptr (GtkNoSelection) selection = NULL;

  self->history = G_LIST_MODEL (sr_history_list_new (watch, SR_HISTORY_BY_CHAIN, G_MAXUINT));
  self->shown = sr_growing_list_new (self->history, ROWS_A_TURN, G_MAXUINT);
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  adw_window_title_set_subtitle (self->window_title, sr_authority_get_name (sr_watch_get_authority (watch)));
  g_signal_connect_object (self->history, "items-changed", G_CALLBACK (show_headings), self, G_CONNECT_SWAPPED);
  show_headings (self);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  sr_timeline_set_watch (self->timeline, watch);
  return ADW_NAVIGATION_PAGE (self);
}
