/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "base/sr-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define OTHER_CONFIG "ca02.example.test\\Other CA"

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
  /* For children. */
  const char *config;
  SrLockMode mode;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  fixture->config = TEST_CONFIG;
  fixture->mode = SR_LOCK_EXCLUSIVE;
  sr_lock_release (test_lock (fixture->repository, TEST_CONFIG));
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

static SrLock *
take (Fixture       *fixture,
      const char    *config,
      SrLockMode     mode,
      SrLockHolder **holder,
      GError       **error)
{
  return config != NULL ? sr_repository_lock_authority (fixture->repository, config, mode, holder, error)
                        : sr_repository_lock (fixture->repository, mode, holder, error);
}

static void
assert_free (Fixture    *fixture,
             const char *config,
             SrLockMode  mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = take (fixture, config, mode, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sr_lock_get_mode (lock), ==, mode);
  g_assert_cmpstr (sr_lock_get_config (lock), ==, config);
}

/* Refused, and the holder is the process @pid. */
static void
assert_held (Fixture    *fixture,
             const char *config,
             SrLockMode  mode,
             pid_t       pid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLockHolder) holder = NULL;
  g_autofree char *program = g_path_get_basename (g_get_prgname ());
  g_autofree char *number = g_strdup_printf ("%d", (int) pid);

  g_assert_null (take (fixture, config, mode, &holder, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
  g_assert_nonnull (holder);
  g_assert_cmpint (holder->pid, ==, pid);
  g_assert_cmpstr (holder->program, ==, program);
  g_assert_cmpstr (holder->user, ==, g_get_user_name ());
  g_assert_cmpstr (holder->host, ==, g_get_host_name ());
  g_assert_cmpint (holder->since, >, 0);
  g_assert_nonnull (strstr (error->message, holder->program));
  g_assert_nonnull (strstr (error->message, holder->user));
  g_assert_nonnull (strstr (error->message, holder->host));
  g_assert_nonnull (strstr (error->message, number));
}

static void
take_in_child (gpointer data)
{
  Fixture *fixture = data;

  g_assert_nonnull (take (fixture, fixture->config, fixture->mode, NULL, NULL));
}

static void
test_one_process (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);

  assert_held (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, getpid ());
  assert_held (fixture, TEST_CONFIG, SR_LOCK_SHARED, getpid ());
  /* Case does not make another CA of it. */
  assert_held (fixture, "CA01.EXAMPLE.TEST\\contoso issuing ca", SR_LOCK_EXCLUSIVE, getpid ());
  /* Another CA is free, the whole folder is not. */
  assert_free (fixture, OTHER_CONFIG, SR_LOCK_EXCLUSIVE);
  assert_free (fixture, NULL, SR_LOCK_SHARED);
  assert_held (fixture, NULL, SR_LOCK_EXCLUSIVE, getpid ());

  g_clear_pointer (&lock, sr_lock_release);
  assert_free (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE);
  assert_free (fixture, NULL, SR_LOCK_EXCLUSIVE);
}

static void
test_repository_exclusive (Fixture      *fixture,
                           gconstpointer data)
{
  g_autoptr (SrLock) lock = take (fixture, NULL, SR_LOCK_EXCLUSIVE, NULL, NULL);

  g_assert_nonnull (lock);
  assert_held (fixture, TEST_CONFIG, SR_LOCK_SHARED, getpid ());
  assert_held (fixture, NULL, SR_LOCK_SHARED, getpid ());
}

static void
test_killed_holder (Fixture      *fixture,
                    gconstpointer data)
{
  pid_t pid = test_start_child (take_in_child, fixture);

  assert_held (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, pid);
  assert_held (fixture, NULL, SR_LOCK_EXCLUSIVE, pid);
  test_kill_child (pid);
  assert_free (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE);
  assert_free (fixture, NULL, SR_LOCK_EXCLUSIVE);
}

/* Of several shared holders one that lives is named, also when the last to come is gone. */
static void
test_shared (Fixture      *fixture,
             gconstpointer data)
{
  pid_t first, second;

  fixture->mode = SR_LOCK_SHARED;
  first = test_start_child (take_in_child, fixture);
  second = test_start_child (take_in_child, fixture);
  assert_free (fixture, TEST_CONFIG, SR_LOCK_SHARED);
  assert_held (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, first);
  test_kill_child (first);
  assert_held (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, second);
  test_kill_child (second);
  assert_free (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE);
}

static void
do_nothing (gpointer data)
{
}

/* A child that was forked while the lock was held, and lives on, does not keep it. */
static void
test_forked_copy (Fixture      *fixture,
                  gconstpointer data)
{
  SrLock *lock = test_lock (fixture->repository, TEST_CONFIG);
  pid_t pid = test_start_child (do_nothing, NULL);

  sr_lock_release (lock);
  assert_free (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE);
  test_kill_child (pid);
}

#define N_THREADS 8
#define ROUNDS 200

typedef struct
{
  Fixture *fixture;
  int inside;
  int most;
  int taken;
} Race;

static gpointer
race (gpointer data)
{
  Race *r = data;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      SrLock *lock = take (r->fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error);

      if (lock == NULL)
        {
          g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
          continue;
        }
      if (g_atomic_int_add (&r->inside, 1) > 0)
        g_atomic_int_set (&r->most, 2);
      g_atomic_int_inc (&r->taken);
      g_thread_yield ();
      g_atomic_int_add (&r->inside, -1);
      sr_lock_release (lock);
    }
  return NULL;
}

