/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "rpc/sr-rpc-fault.h"

#include <string.h>

typedef struct
{
  gboolean ntlm;
  SrDcomServerQuirks quirks;
} Case;

static void
release (SrDcomObject *object)
{
  g_autoptr (GError) error = NULL;

  sr_dcom_object_release (object, toy_soon (), &error);
  g_assert_no_error (error);
  sr_dcom_object_free (object);
}

/* Activation, calls by both interfaces over one connection, release. */
static void
test_whole_way (gconstpointer data)
{
  const Case *c = data;
  ToyBox *box = toy_box_new (c->ntlm, &c->quirks);
  g_autoptr (GError) error = NULL;
  SrDcomServerStats stats;
  SrDcomIdentity identity;
  SrDcomObject *object;
  gboolean sent;

  object = toy_activate (box, 2, &error);
  g_assert_no_error (error);
  g_assert_true (sr_dcom_object_has_interface (object, &toy_interface.syntax.uuid));
  g_assert_true (sr_dcom_object_has_interface (object, &toy2_interface.syntax.uuid));
  toy_add (object, &toy_interface, &sent, &error);
  g_assert_no_error (error);
  g_assert_true (sent);
  toy_add (object, &toy2_interface, NULL, &error);
  g_assert_no_error (error);

  sr_dcom_object_get_identity (object, &identity);
  g_assert_cmpuint (identity.n_interfaces, ==, 2);
  g_assert_cmpuint (identity.interfaces[0].public_refs, ==, 5);
  g_assert_cmpuint (identity.port, ==, sr_dcom_server_get_object_port (box->server));
  g_assert_cmpint (identity.no_ping, ==, c->quirks.no_pings);

  stats = toy_box_stats (box);
  g_assert_cmpuint (stats.objects, ==, 1);
  g_assert_cmpuint (stats.activations, ==, 1);
  release (object);
  stats = toy_box_stats (box);
  g_assert_cmpuint (stats.objects, ==, 0);
  g_assert_cmpuint (stats.releases, ==, 1);
  g_assert_cmpuint (stats.rundowns, ==, 0);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->executed), ==, 2);
  toy_box_free (box);
}

static void
test_who (gconstpointer data)
{
  const Case *c = data;
  ToyBox *box = toy_box_new (c->ntlm, NULL);
  g_autoptr (GError) error = NULL;
  SrDcomObject *object = toy_activate (box, 2, &error);
  const SrRpcMethod *method = sr_rpc_interface_find (&toy2_interface, TOY_WHO);
  ToyRequest request = { 0 };
  ToyWhoReply reply;

  g_assert_no_error (error);
  sr_dcom_object_call (object, &toy2_interface, method, &request, &reply, NULL, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reply.principal, ==, c->ntlm ? "LAB\\alice" : NULL);
  g_assert_cmpuint (reply.level, ==, c->ntlm ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_NONE);
  method->clear_reply (&reply);
  release (object);
  toy_box_free (box);
}

static void
test_fragments (gconstpointer data)
{
  const Case *c = data;
  ToyBox *box = toy_box_new (c->ntlm, NULL);
  g_autoptr (GError) error = NULL;
  SrDcomObject *object = toy_activate (box, 1, &error);
  const SrRpcMethod *method = sr_rpc_interface_find (&toy_interface, TOY_FILL);
  ToyRequest request = { 1000003 };
  ToyFillReply reply;

  g_assert_no_error (error);
  sr_dcom_object_call (object, &toy_interface, method, &request, &reply, NULL, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (reply.bytes), ==, 1000003);
  method->clear_reply (&reply);
  release (object);
  toy_box_free (box);
}

static void
test_query_interface (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  g_autoptr (GError) error = NULL;
  SrDcomObject *object = toy_activate (box, 1, &error);
  SrGuid unknown;

  g_assert_no_error (error);
  g_assert_false (sr_dcom_object_has_interface (object, &toy2_interface.syntax.uuid));
  g_assert_false (toy_add (object, &toy2_interface, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);

  sr_dcom_object_query_interface (object, &toy2_interface.syntax.uuid, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  toy_add (object, &toy2_interface, NULL, &error);
  g_assert_no_error (error);

  sr_guid_random (&unknown);
  g_assert_false (sr_dcom_object_query_interface (object, &unknown, toy_soon (), NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) SR_E_NOINTERFACE);
  g_assert_nonnull (strstr (error->message, "toys.test"));
  release (object);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 0);
  toy_box_free (box);
}

static void
assert_activation_fails (ToyBox       *box,
                         const SrGuid *clsid,
                         const SrGuid *iid,
                         SrHresult     hr)
{
  g_autoptr (SrDcomTarget) target = toy_box_target (box);
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_dcom_object_activate (target, clsid, iid, 1, toy_soon (), NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) hr);
  g_assert_nonnull (strstr (error->message, "toys.test"));
}

static void
test_refusals (gconstpointer data)
{
  const Case *c = data;
  ToyBox *box = toy_box_new (FALSE, &c->quirks);
  SrGuid unknown;

  sr_guid_random (&unknown);
  assert_activation_fails (box, &unknown, &toy_interface.syntax.uuid, SR_REGDB_E_CLASSNOTREG);
  assert_activation_fails (box, &toy_clsid, &unknown, SR_E_NOINTERFACE);
  box->create_hr = SR_E_ACCESSDENIED;
  assert_activation_fails (box, &toy_clsid, &toy_interface.syntax.uuid, SR_E_ACCESSDENIED);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 0);
  g_assert_cmpuint (toy_box_stats (box).activations, ==, 0);
  toy_box_free (box);
}

