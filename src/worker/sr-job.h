/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"
#include "session/sr-backup-session.h"
#include "store/sr-chain-export.h"
#include "worker/sr-restore.h"
#include "worker/sr-restore-left.h"

G_BEGIN_DECLS

/** SR_JOB_UPDATES_PER_SECOND: how often the properties of a job change at most */
#define SR_JOB_UPDATES_PER_SECOND 30

/**
 * SrJobKind:
 * @SR_JOB_BACKUP: backing up a CA
 * @SR_JOB_VERIFY: reading a set and comparing it with its manifest
 * @SR_JOB_EXPORT: making a folder of a chain that certutil reads
 * @SR_JOB_RESTORE: restoring a CA, or what is done with a restore that was broken off
 */
typedef enum
{
  SR_JOB_BACKUP,
  SR_JOB_VERIFY,
  SR_JOB_EXPORT,
  SR_JOB_RESTORE,
} SrJobKind;

/**
 * SrJobState:
 * @SR_JOB_QUEUED: waits for its turn
 * @SR_JOB_RUNNING: runs
 * @SR_JOB_CANCELLING: was cancelled and is ending what it had begun
 * @SR_JOB_DONE: all that was wanted is done
 * @SR_JOB_FAILED: ended with an error
 * @SR_JOB_CANCELLED: ended because it was cancelled
 */
typedef enum
{
  SR_JOB_QUEUED,
  SR_JOB_RUNNING,
  SR_JOB_CANCELLING,
  SR_JOB_DONE,
  SR_JOB_FAILED,
  SR_JOB_CANCELLED,
} SrJobState;

/**
 * sr_job_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "running"
 */
const char *sr_job_state_to_string (SrJobState state);

/**
 * sr_job_state_is_final:
 * @state: a state
 *
 * Returns: whether nothing more will happen
 */
gboolean sr_job_state_is_final (SrJobState state);

/**
 * SrJob:
 *
 * One piece of work, as window and terminal show it. Its properties change on
 * the main context that was the thread's default when it was made, at most
 * %SR_JOB_UPDATES_PER_SECOND times a second, and all of an update together:
 *
 * - kind (int, #SrJobKind), title (string), config (string)
 * - state (int, #SrJobState)
 * - phase (int, #SrBackupPhase), phase-words (string): "Reading log 3 of 7"
 * - fraction (double): of the whole, 0 to 1; it only rises, and is 1 only when all is done
 * - bytes, total (uint64): of the files, as far as they are known; counted anew while the set is read back
 * - rate (double): bytes a second, 0 when not known yet
 * - time-left (int64): microseconds, -1 when not known
 * - file (string): the file at hand
 * - session-state (int, #SrSessionState), last-call (string)
 * - last-call-at, last-ping-at (int64): microseconds since 1970 UTC, 0 for never
 * - error (boxed #GError): why it failed, or how it was cancelled
 * - set (#SrBackupSet): what it has published, verified or restored
 * - can-cancel (boolean): whether sr_job_cancel() still does something
 * - restore-phase (int, #SrRestorePhase): of a restore; its phase (of a backup) stays idle
 *
 * To be used on the thread of that context only.
 */
#define SR_TYPE_JOB (sr_job_get_type ())
G_DECLARE_FINAL_TYPE (SrJob, sr_job, SR, JOB, GObject)

/**
 * SrBackupJobOptions:
 * @authority: the CA
 * @password: (nullable): where one is needed
 * @repository: the backup folder
 * @kind: full or logs only; what no rule allows is refused
 * @automatic: whether the rules choose between the two; @kind is not looked at then
 * @keep_logs: leave the CA's logs as they are; see sr_job_keep_logs_words()
 * @no_verify: publish the set without reading it back; logs are then kept too
 * @read_size: bytes of each read, 0 for the usual
 * @timeouts: 0 for the usual
 * @journal_folder: (nullable): where open sessions are noted, %NULL for the usual
 *
 * What a backup job is to do. Strings are copied, references are taken.
 */
