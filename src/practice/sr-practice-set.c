/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-set.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-database-private.h"
#include "practice/sr-practice-log-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
find_database (const char *folder,
               GError    **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autofree char *found = NULL;
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_suffix (name, ".edb"))
        continue;
      if (found != NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” has more than one database"), folder);
          return NULL;
        }
      found = g_build_filename (folder, name, NULL);
    }
  if (found == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("“%s” has no database"), folder);
  return g_steal_pointer (&found);
}

/* Loads a copy's pages, and checks that its header and trailer tell of the same backup. */
static SrPracticePages *
load_copy (const char         *path,
           SrPracticeDbHeader *trailer,
           GError            **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC);
  g_autoptr (SrPracticePages) pages = sr_practice_pages_new ();
  const SrPracticeBackupMark *first, *last;
  SrPracticeDbHeader header;
  guint8 page[SR_PRACTICE_PAGE_SIZE];
  struct stat st;
  guint64 count;

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      sr_set_errno_error (error, errno, _("Opening “%s”"), path);
      return NULL;
    }
  count = (guint64) st.st_size / SR_PRACTICE_PAGE_SIZE;
  if (st.st_size % SR_PRACTICE_PAGE_SIZE != 0 || count <= SR_PRACTICE_FIRST_ROW_PAGE || count > SR_PRACTICE_MAX_PAGES)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” has a size that no backup’s database has"), path);
      return NULL;
    }
  for (guint64 pgno = 0; pgno < count; pgno++)
    {
      gboolean ok = sr_practice_read_at (fd, page, sizeof page, pgno * sizeof page, path, error);

      if (ok && pgno == 0)
        ok = sr_practice_db_header_read (page, 0, SR_PRACTICE_PAGE_HEADER, &header, error);
      else if (ok && pgno == count - 1)
        ok = sr_practice_db_header_read (page, (guint32) pgno, SR_PRACTICE_PAGE_TRAILER, trailer, error);
      else if (ok && pgno >= SR_PRACTICE_FIRST_ROW_PAGE)
        ok = sr_practice_pages_load (pages, (guint32) pgno, page, error);
      if (!ok)
        {
          g_prefix_error (error, "“%s”: ", path);
          return NULL;
        }
    }

  first = &header.backups[SR_PRACTICE_BACKUP_CURRENT];
  last = &trailer->backups[SR_PRACTICE_BACKUP_CURRENT];
  if (first->generation_low == 0 || first->generation_low != last->generation_low || first->lsn != last->lsn ||
      last->generation_high < last->generation_low ||
      memcmp (header.db_signature, trailer->db_signature, SR_PRACTICE_SIGNATURE_SIZE) != 0 ||
      memcmp (header.log_signature, trailer->log_signature, SR_PRACTICE_SIGNATURE_SIZE) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” is not a backup’s copy: header and trailer do not agree"), path);
      return NULL;
    }
  return g_steal_pointer (&pages);
}

static gboolean
apply (SrPracticeLsn        lsn,
       SrPracticeRecordType type,
       const guint8        *payload,
       gsize                length,
       gpointer             user_data,
       GError             **error)
{
  return sr_practice_pages_apply (user_data, lsn, type, payload, length, error);
}

static gboolean
collect (guint32       pgno,
         guint16       offset,
         const guint8 *data,
         gsize         length,
         gpointer      user_data,
         GError      **error)
{
  GPtrArray *rows = user_data;
  SrPracticeRow *row = sr_practice_row_decode (data, length, error);

  if (row == NULL)
    return FALSE;
  g_ptr_array_add (rows, row);
  if (row->request_id == rows->len)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u has request %u where %u must follow"), pgno, row->request_id, rows->len);
  return FALSE;
}

/* The copy's pages with all logs replayed. */
static SrPracticePages *
replay_set (const char         *folder,
            const char         *path,
            SrPracticeDbHeader *trailer,
            SrPracticeLsn      *end,
            GError            **error)
{
  g_autoptr (SrPracticePages) pages = load_copy (path, trailer, error);
  const SrPracticeBackupMark *mark = &trailer->backups[SR_PRACTICE_BACKUP_CURRENT];

  if (pages == NULL ||
      !sr_practice_log_replay (folder, SR_PRACTICE_LSN (mark->generation_low, 0), trailer->log_signature, FALSE, apply, pages, end, error))
    return NULL;
  if (SR_PRACTICE_LSN_GENERATION (*end) < mark->generation_high)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("The logs in “%s” end at generation %u, but the database needs %u"),
                   folder, SR_PRACTICE_LSN_GENERATION (*end), mark->generation_high);
      return NULL;
    }
  return g_steal_pointer (&pages);
}

GPtrArray *
sr_practice_set_read_rows (const char *folder,
                           GError    **error)
{
  g_autofree char *path = find_database (folder, error);
  g_autoptr (SrPracticePages) pages = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);
  SrPracticeDbHeader trailer;
  SrPracticeLsn end;

  if (path == NULL)
    return NULL;
  pages = replay_set (folder, path, &trailer, &end, error);
  if (pages == NULL || !sr_practice_pages_foreach_row (pages, collect, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}

/* All of the file but @omit bytes at its end. */
static gboolean
copy_file (const char *from,
           gsize       omit,
           const char *to,
           GError    **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (from, FALSE, error);

  return file != NULL && sr_file_replace (to, g_mapped_file_get_contents (file), g_mapped_file_get_length (file) - omit, error);
}

static gboolean
copy_logs (const char *folder,
           guint32     first,
           guint32     last,
           const char *target,
           GError    **error)
{
  for (guint32 generation = first; generation <= last; generation++)
    {
      g_autofree char *name = sr_practice_log_name (generation);
      g_autofree char *from = g_build_filename (folder, name, NULL);
      g_autofree char *to = g_build_filename (target, name, NULL);

      if (!copy_file (from, 0, to, error))
        return FALSE;
    }
  return TRUE;
}

/* Opening the database replays the logs, as the engine does after a restore. */
static gboolean
recover (const char *target,
         const char *name,
         GError    **error)
{
  g_autoptr (SrPracticeDatabase) database = sr_practice_database_open (target, name, FALSE, error);

  return database != NULL &&
         sr_practice_database_forget_backups (database, error) &&
         sr_practice_database_close (database, error);
}

gboolean
sr_practice_set_restore (const char *folder,
                         const char *target,
                         const char *name,
                         GError    **error)
{
  g_autofree char *path = find_database (folder, error);
  g_autofree char *database = g_build_filename (target, name, NULL);
  g_autoptr (SrPracticePages) pages = NULL;
  SrPracticeDbHeader trailer;
  SrPracticeLsn end;
  guint32 first, last;

  if (path == NULL)
    return FALSE;
  pages = replay_set (folder, path, &trailer, &end, error);
  if (pages == NULL)
    return FALSE;
  first = trailer.backups[SR_PRACTICE_BACKUP_CURRENT].generation_low;
  last = SR_PRACTICE_LSN_GENERATION (end);
  return copy_file (path, SR_PRACTICE_PAGE_SIZE, database, error) && /* without the trailer */
         copy_logs (folder, first, last, target, error) &&
         sr_practice_log_continue (target, last, error) &&
         sr_practice_checkpoint_write (target, trailer.log_signature, SR_PRACTICE_LSN (first, 0), error) &&
         recover (target, name, error);
}
