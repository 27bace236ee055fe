/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "csra/sr-cert-admin.h"
#include "practice/sr-practice-control.h"
#include "practice/sr-practice-set.h"
#include "practice/sr-practice-users.h"

#include <string.h>

/* The server alone, asked over the real wire: TCP on loopback, NTLM, packet
 * privacy. Clients' sessions with all their care are tested in their own room. */

#define CA_NAME "Contoso Root CA"

typedef struct
{
  gboolean shared;
  gboolean survives;
} Switches;

typedef struct
{
  char *folder;
  char *ca_folder;
  char *passwords[2];
  SrPracticeServer *server;
} Fixture;

typedef enum
{
  OPERATOR,
  ADMINISTRATOR,
} Who;

static void
start (Fixture        *f,
       const Switches *switches)
{
  SrPracticeServerOptions options = { .ca = { .name = CA_NAME } };
  g_autoptr (GError) error = NULL;

  if (switches != NULL)
    {
      options.ca.shared_session = switches->shared;
      options.ca.survives_rundown = switches->survives;
    }
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

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *users = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  f->ca_folder = g_build_filename (f->folder, "ca", NULL);
  start (f, data);
  users = g_build_filename (f->ca_folder, SR_PRACTICE_USERS_FILE, NULL);
  g_assert_true (g_file_get_contents (users, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  f->passwords[OPERATOR] = g_strdup (strrchr (lines[0], ':') + 1);
  f->passwords[ADMINISTRATOR] = g_strdup (strrchr (lines[1], ':') + 1);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  if (f->server != NULL)
    stop (f);
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->passwords[0]);
  g_free (f->passwords[1]);
  g_free (f->ca_folder);
  g_free (f->folder);
}

static SrDcomTarget *
make_target (Fixture    *f,
             const char *user,
             const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (user, secret);

  return sr_dcom_target_new ("localhost", "127.0.0.1", sr_practice_server_get_activation_port (f->server), credentials, TRUE);
}

static gint64
soon (void)
{
  return sr_deadline_in (60);
}

static SrCertAdmin *
try_to_activate (Fixture *f,
                 Who      who,
                 GError **error)
{
  g_autoptr (SrDcomTarget) target =
    make_target (f, who == OPERATOR ? "PRACTICE\\operator" : "PRACTICE\\administrator", f->passwords[who]);

  return sr_cert_admin_activate (target, CA_NAME, soon (), NULL, error);
}

static SrCertAdmin *
activate (Fixture *f,
          Who      who)
{
  g_autoptr (GError) error = NULL;
  SrCertAdmin *admin = try_to_activate (f, who, &error);

  g_assert_no_error (error);
  return admin;
}

static JsonObject *
control (Fixture    *f,
         const char *line)
{
  gboolean stopping;
  g_autofree char *answer = sr_practice_control_run (f->server, line, &stopping);
  g_autoptr (JsonNode) node = json_from_string (answer, NULL);

  g_assert_true (g_str_has_suffix (answer, "\n"));
  return json_node_dup_object (node);
}

static void
control_ok (Fixture    *f,
            const char *line)
{
  g_autoptr (JsonObject) answer = control (f, line);

  if (!json_object_get_boolean_member (answer, "ok"))
    g_error ("%s: %s", line, json_object_get_string_member (answer, "error"));
}

static gint64
count (Fixture    *f,
       const char *group,
       const char *name)
{
  return sr_practice_ca_get_count (sr_practice_server_get_ca (f->server), group, name);
}

#define ANSWERS(hr, call) G_STMT_START { \
    g_autoptr (GError) error_ = NULL; \
    GError **error = &error_; \
    g_assert_false (call); \
    g_assert_cmphex (sr_hresult_from_error (error_), ==, (hr)); \
  } G_STMT_END

#define WORKS(call) G_STMT_START { \
    g_autoptr (GError) error_ = NULL; \
    GError **error = &error_; \
    gboolean ok_ = (call); \
    g_assert_no_error (error_); \
    g_assert_true (ok_); \
  } G_STMT_END

