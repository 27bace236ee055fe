/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-restore-plan.h"

G_BEGIN_DECLS

/**
 * SrRestoreCaState:
 * @SR_RESTORE_CA_AS_BEFORE: its files are those from before the restore, and CertSvc runs or not as it did
 * @SR_RESTORE_CA_STOPPED: its files are those from before, and CertSvc, which ran, is stopped
 * @SR_RESTORE_CA_HALF: its files are partly set aside, or are being put back; CertSvc is stopped and must stay so
 * @SR_RESTORE_CA_SUSPENDED: the files of the set are in place, RestoreInProgress is there and not completed: CertSvc does not start
 * @SR_RESTORE_CA_READY: RestoreInProgress is complete: CertSvc will recover when it starts
 * @SR_RESTORE_CA_RECOVERY_FAILED: CertSvc was started and could not recover
 * @SR_RESTORE_CA_RESTORED: CertSvc has recovered; it is the restored CA
 * @SR_RESTORE_CA_FOREIGN: a RestoreInProgress that is not this restore's is there
 * @SR_RESTORE_CA_UNKNOWN: the host could not be asked
 *
 * The states that a restore, wherever it was broken off, can leave the CA in: there are no others.
 */
typedef enum
{
  SR_RESTORE_CA_AS_BEFORE,
  SR_RESTORE_CA_STOPPED,
  SR_RESTORE_CA_HALF,
  SR_RESTORE_CA_SUSPENDED,
  SR_RESTORE_CA_READY,
  SR_RESTORE_CA_RECOVERY_FAILED,
  SR_RESTORE_CA_RESTORED,
  SR_RESTORE_CA_FOREIGN,
  SR_RESTORE_CA_UNKNOWN,
} SrRestoreCaState;

/**
 * sr_restore_ca_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "as-before"
 */
const char *sr_restore_ca_state_to_string (SrRestoreCaState state);

/**
 * sr_restore_ca_state_words:
 * @state: a state
 *
 * Returns: (transfer none): what that means, a sentence or two in the user's language
 */
const char *sr_restore_ca_state_words (SrRestoreCaState state);

/**
 * SrRestoreAction:
 * @SR_RESTORE_CONTINUE: go on where it stopped, to the restored CA
 * @SR_RESTORE_PUT_BACK: undo it: what was set aside comes back, what the restore brought is moved away
 * @SR_RESTORE_LEAVE: change nothing on the host and ask no more; the note beside the sets is still written if the CA was restored
 *
 * What can be done with a restore that is there. The table of recovery:
 *
 * |state           |Continue                         |Put Back                                      |Leave|
 * |as-before       |from the step where it stopped   |removes the copies of the sets from the host  |CA runs on as before|
 * |stopped         |the same                         |the same, and starts CertSvc                  |CertSvc stays stopped|
 * |half            |the same                         |renames all back, starts CertSvc if it ran    |CertSvc must not be started|
 * |suspended       |registers again, completes, starts|deletes RestoreInProgress (its own), moves the set's files away, renames all back, starts|CertSvc does not start|
 * |ready           |starts CertSvc                   |the same                                      |CertSvc recovers at its next start|
 * |recovery-failed |completes again, starts CertSvc  |the same                                      |CertSvc does not start|
 * |restored        |notes the restore beside the sets|the same, after stopping CertSvc; may lose what was issued since|only the note is written|
 * |foreign         |not offered                      |not offered                                   |the key stays|
 * |unknown         |may be tried                     |may be tried                                  |settled unseen|
 *
 * In the steps clearing and returning, Put Back goes on and Continue is not offered.
 */
typedef enum
{
  SR_RESTORE_CONTINUE,
  SR_RESTORE_PUT_BACK,
  SR_RESTORE_LEAVE,
} SrRestoreAction;

/**
 * sr_restore_action_to_string:
 * @action: an action
 *
 * Returns: (transfer none): the word in JSON, such as "put-back"
 */
const char *sr_restore_action_to_string (SrRestoreAction action);

/**
 * SrRestoreSituation:
 * @state: of the CA, as the host shows it now
 * @service_known: whether @service is known
 * @service: state of CertSvc and how it exited
 * @key: (nullable): RestoreInProgress as it is now
 * @offered: for each #SrRestoreAction whether it can be had
 * @may_have_issued: of a restored CA: whether its logs have changed since it recovered, so that Put Back may lose certificates; then it wants @accept_loss
 * @aside_folder: (nullable): where the CA's own files are
 * @undone_folder: (nullable): where a Put Back moves the restore's files
 * @error: (nullable): why the host could not be asked
 *
 * How a restore stands.
 */
