/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "raw-client.h"
#include "rpc/sr-rpc-server-private.h"
#include "rpc/sr-rpc-trailer-private.h"

#include <string.h>

/* What our server makes of clients that do it differently, or wrong. */

#define FIRST SR_RPC_PFC_FIRST_FRAG
#define LAST SR_RPC_PFC_LAST_FRAG
#define WHOLE (FIRST | LAST)

/* A bind of the testing interface, without security */
#define BIND_HEX                                                                                                       \
  "05000b0310000000 4800 0000 01000000 d016d016 00000000 01000000 00000100"                                            \
  "107a2b6f543c0b4e9a315d112077c001 01000200 045d888aeb1cc9119fe808002b104860 02000000"

typedef struct
{
  char *users;
  SrAuthAcceptor *acceptor;
  SrRpcServer *server;
  RawClient *raw;
} Fixture;

/* Test data: what the first interface demands; the second one demands nothing. */
static const SrAuthLevel nothing = SR_AUTH_LEVEL_NONE, integrity = SR_AUTH_LEVEL_INTEGRITY,
                         privacy = SR_AUTH_LEVEL_PRIVACY;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->users = rpc_testing_write_users ();
  f->acceptor = sr_auth_acceptor_new (f->users, NULL, NULL);
  f->server = rpc_testing_server_new (f->acceptor, *(const SrAuthLevel *) data);
  f->raw = raw_client_new (f->server);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  raw_client_free (f->raw);
  sr_rpc_server_stop (f->server);
  g_object_unref (f->server);
  sr_auth_acceptor_unref (f->acceptor);
  rpc_testing_remove_users (f->users);
}

static void
again (Fixture *f)
{
  raw_client_free (f->raw);
  f->raw = raw_client_new (f->server);
}

static void
call (RawClient  *raw,
      guint8      flags,
      guint32     call_id,
      const char *text)
{
  raw_client_send_call (raw, SR_RPC_REQUEST, flags, call_id, 0, RPC_TESTING_ECHO, (const guint8 *) text, strlen (text));
}

static void
expect_echo (RawClient  *raw,
             guint32     call_id,
             const char *text)
{
  raw_client_expect_response (raw, call_id, (const guint8 *) text, strlen (text));
}

static void
test_before_bind (Fixture       *f,
                  gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  call (f->raw, WHOLE, 1, "");
  raw_client_expect_fault (f->raw, 1, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);

  again (f);
  raw_client_send_bind (f->raw, SR_RPC_ALTER_CONTEXT, &bind, 0, NULL);
  raw_client_expect_fault (f->raw, 1, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

static void
test_second_bind (Fixture       *f,
                  gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  raw_client_bind_plain (f->raw);
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);
}

static void
expect_result (Fixture *f,
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
test_contexts (Fixture       *f,
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
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 2, 1, RPC_TESTING_ECHO, NULL, 0);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_UNK_IF);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 3, 4, RPC_TESTING_ECHO, NULL, 0);
  raw_client_expect_response (f->raw, 3, NULL, 0);
}

static void
test_context_limit (Fixture       *f,
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
test_bad_binds (Fixture       *f,
                gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();

  bind.n_contexts = 0;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);

  bind = raw_client_make_bind ();
  bind.max_receive = 1431;
  again (f);
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

      again (f);
      raw_client_send_hex (f->raw, hex[i]);
      raw_client_expect_nak (f->raw, SR_RPC_NAK_PROTOCOL_VERSION);
    }
}

static void
test_fragments (Fixture       *f,
                gconstpointer  data)
{
  raw_client_bind_plain (f->raw);
  call (f->raw, FIRST, 2, "one 1234");
  call (f->raw, 0, 2, "two 1234");
  call (f->raw, 0, 2, "");
  call (f->raw, LAST, 2, "three");
  expect_echo (f->raw, 2, "one 1234two 1234three");

  /* An orphaned PDU takes back what has come (C706 12.6.4.9); one of another call does nothing. */
  call (f->raw, FIRST, 3, "lost");
  raw_client_send_hex (f->raw, "0500130310000000 1000 0000 03000000");
  call (f->raw, FIRST, 4, "kept");
  raw_client_send_hex (f->raw, "0500130310000000 1000 0000 03000000");
  raw_client_send_hex (f->raw, "0500120310000000 1000 0000 04000000");
  call (f->raw, LAST, 4, " whole");
  expect_echo (f->raw, 4, "kept whole");

  /* What is late of an earlier call is dropped (MS-RPCE 3.3.3.5.6). */
  call (f->raw, 0, 3, "late");
  call (f->raw, LAST, 3, "late");
  call (f->raw, WHOLE, 5, "on time");
  expect_echo (f->raw, 5, "on time");
}

