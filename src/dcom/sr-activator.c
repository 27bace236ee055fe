/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-activator.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* A file name to initialize the object from; nobody sends one here. */
#define MAX_OBJECT_NAME 4096

static void
code_iids (SrNdr                     *ndr,
           SrRemoteActivationRequest *m)
{
  guint32 n = m->n_iids;

  sr_ndr_count (ndr, "pIIDs", &n, SR_ACTIVATION_MAX_INTERFACES);
  if (n != m->n_iids)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "pIIDs", _("%u entries where %u were told"), n, m->n_iids);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_guid (ndr, "pIIDs", &m->iids[i]);
}

static void
code_remote_activation_request (SrNdr    *ndr,
                                gpointer  message)
{
  SrRemoteActivationRequest *m = message;
  guint32 n;

  sr_orpc_this_code (ndr, &m->orpc_this);
  sr_ndr_guid (ndr, "Clsid", &m->clsid);
  sr_ndr_unique_string (ndr, "pwszObjectName", &m->object_name, MAX_OBJECT_NAME);
  sr_unique_interface_pointer_code (ndr, "pObjectStorage", &m->storage);
  sr_ndr_uint32 (ndr, "ClientImpLevel", &m->impersonation_level);
  sr_ndr_uint32 (ndr, "Mode", &m->mode);
  sr_ndr_count (ndr, "Interfaces", &m->n_iids, SR_ACTIVATION_MAX_INTERFACES);
  if (sr_ndr_pointer (ndr, "pIIDs", TRUE))
    code_iids (ndr, m);
  else
    m->n_iids = 0;
  sr_ndr_uint16 (ndr, "cRequestedProtseqs", &m->n_protseqs);
  n = m->n_protseqs;
  sr_ndr_count (ndr, "aRequestedProtseqs", &n, SR_ACTIVATION_MAX_PROTSEQS);
  if (n != m->n_protseqs)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "aRequestedProtseqs", _("%u entries where %u were told"), n, m->n_protseqs);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint16 (ndr, "aRequestedProtseqs", &m->protseqs[i]);
}

static void
clear_remote_activation_request (gpointer message)
{
  SrRemoteActivationRequest *m = message;

  sr_orpc_this_clear (&m->orpc_this);
  g_clear_pointer (&m->object_name, g_free);
  g_clear_pointer (&m->storage, g_bytes_unref);
}

static void
code_interface_data (SrNdr             *ndr,
                     SrActivationReply *a)
{
  gboolean present[SR_ACTIVATION_MAX_INTERFACES] = { FALSE };
  guint32 n = a->results->len;

  sr_ndr_count (ndr, "ppInterfaceData", &n, SR_ACTIVATION_MAX_INTERFACES);
  if (sr_ndr_is_reading (ndr))
    g_array_set_size (a->results, n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    present[i] = sr_ndr_pointer (ndr, "ppInterfaceData",
                                 g_array_index (a->results, SrActivationResult, i).objref != NULL);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    if (present[i])
      sr_interface_pointer_code (ndr, "ppInterfaceData", &g_array_index (a->results, SrActivationResult, i).objref);

  sr_ndr_count (ndr, "pResults", &n, SR_ACTIVATION_MAX_INTERFACES);
  if (n != a->results->len)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "pResults", _("%u entries where %u were told"), n, a->results->len);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, "pResults", &g_array_index (a->results, SrActivationResult, i).hr);
}

