/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-since-group.h"

#include "app/sr-command-box.h"
#include "app/sr-format.h"

#include <glib/gi18n.h>

struct _SrSinceGroup
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *count_row;
  GtkImage *count_icon;
  AdwActionRow *behind_row;
  AdwExpanderRow *list_row;
  AdwExpanderRow *settle_row;
  SrCommandBox *issued_box;
  SrCommandBox *revoked_box;
  SrCommandBox *import_box;
  SrCommandBox *revoke_box;
  SrCommandBox *publish_box;
};

G_DEFINE_FINAL_TYPE (SrSinceGroup, sr_since_group, ADW_TYPE_PREFERENCES_GROUP)

/* certutil takes dates in the host's own format, but days back from now everywhere: one more than enough. */
static char *
list_command (SrBackupSet *point,
              const char  *which,
              const char  *columns,
              const char  *name)
{
  gint64 back = g_get_real_time () - sr_backup_set_get_manifest (point)->started;
  guint days = (guint) CLAMP (back / G_TIME_SPAN_DAY + 1, 1, 36500);

  return g_strdup_printf ("certutil -view -restrict \"%s>=now-%u:00\" -out \"%s\" csv > %s", which, days, columns, name);
}

static char *
behind_words (const SrRestoreLoss *loss)
{
  g_autofree char *newest = loss->newer_sets > 0 ? sr_format_time (loss->newest_set) : NULL;
  g_autofree char *sets = NULL;
  g_autofree char *logs = NULL;

  if (loss->newer_sets > 0)
    /* Translators: how many sets, then date and time */
    sets = g_strdup_printf (ngettext ("%u newer set, of %s.", "%u newer sets, the newest of %s.", loss->newer_sets), loss->newer_sets, newest);
  if (loss->live_logs_known)
    logs = g_strdup_printf (ngettext ("%u log on the CA.", "%u logs on the CA.", loss->live_logs), loss->live_logs);
  if (sets != NULL && logs != NULL)
    return g_strdup_printf ("%s %s", sets, logs);
  if (sets != NULL)
    return g_steal_pointer (&sets);
  return logs != NULL ? g_steal_pointer (&logs) : g_strdup (_("No newer set. Whether the CA has newer logs is not known yet."));
}

static char *
count_words (const SrRestoreLoss *loss)
{
  g_autofree char *issued = NULL;
  g_autofree char *revoked = NULL;

  if (loss == NULL || !loss->lists_known)
    return g_strdup (_("How many is not known: Strongroom does not read the database of a CA yet. "
                       "Certificates issued behind this point are unknown to the restored CA, "
                       "and certificates revoked behind it are valid again in its next CRL."));
  issued = g_strdup_printf (ngettext ("%u certificate issued since is unknown to the restored CA.",
                                      "%u certificates issued since are unknown to the restored CA.", loss->issued),
                            loss->issued);
  revoked = g_strdup_printf (ngettext ("%u certificate revoked since is valid again in its next CRL.",
                                       "%u certificates revoked since are valid again in its next CRL.", loss->revoked),
                             loss->revoked);
  return g_strdup_printf ("%s %s", issued, revoked);
}

void
sr_since_group_show (SrSinceGroup        *self,
                     SrRestoreMode        mode,
                     SrBackupSet         *point,
                     const SrRestoreLoss *loss,
                     gboolean             after)
{
  gboolean nothing = mode == SR_RESTORE_LATEST;
  g_autofree char *behind = loss != NULL ? behind_words (loss) : NULL;
  g_autofree char *count = count_words (loss);
  g_autofree char *issued = list_command (point, "Disposition=20,Request.ResolvedWhen",
                                          "RequestID,SerialNumber,CommonName,NotBefore,NotAfter", "issued-since.csv");
  g_autofree char *revoked = list_command (point, "Disposition=21,Request.RevokedWhen",
                                           "RequestID,SerialNumber,CommonName,Request.RevokedWhen,Request.RevokedReason", "revoked-since.csv");
  const char *style[] = { nothing ? "success" : "warning", NULL };

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->count_row), nothing ? _("Nothing Is Lost") : _("What Came Later Is Lost"));
  adw_action_row_set_subtitle (self->count_row,
                               nothing ? _("The live logs continue the sets: the CA comes back with all that it has issued and revoked.") : count);
  gtk_image_set_from_icon_name (self->count_icon,
                                nothing ? "io.github.strongroom.Strongroom-good-symbolic" : "dialog-warning-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->count_icon), style);
  adw_action_row_set_subtitle (self->behind_row, behind != NULL ? behind : "");
  sr_command_box_set_command (self->issued_box, issued);
  sr_command_box_set_command (self->revoked_box, revoked);
  adw_expander_row_set_subtitle (self->list_row,
                                 after ? _("With these commands, if they were not made before: on the CA after Put Back, or on a CA that is restored from a newer set elsewhere")
                                       : _("On the CA, while its service still runs: afterwards its database does not know them"));
  gtk_widget_set_visible (GTK_WIDGET (self->behind_row), !nothing && behind != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list_row), !nothing);
  gtk_widget_set_visible (GTK_WIDGET (self->settle_row), !nothing && after);
}

static void
sr_since_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_SINCE_GROUP);
  G_OBJECT_CLASS (sr_since_group_parent_class)->dispose (object);
}

static void
sr_since_group_class_init (SrSinceGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_COMMAND_BOX);
  G_OBJECT_CLASS (klass)->dispose = sr_since_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/since-group.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, count_row);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, count_icon);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, behind_row);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, list_row);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, settle_row);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, issued_box);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, revoked_box);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, import_box);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, revoke_box);
  gtk_widget_class_bind_template_child (widget_class, SrSinceGroup, publish_box);
}

static void
sr_since_group_init (SrSinceGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sr_command_box_set_command (self->import_box, "certutil -importcert CERTIFICATE.cer");
  sr_command_box_set_command (self->revoke_box, "certutil -revoke SERIALNUMBER REASON");
  sr_command_box_set_command (self->publish_box, "certutil -CRL");
}
