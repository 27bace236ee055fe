/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench.h"
#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "dcom/sr-dcom-target-private.h"
#include "dcom/sr-orpc.h"
#include "place.h"
#include "practice/sr-practice-server.h"
#include "session/sr-session-read-private.h"
#include "store/sr-hash-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a backup costs the client. The practice CA is a process of its own, so
 * that only the client counts.
 *
 *     bench-session read ntlm|krb5 [MEGABYTES]     the read loop without hash and disk, against unsealing the same PDUs
 *     bench-session backup ntlm|krb5 [MEGABYTES]   a whole full backup, and SHA-256's share of it
 */

/* The read loop costs at most this many times the unsealing. */
#define TARGET_RATIO 1.25

#define MEBIBYTE (1024 * 1024)

#define HOST "ca.lab.test"
#define NAME "Practice Root CA"
#define NTLM_PASSWORD "bench-password"
#define NTLM_USERS "BENCH:operator:" NTLM_PASSWORD "\n"

typedef struct
{
  gboolean ntlm;
  const char *user;
  guint16 port;
  pid_t server;
  int until;                /* closing it ends the server, as does this process's end */
  SrDcomTarget *target;
} Bench;

/* A CA whose one user may back it up, with that many bytes in it. */
static SrPracticeServer *
serve (Bench      *bench,
       const char *folder,
       guint64     size)
{
  g_autofree char *users = g_build_filename (folder, "bench-users", NULL);
  SrPracticeServerOptions options = {
    .ca = { .name = NAME, .host = HOST },
    .ntlm_users = bench->ntlm ? users : NULL,
    .keytab = bench->ntlm ? NULL : g_getenv ("LAB_KEYTAB"),
  };
  g_autofree char *authority = g_build_filename (folder, "ca", NULL);
  g_autoptr (GError) error = NULL;
  SrPracticeServer *server;
  SrPracticeCa *ca;

  bench_must (g_file_set_contents_full (users, NTLM_USERS, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error), &error, "users");
  server = sr_practice_server_start (authority, &options, &error);
  bench_must (server != NULL, &error, "practice CA");
  ca = sr_practice_server_get_ca (server);
  bench_must (sr_practice_ca_set_roles (ca, bench->user, SR_PRACTICE_ROLE_OPERATOR | SR_PRACTICE_ROLE_READ, &error), &error, "roles");
  bench_must (sr_practice_ca_pad (ca, size, &error), &error, "pad");
  return server;
}

static void
run_server (Bench  *bench,
            int     port_fd,
            int     until_fd,
            guint64 size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("strongroom-bench-XXXXXX", &error);
  SrPracticeServer *server;
  guint16 port;
  char byte;

  bench_must (folder != NULL, &error, "folder");
  server = serve (bench, folder, size);
  port = sr_practice_server_get_activation_port (server);
  if (write (port_fd, &port, sizeof port) == sizeof port)
    while (read (until_fd, &byte, 1) > 0)
      ;
  bench_must (sr_practice_server_stop (server, &error), &error, "stop");
  g_object_unref (server);
  bench_must (sr_file_remove_tree (folder, &error), &error, "remove");
}

static void
start_server (Bench  *bench,
              guint64 size)
{
  const char *password = bench->ntlm ? NTLM_PASSWORD : g_getenv ("LAB_PASSWORD");
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (bench->user, secret);
  int port[2], until[2];

  if (pipe (port) != 0 || pipe (until) != 0)
    g_error ("pipe");
  bench->server = fork ();
  if (bench->server == 0)
    {
      close (until[1]);
      run_server (bench, port[1], until[0], size);
      exit (0);
    }
  close (until[0]);
  close (port[1]);
  bench->until = until[1];
  if (read (port[0], &bench->port, sizeof bench->port) != sizeof bench->port)
    g_error ("no practice CA");
  close (port[0]);
  bench->target = sr_dcom_target_new (HOST, "127.0.0.1", bench->port, credentials, bench->ntlm);
}

