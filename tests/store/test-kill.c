/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A backup is run in a traced child and killed at each of its system calls in turn; and what it syncs
 * before it renames is compared with what it wrote. */

#include "store-test.h"

#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  TestFolder folder;
  SrRepository *repository;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  test_folder_init (&fixture->folder);
  fixture->repository = test_repository_new (&fixture->folder);
  /* What only the first backup of a CA does is done. */
  sr_lock_release (test_lock (fixture->repository, TEST_CONFIG));
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->repository);
  test_folder_clear (&fixture->folder);
}

/* Calls that change something on a disk, or nearly so. */
static gboolean
is_step (guint64 nr)
{
  switch (nr)
    {
    case SYS_openat:
    case SYS_write:
    case SYS_pwrite64:
    case SYS_fsync:
    case SYS_fallocate:
    case SYS_mkdirat:
    case SYS_renameat2:
    case SYS_unlinkat:
#ifdef SYS_open
    case SYS_open:
    case SYS_mkdir:
    case SYS_rename:
    case SYS_unlink:
    case SYS_rmdir:
#endif
      return TRUE;
    default:
      return FALSE;
    }
}

/* Called before each system call and after it; FALSE kills the child there. */
typedef gboolean (*Watch) (pid_t                             pid,
                           const struct __ptrace_syscall_info *info,
                           gpointer                          data);

/* Returns: whether the child came to its end by itself */
static gboolean
trace (void (*func) (gpointer data),
       gpointer func_data,
       Watch    watch,
       gpointer watch_data)
{
  int status = 0, signal_number = 0;
  pid_t pid;

  fflush (NULL);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit (99);
      raise (SIGSTOP);
      func (func_data);
      _exit (0);
    }

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSTOPPED (status));
  g_assert_cmpint (ptrace (PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), ==, 0);
  for (;;)
    {
      struct __ptrace_syscall_info info;

      g_assert_cmpint (ptrace (PTRACE_SYSCALL, pid, NULL, signal_number), ==, 0);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      if (WIFEXITED (status))
        {
          g_assert_cmpint (WEXITSTATUS (status), ==, 0);
          return TRUE;
        }
      g_assert_true (WIFSTOPPED (status));
      signal_number = WSTOPSIG (status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG (status);
      if (signal_number != 0)
        continue;
      g_assert_cmpint (ptrace (PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info), >, 0);
      if (watch (pid, &info, watch_data))
        continue;
      g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
      while (waitpid (pid, &status, 0) == pid && !WIFSIGNALED (status))
        ;
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
      return FALSE;
    }
}

static gboolean
tracing_is_allowed (void)
{
  int status = 0;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (ptrace (PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1);
  waitpid (pid, &status, 0);
  return status == 0;
}

typedef struct
{
  guint count;
  guint nth; /* the child is killed before this step; 0 for never */
} Kill;

static gboolean
kill_at_step (pid_t                             pid,
              const struct __ptrace_syscall_info *info,
              gpointer                          data)
{
  Kill *k = data;

  if (info->op != PTRACE_SYSCALL_INFO_ENTRY || !is_step (info->entry.nr))
    return TRUE;
  k->count++;
  return k->count != k->nth;
}

/* A backup as a session makes it, with what it records before and after it truncates logs. */
static void
back_up (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (fixture->repository, TEST_CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error);
  g_autoptr (SrBackupSetWriter) writer = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  SrSessionRecord record = { .truncated = SR_TRUNCATION_UNKNOWN };

  g_assert_no_error (error);
  writer = test_writer_new (lock, &error);
  g_assert_no_error (error);
  test_write_all (writer, 2, &error);
  g_assert_no_error (error);
  set = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_backup_set_record_session (set, &record, &error));
  record.truncated = SR_TRUNCATION_YES;
  record.ended = SR_ENDING_YES;
  g_assert_true (sr_backup_set_record_session (set, &record, &error));
}

static void
delete_all (Fixture *fixture,
            SrLock  *lock)
{
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (fixture->repository, NULL, NULL, NULL);

  for (guint i = 0; i < sets->len; i++)
    g_assert_true (sr_backup_set_delete (g_ptr_array_index (sets, i), lock, NULL));
}

