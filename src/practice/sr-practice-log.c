/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-log-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <zlib.h>

/* The next log is made ready under this name before the current one is renamed. */
#define LOG_NEXT "edbtmp.log"
#define MILLISECOND 1000

struct _SrPracticeLog
{
  char *folder;
  int fd;
  SrEseLogHeader header;
  guint32 written; /* bytes of the file that hold records on the disk */
  GByteArray *pending; /* records behind them */
};

char *
sr_practice_log_name (guint32 generation)
{
  return generation > 0xfffff ? g_strdup_printf ("edb%08X.log", generation) : g_strdup_printf ("edb%05X.log", generation);
}

gboolean
sr_practice_log_parse_name (const char *name,
                            guint32    *generation)
{
  g_autofree char *canonical = NULL;
  guint64 value;

  if (!g_str_has_prefix (name, "edb") || !g_ascii_isxdigit (name[3]))
    return FALSE;
  value = g_ascii_strtoull (name + 3, NULL, 16);
  if (value == 0 || value > G_MAXUINT32)
    return FALSE;
  canonical = sr_practice_log_name ((guint32) value);
  if (g_ascii_strcasecmp (name, canonical) != 0)
    return FALSE;
  *generation = (guint32) value;
  return TRUE;
}

static gint
compare_generations (gconstpointer a,
                     gconstpointer b)
{
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

GArray *
sr_practice_log_list (const char *folder,
                      GError    **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *name;
  guint32 generation;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (sr_practice_log_parse_name (name, &generation))
      g_array_append_val (list, generation);
  g_array_sort (list, compare_generations);
  return g_steal_pointer (&list);
}

/* Makes a log file of full size with nothing in it but the header, on the disk. */
static int
make_file (const char           *path,
           const SrEseLogHeader *header,
           GError              **error)
{
  g_autofd int fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  guint8 page[SR_ESE_LOG_HEADER_SIZE];

  sr_ese_log_header_write (header, page);
  if (fd < 0 || ftruncate (fd, SR_PRACTICE_LOG_SIZE) != 0)
    {
      sr_set_errno_error (error, errno, _("Making the log “%s”"), path);
      return -1;
    }
  if (!sr_practice_write_at (fd, page, sizeof page, 0, path, error))
    return -1;
  if (fsync (fd) != 0)
    {
      sr_set_errno_error (error, errno, _("Syncing “%s”"), path);
      return -1;
    }
  return g_steal_fd (&fd);
}

static SrPracticeLog *
log_new (const char *folder,
         int         fd,
         guint32     written)
{
  SrPracticeLog *log = g_new0 (SrPracticeLog, 1);

  log->folder = g_strdup (folder);
  log->fd = fd;
  log->written = written;
  log->pending = g_byte_array_new ();
  return log;
}

void
sr_practice_log_free (SrPracticeLog *log)
{
  if (log->fd >= 0)
    close (log->fd);
  g_byte_array_unref (log->pending);
  g_free (log->folder);
  g_free (log);
}

/* As a log's header keeps it: to the millisecond. */
static gint64
now (void)
{
  return g_get_real_time () / MILLISECOND * MILLISECOND;
}

/* What comes behind a log. Its time of creation tells it from any other that
 * once came there, and from the one before, wherever the clock was put. */
static void
make_next_header (SrEseLogHeader *header)
{
  header->generation++;
  header->previous_created = header->created;
  header->created = now ();
  if (header->created == header->previous_created)
    header->created += MILLISECOND;
}

SrPracticeLog *
sr_practice_log_create (const char   *folder,
                        const guint8 *signature,
                        GError      **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  SrEseLogHeader header = { .generation = 1, .created = now (), .size = SR_PRACTICE_LOG_SIZE };
  g_autofd int fd = -1;
  SrPracticeLog *log;

  memcpy (header.signature, signature, sizeof header.signature);
  fd = make_file (path, &header, error);
  if (fd < 0 || !sr_file_sync_folder (folder, error))
    return NULL;
  log = log_new (folder, g_steal_fd (&fd), SR_PRACTICE_LOG_START);
  log->header = header;
  return log;
}

/* The log appears under its name when it is whole. */
gboolean
sr_practice_log_continue (const char           *folder,
                          const SrEseLogHeader *last,
                          GError              **error)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autofree char *next = g_build_filename (folder, LOG_NEXT, NULL);
  SrEseLogHeader header = *last;
  g_autofd int fd = -1;

  make_next_header (&header);
  fd = make_file (next, &header, error);
  if (fd < 0)
    return FALSE;
  if (g_rename (next, current) != 0)
    return sr_set_errno_error (error, errno, _("Renaming “%s”"), next);
  return sr_file_sync_folder (folder, error);
}

gboolean
sr_practice_log_mend_names (const char *folder,
                            GError    **error)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autofree char *next = g_build_filename (folder, LOG_NEXT, NULL);
  g_autoptr (GArray) finished = NULL;
  SrEseLogHeader header;

  if (g_file_test (current, G_FILE_TEST_EXISTS))
    {
      g_unlink (next); /* the change had not begun */
      return TRUE;
    }
  finished = sr_practice_log_list (folder, error);
  if (finished == NULL)
    return FALSE;
  if (finished->len == 0 || !sr_practice_log_read_header (next, &header, NULL) ||
      header.generation != g_array_index (finished, guint32, finished->len - 1) + 1)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("The current log “%s” is missing"), current);
      return FALSE;
    }
  if (g_rename (next, current) != 0)
    return sr_set_errno_error (error, errno, _("Renaming “%s”"), next);
  return sr_file_sync_folder (folder, error);
}

