/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-error.h"
#include "practice/sr-practice-log-private.h"
#include "practice/sr-practice-names.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Type codes in front of names: MS-CSRA 2.2.4, 3.1.4.1.28 (U+0082 and U+0083 in UTF-8). */
#define CODE_DATABASE "D"
#define CODE_LOG "!"
#define CODE_LOG_FOLDER "\xc2\x82"
#define CODE_SYSTEM_FOLDER "\xc2\x83"

static void
file_free (gpointer data)
{
  SrPracticeFile *file = data;

  g_free (file->unc);
  g_free (file->name);
  g_free (file->path);
  g_free (file);
}

static char *
make_unc (SrPracticeCa *ca,
          const char   *folder,
          const char   *name)
{
  g_autofree char *path = name != NULL ? g_strconcat (folder, "\\", name, NULL) : g_strdup (folder);

  return sr_practice_make_unc (ca->host, path);
}

static void
add_file (SrPracticeCa *ca,
          const char   *name,
          gboolean      is_log)
{
  SrPracticeFile *file = g_new0 (SrPracticeFile, 1);

  file->name = g_strdup (name);
  file->path = g_build_filename (ca->log_folder, name, NULL);
  file->unc = make_unc (ca, SR_PRACTICE_CERTLOG_PATH, name);
  file->is_log = is_log;
  g_ptr_array_add (ca->backup.files, file);
}

/* Whether the caller may go on with the open backup. */
static gboolean
holds (SrPracticeCa           *ca,
       const SrPracticeCaller *caller)
{
  return ca->backup.open && (ca->shared_session || ca->backup.object == caller->object);
}

/* The checks of every call inside a backup. */
static SrHresult
enter (SrPracticeCa           *ca,
       const SrPracticeCaller *caller,
       SrPracticeRule          otherwise)
{
  SrHresult hr = sr_practice_ca_admit (ca, caller, SR_PRACTICE_NEED_BACKUP);

  if (hr == SR_S_OK && !holds (ca, caller))
    hr = sr_practice_ca_refuse (ca, otherwise);
  return hr;
}

static gboolean
is_circular (SrPracticeCa *ca)
{
  return (sr_practice_config_in_force (ca->config, SR_PRACTICE_NODE_ROOT, "DBFlags") & SR_PRACTICE_DBFLAGS_CIRCULARLOGGING) != 0;
}

SrHresult
sr_practice_backup_prepare (SrPracticeCa           *ca,
                            const SrPracticeCaller *caller,
                            const char             *authority,
                            guint32                 grbit_jet,
                            guint32                 backup_flags)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrPracticeBackup *backup = &ca->backup;
  const SrPracticeDbHeader *header;
  SrHresult hr = sr_practice_ca_admit (ca, caller, SR_PRACTICE_NEED_BACKUP);
  gboolean full = grbit_jet == 0 && backup_flags != 2;

  if (hr != SR_S_OK)
    return hr;
  if (!sr_practice_name_matches (sr_practice_ca_get_name (ca), authority))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_AUTHORITY);
  if (grbit_jet > 1)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_PREPARE_VALUE);
  if (backup->open && backup->object == caller->object)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_PREPARE_AGAIN);
  if (!full && is_circular (ca))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_LOGS_CIRCULAR);
  if (backup->open)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_PREPARE_BUSY);
  header = sr_practice_database_get_header (ca->database);
  if (!full && header->backups[SR_PRACTICE_BACKUP_FULL].generation_low == 0)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_LOGS_WITHOUT_FULL);

  backup->open = TRUE;
  backup->full = full;
  backup->object = caller->object;
  backup->principal = g_strdup (caller->principal);
  backup->prepared = g_get_real_time ();
  backup->mark.lsn = sr_practice_database_get_position (ca->database);
  backup->mark.time = sr_practice_now ();
  /* what is not in the database file yet stands in the logs from the checkpoint on */
  backup->mark.generation_low = full ? SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_checkpoint (ca->database)) : 0;
  backup->files = g_ptr_array_new_with_free_func (file_free);
  if (full)
    add_file (ca, ca->database_name, FALSE);
  sr_practice_database_set_keep_logs (ca->database, is_circular (ca), TRUE);
  sr_practice_ledger_begin (ca->ledger, full ? "full" : "logs", caller->principal);
  sr_practice_ca_save_ledger (ca);
  return SR_S_OK;
}

