/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice-fixture.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "practice/sr-practice-database.h"
#include "practice/sr-practice-log-private.h"
#include "practice/sr-practice-set.h"

#include <glib/gstdio.h>
#include <string.h>

static const SrPracticeCaller operator = { OPERATOR, 1, TRUE };

static void
check_rows (PracticeFixture *f,
            GPtrArray       *expected,
            const char      *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = sr_practice_set_read_rows (folder, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, expected->len);
  for (guint i = 0; i < rows->len; i++)
    g_assert_true (sr_practice_row_equal (g_ptr_array_index (rows, i), g_ptr_array_index (expected, i)));
}

static GPtrArray *
get_rows (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = sr_practice_ca_get_rows (f->ca, &error);

  g_assert_no_error (error);
  return rows;
}

/* What a CA does while it is backed up. */
static void
be_busy (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  practice_fixture_issue (f, (guint) g_test_rand_int_range (1, 40));
  rows = get_rows (f);
  for (guint i = 0; i < 3; i++)
    {
      const SrPracticeRow *row = g_ptr_array_index (rows, (guint) g_test_rand_int_range (1, (int) rows->len));

      sr_practice_ca_revoke (f->ca, row->serial, (guint32) g_test_rand_int_range (0, 6), 0, &error);
      g_assert_no_error (error);
    }
  if (g_test_rand_int_range (0, 8) == 0)
    {
      sr_practice_ca_pad (f->ca, (guint64) g_test_rand_int_range (0, 4 * 1024 * 1024), &error);
      g_assert_no_error (error);
    }
}

/* The database changes while it is copied; with its logs the copy is exact. */
static void
test_changing (PracticeFixture *f,
               gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autoptr (GPtrArray) expected = NULL;

  practice_fixture_issue (f, 1500);
  practice_fixture_copy (f, &operator, TRUE, folder, be_busy);
  expected = get_rows (f);
  g_assert_cmphex (sr_practice_backup_truncate_logs (f->ca, &operator), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  practice_fixture_issue (f, 20); /* too late for this set */
  check_rows (f, expected, folder);
}

/* A full backup and the log-only ones behind it, which overlap. */
static void
test_chain (PracticeFixture *f,
            gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint overlaps = 0;

  practice_fixture_issue (f, 700);
  practice_fixture_backup (f, &operator, TRUE, TRUE, folder);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GPtrArray) expected = NULL;
      g_auto (GStrv) logs = NULL;

      practice_fixture_issue (f, 900);
      be_busy (f);
      g_assert_cmphex (sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 1, 2), ==, SR_S_OK);
      g_assert_cmphex (sr_practice_backup_get_logs (f->ca, &operator, &logs), ==, SR_S_OK);
      for (guint i = 0; logs[i] != NULL; i++)
        {
          g_autofree char *name = g_strdup (strrchr (logs[i], '\\') + 1);
          g_autofree char *path = g_build_filename (folder, name, NULL);
          g_autofree char *before = NULL, *after = NULL;
          gsize size;

          /* a log that was there already has the same bytes again */
          g_file_get_contents (path, &before, &size, NULL);
          practice_fixture_fetch (f, &operator, logs[i], folder, 65536, NULL);
          g_assert_true (g_file_get_contents (path, &after, &size, NULL));
          if (before != NULL)
            {
              overlaps++;
              g_assert_cmpmem (before, size, after, size);
            }
        }
      expected = get_rows (f);
      g_assert_cmphex (sr_practice_backup_truncate_logs (f->ca, &operator), ==, SR_S_OK);
      g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
      check_rows (f, expected, folder);
    }
  g_assert_cmpuint (overlaps, >, 0);
}

static gpointer
issue_on (gpointer data)
{
  PracticeFixture *f = data;

  for (guint i = 0; i < 30; i++)
    practice_fixture_issue (f, 50);
  return NULL;
}

/* Issuing on another thread goes on during a backup. */
static void
test_threads (PracticeFixture *f,
              gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) served = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  practice_fixture_issue (f, 500);
  thread = g_thread_new ("issue", issue_on, f);
  for (guint round = 0; round < 3; round++)
    practice_fixture_backup (f, &operator, TRUE, FALSE, folder);
  g_thread_join (thread);
  rows = get_rows (f);
  g_assert_cmpuint (rows->len, ==, 1 + 500 + 1500);
  served = sr_practice_set_read_rows (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (served->len, >=, 501);
  for (guint i = 0; i < served->len; i++)
    g_assert_true (sr_practice_row_equal (g_ptr_array_index (served, i), g_ptr_array_index (rows, i)));
}

