/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recovery-fixture.h"

#include "base/sr-file.h"
#include "practice/sr-practice-ca-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const SrPracticeCaller recovery_operator = { OPERATOR, 1, TRUE };

void
recovery_copy_tree (const char *from,
                    const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  g_autoptr (GError) error = NULL;
  const char *name;

  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize size;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        {
          recovery_copy_tree (source, target);
          continue;
        }
      g_file_get_contents (source, &bytes, &size, &error);
      g_assert_no_error (error);
      g_file_set_contents_full (target, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
      g_assert_no_error (error);
    }
}

void
recovery_copy_file (const char *from,
                    const char *from_name,
                    const char *to,
                    const char *to_name)
{
  g_autofree char *source = g_build_filename (from, from_name, NULL);
  g_autofree char *target = g_build_filename (to, to_name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (source, &bytes, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (target, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static GPtrArray *
get_rows (SrPracticeCa *ca)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = sr_practice_ca_get_rows (ca, &error);

  g_assert_no_error (error);
  return rows;
}

static void
note_set (RecoveryFixture *f)
{
  g_autoptr (GArray) logs = sr_practice_log_list (f->set, NULL);

  g_ptr_array_add (f->rows, get_rows (f->practice.ca));
  g_array_append_val (f->ends, g_array_index (logs, guint32, logs->len - 1));
  f->low = g_array_index (logs, guint32, 0);
  g_assert_cmpuint (f->low, >, 1);
}

void
recovery_change (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *which = g_strdup_printf ("#%d", g_test_rand_int_range (2, 40));

  practice_fixture_issue (f, 12);
  sr_practice_ca_revoke (f->ca, which, (guint32) g_test_rand_int_range (1, 6), 0, &error);
  g_assert_no_error (error);
}

static guint reads;

/* While the full set's database is copied: rows, and pages of padding, which stand in logs only. */
static void
be_busy (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;

  if (reads++ % 8 != 1)
    return;
  practice_fixture_issue (f, 60);
  g_mutex_lock (&f->ca->lock);
  sr_practice_database_roll (f->ca->database, &error); /* the set has several logs */
  g_mutex_unlock (&f->ca->lock);
  g_assert_no_error (error);
  sr_practice_ca_pad (f->ca, (guint64) reads * 200000, &error);
  g_assert_no_error (error);
}

/* Stops the CA in order or as a crash does; its folder is the template from now on. */
void
recovery_stop (RecoveryFixture *f,
               gboolean         in_order)
{
  g_autoptr (GError) error = NULL;

  if (in_order)
    sr_practice_ca_close (f->practice.ca, &error);
  g_assert_no_error (error);
  g_clear_object (&f->practice.ca);
}

/* A full set and @count log-only sets behind it; changes follow that are in no set. */
void
recovery_set_up (RecoveryFixture *f,
                 gconstpointer    data)
{
  guint count = GPOINTER_TO_UINT (data);

  practice_fixture_set_up (&f->practice, NULL);
  f->set = practice_fixture_make_folder (&f->practice, "set");
  f->stopped = g_build_filename (f->practice.folder, "ca", NULL);
  f->ca = g_build_filename (f->practice.folder, "copy", NULL);
  f->live = g_build_filename (f->ca, SR_PRACTICE_CERTLOG_FOLDER, NULL);
  f->staging = g_build_filename (f->ca, "drives", "C", "restore", NULL);
  f->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  f->ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  reads = 0;
  practice_fixture_issue (&f->practice, 400);
  for (guint i = 0; i < 2; i++) /* so that the sets do not begin with the first log there ever was */
    g_assert_true (sr_practice_ca_foreign_full (f->practice.ca, NULL));
  practice_fixture_copy (&f->practice, &recovery_operator, TRUE, f->set, be_busy);
  note_set (f);
  g_assert_cmphex (sr_practice_backup_truncate_logs (f->practice.ca, &recovery_operator), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_backup_end (f->practice.ca, &recovery_operator), ==, SR_S_OK);
  for (guint i = 0; i < count; i++)
    {
      recovery_change (&f->practice);
      practice_fixture_backup (&f->practice, &recovery_operator, FALSE, TRUE, f->set);
      note_set (f);
    }
  recovery_change (&f->practice);
  recovery_change (&f->practice);
  g_ptr_array_add (f->rows, get_rows (f->practice.ca));
}

void
recovery_tear_down (RecoveryFixture *f,
                    gconstpointer    data)
{
  practice_fixture_tear_down (&f->practice, NULL);
  g_ptr_array_unref (f->rows);
  g_array_unref (f->ends);
  g_free (f->stopped);
  g_free (f->set);
  g_free (f->ca);
  g_free (f->live);
  g_free (f->staging);
}

guint32
recovery_end_of (RecoveryFixture *f,
                 guint            set)
{
  return g_array_index (f->ends, guint32, set);
}

void
recovery_copy_template (RecoveryFixture *f)
{
  g_autoptr (GError) error = NULL;

  sr_file_remove_tree (f->ca, &error);
  g_assert_no_error (error);
  recovery_copy_tree (f->stopped, f->ca);
  g_assert_cmpint (g_mkdir_with_parents (f->staging, 0700), ==, 0);
}

void
recovery_empty_live (RecoveryFixture *f)
{
  sr_file_remove_tree (f->live, NULL);
  g_assert_cmpint (g_mkdir (f->live, 0700), ==, 0);
}

void
recovery_copy_sets (RecoveryFixture *f,
                    guint32          high,
                    const char      *folder)
{
  recovery_copy_file (f->set, RECOVERY_DATABASE, f->live, RECOVERY_DATABASE);
  for (guint32 generation = f->low; generation <= high; generation++)
    {
      g_autofree char *name = sr_practice_log_name (generation);

      recovery_copy_file (f->set, name, folder, name);
    }
}

/* The values of RestoreInProgress, as the client writes them; a test changes some. */
void
recovery_set_value (RecoveryFixture *f,
                    const char      *name,
                    GVariant        *value)
{
  g_autofree char *path = g_build_filename (f->ca, "config", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeConfig) config = sr_practice_config_open (path, &error);

  g_assert_no_error (error);
  sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY, name, value);
  sr_practice_config_save (config, &error);
  g_assert_no_error (error);
}

gboolean
recovery_has_key (RecoveryFixture *f)
{
  g_autofree char *path = g_build_filename (f->ca, "config", NULL);
  g_autoptr (SrPracticeConfig) config = sr_practice_config_open (path, NULL);

  return sr_practice_config_has_key (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY);
}

void
recovery_delete_key (RecoveryFixture *f)
{
  g_autofree char *path = g_build_filename (f->ca, "config", NULL);
  g_autoptr (SrPracticeConfig) config = sr_practice_config_open (path, NULL);

  g_assert_true (sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY));
  g_assert_true (sr_practice_config_save (config, NULL));
}

void
recovery_register (RecoveryFixture *f,
                   guint32          high,
                   gboolean         staging)
{
  const char *map[] = { RECOVERY_LIVE_UNC "\\" RECOVERY_DATABASE, RECOVERY_LIVE_UNC "\\" RECOVERY_DATABASE, NULL };

  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string (staging ? RECOVERY_STAGING_UNC : RECOVERY_LIVE_UNC));
  recovery_set_value (f, "CheckPointFile", g_variant_new_string (RECOVERY_LIVE_UNC));
  recovery_set_value (f, "LogPath", g_variant_new_string (RECOVERY_LIVE_UNC));
  recovery_set_value (f, "LowLogNumber", g_variant_new_int32 ((gint32) f->low));
  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) high));
  recovery_set_value (f, "RestoreMap", g_variant_new_strv (map, -1));
  recovery_set_value (f, "RestoreMapCount", g_variant_new_int32 (1));
  recovery_set_value (f, "RestoreStatus", g_variant_new_int32 (0));
}

