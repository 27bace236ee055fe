/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "raw-client.h"
#include "rpc/sr-rpc-server-private.h"

#include <string.h>

/* What our server makes of clients that do it differently, or wrong. */

static const SrAuthLevel nothing = SR_AUTH_LEVEL_NONE;

/* A bind of the testing interface, without security */
#define BIND_HEX                                                                                                       \
  "05000b0310000000 4800 0000 01000000 d016d016 00000000 01000000 00000100"                                            \
  "107a2b6f543c0b4e9a315d112077c001 01000200 045d888aeb1cc9119fe808002b104860 02000000"

static void
test_before_bind (RawFixture    *f,
                  gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  raw_client_send_echo (f->raw, RAW_WHOLE, 1, "");
  raw_client_expect_fault (f->raw, 1, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);

  raw_fixture_again (f);
  raw_client_send_bind (f->raw, SR_RPC_ALTER_CONTEXT, &bind, 0, NULL);
  raw_client_expect_fault (f->raw, 1, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

static void
test_second_bind (RawFixture    *f,
                  gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  raw_client_bind_plain (f->raw);
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);
}

static void
expect_result (RawFixture *f,
               guint    i,
               guint16  result,
               guint16  reason)
{
  static const SrRpcSyntax none;
  const SrRpcBindResult *got = &f->raw->ack.results[i];

  g_assert_cmpuint (got->result, ==, result);
  g_assert_cmpuint (got->reason, ==, reason);
  g_assert_true (sr_rpc_syntax_equal (&got->transfer, result == SR_RPC_ACCEPTANCE ? &sr_rpc_syntax_ndr20 : &none));
}

static void
test_contexts (RawFixture    *f,
               gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();
  SrRpcBindContext *c = bind.contexts;

  /* As Windows: NDR20, NDR64, features; then both NDR at once, versions, and what is not there. */
  bind.n_contexts = 9;
  for (guint16 i = 1; i < bind.n_contexts; i++)
    {
      c[i] = c[0];
      c[i].id = i;
    }
  c[1].transfers[0] = sr_rpc_syntax_ndr64;
  sr_rpc_syntax_make_features (&c[2].transfers[0], 0xff);
  c[3].n_transfers = 2;
  c[3].transfers[0] = sr_rpc_syntax_ndr64;
  c[3].transfers[1] = sr_rpc_syntax_ndr20;
  c[4].abstract.minor = 0;
  c[5].abstract.minor = 3;
  c[6].abstract.major = 2;
  c[7].abstract.uuid.data1 ^= 1;
  c[8].n_transfers = 0;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_ack (f->raw, SR_RPC_BIND_ACK);
  g_assert_cmpuint (f->raw->ack.n_results, ==, 9);
  g_assert_cmpuint (f->raw->ack.group_id, !=, 0);
  g_assert_cmpuint (f->raw->ack.max_send, ==, 5840);
  expect_result (f, 0, SR_RPC_ACCEPTANCE, 0);
  expect_result (f, 1, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_TRANSFER_SYNTAXES);
  expect_result (f, 2, SR_RPC_NEGOTIATE_ACK, SR_RPC_FEATURE_KEEP_CONNECTION_ON_ORPHAN);
  expect_result (f, 3, SR_RPC_ACCEPTANCE, 0);
  expect_result (f, 4, SR_RPC_ACCEPTANCE, 0);
  expect_result (f, 5, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_ABSTRACT_SYNTAX);
  expect_result (f, 6, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_ABSTRACT_SYNTAX);
  expect_result (f, 7, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_ABSTRACT_SYNTAX);
  expect_result (f, 8, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_TRANSFER_SYNTAXES);

  /* A context that was rejected cannot be called, one that was accepted can. */
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 2, 1, RPC_TESTING_ECHO, NULL, 0);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_UNK_IF);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 3, 4, RPC_TESTING_ECHO, NULL, 0);
  raw_client_expect_response (f->raw, 3, NULL, 0);
}

