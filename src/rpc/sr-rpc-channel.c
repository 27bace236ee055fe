/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-channel-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Fragments are handed to the stream by the dozen. */
#define SEND_BATCH (64 * 1024)
/* MS-RPCE 2.2.2.11: sec_trailer on a multiple of 16 from the body's start; also what keeps Kerberos from padding. */
#define BODY_ALIGNMENT 16

void
sr_rpc_channel_init (SrRpcChannel *channel,
                     GIOStream    *stream,
                     const char   *peer)
{
  *channel = (SrRpcChannel) {
    .wire = sr_rpc_wire_new (stream, peer),
    .auth_level = SR_AUTH_LEVEL_NONE,
    .max_send = SR_RPC_DEFAULT_FRAGMENT,
    .max_receive = SR_RPC_DEFAULT_FRAGMENT,
    .out = g_byte_array_new (),
  };
}

void
sr_rpc_channel_clear (SrRpcChannel *channel)
{
  g_clear_pointer (&channel->wire, sr_rpc_wire_free);
  g_clear_pointer (&channel->auth, sr_auth_context_free);
  g_clear_pointer (&channel->out, g_byte_array_unref);
}

static gboolean
flush (SrRpcChannel        *channel,
       gboolean            *sent,
       const SrRpcPatience *patience,
       GError             **error)
{
  gsize n = 0;
  gboolean done = sr_rpc_wire_write (channel->wire, channel->out->data, channel->out->len, &n, patience->deadline,
                                     patience->cancellable, error);

  *sent = *sent || n > 0;
  g_byte_array_set_size (channel->out, 0);
  return done;
}

static gboolean
privacy (const SrRpcChannel *channel)
{
  return channel->secured && channel->auth_level == SR_AUTH_LEVEL_PRIVACY;
}

/* What an auth_value takes, 0 where PDUs carry none. Levels between connect and integrity are treated as the latter
 * (MS-RPCE 2.2.2.12: whatever is not privacy is signed). */
static gsize
signature_size (SrRpcChannel *channel)
{
  if (!channel->secured || channel->auth_level <= SR_AUTH_LEVEL_CONNECT)
    return 0;
  return privacy (channel) ? sr_auth_context_signature_size (channel->auth) : sr_auth_context_mic_size (channel->auth);
}

/* Adds one fragment: its header, @length bytes of stub, and @tail, which only a last one has. */
static gboolean
add_fragment (SrRpcChannel        *channel,
              const SrRpcCallHead *head,
              guint8               flags,
              gsize                remaining,
              const guint8        *stub,
              gsize                length,
              GByteArray          *tail,
              GError             **error)
{
  gsize header_length = SR_RPC_CALL_HEADER_SIZE + (head->object != NULL ? 16 : 0);
  gsize body_length = length + (tail != NULL ? tail->len : 0);
  gsize signature = signature_size (channel);
  gsize pad = signature > 0 ? -body_length & (BODY_ALIGNMENT - 1) : 0;
  gsize total = header_length + body_length + pad + (signature > 0 ? SR_RPC_SEC_TRAILER_SIZE + signature : 0);
  SrRpcHeader header = { head->type, flags, (guint16) total, (guint16) signature, head->call_id };
  guint start = channel->out->len;
  SrAuthParts parts;
  guint8 *pdu;

  g_byte_array_set_size (channel->out, start + (guint) total);
  pdu = channel->out->data + start;
  sr_rpc_header_write (pdu, &header);
  sr_rpc_write32 (pdu + 16, (guint32) MIN (remaining, G_MAXUINT32));
  sr_rpc_write16 (pdu + 20, head->context_id);
  sr_rpc_write16 (pdu + 22, head->opnum);
  if (head->object != NULL)
    sr_guid_write (head->object, pdu + 24);
  if (length > 0)
    memcpy (pdu + header_length, stub, length);
  if (tail != NULL && tail->len > 0)
    memcpy (pdu + header_length + length, tail->data, tail->len);
  if (signature == 0)
    return TRUE;

  memset (pdu + header_length + body_length, 0, pad);
  sr_rpc_sec_trailer_write (pdu + header_length + body_length + pad,
                            &(SrRpcSecTrailer) { .type = (guint8) channel->auth_type,
                                                 .level = (guint8) channel->auth_level,
                                                 .pad_length = (guint8) pad,
                                                 .context_id = channel->auth_context_id });
  parts = sr_auth_parts (pdu, header_length, body_length + pad, signature);
  return (privacy (channel) ? sr_auth_context_seal : sr_auth_context_sign) (channel->auth, channel->sign_header, &parts, error);
}

