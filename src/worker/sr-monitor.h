/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-worker.h"

G_BEGIN_DECLS

/**
 * SrReach:
 * @SR_REACH_UNKNOWN: not asked yet
 * @SR_REACH_ONLINE: the CA answered
 * @SR_REACH_OFFLINE: it could not be reached
 * @SR_REACH_REFUSED: the host said no to the account (sign-in, rights)
 * @SR_REACH_NO_SERVICE: the host answered, but its certificate service did not: it is stopped, or not there
 * @SR_REACH_NEEDS_PASSWORD: nobody has given the password yet
 *
 * Whether a CA can be reached.
 */
typedef enum
{
  SR_REACH_UNKNOWN,
  SR_REACH_ONLINE,
  SR_REACH_OFFLINE,
  SR_REACH_REFUSED,
  SR_REACH_NO_SERVICE,
  SR_REACH_NEEDS_PASSWORD,
} SrReach;

/**
 * SrCondition:
 * @SR_CONDITION_UNKNOWN: the backup folder was not looked at yet, and nothing else is amiss
 * @SR_CONDITION_GOOD: a full backup is there and recent
 * @SR_CONDITION_NEVER: no full backup is there
 * @SR_CONDITION_OVERDUE: the newest full backup is older than %SR_BACKUP_FULL_DAYS
 * @SR_CONDITION_DAMAGED: the newest full set is not what its manifest says, as its last verification found
 * @SR_CONDITION_UNREADABLE: not all of the newest full set could be read by its last verification
 * @SR_CONDITION_OFFLINE: the CA cannot be reached, or refuses
 * @SR_CONDITION_REMOTE_BACKUP_DISABLED: the CA does not allow remote backup (flag 0x40)
 * @SR_CONDITION_SESSION_OPEN: a session of ours was left open
 * @SR_CONDITION_RESTORE_OPEN: a restore of this CA was broken off, here or on another machine: see sr_watch_get_restores()
 * @SR_CONDITION_FULL_DUE: something happened to the CA or its logs, and until a full backup succeeds no log-only one can be had: see sr_watch_get_due_rule()
 * @SR_CONDITION_FOREIGN_BACKUP: the CA knows of a newer full backup than our newest set
 * @SR_CONDITION_FOLDER: the backup folder cannot be used; sr_watch_get_folder_error() tells why
 * @SR_CONDITION_LOCKED: another process works on this CA's sets, see sr_watch_get_holder()
 *
 * The worst standing condition of a CA.
 */
typedef enum
{
  SR_CONDITION_UNKNOWN,
  SR_CONDITION_GOOD,
  SR_CONDITION_NEVER,
  SR_CONDITION_OVERDUE,
  SR_CONDITION_DAMAGED,
  SR_CONDITION_UNREADABLE,
  SR_CONDITION_OFFLINE,
  SR_CONDITION_REMOTE_BACKUP_DISABLED,
  SR_CONDITION_SESSION_OPEN,
  SR_CONDITION_RESTORE_OPEN,
  SR_CONDITION_FULL_DUE,
  SR_CONDITION_FOREIGN_BACKUP,
  SR_CONDITION_FOLDER,
  SR_CONDITION_LOCKED,
} SrCondition;

/** SR_MONITOR_SECONDS: how often a reachable CA is asked */
#define SR_MONITOR_SECONDS 300

/** SR_MONITOR_FOLDER_SECONDS: how often a backup folder that cannot be used is looked at */
#define SR_MONITOR_FOLDER_SECONDS 30

/** SR_MONITOR_LOCKED_SECONDS: how often one that another process works in is looked at */
#define SR_MONITOR_LOCKED_SECONDS 5

/** SR_MONITOR_MAX_SECONDS: where the back-off of an unreachable one ends */
#define SR_MONITOR_MAX_SECONDS 3600

/**
 * SrWatch:
 *
 * What is known of one CA: our sets on the disk, what the CA itself says, and
 * the job that runs. Emits "changed" on the main context whenever any of it
 * changes. Everything is asked on a thread. Belongs to the main thread.
 */
#define SR_TYPE_WATCH (sr_watch_get_type ())
G_DECLARE_FINAL_TYPE (SrWatch, sr_watch, SR, WATCH, GObject)

SrAuthority *sr_watch_get_authority (SrWatch *self);

/**
 * sr_watch_get_sets:
 * @self: a watch
 *
 * Returns: (transfer none) (type GListModel<SrBackupSet>): the CA's sets, newest first
 */
GListModel *sr_watch_get_sets (SrWatch *self);

