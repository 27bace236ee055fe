/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Little endian numbers at fixed offsets; the caller has checked that the bytes are there. */

static inline guint16
sr_ese_get_u16 (const guint8 *at)
{
  guint16 value;

  memcpy (&value, at, sizeof value);
  return GUINT16_FROM_LE (value);
}

static inline guint32
sr_ese_get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline void
sr_ese_put_u16 (guint8 *at,
                guint16 value)
{
  value = GUINT16_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

static inline void
sr_ese_put_u32 (guint8 *at,
                guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

/* The checksum of headers: all 32-bit words but the first, by exclusive or (ESE checksum.cxx). */
static inline guint32
sr_ese_header_checksum (const guint8 *header,
                        gsize         size)
{
  guint32 sum = 0x89abcdef;

  for (gsize at = 4; at < size; at += 4)
    sum ^= sr_ese_get_u32 (header + at);
  return sum;
}

G_END_DECLS
