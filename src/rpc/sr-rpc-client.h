/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "rpc/sr-rpc-fault.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/**
 * SrRpcClient:
 *
 * The client's end of one connection-oriented DCE/RPC 5.0 association (C706
 * chapter 12, MS-RPCE) over any #GIOStream: one call at a time, several
 * presentation contexts, one security context. Refuses NDR64, and accepts
 * nothing below packet privacy once a security context is there.
 *
 * A client that has failed with anything but a fault is closed for good: its
 * stream may be in the middle of a PDU. Not thread-safe, apart from
 * sr_rpc_client_close().
 *
 * Without a security context only methods of %SR_RPC_METHOD_PLAIN can be
 * called; sr_rpc_plain_is_allowed() tells the one exception.
 */
typedef struct _SrRpcClient SrRpcClient;

/** SR_RPC_MAX_REPLY: the largest stub that sr_rpc_client_call() takes, 16 MiB */
#define SR_RPC_MAX_REPLY (16 * 1024 * 1024)

/**
 * sr_rpc_plain_is_allowed:
 *
 * Whether calls of any kind may be made without a security context. That is
 * decided when a program is linked: only one that brings
 * sr_rpc_testing_allows_plain(), which stands among the tests, can ever say
 * yes. The programs that are installed do not have it, and no option, file or
 * environment variable stands in for it.
 *
 * Returns: %FALSE outside of tests
 */
gboolean sr_rpc_plain_is_allowed (void);

/**
 * sr_rpc_client_connect:
 * @host: name or address; only for messages when @address is given
 * @address: (nullable): the address to connect to instead of resolving @host
 * @port: TCP port
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Connects by ncacn_ip_tcp.
 *
 * Sets %G_IO_ERROR codes, %SR_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): a client without a context yet, or %NULL
 */
SrRpcClient *sr_rpc_client_connect (const char   *host,
                                    const char   *address,
                                    guint16       port,
                                    gint64        deadline,
                                    GCancellable *cancellable,
                                    GError      **error);

/**
 * sr_rpc_client_new:
 * @stream: (transfer none): any stream
 * @peer: what it leads to, for messages
 *
 * Returns: (transfer full): a client
 */
SrRpcClient *sr_rpc_client_new (GIOStream  *stream,
                                const char *peer);

/**
 * sr_rpc_client_free:
 * @client: (transfer full): a client; its stream is closed
 */
void sr_rpc_client_free (SrRpcClient *client);

/**
 * sr_rpc_client_close:
 * @client: a client
 *
 * Shuts the connection down, from any thread; a call that waits on it ends with %SR_ERROR_CLOSED.
 */
void sr_rpc_client_close (SrRpcClient *client);

/**
 * sr_rpc_client_set_max_fragment:
 * @client: a client that has not bound yet
 * @bytes: what we offer for both directions, 2048 to 65528; 5840 as Windows does unless set
 */
void sr_rpc_client_set_max_fragment (SrRpcClient *client,
                                     guint16      bytes);

/**
 * sr_rpc_client_set_header_signing:
 * @client: a client that has not bound yet
 * @wanted: whether header signing is offered (the default)
 */
void sr_rpc_client_set_header_signing (SrRpcClient *client,
                                       gboolean     wanted);

/**
 * sr_rpc_client_bind:
 * @client: a client
 * @iface: the interface wanted
 * @auth: (transfer full) (nullable): the security context, for the first bind only; %NULL for no security or, later,
 *   the one that is there
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Binds; a second and further interface is added by alter_context. Binding to
 * an interface that is there already does nothing. A further interface that
 * the server does not have (%SR_ERROR_REFUSED, %SR_ERROR_UNSUPPORTED) leaves the
 * client usable.
 *
 * Sets %SR_ERROR_REFUSED with the reason of a bind_nak or a rejected context,
 * %SR_ERROR_AUTH, %SR_ERROR_WEAK, %SR_ERROR_UNSUPPORTED (no NDR20),
 * %SR_ERROR_MALFORMED, %SR_ERROR_CLOSED, %SR_ERROR_TIMED_OUT.
 *
 * Returns: whether calls can be made
 */
