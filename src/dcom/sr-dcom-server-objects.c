/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-server-private.h"

#include "base/sr-hresult.h"
#include "dcom/sr-rem-unknown.h"

/* What the checks in front of every ORPC call leave over (MS-DCOM 3.1.1.5.4). */
static guint32
check_orpc_this (SrDcomServer     *server,
                 const SrOrpcThis *orpc_this)
{
  if (!sr_com_version_accepted (orpc_this->version, sr_dcom_server_version (server).minor))
    return SR_RPC_E_VERSION_MISMATCH;
  return orpc_this->flags == 0 ? 0 : SR_RPC_E_INVALID_HEADER;
}

/* Reads ORPCTHIS and the method's own request. */
static guint32
read_request (SrDcomServer      *server,
              const SrRpcMethod *method,
              const guint8      *stub,
              gsize              length,
              gpointer           request)
{
  g_autoptr (GError) error = NULL;
  SrOrpcThis orpc_this = { 0 };
  guint32 status = 0;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, method->name, stub, length);
  sr_orpc_this_code (&ndr, &orpc_this);
  if (sr_ndr_ok (&ndr))
    status = check_orpc_this (server, &orpc_this);
  sr_orpc_this_clear (&orpc_this);
  if (status == 0)
    method->code_request (&ndr, request);
  else
    {
      gsize consumed;

      sr_ndr_finish_prefix (&ndr, &consumed, NULL);
      return status;
    }
  if (sr_ndr_finish_request (&ndr, &error))
    return 0;
  g_debug ("%s", error->message);
  return SR_NCA_S_FAULT_NDR;
}

static guint32
write_reply (const SrRpcMethod *method,
             gpointer           reply,
             GBytes           **stub)
{
  SrOrpcThat orpc_that = { 0 };
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_that_code (&ndr, &orpc_that);
  method->code_reply (&ndr, reply);
  *stub = sr_ndr_finish_bytes (&ndr, NULL);
  return *stub != NULL ? 0 : SR_NCA_S_FAULT_REMOTE_NO_MEMORY;
}

/* One call of a method of the class. */
static guint32
run_method (SrDcomServer          *server,
            const SrRpcServerCall *call,
            const SrRpcMethod     *method,
            gpointer               instance,
            gpointer               request,
            gpointer               reply,
            GBytes               **stub)
{
  const SrDcomClass *klass = server->klass;
  guint32 status = klass->invoke (instance, call, method, request, reply, server->user_data);

  return status == 0 ? write_reply (method, reply, stub) : status;
}

static guint32
call_instance (SrDcomServer          *server,
               const SrRpcServerCall *call,
               const SrRpcMethod     *method,
               gpointer               request,
               gpointer               reply,
               GBytes               **stub)
{
  gpointer instance;
  guint32 status;
  guint64 oid;
  SrGuid iid;

  instance = sr_dcom_table_begin_call (server->table, &call->object, &iid, &oid, sr_dcom_server_now (server));
  if (instance == NULL)
    return SR_RPC_E_DISCONNECTED;
  if (sr_guid_equal (&iid, &call->iface->syntax.uuid))
    status = run_method (server, call, method, instance, request, reply, stub);
  else
    status = SR_RPC_E_INVALID_OBJECT;
  sr_dcom_table_end_call (server->table, oid, sr_dcom_server_now (server));
  return status;
}

guint32
sr_dcom_server_handle_object (const SrRpcServerCall *call,
                              const guint8          *stub,
                              gsize                  length,
                              GBytes               **reply,
                              gpointer               user_data)
{
  SrDcomServer *server = user_data;
  const SrRpcMethod *method = sr_rpc_interface_find (call->iface, call->opnum);
  gboolean rem_unknown = call->iface == &sr_rem_unknown_interface || call->iface == &sr_rem_unknown2_interface;
  g_autofree gpointer request = NULL;
  g_autofree gpointer answer = NULL;
  guint32 status;

  if (method == NULL)
    return SR_NCA_S_OP_RNG_ERROR;
  request = g_malloc0 (MAX (method->request_size, 1));
  answer = g_malloc0 (MAX (method->reply_size, 1));
  status = read_request (server, method, stub, length, request);
  if (status == 0 && !rem_unknown)
    status = call_instance (server, call, method, request, answer, reply);
  else if (status == 0 && !sr_guid_equal (&call->object, sr_dcom_table_get_rem_unknown (server->table)))
    status = SR_RPC_E_DISCONNECTED;
  else if (status == 0)
    {
      status = sr_dcom_server_run_rem_unknown (server, call, request, answer);
      if (status == 0)
        status = write_reply (method, answer, reply);
    }
  if (method->clear_request != NULL)
    method->clear_request (request);
  if (method->clear_reply != NULL)
    method->clear_reply (answer);
  return status;
}
