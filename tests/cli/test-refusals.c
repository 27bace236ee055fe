/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include "base/sr-file.h"
#include "cli/sr-cli-private.h"
#include "store/sr-repository.h"

#include <glib/gstdio.h>
#include <string.h>

/* The rules of log-only backups, as a user of the terminal meets them: each refusal with exit code 3 and the rule's code. */

static void
assert_refused (CliFixture *f,
                const char *rule,
                const char *code)
{
  g_autoptr (JsonNode) refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
  g_autoptr (CliOutcome) people = NULL;
  g_autofree char *line = g_strdup_printf ("Rule: %s", rule);

  g_assert_cmpstr (cli_error_text (refused, "rule"), ==, rule);
  g_assert_cmpstr (cli_error_text (refused, "code"), ==, code);
  g_assert_cmpstr (cli_text (refused, "rule"), ==, rule);
  g_assert_nonnull (cli_error_text (refused, "advice"));
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
  g_autoptr (JsonNode) refused = NULL;
  g_autoptr (CliOutcome) people = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  assert_refused (f, "no-full", NULL);
  kept = cli_run_json (f, 0, "backup", "Practice CA", "--keep-logs", NULL);
  g_assert_cmpstr (cli_text (kept, "rule"), ==, "no-full");
  assert_refused (f, "not-truncated", NULL);
  cli_assert_backup (f, NULL, "full", "not-truncated");
  cli_assert_backup (f, NULL, "log", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
  cli_assert_backup (f, "--full", "full", NULL);
  answer = cli_ask_practice (f, "{\"do\": \"foreign-full\"}");
  g_assert_nonnull (answer);
  /* The CA is asked, and answers -560; from then on the sets tell. */
  refused = cli_run_json (f, 3, "backup", "Practice CA", "--logs", NULL);
  g_assert_cmpstr (cli_error_text (refused, "rule"), ==, "full-missing");
  g_assert_cmpstr (cli_error_text (refused, "code"), ==, "0xc8000230");
  assert_refused (f, "full-missing", NULL);
  people = cli_run (f, "backup", "Practice CA", NULL);
  g_assert_cmpint (people->exit, ==, 0);
  g_assert_nonnull (strstr (people->out, "Full: The CA does not know the last full backup any more (-560)"));
  g_clear_pointer (&people, cli_outcome_free);
  people = cli_run (f, "backup", "Practice CA", "--keep-logs", NULL);
  g_assert_nonnull (strstr (people->out, "Log-only: it continues the sets before it."));
  g_assert_nonnull (strstr (people->out, "the next log-only backup holds those of this one again"));
}

/* A refusal that the CA was not asked for, by what stands beside the sets; @text is an event's file. */
static void
assert_refused_by_note (CliFixture *f,
                        const char *name,
                        const char *text,
                        const char *rule)
{
  g_autofree char *folder = cli_sets_folder (f);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gint64 prepares = cli_practice_count (f, "prepare");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  assert_refused (f, rule, NULL);
  g_assert_cmpint (cli_practice_count (f, "prepare"), ==, prepares);
  cli_assert_backup (f, NULL, "full", rule);
  cli_assert_backup (f, "--logs", "log", NULL);
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

  g_assert_cmpstr (cli_error_text (refused, "rule"), ==, rule);
  g_assert_nonnull (strstr (cli_error_text (refused, "message"), words));
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
  g_autoptr (JsonNode) full = NULL;

  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  cli_assert_backup (f, "--full", "full", NULL);
  assert_refused_by_note (f, "event-00000002-restore.json",
                          "{ \"format\": 1, \"program\": \"Strongroom\", \"id\": \"11111111-0000-0000-0000-000000000001\", \"sequence\": 2, "
                          "\"kind\": \"restore\", \"config\": \"localhost\\\\Practice CA\", \"when\": \"2026-11-22T14:15:00Z\" }", "after-restore");
  assert_refused_by_note (f, "event-00000005-something.json", "{ \"format\": 1, \"kind\": ", "unknown-note");

  /* Two log-only sets that truncated are deleted. */
  cli_assert_backup (f, "--logs", "log", NULL);
  sets = cli_run_json (f, 0, "sets", NULL);
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *set = cli_element (sets, json_array_get_length (json_node_get_array (sets)) - 1 - i);

      g_assert_cmpstr (cli_text (set, "kind"), ==, "log");
      g_assert_cmpstr (cli_text (set, "truncated"), ==, "yes");
      g_assert_true (sr_file_remove_tree (cli_text (set, "path"), NULL));
    }
  assert_refused_at_ca (f, "gap", "Behind the log of generation");
  cli_assert_backup (f, NULL, "full", "gap");

  /* The full set that logs would continue is damaged, and that has been found. */
  full = cli_run_json (f, 0, "backup", "Practice CA", "--full", NULL);
  cli_damage (cli_text (full, "path"), "Practice CA.edb");
  json_node_unref (cli_run_json (f, 1, "verify", cli_text (full, "path"), NULL));
  assert_refused (f, "damaged", NULL);
  cli_assert_backup (f, NULL, "full", "damaged");

  answer = cli_ask_practice (f, "{\"do\": \"config\", \"node\": \"root\", \"entry\": \"DBFlags\", \"value\": 180}");
  g_assert_nonnull (answer);
  assert_refused (f, "circular-logging", NULL);
  cli_assert_backup (f, NULL, "full", "circular-logging");
}

