/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history-test.h"

#include "ese/sr-ese-log.h"

#include <glib/gstdio.h>
#include <string.h>

/* What is on the disk, and what is derived from it; see history-test.h for the words. */
typedef struct
{
  const char *disk;
  const char *history;
  gboolean by_hand_only;
} Row;

static const Row rows[] = {
  { "", "" },
  { "F1-3", "[first *1=1-3]" },
  { "F1-3 L3-5 L5-7", "[first *1,2,3=1-7]" },
  { "F1-3 L4-5 L6-7", "[first *1,2,3=1-7]" },
  { "F1-3b L3-5b L5-7b", "[first *1,2,3=1-7]" },

  /* a full set begins a chain of the same lineage */
  { "F1-3 L3-5 F5-6 L6-8", "[first *1,2=1-5 *3,4=5-8]" },
  { "F1-3 F9-12 L12-13", "[first *1=1-3 *2,3=9-13]" },

  /* copies, and what is not known to have truncated */
  { "F1-3k", "[first 1=1-3]" },
  { "F1-3n", "[first 1=1-3]" },
  { "F1-3u", "[first 1=1-3]" },
  { "F1-3s", "[first 1=1-3]" },
  { "F1-3e", "[first 1=1-3]" },
  { "F1-3 F3-5k L3-7", "[first *1=1-3 2,3=3-7]" },
  { "F1-3 L3-5k L3-7", "[first *1,2,3=1-7]" },

  /* gaps: what the chain does not reach is loose, and what reaches it again is not */
  { "F1-3 L5-6", "[first *1=1-3 ~2]" },
  { "F1-3 L5-6 L6-8", "[first *1=1-3 ~2,3]" },
  { "F1-3 L5-6 L4-8", "[first *1,3=1-8 ~2]" },
  { "F1-3 L3-6!5", "[first *1=1-3 ~2]" },
  { "F1-4 L2-6!3", "[first *1,2=1-6]" },
  { "F1-4!3", "[first ?1=1-4]" },
  { "F1-4!3 L4-5", "[first ?1=1-4 ~2]" },
  { "F1-3 F3-6!5 L4-7", "[first *1,3=1-7 ?2=3-6]" },
  { "L3-5", "[first ~1]" },
  { "L3-5 F5-6 L6-7", "[first *2,3=5-7 ~1]" },
  { "F0-0", "[first ?1=0-0]" },
  { "F1-3 L0-0", "[first *1=1-3 ~2]" },

  /* lineages */
  { "F1-3 R F3-5 L5-6", "[first *1=1-3] [restore *3,4=3-6]" },
  { "F1-3 R", "[first *1=1-3] [restore]" },
  { "R", "[restore]" },
  { "F1-3 R R M", "[first *1=1-3] [restore]" },
  { "F1-3 M R F4-5", "[first *1=1-3] [restore *4=4-5]" },
  { "F1-3 M F4-5", "[first *1=1-3] [full-missing *3=4-5]" },
  { "F1-3 O F4-5", "[first *1=1-3] [other-logs *3=4-5]" },
  { "F1-3 X F4-5", "[first *1=1-3] [unknown *3=4-5]" },
  { "F1-3 G C F4-5 G", "[first *1=1-3 *4=4-5]" },
  { "F1-3 L3-5 F3-6@2", "[first *1,2=1-5] [other-logs *3=3-6]" },
  { "F1-3b L3-5b F3-6@2b", "[first *1,2=1-5] [other-logs *3=3-6]" },
  { "F1-3 L3-5@2", "[first *1=1-3] [other-logs ~2]" },
  { "F1-3 F4-5@2", "[first *1=1-3] [other-logs *2=4-5]" }, /* log 4 names another log 3 */
  { "F1-3 L4-5@2", "[first *1=1-3] [other-logs ~2]" },
  { "F1-3b L4-5@2b", "[first *1,2=1-5]" }, /* nothing is known that tells them apart */
  { "F8-9 F6-7@2", "[first *1=8-9] [other-logs *2=6-7]" }, /* log 8 names another log 7 */
  { "F9-10 F6-7", "[first *1=9-10] [backwards *2=6-7]" },
  { "F9-10 F9-10", "[first *1=9-10 *2=9-10]" },
  { "F1-5 R F3-4@2 L4-6@2 F3-7@3", "[first *1=1-5] [restore *3,4=3-6] [other-logs *5=3-7]" },

  /* numbers tell the order, whatever the names and clocks say */
  { "#9:L3-5 #2:F1-3 #20:L5-7", "[first *2,9,20=1-7]", TRUE },
  { "#5:R #2:F1-3 #7:F3-4@2", "[first *2=1-3] [restore *7=3-4]", TRUE },
  { "F1-3t500 L3-5t2 L5-7t300", "[first *1,2,3=1-7]" },
  { "F1-3t-900 L3-5t-901 R F3-6@2t-2000 L6-8@2t-3000", "[first *1,2=1-5] [restore *4,5=3-8]" },

  /* the same number twice, after folders were merged: then the generations */
  { "#1:F1-3 #2:F3-5 #2:R", "[first *1=1-3 *2=3-5] [restore]", TRUE },
  { "#1:F1-3 #4:L5-7 #4:L3-5 #5:L7-8", "[first *1,4,4,5=1-8]", TRUE },
};

