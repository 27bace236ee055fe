/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "allow-plain.h"
#include "association-checks.h"
#include "base/sr-error.h"
#include "rpc-proxy.h"
#include "rpc/sr-rpc-client-private.h"

#include <string.h>

/* A peer that closes, stalls or lies, in the middle of a conversation of: bind, two replies of some fragments. */

#define REPLY_LENGTH 9000
#define PATIENCE 20

typedef struct
{
  char *users;
  SrAuthAcceptor *acceptor;
  SrRpcServer *server;
} Fixture;

/* Test data: whether the conversation is sealed, and whether headers are signed. */
typedef enum
{
  PLAIN,
  SEALED,
  SEALED_WITHOUT_HEADERS,
} Security;

static const Security securities[] = { PLAIN, SEALED, SEALED_WITHOUT_HEADERS };
static const char *const security_names[] = { "plain", "sealed", "sealed-without-headers" };

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  f->users = rpc_testing_write_users ();
  f->acceptor = sr_auth_acceptor_new (f->users, NULL, &error);
  g_assert_no_error (error);
  f->server = rpc_testing_server_new (f->acceptor, SR_AUTH_LEVEL_NONE);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  sr_rpc_server_stop (f->server);
  g_object_unref (f->server);
  sr_auth_acceptor_unref (f->acceptor);
  rpc_testing_remove_users (f->users);
}

static gboolean
bind_client (SrRpcClient *client,
             Security     security,
             gint64       deadline,
             GError     **error)
{
  sr_rpc_client_set_header_signing (client, security != SEALED_WITHOUT_HEADERS);
  return sr_rpc_client_bind (client, &rpc_testing_interface.syntax,
                             security == PLAIN ? NULL : rpc_testing_ntlm_context (RPC_TESTING_PASSWORD), deadline, NULL,
                             error);
}

static gboolean
call_client (SrRpcClient *client,
             gint64       deadline,
             GError     **error)
{
  guint8 number[4];
  g_autoptr (GBytes) request = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_write32 (number, REPLY_LENGTH);
  request = g_bytes_new (number, sizeof number);
  if (!sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_PRODUCE, NULL, request,
                                REPLY_LENGTH, &reply, &length, deadline, NULL, error))
    return FALSE;
  g_assert_cmpuint (length, ==, REPLY_LENGTH);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (reply[i], ==, rpc_testing_byte (i));
  return TRUE;
}

static gboolean
converse (SrRpcClient *client,
          Security     security,
          double       seconds,
          GError     **error)
{
  return bind_client (client, security, sr_deadline_in (seconds), error) &&
         call_client (client, sr_deadline_in (seconds), error) && call_client (client, sr_deadline_in (seconds), error);
}

static gsize
measure (Fixture  *f,
         Security  security,
         gboolean  from_server)
{
  g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
  g_autoptr (SrRpcClient) client = rpc_proxy_connect (proxy);
  g_autoptr (GError) error = NULL;

  g_assert_true (converse (client, security, PATIENCE, &error));
  g_assert_no_error (error);
  return rpc_proxy_passed (proxy, from_server);
}

/* Which bytes to end at: all of the first, then some, since every fragment is the same story. */
static gsize
next_limit (gsize       limit,
            RpcProxyEnd end)
{
  if (end == RPC_PROXY_STALL)
    return limit + (limit < 400 ? 13 : 641);
  return limit + (limit < 700 ? 1 : 97);
}

static void
end_everywhere (Fixture     *f,
                Security     security,
                gboolean     from_server,
                RpcProxyEnd  end,
                double       seconds,
                int          code)
{
  gsize total = measure (f, security, from_server);

  for (gsize limit = 0; limit < total; limit = next_limit (limit, end))
    {
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GError) error = NULL;

      rpc_proxy_set_limit (proxy, from_server, limit, end);
      client = rpc_proxy_connect (proxy);
      g_assert_false (converse (client, security, seconds, &error));
      g_assert_error (error, SR_ERROR, code);
      g_assert_false (sr_rpc_client_is_usable (client));
    }
  /* The server has lived through all of it. */
  measure (f, security, TRUE);
}

