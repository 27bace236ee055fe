/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "store/sr-backup-rules.h"
#include "store/sr-repository.h"

G_BEGIN_DECLS

/** SR_SESSION_READ_SIZE: bytes asked for in one BackupReadFile unless set, as Microsoft's sample does */
#define SR_SESSION_READ_SIZE (512 * 1024)

/** SR_SESSION_READ_UNIT: read sizes are multiples of this, which is one of every page size in use */
#define SR_SESSION_READ_UNIT (64 * 1024)

/**
 * SrBackupPhase:
 * @SR_BACKUP_PHASE_IDLE: not started
 * @SR_BACKUP_PHASE_CONNECTING: activating the object, asking for the CA's certificate
 * @SR_BACKUP_PHASE_PREPARING: BackupPrepare
 * @SR_BACKUP_PHASE_LOCATIONS: RestoreGetDatabaseLocations
 * @SR_BACKUP_PHASE_DATABASE: reading databases
 * @SR_BACKUP_PHASE_LOGS: reading logs
 * @SR_BACKUP_PHASE_DYNAMIC: BackupGetDynamicFiles
 * @SR_BACKUP_PHASE_VERIFYING: reading the set back from the disk
 * @SR_BACKUP_PHASE_PUBLISHING: giving the set its name
 * @SR_BACKUP_PHASE_TRUNCATING: BackupTruncateLogs
 * @SR_BACKUP_PHASE_ENDING: BackupEnd and RemRelease
 * @SR_BACKUP_PHASE_DONE: nothing more will happen
 *
 * What a session is at. A phase never comes back; phases may be left out.
 */
typedef enum
{
  SR_BACKUP_PHASE_IDLE,
  SR_BACKUP_PHASE_CONNECTING,
  SR_BACKUP_PHASE_PREPARING,
  SR_BACKUP_PHASE_LOCATIONS,
  SR_BACKUP_PHASE_DATABASE,
  SR_BACKUP_PHASE_LOGS,
  SR_BACKUP_PHASE_DYNAMIC,
  SR_BACKUP_PHASE_VERIFYING,
  SR_BACKUP_PHASE_PUBLISHING,
  SR_BACKUP_PHASE_TRUNCATING,
  SR_BACKUP_PHASE_ENDING,
  SR_BACKUP_PHASE_DONE,
} SrBackupPhase;

/**
 * sr_backup_phase_to_string:
 * @phase: a phase
 *
 * Returns: (transfer none): the word in JSON, such as "database"
 */
const char *sr_backup_phase_to_string (SrBackupPhase phase);

/**
 * sr_backup_phase_words:
 * @phase: a phase
 *
 * Returns: (transfer none): what is being done, in the user's language, such as "Reading the database"
 */
const char *sr_backup_phase_words (SrBackupPhase phase);

/**
 * SrSessionState:
 * @SR_SESSION_NOT_OPEN: BackupPrepare was not sent, or the server refused it
 * @SR_SESSION_MAYBE_OPEN: BackupPrepare was sent and no answer came: it counts as open
 * @SR_SESSION_OPEN: BackupPrepare succeeded
 * @SR_SESSION_ENDED: the server confirmed that the session is over
 * @SR_SESSION_LEFT_OPEN: BackupEnd could not be settled; the journal keeps the session for recovery
 * @SR_SESSION_LOST: the server does not know the object any more: it was reclaimed, or the service was restarted. Whether the backup outlived it there cannot be told from here, and nothing can be sent to it
 *
 * The session on the server, as far as it is known.
 */
typedef enum
{
  SR_SESSION_NOT_OPEN,
  SR_SESSION_MAYBE_OPEN,
  SR_SESSION_OPEN,
  SR_SESSION_ENDED,
  SR_SESSION_LEFT_OPEN,
  SR_SESSION_LOST,
} SrSessionState;

/**
 * sr_session_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "open"
 */
const char *sr_session_state_to_string (SrSessionState state);

