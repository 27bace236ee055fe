/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include "base/sr-file.h"
#include "store/sr-repository.h"

#include <glib/gstdio.h>
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

static char *
ca_folder (CliFixture *f)
{
  return cli_path (f, "share", "strongroom", "backups", "Practice CA", NULL);
}

/* A refusal that the CA was not asked for, by what stands beside the sets; @text is an event's file. */
static void
assert_refused_by_note (CliFixture *f,
                        const char *name,
                        const char *text,
                        const char *rule)
{
  g_autofree char *folder = ca_folder (f);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gint64 prepares = cli_practice_count (f, "prepare");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_refused (f, rule, NULL);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, prepares);
  assert_backup (f, NULL, "full", rule);
  assert_backup (f, "--logs", "log", NULL);
}

/* How many of the CA's backups truncated. */
static guint
count_truncated (CliFixture *f)
{
  g_autoptr (JsonObject) answer = cli_ask_practice (f, "{\"do\": \"inspect\"}");
  JsonArray *backups = json_object_get_array_member (json_object_get_object_member (answer, "inspection"), "backups");
  guint count = 0;

  for (guint i = 0; i < json_array_get_length (backups); i++)
    count += json_object_get_boolean_member (json_array_get_object_element (backups, i), "truncated");
  return count;
}

/* The first time the CA is asked, and nothing is truncated; from then on the backup folder tells. */
static void
assert_refused_at_ca (CliFixture *f,
                      const char *rule,
                      const char *words)
{
  guint truncated = count_truncated (f);
  gint64 prepares = cli_practice_count (f, "prepare");
  g_autoptr (JsonNode) refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
  JsonObject *error = json_object_get_object_member (json_node_get_object (refused), "error");

  g_assert_cmpstr (json_object_get_string_member (error, "rule"), ==, rule);
  g_assert_nonnull (strstr (json_object_get_string_member (error, "message"), words));
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, prepares + 1);
  assert_refused (f, rule, NULL);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, prepares + 1);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, cli_practice_count (f, "end"));
  g_assert_cmpuint (truncated, >, 0);
  g_assert_cmpuint (count_truncated (f), ==, truncated);
  g_assert_cmpuint (cli_count_staging (f), ==, 0);
}

/* The rules that test_rules() does not come to: each refuses with its code, a full backup lifts it. */
static void
test_refusals (CliFixture   *f,
               gconstpointer data)
{
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (JsonNode) sets = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_backup (f, "--full", "full", NULL);
  assert_refused_by_note (f, "event-00000002-restore.json",
                          "{ \"format\": 1, \"program\": \"Strongroom\", \"id\": \"11111111-0000-0000-0000-000000000001\", \"sequence\": 2, "
                          "\"kind\": \"restore\", \"config\": \"localhost\\\\Practice CA\", \"when\": \"2026-11-22T14:15:00Z\" }", "after-restore");
  assert_refused_by_note (f, "event-00000005-something.json", "{ \"format\": 1, \"kind\": ", "unknown-note");

  /* Two log-only sets that truncated are deleted. */
  assert_backup (f, "--logs", "log", NULL);
  sets = cli_run_json (f, 0, "sets", NULL);
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *set = cli_element (sets, json_array_get_length (json_node_get_array (sets)) - 1 - i);

      g_assert_cmpstr (cli_text (set, "kind"), ==, "log");
      g_assert_cmpstr (cli_text (set, "truncated"), ==, "yes");
      g_assert_true (sr_file_remove_tree (cli_text (set, "path"), NULL));
    }
  assert_refused_at_ca (f, "gap", "Behind the log of generation");
  assert_backup (f, NULL, "full", "gap");

  answer = cli_ask_practice (f, "{\"do\": \"config\", \"node\": \"root\", \"entry\": \"DBFlags\", \"value\": 180}");
  g_assert_nonnull (answer);
  assert_refused (f, "circular-logging", NULL);
  assert_backup (f, NULL, "full", "circular-logging");
}

/* The CA is set up anew under its old name, and another client has backed it up:
 * it knows a full backup and answers, and its logs are not those of the sets. */
static void
test_other_logs (CliFixture   *f,
                 gconstpointer data)
{
  g_autofree char *practice = cli_path (f, "state", "strongroom", "practice", NULL);
  g_autofree char *elsewhere = cli_path (f, "elsewhere", NULL);
  g_autofree char *folder = ca_folder (f);
  g_autofree char *note = g_build_filename (folder, "event-00000004-other-logs.json", NULL);
  g_autoptr (SrRepository) theirs = sr_repository_create (elsewhere, NULL);
  g_autoptr (CliOutcome) tree = NULL;

  g_assert_nonnull (theirs);
  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_backup (f, "--full", "full", NULL);
  assert_backup (f, "--logs", "log", NULL);
  assert_backup (f, "--logs", "log", NULL);
  json_node_unref (cli_run_json (f, 0, "practice", "stop", NULL));
  g_assert_true (sr_file_remove_tree (practice, NULL));
  cli_start_practice (f, 20);
  json_node_unref (cli_run_json (f, 0, "backup", "Practice CA", "--full", "--repository", elsewhere, NULL));

  /* Its newest log is older than ours. */
  assert_refused_at_ca (f, "other-logs", "The CA’s newest log is of generation");
  g_assert_cmpint (g_unlink (note), ==, 0);
  /* It has gone on, so that only the logs themselves tell. */
  for (guint i = 0; i < 3; i++)
    {
      issue (f);
      json_node_unref (cli_run_json (f, 0, "backup", "Practice CA", "--logs", "--keep-logs", "--repository", elsewhere, NULL));
    }
  assert_refused_at_ca (f, "other-logs", "is not the one that the backup sets know");
  assert_backup (f, NULL, "full", "other-logs");
  assert_backup (f, "--logs", "log", NULL);
  tree = cli_run (f, "sets", "--tree", NULL);
  g_test_message ("%s", tree->out);
  g_assert_nonnull (strstr (tree->out, "\n  Lineage 2, "));
  g_assert_null (strstr (tree->out, "Lineage 3"));
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
  assert_backup (f, "--full", "full", NULL);
  assert_backup (f, "--logs", "log", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  json_node_unref (cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL));
  assert_backup (f, NULL, "full", "full-missing");
  assert_backup (f, NULL, "log", NULL);

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
  CLI_ADD ("/cli/chains/refusals", test_refusals);
  CLI_ADD ("/cli/chains/other-logs", test_other_logs);
  CLI_ADD ("/cli/chains/tree", test_tree);
  CLI_ADD ("/cli/chains/another-machine", test_another_machine);
  CLI_ADD ("/cli/chains/export", test_export);
  return g_test_run ();
}
