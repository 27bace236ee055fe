/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "scripted-host.h"
#include "served-ca.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "session/sr-restore-session.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A restore over a host that fails where it is told to: at every call, at every
 * write, with a kill at every call. Sets and live logs are a practice CA's. */

#define NAME "Practice Root CA"
#define N_LOG_SETS 2

/* Made once: a full set, log-only sets, and a CA that went on behind them. */
static struct
{
  Place place;
  char *live; /* what the CA's folder held when it was stopped */
  char *certificate_sha1;
  GPtrArray *sets;
} origin;

/* A copy of it, with a host. */
typedef struct
{
  Place place;
  char *host_folder;
  char *before; /* the live files */
} World;

static void
copy_tree (const char *from,
           const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        copy_tree (source, target);
      else
        g_assert_cmpint (link (source, target), ==, 0);
    }
}

static void
back_up (ServedCa    *served,
         SrBackupKind kind)
{
  SrBackupOptions options = place_options (&origin.place, served->target, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  options.kind = kind;
  session = place_run (&origin.place, &options, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (origin.sets, g_object_ref (sr_backup_session_get_set (session)));
}

static void
issue (ServedCa *served)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_ca_issue (served->ca, 5, NULL, "TEST\\requester", NULL, &error));
  g_assert_no_error (error);
}

static void
make_origin (void)
{
  ServedCa served = { 0 };
  g_autofree char *live = NULL;

  served_ca_start (&served, 0, 5);
  place_set_up (&origin.place, served.config);
  origin.sets = g_ptr_array_new_with_free_func (g_object_unref);
  back_up (&served, SR_BACKUP_FULL);
  for (guint i = 0; i < N_LOG_SETS; i++)
    {
      issue (&served);
      back_up (&served, SR_BACKUP_LOGS);
    }
  issue (&served);
  origin.certificate_sha1 = g_strdup (sr_backup_set_get_manifest (g_ptr_array_index (origin.sets, 0))->certificate_sha1);
  live = g_build_filename (sr_practice_ca_get_folder (served.ca), "CertLog", NULL);
  origin.live = g_build_filename (origin.place.base, "live", NULL);
  g_clear_object (&served.server);
  copy_tree (live, origin.live);
  sr_dcom_target_unref (served.target);
  g_assert_true (sr_file_remove_tree (served.folder, NULL));
  g_free (served.folder);
  g_free (served.config);
  g_free (served.password);
}

static void
world_set_up (World   *world,
              gboolean running)
{
  g_autofree char *base = g_dir_make_tmp ("strongroom-restore-XXXXXX", NULL);
  g_autofree char *from = g_build_filename (origin.place.base, "repository", NULL);
  g_autofree char *to = g_build_filename (base, "repository", NULL);

  script_reset ();
  script.dependent = "Dependent";
  copy_tree (from, to);
  place_open (&world->place, base, origin.place.config);
  world->host_folder = g_build_filename (base, "host", NULL);
  scripted_host_create (world->host_folder, origin.live, NAME, origin.certificate_sha1, running);
  world->before = scripted_host_snapshot (world->host_folder);
}

static void
world_tear_down (World *world)
{
  place_tear_down (&world->place);
  g_clear_pointer (&world->host_folder, g_free);
  g_clear_pointer (&world->before, g_free);
}

static SrBackupSet *
find_set (World *world,
          guint  index)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = sr_guid_dup_string (&sr_backup_set_get_manifest (g_ptr_array_index (origin.sets, index))->id);
  SrBackupSet *set = sr_repository_find_set (world->place.repository, id, &error);

  g_assert_no_error (error);
  return set;
}

