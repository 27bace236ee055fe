/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "csra/sr-cert-admin.h"
#include "host/sr-ca-host.h"
#include "host/tables/sr-svcctl-messages.h"
#include "host/tables/sr-winreg-messages.h"
#include "practice/sr-practice-drives.h"
#include "practice/sr-practice-registry.h"
#include "practice/sr-practice-server.h"
#include "practice/sr-practice-users.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* SrCaHost against the host of a practice CA, over TCP on loopback, NTLM, packet privacy. */

#define CA_NAME "Contoso Root CA"
#define CONFIGURATION "SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration"
#define RESTORE CONFIGURATION "\\RestoreInProgress"
#define DEPENDENT "Follower"
#define SMALL_DISK (8 * 1024 * 1024)
#define A_WHILE (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  char *folder;
  char *ca_folder;
  char *passwords[2];
  SrPracticeServer *server;
  SrCaHost *host;
} Fixture;

static SrCaHost *
make_host (Fixture    *f,
           const char *user,
           const char *password)
{
  g_autofree char *drives = g_build_filename (f->ca_folder, SR_PRACTICE_DRIVES_FOLDER, NULL);
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (user, secret);
  const SrCaHostTarget target = {
    .host = "localhost",
    .address = "127.0.0.1",
    .port = sr_practice_server_get_host_port (f->server),
    .drives = drives,
    .ntlm_allowed = TRUE,
    .timeout = A_WHILE,
  };

  return sr_ca_host_new (&target, credentials);
}

static void
start (Fixture *f)
{
  SrPracticeServerOptions options = { .ca = { .name = CA_NAME, .start_may_fail = TRUE }, .dependent = DEPENDENT };
  g_autoptr (GError) error = NULL;

  f->server = sr_practice_server_start (f->ca_folder, &options, &error);
  g_assert_no_error (error);
}

static void
stop (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  sr_practice_server_stop (f->server, &error);
  g_assert_no_error (error);
  g_clear_object (&f->server);
}

