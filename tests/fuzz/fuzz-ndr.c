/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-ndr.h"
#include "sr-fuzz.h"

#include <string.h>

/* The first bytes say which calls are made on the rest. */
#define PROGRAM 16

static void
read_text (SrNdr   *ndr,
           gboolean unique)
{
  char *text = NULL;

  if (unique)
    sr_ndr_unique_string (ndr, "text", &text, 300);
  else
    sr_ndr_string (ndr, "text", &text, 300);
  if (text != NULL)
    g_assert_true (g_utf8_validate (text, -1, NULL));
  g_free (text);
}

static void
read_bytes (SrNdr *ndr)
{
  GBytes *bytes = NULL;

  sr_ndr_byte_array (ndr, "bytes", &bytes, 5000);
  if (bytes != NULL)
    g_assert_cmpuint (g_bytes_get_size (bytes), <=, 5000);
  g_clear_pointer (&bytes, g_bytes_unref);
}

static void
read_view (SrNdr *ndr)
{
  const guint8 *data = NULL;
  guint32 count = 0;
  guint sum = 0;

  sr_ndr_byte_view (ndr, "view", &data, &count, 1u << 30);
  for (guint32 i = 0; i < count; i++)
    sum += data[i];
  g_assert_cmpuint (sum, <=, 255u * count);
}

static void
read_numbers (SrNdr *ndr,
              guint  kind)
{
  guint8 small;
  guint16 medium;
  guint32 large;
  gint32 signed_large;
  guint64 huge;
  SrGuid guid;

  switch (kind % 6)
    {
    case 0:
      sr_ndr_uint8 (ndr, "uint8", &small);
      break;
    case 1:
      sr_ndr_uint16 (ndr, "uint16", &medium);
      break;
    case 2:
      sr_ndr_uint32 (ndr, "uint32", &large);
      break;
    case 3:
      sr_ndr_int32 (ndr, "int32", &signed_large);
      break;
    case 4:
      sr_ndr_uint64 (ndr, "uint64", &huge);
      break;
    default:
      sr_ndr_guid (ndr, "guid", &guid);
    }
}

static void
read_list (SrNdr *ndr)
{
  guint32 count = 0, value;

  sr_ndr_count (ndr, "count", &count, 1000);
  g_assert_cmpuint (count, <=, 1000);
  for (guint32 i = 0; i < count && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, "element", &value);
}

static void
step (SrNdr *ndr,
      guint8 call)
{
  guint8 fixed[40];

  switch (call & 15)
    {
    case 0:
      read_text (ndr, FALSE);
      break;
    case 1:
      read_text (ndr, TRUE);
      break;
    case 2:
      read_bytes (ndr);
      break;
    case 3:
      read_view (ndr);
      break;
    case 4:
      read_list (ndr);
      break;
    case 5:
      sr_ndr_align (ndr, 1u << (call >> 4 & 3));
      break;
    case 6:
      sr_ndr_fixed_bytes (ndr, "fixed", fixed, call >> 4);
      break;
    case 7:
      sr_ndr_pointer (ndr, "pointer", FALSE);
      break;
    case 8:
      sr_ndr_enter (ndr, "structure");
      break;
    case 9:
      sr_ndr_const_uint32 (ndr, "constant", 0x20000);
      break;
    default:
      read_numbers (ndr, call >> 4);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  gsize program = MIN (size, PROGRAM), consumed;
  SrNdr ndr;

  for (guint i = 0; i < 2; i++)
    {
      sr_ndr_init_reader (&ndr, "fuzz", data + program, size - program);
      for (gsize at = 0; at < program; at++)
        step (&ndr, data[at]);
      g_assert_cmpuint (sr_ndr_offset (&ndr), <=, size - program);
      if (i == 0)
        sr_ndr_finish (&ndr, NULL);
      else
        sr_ndr_finish_prefix (&ndr, &consumed, NULL);
    }
  return 0;
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  /* A string, a unique one, an array, a view, a list, numbers */
  sr_fuzz_add_hex_seed (seeds, "00 01 02 03 04 0a 1a 2a 3a 4a 5a 07 18 09 55 26"
                               "03000000 00000000 03000000 6100 6200 0000 0000"
                               "00000200 02000000 00000000 02000000 7800 0000"
                               "05000000 0102030405 000000 04000000 01020304 02000000 01000000 02000000"
                               "01 00 0200 03000000 04000000 05000000 0600000000000000"
                               "000102030405060708090a0b0c0d0e0f 00000200 00000200 0000 0000");
  sr_fuzz_add_hex_seed (seeds, "04 04 04 04 04 04 04 04 04 04 04 04 04 04 04 04 01000000 ffffffff 00000000 02000000");
  sr_fuzz_add_hex_seed (seeds, "03 02 03 02 03 02 03 02 00 00 00 00 01 01 01 01 04000000 01020304 ffffffff");
  sr_fuzz_add_hex_seed (seeds, "08 08 08 08 08 08 08 08 08 08 08 08 08 08 08 08 00");
}
