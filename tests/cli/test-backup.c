/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include "store/sr-repository.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static JsonNode *
back_up (CliFixture *f)
{
  return cli_run_json (f, 0, "backup", "Practice CA", "--full", NULL);
}

/* The hash that the practice CA has of what it served, by the file's name. */
static const char *
served_hash (JsonNode   *inspection,
             const char *name)
{
  JsonArray *backups = json_object_get_array_member (json_node_get_object (inspection), "backups");
  JsonArray *files = json_object_get_array_member (json_array_get_object_element (backups, json_array_get_length (backups) - 1), "files");

  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonObject *file = json_array_get_object_element (files, i);

      if (g_str_equal (json_object_get_string_member (file, "name"), name))
        return json_object_get_string_member (file, "sha256");
    }
  return NULL;
}

static void
test_whole (CliFixture   *f,
            gconstpointer data)
{
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) shown = NULL;
  g_autoptr (JsonNode) verified = NULL;
  g_autoptr (JsonNode) inspection = NULL;
  g_autoptr (JsonNode) sessions = NULL;
  JsonArray *files;
  guint compared = 0;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 50);
  made = back_up (f);
  g_assert_cmpstr (cli_text (made, "state"), ==, "done");
  g_assert_cmpstr (cli_text (made, "session"), ==, "ended");
  g_assert_cmpstr (cli_text (made, "truncated"), ==, "yes");
  g_assert_cmpstr (cli_text (made, "ended"), ==, "yes");
  g_assert_cmpint (cli_int (made, "databases"), ==, 1);
  g_assert_null (cli_text (made, "note"));
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "rundown"), ==, 0);

  sets = cli_run_json (f, 0, "sets", "Practice CA", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (sets)), ==, 1);
  g_assert_cmpstr (cli_text (cli_element (sets, 0), "path"), ==, cli_text (made, "path"));
  verified = cli_run_json (f, 0, "verify", cli_text (made, "set"), NULL);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (verified), "good"));
  sessions = cli_run_json (f, 0, "sessions", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (sessions)), ==, 0);

  /* What the server says that it served is what the manifest has. */
  shown = cli_run_json (f, 0, "show", cli_text (made, "id"), NULL);
  inspection = cli_run_json (f, 0, "practice", "inspect", NULL);
  files = json_object_get_array_member (json_node_get_object (shown), "files");
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonObject *file = json_array_get_object_element (files, i);
      g_autofree char *name = g_path_get_basename (json_object_get_string_member (file, "path"));
      const char *hash = served_hash (inspection, name);

      if (hash == NULL)
        continue;
      g_assert_cmpstr (hash, ==, json_object_get_string_member (file, "sha256"));
      compared++;
    }
  g_assert_cmpuint (compared, ==, cli_int (made, "databases") + cli_int (made, "logs"));
}

/* Standard output has the result alone; elsewhere than on a terminal progress
 * is lines on standard error. */
static void
test_plain_lines (CliFixture   *f,
                  gconstpointer data)
{
  g_autoptr (CliOutcome) outcome = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *standard = cli_path (f, "share", "strongroom", "backups", NULL);

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 5);
  outcome = cli_run (f, "backup", "Practice CA", "--full", NULL);
  g_assert_cmpint (outcome->exit, ==, 0);
  lines = g_strsplit (outcome->out, "\n", 2);
  g_assert_true (g_file_test (lines[0], G_FILE_TEST_IS_DIR));
  g_assert_true (g_str_has_prefix (lines[0], standard));
  g_assert_nonnull (strstr (outcome->err, " %  "));
  g_assert_null (strchr (outcome->err, '\r'));
  g_assert_null (strchr (outcome->err, '\033'));
  /* The folder that was made is told in a sentence, once. */
  g_assert_nonnull (strstr (outcome->err, standard));
  {
    g_autoptr (CliOutcome) again = cli_run (f, "backup", "Practice CA", "--full", NULL);

    g_assert_cmpint (again->exit, ==, 0);
    g_assert_null (strstr (again->err, standard));
  }
}

static void
test_keep_logs (CliFixture   *f,
                gconstpointer data)
{
  g_autoptr (JsonNode) kept = NULL;
  g_autoptr (CliOutcome) people = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 5);
  kept = cli_run_json (f, 0, "backup", "Practice CA", "--full", "--keep-logs", NULL);
  g_assert_cmpstr (cli_text (kept, "truncated"), ==, "kept");
  g_assert_nonnull (strstr (cli_text (kept, "note"), "copy"));
  g_assert_nonnull (strstr (cli_text (kept, "note"), "-560"));
  people = cli_run (f, "backup", "Practice CA", "--full", "--keep-logs", NULL);
  g_assert_nonnull (strstr (people->out, "counts this backup as a copy"));
}