static void
test_context_limit (RawFixture    *f,
                    gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  raw_client_bind_plain (f->raw);
  bind.n_contexts = 32;
  for (guint16 round = 0; round < 3; round++)
    {
      for (guint16 i = 0; i < 32; i++)
        {
          bind.contexts[i] = bind.contexts[0];
          bind.contexts[i].id = (guint16) (1 + 32 * round + i);
        }
      raw_client_send_bind (f->raw, SR_RPC_ALTER_CONTEXT, &bind, 0, NULL);
      raw_client_expect_ack (f->raw, SR_RPC_ALTER_CONTEXT_RESP);
      /* One was there already. */
      for (guint i = 0; i < 32; i++)
        if (1 + 32u * round + i < SR_RPC_SERVER_MAX_CONTEXTS)
          expect_result (f, i, SR_RPC_ACCEPTANCE, 0);
        else
          expect_result (f, i, SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_LOCAL_LIMIT);
    }
}

static void
test_bad_binds (RawFixture    *f,
                gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  bind.n_contexts = 0;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);

  bind = raw_client_make_bind ();
  bind.max_receive = 1431;
  raw_fixture_again (f);
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);

  /* Cut short, too many contexts, too many transfer syntaxes, an auth_length beyond the end */
  for (guint i = 0; i < 4; i++)
    {
      static const char *const hex[] = {
        "05000b0310000000 1800 0000 01000000 d016d016 00000000",
        "05000b0310000000 1c00 0000 01000000 d016d016 00000000 ff000000",
        "05000b0310000000 2000 0000 01000000 d016d016 00000000 01000000 0000ff00",
        "05000b0310000000 1c00 0f00 01000000 d016d016 00000000 01000000",
      };

      raw_fixture_again (f);
      raw_client_send_hex (f->raw, hex[i]);
      raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);
    }
}

static void
test_fragments (RawFixture    *f,
                gconstpointer  data)
{
  raw_client_bind_plain (f->raw);
  raw_client_send_echo (f->raw, RAW_FIRST, 2, "one 1234");
  raw_client_send_echo (f->raw, 0, 2, "two 1234");
  raw_client_send_echo (f->raw, 0, 2, "");
  raw_client_send_echo (f->raw, RAW_LAST, 2, "three");
  raw_client_expect_echo (f->raw, 2, "one 1234two 1234three");

  /* An orphaned PDU takes back what has come (C706 12.6.4.9); one of another call does nothing. */
  raw_client_send_echo (f->raw, RAW_FIRST, 3, "lost");
  raw_client_send_hex (f->raw, "0500130310000000 1000 0000 03000000");
  raw_client_send_echo (f->raw, RAW_FIRST, 4, "kept");
  raw_client_send_hex (f->raw, "0500130310000000 1000 0000 03000000");
  raw_client_send_hex (f->raw, "0500120310000000 1000 0000 04000000");
  raw_client_send_echo (f->raw, RAW_LAST, 4, " whole");
  raw_client_expect_echo (f->raw, 4, "kept whole");

  /* What is late of an earlier call is dropped (MS-RPCE 3.3.3.5.6). */
  raw_client_send_echo (f->raw, 0, 3, "late");
  raw_client_send_echo (f->raw, RAW_LAST, 3, "late");
  raw_client_send_echo (f->raw, RAW_WHOLE, 5, "on time");
  raw_client_expect_echo (f->raw, 5, "on time");
}