static void
test_server_closes (Fixture       *f,
                    gconstpointer  data)
{
  end_everywhere (f, *(const Security *) data, TRUE, RPC_PROXY_CLOSE, PATIENCE, SR_ERROR_CLOSED);
}

static void
test_client_closes (Fixture       *f,
                    gconstpointer  data)
{
  end_everywhere (f, *(const Security *) data, FALSE, RPC_PROXY_CLOSE, PATIENCE, SR_ERROR_CLOSED);
}

static void
test_server_stalls (Fixture       *f,
                    gconstpointer  data)
{
  Security security = *(const Security *) data;

  end_everywhere (f, security, TRUE, RPC_PROXY_STALL, 0.03, SR_ERROR_TIMED_OUT);
}

/* What a lie changes: the @nth PDU from the server of @type. */
typedef struct
{
  const char *name;
  guint8 type;
  guint nth;
  gsize offset;                         /* counted from the end when it is above 0x8000 */
  guint width;
  guint32 value;
  gboolean flip;                        /* XOR instead of set */
  int code;                             /* SrError, 0: nothing fails */
  guint seen;
} Lie;

#define FROM_END(n) (0x10000 - (n))

static gboolean
tell_lie (GByteArray *pdu,
          gboolean    from_server,
          guint       index,
          gpointer    user_data)
{
  Lie *lie = user_data;
  gsize offset = lie->offset >= 0x8000 ? pdu->len - (0x10000 - lie->offset) : lie->offset;

  if (!from_server || pdu->data[2] != lie->type || lie->seen++ != lie->nth)
    return TRUE;
  g_assert_cmpuint (offset + lie->width, <=, pdu->len);
  for (guint i = 0; i < lie->width; i++)
    {
      guint8 byte = (guint8) (lie->value >> 8 * i);

      pdu->data[offset + i] = lie->flip ? pdu->data[offset + i] ^ byte : byte;
    }
  return TRUE;
}

static void
expect_after (Fixture     *f,
              Security     security,
              RpcProxyHook hook,
              gpointer     user_data,
              int          code,
              const char  *name)
{
  g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
  g_autoptr (SrRpcClient) client = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  rpc_proxy_set_hook (proxy, hook, user_data);
  client = rpc_proxy_connect (proxy);
  done = converse (client, security, PATIENCE, &error);
  if (code == 0)
    {
      g_assert_no_error (error);
      g_assert_true (done);
      return;
    }
  if (done || !g_error_matches (error, SR_ERROR, code))
    g_error ("%s: %s, where error %d is due", name, done ? "no error" : error->message, code);
  g_assert_false (sr_rpc_client_is_usable (client));
}

#define ACK SR_RPC_BIND_ACK
#define RESPONSE SR_RPC_RESPONSE

