/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "allow-plain.h"
#include "rpc-testing.h"

#include <string.h>

const SrGuid toy_clsid = { 0x7a0c1e55, 0x3b1d, 0x4f7e, { 0x9c, 0x11, 0x5a, 0x0e, 0x44, 0x21, 0x0d, 0x01 } };

static void
code_request (SrNdr    *ndr,
              gpointer  message)
{
  ToyRequest *m = message;

  sr_ndr_uint32 (ndr, "number", &m->number);
  sr_ndr_uint32 (ndr, "other", &m->other);
}

static void
code_reply (SrNdr    *ndr,
            gpointer  message)
{
  ToyReply *m = message;

  sr_ndr_uint32 (ndr, "number", &m->number);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
code_fill_reply (SrNdr    *ndr,
                 gpointer  message)
{
  ToyFillReply *m = message;

  sr_ndr_byte_array (ndr, "bytes", &m->bytes, 4 << 20);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
clear_fill_reply (gpointer message)
{
  g_clear_pointer (&((ToyFillReply *) message)->bytes, g_bytes_unref);
}

static void
code_who_reply (SrNdr    *ndr,
                gpointer  message)
{
  ToyWhoReply *m = message;

  sr_ndr_unique_string (ndr, "principal", &m->principal, 256);
  sr_ndr_uint32 (ndr, "level", &m->level);
  sr_ndr_uint32 (ndr, "return value", &m->hr);
}

static void
clear_who_reply (gpointer message)
{
  g_clear_pointer (&((ToyWhoReply *) message)->principal, g_free);
}

static const SrRpcMethod methods[] = {
  { TOY_ADD, "Add", sizeof (ToyRequest), code_request, NULL, sizeof (ToyReply), code_reply, NULL, SR_RPC_METHOD_NONE },
  { TOY_FILL, "Fill", sizeof (ToyRequest), code_request, NULL,
    sizeof (ToyFillReply), code_fill_reply, clear_fill_reply, SR_RPC_METHOD_NONE },
  { TOY_SLEEP, "Sleep", sizeof (ToyRequest), code_request, NULL, sizeof (ToyReply), code_reply, NULL, SR_RPC_METHOD_NONE },
  { TOY_PEEK, "Peek", sizeof (ToyRequest), code_request, NULL, sizeof (ToyReply), code_reply, NULL,
    SR_RPC_METHOD_IDEMPOTENT },
  { TOY_WHO, "Who", sizeof (ToyRequest), code_request, NULL,
    sizeof (ToyWhoReply), code_who_reply, clear_who_reply, SR_RPC_METHOD_NONE },
};

const SrRpcInterface toy_interface = {
  "IToy",
  { { 0x7a0c1e55, 0x3b1d, 0x4f7e, { 0x9c, 0x11, 0x5a, 0x0e, 0x44, 0x21, 0x0d, 0x02 } }, 0, 0 },
  methods, G_N_ELEMENTS (methods) - 1,
};

const SrRpcInterface toy2_interface = {
  "IToy2",
  { { 0x7a0c1e55, 0x3b1d, 0x4f7e, { 0x9c, 0x11, 0x5a, 0x0e, 0x44, 0x21, 0x0d, 0x03 } }, 0, 0 },
  methods, G_N_ELEMENTS (methods),
};

static gpointer
create (const SrRpcServerCall *call,
        guint32               *hr,
        gpointer               user_data)
{
  ToyBox *box = user_data;
  gpointer toy;

  if (SR_FAILED (box->create_hr))
    {
      *hr = box->create_hr;
      return NULL;
    }
  g_mutex_lock (&box->lock);
  box->created++;
  if (box->shared && box->toys->len > 0)
    toy = g_ptr_array_index (box->toys, 0);
  else
    {
      toy = g_malloc (1);
      g_ptr_array_add (box->toys, toy);
    }
  g_mutex_unlock (&box->lock);
  return toy;
}

static void
released (gpointer instance,
          gboolean rundown,
          gpointer user_data)
{
  ToyBox *box = user_data;

  g_mutex_lock (&box->lock);
  box->released++;
  box->rundowns += rundown ? 1 : 0;
  g_assert_true (g_ptr_array_remove (box->toys, instance));
  g_mutex_unlock (&box->lock);
}

static void
fall_asleep (ToyBox *box)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  box->asleep++;
  g_cond_broadcast (&box->changed);
  while (!box->awake)
    g_cond_wait (&box->changed, &box->lock);
  box->asleep--;
  g_cond_broadcast (&box->changed);
}

static guint32
count_execution (ToyBox *box)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  return ++box->executed;
}

