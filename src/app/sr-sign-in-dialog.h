/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-window.h"

G_BEGIN_DECLS

/**
 * sr_sign_in_async:
 * @window: the window that asks
 * @authority: a CA
 * @callback: (nullable): called at the end
 * @user_data: for @callback
 *
 * Asks how to sign in at @authority: with the tickets that are there, or user
 * and password, to be remembered in the keyring or, where none is, until the
 * program ends.
 */
void sr_sign_in_async (SrWindow           *window,
                       SrAuthority        *authority,
                       GAsyncReadyCallback callback,
                       gpointer            user_data);

/**
 * sr_sign_in_finish:
 * @window: the window that asked
 * @result: as the callback got it
 *
 * Returns: whether the user answered; otherwise it was closed
 */
gboolean sr_sign_in_finish (SrWindow     *window,
                            GAsyncResult *result);

G_END_DECLS
