/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "queue.h"

#include "auth/sr-auth-context.h"
#include "authority/sr-advice.h"
#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "session/sr-journal.h"

#include <signal.h>
#include <string.h>

/* Recoveries among the jobs of the queue. */

/* The linker leads every sign-in through here, to be counted. */
SrAuthContext *__wrap_sr_auth_context_new_initiator (SrCredentials *credentials,
                                                     SrAuthType     type,
                                                     const char    *spn,
                                                     gboolean       ntlm_allowed,
                                                     GError       **error);
SrAuthContext *__real_sr_auth_context_new_initiator (SrCredentials *credentials,
                                                     SrAuthType     type,
                                                     const char    *spn,
                                                     gboolean       ntlm_allowed,
                                                     GError       **error);

static int n_sign_ins;

SrAuthContext *
__wrap_sr_auth_context_new_initiator (SrCredentials  *credentials,
                                      SrAuthType      type,
                                      const char     *spn,
                                      gboolean        ntlm_allowed,
                                      GError        **error)
{
  g_atomic_int_inc (&n_sign_ins);
  return __real_sr_auth_context_new_initiator (credentials, type, spn, ntlm_allowed, error);
}

/* As a killed program leaves it. */
static void
leave_session (Queue         *f,
               guint          i,
               SrJournalStep  step,
               guint16        port)
{
  SrJournalEntry *entry = sr_journal_entry_new ();
  g_autoptr (SrJournal) journal = NULL;
  g_autoptr (GError) error = NULL;

  entry->config = g_strdup (sr_authority_get_config (f->authorities[i]));
  entry->host = g_strdup ("localhost");
  entry->credentials_kind = SR_CREDENTIALS_PASSWORD;
  entry->repository = g_strdup (sr_repository_get_path (f->repository));
  sr_guid_random (&entry->identity.rem_unknown);
  entry->identity.port = port;
  entry->identity.n_interfaces = 1;
  sr_guid_random (&entry->identity.interfaces[0].iid);
  sr_guid_random (&entry->identity.interfaces[0].ipid);
  entry->identity.interfaces[0].public_refs = 1;
  entry->started = g_get_real_time ();
  journal = sr_journal_create (f->journal, entry, &error);
  g_assert_no_error (error);
  g_assert_true (sr_journal_update (journal, step, NULL));
}

/* Its object was there, and BackupPrepare not sent. */
static void
leave_open (Queue *f,
            guint  i)
{
  leave_session (f, i, SR_JOURNAL_ACTIVATED, 1);
}

static guint
count_left_open (Queue *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) listed = sr_journal_list (f->journal, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < listed->len; i++)
    n += !((SrJournalListed *) listed->pdata[i])->alive;
  return n;
}

/* The recovery that ended last. */
static void
check_recovered (Queue *f,
                 guint  n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = sr_worker_recover_finish (f->worker, f->result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, n);
  for (guint i = 0; i < items->len; i++)
    g_assert_true (((SrRecoveryItem *) items->pdata[i])->settled);
}

/* A recovery and the jobs of a CA that it works on take turns: it waits for
 * what runs, and what comes waits for it, as does another recovery. */
static void
test_recovery_takes_turns (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) first = NULL;
  g_autoptr (SrJob) behind = NULL;

  if (!queue_set_up (&f, 2))
    return;
  leave_open (&f, 0);
  leave_open (&f, 1);
  queue_signal_server (&f, 0, SIGSTOP);
  first = queue_make_job (&f, 0);
  behind = queue_make_job (&f, 1);
  sr_worker_run_async (f.worker, first, NULL, queue_on_ended, &f);
  sr_worker_recover_async (f.worker, f.list, NULL, NULL, NULL, f.journal, 0, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, behind, NULL, queue_on_ended, &f);
  queue_wait_for_state (first, SR_JOB_RUNNING);
  g_assert_cmpuint (f.n_ended, ==, 0);
  g_assert_cmpint (sr_job_get_state (behind), ==, SR_JOB_QUEUED);
  queue_signal_server (&f, 0, SIGCONT);
  queue_wait_for_ends (&f, 2);
  g_assert_cmpint (sr_job_get_state (first), ==, SR_JOB_DONE);
  check_recovered (&f, 2);
  queue_wait_for_ends (&f, 3);
  g_assert_cmpint (sr_job_get_state (behind), ==, SR_JOB_DONE);
  queue_tear_down (&f);
}

