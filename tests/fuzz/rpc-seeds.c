/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc-seeds.h"

#include "allow-plain.h"
#include "base/sr-error.h"
#include "rpc-testing.h"
#include "sr-fuzz.h"

#include <string.h>

/* Passes on what flows between a client and a server, and keeps it. */
typedef struct
{
  GInputStream *from;
  GOutputStream *to;
  GByteArray *seen;
} Tap;

static gpointer
run_tap (gpointer data)
{
  Tap *tap = data;
  guint8 buffer[8192];
  gssize n;

  while ((n = g_input_stream_read (tap->from, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      g_byte_array_append (tap->seen, buffer, (guint) n);
      if (!g_output_stream_write_all (tap->to, buffer, (gsize) n, NULL, NULL, NULL))
        break;
    }
  return NULL;
}

static void
converse (GIOStream *stream,
          guint      what)
{
  SrRpcClient *client = sr_rpc_client_new (stream, "seed");
  guint8 request[6000] = { (guint8) (what == 1 ? 0x70 : 0x12), (guint8) (what == 1 ? 0x17 : 0) };
  g_autoptr (GBytes) stub = g_bytes_new (request, what == 2 ? sizeof request : 4);
  SrGuid object = { 1, 2, 3, { 4 } };
  const guint8 *reply;
  gsize length;

  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, NULL, sr_deadline_in (20), NULL, NULL);
  if (what == 3)
    sr_rpc_client_bind (client, &rpc_testing_second_interface.syntax, NULL, sr_deadline_in (20), NULL, NULL);
  sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax,
                           what == 0 ? RPC_TESTING_FAULT : what == 1 ? RPC_TESTING_PRODUCE : RPC_TESTING_ECHO,
                           what == 2 ? &object : NULL, stub, 100000, &reply, &length, sr_deadline_in (20), NULL, NULL);
  sr_rpc_client_free (client);
}

static void
add_conversation (GPtrArray   *seeds,
                  gboolean     of_client,
                  SrRpcServer *server,
                  guint        what)
{
  g_autoptr (GSocketConnection) client = NULL;
  g_autoptr (GSocketConnection) client_side = NULL;
  g_autoptr (GSocketConnection) server_side = NULL;
  g_autoptr (GSocketConnection) served = NULL;
  g_autoptr (GByteArray) asked = g_byte_array_new ();
  g_autoptr (GByteArray) answered = g_byte_array_new ();
  Tap there, back;
  GThread *threads[2];

  rpc_testing_socket_pair (&client, &client_side);
  rpc_testing_socket_pair (&server_side, &served);
  sr_rpc_server_serve_stream (server, G_IO_STREAM (served));
  there = (Tap) { g_io_stream_get_input_stream (G_IO_STREAM (client_side)),
                  g_io_stream_get_output_stream (G_IO_STREAM (server_side)), asked };
  back = (Tap) { g_io_stream_get_input_stream (G_IO_STREAM (server_side)),
                 g_io_stream_get_output_stream (G_IO_STREAM (client_side)), answered };
  threads[0] = g_thread_new ("there", run_tap, &there);
  threads[1] = g_thread_new ("back", run_tap, &back);
  converse (G_IO_STREAM (client), what);
  g_thread_join (threads[0]);
  g_socket_shutdown (g_socket_connection_get_socket (server_side), TRUE, TRUE, NULL);
  g_thread_join (threads[1]);
  sr_fuzz_add_seed (seeds, of_client ? asked->data : answered->data, of_client ? asked->len : answered->len);
}

void
rpc_seeds_add (GPtrArray *seeds,
               gboolean   of_client)
{
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (NULL, SR_AUTH_LEVEL_NONE);

  rpc_testing_allow_plain (TRUE);
  for (guint what = 0; what < 4; what++)
    add_conversation (seeds, of_client, server, what);
  sr_rpc_server_stop (server);
}
