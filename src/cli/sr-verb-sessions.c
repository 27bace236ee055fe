/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-verb-sessions-private.h"
#include "cli/sr-verbs-private.h"

#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "recover", SR_CLI_FLAG, NULL, N_("End the sessions whose programs are gone, and clear up behind them") },
  { "continue", SR_CLI_FLAG, NULL, N_("With --recover: go on with restores that were broken off") },
  { "put-back", SR_CLI_FLAG, NULL, N_("With --recover: undo restores that were broken off, or, if a CA is named, its last one") },
  { "leave", SR_CLI_FLAG, NULL, N_("With --recover: change nothing on the host and ask no more about restores that were broken off") },
  { "accept-loss", SR_CLI_FLAG, NULL, N_("With --put-back: also where the restored CA may have issued since") },
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Look for restores in this backup folder instead of the chosen one") },
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
  { "kind", "string", "backup or restore" },
  { "id", "string", "names the session, or the restore" },
  { "config", "string?", "the CA’s config string" },
  { "host", "string?", "its host" },
  { "step", "string?", "how far it came: activated, prepare-sent, prepared, publishing, published, truncate-sent, truncated or end-sent; a restore: opened, stopping, prepared, copying, setting-aside, placing, registering, completing, starting, recording, restored, clearing, returning, put-back or left" },
  { "alive", "boolean", "whether the program that opened it still runs; of a restore, whether somebody works on the CA" },
  { "program", "string?", "that program" },
  { "pid", "number?", "its process id" },
  { "started", "string?", "when the session began, ISO 8601" },
  { "repository", "string?", "the backup folder" },
  { "staging", "string?", "the unfinished set" },
  { "set", "string?", "the set that was published, or the last one that is restored" },
  { "outcome", "string?", "with --recover: ended, was-over, object-gone, never-opened, running, unsettled or unreadable; of a restore: continued, put-back, left, running, unsettled or unreadable" },
  { "outcome_words", "string?", "with --recover: the same as a sentence" },
  { "settled", "boolean?", "with --recover: whether nothing is left of it" },
  { "published", "boolean?", "with --recover: whether its set was complete and was published now" },
  { "kept[]", "string", "with --recover: folders that could not be published and may not be deleted, since the CA may have truncated its logs for them" },
  { "mode", "string?", "of a restore: latest or point" },
  { "ca_state", "string?", "of a restore, with --recover: as-before, stopped, half, suspended, ready, recovery-failed, restored, foreign or unknown" },
  { "may_have_issued", "boolean?", "of a restore, with --recover: whether the restored CA may have issued, so that --put-back wants --accept-loss" },
  { "aside_folder", "string?", "of a restore, with --recover: where the CA’s own files are" },
  { "offered[].action", "string", "of a restore, with --recover: what could be done with it when it was looked at: continue, put-back or leave" },
  { "offered[].words", "string", "what that does" },
  { "problem", "string?", "why it cannot be understood, or was not settled" },
  { NULL }
};

