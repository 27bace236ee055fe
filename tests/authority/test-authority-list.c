/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-authority-list.h"
#include "authority/sr-settings-file.h"
#include "base/sr-file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_dir_make_tmp ("sr-authority-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "strongroom", "authorities.json", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_assert_true (sr_file_remove_tree (f->folder, NULL));
  g_free (f->folder);
  g_free (f->path);
}

static SrAuthorityList *
loaded (Fixture *f)
{
  SrAuthorityList *list = sr_authority_list_new (f->path);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_authority_list_load (list, &error));
  g_assert_no_error (error);
  return list;
}

static SrAuthority *
add (SrAuthorityList *list,
     const char      *config)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_new (config, &error);

  g_assert_no_error (error);
  g_assert_true (sr_authority_list_add (list, authority, &error));
  g_assert_no_error (error);
  return authority;
}

static void
write_text (Fixture    *f,
            const char *text)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_assert_true (sr_file_make_private_folder (folder, NULL));
  g_assert_true (sr_file_replace (f->path, text, strlen (text), NULL));
}

static char *
read_text (Fixture *f)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  return text;
}

static void
test_round_trip (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (SrAuthorityList) list = loaded (f);
  g_autoptr (SrAuthorityList) again = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrAuthority) found = NULL;
  g_autoptr (GError) error = NULL;
  SrAuthoritySeen seen = { .checked_at = 17, .reached_at = 16, .roles = 0x108, .interface_flags = 0x641, .problem = (char *) "words" };
  struct stat st;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  authority = add (list, "ca01.contoso.com\\Contoso CA");
  g_assert_true (sr_authority_set_endpoint (authority, "10.1.2.3", 10135, &error));
  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_KEYTAB, "backup@CONTOSO.COM", "/etc/backup.keytab", &error));
  sr_authority_set_ntlm_allowed (authority, TRUE);
  sr_authority_set_practice_folder (authority, "/var/lib/practice");
  sr_authority_set_seen (authority, &seen);
  g_assert_true (sr_authority_list_save (list, authority, &error));
  g_assert_no_error (error);

  g_assert_cmpint (g_stat (f->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);

  again = loaded (f);
  found = sr_authority_list_find (again, "CONTOSO ca", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_authority_get_id (found), ==, sr_authority_get_id (authority));
  g_assert_cmpstr (sr_authority_get_config (found), ==, "ca01.contoso.com\\Contoso CA");
  g_assert_cmpstr (sr_authority_get_host (found), ==, "ca01.contoso.com");
  g_assert_cmpstr (sr_authority_get_name (found), ==, "Contoso CA");
  g_assert_cmpstr (sr_authority_get_address (found), ==, "10.1.2.3");
  g_assert_cmpuint (sr_authority_get_port (found), ==, 10135);
  g_assert_cmpint (sr_authority_get_sign_in (found), ==, SR_CREDENTIALS_KEYTAB);
  g_assert_cmpstr (sr_authority_get_user (found), ==, "backup@CONTOSO.COM");
  g_assert_cmpstr (sr_authority_get_key_source (found), ==, "/etc/backup.keytab");
  g_assert_true (sr_authority_get_ntlm_allowed (found));
  g_assert_true (sr_authority_is_practice (found));
  g_assert_cmpint (sr_authority_get_seen (found)->checked_at, ==, 17);
  g_assert_cmpint (sr_authority_get_seen (found)->reached_at, ==, 16);
  g_assert_cmpint (sr_authority_get_seen (found)->roles, ==, 0x108);
  g_assert_cmpint (sr_authority_get_seen (found)->interface_flags, ==, 0x641);
  g_assert_cmpstr (sr_authority_get_seen (found)->problem, ==, "words");

  g_assert_true (sr_authority_list_remove (again, found, &error));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 0);
  g_assert_false (sr_authority_list_save (list, authority, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_FOUND);
}

