/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/**
 * SrRpcSyntax:
 * @uuid: the interface or transfer syntax
 * @major: major version
 * @minor: minor version
 *
 * p_syntax_id_t (C706 12.6.3.1).
 */
typedef struct
{
  SrGuid uuid;
  guint16 major;
  guint16 minor;
} SrRpcSyntax;

/**
 * SrNdrCoder:
 * @ndr: a cursor, reading or writing
 * @message: the message structure; zeroed before a read
 *
 * Reads or writes one message.
 */
typedef void (*SrNdrCoder) (SrNdr   *ndr,
                            gpointer message);

/**
 * SrRpcMethodFlags:
 * @SR_RPC_METHOD_NONE: nothing special
 * @SR_RPC_METHOD_SECRET: its body is never logged or traced
 * @SR_RPC_METHOD_IDEMPOTENT: may be tried again when the outcome of a try is unknown
 * @SR_RPC_METHOD_BULK: carries file contents: counted in traces, not shown
 * @SR_RPC_METHOD_PLAIN: may be called without security, since it carries nothing of anybody's (ServerAlive2)
 */
typedef enum
{
  SR_RPC_METHOD_NONE = 0,
  SR_RPC_METHOD_SECRET = 1 << 0,
  SR_RPC_METHOD_IDEMPOTENT = 1 << 1,
  SR_RPC_METHOD_BULK = 1 << 2,
  SR_RPC_METHOD_PLAIN = 1 << 3,
} SrRpcMethodFlags;

/**
 * SrRpcMethod:
 * @opnum: the operation number
 * @name: the method's name, as the specification writes it
 * @request_size: bytes of the request structure
 * @code_request: its coder
 * @clear_request: (nullable): frees what a read allocated in it
 * @reply_size: bytes of the reply structure
 * @code_reply: its coder; the return value is part of the reply
 * @clear_reply: (nullable): frees what a read allocated in it
 * @flags: see #SrRpcMethodFlags
 *
 * The one row that drives the client's call, the server's dispatch, traces,
 * redaction and fuzzing of a method.
 */
typedef struct
{
  guint16 opnum;
  const char *name;
  gsize request_size;
  SrNdrCoder code_request;
  void (*clear_request) (gpointer request);
  gsize reply_size;
  SrNdrCoder code_reply;
  void (*clear_reply) (gpointer reply);
  SrRpcMethodFlags flags;
} SrRpcMethod;

/**
 * SrRpcInterface:
 * @name: its name, as the specification writes it
 * @syntax: UUID and version
 * @methods: (array length=n_methods): its rows, by rising opnum; gaps are allowed
 * @n_methods: how many
 *
 * One interface's table.
 */
typedef struct
{
  const char *name;
  SrRpcSyntax syntax;
  const SrRpcMethod *methods;
  guint n_methods;
} SrRpcInterface;

/**
 * sr_rpc_interface_find:
 * @iface: an interface
 * @opnum: an operation number
 *
 * Returns: (nullable) (transfer none): its row
 */
const SrRpcMethod *sr_rpc_interface_find (const SrRpcInterface *iface,
                                          guint16               opnum);

G_END_DECLS
