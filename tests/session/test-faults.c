/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "scripted-ca.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define CONFIG "localhost\\Scripted CA"

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
  place_set_up (&fixture->place, CONFIG);
  fixture->options = place_options (&fixture->place, fixture->ca->toy.target, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  scripted_ca_free (fixture->ca);
  place_tear_down (&fixture->place);
}

static SrBackupSession *
run (Fixture *fixture,
     GError **error)
{
  return place_run (&fixture->place, &fixture->options, NULL, error);
}

/* As it is under the lock: a call whose connection was lost may still be running there. */
#define COUNT(member) (toy_ca_count (&fixture->ca->toy, &fixture->ca->member))

static void
assert_ended (Fixture *fixture)
{
  g_assert_cmpint (COUNT (prepares), ==, COUNT (ends));
  g_assert_false (scripted_ca_has_session (fixture->ca));
}

typedef struct
{
  SrBackupPhase phase;
  guint64 bytes;
  guint events;
  guint files;
} Seen;

static void
watch (const SrBackupProgress *progress,
       gpointer                user_data)
{
  Seen *seen = user_data;

  /* A phase never comes back, and nobody is told of more than there is. */
  g_assert_cmpint (progress->phase, >=, seen->phase);
  g_assert_cmpint (progress->file_done, <=, progress->file_size);
  g_assert_cmpint (progress->bytes_done, <=, progress->bytes_total);
  g_assert_cmpint (progress->file_index, <=, progress->n_files);
  g_assert_true (progress->state != SR_SESSION_NOT_OPEN || progress->phase <= SR_BACKUP_PHASE_PREPARING);
  seen->phase = progress->phase;
  seen->bytes = MAX (seen->bytes, progress->bytes_done);
  seen->files = MAX (seen->files, progress->n_files);
  seen->events++;
}

static void
test_whole (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  const SrBackupCounts *counts;
  Seen seen = { 0 };

  fixture->options.progress = watch;
  fixture->options.user_data = &seen;
  session = run (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (COUNT (prepares), ==, 1);
  g_assert_cmpint (COUNT (ends), ==, 1);
  g_assert_cmpint (COUNT (toy.releases), ==, 1);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_TRUNCATE_LOGS]), ==, 1);
  counts = sr_backup_session_get_counts (session);
  g_assert_cmpint (counts->databases, ==, 1);
  g_assert_cmpint (counts->logs, ==, 2);
  g_assert_cmpint (counts->bytes, ==, 3 * 512 * 1024 + 70000);
  /* Three full reads and an empty one; one short; one empty. */
  g_assert_cmpint (counts->reads, ==, 6);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_READ_FILE]), ==, 6);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_CLOSE_FILE]), ==, 3);
  g_assert_cmpint (seen.phase, ==, SR_BACKUP_PHASE_DONE);
  g_assert_cmpint (seen.files, ==, 2);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_ENDED);
  g_assert_cmpint (sr_backup_session_get_record (session)->truncated, ==, SR_TRUNCATION_YES);
  g_assert_cmpint (sr_backup_session_get_record (session)->ended, ==, SR_ENDING_YES);
  place_assert_set_good (sr_backup_session_get_set (session));
  place_assert_clean (&fixture->place, 1);

  /* It runs once. */
  g_assert_false (sr_backup_session_run (session, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
}

static void
test_keep (Fixture      *fixture,
           gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;
      g_auto (SrSessionRecord) record = { 0 };

      fixture->options.keep_logs = i == 0;
      fixture->options.no_verify = i == 1;
      session = run (fixture, &error);
      g_assert_no_error (error);
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_TRUNCATE_LOGS]), ==, 0);
      g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, &error));
      g_assert_cmpint (record.truncated, ==, SR_TRUNCATION_KEPT);
      g_assert_cmpint (record.ended, ==, SR_ENDING_YES);
      assert_ended (fixture);
    }
  place_assert_clean (&fixture->place, 2);
}

