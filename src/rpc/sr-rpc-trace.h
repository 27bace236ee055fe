/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** SR_RPC_TRACE_BYTES: how much of a stub a trace shows at most */
#define SR_RPC_TRACE_BYTES 256

/**
 * sr_rpc_trace_line:
 * @method: the row, which says what may be shown
 * @reply: whether it is the reply
 * @data: (array length=length): the stub
 * @length: in bytes
 *
 * Returns: (transfer full): a line for the trace: the stub in hexadecimal
 * digits, or its length alone for %SR_RPC_METHOD_SECRET and %SR_RPC_METHOD_BULK
 */
char *sr_rpc_trace_line (const SrRpcMethod *method,
                         gboolean           reply,
                         const guint8      *data,
                         gsize              length);

/**
 * sr_rpc_trace:
 * @method: the row
 * @reply: whether it is the reply
 * @data: (array length=length): the stub
 * @length: in bytes
 *
 * Writes sr_rpc_trace_line() as a debug message of the domain
 * "strongroom-trace", seen with G_MESSAGES_DEBUG=strongroom-trace. Costs
 * nothing otherwise.
 */
void sr_rpc_trace (const SrRpcMethod *method,
                   gboolean           reply,
                   const guint8      *data,
                   gsize              length);

G_END_DECLS
