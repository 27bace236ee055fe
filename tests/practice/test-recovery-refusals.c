/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recovery-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Everything that can be wrong with the files and the registration of a restore. */

/* ---- what is wrong with files ---- */

typedef void (*Harm) (RecoveryFixture *f);

static void
edit_header (const char *path,
             gboolean    signature,
             gboolean    created)
{
  g_autofd int fd = open (path, O_RDWR | O_CLOEXEC);
  SrEseLogHeader header;
  guint8 page[SR_ESE_LOG_HEADER_SIZE];

  g_assert_true (sr_practice_log_read_header (path, &header, NULL));
  header.signature[0] ^= signature ? 1 : 0;
  header.created += created ? 1000 : 0;
  sr_ese_log_header_write (&header, page);
  g_assert_cmpint (pwrite (fd, page, sizeof page, 0), ==, sizeof page);
}

static void
remove_first (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, f->low);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
remove_middle (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
remove_last (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 2));

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
low_too_high (RecoveryFixture *f)
{
  recovery_set_value (f, "LowLogNumber", g_variant_new_int32 ((gint32) f->low + 1));
}

static void
high_too_low (RecoveryFixture *f)
{
  g_assert_cmpuint (recovery_end_of (f, 0), >, f->low); /* the full set has several logs */
  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) f->low));
}

static void
other_stream (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  edit_header (path, TRUE, FALSE);
}

static void
all_other_stream (RecoveryFixture *f)
{
  for (guint32 generation = f->low; generation <= recovery_end_of (f, 2); generation++)
    {
      g_autofree char *path = recovery_log_path (f, f->staging, generation);

      edit_header (path, TRUE, FALSE);
    }
}

static void
other_time (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  edit_header (path, FALSE, TRUE);
}

static void
other_generation (RecoveryFixture *f)
{
  g_autofree char *from = sr_practice_log_name (recovery_end_of (f, 1));
  g_autofree char *to = sr_practice_log_name (recovery_end_of (f, 2));

  recovery_copy_file (f->staging, from, f->staging, to);
}

static void
short_log (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  g_assert_cmpint (truncate (path, SR_PRACTICE_LOG_SIZE - 4096), ==, 0);
}

static void
long_log (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  g_assert_cmpint (truncate (path, SR_PRACTICE_LOG_SIZE + 4096), ==, 0);
}

static void
damaged_log_header (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  recovery_edit (path, 100, 4);
}

static void
damaged_record (RecoveryFixture *f)
{
  g_autofree char *path = recovery_log_path (f, f->staging, recovery_end_of (f, 1));

  recovery_edit (path, SR_PRACTICE_LOG_START + 200, 4);
}

static void
damaged_page (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  recovery_edit (path, 3 * SR_PRACTICE_PAGE_SIZE + 100, 4);
}

static void
damaged_headers (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  recovery_edit (path, 100, 4);
  recovery_edit (path, SR_PRACTICE_PAGE_SIZE + 100, 4);
}

static void
damaged_trailer (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  recovery_edit (path, -100, 4);
}

static gint64
size_of (const char *path)
{
  GStatBuf st;

  g_assert_cmpint (g_stat (path, &st), ==, 0);
  return st.st_size;
}

static void
no_trailer (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  g_assert_cmpint (truncate (path, size_of (path) - SR_PRACTICE_PAGE_SIZE), ==, 0);
}

static void
odd_database (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  g_assert_cmpint (truncate (path, size_of (path) - 1), ==, 0);
}

static void
empty_database (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  g_assert_cmpint (truncate (path, 0), ==, 0);
}

/* The trailer of a backup that began elsewhere. */
static void
other_trailer (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);
  g_autofd int fd = open (path, O_RDWR | O_CLOEXEC);
  gint64 pgno = size_of (path) / SR_PRACTICE_PAGE_SIZE - 1;
  guint8 page[SR_PRACTICE_PAGE_SIZE];
  SrPracticeDbHeader trailer;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pread (fd, page, sizeof page, pgno * SR_PRACTICE_PAGE_SIZE), ==, sizeof page);
  sr_practice_db_header_read (page, (guint32) pgno, SR_PRACTICE_PAGE_TRAILER, &trailer, &error);
  g_assert_no_error (error);
  trailer.backups[SR_PRACTICE_BACKUP_CURRENT].lsn += 8;
  sr_practice_db_header_write (&trailer, page, (guint32) pgno, SR_PRACTICE_PAGE_TRAILER);
  g_assert_cmpint (pwrite (fd, page, sizeof page, pgno * SR_PRACTICE_PAGE_SIZE), ==, sizeof page);
}