static void
test_damaged_set (CliFixture   *f,
                  gconstpointer data)
{
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (JsonNode) verified = NULL;
  JsonArray *problems;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 5);
  made = back_up (f);
  cli_damage (cli_text (made, "path"), "Practice CA.edb");
  verified = cli_run_json (f, 1, "verify", cli_text (made, "path"), NULL);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (verified), "good"));
  problems = json_object_get_array_member (json_node_get_object (verified), "problems");
  g_assert_cmpuint (json_array_get_length (problems), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (problems, 0), "kind"), ==, "hash");
  g_assert_nonnull (cli_error (verified));
}

/* Somebody else has the CA's place in the backup folder. */
static void
test_locked (CliFixture   *f,
             gconstpointer data)
{
  g_autofree char *path = cli_path (f, "backups", NULL);
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (JsonNode) refused = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  repository = sr_repository_create (path, NULL);
  lock = sr_repository_lock_authority (repository, CLI_CONFIG, SR_LOCK_EXCLUSIVE, NULL, NULL);
  g_assert_nonnull (lock);
  refused = cli_run_json (f, 3, "backup", "Practice CA", "--full", "--repository", path, NULL);
  g_assert_cmpstr (cli_text (refused, "session"), ==, "not-open");
  g_assert_nonnull (strstr (cli_error_text (refused, "message"), "test-cli-backup"));
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 0);
}

/* A chosen backup folder that is not there is not made anew. */
static void
test_missing_folder (CliFixture   *f,
                     gconstpointer data)
{
  g_autofree char *standard = cli_path (f, "share", "strongroom", "backups", NULL);
  g_autofree char *moved = cli_path (f, "moved", NULL);

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  json_node_unref (back_up (f));
  g_assert_cmpint (rename (standard, moved), ==, 0);
  json_node_unref (cli_run_json (f, 3, "backup", "Practice CA", "--full", NULL));
  g_assert_false (g_file_test (standard, G_FILE_TEST_EXISTS));
  g_assert_cmpint (rename (moved, standard), ==, 0);
  json_node_unref (back_up (f));
}

static void
test_refused_by_flag (CliFixture   *f,
                      gconstpointer data)
{
  g_autoptr (JsonNode) refused = NULL;
  JsonObject *error;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  json_object_unref (cli_ask_practice (f, "{\"do\":\"config\",\"node\":\"ca\",\"entry\":\"InterfaceFlags\",\"value\":1601}"));
  json_object_unref (cli_ask_practice (f, "{\"do\":\"restart\"}"));
  refused = cli_run_json (f, 1, "backup", "Practice CA", "--full", NULL);
  error = cli_error (refused);
  g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, "0x80070005");
  g_assert_cmpstr (json_object_get_string_member (error, "name"), ==, "E_ACCESSDENIED");
  g_assert_cmpstr (json_object_get_string_member (error, "host"), ==, "localhost");
  g_assert_nonnull (json_object_get_string_member (error, "step"));
  /* The CA was asked why. */
  g_assert_nonnull (strstr (json_object_get_string_member (error, "advice"), "Remote backup is disabled on the CA"));
  g_assert_null (cli_text (refused, "set"));
  g_assert_cmpstr (cli_text (refused, "session"), ==, "not-open");
  g_assert_cmpuint (cli_count_staging (f), ==, 0);
}

static void
test_stopped (CliFixture   *f,
              gconstpointer data)
{
  g_autoptr (JsonNode) failed = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  failed = cli_run_json (f, 1, "backup", "Practice CA", "--full", NULL);
  g_assert_nonnull (cli_error_text (failed, "advice"));
  g_assert_cmpstr (cli_text (failed, "state"), ==, "failed");
}

/* ---- Sessions that are left open ---------------------------------------------------- */

/* Starts a backup of a large database, and waits until it reads. */
static GSubprocess *
begin_large (CliFixture *f,
             char      **environment)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *program = NULL;
  g_auto (GStrv) folders = g_strsplit (g_getenv ("STRONGROOM_PROGRAMS"), ":", -1);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  gboolean reads = FALSE;

  program = g_build_filename (folders[0], "strongroomctl", NULL);
  g_subprocess_launcher_set_environ (launcher, environment);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "backup", "Practice CA", "--full", "--read-size", "64", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while (!reads)
    {
      g_autofree char *line = g_data_input_stream_read_line_utf8 (lines, NULL, NULL, &error);

      g_assert_no_error (error);
      if (line == NULL)
        g_error ("the backup ended before it read");
      reads = strstr (line, "Reading database") != NULL;
    }
  return process;
}

