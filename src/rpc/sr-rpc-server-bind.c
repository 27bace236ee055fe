/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-server-connection-private.h"

#include "base/sr-error.h"

#include <string.h>

static SrRpcStep
refuse (SrRpcServerConnection *connection,
        const SrRpcHeader     *header,
        guint16                reason)
{
  SrRpcHeader answer = { SR_RPC_BIND_NAK, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG, 0, 0, header->call_id };
  SrRpcPatience patience = sr_rpc_server_patience (connection);
  guint8 pdu[SR_RPC_HEADER_SIZE + 5] = { 0 };

  if (header->type == SR_RPC_ALTER_CONTEXT)
    {
      sr_rpc_server_fault (connection, header, 0, SR_RPC_PFC_DID_NOT_EXECUTE,
                           reason == SR_RPC_NAK_INVALID_CHECKSUM || reason == SR_RPC_NAK_AUTH_TYPE
                             ? SR_NCA_S_FAULT_ACCESS_DENIED : SR_NCA_S_PROTO_ERROR);
      return SR_RPC_STEP_CLOSE;
    }
  sr_rpc_write16 (pdu + SR_RPC_HEADER_SIZE, reason);
  pdu[SR_RPC_HEADER_SIZE + 2] = 1;      /* of versions that are spoken: 5.0 */
  pdu[SR_RPC_HEADER_SIZE + 3] = 5;
  sr_rpc_channel_send_association (&connection->channel, g_bytes_new (pdu, sizeof pdu), &answer, NULL, &patience, NULL);
  return SR_RPC_STEP_CLOSE;
}

static const SrRpcServed *
find_served (SrRpcServerConnection *connection,
             const SrRpcSyntax     *abstract)
{
  for (guint i = 0; i < connection->facts->served->len; i++)
    {
      const SrRpcServed *served = &g_array_index (connection->facts->served, SrRpcServed, i);

      /* C706 6.1.2: equal major, and a minor not above the server's. */
      if (sr_guid_equal (&served->iface->syntax.uuid, &abstract->uuid) &&
          served->iface->syntax.major == abstract->major && served->iface->syntax.minor >= abstract->minor)
        return served;
    }
  return NULL;
}

static gboolean
offers_ndr20 (const SrRpcBindContext *offer)
{
  for (guint i = 0; i < offer->n_transfers; i++)
    if (sr_rpc_syntax_equal (&offer->transfers[i], &sr_rpc_syntax_ndr20))
      return TRUE;
  return FALSE;
}

static SrRpcServerContext *
find_context (SrRpcServerConnection *connection,
              guint16                id)
{
  for (guint i = 0; i < connection->contexts->len; i++)
    if (g_array_index (connection->contexts, SrRpcServerContext, i).id == id)
      return &g_array_index (connection->contexts, SrRpcServerContext, i);
  return NULL;
}

static SrRpcBindResult
judge_context (SrRpcServerConnection  *connection,
               const SrRpcBindContext *offer)
{
  SrRpcBindResult result = { SR_RPC_PROVIDER_REJECTION, SR_RPC_REASON_NOT_SPECIFIED, { { 0 }, 0, 0 } };
  const SrRpcServed *served = find_served (connection, &offer->abstract);
  SrRpcServerContext *known = find_context (connection, offer->id);
  guint8 bits;

  if (offer->n_transfers == 1 && sr_rpc_syntax_is_features (&offer->transfers[0], &bits))
    {
      result.result = SR_RPC_NEGOTIATE_ACK;
      /* An orphaned PDU costs the request it belongs to, not the connection. */
      result.reason = bits & SR_RPC_FEATURE_KEEP_CONNECTION_ON_ORPHAN;
    }
  else if (served == NULL)
    result.reason = SR_RPC_REASON_ABSTRACT_SYNTAX;
  else if (!offers_ndr20 (offer))
    result.reason = SR_RPC_REASON_TRANSFER_SYNTAXES;
  else if (known != NULL ? known->served != served : connection->contexts->len >= SR_RPC_SERVER_MAX_CONTEXTS)
    result.reason = SR_RPC_REASON_LOCAL_LIMIT;
  else
    {
      SrRpcServerContext context = { offer->id, served };

      if (known == NULL)
        g_array_append_val (connection->contexts, context);
      result.result = SR_RPC_ACCEPTANCE;
      result.transfer = sr_rpc_syntax_ndr20;
    }
  return result;
}

/* The first leg, or a further one. Returns a reason of a bind_nak, or -1 when all is well. */
static int
take_token (SrRpcServerConnection *connection,
            const SrRpcSecTrailer *trailer,
            GBytes                *token,
            GBytes               **reply)
{
  SrRpcChannel *channel = &connection->channel;
  g_autoptr (GError) error = NULL;

  if (channel->auth == NULL)
    {
      if (connection->facts->acceptor == NULL)
        return SR_RPC_NAK_AUTH_TYPE;
      if (trailer->level < SR_AUTH_LEVEL_CONNECT || trailer->level > SR_AUTH_LEVEL_PRIVACY)
        return SR_RPC_NAK_NOT_SPECIFIED;
      channel->auth = sr_auth_context_new_acceptor (connection->facts->acceptor, trailer->type, &error);
      if (channel->auth == NULL)
        return SR_RPC_NAK_AUTH_TYPE;
      channel->auth_type = trailer->type;
      channel->auth_level = trailer->level;
      channel->auth_context_id = trailer->context_id;
    }
  /* A second security context was not negotiated (MS-RPCE 3.3.1.5.4). */
  else if (channel->secured || trailer->type != channel->auth_type || trailer->level != channel->auth_level ||
           trailer->context_id != channel->auth_context_id)
    return SR_RPC_NAK_PROTOCOL_VERSION;

  if (!sr_auth_context_step (channel->auth, token, reply, &error))
    {
      g_debug ("connection %" G_GUINT64_FORMAT ": %s", connection->id, error->message);
      return SR_RPC_NAK_INVALID_CHECKSUM;
    }
  channel->secured = sr_auth_context_is_complete (channel->auth);
  return -1;
}

