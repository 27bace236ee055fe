/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench.h"
#include "rpc-testing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What reading in bulk costs the client beyond unsealing: CPU time of this
 * process for a loop of calls whose replies are large, against that of
 * unsealing the PDUs of the same calls, captured before. The server is a
 * process of its own, so that only the client counts.
 *
 *     bench-rpc ntlm|krb5 [MEGABYTES]
 */

typedef struct
{
  const char *mechanism;
  char *users;
  int port_pipe[2];
  pid_t server;
  guint16 port;
} Bench;

static void
run_server (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (bench->users, g_getenv ("LAB_KEYTAB"), &error);
  g_autoptr (SrRpcServer) server = NULL;
  guint16 port;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  bench_must (acceptor != NULL, &error, "acceptor");
  server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  bench_must (sr_rpc_server_listen (server, "127.0.0.1", 0, &port, &error), &error, "listen");
  if (write (bench->port_pipe[1], &port, sizeof port) != sizeof port)
    exit (1);
  pause ();
}

static void
start_server (Bench *bench)
{
  if (pipe (bench->port_pipe) != 0)
    g_error ("pipe");
  bench->server = fork ();
  if (bench->server == 0)
    {
      run_server (bench);
      exit (0);
    }
  if (read (bench->port_pipe[0], &bench->port, sizeof bench->port) != sizeof bench->port)
    g_error ("no server");
}

static SrRpcClient *
sign_in (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  SrRpcClient *client = sr_rpc_client_connect ("localhost", "127.0.0.1", bench->port, bench_soon (), NULL, &error);
  gboolean ntlm = strcmp (bench->mechanism, "ntlm") == 0;
  const char *password = ntlm ? RPC_TESTING_PASSWORD : g_getenv ("LAB_PASSWORD");
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = NULL;
  SrAuthContext *auth;
  const char *spn = g_getenv ("BENCH_SPN") != NULL ? g_getenv ("BENCH_SPN") : "host/ca.lab.test";

  bench_must (client != NULL, &error, "connect");
  credentials = sr_credentials_new_password (ntlm ? RPC_TESTING_USER : "alice@LAB.TEST", secret);
  auth = sr_auth_context_new_initiator (credentials, ntlm ? SR_AUTH_NTLM : SR_AUTH_KERBEROS, spn, ntlm, &error);
  bench_must (auth != NULL, &error, "auth");
  bench_must (sr_rpc_client_bind (client, &rpc_testing_interface.syntax, auth, bench_soon (), NULL, &error), &error, "bind");
  return client;
}

static GBytes *
piece_request (void)
{
  guint8 stub[4];

  sr_rpc_write32 (stub, BENCH_PIECE);
  return g_bytes_new (stub, sizeof stub);
}

/* CPU seconds of the read loop. */
static double
read_loop (Bench *bench,
           guint  pieces)
{
  g_autoptr (SrRpcClient) client = sign_in (bench);
  g_autoptr (GBytes) request = piece_request ();
  g_autoptr (GError) error = NULL;
  double before = bench_cpu_seconds ();

  for (guint i = 0; i < pieces; i++)
    {
      const guint8 *reply;
      gsize length;

      bench_must (sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_PRODUCE, NULL, request, BENCH_PIECE,
                                     &reply, &length, bench_soon (), NULL, &error), &error, "call");
      g_assert_cmpuint (length, ==, BENCH_PIECE);
    }
  return bench_cpu_seconds () - before;
}

/* CPU seconds of unsealing alone, and how many PDUs that were. */
static double
unseal_captured (Bench *bench,
                 guint  pieces,
                 guint *n_pdus)
{
  g_autoptr (SrRpcClient) client = sign_in (bench);
  g_autoptr (GBytes) request = piece_request ();
  const SrRpcCallHead call = { .type = SR_RPC_REQUEST, .opnum = RPC_TESTING_PRODUCE };
  g_autoptr (GByteArray) captured = bench_capture (client, &call, request, pieces);

  return bench_unseal (client, captured, n_pdus);
}

int
main (int   argc,
      char *argv[])
{
  Bench bench = { argc > 1 ? argv[1] : "ntlm" };
  guint megabytes = argc > 2 ? (guint) atoi (argv[2]) : 128;
  guint pieces = megabytes * 1024 * 1024 / BENCH_PIECE, n_pdus = 0;
  double loop[BENCH_RUNS], unseal[BENCH_RUNS];

  if (strcmp (bench.mechanism, "krb5") == 0 && g_getenv ("LAB_KEYTAB") == NULL)
    {
      g_print ("bench-rpc: skipped, no lab: run by tests/lab/with-lab.py --mit\n");
      return 77;
    }
  bench.users = rpc_testing_write_users ();
  start_server (&bench);
  for (guint i = 0; i < BENCH_RUNS; i++)
    {
      unseal[i] = unseal_captured (&bench, pieces, &n_pdus);
      loop[i] = read_loop (&bench, pieces);
    }
  kill (bench.server, SIGKILL);
  waitpid (bench.server, NULL, 0);
  rpc_testing_remove_users (bench.users);
  bench_tell_reading ((guint64) pieces * BENCH_PIECE, n_pdus, loop, unseal, 0);
  return 0;
}
