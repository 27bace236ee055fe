/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-plan-private.h"

#include "base/sr-error.h"
#include "session/sr-restore-calls.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Seconds for asking the CA where its files are. */
#define ASK_SECONDS 30.0
/* What the journal may grow to. */
#define JOURNAL_ROOM (1024 * 1024)
/* What the recovery itself needs: logs that it begins, pages that the database grows by. */
#define RECOVERY_ROOM (32 * 1024 * 1024)

typedef struct
{
  SrRestorePlan *plan;
  SrCaHost *host;
  SrDcomTarget *target;
  SrLock *lock;
  SrRestoreCheckFunc func;
  gpointer user_data;
  GCancellable *cancellable;
  SrRestoreCheck *check;  /* the one at hand */
  guint64 hashed;         /* bytes of the sets before the one that is read now */
  guint64 to_hash;
} Run;

const char *
sr_restore_check_kind_to_string (SrRestoreCheckKind kind)
{
  static const char * const words[] = {
    "chain", "hashes", "repository", "host", "certificate", "service", "registry", "locations", "live-logs", "space",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_N_CHECKS);
  return words[kind];
}

const char *
sr_restore_check_kind_words (SrRestoreCheckKind kind)
{
  static const char * const words[] = {
    N_("Chain of sets"),
    N_("Files of the sets"),
    N_("Backup folder"),
    N_("Host of the CA"),
    N_("Certificate of the CA"),
    N_("Service CertSvc"),
    N_("Restore in progress"),
    N_("Folders of the CA"),
    N_("Live logs"),
    N_("Space on the host"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_N_CHECKS);
  return _(words[kind]);
}

const char *
sr_restore_check_state_to_string (SrRestoreCheckState state)
{
  static const char * const words[] = { "pending", "running", "passed", "warning", "failed" };

  return words[state];
}

static void
tell (Run *run)
{
  if (run->func != NULL)
    run->func (run->check, run->user_data);
}

static void
begin (Run               *run,
       SrRestoreCheckKind kind)
{
  run->check = g_ptr_array_index (run->plan->checks, kind);
  run->check->state = SR_RESTORE_CHECK_RUNNING;
  tell (run);
}

/* @detail and @advice are taken. */
static void
finish (Run                *run,
        SrRestoreCheckState state,
        char               *detail,
        char               *advice)
{
  run->check->state = state;
  run->check->fraction = -1;
  g_free (run->check->detail);
  g_free (run->check->advice);
  run->check->detail = detail;
  run->check->advice = advice;
  if (state == SR_RESTORE_CHECK_FAILED && run->check->error == NULL)
    run->check->error = g_error_new_literal (SR_ERROR, SR_ERROR_STATE, detail);
  tell (run);
}

static void
pass (Run  *run,
      char *detail)
{
  finish (run, SR_RESTORE_CHECK_PASSED, detail, NULL);
}

/* @error is taken. */
static void
fail (Run    *run,
      GError *error,
      char   *advice)
{
  run->check->error = error;
  finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (error->message), advice);
}

static void
check_chain (Run *run)
{
  SrRestorePlan *plan = run->plan;
  g_autoptr (GString) text = g_string_new (NULL);
  guint logs = plan->sets->len - 1;

  begin (run, SR_RESTORE_CHECK_CHAIN);
  if (logs == 0)
    g_string_append (text, _("One full set"));
  else
    g_string_append_printf (text, ngettext ("A full set and %u log-only set", "A full set and %u log-only sets", logs), logs);
  g_string_append (text, ", ");
  g_string_append_printf (text, _("log generations 0x%X to 0x%X."), plan->entry->low, plan->entry->high);
  if (plan->before_restore)
    g_string_append_printf (text, " %s", _("They are from before a restore of the CA, or a break of its logs: they are restored as a whole, and never go with later sets."));
  pass (run, g_string_free (g_steal_pointer (&text), FALSE));
}