static void
test_bad_fragments (Fixture       *f,
                    gconstpointer  data)
{
  static const struct
  {
    guint8 flags;
    guint32 call_id;
    guint16 context_id;
    guint16 opnum;
  } seconds[] = {
    { FIRST, 2, 0, 0 },
    { WHOLE, 3, 0, 0 },
    { LAST, 3, 0, 0 },
    { LAST, 2, 1, 0 },
    { LAST, 2, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      again (f);
      raw_client_bind_plain (f->raw);
      call (f->raw, FIRST, 2, "begun 12");
      raw_client_send_call (f->raw, SR_RPC_REQUEST, seconds[i].flags, seconds[i].call_id, seconds[i].context_id,
                            seconds[i].opnum, (const guint8 *) "end", 3);
      raw_client_expect_fault (f->raw, seconds[i].call_id, SR_NCA_S_PROTO_ERROR);
      raw_client_expect_closed (f->raw);
    }

  /* Of a call that was never begun */
  again (f);
  raw_client_bind_plain (f->raw);
  call (f->raw, LAST, 2, "end");
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

static void
test_bad_pdus (Fixture       *f,
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
      again (f);
      raw_client_bind_plain (f->raw);
      raw_client_send_hex (f->raw, pdus[i].hex);
      if (pdus[i].answered)
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
      raw_client_expect_closed (f->raw);
    }
}

static void
test_fragment_too_big (Fixture       *f,
                       gconstpointer  data)
{
  g_autofree guint8 *stub = g_malloc0 (8000);

  raw_client_bind_plain (f->raw);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 2, 0, RPC_TESTING_ECHO, stub, 5841 - 24);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

/* MS-RPCE 3.3.3.5.4: a fault, and what is still on its way of that call is dropped. */
static void
test_request_too_big (Fixture       *f,
                      gconstpointer  data)
{
  g_autofree guint8 *stub = g_malloc0 (5800);
  gsize sent = 0;

  raw_client_bind_plain (f->raw);
  for (guint i = 0; sent <= SR_RPC_SERVER_MAX_REQUEST + 20 * 5800; i++, sent += 5800)
    raw_client_send_call (f->raw, SR_RPC_REQUEST, i == 0 ? FIRST : 0, 2, 0, RPC_TESTING_ECHO, stub, 5800);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, LAST, 2, 0, RPC_TESTING_ECHO, stub, 100);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
  call (f->raw, WHOLE, 3, "next");
  expect_echo (f->raw, 3, "next");
}

static void
test_bad_stub (Fixture       *f,
               gconstpointer  data)
{
  raw_client_bind_plain (f->raw);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 2, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\1\0\0\0", 8);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_NDR);
  /* Padded to 8, which is fine, and by more, which is not. */
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 3, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
  g_assert_true (raw_client_read (f->raw));
  g_assert_cmpuint (f->raw->header.type, ==, SR_RPC_RESPONSE);
  raw_client_send_call (f->raw, SR_RPC_REQUEST, WHOLE, 4, 0, RPC_TESTING_WHO, (const guint8 *) "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  raw_client_expect_fault (f->raw, 4, SR_NCA_S_FAULT_NDR);
}

static GBytes *
ntlm_negotiate (SrAuthContext **context)
{
  GBytes *token = NULL;

  *context = rpc_testing_ntlm_context (RPC_TESTING_PASSWORD);
  g_assert_true (sr_auth_context_step (*context, NULL, &token, NULL));
  return token;
}

static void
try_auth (Fixture *f,
          guint8   type,
          guint8   level,
          int      reason)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (SrAuthContext) context = NULL;
  g_autoptr (GBytes) token = ntlm_negotiate (&context);

  again (f);
  f->raw->channel.auth_type = type;
  f->raw->channel.auth_level = level;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, token);
  if (reason >= 0)
    raw_client_expect_nak (f->raw, (guint16) reason);
  else
    raw_client_expect_ack (f->raw, SR_RPC_BIND_ACK);
}

