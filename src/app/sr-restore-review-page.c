/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-review-page.h"

#include "app/sr-format.h"
#include "app/sr-since-group.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SrRestoreReviewPage
{
  AdwNavigationPage parent_instance;

  SrRestore *restore;
  AdwWindowTitle *window_title;
  AdwActionRow *source_row;
  AdwActionRow *host_row;
  AdwActionRow *replaced_row;
  AdwActionRow *aside_row;
  AdwExpanderRow *steps_row;
  GtkLabel *steps_label;
  SrSinceGroup *since_group;
  AdwPreferencesGroup *name_group;
  AdwEntryRow *name_row;
  GtkWidget *restore_button;
  GtkLabel *restore_label;
};

G_DEFINE_FINAL_TYPE (SrRestoreReviewPage, sr_restore_review_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  RESTORE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
source_words (SrRestorePlan *plan)
{
  g_autofree char *title = sr_format_set_title (sr_restore_plan_get_point (plan));
  guint before = sr_restore_plan_get_sets (plan)->len - 1;
  const char *logs = sr_restore_plan_get_mode (plan) == SR_RESTORE_LATEST ? _("and then the live logs of the CA") : NULL;
  g_autofree char *sets = NULL;

  if (before > 0)
    /* Translators: follows the title of a set */
    sets = g_strdup_printf (ngettext ("with %u set before it", "with %u sets before it", before), before);
  if (sets != NULL && logs != NULL)
    return g_strdup_printf ("%s, %s, %s", title, sets, logs);
  if (sets != NULL || logs != NULL)
    return g_strdup_printf ("%s, %s", title, sets != NULL ? sets : logs);
  return g_steal_pointer (&title);
}

/* Each thing a line, under the heading of its step. */
static char *
steps_words (GPtrArray *acts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < acts->len; i++)
    {
      g_autofree char *words = sr_restore_act_words (acts->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", words);
    }
  return g_string_free (text, FALSE);
}

static void
show_steps (SrRestoreReviewPage *self,
            SrRestorePlan       *plan)
{
  g_autoptr (GPtrArray) acts = sr_restore_plan_list_acts (plan);
  g_autofree char *words = steps_words (acts);
  g_autofree char *count = g_strdup_printf (ngettext ("%u thing is done on the host", "%u things are done on the host", acts->len), acts->len);

  adw_expander_row_set_subtitle (self->steps_row, count);
  gtk_label_set_label (self->steps_label, words);
}

static gboolean
is_named (SrRestoreReviewPage *self)
{
  SrRestorePlan *plan = self->restore != NULL ? sr_restore_get_plan (self->restore) : NULL;

  if (plan == NULL || !sr_restore_get_ready (self->restore))
    return FALSE;
  return !sr_restore_plan_needs_name (plan, NULL)
         || sr_restore_plan_name_matches (plan, gtk_editable_get_text (GTK_EDITABLE (self->name_row)));
}

static void
update_button (SrRestoreReviewPage *self)
{
  gtk_widget_set_sensitive (self->restore_button, is_named (self));
}

static void
show_name (SrRestoreReviewPage *self,
           SrRestorePlan       *plan)
{
  const char *why = NULL;
  gboolean needed = sr_restore_plan_needs_name (plan, &why);

  gtk_widget_set_visible (GTK_WIDGET (self->name_group), needed);
  adw_preferences_group_set_description (self->name_group, why);
}

static const char *
name_of (SrRestorePlan *plan)
{
  const char *name = sr_restore_plan_get_display_name (plan);
  const char *behind = strchr (sr_restore_plan_get_config (plan), '\\');

  if (name != NULL && *name != '\0')
    return name;
  return behind != NULL ? behind + 1 : sr_restore_plan_get_config (plan);
}

void
sr_restore_review_page_set_restore (SrRestoreReviewPage *self,
                                    SrRestore           *restore)
{
  SrRestorePlan *plan = sr_restore_get_plan (restore);
  const char *name = name_of (plan);
  gboolean latest = sr_restore_plan_get_mode (plan) == SR_RESTORE_LATEST;
  const char *folder = sr_restore_plan_get_aside_folder (plan);
  g_autofree char *source = source_words (plan);
  /* Translators: %s is the name of a certificate authority */
  g_autofree char *button = g_strdup_printf (_("Restore %s"), name);

  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_set_object (&self->restore, restore);
  g_signal_connect_swapped (restore, "notify", G_CALLBACK (update_button), self);
  adw_window_title_set_subtitle (self->window_title, name);
  adw_action_row_set_subtitle (self->source_row, source);
  adw_action_row_set_subtitle (self->host_row, sr_authority_get_host (sr_restore_get_authority (restore)));
  adw_action_row_set_subtitle (self->replaced_row,
                               latest ? _("The CA’s database. Its service is stopped, and started again to recover.")
                                      : _("The CA’s database and logs. Its service is stopped, and started again to recover."));
  adw_action_row_set_subtitle (self->aside_row, folder != NULL ? folder : _("Nothing: there is nothing on the host to set aside"));
  show_steps (self, plan);
  sr_since_group_show (self->since_group, sr_restore_plan_get_mode (plan), sr_restore_plan_get_point (plan),
                       sr_restore_plan_get_loss (plan), FALSE);
  show_name (self, plan);
  gtk_label_set_label (self->restore_label, button);
  /* A child of its own gives a button no name. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->restore_button), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
  update_button (self);
}

const char *
sr_restore_review_page_get_name (SrRestoreReviewPage *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->name_group)) ? gtk_editable_get_text (GTK_EDITABLE (self->name_row)) : NULL;
}

static void
on_name_changed (SrRestoreReviewPage *self)
{
  update_button (self);
}

static void
on_restore (SrRestoreReviewPage *self)
{
  if (is_named (self))
    g_signal_emit (self, signals[RESTORE], 0);
}

static void
sr_restore_review_page_dispose (GObject *object)
{
  SrRestoreReviewPage *self = SR_RESTORE_REVIEW_PAGE (object);

  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_clear_object (&self->restore);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_REVIEW_PAGE);
  G_OBJECT_CLASS (sr_restore_review_page_parent_class)->dispose (object);
}

static void
sr_restore_review_page_class_init (SrRestoreReviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_SINCE_GROUP);
  G_OBJECT_CLASS (klass)->dispose = sr_restore_review_page_dispose;
  signals[RESTORE] = g_signal_new ("restore", SR_TYPE_RESTORE_REVIEW_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-review-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, source_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, host_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, replaced_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, aside_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, steps_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, steps_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, since_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, name_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, restore_button);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReviewPage, restore_label);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
}

static void
sr_restore_review_page_init (SrRestoreReviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