static guint32
invoke (gpointer               instance,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  ToyBox *box = user_data;
  ToyRequest *in = request;
  ToyReply *out = reply;
  ToyWhoReply *who = reply;

  switch (method->opnum)
    {
    case TOY_ADD:
      out->number = in->number + in->other;
      count_execution (box);
      return 0;
    case TOY_FILL:
      ((ToyFillReply *) reply)->bytes = g_bytes_new_take (g_malloc0 (in->number), in->number);
      return 0;
    case TOY_SLEEP:
      fall_asleep (box);
      return 0;
    case TOY_PEEK:
      out->number = count_execution (box);
      return 0;
    case TOY_WHO:
      who->principal = g_strdup (call->principal);
      who->level = call->auth_level;
      return 0;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
drop (const SrRpcServerCall *call,
      gboolean               after,
      gpointer               user_data)
{
  ToyBox *box = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  if ((call->iface != &toy_interface && call->iface != &toy2_interface) || box->mood != (after ? TOY_DROP_AFTER : TOY_DROP_BEFORE))
    return FALSE;
  box->mood = TOY_CALM;
  return TRUE;
}

static const SrRpcInterface *const interfaces[] = { &toy_interface, &toy2_interface };

static const SrDcomClass toy_class = {
  .clsid = { 0x7a0c1e55, 0x3b1d, 0x4f7e, { 0x9c, 0x11, 0x5a, 0x0e, 0x44, 0x21, 0x0d, 0x01 } },
  .interfaces = interfaces,
  .n_interfaces = G_N_ELEMENTS (interfaces),
  .create = create,
  .invoke = invoke,
  .released = released,
};

static gint64
read_clock (gpointer data)
{
  ToyBox *box = data;
  gint64 now;

  g_mutex_lock (&box->lock);
  now = box->now;
  g_mutex_unlock (&box->lock);
  return now;
}

ToyBox *
toy_box_new (gboolean                  ntlm,
             const SrDcomServerQuirks *quirks)
{
  g_autoptr (SrAuthAcceptor) acceptor = NULL;
  g_autoptr (GError) error = NULL;
  char *users = NULL;
  ToyBox *box;

  if (ntlm)
    {
      users = rpc_testing_write_users ();
      acceptor = sr_auth_acceptor_new (users, NULL, &error);
      g_assert_no_error (error);
    }
  box = toy_box_new_for (acceptor, NULL, quirks);
  box->users = users;
  return box;
}

ToyBox *
toy_box_new_for (SrAuthAcceptor           *acceptor,
                 const char               *host_name,
                 const SrDcomServerQuirks *quirks)
{
  ToyBox *box = g_new0 (ToyBox, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&box->lock);
  g_cond_init (&box->changed);
  box->toys = g_ptr_array_new_with_free_func (g_free);
  box->now = 1;
  box->acceptor = acceptor != NULL ? sr_auth_acceptor_ref (acceptor) : NULL;
  rpc_testing_allow_plain (acceptor == NULL);
  box->server = sr_dcom_server_new (box->acceptor, &toy_class, box);
  sr_dcom_server_set_clock (box->server, read_clock, box);
  sr_dcom_server_set_drop (box->server, drop, box);
  sr_dcom_server_set_host_name (box->server, host_name);
  if (quirks != NULL)
    sr_dcom_server_set_quirks (box->server, quirks);
  sr_dcom_server_listen (box->server, "127.0.0.1", 0, 0, &error);
  g_assert_no_error (error);
  return box;
}

void
toy_box_free (ToyBox *box)
{
  g_clear_object (&box->server);
  g_assert_cmpuint (box->toys->len, ==, 0);
  g_ptr_array_unref (box->toys);
  g_clear_pointer (&box->acceptor, sr_auth_acceptor_unref);
  g_clear_pointer (&box->users, rpc_testing_remove_users);
  g_mutex_clear (&box->lock);
  g_cond_clear (&box->changed);
  g_free (box);
}

guint
toy_box_wind (ToyBox *box,
              double  seconds)
{
  g_mutex_lock (&box->lock);
  box->now += (gint64) (seconds * G_USEC_PER_SEC);
  g_mutex_unlock (&box->lock);
  return sr_dcom_server_check_pings (box->server);
}

void
toy_box_set_mood (ToyBox *box,
                  ToyMood mood)
{
  g_mutex_lock (&box->lock);
  box->mood = mood;
  g_mutex_unlock (&box->lock);
}

guint
toy_box_count (ToyBox      *box,
               const guint *count)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  return *count;
}

void
toy_box_wait_asleep (ToyBox *box)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  while (box->asleep == 0)
    g_cond_wait (&box->changed, &box->lock);
}

