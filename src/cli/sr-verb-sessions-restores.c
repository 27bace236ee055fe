/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-progress-private.h"
#include "cli/sr-verb-restore-private.h"
#include "cli/sr-verb-sessions-private.h"

#include "store/sr-safe-name.h"
#include "worker/sr-backup-folder.h"

#include <glib/gi18n-lib.h>

/* Restores that were broken off, among the sessions. */

typedef struct
{
  SrVerbSessions *sessions;
  SrRestoreLeft *left;
  SrAuthority *authority; /* NULL: not in the list */
  SrSecret *password;
  JsonObject *object;
} Recovery;

SrRepository *
sr_verb_sessions_open_repository (SrCli   *cli,
                                  GError **error)
{
  const char *path = sr_cli_value (cli, "repository");
  g_autoptr (GError) local = NULL;
  SrRepository *repository = path != NULL ? sr_repository_open (path, &local) : sr_backup_folder_open (FALSE, NULL, &local);

  /* Where no folder was chosen yet, and the standard one was never made, no restore was noted either. */
  if (repository == NULL && path == NULL && g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_MISSING))
    {
      g_autoptr (GError) not_chosen = NULL;
      g_autofree char *chosen = sr_backup_folder_get_chosen (NULL, &not_chosen);

      if (g_error_matches (not_chosen, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return NULL;
    }
  if (repository == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return repository;
}

static void
add_offered (JsonObject    *object,
             SrRestoreLeft *left)
{
  JsonArray *array = json_object_get_array_member (object, "offered");

  for (int action = SR_RESTORE_CONTINUE; action <= SR_RESTORE_LEAVE; action++)
    {
      g_autofree char *words = sr_restore_left_action_words (left, (SrRestoreAction) action);
      JsonObject *each;

      if (!sr_restore_left_is_offered (left, (SrRestoreAction) action))
        continue;
      each = json_object_new ();
      sr_cli_set_text (each, "action", sr_restore_action_to_string ((SrRestoreAction) action));
      sr_cli_set_text (each, "words", words);
      json_array_add_object_element (array, each);
    }
}

JsonObject *
sr_verb_sessions_restore_to_json (SrRestoreLeft *left)
{
  const SrRestoreEntry *entry = sr_restore_left_get_entry (left);
  const GError *error = sr_restore_left_get_error (left);
  JsonObject *object = sr_verb_sessions_new_object ("restore");

  sr_cli_set_text (object, "id", entry != NULL ? entry->id : sr_restore_left_get_path (left));
  sr_cli_set_text (object, "config", sr_restore_left_get_config (left));
  json_object_set_boolean_member (object, "alive", sr_restore_left_get_held (left));
  sr_cli_set_text (object, "repository", sr_repository_get_path (sr_restore_left_get_repository (left)));
  sr_cli_set_text (object, "problem", error != NULL ? error->message : NULL);
  if (entry == NULL)
    return object;
  sr_cli_set_text (object, "host", entry->host);
  sr_cli_set_text (object, "step", sr_restore_step_to_string (entry->step));
  sr_cli_set_text (object, "program", entry->program);
  sr_cli_set_time (object, "started", entry->started);
  sr_cli_set_text (object, "mode", sr_restore_mode_to_string (entry->mode));
  if (entry->sets->len > 0)
    sr_cli_set_text (object, "set", ((SrRestoredSet *) entry->sets->pdata[entry->sets->len - 1])->name);
  return object;
}

/* ---- One of them ------------------------------------------------------------- */

static void
look (Recovery *self)
{
  SrCliLoop *loop = self->sessions->loop;
  const SrRestoreSituation *situation;
  g_autoptr (GError) error = NULL;

  sr_restore_left_look_async (self->left, self->authority, self->password, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
  situation = sr_restore_left_look_finish (self->left, sr_cli_loop_wait (loop), &error);
  if (situation == NULL)
    {
      sr_cli_set_text (self->object, "problem", error->message);
      return;
    }
  sr_cli_set_text (self->object, "ca_state", sr_restore_ca_state_to_string (situation->state));
  sr_cli_set_text (self->object, "outcome_words", sr_restore_ca_state_words (situation->state));
  json_object_set_boolean_member (self->object, "may_have_issued", situation->may_have_issued);
  sr_cli_set_text (self->object, "aside_folder", situation->aside_folder);
  sr_cli_set_text (self->object, "problem", situation->error != NULL ? situation->error->message : NULL);
  add_offered (self->object, self->left);
}

static void
print_situation (Recovery *self)
{
  SrCli *cli = self->sessions->cli;
  const SrRestoreSituation *situation = sr_restore_left_get_situation (self->left);
  g_autofree char *description = sr_restore_left_describe (self->left);

  if (sr_restore_entry_is_settled (sr_restore_left_get_entry (self->left)))
    sr_cli_print (cli, _("%s: its last restore. %s"), sr_restore_left_get_config (self->left), description);
  else
    sr_cli_print (cli, _("%s: a restore was broken off. %s"), sr_restore_left_get_config (self->left), description);
  if (situation == NULL)
    return;
  sr_cli_print (cli, "    %s", sr_restore_ca_state_words (situation->state));
  if (situation->error != NULL)
    sr_cli_print (cli, "    %s", situation->error->message);
  for (int action = SR_RESTORE_CONTINUE; action <= SR_RESTORE_LEAVE; action++)
    {
      g_autofree char *words = sr_restore_left_action_words (self->left, (SrRestoreAction) action);

      if (sr_restore_left_is_offered (self->left, (SrRestoreAction) action))
        sr_cli_print (cli, "    --recover --%s: %s", sr_restore_action_to_string ((SrRestoreAction) action), words);
    }
}

static gboolean
refuse (Recovery   *self,
        const char *why)
{
  sr_cli_set_text (self->object, "problem", why);
  sr_cli_note (_("Error: %s"), why);
  self->sessions->refused = TRUE;
  return FALSE;
}

static void
take_outcome (Recovery *self,
              SrJob    *job)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);

  if (outcome == NULL)
    return;
  sr_cli_set_text (self->object, "ca_state", sr_restore_ca_state_to_string (outcome->state));
  sr_cli_set_text (self->object, "outcome_words", outcome->words);
  sr_cli_set_text (self->object, "aside_folder", outcome->aside_folder);
  sr_cli_set_text (self->object, "step", outcome->entry != NULL ? sr_restore_step_to_string (outcome->entry->step) : NULL);
}

static gboolean
act (Recovery       *self,
     SrRestoreAction action)
{
  static const char *const outcomes[] = { "continued", "put-back", "left" };
  SrVerbSessions *sessions = self->sessions;
  SrRestoreRecoveryOptions options = {
    .left = self->left,
    .authority = self->authority,
    .password = self->password,
    .action = action,
    .accept_loss = sr_cli_has (sessions->cli, "accept-loss"),
  };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrCliProgress) progress = NULL;
  g_autoptr (GError) error = NULL;

  if (self->authority == NULL && action != SR_RESTORE_LEAVE)
    return refuse (self, _("The CA is not in the list of CAs, so its host cannot be reached: add it with “ca add”"));
  if (!sr_restore_left_is_offered (self->left, action))
    return refuse (self, _("That cannot be had in this situation"));
  if (action == SR_RESTORE_PUT_BACK && sr_restore_left_get_situation (self->left)->may_have_issued && !options.accept_loss)
    return refuse (self, _("The restored CA has written to its logs since. What it has issued will not be known: add --accept-loss to put it back all the same"));

  job = sr_job_new_restore_recovery (&options);
  progress = sr_cli_progress_new (job);
  sr_worker_run_async (sessions->worker, job, sr_cli_loop_get_cancellable (sessions->loop), sr_cli_loop_callback, sessions->loop);
  sr_worker_run_finish (sessions->worker, sr_cli_loop_wait (sessions->loop), &error);
  g_clear_pointer (&progress, sr_cli_progress_free);
  take_outcome (self, job);
  sr_cli_set_text (self->object, "outcome", error == NULL ? outcomes[action] : "unsettled");
  json_object_set_boolean_member (self->object, "settled", error == NULL);
  sr_cli_set_text (self->object, "problem", error != NULL ? error->message : NULL);
  if (error != NULL)
    sr_cli_note (_("Error: %s"), error->message);
  if (sr_job_get_outcome (job) != NULL)
    sr_cli_print (sessions->cli, "    %s", sr_job_get_outcome (job)->words);
  return error == NULL;
}

