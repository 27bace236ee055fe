/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-journal-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
} Fixture;

static char *program;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autofree char *base = g_dir_make_tmp ("strongroom-journal-XXXXXX", NULL);

  /* The folder itself is for the journal to make. */
  fixture->folder = g_build_filename (base, "state", "sessions", NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *state = g_path_get_dirname (fixture->folder);
  g_autofree char *base = g_path_get_dirname (state);

  g_assert_true (sr_file_remove_tree (base, NULL));
  g_free (fixture->folder);
}

static SrJournalEntry *
make_entry (void)
{
  SrJournalEntry *entry = sr_journal_entry_new ();

  entry->kind = SR_BACKUP_LOGS;
  entry->config = g_strdup ("ca1.example.com\\Contoso “Issuing” CA");
  entry->host = g_strdup ("ca1.example.com");
  entry->address = g_strdup ("192.0.2.7");
  entry->activation_port = 10135;
  entry->credentials_kind = SR_CREDENTIALS_PASSWORD;
  entry->user = g_strdup ("CONTOSO\\backup");
  entry->ntlm_allowed = TRUE;
  entry->identity.oxid = G_GUINT64_CONSTANT (0xfedcba9876543210);
  entry->identity.oid = 2;
  entry->identity.setid = G_MAXUINT64;
  sr_guid_random (&entry->identity.rem_unknown);
  entry->identity.port = 49664;
  entry->identity.no_ping = TRUE;
  entry->identity.n_interfaces = 2;
  for (guint i = 0; i < 2; i++)
    {
      sr_guid_random (&entry->identity.interfaces[i].iid);
      sr_guid_random (&entry->identity.interfaces[i].ipid);
      entry->identity.interfaces[i].public_refs = 5 + i;
    }
  entry->repository = g_strdup ("/srv/backup");
  entry->staging = g_strdup ("/srv/backup/x/.staging-1");
  entry->truncated = SR_TRUNCATION_KEPT;
  entry->started = 1700000000123456;
  return entry;
}

static void
assert_same (const SrJournalEntry *a,
             const SrJournalEntry *b)
{
  g_autoptr (GBytes) one = sr_journal_entry_to_json (a);
  g_autoptr (GBytes) two = sr_journal_entry_to_json (b);

  g_assert_cmpmem (g_bytes_get_data (one, NULL), g_bytes_get_size (one), g_bytes_get_data (two, NULL), g_bytes_get_size (two));
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_round_trip (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrJournalEntry) wanted = make_entry ();
  g_autoptr (SrJournalEntry) copy = sr_journal_entry_copy (wanted);
  g_autoptr (SrJournalEntry) read = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autoptr (GError) error = NULL;

  assert_same (wanted, copy);
  wanted->id = g_strdup ("6f1d7dd6-6a65-4f2b-9a1c-3ff1b5b2a001");
  for (guint step = SR_JOURNAL_ACTIVATED; step <= SR_JOURNAL_END_SENT; step++)
    {
      wanted->step = step;
      g_clear_pointer (&json, g_bytes_unref);
      g_clear_pointer (&read, sr_journal_entry_free);
      json = sr_journal_entry_to_json (wanted);
      read = sr_journal_entry_parse (json, "there", &error);
      g_assert_no_error (error);
      g_assert_cmpint (read->step, ==, step);
    }
  /* Compared member by member, not through the writer alone. */
  g_assert_cmpstr (read->id, ==, wanted->id);
  g_assert_cmpint (read->kind, ==, wanted->kind);
  g_assert_cmpstr (read->config, ==, wanted->config);
  g_assert_cmpstr (read->host, ==, wanted->host);
  g_assert_cmpstr (read->address, ==, wanted->address);
  g_assert_cmpint (read->activation_port, ==, wanted->activation_port);
  g_assert_cmpint (read->credentials_kind, ==, wanted->credentials_kind);
  g_assert_cmpstr (read->user, ==, wanted->user);
  g_assert_true (read->ntlm_allowed);
  g_assert_cmphex (read->identity.oxid, ==, wanted->identity.oxid);
  g_assert_cmphex (read->identity.oid, ==, wanted->identity.oid);
  g_assert_cmphex (read->identity.setid, ==, wanted->identity.setid);
  g_assert_true (sr_guid_equal (&read->identity.rem_unknown, &wanted->identity.rem_unknown));
  g_assert_cmpint (read->identity.port, ==, wanted->identity.port);
  g_assert_true (read->identity.no_ping);
  g_assert_cmpint (read->identity.n_interfaces, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sr_guid_equal (&read->identity.interfaces[i].iid, &wanted->identity.interfaces[i].iid));
      g_assert_true (sr_guid_equal (&read->identity.interfaces[i].ipid, &wanted->identity.interfaces[i].ipid));
      g_assert_cmpint (read->identity.interfaces[i].public_refs, ==, 5 + i);
    }
  g_assert_cmpstr (read->repository, ==, wanted->repository);
  g_assert_cmpstr (read->staging, ==, wanted->staging);
  g_assert_null (read->set);
  g_assert_cmpint (read->truncated, ==, wanted->truncated);
  g_assert_cmpint (read->started, ==, wanted->started);
}

