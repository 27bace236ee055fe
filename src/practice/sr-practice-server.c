/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-server.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "dcom/sr-dcom-server.h"
#include "practice/sr-practice-faults.h"
#include "practice/sr-practice-drives.h"
#include "practice/sr-practice-handlers.h"
#include "practice/sr-practice-host.h"
#include "practice/sr-practice-trace.h"
#include "practice/sr-practice-users.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ADDRESS "127.0.0.1"
#define READY_FILE "ready.json"
#define CONTROL_FILE "control"

struct _SrPracticeServer
{
  GObject parent_instance;

  SrPracticeCa *ca;
  SrAuthAcceptor *acceptor;
  SrPracticeTrace *trace;
  SrPracticeFaults *faults;
  SrPracticeHost *host;
  char *address;
  char *users_file;
  char *first_user;
  gint stopping; /* atomic: objects that go now go with the server */
  gsize next_object; /* atomic */

  GMutex lock; /* all that follows */
  SrDcomServer *dcom;
  guint16 activation_port;

  GMutex clock_lock;
  gint64 clock_offset;
  gint64 frozen_at; /* 0: runs */
};

G_DEFINE_FINAL_TYPE (SrPracticeServer, sr_practice_server, G_TYPE_OBJECT)

/* An object that a client activated. */
typedef struct
{
  guint64 id;
} Instance;

static void
sr_practice_server_finalize (GObject *object)
{
  SrPracticeServer *server = SR_PRACTICE_SERVER (object);

  g_clear_pointer (&server->host, sr_practice_host_stop);
  g_atomic_int_set (&server->stopping, TRUE);
  g_clear_object (&server->dcom);
  g_clear_object (&server->ca);
  g_clear_pointer (&server->acceptor, sr_auth_acceptor_unref);
  g_clear_pointer (&server->trace, sr_practice_trace_free);
  g_clear_pointer (&server->faults, sr_practice_faults_free);
  g_free (server->address);
  g_free (server->users_file);
  g_free (server->first_user);
  g_mutex_clear (&server->lock);
  g_mutex_clear (&server->clock_lock);
  G_OBJECT_CLASS (sr_practice_server_parent_class)->finalize (object);
}

static void
sr_practice_server_class_init (SrPracticeServerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_practice_server_finalize;
}

static void
sr_practice_server_init (SrPracticeServer *server)
{
  g_mutex_init (&server->lock);
  g_mutex_init (&server->clock_lock);
  server->faults = sr_practice_faults_new ();
}

static JsonObject *
call_facts (const SrRpcServerCall *call)
{
  JsonObject *facts = json_object_new ();

  json_object_set_int_member (facts, "connection", (gint64) call->connection_id);
  json_object_set_int_member (facts, "authLevel", call->auth_level);
  json_object_set_int_member (facts, "authType", call->auth_type);
  json_object_set_int_member (facts, "mechanism", call->mechanism);
  json_object_set_string_member (facts, "principal", call->principal != NULL ? call->principal : "");
  return facts;
}

static void
set_hresult (JsonObject *facts,
             SrHresult   hr)
{
  char text[16];

  g_snprintf (text, sizeof text, "0x%08x", hr);
  json_object_set_string_member (facts, "hresult", text);
}

static gpointer
create (const SrRpcServerCall *call,
        guint32               *hr,
        gpointer               user_data)
{
  SrPracticeServer *server = user_data;
  JsonObject *facts = call_facts (call);
  Instance *instance = NULL;

  *hr = sr_practice_activate (server->ca, call->principal);
  if (*hr == SR_S_OK)
    {
      instance = g_new0 (Instance, 1);
      instance->id = (guint64) g_atomic_pointer_add (&server->next_object, 1) + 1;
      json_object_set_int_member (facts, "object", (gint64) instance->id);
    }
  set_hresult (facts, *hr);
  sr_practice_trace_write (server->trace, "activation", facts);
  return instance;
}