static void
hash_progress (guint64     done,
               guint64     total,
               const char *file,
               gpointer    user_data)
{
  Run *run = user_data;

  run->check->fraction = run->to_hash > 0 ? (double) (run->hashed + done) / (double) run->to_hash : -1;
  tell (run);
}

static void
check_hashes (Run *run)
{
  GPtrArray *sets = run->plan->sets;
  g_autofree char *other = NULL;

  begin (run, SR_RESTORE_CHECK_HASHES);
  run->hashed = run->to_hash = 0;
  for (guint i = 0; i < sets->len; i++)
    run->to_hash += sr_backup_set_get_size (g_ptr_array_index (sets, i));
  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (GError) error = NULL;
      gboolean good = sr_backup_set_verify (set, hash_progress, run, &problems, run->cancellable, &error);
      SrFinding finding = sr_set_problems_judge (problems);

      if (g_cancellable_is_cancelled (run->cancellable))
        return;
      sr_backup_set_record_verification (set, finding, good ? NULL : error, NULL);
      if (!good && finding != SR_FINDING_UNEXPECTED)
        {
          fail (run, g_steal_pointer (&error), g_strdup (_("Choose a point before this set, or a chain that is whole.")));
          return;
        }
      if (!good)
        g_set_str (&other, error->message);
      run->hashed += sr_backup_set_get_size (set);
    }
  if (other != NULL)
    finish (run, SR_RESTORE_CHECK_WARNING, g_steal_pointer (&other), NULL);
  else
    pass (run, g_strdup (_("Every file was read now, and is what its manifest says.")));
}

/* The name of whoever else works on the CA; NULL when nobody does. */
static char *
find_other (Run *run)
{
  g_autoptr (GPtrArray) held = run->lock == NULL ? sr_repository_list_held (run->plan->repository, NULL) : NULL;

  for (guint i = 0; held != NULL && i < held->len; i++)
    {
      const SrHeldLock *each = g_ptr_array_index (held, i);

      if (each->config == NULL || g_ascii_strcasecmp (each->config, run->plan->entry->config) == 0)
        return each->holder != NULL ? g_strdup_printf (_("%s, started by %s on %s"), each->holder->program, each->holder->user, each->holder->host)
                                    : g_strdup (_("another program"));
    }
  return NULL;
}

static void
check_repository (Run *run)
{
  SrRestorePlan *plan = run->plan;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) journals = NULL;
  g_autofree char *other = NULL;

  begin (run, SR_RESTORE_CHECK_REPOSITORY);
  if (plan->repository == NULL)
    {
      finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (_("The set does not lie in a backup folder, so that a restore could not be noted.")),
              g_strdup (_("Copy the set with the others of its chain into a backup folder.")));
      return;
    }
  if (!sr_repository_check_writable (plan->repository, JOURNAL_ROOM, &error) ||
      (journals = sr_restore_journal_list (plan->repository, plan->entry->config, FALSE, &error)) == NULL)
    {
      fail (run, g_steal_pointer (&error), NULL);
      return;
    }
  other = find_other (run);
  if (other != NULL)
    finish (run, SR_RESTORE_CHECK_FAILED, g_strdup_printf (_("%s is at work on this CA."), other), g_strdup (_("Wait until it is done, or end it.")));
  else if (journals->len > 0)
    finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (_("Another restore of this CA is half done.")), g_strdup (_("Continue it, put it back, or leave it first.")));
  else
    pass (run, g_strdup (_("The journal of the restore can be written there.")));
}

static void
check_host (Run *run)
{
  SrRestorePlan *plan = run->plan;
  g_autoptr (GError) error = NULL;

  begin (run, SR_RESTORE_CHECK_HOST);
  if (!sr_ca_host_query_service (run->host, SR_CERTSVC, &plan->service, run->cancellable, &error))
    {
      fail (run, g_steal_pointer (&error), g_strdup (_("The account must be an administrator of the host, and the host must let it in.")));
      return;
    }
  g_set_str (&plan->entry->host, sr_ca_host_get_name (run->host));
  pass (run, g_strdup_printf (_("%s answers."), plan->entry->host));
}

