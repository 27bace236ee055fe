/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "served-ca.h"

#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "practice/sr-practice-set.h"
#include "store/sr-chain-export.h"

#include <string.h>

/* What the rules make of a practice CA's answers, lists and logs. */

typedef struct
{
  ServedCa served;
  Place place;
  SrBackupOptions options;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  served_ca_start (&fixture->served, 0, 20);
  place_set_up (&fixture->place, fixture->served.config);
  fixture->options = place_options (&fixture->place, fixture->served.target, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  served_ca_stop (&fixture->served);
  place_tear_down (&fixture->place);
}

/* A backup that must succeed. */
static SrBackupSet *
back_up (Fixture     *fixture,
         SrBackupKind kind,
         gboolean     keep_logs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  fixture->options.kind = kind;
  fixture->options.keep_logs = keep_logs;
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_backup_session_get_kind (session), ==, kind);
  place_assert_set_good (sr_backup_session_get_set (session));
  return g_object_ref (sr_backup_session_get_set (session));
}

static void
make_logs (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  /* The log is 1 MiB, a certificate about 1 KiB: enough for the checkpoint to move on. */
  g_assert_true (sr_practice_ca_issue (fixture->served.ca, 20, NULL, "TEST\\requester", NULL, &error));
  g_assert_no_error (error);
}

/* A log-only backup that @rule must refuse; @asked is whether the CA was asked to prepare one. */
static void
assert_refused (Fixture     *fixture,
                SrBackupRule rule,
                SrHresult    hr,
                gboolean     asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  guint prepares = served_ca_calls (&fixture->served, SR_CSRA_BACKUP_PREPARE);
  guint truncates = served_ca_calls (&fixture->served, SR_CSRA_BACKUP_TRUNCATE_LOGS);
  guint sets = place_count_sets (&fixture->place);

  fixture->options.kind = SR_BACKUP_LOGS;
  fixture->options.automatic = FALSE;
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  g_assert_nonnull (error);
  g_test_message ("%s: %s", sr_backup_rule_to_string (rule), error->message);
  g_assert_cmpstr (sr_backup_rule_to_string (sr_backup_rule_from_error (error)), ==, sr_backup_rule_to_string (rule));
  g_assert_cmpint (sr_backup_session_get_rule (session), ==, rule);
  g_assert_cmphex (sr_hresult_from_error (error), ==, hr);
  g_assert_nonnull (strstr (error->message, sr_backup_rule_words (rule)));
  g_assert_true ((strstr (error->message, "The CA’s logs were left as they are.") != NULL) == asked);
  g_assert_cmpstr (sr_backup_session_get_advice (session), ==, sr_backup_rule_advice (rule));
  g_assert_null (sr_backup_session_get_set (session));
  g_assert_cmpint (served_ca_calls (&fixture->served, SR_CSRA_BACKUP_PREPARE), ==, prepares + asked);
  g_assert_cmpint (served_ca_calls (&fixture->served, SR_CSRA_BACKUP_TRUNCATE_LOGS), ==, truncates);
  g_assert_cmpint (served_ca_count (&fixture->served, "prepare"), ==,
                   served_ca_count (&fixture->served, "end") + served_ca_count (&fixture->served, "lost"));
  place_assert_clean (&fixture->place, sets);
}

/* The automatic choice, which must succeed with @kind for @rule. */
static void
assert_automatic (Fixture     *fixture,
                  SrBackupKind kind,
                  SrBackupRule rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  fixture->options.automatic = TRUE;
  fixture->options.keep_logs = FALSE;
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  fixture->options.automatic = FALSE;
  g_assert_no_error (error);
  g_assert_cmpint (sr_backup_session_get_kind (session), ==, kind);
  g_assert_cmpstr (sr_backup_rule_to_string (sr_backup_session_get_rule (session)), ==, sr_backup_rule_to_string (rule));
  g_assert_cmpint (sr_backup_set_get_manifest (sr_backup_session_get_set (session))->kind, ==,
                   kind == SR_BACKUP_FULL ? SR_SET_FULL : SR_SET_LOG_ONLY);
}

