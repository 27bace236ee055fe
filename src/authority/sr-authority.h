/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-credentials.h"
#include "csra/sr-cert-admin.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SR_AUTHORITY_INTERFACE_NO_REMOTE_BACKUP: IF_NOREMOTEICERTADMINBACKUP of the InterfaceFlags (MS-CSRA 3.1.4.2.14) */
#define SR_AUTHORITY_INTERFACE_NO_REMOTE_BACKUP 0x40

/**
 * SrCaRoles:
 * @SR_CA_ROLE_ADMINISTRATOR: CA administrator
 * @SR_CA_ROLE_OFFICER: certificate manager
 * @SR_CA_ROLE_AUDITOR: auditor
 * @SR_CA_ROLE_OPERATOR: backup operator
 * @SR_CA_ROLE_READ: may read
 * @SR_CA_ROLE_ENROLL: may enroll
 *
 * What GetMyRoles answers (MS-CSRA 3.1.1.7).
 */
typedef enum
{
  SR_CA_ROLE_ADMINISTRATOR = 0x1,
  SR_CA_ROLE_OFFICER = 0x2,
  SR_CA_ROLE_AUDITOR = 0x4,
  SR_CA_ROLE_OPERATOR = 0x8,
  SR_CA_ROLE_READ = 0x100,
  SR_CA_ROLE_ENROLL = 0x200,
} SrCaRoles;

/**
 * SrAuthoritySeen:
 * @checked_at: when the CA was last asked, microseconds since 1970 UTC; 0 for never
 * @reached_at: when it last answered, 0 for never
 * @roles: #SrCaRoles that it granted, -1 when not known
 * @interface_flags: its InterfaceFlags as of its next start, -1 when not known
 * @problem: (nullable): what was wrong then, in words
 *
 * What was last seen of a CA. Shown, and never the ground of a decision.
 */
typedef struct
{
  gint64 checked_at;
  gint64 reached_at;
  gint64 roles;
  gint64 interface_flags;
  char *problem;
} SrAuthoritySeen;

void sr_authority_seen_clear (SrAuthoritySeen *seen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrAuthoritySeen, sr_authority_seen_clear)

/**
 * SrAuthority:
 *
 * A CA that the user knows: how it is called, where it is, and how to sign in.
 * Never holds a secret. Belongs to the main thread; jobs take an #SrDcomTarget
 * of it.
 */
#define SR_TYPE_AUTHORITY (sr_authority_get_type ())
G_DECLARE_FINAL_TYPE (SrAuthority, sr_authority, SR, AUTHORITY, GObject)

/**
 * sr_authority_new:
 * @config: config string HOST\CA
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_CONFIG_STRING.
 *
 * Returns: (transfer full): a CA signed in to with the tickets that are there, or %NULL
 */
SrAuthority *sr_authority_new (const char *config,
                               GError    **error);

/**
 * sr_authority_get_id:
 * @self: a CA
 *
 * Returns: (transfer none): its id in the list, a GUID
 */
const char *sr_authority_get_id (SrAuthority *self);
const char *sr_authority_get_config (SrAuthority *self);
const char *sr_authority_get_name (SrAuthority *self);
const char *sr_authority_get_host (SrAuthority *self);

/**
 * sr_authority_get_address:
 * @self: a CA
 *
 * Returns: (nullable) (transfer none): where to connect to instead of resolving the host's name
 */
const char *sr_authority_get_address (SrAuthority *self);

/**
 * sr_authority_get_port:
 * @self: a CA
 *
 * Returns: its activation port, 0 for DCOM's own (135)
 */
guint16 sr_authority_get_port (SrAuthority *self);

/**
 * sr_authority_set_endpoint:
 * @self: a CA
 * @address: (nullable): an address or host name to connect to, %NULL for the host's own
 * @port: its activation port, 0 for DCOM's own
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_ADDRESS.
 *
 * Returns: whether it was taken
 */
gboolean sr_authority_set_endpoint (SrAuthority *self,
                                    const char  *address,
                                    guint16      port,
                                    GError     **error);

