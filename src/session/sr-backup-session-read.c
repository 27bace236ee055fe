/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-backup-session-private.h"
#include "session/sr-session-read-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define GET_DATABASES "BackupGetAttachmentInformation"
#define GET_LOGS "BackupGetBackupLogs"

static gboolean
read_locations (SrBackupSession *session,
                GCancellable    *cancellable,
                GError         **error)
{
  g_autoptr (GBytes) raw = NULL;
  gint64 deadline;

  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_LOCATIONS, cancellable, error))
    return FALSE;
  deadline = sr_backup_session_calling (session, "RestoreGetDatabaseLocations");
  return sr_cert_admin_restore_get_database_locations (session->admin, &raw, NULL, deadline, cancellable, error)
         && sr_backup_set_writer_set_locations (session->writer, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), error);
}

static gboolean
write_piece (const guint8 *data,
             gsize         length,
             gpointer      user_data,
             GError      **error)
{
  SrBackupSession *session = user_data;

  session->progress.last_call = "BackupReadFile";
  session->progress.last_call_at = g_get_real_time ();
  if (!sr_backup_set_writer_write (session->writer, data, length, error))
    return FALSE;
  session->progress.file_done += length;
  session->progress.bytes_done += length;
  sr_backup_session_tell (session);
  return TRUE;
}

/* Opens, reads and closes one file (MS-CSRA 3.2.4.1.22 to 3.2.4.1.24). */
static gboolean
read_one (SrBackupSession    *session,
          const SrServerFile *file,
          GCancellable       *cancellable,
          GError            **error)
{
  guint64 length;
  gint64 deadline = sr_backup_session_calling (session, "BackupOpenFile");

  if (!sr_cert_admin_backup_open_file (session->admin, file->name, &length, deadline, cancellable, error))
    return FALSE;
  session->file_open = TRUE;
  session->progress.file_size = length;
  session->progress.bytes_total += length;
  if (!sr_backup_set_writer_begin_file (session->writer, file->role, file->name, length, error))
    return FALSE;
  if (!sr_session_read_file (session->admin, file->name, length, session->read_size, session->timeouts.call,
                             write_piece, session, &session->counts.reads, cancellable, error))
    return FALSE;

  deadline = sr_backup_session_calling (session, "BackupCloseFile");
  session->file_open = FALSE;
  if (!sr_cert_admin_backup_close_file (session->admin, deadline, cancellable, error)
      || !sr_backup_set_writer_end_file (session->writer, error))
    return FALSE;
  session->counts.bytes += length;
  return TRUE;
}

/* The names are checked as a whole before the first file is opened. */
static GArray *
parse_names (char      **names,
             const char *method,
             gboolean    databases,
             GError    **error)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (SrServerFile));

  for (guint i = 0; names[i] != NULL; i++)
    {
      SrServerFile file;

      if (!sr_server_file_parse (names[i], method, &file, error))
        return NULL;
      if ((file.role == SR_FILE_DATABASE) != databases)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                       databases ? _("%s lists “%s”, which is no database") : _("%s lists “%s”, a database among the logs"),
                       method, file.name);
          return NULL;
        }
      g_array_append_val (files, file);
    }
  return g_steal_pointer (&files);
}

/* Reads the files of a list; of a list of logs only once the rules have seen it. */
static gboolean
read_list (SrBackupSession *session,
           char           **names,
           gboolean         databases,
           GCancellable    *cancellable,
           GError         **error)
{
  g_autoptr (GArray) files = parse_names (names, databases ? GET_DATABASES : GET_LOGS, databases, error);

  if (files == NULL || (!databases && !sr_backup_session_check_list (session, files, error)))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const SrServerFile *file = &g_array_index (files, SrServerFile, i);

      sr_backup_session_set_file (session, sr_server_file_base_name (file->name), i + 1, files->len);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !read_one (session, file, cancellable, error))
        return FALSE;
      ++*(databases ? &session->counts.databases : &session->counts.logs);
    }
  sr_backup_session_set_file (session, NULL, 0, 0);
  return TRUE;
}

static gboolean
read_databases (SrBackupSession *session,
                GCancellable    *cancellable,
                GError         **error)
{
  g_auto (GStrv) names = NULL;
  gint64 deadline;

  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_DATABASE, cancellable, error))
    return FALSE;
  deadline = sr_backup_session_calling (session, GET_DATABASES);
  return sr_cert_admin_backup_get_database_names (session->admin, &names, deadline, cancellable, error)
         && read_list (session, names, TRUE, cancellable, error);
}

static gboolean
read_logs (SrBackupSession *session,
           GCancellable    *cancellable,
           GError         **error)
{
  g_auto (GStrv) names = NULL;
  gint64 deadline;

  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_LOGS, cancellable, error))
    return FALSE;
  deadline = sr_backup_session_calling (session, GET_LOGS);
  if (!sr_cert_admin_backup_get_logs (session->admin, &names, deadline, cancellable, error))
    {
      sr_backup_session_note_refusal (session, error);
      return FALSE;
    }
  return read_list (session, names, FALSE, cancellable, error);
}

/* Listed only: MS-CSRA 3.1.4.1.27 and 3.2.4.1.22 disagree whether they can be read this way. */
static gboolean
list_dynamic_files (SrBackupSession *session,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_auto (GStrv) names = NULL;
  gint64 deadline;

  session->progress.total_known = TRUE;
  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_DYNAMIC, cancellable, error))
    return FALSE;
  deadline = sr_backup_session_calling (session, "BackupGetDynamicFiles");
  if (!sr_cert_admin_backup_get_dynamic_files (session->admin, &names, deadline, cancellable, error))
    return FALSE;
  session->counts.dynamic_files = g_strv_length (names);
  return sr_backup_set_writer_set_dynamic_files (session->writer, (const char * const *) names, error);
}

/* Every database is read to its end before the logs are listed: opening one
 * afterwards is refused (-521), and the logs' list is what the databases need. */
gboolean
sr_backup_session_read_all (SrBackupSession *session,
                            GCancellable    *cancellable,
                            GError         **error)
{
  return read_locations (session, cancellable, error)
         && (session->kind != SR_BACKUP_FULL || read_databases (session, cancellable, error))
         && read_logs (session, cancellable, error)
         && list_dynamic_files (session, cancellable, error);
}
