/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_utf16_from_utf8:
 * @text: valid UTF-8
 * @with_nul: whether a terminating NUL is part of the result
 *
 * Returns: (transfer full): UTF-16, little endian
 */
GBytes *sr_utf16_from_utf8 (const char *text,
                            gboolean    with_nul);

/**
 * sr_utf16_to_utf8:
 * @data: (array length=length): UTF-16, little endian
 * @length: in bytes, even; ends at a NUL or after @length
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED for an odd length, unpaired surrogates, or
 * anything but NULs behind the first NUL.
 *
 * Returns: (transfer full): UTF-8, or %NULL
 */
char *sr_utf16_to_utf8 (const guint8 *data,
                        gsize         length,
                        GError      **error);

/**
 * sr_utf16_list_parse:
 * @data: (array length=length) (nullable): NUL-terminated strings, one behind another, closed by an empty one
 * @length: in bytes
 * @max_items: more than this is an error
 * @error: where to put an error
 *
 * The "zz" lists of certbcli.h and MS-CSRA. An empty input is an empty list;
 * a missing last NUL is an error.
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT; the message names the offset.
 *
 * Returns: (transfer full) (array zero-terminated=1): UTF-8 strings, or %NULL
 */
char **sr_utf16_list_parse (const guint8 *data,
                            gsize         length,
                            guint         max_items,
                            GError      **error);

/**
 * sr_utf16_list_build:
 * @items: (array zero-terminated=1): UTF-8 strings, none of them empty
 *
 * Returns: (transfer full): the list with its closing NUL; two NULs for an empty one
 */
GBytes *sr_utf16_list_build (const char * const *items);

G_END_DECLS