static void
make_large (CliFixture *f)
{
  cli_start_practice (f, 5);
  json_object_unref (cli_ask_practice (f, "{\"do\":\"pad\",\"size\":400000000}"));
}

static void
kill_in_the_middle (CliFixture *f)
{
  g_autoptr (GSubprocess) process = begin_large (f, f->environment);

  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process));
}

static void
test_recover (CliFixture   *f,
              gconstpointer data)
{
  g_autoptr (JsonNode) listed = NULL;
  g_autoptr (JsonNode) recovered = NULL;
  g_autoptr (JsonNode) rest = NULL;

  if (!cli_have_practice ())
    return;
  make_large (f);
  kill_in_the_middle (f);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 0);

  listed = cli_run_json (f, 0, "sessions", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (listed)), ==, 1);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (cli_element (listed, 0)), "alive"));
  g_assert_cmpstr (cli_text (cli_element (listed, 0), "config"), ==, CLI_CONFIG);
  g_assert_cmpstr (cli_text (cli_element (listed, 0), "step"), ==, "prepared");

  recovered = cli_run_json (f, 0, "sessions", "--recover", NULL);
  g_assert_cmpstr (cli_text (cli_element (recovered, 0), "outcome"), ==, "ended");
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "rundown"), ==, 0);
  g_assert_cmpuint (cli_count_staging (f), ==, 0);
  rest = cli_run_json (f, 0, "sessions", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (rest)), ==, 0);
}

/* The next backup ends what the last one left. */
static void
test_recover_by_backup (CliFixture   *f,
                        gconstpointer data)
{
  g_autoptr (JsonNode) made = NULL;
  JsonArray *recovered;

  if (!cli_have_practice ())
    return;
  make_large (f);
  kill_in_the_middle (f);
  made = back_up (f);
  recovered = json_object_get_array_member (json_node_get_object (made), "recovered");
  g_assert_cmpuint (json_array_get_length (recovered), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (recovered, 0), "outcome"), ==, "ended");
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 2);
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 2);
  g_assert_cmpuint (cli_count_staging (f), ==, 0);
}

/* Another user's backup of the same CA is running: a rule, and told as such. */
static void
test_foreign_backup (CliFixture   *f,
                     gconstpointer data)
{
  g_autofree char *state = cli_path (f, "other-state", NULL);
  g_autofree char *share = cli_path (f, "other-share", NULL);
  g_autofree char *ours = cli_path (f, "ours", NULL);
  g_auto (GStrv) other = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (JsonNode) refused = NULL;

  if (!cli_have_practice ())
    return;
  make_large (f);
  /* The list of CAs is the same; journal and backup folder are not. */
  json_node_unref (cli_run_json (f, 0, "repository", "create", ours, NULL));
  other = g_strdupv (f->environment);
  other = g_environ_setenv (other, "XDG_STATE_HOME", state, TRUE);
  other = g_environ_setenv (other, "XDG_DATA_HOME", share, TRUE);
  process = begin_large (f, other);
  g_subprocess_send_signal (process, SIGSTOP);

  refused = cli_run_json (f, 3, "backup", "Practice CA", "--full", "--repository", ours, NULL);
  g_assert_cmpstr (cli_error_text (refused, "code"), ==, "0xc80001f9");
  g_assert_nonnull (cli_error_text (refused, "advice"));
  g_assert_cmpstr (cli_text (refused, "session"), ==, "not-open");

  g_subprocess_send_signal (process, SIGCONT);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 4);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/backup/whole", test_whole);
  CLI_ADD ("/cli/backup/plain-lines", test_plain_lines);
  CLI_ADD ("/cli/backup/keep-logs", test_keep_logs);
  CLI_ADD ("/cli/backup/damaged-set", test_damaged_set);
  CLI_ADD ("/cli/backup/locked", test_locked);
  CLI_ADD ("/cli/backup/missing-folder", test_missing_folder);
  CLI_ADD ("/cli/backup/refused-by-flag", test_refused_by_flag);
  CLI_ADD ("/cli/backup/stopped", test_stopped);
  CLI_ADD ("/cli/sessions/recover", test_recover);
  CLI_ADD ("/cli/sessions/recover-by-backup", test_recover_by_backup);
  CLI_ADD ("/cli/sessions/foreign-backup", test_foreign_backup);
  return g_test_run ();
}
