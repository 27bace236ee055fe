/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-ca-host-private.h"

#include "base/sr-error.h"
#include "host/tables/sr-svcctl-messages.h"
#include "host/tables/sr-winreg-messages.h"
#include "rpc/sr-rpc-fault.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (SrCaHost, sr_ca_host, G_TYPE_OBJECT)

static void
disconnect (SrCaHostConnection *connection)
{
  g_clear_pointer (&connection->client, sr_rpc_client_free);
}

static void
sr_ca_host_finalize (GObject *object)
{
  SrCaHost *host = SR_CA_HOST (object);

  for (guint i = 0; i < SR_CA_HOST_N_PIPES; i++)
    disconnect (&host->connections[i]);
  g_clear_pointer (&host->credentials, sr_credentials_unref);
  g_free (host->name);
  g_free (host->address);
  g_free (host->drives);
  G_OBJECT_CLASS (sr_ca_host_parent_class)->finalize (object);
}

static void
sr_ca_host_class_init (SrCaHostClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_ca_host_finalize;
}

static void
sr_ca_host_init (SrCaHost *host)
{
}

SrCaHost *
sr_ca_host_new (const SrCaHostTarget *target,
                SrCredentials        *credentials)
{
  SrCaHost *host = g_object_new (SR_TYPE_CA_HOST, NULL);

  host->name = g_strdup (target->host);
  host->address = g_strdup (target->address);
  host->port = target->port;
  host->drives = g_strdup (target->drives);
  host->ntlm_allowed = target->ntlm_allowed;
  host->timeout = target->timeout;
  host->credentials = credentials != NULL ? sr_credentials_ref (credentials) : sr_credentials_new_ticket_cache (NULL, NULL);
  return host;
}

const char *
sr_ca_host_get_name (SrCaHost *host)
{
  return host->name;
}

gboolean
sr_ca_host_has_files (SrCaHost *host)
{
  return host->drives != NULL;
}

gboolean
sr_ca_host_outcome_unknown (SrCaHost *host)
{
  return host->outcome_unknown;
}

gboolean
sr_ca_host_set_win32_error (GError     **error,
                            guint32      code,
                            const char  *format,
                            ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  sr_hresult_set_error (error, SR_HRESULT_FROM_WIN32 (code), "%s", what);
  return FALSE;
}

static const SrRpcInterface *
get_interface (SrCaHostPipe pipe)
{
  return pipe == SR_CA_HOST_SERVICES ? &sr_svcctl : &sr_winreg;
}

gboolean
sr_ca_host_call (SrCaHost      *host,
                 SrCaHostPipe   pipe,
                 guint16        opnum,
                 gpointer       request,
                 gpointer       reply,
                 GCancellable  *cancellable,
                 GError       **error)
{
  const SrRpcInterface *iface = get_interface (pipe);
  const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);
  SrRpcClient *client = host->connections[pipe].client;

  if (sr_rpc_client_call (client, iface, method, NULL, request, reply, g_get_monotonic_time () + host->timeout, cancellable, error))
    return TRUE;
  if (!(method->flags & SR_RPC_METHOD_IDEMPOTENT) && sr_rpc_client_may_have_executed (client))
    host->outcome_unknown = TRUE;
  g_prefix_error (error, "%s: ", method->name);
  return FALSE;
}

void
sr_ca_host_close_handle (SrCaHost           *host,
                         SrCaHostPipe        pipe,
                         const SrHostHandle *handle)
{
  SrSvcctlHandleRequest service = { *handle };
  SrSvcctlHandleReply service_reply = { 0 };
  SrWinregKeyRequest key = { *handle };
  SrWinregKeyReply key_reply = { 0 };
  gboolean outcome_unknown = host->outcome_unknown;

  /* a connection that broke has closed its handles */
  if (!sr_rpc_client_is_usable (host->connections[pipe].client))
    return;
  if (pipe == SR_CA_HOST_SERVICES)
    sr_ca_host_call (host, pipe, SR_SVCCTL_CLOSE_SERVICE_HANDLE, &service, &service_reply, NULL, NULL);
  else
    sr_ca_host_call (host, pipe, SR_WINREG_CLOSE_KEY, &key, &key_reply, NULL, NULL);
  host->outcome_unknown = outcome_unknown;
}

