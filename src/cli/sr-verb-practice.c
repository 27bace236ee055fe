/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"

#include "authority/sr-advice.h"

char *
sr_verb_practice_folder (SrCli *cli)
{
  const char *named = sr_cli_value (cli, "state-dir");

  return named != NULL ? g_canonicalize_filename (named, NULL) : sr_practice_program_get_standard_folder ();
}

JsonObject *
sr_verb_practice_request (const char *what)
{
  JsonObject *request = json_object_new ();

  json_object_set_string_member (request, "do", what);
  return request;
}

SrCliExit
sr_verb_practice_fail (SrCli        *cli,
                       const char   *step,
                       const GError *error)
{
  return sr_cli_fail (cli, step, NULL, error, sr_advice_for_error (error, SR_ADVICE_ASK), NULL);
}

JsonObject *
sr_verb_practice_ask (SrCli      *cli,
                      const char *step,
                      const char *folder,
                      JsonObject *request,
                      gint64      deadline,
                      SrCliExit  *exit)
{
  g_autoptr (GError) error = NULL;
  JsonObject *answer = sr_practice_program_ask (folder, request, deadline, NULL, &error);

  if (answer == NULL)
    *exit = sr_verb_practice_fail (cli, step, error);
  return answer;
}
