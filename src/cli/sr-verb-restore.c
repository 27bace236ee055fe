/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-restore-private.h"

#include "cli/sr-cli-progress-private.h"
#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-advice.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "to", SR_CLI_TEXT, N_("SET"), N_("The state of this set, or “latest”: the newest sets and the logs that the CA still has, so that nothing is lost") },
  { "dry-run", SR_CLI_FLAG, NULL, N_("Make the checks, tell each step and each value that would be written, and change nothing") },
  { "replace", SR_CLI_TEXT, N_("NAME"), N_("The CA’s name, where its certificate could not be compared or nothing is there to be set aside") },
  { "continue", SR_CLI_FLAG, NULL, N_("Go on with a restore that was broken off") },
  { "put-back", SR_CLI_FLAG, NULL, N_("Undo a restore: the CA’s own files come back, nothing is deleted") },
  { "leave", SR_CLI_FLAG, NULL, N_("Change nothing more on the host, and do not ask about this restore again") },
  { "accept-loss", SR_CLI_FLAG, NULL, N_("With --put-back: also when the restored CA has written to its logs since") },
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Take the sets from this backup folder instead of the chosen one") },
  { NULL }
};

static const SrCliMember members[] = {
  { "id", "string?", "names the restore" },
  { "config", "string", "the CA’s config string" },
  { "host", "string", "its host" },
  { "mode", "string?", "latest or point" },
  { "dry_run", "boolean", "whether nothing was to be changed" },
  { "sets[]", "string", "a set that is restored, the full one first" },
  { "bytes", "number?", "bytes that are copied to the host" },
  { "newer_sets", "number?", "sets behind the point, whose contents the CA would not know" },
  { "checks[]", "object", "what was looked at" },
  { "checks[].check", "string", "chain, hashes, repository, host, certificate, service, registry, locations, live-logs or space" },
  { "checks[].state", "string", "pending, passed, warning or failed" },
  { "checks[].detail", "string?", "what was found" },
  { "checks[].advice", "string?", "what to do about it" },
  { "acts[]", "object", "with --dry-run: what would be done, in its order" },
  { "acts[].step", "string", "in which step of the journal" },
  { "acts[].act", "string", "stop-service, make-folder, copy-in, copy-aside, move, create-key, write-value, start-service or record" },
  { "acts[].subject", "string", "with what" },
  { "acts[].target", "string?", "where to" },
  { "acts[].value", "string?", "what a value gets" },
  { "acts[].bytes", "number", "of a file" },
  { "acts[].words", "string", "all of it in words" },
  SR_RESTORE_OUTCOME_MEMBERS,
  { NULL }
};

gboolean
sr_restore_verb_run (SrRestoreVerb             *self,
                     SrJobKind                  kind,
                     const SrRestoreJobOptions *wanted,
                     gboolean                   show_progress,
                     GError                   **error)
{
  g_autoptr (SrCliProgress) progress = NULL;

  g_clear_object (&self->job);
  self->job = sr_job_new_restore (kind, wanted);
  progress = show_progress ? sr_cli_progress_new (self->job) : NULL;
  sr_worker_run_async (self->worker, self->job, sr_cli_loop_get_cancellable (self->loop), sr_cli_loop_callback, self->loop);
  return sr_worker_run_finish (self->worker, sr_cli_loop_wait (self->loop), error);
}