/* A new CA, and a way to its host for the administrator. */
static void
begin (Fixture *f)
{
  g_autofree char *users = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  start (f);
  users = g_build_filename (f->ca_folder, SR_PRACTICE_USERS_FILE, NULL);
  g_assert_true (g_file_get_contents (users, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < 2; i++)
    {
      g_free (f->passwords[i]);
      f->passwords[i] = g_strdup (strrchr (lines[i], ':') + 1);
    }
  f->host = make_host (f, "PRACTICE\\administrator", f->passwords[1]);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  f->ca_folder = g_build_filename (f->folder, "ca", NULL);
  begin (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_clear_object (&f->host);
  if (f->server != NULL)
    stop (f);
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->passwords[0]);
  g_free (f->passwords[1]);
  g_free (f->ca_folder);
  g_free (f->folder);
}

static void
assert_state (Fixture       *f,
              const char    *service,
              SrServiceState state)
{
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;

  g_assert_true (sr_ca_host_query_service (f->host, service, &status, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status.state, ==, state);
}

static void
start_all (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_ca_host_start_service (f->host, "CertSvc", A_WHILE, NULL, &error));
  g_assert_true (sr_ca_host_start_service (f->host, DEPENDENT, A_WHILE, NULL, &error));
  g_assert_no_error (error);
}

/* Whether the CA's object can be activated. */
static gboolean
can_activate (Fixture *f,
              GError **error)
{
  g_autoptr (SrSecret) secret = sr_secret_new (f->passwords[0], strlen (f->passwords[0]));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("PRACTICE\\operator", secret);
  g_autoptr (SrDcomTarget) target =
    sr_dcom_target_new ("localhost", "127.0.0.1", sr_practice_server_get_activation_port (f->server), credentials, TRUE);
  g_autoptr (SrCertAdmin) admin = sr_cert_admin_activate (target, CA_NAME, sr_deadline_in (60), NULL, error);

  return admin != NULL;
}

static void
test_services (Fixture      *f,
               gconstpointer data)
{
  static const char *const both[] = { DEPENDENT, "CertSvc", NULL };
  static const char *const first[] = { DEPENDENT, NULL };
  g_auto (GStrv) stopped = NULL;
  g_auto (GStrv) again = NULL;
  g_auto (GStrv) dependents = NULL;
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;

  assert_state (f, "certsvc", SR_SERVICE_RUNNING);
  dependents = sr_ca_host_list_dependents (f->host, "CertSvc", NULL, &error);
  g_assert_cmpstrv (dependents, first);
  g_assert_true (can_activate (f, &error));

  g_assert_true (sr_ca_host_stop_service (f->host, "CertSvc", A_WHILE, &stopped, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstrv (stopped, both);
  assert_state (f, "CertSvc", SR_SERVICE_STOPPED);
  assert_state (f, DEPENDENT, SR_SERVICE_STOPPED);
  g_assert_false (sr_practice_ca_is_running (sr_practice_server_get_ca (f->server)));
  /* as Windows answers who may activate and not launch */
  g_assert_false (can_activate (f, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_true (sr_ca_host_stop_service (f->host, "CertSvc", A_WHILE, &again, NULL, &error));
  g_assert_cmpuint (g_strv_length (again), ==, 0);

  g_assert_false (sr_ca_host_start_service (f->host, DEPENDENT, A_WHILE, NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0x8007042c);
  g_clear_error (&error);
  start_all (f);
  start_all (f); /* what runs is left running */
  g_assert_true (can_activate (f, &error));
  assert_state (f, "CertSvc", SR_SERVICE_RUNNING);
  g_assert_true (sr_ca_host_query_service (f->host, "CertSvc", &status, NULL, &error));
  g_assert_cmphex (sr_service_status_get_hresult (&status), ==, SR_S_OK);

  g_assert_false (sr_ca_host_query_service (f->host, "NoSuchSvc", &status, NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0x80070424);
  g_assert_nonnull (strstr (error->message, "NoSuchSvc"));
}

/* A service that does not start says with which error, and the host goes on. */
static void
test_start_fails (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (SrRegistryValue) low = sr_registry_value_new_dword ("LowLogNumber", 1);
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;

  g_assert_true (sr_ca_host_stop_service (f->host, "CertSvc", A_WHILE, NULL, NULL, &error));
  g_assert_true (sr_ca_host_create_key (f->host, RESTORE, NULL, NULL, &error));
  g_assert_true (sr_ca_host_write_value (f->host, RESTORE, low, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_ca_host_start_service (f->host, "CertSvc", A_WHILE, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_CERTSRV_E_SERVER_SUSPENDED);
  g_clear_error (&error);
  g_assert_true (sr_ca_host_query_service (f->host, "CertSvc", &status, NULL, &error));
  g_assert_cmpint (status.state, ==, SR_SERVICE_STOPPED);
  g_assert_cmpuint (status.exit_code, ==, 1066);
  g_assert_cmphex (sr_service_status_get_hresult (&status), ==, SR_CERTSRV_E_SERVER_SUSPENDED);

  /* also over the end of the process, as over a boot of the host */
  g_clear_object (&f->host);
  stop (f);
  start (f);
  f->host = make_host (f, "PRACTICE\\administrator", f->passwords[1]);
  assert_state (f, "CertSvc", SR_SERVICE_STOPPED);
  g_assert_true (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  g_assert_true (sr_ca_host_start_service (f->host, "CertSvc", A_WHILE, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_text (Fixture    *f,
             const char *key,
             const char *name,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRegistryValue) value = sr_ca_host_read_value (f->host, key, name, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = sr_registry_value_get_text (value, &error);
  g_assert_cmpstr (text, ==, expected);
}

/* The registry and the CA's configuration are the same. */
static void
test_configuration (Fixture      *f,
                    gconstpointer data)
{
  SrPracticeCa *ca = sr_practice_server_get_ca (f->server);
  g_autofree char *ca_key = g_strconcat (CONFIGURATION "\\", CA_NAME, NULL);
  g_autofree char *csp = g_strconcat (ca_key, "\\CSP", NULL);
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, sr_practice_ca_get_certificate (ca));
  g_autoptr (SrRegistryValue) hash = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) hashes = NULL;
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) services = NULL;
  g_autoptr (GPtrArray) values = NULL;
  gboolean has = FALSE;
  char **parts;

  assert_text (f, CONFIGURATION, "DBDirectory", SR_PRACTICE_CERTLOG_PATH);
  assert_text (f, "system\\currentcontrolset\\SERVICES\\certsvc\\configuration", "dblogdirectory", SR_PRACTICE_CERTLOG_PATH);
  assert_text (f, csp, "CNGHashAlgorithm", "SHA256");
  hash = sr_ca_host_read_value (f->host, ca_key, "CACertHash", NULL, &error);
  g_assert_no_error (error);
  hashes = sr_registry_value_get_texts (hash, &error);
  g_assert_cmpuint (g_strv_length (hashes), ==, 1);
  parts = g_strsplit (hashes[0], " ", -1);
  g_free (hashes[0]);
  hashes[0] = g_strjoinv ("", parts);
  g_strfreev (parts);
  g_assert_cmpstr (hashes[0], ==, sha1);

  keys = sr_ca_host_list_keys (f->host, CONFIGURATION, NULL, &error);
  g_assert_cmpuint (g_strv_length (keys), ==, 1);
  g_assert_cmpstr (keys[0], ==, CA_NAME);
  services = sr_ca_host_list_keys (f->host, "SYSTEM\\CurrentControlSet", NULL, &error);
  g_assert_cmpstr (services[0], ==, "Services");
  values = sr_ca_host_list_values (f->host, ca_key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (values->len, >, 10);
  g_assert_true (sr_ca_host_has_key (f->host, ca_key, &has, NULL, &error));
  g_assert_true (has);
  g_assert_true (sr_ca_host_has_key (f->host, RESTORE, &has, NULL, &error));
  g_assert_false (has);
  g_assert_true (sr_ca_host_has_key (f->host, "SOFTWARE", &has, NULL, &error));
  g_assert_false (has);
}

/* What a restore writes, of every type, in the registry of a CA that is stopped, and still there after it started again. */
static void
test_values (Fixture      *f,
             gconstpointer data)
{
  static const char *const map[] = { "\\\\ca\\C$\\a.edb", "\\\\ca\\C$\\b.edb", NULL };
  static const char *const nothing[] = { NULL };
  static const guint8 odd[] = { 'x', 0, 'y' };
  g_autofree guint8 *large = g_malloc0 (50000);
  g_autoptr (GBytes) odd_bytes = g_bytes_new_static (odd, sizeof odd), none = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  SrRegistryValue *written[] = {
    sr_registry_value_new_sz ("LogPath", "\\\\ca\\C$\\Zürich"),
    sr_registry_value_new_sz ("", "the default value"),
    sr_registry_value_new_multi_sz ("RestoreMap", map),
    sr_registry_value_new_multi_sz ("Empty", nothing),
    sr_registry_value_new_dword ("LowLogNumber", 0xfedcba98),
    sr_registry_value_new_binary ("DatabaseRecovered", (const guint8 *) "\1", 1),
    sr_registry_value_new_binary ("Large", large, 50000),
    sr_registry_value_new ("Odd", SR_REG_SZ, odd_bytes),
    sr_registry_value_new ("Short", SR_REG_DWORD, odd_bytes),
    sr_registry_value_new ("Expand", SR_REG_EXPAND_SZ, odd_bytes),
    sr_registry_value_new ("Strange", (SrRegistryType) 0x12345, none),
  };
  gboolean created = FALSE;

  g_assert_true (sr_ca_host_stop_service (f->host, "CertSvc", A_WHILE, NULL, NULL, &error));
  g_assert_true (sr_ca_host_create_key (f->host, RESTORE, &created, NULL, &error));
  g_assert_true (created);
  g_assert_true (sr_ca_host_create_key (f->host, RESTORE, &created, NULL, &error));
  g_assert_false (created);
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_assert_true (sr_ca_host_write_value (f->host, RESTORE, written[i], NULL, &error));
      g_assert_no_error (error);
    }
  g_clear_object (&f->host);
  stop (f);
  start (f);
  f->host = make_host (f, "PRACTICE\\administrator", f->passwords[1]);
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      const char *name = sr_registry_value_get_name (written[i]);
      g_autoptr (SrRegistryValue) read = sr_ca_host_read_value (f->host, RESTORE, name, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (sr_registry_value_get_value_type (read), ==, sr_registry_value_get_value_type (written[i]));
      g_assert_true (g_bytes_equal (sr_registry_value_get_data (read), sr_registry_value_get_data (written[i])));
    }
  {
    g_autoptr (GPtrArray) list = sr_ca_host_list_values (f->host, RESTORE, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (written));
  }
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_assert_true (sr_ca_host_delete_value (f->host, RESTORE, sr_registry_value_get_name (written[i]), NULL, &error));
      g_assert_no_error (error);
      sr_registry_value_unref (written[i]);
    }
  g_assert_false (sr_ca_host_delete_value (f->host, RESTORE, "LogPath", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* without its values it is still there; with a key below it, it stays */
  g_assert_true (sr_ca_host_create_key (f->host, RESTORE "\\Below", &created, NULL, &error));
  g_assert_true (created);
  g_assert_false (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_true (sr_ca_host_delete_key (f->host, RESTORE "\\Below", NULL, &error));
  g_assert_true (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_refusals (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrRegistryValue) number = sr_registry_value_new_dword ("x", 1);
  g_autoptr (SrRegistryValue) slash = sr_registry_value_new_dword ("a\\b", 1);
  g_autofree char *ca_key = g_strconcat (CONFIGURATION "\\", CA_NAME, NULL);
  g_autofree guint8 *large = g_malloc0 (70000);
  g_autoptr (SrRegistryValue) too_large = sr_registry_value_new_binary ("x", large, 70000);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrCaHost) operator = make_host (f, "PRACTICE\\operator", f->passwords[0]);
  g_autoptr (SrCaHost) stranger = make_host (f, "PRACTICE\\administrator", "wrong");
  SrServiceStatus status;
  gboolean has;

  g_assert_null (sr_ca_host_read_value (f->host, CONFIGURATION, "NoSuchValue", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sr_ca_host_list_values (f->host, "SYSTEM\\Nowhere", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_write_value (f->host, "SYSTEM\\CurrentControlSet", number, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_create_key (f->host, "SOFTWARE\\New", NULL, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_delete_key (f->host, ca_key, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_write_value (f->host, CONFIGURATION, slash, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_INVALIDARG);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_write_value (f->host, CONFIGURATION, too_large, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_OUTOFMEMORY);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_has_key (f->host, CONFIGURATION "\\\\x", &has, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_INVALIDARG);
  g_clear_error (&error);

  /* who is neither administrator nor operator, and who does not know the password */
  g_assert_true (sr_ca_host_query_service (operator, "CertSvc", &status, NULL, &error));
  g_assert_true (sr_practice_ca_set_roles (sr_practice_server_get_ca (f->server), "PRACTICE\\operator", SR_PRACTICE_ROLE_READ, &error));
  g_clear_object (&operator);
  operator = make_host (f, "PRACTICE\\operator", f->passwords[0]);
  g_assert_false (sr_ca_host_query_service (operator, "CertSvc", &status, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_has_key (operator, CONFIGURATION, &has, NULL, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_query_service (stranger, "CertSvc", &status, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
}

/* All that a restore asks of services and registry. Tells what failed first; nothing is left of it. */
static gboolean
walk (SrCaHost *host,
      gboolean *unknown,
      GError  **error)
{
  g_autoptr (SrRegistryValue) number = sr_registry_value_new_dword ("HighLogNumber", 7);
  g_autoptr (SrRegistryValue) read = NULL;
  g_autoptr (GPtrArray) values = NULL;
  g_auto (GStrv) keys = NULL;
  gboolean has, ok;

  ok = sr_ca_host_stop_service (host, "CertSvc", A_WHILE, NULL, NULL, error) &&
       sr_ca_host_has_key (host, RESTORE, &has, NULL, error) &&
       sr_ca_host_create_key (host, RESTORE, NULL, NULL, error) &&
       sr_ca_host_write_value (host, RESTORE, number, NULL, error) &&
       (read = sr_ca_host_read_value (host, RESTORE, "HighLogNumber", NULL, error)) != NULL &&
       (values = sr_ca_host_list_values (host, RESTORE, NULL, error)) != NULL &&
       (keys = sr_ca_host_list_keys (host, CONFIGURATION, NULL, error)) != NULL &&
       sr_ca_host_delete_value (host, RESTORE, "HighLogNumber", NULL, error) &&
       sr_ca_host_delete_key (host, RESTORE, NULL, error) &&
       sr_ca_host_start_service (host, "CertSvc", A_WHILE, NULL, error) &&
       sr_ca_host_start_service (host, DEPENDENT, A_WHILE, NULL, error);
  *unknown = sr_ca_host_outcome_unknown (host);
  return ok;
}

/* The connection breaks in every call, before it is executed and after. Calls
 * that read, and those whose effect can be seen, are done again and nothing is
 * noticed; of the others it is told that they may have been executed. */
static void
test_drops (Fixture      *f,
            gconstpointer data)
{
  static const SrRpcInterface *const interfaces[] = { &sr_svcctl, &sr_winreg };
  static const guint16 unknown_after[] = { SR_WINREG_CREATE_KEY, SR_WINREG_DELETE_KEY, SR_WINREG_DELETE_VALUE };

  for (guint i = 0; i < 2 * (sr_svcctl.n_methods + sr_winreg.n_methods); i++)
    {
      const SrRpcInterface *iface = interfaces[i / 2 >= sr_svcctl.n_methods];
      const SrRpcMethod *method = &iface->methods[iface == &sr_svcctl ? i / 2 : i / 2 - sr_svcctl.n_methods];
      g_autoptr (GError) error = NULL;
      gboolean after = i % 2, expect_unknown = FALSE, unknown = FALSE, ok;

      if (iface == &sr_winreg && method->opnum == SR_WINREG_QUERY_INFO_KEY)
        continue; /* nothing of ours asks for it */
      for (guint j = 0; j < G_N_ELEMENTS (unknown_after); j++)
        expect_unknown |= iface == &sr_winreg && method->opnum == unknown_after[j];
      g_test_message ("%s %s", method->name, after ? "after" : "before");
      sr_practice_server_drop (f->server, iface->name, method->opnum, 1, after);
      ok = walk (f->host, &unknown, &error);
      /* whether a request that was sent was executed, nobody knows: before is as after */
      g_assert_true (ok != expect_unknown);
      g_assert_true (unknown == expect_unknown);
      if (!ok)
        {
          g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
          g_assert_nonnull (strstr (error->message, method->name));
        }
      /* the next calls find everything as it should be */
      sr_practice_server_drop_connections (f->server);
      sr_ca_host_delete_key (f->host, RESTORE, NULL, NULL);
      start_all (f);
    }
}

/* What a connection opened is gone with it, and nobody else's. */
static void
test_connections (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (SrCaHost) other = make_host (f, "PRACTICE\\administrator", f->passwords[1]);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;
  gboolean has;

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (sr_ca_host_has_key (f->host, CONFIGURATION, &has, NULL, &error));
      g_assert_true (sr_ca_host_query_service (other, "CertSvc", &status, NULL, &error));
      sr_practice_server_drop_connections (f->server);
    }
  g_assert_no_error (error);
  /* the service goes and comes, the connection stays */
  g_assert_true (sr_practice_server_stop_service (f->server, &error));
  g_assert_true (sr_practice_server_start_service (f->server, &error));
  g_assert_true (sr_practice_server_start_service (f->server, &error));
  assert_state (f, "CertSvc", SR_SERVICE_RUNNING);
  g_cancellable_cancel (cancelled);
  g_assert_false (sr_ca_host_query_service (f->host, "CertSvc", &status, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  assert_state (f, "CertSvc", SR_SERVICE_RUNNING);
}

/* A disk that is full: what cannot be written did not happen, and what was there stays. */
static void
test_full_disk (Fixture      *f,
                gconstpointer data)
{
  g_autofree guint8 *large = g_malloc0 (SR_PRACTICE_MAX_REGISTRY_VALUE);
  g_autofree char *filler = NULL, *block = g_strnfill (SMALL_DISK, 'x');
  g_autoptr (SrRegistryValue) small = sr_registry_value_new_dword ("Value", 7);
  g_autoptr (SrRegistryValue) read = NULL;
  g_autoptr (SrRegistryValue) full = sr_registry_value_new_binary ("Value", large, SR_PRACTICE_MAX_REGISTRY_VALUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *options = g_strdup_printf ("size=%d", SMALL_DISK);
  gboolean has = TRUE;
  guint64 number = 0;
  gssize n;
  int fd;

  /* a CA on a disk of its own, whose threads see the mount */
  g_clear_object (&f->host);
  stop (f);
  sr_file_remove_tree (f->ca_folder, NULL);
  if ((unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
      (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 && errno != EINVAL) ||
      g_mkdir (f->ca_folder, 0700) != 0 || mount ("tmpfs", f->ca_folder, "tmpfs", 0, options) != 0)
    {
      g_test_skip ("mounting is not allowed here");
      start (f);
      return;
    }
  begin (f);
  g_assert_true (sr_ca_host_stop_service (f->host, "CertSvc", A_WHILE, NULL, NULL, &error));
  g_assert_true (sr_ca_host_create_key (f->host, RESTORE, NULL, NULL, &error));
  g_assert_true (sr_ca_host_write_value (f->host, RESTORE, small, NULL, &error));
  g_assert_no_error (error);
  filler = g_build_filename (f->ca_folder, "filler", NULL);
  fd = g_open (filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  do
    n = write (fd, block, SMALL_DISK);
  while (n > 0);
  close (fd);

  g_assert_false (sr_ca_host_write_value (f->host, RESTORE, full, NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0x800703f8);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_create_key (f->host, RESTORE "\\Below", NULL, NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0x800703f8);
  g_clear_error (&error);
  g_assert_false (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0x800703f8);
  g_clear_error (&error);
  g_assert_true (sr_ca_host_has_key (f->host, RESTORE "\\Below", &has, NULL, &error));
  g_assert_false (has);
  read = sr_ca_host_read_value (f->host, RESTORE, "Value", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_registry_value_get_number (read, &number, &error));
  g_assert_cmpuint (number, ==, 7);

  g_assert_cmpint (g_unlink (filler), ==, 0);
  g_assert_true (sr_ca_host_delete_key (f->host, RESTORE, NULL, &error));
  start_all (f);
  g_clear_object (&f->host);
  stop (f);
  g_assert_cmpint (umount (f->ca_folder), ==, 0);
}

/* Where services and registry are not served, that is said. */
static void
test_no_port (void)
{
  const SrCaHostTarget target = { .host = "ca.example.com", .timeout = A_WHILE };
  g_autoptr (SrCaHost) host = sr_ca_host_new (&target, NULL);
  g_autoptr (GError) error = NULL;
  SrServiceStatus status;

  g_assert_false (sr_ca_host_query_service (host, "CertSvc", &status, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

/* The CA's files are where the host's paths lead. */
static void
test_files (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHostFileInfo) info =
    sr_ca_host_get_file_info (f->host, SR_PRACTICE_CERTLOG_PATH "\\" CA_NAME ".edb", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (info->size, >, 4096);
}

#define ADD(path, func) g_test_add ("/host/practice/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("services", test_services);
  ADD ("start-fails", test_start_fails);
  ADD ("configuration", test_configuration);
  ADD ("values", test_values);
  ADD ("refusals", test_refusals);
  ADD ("drops", test_drops);
  ADD ("connections", test_connections);
  ADD ("files", test_files);
  ADD ("full-disk", test_full_disk);
  g_test_add_func ("/host/practice/no-port", test_no_port);
  return g_test_run ();
}