/* "This point": nothing of the live folder is left. */
void
recovery_lay_out (RecoveryFixture *f,
                  guint            set,
                  gboolean         staging)
{
  recovery_copy_template (f);
  recovery_empty_live (f);
  recovery_copy_sets (f, recovery_end_of (f, set), staging ? f->staging : f->live);
  recovery_register (f, recovery_end_of (f, set), staging);
}

/* "Latest possible": the database is lost, logs and checkpoint are where they were. */
void
recovery_lay_out_latest (RecoveryFixture *f,
                         guint            set)
{
  recovery_copy_template (f);
  recovery_copy_sets (f, recovery_end_of (f, set), f->staging);
  recovery_register (f, recovery_end_of (f, set), TRUE);
}

SrPracticeCa *
recovery_open (RecoveryFixture *f,
               GError         **error)
{
  SrPracticeOptions options = f->practice.options;

  options.name = NULL;
  return sr_practice_ca_open (f->ca, &options, error);
}

void
recovery_assert_rows (SrPracticeCa *ca,
                      GPtrArray    *expected)
{
  g_autoptr (GPtrArray) rows = get_rows (ca);

  g_assert_cmpuint (rows->len, ==, expected->len);
  for (guint i = 0; i < rows->len; i++)
    {
      const SrPracticeRow *row = rows->pdata[i], *other = expected->pdata[i];

      g_assert_cmpstr (row->serial, ==, other->serial);
      g_assert_cmpuint (row->disposition, ==, other->disposition);
      g_assert_cmpuint (row->revoked_at, ==, other->revoked_at);
      g_assert_cmpuint (row->reason, ==, other->reason);
      g_assert_true (sr_practice_row_equal (row, other));
    }
}

