/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Disks that are full, read-only, limited or failing. What a mount or a limit can really bring about is
 * brought about that way; for a failure of one certain call the linker puts the functions below between
 * the store and the C library (--wrap). */

#include "store-test.h"

#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum
{
  OP_OPEN = 1 << 0, /* for writing */
  OP_WRITE = 1 << 1,
  OP_FSYNC = 1 << 2,
  OP_CLOSE = 1 << 3,
  OP_MKDIR = 1 << 4,
  OP_RENAME = 1 << 5,
  OP_ALLOCATE = 1 << 6,
  OP_READ = 1 << 7,
  OP_REMOVE = 1 << 8,
  OP_FSYNC_FOLDER = 1 << 9,
  OP_CHANGES = OP_OPEN | OP_WRITE | OP_FSYNC | OP_FSYNC_FOLDER | OP_MKDIR | OP_RENAME | OP_REMOVE,
} Op;

static struct
{
  guint ops;     /* which calls count */
  guint count;   /* so far */
  guint nth;     /* this one fails, 0 for none */
  gboolean stay; /* and all after it */
  int error;
  guint failed;
} fault;

static void
set_fault (guint    ops,
           guint    nth,
           gboolean stay,
           int      error)
{
  memset (&fault, 0, sizeof fault);
  fault.ops = ops;
  fault.nth = nth;
  fault.stay = stay;
  fault.error = error;
}

static gboolean
fails (Op op)
{
  if (!(fault.ops & op))
    return FALSE;
  fault.count++;
  if (fault.nth == 0 || fault.count < fault.nth || (fault.count > fault.nth && !fault.stay))
    return FALSE;
  fault.failed++;
  errno = fault.error;
  return TRUE;
}

int __real_open64 (const char *path, int flags, ...);
int __wrap_open64 (const char *path, int flags, ...);
ssize_t __real_write (int fd, const void *data, size_t length);
ssize_t __wrap_write (int fd, const void *data, size_t length);
ssize_t __real_read (int fd, void *data, size_t length);
ssize_t __wrap_read (int fd, void *data, size_t length);
int __real_fsync (int fd);
int __wrap_fsync (int fd);
int __real_close (int fd);
int __wrap_close (int fd);
int __real_mkdir (const char *path, mode_t mode);
int __wrap_mkdir (const char *path, mode_t mode);
int __real_rename (const char *from, const char *to);
int __wrap_rename (const char *from, const char *to);
int __real_renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __wrap_renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned flags);
int __real_fallocate64 (int fd, int mode, off64_t offset, off64_t length);
int __wrap_fallocate64 (int fd, int mode, off64_t offset, off64_t length);
int __real_g_mkstemp_full (char *path, int flags, int mode);
int __wrap_g_mkstemp_full (char *path, int flags, int mode);
int __real_remove (const char *path);
int __wrap_remove (const char *path);

int
__wrap_open64 (const char *path, int flags, ...)
{
  va_list args;
  mode_t mode;

  va_start (args, flags);
  mode = flags & O_CREAT ? va_arg (args, mode_t) : 0;
  va_end (args);
  return (flags & (O_WRONLY | O_RDWR)) && fails (OP_OPEN) ? -1 : __real_open64 (path, flags, mode);
}

int
__wrap_g_mkstemp_full (char *path, int flags, int mode)
{
  return fails (OP_OPEN) ? -1 : __real_g_mkstemp_full (path, flags, mode);
}

ssize_t
__wrap_write (int fd, const void *data, size_t length)
{
  return fails (OP_WRITE) ? -1 : __real_write (fd, data, length);
}

ssize_t
__wrap_read (int fd, void *data, size_t length)
{
  return fails (OP_READ) ? -1 : __real_read (fd, data, length);
}

int
__wrap_fsync (int fd)
{
  struct stat st;
  gboolean folder = fstat (fd, &st) == 0 && S_ISDIR (st.st_mode);

  return fails (folder ? OP_FSYNC_FOLDER : OP_FSYNC) ? -1 : __real_fsync (fd);
}

int
__wrap_close (int fd)
{
  gboolean failing = fails (OP_CLOSE);
  int saved = errno;
  int result = __real_close (fd);

  if (!failing)
    return result;
  errno = saved;
  return -1;
}

int
__wrap_mkdir (const char *path, mode_t mode)
{
  return fails (OP_MKDIR) ? -1 : __real_mkdir (path, mode);
}

