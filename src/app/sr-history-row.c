/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-history-row.h"

#include "app/sr-history-mark.h"

struct _SrHistoryRow
{
  GtkBox parent_instance;

  SrHistoryItem *item;
  SrHistoryMark *mark;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkLabel *problem_label;
};

G_DEFINE_FINAL_TYPE (SrHistoryRow, sr_history_row, GTK_TYPE_BOX)

/* Asked for when it is wanted: setting one would ask the display server where the pointer is, for every row. */
static gboolean
sr_history_row_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard,
                              GtkTooltip *tooltip)
{
  SrHistoryRow *self = SR_HISTORY_ROW (widget);
  g_autofree char *words = self->item != NULL ? sr_history_item_dup_server_time (self->item) : NULL;

  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

static void
sr_history_row_dispose (GObject *object)
{
  SrHistoryRow *self = SR_HISTORY_ROW (object);

  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_HISTORY_ROW);
  G_OBJECT_CLASS (sr_history_row_parent_class)->dispose (object);
}

static void
sr_history_row_class_init (SrHistoryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_HISTORY_MARK);
  G_OBJECT_CLASS (klass)->dispose = sr_history_row_dispose;
  widget_class->query_tooltip = sr_history_row_query_tooltip;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/history-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SrHistoryRow, mark);
  gtk_widget_class_bind_template_child (widget_class, SrHistoryRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SrHistoryRow, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, SrHistoryRow, problem_label);
}

static void
sr_history_row_init (SrHistoryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
sr_history_row_new (void)
{
  return g_object_new (SR_TYPE_HISTORY_ROW, NULL);
}

void
sr_history_row_set_item (SrHistoryRow  *self,
                         SrHistoryItem *item)
{
  g_autofree char *title = sr_history_item_dup_title (item);
  g_autofree char *subtitle = sr_history_item_dup_subtitle (item);
  const char *problem = sr_history_item_get_problem (item);
  SrHistoryKind kind = sr_history_item_get_kind (item);

  g_set_object (&self->item, item);
  sr_history_mark_set_kind (self->mark, kind);
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->subtitle_label, subtitle);
  gtk_label_set_label (self->problem_label, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), problem != NULL);
  if (kind == SR_HISTORY_LOGS)
    gtk_widget_add_css_class (GTK_WIDGET (self), "continues");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "continues");
  if (kind == SR_HISTORY_COPY)
    gtk_widget_remove_css_class (GTK_WIDGET (self->problem_label), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->problem_label), "error");
}