static void
stop_server (Bench *bench)
{
  close (bench->until);
  waitpid (bench->server, NULL, 0);
  sr_dcom_target_unref (bench->target);
}

/* Up to the first read of the database. */
static SrCertAdmin *
open_database (Bench   *bench,
               guint64 *length)
{
  g_autoptr (GError) error = NULL;
  SrCertAdmin *admin = sr_cert_admin_activate (bench->target, NAME, bench_soon (), NULL, &error);
  g_auto (GStrv) names = NULL;
  SrServerFile file;

  bench_must (admin != NULL, &error, "activate");
  bench_must (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, bench_soon (), NULL, &error), &error, "prepare");
  bench_must (sr_cert_admin_backup_get_database_names (admin, &names, bench_soon (), NULL, &error), &error, "names");
  bench_must (sr_server_file_parse (names[0], "names", &file, &error), &error, "name");
  bench_must (sr_cert_admin_backup_open_file (admin, file.name, length, bench_soon (), NULL, &error), &error, "open");
  return admin;
}

static void
close_database (SrCertAdmin *admin)
{
  g_autoptr (GError) error = NULL;

  bench_must (sr_cert_admin_backup_close_file (admin, bench_soon (), NULL, &error), &error, "close");
  bench_must (sr_cert_admin_backup_end (admin, bench_soon (), NULL, &error), &error, "end");
  bench_must (sr_dcom_object_release (sr_cert_admin_get_object (admin), bench_soon (), &error), &error, "release");
  sr_cert_admin_free (admin);
}

static gboolean
count_bytes (const guint8 *data,
             gsize         length,
             gpointer      user_data,
             GError      **error)
{
  *(guint64 *) user_data += length;
  return TRUE;
}

/* CPU seconds from activation to release. */
static double
read_loop (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  double before = bench_cpu_seconds ();
  guint64 length, read = 0, reads = 0;
  SrCertAdmin *admin = open_database (bench, &length);

  bench_must (sr_session_read_file (admin, "database", length, BENCH_PIECE, 60, count_bytes, &read, &reads, NULL,
                                    &error), &error, "read");
  g_assert_cmpuint (read, ==, length);
  close_database (admin);
  return bench_cpu_seconds () - before;
}

static const SrGuid *
find_ipid (const SrDcomIdentity *identity,
           const SrGuid         *iid)
{
  for (guint i = 0; i < identity->n_interfaces; i++)
    if (sr_guid_equal (&identity->interfaces[i].iid, iid))
      return &identity->interfaces[i].ipid;
  g_assert_not_reached ();
}

static GBytes *
read_request (void)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind, SR_CSRA_BACKUP_READ_FILE);
  SrCsraBackupReadFileRequest request = { BENCH_PIECE };
  g_autoptr (GError) error = NULL;
  SrOrpcThis orpc_this;
  GBytes *stub;
  SrNdr ndr;

  sr_orpc_this_init (&orpc_this, SR_COM_VERSION_MINOR);
  sr_ndr_init_writer (&ndr, method->name);
  sr_orpc_this_code (&ndr, &orpc_this);
  method->code_request (&ndr, &request);
  stub = sr_ndr_finish_bytes (&ndr, &error);
  bench_must (stub != NULL, &error, "request");
  return stub;
}

/* CPU seconds of unsealing the replies to the same reads; a second connection
 * to the object makes them, whose PDUs are ours to keep. */
