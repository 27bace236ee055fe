/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "allow-plain.h"
#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom/sr-activator.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-rem-unknown.h"
#include "rpc/sr-rpc-client.h"

#include <string.h>

/* What the server says to clients that our own client never is. */

static SrRpcClient *
connect_to (ToyBox               *box,
            gboolean              exporter,
            const SrRpcInterface *iface)
{
  guint16 port = exporter ? sr_dcom_server_get_object_port (box->server) : sr_dcom_server_get_activation_port (box->server);
  g_autoptr (GError) error = NULL;
  SrRpcClient *client = sr_rpc_client_connect ("toys.test", "127.0.0.1", port, toy_soon (), NULL, &error);

  g_assert_no_error (error);
  sr_rpc_client_bind (client, &iface->syntax, NULL, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  return client;
}

/* The status of the fault that a call ends in, 0 for none. */
static guint32
call (SrRpcClient          *client,
      const SrRpcInterface *iface,
      guint16               opnum,
      gpointer              request,
      gpointer              reply)
{
  g_autoptr (GError) error = NULL;

  if (sr_rpc_client_call (client, iface, sr_rpc_interface_find (iface, opnum), NULL, request, reply, toy_soon (), NULL,
                          &error))
    return 0;
  g_assert_true (error->domain == SR_RPC_FAULT);
  return (guint32) error->code;
}

static GBytes *
activation_properties (guint32 flags)
{
  SrActivationRequest request;
  GBytes *bytes;

  sr_activation_request_init (&request, &toy_clsid, &toy_interface.syntax.uuid, 1, NULL, 7);
  request.flags = flags;
  bytes = sr_activation_request_build (&request, NULL);
  sr_activation_request_clear (&request);
  return bytes;
}

/* RemoteCreateInstance or RemoteGetClassObject; returns the HRESULT. */
static guint32
activate (ToyBox       *box,
          guint16       opnum,
          SrComVersion  version,
          GBytes       *properties)
{
  const SrRpcInterface *iface = &sr_remote_activator_interface;
  SrRpcClient *client = connect_to (box, FALSE, iface);
  SrActivatorRequest request = { .properties = properties };
  SrActivatorReply reply = { 0 };

  sr_orpc_this_init (&request.orpc_this, 7);
  request.orpc_this.version = version;
  g_assert_cmphex (call (client, iface, opnum, &request, &reply), ==, 0);
  g_assert_true ((reply.properties == NULL) == SR_FAILED (reply.hr));
  sr_rpc_interface_find (iface, opnum)->clear_reply (&reply);
  sr_rpc_client_free (client);
  return reply.hr;
}

static void
test_activation (void)
{
  const guint16 create = SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE, get_class = SR_REMOTE_ACTIVATOR_OP_GET_CLASS_OBJECT;
  const SrComVersion good = { 5, 7 };
  ToyBox *box = toy_box_new (FALSE, NULL);
  g_autoptr (GBytes) properties = activation_properties (0);
  g_autoptr (GBytes) other_width = activation_properties (GLIB_SIZEOF_VOID_P == 8 ? 4 : 8);
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);

  g_assert_cmphex (activate (box, create, (SrComVersion) { 5, 8 }, properties), ==, SR_RPC_E_VERSION_MISMATCH);
  g_assert_cmphex (activate (box, create, (SrComVersion) { 4, 7 }, properties), ==, SR_RPC_E_VERSION_MISMATCH);
  g_assert_cmphex (activate (box, create, good, NULL), ==, SR_E_INVALIDARG);
  g_assert_cmphex (activate (box, create, good, junk), ==, SR_E_INVALIDARG);
  g_assert_cmphex (activate (box, create, good, other_width), ==, SR_REGDB_E_CLASSNOTREG);
  g_assert_cmphex (activate (box, get_class, good, properties), ==, SR_E_NOTIMPL);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 0);
  g_assert_cmphex (activate (box, create, (SrComVersion) { 5, 1 }, properties), ==, SR_S_OK);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 1);
  toy_box_free (box);
}

