/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-vectors.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-activator.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-rem-unknown.h"

#include "base/sr-error.h"

#include <string.h>

/* What the captured machines told each other, from the bytes by hand. */
#define OXID G_GUINT64_CONSTANT (0x053773507f213667)
#define OID G_GUINT64_CONSTANT (0xf6e3db6450cca71a)

static const SrGuid cid = { 0xfd7ed21b, 0xdac9, 0x49d2, { 0xaa, 0xdd, 0x65, 0xb0, 0xc7, 0x06, 0xfc, 0x49 } };
static const SrGuid clsid = { 0x8bc3f05e, 0xd86b, 0x11d0, { 0xa0, 0x75, 0x00, 0xc0, 0x4f, 0xb6, 0x88, 0x20 } };
static const SrGuid iid = { 0xf309ad18, 0xd86a, 0x11d0, { 0xa0, 0x75, 0x00, 0xc0, 0x4f, 0xb6, 0x88, 0x20 } };
static const SrGuid context_id = { 0xe91a6c22, 0xecd3, 0x4bcd, { 0xb2, 0x36, 0x1a, 0x73, 0xb8, 0x63, 0x60, 0xad } };
static const SrGuid ipid = { 0x00014006, 0x0530, 0x0000, { 0x03, 0x33, 0x99, 0x76, 0x91, 0xea, 0x98, 0xab } };
static const SrGuid rem_unknown = { 0x0000c000, 0x0530, 0x0000, { 0x7d, 0x85, 0x2f, 0xae, 0xea, 0xc5, 0xc8, 0x80 } };
static const SrGuid second_iid = { 0xd4781cd6, 0xe5d3, 0x44df, { 0xad, 0x94, 0x93, 0x0e, 0xfe, 0x48, 0xa8, 0x87 } };
static const SrGuid second_ipid = { 0x00013416, 0x0530, 0x0000, { 0xd7, 0x56, 0x78, 0x28, 0x6d, 0xf5, 0xd5, 0xd9 } };

static void
assert_guid (const SrGuid *a,
             const SrGuid *b)
{
  char a_text[SR_GUID_STRING_LENGTH + 1], b_text[SR_GUID_STRING_LENGTH + 1];

  g_assert_cmpstr (sr_guid_to_string (a, a_text), ==, sr_guid_to_string (b, b_text));
}

static void
assert_stub (const char *name,
             SrNdr      *writer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = dcom_vector_stub (name, NULL);
  g_autoptr (GBytes) written = sr_ndr_finish_bytes (writer, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (written, NULL), g_bytes_get_size (written),
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
}

static const SrRpcMethod *
method_of (const SrRpcInterface *iface,
           guint16               opnum)
{
  const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);

  g_assert_nonnull (method);
  return method;
}

static void
read_stub (GBytes     *stub,
           SrNdrCoder  first,
           gpointer    first_message,
           SrNdrCoder  second,
           gpointer    second_message)
{
  g_autoptr (GError) error = NULL;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, "vector", g_bytes_get_data (stub, NULL), g_bytes_get_size (stub));
  if (first != NULL)
    first (&ndr, first_message);
  second (&ndr, second_message);
  sr_ndr_finish (&ndr, &error);
  g_assert_no_error (error);
}

