/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-object-private.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom/sr-orpc.h"
#include "dcom/sr-rem-unknown.h"
#include "rpc/sr-rpc-trace.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* References asked for at once, as Windows does. */
#define REFS 5

struct _SrDcomObject
{
  SrDcomTarget *target;
  guint16 version_minor;
  char *principal;
  SrDcomPinger *pinger;                 /* NULL when the object wants no pings */
  gboolean released;

  GMutex lock;
  SrDcomIdentity identity;              /* under @lock; written by the calling thread only */
  SrRpcClient *client;                  /* the pointer under @lock; used by the calling thread */
  gboolean drop;                        /* under @lock: sr_dcom_object_disconnect() was here */
};

SrDcomObject *
sr_dcom_object_new (SrDcomTarget         *target,
                    const SrDcomIdentity *identity,
                    guint16               version_minor,
                    char                 *principal)
{
  SrDcomObject *object = g_new0 (SrDcomObject, 1);

  g_mutex_init (&object->lock);
  object->target = sr_dcom_target_ref (target);
  object->identity = *identity;
  object->version_minor = version_minor;
  object->principal = principal;
  if (!identity->no_ping)
    object->pinger = sr_dcom_pinger_new (target, identity->oid, identity->setid);
  return object;
}

SrDcomObject *
sr_dcom_object_reattach (SrDcomTarget         *target,
                         const SrDcomIdentity *identity)
{
  g_return_val_if_fail (identity->n_interfaces <= SR_DCOM_MAX_INTERFACES, NULL);
  return sr_dcom_object_new (target, identity, SR_COM_VERSION_MINOR, NULL);
}

static void
close_connection (SrDcomObject *object)
{
  g_mutex_lock (&object->lock);
  g_clear_pointer (&object->client, sr_rpc_client_free);
  object->drop = FALSE;
  g_mutex_unlock (&object->lock);
}

void
sr_dcom_object_free (SrDcomObject *object)
{
  if (object == NULL)
    return;
  g_clear_pointer (&object->pinger, sr_dcom_pinger_free);
  close_connection (object);
  g_clear_pointer (&object->target, sr_dcom_target_unref);
  g_mutex_clear (&object->lock);
  g_free (object->principal);
  g_free (object);
}

void
sr_dcom_object_disconnect (SrDcomObject *object)
{
  g_mutex_lock (&object->lock);
  object->drop = TRUE;
  if (object->client != NULL)
    sr_rpc_client_close (object->client);
  g_mutex_unlock (&object->lock);
}

void
sr_dcom_object_get_identity (SrDcomObject   *object,
                             SrDcomIdentity *identity)
{
  guint64 setid = object->pinger != NULL ? sr_dcom_pinger_get_setid (object->pinger) : 0;

  g_mutex_lock (&object->lock);
  *identity = object->identity;
  g_mutex_unlock (&object->lock);
  identity->setid = setid;
}

gint64
sr_dcom_object_get_last_ping (SrDcomObject *object,
                              GError      **error)
{
  if (object->pinger != NULL)
    return sr_dcom_pinger_get_last (object->pinger, error);
  if (error != NULL)
    *error = NULL;
  return 0;
}

/* Our interface @iid, or NULL; the calling thread is the only one that changes them. */
static const SrDcomInterfaceRef *
find_interface (SrDcomObject *object,
                const SrGuid *iid)
{
  for (guint i = 0; i < object->identity.n_interfaces; i++)
    if (sr_guid_equal (&object->identity.interfaces[i].iid, iid))
      return &object->identity.interfaces[i];
  return NULL;
}

gboolean
sr_dcom_object_has_interface (SrDcomObject *object,
                              const SrGuid *iid)
{
  return find_interface (object, iid) != NULL;
}

/* Asks the resolver where the exporter is now. */
static gboolean
resolve_port (SrDcomObject *object,
              gint64        deadline,
              GCancellable *cancellable,
              GError      **error)
{
  SrDcomExporter exporter;

  if (!sr_dcom_resolve_oxid (object->target, object->identity.oxid, &exporter, deadline, cancellable, error))
    return FALSE;
  g_mutex_lock (&object->lock);
  object->identity.port = exporter.port;
  object->identity.rem_unknown = exporter.rem_unknown;
  g_mutex_unlock (&object->lock);
  object->version_minor = exporter.version_minor;
  g_free (object->principal);
  object->principal = g_steal_pointer (&exporter.principal);
  sr_dcom_exporter_clear (&exporter);
  return TRUE;
}

/* Whether the exporter may have moved to another port: nobody there, or somebody else. */
static gboolean
may_have_moved (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
         || g_error_matches (error, SR_ERROR, SR_ERROR_REFUSED);
}

