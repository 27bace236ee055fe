/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"
#include "session/sr-restore-plan.h"

G_BEGIN_DECLS

/* The host under a CA, on a thread: nothing is sent to it yet. @target gets the
 * way to the CA itself. (transfer full) (nullable): with %SR_ERROR_UNSUPPORTED
 * for a CA whose host there is no way to, and the errors of sr_authority_make_target(). */
SrCaHost *sr_restore_reach_host (SrAuthority   *authority,
                                 SrSecret      *password,
                                 SrDcomTarget **target,
                                 GError       **error);

G_END_DECLS
