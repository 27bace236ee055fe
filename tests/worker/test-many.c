/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "many-cas.h"

#include "base/sr-file.h"
#include "session/sr-journal.h"
#include "store/sr-staging.h"
#include "worker/sr-job-private.h"
#include "worker/sr-worker.h"

/* Many CAs side by side through the queue, cancelled at random moments and in
 * every way that there is, and at the end the books are balanced: the servers'
 * own counts, the backup folder, the journal, and what each job has shown. */

#define N_CAS 24
#define N_JOBS 500
#define QUEUED_EACH 3            /* jobs that wait for every CA at the start */
#define PATIENCE 180             /* seconds without the end of any job: it hangs */
#define NOTIFIES 100             /* a small backup tells its properties some fifty times */
#define MOMENT_MS 3000

/* How a job is cancelled. */
typedef enum
{
  WAY_LEFT_ALONE,
  WAY_AT_NOTIFY,       /* while it shows one of its changes */
  WAY_AT_TIME,         /* out of a timer */
  WAY_FROM_THREAD,     /* by the caller's cancellable, on another thread */
  WAY_AT_ONCE,         /* right after it was given to the worker */
  WAY_BEFORE,          /* before it was */
  WAY_BEFORE_CALLER,   /* likewise, by the caller's cancellable */
  N_WAYS,
} Way;

static const struct
{
  const char *words;
  guint percent;
} ways[N_WAYS] = {
  [WAY_LEFT_ALONE] = { "left alone", 25 },
  [WAY_AT_NOTIFY] = { "at a notification", 25 },
  [WAY_AT_TIME] = { "at a time", 20 },
  [WAY_FROM_THREAD] = { "from a thread", 15 },
  [WAY_AT_ONCE] = { "at once", 5 },
  [WAY_BEFORE] = { "before the start", 5 },
  [WAY_BEFORE_CALLER] = { "before the start by the caller", 5 },
};

typedef struct _Many Many;

typedef struct
{
  Many *many;
  SrJob *job;              /* weak */
  SrJob *held;             /* NULL where the caller drops it at once */
  GCancellable *cancellable;
  guint ca;
  Way way;
  gboolean twice;
  guint countdown;
  guint timer;
  double fraction;
  gint64 updates[SR_JOB_UPDATES_PER_SECOND];
  guint n_updates;
  SrJobState state;
  gboolean ran;
  gboolean published;
} Watched;

struct _Many
{
  char *home;
  char *journal;
  GPtrArray *cas;
  SrRepository *repository;
  SrWorker *worker;
  GRand *rand;
  GThread *main_thread;
  GPtrArray *jobs;
  guint n_retries;
  guint n_dropped;
  guint n_twice;
  guint most_active;
  guint n_running[N_CAS];

  GMutex mutex;            /* all that follows */
  GCond changed;
  gboolean over;
  guint n_ended;
  GQueue to_cancel;
};

static guint
random_below (Many *m,
              guint n)
{
  return (guint) g_rand_int_range (m->rand, 0, (gint32) n);
}

/* ---- Those who look on ------------------------------------------------------ */

static gpointer
watch_over (gpointer data)
{
  Many *m = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&m->mutex);
  guint seen = 0;
  gint64 until = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;

  while (!m->over)
    {
      if (!g_cond_wait_until (&m->changed, &m->mutex, until) && seen == m->n_ended)
        {
          for (guint i = 0; i < m->cas->len; i++)
            {
              ManyCounts counts = many_ca_count (m->cas->pdata[i]);

              g_printerr ("CA %02u: %" G_GINT64_FORMAT " prepared, %" G_GINT64_FORMAT " ended\n", i, counts.prepares, counts.ends);
            }
          g_error ("No job has ended for %d s; %u of %u have", PATIENCE, m->n_ended, N_JOBS);
        }
      if (seen != m->n_ended)
        {
          seen = m->n_ended;
          until = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;
        }
    }
  return NULL;
}

