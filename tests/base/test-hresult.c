/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The table itself is looked at, so it is compiled into the test. */
#include "base/sr-hresult.c"

#include "base/sr-error.h"

#include <string.h>

static void
test_table (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const char *words = sr_hresult_words (known[i].hr);

      if (i > 0 && known[i - 1].hr >= known[i].hr)
        g_error ("The table is not sorted at 0x%08x %s", known[i].hr, known[i].name);
      g_assert_true (g_hash_table_add (names, (gpointer) known[i].name));
      g_assert_cmpstr (sr_hresult_name (known[i].hr), ==, known[i].name);
      g_assert_cmpstr (words, ==, known[i].words);
      g_assert_cmpuint (strlen (words), >, 3);
      g_assert_true (g_ascii_isupper (words[0]));
      g_assert_cmpint (words[strlen (words) - 1], !=, '.');
    }
}

/* Facts of MS-ERREF, MS-CSRA 2.2.5 and the public headers, written down apart from the table. */
static void
test_facts (void)
{
  static const struct
  {
    SrHresult hr;
    const char *name;
  } facts[] = {
    { 0x80004002, "E_NOINTERFACE" },
    { 0x8000401b, "CO_E_LAUNCH_PERMSSION_DENIED" },
    { 0x8000ffff, "E_UNEXPECTED" },
    { 0x80010108, "RPC_E_DISCONNECTED" },
    { 0x80040154, "REGDB_E_CLASSNOTREG" },
    { 0x80070005, "E_ACCESSDENIED" },
    { 0x80070000 | 32, "ERROR_SHARING_VIOLATION" },
    { 0x80070000 | 145, "ERROR_DIR_NOT_EMPTY" },
    { 0x80070000 | 267, "ERROR_DIRECTORY" },
    { 0x80070000 | 1326, "ERROR_LOGON_FAILURE" },
    { 0x80070000 | 1722, "RPC_S_SERVER_UNAVAILABLE" },
    { 0x80070000 | 1910, "OR_INVALID_OXID" },
    { 0x80070000 | 5010, "ERROR_OBJECT_ALREADY_EXISTS" },
    { 0x80094006, "CERTSRV_E_SERVER_SUSPENDED" },
    { 0x80094008, "CERTSRV_E_ROLECONFLICT" },
    { 0xc7ff000b, "hrCircularLogging" },
    { 0xc7ff000e, "hrFullBackupNotTaken" },
    { 0xc800042d, "ERROR_OUT_OF_MEMORY" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    g_assert_cmpstr (sr_hresult_name (facts[i].hr), ==, facts[i].name);
}

/* Numbers of jethdr.w. */
static void
test_jet (void)
{
  static const struct
  {
    int error;
    const char *name;
  } facts[] = {
    { -501, "JET_errLogFileCorrupt" },              { -504, "JET_errBackupDirectoryNotEmpty" },
    { -505, "JET_errBackupInProgress" },            { -506, "JET_errRestoreInProgress" },
    { -513, "JET_errLogGenerationMismatch" },       { -515, "JET_errInvalidLogSequence" },
    { -520, "JET_errNoBackup" },                    { -521, "JET_errInvalidBackupSequence" },
    { -523, "JET_errBackupNotAllowedYet" },         { -526, "JET_errInvalidBackup" },
    { -528, "JET_errMissingLogFile" },              { -530, "JET_errBadLogSignature" },
    { -531, "JET_errBadDbSignature" },              { -532, "JET_errBadCheckpointSignature" },
    { -541, "JET_errLogFileSizeMismatch" },         { -543, "JET_errRequiredLogFilesMissing" },
    { -544, "JET_errSoftRecoveryOnBackupDatabase" }, { -550, "JET_errDatabaseDirtyShutdown" },
    { -551, "JET_errConsistentTimeMismatch" },      { -552, "JET_errDatabasePatchFileMismatch" },
    { -553, "JET_errEndingRestoreLogTooLow" },      { -554, "JET_errStartingRestoreLogTooHigh" },
    { -555, "JET_errGivenLogFileHasBadSignature" }, { -556, "JET_errGivenLogFileIsNotContiguous" },
    { -557, "JET_errMissingRestoreLogFiles" },      { -560, "JET_errMissingFullBackup" },
    { -565, "JET_errMissingCurrentLogFiles" },      { -569, "JET_errMissingFileToBackup" },
    { -590, "JET_errLogSequenceChecksumMismatch" }, { -610, "JET_errExistingLogFileHasBadSignature" },
    { -611, "JET_errExistingLogFileIsNotContiguous" }, { -612, "JET_errLogReadVerifyFailure" },
    { -615, "JET_errRestoreOfNonBackupDatabase" },  { -616, "JET_errLogFileNotCopied" },
    { -1011, "JET_errOutOfMemory" },                { -1018, "JET_errReadVerifyFailure" },
    { -1032, "JET_errFileAccessDenied" },           { -1811, "JET_errFileNotFound" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      SrHresult hr = SR_HRESULT_FROM_JET (facts[i].error);

      g_assert_cmpstr (sr_hresult_name (hr), ==, facts[i].name);
      g_assert_cmpint (sr_hresult_jet_error (hr), ==, facts[i].error);
      g_assert_true (SR_FAILED (hr));
    }
  g_assert_cmphex (SR_HRESULT_FROM_JET (-521), ==, 0xc8000209);
  g_assert_cmphex (SR_HRESULT_FROM_JET (SR_JET_FILE_NOT_FOUND), ==, 0xc8000713);
  g_assert_cmpint (sr_hresult_jet_error (0xc7ff0001), ==, 0);
  g_assert_cmpint (sr_hresult_jet_error (0x80070005), ==, 0);
  g_assert_cmpint (sr_hresult_jet_error (SR_S_OK), ==, 0);
}

static void
test_unknown (void)
{
  static const SrHresult numbers[] = { 0x00000002, 0x7fffffff, 0x80000000, 0x80071234, 0xc8000001, 0xc800ffff, 0xc8010000, 0xffffffff };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_assert_null (sr_hresult_name (numbers[i]));
      g_assert_cmpuint (strlen (sr_hresult_words (numbers[i])), >, 10);
    }
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = g_error_new (SR_ERROR, SR_ERROR_CLOSED, "closed");

  sr_hresult_set_error (&error, 0xc8000230, "Preparing the backup on %s", "ca01");
  g_assert_error (error, SR_HRESULT_ERROR, (int) 0xc8000230);
  g_assert_cmpstr (error->message, ==,
                   "Preparing the backup on ca01: There is no full backup that a log-only backup could follow (0xc8000230)");
  g_assert_cmphex (sr_hresult_from_error (error), ==, 0xc8000230);
  g_assert_cmphex (sr_hresult_from_error (other), ==, SR_S_OK);
  g_assert_cmphex (sr_hresult_from_error (NULL), ==, SR_S_OK);
  sr_hresult_set_error (NULL, SR_E_FAIL, "nobody asks");
}

static void
test_severity (void)
{
  g_assert_false (SR_FAILED (SR_S_OK));
  g_assert_false (SR_FAILED (SR_S_FALSE));
  g_assert_false (SR_FAILED (0x7fffffff));
  g_assert_true (SR_FAILED (0x80000000));
  g_assert_true (SR_FAILED (0xffffffff));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hresult/table", test_table);
  g_test_add_func ("/base/hresult/facts", test_facts);
  g_test_add_func ("/base/hresult/jet", test_jet);
  g_test_add_func ("/base/hresult/unknown", test_unknown);
  g_test_add_func ("/base/hresult/errors", test_errors);
  g_test_add_func ("/base/hresult/severity", test_severity);
  return g_test_run ();
}
