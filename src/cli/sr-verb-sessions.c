/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-verb-sessions-private.h"
#include "cli/sr-verbs-private.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "recover", SR_CLI_FLAG, NULL, N_("End the sessions whose programs are gone, and clear up behind them") },
  { NULL }
};

/* How far a session came, in words for people. */
static const char *const step_words[] = {
  [SR_JOURNAL_ACTIVATED] = NC_("session", "object reached"),
  [SR_JOURNAL_PREPARE_SENT] = NC_("session", "BackupPrepare sent"),
  [SR_JOURNAL_PREPARED] = NC_("session", "backup prepared"),
  [SR_JOURNAL_PUBLISHING] = NC_("session", "publishing the set"),
  [SR_JOURNAL_PUBLISHED] = NC_("session", "set published"),
  [SR_JOURNAL_TRUNCATE_SENT] = NC_("session", "BackupTruncateLogs sent"),
  [SR_JOURNAL_TRUNCATED] = NC_("session", "logs truncated"),
  [SR_JOURNAL_END_SENT] = NC_("session", "BackupEnd sent"),
};

G_STATIC_ASSERT (G_N_ELEMENTS (step_words) == SR_JOURNAL_END_SENT + 1);

static const SrCliMember members[] = {
  { "id", "string", "names the session" },
  { "config", "string?", "the CA’s config string" },
  { "host", "string?", "its host" },
  { "step", "string?", "how far it came: activated, prepare-sent, prepared, publishing, published, truncate-sent, truncated or end-sent" },
  { "alive", "boolean", "whether the program that opened it still runs" },
  { "program", "string?", "that program" },
  { "pid", "number?", "its process id" },
  { "started", "string?", "when the session began, ISO 8601" },
  { "repository", "string?", "the backup folder" },
  { "staging", "string?", "the unfinished set" },
  { "set", "string?", "the set that was published" },
  { "outcome", "string?", "with --recover: ended, was-over, object-gone, never-opened, running, unsettled or unreadable" },
  { "outcome_words", "string?", "with --recover: the same as a sentence" },
  { "settled", "boolean?", "with --recover: whether nothing is left of it" },
  { "published", "boolean?", "with --recover: whether its set was complete and was published now" },
  { "kept[]", "string", "with --recover: folders that could not be published and may not be deleted, since the CA may have truncated its logs for them" },
  { "problem", "string?", "why it cannot be understood, or was not settled" },
  { NULL }
};

static JsonObject *
entry_to_json (const char           *id,
               const SrJournalEntry *entry,
               gboolean              alive)
{
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "id", id);
  sr_cli_set_text (object, "config", entry != NULL ? entry->config : NULL);
  sr_cli_set_text (object, "host", entry != NULL ? entry->host : NULL);
  sr_cli_set_text (object, "step", entry != NULL ? sr_journal_step_to_string (entry->step) : NULL);
  json_object_set_boolean_member (object, "alive", alive);
  sr_cli_set_text (object, "program", entry != NULL ? entry->program : NULL);
  sr_cli_set_number_or_null (object, "pid", entry != NULL ? entry->pid : 0, entry != NULL);
  sr_cli_set_time (object, "started", entry != NULL ? entry->started : 0);
  sr_cli_set_text (object, "repository", entry != NULL ? entry->repository : NULL);
  sr_cli_set_text (object, "staging", entry != NULL ? entry->staging : NULL);
  sr_cli_set_text (object, "set", entry != NULL ? entry->set : NULL);
  json_object_set_null_member (object, "outcome");
  json_object_set_null_member (object, "outcome_words");
  json_object_set_null_member (object, "settled");
  json_object_set_null_member (object, "published");
  json_object_set_array_member (object, "kept", json_array_new ());
  json_object_set_null_member (object, "problem");
  return object;
}

JsonObject *
sr_verb_sessions_item_to_json (const SrRecoveryItem *item)
{
  JsonObject *object = entry_to_json (item->id, item->entry, item->outcome == SR_RECOVERY_RUNNING);
  const GError *error = item->error != NULL ? item->error : item->disk_error;

  sr_cli_set_text (object, "set", item->set);
  sr_cli_set_text (object, "outcome", sr_recovery_outcome_to_string (item->outcome));
  sr_cli_set_text (object, "outcome_words", sr_recovery_outcome_words (item->outcome));
  json_object_set_boolean_member (object, "settled", item->settled);
  json_object_set_boolean_member (object, "published", item->published);
  for (guint i = 0; item->kept != NULL && item->kept[i] != NULL; i++)
    json_array_add_string_element (json_object_get_array_member (object, "kept"), item->kept[i]);
  sr_cli_set_text (object, "problem", error != NULL ? error->message : NULL);
  return object;
}

