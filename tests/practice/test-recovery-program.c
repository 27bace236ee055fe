/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "recovery-fixture.h"

#include "practice/sr-practice-control.h"

#include <glib/gstdio.h>
#include <signal.h>

/* The program is killed while its service recovers a restore, and started again. */

static const char *program;

static GSubprocess *
start (RecoveryFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--state-dir", f->ca, NULL);

  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  return process;
}

/* NULL when the program ends before it answers. */
static JsonObject *
ask (RecoveryFixture *f,
     const char      *format,
     ...) G_GNUC_PRINTF (2, 3);

static JsonObject *
ask (RecoveryFixture *f,
     const char      *format,
     ...)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  node = json_from_string (text, NULL);
  g_assert_nonnull (node);
  return sr_practice_control_ask (f->ca, json_node_get_object (node), NULL);
}

static void
set_number (RecoveryFixture *f,
            const char      *name,
            guint32          number)
{
  g_autoptr (JsonObject) answer = ask (f, "{\"do\": \"config\", \"node\": \"root\", \"entry\": \"RestoreInProgress\\\\%s\", \"value\": %u}", name, number);

  g_assert_nonnull (answer);
}

/* A copy of the CA that runs; its database is lost and what a restore lays out
 * is there, so that it recovers when its service starts again. */
static GSubprocess *
start_and_lay_out (RecoveryFixture *f)
{
  g_autofree char *live = recovery_database_path (f);
  g_autofree char *restored = g_build_filename (f->staging, RECOVERY_DATABASE, NULL);
  g_autoptr (JsonObject) answer = NULL;
  GSubprocess *process;

  recovery_copy_template (f);
  for (guint32 generation = f->low; generation <= recovery_end_of (f, 2); generation++)
    {
      g_autofree char *name = sr_practice_log_name (generation);

      recovery_copy_file (f->set, name, f->staging, name);
    }
  recovery_copy_file (f->set, RECOVERY_DATABASE, f->staging, RECOVERY_DATABASE);
  process = start (f);
  g_assert_cmpint (g_rename (restored, live), ==, 0);
  set_number (f, "LowLogNumber", f->low);
  set_number (f, "HighLogNumber", recovery_end_of (f, 2));
  answer = ask (f, "{\"do\": \"config\", \"node\": \"root\", \"entry\": \"RestoreInProgress\\\\BackupLogDirectory\", \"value\": \"C:\\\\restore\"}");
  g_assert_nonnull (answer);
  set_number (f, "RestoreStatus", 0);
  return process;
}

static void
assert_json_rows (JsonArray *rows,
                  GPtrArray *expected)
{
  g_assert_cmpuint (json_array_get_length (rows), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const SrPracticeRow *other = expected->pdata[i];
      gboolean revoked = g_str_equal (json_object_get_string_member (row, "disposition"), "revoked");

      g_assert_cmpstr (json_object_get_string_member (row, "serial"), ==, other->serial);
      g_assert_true (revoked == (other->disposition == SR_PRACTICE_REVOKED));
      if (revoked)
        g_assert_cmpint (json_object_get_int_member (row, "reason"), ==, other->reason);
    }
}

/* It serves everything, and says that it recovered. */
static void
check_and_stop (RecoveryFixture *f,
                GSubprocess     *process)
{
  g_autoptr (JsonObject) answer = ask (f, "{\"do\": \"inspect\"}");
  g_autoptr (JsonObject) stopped = NULL;
  JsonObject *inspection;

  g_assert_nonnull (answer);
  inspection = json_object_get_object_member (answer, "inspection");
  g_assert_true (json_object_get_boolean_member (inspection, "running"));
  g_assert_true (json_object_get_null_member (inspection, "restoreInProgress"));
  g_assert_true (json_object_get_boolean_member (json_object_get_object_member (inspection, "lastStart"), "recovered"));
  assert_json_rows (json_object_get_array_member (inspection, "rows"), f->rows->pdata[3]);
  stopped = ask (f, "{\"do\": \"stop\"}");
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_successful (process));
}

static gboolean
kill_at (RecoveryFixture *f,
         guint            step)
{
  g_autoptr (GSubprocess) process = start_and_lay_out (f);
  g_autoptr (GSubprocess) again = NULL;
  g_autoptr (JsonObject) told = ask (f, "{\"do\": \"crash-in-recovery\", \"step\": %u}", step);
  g_autoptr (JsonObject) restarted = NULL;
  g_autoptr (JsonObject) inspection = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (told);
  restarted = ask (f, "{\"do\": \"restart\"}");
  if (restarted != NULL)
    {
      check_and_stop (f, process);
      return FALSE;
    }
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (process));
  g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
  inspection = sr_practice_inspect_folder (f->ca, &error);
  g_assert_no_error (error);
  g_assert_false (json_object_get_null_member (inspection, "restoreInProgress"));
  again = start (f);
  check_and_stop (f, again);
  return TRUE;
}

static void
test_killed (RecoveryFixture *f,
             gconstpointer    data)
{
  guint step = 1;

  recovery_stop (f, FALSE);
  while (kill_at (f, step))
    step += 3;
  g_assert_cmpuint (step, >, 9);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("STRONGROOM_PRACTICE_CA");
  g_assert_nonnull (program);
  g_test_add ("/practice/recovery-program/killed", RecoveryFixture, GUINT_TO_POINTER (2), recovery_set_up, test_killed, recovery_tear_down);
  return g_test_run ();
}