static JsonObject *
get_last_start (JsonObject *inspection)
{
  return json_object_get_object_member (inspection, "lastStart");
}

/* It serves the rows, says that it recovered, and wants a full backup. */
void
recovery_check_recovered (RecoveryFixture *f,
                          GPtrArray       *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);
  g_autoptr (JsonObject) inspection = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  g_assert_no_error (error);
  recovery_assert_rows (ca, expected);
  g_assert_false (recovery_has_key (f));
  g_assert_cmphex (sr_practice_backup_prepare (ca, &recovery_operator, CA_NAME, 1, 2), ==, 0xc8000230);
  inspection = sr_practice_ca_inspect (ca, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (json_object_get_boolean_member (inspection, "running"));
  g_assert_true (json_object_get_null_member (inspection, "restoreInProgress"));
  g_assert_cmpint (json_object_get_int_member (get_last_start (inspection), "exitCode"), ==, 0);
  g_assert_true (json_object_get_boolean_member (get_last_start (inspection), "recovered"));
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (inspection, "counts"), "recoveries"), ==, 1);

  /* it is a CA like any other */
  sr_practice_ca_issue (ca, 3, NULL, "PRACTICE\\someone", NULL, &error);
  g_assert_no_error (error);
  rows = get_rows (ca);
  g_clear_object (&ca); /* as a crash */
  ca = recovery_open (f, &error);
  g_assert_no_error (error);
  recovery_assert_rows (ca, rows);
  g_clear_pointer (&inspection, json_object_unref);
  inspection = sr_practice_ca_inspect (ca, FALSE, &error);
  g_assert_false (json_object_get_boolean_member (get_last_start (inspection), "recovered"));
  g_assert_cmphex (sr_practice_backup_prepare (ca, &recovery_operator, CA_NAME, 1, 2), ==, 0xc8000230);
  g_assert_true (sr_practice_ca_close (ca, &error));
}

/* What the files of the live folder and the staging folder are, in one text. */
static void
add_state (GString    *text,
           const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      g_autofree char *hash = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *) bytes, size);
      g_ptr_array_add (lines, g_strconcat (name, " ", hash, "\n", NULL));
    }
  g_ptr_array_sort_values (lines, (GCompareFunc) strcmp);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
}