void
sr_restore_verb_add_outcome (JsonObject             *object,
                             const SrRestoreOutcome *outcome)
{
  JsonArray *offers = json_array_new ();

  for (guint i = 0; outcome != NULL && i <= SR_RESTORE_LEAVE; i++)
    if (outcome->offered[i])
      json_array_add_string_element (offers, sr_restore_action_to_string ((SrRestoreAction) i));
  sr_cli_set_text (object, "state", outcome != NULL ? sr_restore_ca_state_to_string (outcome->state) : NULL);
  sr_cli_set_text (object, "state_words", outcome != NULL ? outcome->words : NULL);
  sr_cli_set_text (object, "step", outcome != NULL && outcome->entry != NULL ? sr_restore_step_to_string (outcome->entry->step) : NULL);
  sr_cli_set_text (object, "aside_folder", outcome != NULL ? outcome->aside_folder : NULL);
  sr_cli_set_text (object, "undone_folder", outcome != NULL ? outcome->undone_folder : NULL);
  json_object_set_array_member (object, "offers", offers);
  json_object_set_boolean_member (object, "put_back", outcome != NULL && outcome->put_back);
  json_object_set_boolean_member (object, "full_backup_due", outcome != NULL && outcome->full_backup_due);
  sr_cli_set_text (object, "warning", outcome != NULL ? outcome->warning : NULL);
}

