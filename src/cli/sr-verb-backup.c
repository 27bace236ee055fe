/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-progress-private.h"
#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verb-sessions-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-advice.h"
#include "worker/sr-worker.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "full", SR_CLI_FLAG, NULL, N_("Back up the database and its logs") },
  { "logs", SR_CLI_FLAG, NULL, N_("Back up the logs since the last backup, without the database") },
  { "keep-logs", SR_CLI_FLAG, NULL,
    N_("Leave the CA’s logs as they are. The CA’s database engine counts the backup as a copy then, not as a full backup") },
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Write into this backup folder instead of the chosen one") },
  { "read-size", SR_CLI_NUMBER, N_("KIB"), N_("How much is asked for at a time, in KiB; a multiple of 64. The usual is 512"), 64, 4096 },
  { NULL }
};

static const SrCliMember members[] = {
  SR_CLI_SET_MEMBERS,
  { "host", "string", "the CA’s host" },
  { "state", "string", "done, failed or cancelled" },
  { "session", "string", "the session with the CA: not-open, ended, left-open, lost or maybe-open" },
  { "databases", "number", "databases that were read" },
  { "logs", "number", "logs that were read" },
  { "dynamic_files", "number", "files of the CA that this protocol does not fetch; the manifest lists them" },
  { "reads", "number", "how often the CA was asked for data" },
  { "seconds", "number", "how long it took" },
  { "rule", "string?", "the code of the rule that refused the backup, or for which it is a full one; null for none" },
  { "reason", "string?", "the same in words" },
  { "note", "string?", "what follows from keeping the logs" },
  { "recovered[]", "object", "sessions of earlier programs with this CA, as “sessions --recover” tells them" },
  { NULL }
};

typedef struct
{
  SrCli *cli;
  SrAuthorityList *list;
  SrAuthority *authority;
  SrRepository *repository;
  SrSecret *password;
  SrWorker *worker;
  SrCliLoop *loop;
  JsonArray *recovered;
} Backup;

static SrSecret *
password_of (SrAuthority *authority,
             gpointer     user_data)
{
  Backup *self = user_data;

  return self->password != NULL && authority == self->authority ? sr_secret_ref (self->password) : NULL;
}

/* A session that an earlier program left open would have this one refused. */
static gboolean
recover (Backup  *self,
         GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  sr_worker_recover_async (self->worker, self->list, sr_authority_get_config (self->authority), password_of, self, NULL, 0,
                           sr_cli_loop_get_cancellable (self->loop), sr_cli_loop_callback, self->loop);
  items = sr_worker_recover_finish (self->worker, sr_cli_loop_wait (self->loop), error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];

      json_array_add_object_element (self->recovered, sr_verb_sessions_item_to_json (item));
      if (item->outcome != SR_RECOVERY_RUNNING)
        /* Translators: %s is a whole sentence */
        sr_cli_note (_("A session of an earlier program with this CA was found: %s"), sr_recovery_outcome_words (item->outcome));
    }
  return TRUE;
}

static const char *
keep_words (SrJob *job)
{
  if (sr_job_get_backup_kind (job) == SR_BACKUP_FULL)
    return sr_job_keep_logs_words ();
  return _("The logs were kept: they go on growing on the CA, and the next log-only backup holds those of this one again.");
}

static JsonObject *
result_to_json (Backup *self,
                SrJob  *job,
                gboolean keep_logs)
{
  const SrBackupCounts *counts = sr_job_get_counts (job);
  SrBackupRule rule = sr_job_get_rule (job);
  JsonObject *object = json_object_new ();

  sr_cli_add_set (object, sr_job_get_set (job));
  sr_cli_set_text (object, "rule", rule != SR_BACKUP_RULE_NONE ? sr_backup_rule_to_string (rule) : NULL);
  sr_cli_set_text (object, "reason", rule != SR_BACKUP_RULE_NONE ? sr_backup_rule_words (rule) : NULL);
  sr_cli_set_text (object, "config", sr_authority_get_config (self->authority));
  sr_cli_set_text (object, "host", sr_authority_get_host (self->authority));
  sr_cli_set_text (object, "state", sr_job_state_to_string (sr_job_get_state (job)));
  sr_cli_set_text (object, "session", sr_session_state_to_string (sr_job_get_session_state (job)));
  json_object_set_int_member (object, "databases", counts->databases);
  json_object_set_int_member (object, "logs", counts->logs);
  json_object_set_int_member (object, "dynamic_files", counts->dynamic_files);
  json_object_set_int_member (object, "reads", (gint64) counts->reads);
  json_object_set_double_member (object, "seconds", (double) sr_job_get_elapsed (job) / G_USEC_PER_SEC);
  sr_cli_set_text (object, "note", keep_logs ? keep_words (job) : NULL);
  json_object_set_array_member (object, "recovered", json_array_ref (self->recovered));
  return object;
}