static void
test_rows (gconstpointer data)
{
  gboolean by_hand = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autofree char *text = NULL;

      if (rows[i].by_hand_only && !by_hand)
        continue;
      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      (by_hand ? test_history_by_hand : test_history_by_program) (repository, rows[i].disk);
      history = test_load_history (repository);
      text = test_describe (history);
      g_test_message ("%s -> %s", rows[i].disk, text);
      g_assert_cmpstr (text, ==, rows[i].history);
    }
}

/* What is lost along with each set that others need, as "set: others"; all other sets take none along. */
static const struct
{
  const char *disk;
  const char *lost;
} losses[] = {
  { "F1-3", "" },
  { "F1-3 L3-5 L5-7", "1: 2 3, 2: 3" },
  { "F1-3 L3-5 L3-7", "1: 2 3" }, /* set 3 holds again what set 2 has */
  { "F1-3 L3-5 F5-7 L8-9", "1: 2, 3: 4" },
  { "F1-3 L3-5 F5-6 L6-8", "1: 2" }, /* without set 3 the chain of set 1 goes on to set 4 */
  { "F1-3 F3-5k L3-7", "" },         /* the same with sets 1 and 3 */
  { "F1-3 L5-6", "" },           /* set 2 is lost already */
  { "F1-4!3 L4-5", "" },
  { "F1-3 L3-5 R F3-5@2 L5-6@2", "1: 2, 4: 5" },
  { "F1-3 L3-5 M F5-7 L7-9", "1: 2, 4: 5" },
};

static gint64
sequence_of (gpointer set)
{
  return sr_backup_set_get_manifest (set)->sequence;
}

static char *
describe_losses (SrHistory *history)
{
  GPtrArray *lineages = sr_history_get_lineages (history);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lineages->len; i++)
    {
      GPtrArray *sets = sr_lineage_get_sets (lineages->pdata[i]);

      for (guint j = 0; j < sets->len; j++)
        {
          g_autoptr (GPtrArray) lost = sr_history_list_dependents (history, sets->pdata[j]);

          if (lost->len > 0)
            g_string_append_printf (text, "%s%d:", text->len > 0 ? ", " : "", (int) sequence_of (sets->pdata[j]));
          for (guint k = 0; k < lost->len; k++)
            g_string_append_printf (text, " %d", (int) sequence_of (lost->pdata[k]));
        }
    }
  return g_string_free (text, FALSE);
}

static void
test_losses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autofree char *text = NULL;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      test_history_by_hand (repository, losses[i].disk);
      history = test_load_history (repository);
      text = describe_losses (history);
      g_test_message ("%s -> %s", losses[i].disk, text);
      g_assert_cmpstr (text, ==, losses[i].lost);
    }
}

/* Two sets written by hand, with one text in the second one's manifest replaced. */
static char *
describe_changed (const char *words,
                  const char *second,
                  const char *from,
                  const char *to)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrHistory) history = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GString) json = NULL;
  char *contents;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_hand (repository, words);
  path = g_build_filename (sr_repository_get_path (repository), "Contoso Issuing CA", second, "manifest.json", NULL);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  json = g_string_new_take (contents);
  g_assert_cmpuint (g_string_replace (json, from, to, 0), >, 0);
  g_assert_true (g_file_set_contents (path, json->str, -1, NULL));
  history = test_load_history (repository);
  return test_describe (history);
}

