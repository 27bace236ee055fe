/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kills.h"

#include <signal.h>
#include <string.h>

gboolean
kills_run (Kills *kills,
           guint  kill_at)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "session", "session-client", NULL);
  g_autofree char *port = g_strdup_printf ("%u", sr_dcom_target_get_port (kills->target));
  g_autofree char *at = g_strdup_printf ("%u", kill_at);
  g_autofree char *line = g_strconcat (kills->password, "\n", NULL);
  g_autoptr (GBytes) input = g_bytes_new (line, strlen (line));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                            program, kills->place->base, kills->place->config, port,
                            sr_credentials_get_name (sr_dcom_target_get_credentials (kills->target)), at, NULL);
  g_assert_no_error (error);
  if (kills->started != NULL)
    kills->started ((pid_t) g_ascii_strtoll (g_subprocess_get_identifier (child), NULL, 10), kills->user_data);
  /* A program killed early has not taken the password; that is no error here. */
  g_subprocess_communicate (child, input, NULL, NULL, NULL, NULL);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (child))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
      kills->killed++;
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  return FALSE;
}

static void
assert_sets_good (Place *place)
{
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (place->repository, NULL, NULL, NULL);

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

void
kills_settle (Kills *kills)
{
  g_autoptr (GPtrArray) listed = sr_journal_list (kills->place->journal, NULL);
  g_autoptr (GPtrArray) items = NULL;
  guint prepares, ends;

  g_assert_cmpint (listed->len, <=, 1);
  if (listed->len == 0)
    kills->without_entry++;
  else
    kills->steps[((SrJournalListed *) g_ptr_array_index (listed, 0))->entry->step]++;

  items = place_recover (kills->place, kills->target);
  g_assert_cmpint (items->len, ==, listed->len);
  for (guint i = 0; i < items->len; i++)
    {
      SrRecoveryItem *item = g_ptr_array_index (items, i);

      g_assert_no_error (item->disk_error);
      g_assert_true (item->settled);
      kills->outcomes[item->outcome]++;
    }
  kills->counts (&prepares, &ends, kills->user_data);
  g_assert_cmpint (prepares, ==, ends);
  place_assert_clean (kills->place, place_count_sets (kills->place));
  assert_sets_good (kills->place);
}

void
kills_run_through (Kills *kills)
{
  for (guint at = 1; kills_run (kills, at); at++)
    kills_settle (kills);
  /* Every step of the journal has been met. */
  for (guint i = 0; i < G_N_ELEMENTS (kills->steps); i++)
    g_assert_cmpint (kills->steps[i], >, 0);
}

void
kills_report (Kills      *kills,
              const char *title)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint prepares, ends;

  kills->counts (&prepares, &ends, kills->user_data);
  g_string_append_printf (text, "%s: killed %u times: Prepares %u, Ends %u, sets %u; found: no entry %u", title, kills->killed,
                          prepares, ends, place_count_sets (kills->place), kills->without_entry);
  for (guint i = 0; i < G_N_ELEMENTS (kills->steps); i++)
    if (kills->steps[i] > 0)
      g_string_append_printf (text, ", %s %u", sr_journal_step_to_string (i), kills->steps[i]);
  g_string_append (text, "; recovery:");
  for (guint i = 0; i < G_N_ELEMENTS (kills->outcomes); i++)
    if (kills->outcomes[i] > 0)
      g_string_append_printf (text, " %s %u", sr_recovery_outcome_to_string (i), kills->outcomes[i]);
  g_test_message ("%s", text->str);
}
