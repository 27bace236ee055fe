/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-checks-page.h"

#include "app/sr-step-row.h"

#include <glib/gi18n.h>

struct _SrRestoreChecksPage
{
  AdwNavigationPage parent_instance;

  SrRestore *restore;
  AdwWindowTitle *window_title;
  GtkWidget *again_button;
  GtkListBox *checks_list;
  GtkLabel *verdict_label;
  GtkWidget *next_button;
};

G_DEFINE_FINAL_TYPE (SrRestoreChecksPage, sr_restore_checks_page, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  AGAIN,
  NEXT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const SrStepLook looks[] = {
  [SR_RESTORE_CHECK_PENDING] = SR_STEP_WAITING,
  [SR_RESTORE_CHECK_RUNNING] = SR_STEP_RUNNING,
  [SR_RESTORE_CHECK_PASSED] = SR_STEP_GOOD,
  [SR_RESTORE_CHECK_WARNING] = SR_STEP_WARNING,
  [SR_RESTORE_CHECK_FAILED] = SR_STEP_FAILED,
};

static void
update_row (SrStepRow *row)
{
  SrRestoreCheckItem *item = g_object_get_data (G_OBJECT (row), "item");
  SrRestoreCheckState state = sr_restore_check_item_get_state (item);
  double fraction = sr_restore_check_item_get_fraction (item);
  const char *detail = sr_restore_check_item_get_detail (item);
  g_autofree char *running = NULL;

  if (state == SR_RESTORE_CHECK_RUNNING && fraction > 0)
    /* Translators: how much of something has been looked at, in percent */
    running = g_strdup_printf (_("%d %% looked at"), (int) (fraction * 100));
  sr_step_row_show (row, looks[state], sr_restore_check_state_words (state), running != NULL ? running : detail,
                    sr_restore_check_item_get_advice (item));
}

GtkWidget *
sr_restore_check_row_new (SrRestoreCheckItem *item)
{
  GtkWidget *row = sr_step_row_new (sr_restore_check_item_get_title (item));

  g_object_set_data_full (G_OBJECT (row), "item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (item, "notify", G_CALLBACK (update_row), row, G_CONNECT_SWAPPED);
  update_row (SR_STEP_ROW (row));
  return row;
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  return sr_restore_check_row_new (item);
}

static void
update (SrRestoreChecksPage *self)
{
  gboolean busy = sr_restore_get_busy (self->restore);
  gboolean ready = !busy && sr_restore_get_ready (self->restore);
  gboolean failed = !busy && sr_restore_get_checked (self->restore) && !ready;
  gboolean news = failed != gtk_widget_get_visible (GTK_WIDGET (self->verdict_label));

  gtk_widget_set_sensitive (self->again_button, !busy);
  gtk_widget_set_sensitive (self->next_button, ready);
  gtk_widget_set_visible (GTK_WIDGET (self->verdict_label), failed);
  if (failed && news)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), gtk_label_get_label (self->verdict_label),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

void
sr_restore_checks_page_set_restore (SrRestoreChecksPage *self,
                                    const char          *name,
                                    SrRestore           *restore)
{
  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_set_object (&self->restore, restore);
  adw_window_title_set_subtitle (self->window_title, name);
  gtk_list_box_bind_model (self->checks_list, sr_restore_get_checks (restore), create_row, NULL, NULL);
  g_signal_connect_swapped (restore, "notify", G_CALLBACK (update), self);
  update (self);
}

static void
on_again (SrRestoreChecksPage *self)
{
  g_signal_emit (self, signals[AGAIN], 0);
}

static void
on_next (SrRestoreChecksPage *self)
{
  g_signal_emit (self, signals[NEXT], 0);
}

static void
sr_restore_checks_page_dispose (GObject *object)
{
  SrRestoreChecksPage *self = SR_RESTORE_CHECKS_PAGE (object);

  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_clear_object (&self->restore);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_CHECKS_PAGE);
  G_OBJECT_CLASS (sr_restore_checks_page_parent_class)->dispose (object);
}

static void
sr_restore_checks_page_class_init (SrRestoreChecksPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sr_restore_checks_page_dispose;
  signals[AGAIN] = g_signal_new ("again", SR_TYPE_RESTORE_CHECKS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NEXT] = g_signal_new ("next", SR_TYPE_RESTORE_CHECKS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-checks-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, checks_list);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, verdict_label);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, next_button);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
sr_restore_checks_page_init (SrRestoreChecksPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (self->verdict_label, _("The restore cannot begin: a check has failed."));
}