/* A signature that differs is another stream, though no generation repeats. */
static void
test_signature (void)
{
  g_autofree char *text = describe_changed ("F1-3 F7-9", "set-2-7", "\"signature\": \"01", "\"signature\": \"f1");

  g_assert_cmpstr (text, ==, "[first *1=1-3] [other-logs *2=7-9]");
}

/* The same bytes with another time of creation are not the same log. */
static void
test_creation_time (void)
{
  g_autofree char *text = describe_changed ("F1-3 L3-4", "set-2-3", "\"created\": \"2026-11-22T14:18:01Z\"", "\"created\": \"2026-11-22T14:18:02Z\"");

  g_assert_cmpstr (text, ==, "[first *1=1-3] [other-logs ~2]");
}

/* The folder shows the same wherever it lies, whatever its sets are called and whenever they were copied. */
static void
test_elsewhere (void)
{
  static const char words[] = "F1-3 L3-5 R F3-5@2 L5-6@2 F6-7k@2";
  g_auto (TestFolder) folder = { 0 };
  g_auto (TestFolder) elsewhere = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrRepository) moved = NULL;
  g_autoptr (SrHistory) before = NULL;
  g_autoptr (SrHistory) after = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *path = NULL;
  g_autofree char *ca = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  test_folder_init (&folder);
  test_folder_init (&elsewhere);
  repository = test_repository_new (&folder);
  test_history_by_program (repository, words);
  before = test_load_history (repository);
  first = test_describe (before);

  path = g_build_filename (elsewhere.path, "a disk", NULL);
  g_assert_cmpint (g_rename (sr_repository_get_path (repository), path), ==, 0);
  ca = g_build_filename (path, "Contoso Issuing CA", NULL);
  dir = g_dir_open (ca, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (name[0]))
      g_ptr_array_add (names, g_strdup (name));
  g_assert_cmpuint (names->len, ==, 5);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *from = g_build_filename (ca, names->pdata[i], NULL);
      g_autofree char *to = g_strdup_printf ("%s/%08x", ca, g_random_int ());

      g_assert_cmpint (g_rename (from, to), ==, 0);
    }
  moved = sr_repository_open (path, NULL);
  after = test_load_history (moved);
  second = test_describe (after);
  g_assert_cmpstr (first, ==, "[first *1,2=1-5] [restore *4,5=3-6 6=6-7]");
  g_assert_cmpstr (second, ==, first);
}

/* What the program notes can be read again, and numbers go on behind it. */
static void
test_events (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;
  SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_FULL_MISSING, .answer = 0xc8000230, .set = (char *) "a set", .detail = (char *) "why “so”" };
  const SrLineageEvent *read;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_program (repository, "F1-3 L3-4 R");
  lock = test_lock (repository, TEST_CONFIG);
  g_assert_true (sr_lineage_event_record (lock, &event, &error));
  g_assert_no_error (error);
  events = sr_lineage_event_list (repository, "CA01.example.test\\contoso issuing ca", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 2);
  read = g_ptr_array_index (events, 1);
  g_assert_cmpint (read->sequence, ==, 4);
  g_assert_cmpint (read->kind, ==, SR_LINEAGE_EVENT_FULL_MISSING);
  g_assert_cmphex (read->answer, ==, 0xc8000230);
  g_assert_cmpstr (read->set, ==, "a set");
  g_assert_cmpstr (read->detail, ==, "why “so”");
  g_assert_true (sr_guid_equal (&read->id, &event.id));
  g_assert_cmpint (read->when, ==, event.when);
  g_clear_pointer (&events, g_ptr_array_unref);
  events = sr_lineage_event_list (repository, "other.example.test\\Contoso Issuing CA", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 0);
  g_free (event.config);
}