static void
print_kind (Backup *self,
            SrJob  *job)
{
  SrBackupRule rule = sr_job_get_rule (job);

  if (sr_job_get_backup_kind (job) == SR_BACKUP_LOGS)
    sr_cli_print (self->cli, _("Log-only: it continues the sets before it."));
  else if (rule != SR_BACKUP_RULE_NONE)
    sr_cli_print (self->cli, _("Full: %s"), sr_backup_rule_words (rule));
  else
    sr_cli_print (self->cli, _("Full: the database and its logs."));
}

static void
print_result (Backup  *self,
              SrJob   *job,
              gboolean keep_logs)
{
  const SrBackupCounts *counts = sr_job_get_counts (job);
  SrTruncation truncated = sr_job_get_record (job)->truncated;
  SrEnding ended = sr_job_get_record (job)->ended;
  g_autofree char *size = g_format_size (counts->bytes);
  g_autofree char *took = sr_cli_format_duration (sr_job_get_elapsed (job));

  sr_cli_print (self->cli, "%s", sr_backup_set_get_path (sr_job_get_set (job)));
  print_kind (self, job);
  /* Translators: two numbers, a size, and a time such as 1:05 */
  sr_cli_print (self->cli, _("Databases: %u, logs: %u, %s, in %s."), counts->databases, counts->logs, size, took);
  if (counts->dynamic_files > 0)
    sr_cli_print (self->cli, ngettext ("%u further file of the CA is listed in the manifest and not in the set.",
                                       "%u further files of the CA are listed in the manifest and not in the set.", counts->dynamic_files),
                  counts->dynamic_files);
  if (truncated == SR_TRUNCATION_YES && ended != SR_ENDING_YES)
    sr_cli_print (self->cli, _("The set was verified, and the CA’s logs were truncated. The CA gave the session up before its end, so it need not count the backup."));
  else if (truncated == SR_TRUNCATION_YES)
    sr_cli_print (self->cli, _("The set was verified, the CA’s logs were truncated, and the session was ended."));
  else
    sr_cli_print (self->cli, _("The set was verified, and the session was ended."));
  if (keep_logs)
    sr_cli_print (self->cli, "%s", keep_words (job));
}

/* What state things are in matters more than the error itself. */
static void
print_state (SrJob *job)
{
  SrBackupSet *set = sr_job_get_set (job);

  if (set != NULL)
    sr_cli_note (_("The set was published before that and is good: %s"), sr_backup_set_get_path (set));
  else
    sr_cli_note (_("No set was written."));
  switch (sr_job_get_session_state (job))
    {
    case SR_SESSION_ENDED:
      sr_cli_note (_("The session with the CA was ended."));
      break;
    case SR_SESSION_MAYBE_OPEN:
    case SR_SESSION_OPEN:
    case SR_SESSION_LEFT_OPEN:
      sr_cli_note (_("The session with the CA may still be open: “strongroomctl sessions --recover” ends it."));
      break;
    case SR_SESSION_LOST:
      sr_cli_note (_("The CA does not know the session any more."));
      break;
    case SR_SESSION_NOT_OPEN:
    default:
      sr_cli_note (_("No session was opened with the CA."));
    }
}

/* What the list shows of the CA. */
static void
note_seen (Backup       *self,
           const GError *error)
{
  gint64 now = g_get_real_time ();
  SrAuthoritySeen seen = { .checked_at = now, .reached_at = error == NULL ? now : 0, .roles = -1, .interface_flags = -1,
                           .problem = error != NULL ? error->message : NULL };
  g_autoptr (GError) unsaved = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || (error != NULL && error->domain == SR_STORE_ERROR))
    return;
  sr_authority_set_seen (self->authority, &seen);
  if (!sr_authority_list_save_seen (self->list, self->authority, &unsaved))
    sr_cli_note (_("What was seen could not be noted: %s"), unsaved->message);
}

static const char *
step_words (SrJob *job)
{
  SrBackupPhase phase = sr_job_get_failed_phase (job);

  return phase == SR_BACKUP_PHASE_IDLE ? _("Taking the CA’s place in the backup folder") : sr_backup_phase_words (phase);
}

