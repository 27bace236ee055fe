/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "allow-plain.h"

static gboolean allowed;

/* What src/rpc/sr-rpc-client.c looks for at link time. */
gboolean sr_rpc_testing_allows_plain (void);

gboolean
sr_rpc_testing_allows_plain (void)
{
  return allowed;
}

void
rpc_testing_allow_plain (gboolean allow)
{
  allowed = allow;
}
