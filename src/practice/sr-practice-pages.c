/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-page.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "practice/sr-practice-row.h"

#include <glib/gi18n-lib.h>

/* Rows in a page: a length of two bytes, then the coded row, one behind another. */
#define ROW_PREFIX 2
/* How much of a file is read at once. */
#define LOAD_PAGES 256

typedef struct
{
  SrPracticeLsn dirty_since; /* 0: as in the file */
  guint8 data[SR_PRACTICE_PAGE_SIZE];
} Page;

struct _SrPracticePages
{
  GPtrArray *pages; /* of Page, NULL where there are no rows */
  guint32 last_rows; /* the page that takes the next row, 0 for none yet */
};

SrPracticePages *
sr_practice_pages_new (void)
{
  SrPracticePages *pages = g_new0 (SrPracticePages, 1);

  pages->pages = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (pages->pages, SR_PRACTICE_FIRST_ROW_PAGE);
  return pages;
}

void
sr_practice_pages_free (SrPracticePages *pages)
{
  g_ptr_array_unref (pages->pages);
  g_free (pages);
}

guint32
sr_practice_pages_get_count (SrPracticePages *pages)
{
  return pages->pages->len;
}

void
sr_practice_pages_grow (SrPracticePages *pages,
                        guint32          count)
{
  if (count > pages->pages->len)
    g_ptr_array_set_size (pages->pages, (int) count);
}

static Page *
peek_page (SrPracticePages *pages,
           guint32          pgno)
{
  return pgno < pages->pages->len ? g_ptr_array_index (pages->pages, pgno) : NULL;
}

gboolean
sr_practice_pages_load (SrPracticePages *pages,
                        guint32          pgno,
                        const guint8    *data,
                        GError         **error)
{
  if (!sr_practice_page_verify (data, pgno, error))
    return FALSE;
  sr_practice_pages_grow (pages, pgno + 1);
  if (sr_practice_page_get_type (data) == SR_PRACTICE_PAGE_ROWS)
    {
      Page *page = g_new0 (Page, 1);

      memcpy (page->data, data, sizeof page->data);
      g_clear_pointer (&g_ptr_array_index (pages->pages, pgno), g_free);
      g_ptr_array_index (pages->pages, pgno) = page;
      pages->last_rows = MAX (pages->last_rows, pgno);
    }
  return TRUE;
}

gboolean
sr_practice_pages_load_file (SrPracticePages *pages,
                             int              fd,
                             const char      *path,
                             guint64          end,
                             GError         **error)
{
  g_autofree guint8 *buffer = g_malloc (LOAD_PAGES * SR_PRACTICE_PAGE_SIZE);

  if (end > SR_PRACTICE_MAX_PAGES)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The database “%s” is too large"), path);
      return FALSE;
    }
  for (guint64 pgno = SR_PRACTICE_FIRST_ROW_PAGE; pgno < end; pgno += LOAD_PAGES)
    {
      guint64 n = MIN (LOAD_PAGES, end - pgno);

      if (!sr_practice_read_at (fd, buffer, n * SR_PRACTICE_PAGE_SIZE, pgno * SR_PRACTICE_PAGE_SIZE, path, error))
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        if (!sr_practice_pages_load (pages, (guint32) (pgno + i), buffer + i * SR_PRACTICE_PAGE_SIZE, error))
          {
            g_prefix_error (error, _("The database “%s”: "), path);
            return FALSE;
          }
    }
  return TRUE;
}

gboolean
sr_practice_pages_place_row (SrPracticePages *pages,
                             gsize            length,
                             guint32         *pgno,
                             guint16         *offset)
{
  Page *page = peek_page (pages, pages->last_rows);
  guint used = page != NULL ? sr_practice_page_get_used (page->data) : SR_PRACTICE_PAGE_ROOM;

  g_return_val_if_fail (length <= SR_PRACTICE_MAX_ROW, FALSE);
  if (used + ROW_PREFIX + length <= SR_PRACTICE_PAGE_ROOM)
    {
      *pgno = pages->last_rows;
      *offset = (guint16) (SR_PRACTICE_PAGE_PAYLOAD + used + ROW_PREFIX);
      return TRUE;
    }
  *pgno = pages->pages->len;
  *offset = SR_PRACTICE_PAGE_PAYLOAD + ROW_PREFIX;
  return *pgno < SR_PRACTICE_MAX_PAGES;
}

static gboolean
misplaced (guint32  pgno,
           guint16  offset,
           GError **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A log record changes page %u at byte %u, where that cannot be"), pgno, offset);
  return FALSE;
}

static void
touch (Page         *page,
       SrPracticeLsn lsn)
{
  if (page->dirty_since == 0)
    page->dirty_since = lsn;
  sr_practice_page_set_lsn (page->data, lsn);
}