/**
 * sr_watch_get_sets_known:
 * @self: a watch
 *
 * Returns: whether the sets were ever seen; until then that there is none says nothing
 */
gboolean sr_watch_get_sets_known (SrWatch *self);

/**
 * sr_watch_get_history:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the CA's lineages and chains; %NULL until the disk was looked at
 */
SrHistory *sr_watch_get_history (SrWatch *self);

/**
 * sr_watch_choose:
 * @self: a watch
 * @choice: (out caller-allocates): what the rules say of the next backup, from the sets and from what the CA last said; clear it
 *
 * Returns: whether the disk was looked at already; nothing is chosen otherwise
 */
gboolean sr_watch_choose (SrWatch        *self,
                          SrBackupChoice *choice);

/**
 * sr_watch_get_due_rule:
 * @self: a watch
 *
 * Returns: what happened that only a full backup mends: a restore, a gap, an
 * unexpected -560 or -526, a note that cannot be understood; otherwise
 * %SR_BACKUP_RULE_NONE. What merely stands, such as circular logging that is
 * known, or that no full backup was made yet, is none of these.
 */
SrBackupRule sr_watch_get_due_rule (SrWatch *self);

/**
 * sr_watch_get_newest:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the newest set that can be restored, full or log-only
 */
SrBackupSet *sr_watch_get_newest (SrWatch *self);

/**
 * sr_watch_get_newest_full:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the newest full set
 */
SrBackupSet *sr_watch_get_newest_full (SrWatch *self);

/**
 * sr_watch_get_verification:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): what the last verification of the newest full set found, %NULL when there was none
 */
const SrVerification *sr_watch_get_verification (SrWatch *self);

/**
 * sr_watch_get_n_open:
 * @self: a watch
 *
 * Returns: how many sessions with this CA earlier programs have left open
 */
guint sr_watch_get_n_open (SrWatch *self);

/**
 * sr_watch_get_restores:
 * @self: a watch
 *
 * Returns: (transfer none) (type GListModel<SrRestoreLeft>): restores of this CA that were broken off, oldest first; one that
 * goes on just now is not among them
 */
GListModel *sr_watch_get_restores (SrWatch *self);

/**
 * sr_watch_get_last_restore:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the newest restore that has restored this CA; a look tells whether it can still be put back
 */
SrRestoreLeft *sr_watch_get_last_restore (SrWatch *self);

/**
 * sr_watch_get_restore_job:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the CA's newest restore job that was not forgotten
 */
SrJob *sr_watch_get_restore_job (SrWatch *self);

/**
 * sr_watch_get_holder:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): who works on this CA's sets in %SR_CONDITION_LOCKED, if it tells its name
 */
const SrLockHolder *sr_watch_get_holder (SrWatch *self);

/**
 * sr_watch_get_total_size:
 * @self: a watch
 *
 * Returns: bytes of all sets
 */
guint64 sr_watch_get_total_size (SrWatch *self);

/**
 * sr_watch_get_n_unreadable:
 * @self: a watch
 *
 * Returns: how many folders look like a set of this CA, or may be one, and cannot be understood
 */
guint sr_watch_get_n_unreadable (SrWatch *self);

/**
 * sr_watch_get_folder_error:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): why the backup folder cannot be used
 */
const GError *sr_watch_get_folder_error (SrWatch *self);

SrReach sr_watch_get_reach (SrWatch *self);

/**
 * sr_watch_get_reach_error:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): why the CA could not be asked
 */
const GError *sr_watch_get_reach_error (SrWatch *self);

/**
 * sr_watch_get_reach_since:
 * @self: a watch
 *
 * Returns: since when the reach is what it is, microseconds since 1970 UTC; 0 when unknown
 */
gint64 sr_watch_get_reach_since (SrWatch *self);

/**
 * sr_watch_get_was_away:
 * @self: a watch
 *
 * Returns: whether the CA is reachable again after it was not, since this program runs
 */
gboolean sr_watch_get_was_away (SrWatch *self);

/**
 * sr_watch_get_interface_flags:
 * @self: a watch
 *
 * Returns: the CA's InterfaceFlags as of its next start, -1 when not known
 */
gint64 sr_watch_get_interface_flags (SrWatch *self);

/**
 * sr_watch_get_db_flags:
 * @self: a watch
 *
 * Returns: the CA's DBFlags, -1 when not known
 */
gint64 sr_watch_get_db_flags (SrWatch *self);

/**
 * sr_watch_get_server_last_full:
 * @self: a watch
 *
 * Returns: when the CA says that its last full backup was, microseconds since 1970 UTC; 0 when never, or not known
 */