typedef struct
{
  SrAuthority *authority;
  SrSecret *password;
  SrRepository *repository;
  SrBackupKind kind;
  gboolean automatic;
  gboolean keep_logs;
  gboolean no_verify;
  guint32 read_size;
  SrBackupTimeouts timeouts;
  const char *journal_folder;
} SrBackupJobOptions;

/**
 * sr_job_new_backup:
 * @options: what is to be done
 *
 * Returns: (transfer full): a job that is queued nowhere yet; see sr_worker_run_async()
 */
SrJob *sr_job_new_backup (const SrBackupJobOptions *options);

/**
 * sr_job_new_verify:
 * @set: a set
 *
 * Returns: (transfer full): a job that verifies it
 */
SrJob *sr_job_new_verify (SrBackupSet *set);

/**
 * sr_job_new_export:
 * @chain: a chain
 * @until: (nullable): the last of its sets that is taken, %NULL for all
 * @path: a folder that is empty or not there yet
 *
 * Returns: (transfer full): a job that exports it, see sr_chain_export(); its set is the last that is taken
 */
SrJob *sr_job_new_export (SrChain     *chain,
                          SrBackupSet *until,
                          const char  *path);

/**
 * sr_job_new_restore:
 * @restore: a restore that is ready and not busy; its plan is taken, and its checks are live again while the job makes them
 * @replace: (nullable): the CA's name as typed, where sr_restore_plan_needs_name() asks for it
 *
 * Returns: (transfer full): a job that restores the CA; it holds the CA's lock from its begin to its end
 */
SrJob *sr_job_new_restore (SrRestore  *restore,
                           const char *replace);

/**
 * SrRestoreRecoveryOptions:
 * @left: a restore that is there
 * @authority: (nullable): the CA; may be %NULL for %SR_RESTORE_LEAVE
 * @password: (nullable): where one is needed
 * @action: what to do with it
 * @accept_loss: whether Put Back may lose what the restored CA has issued, see #SrRestoreSituation
 *
 * What is to be done with a restore that was broken off, or that can be put back.
 */
typedef struct
{
  SrRestoreLeft *left;
  SrAuthority *authority;
  SrSecret *password;
  SrRestoreAction action;
  gboolean accept_loss;
} SrRestoreRecoveryOptions;

/**
 * sr_job_new_restore_recovery:
 * @options: what is to be done
 *
 * Returns: (transfer full): a job (%SR_JOB_RESTORE) that does it; it holds the CA's lock from its begin to its end
 */
SrJob *sr_job_new_restore_recovery (const SrRestoreRecoveryOptions *options);

/**
 * sr_job_cancel:
 * @self: a job
 *
 * Cancels the job: one in the queue at once, a running one as soon as what it
 * has begun is ended. Its state shows it at once. More than once does nothing more,
 * nor does it for a restore that cannot be cancelled any more: see can-cancel.
 */
void sr_job_cancel (SrJob *self);

/* What the properties hold. */
SrJobKind sr_job_get_kind (SrJob *self);
SrJobState sr_job_get_state (SrJob *self);
const char *sr_job_get_title (SrJob *self);
const char *sr_job_get_config (SrJob *self);
SrBackupPhase sr_job_get_phase (SrJob *self);
const char *sr_job_get_phase_words (SrJob *self);
double sr_job_get_fraction (SrJob *self);
guint64 sr_job_get_bytes (SrJob *self);
guint64 sr_job_get_total (SrJob *self);
double sr_job_get_rate (SrJob *self);
gint64 sr_job_get_time_left (SrJob *self);
const char *sr_job_get_file (SrJob *self);
SrSessionState sr_job_get_session_state (SrJob *self);
const char *sr_job_get_last_call (SrJob *self);
gint64 sr_job_get_last_call_at (SrJob *self);
gint64 sr_job_get_last_ping_at (SrJob *self);
const GError *sr_job_get_error (SrJob *self);
SrBackupSet *sr_job_get_set (SrJob *self);

