/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-server-connection-private.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-trailer-private.h"

#include <string.h>

/* Fragments of a call that a fault has ended may still be on their way (MS-RPCE 3.3.3.5.6). */
#define OLD_CALLS 150

SrRpcServerConnection *
sr_rpc_server_connection_new (const SrRpcServerFacts *facts,
                              GIOStream              *stream,
                              guint64                 id)
{
  SrRpcServerConnection *connection = g_new0 (SrRpcServerConnection, 1);
  g_autofree char *name = g_strdup_printf ("client %" G_GUINT64_FORMAT, id);

  connection->facts = facts;
  connection->id = id;
  sr_rpc_channel_init (&connection->channel, stream, name);
  connection->contexts = g_array_new (FALSE, FALSE, sizeof (SrRpcServerContext));
  connection->request = g_byte_array_new ();
  /* Any number but 0 that is not easily guessed. */
  do
    connection->group_id = g_random_int ();
  while (connection->group_id == 0);
  if (G_IS_SOCKET_CONNECTION (stream))
    {
      g_autoptr (GSocketAddress) local =
        g_socket_connection_get_local_address (G_SOCKET_CONNECTION (stream), NULL);

      if (G_IS_INET_SOCKET_ADDRESS (local))
        connection->local_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (local));
    }
  return connection;
}

void
sr_rpc_server_connection_free (SrRpcServerConnection *connection)
{
  sr_rpc_channel_clear (&connection->channel);
  g_array_unref (connection->contexts);
  g_byte_array_unref (connection->request);
  g_free (connection);
}

void
sr_rpc_server_connection_shut (SrRpcServerConnection *connection)
{
  sr_rpc_wire_shut (connection->channel.wire);
}

SrRpcPatience
sr_rpc_server_patience (SrRpcServerConnection *connection)
{
  return (SrRpcPatience) { sr_deadline_in (connection->facts->patience), NULL };
}

SrRpcStep
sr_rpc_server_fault (SrRpcServerConnection *connection,
                     const SrRpcHeader     *header,
                     guint16                context_id,
                     guint8                 flags,
                     guint32                status)
{
  SrRpcPatience patience = sr_rpc_server_patience (connection);

  if (!sr_rpc_channel_send_fault (&connection->channel, header->call_id, context_id, flags, status, &patience, NULL))
    return SR_RPC_STEP_CLOSE;
  return SR_RPC_STEP_GO_ON;
}

static void
end_call (SrRpcServerConnection *connection)
{
  connection->in_call = FALSE;
  /* A big request is rare: its memory is given back. */
  if (connection->request->len > 64 * 1024)
    {
      g_byte_array_unref (connection->request);
      connection->request = g_byte_array_new ();
    }
  g_byte_array_set_size (connection->request, 0);
}

/* A fault that ends the call before any handler has seen it. */
static SrRpcStep
reject (SrRpcServerConnection *connection,
        const SrRpcHeader     *header,
        guint32                status)
{
  guint16 context_id = connection->call_context_id;

  end_call (connection);
  return sr_rpc_server_fault (connection, header, context_id, SR_RPC_PFC_DID_NOT_EXECUTE, status);
}

static const SrRpcServed *
find_served (SrRpcServerConnection *connection,
             guint16                context_id)
{
  for (guint i = 0; i < connection->contexts->len; i++)
    {
      const SrRpcServerContext *context = &g_array_index (connection->contexts, SrRpcServerContext, i);

      if (context->id == context_id)
        return context->served;
    }
  return NULL;
}

static SrRpcStep
send_reply (SrRpcServerConnection *connection,
            GBytes                *reply)
{
  SrRpcCallHead head = { SR_RPC_RESPONSE, connection->call.call_id, connection->call_context_id, 0, NULL };
  SrRpcPatience patience = sr_rpc_server_patience (connection);
  const guint8 *stub;
  gboolean sent;
  gsize length;

  stub = g_bytes_get_data (reply, &length);
  if (!sr_rpc_channel_send_stub (&connection->channel, &head, stub, length, NULL, &sent, &patience, NULL))
    return SR_RPC_STEP_CLOSE;
  return SR_RPC_STEP_GO_ON;
}

static gboolean
is_dropped (const SrRpcServerConnection *connection,
            const SrRpcServerCall       *call,
            gboolean                     after)
{
  const SrRpcServerFacts *facts = connection->facts;

  return facts->drop != NULL && facts->drop (call, after, facts->drop_data);
}

