/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "store/sr-session-record.h"

G_BEGIN_DECLS

/** SR_JOURNAL_FORMAT: the format version that this program writes, and the highest that it reads */
#define SR_JOURNAL_FORMAT 1

/**
 * SrJournalStep:
 * @SR_JOURNAL_ACTIVATED: the object is there, BackupPrepare was not sent
 * @SR_JOURNAL_PREPARE_SENT: BackupPrepare is about to be sent, or was sent
 * @SR_JOURNAL_PREPARED: BackupPrepare succeeded
 * @SR_JOURNAL_PUBLISHING: all files have come, the set is about to be published
 * @SR_JOURNAL_PUBLISHED: the set is published
 * @SR_JOURNAL_TRUNCATE_SENT: BackupTruncateLogs is about to be sent, or was sent
 * @SR_JOURNAL_TRUNCATED: BackupTruncateLogs was answered
 * @SR_JOURNAL_END_SENT: BackupEnd is about to be sent, or was sent
 *
 * How far a session came. A step is on the disk before what it names is done.
 */
typedef enum
{
  SR_JOURNAL_ACTIVATED,
  SR_JOURNAL_PREPARE_SENT,
  SR_JOURNAL_PREPARED,
  SR_JOURNAL_PUBLISHING,
  SR_JOURNAL_PUBLISHED,
  SR_JOURNAL_TRUNCATE_SENT,
  SR_JOURNAL_TRUNCATED,
  SR_JOURNAL_END_SENT,
} SrJournalStep;

/**
 * sr_journal_step_to_string:
 * @step: a step
 *
 * Returns: (transfer none): the word in the journal, such as "prepare-sent"
 */
const char *sr_journal_step_to_string (SrJournalStep step);

/**
 * SrJournalEntry:
 * @id: names the entry
 * @step: how far the session came
 * @kind: full or logs only
 * @config: config string of the CA
 * @host: the server's name, as the user gave it
 * @address: (nullable): the address that was given for it
 * @activation_port: 0 for the usual one
 * @credentials_kind: how the session signed in
 * @user: (nullable): as whom; never a secret
 * @ntlm_allowed: whether NTLM was allowed
 * @identity: the object, to be reached again
 * @repository: path of the backup folder
 * @staging: (nullable): the staging folder
 * @set: (nullable): the published set
 * @truncated: what became of BackupTruncateLogs so far
 * @prepare_unknown: whether BackupPrepare was sent and no answer came
 * @pid: process id of the owner
 * @pid_started: when that process started, in clock ticks since the machine's start; tells a reused process id
 * @program: the owner's name
 * @started: when the session began, microseconds since 1970 UTC; the same as in the set's manifest
 * @updated: when the entry was written
 *
 * All that is needed to end a session from another process, and to tell
 * about it.
 */
typedef struct
{
  char *id;
  SrJournalStep step;
  SrBackupKind kind;
  char *config;
  char *host;
  char *address;
  guint16 activation_port;
  SrCredentialsKind credentials_kind;
  char *user;
  gboolean ntlm_allowed;
  SrDcomIdentity identity;
  char *repository;
  char *staging;
  char *set;
  SrTruncation truncated;
  gboolean prepare_unknown;
  gint64 pid;
  guint64 pid_started;
  char *program;
  gint64 started;
  gint64 updated;
} SrJournalEntry;

/**
 * sr_journal_entry_new:
 *
 * Returns: (transfer full): an empty entry
 */
SrJournalEntry *sr_journal_entry_new (void);

SrJournalEntry *sr_journal_entry_copy (const SrJournalEntry *entry);
void sr_journal_entry_free (SrJournalEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJournalEntry, sr_journal_entry_free)

/**
 * sr_journal_entry_to_json:
 * @entry: an entry
 *
 * Returns: (transfer full): the entry as the journal holds it; for reports too
 */
GBytes *sr_journal_entry_to_json (const SrJournalEntry *entry);

/**
 * sr_journal_entry_parse:
 * @json: what a file of the journal holds; trusted for nothing
 * @where: its path, for messages
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, naming the member; %SR_ERROR_UNSUPPORTED for a newer format.
 *
 * Returns: (transfer full): the entry, or %NULL
 */
SrJournalEntry *sr_journal_entry_parse (GBytes     *json,
                                        const char *where,
                                        GError    **error);

/**
 * sr_journal_default_folder:
 *
 * Returns: (transfer full): $XDG_STATE_HOME/strongroom/sessions
 */
char *sr_journal_default_folder (void);

/**
 * SrJournal:
 *
 * One entry that this process owns: ID.json, which is replaced as a whole and
 * synced at every change, and ID.lock, on which an open file description lock
 * lies for as long as the owner lives.
 */
typedef struct _SrJournal SrJournal;

/**
 * sr_journal_create:
 * @folder: (nullable): the journal's folder, %NULL for the default one; made with mode 0700
 * @entry: (transfer full): what is known; @id, owner and times are filled in
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes with the path in the message.
 *
 * Returns: (transfer full): the entry, which is on the disk, or %NULL
 */
SrJournal *sr_journal_create (const char     *folder,
                              SrJournalEntry *entry,
                              GError        **error);

/**
 * sr_journal_adopt:
 * @folder: (nullable): the journal's folder
 * @id: an entry
 * @error: where to put an error
 *
 * Takes over an entry whose owner is gone.
 *
 * Sets %SR_ERROR_STATE when its owner lives, %SR_ERROR_NOT_FOUND when it is
 * gone by now, the errors of sr_journal_entry_parse(), %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the entry, or %NULL
 */
SrJournal *sr_journal_adopt (const char *folder,
                             const char *id,
                             GError    **error);

/**
 * sr_journal_get_entry:
 * @journal: an entry
 *
 * Returns: (transfer none): its contents, to be changed before sr_journal_update()
 */
SrJournalEntry *sr_journal_get_entry (SrJournal *journal);

/**
 * sr_journal_update:
 * @journal: an entry
 * @step: how far it is now
 * @error: where to put an error
 *
 * Writes the entry. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_journal_update (SrJournal    *journal,
                            SrJournalStep step,
                            GError      **error);

/**
 * sr_journal_remove:
 * @journal: an entry
 * @error: where to put an error
 *
 * Removes the entry from the disk: its session is over. It can only be closed then.
 *
 * Returns: whether it is gone
 */
gboolean sr_journal_remove (SrJournal *journal,
                            GError   **error);

/**
 * sr_journal_close:
 * @journal: (transfer full): an entry; if it was not removed it stays for recovery
 */
void sr_journal_close (SrJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJournal, sr_journal_close)

/**
 * SrJournalListed:
 * @id: the entry
 * @entry: (nullable): what it says, %NULL when it cannot be understood
 * @alive: whether its owner lives
 * @error: (nullable): why it cannot be understood
 *
 * An entry as found in the folder.
 */
typedef struct
{
  char *id;
  SrJournalEntry *entry;
  gboolean alive;
  GError *error;
} SrJournalListed;

void sr_journal_listed_free (SrJournalListed *listed);

/**
 * sr_journal_list:
 * @folder: (nullable): the journal's folder
 * @error: where to put an error
 *
 * A folder that is not there holds nothing.
 *
 * Returns: (transfer container) (element-type SrJournalListed): the entries, oldest first, or %NULL
 */
GPtrArray *sr_journal_list (const char *folder,
                            GError    **error);

G_END_DECLS
