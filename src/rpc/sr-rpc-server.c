/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-server-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

struct _SrRpcServer
{
  GObject parent_instance;

  SrRpcServerFacts facts;
  GCancellable *stopping;               /* wakes the threads that accept */
  GPtrArray *acceptors;                 /* (element-type GThread) */

  GMutex lock;                          /* protects what is below */
  GCond gone;
  GHashTable *connections;              /* set of SrRpcServerConnection that run */
  GPtrArray *finished;                  /* (element-type GThread): threads to join */
  guint64 next_id;
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (SrRpcServer, sr_rpc_server, G_TYPE_OBJECT)

static void
join (gpointer thread)
{
  g_thread_join (thread);
}

static void
sr_rpc_server_finalize (GObject *object)
{
  SrRpcServer *self = SR_RPC_SERVER (object);

  sr_rpc_server_stop (self);
  g_clear_pointer (&self->facts.acceptor, sr_auth_acceptor_unref);
  g_array_unref (self->facts.served);
  g_object_unref (self->stopping);
  g_ptr_array_unref (self->acceptors);
  g_hash_table_unref (self->connections);
  g_ptr_array_unref (self->finished);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->gone);
  G_OBJECT_CLASS (sr_rpc_server_parent_class)->finalize (object);
}

static void
sr_rpc_server_class_init (SrRpcServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_rpc_server_finalize;
}

static void
sr_rpc_server_init (SrRpcServer *self)
{
  self->facts.served = g_array_new (FALSE, FALSE, sizeof (SrRpcServed));
  self->facts.max_fragment = SR_RPC_DEFAULT_FRAGMENT;
  self->facts.patience = SR_RPC_SERVER_PATIENCE;
  self->stopping = g_cancellable_new ();
  self->acceptors = g_ptr_array_new ();
  self->connections = g_hash_table_new (NULL, NULL);
  self->finished = g_ptr_array_new_with_free_func (join);
  g_mutex_init (&self->lock);
  g_cond_init (&self->gone);
}

SrRpcServer *
sr_rpc_server_new (SrAuthAcceptor *acceptor)
{
  SrRpcServer *self = g_object_new (SR_TYPE_RPC_SERVER, NULL);

  if (acceptor != NULL)
    self->facts.acceptor = sr_auth_acceptor_ref (acceptor);
  return self;
}

void
sr_rpc_server_add_interface (SrRpcServer          *self,
                             const SrRpcInterface *iface,
                             SrAuthLevel           minimum_level,
                             SrRpcStubHandler      handler,
                             gpointer              user_data)
{
  SrRpcServed served = { iface, minimum_level, handler, user_data };

  g_return_if_fail (self->next_id == 0 && self->acceptors->len == 0);
  g_array_append_val (self->facts.served, served);
}

void
sr_rpc_server_set_max_fragment (SrRpcServer *self,
                                guint16      bytes)
{
  g_return_if_fail (self->next_id == 0 && self->acceptors->len == 0);
  self->facts.max_fragment = CLAMP (bytes, SR_RPC_MIN_FRAGMENT, SR_RPC_MAX_FRAGMENT) & ~7u;
}

void
sr_rpc_server_set_drop (SrRpcServer     *self,
                        SrRpcServerDrop  drop,
                        gpointer         user_data)
{
  g_return_if_fail (self->next_id == 0 && self->acceptors->len == 0);
  self->facts.drop = drop;
  self->facts.drop_data = user_data;
}

void
sr_rpc_server_set_closed (SrRpcServer       *self,
                          SrRpcServerClosed  closed,
                          gpointer           user_data)
{
  g_return_if_fail (self->next_id == 0 && self->acceptors->len == 0);
  self->facts.closed = closed;
  self->facts.closed_data = user_data;
}

/* Room for what a connection's thread needs. */
typedef struct
{
  SrRpcServer *server;
  SrRpcServerConnection *connection;
  guint64 id;
} Service;

/* The server waits for its connections before it goes, so that no reference is needed. */
static gpointer
serve_connection (gpointer data)
{
  Service service = *(Service *) data;
  SrRpcServer *self = service.server;

  g_free (data);
  sr_rpc_server_connection_run (service.connection);
  if (self->facts.closed != NULL)
    self->facts.closed (service.id, self->facts.closed_data);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->connections, service.connection);
  sr_rpc_server_connection_free (service.connection);
  g_ptr_array_add (self->finished, g_thread_ref (g_thread_self ()));
  g_cond_broadcast (&self->gone);
  g_mutex_unlock (&self->lock);
  return NULL;
}

