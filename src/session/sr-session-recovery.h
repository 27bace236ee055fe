/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-journal.h"
#include "store/sr-backup-set.h"

G_BEGIN_DECLS

/**
 * SrRecoveryOutcome:
 * @SR_RECOVERY_ENDED: BackupEnd was sent and succeeded
 * @SR_RECOVERY_WAS_OVER: the server answered that no session is open
 * @SR_RECOVERY_OBJECT_GONE: the server does not know the object any more: reclaimed by missed pings, or the service was restarted. Whether a backup outlives its object there cannot be told from here
 * @SR_RECOVERY_NEVER_OPENED: BackupPrepare was not sent; the object was released
 * @SR_RECOVERY_RUNNING: its owner lives: nothing was done
 * @SR_RECOVERY_UNSETTLED: the server could not be asked; the entry stays
 * @SR_RECOVERY_UNREADABLE: the entry cannot be understood; it stays
 *
 * What became of a session.
 */
typedef enum
{
  SR_RECOVERY_ENDED,
  SR_RECOVERY_WAS_OVER,
  SR_RECOVERY_OBJECT_GONE,
  SR_RECOVERY_NEVER_OPENED,
  SR_RECOVERY_RUNNING,
  SR_RECOVERY_UNSETTLED,
  SR_RECOVERY_UNREADABLE,
} SrRecoveryOutcome;

/**
 * sr_recovery_outcome_to_string:
 * @outcome: an outcome
 *
 * Returns: (transfer none): the word in JSON, such as "ended"
 */
const char *sr_recovery_outcome_to_string (SrRecoveryOutcome outcome);

/**
 * sr_recovery_outcome_words:
 * @outcome: an outcome
 *
 * Returns: (transfer none): a sentence in the user's language
 */
const char *sr_recovery_outcome_words (SrRecoveryOutcome outcome);

/**
 * SrRecoveryItem:
 * @id: the journal's entry
 * @entry: (nullable): what it said, %NULL when it could not be understood
 * @outcome: of the session on the server
 * @error: (nullable): why it is not settled or not understood
 * @set: (nullable): path of the set that the session has published, now or before
 * @published: whether @set was published by this recovery
 * @kept: (nullable) (array zero-terminated=1): staging folders that could not be published and may not be deleted
 * @disk_error: (nullable): why the staging folder could not be cleared up; the entry stays then
 * @settled: whether the entry was removed from the journal
 *
 * What was found and done for one entry.
 */
typedef struct
{
  char *id;
  SrJournalEntry *entry;
  SrRecoveryOutcome outcome;
  GError *error;
  char *set;
  gboolean published;
  char **kept;
  GError *disk_error;
  gboolean settled;
} SrRecoveryItem;

void sr_recovery_item_free (SrRecoveryItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRecoveryItem, sr_recovery_item_free)

/**
 * SrRecoveryFuncs:
 * @wants: (nullable): whether a session is to be settled; one that is not is neither locked nor told, nor is, where this is given, an entry that cannot be understood
 * @find_target: finds the sign-in for a session of the journal, which holds no secrets; it should lead to the entry's host, address and port. (transfer full), or %NULL with the error set when there is none (no password at hand)
 * @tell: (nullable): called with each item as soon as it is done, before the next session is asked about
 *
 * What sr_session_recover() asks of its caller, on its own thread.
 */
typedef struct
{
  gboolean (*wants) (const SrJournalEntry *entry,
                     gpointer              user_data);
  SrDcomTarget *(*find_target) (const SrJournalEntry *entry,
                                gpointer              user_data,
                                GError              **error);
  void (*tell) (const SrRecoveryItem *item,
                gpointer              user_data);
} SrRecoveryFuncs;

/**
 * sr_session_recover:
 * @folder: (nullable): the journal's folder, %NULL for sr_journal_default_folder()
 * @funcs: what is asked of the caller
 * @user_data: for @funcs
 * @seconds: time for each session, 0 for 60
 * @cancellable: (nullable): stops it between two sessions and between two tries
 * @error: where to put an error
 *
 * Settles every session of the journal whose owner is gone: reaches its object
 * again (pinging it meanwhile), sends BackupEnd if BackupPrepare may have been
 * sent, releases the object, publishes a complete staging folder or discards
 * an incomplete one whose session has not reached BackupTruncateLogs, notes
 * the outcome in the set's session.json, and removes the entry. What cannot
 * be settled stays and is told. To be called while the caller holds no lock
 * on a CA of the backup folders concerned.
 *
 * Sets %G_IO_ERROR codes when the journal cannot be listed, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer container) (element-type SrRecoveryItem): what was found, or %NULL
 */
GPtrArray *sr_session_recover (const char            *folder,
                               const SrRecoveryFuncs *funcs,
                               gpointer               user_data,
                               double                 seconds,
                               GCancellable          *cancellable,
                               GError               **error);

/**
 * sr_session_recovery_to_json:
 * @items: (element-type SrRecoveryItem): what was found
 *
 * Returns: (transfer full): a JSON array, NUL-terminated behind its end
 */
GBytes *sr_session_recovery_to_json (GPtrArray *items);

G_END_DECLS
