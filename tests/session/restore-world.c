/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "restore-world.h"

#include "base/sr-file.h"
#include "practice/sr-practice-drives.h"
#include "served-ca.h"

#include <string.h>
#include <unistd.h>

WorldOrigin world_origin;

static void
copy_tree (const char *from,
           const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        copy_tree (source, target);
      else
        g_assert_cmpint (link (source, target), ==, 0);
    }
}

static void
note_rows (ServedCa *served)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (world_origin.rows, sr_practice_ca_get_rows (served->ca, &error));
  g_assert_no_error (error);
}

/* What makes it the CA that it is: certificate, key, configuration. */
static void
keep_authority (const char *folder)
{
  static const char *const names[] = { "ca.crt", "ca.key", "config", "roles.json", "ledger.json" };

  world_origin.authority = g_build_filename (world_origin.place.base, "authority", NULL);
  g_assert_cmpint (g_mkdir_with_parents (world_origin.authority, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (folder, names[i], NULL);
      g_autofree char *to = g_build_filename (world_origin.authority, names[i], NULL);

      g_assert_cmpint (link (from, to), ==, 0);
    }
}

static void
back_up (ServedCa    *served,
         SrBackupKind kind)
{
  SrBackupOptions options = place_options (&world_origin.place, served->target, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;

  options.kind = kind;
  session = place_run (&world_origin.place, &options, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world_origin.sets, g_object_ref (sr_backup_session_get_set (session)));
  note_rows (served);
}

static void
issue (ServedCa *served)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_ca_issue (served->ca, 5, NULL, "TEST\\requester", NULL, &error));
  g_assert_no_error (error);
}

void
world_make_origin (void)
{
  ServedCa served = { 0 };
  g_autofree char *live = NULL;

  served_ca_start (&served, 0, 5);
  place_set_up (&world_origin.place, served.config);
  world_origin.sets = g_ptr_array_new_with_free_func (g_object_unref);
  world_origin.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  back_up (&served, SR_BACKUP_FULL);
  for (guint i = 0; i < WORLD_LOG_SETS; i++)
    {
      issue (&served);
      back_up (&served, SR_BACKUP_LOGS);
    }
  issue (&served);
  note_rows (&served);
  world_origin.certificate_sha1 = g_strdup (sr_backup_set_get_manifest (g_ptr_array_index (world_origin.sets, 0))->certificate_sha1);
  live = g_build_filename (sr_practice_ca_get_folder (served.ca), SR_PRACTICE_CERTLOG_FOLDER, NULL);
  world_origin.live = g_build_filename (world_origin.place.base, "live", NULL);
  g_clear_object (&served.server);
  copy_tree (live, world_origin.live);
  keep_authority (served.folder);
  sr_dcom_target_unref (served.target);
  g_assert_true (sr_file_remove_tree (served.folder, NULL));
  g_free (served.folder);
  g_free (served.config);
  g_free (served.password);
}

void
world_set_up (World   *world,
              gboolean running)
{
  g_autofree char *base = g_dir_make_tmp ("strongroom-restore-XXXXXX", NULL);
  g_autofree char *from = g_build_filename (world_origin.place.base, "repository", NULL);
  g_autofree char *to = g_build_filename (base, "repository", NULL);

  script_reset ();
  script.dependent = "Dependent";
  copy_tree (from, to);
  place_open (&world->place, base, world_origin.place.config);
  world->host_folder = g_build_filename (base, "host", NULL);
  scripted_host_create (world->host_folder, world_origin.live, WORLD_CA, world_origin.certificate_sha1, running);
  world->before = scripted_host_snapshot (world->host_folder);
}

void
world_tear_down (World *world)
{
  place_tear_down (&world->place);
  g_clear_pointer (&world->host_folder, g_free);
  g_clear_pointer (&world->before, g_free);
}

SrBackupSet *
world_find_set (World *world,
          guint  index)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = sr_guid_dup_string (&sr_backup_set_get_manifest (g_ptr_array_index (world_origin.sets, index))->id);
  SrBackupSet *set = sr_repository_find_set (world->place.repository, id, &error);

  g_assert_no_error (error);
  return set;
}