/* A long backup of one CA keeps neither the recovery of another from its
 * turn, nor the jobs that come behind it. */
static void
test_recovery_beside (gconstpointer one)
{
  Queue f = { 0 };
  g_autoptr (SrJob) stalled = NULL;
  g_autoptr (SrJob) same = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!queue_set_up (&f, 3))
    return;
  leave_open (&f, 1);
  queue_signal_server (&f, 0, SIGSTOP);
  stalled = queue_make_job (&f, 0);
  same = queue_make_job (&f, 1);
  other = queue_make_job (&f, 2);
  sr_worker_run_async (f.worker, stalled, NULL, queue_on_ended, &f);
  queue_wait_for_state (stalled, SR_JOB_RUNNING);
  sr_worker_recover_async (f.worker, f.list, one != NULL ? sr_authority_get_config (f.authorities[1]) : NULL,
                           NULL, NULL, f.journal, 0, NULL, queue_on_ended, &f);
  queue_wait_for_ends (&f, 1);
  check_recovered (&f, 1);
  g_assert_cmpuint (count_left_open (&f), ==, 0);
  sr_worker_run_async (f.worker, same, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, queue_on_ended, &f);
  queue_wait_for_ends (&f, 3);
  g_assert_cmpint (sr_job_get_state (same), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (other), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_RUNNING);
  queue_signal_server (&f, 0, SIGCONT);
  queue_wait_for_ends (&f, 4);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_DONE);
  queue_tear_down (&f);
}

/* While a recovery waits for its turn, a CA that has nothing to do with it is backed up. */
static void
test_recovery_waits (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) stalled = NULL;
  g_autoptr (SrJob) other = NULL;

  if (!queue_set_up (&f, 2))
    return;
  leave_open (&f, 0);
  queue_signal_server (&f, 0, SIGSTOP);
  stalled = queue_make_job (&f, 0);
  other = queue_make_job (&f, 1);
  sr_worker_run_async (f.worker, stalled, NULL, queue_on_ended, &f);
  sr_worker_recover_async (f.worker, f.list, NULL, NULL, NULL, f.journal, 0, NULL, queue_on_ended, &f);
  sr_worker_run_async (f.worker, other, NULL, queue_on_ended, &f);
  queue_wait_for_ends (&f, 1);
  g_assert_cmpint (sr_job_get_state (other), ==, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_RUNNING);
  queue_signal_server (&f, 0, SIGCONT);
  queue_wait_for_ends (&f, 3);
  check_recovered (&f, 1);
  g_assert_cmpuint (count_left_open (&f), ==, 0);
  queue_tear_down (&f);
}

/* Recovery of one CA touches no session of another: neither does it wait for
 * that one's job, nor is what is left open there locked, asked about or told. */
static void
test_recovery_of_one (void)
{
  Queue f = { 0 };
  g_autoptr (SrJob) stalled = NULL;

  if (!queue_set_up (&f, 2))
    return;
  leave_open (&f, 0);
  leave_open (&f, 1);
  queue_signal_server (&f, 0, SIGSTOP);
  stalled = queue_make_job (&f, 0);
  sr_worker_run_async (f.worker, stalled, NULL, queue_on_ended, &f);
  queue_wait_for_state (stalled, SR_JOB_RUNNING);
  sr_worker_recover_async (f.worker, f.list, sr_authority_get_config (f.authorities[1]), NULL, NULL, f.journal, 0, NULL, queue_on_ended, &f);
  queue_wait_for_ends (&f, 1);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_RUNNING);
  check_recovered (&f, 1);
  g_assert_cmpuint (count_left_open (&f), ==, 1);
  queue_signal_server (&f, 0, SIGCONT);
  queue_wait_for_ends (&f, 2);
  g_assert_cmpint (sr_job_get_state (stalled), ==, SR_JOB_DONE);
  g_assert_cmpuint (count_left_open (&f), ==, 1);
  queue_tear_down (&f);
}

