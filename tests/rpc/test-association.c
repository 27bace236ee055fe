/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc-testing.h"

#include <string.h>

/* One case of the same checks: transport, security, header signing, fragment size. */
typedef struct
{
  const char *name;
  gboolean tcp;
  gboolean ntlm;
  gboolean header_signing;
  guint16 client_fragment;
  guint16 server_fragment;
} Case;

static const Case cases[] = {
  { "plain/socketpair", FALSE, FALSE, TRUE, 0, 0 },
  { "plain/tcp", TRUE, FALSE, TRUE, 0, 0 },
  { "ntlm/socketpair", FALSE, TRUE, TRUE, 0, 0 },
  { "ntlm/tcp", TRUE, TRUE, TRUE, 0, 0 },
  { "ntlm/no-header-signing", FALSE, TRUE, FALSE, 0, 0 },
  { "ntlm/small-client", FALSE, TRUE, TRUE, 2048, 0 },
  { "ntlm/small-server", FALSE, TRUE, FALSE, 0, 2048 },
  { "ntlm/large", FALSE, TRUE, TRUE, 65528, 65528 },
  { "plain/large", TRUE, FALSE, TRUE, 65528, 65528 },
};

typedef struct
{
  char *users;
  SrRpcServer *server;
  SrRpcClient *client;
} Fixture;

static gint64
soon (void)
{
  return sr_deadline_in (20);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  const Case *c = data;
  g_autoptr (SrAuthAcceptor) acceptor = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port;

  if (c->ntlm)
    {
      f->users = rpc_testing_write_users ();
      acceptor = sr_auth_acceptor_new (f->users, NULL, &error);
      g_assert_no_error (error);
    }
  f->server = rpc_testing_server_new (acceptor, c->ntlm ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_NONE);
  if (c->server_fragment != 0)
    sr_rpc_server_set_max_fragment (f->server, c->server_fragment);
  if (c->tcp)
    {
      sr_rpc_server_listen (f->server, "127.0.0.1", 0, &port, &error);
      g_assert_no_error (error);
      f->client = sr_rpc_client_connect ("localhost", "127.0.0.1", port, soon (), NULL, &error);
      g_assert_no_error (error);
    }
  else
    f->client = rpc_testing_client_new (f->server);
  if (c->client_fragment != 0)
    sr_rpc_client_set_max_fragment (f->client, c->client_fragment);
  sr_rpc_client_set_header_signing (f->client, c->header_signing);
  sr_rpc_client_bind (f->client, &rpc_testing_interface.syntax,
                      c->ntlm ? rpc_testing_ntlm_context (RPC_TESTING_PASSWORD) : NULL, soon (), NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  sr_rpc_client_free (f->client);
  sr_rpc_server_stop (f->server);
  g_object_unref (f->server);
  if (f->users != NULL)
    rpc_testing_remove_users (f->users);
}

static GBytes *
pattern (gsize length)
{
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = rpc_testing_byte (i);
  return g_bytes_new_take (bytes, length);
}

static void
echo (SrRpcClient          *client,
      const SrRpcInterface *iface,
      gsize                 length)
{
  g_autoptr (GBytes) request = pattern (length);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize reply_length;

  sr_rpc_client_call_stub (client, &iface->syntax, RPC_TESTING_ECHO, NULL, request, length + 10, &reply, &reply_length,
                           soon (), NULL, &error);
  g_assert_no_error (error);
  /* A verification trailer in the request stands on a multiple of 4; what lies before it cannot be told from stub. */
  g_assert_cmpuint (reply_length, >=, length);
  g_assert_cmpuint (reply_length, <=, (length + 3) & ~(gsize) 3);
  g_assert_cmpmem (reply, length, g_bytes_get_data (request, NULL), length);
}

static void
test_echo (Fixture       *f,
           gconstpointer  data)
{
  static const gsize lengths[] = { 0, 1, 3, 8, 15, 16, 17, 1000, 1900, 2000, 2048, 5700, 5760, 5808, 5816, 5840, 6000,
                                   11520, 20000, 65440, 65536, 131072, 1000003, 4 * 1024 * 1024 - 100 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    echo (f->client, &rpc_testing_interface, lengths[i]);
  /* Every remainder near the size of a fragment. */
  for (gsize length = 5700; length < 5860; length++)
    echo (f->client, &rpc_testing_interface, length);
}

static void
test_typed (Fixture       *f,
            gconstpointer  data)
{
  const Case *c = data;
  const SrRpcMethod *method = sr_rpc_interface_find (&rpc_testing_interface, RPC_TESTING_WHO);
  SrGuid object = { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };

  for (guint i = 0; i < 3; i++)
    {
      RpcTestingWhoRequest request = { 41 + i, (char *) "Grüße" };
      RpcTestingWhoReply reply;
      g_autoptr (GError) error = NULL;

      sr_rpc_client_call (f->client, &rpc_testing_interface, method, i == 1 ? &object : NULL, &request, &reply, soon (),
                          NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (reply.number, ==, 42 + i);
      g_assert_cmpstr (reply.text, ==, "Grüße");
      g_assert_cmpuint (reply.auth_type, ==, c->ntlm ? SR_AUTH_NTLM : SR_AUTH_NONE);
      g_assert_cmpuint (reply.mechanism, ==, c->ntlm ? SR_AUTH_NTLM : SR_AUTH_NONE);
      g_assert_cmpuint (reply.auth_level, ==, c->ntlm ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_NONE);
      g_assert_cmpstr (reply.principal, ==, c->ntlm ? RPC_TESTING_USER : NULL);
      g_assert_true (i == 1 ? sr_guid_equal (&reply.object, &object) : sr_guid_is_null (&reply.object));
      method->clear_reply (&reply);
    }
}

static void
test_second_context (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      sr_rpc_client_bind (f->client, &rpc_testing_second_interface.syntax, NULL, soon (), NULL, &error);
      g_assert_no_error (error);
      echo (f->client, &rpc_testing_second_interface, 7000);
      echo (f->client, &rpc_testing_interface, 7000);
    }
}

static void
test_fault (Fixture       *f,
            gconstpointer  data)
{
  static const guint8 status[] = { 0x12, 0, 0, 0x1c };
  g_autoptr (GBytes) request = g_bytes_new_static (status, sizeof status);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_FAULT, NULL, request, 100, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_UNSPEC);
  g_assert_true (sr_rpc_client_was_sent (f->client));
  g_assert_true (sr_rpc_client_may_have_executed (f->client));
  g_clear_error (&error);

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, 77, NULL, request, 100, &reply, &length, soon (),
                           NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, (int) SR_NCA_S_OP_RNG_ERROR);
  g_assert_false (sr_rpc_client_may_have_executed (f->client));
  g_assert_true (sr_rpc_client_is_usable (f->client));
  echo (f->client, &rpc_testing_interface, 6000);
}