SrRestorePlan *
world_make_plan (World        *world,
           SrCaHost     *host,
           SrRestoreMode mode,
           SrBackupSet  *set,
           GError      **error)
{
  SrRestoreWanted wanted = { .repository = world->place.repository, .config = world->place.config, .mode = mode, .set = set };
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new (&wanted, error);

  if (plan == NULL || !sr_restore_plan_check (plan, host, NULL, NULL, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&plan);
}

/* What progress must keep to. */
typedef struct
{
  double fraction;
  SrRestorePhase phase;
  gboolean may_cancel;
} Watch;

static void
watch (const SrRestoreProgress *progress,
       gpointer                 user_data)
{
  Watch *seen = user_data;

  g_assert_cmpfloat (progress->fraction, >=, seen->fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  g_assert_cmpint (progress->phase, >=, seen->phase);
  *seen = (Watch) { progress->fraction, progress->phase, progress->can_cancel };
}

SrRestoreSession *
world_run_plan (World         *world,
          SrCaHost      *host,
          SrRestorePlan *plan,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (SrLock) lock = place_lock (&world->place);
  Watch seen = { 0, SR_RESTORE_PHASE_IDLE, FALSE };
  SrRestoreOptions options = { .plan = plan, .repository = world->place.repository, .lock = lock, .host = host,
                               .progress = watch, .user_data = &seen };
  SrRestoreSession *session = sr_restore_session_new (&options);

  sr_restore_session_run (session, cancellable, error);
  return session;
}

SrRestoreSession *
world_run_action (World                *world,
            SrCaHost             *host,
            const SrRestoreEntry *entry,
            SrRestoreAction       action,
            gboolean              accept_loss,
            GError              **error)
{
  g_autoptr (SrLock) lock = place_lock (&world->place);
  SrRestoreOptions options = { .entry = entry, .action = action, .accept_loss = accept_loss, .repository = world->place.repository,
                               .lock = lock, .host = host };
  SrRestoreSession *session = sr_restore_session_new (&options);

  sr_restore_session_run (session, NULL, error);
  return session;
}

SrRestoreEntry *
world_find_entry (World   *world,
            gboolean settled)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = sr_restore_journal_list (world->place.repository, NULL, settled, &error);
  const SrRestoreListed *listed;

  g_assert_no_error (error);
  g_assert_cmpint (list->len, <=, 1);
  if (list->len == 0)
    return NULL;
  listed = g_ptr_array_index (list, 0);
  g_assert_no_error (listed->error);
  g_assert_false (listed->held);
  return sr_restore_entry_copy (listed->entry);
}

guint
world_count_events (World *world)
{
  g_autoptr (GPtrArray) events = sr_lineage_event_list (world->place.repository, world->place.config, NULL);
  guint n = 0;

  for (guint i = 0; i < events->len; i++)
    n += ((SrLineageEvent *) g_ptr_array_index (events, i))->kind == SR_LINEAGE_EVENT_RESTORE;
  return n;
}

void
world_assert_consistent (World           *world,
                   SrRestoreCaState state)
{
  g_autoptr (SrRestoreEntry) entry = world_find_entry (world, TRUE);
  g_autofree char *now = scripted_host_snapshot (world->host_folder);
  gboolean running = scripted_host_is_running (world->host_folder, "CertSvc");

  if (entry != NULL)
    g_assert_cmpint (entry->prepares, ==, entry->ends);
  switch (state)
    {
    case SR_RESTORE_CA_AS_BEFORE:
    case SR_RESTORE_CA_STOPPED:
      g_assert_cmpstr (now, ==, world->before);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      g_assert_true (running == (state == SR_RESTORE_CA_AS_BEFORE) || (entry != NULL && !entry->was_running));
      break;
    case SR_RESTORE_CA_HALF:
      g_assert_false (running);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_SUSPENDED:
    case SR_RESTORE_CA_READY:
    case SR_RESTORE_CA_RECOVERY_FAILED:
      g_assert_false (running);
      g_assert_true (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_RESTORED:
      g_assert_true (running);
      g_assert_false (scripted_host_has_restore (world->host_folder));
      break;
    case SR_RESTORE_CA_FOREIGN:
    case SR_RESTORE_CA_UNKNOWN:
    default:
      break;
    }
}

void
world_assert_no_copies (World *world)
{
  g_autofree char *folder = g_build_filename (world->host_folder, "drives/C/Windows/system32/CertLog", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *fresh = g_build_filename (folder, name, "New", NULL);
      g_autofree char *logs = g_build_filename (folder, name, "Logs", NULL);

      g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
      g_assert_false (g_file_test (logs, G_FILE_TEST_EXISTS));
      g_assert_false (g_str_has_suffix (name, ".part"));
    }
}

void
world_assert_restored (World                  *world,
                 const SrRestoreOutcome *outcome)
{
  g_assert_cmpstr (sr_restore_ca_state_to_string (outcome->state), ==, "restored");
  g_assert_true (outcome->full_backup_due);
  g_assert_cmpint (world_count_events (world), ==, 1);
  world_assert_consistent (world, outcome->state);
  if (outcome->warning == NULL)
    world_assert_no_copies (world);
  /* A service beside CertSvc that does not start again is told, and no failure. */
  if (scripted_host_is_running (world->host_folder, "Dependent") != outcome->entry->was_running)
    g_assert_nonnull (outcome->warning);
  g_assert_true (outcome->offered[SR_RESTORE_PUT_BACK]);
  g_assert_false (outcome->offered[SR_RESTORE_CONTINUE]);
}

void
world_drop_origin (void)
{
  g_ptr_array_unref (world_origin.sets);
  place_tear_down (&world_origin.place);
  g_free (world_origin.live);
  g_free (world_origin.authority);
  g_ptr_array_unref (world_origin.rows);
  g_free (world_origin.certificate_sha1);
}
