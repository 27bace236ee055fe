/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"

#include <glib/gi18n-lib.h>

/* The synchronous work of jobs, on a thread of its own. */

static void
report_progress (const SrBackupProgress *progress,
                 gpointer                user_data)
{
  sr_job_report (user_data, progress);
}

static void
take_record (SrJobResult           *result,
             const SrSessionRecord *record)
{
  result->record = *record;
  result->record.detail = g_strdup (record->detail);
}

static void
run_session (SrJob        *job,
             SrDcomTarget *target,
             SrLock       *lock,
             gboolean      full_instead,
             SrJobResult  *result,
             GCancellable *cancellable)
{
  const SrJobOrder *order = sr_job_get_order (job);
  SrBackupOptions options = {
    .target = target,
    .config = sr_lock_get_config (lock),
    .display_name = order->display_name,
    .kind = full_instead ? SR_BACKUP_FULL : order->kind,
    .automatic = order->automatic && !full_instead,
    .repository = order->repository,
    .lock = lock,
    .keep_logs = order->keep_logs,
    .no_verify = order->no_verify,
    .read_size = order->read_size,
    .timeouts = order->timeouts,
    .journal_folder = order->journal_folder,
    .progress = report_progress,
    .user_data = job,
  };
  g_autoptr (SrBackupSession) session = sr_backup_session_new (&options);

  sr_backup_session_run (session, cancellable, &result->error);
  g_set_object (&result->set, sr_backup_session_get_set (session));
  take_record (result, sr_backup_session_get_record (session));
  result->counts = *sr_backup_session_get_counts (session);
  result->session_state = sr_backup_session_get_state (session);
  result->failed_phase = sr_backup_session_get_failed_phase (session);
  result->advice = sr_backup_session_get_advice (session);
  result->backup_kind = sr_backup_session_get_kind (session);
  result->rule = sr_backup_session_get_rule (session);
}

/* Whether the automatic choice was a log-only backup that only the CA showed to
 * be impossible, with nothing of it left: a full one can be had at once. */
static gboolean
wants_full_instead (SrJob       *job,
                    SrJobResult *result)
{
  return sr_job_get_order (job)->automatic
         && result->backup_kind == SR_BACKUP_LOGS
         && sr_backup_rule_from_error (result->error) != SR_BACKUP_RULE_NONE
         && (result->session_state == SR_SESSION_NOT_OPEN || result->session_state == SR_SESSION_ENDED)
         && !g_cancellable_is_cancelled (sr_job_get_cancellable (job));
}

/* A full backup for the rule that refused the log-only one. */
static void
run_full_instead (SrJob        *job,
                  SrDcomTarget *target,
                  SrLock       *lock,
                  SrJobResult  *result)
{
  SrBackupRule rule = result->rule;

  g_info ("A full backup instead: %s", result->error->message);
  g_clear_error (&result->error);
  sr_session_record_clear (&result->record);
  run_session (job, target, lock, TRUE, result, sr_job_get_cancellable (job));
  if (result->rule == SR_BACKUP_RULE_NONE)
    result->rule = rule;
}

/* Its CertSvc must not be started now, which reaching the CA would do. */
static gboolean
check_restores (SrRepository *repository,
                const char   *config,
                GError      **error)
{
  g_autoptr (GPtrArray) restores = sr_restore_journal_list (repository, config, FALSE, error);

  if (restores != NULL && restores->len > 0)
    /* Translators: %s is HOST\CA */
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_RESTORING,
                 _("A restore of “%s” was broken off. Continue it, put it back, or leave it first"), config);
  return restores != NULL && restores->len == 0;
}

static void
run_backup (SrJob       *job,
            SrJobResult *result)
{
  const SrJobOrder *order = sr_job_get_order (job);
  g_autoptr (SrDcomTarget) target = sr_job_take_target (job, &result->error);
  g_autoptr (SrLock) lock = NULL;

  if (target == NULL)
    {
      result->failed_phase = SR_BACKUP_PHASE_CONNECTING;
      return;
    }
  lock = sr_repository_lock_authority (order->repository, order->config, SR_LOCK_EXCLUSIVE, NULL, &result->error);
  /* Better to know before the CA is asked to prepare anything. */
  if (lock == NULL || !sr_repository_check_writable (order->repository, 0, &result->error)
      || !check_restores (order->repository, order->config, &result->error))
    return;
  run_session (job, target, lock, FALSE, result, sr_job_get_cancellable (job));
  if (wants_full_instead (job, result))
    run_full_instead (job, target, lock, result);
}

static void
report_hashed (guint64     done,
               guint64     total,
               const char *file,
               gpointer    user_data)
{
  SrBackupProgress progress = {
    .phase = SR_BACKUP_PHASE_VERIFYING,
    .file = file,
    .bytes_done = done,
    .bytes_total = total,
    .total_known = TRUE,
  };

  sr_job_report (user_data, &progress);
}

static void
run_verify (SrJob       *job,
            SrJobResult *result)
{
  g_autoptr (GError) unwritten = NULL;

  result->set = g_object_ref (sr_job_get_order (job)->set);
  sr_backup_set_verify (result->set, report_hashed, job, &result->problems, sr_job_get_cancellable (job), &result->error);
  if (result->error != NULL)
    result->failed_phase = SR_BACKUP_PHASE_VERIFYING;
  /* A set on a read-only disk is as good without the note of it. */
  if (!g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && !sr_backup_set_record_verification (result->set, sr_set_problems_judge (result->problems), result->error, &unwritten))
    g_debug ("%s", unwritten->message);
}

static void
run_export (SrJob       *job,
            SrJobResult *result)
{
  const SrJobOrder *order = sr_job_get_order (job);

  result->set = g_object_ref (order->set);
  sr_chain_export (order->chain, order->set, order->path, report_hashed, job, sr_job_get_cancellable (job), &result->error);
  if (result->error != NULL)
    result->failed_phase = SR_BACKUP_PHASE_VERIFYING;
}

void
sr_job_run (SrJob *self)
{
  SrJobResult *result = g_new0 (SrJobResult, 1);

  result->backup_kind = sr_job_get_order (self)->kind; /* until a session knows better */
  if (sr_job_get_kind (self) == SR_JOB_BACKUP)
    run_backup (self, result);
  else if (sr_job_get_kind (self) == SR_JOB_EXPORT)
    run_export (self, result);
  else if (sr_job_get_kind (self) == SR_JOB_RESTORE)
    sr_job_run_restore (self, result);
  else
    run_verify (self, result);
  sr_job_report_end (self, result);
}
