/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where database and logs are in the state folder. */
#define PRACTICE_LIVE_FOLDER "drives/C/Windows/system32/CertLog"

static char *
read_stat_line (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* One that has ended and that nobody has waited for yet does not run. Without /proc it is not told apart. */
static gboolean
is_running (pid_t pid)
{
  g_autofree char *line = read_stat_line (pid);
  const char *state = line != NULL ? strrchr (line, ')') : NULL;

  return state != NULL && strchr ("ZX", state[2]) == NULL;
}

static void
test_life (CliFixture   *f,
           gconstpointer data)
{
  g_autoptr (JsonNode) before = NULL;
  g_autoptr (JsonNode) status = NULL;
  g_autoptr (JsonNode) listed = NULL;
  g_autoptr (JsonNode) after = NULL;
  g_autofree char *log = cli_path (f, "state", "strongroom", "practice", "program.log", NULL);
  g_autofree char *folder = cli_path (f, "state", "strongroom", "practice", NULL);
  struct stat st;
  pid_t pid;

  if (!cli_have_practice ())
    return;
  before = cli_run_json (f, 0, "practice", "status", NULL);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (before), "running"));
  json_node_unref (cli_run_json (f, 1, "practice", "stop", NULL));
  json_node_unref (cli_run_json (f, 1, "practice", "issue", "1", NULL));

  cli_start_practice (f, 5);
  status = cli_run_json (f, 0, "practice", "status", NULL);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (status), "running"));
  g_assert_cmpstr (cli_text (status, "config"), ==, CLI_CONFIG);
  pid = (pid_t) cli_int (status, "pid");
  g_assert_true (is_running (pid) || !g_file_test ("/proc/self/stat", G_FILE_TEST_EXISTS));
  g_assert_cmpint (stat (log, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  g_assert_cmpint (stat (folder, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0700);

  listed = cli_run_json (f, 0, "ca", "list", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (listed)), ==, 1);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (cli_element (listed, 0)), "practice"));
  g_assert_cmpstr (cli_text (cli_element (listed, 0), "config"), ==, CLI_CONFIG);

  /* One that runs is not started again, and put back into the list all the same. */
  json_node_unref (cli_run_json (f, 0, "ca", "remove", CLI_CONFIG, NULL));
  json_node_unref (cli_run_json (f, 3, "practice", "start", NULL));
  json_node_unref (cli_run_json (f, 0, "ca", "remove", CLI_CONFIG, NULL));
  json_node_unref (cli_run_json (f, 3, "practice", "start", NULL));

  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  g_assert_false (is_running (pid));
  after = cli_run_json (f, 0, "practice", "status", NULL);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (after), "running"));
}

/* A session of its own, no terminal, none of our files: it outlives whoever
 * started it. */
static void
test_detached (CliFixture   *f,
               gconstpointer data)
{
  g_autofree char *line = NULL;
  g_autofree char *input = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  int pid, parent, group, session, terminal;

  if (!cli_have_practice ())
    return;
  if (!g_file_test ("/proc/self/stat", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no /proc here");
      return;
    }
  cli_start_practice (f, 1);
  pid = (int) cli_practice_pid (f);
  line = read_stat_line (pid);
  g_assert_nonnull (line);
  g_assert_cmpint (sscanf (strrchr (line, ')') + 1, " %*c %d %d %d %d", &parent, &group, &session, &terminal), ==, 4);
  g_assert_cmpint (session, ==, group);
  g_assert_cmpint (session, !=, getsid (0));
  g_assert_cmpint (terminal, ==, 0);
  g_assert_cmpint (parent, !=, getpid ());
  input = g_strdup_printf ("/proc/%d/fd/0", pid);
  link = g_file_read_link (input, &error);
  /* Where the program is hardened only root may look. */
  if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_ACCES))
    g_assert_cmpstr (link, ==, "/dev/null");
}

static JsonObject *
row_of (JsonNode *inspection,
        gint64    id)
{
  JsonArray *rows = json_object_get_array_member (json_node_get_object (inspection), "rows");

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);

      if (json_object_get_int_member (row, "requestId") == id)
        return row;
    }
  g_error ("no row %d", (int) id);
}