/* The lineages, as how many sets each of their chains has: "2,1 | 3". */
static void
assert_chains (Fixture    *fixture,
               const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHistory) history = sr_history_load (fixture->place.repository, fixture->place.config, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  GPtrArray *lineages;

  g_assert_no_error (error);
  lineages = sr_history_get_lineages (history);
  for (guint i = 0; i < lineages->len; i++)
    {
      GPtrArray *chains = sr_lineage_get_chains (lineages->pdata[i]);

      g_string_append (text, i > 0 ? " | " : "");
      for (guint j = 0; j < chains->len; j++)
        g_string_append_printf (text, "%s%u", j > 0 ? "," : "", sr_chain_get_sets (chains->pdata[j])->len);
      g_assert_cmpuint (sr_lineage_get_loose (lineages->pdata[i])->len, ==, 0);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_automatic (Fixture      *fixture,
                gconstpointer data)
{
  assert_refused (fixture, SR_BACKUP_RULE_NO_FULL, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_NO_FULL);
  make_logs (fixture);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "3");
}

/* What the logs' headers tell is in the manifest, and sets of one stream overlap with equal bytes. */
static void
test_log_headers (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (g_object_unref);
  guint overlaps = 0;

  g_ptr_array_add (sets, g_object_ref (full));
  for (guint i = 0; i < 3; i++)
    {
      make_logs (fixture);
      g_ptr_array_add (sets, back_up (fixture, SR_BACKUP_LOGS, i == 1));
    }
  for (guint i = 0; i < sets->len; i++)
    {
      const SrManifest *manifest = sr_backup_set_get_manifest (sets->pdata[i]);

      g_assert_cmpint (manifest->keep_logs, ==, i == 2);
      for (guint j = 0; j < manifest->files->len; j++)
        {
          SrSetFile *file = manifest->files->pdata[j];
          const SrSetFile *before;

          if (file->role != SR_FILE_LOG)
            continue;
          g_assert_cmpint (file->created, >, 0);
          g_assert_true (file->generation == 1 || file->previous_created > 0);
          g_assert_cmpuint (strlen (file->signature), ==, 56);
          before = g_hash_table_lookup (seen, GUINT_TO_POINTER (file->generation));
          if (before != NULL)
            {
              overlaps++;
              g_assert_cmpstr (file->sha256, ==, before->sha256);
              g_assert_cmpint (file->created, ==, before->created);
            }
          g_hash_table_insert (seen, GUINT_TO_POINTER (file->generation), file);
        }
    }
  g_test_message ("%u logs were in more than one set", overlaps);
  g_assert_cmpuint (overlaps, >, 0);
  assert_chains (fixture, "4");
}

static void
test_copy (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrBackupSet) copy = back_up (fixture, SR_BACKUP_FULL, TRUE);
  g_autoptr (SrBackupSet) full = NULL;
  g_autoptr (SrBackupSet) second = NULL;

  assert_refused (fixture, SR_BACKUP_RULE_NOT_TRUNCATED, 0, FALSE);
  full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  second = back_up (fixture, SR_BACKUP_FULL, TRUE);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,1,2");
}

static void
note_full_at_end (const SrBackupProgress *progress,
                  gpointer                user_data)
{
  static const guint8 filetime[8] = { 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0x01 };
  Fixture *fixture = user_data;
  GVariant *value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, filetime, sizeof filetime, 1);
  g_autoptr (GError) error = NULL;

  if (progress->phase != SR_BACKUP_PHASE_ENDING)
    {
      g_variant_unref (g_variant_ref_sink (value));
      return;
    }
  sr_practice_ca_set_config (fixture->served.ca, SR_PRACTICE_NODE_ROOT, "DBLastFullBackup", value, &error);
  g_assert_no_error (error);
}

