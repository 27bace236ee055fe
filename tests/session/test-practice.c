/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kills.h"
#include "served-ca.h"

#include "base/sr-error.h"
#include "csra/sr-csra-messages.h"

#include <string.h>

/* Backups of the practice CA, under every switch for what is not known of
 * Windows. Run-downs are counted apart: the clock of pings stands still. */

typedef struct
{
  guint switches;
  ServedCa served;
  Place place;
  SrBackupOptions options;
  SrJournalStep step_seen;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->switches = GPOINTER_TO_UINT (data);
  served_ca_start (&fixture->served, fixture->switches, 20);
  place_set_up (&fixture->place, fixture->served.config);
  fixture->options = place_options (&fixture->place, fixture->served.target, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  served_ca_stop (&fixture->served);
  place_tear_down (&fixture->place);
}

static SrBackupSession *
run (Fixture *fixture,
     GError **error)
{
  return place_run (&fixture->place, &fixture->options, NULL, error);
}

/* Prepares = Ends, and no session went another way. */
static void
assert_counts (Fixture *fixture,
               guint    prepares)
{
  g_assert_cmpint (served_ca_count (&fixture->served, "prepare"), ==, prepares);
  g_assert_cmpint (served_ca_count (&fixture->served, "end"), ==, prepares);
  g_assert_cmpint (served_ca_count (&fixture->served, "rundown"), ==, 0);
  g_assert_cmpint (served_ca_count (&fixture->served, "released"), ==, 0);
  g_assert_cmpint (served_ca_count (&fixture->served, "lost"), ==, 0);
  g_assert_cmpint (served_ca_count (&fixture->served, "orphaned"), ==, 0);
}

static const SrSetFile *
find_file (SrBackupSet *set,
           const char  *name)
{
  GPtrArray *files = sr_backup_set_get_manifest (set)->files;

  for (guint i = 0; i < files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (files, i);
      g_autofree char *base = g_path_get_basename (file->path);

      if (strcmp (base, name) == 0)
        return file;
    }
  return NULL;
}

/* What the CA recorded of what it served is what lies in the set. */
static guint
assert_served (Fixture     *fixture,
               SrBackupSet *set)
{
  g_autoptr (JsonObject) backup = served_ca_last_backup (&fixture->served);
  JsonArray *files = json_object_get_array_member (backup, "files");
  guint n = json_array_get_length (files);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *served = json_array_get_object_element (files, i);
      const SrSetFile *file = find_file (set, json_object_get_string_member (served, "name"));

      g_assert_nonnull (file);
      g_assert_cmpint (json_object_get_int_member (served, "served"), ==, file->size);
      g_assert_cmpstr (json_object_get_string_member (served, "sha256"), ==, file->sha256);
    }
  return n;
}

static void
test_whole (Fixture      *fixture,
            gconstpointer data)
{
  for (guint i = 1; i <= 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrBackupSession) session = run (fixture, &error);
      const SrBackupCounts *counts = sr_backup_session_get_counts (session);
      const SrManifest *manifest;
      g_autofree char *sha256 = NULL;
      g_autoptr (JsonObject) backup = NULL;

      g_assert_no_error (error);
      assert_counts (fixture, i);
      g_assert_cmpint (assert_served (fixture, sr_backup_session_get_set (session)), ==, counts->databases + counts->logs);
      g_assert_cmpint (counts->databases, ==, 1);
      g_assert_cmpint (counts->logs, >, 0);
      place_assert_set_good (sr_backup_session_get_set (session));
      place_assert_clean (&fixture->place, i);

      manifest = sr_backup_set_get_manifest (sr_backup_session_get_set (session));
      sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, sr_practice_ca_get_certificate (fixture->served.ca));
      g_assert_cmpstr (manifest->certificate_sha256, ==, sha256);
      g_assert_cmpstr (manifest->config, ==, fixture->served.config);
      g_assert_cmpint (manifest->locations->len, ==, 3);
      g_assert_cmpint (g_strv_length (manifest->dynamic_files), ==, counts->dynamic_files);

      backup = served_ca_last_backup (&fixture->served);
      g_assert_true (json_object_get_boolean_member (backup, "truncated"));
      g_assert_cmpint (sr_backup_session_get_record (session)->truncated, ==, SR_TRUNCATION_YES);
      g_assert_true (sr_practice_ca_issue (fixture->served.ca, 30, NULL, "TEST\\requester", NULL, &error));
    }
}

