/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-database-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "ese/sr-ese-time.h"
#include "practice/sr-practice-log-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much of the file is read at once when it is opened. */
#define LOAD_PAGES 256

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
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("The database “%s” is missing, but its logs are there"), database->path);
      return FALSE;
    }
  if (!make_signature (header.db_signature, error) || !make_signature (header.log_signature, error))
    return FALSE;
  log = sr_practice_log_create (database->folder, header.log_signature, error);
  if (log == NULL)
    return FALSE;
  for (guint32 pgno = 0; pgno < SR_PRACTICE_FIRST_ROW_PAGE; pgno++)
    sr_practice_db_header_write (&header, pages + pgno * SR_PRACTICE_PAGE_SIZE, pgno, SR_PRACTICE_PAGE_HEADER);
  return sr_file_replace (database->path, pages, sizeof pages, error);
}

static gboolean
read_header (SrPracticeDatabase *database,
             GError            **error)
{
  guint8 page[SR_PRACTICE_PAGE_SIZE];

  /* the shadow serves where the first copy was torn */
  if (sr_practice_read_at (database->fd, page, sizeof page, 0, database->path, NULL) &&
      sr_practice_db_header_read (page, 0, SR_PRACTICE_PAGE_HEADER, &database->header, NULL))
    return TRUE;
  return sr_practice_read_at (database->fd, page, sizeof page, sizeof page, database->path, error) &&
         sr_practice_db_header_read (page, 1, SR_PRACTICE_PAGE_HEADER, &database->header, error);
}

gboolean
sr_practice_database_write_header (SrPracticeDatabase *database,
                                   GError            **error)
{
  guint8 page[SR_PRACTICE_PAGE_SIZE];

  for (guint32 pgno = 0; pgno < SR_PRACTICE_FIRST_ROW_PAGE; pgno++)
    {
      sr_practice_db_header_write (&database->header, page, pgno, SR_PRACTICE_PAGE_HEADER);
      if (!sr_practice_write_at (database->fd, page, sizeof page, (guint64) pgno * sizeof page, database->path, error))
        return FALSE;
      if (fdatasync (database->fd) != 0)
        return sr_set_errno_error (error, errno, _("Syncing “%s”"), database->path);
    }
  return TRUE;
}

static gboolean
load_pages (SrPracticeDatabase *database,
            GError            **error)
{
  g_autofree guint8 *buffer = g_malloc (LOAD_PAGES * SR_PRACTICE_PAGE_SIZE);
  struct stat st;
  guint64 count;

  if (fstat (database->fd, &st) != 0)
    return sr_set_errno_error (error, errno, _("Reading “%s”"), database->path);
  count = (guint64) st.st_size / SR_PRACTICE_PAGE_SIZE;
  if (count > SR_PRACTICE_MAX_PAGES)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The database “%s” is too large"), database->path);
      return FALSE;
    }
  for (guint64 pgno = SR_PRACTICE_FIRST_ROW_PAGE; pgno < count; pgno += LOAD_PAGES)
    {
      guint64 n = MIN (LOAD_PAGES, count - pgno);

      if (!sr_practice_read_at (database->fd, buffer, n * SR_PRACTICE_PAGE_SIZE, pgno * SR_PRACTICE_PAGE_SIZE, database->path, error))
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        if (!sr_practice_pages_load (database->pages, (guint32) (pgno + i), buffer + i * SR_PRACTICE_PAGE_SIZE, error))
          {
            g_prefix_error (error, _("The database “%s”: "), database->path);
            return FALSE;
          }
    }
  return TRUE;
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
  if (type == SR_PRACTICE_RECORD_PAD && length == 16)
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
         sr_practice_database_write_padding (database, lsn, payload, error);
}

/* Replays the logs behind the checkpoint; without one, all that are there. */
static gboolean
recover (SrPracticeDatabase *database,
         GError            **error)
{
  g_autoptr (GArray) finished = NULL;
  g_autofree char *checkpoint = g_build_filename (database->folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  SrPracticeLsn end;

  if (!database->read_only && !sr_practice_log_mend_names (database->folder, error))
    return FALSE;
  if (g_file_test (checkpoint, G_FILE_TEST_EXISTS))
    {
      if (!sr_practice_checkpoint_read (database->folder, database->header.log_signature, &database->checkpoint, error))
        return FALSE;
    }
  else
    {
      finished = sr_practice_log_list (database->folder, error);
      if (finished == NULL)
        return FALSE;
      database->checkpoint = SR_PRACTICE_LSN (finished->len > 0 ? g_array_index (finished, guint32, 0) : 1, 0);
    }
  if (!sr_practice_log_replay (database->folder, database->checkpoint, database->header.log_signature, TRUE,
                               apply, database, &end, error))
    return FALSE;
  if (database->read_only)
    return TRUE;
  database->log = sr_practice_log_open (database->folder, end, error);
  if (database->log == NULL)
    return FALSE;
  database->header.clean = FALSE;
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
  if (!read_header (database, error) ||
      !load_pages (database, error) ||
      !recover (database, error) ||
      !sr_practice_pages_foreach_row (database->pages, note_row, database, error))
    return NULL;
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
