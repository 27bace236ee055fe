/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  SrBackupSet *set;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->set = test_publish (fixture->repository, TEST_CONFIG, 4);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->set);
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

static char *
path_of (Fixture    *fixture,
         const char *inside)
{
  return g_build_filename (sr_backup_set_get_path (fixture->set), inside, NULL);
}

/* One problem, of that kind, with that file. */
static SrSetProblem *
assert_problem (Fixture         *fixture,
                SrSetProblemKind kind,
                const char      *inside,
                GPtrArray      **problems)
{
  g_autoptr (GError) error = NULL;
  SrSetProblem *problem;

  g_assert_false (sr_backup_set_verify (fixture->set, NULL, NULL, problems, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
  g_assert_cmpuint ((*problems)->len, ==, 1);
  problem = g_ptr_array_index (*problems, 0);
  g_assert_cmpint (problem->kind, ==, kind);
  g_assert_cmpstr (problem->path, ==, inside);
  g_assert_nonnull (strstr (error->message, inside));
  g_assert_nonnull (strstr (error->message, problem->message));
  return problem;
}

static void
flip_bit (const char *path,
          gint64      offset,
          guint       bit)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  struct stat st;
  guint8 byte;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &st), ==, 0);
  if (offset < 0)
    offset += st.st_size;
  g_assert_cmpint (pread (fd, &byte, 1, offset), ==, 1);
  byte ^= (guint8) (1 << bit);
  g_assert_cmpint (pwrite (fd, &byte, 1, offset), ==, 1);
  close (fd);
}

/* One bit at the beginning, in the middle and at the end of every file in turn. */
static void
test_flipped_bits (Fixture      *fixture,
                   gconstpointer data)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (fixture->set);

  g_assert_cmpuint (manifest->files->len, ==, 5);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);
      g_autofree char *path = path_of (fixture, file->path);
      gint64 offsets[] = { 0, (gint64) file->size / 2, -1 };

      for (guint j = 0; j < G_N_ELEMENTS (offsets); j++)
        {
          g_autoptr (GPtrArray) problems = NULL;
          g_autofree char *now = NULL;
          g_autoptr (GBytes) contents = NULL;
          SrSetProblem *problem;

          flip_bit (path, offsets[j], (i + j) % 8);
          problem = assert_problem (fixture, SR_SET_PROBLEM_HASH, file->path, &problems);
          contents = sr_file_load (path, 1 << 30, NULL);
          now = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, contents);
          g_assert_cmpstr (problem->expected, ==, file->sha256);
          g_assert_cmpstr (problem->found, ==, now);
          g_assert_nonnull (strstr (problem->message, file->path));
          flip_bit (path, offsets[j], (i + j) % 8);
        }
    }
  test_assert_clean (fixture->repository, 1);
}

static void
test_sizes (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "DataBase/edb0000F.log");
  static const gint64 sizes[] = { 0, 3 * TEST_PAGE - 1, 3 * TEST_PAGE + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      SrSetProblem *problem;
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, sizes[i]);

      g_assert_cmpint (truncate (path, sizes[i]), ==, 0);
      problem = assert_problem (fixture, SR_SET_PROBLEM_SIZE, "DataBase/edb0000F.log", &problems);
      g_assert_cmpstr (problem->found, ==, number);
      g_assert_cmpstr (problem->expected, ==, "24576");
    }
}

static void
test_missing (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "DataBase/certbkxp.dat");
  g_autoptr (GPtrArray) problems = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_problem (fixture, SR_SET_PROBLEM_MISSING, "DataBase/certbkxp.dat", &problems);
}

static void
test_unexpected (Fixture      *fixture,
                 gconstpointer data)
{
  static const char * const names[] = { "DataBase/edb00010.log", "extra", "DataBase/session.json", "session.json.bak" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (fixture, names[i]);
      g_autoptr (GPtrArray) problems = NULL;

      g_assert_true (sr_file_replace (path, "x", 1, NULL));
      assert_problem (fixture, SR_SET_PROBLEM_UNEXPECTED, names[i], &problems);
      g_assert_cmpint (g_unlink (path), ==, 0);
      g_clear_pointer (&problems, g_ptr_array_unref);
      /* A folder, with something in it. */
      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      assert_problem (fixture, SR_SET_PROBLEM_UNEXPECTED, names[i], &problems);
      g_assert_cmpint (g_rmdir (path), ==, 0);
    }
  test_assert_clean (fixture->repository, 1);
}

