/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-client-private.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-trailer-private.h"
#include "rpc/sr-rpc-trace.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Defined by tests/rpc/allow-plain.c, and nowhere else. */
gboolean sr_rpc_testing_allows_plain (void) __attribute__ ((weak));

gboolean
sr_rpc_plain_is_allowed (void)
{
  return sr_rpc_testing_allows_plain != NULL && sr_rpc_testing_allows_plain ();
}

SrRpcClient *
sr_rpc_client_new (GIOStream  *stream,
                   const char *peer)
{
  SrRpcClient *client = g_new0 (SrRpcClient, 1);

  sr_rpc_channel_init (&client->channel, stream, peer);
  client->contexts = g_array_new (FALSE, FALSE, sizeof (SrRpcClientContext));
  client->max_fragment = SR_RPC_DEFAULT_FRAGMENT;
  client->want_header_signing = TRUE;
  client->reply = g_byte_array_new ();
  return client;
}

void
sr_rpc_client_free (SrRpcClient *client)
{
  sr_rpc_channel_clear (&client->channel);
  g_array_unref (client->contexts);
  g_byte_array_unref (client->reply);
  g_free (client);
}

void
sr_rpc_client_close (SrRpcClient *client)
{
  sr_rpc_wire_shut (client->channel.wire);
}

void
sr_rpc_client_break (SrRpcClient *client)
{
  client->broken = TRUE;
  sr_rpc_wire_shut (client->channel.wire);
}

void
sr_rpc_client_set_max_fragment (SrRpcClient *client,
                                guint16      bytes)
{
  g_return_if_fail (!client->bound);
  client->max_fragment = CLAMP (bytes, SR_RPC_MIN_FRAGMENT, SR_RPC_MAX_FRAGMENT) & ~7u;
}

void
sr_rpc_client_set_header_signing (SrRpcClient *client,
                                  gboolean     wanted)
{
  g_return_if_fail (!client->bound);
  client->want_header_signing = wanted;
}

gboolean
sr_rpc_client_was_sent (const SrRpcClient *client)
{
  return client->sent;
}

gboolean
sr_rpc_client_may_have_executed (const SrRpcClient *client)
{
  return client->may_have_executed;
}

gboolean
sr_rpc_client_is_usable (const SrRpcClient *client)
{
  return !client->broken;
}

gboolean
sr_rpc_client_is_idle (const SrRpcClient *client)
{
  return !client->broken && sr_rpc_wire_is_quiet (client->channel.wire);
}

const char *
sr_rpc_client_get_peer (const SrRpcClient *client)
{
  return sr_rpc_wire_get_peer (client->channel.wire);
}

SrAuthContext *
sr_rpc_client_get_auth (SrRpcClient *client)
{
  return client->channel.secured ? client->channel.auth : NULL;
}

SrRpcClientContext *
sr_rpc_client_find_context (SrRpcClient       *client,
                            const SrRpcSyntax *iface)
{
  for (guint i = 0; i < client->contexts->len; i++)
    {
      SrRpcClientContext *context = &g_array_index (client->contexts, SrRpcClientContext, i);

      if (sr_rpc_syntax_equal (&context->abstract, iface))
        return context;
    }
  return NULL;
}

gboolean
sr_rpc_client_read (SrRpcClient         *client,
                    guint32              call_id,
                    guint8             **pdu,
                    SrRpcHeader         *header,
                    const SrRpcPatience *patience,
                    GError             **error)
{
  gsize length;

  if (!sr_rpc_wire_read_pdu (client->channel.wire, pdu, &length, patience->deadline, patience->cancellable, error) ||
      !sr_rpc_header_read (*pdu, header, error))
    return FALSE;
  if (header->type == SR_RPC_SHUTDOWN)
    g_set_error (error, SR_ERROR, SR_ERROR_CLOSED,
                 _ ("%s is shutting the connection down"), sr_rpc_client_get_peer (client));
  else if (header->call_id != call_id)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s answered call %u where call %u was made"),
                 sr_rpc_client_get_peer (client), header->call_id, call_id);
  else
    return TRUE;
  return FALSE;
}