static void
test_refusals (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrAuthorityList) list = loaded (f);
  g_autoptr (SrAuthority) first = add (list, "ca01\\Same");
  g_autoptr (SrAuthority) other = add (list, "ca02\\Same");
  g_autoptr (SrAuthority) twin = sr_authority_new ("CA01\\same", NULL);
  g_autoptr (SrAuthority) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_authority_list_add (list, twin, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_null (sr_authority_list_find (list, "same", &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, "ca02\\Same"));
  g_clear_error (&error);
  found = sr_authority_list_find (list, "CA02\\SAME", &error);
  g_assert_true (found == other);

  g_assert_null (sr_authority_list_find (list, "nobody", &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_false (sr_authority_set_sign_in (first, SR_CREDENTIALS_PASSWORD, NULL, NULL, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
  g_clear_error (&error);
  g_assert_false (sr_authority_set_sign_in (first, SR_CREDENTIALS_KEYTAB, "u", "relative.keytab", &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
  g_clear_error (&error);
  g_assert_false (sr_authority_set_endpoint (first, "not an address", 0, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_ADDRESS);
}

/* A newer format is refused by every operation, and not touched. */
static void
test_newer_format (Fixture      *f,
                   gconstpointer data)
{
  const char *text = "{ \"format\" : 2, \"authorities\" : { \"moved\" : true } }\n";
  g_autoptr (SrAuthorityList) list = sr_authority_list_new (f->path);
  g_autoptr (SrAuthority) authority = sr_authority_new ("h\\c", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  write_text (f, text);
  g_assert_false (sr_authority_list_load (list, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEWER_FORMAT);
  g_clear_error (&error);
  g_assert_false (sr_authority_list_add (list, authority, &error));
  g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEWER_FORMAT);
  after = read_text (f);
  g_assert_cmpstr (after, ==, text);
}

static void
test_damaged (Fixture      *f,
              gconstpointer data)
{
  static const char *const texts[] = {
    "", "{", "[]", "{}", "null", "{\"format\":\"1\"}", "{\"format\":0}", "{\"format\":-1}", "{\"format\":1.5}",
    "{\"format\":1,\"authorities\":[1]}",
    "{\"format\":1,\"authorities\":[{}]}",
    "{\"format\":1,\"authorities\":[{\"id\":\"x\",\"config\":\"h\\\\c\",\"sign_in\":{\"kind\":\"ticket-cache\"}}]}",
    "{\"format\":1,\"authorities\":[{\"id\":\"11111111-2222-3333-4444-555555555555\",\"config\":\"hc\",\"sign_in\":{\"kind\":\"ticket-cache\"}}]}",
    "{\"format\":1,\"authorities\":[{\"id\":\"11111111-2222-3333-4444-555555555555\",\"config\":\"h\\\\c\",\"sign_in\":{\"kind\":\"smart-card\"}}]}",
    "{\"format\":1,\"authorities\":[{\"id\":\"11111111-2222-3333-4444-555555555555\",\"config\":\"h\\\\c\"}]}",
    "{\"format\":1,\"authorities\":[{\"id\":\"11111111-2222-3333-4444-555555555555\",\"config\":\"h\\\\c\",\"address\":\"a b\",\"sign_in\":{\"kind\":\"ticket-cache\"}}]}",
    "{\"format\":1,\"x\":\"\xff\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SrAuthorityList) list = sr_authority_list_new (f->path);
      g_autoptr (SrAuthority) authority = sr_authority_new ("h\\c", NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;

      write_text (f, texts[i]);
      g_assert_false (sr_authority_list_load (list, &error));
      g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, f->path));
      g_clear_error (&error);
      g_assert_false (sr_authority_list_add (list, authority, &error));
      g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED);
      after = read_text (f);
      g_assert_cmpstr (after, ==, texts[i]);
    }
}

/* Members of a later minor version survive our edits. */
static void
test_unknown_members (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (SrAuthorityList) list = NULL;
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrAuthority) other = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  write_text (f, "{\"format\":1,\"top\":[1,2],\"authorities\":[{\"id\":\"11111111-2222-3333-4444-555555555555\","
                 "\"config\":\"h\\\\c\",\"colour\":\"blue\",\"sign_in\":{\"kind\":\"ticket-cache\"}}]}");
  list = loaded (f);
  authority = sr_authority_list_find (list, "c", &error);
  sr_authority_set_ntlm_allowed (authority, TRUE);
  g_assert_true (sr_authority_list_save (list, authority, &error));
  other = add (list, "h2\\c2");
  after = read_text (f);
  g_assert_nonnull (strstr (after, "\"blue\""));
  g_assert_nonnull (strstr (after, "\"top\""));
  g_assert_nonnull (strstr (after, "\"ntlm_allowed\" : true"));
}

/* Several processes add at the same time, and every CA is there at the end. */
static void
test_lost_updates (Fixture      *f,
                   gconstpointer data)
{
  enum { PROCESSES = 4, EACH = 15 };
  g_autoptr (SrAuthorityList) list = NULL;
  pid_t pids[PROCESSES];

  for (int p = 0; p < PROCESSES; p++)
    {
      pids[p] = fork ();
      if (pids[p] == 0)
        {
          SrAuthorityList *mine = sr_authority_list_new (f->path);

          for (int i = 0; i < EACH; i++)
            {
              g_autofree char *config = g_strdup_printf ("host%d\\ca%d", p, i);
              g_autoptr (SrAuthority) authority = sr_authority_new (config, NULL);

              if (!sr_authority_list_add (mine, authority, NULL))
                _exit (1);
            }
          _exit (0);
        }
    }
  for (int p = 0; p < PROCESSES; p++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[p], &status, 0), ==, pids[p]);
      g_assert_cmpint (status, ==, 0);
    }
  list = loaded (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, PROCESSES * EACH);
}

static void
count_change (GListModel *model,
              guint       position,
              guint       removed,
              guint       added,
              int        *net)
{
  *net += (int) added - (int) removed;
}

static void
count_notify (GObject    *object,
              GParamSpec *pspec,
              int        *n)
{
  *n += 1;
}

/* Another process's change comes in with load(), into the same objects. */
static void
test_model (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrAuthorityList) ours = loaded (f);
  g_autoptr (SrAuthorityList) theirs = loaded (f);
  g_autoptr (SrAuthority) authority = NULL;
  g_autoptr (SrAuthority) same = NULL;
  g_autoptr (SrAuthority) second = NULL;
  g_autoptr (GError) error = NULL;
  int net = 0;
  int notified = 0;

  g_signal_connect (ours, "items-changed", G_CALLBACK (count_change), &net);
  authority = add (ours, "h\\c");
  g_assert_cmpint (net, ==, 1);
  g_signal_connect (authority, "notify::ntlm-allowed", G_CALLBACK (count_notify), &notified);

  g_assert_true (sr_authority_list_load (theirs, &error));
  same = sr_authority_list_find (theirs, "c", &error);
  g_assert_true (same != authority);
  sr_authority_set_ntlm_allowed (same, TRUE);
  g_assert_true (sr_authority_list_save (theirs, same, &error));
  second = add (theirs, "h2\\c2");

  g_assert_true (sr_authority_list_load (ours, &error));
  g_assert_cmpint (net, ==, 2);
  g_assert_cmpint (notified, ==, 1);
  g_assert_true (sr_authority_get_ntlm_allowed (authority));
  g_clear_object (&same);
  same = g_list_model_get_item (G_LIST_MODEL (ours), 0);
  g_assert_true (same == authority);

  /* What was seen is written alone: their setting is not taken back. */
  sr_authority_set_ntlm_allowed (authority, FALSE);
  sr_authority_set_seen (authority, &(SrAuthoritySeen) { .checked_at = 5, .roles = -1, .interface_flags = -1 });
  g_assert_true (sr_authority_list_save_seen (ours, authority, &error));
  g_assert_true (sr_authority_get_ntlm_allowed (authority));
  g_assert_cmpint (sr_authority_get_seen (authority)->checked_at, ==, 5);
}

/* ---- Without waiting ------------------------------------------------------- */

typedef struct
{
  guint left;
  GPtrArray *errors; /* in the order of the answers, NULL for success */
} Answers;

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Answers *answers = user_data;
  GError *error = NULL;

  g_assert_true (sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error) == (error == NULL));
  g_ptr_array_add (answers->errors, error);
  answers->left--;
}

