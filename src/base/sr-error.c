/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"

SR_DEFINE_QUARK (sr-error-quark, sr_error)

gboolean
sr_set_errno_error (GError    **error,
                    int         err,
                    const char *format,
                    ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (err), "%s: %s", what, g_strerror (err));
  return FALSE;
}

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