static gboolean
open_connection (SrDcomObject      *object,
                 const SrRpcSyntax *iface,
                 gint64             deadline,
                 GCancellable      *cancellable,
                 GError           **error)
{
  gboolean resolved = object->identity.port == 0;
  SrRpcClient *client;

  if (resolved && !resolve_port (object, deadline, cancellable, error))
    return FALSE;
  for (;;)
    {
      g_autoptr (GError) local = NULL, lost = NULL;
      guint16 port = object->identity.port;

      client = sr_dcom_connect (object->target, SR_DCOM_SERVICE_OBJECTS, port, object->principal, iface,
                                deadline, cancellable, &local);
      if (client != NULL)
        break;
      if (resolved || !may_have_moved (local)
          || !resolve_port (object, deadline, cancellable, &lost) || object->identity.port == port)
        {
          /* That the exporter is gone says more than that nobody listens. */
          gboolean gone = lost != NULL && lost->domain == SR_HRESULT_ERROR;

          g_propagate_error (error, gone ? g_steal_pointer (&lost) : g_steal_pointer (&local));
          return FALSE;
        }
      resolved = TRUE;
    }
  g_mutex_lock (&object->lock);
  object->client = client;
  g_mutex_unlock (&object->lock);
  return TRUE;
}

static gboolean
wants_drop (SrDcomObject *object)
{
  gboolean drop;

  g_mutex_lock (&object->lock);
  drop = object->drop;
  g_mutex_unlock (&object->lock);
  return drop;
}

