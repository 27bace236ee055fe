/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-file.h"
#include "store/sr-restore-journal.h"

#include <string.h>

#define CONFIG "HOST\\Journal CA"

typedef struct
{
  char *base;
  SrRepository *repository;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->base = g_dir_make_tmp ("strongroom-journal-XXXXXX", &error);
  g_assert_no_error (error);
  f->repository = sr_repository_create (f->base, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_clear_object (&f->repository);
  g_assert_true (sr_file_remove_tree (f->base, NULL));
  g_free (f->base);
}

static SrRestoreEntry *
make_entry (void)
{
  SrRestoreEntry *entry = sr_restore_entry_new ();
  const char *stopped[] = { "Dependent", "CertSvc", NULL };

  entry->config = g_strdup (CONFIG);
  entry->host = g_strdup ("host");
  entry->mode = SR_RESTORE_POINT;
  entry->low = 3;
  entry->high = 0x1ffff;
  entry->database = g_strdup ("C:\\Windows\\system32\\CertLog\\Journal CA.edb");
  entry->database_before = g_strdup ("\\\\old\\D$\\CertLog\\Journal CA.edb");
  entry->database_size = G_GUINT64_CONSTANT (1) << 40;
  entry->log_folder = g_strdup ("D:\\Logs");
  entry->system_folder = g_strdup ("C:\\Windows\\system32\\CertLog");
  entry->service_known = entry->was_running = TRUE;
  g_strfreev (entry->stopped);
  entry->stopped = g_strdupv ((char **) stopped);
  entry->answer = SR_HRESULT_FROM_JET (-528);
  entry->detail = g_strdup ("what went wrong");
  sr_restore_entry_add_set (entry, "one", "20260101T000000Z-full", 3, 5);
  sr_restore_entry_add_set (entry, "two", "20260102T000000Z-log", 5, 0x1ffff);
  sr_restore_entry_add_move (entry, "D:\\Logs\\edb.log", "D:\\Logs\\Strongroom-0\\Before\\edb.log", 1048576, TRUE);
  sr_restore_entry_add_move (entry, "C:\\A\\edb.chk", "C:\\A\\Before\\edb.chk", 0, FALSE);
  sr_restore_entry_add_mark (entry, "edb.log", 1048576, G_GINT64_CONSTANT (1700000000123456));
  return entry;
}

static void
assert_same (const SrRestoreEntry *a,
             const SrRestoreEntry *b)
{
  g_autoptr (GBytes) x = sr_restore_entry_to_json (a);
  g_autoptr (GBytes) y = sr_restore_entry_to_json (b);

  g_assert_cmpstr (g_bytes_get_data (x, NULL), ==, g_bytes_get_data (y, NULL));
}

static GPtrArray *
list (Fixture *f,
      gboolean settled)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *found = sr_restore_journal_list (f->repository, CONFIG, settled, &error);

  g_assert_no_error (error);
  return found;
}

/* What is saved is read again, at each step, and found while it is not settled. */
static void
test_steps (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrRestoreEntry) entry = make_entry ();
  g_autoptr (GError) error = NULL;
  SrLock *lock = sr_repository_lock_authority (f->repository, CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i <= SR_RESTORE_STEP_LEFT; i++)
    {
      g_autoptr (SrRestoreEntry) loaded = NULL;
      g_autoptr (SrRestoreEntry) copy = NULL;
      g_autoptr (GPtrArray) open = NULL;

      entry->prepares = i / 2;
      g_assert_true (sr_restore_journal_save (lock, entry, (SrRestoreStep) i, &error));
      g_assert_no_error (error);
      g_assert_cmpint (entry->step, ==, i);
      g_assert_cmpint (entry->reached, ==, MIN (i, SR_RESTORE_STEP_RESTORED));
      loaded = sr_restore_journal_load (f->repository, entry->id, &error);
      g_assert_no_error (error);
      assert_same (entry, loaded);
      copy = sr_restore_entry_copy (loaded);
      assert_same (entry, copy);
      g_assert_true (sr_restore_entry_is_open (copy) == (i >= 2));
      open = list (f, FALSE);
      g_assert_cmpint (open->len, ==, !sr_restore_entry_is_settled (entry));
      /* This process holds the lock. */
      if (open->len > 0)
        g_assert_true (((SrRestoreListed *) g_ptr_array_index (open, 0))->held);
    }
  g_assert_cmpint (entry->left_at, ==, SR_RESTORE_STEP_PUT_BACK);
  sr_lock_release (lock);
  {
    g_autoptr (GPtrArray) all = list (f, TRUE);

    g_assert_cmpint (all->len, ==, 1);
    g_assert_false (((SrRestoreListed *) g_ptr_array_index (all, 0))->held);
  }
}

