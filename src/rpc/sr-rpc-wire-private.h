/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * SrRpcWire:
 *
 * Whole PDUs in, bytes out, over any #GIOStream. Deadline and cancel hold for
 * every transfer: once either has come nothing more is sent, and what has
 * arrived meanwhile and was not read is not looked at. What was read stays in
 * one buffer and is handed out in place.
 * After a failure the stream may be in the middle of a PDU; nothing but
 * sr_rpc_wire_free() may follow.
 */
typedef struct _SrRpcWire SrRpcWire;

/* @peer: what it leads to, for messages */
SrRpcWire *sr_rpc_wire_new (GIOStream  *stream,
                            const char *peer);

/* Closes the stream. */
void sr_rpc_wire_free (SrRpcWire *wire);

const char *sr_rpc_wire_get_peer (const SrRpcWire *wire);

/* From any thread: lets whoever waits on @wire fail with %SR_ERROR_CLOSED. */
void sr_rpc_wire_shut (SrRpcWire *wire);

/* Whether nothing has arrived that was not read, not even the peer's close. Streams that are no sockets are taken for
 * quiet. */
gboolean sr_rpc_wire_is_quiet (const SrRpcWire *wire);

/*
 * sr_rpc_wire_read_pdu:
 * @pdu: (out) (transfer none): the PDU, valid and writable until the next read
 * @length: (out): its frag_length, at least 16; the bytes are all there
 *
 * Sets %SR_ERROR_MALFORMED (no PDU of version 5.0, little endian), %SR_ERROR_CLOSED,
 * %SR_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED, other %G_IO_ERROR.
 */
gboolean sr_rpc_wire_read_pdu (SrRpcWire    *wire,
                               guint8      **pdu,
                               gsize        *length,
                               gint64        deadline,
                               GCancellable *cancellable,
                               GError      **error);

/* Waits until the first byte of the next PDU is there, or the peer has closed; errors as above. */
gboolean sr_rpc_wire_wait (SrRpcWire    *wire,
                           gint64        deadline,
                           GCancellable *cancellable,
                           GError      **error);

/* @sent: (out): bytes given to the stream, on failure too */
gboolean sr_rpc_wire_write (SrRpcWire    *wire,
                            const guint8 *data,
                            gsize         length,
                            gsize        *sent,
                            gint64        deadline,
                            GCancellable *cancellable,
                            GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRpcWire, sr_rpc_wire_free)

G_END_DECLS
