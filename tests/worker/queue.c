/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "queue.h"

#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <signal.h>

static void
start_practice (Queue *f,
                guint  i)
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

gboolean
queue_set_up (Queue *f,
              guint  n)
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

void
queue_tear_down (Queue *f)
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

void
queue_signal_server (Queue *f,
                     guint  i,
                     int    number)
{
  g_autoptr (SrPracticeFolder) ready = sr_practice_folder_read (f->folders[i], NULL);

  g_assert_cmpint (kill ((pid_t) ready->pid, number), ==, 0);
}

gint64
queue_count_of (Queue      *f,
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
index_of (Queue *f,
          SrJob *job)
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
          Queue      *f)
{
  guint i = index_of (f, job);

  if (sr_job_get_state (job) == SR_JOB_RUNNING)
    g_assert_cmpuint (++f->n_running[i], ==, 1);
  if (sr_job_state_is_final (sr_job_get_state (job)) && g_object_get_data (G_OBJECT (job), "ran") != NULL)
    f->n_running[i]--;
  if (sr_job_get_state (job) == SR_JOB_RUNNING)
    g_object_set_data (G_OBJECT (job), "ran", job);
}

SrJob *
queue_make_job (Queue *f,
                guint  i)
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

void
queue_on_ended (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  Queue *f = user_data;

  f->n_ended++;
  g_set_object (&f->result, result);
}

void
queue_wait_for_state (SrJob      *job,
                      SrJobState  state)
{
  while (sr_job_get_state (job) != state)
    {
      g_assert_false (sr_job_state_is_final (sr_job_get_state (job)));
      g_main_context_iteration (NULL, TRUE);
    }
}

void
queue_wait_for_ends (Queue *f,
                     guint  n)
{
  while (f->n_ended < n)
    g_main_context_iteration (NULL, TRUE);
}