typedef struct
{
  SrRestoreCaState state;
  gboolean service_known;
  SrServiceStatus service;
  SrRestoreInProgress *key;
  gboolean offered[SR_RESTORE_LEAVE + 1];
  gboolean may_have_issued;
  char *aside_folder;
  char *undone_folder;
  GError *error;
} SrRestoreSituation;

void sr_restore_situation_free (SrRestoreSituation *situation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreSituation, sr_restore_situation_free)

/**
 * sr_restore_look:
 * @entry: a journal's entry, settled or not
 * @host: (nullable): the CA's host
 * @cancellable: (nullable): a cancellable
 *
 * Looks how a restore stands and what can be done; changes nothing.
 *
 * Returns: (transfer full): the situation; %SR_RESTORE_CA_UNKNOWN with an error where the host cannot be asked
 */
SrRestoreSituation *sr_restore_look (const SrRestoreEntry *entry,
                                     SrCaHost             *host,
                                     GCancellable         *cancellable);

/**
 * sr_restore_action_words:
 * @action: an action
 * @situation: a situation
 * @entry: its journal's entry
 *
 * Returns: (transfer full): what the action does in this situation, a sentence or two in the user's language
 */
char *sr_restore_action_words (SrRestoreAction           action,
                               const SrRestoreSituation *situation,
                               const SrRestoreEntry     *entry);

/**
 * SrRestorePhase:
 *
 * What a session is at, for people; the steps of the journal, and what is outside of them.
 */
typedef enum
{
  SR_RESTORE_PHASE_IDLE,
  SR_RESTORE_PHASE_CHECKING,
  SR_RESTORE_PHASE_STOPPING,
  SR_RESTORE_PHASE_PREPARING,
  SR_RESTORE_PHASE_COPYING,
  SR_RESTORE_PHASE_SETTING_ASIDE,
  SR_RESTORE_PHASE_PLACING,
  SR_RESTORE_PHASE_REGISTERING,
  SR_RESTORE_PHASE_STARTING,
  SR_RESTORE_PHASE_RECORDING,
  SR_RESTORE_PHASE_PUTTING_BACK,
  SR_RESTORE_PHASE_DONE,
} SrRestorePhase;

/**
 * sr_restore_phase_to_string:
 * @phase: a phase
 *
 * Returns: (transfer none): the word in JSON, such as "copying"
 */
const char *sr_restore_phase_to_string (SrRestorePhase phase);

/**
 * sr_restore_phase_words:
 * @phase: a phase
 *
 * Returns: (transfer none): what is being done, in the user's language, such as "Copying the sets to the host"
 */
const char *sr_restore_phase_words (SrRestorePhase phase);

/**
 * SrRestoreProgress:
 * @phase: what it is at
 * @step: of the journal
 * @file: (nullable): the file at hand
 * @file_index: which one of this phase, from 1; 0 for none
 * @n_files: files of this phase, 0 when not known
 * @bytes_done: bytes of this phase so far
 * @bytes_total: bytes of this phase, 0 when it moves none
 * @fraction: of the whole, 0 to 1; never goes down
 * @can_cancel: whether cancelling leads back to the CA as it was; not while CertSvc recovers, nor behind that, nor while putting back
 */
typedef struct
{
  SrRestorePhase phase;
  SrRestoreStep step;
  const char *file;
  guint file_index;
  guint n_files;
  guint64 bytes_done;
  guint64 bytes_total;
  double fraction;
  gboolean can_cancel;
} SrRestoreProgress;

/**
 * SrRestoreProgressFunc:
 * @progress: how far it is; valid during the call only
 * @user_data: the caller's
 *
 * Called on the thread of sr_restore_session_run(), at every change of phase, step
 * and file, and after every piece. It must be quick.
 */
typedef void (*SrRestoreProgressFunc) (const SrRestoreProgress *progress,
                                       gpointer                 user_data);

/**
 * SrRestoreTimeouts:
 * @stop: until CertSvc and its dependents are stopped; 120 seconds
 * @start: until CertSvc has recovered and runs; 1800 seconds
 *
 * Seconds; 0 stands for the value told above. Single calls have the host's own.
 */
typedef struct
{
  double stop;
  double start;
} SrRestoreTimeouts;

