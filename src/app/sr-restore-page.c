/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-page.h"

#include "app/sr-restore-checks-page.h"
#include "app/sr-restore-end-page.h"
#include "app/sr-restore-progress-page.h"
#include "app/sr-restore-review-page.h"
#include "app/sr-restore-what-page.h"
#include "app/sr-window.h"
#include "worker/sr-backup-folder.h"

#include <glib/gi18n.h>

struct _SrRestorePage
{
  AdwNavigationPage parent_instance;

  SrAuthority *authority;
  SrRepository *repository;
  SrRestore *restore;
  GCancellable *cancellable; /* of the checks that go on */
  SrJob *job;
  gboolean loss_known;
  SrRestoreLoss loss;
  AdwNavigationView *view;
  SrRestoreWhatPage *what_page;
  SrRestoreChecksPage *checks_page;
  SrRestoreReviewPage *review_page;
  SrRestoreProgressPage *progress_page;
  SrRestoreEndPage *end_page;
};

G_DEFINE_FINAL_TYPE (SrRestorePage, sr_restore_page, ADW_TYPE_NAVIGATION_PAGE)

static const char *
name_of (SrRestorePage *self)
{
  if (self->authority != NULL)
    return sr_authority_get_name (self->authority);
  return self->job != NULL ? sr_job_get_config (self->job) : NULL;
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrRestorePage) self = user_data;

  /* The rows say what was found. */
  sr_restore_run_checks_finish (SR_RESTORE (source), result, NULL);
  if (self->view != NULL && self->restore == SR_RESTORE (source) && self->job == NULL)
    sr_restore_what_page_show (self->what_page, self->restore);
}

static void
check (SrRestorePage *self)
{
  sr_restore_run_checks_async (self->restore, self->cancellable, on_checked, g_object_ref (self));
}

static void
on_planned (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrRestorePage) self = user_data;
  gboolean planned = sr_restore_make_plan_finish (SR_RESTORE (source), result, NULL);

  if (self->view == NULL || self->restore != SR_RESTORE (source))
    return;
  sr_restore_what_page_show (self->what_page, self->restore);
  /* They change nothing, and what is possible depends on them. */
  if (planned)
    check (self);
}

/* What is on the page now: looked at from the beginning. */
static void
look (SrRestorePage *self)
{
  SrKeyring *keyring = sr_application_get_keyring (sr_application_get_default ());
  g_autoptr (SrSecret) password = sr_keyring_peek (keyring, self->authority);
  SrRestoreRequest request = {
    .authority = self->authority,
    .password = password,
    .repository = self->repository,
    .config = sr_authority_get_config (self->authority),
  };

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->restore);
  self->cancellable = g_cancellable_new ();
  sr_restore_what_page_get_request (self->what_page, &request);
  self->restore = sr_restore_new (&request);
  sr_restore_checks_page_set_restore (self->checks_page, name_of (self), self->restore);
  sr_restore_make_plan_async (self->restore, self->cancellable, on_planned, g_object_ref (self));
}

static void
on_changed (SrRestorePage *self)
{
  if (self->repository != NULL)
    look (self);
}

static void
on_what_next (SrRestorePage *self)
{
  adw_navigation_view_push (self->view, ADW_NAVIGATION_PAGE (self->checks_page));
}

static void
on_check_again (SrRestorePage *self)
{
  if (self->restore != NULL && !sr_restore_get_busy (self->restore))
    check (self);
}

static void
on_checks_next (SrRestorePage *self)
{
  if (!sr_restore_get_ready (self->restore) || sr_restore_get_plan (self->restore) == NULL)
    return;
  sr_restore_review_page_set_restore (self->review_page, self->restore);
  adw_navigation_view_push (self->view, ADW_NAVIGATION_PAGE (self->review_page));
}

static void
show_end (SrRestorePage *self)
{
  const char *tags[] = { "end" };

  sr_restore_end_page_set_job (self->end_page, name_of (self), self->job, self->loss_known ? &self->loss : NULL);
  adw_navigation_view_replace_with_tags (self->view, tags, G_N_ELEMENTS (tags));
}

/* There is no way back to the pages before it. */
static void
show_job (SrRestorePage *self,
          SrJob         *job)
{
  const char *tags[] = { "progress" };

  g_set_object (&self->job, job);
  if (self->authority == NULL)
    g_set_object (&self->authority, sr_job_get_authority (job));
  if (sr_job_state_is_final (sr_job_get_state (job)))
    {
      show_end (self);
      return;
    }
  adw_navigation_view_replace_with_tags (self->view, tags, G_N_ELEMENTS (tags));
  sr_restore_progress_page_set_job (self->progress_page, name_of (self), job);
}

static void
on_restore (SrRestorePage *self)
{
  g_autoptr (SrJob) job = NULL;

  if (self->job != NULL || !sr_restore_get_ready (self->restore) || sr_restore_get_plan (self->restore) == NULL)
    return;
  self->loss = *sr_restore_plan_get_loss (sr_restore_get_plan (self->restore));
  self->loss_known = TRUE;
  job = sr_job_new_restore (self->restore, sr_restore_review_page_get_name (self->review_page));
  sr_application_run_job (sr_application_get_default (), job);
  show_job (self, job);
}

static void
on_job (SrRestorePage *self,
        SrJob         *job)
{
  sr_application_run_job (sr_application_get_default (), job);
  show_job (self, job);
}

static void
on_ended (SrRestorePage *self)
{
  show_end (self);
}

static void
close_page (SrRestorePage *self)
{
  gtk_widget_activate_action (gtk_widget_get_parent (GTK_WIDGET (self)), "navigation.pop", NULL);
}

