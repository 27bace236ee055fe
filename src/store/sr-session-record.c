/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-session-record.h"

#include "store/sr-json-private.h"
#include "store/sr-store-private.h"

#define FORMAT 1

static const char * const truncation_words[] = { "no", "yes", "kept", "unknown", NULL };
static const char * const ending_words[] = { "no", "yes", "unknown", NULL };

void
sr_session_record_clear (SrSessionRecord *record)
{
  g_free (record->detail);
  *record = (SrSessionRecord) { 0 };
}

gboolean
sr_session_record_save (const SrSessionRecord *record,
                        const char            *folder,
                        GError               **error)
{
  g_autoptr (JsonObject) root = sr_json_object_new (FORMAT);

  sr_json_add_string (root, "truncated", truncation_words[record->truncated]);
  sr_json_add_time (root, "truncatedAt", record->truncated_at);
  json_object_set_int_member (root, "truncateResult", record->truncate_result);
  sr_json_add_string (root, "ended", ending_words[record->ended]);
  sr_json_add_time (root, "endedAt", record->ended_at);
  json_object_set_int_member (root, "endResult", record->end_result);
  if (record->server_last_full != 0 && record->server_last_full <= G_MAXINT64)
    json_object_set_int_member (root, "serverLastFull", (gint64) record->server_last_full);
  sr_json_add_detail (root, record->detail);
  return sr_json_save (root, folder, SR_SESSION_RECORD_NAME, error);
}

gboolean
sr_session_record_load (const char      *folder,
                        SrSessionRecord *record,
                        GError         **error)
{
  g_auto (SrJsonReader) reader = { 0 };

  *record = (SrSessionRecord) { 0 };
  if (!sr_json_reader_load (&reader, folder, SR_SESSION_RECORD_NAME, FORMAT, error))
    return FALSE;

  record->truncated = (SrTruncation) sr_json_get_word (&reader, reader.root, "truncated", truncation_words);
  record->truncated_at = sr_json_get_time (&reader, reader.root, "truncatedAt", FALSE);
  record->truncate_result = (SrHresult) sr_json_get_int (&reader, reader.root, "truncateResult", 0, G_MAXUINT32, FALSE);
  record->ended = (SrEnding) sr_json_get_word (&reader, reader.root, "ended", ending_words);
  record->ended_at = sr_json_get_time (&reader, reader.root, "endedAt", FALSE);
  record->end_result = (SrHresult) sr_json_get_int (&reader, reader.root, "endResult", 0, G_MAXUINT32, FALSE);
  record->server_last_full = (guint64) sr_json_get_int (&reader, reader.root, "serverLastFull", 0, G_MAXINT64, FALSE);
  record->detail = sr_json_dup_detail (&reader);

  if (sr_json_reader_finish (&reader, error))
    return TRUE;
  sr_session_record_clear (record);
  return FALSE;
}