int
__wrap_rename (const char *from, const char *to)
{
  return fails (OP_RENAME) ? -1 : __real_rename (from, to);
}

int
__wrap_renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
  return fails (OP_RENAME) ? -1 : __real_renameat2 (from_fd, from, to_fd, to, flags);
}

int
__wrap_fallocate64 (int fd, int mode, off64_t offset, off64_t length)
{
  return fails (OP_ALLOCATE) ? -1 : __real_fallocate64 (fd, mode, offset, length);
}

int
__wrap_remove (const char *path)
{
  return fails (OP_REMOVE) ? -1 : __real_remove (path);
}

/* The whole backup, from the staging folder to the published set. */
static SrBackupSet *
back_up (SrLock  *lock,
         GError **error)
{
  g_autoptr (SrBackupSetWriter) writer = test_writer_new (lock, error);

  if (writer == NULL || !test_write_all (writer, 2, error))
    return NULL;
  return sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, error);
}

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
  set_fault (0, 0, FALSE, 0);
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->lock = test_lock (fixture->repository, TEST_CONFIG);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  set_fault (0, 0, FALSE, 0);
  g_clear_pointer (&fixture->lock, sr_lock_release);
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

static const struct
{
  int error;
  SrStoreError code;
} failures[] = {
  { EIO, SR_STORE_ERROR_IO },        { ENOSPC, SR_STORE_ERROR_FULL },    { EROFS, SR_STORE_ERROR_READ_ONLY },
  { EDQUOT, SR_STORE_ERROR_FULL },   { EACCES, SR_STORE_ERROR_DENIED },  { ESTALE, SR_STORE_ERROR_IO },
  /* Only of write(). */
  { EFBIG, SR_STORE_ERROR_FILE_TOO_LARGE },
};

static guint
count_calls (Fixture *fixture,
             guint    ops)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  guint calls;

  set_fault (ops, 0, FALSE, 0);
  set = back_up (fixture->lock, &error);
  g_assert_no_error (error);
  calls = fault.count;
  g_assert_true (sr_backup_set_delete (set, fixture->lock, NULL));
  return calls;
}

/* Every single call of a backup fails in turn, with every error in turn: the right code, nothing listed but
 * whole sets, nothing left in staging. */
static void
test_one_failure (Fixture      *fixture,
                  gconstpointer data)
{
  guint op = GPOINTER_TO_UINT (data);
  guint calls = count_calls (fixture, op), listed = 0;

  g_assert_cmpuint (calls, >, 0);
  for (guint nth = 1; nth <= calls; nth++)
    {
      guint kind = nth % (G_N_ELEMENTS (failures) - (op == OP_WRITE ? 0 : 1));
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSet) set = NULL;
      g_autoptr (GPtrArray) sets = NULL;

      set_fault (op, nth, FALSE, failures[kind].error);
      set = back_up (fixture->lock, &error);
      g_assert_cmpuint (fault.failed, ==, 1);
      set_fault (0, 0, FALSE, 0);
      g_assert_null (set);
      g_assert_error (error, SR_STORE_ERROR, (int) failures[kind].code);

      sets = sr_repository_list_sets (fixture->repository, NULL, NULL, NULL);
      test_assert_clean (fixture->repository, sets->len);
      g_assert_cmpuint (sets->len, <=, 1);
      if (sets->len == 1)
        {
          /* Only the folder's fsync() after the rename comes too late to take anything back. */
          g_assert_cmpuint (op, ==, OP_FSYNC_FOLDER);
          g_assert_cmpuint (nth, ==, calls);
          g_assert_nonnull (strstr (error->message, "published"));
          listed++;
          g_assert_true (sr_backup_set_delete (g_ptr_array_index (sets, 0), fixture->lock, NULL));
        }
    }
  g_test_message ("%u calls failed in turn, %u times a set was listed", calls, listed);
  g_assert_cmpuint (listed, ==, op == OP_FSYNC_FOLDER ? 1 : 0);
}

/* From some call on the disk takes nothing any more, not even the clearing up. When it is back, nothing
 * half-done is listed, and the next start clears it up. */