static void
on_close (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  SrRestorePage *self = SR_RESTORE_PAGE (widget);

  /* Its card has nothing to say that was not read here. */
  if (self->job != NULL && sr_job_state_is_final (sr_job_get_state (self->job)))
    sr_worker_forget (sr_application_get_worker (sr_application_get_default ()), self->job);
  close_page (self);
}

static void
on_back_up (SrRestorePage *self)
{
  SrWindow *window = SR_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));

  if (self->authority != NULL)
    sr_window_select (window, self->authority);
  sr_worker_forget (sr_application_get_worker (sr_application_get_default ()), self->job);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.back-up-full", NULL);
  close_page (self);
}

/* All is looked at anew: the CA may not be what it was. */
static void
on_again (SrRestorePage *self)
{
  const char *tags[] = { "what" };

  if (self->restore == NULL)
    {
      close_page (self);
      return;
    }
  sr_worker_forget (sr_application_get_worker (sr_application_get_default ()), self->job);
  g_clear_object (&self->job);
  adw_navigation_view_replace_with_tags (self->view, tags, G_N_ELEMENTS (tags));
  look (self);
}

/* The folder may lie on a network share that hangs. */
static void
open_folder (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  SrRepository *repository = sr_backup_folder_open (FALSE, NULL, &error);

  if (repository != NULL)
    g_task_return_pointer (task, repository, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_folder_open (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  SrRestorePage *self = SR_RESTORE_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = g_task_propagate_pointer (G_TASK (result), &error);
  GtkRoot *root = self->view != NULL ? gtk_widget_get_root (GTK_WIDGET (self)) : NULL;

  if (self->view == NULL)
    return;
  if (repository == NULL)
    {
      sr_window_tell_folder_error (SR_IS_WINDOW (root) ? SR_WINDOW (root) : NULL, error);
      return;
    }
  g_set_object (&self->repository, repository);
  look (self);
}

/* A key that was meant for something else must not take away what was chosen. */
static void
pop_on_escape (SrRestorePage *self,
               gboolean       pop)
{
  GtkWidget *outer = gtk_widget_get_ancestor (gtk_widget_get_parent (GTK_WIDGET (self)), ADW_TYPE_NAVIGATION_VIEW);

  if (outer != NULL)
    adw_navigation_view_set_pop_on_escape (ADW_NAVIGATION_VIEW (outer), pop);
}

static void
sr_restore_page_shown (AdwNavigationPage *page)
{
  pop_on_escape (SR_RESTORE_PAGE (page), FALSE);
}

static void
sr_restore_page_hiding (AdwNavigationPage *page)
{
  pop_on_escape (SR_RESTORE_PAGE (page), TRUE);
}

static void
sr_restore_page_dispose (GObject *object)
{
  SrRestorePage *self = SR_RESTORE_PAGE (object);

  /* Checks that nobody sees any more. A job goes on. */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->authority);
  g_clear_object (&self->repository);
  g_clear_object (&self->restore);
  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (object), SR_TYPE_RESTORE_PAGE);
  G_OBJECT_CLASS (sr_restore_page_parent_class)->dispose (object);
}

static void
sr_restore_page_class_init (SrRestorePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SR_TYPE_RESTORE_WHAT_PAGE);
  g_type_ensure (SR_TYPE_RESTORE_CHECKS_PAGE);
  g_type_ensure (SR_TYPE_RESTORE_REVIEW_PAGE);
  g_type_ensure (SR_TYPE_RESTORE_PROGRESS_PAGE);
  g_type_ensure (SR_TYPE_RESTORE_END_PAGE);
  G_OBJECT_CLASS (klass)->dispose = sr_restore_page_dispose;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = sr_restore_page_shown;
  ADW_NAVIGATION_PAGE_CLASS (klass)->hiding = sr_restore_page_hiding;
  gtk_widget_class_install_action (widget_class, "restore.close", NULL, on_close);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/strongroom/Strongroom/ui/restore-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, view);
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, what_page);
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, checks_page);
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, review_page);
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, progress_page);
  gtk_widget_class_bind_template_child (widget_class, SrRestorePage, end_page);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_what_next);
  gtk_widget_class_bind_template_callback (widget_class, on_check_again);
  gtk_widget_class_bind_template_callback (widget_class, on_checks_next);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_ended);
  gtk_widget_class_bind_template_callback (widget_class, on_back_up);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_job);
}

static void
sr_restore_page_init (SrRestorePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwNavigationPage *
sr_restore_page_new (SrAuthority  *authority,
                     GListModel   *sets,
                     SrBackupSet  *chosen,
                     SrRepository *repository)
{
  SrRestorePage *self = g_object_new (SR_TYPE_RESTORE_PAGE, NULL);
  g_autoptr (GTask) task = NULL;

  self->authority = g_object_ref (authority);
  sr_restore_what_page_set_sets (self->what_page, name_of (self), sets, chosen);
  if (repository != NULL)
    {
      self->repository = g_object_ref (repository);
      look (self);
      return ADW_NAVIGATION_PAGE (self);
    }
  task = g_task_new (self, NULL, on_folder_open, NULL);
  g_task_run_in_thread (task, open_folder);
  return ADW_NAVIGATION_PAGE (self);
}

AdwNavigationPage *
sr_restore_page_new_for_job (SrJob *job)
{
  SrRestorePage *self = g_object_new (SR_TYPE_RESTORE_PAGE, NULL);

  show_job (self, job);
  return ADW_NAVIGATION_PAGE (self);
}
