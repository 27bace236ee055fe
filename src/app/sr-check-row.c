/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-check-row.h"

#include <glib/gi18n.h>

#define ICON_SIZE 16

struct _SrCheckRowWidget
{
  AdwActionRow parent_instance;

  GtkStack *stack;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (SrCheckRowWidget, sr_check_row_widget, ADW_TYPE_ACTION_ROW)

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

void
sr_check_row_widget_clear (SrCheckRowWidget *self)
{
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), "");
}

static void
show_end (SrCheckRowWidget *self,
          const SrCheckRow *row)
{
  const char *classes[] = { looks[row->state].style, NULL };
  const char *words = g_dpgettext2 (NULL, "check", looks[row->state].words);

  gtk_image_set_from_icon_name (self->icon, looks[row->state].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), words);
  gtk_stack_set_visible_child_name (self->stack, "icon");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), row->detail != NULL ? row->detail : words);
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
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _("Asking…"));
}

static void
sr_check_row_widget_class_init (SrCheckRowWidgetClass *klass)
{
}

static void
sr_check_row_widget_init (SrCheckRowWidget *self)
{
  GtkWidget *spinner = adw_spinner_new ();
  GtkWidget *waiting = gtk_image_new_from_icon_name ("content-loading-symbolic");

  self->stack = GTK_STACK (gtk_stack_new ());
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_widget_add_css_class (waiting, "dim-label");
  gtk_widget_set_size_request (spinner, ICON_SIZE, ICON_SIZE);
  gtk_widget_set_valign (GTK_WIDGET (self->stack), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (waiting), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("check", "Waiting"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL, C_("check", "Being asked"), -1);
  gtk_stack_add_named (self->stack, waiting, "waiting");
  gtk_stack_add_named (self->stack, spinner, "spinner");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->icon), "icon");
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->stack));
}

GtkWidget *
sr_check_row_widget_new (SrCheckKind kind)
{
  SrCheckRowWidget *self = g_object_new (SR_TYPE_CHECK_ROW_WIDGET, "use-markup", FALSE, "subtitle-selectable", TRUE, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), sr_check_kind_title (kind));
  return GTK_WIDGET (self);
}