/* The connection lost before and after each method, at its first and its second call. */
static void
test_drop (Fixture      *fixture,
           gconstpointer data)
{
  static const SrCsraOpnum methods[] = {
    SR_CSRA_GET_CA_PROPERTY, SR_CSRA_BACKUP_PREPARE, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS,
    SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, SR_CSRA_BACKUP_OPEN_FILE, SR_CSRA_BACKUP_READ_FILE,
    SR_CSRA_BACKUP_CLOSE_FILE, SR_CSRA_BACKUP_GET_BACKUP_LOGS, SR_CSRA_BACKUP_GET_DYNAMIC_FILES,
    SR_CSRA_BACKUP_TRUNCATE_LOGS, SR_CSRA_BACKUP_END,
  };
  guint cases = 0, sets = 0, prepares = 0, ends = 0;

  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    for (guint nth = 1; nth <= 2; nth++)
      for (guint after = 0; after < 2; after++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (SrBackupSession) session = NULL;
          SrRpcMethodFlags flags = sr_rpc_interface_find (&sr_icertadmind2, (guint16) methods[m])->flags;
          gboolean met;

          scripted_ca_forget (fixture->ca);
          scripted_ca_clear_faults (fixture->ca);
          scripted_ca_add_fault (fixture->ca, (ScriptedFault) {
            .opnum = methods[m], .nth = nth, .kind = after ? FAULT_DROP_AFTER : FAULT_DROP_BEFORE });
          session = run (fixture, &error);
          met = COUNT (calls[methods[m]]) >= nth;
          g_test_message ("opnum %u call %u dropped %s: %s", methods[m], nth, !met ? "never" : after ? "after" : "before",
                          error != NULL ? error->message : "done");
          g_assert_true (met || nth == 2);
          /* End is repeated, what changes nothing may be asked again, and what else is lost fails the backup. */
          if (!met || methods[m] == SR_CSRA_BACKUP_END)
            g_assert_no_error (error);
          else if ((flags & SR_RPC_METHOD_IDEMPOTENT) == 0)
            g_assert_nonnull (error);
          g_assert_cmpint (COUNT (prepares), <=, 1);
          assert_ended (fixture);
          sets += sr_backup_session_get_set (session) != NULL;
          if (met && methods[m] == SR_CSRA_BACKUP_TRUNCATE_LOGS)
            {
              /* Never repeated, and noted as what it is. */
              g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_TRUNCATE_LOGS]), ==, 1);
              g_assert_cmpint (sr_backup_session_get_record (session)->truncated, ==, SR_TRUNCATION_UNKNOWN);
              g_assert_nonnull (strstr (error->message, sr_backup_set_get_path (sr_backup_session_get_set (session))));
            }
          place_assert_clean (&fixture->place, sets);
          cases += met;
          prepares += COUNT (prepares);
          ends += COUNT (ends);
        }
  g_test_message ("%u connections dropped: Prepares %u, Ends %u, sets %u", cases, prepares, ends, sets);
}

static const ScriptedFile short_file[] = { { "D\\\\s\\x.edb", 600000, 599999 }, { NULL } };
static const ScriptedFile long_file[] = { { "D\\\\s\\x.edb", 600000, 600001 }, { NULL } };
static const ScriptedFile short_at_a_read[] = { { "D\\\\s\\x.edb", 2 * 524288, 524288 }, { NULL } };
static const ScriptedFile much_longer[] = { { "D\\\\s\\x.edb", 524288, 10 * 524288 }, { NULL } };
static const ScriptedFile huge[] = { { "D\\\\s\\x.edb", G_MAXUINT64, 100 }, { NULL } };
static const ScriptedFile no_type[] = { { "D\\\\s\\x.edb", 1, 1 }, { "\\\\s\\y.edb", 1, 1 }, { NULL } };
static const ScriptedFile folder_type[] = { { "\xc2\x82" "\\\\s\\logs", 1, 1 }, { NULL } };
static const ScriptedFile log_type[] = { { "!\\\\s\\edb00001.log", 1, 1 }, { NULL } };
static const ScriptedFile none[] = { { NULL } };
static const ScriptedFile one[] = { { "D\\\\s\\x.edb", 10, 10 }, { NULL } };
static const ScriptedFile database_type[] = { { "D\\\\s\\y.edb", 1, 1 }, { NULL } };
static const ScriptedFile twice[] = { { "!\\\\s\\a\\edb00001.log", 1, 1 }, { "!\\\\s\\b\\EDB00001.log", 1, 1 }, { NULL } };
static const ScriptedFile no_number[] = { { "!\\\\s\\strange.log", 1, 1 }, { NULL } };
static const ScriptedFile with_hole[] = { { "!\\\\s\\edb00001.log", 1, 1 }, { "!\\\\s\\edb00003.log", 1, 1 }, { NULL } };
static const ScriptedFile slashes[] = { { "!//s/C$/CertLog/edb00001.log", 1, 1 }, { "!\\\\s\\C$/CertLog/edb00002.log", 1, 1 }, { NULL } };

