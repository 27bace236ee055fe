/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "queue.h"

#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "session/sr-journal.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
test_side_by_side (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) second = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!queue_set_up (&f, 2))
    return;
  queue_signal_server (&f, 0, SIGSTOP);
  queue_signal_server (&f, 1, SIGSTOP);
  first = queue_make_job (&f, 0);
  second = queue_make_job (&f, 0);
  other = queue_make_job (&f, 1);
  sr_worker_run_async (f.worker, first, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, second, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, queue_on_ended, &f);
  queue_wait_for_state (first, SR_JOB_RUNNING);
  queue_wait_for_state (other, SR_JOB_RUNNING);
  g_assert_cmpint (sr_job_get_state (second), ==, SR_JOB_QUEUED);
  g_assert_cmpuint (sr_worker_get_n_active (f.worker), ==, 3);

  queue_signal_server (&f, 0, SIGCONT);
  queue_signal_server (&f, 1, SIGCONT);
  queue_wait_for_ends (&f, 3);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (second), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (other), ==, SR_JOB_DONE);
  g_assert_nonnull (sr_job_get_set (first));
  g_assert_cmpint (sr_job_get_record (first)->truncated, ==, SR_TRUNCATION_YES);
  g_assert_cmpint (sr_job_get_session_state (first), ==, SR_SESSION_ENDED);
  g_assert_cmpint (sr_job_get_last_call_at (first), >, 0);
  g_assert_nonnull (sr_job_get_last_call (first));
  g_assert_cmpuint (g_list_model_get_n_items (sr_worker_get_jobs (f.worker)), ==, 3);
  sr_worker_forget (f.worker, first);
  g_assert_cmpuint (g_list_model_get_n_items (sr_worker_get_jobs (f.worker)), ==, 2);
  g_assert_cmpint (queue_count_of (&f, 0, "prepare"), ==, 2);
  g_assert_cmpint (queue_count_of (&f, 0, "end"), ==, 2);
  queue_tear_down (&f);
}

/* One that waits is cancelled at once; the one in front of it goes on. */
static void
test_cancel_waiting (void)
{
  Queue f = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) second = NULL;
  g_autoptr (GError) error = NULL;

  if (!queue_set_up (&f, 1))
    return;
  queue_signal_server (&f, 0, SIGSTOP);
  first = queue_make_job (&f, 0);
  second = queue_make_job (&f, 0);
  sr_worker_run_async (f.worker, first, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, second, cancellable, queue_on_ended, &f);
  queue_wait_for_state (first, SR_JOB_RUNNING);
  g_cancellable_cancel (cancellable);
  queue_wait_for_ends (&f, 1);
  g_assert_cmpint (sr_job_get_state (second), ==, SR_JOB_CANCELLED);
  g_assert_false (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_RUNNING);
  queue_signal_server (&f, 0, SIGCONT);
  queue_wait_for_ends (&f, 2);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_DONE);
  g_assert_cmpint (queue_count_of (&f, 0, "prepare"), ==, 1);
  queue_tear_down (&f);
}

static void
ask (Queue      *f,
     JsonObject *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sr_practice_program_ask (f->folders[0], request, sr_deadline_in (PATIENCE), NULL, &error);

  g_assert_no_error (error);
}

static void
set_db_flags (Queue  *f,
              gint64  flags)
{
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "do", "config");
  json_object_set_string_member (request, "node", "root");
  json_object_set_string_member (request, "entry", "DBFlags");
  json_object_set_int_member (request, "value", flags);
  ask (f, request);
}

static void
restart_service (Queue *f)
{
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "do", "restart");
  ask (f, request);
}

/* An automatic backup, which must succeed. */
static void
run_automatic (Queue        *f,
               SrBackupKind  kind,
               SrBackupRule  rule)
{
  SrBackupJobOptions options = {
    .authority = f->authorities[0],
    .repository = f->repository,
    .journal_folder = f->journal,
    .kind = SR_BACKUP_LOGS, /* not looked at */
    .automatic = TRUE,
  };
  g_autoptr (SrJob) job = sr_job_new_backup (&options);
  g_autoptr (GError) error = NULL;

  sr_worker_run_async (f->worker, job, NULL, queue_on_ended, f);
  queue_wait_for_ends (f, f->n_ended + 1);
  sr_worker_run_finish (f->worker, f->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_job_get_backup_kind (job), ==, kind);
  g_assert_cmpstr (sr_backup_rule_to_string (sr_job_get_rule (job)), ==, sr_backup_rule_to_string (rule));
  g_assert_cmpint (sr_backup_set_get_manifest (sr_job_get_set (job))->kind, ==, kind == SR_BACKUP_FULL ? SR_SET_FULL : SR_SET_LOG_ONLY);
  g_assert_cmpint (sr_job_get_record (job)->truncated, ==, SR_TRUNCATION_YES);
  g_assert_cmpfloat (sr_job_get_fraction (job), ==, 1);
}

