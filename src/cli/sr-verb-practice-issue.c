/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-settings-file.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define MAX_COUNT 1000000

static const SrCliOption options[] = {
  { "subject", SR_CLI_TEXT, N_("NAME"), N_("Common name of the subjects; the request id is put behind it") },
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

static const SrCliMember members[] = {
  { "first", "number", "request id of the first one" },
  { "count", "number", "how many were issued" },
  { NULL }
};

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autoptr (JsonObject) request = sr_verb_practice_request ("issue");
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (JsonObject) object = json_object_new ();
  gint64 count, first;

  if (!g_ascii_string_to_signed (sr_cli_argument (cli, 0), 10, 1, MAX_COUNT, &count, NULL))
    return sr_cli_misuse (cli, _("“%s” is not a number from 1 to %d"), sr_cli_argument (cli, 0), MAX_COUNT);
  json_object_set_int_member (request, "count", count);
  if (sr_cli_has (cli, "subject"))
    json_object_set_string_member (request, "subject", sr_cli_value (cli, "subject"));
  answer = sr_verb_practice_ask (cli, _("Issuing certificates"), folder, request, SR_DEADLINE_NONE, &exit);
  if (answer == NULL)
    return exit;

  first = sr_settings_number (answer, "first", 0, G_MAXUINT32, 0);
  json_object_set_int_member (object, "first", first);
  json_object_set_int_member (object, "count", count);
  sr_cli_emit_object (cli, object);
  sr_cli_print (cli, ngettext ("Issued %'d certificate, from request id %d on.", "Issued %'d certificates, from request id %d on.", (gulong) count),
                (int) count, (int) first);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_issue = {
  .name = "practice issue",
  .arguments = "N",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Let the practice CA issue certificates"),
  .description = N_("Issues N certificates, so that there is something to back up."),
  .options = options,
  .members = members,
  .run = run,
};