/* A log-only backup follows one that truncated logs, and reads no database. */
static void
test_logs (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) full = run (fixture, &error);
  g_autoptr (SrBackupSession) logs = NULL;

  g_assert_no_error (error);
  g_assert_true (sr_practice_ca_issue (fixture->served.ca, 30, NULL, "TEST\\requester", NULL, &error));
  fixture->options.kind = SR_BACKUP_LOGS;
  logs = run (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_backup_session_get_counts (logs)->databases, ==, 0);
  g_assert_cmpint (sr_backup_session_get_counts (logs)->logs, >, 0);
  assert_served (fixture, sr_backup_session_get_set (logs));
  place_assert_set_good (sr_backup_session_get_set (logs));
  place_assert_clean (&fixture->place, 2);
  assert_counts (fixture, 2);
}

/* Every method that a backup calls, DCOM's own with it. */
static const struct
{
  const char *iface;
  guint16 opnum;
} methods[] = {
  { "IRemoteSCMActivator", 4 },
  { "IObjectExporter", 5 },
  { "IObjectExporter", 2 },
  { NULL, SR_CSRA_GET_CA_PROPERTY },
  { NULL, SR_CSRA_BACKUP_PREPARE },
  { NULL, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS },
  { NULL, SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION },
  { NULL, SR_CSRA_BACKUP_OPEN_FILE },
  { NULL, SR_CSRA_BACKUP_READ_FILE },
  { NULL, SR_CSRA_BACKUP_CLOSE_FILE },
  { NULL, SR_CSRA_BACKUP_GET_BACKUP_LOGS },
  { NULL, SR_CSRA_BACKUP_GET_DYNAMIC_FILES },
  { NULL, SR_CSRA_BACKUP_TRUNCATE_LOGS },
  { NULL, SR_CSRA_BACKUP_END },
  { "IRemUnknown", 5 },
};

/* A backup with one call dropped. */
static void
drop_one (Fixture *fixture,
          guint    method,
          guint    call,
          gboolean after,
          guint   *sets,
          guint   *failed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  sr_practice_server_drop (fixture->served.server, methods[method].iface, methods[method].opnum, call, after);
  session = run (fixture, &error);
  sr_practice_server_drop_connections (fixture->served.server);
  *sets += sr_backup_session_get_set (session) != NULL;
  *failed += error != NULL;
  assert_counts (fixture, served_ca_count (&fixture->served, "prepare"));
  place_assert_clean (&fixture->place, *sets);
  if (sr_backup_session_get_set (session) != NULL)
    place_assert_set_good (sr_backup_session_get_set (session));
}

/* The connection dropped before and after every call in turn. */
static void
test_drop (Fixture      *fixture,
           gconstpointer data)
{
  guint calls[G_N_ELEMENTS (methods)], drops = 0, sets = 1, failed = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) whole = run (fixture, &error);

  g_assert_no_error (error);
  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    {
      calls[m] = methods[m].iface != NULL ? 1 : served_ca_calls (&fixture->served, methods[m].opnum);
      g_assert_cmpint (calls[m], >, 0);
    }
  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    for (guint call = 1; call <= calls[m]; call++)
      for (guint after = 0; after < 2; after++, drops++)
        drop_one (fixture, m, call, after, &sets, &failed);
  g_test_message ("%s: %u calls dropped: Prepares %u, Ends %u, run-downs %u; %u backups failed, %u sets", served_ca_switches (fixture->switches),
                  drops, served_ca_count (&fixture->served, "prepare"), served_ca_count (&fixture->served, "end"),
                  served_ca_count (&fixture->served, "rundown"), failed, sets);
}

static void
counts (guint   *prepares,
        guint   *ends,
        gpointer user_data)
{
  Fixture *fixture = user_data;

  *prepares = served_ca_count (&fixture->served, "prepare");
  *ends = served_ca_count (&fixture->served, "end");
  assert_counts (fixture, *prepares);
}