/* The rules choose; where only the CA shows that there is no log-only backup to be had, a full one is made at once. */
static void
test_automatic (void)
{
  Queue f = { 0 };

  if (!queue_set_up (&f, 1))
    return;
  run_automatic (&f, SR_BACKUP_FULL, SR_BACKUP_RULE_NO_FULL);
  run_automatic (&f, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  /* Circular logging that is in force, and taken back for the next start: the CA does not tell of it before. */
  set_db_flags (&f, 0x4);
  restart_service (&f);
  set_db_flags (&f, 0);
  run_automatic (&f, SR_BACKUP_FULL, SR_BACKUP_RULE_CIRCULAR_LOGGING);
  g_assert_cmpint (queue_count_of (&f, 0, "prepare"), ==, 3);
  g_assert_cmpint (queue_count_of (&f, 0, "end"), ==, 3);
  restart_service (&f);
  run_automatic (&f, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  queue_tear_down (&f);
}

/* A job whose CA cannot be signed in to fails in the callback, not before. */
static void
test_no_sign_in (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (GError) error = NULL;

  if (!queue_set_up (&f, 1))
    return;
  g_assert_true (sr_practice_program_stop (f.folders[0], sr_deadline_in (PATIENCE), NULL, NULL));
  job = queue_make_job (&f, 0);
  sr_worker_run_async (f.worker, job, NULL, queue_on_ended, &f);
  g_assert_cmpuint (f.n_ended, ==, 0);
  queue_wait_for_ends (&f, 1);
  g_assert_false (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_nonnull (sr_job_get_advice (job));
  queue_tear_down (&f);
}

static void
test_verify (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrJob) verify = NULL;
  g_autoptr (GError) error = NULL;

  if (!queue_set_up (&f, 1))
    return;
  job = queue_make_job (&f, 0);
  sr_worker_run_async (f.worker, job, NULL, queue_on_ended, &f);
  queue_wait_for_ends (&f, 1);
  verify = sr_job_new_verify (sr_job_get_set (job));
  g_assert_null (sr_worker_find_verification (f.worker, sr_job_get_set (job)));
  sr_worker_run_async (f.worker, verify, NULL, queue_on_ended, &f);
  g_assert_true (sr_worker_find_verification (f.worker, sr_job_get_set (job)) == verify);
  queue_wait_for_ends (&f, 2);
  g_assert_null (sr_worker_find_verification (f.worker, sr_job_get_set (job)));
  g_assert_true (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_job_get_problems (verify)->len, ==, 0);
  g_assert_cmpfloat (sr_job_get_fraction (verify), ==, 1);
  g_assert_cmpuint (sr_job_get_bytes (verify), ==, sr_job_get_total (verify));
  queue_tear_down (&f);
}

/* ---- Cancelled anywhere ---------------------------------------------------------- */

typedef struct
{
  guint countdown;
  double last;
} Watch;

static void
maybe_cancel (SrJob      *job,
              GParamSpec *pspec,
              Watch      *watch)
{
  g_assert_cmpfloat (sr_job_get_fraction (job), >=, watch->last);
  watch->last = sr_job_get_fraction (job);
  if (watch->countdown > 0 && --watch->countdown == 0)
    sr_job_cancel (job);
}

static guint
count_unfinished (Queue *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = sr_journal_list (f->journal, &error);
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (f->repository, NULL, &unreadable, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < sets->len; i++)
    {
      g_assert_true (sr_backup_set_verify (sets->pdata[i], NULL, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
    }
  return listed->len + unreadable->len;
}

/* Cancels at random moments, several CAs at once: every Prepare has its End,
 * nothing hangs, and what was published is good. */
static void
test_random_cancels (void)
{
  const guint n_jobs = g_test_slow () ? 200 : 15;
  Queue f = { 0 };
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree Watch *watches = g_new0 (Watch, n_jobs);
  guint done = 0, cancelled = 0;

  if (!queue_set_up (&f, N_AUTHORITIES))
    return;
  for (guint n = 0; n < n_jobs; n++)
    {
      SrJob *job = queue_make_job (&f, n % N_AUTHORITIES);

      /* A small backup tells its properties some fifty times. */
      watches[n].countdown = n % 5 == 0 ? 0 : (guint) g_test_rand_int_range (1, 100);
      g_signal_connect (job, "notify", G_CALLBACK (maybe_cancel), &watches[n]);
      g_ptr_array_add (jobs, job);
      sr_worker_run_async (f.worker, job, NULL, queue_on_ended, &f);
    }
  queue_wait_for_ends (&f, n_jobs);
  for (guint n = 0; n < n_jobs; n++)
    {
      SrJob *job = jobs->pdata[n];

      if (sr_job_get_error (job) != NULL)
        g_assert_error (sr_job_get_error (job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
      done += sr_job_get_state (job) == SR_JOB_DONE;
      cancelled += sr_job_get_state (job) == SR_JOB_CANCELLED;
      g_assert_true ((sr_job_get_fraction (job) == 1) == (sr_job_get_state (job) == SR_JOB_DONE));
    }
  g_assert_cmpuint (done + cancelled, ==, n_jobs);
  g_test_message ("%u done, %u cancelled", done, cancelled);
  for (guint i = 0; i < N_AUTHORITIES; i++)
    {
      g_assert_cmpint (queue_count_of (&f, i, "prepare"), ==, queue_count_of (&f, i, "end"));
      g_assert_cmpint (queue_count_of (&f, i, "rundown"), ==, 0);
    }
  g_assert_cmpuint (count_unfinished (&f), ==, 0);
  g_ptr_array_set_size (jobs, 0);
  queue_tear_down (&f);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *path = g_strconcat (g_getenv ("STRONGROOM_PROGRAMS"), ":", g_getenv ("PATH"), NULL);

  g_setenv ("PATH", path, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/queue/side-by-side", test_side_by_side);
  g_test_add_func ("/worker/queue/cancel-waiting", test_cancel_waiting);
  g_test_add_func ("/worker/queue/automatic", test_automatic);
  g_test_add_func ("/worker/queue/no-sign-in", test_no_sign_in);
  g_test_add_func ("/worker/queue/verify", test_verify);
  g_test_add_func ("/worker/queue/random-cancels", test_random_cancels);
  return g_test_run ();
}
