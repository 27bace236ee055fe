/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../session/restore-world.h"

#include "base/sr-error.h"
#include "worker/sr-backup-folder.h"
#include "worker/sr-folder-look.h"
#include "worker/sr-job-private.h"
#include "worker/sr-watch-private.h"
#include "worker/sr-worker.h"

#include <unistd.h>

/* Restores as window and terminal drive them, over a host in a folder; sets
 * and live logs are a practice CA's. What a restore does is the session's
 * tests'; here it is what objects show of it, when and on which thread. */

/* The linker leads the way to the host through here. */
SrCaHost *__wrap_sr_restore_reach_host (SrAuthority   *authority,
                                        SrSecret      *password,
                                        SrDcomTarget **target,
                                        GError       **error);

/* And the monitor's questions to the CA, which would start its service. */
SrServerLook *__wrap_sr_server_look_new (SrAuthority  *authority,
                                         SrSecret     *password,
                                         GCancellable *cancellable);

static guint n_asked; /* atomic */

SrServerLook *
__wrap_sr_server_look_new (SrAuthority  *authority,
                           SrSecret     *password,
                           GCancellable *cancellable)
{
  SrServerLook *look = g_new0 (SrServerLook, 1);

  g_atomic_int_inc (&n_asked);
  look->interface_flags = look->db_flags = -1;
  g_set_error_literal (&look->error, SR_ERROR, SR_ERROR_CLOSED, "There is no CA here");
  return look;
}

static const char *host_folder;

SrCaHost *
__wrap_sr_restore_reach_host (SrAuthority   *authority,
                              SrSecret      *password,
                              SrDcomTarget **target,
                              GError       **error)
{
  if (host_folder != NULL)
    return scripted_host_new (host_folder);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "There is no way to this host");
  return NULL;
}