static char **
list_files (SrPracticeBackup *backup,
            gboolean          logs)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char **names;

  for (guint i = 0; i < backup->files->len; i++)
    {
      const SrPracticeFile *file = g_ptr_array_index (backup->files, i);

      if (file->is_log == logs)
        g_strv_builder_take (builder, g_strconcat (logs ? CODE_LOG : CODE_DATABASE, file->unc, NULL));
    }
  names = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return names;
}

SrHresult
sr_practice_backup_get_databases (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller,
                                  char                 ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_ATTACHMENTS_WITHOUT_FULL);

  if (hr != SR_S_OK)
    return hr;
  if (!ca->backup.full)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_ATTACHMENTS_WITHOUT_FULL);
  *names = list_files (&ca->backup, FALSE);
  return SR_S_OK;
}

/* Finishes the current log and notes which logs go with the backup, and which of
 * them truncation removes: as ESE does, those below the checkpoint of this moment. */
static SrHresult
prepare_logs (SrPracticeCa *ca)
{
  SrPracticeBackup *backup = &ca->backup;
  const SrPracticeBackupMark *previous = sr_practice_database_get_header (ca->database)->backups;
  g_autoptr (GArray) finished = NULL;
  g_autoptr (GError) error = NULL;
  guint32 first, covered;

  if (!sr_practice_database_roll (ca->database, &error) ||
      (finished = sr_practice_log_list (ca->log_folder, &error)) == NULL)
    return sr_practice_ca_fail (ca, "Finishing the current log", error);
  first = g_array_index (finished, guint32, 0);
  covered = MAX (previous[SR_PRACTICE_BACKUP_FULL].generation_high, previous[SR_PRACTICE_BACKUP_LOGS].generation_high);
  if (!backup->full && first > covered + 1)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_LOGS_GAP);
  if (!backup->full)
    backup->mark.generation_low = first;
  for (guint i = 0; i < finished->len; i++)
    {
      g_autofree char *name = sr_practice_log_name (g_array_index (finished, guint32, i));

      if (g_array_index (finished, guint32, i) >= backup->mark.generation_low)
        add_file (ca, name, TRUE);
    }
  backup->mark.generation_high = g_array_index (finished, guint32, finished->len - 1);
  backup->delete_below = SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_checkpoint (ca->database));
  backup->logs_listed = TRUE;
  return SR_S_OK;
}

SrHresult
sr_practice_backup_get_logs (SrPracticeCa           *ca,
                             const SrPracticeCaller *caller,
                             char                 ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);

  if (hr == SR_S_OK && ca->backup.current != NULL)
    hr = sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_LOGS_FILE_OPEN);
  if (hr == SR_S_OK && !ca->backup.logs_listed)
    hr = prepare_logs (ca);
  if (hr == SR_S_OK)
    *names = list_files (&ca->backup, TRUE);
  return hr;
}

static SrPracticeFile *
find_file (SrPracticeCa *ca,
           const char   *unc)
{
  g_autofree char *wanted = unc != NULL ? g_utf8_casefold (unc, -1) : NULL;

  for (guint i = 0; wanted != NULL && i < ca->backup.files->len; i++)
    {
      SrPracticeFile *file = g_ptr_array_index (ca->backup.files, i);
      g_autofree char *name = g_utf8_casefold (file->unc, -1);

      if (g_str_equal (name, wanted))
        return file;
    }
  return NULL;
}