/* What lies there after a kill: nothing half-done is listed, and what is listed verifies. */
static guint
count_listed (Fixture *fixture)
{
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (fixture->repository, NULL, &unreadable, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (sets);
  g_assert_cmpuint (unreadable->len, ==, 0);
  for (guint i = 0; i < sets->len; i++)
    {
      sr_backup_set_verify (g_ptr_array_index (sets, i), NULL, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  return sets->len;
}

static void
test_every_step (Fixture      *fixture,
                 gconstpointer data)
{
  guint steps, nothing = 0, published = 0, recovered = 0, discarded = 0;
  Kill k = { 0 };

  if (!tracing_is_allowed ())
    {
      g_test_skip ("ptrace is not allowed here");
      return;
    }
  g_assert_true (trace (back_up, fixture, kill_at_step, &k));
  steps = k.count;
  g_assert_cmpuint (steps, >, 50);
  {
    g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);

    delete_all (fixture, lock);
  }

  for (guint nth = 1; nth <= steps; nth++)
    {
      g_autoptr (SrLock) lock = NULL;
      g_autoptr (GPtrArray) now = NULL;
      g_autoptr (GPtrArray) staging = NULL;
      g_autoptr (GError) error = NULL;
      guint listed;

      k = (Kill) { .nth = nth };
      g_assert_false (trace (back_up, fixture, kill_at_step, &k));
      listed = count_listed (fixture);
      g_assert_cmpuint (listed, <=, 1);

      /* The lock is free at once, the next start clears up, and the next backup works. */
      lock = test_lock (fixture->repository, TEST_CONFIG);
      staging = sr_staging_list (fixture->repository, NULL, NULL, NULL);
      g_assert_cmpuint (staging->len + listed, <=, 1);
      g_assert_true (sr_staging_recover (fixture->repository, lock, &now, NULL, NULL, &error));
      g_assert_no_error (error);
      test_assert_clean (fixture->repository, listed + now->len);
      published += listed;
      recovered += now->len;
      discarded += staging->len - now->len;
      nothing += staging->len == 0 && listed == 0;
      if (nth % 10 == 0)
        {
          sr_lock_release (g_steal_pointer (&lock));
          test_assert_child_good (test_run_child (back_up, fixture));
          test_assert_clean (fixture->repository, listed + now->len + 1);
          lock = test_lock (fixture->repository, TEST_CONFIG);
        }
      delete_all (fixture, lock);
    }
  g_test_message ("killed at %u steps: nothing there %u times, discarded %u, published by the next start %u, published already %u",
                  steps, nothing, discarded, recovered, published);
  g_assert_cmpuint (discarded, >, 20);
  g_assert_cmpuint (recovered, >, 0);
  g_assert_cmpuint (published, >, 5);
}

static void
delete_set (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (SrLock) lock = test_lock (fixture->repository, TEST_CONFIG);

  delete_all (fixture, lock);
}

/* A deletion that is killed leaves the whole set or none. */
static void
test_delete (Fixture      *fixture,
             gconstpointer data)
{
  Kill k = { 0 };
  guint steps;

  if (!tracing_is_allowed ())
    {
      g_test_skip ("ptrace is not allowed here");
      return;
    }
  g_object_unref (test_publish (fixture->repository, TEST_CONFIG, 1));
  g_assert_true (trace (delete_set, fixture, kill_at_step, &k));
  steps = k.count;
  for (guint nth = 1; nth <= steps; nth++)
    {
      g_autoptr (SrLock) lock = NULL;
      guint listed;

      g_object_unref (test_publish (fixture->repository, TEST_CONFIG, 1));
      k = (Kill) { .nth = nth };
      g_assert_false (trace (delete_set, fixture, kill_at_step, &k));
      listed = count_listed (fixture);
      lock = test_lock (fixture->repository, TEST_CONFIG);
      g_assert_true (sr_staging_recover (fixture->repository, lock, NULL, NULL, NULL, NULL));
      test_assert_clean (fixture->repository, listed);
      delete_all (fixture, lock);
    }
  g_test_message ("killed at %u steps", steps);
}

/* Files whose bytes, and folders whose names, are not yet on the disk. */
typedef struct
{
  char *root;
  GHashTable *dirty;
  char *syncing;
  char *making; /* the path of the call that is going on, whose folder will be dirty */
  guint writes;
  guint renames_of_folders;
  guint removals;
} Ledger;

static char *
fd_path (pid_t   pid,
         guint64 fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/%d/fd/%d", (int) pid, (int) fd);

  return g_file_read_link (link, NULL);
}

static char *
read_string (pid_t   pid,
             guint64 address)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/mem", (int) pid);
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC);
  char text[4096];
  ssize_t n = pread (fd, text, sizeof text - 1, (off_t) address);

  g_assert_cmpint (n, >, 0);
  text[n] = '\0';
  return g_strdup (text);
}

static gboolean
is_ours (Ledger     *ledger,
         const char *path)
{
  return path != NULL && g_str_has_prefix (path, ledger->root) && !g_str_has_suffix (path, "/.lock");
}

static void
make_dirty (Ledger     *ledger,
            const char *path)
{
  if (is_ours (ledger, path))
    g_hash_table_add (ledger->dirty, g_strdup (path));
}

static void
make_folder_dirty (Ledger     *ledger,
                   const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  make_dirty (ledger, folder);
}

