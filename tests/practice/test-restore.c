/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice-fixture.h"

#include "base/sr-error.h"
#include "practice/sr-practice-log.h"
#include "practice/sr-practice-rules.h"

#include <glib/gstdio.h>
#include <string.h>

static const SrPracticeCaller operator = { OPERATOR, 1, TRUE };

static GPtrArray *
get_rows (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = sr_practice_ca_get_rows (f->ca, &error);

  g_assert_no_error (error);
  return rows;
}

static void
assert_rows (PracticeFixture *f,
             GPtrArray       *expected)
{
  g_autoptr (GPtrArray) rows = get_rows (f);

  g_assert_cmpuint (rows->len, ==, expected->len);
  for (guint i = 0; i < rows->len; i++)
    g_assert_true (sr_practice_row_equal (rows->pdata[i], expected->pdata[i]));
}

static void
change (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *which = g_strdup_printf ("#%d", g_test_rand_int_range (2, 40));

  practice_fixture_issue (f, 40);
  g_assert_true (sr_practice_ca_revoke (f->ca, which, 1, 0, &error));
  g_assert_no_error (error);
}

static void
restore (PracticeFixture *f,
         const char      *folder)
{
  g_autoptr (GError) error = NULL;

  sr_practice_ca_restore (f->ca, folder, &error);
  g_assert_no_error (error);
}

static char *
live_folder (PracticeFixture *f)
{
  return g_build_filename (f->folder, "ca", SR_PRACTICE_CERTLOG_FOLDER, NULL);
}

static SrEseLogHeader
read_header (const char *folder,
             guint32     generation)
{
  g_autofree char *name = generation != 0 ? sr_practice_log_name (generation) : g_strdup (SR_PRACTICE_LOG_CURRENT);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SrEseLogHeader header;

  g_assert_true (sr_practice_log_read_header (path, &header, &error));
  g_assert_no_error (error);
  return header;
}

static guint32
last_log (const char *folder)
{
  g_autoptr (GArray) logs = sr_practice_log_list (folder, NULL);

  g_assert_cmpuint (logs->len, >, 0);
  return g_array_index (logs, guint32, logs->len - 1);
}

static void
assert_no_full (PracticeFixture *f)
{
  const SrPracticeRuleRow *row = sr_practice_rule_get (SR_PRACTICE_RULE_LOGS_WITHOUT_FULL);

  g_assert_cmphex (row->answer, ==, 0xc8000230);
  g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 1, 2), ==, row->answer);
}

/* A full set and a log-only one: the rows of the last backup are there again, the stream goes on behind it. */
static void
test_chain (PracticeFixture *f,
            gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autofree char *live = live_folder (f);
  g_autoptr (GPtrArray) expected = NULL;
  SrEseLogHeader last, current;

  practice_fixture_issue (f, 100);
  practice_fixture_backup (f, &operator, TRUE, TRUE, folder);
  change (f);
  practice_fixture_backup (f, &operator, FALSE, TRUE, folder);
  expected = get_rows (f);
  for (guint i = 0; i < 3; i++) /* each finishes a log */
    {
      change (f);
      g_assert_true (sr_practice_ca_foreign_full (f->ca, NULL));
    }
  g_assert_cmpuint (last_log (live), >, last_log (folder));

  restore (f, folder);
  assert_rows (f, expected);
  last = read_header (folder, last_log (folder));
  current = read_header (live, 0);
  g_assert_cmpmem (current.signature, sizeof current.signature, last.signature, sizeof last.signature);
  g_assert_cmpuint (current.generation, ==, last.generation + 1);
  g_assert_cmpint (current.previous_created, ==, last.created);
  g_assert_cmpint (current.created, !=, last.created);
  assert_no_full (f);

  /* It is a CA like any other. */
  practice_fixture_reopen (f);
  assert_rows (f, expected);
  change (f);
  g_clear_pointer (&expected, g_ptr_array_unref);
  expected = get_rows (f);
  practice_fixture_reopen (f);
  assert_rows (f, expected);
  assert_no_full (f);
  practice_fixture_backup (f, &operator, TRUE, TRUE, folder);
  practice_fixture_backup (f, &operator, FALSE, TRUE, folder);
}

