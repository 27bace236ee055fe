/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-authority-page.h"

#include "app/sr-condition.h"
#include "app/sr-export-group.h"
#include "app/sr-format.h"
#include "app/sr-growing-list.h"
#include "app/sr-history-list.h"
#include "app/sr-job-card.h"
#include "app/sr-practice-panel.h"
#include "app/sr-restore-card.h"
#include "app/sr-set-page.h"
#include "app/sr-sets-page.h"
#include "app/sr-window.h"

#include <glib/gi18n.h>

struct _SrAuthorityPage
{
  AdwNavigationPage parent_instance;

  SrWatch *watch;
  SrReach reach;
  AdwWindowTitle *window_title;
  AdwBanner *banner;
  AdwActionRow *last_full_row;
  AdwActionRow *last_logs_row;
  AdwActionRow *server_row;
  AdwActionRow *next_row;
  GtkWidget *explain_button;
  AdwActionRow *kept_row;
  AdwActionRow *verified_row;
  GtkImage *verified_icon;
  AdwActionRow *folder_row;
  AdwActionRow *reach_row;
  GtkWidget *sign_in_button;
  GtkStack *action_stack;
  AdwSplitButton *back_up_button;
  GtkLabel *no_logs_label;
  GtkWidget *restore_button;
  GtkWidget *export_button;
  SrExportGroup *export_group;
  SrJobCard *job_card;
  SrRestoreCard *restore_card;
  SrPracticePanel *practice_panel;
  GtkListBox *sets_list;
  GtkButton *all_sets_button;
  GtkLabel *no_sets_title;
  GtkLabel *no_sets_words;
};

/* Rows take their time to make, and stay in memory: of more sets there is a page of its own. */
#define SETS_SHOWN 10
#define ROWS_A_TURN 2

G_DEFINE_FINAL_TYPE (SrAuthorityPage, sr_authority_page, ADW_TYPE_NAVIGATION_PAGE)

static void
update_condition (SrAuthorityPage *self)
{
  g_auto (SrConditionWords) words = { 0 };
  SrJob *job = sr_watch_get_job (self->watch);
  gboolean revealed;

  sr_condition_describe (self->watch, &words);
  /* What a running backup is about to mend is not asked for. */
  revealed = words.banner != NULL
             && !(g_str_has_prefix (words.action, "win.back-up") && job != NULL && !sr_job_state_is_final (sr_job_get_state (job)));
  if (revealed)
    {
      adw_banner_set_use_markup (self->banner, FALSE);
      adw_banner_set_title (self->banner, words.banner);
      adw_banner_set_button_label (self->banner, words.button);
    }
  adw_banner_set_revealed (self->banner, revealed);
  gtk_label_set_label (self->no_sets_title, words.empty_title);
  gtk_label_set_label (self->no_sets_words, words.empty_words);
}

static void
on_banner_clicked (SrAuthorityPage *self)
{
  g_auto (SrConditionWords) words = { 0 };

  sr_condition_describe (self->watch, &words);
  if (words.action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), words.action, NULL);
}

static char *
taken_words (SrBackupSet *set)
{
  gint64 finished = sr_backup_set_get_manifest (set)->finished;
  g_autofree char *ago = sr_format_ago (finished);
  g_autofree char *time = sr_format_time (finished);

  /* Translators: date and time, then how long ago that is, such as "3 hours ago" */
  return g_strdup_printf (_("%s (%s)"), time, ago);
}

static char *
last_full_words (SrWatch *watch)
{
  SrBackupSet *newest = sr_watch_get_newest_full (watch);

  if (newest == NULL)
    return g_strdup (sr_watch_get_sets_known (watch) ? _("Never") : _("Not known"));
  return taken_words (newest);
}

/* Only those that continue the last full one help. */
static char *
last_logs_words (SrWatch *watch)
{
  SrBackupSet *newest = sr_watch_get_newest (watch);

  if (newest == NULL || sr_backup_set_get_manifest (newest)->kind == SR_SET_FULL)
    return g_strdup (_("None since the last full backup"));
  return taken_words (newest);
}

