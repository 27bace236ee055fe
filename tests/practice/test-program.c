/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "csra/sr-cert-admin.h"
#include "practice/sr-practice-control.h"
#include "practice/sr-practice-users.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The program: what it prints, how it is told to do things, how it ends. */

static const char *program;

typedef struct
{
  char *folder;
  char *state;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  f->state = g_build_filename (f->folder, "state", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  sr_file_remove_tree (f->folder, NULL);
  g_free (f->state);
  g_free (f->folder);
}

/* Starts the program with "--state-dir" and more arguments, and reads its line. */
static GSubprocess *
start (Fixture     *f,
       JsonObject **ready,
       ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  g_autoptr (JsonNode) node = NULL;
  GSubprocess *process;
  const char *argument;
  va_list args;

  g_ptr_array_add (argv, (gpointer) program);
  g_ptr_array_add (argv, (gpointer) "--state-dir");
  g_ptr_array_add (argv, f->state);
  va_start (args, ready);
  while ((argument = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char * const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  node = json_from_string (line, &error);
  g_assert_no_error (error);
  *ready = json_node_dup_object (node);
  g_assert_true (json_object_get_boolean_member (*ready, "ready"));
  return process;
}

static void
expect_exit (GSubprocess *process,
             int          code)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, code);
}

static void
run (int         code,
     const char *words,
     ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  const char *argument;
  va_list args;

  g_ptr_array_add (argv, (gpointer) program);
  va_start (args, words);
  while ((argument = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) argument);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char * const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error));
  expect_exit (process, code);
  if (strstr (out, words) == NULL && strstr (err, words) == NULL)
    g_error ("“%s” is neither in “%s” nor in “%s”", words, out, err);
}

static JsonObject *
ask (Fixture    *f,
     const char *request)
{
  g_autoptr (JsonNode) node = json_from_string (request, NULL);
  g_autoptr (GError) error = NULL;
  JsonObject *answer = sr_practice_control_ask (f->state, json_node_get_object (node), &error);

  g_assert_no_error (error);
  return answer;
}

static void
test_usage (Fixture      *f,
            gconstpointer data)
{
  run (0, "strongroom-practice-ca " PACKAGE_VERSION, "--version", NULL);
  run (0, "--state-dir", "--help", NULL);
  run (2, "--bogus", "--bogus", NULL);
  run (2, "dance", "--state-dir", f->state, "dance", NULL);
  run (2, "--role", "--state-dir", f->state, "--role", "x", NULL);
  run (2, "--activation-port", "--state-dir", f->state, "--activation-port", "65536", NULL);
  run (2, "--shared-session", "--state-dir", f->state, "--shared-session", "maybe", NULL);
  run (2, "--rundown-survives", "--state-dir", f->state, "--rundown-survives", "maybe", NULL);
  run (2, "--interface-flags", "--state-dir", f->state, "--interface-flags", "all", NULL);
  run (1, "loopback", "--state-dir", f->state, "--address", "192.0.2.1", NULL);
  run (1, "There is no practice CA", "--state-dir", f->state, "inspect", "--json", NULL);
  g_assert_false (g_file_test (f->state, G_FILE_TEST_EXISTS)); /* none of these made anything */
}

