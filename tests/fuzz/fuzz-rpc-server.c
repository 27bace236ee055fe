/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc-seeds.h"
#include "rpc/sr-rpc-server-private.h"
#include "rpc-testing.h"
#include "sr-fuzz.h"

/* The input is all that a client ever says. */

static guint32
handle (const SrRpcServerCall *call,
        const guint8          *stub,
        gsize                  length,
        GBytes               **reply,
        gpointer               user_data)
{
  guint sum = 0;

  for (gsize i = 0; i < length; i++)
    sum += stub[i];
  g_assert_cmpuint (length, <=, SR_RPC_SERVER_MAX_REQUEST);
  *reply = g_bytes_new (stub, MIN (length, 100));
  return sum % 7 == 0 ? SR_NCA_S_FAULT_UNSPEC : 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (in, out);
  g_autoptr (GArray) served = g_array_new (FALSE, FALSE, sizeof (SrRpcServed));
  SrRpcServed ours[] = { { &rpc_testing_interface, SR_AUTH_LEVEL_NONE, handle, NULL },
                         { &rpc_testing_second_interface, SR_AUTH_LEVEL_PRIVACY, handle, NULL } };
  SrRpcServerFacts facts = { NULL, served, 5840, 60 };
  SrRpcServerConnection *connection;

  g_array_append_vals (served, ours, G_N_ELEMENTS (ours));
  connection = sr_rpc_server_connection_new (&facts, stream, 1);
  sr_rpc_server_connection_run (connection);
  sr_rpc_server_connection_free (connection);
  return 0;
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  rpc_seeds_add (seeds, TRUE);
}
