/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Adds what a client says to our server in a few conversations (@of_client), or what the server answers. */
void rpc_seeds_add (GPtrArray *seeds,
                    gboolean   of_client);

G_END_DECLS
