/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <gnutls/crypto.h>
#include <string.h>
#include <sys/stat.h>

static const SrSetFile *
find_file (SrBackupSet *set,
           const char  *path)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      if (g_str_equal (file->path, path))
        return file;
    }
  return NULL;
}

static void
assert_file (SrBackupSet *set,
             const char  *path,
             SrFileRole   role,
             guint32      generation,
             GBytes      *contents)
{
  const SrSetFile *file = find_file (set, path);
  g_autofree char *full = g_build_filename (sr_backup_set_get_path (set), path, NULL);
  g_autoptr (GBytes) found = sr_file_load (full, 1 << 30, NULL);
  /* GLib's own SHA-256, not the one that the writer uses. */
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, contents);
  struct stat st;

  g_assert_nonnull (file);
  g_assert_cmpint (file->role, ==, role);
  g_assert_cmpuint (file->generation, ==, generation);
  g_assert_cmpuint (file->size, ==, g_bytes_get_size (contents));
  g_assert_cmpstr (file->sha256, ==, sha256);
  g_assert_nonnull (found);
  g_assert_true (g_bytes_equal (found, contents));
  g_assert_cmpint (stat (full, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
}

static void
test_full_set (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GBytes) database = test_bytes (1, 40 * TEST_PAGE);
  g_autoptr (GBytes) log = test_bytes (3, 3 * TEST_PAGE);
  g_autoptr (GBytes) locations = test_locations ();
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, test_certificate ());
  const SrManifest *manifest;
  const SrSetLocation *location;
  guint32 low = 0, high = 0;
  struct stat st;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  set = test_publish (repository, TEST_CONFIG, 40);
  manifest = sr_backup_set_get_manifest (set);

  g_assert_cmpstr (sr_backup_set_get_name (set), ==, "20261122T141500Z-full");
  assert_file (set, "DataBase/Contoso Issuing CA.edb", SR_FILE_DATABASE, 0, database);
  assert_file (set, "DataBase/edb0000F.log", SR_FILE_LOG, 0xf, log);
  assert_file (set, "DataBase/certbkxp.dat", SR_FILE_LOCATIONS, 0, locations);
  assert_file (set, "authority.cer", SR_FILE_CERTIFICATE, 0, test_certificate ());
  g_assert_cmpstr (find_file (set, "DataBase/edb0000F.log")->server_name, ==,
                   "\\\\ca01\\C$\\Windows\\system32\\CertLog\\edb0000F.log");

  g_assert_cmpint (manifest->sequence, ==, 1);
  g_assert_cmpstr (manifest->config, ==, TEST_CONFIG);
  g_assert_cmpstr (manifest->certificate_sha1, ==, sha1);
  g_assert_cmpstr (manifest->certificate_subject, ==, "CN=Contoso Issuing CA,O=Contoso");
  g_assert_cmpint (manifest->certificate_expires, ==, G_GINT64_CONSTANT (2000000000) * G_USEC_PER_SEC);
  g_assert_cmpint (manifest->server_time - manifest->started, ==, 3 * G_USEC_PER_SEC);
  g_assert_cmpstr (manifest->program_version, ==, PACKAGE_VERSION);
  g_assert_true (sr_manifest_get_generations (manifest, &low, &high));
  g_assert_cmphex (low, ==, 0xe);
  g_assert_cmphex (high, ==, 0xf);
  g_assert_cmpuint (manifest->locations->len, ==, 3);
  location = g_ptr_array_index (manifest->locations, 1);
  g_assert_cmphex (location->type, ==, 0x82);
  g_assert_cmpstr (location->path, ==, "\\\\ca01\\C$\\Windows\\system32\\CertLog");
  g_assert_cmpstr (manifest->dynamic_files[0], ==, "\\\\ca01\\C$\\Windows\\CAPolicy.inf");
  g_assert_cmpint (stat (sr_backup_set_get_path (set), &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  test_assert_clean (repository, 1);
}

/* sha256sum, not our code, says that the set is whole. */
static void
test_sums (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  const char *argv[] = { "sha256sum", "--strict", "-c", SR_SUMS_NAME, NULL };
  int status = 0;
  guint lines = 0;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  set = test_publish (repository, TEST_CONFIG, 3);
  g_spawn_sync (sr_backup_set_get_path (set), (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  for (const char *p = output; (p = strstr (p, ": OK\n")) != NULL; p++)
    lines++;
  /* Certificate, locations, database, two logs, manifest. */
  g_assert_cmpuint (lines, ==, 6);
}

static void
test_sheet (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) sheet = NULL;
  const char *text;
  const char *wanted[] = {
    TEST_CONFIG, "2033-05-18 03:33:20 UTC", "2026-11-22 14:15:00 UTC", "DataBase/edb0000E.log", "0xE to 0xF",
    "sha256sum -c SHA256SUMS", "certutil -f -restoreDB", "certutil -backupKey", "net stop certsvc", "new full backup",
    "\\\\ca01\\C$\\Windows\\CAPolicy.inf",
  };

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  set = test_publish (repository, TEST_CONFIG, 3);
  path = g_build_filename (sr_backup_set_get_path (set), SR_SHEET_NAME, NULL);
  sheet = sr_file_load (path, 1 << 20, NULL);
  g_assert_nonnull (sheet);
  text = g_bytes_get_data (sheet, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (strstr (text, wanted[i]) == NULL)
      g_error ("The restore sheet lacks “%s”:\n%s", wanted[i], text);
  g_assert_nonnull (strstr (text, sr_backup_set_get_manifest (set)->certificate_sha1));
  g_assert_nonnull (strstr (text, sr_backup_set_get_manifest_sha256 (set)));
  g_assert_nonnull (strstr (text, sr_backup_set_get_path (set)));
}

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  SrLock *lock;
  SrBackupSetWriter *writer;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->lock = test_lock (fixture->repository, TEST_CONFIG);
  fixture->writer = test_writer_new (fixture->lock, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->writer, sr_backup_set_writer_free);
  g_clear_pointer (&fixture->lock, sr_lock_release);
  test_assert_clean (fixture->repository, GPOINTER_TO_UINT (data));
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

static void
assert_over (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_LOG, "edb00001.log", 0, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_assert_null (sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
}

static void
test_too_long (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_DATABASE, "a.edb", 10, &error));
  g_assert_true (sr_backup_set_writer_write (fixture->writer, "123456", 6, &error));
  g_assert_false (sr_backup_set_writer_write (fixture->writer, "78901", 5, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LENGTH);
  g_assert_nonnull (strstr (error->message, "10"));
  g_assert_nonnull (strstr (error->message, "11"));
  g_assert_nonnull (strstr (error->message, "a.edb"));
  assert_over (fixture);
}

static void
test_too_short (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_DATABASE, "a.edb", 812, &error));
  g_assert_true (sr_backup_set_writer_write (fixture->writer, "123456", 6, &error));
  g_assert_false (sr_backup_set_writer_end_file (fixture->writer, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LENGTH);
  g_assert_nonnull (strstr (error->message, "812"));
  g_assert_nonnull (strstr (error->message, " 6"));
  assert_over (fixture);
}

static void
test_no_database (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = test_bytes (1, 100);

  g_assert_true (test_write_file (fixture->writer, SR_FILE_LOG, "edb00001.log", bytes, &error));
  g_assert_null (sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  assert_over (fixture);
}

static void
test_log_twice (Fixture      *fixture,
                gconstpointer data)
{
  static const char * const seconds[] = { "D:\\logs\\EDB0000F.LOG", "c:\\edb0000F.jtx" };
  g_autoptr (GBytes) bytes = test_bytes (1, 100);

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (GError) error = NULL;

      if (i > 0)
        {
          sr_backup_set_writer_free (fixture->writer);
          fixture->writer = test_writer_new (fixture->lock, &error);
        }
      g_assert_true (test_write_file (fixture->writer, SR_FILE_LOG, "C:\\logs\\edb0000F.log", bytes, &error));
      g_assert_false (test_write_file (fixture->writer, SR_FILE_LOG, seconds[i], bytes, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME);
      assert_over (fixture);
    }
}

static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  static const struct
  {
    SrFileRole role;
    const char *server_name;
    const char *path;
    guint32 generation;
  } files[] = {
    { SR_FILE_DATABASE, "\\\\ca01\\C$\\one\\CA.edb", "DataBase/CA.edb", 0 },
    { SR_FILE_DATABASE, "\\\\ca01\\D$\\two\\ca.EDB", "DataBase/ca-2.EDB", 0 },
    { SR_FILE_DATABASE, "..\\..\\..", "DataBase/__", 0 },
    { SR_FILE_OTHER, "C:\\x\\certbkxp.dat", "DataBase/certbkxp-2.dat", 0 },
    { SR_FILE_OTHER, "/etc/passwd", "DataBase/passwd", 0 },
    { SR_FILE_OTHER, "nul.txt", "DataBase/_nul.txt", 0 },
    { SR_FILE_OTHER, "manifest.json", "DataBase/manifest.json", 0 },
    { SR_FILE_PATCH, "C:\\ca.pat", "DataBase/ca.pat", 0 },
    { SR_FILE_LOG, "C:\\edb0000A.log", "DataBase/edb0000A.log", 0xa },
    { SR_FILE_LOG, "C:\\EDB0000B.JTX", "DataBase/EDB0000B.JTX", 0xb },
    { SR_FILE_LOG, "C:\\edb00100000.log", "DataBase/edb00100000.log", 0x100000 },
    { SR_FILE_LOG, "C:\\edb.log", "DataBase/edb.log", 0 },
    { SR_FILE_LOG, "C:\\edbres00001.jrs", "DataBase/edbres00001.jrs", 0 },
    /* A log's generation counts only for logs. */
    { SR_FILE_OTHER, "C:\\edb0000C.log", "DataBase/edb0000C.log", 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (i, 10 + i);

      test_write_file (fixture->writer, files[i].role, files[i].server_name, bytes, &error);
      g_assert_no_error (error);
    }
  set = sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (i, 10 + i);

      assert_file (set, files[i].path, files[i].role, files[i].generation, bytes);
      g_assert_cmpstr (find_file (set, files[i].path)->server_name, ==, files[i].server_name);
    }
  assert_over (fixture);
}

static void
test_bad_lists (Fixture      *fixture,
                gconstpointer data)
{
  static const guint8 odd[3] = { 'D', 0, 'x' };
  static const guint8 open_end[4] = { 'D', 0, 'x', 0 };
  g_autofree char *long_name = g_strnfill (SR_MANIFEST_MAX_NAME + 1, 'x');
  const char *names[] = { long_name, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_backup_set_writer_set_locations (fixture->writer, odd, sizeof odd, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  assert_over (fixture);
  g_clear_error (&error);

  sr_backup_set_writer_free (fixture->writer);
  fixture->writer = test_writer_new (fixture->lock, NULL);
  g_assert_false (sr_backup_set_writer_set_locations (fixture->writer, open_end, sizeof open_end, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);

  sr_backup_set_writer_free (fixture->writer);
  fixture->writer = test_writer_new (fixture->lock, NULL);
  g_assert_false (sr_backup_set_writer_set_dynamic_files (fixture->writer, names, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
  g_clear_error (&error);

  sr_backup_set_writer_free (fixture->writer);
  fixture->writer = test_writer_new (fixture->lock, NULL);
  g_assert_false (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_OTHER, long_name, 1, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME);
  assert_over (fixture);
}

/* Calls in the wrong order are refused, and cost nothing of what is written. */
static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;

  g_assert_false (sr_backup_set_writer_write (fixture->writer, "x", 1, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_assert_false (sr_backup_set_writer_end_file (fixture->writer, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);

  g_assert_true (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_DATABASE, "a.edb", 2, &error));
  g_assert_false (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_DATABASE, "b.edb", 2, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_assert_null (sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);

  g_assert_true (sr_backup_set_writer_write (fixture->writer, "ab", 2, &error));
  g_assert_true (sr_backup_set_writer_end_file (fixture->writer, &error));
  g_assert_cmpuint (sr_backup_set_writer_get_bytes_written (fixture->writer), ==, 2 + g_bytes_get_size (test_certificate ()));
  set = sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_NO_VERIFY, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

typedef struct
{
  guint calls;
  guint64 last;
  guint64 total;
  gboolean ended;
} Seen;

static void
note_progress (guint64     done,
               guint64     total,
               const char *file,
               gpointer    user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (done, >=, seen->last);
  g_assert_cmpuint (done, <=, total);
  g_assert_false (seen->ended);
  seen->calls++;
  seen->last = done;
  seen->total = total;
  seen->ended = file == NULL;
}

static void
test_progress (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  Seen seen = { 0 };

  g_assert_true (test_write_all (fixture->writer, 600, &error));
  set = sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, note_progress, &seen, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (seen.ended);
  g_assert_cmpuint (seen.last, ==, seen.total);
  g_assert_cmpuint (seen.total, ==, sr_backup_set_get_size (set));
  /* One a file, one at the end, one a megabyte of the 4.7. */
  g_assert_cmpuint (seen.calls, >=, 5 + 1 + 4);
  g_assert_cmpuint (seen.calls, <=, 5 + 1 + 10);
}

static void
cancel_in_time (guint64     done,
                guint64     total,
                const char *file,
                gpointer    user_data)
{
  if (done > total / 2)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_true (test_write_all (fixture->writer, 600, &error));
  g_assert_null (sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, cancel_in_time, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_over (fixture);
}

/* Freed in the middle of a file: the set-up's tear-down finds nothing left. */
static void
test_dropped (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *authority = test_authority_path (fixture->repository);

  g_assert_true (sr_backup_set_writer_begin_file (fixture->writer, SR_FILE_DATABASE, "a.edb", 100, &error));
  g_assert_true (sr_backup_set_writer_write (fixture->writer, "123456", 6, &error));
  g_assert_cmpuint (test_count_names (authority, ".staging-"), ==, 1);
  g_clear_pointer (&fixture->writer, sr_backup_set_writer_free);
  g_assert_cmpuint (test_count_names (authority, ".staging-"), ==, 0);
}

/* Read back and found different: a file of the staging folder is changed behind the writer's back. */
static void
test_read_back (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (sr_backup_set_writer_get_staging_path (fixture->writer), "DataBase", "edb0000E.log", NULL);
  g_autoptr (GBytes) other = test_bytes (99, 3 * TEST_PAGE);

  g_assert_true (test_write_all (fixture->writer, 3, &error));
  g_assert_true (sr_file_replace (path, g_bytes_get_data (other, NULL), g_bytes_get_size (other), &error));
  g_assert_null (sr_backup_set_writer_publish (fixture->writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "edb0000E.log"));
  assert_over (fixture);
}

static void
test_names_taken (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  static const char * const names[] = { "20261122T141500Z-full", "20261122T141500Z-full-2", "20261122T141500Z-full-3" };

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SrBackupSet) set = test_publish (repository, TEST_CONFIG, 1);

      g_assert_cmpstr (sr_backup_set_get_name (set), ==, names[i]);
      g_assert_cmpint (sr_backup_set_get_manifest (set)->sequence, ==, i + 1);
    }
  test_assert_clean (repository, 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/writer/full-set", test_full_set);
  g_test_add_func ("/store/writer/sums", test_sums);
  g_test_add_func ("/store/writer/sheet", test_sheet);
  g_test_add_func ("/store/writer/names-taken", test_names_taken);
#define ADD(name, func, sets) g_test_add ("/store/writer/" name, Fixture, GUINT_TO_POINTER (sets), set_up, func, tear_down)
  ADD ("too-long", test_too_long, 0);
  ADD ("too-short", test_too_short, 0);
  ADD ("no-database", test_no_database, 0);
  ADD ("log-twice", test_log_twice, 0);
  ADD ("names", test_names, 1);
  ADD ("bad-lists", test_bad_lists, 0);
  ADD ("order", test_order, 1);
  ADD ("progress", test_progress, 1);
  ADD ("cancel", test_cancel, 0);
  ADD ("dropped", test_dropped, 0);
  ADD ("read-back", test_read_back, 0);
  return g_test_run ();
}
