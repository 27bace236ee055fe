/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-database-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "ese/sr-ese-time.h"
#include "practice/sr-practice-chain.h"
#include "practice/sr-practice-jet.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

void
sr_practice_database_free (SrPracticeDatabase *database)
{
  if (database->fd >= 0)
    close (database->fd);
  g_clear_pointer (&database->log, sr_practice_log_free);
  g_clear_pointer (&database->pages, sr_practice_pages_free);
  g_clear_pointer (&database->places, g_array_unref);
  g_clear_pointer (&database->serials, g_hash_table_unref);
  g_free (database->folder);
  g_free (database->path);
  g_free (database);
}

/* As ESE makes them: a random number, the time, and no computer's name. */
static gboolean
make_signature (guint8  *signature,
                GError **error)
{
  memset (signature, 0, SR_PRACTICE_SIGNATURE_SIZE);
  sr_ese_time_write (signature + 4, g_get_real_time ());
  if (gnutls_rnd (GNUTLS_RND_RANDOM, signature, 4) == 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("No random numbers for a new database"));
  return FALSE;
}

static gboolean
ignore_record (SrPracticeLsn        lsn,
               SrPracticeRecordType type,
               const guint8        *payload,
               gsize                length,
               gpointer             user_data,
               GError             **error)
{
  return TRUE;
}

/* Whether the logs say that their database was closed in order: nothing stands behind the checkpoint. */
static gboolean
was_closed (const char *folder)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autoptr (GPtrArray) chain = NULL;
  SrPracticeLsn checkpoint, end;
  SrEseLogHeader header;

  if (!sr_practice_log_read_header (current, &header, NULL) ||
      !sr_practice_checkpoint_read (folder, header.signature, &checkpoint, NULL))
    return FALSE;
  chain = sr_practice_chain_read_live (folder, SR_PRACTICE_LSN_GENERATION (checkpoint), header.signature, NULL);
  return chain != NULL && sr_practice_chain_replay (chain, checkpoint, ignore_record, NULL, &end, NULL) && end == checkpoint;
}

/* ESE replays the logs of a database that is not there and misses it at their
 * end (-1216), unless they say that it was closed; then who opens it misses it (-1811). */
gboolean
sr_practice_database_missing (const char *folder,
                              const char *path,
                              GError    **error)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autoptr (GArray) finished = sr_practice_log_list (folder, error);
  gboolean logs;

  if (finished == NULL)
    return FALSE;
  logs = finished->len > 0 || g_file_test (current, G_FILE_TEST_EXISTS);
  sr_hresult_set_error (error, SR_HRESULT_FROM_JET (logs && !was_closed (folder) ? SR_JET_ATTACHED_DATABASE_MISMATCH : SR_JET_FILE_NOT_FOUND),
                        logs ? _("The database “%s” is missing, but its logs are there") : _("The database “%s” is missing"), path);
  return FALSE;
}

/* A new database: its first log, then the file with nothing but its header. A
 * checkpoint follows with the first opening, so its absence tells that this was interrupted. */
