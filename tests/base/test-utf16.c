/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-utf16.h"

#include "base/sr-error.h"

#include <string.h>

static void
test_strings (void)
{
  static const struct
  {
    const char *text;
    const char *bytes;
    gsize length;
  } strings[] = {
    { "", "", 0 },
    { "A", "A\0", 2 },
    { "ä€", "\xe4\x00\xac\x20", 4 },
    /* Beyond the first plane: a pair of surrogates. */
    { "\360\237\224\222", "\x3d\xd8\x12\xdd", 4 },
    { "\302\202\\\\ca", "\x82\x00\\\0\\\0c\0a\0", 10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (GBytes) bare = sr_utf16_from_utf8 (strings[i].text, FALSE);
      g_autoptr (GBytes) closed = sr_utf16_from_utf8 (strings[i].text, TRUE);
      g_autoptr (GError) error = NULL;
      g_autofree char *again = NULL;
      g_autofree char *from_closed = NULL;

      g_assert_cmpmem (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare), strings[i].bytes, strings[i].length);
      g_assert_cmpuint (g_bytes_get_size (closed), ==, strings[i].length + 2);
      again = sr_utf16_to_utf8 (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare), &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, strings[i].text);
      from_closed = sr_utf16_to_utf8 (g_bytes_get_data (closed, NULL), g_bytes_get_size (closed), &error);
      g_assert_cmpstr (from_closed, ==, strings[i].text);
    }
}

static void
test_bad_strings (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } strings[] = {
    { "A", 1 },
    { "A\0B", 3 },
    { "\x00\xd8", 2 },             /* a high surrogate alone */
    { "\x00\xdc", 2 },             /* a low one */
    { "\x00\xd8" "A\0", 4 },       /* followed by something else */
    { "\x00\xdc\x00\xd8", 4 },     /* in the wrong order */
    { "A\0\0\0B\0", 6 },           /* goes on behind its NUL */
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_utf16_to_utf8 ((const guint8 *) strings[i].bytes, strings[i].length, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
    }
}

static void
assert_list (const char         *bytes,
             gsize               length,
             const char * const *expected)
{
  g_autoptr (GError) error = NULL;
  /* A copy of its own, so that the sanitizer sees a byte too far. */
  g_autofree guint8 *copy = g_memdup2 (bytes, length);
  g_auto (GStrv) items = sr_utf16_list_parse (copy, length, 10, &error);

  g_assert_no_error (error);
  g_assert_cmpstrv ((char **) items, (char **) expected);
}

static void
test_lists (void)
{
  static const char * const none[] = { NULL };
  static const char * const one[] = { "A", NULL };
  static const char * const two[] = { "Dä", "!b", NULL };
  g_autoptr (GBytes) built = sr_utf16_list_build (two);
  g_autoptr (GBytes) empty = sr_utf16_list_build (none);

  assert_list ("", 0, none);
  assert_list ("\0\0", 2, none);
  assert_list ("\0\0\0\0", 4, none);
  assert_list ("A\0\0\0\0\0", 6, one);
  /* More NULs than are needed: the server's buffer may be larger than its list. */
  assert_list ("A\0\0\0\0\0\0\0\0\0", 10, one);
  assert_list ("D\0\xe4\0\0\0!\0b\0\0\0\0\0", 14, two);
  g_assert_cmpmem (g_bytes_get_data (built, NULL), g_bytes_get_size (built), "D\0\xe4\0\0\0!\0b\0\0\0\0\0", 14);
  g_assert_cmpmem (g_bytes_get_data (empty, NULL), g_bytes_get_size (empty), "\0\0\0\0", 4);
}

static void
test_bad_lists (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    int code;
    const char *word;
  } lists[] = {
    { "A", 1, SR_ERROR_MALFORMED, "odd" },
    { "A\0\0\0\0", 5, SR_ERROR_MALFORMED, "odd" },
    { "A\0", 2, SR_ERROR_MALFORMED, "byte 0" },
    { "A\0\0\0", 4, SR_ERROR_MALFORMED, "closing" },
    { "A\0\0\0B\0", 6, SR_ERROR_MALFORMED, "byte 4" },
    { "A\0\0\0B\0\0\0", 8, SR_ERROR_MALFORMED, "closing" },
    { "A\0\0\0\0\0B\0", 8, SR_ERROR_MALFORMED, "behind its end" },
    { "\0\0A\0", 4, SR_ERROR_MALFORMED, "behind its end" },
    { "A\0\0\0\x00\xd8\0\0\0\0", 10, SR_ERROR_MALFORMED, "byte 4" },
    { "A\0\0\0A\0\0\0A\0\0\0A\0\0\0\0\0", 18, SR_ERROR_LIMIT, "3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (lists[i].bytes, lists[i].length);

      g_assert_null (sr_utf16_list_parse (copy, lists[i].length, 3, &error));
      g_assert_error (error, SR_ERROR, lists[i].code);
      if (strstr (error->message, lists[i].word) == NULL)
        g_error ("list %u: “%s” does not say “%s”", i, error->message, lists[i].word);
    }
}

/* Random units, NULs often: either an error, or strings that build a list which says the same again. */
static void
test_fuzz (void)
{
  guint good = 0, runs = g_test_slow () ? 2000000 : 100000;

  for (guint i = 0; i < runs; i++)
    {
      gsize length = (gsize) g_test_rand_int_range (0, 40);
      g_autofree guint8 *bytes = g_malloc (length);
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) items = NULL;
      g_auto (GStrv) again = NULL;
      g_autoptr (GBytes) built = NULL;
      g_autofree char *text = NULL;

      for (gsize j = 0; j < length; j++)
        bytes[j] = g_test_rand_int_range (0, 3) > 0 ? 0 : (guint8) g_test_rand_int_range (0, 256);
      text = sr_utf16_to_utf8 (bytes, length, NULL);
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));

      items = sr_utf16_list_parse (bytes, length, 5, &error);
      g_assert_true ((items == NULL) == (error != NULL));
      if (items == NULL)
        {
          g_assert_true (error->domain == SR_ERROR && (error->code == SR_ERROR_MALFORMED || error->code == SR_ERROR_LIMIT));
          continue;
        }
      good++;
      g_assert_cmpuint (g_strv_length (items), <=, 5);
      for (guint j = 0; items[j] != NULL; j++)
        g_assert_true (items[j][0] != '\0' && g_utf8_validate (items[j], -1, NULL));
      built = sr_utf16_list_build ((const char * const *) items);
      again = sr_utf16_list_parse (g_bytes_get_data (built, NULL), g_bytes_get_size (built), 5, &error);
      g_assert_no_error (error);
      g_assert_cmpstrv (items, again);
    }
  g_test_message ("%u of %u were lists", good, runs);
  g_assert_cmpuint (good, >, 0);
  g_assert_cmpuint (good, <, runs);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/utf16/strings", test_strings);
  g_test_add_func ("/base/utf16/bad-strings", test_bad_strings);
  g_test_add_func ("/base/utf16/lists", test_lists);
  g_test_add_func ("/base/utf16/bad-lists", test_bad_lists);
  g_test_add_func ("/base/utf16/fuzz", test_fuzz);
  return g_test_run ();
}