static void
fetch (SrCertAdmin *admin,
       const char  *name,
       guint32      piece,
       const char  *folder)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *path = g_build_filename (folder, strrchr (name, '\\') + 1, NULL);
  const char *unprefixed = g_utf8_next_char (name);
  const guint8 *data;
  guint64 size;
  gsize length;

  WORKS (sr_cert_admin_backup_open_file (admin, unprefixed, &size, soon (), NULL, error));
  do
    {
      WORKS (sr_cert_admin_backup_read_file (admin, piece, &data, &length, soon (), NULL, error));
      g_byte_array_append (bytes, data, (guint) length);
    }
  while (length == piece);
  WORKS (sr_cert_admin_backup_close_file (admin, soon (), NULL, error));
  g_assert_cmpuint (bytes->len, ==, size);
  g_assert_true (g_file_set_contents (path, (char *) bytes->data, bytes->len, NULL));
}

static void
copy_all (SrCertAdmin *admin,
          SrBackupKind kind,
          const char  *folder)
{
  g_auto (GStrv) databases = NULL;
  g_auto (GStrv) logs = NULL;

  WORKS (sr_cert_admin_backup_prepare (admin, kind, soon (), NULL, error));
  if (kind == SR_BACKUP_FULL)
    {
      WORKS (sr_cert_admin_backup_get_database_names (admin, &databases, soon (), NULL, error));
      for (guint i = 0; databases[i] != NULL; i++)
        fetch (admin, databases[i], 64 * 1024, folder);
    }
  WORKS (sr_cert_admin_backup_get_logs (admin, &logs, soon (), NULL, error));
  for (guint i = 0; logs[i] != NULL; i++)
    fetch (admin, logs[i], 512 * 1024, folder);
}

static void
check_hashes (Fixture    *f,
              const char *folder)
{
  g_autoptr (JsonObject) inspection = sr_practice_ca_inspect (sr_practice_server_get_ca (f->server), FALSE, NULL);
  JsonArray *backups = json_object_get_array_member (inspection, "backups");
  JsonArray *files = json_object_get_array_member (json_array_get_object_element (backups, json_array_get_length (backups) - 1), "files");

  g_assert_cmpuint (json_array_get_length (files), >=, 2);
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonObject *file = json_array_get_object_element (files, i);
      g_autofree char *path = g_build_filename (folder, json_object_get_string_member (file, "name"), NULL);
      g_autoptr (GBytes) bytes = sr_file_load (path, G_MAXSIZE, NULL);
      g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

      g_assert_cmpstr (hash, ==, json_object_get_string_member (file, "sha256"));
    }
}

static void
test_full_backup (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (SrCertAdmin) admin = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) live = NULL;
  g_auto (GStrv) locations = NULL;
  g_auto (GStrv) dynamic = NULL;
  g_autoptr (GError) failure = NULL;

  control_ok (f, "{\"do\": \"issue\", \"count\": 500}");
  control_ok (f, "{\"do\": \"pad\", \"size\": 3000000}");
  admin = activate (f, OPERATOR);
  WORKS (sr_cert_admin_restore_get_database_locations (admin, &raw, &locations, soon (), NULL, error));
  g_assert_cmpstr (locations[0], ==, "D\\\\localhost\\C$\\Windows\\system32\\CertLog\\" CA_NAME ".edb");
  g_assert_cmpstr (locations[1], ==, "\xc2\x82\\\\localhost\\C$\\Windows\\system32\\CertLog");
  g_assert_cmpstr (locations[2], ==, "\xc2\x83\\\\localhost\\C$\\Windows\\system32\\CertLog");
  copy_all (admin, SR_BACKUP_FULL, f->folder);
  WORKS (sr_cert_admin_backup_get_dynamic_files (admin, &dynamic, soon (), NULL, error));
  g_assert_cmpstr (dynamic[0], ==, "\\\\localhost\\C$\\Windows\\system32\\CertSrv\\CertEnroll\\" CA_NAME ".crl");
  WORKS (sr_cert_admin_backup_truncate_logs (admin, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_end (admin, soon (), NULL, error));
  check_hashes (f, f->folder);

  rows = sr_practice_set_read_rows (f->folder, &failure);
  g_assert_no_error (failure);
  live = sr_practice_ca_get_rows (sr_practice_server_get_ca (f->server), &failure);
  g_assert_cmpuint (rows->len, ==, live->len);
  for (guint i = 0; i < rows->len; i++)
    g_assert_true (sr_practice_row_equal (g_ptr_array_index (rows, i), g_ptr_array_index (live, i)));

  g_assert_cmpint (count (f, "counts", "prepare"), ==, 1);
  g_assert_cmpint (count (f, "counts", "end"), ==, 1);
  g_assert_cmpint (count (f, "counts", "rundown"), ==, 0);
  g_assert_cmpint (count (f, "calls", "20 BackupPrepare"), ==, 1);
  g_assert_cmpint (count (f, "calls", "25 BackupReadFile"), >, 45); /* 3 MB in pieces of 64 KiB */
  g_assert_true (sr_dcom_object_release (sr_cert_admin_get_object (admin), soon (), &failure));
  g_assert_no_error (failure);
}

