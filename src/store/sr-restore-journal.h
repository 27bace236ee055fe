/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "store/sr-lock.h"
#include "store/sr-repository.h"

G_BEGIN_DECLS

/*
 * The journal of a restore: restore-ID.json in the CA's folder of the backup
 * folder, so that another administrator on another machine finds it. It is
 * replaced as a whole and synced before each step. Who holds the CA's exclusive
 * lock owns the journals of that CA; one that is not settled while nobody holds
 * the lock is that of a restore that was interrupted.
 *
 *  step           is on the disk before            on the CA's host
 *  opened         anything is changed              as before
 *  stopping       CertSvc is stopped               as before, CertSvc perhaps stopped
 *  prepared       RestorePrepare has succeeded     as before, CertSvc stopped
 *  copying        the first file is sent           the same, and a work folder with copies of the sets
 *  setting-aside  the first live file is moved     database and logs on their way into the work folder
 *  placing        the set's database gets its place  nothing that is live is the CA's own but, for the latest state, the logs
 *  registering    RestoreInProgress is made        CertSvc does not start
 *  completing     RestoreStatus is written         CertSvc will recover when it starts
 *  starting       CertSvc is started               it recovers, or stops with an error
 *  recording      the restore is noted beside the sets  restored
 *  restored       -                                restored: settled
 *  clearing       files of the restore leave the live folders, to put back  nothing that is live is the CA's own
 *  returning      the CA's own files come back     the CA's own files on their way back
 *  put-back       -                                as before: settled
 *  left           -                                whatever it was: settled by the administrator's word
 */

/**
 * SrRestoreMode:
 * @SR_RESTORE_LATEST: the sets, and behind them the live logs, which continue the chain: nothing is lost
 * @SR_RESTORE_POINT: the sets alone: the state of the last of them
 */
typedef enum
{
  SR_RESTORE_LATEST,
  SR_RESTORE_POINT,
} SrRestoreMode;

/**
 * SrRestoreStep:
 *
 * How far a restore came: the table above, in its order.
 */
typedef enum
{
  SR_RESTORE_STEP_OPENED,
  SR_RESTORE_STEP_STOPPING,
  SR_RESTORE_STEP_PREPARED,
  SR_RESTORE_STEP_COPYING,
  SR_RESTORE_STEP_SETTING_ASIDE,
  SR_RESTORE_STEP_PLACING,
  SR_RESTORE_STEP_REGISTERING,
  SR_RESTORE_STEP_COMPLETING,
  SR_RESTORE_STEP_STARTING,
  SR_RESTORE_STEP_RECORDING,
  SR_RESTORE_STEP_RESTORED,
  SR_RESTORE_STEP_CLEARING,
  SR_RESTORE_STEP_RETURNING,
  SR_RESTORE_STEP_PUT_BACK,
  SR_RESTORE_STEP_LEFT,
} SrRestoreStep;

/**
 * sr_restore_mode_to_string:
 * @mode: a mode
 *
 * Returns: (transfer none): the word in JSON: "latest" or "point"
 */
const char *sr_restore_mode_to_string (SrRestoreMode mode);

/**
 * sr_restore_step_to_string:
 * @step: a step
 *
 * Returns: (transfer none): the word in the journal, such as "setting-aside"
 */
const char *sr_restore_step_to_string (SrRestoreStep step);

/**
 * sr_restore_step_words:
 * @step: a step
 *
 * Returns: (transfer none): what is done in it, in the user's language, such as "Setting the live files aside"
 */
const char *sr_restore_step_words (SrRestoreStep step);

/**
 * SrRestoredSet:
 * @id: of the set
 * @name: of its folder
 * @low: its first log generation
 * @high: its last one
 *
 * A set that a restore takes.
 */
typedef struct
{
  char *id;
  char *name;
  guint32 low;
  guint32 high;
} SrRestoredSet;

