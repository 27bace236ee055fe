/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* On a terminal: the bar, Ctrl+C, and passwords. */

static const char *const backup_arguments[] = { "backup", "Practice CA", "--full", "--read-size", "64", NULL };

static void
make_large (CliFixture *f)
{
  cli_start_practice (f, 5);
  json_object_unref (cli_ask_practice (f, "{\"do\":\"pad\",\"size\":400000000}"));
}

static void
assert_ended (CliFixture *f)
{
  g_autoptr (JsonNode) sessions = cli_run_json (f, 0, "sessions", NULL);
  g_autoptr (JsonNode) sets = cli_run_json (f, 0, "sets", NULL);

  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "end"), ==, 1);
  g_assert_cmpint (cli_practice_count (f, "rundown"), ==, 0);
  g_assert_cmpuint (cli_count_staging (f), ==, 0);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (sessions)), ==, 0);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (sets)), ==, 0);
}

static void
test_bar (CliFixture   *f,
          gconstpointer data)
{
  CliTerminal t;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  cli_start_practice (f, 5);
  cli_terminal_start (&t, f, backup_arguments);
  g_assert_cmpint (cli_terminal_finish (&t), ==, 0);
  g_assert_nonnull (strstr (t.screen->str, "\r\033[K["));
  g_assert_nonnull (strstr (t.screen->str, " %  "));
  g_assert_nonnull (strstr (t.screen->str, "the session was ended"));
  cli_terminal_clear (&t);
}

static void
test_interrupt (CliFixture   *f,
                gconstpointer data)
{
  CliTerminal t;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  make_large (f);
  cli_terminal_start (&t, f, backup_arguments);
  cli_terminal_expect (&t, "Reading database");
  cli_terminal_type (&t, "\003");
  g_assert_cmpint (cli_terminal_finish (&t), ==, 4);
  g_assert_nonnull (strstr (t.screen->str, "Cancelling. The session"));
  g_assert_nonnull (strstr (t.screen->str, "The session with the CA was ended."));
  g_assert_nonnull (strstr (t.screen->str, "No set was written."));
  cli_terminal_clear (&t);
  assert_ended (f);
}

/* A second Ctrl+C, while the CA is slow to answer, does not leave it open. */
static void
test_interrupt_twice (CliFixture   *f,
                      gconstpointer data)
{
  CliTerminal t;
  pid_t server;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  make_large (f);
  server = (pid_t) cli_practice_pid (f);
  cli_terminal_start (&t, f, backup_arguments);
  cli_terminal_expect (&t, "Reading database");
  g_assert_cmpint (kill (server, SIGSTOP), ==, 0);
  cli_terminal_type (&t, "\003");
  cli_terminal_expect (&t, "Cancelling. The session");
  cli_terminal_type (&t, "\003");
  cli_terminal_expect (&t, "under way");
  g_assert_cmpint (kill (server, SIGCONT), ==, 0);
  g_assert_cmpint (cli_terminal_finish (&t), ==, 4);
  cli_terminal_clear (&t);
  assert_ended (f);
}

static void
test_terminated (CliFixture   *f,
                 gconstpointer data)
{
  CliTerminal t;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  make_large (f);
  cli_terminal_start (&t, f, backup_arguments);
  cli_terminal_expect (&t, "Reading database");
  g_assert_cmpint (kill (t.pid, SIGTERM), ==, 0);
  g_assert_cmpint (cli_terminal_finish (&t), ==, 4);
  cli_terminal_clear (&t);
  assert_ended (f);
}

/* ---- Passwords ---------------------------------------------------------------------- */

/* The practice CA as if it were another one: its user and password are typed.
 * (transfer full): the password */
static char *
add_with_password (CliFixture *f)
{
  g_autofree char *path = cli_path (f, "state", "strongroom", "practice", "ntlm-users", NULL);
  g_autoptr (JsonNode) listed = cli_run_json (f, 0, "ca", "list", NULL);
  g_autofree char *port = g_strdup_printf ("%d", (int) cli_int (cli_element (listed, 0), "port"));
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", 2);
  g_assert_true (g_str_has_prefix (lines[0], "PRACTICE:operator:"));
  json_node_unref (cli_run_json (f, 0, "ca", "remove", CLI_CONFIG, NULL));
  json_node_unref (cli_run_json (f, 0, "ca", "add", CLI_CONFIG, "--address", "127.0.0.1", "--port", port,
                                 "--user", "PRACTICE\\operator", "--allow-ntlm", NULL));
  return g_strdup (lines[0] + strlen ("PRACTICE:operator:"));
}

/* Whether any file below @path, other than the CA's own users, holds @secret. */
static gboolean
holds_secret (const char *path,
              const char *secret)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;
  const char *name;

  if (folder == NULL)
    return !g_str_has_suffix (path, "/ntlm-users") && g_file_test (path, G_FILE_TEST_IS_REGULAR)
           && g_file_get_contents (path, &text, &length, NULL) && memmem (text, length, secret, strlen (secret)) != NULL;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      if (!g_file_test (below, G_FILE_TEST_IS_SYMLINK) && holds_secret (below, secret))
        {
          g_test_message ("%s holds the password", below);
          return TRUE;
        }
    }
  return FALSE;
}

/* A build without sanitizers does not even let its own user look. */
static void
assert_process_hides (pid_t       pid,
                      const char *name,
                      const char *secret)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_test ("/proc/self/cmdline", G_FILE_TEST_EXISTS))
    return;
  if (!g_file_get_contents (path, &text, &length, &error))
    {
      g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
      return;
    }
  g_assert_cmpuint (length, >, 0);
  g_assert_null (memmem (text, length, secret, strlen (secret)));
}