/* What the CA itself says, against our newest set. */
static char *
server_words (SrWatch *watch)
{
  gint64 theirs = sr_watch_get_server_last_full (watch);
  SrBackupSet *newest = sr_watch_get_newest_full (watch);
  g_autofree char *time = NULL;

  if (sr_watch_get_reach (watch) != SR_REACH_ONLINE && theirs == 0)
    return g_strdup (_("Not known: the CA could not be asked"));
  if (!sr_watch_get_server_last_full_told (watch))
    return g_strdup (_("Not known"));
  if (theirs == 0)
    return g_strdup (_("No full backup that truncated its logs"));
  time = sr_format_time (theirs);
  if (newest == NULL || !sr_watch_get_sets_known (watch))
    /* Translators: %s is date and time */
    return g_strdup_printf (_("Last full backup on %s"), time);
  if (sr_watch_compare_last_full (watch) > 0)
    /* Translators: %s is date and time */
    return g_strdup_printf (_("Last full backup on %s, by another program: it is not among the sets here"), time);
  if (sr_watch_compare_last_full (watch) < 0)
    /* Translators: %s is date and time */
    return g_strdup_printf (_("Last full backup on %s: the newest set here is later, and kept the CA’s logs"), time);
  /* Translators: %s is date and time */
  return g_strdup_printf (_("Last full backup on %s, which is in the newest set"), time);
}

/* By whose clock that is, and what else it says. */
static char *
server_tip (SrWatch *watch)
{
  gint64 logs = sr_watch_get_server_last_incremental (watch);
  g_autofree char *time = logs != 0 ? sr_format_time (logs) : NULL;

  if (sr_watch_get_server_last_full (watch) == 0)
    return NULL;
  if (time == NULL)
    return g_strdup (_("By the CA’s own clock"));
  /* Translators: %s is date and time */
  return g_strdup_printf (_("By the CA’s own clock. It made its last log-only backup on %s."), time);
}

static char *
verified_words (const SrVerification *found)
{
  g_autofree char *time = found != NULL ? sr_format_time (found->at) : NULL;

  if (found == NULL)
    return g_strdup (_("Not verified yet"));
  switch (found->finding)
    {
    case SR_FINDING_DAMAGED:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Damaged, as was found on %s: open it and verify it to see which file"), time);
    case SR_FINDING_UNREADABLE:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Not all of it could be read on %s: open it and verify it again"), time);
    case SR_FINDING_UNEXPECTED:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Verified on %s: it is whole, and something else lies in its folder"), time);
    case SR_FINDING_GOOD:
    default:
      /* Translators: %s is date and time */
      return g_strdup_printf (_("Verified on %s"), time);
    }
}

static void
update_verified (SrAuthorityPage *self)
{
  const SrVerification *found = sr_watch_get_verification (self->watch);
  const char *style = NULL;
  const char *icon = found != NULL ? sr_format_finding_icon (found->finding, &style) : NULL;
  const char *classes[] = { style, NULL };
  g_autofree char *words = verified_words (found);

  gtk_widget_set_visible (GTK_WIDGET (self->verified_row), sr_watch_get_newest_full (self->watch) != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->verified_icon), found != NULL);
  gtk_image_set_from_icon_name (self->verified_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->verified_icon), classes);
  adw_action_row_set_subtitle (self->verified_row, words);
}

static char *
kept_words (SrWatch *watch)
{
  guint n = g_list_model_get_n_items (sr_watch_get_sets (watch));
  guint broken = sr_watch_get_n_unreadable (watch);
  g_autofree char *size = g_format_size (sr_watch_get_total_size (watch));
  g_autofree char *unreadable = NULL;

  if (broken > 0)
    unreadable = g_strdup_printf (ngettext ("%u folder cannot be read as a set", "%u folders cannot be read as sets", broken), broken);
  if (!sr_watch_get_sets_known (watch))
    return g_strdup (_("Not known"));
  if (n == 0)
    return unreadable != NULL ? g_steal_pointer (&unreadable) : g_strdup (C_("backup sets", "None"));
  if (unreadable != NULL)
    /* Translators: how many, their size, and a part such as “2 folders cannot be read as sets” */
    return g_strdup_printf (ngettext ("%u set, %s; %s", "%u sets, %s; %s", n), n, size, unreadable);
  /* Translators: how many, and their size */
  return g_strdup_printf (ngettext ("%u set, %s", "%u sets, %s", n), n, size);
}

