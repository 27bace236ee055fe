/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include "base/sr-file.h"
#include "cli/sr-cli-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

/* Command lines, the list of CAs, and the backup folder: all that needs no CA. */

static void
test_wrong (CliFixture   *f,
            gconstpointer data)
{
  static const char *const wrong[][5] = {
    { "frobnicate" },
    { "ca" },
    { "ca", "frobnicate" },
    { "ca", "add" },
    { "ca", "add", "no-backslash" },
    { "ca", "add", "host\\CA", "extra" },
    { "ca", "add", "host\\CA", "--port=0" },
    { "ca", "add", "host\\CA", "--port=65536" },
    { "ca", "add", "host\\CA", "--port" },
    { "ca", "add", "host\\CA", "--keytab=k" },
    { "ca", "add", "host\\CA", "--address=a b" },
    { "ca", "list", "--frobnicate" },
    { "ca", "list", "-x" },
    { "ca", "list", "--json=yes" },
    { "backup", "CA", "--full", "--logs" },
    { "backup", "CA", "--full", "--read-size=65" },
    { "backup", "--full" },
    { "show" },
    { "sets", "A", "B" },
    { "practice", "issue", "many" },
    { "practice", "issue", "0" },
    { "practice", "revoke", "xyz" },
    { "--frobnicate" },
  };
  g_autoptr (CliOutcome) nothing = cli_run (f, NULL, NULL);

  g_assert_cmpint (nothing->exit, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (CliOutcome) outcome = cli_run (f, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], NULL);

      if (outcome->exit != 2)
        g_error ("row %u: exit code %d\n%s", i, outcome->exit, outcome->err);
      g_assert_cmpstr (outcome->out, ==, "");
      g_assert_nonnull (strstr (outcome->err, "--help"));
    }
}

static void
test_wrong_json (CliFixture   *f,
                 gconstpointer data)
{
  g_autoptr (JsonNode) node = cli_run_json (f, 2, "ca", "add", "no-backslash", NULL);
  g_autoptr (JsonNode) option = cli_run_json (f, 2, "ca", "list", "--frobnicate", NULL);

  g_assert_true (json_object_has_member (json_node_get_object (node), "error"));
  g_assert_true (json_object_has_member (json_node_get_object (option), "error"));
}

/* A password on the command line is refused, and not repeated anywhere. */
static void
test_password_argument (CliFixture   *f,
                        gconstpointer data)
{
  g_autoptr (CliOutcome) equals = cli_run (f, "backup", "CA", "--full", "--password=hunter2", NULL);
  g_autoptr (CliOutcome) apart = cli_run (f, "backup", "CA", "--full", "--password", "hunter2", NULL);
  g_autoptr (CliOutcome) json = cli_run (f, "backup", "CA", "--full", "--password=hunter2", "--json", NULL);

  g_assert_cmpint (equals->exit, ==, 2);
  g_assert_cmpint (apart->exit, ==, 2);
  g_assert_cmpint (json->exit, ==, 2);
  g_assert_null (strstr (equals->err, "hunter2"));
  g_assert_null (strstr (apart->err, "hunter2"));
  g_assert_null (strstr (json->out, "hunter2"));
  g_assert_nonnull (strstr (equals->err, "--password-file"));
}

static void
test_version (CliFixture   *f,
              gconstpointer data)
{
  g_autoptr (CliOutcome) outcome = cli_run (f, "--version", NULL);

  g_assert_cmpint (outcome->exit, ==, 0);
  g_assert_cmpstr (outcome->out, ==, "strongroomctl " PACKAGE_VERSION "\n");
}

static void
test_list (CliFixture   *f,
           gconstpointer data)
{
  g_autoptr (JsonNode) empty = cli_run_json (f, 0, "ca", "list", NULL);
  g_autoptr (JsonNode) added = cli_run_json (f, 0, "ca", "add", "ca01.contoso.com\\Contoso CA", "--user", "CONTOSO\\backup",
                                             "--address", "10.0.0.9", "--port", "10135", "--allow-ntlm", NULL);
  g_autoptr (JsonNode) second = cli_run_json (f, 3, "ca", "add", "CA01.CONTOSO.COM\\contoso ca", NULL);
  g_autoptr (JsonNode) other = cli_run_json (f, 0, "ca", "add", "ca02\\Contoso CA", NULL);
  g_autoptr (JsonNode) ambiguous = cli_run_json (f, 1, "ca", "remove", "contoso ca", NULL);
  g_autoptr (JsonNode) listed = cli_run_json (f, 0, "ca", "list", NULL);
  g_autoptr (JsonNode) removed = cli_run_json (f, 0, "ca", "remove", "ca01.contoso.com\\Contoso CA", NULL);
  g_autoptr (JsonNode) missing = cli_run_json (f, 1, "ca", "remove", "ca01.contoso.com\\Contoso CA", NULL);
  g_autoptr (JsonNode) rest = cli_run_json (f, 0, "ca", "list", NULL);
  g_autoptr (CliOutcome) people = cli_run (f, "ca", "list", NULL);
  JsonNode *first;

  g_assert_cmpuint (json_array_get_length (json_node_get_array (empty)), ==, 0);
  g_assert_cmpstr (cli_text (added, "sign_in"), ==, "password");
  g_assert_cmpuint (json_array_get_length (json_node_get_array (listed)), ==, 2);
  first = cli_element (listed, 0);
  g_assert_cmpstr (cli_text (first, "name"), ==, "Contoso CA");
  g_assert_cmpstr (cli_text (first, "config"), ==, "ca01.contoso.com\\Contoso CA");
  g_assert_cmpstr (cli_text (first, "host"), ==, "ca01.contoso.com");
  g_assert_false (json_object_get_boolean_member (json_node_get_object (first), "practice"));
  g_assert_cmpint (cli_int (first, "port"), ==, 10135);
  g_assert_cmpstr (cli_text (cli_element (rest, 0), "host"), ==, "ca02");
  g_assert_nonnull (strstr (people->out, "ca02"));
}

