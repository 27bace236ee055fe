/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom-vectors.h"
#include "dcom/sr-activation.h"
#include "dcom/sr-activator.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-rem-unknown.h"
#include "sr-fuzz.h"

#include <string.h>

/* The first byte says what the rest is: one of these, or a message of one of the rows below. */
enum
{
  INPUT_OBJREF,
  INPUT_REQUEST,
  INPUT_REPLY,
  INPUT_THIS,
  INPUT_THAT,
  INPUT_MESSAGES,
};

static const SrRpcInterface *const interfaces[] = {
  &sr_object_exporter_interface,
  &sr_activation_interface,
  &sr_remote_activator_interface,
  &sr_rem_unknown2_interface,
};

/* Row number @n of all interfaces, or %NULL. */
static const SrRpcMethod *
method_at (guint n)
{
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      if (n < interfaces[i]->n_methods)
        return &interfaces[i]->methods[n];
      n -= interfaces[i]->n_methods;
    }
  return NULL;
}

static guint
number_of (const SrRpcMethod *method)
{
  for (guint n = 0;; n++)
    if (method_at (n) == method)
      return n;
}

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == SR_ERROR || error->domain == SR_HRESULT_ERROR);
}

/* Each of these reads its input and writes it again: NULL when it is refused. */

static GBytes *
again_objref (const guint8 *data,
              gsize         size)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;
  SrObjref objref;

  if (!sr_objref_parse (data, size, &objref, &error))
    check_error (error);
  else
    bytes = sr_objref_build (&objref, NULL);
  sr_objref_clear (&objref);
  return bytes;
}

static GBytes *
again_request (const guint8 *data,
               gsize         size)
{
  g_autoptr (GError) error = NULL;
  SrActivationRequest request;
  GBytes *bytes = NULL;

  if (!sr_activation_request_parse (data, size, &request, &error))
    check_error (error);
  else
    bytes = sr_activation_request_build (&request, NULL);
  sr_activation_request_clear (&request);
  return bytes;
}

static GBytes *
again_reply (const guint8 *data,
             gsize         size)
{
  g_autoptr (GError) error = NULL;
  SrActivationReply reply;
  GBytes *bytes = NULL;

  if (!sr_activation_reply_parse (data, size, &reply, &error))
    check_error (error);
  else
    bytes = sr_activation_reply_build (&reply, NULL);
  sr_activation_reply_clear (&reply);
  return bytes;
}

static GBytes *
again_coder (const guint8 *data,
             gsize         size,
             SrNdrCoder    coder,
             gpointer      message)
{
  g_autoptr (GError) error = NULL;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, "fuzz", data, size);
  coder (&ndr, message);
  if (!sr_ndr_finish (&ndr, &error))
    {
      check_error (error);
      return NULL;
    }
  sr_ndr_init_writer (&ndr, "fuzz");
  coder (&ndr, message);
  return sr_ndr_finish_bytes (&ndr, NULL);
}

static GBytes *
again_message (const SrRpcMethod *method,
               gboolean           is_reply,
               const guint8      *data,
               gsize              size)
{
  void (*clear) (gpointer) = is_reply ? method->clear_reply : method->clear_request;
  g_autofree gpointer message = g_malloc0 (MAX (is_reply ? method->reply_size : method->request_size, 1));
  GBytes *bytes = again_coder (data, size, is_reply ? method->code_reply : method->code_request, message);

  if (clear != NULL)
    clear (message);
  return bytes;
}

static GBytes *
again (guint8        kind,
       const guint8 *data,
       gsize         size)
{
  const SrRpcMethod *method;
  SrOrpcThis orpc_this = { 0 };
  SrOrpcThat orpc_that = { 0 };
  GBytes *bytes;

  switch (kind)
    {
    case INPUT_OBJREF:
      return again_objref (data, size);
    case INPUT_REQUEST:
      return again_request (data, size);
    case INPUT_REPLY:
      return again_reply (data, size);
    case INPUT_THIS:
      bytes = again_coder (data, size, (SrNdrCoder) sr_orpc_this_code, &orpc_this);
      sr_orpc_this_clear (&orpc_this);
      return bytes;
    case INPUT_THAT:
      bytes = again_coder (data, size, (SrNdrCoder) sr_orpc_that_code, &orpc_that);
      sr_orpc_that_clear (&orpc_that);
      return bytes;
    default:
      method = method_at ((kind - INPUT_MESSAGES) / 2);
      return method != NULL ? again_message (method, (kind - INPUT_MESSAGES) % 2 != 0, data, size) : NULL;
    }
}

