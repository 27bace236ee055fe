/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-hresult.h"
#include "practice/sr-practice-database-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  GPtrArray *rows; /* what the database must have */
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  f->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->folder);
  g_ptr_array_unref (f->rows);
}

static SrPracticeRow *
make_row (guint32 id,
          gsize   certificate_size)
{
  SrPracticeRow *row = sr_practice_row_new ();
  guint8 *certificate = g_malloc (certificate_size);

  for (gsize i = 0; i < certificate_size; i++)
    certificate[i] = (guint8) g_test_rand_int ();
  row->request_id = id;
  row->disposition = SR_PRACTICE_ISSUED;
  row->submitted_at = id;
  row->not_before = 2 * (guint64) id;
  row->not_after = 3 * (guint64) id;
  row->serial = g_strdup_printf ("5e%08x", id);
  row->subject = g_strdup_printf ("CN=host %u", id);
  row->requester = g_strdup ("PRACTICE\\someone");
  row->certificate = g_bytes_new_take (certificate, certificate_size);
  return row;
}

static SrPracticeDatabase *
open_database (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  SrPracticeDatabase *database = sr_practice_database_open (f->folder, "Test CA.edb", FALSE, &error);

  g_assert_no_error (error);
  return database;
}

static void
insert (Fixture            *f,
        SrPracticeDatabase *database,
        guint               count)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++)
    {
      SrPracticeRow *row = make_row (f->rows->len + 1, (gsize) g_test_rand_int_range (300, 900));

      g_ptr_array_add (f->rows, row);
      g_ptr_array_add (rows, row);
    }
  sr_practice_database_insert (database, rows, &error);
  g_assert_no_error (error);
}

static void
revoke_one (Fixture            *f,
        SrPracticeDatabase *database,
        guint32             id)
{
  SrPracticeRow *row = g_ptr_array_index (f->rows, id - 1);
  g_autoptr (GError) error = NULL;

  row->disposition = SR_PRACTICE_REVOKED;
  row->reason = id % 6;
  row->revoked_at = 77 + (guint64) id;
  sr_practice_database_update_state (database, row, &error);
  g_assert_no_error (error);
}