static SrSecret *
give_password (SrAuthority *authority,
               gpointer     user_data)
{
  return sr_secret_new (user_data, strlen (user_data));
}

static guint16
object_port (Queue *f,
             guint  i)
{
  g_autofree char *path = g_build_filename (f->folders[i], "ready.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return (guint16) json_object_get_int_member (json_node_get_object (json_parser_get_root (parser)), "objectPort");
}

/* A list that knows the practice CA as one that is signed in to with a password. */
static SrAuthorityList *
list_with_password (Queue *f,
                    guint  i)
{
  g_autofree char *path = g_build_filename (f->home, "with-password.json", NULL);
  g_autoptr (SrPracticeFolder) ready = sr_practice_folder_read (f->folders[i], NULL);
  g_autoptr (SrAuthority) authority = sr_authority_new (ready->config, NULL);
  SrAuthorityList *list = sr_authority_list_new (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_authority_set_endpoint (authority, ready->address, ready->activation_port, NULL));
  sr_authority_set_ntlm_allowed (authority, TRUE);
  g_assert_true (sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, ready->user, NULL, NULL));
  sr_authority_list_add (list, authority, &error);
  g_assert_no_error (error);
  return list;
}

/* The sign-ins of a recovery that is refused, with one more session left open each time. */
static int
count_refused (Queue           *f,
               SrAuthorityList *list,
               guint            n_sessions)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  guint n_ended = f->n_ended;

  leave_session (f, 0, SR_JOURNAL_PREPARED, object_port (f, 0));
  g_atomic_int_set (&n_sign_ins, 0);
  sr_worker_recover_async (f->worker, list, NULL, give_password, (gpointer) "wrong", f->journal, 8, NULL, queue_on_ended, f);
  queue_wait_for_ends (f, n_ended + 1);
  items = sr_worker_recover_finish (f->worker, f->result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, n_sessions);
  for (guint i = 0; i < items->len; i++)
    {
      const SrRecoveryItem *item = items->pdata[i];

      g_assert_cmpint (item->outcome, ==, SR_RECOVERY_UNSETTLED);
      g_assert_false (item->settled);
      g_assert_true (sr_advice_is_sign_in (item->error));
    }
  g_test_message ("%u sessions, %d sign-ins: %s", n_sessions, n_sign_ins, ((SrRecoveryItem *) items->pdata[0])->error->message);
  return g_atomic_int_get (&n_sign_ins);
}

/* By one call and one ping, each in as many ways as there are: Kerberos, SPNEGO, NTLM. */
#define ONE_TRY 6

/* A wrong password is tried once, not until the time is over, and not once more
 * for every session: that would lock the account. */
static void
test_recovery_refused (void)
{
  Queue f = { 0 };
  g_autoptr (SrAuthorityList) list = NULL;

  if (!queue_set_up (&f, 1))
    return;
  list = list_with_password (&f, 0);
  for (guint n = 1; n <= 3; n++)
    {
      int tried = count_refused (&f, list, n);

      g_assert_cmpint (tried, >, 0);
      g_assert_cmpint (tried, <=, ONE_TRY);
    }
  queue_tear_down (&f);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *path = g_strconcat (g_getenv ("STRONGROOM_PROGRAMS"), ":", g_getenv ("PATH"), NULL);

  g_setenv ("PATH", path, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/recovery/takes-turns", test_recovery_takes_turns);
  g_test_add_data_func ("/worker/recovery/of-one-beside", GINT_TO_POINTER (TRUE), test_recovery_beside);
  g_test_add_data_func ("/worker/recovery/of-all-beside", NULL, test_recovery_beside);
  g_test_add_func ("/worker/recovery/waits", test_recovery_waits);
  g_test_add_func ("/worker/recovery/of-one", test_recovery_of_one);
  g_test_add_func ("/worker/recovery/refused", test_recovery_refused);
  return g_test_run ();
}
