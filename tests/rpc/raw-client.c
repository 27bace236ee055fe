/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "raw-client.h"

#include "base/sr-error.h"

#include <string.h>

static SrRpcPatience
patience (void)
{
  return (SrRpcPatience) { sr_deadline_in (20), NULL };
}

RawClient *
raw_client_new (SrRpcServer *server)
{
  RawClient *raw = g_new0 (RawClient, 1);
  g_autoptr (GSocketConnection) here = NULL;
  g_autoptr (GSocketConnection) there = NULL;

  rpc_testing_socket_pair (&here, &there);
  sr_rpc_server_serve_stream (server, G_IO_STREAM (there));
  sr_rpc_channel_init (&raw->channel, G_IO_STREAM (here), "raw");
  raw->call_id = 1;
  return raw;
}

void
raw_client_free (RawClient *raw)
{
  sr_rpc_channel_clear (&raw->channel);
  g_free (raw);
}

void
raw_client_send_bind (RawClient       *raw,
                      SrRpcPduType     type,
                      const SrRpcBind *bind,
                      guint8           flags,
                      GBytes          *token)
{
  SrRpcHeader header = { (guint8) type, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG | flags, 0, 0, raw->call_id };
  SrRpcPatience p = patience ();
  g_autoptr (GError) error = NULL;
  GBytes *pdu;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "bind");
  if (bind != NULL)
    sr_rpc_code_bind (&ndr, (SrRpcBind *) bind);
  else
    sr_ndr_fixed_bytes (&ndr, "auth3", (guint8[20]) { 0 }, 20);
  pdu = sr_ndr_finish_bytes (&ndr, &error);
  g_assert_no_error (error);
  sr_rpc_channel_send_association (&raw->channel, pdu, &header, token, &p, &error);
  g_assert_no_error (error);
}

static void
send_bytes (RawClient    *raw,
            const guint8 *data,
            gsize         length)
{
  SrRpcPatience p = patience ();
  gsize sent;

  sr_rpc_wire_write (raw->channel.wire, data, length, &sent, p.deadline, NULL, NULL);
}

void
raw_client_send_hex (RawClient  *raw,
                     const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *at = hex; *at != '\0'; at++)
    {
      guint8 byte;

      if (*at == ' ')
        continue;
      byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
      g_byte_array_append (bytes, &byte, 1);
      at++;
    }
  send_bytes (raw, bytes->data, bytes->len);
}

void
raw_client_send_call (RawClient    *raw,
                      guint8        type,
                      guint8        flags,
                      guint32       call_id,
                      guint16       context_id,
                      guint16       opnum,
                      const guint8 *stub,
                      gsize         length)
{
  SrRpcHeader header = { type, flags, (guint16) (SR_RPC_CALL_HEADER_SIZE + length), 0, call_id };
  g_autofree guint8 *pdu = g_malloc0 (SR_RPC_CALL_HEADER_SIZE + length);

  sr_rpc_header_write (pdu, &header);
  sr_rpc_write16 (pdu + 20, context_id);
  sr_rpc_write16 (pdu + 22, opnum);
  if (length > 0)
    memcpy (pdu + SR_RPC_CALL_HEADER_SIZE, stub, length);
  send_bytes (raw, pdu, SR_RPC_CALL_HEADER_SIZE + length);
}

gboolean
raw_client_read (RawClient *raw)
{
  SrRpcPatience p = patience ();
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!sr_rpc_wire_read_pdu (raw->channel.wire, &raw->pdu, &length, p.deadline, NULL, &error))
    {
      g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
      return FALSE;
    }
  g_assert_true (sr_rpc_header_read (raw->pdu, &raw->header, NULL));
  return TRUE;
}