/* What was read can be written, and reads the same again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GBytes) once = NULL, twice = NULL;

  if (size == 0)
    return 0;
  once = again (data[0], data + 1, size - 1);
  if (once == NULL)
    return 0;
  twice = again (data[0], g_bytes_get_data (once, NULL), g_bytes_get_size (once));
  g_assert_nonnull (twice);
  g_assert_true (g_bytes_equal (once, twice));
  return 0;
}

static void
add_input (GPtrArray    *seeds,
           guint8        kind,
           gconstpointer data,
           gsize         size)
{
  g_autofree guint8 *input = g_malloc (1 + size);

  input[0] = kind;
  if (size > 0)
    memcpy (input + 1, data, size);
  sr_fuzz_add_seed (seeds, input, 1 + size);
}

static void
add_message (GPtrArray            *seeds,
             const SrRpcInterface *iface,
             guint16               opnum,
             gboolean              is_reply,
             gpointer              message)
{
  const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);
  g_autoptr (GBytes) bytes = NULL;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  bytes = sr_ndr_finish_bytes (&ndr, NULL);
  add_input (seeds, (guint8) (INPUT_MESSAGES + 2 * number_of (method) + (is_reply ? 1 : 0)),
             g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* What Windows sent: whole stubs, and the activation properties and the reference inside them. */
static void
add_vectors (GPtrArray *seeds)
{
  const SrRpcMethod *method =
    sr_rpc_interface_find (&sr_remote_activator_interface, SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE);
  g_autoptr (GBytes) request = dcom_vector_stub ("RemoteCreateInstance_request", NULL);
  g_autoptr (GBytes) reply = dcom_vector_stub ("RemoteCreateInstance_response", NULL);
  guint8 kind = (guint8) (INPUT_MESSAGES + 2 * number_of (method));
  const guint8 *data;
  gsize size;

  data = g_bytes_get_data (request, &size);
  add_input (seeds, kind, data, size);
  /* ORPCTHIS, pointer, pointer, two counts; then ORPCTHAT, pointer, two counts, and the result at the end */
  add_input (seeds, INPUT_THIS, data, 32);
  add_input (seeds, INPUT_REQUEST, data + 48, size - 48);
  data = g_bytes_get_data (reply, &size);
  add_input (seeds, (guint8) (kind + 1), data, size);
  add_input (seeds, INPUT_THAT, data, 8);
  add_input (seeds, INPUT_REPLY, data + 20, size - 24);
}

static void
add_objrefs (GPtrArray *seeds)
{
  static const SrObjrefKind kinds[] = { SR_OBJREF_STANDARD, SR_OBJREF_HANDLER, SR_OBJREF_EXTENDED, SR_OBJREF_CUSTOM };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SrObjref objref = { .kind = kinds[i], .iid = { 1 }, .std = { 0, 5, 6, 7, { 8 } }, .clsid = { 9 } };
      g_autoptr (GBytes) bytes = NULL;

      objref.resolver = sr_dual_string_array_new ();
      sr_dual_string_array_add (objref.resolver, SR_DCOM_TOWER_TCP, "ca.test");
      sr_dual_string_array_add_security (objref.resolver, 16, "host/ca.test");
      objref.data = g_bytes_new_static ("context", 7);
      bytes = sr_objref_build (&objref, NULL);
      add_input (seeds, INPUT_OBJREF, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      sr_objref_clear (&objref);
    }
}

static void
add_extents (GPtrArray *seeds)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("extension", 9);
  SrOrpcThat orpc_that = { 0, sr_orpc_extents_new () };
  g_autoptr (GBytes) bytes = NULL;
  SrNdr ndr;

  for (guint i = 0; i < 3; i++)
    sr_orpc_extents_add (orpc_that.extents, &(SrGuid) { i }, data);
  sr_ndr_init_writer (&ndr, "ORPCTHAT");
  sr_orpc_that_code (&ndr, &orpc_that);
  bytes = sr_ndr_finish_bytes (&ndr, NULL);
  add_input (seeds, INPUT_THAT, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  sr_orpc_that_clear (&orpc_that);
}