static void
test_drop (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (GBytes) request = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&error);
      sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_DROP, NULL, request, 100, &reply,
                               &length, soon (), NULL, &error);
      g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
      g_assert_cmpint (sr_rpc_client_was_sent (f->client), ==, i == 0);
      g_assert_false (sr_rpc_client_is_usable (f->client));
    }
}

static void
test_deadline (Fixture       *f,
               gconstpointer  data)
{
  static const guint8 milliseconds[] = { 0x2c, 1, 0, 0 };
  g_autoptr (GBytes) request = g_bytes_new_static (milliseconds, sizeof milliseconds);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_SLEEP, NULL, request, 100, &reply,
                           &length, sr_deadline_in (0.05), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_true (sr_rpc_client_may_have_executed (f->client));
}

static gpointer
cancel_later (gpointer cancellable)
{
  g_usleep (30 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  static const guint8 milliseconds[] = { 0x2c, 1, 0, 0 };
  g_autoptr (GBytes) request = g_bytes_new_static (milliseconds, sizeof milliseconds);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_SLEEP, NULL, request, 100, &reply,
                           &length, soon (), cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static gpointer
close_later (gpointer client)
{
  g_usleep (30 * 1000);
  sr_rpc_client_close (client);
  return NULL;
}

static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  static const guint8 milliseconds[] = { 0x2c, 1, 0, 0 };
  g_autoptr (GBytes) request = g_bytes_new_static (milliseconds, sizeof milliseconds);
  GThread *thread = g_thread_new ("close", close_later, f->client);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_SLEEP, NULL, request, 100, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
  g_thread_join (thread);
}

static void
test_reply_limit (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (GBytes) request = pattern (20000);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, request, 19999, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
}

static void
test_wrong_password (void)
{
  g_autofree char *users = rpc_testing_write_users ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (users, NULL, &error);
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (GBytes) request = pattern (100);
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
  g_autoptr (GBytes) request = pattern (100);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize length;

  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, NULL, soon (), NULL, &error);
  g_assert_no_error (error);
  sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_ECHO, NULL, request, 1000, &reply,
                           &length, soon (), NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED);
}

static void
add (const char *test,
     void (*run) (Fixture *, gconstpointer))
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/rpc/association/%s/%s", cases[i].name, test);

      g_test_add (path, Fixture, &cases[i], set_up, run, tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("echo", test_echo);
  add ("typed", test_typed);
  add ("second-context", test_second_context);
  add ("fault", test_fault);
  add ("drop", test_drop);
  add ("deadline", test_deadline);
  add ("cancel", test_cancel);
  add ("close", test_close);
  add ("reply-limit", test_reply_limit);
  g_test_add_func ("/rpc/association/wrong-password", test_wrong_password);
  g_test_add_func ("/rpc/association/too-weak", test_too_weak);
  return g_test_run ();
}
