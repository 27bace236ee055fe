/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "session/sr-journal.h"
#include "worker/sr-worker.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The queue, with real jobs against real practice CAs, each a program of its
 * own. One that is stopped by SIGSTOP answers nothing, so that what runs and
 * what waits does not depend on time. */

#define N_AUTHORITIES 3
#define PATIENCE 120

typedef struct
{
  char *home;
  char *journal;
  SrAuthorityList *list;
  SrAuthority *authorities[N_AUTHORITIES];
  char *folders[N_AUTHORITIES];
  SrRepository *repository;
  SrWorker *worker;
  guint n_running[N_AUTHORITIES];
  guint n_ended;
  GAsyncResult *result;
} Fixture;

static void
start_practice (Fixture *f,
                guint    i)
{
  g_autofree char *name = g_strdup_printf ("CA %u", i);
  SrPracticeProgramOptions options = { .name = name, .interface_flags = -1 };
  g_autoptr (SrPracticeFolder) ready = NULL;
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;

  f->folders[i] = g_strdup_printf ("%s/practice%u", f->home, i);
  ready = sr_practice_program_start (f->folders[i], &options, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
  f->authorities[i] = sr_practice_program_adopt (f->folders[i], ready, f->list, &error);
  g_assert_no_error (error);
  json_object_set_string_member (request, "do", "issue");
  json_object_set_int_member (request, "count", 20);
  answer = sr_practice_program_ask (f->folders[i], request, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
}

/* FALSE after g_test_skip(). */
static gboolean
set_up (Fixture *f,
        guint    n)
{
  g_autofree char *program = sr_practice_program_find (NULL);
  g_autofree char *list = NULL;
  g_autofree char *repository = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    {
      g_test_skip ("strongroom-practice-ca is not built");
      return FALSE;
    }
  f->home = g_dir_make_tmp ("sr-worker-XXXXXX", NULL);
  f->journal = g_build_filename (f->home, "journal", NULL);
  list = g_build_filename (f->home, "authorities.json", NULL);
  repository = g_build_filename (f->home, "backups", NULL);
  f->list = sr_authority_list_new (list);
  f->repository = sr_repository_create (repository, &error);
  g_assert_no_error (error);
  f->worker = sr_worker_new ();
  for (guint i = 0; i < n; i++)
    start_practice (f, i);
  return TRUE;
}

static void
tear_down (Fixture *f)
{
  for (guint i = 0; i < N_AUTHORITIES; i++)
    {
      if (f->folders[i] != NULL)
        sr_practice_program_stop (f->folders[i], sr_deadline_in (PATIENCE), NULL, NULL);
      g_clear_object (&f->authorities[i]);
      g_free (f->folders[i]);
    }
  g_assert_cmpuint (sr_worker_get_n_active (f->worker), ==, 0);
  g_clear_object (&f->result);
  g_object_add_weak_pointer (G_OBJECT (f->worker), (gpointer *) &f->worker);
  g_object_unref (f->worker);
  g_assert_null (f->worker);
  g_object_unref (f->repository);
  g_object_unref (f->list);
  g_assert_true (sr_file_remove_tree (f->home, NULL));
  g_free (f->journal);
  g_free (f->home);
}

static void
signal_server (Fixture *f,
               guint    i,
               int      number)
{
  g_autoptr (SrPracticeFolder) ready = sr_practice_folder_read (f->folders[i], NULL);

  g_assert_cmpint (kill ((pid_t) ready->pid, number), ==, 0);
}

static gint64
count_of (Fixture    *f,
          guint       i,
          const char *name)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (request, "do", "status");
  answer = sr_practice_program_ask (f->folders[i], request, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
  return json_object_get_int_member (json_object_get_object_member (answer, "counts"), name);
}

static guint
index_of (Fixture *f,
          SrJob   *job)
{
  for (guint i = 0; i < N_AUTHORITIES; i++)
    if (f->authorities[i] == sr_job_get_authority (job))
      return i;
  g_assert_not_reached ();
}

/* Never two of one CA. */
static void
on_state (SrJob      *job,
          GParamSpec *pspec,
          Fixture    *f)
{
  guint i = index_of (f, job);

  if (sr_job_get_state (job) == SR_JOB_RUNNING)
    g_assert_cmpuint (++f->n_running[i], ==, 1);
  if (sr_job_state_is_final (sr_job_get_state (job)) && g_object_get_data (G_OBJECT (job), "ran") != NULL)
    f->n_running[i]--;
  if (sr_job_get_state (job) == SR_JOB_RUNNING)
    g_object_set_data (G_OBJECT (job), "ran", job);
}

static SrJob *
make_job (Fixture *f,
          guint    i)
{
  SrBackupJobOptions options = {
    .authority = f->authorities[i],
    .repository = f->repository,
    .journal_folder = f->journal,
    .read_size = 65536,
  };
  SrJob *job = sr_job_new_backup (&options);

  g_signal_connect (job, "notify::state", G_CALLBACK (on_state), f);
  return job;
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *f = user_data;

  f->n_ended++;
  g_set_object (&f->result, result);
}

static void
wait_for_state (SrJob     *job,
                SrJobState state)
{
  while (sr_job_get_state (job) != state)
    {
      g_assert_false (sr_job_state_is_final (sr_job_get_state (job)));
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
wait_for_ends (Fixture *f,
               guint    n)
{
  while (f->n_ended < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_side_by_side (void)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) second = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!set_up (&f, 2))
    return;
  signal_server (&f, 0, SIGSTOP);
  signal_server (&f, 1, SIGSTOP);
  first = make_job (&f, 0);
  second = make_job (&f, 0);
  other = make_job (&f, 1);
  sr_worker_run_async (f.worker, first, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, second, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, on_ended, &f);
  wait_for_state (first, SR_JOB_RUNNING);
  wait_for_state (other, SR_JOB_RUNNING);
  g_assert_cmpint (sr_job_get_state (second), ==, SR_JOB_QUEUED);
  g_assert_cmpuint (sr_worker_get_n_active (f.worker), ==, 3);

  signal_server (&f, 0, SIGCONT);
  signal_server (&f, 1, SIGCONT);
  wait_for_ends (&f, 3);
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
  g_assert_cmpint (count_of (&f, 0, "prepare"), ==, 2);
  g_assert_cmpint (count_of (&f, 0, "end"), ==, 2);
  tear_down (&f);
}

/* One that waits is cancelled at once; the one in front of it goes on. */
static void
test_cancel_waiting (void)
{
  Fixture f = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) second = NULL;
  g_autoptr (GError) error = NULL;

  if (!set_up (&f, 1))
    return;
  signal_server (&f, 0, SIGSTOP);
  first = make_job (&f, 0);
  second = make_job (&f, 0);
  sr_worker_run_async (f.worker, first, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, second, cancellable, on_ended, &f);
  wait_for_state (first, SR_JOB_RUNNING);
  g_cancellable_cancel (cancellable);
  wait_for_ends (&f, 1);
  g_assert_cmpint (sr_job_get_state (second), ==, SR_JOB_CANCELLED);
  g_assert_false (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_RUNNING);
  signal_server (&f, 0, SIGCONT);
  wait_for_ends (&f, 2);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_DONE);
  g_assert_cmpint (count_of (&f, 0, "prepare"), ==, 1);
  tear_down (&f);
}

/* As a program leaves it that was killed when its object was there, and BackupPrepare not sent. */
static void
leave_open (Fixture *f,
            guint    i)
{
  SrJournalEntry *entry = sr_journal_entry_new ();
  g_autoptr (SrJournal) journal = NULL;
  g_autoptr (GError) error = NULL;

  entry->config = g_strdup (sr_authority_get_config (f->authorities[i]));
  entry->host = g_strdup ("localhost");
  entry->credentials_kind = SR_CREDENTIALS_PASSWORD;
  entry->repository = g_strdup (sr_repository_get_path (f->repository));
  sr_guid_random (&entry->identity.rem_unknown);
  entry->identity.port = 1;
  entry->identity.n_interfaces = 1;
  sr_guid_random (&entry->identity.interfaces[0].iid);
  sr_guid_random (&entry->identity.interfaces[0].ipid);
  entry->identity.interfaces[0].public_refs = 1;
  entry->started = g_get_real_time ();
  journal = sr_journal_create (f->journal, entry, &error);
  g_assert_no_error (error);
}

static guint
count_left_open (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = sr_journal_list (f->journal, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < listed->len; i++)
    n += !((SrJournalListed *) listed->pdata[i])->alive;
  return n;
}

/* The recovery that ended last. */
static void
check_recovered (Fixture *f,
                 guint    n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = sr_worker_recover_finish (f->worker, f->result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, n);
  for (guint i = 0; i < items->len; i++)
    g_assert_true (((SrRecoveryItem *) items->pdata[i])->settled);
}

/* A recovery and the jobs of a CA that it works on take turns: it waits for
 * what runs, and what comes waits for it, as does another recovery. */
static void
test_recovery_takes_turns (void)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) behind = NULL;

  if (!set_up (&f, 2))
    return;
  leave_open (&f, 0);
  leave_open (&f, 1);
  signal_server (&f, 0, SIGSTOP);
  first = make_job (&f, 0);
  behind = make_job (&f, 1);
  sr_worker_run_async (f.worker, first, NULL, on_ended, &f);
  sr_worker_recover_async (f.worker, f.list, NULL, NULL, NULL, f.journal, 0, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, behind, NULL, on_ended, &f);
  wait_for_state (first, SR_JOB_RUNNING);
  g_assert_cmpuint (f.n_ended, ==, 0);
  g_assert_cmpint (sr_job_get_state (behind), ==, SR_JOB_QUEUED);
  signal_server (&f, 0, SIGCONT);
  wait_for_ends (&f, 2);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_DONE);
  check_recovered (&f, 2);
  wait_for_ends (&f, 3);
  g_assert_cmpint (sr_job_get_state (behind), ==, SR_JOB_DONE);
  tear_down (&f);
}