/* Every required member in turn is left out and given a wrong type. */
static void
test_malformed (Fixture      *fixture,
                gconstpointer data)
{
  static const char *const optional[] = { "address", "user", "staging", "set", "program", NULL };
  g_autoptr (SrJournalEntry) entry = make_entry ();
  g_autoptr (GBytes) json = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) members = NULL;
  guint tried = 0;

  entry->id = g_strdup ("6f1d7dd6-6a65-4f2b-9a1c-3ff1b5b2a001");
  json = sr_journal_entry_to_json (entry);
  root = json_from_string (g_bytes_get_data (json, NULL), NULL);
  members = json_object_get_members (json_node_get_object (root));
  for (GList *l = members; l != NULL; l = l->next)
    for (guint wrong = 0; wrong < 2; wrong++)
      {
        g_autofree char *name = g_strdup (l->data);
        g_autoptr (JsonNode) changed = json_from_string (g_bytes_get_data (json, NULL), NULL);
        g_autofree char *text = NULL;
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (SrJournalEntry) read = NULL;
        g_autoptr (GError) error = NULL;

        if (wrong)
          json_object_set_array_member (json_node_get_object (changed), name, json_array_new ());
        else if (g_strv_contains (optional, name))
          continue;
        else
          json_object_remove_member (json_node_get_object (changed), name);
        text = json_to_string (changed, FALSE);
        bytes = g_bytes_new (text, strlen (text));
        read = sr_journal_entry_parse (bytes, "there", &error);
        g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
        g_assert_null (read);
        g_assert_nonnull (strstr (error->message, name));
        g_assert_nonnull (strstr (error->message, "there"));
        tried++;
      }
  g_test_message ("%u changed entries refused", tried);
  g_assert_cmpint (tried, >, 30);
}

/* Cut and flipped bytes never crash, and what is read is whole. */
static void
test_garbage (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrJournalEntry) entry = make_entry ();
  g_autoptr (GBytes) json = NULL;
  gsize length;

  entry->id = g_strdup ("6f1d7dd6-6a65-4f2b-9a1c-3ff1b5b2a001");
  json = sr_journal_entry_to_json (entry);
  length = g_bytes_get_size (json);
  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (json, 0, i);
      g_autofree char *bytes = g_memdup2 (g_bytes_get_data (json, NULL), length);
      g_autoptr (GBytes) flipped = NULL;
      g_autoptr (SrJournalEntry) from_cut = NULL;
      g_autoptr (SrJournalEntry) from_flipped = NULL;
      g_autoptr (GError) error = NULL;

      from_cut = sr_journal_entry_parse (cut, "cut", &error);
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
      g_assert_null (from_cut);
      bytes[i] ^= 1 << g_test_rand_int_range (0, 8);
      flipped = g_bytes_new (bytes, length);
      from_flipped = sr_journal_entry_parse (flipped, "flipped", NULL);
      if (from_flipped != NULL)
        {
          g_assert_nonnull (from_flipped->config);
          g_assert_nonnull (from_flipped->host);
          g_assert_nonnull (from_flipped->repository);
        }
    }
}

