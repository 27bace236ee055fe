/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "restore-world.h"

#include "base/sr-error.h"

#include <string.h>
#include <unistd.h>

/* A restore both ways, what the checks refuse, and a recovery that fails, over a host in a folder. Sets and live logs are a practice CA's. */

/* Back and forth, both ways */

static void
restore_and_put_back (SrRestoreMode mode,
                      int           set_index,
                      gboolean      running)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreSession) back = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;
  g_autoptr (GPtrArray) acts = NULL;
  g_autofree char *now = NULL;
  const SrRestoreOutcome *outcome;
  guint moves = 0;

  world_set_up (&world, running);
  host = scripted_host_new (world.host_folder);
  set = set_index >= 0 ? world_find_set (&world, (guint) set_index) : NULL;
  plan = world_make_plan (&world, host, mode, set, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_is_ready (plan));
  g_assert_false (sr_restore_plan_needs_name (plan, NULL));
  g_assert_cmpint (sr_restore_plan_get_sets (plan)->len, ==, set_index >= 0 ? set_index + 1 : WORLD_LOG_SETS + 1);
  g_assert_cmpint (sr_restore_plan_get_loss (plan)->newer_sets, ==, set_index >= 0 ? WORLD_LOG_SETS - set_index : 0);
  acts = sr_restore_plan_list_acts (plan);
  for (guint i = 0; i < acts->len; i++)
    {
      const SrRestoreAct *act = g_ptr_array_index (acts, i);
      g_autofree char *words = sr_restore_act_words (act);

      g_test_message ("%s: %s", sr_restore_step_to_string (act->step), words);
      moves += act->step == SR_RESTORE_STEP_SETTING_ASIDE && act->kind != SR_RESTORE_ACT_MAKE_FOLDER;
    }
  /* Looking changes nothing. */
  now = scripted_host_snapshot (world.host_folder);
  g_assert_cmpstr (now, ==, world.before);

  session = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (session);
  g_test_message ("%s", outcome->words);
  world_assert_restored (&world, outcome);
  g_assert_null (outcome->warning);
  g_assert_cmpint (outcome->entry->step, ==, SR_RESTORE_STEP_RESTORED);
  g_assert_cmpint (outcome->entry->aside->len, ==, moves);
  /* What the dry run told is what was done. */
  for (guint i = 0, j = 0; i < acts->len; i++)
    {
      const SrRestoreAct *act = g_ptr_array_index (acts, i);

      if (act->step != SR_RESTORE_STEP_SETTING_ASIDE || act->kind == SR_RESTORE_ACT_MAKE_FOLDER)
        continue;
      g_assert_cmpstr (act->subject, ==, ((SrRestoreMove *) g_ptr_array_index (outcome->entry->aside, j))->from);
      g_assert_cmpint (act->kind == SR_RESTORE_ACT_COPY_ASIDE, ==, ((SrRestoreMove *) g_ptr_array_index (outcome->entry->aside, j))->copied);
      j++;
    }

  /* A plan is taken once. */
  back = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_clear_pointer (&back, sr_restore_session_free);

  entry = world_find_entry (&world, TRUE);
  back = world_run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (back);
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
  world_assert_consistent (&world, outcome->state);
  world_assert_no_copies (&world);
  g_assert_true (scripted_host_is_running (world.host_folder, "CertSvc") == running);
  /* The restored CA had run: a note for each way. */
  g_assert_cmpint (world_count_events (&world), ==, 2);
  g_assert_nonnull (outcome->undone_folder);
  world_tear_down (&world);
}

static void
test_both_ways (void)
{
  for (guint running = 0; running < 2; running++)
    {
      restore_and_put_back (SR_RESTORE_POINT, -1, running != 0);
      restore_and_put_back (SR_RESTORE_POINT, 0, running != 0);
      restore_and_put_back (SR_RESTORE_POINT, 1, running != 0);
      restore_and_put_back (SR_RESTORE_LATEST, -1, running != 0);
    }
}

