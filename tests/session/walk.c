/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "walk.h"

#include "base/sr-file.h"
#include "practice/sr-practice-set.h"

#include <string.h>

enum { CLOCK_CA, CLOCK_OURS, N_CLOCKS };

static gint64 clocks[N_CLOCKS] = { G_GINT64_CONSTANT (1767225600000000), G_GINT64_CONSTANT (1767225600000000) };
static gboolean stopped; /* the CA's */
static GMutex clocks_lock;
static _Thread_local int looked_at = CLOCK_CA; /* threads of the server look at the CA's */

/* In the place of GLib's. */
gint64
g_get_real_time (void)
{
  gint64 now;

  g_mutex_lock (&clocks_lock);
  if (looked_at == CLOCK_OURS || !stopped)
    clocks[looked_at] += 1237;
  now = clocks[looked_at];
  g_mutex_unlock (&clocks_lock);
  return now;
}

void
walk_be_the_ca (gboolean be)
{
  looked_at = be ? CLOCK_CA : CLOCK_OURS;
}

void
walk_stop_clock (gboolean stop)
{
  g_mutex_lock (&clocks_lock);
  stopped = stop;
  g_mutex_unlock (&clocks_lock);
}

void
walk_jump_clock (gboolean ours,
                 gint64   by)
{
  g_mutex_lock (&clocks_lock);
  clocks[ours ? CLOCK_OURS : CLOCK_CA] += by;
  g_mutex_unlock (&clocks_lock);
}

int
walk_random (int n)
{
  return g_test_rand_int_range (0, n);
}

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  g_free (origin->digest);
  g_free (origin);
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

char *
walk_digest (Walk *walk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_ca_get_rows (walk->served.ca, &error);

  g_assert_no_error (error);
  return digest_rows (rows);
}

void
walk_note_origin (Walk       *walk,
                  const char *id,
                  const char *digest,
                  guint       epoch)
{
  Origin *origin = g_new0 (Origin, 1);

  origin->digest = g_strdup (digest);
  origin->epoch = epoch;
  origin->order = walk->figures->sets;
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

/* The journal's sessions are ended, as the next start of the program does. */
void
walk_recover (Walk *walk)
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
        walk_note_origin (walk, set->id, walk->digest_at_kill, walk->epoch_at_kill);
    }
  g_clear_pointer (&walk->digest_at_kill, g_free);
  place_assert_clean (&walk->place, checked->sets->len);
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

void
walk_restore (Walk         *walk,
              CheckedChain *chain,
              guint         n_sets,
              gboolean      by_us)
{
  Origin *origin = origin_of (walk, chain->sets->pdata[n_sets - 1]);
  const Restored restored = { .epoch = origin->epoch, .order = origin->order, .by_us = by_us };
  g_autofree char *folder = link_chain (walk, chain, n_sets);
  g_autofree char *digest = NULL;
  g_autoptr (GError) error = NULL;

  walk_be_the_ca (TRUE);
  sr_practice_server_restore (walk->served.server, folder, &error);
  walk_be_the_ca (FALSE);
  g_assert_no_error (error);
  digest = walk_digest (walk);
  g_assert_cmpstr (digest, ==, origin->digest);
  g_array_append_val (walk->restored, restored);
  walk->epoch++;
}

/* ---- what the store and the checker say ---- */

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

/* Whether what @set was made from went on to what @newest was made from. It
 * may have gone over restores by others, of @set itself or of what came of it:
 * where the set that told of one is lost and the logs fit, nothing is mixed. */
static gboolean
came_of (Walk         *walk,
         const Origin *set,
         const Origin *newest)
{
  guint epoch = newest->epoch, order = newest->order;

  while (epoch > set->epoch)
    {
      const Restored *restored = &g_array_index (walk->restored, Restored, epoch - 1);

      if (restored->by_us)
        return FALSE;
      epoch = restored->epoch;
      order = restored->order;
    }
  return epoch == set->epoch && set->order <= order;
}

static void
check_line (Walk         *walk,
            CheckedChain *chain)
{
  CheckedSet *newest = chain->sets->pdata[chain->sets->len - 1];
  gboolean joined = FALSE;

  for (guint i = 0; i < chain->sets->len; i++)
    {
      CheckedSet *set = chain->sets->pdata[i];

      if (!came_of (walk, origin_of (walk, set), origin_of (walk, newest)))
        disagree (walk, "a chain goes over a restore", set->id, newest->id);
      joined |= origin_of (walk, set)->epoch != origin_of (walk, newest)->epoch;
    }
  walk->figures->joined += joined;
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
  check_line (walk, chain);
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

void
walk_check (Walk *walk)
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
        walk_note_origin (walk, set->id, walk->digest_at_kill, walk->epoch_at_kill);
    }
  for (guint i = 0; i < walk->checked->lineages->len; i++)
    replay_new (walk, walk->checked->lineages->pdata[i]);
}

void
walk_start (Walk    *walk,
            guint    switches,
            Figures *figures)
{
  *walk = (Walk) { .figures = figures, .last = "start" };
  walk_be_the_ca (TRUE);
  served_ca_start (&walk->served, switches, 3);
  walk_be_the_ca (FALSE);
  place_set_up (&walk->place, walk->served.config);
  place_set_up (&walk->elsewhere, walk->served.config);
  walk->origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, origin_free);
  walk->replayed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk->restored = g_array_new (FALSE, FALSE, sizeof (Restored));
  walk_check (walk);
}

void
walk_end (Walk *walk)
{
  walk_recover (walk);
  walk_check (walk);
  walk->figures->lineages += walk->checked->lineages->len;

  g_clear_pointer (&walk->checked, checked_free);
  g_hash_table_unref (walk->origins);
  g_hash_table_unref (walk->replayed);
  g_array_unref (walk->restored);
  g_free (walk->digest_at_kill);
  served_ca_stop (&walk->served);
  place_tear_down (&walk->place);
  place_tear_down (&walk->elsewhere);
}