/* Makes sure of a connection that is bound to @iface. @reused tells that it was there before. */
static gboolean
ensure_connection (SrDcomObject      *object,
                   const SrRpcSyntax *iface,
                   gboolean          *reused,
                   gint64             deadline,
                   GCancellable      *cancellable,
                   GError           **error)
{
  if (wants_drop (object) || (object->client != NULL && !sr_rpc_client_is_idle (object->client)))
    close_connection (object);

  *reused = object->client != NULL;
  if (*reused)
    {
      g_autoptr (GError) local = NULL;

      if (sr_rpc_client_bind (object->client, iface, NULL, deadline, cancellable, &local))
        return TRUE;
      close_connection (object);
      if (!sr_dcom_is_connection_error (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      *reused = FALSE;
    }
  return open_connection (object, iface, deadline, cancellable, error);
}

/* Faults by which the ORPC layer refuses a call before the method runs (MS-DCOM 3.1.1.5.4). */
static gboolean
is_orpc_refusal (guint32 status)
{
  static const guint32 refusals[] = {
    SR_RPC_E_DISCONNECTED, SR_RPC_E_VERSION_MISMATCH, SR_RPC_E_INVALID_HEADER, SR_RPC_E_INVALID_OBJECT,
    SR_E_ACCESSDENIED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (status == refusals[i])
      return TRUE;
  return FALSE;
}

static GBytes *
build_request (SrDcomObject      *object,
               const SrRpcMethod *method,
               gpointer           request,
               GError           **error)
{
  SrOrpcThis orpc_this;
  GBytes *stub;
  SrNdr ndr;

  sr_orpc_this_init (&orpc_this, object->version_minor);
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_this_code (&ndr, &orpc_this);
  method->code_request (&ndr, request);
  stub = sr_ndr_finish_bytes (&ndr, error);
  if (stub != NULL)
    sr_rpc_trace (method, FALSE, g_bytes_get_data (stub, NULL), g_bytes_get_size (stub));
  return stub;
}

static gboolean
parse_reply (SrDcomObject      *object,
             const SrRpcMethod *method,
             const guint8      *data,
             gsize              length,
             gpointer           reply,
             GError           **error)
{
  SrOrpcThat orpc_that = { 0 };
  SrNdr ndr;

  sr_rpc_trace (method, TRUE, data, length);
  memset (reply, 0, method->reply_size);
  sr_ndr_init_reader (&ndr, method->name, data, length);
  sr_orpc_that_code (&ndr, &orpc_that);
  sr_orpc_that_clear (&orpc_that);
  method->code_reply (&ndr, reply);
  if (sr_ndr_finish (&ndr, error))
    return TRUE;
  g_prefix_error (error, "%s: ", sr_dcom_target_get_host (object->target));
  if (method->clear_reply != NULL)
    method->clear_reply (reply);
  memset (reply, 0, method->reply_size);
  return FALSE;
}

/* One try. @again tells that another connection may carry the same call. */
static gboolean
try_call (SrDcomObject      *object,
          const SrGuid      *ipid,
          const SrRpcSyntax *iface,
          const SrRpcMethod *method,
          GBytes            *stub,
          gpointer           reply,
          gboolean          *sent,
          gboolean          *again,
          gint64             deadline,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GError) local = NULL;
  const guint8 *data;
  gboolean reused;
  gsize length;

  *sent = *again = FALSE;
  if (!ensure_connection (object, iface, &reused, deadline, cancellable, error))
    return FALSE;
  if (sr_rpc_client_call_stub (object->client, iface, method->opnum, ipid, stub, SR_RPC_MAX_REPLY, &data, &length,
                               deadline, cancellable, &local))
    {
      *sent = TRUE;
      return parse_reply (object, method, data, length, reply, error);
    }
  *sent = sr_rpc_client_was_sent (object->client);
  if (local->domain == SR_RPC_FAULT && is_orpc_refusal ((guint32) local->code))
    {
      sr_hresult_set_error (error, (guint32) local->code, "%s", sr_dcom_target_get_host (object->target));
      return FALSE;
    }
  *again = reused && !wants_drop (object) && sr_dcom_is_connection_error (local)
           && (!*sent || (method->flags & SR_RPC_METHOD_IDEMPOTENT));
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
call_ipid (SrDcomObject         *object,
           const SrGuid         *ipid,
           const SrRpcInterface *iface,
           const SrRpcMethod    *method,
           gpointer              request,
           gpointer              reply,
           gboolean             *sent,
           gint64                deadline,
           GCancellable         *cancellable,
           GError              **error)
{
  g_autoptr (GBytes) stub = NULL;
  g_autoptr (GError) local = NULL;
  gboolean was_sent = FALSE, again = FALSE, ok = FALSE;

  stub = build_request (object, method, request, error);
  if (stub != NULL)
    {
      ok = try_call (object, ipid, &iface->syntax, method, stub, reply, &was_sent, &again,
                     deadline, cancellable, &local);
      if (!ok && again)
        {
          g_clear_error (&local);
          ok = try_call (object, ipid, &iface->syntax, method, stub, reply, &was_sent, &again,
                         deadline, cancellable, &local);
        }
    }
  if (sent != NULL)
    *sent = was_sent;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}

gboolean
sr_dcom_object_call (SrDcomObject         *object,
                     const SrRpcInterface *iface,
                     const SrRpcMethod    *method,
                     gpointer              request,
                     gpointer              reply,
                     gboolean             *sent,
                     gint64                deadline,
                     GCancellable         *cancellable,
                     GError              **error)
{
  const SrDcomInterfaceRef *ref = find_interface (object, &iface->syntax.uuid);

  if (sent != NULL)
    *sent = FALSE;
  if (ref == NULL || object->released)
    {
      /* Translators: an interface such as ICertAdminD2, then a host */
      g_set_error (error, SR_ERROR, SR_ERROR_STATE,
                   ref == NULL ? _("%s: the object on %s was not asked for this interface") : _("%s: the object on %s was released"),
                   iface->name, sr_dcom_target_get_host (object->target));
      return FALSE;
    }
  return call_ipid (object, &ref->ipid, iface, method, request, reply, sent, deadline, cancellable, error);
}

static gboolean
call_rem_unknown (SrDcomObject *object,
                  guint16       opnum,
                  gpointer      request,
                  gpointer      reply,
                  gint64        deadline,
                  GCancellable *cancellable,
                  GError      **error)
{
  const SrRpcInterface *iface = &sr_rem_unknown_interface;
  const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);
  /* Its IPID changes when the exporter is looked up: ensure_connection() has to come first. */
  gboolean reused;
  SrGuid ipid;

  if (object->identity.port == 0 && !ensure_connection (object, &iface->syntax, &reused, deadline, cancellable, error))
    return FALSE;
  ipid = object->identity.rem_unknown;
  return call_ipid (object, &ipid, iface, method, request, reply, NULL, deadline, cancellable, error);
}

/* Takes the one result of a RemQueryInterface. */
static gboolean
take_interface (SrDcomObject          *object,
                const SrGuid          *iid,
                const SrRemQueryReply *reply,
                GError               **error)
{
  const char *host = sr_dcom_target_get_host (object->target);
  guint32 hr = SR_FAILED (reply->hr) || reply->n_results == 0 ? reply->hr : reply->results[0].hr;
  const SrStdObjref *std = &reply->results[0].std;

  if (SR_FAILED (hr))
    {
      sr_hresult_set_error (error, hr, _ ("Asking the object on %s for another interface"), host);
      return FALSE;
    }
  if (reply->n_results != 1 || std->oid != object->identity.oid || std->oxid != object->identity.oxid)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("RemQueryInterface: %s gave %u references, or one to another object"),
                   host, reply->n_results);
      return FALSE;
    }
  g_mutex_lock (&object->lock);
  object->identity.interfaces[object->identity.n_interfaces++] = (SrDcomInterfaceRef) { *iid, std->ipid, std->public_refs };
  g_mutex_unlock (&object->lock);
  return TRUE;
}