static char *
reach_words (SrWatch *watch)
{
  const GError *error = sr_watch_get_reach_error (watch);
  gint64 flags = sr_watch_get_interface_flags (watch);
  g_autofree char *since = NULL;
  g_autofree char *why = NULL;

  switch (sr_watch_get_reach (watch))
    {
    case SR_REACH_UNKNOWN:
      return g_strdup (_("Asking…"));
    case SR_REACH_NEEDS_PASSWORD:
      return g_strdup (_("Password needed to ask the CA"));
    case SR_REACH_ONLINE:
      if (flags >= 0 && (flags & SR_AUTHORITY_INTERFACE_NO_REMOTE_BACKUP) != 0)
        return g_strdup (_("Reachable, remote backup disabled"));
      if (sr_watch_get_db_flags (watch) >= 0 && (sr_watch_get_db_flags (watch) & SR_DBFLAGS_CIRCULAR_LOGGING) != 0)
        return g_strdup (_("Reachable, with circular logging: log-only backups are not possible"));
      since = sr_format_since (sr_watch_get_reach_since (watch));
      /* Translators: %s is a time, such as "09:12", or a day, such as "5 May" */
      return sr_watch_get_was_away (watch) ? g_strdup_printf (_("Reachable again since %s"), since) : g_strdup (_("Reachable"));
    default:
      since = sr_format_since (sr_watch_get_reach_since (watch));
      if (error == NULL)
        return g_strdup (_("Not reachable"));
      if (sr_watch_get_reach (watch) != SR_REACH_OFFLINE)
        return g_strdup (error->message);
      why = sr_format_sentence (error->message);
      /* Translators: %s is a time, such as "09:12", or a day, such as "5 May"; then why, a whole sentence */
      return g_strdup_printf (_("Offline since %s. %s"), since, why);
    }
}

static gboolean
wants_sign_in (SrWatch *watch)
{
  SrReach reach = sr_watch_get_reach (watch);

  return (reach == SR_REACH_NEEDS_PASSWORD || reach == SR_REACH_REFUSED) && !sr_authority_is_practice (sr_watch_get_authority (watch));
}

/* What the rules choose, and the reason. */
static void
update_next (SrAuthorityPage *self)
{
  g_auto (SrBackupChoice) choice = { 0 };
  const char *face = _("_Back Up");
  gboolean known = sr_watch_choose (self->watch, &choice);
  g_autofree char *words = NULL;

  if (!known)
    words = g_strdup (_("Not known"));
  else if (choice.kind == SR_SET_FULL)
    {
      face = _("_Back Up in Full");
      /* Translators: %s is why, a whole sentence */
      words = g_strdup_printf (_("Full. %s"), sr_backup_rule_words (choice.rule));
    }
  else
    {
      face = _("_Back Up Logs Only");
      /* Translators: %s is what it will hold, a whole sentence */
      words = g_strdup_printf (_("Logs only. %s"), sr_backup_rule_words (choice.rule));
    }
  adw_action_row_set_subtitle (self->next_row, words);
  adw_split_button_set_label (self->back_up_button, face);
  gtk_widget_set_visible (GTK_WIDGET (self->no_logs_label), known && !choice.logs_allowed);
  gtk_label_set_label (self->no_logs_label, sr_backup_rule_words (choice.rule));
  /* What there is to know of the first backup the banner says. */
  gtk_widget_set_visible (self->explain_button, known && sr_backup_rule_advice (choice.rule) != NULL
                                                  && sr_watch_get_newest_full (self->watch) != NULL);
}

static void
update_protection (SrAuthorityPage *self)
{
  g_autofree char *full = last_full_words (self->watch);
  g_autofree char *logs = last_logs_words (self->watch);
  g_autofree char *server = server_words (self->watch);
  g_autofree char *tip = server_tip (self->watch);
  g_autofree char *kept = kept_words (self->watch);
  g_autofree char *reach = reach_words (self->watch);
  const GError *why = sr_watch_get_folder_error (self->watch);

  gtk_widget_set_visible (GTK_WIDGET (self->folder_row), why != NULL);
  adw_action_row_set_subtitle (self->folder_row, why != NULL ? why->message : "");
  adw_action_row_set_subtitle (self->last_full_row, full);
  gtk_widget_set_visible (GTK_WIDGET (self->last_logs_row), sr_watch_get_newest_full (self->watch) != NULL);
  adw_action_row_set_subtitle (self->last_logs_row, logs);
  adw_action_row_set_subtitle (self->server_row, server);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->server_row), tip);
  adw_action_row_set_subtitle (self->kept_row, kept);
  adw_action_row_set_subtitle (self->reach_row, reach);
  update_next (self);
  update_verified (self);
  gtk_widget_set_visible (self->sign_in_button, wants_sign_in (self->watch));
}

