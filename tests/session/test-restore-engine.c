/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "restore-world.h"

#include "base/sr-error.h"
#include "practice/sr-practice-ca.h"
#include "practice/sr-practice-drives.h"
#include "practice/sr-practice-restore.h"

#include <string.h>
#include <unistd.h>

/* What a restore lays out and registers is what the practice CA's engine takes:
 * the service of the scripted host starts it on the host's folder. */

/* The rows that it serves, after its last start. */
static GPtrArray *served;
static gboolean recovered;
/* Whether the restored database is damaged before it is recovered. */
static gboolean harm;

/* Files of the host are links to those of other hosts, and the engine writes where they are. */
static void
make_own (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize size;

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      g_assert_cmpint (unlink (path), ==, 0);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
    }
}

static GVariant *
to_value (const char *name,
          const char *text)
{
  g_auto (GStrv) list = NULL;

  if (g_str_equal (name, "RestoreMap"))
    {
      list = g_strsplit (text, "|", -1);
      return g_variant_new_strv ((const char * const *) list, -1);
    }
  if (g_str_has_suffix (name, "Number") || g_str_has_suffix (name, "Count") || g_str_has_suffix (name, "Status"))
    return g_variant_new_int32 ((gint32) (guint32) g_ascii_strtoull (text, NULL, 10));
  return g_variant_new_string (text);
}

/* The registry of the scripted host in the practice CA's configuration. */
static void
copy_registry (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "config", NULL);
  g_autoptr (GHashTable) values = scripted_host_list_restore (folder);
  g_autoptr (SrPracticeConfig) config = NULL;
  GHashTableIter iter;
  const char *name, *text;

  config = sr_practice_config_open (path, NULL);
  g_assert_nonnull (config);
  sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY);
  if (values != NULL)
    {
      sr_practice_config_create_key (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY);
      g_hash_table_iter_init (&iter, values);
      while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &text))
        if (!g_str_equal (name, "(default)"))
          sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY, name, to_value (name, text));
    }
  g_assert_true (sr_practice_config_save (config, NULL));
}

static void
damage_database (const char *live)
{
  g_autofree char *path = g_build_filename (live, WORLD_CA ".edb", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[2 * 4096 + 100] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static SrHresult
start_engine (const char *folder)
{
  static const char *const names[] = { "ca.crt", "ca.key", "config", "roles.json", "ledger.json" };
  g_autofree char *live = g_build_filename (folder, SR_PRACTICE_CERTLOG_FOLDER, NULL);
  SrPracticeOptions options = { 0 };
  g_autoptr (SrPracticeCa) ca = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&served, g_ptr_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (world_origin.authority, names[i], NULL);
      g_autofree char *to = g_build_filename (folder, names[i], NULL);

      if (!g_file_test (to, G_FILE_TEST_EXISTS))
        g_assert_cmpint (link (from, to), ==, 0);
    }
  make_own (folder);
  make_own (live);
  recovered = scripted_host_has_restore (folder);
  if (recovered && harm)
    damage_database (live);
  copy_registry (folder);
  ca = sr_practice_ca_open (folder, &options, &error);
  if (ca == NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_cmphex (sr_hresult_from_error (error), !=, SR_S_OK);
      return sr_hresult_from_error (error);
    }
  served = sr_practice_ca_get_rows (ca, &error);
  g_assert_no_error (error);
  if (recovered)
    scripted_host_drop_restore (folder);
  return SR_S_OK; /* it ends as a crash does */
}

static void
assert_served (guint point)
{
  GPtrArray *expected = world_origin.rows->pdata[point];

  g_assert_nonnull (served);
  g_assert_cmpuint (served->len, ==, expected->len);
  for (guint i = 0; i < served->len; i++)
    {
      const SrPracticeRow *row = served->pdata[i], *other = expected->pdata[i];

      g_assert_cmpstr (row->serial, ==, other->serial);
      g_assert_cmpuint (row->disposition, ==, other->disposition);
      g_assert_true (sr_practice_row_equal (row, other));
    }
}

static void
restore_and_compare (SrRestoreMode mode,
                     int           set_index,
                     guint         point)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreSession) back = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;

  world_set_up (&world, FALSE);
  script.engine = start_engine;
  host = scripted_host_new (world.host_folder);
  set = set_index >= 0 ? world_find_set (&world, (guint) set_index) : NULL;
  plan = world_make_plan (&world, host, mode, set, &error);
  g_assert_no_error (error);
  session = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_restore_ca_state_to_string (sr_restore_session_get_outcome (session)->state), ==, "restored");
  g_assert_true (recovered);
  assert_served (point);

  /* and put back: the CA as it was */
  entry = world_find_entry (&world, TRUE);
  back = world_run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (start_engine (world.host_folder), ==, SR_S_OK);
  g_assert_false (recovered);
  assert_served (WORLD_LOG_SETS + 1);
  world_tear_down (&world);
}

static void
test_points (void)
{
  for (guint i = 0; i <= WORLD_LOG_SETS; i++)
    restore_and_compare (SR_RESTORE_POINT, (int) i, i);
}

static void
test_latest (void)
{
  restore_and_compare (SR_RESTORE_LATEST, -1, WORLD_LOG_SETS + 1);
}

/* The engine refuses what was copied; put back, the CA is as it was. */
static void
test_refused (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreSession) back = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;

  world_set_up (&world, FALSE);
  script.engine = start_engine;
  host = scripted_host_new (world.host_folder);
  plan = world_make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  harm = TRUE;
  session = world_run_plan (&world, host, plan, NULL, &error);
  harm = FALSE;
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (SR_JET_READ_VERIFY_FAILURE));
  g_clear_error (&error);
  g_assert_null (served);
  entry = world_find_entry (&world, FALSE);
  back = world_run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (start_engine (world.host_folder), ==, SR_S_OK);
  g_assert_false (recovered);
  assert_served (WORLD_LOG_SETS + 1);
  world_tear_down (&world);
}

int
main (int    argc,
      char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  world_make_origin ();
  g_test_add_func ("/session/restore-engine/points", test_points);
  g_test_add_func ("/session/restore-engine/latest", test_latest);
  g_test_add_func ("/session/restore-engine/refused", test_refused);
  code = g_test_run ();
  g_clear_pointer (&served, g_ptr_array_unref);
  world_drop_origin ();
  return code;
}