static Kills
make_kills (Fixture *fixture)
{
  return (Kills) {
    .place = &fixture->place,
    .target = fixture->served.target,
    .password = fixture->served.password,
    .counts = counts,
    .user_data = fixture,
  };
}

static void
test_kill (Fixture      *fixture,
           gconstpointer data)
{
  Kills kills = make_kills (fixture);

  kills_run_through (&kills);
  kills_report (&kills, served_ca_switches (fixture->switches));
}

typedef struct
{
  SrBackupPhase phase;
  GCancellable *cancellable;
} CancelIn;

static void
cancel_in (const SrBackupProgress *progress,
           gpointer                user_data)
{
  CancelIn *cancel = user_data;

  if (progress->phase == cancel->phase)
    g_cancellable_cancel (cancel->cancellable);
}

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  guint sets = 0;
  CancelIn cancel;

  fixture->options.progress = cancel_in;
  fixture->options.user_data = &cancel;
  for (cancel.phase = SR_BACKUP_PHASE_CONNECTING; cancel.phase < SR_BACKUP_PHASE_DONE; cancel.phase++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SrBackupSession) session = NULL;

      cancel.cancellable = cancellable;
      session = place_run (&fixture->place, &fixture->options, cancellable, &error);
      if (cancel.phase < SR_BACKUP_PHASE_ENDING)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          g_assert_cmpint (sr_backup_session_get_failed_phase (session), >=, cancel.phase);
        }
      else
        g_assert_no_error (error);
      sets += sr_backup_session_get_set (session) != NULL;
      assert_counts (fixture, served_ca_count (&fixture->served, "prepare"));
      place_assert_clean (&fixture->place, sets);
    }
  g_test_message ("%s: cancelled in %u phases: Prepares %u, Ends %u, %u sets", served_ca_switches (fixture->switches),
                  SR_BACKUP_PHASE_DONE - SR_BACKUP_PHASE_CONNECTING, served_ca_count (&fixture->served, "prepare"),
                  served_ca_count (&fixture->served, "end"), sets);
}

/* Killed with the session open, and reclaimed by the server before the next start. */
static void
test_rundown (Fixture      *fixture,
              gconstpointer data)
{
  Kills kills = make_kills (fixture);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  SrRecoveryItem *item;
  gboolean survives = (fixture->switches & SERVED_SURVIVES) != 0;

  for (guint at = 1; served_ca_count (&fixture->served, "prepare") == 0; at++)
    {
      g_clear_pointer (&items, g_ptr_array_unref);
      g_assert_true (kills_run (&kills, at));
      if (served_ca_count (&fixture->served, "prepare") == 0)
        items = place_recover (&fixture->place, fixture->served.target);
    }
  g_clear_pointer (&items, g_ptr_array_unref);
  g_assert_cmpint (sr_practice_server_advance_clock (fixture->served.server, 3600), >=, 1);
  g_assert_cmpint (served_ca_count (&fixture->served, survives ? "orphaned" : "rundown"), ==, 1);

  items = place_recover (&fixture->place, fixture->served.target);
  item = g_ptr_array_index (items, 0);
  g_assert_cmpint (item->outcome, ==, SR_RECOVERY_OBJECT_GONE);
  g_assert_nonnull (item->error);
  g_assert_true (item->settled);
  g_assert_cmpint (served_ca_count (&fixture->served, "end"), ==, 0);
  place_assert_clean (&fixture->place, 0);

  /* Where the backup outlives its object nobody may end it: the next one is told, until the service is restarted. */
  session = run (fixture, &error);
  if (survives)
    {
      g_assert_cmphex (sr_hresult_from_error (error), ==, SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS));
      g_clear_error (&error);
      g_clear_pointer (&session, sr_backup_session_free);
      g_assert_true (sr_practice_server_restart (fixture->served.server, &error));
      session = run (fixture, &error);
    }
  g_assert_no_error (error);
  place_assert_clean (&fixture->place, 1);
}

