/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc-testing.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

static void
code_bytes (SrNdr   *ndr,
            gpointer message)
{
}

static void
code_who_request (SrNdr   *ndr,
                  gpointer message)
{
  RpcTestingWhoRequest *m = message;

  sr_ndr_uint32 (ndr, "number", &m->number);
  sr_ndr_unique_string (ndr, "text", &m->text, 1000);
}

static void
clear_who_request (gpointer message)
{
  g_free (((RpcTestingWhoRequest *) message)->text);
}

static void
code_who_reply (SrNdr   *ndr,
                gpointer message)
{
  RpcTestingWhoReply *m = message;

  sr_ndr_uint32 (ndr, "number", &m->number);
  sr_ndr_unique_string (ndr, "text", &m->text, 1000);
  sr_ndr_align (ndr, 4);
  sr_ndr_uint32 (ndr, "auth_type", &m->auth_type);
  sr_ndr_uint32 (ndr, "auth_level", &m->auth_level);
  sr_ndr_uint32 (ndr, "mechanism", &m->mechanism);
  sr_ndr_unique_string (ndr, "principal", &m->principal, 1000);
  sr_ndr_guid (ndr, "object", &m->object);
}

static void
clear_who_reply (gpointer message)
{
  RpcTestingWhoReply *m = message;

  g_free (m->text);
  g_free (m->principal);
}

static const SrRpcMethod methods[] = {
  { RPC_TESTING_ECHO, "Echo", 0, code_bytes, NULL, 0, code_bytes, NULL, SR_RPC_METHOD_NONE },
  { RPC_TESTING_PRODUCE, "Produce", 0, code_bytes, NULL, 0, code_bytes, NULL, SR_RPC_METHOD_NONE },
  { RPC_TESTING_FAULT, "Fault", 0, code_bytes, NULL, 0, code_bytes, NULL, SR_RPC_METHOD_NONE },
  { RPC_TESTING_DROP, "Drop", 0, code_bytes, NULL, 0, code_bytes, NULL, SR_RPC_METHOD_NONE },
  { RPC_TESTING_WHO, "Who", sizeof (RpcTestingWhoRequest), code_who_request, clear_who_request,
    sizeof (RpcTestingWhoReply), code_who_reply, clear_who_reply, SR_RPC_METHOD_NONE },
  { RPC_TESTING_SLEEP, "Sleep", 0, code_bytes, NULL, 0, code_bytes, NULL, SR_RPC_METHOD_NONE },
};

const SrRpcInterface rpc_testing_interface = {
  "Testing",
  { { 0x6f2b7a10, 0x3c54, 0x4e0b, { 0x9a, 0x31, 0x5d, 0x11, 0x20, 0x77, 0xc0, 0x01 } }, 1, 2 },
  methods,
  G_N_ELEMENTS (methods),
};

const SrRpcInterface rpc_testing_second_interface = {
  "TestingSecond",
  { { 0x6f2b7a10, 0x3c54, 0x4e0b, { 0x9a, 0x31, 0x5d, 0x11, 0x20, 0x77, 0xc0, 0x02 } }, 0, 0 },
  methods,
  G_N_ELEMENTS (methods),
};

static guint32
run_who (gpointer request,
         gpointer reply,
         gpointer user_data)
{
  const SrRpcServerCall *call = user_data;
  RpcTestingWhoRequest *in = request;
  RpcTestingWhoReply *out = reply;

  out->number = in->number + 1;
  out->text = g_strdup (in->text);
  out->auth_type = call->auth_type;
  out->auth_level = call->auth_level;
  out->mechanism = call->mechanism;
  out->principal = g_strdup (call->principal);
  out->object = call->object;
  return 0;
}

static guint32
first_number (const guint8 *stub,
              gsize         length)
{
  return length < 4 ? 0 : stub[0] | stub[1] << 8 | stub[2] << 16 | (guint32) stub[3] << 24;
}

static GMutex sleep_lock;
static GCond sleep_changed;
static gboolean awake;
static guint n_asleep;

