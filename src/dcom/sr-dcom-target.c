/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-target-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_TYPES 3

/* One way to sign in. @spn is interned: there are few, and they live as long as the program talks to their host. */
typedef struct
{
  SrAuthType type;
  const char *spn;
} Way;

struct _SrDcomTarget
{
  gatomicrefcount refs;
  char *host;
  char *address;
  guint16 port;
  SrCredentials *credentials;           /* as given */
  SrCredentials *signer;                /* the same, or the default ticket cache */
  gboolean ntlm_allowed;

  GMutex lock;
  Way good[SR_DCOM_N_SERVICES];         /* what worked last; under @lock */
};

SrDcomTarget *
sr_dcom_target_new (const char    *host,
                    const char    *address,
                    guint16        port,
                    SrCredentials *credentials,
                    gboolean       ntlm_allowed)
{
  SrDcomTarget *target = g_new0 (SrDcomTarget, 1);

  g_atomic_ref_count_init (&target->refs);
  g_mutex_init (&target->lock);
  target->host = g_strdup (host);
  target->address = g_strdup (address);
  target->port = port;
  target->credentials = credentials != NULL ? sr_credentials_ref (credentials) : NULL;
  target->signer = credentials != NULL ? sr_credentials_ref (credentials) : sr_credentials_new_ticket_cache (NULL, NULL);
  target->ntlm_allowed = ntlm_allowed;
  return target;
}

SrDcomTarget *
sr_dcom_target_ref (SrDcomTarget *target)
{
  g_atomic_ref_count_inc (&target->refs);
  return target;
}

void
sr_dcom_target_unref (SrDcomTarget *target)
{
  if (!g_atomic_ref_count_dec (&target->refs))
    return;
  g_clear_pointer (&target->credentials, sr_credentials_unref);
  g_clear_pointer (&target->signer, sr_credentials_unref);
  g_mutex_clear (&target->lock);
  g_free (target->host);
  g_free (target->address);
  g_free (target);
}

const char *
sr_dcom_target_get_host (const SrDcomTarget *target)
{
  return target->host;
}

const char *
sr_dcom_target_get_address (const SrDcomTarget *target)
{
  return target->address;
}

guint16
sr_dcom_target_get_port (const SrDcomTarget *target)
{
  return target->port;
}

SrCredentials *
sr_dcom_target_get_credentials (const SrDcomTarget *target)
{
  return target->credentials;
}

gboolean
sr_dcom_target_get_ntlm_allowed (const SrDcomTarget *target)
{
  return target->ntlm_allowed;
}

gboolean
sr_dcom_is_connection_error (const GError *error)
{
  if (error->domain == SR_ERROR)
    return error->code == SR_ERROR_CLOSED;
  return error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED && error->code != G_IO_ERROR_TIMED_OUT;
}

static SrRpcClient *
open_connection (SrDcomTarget *target,
                 guint16       port,
                 gint64        deadline,
                 GCancellable *cancellable,
                 GError      **error)
{
  guint16 activation_port = target->port != 0 ? target->port : SR_DCOM_ACTIVATION_PORT;

  return sr_rpc_client_connect (target->host, target->address, port != 0 ? port : activation_port,
                                deadline, cancellable, error);
}

/* Connects and binds; @auth is consumed. */
static SrRpcClient *
connect_and_bind (SrDcomTarget      *target,
                  guint16            port,
                  const SrRpcSyntax *iface,
                  SrAuthContext     *auth,
                  gboolean          *connected,
                  gint64             deadline,
                  GCancellable      *cancellable,
                  GError           **error)
{
  SrRpcClient *client = open_connection (target, port, deadline, cancellable, error);

  *connected = client != NULL;
  if (client == NULL)
    g_clear_pointer (&auth, sr_auth_context_free);
  else if (!sr_rpc_client_bind (client, iface, auth, deadline, cancellable, error))
    g_clear_pointer (&client, sr_rpc_client_free);
  return client;
}

SrRpcClient *
sr_dcom_connect_plain (SrDcomTarget      *target,
                       const SrRpcSyntax *iface,
                       gint64             deadline,
                       GCancellable      *cancellable,
                       GError           **error)
{
  gboolean connected;

  return connect_and_bind (target, 0, iface, NULL, &connected, deadline, cancellable, error);
}

static void
add_way (GArray     *ways,
         SrAuthType  type,
         const char *service,
         const char *host)
{
  g_autofree char *spn = g_strdup_printf ("%s/%s", service, host);
  Way way = { type, g_intern_string (spn) };

  for (guint i = 0; i < ways->len; i++)
    if (g_array_index (ways, Way, i).type == way.type && g_array_index (ways, Way, i).spn == way.spn)
      return;
  g_array_append_val (ways, way);
}

/*
 * RPCSS/<host>, then host/<host> for the resolver (MS-DCOM 3.2.4.1.1.2,
 * 3.2.6.1); the other way round for objects, after the principal that the
 * binding told (3.2.4.2). Principals mean nothing to NTLM: one try is enough.
 */
