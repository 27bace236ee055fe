/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "association-checks.h"

#include <string.h>

static const char *service_keytab;

typedef struct
{
  char *users;
  SrRpcServer *server;
  SrRpcClient *client;
} Fixture;

gint64
association_checks_soon (void)
{
  return sr_deadline_in (20);
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  const AssociationCase *c = data;
  g_autoptr (SrAuthAcceptor) acceptor = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port;

  if (c->type != SR_AUTH_NONE)
    {
      f->users = rpc_testing_write_users ();
      acceptor = sr_auth_acceptor_new (f->users, service_keytab, &error);
      g_assert_no_error (error);
    }
  f->server = rpc_testing_server_new (acceptor, c->type != SR_AUTH_NONE ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_NONE);
  if (c->server_fragment != 0)
    sr_rpc_server_set_max_fragment (f->server, c->server_fragment);
  if (c->tcp)
    {
      sr_rpc_server_listen (f->server, "127.0.0.1", 0, &port, &error);
      g_assert_no_error (error);
      f->client = sr_rpc_client_connect ("localhost", "127.0.0.1", port, association_checks_soon (), NULL, &error);
      g_assert_no_error (error);
    }
  else
    f->client = rpc_testing_client_new (f->server);
  if (c->client_fragment != 0)
    sr_rpc_client_set_max_fragment (f->client, c->client_fragment);
  sr_rpc_client_set_header_signing (f->client, !c->no_header_signing);
  sr_rpc_client_bind (f->client, &rpc_testing_interface.syntax,
                      c->type != SR_AUTH_NONE ? c->new_context (c) : NULL, association_checks_soon (), NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  rpc_testing_wake (TRUE);
  sr_rpc_client_free (f->client);
  sr_rpc_server_stop (f->server);
  rpc_testing_wake (FALSE);
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

void
association_checks_echo (SrRpcClient          *client,
      const SrRpcInterface *iface,
      gsize                 length)
{
  g_autoptr (GBytes) request = pattern (length);
  g_autoptr (GError) error = NULL;
  const guint8 *reply;
  gsize reply_length;

  sr_rpc_client_call_stub (client, &iface->syntax, RPC_TESTING_ECHO, NULL, request, length + 10, &reply, &reply_length,
                           association_checks_soon (), NULL, &error);
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
    association_checks_echo (f->client, &rpc_testing_interface, lengths[i]);
  /* Every remainder near the size of a fragment. */
  for (gsize length = 5700; length < 5860; length++)
    association_checks_echo (f->client, &rpc_testing_interface, length);
}

static void
test_typed (Fixture       *f,
            gconstpointer  data)
{
  const AssociationCase *c = data;
  const SrRpcMethod *method = sr_rpc_interface_find (&rpc_testing_interface, RPC_TESTING_WHO);
  SrGuid object = { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };

  for (guint i = 0; i < 3; i++)
    {
      RpcTestingWhoRequest request = { 41 + i, (char *) "Grüße" };
      RpcTestingWhoReply reply;
      g_autoptr (GError) error = NULL;

      sr_rpc_client_call (f->client, &rpc_testing_interface, method, i == 1 ? &object : NULL, &request, &reply, association_checks_soon (),
                          NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (reply.number, ==, 42 + i);
      g_assert_cmpstr (reply.text, ==, "Grüße");
      g_assert_cmpuint (reply.auth_type, ==, c->type);
      g_assert_cmpuint (reply.mechanism, ==, c->mechanism != SR_AUTH_NONE ? c->mechanism : c->type);
      g_assert_cmpuint (reply.auth_level, ==, c->type != SR_AUTH_NONE ? SR_AUTH_LEVEL_PRIVACY : SR_AUTH_LEVEL_NONE);
      g_assert_cmpstr (reply.principal, ==, c->principal);
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
      sr_rpc_client_bind (f->client, &rpc_testing_second_interface.syntax, NULL, association_checks_soon (), NULL, &error);
      g_assert_no_error (error);
      association_checks_echo (f->client, &rpc_testing_second_interface, 7000);
      association_checks_echo (f->client, &rpc_testing_interface, 7000);
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
                           &length, association_checks_soon (), NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, SR_NCA_S_FAULT_UNSPEC);
  g_assert_true (sr_rpc_client_was_sent (f->client));
  g_assert_true (sr_rpc_client_may_have_executed (f->client));
  g_clear_error (&error);

  sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, 77, NULL, request, 100, &reply, &length, association_checks_soon (),
                           NULL, &error);
  g_assert_error (error, SR_RPC_FAULT, (int) SR_NCA_S_OP_RNG_ERROR);
  g_assert_false (sr_rpc_client_may_have_executed (f->client));
  g_assert_true (sr_rpc_client_is_usable (f->client));
  association_checks_echo (f->client, &rpc_testing_interface, 6000);
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
                               &length, association_checks_soon (), NULL, &error);
      g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
      g_assert_cmpint (sr_rpc_client_was_sent (f->client), ==, i == 0);
      g_assert_false (sr_rpc_client_is_usable (f->client));
    }
}

