/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lets this test program make calls without a security context, or forbids it
 * again; forbidden at first. See sr_rpc_plain_is_allowed(). */
void rpc_testing_allow_plain (gboolean allow);

G_END_DECLS
