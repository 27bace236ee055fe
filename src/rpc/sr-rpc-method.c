/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-method.h"

const SrRpcMethod *
sr_rpc_interface_find (const SrRpcInterface *iface,
                       guint16               opnum)
{
  for (guint i = 0; i < iface->n_methods; i++)
    if (iface->methods[i].opnum == opnum)
      return &iface->methods[i];
  return NULL;
}
