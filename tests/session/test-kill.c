/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "scripted-ca.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* The program that makes the backup is killed, at every change that it tells
 * of and at every call that reaches the server; the next start settles what
 * it left. */

#define CONFIG "localhost\\Scripted CA"

typedef struct
{
  ScriptedCa *ca;
  Place place;
  guint steps[SR_JOURNAL_END_SENT + 1];
  guint outcomes[SR_RECOVERY_UNREADABLE + 1];
  guint killed;
  guint without_entry;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->ca = scripted_ca_new ();
  place_set_up (&fixture->place, CONFIG);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  scripted_ca_free (fixture->ca);
  place_tear_down (&fixture->place);
}

/* Whether it was killed. */
static gboolean
run_client (Fixture *fixture,
            guint    kill_at)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "session", "session-client", NULL);
  g_autofree char *port = g_strdup_printf ("%u", sr_dcom_target_get_port (fixture->ca->target));
  g_autofree char *at = g_strdup_printf ("%u", kill_at);
  g_autofree char *line = g_strconcat (fixture->ca->password, "\n", NULL);
  g_autoptr (GBytes) input = g_bytes_new (line, strlen (line));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program,
                                                    fixture->place.base, CONFIG, port, fixture->ca->user, at, NULL);
  const char *pid;

  g_assert_no_error (error);
  pid = g_subprocess_get_identifier (child);
  fixture->ca->victim = (pid_t) g_ascii_strtoll (pid, NULL, 10);
  g_assert_true (g_subprocess_communicate (child, input, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  return FALSE;
}

static void
assert_sets_good (Fixture *fixture)
{
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (fixture->place.repository, NULL, NULL, NULL);

  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);
      g_auto (SrSessionRecord) record = { 0 };
      g_autoptr (GError) error = NULL;

      place_assert_set_good (set);
      /* Whether the session has ended stands beside every set. */
      g_assert_true (sr_backup_set_load_session (set, &record, &error));
      g_assert_no_error (error);
      g_assert_cmpint (record.ended, ==, SR_ENDING_YES);
    }
}

static void
settle (Fixture *fixture)
{
  g_autoptr (GPtrArray) listed = sr_journal_list (fixture->place.journal, NULL);
  g_autoptr (GPtrArray) items = NULL;

  fixture->killed++;
  g_assert_cmpint (listed->len, <=, 1);
  if (listed->len == 0)
    fixture->without_entry++;
  else
    fixture->steps[((SrJournalListed *) g_ptr_array_index (listed, 0))->entry->step]++;

  items = place_recover (&fixture->place, fixture->ca->target);
  g_assert_cmpint (items->len, ==, listed->len);
  for (guint i = 0; i < items->len; i++)
    {
      SrRecoveryItem *item = g_ptr_array_index (items, i);

      g_assert_no_error (item->disk_error);
      g_assert_true (item->settled);
      fixture->outcomes[item->outcome]++;
    }
  g_assert_cmpint (fixture->ca->prepares, ==, fixture->ca->ends);
  g_assert_null (fixture->ca->prepared_by);
  place_assert_clean (&fixture->place, place_count_sets (&fixture->place));
  assert_sets_good (fixture);
}

static void
report (Fixture *fixture)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "killed %u times: Prepares %u, Ends %u, sets %u; no entry %u", fixture->killed,
                          fixture->ca->prepares, fixture->ca->ends, place_count_sets (&fixture->place), fixture->without_entry);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->steps); i++)
    g_string_append_printf (text, ", %s %u", sr_journal_step_to_string (i), fixture->steps[i]);
  g_string_append (text, "; recovery:");
  for (guint i = 0; i < G_N_ELEMENTS (fixture->outcomes); i++)
    if (fixture->outcomes[i] > 0)
      g_string_append_printf (text, " %s %u", sr_recovery_outcome_to_string (i), fixture->outcomes[i]);
  g_test_message ("%s", text->str);
  g_string_free (text, TRUE);
}

static void
test_events (Fixture      *fixture,
             gconstpointer data)
{
  for (guint at = 1; run_client (fixture, at); at++)
    settle (fixture);
  report (fixture);
  /* Every step of the journal has been met. */
  for (guint i = 0; i < G_N_ELEMENTS (fixture->steps); i++)
    g_assert_cmpint (fixture->steps[i], >, 0);
}

static void
test_calls (Fixture      *fixture,
            gconstpointer data)
{
  static const SrCsraOpnum methods[] = {
    SR_CSRA_GET_CA_PROPERTY, SR_CSRA_BACKUP_PREPARE, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS,
    SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, SR_CSRA_BACKUP_OPEN_FILE, SR_CSRA_BACKUP_READ_FILE,
    SR_CSRA_BACKUP_CLOSE_FILE, SR_CSRA_BACKUP_GET_BACKUP_LOGS, SR_CSRA_BACKUP_GET_DYNAMIC_FILES,
    SR_CSRA_BACKUP_TRUNCATE_LOGS, SR_CSRA_BACKUP_END,
  };

  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    for (guint after = 0; after < 2; after++)
      {
        fixture->ca->n_faults = 0;
        scripted_ca_add_fault (fixture->ca, (ScriptedFault) {
          .opnum = methods[m], .nth = fixture->ca->calls[methods[m]] + 1, .kind = after ? FAULT_KILL_AFTER : FAULT_KILL_BEFORE });
        g_assert_true (run_client (fixture, 0));
        settle (fixture);
      }
  report (fixture);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session/kill/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("events", test_events);
  ADD ("calls", test_calls);
  return g_test_run ();
}