/* Thumbprints as the registry has them, "01 02 ..", as plain hexadecimal digits. */
static char *
plain_hex (const char *text)
{
  GString *digits = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isxdigit (*text))
      g_string_append_c (digits, g_ascii_tolower (*text));
  return g_string_free (digits, FALSE);
}

/* The key of the CA's own configuration; its name is sanitised, as "Active" tells. */
static char *
find_ca_key (Run *run)
{
  g_autoptr (SrRegistryValue) active = sr_ca_host_read_value (run->host, SR_CERTSVC_KEY, "Active", run->cancellable, NULL);
  g_autofree char *name = active != NULL ? sr_registry_value_get_text (active, NULL) : NULL;

  if (name == NULL)
    name = g_strdup (strchr (run->plan->entry->config, '\\') + 1);
  return strpbrk (name, "\\") == NULL ? g_strconcat (SR_CERTSVC_KEY "\\", name, NULL) : NULL;
}

static void
check_certificate (Run *run)
{
  SrRestorePlan *plan = run->plan;
  const SrManifest *point = sr_backup_set_get_manifest (sr_restore_plan_get_point (plan));
  g_autofree char *key = NULL;
  g_autoptr (SrRegistryValue) value = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) hashes = NULL;

  begin (run, SR_RESTORE_CHECK_CERTIFICATE);
  key = find_ca_key (run);
  value = key != NULL ? sr_ca_host_read_value (run->host, key, "CACertHash", run->cancellable, &error) : NULL;
  hashes = value != NULL ? sr_registry_value_get_texts (value, &error) : NULL;
  if (hashes == NULL || hashes[0] == NULL || point->certificate_sha1 == NULL)
    {
      finish (run, SR_RESTORE_CHECK_WARNING,
              g_strdup (point->certificate_sha1 == NULL ? _("The set does not tell the certificate of its CA, so that it cannot be compared with the host’s.")
                                                        : _("The host does not tell the certificate of its CA (CACertHash), so that it cannot be compared with the set’s.")),
              g_strdup (_("Make sure that this is the right host: the name of the CA has to be typed.")));
      return;
    }
  for (guint i = 0; hashes[i] != NULL && !plan->certificate_compared; i++)
    {
      g_autofree char *digits = plain_hex (hashes[i]);

      plan->certificate_compared = g_str_equal (digits, point->certificate_sha1);
    }
  if (plan->certificate_compared)
    pass (run, g_strdup (_("The host has the certificate of the sets.")));
  else
    finish (run, SR_RESTORE_CHECK_FAILED,
            g_strdup_printf (_("The CA on %s has another certificate (%s) than the sets (%s): it is another CA, or its certificate was not installed yet."),
                             plan->entry->host, hashes[0], point->certificate_sha1),
            g_strdup (_("Install the CA with its certificate and key first, as “RESTORE.txt” in the set tells.")));
}

static void
check_service (Run *run)
{
  begin (run, SR_RESTORE_CHECK_SERVICE);
  switch (run->plan->service.state)
    {
    case SR_SERVICE_RUNNING:
    case SR_SERVICE_PAUSED:
      pass (run, g_strdup (_("It runs, and will be stopped.")));
      break;
    case SR_SERVICE_STOPPED:
      pass (run, g_strdup (_("It is stopped.")));
      break;
    default:
      finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (_("It is just being started or stopped.")), g_strdup (_("Wait a moment, and check again.")));
    }
}

