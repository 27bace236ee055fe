/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-channel-private.h"
#include "rpc/sr-rpc-client.h"

G_BEGIN_DECLS

/* A presentation context that the server accepted. */
typedef struct
{
  SrRpcSyntax abstract;
  guint16 id;
  gboolean used;                        /* a request has been made with it */
} SrRpcClientContext;

struct _SrRpcClient
{
  SrRpcChannel channel;
  GArray *contexts;                     /* of SrRpcClientContext */
  guint16 next_context_id;
  guint16 max_fragment;
  gboolean want_header_signing;
  gboolean bound;
  gboolean broken;
  gboolean sent;
  gboolean may_have_executed;
  guint32 call_id;
  guint32 group_id;
  guint8 server_features;
  GByteArray *reply;                    /* where fragments are put together, kept between calls */
};

/* Closes @client for good; what is in @error stays. */
void sr_rpc_client_break (SrRpcClient *client);

/* (nullable) */
SrRpcClientContext *sr_rpc_client_find_context (SrRpcClient       *client,
                                                const SrRpcSyntax *iface);

/* Turns a fault PDU into %SR_RPC_FAULT, or a worse error when it is not genuine. */
void sr_rpc_client_set_fault (SrRpcClient       *client,
                              guint8            *pdu,
                              const SrRpcHeader *header,
                              GError           **error);

/* Reads the next PDU, which must be of call @call_id. */
gboolean sr_rpc_client_read (SrRpcClient         *client,
                             guint32              call_id,
                             guint8             **pdu,
                             SrRpcHeader         *header,
                             const SrRpcPatience *patience,
                             GError             **error);

G_END_DECLS
