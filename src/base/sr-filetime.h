/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_filetime_from_unix_us:
 * @microseconds: since 1970-01-01 UTC
 *
 * Returns: the FILETIME (MS-DTYP 2.3.3): 100 ns steps since 1601-01-01 UTC; 0 for times before 1601
 */
guint64 sr_filetime_from_unix_us (gint64 microseconds);

/**
 * sr_filetime_to_unix_us:
 * @filetime: 100 ns steps since 1601-01-01 UTC
 *
 * Returns: microseconds since 1970-01-01 UTC
 */
gint64 sr_filetime_to_unix_us (guint64 filetime);

G_END_DECLS
