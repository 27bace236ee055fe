/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history-test.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1795356900) * G_USEC_PER_SEC + G_TIME_SPAN_DAY)

/* What is on the disk (words of history-test.h), what the CA says, and what the rules make of it. */
typedef struct
{
  const char *disk;
  SrBackupRule rule;
  gboolean logs_allowed;
  gint64 db_flags;
} Row;

#define UNKNOWN (-1)
#define LOGS(disk) { disk, SR_BACKUP_RULE_NONE, TRUE, 0 }
#define REFUSED(disk, rule) { disk, SR_BACKUP_RULE_ ## rule, FALSE, 0 }

static const Row rows[] = {
  /* no log-only set without a full one that truncated, in the same lineage */
  REFUSED ("", NO_FULL),
  REFUSED ("L3-5", NO_FULL),
  REFUSED ("F1-4!3", NO_FULL),
  REFUSED ("F1-3k", NOT_TRUNCATED),
  REFUSED ("F1-3n", NOT_TRUNCATED),
  REFUSED ("F1-3u", NOT_TRUNCATED),
  REFUSED ("F1-3s", NOT_TRUNCATED),
  REFUSED ("F1-3e", NOT_TRUNCATED),
  REFUSED ("F1-3k F1-5k", NOT_TRUNCATED),
  LOGS ("F1-3"),
  LOGS ("F1-3 L3-5"),
  LOGS ("F1-3 L3-5 L3-6"),
  LOGS ("F1-3b"),
  LOGS ("F1-3k F1-5"),
  LOGS ("F1-3 F3-5k"),

  /* none after a restore until a full one succeeded */
  REFUSED ("F1-3 R", AFTER_RESTORE),
  REFUSED ("R", AFTER_RESTORE),
  REFUSED ("F1-3 R F3-4k@2", AFTER_RESTORE),
  REFUSED ("F1-3 R F3-4u@2", AFTER_RESTORE),
  REFUSED ("F1-3 R L3-4@2", AFTER_RESTORE),
  REFUSED ("F1-3 M R", AFTER_RESTORE),
  REFUSED ("F1-3 R M", AFTER_RESTORE),
  REFUSED ("F1-3 R F3-4@2 R", AFTER_RESTORE),
  LOGS ("F1-3 R F3-4@2"),
  LOGS ("F1-3 R F3-4@2 L4-5@2"),

  /* restored by another tool, or another database */
  REFUSED ("F1-5 F3-6k@2", OTHER_LOGS),
  REFUSED ("F1-5 L3-6@2", OTHER_LOGS),
  REFUSED ("F1-5 L6-7@2", OTHER_LOGS),
  REFUSED ("F9-10 F6-7k", OTHER_LOGS),
  REFUSED ("F1-5 O", OTHER_LOGS),
  LOGS ("F1-5 F3-6@2"),
  LOGS ("F9-10 F6-7"),
  LOGS ("F1-5 O F6-7"),

  /* an unexpected -560 */
  REFUSED ("F1-3 M", FULL_MISSING),
  REFUSED ("F1-3 M F5-6k", FULL_MISSING),
  REFUSED ("F1-3 L3-4 M", FULL_MISSING),
  LOGS ("F1-3 M F5-6"),

  /* a note that cannot be understood */
  REFUSED ("F1-3 X", UNKNOWN_NOTE),
  LOGS ("F1-3 X F3-4"),

  /* circular logging: by DBFlags, or by -526 until a full set that truncated has followed */
  { "F1-3", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, 4 },
  { "", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, 0xb4 },
  { "F1-3", SR_BACKUP_RULE_NONE, TRUE, 0xb0 },
  { "F1-3", SR_BACKUP_RULE_NONE, TRUE, UNKNOWN },
  { "F1-3 C", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, UNKNOWN },
  { "F1-3 C", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, 0 },
  { "F1-3 C F9-10k", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, 0 },
  { "F1-3 C F9-10", SR_BACKUP_RULE_NONE, TRUE, UNKNOWN },
  { "F1-3 C F9-10", SR_BACKUP_RULE_CIRCULAR_LOGGING, FALSE, 4 },

  /* gaps: noted, or seen in the sets */
  REFUSED ("F1-3 G", GAP),
  REFUSED ("F1-3 L3-4 G", GAP),
  REFUSED ("F1-3 L5-6", GAP),
  REFUSED ("F1-3 L5-6 L6-7", GAP),
  REFUSED ("F1-3 L4-7!5 L9-10", GAP),
  REFUSED ("F1-3d G", GAP),
  LOGS ("F1-3 G F6-7"),
  LOGS ("F1-3 G F6-7k"),
  LOGS ("F1-3 L5-6 F6-7"),
  LOGS ("L5-6 F6-7"),
  LOGS ("F1-3 L5-6 L4-7"),
  LOGS ("F1-3 L3-6!5"), /* read over a hole, but log 4 was still there: so may log 5 */

  /* a set that logs would continue is known to be damaged */
  REFUSED ("F1-3d", DAMAGED),
  REFUSED ("F1-3d L3-5", DAMAGED),
  REFUSED ("F1-3 L3-5d", DAMAGED),
  REFUSED ("F1-3 L3-5d L5-6", DAMAGED),
  REFUSED ("F1-3 F3-5kd", DAMAGED),
  LOGS ("F1-3d F3-5"),
  LOGS ("F1-3 L3-5d F5-6k"),
  LOGS ("F1-3d F3-5 L5-7"),
};

