/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* Restores in the terminal, of the real practice CA: what counts is what it has afterwards. */

#define PRACTICE_LIVE_FOLDER "drives/C/Windows/system32/CertLog"

/* Every row: request id, disposition, serial number, and the rest. */
static char *
rows (CliFixture *f)
{
  g_autoptr (JsonNode) inspected = cli_run_json (f, 0, "practice", "inspect", NULL);

  return json_to_string (json_object_get_member (json_node_get_object (inspected), "rows"), FALSE);
}

static gboolean
has_restore_in_progress (CliFixture *f)
{
  g_autoptr (JsonNode) inspected = cli_run_json (f, 0, "practice", "inspect", NULL);

  return !JSON_NODE_HOLDS_NULL (json_object_get_member (json_node_get_object (inspected), "restoreInProgress"));
}

static JsonObject *
outcome (JsonNode *restored)
{
  return json_object_get_object_member (json_node_get_object (restored), "outcome");
}

static const char *
check_state (JsonNode   *node,
             const char *kind)
{
  JsonArray *checks = json_object_get_array_member (json_node_get_object (node), "checks");

  for (guint i = 0; i < json_array_get_length (checks); i++)
    {
      JsonObject *check = json_array_get_object_element (checks, i);

      if (g_str_equal (json_object_get_string_member (check, "kind"), kind))
        return json_object_get_string_member (check, "state");
    }
  g_error ("no check “%s”", kind);
}

/* A full set, two log-only ones, and what the CA issued behind them; @points gets its rows at each set, and now. */
static JsonNode *
make_history (CliFixture *f,
              char       *points[4])
{
  cli_start_practice (f, 10);
  for (guint i = 0; i < 3; i++)
    {
      points[i] = rows (f);
      cli_assert_backup (f, i == 0 ? "--full" : "--logs", i == 0 ? "full" : "log", NULL); /* and issues */
    }
  points[3] = rows (f);
  for (guint i = 1; i < 4; i++)
    g_assert_cmpstr (points[i], !=, points[i - 1]);
  return cli_run_json (f, 0, "sets", NULL);
}

static void
free_points (char *points[4])
{
  for (guint i = 0; i < 4; i++)
    g_free (points[i]);
}

static void
assert_rows (CliFixture *f,
             const char *expected)
{
  g_autofree char *now = rows (f);

  g_assert_cmpstr (now, ==, expected);
}

/* A point in the middle, and back again. */
static void
test_point (CliFixture   *f,
            gconstpointer data)
{
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) dry = NULL;
  g_autoptr (JsonNode) restored = NULL;
  g_autoptr (JsonNode) refused = NULL;
  g_autoptr (JsonNode) back = NULL;
  g_autoptr (JsonNode) full = NULL;
  g_autoptr (JsonNode) none = NULL;
  g_autoptr (CliOutcome) people = NULL;
  const char *set;

  if (!cli_have_practice ())
    return;
  sets = make_history (f, points);
  set = cli_text (cli_element (sets, 1), "set");

  dry = cli_run_json (f, 0, "restore", "Practice CA", "--to", set, "--dry-run", NULL);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (dry), "ready"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (dry), "acts")), >, 10);
  g_assert_null (cli_text (dry, "state"));
  people = cli_run (f, "restore", "Practice CA", "--to", set, "--dry-run", NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "Set the registry value HighLogNumber to "));
  g_assert_nonnull (strstr (people->out, "Nothing was changed."));
  g_assert_nonnull (strstr (people->err, "Chain of sets: Good. "));
  assert_rows (f, points[3]);

  restored = cli_run_json (f, 0, "restore", "Practice CA", "--to", set, NULL);
  g_assert_cmpstr (json_object_get_string_member (outcome (restored), "ca_state"), ==, "restored");
  g_assert_true (json_object_get_boolean_member (outcome (restored), "full_backup_due"));
  g_assert_cmpstr (cli_text (restored, "state"), ==, "done");
  g_assert_false (has_restore_in_progress (f));
  assert_rows (f, points[1]);

  refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
  g_assert_cmpstr (cli_error_text (refused, "rule"), ==, "after-restore");
  none = cli_run_json (f, 0, "sessions", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (none)), ==, 0);

  back = cli_run_json (f, 0, "sessions", "Practice CA", "--recover", "--put-back", NULL);
  g_assert_cmpstr (cli_text (cli_element (back, 0), "outcome"), ==, "put-back");
  g_assert_cmpstr (cli_text (cli_element (back, 0), "ca_state"), ==, "as-before");
  assert_rows (f, points[3]);
  /* What asks for the full backup is still there, and goes with it. */
  full = cli_run_json (f, 0, "backup", "Practice CA", NULL);
  g_assert_cmpstr (cli_text (full, "kind"), ==, "full");
  g_assert_cmpstr (cli_text (full, "rule"), ==, "after-restore");
  cli_issue (f);
  cli_assert_backup (f, "--logs", "log", NULL);
  free_points (points);
}

