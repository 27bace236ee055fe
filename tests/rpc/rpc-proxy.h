/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-pdu-private.h"
#include "rpc-testing.h"

G_BEGIN_DECLS

/* Stands between a client and a server of ours, and lies. */
typedef struct _RpcProxy RpcProxy;

typedef enum
{
  RPC_PROXY_CLOSE,
  RPC_PROXY_STALL,
} RpcProxyEnd;

/* Sees every PDU, may change it, its length too (frag_length is not mended);
 * returns FALSE to have nothing passed on from here. Runs on the proxy's
 * threads. */
typedef gboolean (*RpcProxyHook) (GByteArray *pdu,
                                  gboolean    from_server,
                                  guint       index,
                                  gpointer    user_data);

RpcProxy *rpc_proxy_new (SrRpcServer *server);

/* Before rpc_proxy_connect(). */
void rpc_proxy_set_hook (RpcProxy    *proxy,
                         RpcProxyHook hook,
                         gpointer     user_data);

/* After @bytes of what the server says (the client, unless @from_server) there is an end of this kind. */
void rpc_proxy_set_limit (RpcProxy   *proxy,
                          gboolean    from_server,
                          gsize       bytes,
                          RpcProxyEnd end);

/* (transfer full): a client that talks to the server through the proxy */
SrRpcClient *rpc_proxy_connect (RpcProxy *proxy);

/* Bytes passed on so far. */
gsize rpc_proxy_passed (RpcProxy *proxy,
                        gboolean  from_server);

void rpc_proxy_free (RpcProxy *proxy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcProxy, rpc_proxy_free)

G_END_DECLS