static void
test_class_object_the_old_way (void)
{
  const SrRpcInterface *iface = &sr_activation_interface;
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrRpcClient *client = connect_to (box, FALSE, iface);
  SrRemoteActivationRequest request = { .clsid = toy_clsid, .mode = SR_ACTIVATION_MODE_CLASS_OBJECT, .n_iids = 2 };
  SrRemoteActivationReply reply = { 0 };

  sr_orpc_this_init (&request.orpc_this, 7);
  g_assert_cmphex (call (client, iface, SR_ACTIVATION_OP_REMOTE_ACTIVATION, &request, &reply), ==, 0);
  g_assert_cmphex (reply.status, ==, 0);
  g_assert_cmphex (reply.hr, ==, SR_E_NOTIMPL);
  g_assert_cmpuint (reply.activation.results->len, ==, 2);
  iface->methods[0].clear_reply (&reply);
  sr_rpc_client_free (client);
  toy_box_free (box);
}

/* One ORPC call with @orpc_this and @ipid; returns the fault, or 0. */
static guint32
orpc (ToyBox               *box,
      const SrRpcInterface *iface,
      guint16               opnum,
      SrOrpcThis           *orpc_this,
      const SrGuid         *ipid,
      gpointer              request,
      gpointer              reply)
{
  const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);
  SrRpcClient *client = connect_to (box, TRUE, iface);
  g_autoptr (GBytes) stub = NULL;
  g_autoptr (GError) error = NULL;
  SrOrpcThat orpc_that = { 0 };
  const guint8 *data;
  guint32 fault = 0;
  gsize length;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "orpc");
  sr_orpc_this_code (&ndr, orpc_this);
  if (method != NULL && request != NULL)
    method->code_request (&ndr, request);
  stub = sr_ndr_finish_bytes (&ndr, NULL);
  if (!sr_rpc_client_call_stub (client, &iface->syntax, opnum, ipid, stub, 65536, &data, &length, toy_soon (), NULL,
                                &error))
    {
      g_assert_true (error->domain == SR_RPC_FAULT);
      fault = (guint32) error->code;
    }
  else
    {
      sr_ndr_init_reader (&ndr, "orpc", data, length);
      sr_orpc_that_code (&ndr, &orpc_that);
      method->code_reply (&ndr, reply);
      sr_ndr_finish (&ndr, &error);
      g_assert_no_error (error);
      sr_orpc_that_clear (&orpc_that);
    }
  sr_rpc_client_free (client);
  return fault;
}

static SrDcomObject *
make_toy (ToyBox         *box,
          SrDcomIdentity *identity)
{
  g_autoptr (GError) error = NULL;
  SrDcomObject *object;

  sr_dcom_set_ping_interval (3600);
  object = toy_activate (box, 1, &error);
  g_assert_no_error (error);
  sr_dcom_object_get_identity (object, identity);
  return object;
}

static void
test_orpc_checks (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  g_autoptr (GBytes) data = g_bytes_new_static ("whatever", 8);
  SrDcomIdentity identity;
  SrDcomObject *object = make_toy (box, &identity);
  const SrGuid *ipid = &identity.interfaces[0].ipid;
  SrGuid unknown, none = { 0 };
  ToyRequest request = { 40, 2 };
  ToyReply reply;
  SrOrpcThis good, bad;

  sr_guid_random (&unknown);
  sr_orpc_this_init (&good, 7);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &good, ipid, &request, &reply), ==, 0);
  g_assert_cmpuint (reply.number, ==, 42);
  bad = good;
  bad.version.minor = 8;
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &bad, ipid, &request, &reply), ==, SR_RPC_E_VERSION_MISMATCH);
  bad = good;
  bad.version.major = 6;
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &bad, ipid, &request, &reply), ==, SR_RPC_E_VERSION_MISMATCH);
  bad = good;
  bad.flags = 1;
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &bad, ipid, &request, &reply), ==, SR_RPC_E_INVALID_HEADER);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &good, &unknown, &request, &reply), ==, SR_RPC_E_DISCONNECTED);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &good, &none, &request, &reply), ==, SR_RPC_E_DISCONNECTED);
  g_assert_cmphex (orpc (box, &toy2_interface, TOY_ADD, &good, ipid, &request, &reply), ==, SR_RPC_E_INVALID_OBJECT);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &good, &identity.rem_unknown, &request, &reply), ==,
                   SR_RPC_E_DISCONNECTED);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &good, ipid, NULL, &reply), ==, SR_NCA_S_FAULT_NDR);
  for (guint16 opnum = 0; opnum < 3; opnum++)
    g_assert_cmphex (orpc (box, &toy_interface, opnum, &good, ipid, &request, &reply), ==, SR_NCA_S_OP_RNG_ERROR);
  g_assert_cmphex (orpc (box, &toy_interface, 99, &good, ipid, &request, &reply), ==, SR_NCA_S_OP_RNG_ERROR);
  g_assert_cmpuint (toy_box_count (box, &box->executed), ==, 1);

  /* Extensions are for somebody else. */
  bad = good;
  bad.extents = sr_orpc_extents_new ();
  sr_orpc_extents_add (bad.extents, &unknown, data);
  g_assert_cmphex (orpc (box, &toy_interface, TOY_ADD, &bad, ipid, &request, &reply), ==, 0);
  sr_orpc_this_clear (&bad);
  sr_dcom_object_release (object, toy_soon (), NULL);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

