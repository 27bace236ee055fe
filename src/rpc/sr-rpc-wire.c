/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-wire-private.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-end-private.h"
#include "rpc/sr-rpc-pdu-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

/* Room for dozens of fragments, so that one system call fetches many. */
#define BUFFER_SIZE (256 * 1024)

struct _SrRpcWire
{
  GIOStream *stream;
  GSocket *socket;                      /* NULL unless the stream is a socket's */
  char *peer;
  guint8 *buffer;
  gsize start, filled;                  /* what has arrived and was not handed out */
  SrRpcEnd *end;                        /* of other streams, and whether this side shut it */
};

SrRpcWire *
sr_rpc_wire_new (GIOStream  *stream,
                 const char *peer)
{
  SrRpcWire *wire = g_new0 (SrRpcWire, 1);

  wire->stream = g_object_ref (stream);
  if (G_IS_SOCKET_CONNECTION (stream))
    wire->socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  wire->peer = g_strdup (peer);
  wire->buffer = g_malloc (BUFFER_SIZE);
  wire->end = sr_rpc_end_new ();
  return wire;
}

void
sr_rpc_wire_free (SrRpcWire *wire)
{
  g_io_stream_close (wire->stream, NULL, NULL);
  g_object_unref (wire->stream);
  sr_rpc_end_unref (wire->end);
  g_free (wire->buffer);
  g_free (wire->peer);
  g_free (wire);
}

const char *
sr_rpc_wire_get_peer (const SrRpcWire *wire)
{
  return wire->peer;
}

void
sr_rpc_wire_shut (SrRpcWire *wire)
{
  sr_rpc_end_with (wire->end, SR_RPC_END_SHUT);
  if (wire->socket != NULL)
    g_socket_shutdown (wire->socket, TRUE, TRUE, NULL);
}

gboolean
sr_rpc_wire_is_quiet (const SrRpcWire *wire)
{
  if (wire->start != wire->filled || sr_rpc_end_get_reason (wire->end) == SR_RPC_END_SHUT)
    return FALSE;
  return wire->socket == NULL || g_socket_condition_check (wire->socket, G_IO_IN | G_IO_HUP | G_IO_ERR) == 0;
}

static void
set_closed (SrRpcWire  *wire,
            const char *how,
            GError    **error)
{
  if (sr_rpc_end_get_reason (wire->end) == SR_RPC_END_SHUT)
    how = _ ("closed from this side");
  g_set_error (error, SR_ERROR, SR_ERROR_CLOSED, _ ("Connection to %s: %s"), wire->peer, how);
}

static void
set_timed_out (SrRpcWire *wire,
               GError   **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_TIMED_OUT, _ ("Connection to %s: no answer in time"), wire->peer);
}

static void
set_errno (SrRpcWire *wire,
           int        code,
           GError   **error)
{
  if (code == ECONNRESET || code == EPIPE || code == ENOTCONN || code == ECONNABORTED)
    set_closed (wire, g_strerror (code), error);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _ ("Connection to %s: %s"), wire->peer,
                 g_strerror (code));
}

/* Sockets: waits with poll(), which the cancellable wakes. */
static gboolean
wait_for_socket (SrRpcWire    *wire,
                 GIOCondition  condition,
                 gint64        deadline,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 left = deadline == SR_DEADLINE_NONE ? -1 : sr_deadline_left (deadline);

  if (left == 0)
    {
      set_timed_out (wire, error);
      return FALSE;
    }
  if (g_socket_condition_timed_wait (wire->socket, condition, left, cancellable, &failure))
    return TRUE;
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    set_timed_out (wire, error);
  else if (sr_rpc_end_get_reason (wire->end) == SR_RPC_END_SHUT)
    set_closed (wire, "", error);
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Asked before every transfer, not only before a wait: a peer that never lets
 * us wait must not keep us for ever. */
static gboolean
may_go_on (SrRpcWire    *wire,
           gint64        deadline,
           GCancellable *cancellable,
           GError      **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (sr_deadline_left (deadline) > 0)
    return TRUE;
  set_timed_out (wire, error);
  return FALSE;
}

static gssize
socket_transfer (SrRpcWire    *wire,
                 gboolean      reading,
                 guint8       *data,
                 gsize         length,
                 gint64        deadline,
                 GCancellable *cancellable,
                 GError      **error)
{
  int fd = g_socket_get_fd (wire->socket);

  while (may_go_on (wire, deadline, cancellable, error))
    {
      gssize n = reading ? recv (fd, data, length, MSG_DONTWAIT) : send (fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n >= 0)
        return n;
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN)
        {
          set_errno (wire, errno, error);
          return -1;
        }
      if (!wait_for_socket (wire, reading ? G_IO_IN : G_IO_OUT, deadline, cancellable, error))
        return -1;
    }
  return -1;
}

