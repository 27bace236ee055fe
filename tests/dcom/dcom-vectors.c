/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-vectors.h"

#include <string.h>

#define HEADER 24
#define PFC_OBJECT_UUID 0x80
#define SEC_TRAILER 8

static guint16
u16 (const guint8 *at)
{
  return (guint16) (at[0] | at[1] << 8);
}

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static GByteArray *
load_pdu (const char *name)
{
  /* Fuzzers are no g_test programs: g_test_build_filename() is not for them. */
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "dcom", "windows-dcom.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 3);

      if (g_strcmp0 (words[0], name) == 0)
        return from_hex (words[2]);
    }
  g_assert_not_reached ();
}

GBytes *
dcom_vector_stub (const char *name,
                  SrGuid     *object)
{
  g_autoptr (GByteArray) pdu = load_pdu (name);
  gsize start = HEADER, end = pdu->len;
  guint16 auth = u16 (pdu->data + 10);
  SrGuid uuid = { 0 };

  g_assert_cmpuint (u16 (pdu->data + 8), ==, pdu->len);
  if (pdu->data[3] & PFC_OBJECT_UUID)
    {
      sr_guid_read (pdu->data + start, &uuid);
      start += 16;
    }
  if (auth > 0)
    {
      end -= auth + SEC_TRAILER;
      end -= pdu->data[end + 2];
    }
  if (object != NULL)
    *object = uuid;
  g_assert_cmpuint (start, <=, end);
  return g_bytes_new (pdu->data + start, end - start);
}
