/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-gss-private.h"
#include "auth/sr-credentials.h"

G_BEGIN_DECLS

/*
 * sr_credentials_acquire:
 * @credentials: credentials
 * @mechs: which mechanisms the handle must serve
 * @error: where to put an error
 *
 * The GSSAPI handle for an initiator. May talk to a KDC, and then waits as
 * long as libkrb5 sees fit: run it on a thread that can be left behind.
 * Handles of keytabs and passwords are kept until their tickets are about to
 * expire, so that a further connection costs no further sign-in.
 *
 * Sets %SR_ERROR_AUTH.
 *
 * Returns: (transfer full): a handle, or %NULL
 */
SrGssCred *sr_credentials_acquire (SrCredentials *credentials,
                                   SrGssMechs     mechs,
                                   GError       **error);

G_END_DECLS
