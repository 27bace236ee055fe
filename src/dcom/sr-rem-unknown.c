/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-rem-unknown.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* A count in front of an array as long as was told before. */
static guint32
code_told_count (SrNdr      *ndr,
                 const char *field,
                 guint16     told)
{
  guint32 n = told;

  sr_ndr_count (ndr, field, &n, SR_REM_UNKNOWN_MAX);
  if (n != told)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u entries where %u were told"), n, told);
  return sr_ndr_ok (ndr) ? n : 0;
}

static void
code_iids (SrNdr             *ndr,
           SrRemQueryRequest *m)
{
  guint32 n;

  sr_ndr_uint16 (ndr, "cIids", &m->n_iids);
  n = code_told_count (ndr, "iids", m->n_iids);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_guid (ndr, "iids", &m->iids[i]);
}

static void
code_query_request (SrNdr    *ndr,
                    gpointer  message)
{
  SrRemQueryRequest *m = message;

  sr_ndr_guid (ndr, "ripid", &m->ipid);
  sr_ndr_uint32 (ndr, "cRefs", &m->n_refs);
  code_iids (ndr, m);
}

static void
code_query2_request (SrNdr    *ndr,
                     gpointer  message)
{
  SrRemQueryRequest *m = message;

  sr_ndr_guid (ndr, "ripid", &m->ipid);
  code_iids (ndr, m);
}

static void
code_query_reply (SrNdr    *ndr,
                  gpointer  message)
{
  SrRemQueryReply *m = message;

  if (sr_ndr_pointer (ndr, "ppQIResults", m->n_results > 0))
    {
      sr_ndr_count (ndr, "ppQIResults", &m->n_results, SR_REM_UNKNOWN_MAX);
      for (guint32 i = 0; i < m->n_results && sr_ndr_ok (ndr); i++)
        {
          sr_ndr_align (ndr, 8);
          sr_ndr_uint32 (ndr, "REMQIRESULT.hResult", &m->results[i].hr);
          sr_std_objref_code (ndr, &m->results[i].std);
        }
    }
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
code_refs_request (SrNdr    *ndr,
                   gpointer  message)
{
  SrRemRefsRequest *m = message;
  guint32 n;

  sr_ndr_uint16 (ndr, "cInterfaceRefs", &m->n_refs);
  n = code_told_count (ndr, "InterfaceRefs", m->n_refs);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    {
      sr_ndr_guid (ndr, "REMINTERFACEREF.ipid", &m->refs[i].ipid);
      sr_ndr_uint32 (ndr, "REMINTERFACEREF.cPublicRefs", &m->refs[i].public_refs);
      sr_ndr_uint32 (ndr, "REMINTERFACEREF.cPrivateRefs", &m->refs[i].private_refs);
    }
}

static void
code_results (SrNdr      *ndr,
              const char *field,
              guint32    *n,
              guint32     results[SR_REM_UNKNOWN_MAX])
{
  sr_ndr_count (ndr, field, n, SR_REM_UNKNOWN_MAX);
  for (guint32 i = 0; i < *n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, field, &results[i]);
}

static void
code_add_ref_reply (SrNdr    *ndr,
                    gpointer  message)
{
  SrRemAddRefReply *m = message;

  code_results (ndr, "pResults", &m->n_results, m->results);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
code_release_reply (SrNdr    *ndr,
                    gpointer  message)
{
  SrRemReleaseReply *m = message;

  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
code_query2_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrRemQuery2Reply *m = message;
  gboolean present[SR_REM_UNKNOWN_MAX] = { FALSE };
  guint32 n;

  code_results (ndr, "phr", &m->n_results, m->results);
  n = m->n_results;
  sr_ndr_count (ndr, "ppMIF", &n, SR_REM_UNKNOWN_MAX);
  if (n != m->n_results)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "ppMIF", _("%u entries where %u were told"), n, m->n_results);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    present[i] = sr_ndr_pointer (ndr, "ppMIF", m->objrefs[i] != NULL);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    if (present[i])
      sr_interface_pointer_code (ndr, "ppMIF", &m->objrefs[i]);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
clear_query2_reply (gpointer message)
{
  SrRemQuery2Reply *m = message;

  for (guint i = 0; i < SR_REM_UNKNOWN_MAX; i++)
    g_clear_pointer (&m->objrefs[i], g_bytes_unref);
}

/* None of them is idempotent: each changes reference counts. */
static const SrRpcMethod methods[] = {
  { SR_REM_UNKNOWN_OP_QUERY_INTERFACE, "RemQueryInterface",
    sizeof (SrRemQueryRequest), code_query_request, NULL,
    sizeof (SrRemQueryReply), code_query_reply, NULL,
    SR_RPC_METHOD_NONE },
  { SR_REM_UNKNOWN_OP_ADD_REF, "RemAddRef",
    sizeof (SrRemRefsRequest), code_refs_request, NULL,
    sizeof (SrRemAddRefReply), code_add_ref_reply, NULL,
    SR_RPC_METHOD_NONE },
  { SR_REM_UNKNOWN_OP_RELEASE, "RemRelease",
    sizeof (SrRemRefsRequest), code_refs_request, NULL,
    sizeof (SrRemReleaseReply), code_release_reply, NULL,
    SR_RPC_METHOD_NONE },
  { SR_REM_UNKNOWN_OP_QUERY_INTERFACE2, "RemQueryInterface2",
    sizeof (SrRemQueryRequest), code_query2_request, NULL,
    sizeof (SrRemQuery2Reply), code_query2_reply, clear_query2_reply,
    SR_RPC_METHOD_NONE },
};

const SrRpcInterface sr_rem_unknown_interface = {
  "IRemUnknown",
  { SR_OLE_GUID (0x131), 0, 0 },
  methods, G_N_ELEMENTS (methods) - 1,
};

const SrRpcInterface sr_rem_unknown2_interface = {
  "IRemUnknown2",
  { SR_OLE_GUID (0x143), 0, 0 },
  methods, G_N_ELEMENTS (methods),
};
