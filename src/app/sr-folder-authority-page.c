/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-folder-authority-page.h"

#include "app/sr-export-group.h"
#include "app/sr-format.h"
#include "app/sr-restore-checks-page.h"
#include "app/sr-restore-left-page.h"
#include "app/sr-restore-page.h"
#include "app/sr-window.h"

#include <glib/gi18n.h>

struct _SrFolderAuthorityPage
{
  AdwNavigationPage parent_instance;

  SrRepository *repository; /* (nullable) */
  SrAuthority *known;       /* (nullable): the CA, if it is saved here */
  GListStore *sets;
  SrRestoreLeft *left; /* (nullable) */
  char *config;
  SrRestore *restore;
  GCancellable *cancellable;
  AdwWindowTitle *window_title;
  AdwComboRow *set_row;
  GtkListBox *checks_list;
  GtkLabel *words_label;
  GtkWidget *restore_button;
  GtkWidget *left_button;
  GtkWidget *sheet_button;
  GtkWidget *export_button;
  SrExportGroup *export_group;
};

G_DEFINE_FINAL_TYPE (SrFolderAuthorityPage, sr_folder_authority_page, ADW_TYPE_NAVIGATION_PAGE)

/* Those that look at the sets alone. */
#define N_OFFLINE_CHECKS 2

static char *
set_words (gpointer object)
{
  return object != NULL ? sr_format_set_title (SR_BACKUP_SET (object)) : g_strdup ("");
}

static SrBackupSet *
chosen (SrFolderAuthorityPage *self)
{
  return adw_combo_row_get_selected_item (self->set_row);
}

/* Why it cannot be restored from here, or what can be done. */
static const char *
next_words (SrFolderAuthorityPage *self,
            gboolean               good)
{
  if (sr_restore_get_busy (self->restore))
    return "";
  if (!good)
    return sr_restore_get_error (self->restore) != NULL ? sr_restore_get_error (self->restore)->message : "";
  if (self->repository == NULL)
    return _("The sets are good. They do not lie in a backup folder, so a restore could not be noted: copy them into one, or restore with certutil from an exported chain.");
  if (self->known == NULL)
    return _("The sets are good. To restore from here, add this CA first; without that, the restore sheet tells how to restore with certutil from an exported chain.");
  if (!sr_authority_is_practice (self->known))
    return _("The sets are good. Strongroom does not reach the host of a CA of the network yet: restore with certutil from an exported chain, as the restore sheet tells.");
  return _("The sets are good. The wizard looks at the CA’s host next, and changes nothing before its last page.");
}

static gboolean
is_good (SrFolderAuthorityPage *self)
{
  return !sr_restore_get_busy (self->restore) && sr_restore_get_error (self->restore) == NULL && sr_restore_get_plan (self->restore) != NULL;
}

static void
update (SrFolderAuthorityPage *self)
{
  gboolean good = is_good (self);
  const char *words = next_words (self, good);

  gtk_label_set_label (self->words_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words_label), *words != '\0');
  gtk_widget_set_visible (self->restore_button, self->repository != NULL && self->known != NULL && sr_authority_is_practice (self->known));
  gtk_widget_set_sensitive (self->restore_button, good);
  gtk_widget_set_sensitive (self->export_button, good && !sr_export_group_get_busy (self->export_group));
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrFolderAuthorityPage) self = user_data;

  /* The rows say what was found. */
  sr_restore_run_checks_finish (SR_RESTORE (source), result, NULL);
  if (self->set_row != NULL && SR_RESTORE (source) == self->restore)
    update (self);
}

static void
show_checks (SrFolderAuthorityPage *self)
{
  GListModel *checks = sr_restore_get_checks (self->restore);

  gtk_list_box_remove_all (self->checks_list);
  for (guint i = 0; i < N_OFFLINE_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (checks, i);

      gtk_list_box_append (self->checks_list, sr_restore_check_row_new (item));
    }
}

