/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recovery-fixture.h"

#include <glib/gstdio.h>

/* Generations go on behind the last log, in the same stream. */
static void
check_stream (RecoveryFixture *f,
              guint32          last)
{
  g_autofree char *name = sr_practice_log_name (last);
  g_autofree char *path = g_build_filename (f->set, name, NULL);
  g_autofree char *next_name = sr_practice_log_name (last + 1);
  g_autofree char *next = g_build_filename (f->live, next_name, NULL);
  g_autofree char *current = g_build_filename (f->live, SR_PRACTICE_LOG_CURRENT, NULL);
  SrEseLogHeader before, after;

  g_assert_true (sr_practice_log_read_header (path, &before, NULL));
  g_assert_true (sr_practice_log_read_header (g_file_test (next, G_FILE_TEST_EXISTS) ? next : current, &after, NULL));
  g_assert_cmpuint (after.generation, ==, last + 1);
  g_assert_cmpint (after.previous_created, ==, before.created);
  g_assert_cmpmem (after.signature, sizeof after.signature, before.signature, sizeof before.signature);
}

/* A full set alone, a point in the middle, and everything, from a folder of their own and in place. */
static void
test_points (RecoveryFixture *f,
             gconstpointer    data)
{
  guint last = GPOINTER_TO_UINT (data);
  guint points[] = { 0, last / 2, last };

  recovery_stop (f, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    for (guint staging = 0; staging < 2; staging++)
      {
        recovery_lay_out (f, points[i], staging != 0);
        recovery_check_recovered (f, f->rows->pdata[points[i]]);
        check_stream (f, recovery_end_of (f, points[i]));
      }
}

/* More logs lie in the folder than are registered. */
static void
test_fewer_logs (RecoveryFixture *f,
                 gconstpointer    data)
{
  recovery_stop (f, TRUE);
  recovery_lay_out (f, 2, TRUE);
  recovery_register (f, recovery_end_of (f, 1), TRUE);
  recovery_check_recovered (f, f->rows->pdata[1]);
}

/* Only the database is lost: with the live logs nothing is. */
static void
test_latest (RecoveryFixture *f,
             gconstpointer    data)
{
  guint last = GPOINTER_TO_UINT (data);

  for (guint in_order = 0; in_order < 2; in_order++)
    {
      if (in_order != 0)
        practice_fixture_reopen (&f->practice);
      recovery_stop (f, in_order != 0);
      for (guint way = 0; way < 2; way++)
        {
          recovery_lay_out_latest (f, last);
          /* also where the backup's logs stand beside the live ones */
          if (way == 1)
            {
              recovery_copy_sets (f, recovery_end_of (f, last), f->live);
              recovery_register (f, recovery_end_of (f, last), FALSE);
            }
          recovery_check_recovered (f, f->rows->pdata[last + 1]);
        }
      f->practice.ca = sr_practice_ca_open (f->stopped, &f->practice.options, NULL);
      g_assert_nonnull (f->practice.ca);
    }
}

/* The live logs are as a crash left them in the change to a new one. */
static void
test_interrupted_roll (RecoveryFixture *f,
                       gconstpointer    data)
{
  guint32 last = recovery_end_of (f, 2) + 1; /* what was current when the last set was taken */

  g_assert_true (sr_practice_ca_foreign_full (f->practice.ca, NULL)); /* finishes it */
  recovery_stop (f, TRUE);
  for (guint step = 0; step < 2; step++)
    {
      g_autofree char *current = g_build_filename (f->live, SR_PRACTICE_LOG_CURRENT, NULL);
      g_autofree char *next = g_build_filename (f->live, "edbtmp.log", NULL);
      g_autofree char *finished = recovery_log_path (f, f->live, last);

      recovery_lay_out_latest (f, 2);
      g_assert_cmpint (g_rename (current, next), ==, 0);
      if (step == 0) /* before the first rename */
        g_assert_cmpint (g_rename (finished, current), ==, 0);
      recovery_check_recovered (f, f->rows->pdata[3]);
    }
}

/* The paths that a registration may leave out, or give as a path of the drive, or in another case. */
static void
test_defaults (RecoveryFixture *f,
               gconstpointer    data)
{
  recovery_stop (f, TRUE);
  recovery_lay_out (f, 1, FALSE);
  recovery_set_value (f, "BackupLogDirectory", NULL);
  recovery_set_value (f, "CheckPointFile", NULL);
  recovery_set_value (f, "LogPath", NULL);
  recovery_set_value (f, "RestoreMap", NULL);
  recovery_set_value (f, "RestoreMapCount", NULL);
  recovery_check_recovered (f, f->rows->pdata[1]);
  recovery_lay_out (f, 1, TRUE);
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("c:\\restore"));
  recovery_set_value (f, "LogPath", g_variant_new_string ("\\\\OTHER\\c$\\WINDOWS\\System32\\certlog\\"));
  recovery_set_value (f, "CheckPointFile", g_variant_new_string (RECOVERY_LIVE_UNC "\\edb.chk"));
  recovery_check_recovered (f, f->rows->pdata[1]);
}