/* A newer format is refused by a rule, and stays as it is. */
static void
test_newer_format (CliFixture   *f,
                   gconstpointer data)
{
  const char *text = "{\"format\":99}";
  g_autofree char *folder = cli_path (f, "config", "strongroom", NULL);
  g_autofree char *path = g_build_filename (folder, "authorities.json", NULL);
  g_autofree char *after = NULL;

  g_assert_true (sr_file_make_private_folder (folder, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  json_node_unref (cli_run_json (f, 3, "ca", "list", NULL));
  json_node_unref (cli_run_json (f, 3, "ca", "add", "h\\c", NULL));
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text);
}

static void
test_repository (CliFixture   *f,
                 gconstpointer data)
{
  g_autofree char *path = cli_path (f, "disk", "backups", NULL);
  g_autofree char *empty = cli_path (f, "empty", NULL);
  g_autofree char *moved = cli_path (f, "moved", NULL);
  g_autofree char *disk = cli_path (f, "disk", NULL);

  /* Looking does not make one. */
  json_node_unref (cli_run_json (f, 3, "repository", NULL));
  json_node_unref (cli_run_json (f, 3, "sets", NULL));
  json_node_unref (cli_run_json (f, 3, "repository", "use", path, NULL));

  json_node_unref (cli_run_json (f, 0, "repository", "create", path, NULL));
  json_node_unref (cli_run_json (f, 3, "repository", "create", path, NULL));
  json_node_unref (cli_run_json (f, 0, "repository", "use", path, NULL));
  {
    g_autoptr (JsonNode) shown = cli_run_json (f, 0, "repository", NULL);

    g_assert_cmpstr (cli_text (shown, "path"), ==, path);
    g_assert_true (json_object_get_boolean_member (json_node_get_object (shown), "chosen"));
  }
  json_node_unref (cli_run_json (f, 0, "sets", NULL));

  /* The disk is not mounted: an empty folder is there, or none. */
  g_assert_cmpint (g_rename (disk, moved), ==, 0);
  json_node_unref (cli_run_json (f, 3, "sets", NULL));
  g_assert_true (sr_file_make_private_folder (path, NULL));
  json_node_unref (cli_run_json (f, 3, "sets", NULL));
  g_assert_cmpint (g_rmdir (path), ==, 0);

  /* Another disk is. */
  json_node_unref (cli_run_json (f, 0, "repository", "create", path, NULL));
  json_node_unref (cli_run_json (f, 3, "sets", NULL));
  json_node_unref (cli_run_json (f, 0, "sets", "--repository", path, NULL));

  g_assert_true (sr_file_make_private_folder (empty, NULL));
  json_node_unref (cli_run_json (f, 3, "sets", "--repository", empty, NULL));
  json_node_unref (cli_run_json (f, 1, "show", "no-such-set", "--repository", path, NULL));
}

/* A result that cannot be written is told by the exit code. */
static void
test_full_output (CliFixture   *f,
                  gconstpointer data)
{
  g_autofree char *command = g_strdup ("strongroomctl ca list --json > /dev/full");
  const char *argv[] = { "sh", "-c", command, NULL };
  int status = 0;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no /dev/full here");
      return;
    }
  g_assert_true (g_spawn_sync (NULL, (char **) argv, f->environment, G_SPAWN_SEARCH_PATH_FROM_ENVP | G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
}

/* What comes from elsewhere does not steer the terminal. */
static void
test_safe_output (void)
{
  g_autofree char *escape = sr_cli_make_safe ("a\033[2Jb\rc\007\302\233d");
  g_autofree char *direction = sr_cli_make_safe ("a\342\200\256b");
  g_autofree char *plain = sr_cli_make_safe ("Zürich\tCA\n“x”");
  g_autofree char *invalid = sr_cli_make_safe ("a\xff");

  g_assert_cmpstr (escape, ==, "a\357\277\275[2Jb\357\277\275c\357\277\275\357\277\275d");
  g_assert_cmpstr (direction, ==, "a\357\277\275b");
  g_assert_cmpstr (plain, ==, "Zürich\tCA\n“x”");
  g_assert_cmpstr (invalid, ==, "a\357\277\275");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/usage/wrong", test_wrong);
  CLI_ADD ("/cli/usage/wrong-json", test_wrong_json);
  CLI_ADD ("/cli/usage/password-argument", test_password_argument);
  CLI_ADD ("/cli/usage/version", test_version);
  CLI_ADD ("/cli/usage/list", test_list);
  CLI_ADD ("/cli/usage/newer-format", test_newer_format);
  CLI_ADD ("/cli/usage/repository", test_repository);
  CLI_ADD ("/cli/usage/full-output", test_full_output);
  g_test_add_func ("/cli/usage/safe-output", test_safe_output);
  return g_test_run ();
}
