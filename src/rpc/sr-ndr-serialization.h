/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** SR_NDR_SERIALIZATION_HEADER: bytes of common and private header in front of a serialized type */
#define SR_NDR_SERIALIZATION_HEADER 16

/**
 * sr_ndr_serialize:
 * @name: (transfer none): the type's name, for messages
 * @coder: codes one structure
 * @message: what is written
 * @error: where to put an error
 *
 * Type serialization version 1 of a constructed type (MS-RPCE 2.2.6): common
 * and private header, then the type in NDR, padded to a multiple of 8.
 *
 * Sets %SR_ERROR_LIMIT.
 *
 * Returns: (transfer full): the octet stream, or %NULL
 */
GBytes *sr_ndr_serialize (const char *name,
                          SrNdrCoder  coder,
                          gpointer    message,
                          GError    **error);

/**
 * sr_ndr_deserialize:
 * @name: (transfer none): the type's name, for messages
 * @data: (array length=length): starts with a serialized type
 * @length: in bytes
 * @coder: codes one structure
 * @message: zeroed; what is read. To be cleared by the caller in either case
 * @consumed: (out) (optional): bytes of headers, type and padding
 * @error: where to put an error
 *
 * The reverse of sr_ndr_serialize(). Independent clients leave the padding out
 * of the object buffer length; both are read. Bytes of the type that @coder
 * does not know of are skipped: newer versions append members.
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_UNSUPPORTED for big endian.
 *
 * Returns: whether @message is filled
 */
gboolean sr_ndr_deserialize (const char   *name,
                             const guint8 *data,
                             gsize         length,
                             SrNdrCoder    coder,
                             gpointer      message,
                             gsize        *consumed,
                             GError      **error);

G_END_DECLS
