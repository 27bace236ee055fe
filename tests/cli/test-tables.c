/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include <string.h>

/* The manual and --help against each other, and against the tables. */

/* Options as --help shows them: "  --name VALUE". (transfer full) */
static GPtrArray *
options_of_help (const char *help)
{
  g_autoptr (GRegex) regex = g_regex_new ("^  --([a-z-]+)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  GPtrArray *options = g_ptr_array_new_with_free_func (g_free);

  for (g_regex_match (regex, help, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    g_ptr_array_add (options, g_match_info_fetch (match, 1));
  return options;
}

/* What the manual says of a verb, as plain text with one blank between words:
 * from its heading to the next. (transfer full) */
static char *
section_of (const char *man,
            const char *heading)
{
  g_autofree char *begin = g_strconcat (".SS \"", heading, NULL);
  const char *at = strstr (man, begin);
  const char *end;

  if (at == NULL)
    g_error ("the manual has no section “%s”", heading);
  end = strstr (at + 1, "\n.S");
  return g_strndup (at, end != NULL ? (gsize) (end - at) : strlen (at));
}

static char *
unescape (const char *man)
{
  g_autoptr (GString) text = g_string_new (man);

  g_string_replace (text, "\\-", "-", 0);
  g_string_replace (text, "\\e", "\\", 0);
  g_string_replace (text, "\\(aq", "'", 0);
  g_string_replace (text, "\\fB", "", 0);
  g_string_replace (text, "\\fI", "", 0);
  g_string_replace (text, "\\fR", "", 0);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
assert_has (const char *text,
            const char *what,
            const char *where)
{
  if (strstr (text, what) == NULL)
    g_error ("“%s” is not in %s:\n%s", what, where, text);
}

static void
check_verb (CliFixture *f,
            const char *man,
            JsonObject *verb)
{
  const char *name = json_object_get_string_member (verb, "name");
  g_auto (GStrv) words = g_strsplit (name, " ", -1);
  g_autoptr (CliOutcome) help = words[1] != NULL ? cli_run (f, words[0], words[1], "--help", NULL) : cli_run (f, words[0], "--help", NULL);
  g_autoptr (GPtrArray) shown = options_of_help (help->out);
  const char *arguments = json_object_get_string_member (verb, "arguments");
  g_autofree char *heading = g_strconcat (name, *arguments != '\0' ? " " : "", arguments, "\"", NULL);
  g_autofree char *section = section_of (man, heading);
  JsonArray *options = json_object_get_array_member (verb, "options");
  JsonArray *members = json_object_get_array_member (verb, "members");

  g_assert_cmpint (help->exit, ==, 0);
  g_assert_cmpuint (shown->len, ==, json_array_get_length (options));
  for (guint i = 0; i < shown->len; i++)
    {
      g_autofree char *option = g_strconcat ("--", shown->pdata[i], NULL);

      g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (options, i), "name"), ==, shown->pdata[i]);
      assert_has (man, option, "the manual");
      /* Options of every verb and of signing in stand once, in sections of their own. */
      if (!g_str_equal (shown->pdata[i], "json") && !g_str_equal (shown->pdata[i], "help") && !g_str_has_prefix (shown->pdata[i], "password-"))
        assert_has (section, option, name);
    }
  for (guint i = 0; i < json_array_get_length (members); i++)
    assert_has (section, json_object_get_string_member (json_array_get_object_element (members, i), "path"), name);
}

static void
test_manual (CliFixture   *f,
             gconstpointer data)
{
  g_autoptr (CliOutcome) tables = cli_run (f, "--dump-tables", NULL);
  g_autoptr (CliOutcome) dumped = cli_run (f, "--dump-man", NULL);
  g_autoptr (CliOutcome) overview = cli_run (f, "--help", NULL);
  g_autofree char *man = unescape (dumped->out);
  g_autoptr (JsonNode) node = json_from_string (tables->out, NULL);
  JsonArray *verbs = json_node_get_array (node);

  g_assert_cmpint (dumped->exit, ==, 0);
  g_assert_cmpint (overview->exit, ==, 0);
  g_assert_cmpuint (json_array_get_length (verbs), >=, 15);
  for (guint i = 0; i < json_array_get_length (verbs); i++)
    {
      JsonObject *verb = json_array_get_object_element (verbs, i);
      g_autofree char *line = g_strconcat ("\n  ", json_object_get_string_member (verb, "name"), " ", NULL);

      assert_has (overview->out, line, "--help");
      check_verb (f, man, verb);
    }
  for (int code = 0; code <= 4; code++)
    {
      g_autofree char *item = g_strdup_printf (".TP\n%d\n", code);

      assert_has (man, item, "the manual’s exit codes");
    }
  assert_has (man, "error.advice", "the manual");
}

/* The verbs that were promised. */
static void
test_promised (CliFixture   *f,
               gconstpointer data)
{
  static const char *const promised[] = {
    "practice start", "practice stop", "practice status", "practice issue N", "practice revoke N", "practice inspect",
    "ca add 'HOST\\CA'", "ca list", "ca check CA", "ca remove CA", "backup CA", "sets [CA]", "show SET", "verify SET", "sessions",
  };
  g_autoptr (CliOutcome) overview = cli_run (f, "--help", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (promised); i++)
    assert_has (overview->out, promised[i], "--help");
}

/* The practice CA's manual has what its --help shows. */
static void
test_practice_manual (CliFixture   *f,
                      gconstpointer data)
{
  g_autofree char *help = NULL;
  g_autofree char *dumped = NULL;
  g_autofree char *man = NULL;
  g_autoptr (GPtrArray) options = NULL;

  if (!cli_have_practice ())
    return;
  help = cli_practice_output (f, "--help");
  dumped = cli_practice_output (f, "--dump-man");
  man = unescape (dumped);
  options = options_of_help (help);
  g_assert_cmpuint (options->len, >=, 10);
  for (guint i = 0; i < options->len; i++)
    {
      g_autofree char *item = g_strdup_printf (".TP\n--%s", (char *) options->pdata[i]);

      assert_has (man, item, "the practice CA’s manual");
    }
}

static void
lint (CliFixture        *f,
      const char        *program,
      const char        *manual,
      const char *const *argv)
{
  g_autofree char *found = g_find_program_in_path (program);
  g_autofree char *path = cli_path (f, "manual.1", NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;

  if (found == NULL)
    {
      g_autofree char *reason = g_strdup_printf ("%s is not installed", program);

      g_test_skip (reason);
      return;
    }
  g_assert_true (g_file_set_contents (path, manual, -1, NULL));
  for (guint i = 0; argv[i] != NULL; i++)
    g_ptr_array_add (command, (gpointer) argv[i]);
  g_ptr_array_add (command, path);
  g_ptr_array_add (command, NULL);
  process = g_subprocess_newv ((const char *const *) command->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error));
  g_assert_cmpstr (out, ==, "");
  g_assert_true (g_subprocess_get_successful (process));
}

static void
lint_both (CliFixture        *f,
           const char        *program,
           const char *const *argv)
{
  g_autoptr (CliOutcome) ours = cli_run (f, "--dump-man", NULL);
  g_autofree char *practice = NULL;

  lint (f, program, ours->out, argv);
  if (!cli_have_practice ())
    return;
  practice = cli_practice_output (f, "--dump-man");
  lint (f, program, practice, argv);
}

static void
test_mandoc (CliFixture   *f,
             gconstpointer data)
{
  lint_both (f, "mandoc", (const char *const[]) { "mandoc", "-T", "lint", "-W", "style", NULL });
}

static void
test_groff (CliFixture   *f,
            gconstpointer data)
{
  lint_both (f, "groff", (const char *const[]) { "groff", "-man", "-ww", "-z", "-Tutf8", NULL });
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLI_ADD ("/cli/tables/manual", test_manual);
  CLI_ADD ("/cli/tables/promised", test_promised);
  CLI_ADD ("/cli/tables/practice-manual", test_practice_manual);
  CLI_ADD ("/cli/tables/mandoc", test_mandoc);
  CLI_ADD ("/cli/tables/groff", test_groff);
  return g_test_run ();
}