static SrCliExit
list_sessions (SrCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = sr_journal_list (NULL, &error);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("CA"), _("STARTED"), _("CAME TO"), _("PROGRAM"), NULL);

  if (listed == NULL)
    return sr_cli_fail (cli, _("Listing the sessions"), NULL, error, NULL, NULL);
  for (guint i = 0; i < listed->len; i++)
    {
      const SrJournalListed *item = listed->pdata[i];
      JsonObject *object = entry_to_json (item->id, item->entry, item->alive);
      g_autofree char *started = item->entry != NULL ? sr_cli_format_time (item->entry->started) : g_strdup ("");

      sr_cli_set_text (object, "problem", item->error != NULL ? item->error->message : NULL);
      json_array_add_object_element (array, object);
      if (item->entry != NULL)
        sr_cli_table_add (table, item->entry->config, started, g_dpgettext2 (GETTEXT_PACKAGE, "session", step_words[item->entry->step]),
                          item->alive ? item->entry->program : C_("program", "gone"), NULL);
      else
        sr_cli_table_add (table, item->id, "", C_("session", "not understood"), item->error->message, NULL);
    }
  sr_cli_emit_array (cli, array);
  if (listed->len == 0)
    sr_cli_print (cli, _("No session with a CA is open."));
  else
    sr_cli_table_print (cli, table);
  return SR_CLI_DONE;
}

/* One password was given: it is for the first CA that wants one, and not tried on another. */
typedef struct
{
  SrCli *cli;
  gboolean used;
} Passwords;

static SrSecret *
password_of (SrAuthority *authority,
             gpointer     user_data)
{
  Passwords *passwords = user_data;
  g_autoptr (GError) error = NULL;
  SrSecret *password;

  if (passwords->used && (sr_cli_has (passwords->cli, "password-file") || sr_cli_has (passwords->cli, "password-stdin")))
    return NULL;
  passwords->used = TRUE;
  password = sr_cli_get_password (passwords->cli, authority, &error);
  if (error != NULL)
    sr_cli_note ("%s", error->message);
  return password;
}

static gboolean
tell_items (SrCli     *cli,
            GPtrArray *items)
{
  g_autoptr (JsonArray) array = json_array_new ();
  gboolean all = TRUE;

  for (guint i = 0; i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];
      const GError *error = item->error != NULL ? item->error : item->disk_error;

      json_array_add_object_element (array, sr_verb_sessions_item_to_json (item));
      sr_cli_print (cli, "%s: %s", item->entry != NULL ? item->entry->config : item->id, sr_recovery_outcome_words (item->outcome));
      if (error != NULL)
        sr_cli_print (cli, "    %s", error->message);
      if (item->published)
        sr_cli_print (cli, _("    Its set was complete and is published now: %s"), item->set);
      for (guint k = 0; item->kept != NULL && item->kept[k] != NULL; k++)
        sr_cli_print (cli, _("    Kept, since the CA may have truncated its logs for it: %s"), item->kept[k]);
      all = all && (item->settled || item->outcome == SR_RECOVERY_RUNNING);
    }
  sr_cli_emit_array (cli, array);
  if (items->len == 0)
    sr_cli_print (cli, _("No session with a CA is open."));
  return all;
}

static SrCliExit
recover_sessions (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autoptr (SrWorker) worker = sr_worker_new ();
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  Passwords passwords = { cli, FALSE };

  if (list == NULL)
    return exit;
  loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
  sr_worker_recover_async (worker, list, NULL, password_of, &passwords, NULL, 0, sr_cli_loop_get_cancellable (loop),
                           sr_cli_loop_callback, loop);
  items = sr_worker_recover_finish (worker, sr_cli_loop_wait (loop), &error);
  if (items == NULL)
    return sr_cli_fail (cli, _("Ending open sessions"), NULL, error, NULL, NULL);
  return tell_items (cli, items) ? SR_CLI_DONE : SR_CLI_FAILED;
}

static SrCliExit
run (SrCli *cli)
{
  return sr_cli_has (cli, "recover") ? recover_sessions (cli) : list_sessions (cli);
}

const SrCliVerb sr_verb_sessions = {
  .name = "sessions",
  .summary = N_("Show the sessions with CAs that are open, or end those left behind"),
  .description = N_("A CA allows one backup at a time: a session that a crashed program left open blocks the next one. Every session is noted before it is opened, "
                    "so that another program can end it.\n\n"
                    "With --recover each such session is reached again and ended, its set is published if it was complete, and removed if it was not. "
                    "What the CA may have truncated its logs for is never removed. The exit code is 1 when something could not be settled."),
  .options = options,
  .signs_in = TRUE,
  .json_array = TRUE,
  .members = members,
  .run = run,
};
