/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-ca-private.h"
#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define START_SECONDS 60

static const SrCliOption options[] = {
  { "name", SR_CLI_TEXT, N_("NAME"), N_("Name of a new practice CA; it is “Practice CA” otherwise") },
  { "port", SR_CLI_NUMBER, N_("PORT"), N_("Its activation port; any free one otherwise"), 1, 65535 },
  { "certificates", SR_CLI_NUMBER, N_("N"), N_("Issue this many certificates when it has started"), 1, 1000000 },
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

static gboolean
issue (SrCli      *cli,
       const char *folder,
       GError    **error)
{
  g_autoptr (JsonObject) request = sr_verb_practice_request ("issue");
  g_autoptr (JsonObject) answer = NULL;

  if (!sr_cli_has (cli, "certificates"))
    return TRUE;
  json_object_set_int_member (request, "count", sr_cli_number (cli, "certificates", 0));
  answer = sr_practice_program_ask (folder, request, SR_DEADLINE_NONE, NULL, error);
  return answer != NULL;
}

/* One that runs already is put into the list, and the user is told. */
static SrPracticeFolder *
start (SrCli      *cli,
       const char *folder,
       gboolean   *ran,
       GError    **error)
{
  SrPracticeProgramOptions wanted = {
    .name = sr_cli_value (cli, "name"),
    .activation_port = (guint16) sr_cli_number (cli, "port", 0),
    .interface_flags = -1,
  };
  g_autoptr (GError) local = NULL;
  SrPracticeFolder *ready = sr_practice_program_start (folder, &wanted, sr_deadline_in (START_SECONDS), NULL, &local);

  *ran = g_error_matches (local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_RUNNING);
  if (*ran)
    return sr_practice_folder_read (folder, error);
  if (ready == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return ready;
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autoptr (SrPracticeFolder) ready = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ran;

  if (list == NULL)
    return exit;
  ready = start (cli, folder, &ran, &error);
  if (ready != NULL)
    authority = sr_practice_program_adopt (folder, ready, list, &error);
  if (authority == NULL || !issue (cli, folder, &error))
    return sr_verb_practice_fail (cli, _("Starting the practice CA"), error);

  if (ran)
    {
      g_set_error (&error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_RUNNING, _("The practice CA %s runs already"), ready->config);
      return sr_verb_practice_fail (cli, _("Starting the practice CA"), error);
    }
  object = sr_verb_ca_to_json (authority);
  sr_cli_emit_object (cli, object);
  /* Translators: a CA as HOST\CA, an IP address, a port, a folder */
  sr_cli_print (cli, _("The practice CA %s runs, at %s port %u, with its state in %s."), ready->config, ready->address, ready->activation_port, folder);
  sr_cli_print (cli, _("“strongroomctl backup '%s' --full” backs it up, “strongroomctl practice stop” ends it."), ready->config);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_start = {
  .name = "practice start",
  .summary = N_("Start a practice CA on this computer"),
  .description = N_("Starts strongroom-practice-ca in the background: a server for the protocol of a Microsoft CA, with a small real CA inside, "
                    "that listens on this computer alone. It is put into the list of CAs with the tag “practice”. Its credentials are random and stay in its "
                    "state folder, as does its log, program.log. One that is there already is started again with all that it has issued."),
  .options = options,
  .members = sr_verb_ca_members,
  .run = run,
};