/* A long backup of one CA keeps neither the recovery of another from its
 * turn, nor the jobs that come behind it. */
static void
test_recovery_beside (gconstpointer one)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) stalled = NULL;
  g_autoptr (SrJob) same = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!set_up (&f, 3))
    return;
  leave_open (&f, 1);
  signal_server (&f, 0, SIGSTOP);
  stalled = make_job (&f, 0);
  same = make_job (&f, 1);
  other = make_job (&f, 2);
  sr_worker_run_async (f.worker, stalled, NULL, on_ended, &f);
  wait_for_state (stalled, SR_JOB_RUNNING);
  sr_worker_recover_async (f.worker, f.list, one != NULL ? sr_authority_get_config (f.authorities[1]) : NULL,
                           NULL, NULL, f.journal, 0, NULL, on_ended, &f);
  wait_for_ends (&f, 1);
  check_recovered (&f, 1);
  g_assert_cmpuint (count_left_open (&f), ==, 0);
  sr_worker_run_async (f.worker, same, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, on_ended, &f);
  wait_for_ends (&f, 3);
  g_assert_cmpint (sr_job_get_state (same), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (other), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_RUNNING);
  signal_server (&f, 0, SIGCONT);
  wait_for_ends (&f, 4);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_DONE);
  tear_down (&f);
}

