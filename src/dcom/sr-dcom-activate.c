/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-object-private.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom/sr-activator.h"

#include <glib/gi18n-lib.h>

/* IRemoteSCMActivator came with this minor version (MS-DCOM 2.2.11). */
#define REMOTE_ACTIVATOR_MINOR 6

/* RPC_C_IMPL_LEVEL_IDENTIFY, what Windows sends */
#define IMPERSONATION_LEVEL 2

/* How much of the time is given back to a server that we do not want after all. */
#define GIVE_BACK_SECONDS 5

typedef struct
{
  SrDcomTarget *target;
  const SrGuid *clsid;
  const SrGuid *iids;
  guint n_iids;
  guint16 version_minor;
  gint64 deadline;
  GCancellable *cancellable;
} Activation;

/* The server's minor version; one that tells nobody who has not signed in is taken for ours. */
static gboolean
negotiate_version (Activation *a,
                   GError    **error)
{
  g_autoptr (GError) local = NULL;
  guint16 minor = SR_COM_VERSION_MINOR;

  if (!sr_dcom_server_alive (a->target, &minor, a->deadline, a->cancellable, &local)
      && local->domain != SR_RPC_FAULT && !g_error_matches (local, SR_ERROR, SR_ERROR_REFUSED)
      && !g_error_matches (local, SR_ERROR, SR_ERROR_CLOSED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  a->version_minor = MIN (minor, SR_COM_VERSION_MINOR);
  return TRUE;
}

static gboolean
take_hresult (Activation *a,
              guint32     hr,
              GError    **error)
{
  if (!SR_FAILED (hr))
    return TRUE;
  sr_hresult_set_error (error, hr, _ ("Activating the object on %s"), sr_dcom_target_get_host (a->target));
  return FALSE;
}

/* IRemoteSCMActivator::RemoteCreateInstance */
static gboolean
create_instance (Activation        *a,
                 SrRpcClient       *client,
                 SrActivationReply *result,
                 GError           **error)
{
  const SrRpcInterface *iface = &sr_remote_activator_interface;
  const SrRpcMethod *method = sr_rpc_interface_find (iface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  SrActivatorRequest request = { 0 };
  SrActivatorReply reply = { 0 };
  SrActivationRequest wanted;
  gboolean ok;

  sr_orpc_this_init (&request.orpc_this, a->version_minor);
  sr_activation_request_init (&wanted, a->clsid, a->iids, a->n_iids, sr_dcom_target_get_host (a->target),
                              a->version_minor);
  request.properties = sr_activation_request_build (&wanted, error);
  sr_activation_request_clear (&wanted);
  ok = request.properties != NULL
       && sr_rpc_client_call (client, iface, method, NULL, &request, &reply, a->deadline, a->cancellable, error);
  method->clear_request (&request);
  if (!ok)
    return FALSE;

  ok = take_hresult (a, reply.hr, error);
  if (ok && reply.properties == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("RemoteCreateInstance: neither object nor error"));
      ok = FALSE;
    }
  ok = ok && sr_activation_reply_parse (g_bytes_get_data (reply.properties, NULL), g_bytes_get_size (reply.properties),
                                        result, error);
  method->clear_reply (&reply);
  return ok;
}

/* IActivation::RemoteActivation */
static gboolean
remote_activation (Activation        *a,
                   SrRpcClient       *client,
                   SrActivationReply *result,
                   GError           **error)
{
  const SrRpcInterface *iface = &sr_activation_interface;
  const SrRpcMethod *method = sr_rpc_interface_find (iface, SR_ACTIVATION_OP_REMOTE_ACTIVATION);
  SrRemoteActivationRequest request = {
    .clsid = *a->clsid,
    .impersonation_level = IMPERSONATION_LEVEL,
    .n_iids = a->n_iids,
    .n_protseqs = 1,
    .protseqs = { SR_DCOM_TOWER_TCP },
  };
  SrRemoteActivationReply reply = { 0 };

  sr_orpc_this_init (&request.orpc_this, a->version_minor);
  for (guint i = 0; i < a->n_iids; i++)
    request.iids[i] = a->iids[i];
  if (!sr_rpc_client_call (client, iface, method, NULL, &request, &reply, a->deadline, a->cancellable, error))
    return FALSE;
  if (reply.status != 0)
    sr_dcom_set_status_error (error, reply.status, _ ("Activating the object"), sr_dcom_target_get_host (a->target));
  if (reply.status != 0 || !take_hresult (a, reply.hr, error))
    {
      method->clear_reply (&reply);
      return FALSE;
    }
  *result = reply.activation;
  sr_orpc_that_clear (&reply.orpc_that);
  /* This answer has no interface identifiers: it follows the question's order. */
  for (guint i = 0; i < MIN (result->results->len, a->n_iids); i++)
    g_array_index (result->results, SrActivationResult, i).iid = a->iids[i];
  return TRUE;
}

/*
 * Signs in at the object resolver, which every server has, then asks for
 * @iface: so a refusal tells that this interface is what is missing.
 */
static SrRpcClient *
connect_activator (Activation           *a,
                   const SrRpcInterface *iface,
                   gboolean             *missing,
                   GError              **error)
{
  g_autoptr (GError) local = NULL;
  SrRpcClient *client;

  *missing = FALSE;
  client = sr_dcom_connect (a->target, SR_DCOM_SERVICE_RESOLVER, 0, NULL, &sr_object_exporter_interface.syntax,
                            a->deadline, a->cancellable, error);
  if (client == NULL || sr_rpc_client_bind (client, &iface->syntax, NULL, a->deadline, a->cancellable, &local))
    return client;
  *missing = g_error_matches (local, SR_ERROR, SR_ERROR_REFUSED);
  g_propagate_error (error, g_steal_pointer (&local));
  sr_rpc_client_free (client);
  return NULL;
}

/* The first call after signing in is where raw NTLM shows that the password is wrong (MS-RPCE 3.3.1.5.2.1). */
static void
explain_ntlm (SrRpcClient  *client,
              GError      **error)
{
  SrAuthContext *auth = sr_rpc_client_get_auth (client);
  GError *denied = *error;

  if (auth == NULL || sr_auth_context_get_type_used (auth) != SR_AUTH_NTLM
      || !g_error_matches (denied, SR_RPC_FAULT, (gint) SR_NCA_S_FAULT_ACCESS_DENIED))
    return;
  *error = g_error_new (denied->domain, denied->code,
                        _ ("%s. With NTLM this is also how a wrong user name or password shows"), denied->message);
  g_error_free (denied);
}

static gboolean
activate_by (Activation           *a,
             const SrRpcInterface *iface,
             gboolean             *missing,
             SrActivationReply    *result,
             GError              **error)
{
  SrRpcClient *client = connect_activator (a, iface, missing, error);
  g_autoptr (GError) local = NULL;
  gboolean ok;

  if (client == NULL)
    return FALSE;
  if (iface == &sr_activation_interface)
    ok = remote_activation (a, client, result, &local);
  else
    ok = create_instance (a, client, result, &local);
  if (!ok)
    explain_ntlm (client, &local);
  sr_rpc_client_free (client);
  if (ok)
    return TRUE;
  *missing = g_error_matches (local, SR_RPC_FAULT, (gint) SR_NCA_S_UNK_IF)
             || g_error_matches (local, SR_RPC_FAULT, (gint) SR_NCA_S_OP_RNG_ERROR);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
activate (Activation        *a,
          SrActivationReply *result,
          GError           **error)
{
  g_autoptr (GError) local = NULL;
  gboolean missing = TRUE;

  if (a->version_minor >= REMOTE_ACTIVATOR_MINOR
      && activate_by (a, &sr_remote_activator_interface, &missing, result, &local))
    return TRUE;
  if (!missing)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  sr_activation_reply_clear (result);
  return activate_by (a, &sr_activation_interface, &missing, result, error);
}

/* Adds one interface that was given to @identity; all of them must be one object's. */
static gboolean
take_interface (const SrActivationReply  *reply,
                const SrActivationResult *result,
                SrDcomIdentity           *identity,
                GError                  **error)
{
  SrObjref objref;
  gboolean ok;

  if (result->objref == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("an interface came without a reference"));
      return FALSE;
    }
  ok = sr_objref_parse (g_bytes_get_data (result->objref, NULL), g_bytes_get_size (result->objref), &objref, error);
  if (ok && (objref.kind == SR_OBJREF_CUSTOM || !sr_guid_equal (&objref.iid, &result->iid)
             || objref.std.oxid != reply->oxid
             || (identity->n_interfaces > 0 && objref.std.oid != identity->oid)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("a reference of another kind, interface, exporter or object"));
      ok = FALSE;
    }
  if (ok)
    {
      identity->oxid = objref.std.oxid;
      identity->oid = objref.std.oid;
      identity->no_ping = (objref.std.flags & SR_OBJREF_NO_PING) != 0;
      identity->interfaces[identity->n_interfaces++] =
        (SrDcomInterfaceRef) { result->iid, objref.std.ipid, objref.std.public_refs };
    }
  sr_objref_clear (&objref);
  return ok;
}

static gboolean
take_interfaces (Activation              *a,
                 const SrActivationReply *reply,
                 SrDcomIdentity          *identity,
                 GError                 **error)
{
  if (reply->results->len != a->n_iids)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%u interfaces were asked for, %u answered"), a->n_iids,
                   reply->results->len);
      return FALSE;
    }
  for (guint i = 0; i < a->n_iids; i++)
    {
      const SrActivationResult *result = &g_array_index (reply->results, SrActivationResult, i);

      if (!sr_guid_equal (&result->iid, &a->iids[i]))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("another interface than asked for"));
          return FALSE;
        }
      if (!SR_FAILED (result->hr) && !take_interface (reply, result, identity, error))
        return FALSE;
    }
  return TRUE;
}

