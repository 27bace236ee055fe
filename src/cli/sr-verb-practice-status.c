/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-settings-file.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define STATUS_SECONDS 30

static const SrCliOption options[] = {
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

static const SrCliMember members[] = {
  { "folder", "string", "its state folder" },
  { "running", "boolean", "whether it runs; the members below are null otherwise" },
  { "config", "string?", "its config string" },
  { "address", "string?", "the loopback address that it listens on" },
  { "port", "number?", "its activation port" },
  { "host_port", "number?", "the port of its host’s services and registry" },
  { "drives", "string?", "the folder with its host’s drives" },
  { "service", "string?", "its service: running, starting, stopping or stopped" },
  { "pid", "number?", "its process id" },
  { "certificates", "number?", "rows of its request table" },
  { "session_open", "boolean?", "whether a backup is open" },
  { "prepare", "number?", "backups that were prepared so far" },
  { "end", "number?", "backups that were ended so far" },
  { "rundown", "number?", "backups whose object died of missed pings so far" },
  { NULL }
};

static void
add_number (JsonObject *object,
            const char *name,
            JsonObject *from,
            const char *member)
{
  gint64 number = from != NULL ? sr_settings_number (from, member, 0, G_MAXINT64, -1) : -1;

  sr_cli_set_number_or_null (object, name, number, number >= 0);
}

static JsonObject *
to_json (const char *folder,
         JsonObject *answer)
{
  JsonObject *counts = answer != NULL ? sr_settings_object (answer, "counts") : NULL;
  JsonObject *session = answer != NULL ? sr_settings_object (answer, "session") : NULL;
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "folder", folder);
  json_object_set_boolean_member (object, "running", answer != NULL);
  sr_cli_set_text (object, "config", answer != NULL ? sr_settings_string (answer, "config") : NULL);
  sr_cli_set_text (object, "address", answer != NULL ? sr_settings_string (answer, "address") : NULL);
  add_number (object, "port", answer, "activationPort");
  add_number (object, "host_port", answer, "hostPort");
  sr_cli_set_text (object, "drives", answer != NULL ? sr_settings_string (answer, "drives") : NULL);
  sr_cli_set_text (object, "service", answer != NULL ? sr_settings_string (answer, "service") : NULL);
  add_number (object, "pid", answer, "pid");
  add_number (object, "certificates", answer, "rowCount");
  if (session != NULL)
    json_object_set_boolean_member (object, "session_open", sr_settings_boolean (session, "open", FALSE));
  else
    json_object_set_null_member (object, "session_open");
  add_number (object, "prepare", counts, "prepare");
  add_number (object, "end", counts, "end");
  add_number (object, "rundown", counts, "rundown");
  return object;
}

static void
print (SrCli      *cli,
       JsonObject *object)
{
  /* Translators: a CA as HOST\CA, an IP address, a port, a process id, a folder */
  sr_cli_print (cli, _("The practice CA %s runs, at %s port %d, process %d, with its state in %s."),
                json_object_get_string_member_with_default (object, "config", ""), json_object_get_string_member_with_default (object, "address", ""),
                (int) json_object_get_int_member_with_default (object, "port", 0), (int) json_object_get_int_member_with_default (object, "pid", 0),
                json_object_get_string_member (object, "folder"));
  if (!g_str_equal (json_object_get_string_member_with_default (object, "service", "running"), "running"))
    sr_cli_print (cli, _("Its service CertSvc does not run. “strongroomctl practice inspect” tells how it started last."));
  sr_cli_print (cli, _("Certificates: %'d"), (int) json_object_get_int_member_with_default (object, "certificates", 0));
  sr_cli_print (cli, json_object_get_boolean_member_with_default (object, "session_open", FALSE) ? _("A backup is open.") : _("No backup is open."));
  sr_cli_print (cli, _("Backups prepared: %d, ended: %d, run down: %d"), (int) json_object_get_int_member_with_default (object, "prepare", 0),
                (int) json_object_get_int_member_with_default (object, "end", 0), (int) json_object_get_int_member_with_default (object, "rundown", 0));
}

static SrCliExit
run (SrCli *cli)
{
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autoptr (JsonObject) request = sr_verb_practice_request ("status");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sr_practice_program_ask (folder, request, sr_deadline_in (STATUS_SECONDS), NULL, &error);
  g_autoptr (JsonObject) object = NULL;

  if (error != NULL && !g_error_matches (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING))
    return sr_verb_practice_fail (cli, _("Asking the practice CA"), error);
  object = to_json (folder, answer);
  sr_cli_emit_object (cli, object);
  if (answer != NULL)
    print (cli, object);
  else
    sr_cli_print (cli, _("No practice CA runs in %s. “strongroomctl practice start” starts it."), folder);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_status = {
  .name = "practice status",
  .summary = N_("Show whether the practice CA runs"),
  .description = N_("Shows where the practice CA listens, whether a backup is open, and how many were prepared and ended. "
                    "The exit code is 0 whether it runs or not."),
  .options = options,
  .members = members,
  .run = run,
};
