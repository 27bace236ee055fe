/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "store/sr-backup-set-writer.h"
#include "worker/sr-backup-folder.h"
#include "worker/sr-monitor.h"
#include "worker/sr-watch-private.h"

#include <stdio.h>
#include <unistd.h>

/* The linker leads the monitor's looks at the disk through here, so that they
 * can hang once they have seen what there was. */
SrDiskLook *__wrap_sr_disk_look_new (const char *journal_folder);
SrDiskLook *__real_sr_disk_look_new (const char *journal_folder);

static struct
{
  GMutex mutex; /* all that follows */
  GCond changed;
  gboolean hang; /* those that come */
  guint n_hanging;
} looks;

SrDiskLook *
__wrap_sr_disk_look_new (const char *journal_folder)
{
  SrDiskLook *look = __real_sr_disk_look_new (journal_folder);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&looks.mutex);

  if (!looks.hang)
    return look;
  looks.n_hanging++;
  g_cond_broadcast (&looks.changed);
  while (looks.n_hanging > 0)
    g_cond_wait (&looks.changed, &looks.mutex);
  return look;
}

static void
set_hang (gboolean hang)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&looks.mutex);

  looks.hang = hang;
}

static void
wait_for_hanging (guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&looks.mutex);

  while (looks.n_hanging < n)
    g_cond_wait (&looks.changed, &looks.mutex);
}

/* Returns how many there were. */
static guint
let_go (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&looks.mutex);
  guint n = looks.n_hanging;

  looks.hang = FALSE;
  looks.n_hanging = 0;
  g_cond_broadcast (&looks.changed);
  return n;
}

/* Everything is kept below a folder of the test's own, which g_test makes and
 * removes for the XDG folders. */
typedef struct
{
  SrAuthorityList *authorities;
  SrWorker *worker;
  SrMonitor *monitor;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->authorities = sr_authority_list_new (NULL);
  fixture->worker = sr_worker_new ();
  fixture->monitor = sr_monitor_new (fixture->authorities, fixture->worker, NULL, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *settings = g_build_filename (g_get_user_config_dir (), "strongroom", NULL);

  g_object_run_dispose (G_OBJECT (fixture->monitor));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (fixture->monitor);
  g_object_unref (fixture->worker);
  g_object_unref (fixture->authorities);
  sr_file_remove_tree (settings, NULL);
}

/* A port that nobody listens at. */
static guint16
closed_port (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static SrAuthority *
add (Fixture    *fixture,
     const char *config)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_new (config, &error);

  g_assert_no_error (error);
  sr_authority_set_endpoint (authority, "127.0.0.1", closed_port (), &error);
  g_assert_no_error (error);
  sr_authority_set_ntlm_allowed (authority, TRUE);
  sr_authority_list_add (fixture->authorities, authority, &error);
  g_assert_no_error (error);
  return authority;
}

static void
wait_for_reach (SrWatch *watch)
{
  while (sr_watch_get_reach (watch) == SR_REACH_UNKNOWN)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_offline (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);

  g_assert_nonnull (watch);
  wait_for_reach (watch);
  g_assert_cmpint (sr_watch_get_reach (watch), !=, SR_REACH_ONLINE);
  g_assert_nonnull (sr_watch_get_reach_error (watch));
  g_assert_cmpint (sr_watch_get_reach_since (watch), >, 0);
}

static void
test_needs_password (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);
  g_autoptr (GError) error = NULL;

  sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, "LAB\\operator", NULL, &error);
  g_assert_no_error (error);
  sr_monitor_refresh (fixture->monitor, authority);
  wait_for_reach (watch);
  g_assert_cmpint (sr_watch_get_reach (watch), ==, SR_REACH_NEEDS_PASSWORD);
  g_assert_error (sr_watch_get_reach_error (watch), SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD);
}

#define PATIENCE 60

typedef struct
{
  SrSecret *password;
  guint n_given; /* each is a try */
} Giver;

static SrSecret *
give_password (SrAuthority *authority,
               gpointer     user_data)
{
  Giver *giver = user_data;

  giver->n_given++;
  return sr_secret_ref (giver->password);
}