static void
test_bad_fragments (RawFixture    *f,
                    gconstpointer  data)
{
  static const struct
  {
    guint8 flags;
    guint32 call_id;
    guint16 context_id;
    guint16 opnum;
  } seconds[] = {
    { RAW_FIRST, 2, 0, 0 },
    { RAW_WHOLE, 3, 0, 0 },
    { RAW_LAST, 3, 0, 0 },
    { RAW_LAST, 2, 1, 0 },
    { RAW_LAST, 2, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      raw_fixture_again (f);
      raw_client_bind_plain (f->raw);
      raw_client_send_echo (f->raw, RAW_FIRST, 2, "begun 12");
      raw_client_send_call (f->raw, SR_RPC_REQUEST, seconds[i].flags, seconds[i].call_id, seconds[i].context_id,
                            seconds[i].opnum, (const guint8 *) "end", 3);
      raw_client_expect_fault (f->raw, seconds[i].call_id, SR_NCA_S_PROTO_ERROR);
      raw_client_expect_closed (f->raw);
    }

  /* Of a call that was never begun */
  raw_fixture_again (f);
  raw_client_bind_plain (f->raw);
  raw_client_send_echo (f->raw, RAW_LAST, 2, "end");
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

static void
test_bad_pdus (RawFixture    *f,
               gconstpointer  data)
{
  static const struct
  {
    const char *hex;
    gboolean answered;
  } pdus[] = {
    { "0500000310000000 1700 0000 02000000 00000000 000000", TRUE },               /* shorter than a request's header */
    { "0500008310000000 2000 0000 02000000 00000000 00000000 0000000000000000", TRUE }, /* half an object UUID */
    { "0500020310000000 1800 0000 02000000 00000000 00000000", TRUE },             /* a response */
    { "0500110310000000 1000 0000 02000000", TRUE },                               /* a shutdown */
    { "0500630310000000 1000 0000 02000000", TRUE },                               /* unheard of */
    { "0500000310000000 2000 1000 02000000 00000000 00000000 0000000000000000", TRUE }, /* auth_length */
    { "0500000310000000 2000 0800 02000000 00000000 00000000 0000000000000000", TRUE }, /* no context for it */
    { "0400000310000000 1800 0000 02000000 00000000 00000000", FALSE },            /* version 4 */
    { "0500000300000000 0018 0000 02000000 00000000 00000000", FALSE },            /* big endian */
    { "0500000310000000 0f00 0000 02000000 00000000 00000000", FALSE },            /* frag_length 15 */
  };

  for (guint i = 0; i < G_N_ELEMENTS (pdus); i++)
    {
      raw_fixture_again (f);
      raw_client_bind_plain (f->raw);
      raw_client_send_hex (f->raw, pdus[i].hex);
      if (pdus[i].answered)
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
      raw_client_expect_closed (f->raw);
    }
}

static void
test_fragment_too_big (RawFixture    *f,
                       gconstpointer  data)
{
  g_autofree guint8 *stub = g_malloc0 (8000);

  raw_client_bind_plain (f->raw);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 2, 0, RPC_TESTING_ECHO, stub, 5841 - 24);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

/* MS-RPCE 3.3.3.5.4: a fault, and what is still on its way of that call is dropped. */
static void
test_request_too_big (RawFixture    *f,
                      gconstpointer  data)
{
  g_autofree guint8 *stub = g_malloc0 (5800);
  gsize sent = 0;

  raw_client_bind_plain (f->raw);
  for (guint i = 0; sent <= SR_RPC_SERVER_MAX_REQUEST + 20 * 5800; i++, sent += 5800)
    raw_client_send_call (f->raw, SR_RPC_REQUEST, i == 0 ? RAW_FIRST : 0, 2, 0, RPC_TESTING_ECHO, stub, 5800);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_LAST, 2, 0, RPC_TESTING_ECHO, stub, 100);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
  raw_client_send_echo (f->raw, RAW_WHOLE, 3, "next");
  raw_client_expect_echo (f->raw, 3, "next");
}

static void
test_bad_stub (RawFixture    *f,
               gconstpointer  data)
{
  raw_client_bind_plain (f->raw);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 2, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\1\0\0\0", 8);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_NDR);
  /* Padded to 8, which is fine, and by more, which is not. */
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 3, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
  g_assert_true (raw_client_read (f->raw));
  g_assert_cmpuint (f->raw->header.type, ==, SR_RPC_RESPONSE);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, RAW_WHOLE, 4, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  raw_client_expect_fault (f->raw, 4, SR_NCA_S_FAULT_NDR);
}

static void
test_connection_limit (RawFixture    *f,
                       gconstpointer  data)
{
  RawClient *clients[SR_RPC_SERVER_MAX_CONNECTIONS];

  for (guint i = 1; i < SR_RPC_SERVER_MAX_CONNECTIONS; i++)
    {
      clients[i] = raw_client_new (f->server);
      raw_client_bind_plain (clients[i]);
    }
  clients[0] = raw_client_new (f->server);
  raw_client_expect_closed (clients[0]);
  raw_client_free (clients[0]);

  sr_rpc_server_drop_connections (f->server);
  for (guint i = 1; i < SR_RPC_SERVER_MAX_CONNECTIONS; i++)
    {
      raw_client_expect_closed (clients[i]);
      raw_client_free (clients[i]);
    }
  raw_client_expect_closed (f->raw);

  /* There is room again, as soon as the threads have ended. */
  for (guint tries = 0; tries < 1000; tries++)
    {
      raw_fixture_again (f);
      raw_client_send_hex (f->raw, BIND_HEX);
      if (raw_client_read (f->raw))
        return;
      g_usleep (5000);
    }
  g_assert_not_reached ();
}

static gpointer
run_connection (gpointer connection)
{
  sr_rpc_server_connection_run (connection);
  return NULL;
}

/* A client that stalls in the middle of a PDU, before it has signed in, or amid a request, loses its place. */
static void
test_stalls (void)
{
  static const char *const starts[] = {
    "",
    "05000b0310000000",
    "05000b0310000000 4800 0000 01000000 d016d016",
    /* A whole bind, then half a request, or its first fragment only */
    BIND_HEX "0500000310000000 2000 0000 02000000 0000",
    BIND_HEX "0500000110000000 1800 0000 02000000 00000000 00000000",
  };
  g_autoptr (GArray) served = g_array_new (FALSE, FALSE, sizeof (SrRpcServed));
  SrRpcServed one = { &rpc_testing_interface, SR_AUTH_LEVEL_NONE, NULL, NULL };
  SrRpcServerFacts facts = { NULL, served, 5840, 0.05 };

  g_array_append_val (served, one);
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (GSocketConnection) here = NULL;
      g_autoptr (GSocketConnection) there = NULL;
      SrRpcServerConnection *connection;
      RawClient raw = { .call_id = 1 };
      GThread *thread;

      rpc_testing_socket_pair (&here, &there);
      connection = sr_rpc_server_connection_new (&facts, G_IO_STREAM (there), 1);
      sr_rpc_channel_init (&raw.channel, G_IO_STREAM (here), "raw");
      thread = g_thread_new ("connection", run_connection, connection);
      raw_client_send_hex (&raw, starts[i]);
      g_thread_join (thread);
      sr_rpc_server_connection_free (connection);
      sr_rpc_channel_clear (&raw.channel);
    }
}

