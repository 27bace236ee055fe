/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-object-exporter.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

static void
code_resolve_request (SrNdr    *ndr,
                      gpointer  message)
{
  SrResolveOxidRequest *m = message;
  guint32 n;

  sr_ndr_uint64 (ndr, "pOxid", &m->oxid);
  sr_ndr_uint16 (ndr, "cRequestedProtseqs", &m->n_protseqs);
  n = m->n_protseqs;
  sr_ndr_count (ndr, "arRequestedProtseqs", &n, SR_OBJECT_EXPORTER_MAX_PROTSEQS);
  if (n != m->n_protseqs)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "arRequestedProtseqs", _("%u entries where %u were told"), n, m->n_protseqs);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint16 (ndr, "arRequestedProtseqs", &m->protseqs[i]);
}

static void
code_bindings (SrNdr              *ndr,
               const char         *field,
               SrDualStringArray **bindings)
{
  if (sr_ndr_pointer (ndr, field, *bindings != NULL))
    sr_dual_string_array_code (ndr, field, bindings);
}

static void
code_resolve_reply (SrNdr    *ndr,
                    gpointer  message)
{
  SrResolveOxidReply *m = message;

  code_bindings (ndr, "ppdsaOxidBindings", &m->bindings);
  sr_ndr_guid (ndr, "pipidRemUnknown", &m->rem_unknown);
  sr_ndr_uint32 (ndr, "pAuthnHint", &m->authn_hint);
  sr_ndr_uint32 (ndr, "return value", &m->status);
}

static void
code_resolve2_reply (SrNdr    *ndr,
                     gpointer  message)
{
  SrResolveOxidReply *m = message;

  code_bindings (ndr, "ppdsaOxidBindings", &m->bindings);
  sr_ndr_guid (ndr, "pipidRemUnknown", &m->rem_unknown);
  sr_ndr_uint32 (ndr, "pAuthnHint", &m->authn_hint);
  sr_com_version_code (ndr, "pComVersion", &m->version);
  sr_ndr_uint32 (ndr, "return value", &m->status);
}

static void
clear_resolve_reply (gpointer message)
{
  SrResolveOxidReply *m = message;

  g_clear_pointer (&m->bindings, sr_dual_string_array_free);
}

static void
code_simple_ping_request (SrNdr    *ndr,
                          gpointer  message)
{
  SrSimplePingRequest *m = message;

  sr_ndr_uint64 (ndr, "pSetId", &m->setid);
}

static void
code_status_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrStatusReply *m = message;

  sr_ndr_uint32 (ndr, "return value", &m->status);
}

/* A unique pointer to an array whose length was told before, as @told. */
static void
code_oids (SrNdr      *ndr,
           const char *field,
           guint16     told,
           GArray    **oids)
{
  guint32 n = told;

  if (!sr_ndr_pointer (ndr, field, told > 0))
    {
      if (told > 0)
        sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u objects at NULL"), told);
      return;
    }
  sr_ndr_count (ndr, field, &n, SR_OBJECT_EXPORTER_MAX_OIDS);
  if (n != told)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u objects where %u were told"), n, told);
  if (!sr_ndr_ok (ndr))
    return;
  if (sr_ndr_is_reading (ndr))
    {
      *oids = g_array_new (FALSE, TRUE, sizeof (guint64));
      g_array_set_size (*oids, n);
    }
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint64 (ndr, field, &g_array_index (*oids, guint64, i));
}

static void
code_complex_ping_request (SrNdr    *ndr,
                           gpointer  message)
{
  SrComplexPingRequest *m = message;
  guint16 n_add = m->add != NULL ? (guint16) MIN (m->add->len, G_MAXUINT16) : 0;
  guint16 n_remove = m->remove != NULL ? (guint16) MIN (m->remove->len, G_MAXUINT16) : 0;

  sr_ndr_uint64 (ndr, "pSetId", &m->setid);
  sr_ndr_uint16 (ndr, "SequenceNum", &m->sequence);
  sr_ndr_uint16 (ndr, "cAddToSet", &n_add);
  sr_ndr_uint16 (ndr, "cDelFromSet", &n_remove);
  code_oids (ndr, "AddToSet", n_add, &m->add);
  code_oids (ndr, "DelFromSet", n_remove, &m->remove);
}