static void
test_rem_unknown (void)
{
  const SrRpcInterface *first = &sr_rem_unknown_interface, *second = &sr_rem_unknown2_interface;
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomIdentity identity;
  SrDcomObject *object = make_toy (box, &identity);
  const SrGuid *remote = &identity.rem_unknown, *ipid = &identity.interfaces[0].ipid;
  SrRemQueryRequest query = { *ipid, 3, 2, { toy2_interface.syntax.uuid, { 1 } } };
  SrRemRefsRequest refs = { 2, { { *ipid, 1, 0 }, { { 1 }, 1, 0 } } };
  SrRemQueryReply queried = { 0 };
  SrRemQuery2Reply queried2 = { 0 };
  SrRemAddRefReply added = { 0 };
  SrOrpcThis orpc_this;
  SrObjref objref;

  sr_orpc_this_init (&orpc_this, 7);
  g_assert_cmphex (orpc (box, first, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, &orpc_this, ipid, &query, &queried), ==,
                   SR_RPC_E_DISCONNECTED);
  g_assert_cmphex (orpc (box, first, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, &orpc_this, remote, &query, &queried), ==, 0);
  g_assert_cmphex (queried.hr, ==, SR_S_FALSE);
  g_assert_cmpuint (queried.n_results, ==, 2);
  g_assert_cmphex (queried.results[0].hr, ==, 0);
  g_assert_cmpuint (queried.results[0].std.public_refs, ==, 3);
  g_assert_cmphex (queried.results[0].std.oid, ==, identity.oid);
  g_assert_cmphex (queried.results[1].hr, ==, SR_E_NOINTERFACE);

  g_assert_cmphex (orpc (box, second, SR_REM_UNKNOWN_OP_QUERY_INTERFACE2, &orpc_this, remote, &query, &queried2), ==, 0);
  g_assert_cmphex (queried2.hr, ==, SR_S_FALSE);
  g_assert_cmphex (queried2.results[1], ==, SR_E_NOINTERFACE);
  g_assert_null (queried2.objrefs[1]);
  g_assert_true (sr_objref_parse (g_bytes_get_data (queried2.objrefs[0], NULL), g_bytes_get_size (queried2.objrefs[0]),
                                  &objref, NULL));
  g_assert_true (sr_guid_equal (&objref.std.ipid, &queried.results[0].std.ipid));
  sr_objref_clear (&objref);
  sr_rpc_interface_find (second, SR_REM_UNKNOWN_OP_QUERY_INTERFACE2)->clear_reply (&queried2);

  query.ipid = (SrGuid) { 1 };
  queried = (SrRemQueryReply) { 0 };
  g_assert_cmphex (orpc (box, second, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, &orpc_this, remote, &query, &queried), ==, 0);
  g_assert_cmphex (queried.hr, ==, SR_RPC_E_INVALID_OBJECT);
  g_assert_cmpuint (queried.n_results, ==, 0);

  g_assert_cmphex (orpc (box, first, SR_REM_UNKNOWN_OP_ADD_REF, &orpc_this, remote, &refs, &added), ==, 0);
  g_assert_cmpuint (added.n_results, ==, 2);
  g_assert_cmphex (added.results[0], ==, 0);
  g_assert_cmphex (added.results[1], ==, SR_CO_E_OBJNOTREG);
  /* RemQueryInterface2 belongs to the second interface only. */
  g_assert_cmphex (orpc (box, first, SR_REM_UNKNOWN_OP_QUERY_INTERFACE2, &orpc_this, remote, &query, &queried2), ==,
                   SR_NCA_S_OP_RNG_ERROR);

  /* The client does not know of the references taken here: the object lives on after its release. */
  sr_dcom_object_release (object, toy_soon (), NULL);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* Without signing in there is ServerAlive2, and nothing else. */
static void
test_strangers (void)
{
  const SrRpcInterface *resolver = &sr_object_exporter_interface, *activator = &sr_remote_activator_interface;
  ToyBox *box = toy_box_new (TRUE, NULL);
  g_autoptr (GBytes) properties = activation_properties (0);
  SrServerAliveRequest nothing = { 0 };
  SrServerAlive2Reply alive = { 0 };
  SrSimplePingRequest simple = { 1 };
  SrStatusReply status = { 0 };
  SrComplexPingRequest complex = { 0 };
  SrComplexPingReply ponged = { 0 };
  SrResolveOxidRequest resolve = { 1, 1, { 7 } };
  SrResolveOxidReply resolved = { 0 };
  SrActivatorRequest activation = { .properties = properties };
  SrActivatorReply activated = { 0 };
  SrRpcClient *client;

  /* This client may; the server must not let it. */
  rpc_testing_allow_plain (TRUE);
  sr_orpc_this_init (&activation.orpc_this, 7);
  client = connect_to (box, FALSE, resolver);
  g_assert_cmphex (call (client, resolver, SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2, &nothing, &alive), ==, 0);
  g_assert_cmpuint (alive.version.minor, ==, 7);
  g_assert_cmpuint (alive.bindings->strings->len, >, 0);
  g_assert_cmpuint (alive.bindings->securities->len, >, 1);
  g_clear_pointer (&alive.bindings, sr_dual_string_array_free);
  g_assert_cmphex (call (client, resolver, SR_OBJECT_EXPORTER_OP_SERVER_ALIVE, &nothing, &status), ==, 0);
  g_assert_cmphex (call (client, resolver, SR_OBJECT_EXPORTER_OP_SIMPLE_PING, &simple, &status), ==,
                   SR_NCA_S_FAULT_ACCESS_DENIED);
  g_assert_cmphex (call (client, resolver, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, &complex, &ponged), ==,
                   SR_NCA_S_FAULT_ACCESS_DENIED);
  g_assert_cmphex (call (client, resolver, SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2, &resolve, &resolved), ==,
                   SR_NCA_S_FAULT_ACCESS_DENIED);
  sr_rpc_client_free (client);
  client = connect_to (box, FALSE, activator);
  g_assert_cmphex (call (client, activator, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE, &activation, &activated), ==,
                   SR_NCA_S_FAULT_ACCESS_DENIED);
  sr_rpc_client_free (client);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 0);
  g_assert_cmpuint (toy_box_stats (box).sets, ==, 0);
  toy_box_free (box);
}

/* Object interfaces are not at the activation port, and the activator is not at the other one. */
static void
test_ports (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);

  for (guint i = 0; i < 2; i++)
    {
      guint16 port = i == 0 ? sr_dcom_server_get_activation_port (box->server) : sr_dcom_server_get_object_port (box->server);
      const SrRpcInterface *iface = i == 0 ? &toy_interface : &sr_remote_activator_interface;
      g_autoptr (GError) error = NULL;
      SrRpcClient *client = sr_rpc_client_connect ("toys.test", "127.0.0.1", port, toy_soon (), NULL, &error);

      g_assert_no_error (error);
      g_assert_false (sr_rpc_client_bind (client, &iface->syntax, NULL, toy_soon (), NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
      sr_rpc_client_free (client);
    }
  toy_box_free (box);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcom/server/activation", test_activation);
  g_test_add_func ("/dcom/server/class-object-the-old-way", test_class_object_the_old_way);
  g_test_add_func ("/dcom/server/orpc-checks", test_orpc_checks);
  g_test_add_func ("/dcom/server/rem-unknown", test_rem_unknown);
  g_test_add_func ("/dcom/server/strangers", test_strangers);
  g_test_add_func ("/dcom/server/ports", test_ports);
  return g_test_run ();
}