/* A link to the very same bytes is still no file of the set. */
static void
test_links (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "DataBase/edb0000E.log");
  g_autofree char *outside = g_build_filename (fixture->folder.path, "outside", NULL);
  g_autofree char *folder = path_of (fixture, "DataBase");
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  const SrManifest *manifest = sr_backup_set_get_manifest (fixture->set);

  g_assert_cmpint (g_rename (path, outside), ==, 0);
  g_assert_cmpint (symlink (outside, path), ==, 0);
  assert_problem (fixture, SR_SET_PROBLEM_TYPE, "DataBase/edb0000E.log", &problems);
  g_clear_pointer (&problems, g_ptr_array_unref);

  /* A FIFO does not make it wait. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_problem (fixture, SR_SET_PROBLEM_TYPE, "DataBase/edb0000E.log", &problems);
  g_clear_pointer (&problems, g_ptr_array_unref);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rename (outside, path), ==, 0);
  test_assert_clean (fixture->repository, 1);

  /* The folder of the database as a link: nothing below it is taken. */
  g_assert_cmpint (g_rename (folder, outside), ==, 0);
  g_assert_cmpint (symlink (outside, folder), ==, 0);
  g_assert_false (sr_backup_set_verify (fixture->set, NULL, NULL, &problems, NULL, NULL));
  g_assert_cmpuint (problems->len, ==, 5);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);
      int fd = sr_backup_set_open_file (fixture->set, file, &error);

      if (file->role == SR_FILE_CERTIFICATE)
        {
          g_assert_cmpint (fd, >=, 0);
          close (fd);
          continue;
        }
      g_assert_cmpint (fd, ==, -1);
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
      g_clear_error (&error);
    }
}

static void
test_own_files (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *manifest = path_of (fixture, SR_MANIFEST_NAME);
  g_autofree char *sums = path_of (fixture, SR_SUMS_NAME);
  g_autofree char *sheet = path_of (fixture, SR_SHEET_NAME);
  g_autofree char *session = path_of (fixture, SR_SESSION_RECORD_NAME);
  g_autofree char *session_new = path_of (fixture, SR_SESSION_RECORD_NAME ".new");
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (SrBackupSet) reloaded = NULL;

  /* The sheet and the session's record may change or come and go; what a kill leaves of the latter is no harm. */
  g_assert_cmpint (g_unlink (sheet), ==, 0);
  g_assert_true (sr_file_replace (session, "{", 1, NULL));
  g_assert_true (sr_file_replace (session_new, "{", 1, NULL));
  test_assert_clean (fixture->repository, 1);

  flip_bit (sums, 3, 0);
  assert_problem (fixture, SR_SET_PROBLEM_HASH, SR_SUMS_NAME, &problems);
  g_clear_pointer (&problems, g_ptr_array_unref);
  flip_bit (sums, 3, 0);

  /* The manifest changed since it was loaded: a digit of the version. A fresh look finds that SHA256SUMS says otherwise. */
  {
    g_autoptr (GBytes) contents = sr_file_load (manifest, 1 << 20, NULL);
    g_autoptr (GString) text = g_string_new (g_bytes_get_data (contents, NULL));

    g_assert_cmpuint (g_string_replace (text, "\"programVersion\" : \"", "\"programVersion\" : \"9", 1), ==, 1);
    g_assert_true (sr_file_replace (manifest, text->str, text->len, NULL));
  }
  assert_problem (fixture, SR_SET_PROBLEM_HASH, SR_MANIFEST_NAME, &problems);
  g_clear_pointer (&problems, g_ptr_array_unref);
  reloaded = sr_backup_set_load (sr_backup_set_get_path (fixture->set), NULL);
  g_assert_nonnull (reloaded);
  g_set_object (&fixture->set, reloaded);
  assert_problem (fixture, SR_SET_PROBLEM_HASH, SR_SUMS_NAME, &problems);
  g_clear_pointer (&problems, g_ptr_array_unref);

  g_assert_cmpint (g_unlink (sums), ==, 0);
  assert_problem (fixture, SR_SET_PROBLEM_MISSING, SR_SUMS_NAME, &problems);
}