/* A server that lies about its files. */
static void
test_lies (Fixture      *fixture,
           gconstpointer data)
{
  const struct
  {
    const ScriptedFile *databases;
    const ScriptedFile *logs;
    GQuark domain;
    int code;
    guint opened;
  } lies[] = {
    { short_file, none, SR_ERROR, SR_ERROR_MISMATCH, 1 },
    { long_file, none, SR_ERROR, SR_ERROR_MISMATCH, 1 },
    { short_at_a_read, none, SR_ERROR, SR_ERROR_MISMATCH, 1 },
    { much_longer, none, SR_ERROR, SR_ERROR_MISMATCH, 1 },
    { huge, none, 0, 0, 1 },
    { no_type, none, SR_ERROR, SR_ERROR_MALFORMED, 0 },
    { folder_type, none, SR_ERROR, SR_ERROR_MALFORMED, 0 },
    { log_type, none, SR_ERROR, SR_ERROR_MALFORMED, 0 },
    { one, database_type, SR_ERROR, SR_ERROR_MALFORMED, 1 },
    { one, twice, SR_STORE_ERROR, SR_STORE_ERROR_NAME, 3 },
    { none, log_type, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET, 1 },
    { one, none, SR_BACKUP_RULE_ERROR, SR_BACKUP_RULE_TORN_LOGS, 1 },
    { one, no_number, SR_BACKUP_RULE_ERROR, SR_BACKUP_RULE_TORN_LOGS, 1 },
    { one, with_hole, SR_BACKUP_RULE_ERROR, SR_BACKUP_RULE_TORN_LOGS, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;

      scripted_ca_forget (fixture->ca);
      fixture->ca->databases = lies[i].databases;
      fixture->ca->logs = lies[i].logs;
      session = run (fixture, &error);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      if (lies[i].domain != 0)
        g_assert_error (error, lies[i].domain, lies[i].code);
      if (lies[i].domain == SR_BACKUP_RULE_ERROR)
        {
          /* To make a full backup is no advice where one was refused for what it would hold. */
          g_assert_nonnull (strstr (error->message, "The CA’s logs were left as they are."));
          g_assert_cmpstr (sr_backup_session_get_advice (session), ==, sr_backup_rule_advice (SR_BACKUP_RULE_TORN_LOGS));
        }
      g_assert_cmpint (COUNT (prepares), ==, 1);
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_OPEN_FILE]), ==, lies[i].opened);
      /* What was opened is closed before the session ends. */
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_CLOSE_FILE]), ==, lies[i].opened);
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_END]), ==, 1);
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_TRUNCATE_LOGS]), ==, 0);
      assert_ended (fixture);
      place_assert_clean (&fixture->place, 0);
    }
}

/* A log is known by the last part of its name, whichever way the slashes lean. */
static void
test_slashes (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  guint32 low, high;

  fixture->ca->logs = slashes;
  session = run (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (sr_manifest_get_generations (sr_backup_set_get_manifest (sr_backup_session_get_set (session)), &low, &high));
  g_assert_cmpuint (low, ==, 1);
  g_assert_cmpuint (high, ==, 2);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_TRUNCATE_LOGS]), ==, 1);
  place_assert_clean (&fixture->place, 1);
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  static const struct
  {
    SrHresult hr;
    guint32 flags;
    guint32 roles;
    gboolean denied;
    const char *advice;
  } refusals[] = {
    { SR_E_ACCESSDENIED, 0x641, 0x108, FALSE, "0x40" },
    { SR_E_ACCESSDENIED, 0x601, 0x100, FALSE, "no Backup Operator" },
    { SR_E_ACCESSDENIED, 0x641, 0x100, FALSE, "besides" },
    { SR_E_ACCESSDENIED, 0x601, 0x108, FALSE, "not restarted" },
    { SR_E_ACCESSDENIED, 0, 0, TRUE, "cannot be told" },
    { SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS), 0, 0, FALSE, NULL },
    { SR_CERTSRV_E_ROLECONFLICT, 0, 0, FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;

      fixture->ca->interface_flags = refusals[i].flags;
      fixture->ca->roles = refusals[i].roles;
      fixture->ca->configuration_denied = refusals[i].denied;
      scripted_ca_clear_faults (fixture->ca);
      scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_PREPARE, .kind = FAULT_ANSWER, .hr = refusals[i].hr });
      session = run (fixture, &error);
      g_assert_cmphex (sr_hresult_from_error (error), ==, refusals[i].hr);
      g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_PREPARING);
      g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_NOT_OPEN);
      g_assert_nonnull (strstr (error->message, "localhost"));
      if (refusals[i].advice == NULL)
        g_assert_null (sr_backup_session_get_advice (session));
      else
        g_assert_nonnull (strstr (sr_backup_session_get_advice (session), refusals[i].advice));
      /* What was not opened is not ended, and the object is given back. */
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_END]), ==, 0);
      g_assert_cmpint (COUNT (toy.releases), ==, i + 1);
      place_assert_clean (&fixture->place, 0);
    }
}

