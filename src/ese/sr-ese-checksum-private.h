/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-bytes.h"

G_BEGIN_DECLS

/* The checksum of headers: all 32-bit words but the first, by exclusive or (ESE checksum.cxx). */
static inline guint32
sr_ese_header_checksum (const guint8 *header,
                        gsize         size)
{
  guint32 sum = 0x89abcdef;

  for (gsize at = 4; at < size; at += 4)
    sum ^= sr_get_le32 (header + at);
  return sum;
}

G_END_DECLS
