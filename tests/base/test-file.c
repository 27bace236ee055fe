/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-file.h"

#include "base/sr-error.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What sr_file_remove_tree() asks of the walk, for where nothing can be mounted to see it. */
static int walk_flags;

int __real_nftw64 (const char *path, __nftw64_func_t func, int n_open, int flags);
int __wrap_nftw64 (const char *path, __nftw64_func_t func, int n_open, int flags);

int
__wrap_nftw64 (const char *path, __nftw64_func_t func, int n_open, int flags)
{
  walk_flags = flags;
  return __real_nftw64 (path, func, n_open, flags);
}

typedef struct
{
  char *path;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->path = g_dir_make_tmp ("strongroom-base-XXXXXX", NULL);
  g_assert_nonnull (fixture->path);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_remove_tree (fixture->path, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_free (fixture->path);
}

static char *
in (Fixture    *fixture,
    const char *name)
{
  return g_build_filename (fixture->path, name, NULL);
}

static guint
count_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
assert_contents (const char *path,
                 const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sr_file_load (path, 1000, &error);
  const char *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, NULL);
  g_assert_cmpmem (data, g_bytes_get_size (bytes), expected, strlen (expected));
  /* The NUL that is promised behind it. */
  g_assert_cmpint (data[g_bytes_get_size (bytes)], ==, '\0');
}

static void
test_replace (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = in (fixture, "file");
  g_autoptr (GError) error = NULL;
  struct stat st;

  g_assert_true (sr_file_replace (path, "first", 5, &error));
  assert_contents (path, "first");
  g_assert_cmpint (chmod (path, 0644), ==, 0);
  g_assert_true (sr_file_replace (path, "second one", 10, &error));
  assert_contents (path, "second one");
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  g_assert_true (sr_file_replace (path, "", 0, &error));
  assert_contents (path, "");
  g_assert_cmpuint (count_names (fixture->path), ==, 1);
}

