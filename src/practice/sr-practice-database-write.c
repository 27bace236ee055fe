/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-database-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-log-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many pages of padding are written at once, and asked for by one record. */
#define PAD_PAGES 256
#define PAD_RECORD_PAGES 4096

static gboolean
may_change (SrPracticeDatabase *database,
            GError            **error)
{
  if (!database->read_only && !database->broken)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_STATE,
               database->broken ? _("The database “%s” failed before and must be opened again") : _("The database “%s” is open for reading only"),
               database->path);
  return FALSE;
}

/* The file always has room for every page, so that a backup can read it. */
static gboolean
extend_file (SrPracticeDatabase *database,
             GError            **error)
{
  guint64 size = (guint64) sr_practice_pages_get_count (database->pages) * SR_PRACTICE_PAGE_SIZE;
  struct stat st;

  if (fstat (database->fd, &st) != 0 ||
      ((guint64) st.st_size < size && ftruncate (database->fd, (off_t) size) != 0))
    return sr_set_errno_error (error, errno, _("Extending “%s”"), database->path);
  return TRUE;
}

gboolean
sr_practice_database_move_checkpoint (SrPracticeDatabase *database,
                                      SrPracticeLsn       before,
                                      GError            **error)
{
  SrPracticeLsn checkpoint;

  /* write-ahead: the log first, then the pages, then the checkpoint */
  if (!sr_practice_log_sync (database->log, error) ||
      !extend_file (database, error) ||
      !sr_practice_pages_flush (database->pages, database->fd, before, error))
    return FALSE;
  if (fdatasync (database->fd) != 0)
    return sr_set_errno_error (error, errno, _("Syncing “%s”"), database->path);
  checkpoint = MIN (sr_practice_pages_oldest_change (database->pages), sr_practice_log_get_position (database->log));
  if (!sr_practice_checkpoint_write (database->folder, database->header.log_signature, checkpoint, error))
    return FALSE;
  database->checkpoint = checkpoint;
  database->checkpointed_in = SR_PRACTICE_LSN_GENERATION (sr_practice_log_get_position (database->log));
  if (database->circular && !database->backup)
    return sr_practice_database_truncate_logs (database, SR_PRACTICE_LSN_GENERATION (checkpoint), NULL, error);
  return TRUE;
}

/* Ends a change: durable in the log; once in a generation the checkpoint moves,
 * one generation behind, so that old pages are in the file and young ones are not. */
static gboolean
commit (SrPracticeDatabase *database,
        GError            **error)
{
  guint32 generation;

  if (!sr_practice_log_sync (database->log, error) || !extend_file (database, error))
    return FALSE;
  generation = SR_PRACTICE_LSN_GENERATION (sr_practice_log_get_position (database->log));
  return generation == database->checkpointed_in ||
         sr_practice_database_move_checkpoint (database, SR_PRACTICE_LSN (generation - 1, 0), error);
}

static gboolean
insert_one (SrPracticeDatabase *database,
            const GByteArray   *coded,
            GError            **error)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  guint8 head[8] = { 0 };
  guint32 pgno;
  guint16 offset;
  SrPracticeLsn lsn;

  if (!sr_practice_pages_place_row (database->pages, coded->len, &pgno, &offset))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The database “%s” is full"), database->path);
      return FALSE;
    }
  sr_put_le32 (head, pgno);
  sr_put_le16 (head + 4, offset);
  g_byte_array_append (record, head, sizeof head);
  g_byte_array_append (record, coded->data, coded->len);
  return sr_practice_log_append (database->log, SR_PRACTICE_RECORD_INSERT, record->data, record->len, &lsn, error) &&
         sr_practice_pages_insert (database->pages, lsn, pgno, offset, coded->data, coded->len, error) &&
         sr_practice_database_note_row (database, pgno, offset, coded->data, coded->len, error);
}

gboolean
sr_practice_database_insert (SrPracticeDatabase *database,
                             GPtrArray          *rows,
                             GError            **error)
{
  g_autoptr (GPtrArray) coded = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);

  if (!may_change (database, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      GByteArray *row = sr_practice_row_encode (g_ptr_array_index (rows, i));

      g_ptr_array_add (coded, row);
      if (row->len > SR_PRACTICE_MAX_ROW)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("A row of %u bytes fits no page of the database"), row->len);
          return FALSE;
        }
    }
  for (guint i = 0; i < coded->len; i++)
    if (!insert_one (database, g_ptr_array_index (coded, i), error))
      {
        database->broken = TRUE;
        return FALSE;
      }
  if (!commit (database, error))
    {
      database->broken = TRUE;
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_practice_database_update_state (SrPracticeDatabase  *database,
                                   const SrPracticeRow *row,
                                   GError             **error)
{
  guint8 record[8 + SR_PRACTICE_ROW_STATE_SIZE] = { 0 };
  const SrPracticePlace *place;
  SrPracticeLsn lsn;

  if (!may_change (database, error))
    return FALSE;
  if (row->request_id == 0 || row->request_id > database->places->len)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("There is no request %u"), row->request_id);
      return FALSE;
    }
  place = &g_array_index (database->places, SrPracticePlace, row->request_id - 1);
  sr_put_le32 (record, place->pgno);
  sr_put_le16 (record + 4, place->offset);
  sr_practice_row_encode_state (row, record + 8);
  if (sr_practice_log_append (database->log, SR_PRACTICE_RECORD_STATE, record, sizeof record, &lsn, error) &&
      sr_practice_pages_set_state (database->pages, lsn, place->pgno, place->offset, record + 8, error) &&
      commit (database, error))
    return TRUE;
  database->broken = TRUE;
  return FALSE;
}