/* Faults mostly come without protection; they are believed as errors, never as data. */
void
sr_rpc_client_set_fault (SrRpcClient       *client,
                         guint8            *pdu,
                         const SrRpcHeader *header,
                         GError           **error)
{
  const char *peer = sr_rpc_client_get_peer (client);
  const guint8 *stub;
  guint32 status;
  gsize length;

  if (header->frag_length < SR_RPC_CALL_HEADER_SIZE + 4)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s: a fault of only %u bytes"), peer, header->frag_length);
      sr_rpc_client_break (client);
      return;
    }
  status = sr_rpc_read32 (pdu + SR_RPC_CALL_HEADER_SIZE);
  if (header->auth_length > 0 && client->channel.secured &&
      !sr_rpc_channel_open (&client->channel, pdu, header, SR_RPC_FAULT_HEADER_SIZE, &stub, &length, error))
    {
      g_prefix_error (error, _ ("%s answered with fault 0x%08x (%s), which is not genuine: "), peer, status,
                      sr_rpc_fault_words (status));
      sr_rpc_client_break (client);
      return;
    }
  if (status == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s: a fault without a status"), peer);
      sr_rpc_client_break (client);
      return;
    }
  if ((header->flags & SR_RPC_PFC_DID_NOT_EXECUTE) || !sr_rpc_fault_executed (status))
    client->may_have_executed = FALSE;
  g_set_error (error, SR_RPC_FAULT, (gint) status,
               _ ("%s: fault 0x%08x: %s"), peer, status, sr_rpc_fault_words (status));
}

static gboolean
send_request (SrRpcClient         *client,
              SrRpcClientContext  *context,
              guint16              opnum,
              const SrGuid        *object,
              GBytes              *request,
              const SrRpcPatience *patience,
              GError             **error)
{
  SrRpcCallHead head = { SR_RPC_REQUEST, client->call_id, context->id, opnum, object };
  SrRpcTrailerFacts facts = { client->want_header_signing, context->abstract, client->call_id, context->id, opnum };
  g_autoptr (GBytes) trailer = NULL;
  const guint8 *stub;
  gsize length;

  if (client->channel.secured)
    trailer = sr_rpc_trailer_new (&facts, !context->used, !client->channel.sign_header);
  stub = g_bytes_get_data (request, &length);
  if (!sr_rpc_channel_send_stub (&client->channel, &head, stub, length, trailer, &client->sent, patience, error))
    return FALSE;
  context->used = TRUE;
  return TRUE;
}

static gboolean
check_response (SrRpcClient       *client,
                guint16            context_id,
                const guint8      *pdu,
                const SrRpcHeader *header,
                gboolean           first,
                GError           **error)
{
  const char *peer = sr_rpc_client_get_peer (client);

  if (header->type != SR_RPC_RESPONSE)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s answered a request with PDU type %u"), peer, header->type);
  else if (header->frag_length < SR_RPC_CALL_HEADER_SIZE)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s: a response of only %u bytes"), peer, header->frag_length);
  else if (header->frag_length > client->channel.max_receive)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s: a fragment of %u bytes where at most %u were agreed"), peer,
                 header->frag_length, client->channel.max_receive);
  else if (!(header->flags & SR_RPC_PFC_FIRST_FRAG) != !first)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                 first ? _("%s: a response without its first fragment") : _("%s: a response that starts again in its middle"), peer);
  else if (sr_rpc_read16 (pdu + 20) != context_id)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s answered in presentation context %u, called in %u"), peer,
                 sr_rpc_read16 (pdu + 20), context_id);
  else
    return TRUE;
  return FALSE;
}

/* One fragment is handed out where it arrived; of more each is copied once, behind the others. */
static gboolean
read_response (SrRpcClient         *client,
               guint16              context_id,
               gsize                max_reply,
               const guint8       **reply,
               gsize               *reply_length,
               const SrRpcPatience *patience,
               GError             **error)
{
  gboolean first = TRUE;

  g_byte_array_set_size (client->reply, 0);
  for (;; first = FALSE)
    {
      const guint8 *stub;
      SrRpcHeader header;
      guint8 *pdu;
      gsize length;

      if (!sr_rpc_client_read (client, client->call_id, &pdu, &header, patience, error))
        return FALSE;
      if (header.type == SR_RPC_FAULT_PDU)
        {
          sr_rpc_client_set_fault (client, pdu, &header, error);
          return FALSE;
        }
      if (!check_response (client, context_id, pdu, &header, first, error))
        return FALSE;
      if (!sr_rpc_channel_open (&client->channel, pdu, &header, SR_RPC_CALL_HEADER_SIZE, &stub, &length, error))
        {
          g_prefix_error (error, "%s: ", sr_rpc_client_get_peer (client));
          return FALSE;
        }
      if (length > max_reply - client->reply->len)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _ ("%s: a reply of more than %zu bytes"),
                       sr_rpc_client_get_peer (client), max_reply);
          return FALSE;
        }
      if (first && (header.flags & SR_RPC_PFC_LAST_FRAG))
        {
          *reply = stub;
          *reply_length = length;
          return TRUE;
        }
      g_byte_array_append (client->reply, stub, (guint) length);
      if (header.flags & SR_RPC_PFC_LAST_FRAG)
        {
          *reply = client->reply->data;
          *reply_length = client->reply->len;
          return TRUE;
        }
    }
}

