/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrCredentials:
 *
 * Who signs in at a server, immutable and safe to share between threads:
 * Kerberos tickets of a credential cache, a keytab, or user and password.
 */
typedef struct _SrCredentials SrCredentials;

/**
 * SrCredentialsKind:
 * @SR_CREDENTIALS_TICKET_CACHE: tickets that are there already
 * @SR_CREDENTIALS_KEYTAB: keys in a file
 * @SR_CREDENTIALS_PASSWORD: user and password
 */
typedef enum
{
  SR_CREDENTIALS_TICKET_CACHE,
  SR_CREDENTIALS_KEYTAB,
  SR_CREDENTIALS_PASSWORD,
} SrCredentialsKind;

/**
 * sr_credentials_new_ticket_cache:
 * @cache: (nullable): a ccache name such as "FILE:/run/user/1000/krb5cc", %NULL for the default one
 * @principal: (nullable): the principal wanted, %NULL for the cache's own
 *
 * Returns: (transfer full): credentials
 */
SrCredentials *sr_credentials_new_ticket_cache (const char *cache,
                                                const char *principal);

/**
 * sr_credentials_new_keytab:
 * @keytab: path of a keytab
 * @principal: the principal in it
 *
 * Returns: (transfer full): credentials
 */
SrCredentials *sr_credentials_new_keytab (const char *keytab,
                                          const char *principal);

/**
 * sr_credentials_new_password:
 * @user: "DOMAIN\user", "user@REALM" or "user"
 * @password: the password; a reference is kept
 *
 * Returns: (transfer full): credentials
 */
SrCredentials *sr_credentials_new_password (const char *user,
                                            SrSecret   *password);

/**
 * sr_credentials_ref:
 * @credentials: credentials
 *
 * Returns: (transfer full): @credentials
 */
SrCredentials *sr_credentials_ref (SrCredentials *credentials);

/**
 * sr_credentials_unref:
 * @credentials: (transfer full): credentials
 */
void sr_credentials_unref (SrCredentials *credentials);

/**
 * sr_credentials_get_kind:
 * @credentials: credentials
 *
 * Returns: what they are
 */
SrCredentialsKind sr_credentials_get_kind (const SrCredentials *credentials);

/**
 * sr_credentials_get_name:
 * @credentials: credentials
 *
 * Returns: (nullable) (transfer none): user or principal, for messages
 */
const char *sr_credentials_get_name (const SrCredentials *credentials);

/**
 * sr_credentials_find_ticket:
 *
 * Looks into the default ticket cache. That may ask another process, so a
 * window calls it on a thread.
 *
 * Returns: (nullable) (transfer full): the principal that has a ticket-granting ticket which is still good
 */
char *sr_credentials_find_ticket (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCredentials, sr_credentials_unref)

G_END_DECLS
