/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_practice_jet_error:
 * @error: (inout) (optional): an error that was set, or not
 * @jet: a JET error, a negative number
 *
 * Gives an error of %SR_ERROR the number that the database engine of AD CS has
 * for it: %SR_HRESULT_ERROR, with the words that were there before. Errors of
 * the system and those that have a number stay.
 *
 * Returns: %FALSE
 */
gboolean sr_practice_jet_error (GError **error,
                                int      jet);

/**
 * sr_practice_error_to_hresult:
 * @error: an error
 *
 * Returns: the HRESULT with which a service fails that met @error: its own, or
 *   the engine's for an error of the system, or E_FAIL
 */
SrHresult sr_practice_error_to_hresult (const GError *error);

G_END_DECLS
