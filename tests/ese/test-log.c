/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "ese/sr-ese-checksum-private.h"
#include "ese/sr-ese-log.h"
#include "ese/sr-ese-time.h"

#include <gio/gio.h>

/* 2026-11-22 14:15:16.789 UTC */
#define SOME_TIME G_GINT64_CONSTANT (1795356916789000)

static void
make_header (guint8 *page)
{
  const SrEseLogHeader header = {
    .generation = 0x1f,
    .created = SOME_TIME,
    .previous_created = SOME_TIME - 60 * G_USEC_PER_SEC,
    .signature = { 1, 2, 3, 4, [27] = 0xff },
    .size = 1024 * 1024,
    .circular = TRUE,
  };

  sr_ese_log_header_write (&header, page);
}

static void
test_round_trip (void)
{
  guint8 page[SR_ESE_LOG_HEADER_SIZE];
  SrEseLogHeader header;
  g_autoptr (GError) error = NULL;

  make_header (page);
  g_assert_true (sr_ese_log_header_parse (page, sizeof page, &header, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header.generation, ==, 0x1f);
  g_assert_cmpint (header.created, ==, SOME_TIME);
  g_assert_cmpint (header.previous_created, ==, SOME_TIME - 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (header.signature[3], ==, 4);
  g_assert_cmpuint (header.signature[27], ==, 0xff);
  g_assert_cmpuint (header.size, ==, 1024 * 1024);
  g_assert_true (header.circular);
}

/* The places and values of ESE's own structure, written out. */
static void
test_layout (void)
{
  guint8 page[SR_ESE_LOG_HEADER_SIZE];
  const guint8 created[8] = { 16, 15, 14, 22, 11, 126, 1 | (789 & 0x7f) << 1, (789 >> 7) << 1 };

  make_header (page);
  g_assert_cmpuint (sr_get_le32 (page + 4), ==, 0x1f);
  g_assert_cmpuint (sr_get_le16 (page + 8), ==, 4096);
  g_assert_cmpuint (sr_get_le16 (page + 10), ==, 1);
  g_assert_cmpuint (sr_get_le16 (page + 12), ==, 256);
  g_assert_cmpmem (page + 16, 8, created, 8);
  g_assert_cmpuint (page[24 + 1], ==, 14); /* a minute earlier */
  g_assert_cmpuint (sr_get_le32 (page + 32), ==, 8);
  g_assert_cmpuint (page[44], ==, 1);
  g_assert_cmpuint (page[639], ==, 2);
  g_assert_cmpuint (page[667], ==, 3);
}

/* Every bit counts: the checksum tells, whichever one is turned. */
static void
test_damage (void)
{
  guint8 page[SR_ESE_LOG_HEADER_SIZE];
  SrEseLogHeader header;

  for (guint i = 0; i < sizeof page * 8; i++)
    {
      make_header (page);
      page[i / 8] ^= (guint8) (1 << i % 8);
      g_assert_false (sr_ese_log_header_parse (page, sizeof page, &header, NULL));
    }
  make_header (page);
  g_assert_false (sr_ese_log_header_parse (page, sizeof page - 1, &header, NULL));
  memset (page, 0, sizeof page);
  g_assert_false (sr_ese_log_header_parse (page, sizeof page, &header, NULL));
}

/* A right checksum over nonsense is no header either. */
static void
test_nonsense (void)
{
  static const struct { guint at, length; } blank[] = { { 4, 4 }, { 16, 8 } };
  guint8 page[SR_ESE_LOG_HEADER_SIZE];
  SrEseLogHeader header;

  for (guint i = 0; i < G_N_ELEMENTS (blank); i++)
    {
      g_autoptr (GError) error = NULL;

      make_header (page);
      memset (page + blank[i].at, 0, blank[i].length);
      sr_put_le32 (page, sr_ese_header_checksum (page, sizeof page));
      g_assert_false (sr_ese_log_header_parse (page, sizeof page, &header, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
    }
  /* Whatever stands there is read without harm. */
  for (guint round = 0; round < 2000; round++)
    {
      for (guint i = 0; i < 700; i++)
        page[i] = (guint8) g_test_rand_int ();
      page[667] = 3;
      sr_put_le32 (page, sr_ese_header_checksum (page, sizeof page));
      sr_ese_log_header_parse (page, sizeof page, &header, NULL);
    }
}

static void
test_times (void)
{
  static const guint8 bad[][8] = {
    { 0 },
    { 60, 0, 0, 1, 1, 126 },
    { 0, 60, 0, 1, 1, 126 },
    { 0, 0, 24, 1, 1, 126 },
    { 0, 0, 0, 30, 2, 126 },
    { 0, 0, 0, 1, 13, 126 },
    { 0, 0, 0, 1, 1, 126, 0xfe, 0x0f },
  };
  guint8 at[SR_ESE_TIME_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (sr_ese_time_read (bad[i]), ==, 0);
  for (guint i = 0; i < 20000; i++)
    {
      gint64 time = (gint64) (g_test_rand_double () * 5.8e9 * 1000) * 1000;

      sr_ese_time_write (at, time);
      g_assert_cmpint (sr_ese_time_read (at), ==, time);
    }
  sr_ese_time_write (at, 0);
  g_assert_cmpint (sr_ese_time_read (at), ==, 0);
}

static GBytes *
gunzip (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (raw, converter);

  return g_input_stream_read_bytes (stream, 32768, NULL, NULL);
}

/* Checksum and times of headers that the engine itself has written: those of
 * databases, which it writes in the same way. The shared tree has no logs. */
static void
test_real_headers (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("STRONGROOM_SHARED"), "fixtures", "ese", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;

  if (dir == NULL)
    {
      g_test_skip ("there are no databases beside the source tree");
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GBytes) bytes = gunzip (path);
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);
      gsize page = length >= 4096 ? sr_get_le32 (data + 236) : 0;
      gint64 time;

      if (page == 0 || page > length || sr_get_le32 (data + 4) != 0x89abcdef)
        continue;
      g_assert_cmphex (sr_get_le32 (data), ==, sr_ese_header_checksum (data, page));
      time = sr_ese_time_read (data + 24 + 4); /* of the database's signature */
      g_assert_cmpint (time, >, G_GINT64_CONSTANT (946684800) * G_USEC_PER_SEC);
      g_assert_cmpint (time, <, G_GINT64_CONSTANT (1893456000) * G_USEC_PER_SEC);
      count++;
    }
  g_test_message ("headers of %u real databases", count);
  g_assert_cmpuint (count, >=, 5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ese/log/round-trip", test_round_trip);
  g_test_add_func ("/ese/log/layout", test_layout);
  g_test_add_func ("/ese/log/damage", test_damage);
  g_test_add_func ("/ese/log/nonsense", test_nonsense);
  g_test_add_func ("/ese/log/times", test_times);
  g_test_add_func ("/ese/log/real-headers", test_real_headers);
  return g_test_run ();
}
