/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc/sr-ndr.h"

#include <string.h>

/* Bytes in hexadecimal digits, for both directions. */
static GBytes *
bytes_of (const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *at = hex; *at != '\0'; at++)
    {
      guint8 byte;

      if (*at == ' ')
        continue;
      byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
      g_byte_array_append (bytes, &byte, 1);
      at++;
    }
  return g_bytes_new (bytes->data, bytes->len);
}

static void
assert_written (SrNdr      *ndr,
                const char *hex)
{
  g_autoptr (GBytes) expected = bytes_of (hex);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) written = sr_ndr_finish_bytes (ndr, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (written, NULL), g_bytes_get_size (written), g_bytes_get_data (expected, NULL),
                   g_bytes_get_size (expected));
}

static void
init_reader (SrNdr  *ndr,
             GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  sr_ndr_init_reader (ndr, "Method", data, length);
}

static void
assert_all_read (SrNdr *ndr)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_ndr_finish (ndr, &error));
  g_assert_no_error (error);
}

/* The error tells method and field. */
static void
assert_fails (SrNdr      *ndr,
              int         code,
              const char *field)
{
  g_autofree char *where = g_strdup_printf ("Method: %s at byte ", field);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_ndr_finish (ndr, &error));
  g_assert_error (error, SR_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, where));
}

typedef struct
{
  guint8 a;
  guint16 b;
  guint8 c;
  guint32 d;
  gint32 e;
  guint8 f;
  guint64 g;
  SrGuid h;
} Numbers;

#define NUMBERS_HEX                                                                                                    \
  "11 00 3322 44 000000 88776655 feffffff 99 000000 00000000"                                                          \
  "0102030405060708 04030201 0605 0807 090a0b0c0d0e0f10"

static void
code_numbers (SrNdr   *ndr,
              Numbers *n)
{
  sr_ndr_uint8 (ndr, "a", &n->a);
  sr_ndr_uint16 (ndr, "b", &n->b);
  sr_ndr_uint8 (ndr, "c", &n->c);
  sr_ndr_uint32 (ndr, "d", &n->d);
  sr_ndr_int32 (ndr, "e", &n->e);
  sr_ndr_uint8 (ndr, "f", &n->f);
  sr_ndr_uint64 (ndr, "g", &n->g);
  sr_ndr_guid (ndr, "h", &n->h);
}

static const Numbers numbers = {
  0x11, 0x2233, 0x44, 0x55667788, -2, 0x99, 0x0807060504030201,
  { 0x01020304, 0x0506, 0x0708, { 9, 10, 11, 12, 13, 14, 15, 16 } }
};

static void
test_numbers (void)
{
  Numbers written = numbers, read = { 0 };
  g_autoptr (GBytes) bytes = bytes_of (NUMBERS_HEX);
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Method");
  g_assert_false (sr_ndr_is_reading (&ndr));
  code_numbers (&ndr, &written);
  g_assert_cmpuint (sr_ndr_offset (&ndr), ==, g_bytes_get_size (bytes));
  assert_written (&ndr, NUMBERS_HEX);

  init_reader (&ndr, bytes);
  g_assert_true (sr_ndr_is_reading (&ndr));
  code_numbers (&ndr, &read);
  assert_all_read (&ndr);
  g_assert_cmpuint (read.a, ==, numbers.a);
  g_assert_cmpuint (read.b, ==, numbers.b);
  g_assert_cmpuint (read.c, ==, numbers.c);
  g_assert_cmpuint (read.d, ==, numbers.d);
  g_assert_cmpint (read.e, ==, numbers.e);
  g_assert_cmpuint (read.f, ==, numbers.f);
  g_assert_cmpuint (read.g, ==, numbers.g);
  g_assert_true (sr_guid_equal (&read.h, &numbers.h));
}