/* Cancels what callers hold, at its own pace. */
static gpointer
cancel_from_aside (gpointer data)
{
  Many *m = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  g_mutex_lock (&m->mutex);
  while (!m->over)
    {
      g_autoptr (GCancellable) cancellable = g_queue_pop_head (&m->to_cancel);

      if (cancellable == NULL)
        {
          g_cond_wait (&m->changed, &m->mutex);
          continue;
        }
      g_mutex_unlock (&m->mutex);
      g_usleep ((gulong) g_rand_int_range (rand, 0, 300 * 1000));
      g_cancellable_cancel (cancellable);
      g_mutex_lock (&m->mutex);
    }
  g_mutex_unlock (&m->mutex);
  return NULL;
}

/* ---- One job ------------------------------------------------------------------ */

static void
cancel_job (Watched *w)
{
  sr_job_cancel (w->job);
  if (w->twice)
    sr_job_cancel (w->job);
}

static gboolean
cancel_in_time (gpointer data)
{
  Watched *w = data;

  w->timer = 0;
  if (w->job != NULL)
    cancel_job (w);
  return G_SOURCE_REMOVE;
}

/* At most 30 updates begin in any second: 31 are never less than one apart. */
static void
count_update (Watched *w)
{
  guint next = w->n_updates % SR_JOB_UPDATES_PER_SECOND;
  guint last = (w->n_updates + SR_JOB_UPDATES_PER_SECOND - 1) % SR_JOB_UPDATES_PER_SECOND;

  if (w->n_updates > 0 && w->updates[last] == w->job->flush.flushed_at)
    return;
  if (w->n_updates >= SR_JOB_UPDATES_PER_SECOND)
    g_assert_cmpint (w->job->flush.flushed_at - w->updates[next], >=, G_USEC_PER_SEC);
  w->updates[next] = w->job->flush.flushed_at;
  w->n_updates++;
}

static void
on_notify (SrJob      *job,
           GParamSpec *pspec,
           Watched    *w)
{
  g_assert_true (g_thread_self () == w->many->main_thread);
  g_assert_false (sr_job_state_is_final (w->state));
  g_assert_cmpfloat (sr_job_get_fraction (job), >=, w->fraction);
  w->fraction = sr_job_get_fraction (job);
  count_update (w);
  if (w->countdown > 0 && --w->countdown == 0)
    cancel_job (w);
}

/* One job of a CA at a time. */
static void
on_state (SrJob      *job,
          GParamSpec *pspec,
          Watched    *w)
{
  Many *m = w->many;
  guint active = 0;

  if (w->ran && sr_job_state_is_final (sr_job_get_state (job)))
    m->n_running[w->ca]--;
  if (sr_job_get_state (job) != SR_JOB_RUNNING)
    return;
  w->ran = TRUE;
  g_assert_cmpuint (++m->n_running[w->ca], ==, 1);
  for (guint i = 0; i < N_CAS; i++)
    active += m->n_running[i];
  m->most_active = MAX (m->most_active, active);
}

static Way
choose_way (Many *m)
{
  guint number = random_below (m, 100);
  Way way = 0;

  while (number >= ways[way].percent)
    number -= ways[way++].percent;
  return way;
}

static void begin_job (Many *m,
                       guint ca);

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Watched *w = user_data;
  Many *m = w->many;
  g_autoptr (GError) error = NULL;
  gboolean done = sr_worker_run_finish (SR_WORKER (source), result, &error);

  g_assert_true (g_thread_self () == m->main_thread);
  w->state = sr_job_get_state (w->job);
  g_assert_true (done == (w->state == SR_JOB_DONE));
  g_assert_true (done == (sr_job_get_fraction (w->job) == 1));
  if (!done)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (w->state, ==, SR_JOB_CANCELLED);
    }
  w->published = sr_job_get_set (w->job) != NULL;
  g_assert_true (w->published || !done);
  /* A cancel that comes too late does nothing. */
  if (w->twice)
    cancel_job (w);
  sr_worker_forget (m->worker, w->job);
  g_clear_object (&w->held);

  g_mutex_lock (&m->mutex);
  m->n_ended++;
  g_cond_broadcast (&m->changed);
  g_mutex_unlock (&m->mutex);

  /* What the window does when its user tries again, out of the callback; or somebody else comes. */
  if (m->jobs->len == N_JOBS)
    return;
  if (!done && random_below (m, 2) == 0)
    {
      m->n_retries++;
      begin_job (m, w->ca);
    }
  else
    begin_job (m, random_below (m, N_CAS));
}

