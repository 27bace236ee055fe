/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc-testing.h"
#include "rpc/sr-rpc-client-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What reading in bulk costs the client beyond unsealing: CPU time of this
 * process for a loop of calls whose replies are large, against that of
 * unsealing the PDUs of the same calls, captured before. The server is a
 * process of its own, so that only the client counts.
 *
 *     bench-rpc ntlm|krb5 [MEGABYTES]
 */

#define PIECE (512 * 1024)
#define RUNS 5

typedef struct
{
  const char *mechanism;
  char *users;
  int port_pipe[2];
  pid_t server;
  guint16 port;
} Bench;

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static gint64
soon (void)
{
  return sr_deadline_in (60);
}

static void
must (gboolean    done,
      GError    **error,
      const char *what)
{
  if (!done)
    g_error ("%s: %s", what, (*error)->message);
}

static void
run_server (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (bench->users, g_getenv ("LAB_KEYTAB"), &error);
  g_autoptr (SrRpcServer) server = NULL;
  guint16 port;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  must (acceptor != NULL, &error, "acceptor");
  server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  must (sr_rpc_server_listen (server, "127.0.0.1", 0, &port, &error), &error, "listen");
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
  SrRpcClient *client = sr_rpc_client_connect ("localhost", "127.0.0.1", bench->port, soon (), NULL, &error);
  gboolean ntlm = strcmp (bench->mechanism, "ntlm") == 0;
  const char *password = ntlm ? RPC_TESTING_PASSWORD : g_getenv ("LAB_PASSWORD");
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = NULL;
  SrAuthContext *auth;
  const char *spn = g_getenv ("BENCH_SPN") != NULL ? g_getenv ("BENCH_SPN") : "host/ca.lab.test";

  must (client != NULL, &error, "connect");
  credentials = sr_credentials_new_password (ntlm ? RPC_TESTING_USER : "alice@LAB.TEST", secret);
  auth = sr_auth_context_new_initiator (credentials, ntlm ? SR_AUTH_NTLM : SR_AUTH_KERBEROS, spn, ntlm, &error);
  must (auth != NULL, &error, "auth");
  must (sr_rpc_client_bind (client, &rpc_testing_interface.syntax, auth, soon (), NULL, &error), &error, "bind");
  return client;
}

static GBytes *
piece_request (void)
{
  guint8 stub[4];

  sr_rpc_write32 (stub, PIECE);
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
  double before = cpu_seconds ();

  for (guint i = 0; i < pieces; i++)
    {
      const guint8 *reply;
      gsize length;

      must (sr_rpc_client_call_stub (client, &rpc_testing_interface.syntax, RPC_TESTING_PRODUCE, NULL, request, PIECE,
                                     &reply, &length, soon (), NULL, &error), &error, "call");
      g_assert_cmpuint (length, ==, PIECE);
    }
  return cpu_seconds () - before;
}

/* All PDUs of the replies, as they came, one behind the other. */
static GByteArray *
capture (SrRpcClient *client,
         guint        pieces)
{
  GByteArray *captured = g_byte_array_sized_new (pieces * (PIECE + PIECE / 32));
  g_autoptr (GBytes) request = piece_request ();
  SrRpcPatience patience = { soon (), NULL };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < pieces; i++)
    {
      SrRpcCallHead head = { SR_RPC_REQUEST, ++client->call_id, 0, RPC_TESTING_PRODUCE, NULL };
      SrRpcHeader header;
      gboolean sent;
      guint8 *pdu;
      gsize length;

      must (sr_rpc_channel_send_stub (&client->channel, &head, g_bytes_get_data (request, NULL), 4, NULL, &sent,
                                      &patience, &error), &error, "send");
      do
        {
          must (sr_rpc_wire_read_pdu (client->channel.wire, &pdu, &length, patience.deadline, NULL, &error), &error,
                "read");
          sr_rpc_header_read (pdu, &header, NULL);
          g_assert_cmpuint (header.type, ==, SR_RPC_RESPONSE);
          g_byte_array_append (captured, pdu, (guint) length);
        }
      while (!(header.flags & SR_RPC_PFC_LAST_FRAG));
    }
  return captured;
}

/* CPU seconds of unsealing alone, and how many PDUs that were. */
static double
unseal_captured (Bench *bench,
                 guint  pieces,
                 guint *n_pdus)
{
  g_autoptr (SrRpcClient) client = sign_in (bench);
  g_autoptr (GByteArray) captured = capture (client, pieces);
  SrAuthContext *auth = client->channel.auth;
  g_autoptr (GError) error = NULL;
  double before = cpu_seconds ();

  *n_pdus = 0;
  for (gsize at = 0; at < captured->len; (*n_pdus)++)
    {
      guint8 *pdu = captured->data + at;
      gsize length = sr_rpc_read16 (pdu + 8), token = sr_rpc_read16 (pdu + 10);
      gsize trailer = length - token - SR_RPC_SEC_TRAILER_SIZE;

      must (sr_auth_context_unseal (auth, client->channel.sign_header, pdu, SR_RPC_CALL_HEADER_SIZE,
                                    pdu + SR_RPC_CALL_HEADER_SIZE, trailer - SR_RPC_CALL_HEADER_SIZE, pdu + trailer,
                                    pdu + trailer + SR_RPC_SEC_TRAILER_SIZE, token, &error), &error, "unseal");
      at += length;
    }
  return cpu_seconds () - before;
}

static int
compare (const void *a,
         const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

int
main (int   argc,
      char *argv[])
{
  Bench bench = { argc > 1 ? argv[1] : "ntlm" };
  guint megabytes = argc > 2 ? (guint) atoi (argv[2]) : 128;
  guint pieces = megabytes * 1024 * 1024 / PIECE, n_pdus = 0;
  double loop[RUNS], unseal[RUNS], ratio[RUNS];

  if (strcmp (bench.mechanism, "krb5") == 0 && g_getenv ("LAB_KEYTAB") == NULL)
    {
      g_print ("bench-rpc: skipped, no lab: run by tests/lab/with-lab.py --mit\n");
      return 77;
    }
  bench.users = rpc_testing_write_users ();
  start_server (&bench);
  for (guint i = 0; i < RUNS; i++)
    {
      unseal[i] = unseal_captured (&bench, pieces, &n_pdus);
      loop[i] = read_loop (&bench, pieces);
      ratio[i] = loop[i] / unseal[i];
    }
  kill (bench.server, SIGKILL);
  waitpid (bench.server, NULL, 0);
  rpc_testing_remove_users (bench.users);
  qsort (loop, RUNS, sizeof *loop, compare);
  qsort (unseal, RUNS, sizeof *unseal, compare);
  qsort (ratio, RUNS, sizeof *ratio, compare);
  g_print ("%s: %u MiB in %u PDUs: read loop %.3f s CPU (%.0f MB/s), unsealing %.3f s (%.0f MB/s), "
           "ratio median %.3f (%.3f to %.3f) of %d runs\n",
           bench.mechanism, megabytes, n_pdus, loop[RUNS / 2], megabytes * 1.048576 / loop[RUNS / 2],
           unseal[RUNS / 2], megabytes * 1.048576 / unseal[RUNS / 2], ratio[RUNS / 2], ratio[0], ratio[RUNS - 1],
           RUNS);
  return 0;
}
