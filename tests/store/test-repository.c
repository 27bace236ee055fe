/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#define OTHER_CONFIG "ca02.example.test\\Other CA"

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  char *id_path;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->id_path = g_build_filename (sr_repository_get_path (fixture->repository), SR_REPOSITORY_ID_NAME, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->repository);
  g_clear_pointer (&fixture->id_path, g_free);
  test_folder_clear (&fixture->folder);
}

static void
write_text (const char *path,
            const char *text)
{
  g_autoptr (GError) error = NULL;

  sr_file_replace (path, text, strlen (text), &error);
  g_assert_no_error (error);
}

static void
assert_open_fails (const char  *path,
                   SrStoreError code,
                   const char  *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_repository_open (path, &error));
  g_assert_error (error, SR_STORE_ERROR, (int) code);
  if (strstr (error->message, path) == NULL || strstr (error->message, word) == NULL)
    g_error ("“%s” does not name “%s” and “%s”", error->message, path, word);
}

static void
test_open (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *path = sr_repository_get_path (fixture->repository);
  g_autofree char *roundabout = g_build_filename (path, "..", "backup", NULL);
  g_autoptr (SrRepository) again = sr_repository_open (roundabout, &error);
  struct stat st;

  g_assert_no_error (error);
  g_assert_cmpstr (sr_repository_get_path (again), ==, path);
  g_assert_true (sr_guid_equal (sr_repository_get_id (again), sr_repository_get_id (fixture->repository)));
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  g_assert_cmpint (stat (fixture->id_path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  g_assert_null (sr_repository_create (path, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS);
}

static void
test_missing (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder.path, "nowhere", NULL);
  g_autofree char *below_file = g_build_filename (fixture->id_path, "x", NULL);
  g_autofree char *empty = g_build_filename (fixture->folder.path, "mnt", NULL);

  assert_open_fails (missing, SR_STORE_ERROR_MISSING, "mount");
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  assert_open_fails (below_file, SR_STORE_ERROR_MISSING, "mount");

  /* An empty mount point stays empty. */
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  assert_open_fails (empty, SR_STORE_ERROR_NOT_A_REPOSITORY, "mount");
  g_assert_cmpuint (test_count_names (empty, ""), ==, 0);
  assert_open_fails (fixture->id_path, SR_STORE_ERROR_NOT_A_REPOSITORY, "is a file");
}

static void
test_damaged_id (Fixture      *fixture,
                 gconstpointer data)
{
  static const char * const contents[] = {
    "", "{", "[]", "null", "{}", "{\"format\":1}", "{\"format\":1,\"id\":7}", "{\"format\":1,\"id\":\"x\"}", "{\"format\":0}",
    "{\"format\":1.5,\"id\":\"d99e6e73-fc88-11d0-b498-00a0c90312f3\"}", "{\"format\":\"1\"}", "\377\376",
    "{\"format\":1,\"id\":\"00000000-0000-0000-0000-000000000000\"}", "{\"format\":-7}",
  };
  const char *path = sr_repository_get_path (fixture->repository);
  g_autofree char *large = g_strnfill (100000, ' ');
  g_autofree char *elsewhere = g_build_filename (fixture->folder.path, "elsewhere", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      write_text (fixture->id_path, contents[i]);
      assert_open_fails (path, SR_STORE_ERROR_DAMAGED_ID, "copy");
    }
  write_text (fixture->id_path, large);
  assert_open_fails (path, SR_STORE_ERROR_DAMAGED_ID, "longer");

  /* Not by way of a link: the id must be inside. */
  write_text (elsewhere, "{\"format\":1,\"id\":\"d99e6e73-fc88-11d0-b498-00a0c90312f3\"}");
  g_assert_cmpint (g_unlink (fixture->id_path), ==, 0);
  g_assert_cmpint (symlink (elsewhere, fixture->id_path), ==, 0);
  assert_open_fails (path, SR_STORE_ERROR_DAMAGED_ID, "regular");
  g_assert_cmpint (g_unlink (fixture->id_path), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->id_path, 0700), ==, 0);
  assert_open_fails (path, SR_STORE_ERROR_DAMAGED_ID, "regular");
}

static void
test_newer (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_text (fixture->id_path, "{\"format\":2,\"id\":{\"of\":\"another kind\"}}");
  assert_open_fails (sr_repository_get_path (fixture->repository), SR_STORE_ERROR_NEWER_FORMAT, "newer");
  /* Also in the middle of things. */
  g_assert_null (sr_repository_lock_authority (fixture->repository, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT);
}

/* Another disk is mounted at the same place. */
static void
test_changed_id (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_text (fixture->id_path, "{\"format\":1,\"id\":\"d99e6e73-fc88-11d0-b498-00a0c90312f3\"}");
  g_assert_false (sr_repository_check_writable (fixture->repository, 0, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY);
  g_clear_error (&error);
  g_assert_null (sr_repository_list_sets (fixture->repository, NULL, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY);
}

static void
test_unmounted (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *away = g_build_filename (fixture->folder.path, "away", NULL);
  g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (sr_repository_get_path (fixture->repository), away), ==, 0);
  g_assert_false (sr_repository_check_writable (fixture->repository, 0, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_null (test_writer_new (lock, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
  g_assert_false (g_file_test (sr_repository_get_path (fixture->repository), G_FILE_TEST_EXISTS));
}

static void
test_writable (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64 space = 0;

  g_assert_true (sr_repository_check_writable (fixture->repository, 4096, &error));
  g_assert_true (sr_repository_get_free_space (fixture->repository, &space, &error));
  g_assert_cmpuint (space, >, 4096);
  g_assert_cmpuint (test_count_names (sr_repository_get_path (fixture->repository), ""), ==, 1);
  g_assert_false (sr_repository_check_writable (fixture->repository, G_MAXUINT64, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_FULL);
}

/* As a user whom the folder does not let in. */
static void
denied_child (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (chmod (sr_repository_get_path (fixture->repository), 0555), ==, 0);
  g_assert_cmpint (chmod (fixture->id_path, 0444), ==, 0);
  g_assert_cmpint (chmod (fixture->folder.path, 0755), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);

  g_assert_false (sr_repository_check_writable (fixture->repository, 0, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, "permissions"));
  g_clear_error (&error);
  g_assert_null (sr_repository_lock_authority (fixture->repository, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DENIED);
}

static void
test_denied (Fixture      *fixture,
             gconstpointer data)
{
  test_assert_child_good (test_run_child (denied_child, fixture));
  g_assert_cmpint (chmod (sr_repository_get_path (fixture->repository), 0700), ==, 0);
}

static void
test_authorities (Fixture      *fixture,
                  gconstpointer data)
{
  static const char * const configs[] = { "b.test\\Same", "a.test\\Same", "c.test\\Other", "c.test\\aux", "c.test\\.." };
  static const char * const names[] = { "Same", "Same (a.test)", "Other", "_aux", "__" };
  g_autoptr (GPtrArray) folders = NULL;
  g_autofree char *stray = g_build_filename (sr_repository_get_path (fixture->repository), "Stray", NULL);
  g_autofree char *note = g_build_filename (stray, "note.txt", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    sr_lock_release (test_lock (fixture->repository, configs[i]));
  /* A second time changes nothing. */
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    sr_lock_release (test_lock (fixture->repository, configs[i]));

  /* A folder of somebody else's is passed by. */
  g_assert_cmpint (g_mkdir (stray, 0700), ==, 0);
  write_text (note, "mine");
  sr_lock_release (test_lock (fixture->repository, "z.test\\Stray"));

  folders = sr_repository_list_authorities (fixture->repository, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folders->len, ==, G_N_ELEMENTS (configs) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < folders->len; j++)
        {
          const SrAuthorityFolder *folder = g_ptr_array_index (folders, j);

          if (!g_str_equal (folder->config, configs[i]))
            continue;
          g_assert_cmpstr (folder->name, ==, names[i]);
          found = TRUE;
        }
      g_assert_true (found);
    }
  g_assert_cmpstr (((SrAuthorityFolder *) g_ptr_array_index (folders, folders->len - 1))->name, ==, "Stray (z.test)");
  g_assert_cmpstr (((SrAuthorityFolder *) g_ptr_array_index (folders, 0))->config, ==, "a.test\\Same");
}

#define N_CLAIMS 12

static void
claim (Fixture    *fixture,
       const char *config)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrLock) lock = sr_repository_lock_authority (fixture->repository, config, SR_LOCK_EXCLUSIVE, NULL, &error);

      if (lock == NULL)
        g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
    }
}

/* Many processes need the folder of a new CA at once: every CA gets one folder, and no two share one. */
static void
test_claims (Fixture      *fixture,
             gconstpointer data)
{
  for (guint round = 0; round < 5; round++)
    {
      pid_t children[N_CLAIMS];
      g_autoptr (GPtrArray) folders = NULL;

      for (guint i = 0; i < N_CLAIMS; i++)
        {
          children[i] = fork ();
          g_assert_cmpint (children[i], >=, 0);
          if (children[i] == 0)
            {
              /* Six processes for one CA, six for its namesake elsewhere. */
              claim (fixture, i % 2 == 0 ? "a.test\\Same" : "b.test\\Same");
              _exit (0);
            }
        }
      for (guint i = 0; i < N_CLAIMS; i++)
        {
          int status = 0;

          g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
          test_assert_child_good (status);
        }
      folders = sr_repository_list_authorities (fixture->repository, NULL);
      g_assert_cmpuint (folders->len, ==, 2);
      g_assert_cmpstr (((SrAuthorityFolder *) g_ptr_array_index (folders, 0))->config, ==, "a.test\\Same");
      g_assert_cmpstr (((SrAuthorityFolder *) g_ptr_array_index (folders, 1))->config, ==, "b.test\\Same");
      for (guint i = 0; i < 2; i++)
        g_assert_true (sr_file_remove_tree (((SrAuthorityFolder *) g_ptr_array_index (folders, i))->path, NULL));
    }
}

static void
set_mtime (const char *path,
           time_t      when)
{
  struct utimbuf times = { when, when };

  g_assert_cmpint (utime (path, &times), ==, 0);
}

/* Neither the folders' names nor their times count. */
static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SrBackupSet) set = test_publish (fixture->repository, TEST_CONFIG, 1);
      g_autofree char *authority = test_authority_path (fixture->repository);
      g_autofree char *name = g_strdup_printf ("set number %u", 9 - i);
      g_autofree char *path = g_build_filename (authority, name, NULL);

      g_assert_cmpint (g_rename (sr_backup_set_get_path (set), path), ==, 0);
      set_mtime (path, 1000000000 - i * 1000);
    }
  g_object_unref (test_publish (fixture->repository, OTHER_CONFIG, 1));

  sets = sr_repository_list_sets (fixture->repository, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sets->len, ==, 4);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (sr_backup_set_get_manifest (g_ptr_array_index (sets, i))->sequence, ==, i + 1);
  g_assert_cmpstr (sr_backup_set_get_name (g_ptr_array_index (sets, 0)), ==, "set number 9");
  g_assert_cmpstr (sr_backup_set_get_manifest (g_ptr_array_index (sets, 3))->config, ==, OTHER_CONFIG);

  g_clear_pointer (&sets, g_ptr_array_unref);
  sets = sr_repository_list_sets (fixture->repository, "CA02.example.test\\other ca", NULL, &error);
  g_assert_cmpuint (sets->len, ==, 1);
}

static void
assert_found (Fixture     *fixture,
              const char  *text,
              SrBackupSet *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = sr_repository_find_set (fixture->repository, text, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sr_backup_set_get_path (set), ==, sr_backup_set_get_path (expected));
}

static void
assert_not_found (Fixture     *fixture,
                  const char  *text,
                  SrStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_repository_find_set (fixture->repository, text, &error));
  g_assert_error (error, SR_STORE_ERROR, (int) code);
}

static void
test_find (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrBackupSet) first = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) second = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) other = test_publish (fixture->repository, OTHER_CONFIG, 1);
  g_autofree char *id = sr_guid_dup_string (&sr_backup_set_get_manifest (second)->id);
  g_autofree char *id_start = g_strndup (id, 13);
  g_autofree char *id_upper = g_ascii_strup (id, -1);
  g_autofree char *manifest = g_build_filename (sr_backup_set_get_path (other), SR_MANIFEST_NAME, NULL);
  g_autoptr (SrBackupSet) by_path = sr_repository_find_set (NULL, sr_backup_set_get_path (first), NULL);

  g_assert_nonnull (by_path);
  assert_found (fixture, sr_backup_set_get_path (second), second);
  assert_found (fixture, "Contoso Issuing CA/20261122T141500Z-full", first);
  assert_found (fixture, "Other CA/20261122T141500Z-full", other);
  assert_found (fixture, "20261122T141500Z-full-2", second);
  assert_found (fixture, "20261122T141500Z-full-", second);
  assert_found (fixture, "Other", other);
  assert_found (fixture, id, second);
  assert_found (fixture, id_upper, second);
  assert_found (fixture, id_start, second);

  assert_not_found (fixture, "20261122T141500Z-full", SR_STORE_ERROR_AMBIGUOUS);
  assert_not_found (fixture, "2026", SR_STORE_ERROR_AMBIGUOUS);
  assert_not_found (fixture, "202", SR_STORE_ERROR_NO_SUCH_SET);
  assert_not_found (fixture, "", SR_STORE_ERROR_NO_SUCH_SET);
  assert_not_found (fixture, "2027", SR_STORE_ERROR_NO_SUCH_SET);
  assert_not_found (fixture, "/nowhere/at/all", SR_STORE_ERROR_NO_SUCH_SET);

  /* One that is damaged is found and says so, rather than not being there. */
  write_text (manifest, "{");
  assert_not_found (fixture, "Other CA/20261122T141500Z-full", SR_STORE_ERROR_DAMAGED_SET);
}