/* What the ledger says was served is what arrived. */
static void
test_hashes (PracticeFixture *f,
             gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autoptr (JsonObject) inspection = NULL;
  g_autoptr (GError) error = NULL;
  JsonArray *files;

  practice_fixture_issue (f, 200);
  practice_fixture_backup (f, &operator, TRUE, FALSE, folder);
  inspection = sr_practice_ca_inspect (f->ca, FALSE, &error);
  g_assert_no_error (error);
  files = json_object_get_array_member (json_array_get_object_element (json_object_get_array_member (inspection, "backups"), 0), "files");
  g_assert_cmpuint (json_array_get_length (files), >=, 2);
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonObject *file = json_array_get_object_element (files, i);
      g_autofree char *path = g_build_filename (folder, json_object_get_string_member (file, "name"), NULL);
      g_autofree char *hash = NULL;
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *) bytes, size);
      g_assert_cmpstr (hash, ==, json_object_get_string_member (file, "sha256"));
      g_assert_cmpint ((gint64) size, ==, json_object_get_int_member (file, "served"));
      g_assert_cmpint ((gint64) size, ==, json_object_get_int_member (file, "size"));
    }
}

static void
expect_failure (const char *folder,
                GQuark      domain,
                int         code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_practice_set_read_rows (folder, &error));
  g_assert_error (error, domain, code);
}

static void
expect_jet (const char *folder,
            int         jet)
{
  expect_failure (folder, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (jet));
}

/* A set that is not whole is not taken for one. */
static void
test_broken_sets (PracticeFixture *f,
                  gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autofree char *live = g_build_filename (f->folder, "ca", SR_PRACTICE_CERTLOG_FOLDER, NULL);
  g_autofree char *edb = g_build_filename (folder, CA_NAME ".edb", NULL);
  g_autofree char *second = g_build_filename (folder, "second.edb", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GArray) logs = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  practice_fixture_issue (f, 1500);
  practice_fixture_copy (f, &operator, TRUE, folder, be_busy);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  logs = sr_practice_log_list (folder, &error);
  g_assert_cmpuint (logs->len, >=, 2);
  for (guint i = 0; i < logs->len; i++)
    {
      g_autofree char *name = sr_practice_log_name (g_array_index (logs, guint32, i));
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *aside = g_build_filename (f->folder, "aside", NULL);

      g_assert_cmpint (g_rename (path, aside), ==, 0);
      /* the first one, one in the middle, the last one */
      expect_jet (folder, i == 0 ? SR_JET_STARTING_RESTORE_LOG_TOO_HIGH :
                          i + 1 < logs->len ? SR_JET_MISSING_RESTORE_LOG_FILES : SR_JET_ENDING_RESTORE_LOG_TOO_LOW);
      g_assert_cmpint (g_rename (aside, path), ==, 0);
    }
  g_assert_true (g_file_get_contents (edb, &bytes, &size, NULL));
  g_file_set_contents (second, bytes, (gssize) size, NULL);
  expect_failure (folder, SR_ERROR, SR_ERROR_MISMATCH); /* two databases */
  g_unlink (second);
  g_file_set_contents (edb, bytes, (gssize) size - 4096, NULL);
  expect_jet (folder, SR_JET_BAD_PATCH_PAGE); /* the trailer is missing */
  g_file_set_contents (edb, bytes, (gssize) size - 1, NULL);
  expect_jet (folder, SR_JET_READ_VERIFY_FAILURE);
  bytes[3 * 4096 + 50] ^= 1;
  g_file_set_contents (edb, bytes, (gssize) size, NULL);
  expect_jet (folder, SR_JET_READ_VERIFY_FAILURE);
  g_unlink (edb);
  expect_failure (folder, SR_ERROR, SR_ERROR_NOT_FOUND);
  /* the live database is no backup's copy */
  expect_jet (live, SR_JET_RESTORE_OF_NON_BACKUP_DATABASE);
}