static gboolean
may_call (SrRpcClient              *client,
          const SrRpcClientContext *context,
          gboolean                  plain_will_do,
          GError                  **error)
{
  const char *peer = sr_rpc_client_get_peer (client);

  if (client->broken)
    g_set_error (error, SR_ERROR, SR_ERROR_CLOSED, _ ("The connection to %s is closed"), peer);
  else if (context == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_STATE, _ ("The connection to %s is not bound to the interface"), peer);
  else if (!client->channel.secured && !plain_will_do && !sr_rpc_plain_is_allowed ())
    g_set_error (error, SR_ERROR, SR_ERROR_WEAK, _ ("The connection to %s has no packet privacy"), peer);
  else
    return TRUE;
  return FALSE;
}

static gboolean
call (SrRpcClient         *client,
      const SrRpcSyntax   *iface,
      guint16              opnum,
      gboolean             plain_will_do,
      const SrGuid        *object,
      GBytes              *request,
      gsize                max_reply,
      const guint8       **reply,
      gsize               *reply_length,
      const SrRpcPatience *patience,
      GError             **error)
{
  SrRpcClientContext *context = sr_rpc_client_find_context (client, iface);
  g_autoptr (GError) failure = NULL;

  client->sent = FALSE;
  client->may_have_executed = FALSE;
  if (!may_call (client, context, plain_will_do, error))
    return FALSE;
  /* GByteArray counts in guint. */
  max_reply = MIN (max_reply, G_MAXINT32);
  client->call_id++;
  if (!send_request (client, context, opnum, object, request, patience, &failure))
    client->may_have_executed = client->sent;
  else
    {
      client->may_have_executed = TRUE;
      if (read_response (client, context->id, max_reply, reply, reply_length, patience, &failure))
        return TRUE;
    }
  if (failure->domain != SR_RPC_FAULT)
    sr_rpc_client_break (client);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
sr_rpc_client_call_stub (SrRpcClient       *client,
                         const SrRpcSyntax *iface,
                         guint16            opnum,
                         const SrGuid      *object,
                         GBytes            *request,
                         gsize              max_reply,
                         const guint8     **reply,
                         gsize             *reply_length,
                         gint64             deadline,
                         GCancellable      *cancellable,
                         GError           **error)
{
  SrRpcPatience patience = { deadline, cancellable };

  return call (client, iface, opnum, FALSE, object, request, max_reply, reply, reply_length, &patience, error);
}

gboolean
sr_rpc_client_call (SrRpcClient          *client,
                    const SrRpcInterface *iface,
                    const SrRpcMethod    *method,
                    const SrGuid         *object,
                    gpointer              request,
                    gpointer              reply,
                    gint64                deadline,
                    GCancellable         *cancellable,
                    GError              **error)
{
  SrRpcPatience patience = { deadline, cancellable };
  g_autoptr (GBytes) stub = NULL;
  const guint8 *data;
  gsize length;
  SrNdr ndr;

  client->sent = FALSE;
  client->may_have_executed = FALSE;
  sr_ndr_init_writer (&ndr, method->name);
  method->code_request (&ndr, request);
  stub = sr_ndr_finish_bytes (&ndr, error);
  if (stub == NULL)
    return FALSE;
  sr_rpc_trace (method, FALSE, g_bytes_get_data (stub, NULL), g_bytes_get_size (stub));
  if (!call (client, &iface->syntax, method->opnum, (method->flags & SR_RPC_METHOD_PLAIN) != 0, object, stub,
             SR_RPC_MAX_REPLY, &data, &length, &patience, error))
    return FALSE;

  sr_rpc_trace (method, TRUE, data, length);
  memset (reply, 0, method->reply_size);
  sr_ndr_init_reader (&ndr, method->name, data, length);
  method->code_reply (&ndr, reply);
  if (sr_ndr_finish (&ndr, error))
    return TRUE;
  g_prefix_error (error, "%s: ", sr_rpc_client_get_peer (client));
  if (method->clear_reply != NULL)
    method->clear_reply (reply);
  memset (reply, 0, method->reply_size);
  return FALSE;
}
