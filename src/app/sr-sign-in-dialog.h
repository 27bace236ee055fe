/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-window.h"

G_BEGIN_DECLS

/**
 * sr_sign_in_async:
 * @window: the window that asks
 * @authority: a CA
 * @problem: (nullable): why its host did not let the account in, to be shown at once
 * @callback: (nullable): called at the end
 * @user_data: for @callback
 *
 * Asks how to sign in at @authority: with the tickets that are there, or user
 * and password, to be remembered in the keyring or, where none is, until the
 * program ends. The host is asked whether it lets the account in: if not, the
 * dialog says so and stays. The password that is kept can be forgotten here.
 */
void sr_sign_in_async (SrWindow           *window,
                       SrAuthority        *authority,
                       const GError       *problem,
                       GAsyncReadyCallback callback,
                       gpointer            user_data);

/**
 * sr_sign_in_finish:
 * @window: the window that asked
 * @result: as the callback got it
 *
 * Returns: whether the user signed in; otherwise the dialog was closed
 */
gboolean sr_sign_in_finish (SrWindow     *window,
                            GAsyncResult *result);

G_END_DECLS
