/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** SR_DCOM_ACTIVATION_PORT: where the activator and the object resolver listen (MS-DCOM 1.9) */
#define SR_DCOM_ACTIVATION_PORT 135

/** SR_DCOM_MAX_INTERFACES: most interfaces asked for at once */
#define SR_DCOM_MAX_INTERFACES 4

/** SR_DCOM_PING_SECONDS: ping period (MS-DCOM 3.2.2); three missed pings let the server reclaim the object */
#define SR_DCOM_PING_SECONDS 120

/**
 * SrDcomTarget:
 *
 * A server and how to sign in there. Immutable, reference counted, safe to
 * share between threads.
 */
typedef struct _SrDcomTarget SrDcomTarget;

/**
 * sr_dcom_target_new:
 * @host: the name the user gave: service principals are made from it
 * @address: (nullable): the address to connect to instead of resolving @host; object bindings' ports are used with it too
 * @port: the activation port, 0 for %SR_DCOM_ACTIVATION_PORT
 * @credentials: (nullable): who signs in; %NULL for the default ticket cache
 * @ntlm_allowed: whether the user allowed NTLM for this server
 *
 * Returns: (transfer full): a target
 */
SrDcomTarget *sr_dcom_target_new (const char    *host,
                                  const char    *address,
                                  guint16        port,
                                  SrCredentials *credentials,
                                  gboolean       ntlm_allowed);

SrDcomTarget *sr_dcom_target_ref (SrDcomTarget *target);
void sr_dcom_target_unref (SrDcomTarget *target);
const char *sr_dcom_target_get_host (const SrDcomTarget *target);

/**
 * sr_dcom_target_get_address:
 * @target: a target
 *
 * Returns: (nullable) (transfer none): the address that was given, %NULL when @host is resolved
 */
const char *sr_dcom_target_get_address (const SrDcomTarget *target);

/**
 * sr_dcom_target_get_port:
 * @target: a target
 *
 * Returns: the activation port that was given, 0 for %SR_DCOM_ACTIVATION_PORT
 */
guint16 sr_dcom_target_get_port (const SrDcomTarget *target);

/**
 * sr_dcom_target_get_credentials:
 * @target: a target
 *
 * Returns: (nullable) (transfer none): who signs in; %NULL for the default ticket cache
 */
SrCredentials *sr_dcom_target_get_credentials (const SrDcomTarget *target);

/**
 * sr_dcom_target_get_ntlm_allowed:
 * @target: a target
 *
 * Returns: whether the user allowed NTLM for this server
 */
gboolean sr_dcom_target_get_ntlm_allowed (const SrDcomTarget *target);

/**
 * SrDcomInterfaceRef:
 * @iid: the interface
 * @ipid: its pointer identifier at the server
 * @public_refs: references that we hold and give back
 *
 * One interface of an object (STDOBJREF, MS-DCOM 2.2.18.2).
 */
typedef struct
{
  SrGuid iid;
  SrGuid ipid;
  guint32 public_refs;
} SrDcomInterfaceRef;

/**
 * SrDcomIdentity:
 * @oxid: the object exporter
 * @oid: the object
 * @setid: the ping set, 0 before the first ping or when the object is not pinged
 * @rem_unknown: IPID of the exporter's IRemUnknown
 * @port: TCP port of the exporter
 * @no_ping: the object wants no pings (SORF_NOPING)
 * @n_interfaces: how many of @interfaces are used
 * @interfaces: the interfaces
 *
 * All that is needed to reach the same object again, from another connection
 * or another process. Plain data: it goes into the journal.
 */
typedef struct
{
  guint64 oxid;
  guint64 oid;
  guint64 setid;
  SrGuid rem_unknown;
  guint16 port;
  gboolean no_ping;
  guint n_interfaces;
  SrDcomInterfaceRef interfaces[SR_DCOM_MAX_INTERFACES];
} SrDcomIdentity;

/**
 * SrDcomObject:
 *
 * The client's end of one remote object. A thread of its own pings the object
 * from the first minute on, for as long as the SrDcomObject lives. Calls come
 * from one thread at a time; a call after a broken connection connects and
 * binds again to the same IPID.
 */
typedef struct _SrDcomObject SrDcomObject;

/**
 * sr_dcom_object_activate:
 * @target: the server
 * @clsid: the class
 * @iids: (array length=n_iids): the interfaces wanted; the first one must be given, the others may be missing
 * @n_iids: how many, at most %SR_DCOM_MAX_INTERFACES
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Activates an object by IRemoteSCMActivator::RemoteCreateInstance (MS-DCOM
 * 3.1.2.5.2.3.3), or by IActivation::RemoteActivation where the server has no
 * such interface, and begins to ping it. Authentication types are tried in
 * the order of sr_auth_choose_types(), principals as RPCSS/<host>, then
 * host/<host>.
 *
 * Sets %SR_HRESULT_ERROR with the activator's answer, %SR_RPC_FAULT,
 * %SR_ERROR and %G_IO_ERROR codes; the message names step and host.
 *
 * Returns: (transfer full): the object, or %NULL
 */