/**
 * SrRestoreOptions:
 * @plan: (nullable): a plan that is ready: a new restore; a reference is kept
 * @entry: (nullable): without @plan: a restore that is there; copied
 * @action: what to do with @entry
 * @accept_loss: whether Put Back may lose what a restored CA has issued
 * @replace: (nullable): the CA's name as typed, where sr_restore_plan_needs_name() asks for it
 * @repository: the backup folder; a reference is kept
 * @lock: the CA's exclusive lock there; must outlive the session
 * @host: (nullable): the CA's host; may be %NULL for %SR_RESTORE_LEAVE. A reference is kept
 * @timeouts: see there
 * @progress: (nullable): told of every change
 * @check: (nullable): told of the checks, which a new restore makes again
 * @user_data: for both
 *
 * What is wanted.
 */
typedef struct
{
  SrRestorePlan *plan;
  const SrRestoreEntry *entry;
  SrRestoreAction action;
  gboolean accept_loss;
  const char *replace;
  SrRepository *repository;
  SrLock *lock;
  SrCaHost *host;
  SrRestoreTimeouts timeouts;
  SrRestoreProgressFunc progress;
  SrRestoreCheckFunc check;
  gpointer user_data;
} SrRestoreOptions;

/**
 * SrRestoreSession:
 *
 * One restore from RestorePrepare to RestoreEnd, or one recovery of a restore
 * that is there. It runs once.
 */
typedef struct _SrRestoreSession SrRestoreSession;

/**
 * sr_restore_session_new:
 * @options: what is wanted; copied
 *
 * Returns: (transfer full): a session that has not started
 */
SrRestoreSession *sr_restore_session_new (const SrRestoreOptions *options);

/**
 * sr_restore_session_free:
 * @session: (transfer full): a session that is not running
 */
void sr_restore_session_free (SrRestoreSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreSession, sr_restore_session_free)

/**
 * sr_restore_session_run:
 * @session: a session that has not run
 * @cancellable: (nullable): stops it, so long as @can_cancel is told; later it is not looked at
 * @error: where to put an error
 *
 * Checks again, and restores: journal, stop, RestorePrepare, copies (each read
 * back from the host), sets aside, RestoreRegister for each set,
 * RestoreRegisterComplete once behind the last, RestoreEnd, start, which
 * recovers, and the note beside the sets. Nothing is activated over DCOM.
 *
 * RestoreRegisterComplete comes once, not behind each set: until then CertSvc does not
 * start, so that a restore that was broken off is never taken for one of an earlier point.
 *
 * A new restore that fails or is cancelled before CertSvc is started is put back at once; if that fails too,
 * or CertSvc could not recover, the journal stays for Continue, Put Back and Leave. RestoreEnd is
 * called once for each successful RestorePrepare, on every path.
 *
 * Sets the error of a check; %SR_ERROR_STATE for a plan that is not ready or was taken before, an action
 * that is not offered, and a name that is missing or another; %SR_HRESULT_ERROR with CertSvc's exit code; the errors of
 * #SrCaHost; %SR_STORE_ERROR; %G_IO_ERROR_CANCELLED. Messages name the step and the host.
 *
 * Returns: whether all that was wanted is done
 */
gboolean sr_restore_session_run (SrRestoreSession *session,
                                 GCancellable     *cancellable,
                                 GError          **error);

/**
 * SrRestoreOutcome:
 * @state: of the CA
 * @entry: the journal as it is now
 * @failed_step: where the error came, if there was one; else %SR_RESTORE_STEP_OPENED
 * @put_back: whether a failed restore was put back
 * @put_back_error: (nullable): why that failed
 * @warning: (nullable): what did not go well and changes nothing: copies that could not be removed, services that did not start again
 * @aside_folder: (nullable): where the CA's own files are now
 * @undone_folder: (nullable): where the restore's files are after a Put Back
 * @offered: for each #SrRestoreAction whether it can be had now
 * @full_backup_due: whether the CA needs a new full backup
 * @words: the state of the CA, what was set aside where, and what to do: sentences in the user's language
 */
typedef struct
{
  SrRestoreCaState state;
  const SrRestoreEntry *entry;
  SrRestoreStep failed_step;
  gboolean put_back;
  GError *put_back_error;
  char *warning;
  char *aside_folder;
  char *undone_folder;
  gboolean offered[SR_RESTORE_LEAVE + 1];
  gboolean full_backup_due;
  char *words;
} SrRestoreOutcome;

/**
 * sr_restore_session_get_outcome:
 * @session: a session that ran
 *
 * Returns: (transfer none): what came of it, also after an error
 */
const SrRestoreOutcome *sr_restore_session_get_outcome (SrRestoreSession *session);

G_END_DECLS