static gpointer
resume_after_ends (gpointer user_data)
{
  scripted_ca_wait_calls (user_data, SR_CSRA_BACKUP_END, 2);
  scripted_ca_resume (user_data);
  return NULL;
}

/* Prepare goes on running after its caller gave up: an early "no session is open" is not believed. */
static void
test_late_prepare (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  GThread *thread;

  fixture->options.timeouts.call = 1;
  fixture->options.timeouts.settle = 20;
  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_PREPARE, .kind = FAULT_STALL });
  thread = g_thread_new ("resume", resume_after_ends, fixture->ca);
  session = run (fixture, &error);
  g_thread_join (thread);
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_cmpint (COUNT (prepares), ==, 1);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_END]), >, 1);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_ENDED);
  assert_ended (fixture);
  place_assert_clean (&fixture->place, 0);
}

/* A Prepare that never reached the server: "no session is open" is believed in the end. */
static void
test_lost_prepare (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_PREPARE, .kind = FAULT_DROP_BEFORE });
  session = run (fixture, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
  g_assert_cmpint (COUNT (prepares), ==, 0);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_END]), >, 1);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_ENDED);
  place_assert_clean (&fixture->place, 0);
}

typedef struct
{
  ScriptedCa *ca;
  SrCsraOpnum opnum;
  guint calls;
  gboolean waited_for;
  GCancellable *cancellable;
} CancelStalled;

/* A call that is waited for comes back a while after the cancel; the others do not, before the session is over. */
static gpointer
cancel_stalled (gpointer user_data)
{
  CancelStalled *self = user_data;

  scripted_ca_wait_calls (self->ca, self->opnum, self->calls);
  g_cancellable_cancel (self->cancellable);
  if (self->waited_for)
    {
      g_usleep (G_USEC_PER_SEC / 2);
      scripted_ca_resume (self->ca);
    }
  return NULL;
}

/* A call out at a server that does not answer is given up on cancel; Prepare and TruncateLogs are waited for. */
static void
test_cancel_stalled (Fixture      *fixture,
                     gconstpointer data)
{
  static const struct
  {
    SrCsraOpnum opnum;
    gboolean waited_for;
  } methods[] = {
    { SR_CSRA_BACKUP_PREPARE, TRUE },
    { SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, FALSE },
    { SR_CSRA_BACKUP_READ_FILE, FALSE },
    { SR_CSRA_BACKUP_TRUNCATE_LOGS, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      CancelStalled stalled = {
        fixture->ca, methods[i].opnum, COUNT (calls[methods[i].opnum]) + 1, methods[i].waited_for, cancellable,
      };
      GThread *thread;
      guint sets = methods[i].opnum == SR_CSRA_BACKUP_TRUNCATE_LOGS;

      scripted_ca_clear_faults (fixture->ca);
      scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = methods[i].opnum, .kind = FAULT_STALL });
      thread = g_thread_new ("cancel", cancel_stalled, &stalled);
      session = place_run (&fixture->place, &fixture->options, cancellable, &error);
      g_thread_join (thread);
      scripted_ca_resume (fixture->ca);
      /* TruncateLogs is the last thing that a cancel could have stopped. */
      if (sets)
        {
          g_assert_no_error (error);
          g_assert_cmpint (sr_backup_session_get_record (session)->truncated, ==, SR_TRUNCATION_YES);
        }
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (COUNT (prepares), ==, i + 1);
      assert_ended (fixture);
      place_assert_clean (&fixture->place, sets);
    }
}