static gboolean
sleep_in_call (Fixture      *f,
               gint64        deadline,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GBytes) request = g_bytes_new_static ("", 0);
  const guint8 *reply;
  gsize length;

  return sr_rpc_client_call_stub (f->client, &rpc_testing_interface.syntax, RPC_TESTING_SLEEP, NULL, request, 100, &reply,
                                  &length, deadline, cancellable, error);
}

/* A deadline may pass before the request is on its way; then nothing was executed. */
static void
test_deadline (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sleep_in_call (f, sr_deadline_in (0.05), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_true (sr_rpc_client_may_have_executed (f->client) == sr_rpc_client_was_sent (f->client));
  g_assert_false (sr_rpc_client_is_usable (f->client));
}

static void
test_deadline_passed (Fixture       *f,
                      gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sleep_in_call (f, sr_deadline_in (0), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_false (sr_rpc_client_was_sent (f->client));
  g_assert_false (sr_rpc_client_may_have_executed (f->client));
}

static gpointer
cancel_asleep (gpointer cancellable)
{
  rpc_testing_wait_asleep ();
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_asleep, cancellable);
  g_autoptr (GError) error = NULL;

  g_assert_false (sleep_in_call (f, association_checks_soon (), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (sr_rpc_client_may_have_executed (f->client));
  g_thread_join (thread);
}

static gpointer
close_asleep (gpointer client)
{
  rpc_testing_wait_asleep ();
  sr_rpc_client_close (client);
  return NULL;
}

static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  GThread *thread = g_thread_new ("close", close_asleep, f->client);
  g_autoptr (GError) error = NULL;

  g_assert_false (sleep_in_call (f, association_checks_soon (), NULL, &error));
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
                           &length, association_checks_soon (), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
}

static void
add (const char            *test,
     const AssociationCase *cases,
     guint                  n_cases,
     void (*run) (Fixture *, gconstpointer))
{
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/rpc/association/%s/%s", cases[i].name, test);

      g_test_add (path, Fixture, &cases[i], set_up, run, tear_down);
    }
}

void
association_checks_add (const AssociationCase *cases,
                        guint                  n_cases,
                        const char            *keytab)
{
  service_keytab = keytab;
  add ("echo", cases, n_cases, test_echo);
  add ("typed", cases, n_cases, test_typed);
  add ("second-context", cases, n_cases, test_second_context);
  add ("fault", cases, n_cases, test_fault);
  add ("drop", cases, n_cases, test_drop);
  add ("deadline", cases, n_cases, test_deadline);
  add ("deadline-passed", cases, n_cases, test_deadline_passed);
  add ("cancel", cases, n_cases, test_cancel);
  add ("close", cases, n_cases, test_close);
  add ("reply-limit", cases, n_cases, test_reply_limit);
}
