/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "store/sr-backup-set-writer.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* What recovery does with entries for which no server is needed, or none can
 * be had; with servers it is tested by test-faults.c, test-kill.c and
 * test-practice.c. */

#define CONFIG "ca1.example.com\\Contoso CA"

static void
set_up (Place        *place,
        gconstpointer data)
{
  place_set_up (place, CONFIG);
}

static void
tear_down (Place        *place,
           gconstpointer data)
{
  place_tear_down (place);
}

/* Leaves an entry as a killed program does. */
static void
leave_entry (Place        *place,
             SrJournalStep step,
             const char   *set)
{
  SrJournalEntry *entry = sr_journal_entry_new ();
  g_autoptr (SrJournal) journal = NULL;
  g_autoptr (GError) error = NULL;

  entry->config = g_strdup (CONFIG);
  entry->host = g_strdup ("ca1.example.com");
  entry->repository = g_strdup (sr_repository_get_path (place->repository));
  entry->set = g_strdup (set);
  entry->identity.port = 49152;
  entry->identity.n_interfaces = 1;
  entry->started = g_get_real_time ();
  journal = sr_journal_create (place->journal, entry, &error);
  g_assert_no_error (error);
  g_assert_true (sr_journal_update (journal, step, &error));
}

static void
assert_one (GPtrArray        *items,
            SrRecoveryOutcome outcome,
            gboolean          settled,
            gboolean          disk_error)
{
  SrRecoveryItem *item = g_ptr_array_index (items, 0);

  g_assert_cmpint (items->len, ==, 1);
  g_assert_cmpint (item->outcome, ==, outcome);
  g_assert_cmpint (item->settled, ==, settled);
  g_assert_cmpint (item->disk_error != NULL, ==, disk_error);
}

static void
test_nothing (Place        *place,
              gconstpointer data)
{
  g_autoptr (GPtrArray) items = place_recover (place, NULL);
  g_autoptr (GBytes) json = sr_session_recovery_to_json (items);

  g_assert_cmpint (items->len, ==, 0);
  g_assert_cmpstr (g_bytes_get_data (json, NULL), ==, "[]");
}

/* Nothing was opened: no password is needed to know that. */
static void
test_never_opened (Place        *place,
                   gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;

  leave_entry (place, SR_JOURNAL_ACTIVATED, NULL);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, TRUE, FALSE);
  place_assert_clean (place, 0);
}

/* Every later step may have opened a session: without a sign-in it stays. */
static void
test_no_password (Place        *place,
                  gconstpointer data)
{
  for (guint step = SR_JOURNAL_PREPARE_SENT; step <= SR_JOURNAL_END_SENT; step++)
    {
      g_autoptr (GPtrArray) items = NULL;

      leave_entry (place, step, NULL);
      items = place_recover (place, NULL);
      g_assert_cmpint (items->len, ==, step);
      for (guint i = 0; i < items->len; i++)
        {
          SrRecoveryItem *item = g_ptr_array_index (items, i);

          g_assert_cmpint (item->outcome, ==, SR_RECOVERY_UNSETTLED);
          g_assert_error (item->error, SR_ERROR, SR_ERROR_NOT_FOUND);
          g_assert_false (item->settled);
        }
      g_assert_cmpint (place_count_journal (place), ==, step);
    }
}

/* The backup folder away, as a disk that is not plugged in: the entry waits for it. */
static void
test_folder_away (Place        *place,
                  gconstpointer data)
{
  g_autofree char *away = g_strconcat (sr_repository_get_path (place->repository), ".away", NULL);
  g_autoptr (GPtrArray) items = NULL;

  leave_entry (place, SR_JOURNAL_ACTIVATED, NULL);
  g_assert_cmpint (g_rename (sr_repository_get_path (place->repository), away), ==, 0);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, FALSE, TRUE);
  g_assert_error (((SrRecoveryItem *) g_ptr_array_index (items, 0))->disk_error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
  g_assert_cmpint (place_count_journal (place), ==, 1);

  g_assert_cmpint (g_rename (away, sr_repository_get_path (place->repository)), ==, 0);
  g_clear_pointer (&items, g_ptr_array_unref);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, TRUE, FALSE);
  place_assert_clean (place, 0);
}