/* One damaged header of two does no harm. */
static void
test_shadow (RecoveryFixture *f,
             gconstpointer    data)
{
  g_autofree char *path = recovery_database_path (f);

  recovery_stop (f, TRUE);
  recovery_lay_out (f, 1, TRUE);
  recovery_edit (path, 100, 4);
  recovery_check_recovered (f, f->rows->pdata[1]);
}

/* Without a registration a backup's copy is no database, and nothing is no new one. */
static void
test_unregistered (RecoveryFixture *f,
                   gconstpointer    data)
{
  recovery_stop (f, TRUE);
  recovery_lay_out (f, 2, FALSE);
  recovery_delete_key (f);
  recovery_check_refused (f, SR_HRESULT_FROM_JET (SR_JET_SOFT_RECOVERY_ON_BACKUP_DATABASE), FALSE);
  recovery_copy_template (f);
  recovery_empty_live (f);
  recovery_check_refused (f, SR_HRESULT_FROM_JET (SR_JET_FILE_NOT_FOUND), FALSE);
}

/* Logs that were written after another restore do not continue the sets from before it. */
static void
test_other_lineage (RecoveryFixture *f,
                    gconstpointer    data)
{
  g_autofree char *first = g_build_filename (f->practice.folder, "first", NULL);
  g_autoptr (GError) error = NULL;
  guint32 last;

  recovery_copy_tree (f->set, first);
  for (guint32 generation = recovery_end_of (f, 0) + 1; generation <= recovery_end_of (f, 2); generation++)
    {
      g_autofree char *path = recovery_log_path (f, first, generation);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  sr_practice_ca_restore (f->practice.ca, first, &error);
  g_assert_no_error (error);
  for (last = recovery_end_of (f, 0); last <= recovery_end_of (f, 2) + 1; last++)
    {
      recovery_change (&f->practice);
      g_assert_true (sr_practice_ca_foreign_full (f->practice.ca, NULL)); /* finishes a log */
    }
  recovery_stop (f, FALSE);
  recovery_lay_out_latest (f, 2);
  recovery_check_refused (f, SR_HRESULT_FROM_JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS), TRUE);
  /* put back, the CA goes on as it was */
  recovery_copy_template (f);
  {
    g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);

    g_assert_no_error (error);
    sr_practice_ca_close (ca, NULL);
  }
}

/* Takes a full backup of the copy, and lays it out for a restore. */
static GPtrArray *
back_up_again (RecoveryFixture *f,
               const char      *folder,
               guint32         *low,
               guint32         *high)
{
  PracticeFixture again = f->practice;
  g_autoptr (GArray) logs = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  again.ca = recovery_open (f, &error);
  g_assert_no_error (error);
  recovery_change (&again);
  practice_fixture_backup (&again, &recovery_operator, TRUE, TRUE, folder);
  rows = sr_practice_ca_get_rows (again.ca, &error);
  g_assert_true (sr_practice_ca_close (again.ca, &error));
  g_clear_object (&again.ca);
  logs = sr_practice_log_list (folder, NULL);
  *low = g_array_index (logs, guint32, 0);
  *high = g_array_index (logs, guint32, logs->len - 1);
  recovery_empty_live (f);
  recovery_copy_file (folder, RECOVERY_DATABASE, f->live, RECOVERY_DATABASE);
  recovery_copy_tree (folder, f->staging);
  return rows;
}

/* Log-only sets from before a restore do not go with a full set from after it. */
static void
test_mixed (RecoveryFixture *f,
            gconstpointer    data)
{
  g_autofree char *again = practice_fixture_make_folder (&f->practice, "again");
  g_autoptr (GPtrArray) rows = NULL;
  guint32 low, high;

  recovery_stop (f, TRUE);
  recovery_lay_out (f, 0, TRUE);
  rows = back_up_again (f, again, &low, &high);
  g_assert_cmpuint (high, <, recovery_end_of (f, 3));
  for (guint32 generation = high + 1; generation <= recovery_end_of (f, 3); generation++)
    {
      g_autofree char *name = sr_practice_log_name (generation);

      recovery_copy_file (f->set, name, f->staging, name);
    }
  recovery_register (f, recovery_end_of (f, 3), TRUE);
  recovery_set_value (f, "LowLogNumber", g_variant_new_int32 ((gint32) low));
  recovery_check_refused (f, SR_HRESULT_FROM_JET (SR_JET_GIVEN_LOG_FILE_IS_NOT_CONTIGUOUS), TRUE);
  /* the full set alone is good */
  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) high));
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);

    g_assert_no_error (error);
    recovery_assert_rows (ca, rows);
    sr_practice_ca_close (ca, NULL);
  }
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, count, func) \
  g_test_add ("/practice/recovery/" path, RecoveryFixture, GUINT_TO_POINTER (count), recovery_set_up, func, recovery_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("points", 30, test_points);
  ADD ("fewer-logs", 2, test_fewer_logs);
  ADD ("latest/full", 0, test_latest);
  ADD ("latest/logs", 30, test_latest);
  ADD ("latest/interrupted-roll", 2, test_interrupted_roll);
  ADD ("defaults", 1, test_defaults);
  ADD ("shadow", 1, test_shadow);
  ADD ("unregistered", 2, test_unregistered);
  ADD ("other-lineage", 2, test_other_lineage);
  ADD ("mixed", 3, test_mixed);
  return g_test_run ();
}