/**
 * sr_job_get_authority:
 * @self: a job
 *
 * Returns: (nullable) (transfer none): the CA of a backup
 */
SrAuthority *sr_job_get_authority (SrJob *self);

/**
 * sr_job_get_automatic:
 * @self: a backup
 *
 * Returns: whether the rules were to choose its kind
 */
gboolean sr_job_get_automatic (SrJob *self);

/**
 * sr_job_get_keep_logs:
 * @self: a backup
 *
 * Returns: whether it was asked to leave the CA's logs as they are
 */
gboolean sr_job_get_keep_logs (SrJob *self);

/**
 * sr_job_get_failed_phase:
 * @self: a job that failed or was cancelled
 *
 * Returns: where; %SR_BACKUP_PHASE_IDLE when the CA's lock or the backup folder could not be had
 */
SrBackupPhase sr_job_get_failed_phase (SrJob *self);

/**
 * sr_job_get_advice:
 * @self: a job that failed
 *
 * Returns: (nullable) (transfer none): what to do about it
 */
const char *sr_job_get_advice (SrJob *self);

/**
 * sr_job_get_record:
 * @self: a backup that has come to its end
 *
 * Returns: (transfer none): whether logs were truncated and the session was ended
 */
const SrSessionRecord *sr_job_get_record (SrJob *self);

/**
 * sr_job_get_backup_kind:
 * @self: a backup that has come to its end
 *
 * Returns: what it made or was to make, as wanted or as the rules chose
 */
SrBackupKind sr_job_get_backup_kind (SrJob *self);

/**
 * sr_job_get_rule:
 * @self: a backup that has come to its end
 *
 * Returns: the rule that refused it; else the one for which the automatic
 * choice was a full backup, also after the CA had refused a log-only one; else
 * %SR_BACKUP_RULE_NONE
 */
SrBackupRule sr_job_get_rule (SrJob *self);

/**
 * sr_job_get_counts:
 * @self: a backup that has come to its end
 *
 * Returns: (transfer none): what it has moved
 */
const SrBackupCounts *sr_job_get_counts (SrJob *self);

/**
 * sr_job_get_problems:
 * @self: a verification that has come to its end
 *
 * Returns: (nullable) (transfer none) (element-type SrSetProblem): what was found
 */
GPtrArray *sr_job_get_problems (SrJob *self);

/** Returns: whether sr_job_cancel() still does something */
gboolean sr_job_get_can_cancel (SrJob *self);

/**
 * SrRestoreStageState:
 * @SR_RESTORE_STAGE_WAITING: not begun
 * @SR_RESTORE_STAGE_RUNNING: at it
 * @SR_RESTORE_STAGE_DONE: done, also one that an earlier run had done
 * @SR_RESTORE_STAGE_FAILED: it failed, or was cancelled in it
 * @SR_RESTORE_STAGE_UNDONE: the restore was put back: whatever it did is undone
 * @SR_RESTORE_STAGE_NOT_DONE: the end came before it
 */
typedef enum
{
  SR_RESTORE_STAGE_WAITING,
  SR_RESTORE_STAGE_RUNNING,
  SR_RESTORE_STAGE_DONE,
  SR_RESTORE_STAGE_FAILED,
  SR_RESTORE_STAGE_UNDONE,
  SR_RESTORE_STAGE_NOT_DONE,
} SrRestoreStageState;

/**
 * sr_restore_stage_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "done"
 */
const char *sr_restore_stage_state_to_string (SrRestoreStageState state);

/**
 * sr_restore_stage_state_words:
 * @state: a state
 *
 * Returns: (transfer none): for people, such as "Done"
 */
const char *sr_restore_stage_state_words (SrRestoreStageState state);