/* The practice CA as a CA that is signed in to with a password. */
static SrAuthority *
add_served (SrAuthorityList  *authorities,
            SrPracticeFolder *ready)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_new (ready->config, &error);

  g_assert_no_error (error);
  g_assert_true (sr_authority_set_endpoint (authority, ready->address, ready->activation_port, &error));
  sr_authority_set_ntlm_allowed (authority, TRUE);
  sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, ready->user, NULL, &error);
  g_assert_no_error (error);
  sr_authority_list_add (authorities, authority, &error);
  g_assert_no_error (error);
  return authority;
}

/* What a recovery tells of a session whose End the host did not let the account send. */
static GPtrArray *
refused_recovery (SrAuthority  *authority,
                  const GError *error)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_recovery_item_free);
  SrRecoveryItem *item = g_new0 (SrRecoveryItem, 1);

  item->entry = sr_journal_entry_new ();
  item->entry->config = g_strdup (sr_authority_get_config (authority));
  item->outcome = SR_RECOVERY_UNSETTLED;
  item->error = g_error_copy (error);
  g_ptr_array_add (items, item);
  return items;
}

static void
wait_for_online (SrWatch *watch)
{
  while (sr_watch_get_reach (watch) != SR_REACH_ONLINE)
    g_main_context_iteration (NULL, TRUE);
}

/* What the program itself does leads to no further try with a password that a
 * recovery has found to be refused; one that was not refused is tried. */
static void
check_no_repetition (SrMonitor    *monitor,
                     SrAuthority  *authority,
                     SrAuthority  *other,
                     Giver        *giver,
                     const GError *refusal)
{
  SrWatch *watch = sr_monitor_find (monitor, authority);
  g_autoptr (GPtrArray) items = refused_recovery (authority, refusal);
  guint n = giver->n_given;

  /* The CA counts as reachable until a recovery is refused, as when its password was changed. */
  wait_for_online (watch);
  sr_monitor_after_recovery (monitor, items, NULL);
  g_assert_cmpuint (giver->n_given, ==, n);
  g_assert_cmpint (sr_watch_get_reach (watch), ==, SR_REACH_REFUSED);
  g_assert_cmpuint (sr_watch_get_poll (watch)->timer, ==, 0);

  sr_monitor_refresh (monitor, authority);
  wait_for_online (watch);
  n = giver->n_given;
  sr_monitor_after_recovery (monitor, NULL, authority);
  g_assert_cmpuint (giver->n_given, ==, n + 1);
  sr_monitor_after_recovery (monitor, items, other);
  g_assert_cmpuint (giver->n_given, ==, n + 1);
}

/* A refused password is not tried again by itself: the next refusals could lock
 * the account. What is merely away is asked again. */
static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *program = sr_practice_program_find (NULL);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "refusing", NULL);
  SrPracticeProgramOptions options = { .name = "Refusing CA", .interface_flags = -1 };
  g_autoptr (SrPracticeFolder) ready = NULL;
  g_autoptr (SrSecret) right = NULL;
  g_autoptr (SrSecret) wrong = sr_secret_new ("wrong", 5);
  Giver giver = { .password = wrong };
  g_autoptr (SrMonitor) monitor = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrAuthority) away = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GError) error = NULL;
  SrWatch *watch;

  if (program == NULL)
    {
      g_test_skip ("strongroom-practice-ca is not built");
      return;
    }
  ready = sr_practice_program_start (folder, &options, sr_deadline_in (PATIENCE), NULL, &error);
  g_assert_no_error (error);
  right = sr_practice_folder_get_password (ready, &error);
  g_assert_no_error (error);
  monitor = sr_monitor_new (fixture->authorities, fixture->worker, give_password, &giver);
  authority = add_served (fixture->authorities, ready);
  watch = sr_monitor_find (monitor, authority);
  wait_for_reach (watch);
  g_assert_cmpint (sr_watch_get_reach (watch), ==, SR_REACH_REFUSED);
  g_assert_cmpuint (sr_watch_get_poll (watch)->timer, ==, 0);
  refusal = g_error_copy (sr_watch_get_reach_error (watch));
  sr_monitor_after_recovery (monitor, NULL, NULL);
  g_assert_cmpuint (giver.n_given, ==, 1);

  giver.password = right;
  sr_monitor_refresh (monitor, authority);
  while (sr_watch_get_reach (watch) == SR_REACH_REFUSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_watch_get_reach (watch), ==, SR_REACH_ONLINE);
  g_assert_cmpuint (sr_watch_get_poll (watch)->timer, !=, 0);

  away = add (fixture, "ca.example.test\\Example CA");
  wait_for_reach (sr_monitor_find (monitor, away));
  g_assert_cmpuint (sr_watch_get_poll (sr_monitor_find (monitor, away))->timer, !=, 0);
  check_no_repetition (monitor, authority, away, &giver, refusal);
  g_object_run_dispose (G_OBJECT (monitor));
  g_assert_true (sr_practice_program_stop (folder, sr_deadline_in (PATIENCE), NULL, NULL));
}