/* Somebody works in the CA's folder: its staging folders are not touched. */
static void
test_locked (Place        *place,
             gconstpointer data)
{
  SrLock *lock = place_lock (place);
  g_autoptr (SrBackupSetWriter) writer = sr_backup_set_writer_begin (lock, &(SrBackupSetDescription) { .kind = SR_SET_FULL }, NULL);
  g_autoptr (GPtrArray) items = NULL;

  g_assert_nonnull (writer);
  leave_entry (place, SR_JOURNAL_ACTIVATED, NULL);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, FALSE, TRUE);
  g_assert_error (((SrRecoveryItem *) g_ptr_array_index (items, 0))->disk_error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED);
  g_assert_true (g_file_test (sr_backup_set_writer_get_staging_path (writer), G_FILE_TEST_IS_DIR));

  g_clear_pointer (&writer, sr_backup_set_writer_free);
  sr_lock_release (lock);
  g_clear_pointer (&items, g_ptr_array_unref);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, TRUE, FALSE);
  place_assert_clean (place, 0);
}

/* A set that the user has deleted since needs no note of how its session ended. */
static void
test_set_deleted (Place        *place,
                  gconstpointer data)
{
  g_autofree char *set = g_build_filename (sr_repository_get_path (place->repository), "Contoso CA", "20260101T000000Z-full", NULL);
  g_autoptr (GPtrArray) items = NULL;

  leave_entry (place, SR_JOURNAL_ACTIVATED, set);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_NEVER_OPENED, TRUE, FALSE);
  g_assert_null (((SrRecoveryItem *) g_ptr_array_index (items, 0))->set);
  place_assert_clean (place, 0);
}

static void
test_running (Place        *place,
              gconstpointer data)
{
  SrJournalEntry *entry = sr_journal_entry_new ();
  g_autoptr (SrJournal) journal = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  entry->config = g_strdup (CONFIG);
  entry->host = g_strdup ("ca1.example.com");
  entry->repository = g_strdup (sr_repository_get_path (place->repository));
  entry->identity.port = 49152;
  entry->identity.n_interfaces = 1;
  journal = sr_journal_create (place->journal, entry, &error);
  g_assert_no_error (error);
  items = place_recover (place, NULL);
  assert_one (items, SR_RECOVERY_RUNNING, FALSE, FALSE);
  g_assert_cmpstr (((SrRecoveryItem *) g_ptr_array_index (items, 0))->entry->config, ==, CONFIG);
  g_assert_true (sr_journal_update (journal, SR_JOURNAL_PREPARE_SENT, &error));
}

/* An entry that cannot be read is told of, stays, and stops no other. */
static void
test_unreadable (Place        *place,
                 gconstpointer data)
{
  g_autofree char *path = g_build_filename (place->journal, "00000000-0000-4000-8000-000000000001.json", NULL);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *first;
  SrRecoveryItem *item;

  leave_entry (place, SR_JOURNAL_ACTIVATED, NULL);
  g_assert_true (g_file_set_contents (path, "{\"format\": 1}", -1, NULL));
  items = place_recover (place, NULL);
  g_assert_cmpint (items->len, ==, 2);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpint (item->outcome, ==, SR_RECOVERY_NEVER_OPENED);
  g_assert_true (item->settled);
  item = g_ptr_array_index (items, 1);
  g_assert_cmpint (item->outcome, ==, SR_RECOVERY_UNREADABLE);
  g_assert_error (item->error, SR_ERROR, SR_ERROR_MALFORMED);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  json = sr_session_recovery_to_json (items);
  root = json_from_string (g_bytes_get_data (json, NULL), &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_array_get_length (json_node_get_array (root)), ==, 2);
  first = json_array_get_object_element (json_node_get_array (root), 0);
  g_assert_cmpstr (json_object_get_string_member (first, "outcome"), ==, "never-opened");
  g_assert_true (json_object_get_boolean_member (first, "settled"));
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (first, "entry"), "config"), ==, CONFIG);
  g_assert_true (json_object_get_null_member (json_array_get_object_element (json_node_get_array (root), 1), "entry"));
}

static SrDcomTarget *
never (const SrJournalEntry *entry,
       gpointer              user_data,
       GError              **error)
{
  g_assert_not_reached ();
}

static void
test_cancelled (Place        *place,
                gconstpointer data)
{
  const SrRecoveryFuncs funcs = { .find_target = never };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  leave_entry (place, SR_JOURNAL_PREPARED, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (sr_session_recover (place->journal, &funcs, NULL, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (place_count_journal (place), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session/recovery/" name, Place, NULL, set_up, func, tear_down)
  ADD ("nothing", test_nothing);
  ADD ("never-opened", test_never_opened);
  ADD ("no-password", test_no_password);
  ADD ("folder-away", test_folder_away);
  ADD ("locked", test_locked);
  ADD ("set-deleted", test_set_deleted);
  ADD ("running", test_running);
  ADD ("unreadable", test_unreadable);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
