/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-hresult.h"
#include "csra/sr-csra-messages.h"
#include "store/sr-backup-set-writer.h"
#include "worker/sr-backup-folder.h"
#include "worker/sr-job-private.h"
#include "worker/sr-watch-private.h"

#include <stdio.h>

/* What is made of the looks at disk and CA. They are taken here one by one, by
 * hand: the monitor, which has them taken on threads, is test-monitor's. */

#define CONFIG "ca.example.test\\Example CA"

typedef struct
{
  SrAuthority *authority;
  SrWatch *watch;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->authority = sr_authority_new (CONFIG, &error);
  g_assert_no_error (error);
  f->watch = sr_watch_new (f->authority);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *settings = g_build_filename (g_get_user_config_dir (), "strongroom", NULL);

  g_object_run_dispose (G_OBJECT (f->watch));
  g_object_unref (f->watch);
  g_object_unref (f->authority);
  sr_file_remove_tree (settings, NULL);
}

static void
choose (SrRepository *repository)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_folder_choose (repository, &error));
  g_assert_no_error (error);
}

/* The folder that is chosen from now on. */
static SrRepository *
make_folder (const char *name)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  SrRepository *repository = sr_repository_create (path, &error);

  g_assert_no_error (error);
  choose (repository);
  return repository;
}

static SrBackupSet *
publish (SrRepository *repository,
         const char   *config)
{
  static const char database[] = "not a real database, but bytes";
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (repository, config, SR_LOCK_EXCLUSIVE, NULL, &error);
  SrBackupSetDescription description = { .kind = SR_SET_FULL };
  g_autoptr (SrBackupSetWriter) writer = NULL;
  SrBackupSet *set;

  g_assert_no_error (error);
  writer = sr_backup_set_writer_begin (lock, &description, &error);
  g_assert_no_error (error);
  g_assert_true (sr_backup_set_writer_begin_file (writer, SR_FILE_DATABASE, "\\\\ca\\C$\\x.edb", sizeof database, &error));
  g_assert_true (sr_backup_set_writer_write (writer, database, sizeof database, &error));
  g_assert_true (sr_backup_set_writer_end_file (writer, &error));
  set = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return set;
}

static void
look_at_disk (SrWatch *watch)
{
  g_autoptr (SrDiskLook) look = sr_disk_look_new (NULL);

  sr_watch_take_disk (watch, look);
}

static SrBackupSet *
newest_shown (SrWatch *watch)
{
  return g_list_model_get_item (sr_watch_get_sets (watch), 0);
}