static void
test_plain_lies (Fixture       *f,
                 gconstpointer  data)
{
  static const Lie lies[] = {
    { "version 4", ACK, 0, 0, 1, 4, FALSE, SR_ERROR_UNSUPPORTED },
    { "big endian", ACK, 0, 4, 1, 0, FALSE, SR_ERROR_UNSUPPORTED },
    { "EBCDIC", RESPONSE, 0, 4, 1, 0x11, FALSE, SR_ERROR_UNSUPPORTED },
    { "VAX floats", RESPONSE, 0, 5, 1, 1, FALSE, SR_ERROR_UNSUPPORTED },
    { "frag_length 0", ACK, 0, 8, 2, 0, FALSE, SR_ERROR_MALFORMED },
    { "frag_length 15", RESPONSE, 0, 8, 2, 15, FALSE, SR_ERROR_MALFORMED },
    { "frag_length 16", RESPONSE, 0, 8, 2, 16, FALSE, SR_ERROR_MALFORMED },
    { "frag_length 23", RESPONSE, 0, 8, 2, 23, FALSE, SR_ERROR_MALFORMED },
    { "frag_length above what was agreed", RESPONSE, 0, 8, 2, 5848, FALSE, SR_ERROR_MALFORMED },
    { "auth_length above frag_length", RESPONSE, 0, 10, 2, 0xffff, FALSE, SR_ERROR_MALFORMED },
    { "auth_length leaves no trailer", RESPONSE, 1, 10, 2, 3200, FALSE, SR_ERROR_MALFORMED },
    { "auth_length without a context", RESPONSE, 0, 10, 2, 16, FALSE, SR_ERROR_MALFORMED },
    { "auth_length in an ack", ACK, 0, 10, 2, 8, FALSE, SR_ERROR_MALFORMED },
    { "call_id of an ack", ACK, 0, 12, 4, 7, FALSE, SR_ERROR_MALFORMED },
    { "call_id", RESPONSE, 0, 12, 4, 1, FALSE, SR_ERROR_MALFORMED },
    { "call_id of a later fragment", RESPONSE, 1, 12, 4, 3, FALSE, SR_ERROR_MALFORMED },
    { "no ack", ACK, 0, 2, 1, SR_RPC_ALTER_CONTEXT_RESP, FALSE, SR_ERROR_MALFORMED },
    { "no response", RESPONSE, 0, 2, 1, SR_RPC_REQUEST, FALSE, SR_ERROR_MALFORMED },
    { "unknown type", RESPONSE, 0, 2, 1, 99, FALSE, SR_ERROR_MALFORMED },
    { "shutdown", RESPONSE, 0, 2, 1, SR_RPC_SHUTDOWN, FALSE, SR_ERROR_CLOSED },
    { "first fragment twice", RESPONSE, 1, 3, 1, SR_RPC_PFC_FIRST_FRAG, TRUE, SR_ERROR_MALFORMED },
    { "no first fragment", RESPONSE, 0, 3, 1, SR_RPC_PFC_FIRST_FRAG, TRUE, SR_ERROR_MALFORMED },
    { "context id", RESPONSE, 1, 20, 2, 1, FALSE, SR_ERROR_MALFORMED },
    { "alloc_hint too big", RESPONSE, 0, 16, 4, 0xffffffff, FALSE, 0 },
    { "alloc_hint 0", RESPONSE, 0, 16, 4, 0, FALSE, 0 },
    { "reserved byte", RESPONSE, 0, 23, 1, 0xff, FALSE, 0 },
    { "drep's reserved bytes", RESPONSE, 0, 6, 2, 0xffff, FALSE, 0 },
    { "minor version 1", RESPONSE, 0, 1, 1, 1, FALSE, 0 },
    { "tiny fragments", ACK, 0, 16, 4, 0x00100010, FALSE, SR_ERROR_MALFORMED },
    { "sec_addr too long", ACK, 0, 24, 2, 0xffff, FALSE, SR_ERROR_LIMIT },
    { "sec_addr beyond the end", ACK, 0, 24, 2, 200, FALSE, SR_ERROR_MALFORMED },
    { "no results", ACK, 0, 28, 1, 0, FALSE, SR_ERROR_MALFORMED },
    { "more results than asked for", ACK, 0, 28, 1, 3, FALSE, SR_ERROR_MALFORMED },
    { "255 results", ACK, 0, 28, 1, 255, FALSE, SR_ERROR_LIMIT },
    { "user rejection", ACK, 0, 32, 4, 1, FALSE, SR_ERROR_REFUSED },
    { "abstract syntax rejected", ACK, 0, 32, 4, 0x00010002, FALSE, SR_ERROR_REFUSED },
    { "NDR20 rejected", ACK, 0, 32, 4, 0x00020002, FALSE, SR_ERROR_UNSUPPORTED },
    { "negotiate_ack for an interface", ACK, 0, 32, 4, 3, FALSE, SR_ERROR_REFUSED },
    { "NDR64 accepted", ACK, 0, 36, 4, 0x71710533, FALSE, SR_ERROR_UNSUPPORTED },
    { "another NDR accepted", ACK, 0, 52, 4, 3, FALSE, SR_ERROR_UNSUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      Lie lie = lies[i];

      expect_after (f, PLAIN, tell_lie, &lie, lie.code, lie.name);
      g_assert_cmpuint (lie.seen, >, lie.nth);
    }
}

/* The same must not get through when sealed, whatever else it leads to. */
static void
test_sealed_lies (Fixture       *f,
                  gconstpointer  data)
{
  static const Lie lies[] = {
    { "call_id", RESPONSE, 0, 12, 4, 1, FALSE, SR_ERROR_MALFORMED },
    { "no protection", RESPONSE, 0, 10, 2, 0, FALSE, SR_ERROR_WEAK },
    { "no protection, later", RESPONSE, 1, 10, 2, 0, FALSE, SR_ERROR_WEAK },
    { "level connect", RESPONSE, 0, FROM_END (23), 1, 2, FALSE, SR_ERROR_WEAK },
    { "level integrity", RESPONSE, 1, FROM_END (23), 1, 5, FALSE, SR_ERROR_WEAK },
    { "another type", RESPONSE, 0, FROM_END (24), 1, 16, FALSE, SR_ERROR_MALFORMED },
    { "another context", RESPONSE, 0, FROM_END (20), 4, 99, FALSE, SR_ERROR_MALFORMED },
    { "padding beyond the body", RESPONSE, 1, FROM_END (22), 1, 255, FALSE, SR_ERROR_AUTH },
    { "signature shorter", RESPONSE, 0, 10, 2, 8, FALSE, SR_ERROR_WEAK },
    { "body", RESPONSE, 0, 1000, 1, 0x80, TRUE, SR_ERROR_AUTH },
    { "body of a later fragment", RESPONSE, 1, 1000, 1, 1, TRUE, SR_ERROR_AUTH },
    { "signature", RESPONSE, 0, FROM_END (12), 1, 1, TRUE, SR_ERROR_AUTH },
    { "sequence number", RESPONSE, 0, FROM_END (4), 1, 1, TRUE, SR_ERROR_AUTH },
    { "signature's version", RESPONSE, 0, FROM_END (16), 1, 2, TRUE, SR_ERROR_AUTH },
    { "alloc_hint", RESPONSE, 0, 16, 4, 0xffffffff, FALSE, SR_ERROR_AUTH },
    { "token's level", ACK, 0, FROM_END (0), 0, 0, FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      Lie lie = lies[i];

      expect_after (f, *(const Security *) data, tell_lie, &lie, lie.code, lie.name);
      g_assert_cmpuint (lie.seen, >, lie.nth);
    }
}

/* One bit anywhere in a sealed PDU: nothing of it is ever taken for data. */
typedef struct
{
  gsize offset;
  gsize length;
} Flip;

static gboolean
flip_bit (GByteArray *pdu,
          gboolean    from_server,
          guint       index,
          gpointer    user_data)
{
  Flip *flip = user_data;

  if (from_server && pdu->data[2] == SR_RPC_RESPONSE)
    {
      flip->length = pdu->len;
      pdu->data[flip->offset] ^= (guint8) (1u << flip->offset % 8);
    }
  return TRUE;
}

static void
test_every_byte (Fixture       *f,
                 gconstpointer  data)
{
  Flip flip = { 0, 1 };

  for (flip.offset = 0; flip.offset < flip.length; flip.offset++)
    {
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GBytes) request = g_bytes_new_static ("some bytes", 10);
      g_autoptr (GError) error = NULL;
      const guint8 *reply;
      gsize length;

      rpc_proxy_set_hook (proxy, flip_bit, &flip);
      client = rpc_proxy_connect (proxy);
      g_assert_true (bind_client (client, SEALED, sr_deadline_in (PATIENCE), &error));
      /* A longer frag_length makes it wait for more. */
      g_assert_false (sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, request,
                                               100, &reply, &length, sr_deadline_in (0.2), NULL, &error));
      g_assert_false (sr_rpc_client_is_usable (client));
      g_assert_true (error->domain == SR_ERROR);
    }
  g_assert_cmpuint (flip.length, >, 60);
}

