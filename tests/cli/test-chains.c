/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Chains, lineages and export, as a user of the terminal meets them. */

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
  cli_assert_backup (f, "--full", "full", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
  cli_assert_backup (f, "--full", "full", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  json_node_unref (cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL));
  cli_assert_backup (f, NULL, "full", "full-missing");
  cli_assert_backup (f, NULL, "log", NULL);

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

/* The words in the tree for the only set, once its session.json says @to instead of @from. */
static void
assert_words (CliFixture *f,
              const char *path,
              const char *from,
              const char *to,
              const char *words)
{
  g_autofree char *file = g_build_filename (path, "session.json", NULL);
  g_autofree char *whole = g_strdup_printf ("  %s, generations ", words);
  g_autoptr (CliOutcome) tree = NULL;
  g_autoptr (GString) json = NULL;
  char *contents;

  g_assert_true (g_file_get_contents (file, &contents, NULL, NULL));
  json = g_string_new_take (contents);
  g_assert_cmpuint (g_string_replace (json, from, to, 0), ==, 1);
  g_assert_true (g_file_set_contents (file, json->str, -1, NULL));
  tree = cli_run (f, "sets", "--tree", NULL);
  if (strstr (tree->out, whole) == NULL)
    g_error ("“%s” is not in: %s", whole, tree->out);
}

/* Only a full set that surely did not truncate is called a copy. */
static void
test_copies (CliFixture   *f,
             gconstpointer data)
{
  g_autoptr (JsonNode) set = NULL;
  const char *path;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  set = cli_run_json (f, 0, "backup", "Practice CA", "--full", NULL);
  path = cli_text (set, "path");
  assert_words (f, path, "\"ended\" : \"yes\"", "\"ended\" : \"unknown\"", "full, perhaps a copy for the CA");
  assert_words (f, path, "\"truncated\" : \"yes\"", "\"truncated\" : \"unknown\"", "full, perhaps a copy for the CA");
  assert_words (f, path, "\"truncated\" : \"unknown\"", "\"truncated\" : \"kept\"", "full, a copy for the CA");
}

static char *
output (CliFixture *f,
        const char *repository,
        const char *option)
{
  g_autoptr (CliOutcome) outcome = cli_run (f, "sets", "--tree", "--repository", repository, option, NULL);

  g_assert_cmpint (outcome->exit, ==, 0);
  g_assert_cmpuint (strlen (outcome->out), >, 100);
  return g_steal_pointer (&outcome->out);
}

/* Somebody who knows nothing but the backup folder is shown the same, to the byte. */
static void
test_another_machine (CliFixture   *f,
                      gconstpointer data)
{
  CliFixture other = { 0 };
  g_autofree char *repository = cli_path (f, "share", "strongroom", "backups", NULL);
  g_autofree char *moved = cli_path (f, "a disk", NULL);
  g_autoptr (JsonObject) answer = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  cli_assert_backup (f, "--full", "full", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  json_node_unref (cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL));
  cli_assert_backup (f, NULL, "full", "full-missing");
  cli_assert_backup (f, NULL, "log", NULL);

  cli_fixture_set_up (&other, NULL);
  for (guint i = 0; i < 2; i++)
    {
      const char *option = i == 0 ? NULL : "--json";
      g_autofree char *here = output (f, repository, option);
      g_autofree char *there = output (&other, repository, option);

      g_test_message ("%s: %zu bytes", i == 0 ? "text" : option, strlen (here));
      g_assert_cmpstr (there, ==, here);
      if (i == 0)
        {
          g_autofree char *carried = NULL;

          g_assert_cmpint (g_rename (repository, moved), ==, 0);
          carried = output (&other, moved, NULL);
          g_assert_cmpint (g_rename (moved, repository), ==, 0);
          g_assert_cmpstr (carried, ==, here);
        }
    }
  cli_fixture_tear_down (&other, NULL);
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
  cli_assert_backup (f, "--full", "full", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
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
  CLI_ADD ("/cli/chains/tree", test_tree);
  CLI_ADD ("/cli/chains/copies", test_copies);
  CLI_ADD ("/cli/chains/another-machine", test_another_machine);
  CLI_ADD ("/cli/chains/export", test_export);
  return g_test_run ();
}