static void
check_registry (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRestoreInProgress) key = NULL;
  g_autofree char *words = NULL;

  begin (run, SR_RESTORE_CHECK_REGISTRY);
  if (!sr_restore_in_progress_read (run->host, &key, run->cancellable, &error))
    fail (run, g_steal_pointer (&error), NULL);
  else if (key == NULL)
    pass (run, g_strdup (_("No other restore has been begun on the host.")));
  else
    {
      words = sr_restore_in_progress_describe (key);
      finish (run, SR_RESTORE_CHECK_FAILED, g_strdup_printf (_("Another restore has been begun on the host; it left in the registry:\n%s"), g_strchomp (words)),
              g_strdup (_("Find out whose it is. Only if nobody goes on with it, delete the key RestoreInProgress.")));
    }
}

/* Where the CA's files are, from one source; what it does not tell is NULL. */
typedef struct
{
  char *database; /* with its name, or NULL */
  char *database_folder;
  char *log_folder;
  char *system_folder;
} Places;

static void
places_clear (Places *places)
{
  g_free (places->database);
  g_free (places->database_folder);
  g_free (places->log_folder);
  g_free (places->system_folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Places, places_clear)

/* The character in front of a location, CSBFT_*: logs have 0x82, or "!" (MS-CSRA 3.1.4.1.28, 3.2.4.1.28). */
static void
take_location (Places     *places,
               guint32     type,
               const char *path)
{
  char **to = type == 0x44 ? &places->database : type == 0x82 || type == 0x21 ? &places->log_folder : type == 0x83 ? &places->system_folder : NULL;

  if (to != NULL && *to == NULL)
    *to = sr_restore_path_parse (path);
  if (type == 0x44 && places->database != NULL && places->database_folder == NULL)
    places->database_folder = sr_restore_path_dirname (places->database);
}

static void
read_set_places (Run    *run,
                 Places *places)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (sr_restore_plan_get_point (run->plan));

  for (guint i = 0; i < manifest->locations->len; i++)
    {
      const SrSetLocation *location = g_ptr_array_index (manifest->locations, i);

      take_location (places, location->type, location->path);
    }
  if (places->database == NULL && run->plan->entry->database_before != NULL)
    take_location (places, 0x44, run->plan->entry->database_before);
}

static gboolean
ask_ca (Run    *run,
        Places *places)
{
  g_auto (GStrv) names = NULL;

  if (run->target == NULL || run->plan->service.state != SR_SERVICE_RUNNING ||
      !sr_restore_calls_get_database_locations (run->target, strchr (run->plan->entry->config, '\\') + 1, &names, ASK_SECONDS, run->cancellable, NULL))
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] != '\0')
      take_location (places, g_utf8_get_char (names[i]), g_utf8_next_char (names[i]));
  return places->database != NULL;
}

static char *
read_folder (Run        *run,
             const char *name)
{
  g_autoptr (SrRegistryValue) value = sr_ca_host_read_value (run->host, SR_CERTSVC_KEY, name, run->cancellable, NULL);
  g_autofree char *text = value != NULL ? sr_registry_value_get_text (value, NULL) : NULL;

  return text != NULL ? sr_restore_path_parse (text) : NULL;
}

/* Takes what @other tells and @places does not. */
static void
complete (Places *places,
          Places *other)
{
  if (places->database_folder == NULL)
    places->database_folder = g_strdup (other->database_folder);
  if (places->log_folder == NULL)
    places->log_folder = g_strdup (other->log_folder);
  if (places->system_folder == NULL)
    places->system_folder = g_strdup (other->system_folder);
  if (places->database == NULL && other->database != NULL)
    places->database = sr_restore_path_join (places->database_folder, sr_restore_path_basename (other->database));
}

