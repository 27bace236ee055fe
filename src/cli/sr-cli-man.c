/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include "base/sr-man.h"

#include <stdio.h>
#include <string.h>

/* strongroomctl(1) in the man macros, from the tables, in English. */

static void
print_options (const SrCliOption *options)
{
  for (const SrCliOption *option = options; option->name != NULL; option++)
    {
      g_autofree char *name = g_strconcat ("--", option->name, NULL);

      sr_man_write_item (stdout, name, option->placeholder, option->help);
    }
}

static void
print_members (const SrCliMember *members)
{
  for (const SrCliMember *member = members; member->path != NULL; member++)
    {
      g_autofree char *type = g_strndup (member->type, strcspn (member->type, "?"));
      g_autofree char *help = g_strdup_printf ("%s%s: %s.", type, strchr (member->type, '?') ? " or null" : "", member->help);

      sr_man_write_item (stdout, member->path, NULL, help);
    }
}

static void
print_verb (const SrCliVerb *verb)
{
  g_autofree char *name = sr_man_escape (verb->name, TRUE);
  g_autofree char *arguments = verb->arguments != NULL ? sr_man_escape (verb->arguments, TRUE) : NULL;
  g_autofree char *summary = g_strconcat (verb->summary, ".", NULL);

  printf (".SS \"%s%s%s\"\n", name, arguments != NULL ? " " : "", arguments != NULL ? arguments : "");
  sr_man_write_text (stdout, summary);
  printf (".PP\n");
  sr_man_write_text (stdout, verb->description);
  if (verb->options != NULL)
    print_options (verb->options);
  if (verb->signs_in)
    printf (".PP\nThis verb takes the options of\n.BR \"Signing in\" ,\nbelow.\n");
  if (verb->members[0].path == NULL)
    return;
  printf (".PP\nWith \\fB\\-\\-json\\fR: an %s with these members%s.\n", verb->json_array ? "array of objects" : "object",
          verb->json_open ? ", and more" : "");
  print_members (verb->members);
}

static void
print_exit_codes (void)
{
  printf (".SH \"EXIT STATUS\"\n");
  for (guint i = 0; sr_cli_exit_words[i] != NULL; i++)
    {
      g_autofree char *code = g_strdup_printf ("%u", i);

      sr_man_write_item (stdout, code, NULL, sr_cli_exit_words[i]);
    }
}

static void
print_places (void)
{
  static const struct
  {
    const char *place;
    const char *what;
  } places[] = {
    { "$XDG_CONFIG_HOME/strongroom/authorities.json", "The CAs that are known. It holds no secret." },
    { "$XDG_CONFIG_HOME/strongroom/preferences.json", "The backup folder that was chosen." },
    { "$XDG_DATA_HOME/strongroom/backups", "The backup folder where none was chosen." },
    { "$XDG_STATE_HOME/strongroom/sessions", "Sessions with CAs that are open, so that they can be ended after a crash." },
    { "$XDG_STATE_HOME/strongroom/practice", "State folders of practice CAs, with their credentials and logs." },
  };

  printf (".SH FILES\n");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    sr_man_write_item (stdout, places[i].place, NULL, places[i].what);
}

static void
print_examples (void)
{
  static const char *const examples[] = {
    "strongroomctl practice start",
    "strongroomctl ca list",
    "strongroomctl ca add 'ca01.contoso.com\\Contoso Issuing CA'",
    "strongroomctl ca check 'Contoso Issuing CA'",
    "strongroomctl backup 'Contoso Issuing CA' --full",
    "strongroomctl sets --json",
  };

  printf (".SH EXAMPLES\n.nf\n");
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *line = sr_man_escape (examples[i], TRUE);

      printf ("%s\n", line);
    }
  printf (".fi\n");
}

void
sr_cli_dump_man (void)
{
  sr_man_write_head (stdout, "strongroomctl", "back up Microsoft certificate authorities");
  printf (".SH SYNOPSIS\n.B strongroomctl\n.I VERB\n[\\fIARGUMENT\\fR ...]\n[\\fIOPTION\\fR ...]\n");
  printf (".SH DESCRIPTION\n");
  sr_man_write_text (stdout, "strongroomctl makes backups of Microsoft certificate authorities over the network, "
                    "by the protocol of their own tools, encrypted throughout. "
                    "What it writes is a backup set: a folder that certutil can restore too.\n\n"
                    "A CA is named by its config string HOST\\CA, by the part behind the backslash, or by its id. "
                    "Where more than one CA goes by a name, the names of all are told.\n\n"
                    "Results go to standard output, messages and progress to standard error.");
  printf (".SH VERBS\n");
  for (guint i = 0; sr_cli_verbs[i] != NULL; i++)
    print_verb (sr_cli_verbs[i]);
  printf (".SH OPTIONS\n.SS \"Options of every verb\"\n");
  print_options (sr_cli_common_options);
  printf (".SS \"Signing in\"\nOf verbs that reach a CA.\nA password is never taken from the command line or the environment.\n");
  print_options (sr_cli_sign_in_options);
  printf (".SS \"Without a verb\"\n.TP\n\\fB\\-\\-version\\fR\nShow the version.\n");
  printf (".SH ERRORS\nWith \\fB\\-\\-json\\fR an error is told as an object with the member \\fBerror\\fR.\n");
  print_members (sr_cli_error_members);
  print_exit_codes ();
  print_places ();
  print_examples ();
  printf (".SH \"SEE ALSO\"\n.BR strongroom\\-practice\\-ca (1)\n");
}
