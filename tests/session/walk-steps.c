/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "walk.h"

#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "store/sr-lineage-event.h"

#include <signal.h>
#include <string.h>

/* What may happen in one step, and how often it does. */

/* ---- what is done at the CA ---- */

static gboolean
issue (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  walk_be_the_ca (TRUE);
  sr_practice_ca_issue (walk->served.ca, (guint) walk_random (6) + 1, NULL, "TEST\\requester", NULL, &error);
  walk_be_the_ca (FALSE);
  g_assert_no_error (error);
  return TRUE;
}

static gboolean
revoke_one (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_ca_get_rows (walk->served.ca, &error);
  g_autofree char *which = NULL;

  if (rows->len < 2)
    return FALSE;
  which = g_strdup_printf ("#%d", 2 + walk_random ((int) rows->len - 1));
  walk_be_the_ca (TRUE);
  sr_practice_ca_revoke (walk->served.ca, which, (guint32) walk_random (6), 0, &error);
  walk_be_the_ca (FALSE);
  g_assert_no_error (error);
  return TRUE;
}

static gboolean
restart (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  walk_be_the_ca (TRUE);
  sr_practice_server_restart (walk->served.server, &error);
  walk_be_the_ca (FALSE);
  g_assert_no_error (error);
  return TRUE;
}

/* Circular logging is turned on or off, which takes a restart. */
static gboolean
turn_circular (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  walk->circular = !walk->circular;
  sr_practice_ca_set_config (walk->served.ca, SR_PRACTICE_NODE_ROOT, "DBFlags",
                             g_variant_new_int32 (SR_PRACTICE_DBFLAGS | (walk->circular ? SR_PRACTICE_DBFLAGS_CIRCULARLOGGING : 0)), &error);
  g_assert_no_error (error);
  if (walk_random (3) > 0)
    restart (walk);
  return TRUE;
}

static gboolean
jump_clock (Walk *walk)
{
  const gint64 most = 40 * G_TIME_SPAN_DAY;
  gint64 by = (gint64) (g_test_rand_double () * (double) (2 * most)) - most;

  walk_jump_clock (walk_random (2) > 0, by);
  return TRUE;
}

/* ---- sessions ---- */

static void
while_it_reads (const SrBackupProgress *progress,
                gpointer                user_data)
{
  Walk *walk = user_data;

  /* The database changes while it is copied. */
  if (progress->phase == SR_BACKUP_PHASE_DATABASE && progress->file_done > 0 && walk_random (3) == 0)
    issue (walk);
}

/* Returns whether it succeeded; only a rule may refuse it. */
static gboolean
back_up (Walk        *walk,
         SrBackupKind kind,
         gboolean     automatic,
         gboolean     keep_logs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_autofree char *digest = NULL;
  SrBackupOptions options = place_options (&walk->place, walk->served.target, NULL);
  guint truncates = served_ca_calls (&walk->served, SR_CSRA_BACKUP_TRUNCATE_LOGS);
  const SrManifest *manifest;
  gint64 before;
  char id[SR_GUID_STRING_LENGTH + 1];

  walk_recover (walk);
  options.kind = kind;
  options.automatic = automatic;
  options.keep_logs = keep_logs;
  options.progress = while_it_reads;
  options.user_data = walk;
  before = g_get_real_time ();
  session = place_run (&walk->place, &options, NULL, &error);
  if (error != NULL)
    {
      if (sr_backup_rule_from_error (error) == SR_BACKUP_RULE_NONE || sr_backup_session_get_kind (session) == SR_BACKUP_FULL)
        g_error ("%s", error->message);
      g_assert_cmpuint (served_ca_calls (&walk->served, SR_CSRA_BACKUP_TRUNCATE_LOGS), ==, truncates);
      g_assert_null (sr_backup_session_get_set (session));
      walk->figures->refused++;
      return FALSE;
    }
  digest = walk_digest (walk);
  manifest = sr_backup_set_get_manifest (sr_backup_session_get_set (session));
  walk_note_origin (walk, sr_guid_to_string (&manifest->id, id), digest, walk->epoch);
  /* The session does look at our clock. */
  g_assert_cmpint (manifest->started, >, before);
  g_assert_cmpint (manifest->started, <, g_get_real_time ());
  /* A log-only backup that no chain takes would have truncated what nobody has. */
  if (sr_backup_session_get_kind (session) == SR_BACKUP_LOGS)
    {
      g_autoptr (Checked) checked = chain_checker_run (sr_repository_get_path (walk->place.repository));

      if (!checked_in_chain (checked, id))
        {
          g_test_message ("A log-only backup succeeded, and its set %s is in no chain", id);
          walk->figures->disagreements++;
        }
    }
  return TRUE;
}

