/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_file_make_private_folder:
 * @path: a folder; missing parents are made too
 * @error: where to put an error
 *
 * Makes a folder with mode 0700. One that is there already is left as it is.
 *
 * Sets %G_IO_ERROR codes with the path in the message.
 *
 * Returns: whether it is there now
 */
gboolean sr_file_make_private_folder (const char *path,
                                      GError    **error);

/**
 * sr_file_sync_folder:
 * @path: a folder
 * @error: where to put an error
 *
 * Calls fsync() on the folder, so that the names in it survive a loss of power.
 *
 * Returns: whether that worked
 */
gboolean sr_file_sync_folder (const char *path,
                              GError    **error);

/**
 * sr_file_replace:
 * @path: the file
 * @data: (array length=length): its new contents
 * @length: in bytes
 * @error: where to put an error
 *
 * Replaces a file as a whole: a new file with mode 0600 beside it, fsync(),
 * rename, fsync() of the folder. A reader sees the old contents or the new.
 *
 * Sets %G_IO_ERROR codes with the path in the message; the old file is then untouched.
 *
 * Returns: whether the new contents are in place and on the disk
 */
gboolean sr_file_replace (const char *path,
                          const void *data,
                          gsize       length,
                          GError    **error);

/**
 * sr_file_load:
 * @path: the file
 * @max_length: a longer file is an error
 * @error: where to put an error
 *
 * Reads a whole file whose size is bounded.
 *
 * Sets %G_IO_ERROR codes, %SR_ERROR_LIMIT above @max_length.
 *
 * Returns: (transfer full): the contents with a NUL behind them (not counted), or %NULL
 */
GBytes *sr_file_load (const char *path,
                      gsize       max_length,
                      GError    **error);

/**
 * sr_file_remove_tree:
 * @path: a file or folder
 * @error: where to put an error
 *
 * Removes a folder with all that is below it. Symbolic links are removed, not
 * followed; other file systems are not entered. What is not there is no error.
 *
 * Returns: whether nothing is left
 */
gboolean sr_file_remove_tree (const char *path,
                              GError    **error);

G_END_DECLS
