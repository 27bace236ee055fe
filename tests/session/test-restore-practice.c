/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "served-ca.h"

#include "base/sr-error.h"
#include "host/tables/sr-svcctl-messages.h"
#include "host/tables/sr-winreg-messages.h"
#include "practice/sr-practice-drives.h"
#include "session/sr-restore-session.h"

#include <signal.h>
#include <string.h>

/* Restores of the practice CA, whose service recovers: every row is compared
 * with what it was at the point, by serial, disposition and revocation. */

#define N_LOG_SETS 30

typedef struct
{
  ServedCa served;
  Place place;
  SrCaHost *host;
  GPtrArray *sets;   /* of SrBackupSet */
  GPtrArray *points; /* rows right after each */
  char *latest;      /* rows at the end */
} World;

static SrPracticeCa *
ca_of (World *world)
{
  return sr_practice_server_get_ca (world->served.server);
}

/* A line for each row, and whether the service runs. */
static char *
rows_of (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) all = sr_practice_ca_inspect (ca_of (world), TRUE, &error);
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *rows;

  g_assert_no_error (error);
  g_assert_true (json_object_has_member (all, "rows"));
  rows = json_object_get_array_member (all, "rows");
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const char *serial = json_object_get_string_member_with_default (row, "serial", "-");
      const char *revoked = json_object_get_string_member_with_default (row, "revoked", "-");

      g_string_append_printf (text, "%" G_GINT64_FORMAT " %s %s %s\n", json_object_get_int_member (row, "requestId"), serial,
                              json_object_get_string_member_with_default (row, "disposition", "?"), revoked);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
issue (World *world,
       guint  count)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  guint32 id;

  g_assert_true (sr_practice_ca_issue (ca_of (world), count, NULL, "TEST\\requester", &id, &error));
  g_assert_no_error (error);
  first = g_strdup_printf ("#%u", id);
  g_assert_true (sr_practice_ca_revoke (ca_of (world), first, 1, 0, &error));
  g_assert_no_error (error);
}

static void
back_up (World       *world,
         SrBackupKind kind)
{
  SrBackupOptions options = place_options (&world->place, world->served.target, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  options.kind = kind;
  session = place_run (&world->place, &options, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world->sets, g_object_ref (sr_backup_session_get_set (session)));
  g_ptr_array_add (world->points, rows_of (world));
}

static SrCaHost *
make_host (World *world)
{
  g_autofree char *drives = g_build_filename (world->served.folder, SR_PRACTICE_DRIVES_FOLDER, NULL);
  g_autofree char *password = served_ca_password (&world->served, SERVED_ADMINISTRATOR);
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (SERVED_ADMINISTRATOR, secret);
  SrCaHostTarget target = { .host = "localhost", .address = "127.0.0.1", .port = sr_practice_server_get_host_port (world->served.server),
                            .drives = drives, .ntlm_allowed = TRUE, .timeout = 20 * G_USEC_PER_SEC };

  return sr_ca_host_new (&target, credentials);
}

static void
set_up (World *world,
        guint  n_log_sets)
{
  served_ca_start (&world->served, 0, 5);
  place_set_up (&world->place, world->served.config);
  world->sets = g_ptr_array_new_with_free_func (g_object_unref);
  world->points = g_ptr_array_new_with_free_func (g_free);
  issue (world, 3);
  back_up (world, SR_BACKUP_FULL);
  for (guint i = 0; i < n_log_sets; i++)
    {
      issue (world, 2);
      back_up (world, SR_BACKUP_LOGS);
    }
  issue (world, 3);
  world->latest = rows_of (world);
  world->host = make_host (world);
}

static void
tear_down (World *world)
{
  g_clear_object (&world->host);
  served_ca_stop (&world->served);
  place_tear_down (&world->place);
  g_ptr_array_unref (world->sets);
  g_ptr_array_unref (world->points);
  g_free (world->latest);
}

static SrRestoreSession *
restore (World        *world,
         SrRestoreMode mode,
         SrBackupSet  *set,
         GError      **error)
{
  SrRestoreWanted wanted = { .repository = world->place.repository, .config = world->place.config, .mode = mode, .set = set };
  g_autoptr (SrLock) lock = place_lock (&world->place);
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new (&wanted, error);
  SrRestoreOptions options = { .plan = plan, .repository = world->place.repository, .lock = lock, .host = world->host };
  SrRestoreSession *session;

  if (plan == NULL || !sr_restore_plan_check (plan, world->host, world->served.target, lock, NULL, NULL, NULL, error))
    return NULL;
  g_assert_false (sr_restore_plan_needs_name (plan, NULL));
  session = sr_restore_session_new (&options);
  sr_restore_session_run (session, NULL, error);
  return session;
}

static SrRestoreSession *
act (World                *world,
     const SrRestoreEntry *entry,
     SrRestoreAction       action,
     gboolean              accept_loss,
     GError              **error)
{
  g_autoptr (SrLock) lock = place_lock (&world->place);
  SrRestoreOptions options = { .entry = entry, .action = action, .accept_loss = accept_loss,
                               .repository = world->place.repository, .lock = lock, .host = world->host };
  SrRestoreSession *session = sr_restore_session_new (&options);

  sr_restore_session_run (session, NULL, error);
  return session;
}

/* What `practice inspect` shows of RestoreInProgress agrees with the state. */
static void
assert_agrees (World           *world,
               SrRestoreCaState state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) all = sr_practice_ca_inspect (ca_of (world), FALSE, &error);
  gboolean running = json_object_get_boolean_member (all, "running");
  gboolean key = json_object_has_member (all, "restoreInProgress") && !json_object_get_null_member (all, "restoreInProgress");

  g_assert_no_error (error);
  switch (state)
    {
    case SR_RESTORE_CA_AS_BEFORE:
    case SR_RESTORE_CA_RESTORED:
      g_assert_true (running);
      g_assert_false (key);
      break;
    case SR_RESTORE_CA_STOPPED:
    case SR_RESTORE_CA_HALF:
      g_assert_false (running);
      g_assert_false (key);
      break;
    case SR_RESTORE_CA_SUSPENDED:
    case SR_RESTORE_CA_READY:
    case SR_RESTORE_CA_RECOVERY_FAILED:
      g_assert_false (running);
      g_assert_true (key);
      break;
    case SR_RESTORE_CA_FOREIGN:
    case SR_RESTORE_CA_UNKNOWN:
    default:
      g_assert_not_reached ();
    }
}

