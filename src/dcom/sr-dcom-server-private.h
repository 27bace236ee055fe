/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-server.h"
#include "dcom/sr-dcom-table.h"
#include "dcom/sr-orpc.h"

G_BEGIN_DECLS

/**
 * SrDcomServerQuirks:
 * @version_minor: the minor version that the server speaks, 0 for ours
 * @no_remote_activator: IRemoteSCMActivator is missing, as before version 5.6
 * @no_server_alive2: IObjectExporter ends at ResolveOxid, as in version 5.1
 * @no_endpoints: an activation's bindings tell no port: it has to be asked for
 * @no_references: interfaces come without references: they have to be asked for
 * @no_pings: objects want no pings
 *
 * How servers of other versions or habits behave, for tests.
 */
typedef struct
{
  guint16 version_minor;
  gboolean no_remote_activator;
  gboolean no_server_alive2;
  gboolean no_endpoints;
  gboolean no_references;
  gboolean no_pings;
} SrDcomServerQuirks;

/**
 * sr_dcom_server_set_quirks:
 * @server: a server that does not listen yet
 * @quirks: how it behaves
 */
void sr_dcom_server_set_quirks (SrDcomServer             *server,
                                const SrDcomServerQuirks *quirks);

struct _SrDcomServer
{
  GObject parent_instance;

  SrAuthAcceptor *acceptor;             /* NULL in tests */
  const SrDcomClass *klass;
  gpointer user_data;
  SrDcomServerQuirks quirks;
  SrDcomTable *table;

  SrRpcServer *resolver;                /* at the activation port */
  SrRpcServer *exporter;                /* at the object port */
  char *host_name;
  char *address;
  guint16 activation_port;
  guint16 object_port;

  GMutex lock;
  SrDcomClock clock;                    /* under @lock, as all below */
  gpointer clock_data;
  guint64 activations;
  guint64 simple_pings;
  guint64 complex_pings;
  guint64 releases;

  GThread *timer;
  GCond wake;
  gboolean stopping;
};

/* The server's clock, in microseconds. */
gint64 sr_dcom_server_now (SrDcomServer *server);

/* Adds one to a count of @server. */
void sr_dcom_server_count (SrDcomServer *server,
                           guint64      *count);

/* Whether @call is protected well enough for anything but ServerAlive2. */
gboolean sr_dcom_server_is_protected (SrDcomServer          *server,
                                      const SrRpcServerCall *call);

SrComVersion sr_dcom_server_version (SrDcomServer *server);

/* (transfer full): where the object resolver is; never with ports */
SrDualStringArray *sr_dcom_server_resolver_bindings (SrDcomServer *server);

/* (transfer full): where objects are */
SrDualStringArray *sr_dcom_server_exporter_bindings (SrDcomServer *server);

/* Whether the class has @iid, or it is IUnknown. */
gboolean sr_dcom_server_has_interface (SrDcomServer *server,
                                       const SrGuid *iid);

/* (transfer full): an object reference, or NULL */
GBytes *sr_dcom_server_build_objref (SrDcomServer      *server,
                                     const SrGuid      *iid,
                                     const SrStdObjref *std);

/* Handlers, as SrRpcStubHandler */
guint32 sr_dcom_server_handle_resolver (const SrRpcServerCall *call,
                                        const guint8          *stub,
                                        gsize                  length,
                                        GBytes               **reply,
                                        gpointer               user_data);
guint32 sr_dcom_server_handle_activation (const SrRpcServerCall *call,
                                          const guint8          *stub,
                                          gsize                  length,
                                          GBytes               **reply,
                                          gpointer               user_data);
guint32 sr_dcom_server_handle_object (const SrRpcServerCall *call,
                                      const guint8          *stub,
                                      gsize                  length,
                                      GBytes               **reply,
                                      gpointer               user_data);

/* IRemUnknown and IRemUnknown2; run by sr_dcom_server_handle_object(). Returns 0 or a fault. */
guint32 sr_dcom_server_run_rem_unknown (SrDcomServer          *server,
                                        const SrRpcServerCall *call,
                                        gpointer               request,
                                        gpointer               reply);

G_END_DECLS