static void
note_call (SrPracticeServer      *server,
           const Instance        *instance,
           const SrRpcServerCall *call,
           const SrRpcMethod     *method,
           SrHresult              hr)
{
  g_autofree char *name = g_strdup_printf ("%u %s", method->opnum, method->name);
  g_autofree char *auth = g_strdup_printf ("level %d type %d mechanism %d", (int) call->auth_level, (int) call->auth_type, (int) call->mechanism);
  JsonObject *facts = call_facts (call);

  sr_practice_ca_note_call (server->ca, name, auth);
  json_object_set_int_member (facts, "object", (gint64) instance->id);
  json_object_set_int_member (facts, "opnum", method->opnum);
  json_object_set_string_member (facts, "method", method->name);
  set_hresult (facts, hr);
  sr_practice_trace_write (server->trace, "call", facts);
}

static gboolean
drop (const SrRpcServerCall *call,
      gboolean               after,
      gpointer               user_data)
{
  SrPracticeServer *server = user_data;
  JsonObject *facts;

  if (!sr_practice_faults_hit (server->faults, call->iface->name, call->opnum, after))
    return FALSE;
  facts = json_object_new ();
  json_object_set_string_member (facts, "interface", call->iface->name);
  json_object_set_int_member (facts, "opnum", call->opnum);
  json_object_set_string_member (facts, "when", after ? "after" : "before");
  sr_practice_trace_write (server->trace, "drop", facts);
  return TRUE;
}

static guint32
invoke (gpointer               data,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  SrPracticeServer *server = user_data;
  const Instance *instance = data;
  SrPracticeCaller caller = { call->principal, instance->id, call->auth_level == SR_AUTH_LEVEL_PRIVACY };
  SrHresult hr;
  guint32 status;

  status = sr_practice_handle (server->ca, &caller, method, request, reply, &hr);
  note_call (server, instance, call, method, hr);
  return status;
}

static void
released (gpointer data,
          gboolean rundown,
          gpointer user_data)
{
  SrPracticeServer *server = user_data;
  Instance *instance = data;
  JsonObject *facts;

  if (!g_atomic_int_get (&server->stopping))
    {
      facts = json_object_new ();
      json_object_set_int_member (facts, "object", (gint64) instance->id);
      sr_practice_trace_write (server->trace, rundown ? "rundown" : "released", facts);
      sr_practice_backup_object_gone (server->ca, instance->id, rundown ? SR_PRACTICE_RUNDOWN : SR_PRACTICE_RELEASED);
    }
  g_free (instance);
}

static const SrRpcInterface *const interfaces[] = { &sr_icertadmind, &sr_icertadmind2 };

static SrDcomClass klass = {
  .interfaces = interfaces,
  .n_interfaces = G_N_ELEMENTS (interfaces),
  .create = create,
  .invoke = invoke,
  .released = released,
};

static gint64
read_clock (gpointer user_data)
{
  SrPracticeServer *server = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->clock_lock);

  return (server->frozen_at != 0 ? server->frozen_at : g_get_monotonic_time ()) + server->clock_offset;
}

/* The lock is held. */
static gboolean
listen_on (SrPracticeServer *server,
           guint16           activation_port,
           GError          **error)
{
  server->dcom = sr_dcom_server_new (server->acceptor, &klass, server);
  sr_dcom_server_set_host_name (server->dcom, sr_practice_ca_get_host (server->ca));
  sr_dcom_server_set_clock (server->dcom, read_clock, server);
  sr_dcom_server_set_drop (server->dcom, drop, server);
  if (!sr_dcom_server_listen (server->dcom, server->address, activation_port, 0, error))
    return FALSE;
  server->activation_port = sr_dcom_server_get_activation_port (server->dcom);
  return TRUE;
}

