/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-left-page.h"

#include "app/sr-restore-actions.h"
#include "app/sr-restore-page.h"
#include "app/sr-window.h"

#include <glib/gi18n.h>

struct _SrRestoreLeftPage
{
  AdwNavigationPage parent_instance;

  SrRestoreLeft *left;
  AdwWindowTitle *window_title;
  AdwActionRow *story_row;
  AdwActionRow *state_row;
  AdwActionRow *aside_row;
  AdwActionRow *key_row;
  AdwActionRow *journal_row;
  SrRestoreActions *actions;
};

G_DEFINE_FINAL_TYPE (SrRestoreLeftPage, sr_restore_left_page, ADW_TYPE_NAVIGATION_PAGE)

static void
set_text (AdwActionRow *row,
          const char   *text)
{
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL && *text != '\0');
}

static void
on_looked (SrRestoreLeftPage *self)
{
  const SrRestoreSituation *situation = sr_restore_left_get_situation (self->left);
  g_autofree char *key = situation != NULL && situation->key != NULL ? sr_restore_in_progress_describe (situation->key) : NULL;

  if (situation == NULL)
    return;
  set_text (self->state_row, sr_restore_ca_state_words (situation->state));
  set_text (self->aside_row, situation->aside_folder);
  set_text (self->key_row, key != NULL ? g_strchomp (key) : NULL);
}

static void
on_job (SrRestoreLeftPage *self,
        SrJob             *job)
{
  AdwNavigationView *view = ADW_NAVIGATION_VIEW (gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW));

  sr_application_run_job (sr_application_get_default (), job);
  adw_navigation_view_pop (view); /* this page is gone then */
  adw_navigation_view_push (view, sr_restore_page_new_for_job (job));
}

static void
sr_restore_left_page_dispose (GObject *object)
{
  g_clear_object (&SR_RESTORE_LEFT_PAGE (object)->left);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_LEFT_PAGE);
  G_OBJECT_CLASS (sr_restore_left_page_parent_class)->dispose (object);
}

static void
sr_restore_left_page_class_init (SrRestoreLeftPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_RESTORE_ACTIONS);
  G_OBJECT_CLASS (klass)->dispose = sr_restore_left_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-left-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, story_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, state_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, aside_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, key_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, journal_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLeftPage, actions);
  gtk_widget_class_bind_template_callback (widget_class, on_looked);
  gtk_widget_class_bind_template_callback (widget_class, on_job);
}

static void
sr_restore_left_page_init (SrRestoreLeftPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwNavigationPage *
sr_restore_left_page_new (SrRestoreLeft *left,
                          SrAuthority   *authority)
{
  SrRestoreLeftPage *self = g_object_new (SR_TYPE_RESTORE_LEFT_PAGE, NULL);
  const SrRestoreEntry *entry = sr_restore_left_get_entry (left);
  gboolean settled = entry != NULL && sr_restore_entry_is_settled (entry);
  const char *title = settled ? _("Last Restore") : _("Restore Broken Off");
  g_autofree char *story = sr_restore_left_describe (left);
  g_autofree char *path = g_filename_display_name (sr_restore_left_get_path (left));

  self->left = g_object_ref (left);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_title (self->window_title, title);
  adw_window_title_set_subtitle (self->window_title, authority != NULL ? sr_authority_get_name (authority) : sr_restore_left_get_config (left));
  set_text (self->story_row, story);
  set_text (self->journal_row, path);
  sr_restore_actions_set_left (self->actions, left, authority);
  return ADW_NAVIGATION_PAGE (self);
}