/* Where the host of a CA cannot be reached, the chain is exported for certutil there. */
static void
update_restore (SrAuthorityPage *self)
{
  gboolean practice = sr_authority_is_practice (sr_watch_get_authority (self->watch));
  gboolean any = sr_watch_get_newest (self->watch) != NULL;

  gtk_widget_set_visible (self->restore_button, practice && any);
  gtk_widget_set_visible (self->export_button, !practice && any);
  gtk_widget_set_sensitive (self->export_button, !sr_export_group_get_busy (self->export_group));
}

static void
on_export (SrAuthorityPage *self)
{
  SrBackupSet *newest = sr_watch_get_newest (self->watch);

  if (newest != NULL)
    sr_export_group_start (self->export_group, newest);
}

static void
on_export_busy (SrAuthorityPage *self)
{
  if (self->watch != NULL && self->export_button != NULL)
    update_restore (self);
}

static void
update (SrAuthorityPage *self)
{
  SrJob *job = sr_watch_get_job (self->watch);
  SrJob *restore = sr_watch_get_restore_job (self->watch);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  SrReach reach = sr_watch_get_reach (self->watch);

  update_condition (self);
  update_protection (self);
  if (reach != self->reach && sr_authority_is_practice (sr_watch_get_authority (self->watch)))
    sr_practice_panel_refresh (self->practice_panel);
  self->reach = reach;
  sr_job_card_set_job (self->job_card, job);
  sr_restore_card_set_job (self->restore_card, restore);
  /* A backup behind a restore is news; a restore that runs is more. */
  if (restore != NULL && (job == NULL || sr_job_state_is_final (sr_job_get_state (job))))
    gtk_stack_set_visible_child_name (self->action_stack, "restore");
  else
    gtk_stack_set_visible_child_name (self->action_stack, job != NULL ? "job" : "buttons");
  update_restore (self);
  if (SR_IS_WINDOW (root))
    sr_window_update_actions (SR_WINDOW (root));
}

static GtkWidget *
create_set_row (gpointer item,
                gpointer user_data)
{
  SrBackupSet *set = sr_history_item_get_set (item);
  const char *problem = sr_history_item_get_problem (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = sr_history_item_dup_title (item);
  g_autofree char *facts = sr_format_set_subtitle (set);
  g_autofree char *subtitle = problem != NULL ? g_strdup_printf ("%s\n%s", facts, problem) : g_strdup (facts);
  GtkWidget *arrow = g_object_new (GTK_TYPE_IMAGE,
                                   "icon-name", "go-next-symbolic",
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "item", g_object_ref (item), g_object_unref);
  return row;
}

/* GTK puts it behind all rows, and that is where a screen reader would come upon it. */
static void
on_heading_map (GtkWidget *heading,
                GtkWidget *row)
{
  gtk_widget_insert_before (heading, gtk_widget_get_parent (heading), row);
}

/* The first row of a lineage has its heading above, where there are several. */
static void
update_set_header (GtkListBoxRow *row,
                   GtkListBoxRow *before,
                   gpointer       user_data)
{
  SrHistorySection *section = sr_history_item_get_section (g_object_get_data (G_OBJECT (row), "item"));
  SrHistorySection *above = before != NULL ? sr_history_item_get_section (g_object_get_data (G_OBJECT (before), "item")) : NULL;
  const char *title = sr_history_section_get_title (section);
  GtkWidget *heading = NULL;

  if (title != NULL && (above == NULL || !sr_history_section_equal (section, above)))
    {
      heading = g_object_new (GTK_TYPE_LABEL,
                              "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING,
                              "label", title,
                              "tooltip-text", sr_history_section_get_words (section),
                              "xalign", 0.0,
                              "wrap", TRUE,
                              "css-classes", (const char *[]) { "caption-heading", "sr-section", NULL },
                              NULL);
      g_signal_connect_object (heading, "map", G_CALLBACK (on_heading_map), row, G_CONNECT_DEFAULT);
    }
  gtk_list_box_row_set_header (row, heading);
}

static void
on_set_activated (SrAuthorityPage *self,
                  GtkListBoxRow   *row)
{
  SrHistoryItem *item = g_object_get_data (G_OBJECT (row), "item");

  sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_set_page_new (sr_history_item_get_set (item)));
}

