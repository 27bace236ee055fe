/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-stubs.h"

GBytes *
test_encode (const SrRpcMethod *method,
             gboolean           is_reply,
             gpointer           message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stub = NULL;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  stub = sr_ndr_finish_bytes (&ndr, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&stub);
}

gpointer
test_decode (const SrRpcMethod *method,
             gboolean           is_reply,
             GBytes            *stub,
             GError           **error)
{
  gpointer message = g_malloc0 (is_reply ? method->reply_size : method->request_size);
  gsize length;
  const guint8 *data = g_bytes_get_data (stub, &length);
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, method->name, data, length);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  if (sr_ndr_finish (&ndr, error))
    return message;
  test_free_message (method, is_reply, message);
  return NULL;
}

void
test_free_message (const SrRpcMethod *method,
                   gboolean           is_reply,
                   gpointer           message)
{
  void (*clear) (gpointer) = is_reply ? method->clear_reply : method->clear_request;

  if (clear != NULL)
    clear (message);
  g_free (message);
}

/* The next byte of a pattern: its value, -1 for any, -2 at the end. */
static int
next_byte (const char **pattern)
{
  const char *at = *pattern;

  while (*at == ' ')
    at++;
  if (*at == '\0')
    return -2;
  *pattern = at + 2;
  if (at[0] == '.' && at[1] == '.')
    return -1;
  g_assert_true (g_ascii_isxdigit (at[0]) && g_ascii_isxdigit (at[1]));
  return g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]);
}

GBytes *
test_pattern_bytes (const char *pattern,
                    guint8      filler)
{
  GByteArray *bytes = g_byte_array_new ();
  int value;

  while ((value = next_byte (&pattern)) != -2)
    {
      guint8 byte = value < 0 ? filler : (guint8) value;

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
test_pattern_matches (const char *pattern,
                      GBytes     *stub)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (stub, &length);
  gsize i;

  for (i = 0; i < length; i++)
    {
      int value = next_byte (&pattern);

      if (value == -1 || value == data[i])
        continue;
      g_test_message ("byte %zu is %02x and not %02x", i, data[i], value);
      return FALSE;
    }
  if (next_byte (&pattern) == -2)
    return TRUE;
  g_test_message ("the stub ends after %zu bytes", length);
  return FALSE;
}
