/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "auth/sr-auth-gss-private.h"
#include "auth/sr-auth-ntlm-private.h"

G_BEGIN_DECLS

struct _SrAuthContext
{
  SrAuthType type;
  gboolean initiator;
  gboolean complete;
  gboolean failed;
  guint legs;

  SrCredentials *credentials;           /* initiator */
  SrGssMechs mechs;
  gboolean may_fall_back;               /* from SPNEGO with Kerberos to SPNEGO with NTLM, before anything was sent */
  char *spn;

  SrAuthAcceptor *acceptor;             /* acceptor */

  SrGssCred *cred;                      /* from the first leg on */
  gss_name_t target;
  gss_ctx_id_t gss;

  SrAuthType mechanism;
  char *peer;
  SrNtlmFacts ntlm_facts;
  SrNtlmSeal *ntlm;
  gsize signature_size;                 /* of a sealed PDU */
  gsize mic_size;                       /* of a signed one */
};

/* Finds out both sizes of a context that is about to be complete. Sets %SR_ERROR_AUTH. */
gboolean sr_auth_context_measure (SrAuthContext *context,
                                  GError       **error);

G_END_DECLS