static void
flip_some (guint8 *bytes,
           gsize   length)
{
  for (gint n = g_test_rand_int_range (1, 6); n > 0; n--)
    bytes[g_test_rand_int_range (0, (int) length)] = (guint8) g_test_rand_int ();
}

/* Changes a page of the database, or a record of a log, and makes its checksum right again. */
static void
damage (guint8  *bytes,
        gsize    size,
        gboolean is_log)
{
  if (!is_log || g_test_rand_int_range (0, 10) == 0)
    {
      guint8 *page = bytes + (is_log ? 0 : (gsize) g_test_rand_int_range (0, (int) (size / SR_PRACTICE_PAGE_SIZE)) * SR_PRACTICE_PAGE_SIZE);

      flip_some (page + 4, g_test_rand_bit () ? 96 : SR_PRACTICE_PAGE_SIZE - 4);
      sr_practice_page_seal (page);
      return;
    }
  {
    guint skip = (guint) g_test_rand_int_range (0, 20);
    guint8 *at = bytes + SR_PRACTICE_LOG_START;
    guint32 length = sr_get_le32 (at);

    for (; skip > 0 && sr_get_le16 (at + 8) != 0; skip--)
      {
        at += SR_PRACTICE_RECORD_ALIGN (SR_PRACTICE_RECORD_HEADER + length);
        length = sr_get_le32 (at);
      }
    flip_some (at + 8, g_test_rand_bit () ? 2 : SR_PRACTICE_RECORD_HEADER + length);
    if (g_test_rand_int_range (0, 4) == 0)
      flip_some (at, 4);
    length = MIN (sr_get_le32 (at), (guint32) (bytes + size - at - SR_PRACTICE_RECORD_HEADER));
    sr_put_le32 (at + 4, sr_practice_record_checksum (at, length));
  }
}

/* Files that lie behind right checksums end in an error or in rows, never worse. */
static void
test_fuzz (PracticeFixture *f,
           gconstpointer    data)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_autofree char *edb = g_build_filename (folder, CA_NAME ".edb", NULL);
  g_autofree char *log = NULL;
  g_autofree char *good_edb = NULL, *good_log = NULL;
  g_autoptr (GArray) logs = NULL;
  gsize edb_size, log_size;
  guint failures = 0;

  practice_fixture_issue (f, 5);
  practice_fixture_copy (f, &operator, TRUE, folder, be_busy);
  g_assert_cmphex (sr_practice_backup_end (f->ca, &operator), ==, SR_S_OK);
  logs = sr_practice_log_list (folder, NULL);
  {
    g_autofree char *name = sr_practice_log_name (g_array_index (logs, guint32, logs->len - 1));

    log = g_build_filename (folder, name, NULL);
  }
  g_assert_true (g_file_get_contents (edb, &good_edb, &edb_size, NULL));
  g_assert_true (g_file_get_contents (log, &good_log, &log_size, NULL));
  for (guint round = 0; round < 600; round++)
    {
      gboolean is_log = g_test_rand_bit ();
      gsize size = is_log ? log_size : edb_size;
      g_autofree char *bytes = g_memdup2 (is_log ? good_log : good_edb, size);
      g_autoptr (GPtrArray) rows = NULL;
      g_autoptr (GError) error = NULL;

      damage ((guint8 *) bytes, size, is_log);
      g_assert_true (g_file_set_contents_full (is_log ? log : edb, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      rows = sr_practice_set_read_rows (folder, &error);
      if (rows == NULL)
        {
          failures++;
          g_assert_true (error->domain == SR_HRESULT_ERROR);
        }
      g_assert_true (g_file_set_contents_full (is_log ? log : edb, is_log ? good_log : good_edb, (gssize) size,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
  g_test_message ("%u of 600 damaged sets were refused", failures);
  g_assert_cmpuint (failures, >, 100);
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, func) \
  g_test_add ("/practice/restore-drill/" path, PracticeFixture, NULL, practice_fixture_set_up, func, practice_fixture_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("changing", test_changing);
  ADD ("chain", test_chain);
  ADD ("threads", test_threads);
  ADD ("hashes", test_hashes);
  ADD ("broken-sets", test_broken_sets);
  ADD ("fuzz", test_fuzz);
  return g_test_run ();
}