static void
keep_places (Run    *run,
             Places *places)
{
  SrRestorePlan *plan = run->plan;
  SrRestoreEntry *entry = plan->entry;
  const char *name = ((SrRestoreFile *) g_ptr_array_index (plan->files, 0))->name;

  g_free (entry->database);
  entry->database = places->database != NULL ? g_strdup (places->database) : sr_restore_path_join (places->database_folder, name);
  g_set_str (&entry->log_folder, places->log_folder != NULL ? places->log_folder : places->database_folder);
  g_set_str (&entry->system_folder, places->system_folder != NULL ? places->system_folder : entry->log_folder);
  if (entry->database_before == NULL)
    entry->database_before = sr_restore_path_to_unc (entry->database, entry->host);
  plan->has_places = TRUE;
  plan->aside_folder = sr_restore_work_path (entry, places->database_folder, SR_WORK_BEFORE);
  sr_restore_files_place (plan->files, entry);
}

static void
check_locations (Run *run)
{
  g_auto (Places) set = { 0 };
  g_auto (Places) registry = { 0 };
  g_auto (Places) places = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean told;

  begin (run, SR_RESTORE_CHECK_LOCATIONS);
  read_set_places (run, &set);
  registry.database_folder = read_folder (run, "DBDirectory");
  registry.log_folder = read_folder (run, "DBLogDirectory");
  registry.system_folder = read_folder (run, "DBSystemDirectory");
  told = ask_ca (run, &places) || registry.database_folder != NULL;
  complete (&places, &registry);
  complete (&places, &set);
  if (places.database_folder == NULL)
    {
      finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (_("Neither the host nor the sets tell where the CA keeps its files.")), NULL);
      return;
    }
  keep_places (run, &places);
  run->plan->live = sr_restore_list_live (run->plan->entry, run->host, run->cancellable, &error);
  if (run->plan->live == NULL)
    fail (run, g_steal_pointer (&error), g_strdup (_("A folder that is missing has to be made on the host, with the access rights of the CA’s.")));
  else if (!told)
    finish (run, SR_RESTORE_CHECK_WARNING, g_strdup_printf (_("The host does not tell where the CA keeps its files. They go to where they were: %s."), run->plan->entry->database), NULL);
  else if (set.database_folder != NULL && !sr_restore_path_equal (set.database_folder, places.database_folder))
    finish (run, SR_RESTORE_CHECK_WARNING, g_strdup_printf (_("The CA keeps its database elsewhere than when the set was made. It goes to %s."), run->plan->entry->database), NULL);
  else
    pass (run, g_strdup_printf (_("The database goes to %s."), run->plan->entry->database));
}

static void
check_live_logs (Run *run)
{
  SrRestorePlan *plan = run->plan;
  SrLiveLogs *logs = &plan->live_logs;
  g_autoptr (GError) error = NULL;

  begin (run, SR_RESTORE_CHECK_LIVE_LOGS);
  if (!sr_restore_judge_live_logs (plan->files, plan->live, plan->service.state != SR_SERVICE_STOPPED, run->host, logs, run->cancellable, &error))
    {
      fail (run, g_steal_pointer (&error), NULL);
      return;
    }
  plan->live_logs_known = TRUE;
  plan->loss.live_logs_known = logs->continues;
  plan->loss.live_logs = logs->beyond;
  if (plan->automatic)
    plan->entry->mode = logs->why_not == NULL && plan->loss.newer_sets == 0 ? SR_RESTORE_LATEST : SR_RESTORE_POINT;
  if (logs->why_not != NULL && plan->entry->mode == SR_RESTORE_LATEST)
    finish (run, SR_RESTORE_CHECK_FAILED, g_strdup (logs->why_not), g_strdup (_("The latest state cannot be had: restore a point.")));
  else if (logs->why_not != NULL)
    pass (run, g_strdup_printf (_("They do not continue the sets, and are set aside. %s"), logs->why_not));
  else if (logs->unsure)
    pass (run, g_strdup (_("Some are in use; they are looked at again when the service is stopped.")));
  else if (plan->entry->mode == SR_RESTORE_LATEST)
    pass (run, g_strdup (_("They continue the sets, and are replayed: nothing is lost.")));
  else
    pass (run, g_strdup (_("They continue the sets: the latest state could be restored too.")));
}