typedef struct
{
  World world;
  SrAuthority *authority;
  SrWorker *worker;
  GThread *main_thread;

  /* Of the job that is watched. */
  double fraction;
  gint64 flushed_at;
  SrRestorePhase cancel_at;
  guint n_updates;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  world_set_up (&f->world, TRUE);
  host_folder = f->world.host_folder;
  f->authority = sr_authority_new (f->world.place.config, &error);
  g_assert_no_error (error);
  f->worker = sr_worker_new ();
  f->main_thread = g_thread_self ();
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  host_folder = NULL;
  script_reset ();
  g_object_unref (f->authority);
  g_object_unref (f->worker);
  world_tear_down (&f->world);
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static SrRestore *
make_restore (Fixture      *f,
              SrRestoreMode mode,
              int           set_index)
{
  g_autoptr (SrBackupSet) set = set_index >= 0 ? world_find_set (&f->world, (guint) set_index) : NULL;
  SrRestoreRequest request = { .authority = f->authority, .repository = f->world.place.repository, .set = set, .mode = mode };

  return sr_restore_new (&request);
}

static gboolean
run_checks (SrRestore    *restore,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sr_restore_run_checks_async (restore, cancellable, keep_result, &result);
  g_assert_true (sr_restore_get_busy (restore));
  g_assert_null (sr_restore_get_plan (restore));
  wait_for (&result);
  g_assert_false (sr_restore_get_busy (restore));
  return sr_restore_run_checks_finish (restore, result, error);
}

static SrRestore *
make_ready (Fixture      *f,
            SrRestoreMode mode,
            int           set_index)
{
  SrRestore *restore = make_restore (f, mode, set_index);
  g_autoptr (GError) error = NULL;

  g_assert_true (run_checks (restore, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_restore_get_ready (restore));
  return restore;
}

static void
on_notify (SrJob      *job,
           GParamSpec *pspec,
           Fixture    *f)
{
  g_assert_true (g_thread_self () == f->main_thread);
  g_assert_cmpfloat (sr_job_get_fraction (job), >=, f->fraction);
  f->fraction = sr_job_get_fraction (job);
  if (job->flush.flushed_at != f->flushed_at)
    {
      /* All of an update together, and no more than so many a second. */
      if (f->flushed_at != 0 && job->flush.flushed_at > 0)
        g_assert_cmpint (job->flush.flushed_at - f->flushed_at, >=, G_USEC_PER_SEC / SR_JOB_UPDATES_PER_SECOND);
      f->flushed_at = job->flush.flushed_at;
      f->n_updates++;
    }
  if (f->cancel_at != SR_RESTORE_PHASE_IDLE && sr_job_get_restore_phase (job) == f->cancel_at)
    sr_job_cancel (job);
}

static gboolean
run_job (Fixture *f,
         SrJob   *job,
         GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean done;

  f->fraction = 0;
  f->flushed_at = 0;
  g_signal_connect (job, "notify", G_CALLBACK (on_notify), f);
  sr_worker_run_async (f->worker, job, NULL, keep_result, &result);
  wait_for (&result);
  done = sr_worker_run_finish (f->worker, result, error);
  g_signal_handlers_disconnect_by_data (job, f);
  g_assert_true (sr_job_state_is_final (sr_job_get_state (job)));
  g_assert_false (sr_job_get_can_cancel (job));
  if (sr_job_get_restore (job) != NULL)
    {
      g_assert_false (sr_restore_get_busy (sr_job_get_restore (job)));
      g_assert_false (sr_restore_get_ready (sr_job_get_restore (job)));
      g_assert_nonnull (sr_restore_get_plan (sr_job_get_restore (job)));
    }
  return done;
}

static SrRestoreStageState
stage_state (SrJob         *job,
             SrRestorePhase phase)
{
  GListModel *stages = sr_job_get_stages (job);

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (stages, i);

      if (sr_restore_stage_get_phase (stage) == phase)
        return sr_restore_stage_get_state (stage);
    }
  return SR_RESTORE_STAGE_WAITING;
}

static SrRestoreLeft *
find_left (SrJob *job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreLeft *left;

  sr_job_find_left_async (job, NULL, keep_result, &result);
  wait_for (&result);
  left = sr_job_find_left_finish (job, result, &error);
  g_assert_no_error (error);
  return left;
}

static const SrRestoreSituation *
look (Fixture       *f,
      SrRestoreLeft *left)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const SrRestoreSituation *situation;

  sr_restore_left_look_async (left, f->authority, NULL, NULL, keep_result, &result);
  wait_for (&result);
  situation = sr_restore_left_look_finish (left, result, &error);
  g_assert_no_error (error);
  return situation;
}

static gboolean
recover (Fixture        *f,
         SrRestoreLeft  *left,
         SrRestoreAction action,
         GError        **error)
{
  SrRestoreRecoveryOptions options = { .left = left, .authority = f->authority, .action = action };
  g_autoptr (SrJob) job = sr_job_new_restore_recovery (&options);
  gboolean done = run_job (f, job, error);

  g_test_message ("%s: %s", sr_job_get_title (job), sr_job_get_outcome (job)->words);
  for (guint i = 0; done && i < g_list_model_get_n_items (sr_job_get_stages (job)); i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (sr_job_get_stages (job), i);

      g_assert_cmpint (sr_restore_stage_get_state (stage), ==, SR_RESTORE_STAGE_DONE);
    }
  return done;
}

/* ---- There and back ------------------------------------------------------------- */

