/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc-seeds.h"
#include "rpc-testing.h"
#include "sr-fuzz.h"

/* The input is all that a server ever says: to a bind, an alter_context, and calls. */

#define MAX_REPLY 100000

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (in, out);
  g_autoptr (SrRpcClient) client = sr_rpc_client_new (stream, "fuzz");
  g_autoptr (GBytes) stub = g_bytes_new_static ("four", 4);
  const SrRpcMethod *who = sr_rpc_interface_find (&rpc_testing_interface, RPC_TESTING_WHO);
  const guint8 *reply;
  gsize length;

  if (!sr_rpc_client_bind (client, &rpc_testing_interface.syntax, NULL, SR_DEADLINE_NONE, NULL, NULL))
    return 0;
  /* Half of the inputs go on with another interface first. */
  if (size % 2 == 0)
    sr_rpc_client_bind (client, &rpc_testing_second_interface.syntax, NULL, SR_DEADLINE_NONE, NULL, NULL);
  while (sr_rpc_client_is_usable (client))
    {
      g_autoptr (GError) error = NULL;
      RpcTestingWhoRequest request = { 1, NULL };
      RpcTestingWhoReply answer;

      if (sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, stub, MAX_REPLY,
                                   &reply, &length, SR_DEADLINE_NONE, NULL, &error))
        g_assert_cmpuint (length, <=, MAX_REPLY);
      else
        g_assert_nonnull (error);
      if (sr_rpc_client_call (client, &rpc_testing_interface, who, NULL, &request, &answer, SR_DEADLINE_NONE, NULL,
                              NULL))
        who->clear_reply (&answer);
    }
  return 0;
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  rpc_seeds_add (seeds, FALSE);
}
