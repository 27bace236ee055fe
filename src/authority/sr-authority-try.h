/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

G_BEGIN_DECLS

/** SR_AUTHORITY_TRY_SECONDS: how long a try may take */
#define SR_AUTHORITY_TRY_SECONDS 20

/**
 * sr_authority_try_sign_in_async:
 * @self: a CA
 * @password: (nullable): where one is needed
 * @cancellable: (nullable): stops it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Signs in at the CA once, and lets go of it again. Changes nothing there and
 * nothing in @self, which may change meanwhile.
 */
void sr_authority_try_sign_in_async (SrAuthority        *self,
                                     SrSecret           *password,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);

/**
 * sr_authority_try_sign_in_finish:
 * @self: a CA
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_authority_make_target() and sr_cert_admin_activate();
 * sr_advice_is_sign_in() tells a refusal from a CA that was not reached.
 *
 * Returns: whether the CA let the account in
 */
gboolean sr_authority_try_sign_in_finish (SrAuthority  *self,
                                          GAsyncResult *result,
                                          GError      **error);

G_END_DECLS