gboolean sr_rpc_client_bind (SrRpcClient          *client,
                             const SrRpcSyntax    *iface,
                             SrAuthContext        *auth,
                             gint64                deadline,
                             GCancellable         *cancellable,
                             GError              **error);

/**
 * sr_rpc_client_call_stub:
 * @client: a client bound to @iface
 * @iface: the interface
 * @opnum: the operation number
 * @object: (nullable): the object UUID (an IPID for DCOM)
 * @request: the request's stub
 * @max_reply: fails with %SR_ERROR_LIMIT when the reply's stub grows above this many bytes
 * @reply: (out) (array length=reply_length) (transfer none): the reply's stub, valid until the next call
 * @reply_length: (out): in bytes
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Makes one call with stubs that are coded already. A reply counts if all of it
 * was read before @deadline passed, whenever it arrived; where the deadline had
 * passed before, nothing is sent.
 *
 * Sets %SR_ERROR_WEAK without a security context, %SR_RPC_FAULT when the server answered with a fault (the association
 * lives on), and otherwise the errors of sr_rpc_client_bind(); then it is
 * unknown whether the call was executed, unless sr_rpc_client_was_sent() says
 * that it was not even sent.
 *
 * Returns: whether a response came
 */
gboolean sr_rpc_client_call_stub (SrRpcClient       *client,
                                  const SrRpcSyntax *iface,
                                  guint16            opnum,
                                  const SrGuid      *object,
                                  GBytes            *request,
                                  gsize              max_reply,
                                  const guint8     **reply,
                                  gsize             *reply_length,
                                  gint64             deadline,
                                  GCancellable      *cancellable,
                                  GError           **error);

/**
 * sr_rpc_client_call:
 * @client: a client bound to @iface
 * @iface: the interface
 * @method: one of its rows
 * @object: (nullable): the object UUID
 * @request: the request structure
 * @reply: (out caller-allocates): the reply structure; cleared by the caller with the row's function after success
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Makes one typed call. Views in @reply stay valid until the next call.
 *
 * Sets the errors of sr_rpc_client_call_stub(), %SR_ERROR_WEAK for methods of
 * %SR_RPC_METHOD_PLAIN never; a reply that does not decode
 * is %SR_ERROR_MALFORMED with method, field and offset.
 *
 * Returns: whether @reply is filled
 */
gboolean sr_rpc_client_call (SrRpcClient          *client,
                             const SrRpcInterface *iface,
                             const SrRpcMethod    *method,
                             const SrGuid         *object,
                             gpointer              request,
                             gpointer              reply,
                             gint64                deadline,
                             GCancellable         *cancellable,
                             GError              **error);

/**
 * sr_rpc_client_was_sent:
 * @client: a client
 *
 * Returns: whether any byte of the last call's request was given to the stream
 */
gboolean sr_rpc_client_was_sent (const SrRpcClient *client);

/**
 * sr_rpc_client_may_have_executed:
 * @client: a client
 *
 * Sharper than sr_rpc_client_was_sent(): a fault that was raised before
 * dispatch, or says so (PFC_DID_NOT_EXECUTE), tells that the method did not run.
 *
 * Returns: whether the server may have executed the last call
 */
gboolean sr_rpc_client_may_have_executed (const SrRpcClient *client);

/**
 * sr_rpc_client_is_usable:
 * @client: a client
 *
 * Returns: whether further calls can be made on it
 */
gboolean sr_rpc_client_is_usable (const SrRpcClient *client);

/**
 * sr_rpc_client_is_idle:
 * @client: a client
 *
 * Looks at the connection too. Nobody says anything between calls: what has
 * arrived is a shutdown PDU or the end, and a call on such a connection would
 * leave it unknown whether it was executed.
 *
 * Returns: whether it is usable and nothing has arrived since the last call
 */
gboolean sr_rpc_client_is_idle (const SrRpcClient *client);

const char *sr_rpc_client_get_peer (const SrRpcClient *client);
SrAuthContext *sr_rpc_client_get_auth (SrRpcClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRpcClient, sr_rpc_client_free)

G_END_DECLS
