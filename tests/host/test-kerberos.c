/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "host/sr-ca-host.h"
#include "practice/sr-practice-server.h"

#include <string.h>

/* Signing in at the host with Kerberos. Runs in the lab with an MIT KDC (tests/lab/with-lab.py). */

#define HOST "ca.lab.test"
#define A_WHILE (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  char *folder;
  SrPracticeServer *server;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  SrPracticeServerOptions options = { .ca = { .name = "Contoso CA", .host = HOST }, .keytab = g_getenv ("LAB_KEYTAB") };
  g_autofree char *ca_folder = NULL;
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  ca_folder = g_build_filename (f->folder, "ca", NULL);
  f->server = sr_practice_server_start (ca_folder, &options, &error);
  g_assert_no_error (error);
  g_assert_true (sr_practice_ca_set_roles (sr_practice_server_get_ca (f->server), "alice@LAB.TEST",
                                           SR_PRACTICE_ROLE_ADMINISTRATOR, &error));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_server_stop (f->server, &error));
  g_object_unref (f->server);
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->folder);
}

static SrCaHost *
make_host (Fixture    *f,
           const char *name,
           const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("alice@lab.test", secret);
  const SrCaHostTarget target = {
    .host = name,
    .address = "127.0.0.1",
    .port = sr_practice_server_get_host_port (f->server),
    .timeout = A_WHILE,
  };

  return sr_ca_host_new (&target, credentials);
}

static void
test_sign_in (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (SrCaHost) host = make_host (f, HOST, g_getenv ("LAB_PASSWORD"));
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;
  gboolean has = FALSE;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sr_ca_host_query_service (host, "CertSvc", &status, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (status.state, ==, SR_SERVICE_RUNNING);
      g_assert_true (sr_ca_host_has_key (host, "SYSTEM\\CurrentControlSet\\Services\\CertSvc", &has, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (has);
      sr_practice_server_drop_connections (f->server);
    }
}

/* A wrong password, a host without a key; and an address, which has no Kerberos, with NTLM not allowed. */
static void
test_refusals (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrCaHost) wrong = make_host (f, HOST, "wrong");
  g_autoptr (SrCaHost) other = make_host (f, "nobody.lab.test", g_getenv ("LAB_PASSWORD"));
  g_autoptr (SrCaHost) address = make_host (f, "127.0.0.1", g_getenv ("LAB_PASSWORD"));
  SrCaHost *hosts[] = { wrong, other, address };
  SrServiceStatus status;

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sr_ca_host_query_service (hosts[i], "CertSvc", &status, NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
      g_assert_nonnull (strstr (error->message, sr_ca_host_get_name (hosts[i])));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host/kerberos/sign-in", Fixture, NULL, set_up, test_sign_in, tear_down);
  g_test_add ("/host/kerberos/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  return g_test_run ();
}
