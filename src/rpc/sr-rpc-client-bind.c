/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-client-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Any number will do (MS-RPCE 3.3.1.5.2.1: unique on its connection). */
#define AUTH_CONTEXT_ID 1

static const char *
nak_words (guint16 reason)
{
  switch (reason)
    {
    case SR_RPC_NAK_TEMPORARY_CONGESTION:
    case SR_RPC_NAK_LOCAL_LIMIT:
      return _ ("the server is out of resources");
    case SR_RPC_NAK_PROTOCOL_VERSION:
      return _ ("protocol error");
    case SR_RPC_NAK_AUTH_TYPE:
      return _ ("the authentication type is not known to the server");
    case SR_RPC_NAK_INVALID_CHECKSUM:
      return _ ("signing in failed");
    default:
      return _ ("no reason given");
    }
}

static void
set_nak (SrRpcClient       *client,
         const guint8      *pdu,
         const SrRpcHeader *header,
         GError           **error)
{
  guint16 reason;

  if (header->frag_length < SR_RPC_HEADER_SIZE + 2)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A bind_nak of only %u bytes"), header->frag_length);
      return;
    }
  reason = sr_rpc_read16 (pdu + SR_RPC_HEADER_SIZE);
  g_set_error (error, SR_ERROR, reason == SR_RPC_NAK_INVALID_CHECKSUM ? SR_ERROR_AUTH : SR_ERROR_REFUSED,
               _ ("%s refused the connection: %s (bind_nak %u)"), sr_rpc_client_get_peer (client), nak_words (reason),
               reason);
}

/* The interface with NDR20, then the element that negotiates features (MS-RPCE 3.3.1.5.3). */
static void
fill_bind (SrRpcClient       *client,
           SrRpcBind         *bind,
           const SrRpcSyntax *iface,
           guint16            context_id)
{
  memset (bind, 0, sizeof *bind);
  bind->max_send = client->bound ? client->channel.max_send : client->max_fragment;
  bind->max_receive = client->bound ? client->channel.max_receive : client->max_fragment;
  bind->group_id = client->group_id;
  bind->n_contexts = 1;
  bind->contexts[0] = (SrRpcBindContext) { .id = context_id, .abstract = *iface, .n_transfers = 1 };
  bind->contexts[0].transfers[0] = sr_rpc_syntax_ndr20;
  if (client->bound)
    return;
  bind->n_contexts = 2;
  bind->contexts[1] = (SrRpcBindContext) { .id = (guint16) (context_id + 1), .abstract = *iface, .n_transfers = 1 };
  /* None of the features is ours to use: one security context, and no connection outlives a call given up. */
  sr_rpc_syntax_make_features (&bind->contexts[1].transfers[0], 0);
}

static gboolean
check_result (SrRpcClient           *client,
              const SrRpcSyntax     *iface,
              const SrRpcBindResult *result,
              GError               **error)
{
  g_autofree char *name = sr_rpc_syntax_to_string (iface);

  if (result->result == SR_RPC_ACCEPTANCE && sr_rpc_syntax_equal (&result->transfer, &sr_rpc_syntax_ndr20))
    return TRUE;
  if (result->result == SR_RPC_ACCEPTANCE)
    {
      g_autofree char *transfer = sr_rpc_syntax_to_string (&result->transfer);

      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   sr_rpc_syntax_equal (&result->transfer, &sr_rpc_syntax_ndr64)
                     ? _ ("%s accepted interface %s with NDR64 (%s), which was not offered")
                     : _ ("%s accepted interface %s with transfer syntax %s, which was not offered"),
                   sr_rpc_client_get_peer (client), name, transfer);
    }
  else if (result->result == SR_RPC_PROVIDER_REJECTION && result->reason == SR_RPC_REASON_TRANSFER_SYNTAXES)
    g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _ ("%s does not speak NDR 2.0 for interface %s"),
                 sr_rpc_client_get_peer (client), name);
  else if (result->result == SR_RPC_PROVIDER_REJECTION && result->reason == SR_RPC_REASON_ABSTRACT_SYNTAX)
    g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                 _ ("%s does not have interface %s"), sr_rpc_client_get_peer (client),
                 name);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, _ ("%s refused interface %s (result %u, reason %u)"),
                 sr_rpc_client_get_peer (client), name, result->result, result->reason);
  return FALSE;
}

