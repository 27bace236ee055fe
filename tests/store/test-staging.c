/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_CONFIG "ca02.example.test\\Other CA"

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  SrLock *lock;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->lock = test_lock (fixture->repository, TEST_CONFIG);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->lock, sr_lock_release);
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

/* What a session leaves that is killed just before the rename: a published set under a staging name. */
static char *
leave_complete (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSetWriter) writer = test_writer_new (fixture->lock, &error);
  g_autoptr (SrBackupSet) set = NULL;
  char *staging;

  g_assert_no_error (error);
  staging = g_strdup (sr_backup_set_writer_get_staging_path (writer));
  g_assert_true (test_write_all (writer, 3, &error));
  set = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (sr_backup_set_get_path (set), staging), ==, 0);
  return staging;
}

static void
start_and_die (gpointer data)
{
  Fixture *fixture = data;
  SrBackupSetWriter *writer = test_writer_new (fixture->lock, NULL);

  g_assert_true (sr_backup_set_writer_begin_file (writer, SR_FILE_DATABASE, "a.edb", 100, NULL));
  g_assert_true (sr_backup_set_writer_write (writer, "123456", 6, NULL));
}

/* What one leaves that is killed in the middle of a file. */
static char *
leave_incomplete (Fixture *fixture)
{
  g_autoptr (GPtrArray) found = NULL;

  test_assert_child_good (test_run_child (start_and_die, fixture));
  found = sr_staging_list (fixture->repository, TEST_CONFIG, NULL, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  return g_strdup (((SrStaging *) g_ptr_array_index (found, 0))->path);
}

static void
mark (const char  *staging,
      SrTruncation truncated)
{
  const SrSessionRecord record = { .truncated = truncated };

  g_assert_true (sr_session_record_save (&record, staging, NULL));
}

static SrStaging *
only_one (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = sr_staging_list (fixture->repository, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  return g_ptr_array_steal_index (found, 0);
}

static void
test_complete (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autoptr (SrStaging) staging = only_one (fixture);
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (staging->path, ==, path);
  g_assert_cmpstr (staging->config, ==, TEST_CONFIG);
  g_assert_cmpint (staging->state, ==, SR_STAGING_COMPLETE);
  g_assert_false (staging->truncated);
  set = sr_staging_publish (staging, fixture->lock, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_backup_set_get_name (set), ==, "20261122T141500Z-full");
  test_assert_clean (fixture->repository, 1);
}

static void
test_incomplete (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *path = leave_incomplete (fixture);
  g_autoptr (SrStaging) staging = only_one (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (staging->state, ==, SR_STAGING_INCOMPLETE);
  g_assert_nonnull (strstr (staging->reason, "manifest.json"));
  g_assert_null (sr_staging_publish (staging, fixture->lock, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_clear_error (&error);
  g_assert_true (sr_staging_discard (staging, fixture->lock, &error));
  test_assert_clean (fixture->repository, 0);
}

/* A manifest, and a file that differs from it. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autofree char *log = g_build_filename (path, "DataBase", "edb0000E.log", NULL);
  g_autoptr (SrStaging) staging = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (truncate (log, 17), ==, 0);
  staging = only_one (fixture);
  g_assert_cmpint (staging->state, ==, SR_STAGING_INCOMPLETE);
  g_assert_false (staging->unreadable);
  g_assert_nonnull (strstr (staging->reason, "edb0000E.log"));
  g_assert_null (sr_staging_publish (staging, fixture->lock, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, NULL, NULL, NULL, &error));
  test_assert_clean (fixture->repository, 0);
}

static void
test_marked (Fixture      *fixture,
             gconstpointer data)
{
  static const struct
  {
    SrTruncation truncated;
    gboolean kept;
  } marks[] = {
    { SR_TRUNCATION_NO, FALSE }, { SR_TRUNCATION_KEPT, FALSE }, { SR_TRUNCATION_YES, TRUE }, { SR_TRUNCATION_UNKNOWN, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_autofree char *path = leave_incomplete (fixture);
      g_autoptr (GPtrArray) kept = NULL;
      g_autoptr (GPtrArray) published = NULL;
      g_autoptr (SrStaging) staging = NULL;
      g_autoptr (GError) error = NULL;

      mark (path, marks[i].truncated);
      staging = only_one (fixture);
      g_assert_cmpint (staging->truncated, ==, marks[i].kept);
      g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, &published, &kept, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (published->len, ==, 0);
      g_assert_cmpuint (kept->len, ==, marks[i].kept ? 1 : 0);
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_IS_DIR), ==, marks[i].kept);
      if (!marks[i].kept)
        continue;

      g_assert_false (sr_staging_discard (staging, fixture->lock, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_KEPT);
      /* Also when the mark came after the list. */
      staging->truncated = FALSE;
      g_clear_error (&error);
      g_assert_false (sr_staging_discard (staging, fixture->lock, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_KEPT);
      g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
      g_assert_true (sr_file_remove_tree (path, NULL));
    }
}

/* A mark that cannot be understood is one. */
static void
test_damaged_mark (Fixture      *fixture,
                   gconstpointer data)
{
  g_autofree char *path = leave_incomplete (fixture);
  g_autofree char *record = g_build_filename (path, SR_SESSION_RECORD_NAME, NULL);
  g_autoptr (SrStaging) staging = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_replace (record, "{\"form", 6, NULL));
  staging = only_one (fixture);
  g_assert_true (staging->truncated);
  g_assert_false (sr_staging_discard (staging, fixture->lock, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_KEPT);
}

static void
test_complete_and_marked (Fixture      *fixture,
                          gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autoptr (GPtrArray) published = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  g_auto (SrSessionRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  mark (path, SR_TRUNCATION_UNKNOWN);
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, &published, &kept, NULL, &error));
  g_assert_cmpuint (published->len, ==, 1);
  g_assert_cmpuint (kept->len, ==, 0);
  g_assert_true (sr_backup_set_load_session (g_ptr_array_index (published, 0), &record, &error));
  g_assert_cmpint (record.truncated, ==, SR_TRUNCATION_UNKNOWN);
  test_assert_clean (fixture->repository, 1);
}

/* The writer's own clearing up honours the mark too. */
static void
test_writer_marked (Fixture      *fixture,
                    gconstpointer data)
{
  SrBackupSetWriter *writer = test_writer_new (fixture->lock, NULL);
  g_autofree char *path = g_strdup (sr_backup_set_writer_get_staging_path (writer));

  mark (path, SR_TRUNCATION_YES);
  sr_backup_set_writer_free (writer);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
test_newer (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autofree char *manifest = g_build_filename (path, SR_MANIFEST_NAME, NULL);
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_replace (manifest, "{\"format\":2}", 12, NULL));
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, NULL, &kept, NULL, &error));
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_true (((SrStaging *) g_ptr_array_index (kept, 0))->unreadable);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
test_trash (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *staging = leave_complete (fixture);
  g_autofree char *trash = g_build_filename (authority, ".trash-20261122T141500Z-full-12345678", NULL);
  g_autoptr (SrStaging) found = NULL;
  g_autoptr (GError) error = NULL;

  mark (staging, SR_TRUNCATION_YES);
  g_assert_cmpint (g_rename (staging, trash), ==, 0);
  found = only_one (fixture);
  g_assert_cmpint (found->state, ==, SR_STAGING_TRASH);
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, NULL, NULL, NULL, &error));
  test_assert_clean (fixture->repository, 0);
  g_assert_false (g_file_test (trash, G_FILE_TEST_EXISTS));
}