static double
unseal_captured (Bench   *bench,
                 guint64 *length,
                 guint   *n_pdus)
{
  const SrRpcSyntax *iface = &sr_icertadmind.syntax;
  SrCertAdmin *admin = open_database (bench, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRpcClient) client = NULL;
  g_autoptr (GBytes) request = read_request ();
  g_autoptr (GByteArray) captured = NULL;
  SrDcomIdentity identity;
  SrRpcCallHead call;

  sr_dcom_object_get_identity (sr_cert_admin_get_object (admin), &identity);
  client = sr_dcom_connect (bench->target, SR_DCOM_SERVICE_OBJECTS, identity.port, NULL, iface, bench_soon (), NULL,
                            &error);
  bench_must (client != NULL, &error, "connect");
  g_assert_cmpint (client->channel.auth_level, ==, SR_AUTH_LEVEL_PRIVACY);
  call = (SrRpcCallHead) {
    .type = SR_RPC_REQUEST,
    .context_id = sr_rpc_client_find_context (client, iface)->id,
    .opnum = SR_CSRA_BACKUP_READ_FILE,
    .object = find_ipid (&identity, &iface->uuid),
  };
  captured = bench_capture (client, &call, request, (guint) (*length / BENCH_PIECE) + 1);
  close_database (admin);
  g_assert_cmpuint (captured->len, >, *length);
  return bench_unseal (client, captured, n_pdus);
}

static void
measure_reading (Bench *bench)
{
  double loop[BENCH_RUNS], unseal[BENCH_RUNS];
  guint64 length = 0;
  guint n_pdus = 0;

  for (guint i = 0; i < BENCH_RUNS; i++)
    {
      unseal[i] = unseal_captured (bench, &length, &n_pdus);
      loop[i] = read_loop (bench);
    }
  bench_tell_reading (length, n_pdus, loop, unseal, TARGET_RATIO);
}

/* CPU seconds of hashing @length bytes, read by read. */
static double
hash_in_memory (guint64 length)
{
  g_autofree guint8 *piece = g_malloc (BENCH_PIECE);
  g_autofree char *digest = NULL;
  struct sha256_ctx hash;
  double before;

  memset (piece, 0x5a, BENCH_PIECE);
  before = bench_cpu_seconds ();
  sha256_init (&hash);
  for (guint64 left = length; left > 0; left -= MIN (left, BENCH_PIECE))
    sha256_update (&hash, (gsize) MIN (left, BENCH_PIECE), piece);
  digest = sr_sha256_finish (&hash);
  return bench_cpu_seconds () - before;
}

/* The session hashes every byte twice: as it comes, and reading the set back before it is published. */
static void
measure_backup (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  SrBackupOptions options;
  double cpu, wall, hash;
  guint64 bytes;
  Place place;

  place_set_up (&place, HOST "\\" NAME);
  options = place_options (&place, bench->target, NULL);
  options.timeouts = (SrBackupTimeouts) { 0 };
  cpu = bench_cpu_seconds ();
  wall = bench_wall_seconds ();
  session = place_run (&place, &options, NULL, &error);
  wall = bench_wall_seconds () - wall;
  cpu = bench_cpu_seconds () - cpu;
  bench_must (error == NULL, &error, "backup");
  place_assert_set_good (sr_backup_session_get_set (session));
  bytes = sr_backup_session_get_counts (session)->bytes;
  hash = hash_in_memory (bytes) + hash_in_memory (bytes);
  g_print ("%.0f MiB, set verified and published\n", (double) bytes / MEBIBYTE);
  bench_tell_time ("from start to end", wall, bytes);
  bench_tell_time ("CPU", cpu, bytes);
  bench_tell_time ("of it SHA-256, twice", hash, bytes);
  place_tear_down (&place);
}

int
main (int   argc,
      char *argv[])
{
  gboolean backup = argc > 1 && strcmp (argv[1], "backup") == 0;
  guint megabytes = argc > 3 ? (guint) atoi (argv[3]) : backup ? 1024 : 128;
  Bench bench = { argc <= 2 || strcmp (argv[2], "ntlm") == 0 };

  bench.user = bench.ntlm ? "BENCH\\operator" : "alice@LAB.TEST";
  if (!bench.ntlm && g_getenv ("LAB_KEYTAB") == NULL)
    {
      g_print ("bench-session: skipped, no lab: run by tests/lab/with-lab.py --mit\n");
      return 77;
    }
  start_server (&bench, (guint64) megabytes * MEBIBYTE);
  if (backup)
    measure_backup (&bench);
  else
    measure_reading (&bench);
  stop_server (&bench);
  return 0;
}