static void
test_gone_disk (Fixture      *fixture,
                gconstpointer data)
{
  guint calls = count_calls (fixture, OP_CHANGES);
  guint left = 0, recovered = 0;

  for (guint nth = 1; nth <= calls; nth++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSet) set = NULL;
      g_autoptr (GPtrArray) sets = NULL;
      g_autoptr (GPtrArray) unreadable = NULL;
      g_autoptr (GPtrArray) staging = NULL;

      set_fault (OP_CHANGES, nth, TRUE, EIO);
      set = back_up (fixture->lock, &error);
      set_fault (0, 0, FALSE, 0);
      g_assert_null (set);
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_IO);
      g_clear_error (&error);

      sets = sr_repository_list_sets (fixture->repository, NULL, &unreadable, NULL);
      g_assert_cmpuint (unreadable->len, ==, 0);
      for (guint i = 0; i < sets->len; i++)
        g_assert_true (sr_backup_set_verify (g_ptr_array_index (sets, i), NULL, NULL, NULL, NULL, NULL));
      staging = sr_staging_list (fixture->repository, NULL, NULL, NULL);
      left += staging->len;
      g_clear_pointer (&sets, g_ptr_array_unref);

      g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, &sets, NULL, NULL, &error));
      recovered += sets->len;
      g_clear_pointer (&sets, g_ptr_array_unref);
      sets = sr_repository_list_sets (fixture->repository, NULL, NULL, NULL);
      test_assert_clean (fixture->repository, sets->len);
      for (guint i = 0; i < sets->len; i++)
        g_assert_true (sr_backup_set_delete (g_ptr_array_index (sets, i), fixture->lock, NULL));
    }
  g_test_message ("%u calls; %u staging folders were left, of which %u were complete", calls, left, recovered);
  g_assert_cmpuint (left, >, recovered);
  g_assert_cmpuint (recovered, >, 0);
}

/* A share whose folders know no fsync() is as good as it can be. */
static void
test_no_folder_sync (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;

  set_fault (OP_FSYNC_FOLDER, 1, TRUE, EINVAL);
  set = back_up (fixture->lock, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fault.failed, >, 2);
  test_assert_clean (fixture->repository, 1);
}

/* Some network file systems tell a failed write only at close(). */
static void
test_close (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_bytes (1, 1000);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSetWriter) writer = test_writer_new (fixture->lock, &error);

  g_assert_true (sr_backup_set_writer_begin_file (writer, SR_FILE_DATABASE, "a.edb", 1000, &error));
  g_assert_true (sr_backup_set_writer_write (writer, g_bytes_get_data (bytes, NULL), 1000, &error));
  set_fault (OP_CLOSE, 1, FALSE, EDQUOT);
  g_assert_false (sr_backup_set_writer_end_file (writer, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_FULL);
  test_assert_clean (fixture->repository, 0);
}

/* The disk gives an error when it is read back, and later when a set is verified. */
static void
test_reading (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  guint calls = 0;

  set = back_up (fixture->lock, &error);
  g_assert_no_error (error);
  set_fault (OP_READ, 0, FALSE, 0);
  g_assert_true (sr_backup_set_verify (set, NULL, NULL, NULL, NULL, NULL));
  calls = fault.count;
  for (guint nth = 1; nth <= calls; nth++)
    {
      set_fault (OP_READ, nth, FALSE, EIO);
      g_assert_false (sr_backup_set_verify (set, NULL, NULL, &problems, NULL, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
      g_assert_cmpuint (problems->len, ==, 1);
      g_assert_cmpint (((SrSetProblem *) g_ptr_array_index (problems, 0))->kind, ==, SR_SET_PROBLEM_UNREADABLE);
      g_clear_pointer (&problems, g_ptr_array_unref);
      g_clear_error (&error);
    }
  set_fault (0, 0, FALSE, 0);
  test_assert_clean (fixture->repository, 1);
}

/* A staging folder that cannot be read just now is not discarded for that. */
static void
test_unreadable_staging (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = back_up (fixture->lock, &error);
  g_autofree char *folder = g_path_get_dirname (sr_backup_set_get_path (set));
  g_autofree char *staging = g_build_filename (folder, ".staging-20261122T141500Z-full-12345678", NULL);
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GPtrArray) published = NULL;

  g_assert_cmpint (g_rename (sr_backup_set_get_path (set), staging), ==, 0);
  /* The authority's file and the id are read before. */
  set_fault (OP_READ, 12, TRUE, EIO);
  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, &published, &kept, NULL, &error));
  g_assert_cmpuint (fault.failed, >, 0);
  set_fault (0, 0, FALSE, 0);
  g_assert_cmpuint (published->len, ==, 0);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_true (((SrStaging *) g_ptr_array_index (kept, 0))->unreadable);
  g_assert_true (g_file_test (staging, G_FILE_TEST_IS_DIR));

  g_assert_true (sr_staging_recover (fixture->repository, fixture->lock, NULL, NULL, NULL, &error));
  test_assert_clean (fixture->repository, 1);
}