static JsonArray *
checks_to_json (SrRestorePlan *plan)
{
  GPtrArray *checks = sr_restore_plan_get_checks (plan);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < checks->len; i++)
    {
      const SrRestoreCheck *check = checks->pdata[i];
      JsonObject *object = json_object_new ();

      sr_cli_set_text (object, "check", sr_restore_check_kind_to_string (check->kind));
      sr_cli_set_text (object, "state", sr_restore_check_state_to_string (check->state));
      sr_cli_set_text (object, "detail", check->detail);
      sr_cli_set_text (object, "advice", check->advice);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
acts_to_json (SrRestorePlan *plan)
{
  g_autoptr (GPtrArray) acts = sr_restore_plan_list_acts (plan);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < acts->len; i++)
    {
      const SrRestoreAct *act = acts->pdata[i];
      g_autofree char *words = sr_restore_act_words (act);
      JsonObject *object = json_object_new ();

      sr_cli_set_text (object, "step", sr_restore_step_to_string (act->step));
      sr_cli_set_text (object, "act", sr_restore_act_kind_to_string (act->kind));
      sr_cli_set_text (object, "subject", act->subject);
      sr_cli_set_text (object, "target", act->target);
      sr_cli_set_text (object, "value", act->value);
      json_object_set_int_member (object, "bytes", (gint64) act->size);
      sr_cli_set_text (object, "words", words);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
result_to_json (SrRestoreVerb *self,
                SrRestorePlan *plan)
{
  GPtrArray *sets = sr_restore_plan_get_sets (plan);
  gboolean dry_run = sr_cli_has (self->cli, "dry-run");
  JsonObject *object = json_object_new ();
  JsonArray *names = json_array_new ();

  for (guint i = 0; i < sets->len; i++)
    json_array_add_string_element (names, sr_backup_set_get_name (sets->pdata[i]));
  sr_cli_set_text (object, "id", sr_restore_plan_get_id (plan));
  sr_cli_set_text (object, "config", sr_authority_get_config (self->authority));
  sr_cli_set_text (object, "host", sr_authority_get_host (self->authority));
  sr_cli_set_text (object, "mode", sr_restore_mode_to_string (sr_restore_plan_get_mode (plan)));
  json_object_set_boolean_member (object, "dry_run", dry_run);
  json_object_set_array_member (object, "sets", names);
  json_object_set_int_member (object, "bytes", (gint64) sr_restore_plan_get_size (plan));
  json_object_set_int_member (object, "newer_sets", sr_restore_plan_get_loss (plan)->newer_sets);
  json_object_set_array_member (object, "checks", checks_to_json (plan));
  json_object_set_array_member (object, "acts", dry_run ? acts_to_json (plan) : json_array_new ());
  sr_restore_verb_add_outcome (object, sr_job_get_restore_outcome (self->job));
  return object;
}

static void
print_checks (SrRestoreVerb *self,
              SrRestorePlan *plan)
{
  static const char *const marks[] = { "-", "-", "✓", "!", "✗" };
  GPtrArray *checks = sr_restore_plan_get_checks (plan);

  for (guint i = 0; i < checks->len; i++)
    {
      const SrRestoreCheck *check = checks->pdata[i];

      sr_cli_print (self->cli, "%s %s: %s", marks[check->state], sr_restore_check_kind_words (check->kind),
                    check->detail != NULL ? check->detail : _("not looked at"));
      if (check->advice != NULL)
        sr_cli_print (self->cli, "    %s", check->advice);
    }
}

static void
print_loss (SrRestoreVerb *self,
            SrRestorePlan *plan)
{
  const SrRestoreLoss *loss = sr_restore_plan_get_loss (plan);

  if (sr_restore_plan_get_mode (plan) == SR_RESTORE_LATEST)
    return;
  if (loss->newer_sets > 0)
    sr_cli_print (self->cli, ngettext ("%u set is newer than this point: what it holds beyond it, the CA will not know.",
                                       "%u sets are newer than this point: what they hold beyond it, the CA will not know.", loss->newer_sets), loss->newer_sets);
  sr_cli_print (self->cli, "%s", _("Certificates issued after this point are unknown to the restored CA, and those revoked after it are valid again in its next CRL."));
}

static void
print_acts (SrRestoreVerb *self,
            SrRestorePlan *plan)
{
  g_autoptr (GPtrArray) acts = sr_restore_plan_list_acts (plan);

  sr_cli_print (self->cli, "%s", _("This would be done:"));
  for (guint i = 0; i < acts->len; i++)
    {
      g_autofree char *words = sr_restore_act_words (acts->pdata[i]);

      sr_cli_print (self->cli, "%3u. %s", i + 1, words);
    }
  sr_cli_print (self->cli, "%s", _("Nothing was changed."));
}

static SrCliExit
dry_run (SrRestoreVerb *self,
         SrRestorePlan *plan)
{
  g_autoptr (JsonObject) object = result_to_json (self, plan);

  sr_cli_emit_object (self->cli, object);
  print_checks (self, plan);
  print_loss (self, plan);
  print_acts (self, plan);
  return SR_CLI_DONE;
}

static SrCliExit
restore (SrRestoreVerb *self,
         SrRestorePlan *plan)
{
  SrRestoreJobOptions wanted = { .authority = self->authority, .password = self->password, .repository = self->repository,
                                 .plan = plan, .replace = sr_cli_value (self->cli, "replace") };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  const SrRestoreOutcome *outcome;

  sr_restore_verb_run (self, SR_JOB_RESTORE, &wanted, TRUE, &error);
  outcome = sr_job_get_restore_outcome (self->job);
  object = result_to_json (self, plan);
  if (error != NULL)
    {
      SrCliExit exit = sr_cli_fail (self->cli, _("Restoring"), sr_authority_get_host (self->authority), error, NULL, object);

      if (outcome != NULL && !sr_cli_get_json (self->cli))
        sr_cli_note ("%s", outcome->words);
      return exit;
    }
  sr_cli_emit_object (self->cli, object);
  sr_cli_print (self->cli, "%s", outcome->words);
  sr_cli_print (self->cli, _("Make it now: strongroomctl backup “%s” --full"), sr_authority_get_config (self->authority));
  return SR_CLI_DONE;
}

static SrRestorePlan *
make_plan (SrRestoreVerb *self,
           GError       **error)
{
  const char *to = sr_cli_value (self->cli, "to");
  gboolean latest = g_str_equal (to, "latest");
  g_autoptr (SrBackupSet) set = latest ? NULL : sr_repository_find_set (self->repository, to, error);
  SrRestoreWanted wanted = { .repository = self->repository, .config = sr_authority_get_config (self->authority), .set = set,
                             .mode = latest ? SR_RESTORE_LATEST : SR_RESTORE_POINT };

  return latest || set != NULL ? sr_restore_plan_new (&wanted, error) : NULL;
}

static SrCliExit
run_plan (SrRestoreVerb *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestorePlan) plan = make_plan (self, &error);
  SrRestoreJobOptions wanted = { .authority = self->authority, .password = self->password, .repository = self->repository, .plan = plan };
  g_autoptr (JsonObject) object = NULL;

  if (plan == NULL)
    return sr_cli_fail (self->cli, _("Planning the restore"), sr_authority_get_host (self->authority), error, NULL, NULL);
  if (!sr_restore_verb_run (self, SR_JOB_RESTORE_CHECK, &wanted, TRUE, &error))
    {
      object = result_to_json (self, plan);
      if (!sr_cli_get_json (self->cli))
        print_checks (self, plan);
      return sr_cli_fail (self->cli, _("Checking the restore"), sr_authority_get_host (self->authority), error, NULL, object);
    }
  if (sr_cli_has (self->cli, "dry-run"))
    return dry_run (self, plan);
  print_checks (self, plan);
  print_loss (self, plan);
  return restore (self, plan);
}

/* The one of the three that was given, or -1. */
static int
find_action (SrCli *cli)
{
  for (int i = SR_RESTORE_CONTINUE; i <= SR_RESTORE_LEAVE; i++)
    if (sr_cli_has (cli, sr_restore_action_to_string ((SrRestoreAction) i)))
      return i;
  return -1;
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  int action = find_action (cli);
  g_autoptr (SrAuthorityList) list = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrWorker) worker = NULL;
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreVerb self;

  if ((action >= 0) + sr_cli_has (cli, "to") != 1 || sr_cli_has (cli, "continue") + sr_cli_has (cli, "put-back") + sr_cli_has (cli, "leave") > 1)
    return sr_cli_misuse (cli, _("One of --to, --continue, --put-back and --leave is wanted"));
  list = sr_cli_load_authorities (cli, &exit);
  authority = list != NULL ? sr_cli_find_authority (cli, list, sr_cli_argument (cli, 0), &exit) : NULL;
  repository = authority != NULL ? sr_cli_open_repository (cli, FALSE, &exit) : NULL;
  if (repository == NULL)
    return exit;
  password = sr_cli_get_password (cli, authority, &error);
  if (error != NULL)
    return sr_cli_fail (cli, _("Signing in"), sr_authority_get_host (authority), error, sr_advice_for_error (error, SR_ADVICE_ACTIVATE), NULL);

  worker = sr_worker_new ();
  loop = sr_cli_loop_new (_("Cancelling. What was begun is put back first."), _("Putting back is under way."));
  self = (SrRestoreVerb) { cli, authority, repository, password, worker, loop, NULL };
  exit = action >= 0 ? sr_restore_verb_recover (&self, (SrRestoreAction) action) : run_plan (&self);
  g_clear_object (&self.job);
  return exit;
}