/* What was refused makes the next automatic backup a full one, which succeeds. */
static gboolean
back_up_automatically (Walk *walk)
{
  if (!back_up (walk, SR_BACKUP_FULL, TRUE, FALSE))
    g_assert_true (back_up (walk, SR_BACKUP_FULL, TRUE, FALSE));
  return TRUE;
}

static gboolean
run_and_kill (Walk *walk)
{
  static const char *const phases[] = { "preparing", "database", "logs", "verifying", "publishing", "truncating", "truncating", "ending", "ending" };
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "session", "session-client", NULL);
  g_autofree char *port = g_strdup_printf ("%u", sr_dcom_target_get_port (walk->served.target));
  const char *phase = phases[walk_random (G_N_ELEMENTS (phases))];
  g_autofree char *at = g_strdup_printf ("%d", g_str_equal (phase, "truncating") || g_str_equal (phase, "ending") ? 1 + walk_random (2) : 1 + walk_random (6));
  g_autofree char *line = g_strconcat (walk->served.password, "\n", NULL);
  g_autoptr (GBytes) input = g_bytes_new (line, strlen (line));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;

  walk_recover (walk);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                            program, walk->place.base, walk->place.config, port,
                            sr_credentials_get_name (sr_dcom_target_get_credentials (walk->served.target)), at,
                            walk_random (2) > 0 ? "full" : "logs", walk_random (4) > 0 ? "truncate" : "keep", phase, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate (child, input, NULL, NULL, NULL, NULL);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
  walk->digest_at_kill = walk_digest (walk);
  walk->epoch_at_kill = walk->epoch;
  /* Whoever starts the program again does it at once, or later. */
  if (walk_random (2) > 0 || !g_subprocess_get_if_signaled (child))
    walk_recover (walk);
  return g_subprocess_get_if_signaled (child);
}

/* Another client of the same interface: certutil, or this program with a backup folder of its own. */
static gboolean
other_client (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  SrBackupOptions options = place_options (&walk->elsewhere, walk->served.target, NULL);

  walk_recover (walk);
  session = place_run (&walk->elsewhere, &options, NULL, &error);
  g_assert_no_error (error);
  return TRUE;
}

/* ---- what goes wrong ---- */

static gboolean
foreign_full (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  walk_recover (walk);
  walk_be_the_ca (TRUE);
  sr_practice_ca_foreign_full (walk->served.ca, &error);
  walk_be_the_ca (FALSE);
  g_assert_no_error (error);
  return TRUE;
}

static gboolean
lose_set (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  CheckedSet *set;

  if (walk->checked->sets->len == 0)
    return FALSE;
  set = walk->checked->sets->pdata[MAX (walk_random ((int) walk->checked->sets->len), walk_random ((int) walk->checked->sets->len))];
  sr_file_remove_tree (set->path, &error);
  g_assert_no_error (error);
  return TRUE;
}

static CheckedChain *
choose_chain (Walk *walk)
{
  g_autoptr (GPtrArray) complete = g_ptr_array_new ();

  for (guint i = 0; i < walk->checked->lineages->len; i++)
    {
      CheckedLineage *lineage = walk->checked->lineages->pdata[i];

      for (guint j = 0; j < lineage->chains->len; j++)
        if (((CheckedChain *) lineage->chains->pdata[j])->complete)
          g_ptr_array_add (complete, lineage->chains->pdata[j]);
    }
  return complete->len > 0 ? complete->pdata[MAX (walk_random ((int) complete->len), walk_random ((int) complete->len))] : NULL;
}

static void
note_restore (Walk       *walk,
              const char *set)
{
  g_autoptr (SrLock) lock = place_lock (&walk->place);
  SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_RESTORE, .set = g_strdup (set) };
  g_autoptr (GError) error = NULL;

  sr_lineage_event_record (lock, &event, &error);
  g_assert_no_error (error);
  g_free (event.config);
  g_free (event.set);
}