void
rpc_testing_wake (gboolean wake)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sleep_lock);

  awake = wake;
  g_cond_broadcast (&sleep_changed);
}

void
rpc_testing_wait_asleep (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sleep_lock);

  while (n_asleep == 0)
    g_cond_wait (&sleep_changed, &sleep_lock);
}

static void
fall_asleep (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sleep_lock);

  n_asleep++;
  g_cond_broadcast (&sleep_changed);
  while (!awake)
    g_cond_wait (&sleep_changed, &sleep_lock);
  n_asleep--;
}

static guint32
handle (const SrRpcServerCall *call,
        const guint8          *stub,
        gsize                  length,
        GBytes               **reply,
        gpointer               user_data)
{
  guint32 number = first_number (stub, length);
  guint8 *bytes;

  switch (call->opnum)
    {
    case RPC_TESTING_ECHO:
      *reply = g_bytes_new (stub, length);
      return 0;
    case RPC_TESTING_PRODUCE:
      bytes = g_malloc (number);
      for (gsize i = 0; i < number; i++)
        bytes[i] = rpc_testing_byte (i);
      *reply = g_bytes_new_take (bytes, number);
      return 0;
    case RPC_TESTING_FAULT:
      return number;
    case RPC_TESTING_DROP:
      return SR_RPC_SERVER_DROP;
    case RPC_TESTING_WHO:
      return sr_rpc_method_serve (&methods[RPC_TESTING_WHO], stub, length, run_who, (gpointer) call, reply);
    case RPC_TESTING_SLEEP:
      fall_asleep ();
      return 0;
    default:
      g_assert_not_reached ();
    }
}

char *
rpc_testing_write_users (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sr-test-XXXXXX", NULL);
  char *path = g_build_filename (folder, "users", NULL);

  g_assert_true (g_file_set_contents_full (path, "LAB:alice:" RPC_TESTING_PASSWORD "\nLAB:bob:other\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  return path;
}

void
rpc_testing_remove_users (char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
  g_free (path);
}

void
rpc_testing_server_add (SrRpcServer          *server,
                        const SrRpcInterface *iface,
                        SrAuthLevel           minimum)
{
  sr_rpc_server_add_interface (server, iface, minimum, handle, NULL);
}

SrRpcServer *
rpc_testing_server_new (SrAuthAcceptor *acceptor,
                        SrAuthLevel     minimum)
{
  SrRpcServer *server = sr_rpc_server_new (acceptor);

  sr_rpc_server_add_interface (server, &rpc_testing_interface, minimum, handle, NULL);
  sr_rpc_server_add_interface (server, &rpc_testing_second_interface, SR_AUTH_LEVEL_NONE, handle, NULL);
  return server;
}

void
rpc_testing_socket_pair (GSocketConnection **a,
                         GSocketConnection **b)
{
  int fds[2];
  g_autoptr (GSocket) one = NULL;
  g_autoptr (GSocket) other = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  one = g_socket_new_from_fd (fds[0], NULL);
  other = g_socket_new_from_fd (fds[1], NULL);
  *a = g_socket_connection_factory_create_connection (one);
  *b = g_socket_connection_factory_create_connection (other);
}

SrRpcClient *
rpc_testing_client_new (SrRpcServer *server)
{
  g_autoptr (GSocketConnection) here = NULL;
  g_autoptr (GSocketConnection) there = NULL;

  rpc_testing_socket_pair (&here, &there);
  sr_rpc_server_serve_stream (server, G_IO_STREAM (there));
  return sr_rpc_client_new (G_IO_STREAM (here), "test server");
}

SrAuthContext *
rpc_testing_ntlm_context (const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (RPC_TESTING_USER, secret);
  g_autoptr (GError) error = NULL;
  SrAuthContext *context = sr_auth_context_new_initiator (credentials, SR_AUTH_NTLM, "RPCSS/ca.example.com", TRUE, &error);

  g_assert_no_error (error);
  return context;
}