static gboolean
write_ready_file (SrPracticeServer *server,
                  GError          **error)
{
  g_autofree char *path = g_build_filename (sr_practice_ca_get_folder (server->ca), READY_FILE, NULL);
  g_autoptr (JsonObject) facts = sr_practice_server_describe (server);
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_node_init_object (node, facts);
  text = json_to_string (node, TRUE);
  return sr_file_replace (path, text, strlen (text), error);
}

static gboolean
is_loopback (const char *address)
{
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (address);

  return parsed != NULL && g_inet_address_get_is_loopback (parsed);
}

static gboolean
open_users (SrPracticeServer              *server,
            const char                    *folder,
            const SrPracticeServerOptions *options,
            GError                       **error)
{
  if (options->ntlm_users != NULL)
    server->users_file = g_strdup (options->ntlm_users);
  else if (options->keytab == NULL)
    {
      server->users_file = sr_practice_users_ensure (folder, error);
      if (server->users_file == NULL || !sr_practice_users_set_default_roles (server->ca, error))
        return FALSE;
    }
  if (server->users_file != NULL &&
      (server->first_user = sr_practice_users_first (server->users_file, error)) == NULL)
    return FALSE;
  server->acceptor = sr_auth_acceptor_new (server->users_file, options->keytab, error);
  return server->acceptor != NULL;
}

static gboolean
start_service (gpointer   user_data,
               GError   **error)
{
  return sr_practice_server_start_service (user_data, error);
}

static gboolean
stop_service (gpointer   user_data,
              GError   **error)
{
  return sr_practice_server_stop_service (user_data, error);
}

static gboolean
start_host (SrPracticeServer              *server,
            const SrPracticeServerOptions *options,
            GError                       **error)
{
  const SrPracticeHostOptions host = {
    .ca = server->ca,
    .trace = server->trace,
    .faults = server->faults,
    .dependent = options->dependent,
    .start = start_service,
    .stop = stop_service,
    .user_data = server,
  };

  server->host = sr_practice_host_start (&host, server->acceptor, server->address, options->host_port, error);
  return server->host != NULL;
}

SrPracticeServer *
sr_practice_server_start (const char                    *folder,
                          const SrPracticeServerOptions *options,
                          GError                       **error)
{
  g_autoptr (SrPracticeServer) server = g_object_new (SR_TYPE_PRACTICE_SERVER, NULL);
  g_autofree char *trace = g_build_filename (folder, "server.log", NULL);

  klass.clsid = SR_CLSID_CERT_ADMIN_D;
  server->address = g_strdup (options->address != NULL ? options->address : DEFAULT_ADDRESS);
  if (!is_loopback (server->address))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” is not a loopback address: a practice CA serves this computer only"), server->address);
      return NULL;
    }
  server->ca = sr_practice_ca_open (folder, &options->ca, error);
  if (server->ca == NULL ||
      !open_users (server, folder, options, error) ||
      (server->trace = sr_practice_trace_open (trace, error)) == NULL ||
      !listen_on (server, options->activation_port, error) ||
      !start_host (server, options, error) ||
      !write_ready_file (server, error))
    return NULL;
  sr_practice_trace_write (server->trace, "start", sr_practice_server_describe (server));
  return g_steal_pointer (&server);
}

/* The counts close the log of a run. */
static void
trace_counts (SrPracticeServer *server,
              const char       *event)
{
  g_autoptr (JsonObject) inspection = sr_practice_ca_inspect (server->ca, FALSE, NULL);
  JsonObject *facts = json_object_new ();
  static const char *const members[] = { "counts", "calls", "auth" };

  for (guint i = 0; inspection != NULL && i < G_N_ELEMENTS (members); i++)
    json_object_set_member (facts, members[i], json_node_copy (json_object_get_member (inspection, members[i])));
  sr_practice_trace_write (server->trace, event, facts);
}

