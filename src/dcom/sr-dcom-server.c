/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-server-private.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-activator.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-rem-unknown.h"

/* How often missed pings are looked for. */
#define CHECK_SECONDS 10

/* As Windows since the updates for CVE-2021-26414: at least integrity for activations and pings. */
#define RESOLVER_LEVEL SR_AUTH_LEVEL_INTEGRITY

/* Objects here carry what must not be read by others. */
#define OBJECT_LEVEL SR_AUTH_LEVEL_PRIVACY

#define IID_UNKNOWN SR_OLE_GUID (0)

G_DEFINE_FINAL_TYPE (SrDcomServer, sr_dcom_server, G_TYPE_OBJECT)

gint64
sr_dcom_server_now (SrDcomServer *server)
{
  gpointer data;
  SrDcomClock clock;

  g_mutex_lock (&server->lock);
  clock = server->clock;
  data = server->clock_data;
  g_mutex_unlock (&server->lock);
  return clock != NULL ? clock (data) : g_get_monotonic_time ();
}

void
sr_dcom_server_count (SrDcomServer *server,
                      guint64      *count)
{
  g_mutex_lock (&server->lock);
  (*count)++;
  g_mutex_unlock (&server->lock);
}

gboolean
sr_dcom_server_is_protected (SrDcomServer          *server,
                             const SrRpcServerCall *call)
{
  return server->acceptor == NULL || call->auth_level >= RESOLVER_LEVEL;
}

SrComVersion
sr_dcom_server_version (SrDcomServer *server)
{
  guint16 minor = server->quirks.version_minor;

  return (SrComVersion) { SR_COM_VERSION_MAJOR, minor != 0 ? minor : SR_COM_VERSION_MINOR };
}

/* Every name a client may know us by; @port 0 for none. */
static void
add_addresses (SrDcomServer      *server,
               SrDualStringArray *bindings,
               guint16            port)
{
  const char *names[] = { server->host_name, server->address, "localhost" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = NULL;

      if (names[i] == NULL || (i > 0 && g_strcmp0 (names[i], names[0]) == 0))
        continue;
      text = port != 0 ? g_strdup_printf ("%s[%u]", names[i], port) : g_strdup (names[i]);
      sr_dual_string_array_add (bindings, SR_DCOM_TOWER_TCP, text);
    }
}

static void
add_security (SrDcomServer      *server,
              SrDualStringArray *bindings,
              gboolean           with_principal)
{
  g_autofree char *principal = NULL;

  if (server->acceptor == NULL)
    return;
  principal = with_principal && server->host_name != NULL ? g_strdup_printf ("host/%s", server->host_name) : g_strdup ("");
  if (sr_auth_spnego_works ())
    sr_dual_string_array_add_security (bindings, SR_AUTH_SPNEGO, principal);
  sr_dual_string_array_add_security (bindings, SR_AUTH_KERBEROS, principal);
  sr_dual_string_array_add_security (bindings, SR_AUTH_NTLM, "");
}

SrDualStringArray *
sr_dcom_server_resolver_bindings (SrDcomServer *server)
{
  SrDualStringArray *bindings = sr_dual_string_array_new ();

  add_addresses (server, bindings, 0);
  add_security (server, bindings, FALSE);
  return bindings;
}

SrDualStringArray *
sr_dcom_server_exporter_bindings (SrDcomServer *server)
{
  SrDualStringArray *bindings = sr_dual_string_array_new ();

  add_addresses (server, bindings, server->object_port);
  add_security (server, bindings, TRUE);
  return bindings;
}

gboolean
sr_dcom_server_has_interface (SrDcomServer *server,
                              const SrGuid *iid)
{
  for (guint i = 0; i < server->klass->n_interfaces; i++)
    if (sr_guid_equal (&server->klass->interfaces[i]->syntax.uuid, iid))
      return TRUE;
  return sr_guid_equal (iid, &IID_UNKNOWN);
}

GBytes *
sr_dcom_server_build_objref (SrDcomServer      *server,
                             const SrGuid      *iid,
                             const SrStdObjref *std)
{
  SrObjref objref = { .kind = SR_OBJREF_STANDARD, .iid = *iid, .std = *std };
  GBytes *bytes;

  objref.resolver = sr_dcom_server_resolver_bindings (server);
  bytes = sr_objref_build (&objref, NULL);
  sr_objref_clear (&objref);
  return bytes;
}

static void
on_released (gpointer instance,
             gboolean rundown,
             gpointer user_data)
{
  SrDcomServer *server = user_data;

  server->klass->released (instance, rundown, server->user_data);
}

static void
add_interfaces (SrDcomServer *server)
{
  SrAuthLevel resolver_level = server->acceptor != NULL ? RESOLVER_LEVEL : SR_AUTH_LEVEL_NONE;
  SrAuthLevel object_level = server->acceptor != NULL ? OBJECT_LEVEL : SR_AUTH_LEVEL_NONE;

  /* ServerAlive2 is for everybody: the others look at their level themselves. */
  sr_rpc_server_add_interface (server->resolver, &sr_object_exporter_interface, SR_AUTH_LEVEL_NONE,
                               sr_dcom_server_handle_resolver, server);
  sr_rpc_server_add_interface (server->resolver, &sr_activation_interface, resolver_level,
                               sr_dcom_server_handle_activation, server);
  if (!server->quirks.no_remote_activator)
    sr_rpc_server_add_interface (server->resolver, &sr_remote_activator_interface, resolver_level,
                                 sr_dcom_server_handle_activation, server);

  sr_rpc_server_add_interface (server->exporter, &sr_rem_unknown_interface, object_level,
                               sr_dcom_server_handle_object, server);
  sr_rpc_server_add_interface (server->exporter, &sr_rem_unknown2_interface, object_level,
                               sr_dcom_server_handle_object, server);
  for (guint i = 0; i < server->klass->n_interfaces; i++)
    sr_rpc_server_add_interface (server->exporter, server->klass->interfaces[i], object_level,
                                 sr_dcom_server_handle_object, server);
}

