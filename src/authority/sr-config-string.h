/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** SR_CONFIG_MAX_NAME: longest CA name that is taken, in bytes of UTF-8 */
#define SR_CONFIG_MAX_NAME 512

/**
 * sr_config_string_parse:
 * @text: what was typed
 * @host: (out) (transfer full): the host
 * @name: (out) (transfer full): the CA's name
 * @error: where to put an error
 *
 * Splits a config string HOST\CA (MS-WCCE 3.1.1.1) at its first backslash, as
 * a host has none. Space around both parts is dropped.
 *
 * Sets %SR_AUTHORITY_ERROR_CONFIG_STRING, saying what is wrong and how to write it.
 *
 * Returns: whether it is one
 */
gboolean sr_config_string_parse (const char *text,
                                 char      **host,
                                 char      **name,
                                 GError    **error);

/**
 * sr_config_string_key:
 * @config: a config string
 *
 * Host names have no case, and neither do CA names for Windows.
 *
 * Returns: (transfer full): a key that two spellings of one CA have in common
 */
char *sr_config_string_key (const char *config);

/**
 * sr_host_is_valid:
 * @host: a DNS or NetBIOS name, or an address
 *
 * Returns: whether it can be one: RFC 1123 labels with underscores, international ones too, 253 characters at most
 */
gboolean sr_host_is_valid (const char *host);

G_END_DECLS
