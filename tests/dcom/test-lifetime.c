/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"

#include <string.h>

/* Periods of MS-DCOM 3.1.2.2, by the server's clock */
#define PERIOD 120
#define PATIENCE 360

/* What the client's ping thread takes for a period in tests that want many pings, and none. */
#define OFTEN 0.02
#define NEVER 3600

static void
release (SrDcomObject *object)
{
  g_autoptr (GError) error = NULL;

  sr_dcom_object_release (object, toy_soon (), &error);
  g_assert_no_error (error);
  sr_dcom_object_free (object);
}

static SrDcomObject *
activate (ToyBox *box,
          double  ping_interval)
{
  g_autoptr (GError) error = NULL;
  SrDcomObject *object;

  sr_dcom_set_ping_interval (ping_interval);
  object = toy_activate (box, 2, &error);
  g_assert_no_error (error);
  return object;
}

static SrDcomObject *
reattach (ToyBox               *box,
          const SrDcomIdentity *identity)
{
  g_autoptr (SrDcomTarget) target = toy_box_target (box);

  return sr_dcom_object_reattach (target, identity);
}

/* The first ping makes a set at once, the others only name it. */
static void
test_pings (gconstpointer data)
{
  ToyBox *box = toy_box_new (GPOINTER_TO_INT (data), NULL);
  SrDcomObject *object = activate (box, OFTEN);
  g_autoptr (GError) error = NULL;
  SrDcomServerStats stats;
  SrDcomIdentity identity;

  toy_box_wait_pings (box, 1, 3);
  stats = toy_box_stats (box);
  g_assert_cmpuint (stats.complex_pings, ==, 1);
  g_assert_cmpuint (stats.sets, ==, 1);
  sr_dcom_object_get_identity (object, &identity);
  g_assert_cmpuint (identity.setid, !=, 0);
  g_assert_cmpint (sr_dcom_object_get_last_ping (object, &error), >, 0);
  g_assert_no_error (error);
  release (object);
  /* Taken out of its set. */
  g_assert_cmpuint (toy_box_stats (box).complex_pings, ==, 2);
  toy_box_free (box);
}

static void
test_no_pings (void)
{
  const SrDcomServerQuirks quirks = { .no_pings = TRUE };
  ToyBox *box = toy_box_new (FALSE, &quirks);
  SrDcomObject *object = activate (box, OFTEN);
  g_autoptr (GError) error = NULL;

  g_usleep (100000);
  g_assert_cmpuint (toy_box_stats (box).complex_pings, ==, 0);
  g_assert_cmpint (sr_dcom_object_get_last_ping (object, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpuint (toy_box_wind (box, 100 * PATIENCE), ==, 0);
  toy_add (object, &toy_interface, NULL, &error);
  g_assert_no_error (error);
  release (object);
  toy_box_free (box);
}

/* Pings that are answered keep an object, three missed ones end it. */
static void
test_run_down (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, OFTEN);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity;

  for (guint i = 0; i < 5; i++)
    {
      toy_box_wait_pings (box, 1, toy_box_stats (box).simple_pings + 2);
      g_assert_cmpuint (toy_box_wind (box, PATIENCE - 1), ==, 0);
    }
  toy_box_wait_pings (box, 1, toy_box_stats (box).simple_pings + 2);
  sr_dcom_object_get_identity (object, &identity);
  sr_dcom_object_free (object);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 1);
  g_assert_cmpuint (toy_box_wind (box, PATIENCE - 1), ==, 0);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);
  g_assert_cmpuint (toy_box_wind (box, 1), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->rundowns), ==, 1);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 0);
  g_assert_cmpuint (toy_box_stats (box).sets, ==, 0);
  g_assert_cmpuint (toy_box_stats (box).rundowns, ==, 1);

  /* Who comes too late is told so. */
  sr_dcom_set_ping_interval (NEVER);
  object = reattach (box, &identity);
  g_assert_false (toy_add (object, &toy_interface, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) SR_RPC_E_DISCONNECTED);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* An object that nobody ever pinged has the same time; a call gives it one period more. */
