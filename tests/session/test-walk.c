/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "chain-checker.h"
#include "place.h"
#include "served-ca.h"

#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "practice/sr-practice-set.h"
#include "store/sr-lineage-event.h"

#include <signal.h>
#include <string.h>

/* Random walks: a practice CA that lives, is backed up, and is treated badly by
 * other tools and by us. After each step the history that src/store tells is
 * compared with that of a checker which shares no code with it, and every new
 * complete chain is replayed: it must give the rows that the CA had. */

#define SHORT_STEPS 120
#define LONG_WALKS 20
#define LONG_STEPS 250

/* Two clocks in this process, one of ours and one of the CA's. They take the
 * place of GLib's for all that is linked here, tick with every look, and jump. */
static gint64 clocks[2] = { G_GINT64_CONSTANT (1767225600000000), G_GINT64_CONSTANT (1767225600000000) };
static GMutex clocks_lock;
static _Thread_local gboolean ours; /* whether this thread looks at our clock: threads of the server do not */

gint64
g_get_real_time (void)
{
  gint64 now;

  g_mutex_lock (&clocks_lock);
  now = clocks[ours] += 1237;
  g_mutex_unlock (&clocks_lock);
  return now;
}

/* What a set was made from. */
typedef struct
{
  char *digest; /* of the CA's rows, NULL for a set that was not met yet */
  guint epoch;  /* how often the CA was restored before */
} Origin;

typedef struct
{
  guint steps;
  guint sets;
  guint refused;
  guint kills;
  guint unknown; /* killed between TruncateLogs and the note of it */
  guint restores;
  guint lost;
  guint jumps;
  guint lineages;
  guint replayed;
  guint disagreements;
} Figures;

typedef struct
{
  ServedCa served;
  Place place;
  GHashTable *origins;  /* id of a set -> Origin */
  GHashTable *replayed; /* ids of a chain's sets, in one string */
  guint epoch;
  char *digest_at_kill; /* NULL when nothing is to be recovered */
  guint epoch_at_kill;
  gboolean circular;
  Checked *checked;     /* after the last step */
  const char *last;     /* what the last step was */
  Figures *figures;
} Walk;

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  g_free (origin->digest);
  g_free (origin);
}

static int
random_below (int n)
{
  return g_test_rand_int_range (0, n);
}

/* Rows as a number and a hash of their coded bytes. */
static char *
digest_rows (GPtrArray *rows)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (GByteArray) bytes = sr_practice_row_encode (rows->pdata[i]);

      g_checksum_update (sum, bytes->data, bytes->len);
    }
  return g_strdup_printf ("%u rows, %s", rows->len, g_checksum_get_string (sum));
}

static char *
digest_ca (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_ca_get_rows (walk->served.ca, &error);

  g_assert_no_error (error);
  return digest_rows (rows);
}

static void
note_origin (Walk       *walk,
             const char *id,
             const char *digest,
             guint       epoch)
{
  Origin *origin = g_new0 (Origin, 1);

  origin->digest = g_strdup (digest);
  origin->epoch = epoch;
  g_hash_table_insert (walk->origins, g_strdup (id), origin);
  walk->figures->sets++;
}

static Origin *
origin_of (Walk             *walk,
           const CheckedSet *set)
{
  Origin *origin = g_hash_table_lookup (walk->origins, set->id);

  g_assert_nonnull (origin);
  return origin;
}

/* ---- what is done at the CA ---- */

static void
issue (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  ours = FALSE;
  sr_practice_ca_issue (walk->served.ca, (guint) random_below (6) + 1, NULL, "TEST\\requester", NULL, &error);
  ours = TRUE;
  g_assert_no_error (error);
}

static void
revoke_one (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_ca_get_rows (walk->served.ca, &error);
  g_autofree char *which = NULL;

  if (rows->len < 2)
    return;
  which = g_strdup_printf ("#%d", 2 + random_below ((int) rows->len - 1));
  ours = FALSE;
  sr_practice_ca_revoke (walk->served.ca, which, (guint32) random_below (6), 0, &error);
  ours = TRUE;
  g_assert_no_error (error);
}

static void
restart (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  ours = FALSE;
  sr_practice_server_restart (walk->served.server, &error);
  ours = TRUE;
  g_assert_no_error (error);
}

/* Circular logging is turned on or off, which takes a restart. */
static void
turn_circular (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  walk->circular = !walk->circular;
  sr_practice_ca_set_config (walk->served.ca, SR_PRACTICE_NODE_ROOT, "DBFlags",
                             g_variant_new_int32 (SR_PRACTICE_DBFLAGS | (walk->circular ? SR_PRACTICE_DBFLAGS_CIRCULARLOGGING : 0)), &error);
  g_assert_no_error (error);
  if (random_below (3) > 0)
    restart (walk);
}

