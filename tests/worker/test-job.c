/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "worker/sr-job-private.h"

#include <string.h>

/* The face of a job, driven as its thread drives it; the work itself is
 * test-worker's and tests/cli's. */

typedef struct
{
  char *folder;
  SrJob *job;
  GThread *main_thread;
  GArray *times;
  GArray *fractions;
  gboolean ended;
} Fixture;

static void
on_notify (SrJob      *job,
           GParamSpec *pspec,
           Fixture    *f)
{
  double fraction = sr_job_get_fraction (job);

  g_assert_true (g_thread_self () == f->main_thread);
  if (g_str_equal (pspec->name, "fraction"))
    g_array_append_val (f->fractions, fraction);
  if (g_str_equal (pspec->name, "bytes"))
    g_array_append_val (f->times, job->flush.flushed_at);
}

static void
on_ended (SrJob   *job,
          gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_true (sr_job_state_is_final (sr_job_get_state (job)));
  f->ended = TRUE;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (SrAuthority) authority = sr_authority_new ("host\\CA", NULL);
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (GError) error = NULL;
  SrBackupJobOptions options = { .authority = authority };

  f->folder = g_dir_make_tmp ("sr-job-XXXXXX", NULL);
  options.repository = repository = sr_repository_create (f->folder, &error);
  g_assert_no_error (error);
  f->job = sr_job_new_backup (&options);
  f->main_thread = g_thread_self ();
  f->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  f->fractions = g_array_new (FALSE, FALSE, sizeof (double));
  g_signal_connect (f->job, "notify", G_CALLBACK (on_notify), f);
  sr_job_set_ended_func (f->job, on_ended, f);
  g_assert_true (sr_job_begin (f->job));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_object_unref (f->job);
  g_array_unref (f->times);
  g_array_unref (f->fractions);
  g_assert_true (sr_file_remove_tree (f->folder, NULL));
  g_free (f->folder);
}

static void
wait_for_end (Fixture *f)
{
  while (!f->ended)
    g_main_context_iteration (NULL, TRUE);
}

static void
end_job (Fixture *f,
         GError  *error)
{
  SrJobResult *result = g_new0 (SrJobResult, 1);

  result->error = error;
  result->failed_phase = error != NULL ? SR_BACKUP_PHASE_LOGS : SR_BACKUP_PHASE_IDLE;
  result->session_state = SR_SESSION_ENDED;
  sr_job_report_end (f->job, result);
}

/* ---- A session that does not exist, with all that one may tell ------------- */

typedef struct
{
  SrJob *job;
  guint32 seed;
} Drive;

static void
read_files (GRand            *rand,
            SrJob            *job,
            SrBackupProgress *p,
            SrBackupPhase     phase,
            guint             n_files)
{
  p->phase = phase;
  p->n_files = n_files;
  p->file_index = 0;
  p->file_size = p->file_done = 0;
  sr_job_report (job, p);
  for (guint i = 1; i <= n_files; i++)
    {
      p->file = phase == SR_BACKUP_PHASE_LOGS ? "edb00001.log" : "CA.edb";
      p->file_index = i;
      p->file_done = 0;
      p->file_size = (guint64) g_rand_int_range (rand, 0, 1 << 30) * (guint) g_rand_int_range (rand, 1, 64);
      p->bytes_total += p->file_size;
      sr_job_report (job, p);
      while (p->file_done < p->file_size)
        {
          guint64 step = MIN (p->file_size - p->file_done, p->file_size / 3 + 1);

          p->file_done += step;
          p->bytes_done += step;
          sr_job_report (job, p);
        }
    }
}