/* A fragment comes twice, or two change places. */
typedef struct
{
  GByteArray *kept;
  gboolean swap;
} Replay;

static gboolean
replay (GByteArray *pdu,
        gboolean    from_server,
        guint       index,
        gpointer    user_data)
{
  Replay *state = user_data;

  if (!from_server || pdu->data[2] != SR_RPC_RESPONSE)
    return TRUE;
  if (state->kept == NULL)
    {
      state->kept = g_byte_array_new ();
      g_byte_array_append (state->kept, pdu->data, pdu->len);
      if (state->swap)
        g_byte_array_set_size (pdu, 0);
      return TRUE;
    }
  if (state->kept->len > 0)
    {
      if (state->swap)
        g_byte_array_append (pdu, state->kept->data, state->kept->len);
      else
        g_byte_array_prepend (pdu, state->kept->data, state->kept->len);
      g_byte_array_set_size (state->kept, 0);
    }
  return TRUE;
}

static void
test_replay (Fixture       *f,
             gconstpointer  data)
{
  for (guint i = 0; i < 2; i++)
    {
      Replay state = { NULL, i == 1 };

      /* The flags or the call tell already, before the signature would. */
      expect_after (f, *(const Security *) data, replay, &state, SR_ERROR_MALFORMED, "replay");
      g_clear_pointer (&state.kept, g_byte_array_unref);
    }
}

