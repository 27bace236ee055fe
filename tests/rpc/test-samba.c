/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-client-private.h"
#include "samr.h"

#include <string.h>

/* Our client against Samba's RPC server, in the lab (tests/lab/with-lab.py --ad). */

#define SAMBA "dc1.ad.lab.test"
#define STATUS_SOME_NOT_MAPPED 0x00000107u
#define MAXIMUM_ALLOWED 0x02000000u
#define RID_ADMINISTRATOR 500u
#define TYPE_USER 1u
#define TYPE_UNKNOWN 8u

typedef struct
{
  const char *name;
  SrAuthType type;
  const char *user;
  gboolean header_signing;
  guint16 fragment;
} Case;

static const Case cases[] = {
  { "ntlm/header-signing", SR_AUTH_NTLM, "ADLAB\\alice", TRUE, 0 },
  { "ntlm/no-header-signing", SR_AUTH_NTLM, "ADLAB\\alice", FALSE, 0 },
  { "ntlm/small", SR_AUTH_NTLM, "alice@ad.lab.test", TRUE, 2048 },
  { "ntlm/small-no-header-signing", SR_AUTH_NTLM, "ADLAB\\alice", FALSE, 2048 },
  { "kerberos/header-signing", SR_AUTH_KERBEROS, "alice@ad.lab.test", TRUE, 0 },
  { "kerberos/no-header-signing", SR_AUTH_KERBEROS, "AD.LAB.TEST\\alice", FALSE, 0 },
  { "kerberos/small", SR_AUTH_KERBEROS, "alice@AD.LAB.TEST", TRUE, 2048 },
  { "kerberos/small-no-header-signing", SR_AUTH_KERBEROS, "alice", FALSE, 2048 },
};

static gint64
soon (void)
{
  return sr_deadline_in (30);
}

static const SrRpcMethod *
row (const SrRpcInterface *iface,
     guint16               opnum)
{
  return sr_rpc_interface_find (iface, opnum);
}

static SrRpcClient *
connect_to (guint16 port)
{
  g_autoptr (GError) error = NULL;
  SrRpcClient *client = sr_rpc_client_connect (SAMBA, g_getenv ("LAB_AD_ADDRESS"), port, soon (), NULL, &error);

  g_assert_no_error (error);
  return client;
}

static guint16
map_port (const SrRpcInterface *iface)
{
  g_autoptr (SrRpcClient) client = connect_to (135);
  EpmMapRequest request = { iface->syntax };
  EpmMapReply reply;
  g_autoptr (GError) error = NULL;

  sr_rpc_client_bind (client, &epm_interface.syntax, NULL, soon (), NULL, &error);
  g_assert_no_error (error);
  sr_rpc_client_call (client, &epm_interface, row (&epm_interface, EPM_OP_MAP), NULL, &request, &reply, soon (), NULL,
                      &error);
  g_assert_no_error (error);
  g_assert_cmphex (reply.status, ==, 0);
  g_assert_cmpuint (reply.port, !=, 0);
  return reply.port;
}

static SrAuthContext *
new_context (SrAuthType  type,
             const char *user,
             const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (user, secret);
  g_autoptr (GError) error = NULL;
  SrAuthContext *context = sr_auth_context_new_initiator (credentials, type, "host/" SAMBA, type == SR_AUTH_NTLM,
                                                          &error);

  g_assert_no_error (error);
  return context;
}