static gboolean
restore (Walk    *walk,
         gboolean by_us)
{
  CheckedChain *chain = choose_chain (walk);
  guint n_sets = chain != NULL ? chain->sets->len : 0;

  if (chain == NULL)
    return FALSE;
  if (by_us)
    walk_recover (walk);
  if (n_sets > 1 && walk_random (2) > 0)
    n_sets = 1 + (guint) walk_random ((int) n_sets);
  walk_restore (walk, chain, n_sets, by_us);
  if (by_us)
    note_restore (walk, ((CheckedSet *) chain->sets->pdata[n_sets - 1])->id);
  return TRUE;
}

static CheckedLineage *
newest_lineage (Walk *walk)
{
  return walk->checked->lineages->pdata[walk->checked->lineages->len - 1];
}

/* Whether one of the lineage's logs has a generation and a time of creation
 * that the set has too, and other bytes. */
static gboolean
differs_by_bytes (CheckedLineage   *lineage,
                  const CheckedSet *set)
{
  for (guint i = 0; i < lineage->sets->len; i++)
    {
      const CheckedSet *other = lineage->sets->pdata[i];

      for (guint j = 0; j < other->logs->len; j++)
        for (guint k = 0; k < set->logs->len; k++)
          {
            const CheckedLog *a = other->logs->pdata[j], *b = set->logs->pdata[k];

            if (a->generation == b->generation && g_str_equal (a->created, b->created) && !g_str_equal (a->sha256, b->sha256))
              return TRUE;
          }
    }
  return FALSE;
}

/* Another tool restores the CA, and the logs come back under their numbers and
 * with their times of creation, since the CA's clock stands: only their bytes
 * tell that they are other ones. */
static gboolean
same_time_again (Walk *walk)
{
  CheckedLineage *before;

  walk_stop_clock (TRUE);
  for (guint i = 0; i < 2; i++)
    {
      issue (walk);
      g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, TRUE));
      walk_check (walk);
    }
  before = newest_lineage (walk);
  walk_restore (walk, before->chains->pdata[before->chains->len - 2], 1, FALSE);
  issue (walk);
  g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, FALSE));
  walk_stop_clock (FALSE);
  walk_check (walk);
  g_assert_cmpuint (walk->checked->lineages->len, >, 1);
  before = walk->checked->lineages->pdata[walk->checked->lineages->len - 2];
  g_assert_true (differs_by_bytes (before, newest_lineage (walk)->sets->pdata[0]));
  g_assert_cmpstr (newest_lineage (walk)->start, ==, "other-logs");
  return TRUE;
}

/* ---- each with its name and how often it comes ---- */

static gboolean
backup_full (Walk *walk)
{
  g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, FALSE));
  return TRUE;
}

static gboolean
backup_copy (Walk *walk)
{
  g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, TRUE));
  return TRUE;
}

static gboolean
backup_logs (Walk *walk)
{
  return back_up (walk, SR_BACKUP_LOGS, FALSE, FALSE);
}

static gboolean
backup_logs_keep (Walk *walk)
{
  return back_up (walk, SR_BACKUP_LOGS, FALSE, TRUE);
}

static gboolean
foreign_restore (Walk *walk)
{
  return restore (walk, FALSE);
}

static gboolean
our_restore (Walk *walk)
{
  return restore (walk, TRUE);
}

const WalkStep walk_steps[WALK_N_STEPS] = {
  { "issue", 18, issue },
  { "revoke", 8, revoke_one },
  { "automatic", 10, back_up_automatically },
  { "full", 7, backup_full },
  { "log-only", 20, backup_logs },
  { "copy", 5, backup_copy },
  { "log-only, logs kept", 4, backup_logs_keep },
  { "foreign full", 3, foreign_full },
  { "foreign restore", 4, foreign_restore },
  { "our restore", 4, our_restore },
  { "foreign restore, same times again", 2, same_time_again },
  { "full by another client", 3, other_client },
  { "lost set", 6, lose_set },
  { "clock jump", 5, jump_clock },
  { "kill", 6, run_and_kill },
  { "restart", 2, restart },
  { "circular logging", 1, turn_circular },
};