static gboolean
is_database (SrPracticeCa *ca,
             const char   *unc)
{
  g_autofree char *database = make_unc (ca, SR_PRACTICE_CERTLOG_PATH, ca->database_name);
  g_autofree char *a = g_utf8_casefold (database, -1);
  g_autofree char *b = unc != NULL ? g_utf8_casefold (unc, -1) : NULL;

  return b != NULL && g_str_equal (a, b);
}

SrHresult
sr_practice_backup_open (SrPracticeCa           *ca,
                         const SrPracticeCaller *caller,
                         const char             *path,
                         guint64                *length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrPracticeBackup *backup = &ca->backup;
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);
  g_autoptr (GError) error = NULL;
  SrPracticeFile *file;

  if (hr != SR_S_OK)
    return hr;
  if (backup->current != NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_OPEN_AGAIN);
  if (is_database (ca, path) && (!backup->full || backup->logs_listed))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_OPEN_DATABASE_LATE);
  file = find_file (ca, path);
  if (file == NULL && !backup->logs_listed)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_OPEN_NO_DATABASE);
  if (file == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_OPEN_UNKNOWN);

  if (file->is_log)
    {
      backup->fd = open (file->path, O_RDONLY | O_CLOEXEC);
      if (backup->fd < 0)
        {
          sr_set_errno_error (&error, errno, _("Opening “%s”"), file->path);
          return sr_practice_ca_fail (ca, "Opening a log", error);
        }
      backup->size = SR_PRACTICE_LOG_SIZE;
    }
  else
    /* as many pages as there are now, and the trailer; what grows later stands in the logs */
    backup->size = ((guint64) sr_practice_database_get_page_count (ca->database) + 1) * SR_PRACTICE_PAGE_SIZE;
  backup->current = file;
  backup->offset = 0;
  if (gnutls_hash_init (&backup->hash, GNUTLS_DIG_SHA256) != 0)
    g_error ("GnuTLS has no SHA-256");
  *length = backup->size;
  return SR_S_OK;
}

/* The pages of the copy that are not in the file as they are sent: the header
 * names the backup, and the trailer tells which logs the copy needs. */
static void
make_special_page (SrPracticeCa *ca,
                   guint32       pgno,
                   guint8       *page)
{
  SrPracticeDbHeader header = *sr_practice_database_get_header (ca->database);
  SrPracticeBackupMark mark = ca->backup.mark;
  gboolean trailer = pgno >= SR_PRACTICE_FIRST_ROW_PAGE;

  if (trailer)
    mark.generation_high = SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_position (ca->database));
  header.backups[SR_PRACTICE_BACKUP_CURRENT] = mark;
  sr_practice_db_header_write (&header, page, pgno, trailer ? SR_PRACTICE_PAGE_TRAILER : SR_PRACTICE_PAGE_HEADER);
}

static gboolean
read_database (SrPracticeCa *ca,
               guint8       *data,
               guint32       n,
               GError      **error)
{
  guint32 first = (guint32) (ca->backup.offset / SR_PRACTICE_PAGE_SIZE), count = n / SR_PRACTICE_PAGE_SIZE;
  guint32 trailer = (guint32) (ca->backup.size / SR_PRACTICE_PAGE_SIZE) - 1;

  for (guint32 i = 0; i < count;)
    {
      guint8 *at = data + (gsize) i * SR_PRACTICE_PAGE_SIZE;
      guint32 pgno = first + i, run;

      if (pgno < SR_PRACTICE_FIRST_ROW_PAGE || pgno == trailer)
        {
          make_special_page (ca, pgno, at);
          i++;
          continue;
        }
      run = MIN (count - i, trailer - pgno);
      if (!sr_practice_database_read_pages (ca->database, pgno, run, at, error))
        return FALSE;
      i += run;
    }
  return TRUE;
}