gboolean
sr_dcom_object_query_interface (SrDcomObject *object,
                                const SrGuid *iid,
                                gint64        deadline,
                                GCancellable *cancellable,
                                GError      **error)
{
  SrRemQueryRequest request = { .n_refs = REFS, .n_iids = 1, .iids = { *iid } };
  SrRemQueryReply reply = { 0 };

  if (find_interface (object, iid) != NULL)
    return TRUE;
  if (object->released || object->identity.n_interfaces == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("RemQueryInterface: no interface of the object on %s is held"),
                   sr_dcom_target_get_host (object->target));
      return FALSE;
    }
  if (object->identity.n_interfaces == SR_DCOM_MAX_INTERFACES)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("RemQueryInterface: more than %u interfaces of one object"),
                   SR_DCOM_MAX_INTERFACES);
      return FALSE;
    }
  request.ipid = object->identity.interfaces[0].ipid;
  return call_rem_unknown (object, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, &request, &reply, deadline, cancellable, error)
         && take_interface (object, iid, &reply, error);
}

gboolean
sr_dcom_object_add_refs (SrDcomObject *object,
                         gint64        deadline,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrDcomInterfaceRef *wanted[SR_DCOM_MAX_INTERFACES];
  SrRemRefsRequest request = { 0 };
  SrRemAddRefReply reply = { 0 };

  for (guint i = 0; i < object->identity.n_interfaces; i++)
    {
      SrDcomInterfaceRef *ref = &object->identity.interfaces[i];

      if (ref->public_refs > 0)
        continue;
      wanted[request.n_refs] = ref;
      request.refs[request.n_refs++] = (SrRemInterfaceRef) { ref->ipid, REFS, 0 };
    }
  if (request.n_refs == 0)
    return TRUE;
  if (!call_rem_unknown (object, SR_REM_UNKNOWN_OP_ADD_REF, &request, &reply, deadline, cancellable, error))
    return FALSE;
  if (!SR_FAILED (reply.hr) && reply.n_results != request.n_refs)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("RemAddRef: %s answered %u of %u"),
                   sr_dcom_target_get_host (object->target), reply.n_results, request.n_refs);
      return FALSE;
    }
  for (guint i = 0; i < request.n_refs; i++)
    {
      guint32 hr = SR_FAILED (reply.hr) ? reply.hr : reply.results[i];

      if (SR_FAILED (hr))
        {
          sr_hresult_set_error (error, hr, _ ("Asking %s to keep the object"), sr_dcom_target_get_host (object->target));
          return FALSE;
        }
      g_mutex_lock (&object->lock);
      wanted[i]->public_refs = REFS;
      g_mutex_unlock (&object->lock);
    }
  return TRUE;
}

gboolean
sr_dcom_object_release (SrDcomObject *object,
                        gint64        deadline,
                        GError      **error)
{
  const SrDcomIdentity *identity = &object->identity;
  SrRemRefsRequest request = { .n_refs = (guint16) identity->n_interfaces };
  SrRemReleaseReply reply = { 0 };

  if (object->released)
    return TRUE;
  for (guint i = 0; i < identity->n_interfaces; i++)
    request.refs[i] = (SrRemInterfaceRef) { identity->interfaces[i].ipid, identity->interfaces[i].public_refs, 0 };
  if (!call_rem_unknown (object, SR_REM_UNKNOWN_OP_RELEASE, &request, &reply, deadline, NULL, error))
    {
      g_prefix_error (error, _ ("Releasing the object on %s: "), sr_dcom_target_get_host (object->target));
      return FALSE;
    }
  if (SR_FAILED (reply.hr))
    {
      sr_hresult_set_error (error, reply.hr, _ ("Releasing the object on %s"), sr_dcom_target_get_host (object->target));
      return FALSE;
    }
  object->released = TRUE;
  close_connection (object);
  if (object->pinger != NULL)
    {
      g_autoptr (GError) local = NULL;

      /* The references are gone, and with them the object: a set that stays behind ends by itself. */
      sr_dcom_pinger_stop (object->pinger);
      if (!sr_dcom_pinger_remove (object->pinger, deadline, &local))
        g_debug ("Ping set on %s: %s", sr_dcom_target_get_host (object->target), local->message);
    }
  return TRUE;
}
