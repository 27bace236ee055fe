/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <string.h>

/* Log-only backups, the rules, chains and their export, as a user of the terminal meets them. */

static void
issue (CliFixture *f)
{
  g_autoptr (JsonObject) answer = cli_ask_practice (f, "{\"do\": \"issue\", \"count\": 20}");

  g_assert_nonnull (answer);
}

static void
assert_backup (CliFixture *f,
               const char *option,
               const char *kind,
               const char *rule)
{
  g_autoptr (JsonNode) made = cli_run_json (f, 0, "backup", "Practice CA", option, NULL);

  g_assert_cmpstr (cli_text (made, "kind"), ==, kind);
  g_assert_cmpstr (cli_text (made, "rule"), ==, rule);
  g_assert_true ((cli_text (made, "reason") != NULL) == (rule != NULL));
  issue (f);
}

static void
assert_refused (CliFixture *f,
                const char *rule,
                const char *code)
{
  g_autoptr (JsonNode) refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
  g_autoptr (CliOutcome) people = NULL;
  g_autofree char *line = g_strdup_printf ("Rule: %s", rule);
  JsonObject *error = json_object_get_object_member (json_node_get_object (refused), "error");

  g_assert_cmpstr (json_object_get_string_member (error, "rule"), ==, rule);
  g_assert_cmpstr (json_object_get_string_member_with_default (error, "code", NULL), ==, code);
  g_assert_cmpstr (cli_text (refused, "rule"), ==, rule);
  g_assert_nonnull (json_object_get_string_member_with_default (error, "advice", NULL));
  people = cli_run (f, "backup", "Practice CA", "--logs", NULL);
  g_assert_cmpint (people->exit, ==, 3);
  g_assert_nonnull (strstr (people->err, line));
  g_assert_nonnull (strstr (people->err, "No set was written."));
}

static void
test_rules (CliFixture   *f,
            gconstpointer data)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (JsonNode) kept = NULL;
  g_autoptr (CliOutcome) people = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_refused (f, "no-full", NULL);
  kept = cli_run_json (f, 0, "backup", "Practice CA", "--keep-logs", NULL);
  g_assert_cmpstr (cli_text (kept, "rule"), ==, "no-full");
  assert_refused (f, "not-truncated", NULL);
  assert_backup (f, NULL, "full", "not-truncated");
  assert_backup (f, NULL, "log", NULL);
  assert_backup (f, "--logs", "log", NULL);
  assert_backup (f, "--full", "full", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  g_assert_nonnull (answer);
  /* The CA is asked, and answers -560; from then on the sets tell. */
  {
    g_autoptr (JsonNode) refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
    JsonObject *error = json_object_get_object_member (json_node_get_object (refused), "error");

    g_assert_cmpstr (json_object_get_string_member (error, "rule"), ==, "full-missing");
    g_assert_cmpstr (json_object_get_string_member (error, "code"), ==, "0xc8000230");
  }
  assert_refused (f, "full-missing", NULL);
  people = cli_run (f, "backup", "Practice CA", NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "Full: The CA does not know the last full backup any more (-560)"));
  g_clear_pointer (&people, cli_outcome_free);
  people = cli_run (f, "backup", "Practice CA", "--keep-logs", NULL);
  g_assert_nonnull (strstr (people->out, "Log-only: it continues the sets before it."));
  g_assert_nonnull (strstr (people->out, "the next log-only backup holds those of this one again"));
}

/* Two lineages, the first with two chains: as a tree, and as members of JSON. */
static void
test_tree (CliFixture   *f,
           gconstpointer data)
{
  g_autoptr (CliOutcome) tree = NULL;
  g_autoptr (CliOutcome) shown = NULL;
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) set = NULL;
  g_autoptr (JsonObject) answer = NULL;
  const char *chain;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_backup (f, "--full", "full", NULL);
  assert_backup (f, "--logs", "log", NULL);
  assert_backup (f, "--full", "full", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  json_node_unref (cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL));
  assert_backup (f, NULL, "full", "full-missing");
  assert_backup (f, NULL, "log", NULL);

  sets = cli_run_json (f, 0, "sets", NULL);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (sets)), ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      JsonNode *item = cli_element (sets, i);

      g_assert_cmpint (cli_int (item, "lineage"), ==, i < 3 ? 1 : 2);
      g_assert_cmpstr (cli_text (item, "lineage_start"), ==, i < 3 ? "first" : "full-missing");
      g_assert_cmpstr (cli_text (item, "chain"), ==, cli_text (cli_element (sets, i == 1 || i == 4 ? i - 1 : i), "set"));
    }
  tree = cli_run (f, "sets", "--tree", NULL);
  g_assert_cmpint (tree->exit, ==, 0);
  g_test_message ("%s", tree->out);
  g_assert_nonnull (strstr (tree->out, CLI_CONFIG "\n  Lineage 1: The first backup sets of this CA.\n    "));
  g_assert_nonnull (strstr (tree->out, "\n  Lineage 2, "));
  g_assert_nonnull (strstr (tree->out, "\n  Next backup: log-only.\n"));

  chain = cli_text (cli_element (sets, 4), "set");
  set = cli_run_json (f, 0, "show", chain, NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (set), "chain_sets")), ==, 2);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (set), "chain_complete"));
  g_assert_true (json_object_get_boolean_member (json_node_get_object (set), "chain_base"));
  shown = cli_run (f, "show", chain, NULL);
  g_assert_nonnull (strstr (shown->out, "Chain: 2 sets, generations "));
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* sha256sum has the last word on what was exported. */
static void
check_sums (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  const char *argv[] = { "sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS", NULL };
  int status;

  g_assert_true (g_spawn_sync (folder, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  g_assert_no_error (error);
}

static void
test_export (CliFixture   *f,
             gconstpointer data)
{
  g_autofree char *whole = cli_path (f, "whole", NULL);
  g_autofree char *part = cli_path (f, "part", NULL);
  g_autofree char *whole_database = g_build_filename (whole, "DataBase", NULL);
  g_autofree char *part_database = g_build_filename (part, "DataBase", NULL);
  g_autoptr (JsonNode) sets = NULL;
  g_autoptr (JsonNode) exported = NULL;
  g_autoptr (CliOutcome) people = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_backup (f, "--full", "full", NULL);
  assert_backup (f, "--logs", "log", NULL);
  assert_backup (f, "--logs", "log", NULL);
  sets = cli_run_json (f, 0, "sets", NULL);
  exported = cli_run_json (f, 0, "export", cli_text (cli_element (sets, 0), "set"), whole, NULL);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (exported), "sets")), ==, 3);
  g_assert_cmpstr (cli_text (exported, "path"), ==, whole);
  check_sums (whole);

  people = cli_run (f, "export", cli_text (cli_element (sets, 1), "set"), part, NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "Made from 2 sets"));
  check_sums (part);
  g_assert_cmpuint (count_files (part_database), <, count_files (whole_database));

  /* What is there stays. */
  json_node_unref (cli_run_json (f, 3, "export", cli_text (cli_element (sets, 0), "set"), whole, NULL));
  json_node_unref (cli_run_json (f, 1, "export", "20990101T", whole, NULL));
  check_sums (whole);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/chains/rules", test_rules);
  CLI_ADD ("/cli/chains/tree", test_tree);
  CLI_ADD ("/cli/chains/export", test_export);
  return g_test_run ();
}
