/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-host-private.h"

#include "host/tables/sr-svcctl-messages.h"
#include "host/tables/sr-winreg-messages.h"
#include "rpc/sr-rpc-fault.h"

#include <string.h>

/* Handles of one connection: nobody needs more. */
#define MAX_HANDLES 256

/* What a context handle stands for. */
typedef struct
{
  SrHostHandle key;
  guint64 connection;
  SrPracticeHandleKind kind;
  char *text;
} Handle;

static void
handle_free (gpointer data)
{
  Handle *handle = data;

  g_free (handle->text);
  g_free (handle);
}

static guint
handle_hash (gconstpointer key)
{
  const SrHostHandle *handle = key;
  SrGuid guid;

  sr_guid_read (handle->bytes + 4, &guid);
  return sr_guid_hash (&guid);
}

static gboolean
handle_equal (gconstpointer a,
              gconstpointer b)
{
  return memcmp (a, b, sizeof (SrHostHandle)) == 0;
}

gboolean
sr_practice_host_open_handle (SrPracticeHost        *host,
                              const SrRpcServerCall *call,
                              SrPracticeHandleKind   kind,
                              const char            *text,
                              SrHostHandle          *handle)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);
  GHashTableIter iter;
  Handle *item;
  guint count = 0;
  SrGuid guid;

  g_hash_table_iter_init (&iter, host->handles);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &item))
    count += item->connection == call->connection_id;
  if (count >= MAX_HANDLES)
    return FALSE;
  item = g_new0 (Handle, 1);
  sr_guid_random (&guid);
  sr_guid_write (&guid, item->key.bytes + 4);
  item->connection = call->connection_id;
  item->kind = kind;
  item->text = g_strdup (text);
  *handle = item->key;
  return g_hash_table_insert (host->handles, &item->key, item);
}

char *
sr_practice_host_get_handle (SrPracticeHost        *host,
                             const SrRpcServerCall *call,
                             SrPracticeHandleKind   kind,
                             const SrHostHandle    *handle)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);
  const Handle *item = g_hash_table_lookup (host->handles, handle);

  return item != NULL && item->connection == call->connection_id && item->kind == kind ? g_strdup (item->text) : NULL;
}

gboolean
sr_practice_host_close_handle (SrPracticeHost        *host,
                               const SrRpcServerCall *call,
                               const SrHostHandle    *handle)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);
  const Handle *item = g_hash_table_lookup (host->handles, handle);

  return item != NULL && item->connection == call->connection_id && g_hash_table_remove (host->handles, handle);
}

static gboolean
is_of_connection (gpointer key,
                  gpointer value,
                  gpointer user_data)
{
  return ((const Handle *) value)->connection == *(const guint64 *) user_data;
}

static void
connection_closed (guint64  connection_id,
                   gpointer user_data)
{
  SrPracticeHost *host = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);

  g_hash_table_foreach_remove (host->handles, is_of_connection, &connection_id);
}

/* A request on its way through sr_rpc_method_serve(). */
typedef struct
{
  SrPracticeHost *host;
  const SrRpcServerCall *call;
  const SrRpcMethod *method;
} Request;

static void
trace (const Request *request,
       guint32        fault,
       guint32        error)
{
  JsonObject *facts = json_object_new ();

  json_object_set_int_member (facts, "connection", (gint64) request->call->connection_id);
  json_object_set_string_member (facts, "interface", request->call->iface->name);
  json_object_set_string_member (facts, "method", request->method->name);
  json_object_set_string_member (facts, "principal", request->call->principal != NULL ? request->call->principal : "");
  json_object_set_int_member (facts, "authLevel", request->call->auth_level);
  json_object_set_int_member (facts, fault != 0 ? "fault" : "error", fault != 0 ? fault : error);
  sr_practice_trace_write (request->host->options.trace, "host", facts);
}

static guint32
run (gpointer message,
     gpointer reply,
     gpointer user_data)
{
  const Request *request = user_data;
  guint32 error = 0, fault;

  fault = (request->call->iface == &sr_svcctl ? sr_practice_svcctl_handle : sr_practice_winreg_handle)
            (request->host, request->call, message, reply, &error);
  trace (request, fault, error);
  return fault;
}

static guint32
serve (const SrRpcServerCall *call,
       const guint8          *stub,
       gsize                  length,
       GBytes               **reply,
       gpointer               user_data)
{
  Request request = { user_data, call, sr_rpc_interface_find (call->iface, call->opnum) };

  if (request.method == NULL)
    return SR_NCA_S_OP_RNG_ERROR;
  return sr_rpc_method_serve (request.method, stub, length, run, &request, reply);
}

static gboolean
drop (const SrRpcServerCall *call,
      gboolean               after,
      gpointer               user_data)
{
  SrPracticeHost *host = user_data;

  return sr_practice_faults_hit (host->options.faults, call->iface->name, call->opnum, after);
}

SrPracticeHost *
sr_practice_host_start (const SrPracticeHostOptions *options,
                        SrAuthAcceptor              *acceptor,
                        const char                  *address,
                        guint16                      port,
                        GError                     **error)
{
  g_autoptr (SrPracticeHost) host = g_new0 (SrPracticeHost, 1);

  host->options = *options;
  host->dependent = g_strdup (options->dependent);
  host->dependent_runs = options->dependent != NULL;
  host->handles = g_hash_table_new_full (handle_hash, handle_equal, NULL, handle_free);
  g_mutex_init (&host->lock);
  host->rpc = sr_rpc_server_new (acceptor);
  sr_rpc_server_add_interface (host->rpc, &sr_svcctl, SR_AUTH_LEVEL_PRIVACY, serve, host);
  sr_rpc_server_add_interface (host->rpc, &sr_winreg, SR_AUTH_LEVEL_PRIVACY, serve, host);
  sr_rpc_server_set_drop (host->rpc, drop, host);
  sr_rpc_server_set_closed (host->rpc, connection_closed, host);
  if (!sr_rpc_server_listen (host->rpc, address, port, &host->port, error))
    return NULL;
  return g_steal_pointer (&host);
}

void
sr_practice_host_stop (SrPracticeHost *host)
{
  sr_rpc_server_stop (host->rpc);
  sr_practice_services_join (host);
  g_object_unref (host->rpc);
  g_hash_table_unref (host->handles);
  g_mutex_clear (&host->lock);
  g_free (host->dependent);
  g_free (host);
}

guint16
sr_practice_host_get_port (SrPracticeHost *host)
{
  return host->port;
}

const char *
sr_practice_host_get_state (SrPracticeHost *host)
{
  switch (sr_practice_services_get_state (host, SR_PRACTICE_SERVICE))
    {
    case SR_PRACTICE_START_PENDING:
      return "starting";
    case SR_PRACTICE_STOP_PENDING:
      return "stopping";
    case SR_PRACTICE_RUNNING:
      return "running";
    case SR_PRACTICE_STOPPED:
    default:
      return "stopped";
    }
}

void
sr_practice_host_drop_connections (SrPracticeHost *host)
{
  sr_rpc_server_drop_connections (host->rpc);
}