/* Typed at the prompt: not shown, and nowhere to be found while the backup runs. */
static void
test_prompt (CliFixture   *f,
             gconstpointer data)
{
  g_autofree char *password = NULL;
  g_autofree char *keys = NULL;
  CliTerminal t;

  if (!cli_have_practice () || !cli_have_terminal ())
    return;
  make_large (f);
  password = add_with_password (f);
  keys = g_strconcat ("wrong\025x\177", password, "\r", NULL);
  cli_terminal_start (&t, f, backup_arguments);
  cli_terminal_expect (&t, "Password of PRACTICE\\operator");
  cli_terminal_type (&t, keys);
  cli_terminal_expect (&t, "Reading database");
  assert_process_hides (t.pid, "cmdline", password);
  assert_process_hides (t.pid, "environ", password);
  g_assert_false (holds_secret (f->home, password));
  g_assert_cmpint (cli_terminal_finish (&t), ==, 0);
  g_assert_null (strstr (t.screen->str, password));
  g_assert_null (strstr (t.screen->str, "wrong"));
  g_assert_false (holds_secret (f->home, password));
  cli_terminal_clear (&t);
}

static void
test_prompt_cancelled (CliFixture   *f,
                       gconstpointer data)
{
  static const char *const arguments[] = { "ca", "check", "CA", NULL };
  CliTerminal t;

  if (!cli_have_terminal ())
    return;
  json_node_unref (cli_run_json (f, 0, "ca", "add", "host.invalid\\CA", "--user", "u", NULL));
  cli_terminal_start (&t, f, arguments);
  cli_terminal_expect (&t, "Password of u");
  cli_terminal_type (&t, "abc\003");
  g_assert_cmpint (cli_terminal_finish (&t), ==, 4);
  g_assert_null (strstr (t.screen->str, "abc"));
  cli_terminal_clear (&t);

  cli_terminal_start (&t, f, arguments);
  cli_terminal_expect (&t, "Password of u");
  g_assert_cmpint (kill (t.pid, SIGTERM), ==, 0);
  g_assert_cmpint (cli_terminal_finish (&t), ==, 4);
  cli_terminal_clear (&t);
}

static void
test_password_sources (CliFixture   *f,
                       gconstpointer data)
{
  g_autofree char *password = NULL;
  g_autofree char *path = cli_path (f, "password", NULL);
  g_autofree char *missing = cli_path (f, "no-such-file", NULL);
  g_autofree char *line = NULL;
  g_autoptr (CliOutcome) piped = NULL;
  g_autoptr (CliOutcome) open_file = NULL;
  g_autoptr (JsonNode) wrong = NULL;
  g_autoptr (JsonNode) made = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 5);
  password = add_with_password (f);
  line = g_strconcat (password, "\n", NULL);
  piped = cli_run_with_input (f, line, "ca", "check", "Practice CA", "--password-stdin", NULL);
  g_assert_cmpint (piped->exit, ==, 0);

  g_assert_true (g_file_set_contents_full (path, line, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  made = cli_run_json (f, 0, "backup", "Practice CA", "--full", "--password-file", path, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (holds_secret (f->home, password));

  /* One that others can read is used, with a word of warning. */
  g_assert_true (g_file_set_contents_full (path, line, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  open_file = cli_run (f, "ca", "check", "Practice CA", "--password-file", path, NULL);
  g_assert_cmpint (open_file->exit, ==, 0);
  g_assert_nonnull (strstr (open_file->err, "chmod 600"));

  g_assert_true (g_file_set_contents_full (path, "wrong\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  wrong = cli_run_json (f, 1, "backup", "Practice CA", "--full", "--password-file", path, NULL);
  g_assert_nonnull (cli_error_text (wrong, "advice"));
  g_assert_cmpstr (cli_text (wrong, "session"), ==, "not-open");
  json_node_unref (cli_run_json (f, 1, "backup", "Practice CA", "--full", "--password-file", missing, NULL));
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, 1);
}

/* Without a terminal and without an option there is nobody to ask. */
static void
test_no_terminal (CliFixture   *f,
                  gconstpointer data)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("STRONGROOM_PROGRAMS"), ":", -1);
  g_autofree char *program = g_build_filename (folders[0], "strongroomctl", NULL);
  g_autofree char *setsid = g_find_program_in_path ("setsid");
  const char *argv[] = { "setsid", "--wait", program, "ca", "check", "CA", "--json", NULL };
  g_autofree char *out = NULL;
  int status = 0;

  if (setsid == NULL)
    {
      g_test_skip ("setsid is not installed");
      return;
    }
  json_node_unref (cli_run_json (f, 0, "ca", "add", "host.invalid\\CA", "--user", "u", NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) argv, f->environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, NULL));
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  g_assert_nonnull (strstr (out, "--password-stdin"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/terminal/bar", test_bar);
  CLI_ADD ("/cli/terminal/interrupt", test_interrupt);
  CLI_ADD ("/cli/terminal/interrupt-twice", test_interrupt_twice);
  CLI_ADD ("/cli/terminal/terminated", test_terminated);
  CLI_ADD ("/cli/password/prompt", test_prompt);
  CLI_ADD ("/cli/password/prompt-cancelled", test_prompt_cancelled);
  CLI_ADD ("/cli/password/sources", test_password_sources);
  CLI_ADD ("/cli/password/no-terminal", test_no_terminal);
  return g_test_run ();
}