static SrRpcStep
run_handler (SrRpcServerConnection *connection,
             const SrRpcServed     *served,
             gsize                  length)
{
  SrRpcChannel *channel = &connection->channel;
  SrRpcServerCall call = {
    .iface = served->iface,
    .opnum = connection->call_opnum,
    .object = connection->call_object,
    .auth_type = channel->secured ? channel->auth_type : SR_AUTH_NONE,
    .auth_level = connection->call_level,
    .mechanism = channel->secured ? sr_auth_context_get_mechanism (channel->auth) : SR_AUTH_NONE,
    .principal = channel->secured ? sr_auth_context_get_peer (channel->auth) : NULL,
    .connection_id = connection->id,
    .local_port = connection->local_port,
  };
  g_autoptr (GBytes) reply = NULL;
  guint32 status;

  if (is_dropped (connection, &call, FALSE))
    return SR_RPC_STEP_CLOSE;
  status = served->handler (&call, connection->request->data, length, &reply, served->user_data);
  if (status == SR_RPC_SERVER_DROP || is_dropped (connection, &call, TRUE))
    return SR_RPC_STEP_CLOSE;
  if (status != 0)
    return sr_rpc_server_fault (connection, &connection->call, connection->call_context_id, 0, status);
  if (reply == NULL)
    reply = g_bytes_new (NULL, 0);
  return send_reply (connection, reply);
}

/* All fragments are there. */
static SrRpcStep
dispatch (SrRpcServerConnection *connection)
{
  const SrRpcServed *served = find_served (connection, connection->call_context_id);
  gsize length = connection->request->len;
  SrRpcStep step;

  if (served == NULL)
    return reject (connection, &connection->call, SR_NCA_S_UNK_IF);
  if (connection->call_level < served->minimum_level)
    return reject (connection, &connection->call, SR_NCA_S_FAULT_ACCESS_DENIED);
  if (connection->channel.secured)
    {
      SrRpcTrailerFacts facts = { connection->header_sign_offered, served->iface->syntax, connection->call.call_id,
                                  connection->call_context_id, connection->call_opnum };

      if (!sr_rpc_trailer_strip (connection->request->data, &length, &facts))
        return reject (connection, &connection->call, SR_NCA_S_FAULT_ACCESS_DENIED);
    }
  if (sr_rpc_interface_find (served->iface, connection->call_opnum) == NULL)
    return reject (connection, &connection->call, SR_NCA_S_OP_RNG_ERROR);
  step = run_handler (connection, served, length);
  end_call (connection);
  return step;
}

static void
begin_call (SrRpcServerConnection *connection,
            const guint8          *pdu,
            const SrRpcHeader     *header)
{
  end_call (connection);
  connection->in_call = TRUE;
  connection->call = *header;
  connection->last_call_id = header->call_id;
  connection->call_context_id = sr_rpc_read16 (pdu + 20);
  connection->call_opnum = sr_rpc_read16 (pdu + 22);
  memset (&connection->call_object, 0, sizeof connection->call_object);
  if (header->flags & SR_RPC_PFC_OBJECT_UUID)
    sr_guid_read (pdu + SR_RPC_CALL_HEADER_SIZE, &connection->call_object);
  connection->call_level = connection->channel.secured ? connection->channel.auth_level : SR_AUTH_LEVEL_NONE;
}

/* Takes the protection off; -1 when the fragment is in order, else the status of the fault to send. */
static gint64
open_fragment (SrRpcServerConnection *connection,
               guint8                *pdu,
               const SrRpcHeader     *header,
               const guint8         **stub,
               gsize                 *length)
{
  gsize header_length = SR_RPC_CALL_HEADER_SIZE + (header->flags & SR_RPC_PFC_OBJECT_UUID ? 16 : 0);
  g_autoptr (GError) error = NULL;

  if (sr_rpc_channel_open (&connection->channel, pdu, header, header_length, stub, length, &error))
    return -1;
  g_debug ("connection %" G_GUINT64_FORMAT ": %s", connection->id, error->message);
  if (g_error_matches (error, SR_ERROR, SR_ERROR_AUTH))
    return SR_NCA_S_FAULT_SEC_PKG_ERROR;
  if (g_error_matches (error, SR_ERROR, SR_ERROR_WEAK))
    return SR_NCA_S_FAULT_ACCESS_DENIED;
  return SR_NCA_S_PROTO_ERROR;
}