/* A replayed fragment whose header was made to fit. */
static gboolean
replay_fitting (GByteArray *pdu,
                gboolean    from_server,
                guint       index,
                gpointer    user_data)
{
  GByteArray **kept = user_data;

  if (!from_server || pdu->data[2] != SR_RPC_RESPONSE)
    return TRUE;
  if (*kept == NULL)
    {
      *kept = g_byte_array_new ();
      g_byte_array_append (*kept, pdu->data, pdu->len);
      return TRUE;
    }
  g_byte_array_set_size (pdu, 0);
  g_byte_array_append (pdu, (*kept)->data, (*kept)->len);
  pdu->data[3] &= (guint8) ~SR_RPC_PFC_FIRST_FRAG;
  return TRUE;
}

static void
test_replay_fitting (Fixture       *f,
                     gconstpointer  data)
{
  GByteArray *kept = NULL;

  expect_after (f, *(const Security *) data, replay_fitting, &kept, SR_ERROR_AUTH, "fitting replay");
  g_byte_array_unref (kept);
}

/* What comes instead of the server's first answer, or of its first response. */
typedef struct
{
  const char *name;
  guint8 type;
  const char *hex;
  GQuark (*domain) (void);
  int code;
} Substitute;

static gboolean
substitute (GByteArray *pdu,
            gboolean    from_server,
            guint       index,
            gpointer    user_data)
{
  const Substitute *s = user_data;
  guint32 call_id;

  if (!from_server || pdu->data[2] != s->type)
    return TRUE;
  call_id = sr_rpc_read32 (pdu->data + 12);
  g_byte_array_set_size (pdu, 0);
  for (const char *at = s->hex; *at != '\0'; at++)
    {
      guint8 byte;

      if (*at == ' ')
        continue;
      byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
      g_byte_array_append (pdu, &byte, 1);
      at++;
    }
  if (pdu->len >= 16)
    sr_rpc_write32 (pdu->data + 12, call_id);
  return TRUE;
}

#define NAK(reason) "05000d03 10000000 1500 0000 00000000" reason "00 01 05 00"
#define FAULT_PDU(length, status) "05000303 10000000 " length " 0000 00000000 00000000 0000 00 00 " status