static SrJob *
make_job (Many    *m,
          Watched *w)
{
  SrBackupJobOptions options = {
    .authority = ((ManyCa *) m->cas->pdata[w->ca])->authority,
    .repository = m->repository,
    .journal_folder = m->journal,
    .read_size = 65536,
    /* However slow the machine is, nothing here is to run out of time. */
    .timeouts = { .connect = 600, .call = 600, .truncate = 600, .end = 600 },
  };
  SrJob *job = sr_job_new_backup (&options);

  w->job = job;
  g_object_add_weak_pointer (G_OBJECT (job), (gpointer *) &w->job);
  g_signal_connect (job, "notify::state", G_CALLBACK (on_state), w);
  g_signal_connect (job, "notify", G_CALLBACK (on_notify), w);
  return job;
}

static void
begin_job (Many *m,
           guint ca)
{
  Watched *w = g_new0 (Watched, 1);
  g_autoptr (SrJob) job = NULL;

  w->many = m;
  w->ca = ca;
  w->way = choose_way (m);
  w->twice = random_below (m, 3) == 0;
  m->n_twice += w->twice && w->way != WAY_LEFT_ALONE;
  g_ptr_array_add (m->jobs, w);
  job = make_job (m, w);
  if (w->way == WAY_FROM_THREAD || w->way == WAY_BEFORE_CALLER || random_below (m, 4) == 0)
    w->cancellable = g_cancellable_new ();
  if (w->way == WAY_AT_NOTIFY)
    w->countdown = 1 + random_below (m, NOTIFIES);
  if (w->way == WAY_BEFORE)
    cancel_job (w);
  if (w->way == WAY_BEFORE_CALLER)
    g_cancellable_cancel (w->cancellable);
  sr_worker_run_async (m->worker, job, w->cancellable, on_ended, w);
  if (w->way == WAY_AT_ONCE)
    cancel_job (w);
  if (w->way == WAY_AT_TIME)
    w->timer = g_timeout_add (random_below (m, MOMENT_MS), cancel_in_time, w);
  if (w->way == WAY_FROM_THREAD)
    {
      g_mutex_lock (&m->mutex);
      g_queue_push_tail (&m->to_cancel, g_object_ref (w->cancellable));
      g_cond_broadcast (&m->changed);
      g_mutex_unlock (&m->mutex);
    }
  /* A third is held by none but the worker. */
  if (random_below (m, 3) == 0)
    m->n_dropped++;
  else
    w->held = g_steal_pointer (&job);
}

/* ---- The books ------------------------------------------------------------------ */

/* Returns how many sets were published. */
static guint
check_jobs (Many *m)
{
  guint done[N_WAYS] = { 0 }, cancelled[N_WAYS] = { 0 };
  guint published = 0;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < m->jobs->len; i++)
    {
      Watched *w = m->jobs->pdata[i];

      g_assert_true (sr_job_state_is_final (w->state));
      g_assert_true (w->state == SR_JOB_DONE || w->way != WAY_LEFT_ALONE);
      g_assert_true (w->state == SR_JOB_CANCELLED || w->way < WAY_BEFORE);
      if (w->state == SR_JOB_DONE)
        done[w->way]++;
      else
        cancelled[w->way]++;
      published += w->published;
    }
  for (guint i = 0; i < N_WAYS; i++)
    g_test_message ("%s: %u done, %u cancelled", ways[i].words, done[i], cancelled[i]);
  /* Otherwise nothing was cancelled while it ran. */
  g_assert_cmpuint (cancelled[WAY_AT_NOTIFY], >, 0);
  g_assert_cmpuint (cancelled[WAY_FROM_THREAD], >, 0);
  g_test_message ("%u jobs, %u of them tried again, %u dropped by the caller, %u cancelled twice, up to %u at once",
                  m->jobs->len, m->n_retries, m->n_dropped, m->n_twice, m->most_active);

  sets = sr_repository_list_sets (m->repository, NULL, &unreadable, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unreadable->len, ==, 0);
  g_assert_cmpuint (sets->len, ==, published);
  for (guint i = 0; i < sets->len; i++)
    {
      g_assert_true (sr_backup_set_verify (sets->pdata[i], NULL, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
    }
  g_test_message ("%u sets published, all verified", sets->len);
  return published;
}

static void
check_servers (Many *m,
               guint n_sets)
{
  ManyCounts sum = { 0 };

  for (guint i = 0; i < m->cas->len; i++)
    {
      ManyCounts counts = many_ca_count (m->cas->pdata[i]);

      g_assert_cmpint (counts.prepares, ==, counts.ends);
      sum.prepares += counts.prepares;
      sum.ends += counts.ends;
      sum.rundowns += counts.rundowns;
      sum.others += counts.others;
    }
  g_test_message ("%u servers: prepares=%" G_GINT64_FORMAT " ends=%" G_GINT64_FORMAT " rundowns=%" G_GINT64_FORMAT " others=%" G_GINT64_FORMAT,
                  m->cas->len, sum.prepares, sum.ends, sum.rundowns, sum.others);
  /* Some were cancelled with their session open. */
  g_assert_cmpint (sum.prepares, >, n_sets);
  g_assert_cmpint (sum.rundowns, ==, 0);
  g_assert_cmpint (sum.others, ==, 0);
}

static void
check_nothing_left (Many *m)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) open = sr_journal_list (m->journal, &error);
  g_autoptr (GPtrArray) staging = sr_staging_list (m->repository, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (open->len, ==, 0);
  g_assert_cmpuint (staging->len, ==, 0);
  g_assert_cmpuint (sr_worker_get_n_active (m->worker), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (sr_worker_get_jobs (m->worker)), ==, 0);
}