static gboolean
ask_restore (Fixture    *f,
             const char *folder)
{
  g_autofree char *request = g_strdup_printf ("{\"do\": \"restore\", \"folder\": \"%s\"}", folder);
  g_autoptr (JsonObject) answer = control (f, request);

  return json_object_get_boolean_member (answer, "ok");
}

/* What a restore by another tool does to clients: their objects are gone, and log-only backups miss their full one. */
static void
test_restore (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);
  g_autoptr (SrCertAdmin) second = NULL;
  g_autoptr (SrCertAdmin) third = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  copy_all (admin, SR_BACKUP_FULL, f->folder);
  WORKS (sr_cert_admin_backup_truncate_logs (admin, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_end (admin, soon (), NULL, error));
  control_ok (f, "{\"do\": \"issue\", \"count\": 5}");

  /* What cannot be restored stops the service for a moment. */
  g_assert_false (ask_restore (f, f->ca_folder));
  g_assert_false (sr_cert_admin_backup_end (admin, soon (), NULL, NULL));
  second = activate (f, OPERATOR);
  WORKS (sr_cert_admin_backup_prepare (second, SR_BACKUP_LOGS, soon (), NULL, error));

  g_assert_true (ask_restore (f, f->folder));
  g_assert_cmpint (count (f, "counts", "lost"), ==, 1);
  g_assert_false (sr_cert_admin_backup_end (second, soon (), NULL, NULL));
  third = activate (f, OPERATOR);
  ANSWERS (0xc8000230, sr_cert_admin_backup_prepare (third, SR_BACKUP_LOGS, soon (), NULL, error));
  rows = sr_practice_ca_get_rows (sr_practice_server_get_ca (f->server), NULL);
  g_assert_cmpuint (rows->len, ==, 1); /* the CA's own */
}