static gboolean
send_ack (SrRpcServerConnection *connection,
          const SrRpcBind       *bind,
          const SrRpcHeader     *header,
          GBytes                *token)
{
  g_autofree SrRpcBindAck *ack = g_new0 (SrRpcBindAck, 1);
  SrRpcPatience patience = sr_rpc_server_patience (connection);
  SrRpcHeader answer = { SR_RPC_BIND_ACK, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG, 0, 0, header->call_id };
  GBytes *pdu;
  SrNdr ndr;

  ack->max_send = connection->channel.max_send;
  ack->max_receive = connection->channel.max_receive;
  ack->group_id = connection->group_id;
  if (header->type == SR_RPC_ALTER_CONTEXT)
    answer.type = SR_RPC_ALTER_CONTEXT_RESP;
  else
    {
      g_snprintf (ack->address, sizeof ack->address, "%u", connection->local_port);
      ack->address_length = (guint16) (strlen (ack->address) + 1);
      if (connection->header_sign_offered)
        answer.flags |= SR_RPC_PFC_SUPPORT_HEADER_SIGN;
    }
  ack->n_results = bind->n_contexts;
  for (guint i = 0; i < bind->n_contexts; i++)
    ack->results[i] = judge_context (connection, &bind->contexts[i]);

  sr_ndr_init_writer (&ndr, "bind_ack");
  sr_rpc_code_bind_ack (&ndr, ack);
  pdu = sr_ndr_finish_bytes (&ndr, NULL);
  return pdu != NULL &&
         sr_rpc_channel_send_association (&connection->channel, pdu, &answer, token, &patience, NULL);
}

static void
take_sizes (SrRpcServerConnection *connection,
            const SrRpcBind       *bind)
{
  connection->channel.max_send = MIN (bind->max_receive, connection->facts->max_fragment);
  connection->channel.max_receive = MIN (bind->max_send, connection->facts->max_fragment);
}

SrRpcStep
sr_rpc_server_on_bind (SrRpcServerConnection *connection,
                       const guint8          *pdu,
                       const SrRpcHeader     *header)
{
  g_autofree SrRpcBind *bind = g_new0 (SrRpcBind, 1);
  g_autoptr (GBytes) token = NULL;
  g_autoptr (GBytes) reply = NULL;
  SrRpcSecTrailer trailer;
  gsize end, consumed;
  int reason;
  SrNdr ndr;

  if ((header->type == SR_RPC_BIND) == connection->bound ||
      !sr_rpc_channel_read_token (pdu, header, SR_RPC_HEADER_SIZE, &token, &trailer, &end, NULL))
    return refuse (connection, header, SR_RPC_NAK_PROTOCOL_VERSION);
  sr_ndr_init_reader (&ndr, "bind", pdu, end);
  sr_rpc_code_bind (&ndr, bind);
  if (!sr_ndr_finish_prefix (&ndr, &consumed, NULL) || bind->n_contexts == 0)
    return refuse (connection, header, SR_RPC_NAK_PROTOCOL_VERSION);

  if (!connection->bound)
    {
      /* C706's must_recv_frag_size */
      if (MIN (bind->max_send, bind->max_receive) < 1432)
        return refuse (connection, header, SR_RPC_NAK_PROTOCOL_VERSION);
      take_sizes (connection, bind);
      /* Nothing is shared within an association group here, so that any may be joined. */
      if (bind->group_id != 0)
        connection->group_id = bind->group_id;
    }
  if (token != NULL)
    {
      if (connection->channel.auth == NULL && (header->flags & SR_RPC_PFC_SUPPORT_HEADER_SIGN))
        connection->header_sign_offered = connection->channel.sign_header = TRUE;
      reason = take_token (connection, &trailer, token, &reply);
      if (reason >= 0)
        return refuse (connection, header, (guint16) reason);
    }
  if (!send_ack (connection, bind, header, reply))
    return SR_RPC_STEP_CLOSE;
  connection->bound = TRUE;
  return SR_RPC_STEP_GO_ON;
}

SrRpcStep
sr_rpc_server_on_auth3 (SrRpcServerConnection *connection,
                        const guint8          *pdu,
                        const SrRpcHeader     *header)
{
  g_autoptr (GBytes) token = NULL;
  g_autoptr (GBytes) reply = NULL;
  SrRpcSecTrailer trailer;
  gsize end;

  /* There is no answer to an auth3: what is wrong with it shows at the first request (MS-RPCE 3.3.1.5.2.1). */
  if (connection->channel.auth == NULL ||
      !sr_rpc_channel_read_token (pdu, header, SR_RPC_HEADER_SIZE, &token, &trailer, &end, NULL) || token == NULL ||
      take_token (connection, &trailer, token, &reply) >= 0 || !connection->channel.secured)
    connection->auth_failed = TRUE;
  return SR_RPC_STEP_GO_ON;
}
