/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-server-private.h"

#include "base/sr-hresult.h"
#include "dcom/sr-activator.h"

/* References given with each interface, as Windows does (MS-DCOM 3.1.1.5.1). */
#define REFS 5

/* actvflags (MS-DCOM 2.2.22.2.1): a server in an address space of the other width is not to be had. */
#define ACTIVATE_32_BIT_SERVER 0x4u
#define ACTIVATE_64_BIT_SERVER 0x8u
#define OTHER_WIDTH (GLIB_SIZEOF_VOID_P == 8 ? ACTIVATE_32_BIT_SERVER : ACTIVATE_64_BIT_SERVER)

typedef struct
{
  SrDcomServer *server;
  const SrRpcServerCall *call;
} Call;

/* Gives references to one interface after the other. */
static void
marshal_interfaces (SrDcomServer      *server,
                    gpointer           instance,
                    const SrGuid      *iids,
                    guint              n_iids,
                    SrActivationReply *reply)
{
  guint32 refs = server->quirks.no_references ? 0 : REFS;
  gint64 now = sr_dcom_server_now (server);

  for (guint i = 0; i < n_iids; i++)
    {
      g_autoptr (GBytes) objref = NULL;
      SrStdObjref std;

      if (sr_dcom_server_has_interface (server, &iids[i])
          && sr_dcom_table_marshal (server->table, instance, &iids[i], refs, now, &std))
        objref = sr_dcom_server_build_objref (server, &iids[i], &std);
      sr_activation_reply_add (reply, &iids[i], objref != NULL ? SR_S_OK : SR_E_NOINTERFACE, objref);
    }
}

static guint32
create_object (Call              *c,
               const SrGuid      *iids,
               guint              n_iids,
               SrActivationReply *reply)
{
  SrDcomServer *server = c->server;
  guint32 hr = SR_S_OK;
  gpointer instance = NULL;

  sr_dcom_table_lock_lifetime (server->table);
  if (!sr_dcom_table_has_room (server->table))
    hr = SR_E_OUTOFMEMORY;
  else
    {
      instance = server->klass->create (c->call, &hr, server->user_data);
      if (instance == NULL && !SR_FAILED (hr))
        hr = SR_E_FAIL;
    }
  if (instance != NULL)
    marshal_interfaces (server, instance, iids, n_iids, reply);
  sr_dcom_table_unlock_lifetime (server->table);
  return instance != NULL ? SR_S_OK : hr;
}

/* The three methods come down to this (MS-DCOM 3.1.2.5.2.3). */
static guint32
activate (Call              *c,
          SrComVersion       client_version,
          const SrGuid      *clsid,
          guint32            flags,
          const SrGuid      *iids,
          guint              n_iids,
          SrActivationReply *reply)
{
  SrDcomServer *server = c->server;
  gboolean any = FALSE;
  guint32 hr;

  if (!sr_com_version_accepted (client_version, sr_dcom_server_version (server).minor))
    return SR_RPC_E_VERSION_MISMATCH;
  if (!sr_guid_equal (clsid, &server->klass->clsid) || (flags & OTHER_WIDTH))
    return SR_REGDB_E_CLASSNOTREG;
  for (guint i = 0; i < n_iids; i++)
    any = any || sr_dcom_server_has_interface (server, &iids[i]);
  if (!any)
    return SR_E_NOINTERFACE;

  hr = create_object (c, iids, n_iids, reply);
  if (SR_FAILED (hr))
    return hr;
  sr_dcom_server_count (server, &server->activations);
  reply->oxid = sr_dcom_table_get_oxid (server->table);
  reply->rem_unknown = *sr_dcom_table_get_rem_unknown (server->table);
  reply->authn_hint = SR_AUTH_LEVEL_PRIVACY;
  reply->version = sr_dcom_server_version (server);
  reply->bindings = server->quirks.no_endpoints ? sr_dcom_server_resolver_bindings (server)
                                                : sr_dcom_server_exporter_bindings (server);
  return SR_S_OK;
}