static void
assert_error_of (GError     **error,
                 SrStoreError code,
                 const char  *word)
{
  g_assert_error (*error, SR_STORE_ERROR, (int) code);
  if (strstr ((*error)->message, word) == NULL)
    g_error ("“%s” does not say “%s”", (*error)->message, word);
  g_clear_error (error);
}

static void
limited_child (gpointer data)
{
  Fixture *fixture = data;
  const struct rlimit limit = { 256 * 1024, 256 * 1024 };
  g_autoptr (SrBackupSetWriter) writer = test_writer_new (fixture->lock, NULL);
  g_autoptr (GBytes) large = test_bytes (1, 1024 * 1024);
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (test_write_file (writer, SR_FILE_DATABASE, "a.edb", large, &error));
  assert_error_of (&error, SR_STORE_ERROR_FILE_TOO_LARGE, "FAT32");
  test_assert_clean (fixture->repository, 0);
}

static void
test_limited (Fixture      *fixture,
              gconstpointer data)
{
  test_assert_child_good (test_run_child (limited_child, fixture));
}

/* An announced length that no disk has costs nothing. */
static void
test_absurd_length (Fixture      *fixture,
                    gconstpointer data)
{
  static const guint64 lengths[] = { G_MAXUINT64, (guint64) G_MAXINT64 + 1, G_MAXINT64, G_GUINT64_CONSTANT (1) << 62 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSetWriter) writer = test_writer_new (fixture->lock, &error);

      g_assert_false (sr_backup_set_writer_begin_file (writer, SR_FILE_DATABASE, "a.edb", lengths[i], &error));
      g_assert_true (g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_FILE_TOO_LARGE) ||
                     g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_FULL));
      test_assert_clean (fixture->repository, 0);
    }
}

#define SMALL_DISK "size=1m"

/* Mounts a disk of one megabyte at fixture->folder/disk, or says that it may not. */
static gboolean
mount_small_disk (Fixture *fixture,
                  char   **path)
{
  *path = g_build_filename (fixture->folder.path, "disk", NULL);
  g_assert_cmpint (g_mkdir (*path, 0700), ==, 0);
  return test_unshare_mounts () && mount ("tmpfs", *path, "tmpfs", 0, SMALL_DISK) == 0;
}

static void
full_child (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *path = NULL;
  gboolean real = mount_small_disk (fixture, &path);
  g_autoptr (SrRepository) repository = sr_repository_create (path, NULL);
  g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG);
  g_autoptr (GBytes) large = test_bytes (1, 4 * 1024 * 1024);
  g_autoptr (GBytes) most = NULL;
  g_autofree char *filler = g_build_filename (path, "filler", NULL);
  g_autoptr (GError) error = NULL;
  SrBackupSetWriter *writer;
  guint64 before = 0, after = 0;

  /* Noticed before the first byte. */
  writer = test_writer_new (lock, &error);
  if (!real)
    {
      g_printerr ("# No mount here: ENOSPC comes from the wrapped calls, and the rest from one-failure/write\n");
      set_fault (OP_ALLOCATE, 1, TRUE, ENOSPC);
    }
  g_assert_true (sr_repository_get_free_space (repository, &before, NULL));
  g_assert_false (sr_backup_set_writer_begin_file (writer, SR_FILE_DATABASE, "a.edb", g_bytes_get_size (large), &error));
  assert_error_of (&error, SR_STORE_ERROR_FULL, "room");
  g_assert_true (sr_repository_get_free_space (repository, &after, NULL));
  g_assert_true (!real || after >= before);
  sr_backup_set_writer_free (writer);
  if (!real)
    return;
  test_assert_clean (repository, 0);

  /* Noticed in the middle, where space is not set aside. */
  set_fault (OP_ALLOCATE, 1, TRUE, EOPNOTSUPP);
  writer = test_writer_new (lock, &error);
  g_assert_false (test_write_file (writer, SR_FILE_DATABASE, "a.edb", large, &error));
  assert_error_of (&error, SR_STORE_ERROR_FULL, "room");
  sr_backup_set_writer_free (writer);
  test_assert_clean (repository, 0);
  set_fault (0, 0, FALSE, 0);

  /* Noticed at the end: the files fit, and what publishing writes does not. */
  writer = test_writer_new (lock, &error);
  g_assert_true (sr_repository_get_free_space (repository, &before, NULL));
  most = test_bytes (1, before - 4096);
  test_write_file (writer, SR_FILE_DATABASE, "a.edb", most, &error);
  g_assert_no_error (error);
  g_assert_null (sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error));
  assert_error_of (&error, SR_STORE_ERROR_FULL, "room");
  sr_backup_set_writer_free (writer);
  test_assert_clean (repository, 0);

  /* Asked beforehand. */
  g_assert_true (sr_repository_check_writable (repository, 100000, &error));
  g_assert_false (sr_repository_check_writable (repository, 4 * 1024 * 1024, &error));
  assert_error_of (&error, SR_STORE_ERROR_FULL, "room");
  g_assert_true (sr_repository_get_free_space (repository, &before, NULL));
  g_clear_pointer (&most, g_bytes_unref);
  most = test_bytes (1, before);
  g_file_set_contents (filler, g_bytes_get_data (most, NULL), (gssize) before, &error);
  g_assert_no_error (error);
  g_assert_false (sr_repository_check_writable (repository, 0, &error));
  assert_error_of (&error, SR_STORE_ERROR_FULL, "room");
}