static void
test_threads (Fixture      *fixture,
              gconstpointer data)
{
  GThread *threads[N_THREADS];
  Race r = { .fixture = fixture };

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("lock", race, &r);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (r.most, ==, 0);
  g_assert_cmpint (r.taken, >, 0);
  g_test_message ("taken %d times in %d tries", r.taken, N_THREADS * ROUNDS);
}

/* The file is JSON about the holder, readable while it is held. */
static void
test_file (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *path = g_build_filename (authority, ".lock", NULL);
  g_autoptr (GBytes) contents = sr_file_load (path, 1 << 20, NULL);
  g_autofree char *pid = g_strdup_printf ("\"pid\":%d", (int) getpid ());

  g_assert_nonnull (contents);
  g_assert_nonnull (strstr (g_bytes_get_data (contents, NULL), pid));
  g_clear_pointer (&contents, g_bytes_unref);
  g_clear_pointer (&lock, sr_lock_release);
  contents = sr_file_load (path, 1 << 20, NULL);
  g_assert_null (strstr (g_bytes_get_data (contents, NULL), "pid"));
}

/* What stands in the file is believed only when it makes sense, and never keeps a lock from being taken. */
static void
test_hostile_file (Fixture      *fixture,
                   gconstpointer data)
{
  static const char * const contents[] = {
    "", "{", "[[[[[[[[[[", "{\"format\":1}", "{\"format\":1,\"program\":7,\"user\":[],\"host\":{},\"pid\":-1}",
  };
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *path = g_build_filename (authority, ".lock", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (SrLock) lock = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SrLockHolder) holder = NULL;
      char record[512];
      int fd;

      g_assert_true (sr_file_replace (path, contents[i], strlen (contents[i]), NULL));
      lock = test_lock (fixture->repository, TEST_CONFIG);
      assert_held (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, getpid ());

      memset (record, ' ', sizeof record);
      memcpy (record, contents[i], strlen (contents[i]));
      fd = open (path, O_WRONLY | O_CLOEXEC);
      g_assert_cmpint (pwrite (fd, record, sizeof record, 0), ==, sizeof record);
      close (fd);
      g_assert_null (take (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, &holder, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
      g_assert_null (holder);
    }
}

static void
test_not_a_file (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *authority = test_authority_path (fixture->repository);
  g_autofree char *path = g_build_filename (authority, ".lock", NULL);
  g_autofree char *victim = g_build_filename (fixture->folder.path, "victim", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink (victim, path), ==, 0);
  g_assert_null (take (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_IO);
  g_assert_false (g_file_test (victim, G_FILE_TEST_EXISTS));
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (take (fixture, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_IO);
}

/* Who is at work can be seen without taking a lock, and without making one. */
static void
test_list_held (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GPtrArray) none = sr_repository_list_held (fixture->repository, NULL);
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GPtrArray) whole = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autofree char *id = g_build_filename (sr_repository_get_path (fixture->repository), SR_REPOSITORY_ID_NAME, NULL);
  g_autoptr (GError) error = NULL;
  const SrHeldLock *held;
  pid_t pid;

  g_assert_cmpuint (none->len, ==, 0);
  pid = test_start_child (take_in_child, fixture);
  one = sr_repository_list_held (fixture->repository, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  held = g_ptr_array_index (one, 0);
  g_assert_cmpstr (held->config, ==, TEST_CONFIG);
  g_assert_cmpint (held->holder->pid, ==, pid);
  test_kill_child (pid);

  /* A reader of the whole folder is in nobody's way, a lock on all of it in everybody's. */
  lock = take (fixture, NULL, SR_LOCK_SHARED, NULL, NULL);
  after = sr_repository_list_held (fixture->repository, NULL);
  g_assert_cmpuint (after->len, ==, 0);
  g_clear_pointer (&lock, sr_lock_release);
  lock = take (fixture, NULL, SR_LOCK_EXCLUSIVE, NULL, NULL);
  whole = sr_repository_list_held (fixture->repository, NULL);
  g_assert_cmpuint (whole->len, ==, 1);
  held = g_ptr_array_index (whole, 0);
  g_assert_null (held->config);
  g_assert_cmpint (held->holder->pid, ==, getpid ());

  g_assert_cmpint (g_unlink (id), ==, 0);
  g_assert_null (sr_repository_list_held (fixture->repository, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY);
}

static void
test_refusals (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (take (fixture, "no config", SR_LOCK_EXCLUSIVE, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME);
  g_clear_error (&error);
  g_assert_null (take (fixture, OTHER_CONFIG, SR_LOCK_SHARED, NULL, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/lock/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("one-process", test_one_process);
  ADD ("repository-exclusive", test_repository_exclusive);
  ADD ("killed-holder", test_killed_holder);
  ADD ("shared", test_shared);
  ADD ("forked-copy", test_forked_copy);
  ADD ("threads", test_threads);
  ADD ("file", test_file);
  ADD ("hostile-file", test_hostile_file);
  ADD ("not-a-file", test_not_a_file);
  ADD ("list-held", test_list_held);
  ADD ("refusals", test_refusals);
  return g_test_run ();
}