typedef struct
{
  guint at;
  guint event;
  GCancellable *cancellable;
} CancelAt;

static void
cancel_at (const SrBackupProgress *progress,
           gpointer                user_data)
{
  CancelAt *cancel = user_data;

  if (cancel->event++ == cancel->at)
    g_cancellable_cancel (cancel->cancellable);
}

/* A cancel at every change that a session tells of. */
static void
test_cancel_everywhere (Fixture      *fixture,
                        gconstpointer data)
{
  guint cancelled = 0, done = 0, sets = 0;
  CancelAt cancel = { 0 };

  fixture->options.progress = cancel_at;
  fixture->options.user_data = &cancel;
  for (cancel.at = 0; cancel.at == 0 || cancel.event > cancel.at - 1; cancel.at++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      cancel.event = 0;
      cancel.cancellable = cancellable;
      session = place_run (&fixture->place, &fixture->options, cancellable, &error);
      if (error != NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      *(error != NULL ? &cancelled : &done) += 1;
      sets += sr_backup_session_get_set (session) != NULL;
      g_assert_true (error != NULL || sr_backup_session_get_set (session) != NULL);
      assert_ended (fixture);
      place_assert_clean (&fixture->place, sets);
    }
  g_test_message ("cancelled at %u places, %u stopped, %u too late, %u sets: Prepares %u, Ends %u",
                  cancel.at, cancelled, done, sets, COUNT (prepares), COUNT (ends));
  g_assert_cmpint (cancelled, >, 20);
}

/* End that is refused leaves the session to the journal; a later start ends it. */
static void
test_left_open (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GBytes) json = NULL;
  g_auto (SrSessionRecord) record = { 0 };
  SrRecoveryItem *item;

  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_END, .kind = FAULT_ANSWER, .hr = SR_E_ACCESSDENIED });
  session = run (fixture, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_E_ACCESSDENIED);
  g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_ENDING);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_LEFT_OPEN);
  g_assert_cmpint (COUNT (toy.releases), ==, 0);
  g_assert_cmpint (place_count_journal (&fixture->place), ==, 1);
  g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, NULL));
  g_assert_cmpint (record.truncated, ==, SR_TRUNCATION_YES);
  g_assert_cmpint (record.ended, ==, SR_ENDING_UNKNOWN);
  sr_session_record_clear (&record);

  /* Nobody's password at hand; then the CA still refuses. */
  for (guint i = 0; i < 2; i++)
    {
      items = place_recover (&fixture->place, i == 0 ? NULL : fixture->ca->toy.target);
      g_assert_cmpint (items->len, ==, 1);
      item = g_ptr_array_index (items, 0);
      g_assert_cmpint (item->outcome, ==, SR_RECOVERY_UNSETTLED);
      g_assert_nonnull (item->error);
      g_assert_false (item->settled);
      g_clear_pointer (&items, g_ptr_array_unref);
      g_assert_cmpint (place_count_journal (&fixture->place), ==, 1);
    }

  scripted_ca_clear_faults (fixture->ca);
  items = place_recover (&fixture->place, fixture->ca->toy.target);
  item = g_ptr_array_index (items, 0);
  g_assert_no_error (item->error);
  g_assert_cmpint (item->outcome, ==, SR_RECOVERY_ENDED);
  g_assert_true (item->settled);
  g_assert_cmpstr (item->set, ==, sr_backup_set_get_path (sr_backup_session_get_set (session)));
  assert_ended (fixture);
  g_assert_cmpint (COUNT (toy.releases), ==, 1);
  g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, NULL));
  g_assert_cmpint (record.truncated, ==, SR_TRUNCATION_YES);
  g_assert_cmpint (record.ended, ==, SR_ENDING_YES);
  place_assert_clean (&fixture->place, 1);

  json = sr_session_recovery_to_json (items);
  g_assert_nonnull (strstr (g_bytes_get_data (json, NULL), "\"outcome\" : \"ended\""));
  g_assert_nonnull (strstr (g_bytes_get_data (json, NULL), "\"step\" : \"end-sent\""));
}