/* A copy of the folder on another disk has the same sets, and they are worked on there from now on. */
static void
test_moved (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrRepository) old = make_folder ("before-move");
  g_autoptr (SrBackupSet) first = publish (old, CONFIG);
  g_autoptr (SrBackupSet) second = publish (old, CONFIG);
  g_autofree char *to = g_build_filename (g_get_user_data_dir (), "behind-move", NULL);
  const char *copy[] = { "cp", "-a", sr_repository_get_path (old), to, NULL };
  g_autoptr (SrRepository) new = NULL;
  g_autoptr (SrBackupSet) before = NULL;
  g_autoptr (SrBackupSet) kept = NULL;
  g_autoptr (SrBackupSet) behind = NULL;
  g_autoptr (GError) error = NULL;

  look_at_disk (f->watch);
  before = newest_shown (f->watch);
  look_at_disk (f->watch);
  kept = newest_shown (f->watch);
  g_assert_true (kept == before);

  g_assert_true (g_spawn_sync (NULL, (char **) copy, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  new = sr_repository_open (to, &error);
  g_assert_no_error (error);
  choose (new);
  look_at_disk (f->watch);
  behind = newest_shown (f->watch);
  g_assert_true (sr_backup_set_is_same (before, behind));
  g_assert_true (g_str_has_prefix (sr_backup_set_get_path (behind), to));
}

/* A job that fails, since another one has the lock. */
static SrJob *
fail (Fixture      *f,
      SrRepository *repository)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (repository, CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error);
  SrBackupJobOptions options = { .authority = f->authority, .repository = repository };
  SrJob *job = sr_job_new_backup (&options);

  g_assert_no_error (error);
  g_assert_true (sr_job_begin (job));
  sr_watch_set_job (f->watch, job);
  g_assert_false (sr_watch_get_failed (f->watch));
  sr_job_run (job);
  while (!sr_job_state_is_final (sr_job_get_state (job)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  return job;
}

/* A failure is told until somebody makes a set after all. */
static void
test_failed (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrRepository) repository = make_folder ("failed");
  g_autoptr (SrBackupSet) before = publish (repository, CONFIG);
  g_autoptr (SrBackupSet) behind = NULL;
  g_autoptr (SrJob) job = NULL;

  look_at_disk (f->watch);
  g_assert_false (sr_watch_get_failed (f->watch));
  job = fail (f, repository);
  g_assert_true (sr_watch_get_failed (f->watch));
  look_at_disk (f->watch);
  g_assert_true (sr_watch_get_failed (f->watch));
  behind = publish (repository, CONFIG);
  look_at_disk (f->watch);
  g_assert_false (sr_watch_get_failed (f->watch));
}

static void
verify (SrBackupSet *set)
{
  g_autoptr (SrJob) job = sr_job_new_verify (set);

  g_assert_true (sr_job_begin (job));
  sr_job_run (job);
  while (!sr_job_state_is_final (sr_job_get_state (job)))
    g_main_context_iteration (NULL, TRUE);
}

/* What a file manager leaves in a set's folder does not make it a damaged one. */
static void
test_findings (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrRepository) repository = make_folder ("findings");
  g_autoptr (SrBackupSet) set = publish (repository, CONFIG);
  g_autofree char *extra = g_build_filename (sr_backup_set_get_path (set), ".directory", NULL);
  g_autofree char *sums = g_build_filename (sr_backup_set_get_path (set), SR_SUMS_NAME, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_replace (extra, "x", 1, &error));
  verify (set);
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_verification (f->watch)->finding, ==, SR_FINDING_UNEXPECTED);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_GOOD);

  g_assert_true (sr_backup_set_record_verification (set, SR_FINDING_UNREADABLE, NULL, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_UNREADABLE);

  g_assert_cmpint (remove (sums), ==, 0);
  verify (set);
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_DAMAGED);
}

static int
compare (Fixture *f,
         guint64  filetime,
         gint64   time)
{
  g_autoptr (SrServerLook) server = g_new0 (SrServerLook, 1);

  server->asked_at = g_get_real_time ();
  server->interface_flags = server->db_flags = -1;
  server->last_full_filetime = filetime;
  server->last_full = time;
  sr_watch_take_server (f->watch, server);
  return sr_watch_compare_last_full (f->watch);
}

