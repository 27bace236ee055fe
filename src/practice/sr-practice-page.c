/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-page.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>
#include <zlib.h>

/* Page header: checksum of all that follows it, number, oldest log record that
 * the page does not need any more, type, bytes used of the payload. */
#define AT_CHECKSUM 0
#define AT_NUMBER 4
#define AT_LSN 8
#define AT_TYPE 16
#define AT_USED 18

static guint32
checksum (const guint8 *page)
{
  return (guint32) crc32 (0, page + AT_NUMBER, SR_PRACTICE_PAGE_SIZE - AT_NUMBER);
}

void
sr_practice_page_init (guint8            *page,
                       guint32            pgno,
                       SrPracticePageType type)
{
  memset (page, 0, SR_PRACTICE_PAGE_SIZE);
  sr_put_le32 (page + AT_NUMBER, pgno);
  sr_put_le16 (page + AT_TYPE, (guint16) type);
}

void
sr_practice_page_seal (guint8 *page)
{
  sr_put_le32 (page + AT_CHECKSUM, checksum (page));
}

static gboolean
is_zero (const guint8 *page)
{
  return page[0] == 0 && memcmp (page, page + 1, SR_PRACTICE_PAGE_SIZE - 1) == 0;
}

gboolean
sr_practice_page_verify (const guint8 *page,
                         guint32       pgno,
                         GError      **error)
{
  if (is_zero (page))
    return TRUE;
  if (sr_get_le32 (page + AT_CHECKSUM) != checksum (page))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u has a wrong checksum"), pgno);
      return FALSE;
    }
  if (sr_get_le32 (page + AT_NUMBER) != pgno ||
      sr_practice_page_get_used (page) > SR_PRACTICE_PAGE_ROOM)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u says that it is page %u with %u bytes"),
                   pgno, sr_get_le32 (page + AT_NUMBER), sr_practice_page_get_used (page));
      return FALSE;
    }
  return TRUE;
}

SrPracticePageType
sr_practice_page_get_type (const guint8 *page)
{
  return (SrPracticePageType) sr_get_le16 (page + AT_TYPE);
}

SrPracticeLsn
sr_practice_page_get_lsn (const guint8 *page)
{
  return sr_get_le64 (page + AT_LSN);
}

void
sr_practice_page_set_lsn (guint8       *page,
                          SrPracticeLsn lsn)
{
  sr_put_le64 (page + AT_LSN, lsn);
}

guint
sr_practice_page_get_used (const guint8 *page)
{
  return sr_get_le16 (page + AT_USED);
}

void
sr_practice_page_set_used (guint8 *page,
                           guint   used)
{
  sr_put_le16 (page + AT_USED, (guint16) used);
}

void
sr_practice_page_fill_padding (guint8       *page,
                               guint32       pgno,
                               SrPracticeLsn lsn,
                               guint64       seed)
{
  guint64 state = seed + pgno;

  sr_practice_page_init (page, pgno, SR_PRACTICE_PAGE_PADDING);
  sr_practice_page_set_lsn (page, lsn);
  /* splitmix64: fast, and enough not to compress */
  for (gsize at = SR_PRACTICE_PAGE_PAYLOAD; at < SR_PRACTICE_PAGE_SIZE; at += 8)
    {
      guint64 z = state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      sr_put_le64 (page + at, z ^ (z >> 31));
    }
  sr_practice_page_seal (page);
}

gboolean
sr_practice_write_at (int         fd,
                      const void *data,
                      gsize       length,
                      guint64     offset,
                      const char *what,
                      GError    **error)
{
  const guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = pwrite (fd, at, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int saved = errno;
          g_autofree char *at_byte = g_strdup_printf ("%" G_GUINT64_FORMAT, offset);

          return sr_set_errno_error (error, saved, _("Writing “%s” at byte %s"), what, at_byte);
        }
      at += n;
      length -= (gsize) n;
      offset += (guint64) n;
    }
  return TRUE;
}

gboolean
sr_practice_read_at (int         fd,
                     void       *data,
                     gsize       length,
                     guint64     offset,
                     const char *what,
                     GError    **error)
{
  guint8 *at = data;

  while (length > 0)
    {
      ssize_t n = pread (fd, at, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int saved = errno;
          g_autofree char *at_byte = g_strdup_printf ("%" G_GUINT64_FORMAT, offset);

          return sr_set_errno_error (error, saved, _("Reading “%s” at byte %s"), what, at_byte);
        }
      if (n == 0)
        {
          g_autofree char *at_byte = g_strdup_printf ("%" G_GUINT64_FORMAT, offset);

          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” ends at byte %s, %zu bytes too early"), what, at_byte, length);
          return FALSE;
        }
      at += n;
      length -= (gsize) n;
      offset += (guint64) n;
    }
  return TRUE;
}
