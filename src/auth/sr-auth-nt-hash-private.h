/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-secret.h"

G_BEGIN_DECLS

#define SR_NT_HASH_DIGITS 32

/*
 * sr_nt_hash:
 * @password: (array length=length): valid UTF-8
 * @digits: (out caller-allocates): NTOWFv1 (MS-NLMP 3.3.1) in hexadecimal digits with a NUL; as good as the password,
 *   to be wiped
 *
 * gss-ntlmssp before 1.3 leaks an OpenSSL library context, with a key for
 * thread-local data, for every password that it hashes, and stops to work
 * after some hundred; and it wants OpenSSL's legacy provider for that.
 * Given the hash it does neither.
 *
 * Returns: whether @password was valid UTF-8
 */
gboolean sr_nt_hash (const char *password,
                     gsize       length,
                     char        digits[SR_NT_HASH_DIGITS + 1]);

/*
 * sr_nt_users_open:
 * @path: a key file of DOMAIN:user:password lines
 * @error: where to put an error
 *
 * Makes a file of hashes from a file of passwords, without a name in any
 * folder. gss-ntlmssp opens it as /proc/self/fd/N.
 *
 * Sets %SR_ERROR_AUTH.
 *
 * Returns: a file descriptor to be closed, or -1
 */
int sr_nt_users_open (const char *path,
                      GError    **error);

G_END_DECLS