static void
test_removed (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  g_autoptr (SrWatch) watch = g_object_ref (sr_monitor_find (fixture->monitor, authority));
  g_autoptr (GError) error = NULL;

  sr_authority_list_remove (fixture->authorities, authority, &error);
  g_assert_no_error (error);
  g_assert_null (sr_monitor_find (fixture->monitor, authority));
  /* The answer that was under way finds nobody, and does no harm. */
  for (int i = 0; i < 20; i++)
    {
      g_usleep (5000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpint (sr_watch_get_reach (watch), ==, SR_REACH_UNKNOWN);
}

static void
write_file (SrBackupSetWriter *writer,
            SrFileRole         role,
            const char        *name)
{
  static const char bytes[] = "not a real file of a CA, but bytes";
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_writer_begin_file (writer, role, name, sizeof bytes, &error));
  g_assert_true (sr_backup_set_writer_write (writer, bytes, sizeof bytes, &error));
  g_assert_true (sr_backup_set_writer_end_file (writer, &error));
}

/* A set with the log @log, if any. */
static SrBackupSet *
publish_set (SrRepository *repository,
             const char   *config,
             SrSetKind     kind,
             const char   *log)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (repository, config, SR_LOCK_EXCLUSIVE, NULL, &error);
  SrBackupSetDescription description = { .kind = kind };
  g_autoptr (SrBackupSetWriter) writer = NULL;
  SrBackupSet *set;

  g_assert_no_error (error);
  writer = sr_backup_set_writer_begin (lock, &description, &error);
  g_assert_no_error (error);
  if (kind == SR_SET_FULL)
    write_file (writer, SR_FILE_DATABASE, "\\\\ca\\C$\\x.edb");
  if (log != NULL)
    write_file (writer, SR_FILE_LOG, log);
  set = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (set);
  return set;
}

static void
publish (SrRepository *repository,
         const char   *config)
{
  g_object_unref (publish_set (repository, config, SR_SET_FULL, NULL));
}

static void
wait_for_sets (SrMonitor *monitor,
               SrWatch   *watch,
               guint      n)
{
  sr_monitor_refresh_sets (monitor);
  while (g_list_model_get_n_items (sr_watch_get_sets (watch)) != n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_sets (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-sets", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_autofree char *id = g_build_filename (path, SR_REPOSITORY_ID_NAME, NULL);

  g_assert_no_error (error);
  g_assert_true (sr_backup_folder_choose (repository, &error));
  publish (repository, "CA.example.test\\Example CA"); /* host names have no case */
  publish (repository, "other.example.test\\Other CA");
  wait_for_sets (fixture->monitor, watch, 1);
  g_assert_nonnull (sr_watch_get_newest_full (watch));
  g_assert_cmpuint (sr_watch_get_total_size (watch), >, 0);
  g_assert_null (sr_watch_get_folder_error (watch));

  /* The folder's disk is away: that is told, and what was seen stays. */
  g_assert_cmpint (remove (id), ==, 0);
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_folder_error (watch) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (sr_watch_get_folder_error (watch), SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_FOLDER);
  g_assert_cmpuint (g_list_model_get_n_items (sr_watch_get_sets (watch)), ==, 1);
}

static SrRepository *
make_folder (const char *name,
             guint       n)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  SrRepository *repository = sr_repository_create (path, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    publish (repository, "ca.example.test\\Example CA");
  return repository;
}

static void
choose (Fixture      *fixture,
        SrRepository *repository)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_folder_choose (repository, &error));
  g_assert_no_error (error);
  sr_monitor_refresh_sets (fixture->monitor);
  while (!g_str_equal (sr_monitor_get_folder (fixture->monitor), sr_repository_get_path (repository)))
    g_main_context_iteration (NULL, TRUE);
}

