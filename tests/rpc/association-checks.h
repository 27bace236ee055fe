/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc-testing.h"

G_BEGIN_DECLS

/* One case of the same checks: transport, security, header signing, fragment
 * sizes (0: as they are unless set). */
typedef struct
{
  const char *name;
  gboolean tcp;
  SrAuthType type;
  gboolean no_header_signing;
  guint16 client_fragment;
  guint16 server_fragment;
  SrAuthContext *(*new_context) (gconstpointer association_case); /* unless type is SR_AUTH_NONE */
  const char *spn;
  const char *principal;                /* as which the server must see us */
  SrAuthType mechanism;                 /* what SPNEGO must end in */
} AssociationCase;

/* Adds every check for each case; @keytab and the usual NTLM users may sign in. */
void association_checks_add (const AssociationCase *cases,
                             guint                  n_cases,
                             const char            *keytab);

/* A deadline that is only reached when something hangs. */
gint64 association_checks_soon (void);

/* One call whose reply must be its request. */
void association_checks_echo (SrRpcClient          *client,
                              const SrRpcInterface *iface,
                              gsize                 length);

G_END_DECLS