static void
no_database (RecoveryFixture *f)
{
  g_autofree char *path = recovery_database_path (f);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
live_database (RecoveryFixture *f)
{
  g_autofree char *from = g_build_filename (f->stopped, SR_PRACTICE_CERTLOG_FOLDER, NULL);

  recovery_copy_file (from, RECOVERY_DATABASE, f->live, RECOVERY_DATABASE);
}

static void
live_other_stream (RecoveryFixture *f)
{
  g_autofree char *name = sr_practice_log_name (recovery_end_of (f, 2));
  g_autofree char *path = g_build_filename (f->live, SR_PRACTICE_LOG_CURRENT, NULL);

  recovery_copy_file (f->set, name, f->live, SR_PRACTICE_LOG_CURRENT);
  edit_header (path, TRUE, FALSE);
}

/* The live logs are of a time before the restored point. */
static void
live_older (RecoveryFixture *f)
{
  g_autofree char *name = sr_practice_log_name (recovery_end_of (f, 1));

  recovery_copy_file (f->set, name, f->live, SR_PRACTICE_LOG_CURRENT);
}

static void
live_changed (RecoveryFixture *f)
{
  g_autofree char *name = sr_practice_log_name (recovery_end_of (f, 1));
  g_autofree char *path = recovery_log_path (f, f->live, recovery_end_of (f, 1));

  recovery_copy_file (f->set, name, f->live, name);
  edit_header (path, FALSE, TRUE);
}

static void
live_changed_before (RecoveryFixture *f)
{
  SrEseLogHeader header;
  guint8 *page = g_malloc0 (SR_PRACTICE_LOG_SIZE);
  g_autofree char *first = recovery_log_path (f, f->set, f->low);
  g_autofree char *path = recovery_log_path (f, f->live, f->low - 1);

  g_assert_true (sr_practice_log_read_header (first, &header, NULL));
  header.generation--;
  header.created = header.previous_created + 1000;
  sr_ese_log_header_write (&header, page);
  g_assert_true (g_file_set_contents (path, (char *) page, SR_PRACTICE_LOG_SIZE, NULL));
  g_free (page);
}

/* The registered logs end earlier than where the live ones begin. */
static void
live_too_new (RecoveryFixture *f)
{
  g_autofree char *name = sr_practice_log_name (recovery_end_of (f, 2));

  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) recovery_end_of (f, 1) - 1));
  recovery_copy_file (f->set, name, f->live, name);
}

static void
live_gap (RecoveryFixture *f)
{
  g_autofree char *next = sr_practice_log_name (recovery_end_of (f, 0) + 1);
  g_autofree char *last = sr_practice_log_name (recovery_end_of (f, 2));

  g_assert_cmpuint (recovery_end_of (f, 2), >=, recovery_end_of (f, 0) + 2);
  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) recovery_end_of (f, 0)));
  recovery_copy_file (f->set, next, f->live, next);
  if (recovery_end_of (f, 2) == recovery_end_of (f, 0) + 2)
    {
      /* one further, as if the log between were lost */
      g_autofree char *beyond = sr_practice_log_name (recovery_end_of (f, 2) + 1);
      g_autofree char *path = g_build_filename (f->live, beyond, NULL);
      g_autofd int fd = -1;
      SrEseLogHeader header;
      guint8 page[SR_ESE_LOG_HEADER_SIZE];

      recovery_copy_file (f->set, last, f->live, beyond);
      g_assert_true (sr_practice_log_read_header (path, &header, NULL));
      header.generation++;
      sr_ese_log_header_write (&header, page);
      fd = open (path, O_RDWR | O_CLOEXEC);
      g_assert_cmpint (pwrite (fd, page, sizeof page, 0), ==, sizeof page);
    }
  else
    recovery_copy_file (f->set, last, f->live, last);
}

static void
live_damaged (RecoveryFixture *f)
{
  g_autofree char *from = g_build_filename (f->stopped, SR_PRACTICE_CERTLOG_FOLDER, NULL);
  g_autofree char *path = g_build_filename (f->live, SR_PRACTICE_LOG_CURRENT, NULL);

  recovery_copy_file (from, SR_PRACTICE_LOG_CURRENT, f->live, SR_PRACTICE_LOG_CURRENT);
  recovery_edit (path, 100, 4);
}

/* ---- what is wrong with the registration ---- */

static void
not_completed (RecoveryFixture *f)
{
  recovery_set_value (f, "RestoreStatus", NULL);
}