/* While a recovery waits for its turn, a CA that has nothing to do with it is backed up. */
static void
test_recovery_waits (void)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) stalled = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!set_up (&f, 2))
    return;
  leave_open (&f, 0);
  signal_server (&f, 0, SIGSTOP);
  stalled = make_job (&f, 0);
  other = make_job (&f, 1);
  sr_worker_run_async (f.worker, stalled, NULL, on_ended, &f);
  sr_worker_recover_async (f.worker, f.list, NULL, NULL, NULL, f.journal, 0, NULL, on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, on_ended, &f);
  wait_for_ends (&f, 1);
  g_assert_cmpint (sr_job_get_state (other), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_RUNNING);
  signal_server (&f, 0, SIGCONT);
  wait_for_ends (&f, 3);
  check_recovered (&f, 1);
  g_assert_cmpuint (count_left_open (&f), ==, 0);
  tear_down (&f);
}

static void
ask (Fixture    *f,
     JsonObject *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sr_practice_program_ask (f->folders[0], request, sr_deadline_in (PATIENCE), NULL, &error);

  g_assert_no_error (error);
}

static void
set_db_flags (Fixture *f,
              gint64   flags)
{
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "do", "config");
  json_object_set_string_member (request, "node", "root");
  json_object_set_string_member (request, "entry", "DBFlags");
  json_object_set_int_member (request, "value", flags);
  ask (f, request);
}

static void
restart_service (Fixture *f)
{
  g_autoptr (JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "do", "restart");
  ask (f, request);
}