/* What the CA told at the end of our session is known: whatever its clock shows, it is that backup or another. */
static void
test_last_full (Fixture      *f,
                gconstpointer data)
{
  const gint64 now = g_get_real_time ();
  SrSessionRecord record = { .truncated = SR_TRUNCATION_YES, .ended = SR_ENDING_YES, .server_last_full = 1000 };
  g_autoptr (SrRepository) repository = make_folder ("last-full");
  g_autoptr (SrBackupSet) full = publish (repository, CONFIG);
  g_autoptr (SrBackupSet) copy = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_record_session (full, &record, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (compare (f, 1000, now + 2 * G_TIME_SPAN_HOUR), ==, 0);
  g_assert_cmpint (compare (f, 1000, now - 2 * G_TIME_SPAN_HOUR), ==, 0);
  g_assert_cmpint (compare (f, 1001, now), ==, 1);
  g_assert_cmpint (compare (f, 0, now + 2 * G_TIME_SPAN_HOUR), ==, 1);

  /* A copy of which the CA took no note. */
  record.truncated = SR_TRUNCATION_KEPT;
  record.server_last_full = 0;
  copy = publish (repository, CONFIG);
  g_assert_true (sr_backup_set_record_session (copy, &record, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (compare (f, 1000, now + 2 * G_TIME_SPAN_HOUR), ==, -1);

  /* And one of which it did. */
  record.server_last_full = 2000;
  g_assert_true (sr_backup_set_record_session (copy, &record, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (compare (f, 2000, now + 2 * G_TIME_SPAN_HOUR), ==, 0);
  g_assert_cmpint (compare (f, 1000, now + 2 * G_TIME_SPAN_HOUR), ==, -1);

  /* Not learnt at the end of our session: then times must do. */
  g_assert_true (sr_backup_set_record_session (full, &(SrSessionRecord) { .truncated = SR_TRUNCATION_YES, .ended = SR_ENDING_YES }, &error));
  record.server_last_full = 0;
  g_assert_true (sr_backup_set_record_session (copy, &record, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (compare (f, 1000, now), ==, 0);
  g_assert_cmpint (compare (f, 1000, now + 2 * G_TIME_SPAN_HOUR), ==, 1);
}

/* What the CA says, or why it could not be asked. */
static void
hear (SrWatch *watch,
      GError  *error)
{
  g_autoptr (SrServerLook) look = g_new0 (SrServerLook, 1);

  look->error = error;
  look->asked_at = g_get_real_time ();
  look->interface_flags = look->db_flags = -1;
  sr_watch_take_server (watch, look);
}

static GError *
away (void)
{
  return g_error_new (SR_ERROR, SR_ERROR_TIMED_OUT, "no route");
}

/* What our sets are worth stands, whether the CA can be reached or not. */
static void
test_offline (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (SrRepository) repository = make_folder ("offline");
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;

  hear (f->watch, away ());
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_OFFLINE);
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_NEVER);
  set = publish (repository, CONFIG);
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_OFFLINE);
  g_assert_true (sr_backup_set_record_verification (set, SR_FINDING_DAMAGED, NULL, &error));
  look_at_disk (f->watch);
  g_assert_cmpint (sr_watch_get_condition (f->watch), ==, SR_CONDITION_DAMAGED);
}

/* Each way of not being told is another thing to do. */
static void
test_reach (Fixture      *f,
            gconstpointer data)
{
  hear (f->watch, g_error_new (SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD, "none"));
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_NEEDS_PASSWORD);
  hear (f->watch, NULL);
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_ONLINE);
  g_assert_false (sr_watch_get_was_away (f->watch));
  hear (f->watch, away ());
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_OFFLINE);
  hear (f->watch, NULL);
  g_assert_true (sr_watch_get_was_away (f->watch));

  hear (f->watch, g_error_new (SR_ERROR, SR_ERROR_AUTH, "no"));
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_REFUSED);
  hear (f->watch, g_error_new (SR_HRESULT_ERROR, (gint) SR_E_ACCESSDENIED, "no"));
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_REFUSED);
  hear (f->watch, g_error_new (SR_HRESULT_ERROR, (gint) SR_REGDB_E_CLASSNOTREG, "no CA here"));
  g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_NO_SERVICE);
  g_assert_false (sr_watch_get_was_away (f->watch));
}

#define PATIENCE 60

static SrPracticeFolder *
start_practice (const char *folder)
{
  g_autofree char *program = sr_practice_program_find (NULL);
  SrPracticeProgramOptions options = { .name = "Practice CA", .interface_flags = -1 };
  g_autoptr (GError) error = NULL;
  SrPracticeFolder *ready;

  if (program == NULL)
    {
      g_test_skip ("strongroom-practice-ca is not built");
      return NULL;
    }
  ready = sr_practice_program_start (folder, &options, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
  return ready;
}

static SrAuthority *
authority_of (SrPracticeFolder *ready)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_new (ready->config, &error);

  g_assert_true (sr_authority_set_endpoint (authority, ready->address, ready->activation_port, &error));
  sr_authority_set_ntlm_allowed (authority, TRUE);
  sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, ready->user, NULL, &error);
  g_assert_no_error (error);
  return authority;
}

