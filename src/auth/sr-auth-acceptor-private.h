/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "auth/sr-auth-gss-private.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): the handle to accept @type with; %NULL sets %SR_ERROR_UNSUPPORTED */
SrGssCred *sr_auth_acceptor_get_cred (SrAuthAcceptor *acceptor,
                                      SrAuthType      type,
                                      GError        **error);

G_END_DECLS