/* ---- All of it ---------------------------------------------------------------------- */

static void
watched_free (gpointer data)
{
  Watched *w = data;

  g_clear_handle_id (&w->timer, g_source_remove);
  g_clear_object (&w->cancellable);
  g_assert_null (w->job);
  g_free (w);
}

static void
set_up (Many *m)
{
  g_autofree char *repository = NULL;
  g_autoptr (GError) error = NULL;
  guint32 seed = (guint32) g_test_rand_int ();

  g_test_message ("seed 0x%08x: the ways and the countdowns; the moments are the machine's", seed);
  m->rand = g_rand_new_with_seed (seed);
  m->home = g_dir_make_tmp ("sr-many-XXXXXX", NULL);
  m->journal = g_build_filename (m->home, "journal", NULL);
  repository = g_build_filename (m->home, "backups", NULL);
  m->repository = sr_repository_create (repository, &error);
  g_assert_no_error (error);
  m->cas = many_cas_start (m->home, N_CAS);
  m->worker = sr_worker_new ();
  m->main_thread = g_thread_self ();
  m->jobs = g_ptr_array_new ();
  g_mutex_init (&m->mutex);
  g_cond_init (&m->changed);
}

static void
tear_down (Many *m)
{
  g_ptr_array_set_free_func (m->jobs, watched_free);
  g_ptr_array_unref (m->jobs);
  g_object_add_weak_pointer (G_OBJECT (m->worker), (gpointer *) &m->worker);
  g_object_unref (m->worker);
  g_assert_null (m->worker);
  many_cas_stop (m->cas);
  g_object_unref (m->repository);
  g_assert_true (sr_file_remove_tree (m->home, NULL));
  g_queue_clear_full (&m->to_cancel, g_object_unref);
  g_rand_free (m->rand);
  g_mutex_clear (&m->mutex);
  g_cond_clear (&m->changed);
  g_free (m->journal);
  g_free (m->home);
}

static gboolean
all_ended (Many *m)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&m->mutex);

  return m->n_ended == N_JOBS;
}

static void
test_many (void)
{
  Many m = { 0 };
  GThread *watchdog, *canceller;

  set_up (&m);
  watchdog = g_thread_new ("watchdog", watch_over, &m);
  canceller = g_thread_new ("canceller", cancel_from_aside, &m);
  for (guint i = 0; i < N_CAS * QUEUED_EACH; i++)
    begin_job (&m, i % N_CAS);
  while (!all_ended (&m))
    g_main_context_iteration (NULL, TRUE);

  g_mutex_lock (&m.mutex);
  m.over = TRUE;
  g_cond_broadcast (&m.changed);
  g_mutex_unlock (&m.mutex);
  g_thread_join (watchdog);
  g_thread_join (canceller);
  g_assert_cmpuint (m.jobs->len, ==, N_JOBS);
  check_servers (&m, check_jobs (&m));
  check_nothing_left (&m);
  tear_down (&m);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/many", test_many);
  return g_test_run ();
}
