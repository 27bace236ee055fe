/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "restore-world.h"

#include "base/sr-error.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A restore over a host that fails where it is told to: at every call, at every write, with a kill at every call. */

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
  g_autoptr (SrRestoreEntry) entry = world_find_entry (world, FALSE);
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
  session = world_run_action (world, host, entry, action, TRUE, &error);
  g_assert_no_error (error);
  outcome = sr_restore_session_get_outcome (session);
  events = world_count_events (world);
  world_assert_consistent (world, outcome->state);
  if (action == SR_RESTORE_CONTINUE)
    world_assert_restored (world, outcome);
  else if (action == SR_RESTORE_PUT_BACK)
    {
      g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
      world_assert_no_copies (world);
      g_assert_cmpint (events > 0, ==, before == SR_RESTORE_CA_RESTORED);
    }
  else
    {
      g_assert_cmpint (outcome->state, ==, before);
      g_assert_cmpint (events, ==, before == SR_RESTORE_CA_RESTORED || before == SR_RESTORE_CA_READY);
    }
  g_clear_pointer (&entry, sr_restore_entry_free);
  entry = world_find_entry (world, FALSE);
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
  plan = world_make_plan (&world, host, mode, NULL, &error);
  g_assert_no_error (error);
  script.calls = script.writes = 0;
  script.fault = fault;
  script.at = at;
  script.cancel = cancellable;
  session = world_run_plan (&world, host, plan, cancellable, &error);
  met = fault == SCRIPTED_FULL ? script.writes >= at : script.calls >= at;
  script.fault = SCRIPTED_NOTHING;
  outcome = sr_restore_session_get_outcome (session);
  g_assert_nonnull (outcome->words);
  g_debug ("%u %s: %s", at, script.last, error != NULL ? error->message : "came through");
  if (error == NULL)
    world_assert_restored (&world, outcome);
  else
    {
      tally->runs++;
      tally->put_back += outcome->put_back;
      g_assert_true (met);
      if (outcome->put_back)
        {
          g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "as-before");
          g_assert_cmpint (world_count_events (&world), ==, 0);
          if (outcome->warning == NULL)
            world_assert_no_copies (&world);
        }
      else if (outcome->state != SR_RESTORE_CA_UNKNOWN && outcome->put_back_error == NULL && outcome->entry != NULL)
        g_assert_cmpint (outcome->failed_step, >=, SR_RESTORE_STEP_STARTING);
      world_assert_consistent (&world, outcome->state);
      settle (&world, action, tally);
    }
  world_tear_down (&world);
  return met;
}

/* The quick test takes every other call, and so each action in its turn. */
static guint
stride (void)
{
  return g_test_slow () ? 1 : 2;
}

static void
run_all_faults (ScriptedFault fault,
                SrRestoreMode mode,
                const char   *title)
{
  Tally tally = { 0 };

  for (guint at = 1; run_with_fault (fault, at, mode, (SrRestoreAction) (at % 3), &tally); at += stride ())
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
  g_autoptr (SrRestorePlan) plan = world_make_plan (world, host, mode, NULL, &error);
  g_autoptr (SrRestoreSession) session = NULL;

  g_assert_no_error (error);
  script.calls = 0;
  script.fault = fault;
  script.at = at;
  session = world_run_plan (world, host, plan, NULL, &error);
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
      entry = world_find_entry (&world, FALSE);
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

  /* By turns, or in the long test each with each. */
  for (guint turn = 0; turn <= (g_test_slow () ? SR_RESTORE_LEAVE : 0); turn++)
    for (guint at = 1; run_with_kill (fault, at, mode, (SrRestoreAction) ((at + turn) % 3), &tally, steps); at += stride ())
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
  session = world_run_action (world, host, entry, SR_RESTORE_PUT_BACK, TRUE, &error);
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
  plan = world_make_plan (&world, host, mode, NULL, &error);
  g_assert_no_error (error);
  session = world_run_plan (&world, host, plan, NULL, &error);
  g_assert_no_error (error);
  entry = world_find_entry (&world, TRUE);
  pid = fork ();
  if (pid == 0)
    child_back (&world, entry, at);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  left = world_find_entry (&world, TRUE);
  tally->runs += !WIFEXITED (status);
  if (left->step != SR_RESTORE_STEP_PUT_BACK)
    {
      g_autoptr (SrRestoreSession) again = world_run_action (&world, host, left, SR_RESTORE_PUT_BACK, TRUE, &error);

      g_assert_no_error (error);
      g_assert_cmpint (sr_restore_session_get_outcome (again)->state, ==, SR_RESTORE_CA_AS_BEFORE);
    }
  world_assert_consistent (&world, SR_RESTORE_CA_AS_BEFORE);
  g_assert_cmpint (world_count_events (&world), ==, 2);
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

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  world_make_origin ();
  g_test_add_func ("/session/restore/drop", test_drop);
  g_test_add_func ("/session/restore/gone", test_gone);
  g_test_add_func ("/session/restore/full", test_full);
  g_test_add_func ("/session/restore/cancel", test_cancel);
  g_test_add_func ("/session/restore/kill", test_kill);
  g_test_add_func ("/session/restore/kill-put-back", test_kill_put_back);
  status = g_test_run ();
  world_drop_origin ();
  return status;
}
