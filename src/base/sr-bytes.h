/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/*
 * Little endian numbers at fixed offsets of files, wherever they lie in memory.
 * The caller has checked that the bytes are there. (What comes over the network
 * is read with rpc/sr-ndr.h, which checks.)
 */

/**
 * sr_get_le16:
 * @at: two bytes
 *
 * Returns: the number that they hold, little endian
 */
static inline guint16
sr_get_le16 (const guint8 *at)
{
  guint16 value;

  memcpy (&value, at, sizeof value);
  return GUINT16_FROM_LE (value);
}

/**
 * sr_get_le32:
 * @at: four bytes
 *
 * Returns: the number that they hold, little endian
 */
static inline guint32
sr_get_le32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/**
 * sr_get_le64:
 * @at: eight bytes
 *
 * Returns: the number that they hold, little endian
 */
static inline guint64
sr_get_le64 (const guint8 *at)
{
  guint64 value;

  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_LE (value);
}

/**
 * sr_put_le16:
 * @at: room for two bytes
 * @value: what to write there, little endian
 */
static inline void
sr_put_le16 (guint8 *at,
             guint16 value)
{
  value = GUINT16_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

/**
 * sr_put_le32:
 * @at: room for four bytes
 * @value: what to write there, little endian
 */
static inline void
sr_put_le32 (guint8 *at,
             guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

/**
 * sr_put_le64:
 * @at: room for eight bytes
 * @value: what to write there, little endian
 */
static inline void
sr_put_le64 (guint8 *at,
             guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

G_END_DECLS