static gpointer
drive_session (gpointer data)
{
  Drive *drive = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (drive->seed);
  SrBackupProgress p = { .state = SR_SESSION_NOT_OPEN };
  guint64 total;

  for (int phase = SR_BACKUP_PHASE_CONNECTING; phase <= SR_BACKUP_PHASE_LOCATIONS; phase++)
    {
      p.phase = phase;
      p.last_call = "BackupPrepare";
      sr_job_report (drive->job, &p);
    }
  p.state = SR_SESSION_OPEN;
  read_files (rand, drive->job, &p, SR_BACKUP_PHASE_DATABASE, (guint) g_rand_int_range (rand, 1, 4));
  read_files (rand, drive->job, &p, SR_BACKUP_PHASE_LOGS, (guint) g_rand_int_range (rand, 0, 40));
  p.total_known = TRUE;
  p.file = NULL;
  p.n_files = p.file_index = 0;
  p.phase = SR_BACKUP_PHASE_DYNAMIC;
  sr_job_report (drive->job, &p);
  if (g_rand_boolean (rand))
    {
      p.phase = SR_BACKUP_PHASE_VERIFYING;
      total = p.bytes_done;
      p.file = "DataBase/CA.edb";
      for (guint i = 0; i <= 10; i++)
        {
          p.bytes_done = total / 10 * i;
          sr_job_report (drive->job, &p);
        }
    }
  for (int phase = SR_BACKUP_PHASE_PUBLISHING; phase <= SR_BACKUP_PHASE_ENDING; phase++)
    {
      p.phase = phase;
      sr_job_report (drive->job, &p);
    }
  return NULL;
}

/* Every fraction that comes is taken in, not only those that are shown. */
static void
check_shown (Fixture *f)
{
  double last = 0;

  for (guint i = 0; i < f->fractions->len; i++)
    {
      double now = g_array_index (f->fractions, double, i);

      g_assert_cmpfloat (now, >, last);
      g_assert_cmpfloat (now, <=, 1);
      last = now;
    }
}

