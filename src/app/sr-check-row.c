/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-check-row.h"

#include <glib/gi18n.h>

struct _SrCheckRowWidget
{
  AdwPreferencesRow parent_instance;

  GtkStack *stack;
  GtkImage *icon;
  GtkLabel *title_label;
  GtkLabel *detail_label;
  GtkLabel *advice_label;
  GtkWidget *command_box;
  GtkLabel *command_label;
  GtkWidget *help_button;
};

G_DEFINE_FINAL_TYPE (SrCheckRowWidget, sr_check_row_widget, ADW_TYPE_PREFERENCES_ROW)

enum
{
  COPIED,
  HELP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *icon;
  const char *style;
  const char *words;
} looks[] = {
  [SR_CHECK_DONE] = { "io.github.strongroom.Strongroom-good-symbolic", "success", NC_("check", "Good") },
  [SR_CHECK_WARNING] = { "dialog-warning-symbolic", "warning", NC_("check", "Warning") },
  [SR_CHECK_FAILED] = { "io.github.strongroom.Strongroom-failed-symbolic", "error", NC_("check", "Failed") },
  [SR_CHECK_SKIPPED] = { "io.github.strongroom.Strongroom-cancelled-symbolic", "dim-label", NC_("check", "Not asked, since an earlier check failed") },
};

/* Labels without words would leave gaps. */
static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
set_detail (SrCheckRowWidget *self,
            const char       *text,
            gboolean          dim)
{
  set_text (self->detail_label, text);
  if (dim)
    gtk_widget_add_css_class (GTK_WIDGET (self->detail_label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->detail_label), "dim-label");
  gtk_label_set_selectable (self->detail_label, !dim);
}

void
sr_check_row_widget_clear (SrCheckRowWidget *self)
{
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  set_detail (self, NULL, TRUE);
  set_text (self->advice_label, NULL);
  gtk_widget_set_visible (self->command_box, FALSE);
  gtk_widget_set_visible (self->help_button, FALSE);
}

static void
show_end (SrCheckRowWidget *self,
          const SrCheckRow *row)
{
  gboolean needed = row->state == SR_CHECK_FAILED || row->state == SR_CHECK_WARNING;
  const char *classes[] = { looks[row->state].style, NULL };
  const char *words = g_dpgettext2 (NULL, "check", looks[row->state].words);

  gtk_image_set_from_icon_name (self->icon, looks[row->state].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), words);
  gtk_stack_set_visible_child_name (self->stack, "icon");
  /* The icon alone says that it was not asked: a whole column of that would bury why. */
  set_detail (self, row->detail, !needed);
  set_text (self->advice_label, needed ? row->advice : NULL);
  gtk_label_set_label (self->command_label, row->command != NULL ? row->command : "");
  gtk_widget_set_visible (self->command_box, needed && row->command != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

void
sr_check_row_widget_show (SrCheckRowWidget *self,
                          const SrCheckRow *row)
{
  if (row->state != SR_CHECK_PENDING)
    {
      show_end (self, row);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "spinner");
  set_detail (self, _("Asking…"), TRUE);
}

void
sr_check_row_widget_offer_help (SrCheckRowWidget *self,
                                const char       *label)
{
  gtk_button_set_label (GTK_BUTTON (self->help_button), label);
  gtk_widget_set_visible (self->help_button, TRUE);
}

static void
on_copy (SrCheckRowWidget *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_label (self->command_label));
  g_signal_emit (self, signals[COPIED], 0);
}

static void
on_help (SrCheckRowWidget *self)
{
  g_signal_emit (self, signals[HELP], 0);
}

static void
sr_check_row_widget_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_CHECK_ROW_WIDGET);
  G_OBJECT_CLASS (sr_check_row_widget_parent_class)->dispose (object);
}

static void
sr_check_row_widget_class_init (SrCheckRowWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_check_row_widget_dispose;
  signals[COPIED] = g_signal_new ("copied", SR_TYPE_CHECK_ROW_WIDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[HELP] = g_signal_new ("help", SR_TYPE_CHECK_ROW_WIDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/check-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, stack);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, icon);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, title_label);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, advice_label);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, command_box);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, command_label);
  gtk_widget_class_bind_template_child (widget_class, SrCheckRowWidget, help_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_help);
}

static void
sr_check_row_widget_init (SrCheckRowWidget *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen at the end of a line would look like one of the command's own. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->command_label, attributes);
}

GtkWidget *
sr_check_row_widget_new (SrCheckKind kind)
{
  SrCheckRowWidget *self = g_object_new (SR_TYPE_CHECK_ROW_WIDGET, NULL);
  const char *title = sr_check_kind_title (kind);

  gtk_label_set_label (self->title_label, title);
  /* A row with a box inside has no name of its own for a screen reader. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  sr_check_row_widget_clear (self);
  return GTK_WIDGET (self);
}