static void
restore_and_put_back (Fixture      *f,
                      SrRestoreMode mode,
                      int           set_index)
{
  g_autoptr (SrRestore) restore = make_ready (f, mode, set_index);
  GListModel *checks = sr_restore_get_checks (restore);
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrRestoreLeft) left = NULL;
  g_autoptr (GError) error = NULL;
  const SrRestoreSituation *situation;

  g_assert_cmpuint (g_list_model_get_n_items (checks), ==, SR_RESTORE_N_CHECKS);
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (checks, i);

      g_assert_cmpint (sr_restore_check_item_get_kind (item), ==, i);
      g_assert_cmpint (sr_restore_check_item_get_state (item), ==, SR_RESTORE_CHECK_PASSED);
      g_assert_nonnull (sr_restore_check_item_get_detail (item));
    }
  job = sr_job_new_restore (restore, NULL);
  g_assert_true (sr_restore_get_busy (restore));
  g_assert_true (run_job (f, job, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_DONE);
  g_assert_cmpfloat (sr_job_get_fraction (job), ==, 1);
  g_assert_cmpint (sr_job_get_outcome (job)->state, ==, SR_RESTORE_CA_RESTORED);
  g_assert_true (sr_job_get_outcome (job)->full_backup_due);
  for (guint i = 0; i < g_list_model_get_n_items (sr_job_get_stages (job)); i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (sr_job_get_stages (job), i);

      g_assert_cmpint (sr_restore_stage_get_state (stage), ==, SR_RESTORE_STAGE_DONE);
      g_assert_null (sr_restore_stage_get_detail (stage));
    }
  g_test_message ("%u updates: %s", f->n_updates, sr_job_get_outcome (job)->words);

  left = find_left (job);
  situation = look (f, left);
  g_assert_cmpint (situation->state, ==, SR_RESTORE_CA_RESTORED);
  g_assert_true (sr_restore_left_is_offered (left, SR_RESTORE_PUT_BACK));
  g_assert_false (sr_restore_left_is_offered (left, SR_RESTORE_CONTINUE));
  g_assert_true (recover (f, left, SR_RESTORE_PUT_BACK, &error));
  g_assert_no_error (error);
  world_assert_consistent (&f->world, SR_RESTORE_CA_AS_BEFORE);
}

static void
test_point (Fixture      *f,
            gconstpointer data)
{
  restore_and_put_back (f, SR_RESTORE_POINT, 1);
}

static void
test_latest (Fixture      *f,
             gconstpointer data)
{
  restore_and_put_back (f, SR_RESTORE_LATEST, -1);
}

/* ---- What stops it ----------------------------------------------------------------- */

static void
test_no_way (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_restore (f, SR_RESTORE_POINT, 0);
  g_autoptr (GError) error = NULL;

  host_folder = NULL;
  g_assert_false (run_checks (restore, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_assert_error (sr_restore_get_error (restore), SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_assert_false (sr_restore_get_ready (restore));
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (sr_restore_get_checks (restore), i);
      SrRestoreCheckState state = i <= SR_RESTORE_CHECK_HASHES ? SR_RESTORE_CHECK_PASSED
                                  : i == SR_RESTORE_CHECK_HOST ? SR_RESTORE_CHECK_FAILED : SR_RESTORE_CHECK_PENDING;

      g_assert_cmpint (sr_restore_check_item_get_state (item), ==, state);
    }

  /* The same object, once there is a way. */
  host_folder = f->world.host_folder;
  g_clear_error (&error);
  g_assert_true (run_checks (restore, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_restore_get_ready (restore));
  g_assert_null (sr_restore_get_error (restore));
}

static void
test_cancelled_checks (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_restore (f, SR_RESTORE_POINT, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (run_checks (restore, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (sr_restore_get_checked (restore));
  g_assert_nonnull (sr_restore_get_plan (restore));
}

static void
test_disk_full (Fixture      *f,
                gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (GError) error = NULL;

  script_reset ();
  script.fault = SCRIPTED_FULL;
  script.at = 2;
  g_assert_false (run_job (f, job, &error));
  g_test_message ("%s / %s", error->message, sr_job_get_outcome (job)->words);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_true (sr_job_get_outcome (job)->put_back);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_CHECKING), ==, SR_RESTORE_STAGE_DONE);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_STOPPING), ==, SR_RESTORE_STAGE_UNDONE);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_COPYING), ==, SR_RESTORE_STAGE_FAILED);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_STARTING), ==, SR_RESTORE_STAGE_NOT_DONE);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_PUTTING_BACK), ==, SR_RESTORE_STAGE_DONE);
  world_assert_consistent (&f->world, SR_RESTORE_CA_AS_BEFORE);
}

