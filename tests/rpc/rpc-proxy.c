/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc-proxy.h"

typedef struct
{
  RpcProxy *proxy;
  gboolean from_server;
  GSocketConnection *from, *to;
  gsize limit;
  RpcProxyEnd end;
  gsize passed;                         /* atomic */
  GThread *thread;
} Direction;

struct _RpcProxy
{
  SrRpcServer *server;
  RpcProxyHook hook;
  gpointer user_data;
  GSocketConnection *client_side, *server_side;
  Direction directions[2];              /* of the client, of the server */
};

RpcProxy *
rpc_proxy_new (SrRpcServer *server)
{
  RpcProxy *proxy = g_new0 (RpcProxy, 1);

  proxy->server = server;
  for (guint i = 0; i < 2; i++)
    {
      proxy->directions[i].proxy = proxy;
      proxy->directions[i].from_server = i == 1;
      proxy->directions[i].limit = G_MAXSIZE;
    }
  return proxy;
}

void
rpc_proxy_set_hook (RpcProxy    *proxy,
                    RpcProxyHook hook,
                    gpointer     user_data)
{
  proxy->hook = hook;
  proxy->user_data = user_data;
}

void
rpc_proxy_set_limit (RpcProxy   *proxy,
                     gboolean    from_server,
                     gsize       bytes,
                     RpcProxyEnd end)
{
  proxy->directions[from_server].limit = bytes;
  proxy->directions[from_server].end = end;
}

gsize
rpc_proxy_passed (RpcProxy *proxy,
                  gboolean  from_server)
{
  return (gsize) g_atomic_pointer_get ((gpointer *) &proxy->directions[from_server].passed);
}

static void
shut (GSocketConnection *connection)
{
  g_socket_shutdown (g_socket_connection_get_socket (connection), TRUE, TRUE, NULL);
}

/* A whole PDU, or what there is of one. */
static GByteArray *
read_pdu (GInputStream *in)
{
  g_autoptr (GByteArray) pdu = g_byte_array_new ();
  gsize n = 0;

  g_byte_array_set_size (pdu, SR_RPC_HEADER_SIZE);
  if (!g_input_stream_read_all (in, pdu->data, pdu->len, &n, NULL, NULL) || n < pdu->len)
    return NULL;
  g_byte_array_set_size (pdu, MAX (sr_rpc_read16 (pdu->data + 8), SR_RPC_HEADER_SIZE));
  if (!g_input_stream_read_all (in, pdu->data + SR_RPC_HEADER_SIZE, pdu->len - SR_RPC_HEADER_SIZE, &n, NULL, NULL) ||
      n < pdu->len - SR_RPC_HEADER_SIZE)
    return NULL;
  return g_steal_pointer (&pdu);
}

/* Whether to go on. */
static gboolean
pass_on (Direction  *direction,
         GByteArray *pdu)
{
  gsize room = direction->limit - direction->passed, n = MIN (pdu->len, room);

  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (direction->to)), pdu->data, n, NULL,
                                  NULL, NULL))
    return FALSE;
  g_atomic_pointer_add (&direction->passed, n);
  return n == pdu->len && n < room;
}

static gpointer
run (gpointer data)
{
  Direction *direction = data;
  RpcProxy *proxy = direction->proxy;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (direction->from));
  RpcProxyEnd end = RPC_PROXY_CLOSE;
  gboolean go_on = direction->limit > 0;

  if (!go_on)
    end = direction->end;
  for (guint i = 0; go_on; i++)
    {
      g_autoptr (GByteArray) pdu = read_pdu (in);

      if (pdu == NULL || (proxy->hook != NULL && !proxy->hook (pdu, direction->from_server, i, proxy->user_data)))
        break;
      go_on = pass_on (direction, pdu);
      if (!go_on)
        end = direction->end;
    }
  if (end == RPC_PROXY_CLOSE)
    {
      shut (direction->to);
      shut (direction->from);
    }
  return NULL;
}

SrRpcClient *
rpc_proxy_connect (RpcProxy *proxy)
{
  g_autoptr (GSocketConnection) client = NULL;
  g_autoptr (GSocketConnection) served = NULL;

  rpc_testing_socket_pair (&client, &proxy->client_side);
  rpc_testing_socket_pair (&proxy->server_side, &served);
  sr_rpc_server_serve_stream (proxy->server, G_IO_STREAM (served));
  for (guint i = 0; i < 2; i++)
    {
      Direction *direction = &proxy->directions[i];

      direction->from = direction->from_server ? proxy->server_side : proxy->client_side;
      direction->to = direction->from_server ? proxy->client_side : proxy->server_side;
      direction->thread = g_thread_new ("proxy", run, direction);
    }
  return sr_rpc_client_new (G_IO_STREAM (client), "proxied server");
}

void
rpc_proxy_free (RpcProxy *proxy)
{
  if (proxy->client_side != NULL)
    {
      shut (proxy->client_side);
      shut (proxy->server_side);
      for (guint i = 0; i < 2; i++)
        g_thread_join (proxy->directions[i].thread);
      g_object_unref (proxy->client_side);
      g_object_unref (proxy->server_side);
    }
  g_free (proxy);
}
