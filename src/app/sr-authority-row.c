/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-authority-row.h"

#include "app/sr-format.h"

#include <glib/gi18n.h>

struct _SrAuthorityRow
{
  GtkListBoxRow parent_instance;

  SrWatch *watch;
  GtkImage *state_icon;
  GtkLabel *name_label;
  GtkLabel *host_label;
  GtkLabel *state_label;
  GtkWidget *practice_tag;
};

G_DEFINE_FINAL_TYPE (SrAuthorityRow, sr_authority_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (SrAuthorityRow *self)
{
  SrAuthority *authority = sr_watch_get_authority (self->watch);
  gboolean practice = sr_authority_is_practice (authority);
  g_autofree char *line = sr_format_state_line (self->watch);
  g_autofree char *spoken = NULL;
  g_autofree char *description = NULL;
  const char *style;
  const char *icon = sr_format_state_icon (self->watch, &style);
  const char *classes[] = { style, NULL };

  gtk_label_set_label (self->name_label, sr_authority_get_name (authority));
  gtk_label_set_label (self->host_label, sr_authority_get_host (authority));
  gtk_label_set_label (self->state_label, line);
  gtk_image_set_from_icon_name (self->state_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_widget_set_visible (self->practice_tag, practice);

  /* A row with a box inside has no name of its own for a screen reader.
   * Translators: %s is the name of a certificate authority */
  spoken = practice ? g_strdup_printf (_("%s, practice CA"), sr_authority_get_name (authority))
                    : g_strdup (sr_authority_get_name (authority));
  /* Translators: a host, and how it stands there with a certificate authority: "ca1.example.com, backed up just now" */
  description = g_strdup_printf (C_("spoken", "%1$s, %2$s"), sr_authority_get_host (authority), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description,
                                  -1);
}

static void
sr_authority_row_dispose (GObject *object)
{
  SrAuthorityRow *self = SR_AUTHORITY_ROW (object);

  g_clear_object (&self->watch);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_AUTHORITY_ROW);
  G_OBJECT_CLASS (sr_authority_row_parent_class)->dispose (object);
}

static void
sr_authority_row_class_init (SrAuthorityRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_authority_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/authority-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityRow, host_label);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityRow, practice_tag);
}

static void
sr_authority_row_init (SrAuthorityRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_authority_row_new (SrWatch *watch)
{
  SrAuthorityRow *self = g_object_new (SR_TYPE_AUTHORITY_ROW, NULL);

  self->watch = g_object_ref (watch);
  g_signal_connect_object (watch, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

SrWatch *
sr_authority_row_get_watch (SrAuthorityRow *self)
{
  return self->watch;
}
