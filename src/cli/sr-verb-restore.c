/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-progress-private.h"
#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verb-restore-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-advice.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define LATEST "latest"

static const SrCliOption options[] = {
  { "to", SR_CLI_TEXT, N_("SET"), N_("Restore the state of this set, or the latest state with “latest”") },
  { "dry-run", SR_CLI_FLAG, NULL, N_("Make the checks and tell every step and every value that would be written, and change nothing") },
  { "replace", SR_CLI_TEXT, N_("NAME"),
    N_("The name of the CA that is replaced; needed where its certificate could not be compared, or where nothing of it is there to be set aside") },
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Restore from this backup folder instead of the chosen one") },
  { "folder", SR_CLI_FILE, N_("DIR"), N_("Only look at the sets in this folder: no network and no saved CA is needed") },
  { "list", SR_CLI_FLAG, NULL, N_("With --folder: list the CAs and the sets that are there") },
  { "check", SR_CLI_FLAG, NULL, N_("With --folder: read the sets that a restore would need, and compare them with their manifests") },
  { NULL }
};

typedef struct
{
  SrCli *cli;
  SrAuthority *authority;
  SrRestore *restore;
  SrCliLoop *loop;
} Restore;

static SrCliExit
refuse (Restore      *self,
        const GError *error,
        SrJob        *job)
{
  g_autoptr (JsonObject) object = sr_verb_restore_to_json (self->restore, job);
  const char *rule = sr_verb_restore_get_rule (self->restore);
  const char *advice = sr_verb_restore_get_advice (self->restore);

  if (advice == NULL && sr_advice_is_sign_in (error))
    advice = sr_advice_for_error (error, SR_ADVICE_ACTIVATE);
  return sr_cli_refuse (self->cli, _("Checking before the restore"), sr_authority_get_host (self->authority), error, rule, advice, object);
}

/* A name that is wrong stops it also where none is needed. */
static gboolean
check_name (Restore   *self,
            SrCliExit *exit)
{
  SrRestorePlan *plan = sr_restore_get_plan (self->restore);
  const char *typed = sr_cli_value (self->cli, "replace");
  const char *why = NULL;
  gboolean needed = sr_restore_plan_needs_name (plan, &why);
  g_autofree char *advice = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;

  if (typed != NULL ? sr_restore_plan_name_matches (plan, typed) : !needed)
    return TRUE;
  if (typed != NULL)
    g_set_error (&error, SR_ERROR, SR_ERROR_STATE, _("“%s” is not the name of the CA that would be replaced"), typed);
  else
    g_set_error_literal (&error, SR_ERROR, SR_ERROR_STATE, why);
  /* Translators: %s is the name of a certificate authority */
  advice = g_strdup_printf (_("To replace the CA on this host for sure, add --replace “%s”."),
                            sr_restore_plan_get_display_name (plan) != NULL ? sr_restore_plan_get_display_name (plan)
                                                                            : sr_restore_plan_get_config (plan));
  object = sr_verb_restore_to_json (self->restore, NULL);
  sr_cli_set_text (object, "rule", "name");
  *exit = sr_cli_refuse (self->cli, _("Checking before the restore"), sr_authority_get_host (self->authority), error, "name", advice, object);
  return FALSE;
}

static SrCliExit
tell_failure (Restore      *self,
              SrJob        *job,
              const GError *error)
{
  g_autoptr (JsonObject) object = sr_verb_restore_to_json (self->restore, job);
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);
  SrCliExit exit;

  /* A check that failed only now, with nothing changed. */
  if (sr_job_get_restore_phase (job) <= SR_RESTORE_PHASE_CHECKING && sr_verb_restore_get_rule (self->restore) != NULL)
    return refuse (self, error, job);
  exit = sr_cli_fail (self->cli, sr_restore_phase_words (sr_job_get_restore_phase (job)), sr_authority_get_host (self->authority),
                      error, sr_job_get_advice (job), object);
  if (!sr_cli_get_json (self->cli))
    sr_verb_restore_note_outcome (outcome);
  return exit;
}

static void
tell_success (Restore *self,
              SrJob   *job)
{
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);
  g_autofree char *took = sr_cli_format_duration (sr_job_get_elapsed (job));
  g_autofree char *command = g_strdup_printf ("strongroomctl backup '%s' --full", sr_authority_get_config (self->authority));
  g_autoptr (JsonObject) object = sr_verb_restore_to_json (self->restore, job);

  sr_cli_emit_object (self->cli, object);
  sr_cli_print (self->cli, "%s", outcome->words);
  /* Translators: a time such as 1:05 */
  sr_cli_print (self->cli, _("It took %s."), took);
  sr_cli_print (self->cli, _("No log-only backup can be had until a new full backup has succeeded. Make it now:"));
  sr_cli_print (self->cli, "  %s", command);
}

static SrCliExit
run_job (Restore *self)
{
  g_autoptr (SrWorker) worker = sr_worker_new ();
  g_autoptr (SrJob) job = sr_job_new_restore (self->restore, sr_cli_value (self->cli, "replace"));
  g_autoptr (SrCliProgress) progress = sr_cli_progress_new (job);
  g_autoptr (GError) error = NULL;

  sr_worker_run_async (worker, job, sr_cli_loop_get_cancellable (self->loop), sr_cli_loop_callback, self->loop);
  sr_worker_run_finish (worker, sr_cli_loop_wait (self->loop), &error);
  g_clear_pointer (&progress, sr_cli_progress_free);
  if (error != NULL)
    return tell_failure (self, job, error);
  tell_success (self, job);
  return SR_CLI_DONE;
}