/* Bytes of stub that fit into one fragment, a multiple of 16. */
static gsize
fragment_room (SrRpcChannel        *channel,
               const SrRpcCallHead *head)
{
  gsize room = channel->max_send - SR_RPC_CALL_HEADER_SIZE - (head->object != NULL ? 16 : 0);

  if (signature_size (channel) > 0)
    room -= SR_RPC_SEC_TRAILER_SIZE + signature_size (channel);
  return room & ~(gsize) (BODY_ALIGNMENT - 1);
}

gboolean
sr_rpc_channel_send_stub (SrRpcChannel        *channel,
                          const SrRpcCallHead *head,
                          const guint8        *stub,
                          gsize                length,
                          GBytes              *trailer,
                          gboolean            *sent,
                          const SrRpcPatience *patience,
                          GError             **error)
{
  gsize room = fragment_room (channel, head);
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  guint8 object = head->object != NULL ? SR_RPC_PFC_OBJECT_UUID : 0;
  guint8 first = SR_RPC_PFC_FIRST_FRAG;
  gsize offset = 0;

  *sent = FALSE;
  if (trailer != NULL)
    {
      static const guint8 zeros[4];

      /* On a multiple of 4 from the PDU's start; fragments hold multiples of 16. */
      g_byte_array_append (tail, zeros, -(guint) length & 3);
      g_byte_array_append (tail, g_bytes_get_data (trailer, NULL), (guint) g_bytes_get_size (trailer));
    }
  for (;;)
    {
      gsize left = length - offset;
      gboolean last = left + tail->len <= room;
      /* The trailer stands in the last fragment as a whole, so that the last but one may have to stop short. */
      gsize n = last ? left : MIN (room, left & ~(gsize) (BODY_ALIGNMENT - 1));

      if (!add_fragment (channel, head, first | object | (last ? SR_RPC_PFC_LAST_FRAG : 0), left, stub + offset, n,
                         last ? tail : NULL, error))
        return FALSE;
      first = 0;
      offset += n;
      if ((last || channel->out->len >= SEND_BATCH) && !flush (channel, sent, patience, error))
        return FALSE;
      if (last)
        return TRUE;
    }
}

gboolean
sr_rpc_channel_send_fault (SrRpcChannel        *channel,
                           guint32              call_id,
                           guint16              context_id,
                           guint8               flags,
                           guint32              status,
                           const SrRpcPatience *patience,
                           GError             **error)
{
  guint8 pdu[SR_RPC_FAULT_HEADER_SIZE] = { 0 };
  SrRpcHeader header = { SR_RPC_FAULT_PDU, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG | flags, sizeof pdu, 0,
                         call_id };
  gsize sent;

  sr_rpc_header_write (pdu, &header);
  sr_rpc_write16 (pdu + 20, context_id);
  sr_rpc_write32 (pdu + 24, status);
  return sr_rpc_wire_write (channel->wire, pdu, sizeof pdu, &sent, patience->deadline, patience->cancellable, error);
}