static void
check (SrHistory  *history,
       const Row  *row)
{
  g_auto (SrBackupChoice) choice = { 0 };
  const SrAuthorityFacts facts = { .db_flags = row->db_flags };

  sr_backup_rules_choose (history, &facts, NOW, &choice);
  g_test_message ("%s, DBFlags %d: %s %s", row->disk, (int) row->db_flags, choice.kind == SR_SET_FULL ? "full" : "log-only",
                  sr_backup_rule_to_string (choice.rule));
  g_assert_cmpstr (sr_backup_rule_to_string (choice.rule), ==, sr_backup_rule_to_string (row->rule));
  g_assert_cmpint (choice.logs_allowed, ==, row->logs_allowed);
  g_assert_cmpint (choice.kind, ==, row->rule == SR_BACKUP_RULE_NONE ? SR_SET_LOG_ONLY : SR_SET_FULL);
  g_assert_true ((choice.continues != NULL) == row->logs_allowed);
  if (choice.rule != SR_BACKUP_RULE_NONE)
    g_assert_true (sr_backup_rule_forbids (choice.rule));
}

static void
test_rows (gconstpointer data)
{
  gboolean by_hand = GPOINTER_TO_INT (data);
  guint allowed[SR_BACKUP_N_RULES] = { 0 }, refused[SR_BACKUP_N_RULES] = { 0 };
  SrBackupRule topic = SR_BACKUP_RULE_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      (by_hand ? test_history_by_hand : test_history_by_program) (repository, rows[i].disk);
      history = test_load_history (repository);
      check (history, &rows[i]);
      if (rows[i].rule != SR_BACKUP_RULE_NONE)
        topic = rows[i].rule;
      (rows[i].logs_allowed ? allowed : refused)[topic]++;
    }
  /* Each rule that forbids has been seen to, and to be lifted again. */
  for (SrBackupRule rule = SR_BACKUP_RULE_NO_FULL; rule < SR_BACKUP_N_RULES; rule++)
    if (sr_backup_rule_forbids (rule))
      {
        g_test_message ("%s: refused in %u rows", sr_backup_rule_to_string (rule), refused[rule]);
        g_assert_cmpuint (refused[rule], >, 0);
        if (rule != SR_BACKUP_RULE_NO_FULL) /* its rows stand before those of the next one */
          g_assert_cmpuint (allowed[rule], >, 0);
      }
}