/* The answers of the rules come over the wire as they are in the table, which has its own test. */
static void
test_rules (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);
  g_autoptr (SrCertAdmin) other = activate (f, OPERATOR);
  g_autoptr (SrCertAdmin) administrator = activate (f, ADMINISTRATOR);
  g_auto (GStrv) databases = NULL;
  g_auto (GStrv) logs = NULL;
  const guint8 *bytes;
  gsize length;
  guint64 size;

  ANSWERS (0x8000ffff, sr_cert_admin_backup_end (admin, soon (), NULL, error));
  ANSWERS (0xc8000209, sr_cert_admin_backup_get_database_names (admin, &databases, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_get_logs (admin, &logs, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_open_file (admin, "\\\\x\\y", &size, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_read_file (admin, 4096, &bytes, &length, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_close_file (admin, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_truncate_logs (admin, soon (), NULL, error));
  ANSWERS (0xc8000230, sr_cert_admin_backup_prepare (admin, SR_BACKUP_LOGS, soon (), NULL, error));
  ANSWERS (0x80070005, sr_cert_admin_backup_prepare (administrator, SR_BACKUP_FULL, soon (), NULL, error));
  ANSWERS (0x80070005, sr_cert_admin_ping (admin, soon (), NULL, error));
  WORKS (sr_cert_admin_ping (administrator, soon (), NULL, error));
  WORKS (sr_cert_admin_ping2 (administrator, soon (), NULL, error));

  WORKS (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));
  ANSWERS (0xc80001f9, sr_cert_admin_backup_prepare (other, SR_BACKUP_FULL, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_get_database_names (admin, &databases, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_read_file (admin, 4096, &bytes, &length, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_open_file (admin, databases[0] + 1, &size, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_open_file (admin, databases[0] + 1, &size, soon (), NULL, error));
  ANSWERS (0xc8000209, sr_cert_admin_backup_get_logs (admin, &logs, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_close_file (admin, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_get_logs (admin, &logs, soon (), NULL, error));
  ANSWERS (0xc8000209, sr_cert_admin_backup_open_file (admin, databases[0] + 1, &size, soon (), NULL, error));
  ANSWERS (0xc8000713, sr_cert_admin_backup_open_file (admin, "\\\\x\\y", &size, soon (), NULL, error));
  ANSWERS (0x8000ffff, sr_cert_admin_backup_truncate_logs (admin, soon (), NULL, error));
  WORKS (sr_cert_admin_backup_end (admin, soon (), NULL, error));

  /* after what the administrator sets, and a restart, which takes every object with it */
  {
    g_auto (SrVariant) flags = { .type = SR_VT_I4, .number = 0x641 };
    g_auto (SrVariant) seen = { 0 };
    g_autoptr (SrCertAdmin) again = NULL;

    ANSWERS (0x80070005, sr_cert_admin_set_config_entry (admin, "", "InterfaceFlags", &flags, soon (), NULL, error));
    WORKS (sr_cert_admin_set_config_entry (administrator, "", "InterfaceFlags", &flags, soon (), NULL, error));
    WORKS (sr_cert_admin_get_config_entry (admin, "", "InterfaceFlags", &seen, soon (), NULL, error));
    g_assert_cmphex (seen.number, ==, 0x641);
    WORKS (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));
    control_ok (f, "{\"do\": \"restart\"}");
    g_assert_cmpint (count (f, "counts", "lost"), ==, 1);
    g_assert_false (sr_cert_admin_backup_end (admin, soon (), NULL, NULL));
    again = activate (f, OPERATOR);
    ANSWERS (0x80070005, sr_cert_admin_backup_prepare (again, SR_BACKUP_FULL, soon (), NULL, error));
  }
}

static void
test_config_types (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (SrCertAdmin) administrator = activate (f, ADMINISTRATOR);
  g_auto (SrVariant) names = { 0 };
  g_auto (SrVariant) hash = { 0 };
  g_auto (SrVariant) next = { 0 };
  g_auto (SrVariant) name = { 0 };
  g_autoptr (GBytes) certificate = NULL;
  guint32 roles, state;

  WORKS (sr_cert_admin_get_config_entry (administrator, "", "", &names, soon (), NULL, error));
  g_assert_cmpint (names.type, ==, SR_VT_ARRAY_BSTR);
  g_assert_true (g_strv_contains ((const char * const *) names.strings, "InterfaceFlags"));
  WORKS (sr_cert_admin_get_config_entry (administrator, "", "CACertHash", &hash, soon (), NULL, error));
  g_assert_cmpint (hash.type, ==, SR_VT_ARRAY_BSTR);
  WORKS (sr_cert_admin_get_config_entry (administrator, "", "CRLNextPublish", &next, soon (), NULL, error));
  g_assert_cmpint (next.type, ==, SR_VT_ARRAY_UI1);
  g_assert_cmpuint (g_bytes_get_size (next.bytes), ==, 8);
  WORKS (sr_cert_admin_get_config_entry (administrator, "", "CommonName", &name, soon (), NULL, error));
  g_assert_cmpstr (name.text, ==, CA_NAME);
  for (guint i = 0; i < 3; i++)
    {
      const SrVariant *values[] = { &hash, &next, &name };
      g_auto (SrVariant) back = { 0 };
      SrVariant nothing = { .type = SR_VT_EMPTY };

      WORKS (sr_cert_admin_set_config_entry (administrator, "", "Note", values[i], soon (), NULL, error));
      WORKS (sr_cert_admin_get_config_entry (administrator, "", "Note", &back, soon (), NULL, error));
      g_assert_cmpint (back.type, ==, values[i]->type);
      if (i == 0)
        g_assert_cmpstrv (back.strings, hash.strings);
      else if (i == 1)
        g_assert_true (g_bytes_equal (back.bytes, next.bytes));
      else
        g_assert_cmpstr (back.text, ==, name.text);
      WORKS (sr_cert_admin_set_config_entry (administrator, "", "Note", &nothing, soon (), NULL, error));
      sr_variant_clear (&back);
      ANSWERS (0x80070002, sr_cert_admin_get_config_entry (administrator, "", "Note", &back, soon (), NULL, error));
    }
  WORKS (sr_cert_admin_get_ca_property (administrator, 0x0c, 0, 3, &certificate, soon (), NULL, error));
  g_assert_true (g_bytes_equal (certificate, sr_practice_ca_get_certificate (sr_practice_server_get_ca (f->server))));
  WORKS (sr_cert_admin_get_my_roles (administrator, &roles, soon (), NULL, error));
  g_assert_cmphex (roles, ==, 0x101);
  WORKS (sr_cert_admin_get_server_state (administrator, &state, soon (), NULL, error));
  g_assert_cmpuint (state, ==, 1);
}

static void
test_sign_in (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (SrDcomTarget) target = make_target (f, "PRACTICE\\operator", "not the password");
  g_autoptr (GError) failure = NULL;

  g_assert_null (sr_cert_admin_activate (target, CA_NAME, soon (), NULL, &failure));
  g_assert_nonnull (failure);
  g_test_message ("wrong password: %s", failure->message);
  g_clear_error (&failure);

  /* who is in no list may not even activate; who has no role may, and gets no further */
  control_ok (f, "{\"do\": \"roles\", \"principal\": \"PRACTICE\\\\operator\", \"roles\": []}");
  {
    g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);

    ANSWERS (0x80070005, sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));
  }
  g_clear_pointer (&target, sr_dcom_target_unref);
  {
    g_autofree char *roles = g_build_filename (f->ca_folder, "roles.json", NULL);

    stop (f);
    g_assert_true (g_file_set_contents (roles, "{\"users\": {\"PRACTICE\\\\administrator\": [\"administrator\"]}}", -1, NULL));
    start (f, NULL);
    g_assert_null (try_to_activate (f, OPERATOR, &failure));
    g_assert_cmphex (sr_hresult_from_error (failure), ==, 0x80070005);
    g_assert_cmpint (count (f, "refusals", "activation"), ==, 1);
  }
}

static void
test_address (Fixture      *f,
              gconstpointer data)
{
  static const char *const addresses[] = { "0.0.0.0", "192.0.2.1", "::", "localhost", "" };
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      SrPracticeServerOptions options = { .ca = { .name = CA_NAME }, .address = addresses[i] };
      g_autoptr (GError) failure = NULL;

      g_assert_null (sr_practice_server_start (other, &options, &failure));
      g_assert_error (failure, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

/* Run-down comes by missed pings only, and what becomes of the backup is a switch. */
static void
test_rundown (Fixture      *f,
              gconstpointer data)
{
  const Switches *switches = data;
  g_autoptr (SrCertAdmin) admin = NULL;
  g_autoptr (SrCertAdmin) other = NULL;
  g_autoptr (JsonObject) answer = NULL;
  SrDcomIdentity identity;

  control_ok (f, "{\"do\": \"clock\", \"frozen\": true}");
  admin = activate (f, OPERATOR);
  WORKS (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));

  /* a lost connection is nothing: the same object answers on the next one */
  control_ok (f, "{\"do\": \"disconnect\"}");
  sr_dcom_object_disconnect (sr_cert_admin_get_object (admin));
  {
    g_auto (GStrv) databases = NULL;

    WORKS (sr_cert_admin_backup_get_database_names (admin, &databases, soon (), NULL, error));
  }
  sr_dcom_object_get_identity (sr_cert_admin_get_object (admin), &identity);
  g_clear_pointer (&admin, sr_cert_admin_free); /* gone without a word, as after a crash: no pings any more */
  control_ok (f, "{\"do\": \"clock\", \"advance\": 300}");
  g_assert_cmpint (count (f, "counts", "rundown"), ==, 0);
  answer = control (f, "{\"do\": \"clock\", \"advance\": 600}");
  g_assert_cmpint (json_object_get_int_member (answer, "rundowns"), ==, 1);
  g_assert_cmpint (count (f, "counts", "rundown"), ==, switches->survives ? 0 : 1);
  g_assert_cmpint (count (f, "counts", "orphaned"), ==, switches->survives ? 1 : 0);

  /* the object itself is gone in any case */
  {
    g_autoptr (SrDcomTarget) target = make_target (f, "PRACTICE\\operator", f->passwords[OPERATOR]);

    admin = sr_cert_admin_new_for_object (sr_dcom_object_reattach (target, &identity), CA_NAME, "localhost");
    g_assert_false (sr_cert_admin_backup_end (admin, soon (), NULL, NULL));
  }
  other = activate (f, OPERATOR);
  if (!switches->survives)
    {
      WORKS (sr_cert_admin_backup_prepare (other, SR_BACKUP_FULL, soon (), NULL, error));
      WORKS (sr_cert_admin_backup_end (other, soon (), NULL, error));
    }
  else
    {
      ANSWERS (0xc80001f9, sr_cert_admin_backup_prepare (other, SR_BACKUP_FULL, soon (), NULL, error));
      if (switches->shared)
        WORKS (sr_cert_admin_backup_end (other, soon (), NULL, error));
      else
        ANSWERS (0x8000ffff, sr_cert_admin_backup_end (other, soon (), NULL, error));
    }
}

static void
test_release (Fixture      *f,
              gconstpointer data)
{
  const Switches *switches = data;
  g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);

  WORKS (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));
  WORKS (sr_dcom_object_release (sr_cert_admin_get_object (admin), soon (), error));
  g_assert_cmpint (count (f, "counts", "released"), ==, switches->survives ? 0 : 1);
  g_assert_cmpint (count (f, "counts", "rundown"), ==, 0);
}

/* Dropped before execution a call did nothing; dropped after it, it did. */
static void
test_faults (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);
  g_autoptr (GError) failure = NULL;

  control_ok (f, "{\"do\": \"drop\", \"opnum\": 20, \"when\": \"before\"}");
  g_assert_false (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, &failure));
  g_assert_error (failure, SR_ERROR, SR_ERROR_CLOSED);
  g_assert_true (sr_cert_admin_outcome_unknown (admin));
  g_clear_error (&failure);
  g_assert_cmpint (count (f, "counts", "prepare"), ==, 0);

  control_ok (f, "{\"do\": \"drop\", \"opnum\": 20, \"when\": \"after\"}");
  g_assert_false (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, &failure));
  g_assert_error (failure, SR_ERROR, SR_ERROR_CLOSED);
  g_assert_cmpint (count (f, "counts", "prepare"), ==, 1);
  ANSWERS (0x8000ffff, sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, soon (), NULL, error));

  control_ok (f, "{\"do\": \"drop\", \"opnum\": 21, \"when\": \"after\"}");
  g_assert_false (sr_cert_admin_backup_end (admin, soon (), NULL, NULL));
  g_assert_cmpint (count (f, "counts", "end"), ==, 1);
  ANSWERS (0x8000ffff, sr_cert_admin_backup_end (admin, soon (), NULL, error));

  /* DCOM's own calls, too: RemRelease was executed, though its answer got lost */
  control_ok (f, "{\"do\": \"drop\", \"interface\": \"IRemUnknown\", \"opnum\": 5, \"when\": \"after\"}");
  control_ok (f, "{\"do\": \"drop\", \"interface\": \"IRemUnknown2\", \"opnum\": 5, \"when\": \"after\"}");
  g_assert_false (sr_dcom_object_release (sr_cert_admin_get_object (admin), soon (), NULL));
  {
    g_autoptr (JsonObject) status = control (f, "{\"do\": \"status\"}");

    g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (status, "dcom"), "objects"), ==, 0);
  }
}