static void
check_rows (Fixture            *f,
            SrPracticeDatabase *database)
{
  g_assert_cmpuint (sr_practice_database_get_row_count (database), ==, f->rows->len);
  for (guint i = 0; i < f->rows->len; i++)
    {
      SrPracticeRow *expected = g_ptr_array_index (f->rows, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (SrPracticeRow) row = sr_practice_database_get_row (database, i + 1, &error);

      g_assert_no_error (error);
      g_assert_true (sr_practice_row_equal (row, expected));
      g_assert_cmpuint (sr_practice_database_find_serial (database, expected->serial), ==, i + 1);
    }
}

static void
test_reopen (Fixture      *f,
             gconstpointer data)
{
  gboolean in_order = GPOINTER_TO_INT (data);

  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (SrPracticeDatabase) database = open_database (f);
      g_autoptr (GError) error = NULL;

      check_rows (f, database);
      insert (f, database, (guint) g_test_rand_int_range (1, 600));
      for (guint i = 0; i < 40; i++)
        revoke_one (f, database, (guint32) g_test_rand_int_range (1, (int) f->rows->len + 1));
      if (round % 3 == 1)
        {
          sr_practice_database_pad (database, g_test_rand_int_range (1, 6 * 1024 * 1024), &error);
          g_assert_no_error (error);
        }
      if (round % 4 == 2)
        {
          sr_practice_database_roll (database, &error);
          g_assert_no_error (error);
        }
      if (in_order)
        {
          sr_practice_database_close (database, &error);
          g_assert_no_error (error);
        }
    }
  {
    /* a look that writes nothing sees the same */
    g_autoptr (GError) error = NULL;
    g_autoptr (SrPracticeDatabase) database = sr_practice_database_open (f->folder, "Test CA.edb", TRUE, &error);

    g_assert_no_error (error);
    check_rows (f, database);
    g_assert_false (sr_practice_database_pad (database, 1 << 24, &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  }
}

/* The log that a crash tore: all whole records are there, nothing else. */
static void
test_torn_log (Fixture      *f,
               gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, SR_PRACTICE_LOG_CURRENT, NULL);

  {
    g_autoptr (SrPracticeDatabase) database = open_database (f);

    insert (f, database, 100);
  }
  for (guint round = 0; round < 30; round++)
    {
      SrPracticeLsn before, after;
      g_autofd int fd = -1;
      guint32 cut;
      guint8 junk[64];

      {
        g_autoptr (SrPracticeDatabase) database = open_database (f);

        check_rows (f, database);
        before = sr_practice_database_get_position (database);
        insert (f, database, 1);
        after = sr_practice_database_get_position (database);
      }
      if (SR_PRACTICE_LSN_GENERATION (before) != SR_PRACTICE_LSN_GENERATION (after))
        continue;
      /* the last record is torn somewhere, with junk behind */
      cut = (guint32) g_test_rand_int_range ((int) SR_PRACTICE_LSN_OFFSET (before), (int) SR_PRACTICE_LSN_OFFSET (after) - 8);
      for (guint i = 0; i < sizeof junk; i++)
        junk[i] = (guint8) g_test_rand_int ();
      fd = open (path, O_WRONLY);
      g_assert_cmpint (fd, >=, 0);
      g_assert_cmpint (ftruncate (fd, cut), ==, 0);
      g_assert_cmpint (pwrite (fd, junk, sizeof junk, cut), ==, sizeof junk);
      g_assert_cmpint (ftruncate (fd, SR_PRACTICE_LOG_SIZE), ==, 0);
      g_ptr_array_set_size (f->rows, (int) f->rows->len - 1);
    }
  {
    g_autoptr (SrPracticeDatabase) database = open_database (f);

    check_rows (f, database);
  }
}

/* A crash at each step of the change to a new log. */
static void
test_interrupted_roll (Fixture      *f,
                       gconstpointer data)
{
  g_autofree char *current = g_build_filename (f->folder, "edb.log", NULL);
  g_autofree char *next = g_build_filename (f->folder, "edbtmp.log", NULL);

  for (guint step = 0; step < 3; step++)
    {
      g_autofree char *finished = NULL, *name = NULL;
      guint32 generation;

      {
        g_autoptr (SrPracticeDatabase) database = open_database (f);
        g_autoptr (GError) error = NULL;

        check_rows (f, database);
        insert (f, database, 50);
        generation = SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_position (database));
        sr_practice_database_roll (database, &error);
        g_assert_no_error (error);
      }
      name = sr_practice_log_name (generation);
      finished = g_build_filename (f->folder, name, NULL);
      if (step == 0 || step == 1) /* before the second rename; before the first one */
        g_assert_cmpint (g_rename (current, next), ==, 0);
      if (step == 1)
        g_assert_cmpint (g_rename (finished, current), ==, 0);
    }
  {
    g_autoptr (SrPracticeDatabase) database = open_database (f);

    check_rows (f, database);
  }
}

static void
expect_failure (Fixture *f,
                int      jet)
{
  g_autoptr (GError) error = NULL;
  SrPracticeDatabase *database = sr_practice_database_open (f->folder, "Test CA.edb", FALSE, &error);

  g_assert_null (database);
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (jet));
}

static void
flip (const char *path,
      gsize       offset)
{
  g_autofd int fd = open (path, O_RDWR);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, (off_t) offset), ==, 1);
  byte ^= 0x10;
  g_assert_cmpint (pwrite (fd, &byte, 1, (off_t) offset), ==, 1);
}

