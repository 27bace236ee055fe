/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context.h"
#include "rpc/sr-rpc-channel-private.h"
#include "rpc-testing.h"
#include "sr-fuzz.h"

#include <string.h>

/* The input is one protected PDU on a channel with an NTLM context. It may
 * cost the context its place in the stream of keys, never anything else; and
 * nothing forged is ever taken for genuine. */

static SrRpcChannel channels[2];        /* at packet privacy, at integrity */

static SrAuthContext *
sign_in (void)
{
  static SrAuthAcceptor *acceptor;
  SrAuthContext *here = rpc_testing_ntlm_context (RPC_TESTING_PASSWORD);
  g_autoptr (SrAuthContext) there = NULL;
  GBytes *tokens[3] = { NULL };
  GBytes *none = NULL;

  if (acceptor == NULL)
    {
      char *users = rpc_testing_write_users ();

      acceptor = sr_auth_acceptor_new (users, NULL, NULL);
      rpc_testing_remove_users (users);
    }
  there = sr_auth_context_new_acceptor (acceptor, SR_AUTH_NTLM, NULL);
  g_assert_true (sr_auth_context_step (here, NULL, &tokens[0], NULL));
  g_assert_true (sr_auth_context_step (there, tokens[0], &tokens[1], NULL));
  g_assert_true (sr_auth_context_step (here, tokens[1], &tokens[2], NULL));
  g_assert_true (sr_auth_context_step (there, tokens[2], &none, NULL));
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (tokens[i]);
  return here;
}

static void
set_up (void)
{
  for (guint i = 0; i < 2; i++)
    channels[i] = (SrRpcChannel) {
      .auth = sign_in (),
      .auth_type = SR_AUTH_NTLM,
      .auth_level = i == 0 ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_INTEGRITY,
      .auth_context_id = 1,
      .secured = TRUE,
      .sign_header = TRUE,
    };
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  SrRpcHeader header;
  gsize header_length;

  if (channels[0].auth == NULL)
    set_up ();
  if (size < SR_RPC_HEADER_SIZE || !sr_rpc_header_read (data, &header, NULL) || header.frag_length > size)
    return 0;
  header_length = header.type == SR_RPC_FAULT_PDU ? SR_RPC_FAULT_HEADER_SIZE
                  : header.flags & SR_RPC_PFC_OBJECT_UUID ? SR_RPC_CALL_HEADER_SIZE + 16
                                                          : SR_RPC_CALL_HEADER_SIZE;
  for (guint i = 0; i < 2; i++)
    {
      g_autofree guint8 *pdu = g_memdup2 (data, header.frag_length);
      const guint8 *stub;
      gsize length;

      g_assert_false (sr_rpc_channel_open (&channels[i], pdu, &header, header_length, &stub, &length, NULL));
    }
  return 0;
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  sr_fuzz_add_hex_seed (seeds, "0500020310000000 4000 1000 02000000 10000000 00000000"
                               "000102030405060708090a0b0c0d0e0f 0a060000 01000000 01000000 1122334455667788 00000000");
  sr_fuzz_add_hex_seed (seeds, "0500020310000000 4000 1000 02000000 10000000 00000000"
                               "000102030405060708090a0b0c0d0e0f 0a050f00 01000000 01000000 1122334455667788 00000000");
  sr_fuzz_add_hex_seed (seeds, "0500030310000000 3800 1000 02000000 00000000 00000000 05000000 00000000"
                               "0a060000 01000000 01000000 1122334455667788 00000000");
  sr_fuzz_add_hex_seed (seeds, "0500008310000000 4000 1000 02000000 00000000 00000000"
                               "000102030405060708090a0b0c0d0e0f 0a060000 01000000 01000000 1122334455667788 00000000");
}