static void
on_all_sets (SrAuthorityPage *self)
{
  sr_window_push (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), sr_sets_page_new (self->watch));
}

static void
on_sets_changed (SrAuthorityPage *self)
{
  guint n = g_list_model_get_n_items (sr_watch_get_sets (self->watch));
  g_autofree char *label = g_strdup_printf (ngettext ("Show All %u _Set", "Show All %u _Sets", n), n);

  gtk_button_set_label (self->all_sets_button, n > SETS_SHOWN ? label : _("Show Chains and _Timeline"));
  gtk_widget_set_visible (GTK_WIDGET (self->all_sets_button), n > 0);
}

static void
sr_authority_page_dispose (GObject *object)
{
  SrAuthorityPage *self = SR_AUTHORITY_PAGE (object);

  if (self->watch != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->watch, self);
      g_signal_handlers_disconnect_by_data (sr_watch_get_sets (self->watch), self);
    }
  g_clear_object (&self->watch);
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_AUTHORITY_PAGE);
  G_OBJECT_CLASS (sr_authority_page_parent_class)->dispose (object);
}

static void
sr_authority_page_class_init (SrAuthorityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_EXPORT_GROUP);
  g_type_ensure (SR_TYPE_JOB_CARD);
  g_type_ensure (SR_TYPE_PRACTICE_PANEL);
  g_type_ensure (SR_TYPE_RESTORE_CARD);
  G_OBJECT_CLASS (klass)->dispose = sr_authority_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/authority-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, banner);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, last_full_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, last_logs_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, server_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, next_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, explain_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, kept_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, verified_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, verified_icon);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, reach_row);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, action_stack);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, back_up_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, no_logs_label);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, restore_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, export_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, export_group);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, job_card);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, restore_card);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, practice_panel);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, sets_list);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, all_sets_button);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, no_sets_title);
  gtk_widget_class_bind_template_child (widget_class, SrAuthorityPage, no_sets_words);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
  gtk_widget_class_bind_template_callback (widget_class, on_set_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_all_sets);
}

static void
sr_authority_page_init (SrAuthorityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->export_group, "notify::busy", G_CALLBACK (on_export_busy), self, G_CONNECT_SWAPPED);
  gtk_popover_menu_add_child (GTK_POPOVER_MENU (adw_split_button_get_popover (self->back_up_button)),
                              GTK_WIDGET (self->no_logs_label), "no-logs");
}

AdwNavigationPage *
sr_authority_page_new (SrWatch *watch)
{
  SrAuthorityPage *self = g_object_new (SR_TYPE_AUTHORITY_PAGE, NULL);
  SrAuthority *authority = sr_watch_get_authority (watch);
  g_autoptr (GListModel) newest = G_LIST_MODEL (sr_history_list_new (watch, SR_HISTORY_NEWEST_FIRST, SETS_SHOWN));
  g_autoptr (GListModel) shown = sr_growing_list_new (newest, ROWS_A_TURN, SETS_SHOWN);

  self->watch = g_object_ref (watch);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), sr_authority_get_name (authority));
  adw_window_title_set_title (self->window_title, sr_authority_get_name (authority));
  adw_window_title_set_subtitle (self->window_title,
                                 sr_authority_is_practice (authority) ? _("Local practice CA")
                                                                      : sr_authority_get_host (authority));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->window_title), sr_authority_get_config (authority));
  gtk_widget_set_visible (GTK_WIDGET (self->practice_panel), sr_authority_is_practice (authority));
  if (sr_authority_is_practice (authority))
    sr_practice_panel_set_authority (self->practice_panel, authority);
  gtk_list_box_set_header_func (self->sets_list, update_set_header, NULL, NULL);
  gtk_list_box_bind_model (self->sets_list, shown, create_set_row, self, NULL);
  g_signal_connect_swapped (sr_watch_get_sets (watch), "items-changed", G_CALLBACK (on_sets_changed), self);
  on_sets_changed (self);
  g_signal_connect_swapped (watch, "changed", G_CALLBACK (update), self);
  update (self);
  return ADW_NAVIGATION_PAGE (self);
}