static gboolean
create (SrPracticeDatabase *database,
        GError            **error)
{
  g_autofree char *checkpoint = g_build_filename (database->folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  g_autoptr (GArray) finished = sr_practice_log_list (database->folder, error);
  g_autoptr (SrPracticeLog) log = NULL;
  guint8 pages[SR_PRACTICE_FIRST_ROW_PAGE * SR_PRACTICE_PAGE_SIZE];
  SrPracticeDbHeader header = { .clean = TRUE };

  if (finished == NULL)
    return FALSE;
  if (finished->len > 0 || g_file_test (checkpoint, G_FILE_TEST_EXISTS))
    return sr_practice_database_missing (database->folder, database->path, error);
  if (!make_signature (header.db_signature, error) || !make_signature (header.log_signature, error))
    return FALSE;
  log = sr_practice_log_create (database->folder, header.log_signature, error);
  if (log == NULL)
    return FALSE;
  for (guint32 pgno = 0; pgno < SR_PRACTICE_FIRST_ROW_PAGE; pgno++)
    sr_practice_db_header_write (&header, pages + pgno * SR_PRACTICE_PAGE_SIZE, pgno, SR_PRACTICE_PAGE_HEADER);
  return sr_file_replace (database->path, pages, sizeof pages, error);
}

gboolean
sr_practice_database_write_header (SrPracticeDatabase *database,
                                   GError            **error)
{
  return sr_practice_db_header_store (database->fd, database->path, &database->header, error);
}

static gboolean
load_pages (SrPracticeDatabase *database,
            GError            **error)
{
  struct stat st;

  if (fstat (database->fd, &st) != 0)
    return sr_set_errno_error (error, errno, _("Reading “%s”"), database->path);
  return sr_practice_pages_load_file (database->pages, database->fd, database->path,
                                      (guint64) st.st_size / SR_PRACTICE_PAGE_SIZE, error) ||
         sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
}

gboolean
sr_practice_pages_apply (SrPracticePages      *pages,
                         SrPracticeLsn         lsn,
                         SrPracticeRecordType  type,
                         const guint8         *payload,
                         gsize                 length,
                         GError              **error)
{
  guint64 end;

  if (type == SR_PRACTICE_RECORD_INSERT && length > 8)
    return sr_practice_pages_insert (pages, lsn, sr_get_le32 (payload), sr_get_le16 (payload + 4),
                                     payload + 8, length - 8, error);
  if (type == SR_PRACTICE_RECORD_STATE && length == 8 + SR_PRACTICE_ROW_STATE_SIZE)
    return sr_practice_pages_set_state (pages, lsn, sr_get_le32 (payload), sr_get_le16 (payload + 4),
                                        payload + 8, error);
  if (type == SR_PRACTICE_RECORD_PAD && length == SR_PRACTICE_PADDING_SIZE)
    {
      end = (guint64) sr_get_le32 (payload) + sr_get_le32 (payload + 4);
      if (end <= SR_PRACTICE_MAX_PAGES)
        {
          sr_practice_pages_grow (pages, (guint32) end);
          return TRUE;
        }
    }
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A log record of type %d with %zu bytes makes no sense"), (int) type, length);
  return FALSE;
}

static gboolean
apply (SrPracticeLsn        lsn,
       SrPracticeRecordType type,
       const guint8        *payload,
       gsize                length,
       gpointer             user_data,
       GError             **error)
{
  SrPracticeDatabase *database = user_data;

  if (!sr_practice_pages_apply (database->pages, lsn, type, payload, length, error))
    return FALSE;
  return type != SR_PRACTICE_RECORD_PAD || database->read_only ||
         sr_practice_write_padding (database->fd, database->path, lsn, payload, error);
}

/* A backup's copy wants a recovery of its own, with the backup's logs; one
 * whose recovery came to its end is as any other database (ESE logredo.cxx ErrLGRICheckAttachNow). */
static gboolean
is_recovered (SrPracticeDatabase *database,
              GError            **error)
{
  const SrPracticeBackupMark *current = &database->header.backups[SR_PRACTICE_BACKUP_CURRENT];

  if (current->generation_low == 0 || (current->generation_high != 0 && database->header.clean))
    return TRUE;
  sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_SOFT_RECOVERY_ON_BACKUP_DATABASE),
                        _("The database “%s” is a backup’s copy"), database->path);
  return FALSE;
}

/* Whether there is a log to write to; without any log a database cannot be made consistent. */
static gboolean
mend_names (SrPracticeDatabase *database,
            GError            **error)
{
  g_autoptr (GArray) finished = sr_practice_log_list (database->folder, error);

  if (finished == NULL)
    return FALSE;
  return sr_practice_log_mend_names (database->folder, error) ||
         sr_practice_jet_error (error, finished->len == 0 && !database->header.clean
                                       ? SR_JET_DATABASE_DIRTY_SHUTDOWN : SR_JET_MISSING_LOG_FILE);
}

/* The place from which logs are replayed; without a checkpoint, all that are there. */
static gboolean
find_checkpoint (SrPracticeDatabase *database,
                 GError            **error)
{
  g_autofree char *checkpoint = g_build_filename (database->folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  g_autoptr (GArray) finished = NULL;

  if (g_file_test (checkpoint, G_FILE_TEST_EXISTS))
    return sr_practice_checkpoint_read (database->folder, database->header.log_signature, &database->checkpoint, error);
  finished = sr_practice_log_list (database->folder, error);
  if (finished == NULL)
    return FALSE;
  database->checkpoint = SR_PRACTICE_LSN (finished->len > 0 ? g_array_index (finished, guint32, 0) : 1, 0);
  return TRUE;
}

static gboolean
recover (SrPracticeDatabase *database,
         GError            **error)
{
  g_autoptr (GPtrArray) chain = NULL;
  SrPracticeLsn end;

  if (!is_recovered (database, error) ||
      (!database->read_only && !mend_names (database, error)) ||
      !find_checkpoint (database, error))
    return FALSE;
  chain = sr_practice_chain_read_live (database->folder, SR_PRACTICE_LSN_GENERATION (database->checkpoint),
                                       database->header.log_signature, error);
  if (chain == NULL || !sr_practice_chain_replay (chain, database->checkpoint, apply, database, &end, error))
    return FALSE;
  if (database->read_only)
    return TRUE;
  database->log = sr_practice_log_open (database->folder, end, error);
  if (database->log == NULL)
    return FALSE;
  database->header.clean = FALSE;
  /* after a restore no backup counts any more */
  if (database->header.backups[SR_PRACTICE_BACKUP_CURRENT].generation_low != 0)
    memset (database->header.backups, 0, sizeof database->header.backups);
  return sr_practice_database_write_header (database, error) &&
         sr_practice_database_move_checkpoint (database, G_MAXUINT64, error);
}

gboolean
sr_practice_database_note_row (SrPracticeDatabase *database,
                               guint32             pgno,
                               guint16             offset,
                               const guint8       *row,
                               gsize               length,
                               GError            **error)
{
  g_autoptr (SrPracticeRow) decoded = sr_practice_row_decode (row, length, error);
  SrPracticePlace place = { pgno, offset };

  if (decoded == NULL)
    return FALSE;
  if (decoded->request_id != database->places->len + 1)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u has request %u where %u must follow"),
                   pgno, decoded->request_id, database->places->len + 1);
      return FALSE;
    }
  g_array_append_val (database->places, place);
  g_hash_table_insert (database->serials, g_steal_pointer (&decoded->serial), GUINT_TO_POINTER (decoded->request_id));
  return TRUE;
}