/* The first interface must be there; what came without it is given back. */
static void
test_first_interface_missing (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  g_autoptr (SrDcomTarget) target = toy_box_target (box);
  g_autoptr (GError) error = NULL;
  SrGuid iids[2] = { { 1 }, toy_interface.syntax.uuid };
  SrDcomObject *object;

  g_assert_null (sr_dcom_object_activate (target, &toy_clsid, iids, 2, toy_soon (), NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) SR_E_NOINTERFACE);
  g_clear_error (&error);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 0);

  iids[0] = toy_interface.syntax.uuid;
  iids[1] = (SrGuid) { 1 };
  object = sr_dcom_object_activate (target, &toy_clsid, iids, 2, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sr_dcom_object_has_interface (object, &iids[1]));
  release (object);
  toy_box_free (box);
}

static void
test_wrong_password (void)
{
  ToyBox *box = toy_box_new (TRUE, NULL);
  g_autoptr (SrSecret) password = sr_secret_new ("wrong", 5);
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("LAB\\alice", password);
  g_autoptr (SrDcomTarget) target =
    sr_dcom_target_new ("127.0.0.1", NULL, sr_dcom_server_get_activation_port (box->server), credentials, TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_dcom_object_activate (target, &toy_clsid, &toy_interface.syntax.uuid, 1, toy_soon (), NULL, &error));
  g_assert_error (error, SR_RPC_FAULT, (gint) SR_NCA_S_FAULT_ACCESS_DENIED);
  g_assert_nonnull (strstr (error->message, "password"));
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 0);
  toy_box_free (box);
}

/* NTLM by consent only: an address has no Kerberos. */
static void
test_no_consent (void)
{
  ToyBox *box = toy_box_new (TRUE, NULL);
  g_autoptr (SrSecret) password = sr_secret_new ("Passw0rd!", 9);
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("LAB\\alice", password);
  g_autoptr (SrDcomTarget) target =
    sr_dcom_target_new ("127.0.0.1", NULL, sr_dcom_server_get_activation_port (box->server), credentials, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_dcom_object_activate (target, &toy_clsid, &toy_interface.syntax.uuid, 1, toy_soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
  toy_box_free (box);
}

static void
test_server_alive (gconstpointer data)
{
  const Case *c = data;
  ToyBox *box = toy_box_new (c->ntlm, &c->quirks);
  g_autoptr (SrDcomTarget) target = toy_box_target (box);
  g_autoptr (GError) error = NULL;
  guint16 minor = 99;

  sr_dcom_server_alive (target, &minor, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (minor, ==, c->quirks.no_server_alive2 ? 1 : c->quirks.version_minor != 0 ? c->quirks.version_minor : 7);
  toy_box_free (box);
}

static const Case plain = { FALSE };
static const Case ntlm = { TRUE };
static const Case fallback = { FALSE, { .no_remote_activator = TRUE } };
static const Case ntlm_fallback = { TRUE, { .no_remote_activator = TRUE } };
static const Case oldest = { FALSE, { .version_minor = 1, .no_remote_activator = TRUE, .no_server_alive2 = TRUE } };
static const Case older = { FALSE, { .version_minor = 6 } };
static const Case no_endpoints = { FALSE, { .no_endpoints = TRUE } };
static const Case no_references = { FALSE, { .no_references = TRUE } };
static const Case no_pings = { FALSE, { .no_pings = TRUE } };

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dcom/loopback/whole-way/plain", &plain, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/ntlm", &ntlm, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/fallback", &fallback, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/ntlm-fallback", &ntlm_fallback, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/version-5.1", &oldest, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/version-5.6", &older, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/no-endpoints", &no_endpoints, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/no-references", &no_references, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/whole-way/no-pings", &no_pings, test_whole_way);
  g_test_add_data_func ("/dcom/loopback/who/plain", &plain, test_who);
  g_test_add_data_func ("/dcom/loopback/who/ntlm", &ntlm, test_who);
  g_test_add_data_func ("/dcom/loopback/fragments/plain", &plain, test_fragments);
  g_test_add_data_func ("/dcom/loopback/fragments/ntlm", &ntlm, test_fragments);
  g_test_add_func ("/dcom/loopback/query-interface", test_query_interface);
  g_test_add_data_func ("/dcom/loopback/refusals/create-instance", &plain, test_refusals);
  g_test_add_data_func ("/dcom/loopback/refusals/remote-activation", &fallback, test_refusals);
  g_test_add_func ("/dcom/loopback/first-interface-missing", test_first_interface_missing);
  g_test_add_func ("/dcom/loopback/wrong-password", test_wrong_password);
  g_test_add_func ("/dcom/loopback/no-consent", test_no_consent);
  g_test_add_data_func ("/dcom/loopback/server-alive/plain", &plain, test_server_alive);
  g_test_add_data_func ("/dcom/loopback/server-alive/ntlm", &ntlm, test_server_alive);
  g_test_add_data_func ("/dcom/loopback/server-alive/version-5.1", &oldest, test_server_alive);
  g_test_add_data_func ("/dcom/loopback/server-alive/version-5.6", &older, test_server_alive);
  return g_test_run ();
}