/* Looks for missed pings, whether or not there is a main loop. */
static gpointer
run_timer (gpointer data)
{
  SrDcomServer *server = data;
  gint64 next = g_get_monotonic_time () + CHECK_SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&server->lock);
  while (!server->stopping)
    {
      if (g_cond_wait_until (&server->wake, &server->lock, next))
        continue;
      g_mutex_unlock (&server->lock);
      sr_dcom_server_check_pings (server);
      next = g_get_monotonic_time () + CHECK_SECONDS * G_USEC_PER_SEC;
      g_mutex_lock (&server->lock);
    }
  g_mutex_unlock (&server->lock);
  return NULL;
}

SrDcomServer *
sr_dcom_server_new (SrAuthAcceptor    *acceptor,
                    const SrDcomClass *klass,
                    gpointer           user_data)
{
  SrDcomServer *server = g_object_new (SR_TYPE_DCOM_SERVER, NULL);

  server->acceptor = acceptor != NULL ? sr_auth_acceptor_ref (acceptor) : NULL;
  server->klass = klass;
  server->user_data = user_data;
  server->resolver = sr_rpc_server_new (acceptor);
  server->exporter = sr_rpc_server_new (acceptor);
  return server;
}

void
sr_dcom_server_set_quirks (SrDcomServer             *server,
                           const SrDcomServerQuirks *quirks)
{
  server->quirks = *quirks;
  sr_dcom_table_set_pinned (server->table, quirks->no_pings);
}

void
sr_dcom_server_set_host_name (SrDcomServer *server,
                              const char   *host_name)
{
  g_set_str (&server->host_name, host_name);
}

void
sr_dcom_server_set_drop (SrDcomServer    *server,
                         SrRpcServerDrop  drop,
                         gpointer         user_data)
{
  sr_rpc_server_set_drop (server->resolver, drop, user_data);
  sr_rpc_server_set_drop (server->exporter, drop, user_data);
}

gboolean
sr_dcom_server_listen (SrDcomServer *server,
                       const char   *address,
                       guint16       activation_port,
                       guint16       object_port,
                       GError      **error)
{
  g_return_val_if_fail (server->timer == NULL, FALSE);

  /* Objects first: their port stands in every activation's answer. */
  g_set_str (&server->address, address);
  add_interfaces (server);
  if (!sr_rpc_server_listen (server->exporter, address, object_port, &server->object_port, error)
      || !sr_rpc_server_listen (server->resolver, address, activation_port, &server->activation_port, error))
    return FALSE;
  server->timer = g_thread_new ("dcom-rundown", run_timer, server);
  return TRUE;
}

guint16
sr_dcom_server_get_activation_port (SrDcomServer *server)
{
  return server->activation_port;
}

guint16
sr_dcom_server_get_object_port (SrDcomServer *server)
{
  return server->object_port;
}

void
sr_dcom_server_set_clock (SrDcomServer *server,
                          SrDcomClock   clock,
                          gpointer      user_data)
{
  g_mutex_lock (&server->lock);
  server->clock = clock;
  server->clock_data = user_data;
  g_mutex_unlock (&server->lock);
}

guint
sr_dcom_server_check_pings (SrDcomServer *server)
{
  return sr_dcom_table_run_down (server->table, sr_dcom_server_now (server));
}

void
sr_dcom_server_get_stats (SrDcomServer      *server,
                          SrDcomServerStats *stats)
{
  sr_dcom_table_count (server->table, &stats->objects, &stats->sets, &stats->rundowns);
  g_mutex_lock (&server->lock);
  stats->activations = server->activations;
  stats->simple_pings = server->simple_pings;
  stats->complex_pings = server->complex_pings;
  stats->releases = server->releases;
  g_mutex_unlock (&server->lock);
}

void
sr_dcom_server_drop_connections (SrDcomServer *server)
{
  sr_rpc_server_drop_connections (server->resolver);
  sr_rpc_server_drop_connections (server->exporter);
}

static void
stop_timer (SrDcomServer *server)
{
  if (server->timer == NULL)
    return;
  g_mutex_lock (&server->lock);
  server->stopping = TRUE;
  g_cond_signal (&server->wake);
  g_mutex_unlock (&server->lock);
  g_thread_join (g_steal_pointer (&server->timer));
}

void
sr_dcom_server_stop (SrDcomServer *server)
{
  stop_timer (server);
  sr_rpc_server_stop (server->resolver);
  sr_rpc_server_stop (server->exporter);
  sr_dcom_table_release_all (server->table);
}

static void
sr_dcom_server_finalize (GObject *object)
{
  SrDcomServer *server = SR_DCOM_SERVER (object);

  sr_dcom_server_stop (server);
  g_clear_object (&server->resolver);
  g_clear_object (&server->exporter);
  g_clear_pointer (&server->table, sr_dcom_table_free);
  g_clear_pointer (&server->acceptor, sr_auth_acceptor_unref);
  g_free (server->host_name);
  g_free (server->address);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->wake);
  G_OBJECT_CLASS (sr_dcom_server_parent_class)->finalize (object);
}

static void
sr_dcom_server_class_init (SrDcomServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_dcom_server_finalize;
}

static void
sr_dcom_server_init (SrDcomServer *server)
{
  g_mutex_init (&server->lock);
  g_cond_init (&server->wake);
  server->table = sr_dcom_table_new (on_released, server);
}
