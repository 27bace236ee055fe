/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "raw-client.h"
#include "rpc/sr-rpc-trailer-private.h"

#include <string.h>

/* What our server makes of clients that sign in, protect their requests, or do not. */

static const SrAuthLevel nothing = SR_AUTH_LEVEL_NONE, integrity = SR_AUTH_LEVEL_INTEGRITY,
                         privacy = SR_AUTH_LEVEL_PRIVACY;

static GBytes *
ntlm_negotiate (SrAuthContext **context)
{
  GBytes *token = NULL;

  *context = rpc_testing_ntlm_context (RPC_TESTING_PASSWORD);
  g_assert_true (sr_auth_context_step (*context, NULL, &token, NULL));
  return token;
}

static void
try_auth (RawFixture *f,
          guint8   type,
          guint8   level,
          int      reason)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (SrAuthContext) context = NULL;
  g_autoptr (GBytes) token = ntlm_negotiate (&context);

  raw_fixture_again (f);
  f->raw->channel.auth_type = type;
  f->raw->channel.auth_level = level;
  raw_client_send_bind (f->raw, SR_RPC_BIND, &bind, 0, token);
  if (reason >= 0)
    raw_client_expect_nak (f->raw, (guint16) reason);
  else
    raw_client_expect_ack (f->raw, SR_RPC_BIND_ACK);
}

static void
test_auth_types (RawFixture    *f,
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

  raw_fixture_again (f);
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
test_levels (RawFixture    *f,
             gconstpointer  data)
{
  SrAuthLevel wanted = *(const SrAuthLevel *) data;

  for (guint signing = 0; signing < 2; signing++)
    for (SrAuthLevel level = SR_AUTH_LEVEL_CONNECT; level <= SR_AUTH_LEVEL_PRIVACY; level++)
      {
        raw_fixture_again (f);
        raw_client_bind_ntlm (f->raw, level, signing, RPC_TESTING_PASSWORD);
        for (guint i = 0; i < 2; i++, f->raw->call_id++)
          {
            sealed_echo (f->raw, 0, "what I say");
            if (level >= wanted)
              raw_client_expect_echo (f->raw, f->raw->call_id, "what I say");
            else
              raw_client_expect_fault (f->raw, f->raw->call_id, SR_NCA_S_FAULT_ACCESS_DENIED);
          }
      }
  /* Without any */
  raw_fixture_again (f);
  raw_client_bind_plain (f->raw);
  raw_client_send_echo (f->raw, RAW_WHOLE, 2, "");
  raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
}

/* Once protection is agreed nothing is taken without it. */
static void
test_unprotected (RawFixture    *f,
                  gconstpointer  data)
{
  for (SrAuthLevel level = SR_AUTH_LEVEL_INTEGRITY; level <= SR_AUTH_LEVEL_PRIVACY; level++)
    {
      raw_fixture_again (f);
      raw_client_bind_ntlm (f->raw, level, TRUE, RPC_TESTING_PASSWORD);
      raw_client_send_echo (f->raw, RAW_WHOLE, 2, "");
      raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
      raw_client_expect_closed (f->raw);
    }
}

static void
test_wrong_signature (RawFixture    *f,
                      gconstpointer  data)
{
  /* Each changes one thing of a good request: its own number, level, context, type, a byte of the body. */
  for (SrAuthLevel level = SR_AUTH_LEVEL_INTEGRITY; level <= SR_AUTH_LEVEL_PRIVACY; level++)
    for (guint i = 0; i < 6; i++)
      {
        guint32 expected = SR_NCA_S_FAULT_SEC_PKG_ERROR;
        g_autoptr (GError) error = NULL;
        guint8 pdu[24 + 16 + 8 + 16] = { 0 }, *trailer = pdu + 40;
        SrRpcHeader header = { SR_RPC_REQUEST, RAW_WHOLE, sizeof pdu, 16, 2 };
        SrRpcSecTrailer facts = { SR_AUTH_NTLM, (guint8) level, 16, 79, 0, 16 };
        const SrAuthParts parts = sr_auth_parts (pdu, 24, 16, 16);
        gsize sent;

        raw_fixture_again (f);
        raw_client_bind_ntlm (f->raw, level, TRUE, RPC_TESTING_PASSWORD);
        sr_rpc_header_write (pdu, &header);
        sr_rpc_sec_trailer_write (trailer, &facts);
        (level == SR_AUTH_LEVEL_PRIVACY ? sr_auth_context_seal : sr_auth_context_sign) (f->raw->channel.auth, TRUE, &parts, &error);
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
test_bad_auth3 (RawFixture    *f,
                gconstpointer  data)
{
  SrRpcBind bind = raw_client_make_bind ();
  g_autoptr (GBytes) garbage = g_bytes_new_static ("NTLMSSP\0\3\0\0\0nonsense that is long enough", 40);

  /* Nothing is said until the first request comes. */
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SrAuthContext) context = NULL;
      g_autoptr (GBytes) token = ntlm_negotiate (&context);

      raw_fixture_again (f);
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
      raw_client_send_echo (f->raw, RAW_WHOLE, 9, "");
      raw_client_expect_fault (f->raw, 9, SR_NCA_S_FAULT_ACCESS_DENIED);
      raw_client_expect_closed (f->raw);
    }
}

/* A second security context on a connection was not negotiated. */
static void
test_second_sign_in (RawFixture    *f,
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
test_endless_handshake (RawFixture    *f,
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
test_trailers (RawFixture    *f,
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

      raw_fixture_again (f);
      raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, cases[i].header_signing, RPC_TESTING_PASSWORD);
      raw_client_send_request (f->raw, 0, RPC_TESTING_ECHO, (const guint8 *) "stub", 4, trailer);
      if (cases[i].good)
        raw_client_expect_echo (f->raw, 2, "stub");
      else
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) trailer = g_bytes_new_static (i == 0 ? unknown : must, sizeof unknown);

      raw_fixture_again (f);
      raw_client_bind_ntlm (f->raw, SR_AUTH_LEVEL_PRIVACY, TRUE, RPC_TESTING_PASSWORD);
      raw_client_send_request (f->raw, 0, RPC_TESTING_ECHO, (const guint8 *) "stub", 4, trailer);
      if (i == 0)
        raw_client_expect_echo (f->raw, 2, "stub");
      else
        raw_client_expect_fault (f->raw, 2, SR_NCA_S_FAULT_ACCESS_DENIED);
    }
}

/* The signature in the middle of data, or with nothing sensible behind it, is data. */
static void
test_no_trailers (RawFixture    *f,
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  raw_fixture_add ("auth-types", &nothing, test_auth_types);
  raw_fixture_add ("levels-privacy", &privacy, test_levels);
  raw_fixture_add ("levels-integrity", &integrity, test_levels);
  raw_fixture_add ("unprotected", &nothing, test_unprotected);
  raw_fixture_add ("wrong-signature", &nothing, test_wrong_signature);
  raw_fixture_add ("bad-auth3", &nothing, test_bad_auth3);
  raw_fixture_add ("second-sign-in", &nothing, test_second_sign_in);
  raw_fixture_add ("endless-handshake", &nothing, test_endless_handshake);
  raw_fixture_add ("trailers", &privacy, test_trailers);
  raw_fixture_add ("no-trailers", &privacy, test_no_trailers);
  return g_test_run ();
}