static void
test_damage (Fixture      *f,
             gconstpointer data)
{
  g_autofree char *edb = g_build_filename (f->folder, "Test CA.edb", NULL);
  g_autofree char *checkpoint = g_build_filename (f->folder, "edb.chk", NULL);
  g_autofree char *first = g_build_filename (f->folder, "edb00001.log", NULL);
  g_autofree char *second = g_build_filename (f->folder, "edb00002.log", NULL);
  g_autofree char *aside = g_build_filename (f->folder, "aside", NULL);

  {
    g_autoptr (SrPracticeDatabase) database = open_database (f);
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i < 3; i++)
      {
        insert (f, database, 100);
        sr_practice_database_roll (database, &error);
        g_assert_no_error (error);
      }
  }
  /* without its checkpoint the database needs every log */
  g_assert_cmpint (g_unlink (checkpoint), ==, 0);
  g_assert_cmpint (g_rename (second, aside), ==, 0);
  expect_failure (f, SR_JET_MISSING_LOG_FILE);
  g_assert_cmpint (g_rename (first, second), ==, 0);
  expect_failure (f, SR_JET_LOG_GENERATION_MISMATCH);
  g_assert_cmpint (g_rename (second, first), ==, 0);
  g_assert_cmpint (g_rename (aside, second), ==, 0);
  flip (second, SR_PRACTICE_LOG_START + 5000);
  expect_failure (f, SR_JET_LOG_FILE_CORRUPT);
  flip (second, SR_PRACTICE_LOG_START + 5000);
  flip (edb, 2 * SR_PRACTICE_PAGE_SIZE + 100);
  expect_failure (f, SR_JET_READ_VERIFY_FAILURE);
  flip (edb, 2 * SR_PRACTICE_PAGE_SIZE + 100);
  flip (edb, 60); /* the shadow takes the header's place */
  {
    g_autoptr (SrPracticeDatabase) database = open_database (f);

    check_rows (f, database);
  }
  flip (checkpoint, 26);
  expect_failure (f, SR_JET_CHECKPOINT_CORRUPT);
  flip (checkpoint, 26);
}

/* What each of these does to the folder of a database of four logs, edb.log being the fourth. */
typedef void (*Harm) (const char *folder,
                      const char *other);

static void
remove_file (const char *folder,
             const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
replace_file (const char *folder,
              const char *name,
              const char *other,
              const char *other_name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *from = g_build_filename (other, other_name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (from, &bytes, &size, &error);
  g_assert_no_error (error);
  sr_file_replace (path, bytes, size, &error);
  g_assert_no_error (error);
}

static void
remove_logs (const char *folder,
             const char *other)
{
  remove_file (folder, "edb.log");
  remove_file (folder, "edb00001.log");
  remove_file (folder, "edb00002.log");
  remove_file (folder, "edb00003.log");
}

static void
remove_current (const char *folder,
                const char *other)
{
  remove_file (folder, "edb.log");
}

static void
remove_middle (const char *folder,
               const char *other)
{
  remove_file (folder, "edb00002.log");
}

static void
remove_last (const char *folder,
             const char *other)
{
  remove_file (folder, "edb00003.log");
}

static void
remove_database (const char *folder,
                 const char *other)
{
  remove_file (folder, "Test CA.edb");
}

static void
foreign_log (const char *folder,
             const char *other)
{
  replace_file (folder, "edb00002.log", other, "edb00002.log");
}

static void
foreign_checkpoint (const char *folder,
                    const char *other)
{
  replace_file (folder, "edb.chk", other, "edb.chk");
}

static void
renamed_log (const char *folder,
             const char *other)
{
  replace_file (folder, "edb00002.log", folder, "edb00003.log");
}

static void
older_current (const char *folder,
               const char *other)
{
  replace_file (folder, "edb.log", folder, "edb00002.log");
}

static void
short_log (const char *folder,
           const char *other)
{
  g_autofree char *path = g_build_filename (folder, "edb00002.log", NULL);

  g_assert_cmpint (truncate (path, SR_PRACTICE_LOG_SIZE - 1), ==, 0);
}

/* As a time that stands in the next header too: what follows does not continue this log. */
static void
twin_log (const char *folder,
          const char *other)
{
  g_autofree char *path = g_build_filename (folder, "edb00002.log", NULL);
  g_autoptr (GError) error = NULL;
  g_autofd int fd = open (path, O_RDWR);
  SrEseLogHeader header;
  guint8 page[SR_ESE_LOG_HEADER_SIZE];

  sr_practice_log_read_header (path, &header, &error);
  g_assert_no_error (error);
  header.created += 1000;
  sr_ese_log_header_write (&header, page);
  g_assert_cmpint (pwrite (fd, page, sizeof page, 0), ==, sizeof page);
}

static void
make_four_logs (Fixture    *f,
                const char *folder,
                gboolean    clean)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeDatabase) database = sr_practice_database_open (folder, "Test CA.edb", FALSE, &error);

  g_assert_no_error (error);
  g_ptr_array_set_size (f->rows, 0);
  for (guint i = 0; i < 3; i++)
    {
      insert (f, database, 20);
      sr_practice_database_roll (database, &error);
      g_assert_no_error (error);
    }
  insert (f, database, 20);
  if (clean)
    sr_practice_database_close (database, &error);
  g_assert_no_error (error);
}