static void
iterate_a_while (void)
{
  for (int i = 0; i < 20; i++)
    {
      g_usleep (5000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
no_change (void)
{
  g_assert_not_reached ();
}

/* The share of the old folder hangs: a newly chosen one is seen all the same,
 * what comes from the old one later is not, and the threads do not pile up. */
static void
test_hanging (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);
  g_autoptr (SrRepository) old = make_folder ("monitor-old", 2);
  g_autoptr (SrRepository) new = make_folder ("monitor-new", 1);

  choose (fixture, old);
  wait_for_sets (fixture->monitor, watch, 2);
  iterate_a_while ();
  set_hang (TRUE);
  sr_monitor_refresh_sets (fixture->monitor);
  wait_for_hanging (1);
  set_hang (FALSE);
  choose (fixture, new);
  wait_for_sets (fixture->monitor, watch, 1);
  iterate_a_while ();
  g_signal_connect (sr_watch_get_sets (watch), "items-changed", G_CALLBACK (no_change), NULL);
  g_assert_cmpuint (let_go (), ==, 1);
  iterate_a_while ();
  g_assert_cmpuint (g_signal_handlers_disconnect_by_func (sr_watch_get_sets (watch), no_change, NULL), ==, 1);

  set_hang (TRUE);
  sr_monitor_refresh_sets (fixture->monitor);
  for (guint i = 0; i < 8; i++)
    choose (fixture, i % 2 == 0 ? old : new);
  wait_for_hanging (3);
  iterate_a_while ();
  g_assert_cmpuint (let_go (), ==, 3);
  choose (fixture, old);
  wait_for_sets (fixture->monitor, watch, 2);
}

static void
note_restore (SrRepository *repository,
              const char   *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = sr_repository_lock_authority (repository, config, SR_LOCK_EXCLUSIVE, NULL, &error);
  g_autoptr (SrLineageEvent) event = g_new0 (SrLineageEvent, 1);

  g_assert_no_error (error);
  event->kind = SR_LINEAGE_EVENT_RESTORE;
  g_assert_true (sr_lineage_event_record (lock, event, &error));
  g_assert_no_error (error);
}

/* Lineages, and what the next backup will be: also where nothing but a restore is known of the CA. */
static void
test_history (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-history", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_auto (SrBackupChoice) choice = { 0 };

  g_assert_no_error (error);
  g_assert_false (sr_watch_choose (watch, &choice));
  g_assert_true (sr_backup_folder_choose (repository, &error));
  note_restore (repository, "ca.example.test\\Example CA");
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_history (watch) == NULL || sr_history_get_current (sr_watch_get_history (watch)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sr_watch_choose (watch, &choice));
  g_assert_cmpint (choice.rule, ==, SR_BACKUP_RULE_AFTER_RESTORE);
  g_assert_false (choice.logs_allowed);

  publish (repository, "CA.example.test\\Example CA");
  wait_for_sets (fixture->monitor, watch, 1);
  g_assert_cmpuint (sr_history_get_lineages (sr_watch_get_history (watch))->len, ==, 1);
  g_assert_nonnull (sr_history_find_lineage (sr_watch_get_history (watch), sr_watch_get_newest_full (watch)));
}

/* A session that ended two hours after the last file had come, since it was
 * verified meanwhile, is what the CA tells of: nobody else's backup. */
static void
test_long_backup (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (SrAuthority) authority = add (fixture, "ca.example.test\\Example CA");
  SrWatch *watch = sr_monitor_find (fixture->monitor, authority);
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-long", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_autoptr (SrServerLook) server = g_new0 (SrServerLook, 1);
  SrSessionRecord record = { .truncated = SR_TRUNCATION_YES, .ended = SR_ENDING_YES };

  g_assert_no_error (error);
  g_assert_true (sr_backup_folder_choose (repository, &error));
  publish (repository, "ca.example.test\\Example CA");
  wait_for_sets (fixture->monitor, watch, 1);
  wait_for_reach (watch);
  server->last_full = g_get_real_time () + 2 * G_TIME_SPAN_HOUR;
  sr_watch_take_server (watch, server);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_FOREIGN_BACKUP);

  record.truncated_at = record.ended_at = server->last_full;
  g_assert_true (sr_backup_set_record_session (sr_watch_get_newest_full (watch), &record, &error));
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_condition (watch) == SR_CONDITION_FOREIGN_BACKUP)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_GOOD);
}

