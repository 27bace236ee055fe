/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct _SrCli
{
  const SrCliVerb *verb;
  GPtrArray *arguments;
  GHashTable *values;
  gboolean json;
  gboolean help;
};

const SrCliOption sr_cli_common_options[] = {
  { "json", SR_CLI_FLAG, NULL, N_("Write the result to standard output as JSON") },
  { "help", SR_CLI_FLAG, NULL, N_("Show help and do nothing else") },
  { NULL }
};

const SrCliOption sr_cli_sign_in_options[] = {
  { "password-file", SR_CLI_FILE, N_("FILE"),
    N_("Take the password from the first line of a file, for a CA that is signed in to with one. Without this it is asked for at the terminal") },
  { "password-stdin", SR_CLI_FLAG, NULL, N_("Take the password from the first line of standard input") },
  { NULL }
};

const SrCliVerb *
sr_cli_get_verb (SrCli *cli)
{
  return cli->verb;
}

gboolean
sr_cli_get_json (SrCli *cli)
{
  return cli->json;
}

const char *
sr_cli_argument (SrCli *cli,
                 guint  index)
{
  return index < cli->arguments->len ? cli->arguments->pdata[index] : NULL;
}

const char *
sr_cli_value (SrCli      *cli,
              const char *option)
{
  return g_hash_table_lookup (cli->values, option);
}

gboolean
sr_cli_has (SrCli      *cli,
            const char *option)
{
  return sr_cli_value (cli, option) != NULL;
}

/* The bounds were looked at when the command line was read. */
gint64
sr_cli_number (SrCli      *cli,
               const char *option,
               gint64      fallback)
{
  const char *value = sr_cli_value (cli, option);

  return value != NULL ? g_ascii_strtoll (value, NULL, 10) : fallback;
}

void
sr_cli_verb_tables (const SrCliVerb   *verb,
                    const SrCliOption *tables[SR_CLI_N_TABLES])
{
  static const SrCliOption none[] = { { NULL } };

  tables[0] = verb->options != NULL ? verb->options : none;
  tables[1] = verb->signs_in ? sr_cli_sign_in_options : none;
  tables[2] = sr_cli_common_options;
}

SrCliExit
sr_cli_misuse (SrCli      *cli,
               const char *format,
               ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (cli->json)
    {
      g_autoptr (GError) error = g_error_new_literal (G_OPTION_ERROR, G_OPTION_ERROR_FAILED, text);

      sr_cli_fail (cli, _("Reading the command line"), NULL, error, NULL, NULL);
    }
  else
    {
      g_autofree char *command = cli->verb != NULL ? g_strdup_printf ("strongroomctl %s --help", cli->verb->name)
                                                   : g_strdup ("strongroomctl --help");

      sr_cli_note ("strongroomctl: %s", text);
      /* Translators: %s is a command */
      sr_cli_note (_("Try “%s”."), command);
    }
  return SR_CLI_USAGE;
}

static const SrCliOption *
find_option (SrCli      *cli,
             const char *name)
{
  const SrCliOption *tables[SR_CLI_N_TABLES];

  sr_cli_verb_tables (cli->verb, tables);
  for (guint i = 0; i < SR_CLI_N_TABLES; i++)
    for (const SrCliOption *option = tables[i]; option->name != NULL; option++)
      if (g_str_equal (option->name, name))
        return option;
  return NULL;
}

/* Arguments come in the locale's encoding; UTF-8 is understood in any. */
static char *
to_utf8 (const char *raw)
{
  if (g_utf8_validate (raw, -1, NULL))
    return g_strdup (raw);
  return g_locale_to_utf8 (raw, -1, NULL, NULL, NULL);
}

static gboolean
check_number (const SrCliOption *option,
              const char        *text)
{
  gint64 number;

  return g_ascii_string_to_signed (text, 10, option->low, option->high, &number, NULL);
}

/* @value is what followed an equals sign, @next the argument behind. */
static SrCliExit
take_option (SrCli      *cli,
             const char *name,
             const char *value,
             const char *next,
             gboolean   *used_next)
{
  const SrCliOption *option = find_option (cli, name);
  g_autofree char *text = NULL;

  *used_next = FALSE;
  if (option == NULL && g_str_has_prefix (name, "password"))
    return sr_cli_misuse (cli, _("A password is never taken from the command line, where others can read it: "
                                 "there are --password-file and --password-stdin"));
  if (option == NULL)
    return sr_cli_misuse (cli, _("There is no option --%s"), name);
  if (option->arg == SR_CLI_FLAG && value != NULL)
    return sr_cli_misuse (cli, _("The option --%s takes no value"), name);
  if (option->arg != SR_CLI_FLAG && value == NULL)
    {
      if (next == NULL)
        return sr_cli_misuse (cli, _("The option --%s needs a value"), name);
      value = next;
      *used_next = TRUE;
    }

  text = option->arg == SR_CLI_FLAG ? g_strdup ("yes") : option->arg == SR_CLI_FILE ? g_strdup (value) : to_utf8 (value);
  if (text == NULL || *text == '\0')
    return sr_cli_misuse (cli, _("The value of --%s is empty or not in the locale’s encoding"), name);
  if (option->arg == SR_CLI_NUMBER && !check_number (option, text))
    return sr_cli_misuse (cli, _("The value of --%s must be a number from %d to %d"), name, (int) option->low, (int) option->high);
  g_hash_table_insert (cli->values, g_strdup (name), g_steal_pointer (&text));
  return SR_CLI_DONE;
}

