/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-set.h"

#include "base/sr-error.h"
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

GPtrArray *
sr_practice_set_read_rows (const char *folder,
                           GError    **error)
{
  g_autofree char *path = find_database (folder, error);
  g_autoptr (SrPracticePages) pages = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);
  const SrPracticeBackupMark *mark;
  SrPracticeDbHeader trailer;
  SrPracticeLsn end;

  if (path == NULL)
    return NULL;
  pages = load_copy (path, &trailer, error);
  if (pages == NULL)
    return NULL;
  mark = &trailer.backups[SR_PRACTICE_BACKUP_CURRENT];
  if (!sr_practice_log_replay (folder, SR_PRACTICE_LSN (mark->generation_low, 0), trailer.log_signature, FALSE, apply, pages, &end, error))
    return NULL;
  if (SR_PRACTICE_LSN_GENERATION (end) < mark->generation_high)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("The logs in “%s” end at generation %u, but the database needs %u"),
                   folder, SR_PRACTICE_LSN_GENERATION (end), mark->generation_high);
      return NULL;
    }
  if (!sr_practice_pages_foreach_row (pages, collect, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}
