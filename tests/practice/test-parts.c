/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-config.h"
#include "practice/sr-practice-drives.h"
#include "practice/sr-practice-faults.h"
#include "practice/sr-practice-trace.h"
#include "practice/sr-practice-users.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->folder);
}

static void
test_faults (void)
{
  g_autoptr (SrPracticeFaults) faults = sr_practice_faults_new ();

  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 25, FALSE));
  sr_practice_faults_add (faults, NULL, 25, 3, FALSE);
  sr_practice_faults_add (faults, NULL, 25, 1, TRUE);
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 24, FALSE));
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 25, FALSE));
  g_assert_true (sr_practice_faults_hit (faults, "ICertAdminD2", 25, TRUE));
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 25, TRUE)); /* once */
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 25, FALSE));
  g_assert_true (sr_practice_faults_hit (faults, "ICertAdminD2", 25, FALSE));
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 25, FALSE));
  sr_practice_faults_add (faults, NULL, 20, 1, FALSE);
  g_assert_false (sr_practice_faults_hit (faults, "IRemUnknown", 20, FALSE));
  sr_practice_faults_add (faults, "IRemUnknown", 5, 1, TRUE);
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD", 5, TRUE));
  g_assert_true (sr_practice_faults_hit (faults, "IRemUnknown", 5, TRUE));
  sr_practice_faults_clear (faults);
  g_assert_false (sr_practice_faults_hit (faults, "ICertAdminD2", 20, FALSE));
}

static SrPracticeConfig *
open_config (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "config", NULL);
  g_autoptr (GError) error = NULL;
  SrPracticeConfig *config = sr_practice_config_open (path, &error);

  g_assert_no_error (error);
  return config;
}

static void
assert_keys (SrPracticeConfig *config,
             const char       *path,
             const char       *expected)
{
  g_auto (GStrv) keys = sr_practice_config_list_keys (config, SR_PRACTICE_NODE_ROOT, path);
  g_autofree char *joined = g_strjoinv (",", keys);

  g_assert_cmpstr (joined, ==, expected);
}

/* Keys are there with and without values, in any case, and on the disk. */
static void
test_config_keys (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (SrPracticeConfig) config = open_config (f);
  g_autoptr (GError) error = NULL;
  GVariant *value;

  g_assert_true (sr_practice_config_has_key (config, SR_PRACTICE_NODE_ROOT, NULL));
  g_assert_false (sr_practice_config_has_key (config, SR_PRACTICE_NODE_ROOT, "RestoreInProgress"));
  g_assert_true (sr_practice_config_create_key (config, SR_PRACTICE_NODE_ROOT, "RestoreInProgress"));
  g_assert_false (sr_practice_config_create_key (config, SR_PRACTICE_NODE_ROOT, "RESTOREINPROGRESS"));
  g_assert_true (sr_practice_config_create_key (config, SR_PRACTICE_NODE_ROOT, "Stra\xc3\x9f" "e\\Below\\Deeper"));
  sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, "ByValue\\Sub", "Number", g_variant_new_int32 (7));
  sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, "ByValue", "", g_variant_new_string ("the default value"));
  sr_practice_config_set (config, SR_PRACTICE_NODE_CA, "CSP", "Provider", g_variant_new_string ("x"));
  g_assert_true (sr_practice_config_save (config, &error));
  g_clear_pointer (&config, sr_practice_config_free);

  config = open_config (f);
  assert_keys (config, NULL, "ByValue,RestoreInProgress,Stra\xc3\x9f" "e");
  assert_keys (config, "STRASSE", "Below");
  assert_keys (config, "byvalue", "Sub");
  assert_keys (config, "RestoreInProgress", "");
  g_assert_true (sr_practice_config_has_key (config, SR_PRACTICE_NODE_ROOT, "restoreinprogress"));
  g_assert_false (sr_practice_config_has_key (config, SR_PRACTICE_NODE_CA, "RestoreInProgress"));
  value = sr_practice_config_get (config, SR_PRACTICE_NODE_ROOT, "ByValue", "");
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "the default value");

  g_assert_true (sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, "stra\xc3\x9f" "e\\below\\deeper"));
  assert_keys (config, "Stra\xc3\x9f" "e", "Below"); /* what it stood in stays */
  g_assert_true (sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, "RestoreInProgress"));
  g_assert_false (sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, "RestoreInProgress"));
  g_assert_true (sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, "ByValue"));
  g_assert_true (sr_practice_config_save (config, &error));
  g_clear_pointer (&config, sr_practice_config_free);

  config = open_config (f);
  assert_keys (config, NULL, "Stra\xc3\x9f" "e");
  g_assert_null (sr_practice_config_get (config, SR_PRACTICE_NODE_ROOT, "ByValue\\Sub", "Number"));
  g_assert_nonnull (sr_practice_config_get (config, SR_PRACTICE_NODE_CA, "CSP", "Provider"));
}

static void
assert_mapped (Fixture    *f,
               const char *path,
               const char *expected)
{
  g_autofree char *mapped = sr_practice_drives_map (f->folder, path);
  g_autofree char *whole = expected != NULL ? g_build_filename (f->folder, "drives", expected, NULL) : NULL;

  g_assert_cmpstr (mapped, ==, whole);
}