static SrRestorePlan *
make_plan (World        *world,
           SrCaHost     *host,
           SrRestoreMode mode,
           SrBackupSet  *set,
           GError      **error)
{
  SrRestoreWanted wanted = { .repository = world->place.repository, .config = world->place.config, .mode = mode, .set = set };
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new (&wanted, error);

  if (plan == NULL || !sr_restore_plan_check (plan, host, NULL, NULL, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&plan);
}

/* What progress must keep to. */
typedef struct
{
  double fraction;
  SrRestorePhase phase;
  gboolean may_cancel;
} Watch;

static void
watch (const SrRestoreProgress *progress,
       gpointer                 user_data)
{
  Watch *seen = user_data;

  g_assert_cmpfloat (progress->fraction, >=, seen->fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  g_assert_cmpint (progress->phase, >=, seen->phase);
  *seen = (Watch) { progress->fraction, progress->phase, progress->can_cancel };
}

/* Runs a new restore; the session, whatever came of it. */
static SrRestoreSession *
run_plan (World         *world,
          SrCaHost      *host,
          SrRestorePlan *plan,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (SrLock) lock = place_lock (&world->place);
  Watch seen = { 0, SR_RESTORE_PHASE_IDLE, FALSE };
  SrRestoreOptions options = { .plan = plan, .repository = world->place.repository, .lock = lock, .host = host,
                               .progress = watch, .user_data = &seen };
  SrRestoreSession *session = sr_restore_session_new (&options);

  sr_restore_session_run (session, cancellable, error);
  return session;
}

static SrRestoreSession *
run_action (World                *world,
            SrCaHost             *host,
            const SrRestoreEntry *entry,
            SrRestoreAction       action,
            gboolean              accept_loss,
            GError              **error)
{
  g_autoptr (SrLock) lock = place_lock (&world->place);
  SrRestoreOptions options = { .entry = entry, .action = action, .accept_loss = accept_loss, .repository = world->place.repository,
                               .lock = lock, .host = host };
  SrRestoreSession *session = sr_restore_session_new (&options);

  sr_restore_session_run (session, NULL, error);
  return session;
}

/* The one journal that is there, or NULL. */
static SrRestoreEntry *
find_entry (World   *world,
            gboolean settled)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = sr_restore_journal_list (world->place.repository, NULL, settled, &error);
  const SrRestoreListed *listed;

  g_assert_no_error (error);
  g_assert_cmpint (list->len, <=, 1);
  if (list->len == 0)
    return NULL;
  listed = g_ptr_array_index (list, 0);
  g_assert_no_error (listed->error);
  g_assert_false (listed->held);
  return sr_restore_entry_copy (listed->entry);
}

static guint
count_events (World *world)
{
  g_autoptr (GPtrArray) events = sr_lineage_event_list (world->place.repository, world->place.config, NULL);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    n += ((SrLineageEvent *) g_ptr_array_index (events, i))->kind == SR_LINEAGE_EVENT_RESTORE;
  return n;
}

/* What must hold wherever a restore ended: one End for each Prepare, and the CA in a state that agrees with the host. */
static void
assert_consistent (World           *world,
                   SrRestoreCaState state)
{
  g_autoptr (SrRestoreEntry) entry = find_entry (world, TRUE);
  g_autofree char *now = scripted_host_snapshot (world->host_folder);
  gboolean running = scripted_host_is_running (world->host_folder, "CertSvc");

  if (entry != NULL)
    g_assert_cmpint (entry->prepares, ==, entry->ends);
  switch (state)
    {
    case SR_RESTORE_CA_AS_BEFORE:
    case SR_RESTORE_CA_STOPPED:
      g_assert_cmpstr (now, ==, world->before);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      g_assert_true (running == (state == SR_RESTORE_CA_AS_BEFORE) || (entry != NULL && !entry->was_running));
      break;
    case SR_RESTORE_CA_HALF:
      g_assert_false (running);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_SUSPENDED:
    case SR_RESTORE_CA_READY:
    case SR_RESTORE_CA_RECOVERY_FAILED:
      g_assert_false (running);
      g_assert_true (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_RESTORED:
      g_assert_true (running);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_FOREIGN:
    case SR_RESTORE_CA_UNKNOWN:
    default:
      break;
    }
}

/* Nothing of the restore but what it set aside is left on the host. */
static void
assert_no_copies (World *world)
{
  g_autofree char *folder = g_build_filename (world->host_folder, "drives/C/Windows/system32/CertLog", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *fresh = g_build_filename (folder, name, "New", NULL);
      g_autofree char *logs = g_build_filename (folder, name, "Logs", NULL);

      g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (logs, G_FILE_TEST_EXISTS));
      g_assert_false (g_str_has_suffix (name, ".part"));
    }
}

static void
assert_restored (World                  *world,
                 const SrRestoreOutcome *outcome)
{
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "restored");
  g_assert_true (outcome->full_backup_due);
  g_assert_cmpint (count_events (world), ==, 1);
  assert_consistent (world, outcome->state);
  if (outcome->warning == NULL)
    assert_no_copies (world);
  /* A service beside CertSvc that does not start again is told, and no failure. */
  if (scripted_host_is_running (world->host_folder, "Dependent") != outcome->entry->was_running)
    g_assert_nonnull (outcome->warning);
  g_assert_true (outcome->offered[SR_RESTORE_PUT_BACK]);
  g_assert_false (outcome->offered[SR_RESTORE_CONTINUE]);
}

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
  set = set_index >= 0 ? find_set (&world, (guint) set_index) : NULL;
  plan = make_plan (&world, host, mode, set, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_is_ready (plan));
  g_assert_false (sr_restore_plan_needs_name (plan, NULL));
  g_assert_cmpint (sr_restore_plan_get_sets (plan)->len, ==, set_index >= 0 ? set_index + 1 : N_LOG_SETS + 1);
  g_assert_cmpint (sr_restore_plan_get_loss (plan)->newer_sets, ==, set_index >= 0 ? N_LOG_SETS - set_index : 0);
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

  session = run_plan (&world, host, plan, NULL, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (session);
  g_test_message ("%s", outcome->words);
  assert_restored (&world, outcome);
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
  back = run_plan (&world, host, plan, NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_clear_pointer (&back, sr_restore_session_free);

  entry = find_entry (&world, TRUE);
  back = run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (back);
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
  assert_consistent (&world, outcome->state);
  assert_no_copies (&world);
  g_assert_true (scripted_host_is_running (world.host_folder, "CertSvc") == running);
  /* The restored CA had run: a note for each way. */
  g_assert_cmpint (count_events (&world), ==, 2);
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

/* Faults */

typedef struct
{
  guint runs;
  guint put_back;
  guint states[SR_RESTORE_CA_UNKNOWN + 1];
  guint offered[SR_RESTORE_LEAVE + 1];
} Tally;

static void
report (const Tally *tally,
        const char  *title)
{
  g_autoptr (GString) text = g_string_new (title);

  g_string_append_printf (text, ": %u failures, %u put back at once; the CA was then", tally->runs, tally->put_back);
  for (guint i = 0; i < G_N_ELEMENTS (tally->states); i++)
    if (tally->states[i] > 0)
      g_string_append_printf (text, " %s %u", sr_restore_ca_state_to_string (i), tally->states[i]);
  g_string_append (text, "; recovered by");
  for (guint i = 0; i < G_N_ELEMENTS (tally->offered); i++)
    g_string_append_printf (text, " %s %u", sr_restore_action_to_string (i), tally->offered[i]);
  g_test_message ("%s", text->str);
}

/* Recovers what is there by @action, if it is offered, and checks where that leads. */
static void
settle (World          *world,
        SrRestoreAction action,
        Tally          *tally)
{
  g_autoptr (SrCaHost) host = scripted_host_new (world->host_folder);
  g_autoptr (SrRestoreEntry) entry = find_entry (world, FALSE);
  g_autoptr (SrRestoreSituation) situation = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (GError) error = NULL;
  const SrRestoreOutcome *outcome;
  SrRestoreCaState before;
  guint events;

  script.fault = SCRIPTED_NOTHING;
  if (entry == NULL)
    return;
  situation = sr_restore_look (entry, host, NULL);
  g_assert_no_error (situation->error);
  before = situation->state;
  tally->states[before]++;
  g_assert_cmpint (before, <, SR_RESTORE_CA_FOREIGN);
  g_assert_true (situation->offered[SR_RESTORE_LEAVE]);
  if (!situation->offered[action])
    action = SR_RESTORE_PUT_BACK;
  tally->offered[action]++;
  session = run_action (world, host, entry, action, TRUE, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (session);
  events = count_events (world);
  assert_consistent (world, outcome->state);
  if (action == SR_RESTORE_CONTINUE)
    assert_restored (world, outcome);
  else if (action == SR_RESTORE_PUT_BACK)
    {
      g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
      assert_no_copies (world);
      g_assert_cmpint (events > 0, ==, before == SR_RESTORE_CA_RESTORED);
    }
  else
    {
      g_assert_cmpint (outcome->state, ==, before);
      g_assert_cmpint (events, ==, before == SR_RESTORE_CA_RESTORED || before == SR_RESTORE_CA_READY);
    }
  g_clear_pointer (&entry, sr_restore_entry_free);
  entry = find_entry (world, FALSE);
  g_assert_null (entry);
}

/* One restore with a fault at @at; FALSE when it came through without meeting it. */
static gboolean
run_with_fault (ScriptedFault   fault,
                guint           at,
                SrRestoreMode   mode,
                SrRestoreAction action,
                Tally          *tally)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const SrRestoreOutcome *outcome;
  gboolean met;

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  plan = make_plan (&world, host, mode, NULL, &error);
  g_assert_no_error (error);
  script.calls = script.writes = 0;
  script.fault = fault;
  script.at = at;
  script.cancel = cancellable;
  session = run_plan (&world, host, plan, cancellable, &error);
  met = fault == SCRIPTED_FULL ? script.writes >= at : script.calls >= at;
  script.fault = SCRIPTED_NOTHING;
  outcome = sr_restore_session_get_outcome (session);
  g_assert_nonnull (outcome->words);
  g_debug ("%u %s: %s", at, script.last, error != NULL ? error->message : "came through");
  if (error == NULL)
    assert_restored (&world, outcome);
  else
    {
      tally->runs++;
      tally->put_back += outcome->put_back;
      g_assert_true (met);
      if (outcome->put_back)
        {
          g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
          g_assert_cmpint (count_events (&world), ==, 0);
          if (outcome->warning == NULL)
            assert_no_copies (&world);
        }
      else if (outcome->state != SR_RESTORE_CA_UNKNOWN && outcome->put_back_error == NULL && outcome->entry != NULL)
        g_assert_cmpint (outcome->failed_step, >=, SR_RESTORE_STEP_STARTING);
      assert_consistent (&world, outcome->state);
      settle (&world, action, tally);
    }
  world_tear_down (&world);
  return met;
}

static void
run_all_faults (ScriptedFault fault,
                SrRestoreMode mode,
                const char   *title)
{
  Tally tally = { 0 };

  for (guint at = 1; run_with_fault (fault, at, mode, (SrRestoreAction) (at % 3), &tally); at++)
    ;
  report (&tally, title);
  g_assert_cmpint (tally.runs, >, 0);
}

static void
test_drop (void)
{
  run_all_faults (SCRIPTED_DROP_BEFORE, SR_RESTORE_POINT, "dropped before each call, a point");
  run_all_faults (SCRIPTED_DROP_AFTER, SR_RESTORE_POINT, "dropped behind each call, a point");
  run_all_faults (SCRIPTED_DROP_BEFORE, SR_RESTORE_LATEST, "dropped before each call, the latest");
  run_all_faults (SCRIPTED_DROP_AFTER, SR_RESTORE_LATEST, "dropped behind each call, the latest");
}

static void
test_gone (void)
{
  run_all_faults (SCRIPTED_GONE, SR_RESTORE_POINT, "host gone from each call on, a point");
  run_all_faults (SCRIPTED_GONE, SR_RESTORE_LATEST, "host gone from each call on, the latest");
}

static void
test_full (void)
{
  run_all_faults (SCRIPTED_FULL, SR_RESTORE_POINT, "disk full at each write, a point");
  run_all_faults (SCRIPTED_FULL, SR_RESTORE_LATEST, "disk full at each write, the latest");
}

static void
test_cancel (void)
{
  run_all_faults (SCRIPTED_CANCEL, SR_RESTORE_POINT, "cancelled at each call, a point");
  run_all_faults (SCRIPTED_CANCEL, SR_RESTORE_LATEST, "cancelled at each call, the latest");
}

/* Kills */

/* The program under kill: restores, and dies at the call it is told. */
static void
child (World        *world,
       ScriptedFault fault,
       guint         at,
       SrRestoreMode mode)
{
  g_autoptr (SrCaHost) host = scripted_host_new (world->host_folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestorePlan) plan = make_plan (world, host, mode, NULL, &error);
  g_autoptr (SrRestoreSession) session = NULL;

  g_assert_no_error (error);
  script.calls = 0;
  script.fault = fault;
  script.at = at;
  session = run_plan (world, host, plan, NULL, &error);
  _exit (error == NULL ? 0 : 1);
}

static gboolean
run_with_kill (ScriptedFault   fault,
               guint           at,
               SrRestoreMode   mode,
               SrRestoreAction action,
               Tally          *tally,
               guint          *steps)
{
  World world;
  g_autoptr (SrRestoreEntry) entry = NULL;
  int status;
  pid_t pid;

  world_set_up (&world, TRUE);
  pid = fork ();
  if (pid == 0)
    child (&world, fault, at, mode);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFEXITED (status))
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  else
    {
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
      tally->runs++;
      entry = find_entry (&world, FALSE);
      if (entry != NULL)
        steps[entry->step]++;
      settle (&world, action, tally);
    }
  world_tear_down (&world);
  return !WIFEXITED (status);
}

static void
run_all_kills (ScriptedFault fault,
               SrRestoreMode mode,
               const char   *title)
{
  guint steps[SR_RESTORE_STEP_LEFT + 1] = { 0 };
  Tally tally = { 0 };

  for (guint action = 0; action <= SR_RESTORE_LEAVE; action++)
    for (guint at = 1; run_with_kill (fault, at, mode, (SrRestoreAction) action, &tally, steps); at++)
      ;
  report (&tally, title);
  for (guint i = SR_RESTORE_STEP_OPENED; i <= SR_RESTORE_STEP_RECORDING; i++)
    g_test_message ("  found in step %s: %u", sr_restore_step_to_string (i), steps[i]);
}

static void
test_kill (void)
{
  run_all_kills (SCRIPTED_KILL_BEFORE, SR_RESTORE_POINT, "killed before each call, a point");
  run_all_kills (SCRIPTED_KILL_AFTER, SR_RESTORE_LATEST, "killed behind each call, the latest");
}

/* A Put Back that is killed at each call goes on. */
static void
child_back (World                *world,
            const SrRestoreEntry *entry,
            guint                 at)
{
  g_autoptr (SrCaHost) host = scripted_host_new (world->host_folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestoreSession) session = NULL;

  script.calls = 0;
  script.fault = SCRIPTED_KILL_AFTER;
  script.at = at;
  session = run_action (world, host, entry, SR_RESTORE_PUT_BACK, TRUE, &error);
  _exit (error == NULL ? 0 : 1);
}

static gboolean
kill_put_back (guint         at,
               SrRestoreMode mode,
               Tally        *tally)
{
  World world;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;
  g_autoptr (SrRestoreEntry) left = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  pid_t pid;

  world_set_up (&world, TRUE);
  host = scripted_host_new (world.host_folder);
  plan = make_plan (&world, host, mode, NULL, &error);
  g_assert_no_error (error);
  session = run_plan (&world, host, plan, NULL, &error);
  g_assert_no_error (error);
  entry = find_entry (&world, TRUE);
  pid = fork ();
  if (pid == 0)
    child_back (&world, entry, at);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  left = find_entry (&world, TRUE);
  tally->runs += !WIFEXITED (status);
  if (left->step != SR_RESTORE_STEP_PUT_BACK)
    {
      g_autoptr (SrRestoreSession) again = run_action (&world, host, left, SR_RESTORE_PUT_BACK, TRUE, &error);

      g_assert_no_error (error);
      g_assert_cmpint (sr_restore_session_get_outcome (again)->state, ==, SR_RESTORE_CA_AS_BEFORE);
    }
  assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
  g_assert_cmpint (count_events (&world), ==, 2);
  world_tear_down (&world);
  return !WIFEXITED (status);
}

static void
test_kill_put_back (void)
{
  for (guint mode = 0; mode <= SR_RESTORE_POINT; mode++)
    {
      Tally tally = { 0 };

      for (guint at = 1; kill_put_back (at, (SrRestoreMode) mode, &tally); at++)
        ;
      g_test_message ("Put Back killed at each of %u calls, %s: gone on with each time", tally.runs, sr_restore_mode_to_string (mode));
      g_assert_cmpint (tally.runs, >, 10);
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
  plan = make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  script.recovery = SR_HRESULT_FROM_JET (-528);
  session = run_plan (&world, host, plan, NULL, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (-528));
  g_test_message ("%s", error->message);
  outcome = sr_restore_session_get_outcome (session);
  g_test_message ("%s", outcome->words);
  g_assert_cmpint (outcome->failed_step, ==, SR_RESTORE_STEP_STARTING);
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "recovery-failed");
  g_assert_false (outcome->put_back);
  g_assert_false (outcome->full_backup_due);
  g_assert_cmpint (count_events (&world), ==, 0);
  assert_consistent (&world, outcome->state);

  g_clear_error (&error);
  entry = find_entry (&world, FALSE);
  g_assert_cmphex (entry->answer, ==, SR_HRESULT_FROM_JET (-528));
  again = run_action (&world, host, entry, SR_RESTORE_CONTINUE, FALSE, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (-528));
  g_clear_error (&error);
  back = run_action (&world, host, entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_no_error (error);
  assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
  g_assert_cmpint (count_events (&world), ==, 0);
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
  session = run_plan (world, host, plan, NULL, &error);
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
  g_assert_true (sr_ca_host_write_value (host, SR_CERTSVC_KEY "\\" NAME, value, NULL, NULL));
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
  g_assert_true (sr_ca_host_delete_value (host, SR_CERTSVC_KEY "\\" NAME, "CACertHash", NULL, NULL));
  plan = make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
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
          assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
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
  set = find_set (&world, 1);
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
  plan = make_plan (&world, host, SR_RESTORE_POINT, NULL, &error);
  g_assert_no_error (error);
  script.recovery = SR_HRESULT_FROM_JET (-528);
  session = run_plan (&world, host, plan, NULL, &error);
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
  set = find_set (&world, 0);
  wanted.set = set;
  wanted.mode = SR_RESTORE_POINT;
  plan = sr_restore_plan_new (&wanted, &error);
  g_assert_no_error (error);
  g_assert_true (sr_restore_plan_check (plan, NULL, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_restore_plan_is_ready (plan));
  g_assert_cmpint (sr_restore_plan_get_loss (plan)->newer_sets, ==, N_LOG_SETS);
  g_assert_cmpint (script.calls, ==, 0);
  world_tear_down (&world);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_origin ();
  g_test_add_func ("/session/restore/both-ways", test_both_ways);
  g_test_add_func ("/session/restore/offline", test_offline);
  g_test_add_func ("/session/restore/foreign-key", test_foreign_key);
  g_test_add_func ("/session/restore/other-certificate", test_other_certificate);
  g_test_add_func ("/session/restore/name", test_name);
  g_test_add_func ("/session/restore/live-logs", test_live_logs);
  g_test_add_func ("/session/restore/damaged-set", test_damaged_set);
  g_test_add_func ("/session/restore/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/session/restore/recovery-fails", test_recovery_fails);
  g_test_add_func ("/session/restore/drop", test_drop);
  g_test_add_func ("/session/restore/gone", test_gone);
  g_test_add_func ("/session/restore/full", test_full);
  g_test_add_func ("/session/restore/cancel", test_cancel);
  g_test_add_func ("/session/restore/kill", test_kill);
  g_test_add_func ("/session/restore/kill-put-back", test_kill_put_back);
  status = g_test_run ();
  g_ptr_array_unref (origin.sets);
  place_tear_down (&origin.place);
  g_free (origin.live);
  g_free (origin.certificate_sha1);
  return status;
}
