/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-channel-private.h"
#include "rpc/sr-rpc-server.h"

G_BEGIN_DECLS

/* How long the rest of a message, and each leg of a handshake, may take: a peer that stalls must not hold a place. */
#define SR_RPC_SERVER_PATIENCE 60.0
/* MS-RPCE 3.3.3.5.4 */
#define SR_RPC_SERVER_MAX_REQUEST (4 * 1024 * 1024)
/* Presentation contexts of one connection. */
#define SR_RPC_SERVER_MAX_CONTEXTS 64
#define SR_RPC_SERVER_MAX_CONNECTIONS 64

/* An interface as it was added. */
typedef struct
{
  const SrRpcInterface *iface;
  SrAuthLevel minimum_level;
  SrRpcStubHandler handler;
  gpointer user_data;
} SrRpcServed;

/* What connections read of their server; fixed once it listens. */
typedef struct
{
  SrAuthAcceptor *acceptor;
  GArray *served;                       /* of SrRpcServed */
  guint16 max_fragment;
  double patience;                      /* seconds; SR_RPC_SERVER_PATIENCE but for tests */
  SrRpcServerDrop drop;                 /* NULL outside of tests */
  gpointer drop_data;
  SrRpcServerClosed closed;             /* NULL when nobody keeps context handles */
  gpointer closed_data;
} SrRpcServerFacts;

/* One connection; run on a thread of its own. */
typedef struct _SrRpcServerConnection SrRpcServerConnection;

SrRpcServerConnection *sr_rpc_server_connection_new (const SrRpcServerFacts *facts,
                                                     GIOStream              *stream,
                                                     guint64                 id);
void sr_rpc_server_connection_free (SrRpcServerConnection *connection);

/* Serves until the connection ends. */
void sr_rpc_server_connection_run (SrRpcServerConnection *connection);

/* From any thread. */
void sr_rpc_server_connection_shut (SrRpcServerConnection *connection);

G_END_DECLS
