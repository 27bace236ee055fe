/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-guid.h"

#include <string.h>
#include <sys/random.h>

gboolean
sr_guid_equal (const SrGuid *a,
               const SrGuid *b)
{
  return a->data1 == b->data1 && a->data2 == b->data2 && a->data3 == b->data3 &&
         memcmp (a->data4, b->data4, sizeof a->data4) == 0;
}

gboolean
sr_guid_is_null (const SrGuid *guid)
{
  static const SrGuid null_guid;

  return sr_guid_equal (guid, &null_guid);
}

guint
sr_guid_hash (gconstpointer guid)
{
  const SrGuid *g = guid;
  guint32 low, high;

  memcpy (&low, g->data4, 4);
  memcpy (&high, g->data4 + 4, 4);
  return g->data1 ^ ((guint) g->data2 << 16 | g->data3) ^ low ^ high;
}

gboolean
sr_guid_equal_func (gconstpointer a,
                    gconstpointer b)
{
  return sr_guid_equal (a, b);
}

gboolean
sr_guid_parse (const char *text,
               SrGuid     *guid)
{
  guint8 b[16];
  gsize length = strlen (text);
  guint n = 0;

  if (length == SR_GUID_STRING_LENGTH + 2 && text[0] == '{' && text[length - 1] == '}')
    text++;
  else if (length != SR_GUID_STRING_LENGTH)
    return FALSE;

  for (guint i = 0; i < SR_GUID_STRING_LENGTH; i++)
    {
      if (i == 8 || i == 13 || i == 18 || i == 23)
        {
          if (text[i] != '-')
            return FALSE;
          continue;
        }
      if (!g_ascii_isxdigit (text[i]) || !g_ascii_isxdigit (text[i + 1]))
        return FALSE;
      b[n++] = g_ascii_xdigit_value (text[i]) << 4 | g_ascii_xdigit_value (text[i + 1]);
      i++;
    }

  guid->data1 = (guint32) b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
  guid->data2 = b[4] << 8 | b[5];
  guid->data3 = b[6] << 8 | b[7];
  memcpy (guid->data4, b + 8, 8);
  return TRUE;
}

const char *
sr_guid_to_string (const SrGuid *guid,
                   char          buffer[SR_GUID_STRING_LENGTH + 1])
{
  const guint8 *d = guid->data4;

  g_snprintf (buffer, SR_GUID_STRING_LENGTH + 1,
              "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
              guid->data1, guid->data2, guid->data3,
              d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
  return buffer;
}

char *
sr_guid_dup_string (const SrGuid *guid)
{
  char buffer[SR_GUID_STRING_LENGTH + 1];

  return g_strdup (sr_guid_to_string (guid, buffer));
}

void
sr_guid_read (const guint8 *bytes,
              SrGuid       *guid)
{
  memcpy (&guid->data1, bytes, 4);
  memcpy (&guid->data2, bytes + 4, 2);
  memcpy (&guid->data3, bytes + 6, 2);
  memcpy (guid->data4, bytes + 8, 8);
  guid->data1 = GUINT32_FROM_LE (guid->data1);
  guid->data2 = GUINT16_FROM_LE (guid->data2);
  guid->data3 = GUINT16_FROM_LE (guid->data3);
}

void
sr_guid_write (const SrGuid *guid,
               guint8       *bytes)
{
  guint32 data1 = GUINT32_TO_LE (guid->data1);
  guint16 data2 = GUINT16_TO_LE (guid->data2);
  guint16 data3 = GUINT16_TO_LE (guid->data3);

  memcpy (bytes, &data1, 4);
  memcpy (bytes + 4, &data2, 2);
  memcpy (bytes + 6, &data3, 2);
  memcpy (bytes + 8, guid->data4, 8);
}

void
sr_guid_random (SrGuid *guid)
{
  guint8 b[16];

  /* Up to 256 bytes never come short once the pool is ready; anything else
   * means that no random numbers can be had at all. */
  if (getrandom (b, sizeof b, 0) != sizeof b)
    g_error ("getrandom failed: no random numbers to be had");
  sr_guid_read (b, guid);
  guid->data3 = (guid->data3 & 0x0fff) | 0x4000;
  guid->data4[0] = (guid->data4[0] & 0x3f) | 0x80;
}
