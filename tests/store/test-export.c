/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history-test.h"

#include "base/sr-file.h"
#include "store/sr-chain-export.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  SrHistory *history;
  char *target;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer words)
{
  test_folder_init (&f->folder);
  f->repository = test_repository_new (&f->folder);
  test_history_by_program (f->repository, words);
  f->history = test_load_history (f->repository);
  f->target = g_build_filename (f->folder.path, "Restore", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer words)
{
  g_object_unref (f->history);
  g_object_unref (f->repository);
  g_free (f->target);
  test_folder_clear (&f->folder);
}

static SrChain *
newest (Fixture *f)
{
  GPtrArray *chains = sr_lineage_get_chains (sr_history_get_current (f->history));

  return g_ptr_array_index (chains, chains->len - 1);
}

/* What lies in a folder, sorted, in a line. */
static char *
names_in (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_values (names, (GCompareFunc) g_strcmp0);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

/* SHA256SUMS is true of every file, as sha256sum would see it. */
static guint
check_sums (const char *path)
{
  g_autofree char *sums = g_build_filename (path, "SHA256SUMS", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint count = 0;

  g_assert_true (g_file_get_contents (sums, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; *lines[i] != '\0'; i++, count++)
    {
      g_autofree char *file = g_build_filename (path, lines[i] + 66, NULL);
      g_autofree char *bytes = NULL;
      g_autofree char *hash = NULL;
      gsize length;
      struct stat st;

      g_assert_true (g_file_get_contents (file, &bytes, &length, NULL));
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *) bytes, length);
      g_assert_true (strncmp (lines[i], hash, 64) == 0);
      g_assert_cmpint (stat (file, &st), ==, 0);
      g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
    }
  return count;
}

static void
assert_exported (Fixture    *f,
                 const char *logs)
{
  g_autofree char *database = g_build_filename (f->target, "DataBase", NULL);
  g_autofree char *sheet_path = g_build_filename (f->target, "RESTORE.txt", NULL);
  g_autofree char *top = names_in (f->target);
  g_autofree char *inside = names_in (database);
  g_autofree char *expected = g_strdup_printf ("Contoso Issuing CA.edb certbkxp.dat %s", logs);
  g_autofree char *around = names_in (f->folder.path);
  g_autofree char *sheet = NULL;
  g_auto (GStrv) words = g_strsplit (logs, " ", -1);

  g_assert_cmpstr (top, ==, "DataBase RESTORE.txt SHA256SUMS");
  g_assert_cmpstr (inside, ==, expected);
  g_assert_cmpstr (around, ==, "Restore backup");
  g_assert_cmpuint (check_sums (f->target), ==, 2 + g_strv_length (words));
  g_assert_true (g_file_get_contents (sheet_path, &sheet, NULL, NULL));
  g_assert_nonnull (strstr (sheet, "certutil -f -restoreDB"));
  g_assert_null (strstr (sheet, "manifest.json SHA256"));
}

static void
test_whole (Fixture      *f,
            gconstpointer words)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_chain_export (newest (f), NULL, f->target, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_exported (f, "edb00001.log edb00002.log edb00003.log edb00004.log edb00005.log edb00006.log edb00007.log");
}

/* Up to one of its sets, the full one alone among them. */
static void
test_until (Fixture      *f,
            gconstpointer words)
{
  GPtrArray *sets = sr_chain_get_sets (newest (f));
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_chain_export (newest (f), g_ptr_array_index (sets, 1), f->target, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_exported (f, "edb00001.log edb00002.log edb00003.log edb00004.log edb00005.log");
  g_assert_true (sr_file_remove_tree (f->target, NULL));
  g_assert_true (sr_chain_export (newest (f), g_ptr_array_index (sets, 0), f->target, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_exported (f, "edb00001.log edb00002.log edb00003.log");
}

static void
assert_fails (Fixture *f,
              GQuark   domain,
              int      code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = names_in (f->folder.path);
  g_autofree char *after = NULL;

  g_assert_false (sr_chain_export (newest (f), NULL, f->target, NULL, NULL, NULL, &error));
  g_assert_error (error, domain, code);
  g_test_message ("%s", error->message);
  after = names_in (f->folder.path);
  g_assert_cmpstr (after, ==, before);
}

/* An empty folder is taken; whatever else is there is left alone. */
static void
test_target (Fixture      *f,
             gconstpointer words)
{
  g_autofree char *inside = g_build_filename (f->target, "letter.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->target, "a file", -1, NULL));
  assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS);
  g_unlink (f->target);
  g_assert_cmpint (symlink ("/tmp", f->target), ==, 0);
  assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS);
  g_unlink (f->target);
  g_assert_cmpint (g_mkdir (f->target, 0755), ==, 0);
  g_assert_true (g_file_set_contents (inside, "mine", -1, NULL));
  assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS);
  g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));
  g_unlink (inside);
  g_assert_true (sr_chain_export (newest (f), NULL, f->target, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* A folder that was there stays the same one, as a disk of its own must. */
static void
test_within (Fixture      *f,
             gconstpointer words)
{
  g_autoptr (GError) error = NULL;
  struct stat before;
  struct stat after;

  g_assert_cmpint (g_mkdir (f->target, 0755), ==, 0);
  g_assert_cmpint (stat (f->target, &before), ==, 0);
  g_assert_true (sr_chain_export (newest (f), NULL, f->target, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (f->target, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
  assert_exported (f, "edb00001.log edb00002.log edb00003.log edb00004.log edb00005.log");
}

/* A log that two sets have is taken from the one that has it whole. */
static void
test_twin (Fixture      *f,
           gconstpointer words)
{
  GPtrArray *sets = sr_chain_get_sets (newest (f));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < sets->len; i++)
    {
      g_autofree char *path = g_build_filename (sr_backup_set_get_path (g_ptr_array_index (sets, i)), "DataBase", "edb00003.log", NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      bytes[length / 2] ^= 1;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
      if (i == 1)
        break;
      g_assert_true (sr_chain_export (newest (f), NULL, f->target, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
      assert_exported (f, "edb00001.log edb00002.log edb00003.log edb00004.log edb00005.log");
      g_assert_true (sr_file_remove_tree (f->target, NULL));
    }
  assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
}

/* Whatever is damaged, in whichever set: nothing is exported. */
static void
test_damage (Fixture      *f,
             gconstpointer words)
{
  GPtrArray *sets = sr_chain_get_sets (newest (f));

  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);
      GPtrArray *files = sr_backup_set_get_manifest (set)->files;
      const SrSetFile *file = g_ptr_array_index (files, files->len - 1);
      g_autofree char *path = g_build_filename (sr_backup_set_get_path (set), file->path, NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      bytes[length / 2] ^= 1;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
      assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
      bytes[length / 2] ^= 1;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length - 1, NULL));
      assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
      g_unlink (path);
      assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
    }
}

static void
test_incomplete (Fixture      *f,
                 gconstpointer words)
{
  assert_fails (f, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
}

static void
cancel_soon (guint64     done,
             guint64     total,
             const char *file,
             gpointer    user_data)
{
  g_assert_cmpuint (done, <=, total);
  g_cancellable_cancel (user_data);
}

static void
test_cancel (Fixture      *f,
             gconstpointer words)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *around = NULL;

  g_assert_false (sr_chain_export (newest (f), NULL, f->target, cancel_soon, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  around = names_in (f->folder.path);
  g_assert_cmpstr (around, ==, "backup");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/export/whole", Fixture, "F1-3 L3-5 L5-7", set_up, test_whole, tear_down);
  g_test_add ("/store/export/until", Fixture, "F1-3 L3-5 L5-7", set_up, test_until, tear_down);
  g_test_add ("/store/export/target", Fixture, "F1-3 L3-5", set_up, test_target, tear_down);
  g_test_add ("/store/export/within", Fixture, "F1-3 L3-5", set_up, test_within, tear_down);
  g_test_add ("/store/export/twin", Fixture, "F1-3 L3-5", set_up, test_twin, tear_down);
  g_test_add ("/store/export/damage", Fixture, "F1-3 L4-5", set_up, test_damage, tear_down);
  g_test_add ("/store/export/incomplete", Fixture, "F1-4!3", set_up, test_incomplete, tear_down);
  g_test_add ("/store/export/cancel", Fixture, "F1-3 L3-5", set_up, test_cancel, tear_down);
  return g_test_run ();
}
