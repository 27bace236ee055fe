/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-log-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gi18n-lib.h>

static gboolean
parse_header (const guint8   *data,
              const char     *path,
              SrEseLogHeader *header,
              GError        **error)
{
  if (!sr_ese_log_header_parse (data, SR_PRACTICE_LOG_SIZE, header, error))
    {
      g_prefix_error (error, _("The log “%s”: "), path);
      return FALSE;
    }
  if (header->size != SR_PRACTICE_LOG_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is not a log of a practice CA"), path);
      return FALSE;
    }
  return TRUE;
}

static GBytes *
load (const char *path,
      GError    **error)
{
  g_autoptr (GBytes) bytes = sr_file_load (path, SR_PRACTICE_LOG_SIZE, error);

  if (bytes != NULL && g_bytes_get_size (bytes) != SR_PRACTICE_LOG_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("The log “%s” has %zu bytes, not %d"),
                   path, g_bytes_get_size (bytes), SR_PRACTICE_LOG_SIZE);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

gboolean
sr_practice_log_read_header (const char     *path,
                             SrEseLogHeader *header,
                             GError        **error)
{
  g_autoptr (GBytes) bytes = load (path, error);

  return bytes != NULL && parse_header (g_bytes_get_data (bytes, NULL), path, header, error);
}

/* The record at an offset: its payload's length, or -1 when none is whole there. */
static gssize
record_at (const guint8 *data,
           guint32       generation,
           gsize         offset)
{
  const guint8 *at = data + offset;
  gsize length;

  if (offset + SR_PRACTICE_RECORD_HEADER > SR_PRACTICE_LOG_SIZE)
    return -1;
  length = sr_get_le32 (at);
  if (length > SR_PRACTICE_LOG_SIZE - SR_PRACTICE_RECORD_HEADER - offset ||
      sr_get_le64 (at + 16) != SR_PRACTICE_LSN (generation, offset) ||
      sr_get_le32 (at + 4) != sr_practice_record_checksum (at, length))
    return -1;
  return (gssize) length;
}

/* An end record in the current log: the change to the next log was interrupted before the rename. */
gboolean
sr_practice_log_replay (const char           *path,
                        guint32               generation,
                        guint32               from,
                        gboolean              finished,
                        SrPracticeRecordFunc  func,
                        gpointer              user_data,
                        SrPracticeLsn        *end,
                        GError              **error)
{
  g_autoptr (GBytes) bytes = load (path, error);
  const guint8 *data;
  gsize offset = SR_PRACTICE_LOG_START;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, NULL);
  for (;;)
    {
      gssize length = record_at (data, generation, offset);
      SrPracticeRecordType type = length < 0 ? 0 : sr_get_le16 (data + offset + 8);

      *end = SR_PRACTICE_LSN (generation, offset);
      if (type == SR_PRACTICE_RECORD_END || (length < 0 && !finished))
        return TRUE;
      if (length < 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The log “%s” is damaged at byte %zu"), path, offset);
          return FALSE;
        }
      if (offset >= from &&
          !func (*end, type, data + offset + SR_PRACTICE_RECORD_HEADER, (gsize) length, user_data, error))
        {
          g_prefix_error (error, _("Replaying “%s” at byte %zu: "), path, offset);
          return FALSE;
        }
      offset += SR_PRACTICE_RECORD_ALIGN (SR_PRACTICE_RECORD_HEADER + (gsize) length);
    }
}