/* A CA from before there were drives is moved to its drive; paths of the host lead there in any case of letters. */
static void
test_drives (Fixture      *f,
             gconstpointer data)
{
  static const char *const bad[] = { "", "C", "x", "C:x", "1:\\x", "\\\\host", "\\\\host\\", "\\\\host\\C:\\x", "C:\\..\\x", "C:\\a\\\\b",
                                     "C:/x", "C:\\a/b", "C:\\a\\\\", "\\\\?\\C:\\x" };
  g_autofree char *before = g_build_filename (f->folder, "CertLog", NULL);
  g_autofree char *file = g_build_filename (before, "edb.log", NULL);
  g_autofree char *now = g_build_filename (f->folder, SR_PRACTICE_CERTLOG_FOLDER, "edb.log", NULL);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf st;

  g_assert_cmpint (g_mkdir (before, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "log", -1, NULL));
  found = sr_practice_drives_get_log_folder (f->folder);
  g_assert_cmpstr (found, ==, before);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sr_practice_drives_prepare (f->folder, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_test (now, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (before, G_FILE_TEST_EXISTS));
    }
  g_clear_pointer (&found, g_free);
  found = sr_practice_drives_get_log_folder (f->folder);
  g_assert_true (g_str_has_suffix (found, SR_PRACTICE_CERTLOG_FOLDER));
  g_assert_cmpint (g_stat (found, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0700);

  assert_mapped (f, "C:\\Windows\\system32\\CertLog\\edb.log", "C/Windows/system32/CertLog/edb.log");
  assert_mapped (f, "\\\\any.host\\c$\\WINDOWS\\System32\\certlog\\EDB.LOG", "C/Windows/system32/CertLog/edb.log");
  assert_mapped (f, "c:\\windows\\New\\Folder", "C/Windows/New/Folder");
  assert_mapped (f, "C:\\", "C");
  assert_mapped (f, "C:\\windows\\", "C/Windows");
  assert_mapped (f, "\\\\host\\D$", "D");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_mapped (f, bad[i], NULL);
}

static void
test_users (Fixture      *f,
            gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *user;
    int code;
  } cases[] = {
    { "LAB:alice:secret\nLAB:bob:x\n", "LAB\\alice", 0 },
    { "\n# comment\nLAB:alice:pass:with:colons", "LAB\\alice", 0 },
    { "", NULL, SR_ERROR_NOT_FOUND },
    { "\n\n", NULL, SR_ERROR_NOT_FOUND },
    { "LAB", NULL, SR_ERROR_MALFORMED },
    { "LAB:alice", NULL, SR_ERROR_MALFORMED },
    { "LAB::secret", NULL, SR_ERROR_MALFORMED },
    { "LAB\nalice:x:y", NULL, SR_ERROR_MALFORMED },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = sr_practice_users_ensure (f->folder, &error);
  g_autofree char *again = NULL;
  g_autofree char *first = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_auto (GStrv) lines = NULL;
  GStatBuf st;

  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  lines = g_strsplit (before, "\n", -1);
  g_assert_true (g_str_has_prefix (lines[0], "PRACTICE:operator:"));
  g_assert_cmpuint (strlen (lines[0]), ==, strlen ("PRACTICE:operator:") + 24);
  g_assert_true (g_str_has_prefix (lines[1], "PRACTICE:administrator:"));
  g_assert_cmpstr (strrchr (lines[0], ':'), !=, strrchr (lines[1], ':'));
  again = sr_practice_users_ensure (f->folder, &error);
  g_assert_true (g_file_get_contents (again, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
  first = sr_practice_users_first (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "PRACTICE\\operator");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *user = NULL;

      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      user = sr_practice_users_first (path, &error);
      g_assert_cmpstr (user, ==, cases[i].user);
      if (user == NULL)
        g_assert_error (error, SR_ERROR, cases[i].code);
      g_clear_error (&error);
    }
}

static gpointer
write_lines (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    {
      JsonObject *facts = json_object_new ();

      json_object_set_int_member (facts, "number", i);
      json_object_set_string_member (facts, "text", "a \"quoted\" line\n");
      sr_practice_trace_write (data, "call", facts);
    }
  return NULL;
}

static void
test_trace (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "server.log", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GThread *threads[3];
  GStatBuf st;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (SrPracticeTrace) trace = sr_practice_trace_open (path, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        threads[i] = g_thread_new ("trace", write_lines, trace);
      for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        g_thread_join (threads[i]);
      sr_practice_trace_write (trace, "stop", NULL);
    }
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2 * (3 * 200 + 1) + 1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_autoptr (JsonNode) node = json_from_string (lines[i], &error);

      g_assert_no_error (error);
      g_assert_true (json_object_has_member (json_node_get_object (node), "time"));
      g_assert_true (json_object_has_member (json_node_get_object (node), "event"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/practice/faults", test_faults);
  g_test_add ("/practice/config-keys", Fixture, NULL, set_up, test_config_keys, tear_down);
  g_test_add ("/practice/drives", Fixture, NULL, set_up, test_drives, tear_down);
  g_test_add ("/practice/users", Fixture, NULL, set_up, test_users, tear_down);
  g_test_add ("/practice/trace", Fixture, NULL, set_up, test_trace, tear_down);
  return g_test_run ();
}