static void
assert_restored (World            *world,
                 SrRestoreSession *session,
                 const char       *rows)
{
  const SrRestoreOutcome *outcome = sr_restore_session_get_outcome (session);
  g_autofree char *now = rows_of (world);

  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "restored");
  g_assert_cmpstr (outcome->warning, ==, NULL);
  g_assert_cmpint (outcome->entry->prepares, ==, 1);
  g_assert_cmpint (outcome->entry->ends, ==, 1);
  g_assert_true (outcome->full_backup_due);
  g_assert_cmpstr (now, ==, rows);
  assert_agrees (world, outcome->state);
}

static void
assert_put_back (World            *world,
                 SrRestoreSession *session)
{
  g_autofree char *now = rows_of (world);

  g_assert_cmpstr (sr_restore_ca_state_to_string (sr_restore_session_get_outcome (session)->state), ==, "as-before");
  g_assert_cmpstr (now, ==, world->latest);
  assert_agrees (world, SR_RESTORE_CA_AS_BEFORE);
}

/* A restored CA's log-only backup is refused by the session, and would be by the CA; a full one mends that. */
static void
assert_full_due (World *world)
{
  SrBackupOptions options = place_options (&world->place, world->served.target, NULL);
  g_autoptr (SrBackupSession) refused = NULL;
  g_autoptr (SrBackupSession) full = NULL;
  g_autoptr (GError) error = NULL;

  options.kind = SR_BACKUP_LOGS;
  refused = place_run (&world->place, &options, NULL, &error);
  g_assert_nonnull (error);
  g_test_message ("log-only after a restore: %s", error->message);
  g_assert_cmpint (sr_backup_rule_from_error (error), ==, SR_BACKUP_RULE_AFTER_RESTORE);
  g_clear_error (&error);
  options.automatic = TRUE;
  full = place_run (&world->place, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_backup_session_get_kind (full), ==, SR_BACKUP_FULL);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

/* Each way, then back, then once more and on from there. */
static void
test_points (void)
{
  static const guint chosen[] = { N_LOG_SETS, 0, N_LOG_SETS / 2 };
  World world;

  set_up (&world, N_LOG_SETS);
  for (guint i = 0; i < G_N_ELEMENTS (chosen); i++)
    {
      SrBackupSet *set = g_ptr_array_index (world.sets, chosen[i]);
      const char *rows = g_ptr_array_index (world.points, chosen[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (SrRestoreSession) session = restore (&world, SR_RESTORE_POINT, set, &error);
      g_autoptr (SrRestoreSession) back = NULL;

      g_assert_no_error (error);
      assert_restored (&world, session, rows);
      g_test_message ("restored the point of set %u of %u: %u rows the same", chosen[i] + 1, world.sets->len, count_lines (rows));
      if (i + 1 == G_N_ELEMENTS (chosen))
        break;
      back = act (&world, sr_restore_session_get_outcome (session)->entry, SR_RESTORE_PUT_BACK, FALSE, &error);
      g_assert_no_error (error);
      assert_put_back (&world, back);
    }
  assert_full_due (&world);
  tear_down (&world);
}

/* The database alone is destroyed: nothing is lost. */
static void
test_latest (void)
{
  World world;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autofree char *name = NULL;
  g_autofree char *database = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&world, 3);
  g_assert_true (sr_practice_server_stop_service (world.served.server, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < sr_backup_set_get_manifest (g_ptr_array_index (world.sets, 0))->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (sr_backup_set_get_manifest (g_ptr_array_index (world.sets, 0))->files, i);

      if (file->role == SR_FILE_DATABASE)
        {
          name = g_path_get_basename (file->path);
        }
    }
  database = g_build_filename (world.served.folder, SR_PRACTICE_CERTLOG_FOLDER, name, NULL);
  g_assert_true (g_file_test (database, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (database, "destroyed", -1, NULL));
  g_assert_false (sr_practice_server_start_service (world.served.server, &error));
  g_test_message ("a destroyed database: %s", error->message);
  g_clear_error (&error);

  session = restore (&world, SR_RESTORE_LATEST, NULL, &error);
  g_assert_no_error (error);
  assert_restored (&world, session, world.latest);
  assert_full_due (&world);
  tear_down (&world);
}

/* What the restored CA has issued is not lost unasked. */
static void
test_issued (void)
{
  World world;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrRestoreSession) refused = NULL;
  g_autoptr (SrRestoreSession) back = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&world, 1);
  session = restore (&world, SR_RESTORE_POINT, g_ptr_array_index (world.sets, 0), &error);
  g_assert_no_error (error);
  issue (&world, 2);
  refused = act (&world, sr_restore_session_get_outcome (session)->entry, SR_RESTORE_PUT_BACK, FALSE, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_STATE);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  back = act (&world, sr_restore_session_get_outcome (session)->entry, SR_RESTORE_PUT_BACK, TRUE, &error);
  g_assert_no_error (error);
  assert_put_back (&world, back);
  tear_down (&world);
}

/* Wherever it was broken off: one of the closed list of states, the same as `practice inspect` shows, and on from there. */
static void
settle (World          *world,
        SrRestoreAction action,
        SrRestoreMode   mode,
        guint          *states)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = sr_restore_journal_list (world->place.repository, NULL, FALSE, &error);
  g_autoptr (SrRestoreSituation) situation = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  const SrRestoreEntry *entry;

  g_assert_no_error (error);
  g_assert_cmpint (list->len, <=, 1);
  if (list->len == 0)
    return;
  entry = ((SrRestoreListed *) g_ptr_array_index (list, 0))->entry;
  situation = sr_restore_look (entry, world->host, NULL);
  g_assert_no_error (situation->error);
  assert_agrees (world, situation->state);
  states[situation->state]++;
  if (!situation->offered[action])
    action = SR_RESTORE_PUT_BACK;
  session = act (world, entry, action, TRUE, &error);
  g_assert_no_error (error);
  entry = sr_restore_session_get_outcome (session)->entry;
  g_assert_cmpint (entry->prepares, ==, entry->ends);
  assert_agrees (world, sr_restore_session_get_outcome (session)->state);
  if (action == SR_RESTORE_PUT_BACK)
    assert_put_back (world, session);
  if (action == SR_RESTORE_CONTINUE)
    {
      g_autofree char *now = rows_of (world);

      g_assert_cmpstr (now, ==, mode == SR_RESTORE_LATEST ? world->latest : g_ptr_array_index (world->points, world->points->len - 1));
    }
}

static void
report (const guint *states,
        const char  *title,
        guint        n)
{
  g_autoptr (GString) text = g_string_new (title);
  guint left = 0;

  for (guint i = 0; i <= SR_RESTORE_CA_UNKNOWN; i++)
    left += states[i];
  g_string_append_printf (text, ": %u times, %u times something was left to be done; the CA was then", n, left);
  for (guint i = 0; i <= SR_RESTORE_CA_UNKNOWN; i++)
    if (states[i] > 0)
      g_string_append_printf (text, " %s %u", sr_restore_ca_state_to_string (i), states[i]);
  g_test_message ("%s", text->str);
}

/* Connections dropped at every call of the host's two interfaces, before and behind it. */

static void
count_call (const char     *domain,
            GLogLevelFlags  level,
            const char     *message,
            gpointer        user_data)
{
  const char *end = strstr (message, " request, ");
  g_autofree char *name = end != NULL ? g_strndup (message, (gsize) (end - message)) : NULL;

  if (name != NULL)
    g_hash_table_insert (user_data, g_strdup (name), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (user_data, name)) + 1));
}

