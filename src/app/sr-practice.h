/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-application.h"

G_BEGIN_DECLS

/**
 * sr_practice_start_async:
 * @folder: (nullable): the state folder of a practice CA, %NULL for the usual one
 * @cancellable: (nullable): stops waiting, and the program
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Starts a practice CA as a program of its own and puts it into the list of
 * CAs, with its tag.
 */
void sr_practice_start_async (const char         *folder,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

/**
 * sr_practice_start_finish:
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_practice_program_start() and sr_practice_program_adopt().
 *
 * Returns: (transfer full): the practice CA, or %NULL
 */
SrAuthority *sr_practice_start_finish (GAsyncResult *result,
                                       GError      **error);

G_END_DECLS