static void
on_set_selected (SrFolderAuthorityPage *self)
{
  SrRestoreRequest request = {
    .repository = self->repository,
    .config = self->config,
    .set = chosen (self),
    .mode = SR_RESTORE_POINT,
  };

  if (self->config == NULL || request.set == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_clear_object (&self->restore);
  self->cancellable = g_cancellable_new ();
  self->restore = sr_restore_new (&request);
  show_checks (self);
  g_signal_connect_swapped (self->restore, "notify", G_CALLBACK (update), self);
  sr_restore_run_checks_async (self->restore, self->cancellable, on_checked, g_object_ref (self));
  update (self);
}

static void
push (SrFolderAuthorityPage *self,
      AdwNavigationPage     *page)
{
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW)), page);
}

static void
on_restore (SrFolderAuthorityPage *self)
{
  push (self, sr_restore_page_new (self->known, G_LIST_MODEL (self->sets), chosen (self), self->repository));
}

static void
on_left (SrFolderAuthorityPage *self)
{
  push (self, sr_restore_left_page_new (self->left, self->known));
}

static void
on_sheet (SrFolderAuthorityPage *self)
{
  g_autofree char *path = g_build_filename (sr_backup_set_get_path (chosen (self)), SR_SHEET_NAME, NULL);

  sr_window_launch (SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), path);
}

static void
on_export (SrFolderAuthorityPage *self)
{
  sr_export_group_start (self->export_group, chosen (self));
}

static void
sr_folder_authority_page_dispose (GObject *object)
{
  SrFolderAuthorityPage *self = SR_FOLDER_AUTHORITY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->restore != NULL)
    g_signal_handlers_disconnect_by_data (self->restore, self);
  g_clear_pointer (&self->config, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_FOLDER_AUTHORITY_PAGE);
  g_clear_object (&self->restore);
  g_clear_object (&self->repository);
  g_clear_object (&self->known);
  g_clear_object (&self->sets);
  g_clear_object (&self->left);
  G_OBJECT_CLASS (sr_folder_authority_page_parent_class)->dispose (object);
}

static void
sr_folder_authority_page_class_init (SrFolderAuthorityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_EXPORT_GROUP);
  G_OBJECT_CLASS (klass)->dispose = sr_folder_authority_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/folder-authority-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, set_row);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, checks_list);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, words_label);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, restore_button);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, left_button);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, sheet_button);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, export_button);
  gtk_widget_class_bind_template_child (widget_class, SrFolderAuthorityPage, export_group);
  gtk_widget_class_bind_template_callback (widget_class, on_set_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_bind_template_callback (widget_class, on_sheet);
  gtk_widget_class_bind_template_callback (widget_class, on_export);
}

static void
on_export_busy (SrFolderAuthorityPage *self)
{
  if (self->restore != NULL && self->set_row != NULL)
    update (self);
}

static void
sr_folder_authority_page_init (SrFolderAuthorityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->export_group, "notify::busy", G_CALLBACK (on_export_busy), self, G_CONNECT_SWAPPED);
}

AdwNavigationPage *
sr_folder_authority_page_new (const SrFolderLook      *look,
                              const SrFolderAuthority *authority)
{
  SrFolderAuthorityPage *self = g_object_new (SR_TYPE_FOLDER_AUTHORITY_PAGE, NULL);
  g_autoptr (GtkExpression) title = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (set_words), NULL, NULL);
  const char *name = authority->display_name != NULL ? authority->display_name : authority->config;
  guint newest = 0;

  g_set_object (&self->repository, look->repository);
  self->known = sr_authority_list_find_config (sr_application_get_authorities (sr_application_get_default ()), authority->config);
  self->sets = g_list_store_new (SR_TYPE_BACKUP_SET);
  for (guint i = 0; i < authority->sets->len; i++)
    {
      g_list_store_append (self->sets, authority->sets->pdata[i]);
      if (authority->sets->pdata[i] == authority->newest)
        newest = i;
    }
  if (authority->restores->len > 0)
    self->left = g_object_ref (authority->restores->pdata[0]);
  gtk_widget_set_visible (self->left_button, self->left != NULL);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), name);
  adw_window_title_set_title (self->window_title, name);
  adw_window_title_set_subtitle (self->window_title, authority->config);
  adw_combo_row_set_expression (self->set_row, title);
  adw_combo_row_set_model (self->set_row, G_LIST_MODEL (self->sets));
  adw_combo_row_set_selected (self->set_row, newest);
  self->config = g_strdup (authority->config);
  on_set_selected (self);
  return ADW_NAVIGATION_PAGE (self);
}
