/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-server.h"

G_BEGIN_DECLS

/**
 * SrDcomServer:
 *
 * The server's end of DCOM: activator, object resolver with ping sets, object
 * exporter with IRemUnknown, on loopback. Objects die by RemRelease of their
 * last reference or by missed pings, never by a lost connection.
 */
#define SR_TYPE_DCOM_SERVER (sr_dcom_server_get_type ())
G_DECLARE_FINAL_TYPE (SrDcomServer, sr_dcom_server, SR, DCOM_SERVER, GObject)

/**
 * SrDcomClass:
 * @clsid: the class
 * @interfaces: (array length=n_interfaces): its interfaces; one that inherits lists all of its own rows and those inherited
 * @n_interfaces: how many
 * @create: makes an object for the client @principal, or returns a failed HRESULT in @hr; may return the same pointer for several activations
 * @invoke: runs one method; @reply is zeroed. Returns 0 or a fault status, or %SR_RPC_SERVER_DROP
 * @released: the last reference went: by RemRelease, or by run-down when @rundown is set
 *
 * What a server of objects provides. Calls come on connections' threads, several at a time.
 */
typedef struct
{
  SrGuid clsid;
  const SrRpcInterface *const *interfaces;
  guint n_interfaces;
  gpointer (*create) (const SrRpcServerCall *call,
                      guint32               *hr,
                      gpointer               user_data);
  guint32 (*invoke) (gpointer               instance,
                     const SrRpcServerCall *call,
                     const SrRpcMethod     *method,
                     gpointer               request,
                     gpointer               reply,
                     gpointer               user_data);
  void (*released) (gpointer instance,
                    gboolean rundown,
                    gpointer user_data);
} SrDcomClass;

/**
 * SrDcomClock:
 *
 * Returns: monotonic microseconds, for pings and run-down
 */
typedef gint64 (*SrDcomClock) (gpointer user_data);

/**
 * sr_dcom_server_new:
 * @acceptor: (nullable) (transfer none): who may sign in; %NULL only in tests
 * @klass: (transfer none): the class that can be activated; must outlive the server
 * @user_data: for the functions of @klass
 *
 * Returns: (transfer full): a server that does not listen yet
 */
SrDcomServer *sr_dcom_server_new (SrAuthAcceptor    *acceptor,
                                  const SrDcomClass *klass,
                                  gpointer           user_data);

/**
 * sr_dcom_server_set_host_name:
 * @server: a server that does not listen yet
 * @host_name: (nullable): a name that clients know it by, put into bindings and principals
 */
void sr_dcom_server_set_host_name (SrDcomServer *server,
                                   const char   *host_name);

/**
 * sr_dcom_server_listen:
 * @server: a server
 * @address: a loopback address
 * @activation_port: 0 for any free one
 * @object_port: 0 for any free one
 * @error: where to put an error
 *
 * Returns: whether it worked; see sr_dcom_server_get_activation_port()
 */
gboolean sr_dcom_server_listen (SrDcomServer *server,
                                const char   *address,
                                guint16       activation_port,
                                guint16       object_port,
                                GError      **error);

guint16 sr_dcom_server_get_activation_port (SrDcomServer *server);
guint16 sr_dcom_server_get_object_port (SrDcomServer *server);

/**
 * sr_dcom_server_set_clock:
 * @server: a server
 * @clock: (nullable): another clock than g_get_monotonic_time()
 * @user_data: for @clock
 */
void sr_dcom_server_set_clock (SrDcomServer *server,
                               SrDcomClock   clock,
                               gpointer      user_data);

/**
 * sr_dcom_server_set_drop:
 * @server: a server that does not listen yet
 * @drop: asked before and after the execution of every request of every interface (tests)
 * @user_data: for @drop
 */
void sr_dcom_server_set_drop (SrDcomServer    *server,
                              SrRpcServerDrop  drop,
                              gpointer         user_data);

/**
 * sr_dcom_server_check_pings:
 * @server: a server
 *
 * Reclaims objects whose set missed three ping periods (MS-DCOM 3.1.1.6.2).
 * A timer of the server calls it every ten seconds; tests call it after moving their clock.
 *
 * Returns: how many objects went
 */
guint sr_dcom_server_check_pings (SrDcomServer *server);

/**
 * SrDcomServerStats:
 * @objects: alive now
 * @sets: ping sets alive now
 * @activations: so far
 * @simple_pings: so far
 * @complex_pings: so far
 * @releases: RemRelease calls so far
 * @rundowns: objects reclaimed so far
 *
 * What a server has seen.
 */
typedef struct
{
  guint objects;
  guint sets;
  guint64 activations;
  guint64 simple_pings;
  guint64 complex_pings;
  guint64 releases;
  guint64 rundowns;
} SrDcomServerStats;

/**
 * sr_dcom_server_get_stats:
 * @server: a server
 * @stats: (out caller-allocates): what it has seen until now
 */
void sr_dcom_server_get_stats (SrDcomServer      *server,
                               SrDcomServerStats *stats);

/**
 * sr_dcom_server_drop_connections:
 * @server: a server
 *
 * Closes every connection and goes on listening (tests).
 */
void sr_dcom_server_drop_connections (SrDcomServer *server);

/**
 * sr_dcom_server_stop:
 * @server: a server
 *
 * Stops to listen and closes every connection. Objects are released without run-down.
 */
void sr_dcom_server_stop (SrDcomServer *server);

G_END_DECLS