/* Should a CA take a note of a copy too, it is not taken for another product's. */
static void
test_noted_copy (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (SrBackupSet) copy = NULL;
  g_auto (SrSessionRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  fixture->options.progress = note_full_at_end;
  fixture->options.user_data = fixture;
  copy = back_up (fixture, SR_BACKUP_FULL, TRUE);
  fixture->options.progress = NULL;
  g_assert_true (sr_backup_set_load_session (copy, &record, &error));
  g_assert_cmphex (record.server_last_full, ==, G_GUINT64_CONSTANT (0x01dcba9876543210));
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
}

/* Another product's full backup: seen beforehand where the CA tells of it, else by the CA's -560. */
static void
test_foreign_full (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (GError) error = NULL;

  make_logs (fixture);
  g_assert_true (sr_practice_ca_foreign_full (fixture->served.ca, &error));
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_FOREIGN_FULL);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,2");

  g_assert_true (sr_practice_ca_foreign_full (fixture->served.ca, &error));
  assert_refused (fixture, SR_BACKUP_RULE_FULL_MISSING, SR_HRESULT_FROM_JET (SR_JET_MISSING_FULL_BACKUP), TRUE);
  /* From now on it is known. */
  assert_refused (fixture, SR_BACKUP_RULE_FULL_MISSING, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_FULL_MISSING);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,2 | 2");
}

static void
set_db_flags (Fixture *fixture,
              gint32   flags)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_ca_set_config (fixture->served.ca, SR_PRACTICE_NODE_ROOT, "DBFlags", g_variant_new_int32 (flags), &error));
  g_assert_no_error (error);
}

/* Circular logging: seen beforehand by DBFlags, else by the CA's -526. */
static void
test_circular (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);

  set_db_flags (fixture, SR_PRACTICE_DBFLAGS | SR_PRACTICE_DBFLAGS_CIRCULARLOGGING);
  assert_refused (fixture, SR_BACKUP_RULE_CIRCULAR_LOGGING, 0, FALSE);
  g_assert_true (sr_practice_server_restart (fixture->served.server, NULL));
  /* In force, and taken back for the next start: the CA is to be asked. */
  set_db_flags (fixture, SR_PRACTICE_DBFLAGS);
  assert_refused (fixture, SR_BACKUP_RULE_CIRCULAR_LOGGING, SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP), TRUE);
  assert_refused (fixture, SR_BACKUP_RULE_CIRCULAR_LOGGING, 0, FALSE);
  g_assert_true (sr_practice_server_restart (fixture->served.server, NULL));
  assert_refused (fixture, SR_BACKUP_RULE_CIRCULAR_LOGGING, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_CIRCULAR_LOGGING);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,2");
}

/* A set that got lost: the CA has truncated what was in it. */
static void
test_lost_set (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (SrBackupSet) first = NULL;
  g_autoptr (SrBackupSet) second = NULL;

  make_logs (fixture);
  first = back_up (fixture, SR_BACKUP_LOGS, FALSE);
  make_logs (fixture);
  second = back_up (fixture, SR_BACKUP_LOGS, FALSE);
  make_logs (fixture);
  g_assert_true (sr_file_remove_tree (sr_backup_set_get_path (first), NULL));
  g_assert_true (sr_file_remove_tree (sr_backup_set_get_path (second), NULL));
  assert_refused (fixture, SR_BACKUP_RULE_GAP, 0, TRUE);
  assert_refused (fixture, SR_BACKUP_RULE_GAP, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_GAP);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,2");
}

/* A set that a verification found damaged: no logs are truncated for what nothing can be restored from. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (GError) problem = g_error_new_literal (SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, "the database is missing");
  g_autoptr (GError) error = NULL;

  make_logs (fixture);
  sr_backup_set_record_verification (full, SR_FINDING_DAMAGED, problem, &error);
  g_assert_no_error (error);
  assert_refused (fixture, SR_BACKUP_RULE_DAMAGED, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_DAMAGED);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "1,2");
}

static void
restart_at_end (const SrBackupProgress *progress,
                gpointer                user_data)
{
  Fixture *fixture = user_data;

  if (progress->phase == SR_BACKUP_PHASE_ENDING && fixture->options.progress != NULL)
    {
      fixture->options.progress = NULL; /* once */
      g_assert_true (sr_practice_server_restart (fixture->served.server, NULL));
    }
}

