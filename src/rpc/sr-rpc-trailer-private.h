/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-pdu-private.h"

G_BEGIN_DECLS

/*
 * SrRpcTrailerFacts:
 * @header_sign_offered: whether the bind carried PFC_SUPPORT_HEADER_SIGN
 * @abstract: the interface of the request's presentation context
 * @call_id: of the request
 * @context_id: of the request
 * @opnum: of the request
 *
 * What a verification trailer (MS-RPCE 2.2.2.13) repeats, encrypted, of what
 * went over the wire without protection.
 */
typedef struct
{
  gboolean header_sign_offered;
  SrRpcSyntax abstract;
  guint32 call_id;
  guint16 context_id;
  guint16 opnum;
} SrRpcTrailerFacts;

/*
 * sr_rpc_trailer_new:
 * @with_context: whether the interface is repeated: on the first request of a presentation context
 * @with_header: whether the header is repeated: where headers are not signed
 *
 * Returns: (transfer full) (nullable): a trailer, %NULL when there is nothing to say
 */
GBytes *sr_rpc_trailer_new (const SrRpcTrailerFacts *facts,
                            gboolean                 with_context,
                            gboolean                 with_header);

/*
 * sr_rpc_trailer_strip:
 * @stub: a request's stub, all of its fragments
 * @length: (inout): shortened by the trailer, if there is one
 * @facts: what it must say
 *
 * It should stand in the last fragment as a whole; Samba lets it begin in the last but one.
 *
 * Returns: whether there was none, or a right one; else the request was tampered with
 */
gboolean sr_rpc_trailer_strip (const guint8            *stub,
                               gsize                   *length,
                               const SrRpcTrailerFacts *facts);

G_END_DECLS