/* Nothing is lost, though the database itself is. */
static void
test_latest (CliFixture   *f,
             gconstpointer data)
{
  g_autofree char *database = cli_path (f, "state", "strongroom", "practice", PRACTICE_LIVE_FOLDER, "Practice CA.edb", NULL);
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) restored = NULL;

  if (!cli_have_practice ())
    return;
  sets = make_history (f, points);
  g_assert_cmpint (g_unlink (database), ==, 0);
  restored = cli_run_json (f, 0, "restore", "Practice CA", "--to", "latest", NULL);
  g_assert_cmpstr (cli_text (restored, "mode"), ==, "latest");
  g_assert_true (json_object_get_boolean_member (json_node_get_object (restored), "latest_possible"));
  assert_rows (f, points[3]);
  free_points (points);
}

/* On a terminal a check that is over takes the place of the line of the one at hand; then the bar. */
static void
test_terminal (CliFixture   *f,
               gconstpointer data)
{
  const char *arguments[] = { "restore", "Practice CA", "--to", "latest", NULL };
  CliTerminal terminal = { 0 };

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  cli_start_practice (f, 10);
  cli_assert_backup (f, "--full", "full", NULL);
  cli_terminal_start (&terminal, f, arguments);
  cli_terminal_expect (&terminal, "Files of the sets: Good. ");
  cli_terminal_expect (&terminal, "Space on the host: Good. ");
  cli_terminal_expect (&terminal, "Nothing is lost");
  g_assert_cmpint (cli_terminal_finish (&terminal), ==, 0);
  g_assert_nonnull (strstr (terminal.screen->str, "\r\033[K["));
  g_assert_nonnull (strstr (terminal.screen->str, "The CA is restored. "));
  g_assert_nonnull (strstr (terminal.screen->str, "strongroomctl backup 'localhost\\Practice CA' --full"));
  cli_terminal_clear (&terminal);
}

/* Ctrl+C puts the CA back, or comes too late: nothing between the two. */
static void
test_interrupt (CliFixture   *f,
                gconstpointer data)
{
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) left = NULL;
  CliTerminal terminal = { 0 };
  int exit;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  sets = make_history (f, points);
  cli_terminal_start (&terminal, f, (const char *[]) { "restore", "Practice CA", "--to", cli_text (cli_element (sets, 1), "set"), NULL });
  cli_terminal_expect (&terminal, "Stopping the service");
  cli_terminal_type (&terminal, "\003");
  exit = cli_terminal_finish (&terminal);
  g_test_message ("%d: %s", exit, terminal.screen->str);
  g_assert_true (exit == 4 || exit == 0);
  assert_rows (f, points[exit == 4 ? 3 : 1]);
  g_assert_false (has_restore_in_progress (f));
  left = cli_run_json (f, 0, "sessions", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (left)), ==, 0);
  cli_terminal_clear (&terminal);
  free_points (points);
}