/* Rules that only speak against a log-only backup. */
static void
test_reasons (gconstpointer data)
{
  gboolean by_hand = GPOINTER_TO_INT (data);
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrHistory) history = NULL;
  TestSet set = { .sequence = 1, .kind = SR_SET_FULL, .low = 1, .high = 3, .stream = 1, .truncated = SR_TRUNCATION_YES,
                  .ended = SR_ENDING_YES, .last_full = 1000, .started = NOW };
  const struct
  {
    gint64 now;
    guint64 last_full;
    SrBackupRule rule;
  } cases[] = {
    { NOW, 1000, SR_BACKUP_RULE_NONE },
    { NOW, 0, SR_BACKUP_RULE_NONE },
    { NOW, 2000, SR_BACKUP_RULE_NONE },
    { NOW, 999, SR_BACKUP_RULE_FOREIGN_FULL },
    { NOW, 1001, SR_BACKUP_RULE_FOREIGN_FULL },
    { NOW + 7 * G_TIME_SPAN_DAY, 1000, SR_BACKUP_RULE_NONE },
    { NOW + 7 * G_TIME_SPAN_DAY + G_USEC_PER_SEC, 1000, SR_BACKUP_RULE_FULL_OLD },
    { NOW + 700 * G_TIME_SPAN_DAY, 1001, SR_BACKUP_RULE_FOREIGN_FULL },
    { NOW - G_TIME_SPAN_HOUR, 1000, SR_BACKUP_RULE_NONE },
    { NOW - 2 * G_TIME_SPAN_DAY, 1000, SR_BACKUP_RULE_FULL_OLD },
  };

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  if (by_hand)
    test_write_by_hand (repository, &set);
  else
    g_object_unref (test_write_by_program (repository, &set));
  /* A copy behind it, of which the CA took a note too. */
  set = (TestSet) { .sequence = 2, .kind = SR_SET_FULL, .low = 1, .high = 3, .stream = 1, .truncated = SR_TRUNCATION_KEPT,
                    .ended = SR_ENDING_YES, .last_full = 2000, .started = NOW };
  if (by_hand)
    test_write_by_hand (repository, &set);
  else
    g_object_unref (test_write_by_program (repository, &set));
  history = test_load_history (repository);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (SrBackupChoice) choice = { 0 };
      const SrAuthorityFacts facts = { .db_flags = 0, .last_full = cases[i].last_full };

      sr_backup_rules_choose (history, &facts, cases[i].now, &choice);
      g_assert_cmpstr (sr_backup_rule_to_string (choice.rule), ==, sr_backup_rule_to_string (cases[i].rule));
      g_assert_false (sr_backup_rule_forbids (choice.rule));
      g_assert_true (choice.logs_allowed);
      g_assert_cmpint (choice.kind, ==, cases[i].rule == SR_BACKUP_RULE_NONE ? SR_SET_LOG_ONLY : SR_SET_FULL);
    }
}

