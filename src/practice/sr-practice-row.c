/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-row.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* A coded row: request id, the state (disposition, reason, time of revocation),
 * three times, four lengths, then serial, subject, requester and certificate. */
#define AT_ID 0
#define AT_DISPOSITION SR_PRACTICE_ROW_STATE_OFFSET
#define AT_REASON 8
#define AT_REVOKED 12
#define AT_SUBMITTED 20
#define AT_NOT_BEFORE 28
#define AT_NOT_AFTER 36
#define AT_LENGTHS 44
#define FIXED_SIZE 52

SrPracticeRow *
sr_practice_row_new (void)
{
  return g_new0 (SrPracticeRow, 1);
}

void
sr_practice_row_free (SrPracticeRow *row)
{
  g_free (row->serial);
  g_free (row->subject);
  g_free (row->requester);
  g_clear_pointer (&row->certificate, g_bytes_unref);
  g_free (row);
}

gboolean
sr_practice_row_equal (const SrPracticeRow *a,
                       const SrPracticeRow *b)
{
  return a->request_id == b->request_id &&
         a->disposition == b->disposition &&
         a->reason == b->reason &&
         a->revoked_at == b->revoked_at &&
         a->submitted_at == b->submitted_at &&
         a->not_before == b->not_before &&
         a->not_after == b->not_after &&
         g_str_equal (a->serial, b->serial) &&
         g_str_equal (a->subject, b->subject) &&
         g_str_equal (a->requester, b->requester) &&
         g_bytes_equal (a->certificate, b->certificate);
}

void
sr_practice_row_encode_state (const SrPracticeRow *row,
                              guint8              *state)
{
  sr_put_le32 (state, row->disposition);
  sr_put_le32 (state + 4, row->reason);
  sr_put_le64 (state + 8, row->revoked_at);
}

GByteArray *
sr_practice_row_encode (const SrPracticeRow *row)
{
  GByteArray *out = g_byte_array_new ();
  guint8 fixed[FIXED_SIZE] = { 0 };
  struct
  {
    const void *data;
    gsize length;
  } parts[4] = {
    { row->serial, strlen (row->serial) },
    { row->subject, strlen (row->subject) },
    { row->requester, strlen (row->requester) },
    { g_bytes_get_data (row->certificate, NULL), g_bytes_get_size (row->certificate) },
  };

  sr_put_le32 (fixed + AT_ID, row->request_id);
  sr_practice_row_encode_state (row, fixed + AT_DISPOSITION);
  sr_put_le64 (fixed + AT_SUBMITTED, row->submitted_at);
  sr_put_le64 (fixed + AT_NOT_BEFORE, row->not_before);
  sr_put_le64 (fixed + AT_NOT_AFTER, row->not_after);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_assert (parts[i].length <= G_MAXUINT16);
      sr_put_le16 (fixed + AT_LENGTHS + 2 * i, (guint16) parts[i].length);
    }
  g_byte_array_append (out, fixed, sizeof fixed);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_byte_array_append (out, parts[i].data, (guint) parts[i].length);
  return out;
}

static char *
take_text (const guint8 **at,
           gsize          length)
{
  char *text = g_strndup ((const char *) *at, length);

  *at += length;
  return text;
}

SrPracticeRow *
sr_practice_row_decode (const guint8 *data,
                        gsize         length,
                        GError      **error)
{
  g_autoptr (SrPracticeRow) row = sr_practice_row_new ();
  gsize lengths[4], sum = FIXED_SIZE;
  const guint8 *at = data + FIXED_SIZE;

  if (length < FIXED_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A row has %zu bytes, less than its fixed part"), length);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    sum += lengths[i] = sr_get_le16 (data + AT_LENGTHS + 2 * i);
  if (sum != length)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A row has %zu bytes where its fields take %zu"), length, sum);
      return NULL;
    }
  row->request_id = sr_get_le32 (data + AT_ID);
  row->disposition = sr_get_le32 (data + AT_DISPOSITION);
  row->reason = sr_get_le32 (data + AT_REASON);
  row->revoked_at = sr_get_le64 (data + AT_REVOKED);
  row->submitted_at = sr_get_le64 (data + AT_SUBMITTED);
  row->not_before = sr_get_le64 (data + AT_NOT_BEFORE);
  row->not_after = sr_get_le64 (data + AT_NOT_AFTER);
  row->serial = take_text (&at, lengths[0]);
  row->subject = take_text (&at, lengths[1]);
  row->requester = take_text (&at, lengths[2]);
  row->certificate = g_bytes_new (at, lengths[3]);
  return g_steal_pointer (&row);
}