/* A recovery that the engine refuses */

static void
test_recovery_fails (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreSession) again = NULL;
  g_autoptr (SrRestoreSession) back = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  const SrRestoreOutcome *outcome;

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  plan = world_make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  script.recovery = SR_HRESULT_FROM_JET (-528);
  session = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (-528));
  g_test_message ("%s", error->message);
  outcome = sr_restore_session_get_outcome (session);
  g_test_message ("%s", outcome->words);
  g_assert_cmpint (outcome->failed_step, ==, SR_RESTORE_STEP_STARTING);
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "recovery-failed");
  g_assert_false (outcome->put_back);
  g_assert_false (outcome->full_backup_due);
  g_assert_cmpint (world_count_events (&world), ==, 0);
  world_assert_consistent (&world, outcome->state);

  g_clear_error (&error);
  entry = world_find_entry (&world, FALSE);
  g_assert_cmphex (entry->answer, ==, SR_HRESULT_FROM_JET (-528));
  again = world_run_action (&world, host, entry, SR_RESTORE_CONTINUE, FALSE, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (-528));
  g_clear_error (&error);
  back = world_run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  world_assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
  g_assert_cmpint (world_count_events (&world), ==, 0);
  world_tear_down (&world);
}

/* Refusals, before anything is changed */

static void
assert_check_fails (World             *world,
                    SrCaHost          *host,
                    SrRestoreMode      mode,
                    SrRestoreCheckKind kind)
{
  SrRestoreWanted wanted = { .repository = world->place.repository, .config = world->place.config, .mode = mode };
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new (&wanted, &error);
  g_autoptr (SrRestoreSession) session = NULL;
  g_autofree char *now = NULL;
  const SrRestoreCheck *check;

  g_assert_no_error (error);
  g_assert_false (sr_restore_plan_check (plan, host, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s: %s", sr_restore_check_kind_to_string (kind), error->message);
  check = g_ptr_array_index (sr_restore_plan_get_checks (plan), kind);
  g_assert_cmpstr (sr_restore_check_state_to_string (check->state), ==, "failed");
  g_assert_false (sr_restore_plan_is_ready (plan));
  g_clear_error (&error);
  session = world_run_plan (world, host, plan, NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  now = scripted_host_snapshot (world->host_folder);
  g_assert_cmpstr (now, ==, world->before);
}

static void
test_foreign_key (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRegistryValue) value = sr_registry_value_new_sz ("BackupLogDirectory", "\\\\other\\C$\\Somewhere");

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  g_assert_true (sr_ca_host_create_key (host, SR_RESTORE_IN_PROGRESS_KEY, NULL, NULL, NULL));
  g_assert_true (sr_ca_host_write_value (host, SR_RESTORE_IN_PROGRESS_KEY, value, NULL, NULL));
  assert_check_fails (&world, host, SR_RESTORE_POINT, SR_RESTORE_CHECK_REGISTRY);
  /* It is shown and never deleted. */
  g_assert_true (scripted_host_has_restore (world.host_folder));
  world_tear_down (&world);
}

static void
test_other_certificate (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  const char *hashes[] = { "01 02", NULL };
  g_autoptr (SrRegistryValue) value = sr_registry_value_new_multi_sz ("CACertHash", hashes);

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  g_assert_true (sr_ca_host_write_value (host, SR_CERTSVC_KEY "\\" WORLD_CA, value, NULL, NULL));
  assert_check_fails (&world, host, SR_RESTORE_POINT, SR_RESTORE_CHECK_CERTIFICATE);
  world_tear_down (&world);
}

/* Where the certificate cannot be compared the name has to be typed. */
static void
test_name (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GError) error = NULL;
  const char *typed[] = { NULL, "Another CA", "practice ROOT ca" };

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  g_assert_true (sr_ca_host_delete_value (host, SR_CERTSVC_KEY "\\" WORLD_CA, "CACertHash", NULL, NULL));
  plan = world_make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_needs_name (plan, NULL));
  lock = place_lock (&world.place);
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      SrRestoreOptions options = { .plan = plan, .repository = world.place.repository, .lock = lock, .host = host, .replace = typed[i] };
      g_autoptr (SrRestoreSession) session = sr_restore_session_new (&options);

      g_assert_true (sr_restore_session_run (session, NULL, &error) == (i == 2));
      if (i < 2)
        {
          g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
          world_assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
        }
      g_clear_error (&error);
    }
  g_clear_pointer (&lock, sr_lock_release);
  world_tear_down (&world);
}