/* Another process, which takes a CA's lock, says so, and holds it until its input ends. */
static int
hold_lock (const char *path,
           const char *config)
{
  g_autoptr (SrRepository) repository = sr_repository_open (path, NULL);
  g_autoptr (SrLock) lock = sr_repository_lock_authority (repository, config, SR_LOCK_EXCLUSIVE, NULL, NULL);
  char byte = 'x';

  if (lock == NULL || write (STDOUT_FILENO, &byte, 1) != 1)
    return 1;
  while (read (STDIN_FILENO, &byte, 1) > 0)
    ;
  return 0;
}

static GSubprocess *
start_holder (const char *path,
              const char *config)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                           program, "--hold", path, config, NULL);
  char byte;

  g_assert_no_error (error);
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (process), &byte, 1, NULL, &error), ==, 1);
  return process;
}

static void
wait_for_condition (SrMonitor  *monitor,
                    SrWatch    *watch,
                    SrCondition condition)
{
  sr_monitor_refresh_sets (monitor);
  while (sr_watch_get_condition (watch) != condition)
    g_main_context_iteration (NULL, TRUE);
}

/* Another process that works on a CA is named, and its end is seen. */
static void
test_locked (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-locked", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrAuthority) other = NULL;
  g_autoptr (GSubprocess) holder = NULL;
  g_autoptr (SrLock) own = NULL;
  SrWatch *watch, *other_watch;

  g_assert_no_error (error);
  g_assert_true (sr_backup_folder_choose (repository, &error));
  authority = add (fixture, "ca.example.test\\Example CA");
  other = add (fixture, "other.example.test\\Other CA");
  watch = sr_monitor_find (fixture->monitor, authority);
  other_watch = sr_monitor_find (fixture->monitor, other);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_UNKNOWN);
  g_assert_false (sr_watch_get_sets_known (watch));

  holder = start_holder (path, "CA.example.test\\Example CA");
  wait_for_condition (fixture->monitor, watch, SR_CONDITION_LOCKED);
  g_assert_cmpint (sr_watch_get_holder (watch)->pid, ==, g_ascii_strtoll (g_subprocess_get_identifier (holder), NULL, 10));
  g_assert_cmpstr (sr_watch_get_holder (watch)->user, ==, g_get_user_name ());
  g_assert_cmpstr (sr_watch_get_holder (watch)->host, ==, g_get_host_name ());
  g_assert_true (sr_watch_get_sets_known (other_watch));
  g_assert_cmpint (sr_watch_get_condition (other_watch), !=, SR_CONDITION_LOCKED);

  /* Nobody asks again: the monitor looks by itself. */
  g_output_stream_close (g_subprocess_get_stdin_pipe (holder), NULL, NULL);
  g_assert_true (g_subprocess_wait (holder, NULL, NULL));
  while (sr_watch_get_condition (watch) == SR_CONDITION_LOCKED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (sr_watch_get_holder (watch));

  /* What this process does itself is told by its jobs. */
  own = sr_repository_lock_authority (repository, "ca.example.test\\Example CA", SR_LOCK_EXCLUSIVE, NULL, &error);
  g_assert_no_error (error);
  publish (repository, "other.example.test\\Other CA");
  wait_for_sets (fixture->monitor, other_watch, 1);
  g_assert_cmpint (sr_watch_get_condition (watch), !=, SR_CONDITION_LOCKED);
}