/* Before a file takes its name its bytes are on the disk; before the set does, everything in it is. */
static void
check_rename (Ledger     *ledger,
              const char *from)
{
  GHashTableIter iter;
  gpointer path;

  g_assert_false (g_hash_table_contains (ledger->dirty, from) && !g_file_test (from, G_FILE_TEST_IS_DIR));
  if (!g_file_test (from, G_FILE_TEST_IS_DIR))
    return;
  g_hash_table_iter_init (&iter, ledger->dirty);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (g_str_has_prefix (path, from))
      g_error ("“%s” is renamed before “%s” is on the disk", from, (char *) path);
  ledger->renames_of_folders++;
}

/* Before the first file of a set goes, the set's new name is on the disk: else a loss of power could bring
 * back the old name with a part of the files. */
static void
check_removal (Ledger     *ledger,
               const char *path)
{
  g_autofree char *authority = NULL;
  const char *trash = strstr (path, "/.trash-");

  if (trash == NULL)
    return;
  authority = g_strndup (path, (gsize) (trash - path));
  g_assert_false (g_hash_table_contains (ledger->dirty, authority));
  ledger->removals++;
}

static gboolean
keep_ledger (pid_t                             pid,
             const struct __ptrace_syscall_info *info,
             gpointer                          data)
{
  Ledger *ledger = data;
  g_autofree char *path = NULL;
  const __uint64_t *args = info->entry.args;

  if (info->op == PTRACE_SYSCALL_INFO_EXIT)
    {
      if (info->exit.rval >= 0 && ledger->syncing != NULL)
        g_hash_table_remove (ledger->dirty, ledger->syncing);
      if (info->exit.rval >= 0 && is_ours (ledger, ledger->making))
        make_folder_dirty (ledger, ledger->making);
      g_clear_pointer (&ledger->syncing, g_free);
      g_clear_pointer (&ledger->making, g_free);
      return TRUE;
    }
  if (info->op != PTRACE_SYSCALL_INFO_ENTRY)
    return TRUE;

  switch (info->entry.nr)
    {
    case SYS_write:
      path = fd_path (pid, args[0]);
      if (is_ours (ledger, path))
        ledger->writes++;
      make_dirty (ledger, path);
      break;
    case SYS_fsync:
      ledger->syncing = fd_path (pid, args[0]);
      break;
    case SYS_openat:
      if (args[2] & O_CREAT)
        ledger->making = read_string (pid, args[1]);
      break;
    case SYS_mkdirat:
      ledger->making = read_string (pid, args[1]);
      break;
    case SYS_unlinkat:
      path = read_string (pid, args[1]);
      check_removal (ledger, path);
      break;
    case SYS_renameat2:
      path = read_string (pid, args[1]);
      ledger->making = read_string (pid, args[3]);
      check_rename (ledger, path);
      break;
#ifdef SYS_open
    case SYS_open:
      if (args[1] & O_CREAT)
        ledger->making = read_string (pid, args[0]);
      break;
    case SYS_mkdir:
      ledger->making = read_string (pid, args[0]);
      break;
    case SYS_unlink:
    case SYS_rmdir:
      path = read_string (pid, args[0]);
      check_removal (ledger, path);
      break;
    case SYS_rename:
      path = read_string (pid, args[0]);
      ledger->making = read_string (pid, args[1]);
      check_rename (ledger, path);
      break;
#endif
    }
  return TRUE;
}

static void
test_sync_before_rename (Fixture      *fixture,
                         gconstpointer data)
{
  Ledger ledger = { 0 };
  GHashTableIter iter;
  gpointer path;

  if (!tracing_is_allowed () || !g_file_test ("/proc/self/mem", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("ptrace is not allowed here, or there is no /proc");
      return;
    }
  ledger.root = g_strdup (sr_repository_get_path (fixture->repository));
  ledger.dirty = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_assert_true (trace (back_up, fixture, keep_ledger, &ledger));
  g_assert_cmpuint (ledger.renames_of_folders, ==, 1);
  g_assert_cmpuint (ledger.writes, >, 8);
  /* What was written under the staging folder's name was synced then; now all that counts are names of today. */
  g_hash_table_iter_init (&iter, ledger.dirty);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      g_error ("“%s” is not on the disk when the backup is over", (char *) path);
  test_assert_clean (fixture->repository, 1);

  g_hash_table_remove_all (ledger.dirty);
  g_assert_true (trace (delete_set, fixture, keep_ledger, &ledger));
  g_assert_cmpuint (ledger.removals, >, 8);
  g_hash_table_unref (ledger.dirty);
  g_free (ledger.root);
  test_assert_clean (fixture->repository, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/kill/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("every-step", test_every_step);
  ADD ("delete", test_delete);
  ADD ("sync-before-rename", test_sync_before_rename);
  return g_test_run ();
}
