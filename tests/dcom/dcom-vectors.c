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

/* The hexadecimal digits behind @name in @file. */
static char *
load_hex (const char *file,
          const char *name)
{
  /* Fuzzers are no g_test programs: g_test_build_filename() is not for them. */
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "dcom", file, NULL);
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
        return g_strdup (words[2]);
    }
  g_assert_not_reached ();
}

static GByteArray *
load_pdu (const char *name)
{
  g_autofree char *hex = load_hex ("windows-dcom.txt", name);

  return from_hex (hex);
}

GBytes *
dcom_vector_request (const char *name)
{
  g_autofree char *hex = load_hex ("impacket-dcom.txt", name);

  for (char *dots = hex; (dots = strstr (dots, "..")) != NULL;)
    memcpy (dots, "a5", 2);
  return g_byte_array_free_to_bytes (from_hex (hex));
}

void
dcom_vector_assert_request (const char *name,
                            GBytes     *written)
{
  g_autofree char *hex = load_hex ("impacket-dcom.txt", name);
  const guint8 *data = g_bytes_get_data (written, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_bytes_get_size (written); i++)
    if (strlen (hex) > 2 * i && hex[2 * i] == '.')
      g_string_append (text, "..");
    else
      g_string_append_printf (text, "%02x", data[i]);
  g_assert_cmpstr (text->str, ==, hex);
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