/* What the server gave, as an object; one without the first interface is given back. */
static SrDcomObject *
make_object (Activation              *a,
             const SrActivationReply *reply,
             GError                 **error)
{
  guint32 first_hr;
  SrDcomIdentity identity = { 0 };
  SrDcomExporter exporter;
  SrDcomObject *object;

  if (!take_interfaces (a, reply, &identity, error)
      || !sr_dcom_exporter_set (&exporter, a->target, reply->bindings, &reply->rem_unknown, reply->version, error))
    return NULL;
  first_hr = g_array_index (reply->results, SrActivationResult, 0).hr;
  if (identity.n_interfaces == 0)
    {
      sr_dcom_exporter_clear (&exporter);
      take_hresult (a, first_hr, error);
      return NULL;
    }
  identity.port = exporter.port;
  identity.rem_unknown = exporter.rem_unknown;
  object = sr_dcom_object_new (a->target, &identity, MIN (exporter.version_minor, a->version_minor),
                               g_steal_pointer (&exporter.principal));
  if (take_hresult (a, first_hr, error) && sr_dcom_object_add_refs (object, a->deadline, a->cancellable, error))
    return object;
  sr_dcom_object_release (object, MIN (a->deadline, sr_deadline_in (GIVE_BACK_SECONDS)), NULL);
  sr_dcom_object_free (object);
  return NULL;
}

SrDcomObject *
sr_dcom_object_activate (SrDcomTarget *target,
                         const SrGuid *clsid,
                         const SrGuid *iids,
                         guint         n_iids,
                         gint64        deadline,
                         GCancellable *cancellable,
                         GError      **error)
{
  Activation a = { target, clsid, iids, n_iids, SR_COM_VERSION_MINOR, deadline, cancellable };
  SrActivationReply reply = { 0 };
  g_autoptr (GError) local = NULL;
  SrDcomObject *object = NULL;

  g_return_val_if_fail (n_iids > 0 && n_iids <= SR_DCOM_MAX_INTERFACES, NULL);
  if (negotiate_version (&a, &local) && activate (&a, &reply, &local))
    object = make_object (&a, &reply, &local);
  sr_activation_reply_clear (&reply);
  if (object == NULL && local->domain == SR_HRESULT_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (object == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&local), _ ("Activation on %s: "),
                                sr_dcom_target_get_host (target));
  return object;
}