static void
drop_call (const char *folder,
           guint       call)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (request, "do", "drop");
  json_object_set_int_member (request, "opnum", SR_CSRA_GET_CONFIG_ENTRY);
  json_object_set_string_member (request, "when", "before");
  json_object_set_int_member (request, "call", call);
  answer = sr_practice_program_ask (folder, request, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
}

/* That there was no backup is told; where the connection breaks nothing is: what was known before stays. */
static void
test_told (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "practice", NULL);
  g_autoptr (SrPracticeFolder) ready = start_practice (folder);
  g_autoptr (SrSecret) password = ready != NULL ? sr_practice_folder_get_password (ready, NULL) : NULL;
  g_autoptr (SrAuthority) authority = ready != NULL ? authority_of (ready) : NULL;
  g_autoptr (SrServerLook) whole = NULL;

  if (ready == NULL)
    return;
  g_assert_false (sr_watch_get_server_last_full_told (f->watch));
  whole = sr_server_look_new (authority, password, NULL);
  g_assert_no_error (whole->error);
  sr_watch_take_server (f->watch, whole);
  g_assert_true (sr_watch_get_server_last_full_told (f->watch));
  g_assert_cmpint (sr_watch_get_server_last_full (f->watch), ==, 0);
  g_assert_cmpint (sr_watch_get_interface_flags (f->watch), >=, 0);
  for (guint call = 1; call <= 4; call++)
    {
      g_autoptr (SrServerLook) broken = NULL;

      /* One that nothing has come back from is sent again on a new connection. */
      drop_call (folder, call);
      drop_call (folder, call + 1);
      broken = sr_server_look_new (authority, password, NULL);
      g_assert_nonnull (broken->error);
      sr_watch_take_server (f->watch, broken);
      g_assert_cmpint (sr_watch_get_reach (f->watch), ==, SR_REACH_OFFLINE);
      g_assert_cmpint (sr_watch_get_interface_flags (f->watch), ==, whole->interface_flags);
    }
  g_assert_true (sr_practice_program_stop (folder, sr_deadline_in (PATIENCE), NULL, NULL));
}

/* A folder that cannot be read as a set is told of the CA whose folder it lies in. */
static void
test_unreadable (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (SrRepository) repository = make_folder ("unreadable");
  g_autoptr (SrBackupSet) mine = publish (repository, CONFIG);
  g_autoptr (SrBackupSet) other = publish (repository, "other.example.test\\Other CA");
  g_autofree char *manifest = g_build_filename (sr_backup_set_get_path (other), SR_MANIFEST_NAME, NULL);
  g_autofree char *own = g_build_filename (sr_backup_set_get_path (mine), SR_MANIFEST_NAME, NULL);

  g_assert_cmpint (remove (manifest), ==, 0);
  look_at_disk (f->watch);
  g_assert_cmpuint (sr_watch_get_n_unreadable (f->watch), ==, 0);
  g_assert_cmpint (remove (own), ==, 0);
  look_at_disk (f->watch);
  g_assert_cmpuint (sr_watch_get_n_unreadable (f->watch), ==, 1);
}

#define ADD(name, func) g_test_add ("/worker/watch/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *path = g_strconcat (g_getenv ("STRONGROOM_PROGRAMS"), ":", g_getenv ("PATH"), NULL);

  g_setenv ("PATH", path, TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("moved", test_moved);
  ADD ("failed", test_failed);
  ADD ("findings", test_findings);
  ADD ("offline", test_offline);
  ADD ("reach", test_reach);
  ADD ("told", test_told);
  ADD ("unreadable", test_unreadable);
  ADD ("last-full", test_last_full);
  return g_test_run ();
}
