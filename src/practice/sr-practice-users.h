/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-ca.h"

G_BEGIN_DECLS

/** SR_PRACTICE_USERS_FILE: the key file in a CA's folder: lines DOMAIN:user:password, as gss-ntlmssp reads them */
#define SR_PRACTICE_USERS_FILE "ntlm-users"

/**
 * sr_practice_users_ensure:
 * @folder: a CA's folder
 * @error: where to put an error
 *
 * Makes the key file of a new CA: PRACTICE\operator and PRACTICE\administrator,
 * with random passwords; mode 0600. One that is there stays as it is.
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: (transfer full): its path, or %NULL
 */
char *sr_practice_users_ensure (const char *folder,
                                GError    **error);

/**
 * sr_practice_users_first:
 * @path: a key file
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_NOT_FOUND for a file without users, %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the first user as DOMAIN\user, or %NULL
 */
char *sr_practice_users_first (const char *path,
                               GError    **error);

/**
 * sr_practice_users_set_default_roles:
 * @ca: a CA
 * @error: where to put an error
 *
 * Gives the users of sr_practice_users_ensure() their roles, unless the CA has
 * roles already. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_users_set_default_roles (SrPracticeCa *ca,
                                              GError      **error);

G_END_DECLS