SrHresult
sr_practice_backup_read (SrPracticeCa           *ca,
                         const SrPracticeCaller *caller,
                         gint32                  size,
                         guint8                **data,
                         guint32                *n_read)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrPracticeBackup *backup = &ca->backup;
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  guint32 n;

  if (hr != SR_S_OK)
    return hr;
  if (backup->current == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_READ_CLOSED);
  if (size <= 0 || size % SR_PRACTICE_PAGE_SIZE != 0)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_READ_SIZE);
  if ((guint32) size > SR_PRACTICE_MAX_READ)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_READ_TOO_MUCH);

  buffer = g_malloc0 ((gsize) size);
  n = (guint32) MIN ((guint64) size, backup->size - backup->offset);
  if (backup->current->is_log)
    ok = sr_practice_read_at (backup->fd, buffer, n, backup->offset, backup->current->path, &error);
  else
    ok = read_database (ca, buffer, n, &error);
  if (!ok && g_error_matches (error, SR_ERROR, SR_ERROR_MALFORMED))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_READ_DAMAGED);
  if (!ok)
    return sr_practice_ca_fail (ca, "Reading for a backup", error);
  gnutls_hash (backup->hash, buffer, n);
  backup->offset += n;
  *data = g_steal_pointer (&buffer);
  *n_read = n;
  return SR_S_OK;
}

/* Closes the open file and notes what of it was served. */
static void
close_file (SrPracticeCa *ca)
{
  SrPracticeBackup *backup = &ca->backup;
  guint8 digest[32];
  GString *hex = g_string_new (NULL);

  gnutls_hash_deinit (backup->hash, digest);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  sr_practice_ledger_add_file (ca->ledger, backup->current->name, backup->size, backup->offset, hex->str);
  g_string_free (hex, TRUE);
  if (backup->offset == backup->size)
    backup->current->done = TRUE;
  backup->current = NULL;
  if (backup->fd >= 0)
    close (backup->fd);
  backup->fd = -1;
}

SrHresult
sr_practice_backup_close (SrPracticeCa           *ca,
                          const SrPracticeCaller *caller)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);

  if (hr != SR_S_OK)
    return hr;
  if (ca->backup.current == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CLOSE_CLOSED);
  close_file (ca);
  return SR_S_OK;
}

static gboolean
all_done (SrPracticeBackup *backup)
{
  for (guint i = 0; i < backup->files->len; i++)
    if (!((SrPracticeFile *) g_ptr_array_index (backup->files, i))->done)
      return FALSE;
  return backup->logs_listed && backup->current == NULL;
}

SrHresult
sr_practice_backup_truncate_logs (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);
  g_autoptr (GError) error = NULL;
  guint removed;

  if (hr != SR_S_OK)
    return hr;
  if (!all_done (&ca->backup))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_TRUNCATE_EARLY);
  if (!sr_practice_database_truncate_logs (ca->database, ca->backup.delete_below, &removed, &error))
    return sr_practice_ca_fail (ca, "Truncating logs", error);
  ca->backup.truncated = TRUE;
  sr_practice_ledger_set_truncated (ca->ledger, removed);
  sr_practice_ca_save_ledger (ca);
  return SR_S_OK;
}

/* Inference: when CertSvc writes these entries is not documented. Here a backup
 * that counts for the chain, one that truncated logs, writes them as it ends. */
void
sr_practice_ca_set_last_backup (SrPracticeCa *ca,
                                gboolean      full)
{
  guint64 now = GUINT64_TO_LE (sr_practice_now ());
  g_autoptr (GError) error = NULL;

  sr_practice_config_set (ca->config, SR_PRACTICE_NODE_ROOT, NULL,
                          full ? "DBLastFullBackup" : "DBLastIncrementalBackup",
                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &now, sizeof now, 1));
  if (!sr_practice_config_save (ca->config, &error))
    g_message ("Practice CA: %s", error->message);
}

/* Remembers a backup that came to its end in the database's header. One that
 * truncated nothing is a copy, and no log-only backup can build on it. */