JsonObject *
sr_verb_sessions_new_object (const char *kind)
{
  static const char *const texts[] = { "config", "host", "step", "program", "started", "repository", "staging", "set", "outcome", "outcome_words",
                                       "mode", "ca_state", "aside_folder", "problem" };
  static const char *const others[] = { "pid", "settled", "published", "may_have_issued" };
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "kind", kind);
  sr_cli_set_text (object, "id", "");
  json_object_set_boolean_member (object, "alive", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    json_object_set_null_member (object, texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    json_object_set_null_member (object, others[i]);
  json_object_set_array_member (object, "kept", json_array_new ());
  json_object_set_array_member (object, "offered", json_array_new ());
  return object;
}

static JsonObject *
entry_to_json (const char           *id,
               const SrJournalEntry *entry,
               gboolean              alive)
{
  JsonObject *object = sr_verb_sessions_new_object ("backup");

  sr_cli_set_text (object, "id", id);
  json_object_set_boolean_member (object, "alive", alive);
  if (entry == NULL)
    return object;
  sr_cli_set_text (object, "config", entry->config);
  sr_cli_set_text (object, "host", entry->host);
  sr_cli_set_text (object, "step", sr_journal_step_to_string (entry->step));
  sr_cli_set_text (object, "program", entry->program);
  json_object_set_int_member (object, "pid", entry->pid);
  sr_cli_set_time (object, "started", entry->started);
  sr_cli_set_text (object, "repository", entry->repository);
  sr_cli_set_text (object, "staging", entry->staging);
  sr_cli_set_text (object, "set", entry->set);
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

static gboolean
concerns (const char *only,
          const char *config)
{
  return only == NULL || (config != NULL && sr_config_equal (only, config));
}

static gboolean
list_restores (SrCli      *cli,
               const char *only,
               JsonArray  *array,
               SrCliTable *table,
               GError    **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrRepository) repository = sr_verb_sessions_open_repository (cli, &local);
  g_autoptr (GPtrArray) restores = repository != NULL ? sr_restore_left_list (repository, only, FALSE, &local) : NULL;

  for (guint i = 0; restores != NULL && i < restores->len; i++)
    {
      const SrRestoreEntry *entry = sr_restore_left_get_entry (restores->pdata[i]);
      g_autofree char *started = entry != NULL ? sr_cli_format_time (entry->started) : g_strdup ("");

      json_array_add_object_element (array, sr_verb_sessions_restore_to_json (restores->pdata[i]));
      sr_cli_table_add (table, sr_restore_left_get_config (restores->pdata[i]), started,
                        entry != NULL ? sr_restore_step_words (entry->step) : C_("session", "not understood"),
                        entry != NULL && sr_restore_left_get_held (restores->pdata[i]) ? entry->program : C_("program", "gone"), NULL);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static SrCliExit
list_sessions (SrCli      *cli,
               const char *only)
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
      JsonObject *object;
      g_autofree char *started = item->entry != NULL ? sr_cli_format_time (item->entry->started) : g_strdup ("");

      if (!concerns (only, item->entry != NULL ? item->entry->config : NULL))
        continue;
      object = entry_to_json (item->id, item->entry, item->alive);
      sr_cli_set_text (object, "problem", item->error != NULL ? item->error->message : NULL);
      json_array_add_object_element (array, object);
      if (item->entry != NULL)
        sr_cli_table_add (table, item->entry->config, started, g_dpgettext2 (GETTEXT_PACKAGE, "session", step_words[item->entry->step]),
                          item->alive ? item->entry->program : C_("program", "gone"), NULL);
      else
        sr_cli_table_add (table, item->id, "", C_("session", "not understood"), item->error->message, NULL);
    }
  /* Sessions are noted elsewhere: they are told all the same. */
  if (!list_restores (cli, only, array, table, &error))
    sr_cli_note (_("Restores could not be looked for: %s"), error->message);
  sr_cli_emit_array (cli, array);
  if (json_array_get_length (array) == 0)
    sr_cli_print (cli, _("No session with a CA is open."));
  else
    sr_cli_table_print (cli, table);
  return error != NULL ? sr_cli_exit_for (error) : SR_CLI_DONE;
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
            GPtrArray *items,
            JsonArray *array)
{
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
  return all;
}

static SrCliExit
recover_sessions (SrCli           *cli,
                  SrAuthorityList *list,
                  const char      *only)
{
  g_autoptr (SrWorker) worker = sr_worker_new ();
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (GError) error = NULL;
  Passwords passwords = { cli, FALSE };
  SrVerbSessions sessions = { cli, list, only, worker, NULL, password_of, &passwords, array, FALSE };
  gboolean all;

  loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
  sessions.loop = loop;
  sr_worker_recover_async (worker, list, only, password_of, &passwords, NULL, 0, sr_cli_loop_get_cancellable (loop),
                           sr_cli_loop_callback, loop);
  items = sr_worker_recover_finish (worker, sr_cli_loop_wait (loop), &error);
  if (items == NULL)
    return sr_cli_fail (cli, _("Ending open sessions"), NULL, error, NULL, NULL);
  all = tell_items (cli, items, array);
  all = sr_verb_sessions_recover_restores (&sessions, &error) && all;
  if (error != NULL)
    sr_cli_note (_("Restores could not be looked for: %s"), error->message);
  sr_cli_emit_array (cli, array);
  if (json_array_get_length (array) == 0)
    sr_cli_print (cli, _("No session with a CA is open."));
  if (sessions.refused)
    return SR_CLI_REFUSED;
  return all ? SR_CLI_DONE : SR_CLI_FAILED;
}

/* One that is not in the list any more may still have a restore that was broken off. (transfer full) */
static char *
config_of (SrAuthorityList *list,
           const char      *text)
{
  g_autoptr (SrAuthority) authority = text != NULL ? sr_authority_list_find (list, text, NULL) : NULL;

  return g_strdup (authority != NULL ? sr_authority_get_config (authority) : text);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  guint n_actions = (guint) sr_cli_has (cli, "continue") + (guint) sr_cli_has (cli, "put-back") + (guint) sr_cli_has (cli, "leave");
  g_autoptr (SrAuthorityList) list = NULL;
  g_autofree char *only = NULL;

  if (n_actions > 1)
    return sr_cli_misuse (cli, _("--continue, --put-back and --leave exclude each other"));
  if (n_actions > 0 && !sr_cli_has (cli, "recover"))
    return sr_cli_misuse (cli, _("--continue, --put-back and --leave want --recover"));
  if (sr_cli_has (cli, "accept-loss") && !sr_cli_has (cli, "put-back"))
    return sr_cli_misuse (cli, _("--accept-loss wants --put-back"));
  list = sr_cli_load_authorities (cli, &exit);
  if (list == NULL)
    return exit;
  only = config_of (list, sr_cli_argument (cli, 0));
  return sr_cli_has (cli, "recover") ? recover_sessions (cli, list, only) : list_sessions (cli, only);
}

const SrCliVerb sr_verb_sessions = {
  .name = "sessions",
  .arguments = "[CA]",
  .max_arguments = 1,
  .summary = N_("Show the sessions with CAs that are open, or end those left behind"),
  .description = N_("A CA allows one backup at a time: a session that a crashed program left open blocks the next one. Every session is noted before it is opened, "
                    "so that another program can end it.\n\n"
                    "With --recover each such session is reached again and ended, its set is published if it was complete, and removed if it was not. "
                    "What the CA may have truncated its logs for is never removed. The exit code is 1 when something could not be settled.\n\n"
                    "Restores that were broken off, on this machine or another, stand among them: they are noted in the backup folder. With --recover the CA’s host is looked at, "
                    "and what could be done is told; with --continue, --put-back or --leave it is done. Until the restored CA has issued, "
                    "--put-back with the CA’s name also undoes a restore that succeeded."),
  .options = options,
  .signs_in = TRUE,
  .json_array = TRUE,
  .members = members,
  .run = run,
};