/**
 * sr_authority_find_host:
 * @self: a CA
 * @port: (out): where the CA's host serves services and registry over TCP
 * @drives: (out) (transfer full): a folder of this computer with the host's drives
 * @credentials: (out) (transfer full) (nullable): who signs in there, %NULL for who signs in to the CA
 * @error: where to put an error
 *
 * The way to the host under the CA, for restoring it: as yet the practice CA's
 * alone, which tells it in its state folder at each start.
 *
 * Sets %SR_ERROR_UNSUPPORTED for any other CA, the errors of sr_practice_folder_read().
 *
 * Returns: whether there is one
 */
gboolean sr_authority_find_host (SrAuthority    *self,
                                 guint16        *port,
                                 char          **drives,
                                 SrCredentials **credentials,
                                 GError        **error);

/**
 * sr_authority_is_practice:
 * @self: a CA
 *
 * Returns: whether it is a practice CA; it is then shown with its tag everywhere
 */
gboolean sr_authority_is_practice (SrAuthority *self);

/**
 * sr_authority_get_practice_folder:
 * @self: a CA
 *
 * Returns: (nullable) (transfer none): a practice CA's state folder
 */
const char *sr_authority_get_practice_folder (SrAuthority *self);
void sr_authority_set_practice_folder (SrAuthority *self,
                                       const char  *folder);

SrCredentialsKind sr_authority_get_sign_in (SrAuthority *self);

/**
 * sr_authority_get_user:
 * @self: a CA
 *
 * Returns: (nullable) (transfer none): user or principal
 */
const char *sr_authority_get_user (SrAuthority *self);

/**
 * sr_authority_get_key_source:
 * @self: a CA
 *
 * Returns: (nullable) (transfer none): name of a ticket cache, or path of a keytab
 */
const char *sr_authority_get_key_source (SrAuthority *self);

/**
 * sr_authority_set_sign_in:
 * @self: a CA
 * @kind: how to sign in
 * @user: (nullable): user or principal; a keytab and a password need one
 * @key_source: (nullable): name of a ticket cache (%NULL for the default one), or path of a keytab
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_SIGN_IN.
 *
 * Returns: whether it was taken
 */
gboolean sr_authority_set_sign_in (SrAuthority      *self,
                                   SrCredentialsKind kind,
                                   const char       *user,
                                   const char       *key_source,
                                   GError          **error);

gboolean sr_authority_get_ntlm_allowed (SrAuthority *self);
void sr_authority_set_ntlm_allowed (SrAuthority *self,
                                    gboolean     allowed);

/**
 * sr_authority_get_seen:
 * @self: a CA
 *
 * Returns: (transfer none): what was last seen of it
 */
const SrAuthoritySeen *sr_authority_get_seen (SrAuthority *self);

/**
 * sr_authority_set_seen:
 * @self: a CA
 * @seen: copied. A failed check keeps the facts that it could not ask for
 */
void sr_authority_set_seen (SrAuthority           *self,
                            const SrAuthoritySeen *seen);

/**
 * sr_authority_copy:
 * @self: a CA
 *
 * Threads are given copies, for the main thread may change @self at any time.
 *
 * Returns: (transfer full): the same CA, with the same id, as another object
 */
SrAuthority *sr_authority_copy (SrAuthority *self);

/**
 * sr_authority_needs_password:
 * @self: a CA
 *
 * Returns: whether sr_authority_make_target() wants a password from the user
 */
gboolean sr_authority_needs_password (SrAuthority *self);

/**
 * sr_authority_make_target:
 * @self: a CA
 * @password: (nullable): the password, where one is needed
 * @error: where to put an error
 *
 * Makes what the engine needs to reach the CA and sign in. A practice CA's
 * password and port are read from its state folder.
 *
 * Sets %SR_AUTHORITY_ERROR_NEEDS_PASSWORD, %SR_AUTHORITY_ERROR_SIGN_IN,
 * %SR_AUTHORITY_ERROR_NOT_RUNNING, %SR_AUTHORITY_ERROR_DAMAGED.
 *
 * Returns: (transfer full): a target, or %NULL
 */
SrDcomTarget *sr_authority_make_target (SrAuthority *self,
                                        SrSecret    *password,
                                        GError     **error);

G_END_DECLS
