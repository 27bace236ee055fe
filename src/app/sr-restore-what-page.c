/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-what-page.h"

#include "app/sr-format.h"
#include "app/sr-since-group.h"

#include <glib/gi18n.h>

/* A chain may have thousands of sets, of which the newest matter. */
#define MAX_SET_ROWS 50

struct _SrRestoreWhatPage
{
  AdwNavigationPage parent_instance;

  GPtrArray *set_rows;
  gboolean automatic; /* nobody has chosen a way yet */
  gboolean showing;   /* what changes now is not the user's choice */
  AdwWindowTitle *window_title;
  AdwActionRow *latest_row;
  GtkCheckButton *latest_check;
  GtkCheckButton *point_check;
  AdwComboRow *set_row;
  GtkWidget *problem_group;
  AdwActionRow *problem_row;
  GtkWidget *plan_group;
  AdwExpanderRow *sets_row;
  GtkWidget *before_row;
  AdwActionRow *aside_row;
  SrSinceGroup *since_group;
  GtkWidget *next_button;
};

G_DEFINE_FINAL_TYPE (SrRestoreWhatPage, sr_restore_what_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  CHANGED,
  NEXT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
set_words (gpointer object)
{
  return object != NULL ? sr_format_set_title (SR_BACKUP_SET (object)) : g_strdup ("");
}

static void
show_sets (SrRestoreWhatPage *self,
           SrRestorePlan     *plan)
{
  GPtrArray *sets = sr_restore_plan_get_sets (plan);
  g_autofree char *size = g_format_size (sr_restore_plan_get_size (plan));
  g_autofree char *words = g_strdup_printf (ngettext ("%u set, %s to copy to the host", "%u sets, %s to copy to the host", sets->len), sets->len, size);

  for (guint i = 0; i < self->set_rows->len; i++)
    adw_expander_row_remove (self->sets_row, self->set_rows->pdata[i]);
  g_ptr_array_set_size (self->set_rows, 0);
  for (guint i = sets->len; i > 0 && self->set_rows->len < MAX_SET_ROWS; i--)
    {
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *title = sr_format_set_title (sets->pdata[i - 1]);
      g_autofree char *facts = sr_format_set_subtitle (sets->pdata[i - 1]);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), facts);
      adw_expander_row_add_row (self->sets_row, row);
      g_ptr_array_add (self->set_rows, row);
    }
  adw_expander_row_set_subtitle (self->sets_row, words);
}

static char *
aside_words (SrRestorePlan *plan,
             SrRestoreMode  mode)
{
  const char *folder = sr_restore_plan_get_aside_folder (plan);

  if (folder == NULL)
    return g_strdup (mode == SR_RESTORE_LATEST
                       ? _("The CA’s database is set aside by renaming; its logs are copied aside and stay. Where to is told when the host was asked.")
                       : _("The CA’s database and logs are set aside by renaming. Where to is told when the host was asked."));
  if (mode == SR_RESTORE_LATEST)
    /* Translators: %s is a folder on the CA's host */
    return g_strdup_printf (_("The CA’s database is set aside by renaming; its logs are copied aside and stay. On the host:\n%s"), folder);
  /* Translators: %s is a folder on the CA's host */
  return g_strdup_printf (_("The CA’s database and logs are set aside by renaming. On the host:\n%s"), folder);
}

static void
show_latest (SrRestoreWhatPage *self,
             SrRestore         *restore,
             SrRestorePlan     *plan)
{
  const char *why_not = NULL;
  gboolean checked = sr_restore_get_checked (restore);
  gboolean possible = !checked || sr_restore_plan_get_latest_possible (plan, &why_not);

  /* Why not is to be read, so the row is not greyed out. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->latest_check), possible);
  if (!checked)
    adw_action_row_set_subtitle (self->latest_row, _("Newest set, and the CA’s own logs behind it. Whether they continue it is being looked at…"));
  else if (possible)
    adw_action_row_set_subtitle (self->latest_row, _("Newest set, and the CA’s own logs behind it: they continue it, so nothing is lost."));
  else
    adw_action_row_set_subtitle (self->latest_row, why_not != NULL ? why_not : _("Whether the CA’s own logs continue the newest set could not be looked at: see the checks."));
}

static void
select_set (SrRestoreWhatPage *self,
            SrBackupSet       *set)
{
  GListModel *sets = adw_combo_row_get_model (self->set_row);

  for (guint i = 0; i < g_list_model_get_n_items (sets); i++)
    {
      g_autoptr (SrBackupSet) other = g_list_model_get_item (sets, i);

      if (sr_guid_equal (&sr_backup_set_get_manifest (set)->id, &sr_backup_set_get_manifest (other)->id))
        adw_combo_row_set_selected (self->set_row, i);
    }
}

static void
show_plan (SrRestoreWhatPage *self,
           SrRestore         *restore,
           SrRestorePlan     *plan)
{
  SrRestoreMode mode = sr_restore_plan_get_mode (plan);
  g_autofree char *aside = aside_words (plan, mode);

  show_latest (self, restore, plan);
  /* What the checks chose, as long as nobody else has. */
  if (self->automatic && sr_restore_get_checked (restore))
    {
      gtk_check_button_set_active (mode == SR_RESTORE_LATEST ? self->latest_check : self->point_check, TRUE);
      select_set (self, sr_restore_plan_get_point (plan));
    }
  show_sets (self, plan);
  gtk_widget_set_visible (self->before_row, sr_restore_plan_is_before_restore (plan));
  adw_action_row_set_subtitle (self->aside_row, aside);
  sr_since_group_show (self->since_group, mode, sr_restore_plan_get_point (plan), sr_restore_plan_get_loss (plan), FALSE);
}