static void
test_loopback_only (void)
{
  static const char *const addresses[] = { "0.0.0.0", "192.0.2.1", "::", "localhost", "", "8.8.8.8" };
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (NULL, SR_AUTH_LEVEL_NONE);
  g_autoptr (GError) error = NULL;
  guint16 port = 0, other;

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_assert_false (sr_rpc_server_listen (server, addresses[i], 0, &port, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
      g_clear_error (&error);
    }
  g_assert_true (sr_rpc_server_listen (server, "127.0.0.1", 0, &port, &error));
  g_assert_true (sr_rpc_server_listen (server, "127.0.0.2", port, &other, &error));
  g_assert_cmpuint (port, ==, other);
  g_assert_false (sr_rpc_server_listen (server, "127.0.0.1", port, &other, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  raw_fixture_add ("before-bind", &nothing, test_before_bind);
  raw_fixture_add ("second-bind", &nothing, test_second_bind);
  raw_fixture_add ("contexts", &nothing, test_contexts);
  raw_fixture_add ("context-limit", &nothing, test_context_limit);
  raw_fixture_add ("bad-binds", &nothing, test_bad_binds);
  raw_fixture_add ("fragments", &nothing, test_fragments);
  raw_fixture_add ("bad-fragments", &nothing, test_bad_fragments);
  raw_fixture_add ("bad-pdus", &nothing, test_bad_pdus);
  raw_fixture_add ("fragment-too-big", &nothing, test_fragment_too_big);
  raw_fixture_add ("request-too-big", &nothing, test_request_too_big);
  raw_fixture_add ("bad-stub", &nothing, test_bad_stub);
  raw_fixture_add ("connection-limit", &nothing, test_connection_limit);
  g_test_add_func ("/rpc/server/stalls", test_stalls);
  g_test_add_func ("/rpc/server/loopback-only", test_loopback_only);
  return g_test_run ();
}