/* Sizes of a bind_ack: what they send is what we receive (C706 12.6.4.4). */
static gboolean
take_sizes (SrRpcClient        *client,
            const SrRpcBindAck *ack,
            GError            **error)
{
  guint16 send = MIN (ack->max_receive, client->max_fragment), receive = MIN (ack->max_send, client->max_fragment);

  /* C706's must_recv_frag_size is 1,432; less could not even hold the signature. */
  if (send < 1432 || receive < 1432)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s wants fragments of only %u bytes"),
                   sr_rpc_client_get_peer (client), MIN (send, receive));
      return FALSE;
    }
  client->channel.max_send = send;
  client->channel.max_receive = receive;
  client->group_id = ack->group_id;
  return TRUE;
}

/* What is the same for every leg of one bind. */
typedef struct
{
  const SrRpcSyntax *iface;
  guint16 context_id;
  const SrRpcPatience *patience;
  gboolean rejected;                    /* the server does not have it, and has said so in due form */
  SrRpcBind bind;
} Association;

static gboolean
take_ack (SrRpcClient  *client,
          Association  *association,
          const guint8 *pdu,
          gsize         end,
          GError      **error)
{
  g_autofree SrRpcBindAck *ack = g_new0 (SrRpcBindAck, 1);
  gsize consumed;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, client->bound ? "alter_context_resp" : "bind_ack", pdu, end);
  sr_rpc_code_bind_ack (&ndr, ack);
  if (!sr_ndr_finish_prefix (&ndr, &consumed, error))
    return FALSE;
  if (ack->n_results != association->bind.n_contexts)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s answered %u of %u presentation contexts"),
                   sr_rpc_client_get_peer (client), ack->n_results, association->bind.n_contexts);
      return FALSE;
    }
  if (!check_result (client, association->iface, &ack->results[0], error))
    {
      association->rejected = ack->results[0].result != SR_RPC_ACCEPTANCE;
      return FALSE;
    }
  if (client->bound)
    return TRUE;
  if (ack->results[1].result == SR_RPC_NEGOTIATE_ACK)
    client->server_features = (guint8) ack->results[1].reason;
  return take_sizes (client, ack, error);
}

static gboolean
send_leg (SrRpcClient  *client,
          Association  *association,
          SrRpcPduType  type,
          GBytes       *token,
          GError      **error)
{
  SrRpcHeader header = { (guint8) type, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG, 0, 0, client->call_id };
  GBytes *pdu;
  SrNdr ndr;

  if (type == SR_RPC_BIND && token != NULL && client->want_header_signing)
    header.flags |= SR_RPC_PFC_SUPPORT_HEADER_SIGN;
  if (type == SR_RPC_AUTH3)
    /* Four bytes of padding stand where a body would be (MS-RPCE 2.2.2.10). */
    pdu = g_bytes_new_take (g_malloc0 (SR_RPC_HEADER_SIZE + 4), SR_RPC_HEADER_SIZE + 4);
  else
    {
      fill_bind (client, &association->bind, association->iface, association->context_id);
      sr_ndr_init_writer (&ndr, "bind");
      sr_rpc_code_bind (&ndr, &association->bind);
      pdu = sr_ndr_finish_bytes (&ndr, error);
      if (pdu == NULL)
        return FALSE;
    }
  return sr_rpc_channel_send_association (&client->channel, pdu, &header, token, association->patience, error);
}

/* The answer to a bind or alter_context; @token is what the server's security provider says. */
static gboolean
read_leg (SrRpcClient  *client,
          Association  *association,
          SrRpcPduType  expected,
          GBytes      **token,
          GError      **error)
{
  SrRpcSecTrailer trailer;
  SrRpcHeader header;
  guint8 *pdu;
  gsize end;

  *token = NULL;
  if (!sr_rpc_client_read (client, client->call_id, &pdu, &header, association->patience, error))
    return FALSE;
  if (header.type == SR_RPC_BIND_NAK && expected == SR_RPC_BIND_ACK)
    {
      set_nak (client, pdu, &header, error);
      return FALSE;
    }
  if (header.type == SR_RPC_FAULT_PDU)
    {
      sr_rpc_client_set_fault (client, pdu, &header, error);
      return FALSE;
    }
  if (header.type != expected)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s answered with PDU type %u where %u was due"),
                   sr_rpc_client_get_peer (client), header.type, expected);
      return FALSE;
    }
  if (!sr_rpc_channel_read_token (pdu, &header, SR_RPC_HEADER_SIZE, token, &trailer, &end, error))
    return FALSE;
  if (*token != NULL && client->channel.auth != NULL &&
      (trailer.type != client->channel.auth_type || trailer.context_id != AUTH_CONTEXT_ID ||
       trailer.level != client->channel.auth_level))
    {
      g_set_error (error, SR_ERROR, trailer.level < client->channel.auth_level ? SR_ERROR_WEAK : SR_ERROR_MALFORMED,
                   _("%s answered for security context %u, type %u, level %u"), sr_rpc_client_get_peer (client),
                   trailer.context_id, trailer.type, trailer.level);
      g_clear_pointer (token, g_bytes_unref);
      return FALSE;
    }
  if (expected == SR_RPC_BIND_ACK && (header.flags & SR_RPC_PFC_SUPPORT_HEADER_SIGN) && client->want_header_signing)
    client->channel.sign_header = TRUE;
  if (!take_ack (client, association, pdu, end, error))
    {
      g_clear_pointer (token, g_bytes_unref);
      return FALSE;
    }
  client->bound = TRUE;
  return TRUE;
}