/* What is in a gap does not matter (C706 14.2.2). */
static void
test_gaps_are_ignored (void)
{
  g_autoptr (GBytes) bytes = bytes_of ("11 ff 3322 44 ffffff 88776655 feffffff 99 ffffff ffffffff"
                                       "0102030405060708 04030201 0605 0807 090a0b0c0d0e0f10");
  Numbers read = { 0 };
  SrNdr ndr;

  init_reader (&ndr, bytes);
  code_numbers (&ndr, &read);
  assert_all_read (&ndr);
  g_assert_cmpuint (read.g, ==, numbers.g);
}

/* At every length that is too short something is missing, and everything from there on reads as nothing. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) whole = bytes_of (NUMBERS_HEX);

  for (gsize length = 0; length < g_bytes_get_size (whole); length++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, length);
      Numbers read;
      g_autoptr (GError) error = NULL;
      SrNdr ndr;

      memset (&read, 0xee, sizeof read);
      init_reader (&ndr, part);
      code_numbers (&ndr, &read);
      g_assert_false (sr_ndr_ok (&ndr));
      g_assert_false (sr_ndr_finish (&ndr, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
      g_assert_true (sr_guid_is_null (&read.h));
      g_assert_cmpuint (read.a, ==, length > 0 ? 0x11 : 0);
      g_assert_cmpuint (read.g, ==, length >= 32 ? numbers.g : 0);
    }
}

static void
test_too_long (void)
{
  g_autoptr (GBytes) bytes = bytes_of ("01000000 02");
  guint32 value;
  gsize consumed;
  SrNdr ndr;

  init_reader (&ndr, bytes);
  sr_ndr_uint32 (&ndr, "value", &value);
  assert_fails (&ndr, SR_ERROR_MALFORMED, "end");

  init_reader (&ndr, bytes);
  sr_ndr_uint32 (&ndr, "value", &value);
  g_assert_true (sr_ndr_finish_prefix (&ndr, &consumed, NULL));
  g_assert_cmpuint (consumed, ==, 4);
}

static void
test_errors_stick (void)
{
  g_autoptr (GBytes) bytes = bytes_of ("01000000 02000000 03000000");
  guint8 fixed[4] = { 9, 9, 9, 9 };
  guint32 value = 7, count = 7;
  char *text = NULL;
  SrNdr ndr;

  init_reader (&ndr, bytes);
  sr_ndr_const_uint32 (&ndr, "first", 1);
  sr_ndr_const_uint32 (&ndr, "second", 1);
  sr_ndr_uint32 (&ndr, "third", &value);
  g_assert_cmpuint (value, ==, 0);
  sr_ndr_fixed_bytes (&ndr, "fixed", fixed, sizeof fixed);
  g_assert_cmpmem (fixed, 4, "\0\0\0\0", 4);
  sr_ndr_count (&ndr, "count", &count, 10);
  g_assert_cmpuint (count, ==, 0);
  sr_ndr_unique_string (&ndr, "text", &text, 10);
  g_assert_null (text);
  g_assert_false (sr_ndr_pointer (&ndr, "pointer", TRUE));
  sr_ndr_fail (&ndr, SR_ERROR_LIMIT, "late", "does not count any more");
  assert_fails (&ndr, SR_ERROR_MALFORMED, "second");

  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_fail (&ndr, SR_ERROR_LIMIT, "field", "%d is too much", 5);
  sr_ndr_uint32 (&ndr, "third", &value);
  g_assert_cmpuint (sr_ndr_offset (&ndr), ==, 0);
  assert_fails (&ndr, SR_ERROR_LIMIT, "field");
}

static void
test_depth (void)
{
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Method");
  for (guint round = 0; round < 3; round++)
    {
      for (guint i = 0; i < SR_NDR_MAX_DEPTH; i++)
        g_assert_true (sr_ndr_enter (&ndr, "structure"));
      for (guint i = 0; i < SR_NDR_MAX_DEPTH; i++)
        sr_ndr_leave (&ndr);
    }
  for (guint i = 0; i <= SR_NDR_MAX_DEPTH; i++)
    g_assert_cmpint (sr_ndr_enter (&ndr, "structure"), ==, i < SR_NDR_MAX_DEPTH);
  assert_fails (&ndr, SR_ERROR_LIMIT, "structure");
}

static void
test_pointers (void)
{
  g_autoptr (GBytes) bytes = bytes_of ("00000000 78563412");
  SrNdr ndr;

  /* Every one has an id of its own, and NULL has none. */
  sr_ndr_init_writer (&ndr, "Method");
  g_assert_true (sr_ndr_pointer (&ndr, "one", TRUE));
  g_assert_false (sr_ndr_pointer (&ndr, "none", FALSE));
  g_assert_true (sr_ndr_pointer (&ndr, "two", TRUE));
  assert_written (&ndr, "00000200 00000000 04000200");

  init_reader (&ndr, bytes);
  g_assert_false (sr_ndr_pointer (&ndr, "none", TRUE));
  g_assert_true (sr_ndr_pointer (&ndr, "any", FALSE));
  assert_all_read (&ndr);
}

