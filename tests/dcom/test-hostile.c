/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "allow-plain.h"
#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom/sr-activator.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-rem-unknown.h"

#include <string.h>

/* A server that answers whatever a test wants. */
typedef struct _Liar Liar;

/* Changes an honest activation: the parts, then the whole. */
typedef struct
{
  const char *name;
  void (*change_objref) (SrObjref *objref);
  void (*change_reply) (SrActivationReply *reply);
  void (*change_answer) (SrActivatorReply *answer);
  GBytes *(*change_stub) (GBytes *stub);
  SrComVersion version;
  GQuark (*domain) (void);
  int code;
} Lie;

struct _Liar
{
  const Lie *lie;
  SrRpcServer *server;
  guint16 port;
};

static GBytes *
code_reply (const SrRpcMethod *method,
            gpointer           reply)
{
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  method->code_reply (&ndr, reply);
  return sr_ndr_finish_bytes (&ndr, NULL);
}

static guint32
handle_resolver (const SrRpcServerCall *call,
                 const guint8          *stub,
                 gsize                  length,
                 GBytes               **reply,
                 gpointer               user_data)
{
  Liar *liar = user_data;
  const SrRpcMethod *method = sr_rpc_interface_find (call->iface, call->opnum);
  SrServerAlive2Reply alive = { .version = liar->lie->version };

  if (call->opnum != SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2)
    return SR_NCA_S_FAULT_ACCESS_DENIED;
  if (alive.version.major == 0)
    alive.version = (SrComVersion) { 5, 7 };
  *reply = code_reply (method, &alive);
  return 0;
}

static void
fill_reply (Liar              *liar,
            SrActivationReply *reply)
{
  SrObjref objref = { .kind = SR_OBJREF_STANDARD, .iid = toy_interface.syntax.uuid,
                      .std = { 0, 5, 11, 12, { 13 } } };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *address = g_strdup_printf ("127.0.0.1[%u]", liar->port);

  objref.resolver = sr_dual_string_array_new ();
  if (liar->lie->change_objref != NULL)
    liar->lie->change_objref (&objref);
  bytes = sr_objref_build (&objref, NULL);
  sr_objref_clear (&objref);

  sr_activation_reply_init (reply);
  reply->oxid = 11;
  reply->rem_unknown = (SrGuid) { 14 };
  reply->authn_hint = 6;
  reply->version = (SrComVersion) { 5, 7 };
  reply->bindings = sr_dual_string_array_new ();
  sr_dual_string_array_add (reply->bindings, SR_DCOM_TOWER_TCP, address);
  sr_activation_reply_add (reply, &toy_interface.syntax.uuid, 0, bytes);
  if (liar->lie->change_reply != NULL)
    liar->lie->change_reply (reply);
}

static guint32
handle_activator (const SrRpcServerCall *call,
                  const guint8          *stub,
                  gsize                  length,
                  GBytes               **reply,
                  gpointer               user_data)
{
  Liar *liar = user_data;
  const SrRpcMethod *method = sr_rpc_interface_find (call->iface, call->opnum);
  SrActivatorReply answer = { 0 };
  SrActivationReply given;

  fill_reply (liar, &given);
  answer.properties = sr_activation_reply_build (&given, NULL);
  g_assert_nonnull (answer.properties);
  if (liar->lie->change_answer != NULL)
    liar->lie->change_answer (&answer);
  *reply = code_reply (method, &answer);
  if (liar->lie->change_stub != NULL)
    {
      g_autoptr (GBytes) honest = g_steal_pointer (reply);

      *reply = liar->lie->change_stub (honest);
    }
  sr_activation_reply_clear (&given);
  method->clear_reply (&answer);
  return 0;
}

/* Every object call is answered with nothing at all. */
static guint32
handle_object (const SrRpcServerCall *call,
               const guint8          *stub,
               gsize                  length,
               GBytes               **reply,
               gpointer               user_data)
{
  *reply = g_bytes_new_static ("", 0);
  return 0;
}

static void
liar_start (Liar      *liar,
            const Lie *lie)
{
  g_autoptr (GError) error = NULL;

  *liar = (Liar) { lie, sr_rpc_server_new (NULL) };
  sr_rpc_server_add_interface (liar->server, &sr_object_exporter_interface, SR_AUTH_LEVEL_NONE, handle_resolver, liar);
  sr_rpc_server_add_interface (liar->server, &sr_remote_activator_interface, SR_AUTH_LEVEL_NONE, handle_activator, liar);
  sr_rpc_server_add_interface (liar->server, &sr_rem_unknown_interface, SR_AUTH_LEVEL_NONE, handle_object, liar);
  sr_rpc_server_add_interface (liar->server, &toy_interface, SR_AUTH_LEVEL_NONE, handle_object, liar);
  sr_rpc_server_listen (liar->server, "127.0.0.1", 0, &liar->port, &error);
  g_assert_no_error (error);
}

static void
liar_stop (Liar *liar)
{
  sr_rpc_server_stop (liar->server);
  g_clear_object (&liar->server);
}

static SrDcomObject *
activate (Liar    *liar,
          GError **error)
{
  g_autoptr (SrDcomTarget) target = sr_dcom_target_new ("liar.test", "127.0.0.1", liar->port, NULL, FALSE);

  return sr_dcom_object_activate (target, &toy_clsid, &toy_interface.syntax.uuid, 1, toy_soon (), NULL, error);
}