static void
jump_clock (Walk *walk)
{
  const gint64 most = 40 * G_TIME_SPAN_DAY;
  gint64 by = (gint64) (g_test_rand_double () * (double) (2 * most)) - most;

  g_mutex_lock (&clocks_lock);
  clocks[random_below (2)] += by;
  g_mutex_unlock (&clocks_lock);
  walk->figures->jumps++;
}

/* ---- sessions ---- */

/* The journal's sessions are ended, as the next start of the program does. */
static void
recover (Walk *walk)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (Checked) checked = NULL;

  if (walk->digest_at_kill == NULL)
    return;
  items = place_recover (&walk->place, walk->served.target);
  for (guint i = 0; i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];
      g_auto (SrSessionRecord) record = { 0 };

      g_assert_true (item->settled);
      if (item->set != NULL && sr_session_record_load (item->set, &record, NULL) && record.truncated == SR_TRUNCATION_UNKNOWN)
        walk->figures->unknown++;
    }
  checked = chain_checker_run (sr_repository_get_path (walk->place.repository));
  for (guint i = 0; i < checked->sets->len; i++)
    {
      const CheckedSet *set = checked->sets->pdata[i];

      if (!g_hash_table_contains (walk->origins, set->id))
        note_origin (walk, set->id, walk->digest_at_kill, walk->epoch_at_kill);
    }
  g_clear_pointer (&walk->digest_at_kill, g_free);
  place_assert_clean (&walk->place, checked->sets->len);
}

static void
while_it_reads (const SrBackupProgress *progress,
                gpointer                user_data)
{
  Walk *walk = user_data;

  /* The database changes while it is copied. */
  if (progress->phase == SR_BACKUP_PHASE_DATABASE && progress->file_done > 0 && random_below (3) == 0)
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

  recover (walk);
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
  digest = digest_ca (walk);
  manifest = sr_backup_set_get_manifest (sr_backup_session_get_set (session));
  note_origin (walk, sr_guid_to_string (&manifest->id, id), digest, walk->epoch);
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
static void
back_up_automatically (Walk *walk)
{
  if (!back_up (walk, SR_BACKUP_FULL, TRUE, FALSE))
    g_assert_true (back_up (walk, SR_BACKUP_FULL, TRUE, FALSE));
}

static void
run_and_kill (Walk *walk)
{
  static const char *const phases[] = { "preparing", "database", "logs", "verifying", "publishing", "truncating", "truncating", "ending", "ending" };
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "session", "session-client", NULL);
  g_autofree char *port = g_strdup_printf ("%u", sr_dcom_target_get_port (walk->served.target));
  const char *phase = phases[random_below (G_N_ELEMENTS (phases))];
  g_autofree char *at = g_strdup_printf ("%d", g_str_equal (phase, "truncating") || g_str_equal (phase, "ending") ? 1 + random_below (2) : 1 + random_below (6));
  g_autofree char *line = g_strconcat (walk->served.password, "\n", NULL);
  g_autoptr (GBytes) input = g_bytes_new (line, strlen (line));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;

  recover (walk);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                            program, walk->place.base, walk->place.config, port,
                            sr_credentials_get_name (sr_dcom_target_get_credentials (walk->served.target)), at,
                            random_below (2) > 0 ? "full" : "logs", random_below (4) > 0 ? "truncate" : "keep", phase, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate (child, input, NULL, NULL, NULL, NULL);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
      walk->figures->kills++;
    }
  walk->digest_at_kill = digest_ca (walk);
  walk->epoch_at_kill = walk->epoch;
  /* Whoever starts the program again does it at once, or later. */
  if (random_below (2) > 0 || !g_subprocess_get_if_signaled (child))
    recover (walk);
}

/* ---- what goes wrong ---- */

static void
foreign_full (Walk *walk)
{
  g_autoptr (GError) error = NULL;

  recover (walk);
  ours = FALSE;
  sr_practice_ca_foreign_full (walk->served.ca, &error);
  ours = TRUE;
  g_assert_no_error (error);
}

static void
lose_set (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  CheckedSet *set;

  if (walk->checked->sets->len == 0)
    return;
  set = walk->checked->sets->pdata[MAX (random_below ((int) walk->checked->sets->len), random_below ((int) walk->checked->sets->len))];
  sr_file_remove_tree (set->path, &error);
  g_assert_no_error (error);
  walk->figures->lost++;
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
  return complete->len > 0 ? complete->pdata[MAX (random_below ((int) complete->len), random_below ((int) complete->len))] : NULL;
}