static void
test_auth_types (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr (SrRpcServer) open = rpc_testing_server_new (NULL, SR_AUTH_LEVEL_NONE);
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (GBytes) garbage = g_bytes_new_static ("garbage", 7);

  try_auth (f, SR_AUTH_NTLM, 6, -1);
  try_auth (f, SR_AUTH_NTLM, 2, -1);
  try_auth (f, SR_AUTH_NTLM, 0, SR_RPC_NAK_NOT_SPECIFIED);
  try_auth (f, SR_AUTH_NTLM, 1, SR_RPC_NAK_NOT_SPECIFIED);
  try_auth (f, SR_AUTH_NTLM, 7, SR_RPC_NAK_NOT_SPECIFIED);
  try_auth (f, 0, 6, SR_RPC_NAK_AUTH_TYPE);
  try_auth (f, 68, 6, SR_RPC_NAK_AUTH_TYPE);
  try_auth (f, SR_AUTH_KERBEROS, 6, SR_RPC_NAK_AUTH_TYPE);

  again (f);
  f->raw->channel.auth_type = SR_AUTH_NTLM;
  f->raw->channel.auth_level = 6;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, garbage);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_INVALID_CHECKSUM);

  raw_client_free (f->raw);
  f->raw = raw_client_new (open);
  f->raw->channel.auth_type = SR_AUTH_NTLM;
  f->raw->channel.auth_level = 6;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, garbage);
  raw_client_expect_nak (f->raw, SR_RPC_NAK_AUTH_TYPE);
}

static void
sealed_echo (RawClient  *raw,
             guint16     context_id,
             const char *text)
{
  raw_client_send_request (raw, context_id, RPC_TESTING_ECHO, (const guint8 *) text, strlen (text), NULL);
}

static void
test_levels (Fixture       *f,
             gconstpointer  data)
{
  SrAuthLevel wanted = *(const SrAuthLevel *) data;

  for (guint signing = 0; signing < 2; signing++)
    for (SrAuthLevel level = SR_AUTH_LEVEL_CONNECT; level <= SR_AUTH_LEVEL_PRIVACY; level++)
      {
        again (f);
        raw_client_bind_ntlm (f->raw, level, signing, RPC_TESTING_PASSWORD);
        for (guint i = 0; i < 2; i++, f->raw->call_id++)
          {
            sealed_echo (f->raw, 0, "what I say");
            if (level >= wanted)
              expect_echo (f->raw, f->raw->call_id, "what I say");
            else
              raw_client_expect_fault (f->raw, f->raw->call_id, SR_NCA_S_FAULT_ACCESS_DENIED);
          }
      }
  /* Without any */
  again (f);
  raw_client_bind_plain (f->raw);
  call (f->raw, WHOLE, 2, "");
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
}

/* Once protection is agreed nothing is taken without it. */
static void
test_unprotected (Fixture       *f,
                  gconstpointer  data)
{
  for (SrAuthLevel level = SR_AUTH_LEVEL_INTEGRITY; level <= SR_AUTH_LEVEL_PRIVACY; level++)
    {
      again (f);
      raw_client_bind_ntlm (f->raw, level, TRUE, RPC_TESTING_PASSWORD);
      call (f->raw, WHOLE, 2, "");
      raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
      raw_client_expect_closed (f->raw);
    }
}

static void
test_wrong_signature (Fixture       *f,
                      gconstpointer  data)
{
  /* Each changes one thing of a good request: its own number, level, context, type, a byte of the body. */
  for (SrAuthLevel level = SR_AUTH_LEVEL_INTEGRITY; level <= SR_AUTH_LEVEL_PRIVACY; level++)
    for (guint i = 0; i < 6; i++)
      {
        guint32 expected = SR_NCA_S_FAULT_SEC_PKG_ERROR;
        g_autoptr (GError) error = NULL;
        guint8 pdu[24 + 16 + 8 + 16] = { 0 }, *trailer = pdu + 40;
        SrRpcHeader header = { SR_RPC_REQUEST, WHOLE, sizeof pdu, 16, 2 };
        SrRpcSecTrailer facts = { SR_AUTH_NTLM, (guint8) level, 16, 79, 0, 16 };
        gsize sent;

        again (f);
        raw_client_bind_ntlm (f->raw, level, TRUE, RPC_TESTING_PASSWORD);
        sr_rpc_header_write (pdu, &header);
        sr_rpc_sec_trailer_write (trailer, &facts);
        (level == SR_AUTH_LEVEL_PRIVACY ? sr_auth_context_seal : sr_auth_context_sign) (
          f->raw->channel.auth, TRUE, pdu, 24, pdu + 24, 16, trailer, trailer + 8, 16, &error);
        g_assert_no_error (error);
        switch (i)
          {
          case 0:
            pdu[30] ^= 1;
            break;
          case 1:
            pdu[22] ^= 1;
            break;
          case 2:
            trailer[20] ^= 0x80;
            break;
          case 3:
            trailer[1] = 2;
            expected = SR_NCA_S_FAULT_ACCESS_DENIED;
            break;
          case 4:
            trailer[4] ^= 1;
            expected = SR_NCA_S_PROTO_ERROR;
            break;
          default:
            trailer[2] = 17;
            expected = SR_NCA_S_PROTO_ERROR;
          }
        sr_rpc_wire_write (f->raw->channel.wire, pdu, sizeof pdu, &sent, sr_deadline_in (20), NULL, &error);
        raw_client_expect_fault (f->raw, 2, expected);
        raw_client_expect_closed (f->raw);
      }
}