/* Generations come back with another time of creation and other bytes, under the same signature. */
static void
test_repeated (PracticeFixture *f,
               gconstpointer    data)
{
  g_autofree char *first = practice_fixture_make_folder (f, "first");
  g_autofree char *second = practice_fixture_make_folder (f, "second");
  g_autofree char *third = practice_fixture_make_folder (f, "third");
  SrEseLogHeader before, after;
  guint32 generation;

  practice_fixture_issue (f, 10);
  practice_fixture_backup (f, &operator, TRUE, TRUE, first);
  change (f);
  practice_fixture_backup (f, &operator, FALSE, TRUE, second);
  restore (f, first);
  change (f);
  practice_fixture_backup (f, &operator, TRUE, TRUE, third);
  generation = last_log (first) + 1;
  before = read_header (second, generation);
  after = read_header (third, generation);
  g_assert_cmpmem (before.signature, sizeof before.signature, after.signature, sizeof after.signature);
  g_assert_cmpint (before.previous_created, ==, after.previous_created);
  g_assert_cmpint (before.created, !=, after.created);
}

/* A set that is not whole changes nothing; an open backup goes on. */
static void
test_broken (PracticeFixture *f,
             gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autofree char *live = live_folder (f);
  g_autofree char *aside = g_strconcat (live, ".restored", NULL);
  g_autoptr (GPtrArray) expected = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *log = NULL;

  practice_fixture_issue (f, 10);
  practice_fixture_backup (f, &operator, TRUE, TRUE, folder);
  change (f);
  expected = get_rows (f);
  name = sr_practice_log_name (last_log (folder));
  log = g_build_filename (folder, name, NULL);
  g_assert_cmpint (g_unlink (log), ==, 0);

  g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 0, 1), ==, SR_S_OK);
  g_assert_false (sr_practice_ca_restore (f->ca, folder, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (SR_JET_MISSING_RESTORE_LOG_FILES));
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
  assert_rows (f, expected);
  change (f);
  practice_fixture_backup (f, &operator, FALSE, TRUE, folder); /* the full backup is still known */
}

static void
test_open_backup (PracticeFixture *f,
                  gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");

  practice_fixture_backup (f, &operator, TRUE, FALSE, folder);
  g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 0, 1), ==, SR_S_OK);
  restore (f, folder);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "lost"), ==, 1);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), !=, SR_S_OK);
}

/* Padding that the copy does not have yet stands in the logs. */
static gboolean padded;

static void
pad_once (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;

  if (padded)
    return;
  padded = TRUE;
  g_assert_true (sr_practice_ca_pad (f->ca, 3 * 1024 * 1024, &error));
  practice_fixture_issue (f, 5);
}

static void
test_padding (PracticeFixture *f,
              gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autofree char *live = live_folder (f);
  g_autofree char *database = g_build_filename (live, CA_NAME ".edb", NULL);
  g_autoptr (GPtrArray) expected = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf st;

  practice_fixture_issue (f, 10);
  g_assert_true (sr_practice_ca_pad (f->ca, 1024 * 1024, &error));
  practice_fixture_copy (f, &operator, TRUE, folder, pad_once);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  expected = get_rows (f);
  change (f);
  restore (f, folder);
  assert_rows (f, expected);
  g_assert_cmpint (g_stat (database, &st), ==, 0);
  g_assert_cmpint (st.st_size, >=, 3 * 1024 * 1024);
  practice_fixture_reopen (f);
  assert_rows (f, expected);
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, func) \
  g_test_add ("/practice/restore/" path, PracticeFixture, NULL, practice_fixture_set_up, func, practice_fixture_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("chain", test_chain);
  ADD ("repeated", test_repeated);
  ADD ("broken", test_broken);
  ADD ("open-backup", test_open_backup);
  ADD ("padding", test_padding);
  return g_test_run ();
}
