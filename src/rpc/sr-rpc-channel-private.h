/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "rpc/sr-rpc-pdu-private.h"
#include "rpc/sr-rpc-wire-private.h"

G_BEGIN_DECLS

/*
 * SrRpcChannel:
 *
 * What both ends of a connection share: the wire, the security context, what
 * was negotiated, and how stubs become protected fragments and back.
 */
typedef struct
{
  SrRpcWire *wire;
  SrAuthContext *auth;
  SrAuthType auth_type;
  SrAuthLevel auth_level;
  guint32 auth_context_id;
  gboolean secured;                     /* the handshake is over: PDUs are protected as auth_level says */
  gboolean sign_header;
  guint16 max_send;                     /* fragment sizes that were agreed */
  guint16 max_receive;
  GByteArray *out;                      /* fragments that wait to be sent */
} SrRpcChannel;

void sr_rpc_channel_init (SrRpcChannel *channel,
                          GIOStream    *stream,
                          const char   *peer);
void sr_rpc_channel_clear (SrRpcChannel *channel);

/* When and how long to wait. */
typedef struct
{
  gint64 deadline;
  GCancellable *cancellable;
} SrRpcPatience;

/* What a request, response or fault carries beside its stub. */
typedef struct
{
  guint8 type;                          /* SrRpcPduType */
  guint32 call_id;
  guint16 context_id;
  guint16 opnum;                        /* requests */
  const SrGuid *object;                 /* requests, nullable */
} SrRpcCallHead;

/*
 * sr_rpc_channel_send_stub:
 * @stub: (array length=length): the stub, plain
 * @trailer: (nullable): a verification trailer for the end of the last fragment
 * @sent: (out): whether anything at all was given to the stream
 *
 * Sends a request or response in as many fragments as it takes, sealed once the channel is secured.
 */
gboolean sr_rpc_channel_send_stub (SrRpcChannel        *channel,
                                   const SrRpcCallHead *head,
                                   const guint8        *stub,
                                   gsize                length,
                                   GBytes              *trailer,
                                   gboolean            *sent,
                                   const SrRpcPatience *patience,
                                   GError             **error);

/* A fault without stub (MS-RPCE 2.2.2.8), unprotected as Windows sends it. */
gboolean sr_rpc_channel_send_fault (SrRpcChannel        *channel,
                                    guint32              call_id,
                                    guint16              context_id,
                                    guint8               flags,
                                    guint32              status,
                                    const SrRpcPatience *patience,
                                    GError             **error);

/*
 * sr_rpc_channel_send_association:
 * @pdu: (transfer full): a PDU written from its first byte, the header's 16 not filled in
 * @token: (nullable): goes behind a sec_trailer
 *
 * Sends a bind, alter_context, auth3 or an answer to one.
 */
gboolean sr_rpc_channel_send_association (SrRpcChannel        *channel,
                                          GBytes              *pdu,
                                          const SrRpcHeader   *header,
                                          GBytes              *token,
                                          const SrRpcPatience *patience,
                                          GError             **error);

/*
 * sr_rpc_channel_open:
 * @pdu: a request, response or fault, whole; decrypted in place
 * @header_length: where its body starts
 * @stub: (out): the body without padding, in @pdu
 * @length: (out): in bytes
 *
 * Takes the protection off a PDU. On a secured channel nothing passes that has
 * less of it than was agreed.
 *
 * Sets %SR_ERROR_WEAK, %SR_ERROR_AUTH, %SR_ERROR_MALFORMED.
 */
gboolean sr_rpc_channel_open (SrRpcChannel      *channel,
                              guint8            *pdu,
                              const SrRpcHeader *header,
                              gsize              header_length,
                              const guint8     **stub,
                              gsize             *length,
                              GError           **error);

/*
 * sr_rpc_channel_read_token:
 * @token: (out) (transfer full): the auth_value of a bind or its like, %NULL when there is none
 * @trailer: (out): its sec_trailer when there is one
 * @end: (out): where the PDU's own body ends
 */
gboolean sr_rpc_channel_read_token (const guint8      *pdu,
                                    const SrRpcHeader *header,
                                    gsize              body,
                                    GBytes           **token,
                                    SrRpcSecTrailer   *trailer,
                                    gsize             *end,
                                    GError           **error);

G_END_DECLS
