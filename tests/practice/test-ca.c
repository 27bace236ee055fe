/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice-fixture.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-filetime.h"
#include "base/sr-utf16.h"
#include "practice/sr-practice-names.h"

#include <glib/gstdio.h>
#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

static const SrPracticeCaller operator = { OPERATOR, 1, TRUE };
static const SrPracticeCaller administrator = { ADMINISTRATOR, 2, TRUE };

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *sanitized;
    const char *shortened;
  } cases[] = {
    { "Contoso Root CA", "Contoso Root CA", "Contoso Root CA" },
    { "LeafCA 1 (test)", "LeafCA 1 !0028test!0029", "LeafCA 1 !0028test!0029" },
    { "a\\b/c", "a!005cb!002fc", "a!005cb!002fc" },
    { "Zürich", "Z!00fcrich", "Z!00fcrich" },
    { "\xf0\x9f\x94\x91", "!d83d!dd11", "!d83d!dd11" },
    { "123456789012345678901234567890123456789012345678901", "123456789012345678901234567890123456789012345678901",
      "123456789012345678901234567890123456789012345678901" },
    /* one character too many: the hash of "A" is 65 */
    { "123456789012345678901234567890123456789012345678901A", "123456789012345678901234567890123456789012345678901A",
      "123456789012345678901234567890123456789012345678901-00065" },
    /* two: (65 << 1) + 66 */
    { "123456789012345678901234567890123456789012345678901AB", "123456789012345678901234567890123456789012345678901AB",
      "123456789012345678901234567890123456789012345678901-00196" },
  };
  g_autofree char *cut = sr_practice_shorten_name ("1234567890123456789012345678901234567890123456789!00fc");
  g_autofree char *unc = sr_practice_make_unc ("ca.example.com", "D:\\Logs\\x.edb");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sanitized = sr_practice_sanitize_name (cases[i].name);
      g_autofree char *shortened = sr_practice_shorten_name (sanitized);

      g_assert_cmpstr (sanitized, ==, cases[i].sanitized);
      g_assert_cmpstr (shortened, ==, cases[i].shortened);
      g_assert_true (sr_practice_name_matches (cases[i].name, cases[i].name));
      g_assert_true (sr_practice_name_matches (cases[i].name, sanitized));
      g_assert_true (sr_practice_name_matches (cases[i].name, shortened));
    }
  /* a replacement that does not fit as a whole is cut off as a whole */
  g_assert_true (g_str_has_prefix (cut, "1234567890123456789012345678901234567890123456789-"));
  g_assert_cmpuint (strlen (cut), ==, 49 + 6);
  g_assert_true (sr_practice_name_matches ("Contoso Root CA", "contoso ROOT ca"));
  g_assert_false (sr_practice_name_matches ("Contoso Root CA", "Contoso Root"));
  g_assert_false (sr_practice_name_matches ("Contoso Root CA", ""));
  g_assert_false (sr_practice_name_matches ("Contoso Root CA", NULL));
  g_assert_cmpstr (unc, ==, "\\\\ca.example.com\\D$\\Logs\\x.edb");
}

static gnutls_x509_crt_t
import (GBytes *der)
{
  gsize size;
  gnutls_datum_t datum = { (void *) g_bytes_get_data (der, &size), 0 };
  gnutls_x509_crt_t crt;

  datum.size = (unsigned) size;
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER), ==, 0);
  return crt;
}

static gnutls_x509_crl_t
load_crl (PracticeFixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "ca", SR_PRACTICE_CERTENROLL_FOLDER, CA_NAME ".crl", NULL);
  g_autoptr (GBytes) bytes = sr_file_load (path, 1 << 20, NULL);
  gsize size;
  gnutls_datum_t datum;
  gnutls_x509_crl_t crl;

  g_assert_nonnull (bytes);
  datum.data = (void *) g_bytes_get_data (bytes, &size);
  datum.size = (unsigned) size;
  g_assert_cmpint (gnutls_x509_crl_init (&crl), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_import (crl, &datum, GNUTLS_X509_FMT_DER), ==, 0);
  return crl;
}