static void
test_control (Fixture      *f,
              gconstpointer data)
{
  static const char *const wrong[] = {
    "", "x", "[]", "{}", "{\"do\": 1}", "{\"do\": \"dance\"}",
    "{\"do\": \"issue\"}", "{\"do\": \"issue\", \"count\": 0}", "{\"do\": \"issue\", \"count\": -1}",
    "{\"do\": \"issue\", \"count\": 1e9}", "{\"do\": \"issue\", \"count\": 1, \"subject\": 3}",
    "{\"do\": \"issue\", \"count\": 1, \"subject\": \"\"}",
    "{\"do\": \"revoke\"}", "{\"do\": \"revoke\", \"certificate\": \"#99\"}",
    "{\"do\": \"revoke\", \"certificate\": \"#2\", \"reason\": 99}",
    "{\"do\": \"pad\", \"size\": -1}", "{\"do\": \"pad\", \"size\": 99999999999999}",
    "{\"do\": \"config\", \"node\": \"moon\", \"entry\": \"x\", \"value\": 1}",
    "{\"do\": \"config\", \"node\": \"ca\", \"entry\": \"x\", \"value\": []}",
    "{\"do\": \"roles\", \"principal\": \"x\"}", "{\"do\": \"roles\", \"principal\": \"x\", \"roles\": [\"king\"]}",
    "{\"do\": \"roles\", \"principal\": \"x\", \"roles\": [1]}",
    "{\"do\": \"clock\", \"frozen\": 1}", "{\"do\": \"clock\", \"advance\": -1}",
    "{\"do\": \"drop\", \"opnum\": 20}", "{\"do\": \"drop\", \"opnum\": 20, \"when\": \"never\"}",
    "{\"do\": \"drop\", \"opnum\": 2000, \"when\": \"after\"}",
  };
  g_autoptr (JsonObject) status = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonObject *inspection;
  JsonArray *rows;
  gboolean stopping;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (JsonObject) refused = control (f, wrong[i]);

      g_assert_false (json_object_get_boolean_member (refused, "ok"));
      g_assert_nonnull (json_object_get_string_member (refused, "error"));
    }
  control_ok (f, "{\"do\": \"issue\", \"count\": 3, \"subject\": \"web server\"}");
  control_ok (f, "{\"do\": \"revoke\", \"certificate\": \"#3\", \"reason\": 4}");
  control_ok (f, "{\"do\": \"publish\"}");
  control_ok (f, "{\"do\": \"config\", \"node\": \"root\", \"entry\": \"DBFlags\", \"value\": 180}");
  control_ok (f, "{\"do\": \"config\", \"node\": \"ca\", \"entry\": \"Note\", \"value\": \"text\"}");
  control_ok (f, "{\"do\": \"config\", \"node\": \"ca\", \"entry\": \"Note\"}");
  status = control (f, "{\"do\": \"status\"}");
  g_assert_cmpstr (json_object_get_string_member (status, "config"), ==, "localhost\\" CA_NAME);
  g_assert_cmpint (json_object_get_int_member (status, "rowCount"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (status, "activationPort"), ==, sr_practice_server_get_activation_port (f->server));
  answer = control (f, "{\"do\": \"inspect\"}");
  inspection = json_object_get_object_member (answer, "inspection");
  rows = json_object_get_array_member (inspection, "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, 4);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (rows, 1), "subject"), ==, "CN=web server 2");
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (rows, 2), "disposition"), ==, "revoked");
  g_free (sr_practice_control_run (f->server, "{\"do\": \"stop\"}", &stopping));
  g_assert_true (stopping);
}

