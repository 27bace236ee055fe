/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SR_SAFE_NAME_MAX: the longest safe name in bytes; names made unique stay below the 255 of file systems */
#define SR_SAFE_NAME_MAX 200

/**
 * sr_safe_name:
 * @text: anything
 *
 * Makes one file name of a text, good on Linux and on Windows: separators,
 * reserved, control and invisible characters become "_", device names of DOS,
 * a dot at the beginning and dots or spaces at the end are defused, and what is
 * too long is cut before its extension. A name that is good already stays as
 * it is.
 *
 * Returns: (transfer full): a name, never empty
 */
char *sr_safe_name (const char *text);

/**
 * sr_safe_name_from_path:
 * @server_path: a path as a server sent it, with either kind of slash
 *
 * Returns: (transfer full): sr_safe_name() of its last part
 */
char *sr_safe_name_from_path (const char *server_path);

/**
 * sr_safe_name_key:
 * @name: a name
 *
 * Returns: (transfer full): what two names have in common that a file system without case would take for one
 */
char *sr_safe_name_key (const char *name);

/**
 * sr_safe_name_numbered:
 * @name: a safe name
 * @number: 1 leaves it as it is
 *
 * Returns: (transfer full): "name-2.ext" for 2, and so on
 */
char *sr_safe_name_numbered (const char *name,
                             guint       number);

/**
 * sr_log_generation:
 * @name: the name of a transaction log
 *
 * Reads the generation from a name such as edb0001F.log: five hexadecimal
 * digits, eight once the generation is above 0xFFFFF, .log or .jtx (ESE
 * log.cxx, logstream.cxx LGSzLogIdAppend).
 *
 * Returns: the generation, 0 for any other name
 */
guint32 sr_log_generation (const char *name);

/**
 * sr_config_is_valid:
 * @config: a config string
 *
 * Returns: whether it is HOST\CA: one backslash, something on both sides, no slash in the host, no control character, at most 512 bytes of UTF-8
 */
gboolean sr_config_is_valid (const char *config);

/**
 * sr_config_equal:
 * @a: a config string
 * @b: a config string
 *
 * Returns: whether they name the same CA: case does not count
 */
gboolean sr_config_equal (const char *a,
                          const char *b);

/**
 * sr_config_compare:
 * @a: a config string
 * @b: a config string
 *
 * Returns: below, at or above 0, in an order that goes with sr_config_equal()
 */
int sr_config_compare (const char *a,
                       const char *b);

/**
 * sr_set_path_is_safe:
 * @path: a path out of a manifest
 *
 * Returns: whether it is relative and normal: up to four names with single slashes between, none of them "." or "..", no control character, no backslash, valid UTF-8
 */
gboolean sr_set_path_is_safe (const char *path);

G_END_DECLS