static void
test_certificates (PracticeFixture *f,
                   gconstpointer    data)
{
  g_autoptr (GHashTable) serials = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gnutls_x509_crt_t ca = import (sr_practice_ca_get_certificate (f->ca));
  gnutls_x509_crl_t crl;
  unsigned status;

  practice_fixture_issue (f, 300);
  rows = sr_practice_ca_get_rows (f->ca, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 301); /* the CA's own certificate is the first */
  g_assert_cmpuint (((SrPracticeRow *) g_ptr_array_index (rows, 0))->disposition, ==, SR_PRACTICE_CA_CERTIFICATE);
  for (guint i = 0; i < rows->len; i++)
    {
      const SrPracticeRow *row = g_ptr_array_index (rows, i);
      gnutls_x509_crt_t crt = import (row->certificate);

      g_assert_true (g_hash_table_add (serials, row->serial));
      g_assert_cmpint (gnutls_x509_crt_verify (crt, &ca, 1, 0, &status), ==, 0);
      g_assert_cmpuint (status, ==, 0);
      g_assert_cmpuint (row->not_before, ==, sr_filetime_from_unix_us (gnutls_x509_crt_get_activation_time (crt) * G_USEC_PER_SEC));
      gnutls_x509_crt_deinit (crt);
    }

  sr_practice_ca_revoke (f->ca, "#17", 1, 0, &error);
  g_assert_no_error (error);
  sr_practice_ca_revoke (f->ca, ((SrPracticeRow *) g_ptr_array_index (rows, 20))->serial, 6, 0, &error);
  g_assert_no_error (error);
  sr_practice_ca_revoke (f->ca, "#40", 4, sr_filetime_from_unix_us (g_get_real_time ()) + G_GUINT64_CONSTANT (864000000000), &error);
  g_assert_no_error (error);
  sr_practice_ca_publish_crl (f->ca, &error);
  g_assert_no_error (error);
  crl = load_crl (f);
  g_assert_cmpint (gnutls_x509_crl_verify (crl, &ca, 1, 0, &status), ==, 0);
  g_assert_cmpuint (status, ==, 0);
  g_assert_cmpint (gnutls_x509_crl_get_crt_count (crl), ==, 2); /* not yet the one revoked from tomorrow on */
  gnutls_x509_crl_deinit (crl);
  sr_practice_ca_revoke (f->ca, "#21", G_MAXUINT32, 0, &error); /* from hold */
  g_assert_no_error (error);
  sr_practice_ca_publish_crl (f->ca, &error);
  crl = load_crl (f);
  g_assert_cmpint (gnutls_x509_crl_get_crt_count (crl), ==, 1);
  gnutls_x509_crl_deinit (crl);

  g_assert_false (sr_practice_ca_revoke (f->ca, "#1", 0, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (sr_practice_ca_revoke (f->ca, "#18", 7, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (sr_practice_ca_revoke (f->ca, "#302", 0, 0, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sr_practice_ca_revoke (f->ca, "00", 0, 0, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  gnutls_x509_crt_deinit (ca);
}

static void
check_private (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  GStatBuf st;

  g_assert_cmpint (g_stat (folder, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0700);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_lstat (path, &st), ==, 0);
      if (S_ISDIR (st.st_mode))
        check_private (path);
      else
        g_assert_cmpint (st.st_mode & 0777, ==, 0600);
    }
}

static void
test_reopen (PracticeFixture *f,
             gconstpointer    data)
{
  g_autofree char *folder = g_build_filename (f->folder, "ca", NULL);
  g_autoptr (GBytes) certificate = g_bytes_ref (sr_practice_ca_get_certificate (f->ca));
  SrPracticeOptions wrong = { .name = "Another CA" };
  g_autoptr (GError) error = NULL;

  check_private (folder);
  practice_fixture_issue (f, 10);
  g_assert_null (sr_practice_ca_open (folder, &f->options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (sr_practice_inspect_folder (folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);

  f->options.name = NULL; /* the one that it has */
  f->options.host = NULL;
  practice_fixture_reopen (f);
  g_assert_cmpstr (sr_practice_ca_get_name (f->ca), ==, CA_NAME);
  g_assert_cmpstr (sr_practice_ca_get_host (f->ca), ==, "ca.example.com");
  g_assert_true (g_bytes_equal (certificate, sr_practice_ca_get_certificate (f->ca)));

  sr_practice_ca_close (f->ca, &error);
  g_assert_no_error (error);
  g_assert_false (sr_practice_ca_issue (f->ca, 1, NULL, "", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_clear_object (&f->ca);
  g_assert_null (sr_practice_ca_open (folder, &wrong, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MISMATCH);
  g_clear_error (&error);
  wrong.name = NULL;
  {
    g_autofree char *empty = practice_fixture_make_folder (f, "empty");

    g_assert_null (sr_practice_ca_open (empty, &wrong, &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  }
}

/* A name that no file could have. */
static void
test_odd_name (PracticeFixture *f,
               gconstpointer    data)
{
  const char *name = "Zürich/Söhne & “Co”: CA*";
  g_autofree char *sanitized = sr_practice_sanitize_name (name);
  g_autofree char *folder = g_build_filename (f->folder, "odd", NULL);
  g_autofree char *expected = g_strdup_printf ("D\\\\ca.example.com\\C$\\Windows\\system32\\CertLog\\%s.edb", sanitized);
  g_autofree char *file = g_strconcat (sanitized, ".edb", NULL);
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_CERTLOG_FOLDER, file, NULL);
  SrPracticeOptions options = { .name = name, .host = "ca.example.com" };
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeCa) ca = sr_practice_ca_open (folder, &options, &error);
  g_auto (GStrv) databases = NULL;
  guint64 length;

  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (sr_practice_ca_set_roles (ca, OPERATOR, SR_PRACTICE_ROLE_OPERATOR, &error));
  g_assert_cmphex (sr_practice_backup_prepare (ca, &operator, sanitized, 0, 1), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_backup_get_databases (ca, &operator, &databases), ==, SR_S_OK);
  g_assert_cmpstr (databases[0], ==, expected);
  g_assert_cmphex (sr_practice_backup_open (ca, &operator, databases[0] + 1, &length), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_backup_end (ca, &operator), ==, SR_S_OK);
  g_assert_true (sr_practice_ca_close (ca, &error));
}

static GVariant *
get_config (PracticeFixture *f,
            const char      *authority,
            const char      *path,
            const char      *entry)
{
  GVariant *value = NULL;

  g_assert_cmphex (sr_practice_admin_get_config (f->ca, &operator, authority, path, entry, &value), ==, SR_S_OK);
  return value;
}

static void
test_config (PracticeFixture *f,
             gconstpointer    data)
{
  g_autoptr (GVariant) root = get_config (f, "", "", "");
  g_autoptr (GVariant) node = get_config (f, CA_NAME, "", "");
  g_autoptr (GVariant) csp = get_config (f, CA_NAME, "CSP", "");
  g_autoptr (GVariant) flags = get_config (f, CA_NAME, "", "interfaceFLAGS");
  g_autoptr (GVariant) hash = get_config (f, CA_NAME, "", "CACertHash");
  g_autoptr (GVariant) next = get_config (f, CA_NAME, "", "CRLNextPublish");
  g_autoptr (GVariant) provider = get_config (f, CA_NAME, "csp", "provider");
  g_autofree const char **names = g_variant_get_strv (root, NULL);
  g_autofree const char **ca_names = g_variant_get_strv (node, NULL);
  g_autofree const char **csp_names = g_variant_get_strv (csp, NULL);
  g_autofree const char **hashes = g_variant_get_strv (hash, NULL);
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, sr_practice_ca_get_certificate (f->ca));
  g_auto (GStrv) bytes = g_strsplit (hashes[0], " ", -1);
  g_autofree char *joined = g_strjoinv ("", bytes);
  const char *authority = CA_NAME;
  GVariant *value = NULL;

  g_assert_true (g_strv_contains (names, "DBFlags"));
  g_assert_true (g_strv_contains (names, "DBLogDirectory"));
  g_assert_false (g_strv_contains (names, "CAType"));
  g_assert_true (g_strv_contains (ca_names, "CAType"));
  g_assert_false (g_strv_contains (ca_names, "Provider"));
  g_assert_cmpuint (g_strv_length ((char **) csp_names), ==, 2);
  g_assert_cmpint (g_variant_get_int32 (flags), ==, 0x601);
  g_assert_cmpstr (joined, ==, sha1);
  g_assert_cmpuint (g_variant_get_size (next), ==, 8);
  g_assert_cmpstr (g_variant_get_string (provider, NULL), ==, "GnuTLS");

  /* what is set shows at once and survives */
  g_assert_cmphex (sr_practice_admin_set_config (f->ca, &administrator, authority, "", "InterfaceFlags", g_variant_new_int32 (0x641)), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_admin_set_config (f->ca, &administrator, authority, "", "Note", g_variant_new_string ("“ß”\n")), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_admin_set_config (f->ca, &operator, authority, "", "Note", g_variant_new_string ("x")), ==, SR_E_ACCESSDENIED);
  practice_fixture_reopen (f);
  g_clear_pointer (&flags, g_variant_unref);
  flags = get_config (f, CA_NAME, "", "InterfaceFlags");
  g_assert_cmpint (g_variant_get_int32 (flags), ==, 0x641);
  g_clear_pointer (&provider, g_variant_unref);
  provider = get_config (f, CA_NAME, "", "Note");
  g_assert_cmpstr (g_variant_get_string (provider, NULL), ==, "“ß”\n");
  g_assert_cmphex (sr_practice_admin_set_config (f->ca, &administrator, authority, "", "Note", NULL), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_admin_get_config (f->ca, &operator, authority, "", "Note", &value), ==, SR_E_FILE_NOT_FOUND);
  g_assert_cmphex (sr_practice_admin_set_config (f->ca, &administrator, authority, "", "Note", NULL), ==, SR_E_FILE_NOT_FOUND);
}

static char *
string_property (PracticeFixture *f,
                 gint32           id)
{
  g_autoptr (GBytes) value = NULL;
  gsize size;
  const guint8 *bytes;

  g_assert_cmphex (sr_practice_admin_get_property (f->ca, &operator, CA_NAME, id, 0, SR_PRACTICE_PROPTYPE_STRING, &value), ==, SR_S_OK);
  bytes = g_bytes_get_data (value, &size);
  return sr_utf16_to_utf8 (bytes, size, NULL);
}

static void
test_properties (PracticeFixture *f,
                 gconstpointer    data)
{
  g_autofree char *name = string_property (f, SR_PRACTICE_PROP_CANAME);
  g_autofree char *host = string_property (f, SR_PRACTICE_PROP_DNSNAME);
  g_autofree char *version = string_property (f, SR_PRACTICE_PROP_FILEVERSION);
  g_autoptr (GBytes) certificate = NULL;
  g_autoptr (GBytes) chain = NULL;
  g_autoptr (GBytes) crl = NULL;
  g_autoptr (GBytes) info = NULL;
  const guint8 *numbers;
  gnutls_pkcs7_t cms;
  gnutls_datum_t datum;
  gsize size;
  guint32 roles;

  g_assert_cmpstr (name, ==, CA_NAME);
  g_assert_cmpstr (host, ==, "ca.example.com");
  g_assert_cmpstr (version, ==, PACKAGE_VERSION ".0");
  g_assert_cmphex (sr_practice_admin_get_property (f->ca, &operator, CA_NAME, SR_PRACTICE_PROP_CASIGCERT, -1, 3, &certificate), ==, SR_S_OK);
  g_assert_true (g_bytes_equal (certificate, sr_practice_ca_get_certificate (f->ca)));
  g_assert_cmphex (sr_practice_admin_get_property (f->ca, &operator, CA_NAME, SR_PRACTICE_PROP_CASIGCERTCHAIN, 0, 3, &chain), ==, SR_S_OK);
  datum.data = (void *) g_bytes_get_data (chain, &size);
  datum.size = (unsigned) size;
  g_assert_cmpint (gnutls_pkcs7_init (&cms), ==, 0);
  g_assert_cmpint (gnutls_pkcs7_import (cms, &datum, GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (gnutls_pkcs7_get_crt_count (cms), ==, 1);
  gnutls_pkcs7_deinit (cms);
  g_assert_cmphex (sr_practice_admin_get_property (f->ca, &operator, CA_NAME, SR_PRACTICE_PROP_BASECRL, 0, 3, &crl), ==, SR_S_OK);
  g_assert_cmpuint (g_bytes_get_size (crl), >, 100);
  g_assert_cmphex (sr_practice_admin_get_property (f->ca, &operator, CA_NAME, SR_PRACTICE_PROP_CATYPE, 0, 1, &info), ==, SR_S_OK);
  numbers = g_bytes_get_data (info, &size);
  g_assert_cmpuint (size, ==, 40);
  g_assert_cmpuint (numbers[0], ==, 40);
  g_assert_cmpuint (numbers[4], ==, 3); /* stand-alone root */
  g_assert_cmpuint (numbers[8], ==, 1); /* one certificate */
  g_assert_cmphex (sr_practice_admin_get_my_roles (f->ca, &operator, CA_NAME, &roles), ==, SR_S_OK);
  g_assert_cmphex (roles, ==, 0x108);
  g_assert_cmphex (sr_practice_admin_get_my_roles (f->ca, &administrator, CA_NAME, &roles), ==, SR_S_OK);
  g_assert_cmphex (roles, ==, 0x101);
}

static void
compare_inspections (JsonObject *a,
                     JsonObject *b)
{
  static const char *const members[] = { "name", "host", "certificate", "counts", "refusals", "backups", "rows", "rowCount", "lastBackups" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_node_equal (json_object_get_member (a, members[i]), json_object_get_member (b, members[i])));
}

static void
test_inspect (PracticeFixture *f,
              gconstpointer    data)
{
  g_autofree char *folder = g_build_filename (f->folder, "ca", NULL);
  g_autofree char *set = practice_fixture_make_folder (f, "set");
  g_autoptr (JsonObject) running = NULL;
  g_autoptr (JsonObject) stopped = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *row, *session;
  JsonArray *rows;

  practice_fixture_issue (f, 3);
  sr_practice_ca_revoke (f->ca, "#3", 2, 0, &error);
  g_assert_no_error (error);
  practice_fixture_backup (f, &operator, TRUE, TRUE, set);
  sr_practice_ca_note_call (f->ca, "25 BackupReadFile", "privacy spnego kerberos");
  g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 1, 2), ==, SR_S_OK);
  running = sr_practice_ca_inspect (f->ca, TRUE, &error);
  g_assert_no_error (error);
  session = json_object_get_object_member (running, "session");
  g_assert_true (json_object_get_boolean_member (session, "open"));
  g_assert_cmpstr (json_object_get_string_member (session, "kind"), ==, "logs");
  g_assert_cmpstr (json_object_get_string_member (session, "principal"), ==, OPERATOR);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  rows = json_object_get_array_member (running, "rows");
  g_assert_cmpuint (json_array_get_length (rows), ==, 4);
  row = json_array_get_object_element (rows, 2);
  g_assert_cmpstr (json_object_get_string_member (row, "disposition"), ==, "revoked");
  g_assert_cmpint (json_object_get_int_member (row, "reason"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (row, "subject"), ==, "CN=practice 3");

  g_clear_pointer (&running, json_object_unref);
  running = sr_practice_ca_inspect (f->ca, TRUE, &error);
  g_assert_no_error (error);
  sr_practice_ca_close (f->ca, &error);
  g_clear_object (&f->ca);
  stopped = sr_practice_inspect_folder (folder, &error);
  g_assert_no_error (error);
  g_assert_false (json_object_get_boolean_member (stopped, "running"));
  compare_inspections (running, stopped);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (stopped, "calls"), "25 BackupReadFile"), ==, 1);
}

/* A CA that died with an open backup tells so. */
static void
test_lost (PracticeFixture *f,
           gconstpointer    data)
{
  g_autofree char *folder = g_build_filename (f->folder, "ca", NULL);
  g_autofree char *ledger = g_build_filename (folder, "ledger.json", NULL);
  g_autoptr (GBytes) open = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 0, 1), ==, SR_S_OK);
  open = sr_file_load (ledger, 1 << 20, &error);
  g_assert_no_error (error);
  practice_fixture_reopen (f);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "lost"), ==, 1);
  sr_practice_ca_close (f->ca, &error);
  g_clear_object (&f->ca);
  sr_file_replace (ledger, g_bytes_get_data (open, NULL), g_bytes_get_size (open), &error); /* as a crash leaves it */
  g_assert_no_error (error);
  f->ca = sr_practice_ca_open (folder, &f->options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "prepare"), ==, 1);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "lost"), ==, 1);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "end"), ==, 0);
}

static void
test_bad_files (PracticeFixture *f,
                gconstpointer    data)
{
  static const char *const names[] = { "roles.json", "ledger.json", "config" };
  static const char *const contents[] = {
    "", "{", "[]", "{\"users\": []}", "{\"users\": {\"a\": [\"king\"]}}", "{\"users\": {\"a\": [7]}}",
    "{\"counts\": {}, \"calls\": {}, \"auth\": {}, \"refusals\": {}, \"backups\": [1]}", "{'a': 1}", "{\"a\" <7>}",
  };
  g_autofree char *folder = g_build_filename (f->folder, "ca", NULL);
  g_autoptr (GError) error = NULL;

  sr_practice_ca_close (f->ca, &error);
  g_clear_object (&f->ca);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GBytes) good = sr_file_load (path, 1 << 20, &error);

      g_assert_no_error (error);
      for (guint j = 0; j < G_N_ELEMENTS (contents); j++)
        {
          sr_file_replace (path, contents[j], strlen (contents[j]), &error);
          g_assert_no_error (error);
          g_assert_null (sr_practice_ca_open (folder, &f->options, &error));
          g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
          g_clear_error (&error);
        }
      sr_file_replace (path, g_bytes_get_data (good, NULL), g_bytes_get_size (good), &error);
    }
  f->ca = sr_practice_ca_open (folder, &f->options, &error);
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, func) \
  g_test_add ("/practice/ca/" path, PracticeFixture, NULL, practice_fixture_set_up, func, practice_fixture_tear_down)
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/practice/names", test_names);
  ADD ("certificates", test_certificates);
  ADD ("reopen", test_reopen);
  ADD ("odd-name", test_odd_name);
  ADD ("config", test_config);
  ADD ("properties", test_properties);
  ADD ("inspect", test_inspect);
  ADD ("lost", test_lost);
  ADD ("bad-files", test_bad_files);
  return g_test_run ();
}