/* A log-only backup truncated, and the CA was restarted before its end: it does
 * not know that the logs it misses now are in a set. */
static void
test_lost_end (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SrBackupSet) full = back_up (fixture, SR_BACKUP_FULL, FALSE);
  g_autoptr (SrBackupSession) session = NULL;
  g_autoptr (GError) error = NULL;

  make_logs (fixture);
  g_object_unref (back_up (fixture, SR_BACKUP_LOGS, FALSE));
  for (guint i = 0; i < 2; i++)
    {
      make_logs (fixture);
      g_object_unref (back_up (fixture, SR_BACKUP_LOGS, TRUE)); /* finishes a log that stays */
    }
  fixture->options.progress = restart_at_end;
  fixture->options.user_data = fixture;
  fixture->options.keep_logs = FALSE;
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  g_assert_nonnull (error);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_LOST);
  g_assert_cmpint (sr_backup_session_get_record (session)->truncated, ==, SR_TRUNCATION_YES);
  assert_chains (fixture, "5");

  assert_refused (fixture, SR_BACKUP_RULE_GAP, SR_HRESULT_FROM_JET (SR_JET_MISSING_FILE_TO_BACKUP), TRUE);
  assert_refused (fixture, SR_BACKUP_RULE_GAP, 0, FALSE);
  assert_automatic (fixture, SR_BACKUP_FULL, SR_BACKUP_RULE_GAP);
  assert_automatic (fixture, SR_BACKUP_LOGS, SR_BACKUP_RULE_NONE);
  assert_chains (fixture, "5,2");
}

/* The CA's rows are what replaying an export of the chain gives, as far as each of its sets goes. */
static void
test_export (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *sets;
  SrChain *chain;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (SrBackupSet) set = NULL;

      make_logs (fixture);
      g_ptr_array_add (rows, sr_practice_ca_get_rows (fixture->served.ca, &error));
      g_assert_no_error (error);
      set = back_up (fixture, i == 0 ? SR_BACKUP_FULL : SR_BACKUP_LOGS, i == 2);
    }
  history = sr_history_load (fixture->place.repository, fixture->place.config, &error);
  g_assert_no_error (error);
  chain = sr_lineage_get_newest_chain (sr_history_get_current (history));
  sets = sr_chain_get_sets (chain);
  g_assert_cmpuint (sets->len, ==, 4);
  for (guint i = 0; i < sets->len; i++)
    {
      g_autofree char *target = g_strdup_printf ("%s/export-%u", fixture->place.base, i);
      g_autofree char *database = g_build_filename (target, SR_DATABASE_FOLDER, NULL);
      g_autoptr (GPtrArray) replayed = NULL;
      GPtrArray *expected = rows->pdata[i];

      g_assert_true (sr_chain_export (chain, sets->pdata[i], target, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
      replayed = sr_practice_set_read_rows (database, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (replayed->len, ==, expected->len);
      for (guint j = 0; j < replayed->len; j++)
        g_assert_true (sr_practice_row_equal (replayed->pdata[j], expected->pdata[j]));
    }
}

static void
add (const char *name,
     void      (*func) (Fixture      *fixture,
                        gconstpointer data))
{
  g_autofree char *path = g_strdup_printf ("/session/rules/%s", name);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("automatic", test_automatic);
  add ("log-headers", test_log_headers);
  add ("copy", test_copy);
  add ("noted-copy", test_noted_copy);
  add ("foreign-full", test_foreign_full);
  add ("circular", test_circular);
  add ("lost-set", test_lost_set);
  add ("damaged", test_damaged);
  add ("lost-end", test_lost_end);
  add ("export", test_export);
  return g_test_run ();
}