static void
completed_with_failure (RecoveryFixture *f)
{
  recovery_set_value (f, "RestoreStatus", g_variant_new_int32 ((gint32) 0x80070070));
}

static void
status_text (RecoveryFixture *f)
{
  recovery_set_value (f, "RestoreStatus", g_variant_new_string ("0"));
}

static void
no_low (RecoveryFixture *f)
{
  recovery_set_value (f, "LowLogNumber", NULL);
}

static void
no_high (RecoveryFixture *f)
{
  recovery_set_value (f, "HighLogNumber", NULL);
}

static void
high_text (RecoveryFixture *f)
{
  recovery_set_value (f, "HighLogNumber", g_variant_new_string ("3"));
}

static void
zero_low (RecoveryFixture *f)
{
  recovery_set_value (f, "LowLogNumber", g_variant_new_int32 (0));
}

static void
high_below_low (RecoveryFixture *f)
{
  recovery_set_value (f, "HighLogNumber", g_variant_new_int32 ((gint32) f->low - 1));
}

static void
path_number (RecoveryFixture *f)
{
  recovery_set_value (f, "LogPath", g_variant_new_int32 (1));
}

static void
map_odd (RecoveryFixture *f)
{
  const char *map[] = { RECOVERY_LIVE_UNC "\\" RECOVERY_DATABASE, NULL };

  recovery_set_value (f, "RestoreMap", g_variant_new_strv (map, -1));
}

static void
map_count (RecoveryFixture *f)
{
  recovery_set_value (f, "RestoreMapCount", g_variant_new_int32 (2));
}

static void
map_missing (RecoveryFixture *f)
{
  recovery_set_value (f, "RestoreMap", NULL);
}

static void
recovered_text (RecoveryFixture *f)
{
  recovery_set_value (f, "DatabaseRecovered", g_variant_new_string ("yes"));
}

static void
map_elsewhere (RecoveryFixture *f)
{
  const char *map[] = { RECOVERY_LIVE_UNC "\\" RECOVERY_DATABASE, "\\\\ca.example.com\\D$\\" RECOVERY_DATABASE, NULL };

  recovery_set_value (f, "RestoreMap", g_variant_new_strv (map, -1));
}

static void
logs_elsewhere (RecoveryFixture *f)
{
  recovery_set_value (f, "LogPath", g_variant_new_string ("\\\\ca.example.com\\C$\\elsewhere"));
}

static void
path_up (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("\\\\ca.example.com\\C$\\restore\\..\\restore"));
}

static void
path_relative (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("restore"));
}

static void
path_share (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("\\\\ca.example.com\\share\\restore"));
}

static void
path_with_gap (RecoveryFixture *f)
{
  recovery_set_value (f, "LogPath", g_variant_new_string ("\\\\ca.example.com\\C$\\Windows\\\\system32\\CertLog"));
}

static void
path_of_a_stream (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("C:\\restore:stream"));
}

static void
path_empty (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string (""));
}

static void
no_folder (RecoveryFixture *f)
{
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string ("\\\\ca.example.com\\C$\\nothing"));
}