/* What a note says in words may be of any length and from anywhere, and it stays a note of its kind. */
static void
test_long_events (void)
{
  g_autofree char *long_text = g_strnfill (30000, 'x');
  const char * const details[] = { long_text, "not \xff UTF-8" };

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrLock) lock = NULL;
      g_autoptr (GPtrArray) events = NULL;
      g_autoptr (GError) error = NULL;
      SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_GAP, .detail = (char *) details[i] };
      const SrLineageEvent *read;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      lock = test_lock (repository, TEST_CONFIG);
      g_assert_true (sr_lineage_event_record (lock, &event, &error));
      g_assert_no_error (error);
      events = sr_lineage_event_list (repository, TEST_CONFIG, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (events->len, ==, 1);
      read = g_ptr_array_index (events, 0);
      g_assert_cmpint (read->kind, ==, SR_LINEAGE_EVENT_GAP);
      g_assert_cmpint (read->detail[0], ==, details[i][0]);
      g_free (event.config);
    }
}

/* A note that is empty, cut or of a newer format is not passed over. */
static void
test_bad_events (void)
{
  static const char * const bad[] = { "", "{", "{ \"format\": 2 }", "{ \"format\": 1, \"id\": \"x\", \"sequence\": 2, \"kind\": \"gap\", \"config\": \"a\\\\b\" }" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (TestFolder) folder = { 0 };
      g_autoptr (SrRepository) repository = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autofree char *path = NULL;
      g_autofree char *text = NULL;

      test_folder_init (&folder);
      repository = test_repository_new (&folder);
      test_history_by_program (repository, "F1-3");
      path = g_build_filename (sr_repository_get_path (repository), "Contoso Issuing CA", "event-00000002-gap.json", NULL);
      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      test_history_by_hand (repository, "#3:F4-5");
      history = test_load_history (repository);
      text = test_describe (history);
      g_assert_cmpstr (text, ==, "[first *1=1-3] [unknown *3=4-5]");
    }
}

static gint64
note_restore (SrRepository *repository)
{
  g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG);
  SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_RESTORE };
  g_autoptr (GError) error = NULL;

  sr_lineage_event_record (lock, &event, &error);
  g_assert_no_error (error);
  g_free (event.config);
  return event.sequence;
}

/* A set that cannot be read when the CA is restored, and can be later, stays before the restore. */
static void
test_unreadable_meanwhile (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrHistory) history = NULL;
  g_autofree char *path = NULL;
  g_autofree char *manifest = NULL;
  g_autofree char *text = NULL;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_hand (repository, "F1-3 F3-5");
  path = g_build_filename (sr_repository_get_path (repository), "Contoso Issuing CA", "set-2-3", "manifest.json", NULL);
  g_assert_true (g_file_get_contents (path, &manifest, NULL, NULL));
  g_assert_true (g_file_set_contents (path, "{", -1, NULL));
  g_assert_cmpint (note_restore (repository), >, 2);
  g_assert_true (g_file_set_contents (path, manifest, -1, NULL));
  history = test_load_history (repository);
  text = test_describe (history);
  g_assert_cmpstr (text, ==, "[first *1=1-3 *2=3-5] [restore]");
}

/* An event counts for the CA that it names, in whose folder it may lie, and so does a set. */
static void
test_other_folder (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (SrHistory) beside = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *home = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *garbage = NULL;
  g_autofree char *set_path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_beside = NULL;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_hand (repository, "F1-3 R");
  home = test_authority_path (repository);
  lock = sr_repository_lock_authority (repository, "other.example.test\\Other CA", SR_LOCK_EXCLUSIVE, NULL, &error);
  g_assert_no_error (error);
  from = g_build_filename (home, "event-00000002-restore.json", NULL);
  to = g_build_filename (sr_repository_get_path (repository), "Other CA", "event-00000002-restore.json", NULL);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  /* What cannot be understood there is of the other CA. */
  garbage = g_build_filename (sr_repository_get_path (repository), "Other CA", "event-00000003-restore.json", NULL);
  g_assert_true (g_file_set_contents (garbage, "{", -1, NULL));

  history = test_load_history (repository);
  text = test_describe (history);
  g_assert_cmpstr (text, ==, "[first *1=1-3] [restore]");
  set_path = g_build_filename (home, "set-1-1", NULL);
  set = sr_backup_set_load (set_path, &error);
  g_assert_no_error (error);
  beside = sr_history_load_beside (set, &error);
  g_assert_no_error (error);
  text_beside = test_describe (beside);
  g_assert_cmpstr (text_beside, ==, text);
}

