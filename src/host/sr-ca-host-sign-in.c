/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-ca-host-private.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-fault.h"

#include <glib/gi18n-lib.h>

/* The types of sr_auth_choose_types(), and before them the one that worked last */
#define MAX_WAYS 4

/* Connects and binds; @auth is consumed. */
static SrRpcClient *
connect_and_bind (SrCaHost           *host,
                  const SrRpcSyntax  *iface,
                  SrAuthContext      *auth,
                  gboolean           *connected,
                  gint64              deadline,
                  GCancellable       *cancellable,
                  GError            **error)
{
  SrRpcClient *client = sr_rpc_client_connect (host->name, host->address, host->port, deadline, cancellable, error);

  *connected = client != NULL;
  if (client == NULL)
    g_clear_pointer (&auth, sr_auth_context_free);
  else if (!sr_rpc_client_bind (client, iface, auth, deadline, cancellable, error))
    g_clear_pointer (&client, sr_rpc_client_free);
  return client;
}

static SrRpcClient *
try_type (SrCaHost           *host,
          SrAuthType          type,
          const SrRpcSyntax  *iface,
          gboolean           *connected,
          gint64              deadline,
          GCancellable       *cancellable,
          GError            **error)
{
  g_autofree char *spn = g_strdup_printf ("host/%s", host->name);
  SrAuthContext *auth;

  *connected = TRUE;
  auth = sr_auth_context_new_initiator (host->credentials, type, spn, host->ntlm_allowed, error);
  return auth != NULL ? connect_and_bind (host, iface, auth, connected, deadline, cancellable, error) : NULL;
}

/* Whether another type may do better after @error. The server may answer a sign-in that it does not like by closing. */
static gboolean
try_another_type (const GError *error)
{
  if (error->domain == SR_RPC_FAULT)
    return TRUE;
  return error->domain == SR_ERROR && (error->code == SR_ERROR_AUTH || error->code == SR_ERROR_REFUSED ||
                                       error->code == SR_ERROR_WEAK || error->code == SR_ERROR_CLOSED);
}

static guint
list_types (SrCaHost   *host,
            SrAuthType  types[MAX_WAYS])
{
  guint first = host->good_type != SR_AUTH_NONE, n;

  types[0] = host->good_type;
  n = sr_auth_choose_types (host->credentials, g_hostname_is_ip_address (host->name), host->ntlm_allowed, types + first);
  return first + n;
}

SrRpcClient *
sr_ca_host_sign_in (SrCaHost           *host,
                    const SrRpcSyntax  *iface,
                    gint64              deadline,
                    GCancellable       *cancellable,
                    GError            **error)
{
  g_autoptr (GError) first = NULL;
  SrAuthType types[MAX_WAYS];
  gboolean connected;
  guint n;

  if (sr_rpc_plain_is_allowed ())
    return connect_and_bind (host, iface, NULL, &connected, deadline, cancellable, error);

  n = list_types (host, types);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) local = NULL;
      SrRpcClient *client = try_type (host, types[i], iface, &connected, deadline, cancellable, &local);

      if (client != NULL)
        {
          host->good_type = types[i];
          return client;
        }
      if (!connected || !try_another_type (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      /* the first way is the one that is wanted most: its reason is told */
      if (first == NULL)
        first = g_steal_pointer (&local);
    }
  if (first != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      g_prefix_error (error, _("Signing in at %s: "), host->name);
    }
  else
    g_set_error (error, SR_ERROR, SR_ERROR_AUTH,
                 _("%s: no way to sign in: Kerberos needs the server’s name, NTLM your consent and a password"), host->name);
  return NULL;
}