static void
set_stream_error (SrRpcWire *wire,
                  GError    *failure,
                  GError   **error)
{
  SrRpcEndReason reason = sr_rpc_end_get_reason (wire->end);

  if (reason == SR_RPC_END_SHUT)
    set_closed (wire, "", error);
  else if (reason == SR_RPC_END_DEADLINE)
    set_timed_out (wire, error);
  else if (reason == SR_RPC_END_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
           g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
           g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CLOSED))
    set_closed (wire, failure->message, error);
  else
    g_set_error (error, failure->domain, failure->code, _ ("Connection to %s: %s"), wire->peer, failure->message);
}

static gssize
stream_transfer (SrRpcWire    *wire,
                 gboolean      reading,
                 guint8       *data,
                 gsize         length,
                 gint64        deadline,
                 GCancellable *cancellable,
                 GError      **error)
{
  GCancellable *signal = sr_rpc_end_get_signal (wire->end);
  g_autoptr (GError) failure = NULL;
  SrRpcWatch watch;
  gssize n;

  sr_rpc_watch_start (&watch, wire->end, deadline, cancellable);
  if (reading)
    n = g_input_stream_read (g_io_stream_get_input_stream (wire->stream), data, length, signal, &failure);
  else
    n = g_output_stream_write (g_io_stream_get_output_stream (wire->stream), data, length, signal, &failure);
  sr_rpc_watch_stop (&watch);
  if (n < 0)
    set_stream_error (wire, failure, error);
  return n;
}

static gssize
transfer (SrRpcWire    *wire,
          gboolean      reading,
          guint8       *data,
          gsize         length,
          gint64        deadline,
          GCancellable *cancellable,
          GError      **error)
{
  if (wire->socket != NULL)
    return socket_transfer (wire, reading, data, length, deadline, cancellable, error);
  if (!may_go_on (wire, deadline, cancellable, error))
    return -1;
  return stream_transfer (wire, reading, data, length, deadline, cancellable, error);
}

/* Makes @wanted bytes available at the start of the buffer. */
static gboolean
fill (SrRpcWire    *wire,
      gsize         wanted,
      gint64        deadline,
      GCancellable *cancellable,
      GError      **error)
{
  if (wire->start == wire->filled)
    wire->start = wire->filled = 0;
  else if (BUFFER_SIZE - wire->start < wanted)
    {
      memmove (wire->buffer, wire->buffer + wire->start, wire->filled - wire->start);
      wire->filled -= wire->start;
      wire->start = 0;
    }
  while (wire->filled - wire->start < wanted)
    {
      gssize n = transfer (wire, TRUE, wire->buffer + wire->filled, BUFFER_SIZE - wire->filled, deadline, cancellable,
                           error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          set_closed (wire,
                      wire->filled == wire->start ? _ ("closed by the peer") : _ ("closed by the peer amid a message"),
                      error);
          return FALSE;
        }
      wire->filled += (gsize) n;
    }
  return TRUE;
}

gboolean
sr_rpc_wire_wait (SrRpcWire    *wire,
                  gint64        deadline,
                  GCancellable *cancellable,
                  GError      **error)
{
  return wire->filled > wire->start || fill (wire, 1, deadline, cancellable, error);
}

gboolean
sr_rpc_wire_read_pdu (SrRpcWire    *wire,
                      guint8      **pdu,
                      gsize        *length,
                      gint64        deadline,
                      GCancellable *cancellable,
                      GError      **error)
{
  SrRpcHeader header;

  if (!fill (wire, SR_RPC_HEADER_SIZE, deadline, cancellable, error))
    return FALSE;
  if (!sr_rpc_header_read (wire->buffer + wire->start, &header, error))
    {
      g_prefix_error (error, _ ("Connection to %s: "), wire->peer);
      return FALSE;
    }
  if (!fill (wire, header.frag_length, deadline, cancellable, error))
    return FALSE;
  *pdu = wire->buffer + wire->start;
  *length = header.frag_length;
  wire->start += header.frag_length;
  return TRUE;
}

gboolean
sr_rpc_wire_write (SrRpcWire    *wire,
                   const guint8 *data,
                   gsize         length,
                   gsize        *sent,
                   gint64        deadline,
                   GCancellable *cancellable,
                   GError      **error)
{
  *sent = 0;
  while (*sent < length)
    {
      gssize n = transfer (wire, FALSE, (guint8 *) data + *sent, length - *sent, deadline, cancellable, error);

      if (n < 0)
        return FALSE;
      *sent += (gsize) n;
    }
  return TRUE;
}