void
sr_restore_what_page_show (SrRestoreWhatPage *self,
                           SrRestore         *restore)
{
  SrRestorePlan *plan = sr_restore_get_plan (restore);
  gboolean planned = plan != NULL;
  const GError *error = sr_restore_get_error (restore);

  /* While the checks go on, what was known before them stays. */
  if (sr_restore_get_busy (restore))
    return;
  self->showing = TRUE;
  if (planned)
    show_plan (self, restore, plan);
  else if (error != NULL)
    adw_action_row_set_subtitle (self->problem_row, error->message);
  self->showing = FALSE;
  gtk_widget_set_visible (self->problem_group, !planned && error != NULL);
  gtk_widget_set_visible (self->plan_group, planned);
  gtk_widget_set_visible (GTK_WIDGET (self->since_group), planned);
  gtk_widget_set_sensitive (self->next_button, planned);
}

static void
emit_changed (SrRestoreWhatPage *self)
{
  if (self->showing)
    return;
  self->automatic = FALSE;
  gtk_widget_set_sensitive (self->next_button, FALSE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_way_toggled (SrRestoreWhatPage *self)
{
  emit_changed (self);
}

static void
on_set_selected (SrRestoreWhatPage *self)
{
  if (gtk_check_button_get_active (self->point_check))
    emit_changed (self);
}

static void
on_next (SrRestoreWhatPage *self)
{
  g_signal_emit (self, signals[NEXT], 0);
}

void
sr_restore_what_page_get_request (SrRestoreWhatPage *self,
                                  SrRestoreRequest  *request)
{
  /* Of two buttons in a group that which goes off tells it first. */
  gboolean point = !gtk_check_button_get_active (self->latest_check);

  request->automatic = self->automatic;
  request->mode = point ? SR_RESTORE_POINT : SR_RESTORE_LATEST;
  request->set = point ? adw_combo_row_get_selected_item (self->set_row) : NULL;
}

void
sr_restore_what_page_set_sets (SrRestoreWhatPage *self,
                               const char        *name,
                               GListModel        *sets,
                               SrBackupSet       *chosen)
{
  g_autoptr (GtkExpression) title = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (set_words), NULL, NULL);

  self->showing = TRUE;
  adw_window_title_set_subtitle (self->window_title, name);
  adw_combo_row_set_expression (self->set_row, title);
  adw_combo_row_set_model (self->set_row, sets);
  if (chosen != NULL)
    select_set (self, chosen);
  self->automatic = chosen == NULL;
  gtk_check_button_set_active (chosen != NULL ? self->point_check : self->latest_check, TRUE);
  self->showing = FALSE;
}

static void
sr_restore_what_page_dispose (GObject *object)
{
  SrRestoreWhatPage *self = SR_RESTORE_WHAT_PAGE (object);

  g_clear_pointer (&self->set_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_WHAT_PAGE);
  G_OBJECT_CLASS (sr_restore_what_page_parent_class)->dispose (object);
}

static void
sr_restore_what_page_class_init (SrRestoreWhatPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_SINCE_GROUP);
  G_OBJECT_CLASS (klass)->dispose = sr_restore_what_page_dispose;
  signals[CHANGED] = g_signal_new ("changed", SR_TYPE_RESTORE_WHAT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEXT] = g_signal_new ("next", SR_TYPE_RESTORE_WHAT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-what-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, latest_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, latest_check);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, point_check);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, set_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, problem_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, problem_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, plan_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, sets_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, before_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, aside_row);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, since_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, next_button);
  gtk_widget_class_bind_template_callback (widget_class, on_way_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_set_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
sr_restore_what_page_init (SrRestoreWhatPage *self)
{
  self->set_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