static void
test_unreadable (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrBackupSet) first = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) second = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) third = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autofree char *first_manifest = g_build_filename (sr_backup_set_get_path (first), SR_MANIFEST_NAME, NULL);
  g_autofree char *second_manifest = g_build_filename (sr_backup_set_get_path (second), SR_MANIFEST_NAME, NULL);
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *notes = g_build_filename (authority, "notes", NULL);
  g_autofree char *link = g_build_filename (authority, "20270101T000000Z-full", NULL);
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (SrBackupSet) fourth = NULL;

  write_text (first_manifest, "{\"format\":99}");
  g_assert_cmpint (g_unlink (second_manifest), ==, 0);
  g_assert_cmpint (g_mkdir (notes, 0700), ==, 0);
  g_assert_cmpint (symlink (sr_backup_set_get_path (third), link), ==, 0);

  sets = sr_repository_list_sets (fixture->repository, TEST_CONFIG, &unreadable, NULL);
  g_assert_cmpuint (sets->len, ==, 1);
  g_assert_cmpstr (sr_backup_set_get_path (g_ptr_array_index (sets, 0)), ==, sr_backup_set_get_path (third));
  g_assert_cmpuint (unreadable->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const SrUnreadableSet *bad = g_ptr_array_index (unreadable, i);

      g_assert_cmpstr (bad->path, ==, sr_backup_set_get_path (i == 0 ? first : second));
      g_assert_cmpint (bad->error->domain, ==, SR_STORE_ERROR);
      g_assert_cmpint (bad->error->code, ==, i == 0 ? (int) SR_STORE_ERROR_NEWER_FORMAT : (int) SR_STORE_ERROR_DAMAGED_SET);
    }

  /* The next set counts on from the highest that can be read, and leaves room for those that cannot. */
  fourth = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_assert_cmpint (sr_backup_set_get_manifest (fourth)->sequence, ==, 3 + 2 * 1000 + 1);
}