static void
clear_complex_ping_request (gpointer message)
{
  SrComplexPingRequest *m = message;

  g_clear_pointer (&m->add, g_array_unref);
  g_clear_pointer (&m->remove, g_array_unref);
}

static void
code_complex_ping_reply (SrNdr    *ndr,
                         gpointer  message)
{
  SrComplexPingReply *m = message;

  sr_ndr_uint64 (ndr, "pSetId", &m->setid);
  sr_ndr_uint16 (ndr, "pPingBackoffFactor", &m->backoff);
  sr_ndr_uint32 (ndr, "return value", &m->status);
}

static void
code_nothing (SrNdr    *ndr,
              gpointer  message)
{
}

static void
code_server_alive2_reply (SrNdr    *ndr,
                          gpointer  message)
{
  SrServerAlive2Reply *m = message;

  sr_com_version_code (ndr, "pComVersion", &m->version);
  code_bindings (ndr, "ppdsaOrBindings", &m->bindings);
  sr_ndr_uint32 (ndr, "pReserved", &m->reserved);
  sr_ndr_uint32 (ndr, "return value", &m->status);
}

static void
clear_server_alive2_reply (gpointer message)
{
  SrServerAlive2Reply *m = message;

  g_clear_pointer (&m->bindings, sr_dual_string_array_free);
}

/* Every one of them is marked idempotent in the IDL. */
static const SrRpcMethod methods[] = {
  { SR_OBJECT_EXPORTER_OP_RESOLVE_OXID, "ResolveOxid",
    sizeof (SrResolveOxidRequest), code_resolve_request, NULL,
    sizeof (SrResolveOxidReply), code_resolve_reply, clear_resolve_reply,
    SR_RPC_METHOD_IDEMPOTENT },
  { SR_OBJECT_EXPORTER_OP_SIMPLE_PING, "SimplePing",
    sizeof (SrSimplePingRequest), code_simple_ping_request, NULL,
    sizeof (SrStatusReply), code_status_reply, NULL,
    SR_RPC_METHOD_IDEMPOTENT },
  { SR_OBJECT_EXPORTER_OP_COMPLEX_PING, "ComplexPing",
    sizeof (SrComplexPingRequest), code_complex_ping_request, clear_complex_ping_request,
    sizeof (SrComplexPingReply), code_complex_ping_reply, NULL,
    SR_RPC_METHOD_IDEMPOTENT },
  { SR_OBJECT_EXPORTER_OP_SERVER_ALIVE, "ServerAlive",
    sizeof (SrServerAliveRequest), code_nothing, NULL,
    sizeof (SrStatusReply), code_status_reply, NULL,
    SR_RPC_METHOD_IDEMPOTENT | SR_RPC_METHOD_PLAIN },
  { SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2, "ResolveOxid2",
    sizeof (SrResolveOxidRequest), code_resolve_request, NULL,
    sizeof (SrResolveOxidReply), code_resolve2_reply, clear_resolve_reply,
    SR_RPC_METHOD_IDEMPOTENT },
  { SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2, "ServerAlive2",
    sizeof (SrServerAliveRequest), code_nothing, NULL,
    sizeof (SrServerAlive2Reply), code_server_alive2_reply, clear_server_alive2_reply,
    SR_RPC_METHOD_IDEMPOTENT | SR_RPC_METHOD_PLAIN },
};

const SrRpcInterface sr_object_exporter_interface = {
  "IObjectExporter",
  { { 0x99fcfec4, 0x5260, 0x101b, { 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a } }, 0, 0 },
  methods, G_N_ELEMENTS (methods),
};
