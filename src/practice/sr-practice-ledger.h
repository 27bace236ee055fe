/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrPracticeLedger:
 *
 * What the practice CA has seen, for tests and for `inspect`: counts of
 * successful Prepares, of Ends and of other ways in which backups ended, every
 * backup with the SHA-256 of what was served, calls by opnum, by authentication
 * and by the rule that refused them. Kept in a file beside the CA and added to
 * over restarts. Not thread-safe.
 */
typedef struct _SrPracticeLedger SrPracticeLedger;

/**
 * SrPracticeOutcome:
 * @SR_PRACTICE_ENDED: by BackupEnd
 * @SR_PRACTICE_RUNDOWN: its object died of missed pings
 * @SR_PRACTICE_RELEASED: its object was released
 * @SR_PRACTICE_LOST: the CA stopped or restarted meanwhile
 *
 * How an open backup ended.
 */
typedef enum
{
  SR_PRACTICE_ENDED,
  SR_PRACTICE_RUNDOWN,
  SR_PRACTICE_RELEASED,
  SR_PRACTICE_LOST,
} SrPracticeOutcome;

/**
 * sr_practice_ledger_open:
 * @path: the file
 * @error: where to put an error
 *
 * A backup that was open when the CA went down is counted as lost.
 *
 * Sets %SR_ERROR_MALFORMED, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): a ledger, empty when there is no file, or %NULL
 */
SrPracticeLedger *sr_practice_ledger_open (const char *path,
                                           GError    **error);

/**
 * sr_practice_ledger_free:
 * @ledger: (transfer full): a ledger; what was not saved is lost
 */
void sr_practice_ledger_free (SrPracticeLedger *ledger);

/**
 * sr_practice_ledger_save:
 * @ledger: a ledger
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_ledger_save (SrPracticeLedger *ledger,
                                  GError          **error);

/**
 * sr_practice_ledger_begin:
 * @ledger: a ledger
 * @kind: "full" or "logs"
 * @principal: who prepared it
 *
 * Counts a Prepare and opens the record of its backup.
 */
void sr_practice_ledger_begin (SrPracticeLedger *ledger,
                               const char       *kind,
                               const char       *principal);

/**
 * sr_practice_ledger_add_file:
 * @ledger: a ledger with an open backup
 * @name: the file's name without folders
 * @size: its length in bytes as announced
 * @served: how many bytes were sent
 * @sha256: of the bytes sent, hexadecimal
 */
void sr_practice_ledger_add_file (SrPracticeLedger *ledger,
                                  const char       *name,
                                  guint64           size,
                                  guint64           served,
                                  const char       *sha256);

/**
 * sr_practice_ledger_set_truncated:
 * @ledger: a ledger with an open backup
 * @removed: how many logs went
 */
void sr_practice_ledger_set_truncated (SrPracticeLedger *ledger,
                                       guint             removed);

/**
 * sr_practice_ledger_end:
 * @ledger: a ledger with an open backup
 * @outcome: how it ended
 *
 * Counts the end and closes the backup's record.
 */
void sr_practice_ledger_end (SrPracticeLedger *ledger,
                             SrPracticeOutcome outcome);

/**
 * sr_practice_ledger_note_orphan:
 * @ledger: a ledger
 *
 * Counts a backup that stays open without its object.
 */
void sr_practice_ledger_note_orphan (SrPracticeLedger *ledger);

/**
 * sr_practice_ledger_note_call:
 * @ledger: a ledger
 * @method: opnum and name, such as "25 BackupReadFile"
 * @auth: level, type and mechanism in words
 */
void sr_practice_ledger_note_call (SrPracticeLedger *ledger,
                                   const char       *method,
                                   const char       *auth);

/**
 * sr_practice_ledger_note_refusal:
 * @ledger: a ledger
 * @rule: the rule's id
 */
void sr_practice_ledger_note_refusal (SrPracticeLedger *ledger,
                                      const char       *rule);

/**
 * sr_practice_ledger_note_start:
 * @ledger: a ledger
 * @exit_code: with what the service failed, S_OK when it runs
 * @recovered: whether it has recovered a restore
 *
 * Notes a start of the service, and counts recoveries.
 */
void sr_practice_ledger_note_start (SrPracticeLedger *ledger,
                                    SrHresult         exit_code,
                                    gboolean          recovered);

/**
 * sr_practice_ledger_get_count:
 * @ledger: a ledger
 * @group: "counts", "calls", "auth" or "refusals"
 * @name: which
 *
 * Returns: how often
 */
gint64 sr_practice_ledger_get_count (SrPracticeLedger *ledger,
                                     const char       *group,
                                     const char       *name);

/**
 * sr_practice_ledger_add_to:
 * @ledger: a ledger
 * @object: gets the members counts, calls, auth, refusals and backups, and
 *   lastStart when there was one (time, exitCode as a number, exit as text, and
 *   recovered: whether it recovered a restore), copied
 */
void sr_practice_ledger_add_to (SrPracticeLedger *ledger,
                                JsonObject       *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeLedger, sr_practice_ledger_free)

G_END_DECLS
