/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define STOP_SECONDS 60

static const SrCliOption options[] = {
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

static const SrCliMember members[] = {
  { "folder", "string", "its state folder" },
  { "stopped", "boolean", "whether its process has ended" },
  { NULL }
};

static SrCliExit
run (SrCli *cli)
{
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GError) error = NULL;

  if (!sr_practice_program_stop (folder, sr_deadline_in (STOP_SECONDS), NULL, &error))
    return sr_verb_practice_fail (cli, _("Stopping the practice CA"), error);
  sr_cli_set_text (object, "folder", folder);
  json_object_set_boolean_member (object, "stopped", TRUE);
  sr_cli_emit_object (cli, object);
  sr_cli_print (cli, _("The practice CA has ended. What it issued stays in %s."), folder);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_stop = {
  .name = "practice stop",
  .summary = N_("End the practice CA"),
  .description = N_("Asks the practice CA to end, and waits until its process is gone. It stays in the list of CAs, and its state folder stays as it is."),
  .options = options,
  .members = members,
  .run = run,
};