static void
test_create_instance_request_decodes (void)
{
  const SrRpcMethod *method = method_of (&sr_remote_activator_interface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  g_autoptr (GBytes) stub = dcom_vector_stub ("RemoteCreateInstance_request", NULL);
  g_autoptr (GError) error = NULL;
  SrActivatorRequest m = { 0 };
  SrActivationRequest r;

  read_stub (stub, NULL, NULL, method->code_request, &m);
  g_assert_cmpuint (m.orpc_this.version.major, ==, 5);
  g_assert_cmpuint (m.orpc_this.version.minor, ==, 7);
  g_assert_cmpuint (m.orpc_this.flags, ==, 1);
  assert_guid (&m.orpc_this.cid, &cid);
  g_assert_null (m.orpc_this.extents);
  g_assert_null (m.outer);

  sr_activation_request_parse (g_bytes_get_data (m.properties, NULL), g_bytes_get_size (m.properties), &r, &error);
  g_assert_no_error (error);
  assert_guid (&r.clsid, &clsid);
  g_assert_cmpuint (r.class_context, ==, 0x14);
  g_assert_cmpuint (r.flags, ==, 0);
  g_assert_cmpuint (r.iids->len, ==, 1);
  assert_guid (&g_array_index (r.iids, SrGuid, 0), &iid);
  g_assert_cmpuint (r.client_version.minor, ==, 7);
  g_assert_cmphex (r.session_id, ==, 0xffffffff);
  g_assert_cmpuint (r.default_level, ==, 1);
  g_assert_cmpuint (r.special_flags, ==, 2);
  g_assert_true (r.has_context);
  assert_guid (&r.context_id, &context_id);
  g_assert_cmpuint (r.protseqs->len, ==, 1);
  g_assert_cmpuint (g_array_index (r.protseqs, guint16, 0), ==, 7);
  sr_activation_request_clear (&r);
  method->clear_request (&m);
}

static void
test_create_instance_request_encodes (void)
{
  const SrRpcMethod *method = method_of (&sr_remote_activator_interface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  g_autoptr (GError) error = NULL;
  SrActivatorRequest m = { 0 };
  SrActivationRequest r;
  SrNdr ndr;

  sr_activation_request_init (&r, &clsid, &iid, 1, "172.16.66.36", 7);
  r.context_id = context_id;
  r.default_level = 1;
  m.properties = sr_activation_request_build (&r, &error);
  g_assert_no_error (error);
  sr_orpc_this_init (&m.orpc_this, 7);
  m.orpc_this.cid = cid;
  m.orpc_this.flags = 1;

  sr_ndr_init_writer (&ndr, method->name);
  method->code_request (&ndr, &m);
  assert_stub ("RemoteCreateInstance_request", &ndr);
  sr_activation_request_clear (&r);
  method->clear_request (&m);
}

static void
add_resolver_bindings (SrDualStringArray *array)
{
  static const guint16 services[] = { 9, 30, 16, 10, 22, 31, 14 };

  sr_dual_string_array_add (array, 7, "01566s-win16-ir");
  sr_dual_string_array_add (array, 7, "172.16.66.36");
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    sr_dual_string_array_add_security (array, services[i], "");
}

static void
add_exporter_bindings (SrDualStringArray *array)
{
  sr_dual_string_array_add (array, 15, "\\\\\\\\01566S-WIN16-IR[\\\\PIPE\\\\atsvc]");
  sr_dual_string_array_add (array, 15, "\\\\\\\\01566S-WIN16-IR[\\\\pipe\\\\SessEnvPublicRpc]");
  sr_dual_string_array_add (array, 7, "01566s-win16-ir[49670]");
  sr_dual_string_array_add (array, 7, "172.16.66.36[49670]");
  sr_dual_string_array_add_security (array, 10, "NT AUTHORITY\\SYSTEM");
  sr_dual_string_array_add_security (array, 30, "NT AUTHORITY\\SYSTEM");
  sr_dual_string_array_add_security (array, 16, "host/01566s-win16-ir.threebeesco.com");
  sr_dual_string_array_add_security (array, 9, "host/01566s-win16-ir.threebeesco.com");
  sr_dual_string_array_add_security (array, 22, "NT AUTHORITY\\SYSTEM");
  sr_dual_string_array_add_security (array, 31, "NT AUTHORITY\\SYSTEM");
}

static void
assert_bindings (const SrDualStringArray *a,
                 const SrDualStringArray *b)
{
  g_assert_cmpuint (a->strings->len, ==, b->strings->len);
  g_assert_cmpuint (a->securities->len, ==, b->securities->len);
  for (guint i = 0; i < a->strings->len; i++)
    {
      const SrStringBinding *s = &g_array_index (a->strings, SrStringBinding, i);
      const SrStringBinding *t = &g_array_index (b->strings, SrStringBinding, i);

      g_assert_cmpuint (s->tower, ==, t->tower);
      g_assert_cmpstr (s->address, ==, t->address);
    }
  for (guint i = 0; i < a->securities->len; i++)
    {
      const SrSecurityBinding *s = &g_array_index (a->securities, SrSecurityBinding, i);
      const SrSecurityBinding *t = &g_array_index (b->securities, SrSecurityBinding, i);

      g_assert_cmpuint (s->service, ==, t->service);
      g_assert_cmpstr (s->principal, ==, t->principal);
    }
}

static void
test_create_instance_response_decodes (void)
{
  const SrRpcMethod *method = method_of (&sr_remote_activator_interface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  g_autoptr (GBytes) stub = dcom_vector_stub ("RemoteCreateInstance_response", NULL);
  g_autoptr (SrDualStringArray) resolver = sr_dual_string_array_new ();
  g_autoptr (SrDualStringArray) exporter = sr_dual_string_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *principal = NULL;
  SrActivationResult *result;
  SrActivatorReply m = { 0 };
  SrActivationReply r;
  SrObjref objref;

  read_stub (stub, NULL, NULL, method->code_reply, &m);
  g_assert_cmphex (m.hr, ==, 0);
  g_assert_cmpuint (m.orpc_that.flags, ==, 1);
  sr_activation_reply_parse (g_bytes_get_data (m.properties, NULL), g_bytes_get_size (m.properties), &r, &error);
  g_assert_no_error (error);
  g_assert_cmphex (r.oxid, ==, OXID);
  assert_guid (&r.rem_unknown, &rem_unknown);
  g_assert_cmpuint (r.authn_hint, ==, 4);
  g_assert_cmpuint (r.version.minor, ==, 7);
  add_exporter_bindings (exporter);
  assert_bindings (r.bindings, exporter);
  g_assert_cmpuint (sr_dual_string_array_find_port (r.bindings), ==, 49670);
  principal = sr_dual_string_array_find_principal (r.bindings, "01566S-WIN16-IR.threebeesco.com");
  g_assert_cmpstr (principal, ==, "host/01566s-win16-ir.threebeesco.com");
  g_assert_null (sr_dual_string_array_find_principal (r.bindings, "01566s-win16-ir"));

  g_assert_cmpuint (r.results->len, ==, 1);
  result = &g_array_index (r.results, SrActivationResult, 0);
  assert_guid (&result->iid, &iid);
  g_assert_cmphex (result->hr, ==, 0);
  sr_objref_parse (g_bytes_get_data (result->objref, NULL), g_bytes_get_size (result->objref), &objref, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (objref.kind, ==, SR_OBJREF_STANDARD);
  g_assert_cmphex (objref.std.flags, ==, 0);
  g_assert_cmpuint (objref.std.public_refs, ==, 5);
  g_assert_cmphex (objref.std.oxid, ==, OXID);
  g_assert_cmphex (objref.std.oid, ==, OID);
  assert_guid (&objref.std.ipid, &ipid);
  add_resolver_bindings (resolver);
  assert_bindings (objref.resolver, resolver);
  g_assert_cmpuint (sr_dual_string_array_find_port (objref.resolver), ==, 0);
  sr_objref_clear (&objref);
  sr_activation_reply_clear (&r);
  method->clear_reply (&m);
}

static void
test_create_instance_response_encodes (void)
{
  const SrRpcMethod *method = method_of (&sr_remote_activator_interface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  SrObjref objref = { .kind = SR_OBJREF_STANDARD, .iid = iid,
                      .std = { .public_refs = 5, .oxid = OXID, .oid = OID, .ipid = ipid } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) built = NULL;
  SrActivatorReply m = { .orpc_that = { .flags = 1 } };
  SrActivationReply r;
  SrNdr ndr;

  objref.resolver = sr_dual_string_array_new ();
  add_resolver_bindings (objref.resolver);
  built = sr_objref_build (&objref, &error);
  g_assert_no_error (error);

  sr_activation_reply_init (&r);
  r.oxid = OXID;
  r.rem_unknown = rem_unknown;
  r.authn_hint = 4;
  r.version = (SrComVersion) { 5, 7 };
  r.bindings = sr_dual_string_array_new ();
  add_exporter_bindings (r.bindings);
  sr_activation_reply_add (&r, &iid, 0, built);
  m.properties = sr_activation_reply_build (&r, &error);
  g_assert_no_error (error);

  sr_ndr_init_writer (&ndr, method->name);
  method->code_reply (&ndr, &m);
  assert_stub ("RemoteCreateInstance_response", &ndr);
  sr_objref_clear (&objref);
  sr_activation_reply_clear (&r);
  method->clear_reply (&m);
}

static void
test_query_interface_request (void)
{
  const SrRpcMethod *method = method_of (&sr_rem_unknown_interface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE);
  SrGuid object;
  g_autoptr (GBytes) stub = dcom_vector_stub ("RemQueryInterface_request_with_object_uuid_and_auth", &object);
  SrOrpcThis orpc_this = { 0 };
  SrRemQueryRequest m = { 0 };
  SrNdr ndr;

  read_stub (stub, (SrNdrCoder) sr_orpc_this_code, &orpc_this, method->code_request, &m);
  assert_guid (&object, &rem_unknown);
  g_assert_cmpuint (orpc_this.version.minor, ==, 7);
  g_assert_cmpuint (orpc_this.flags, ==, 0);
  assert_guid (&orpc_this.cid, &cid);
  assert_guid (&m.ipid, &ipid);
  g_assert_cmpuint (m.n_refs, ==, 5);
  g_assert_cmpuint (m.n_iids, ==, 1);
  assert_guid (&m.iids[0], &second_iid);

  orpc_this = (SrOrpcThis) { .version = { 5, 7 }, .cid = cid };
  m = (SrRemQueryRequest) { .ipid = ipid, .n_refs = 5, .n_iids = 1, .iids = { second_iid } };
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_this_code (&ndr, &orpc_this);
  method->code_request (&ndr, &m);
  assert_stub ("RemQueryInterface_request_with_object_uuid_and_auth", &ndr);
}

static void
test_query_interface_response (void)
{
  const SrRpcMethod *method = method_of (&sr_rem_unknown_interface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE);
  g_autoptr (GBytes) stub = dcom_vector_stub ("RemQueryInterface_response", NULL);
  SrOrpcThat orpc_that = { 0 };
  SrRemQueryReply m = { 0 };
  SrNdr ndr;

  read_stub (stub, (SrNdrCoder) sr_orpc_that_code, &orpc_that, method->code_reply, &m);
  g_assert_cmpuint (m.n_results, ==, 1);
  g_assert_cmphex (m.results[0].hr, ==, 0);
  g_assert_cmpuint (m.results[0].std.public_refs, ==, 5);
  g_assert_cmphex (m.results[0].std.oxid, ==, OXID);
  assert_guid (&m.results[0].std.ipid, &second_ipid);
  g_assert_cmphex (m.hr, ==, 0);

  orpc_that = (SrOrpcThat) { 0 };
  m = (SrRemQueryReply) { .n_results = 1,
                          .results = { { 0, { .public_refs = 5, .oxid = OXID,
                                              .oid = OID, .ipid = second_ipid } } } };
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_that_code (&ndr, &orpc_that);
  method->code_reply (&ndr, &m);
  assert_stub ("RemQueryInterface_response", &ndr);
}

static void
test_release (void)
{
  const SrRpcMethod *method = method_of (&sr_rem_unknown_interface, SR_REM_UNKNOWN_OP_RELEASE);
  SrGuid object;
  g_autoptr (GBytes) stub = dcom_vector_stub ("RemRelease_request", &object);
  g_autoptr (GBytes) reply = dcom_vector_stub ("RemRelease_response", NULL);
  SrOrpcThis orpc_this = { 0 };
  SrOrpcThat orpc_that = { 0 };
  SrRemRefsRequest m = { 0 };
  SrRemReleaseReply r = { .hr = 1 };
  SrNdr ndr;

  read_stub (stub, (SrNdrCoder) sr_orpc_this_code, &orpc_this, method->code_request, &m);
  assert_guid (&object, &rem_unknown);
  g_assert_cmpuint (m.n_refs, ==, 2);
  assert_guid (&m.refs[0].ipid, &second_ipid);
  g_assert_cmpuint (m.refs[0].public_refs, ==, 5);
  g_assert_cmpuint (m.refs[0].private_refs, ==, 0);
  assert_guid (&m.refs[1].ipid, &ipid);
  g_assert_cmpuint (m.refs[1].public_refs, ==, 5);

  orpc_this = (SrOrpcThis) { .version = { 5, 7 }, .cid = cid };
  m = (SrRemRefsRequest) { .n_refs = 2, .refs = { { second_ipid, 5, 0 }, { ipid, 5, 0 } } };
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_this_code (&ndr, &orpc_this);
  method->code_request (&ndr, &m);
  assert_stub ("RemRelease_request", &ndr);

  read_stub (reply, (SrNdrCoder) sr_orpc_that_code, &orpc_that, method->code_reply, &r);
  g_assert_cmphex (r.hr, ==, 0);
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_that_code (&ndr, &orpc_that);
  method->code_reply (&ndr, &r);
  assert_stub ("RemRelease_response", &ndr);
}

/* Writes @request and compares it with what impacket wrote; then reads that into the zeroed @again. */
static void
check_request (const char           *name,
               const SrRpcInterface *iface,
               guint16               opnum,
               SrOrpcThis           *orpc_this,
               gpointer              request,
               gpointer              again)
{
  const SrRpcMethod *method = method_of (iface, opnum);
  g_autoptr (GBytes) theirs = dcom_vector_request (name);
  g_autoptr (GBytes) ours = NULL;
  g_autoptr (GError) error = NULL;
  SrOrpcThis ignored = { 0 };
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  if (orpc_this != NULL)
    sr_orpc_this_code (&ndr, orpc_this);
  method->code_request (&ndr, request);
  ours = sr_ndr_finish_bytes (&ndr, &error);
  g_assert_no_error (error);
  dcom_vector_assert_request (name, ours);
  read_stub (theirs, orpc_this != NULL ? (SrNdrCoder) sr_orpc_this_code : NULL, &ignored, method->code_request, again);
}

#define SETID G_GUINT64_CONSTANT (0x1112131415161718)

static void
test_resolver_requests (void)
{
  SrResolveOxidRequest resolve = { G_GUINT64_CONSTANT (0x0102030405060708), 1, { 7 } }, resolve_again = { 0 };
  SrSimplePingRequest simple = { SETID }, simple_again = { 0 };

  check_request ("ResolveOxid2_request", &sr_object_exporter_interface, SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2, NULL,
                 &resolve, &resolve_again);
  g_assert_cmphex (resolve_again.oxid, ==, resolve.oxid);
  g_assert_cmpuint (resolve_again.protseqs[0], ==, 7);
  check_request ("SimplePing_request", &sr_object_exporter_interface, SR_OBJECT_EXPORTER_OP_SIMPLE_PING, NULL,
                 &simple, &simple_again);
  g_assert_cmphex (simple_again.setid, ==, SETID);
}

static GArray *
some_oids (const guint64 *oids,
           guint          n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_array_append_vals (array, oids, n);
  return array;
}

static void
test_complex_pings (void)
{
  static const struct
  {
    const char *name;
    guint64 setid;
    guint n_add, n_remove;
    guint64 add[2], remove[1];
  } cases[] = {
    { "ComplexPing_add_request", 0, 1, 0, { G_GUINT64_CONSTANT (0x2122232425262728) } },
    { "ComplexPing_remove_request", SETID, 0, 1, { 0 }, { G_GUINT64_CONSTANT (0x2122232425262728) } },
    { "ComplexPing_both_request", SETID, 2, 1, { 1, 2 }, { 3 } },
  };
  const SrRpcMethod *method = method_of (&sr_object_exporter_interface, SR_OBJECT_EXPORTER_OP_COMPLEX_PING);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrComplexPingRequest m = { cases[i].setid, (guint16) (i + 1), some_oids (cases[i].add, cases[i].n_add),
                                 some_oids (cases[i].remove, cases[i].n_remove) };
      SrComplexPingRequest again = { 0 };

      check_request (cases[i].name, &sr_object_exporter_interface, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, NULL, &m, &again);
      g_assert_cmpuint (again.sequence, ==, i + 1);
      g_assert_cmpuint (again.add != NULL ? again.add->len : 0, ==, cases[i].n_add);
      g_assert_cmpuint (again.remove != NULL ? again.remove->len : 0, ==, cases[i].n_remove);
      if (again.remove != NULL)
        g_assert_cmphex (g_array_index (again.remove, guint64, 0), ==, cases[i].remove[0]);
      method->clear_request (&m);
      method->clear_request (&again);
    }
}

static void
test_impacket_orpc (void)
{
  SrOrpcThis orpc_this = { { 5, 7 }, 0,
                           { 0x82b2330d, 0xcdbe, 0x4a4e, { 0x89, 0x10, 0x31, 0x22, 0xbc, 0xb9, 0x8a, 0xfe } } };
  SrRemoteActivationRequest activation = {
    .orpc_this = orpc_this,
    .clsid = { 0xd99e6e74, 0xfc88, 0x11d0, { 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3 } },
    .impersonation_level = 2,
    .n_iids = 2,
    .iids = { { 0xd99e6e71, 0xfc88, 0x11d0, { 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3 } },
              { 0x7fe0d935, 0xdda6, 0x443f, { 0x85, 0xd0, 0x1c, 0xfb, 0x58, 0xfe, 0x41, 0xdd } } },
    .n_protseqs = 1,
    .protseqs = { 7 },
  };
  SrRemoteActivationRequest activation_again = { 0 };
  SrRemRefsRequest refs = { 1, { { { 0x00010203, 0x0405, 0x0607, { 8, 9, 10, 11, 12, 13, 14, 15 } }, 5, 0 } } };
  SrRemRefsRequest refs_again = { 0 };

  check_request ("RemoteActivation_request", &sr_activation_interface, SR_ACTIVATION_OP_REMOTE_ACTIVATION, NULL,
                 &activation, &activation_again);
  g_assert_cmpuint (activation_again.n_iids, ==, 2);
  assert_guid (&activation_again.iids[1], &activation.iids[1]);
  check_request ("RemAddRef_request", &sr_rem_unknown_interface, SR_REM_UNKNOWN_OP_ADD_REF, &orpc_this, &refs, &refs_again);
  g_assert_cmpuint (refs_again.refs[0].public_refs, ==, 5);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcom/vectors/create-instance-request/decodes", test_create_instance_request_decodes);
  g_test_add_func ("/dcom/vectors/create-instance-request/encodes", test_create_instance_request_encodes);
  g_test_add_func ("/dcom/vectors/create-instance-response/decodes", test_create_instance_response_decodes);
  g_test_add_func ("/dcom/vectors/create-instance-response/encodes", test_create_instance_response_encodes);
  g_test_add_func ("/dcom/vectors/query-interface-request", test_query_interface_request);
  g_test_add_func ("/dcom/vectors/query-interface-response", test_query_interface_response);
  g_test_add_func ("/dcom/vectors/release", test_release);
  g_test_add_func ("/dcom/vectors/resolver-requests", test_resolver_requests);
  g_test_add_func ("/dcom/vectors/complex-pings", test_complex_pings);
  g_test_add_func ("/dcom/vectors/impacket-orpc", test_impacket_orpc);
  return g_test_run ();
}