/* The CA falls silent in the middle: the session is left to the journal, and ended when the CA is back. */
static void
test_unreachable (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_autoptr (GPtrArray) items = NULL;

  fixture->options.timeouts.end = 1;
  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_READ_FILE, .nth = 2, .kind = FAULT_GONE });
  session = run (fixture, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_CLOSED);
  g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_DATABASE);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_LEFT_OPEN);
  g_assert_cmpint (COUNT (ends), ==, 0);
  g_assert_cmpint (place_count_journal (&fixture->place), ==, 1);
  g_assert_cmpint (place_count_staging (&fixture->place), ==, 0);

  scripted_ca_clear_faults (fixture->ca);
  items = place_recover (&fixture->place, fixture->ca->toy.target);
  g_assert_cmpint (((SrRecoveryItem *) g_ptr_array_index (items, 0))->outcome, ==, SR_RECOVERY_ENDED);
  assert_ended (fixture);
  place_assert_clean (&fixture->place, 0);
}

/* The server does not know the object any more: told, and not tried again. */
static void
test_object_gone (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_auto (SrSessionRecord) record = { 0 };

  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_END, .kind = FAULT_ANSWER, .hr = SR_RPC_E_DISCONNECTED });
  session = run (fixture, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_RPC_E_DISCONNECTED);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_LOST);
  g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_END]), ==, 1);
  g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, NULL));
  g_assert_cmpint (record.ended, ==, SR_ENDING_UNKNOWN);
  place_assert_clean (&fixture->place, 1);
}

static void
test_truncate_refused (Fixture      *fixture,
                       gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_auto (SrSessionRecord) record = { 0 };

  scripted_ca_add_fault (fixture->ca, (ScriptedFault) { .opnum = SR_CSRA_BACKUP_TRUNCATE_LOGS, .kind = FAULT_ANSWER,
                                                        .hr = SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE) });
  session = run (fixture, &error);
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE));
  g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_TRUNCATING);
  g_assert_true (sr_backup_set_load_session (sr_backup_session_get_set (session), &record, NULL));
  g_assert_cmpint (record.truncated, ==, SR_TRUNCATION_NO);
  g_assert_cmphex (record.truncate_result, ==, SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE));
  g_assert_cmpint (record.ended, ==, SR_ENDING_YES);
  assert_ended (fixture);
  place_assert_clean (&fixture->place, 1);
}

/* What is wrong on our side before Prepare opens nothing. */
static void
test_nothing_sent (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (SrLock) lock = place_lock (&fixture->place);
  g_autofree char *state = g_path_get_dirname (fixture->place.journal);

  fixture->options.lock = lock;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = NULL;

      if (i == 0)
        g_assert_true (g_file_set_contents (state, "a file where the journal should be", -1, NULL));
      else if (i == 1)
        {
          g_unlink (state);
          fixture->options.read_size = 4096;
        }
      else
        {
          g_autofree char *id = g_build_filename (sr_repository_get_path (fixture->place.repository), SR_REPOSITORY_ID_NAME, NULL);

          fixture->options.read_size = 0;
          g_assert_cmpint (g_unlink (id), ==, 0);
        }
      session = run (fixture, &error);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_cmpint (COUNT (calls[SR_CSRA_BACKUP_PREPARE]), ==, 0);
      g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_NOT_OPEN);
    }
  /* What was activated in the first case was given back. */
  g_assert_cmpint (COUNT (toy.releases), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session/faults/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("whole", test_whole);
  ADD ("keep", test_keep);
  ADD ("drop", test_drop);
  ADD ("lies", test_lies);
  ADD ("slashes", test_slashes);
  ADD ("refused", test_refused);
  ADD ("late-prepare", test_late_prepare);
  ADD ("lost-prepare", test_lost_prepare);
  ADD ("cancel-stalled", test_cancel_stalled);
  ADD ("cancel-everywhere", test_cancel_everywhere);
  ADD ("left-open", test_left_open);
  ADD ("unreachable", test_unreachable);
  ADD ("object-gone", test_object_gone);
  ADD ("truncate-refused", test_truncate_refused);
  ADD ("nothing-sent", test_nothing_sent);
  return g_test_run ();
}
