/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-filetime.h"

/* 1970-01-01 as a FILETIME, a figure found in many public places. */
#define EPOCH G_GUINT64_CONSTANT (116444736000000000)
#define YEAR_1601_US (-G_GINT64_CONSTANT (11644473600000000))

static void
test_known (void)
{
  /* 2000-01-01, 2026-11-22 14:15:00 UTC, and one microsecond each side of 1970. */
  g_assert_cmpuint (sr_filetime_from_unix_us (0), ==, EPOCH);
  g_assert_cmpint (sr_filetime_to_unix_us (EPOCH), ==, 0);
  g_assert_cmpuint (sr_filetime_from_unix_us (G_GINT64_CONSTANT (946684800000000)), ==, G_GUINT64_CONSTANT (125911584000000000));
  g_assert_cmpint (sr_filetime_to_unix_us (G_GUINT64_CONSTANT (125911584000000000)), ==, G_GINT64_CONSTANT (946684800000000));
  g_assert_cmpuint (sr_filetime_from_unix_us (1), ==, EPOCH + 10);
  g_assert_cmpuint (sr_filetime_from_unix_us (-1), ==, EPOCH - 10);
  /* Steps of 100 ns below a microsecond are dropped. */
  g_assert_cmpint (sr_filetime_to_unix_us (EPOCH + 9), ==, 0);
  g_assert_cmpint (sr_filetime_to_unix_us (EPOCH + 10), ==, 1);
}

static void
test_extremes (void)
{
  g_assert_cmpuint (sr_filetime_from_unix_us (YEAR_1601_US), ==, 0);
  g_assert_cmpuint (sr_filetime_from_unix_us (YEAR_1601_US + 1), ==, 10);
  g_assert_cmpuint (sr_filetime_from_unix_us (YEAR_1601_US - 1), ==, 0);
  g_assert_cmpuint (sr_filetime_from_unix_us (G_MININT64), ==, 0);
  g_assert_cmpuint (sr_filetime_from_unix_us (G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (sr_filetime_to_unix_us (0), ==, YEAR_1601_US);
  g_assert_cmpint (sr_filetime_to_unix_us (G_MAXINT64), ==, (G_MAXINT64 / 10) + YEAR_1601_US);
  g_assert_cmpint (sr_filetime_to_unix_us (G_MAXUINT64), ==, G_GINT64_CONSTANT (1844674407370955161) + YEAR_1601_US);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 100000; i++)
    {
      guint64 wide = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      /* Whole microseconds, up to the year 30828. */
      guint64 filetime = wide % G_MAXINT64 / 10 * 10;

      g_assert_cmpuint (sr_filetime_from_unix_us (sr_filetime_to_unix_us (filetime)), ==, filetime);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/filetime/known", test_known);
  g_test_add_func ("/base/filetime/extremes", test_extremes);
  g_test_add_func ("/base/filetime/round-trip", test_round_trip);
  return g_test_run ();
}