/* Each refusal has its rule, and changes nothing. */
static void
test_refusals (CliFixture   *f,
               gconstpointer data)
{
  g_autofree char *away = cli_path (f, "away", NULL);
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) name = NULL;
  g_autoptr (JsonNode) gone = NULL;
  g_autoptr (JsonNode) damaged = NULL;
  g_autoptr (JsonNode) stopped = NULL;
  const char *set;

  if (!cli_have_practice ())
    return;
  sets = make_history (f, points);
  set = cli_text (cli_element (sets, 0), "set");
  name = cli_run_json (f, 3, "restore", "Practice CA", "--to", set, "--replace", "Another CA", NULL);
  g_assert_cmpstr (cli_error_text (name, "rule"), ==, "name");
  g_assert_cmpstr (cli_text (name, "rule"), ==, "name");

  /* Logs that the CA does not have any more are gone from the chain too. */
  for (guint i = 1; i < 3; i++)
    {
      g_autofree char *there = g_strdup_printf ("%s%u", away, i);

      g_assert_cmpint (g_rename (cli_text (cli_element (sets, i), "path"), there), ==, 0);
    }
  gone = cli_run_json (f, 3, "restore", "Practice CA", "--to", "latest", NULL);
  g_assert_cmpstr (cli_error_text (gone, "rule"), ==, "live-logs");
  g_assert_cmpstr (check_state (gone, "live-logs"), ==, "failed");

  /* A host that does not answer is no rule. */
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  stopped = cli_run_json (f, 1, "restore", "Practice CA", "--to", set, NULL);
  g_assert_cmpstr (check_state (stopped, "host"), ==, "failed");
  g_assert_cmpstr (check_state (stopped, "hashes"), ==, "passed");
  json_node_unref (cli_run_json (f, 0, "practice", "start", NULL));

  cli_damage (cli_text (cli_element (sets, 0), "path"), "Practice CA.edb");
  damaged = cli_run_json (f, 3, "restore", "Practice CA", "--to", set, NULL);
  g_assert_cmpstr (cli_error_text (damaged, "rule"), ==, "hashes");
  g_assert_null (cli_text (damaged, "state"));
  assert_rows (f, points[3]);
  free_points (points);
}

static void
test_usage (CliFixture   *f,
            gconstpointer data)
{
  static const char *const wrong[][6] = {
    { "restore", NULL },
    { "restore", "Practice CA", NULL },
    { "restore", "--list", NULL },
    { "restore", "--folder", "/tmp", "--list", "--check", NULL },
    { "restore", "--folder", "/tmp", "--dry-run", NULL },
    { "sessions", "--put-back", NULL },
    { "sessions", "--recover", "--continue", "--leave", NULL },
    { "sessions", "--recover", "--accept-loss", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (CliOutcome) told = cli_run (f, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], wrong[i][4], wrong[i][5], NULL);

      g_assert_cmpint (told->exit, ==, 2);
    }
}

/* Somebody with nothing but the folder. */
static void
test_folder (CliFixture   *f,
             gconstpointer data)
{
  CliFixture other = { 0 };
  g_autofree char *folder = cli_path (f, "share", "strongroom", "backups", NULL);
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) listed = NULL;
  g_autoptr (JsonNode) good = NULL;
  g_autoptr (JsonNode) bad = NULL;
  g_autoptr (CliOutcome) people = NULL;
  JsonObject *authority;

  if (!cli_have_practice ())
    return;
  sets = make_history (f, points);
  cli_fixture_set_up (&other, NULL);
  listed = cli_run_json (&other, 0, "restore", "--folder", folder, "--list", NULL);
  authority = json_array_get_object_element (json_object_get_array_member (json_node_get_object (listed), "authorities"), 0);
  g_assert_cmpstr (json_object_get_string_member (authority, "config"), ==, CLI_CONFIG);
  g_assert_cmpstr (json_object_get_string_member (authority, "newest"), ==, cli_text (cli_element (sets, 2), "set"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (authority, "sets")), ==, 3);
  good = cli_run_json (&other, 0, "restore", "--folder", folder, "--check", NULL);
  g_assert_cmpstr (check_state (good, "hashes"), ==, "passed");
  g_assert_cmpstr (check_state (good, "host"), ==, "pending");
  people = cli_run (&other, "restore", "--folder", folder, "--check", "--to", cli_text (cli_element (sets, 0), "set"), NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "The sets are good."));

  cli_damage (cli_text (cli_element (sets, 1), "path"), "edb00002.log");
  bad = cli_run_json (&other, 3, "restore", "--folder", folder, "--check", NULL);
  g_assert_cmpstr (cli_error_text (bad, "rule"), ==, "hashes");
  cli_fixture_tear_down (&other, NULL);
  free_points (points);
}

/* ---- Broken off -------------------------------------------------------------------- */