static gboolean
open_manager (SrCaHost            *host,
              SrCaHostConnection  *connection,
              GCancellable        *cancellable,
              GError             **error)
{
  SrSvcctlOpenManagerRequest request = { host->name, (char *) "ServicesActive", SR_SVCCTL_MANAGER_CONNECT };
  SrSvcctlHandleReply reply = { 0 };

  if (!sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_OPEN_SC_MANAGER, &request, &reply, cancellable, error))
    return FALSE;
  connection->root = reply.handle;
  return reply.error == 0
         || sr_ca_host_set_win32_error (error, reply.error, _("Opening the service control manager"));
}

static gboolean
open_local_machine (SrCaHost            *host,
                    SrCaHostConnection  *connection,
                    GCancellable        *cancellable,
                    GError             **error)
{
  SrWinregOpenRootRequest request = { .access = SR_WINREG_KEY_QUERY_VALUE | SR_WINREG_KEY_ENUMERATE_SUB_KEYS };
  SrWinregKeyReply reply = { 0 };

  if (!sr_ca_host_call (host, SR_CA_HOST_REGISTRY, SR_WINREG_OPEN_LOCAL_MACHINE, &request, &reply, cancellable, error))
    return FALSE;
  connection->root = reply.key;
  return reply.error == 0
         || sr_ca_host_set_win32_error (error, reply.error, _("Opening the registry"));
}

static gboolean
connect (SrCaHost      *host,
         SrCaHostPipe   pipe,
         GCancellable  *cancellable,
         GError       **error)
{
  SrCaHostConnection *connection = &host->connections[pipe];
  g_autoptr (GError) local = NULL;
  gboolean opened;

  /* one that the server has closed meanwhile is found now, and not by a call that then may have been executed */
  if (connection->client != NULL && sr_rpc_client_is_idle (connection->client))
    return TRUE;
  disconnect (connection);
  connection->client = sr_ca_host_sign_in (host, &get_interface (pipe)->syntax, g_get_monotonic_time () + host->timeout,
                                           cancellable, error);
  if (connection->client == NULL)
    return FALSE;
  opened = pipe == SR_CA_HOST_SERVICES ? open_manager (host, connection, cancellable, &local)
                                       : open_local_machine (host, connection, cancellable, &local);
  if (opened)
    return TRUE;
  disconnect (connection);
  /* the last message of NTLM has no answer of its own: a wrong password is told at the first request */
  if (g_error_matches (local, SR_RPC_FAULT, (int) SR_NCA_S_FAULT_ACCESS_DENIED))
    g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _("Signing in at %s: %s"), host->name, local->message);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Whether @error says that the connection broke, and not that somebody waited or cancelled. */
static gboolean
is_broken (const GError *error)
{
  if (error->domain == SR_ERROR)
    return error->code == SR_ERROR_CLOSED;
  return error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED && error->code != G_IO_ERROR_TIMED_OUT;
}

static gboolean
try_once (SrCaHost      *host,
          SrCaHostPipe   pipe,
          SrCaHostWork   work,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  SrCaHostConnection *connection = &host->connections[pipe];
  gboolean done;

  if (!connect (host, pipe, cancellable, error))
    return FALSE;
  done = work (host, &connection->root, data, cancellable, error);
  if (!sr_rpc_client_is_usable (connection->client))
    disconnect (connection);
  return done;
}

gboolean
sr_ca_host_run (SrCaHost      *host,
                SrCaHostPipe   pipe,
                SrCaHostWork   work,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr (GError) local = NULL;

  host->outcome_unknown = FALSE;
  if (host->port == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _("Services and registry of %s cannot be reached: only a practice CA’s can be, so far"), host->name);
      return FALSE;
    }
  if (try_once (host, pipe, work, data, cancellable, &local))
    return TRUE;
  if (is_broken (local) && !host->outcome_unknown)
    {
      g_clear_error (&local);
      if (try_once (host, pipe, work, data, cancellable, &local))
        return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  g_prefix_error (error, "%s: ", host->name);
  return FALSE;
}