static void
test_issue_and_revoke (CliFixture   *f,
                       gconstpointer data)
{
  g_autoptr (JsonNode) issued = NULL;
  g_autoptr (JsonNode) running = NULL;
  g_autoptr (JsonNode) stopped = NULL;
  g_autoptr (CliOutcome) people = NULL;
  g_autofree char *id = NULL;
  gint64 first;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 3);
  issued = cli_run_json (f, 0, "practice", "issue", "4", "--subject", "web server", NULL);
  first = cli_int (issued, "first");
  g_assert_cmpint (cli_int (issued, "count"), ==, 4);
  id = g_strdup_printf ("%d", (int) first);
  json_node_unref (cli_run_json (f, 0, "practice", "revoke", id, "--reason", "1", NULL));
  json_node_unref (cli_run_json (f, 1, "practice", "revoke", "99999", NULL));

  running = cli_run_json (f, 0, "practice", "inspect", NULL);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (running), "running"));
  g_assert_cmpstr (json_object_get_string_member (row_of (running, first), "disposition"), ==, "revoked");
  g_assert_cmpstr (json_object_get_string_member (row_of (running, first + 3), "disposition"), ==, "issued");
  g_assert_nonnull (strstr (json_object_get_string_member (row_of (running, first), "subject"), "web server"));

  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  stopped = cli_run_json (f, 0, "practice", "inspect", NULL);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (stopped), "running"));
  g_assert_cmpstr (json_object_get_string_member (row_of (stopped, first), "disposition"), ==, "revoked");
  people = cli_run (f, "practice", "inspect", NULL);
  g_assert_nonnull (strstr (people->out, "web server"));
}

/* Writes a restore that was not completed into the registry of a practice CA that does not run. */
static void
register_restore (CliFixture *f)
{
  g_autofree char *path = cli_path (f, "state", "strongroom", "practice", "config", NULL);
  g_autofree char *text = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (GError) error = NULL;
  char *end;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  end = strrchr (text, '}');
  g_assert_nonnull (end);
  *end = '\0';
  changed = g_strconcat (text, ", 'root\\\\RestoreInProgress\\\\LowLogNumber': <5>, 'root\\\\RestoreInProgress\\\\HighLogNumber': <12>}", NULL);
  g_file_set_contents_full (path, changed, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* What stands in the registry, and the database that is not there. */
static void
test_inspect_restore (CliFixture   *f,
                      gconstpointer data)
{
  g_autofree char *live = cli_path (f, "state", "strongroom", "practice", PRACTICE_LIVE_FOLDER, NULL);
  g_autofree char *aside = g_strconcat (live, ".aside", NULL);
  g_autoptr (JsonNode) registered = NULL;
  g_autoptr (JsonNode) moved = NULL;
  g_autoptr (CliOutcome) people = NULL;
  JsonObject *object;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 2);
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  register_restore (f);
  registered = cli_run_json (f, 0, "practice", "inspect", NULL);
  object = json_object_get_object_member (json_node_get_object (registered), "restoreInProgress");
  g_assert_cmpint (json_object_get_int_member (object, "HighLogNumber"), ==, 12);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (registered), "rowCount"), ==, 3);

  g_assert_cmpint (rename (live, aside), ==, 0);
  g_assert_cmpint (mkdir (live, 0700), ==, 0);
  moved = cli_run_json (f, 0, "practice", "inspect", NULL);
  g_assert_true (json_object_has_member (json_node_get_object (moved), "databaseError"));
  people = cli_run (f, "practice", "inspect", NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "log generations 5 to 12"));
  g_assert_nonnull (strstr (people->out, "The database cannot be read"));
}

/* It is started again with what it had issued, at another port, and reached there. */
static void
test_restart (CliFixture   *f,
              gconstpointer data)
{
  g_autoptr (JsonNode) status = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 4);
  json_node_unref (cli_run_json (f, 0, "ca", "check", CLI_CONFIG, NULL));
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  json_node_unref (cli_run_json (f, 0, "practice", "start", NULL));
  status = cli_run_json (f, 0, "practice", "status", NULL);
  g_assert_cmpint (cli_int (status, "certificates"), >=, 4);
  json_node_unref (cli_run_json (f, 0, "ca", "check", CLI_CONFIG, NULL));
}

/* Its last words are told when it does not start. */
static void
test_no_start (CliFixture   *f,
               gconstpointer data)
{
  g_autofree char *folder = cli_path (f, "state", "strongroom", "practice", NULL);
  g_autofree char *certificate = g_build_filename (folder, "ca.crt", NULL);
  g_autoptr (JsonNode) failed = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  g_assert_true (g_file_set_contents (certificate, "no certificate", -1, NULL));
  failed = cli_run_json (f, 1, "practice", "start", NULL);
  g_assert_nonnull (strstr (cli_error_text (failed, "message"), "strongroom-practice-ca:"));
}

static void
test_no_program (CliFixture   *f,
                 gconstpointer data)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("STRONGROOM_PROGRAMS"), ":", -1);
  g_autoptr (JsonNode) failed = NULL;

  f->environment = g_environ_setenv (f->environment, "PATH", folders[0], TRUE);
  failed = cli_run_json (f, 1, "practice", "start", NULL);
  g_assert_cmpstr (cli_error_text (failed, "domain"), ==, "sr-authority-error");
  g_assert_nonnull (cli_error_text (failed, "advice"));
}

