/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-filetime.h"
#include "practice/sr-practice-jet.h"
#include "practice/sr-practice-names.h"
#include "practice/sr-practice-restore.h"

#include <glib/gstdio.h>

static void
set_time (JsonObject *object,
          const char *member,
          gint64      unix_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (unix_us);
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static const char *
disposition_name (guint32 disposition)
{
  switch (disposition)
    {
    case SR_PRACTICE_CA_CERTIFICATE:
      return "ca-certificate";
    case SR_PRACTICE_ISSUED:
      return "issued";
    case SR_PRACTICE_REVOKED:
      return "revoked";
    default:
      return "unknown";
    }
}

static void
set_base64 (JsonObject *object,
            const char *member,
            GBytes     *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_base64_encode (data, length);

  json_object_set_string_member (object, member, text);
}

static JsonObject *
row_to_json (const SrPracticeRow *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "requestId", row->request_id);
  json_object_set_string_member (object, "disposition", disposition_name (row->disposition));
  json_object_set_string_member (object, "serial", row->serial);
  json_object_set_string_member (object, "subject", row->subject);
  json_object_set_string_member (object, "requester", row->requester);
  set_time (object, "submitted", sr_filetime_to_unix_us (row->submitted_at));
  set_time (object, "notBefore", sr_filetime_to_unix_us (row->not_before));
  set_time (object, "notAfter", sr_filetime_to_unix_us (row->not_after));
  if (row->disposition == SR_PRACTICE_REVOKED)
    {
      set_time (object, "revoked", sr_filetime_to_unix_us (row->revoked_at));
      json_object_set_int_member (object, "reason", row->reason);
    }
  set_base64 (object, "certificate", row->certificate);
  return object;
}

static gboolean
add_rows (JsonObject         *object,
          SrPracticeDatabase *database,
          GError            **error)
{
  JsonArray *rows = json_array_new ();

  json_object_set_array_member (object, "rows", rows);
  for (guint32 id = 1; id <= sr_practice_database_get_row_count (database); id++)
    {
      g_autoptr (SrPracticeRow) row = sr_practice_database_get_row (database, id, error);

      if (row == NULL)
        return FALSE;
      json_array_add_object_element (rows, row_to_json (row));
    }
  return TRUE;
}

static void
add_marks (JsonObject         *object,
           SrPracticeDatabase *database)
{
  static const char *const names[] = { "full", "logs", "copy", "differential" };
  const SrPracticeDbHeader *header = sr_practice_database_get_header (database);
  JsonObject *marks = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const SrPracticeBackupMark *mark = &header->backups[i];
      JsonObject *item;

      if (mark->generation_low == 0)
        continue;
      item = json_object_new ();
      set_time (item, "time", sr_filetime_to_unix_us (mark->time));
      json_object_set_int_member (item, "generationLow", mark->generation_low);
      json_object_set_int_member (item, "generationHigh", mark->generation_high);
      json_object_set_object_member (marks, names[i], item);
    }
  json_object_set_object_member (object, "lastBackups", marks);
}

static gboolean
add_logs (JsonObject *object,
          const char *log_folder,
          GError    **error)
{
  g_autoptr (GArray) finished = sr_practice_log_list (log_folder, error);
  JsonArray *logs = json_array_new ();

  json_object_set_array_member (object, "logs", logs);
  for (guint i = 0; finished != NULL && i < finished->len; i++)
    json_array_add_int_element (logs, g_array_index (finished, guint32, i));
  return finished != NULL;
}

static gboolean
add_database (JsonObject         *object,
              SrPracticeDatabase *database,
              const char         *log_folder,
              gboolean            with_rows,
              GError            **error)
{
  json_object_set_null_member (object, "databaseError");
  if (!add_logs (object, log_folder, error))
    return FALSE;
  json_object_set_int_member (object, "checkpointGeneration",
                              SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_checkpoint (database)));
  json_object_set_int_member (object, "databaseSize",
                              (gint64) sr_practice_database_get_page_count (database) * SR_PRACTICE_PAGE_SIZE);
  json_object_set_int_member (object, "rowCount", sr_practice_database_get_row_count (database));
  add_marks (object, database);
  return !with_rows || add_rows (object, database, error);
}

