/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-file.h"
#include "base/sr-utf16.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

void
test_folder_init (TestFolder *folder)
{
  g_autoptr (GError) error = NULL;

  folder->path = g_dir_make_tmp ("strongroom-store-XXXXXX", &error);
  g_assert_no_error (error);
}

void
test_folder_clear (TestFolder *folder)
{
  if (folder->path != NULL)
    g_assert_true (sr_file_remove_tree (folder->path, NULL));
  g_clear_pointer (&folder->path, g_free);
}

SrRepository *
test_repository_new (const TestFolder *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder->path, "backup", NULL);
  SrRepository *repository = sr_repository_create (path, &error);

  g_assert_no_error (error);
  return repository;
}

SrLock *
test_lock (SrRepository *repository,
           const char   *config)
{
  g_autoptr (GError) error = NULL;
  SrLock *lock = sr_repository_lock_authority (repository, config, SR_LOCK_EXCLUSIVE, NULL, &error);

  g_assert_no_error (error);
  return lock;
}

static GBytes *
make_certificate (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t der;
  GBytes *bytes;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (certificate, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (certificate, "\x01\x02\x03", 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_dn (certificate, "CN=Contoso Issuing CA,O=Contoso", NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_activation_time (certificate, 1700000000), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_expiration_time (certificate, 2000000000), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_key (certificate, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der), ==, 0);
  bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return bytes;
}

GBytes *
test_certificate (void)
{
  static GBytes *certificate;

  if (certificate == NULL)
    certificate = make_certificate ();
  return certificate;
}

GBytes *
test_bytes (guint32 seed,
            gsize   length)
{
  guint8 *data = g_malloc (length);
  guint32 state = seed * 2654435761u + 1;

  for (gsize i = 0; i < length; i++)
    {
      state = state * 1664525u + 1013904223u;
      data[i] = (guint8) (state >> 24);
    }
  return g_bytes_new_take (data, length);
}

GBytes *
test_locations (void)
{
  const char *items[] = {
    "D\\\\ca01\\C$\\Windows\\system32\\CertLog\\Contoso Issuing CA.edb",
    "\302\202\\\\ca01\\C$\\Windows\\system32\\CertLog",
    "\302\203\\\\ca01\\C$\\Windows\\system32\\CertLog",
    NULL,
  };

  return sr_utf16_list_build (items);
}

gboolean
test_write_file (SrBackupSetWriter *writer,
                 SrFileRole         role,
                 const char        *server_name,
                 GBytes            *contents,
                 GError           **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (contents, &length);

  if (!sr_backup_set_writer_begin_file (writer, role, server_name, length, error))
    return FALSE;
  for (gsize at = 0; at < length; at += MIN (length - at, 4 * TEST_PAGE))
    if (!sr_backup_set_writer_write (writer, data + at, MIN (length - at, 4 * TEST_PAGE), error))
      return FALSE;
  return sr_backup_set_writer_end_file (writer, error);
}

gboolean
test_write_all (SrBackupSetWriter *writer,
                guint              pages,
                GError           **error)
{
  static const char * const dynamic[] = { "\\\\ca01\\C$\\Windows\\CAPolicy.inf", NULL };
  g_autoptr (GBytes) locations = test_locations ();
  g_autoptr (GBytes) database = test_bytes (1, (gsize) pages * TEST_PAGE);
  g_autoptr (GBytes) log1 = test_bytes (2, 3 * TEST_PAGE);
  g_autoptr (GBytes) log2 = test_bytes (3, 3 * TEST_PAGE);

  return sr_backup_set_writer_set_locations (writer, g_bytes_get_data (locations, NULL), g_bytes_get_size (locations), error) &&
         test_write_file (writer, SR_FILE_DATABASE, "\\\\ca01\\C$\\Windows\\system32\\CertLog\\Contoso Issuing CA.edb", database, error) &&
         test_write_file (writer, SR_FILE_LOG, "\\\\ca01\\C$\\Windows\\system32\\CertLog\\edb0000E.log", log1, error) &&
         test_write_file (writer, SR_FILE_LOG, "\\\\ca01\\C$\\Windows\\system32\\CertLog\\edb0000F.log", log2, error) &&
         sr_backup_set_writer_set_dynamic_files (writer, dynamic, error);
}

SrBackupSetWriter *
test_writer_new (SrLock  *lock,
                 GError **error)
{
  /* 2026-11-22 14:15:00 UTC, and a server whose clock is three seconds ahead. */
  const SrBackupSetDescription description = {
    .kind = SR_SET_FULL,
    .display_name = "Contoso Issuing CA",
    .certificate = test_certificate (),
    .started = G_GINT64_CONSTANT (1795356900) * G_USEC_PER_SEC,
    .server_time = G_GINT64_CONSTANT (1795356903) * G_USEC_PER_SEC,
  };

  return sr_backup_set_writer_begin (lock, &description, error);
}

SrBackupSet *
test_publish (SrRepository *repository,
              const char   *config,
              guint         pages)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = test_lock (repository, config);
  g_autoptr (SrBackupSetWriter) writer = test_writer_new (lock, &error);
  SrBackupSet *set;

  g_assert_no_error (error);
  test_write_all (writer, pages, &error);
  g_assert_no_error (error);
  set = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return set;
}

int
test_run_child (void (*func) (gpointer data),
                gpointer data)
{
  int status = 0;
  pid_t pid;

  fflush (NULL);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      func (data);
      fflush (NULL);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

pid_t
test_start_child (void (*func) (gpointer data),
                  gpointer data)
{
  int ready[2];
  char c;
  pid_t pid;

  g_assert_cmpint (pipe (ready), ==, 0);
  fflush (NULL);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      close (ready[0]);
      func (data);
      if (write (ready[1], "r", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &c, 1), ==, 1);
  close (ready[0]);
  return pid;
}

void
test_kill_child (pid_t pid)
{
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

gboolean
test_unshare_mounts (void)
{
  if (unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return FALSE;
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 || errno == EINVAL;
}

guint
test_count_names (const char *folder,
                  const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      count++;
  return count;
}

char *
test_authority_path (SrRepository *repository)
{
  return g_build_filename (sr_repository_get_path (repository), "Contoso Issuing CA", NULL);
}

void
test_assert_clean (SrRepository *repository,
                   guint         sets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) found = sr_repository_list_sets (repository, NULL, &unreadable, &error);
  g_autoptr (GPtrArray) staging = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, sets);
  g_assert_cmpuint (unreadable->len, ==, 0);
  for (guint i = 0; i < found->len; i++)
    {
      sr_backup_set_verify (g_ptr_array_index (found, i), NULL, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  staging = sr_staging_list (repository, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (staging->len, ==, 0);
}
