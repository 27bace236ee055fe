/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-step-row.h"

struct _SrStepRow
{
  AdwPreferencesRow parent_instance;

  GtkStack *stack;
  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkLabel *advice_label;
};

G_DEFINE_FINAL_TYPE (SrStepRow, sr_step_row, ADW_TYPE_PREFERENCES_ROW)

static const struct
{
  const char *icon;
  const char *style;
} looks[] = {
  [SR_STEP_WAITING] = { "content-loading-symbolic", "dim-label" },
  [SR_STEP_RUNNING] = { NULL, NULL },
  [SR_STEP_GOOD] = { "io.github.strongroom.Strongroom-good-symbolic", "success" },
  [SR_STEP_WARNING] = { "dialog-warning-symbolic", "warning" },
  [SR_STEP_FAILED] = { "io.github.strongroom.Strongroom-failed-symbolic", "error" },
  [SR_STEP_SKIPPED] = { "io.github.strongroom.Strongroom-cancelled-symbolic", "dim-label" },
};

/* Labels without words would leave gaps. */
static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

void
sr_step_row_show (SrStepRow  *self,
                  SrStepLook  look,
                  const char *words,
                  const char *detail,
                  const char *advice)
{
  const char *classes[] = { looks[look].style, NULL };
  g_autofree char *description = g_strjoin ("\n", words, detail, NULL);

  gtk_stack_set_visible_child_name (self->stack, look == SR_STEP_RUNNING ? "spinner" : "icon");
  gtk_image_set_from_icon_name (self->icon, looks[look].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), words);
  set_text (self->detail_label, detail);
  set_text (self->advice_label, advice);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
sr_step_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_STEP_ROW);
  G_OBJECT_CLASS (sr_step_row_parent_class)->dispose (object);
}

static void
sr_step_row_class_init (SrStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_step_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SrStepRow, stack);
  gtk_widget_class_bind_template_child (widget_class, SrStepRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SrStepRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SrStepRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SrStepRow, advice_label);
}

static void
sr_step_row_init (SrStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_step_row_new (const char *title)
{
  SrStepRow *self = g_object_new (SR_TYPE_STEP_ROW, NULL);

  gtk_label_set_label (self->title_label, title);
  /* A row with a box inside has no name of its own for a screen reader. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return GTK_WIDGET (self);
}