static void
test_fraction_shown (Fixture      *f,
                     gconstpointer data)
{
  Drive drive = { f->job, (guint32) g_test_rand_int () };
  GThread *thread = g_thread_new ("drive", drive_session, &drive);

  g_thread_join (thread);
  while (sr_job_get_phase (f->job) != SR_BACKUP_PHASE_ENDING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpfloat (sr_job_get_fraction (f->job), <, 1);
  end_job (f, NULL);
  wait_for_end (f);
  check_shown (f);
  g_assert_cmpfloat (sr_job_get_fraction (f->job), ==, 1);
  g_assert_cmpint (sr_job_get_state (f->job), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_session_state (f->job), ==, SR_SESSION_ENDED);
  g_assert_cmpint (sr_job_get_phase (f->job), ==, SR_BACKUP_PHASE_DONE);
  g_assert_cmpint (sr_job_get_time_left (f->job), ==, -1);
  g_assert_null (sr_job_get_error (f->job));
}

/* The same without the throttle between: each of some 200,000 reports. */
static void
test_fraction_every_report (void)
{
  for (guint run = 0; run < 300; run++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
      Fixture f = { 0 };
      SrBackupProgress p = { .state = SR_SESSION_OPEN };
      double last = 0;

      set_up (&f, NULL);
      for (guint i = 0; i < 600; i++)
        {
          /* A phase never comes back; everything else may lie. */
          if (g_rand_int_range (rand, 0, 60) == 0 && p.phase < SR_BACKUP_PHASE_ENDING)
            p.phase += (SrBackupPhase) g_rand_int_range (rand, 1, 3);
          p.phase = MIN (p.phase, SR_BACKUP_PHASE_ENDING);
          p.n_files = (guint) g_rand_int_range (rand, 0, 50);
          p.file_index = (guint) g_rand_int_range (rand, 0, 60);
          p.file_size = g_rand_int (rand);
          p.file_done = g_rand_int (rand);
          p.bytes_done = g_rand_int (rand);
          p.bytes_total = g_rand_int (rand);
          sr_job_report (f.job, &p);
          g_assert_cmpfloat (f.job->coming.fraction, >=, last);
          g_assert_cmpfloat (f.job->coming.fraction, <, 1);
          last = f.job->coming.fraction;
        }
      end_job (&f, NULL);
      wait_for_end (&f);
      tear_down (&f, NULL);
    }
}

/* Reading back takes its own share of the bar, from where reading left it. */
static void
test_fraction_verifying (Fixture      *f,
                         gconstpointer data)
{
  SrBackupProgress p = { .phase = SR_BACKUP_PHASE_DATABASE, .state = SR_SESSION_OPEN, .file = "CA.edb", .file_index = 1, .n_files = 1,
                         .file_size = 1 << 30, .file_done = 1 << 30, .bytes_total = 1 << 30, .bytes_done = 1 << 30 };
  double read;

  sr_job_report (f->job, &p);
  p.phase = SR_BACKUP_PHASE_VERIFYING;
  p.file = NULL;
  sr_job_report (f->job, &p);
  read = f->job->coming.fraction;
  g_assert_cmpfloat (read, >, 0.5);
  g_assert_cmpfloat (read, <, 0.9);
  p.file = "DataBase/CA.edb";
  p.bytes_done = 1 << 29;
  sr_job_report (f->job, &p);
  g_assert_cmpfloat_with_epsilon (f->job->coming.fraction, (1 + read) / 2, 0.01);
  end_job (f, NULL);
  wait_for_end (f);
}

/* A session that the CA refused at its logs, then a full one: the bar goes on through all of it. */
static void
test_fraction_full_instead (Fixture      *f,
                            gconstpointer data)
{
  SrBackupProgress p = { .phase = SR_BACKUP_PHASE_LOGS, .state = SR_SESSION_OPEN };
  double refused, half;

  sr_job_report (f->job, &p);
  refused = f->job->coming.fraction;
  p = (SrBackupProgress) { .phase = SR_BACKUP_PHASE_DATABASE, .state = SR_SESSION_OPEN, .file = "CA.edb", .file_index = 1, .n_files = 1,
                           .file_size = 1 << 30, .file_done = 1 << 29, .bytes_total = 1 << 30, .bytes_done = 1 << 29 };
  sr_job_report (f->job, &p);
  half = f->job->coming.fraction;
  g_assert_cmpfloat (half, >, refused);
  p.file_done = p.bytes_done = 1 << 30;
  sr_job_report (f->job, &p);
  g_assert_cmpfloat (f->job->coming.fraction, >, half);
  g_assert_cmpfloat (f->job->coming.fraction, <, 1);
  half = f->job->coming.fraction;
  p.phase = SR_BACKUP_PHASE_LOGS;
  p.file = NULL;
  p.n_files = p.file_index = 2;
  sr_job_report (f->job, &p);
  g_assert_cmpfloat (f->job->coming.fraction, >, half);
  end_job (f, NULL);
  wait_for_end (f);
  check_shown (f);
}

typedef struct
{
  SrJob *job;
  int stop;
} Hammer;

static gpointer
hammer (gpointer data)
{
  Hammer *self = data;
  SrBackupProgress p = { .phase = SR_BACKUP_PHASE_DATABASE, .n_files = 1, .file_index = 1, .file_size = G_MAXUINT32, .bytes_total = G_MAXUINT32 };

  while (!g_atomic_int_get (&self->stop))
    {
      p.file_done = ++p.bytes_done;
      sr_job_report (self->job, &p);
    }
  return NULL;
}

/* However often it is reported, at most 30 updates begin in any second: 31 of
 * them are never less than a second apart. A slow machine only widens that. */
static void
test_update_bound (Fixture      *f,
                   gconstpointer data)
{
  Hammer self = { f->job, 0 };
  GThread *thread = g_thread_new ("hammer", hammer, &self);

  while (f->times->len < 2 * SR_JOB_UPDATES_PER_SECOND)
    g_main_context_iteration (NULL, TRUE);
  g_atomic_int_set (&self.stop, 1);
  g_thread_join (thread);
  for (guint i = SR_JOB_UPDATES_PER_SECOND; i < f->times->len; i++)
    g_assert_cmpint (g_array_index (f->times, gint64, i) - g_array_index (f->times, gint64, i - SR_JOB_UPDATES_PER_SECOND),
                     >=, G_USEC_PER_SEC);
  g_test_message ("%u updates for %" G_GUINT64_FORMAT " reports", f->times->len, sr_job_get_bytes (f->job));
  end_job (f, NULL);
  wait_for_end (f);
}

/* Cancelling shows while the work goes on, and the end is the work's own. */
static void
test_cancel (Fixture      *f,
             gconstpointer data)
{
  SrBackupProgress p = { .phase = SR_BACKUP_PHASE_DATABASE, .state = SR_SESSION_OPEN, .n_files = 1, .file_index = 1, .file_size = 10, .bytes_total = 10 };

  sr_job_report (f->job, &p);
  sr_job_cancel (f->job);
  sr_job_cancel (f->job);
  while (sr_job_get_state (f->job) != SR_JOB_CANCELLING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (f->ended);
  g_assert_true (g_cancellable_is_cancelled (sr_job_get_cancellable (f->job)));
  p.phase = SR_BACKUP_PHASE_ENDING;
  sr_job_report (f->job, &p);
  while (sr_job_get_phase (f->job) != SR_BACKUP_PHASE_ENDING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_job_get_state (f->job), ==, SR_JOB_CANCELLING);

  end_job (f, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
  wait_for_end (f);
  g_assert_cmpint (sr_job_get_state (f->job), ==, SR_JOB_CANCELLED);
  g_assert_error (sr_job_get_error (f->job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (sr_job_get_fraction (f->job), <, 1);
  check_shown (f);
}

static void
test_failure (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (GError) copy = NULL;

  end_job (f, g_error_new (SR_ERROR, SR_ERROR_TIMED_OUT, "BackupReadFile at host: no answer"));
  wait_for_end (f);
  g_assert_cmpint (sr_job_get_state (f->job), ==, SR_JOB_FAILED);
  g_assert_cmpint (sr_job_get_failed_phase (f->job), ==, SR_BACKUP_PHASE_LOGS);
  g_object_get (f->job, "error", &copy, NULL);
  g_assert_error (copy, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_nonnull (sr_job_get_advice (f->job));
  g_assert_cmpfloat (sr_job_get_fraction (f->job), <, 1);
}

static void
report_call (Fixture      *f,
             SrBackupPhase phase,
             const char   *name,
             gint64        at)
{
  SrBackupProgress p = { .phase = phase, .state = SR_SESSION_OPEN, .last_call = name, .last_call_at = at };

  sr_job_report (f->job, &p);
}

static void
assert_step (Fixture      *f,
             guint         i,
             SrBackupPhase phase,
             const char   *name)
{
  const SrJobStep *step = g_ptr_array_index (sr_job_get_trace (f->job), i);

  g_assert_cmpint (step->phase, ==, phase);
  g_assert_cmpstr (step->call, ==, name);
}

/* Each method once in a phase, at the time of its call; what is only reported again is no call. */
static void
test_trace (Fixture      *f,
            gconstpointer data)
{
  report_call (f, SR_BACKUP_PHASE_PREPARING, "BackupPrepare", 1);
  report_call (f, SR_BACKUP_PHASE_LOGS, "BackupPrepare", 1);
  for (gint64 i = 0; i < 100; i++)
    {
      report_call (f, SR_BACKUP_PHASE_LOGS, "BackupOpenFile", 2 + 2 * i);
      report_call (f, SR_BACKUP_PHASE_LOGS, "BackupReadFile", 3 + 2 * i);
    }
  report_call (f, SR_BACKUP_PHASE_DYNAMIC, "BackupReadFile", 300);
  end_job (f, NULL);
  wait_for_end (f);
  g_assert_cmpuint (sr_job_get_trace (f->job)->len, ==, 4);
  assert_step (f, 0, SR_BACKUP_PHASE_PREPARING, "BackupPrepare");
  assert_step (f, 1, SR_BACKUP_PHASE_LOGS, "BackupOpenFile");
  assert_step (f, 2, SR_BACKUP_PHASE_LOGS, "BackupReadFile");
  assert_step (f, 3, SR_BACKUP_PHASE_DYNAMIC, "BackupReadFile");
  g_assert_cmpint (sr_job_get_ended_time (f->job), >=, sr_job_get_begun_time (f->job));
}

typedef enum
{
  UNTIL_LOCKED,
  UNTIL_PASSWORD,
  UNTIL_CANCELLED,
} Hindrance;

static void
hinder (Hindrance      hindrance,
        SrRepository  *repository,
        SrAuthority   *authority,
        SrLock       **lock)
{
  g_autoptr (GError) error = NULL;

  if (hindrance == UNTIL_LOCKED)
    *lock = sr_repository_lock_authority (repository, sr_authority_get_config (authority), SR_LOCK_EXCLUSIVE, NULL, &error);
  else
    sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, "LAB\\operator", NULL, &error);
  g_assert_no_error (error);
}

/* What was to be made is known though no session ran: who tries again must not
 * get a full backup, which truncates, where logs alone were asked for. */
static void
test_kind_without_session (gconstpointer data)
{
  Hindrance hindrance = GPOINTER_TO_INT (data);
  g_autofree char *folder = g_dir_make_tmp ("sr-job-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (folder, &error);
  g_autoptr (SrAuthority) authority = sr_authority_new ("host\\CA", NULL);
  SrBackupJobOptions options = { .authority = authority, .repository = repository, .kind = SR_BACKUP_LOGS };
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (SrJob) job = NULL;

  g_assert_no_error (error);
  hinder (hindrance, repository, authority, &lock);
  job = sr_job_new_backup (&options);
  if (hindrance == UNTIL_CANCELLED)
    sr_job_cancel (job);
  g_assert_true (sr_job_begin (job) == (hindrance != UNTIL_CANCELLED));
  if (hindrance != UNTIL_CANCELLED)
    sr_job_run (job);
  while (!sr_job_state_is_final (sr_job_get_state (job)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_job_get_state (job), ==, hindrance == UNTIL_CANCELLED ? SR_JOB_CANCELLED : SR_JOB_FAILED);
  g_assert_cmpint (sr_job_get_backup_kind (job), ==, SR_BACKUP_LOGS);
  g_clear_pointer (&lock, sr_lock_release);
  g_assert_true (sr_file_remove_tree (folder, NULL));
}

static void
test_words (void)
{
  g_autofree char *log = sr_job_describe (SR_JOB_BACKUP, SR_JOB_RUNNING, SR_BACKUP_PHASE_LOGS, 3, 7);
  g_autofree char *database = sr_job_describe (SR_JOB_BACKUP, SR_JOB_RUNNING, SR_BACKUP_PHASE_DATABASE, 1, 1);
  g_autofree char *queued = sr_job_describe (SR_JOB_BACKUP, SR_JOB_QUEUED, SR_BACKUP_PHASE_IDLE, 0, 0);

  g_assert_cmpstr (log, ==, "Reading log 3 of 7");
  g_assert_cmpstr (database, ==, "Reading database");
  g_assert_cmpstr (queued, ==, "Waiting for its turn");
  g_assert_nonnull (strstr (sr_job_keep_logs_words (), "copy"));
}

#define ADD(name, func) g_test_add ("/worker/job/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("fraction-shown", test_fraction_shown);
  g_test_add_func ("/worker/job/fraction-every-report", test_fraction_every_report);
  ADD ("fraction-verifying", test_fraction_verifying);
  ADD ("fraction-full-instead", test_fraction_full_instead);
  ADD ("update-bound", test_update_bound);
  ADD ("cancel", test_cancel);
  ADD ("failure", test_failure);
  ADD ("trace", test_trace);
  g_test_add_data_func ("/worker/job/kind/locked", GINT_TO_POINTER (UNTIL_LOCKED), test_kind_without_session);
  g_test_add_data_func ("/worker/job/kind/no-password", GINT_TO_POINTER (UNTIL_PASSWORD), test_kind_without_session);
  g_test_add_data_func ("/worker/job/kind/cancelled", GINT_TO_POINTER (UNTIL_CANCELLED), test_kind_without_session);
  g_test_add_func ("/worker/job/words", test_words);
  return g_test_run ();
}