static GArray *
list_ways (SrDcomTarget  *target,
           SrDcomService  service,
           const char    *principal)
{
  GArray *ways = g_array_new (FALSE, FALSE, sizeof (Way));
  SrAuthType types[MAX_TYPES];
  guint n;

  n = sr_auth_choose_types (target->signer, g_hostname_is_ip_address (target->host), target->ntlm_allowed, types);
  g_mutex_lock (&target->lock);
  if (target->good[service].spn != NULL)
    g_array_append_val (ways, target->good[service]);
  g_mutex_unlock (&target->lock);

  for (guint i = 0; i < n; i++)
    {
      const char *slash = principal != NULL ? strchr (principal, '/') : NULL;

      if (slash != NULL && types[i] != SR_AUTH_NTLM)
        {
          g_autofree char *class = g_strndup (principal, slash - principal);

          add_way (ways, types[i], class, target->host);
        }
      add_way (ways, types[i], service == SR_DCOM_SERVICE_RESOLVER ? "RPCSS" : "host", target->host);
      if (types[i] != SR_AUTH_NTLM)
        add_way (ways, types[i], service == SR_DCOM_SERVICE_RESOLVER ? "host" : "RPCSS", target->host);
    }
  return ways;
}

static const char *
type_name (SrAuthType type)
{
  switch (type)
    {
    case SR_AUTH_SPNEGO:
      return "SPNEGO";
    case SR_AUTH_NTLM:
      return "NTLM";
    case SR_AUTH_KERBEROS:
      return "Kerberos";
    case SR_AUTH_NONE:
    default:
      return _("no security");
    }
}

/* Whether another way may do better after @error. The server may answer a sign-in that it does not like by closing. */
static gboolean
try_another_way (const GError *error)
{
  if (error->domain == SR_RPC_FAULT)
    return TRUE;
  return error->domain == SR_ERROR && (error->code == SR_ERROR_AUTH || error->code == SR_ERROR_REFUSED ||
                                       error->code == SR_ERROR_WEAK || error->code == SR_ERROR_CLOSED);
}

/* Keeps the first error's code: it belongs to the way that is wanted most. A reason is told once, behind the ways that share it. */
static void
note_failure (GError   **all,
              const Way *way,
              GError    *error)
{
  g_autofree char *reason = g_strdup_printf (": %s", error->message);

  if (*all == NULL)
    *all = g_error_new (error->domain, error->code, "%s, %s%s", type_name (way->type), way->spn, reason);
  else
    {
      g_autofree char *before = g_steal_pointer (&(*all)->message);

      if (g_str_has_suffix (before, reason))
        before[strlen (before) - strlen (reason)] = '\0';
      (*all)->message = g_strdup_printf ("%s; %s, %s%s", before, type_name (way->type), way->spn, reason);
    }
  g_error_free (error);
}

static SrRpcClient *
try_way (SrDcomTarget      *target,
         const Way         *way,
         guint16            port,
         const SrRpcSyntax *iface,
         gboolean          *connected,
         gint64             deadline,
         GCancellable      *cancellable,
         GError           **error)
{
  SrAuthContext *auth;

  *connected = TRUE;
  auth = sr_auth_context_new_initiator (target->signer, way->type, way->spn, target->ntlm_allowed, error);
  if (auth == NULL)
    return NULL;
  return connect_and_bind (target, port, iface, auth, connected, deadline, cancellable, error);
}

static void
remember_way (SrDcomTarget  *target,
              SrDcomService  service,
              const Way     *way)
{
  g_mutex_lock (&target->lock);
  target->good[service] = *way;
  g_mutex_unlock (&target->lock);
}

SrRpcClient *
sr_dcom_connect (SrDcomTarget      *target,
                 SrDcomService      service,
                 guint16            port,
                 const char        *principal,
                 const SrRpcSyntax *iface,
                 gint64             deadline,
                 GCancellable      *cancellable,
                 GError           **error)
{
  g_autoptr (GError) failures = NULL;
  g_autoptr (GArray) ways = NULL;
  gboolean connected;

  if (sr_rpc_plain_is_allowed ())
    return connect_and_bind (target, port, iface, NULL, &connected, deadline, cancellable, error);

  ways = list_ways (target, service, principal);
  for (guint i = 0; i < ways->len; i++)
    {
      const Way *way = &g_array_index (ways, Way, i);
      GError *local = NULL;
      SrRpcClient *client = try_way (target, way, port, iface, &connected, deadline, cancellable, &local);

      if (client != NULL)
        {
          remember_way (target, service, way);
          return client;
        }
      if (!connected || !try_another_way (local))
        {
          g_propagate_error (error, local);
          return NULL;
        }
      note_failure (&failures, way, local);
    }
  if (failures == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_AUTH,
                 _ ("%s: no way to sign in: Kerberos needs the server’s name, NTLM your consent and a password"),
                 target->host);
  else
    {
      g_propagate_error (error, g_steal_pointer (&failures));
      g_prefix_error (error, _ ("Signing in at %s: "), target->host);
    }
  return NULL;
}