/* An automatic backup, which must succeed. */
static void
run_automatic (Fixture     *f,
               SrBackupKind kind,
               SrBackupRule rule)
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

  sr_worker_run_async (f->worker, job, NULL, on_ended, f);
  wait_for_ends (f, f->n_ended + 1);
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
  Fixture f = { 0 };

  if (!set_up (&f, 1))
    return;
  run_automatic (&f, SR_BACKUP_FULL, SR_BACKUP_RULE_NO_FULL);
  run_automatic (&f, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  /* Circular logging that is in force, and taken back for the next start: the CA does not tell of it before. */
  set_db_flags (&f, 0x4);
  restart_service (&f);
  set_db_flags (&f, 0);
  run_automatic (&f, SR_BACKUP_FULL, SR_BACKUP_RULE_CIRCULAR_LOGGING);
  g_assert_cmpint (count_of (&f, 0, "prepare"), ==, 3);
  g_assert_cmpint (count_of (&f, 0, "end"), ==, 3);
  restart_service (&f);
  run_automatic (&f, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  tear_down (&f);
}

/* A job whose CA cannot be signed in to fails in the callback, not before. */
static void
test_no_sign_in (void)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (GError) error = NULL;

  if (!set_up (&f, 1))
    return;
  g_assert_true (sr_practice_program_stop (f.folders[0], sr_deadline_in (PATIENCE), NULL, NULL));
  job = make_job (&f, 0);
  sr_worker_run_async (f.worker, job, NULL, on_ended, &f);
  g_assert_cmpuint (f.n_ended, ==, 0);
  wait_for_ends (&f, 1);
  g_assert_false (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_nonnull (sr_job_get_advice (job));
  tear_down (&f);
}

static void
test_verify (void)
{
  Fixture f = { 0 };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrJob) verify = NULL;
  g_autoptr (GError) error = NULL;

  if (!set_up (&f, 1))
    return;
  job = make_job (&f, 0);
  sr_worker_run_async (f.worker, job, NULL, on_ended, &f);
  wait_for_ends (&f, 1);
  verify = sr_job_new_verify (sr_job_get_set (job));
  sr_worker_run_async (f.worker, verify, NULL, on_ended, &f);
  wait_for_ends (&f, 2);
  g_assert_true (sr_worker_run_finish (f.worker, f.result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_job_get_problems (verify)->len, ==, 0);
  g_assert_cmpfloat (sr_job_get_fraction (verify), ==, 1);
  g_assert_cmpuint (sr_job_get_bytes (verify), ==, sr_job_get_total (verify));
  tear_down (&f);
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
count_unfinished (Fixture *f)
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
  Fixture f = { 0 };
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree Watch *watches = g_new0 (Watch, n_jobs);
  guint done = 0, cancelled = 0;

  if (!set_up (&f, N_AUTHORITIES))
    return;
  for (guint n = 0; n < n_jobs; n++)
    {
      SrJob *job = make_job (&f, n % N_AUTHORITIES);

      /* A small backup tells its properties some fifty times. */
      watches[n].countdown = n % 5 == 0 ? 0 : (guint) g_test_rand_int_range (1, 100);
      g_signal_connect (job, "notify", G_CALLBACK (maybe_cancel), &watches[n]);
      g_ptr_array_add (jobs, job);
      sr_worker_run_async (f.worker, job, NULL, on_ended, &f);
    }
  wait_for_ends (&f, n_jobs);
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
      g_assert_cmpint (count_of (&f, i, "prepare"), ==, count_of (&f, i, "end"));
      g_assert_cmpint (count_of (&f, i, "rundown"), ==, 0);
    }
  g_assert_cmpuint (count_unfinished (&f), ==, 0);
  g_ptr_array_set_size (jobs, 0);
  tear_down (&f);
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
  g_test_add_func ("/worker/queue/recovery-takes-turns", test_recovery_takes_turns);
  g_test_add_data_func ("/worker/queue/recovery-of-one-beside", GINT_TO_POINTER (TRUE), test_recovery_beside);
  g_test_add_data_func ("/worker/queue/recovery-of-all-beside", NULL, test_recovery_beside);
  g_test_add_func ("/worker/queue/recovery-waits", test_recovery_waits);
  g_test_add_func ("/worker/queue/automatic", test_automatic);
  g_test_add_func ("/worker/queue/no-sign-in", test_no_sign_in);
  g_test_add_func ("/worker/queue/verify", test_verify);
  g_test_add_func ("/worker/queue/random-cancels", test_random_cancels);
  return g_test_run ();
}
