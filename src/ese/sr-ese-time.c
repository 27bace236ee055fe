/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ese/sr-ese-time.h"

#include <string.h>

/* LOGTIME: second, minute, hour, day, month, year - 1900, a byte each; then bit
 * 0 "in UTC" and the low seven bits of the milliseconds; then bit 0 of no
 * concern here and the high three bits. Older engines leave the last two 0. */
#define IS_UTC 1

gint64
sr_ese_time_read (const guint8 *at)
{
  guint milliseconds = (at[6] >> 1) | (guint) ((at[7] >> 1) & 7) << 7;
  g_autoptr (GDateTime) time = NULL;

  /* What is local there is taken for UTC: such times are compared with each other only. */
  time = g_date_time_new_utc (1900 + at[5], at[4], at[3], at[2], at[1], at[0]);
  if (time == NULL || milliseconds > 999)
    return 0;
  return g_date_time_to_unix_usec (time) + (gint64) milliseconds * 1000;
}

void
sr_ese_time_write (guint8 *at,
                   gint64  microseconds)
{
  g_autoptr (GDateTime) time = microseconds > 0 ? g_date_time_new_from_unix_utc_usec (microseconds) : NULL;
  guint milliseconds;

  memset (at, 0, SR_ESE_TIME_SIZE);
  if (time == NULL || g_date_time_get_year (time) > 1900 + G_MAXUINT8)
    return;
  milliseconds = (guint) g_date_time_get_microsecond (time) / 1000;
  at[0] = (guint8) g_date_time_get_second (time);
  at[1] = (guint8) g_date_time_get_minute (time);
  at[2] = (guint8) g_date_time_get_hour (time);
  at[3] = (guint8) g_date_time_get_day_of_month (time);
  at[4] = (guint8) g_date_time_get_month (time);
  at[5] = (guint8) (g_date_time_get_year (time) - 1900);
  at[6] = (guint8) (IS_UTC | (milliseconds & 0x7f) << 1);
  at[7] = (guint8) ((milliseconds >> 7) << 1);
}