/* What the last verification of the newest set found is known. */
static void
test_verification (Fixture      *fixture,
                   gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-verified", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) problem = g_error_new (SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, "one file is missing");
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_autoptr (SrAuthority) authority = NULL;
  SrWatch *watch;

  g_assert_no_error (error);
  g_assert_true (sr_backup_folder_choose (repository, &error));
  publish (repository, "ca.example.test\\Example CA");
  authority = add (fixture, "ca.example.test\\Example CA");
  watch = sr_monitor_find (fixture->monitor, authority);
  g_assert_null (sr_watch_get_verification (watch));
  wait_for_sets (fixture->monitor, watch, 1);
  g_assert_cmpint (sr_watch_get_verification (watch)->finding, ==, SR_FINDING_GOOD);

  g_assert_true (sr_backup_set_record_verification (sr_watch_get_newest_full (watch), SR_FINDING_DAMAGED, problem, &error));
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_verification (watch)->finding == SR_FINDING_GOOD)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sr_watch_get_verification (watch)->detail, ==, "one file is missing");
  wait_for_reach (watch);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_DAMAGED);
  {
    g_autoptr (SrServerLook) server = g_new0 (SrServerLook, 1);

    server->interface_flags = -1;
    sr_watch_take_server (watch, server);
  }
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_DAMAGED);
}

/* A damaged log-only set is told too: nothing that comes behind it could be restored. */
static void
test_damaged_logs (Fixture      *fixture,
                   gconstpointer data)
{
  const char *config = "ca.example.test\\Example CA";
  const SrSessionRecord record = { .truncated = SR_TRUNCATION_YES, .ended = SR_ENDING_YES };
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "monitor-damaged", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) problem = g_error_new (SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, "one log is missing");
  g_autoptr (SrRepository) repository = sr_repository_create (path, &error);
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrBackupSet) full = NULL;
  g_autoptr (SrBackupSet) logs = NULL;
  g_auto (SrBackupChoice) choice = { 0 };
  SrWatch *watch;

  g_assert_no_error (error);
  g_assert_true (sr_backup_folder_choose (repository, &error));
  full = publish_set (repository, config, SR_SET_FULL, "edb00001.log");
  g_assert_true (sr_backup_set_record_session (full, &record, &error));
  logs = publish_set (repository, config, SR_SET_LOG_ONLY, "edb00002.log");
  authority = add (fixture, config);
  watch = sr_monitor_find (fixture->monitor, authority);
  wait_for_sets (fixture->monitor, watch, 2);
  g_assert_cmpint (sr_watch_get_due_rule (watch), ==, SR_BACKUP_RULE_NONE);

  g_assert_true (sr_backup_set_record_verification (logs, SR_FINDING_DAMAGED, problem, &error));
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_due_rule (watch) == SR_BACKUP_RULE_NONE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_watch_get_due_rule (watch), ==, SR_BACKUP_RULE_DAMAGED);
  g_assert_cmpint (sr_watch_get_condition (watch), ==, SR_CONDITION_FULL_DUE);
  g_assert_true (sr_watch_choose (watch, &choice));
  g_assert_false (choice.logs_allowed);

  /* The same of a full set has words of its own. */
  g_assert_true (sr_backup_set_record_verification (full, SR_FINDING_DAMAGED, problem, &error));
  sr_monitor_refresh_sets (fixture->monitor);
  while (sr_watch_get_verification (watch)->finding == SR_FINDING_GOOD)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sr_watch_get_due_rule (watch), ==, SR_BACKUP_RULE_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *path = NULL;

  if (argc == 4 && g_str_equal (argv[1], "--hold"))
    return hold_lock (argv[2], argv[3]);
  path = g_strconcat (g_getenv ("STRONGROOM_PROGRAMS"), ":", g_getenv ("PATH"), NULL);
  g_setenv ("PATH", path, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/worker/monitor/offline", Fixture, NULL, set_up, test_offline, tear_down);
  g_test_add ("/worker/monitor/needs-password", Fixture, NULL, set_up, test_needs_password, tear_down);
  g_test_add ("/worker/monitor/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/worker/monitor/removed", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/worker/monitor/sets", Fixture, NULL, set_up, test_sets, tear_down);
  g_test_add ("/worker/monitor/hanging", Fixture, NULL, set_up, test_hanging, tear_down);
  g_test_add ("/worker/monitor/history", Fixture, NULL, set_up, test_history, tear_down);
  g_test_add ("/worker/monitor/long-backup", Fixture, NULL, set_up, test_long_backup, tear_down);
  g_test_add ("/worker/monitor/locked", Fixture, NULL, set_up, test_locked, tear_down);
  g_test_add ("/worker/monitor/verification", Fixture, NULL, set_up, test_verification, tear_down);
  g_test_add ("/worker/monitor/damaged-logs", Fixture, NULL, set_up, test_damaged_logs, tear_down);
  return g_test_run ();
}
