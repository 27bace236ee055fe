/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-command-box.h"

#include "app/sr-window.h"

#include <glib/gi18n.h>

struct _SrCommandBox
{
  AdwBin parent_instance;

  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (SrCommandBox, sr_command_box, ADW_TYPE_BIN)

void
sr_command_box_set_command (SrCommandBox *self,
                            const char   *command)
{
  gtk_label_set_label (self->label, command);
}

static void
on_copy (SrCommandBox *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_label (self->label));
  sr_window_toast (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Command copied"));
}

static void
sr_command_box_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_COMMAND_BOX);
  G_OBJECT_CLASS (sr_command_box_parent_class)->dispose (object);
}

static void
sr_command_box_class_init (SrCommandBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_command_box_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/command-box.ui");
  gtk_widget_class_bind_template_child (widget_class, SrCommandBox, label);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
sr_command_box_init (SrCommandBox *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen at the end of a line would look like one of the command's own. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->label, attributes);
}