/* All problems are told, not only the first. */
static void
test_several (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *database = path_of (fixture, "DataBase/Contoso Issuing CA.edb");
  g_autofree char *log = path_of (fixture, "DataBase/edb0000E.log");
  g_autofree char *extra = path_of (fixture, "DataBase/extra");
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  flip_bit (database, 100, 3);
  g_assert_cmpint (g_unlink (log), ==, 0);
  g_assert_true (sr_file_replace (extra, "", 0, NULL));
  g_assert_false (sr_backup_set_verify (fixture->set, NULL, NULL, &problems, NULL, &error));
  g_assert_cmpuint (problems->len, ==, 3);
  g_assert_nonnull (strstr (error->message, "2 more"));
  g_assert_nonnull (strstr (error->message, "Contoso Issuing CA.edb"));
}

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (sr_backup_set_verify (fixture->set, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_record (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (SrSessionRecord) record = { 0 };
  g_auto (SrSessionRecord) read = { 0 };
  g_autofree char *path = path_of (fixture, SR_SESSION_RECORD_NAME);
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_backup_set_load_session (fixture->set, &read, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
  g_clear_error (&error);

  for (guint truncated = SR_TRUNCATION_NO; truncated <= SR_TRUNCATION_UNKNOWN; truncated++)
    for (guint ended = SR_ENDING_NO; ended <= SR_ENDING_UNKNOWN; ended++)
      {
        record.truncated = (SrTruncation) truncated;
        record.ended = (SrEnding) ended;
        record.truncated_at = G_GINT64_CONSTANT (1795356900123456);
        record.truncate_result = 0xc8000230;
        record.end_result = 0xffffffff;
        g_set_str (&record.detail, ended == 0 ? NULL : "The connection\n“broke”\377");
        g_assert_true (sr_backup_set_record_session (fixture->set, &record, &error));
        sr_session_record_clear (&read);
        g_assert_true (sr_backup_set_load_session (fixture->set, &read, &error));
        g_assert_cmpint (read.truncated, ==, truncated);
        g_assert_cmpint (read.ended, ==, ended);
        g_assert_cmpint (read.truncated_at, ==, record.truncated_at);
        g_assert_cmpint (read.ended_at, ==, 0);
        g_assert_cmphex (read.truncate_result, ==, 0xc8000230);
        g_assert_cmphex (read.end_result, ==, 0xffffffff);
        g_assert_cmpstr (read.detail, ==, ended == 0 ? NULL : "The connection\n“broke”\357\277\275");
      }
  g_set_str (&record.detail, long_text);
  g_assert_true (sr_backup_set_record_session (fixture->set, &record, &error));
  sr_session_record_clear (&read);
  g_assert_true (sr_backup_set_load_session (fixture->set, &read, &error));
  test_assert_clean (fixture->repository, 1);

  g_assert_true (sr_file_replace (path, "{\"format\":1,\"truncated\":\"maybe\",\"ended\":\"no\"}", 46, NULL));
  sr_session_record_clear (&read);
  g_assert_false (sr_backup_set_load_session (fixture->set, &read, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_clear_error (&error);
  g_assert_true (sr_file_replace (path, "{\"format\":2}", 12, NULL));
  g_assert_false (sr_backup_set_load_session (fixture->set, &read, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT);
}

/* A new set says that it was read back; later looks replace that. */
static void
test_verification (Fixture      *fixture,
                   gconstpointer data)
{
  g_auto (SrVerification) made = { 0 };
  g_auto (SrVerification) bad = { 0 };
  g_auto (SrVerification) other = { 0 };
  g_autofree char *path = path_of (fixture, SR_VERIFICATION_NAME);
  g_autofree char *new_path = path_of (fixture, SR_VERIFICATION_NAME ".new");
  g_autofree char *log = path_of (fixture, "DataBase/edb0000E.log");
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) problems = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_load_verification (fixture->set, &made, &error));
  g_assert_no_error (error);
  g_assert_cmpint (made.finding, ==, SR_FINDING_GOOD);
  g_assert_cmpint (made.at, >=, sr_backup_set_get_manifest (fixture->set)->finished);
  g_assert_null (made.detail);

  g_assert_cmpint (g_unlink (log), ==, 0);
  g_assert_false (sr_backup_set_verify (fixture->set, NULL, NULL, &found, NULL, &problems));
  g_assert_true (sr_backup_set_record_verification (fixture->set, sr_set_problems_judge (found), problems, &error));
  g_assert_true (sr_backup_set_load_verification (fixture->set, &bad, &error));
  g_assert_cmpint (bad.finding, ==, SR_FINDING_DAMAGED);
  g_assert_cmpint (bad.at, >, made.at);
  g_assert_cmpstr (bad.detail, ==, problems->message);

  /* What was said of another manifest says nothing of this one. */
  bad.manifest_sha256[0] = bad.manifest_sha256[0] == '0' ? '1' : '0';
  g_assert_true (sr_verification_save (&bad, sr_backup_set_get_path (fixture->set), &error));
  g_assert_false (sr_backup_set_load_verification (fixture->set, &other, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_true (sr_file_replace (path, "{\"format\":1,\"result\":\"maybe\"}", 29, NULL));
  g_assert_false (sr_backup_set_load_verification (fixture->set, &other, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_clear_error (&error);
  g_assert_true (sr_file_replace (path, "{\"format\":2}", 12, NULL));
  g_assert_false (sr_backup_set_load_verification (fixture->set, &other, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT);
  g_clear_error (&error);

  /* It is no part of the set, nor is what a kill leaves of it: the log alone is missing. */
  g_assert_true (sr_file_replace (new_path, "{", 1, NULL));
  {
    g_autoptr (GPtrArray) left = NULL;

    assert_problem (fixture, SR_SET_PROBLEM_MISSING, "DataBase/edb0000E.log", &left);
  }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (sr_backup_set_load_verification (fixture->set, &other, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
}

static SrFinding
verify_and_load (SrBackupSet *set)
{
  g_auto (SrVerification) read = { 0 };
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) problems = NULL;
  g_autoptr (GError) error = NULL;

  sr_backup_set_verify (set, NULL, NULL, &found, NULL, &problems);
  g_assert_true (sr_backup_set_record_verification (set, sr_set_problems_judge (found), problems, &error));
  g_assert_no_error (error);
  g_assert_true (sr_backup_set_load_verification (set, &read, &error));
  g_assert_no_error (error);
  return read.finding;
}

/* What a file manager leaves in the folder is no damage, nor is a file that
 * cannot be read just now; the worst of all is what counts. */
static void
test_findings (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *extra = path_of (fixture, ".directory");
  g_autofree char *log = path_of (fixture, "DataBase/edb0000E.log");
  SrSetProblem unreadable = { .kind = SR_SET_PROBLEM_UNREADABLE };
  SrSetProblem unexpected = { .kind = SR_SET_PROBLEM_UNEXPECTED };
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();

  g_assert_cmpint (verify_and_load (fixture->set), ==, SR_FINDING_GOOD);
  g_assert_true (sr_file_replace (extra, "x", 1, NULL));
  g_assert_cmpint (verify_and_load (fixture->set), ==, SR_FINDING_UNEXPECTED);
  g_assert_cmpint (g_unlink (log), ==, 0);
  g_assert_cmpint (verify_and_load (fixture->set), ==, SR_FINDING_DAMAGED);

  g_ptr_array_add (problems, &unreadable);
  g_ptr_array_add (problems, &unexpected);
  g_assert_cmpint (sr_set_problems_judge (problems), ==, SR_FINDING_UNREADABLE);
}

/* The folder may be anywhere, under any name. */
static void
test_moved (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *away = g_build_filename (fixture->folder.path, "a copy", NULL);
  g_autoptr (SrBackupSet) moved = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (sr_backup_set_get_path (fixture->set), away), ==, 0);
  moved = sr_backup_set_load (away, &error);
  g_assert_no_error (error);
  g_assert_true (sr_backup_set_verify (moved, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (sr_backup_set_load (sr_backup_set_get_path (fixture->set), &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET);
  g_clear_error (&error);
  g_assert_null (sr_backup_set_load (fixture->folder.path, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/verify/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("flipped-bits", test_flipped_bits);
  ADD ("sizes", test_sizes);
  ADD ("missing", test_missing);
  ADD ("unexpected", test_unexpected);
  ADD ("links", test_links);
  ADD ("own-files", test_own_files);
  ADD ("several", test_several);
  ADD ("cancel", test_cancel);
  ADD ("record", test_record);
  ADD ("verification", test_verification);
  ADD ("findings", test_findings);
  ADD ("moved", test_moved);
  return g_test_run ();
}