static void
test_cancel (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) queued = sr_job_new_restore (restore, NULL);
  g_autoptr (SrJob) job = NULL;
  g_autoptr (GError) error = NULL;

  sr_job_cancel (queued);
  g_assert_false (run_job (f, queued, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (sr_job_get_outcome (queued));
  g_clear_error (&error);

  /* Nothing had been begun with its plan. */
  g_assert_true (run_checks (restore, NULL, &error));
  job = sr_job_new_restore (restore, NULL);
  f->cancel_at = SR_RESTORE_PHASE_COPYING;
  if (!run_job (f, job, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_CANCELLED);
      world_assert_consistent (&f->world, SR_RESTORE_CA_AS_BEFORE);
    }
  else
    g_test_message ("It was too late to cancel");
}

/* Once CertSvc recovers, cancelling is no way back. */
static void
test_cancel_too_late (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (GError) error = NULL;
  SrRestoreProgress progress = { .phase = SR_RESTORE_PHASE_STARTING, .fraction = 0.5, .can_cancel = FALSE };

  /* By hand: the scripted host recovers quicker than anybody could cancel. */
  job->coming.state = SR_JOB_RUNNING;
  sr_job_report_restore (job, &progress);
  sr_job_cancel (job);
  g_assert_false (g_cancellable_is_cancelled (sr_job_get_cancellable (job)));
  while (sr_job_get_state (job) != SR_JOB_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (sr_job_get_can_cancel (job));
  g_assert_cmpint (sr_job_get_restore_phase (job), ==, SR_RESTORE_PHASE_STARTING);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_STARTING), ==, SR_RESTORE_STAGE_RUNNING);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_COPYING), ==, SR_RESTORE_STAGE_DONE);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_RECORDING), ==, SR_RESTORE_STAGE_WAITING);
}

