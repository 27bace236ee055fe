/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recovery-fixture.h"

#include "base/sr-file.h"

#include <glib/gstdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* What is there after a crash is never taken for a database when the key is deleted by hand, unless it is one. */
static void
check_without_key (RecoveryFixture *f,
                   GPtrArray       *expected)
{
  g_autofree char *aside = g_strconcat (f->ca, ".aside", NULL);
  g_autoptr (GError) error = NULL;

  recovery_copy_tree (f->ca, aside);
  recovery_delete_key (f);
  {
    g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);

    if (ca != NULL)
      {
        recovery_assert_rows (ca, expected);
        sr_practice_ca_close (ca, NULL);
      }
    else
      g_assert_error (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (SR_JET_SOFT_RECOVERY_ON_BACKUP_DATABASE));
  }
  sr_file_remove_tree (f->ca, NULL);
  g_assert_cmpint (g_rename (aside, f->ca), ==, 0);
}

/* Whether the registry says so; then it also says that all went well. */
static gboolean
is_recovered (JsonObject *inspection)
{
  JsonObject *values = json_object_get_object_member (inspection, "restoreInProgress");

  if (!json_object_has_member (values, "DatabaseRecovered"))
    return FALSE;
  g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (values, "DatabaseRecovered"), 0), ==, 1);
  g_assert_cmpint (json_object_get_int_member (values, "RestoreStatus"), ==, 0);
  return TRUE;
}

static void
kill_at_every_step (RecoveryFixture *f,
                    gboolean         latest,
                    GPtrArray       *expected)
{
  guint step, recovered = 0;

  for (step = 1;; step++)
    {
      g_autoptr (JsonObject) inspection = NULL;
      g_autoptr (GError) error = NULL;

      if (latest)
        recovery_lay_out_latest (f, 2);
      else
        recovery_lay_out (f, 2, TRUE);
      if (!recovery_start_and_kill (f, step))
        break;
      inspection = sr_practice_inspect_folder (f->ca, &error);
      g_assert_no_error (error);
      g_assert_false (json_object_get_boolean_member (inspection, "running"));
      g_assert_false (json_object_get_null_member (inspection, "restoreInProgress"));
      recovered += is_recovered (inspection);
      check_without_key (f, expected);
      /* killed again, somewhere else */
      recovery_start_and_kill (f, (guint) g_test_rand_int_range (1, (int) step + 2));
      if (recovery_has_key (f))
        recovery_check_recovered (f, expected);
      else
        {
          g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);

          g_assert_no_error (error);
          recovery_assert_rows (ca, expected);
          sr_practice_ca_close (ca, NULL);
        }
    }
  g_test_message ("Killed at %u steps", step - 1);
  g_assert_cmpuint (step, >, 10);
  g_assert_cmpuint (recovered, ==, 2); /* before the database is opened, and before the key goes */
}

static void
test_killed (RecoveryFixture *f,
             gconstpointer    data)
{
  recovery_stop (f, TRUE);
  kill_at_every_step (f, FALSE, f->rows->pdata[2]);
}

static void
test_killed_latest (RecoveryFixture *f,
                    gconstpointer    data)
{
  recovery_stop (f, FALSE);
  kill_at_every_step (f, TRUE, f->rows->pdata[3]);
}

/* A recovery that was interrupted does not go on with fewer logs than it began with. */
static void
test_fewer_after_crash (RecoveryFixture *f,
                        gconstpointer    data)
{
  recovery_stop (f, TRUE);
  recovery_lay_out (f, 2, TRUE);
  g_assert_true (recovery_start_and_kill (f, 3)); /* the header is written */
  recovery_register (f, recovery_end_of (f, 1), TRUE);
  recovery_check_refused (f, SR_HRESULT_FROM_JET (SR_JET_REQUIRED_LOG_FILES_MISSING), TRUE);
  recovery_register (f, recovery_end_of (f, 2), TRUE);
  recovery_check_recovered (f, f->rows->pdata[2]);
}

static gboolean
mount_disk (const char *folder,
            gulong      flags,
            guint64     size)
{
  g_autofree char *options = g_strdup_printf ("size=%" G_GUINT64_FORMAT, size);

  return mount ("tmpfs", folder, "tmpfs", flags, options) == 0;
}

/* Starts the CA on a disk with @room bytes left. Then the disk gets larger, and
 * what the first start left is recovered. Returns whether the room was enough. */
static gboolean
recover_with (RecoveryFixture *f,
              const char      *disk,
              guint64          room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeCa) ca = NULL;
  struct statvfs vfs;
  gboolean enough;

  recovery_copy_tree (f->ca, disk);
  g_assert_cmpint (statvfs (disk, &vfs), ==, 0);
  g_assert_true (mount_disk (disk, MS_REMOUNT, (vfs.f_blocks - vfs.f_bfree) * vfs.f_frsize + room));
  f->ca = g_strdup (disk);
  ca = recovery_open (f, &error);
  enough = ca != NULL;
  if (enough)
    recovery_assert_rows (ca, f->rows->pdata[2]);
  else if (!g_error_matches (error, SR_HRESULT_ERROR, (int) SR_HRESULT_FROM_JET (SR_JET_DISK_FULL)))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_object (&ca);
  g_assert_true (mount_disk (disk, MS_REMOUNT, 256 * 1024 * 1024));
  if (!enough)
    recovery_check_recovered (f, f->rows->pdata[2]);
  return enough;
}

static void
test_disk_full (RecoveryFixture *f,
                gconstpointer    data)
{
  g_autofree char *disk = practice_fixture_make_folder (&f->practice, "disk");
  char *folder = f->ca;
  gboolean enough = FALSE;
  guint n;

  recovery_stop (f, TRUE);
  if (!mount_disk (disk, 0, 256 * 1024 * 1024))
    {
      g_test_skip ("A file system can be mounted by root only");
      return;
    }
  for (n = 0; !enough; n++)
    {
      recovery_lay_out (f, 2, TRUE);
      enough = recover_with (f, disk, n * 128 * 1024);
      g_clear_pointer (&f->ca, g_free);
      f->ca = folder;
      g_assert_cmpint (umount2 (disk, 0), ==, 0);
      g_assert_true (enough || mount_disk (disk, 0, 256 * 1024 * 1024));
    }
  g_test_message ("Failed with %u sizes of the disk", n - 1);
  g_assert_cmpuint (n, >, 3);
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, count, func) \
  g_test_add ("/practice/recovery-kill/" path, RecoveryFixture, GUINT_TO_POINTER (count), recovery_set_up, func, recovery_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("point", 2, test_killed);
  ADD ("latest", 2, test_killed_latest);
  ADD ("fewer-logs", 2, test_fewer_after_crash);
  ADD ("disk-full", 2, test_disk_full);
  return g_test_run ();
}