static void
test_refusals (RecoveryFixture *f,
               gconstpointer    data)
{
#define JET(error) SR_HRESULT_FROM_JET (error)
  static const struct
  {
    const char *name;
    Harm harm;
    SrHresult expected;
  } cases[] = {
    { "first log missing", remove_first, JET (SR_JET_MISSING_RESTORE_LOG_FILES) },
    { "log missing in the middle", remove_middle, JET (SR_JET_MISSING_RESTORE_LOG_FILES) },
    { "last log missing", remove_last, JET (SR_JET_MISSING_RESTORE_LOG_FILES) },
    { "folder of the logs missing", no_folder, JET (SR_JET_MISSING_RESTORE_LOG_FILES) },
    { "first log too high", low_too_high, JET (SR_JET_STARTING_RESTORE_LOG_TOO_HIGH) },
    { "last log too low", high_too_low, JET (SR_JET_ENDING_RESTORE_LOG_TOO_LOW) },
    { "log of another stream", other_stream, JET (SR_JET_GIVEN_LOG_FILE_HAS_BAD_SIGNATURE) },
    { "all logs of another stream", all_other_stream, JET (SR_JET_DATABASE_PATCH_FILE_MISMATCH) },
    { "log that the next one does not continue", other_time, JET (SR_JET_GIVEN_LOG_FILE_IS_NOT_CONTIGUOUS) },
    { "log of another generation", other_generation, JET (SR_JET_LOG_GENERATION_MISMATCH) },
    { "short log", short_log, JET (SR_JET_LOG_FILE_SIZE_MISMATCH) },
    { "long log", long_log, JET (SR_JET_LOG_FILE_SIZE_MISMATCH) },
    { "damaged log header", damaged_log_header, JET (SR_JET_LOG_FILE_CORRUPT) },
    { "damaged log record", damaged_record, JET (SR_JET_LOG_FILE_CORRUPT) },
    { "damaged page", damaged_page, JET (SR_JET_READ_VERIFY_FAILURE) },
    { "damaged database headers", damaged_headers, JET (SR_JET_READ_VERIFY_FAILURE) },
    { "database of an odd size", odd_database, JET (SR_JET_READ_VERIFY_FAILURE) },
    { "empty database", empty_database, JET (SR_JET_READ_VERIFY_FAILURE) },
    { "damaged trailer", damaged_trailer, JET (SR_JET_BAD_PATCH_PAGE) },
    { "no trailer", no_trailer, JET (SR_JET_BAD_PATCH_PAGE) },
    { "trailer of another backup", other_trailer, JET (SR_JET_DATABASE_PATCH_FILE_MISMATCH) },
    { "database missing", no_database, JET (SR_JET_FILE_NOT_FOUND) },
    { "database that is no backup", live_database, JET (SR_JET_RESTORE_OF_NON_BACKUP_DATABASE) },
    { "live log of another stream", live_other_stream, JET (SR_JET_EXISTING_LOG_FILE_HAS_BAD_SIGNATURE) },
    { "live current log older than the backup", live_older, JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS) },
    { "live log other than the backup's", live_changed, JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS) },
    { "live log that the backup does not continue", live_changed_before, JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS) },
    { "live logs that begin behind a gap", live_too_new, JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS) },
    { "live logs with a gap", live_gap, JET (SR_JET_MISSING_CURRENT_LOG_FILES) },
    { "damaged live log", live_damaged, JET (SR_JET_LOG_FILE_CORRUPT) },
    { "registration not completed", not_completed, SR_CERTSRV_E_SERVER_SUSPENDED },
    { "registration completed with a failure", completed_with_failure, SR_CERTSRV_E_SERVER_SUSPENDED },
    { "RestoreStatus of another type", status_text, SR_E_INVALID_DATA },
    { "no LowLogNumber", no_low, SR_E_INVALID_DATA },
    { "no HighLogNumber", no_high, SR_E_INVALID_DATA },
    { "HighLogNumber of another type", high_text, SR_E_INVALID_DATA },
    { "LowLogNumber 0", zero_low, SR_E_INVALID_DATA },
    { "HighLogNumber below LowLogNumber", high_below_low, SR_E_INVALID_DATA },
    { "LogPath of another type", path_number, SR_E_INVALID_DATA },
    { "half a pair in RestoreMap", map_odd, SR_E_INVALID_DATA },
    { "RestoreMapCount that is not RestoreMap's", map_count, SR_E_INVALID_DATA },
    { "no RestoreMap", map_missing, SR_E_INVALID_DATA },
    { "DatabaseRecovered of another type", recovered_text, SR_E_INVALID_DATA },
    { "database mapped elsewhere", map_elsewhere, JET (SR_JET_INVALID_PATH) },
    { "logs elsewhere", logs_elsewhere, JET (SR_JET_INVALID_PATH) },
    { "path that climbs", path_up, JET (SR_JET_INVALID_PATH) },
    { "relative path", path_relative, JET (SR_JET_INVALID_PATH) },
    { "path of no drive", path_share, JET (SR_JET_INVALID_PATH) },
    { "path with an empty name", path_with_gap, JET (SR_JET_INVALID_PATH) },
    { "path of a stream", path_of_a_stream, JET (SR_JET_INVALID_PATH) },
    { "empty path", path_empty, JET (SR_JET_INVALID_PATH) },
  };

  recovery_stop (f, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      recovery_lay_out (f, 2, TRUE);
      g_test_message ("%s", cases[i].name);
      cases[i].harm (f);
      recovery_check_refused (f, cases[i].expected, TRUE);
    }
  /* the last one, put right, recovers: a refusal has left nothing behind */
  recovery_set_value (f, "BackupLogDirectory", g_variant_new_string (RECOVERY_STAGING_UNC));
  recovery_check_recovered (f, f->rows->pdata[2]);
}

int
main (int    argc,
      char **argv)
{
#define ADD(path, count, func) \
  g_test_add ("/practice/recovery-refusals/" path, RecoveryFixture, GUINT_TO_POINTER (count), recovery_set_up, func, recovery_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("all", 2, test_refusals);
  return g_test_run ();
}