void
raw_client_expect_ack (RawClient   *raw,
                       SrRpcPduType type)
{
  g_autoptr (GBytes) token = NULL;
  g_autoptr (GError) error = NULL;
  SrRpcSecTrailer trailer;
  gsize end, consumed;
  SrNdr ndr;

  g_assert_true (raw_client_read (raw));
  g_assert_cmpuint (raw->header.type, ==, type);
  g_assert_cmpuint (raw->header.call_id, ==, raw->call_id);
  g_assert_true (sr_rpc_channel_read_token (raw->pdu, &raw->header, SR_RPC_HEADER_SIZE, &token, &trailer, &end, NULL));
  memset (&raw->ack, 0, sizeof raw->ack);
  sr_ndr_init_reader (&ndr, "ack", raw->pdu, end);
  sr_rpc_code_bind_ack (&ndr, &raw->ack);
  g_assert_true (sr_ndr_finish_prefix (&ndr, &consumed, &error));
  g_assert_no_error (error);
}

void
raw_client_expect_nak (RawClient *raw,
                       guint16    reason)
{
  g_assert_true (raw_client_read (raw));
  g_assert_cmpuint (raw->header.type, ==, SR_RPC_BIND_NAK);
  g_assert_cmpuint (raw->header.frag_length, ==, 21);
  g_assert_cmpuint (sr_rpc_read16 (raw->pdu + 16), ==, reason);
  /* One version: 5.0 */
  g_assert_cmpmem (raw->pdu + 18, 3, "\1\5\0", 3);
  raw_client_expect_closed (raw);
}

void
raw_client_expect_fault (RawClient *raw,
                         guint32    call_id,
                         guint32    status)
{
  g_assert_true (raw_client_read (raw));
  g_assert_cmpuint (raw->header.type, ==, SR_RPC_FAULT_PDU);
  g_assert_cmpuint (raw->header.frag_length, ==, 32);
  g_assert_cmpuint (raw->header.auth_length, ==, 0);
  g_assert_cmpuint (raw->header.call_id, ==, call_id);
  g_assert_cmphex (sr_rpc_read32 (raw->pdu + 24), ==, status);
}

void
raw_client_expect_closed (RawClient *raw)
{
  g_assert_false (raw_client_read (raw));
}

void
raw_client_expect_response (RawClient    *raw,
                            guint32       call_id,
                            const guint8 *stub,
                            gsize         length)
{
  g_autoptr (GError) error = NULL;
  const guint8 *plain;
  gsize n;

  g_assert_true (raw_client_read (raw));
  g_assert_cmpuint (raw->header.type, ==, SR_RPC_RESPONSE);
  g_assert_cmpuint (raw->header.flags, ==, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG);
  g_assert_cmpuint (raw->header.call_id, ==, call_id);
  sr_rpc_channel_open (&raw->channel, raw->pdu, &raw->header, SR_RPC_CALL_HEADER_SIZE, &plain, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain, n, stub, length);
}

SrRpcBind
raw_client_make_bind (void)
{
  SrRpcBind bind = { .max_send = 5840, .max_receive = 5840, .n_contexts = 1 };

  bind.contexts[0] = (SrRpcBindContext) { .abstract = rpc_testing_interface.syntax, .n_transfers = 1 };
  bind.contexts[0].transfers[0] = sr_rpc_syntax_ndr20;
  return bind;
}

void
raw_client_bind_plain (RawClient *raw)
{
  SrRpcBind bind = raw_client_make_bind ();

  raw_client_send_bind (raw, SR_RPC_BIND, &bind, 0, NULL);
  raw_client_expect_ack (raw, SR_RPC_BIND_ACK);
  g_assert_cmpuint (raw->ack.results[0].result, ==, SR_RPC_ACCEPTANCE);
  raw->call_id++;
}

