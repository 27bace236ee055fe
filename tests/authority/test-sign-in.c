/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-check.h"
#include "authority/sr-authority-error.h"
#include "authority/sr-authority-try.h"
#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How a CA of the list becomes a target, and what a practice CA's folder says. */

typedef struct
{
  char *folder;
  char *ready;
  char *users;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("sr-sign-in-XXXXXX", NULL);
  f->ready = g_build_filename (f->folder, SR_PRACTICE_READY_NAME, NULL);
  f->users = g_build_filename (f->folder, "ntlm-users", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_assert_true (sr_file_remove_tree (f->folder, NULL));
  g_free (f->folder);
  g_free (f->ready);
  g_free (f->users);
}

static SrAuthority *
new_authority (const char *config)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_new (config, &error);

  g_assert_no_error (error);
  return authority;
}

static void
test_target (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (SrAuthority) authority = new_authority ("ca01.contoso.com\\CA");
  g_autoptr (SrSecret) password = sr_secret_new ("secret", 6);
  g_autoptr (SrDcomTarget) ticket = NULL;
  g_autoptr (SrDcomTarget) typed = NULL;
  g_autoptr (GError) error = NULL;

  ticket = sr_authority_make_target (authority, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_dcom_target_get_host (ticket), ==, "ca01.contoso.com");
  g_assert_null (sr_dcom_target_get_address (ticket));
  g_assert_false (sr_dcom_target_get_ntlm_allowed (ticket));
  g_assert_false (sr_authority_needs_password (authority));

  g_assert_true (sr_authority_set_endpoint (authority, "10.0.0.9", 1135, NULL));
  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, "CONTOSO\\backup", NULL, NULL));
  sr_authority_set_ntlm_allowed (authority, TRUE);
  g_assert_true (sr_authority_needs_password (authority));
  g_assert_null (sr_authority_make_target (authority, NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD);
  g_clear_error (&error);
  typed = sr_authority_make_target (authority, password, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_dcom_target_get_address (typed), ==, "10.0.0.9");
  g_assert_cmpuint (sr_dcom_target_get_port (typed), ==, 1135);
  g_assert_true (sr_dcom_target_get_ntlm_allowed (typed));

  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_KEYTAB, "backup@CONTOSO.COM", "/no/such/keytab", NULL));
  g_assert_null (sr_authority_make_target (authority, NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
}

static void
write_ready (Fixture    *f,
             const char *text)
{
  g_assert_true (g_file_set_contents (f->ready, text, -1, NULL));
}

static void
write_users (Fixture    *f,
             const char *text,
             int         mode)
{
  g_assert_true (g_file_set_contents_full (f->users, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL));
}

static char *
good_ready (Fixture *f)
{
  return g_strdup_printf ("{\"config\":\"localhost\\\\P\",\"address\":\"127.0.0.1\",\"activationPort\":4135,\"pid\":77,"
                          "\"user\":\"PRACTICE\\\\operator\",\"usersFile\":\"%s\"}", f->users);
}

/* The port is that of now, whatever the list says, and the password that of the file. */
static void
test_practice (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrAuthority) authority = new_authority ("localhost\\P");
  g_autofree char *text = good_ready (f);
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (SrPracticeFolder) folder = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError) error = NULL;

  sr_authority_set_practice_folder (authority, f->folder);
  g_assert_true (sr_authority_set_endpoint (authority, "127.0.0.9", 1, NULL));
  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, "PRACTICE\\operator", NULL, NULL));
  g_assert_false (sr_authority_needs_password (authority));
  g_assert_null (sr_authority_make_target (authority, NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING);
  g_clear_error (&error);

  write_ready (f, text);
  write_users (f, "OTHER:operator:a\nPRACTICE:operators:b\nPRACTICE:operator:pass:word \r\nPRACTICE:operator:late\n", 0600);
  target = sr_authority_make_target (authority, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_dcom_target_get_address (target), ==, "127.0.0.1");
  g_assert_cmpuint (sr_dcom_target_get_port (target), ==, 4135);

  folder = sr_practice_folder_read (f->folder, &error);
  password = sr_practice_folder_get_password (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_secret_peek (password, NULL), ==, "pass:word ");
}