/**
 * SrBackupProgress:
 * @phase: what it is at
 * @state: of the session on the server
 * @file: (nullable): the file at hand: its name on the server without the path, or a path inside the set while verifying
 * @file_index: which one of the files of this phase, from 1; 0 for none
 * @n_files: files of this phase; 0 when not known
 * @file_done: bytes of @file so far
 * @file_size: bytes of @file
 * @bytes_done: bytes of all files so far (in %SR_BACKUP_PHASE_VERIFYING: read back so far)
 * @bytes_total: bytes of all files as far as is known: of those opened so far, while reading; sizes come one at a time, since logs may not be listed early
 * @total_known: whether @bytes_total is final
 * @last_call: (nullable): the method called last
 * @last_call_at: when it was sent, microseconds since 1970 UTC, 0 for never
 * @last_ping_at: when the server last answered a ping, 0 for never
 *
 * How far a session is.
 */
typedef struct
{
  SrBackupPhase phase;
  SrSessionState state;
  const char *file;
  guint file_index;
  guint n_files;
  guint64 file_done;
  guint64 file_size;
  guint64 bytes_done;
  guint64 bytes_total;
  gboolean total_known;
  const char *last_call;
  gint64 last_call_at;
  gint64 last_ping_at;
} SrBackupProgress;

/**
 * SrBackupProgressFunc:
 * @progress: how far it is; valid during the call only
 * @user_data: the caller's
 *
 * Called on the thread of sr_backup_session_run(), at every change of phase,
 * state and file, before every call but BackupReadFile, and after every read.
 * It must be quick.
 */
typedef void (*SrBackupProgressFunc) (const SrBackupProgress *progress,
                                      gpointer                user_data);

/**
 * SrBackupTimeouts:
 * @connect: activation in all; 30 seconds
 * @call: any other call; 120 seconds
 * @truncate: BackupTruncateLogs; 600 seconds
 * @end: ending the session in all, with new connections and repetitions; 60 seconds
 * @settle: how long after a lost BackupPrepare an answer "no session is open" must still hold; 3 seconds
 *
 * Seconds; 0 stands for the value told above.
 */
typedef struct
{
  double connect;
  double call;
  double truncate;
  double end;
  double settle;
} SrBackupTimeouts;

/**
 * SrBackupOptions:
 * @target: the server and how to sign in; a reference is kept
 * @config: the CA's config string, HOST\CA; the part behind the backslash is sent as the authority
 * @display_name: (nullable): its name for people
 * @kind: full or logs only; what no rule allows is refused
 * @automatic: whether the rules choose between the two (see sr_backup_rules_choose()); @kind is not looked at then
 * @repository: the backup folder; a reference is kept
 * @lock: the CA's exclusive lock there, whose config string is @config; must outlive the session
 * @keep_logs: whether BackupTruncateLogs is left out
 * @no_verify: publish without reading the set back; then logs are kept whatever @keep_logs says
 * @read_size: bytes for each BackupReadFile, a multiple of %SR_SESSION_READ_UNIT up to %SR_CERT_ADMIN_MAX_READ; 0 for %SR_SESSION_READ_SIZE
 * @timeouts: see there
 * @journal_folder: (nullable): where open sessions are noted, %NULL for sr_journal_default_folder()
 * @progress: (nullable): told of every change
 * @user_data: for @progress
 *
 * What is wanted. Everything but @target, @config, @repository and @lock may be 0.
 */
typedef struct
{
  SrDcomTarget *target;
  const char *config;
  const char *display_name;
  SrBackupKind kind;
  gboolean automatic;
  SrRepository *repository;
  SrLock *lock;
  gboolean keep_logs;
  gboolean no_verify;
  guint32 read_size;
  SrBackupTimeouts timeouts;
  const char *journal_folder;
  SrBackupProgressFunc progress;
  gpointer user_data;
} SrBackupOptions;

/**
 * SrBackupSession:
 *
 * One backup from activation to BackupEnd (MS-CSRA 3.2.4.1.18). It runs once.
 */
typedef struct _SrBackupSession SrBackupSession;

/**
 * sr_backup_session_new:
 * @options: what is wanted; copied
 *
 * Returns: (transfer full): a session that has not started
 */
SrBackupSession *sr_backup_session_new (const SrBackupOptions *options);

/**
 * sr_backup_session_free:
 * @session: (transfer full): a session that is not running
 */
void sr_backup_session_free (SrBackupSession *session);

