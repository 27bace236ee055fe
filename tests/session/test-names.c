/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-backup-session.h"
#include "session/sr-session-read-private.h"
#include "session/sr-session-recovery.h"

#include "base/sr-error.h"

#include <string.h>

static void
test_types (void)
{
  static const struct
  {
    const char *listed;
    const char *name;
    SrFileRole role;
    const char *base;
  } good[] = {
    { "D\\\\ca1\\C$\\Windows\\CertLog\\Contoso.edb", "\\\\ca1\\C$\\Windows\\CertLog\\Contoso.edb", SR_FILE_DATABASE, "Contoso.edb" },
    { "!\\\\ca1\\C$\\CertLog\\edb0001F.log", "\\\\ca1\\C$\\CertLog\\edb0001F.log", SR_FILE_LOG, "edb0001F.log" },
    { "%\\\\ca1\\x.pat", "\\\\ca1\\x.pat", SR_FILE_PATCH, "x.pat" },
    { "\x0f\\\\ca1\\x", "\\\\ca1\\x", SR_FILE_OTHER, "x" },
    { "DDD", "DD", SR_FILE_DATABASE, "DD" },
    { "D\\\\ca1\\Größe\\データ.edb", "\\\\ca1\\Größe\\データ.edb", SR_FILE_DATABASE, "データ.edb" },
    { "D\\\\ca1\\folder\\", "\\\\ca1\\folder\\", SR_FILE_DATABASE, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      SrServerFile file;

      g_assert_true (sr_server_file_parse (good[i].listed, "List", &file, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (file.name, ==, good[i].name);
      g_assert_cmpint (file.role, ==, good[i].role);
      g_assert_cmpstr (sr_server_file_base_name (file.name), ==, good[i].base);
    }
}

static void
test_refused (void)
{
  /* No type, another type, folders (U+0082, U+0083, U+0080, '@', ' '), nothing behind the type. */
  static const char *const bad[] = {
    "\\\\ca1\\C$\\x.edb", "X\\\\ca1\\x.edb", "d\\\\ca1\\x.edb", "\xc2\x82" "\\\\ca1\\log", "\xc2\x83" "\\\\ca1\\sys", "\xc2\x80" "\\\\ca1\\x",
    "@\\\\ca1\\x", " \\\\ca1\\x", "D", "!", "", "Ď\\\\ca1\\x.edb",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      SrServerFile file;

      g_assert_false (sr_server_file_parse (bad[i], "BackupGetBackupLogs", &file, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, "BackupGetBackupLogs"));
    }
}

/* Every value has a word of its own. */
static void
test_words (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i <= SR_BACKUP_PHASE_DONE; i++)
    {
      g_assert_true (g_hash_table_add (seen, (gpointer) sr_backup_phase_to_string (i)));
      g_assert_cmpstr (sr_backup_phase_words (i), !=, "");
    }
  g_hash_table_remove_all (seen);
  for (guint i = 0; i <= SR_SESSION_LOST; i++)
    g_assert_true (g_hash_table_add (seen, (gpointer) sr_session_state_to_string (i)));
  g_hash_table_remove_all (seen);
  for (guint i = 0; i <= SR_RECOVERY_UNREADABLE; i++)
    {
      g_assert_true (g_hash_table_add (seen, (gpointer) sr_recovery_outcome_to_string (i)));
      g_assert_cmpstr (sr_recovery_outcome_words (i), !=, "");
    }
  g_hash_table_remove_all (seen);
  for (guint i = 0; i <= SR_JOURNAL_END_SENT; i++)
    g_assert_true (g_hash_table_add (seen, (gpointer) sr_journal_step_to_string (i)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/names/types", test_types);
  g_test_add_func ("/session/names/refused", test_refused);
  g_test_add_func ("/session/names/words", test_words);
  return g_test_run ();
}