/* Lists of logs, before any is read. */
static const struct
{
  const char *disk;
  SrSetKind kind;
  guint32 list[6];
  SrBackupRule rule;
} lists[] = {
  { "", SR_SET_FULL, { 7 }, SR_BACKUP_RULE_NONE },
  { "", SR_SET_FULL, { 9, 8, 7 }, SR_BACKUP_RULE_NONE },
  { "", SR_SET_FULL, { 7, 9 }, SR_BACKUP_RULE_TORN_LOGS },
  { "", SR_SET_FULL, { 0 }, SR_BACKUP_RULE_TORN_LOGS }, /* no logs, or none whose name tells a generation */
  { "F1-3", SR_SET_FULL, { 0 }, SR_BACKUP_RULE_TORN_LOGS },
  { "F1-3", SR_SET_FULL, { 8, 9 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_FULL, { 1, 2 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_LOG_ONLY, { 4 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_LOG_ONLY, { 3, 4, 5 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_LOG_ONLY, { 5, 4, 1, 2, 3 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_LOG_ONLY, { 1, 3, 4 }, SR_BACKUP_RULE_NONE }, /* 2 is in the set */
  { "F1-3", SR_SET_LOG_ONLY, { 3 }, SR_BACKUP_RULE_NONE },
  { "F1-3", SR_SET_LOG_ONLY, { 5 }, SR_BACKUP_RULE_GAP },
  { "F1-3", SR_SET_LOG_ONLY, { 4, 6 }, SR_BACKUP_RULE_GAP },
  { "F1-3", SR_SET_LOG_ONLY, { 3, 5 }, SR_BACKUP_RULE_GAP },
  { "F1-3", SR_SET_LOG_ONLY, { 0 }, SR_BACKUP_RULE_GAP },
  { "F1-3", SR_SET_LOG_ONLY, { 1, 2 }, SR_BACKUP_RULE_OTHER_LOGS },
  { "F1-3", SR_SET_LOG_ONLY, { G_MAXUINT32 }, SR_BACKUP_RULE_GAP },
  { "F1-3 L3-6", SR_SET_LOG_ONLY, { 7 }, SR_BACKUP_RULE_NONE },
  { "F1-3 L3-6", SR_SET_LOG_ONLY, { 8 }, SR_BACKUP_RULE_GAP },
  { "F1-3 F5-6k", SR_SET_LOG_ONLY, { 6, 7 }, SR_BACKUP_RULE_NONE },
};

static void
test_lists (gconstpointer data)
{
  gboolean by_hand = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr (GError) error = NULL;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      (by_hand ? test_history_by_hand : test_history_by_program) (repository, lists[i].disk);
      history = test_load_history (repository);
      for (guint j = 0; j < G_N_ELEMENTS (lists[i].list) && lists[i].list[j] != 0; j++)
        g_array_append_val (list, lists[i].list[j]);
      g_test_message ("list %u", i);
      g_assert_true (sr_backup_rules_check_list (history, lists[i].kind, list, &error) == (lists[i].rule == SR_BACKUP_RULE_NONE));
      g_assert_cmpstr (sr_backup_rule_to_string (sr_backup_rule_from_error (error)), ==, sr_backup_rule_to_string (lists[i].rule));
    }
}

/* Logs that were read, before they are published: the files of the last word on the disk, against what stands before it. */
static const struct
{
  const char *before;
  const char *read;
  SrBackupRule rule;
  enum { BOTH, BY_HAND, BY_PROGRAM } written;
} reads[] = {
  { "F1-3", "L3-5", SR_BACKUP_RULE_NONE },
  { "F1-3", "L1-5", SR_BACKUP_RULE_NONE },
  { "F1-3", "L4-5", SR_BACKUP_RULE_NONE },
  { "F1-3b", "L3-5", SR_BACKUP_RULE_OTHER_LOGS, BY_PROGRAM }, /* other bytes: they have no header */
  { "F1-3b", "L3-5", SR_BACKUP_RULE_NONE, BY_HAND }, /* the same, of which less is known */
  { "F1-3b", "L4-5", SR_BACKUP_RULE_NONE },
  { "F1-3", "L3-5@2", SR_BACKUP_RULE_OTHER_LOGS },
  { "F1-3", "L4-5@2", SR_BACKUP_RULE_OTHER_LOGS },
  { "F1-3b", "L4-5b", SR_BACKUP_RULE_NONE },
  { "F1-3", "L4-5b", SR_BACKUP_RULE_GAP }, /* no headers, where there were some */
  { "F1-3", "L4-6@2b", SR_BACKUP_RULE_GAP },
  { "F1-3 F3-5b", "L6-7b", SR_BACKUP_RULE_NONE },
  { "F1-3", "F3-5b", SR_BACKUP_RULE_NONE },
  { "F1-3b", "L3-5@2b", SR_BACKUP_RULE_OTHER_LOGS },
  { "F1-3", "F3-5@2", SR_BACKUP_RULE_NONE }, /* a full one begins a lineage */
  { "", "F1-3", SR_BACKUP_RULE_NONE },
  { "", "F0-0", SR_BACKUP_RULE_TORN_LOGS }, /* no logs: it could not be restored */
  { "F1-3", "F0-0", SR_BACKUP_RULE_TORN_LOGS },
  { "", "F1-4!3", SR_BACKUP_RULE_TORN_LOGS },
  { "F1-3", "L0-0", SR_BACKUP_RULE_GAP },
  { "F1-3", "L5-6", SR_BACKUP_RULE_GAP },
  { "F1-3", "L3-6!5", SR_BACKUP_RULE_GAP },
  { "F1-3", "L1-4!2", SR_BACKUP_RULE_NONE }, /* 2 is in the set */
  { "F1-3 L3-5", "L6-7", SR_BACKUP_RULE_NONE },
  { "F1-3 R F3-4@2", "L3-5", SR_BACKUP_RULE_OTHER_LOGS },
  { "F1-3 R F3-4@2", "L3-5@2", SR_BACKUP_RULE_NONE },
};

static void
test_reads (gconstpointer data)
{
  gboolean by_hand = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_auto (TestFolder) other = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrRepository) elsewhere = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autoptr (GPtrArray) sets = NULL;
      g_autoptr (GError) error = NULL;
      const SrManifest *manifest;

      if (reads[i].written == (by_hand ? BY_PROGRAM : BY_HAND))
        continue;
      test_folder_init (&folder);
      test_folder_init (&other);
      repository = test_repository_new (&folder);
      elsewhere = test_repository_new (&other);
      (by_hand ? test_history_by_hand : test_history_by_program) (repository, reads[i].before);
      (by_hand ? test_history_by_hand : test_history_by_program) (elsewhere, reads[i].read);
      history = test_load_history (repository);
      sets = sr_repository_list_sets (elsewhere, TEST_CONFIG, NULL, &error);
      g_assert_no_error (error);
      manifest = sr_backup_set_get_manifest (g_ptr_array_index (sets, 0));
      g_test_message ("%s, then %s", reads[i].before, reads[i].read);
      g_assert_true (sr_backup_rules_check_logs (history, manifest->kind, manifest->files, &error) == (reads[i].rule == SR_BACKUP_RULE_NONE));
      g_assert_cmpstr (sr_backup_rule_to_string (sr_backup_rule_from_error (error)), ==, sr_backup_rule_to_string (reads[i].rule));
    }
}

/* Neighbours in one backup that do not name each other: nothing could replay them. */
static void
test_torn (void)
{
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  char hash[] = "00";
  SrSetFile first = { .role = SR_FILE_LOG, .sha256 = hash, .generation = 4, .created = 400, .previous_created = 300 };
  SrSetFile second = { .role = SR_FILE_LOG, .sha256 = hash, .generation = 5, .created = 500, .previous_created = 400 };

  history = sr_history_new (nothing, nothing);
  g_ptr_array_add (files, &first);
  g_ptr_array_add (files, &second);
  g_assert_true (sr_backup_rules_check_logs (history, SR_SET_FULL, files, &error));
  g_assert_no_error (error);
  second.previous_created = 401;
  g_assert_false (sr_backup_rules_check_logs (history, SR_SET_FULL, files, &error));
  g_assert_error (error, SR_BACKUP_RULE_ERROR, SR_BACKUP_RULE_TORN_LOGS);
}

/* One log of several whose header could not be read. */
static void
test_unknown_log (void)
{
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  char hash[] = "00", signature[] = "01";
  SrSetFile first = { .role = SR_FILE_LOG, .sha256 = hash, .generation = 4, .created = 400, .previous_created = 300, .signature = signature };
  SrSetFile second = { .role = SR_FILE_LOG, .sha256 = hash, .generation = 5 };

  history = sr_history_new (nothing, nothing);
  g_ptr_array_add (files, &first);
  g_ptr_array_add (files, &second);
  g_assert_false (sr_backup_rules_check_logs (history, SR_SET_FULL, files, &error));
  g_assert_error (error, SR_BACKUP_RULE_ERROR, SR_BACKUP_RULE_TORN_LOGS);
  g_clear_error (&error);
  first.signature = NULL;
  g_assert_true (sr_backup_rules_check_logs (history, SR_SET_FULL, files, &error));
  g_assert_no_error (error);
}

/* Whatever was answered, a full set that truncates makes logs possible again. */
static void
assert_lifted (SrRepository *repository)
{
  const TestSet full = { .kind = SR_SET_FULL, .low = 7, .high = 8, .stream = 1, .truncated = SR_TRUNCATION_YES, .ended = SR_ENDING_YES, .started = NOW };
  g_autoptr (SrBackupSet) made = test_write_by_program (repository, &full);
  g_autoptr (SrHistory) history = test_load_history (repository);
  g_auto (SrBackupChoice) choice = { 0 };

  sr_backup_rules_choose (history, &SR_AUTHORITY_FACTS_UNKNOWN, NOW, &choice);
  g_assert_cmpstr (sr_backup_rule_to_string (choice.rule), ==, "none");
  g_assert_true (choice.logs_allowed);
}

/* What the CA itself answers, and what is noted of it. */
static void
test_answers (void)
{
  static const struct
  {
    SrHresult answer;
    SrBackupRule rule;
    const char *after;
  } answers[] = {
    { 0xc8000230, SR_BACKUP_RULE_FULL_MISSING, "[first *1=1-3] [full-missing]" },
    { 0xc800020e, SR_BACKUP_RULE_CIRCULAR_LOGGING, "[first *1=1-3]" },
    { 0xc8000239, SR_BACKUP_RULE_GAP, "[first *1=1-3]" },
    { 0xc7ff0009, SR_BACKUP_RULE_CIRCULAR_LOGGING, "[first *1=1-3]" },
    { 0xc7ff000b, SR_BACKUP_RULE_CIRCULAR_LOGGING, "[first *1=1-3]" },
    { 0xc7ff000c, SR_BACKUP_RULE_FULL_MISSING, "[first *1=1-3] [full-missing]" },
    { 0xc7ff000e, SR_BACKUP_RULE_FULL_MISSING, "[first *1=1-3] [full-missing]" },
    { 0xc80001f9, SR_BACKUP_RULE_NONE, "[first *1=1-3]" },
    { SR_E_ACCESSDENIED, SR_BACKUP_RULE_NONE, "[first *1=1-3]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autoptr (SrLock) lock = NULL;
      g_autoptr (GError) refusal = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (SrBackupChoice) choice = { 0 };
      g_autofree char *text = NULL;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      test_history_by_program (repository, "F1-3");
      lock = test_lock (repository, TEST_CONFIG);
      sr_hresult_set_error (&refusal, answers[i].answer, "BackupPrepare at ca01");
      g_assert_cmpint (sr_backup_rule_from_error (refusal), ==, answers[i].rule);
      g_assert_true (sr_backup_rule_record (answers[i].rule, lock, refusal, &error));
      g_assert_no_error (error);

      history = test_load_history (repository);
      text = test_describe (history);
      g_assert_cmpstr (text, ==, answers[i].after);
      sr_backup_rules_choose (history, &SR_AUTHORITY_FACTS_UNKNOWN, NOW, &choice);
      g_assert_cmpint (choice.rule, ==, answers[i].rule);
      g_assert_cmpint (choice.logs_allowed, ==, answers[i].rule == SR_BACKUP_RULE_NONE);
      g_clear_pointer (&lock, sr_lock_release);
      assert_lifted (repository);
    }
  g_assert_cmpint (sr_backup_rule_from_error (NULL), ==, SR_BACKUP_RULE_NONE);
}

/* Codes are for scripts and never change; words and advice are for people. */
static const struct
{
  const char *code;
  gboolean forbids;
  const char *words;  /* what must be told */
  const char *advice;
} table[SR_BACKUP_N_RULES] = {
  [SR_BACKUP_RULE_NONE] = { "none", FALSE, "since the last one", NULL },
  [SR_BACKUP_RULE_NO_FULL] = { "no-full", TRUE, "no full backup", "full backup that truncates" },
  [SR_BACKUP_RULE_NOT_TRUNCATED] = { "not-truncated", TRUE, "copies", "full backup that truncates" },
  [SR_BACKUP_RULE_AFTER_RESTORE] = { "after-restore", TRUE, "full backup that truncates", "full backup that truncates" },
  [SR_BACKUP_RULE_OTHER_LOGS] = { "other-logs", TRUE, "another tool restored the CA", "full backup that truncates" },
  [SR_BACKUP_RULE_UNKNOWN_NOTE] = { "unknown-note", TRUE, "cannot be understood", "full backup that truncates" },
  [SR_BACKUP_RULE_FULL_MISSING] = { "full-missing", TRUE, "(VSS)", "full backup that truncates" },
  [SR_BACKUP_RULE_CIRCULAR_LOGGING] = { "circular-logging", TRUE, "circular logging", "-DBFLAGS_CIRCULARLOGGING" },
  [SR_BACKUP_RULE_GAP] = { "gap", TRUE, "missing", "full backup that truncates" },
  [SR_BACKUP_RULE_DAMAGED] = { "damaged", TRUE, "damaged", "what damaged the set" },
  [SR_BACKUP_RULE_FOREIGN_FULL] = { "foreign-full", FALSE, "another product", "one of the two" },
  [SR_BACKUP_RULE_FULL_OLD] = { "full-old", FALSE, "or its time cannot be right", NULL },
  [SR_BACKUP_RULE_TORN_LOGS] = { "torn-logs", FALSE, "do not follow each other", "log folder" },
};

static void
test_table (void)
{
  for (SrBackupRule rule = SR_BACKUP_RULE_NONE; rule < SR_BACKUP_N_RULES; rule++)
    {
      const char *advice = sr_backup_rule_advice (rule);

      g_assert_cmpstr (sr_backup_rule_to_string (rule), ==, table[rule].code);
      g_assert_cmpint (sr_backup_rule_forbids (rule), ==, table[rule].forbids);
      g_assert_nonnull (strstr (sr_backup_rule_words (rule), table[rule].words));
      g_assert_true (g_str_has_suffix (sr_backup_rule_words (rule), "."));
      /* A rule says why, also beside a backup that succeeds: what was done is told elsewhere. */
      g_assert_null (strstr (sr_backup_rule_words (rule), "left as they are"));
      g_assert_true ((advice != NULL) == (table[rule].advice != NULL));
      g_assert_true (advice == NULL || (strstr (advice, table[rule].advice) != NULL && g_str_has_suffix (advice, ".")));
    }
}

/* From manifests written by hand, and from those that the program writes. */
static void
add_both (const char   *name,
          GTestDataFunc func)
{
  g_autofree char *by_hand = g_strdup_printf ("/store/rules/%s/by-hand", name);
  g_autofree char *by_program = g_strdup_printf ("/store/rules/%s/by-program", name);

  g_test_add_data_func (by_hand, GINT_TO_POINTER (TRUE), func);
  g_test_add_data_func (by_program, GINT_TO_POINTER (FALSE), func);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/rules/table", test_table);
  add_both ("rows", test_rows);
  add_both ("reasons", test_reasons);
  add_both ("lists", test_lists);
  add_both ("reads", test_reads);
  g_test_add_func ("/store/rules/torn", test_torn);
  g_test_add_func ("/store/rules/unknown-log", test_unknown_log);
  g_test_add_func ("/store/rules/answers", test_answers);
  return g_test_run ();
}