static void
test_strings (void)
{
  static const char *hex = "00000200 03000000 00000000 03000000 6100 fc00 0000 0000"
                           "00000000 01000000 00000000 01000000 0000";
  char *text = (char *) "aü", *none = NULL, *empty = (char *) "";
  g_autoptr (GBytes) bytes = bytes_of (hex);
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_unique_string (&ndr, "text", &text, 3);
  sr_ndr_unique_string (&ndr, "none", &none, 3);
  sr_ndr_string (&ndr, "empty", &empty, 3);
  assert_written (&ndr, hex);

  text = none = empty = NULL;
  init_reader (&ndr, bytes);
  sr_ndr_unique_string (&ndr, "text", &text, 3);
  sr_ndr_unique_string (&ndr, "none", &none, 3);
  sr_ndr_string (&ndr, "empty", &empty, 3);
  assert_all_read (&ndr);
  g_assert_cmpstr (text, ==, "aü");
  g_assert_null (none);
  g_assert_cmpstr (empty, ==, "");
  g_free (text);
  g_free (empty);

  text = (char *) "four";
  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_string (&ndr, "text", &text, 4);
  assert_fails (&ndr, SR_ERROR_LIMIT, "text");
}

static void
test_hostile_strings (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } cases[] = {
    { "03000000 01000000 02000000 6100 0000", SR_ERROR_MALFORMED },          /* offset */
    { "01000000 00000000 02000000 6100 0000", SR_ERROR_MALFORMED },          /* actual above maximum */
    { "02000000 00000000 00000000", SR_ERROR_MALFORMED },                    /* not even a NUL */
    { "02000000 00000000 02000000 6100 6200", SR_ERROR_MALFORMED },          /* no NUL */
    { "02000000 00000000 02000000 6100", SR_ERROR_MALFORMED },               /* too short */
    { "02000000 00000000 02000000 00d8 0000", SR_ERROR_MALFORMED },          /* half a surrogate pair */
    { "04000000 00000000 04000000 6100 0000 6200 0000", SR_ERROR_MALFORMED }, /* text behind a NUL */
    { "ffffffff 00000000 02000000 6100 0000", SR_ERROR_LIMIT },              /* maximum */
    { "02000000 00000000 ffffffff 6100 0000", SR_ERROR_LIMIT },              /* actual */
    { "00000080 00000000 00000080 6100 0000", SR_ERROR_LIMIT },              /* twice this is 2^32 */
    { "02000000 00000000", SR_ERROR_MALFORMED },
    { "02000000", SR_ERROR_MALFORMED },
    { "", SR_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = bytes_of (cases[i].hex);
      char *text = (char *) "untouched";
      g_autoptr (GError) error = NULL;
      SrNdr ndr;

      init_reader (&ndr, bytes);
      sr_ndr_string (&ndr, "text", &text, 1000);
      g_assert_null (text);
      g_assert_false (sr_ndr_finish (&ndr, &error));
      g_assert_error (error, SR_ERROR, cases[i].code);
    }
}