static SrRpcStep
fail_protocol (SrRpcServerConnection *connection,
               const SrRpcHeader     *header,
               guint32                status)
{
  reject (connection, header, status);
  return SR_RPC_STEP_CLOSE;
}

static SrRpcStep
on_request (SrRpcServerConnection *connection,
            guint8                *pdu,
            const SrRpcHeader     *header)
{
  gboolean first = (header->flags & SR_RPC_PFC_FIRST_FRAG) != 0;
  gsize minimum = SR_RPC_CALL_HEADER_SIZE + (header->flags & SR_RPC_PFC_OBJECT_UUID ? 16 : 0);
  const guint8 *stub;
  gsize length;
  gint64 status;

  if (!connection->bound || header->frag_length < minimum || header->frag_length > connection->channel.max_receive)
    return fail_protocol (connection, header, SR_NCA_S_PROTO_ERROR);
  if (connection->auth_failed || (connection->channel.auth != NULL && !connection->channel.secured))
    return fail_protocol (connection, header, SR_NCA_S_FAULT_ACCESS_DENIED);

  status = open_fragment (connection, pdu, header, &stub, &length);
  if (status >= 0)
    return fail_protocol (connection, header, (guint32) status);
  if (!first && !connection->in_call)
    return connection->last_call_id - header->call_id < OLD_CALLS
             ? SR_RPC_STEP_GO_ON : fail_protocol (connection, header, SR_NCA_S_PROTO_ERROR);
  if (first ? connection->in_call
            : header->call_id != connection->call.call_id || sr_rpc_read16 (pdu + 20) != connection->call_context_id ||
                sr_rpc_read16 (pdu + 22) != connection->call_opnum)
    return fail_protocol (connection, header, SR_NCA_S_PROTO_ERROR);
  if (first)
    begin_call (connection, pdu, header);

  if (length > SR_RPC_SERVER_MAX_REQUEST - connection->request->len)
    return reject (connection, header, SR_NCA_S_FAULT_ACCESS_DENIED);
  g_byte_array_append (connection->request, stub, (guint) length);
  return header->flags & SR_RPC_PFC_LAST_FRAG ? dispatch (connection) : SR_RPC_STEP_GO_ON;
}

static SrRpcStep
on_pdu (SrRpcServerConnection *connection,
        guint8                *pdu,
        const SrRpcHeader     *header)
{
  switch (header->type)
    {
    case SR_RPC_BIND:
    case SR_RPC_ALTER_CONTEXT:
      return sr_rpc_server_on_bind (connection, pdu, header);
    case SR_RPC_AUTH3:
      return sr_rpc_server_on_auth3 (connection, pdu, header);
    case SR_RPC_REQUEST:
      return on_request (connection, pdu, header);
    case SR_RPC_ORPHANED:
      if (connection->in_call && header->call_id == connection->call.call_id)
        end_call (connection);
      return SR_RPC_STEP_GO_ON;
    case SR_RPC_CO_CANCEL:
      /* Comes too late for a call that is not there any more, or is run on this very thread. */
      return SR_RPC_STEP_GO_ON;
    default:
      return fail_protocol (connection, header, SR_NCA_S_PROTO_ERROR);
    }
}

/* A client that has signed in may be silent for as long as it likes, between messages. */
static gint64
first_byte_deadline (SrRpcServerConnection *connection)
{
  gboolean idle = connection->bound && !connection->in_call &&
                  (connection->channel.auth == NULL || connection->channel.secured);

  return idle ? SR_DEADLINE_NONE : sr_rpc_server_patience (connection).deadline;
}

void
sr_rpc_server_connection_run (SrRpcServerConnection *connection)
{
  SrRpcStep step = SR_RPC_STEP_GO_ON;

  while (step == SR_RPC_STEP_GO_ON)
    {
      g_autoptr (GError) error = NULL;
      SrRpcHeader header;
      guint8 *pdu;
      gsize length;

      if (!sr_rpc_wire_wait (connection->channel.wire, first_byte_deadline (connection), NULL, &error) ||
          !sr_rpc_wire_read_pdu (connection->channel.wire, &pdu, &length,
                                 sr_rpc_server_patience (connection).deadline, NULL, &error) ||
          !sr_rpc_header_read (pdu, &header, &error))
        {
          g_debug ("connection %" G_GUINT64_FORMAT ": %s", connection->id, error->message);
          return;
        }
      step = on_pdu (connection, pdu, &header);
    }
}