static void
test_never_pinged (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;

  /* The first ping, at once, is the last one. */
  toy_box_wait_pings (box, 1, 0);
  g_assert_cmpuint (toy_box_wind (box, PATIENCE - 1), ==, 0);
  toy_add (object, &toy_interface, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (toy_box_wind (box, 1), ==, 0);
  g_assert_cmpuint (toy_box_stats (box).sets, ==, 0);
  g_assert_cmpuint (toy_box_wind (box, PERIOD - 2), ==, 0);
  g_assert_cmpuint (toy_box_wind (box, 1), ==, 1);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* A set that the server does not know is made anew. */
static void
test_forgotten_set (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity, again;

  toy_box_wait_pings (box, 1, 0);
  sr_dcom_object_get_identity (object, &identity);
  sr_dcom_object_free (object);
  identity.setid = 4711;
  sr_dcom_set_ping_interval (OFTEN);
  object = reattach (box, &identity);
  toy_box_wait_pings (box, 2, 3);
  sr_dcom_object_get_identity (object, &again);
  g_assert_cmpuint (again.setid, !=, 4711);
  g_assert_cmpuint (again.setid, !=, 0);
  g_assert_cmpuint (toy_box_wind (box, PATIENCE - 1), ==, 0);
  release (object);
  toy_box_free (box);
}

/* Pings that fail are told, and go on when the server is back. */
static void
test_failed_pings (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, OFTEN);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity;
  gint64 end = toy_soon ();

  toy_box_wait_pings (box, 1, 1);
  sr_dcom_server_drop_connections (box->server);
  toy_box_wait_pings (box, 1, toy_box_stats (box).simple_pings + 3);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 1);

  sr_dcom_object_get_identity (object, &identity);
  sr_dcom_server_stop (box->server);
  while (error == NULL && g_get_monotonic_time () < end)
    sr_dcom_object_get_last_ping (object, &error);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "toys.test"));
  g_assert_cmpint (sr_dcom_object_get_last_ping (object, NULL), >, 0);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* A lost connection costs the call under way and nothing else. */