/* A set of a killed program, which is published later, keeps its number for itself. */
static void
test_staged_meanwhile (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrHistory) history = NULL;
  g_autofree char *ca = NULL;
  g_autofree char *set = NULL;
  g_autofree char *staging = NULL;
  g_autofree char *text = NULL;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_hand (repository, "F1-3 F3-5");
  ca = test_authority_path (repository);
  set = g_build_filename (ca, "set-2-3", NULL);
  staging = g_build_filename (ca, ".staging-killed", NULL);
  g_assert_cmpint (g_rename (set, staging), ==, 0);
  g_assert_cmpint (note_restore (repository), ==, 3);
  g_assert_cmpint (g_rename (staging, set), ==, 0);
  history = test_load_history (repository);
  text = test_describe (history);
  g_assert_cmpstr (text, ==, "[first *1=1-3 *2=3-5] [restore]");
}

/* Behind the highest number that can be read nothing is written. */
static void
test_last_number (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GError) error = NULL;
  SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_GAP };
  g_autofree char *ca = NULL;
  g_autofree char *note = NULL;

  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  test_history_by_hand (repository, "F1-3");
  ca = test_authority_path (repository);
  note = g_strdup_printf ("%s/event-%" G_GINT64_FORMAT "-gap.json", ca, SR_MANIFEST_MAX_SEQUENCE - 1);
  g_assert_true (g_file_set_contents (note, "{", -1, NULL));
  g_assert_cmpint (note_restore (repository), ==, SR_MANIFEST_MAX_SEQUENCE);
  lock = test_lock (repository, TEST_CONFIG);
  g_assert_false (sr_lineage_event_record (lock, &event, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
}

/* A log that says inside that it is another one, or longer, is refused. */
static void
test_wrong_log (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (SrBackupSetWriter) writer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GError) error = NULL;
  guint8 page[SR_ESE_LOG_HEADER_SIZE];

  sr_ese_log_header_write (&(SrEseLogHeader) { .generation = 5, .created = test_log_created (1, 5), .size = sizeof page }, page);
  bytes = g_bytes_new (page, sizeof page);
  test_folder_init (&folder);
  repository = test_repository_new (&folder);
  lock = test_lock (repository, TEST_CONFIG);
  writer = test_writer_new (lock, &error);
  g_assert_no_error (error);
  g_assert_true (test_write_file (writer, SR_FILE_LOG, "C:\\edb00005.log", bytes, &error));
  g_assert_false (test_write_file (writer, SR_FILE_LOG, "C:\\edb00006.log", bytes, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
  g_clear_error (&error);
  g_clear_pointer (&writer, sr_backup_set_writer_free);
  writer = test_writer_new (lock, &error);
  g_assert_no_error (error);
  sr_ese_log_header_write (&(SrEseLogHeader) { .generation = 6, .created = test_log_created (1, 6), .size = 2 * sizeof page }, page);
  cut = g_bytes_new (page, sizeof page);
  g_assert_false (test_write_file (writer, SR_FILE_LOG, "C:\\edb00006.log", cut, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "size"));
  test_assert_clean (repository, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/history/by-hand", GINT_TO_POINTER (TRUE), test_rows);
  g_test_add_data_func ("/store/history/by-program", GINT_TO_POINTER (FALSE), test_rows);
  g_test_add_func ("/store/history/losses", test_losses);
  g_test_add_func ("/store/history/signature", test_signature);
  g_test_add_func ("/store/history/creation-time", test_creation_time);
  g_test_add_func ("/store/history/elsewhere", test_elsewhere);
  g_test_add_func ("/store/history/events", test_events);
  g_test_add_func ("/store/history/long-events", test_long_events);
  g_test_add_func ("/store/history/bad-events", test_bad_events);
  g_test_add_func ("/store/history/unreadable-meanwhile", test_unreadable_meanwhile);
  g_test_add_func ("/store/history/other-folder", test_other_folder);
  g_test_add_func ("/store/history/staged-meanwhile", test_staged_meanwhile);
  g_test_add_func ("/store/history/last-number", test_last_number);
  g_test_add_func ("/store/history/wrong-log", test_wrong_log);
  return g_test_run ();
}
