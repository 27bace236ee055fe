/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SR_ESE_TIME_SIZE: bytes of a time */
#define SR_ESE_TIME_SIZE 8

/**
 * sr_ese_time_read:
 * @at: (array fixed-size=8): a time as the engine's files have it (ESE LOGTIME)
 *
 * Returns: microseconds since 1970, 0 for none and for what is no time
 */
gint64 sr_ese_time_read (const guint8 *at);

/**
 * sr_ese_time_write:
 * @at: (out caller-allocates) (array fixed-size=8): gets the time, in UTC
 * @microseconds: since 1970, from 1970 to 2155; 0 for none. Only milliseconds are kept
 */
void sr_ese_time_write (guint8 *at,
                        gint64  microseconds);

G_END_DECLS