static void
test_lost_connection (gconstpointer data)
{
  ToyBox *box = toy_box_new (GPOINTER_TO_INT (data), NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;
  gboolean sent;

  for (guint i = 0; i < 2; i++)
    {
      guint executed = toy_box_count (box, &box->executed);

      toy_box_set_mood (box, i == 0 ? TOY_DROP_BEFORE : TOY_DROP_AFTER);
      g_assert_false (toy_add (object, &toy_interface, &sent, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
      g_assert_true (sent);
      g_clear_error (&error);
      g_assert_cmpuint (toy_box_count (box, &box->executed), ==, executed + i);
      toy_add (object, &toy2_interface, &sent, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (toy_box_count (box, &box->executed), ==, executed + i + 1);
    }
  /* One that was lost between two calls costs nothing. */
  sr_dcom_server_drop_connections (box->server);
  toy_add (object, &toy_interface, &sent, &error);
  g_assert_no_error (error);
  g_assert_true (sent);
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);
  release (object);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  toy_box_free (box);
}

static gboolean
peek (SrDcomObject *object,
      guint32      *executed,
      gint64        deadline,
      GCancellable *cancellable,
      GError      **error)
{
  ToyRequest request = { 0 };
  ToyReply reply;

  if (!sr_dcom_object_call (object, &toy_interface, sr_rpc_interface_find (&toy_interface, TOY_PEEK), &request, &reply,
                            NULL, deadline, cancellable, error))
    return FALSE;
  *executed = reply.number;
  return TRUE;
}

/* What may be tried again is, on another connection. */
static void
test_idempotent (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;
  guint32 executed = 0;

  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (executed, ==, 1);
  toy_box_set_mood (box, TOY_DROP_AFTER);
  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (executed, ==, 3);
  sr_dcom_server_drop_connections (box->server);
  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (executed, ==, 4);
  release (object);
  toy_box_free (box);
}

typedef struct
{
  ToyBox *box;
  SrDcomObject *object;
  GCancellable *cancellable;
} Disturber;

/* Waits for a call to be under way, then disturbs it. */
static gpointer
disturb (gpointer data)
{
  Disturber *d = data;

  toy_box_wait_asleep (d->box);
  if (d->cancellable != NULL)
    g_cancellable_cancel (d->cancellable);
  else
    sr_dcom_object_disconnect (d->object);
  return NULL;
}

static gboolean
nap (SrDcomObject *object,
     gint64        deadline,
     GCancellable *cancellable,
     GError      **error)
{
  ToyRequest request = { 0 };
  ToyReply reply;

  return sr_dcom_object_call (object, &toy_interface, sr_rpc_interface_find (&toy_interface, TOY_SLEEP), &request, &reply,
                              NULL, deadline, cancellable, error);
}

/* A call that never comes back ends by cancel, by a closed connection and by its deadline; the object lives on. */
static void
test_interrupted (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Disturber disturber = { box, object, cancellable };
  GThread *thread = g_thread_new ("cancel", disturb, &disturber);
  guint32 executed;

  g_assert_false (nap (object, toy_soon (), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);
  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);

  toy_box_set_awake (box, TRUE);
  toy_box_set_awake (box, FALSE);
  disturber.cancellable = NULL;
  thread = g_thread_new ("disconnect", disturb, &disturber);
  g_assert_false (nap (object, toy_soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
  g_clear_error (&error);
  g_thread_join (thread);
  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);

  g_assert_false (nap (object, sr_deadline_in (0.1), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_clear_error (&error);
  peek (object, &executed, toy_soon (), NULL, &error);
  g_assert_no_error (error);
  toy_box_set_awake (box, TRUE);
  release (object);
  toy_box_free (box);
}

/* Another process takes over: same IPID, same set. */
static void
test_reattach (gconstpointer data)
{
  ToyBox *box = toy_box_new (GPOINTER_TO_INT (data), NULL);
  SrDcomObject *object = activate (box, OFTEN);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity;

  toy_box_wait_pings (box, 1, 1);
  toy_add (object, &toy_interface, NULL, &error);
  g_assert_no_error (error);
  sr_dcom_object_get_identity (object, &identity);
  sr_dcom_object_free (object);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);

  object = reattach (box, &identity);
  toy_box_wait_pings (box, 1, toy_box_stats (box).simple_pings + 2);
  g_assert_cmpuint (toy_box_stats (box).complex_pings, ==, 1);
  toy_add (object, &toy2_interface, NULL, &error);
  g_assert_no_error (error);
  release (object);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 1);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  g_assert_cmpuint (toy_box_stats (box).rundowns, ==, 0);
  toy_box_free (box);
}

/* The exporter's port is not known, or nobody listens there any more. */
static void
test_reattach_elsewhere (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity, found;

  sr_dcom_object_get_identity (object, &identity);
  sr_dcom_object_free (object);
  for (guint i = 0; i < 3; i++)
    {
      SrDcomIdentity wrong = identity;

      /* Nothing known; port 1 is nobody's; the activation port is somebody else's. */
      wrong.port = i == 0 ? 0 : i == 1 ? 1 : sr_dcom_server_get_activation_port (box->server);
      if (i == 0)
        wrong.rem_unknown = (SrGuid) { 0 };
      object = reattach (box, &wrong);
      toy_add (object, &toy_interface, NULL, &error);
      g_assert_no_error (error);
      sr_dcom_object_get_identity (object, &found);
      g_assert_cmpuint (found.port, ==, identity.port);
      g_assert_true (sr_guid_equal (&found.rem_unknown, &identity.rem_unknown));
      if (i < 2)
        sr_dcom_object_free (object);
    }
  release (object);

  /* An exporter that is gone. */
  identity.oxid++;
  identity.port = 0;
  object = reattach (box, &identity);
  g_assert_false (toy_add (object, &toy_interface, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) SR_OR_INVALID_OXID);
  g_clear_error (&error);
  g_assert_false (sr_dcom_object_release (object, toy_soon (), &error));
  g_assert_error (error, SR_HRESULT_ERROR, (gint) SR_OR_INVALID_OXID);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* One object for everybody ends with its last client. */
static void
test_shared (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  g_autoptr (GError) error = NULL;
  SrDcomIdentity first, second;
  SrDcomObject *a, *b;

  box->shared = TRUE;
  a = activate (box, NEVER);
  b = activate (box, NEVER);
  sr_dcom_object_get_identity (a, &first);
  sr_dcom_object_get_identity (b, &second);
  g_assert_cmpuint (first.oid, ==, second.oid);
  g_assert_true (sr_guid_equal (&first.interfaces[0].ipid, &second.interfaces[0].ipid));
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 1);
  release (a);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);
  toy_add (b, &toy_interface, NULL, &error);
  g_assert_no_error (error);
  release (b);
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 1);
  toy_box_free (box);
}

static void
test_after_release (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER);
  g_autoptr (GError) error = NULL;
  SrGuid iid;

  g_assert_true (sr_dcom_object_release (object, toy_soon (), NULL));
  g_assert_true (sr_dcom_object_release (object, toy_soon (), NULL));
  g_assert_cmpuint (toy_box_stats (box).releases, ==, 1);
  g_assert_false (toy_add (object, &toy_interface, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  sr_guid_random (&iid);
  g_assert_false (sr_dcom_object_query_interface (object, &iid, toy_soon (), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* A release while a call is in the object: it ends when the call has. */
static gpointer
nap_in_thread (gpointer data)
{
  nap (data, toy_soon (), NULL, NULL);
  return NULL;
}

static void
test_release_during_call (void)
{
  ToyBox *box = toy_box_new (FALSE, NULL);
  SrDcomObject *object = activate (box, NEVER), *other;
  SrDcomIdentity identity;
  GThread *thread;

  sr_dcom_object_get_identity (object, &identity);
  thread = g_thread_new ("nap", nap_in_thread, object);
  toy_box_wait_asleep (box);
  other = reattach (box, &identity);
  g_assert_true (sr_dcom_object_release (other, toy_soon (), NULL));
  g_assert_cmpuint (toy_box_count (box, &box->released), ==, 0);
  toy_box_set_awake (box, TRUE);
  g_thread_join (thread);
  sr_dcom_object_free (other);
  sr_dcom_object_free (object);
  /* The reply may be here before the server's thread has left the call. */
  for (gint64 end = toy_soon (); g_get_monotonic_time () < end && toy_box_stats (box).objects > 0; g_usleep (1000))
    ;
  g_assert_cmpuint (toy_box_stats (box).objects, ==, 0);
  toy_box_free (box);
}

/* Nobody listens; somebody does, but never answers; nobody wants it any more. */
static void
test_no_server (void)
{
  g_autoptr (SrDcomTarget) nobody = sr_dcom_target_new ("toys.test", "127.0.0.1", 1, NULL, FALSE);
  g_autoptr (SrDcomTarget) mute = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const SrGuid *iid = &toy_interface.syntax.uuid;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (sr_dcom_object_activate (nobody, &toy_clsid, iid, 1, toy_soon (), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_nonnull (strstr (error->message, "toys.test"));
  g_clear_error (&error);

  mute = sr_dcom_target_new ("mute.test", "127.0.0.1", port, NULL, FALSE);
  g_assert_null (sr_dcom_object_activate (mute, &toy_clsid, iid, 1, sr_deadline_in (0.1), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "mute.test"));
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (sr_dcom_object_activate (mute, &toy_clsid, iid, 1, toy_soon (), cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dcom/lifetime/pings/plain", GINT_TO_POINTER (FALSE), test_pings);
  g_test_add_data_func ("/dcom/lifetime/pings/ntlm", GINT_TO_POINTER (TRUE), test_pings);
  g_test_add_func ("/dcom/lifetime/no-pings", test_no_pings);
  g_test_add_func ("/dcom/lifetime/run-down", test_run_down);
  g_test_add_func ("/dcom/lifetime/never-pinged", test_never_pinged);
  g_test_add_func ("/dcom/lifetime/forgotten-set", test_forgotten_set);
  g_test_add_func ("/dcom/lifetime/failed-pings", test_failed_pings);
  g_test_add_data_func ("/dcom/lifetime/lost-connection/plain", GINT_TO_POINTER (FALSE), test_lost_connection);
  g_test_add_data_func ("/dcom/lifetime/lost-connection/ntlm", GINT_TO_POINTER (TRUE), test_lost_connection);
  g_test_add_func ("/dcom/lifetime/idempotent", test_idempotent);
  g_test_add_func ("/dcom/lifetime/interrupted", test_interrupted);
  g_test_add_data_func ("/dcom/lifetime/reattach/plain", GINT_TO_POINTER (FALSE), test_reattach);
  g_test_add_data_func ("/dcom/lifetime/reattach/ntlm", GINT_TO_POINTER (TRUE), test_reattach);
  g_test_add_func ("/dcom/lifetime/reattach/elsewhere", test_reattach_elsewhere);
  g_test_add_func ("/dcom/lifetime/shared", test_shared);
  g_test_add_func ("/dcom/lifetime/after-release", test_after_release);
  g_test_add_func ("/dcom/lifetime/release-during-call", test_release_during_call);
  g_test_add_func ("/dcom/lifetime/no-server", test_no_server);
  return g_test_run ();
}