static void
test_locked (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (SrLock) lock = place_lock (&f->world.place);
  g_autoptr (GError) error = NULL;

  g_assert_false (run_job (f, job, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
  g_assert_null (sr_job_get_outcome (job));
  world_assert_consistent (&f->world, SR_RESTORE_CA_AS_BEFORE);
}

/* A second one of the same CA waits for the first, and then finds that it is too late. */
static void
test_one_at_a_time (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (SrRestore) first = make_ready (f, SR_RESTORE_POINT, 0);
  g_autoptr (SrRestore) second = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) one = sr_job_new_restore (first, NULL);
  g_autoptr (SrJob) two = sr_job_new_restore (second, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sr_worker_run_async (f->worker, one, NULL, keep_result, &result);
  sr_worker_run_async (f->worker, two, NULL, NULL, NULL);
  g_assert_cmpuint (sr_worker_get_n_active (f->worker), ==, 2);
  wait_for (&result);
  g_assert_true (sr_worker_run_finish (f->worker, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sr_job_get_state (two), <=, SR_JOB_RUNNING);
  while (!sr_job_state_is_final (sr_job_get_state (two)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_job_get_begun_time (two), >=, sr_job_get_ended_time (one));
}

/* ---- What was broken off -------------------------------------------------------------- */

static SrDiskLook *
look_at_disk (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_folder_choose (f->world.place.repository, &error));
  g_assert_no_error (error);
  return sr_disk_look_new (NULL);
}

static void
test_broken_off (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (SrWatch) watch = sr_watch_new (f->authority);
  SrBackupJobOptions backup = { .authority = f->authority, .repository = f->world.place.repository, .automatic = TRUE };
  g_autoptr (SrJob) backup_job = NULL;
  g_autoptr (SrRestoreLeft) left = NULL;
  g_autoptr (SrDiskLook) before = NULL;
  g_autoptr (SrDiskLook) behind = NULL;
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;

  before = look_at_disk (f);
  sr_watch_take_disk (watch, before);
  g_assert_false (sr_watch_is_restoring (watch));
  script.recovery = SR_E_FAIL;
  g_assert_false (run_job (f, job, &error));
  g_assert_cmpint (sr_job_get_outcome (job)->state, ==, SR_RESTORE_CA_RECOVERY_FAILED);
  g_assert_false (sr_job_get_outcome (job)->put_back);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_STARTING), ==, SR_RESTORE_STAGE_FAILED);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_COPYING), ==, SR_RESTORE_STAGE_DONE);
  g_assert_cmpint (stage_state (job, SR_RESTORE_PHASE_RECORDING), ==, SR_RESTORE_STAGE_NOT_DONE);
  g_clear_error (&error);

  /* Another program that opens the folder sees it. */
  behind = look_at_disk (f);
  sr_watch_take_disk (watch, behind);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_RESTORE_OPEN);
  g_assert_cmpuint (g_list_model_get_n_items (sr_watch_get_restores (watch)), ==, 1);
  g_assert_true (sr_watch_is_restoring (watch));
  g_assert_null (sr_watch_get_last_restore (watch));
  left = g_list_model_get_item (sr_watch_get_restores (watch), 0);
  words = sr_restore_left_describe (left);
  g_test_message ("%s", words);

  /* To reach the CA would start its service. */
  backup_job = sr_job_new_backup (&backup);
  g_assert_false (run_job (f, backup_job, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_RESTORING);
  g_test_message ("%s", error->message);
  g_clear_error (&error);

  script.recovery = 0;
  g_assert_cmpint (look (f, left)->state, ==, SR_RESTORE_CA_RECOVERY_FAILED);
  for (int action = SR_RESTORE_CONTINUE; action <= SR_RESTORE_LEAVE; action++)
    {
      g_autofree char *does = sr_restore_left_action_words (left, (SrRestoreAction) action);

      g_assert_true (sr_restore_left_is_offered (left, (SrRestoreAction) action));
      g_assert_nonnull (does);
    }
  g_assert_true (recover (f, left, SR_RESTORE_CONTINUE, &error));
  g_assert_no_error (error);
  g_clear_pointer (&behind, sr_disk_look_free);
  behind = look_at_disk (f);
  sr_watch_take_disk (watch, behind);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_FULL_DUE);
  g_assert_cmpint (sr_watch_get_due_rule (watch), ==, SR_BACKUP_RULE_AFTER_RESTORE);
  g_assert_cmpuint (g_list_model_get_n_items (sr_watch_get_restores (watch)), ==, 0);
  g_assert_nonnull (sr_watch_get_last_restore (watch));
  g_assert_false (sr_watch_is_restoring (watch));
  g_object_run_dispose (G_OBJECT (watch));
}

/* From the start of a program on, until the restore is over: looks at the disk, and no question to the CA. */
static void
test_not_asked (Fixture      *f,
                gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (SrAuthorityList) list = sr_authority_list_new (NULL);
  g_autoptr (SrMonitor) monitor = NULL;
  g_autoptr (SrRestoreLeft) left = NULL;
  g_autoptr (GError) error = NULL;
  SrWatch *watch;

  script.recovery = SR_E_FAIL;
  g_assert_false (run_job (f, job, &error));
  g_clear_error (&error);
  g_assert_true (sr_backup_folder_choose (f->world.place.repository, &error));
  g_assert_true (sr_authority_list_add (list, f->authority, &error));
  g_assert_no_error (error);

  g_atomic_int_set (&n_asked, 0);
  monitor = sr_monitor_new (list, f->worker, NULL, NULL);
  watch = sr_monitor_find (monitor, f->authority);
  while (sr_watch_get_condition (watch) != SR_CONDITION_RESTORE_OPEN)
    g_main_context_iteration (NULL, TRUE);
  sr_monitor_refresh (monitor, f->authority);
  g_assert_true (sr_watch_get_poll (watch)->due);
  g_assert_cmpuint (g_atomic_int_get (&n_asked), ==, 0);

  script.recovery = 0;
  left = g_list_model_get_item (sr_watch_get_restores (watch), 0);
  look (f, left);
  g_assert_true (recover (f, left, SR_RESTORE_CONTINUE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_atomic_int_get (&n_asked), ==, 0);
  sr_monitor_refresh_sets (monitor);
  while (sr_watch_get_reach (watch) == SR_REACH_UNKNOWN)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_atomic_int_get (&n_asked), >=, 1);
  g_object_run_dispose (G_OBJECT (monitor));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_leave (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrRestore) restore = make_ready (f, SR_RESTORE_POINT, 1);
  g_autoptr (SrJob) job = sr_job_new_restore (restore, NULL);
  g_autoptr (SrRestoreLeft) left = NULL;
  g_autoptr (SrJob) leave = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GError) error = NULL;

  script.recovery = SR_E_FAIL;
  g_assert_false (run_job (f, job, &error));
  g_clear_error (&error);
  left = find_left (job);
  /* Somebody without the CA in the list may do that too. */
  leave = sr_job_new_restore_recovery (&(SrRestoreRecoveryOptions) { .left = left, .action = SR_RESTORE_LEAVE });
  g_assert_true (run_job (f, leave, &error));
  g_assert_no_error (error);
  open = sr_restore_left_list (f->world.place.repository, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (open->len, ==, 0);
}