static void
wait_for (Answers *answers)
{
  while (answers->left > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* Each change is written as it was when it was asked for, and the last one stays; what was
 * written first does not come back into the object meanwhile. */
static void
test_async_order (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (SrAuthorityList) list = loaded (f);
  g_autoptr (SrAuthorityList) theirs = NULL;
  g_autoptr (SrAuthority) first = sr_authority_new ("h\\c", NULL);
  g_autoptr (SrAuthority) second = sr_authority_new ("h2\\c2", NULL);
  g_autoptr (SrAuthority) twin = sr_authority_new ("H\\C", NULL);
  g_autoptr (SrAuthority) seen = NULL;
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();
  Answers answers = { .errors = errors };
  int notified = 0;

  answers.left = 25;
  sr_authority_list_add_async (list, first, on_changed, &answers);
  sr_authority_list_add_async (list, twin, on_changed, &answers);
  sr_authority_list_add_async (list, second, on_changed, &answers);
  sr_authority_set_ntlm_allowed (first, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  for (guint i = 0; i < 21; i++)
    {
      sr_authority_set_ntlm_allowed (first, i % 2 == 0);
      sr_authority_list_save_async (list, first, on_changed, &answers);
    }
  g_signal_connect (first, "notify::ntlm-allowed", G_CALLBACK (count_notify), &notified);
  sr_authority_list_remove_async (list, second, on_changed, &answers);
  wait_for (&answers);

  for (guint i = 0; i < errors->len; i++)
    if (i != 1)
      g_assert_null (errors->pdata[i]);
  g_assert_error ((GError *) errors->pdata[1], SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_EXISTS);
  g_error_free (errors->pdata[1]);
  g_assert_cmpint (notified, ==, 0);
  g_assert_true (sr_authority_get_ntlm_allowed (first));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  seen = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (seen == first);

  theirs = loaded (f);
  g_clear_object (&seen);
  seen = g_list_model_get_item (G_LIST_MODEL (theirs), 0);
  g_assert_cmpstr (sr_authority_get_id (seen), ==, sr_authority_get_id (first));
  g_assert_true (sr_authority_get_ntlm_allowed (seen));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (theirs)), ==, 1);
}

/* Another process's changes come in with loading. */
static void
test_async_load (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (SrAuthorityList) ours = sr_authority_list_new (f->path);
  g_autoptr (SrAuthorityList) theirs = loaded (f);
  g_autoptr (SrAuthority) authority = add (theirs, "h\\c");
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();
  Answers answers = { 1, errors };

  sr_authority_list_load_async (ours, on_changed, &answers);
  wait_for (&answers);
  g_assert_null (errors->pdata[0]);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ours)), ==, 1);

  g_assert_true (g_file_set_contents (f->path, "{ \"format\": 99 }", -1, NULL));
  answers.left = 1;
  sr_authority_list_load_async (ours, on_changed, &answers);
  wait_for (&answers);
  g_assert_error ((GError *) errors->pdata[1], SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEWER_FORMAT);
  g_error_free (errors->pdata[1]);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (ours)), ==, 1);
}

static void
on_activate (GApplication *application,
             gpointer      user_data)
{
  Fixture *f = user_data;
  g_autoptr (SrAuthorityList) list = sr_authority_list_new (f->path);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *config = g_strdup_printf ("h\\c%u", i);
      g_autoptr (SrAuthority) authority = sr_authority_new (config, NULL);

      sr_authority_list_add_async (list, authority, NULL, NULL);
    }
}

/* An application that has nothing more to do ends behind the last write. */
static void
test_async_quit (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (GApplication) application = g_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_autoptr (SrAuthorityList) after = NULL;

  g_application_set_default (application);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), f);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);
  g_application_set_default (NULL);
  after = loaded (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (after)), ==, 10);
}

#define ADD(name, func) g_test_add ("/authority/list/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("refusals", test_refusals);
  ADD ("newer-format", test_newer_format);
  ADD ("damaged", test_damaged);
  ADD ("unknown-members", test_unknown_members);
  ADD ("lost-updates", test_lost_updates);
  ADD ("model", test_model);
  ADD ("async/order", test_async_order);
  ADD ("async/load", test_async_load);
  ADD ("async/quit", test_async_quit);
  return g_test_run ();
}