/**
 * SrRestoreMove:
 * @from: a path on the CA's host
 * @to: another one on the same drive
 * @size: in bytes
 * @copied: whether @from is copied and stays, instead of being renamed
 *
 * A file of the CA that is set aside.
 */
typedef struct
{
  char *from;
  char *to;
  guint64 size;
  gboolean copied;
} SrRestoreMove;

/**
 * SrRestoreMark:
 * @name: of a log in the live folder
 * @size: in bytes
 * @modified: microseconds since 1970 UTC, by the host's clock
 *
 * The live logs as they were right after the recovery: what differs later was written by the restored CA.
 */
typedef struct
{
  char *name;
  guint64 size;
  gint64 modified;
} SrRestoreMark;

/**
 * SrRestoreEntry:
 * @id: of the restore, a GUID; names of folders on the host hold its first eight digits
 * @config: config string of the CA
 * @host: the host's name, as in RestoreInProgress
 * @mode: how
 * @step: how far it came
 * @reached: the furthest step before it was put back; tells what there is to be put back
 * @left_at: where it was left, with @step %SR_RESTORE_STEP_LEFT
 * @prepares: how often RestorePrepare succeeded
 * @ends: how often RestoreEnd was called; the session is open while it is below @prepares
 * @sets: (element-type SrRestoredSet): the full set and the log-only ones behind it
 * @low: first log generation of the sets
 * @high: last log generation of the sets
 * @database: path of the live database on the host, such as C:\Windows\system32\CertLog\Contoso.edb
 * @database_before: the same as the set has it, UNC
 * @database_size: bytes of the set's database
 * @log_folder: folder of the live logs on the host
 * @system_folder: folder of the checkpoint on the host
 * @service_known: whether @was_running and @stopped are known
 * @was_running: whether CertSvc ran before
 * @stopped: (array zero-terminated=1): services that ran and are stopped, in that order, CertSvc among them
 * @aside: (element-type SrRestoreMove): files of the CA that are set aside
 * @marks: (element-type SrRestoreMark): the live logs after the recovery
 * @recorded: whether the restore is noted beside the sets
 * @started: when it began, microseconds since 1970 UTC
 * @updated: when this was written
 * @program: what wrote it last
 * @user: who had started that
 * @machine: where
 * @answer: HRESULT of the last failure, 0 for none
 * @detail: (nullable): the last failure in words
 *
 * What restore-ID.json says.
 */
typedef struct
{
  char *id;
  char *config;
  char *host;
  SrRestoreMode mode;
  SrRestoreStep step;
  SrRestoreStep reached;
  SrRestoreStep left_at;
  guint prepares;
  guint ends;
  GPtrArray *sets;
  guint32 low;
  guint32 high;
  char *database;
  char *database_before;
  guint64 database_size;
  char *log_folder;
  char *system_folder;
  gboolean service_known;
  gboolean was_running;
  char **stopped;
  GPtrArray *aside;
  GPtrArray *marks;
  gboolean recorded;
  gint64 started;
  gint64 updated;
  char *program;
  char *user;
  char *machine;
  SrHresult answer;
  char *detail;
} SrRestoreEntry;

/**
 * sr_restore_entry_new:
 *
 * Returns: (transfer full): an entry with a random id and empty lists
 */
SrRestoreEntry *sr_restore_entry_new (void);

SrRestoreEntry *sr_restore_entry_copy (const SrRestoreEntry *entry);
void sr_restore_entry_free (SrRestoreEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreEntry, sr_restore_entry_free)

/**
 * sr_restore_entry_add_set:
 * @entry: an entry
 * @id: of the set
 * @name: of its folder
 * @low: its first log generation
 * @high: its last one
 */
void sr_restore_entry_add_set (SrRestoreEntry *entry,
                               const char     *id,
                               const char     *name,
                               guint32         low,
                               guint32         high);

/**
 * sr_restore_entry_add_move:
 * @entry: an entry
 * @from: a path on the CA's host
 * @to: where it goes
 * @size: in bytes
 * @copied: whether it also stays
 */