gboolean
sr_practice_server_stop (SrPracticeServer *server,
                         GError          **error)
{
  g_autofree char *ready = g_build_filename (sr_practice_ca_get_folder (server->ca), READY_FILE, NULL);
  g_autoptr (GMutexLocker) locker = NULL;

  /* it may be starting or stopping the service, which wants the lock and writes that file */
  g_clear_pointer (&server->host, sr_practice_host_stop);
  g_unlink (ready);
  locker = g_mutex_locker_new (&server->lock);
  g_atomic_int_set (&server->stopping, TRUE);
  if (server->dcom != NULL)
    sr_dcom_server_stop (server->dcom);
  g_clear_object (&server->dcom);
  trace_counts (server, "stop");
  return sr_practice_ca_close (server->ca, error);
}

/* Stops everything, restores the CA from a folder or only restarts it, and
 * listens again, whatever came of that: activation is then refused, and not absent. */
static gboolean
start_again (SrPracticeServer *server,
             const char       *folder,
             GError          **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gboolean ok, listens;

  if (server->dcom == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_STATE, _("The practice CA is stopped"));
      return FALSE;
    }
  g_atomic_int_set (&server->stopping, TRUE);
  sr_dcom_server_stop (server->dcom);
  g_clear_object (&server->dcom);
  trace_counts (server, folder != NULL ? "restore" : "restart");
  ok = folder != NULL ? sr_practice_ca_restore (server->ca, folder, error) : sr_practice_ca_restart (server->ca, error);
  listens = listen_on (server, server->activation_port, ok ? error : NULL);
  g_atomic_int_set (&server->stopping, FALSE);
  g_clear_pointer (&locker, g_mutex_locker_free);
  return listens && write_ready_file (server, ok ? error : NULL) && ok;
}

gboolean
sr_practice_server_restart (SrPracticeServer *server,
                            GError          **error)
{
  return start_again (server, NULL, error);
}

gboolean
sr_practice_server_restore (SrPracticeServer *server,
                            const char       *folder,
                            GError          **error)
{
  return start_again (server, folder, error);
}

gboolean
sr_practice_server_stop_service (SrPracticeServer *server,
                                 GError          **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gboolean ok, listens;

  trace_counts (server, "stop-service");
  ok = sr_practice_ca_close (server->ca, error);
  g_atomic_int_set (&server->stopping, TRUE);
  if (server->dcom != NULL)
    sr_dcom_server_stop (server->dcom);
  g_clear_object (&server->dcom);
  listens = listen_on (server, server->activation_port, ok ? error : NULL);
  g_atomic_int_set (&server->stopping, FALSE);
  g_clear_pointer (&locker, g_mutex_locker_free);
  return listens && write_ready_file (server, ok ? error : NULL) && ok;
}

/* There are no objects of a CA that is stopped: activation goes on being refused until it runs. */
gboolean
sr_practice_server_start_service (SrPracticeServer *server,
                                  GError          **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (sr_practice_ca_is_running (server->ca))
    return TRUE;
  sr_practice_trace_write (server->trace, "start-service", NULL);
  return sr_practice_ca_restart (server->ca, error);
}

guint16
sr_practice_server_get_host_port (SrPracticeServer *server)
{
  return sr_practice_host_get_port (server->host);
}

SrPracticeCa *
sr_practice_server_get_ca (SrPracticeServer *server)
{
  return server->ca;
}

guint16
sr_practice_server_get_activation_port (SrPracticeServer *server)
{
  return server->activation_port;
}

