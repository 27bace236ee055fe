/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-practice-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-settings-file.h"
#include "base/sr-hresult.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  SR_VERB_PRACTICE_STATE_OPTION,
  { NULL }
};

/* What the practice CA says, as it says it: that is why its members are
 * spelled otherwise than ours. */
static const SrCliMember members[] = {
  { "name", "string", "the CA’s name" },
  { "host", "string", "its host" },
  { "running", "boolean", "whether its service runs" },
  { "lastStart.exitCode", "number", "the HRESULT with which its service failed when it started last, 0 where it did not" },
  { "lastStart.recovered", "boolean", "whether it recovered a restore then" },
  { "restoreInProgress", "object?", "the values of the registry’s key RestoreInProgress, null where there is none" },
  { "databaseError", "object?", "code and message where the database of a stopped CA cannot be read, null otherwise" },
  { "certificate", "string", "the CA’s certificate, DER in Base64" },
  { "session.open", "boolean", "whether a backup is open" },
  { "counts.prepare", "number", "backups that were prepared" },
  { "counts.end", "number", "backups that were ended" },
  { "counts.rundown", "number", "backups whose object died of missed pings" },
  { "backups[]", "object", "each backup, with the SHA-256 of what was served" },
  { "rowCount", "number?", "rows of the request table; null where it cannot be read" },
  { "rows[].requestId", "number", "a certificate’s request id" },
  { "rows[].disposition", "string", "ca-certificate, issued or revoked" },
  { "rows[].serial", "string", "its serial number" },
  { "rows[].subject", "string", "its subject" },
  { "rows[].certificate", "string", "the certificate, DER in Base64" },
  { NULL }
};

/* What people read in place of a row's "disposition". */
static const char *
disposition_words (const char *disposition)
{
  if (g_strcmp0 (disposition, "ca-certificate") == 0)
    return C_("certificate", "the CA’s own");
  if (g_strcmp0 (disposition, "issued") == 0)
    return C_("certificate", "issued");
  if (g_strcmp0 (disposition, "revoked") == 0)
    return C_("certificate", "revoked");
  return disposition != NULL ? disposition : "";
}

static void
print (SrCli      *cli,
       JsonObject *inspection)
{
  JsonObject *counts = sr_settings_object (inspection, "counts");
  JsonArray *rows = sr_settings_array (inspection, "rows");
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("ID"), _("STATE"), _("SERIAL NUMBER"), _("SUBJECT"), NULL);

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      g_autofree char *id = g_strdup_printf ("%d", (int) sr_settings_number (row, "requestId", 0, G_MAXUINT32, 0));
      const char *state = disposition_words (sr_settings_string (row, "disposition"));
      const char *serial = sr_settings_string (row, "serial");
      const char *subject = sr_settings_string (row, "subject");

      sr_cli_table_add (table, id, state, serial != NULL ? serial : "", subject != NULL ? subject : "", NULL);
    }
  sr_cli_table_print (cli, table);
  if (counts != NULL)
    sr_cli_print (cli, _("Backups prepared: %d, ended: %d, run down: %d"), (int) sr_settings_number (counts, "prepare", 0, G_MAXINT, 0),
                  (int) sr_settings_number (counts, "end", 0, G_MAXINT, 0), (int) sr_settings_number (counts, "rundown", 0, G_MAXINT, 0));
}

/* What came of restores. */
static void
print_restore (SrCli      *cli,
               JsonObject *inspection)
{
  JsonObject *start = sr_settings_object (inspection, "lastStart");
  JsonObject *restore = sr_settings_object (inspection, "restoreInProgress");
  JsonObject *failure = sr_settings_object (inspection, "databaseError");
  SrHresult hr = start != NULL ? (SrHresult) sr_settings_number (start, "exitCode", 0, G_MAXUINT32, 0) : SR_S_OK;

  if (start != NULL && sr_settings_boolean (start, "recovered", FALSE))
    sr_cli_print (cli, _("A restore was recovered when the service started."));
  if (restore != NULL)
    sr_cli_print (cli, _("A restore is in progress, of log generations %d to %d."),
                  (int) sr_settings_number (restore, "LowLogNumber", 0, G_MAXINT, 0), (int) sr_settings_number (restore, "HighLogNumber", 0, G_MAXINT, 0));
  if (SR_FAILED (hr))
    sr_cli_print (cli, _("The service did not start: %s (0x%08x)"), sr_hresult_words (hr), hr);
  if (failure != NULL && sr_settings_string (failure, "message") != NULL)
    sr_cli_print (cli, _("The database cannot be read: %s"), sr_settings_string (failure, "message"));
}

static SrCliExit
run (SrCli *cli)
{
  g_autofree char *folder = sr_verb_practice_folder (cli);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) inspection = sr_practice_program_inspect (folder, NULL, &error);

  if (inspection == NULL)
    return sr_verb_practice_fail (cli, _("Inspecting the practice CA"), error);
  sr_cli_emit_object (cli, inspection);
  print (cli, inspection);
  print_restore (cli, inspection);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_practice_inspect = {
  .name = "practice inspect",
  .summary = N_("Show everything that the practice CA has issued and seen"),
  .description = N_("Shows every row of its request table, and with --json also the state of the session, every backup with the hashes of what was served, "
                    "counts of what was called, and what its service made of a restore. It works whether the practice CA runs or not."),
  .options = options,
  .members = members,
  .json_open = TRUE,
  .run = run,
};