SrDcomObject *sr_dcom_object_activate (SrDcomTarget *target,
                                       const SrGuid *clsid,
                                       const SrGuid *iids,
                                       guint         n_iids,
                                       gint64        deadline,
                                       GCancellable *cancellable,
                                       GError      **error);

/**
 * sr_dcom_object_reattach:
 * @target: the server
 * @identity: of an object that was activated before, maybe by another process
 *
 * Makes an object without talking to the server; pings begin with its ping set.
 *
 * Returns: (transfer full): the object
 */
SrDcomObject *sr_dcom_object_reattach (SrDcomTarget         *target,
                                       const SrDcomIdentity *identity);

/**
 * sr_dcom_object_free:
 * @object: (transfer full) (nullable): an object
 *
 * Stops pinging and closes connections without telling the server: see sr_dcom_object_release().
 */
void sr_dcom_object_free (SrDcomObject *object);

/**
 * sr_dcom_object_get_identity:
 * @object: an object
 * @identity: (out): a copy, taken under the object's lock (the ping thread sets @setid)
 */
void sr_dcom_object_get_identity (SrDcomObject   *object,
                                  SrDcomIdentity *identity);

/**
 * sr_dcom_object_has_interface:
 * @object: an object
 * @iid: an interface
 *
 * Returns: whether we hold a reference to it
 */
gboolean sr_dcom_object_has_interface (SrDcomObject *object,
                                       const SrGuid *iid);

/**
 * sr_dcom_object_query_interface:
 * @object: an object
 * @iid: an interface that we do not hold yet
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * IRemUnknown::RemQueryInterface (MS-DCOM 3.1.1.5.6.1.1).
 *
 * Sets %SR_HRESULT_ERROR such as %SR_E_NOINTERFACE, and as sr_dcom_object_call().
 *
 * Returns: whether we hold it now
 */
gboolean sr_dcom_object_query_interface (SrDcomObject *object,
                                         const SrGuid *iid,
                                         gint64        deadline,
                                         GCancellable *cancellable,
                                         GError      **error);

/**
 * sr_dcom_object_call:
 * @object: an object
 * @iface: the interface; its syntax's UUID is the IID
 * @method: one of its rows; the coders leave out ORPCTHIS and ORPCTHAT
 * @request: the request structure
 * @reply: (out caller-allocates): the reply structure; cleared by the caller with the row's function after success. Views in it stay valid until the next call
 * @sent: (out) (optional): whether any byte of the request left, so that it may have been executed
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * One ORPC call (MS-DCOM 3.2.4.2), at packet privacy.
 *
 * Sets %SR_RPC_FAULT, %SR_HRESULT_ERROR for an ORPC-level refusal, %SR_ERROR
 * and %G_IO_ERROR codes. The method's own HRESULT is part of @reply and not looked at.
 *
 * Returns: whether @reply is filled
 */
gboolean sr_dcom_object_call (SrDcomObject         *object,
                              const SrRpcInterface *iface,
                              const SrRpcMethod    *method,
                              gpointer              request,
                              gpointer              reply,
                              gboolean             *sent,
                              gint64                deadline,
                              GCancellable         *cancellable,
                              GError              **error);

/**
 * sr_dcom_object_release:
 * @object: an object
 * @deadline: monotonic time in microseconds
 * @error: where to put an error
 *
 * Gives every reference back (IRemUnknown::RemRelease) and takes the object
 * out of its ping set. The object can only be freed afterwards.
 *
 * Returns: whether the server took it
 */
gboolean sr_dcom_object_release (SrDcomObject *object,
                                 gint64        deadline,
                                 GError      **error);

/**
 * sr_dcom_object_disconnect:
 * @object: an object
 *
 * Closes the connection; the next call opens another. From any thread.
 */
void sr_dcom_object_disconnect (SrDcomObject *object);

/**
 * sr_dcom_object_get_last_ping:
 * @object: an object
 * @error: (out) (optional) (transfer full): why the last ping failed, if it did
 *
 * Returns: unix time in microseconds of the last ping that the server answered, 0 for none
 */
gint64 sr_dcom_object_get_last_ping (SrDcomObject *object,
                                     GError      **error);

/**
 * sr_dcom_set_ping_interval:
 * @seconds: another period than %SR_DCOM_PING_SECONDS, for objects made from now on (tests)
 */
void sr_dcom_set_ping_interval (double seconds);

/**
 * sr_dcom_server_alive:
 * @target: the server
 * @version_minor: (out) (optional): DCOM's minor version there
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * IObjectExporter::ServerAlive2 (MS-DCOM 3.1.2.5.1.6): whether something answers at the activation port.
 *
 * Returns: whether it does
 */
gboolean sr_dcom_server_alive (SrDcomTarget *target,
                               guint16      *version_minor,
                               gint64        deadline,
                               GCancellable *cancellable,
                               GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDcomTarget, sr_dcom_target_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDcomObject, sr_dcom_object_free)

G_END_DECLS