JsonObject *
sr_practice_server_describe (SrPracticeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  JsonObject *facts = json_object_new ();
  const char *name = sr_practice_ca_get_name (server->ca), *host = sr_practice_ca_get_host (server->ca);
  g_autofree char *config = g_strconcat (host, "\\", name, NULL);
  g_autofree char *control = g_build_filename (sr_practice_ca_get_folder (server->ca), CONTROL_FILE, NULL);
  g_autofree char *drives = g_build_filename (sr_practice_ca_get_folder (server->ca), SR_PRACTICE_DRIVES_FOLDER, NULL);

  json_object_set_string_member (facts, "name", name);
  json_object_set_string_member (facts, "host", host);
  json_object_set_string_member (facts, "config", config);
  json_object_set_string_member (facts, "address", server->address);
  json_object_set_int_member (facts, "activationPort", server->activation_port);
  if (server->dcom != NULL)
    json_object_set_int_member (facts, "objectPort", sr_dcom_server_get_object_port (server->dcom));
  if (server->host != NULL)
    json_object_set_int_member (facts, "hostPort", sr_practice_host_get_port (server->host));
  json_object_set_string_member (facts, "drives", drives);
  json_object_set_int_member (facts, "pid", getpid ());
  json_object_set_string_member (facts, "folder", sr_practice_ca_get_folder (server->ca));
  json_object_set_string_member (facts, "control", control);
  if (server->users_file != NULL)
    {
      json_object_set_string_member (facts, "usersFile", server->users_file);
      json_object_set_string_member (facts, "user", server->first_user);
    }
  return facts;
}

/* A reference to the DCOM server of the moment, which a restart replaces. */
static SrDcomServer *
get_dcom (SrPracticeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->dcom != NULL ? g_object_ref (server->dcom) : NULL;
}

void
sr_practice_server_add_facts (SrPracticeServer *server,
                              JsonObject       *object)
{
  g_autoptr (SrDcomServer) dcom = get_dcom (server);
  JsonObject *facts = json_object_new ();
  SrDcomServerStats stats = { 0 };

  if (dcom != NULL)
    sr_dcom_server_get_stats (dcom, &stats);
  json_object_set_int_member (facts, "objects", stats.objects);
  json_object_set_int_member (facts, "sets", stats.sets);
  json_object_set_int_member (facts, "activations", (gint64) stats.activations);
  json_object_set_int_member (facts, "simplePings", (gint64) stats.simple_pings);
  json_object_set_int_member (facts, "complexPings", (gint64) stats.complex_pings);
  json_object_set_int_member (facts, "releases", (gint64) stats.releases);
  json_object_set_int_member (facts, "rundowns", (gint64) stats.rundowns);
  json_object_set_object_member (object, "dcom", facts);
  if (server->host != NULL)
    json_object_set_string_member (object, "service", sr_practice_host_get_state (server->host));
}

void
sr_practice_server_freeze_clock (SrPracticeServer *server,
                                 gboolean          frozen)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->clock_lock);
  gint64 now = g_get_monotonic_time ();

  if (frozen && server->frozen_at == 0)
    server->frozen_at = now;
  else if (!frozen && server->frozen_at != 0)
    {
      /* goes on from where it stood */
      server->clock_offset -= now - server->frozen_at;
      server->frozen_at = 0;
    }
}

guint
sr_practice_server_advance_clock (SrPracticeServer *server,
                                  guint             seconds)
{
  g_autoptr (SrDcomServer) dcom = get_dcom (server);

  g_mutex_lock (&server->clock_lock);
  server->clock_offset += (gint64) seconds * G_USEC_PER_SEC;
  g_mutex_unlock (&server->clock_lock);
  return dcom != NULL ? sr_dcom_server_check_pings (dcom) : 0;
}

void
sr_practice_server_drop (SrPracticeServer *server,
                         const char       *iface,
                         guint16           opnum,
                         guint             call,
                         gboolean          after)
{
  sr_practice_faults_add (server->faults, iface, opnum, call, after);
}

void
sr_practice_server_drop_connections (SrPracticeServer *server)
{
  g_autoptr (SrDcomServer) dcom = get_dcom (server);

  sr_practice_faults_clear (server->faults);
  if (dcom != NULL)
    sr_dcom_server_drop_connections (dcom);
  if (server->host != NULL)
    sr_practice_host_drop_connections (server->host);
}