/* One CA's lock is no licence for another's folder, nor for a set of another's. */
static void
test_wrong_lock (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autoptr (SrStaging) staging = only_one (fixture);
  g_autoptr (SrLock) other = test_lock (fixture->repository, OTHER_CONFIG);
  g_autoptr (GPtrArray) kept = NULL;
  g_autofree char *moved = g_build_filename (sr_repository_get_path (fixture->repository), "Other CA", ".staging-x", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_staging_publish (staging, other, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (sr_staging_discard (staging, other, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (sr_staging_recover (fixture->repository, other, NULL, NULL, NULL, &error));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));

  g_assert_cmpint (g_rename (path, moved), ==, 0);
  g_set_str (&staging->path, moved);
  g_assert_null (sr_staging_publish (staging, other, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_clear_error (&error);
  g_assert_true (sr_staging_recover (fixture->repository, other, NULL, &kept, NULL, &error));
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_true (g_file_test (moved, G_FILE_TEST_IS_DIR));
}

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *path = leave_complete (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (sr_staging_recover (fixture->repository, fixture->lock, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

/* A link called like a staging folder is not followed, nor removed. */
static void
test_link (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *link = g_build_filename (authority, ".staging-20261122T141500Z-full-12345678", NULL);
  g_autofree char *victim = g_build_filename (fixture->folder.path, "victim", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (victim, 0700), ==, 0);
  g_assert_cmpint (symlink (victim, link), ==, 0);
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, NULL, NULL, NULL, &error));
  g_assert_true (g_file_test (victim, G_FILE_TEST_IS_DIR));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/staging/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("complete", test_complete);
  ADD ("incomplete", test_incomplete);
  ADD ("damaged", test_damaged);
  ADD ("marked", test_marked);
  ADD ("damaged-mark", test_damaged_mark);
  ADD ("complete-and-marked", test_complete_and_marked);
  ADD ("writer-marked", test_writer_marked);
  ADD ("newer", test_newer);
  ADD ("trash", test_trash);
  ADD ("wrong-lock", test_wrong_lock);
  ADD ("cancel", test_cancel);
  ADD ("link", test_link);
  return g_test_run ();
}