SrPracticeLog *
sr_practice_log_open (const char   *folder,
                      SrPracticeLsn end,
                      GError      **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autoptr (SrPracticeLog) log = NULL;
  g_autofd int fd = -1;

  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd < 0 ||
      ftruncate (fd, SR_PRACTICE_LSN_OFFSET (end)) != 0 ||
      ftruncate (fd, SR_PRACTICE_LOG_SIZE) != 0 ||
      fsync (fd) != 0)
    {
      sr_set_errno_error (error, errno, _("Opening the log “%s”"), path);
      return NULL;
    }
  log = log_new (folder, g_steal_fd (&fd), SR_PRACTICE_LSN_OFFSET (end));
  if (!sr_practice_log_read_header (path, &log->header, error))
    return NULL;
  if (log->header.generation != SR_PRACTICE_LSN_GENERATION (end))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” is generation %u, not %u"),
                   path, log->header.generation, SR_PRACTICE_LSN_GENERATION (end));
      return NULL;
    }
  return g_steal_pointer (&log);
}

SrPracticeLsn
sr_practice_log_get_position (SrPracticeLog *log)
{
  return SR_PRACTICE_LSN (log->header.generation, log->written + log->pending->len);
}

static SrPracticeLsn
append_record (SrPracticeLog        *log,
               SrPracticeRecordType  type,
               const guint8         *payload,
               gsize                 length)
{
  SrPracticeLsn lsn = sr_practice_log_get_position (log);
  gsize start = log->pending->len, padded = SR_PRACTICE_RECORD_ALIGN (SR_PRACTICE_RECORD_HEADER + length);
  guint8 *at;

  g_byte_array_set_size (log->pending, (guint) (start + padded));
  at = log->pending->data + start;
  memset (at, 0, padded);
  sr_put_le32 (at, (guint32) length);
  sr_put_le16 (at + 8, (guint16) type);
  sr_put_le64 (at + 16, lsn);
  if (length > 0)
    memcpy (at + SR_PRACTICE_RECORD_HEADER, payload, length);
  sr_put_le32 (at + 4, sr_practice_record_checksum (at, length));
  return lsn;
}

guint32
sr_practice_record_checksum (const guint8 *record,
                             gsize         length)
{
  uLong sum = crc32 (0, record, 4);

  return (guint32) crc32 (sum, record + 8, (uInt) (SR_PRACTICE_RECORD_HEADER - 8 + length));
}

gboolean
sr_practice_log_append (SrPracticeLog        *log,
                        SrPracticeRecordType  type,
                        const guint8         *payload,
                        gsize                 length,
                        SrPracticeLsn        *lsn,
                        GError              **error)
{
  gsize needed = SR_PRACTICE_RECORD_ALIGN (SR_PRACTICE_RECORD_HEADER + length);
  gsize end = SR_PRACTICE_LOG_SIZE - SR_PRACTICE_RECORD_HEADER; /* the end record always finds room */

  if (needed > end - SR_PRACTICE_LOG_START)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("A log record of %zu bytes fits no log"), length);
      return FALSE;
    }
  if (log->written + log->pending->len + needed > end && !sr_practice_log_roll (log, error))
    return FALSE;
  *lsn = append_record (log, type, payload, length);
  return TRUE;
}

gboolean
sr_practice_log_sync (SrPracticeLog *log,
                      GError       **error)
{
  if (log->pending->len == 0)
    return TRUE;
  if (!sr_practice_write_at (log->fd, log->pending->data, log->pending->len, log->written, _("current log"), error))
    return FALSE;
  if (fdatasync (log->fd) != 0)
    return sr_set_errno_error (error, errno, _("Syncing the current log"));
  log->written += log->pending->len;
  g_byte_array_set_size (log->pending, 0);
  return TRUE;
}

gboolean
sr_practice_log_roll (SrPracticeLog *log,
                      GError       **error)
{
  g_autofree char *current = g_build_filename (log->folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autofree char *next = g_build_filename (log->folder, LOG_NEXT, NULL);
  g_autofree char *name = sr_practice_log_name (log->header.generation);
  g_autofree char *finished = g_build_filename (log->folder, name, NULL);
  SrEseLogHeader header = log->header;
  g_autofd int fd = -1;

  append_record (log, SR_PRACTICE_RECORD_END, NULL, 0);
  if (!sr_practice_log_sync (log, error))
    return FALSE;
  make_next_header (&header);
  fd = make_file (next, &header, error);
  if (fd < 0)
    return FALSE;
  if (g_rename (current, finished) != 0)
    return sr_set_errno_error (error, errno, _("Renaming “%s”"), current);
  if (g_rename (next, current) != 0)
    return sr_set_errno_error (error, errno, _("Renaming “%s”"), next);
  if (!sr_file_sync_folder (log->folder, error))
    return FALSE;
  close (log->fd);
  log->fd = g_steal_fd (&fd);
  log->header = header;
  log->written = SR_PRACTICE_LOG_START;
  return TRUE;
}