static void
test_live_logs (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  const char *why;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreWanted wanted = { 0 };

  world_set_up (&world, FALSE);
  host = scripted_host_new (world.host_folder);
  g_assert_true (sr_ca_host_rename (host, "C:\\Windows\\system32\\CertLog\\edb.log", "C:\\Windows\\system32\\CertLog\\gone.txt", NULL, NULL));
  g_free (world.before);
  world.before = scripted_host_snapshot (world.host_folder);
  assert_check_fails (&world, host, SR_RESTORE_LATEST, SR_RESTORE_CHECK_LIVE_LOGS);
  /* Chosen for the user, it is a point. */
  wanted = (SrRestoreWanted) { .repository = world.place.repository, .config = world.place.config, .automatic = TRUE };
  plan = sr_restore_plan_new (&wanted, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_check (plan, host, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_cmpint (sr_restore_plan_get_mode (plan), ==, SR_RESTORE_POINT);
  g_assert_false (sr_restore_plan_get_latest_possible (plan, &why));
  g_assert_nonnull (why);
  world_tear_down (&world);
}

/* A file of a set that changed is found before anything is done. */
static void
test_damaged_set (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  const SrSetFile *file;
  g_autofree char *path = NULL;

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  set = world_find_set (&world, 1);
  file = g_ptr_array_index (sr_backup_set_get_manifest (set)->files, 0);
  path = g_build_filename (sr_backup_set_get_path (set), file->path, NULL);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_true (g_file_set_contents (path, "other", -1, NULL));
  assert_check_fails (&world, host, SR_RESTORE_POINT, SR_RESTORE_CHECK_HASHES);
  world_tear_down (&world);
}

/* While one restore is half done no other begins. */
static void
test_one_at_a_time (void)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (GError) error = NULL;

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  plan = world_make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  script.recovery = SR_HRESULT_FROM_JET (-528);
  session = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_free (world.before);
  world.before = scripted_host_snapshot (world.host_folder);
  assert_check_fails (&world, host, SR_RESTORE_POINT, SR_RESTORE_CHECK_REPOSITORY);
  world_tear_down (&world);
}

/* Without a host, saved CA or keyring: what is there is checked. */
static void
test_offline (void)
{
  World world;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreWanted wanted = { 0 };

  world_set_up (&world, TRUE);
  set = world_find_set (&world, 0);
  wanted.set = set;
  wanted.mode = SR_RESTORE_POINT;
  plan = sr_restore_plan_new (&wanted, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_check (plan, NULL, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_restore_plan_is_ready (plan));
  g_assert_cmpint (sr_restore_plan_get_loss (plan)->newer_sets, ==, WORLD_LOG_SETS);
  g_assert_cmpint (script.calls, ==, 0);
  world_tear_down (&world);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  world_make_origin ();
  g_test_add_func ("/session/restore/both-ways", test_both_ways);
  g_test_add_func ("/session/restore/offline", test_offline);
  g_test_add_func ("/session/restore/foreign-key", test_foreign_key);
  g_test_add_func ("/session/restore/other-certificate", test_other_certificate);
  g_test_add_func ("/session/restore/name", test_name);
  g_test_add_func ("/session/restore/live-logs", test_live_logs);
  g_test_add_func ("/session/restore/damaged-set", test_damaged_set);
  g_test_add_func ("/session/restore/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/session/restore/recovery-fails", test_recovery_fails);
  status = g_test_run ();
  world_drop_origin ();
  return status;
}
