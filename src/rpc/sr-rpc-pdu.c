/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-pdu-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* NDR 2.0 and NDR64 1.0 (MS-RPCE 2.2.4.12, 2.2.5) */
const SrRpcSyntax sr_rpc_syntax_ndr20 = {
  { 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, 2, 0
};
const SrRpcSyntax sr_rpc_syntax_ndr64 = {
  { 0x71710533, 0xbeba, 0x4937, { 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 } }, 1, 0
};

gboolean
sr_rpc_header_read (const guint8 *data,
                    SrRpcHeader  *header,
                    GError      **error)
{
  *header = (SrRpcHeader) {
    .type = data[2],
    .flags = data[3],
    .frag_length = sr_rpc_read16 (data + 8),
    .auth_length = sr_rpc_read16 (data + 10),
    .call_id = sr_rpc_read32 (data + 12),
  };
  if (data[0] != 5)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _ ("this is no DCE/RPC 5: it starts with %02x %02x %02x %02x"),
                   data[0], data[1], data[2], data[3]);
      return FALSE;
    }
  /* Integer and character format, then float; what follows is reserved. */
  if (data[4] != 0x10 || data[5] != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _ ("data representation %02x %02x: only little endian is spoken"),
                   data[4], data[5]);
      return FALSE;
    }
  if (header->frag_length < SR_RPC_HEADER_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("a PDU of %u bytes, shorter than its header"),
                   header->frag_length);
      return FALSE;
    }
  return TRUE;
}

void
sr_rpc_header_write (guint8            *data,
                     const SrRpcHeader *header)
{
  static const guint8 drep[4] = { 0x10, 0, 0, 0 };

  data[0] = 5;
  data[1] = 0;
  data[2] = header->type;
  data[3] = header->flags;
  memcpy (data + 4, drep, sizeof drep);
  sr_rpc_write16 (data + 8, header->frag_length);
  sr_rpc_write16 (data + 10, header->auth_length);
  sr_rpc_write32 (data + 12, header->call_id);
}

gboolean
sr_rpc_sec_trailer_read (const guint8      *pdu,
                         const SrRpcHeader *header,
                         gsize              body,
                         SrRpcSecTrailer   *trailer,
                         GError           **error)
{
  gsize behind = (gsize) SR_RPC_SEC_TRAILER_SIZE + header->auth_length;
  const guint8 *at;

  if (header->frag_length < body || header->frag_length - body < behind)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                   _("a PDU of type %u and %u bytes cannot hold %u bytes of authentication"), header->type,
                   header->frag_length, header->auth_length);
      return FALSE;
    }
  trailer->offset = header->frag_length - behind;
  trailer->token_length = header->auth_length;
  at = pdu + trailer->offset;
  trailer->type = at[0];
  trailer->level = at[1];
  trailer->pad_length = at[2];
  trailer->context_id = sr_rpc_read32 (at + 4);
  if (trailer->pad_length > trailer->offset - body)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("auth_pad_length %u where the body has %zu bytes"),
                   trailer->pad_length, trailer->offset - body);
      return FALSE;
    }
  return TRUE;
}

void
sr_rpc_sec_trailer_write (guint8                *data,
                          const SrRpcSecTrailer *trailer)
{
  data[0] = trailer->type;
  data[1] = trailer->level;
  data[2] = trailer->pad_length;
  data[3] = 0;
  sr_rpc_write32 (data + 4, trailer->context_id);
}

gboolean
sr_rpc_syntax_equal (const SrRpcSyntax *a,
                     const SrRpcSyntax *b)
{
  return a->major == b->major && a->minor == b->minor && sr_guid_equal (&a->uuid, &b->uuid);
}

char *
sr_rpc_syntax_to_string (const SrRpcSyntax *syntax)
{
  char uuid[SR_GUID_STRING_LENGTH + 1];

  /* Translators: a GUID, and its version */
  return g_strdup_printf (_("%s version %u.%u"), sr_guid_to_string (&syntax->uuid, uuid), syntax->major, syntax->minor);
}

void
sr_rpc_syntax_make_features (SrRpcSyntax *syntax,
                             guint8       bits)
{
  *syntax = (SrRpcSyntax) { { 0x6cb71c2c, 0x9812, 0x4540, { bits } }, 1, 0 };
}

