/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-sets-page.h"

#include "app/sr-format.h"
#include "app/sr-growing-list.h"
#include "app/sr-set-page.h"
#include "app/sr-window.h"

/* A list view makes rows for far more than is seen. */
#define ROWS_A_TURN 5

struct _SrSetsPage
{
  AdwNavigationPage parent_instance;

  GListModel *shown;
  AdwWindowTitle *window_title;
  GtkListView *list_view;
};

G_DEFINE_FINAL_TYPE (SrSetsPage, sr_sets_page, ADW_TYPE_NAVIGATION_PAGE)

static GtkWidget *
new_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *arrow = g_object_new (GTK_TYPE_IMAGE,
                                   "icon-name", "go-next-symbolic",
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   NULL);

  gtk_box_append (GTK_BOX (words), new_label ("title"));
  gtk_box_append (GTK_BOX (words), new_label ("subtitle"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), arrow);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  GtkWidget *words = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  SrBackupSet *set = gtk_list_item_get_item (item);
  g_autofree char *title = sr_format_set_title (set);
  g_autofree char *subtitle = sr_format_set_subtitle (set);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (words)), title);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (words)), subtitle);
  gtk_list_item_set_accessible_label (item, title);
  gtk_list_item_set_accessible_description (item, subtitle);
}

static void
on_activate (SrSetsPage *self,
             guint       position)
{
  g_autoptr (SrBackupSet) set = g_list_model_get_item (self->shown, position);

  if (set != NULL)
    sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_set_page_new (set));
}

static void
sr_sets_page_dispose (GObject *object)
{
  SrSetsPage *self = SR_SETS_PAGE (object);

  g_clear_object (&self->shown);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_SETS_PAGE);
  G_OBJECT_CLASS (sr_sets_page_parent_class)->dispose (object);
}

static void
sr_sets_page_class_init (SrSetsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_sets_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/sets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrSetsPage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_bind);
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

  self->shown = sr_growing_list_new (sr_watch_get_sets (watch), ROWS_A_TURN, G_MAXUINT);
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  adw_window_title_set_subtitle (self->window_title, sr_authority_get_name (sr_watch_get_authority (watch)));
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  return ADW_NAVIGATION_PAGE (self);
}
