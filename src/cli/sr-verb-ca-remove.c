/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-ca-private.h"
#include "cli/sr-verbs-private.h"

#include <glib/gi18n-lib.h>

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autoptr (SrAuthority) authority = list != NULL ? sr_cli_find_authority (cli, list, sr_cli_argument (cli, 0), &exit) : NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  if (authority == NULL)
    return exit;
  if (!sr_authority_list_remove (list, authority, &error))
    return sr_cli_fail (cli, _("Removing the CA"), sr_authority_get_host (authority), error, NULL, NULL);
  object = sr_verb_ca_to_json (authority);
  sr_cli_emit_object (cli, object);
  sr_cli_print (cli, _("Removed %s from the list. Its backup sets stay where they are: “strongroomctl sets” shows them."),
                sr_authority_get_config (authority));
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_ca_remove = {
  .name = "ca remove",
  .arguments = "CA",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Take a CA out of the list"),
  .description = N_("The CA itself and its backup sets are left as they are. A practice CA that runs goes on running."),
  .members = sr_verb_ca_members,
  .run = run,
};
