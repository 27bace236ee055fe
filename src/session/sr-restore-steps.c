/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-session-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* Every step can be made again where an earlier try was broken off: it looks
 * what is there, and does what is left. The journal is written before. */

/* Writes the journal unless it is further already. */
static gboolean
reach (SrRestoreSession *session,
       SrRestoreStep     step,
       GCancellable     *cancellable,
       GError          **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return sr_restore_session_save (session, MAX (step, session->entry->step), error);
}

static gboolean
is_behind (SrRestoreSession *session,
           SrRestoreStep     step)
{
  return session->entry->step > step;
}

static void
add_stopped (SrRestoreEntry *entry,
             char          **names)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  g_strv_builder_addv (all, (const char **) entry->stopped);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) entry->stopped, names[i]))
      g_strv_builder_add (all, names[i]);
  g_strfreev (entry->stopped);
  entry->stopped = g_strv_builder_end (all);
}

/* What runs is in the journal before it is stopped, so that it is started again whatever happens. */
static gboolean
stop (SrRestoreSession *session,
      GCancellable     *cancellable,
      GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_auto (GStrv) names = NULL;
  SrServiceStatus status;
  gboolean stopped;

  sr_restore_session_phase (session, SR_RESTORE_PHASE_STOPPING, 0.15, 0.18, TRUE);
  if (!sr_ca_host_query_service (session->host, SR_CERTSVC, &status, cancellable, error))
    return FALSE;
  if (!entry->service_known)
    {
      g_auto (GStrv) running = sr_ca_host_list_dependents (session->host, SR_CERTSVC, cancellable, error);

      if (running == NULL)
        return FALSE;
      entry->service_known = TRUE;
      entry->was_running = status.state != SR_SERVICE_STOPPED;
      add_stopped (entry, running);
    }
  if (!reach (session, SR_RESTORE_STEP_STOPPING, cancellable, error))
    return FALSE;
  stopped = sr_ca_host_stop_service (session->host, SR_CERTSVC, (gint64) (session->timeouts.stop * G_USEC_PER_SEC), &names, cancellable, error);
  add_stopped (entry, names);
  return stopped;
}

static gboolean
prepare (SrRestoreSession *session,
         GCancellable     *cancellable,
         GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_autofree char *folder = sr_restore_log_directory (entry);
  g_autofree char *own = sr_restore_path_to_unc (folder, entry->host);

  sr_restore_session_phase (session, SR_RESTORE_PHASE_PREPARING, 0.18, 0.2, TRUE);
  session->calls = sr_restore_calls_prepare (session->host, entry->reached >= SR_RESTORE_STEP_REGISTERING ? own : NULL, cancellable, error);
  if (session->calls == NULL)
    return FALSE;
  entry->prepares++;
  return reach (session, SR_RESTORE_STEP_PREPARED, cancellable, error);
}

