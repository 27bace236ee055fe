/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "rpc/sr-rpc-fault.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/**
 * SrRpcServer:
 *
 * The server's end: accepts TCP connections on loopback (or streams handed to
 * it), a thread for each, and dispatches requests to interfaces. Strips a
 * verification trailer (MS-RPCE 2.2.2.13). Connections are bounded.
 */
#define SR_TYPE_RPC_SERVER (sr_rpc_server_get_type ())
G_DECLARE_FINAL_TYPE (SrRpcServer, sr_rpc_server, SR, RPC_SERVER, GObject)

/**
 * SrRpcServerCall:
 * @iface: the interface
 * @opnum: the operation number
 * @object: the object UUID, all zero when the request has none
 * @auth_type: %SR_AUTH_NONE or what the connection uses
 * @auth_level: the level of this very request
 * @mechanism: Kerberos or NTLM, %SR_AUTH_NONE without security
 * @principal: (nullable): the client's name
 * @connection_id: tells connections apart
 * @local_port: the port that the request came in by
 *
 * What a handler is told of a request.
 */
typedef struct
{
  const SrRpcInterface *iface;
  guint16 opnum;
  SrGuid object;
  SrAuthType auth_type;
  SrAuthLevel auth_level;
  SrAuthType mechanism;
  const char *principal;
  guint64 connection_id;
  guint16 local_port;
} SrRpcServerCall;

/** SR_RPC_SERVER_DROP: what a handler returns to have the connection dropped without an answer (tests) */
#define SR_RPC_SERVER_DROP 0xffffffffu

/**
 * SrRpcStubHandler:
 * @call: the request's facts
 * @stub: (array length=length): the request's stub, without trailer
 * @length: in bytes
 * @reply: (out) (transfer full): the reply's stub
 * @user_data: as registered
 *
 * Handles one request, on the connection's thread.
 *
 * Returns: 0, or the status of the fault to answer with
 */
typedef guint32 (*SrRpcStubHandler) (const SrRpcServerCall *call,
                                     const guint8          *stub,
                                     gsize                  length,
                                     GBytes               **reply,
                                     gpointer               user_data);

/**
 * sr_rpc_server_new:
 * @acceptor: (nullable) (transfer none): who may sign in; %NULL accepts calls without security only
 *
 * Returns: (transfer full): a server without interfaces that does not listen yet
 */
SrRpcServer *sr_rpc_server_new (SrAuthAcceptor *acceptor);

/**
 * sr_rpc_server_add_interface:
 * @server: a server
 * @iface: (transfer none): an interface; must outlive @server
 * @minimum_level: requests below this are answered with access denied
 * @handler: its handler
 * @user_data: for @handler
 */
void sr_rpc_server_add_interface (SrRpcServer          *server,
                                  const SrRpcInterface *iface,
                                  SrAuthLevel           minimum_level,
                                  SrRpcStubHandler      handler,
                                  gpointer              user_data);

/**
 * SrRpcServerDrop:
 * @call: a request
 * @after: whether it was executed already
 * @user_data: as given
 *
 * Returns: whether the connection is to be dropped now, without an answer
 */
typedef gboolean (*SrRpcServerDrop) (const SrRpcServerCall *call,
                                     gboolean               after,
                                     gpointer               user_data);

/**
 * sr_rpc_server_set_drop:
 * @server: a server that does not listen yet
 * @drop: asked before and after the execution of every request, on connections' threads (tests)
 * @user_data: for @drop
 */
void sr_rpc_server_set_drop (SrRpcServer     *server,
                             SrRpcServerDrop  drop,
                             gpointer         user_data);

/**
 * SrRpcServerClosed:
 * @connection_id: as in #SrRpcServerCall
 * @user_data: as given
 *
 * A connection has ended: its context handles are gone (C706 5.1.6).
 */
typedef void (*SrRpcServerClosed) (guint64  connection_id,
                                   gpointer user_data);

/**
 * sr_rpc_server_set_closed:
 * @server: a server that does not listen yet
 * @closed: told of each connection that ends, on its thread, after its last call
 * @user_data: for @closed
 */
void sr_rpc_server_set_closed (SrRpcServer       *server,
                               SrRpcServerClosed  closed,
                               gpointer           user_data);

/**
 * sr_rpc_server_listen:
 * @server: a server
 * @address: a loopback address; anything else is refused
 * @port: a TCP port, 0 for any free one
 * @bound_port: (out): the port
 * @error: where to put an error
 *
 * Starts to listen; may be called several times. Every port serves every interface.
 *
 * Returns: whether it worked
 */
gboolean sr_rpc_server_listen (SrRpcServer *server,
                               const char  *address,
                               guint16      port,
                               guint16     *bound_port,
                               GError     **error);

/**
 * sr_rpc_server_serve_stream:
 * @server: a server
 * @stream: (transfer none): a stream to serve until it closes, on a thread of its own
 */
void sr_rpc_server_serve_stream (SrRpcServer *server,
                                 GIOStream   *stream);

/**
 * sr_rpc_server_stop:
 * @server: a server
 *
 * Stops to listen, closes every connection and waits for their threads.
 */
void sr_rpc_server_stop (SrRpcServer *server);

/**
 * sr_rpc_server_drop_connections:
 * @server: a server
 *
 * Closes every connection and goes on listening (tests).
 */
void sr_rpc_server_drop_connections (SrRpcServer *server);

/**
 * sr_rpc_server_set_max_fragment:
 * @server: a server
 * @bytes: what it accepts for both directions, 2048 to 65528; 5840 unless set
 */
void sr_rpc_server_set_max_fragment (SrRpcServer *server,
                                     guint16      bytes);

/**
 * sr_rpc_method_serve:
 * @method: a row
 * @stub: (array length=length): the request's stub
 * @length: in bytes
 * @run: called with decoded request and zeroed reply
 * @user_data: for @run
 * @reply: (out) (transfer full): the coded reply
 *
 * Decodes, runs and codes one typed request; @run's reply is cleared with the row's function.
 *
 * Returns: 0, or the fault (%SR_NCA_S_FAULT_NDR for a stub that does not decode)
 */
guint32 sr_rpc_method_serve (const SrRpcMethod *method,
                             const guint8      *stub,
                             gsize              length,
                             guint32          (*run) (gpointer request, gpointer reply, gpointer user_data),
                             gpointer           user_data,
                             GBytes           **reply);

G_END_DECLS