static void
test_full (Fixture      *fixture,
           gconstpointer data)
{
  test_assert_child_good (test_run_child (full_child, fixture));
}

static void
read_only_child (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *path = NULL;
  gboolean real = mount_small_disk (fixture, &path);
  g_autoptr (SrRepository) repository = sr_repository_create (path, NULL);
  g_autoptr (SrBackupSet) set = test_publish (repository, TEST_CONFIG, 1);
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (SrBackupSet) found = NULL;
  g_autofree char *deep = g_build_filename (path, "deep", NULL);
  const SrSessionRecord record = { .truncated = SR_TRUNCATION_YES };
  g_autoptr (GError) error = NULL;

  if (real)
    g_assert_cmpint (mount (NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  else
    {
      g_printerr ("# No mount here: EROFS comes from the wrapped calls\n");
      set_fault (OP_CHANGES, 1, TRUE, EROFS);
    }

  g_assert_false (sr_repository_check_writable (repository, 0, &error));
  assert_error_of (&error, SR_STORE_ERROR_READ_ONLY, "mount it for writing");
  g_assert_null (sr_repository_lock_authority (repository, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error));
  assert_error_of (&error, SR_STORE_ERROR_READ_ONLY, "mount it for writing");
  g_assert_false (sr_backup_set_record_session (set, &record, &error));
  assert_error_of (&error, SR_STORE_ERROR_READ_ONLY, "mount it for writing");
  if (real)
    {
      g_assert_null (sr_repository_create (deep, &error));
      assert_error_of (&error, SR_STORE_ERROR_READ_ONLY, "mount it for writing");
    }

  /* All that reads goes on. */
  g_clear_object (&repository);
  repository = sr_repository_open (path, &error);
  g_assert_no_error (error);
  lock = sr_repository_lock_authority (repository, TEST_CONFIG, SR_LOCK_SHARED, NULL, &error);
  g_assert_no_error (error);
  found = sr_repository_find_set (repository, "2026", &error);
  g_assert_no_error (error);
  test_assert_clean (repository, 1);
}

static void
test_read_only (Fixture      *fixture,
                gconstpointer data)
{
  test_assert_child_good (test_run_child (read_only_child, fixture));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/store/disk/" name, Fixture, GUINT_TO_POINTER (data), set_up, func, tear_down)
  ADD ("full", test_full, 0);
  ADD ("read-only", test_read_only, 0);
  ADD ("limited", test_limited, 0);
  ADD ("absurd-length", test_absurd_length, 0);
  ADD ("one-failure/open", test_one_failure, OP_OPEN);
  ADD ("one-failure/write", test_one_failure, OP_WRITE);
  ADD ("one-failure/fsync", test_one_failure, OP_FSYNC);
  ADD ("one-failure/fsync-folder", test_one_failure, OP_FSYNC_FOLDER);
  ADD ("one-failure/mkdir", test_one_failure, OP_MKDIR);
  ADD ("one-failure/rename", test_one_failure, OP_RENAME);
  ADD ("gone-disk", test_gone_disk, 0);
  ADD ("no-folder-sync", test_no_folder_sync, 0);
  ADD ("close", test_close, 0);
  ADD ("reading", test_reading, 0);
  ADD ("unreadable-staging", test_unreadable_staging, 0);
  return g_test_run ();
}
