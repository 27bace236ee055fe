/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "store/sr-store-error.h"

G_BEGIN_DECLS

/** SR_SESSION_RECORD_NAME: the file in a set, beside the manifest */
#define SR_SESSION_RECORD_NAME "session.json"

/**
 * SrTruncation:
 * @SR_TRUNCATION_NO: TruncateLogs was not sent, or failed
 * @SR_TRUNCATION_YES: the CA said that it truncated its logs
 * @SR_TRUNCATION_KEPT: the user wanted the logs kept
 * @SR_TRUNCATION_UNKNOWN: TruncateLogs is about to be sent, or was sent and no answer came
 */
typedef enum
{
  SR_TRUNCATION_NO,
  SR_TRUNCATION_YES,
  SR_TRUNCATION_KEPT,
  SR_TRUNCATION_UNKNOWN,
} SrTruncation;

/**
 * SrEnding:
 * @SR_ENDING_NO: the session is open on the CA, so far as is known
 * @SR_ENDING_YES: the CA confirmed the end
 * @SR_ENDING_UNKNOWN: BackupEnd was sent and no answer came
 */
typedef enum
{
  SR_ENDING_NO,
  SR_ENDING_YES,
  SR_ENDING_UNKNOWN,
} SrEnding;

/**
 * SrSessionRecord:
 * @truncated: whether the CA truncated its logs
 * @truncated_at: when TruncateLogs was sent or answered, microseconds since 1970 UTC; 0 for never
 * @truncate_result: its HRESULT, 0 when none came
 * @ended: whether the session was ended
 * @ended_at: when BackupEnd was sent or answered, 0 for never
 * @end_result: its HRESULT, 0 when none came
 * @server_last_full: the CA's DBLastFullBackup behind BackupEnd, a FILETIME, where the session has changed it; 0 otherwise
 * @detail: (nullable): more in words, such as the error of the connection
 *
 * How the session of a set came out, for session.json.
 */
typedef struct
{
  SrTruncation truncated;
  gint64 truncated_at;
  SrHresult truncate_result;
  SrEnding ended;
  gint64 ended_at;
  SrHresult end_result;
  guint64 server_last_full;
  char *detail;
} SrSessionRecord;

/**
 * sr_session_record_clear:
 * @record: a record whose strings are freed and whose members become 0
 */
void sr_session_record_clear (SrSessionRecord *record);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrSessionRecord, sr_session_record_clear)

/**
 * sr_session_record_save:
 * @record: a record
 * @folder: a set or a staging folder
 * @error: where to put an error
 *
 * Writes session.json into the folder as a whole (a second file and a rename).
 * In a staging folder @SR_TRUNCATION_YES or @SR_TRUNCATION_UNKNOWN is the mark
 * that forbids to delete it.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_session_record_save (const SrSessionRecord *record,
                                 const char            *folder,
                                 GError               **error);

/**
 * sr_session_record_load:
 * @folder: a set or a staging folder
 * @record: (out caller-allocates): the record, all 0 on failure
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_MISSING when there is no session.json,
 * %SR_STORE_ERROR_NEWER_FORMAT, %SR_STORE_ERROR_DAMAGED_SET, and the codes for
 * files that cannot be read.
 *
 * Returns: whether @record is set
 */
gboolean sr_session_record_load (const char      *folder,
                                 SrSessionRecord *record,
                                 GError         **error);

G_END_DECLS
