/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define HELP_INDENT 2
#define HELP_COLUMN 26

static void
print_entry (const char *left,
             const char *help)
{
  g_autofree char *wrapped = sr_cli_wrap (help, HELP_COLUMN, WIDTH);

  if (g_utf8_strlen (left, -1) + HELP_INDENT + 2 > HELP_COLUMN)
    printf ("%*s%s\n%s\n", HELP_INDENT, "", left, wrapped);
  else
    printf ("%*s%s%*s%s\n", HELP_INDENT, "", left,
            (int) (HELP_COLUMN - HELP_INDENT - g_utf8_strlen (left, -1)), "", wrapped + HELP_COLUMN);
}

static void
print_paragraphs (const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (guint i = 0; paragraphs[i] != NULL; i++)
    {
      g_autofree char *wrapped = sr_cli_wrap (paragraphs[i], 0, WIDTH);

      printf ("%s\n\n", wrapped);
    }
}

static void
print_options (const SrCliVerb *verb)
{
  const SrCliOption *tables[SR_CLI_N_TABLES];

  printf ("%s\n", _("Options:"));
  sr_cli_verb_tables (verb, tables);
  for (guint i = 0; i < SR_CLI_N_TABLES; i++)
    for (const SrCliOption *option = tables[i]; option->name != NULL; option++)
      {
        g_autofree char *left = g_strdup_printf ("--%s%s%s", option->name, option->placeholder != NULL ? " " : "",
                                                 option->placeholder != NULL ? _(option->placeholder) : "");

        print_entry (left, _(option->help));
      }
}

static char *
describe_call (const SrCliVerb *verb)
{
  return verb->arguments != NULL ? g_strconcat (verb->name, " ", _(verb->arguments), NULL) : g_strdup (verb->name);
}

static void
print_verb (const SrCliVerb *verb)
{
  g_autofree char *call = describe_call (verb);

  /* Translators: a verb and its argument, such as “show SET” */
  printf (_("Usage: strongroomctl %s [OPTION…]"), call);
  printf ("\n\n%s\n\n", _(verb->summary));
  print_paragraphs (_(verb->description));
  print_options (verb);
  printf ("\n%s\n", _("strongroomctl(1) tells the members of the JSON and the exit codes."));
}

static void
print_overview (const char *group)
{
  g_autofree char *prefix = group != NULL ? g_strconcat (group, " ", NULL) : NULL;

  printf ("%s\n\n", _("Usage: strongroomctl VERB [ARGUMENT…] [OPTION…]"));
  if (group == NULL)
    printf ("%s\n\n", _("Backs up certificate authorities of Active Directory Certificate Services."));
  printf ("%s\n", _("Verbs:"));
  for (guint i = 0; sr_cli_verbs[i] != NULL; i++)
    {
      const SrCliVerb *verb = sr_cli_verbs[i];
      g_autofree char *left = describe_call (verb);

      if (prefix == NULL || g_str_has_prefix (verb->name, prefix))
        print_entry (left, _(verb->summary));
    }
  printf ("\n%s\n", _("“strongroomctl VERB --help” tells more about a verb, “strongroomctl --version” the version."));
}

void
sr_cli_help (const char      *group,
             const SrCliVerb *verb)
{
  if (verb != NULL)
    print_verb (verb);
  else
    print_overview (group);
}

static JsonArray *
members_to_json (const SrCliMember *members)
{
  JsonArray *array = json_array_new ();

  for (const SrCliMember *member = members; member->path != NULL; member++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "path", member->path);
      json_object_set_string_member (object, "type", member->type);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
options_to_json (const SrCliVerb *verb)
{
  const SrCliOption *tables[SR_CLI_N_TABLES];
  JsonArray *array = json_array_new ();

  sr_cli_verb_tables (verb, tables);
  for (guint i = 0; i < SR_CLI_N_TABLES; i++)
    for (const SrCliOption *option = tables[i]; option->name != NULL; option++)
      {
        JsonObject *object = json_object_new ();

        json_object_set_string_member (object, "name", option->name);
        json_object_set_boolean_member (object, "value", option->arg != SR_CLI_FLAG);
        json_array_add_object_element (array, object);
      }
  return array;
}

void
sr_cli_dump_tables (void)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *verbs = json_array_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; sr_cli_verbs[i] != NULL; i++)
    {
      const SrCliVerb *verb = sr_cli_verbs[i];
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", verb->name);
      json_object_set_string_member (object, "arguments", verb->arguments != NULL ? verb->arguments : "");
      json_object_set_array_member (object, "options", options_to_json (verb));
      json_object_set_string_member (object, "json", verb->json_array ? "array" : "object");
      json_object_set_boolean_member (object, "open", verb->json_open);
      json_object_set_array_member (object, "members", members_to_json (verb->members));
      json_object_set_array_member (object, "error_members", members_to_json (sr_cli_error_members));
      json_array_add_object_element (verbs, object);
    }
  json_node_take_array (node, verbs);
  text = json_to_string (node, TRUE);
  printf ("%s\n", text);
}