/**
 * sr_backup_session_run:
 * @session: a session that has not run
 * @cancellable: (nullable): stops it; the call that waits is given up (BackupPrepare and BackupTruncateLogs are waited for), and the session is still ended
 * @error: where to put an error
 *
 * Makes the backup: activates, prepares, reads locations, databases and then
 * logs, publishes the set, truncates the logs for a set that is published and
 * verified (unless they are to be kept), and ends the session. Every session
 * that was or may have been opened is ended, on every path, within its own
 * deadline; what cannot be ended stays in the journal for sr_session_recover().
 *
 * Rules (store/sr-backup-rules.h) are looked at before the CA is asked for
 * anything, again with what it says of itself, when it has listed its logs, and
 * when they are read: nothing is truncated against a rule. What the CA answers
 * to a log-only backup (-560, -526, -569), a gap, and logs that contradict the sets are
 * noted beside the sets, so that the next backup is a full one.
 *
 * Sets %SR_BACKUP_RULE_ERROR for a backup that a rule refuses; %SR_HRESULT_ERROR with the server's answer (see
 * sr_backup_session_get_advice() for an access denied); %SR_RPC_FAULT, %SR_STORE_ERROR, %SR_ERROR_CLOSED,
 * %SR_ERROR_TIMED_OUT, %SR_ERROR_MALFORMED for lists that break the rules,
 * %SR_ERROR_MISMATCH for a file that is shorter or longer than announced,
 * %SR_ERROR_STATE when it ran already, %G_IO_ERROR_CANCELLED and others of
 * %G_IO_ERROR. Messages name the step and the host.
 *
 * A failure behind the publication leaves the set: sr_backup_session_get_set().
 *
 * Returns: whether all that was wanted is done: the set is published, logs are truncated if they were to be, and the session has ended
 */
gboolean sr_backup_session_run (SrBackupSession *session,
                                GCancellable    *cancellable,
                                GError         **error);

/**
 * sr_backup_session_get_set:
 * @session: a session that ran
 *
 * Returns: (nullable) (transfer none): the published set, also when something failed after its publication
 */
SrBackupSet *sr_backup_session_get_set (SrBackupSession *session);

/**
 * sr_backup_session_get_record:
 * @session: a session that ran
 *
 * Returns: (transfer none): whether logs were truncated and the session has ended, as session.json in the set tells
 */
const SrSessionRecord *sr_backup_session_get_record (SrBackupSession *session);

/**
 * sr_backup_session_get_state:
 * @session: a session that ran
 *
 * Returns: the state of the session on the server
 */
SrSessionState sr_backup_session_get_state (SrBackupSession *session);

/**
 * sr_backup_session_get_failed_phase:
 * @session: a session that ran and failed
 *
 * Returns: the phase in which the error came, %SR_BACKUP_PHASE_IDLE when there was none
 */
SrBackupPhase sr_backup_session_get_failed_phase (SrBackupSession *session);

/**
 * sr_backup_session_get_advice:
 * @session: a session that ran and failed
 *
 * Returns: (nullable) (transfer none): which of its stories an access denied
 * is and what to do about it, in the user's language; %NULL for other errors
 */
const char *sr_backup_session_get_advice (SrBackupSession *session);

/**
 * sr_backup_session_get_kind:
 * @session: a session that ran
 *
 * Returns: what it made or was to make, as wanted or as the rules chose
 */
SrBackupKind sr_backup_session_get_kind (SrBackupSession *session);

/**
 * sr_backup_session_get_rule:
 * @session: a session that ran
 *
 * Returns: the rule that refused it; else the one for which the automatic choice was a full backup; else %SR_BACKUP_RULE_NONE
 */
SrBackupRule sr_backup_session_get_rule (SrBackupSession *session);

/**
 * SrBackupCounts:
 * @databases: databases read
 * @logs: logs and patch files read
 * @dynamic_files: names of dynamic files
 * @bytes: bytes of all files
 * @reads: BackupReadFile calls
 *
 * What a session has moved.
 */
typedef struct
{
  guint databases;
  guint logs;
  guint dynamic_files;
  guint64 bytes;
  guint64 reads;
} SrBackupCounts;

/**
 * sr_backup_session_get_counts:
 * @session: a session that ran
 *
 * Returns: (transfer none): the counts
 */
const SrBackupCounts *sr_backup_session_get_counts (SrBackupSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrBackupSession, sr_backup_session_free)

G_END_DECLS
