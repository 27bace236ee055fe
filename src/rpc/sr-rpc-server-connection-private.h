/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-server-private.h"

G_BEGIN_DECLS

/* A presentation context that was accepted. */
typedef struct
{
  guint16 id;
  const SrRpcServed *served;
} SrRpcServerContext;

struct _SrRpcServerConnection
{
  const SrRpcServerFacts *facts;
  SrRpcChannel channel;
  guint64 id;
  guint16 local_port;
  guint32 group_id;

  gboolean bound;
  gboolean auth_failed;                 /* what an auth3 brought was wrong: told at the first request */
  gboolean header_sign_offered;
  GArray *contexts;                     /* of SrRpcServerContext */

  gboolean in_call;                     /* fragments of a request have come, not the last one */
  SrRpcHeader call;                     /* its first fragment's header */
  guint16 call_context_id;
  guint16 call_opnum;
  SrGuid call_object;
  SrAuthLevel call_level;
  guint32 last_call_id;
  GByteArray *request;
};

/* What a step of the state machine leads to. */
typedef enum
{
  SR_RPC_STEP_GO_ON,
  SR_RPC_STEP_CLOSE,
} SrRpcStep;

SrRpcPatience sr_rpc_server_patience (SrRpcServerConnection *connection);

SrRpcStep sr_rpc_server_fault (SrRpcServerConnection *connection,
                               const SrRpcHeader     *header,
                               guint16                context_id,
                               guint8                 flags,
                               guint32                status);

/* bind and alter_context */
SrRpcStep sr_rpc_server_on_bind (SrRpcServerConnection *connection,
                                 const guint8          *pdu,
                                 const SrRpcHeader     *header);

SrRpcStep sr_rpc_server_on_auth3 (SrRpcServerConnection *connection,
                                  const guint8          *pdu,
                                  const SrRpcHeader     *header);

G_END_DECLS