/* ---- Checks --------------------------------------------------------------------- */

static JsonObject *
check_of (JsonNode   *checks,
          const char *name)
{
  JsonArray *array = json_object_get_array_member (json_node_get_object (checks), "checks");

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *row = json_array_get_object_element (array, i);

      if (g_str_equal (json_object_get_string_member (row, "check"), name))
        return row;
    }
  g_error ("no check %s", name);
}

static void
assert_check (JsonNode   *checks,
              const char *name,
              const char *state)
{
  g_assert_cmpstr (json_object_get_string_member (check_of (checks, name), "state"), ==, state);
}

static void
test_check (CliFixture   *f,
            gconstpointer data)
{
  g_autoptr (JsonNode) good = NULL;
  g_autoptr (JsonNode) flag = NULL;
  g_autoptr (JsonNode) roles = NULL;
  g_autoptr (JsonNode) gone = NULL;
  g_autoptr (JsonNode) listed = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 1);
  good = cli_run_json (f, 0, "ca", "check", "Practice CA", NULL);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (good), "ok"));
  assert_check (good, "locations", "done");

  /* The flag that Windows has by default. */
  json_object_unref (cli_ask_practice (f, "{\"do\":\"config\",\"node\":\"ca\",\"entry\":\"InterfaceFlags\",\"value\":1601}"));
  json_object_unref (cli_ask_practice (f, "{\"do\":\"restart\"}"));
  flag = cli_run_json (f, 1, "ca", "check", "Practice CA", NULL);
  assert_check (flag, "activation", "done");
  assert_check (flag, "remote-backup", "failed");
  g_assert_nonnull (strstr (json_object_get_string_member (check_of (flag, "remote-backup"), "command"), "IF_NOREMOTEICERTADMINBACKUP"));

  json_object_unref (cli_ask_practice (f, "{\"do\":\"config\",\"node\":\"ca\",\"entry\":\"InterfaceFlags\",\"value\":1537}"));
  json_object_unref (cli_ask_practice (f, "{\"do\":\"roles\",\"principal\":\"PRACTICE\\\\operator\",\"roles\":[\"read\"]}"));
  json_object_unref (cli_ask_practice (f, "{\"do\":\"restart\"}"));
  roles = cli_run_json (f, 1, "ca", "check", "Practice CA", NULL);
  assert_check (roles, "roles", "failed");
  assert_check (roles, "remote-backup", "done");

  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  gone = cli_run_json (f, 1, "ca", "check", "Practice CA", NULL);
  g_assert_true (json_object_has_member (json_node_get_object (gone), "error"));

  /* What was seen is kept. */
  listed = cli_run_json (f, 0, "ca", "list", NULL);
  g_assert_cmpint (cli_int (cli_element (listed, 0), "interface_flags"), ==, 1537);
  g_assert_nonnull (cli_text (cli_element (listed, 0), "reached"));
  g_assert_nonnull (cli_text (cli_element (listed, 0), "problem"));
}

/* A port where nothing listens fails there, and what comes behind is not asked. */
static void
test_check_closed (CliFixture   *f,
                   gconstpointer data)
{
  g_autoptr (GSocket) unused = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *port = NULL;
  g_autoptr (JsonNode) checks = NULL;

  /* Bound and not listening: nobody else gets the port. */
  g_assert_true (g_socket_bind (unused, any, FALSE, NULL));
  bound = g_socket_get_local_address (unused, NULL);
  port = g_strdup_printf ("%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  json_node_unref (cli_run_json (f, 0, "ca", "add", "host.invalid\\CA", "--address", "127.0.0.1", "--port", port, NULL));
  checks = cli_run_json (f, 1, "ca", "check", "CA", NULL);
  assert_check (checks, "resolve", "done");
  assert_check (checks, "port", "failed");
  assert_check (checks, "activation", "skipped");
  assert_check (checks, "locations", "skipped");
  g_assert_nonnull (json_object_get_string_member (check_of (checks, "port"), "advice"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/practice/life", test_life);
  CLI_ADD ("/cli/practice/detached", test_detached);
  CLI_ADD ("/cli/practice/issue-and-revoke", test_issue_and_revoke);
  CLI_ADD ("/cli/practice/inspect-restore", test_inspect_restore);
  CLI_ADD ("/cli/practice/restart", test_restart);
  CLI_ADD ("/cli/practice/no-start", test_no_start);
  CLI_ADD ("/cli/practice/no-program", test_no_program);
  CLI_ADD ("/cli/check/practice", test_check);
  CLI_ADD ("/cli/check/closed-port", test_check_closed);
  return g_test_run ();
}