/* Whether nothing is left to be done about it. */
static gboolean
recover (SrVerbSessions *sessions,
         SrRestoreLeft  *left,
         int             action)
{
  g_autoptr (JsonObject) object = sr_verb_sessions_restore_to_json (left);
  g_autoptr (SrAuthority) authority = sr_authority_list_find_config (sessions->list, sr_restore_left_get_config (left));
  g_autoptr (SrSecret) password = NULL;
  Recovery self = { sessions, left, authority, NULL, object };
  gboolean settled = FALSE;

  json_array_add_object_element (sessions->array, json_object_ref (object));
  json_object_set_boolean_member (object, "settled", FALSE);
  sr_cli_set_text (object, "outcome", "unsettled");
  if (sr_restore_left_get_entry (left) == NULL)
    {
      sr_cli_set_text (object, "outcome", "unreadable");
      sr_cli_print (sessions->cli, "%s: %s", sr_restore_left_get_config (left), sr_restore_left_get_error (left)->message);
      return FALSE;
    }
  if (sr_restore_left_get_held (left))
    {
      sr_cli_set_text (object, "outcome", "running");
      sr_cli_print (sessions->cli, _("%s: a restore goes on just now."), sr_restore_left_get_config (left));
      return TRUE;
    }
  if (authority != NULL && sr_authority_needs_password (authority))
    password = sessions->password (authority, sessions->password_data);
  self.password = password;
  look (&self);
  print_situation (&self);
  if (action >= 0)
    settled = act (&self, (SrRestoreAction) action);
  return settled;
}