static void
test_substitutes (Fixture       *f,
                  gconstpointer  data)
{
  static const Substitute substitutes[] = {
    { "bind_nak 0", ACK, NAK ("00"), sr_error_quark, SR_ERROR_REFUSED },
    { "bind_nak 1", ACK, NAK ("01"), sr_error_quark, SR_ERROR_REFUSED },
    { "bind_nak 2", ACK, NAK ("02"), sr_error_quark, SR_ERROR_REFUSED },
    { "bind_nak 4", ACK, NAK ("04"), sr_error_quark, SR_ERROR_REFUSED },
    { "bind_nak 8", ACK, NAK ("08"), sr_error_quark, SR_ERROR_REFUSED },
    { "bind_nak 9", ACK, NAK ("09"), sr_error_quark, SR_ERROR_AUTH },
    { "short bind_nak", ACK, "05000d03 10000000 1100 0000 00000000 00", sr_error_quark, SR_ERROR_MALFORMED },
    { "fault for a bind", ACK, FAULT_PDU ("2000", "05000000 00000000"), sr_rpc_fault_quark, 5 },
    { "HTTP", ACK, "48545450 2f312e31 20343030 20426164 0d0a0d0a", sr_error_quark, SR_ERROR_UNSUPPORTED },
    { "fault without protection", RESPONSE, FAULT_PDU ("2000", "1200001c 00000000"), sr_rpc_fault_quark,
      SR_NCA_S_FAULT_UNSPEC },
    { "short fault", RESPONSE, FAULT_PDU ("1c00", "05000000"), sr_rpc_fault_quark, 5 },
    { "too short fault", RESPONSE, "05000303 10000000 1800 0000 00000000 00000000 00000000", sr_error_quark,
      SR_ERROR_MALFORMED },
    { "fault 0", RESPONSE, FAULT_PDU ("2000", "00000000 00000000"), sr_error_quark, SR_ERROR_MALFORMED },
    { "shutdown", RESPONSE, "05001103 10000000 1000 0000 00000000", sr_error_quark, SR_ERROR_CLOSED },
    { "bind_ack late", RESPONSE, "05000c03 10000000 1000 0000 00000000", sr_error_quark, SR_ERROR_MALFORMED },
  };
  static const Substitute forged = {
    "fault with a forged verifier", RESPONSE,
    "05000303 10000000 3800 1000 00000000 00000000 0000 00 00 05000000 00000000 0a060000 01000000"
    "01000000 00112233 44556677 00000000", sr_error_quark, SR_ERROR_AUTH
  };
  Security security = *(const Security *) data;

  for (guint i = 0; i <= G_N_ELEMENTS (substitutes); i++)
    {
      const Substitute *s = i < G_N_ELEMENTS (substitutes) ? &substitutes[i] : &forged;
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GError) error = NULL;
      gboolean fault = s->domain == sr_rpc_fault_quark && s->type == RESPONSE;

      if (s == &forged && security == PLAIN)
        continue;
      rpc_proxy_set_hook (proxy, substitute, (gpointer) s);
      client = rpc_proxy_connect (proxy);
      g_assert_false (converse (client, security, PATIENCE, &error));
      if (!g_error_matches (error, s->domain (), s->code))
        g_error ("%s: %s", s->name, error->message);
      /* A fault ends a call, everything else the connection. */
      g_assert_cmpint (sr_rpc_client_is_usable (client), ==, fault);
    }
}