static void
open_domain (SrRpcClient *client,
             SamrHandle  *domain)
{
  SamrConnectRequest connect = { NULL, MAXIMUM_ALLOWED };
  SamrLookupDomainRequest lookup = { .name = "ADLAB" };
  SamrOpenDomainRequest open = { .access = MAXIMUM_ALLOWED };
  SamrHandleReply handle;
  SamrLookupDomainReply found;
  g_autoptr (GError) error = NULL;

  sr_rpc_client_call (client, &samr_interface, row (&samr_interface, SAMR_OP_CONNECT2), NULL, &connect, &handle,
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (handle.status, ==, 0);
  lookup.handle = open.handle = handle.handle;

  sr_rpc_client_call (client, &samr_interface, row (&samr_interface, SAMR_OP_LOOKUP_DOMAIN), NULL, &lookup, &found,
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (found.status, ==, 0);
  g_assert_cmpuint (found.sid_length, ==, 24);
  memcpy (open.sid, found.sid, found.sid_length);
  open.sid_length = found.sid_length;

  sr_rpc_client_call (client, &samr_interface, row (&samr_interface, SAMR_OP_OPEN_DOMAIN), NULL, &open, &handle,
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (handle.status, ==, 0);
  *domain = handle.handle;
}

/* A request of 170 KB and a reply of 8 KB: both take several fragments of any size. */
static void
look_up_names (SrRpcClient      *client,
               const SamrHandle *domain)
{
  g_autofree SamrLookupNamesReply *reply = g_new0 (SamrLookupNamesReply, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  SamrLookupNamesRequest request = { .handle = *domain, .n_names = SAMR_MAX_NAMES };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SAMR_MAX_NAMES; i++)
    g_ptr_array_add (names, i % 3 == 0 ? g_strdup ("Administrator")
                                       : g_strdup_printf ("nobody-%04u-%065u", i, i));
  request.names = (const char *const *) names->pdata;
  sr_rpc_client_call (client, &samr_interface, row (&samr_interface, SAMR_OP_LOOKUP_NAMES), NULL, &request, reply,
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (reply->status, ==, STATUS_SOME_NOT_MAPPED);
  g_assert_cmpuint (reply->n_rids, ==, SAMR_MAX_NAMES);
  g_assert_cmpuint (reply->n_types, ==, SAMR_MAX_NAMES);
  for (guint i = 0; i < SAMR_MAX_NAMES; i++)
    {
      g_assert_cmpuint (reply->rids[i], ==, i % 3 == 0 ? RID_ADMINISTRATOR : 0);
      g_assert_cmpuint (reply->types[i], ==, i % 3 == 0 ? TYPE_USER : TYPE_UNKNOWN);
    }
}

static void
test_samr (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (SrRpcClient) client = connect_to (map_port (&samr_interface));
  SamrHandle domain;
  g_autoptr (GError) error = NULL;

  sr_rpc_client_set_header_signing (client, c->header_signing);
  if (c->fragment != 0)
    sr_rpc_client_set_max_fragment (client, c->fragment);
  sr_rpc_client_bind (client, &samr_interface.syntax, new_context (c->type, c->user, g_getenv ("LAB_PASSWORD")),
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_auth_context_get_mechanism (sr_rpc_client_get_auth (client)), ==, c->type);
  g_assert_cmpint (client->channel.sign_header, ==, c->header_signing);
  g_assert_cmpuint (client->channel.max_receive, ==, c->fragment != 0 ? c->fragment : SR_RPC_DEFAULT_FRAGMENT);
  open_domain (client, &domain);
  for (guint i = 0; i < 3; i++)
    look_up_names (client, &domain);
}

/* A second interface on the same connection, and faults that leave it alive. */
static void
test_second_interface (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (SrRpcClient) client = connect_to (map_port (&samr_interface));
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  const guint8 *stub;
  gsize length;
  MgmtListeningReply reply;
  SamrHandle domain;
  g_autoptr (GError) error = NULL;

  sr_rpc_client_set_header_signing (client, c->header_signing);
  sr_rpc_client_bind (client, &samr_interface.syntax, new_context (c->type, c->user, g_getenv ("LAB_PASSWORD")),
                      soon (), NULL, &error);
  g_assert_no_error (error);
  /* This endpoint does not have the mapper, but as every other one the management interface. */
  g_assert_false (sr_rpc_client_bind (client, &epm_interface.syntax, NULL, soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_true (sr_rpc_client_is_usable (client));
  g_clear_error (&error);
  sr_rpc_client_bind (client, &mgmt_interface.syntax, NULL, soon (), NULL, &error);
  g_assert_no_error (error);
  open_domain (client, &domain);

  sr_rpc_client_call (client, &mgmt_interface, row (&mgmt_interface, MGMT_OP_IS_SERVER_LISTENING), NULL, NULL, &reply,
                      soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply.listening, ==, 1);

  sr_rpc_client_call_stub (client, &samr_interface.syntax, 1000, NULL, nothing, 100, &stub, &length, soon (), NULL,
                           &error);
  g_assert_error (error, SR_RPC_FAULT, (int) SR_NCA_S_OP_RNG_ERROR);
  g_assert_true (sr_rpc_client_is_usable (client));
  g_clear_error (&error);
  look_up_names (client, &domain);
}

static void
test_unknown_interface (void)
{
  static const SrRpcSyntax nothing = { { 0xdeadbeef, 1, 2, { 3 } }, 1, 0 };
  g_autoptr (SrRpcClient) client = connect_to (135);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_rpc_client_bind (client, &nothing, NULL, soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

/* Raw NTLM tells at the first request, if not before. */
static void
test_wrong_ntlm_password (void)
{
  g_autoptr (SrRpcClient) client = connect_to (map_port (&samr_interface));
  SamrConnectRequest connect = { NULL, MAXIMUM_ALLOWED };
  SamrHandleReply handle;
  g_autoptr (GError) error = NULL;

  if (sr_rpc_client_bind (client, &samr_interface.syntax, new_context (SR_AUTH_NTLM, "ADLAB\\alice", "wrong"), soon (),
                          NULL, &error))
    sr_rpc_client_call (client, &samr_interface, row (&samr_interface, SAMR_OP_CONNECT2), NULL, &connect, &handle,
                        soon (), NULL, &error);
  g_assert_nonnull (error);
  g_assert_false (sr_rpc_client_may_have_executed (client));
  g_test_message ("%s", error->message);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("LAB_AD_ADDRESS") == NULL)
    {
      g_print ("1..0 # SKIP no lab: run by tests/lab/with-lab.py --ad\n");
      return 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *samr = g_strdup_printf ("/rpc/samba/%s/fragments", cases[i].name);
      g_autofree char *second = g_strdup_printf ("/rpc/samba/%s/second-interface", cases[i].name);

      g_test_add_data_func (samr, &cases[i], test_samr);
      g_test_add_data_func (second, &cases[i], test_second_interface);
    }
  g_test_add_func ("/rpc/samba/unknown-interface", test_unknown_interface);
  g_test_add_func ("/rpc/samba/wrong-ntlm-password", test_wrong_ntlm_password);
  return g_test_run ();
}