static gboolean
note_row (guint32       pgno,
          guint16       offset,
          const guint8 *row,
          gsize         length,
          gpointer      user_data,
          GError      **error)
{
  return sr_practice_database_note_row (user_data, pgno, offset, row, length, error);
}

SrPracticeDatabase *
sr_practice_database_open (const char *folder,
                           const char *name,
                           gboolean    read_only,
                           GError    **error)
{
  g_autoptr (SrPracticeDatabase) database = g_new0 (SrPracticeDatabase, 1);

  database->folder = g_strdup (folder);
  database->path = g_build_filename (folder, name, NULL);
  database->fd = -1;
  database->read_only = read_only;
  database->pages = sr_practice_pages_new ();
  database->places = g_array_new (FALSE, FALSE, sizeof (SrPracticePlace));
  database->serials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!read_only && !g_file_test (database->path, G_FILE_TEST_EXISTS) && !create (database, error))
    return NULL;
  database->fd = open (database->path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (database->fd < 0)
    {
      sr_set_errno_error (error, errno, _("Opening the database “%s”"), database->path);
      return NULL;
    }
  if (!sr_practice_db_header_load (database->fd, database->path, &database->header, error) ||
      !load_pages (database, error) ||
      !recover (database, error))
    return NULL;
  if (!sr_practice_pages_foreach_row (database->pages, note_row, database, error))
    {
      sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
      return NULL;
    }
  return g_steal_pointer (&database);
}

guint32
sr_practice_database_get_row_count (SrPracticeDatabase *database)
{
  return database->places->len;
}

SrPracticeRow *
sr_practice_database_get_row (SrPracticeDatabase *database,
                              guint32             request_id,
                              GError            **error)
{
  const SrPracticePlace *place;
  const guint8 *data;
  gsize length;

  if (request_id == 0 || request_id > database->places->len)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("There is no request %u"), request_id);
      return NULL;
    }
  place = &g_array_index (database->places, SrPracticePlace, request_id - 1);
  data = sr_practice_pages_peek_row (database->pages, place->pgno, place->offset, &length);
  return sr_practice_row_decode (data, length, error);
}

guint32
sr_practice_database_find_serial (SrPracticeDatabase *database,
                                  const char         *serial)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (database->serials, serial));
}

const SrPracticeDbHeader *
sr_practice_database_get_header (SrPracticeDatabase *database)
{
  return &database->header;
}

SrPracticeLsn
sr_practice_database_get_checkpoint (SrPracticeDatabase *database)
{
  return database->checkpoint;
}

SrPracticeLsn
sr_practice_database_get_position (SrPracticeDatabase *database)
{
  return sr_practice_log_get_position (database->log);
}

guint32
sr_practice_database_get_page_count (SrPracticeDatabase *database)
{
  return sr_practice_pages_get_count (database->pages);
}

gboolean
sr_practice_database_read_pages (SrPracticeDatabase *database,
                                 guint32             first,
                                 guint32             count,
                                 guint8             *pages,
                                 GError            **error)
{
  if (!sr_practice_read_at (database->fd, pages, (gsize) count * SR_PRACTICE_PAGE_SIZE,
                            (guint64) first * SR_PRACTICE_PAGE_SIZE, database->path, error))
    return FALSE;
  for (guint32 i = 0; i < count; i++)
    if (!sr_practice_page_verify (pages + (gsize) i * SR_PRACTICE_PAGE_SIZE, first + i, error))
      return FALSE;
  return TRUE;
}
