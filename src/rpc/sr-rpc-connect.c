/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-client.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-end-private.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* (transfer full): of GInetAddress */
static GList *
resolve (const char   *host,
         gint64        deadline,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (SrRpcEnd) end = sr_rpc_end_new ();
  g_autoptr (GError) failure = NULL;
  SrRpcWatch watch;
  GList *addresses;

  sr_rpc_watch_start (&watch, end, deadline, cancellable);
  addresses = g_resolver_lookup_by_name (resolver, host, sr_rpc_end_get_signal (end), &failure);
  sr_rpc_watch_stop (&watch);
  if (addresses != NULL)
    return addresses;
  if (sr_rpc_end_get_reason (end) == SR_RPC_END_DEADLINE)
    g_set_error (error, SR_ERROR, SR_ERROR_TIMED_OUT, _ ("The address of %s was not found in time"), host);
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
connect_socket (GSocket        *socket,
                GSocketAddress *address,
                gint64          deadline,
                GCancellable   *cancellable,
                GError        **error)
{
  g_autoptr (GError) failure = NULL;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (g_socket_connect (socket, address, cancellable, &failure))
    return TRUE;
  if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return g_socket_condition_timed_wait (socket, G_IO_OUT,
                                        deadline == SR_DEADLINE_NONE ? -1 : MAX (sr_deadline_left (deadline), 1),
                                        cancellable, error) &&
         g_socket_check_connect_result (socket, error);
}

static GSocketConnection *
connect_to (GInetAddress *address,
            guint16       port,
            gint64        deadline,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) failure = NULL;

  socket = g_socket_new (g_socket_address_get_family (target), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &failure);
  if (socket != NULL && connect_socket (socket, target, deadline, cancellable, &failure))
    return g_socket_connection_factory_create_connection (socket);
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, SR_ERROR, SR_ERROR_TIMED_OUT, _ ("no answer in time"));
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Shares the time that is left, so that one dead address leaves some for the next. */
static GSocketConnection *
connect_to_any (GList        *addresses,
                guint16       port,
                gint64        deadline,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (GError) failure = NULL;

  for (GList *at = addresses; at != NULL; at = at->next)
    {
      gint64 until = deadline == SR_DEADLINE_NONE
                       ? SR_DEADLINE_NONE
                       : g_get_monotonic_time () + sr_deadline_left (deadline) / (gint64) g_list_length (at);
      GSocketConnection *connection;

      g_clear_error (&failure);
      connection = connect_to (at->data, port, until, cancellable, &failure);
      if (connection != NULL)
        return connection;
      if (g_cancellable_is_cancelled (cancellable))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

SrRpcClient *
sr_rpc_client_connect (const char   *host,
                       const char   *address,
                       guint16       port,
                       gint64        deadline,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *peer = g_strdup_printf (_ ("%s port %u"), host, port);
  const char *where = address != NULL ? address : host;
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (where);
  g_autolist (GInetAddress) addresses = NULL;

  if (literal != NULL)
    addresses = g_list_append (NULL, g_steal_pointer (&literal));
  else
    addresses = resolve (where, deadline, cancellable, error);
  if (addresses != NULL)
    connection = connect_to_any (addresses, port, deadline, cancellable, error);
  if (connection == NULL)
    {
      if (!g_cancellable_is_cancelled (cancellable))
        g_prefix_error (error, _ ("Cannot connect to %s: "), peer);
      return NULL;
    }
  return sr_rpc_client_new (G_IO_STREAM (connection), peer);
}