static void
add_resolver_messages (GPtrArray *seeds)
{
  const SrRpcInterface *iface = &sr_object_exporter_interface;
  g_autoptr (GArray) oids = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_autoptr (SrDualStringArray) bindings = sr_dual_string_array_new ();
  SrResolveOxidRequest resolve = { 1, 2, { 7, 15 } };
  SrResolveOxidReply resolved = { bindings, { 1 }, 6, { 5, 7 }, 0 };
  SrComplexPingRequest complex = { 0, 1, oids, oids };
  SrComplexPingReply ponged = { 1, 0, 0 };
  SrSimplePingRequest simple = { 1 };
  SrStatusReply status = { SR_OR_STATUS_INVALID_SET };
  SrServerAlive2Reply alive = { { 5, 7 }, bindings, 0, 0 };

  g_array_set_size (oids, 3);
  sr_dual_string_array_add (bindings, SR_DCOM_TOWER_TCP, "ca.test[49152]");
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_RESOLVE_OXID, FALSE, &resolve);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2, TRUE, &resolved);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, FALSE, &complex);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, TRUE, &ponged);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_SIMPLE_PING, FALSE, &simple);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_SIMPLE_PING, TRUE, &status);
  add_message (seeds, iface, SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2, TRUE, &alive);
}

static void
add_reference_messages (GPtrArray *seeds)
{
  const SrRpcInterface *iface = &sr_rem_unknown2_interface;
  g_autoptr (GBytes) objref = g_bytes_new_static ("MEOW", 4);
  SrRemQueryRequest query = { { 1 }, 5, 2, { { 2 }, { 3 } } };
  SrRemQueryReply queried = { 2, { { 0, { 0, 5, 6, 7, { 8 } } }, { SR_E_NOINTERFACE } }, SR_S_FALSE };
  SrRemRefsRequest refs = { 2, { { { 1 }, 5, 0 }, { { 2 }, 0, 1 } } };
  SrRemAddRefReply added = { 2, { 0, SR_E_ACCESSDENIED }, SR_E_ACCESSDENIED };
  SrRemQuery2Reply queried2 = { 2, { 0, SR_E_NOINTERFACE }, { objref, NULL }, SR_S_FALSE };

  add_message (seeds, iface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, FALSE, &query);
  add_message (seeds, iface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE, TRUE, &queried);
  add_message (seeds, iface, SR_REM_UNKNOWN_OP_ADD_REF, FALSE, &refs);
  add_message (seeds, iface, SR_REM_UNKNOWN_OP_ADD_REF, TRUE, &added);
  add_message (seeds, iface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE2, FALSE, &query);
  add_message (seeds, iface, SR_REM_UNKNOWN_OP_QUERY_INTERFACE2, TRUE, &queried2);
}

static void
add_remote_activation (GPtrArray *seeds)
{
  SrRemoteActivationRequest request = {
    .orpc_this = { .version = { 5, 7 } }, .clsid = { 1 }, .object_name = (char *) "name",
    .n_iids = 2, .iids = { { 2 }, { 3 } }, .n_protseqs = 1, .protseqs = { 7 },
  };
  SrRemoteActivationReply reply = { .hr = 0 };
  g_autoptr (GBytes) objref = g_bytes_new_static ("MEOW", 4);

  sr_activation_reply_init (&reply.activation);
  reply.activation.bindings = sr_dual_string_array_new ();
  sr_dual_string_array_add (reply.activation.bindings, SR_DCOM_TOWER_TCP, "ca.test[49152]");
  sr_activation_reply_add (&reply.activation, &(SrGuid) { 0 }, 0, objref);
  sr_activation_reply_add (&reply.activation, &(SrGuid) { 0 }, SR_E_NOINTERFACE, NULL);
  add_message (seeds, &sr_activation_interface, SR_ACTIVATION_OP_REMOTE_ACTIVATION, FALSE, &request);
  add_message (seeds, &sr_activation_interface, SR_ACTIVATION_OP_REMOTE_ACTIVATION, TRUE, &reply);
  sr_activation_reply_clear (&reply.activation);
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  add_vectors (seeds);
  add_objrefs (seeds);
  add_extents (seeds);
  add_resolver_messages (seeds);
  add_reference_messages (seeds);
  add_remote_activation (seeds);
}