/* The service restarted, at the same port of objects or another, before the next start. */
static void
test_restarted (Fixture      *fixture,
                gconstpointer data)
{
  for (guint again = 0; again < 2; again++)
    {
      Kills kills = make_kills (fixture);
      g_autoptr (GPtrArray) items = NULL;
      guint before = served_ca_count (&fixture->served, "prepare");
      SrRecoveryItem *item;

      for (guint at = 10; served_ca_count (&fixture->served, "prepare") == before; at++)
        {
          g_clear_pointer (&items, g_ptr_array_unref);
          g_assert_true (kills_run (&kills, at));
          if (served_ca_count (&fixture->served, "prepare") == before)
            items = place_recover (&fixture->place, fixture->served.target);
        }
      g_clear_pointer (&items, g_ptr_array_unref);
      if (again)
        served_ca_start_again (&fixture->served);
      else
        g_assert_true (sr_practice_server_restart (fixture->served.server, NULL));

      items = place_recover (&fixture->place, fixture->served.target);
      item = g_ptr_array_index (items, 0);
      g_test_message ("%s: %s", sr_recovery_outcome_to_string (item->outcome), item->error->message);
      g_assert_cmpint (item->outcome, ==, SR_RECOVERY_OBJECT_GONE);
      g_assert_true (item->settled);
      place_assert_clean (&fixture->place, 0);
    }
  g_assert_cmpint (served_ca_count (&fixture->served, "lost"), ==, 2);
}

static void
restart_in_database (const SrBackupProgress *progress,
                     gpointer                user_data)
{
  Fixture *fixture = user_data;

  if (progress->phase == SR_BACKUP_PHASE_DATABASE && served_ca_count (&fixture->served, "lost") == 0)
    g_assert_true (sr_practice_server_restart (fixture->served.server, NULL));
}

/* The service restarted in the middle of a backup. */
static void
test_restart (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  g_autoptr (SrBackupSession) next = NULL;

  fixture->options.progress = restart_in_database;
  fixture->options.user_data = fixture;
  session = run (fixture, &error);
  g_test_message ("%s", error->message);
  g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_DATABASE);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_LOST);
  g_assert_cmpint (served_ca_count (&fixture->served, "end"), ==, 0);
  g_assert_cmpint (served_ca_count (&fixture->served, "lost"), ==, 1);
  place_assert_clean (&fixture->place, 0);

  g_clear_error (&error);
  next = run (fixture, &error);
  g_assert_no_error (error);
  place_assert_clean (&fixture->place, 1);
}

static void
assert_refused (Fixture    *fixture,
                SrHresult   hr,
                const char *advice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = run (fixture, &error);

  g_test_message ("%s", error->message);
  g_assert_cmphex (sr_hresult_from_error (error), ==, hr);
  g_assert_cmpint (sr_backup_session_get_state (session), ==, SR_SESSION_NOT_OPEN);
  if (advice != NULL)
    g_assert_nonnull (strstr (sr_backup_session_get_advice (session), advice));
  place_assert_clean (&fixture->place, 0);
}

static void
set_number (Fixture       *fixture,
            SrPracticeNode node,
            const char    *entry,
            gint32         value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_ca_set_config (fixture->served.ca, node, entry, g_variant_new_int32 (value), &error));
  g_assert_no_error (error);
}

static void
restart (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_server_restart (fixture->served.server, &error));
  g_assert_no_error (error);
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* Flag 0x40, then cleared and not in force yet. */
  set_number (fixture, SR_PRACTICE_NODE_CA, "InterfaceFlags", SR_PRACTICE_INTERFACE_FLAGS | SR_PRACTICE_IF_NOREMOTEICERTADMINBACKUP);
  restart (fixture);
  assert_refused (fixture, SR_E_ACCESSDENIED, "0x40");
  set_number (fixture, SR_PRACTICE_NODE_CA, "InterfaceFlags", SR_PRACTICE_INTERFACE_FLAGS);
  assert_refused (fixture, SR_E_ACCESSDENIED, "not restarted");
  restart (fixture);

  /* No role but reading; no role at all. */
  g_assert_true (sr_practice_ca_set_roles (fixture->served.ca, SERVED_OPERATOR, SR_PRACTICE_ROLE_READ, &error));
  assert_refused (fixture, SR_E_ACCESSDENIED, "no Backup Operator");
  g_assert_true (sr_practice_ca_set_roles (fixture->served.ca, SERVED_OPERATOR, 0, &error));
  assert_refused (fixture, SR_E_ACCESSDENIED, NULL);
  g_assert_true (sr_practice_ca_set_roles (fixture->served.ca, SERVED_OPERATOR, SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR, &error));

  /* What was refused was never ended. */
  g_assert_cmpint (served_ca_calls (&fixture->served, SR_CSRA_BACKUP_END), ==, 0);
  assert_counts (fixture, 0);
}