/* A journal that cannot be understood is listed with why, and never passed over. */
static void
test_damaged (Fixture      *f,
              gconstpointer data)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *why;
  } cases[] = {
    { "C:\\\\Windows\\\\system32\\\\CertLog\\\\Journal CA.edb", "C:\\\\..\\\\x.edb", "database" },
    { "\"D:\\\\Logs\"", "\"\\\\\\\\host\\\\D$\\\\Logs\"", "logFolder" },
    { "D:\\\\Logs\\\\Strongroom-0\\\\Before", "C:\\\\Logs", "another drive" },
    { "\"step\" : \"opened\"", "\"step\" : \"onward\"", "step" },
    { "\"prepares\" : 0", "\"prepares\" : -1", "prepares" },
    { "\"ends\" : 0", "\"ends\" : 1", "ends" },
    { "\"low\" : 3", "\"low\" : 0", "low" },
    { "\"format\" : 1", "\"format\" : 2", "newer" },
    { "HOST\\\\Journal CA", "no config string", "config" },
    { "{", "[", "JSON" },
  };
  g_autoptr (SrRestoreEntry) entry = make_entry ();
  g_autoptr (GBytes) json = NULL;

  entry->started = entry->updated = g_get_real_time ();
  json = sr_restore_entry_to_json (entry);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (json, NULL), (gssize) g_bytes_get_size (json));
      g_autoptr (GBytes) damaged = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_string_replace (text, cases[i].from, cases[i].to, 1), ==, 1);
      damaged = g_bytes_new (text->str, text->len);
      g_assert_null (sr_restore_entry_parse (damaged, "restore.json", &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].why));
    }
  /* Cut off anywhere. */
  for (gsize length = 0; length + 2 < g_bytes_get_size (json); length += 7)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (json, 0, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_restore_entry_parse (cut, "restore.json", &error));
      g_assert_nonnull (error);
    }
}

static void
test_foreign_file (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (SrRestoreEntry) entry = make_entry ();
  g_autoptr (GError) error = NULL;
  SrLock *lock = sr_repository_lock_authority (f->repository, CONFIG, SR_LOCK_EXCLUSIVE, NULL, &error);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *path = NULL;

  g_assert_true (sr_restore_journal_save (lock, entry, SR_RESTORE_STEP_COPYING, &error));
  sr_lock_release (lock);
  found = list (f, FALSE);
  path = g_strdup (((SrRestoreListed *) g_ptr_array_index (found, 0))->path);
  g_assert_true (g_file_set_contents (path, "not JSON", -1, NULL));
  g_clear_pointer (&found, g_ptr_array_unref);
  found = list (f, FALSE);
  g_assert_cmpint (found->len, ==, 1);
  g_assert_null (((SrRestoreListed *) g_ptr_array_index (found, 0))->entry);
  g_assert_error (((SrRestoreListed *) g_ptr_array_index (found, 0))->error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_assert_null (sr_restore_journal_load (f->repository, entry->id, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_clear_error (&error);
  g_assert_null (sr_restore_journal_load (f->repository, "../escape", &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/store/restore-journal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("steps", test_steps);
  ADD ("damaged", test_damaged);
  ADD ("foreign-file", test_foreign_file);
  return g_test_run ();
}