/* Whether the journal of a restore says that it is at @step. */
static gboolean
is_at (const char *sets_folder,
       const char *step)
{
  g_autoptr (GDir) dir = g_dir_open (sets_folder, 0, NULL);
  g_autofree char *told = g_strdup_printf ("\"%s\"", step);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (sets_folder, name, NULL);
      g_autofree char *text = NULL;

      if (g_str_has_prefix (name, "restore-") && g_str_has_suffix (name, ".json") && g_file_get_contents (path, &text, NULL, NULL)
          && strstr (text, told) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Kills a restore of @set as soon as it is seen at @step. FALSE when it was quicker. */
static gboolean
kill_restore (CliFixture *f,
              const char *set,
              const char *step)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("STRONGROOM_PROGRAMS"), ":", -1);
  g_autofree char *path = g_build_filename (folders[0], "strongroomctl", NULL);
  const char *argv[] = { path, "restore", "Practice CA", "--to", set, NULL };
  g_autofree char *folder = cli_sets_folder (f);
  g_autoptr (JsonNode) listed = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, f->environment, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  while (!is_at (folder, step) && !ended)
    {
      g_usleep (500);
      ended = waitpid (pid, NULL, WNOHANG) == pid;
    }
  if (!ended)
    {
      kill (pid, SIGKILL);
      while (waitpid (pid, NULL, 0) < 0)
        ;
    }
  listed = cli_run_json (f, 0, "sessions", NULL);
  if (json_array_get_length (json_node_get_array (listed)) == 0)
    return FALSE;
  g_assert_cmpstr (cli_text (cli_element (listed, 0), "kind"), ==, "restore");
  g_test_message ("Killed in the step “%s”", cli_text (cli_element (listed, 0), "step"));
  return TRUE;
}

static void
break_off (CliFixture *f,
           const char *action,
           const char *step)
{
  g_autofree char *option = g_strconcat ("--", action, NULL);
  CliFixture other = { 0 };
  g_autofree char *folder = cli_path (f, "share", "strongroom", "backups", NULL);
  char *points[4] = { NULL };
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) seen = NULL;
  g_autoptr (JsonNode) refused = NULL;
  g_autoptr (JsonNode) looked = NULL;
  g_autoptr (JsonNode) done = NULL;
  gboolean forward = g_str_equal (action, "continue");

  if (!cli_have_practice ())
    return;
  sets = make_history (f, points);
  if (!kill_restore (f, cli_text (cli_element (sets, 1), "set"), step))
    {
      g_test_message ("It was quicker");
      free_points (points);
      return;
    }
  /* Another machine that opens the folder sees it too. */
  cli_fixture_set_up (&other, NULL);
  seen = cli_run_json (&other, 0, "sessions", "--repository", folder, NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (seen)), ==, 1);
  cli_fixture_tear_down (&other, NULL);

  refused = cli_run_json (f, 3, "backup", "Practice CA", NULL);
  looked = cli_run_json (f, 1, "sessions", "--recover", NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (cli_element (looked, 0)), "offered")), >=, 2);
  done = cli_run_json (f, 0, "sessions", "--recover", option, NULL);
  g_assert_cmpstr (cli_text (cli_element (done, 0), "ca_state"), ==, forward ? "restored" : "as-before");
  g_assert_false (has_restore_in_progress (f));
  assert_rows (f, points[forward ? 1 : 3]);
  json_node_unref (cli_run_json (f, 0, "backup", "Practice CA", "--full", NULL));
  free_points (points);
}

static void
test_continue (CliFixture   *f,
               gconstpointer data)
{
  break_off (f, "continue", "starting");
}

static void
test_put_back (CliFixture   *f,
               gconstpointer data)
{
  break_off (f, "put-back", "setting-aside");
}

static void
test_early (CliFixture   *f,
            gconstpointer data)
{
  break_off (f, "put-back", "opened");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/restore/point", test_point);
  CLI_ADD ("/cli/restore/latest", test_latest);
  CLI_ADD ("/cli/restore/refusals", test_refusals);
  CLI_ADD ("/cli/restore/terminal", test_terminal);
  CLI_ADD ("/cli/restore/interrupt", test_interrupt);
  CLI_ADD ("/cli/restore/usage", test_usage);
  CLI_ADD ("/cli/restore/folder", test_folder);
  CLI_ADD ("/cli/restore/continue", test_continue);
  CLI_ADD ("/cli/restore/put-back", test_put_back);
  CLI_ADD ("/cli/restore/early", test_early);
  return g_test_run ();
}
