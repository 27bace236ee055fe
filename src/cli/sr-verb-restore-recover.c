/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-restore-private.h"

#include <glib/gi18n-lib.h>

/* The restore that is meant: the one that is half done; else, to be put back, the newest one. */
static SrRestoreEntry *
find_entry (SrRestoreVerb  *self,
            SrRestoreAction action,
            GError        **error)
{
  const char *config = sr_authority_get_config (self->authority);
  g_autoptr (GPtrArray) list = sr_restore_journal_list (self->repository, config, TRUE, error);
  const SrRestoreEntry *found = NULL;

  if (list == NULL)
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      const SrRestoreListed *listed = list->pdata[i];

      if (listed->entry != NULL && (!sr_restore_entry_is_settled (listed->entry) ||
                                    (action == SR_RESTORE_PUT_BACK && listed->entry->step == SR_RESTORE_STEP_RESTORED)))
        found = listed->entry;
    }
  if (found != NULL)
    return sr_restore_entry_copy (found);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING, _("No restore of %s is half done"), config);
  return NULL;
}

static JsonObject *
result_to_json (SrRestoreVerb        *self,
                const SrRestoreEntry *entry)
{
  JsonObject *object = json_object_new ();
  JsonArray *names = json_array_new ();

  for (guint i = 0; i < entry->sets->len; i++)
    json_array_add_string_element (names, ((SrRestoredSet *) entry->sets->pdata[i])->name);
  sr_cli_set_text (object, "id", entry->id);
  sr_cli_set_text (object, "config", sr_authority_get_config (self->authority));
  sr_cli_set_text (object, "host", sr_authority_get_host (self->authority));
  sr_cli_set_text (object, "mode", sr_restore_mode_to_string (entry->mode));
  json_object_set_boolean_member (object, "dry_run", FALSE);
  json_object_set_array_member (object, "sets", names);
  json_object_set_null_member (object, "bytes");
  json_object_set_null_member (object, "newer_sets");
  json_object_set_array_member (object, "checks", json_array_new ());
  json_object_set_array_member (object, "acts", json_array_new ());
  sr_restore_verb_add_outcome (object, sr_job_get_restore_outcome (self->job));
  return object;
}

static const char *
action_words (SrRestoreAction action)
{
  return action == SR_RESTORE_CONTINUE ? _("Continuing the restore") : action == SR_RESTORE_PUT_BACK ? _("Putting the restore back") : _("Leaving the restore");
}

SrCliExit
sr_restore_verb_recover (SrRestoreVerb  *self,
                         SrRestoreAction action)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestoreEntry) entry = find_entry (self, action, &error);
  SrRestoreJobOptions wanted = { .authority = self->authority, .password = self->password, .repository = self->repository,
                                 .entry = entry, .action = action, .accept_loss = sr_cli_has (self->cli, "accept-loss") };
  g_autoptr (JsonObject) object = NULL;
  const SrRestoreOutcome *outcome;

  if (entry == NULL)
    return sr_cli_fail (self->cli, action_words (action), NULL, error, NULL, NULL);
  sr_restore_verb_run (self, SR_JOB_RESTORE_RECOVER, &wanted, TRUE, &error);
  outcome = sr_job_get_restore_outcome (self->job);
  object = result_to_json (self, entry);
  if (error != NULL)
    {
      SrCliExit exit = sr_cli_fail (self->cli, action_words (action), sr_authority_get_host (self->authority), error, NULL, object);

      if (outcome != NULL && !sr_cli_get_json (self->cli))
        sr_cli_note ("%s", outcome->words);
      return exit;
    }
  sr_cli_emit_object (self->cli, object);
  sr_cli_print (self->cli, "%s", outcome->words);
  return SR_CLI_DONE;
}