static char *
link_chain (Walk         *walk,
            CheckedChain *chain,
            guint         n_sets)
{
  char *folder = g_build_filename (walk->place.base, "linked", NULL);

  g_assert_true (sr_file_remove_tree (folder, NULL));
  g_assert_true (sr_file_make_private_folder (folder, NULL));
  checked_chain_link (chain, n_sets, folder);
  return folder;
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

static void
restore (Walk    *walk,
         gboolean by_us)
{
  CheckedChain *chain = choose_chain (walk);
  guint n_sets = chain != NULL ? chain->sets->len : 0;
  g_autofree char *folder = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *newest = NULL;
  g_autoptr (GError) error = NULL;

  if (chain == NULL)
    return;
  if (by_us)
    recover (walk);
  if (n_sets > 1 && random_below (2) > 0)
    n_sets = 1 + (guint) random_below ((int) n_sets);
  newest = g_strdup (((CheckedSet *) chain->sets->pdata[n_sets - 1])->id);
  folder = link_chain (walk, chain, n_sets);
  ours = FALSE;
  sr_practice_server_restore (walk->served.server, folder, &error);
  ours = TRUE;
  g_assert_no_error (error);
  digest = digest_ca (walk);
  g_assert_cmpstr (digest, ==, origin_of (walk, chain->sets->pdata[n_sets - 1])->digest);
  walk->epoch++;
  walk->figures->restores++;
  if (by_us)
    note_restore (walk, newest);
}

/* ---- after each step ---- */

static const char *
chain_word (SrChain *chain)
{
  return sr_chain_is_base (chain) ? " base" : sr_chain_is_complete (chain) ? " copy" : " broken";
}

static void
add_sets (GString    *text,
          GPtrArray  *sets,
          const char *before)
{
  char id[SR_GUID_STRING_LENGTH + 1];

  for (guint i = 0; i < sets->len; i++)
    g_string_append_printf (text, "%s %s", before, sr_guid_to_string (&sr_backup_set_get_manifest (sets->pdata[i])->id, id));
}

/* As checked_to_text() writes it. */
static char *
history_to_text (SrHistory *history)
{
  GString *text = g_string_new (NULL);
  GPtrArray *lineages = sr_history_get_lineages (history);
  SrAuthorityFacts facts = SR_AUTHORITY_FACTS_UNKNOWN;
  g_auto (SrBackupChoice) choice = { 0 };

  for (guint i = 0; i < lineages->len; i++)
    {
      SrLineage *lineage = lineages->pdata[i];
      GPtrArray *chains = sr_lineage_get_chains (lineage);

      g_string_append (text, sr_lineage_start_to_string (sr_lineage_get_start (lineage)));
      for (guint j = 0; j < chains->len; j++)
        {
          g_string_append (text, chain_word (chains->pdata[j]));
          add_sets (text, sr_chain_get_sets (chains->pdata[j]), "");
        }
      add_sets (text, sr_lineage_get_loose (lineage), " loose");
      g_string_append_c (text, '\n');
    }
  sr_backup_rules_choose (history, &facts, 0, &choice);
  g_string_append (text, choice.logs_allowed ? "logs allowed\n" : "logs forbidden\n");
  return g_string_free (text, FALSE);
}

static void
disagree (Walk       *walk,
          const char *what,
          const char *first,
          const char *second)
{
  /* The first ones tell enough. */
  if (walk->figures->disagreements++ < 3)
    g_test_message ("Step %u (%s): %s:\n%s\n--\n%s", walk->figures->steps, walk->last, what, first, second);
}

static void
replay (Walk         *walk,
        CheckedChain *chain)
{
  CheckedSet *newest = chain->sets->pdata[chain->sets->len - 1];
  Origin *origin = origin_of (walk, newest);
  g_autofree char *folder = link_chain (walk, chain, chain->sets->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_set_read_rows (folder, &error);
  g_autofree char *digest = rows != NULL ? digest_rows (rows) : g_strdup (error->message);

  walk->figures->replayed++;
  if (!g_str_equal (digest, origin->digest))
    disagree (walk, "a chain does not give the rows of its time", digest, origin->digest);
  for (guint i = 0; i < chain->sets->len; i++)
    if (origin_of (walk, chain->sets->pdata[i])->epoch != origin->epoch)
      disagree (walk, "a chain goes over a restore", ((CheckedSet *) chain->sets->pdata[i])->id, newest->id);
}

static void
replay_new (Walk           *walk,
            CheckedLineage *lineage)
{
  for (guint i = 0; i < lineage->chains->len; i++)
    {
      CheckedChain *chain = lineage->chains->pdata[i];
      g_autoptr (GString) key = g_string_new (NULL);

      for (guint j = 0; j < chain->sets->len; j++)
        g_string_append (key, ((CheckedSet *) chain->sets->pdata[j])->id);
      if (chain->complete && g_hash_table_add (walk->replayed, g_strdup (key->str)))
        replay (walk, chain);
    }
}

static void
check (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHistory) history = sr_history_load (walk->place.repository, walk->place.config, &error);
  g_autofree char *told = NULL;
  g_autofree char *proposed = NULL;

  g_assert_no_error (error);
  g_clear_pointer (&walk->checked, checked_free);
  walk->checked = chain_checker_run (sr_repository_get_path (walk->place.repository));
  told = history_to_text (history);
  proposed = checked_to_text (walk->checked);
  if (!g_str_equal (told, proposed))
    disagree (walk, "the store tells and the checker proposes", told, proposed);
  for (guint i = 0; i < walk->checked->sets->len; i++)
    {
      const CheckedSet *set = walk->checked->sets->pdata[i];

      /* One that a killed session published, not recovered yet. */
      if (!g_hash_table_contains (walk->origins, set->id))
        note_origin (walk, set->id, walk->digest_at_kill, walk->epoch_at_kill);
    }
  for (guint i = 0; i < walk->checked->lineages->len; i++)
    replay_new (walk, walk->checked->lineages->pdata[i]);
}

static void
backup_full (Walk *walk)
{
  g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, FALSE));
}

