/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-server-private.h"

#include "dcom/sr-object-exporter.h"

/* One call on its way through sr_rpc_method_serve(). */
typedef struct
{
  SrDcomServer *server;
  guint16 opnum;
} Call;

static void
resolve_oxid (SrDcomServer               *server,
              const SrResolveOxidRequest *request,
              SrResolveOxidReply         *reply)
{
  if (request->oxid != sr_dcom_table_get_oxid (server->table))
    {
      reply->status = SR_OR_STATUS_INVALID_OXID;
      return;
    }
  reply->bindings = sr_dcom_server_exporter_bindings (server);
  reply->rem_unknown = *sr_dcom_table_get_rem_unknown (server->table);
  reply->authn_hint = SR_AUTH_LEVEL_PRIVACY;
  reply->version = sr_dcom_server_version (server);
}

static void
complex_ping (SrDcomServer               *server,
              const SrComplexPingRequest *request,
              SrComplexPingReply         *reply)
{
  sr_dcom_server_count (server, &server->complex_pings);
  reply->setid = request->setid;
  reply->status = sr_dcom_table_complex_ping (server->table, &reply->setid, request->sequence, request->add,
                                              request->remove, sr_dcom_server_now (server));
}

static void
simple_ping (SrDcomServer              *server,
             const SrSimplePingRequest *request,
             SrStatusReply             *reply)
{
  sr_dcom_server_count (server, &server->simple_pings);
  reply->status = sr_dcom_table_simple_ping (server->table, request->setid, sr_dcom_server_now (server));
}

static void
server_alive2 (SrDcomServer        *server,
               SrServerAlive2Reply *reply)
{
  reply->version = sr_dcom_server_version (server);
  reply->bindings = sr_dcom_server_resolver_bindings (server);
}

static guint32
run (gpointer request,
     gpointer reply,
     gpointer user_data)
{
  Call *call = user_data;

  switch (call->opnum)
    {
    case SR_OBJECT_EXPORTER_OP_RESOLVE_OXID:
    case SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2:
      resolve_oxid (call->server, request, reply);
      break;
    case SR_OBJECT_EXPORTER_OP_SIMPLE_PING:
      simple_ping (call->server, request, reply);
      break;
    case SR_OBJECT_EXPORTER_OP_COMPLEX_PING:
      complex_ping (call->server, request, reply);
      break;
    case SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2:
      server_alive2 (call->server, reply);
      break;
    case SR_OBJECT_EXPORTER_OP_SERVER_ALIVE:
    default:
      /* The zeroed reply says all of it. */
      break;
    }
  return 0;
}

guint32
sr_dcom_server_handle_resolver (const SrRpcServerCall *call,
                                const guint8          *stub,
                                gsize                  length,
                                GBytes               **reply,
                                gpointer               user_data)
{
  SrDcomServer *server = user_data;
  const SrRpcMethod *method = sr_rpc_interface_find (call->iface, call->opnum);
  gboolean for_all = call->opnum == SR_OBJECT_EXPORTER_OP_SERVER_ALIVE
                     || call->opnum == SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2;
  Call state = { server, call->opnum };

  if (method == NULL || (server->quirks.no_server_alive2 && call->opnum > SR_OBJECT_EXPORTER_OP_SERVER_ALIVE))
    return SR_NCA_S_OP_RNG_ERROR;
  if (!for_all && !sr_dcom_server_is_protected (server, call))
    return SR_NCA_S_FAULT_ACCESS_DENIED;
  return sr_rpc_method_serve (method, stub, length, run, &state, reply);
}
