/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-server-private.h"

#include "base/sr-hresult.h"
#include "dcom/sr-rem-unknown.h"

/* References given by RemQueryInterface2, which does not ask for a number. */
#define REFS 5

/* Queries one interface of @instance. */
static guint32
query (SrDcomServer *server,
       gpointer      instance,
       const SrGuid *iid,
       guint32       refs,
       SrStdObjref  *std)
{
  gboolean ok;

  if (!sr_dcom_server_has_interface (server, iid))
    return SR_E_NOINTERFACE;
  ok = sr_dcom_table_marshal (server->table, instance, iid, refs, sr_dcom_server_now (server), std);
  return ok ? SR_S_OK : SR_E_OUTOFMEMORY;
}

/* What the whole comes to: everything, a part, or nothing. */
static guint32
sum_up (guint n_wanted,
        guint n_given)
{
  if (n_given == n_wanted)
    return SR_S_OK;
  return n_given > 0 ? SR_S_FALSE : SR_E_NOINTERFACE;
}

static guint32
run_query (SrDcomServer            *server,
           const SrRemQueryRequest *in,
           SrRemQueryReply         *out)
{
  gpointer instance;
  guint n_given = 0;
  guint64 oid;
  SrGuid iid;

  instance = sr_dcom_table_begin_call (server->table, &in->ipid, &iid, &oid, sr_dcom_server_now (server));
  if (instance == NULL)
    return SR_RPC_E_INVALID_OBJECT;
  for (guint i = 0; i < in->n_iids; i++)
    {
      out->results[i].hr = query (server, instance, &in->iids[i], in->n_refs, &out->results[i].std);
      n_given += !SR_FAILED (out->results[i].hr);
    }
  out->n_results = in->n_iids;
  sr_dcom_table_end_call (server->table, oid, sr_dcom_server_now (server));
  return sum_up (in->n_iids, n_given);
}

static guint32
run_query2 (SrDcomServer            *server,
            const SrRemQueryRequest *in,
            SrRemQuery2Reply        *out)
{
  gpointer instance;
  guint n_given = 0;
  guint64 oid;
  SrGuid iid;

  out->n_results = in->n_iids;
  instance = sr_dcom_table_begin_call (server->table, &in->ipid, &iid, &oid, sr_dcom_server_now (server));
  if (instance == NULL)
    {
      for (guint i = 0; i < in->n_iids; i++)
        out->results[i] = SR_RPC_E_INVALID_OBJECT;
      return SR_RPC_E_INVALID_OBJECT;
    }
  for (guint i = 0; i < in->n_iids; i++)
    {
      SrStdObjref std;

      out->results[i] = query (server, instance, &in->iids[i], REFS, &std);
      if (SR_FAILED (out->results[i]))
        continue;
      out->objrefs[i] = sr_dcom_server_build_objref (server, &in->iids[i], &std);
      n_given++;
    }
  sr_dcom_table_end_call (server->table, oid, sr_dcom_server_now (server));
  return sum_up (in->n_iids, n_given);
}

static guint32
run_add_ref (SrDcomServer           *server,
             const SrRpcServerCall  *call,
             const SrRemRefsRequest *in,
             SrRemAddRefReply       *out)
{
  guint32 hr = SR_S_OK;

  out->n_results = in->n_refs;
  for (guint i = 0; i < in->n_refs; i++)
    {
      out->results[i] = sr_dcom_table_add_refs (server->table, &in->refs[i], call->principal);
      if (SR_FAILED (out->results[i]))
        hr = out->results[i];
    }
  return hr;
}

guint32
sr_dcom_server_run_rem_unknown (SrDcomServer          *server,
                                const SrRpcServerCall *call,
                                gpointer               request,
                                gpointer               reply)
{
  switch (call->opnum)
    {
    case SR_REM_UNKNOWN_OP_QUERY_INTERFACE:
      ((SrRemQueryReply *) reply)->hr = run_query (server, request, reply);
      return 0;
    case SR_REM_UNKNOWN_OP_ADD_REF:
      ((SrRemAddRefReply *) reply)->hr = run_add_ref (server, call, request, reply);
      return 0;
    case SR_REM_UNKNOWN_OP_RELEASE:
      sr_dcom_server_count (server, &server->releases);
      sr_dcom_table_release_refs (server->table, ((SrRemRefsRequest *) request)->refs,
                                  ((SrRemRefsRequest *) request)->n_refs, call->principal);
      return 0;
    case SR_REM_UNKNOWN_OP_QUERY_INTERFACE2:
      ((SrRemQuery2Reply *) reply)->hr = run_query2 (server, request, reply);
      return 0;
    default:
      return SR_NCA_S_OP_RNG_ERROR;
    }
}