gint64 sr_watch_get_server_last_full (SrWatch *self);

/**
 * sr_watch_get_server_last_full_told:
 * @self: a watch
 *
 * Returns: whether the CA has told, were it that there was none
 */
gboolean sr_watch_get_server_last_full_told (SrWatch *self);
gint64 sr_watch_get_server_last_incremental (SrWatch *self);

/**
 * sr_watch_compare_last_full:
 * @self: a watch with a newest full set whose CA was asked
 *
 * Returns: 1 when the CA tells of a full backup that came behind our newest full set, -1 when of one that came before it, 0 when they are the same
 */
int sr_watch_compare_last_full (SrWatch *self);

/**
 * sr_watch_get_job:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): the CA's newest backup job that was not forgotten
 */
SrJob *sr_watch_get_job (SrWatch *self);

/**
 * sr_watch_get_failed:
 * @self: a watch
 *
 * Returns: whether sr_watch_get_job() failed, and no set has come since then
 */
gboolean sr_watch_get_failed (SrWatch *self);

/**
 * sr_watch_get_condition:
 * @self: a watch
 *
 * Returns: the worst standing condition
 */
SrCondition sr_watch_get_condition (SrWatch *self);

/**
 * SrMonitor:
 *
 * Keeps a watch for each CA of a list: polls it on a timer with back-off, and
 * looks at the backup folder on another, and when asked. A CA whose password
 * is missing, or was refused, is only asked when sr_monitor_refresh() is
 * called: each try with a wrong one may count towards locking the account.
 * While a CA is being restored, or a restore of it was broken off, it is not asked
 * at all: that would start its service.
 */
#define SR_TYPE_MONITOR (sr_monitor_get_type ())
G_DECLARE_FINAL_TYPE (SrMonitor, sr_monitor, SR, MONITOR, GObject)

/**
 * sr_monitor_new:
 * @authorities: the CAs
 * @worker: whose jobs are watched
 * @password: (nullable) (scope notified): finds passwords that are at hand
 * @password_data: (closure password): for @password
 *
 * Returns: (transfer full): a monitor that has begun to look
 */
SrMonitor *sr_monitor_new (SrAuthorityList     *authorities,
                           SrWorker            *worker,
                           SrWorkerPasswordFunc password,
                           gpointer             password_data);

/**
 * sr_monitor_find:
 * @self: a monitor
 * @authority: one of its CAs
 *
 * Returns: (transfer none) (nullable): its watch
 */
SrWatch *sr_monitor_find (SrMonitor   *self,
                          SrAuthority *authority);

/**
 * sr_monitor_refresh:
 * @self: a monitor
 * @authority: (nullable): a CA, %NULL for all
 *
 * Looks at disk and CA now, since somebody wants to know. A password that was
 * refused is tried again: the account may have been unlocked.
 */
void sr_monitor_refresh (SrMonitor   *self,
                         SrAuthority *authority);

/**
 * sr_monitor_after_job:
 * @self: a monitor
 * @job: a backup that has come to its end
 *
 * Looks at the disk, and at the CA unless a password is known to be refused
 * there: by the job, or before.
 */
void sr_monitor_after_job (SrMonitor *self,
                           SrJob     *job);

/**
 * sr_monitor_after_recovery:
 * @self: a monitor
 * @items: (nullable) (element-type SrRecoveryItem): what the recovery found, if it came that far
 * @authority: (nullable): the CA that it was for, %NULL for all
 *
 * The same behind a recovery.
 */
void sr_monitor_after_recovery (SrMonitor   *self,
                                GPtrArray   *items,
                                SrAuthority *authority);

/**
 * sr_monitor_get_folder:
 * @self: a monitor
 *
 * The preferences as they were when they were last read, for who must not wait
 * for a disk. The properties "folder-name" (for people to read) and
 * "verify" follow them.
 *
 * Returns: (transfer none) (type filename): where backups go: the folder that was chosen, or the standard one
 */
const char *sr_monitor_get_folder (SrMonitor *self);

/**
 * sr_monitor_get_verify:
 * @self: a monitor
 *
 * Returns: whether sets are verified after backup, see sr_monitor_get_folder()
 */
gboolean sr_monitor_get_verify (SrMonitor *self);

/**
 * sr_monitor_refresh_sets:
 * @self: a monitor
 *
 * Looks at the disk alone, now.
 */
void sr_monitor_refresh_sets (SrMonitor *self);

G_END_DECLS
