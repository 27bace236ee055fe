/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-advice.h"
#include "authority/sr-authority-check.h"

#include <glib/gi18n-lib.h>

static const SrCliMember members[] = {
  { "config", "string", "the CA’s config string" },
  { "host", "string", "its host" },
  { "ok", "boolean", "whether no check failed" },
  { "checks[].check", "string", "resolve, port, activation, roles, remote-backup or locations" },
  { "checks[].state", "string", "done, warning, failed, or skipped because an earlier one failed" },
  { "checks[].detail", "string?", "what was found" },
  { "checks[].code", "string?", "the number that the CA gave, in hexadecimal" },
  { "checks[].advice", "string?", "what to do about it" },
  { "checks[].command", "string?", "a command for the CA’s administrator to run there" },
  { NULL }
};

static void
print_row (const SrCheckRow *row,
           gpointer          user_data)
{
  SrCli *cli = user_data;
  const char *state = row->state == SR_CHECK_DONE ? C_("check", "done")
                      : row->state == SR_CHECK_WARNING ? C_("check", "warning")
                      : row->state == SR_CHECK_FAILED ? C_("check", "FAILED")
                                                      : C_("check", "not asked");

  if (row->state == SR_CHECK_PENDING)
    return;
  if (row->detail != NULL)
    sr_cli_print (cli, C_("check", "%s: %s. %s"), sr_check_kind_title (row->kind), state, row->detail);
  else
    sr_cli_print (cli, C_("check", "%s: %s"), sr_check_kind_title (row->kind), state);
  if (row->advice != NULL)
    sr_cli_print (cli, "    %s", row->advice);
  if (row->command != NULL)
    sr_cli_print (cli, "    %s", row->command);
}

static JsonObject *
row_to_json (const SrCheckRow *row)
{
  g_autofree char *code = row->error != NULL ? sr_advice_code (row->error) : NULL;
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "check", sr_check_kind_to_string (row->kind));
  sr_cli_set_text (object, "state", sr_check_state_to_string (row->state));
  sr_cli_set_text (object, "detail", row->detail);
  sr_cli_set_text (object, "code", code);
  sr_cli_set_text (object, "advice", row->advice);
  sr_cli_set_text (object, "command", row->command);
  return object;
}

static void
emit_rows (SrCli       *cli,
           SrAuthority *authority,
           GPtrArray   *rows,
           gboolean     ok)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *checks = json_array_new ();

  for (guint i = 0; i < rows->len; i++)
    json_array_add_object_element (checks, row_to_json (rows->pdata[i]));
  sr_cli_set_text (object, "config", sr_authority_get_config (authority));
  sr_cli_set_text (object, "host", sr_authority_get_host (authority));
  json_object_set_boolean_member (object, "ok", ok);
  json_object_set_array_member (object, "checks", checks);
  sr_cli_emit_object (cli, object);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autoptr (SrAuthority) authority = list != NULL ? sr_cli_find_authority (cli, list, sr_cli_argument (cli, 0), &exit) : NULL;
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (authority == NULL)
    return exit;
  password = sr_cli_get_password (cli, authority, &error);
  if (error == NULL)
    {
      loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
      sr_authority_check_async (authority, password, print_row, cli, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
      rows = sr_authority_check_finish (authority, sr_cli_loop_wait (loop), &error);
    }
  if (rows == NULL)
    return sr_cli_fail (cli, _("Checking the CA"), sr_authority_get_host (authority), error,
                        sr_advice_for_error (error, SR_ADVICE_ACTIVATE), NULL);

  ok = sr_check_rows_worst (rows)->state != SR_CHECK_FAILED;
  emit_rows (cli, authority, rows, ok);
  if (!sr_authority_list_save_seen (list, authority, &error))
    sr_cli_note (_("What was seen could not be noted: %s"), error->message);
  return ok ? SR_CLI_DONE : SR_CLI_FAILED;
}

const SrCliVerb sr_verb_ca_check = {
  .name = "ca check",
  .arguments = "CA",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Ask a CA whether a backup can be made"),
  .description = N_("Asks in order: whether the host’s name resolves, whether its activation port answers, whether the account signs in and may activate "
                    "the CA’s object, which roles it has, whether the CA allows remote backup, and where its database is. "
                    "What fails is told with what to do about it. Nothing is changed on the CA.\n\n"
                    "Only a backup proves that a backup works: a CA tells the flag for remote backup as of its service’s next start."),
  .signs_in = TRUE,
  .members = members,
  .run = run,
};