gboolean
sr_rpc_syntax_is_features (const SrRpcSyntax *syntax,
                           guint8            *bits)
{
  if (syntax->uuid.data1 != 0x6cb71c2c || syntax->uuid.data2 != 0x9812 || syntax->uuid.data3 != 0x4540 ||
      syntax->major != 1 || syntax->minor != 0)
    return FALSE;
  *bits = syntax->uuid.data4[0];
  return TRUE;
}

static void
code_syntax (SrNdr       *ndr,
             const char  *field,
             SrRpcSyntax *syntax)
{
  sr_ndr_guid (ndr, field, &syntax->uuid);
  sr_ndr_uint16 (ndr, field, &syntax->major);
  sr_ndr_uint16 (ndr, field, &syntax->minor);
}

static void
skip (SrNdr *ndr,
      gsize  length)
{
  guint8 nothing[SR_RPC_HEADER_SIZE] = { 0 };

  sr_ndr_fixed_bytes (ndr, "header", nothing, length);
}

static void
code_small_count (SrNdr      *ndr,
                  const char *field,
                  guint8     *count,
                  guint       max)
{
  sr_ndr_uint8 (ndr, field, count);
  if (*count > max)
    {
      sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("a count of %u, at most %u allowed"), *count, max);
      *count = 0;
    }
}

static void
code_fragment_sizes (SrNdr   *ndr,
                     guint16 *max_send,
                     guint16 *max_receive,
                     guint32 *group_id)
{
  skip (ndr, SR_RPC_HEADER_SIZE);
  sr_ndr_uint16 (ndr, "max_xmit_frag", max_send);
  sr_ndr_uint16 (ndr, "max_recv_frag", max_receive);
  sr_ndr_uint32 (ndr, "assoc_group_id", group_id);
}

void
sr_rpc_code_bind (SrNdr     *ndr,
                  SrRpcBind *bind)
{
  code_fragment_sizes (ndr, &bind->max_send, &bind->max_receive, &bind->group_id);
  code_small_count (ndr, "n_context_elem", &bind->n_contexts, SR_RPC_MAX_BIND_CONTEXTS);
  skip (ndr, 3);
  for (guint i = 0; i < bind->n_contexts && sr_ndr_ok (ndr); i++)
    {
      SrRpcBindContext *context = &bind->contexts[i];

      sr_ndr_uint16 (ndr, "p_cont_id", &context->id);
      code_small_count (ndr, "n_transfer_syn", &context->n_transfers, SR_RPC_MAX_TRANSFER_SYNTAXES);
      skip (ndr, 1);
      code_syntax (ndr, "abstract_syntax", &context->abstract);
      for (guint j = 0; j < context->n_transfers && sr_ndr_ok (ndr); j++)
        code_syntax (ndr, "transfer_syntaxes", &context->transfers[j]);
    }
}

void
sr_rpc_code_bind_ack (SrNdr        *ndr,
                      SrRpcBindAck *ack)
{
  code_fragment_sizes (ndr, &ack->max_send, &ack->max_receive, &ack->group_id);
  sr_ndr_uint16 (ndr, "sec_addr", &ack->address_length);
  if (ack->address_length > sizeof ack->address)
    {
      sr_ndr_fail (ndr, SR_ERROR_LIMIT, "sec_addr", _("a length of %u, at most %zu allowed"), ack->address_length,
                   sizeof ack->address);
      ack->address_length = 0;
    }
  sr_ndr_fixed_bytes (ndr, "sec_addr", (guint8 *) ack->address, ack->address_length);
  sr_ndr_align (ndr, 4);
  code_small_count (ndr, "n_results", &ack->n_results, SR_RPC_MAX_BIND_CONTEXTS);
  skip (ndr, 3);
  for (guint i = 0; i < ack->n_results && sr_ndr_ok (ndr); i++)
    {
      sr_ndr_uint16 (ndr, "result", &ack->results[i].result);
      sr_ndr_uint16 (ndr, "reason", &ack->results[i].reason);
      code_syntax (ndr, "transfer_syntax", &ack->results[i].transfer);
    }
}