void
sr_rpc_server_serve_stream (SrRpcServer *self,
                            GIOStream   *stream)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GThread) thread = NULL;
  Service *service;

  g_ptr_array_set_size (self->finished, 0);
  if (self->stopped || g_hash_table_size (self->connections) >= SR_RPC_SERVER_MAX_CONNECTIONS)
    {
      g_io_stream_close (stream, NULL, NULL);
      return;
    }
  service = g_new (Service, 1);
  service->server = self;
  service->id = ++self->next_id;
  service->connection = sr_rpc_server_connection_new (&self->facts, stream, service->id);
  g_hash_table_add (self->connections, service->connection);
  thread = g_thread_new ("rpc-connection", serve_connection, service);
}

/* What a thread that accepts connections needs. */
typedef struct
{
  SrRpcServer *server;
  GSocket *socket;
} Listening;

static gpointer
accept_connections (gpointer data)
{
  g_autofree Listening *listening = data;
  g_autoptr (GSocket) socket = listening->socket;
  SrRpcServer *self = listening->server;

  while (!g_cancellable_is_cancelled (self->stopping))
    {
      g_autoptr (GSocketConnection) connection = NULL;
      g_autoptr (GSocket) accepted = NULL;
      g_autoptr (GError) error = NULL;

      accepted = g_socket_accept (socket, self->stopping, &error);
      if (accepted == NULL)
        {
          /* Out of descriptors, say: wait for better times instead of spinning. */
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_usleep (20 * 1000);
          continue;
        }
      g_socket_set_option (accepted, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
      connection = g_socket_connection_factory_create_connection (accepted);
      sr_rpc_server_serve_stream (self, G_IO_STREAM (connection));
    }
  g_socket_close (socket, NULL);
  return NULL;
}

static GSocket *
open_socket (const char *address,
             guint16     port,
             GError    **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket = NULL;

  if (where == NULL ||
      !g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (where))))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, _ ("%s is not a loopback address"), address);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, where, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

gboolean
sr_rpc_server_listen (SrRpcServer *self,
                      const char  *address,
                      guint16      port,
                      guint16     *bound_port,
                      GError     **error)
{
  g_autoptr (GSocket) socket = open_socket (address, port, error);
  g_autoptr (GSocketAddress) local = NULL;
  Listening *listening;

  if (socket == NULL)
    return FALSE;
  local = g_socket_get_local_address (socket, error);
  if (local == NULL)
    return FALSE;
  *bound_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
  listening = g_new (Listening, 1);
  listening->server = self;
  listening->socket = g_steal_pointer (&socket);
  g_ptr_array_add (self->acceptors, g_thread_new ("rpc-accept", accept_connections, listening));
  return TRUE;
}

static void
shut_connections (SrRpcServer *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    sr_rpc_server_connection_shut (connection);
}

void
sr_rpc_server_drop_connections (SrRpcServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  shut_connections (self);
}

void
sr_rpc_server_stop (SrRpcServer *self)
{
  g_autoptr (GPtrArray) finished = NULL;

  g_cancellable_cancel (self->stopping);
  for (guint i = 0; i < self->acceptors->len; i++)
    g_thread_join (g_ptr_array_index (self->acceptors, i));
  g_ptr_array_set_size (self->acceptors, 0);

  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  shut_connections (self);
  while (g_hash_table_size (self->connections) > 0)
    g_cond_wait (&self->gone, &self->lock);
  finished = g_steal_pointer (&self->finished);
  self->finished = g_ptr_array_new_with_free_func (join);
  g_mutex_unlock (&self->lock);
}

guint32
sr_rpc_method_serve (const SrRpcMethod *method,
                     const guint8      *stub,
                     gsize              length,
                     guint32          (*run) (gpointer request, gpointer reply, gpointer user_data),
                     gpointer           user_data,
                     GBytes           **reply)
{
  g_autofree gpointer in = g_malloc0 (method->request_size);
  g_autofree gpointer out = g_malloc0 (method->reply_size);
  guint32 status = SR_NCA_S_FAULT_NDR;
  SrNdr ndr;

  *reply = NULL;
  sr_ndr_init_reader (&ndr, method->name, stub, length);
  method->code_request (&ndr, in);
  if (sr_ndr_finish_request (&ndr, NULL))
    {
      status = run (in, out, user_data);
      if (status == 0)
        {
          sr_ndr_init_writer (&ndr, method->name);
          method->code_reply (&ndr, out);
          *reply = sr_ndr_finish_bytes (&ndr, NULL);
          if (*reply == NULL)
            status = SR_NCA_S_FAULT_NDR;
        }
      if (method->clear_reply != NULL)
        method->clear_reply (out);
    }
  if (method->clear_request != NULL)
    method->clear_request (in);
  return status;
}