gboolean
sr_practice_write_padding (int           fd,
                           const char   *path,
                           SrPracticeLsn lsn,
                           const guint8 *payload,
                           GError      **error)
{
  g_autofree guint8 *buffer = g_malloc (PAD_PAGES * SR_PRACTICE_PAGE_SIZE);
  guint32 first = sr_get_le32 (payload), count = sr_get_le32 (payload + 4);
  guint64 seed = sr_get_le64 (payload + 8);

  for (guint32 done = 0; done < count;)
    {
      guint32 n = MIN (PAD_PAGES, count - done);

      for (guint32 i = 0; i < n; i++)
        sr_practice_page_fill_padding (buffer + i * SR_PRACTICE_PAGE_SIZE, first + done + i, lsn, seed);
      if (!sr_practice_write_at (fd, buffer, (gsize) n * SR_PRACTICE_PAGE_SIZE,
                                 (guint64) (first + done) * SR_PRACTICE_PAGE_SIZE, path, error))
        return FALSE;
      done += n;
    }
  if (fdatasync (fd) != 0)
    return sr_set_errno_error (error, errno, _("Syncing “%s”"), path);
  return TRUE;
}

static gboolean
pad_once (SrPracticeDatabase *database,
          guint32             count,
          GError            **error)
{
  guint32 first = sr_practice_pages_get_count (database->pages);
  guint8 record[SR_PRACTICE_PADDING_SIZE];
  SrPracticeLsn lsn;

  sr_put_le32 (record, first);
  sr_put_le32 (record + 4, count);
  sr_put_le64 (record + 8, (guint64) g_get_real_time ());
  if (!sr_practice_log_append (database->log, SR_PRACTICE_RECORD_PAD, record, sizeof record, &lsn, error) ||
      !sr_practice_log_sync (database->log, error))
    return FALSE;
  sr_practice_pages_grow (database->pages, first + count);
  return sr_practice_write_padding (database->fd, database->path, lsn, record, error) && commit (database, error);
}

gboolean
sr_practice_database_pad (SrPracticeDatabase *database,
                          guint64             size,
                          GError            **error)
{
  guint64 wanted = (size + SR_PRACTICE_PAGE_SIZE - 1) / SR_PRACTICE_PAGE_SIZE;

  if (!may_change (database, error))
    return FALSE;
  if (size > (guint64) SR_PRACTICE_MAX_PAGES * SR_PRACTICE_PAGE_SIZE)
    {
      g_autofree char *text = g_format_size_full (size, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: %s is a size */
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("A database of %s is too large"), text);
      return FALSE;
    }
  while (sr_practice_pages_get_count (database->pages) < wanted)
    {
      guint64 missing = wanted - sr_practice_pages_get_count (database->pages);

      if (!pad_once (database, (guint32) MIN (missing, PAD_RECORD_PAGES), error))
        {
          database->broken = TRUE;
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sr_practice_database_roll (SrPracticeDatabase *database,
                           GError            **error)
{
  if (!may_change (database, error))
    return FALSE;
  if (sr_practice_log_roll (database->log, error) && commit (database, error))
    return TRUE;
  database->broken = TRUE;
  return FALSE;
}

void
sr_practice_database_set_keep_logs (SrPracticeDatabase *database,
                                    gboolean            circular,
                                    gboolean            backup)
{
  database->circular = circular;
  database->backup = backup;
}

gboolean
sr_practice_database_set_backup (SrPracticeDatabase         *database,
                                 SrPracticeBackupSlot        slot,
                                 const SrPracticeBackupMark *mark,
                                 GError                    **error)
{
  database->header.backups[slot] = *mark;
  if (slot == SR_PRACTICE_BACKUP_FULL)
    {
      /* what went on top of the full backup before is void now */
      memset (&database->header.backups[SR_PRACTICE_BACKUP_LOGS], 0, sizeof *mark);
      memset (&database->header.backups[SR_PRACTICE_BACKUP_DIFFERENTIAL], 0, sizeof *mark);
    }
  return sr_practice_database_write_header (database, error);
}

gboolean
sr_practice_database_forget_backups (SrPracticeDatabase *database,
                                     GError            **error)
{
  memset (database->header.backups, 0, sizeof database->header.backups);
  return sr_practice_database_write_header (database, error);
}

gboolean
sr_practice_database_truncate_logs (SrPracticeDatabase *database,
                                    guint32             below,
                                    guint              *removed,
                                    GError            **error)
{
  g_autoptr (GArray) finished = sr_practice_log_list (database->folder, error);
  guint count = 0;

  if (finished == NULL)
    return FALSE;
  below = MIN (below, SR_PRACTICE_LSN_GENERATION (database->checkpoint));
  for (guint i = 0; i < finished->len && g_array_index (finished, guint32, i) < below; i++)
    {
      g_autofree char *name = sr_practice_log_name (g_array_index (finished, guint32, i));
      g_autofree char *path = g_build_filename (database->folder, name, NULL);

      if (g_unlink (path) != 0)
        return sr_set_errno_error (error, errno, _("Removing the log “%s”"), path);
      count++;
    }
  if (removed != NULL)
    *removed = count;
  return sr_file_sync_folder (database->folder, error);
}

gboolean
sr_practice_database_close (SrPracticeDatabase *database,
                            GError            **error)
{
  if (database->read_only)
    return TRUE;
  if (!may_change (database, error) || !sr_practice_database_move_checkpoint (database, G_MAXUINT64, error))
    return FALSE;
  database->header.clean = TRUE;
  return sr_practice_database_write_header (database, error);
}
