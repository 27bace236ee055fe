/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-filetime.h"

/* Seconds between 1601-01-01 and 1970-01-01. */
#define EPOCH_SECONDS G_GINT64_CONSTANT (11644473600)

guint64
sr_filetime_from_unix_us (gint64 microseconds)
{
  gint64 since_1601;

  if (microseconds < -EPOCH_SECONDS * G_USEC_PER_SEC)
    return 0;
  if (microseconds > G_MAXINT64 / 10 - EPOCH_SECONDS * G_USEC_PER_SEC)
    return G_MAXINT64;
  since_1601 = microseconds + EPOCH_SECONDS * G_USEC_PER_SEC;
  return (guint64) since_1601 * 10;
}

gint64
sr_filetime_to_unix_us (guint64 filetime)
{
  return (gint64) (filetime / 10) - EPOCH_SECONDS * G_USEC_PER_SEC;
}