static void
remember (SrPracticeCa *ca)
{
  const SrPracticeBackup *backup = &ca->backup;
  g_autoptr (GError) error = NULL;
  SrPracticeBackupSlot slot;

  if (!backup->logs_listed ||
      (backup->full && !((SrPracticeFile *) g_ptr_array_index (backup->files, 0))->done))
    return; /* given up by the client */
  if (backup->full)
    slot = backup->truncated ? SR_PRACTICE_BACKUP_FULL : SR_PRACTICE_BACKUP_COPY;
  else
    slot = backup->truncated ? SR_PRACTICE_BACKUP_LOGS : SR_PRACTICE_BACKUP_DIFFERENTIAL;
  if (!sr_practice_database_set_backup (ca->database, slot, &backup->mark, &error))
    g_message ("Practice CA: %s", error->message);
  if (backup->truncated)
    sr_practice_ca_set_last_backup (ca, backup->full);
}

void
sr_practice_backup_finish (SrPracticeCa     *ca,
                           SrPracticeOutcome outcome)
{
  SrPracticeBackup *backup = &ca->backup;

  if (backup->current != NULL)
    close_file (ca);
  if (outcome == SR_PRACTICE_ENDED)
    remember (ca);
  sr_practice_database_set_keep_logs (ca->database, is_circular (ca), FALSE);
  sr_practice_ledger_end (ca->ledger, outcome);
  sr_practice_ca_save_ledger (ca);
  g_ptr_array_unref (backup->files);
  g_free (backup->principal);
  *backup = (SrPracticeBackup) { .fd = -1 };
}

SrHresult
sr_practice_backup_end (SrPracticeCa           *ca,
                        const SrPracticeCaller *caller)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = enter (ca, caller, SR_PRACTICE_RULE_NOT_PREPARED);

  if (hr == SR_S_OK)
    sr_practice_backup_finish (ca, SR_PRACTICE_ENDED);
  return hr;
}

void
sr_practice_backup_object_gone (SrPracticeCa     *ca,
                                guint64           object,
                                SrPracticeOutcome outcome)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  if (!ca->backup.open || ca->backup.object != object)
    return;
  if (!ca->survives_rundown)
    {
      sr_practice_backup_finish (ca, outcome);
      return;
    }
  sr_practice_ledger_note_orphan (ca->ledger);
  sr_practice_ca_save_ledger (ca);
}

SrHresult
sr_practice_backup_get_dynamic_files (SrPracticeCa           *ca,
                                      const SrPracticeCaller *caller,
                                      char                 ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = sr_practice_ca_admit (ca, caller, SR_PRACTICE_NEED_BACKUP);
  g_autofree char *crl = NULL;

  if (hr != SR_S_OK)
    return hr;
  crl = sr_practice_ca_get_crl_name (ca);
  *names = g_new0 (char *, 2);
  (*names)[0] = make_unc (ca, SR_PRACTICE_CERTENROLL_PATH, crl);
  return SR_S_OK;
}

SrHresult
sr_practice_backup_get_locations (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller,
                                  char                 ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = sr_practice_ca_admit (ca, caller, SR_PRACTICE_NEED_BACKUP);
  g_autofree char *database = NULL;
  g_autofree char *folder = NULL;

  if (hr != SR_S_OK)
    return hr;
  database = make_unc (ca, SR_PRACTICE_CERTLOG_PATH, ca->database_name);
  folder = make_unc (ca, SR_PRACTICE_CERTLOG_PATH, NULL);
  *names = g_new0 (char *, 4);
  (*names)[0] = g_strconcat (CODE_DATABASE, database, NULL);
  (*names)[1] = g_strconcat (CODE_LOG_FOLDER, folder, NULL);
  (*names)[2] = g_strconcat (CODE_SYSTEM_FOLDER, folder, NULL);
  return SR_S_OK;
}