const SrCliVerb sr_verb_restore = {
  .name = "restore",
  .arguments = "CA",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Restore a CA"),
  .description = N_("Restores the CA’s database from a full set and the log-only sets that continue it. Before anything is changed, every file of the sets is read, "
                    "and the host is asked whether it is the CA’s, whether it has room, and whether another restore was begun there; a check that fails stops the restore.\n\n"
                    "With --to latest the CA’s own logs are replayed behind the sets, so that nothing is lost; that needs logs that continue the sets. With --to SET the CA gets "
                    "the state of that set: certificates issued since are unknown to it, and those revoked since are valid again in its next CRL.\n\n"
                    "The CA’s own files are renamed into a folder beside them, never deleted: --put-back brings them back until the restored CA has issued. "
                    "A restore that fails or is cancelled before the service is started again is put back at once. One that was broken off, on this computer or another, "
                    "is found in the backup folder: --continue goes on with it, --put-back undoes it, --leave asks no more about it.\n\n"
                    "After a restore a new full backup is due: sets from before it never go with later ones, and log-only backups are refused until then.\n\n"
                    "As yet only a practice CA can be restored over the network. For any other, “strongroomctl export” makes a folder for “certutil -restoreDB”."),
  .options = options,
  .signs_in = TRUE,
  .members = members,
  .run = run,
};