/**
 * SrRestoreStage:
 *
 * One stage of a restore job, as a row shows it. Its properties change with those of its job:
 *
 * - phase (int, #SrRestorePhase), title (string): "Copying the sets to the host"
 * - state (int, #SrRestoreStageState), state-words (string)
 * - detail (string): "File 3 of 31, 4 MB of 120 MB"; %NULL for nothing
 */
#define SR_TYPE_RESTORE_STAGE (sr_restore_stage_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreStage, sr_restore_stage, SR, RESTORE_STAGE, GObject)

SrRestorePhase sr_restore_stage_get_phase (SrRestoreStage *self);
const char *sr_restore_stage_get_title (SrRestoreStage *self);
SrRestoreStageState sr_restore_stage_get_state (SrRestoreStage *self);
const char *sr_restore_stage_get_detail (SrRestoreStage *self);

/**
 * sr_job_get_stages:
 * @self: a job
 *
 * Returns: (nullable) (transfer none) (type GListModel<SrRestoreStage>): the stages of a restore in their order; putting back
 * comes at the end once that begins. %NULL for other jobs
 */
GListModel *sr_job_get_stages (SrJob *self);

/** Returns: what a restore is at */
SrRestorePhase sr_job_get_restore_phase (SrJob *self);

/** Returns: (nullable) (transfer none): the restore that the job was made of */
SrRestore *sr_job_get_restore (SrJob *self);

/** Returns: (nullable) (transfer none): the broken-off one that it was made of */
SrRestoreLeft *sr_job_get_restore_left (SrJob *self);

/** Returns: what is done with sr_job_get_restore_left() */
SrRestoreAction sr_job_get_restore_action (SrJob *self);

/**
 * sr_job_get_outcome:
 * @self: a restore that has come to its end
 *
 * Returns: (nullable) (transfer none): the state of the CA, what was set aside where, what can be had now, and all of it in words;
 * %NULL when it did not come so far as to begin: nothing was changed then
 */
const SrRestoreOutcome *sr_job_get_outcome (SrJob *self);

/**
 * sr_job_find_left_async:
 * @self: a restore that has come to its end
 * @cancellable: (nullable): stops waiting
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Finds the restore's journal in the backup folder, for Continue, Put Back and
 * Leave right after a failure, and for Put Back after a success.
 */
void sr_job_find_left_async (SrJob              *self,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);

/**
 * sr_job_find_left_finish:
 * @self: a restore
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_MISSING when there is none, %SR_STORE_ERROR, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the restore, or %NULL
 */
SrRestoreLeft *sr_job_find_left_finish (SrJob        *self,
                                        GAsyncResult *result,
                                        GError      **error);

/**
 * sr_job_get_elapsed:
 * @self: a job
 *
 * Returns: microseconds that it has run, up to its end
 */
gint64 sr_job_get_elapsed (SrJob *self);

/**
 * SrJobStep:
 * @at: when, microseconds since 1970 UTC
 * @phase: the phase
 * @call: a method that was called in it for the first time
 */
typedef struct
{
  gint64 at;
  SrBackupPhase phase;
  char *call;
} SrJobStep;

/**
 * sr_job_get_trace:
 * @self: a backup
 *
 * Returns: (transfer none) (element-type SrJobStep): what was asked of the CA, in its order: each method once in a phase
 */
GPtrArray *sr_job_get_trace (SrJob *self);

/**
 * sr_job_get_begun_time:
 * @self: a job
 *
 * Returns: when it began to run, microseconds since 1970 UTC; 0 when it never did
 */
gint64 sr_job_get_begun_time (SrJob *self);

/**
 * sr_job_get_ended_time:
 * @self: a job
 *
 * Returns: when it came to its end, microseconds since 1970 UTC; 0 when it did not yet
 */
gint64 sr_job_get_ended_time (SrJob *self);

/**
 * sr_job_keep_logs_words:
 *
 * Returns: (transfer none): what follows from keeping the logs, in the user's language
 */
const char *sr_job_keep_logs_words (void);

G_END_DECLS