static SrCliExit
run_job (Backup *self)
{
  gboolean keep_logs = sr_cli_has (self->cli, "keep-logs");
  SrBackupJobOptions wanted = {
    .authority = self->authority,
    .password = self->password,
    .repository = self->repository,
    .kind = sr_cli_has (self->cli, "logs") ? SR_BACKUP_LOGS : SR_BACKUP_FULL,
    .automatic = !sr_cli_has (self->cli, "logs") && !sr_cli_has (self->cli, "full"),
    .keep_logs = keep_logs,
    .read_size = (guint32) sr_cli_number (self->cli, "read-size", 0) * 1024,
  };
  g_autoptr (SrJob) job = sr_job_new_backup (&wanted);
  g_autoptr (SrCliProgress) progress = sr_cli_progress_new (job);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  sr_worker_run_async (self->worker, job, sr_cli_loop_get_cancellable (self->loop), sr_cli_loop_callback, self->loop);
  sr_worker_run_finish (self->worker, sr_cli_loop_wait (self->loop), &error);
  g_clear_pointer (&progress, sr_cli_progress_free);

  note_seen (self, error);
  object = result_to_json (self, job, keep_logs && error == NULL);
  if (error != NULL)
    {
      SrCliExit exit = sr_cli_fail (self->cli, step_words (job),
                                    sr_authority_get_host (self->authority), error, sr_job_get_advice (job), object);

      if (!sr_cli_get_json (self->cli))
        print_state (job);
      return exit;
    }
  sr_cli_emit_object (self->cli, object);
  print_result (self, job, keep_logs);
  return SR_CLI_DONE;
}

static SrCliExit
run_backup (Backup *self)
{
  g_autoptr (GError) error = NULL;

  if (!recover (self, &error))
    return sr_cli_fail (self->cli, _("Looking for open sessions"), NULL, error, NULL, NULL);
  return run_job (self);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrWorker) worker = NULL;
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (JsonArray) recovered = NULL;
  g_autoptr (GError) error = NULL;
  Backup self;

  if (sr_cli_has (cli, "full") && sr_cli_has (cli, "logs"))
    return sr_cli_misuse (cli, _("--full and --logs exclude each other"));
  if (sr_cli_number (cli, "read-size", 64) % 64 != 0)
    return sr_cli_misuse (cli, _("The value of --read-size must be a multiple of 64"));
  list = sr_cli_load_authorities (cli, &exit);
  authority = list != NULL ? sr_cli_find_authority (cli, list, sr_cli_argument (cli, 0), &exit) : NULL;
  repository = authority != NULL ? sr_cli_open_repository (cli, TRUE, &exit) : NULL;
  if (repository == NULL)
    return exit;
  password = sr_cli_get_password (cli, authority, &error);
  if (error != NULL)
    return sr_cli_fail (cli, _("Signing in"), sr_authority_get_host (authority), error,
                        sr_advice_for_error (error, SR_ADVICE_ACTIVATE), NULL);

  worker = sr_worker_new ();
  loop = sr_cli_loop_new (_("Cancelling. The session with the CA is being ended first."),
                          _("Ending the session is under way. If the CA does not answer, this takes a minute at most."));
  recovered = json_array_new ();
  self = (Backup) { cli, list, authority, repository, password, worker, loop, recovered };
  return run_backup (&self);
}

const SrCliVerb sr_verb_backup = {
  .name = "backup",
  .arguments = "CA",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Back up a CA"),
  .description = N_("Reads the CA’s database and logs, or its logs alone, over the network, encrypted, writes them into a new set in the backup folder, "
                    "reads that back, and gives it its name only when all of it is on the disk and good. Only then the CA truncates its logs, "
                    "and the session is ended. Sessions with the CA that an earlier program left open are ended first.\n\n"
                    "SIGINT (Ctrl+C), SIGTERM and SIGHUP cancel: what was begun is ended, the session with the CA above all, and no half set stays behind.\n\n"
                    "Without --full or --logs the rules choose: a full backup when one is due or required, a log-only one otherwise. "
                    "A log-only backup continues a full one that truncated the CA’s logs; after a restore, after a full backup by another product, "
                    "with circular logging, and where logs are missing a full one is required. With --logs such a backup is refused, "
                    "with the rule’s code and exit code 3; without it, a full backup is made and the rule told.\n\n"
                    "With --keep-logs the CA’s database engine counts this backup as a copy, not as a full backup. The logs go on growing on the CA, "
                    "and a log-only backup answers -560 (full backup missing) unless an earlier full backup truncated them. "
                    "The set can be restored all the same.\n\n"
                    "The private key of the CA is not in its database: “certutil -backupKey” on the CA saves it."),
  .options = options,
  .signs_in = TRUE,
  .members = members,
  .run = run,
};