static guint32
parse_properties (const SrActivatorRequest *request,
                  SrActivationRequest      *wanted)
{
  g_autoptr (GError) error = NULL;

  *wanted = (SrActivationRequest) { 0 };
  if (request->properties == NULL)
    return SR_E_INVALIDARG;
  if (sr_activation_request_parse (g_bytes_get_data (request->properties, NULL),
                                   g_bytes_get_size (request->properties), wanted, &error))
    return SR_S_OK;
  g_debug ("%s", error->message);
  return error->domain == SR_HRESULT_ERROR ? sr_hresult_from_error (error) : SR_E_INVALIDARG;
}

static guint32
run_create_instance (gpointer request,
                     gpointer reply,
                     gpointer user_data)
{
  Call *c = user_data;
  SrActivatorRequest *in = request;
  SrActivatorReply *out = reply;
  SrActivationRequest wanted;
  SrActivationReply given;

  sr_activation_reply_init (&given);
  out->hr = parse_properties (in, &wanted);
  if (!SR_FAILED (out->hr))
    out->hr = activate (c, in->orpc_this.version, &wanted.clsid, wanted.flags,
                        (const SrGuid *) wanted.iids->data, wanted.iids->len, &given);
  if (!SR_FAILED (out->hr))
    {
      out->properties = sr_activation_reply_build (&given, NULL);
      if (out->properties == NULL)
        out->hr = SR_E_OUTOFMEMORY;
    }
  sr_activation_request_clear (&wanted);
  sr_activation_reply_clear (&given);
  return 0;
}

/* A class factory is not to be had from here: the client is told so, after the checks it would meet anyway. */
static guint32
run_get_class_object (gpointer request,
                      gpointer reply,
                      gpointer user_data)
{
  Call *c = user_data;
  SrActivatorReply *out = reply;
  SrActivationRequest wanted;

  out->hr = parse_properties (request, &wanted);
  if (!SR_FAILED (out->hr))
    out->hr = sr_guid_equal (&wanted.clsid, &c->server->klass->clsid) ? SR_E_NOTIMPL : SR_REGDB_E_CLASSNOTREG;
  sr_activation_request_clear (&wanted);
  return 0;
}

static guint32
run_remote_activation (gpointer request,
                       gpointer reply,
                       gpointer user_data)
{
  Call *c = user_data;
  SrRemoteActivationRequest *in = request;
  SrRemoteActivationReply *out = reply;

  sr_activation_reply_init (&out->activation);
  if (in->n_iids == 0)
    out->hr = SR_E_INVALIDARG;
  else if (in->mode == SR_ACTIVATION_MODE_CLASS_OBJECT)
    out->hr = SR_E_NOTIMPL;
  else
    out->hr = activate (c, in->orpc_this.version, &in->clsid, 0, in->iids, in->n_iids, &out->activation);

  /* One result for each interface in any case. */
  for (guint i = out->activation.results->len; i < in->n_iids; i++)
    sr_activation_reply_add (&out->activation, &in->iids[i], SR_S_OK, NULL);
  return 0;
}

guint32
sr_dcom_server_handle_activation (const SrRpcServerCall *call,
                                  const guint8          *stub,
                                  gsize                  length,
                                  GBytes               **reply,
                                  gpointer               user_data)
{
  const SrRpcMethod *method = sr_rpc_interface_find (call->iface, call->opnum);
  Call state = { user_data, call };

  if (method == NULL)
    return SR_NCA_S_OP_RNG_ERROR;
  if (call->iface == &sr_activation_interface)
    return sr_rpc_method_serve (method, stub, length, run_remote_activation, &state, reply);
  return sr_rpc_method_serve (method, stub, length,
                              call->opnum == SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE ? run_create_instance
                                                                                    : run_get_class_object,
                              &state, reply);
}