static void
test_wrong_password (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (SrDcomTarget) target = served_ca_target (&fixture->served, SERVED_OPERATOR, "not the password");
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  fixture->options.target = target;
  session = run (fixture, &error);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpint (sr_backup_session_get_failed_phase (session), ==, SR_BACKUP_PHASE_CONNECTING);
  assert_counts (fixture, 0);
  place_assert_clean (&fixture->place, 0);
}

/* The journal's step while the session goes on: at its last call, in the end. */
static void
see_step (const SrBackupProgress *progress,
          gpointer                user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GPtrArray) listed = sr_journal_list (fixture->place.journal, NULL);

  if (listed != NULL && listed->len == 1)
    fixture->step_seen = ((SrJournalListed *) listed->pdata[0])->entry->step;
}

/* Somebody else's backup is left alone, and goes on. */
static void
test_busy (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *password = served_ca_password (&fixture->served, SERVED_ADMINISTRATOR);
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (SrCertAdmin) other = NULL;
  g_autoptr (GError) error = NULL;
  gint64 deadline = sr_deadline_in (60);

  g_assert_true (sr_practice_ca_set_roles (fixture->served.ca, SERVED_ADMINISTRATOR,
                                           SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR, &error));
  target = served_ca_target (&fixture->served, SERVED_ADMINISTRATOR, password);
  other = sr_cert_admin_activate (target, sr_practice_ca_get_name (fixture->served.ca), deadline, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_cert_admin_backup_prepare (other, SR_BACKUP_FULL, deadline, NULL, &error));

  fixture->step_seen = SR_JOURNAL_PREPARE_SENT;
  fixture->options.progress = see_step;
  fixture->options.user_data = fixture;
  assert_refused (fixture, SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS), NULL);
  /* Killed now, nobody would send End, which could close the other's backup. */
  g_assert_cmpint (fixture->step_seen, ==, SR_JOURNAL_ACTIVATED);
  g_assert_cmpint (served_ca_calls (&fixture->served, SR_CSRA_BACKUP_END), ==, 0);
  g_assert_cmpint (served_ca_count (&fixture->served, "prepare"), ==, 1);

  g_assert_true (sr_cert_admin_backup_end (other, deadline, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_dcom_object_release (sr_cert_admin_get_object (other), deadline, &error));
  assert_counts (fixture, 1);
}

static void
add (const char *group,
     const char *name,
     void      (*func) (Fixture      *fixture,
                        gconstpointer data))
{
  for (guint switches = 0; switches < SERVED_ALL; switches++)
    {
      g_autofree char *path = g_strdup_printf ("/session/practice/%s/%s-%s-%s", group, name, switches & SERVED_SHARED ? "shared" : "own",
                                               switches & SERVED_SURVIVES ? "survives" : "dies");

      g_test_add (path, Fixture, GUINT_TO_POINTER (switches), set_up, func, tear_down);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("rules", "whole", test_whole);
  add ("rules", "logs", test_logs);
  add ("drop", "drop", test_drop);
  add ("kill", "kill", test_kill);
  add ("rules", "cancel", test_cancel);
  add ("rules", "rundown", test_rundown);
  add ("rules", "restarted", test_restarted);
  add ("rules", "restart", test_restart);
  add ("rules", "refused", test_refused);
  add ("rules", "wrong-password", test_wrong_password);
  add ("rules", "busy", test_busy);
  return g_test_run ();
}