/* The log tells of every call how it was protected, and nothing of its contents. */
static void
test_log (Fixture      *f,
          gconstpointer data)
{
  g_autoptr (SrCertAdmin) admin = activate (f, OPERATOR);
  g_autofree char *path = g_build_filename (f->ca_folder, "server.log", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint calls = 0, reads = 0;

  copy_all (admin, SR_BACKUP_FULL, f->folder);
  WORKS (sr_cert_admin_backup_end (admin, soon (), NULL, error));
  g_clear_pointer (&admin, sr_cert_admin_free);
  stop (f);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, f->passwords[OPERATOR]));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);
      JsonObject *line = json_node_get_object (node);

      if (!g_str_equal (json_object_get_string_member (line, "event"), "call"))
        continue;
      calls++;
      g_assert_cmpint (json_object_get_int_member (line, "authLevel"), ==, 6);
      g_assert_cmpint (json_object_get_int_member (line, "mechanism"), ==, SR_AUTH_NTLM);
      g_assert_cmpstr (json_object_get_string_member (line, "principal"), ==, "PRACTICE\\operator");
      g_assert_cmpstr (json_object_get_string_member (line, "hresult"), ==, "0x00000000");
      reads += json_object_get_int_member (line, "opnum") == 25;
    }
  g_assert_cmpuint (calls, >, 5);
  g_assert_cmpuint (reads, >, 1);
}

int
main (int    argc,
      char **argv)
{
  static const Switches all[] = { { FALSE, FALSE }, { FALSE, TRUE }, { TRUE, FALSE }, { TRUE, TRUE } };

  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/practice/server/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("full-backup", test_full_backup);
  ADD ("restore", test_restore);
  ADD ("rules", test_rules);
  ADD ("config-types", test_config_types);
  ADD ("sign-in", test_sign_in);
  ADD ("address", test_address);
  ADD ("faults", test_faults);
  ADD ("control", test_control);
  ADD ("log", test_log);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%s", all[i].shared ? "shared" : "object", all[i].survives ? "survives" : "dies");
      g_autofree char *rundown = g_strconcat ("/practice/server/rundown/", name, NULL);
      g_autofree char *release = g_strconcat ("/practice/server/release/", name, NULL);

      g_test_add (rundown, Fixture, &all[i], set_up, test_rundown, tear_down);
      g_test_add (release, Fixture, &all[i], set_up, test_release, tear_down);
    }
  return g_test_run ();
}