/* The CA is set up anew under its old name, and another client has backed it up:
 * it knows a full backup and answers, and its logs are not those of the sets. */
static void
test_other_logs (CliFixture   *f,
                 gconstpointer data)
{
  g_autofree char *practice = cli_path (f, "state", "strongroom", "practice", NULL);
  g_autofree char *elsewhere = cli_path (f, "elsewhere", NULL);
  g_autofree char *folder = cli_sets_folder (f);
  g_autofree char *note = g_build_filename (folder, "event-00000004-other-logs.json", NULL);
  g_autoptr (SrRepository) theirs = sr_repository_create (elsewhere, NULL);
  g_autoptr (CliOutcome) tree = NULL;

  g_assert_nonnull (theirs);
  if (!cli_have_practice ())
    return;
  cli_start_practice (f, 20);
  cli_assert_backup (f, "--full", "full", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
  cli_assert_backup (f, "--logs", "log", NULL);
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
      cli_issue (f);
      json_node_unref (cli_run_json (f, 0, "backup", "Practice CA", "--logs", "--keep-logs", "--repository", elsewhere, NULL));
    }
  assert_refused_at_ca (f, "other-logs", "is not the one that the backup sets know");
  cli_assert_backup (f, NULL, "full", "other-logs");
  cli_assert_backup (f, "--logs", "log", NULL);
  tree = cli_run (f, "sets", "--tree", NULL);
  g_test_message ("%s", tree->out);
  g_assert_nonnull (strstr (tree->out, "\n  Lineage 2, "));
  g_assert_null (strstr (tree->out, "Lineage 3"));
}

/* Whatever a CA answers that stands for a rule is told by exit 3 and the rule's code. */
static void
test_answers (void)
{
  static const struct
  {
    SrHresult answer;
    SrCliExit exit;
    const char *rule;
  } answers[] = {
    { 0xc8000230, SR_CLI_REFUSED, "full-missing" },
    { 0xc800020e, SR_CLI_REFUSED, "circular-logging" },
    { 0xc8000239, SR_CLI_REFUSED, "gap" },
    { 0xc7ff0009, SR_CLI_REFUSED, "circular-logging" },
    { 0xc7ff000b, SR_CLI_REFUSED, "circular-logging" },
    { 0xc7ff000c, SR_CLI_REFUSED, "full-missing" },
    { 0xc7ff000e, SR_CLI_REFUSED, "full-missing" },
    { 0xc80001f9, SR_CLI_REFUSED, NULL },
    { 0xc7ff0002, SR_CLI_FAILED, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) object = NULL;

      sr_hresult_set_error (&error, answers[i].answer, "BackupPrepare at ca01");
      object = sr_cli_error_object (NULL, NULL, error, NULL);
      g_assert_cmpint (sr_cli_exit_for (error), ==, answers[i].exit);
      g_assert_cmpstr (json_object_get_string_member_with_default (object, "rule", NULL), ==, answers[i].rule);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/refusals/rules", test_rules);
  g_test_add_func ("/cli/refusals/answers", test_answers);
  CLI_ADD ("/cli/refusals/notes", test_refusals);
  CLI_ADD ("/cli/refusals/other-logs", test_other_logs);
  return g_test_run ();
}
