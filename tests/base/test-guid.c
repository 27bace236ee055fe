/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-guid.h"

#include <string.h>

/* CLSID of the CA's administration object, and its wire form (MS-DTYP 2.3.4.2). */
static const char text[] = "d99e6e73-fc88-11d0-b498-00a0c90312f3";
static const guint8 wire[16] = {
  0x73, 0x6e, 0x9e, 0xd9, 0x88, 0xfc, 0xd0, 0x11, 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3,
};

static void
test_forms (void)
{
  SrGuid guid, again;
  char buffer[SR_GUID_STRING_LENGTH + 1];
  guint8 bytes[16];
  g_autofree char *copy = NULL;

  g_assert_true (sr_guid_parse (text, &guid));
  g_assert_cmphex (guid.data1, ==, 0xd99e6e73);
  g_assert_cmphex (guid.data2, ==, 0xfc88);
  g_assert_cmphex (guid.data3, ==, 0x11d0);
  g_assert_cmphex (guid.data4[7], ==, 0xf3);
  sr_guid_write (&guid, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, wire, sizeof wire);
  sr_guid_read (wire, &again);
  g_assert_true (sr_guid_equal (&guid, &again));
  g_assert_cmpstr (sr_guid_to_string (&again, buffer), ==, text);
  copy = sr_guid_dup_string (&guid);
  g_assert_cmpstr (copy, ==, text);

  g_assert_true (sr_guid_parse ("{D99E6E73-FC88-11D0-B498-00A0C90312F3}", &again));
  g_assert_true (sr_guid_equal (&guid, &again));
  g_assert_cmpuint (sr_guid_hash (&guid), ==, sr_guid_hash (&again));
  g_assert_true (sr_guid_equal_func (&guid, &again));
  g_assert_false (sr_guid_is_null (&guid));
  g_assert_true (sr_guid_parse ("00000000-0000-0000-0000-000000000000", &again));
  g_assert_true (sr_guid_is_null (&again));
  g_assert_false (sr_guid_equal (&guid, &again));
}

static void
test_no_guids (void)
{
  static const char * const texts[] = {
    "", "d99e6e73", "d99e6e73-fc88-11d0-b498-00a0c90312f", "d99e6e73-fc88-11d0-b498-00a0c90312f30",
    "d99e6e73fc88-11d0-b498-00a0c90312f3-", "d99e6e7--fc88-11d0-b498-00a0c90312f3", "g99e6e73-fc88-11d0-b498-00a0c90312f3",
    "xd99e6e73-fc88-11d0-b498-00a0c90312f3}", "{d99e6e73-fc88-11d0-b498-00a0c90312f3x",
    "{d99e6e73-fc88-11d0-b498-00a0c90312f3", "d99e6e73-fc88-11d0-b498-00a0c90312f3}", "(d99e6e73-fc88-11d0-b498-00a0c90312f3)",
    "d99e6e73-fc88-11d0-b498-00a0c90312f ", " d99e6e73-fc88-11d0-b498-00a0c90312f3", "d99e6e73-fc8-811d0-b498-00a0c90312f3",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      SrGuid guid, before;

      memset (&guid, 0xa5, sizeof guid);
      before = guid;
      g_assert_false (sr_guid_parse (texts[i], &guid));
      g_assert_cmpmem (&guid, sizeof guid, &before, sizeof before);
    }
  /* Every beginning of a good one. */
  for (gsize length = 0; length < strlen (text); length++)
    {
      g_autofree char *part = g_strndup (text, length);
      SrGuid guid;

      g_assert_false (sr_guid_parse (part, &guid));
    }
}

static void
test_random (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (sr_guid_hash, sr_guid_equal_func, g_free, NULL);

  for (guint i = 0; i < 10000; i++)
    {
      SrGuid guid, again;
      char buffer[SR_GUID_STRING_LENGTH + 1];

      sr_guid_random (&guid);
      g_assert_cmphex (guid.data3 >> 12, ==, 4);
      g_assert_cmphex (guid.data4[0] >> 6, ==, 2);
      g_assert_true (sr_guid_parse (sr_guid_to_string (&guid, buffer), &again));
      g_assert_true (sr_guid_equal (&guid, &again));
      g_assert_true (g_hash_table_add (seen, g_memdup2 (&guid, sizeof guid)));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/guid/forms", test_forms);
  g_test_add_func ("/base/guid/no-guids", test_no_guids);
  g_test_add_func ("/base/guid/random", test_random);
  return g_test_run ();
}