static void
test_arrays (void)
{
  static const char *hex = "03000000 010203 00 00000000 02000000 0405";
  g_autoptr (GBytes) bytes = bytes_of (hex);
  GBytes *three = g_bytes_new_static ("\1\2\3", 3), *none = NULL;
  const guint8 *view = (const guint8 *) "\4\5";
  guint32 count = 2;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_byte_array (&ndr, "three", &three, 3);
  sr_ndr_byte_array (&ndr, "none", &none, 3);
  sr_ndr_byte_view (&ndr, "view", &view, &count, 3);
  assert_written (&ndr, hex);
  g_clear_pointer (&three, g_bytes_unref);

  view = NULL;
  count = 0;
  init_reader (&ndr, bytes);
  sr_ndr_byte_array (&ndr, "three", &three, 3);
  sr_ndr_byte_array (&ndr, "none", &none, 3);
  sr_ndr_byte_view (&ndr, "view", &view, &count, 3);
  assert_all_read (&ndr);
  g_assert_cmpmem (g_bytes_get_data (three, NULL), g_bytes_get_size (three), "\1\2\3", 3);
  g_assert_cmpuint (g_bytes_get_size (none), ==, 0);
  g_assert_cmpmem (view, count, "\4\5", 2);
  g_assert_true (view == (const guint8 *) g_bytes_get_data (bytes, NULL) + 16);
  g_bytes_unref (three);
  g_bytes_unref (none);
}

/* No count makes memory out of nothing: it is limited by the caller, and by what is there. */
static void
test_hostile_counts (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } cases[] = {
    { "05000000 01020304", SR_ERROR_MALFORMED },
    { "ffffffff 01020304", SR_ERROR_LIMIT },
    { "00000080 01020304", SR_ERROR_LIMIT },
    { "ffffff7f 01020304", SR_ERROR_MALFORMED },
    { "0100", SR_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint kind = 0; kind < 2; kind++)
      {
        g_autoptr (GBytes) bytes = bytes_of (cases[i].hex);
        GBytes *array = NULL;
        const guint8 *view = NULL;
        guint32 count = 1;
        g_autoptr (GError) error = NULL;
        SrNdr ndr;

        init_reader (&ndr, bytes);
        if (kind == 0)
          sr_ndr_byte_array (&ndr, "bytes", &array, G_MAXINT32);
        else
          sr_ndr_byte_view (&ndr, "bytes", &view, &count, G_MAXINT32);
        g_assert_null (array);
        g_assert_null (view);
        g_assert_true (kind == 0 || count == 0);
        g_assert_false (sr_ndr_finish (&ndr, &error));
        g_assert_error (error, SR_ERROR, cases[i].code);
      }
}

static void
test_writer_limits (void)
{
  GBytes *three = g_bytes_new_static ("\1\2\3", 3);
  guint32 count = 11;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_byte_array (&ndr, "bytes", &three, 2);
  assert_fails (&ndr, SR_ERROR_LIMIT, "bytes");
  g_bytes_unref (three);

  sr_ndr_init_writer (&ndr, "Method");
  sr_ndr_count (&ndr, "count", &count, 10);
  assert_fails (&ndr, SR_ERROR_LIMIT, "count");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/ndr/numbers", test_numbers);
  g_test_add_func ("/rpc/ndr/gaps-are-ignored", test_gaps_are_ignored);
  g_test_add_func ("/rpc/ndr/truncated", test_truncated);
  g_test_add_func ("/rpc/ndr/too-long", test_too_long);
  g_test_add_func ("/rpc/ndr/errors-stick", test_errors_stick);
  g_test_add_func ("/rpc/ndr/depth", test_depth);
  g_test_add_func ("/rpc/ndr/pointers", test_pointers);
  g_test_add_func ("/rpc/ndr/strings", test_strings);
  g_test_add_func ("/rpc/ndr/hostile-strings", test_hostile_strings);
  g_test_add_func ("/rpc/ndr/arrays", test_arrays);
  g_test_add_func ("/rpc/ndr/hostile-counts", test_hostile_counts);
  g_test_add_func ("/rpc/ndr/writer-limits", test_writer_limits);
  return g_test_run ();
}