/* A link is replaced, and what it points at is left alone. */
static void
test_replace_link (Fixture      *fixture,
                   gconstpointer data)
{
  g_autofree char *path = in (fixture, "link");
  g_autofree char *target = in (fixture, "target");
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_replace (target, "old", 3, &error));
  g_assert_cmpint (symlink (target, path), ==, 0);
  g_assert_true (sr_file_replace (path, "new", 3, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  assert_contents (path, "new");
  assert_contents (target, "old");
}

static void
test_replace_fails (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *folder = in (fixture, "folder");
  g_autofree char *inside = in (fixture, "folder/inside");
  g_autofree char *nowhere = in (fixture, "nowhere/file");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (sr_file_replace (inside, "x", 1, &error));
  g_assert_false (sr_file_replace (folder, "y", 1, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_assert_nonnull (strstr (error->message, folder));
  g_clear_error (&error);
  /* Nothing temporary stays. */
  g_assert_cmpuint (count_names (fixture->path), ==, 1);
  assert_contents (inside, "x");
  g_assert_false (sr_file_replace (nowhere, "y", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

typedef struct
{
  const char *path;
  int stop;
} Writer;

static gpointer
write_all_the_time (gpointer data)
{
  Writer *writer = data;
  g_autofree char *a = g_strnfill (3000, 'a');
  g_autofree char *b = g_strnfill (7000, 'b');

  for (guint i = 0; !g_atomic_int_get (&writer->stop); i++)
    g_assert_true (sr_file_replace (writer->path, i % 2 == 0 ? a : b, i % 2 == 0 ? 3000 : 7000, NULL));
  return NULL;
}

/* Who reads meanwhile sees the one or the other, whole. */
static void
test_replace_whole (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *path = in (fixture, "file");
  Writer writer = { .path = path };
  GThread *thread;

  g_assert_true (sr_file_replace (path, "", 0, NULL));
  thread = g_thread_new ("writer", write_all_the_time, &writer);
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GBytes) bytes = sr_file_load (path, 10000, NULL);
      gsize length = 0;
      const char *text;

      g_assert_nonnull (bytes);
      text = g_bytes_get_data (bytes, &length);
      g_assert_true (length == 0 || (length == 3000 && strspn (text, "a") == 3000) || (length == 7000 && strspn (text, "b") == 7000));
    }
  g_atomic_int_set (&writer.stop, 1);
  g_thread_join (thread);
}

static void
test_load (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *path = in (fixture, "file");
  g_autofree char *fifo = in (fixture, "fifo");
  g_autofree char *missing = in (fixture, "missing");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_replace (path, "12345", 5, NULL));
  bytes = sr_file_load (path, 5, &error);
  g_assert_no_error (error);
  g_assert_null (sr_file_load (path, 4, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (sr_file_load (missing, 4, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));
  g_clear_error (&error);
  g_assert_null (sr_file_load (fixture->path, 4, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_clear_error (&error);
  /* Without waiting for somebody to write into it. */
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (sr_file_load (fifo, 4, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_private_folder (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *deep = in (fixture, "a/b/c");
  g_autofree char *middle = in (fixture, "a/b");
  g_autofree char *file = in (fixture, "file");
  g_autofree char *below_file = in (fixture, "file/x");
  g_autoptr (GError) error = NULL;
  struct stat st;

  g_assert_true (sr_file_make_private_folder (deep, &error));
  g_assert_cmpint (stat (deep, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  g_assert_cmpint (stat (middle, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);
  g_assert_cmpint (chmod (middle, 0755), ==, 0);
  g_assert_true (sr_file_make_private_folder (middle, &error));
  g_assert_cmpint (stat (middle, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0755);
  g_assert_true (sr_file_sync_folder (deep, &error));

  g_assert_true (sr_file_replace (file, "x", 1, NULL));
  g_assert_false (sr_file_make_private_folder (below_file, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_clear_error (&error);
  g_assert_false (sr_file_sync_folder (file, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
}

static void
test_remove_tree (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *tree = in (fixture, "tree");
  g_autofree char *victim = in (fixture, "victim");
  g_autofree char *kept = in (fixture, "victim/kept");
  g_autofree char *link = in (fixture, "tree/link");
  g_autofree char *file_link = in (fixture, "tree/file-link");
  g_autofree char *dangling = in (fixture, "tree/dangling");
  g_autofree char *fifo = in (fixture, "tree/fifo");
  g_autoptr (GString) deep = g_string_new (tree);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (victim, 0700), ==, 0);
  g_assert_true (sr_file_replace (kept, "stays", 5, NULL));
  /* Deeper than the number of folders that are held open. */
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (deep, "/d%u", i);
  g_assert_true (sr_file_make_private_folder (deep->str, NULL));
  g_string_append (deep, "/leaf");
  g_assert_true (sr_file_replace (deep->str, "x", 1, NULL));
  g_assert_cmpint (symlink (victim, link), ==, 0);
  g_assert_cmpint (symlink (kept, file_link), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", dangling), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  g_assert_true (sr_file_remove_tree (tree, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (tree, G_FILE_TEST_EXISTS));
  assert_contents (kept, "stays");

  /* What is not there is gone; a link to a folder is a link; a file alone goes too. */
  g_assert_true (sr_file_remove_tree (tree, &error));
  g_assert_cmpint (symlink (victim, tree), ==, 0);
  g_assert_true (sr_file_remove_tree (tree, &error));
  assert_contents (kept, "stays");
  g_assert_true (sr_file_remove_tree (kept, &error));
  g_assert_cmpuint (count_names (victim), ==, 0);
}

/* In a mount namespace of its own: a file system mounted inside keeps its files, and the error tells. */
static int
mounted_child (Fixture *fixture)
{
  g_autofree char *tree = in (fixture, "tree");
  g_autofree char *point = in (fixture, "tree/point");
  g_autofree char *kept = in (fixture, "tree/point/kept");
  g_autoptr (GError) error = NULL;

  if ((unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
      mount ("tmpfs", point, "tmpfs", 0, "size=64k") != 0)
    return 77;
  g_assert_true (sr_file_replace (kept, "stays", 5, NULL));
  g_assert_false (sr_file_remove_tree (tree, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  assert_contents (kept, "stays");
  return 0;
}

static void
test_remove_mounted (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *point = in (fixture, "tree/point");
  int status = 0;
  pid_t pid;

  g_assert_true (sr_file_make_private_folder (point, NULL));
  pid = fork ();
  if (pid == 0)
    _exit (mounted_child (fixture));
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    {
      g_test_message ("mounting is not allowed here: the flags of the walk are looked at instead");
      g_assert_true (sr_file_remove_tree (point, NULL));
      g_assert_cmpint (walk_flags & (FTW_MOUNT | FTW_PHYS), ==, FTW_MOUNT | FTW_PHYS);
    }
  else
    g_assert_cmpint (status, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/base/file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("replace", test_replace);
  ADD ("replace-link", test_replace_link);
  ADD ("replace-fails", test_replace_fails);
  ADD ("replace-whole", test_replace_whole);
  ADD ("load", test_load);
  ADD ("private-folder", test_private_folder);
  ADD ("remove-tree", test_remove_tree);
  ADD ("remove-mounted", test_remove_mounted);
  return g_test_run ();
}