void
raw_client_bind_ntlm (RawClient  *raw,
                      SrAuthLevel level,
                      gboolean    header_signing,
                      const char *password)
{
  SrRpcBind bind = raw_client_make_bind ();
  guint8 flags = header_signing ? SR_RPC_PFC_SUPPORT_HEADER_SIGN : 0;
  g_autoptr (GBytes) negotiate = NULL;
  g_autoptr (GBytes) challenge = NULL;
  g_autoptr (GBytes) authenticate = NULL;
  g_autoptr (GError) error = NULL;
  SrRpcSecTrailer trailer;
  gsize end;

  raw->channel.auth = rpc_testing_ntlm_context (password);
  raw->channel.auth_type = SR_AUTH_NTLM;
  raw->channel.auth_level = level;
  raw->channel.auth_context_id = 79;
  g_assert_true (sr_auth_context_step (raw->channel.auth, NULL, &negotiate, &error));
  raw_client_send_bind (raw, SR_RPC_BIND, &bind, flags, negotiate);
  raw_client_expect_ack (raw, SR_RPC_BIND_ACK);
  g_assert_cmpuint (raw->header.flags & SR_RPC_PFC_SUPPORT_HEADER_SIGN, ==, flags);
  g_assert_true (sr_rpc_channel_read_token (raw->pdu, &raw->header, SR_RPC_HEADER_SIZE, &challenge, &trailer, &end,
                                            NULL));
  g_assert_nonnull (challenge);
  g_assert_cmpuint (trailer.context_id, ==, 79);
  g_assert_true (sr_auth_context_step (raw->channel.auth, challenge, &authenticate, &error));
  g_assert_no_error (error);
  raw_client_send_bind (raw, SR_RPC_AUTH3, NULL, 0, authenticate);
  raw->channel.sign_header = header_signing;
  raw->channel.secured = TRUE;
  raw->call_id++;
}

void
raw_client_send_request (RawClient    *raw,
                         guint16       context_id,
                         guint16       opnum,
                         const guint8 *stub,
                         gsize         length,
                         GBytes       *trailer)
{
  SrRpcCallHead head = { SR_RPC_REQUEST, raw->call_id, context_id, opnum, NULL };
  SrRpcPatience p = patience ();
  g_autoptr (GError) error = NULL;
  gboolean sent;

  sr_rpc_channel_send_stub (&raw->channel, &head, stub, length, trailer, &sent, &p, &error);
  g_assert_no_error (error);
}

void
raw_client_send_echo (RawClient  *raw,
                      guint8      flags,
                      guint32     call_id,
                      const char *text)
{
  raw_client_send_call (raw, SR_RPC_REQUEST, flags, call_id, 0, RPC_TESTING_ECHO, (const guint8 *) text, strlen (text));
}

void
raw_client_expect_echo (RawClient  *raw,
                        guint32     call_id,
                        const char *text)
{
  raw_client_expect_response (raw, call_id, (const guint8 *) text, strlen (text));
}

void
raw_fixture_set_up (RawFixture   *f,
                    gconstpointer level)
{
  f->users = rpc_testing_write_users ();
  f->acceptor = sr_auth_acceptor_new (f->users, NULL, NULL);
  f->server = rpc_testing_server_new (f->acceptor, *(const SrAuthLevel *) level);
  f->raw = raw_client_new (f->server);
}

void
raw_fixture_tear_down (RawFixture   *f,
                       gconstpointer level)
{
  raw_client_free (f->raw);
  sr_rpc_server_stop (f->server);
  g_object_unref (f->server);
  sr_auth_acceptor_unref (f->acceptor);
  rpc_testing_remove_users (f->users);
}

void
raw_fixture_again (RawFixture *f)
{
  raw_client_free (f->raw);
  f->raw = raw_client_new (f->server);
}

void
raw_fixture_add (const char        *name,
                 const SrAuthLevel *level,
                 void (*run) (RawFixture *f, gconstpointer level))
{
  g_autofree char *path = g_strdup_printf ("/rpc/server/%s", name);

  g_test_add (path, RawFixture, level, raw_fixture_set_up, run, raw_fixture_tear_down);
}