void
toy_box_set_awake (ToyBox  *box,
                   gboolean awake)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&box->lock);

  box->awake = awake;
  g_cond_broadcast (&box->changed);
  while (awake && box->asleep > 0)
    g_cond_wait (&box->changed, &box->lock);
}

SrDcomServerStats
toy_box_stats (ToyBox *box)
{
  SrDcomServerStats stats;

  sr_dcom_server_get_stats (box->server, &stats);
  return stats;
}

void
toy_box_wait_pings (ToyBox  *box,
                    guint64  complex,
                    guint64  simple)
{
  for (gint64 end = toy_soon (); g_get_monotonic_time () < end; g_usleep (2000))
    {
      SrDcomServerStats stats = toy_box_stats (box);

      if (stats.complex_pings >= complex && stats.simple_pings >= simple)
        return;
    }
  g_error ("No pings came");
}

SrDcomTarget *
toy_box_target (ToyBox *box)
{
  guint16 port = sr_dcom_server_get_activation_port (box->server);
  g_autoptr (SrSecret) password = sr_secret_new (RPC_TESTING_PASSWORD, strlen (RPC_TESTING_PASSWORD));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (RPC_TESTING_USER, password);

  if (box->acceptor == NULL)
    return sr_dcom_target_new ("toys.test", "127.0.0.1", port, NULL, FALSE);
  return sr_dcom_target_new ("127.0.0.1", NULL, port, credentials, TRUE);
}

gint64
toy_soon (void)
{
  return sr_deadline_in (10);
}

SrDcomObject *
toy_activate (ToyBox  *box,
              guint    n,
              GError **error)
{
  const SrGuid iids[] = { toy_interface.syntax.uuid, toy2_interface.syntax.uuid };
  g_autoptr (SrDcomTarget) target = toy_box_target (box);

  return sr_dcom_object_activate (target, &toy_clsid, iids, n, toy_soon (), NULL, error);
}

gboolean
toy_add (SrDcomObject         *object,
         const SrRpcInterface *iface,
         gboolean             *sent,
         GError              **error)
{
  ToyRequest request = { 40, 2 };
  ToyReply reply;

  if (!sr_dcom_object_call (object, iface, sr_rpc_interface_find (iface, TOY_ADD), &request, &reply, sent,
                            toy_soon (), NULL, error))
    return FALSE;
  g_assert_cmpuint (reply.number, ==, 42);
  g_assert_cmphex (reply.hr, ==, 0);
  return TRUE;
}