static gboolean
check_drive (Run        *run,
             const char *folder,
             guint64     needed,
             GError    **error)
{
  g_autofree char *free_text = NULL;
  g_autofree char *needed_text = NULL;
  guint64 free_bytes;

  if (!sr_ca_host_get_free_space (run->host, folder, &free_bytes, run->cancellable, error))
    return FALSE;
  if (free_bytes >= needed)
    return TRUE;
  free_text = g_format_size (free_bytes);
  needed_text = g_format_size (needed);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("The drive of %s on %s has %s left, and %s are needed"), folder, run->plan->entry->host, free_text, needed_text);
  return FALSE;
}

static void
check_space (Run *run)
{
  SrRestorePlan *plan = run->plan;
  g_autofree char *folder = sr_restore_path_dirname (plan->entry->database);
  guint64 database = plan->entry->database_size, logs = sr_restore_plan_get_size (plan) - database;
  g_autoptr (GError) error = NULL;
  g_autofree char *size = NULL;
  gboolean enough;

  begin (run, SR_RESTORE_CHECK_SPACE);
  for (guint i = 0; plan->entry->mode == SR_RESTORE_LATEST && i < plan->live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (plan->live, i);

      logs += file->is_log ? file->size : 0;
    }
  if (folder[0] == plan->entry->log_folder[0])
    enough = check_drive (run, folder, database + logs + RECOVERY_ROOM, &error);
  else
    enough = check_drive (run, folder, database + RECOVERY_ROOM, &error) && check_drive (run, plan->entry->log_folder, logs + RECOVERY_ROOM, &error);
  if (!enough)
    {
      fail (run, g_steal_pointer (&error), g_strdup (_("Make room on the host.")));
      return;
    }
  size = g_format_size (database + logs);
  pass (run, g_strdup_printf (_("There is room for the %s that are copied to the host."), size));
}

static gboolean
passed (Run               *run,
        SrRestoreCheckKind kind)
{
  const SrRestoreCheck *check = g_ptr_array_index (run->plan->checks, kind);

  return check->state == SR_RESTORE_CHECK_PASSED || check->state == SR_RESTORE_CHECK_WARNING;
}

static void
check_on_host (Run *run)
{
  check_host (run);
  if (!passed (run, SR_RESTORE_CHECK_HOST))
    return;
  check_certificate (run);
  check_service (run);
  check_registry (run);
  check_locations (run);
  if (!passed (run, SR_RESTORE_CHECK_LOCATIONS))
    return;
  check_live_logs (run);
  if (passed (run, SR_RESTORE_CHECK_LIVE_LOGS))
    check_space (run);
}

gboolean
sr_restore_plan_check (SrRestorePlan     *self,
                       SrCaHost          *host,
                       SrDcomTarget      *target,
                       SrLock            *lock,
                       SrRestoreCheckFunc func,
                       gpointer           user_data,
                       GCancellable      *cancellable,
                       GError           **error)
{
  Run run = { self, host, target, lock, func, user_data, cancellable, NULL, 0, 0 };
  guint checks = host != NULL ? SR_RESTORE_N_CHECKS : SR_RESTORE_CHECK_HASHES + 1;
  gboolean all = TRUE;

  sr_restore_plan_clear_findings (self);
  if (target != NULL && target != self->target)
    {
      g_clear_pointer (&self->target, sr_dcom_target_unref);
      self->target = sr_dcom_target_ref (target);
    }
  check_chain (&run);
  check_hashes (&run);
  if (host != NULL && !g_cancellable_is_cancelled (cancellable))
    {
      check_repository (&run);
      check_on_host (&run);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (guint i = 0; i < checks; i++)
    {
      const SrRestoreCheck *check = g_ptr_array_index (self->checks, i);

      if (check->error != NULL)
        {
          g_propagate_error (error, g_error_copy (check->error));
          return FALSE;
        }
      all = all && passed (&run, (SrRestoreCheckKind) i);
    }
  self->ready = host != NULL && all;
  return all;
}
