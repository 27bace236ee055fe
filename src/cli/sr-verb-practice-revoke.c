/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define REVOKE_SECONDS 120
#define MAX_REQUEST_ID_DIGITS 10

static const SrCliOption options[] = {
  { "reason", SR_CLI_NUMBER, N_("REASON"), N_("Why, as a number of RFC 5280: 0 unspecified, 1 key compromise, 4 superseded, 5 cessation of operation, 6 hold"), 0, 6 },
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

static const SrCliMember members[] = {
  { "certificate", "string", "what was revoked: # and a request id, or a serial number" },
  { "reason", "number", "why" },
  { NULL }
};

/* A serial number is longer than any request id. (transfer full) (nullable) */
static char *
name_certificate (const char *text)
{
  gsize length = strlen (text);

  if (strspn (text, "0123456789") == length && length <= MAX_REQUEST_ID_DIGITS)
    return g_strconcat ("#", text, NULL);
  return strspn (text, "0123456789abcdefABCDEF") == length ? g_ascii_strdown (text, -1) : NULL;
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autofree char *certificate = name_certificate (sr_cli_argument (cli, 0));
  g_autoptr (JsonObject) request = sr_verb_practice_request ("revoke");
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (JsonObject) object = json_object_new ();
  gint64 reason = sr_cli_number (cli, "reason", 0);

  if (certificate == NULL)
    return sr_cli_misuse (cli, _("“%s” is neither a request id nor a serial number"), sr_cli_argument (cli, 0));
  json_object_set_string_member (request, "certificate", certificate);
  json_object_set_int_member (request, "reason", reason);
  answer = sr_verb_practice_ask (cli, _("Revoking a certificate"), folder, request, sr_deadline_in (REVOKE_SECONDS), &exit);
  if (answer == NULL)
    return exit;

  json_object_set_string_member (object, "certificate", certificate);
  json_object_set_int_member (object, "reason", reason);
  sr_cli_emit_object (cli, object);
  /* Translators: %s is a certificate’s serial number, or # and its request id */
  sr_cli_print (cli, _("Revoked %s, and published a new CRL."), certificate);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_revoke = {
  .name = "practice revoke",
  .arguments = "N",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Let the practice CA revoke a certificate"),
  .description = N_("N is a request id, or a serial number in hexadecimal."),
  .options = options,
  .members = members,
  .run = run,
};