/* ---- All of them --------------------------------------------------------------- */

static int
wanted_action (SrCli *cli)
{
  for (int action = SR_RESTORE_CONTINUE; action <= SR_RESTORE_LEAVE; action++)
    if (sr_cli_has (cli, sr_restore_action_to_string ((SrRestoreAction) action)))
      return action;
  return -1;
}

/* The newest one that has restored the CA and can perhaps be put back. (transfer full) (nullable) */
static SrRestoreLeft *
find_restored (SrRepository *repository,
               const char   *config,
               GError      **error)
{
  g_autoptr (GPtrArray) all = sr_restore_left_list (repository, config, TRUE, error);
  SrRestoreLeft *last = all != NULL && all->len > 0 ? all->pdata[all->len - 1] : NULL;
  const SrRestoreEntry *entry = last != NULL ? sr_restore_left_get_entry (last) : NULL;

  return entry != NULL && entry->step == SR_RESTORE_STEP_RESTORED ? g_object_ref (last) : NULL;
}

gboolean
sr_verb_sessions_recover_restores (SrVerbSessions *sessions,
                                   GError        **error)
{
  int action = wanted_action (sessions->cli);
  g_autoptr (GError) local = NULL;
  g_autoptr (SrRepository) repository = sr_verb_sessions_open_repository (sessions->cli, &local);
  g_autoptr (GPtrArray) restores = NULL;
  gboolean all = TRUE;

  if (repository == NULL)
    {
      if (local == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  restores = sr_restore_left_list (repository, sessions->config, FALSE, error);
  if (restores == NULL)
    return FALSE;
  if (restores->len == 0 && sessions->config != NULL && action == SR_RESTORE_PUT_BACK)
    {
      SrRestoreLeft *restored = find_restored (repository, sessions->config, error);

      if (restored != NULL)
        g_ptr_array_add (restores, restored);
    }
  for (guint i = 0; i < restores->len; i++)
    all = recover (sessions, restores->pdata[i], action) && all;
  if (restores->len == 0 && action >= 0)
    sr_cli_print (sessions->cli, _("No restore is half done."));
  return all;
}