static SrCliExit
take_argument (SrCli      *cli,
               const char *raw)
{
  char *text = to_utf8 (raw);

  if (text == NULL)
    return sr_cli_misuse (cli, _("An argument is not in the locale’s encoding"));
  g_ptr_array_add (cli->arguments, text);
  return SR_CLI_DONE;
}

static SrCliExit
parse_arguments (SrCli             *cli,
                 const char *const *argv)
{
  SrCliExit exit = SR_CLI_DONE;

  for (guint i = 0; argv[i] != NULL && exit == SR_CLI_DONE; i++)
    {
      const char *arg = argv[i];
      gboolean used_next = FALSE;

      if (g_str_equal (arg, "--"))
        {
          for (i++; argv[i] != NULL && exit == SR_CLI_DONE; i++)
            exit = take_argument (cli, argv[i]);
          return exit;
        }
      if (g_str_equal (arg, "-h"))
        arg = "--help";
      if (g_str_has_prefix (arg, "--"))
        {
          g_auto (GStrv) parts = g_strsplit (arg + 2, "=", 2);

          exit = take_option (cli, parts[0], parts[1], argv[i + 1], &used_next);
          if (used_next)
            i++;
        }
      else if (arg[0] == '-' && arg[1] != '\0')
        exit = sr_cli_misuse (cli, _("There is no option %s"), arg);
      else
        exit = take_argument (cli, arg);
    }
  return exit;
}

/* A verb has one word or two. @used: how many. */
static const SrCliVerb *
find_verb (const char *const *argv,
           guint             *used)
{
  for (guint i = 0; argv[0] != NULL && sr_cli_verbs[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (sr_cli_verbs[i]->name, " ", 2);

      *used = g_strv_length (words);
      if (g_str_equal (words[0], argv[0]) && (*used == 1 || g_strcmp0 (words[1], argv[1]) == 0))
        return sr_cli_verbs[i];
    }
  return NULL;
}

/* Whether a word begins verbs of two, such as "ca". */
static gboolean
is_group (const char *word)
{
  g_autofree char *prefix = g_strconcat (word, " ", NULL);

  for (guint i = 0; sr_cli_verbs[i] != NULL; i++)
    if (g_str_has_prefix (sr_cli_verbs[i]->name, prefix))
      return TRUE;
  return FALSE;
}

static SrCliExit
run_verb (SrCli             *cli,
          const char *const *argv)
{
  /* Known before the rest is read, so that what is wrong with it is told as JSON too. */
  cli->json = cli->json || g_strv_contains (argv, "--json");

  SrCliExit exit = parse_arguments (cli, argv);
  if (sr_cli_has (cli, "help"))
    {
      sr_cli_help (NULL, cli->verb);
      return SR_CLI_DONE;
    }
  if (exit != SR_CLI_DONE)
    return exit;
  if (cli->arguments->len < cli->verb->min_arguments)
    /* Translators: a verb, then its arguments */
    return sr_cli_misuse (cli, _("“%s” needs %s"), cli->verb->name, _(cli->verb->arguments));
  if (cli->arguments->len > cli->verb->max_arguments)
    return sr_cli_misuse (cli, _("There is an argument too many: “%s”"),
                          (char *) cli->arguments->pdata[cli->verb->max_arguments]);
  return cli->verb->run (cli);
}

/* What stands before a verb or in its place. */
static SrCliExit
run_without_verb (SrCli             *cli,
                  const char *const *argv)
{
  const char *word = argv[0];
  gboolean help = g_strv_contains (argv, "--help") || g_strv_contains (argv, "-h");

  if (word == NULL)
    return sr_cli_misuse (cli, _("What is to be done?"));
  if (g_str_equal (word, "--version"))
    {
      printf ("strongroomctl %s\n", PACKAGE_VERSION);
      return SR_CLI_DONE;
    }
  if (g_str_equal (word, "--dump-man"))
    {
      sr_cli_dump_man ();
      return SR_CLI_DONE;
    }
  if (g_str_equal (word, "--dump-tables"))
    {
      sr_cli_dump_tables ();
      return SR_CLI_DONE;
    }
  if (help && (word[0] == '-' || is_group (word)))
    {
      sr_cli_help (word[0] == '-' ? NULL : word, NULL);
      return SR_CLI_DONE;
    }
  if (is_group (word) && argv[1] == NULL)
    return sr_cli_misuse (cli, _("What is to be done with “%s”?"), word);
  if (is_group (word))
    /* Translators: a verb of two words */
    return sr_cli_misuse (cli, _("There is no “%s %s”"), word, argv[1]);
  if (word[0] == '-')
    return sr_cli_misuse (cli, _("There is no option %s before a verb"), word);
  return sr_cli_misuse (cli, _("There is no verb “%s”"), word);
}

SrCliExit
sr_cli_main (int    argc,
             char **argv)
{
  SrCli cli = { 0 };
  const char *const *rest = (const char *const *) argv + 1;
  SrCliExit exit;
  guint used = 0;

  cli.arguments = g_ptr_array_new_with_free_func (g_free);
  cli.values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (rest[0] != NULL && g_str_equal (rest[0], "--json"))
    {
      cli.json = TRUE;
      rest++;
    }
  cli.verb = find_verb (rest, &used);
  exit = cli.verb != NULL ? run_verb (&cli, rest + used) : run_without_verb (&cli, rest);

  g_ptr_array_unref (cli.arguments);
  g_hash_table_unref (cli.values);
  /* A result that did not get out whole is no result. */
  if ((fflush (stdout) != 0 || ferror (stdout)) && exit == SR_CLI_DONE)
    {
      sr_cli_note (_("Writing to standard output failed"));
      return SR_CLI_FAILED;
    }
  return exit;
}