static JsonObject *
session_to_json (const SrPracticeBackup *backup)
{
  JsonObject *session = json_object_new ();

  json_object_set_boolean_member (session, "open", backup->open);
  if (!backup->open)
    return session;
  json_object_set_string_member (session, "kind", backup->full ? "full" : "logs");
  json_object_set_string_member (session, "principal", backup->principal);
  set_time (session, "prepared", backup->prepared);
  json_object_set_boolean_member (session, "logsListed", backup->logs_listed);
  json_object_set_boolean_member (session, "truncated", backup->truncated);
  if (backup->current != NULL)
    json_object_set_string_member (session, "file", backup->current->name);
  return session;
}

static void
add_identity (JsonObject       *object,
              const char       *host,
              SrPracticeSigner *signer)
{
  json_object_set_string_member (object, "name", sr_practice_signer_get_name (signer));
  json_object_set_string_member (object, "host", host);
  set_base64 (object, "certificate", sr_practice_signer_get_certificate (signer));
}

/* A look at the database of a CA that does not run; one that wants a recovery first tells which error it gives. */
static gboolean
add_stopped_database (JsonObject *object,
                      const char *log_folder,
                      const char *database_name,
                      gboolean    with_rows,
                      GError    **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrPracticeDatabase) database = sr_practice_database_open (log_folder, database_name, TRUE, &local);
  g_autofree char *code = NULL;
  JsonObject *failure;

  if (database != NULL)
    return add_database (object, database, log_folder, with_rows, error);
  code = g_strdup_printf ("0x%08x", sr_practice_error_to_hresult (local));
  failure = json_object_new ();
  json_object_set_string_member (failure, "code", code);
  json_object_set_string_member (failure, "message", local->message);
  json_object_set_object_member (object, "databaseError", failure);
  json_object_set_null_member (object, "rowCount");
  if (with_rows)
    json_object_set_array_member (object, "rows", json_array_new ());
  return add_logs (object, log_folder, error);
}

static void
add_restore (JsonObject       *object,
             SrPracticeConfig *config)
{
  JsonNode *restore = sr_practice_restore_describe (config);

  json_object_set_member (object, "restoreInProgress", restore != NULL ? restore : json_node_new (JSON_NODE_NULL));
}

JsonObject *
sr_practice_ca_inspect (SrPracticeCa *ca,
                        gboolean      with_rows,
                        GError      **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_autoptr (JsonObject) object = json_object_new ();

  add_identity (object, ca->host, ca->signer);
  json_object_set_boolean_member (object, "running", ca->database != NULL);
  json_object_set_object_member (object, "session", session_to_json (&ca->backup));
  sr_practice_ledger_add_to (ca->ledger, object);
  add_restore (object, ca->config);
  if (ca->database != NULL ? !add_database (object, ca->database, ca->log_folder, with_rows, error)
                           : !add_stopped_database (object, ca->log_folder, ca->database_name, with_rows, error))
    return NULL;
  return g_steal_pointer (&object);
}

static const char *
stored_host (SrPracticeConfig *config)
{
  GVariant *value = sr_practice_config_get (config, SR_PRACTICE_NODE_CA, NULL, "CAServerName");

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "";
}

JsonObject *
sr_practice_inspect_folder (const char *folder,
                            GError    **error)
{
  g_autofree char *log_folder = sr_practice_drives_get_log_folder (folder);
  g_autofree char *ledger_path = g_build_filename (folder, "ledger.json", NULL);
  g_autofree char *config_path = g_build_filename (folder, "config", NULL);
  g_autofd int lock = sr_practice_ca_lock_folder (folder, FALSE, error);
  g_autoptr (SrPracticeConfig) config = lock >= 0 ? sr_practice_config_open (config_path, error) : NULL;
  g_autoptr (SrPracticeSigner) signer = config != NULL ? sr_practice_signer_open (folder, NULL, error) : NULL;
  g_autoptr (SrPracticeLedger) ledger = signer != NULL ? sr_practice_ledger_open (ledger_path, error) : NULL;
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *sanitized = NULL;
  g_autofree char *name = NULL;
  SrPracticeBackup closed = { .open = FALSE };

  if (ledger == NULL)
    return NULL;
  sanitized = sr_practice_sanitize_name (sr_practice_signer_get_name (signer));
  name = g_strconcat (sanitized, ".edb", NULL);
  add_identity (object, stored_host (config), signer);
  json_object_set_boolean_member (object, "running", FALSE);
  json_object_set_object_member (object, "session", session_to_json (&closed));
  sr_practice_ledger_add_to (ledger, object);
  add_restore (object, config);
  if (!add_stopped_database (object, log_folder, name, TRUE, error))
    return NULL;
  return g_steal_pointer (&object);
}