/* Recovery without a restore: the engine's own number for everything that does not fit. */
static void
test_refusals (Fixture      *f,
               gconstpointer data)
{
  static const struct
  {
    const char *name;
    Harm harm;
    gboolean clean; /* whether the database was closed in order before */
    gboolean checkpoint; /* whether it keeps its checkpoint */
    int jet;
  } cases[] = {
    { "dirty database without logs", remove_logs, FALSE, TRUE, SR_JET_DATABASE_DIRTY_SHUTDOWN },
    { "clean database without logs", remove_logs, TRUE, TRUE, SR_JET_MISSING_LOG_FILE },
    { "current log missing", remove_current, FALSE, TRUE, SR_JET_MISSING_LOG_FILE },
    { "log missing in the middle", remove_middle, FALSE, FALSE, SR_JET_MISSING_LOG_FILE },
    { "log before the current one missing", remove_last, FALSE, FALSE, SR_JET_MISSING_LOG_FILE },
    { "log of the checkpoint missing", remove_last, FALSE, TRUE, SR_JET_MISSING_LOG_FILE },
    { "database missing, not closed", remove_database, FALSE, TRUE, SR_JET_ATTACHED_DATABASE_MISMATCH },
    { "database missing, closed", remove_database, TRUE, TRUE, SR_JET_FILE_NOT_FOUND },
    { "log of another database", foreign_log, FALSE, FALSE, SR_JET_BAD_LOG_SIGNATURE },
    { "checkpoint of another database", foreign_checkpoint, FALSE, TRUE, SR_JET_BAD_CHECKPOINT_SIGNATURE },
    { "log of another generation", renamed_log, FALSE, FALSE, SR_JET_LOG_GENERATION_MISMATCH },
    { "current log of an older generation", older_current, FALSE, FALSE, SR_JET_INVALID_LOG_SEQUENCE },
    { "log that the next one does not continue", twin_log, FALSE, FALSE, SR_JET_INVALID_LOG_SEQUENCE },
    { "short log", short_log, FALSE, FALSE, SR_JET_LOG_FILE_SIZE_MISMATCH },
  };
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);

  sr_file_make_private_folder (other, NULL);
  make_four_logs (f, other, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%" G_GSIZE_FORMAT, f->folder, i);
      g_autoptr (SrPracticeDatabase) database = NULL;
      g_autoptr (GError) error = NULL;

      sr_file_make_private_folder (folder, NULL);
      make_four_logs (f, folder, cases[i].clean);
      if (!cases[i].checkpoint)
        remove_file (folder, "edb.chk");
      cases[i].harm (folder, other);
      g_test_message ("%s", cases[i].name);
      database = sr_practice_database_open (folder, "Test CA.edb", FALSE, &error);
      g_assert_null (database);
      g_assert_error (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (cases[i].jet));
    }
}

