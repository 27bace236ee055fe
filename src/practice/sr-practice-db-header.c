/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-database-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-jet.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>
#include <zlib.h>

#define DB_MAGIC "SRPDB002"
#define MARK_SIZE 24
#define HEADER_SIZE (8 + 4 + 4 + 2 * SR_PRACTICE_SIGNATURE_SIZE + SR_PRACTICE_BACKUP_SLOTS * MARK_SIZE)

#define CHECKPOINT_MAGIC "SRPCHK02"
#define CHECKPOINT_SIZE (8 + SR_PRACTICE_SIGNATURE_SIZE + 8 + 4)

void
sr_practice_db_header_write (const SrPracticeDbHeader *header,
                             guint8                   *page,
                             guint32                   pgno,
                             SrPracticePageType        type)
{
  guint8 *at = page + SR_PRACTICE_PAGE_PAYLOAD;

  sr_practice_page_init (page, pgno, type);
  sr_practice_page_set_used (page, HEADER_SIZE);
  memcpy (at, DB_MAGIC, 8);
  sr_put_le32 (at + 8, SR_PRACTICE_PAGE_SIZE);
  sr_put_le32 (at + 12, header->clean ? 1 : 0);
  memcpy (at + 16, header->db_signature, SR_PRACTICE_SIGNATURE_SIZE);
  memcpy (at + 16 + SR_PRACTICE_SIGNATURE_SIZE, header->log_signature, SR_PRACTICE_SIGNATURE_SIZE);
  at += 16 + 2 * SR_PRACTICE_SIGNATURE_SIZE;
  for (guint i = 0; i < SR_PRACTICE_BACKUP_SLOTS; i++, at += MARK_SIZE)
    {
      sr_put_le64 (at, header->backups[i].lsn);
      sr_put_le64 (at + 8, header->backups[i].time);
      sr_put_le32 (at + 16, header->backups[i].generation_low);
      sr_put_le32 (at + 20, header->backups[i].generation_high);
    }
  sr_practice_page_seal (page);
}

gboolean
sr_practice_db_header_read (const guint8       *page,
                            guint32             pgno,
                            SrPracticePageType  type,
                            SrPracticeDbHeader *header,
                            GError            **error)
{
  const guint8 *at = page + SR_PRACTICE_PAGE_PAYLOAD;

  if (!sr_practice_page_verify (page, pgno, error))
    return FALSE;
  if (sr_practice_page_get_type (page) != type ||
      sr_practice_page_get_used (page) != HEADER_SIZE ||
      memcmp (at, DB_MAGIC, 8) != 0 ||
      sr_get_le32 (at + 8) != SR_PRACTICE_PAGE_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u is not a header of a practice CA’s database"), pgno);
      return FALSE;
    }
  header->clean = sr_get_le32 (at + 12) != 0;
  memcpy (header->db_signature, at + 16, SR_PRACTICE_SIGNATURE_SIZE);
  memcpy (header->log_signature, at + 16 + SR_PRACTICE_SIGNATURE_SIZE, SR_PRACTICE_SIGNATURE_SIZE);
  at += 16 + 2 * SR_PRACTICE_SIGNATURE_SIZE;
  for (guint i = 0; i < SR_PRACTICE_BACKUP_SLOTS; i++, at += MARK_SIZE)
    {
      header->backups[i].lsn = sr_get_le64 (at);
      header->backups[i].time = sr_get_le64 (at + 8);
      header->backups[i].generation_low = sr_get_le32 (at + 16);
      header->backups[i].generation_high = sr_get_le32 (at + 20);
    }
  return TRUE;
}

gboolean
sr_practice_db_header_load (int                 fd,
                            const char         *path,
                            SrPracticeDbHeader *header,
                            GError            **error)
{
  guint8 page[SR_PRACTICE_PAGE_SIZE];

  /* the shadow serves where the first copy was torn */
  if (sr_practice_read_at (fd, page, sizeof page, 0, path, NULL) &&
      sr_practice_db_header_read (page, 0, SR_PRACTICE_PAGE_HEADER, header, NULL))
    return TRUE;
  if (sr_practice_read_at (fd, page, sizeof page, sizeof page, path, error) &&
      sr_practice_db_header_read (page, 1, SR_PRACTICE_PAGE_HEADER, header, error))
    return TRUE;
  g_prefix_error (error, _("The database “%s”: "), path);
  return sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
}

gboolean
sr_practice_db_header_store (int                       fd,
                             const char               *path,
                             const SrPracticeDbHeader *header,
                             GError                  **error)
{
  guint8 page[SR_PRACTICE_PAGE_SIZE];

  for (guint32 pgno = 0; pgno < SR_PRACTICE_FIRST_ROW_PAGE; pgno++)
    {
      sr_practice_db_header_write (header, page, pgno, SR_PRACTICE_PAGE_HEADER);
      if (!sr_practice_write_at (fd, page, sizeof page, (guint64) pgno * sizeof page, path, error))
        return FALSE;
      if (fdatasync (fd) != 0)
        return sr_set_errno_error (error, errno, _("Syncing “%s”"), path);
    }
  return TRUE;
}

gboolean
sr_practice_checkpoint_write (const char    *folder,
                              const guint8  *signature,
                              SrPracticeLsn  lsn,
                              GError       **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  guint8 data[CHECKPOINT_SIZE];

  memcpy (data, CHECKPOINT_MAGIC, 8);
  memcpy (data + 8, signature, SR_PRACTICE_SIGNATURE_SIZE);
  sr_put_le64 (data + 8 + SR_PRACTICE_SIGNATURE_SIZE, lsn);
  sr_put_le32 (data + CHECKPOINT_SIZE - 4, (guint32) crc32 (0, data, CHECKPOINT_SIZE - 4));
  return sr_file_replace (path, data, sizeof data, error);
}

gboolean
sr_practice_checkpoint_read (const char    *folder,
                             const guint8  *signature,
                             SrPracticeLsn *lsn,
                             GError       **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  g_autoptr (GBytes) bytes = sr_file_load (path, CHECKPOINT_SIZE, error);
  const guint8 *data;

  if (bytes == NULL)
    return sr_practice_jet_error (error, SR_JET_CHECKPOINT_CORRUPT);
  data = g_bytes_get_data (bytes, NULL);
  if (g_bytes_get_size (bytes) != CHECKPOINT_SIZE ||
      memcmp (data, CHECKPOINT_MAGIC, 8) != 0 ||
      sr_get_le32 (data + CHECKPOINT_SIZE - 4) != (guint32) crc32 (0, data, CHECKPOINT_SIZE - 4))
    {
      sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_CHECKPOINT_CORRUPT), _("The checkpoint “%s” is damaged"), path);
      return FALSE;
    }
  if (memcmp (data + 8, signature, SR_PRACTICE_SIGNATURE_SIZE) != 0)
    {
      sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_BAD_CHECKPOINT_SIGNATURE),
                            _("The checkpoint “%s” belongs to another database"), path);
      return FALSE;
    }
  *lsn = sr_get_le64 (data + 8 + SR_PRACTICE_SIGNATURE_SIZE);
  return TRUE;
}
