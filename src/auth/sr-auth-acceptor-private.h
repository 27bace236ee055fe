/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "auth/sr-auth-gss-private.h"

G_BEGIN_DECLS

/* Whether there are credentials for @type. */
gboolean sr_auth_acceptor_takes (SrAuthAcceptor *acceptor,
                                 SrAuthType      type);

/* (transfer full): the handle to accept @type with, which it takes; @token is the client's first one */
SrGssCred *sr_auth_acceptor_get_cred (SrAuthAcceptor *acceptor,
                                      SrAuthType      type,
                                      GBytes         *token);

G_END_DECLS