static char *
get_state (RecoveryFixture *f)
{
  GString *text = g_string_new (NULL);

  add_state (text, f->live);
  add_state (text, f->staging);
  return g_string_free (text, FALSE);
}

/* The service fails with @expected, nothing is changed, and inspect tells why. */
void
recovery_check_refused (RecoveryFixture *f,
                        SrHresult        expected,
                        gboolean         registered)
{
  g_autofree char *before = get_state (f);
  g_autofree char *after = NULL;
  g_autofree char *number = g_strdup_printf ("0x%08x", expected);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeCa) ca = recovery_open (f, &error);
  g_autoptr (JsonObject) inspection = NULL;
  SrPracticeOptions options = f->practice.options;

  g_assert_error (error, SR_HRESULT_ERROR, (int) expected);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_null (ca);
  after = get_state (f);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (recovery_has_key (f) == registered);

  g_clear_error (&error);
  inspection = sr_practice_inspect_folder (f->ca, &error);
  g_assert_no_error (error);
  g_assert_false (json_object_get_boolean_member (inspection, "running"));
  g_assert_cmpint (json_object_get_int_member (get_last_start (inspection), "exitCode"), ==, expected);
  g_assert_cmpstr (json_object_get_string_member (get_last_start (inspection), "exit"), ==, number);
  g_assert_false (json_object_get_boolean_member (get_last_start (inspection), "recovered"));
  g_assert_true (json_object_get_null_member (inspection, "restoreInProgress") == !registered);
  g_assert_true (json_object_has_member (inspection, "logs"));

  /* a CA that stays up with its service stopped says the same */
  options.start_may_fail = TRUE;
  ca = sr_practice_ca_open (f->ca, &options, &error);
  g_assert_no_error (error);
  g_assert_false (sr_practice_ca_is_running (ca));
  g_assert_cmphex (sr_practice_ca_get_exit_code (ca), ==, expected);
  g_assert_cmphex (sr_practice_backup_prepare (ca, &recovery_operator, CA_NAME, 0, 1), !=, SR_S_OK);
  g_assert_false (sr_practice_ca_issue (ca, 1, NULL, "PRACTICE\\someone", NULL, NULL));
  g_assert_false (sr_practice_ca_foreign_full (ca, NULL));
  g_clear_pointer (&inspection, json_object_unref);
  inspection = sr_practice_ca_inspect (ca, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (json_object_get_boolean_member (inspection, "running"));
  g_assert_false (sr_practice_ca_restart (ca, &error));
  g_assert_error (error, SR_HRESULT_ERROR, (int) expected);
}

char *
recovery_log_path (RecoveryFixture *f,
                   const char      *folder,
                   guint32          generation)
{
  g_autofree char *name = sr_practice_log_name (generation);

  return g_build_filename (folder, name, NULL);
}

char *
recovery_database_path (RecoveryFixture *f)
{
  return g_build_filename (f->live, RECOVERY_DATABASE, NULL);
}

void
recovery_edit (const char *path,
               gint64      offset, /* from the end when negative */
               guint8      mask)
{
  g_autofd int fd = open (path, O_RDWR | O_CLOEXEC);
  off_t at = offset < 0 ? lseek (fd, 0, SEEK_END) + offset : offset;
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, at), ==, 1);
  byte ^= mask;
  g_assert_cmpint (pwrite (fd, &byte, 1, at), ==, 1);
}

/* Starts the CA in a process of its own, which is killed at a step. */
gboolean
recovery_start_and_kill (RecoveryFixture *f,
                         guint            step)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      SrPracticeOptions options = f->practice.options;
      SrPracticeCa *ca;

      options.steps_to_live = step;
      ca = sr_practice_ca_open (f->ca, &options, NULL);
      _exit (ca != NULL ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFSIGNALED (status))
    {
      g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
      return TRUE;
    }
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return FALSE;
}