gboolean
sr_practice_pages_insert (SrPracticePages *pages,
                          SrPracticeLsn    lsn,
                          guint32          pgno,
                          guint16          offset,
                          const guint8    *row,
                          gsize            length,
                          GError         **error)
{
  Page *page;
  guint used;

  if (pgno < SR_PRACTICE_FIRST_ROW_PAGE || pgno >= SR_PRACTICE_MAX_PAGES)
    return misplaced (pgno, offset, error);
  sr_practice_pages_grow (pages, pgno + 1);
  page = peek_page (pages, pgno);
  if (page == NULL)
    {
      page = g_new0 (Page, 1);
      sr_practice_page_init (page->data, pgno, SR_PRACTICE_PAGE_ROWS);
      g_ptr_array_index (pages->pages, pgno) = page;
    }
  pages->last_rows = MAX (pages->last_rows, pgno);
  if (sr_practice_page_get_lsn (page->data) >= lsn)
    return TRUE;

  used = sr_practice_page_get_used (page->data);
  if (offset != SR_PRACTICE_PAGE_PAYLOAD + used + ROW_PREFIX || used + ROW_PREFIX + length > SR_PRACTICE_PAGE_ROOM)
    return misplaced (pgno, offset, error);
  sr_put_le16 (page->data + offset - ROW_PREFIX, (guint16) length);
  memcpy (page->data + offset, row, length);
  sr_practice_page_set_used (page->data, (guint) (used + ROW_PREFIX + length));
  touch (page, lsn);
  return TRUE;
}

gboolean
sr_practice_pages_set_state (SrPracticePages *pages,
                             SrPracticeLsn    lsn,
                             guint32          pgno,
                             guint16          offset,
                             const guint8    *state,
                             GError         **error)
{
  Page *page = peek_page (pages, pgno);

  if (page == NULL)
    return misplaced (pgno, offset, error);
  if (sr_practice_page_get_lsn (page->data) >= lsn)
    return TRUE;
  if (offset < SR_PRACTICE_PAGE_PAYLOAD + ROW_PREFIX ||
      (guint) offset + SR_PRACTICE_ROW_STATE_OFFSET + SR_PRACTICE_ROW_STATE_SIZE >
      SR_PRACTICE_PAGE_PAYLOAD + sr_practice_page_get_used (page->data))
    return misplaced (pgno, offset, error);
  memcpy (page->data + offset + SR_PRACTICE_ROW_STATE_OFFSET, state, SR_PRACTICE_ROW_STATE_SIZE);
  touch (page, lsn);
  return TRUE;
}

const guint8 *
sr_practice_pages_peek_row (SrPracticePages *pages,
                            guint32          pgno,
                            guint16          offset,
                            gsize           *length)
{
  Page *page = peek_page (pages, pgno);

  *length = sr_get_le16 (page->data + offset - ROW_PREFIX);
  return page->data + offset;
}

gboolean
sr_practice_pages_foreach_row (SrPracticePages   *pages,
                               SrPracticeRowFunc  func,
                               gpointer           user_data,
                               GError           **error)
{
  for (guint32 pgno = SR_PRACTICE_FIRST_ROW_PAGE; pgno < pages->pages->len; pgno++)
    {
      Page *page = peek_page (pages, pgno);
      guint end = page != NULL ? SR_PRACTICE_PAGE_PAYLOAD + sr_practice_page_get_used (page->data) : 0;

      for (guint at = SR_PRACTICE_PAGE_PAYLOAD; at < end;)
        {
          guint length = at + ROW_PREFIX <= end ? sr_get_le16 (page->data + at) : 0;

          if (length == 0 || at + ROW_PREFIX + length > end)
            {
              g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u has a row at byte %u that does not fit"), pgno, at);
              return FALSE;
            }
          if (!func (pgno, (guint16) (at + ROW_PREFIX), page->data + at + ROW_PREFIX, length, user_data, error))
            return FALSE;
          at += ROW_PREFIX + length;
        }
    }
  return TRUE;
}

SrPracticeLsn
sr_practice_pages_oldest_change (SrPracticePages *pages)
{
  SrPracticeLsn oldest = G_MAXUINT64;

  for (guint i = 0; i < pages->pages->len; i++)
    {
      Page *page = g_ptr_array_index (pages->pages, i);

      if (page != NULL && page->dirty_since != 0)
        oldest = MIN (oldest, page->dirty_since);
    }
  return oldest;
}

gboolean
sr_practice_pages_flush (SrPracticePages *pages,
                         int              fd,
                         SrPracticeLsn    before,
                         GError         **error)
{
  for (guint i = 0; i < pages->pages->len; i++)
    {
      Page *page = g_ptr_array_index (pages->pages, i);

      if (page == NULL || page->dirty_since == 0 || page->dirty_since >= before)
        continue;
      sr_practice_page_seal (page->data);
      if (!sr_practice_write_at (fd, page->data, sizeof page->data, (guint64) i * SR_PRACTICE_PAGE_SIZE, "database", error))
        return FALSE;
      page->dirty_since = 0;
    }
  return TRUE;
}
