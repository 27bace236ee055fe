/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "scripted-ca.h"

#include <glib/gstdio.h>

/* What stands beside a set of how its session ended, where that was not learnt
 * at once: a full set is a base for logs only if it surely truncated and ended. */

typedef struct
{
  ScriptedCa *ca;
  Place place;
  SrBackupOptions options;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->ca = scripted_ca_new ();
  place_set_up (&fixture->place, "localhost\\Scripted CA");
  fixture->options = place_options (&fixture->place, fixture->ca->toy.target, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  scripted_ca_free (fixture->ca);
  place_tear_down (&fixture->place);
}

static void
assert_record (SrBackupSession *session,
               SrTruncation     truncated,
               SrEnding         ended)
{
  g_auto (SrSessionRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, &error));
  g_assert_no_error (error);
  g_assert_cmpint (record.truncated, ==, truncated);
  g_assert_cmpint (record.ended, ==, ended);
}

/* A session that is left in the journal. */
static SrBackupSession *
leave_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SrBackupSession *session;

  scripted_ca_clear_faults (fixture->ca);
  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_END, .kind = FAULT_ANSWER, .hr = SR_E_ACCESSDENIED });
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_E_ACCESSDENIED);
  g_assert_cmpint (place_count_journal (&fixture->place), ==, 1);
  scripted_ca_clear_faults (fixture->ca);
  return session;
}

/* As if the program had been killed between the journal's note and that in the set. */
static void
forget_truncation (SrBackupSession *session)
{
  const SrSessionRecord record = { .truncated = SR_TRUNCATION_UNKNOWN };
  g_autoptr (GError) error = NULL;

  sr_backup_set_record_session (sr_backup_session_get_set (session), &record, &error);
  g_assert_no_error (error);
}

/* What the journal knows of TruncateLogs comes to stand beside the set. */
static void
test_known_truncation (Fixture      *fixture,
                       gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SrBackupSession) session = NULL;
      g_autoptr (GPtrArray) items = NULL;

      fixture->options.keep_logs = i == 1;
      session = leave_open (fixture);
      forget_truncation (session);
      items = place_recover (&fixture->place, fixture->ca->toy.target);
      g_assert_cmpint (((SrRecoveryItem *) items->pdata[0])->outcome, ==, SR_RECOVERY_ENDED);
      assert_record (session, i == 1 ? SR_TRUNCATION_KEPT : SR_TRUNCATION_YES, SR_ENDING_YES);
      g_assert_false (scripted_ca_has_session (fixture->ca));
    }
}

/* The only entry of the journal gets another step. */
static void
set_step (Fixture      *fixture,
          SrJournalStep step)
{
  g_autoptr (GPtrArray) listed = sr_journal_list (fixture->place.journal, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrJournal) journal = sr_journal_adopt (fixture->place.journal, ((SrJournalListed *) listed->pdata[0])->id, &error);

  g_assert_no_error (error);
  g_assert_true (sr_journal_update (journal, step, &error));
}

static void
assert_step (Fixture      *fixture,
             SrJournalStep step)
{
  g_autoptr (GPtrArray) listed = sr_journal_list (fixture->place.journal, NULL);

  g_assert_cmpuint (listed->len, ==, 1);
  g_assert_cmpint (((SrJournalListed *) listed->pdata[0])->entry->step, ==, step);
}

static void
recover_once (Fixture          *fixture,
              SrRecoveryOutcome outcome,
              gboolean          settled)
{
  g_autoptr (GPtrArray) items = place_recover (&fixture->place, fixture->ca->toy.target);
  SrRecoveryItem *item = items->pdata[0];

  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpint (item->outcome, ==, outcome);
  g_assert_cmpint (item->settled, ==, settled);
}

/* The server gave the session up by itself: what it truncated it need not count as a backup. */
static void
test_given_up (Fixture      *fixture,
               gconstpointer data)
{
  const ScriptedFault given_up = { .opnum = SR_CSRA_BACKUP_END, .kind = FAULT_ANSWER_AFTER, .hr = SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE) };
  g_autofree char *away = g_strconcat (sr_repository_get_path (fixture->place.repository), ".away", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  scripted_ca_add_fault (fixture->ca, given_up);
  session = place_run (&fixture->place, &fixture->options, NULL, &error);
  g_assert_no_error (error);
  assert_record (session, SR_TRUNCATION_YES, SR_ENDING_UNKNOWN);
  scripted_ca_forget (fixture->ca);

  /* An End of ours was out: it is that which has ended it. */
  sr_backup_session_free (session);
  session = leave_open (fixture);
  scripted_ca_add_fault (fixture->ca, given_up);
  recover_once (fixture, SR_RECOVERY_WAS_OVER, TRUE);
  assert_record (session, SR_TRUNCATION_YES, SR_ENDING_YES);
  scripted_ca_forget (fixture->ca);

  /* None was, and the backup folder is away when that is learnt. */
  sr_backup_session_free (session);
  session = leave_open (fixture);
  set_step (fixture, SR_JOURNAL_TRUNCATED);
  scripted_ca_add_fault (fixture->ca, given_up);
  g_assert_cmpint (g_rename (sr_repository_get_path (fixture->place.repository), away), ==, 0);
  recover_once (fixture, SR_RECOVERY_WAS_OVER, FALSE);
  g_assert_cmpint (g_rename (away, sr_repository_get_path (fixture->place.repository)), ==, 0);
  assert_step (fixture, SR_JOURNAL_TRUNCATED);
  g_ptr_array_unref (place_recover (&fixture->place, fixture->ca->toy.target));
  assert_record (session, SR_TRUNCATION_YES, SR_ENDING_UNKNOWN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/session/endings/known-truncation", Fixture, NULL, set_up, test_known_truncation, tear_down);
  g_test_add ("/session/endings/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  return g_test_run ();
}
