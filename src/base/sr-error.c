/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"

G_DEFINE_QUARK (sr-error-quark, sr_error)

gint64
sr_deadline_in (double seconds)
{
  return g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
}

gint64
sr_deadline_left (gint64 deadline)
{
  gint64 now = g_get_monotonic_time ();

  return deadline > now ? deadline - now : 0;
}