static void
backup_copy (Walk *walk)
{
  g_assert_true (back_up (walk, SR_BACKUP_FULL, FALSE, TRUE));
}

static void
backup_logs (Walk *walk)
{
  back_up (walk, SR_BACKUP_LOGS, FALSE, FALSE);
}

static void
backup_logs_keep (Walk *walk)
{
  back_up (walk, SR_BACKUP_LOGS, FALSE, TRUE);
}

static void
foreign_restore (Walk *walk)
{
  restore (walk, FALSE);
}

static void
our_restore (Walk *walk)
{
  restore (walk, TRUE);
}

static const struct
{
  const char *name;
  int weight;
  void (*func) (Walk *walk);
} steps[] = {
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
  { "lost set", 6, lose_set },
  { "clock jump", 5, jump_clock },
  { "kill", 6, run_and_kill },
  { "restart", 2, restart },
  { "circular logging", 1, turn_circular },
};

static void
take_step (Walk *walk)
{
  int total = 0, which;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    total += steps[i].weight;
  which = random_below (total);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if ((which -= steps[i].weight) < 0)
      {
        walk->last = steps[i].name;
        walk->figures->steps++;
        steps[i].func (walk);
        break;
      }
  check (walk);
}

static void
run_walk (Figures *figures,
          guint    switches,
          guint    n_steps)
{
  Walk walk = { .figures = figures };

  ours = FALSE;
  served_ca_start (&walk.served, switches, 3);
  ours = TRUE;
  place_set_up (&walk.place, walk.served.config);
  walk.origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, origin_free);
  walk.replayed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk.last = "start";
  check (&walk);
  for (guint i = 0; i < n_steps; i++)
    take_step (&walk);
  recover (&walk);
  check (&walk);
  figures->lineages += walk.checked->lineages->len;

  g_clear_pointer (&walk.checked, checked_free);
  g_hash_table_unref (walk.origins);
  g_hash_table_unref (walk.replayed);
  g_free (walk.digest_at_kill);
  served_ca_stop (&walk.served);
  place_tear_down (&walk.place);
}

static void
test_walk (void)
{
  guint n_walks = g_test_slow () ? LONG_WALKS : 1, n_steps = g_test_slow () ? LONG_STEPS : SHORT_STEPS;
  Figures sum = { 0 };

  for (guint i = 0; i < n_walks; i++)
    {
      run_walk (&sum, i % SERVED_ALL, n_steps);
      g_test_message ("%u walks, %u steps: %u sets (%u log-only backups refused), %u kills (%u leave unknown whether logs were truncated), %u restores, %u sets lost, %u clock jumps, "
                      "%u lineages; %u chains replayed, %u disagreements",
                      i + 1, sum.steps, sum.sets, sum.refused, sum.kills, sum.unknown, sum.restores, sum.lost, sum.jumps, sum.lineages,
                      sum.replayed, sum.disagreements);
    }
  g_assert_cmpuint (sum.replayed, >, 0);
  g_assert_cmpuint (sum.disagreements, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ours = TRUE;
  g_test_add_func ("/session/walk", test_walk);
  return g_test_run ();
}