static void
test_bad_auth3 (Fixture       *f,
                gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (GBytes) garbage = g_bytes_new_static ("NTLMSSP\0\3\0\0\0nonsense that is long enough", 40);

  /* Nothing is said until the first request comes. */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SrAuthContext) context = NULL;
      g_autoptr (GBytes) token = ntlm_negotiate (&context);

      again (f);
      f->raw->channel.auth_type = SR_AUTH_NTLM;
      f->raw->channel.auth_level = 6;
      if (i < 2)
        {
          raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, token);
          raw_client_expect_ack (f->raw, SR_RPC_BIND_ACK);
        }
      else
        raw_client_bind_plain (f->raw);
      /* Garbage; none at all; one that nobody asked for */
      if (i != 1)
        raw_client_send_bind (f->raw, SR_RPC_AUTH3, NULL, 0, garbage);
      call (f->raw, WHOLE, 9, "");
      raw_client_expect_fault (f->raw, 9, SR_NCA_S_FAULT_ACCESS_DENIED);
      raw_client_expect_closed (f->raw);
    }
}

/* A second security context on a connection was not negotiated. */
static void
test_second_sign_in (Fixture       *f,
                     gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (SrAuthContext) context = NULL;
  g_autoptr (GBytes) token = ntlm_negotiate (&context);

  raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, TRUE, RPC_TESTING_PASSWORD);
  f->raw->channel.auth_context_id = 80;
  raw_client_send_bind (f->raw, SR_RPC_ALTER_CONTEXT, &bind, 0, token);
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_PROTO_ERROR);
  raw_client_expect_closed (f->raw);
}

/* A handshake that goes round and round ends. */
static void
test_endless_handshake (Fixture       *f,
                        gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (SrAuthContext) context = NULL;
  g_autoptr (GBytes) token = ntlm_negotiate (&context);

  f->raw->channel.auth_type = SR_AUTH_NTLM;
  f->raw->channel.auth_level = 6;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, token);
  raw_client_expect_ack (f->raw, SR_RPC_BIND_ACK);
  raw_client_send_bind (f->raw, SR_RPC_ALTER_CONTEXT, &bind, 0, token);
  raw_client_expect_fault (f->raw, 1, SR_NCA_S_FAULT_ACCESS_DENIED);
  raw_client_expect_closed (f->raw);
}

static GBytes *
append (GBytes     *bytes,
        const void *data,
        gsize       length)
{
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  g_byte_array_append (array, data, (guint) length);
  return g_byte_array_free_to_bytes (array);
}