static void
test_truncate (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrPracticeDatabase) database = open_database (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) logs = NULL;
  guint32 needed;
  guint removed;

  for (guint i = 0; i < 4; i++)
    {
      insert (f, database, 30);
      sr_practice_database_roll (database, &error);
      g_assert_no_error (error);
    }
  needed = SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_checkpoint (database));
  g_assert_cmpuint (needed, <, SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_position (database)));
  sr_practice_database_truncate_logs (database, G_MAXUINT32, &removed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (removed, ==, needed - 1);
  logs = sr_practice_log_list (f->folder, &error);
  g_assert_cmpuint (g_array_index (logs, guint32, 0), ==, needed);

  /* circular logging does so by itself, but not during a backup */
  sr_practice_database_set_keep_logs (database, TRUE, TRUE);
  insert (f, database, 30);
  sr_practice_database_roll (database, &error);
  g_clear_pointer (&logs, g_array_unref);
  logs = sr_practice_log_list (f->folder, &error);
  g_assert_cmpuint (g_array_index (logs, guint32, 0), ==, needed);
  sr_practice_database_set_keep_logs (database, TRUE, FALSE);
  insert (f, database, 30);
  sr_practice_database_roll (database, &error);
  g_assert_no_error (error);
  g_clear_pointer (&logs, g_array_unref);
  logs = sr_practice_log_list (f->folder, &error);
  g_assert_cmpuint (g_array_index (logs, guint32, 0), >, needed);
  g_clear_pointer (&database, sr_practice_database_free);
  database = open_database (f);
  check_rows (f, database);
}

static void
test_limits (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrPracticeDatabase) database = open_database (f);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);
  g_autoptr (GError) error = NULL;
  guint32 generation;

  g_ptr_array_add (rows, make_row (1, SR_PRACTICE_PAGE_SIZE));
  g_assert_false (sr_practice_database_insert (database, rows, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (sr_practice_database_pad (database, G_GUINT64_CONSTANT (1) << 40, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
  g_clear_error (&error);
  insert (f, database, 1); /* neither did harm */
  check_rows (f, database);
  g_assert_null (sr_practice_database_get_row (database, 2, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);

  g_assert_true (sr_practice_log_parse_name ("edb000A1.log", &generation));
  g_assert_cmpuint (generation, ==, 0xa1);
  g_assert_true (sr_practice_log_parse_name ("edb00100000.log", &generation));
  g_assert_cmpuint (generation, ==, 0x100000);
  g_assert_false (sr_practice_log_parse_name ("edb.log", &generation));
  g_assert_false (sr_practice_log_parse_name ("edbtmp.log", &generation));
  g_assert_false (sr_practice_log_parse_name ("edb00000.log", &generation));
  g_assert_false (sr_practice_log_parse_name ("edb000000A1.log", &generation));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/practice/database/reopen", Fixture, GINT_TO_POINTER (TRUE), set_up, test_reopen, tear_down);
  g_test_add ("/practice/database/crash", Fixture, GINT_TO_POINTER (FALSE), set_up, test_reopen, tear_down);
  g_test_add ("/practice/database/torn-log", Fixture, NULL, set_up, test_torn_log, tear_down);
  g_test_add ("/practice/database/interrupted-roll", Fixture, NULL, set_up, test_interrupted_roll, tear_down);
  g_test_add ("/practice/database/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/practice/database/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/practice/database/truncate", Fixture, NULL, set_up, test_truncate, tear_down);
  g_test_add ("/practice/database/limits", Fixture, NULL, set_up, test_limits, tear_down);
  return g_test_run ();
}
