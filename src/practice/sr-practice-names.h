/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_practice_check_name:
 * @name: a CA's common name
 * @error: where to put an error
 *
 * A common name has 1 to 64 characters (RFC 5280, ub-common-name), none of them a control character.
 *
 * Sets %G_IO_ERROR_INVALID_ARGUMENT.
 *
 * Returns: whether it can be used
 */
gboolean sr_practice_check_name (const char *name,
                                 GError    **error);

/**
 * sr_practice_sanitize_name:
 * @name: a common name
 *
 * Returns: (transfer full): the sanitized name (MS-WCCE 3.1.1.4.1.1.2)
 */
char *sr_practice_sanitize_name (const char *name);

/**
 * sr_practice_shorten_name:
 * @sanitized: a sanitized name
 *
 * Returns: (transfer full): the sanitized short name: at most 57 characters, a
 *   hash in the place of what was cut off (MS-WCCE 3.1.1.4.1.1)
 */
char *sr_practice_shorten_name (const char *sanitized);

/**
 * sr_practice_name_matches:
 * @name: the CA's common name
 * @authority: (nullable): what a client sent as pwszAuthority
 *
 * Returns: whether @authority names the CA: by its name, sanitized name or
 *   sanitized short name, in any case (MS-WCCE 3.1.1.4.2)
 */
gboolean sr_practice_name_matches (const char *name,
                                   const char *authority);

/**
 * sr_practice_make_unc:
 * @host: a host name
 * @path: a path on that host with a drive, such as "C:\Windows"
 *
 * Returns: (transfer full): the path as the host's administrative share shows it, "\\host\C$\Windows"
 */
char *sr_practice_make_unc (const char *host,
                            const char *path);

G_END_DECLS