static gboolean
copy_in (SrRestoreSession *session,
         GCancellable     *cancellable,
         GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_autofree char *folder = sr_restore_path_dirname (entry->database);
  g_autofree char *fresh = sr_restore_work_path (entry, folder, SR_WORK_NEW);
  g_autofree char *logs = sr_restore_log_directory (entry);

  if (!reach (session, SR_RESTORE_STEP_COPYING, cancellable, error))
    return FALSE;
  sr_restore_session_phase (session, SR_RESTORE_PHASE_COPYING, 0.2, 0.7, TRUE);
  for (guint i = 0; i < session->files->len; i++)
    session->progress.bytes_total += 2 * ((SrRestoreFile *) g_ptr_array_index (session->files, i))->file->size;
  if (!sr_restore_make_folders (session->host, folder, fresh, cancellable, error) ||
      !sr_restore_make_folders (session->host, entry->log_folder, logs, cancellable, error))
    return FALSE;
  for (guint i = 0; i < session->files->len; i++)
    {
      const SrRestoreFile *file = g_ptr_array_index (session->files, i);

      sr_restore_session_set_file (session, file->name, i + 1, session->files->len);
      if (!sr_restore_copy_in (session->host, file, sr_restore_session_moved, session, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Looked at again now that the service is stopped and the logs are at rest. */
static gboolean
check_live_logs (SrRestoreSession *session,
                 GPtrArray        *live,
                 GCancellable     *cancellable,
                 GError          **error)
{
  g_auto (SrLiveLogs) logs = { 0 };

  if (session->entry->mode != SR_RESTORE_LATEST)
    return TRUE;
  if (!sr_restore_judge_live_logs (session->files, live, FALSE, session->host, &logs, cancellable, error))
    return FALSE;
  if (!logs.continues)
    g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("The live logs do not continue the sets, so that the latest state cannot be had. %s"), logs.why_not);
  return logs.continues;
}

static gboolean
set_one_aside (SrRestoreSession    *session,
               const SrRestoreMove *move,
               GCancellable        *cancellable,
               GError             **error)
{
  gboolean done;

  if (move->copied)
    return sr_restore_copy_aside (session->host, move, sr_restore_session_moved, session, cancellable, error);
  if (!sr_restore_find (session->host, move->to, &done, NULL, cancellable, error))
    return FALSE;
  return done || sr_ca_host_rename (session->host, move->from, move->to, cancellable, error);
}

static gboolean
set_aside (SrRestoreSession *session,
           GCancellable     *cancellable,
           GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_auto (GStrv) folders = sr_restore_ca_folders (entry);

  sr_restore_session_phase (session, SR_RESTORE_PHASE_SETTING_ASIDE, 0.7, 0.78, TRUE);
  /* What is to be moved is decided once, before the first is moved. */
  if (entry->step < SR_RESTORE_STEP_SETTING_ASIDE)
    {
      g_autoptr (GPtrArray) live = sr_restore_list_live (entry, session->host, cancellable, error);

      if (live == NULL || !check_live_logs (session, live, cancellable, error))
        return FALSE;
      sr_restore_plan_moves (entry, live);
      if (!reach (session, SR_RESTORE_STEP_SETTING_ASIDE, cancellable, error))
        return FALSE;
    }
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *before = sr_restore_work_path (entry, folders[i], SR_WORK_BEFORE);

      if (!sr_restore_make_folders (session->host, folders[i], before, cancellable, error))
        return FALSE;
    }
  for (guint i = 0; i < entry->aside->len; i++)
    if (((SrRestoreMove *) g_ptr_array_index (entry->aside, i))->copied)
      session->progress.bytes_total += 2 * ((SrRestoreMove *) g_ptr_array_index (entry->aside, i))->size;
  for (guint i = 0; i < entry->aside->len; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (entry->aside, i);

      sr_restore_session_set_file (session, sr_restore_path_basename (move->from), i + 1, entry->aside->len);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !set_one_aside (session, move, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
place (SrRestoreSession *session,
       GCancellable     *cancellable,
       GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_autofree char *folder = sr_restore_path_dirname (entry->database);
  g_autofree char *fresh = sr_restore_work_path (entry, folder, SR_WORK_NEW);
  g_autofree char *database = sr_restore_path_join (fresh, sr_restore_path_basename (entry->database));
  gboolean waiting;

  sr_restore_session_phase (session, SR_RESTORE_PHASE_PLACING, 0.78, 0.8, TRUE);
  if (!reach (session, SR_RESTORE_STEP_PLACING, cancellable, error) ||
      !sr_restore_find (session->host, database, &waiting, NULL, cancellable, error))
    return FALSE;
  return !waiting || sr_ca_host_rename (session->host, database, entry->database, cancellable, error);
}

static gboolean
register_sets (SrRestoreSession *session,
               GCancellable     *cancellable,
               GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_autoptr (SrRestoreInProgress) values = sr_restore_registration_new (entry);

  sr_restore_session_phase (session, SR_RESTORE_PHASE_REGISTERING, 0.8, 0.82, TRUE);
  if (!reach (session, SR_RESTORE_STEP_REGISTERING, cancellable, error))
    return FALSE;
  for (guint i = 0; i < entry->sets->len; i++)
    {
      const SrRestoredSet *set = g_ptr_array_index (entry->sets, i);
      gboolean full = i == 0;

      if (!sr_restore_calls_register (session->calls, full ? values->check_point_file : NULL, full ? values->log_path : NULL,
                                      full ? (const char * const *) values->map : NULL, values->backup_log_directory, set->low, set->high,
                                      cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
complete (SrRestoreSession *session,
          GCancellable     *cancellable,
          GError          **error)
{
  return reach (session, SR_RESTORE_STEP_COMPLETING, cancellable, error) &&
         sr_restore_calls_register_complete (session->calls, SR_S_OK, cancellable, error);
}

/* A recovery that failed left its code in RestoreStatus, with which CertSvc would not try again. */
static gboolean
complete_again (SrRestoreSession *session,
                GError          **error)
{
  g_autoptr (SrRestoreInProgress) key = NULL;

  if (!sr_restore_in_progress_read (session->host, &key, NULL, error))
    return FALSE;
  if (key != NULL && sr_restore_key_is_own (key, session->entry) && !key->recovered && (!key->has_status || SR_FAILED (key->status)))
    return sr_restore_in_progress_write_status (session->host, SR_S_OK, NULL, error);
  return TRUE;
}

/* The service runs: it has recovered only if it took RestoreInProgress away, or wrote there that it has. */
static gboolean
confirm (SrRestoreSession *session,
         GError          **error)
{
  g_autoptr (SrRestoreInProgress) key = NULL;

  if (!sr_restore_in_progress_read (session->host, &key, NULL, error))
    return FALSE;
  if (key == NULL)
    return TRUE;
  if (key->recovered && sr_restore_key_is_own (key, session->entry))
    return sr_ca_host_delete_key (session->host, SR_RESTORE_IN_PROGRESS_KEY, NULL, error);
  g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The service runs, and RestoreInProgress does not say that the database was recovered"));
  return FALSE;
}

static gboolean
start (SrRestoreSession *session,
       GError          **error)
{
  gboolean again = session->entry->step == SR_RESTORE_STEP_STARTING;

  sr_restore_session_phase (session, SR_RESTORE_PHASE_STARTING, 0.82, 0.97, FALSE);
  sr_restore_session_end (session);
  if (!sr_restore_session_save (session, SR_RESTORE_STEP_STARTING, error))
    return FALSE;
  return (!again || complete_again (session, error)) &&
         sr_ca_host_start_service (session->host, SR_CERTSVC, (gint64) (session->timeouts.start * G_USEC_PER_SEC), NULL, error) &&
         confirm (session, error);
}

/* How the logs look right after the recovery: if they change, the CA has written. */
static void
take_marks (SrRestoreSession *session)
{
  g_autoptr (GPtrArray) live = sr_restore_list_live (session->entry, session->host, NULL, NULL);

  g_ptr_array_set_size (session->entry->marks, 0);
  for (guint i = 0; live != NULL && i < live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (live, i);

      if (file->is_log)
        sr_restore_entry_add_mark (session->entry, file->name, file->size, file->modified);
    }
}

/* Copies of the sets' files that nobody needs any more. */
static void
clean_up (SrRestoreSession *session)
{
  g_autofree char *folder = sr_restore_path_dirname (session->entry->database);
  g_autofree char *fresh = sr_restore_work_path (session->entry, folder, SR_WORK_NEW);
  g_autofree char *logs = sr_restore_log_directory (session->entry);
  g_autoptr (GError) error = NULL;

  if (!sr_restore_remove_folder (session->host, fresh, NULL, &error) || !sr_restore_remove_folder (session->host, logs, NULL, &error))
    sr_restore_session_warn (session, _("Copies of the sets could not be removed from the host: %s"), error->message);
}

static gboolean
record (SrRestoreSession *session,
        GError          **error)
{
  g_autoptr (GError) local = NULL;

  sr_restore_session_phase (session, SR_RESTORE_PHASE_RECORDING, 0.97, 1, FALSE);
  if (session->entry->step < SR_RESTORE_STEP_RECORDING)
    take_marks (session);
  if (!sr_restore_session_save (session, SR_RESTORE_STEP_RECORDING, error) ||
      !sr_restore_session_record (session, NULL, error))
    return FALSE;
  if (!sr_restore_session_start_services (session, &local))
    sr_restore_session_warn (session, _("The services that were stopped with CertSvc were not all started again: %s"), local->message);
  clean_up (session);
  return sr_restore_session_save (session, SR_RESTORE_STEP_RESTORED, error);
}

gboolean
sr_restore_session_go_on (SrRestoreSession *session,
                          GCancellable     *cancellable,
                          GError          **error)
{
  if (!is_behind (session, SR_RESTORE_STEP_COMPLETING))
    {
      if (!stop (session, cancellable, error) || !prepare (session, cancellable, error))
        return FALSE;
      if (!is_behind (session, SR_RESTORE_STEP_COPYING) && !copy_in (session, cancellable, error))
        return FALSE;
      if (!is_behind (session, SR_RESTORE_STEP_SETTING_ASIDE) && !set_aside (session, cancellable, error))
        return FALSE;
      if (!is_behind (session, SR_RESTORE_STEP_PLACING) && !place (session, cancellable, error))
        return FALSE;
      if (!register_sets (session, cancellable, error) || !complete (session, cancellable, error))
        return FALSE;
    }
  if (!is_behind (session, SR_RESTORE_STEP_STARTING) && !start (session, error))
    return FALSE;
  return record (session, error);
}