static void
test_newer_format (Fixture      *fixture,
                   gconstpointer data)
{
  static const char text[] = "{\"format\": 2, \"unknown\": []}";
  g_autoptr (GBytes) json = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_journal_entry_parse (json, "there", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

static void
test_files (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrJournal) journal = sr_journal_create (fixture->folder, make_entry (), &error);
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  SrJournalListed *listed;
  struct stat st;

  g_assert_no_error (error);
  name = g_strconcat (sr_journal_get_entry (journal)->id, ".json", NULL);
  path = g_build_filename (fixture->folder, name, NULL);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  g_assert_cmpint (stat (fixture->folder, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0700);

  sr_journal_get_entry (journal)->set = g_strdup ("/srv/backup/x/20260101T000000Z-full");
  g_assert_true (sr_journal_update (journal, SR_JOURNAL_PUBLISHED, &error));
  g_assert_no_error (error);
  list = sr_journal_list (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (list->len, ==, 1);
  listed = g_ptr_array_index (list, 0);
  g_assert_true (listed->alive);
  g_assert_cmpint (listed->entry->step, ==, SR_JOURNAL_PUBLISHED);
  g_assert_cmpstr (listed->entry->set, ==, "/srv/backup/x/20260101T000000Z-full");
  g_assert_cmpint (listed->entry->pid, ==, getpid ());
  /* A chroot without mount rights has no /proc to tell it. */
  if (g_file_test ("/proc/self/stat", G_FILE_TEST_EXISTS))
    g_assert_cmpint (listed->entry->pid_started, >, 0);

  g_assert_true (sr_journal_remove (journal, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_files (fixture->folder), ==, 0);
}

static void
test_adopt (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrJournal) journal = sr_journal_create (fixture->folder, make_entry (), &error);
  g_autoptr (SrJournal) adopted = NULL;
  g_autoptr (SrJournal) second = NULL;
  g_autofree char *id = g_strdup (sr_journal_get_entry (journal)->id);

  /* The owner lives: locks hold between open files of one process too. */
  g_assert_null (sr_journal_adopt (fixture->folder, id, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);
  g_clear_pointer (&journal, sr_journal_close);

  adopted = sr_journal_adopt (fixture->folder, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_journal_get_entry (adopted)->user, ==, "CONTOSO\\backup");
  second = sr_journal_adopt (fixture->folder, id, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);

  g_assert_true (sr_journal_remove (adopted, &error));
  g_clear_pointer (&adopted, sr_journal_close);
  g_assert_null (sr_journal_adopt (fixture->folder, id, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_cmpint (count_files (fixture->folder), ==, 0);
}

/* A killed owner's entry is free at once, and so is what it had half written. */
static void
test_killed (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                                    program, "--hold", fixture->folder, NULL);
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (SrJournal) adopted = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *id = NULL;
  g_autofree char *stray = NULL;

  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  id = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  list = sr_journal_list (fixture->folder, &error);
  g_assert_cmpint (list->len, ==, 1);
  g_assert_true (((SrJournalListed *) g_ptr_array_index (list, 0))->alive);
  g_assert_null (sr_journal_adopt (fixture->folder, id, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_clear_error (&error);

  g_subprocess_send_signal (child, SIGKILL);
  g_subprocess_wait (child, NULL, NULL);
  stray = g_strdup_printf ("%s/%s.json.AbCdEf", fixture->folder, id);
  g_assert_true (g_file_set_contents (stray, "{", 1, NULL));
  g_clear_pointer (&list, g_ptr_array_unref);
  list = sr_journal_list (fixture->folder, &error);
  g_assert_cmpint (list->len, ==, 1);
  g_assert_false (((SrJournalListed *) g_ptr_array_index (list, 0))->alive);
  adopted = sr_journal_adopt (fixture->folder, id, &error);
  g_assert_no_error (error);
  g_assert_true (sr_journal_remove (adopted, &error));
  g_assert_cmpint (count_files (fixture->folder), ==, 0);
}

static void
test_sweep (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrJournal) journal = sr_journal_create (fixture->folder, make_entry (), &error);
  static const char *const strays[] = {
    "00000000-0000-4000-8000-000000000001.lock", "00000000-0000-4000-8000-000000000002.json.AbCdEf", NULL,
  };
  static const char *const foreign[] = { "notes.txt", "notes.lock", NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *stray = g_build_filename (fixture->folder, strays[i], NULL);
      g_autofree char *other = g_build_filename (fixture->folder, foreign[i], NULL);

      g_assert_true (g_file_set_contents (stray, "", 0, NULL));
      g_assert_true (g_file_set_contents (other, "", 0, NULL));
    }
  g_assert_cmpint (count_files (fixture->folder), ==, 6);
  sr_journal_sweep (fixture->folder);
  /* What is left: the living entry, its lock, and what is none of our business. */
  g_assert_cmpint (count_files (fixture->folder), ==, 4);
  g_assert_true (sr_journal_update (journal, SR_JOURNAL_PREPARED, &error));
}

static void
test_unreadable (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "00000000-0000-4000-8000-000000000001.json", NULL);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  SrJournalListed *listed;

  list = sr_journal_list (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (list->len, ==, 0);
  g_clear_pointer (&list, g_ptr_array_unref);

  g_assert_true (sr_file_make_private_folder (fixture->folder, NULL));
  g_assert_true (g_file_set_contents (path, "[]", 2, NULL));
  list = sr_journal_list (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (list->len, ==, 1);
  listed = g_ptr_array_index (list, 0);
  g_assert_null (listed->entry);
  g_assert_error (listed->error, SR_ERROR, SR_ERROR_MALFORMED);
  g_assert_null (sr_journal_adopt (fixture->folder, listed->id, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A folder that cannot be written stops the session before anything is sent. */
static void
test_no_folder (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *parent = g_path_get_dirname (fixture->folder);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (parent, "a file", -1, NULL));
  g_assert_null (sr_journal_create (fixture->folder, make_entry (), &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == G_IO_ERROR);
  g_assert_nonnull (strstr (error->message, parent));
}

static int
hold (const char *folder)
{
  g_autoptr (SrJournal) journal = sr_journal_create (folder, make_entry (), NULL);

  if (journal == NULL)
    return 1;
  g_print ("%s\n", sr_journal_get_entry (journal)->id);
  pause ();
  return 0;
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--hold") == 0)
    return hold (argv[2]);
  program = g_canonicalize_filename (argv[0], NULL);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session/journal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("malformed", test_malformed);
  ADD ("garbage", test_garbage);
  ADD ("newer-format", test_newer_format);
  ADD ("files", test_files);
  ADD ("adopt", test_adopt);
  ADD ("killed", test_killed);
  ADD ("sweep", test_sweep);
  ADD ("unreadable", test_unreadable);
  ADD ("no-folder", test_no_folder);
  return g_test_run ();
}
