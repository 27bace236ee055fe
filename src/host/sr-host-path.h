/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_host_path_parse:
 * @path: a path of Windows with a drive, "C:\\Windows\\system32"
 * @error: where to put an error
 *
 * Takes a path apart, and refuses every one that Windows could read as another:
 * without a drive, with a forward slash, with empty parts or "." or "..", with
 * control characters or one of <>:"|?*, with parts that end in a dot or a blank
 * or are longer than 255 UTF-16 units, with names of devices (NUL, COM1, CON.txt),
 * or longer than 32767 UTF-16 units altogether.
 *
 * Sets %G_IO_ERROR_INVALID_FILENAME.
 *
 * Returns: (transfer full) (array zero-terminated=1): the drive's letter in upper case, and the parts below it, or %NULL
 */
char **sr_host_path_parse (const char  *path,
                           GError     **error);

G_END_DECLS