static SrCliExit
run_restore (Restore *self)
{
  g_autoptr (SrCliChecks) checks = sr_cli_checks_new (self->restore);
  g_autoptr (GError) error = NULL;
  SrCliExit exit;

  sr_restore_run_checks_async (self->restore, sr_cli_loop_get_cancellable (self->loop), sr_cli_loop_callback, self->loop);
  sr_restore_run_checks_finish (self->restore, sr_cli_loop_wait (self->loop), &error);
  g_clear_pointer (&checks, sr_cli_checks_free);
  if (error != NULL)
    return refuse (self, error, NULL);
  sr_verb_restore_print_plan (self->cli, sr_restore_get_plan (self->restore));
  if (sr_cli_has (self->cli, "dry-run"))
    {
      g_autoptr (JsonObject) object = sr_verb_restore_to_json (self->restore, NULL);

      sr_cli_emit_object (self->cli, object);
      sr_verb_restore_print_acts (self->cli, sr_restore_get_plan (self->restore));
      return SR_CLI_DONE;
    }
  return check_name (self, &exit) ? run_job (self) : exit;
}

/* FALSE after the error was told as @exit. "latest" takes no set. */
static gboolean
find_set (SrCli        *cli,
          SrBackupSet **set,
          SrCliExit    *exit)
{
  const char *to = sr_cli_value (cli, "to");

  if (g_str_equal (to, LATEST))
    return TRUE;
  *set = sr_cli_find_named_set (cli, to, exit);
  return *set != NULL;
}

static SrCliExit
run_with_authority (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autoptr (SrAuthority) authority = list != NULL ? sr_cli_find_authority (cli, list, sr_cli_argument (cli, 0), &exit) : NULL;
  g_autoptr (SrRepository) repository = authority != NULL ? sr_cli_open_repository (cli, FALSE, &exit) : NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrRestore) restore = NULL;
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreRequest request;
  Restore self;

  if (repository == NULL || !find_set (cli, &set, &exit))
    return exit;
  password = sr_cli_get_password (cli, authority, &error);
  if (error != NULL)
    return sr_cli_fail (cli, _("Signing in"), sr_authority_get_host (authority), error, sr_advice_for_error (error, SR_ADVICE_ACTIVATE), NULL);
  request = (SrRestoreRequest) {
    .authority = authority,
    .password = password,
    .repository = repository,
    .set = set,
    .mode = set != NULL ? SR_RESTORE_POINT : SR_RESTORE_LATEST,
  };
  restore = sr_restore_new (&request);
  loop = sr_cli_loop_new (_("Cancelling, if that is still possible. The CA is put back as it was first."),
                          _("It is being brought to an end."));
  self = (Restore) { cli, authority, restore, loop };
  return run_restore (&self);
}

static SrCliExit
run (SrCli *cli)
{
  gboolean only_look = sr_cli_has (cli, "list") || sr_cli_has (cli, "check");

  if (sr_cli_has (cli, "folder"))
    {
      if (sr_cli_has (cli, "list") && sr_cli_has (cli, "check"))
        return sr_cli_misuse (cli, _("--list and --check exclude each other"));
      if (sr_cli_has (cli, "dry-run") || sr_cli_has (cli, "replace") || sr_cli_has (cli, "repository"))
        return sr_cli_misuse (cli, _("With --folder nothing is restored: leave --dry-run, --replace and --repository out"));
      return sr_verb_restore_folder (cli);
    }
  if (only_look)
    return sr_cli_misuse (cli, _("--list and --check want --folder"));
  if (sr_cli_argument (cli, 0) == NULL || !sr_cli_has (cli, "to"))
    return sr_cli_misuse (cli, _("“restore” wants a CA, and --to with a set or “latest”"));
  return run_with_authority (cli);
}

const SrCliVerb sr_verb_restore = {
  .name = "restore",
  .arguments = "[CA]",
  .max_arguments = 1,
  .summary = N_("Restore a CA, or look at what could be restored"),
  .description = N_("Restores the CA’s database and logs on its host: CertSvc is stopped, the sets are copied to the host and read back, the CA’s own files are set aside, "
                    "the restore is registered, and CertSvc is started, which recovers the database. Nothing is deleted on the host. "
                    "Before anything changes the checks are made, and one that fails stops it with exit code 3 and its name as the rule’s code.\n\n"
                    "With --to latest the live logs, which continue the newest chain, stay and are replayed: nothing is lost. "
                    "With --to SET the CA gets the state of that set; what it has issued and revoked since is not known to it any more.\n\n"
                    "Every step is noted in the backup folder before it is done. A restore that fails or is cancelled before CertSvc is started is put back at once. "
                    "One that was broken off, on this machine or another, is continued, put back or left with “sessions --recover”. "
                    "The restored CA needs a new full backup: until then no log-only backup can be had.\n\n"
                    "With --folder a folder with sets is looked at and nothing else: no network, saved CA or keyring is needed.\n\n"
                    "Only a practice CA is restored this way yet. A CA on Windows is restored with certutil from an exported chain: see “export”."),
  .options = options,
  .signs_in = TRUE,
  .members = sr_verb_restore_members,
  .run = run,
};