static void
test_trailers (Fixture       *f,
               gconstpointer  data)
{
  /* call_id is 2 from here on; the second of a pair has something wrong. */
  const SrRpcTrailerFacts right = { TRUE, rpc_testing_interface.syntax, 2, 0, RPC_TESTING_ECHO };
  static const guint8 unknown[] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71, 9, 0x40, 4, 0, 1, 2, 3, 4 };
  static const guint8 must[] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71, 9, 0xc0, 4, 0, 1, 2, 3, 4 };
  struct
  {
    SrRpcTrailerFacts facts;
    gboolean with_context, with_header, header_signing, good;
  } cases[] = {
    { right, TRUE, FALSE, TRUE, TRUE },
    { right, TRUE, TRUE, TRUE, TRUE },
    { right, FALSE, TRUE, TRUE, TRUE },
    { right, TRUE, TRUE, FALSE, FALSE },   /* header signing was taken out of the bind on the way */
    { right, TRUE, TRUE, TRUE, FALSE },
    { right, TRUE, TRUE, TRUE, FALSE },
    { right, TRUE, TRUE, TRUE, FALSE },
    { right, TRUE, TRUE, TRUE, FALSE },
  };

  cases[4].facts.abstract.uuid.data1 ^= 1;
  cases[5].facts.call_id = 3;
  cases[6].facts.context_id = 1;
  cases[7].facts.opnum = RPC_TESTING_DROP;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) trailer = sr_rpc_trailer_new (&cases[i].facts, cases[i].with_context, cases[i].with_header);

      again (f);
      raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, cases[i].header_signing, RPC_TESTING_PASSWORD);
      raw_client_send_request (f->raw, 0, RPC_TESTING_ECHO, (const guint8 *) "stub", 4, trailer);
      if (cases[i].good)
        expect_echo (f->raw, 2, "stub");
      else
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) trailer = g_bytes_new_static (i == 0 ? unknown : must, sizeof unknown);

      again (f);
      raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, TRUE, RPC_TESTING_PASSWORD);
      raw_client_send_request (f->raw, 0, RPC_TESTING_ECHO, (const guint8 *) "stub", 4, trailer);
      if (i == 0)
        expect_echo (f->raw, 2, "stub");
      else
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
    }
}

/* The signature in the middle of data, or with nothing sensible behind it, is data. */
static void
test_no_trailers (Fixture       *f,
                  gconstpointer  data)
{
  static const guint8 begin[] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };
  static const guint8 tails[][12] = {
    { 0 },
    { 9, 0x40, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8 },  /* ends before the end */
    { 9, 0x40, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8 },  /* beyond the end */
    { 9, 0x40, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8 },  /* no multiple of 4 */
    { 9, 0x00, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8 },  /* no last one */
  };

  raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, TRUE, RPC_TESTING_PASSWORD);
  for (guint i = 0; i < G_N_ELEMENTS (tails); i++, f->raw->call_id++)
    {
      g_autoptr (GBytes) start = g_bytes_new_static (begin, sizeof begin);
      g_autoptr (GBytes) stub = append (start, tails[i], sizeof tails[i]);
      gsize length;
      const guint8 *bytes = g_bytes_get_data (stub, &length);

      raw_client_send_request (f->raw, 0, RPC_TESTING_ECHO, bytes, length, NULL);
      raw_client_expect_response (f->raw, f->raw->call_id, bytes, length);
    }
}

static void
test_connection_limit (Fixture       *f,
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
      again (f);
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

static void
add (const char        *test,
     const SrAuthLevel *level,
     void (*run) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/rpc/server/%s", test);

  g_test_add (path, Fixture, level, set_up, run, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("before-bind", &nothing, test_before_bind);
  add ("second-bind", &nothing, test_second_bind);
  add ("contexts", &nothing, test_contexts);
  add ("context-limit", &nothing, test_context_limit);
  add ("bad-binds", &nothing, test_bad_binds);
  add ("fragments", &nothing, test_fragments);
  add ("bad-fragments", &nothing, test_bad_fragments);
  add ("bad-pdus", &nothing, test_bad_pdus);
  add ("fragment-too-big", &nothing, test_fragment_too_big);
  add ("request-too-big", &nothing, test_request_too_big);
  add ("bad-stub", &nothing, test_bad_stub);
  add ("auth-types", &nothing, test_auth_types);
  add ("levels-privacy", &privacy, test_levels);
  add ("levels-integrity", &integrity, test_levels);
  add ("unprotected", &nothing, test_unprotected);
  add ("wrong-signature", &nothing, test_wrong_signature);
  add ("bad-auth3", &nothing, test_bad_auth3);
  add ("second-sign-in", &nothing, test_second_sign_in);
  add ("endless-handshake", &nothing, test_endless_handshake);
  add ("trailers", &privacy, test_trailers);
  add ("no-trailers", &privacy, test_no_trailers);
  add ("connection-limit", &nothing, test_connection_limit);
  g_test_add_func ("/rpc/server/stalls", test_stalls);
  g_test_add_func ("/rpc/server/loopback-only", test_loopback_only);
  return g_test_run ();
}