/* ---- A folder that somebody brings ------------------------------------------------------ */

static SrFolderLook *
look_into (const char *path,
           GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sr_folder_look_async (path, NULL, keep_result, &result);
  wait_for (&result);
  return sr_folder_look_finish (result, error);
}

static void
check_sets_alone (const SrFolderAuthority *authority,
                  SrRepository            *repository,
                  SrBackupSet             *set)
{
  SrRestoreRequest request = { .repository = repository, .config = authority->config, .set = set, .mode = SR_RESTORE_POINT };
  g_autoptr (SrRestore) restore = sr_restore_new (&request);
  g_autoptr (GError) error = NULL;

  g_assert_true (run_checks (restore, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_restore_get_ready (restore));
  g_assert_false (sr_restore_get_checked (restore));
  g_assert_cmpuint (sr_restore_plan_get_sets (sr_restore_get_plan (restore))->len, ==, WORLD_LOG_SETS + 1);
}

static void
test_folder (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrBackupSet) set = world_find_set (&f->world, WORLD_LOG_SETS);
  g_autofree char *sets = g_path_get_dirname (sr_backup_set_get_path (set));
  const char *paths[] = { sr_repository_get_path (f->world.place.repository), sets, sr_backup_set_get_path (set) };
  g_autofree char *empty = g_dir_make_tmp ("strongroom-empty-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  host_folder = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (SrFolderLook) found = look_into (paths[i], &error);
      const SrFolderAuthority *authority;

      g_assert_no_error (error);
      g_assert_true ((found->repository != NULL) == (i == 0));
      g_assert_cmpuint (found->authorities->len, ==, 1);
      authority = found->authorities->pdata[0];
      g_assert_cmpstr (authority->config, ==, f->world.place.config);
      g_assert_cmpuint (authority->sets->len, ==, WORLD_LOG_SETS + 1);
      g_assert_true (sr_backup_set_is_same (authority->sets->pdata[0], set));
      g_assert_true (authority->newest == authority->sets->pdata[0]);
      check_sets_alone (authority, found->repository, authority->newest);
    }
  g_assert_null (look_into (empty, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY);
  g_assert_cmpint (rmdir (empty), ==, 0);
}

#define ADD(name, func) g_test_add ("/worker/restore/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("point", test_point);
  ADD ("latest", test_latest);
  ADD ("no-way", test_no_way);
  ADD ("cancelled-checks", test_cancelled_checks);
  ADD ("disk-full", test_disk_full);
  ADD ("cancel", test_cancel);
  ADD ("cancel-too-late", test_cancel_too_late);
  ADD ("locked", test_locked);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("broken-off", test_broken_off);
  ADD ("not-asked", test_not_asked);
  ADD ("leave", test_leave);
  ADD ("folder", test_folder);
  world_make_origin ();
  result = g_test_run ();
  world_drop_origin ();
  return result;
}