static void
test_damaged_ready (Fixture      *f,
                    gconstpointer data)
{
  static const char *const texts[] = {
    "", "{", "[]", "{}", "null",
    "{\"config\":\"h\\\\c\",\"address\":\"host.example\",\"activationPort\":1,\"pid\":7}",
    "{\"config\":\"h\\\\c\",\"address\":\"127.0.0.1\",\"activationPort\":0,\"pid\":7}",
    "{\"config\":\"h\\\\c\",\"address\":\"127.0.0.1\",\"activationPort\":65536,\"pid\":7}",
    "{\"config\":\"h\\\\c\",\"address\":\"127.0.0.1\",\"activationPort\":1,\"pid\":1}",
    "{\"config\":\"h\\\\c\",\"address\":\"127.0.0.1\",\"activationPort\":1,\"pid\":7,\"user\":\"U\"}",
    "{\"config\":5,\"address\":\"127.0.0.1\",\"activationPort\":1,\"pid\":7}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      write_ready (f, texts[i]);
      g_assert_null (sr_practice_folder_read (f->folder, &error));
      g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED);
    }
}

static void
assert_no_password (Fixture *f,
                    GQuark   domain,
                    int      code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrPracticeFolder) folder = sr_practice_folder_read (f->folder, &error);

  g_assert_no_error (error);
  g_assert_null (sr_practice_folder_get_password (folder, &error));
  g_assert_error (error, domain, code);
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_users_file (Fixture      *f,
                 gconstpointer data)
{
  g_autofree char *text = good_ready (f);
  g_autofree char *large = g_strnfill (70000, 'x');

  write_ready (f, text);
  assert_no_password (f, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  write_users (f, "PRACTICE:operator:hunter2\n", 0644);
  assert_no_password (f, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
  g_assert_cmpint (g_unlink (f->users), ==, 0);
  write_users (f, "PRACTICE:operator\n:hunter2\nPRACTICE:operatorx:hunter2\n", 0600);
  assert_no_password (f, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED);
  write_users (f, large, 0600);
  assert_no_password (f, SR_ERROR, SR_ERROR_LIMIT);
  g_assert_cmpint (g_unlink (f->users), ==, 0);
  g_assert_cmpint (mkfifo (f->users, 0600), ==, 0);
  assert_no_password (f, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
}

/* A socket that nobody serves is no running CA. */
static void
test_stale_control (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autofree char *control = g_build_filename (f->folder, "control", NULL);
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (request, "do", "status");
  g_assert_null (sr_practice_program_ask (f->folder, request, sr_deadline_in (5), NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (control, "", 0, NULL));
  g_assert_null (sr_practice_program_ask (f->folder, request, sr_deadline_in (5), NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING);
  g_clear_error (&error);
  g_assert_false (sr_practice_program_stop (f->folder, sr_deadline_in (5), NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING);
}

static void
on_tried (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
try_sign_in (SrAuthority  *authority,
             SrSecret     *password,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sr_authority_try_sign_in_async (authority, password, cancellable, on_tried, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return sr_authority_try_sign_in_finish (authority, result, error);
}

/* Where nobody could be asked. The window's tests ask a practice CA, with wrong passwords and right ones. */
static void
test_try (Fixture      *f,
          gconstpointer data)
{
  g_autoptr (SrAuthority) authority = new_authority ("ca01.contoso.com\\CA");
  g_autoptr (SrSecret) password = sr_secret_new ("secret", 6);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_socket_listener_close (listener);
  g_assert_true (sr_authority_set_endpoint (authority, "127.0.0.1", port, NULL));
  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, "CONTOSO\\backup", NULL, NULL));
  sr_authority_set_ntlm_allowed (authority, TRUE);

  g_assert_false (try_sign_in (authority, NULL, NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD);
  g_clear_error (&error);
  g_assert_false (try_sign_in (authority, password, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_false (try_sign_in (authority, password, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef struct
{
  GCancellable *cancellable;
  guint n_rows;
  gboolean ended;
} Checked;

static void
cancel_at_first_row (const SrCheckRow *row,
                     gpointer          user_data)
{
  Checked *checked = user_data;

  checked->n_rows++;
  g_cancellable_cancel (checked->cancellable);
}

static void
on_checked (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Checked *checked = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_authority_check_finish (SR_AUTHORITY (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  checked->ended = TRUE;
}

/* No row comes behind a cancel: the next run's rows may stand there already. */
static void
test_cancelled_check (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (SrAuthority) authority = new_authority ("localhost\\CA");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Checked checked = { .cancellable = cancellable };

  sr_authority_check_async (authority, NULL, cancel_at_first_row, &checked, cancellable, on_checked, &checked);
  while (!checked.ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (checked.n_rows, ==, 1);
}

#define ADD(name, func) g_test_add ("/authority/sign-in/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("target", test_target);
  ADD ("practice", test_practice);
  ADD ("damaged-ready", test_damaged_ready);
  ADD ("users-file", test_users_file);
  ADD ("stale-control", test_stale_control);
  ADD ("try", test_try);
  ADD ("cancelled-check", test_cancelled_check);
  return g_test_run ();
}