static void
test_life (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *ready_file = g_build_filename (f->state, "ready.json", NULL);
  g_autofree char *socket = g_build_filename (f->state, "control", NULL);
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start (f, &ready, "--name", "Test CA", NULL);
  GStatBuf st;

  g_assert_cmpstr (json_object_get_string_member (ready, "config"), ==, "localhost\\Test CA");
  g_assert_cmpstr (json_object_get_string_member (ready, "user"), ==, "PRACTICE\\operator");
  g_assert_cmpint (json_object_get_int_member (ready, "activationPort"), >, 0);
  g_assert_cmpint (g_stat (ready_file, &st), ==, 0);
  g_assert_cmpint (g_stat (socket, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  g_clear_pointer (&answer, json_object_unref);
  answer = ask (f, "{\"do\": \"issue\", \"count\": 30}");
  g_clear_pointer (&answer, json_object_unref);
  answer = ask (f, "{\"do\": \"status\"}");
  g_assert_cmpint (json_object_get_int_member (answer, "rowCount"), ==, 31);
  {
    g_autoptr (JsonNode) request = json_from_string ("{\"do\": \"dance\"}", NULL);

    g_assert_null (sr_practice_control_ask (f->state, json_node_get_object (request), &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  }
  run (1, "running already", "--state-dir", f->state, NULL);
  run (0, "\"rowCount\" : 31", "--state-dir", f->state, "inspect", NULL);
  g_subprocess_send_signal (process, SIGTERM);
  expect_exit (process, 0);
  g_assert_false (g_file_test (ready_file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (socket, G_FILE_TEST_EXISTS));
  run (0, "\"running\" : false", "--state-dir", f->state, "inspect", NULL);
}

/* A folder whose name is longer than a socket's may be. */
static void
test_long_path (Fixture      *f,
                gconstpointer data)
{
  g_autofree char *name = g_strnfill (200, 'x');
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (JsonObject) answer = NULL;

  if (!g_file_test ("/proc/self/fd", G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("a socket in a folder of such a name is reached through /proc, which is not here");
      return;
    }
  g_free (f->state);
  f->state = g_build_filename (f->folder, name, NULL);
  process = start (f, &ready, NULL);
  answer = ask (f, "{\"do\": \"stop\"}");
  expect_exit (process, 0);
}

static SrCertAdmin *
activate (Fixture    *f,
          JsonObject *ready)
{
  g_autofree char *path = g_build_filename (f->state, SR_PRACTICE_USERS_FILE, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrCredentials) credentials = NULL;
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (GError) error = NULL;
  SrCertAdmin *admin;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  *strchr (text, '\n') = '\0';
  fields = g_strsplit (text, ":", -1);
  password = sr_secret_new (fields[2], strlen (fields[2]));
  credentials = sr_credentials_new_password ("PRACTICE\\operator", password);
  target = sr_dcom_target_new ("localhost", "127.0.0.1", (guint16) json_object_get_int_member (ready, "activationPort"), credentials, TRUE);
  admin = sr_cert_admin_activate (target, json_object_get_string_member (ready, "name"), sr_deadline_in (60), NULL, &error);
  g_assert_no_error (error);
  return admin;
}

/* Asks for certificates until the CA is no more; returns how many batches it told of. */
static gpointer
issue_until_killed (gpointer data)
{
  g_autoptr (JsonNode) request = json_from_string ("{\"do\": \"issue\", \"count\": 20}", NULL);
  guint batches = 0;

  for (;;)
    {
      g_autoptr (JsonObject) answer = sr_practice_control_ask (data, json_node_get_object (request), NULL);

      if (answer == NULL)
        return GUINT_TO_POINTER (batches);
      batches++;
    }
}

/* Killed at any time, the CA has every certificate that it told of, and knows that a backup was lost. */
static void
test_kill (Fixture      *f,
           gconstpointer data)
{
  gint64 expected = 1;

  for (guint round = 1; round <= 3; round++)
    {
      g_autoptr (JsonObject) ready = NULL;
      g_autoptr (JsonObject) answer = NULL;
      g_autoptr (GSubprocess) process = start (f, &ready, NULL);
      g_autoptr (SrCertAdmin) admin = activate (f, ready);
      g_autoptr (GError) error = NULL;
      GThread *thread;

      answer = ask (f, "{\"do\": \"status\"}");
      g_assert_cmpint (json_object_get_int_member (answer, "rowCount"), >=, expected);
      expected = json_object_get_int_member (answer, "rowCount"); /* what was cut off may be there or not */
      g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (answer, "counts"), "lost"), ==, round - 1);
      g_clear_pointer (&answer, json_object_unref);
      answer = ask (f, "{\"do\": \"issue\", \"count\": 700}");
      expected += 700;
      g_assert_true (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, sr_deadline_in (60), NULL, &error));
      thread = g_thread_new ("issue", issue_until_killed, f->state);
      g_usleep ((gulong) g_test_rand_int_range (50, 400) * 1000);
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
      expected += 20 * (gint64) GPOINTER_TO_UINT (g_thread_join (thread));
    }
}

static void
test_options (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = start (f, &ready, "--interface-flags", "0x641", "--host", "ca.example.com",
                                           "--role", "PRACTICE\\operator=read,operator,auditor",
                                           "--shared-session", "global", "--rundown-survives", "yes", NULL);
  g_autoptr (SrCertAdmin) admin = activate (f, ready);
  guint32 roles;

  g_assert_cmpstr (json_object_get_string_member (ready, "host"), ==, "ca.example.com");
  g_assert_false (sr_cert_admin_backup_prepare (admin, SR_BACKUP_FULL, sr_deadline_in (60), NULL, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_E_ACCESSDENIED);
  g_clear_error (&error);
  g_assert_true (sr_cert_admin_get_my_roles (admin, &roles, sr_deadline_in (60), NULL, &error));
  g_assert_cmphex (roles, ==, 0x10c);
  answer = ask (f, "{\"do\": \"stop\"}");
  expect_exit (process, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = g_getenv ("STRONGROOM_PRACTICE_CA");
  g_assert_nonnull (program);
#define ADD(path, func) g_test_add ("/practice/program/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("usage", test_usage);
  ADD ("life", test_life);
  ADD ("long-path", test_long_path);
  ADD ("kill", test_kill);
  ADD ("options", test_options);
  return g_test_run ();
}