/* How often each method is called when all goes well, as the client traces it. */
static GHashTable *
count_calls (void)
{
  static const char *const domains[] = { "strongroom-trace", NULL };
  GHashTable *calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (GError) error = NULL;
  guint handler;
  World world;

  set_up (&world, 1);
  g_log_writer_default_set_debug_domains (domains);
  handler = g_log_set_handler (domains[0], G_LOG_LEVEL_DEBUG, count_call, calls);
  session = restore (&world, SR_RESTORE_POINT, NULL, &error);
  g_log_remove_handler (domains[0], handler);
  g_log_writer_default_set_debug_domains (NULL);
  g_assert_no_error (error);
  assert_restored (&world, session, g_ptr_array_index (world.points, 1));
  tear_down (&world);
  return calls;
}

static void
drop_one (const char *iface,
          guint16     opnum,
          guint       call,
          gboolean    after,
          guint      *failures,
          guint      *states)
{
  World world;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&world, 1);
  sr_practice_server_drop (world.served.server, iface, opnum, call, after);
  session = restore (&world, SR_RESTORE_POINT, NULL, &error);
  sr_practice_server_drop_connections (world.served.server);
  if (error == NULL)
    assert_restored (&world, session, g_ptr_array_index (world.points, 1));
  else
    {
      (*failures)++;
      g_test_message ("%s %u, call %u, %s: %s", iface, opnum, call, after ? "executed" : "not executed", error->message);
      if (session != NULL && sr_restore_session_get_outcome (session)->put_back)
        assert_put_back (&world, session);
      settle (&world, (SrRestoreAction) (call % 3), SR_RESTORE_POINT, states);
    }
  tear_down (&world);
}