/*
 * Legs of the security context ride on bind, bind_ack, then alter_context and
 * its response (MS-RPCE 3.3.1.5.2.1). NTLM is known to have three, so that its
 * last one is an auth3, which has no answer.
 */
static gboolean
run_handshake (SrRpcClient  *client,
               Association  *association,
               GError      **error)
{
  SrRpcChannel *channel = &client->channel;
  SrRpcPduType type = SR_RPC_BIND;
  g_autoptr (GBytes) theirs = NULL;

  for (;;)
    {
      g_autoptr (GBytes) ours = NULL;

      if (!sr_auth_context_step_until (&channel->auth, theirs, &ours, association->patience->deadline,
                                       association->patience->cancellable, error))
        return FALSE;
      g_clear_pointer (&theirs, g_bytes_unref);
      if (ours == NULL)
        break;
      if (sr_auth_context_is_complete (channel->auth) && channel->auth_type == SR_AUTH_NTLM)
        type = SR_RPC_AUTH3;
      if (!send_leg (client, association, type, ours, error))
        return FALSE;
      if (type == SR_RPC_AUTH3)
        break;
      if (!read_leg (client, association, type == SR_RPC_BIND ? SR_RPC_BIND_ACK : SR_RPC_ALTER_CONTEXT_RESP, &theirs,
                     error))
        return FALSE;
      type = SR_RPC_ALTER_CONTEXT;
      if (sr_auth_context_is_complete (channel->auth))
        break;
    }
  if (!sr_auth_context_is_complete (channel->auth) || theirs != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("%s ended the handshake at the wrong place"),
                   sr_rpc_client_get_peer (client));
      return FALSE;
    }
  channel->secured = TRUE;
  return TRUE;
}

static gboolean
run_plain (SrRpcClient  *client,
           Association  *association,
           GError      **error)
{
  SrRpcPduType type = client->bound ? SR_RPC_ALTER_CONTEXT : SR_RPC_BIND;
  SrRpcPduType answer = client->bound ? SR_RPC_ALTER_CONTEXT_RESP : SR_RPC_BIND_ACK;
  g_autoptr (GBytes) token = NULL;

  if (!send_leg (client, association, type, NULL, error) || !read_leg (client, association, answer, &token, error))
    return FALSE;
  if (token == NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s sent an authentication token that nobody asked for"),
               sr_rpc_client_get_peer (client));
  return FALSE;
}

gboolean
sr_rpc_client_bind (SrRpcClient       *client,
                    const SrRpcSyntax *iface,
                    SrAuthContext     *auth,
                    gint64             deadline,
                    GCancellable      *cancellable,
                    GError           **error)
{
  SrRpcPatience patience = { deadline, cancellable };
  Association association = { iface, client->next_context_id, &patience, FALSE, { 0 } };
  SrRpcClientContext added = { *iface, client->next_context_id, FALSE };
  gboolean first = !client->bound, done;

  if (client->broken || (auth != NULL && !first))
    {
      g_clear_pointer (&auth, sr_auth_context_free);
      g_set_error (error, SR_ERROR, client->broken ? SR_ERROR_CLOSED : SR_ERROR_STATE,
                   client->broken ? _ ("The connection to %s is closed")
                                  : _ ("The connection to %s has signed in already"),
                   sr_rpc_client_get_peer (client));
      return FALSE;
    }
  if (sr_rpc_client_find_context (client, iface) != NULL)
    return TRUE;

  client->call_id++;
  if (auth != NULL)
    {
      client->channel.auth = auth;
      client->channel.auth_type = sr_auth_context_get_type_used (auth);
      client->channel.auth_level = SR_AUTH_LEVEL_PRIVACY;
      client->channel.auth_context_id = AUTH_CONTEXT_ID;
      done = run_handshake (client, &association, error);
    }
  else
    done = run_plain (client, &association, error);
  if (!done)
    {
      /* Other interfaces of a connection do not suffer when one cannot be added. */
      if (first || !association.rejected)
        sr_rpc_client_break (client);
      return FALSE;
    }
  g_array_append_val (client->contexts, added);
  client->next_context_id += first ? 2 : 1;
  return TRUE;
}
