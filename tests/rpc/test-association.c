/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "allow-plain.h"
#include "association-checks.h"

#include "base/sr-error.h"

#include <string.h>

static SrAuthContext *
new_ntlm (gconstpointer association_case)
{
  return rpc_testing_ntlm_context (RPC_TESTING_PASSWORD);
}

static SrAuthContext *
new_spnego (gconstpointer association_case)
{
  g_autoptr (SrSecret) secret = sr_secret_new (RPC_TESTING_PASSWORD, strlen (RPC_TESTING_PASSWORD));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (RPC_TESTING_USER, secret);
  g_autoptr (GError) error = NULL;
  SrAuthContext *context =
    sr_auth_context_new_initiator (credentials, SR_AUTH_SPNEGO, "host/ca.example.com", TRUE, &error);

  g_assert_no_error (error);
  return context;
}

#define NTLM SR_AUTH_NTLM
#define NTLM_AS new_ntlm, NULL, RPC_TESTING_USER

static const AssociationCase cases[] = {
  { "plain/socketpair", FALSE, SR_AUTH_NONE, FALSE, 0, 0 },
  { "plain/tcp", TRUE, SR_AUTH_NONE, FALSE, 0, 0 },
  { "plain/large", TRUE, SR_AUTH_NONE, FALSE, 65528, 65528 },
  { "ntlm/socketpair", FALSE, NTLM, FALSE, 0, 0, NTLM_AS },
  { "ntlm/tcp", TRUE, NTLM, FALSE, 0, 0, NTLM_AS },
  { "ntlm/no-header-signing", FALSE, NTLM, TRUE, 0, 0, NTLM_AS },
  { "ntlm/small-client", FALSE, NTLM, FALSE, 2048, 0, NTLM_AS },
  { "ntlm/small-server", FALSE, NTLM, TRUE, 0, 2048, NTLM_AS },
  { "ntlm/large", FALSE, NTLM, FALSE, 65528, 65528, NTLM_AS },
};

#define SPNEGO_AS new_spnego, NULL, RPC_TESTING_USER, NTLM

/* Where the system's SPNEGO is sound. */
static const AssociationCase spnego_cases[] = {
  { "spnego-ntlm/header-signing", FALSE, SR_AUTH_SPNEGO, FALSE, 0, 0, SPNEGO_AS },
  { "spnego-ntlm/no-header-signing", TRUE, SR_AUTH_SPNEGO, TRUE, 0, 0, SPNEGO_AS },
};

static gint64
soon (void)
{
  return association_checks_soon ();
}

static GBytes *
request_bytes (void)
{
  return g_bytes_new_static ("four", 4);
}

static void
test_wrong_password (void)
{
  g_autofree char *users = rpc_testing_write_users ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (users, NULL, &error);
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (GBytes) request = request_bytes ();
  const guint8 *reply;
  gsize length;

  /* Raw NTLM ends with a message that is not answered: the first request tells. */
  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, rpc_testing_ntlm_context ("wrong"), soon (), NULL, &error);
  g_assert_no_error (error);
  sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, request, 1000, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED);
  g_assert_false (sr_rpc_client_may_have_executed (client));
  sr_rpc_server_stop (server);
  rpc_testing_remove_users (g_steal_pointer (&users));
}

/* Without security an interface that wants privacy answers with access denied. */
static void
test_too_weak (void)
{
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (NULL, SR_AUTH_LEVEL_PRIVACY);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (GBytes) request = request_bytes ();
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, NULL, soon (), NULL, &error);
  g_assert_no_error (error);
  sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, request, 1000, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED);
}

/* A client does not even send what an interface might take without security, unless the method's row says so. */
static void
test_plain_is_refused (void)
{
  const SrRpcMethod *who = sr_rpc_interface_find (&rpc_testing_interface, RPC_TESTING_WHO);
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (NULL, SR_AUTH_LEVEL_NONE);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (GBytes) bytes = request_bytes ();
  RpcTestingWhoRequest request = { 1, NULL };
  RpcTestingWhoReply reply;
  SrRpcMethod row = *who;
  g_autoptr (GError) error = NULL;
  const guint8 *stub;
  gsize length;

  rpc_testing_allow_plain (FALSE);
  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, NULL, soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, bytes, 1000,
                                           &stub, &length, soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WEAK);
  g_assert_false (sr_rpc_client_was_sent (client));
  g_clear_error (&error);

  g_assert_false (sr_rpc_client_call (client, &rpc_testing_interface, who, NULL, &request, &reply, soon (), NULL,
                                      &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WEAK);
  g_clear_error (&error);

  row.flags |= SR_RPC_METHOD_PLAIN;
  sr_rpc_client_call (client, &rpc_testing_interface, &row, NULL, &request, &reply, soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply.number, ==, 2);
  rpc_testing_allow_plain (TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  rpc_testing_allow_plain (TRUE);
  association_checks_add (cases, G_N_ELEMENTS (cases), NULL);
  if (sr_auth_spnego_works ())
    association_checks_add (spnego_cases, G_N_ELEMENTS (spnego_cases), NULL);
  g_test_add_func ("/rpc/association/wrong-password", test_wrong_password);
  g_test_add_func ("/rpc/association/too-weak", test_too_weak);
  g_test_add_func ("/rpc/association/plain-is-refused", test_plain_is_refused);
  return g_test_run ();
}