static void
other_iid (SrObjref *objref)
{
  objref->iid = toy2_interface.syntax.uuid;
}

static void
other_exporter (SrObjref *objref)
{
  objref->std.oxid++;
}

static void
custom (SrObjref *objref)
{
  objref->kind = SR_OBJREF_CUSTOM;
  objref->data = g_bytes_new_static ("calc.exe", 8);
}

static void
other_interface (SrActivationReply *reply)
{
  g_array_index (reply->results, SrActivationResult, 0).iid = toy2_interface.syntax.uuid;
}

static void
more_interfaces (SrActivationReply *reply)
{
  for (guint i = 0; i < 10; i++)
    sr_activation_reply_add (reply, &toy2_interface.syntax.uuid, 0,
                             g_array_index (reply->results, SrActivationResult, 0).objref);
}

static void
no_reference (SrActivationReply *reply)
{
  g_clear_pointer (&g_array_index (reply->results, SrActivationResult, 0).objref, g_bytes_unref);
}

static void
no_objref (SrActivationReply *reply)
{
  SrActivationResult *result = &g_array_index (reply->results, SrActivationResult, 0);

  g_bytes_unref (result->objref);
  result->objref = g_bytes_new_static ("MEOW", 4);
}

static void
other_major (SrActivationReply *reply)
{
  reply->version = (SrComVersion) { 6, 0 };
}

static void
no_properties (SrActivatorReply *answer)
{
  g_clear_pointer (&answer->properties, g_bytes_unref);
}

static void
junk_properties (SrActivatorReply *answer)
{
  g_bytes_unref (answer->properties);
  answer->properties = g_bytes_new_static ("not an object reference", 23);
}

static void
refusal (SrActivatorReply *answer)
{
  answer->hr = SR_E_ACCESSDENIED;
}

static GBytes *
cut_stub (GBytes *stub)
{
  return g_bytes_new_from_bytes (stub, 0, g_bytes_get_size (stub) - 8);
}

static GBytes *
empty_stub (GBytes *stub)
{
  return g_bytes_new (NULL, 0);
}

static GBytes *
longer_stub (GBytes *stub)
{
  g_autoptr (GByteArray) copy = g_byte_array_new ();

  g_byte_array_append (copy, g_bytes_get_data (stub, NULL), (guint) g_bytes_get_size (stub));
  g_byte_array_append (copy, (const guint8 *) "more than was asked for ", 24);
  return g_byte_array_free_to_bytes (g_steal_pointer (&copy));
}

static const Lie lies[] = {
  { "other-iid", .change_objref = other_iid, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "other-exporter", .change_objref = other_exporter, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "custom-reference", .change_objref = custom, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "other-interface", .change_reply = other_interface, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "more-interfaces", .change_reply = more_interfaces, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "no-reference", .change_reply = no_reference, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "short-reference", .change_reply = no_objref, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "other-major", .change_reply = other_major, .domain = sr_error_quark, .code = SR_ERROR_UNSUPPORTED },
  { "other-major-alive", .version = { 4, 7 }, .domain = sr_error_quark, .code = SR_ERROR_UNSUPPORTED },
  { "neither-object-nor-error", .change_answer = no_properties, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "junk-properties", .change_answer = junk_properties, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "refusal", .change_answer = refusal, .domain = sr_hresult_error_quark, .code = (int) SR_E_ACCESSDENIED },
  { "cut-stub", .change_stub = cut_stub, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "empty-stub", .change_stub = empty_stub, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
  { "longer-stub", .change_stub = longer_stub, .domain = sr_error_quark, .code = SR_ERROR_MALFORMED },
};

static void
test_lie (gconstpointer data)
{
  const Lie *lie = data;
  g_autoptr (GError) error = NULL;
  Liar liar;

  rpc_testing_allow_plain (TRUE);
  liar_start (&liar, lie);
  g_assert_null (activate (&liar, &error));
  g_test_message ("%s", error != NULL ? error->message : "");
  g_assert_error (error, lie->domain (), lie->code);
  g_assert_nonnull (strstr (error->message, "liar.test"));
  liar_stop (&liar);
}

/* An honest activation of an object whose every answer is empty: pings and calls fail, nothing else does. */
static void
test_empty_object (void)
{
  static const Lie honest = { "honest" };
  g_autoptr (GError) error = NULL;
  SrDcomObject *object;
  Liar liar;

  rpc_testing_allow_plain (TRUE);
  sr_dcom_set_ping_interval (0.01);
  liar_start (&liar, &honest);
  object = activate (&liar, &error);
  g_assert_no_error (error);
  g_assert_false (toy_add (object, &toy_interface, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (sr_dcom_object_query_interface (object, &toy2_interface.syntax.uuid, toy_soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (sr_dcom_object_release (object, toy_soon (), &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  for (gint64 end = toy_soon (); error == NULL && g_get_monotonic_time () < end; g_usleep (1000))
    sr_dcom_object_get_last_ping (object, &error);
  g_assert_error (error, SR_RPC_FAULT, (gint) SR_NCA_S_FAULT_ACCESS_DENIED);
  g_assert_cmpint (sr_dcom_object_get_last_ping (object, NULL), ==, 0);
  sr_dcom_object_free (object);
  liar_stop (&liar);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/dcom/hostile/%s", lies[i].name);

      g_test_add_data_func (path, &lies[i], test_lie);
    }
  g_test_add_func ("/dcom/hostile/empty-object", test_empty_object);
  return g_test_run ();
}