/* A fault PDU may say that nothing was executed. */
static void
test_did_not_execute (Fixture       *f,
                      gconstpointer  data)
{
  static const Substitute said = { "said", RESPONSE, "05000323 10000000 2000 0000 00000000 00000000 00000000 12345678 00000000",
                                   sr_rpc_fault_quark, 0x78563412 };
  static const Substitute unsaid = { "unsaid", RESPONSE, "05000303 10000000 2000 0000 00000000 00000000 00000000 12345678 00000000",
                                     sr_rpc_fault_quark, 0x78563412 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GError) error = NULL;

      rpc_proxy_set_hook (proxy, substitute, (gpointer) (i == 0 ? &said : &unsaid));
      client = rpc_proxy_connect (proxy);
      g_assert_false (converse (client, PLAIN, PATIENCE, &error));
      g_assert_error (error, SR_RPC_FAULT, 0x78563412);
      g_assert_cmpint (sr_rpc_client_may_have_executed (client), ==, i == 1);
    }
}

/* A CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) that was tampered with: NegotiateFlags at 20, ServerChallenge at 24. */
static gboolean
change_challenge (GByteArray *pdu,
                  gboolean    from_server,
                  guint       index,
                  gpointer    user_data)
{
  const Flip *flip = user_data;
  guint8 *message;

  if (!from_server || pdu->data[2] != ACK)
    return TRUE;
  message = memmem (pdu->data, pdu->len, "NTLMSSP", 8);
  g_assert_nonnull (message);
  message[flip->offset / 8] ^= (guint8) (1u << flip->offset % 8);
  return TRUE;
}

static void
test_weak_flags (Fixture       *f,
                 gconstpointer  data)
{
  /* SIGN, SEAL, extended session security, 128 bit, key exchange */
  static const guint bits[] = { 4, 5, 19, 29, 30 };

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      Flip flip = { 20 * 8 + bits[i], 0 };
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GError) error = NULL;

      rpc_proxy_set_hook (proxy, change_challenge, &flip);
      client = rpc_proxy_connect (proxy);
      g_assert_false (bind_client (client, SEALED, sr_deadline_in (PATIENCE), &error));
      /* gss-ntlmssp may notice first. */
      if (!g_error_matches (error, SR_ERROR, SR_ERROR_AUTH))
        g_assert_error (error, SR_ERROR, SR_ERROR_WEAK);
      g_test_message ("%s", error->message);
    }
}

static void
test_other_challenge (Fixture       *f,
                      gconstpointer  data)
{
  for (guint i = 0; i < 64; i += 9)
    {
      Flip flip = { 24 * 8 + i, 0 };
      g_autoptr (RpcProxy) proxy = rpc_proxy_new (f->server);
      g_autoptr (SrRpcClient) client = NULL;
      g_autoptr (GError) error = NULL;

      rpc_proxy_set_hook (proxy, change_challenge, &flip);
      client = rpc_proxy_connect (proxy);
      g_assert_false (converse (client, SEALED, PATIENCE, &error));
      g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED);
    }
}

static void
add (const char *test,
     guint       from,
     guint       to,
     void (*run) (Fixture *, gconstpointer))
{
  for (guint i = from; i <= to; i++)
    {
      g_autofree char *path = g_strdup_printf ("/rpc/lies/%s/%s", security_names[i], test);

      g_test_add (path, Fixture, &securities[i], set_up, run, tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  rpc_testing_allow_plain (TRUE);
  add ("server-closes", PLAIN, SEALED, test_server_closes);
  add ("client-closes", PLAIN, SEALED, test_client_closes);
  add ("server-stalls", PLAIN, SEALED, test_server_stalls);
  add ("lies", PLAIN, PLAIN, test_plain_lies);
  add ("lies", SEALED, SEALED_WITHOUT_HEADERS, test_sealed_lies);
  add ("every-byte", SEALED, SEALED, test_every_byte);
  add ("replay", PLAIN, SEALED_WITHOUT_HEADERS, test_replay);
  add ("replay-fitting", SEALED, SEALED_WITHOUT_HEADERS, test_replay_fitting);
  add ("substitutes", PLAIN, SEALED, test_substitutes);
  add ("did-not-execute", PLAIN, PLAIN, test_did_not_execute);
  add ("weak-flags", SEALED, SEALED, test_weak_flags);
  add ("other-challenge", SEALED, SEALED, test_other_challenge);
  return g_test_run ();
}