static guint
drop_all (const SrRpcInterface *iface,
          const char           *name,
          GHashTable           *calls,
          guint                *failures,
          guint                *states)
{
  /* Each call, or in the quick test the first, the last, and one between. */
  guint runs = 0;

  for (guint16 opnum = 0; opnum < 64; opnum++)
    {
      const SrRpcMethod *method = sr_rpc_interface_find (iface, opnum);
      guint n = method != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (calls, method->name)) : 0;

      for (guint call = 1; call <= n; call++)
        for (guint after = 0; after < 2; after++)
          if (g_test_slow () || call == 1 || call == n || call == n / 2)
            {
              drop_one (name, opnum, call, after != 0, failures, states);
              runs++;
            }
    }
  return runs;
}

static void
test_drop (void)
{
  g_autoptr (GHashTable) calls = count_calls ();
  guint runs, failures = 0;
  guint states[SR_RESTORE_CA_UNKNOWN + 1] = { 0 };

  runs = drop_all (&sr_svcctl, "svcctl", calls, &failures, states);
  g_assert_cmpint (runs, >, 0);
  runs += drop_all (&sr_winreg, "winreg", calls, &failures, states);
  g_test_message ("%u connections dropped, %u restores failed", runs, failures);
  report (states, "failed", failures);
}

/* The program killed at every change that it tells of, each followed by a recovery. */
static gboolean
kill_one (guint           at,
          SrRestoreMode   mode,
          SrRestoreAction action,
          guint          *steps,
          guint          *states)
{
  World world;
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "session", "restore-client", NULL);
  g_autofree char *password = NULL;
  g_autofree char *line = NULL;
  g_autofree char *port = NULL;
  g_autofree char *drives = NULL;
  g_autofree char *text = g_strdup_printf ("%u", at);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GBytes) input = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  gboolean killed;

  set_up (&world, 1);
  password = served_ca_password (&world.served, SERVED_ADMINISTRATOR);
  line = g_strconcat (password, "\n", NULL);
  input = g_bytes_new (line, strlen (line));
  port = g_strdup_printf ("%u", sr_practice_server_get_host_port (world.served.server));
  drives = g_build_filename (world.served.folder, SR_PRACTICE_DRIVES_FOLDER, NULL);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, world.place.base,
                            world.place.config, port, drives, SERVED_ADMINISTRATOR, sr_restore_mode_to_string (mode), text, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate (child, input, NULL, NULL, NULL, NULL);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  killed = g_subprocess_get_if_signaled (child);
  if (killed)
    {
      list = sr_restore_journal_list (world.place.repository, NULL, FALSE, &error);
      g_assert_no_error (error);
      if (list->len > 0)
        steps[((SrRestoreListed *) g_ptr_array_index (list, 0))->entry->step]++;
      settle (&world, action, mode, states);
    }
  else
    g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  tear_down (&world);
  return killed;
}