void sr_restore_entry_add_move (SrRestoreEntry *entry,
                                const char     *from,
                                const char     *to,
                                guint64         size,
                                gboolean        copied);

/**
 * sr_restore_entry_add_mark:
 * @entry: an entry
 * @name: of a log in the live folder
 * @size: in bytes
 * @modified: microseconds since 1970 UTC
 */
void sr_restore_entry_add_mark (SrRestoreEntry *entry,
                                const char     *name,
                                guint64         size,
                                gint64          modified);

/**
 * sr_restore_entry_is_settled:
 * @entry: an entry
 *
 * Returns: whether nothing is left to be done: restored, put back, or left by the administrator's word
 */
gboolean sr_restore_entry_is_settled (const SrRestoreEntry *entry);

/**
 * sr_restore_entry_is_open:
 * @entry: an entry
 *
 * Returns: whether RestorePrepare has succeeded and RestoreEnd was not called since
 */
gboolean sr_restore_entry_is_open (const SrRestoreEntry *entry);

/**
 * sr_restore_entry_parse:
 * @json: what a journal holds; trusted for nothing
 * @where: its path, for messages
 * @error: where to put an error
 *
 * Every path is a drive's, normal, and for a move on one drive.
 *
 * Sets %SR_STORE_ERROR_NEWER_FORMAT, %SR_STORE_ERROR_DAMAGED_SET, naming the member.
 *
 * Returns: (transfer full): the entry, or %NULL
 */
SrRestoreEntry *sr_restore_entry_parse (GBytes     *json,
                                        const char *where,
                                        GError    **error);

/**
 * sr_restore_entry_to_json:
 * @entry: an entry
 *
 * Returns: (transfer full): the entry as the journal holds it
 */
GBytes *sr_restore_entry_to_json (const SrRestoreEntry *entry);

/**
 * sr_restore_journal_save:
 * @lock: the CA's exclusive lock
 * @entry: what is known; owner and @updated are set here
 * @step: how far it is now
 * @error: where to put an error
 *
 * Writes the journal as a whole, and syncs it. @entry keeps its old step when that fails.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_restore_journal_save (SrLock         *lock,
                                  SrRestoreEntry *entry,
                                  SrRestoreStep   step,
                                  GError        **error);

/**
 * sr_restore_journal_load:
 * @repository: a backup folder
 * @id: of a restore
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_MISSING when there is none, the errors of sr_restore_entry_parse(), %SR_STORE_ERROR.
 *
 * Returns: (transfer full): the entry, or %NULL
 */
SrRestoreEntry *sr_restore_journal_load (SrRepository *repository,
                                         const char   *id,
                                         GError      **error);

/**
 * SrRestoreListed:
 * @path: of the journal
 * @config: the CA in whose folder it lies
 * @entry: (nullable): what it says, %NULL when it cannot be understood
 * @holder: (nullable): who works on the CA now; an entry that is not settled is then most likely its own
 * @held: whether somebody does, named or not
 * @error: (nullable): why it cannot be understood
 */
typedef struct
{
  char *path;
  char *config;
  SrRestoreEntry *entry;
  SrLockHolder *holder;
  gboolean held;
  GError *error;
} SrRestoreListed;

void sr_restore_listed_free (SrRestoreListed *listed);

/**
 * sr_restore_journal_list:
 * @repository: a backup folder
 * @config: (nullable): a CA, %NULL for all
 * @settled: whether settled ones are listed too
 * @error: where to put an error
 *
 * Nothing is locked, made or changed.
 *
 * Returns: (transfer container) (element-type SrRestoreListed): the journals, oldest first, or %NULL with %SR_STORE_ERROR
 */
GPtrArray *sr_restore_journal_list (SrRepository *repository,
                                    const char   *config,
                                    gboolean      settled,
                                    GError      **error);

G_END_DECLS