static void
test_delete (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (SrBackupSet) first = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) second = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrLock) other = test_lock (fixture->repository, OTHER_CONFIG);
  g_autoptr (SrLock) shared = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autofree char *victim = g_build_filename (fixture->folder.path, "victim", NULL);
  g_autofree char *link = g_build_filename (sr_backup_set_get_path (first), "link", NULL);
  g_autofree char *victim_file = g_build_filename (victim, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (victim, 0700), ==, 0);
  write_text (victim_file, "stays");
  g_assert_cmpint (symlink (victim, link), ==, 0);

  g_assert_false (sr_backup_set_delete (first, other, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  shared = sr_repository_lock_authority (fixture->repository, TEST_CONFIG, SR_LOCK_SHARED, NULL, NULL);
  g_assert_false (sr_backup_set_delete (first, shared, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_clear_pointer (&shared, sr_lock_release);

  lock = test_lock (fixture->repository, TEST_CONFIG);
  g_assert_true (sr_backup_set_delete (first, lock, &error));
  g_assert_false (g_file_test (sr_backup_set_get_path (first), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (victim_file, G_FILE_TEST_EXISTS));
  test_assert_clean (fixture->repository, 1);
  g_assert_false (sr_backup_set_delete (first, lock, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET);
}

/* A set's name may be another's by now. */
static void
test_delete_moved (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (SrBackupSet) first = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autoptr (SrBackupSet) second = test_publish (fixture->repository, TEST_CONFIG, 1);
  g_autofree char *away = g_strconcat (sr_backup_set_get_path (first), "-away", NULL);
  g_autofree char *manifest = g_build_filename (sr_backup_set_get_path (first), SR_MANIFEST_NAME, NULL);
  g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (sr_backup_set_get_path (first), away), ==, 0);
  g_assert_cmpint (g_rename (sr_backup_set_get_path (second), sr_backup_set_get_path (first)), ==, 0);
  g_assert_false (sr_backup_set_delete (first, lock, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET);
  g_assert_true (g_file_test (manifest, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  /* One whose manifest cannot be read any more may go. */
  g_clear_pointer (&lock, sr_lock_release);
  test_assert_clean (fixture->repository, 2);
  lock = test_lock (fixture->repository, TEST_CONFIG);
  write_text (manifest, "damaged");
  g_assert_true (sr_backup_set_delete (first, lock, &error));
  g_assert_no_error (error);
  g_clear_pointer (&lock, sr_lock_release);
  test_assert_clean (fixture->repository, 1);
}

/* A repository at a place where other things lie already leaves them alone. */
static void
test_create_beside (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *note = g_build_filename (fixture->folder.path, "note", NULL);
  g_autofree char *deep = g_build_filename (fixture->folder.path, "a", "b", "c", NULL);
  g_autofree char *below_file = g_build_filename (note, "x", NULL);
  g_autoptr (SrRepository) here = NULL;
  g_autoptr (SrRepository) below = NULL;
  g_autoptr (GError) error = NULL;

  write_text (note, "stays");
  here = sr_repository_create (fixture->folder.path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  below = sr_repository_create (deep, &error);
  g_assert_no_error (error);
  g_assert_null (sr_repository_create (below_file, &error));
  g_assert_cmpint (error->domain, ==, SR_STORE_ERROR);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/repository/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("open", test_open);
  ADD ("missing", test_missing);
  ADD ("damaged-id", test_damaged_id);
  ADD ("newer", test_newer);
  ADD ("changed-id", test_changed_id);
  ADD ("unmounted", test_unmounted);
  ADD ("writable", test_writable);
  ADD ("denied", test_denied);
  ADD ("authorities", test_authorities);
  ADD ("claims", test_claims);
  ADD ("order", test_order);
  ADD ("find", test_find);
  ADD ("unreadable", test_unreadable);
  ADD ("delete", test_delete);
  ADD ("delete-moved", test_delete_moved);
  ADD ("create-beside", test_create_beside);
  return g_test_run ();
}