static void
code_remote_activation_reply (SrNdr    *ndr,
                              gpointer  message)
{
  SrRemoteActivationReply *m = message;
  SrActivationReply *a = &m->activation;

  if (a->results == NULL)
    sr_activation_reply_init (a);
  sr_orpc_that_code (ndr, &m->orpc_that);
  sr_ndr_uint64 (ndr, "pOxid", &a->oxid);
  if (sr_ndr_pointer (ndr, "ppdsaOxidBindings", a->bindings != NULL))
    sr_dual_string_array_code (ndr, "ppdsaOxidBindings", &a->bindings);
  sr_ndr_guid (ndr, "pipidRemUnknown", &a->rem_unknown);
  sr_ndr_uint32 (ndr, "pAuthnHint", &a->authn_hint);
  sr_ndr_align (ndr, 2);
  sr_com_version_code (ndr, "pServerVersion", &a->version);
  sr_ndr_uint32 (ndr, "phr", &m->hr);
  code_interface_data (ndr, a);
  sr_ndr_uint32 (ndr, "return value", &m->status);
}

static void
clear_remote_activation_reply (gpointer message)
{
  SrRemoteActivationReply *m = message;

  sr_orpc_that_clear (&m->orpc_that);
  sr_activation_reply_clear (&m->activation);
}

static void
code_get_class_object_request (SrNdr    *ndr,
                               gpointer  message)
{
  SrActivatorRequest *m = message;

  sr_orpc_this_code (ndr, &m->orpc_this);
  sr_unique_interface_pointer_code (ndr, "pActProperties", &m->properties);
}

static void
code_create_instance_request (SrNdr    *ndr,
                              gpointer  message)
{
  SrActivatorRequest *m = message;

  sr_orpc_this_code (ndr, &m->orpc_this);
  sr_unique_interface_pointer_code (ndr, "pUnkOuter", &m->outer);
  sr_unique_interface_pointer_code (ndr, "pActProperties", &m->properties);
}

static void
clear_activator_request (gpointer message)
{
  SrActivatorRequest *m = message;

  sr_orpc_this_clear (&m->orpc_this);
  g_clear_pointer (&m->outer, g_bytes_unref);
  g_clear_pointer (&m->properties, g_bytes_unref);
}

static void
code_activator_reply (SrNdr    *ndr,
                      gpointer  message)
{
  SrActivatorReply *m = message;

  sr_orpc_that_code (ndr, &m->orpc_that);
  sr_unique_interface_pointer_code (ndr, "ppActProperties", &m->properties);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
clear_activator_reply (gpointer message)
{
  SrActivatorReply *m = message;

  sr_orpc_that_clear (&m->orpc_that);
  g_clear_pointer (&m->properties, g_bytes_unref);
}

static const SrRpcMethod activation_methods[] = {
  { SR_ACTIVATION_OP_REMOTE_ACTIVATION, "RemoteActivation",
    sizeof (SrRemoteActivationRequest), code_remote_activation_request, clear_remote_activation_request,
    sizeof (SrRemoteActivationReply), code_remote_activation_reply, clear_remote_activation_reply,
    SR_RPC_METHOD_NONE },
};

const SrRpcInterface sr_activation_interface = {
  "IActivation",
  { { 0x4d9f4ab8, 0x7d1c, 0x11cf, { 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c, 0x57 } }, 0, 0 },
  activation_methods, G_N_ELEMENTS (activation_methods),
};

static const SrRpcMethod remote_activator_methods[] = {
  { SR_REMOTE_ACTIVATOR_OP_GET_CLASS_OBJECT, "RemoteGetClassObject",
    sizeof (SrActivatorRequest), code_get_class_object_request, clear_activator_request,
    sizeof (SrActivatorReply), code_activator_reply, clear_activator_reply,
    SR_RPC_METHOD_NONE },
  { SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE, "RemoteCreateInstance",
    sizeof (SrActivatorRequest), code_create_instance_request, clear_activator_request,
    sizeof (SrActivatorReply), code_activator_reply, clear_activator_reply,
    SR_RPC_METHOD_NONE },
};

const SrRpcInterface sr_remote_activator_interface = {
  "IRemoteSCMActivator",
  { SR_OLE_GUID (0x1a0), 0, 0 },
  remote_activator_methods, G_N_ELEMENTS (remote_activator_methods),
};