static void
test_kill (void)
{
  guint steps[SR_RESTORE_STEP_LEFT + 1] = { 0 };
  guint states[SR_RESTORE_CA_UNKNOWN + 1] = { 0 };
  guint n = 0;

  for (guint turn = 0; turn <= (g_test_slow () ? SR_RESTORE_LEAVE : 0); turn++)
    for (guint mode = 0; mode <= SR_RESTORE_POINT; mode++)
      for (guint at = 1; kill_one (at, (SrRestoreMode) mode, (SrRestoreAction) ((at + turn) % 3), steps, states); at++)
        n++;
  report (states, "killed", n);
  /* Every step of the journal's table has been met. */
  for (guint i = SR_RESTORE_STEP_OPENED; i <= SR_RESTORE_STEP_RECORDING; i++)
    {
      g_test_message ("  found in step %s: %u", sr_restore_step_to_string (i), steps[i]);
      g_assert_cmpint (steps[i], >, 0);
    }
}

/* The host goes down at every change that the session tells of, and comes up again as a computer does: its service starts by
 * itself, or tries to. */
typedef struct
{
  World *world;
  guint at;
  guint events;
} Down;

static void
go_down (const SrRestoreProgress *progress,
         gpointer                 user_data)
{
  Down *down = user_data;

  if (++down->events == down->at)
    served_ca_go_down (&down->world->served);
}

static gboolean
restart_one (guint           at,
             SrRestoreMode   mode,
             SrRestoreAction action,
             guint          *failures,
             guint          *states)
{
  World world;
  Down down = { &world, at, 0 };
  SrRestoreWanted wanted = { .mode = mode };
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GError) error = NULL;
  SrRestoreOptions options;

  set_up (&world, 1);
  wanted.repository = world.place.repository;
  wanted.config = world.place.config;
  plan = sr_restore_plan_new (&wanted, &error);
  g_assert_no_error (error);
  lock = place_lock (&world.place);
  g_assert_true (sr_restore_plan_check (plan, world.host, NULL, lock, NULL, NULL, NULL, &error));
  options = (SrRestoreOptions) { .plan = plan, .repository = world.place.repository, .lock = lock, .host = world.host,
                                 .progress = go_down, .user_data = &down };
  session = sr_restore_session_new (&options);
  sr_restore_session_run (session, NULL, &error);
  g_clear_pointer (&lock, sr_lock_release);
  if (down.events >= at)
    {
      served_ca_come_up (&world.served);
      g_clear_object (&world.host);
      world.host = make_host (&world);
      *failures += error != NULL;
      settle (&world, action, mode, states);
    }
  tear_down (&world);
  return down.events >= at;
}

static void
test_restart (void)
{
  guint states[SR_RESTORE_CA_UNKNOWN + 1] = { 0 };
  guint n = 0, failures = 0;

  for (guint turn = 0; turn <= (g_test_slow () ? SR_RESTORE_LEAVE : 0); turn++)
    for (guint mode = 0; mode <= SR_RESTORE_POINT; mode++)
      for (guint at = 1; restart_one (at, (SrRestoreMode) mode, (SrRestoreAction) ((at + turn) % 3), &failures, states); at++)
        n++;
  g_test_message ("the host went down %u times, %u restores failed", n, failures);
  report (states, "went down", n);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/restore-practice/rows/points", test_points);
  g_test_add_func ("/session/restore-practice/rows/latest", test_latest);
  g_test_add_func ("/session/restore-practice/rows/issued", test_issued);
  g_test_add_func ("/session/restore-practice/drop", test_drop);
  g_test_add_func ("/session/restore-practice/kill", test_kill);
  g_test_add_func ("/session/restore-practice/restart", test_restart);
  return g_test_run ();
}