gboolean
sr_rpc_channel_send_association (SrRpcChannel        *channel,
                                 GBytes              *pdu,
                                 const SrRpcHeader   *header,
                                 GBytes              *token,
                                 const SrRpcPatience *patience,
                                 GError             **error)
{
  g_autoptr (GByteArray) bytes = g_bytes_unref_to_array (pdu);
  SrRpcHeader full = *header;
  gsize total, sent;

  if (token != NULL)
    {
      static const guint8 zeros[4];
      guint8 trailer[SR_RPC_SEC_TRAILER_SIZE];
      guint pad = -bytes->len & 3;

      sr_rpc_sec_trailer_write (trailer, &(SrRpcSecTrailer) { .type = (guint8) channel->auth_type,
                                                              .level = (guint8) channel->auth_level,
                                                              .pad_length = (guint8) pad,
                                                              .context_id = channel->auth_context_id });
      g_byte_array_append (bytes, zeros, pad);
      g_byte_array_append (bytes, trailer, sizeof trailer);
      total = bytes->len + g_bytes_get_size (token);
      if (total > G_MAXUINT16)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT,
                       _ ("An authentication token of %zu bytes does not fit into a PDU"),
                       g_bytes_get_size (token));
          return FALSE;
        }
      g_byte_array_append (bytes, g_bytes_get_data (token, NULL), (guint) g_bytes_get_size (token));
      full.auth_length = (guint16) g_bytes_get_size (token);
    }
  full.frag_length = (guint16) bytes->len;
  sr_rpc_header_write (bytes->data, &full);
  return sr_rpc_wire_write (channel->wire, bytes->data, bytes->len, &sent, patience->deadline, patience->cancellable,
                            error);
}

static gboolean
check_trailer (SrRpcChannel          *channel,
               const SrRpcSecTrailer *trailer,
               GError               **error)
{
  if (trailer->level != channel->auth_level)
    g_set_error (error, SR_ERROR, SR_ERROR_WEAK, _("A PDU at authentication level %u where level %u was agreed"),
                 trailer->level, channel->auth_level);
  else if (trailer->type != channel->auth_type || trailer->context_id != channel->auth_context_id)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                 _("A PDU of security context %u, type %u where context %u, type %u was agreed"), trailer->context_id,
                 trailer->type, channel->auth_context_id, channel->auth_type);
  else
    return TRUE;
  return FALSE;
}

gboolean
sr_rpc_channel_open (SrRpcChannel      *channel,
                     guint8            *pdu,
                     const SrRpcHeader *header,
                     gsize              header_length,
                     const guint8     **stub,
                     gsize             *length,
                     GError           **error)
{
  SrRpcSecTrailer trailer;
  SrAuthParts parts;

  if (header->frag_length < header_length)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A PDU of type %u of only %u bytes"), header->type,
                   header->frag_length);
      return FALSE;
    }
  *stub = pdu + header_length;
  if (header->auth_length == 0)
    {
      if (signature_size (channel) > 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_WEAK, _("A PDU without protection where level %u was agreed"),
                       channel->auth_level);
          return FALSE;
        }
      *length = header->frag_length - header_length;
      return TRUE;
    }
  if (!sr_rpc_sec_trailer_read (pdu, header, header_length, &trailer, error))
    return FALSE;
  if (!channel->secured)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("A protected PDU where no security context is there"));
      return FALSE;
    }
  if (!check_trailer (channel, &trailer, error))
    return FALSE;
  parts = sr_auth_parts (pdu, header_length, trailer.offset - header_length, trailer.token_length);
  if (signature_size (channel) > 0 &&
      !(privacy (channel) ? sr_auth_context_unseal : sr_auth_context_verify) (channel->auth, channel->sign_header, &parts, error))
    return FALSE;
  *length = trailer.offset - header_length - trailer.pad_length;
  return TRUE;
}

gboolean
sr_rpc_channel_read_token (const guint8      *pdu,
                           const SrRpcHeader *header,
                           gsize              body,
                           GBytes           **token,
                           SrRpcSecTrailer   *trailer,
                           gsize             *end,
                           GError           **error)
{
  *token = NULL;
  *end = header->frag_length;
  if (header->auth_length == 0)
    return TRUE;
  if (!sr_rpc_sec_trailer_read (pdu, header, body, trailer, error))
    return FALSE;
  *end = trailer->offset - trailer->pad_length;
  *token = g_bytes_new (pdu + trailer->offset + SR_RPC_SEC_TRAILER_SIZE, trailer->token_length);
  return TRUE;
}
