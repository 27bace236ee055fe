/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-resolve.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"

#include <glib/gi18n-lib.h>

/* Minor version of a server that does not tell one (MS-DCOM 1.7) */
#define OLDEST_MINOR 1

void
sr_dcom_exporter_clear (SrDcomExporter *exporter)
{
  g_clear_pointer (&exporter->principal, g_free);
}

gboolean
sr_dcom_exporter_set (SrDcomExporter          *exporter,
                      SrDcomTarget            *target,
                      const SrDualStringArray *bindings,
                      const SrGuid            *rem_unknown,
                      SrComVersion             version,
                      GError                 **error)
{
  const char *host = sr_dcom_target_get_host (target);

  if (version.major != SR_COM_VERSION_MAJOR)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _ ("%s speaks DCOM %u.%u; only version %u is known"),
                   host, version.major, version.minor, SR_COM_VERSION_MAJOR);
      return FALSE;
    }
  *exporter = (SrDcomExporter) {
    .rem_unknown = *rem_unknown,
    .version_minor = MIN (version.minor, SR_COM_VERSION_MINOR),
  };
  if (bindings != NULL)
    {
      exporter->port = sr_dual_string_array_find_port (bindings);
      exporter->principal = sr_dual_string_array_find_principal (bindings, host);
    }
  return TRUE;
}

void
sr_dcom_set_status_error (GError    **error,
                          guint32     status,
                          const char *what,
                          const char *host)
{
  /* HRESULT_FROM_WIN32 (MS-ERREF 2.1.2) */
  SrHresult hr = SR_FAILED (status) ? status : 0x80070000u | (status & 0xffff);

  sr_hresult_set_error (error, hr, "%s (%s)", what, host);
}

static const SrRpcMethod *
method (guint16 opnum)
{
  return sr_rpc_interface_find (&sr_object_exporter_interface, opnum);
}

static gboolean
lacks_method (const GError *error)
{
  return g_error_matches (error, SR_RPC_FAULT, (gint) SR_NCA_S_OP_RNG_ERROR);
}

static gboolean
ask_resolver (SrRpcClient        *client,
              guint64             oxid,
              SrResolveOxidReply *reply,
              gint64              deadline,
              GCancellable       *cancellable,
              GError            **error)
{
  SrResolveOxidRequest request = { .oxid = oxid, .n_protseqs = 1, .protseqs = { SR_DCOM_TOWER_TCP } };
  g_autoptr (GError) local = NULL;

  if (sr_rpc_client_call (client, &sr_object_exporter_interface, method (SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2), NULL,
                          &request, reply, deadline, cancellable, &local))
    return TRUE;
  if (!lacks_method (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!sr_rpc_client_call (client, &sr_object_exporter_interface, method (SR_OBJECT_EXPORTER_OP_RESOLVE_OXID), NULL,
                           &request, reply, deadline, cancellable, error))
    return FALSE;
  reply->version = (SrComVersion) { SR_COM_VERSION_MAJOR, OLDEST_MINOR };
  return TRUE;
}

static gboolean
take_exporter (SrDcomTarget             *target,
               const SrResolveOxidReply *reply,
               SrDcomExporter           *exporter,
               GError                  **error)
{
  const char *host = sr_dcom_target_get_host (target);

  if (reply->status != 0)
    {
      sr_dcom_set_status_error (error, reply->status, _ ("Resolving the object exporter"), host);
      return FALSE;
    }
  if (!sr_dcom_exporter_set (exporter, target, reply->bindings, &reply->rem_unknown, reply->version, error))
    return FALSE;
  if (exporter->port != 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _ ("%s offers no TCP port for its objects"), host);
  sr_dcom_exporter_clear (exporter);
  return FALSE;
}

gboolean
sr_dcom_resolve_oxid (SrDcomTarget   *target,
                      guint64         oxid,
                      SrDcomExporter *exporter,
                      gint64          deadline,
                      GCancellable   *cancellable,
                      GError        **error)
{
  SrResolveOxidReply reply = { 0 };
  SrRpcClient *client;
  gboolean ok;

  client = sr_dcom_connect (target, SR_DCOM_SERVICE_RESOLVER, 0, NULL, &sr_object_exporter_interface.syntax,
                            deadline, cancellable, error);
  ok = client != NULL && ask_resolver (client, oxid, &reply, deadline, cancellable, error);
  g_clear_pointer (&client, sr_rpc_client_free);
  if (!ok)
    {
      g_prefix_error (error, _ ("Resolving the object exporter on %s: "), sr_dcom_target_get_host (target));
      return FALSE;
    }
  ok = take_exporter (target, &reply, exporter, error);
  g_clear_pointer (&reply.bindings, sr_dual_string_array_free);
  return ok;
}

static gboolean
call_server_alive (SrRpcClient  *client,
                   SrComVersion *version,
                   gint64        deadline,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrServerAliveRequest request = { 0 };
  SrServerAlive2Reply reply = { 0 };
  g_autoptr (GError) local = NULL;
  SrStatusReply status = { 0 };

  if (sr_rpc_client_call (client, &sr_object_exporter_interface, method (SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2), NULL,
                          &request, &reply, deadline, cancellable, &local))
    {
      *version = reply.version;
      status.status = reply.status;
      g_clear_pointer (&reply.bindings, sr_dual_string_array_free);
    }
  else if (!lacks_method (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  else
    {
      *version = (SrComVersion) { SR_COM_VERSION_MAJOR, OLDEST_MINOR };
      if (!sr_rpc_client_call (client, &sr_object_exporter_interface, method (SR_OBJECT_EXPORTER_OP_SERVER_ALIVE), NULL,
                               &request, &status, deadline, cancellable, error))
        return FALSE;
    }
  if (status.status == 0)
    return TRUE;
  sr_dcom_set_status_error (error, status.status, "ServerAlive2", sr_rpc_client_get_peer (client));
  return FALSE;
}

gboolean
sr_dcom_server_alive (SrDcomTarget *target,
                      guint16      *version_minor,
                      gint64        deadline,
                      GCancellable *cancellable,
                      GError      **error)
{
  SrComVersion version = { 0 };
  SrRpcClient *client;
  gboolean connected, ok;

  /* This one goes without security (3.2.4.1.1.1). */
  client = sr_dcom_connect_plain (target, &sr_object_exporter_interface.syntax, deadline, cancellable, error);
  connected = client != NULL;
  ok = connected && call_server_alive (client, &version, deadline, cancellable, error);
  g_clear_pointer (&client, sr_rpc_client_free);
  if (ok && version.major != SR_COM_VERSION_MAJOR)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _ ("%s speaks DCOM %u.%u; only version %u is known"),
                   sr_dcom_target_get_host (target), version.major, version.minor, SR_COM_VERSION_MAJOR);
      return FALSE;
    }
  if (connected && !ok)
    g_prefix_error (error, _ ("Asking %s whether it serves objects: "), sr_dcom_target_get_host (target));
  else if (ok && version_minor != NULL)
    *version_minor = version.minor;
  return ok;
}
