/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-session-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* Puts back what a restore has changed. Nothing of the CA's is deleted: what
 * the restore brought goes into Undone, what was set aside comes back from
 * Before. Two steps of the journal, since in the second a file in a live
 * folder is the CA's own again. Each may be made again. */

static gboolean
is_changed (SrRestoreSession *session)
{
  return session->entry->reached >= SR_RESTORE_STEP_SETTING_ASIDE;
}

/* Whether the restore put files of its own into the live folders. */
static gboolean
is_placed (SrRestoreSession *session)
{
  return session->entry->reached >= SR_RESTORE_STEP_PLACING;
}

/* Whether CertSvc may just be stopping: a service that is can neither be started, nor is what it will be known. */
static gboolean
may_be_stopping (SrRestoreSession *session)
{
  return session->entry->reached == SR_RESTORE_STEP_STOPPING && session->entry->service_known && session->entry->was_running;
}

static gboolean
stop (SrRestoreSession *session,
      GError          **error)
{
  g_auto (GStrv) names = NULL;

  return sr_ca_host_stop_service (session->host, SR_CERTSVC, (gint64) (session->timeouts.stop * G_USEC_PER_SEC), &names, NULL, error);
}

/* RestoreInProgress is taken away only if it is this restore's. */
static gboolean
drop_key (SrRestoreSession *session,
          GError          **error)
{
  g_autoptr (SrRestoreInProgress) key = NULL;
  g_autoptr (GError) local = NULL;

  if (session->entry->reached < SR_RESTORE_STEP_REGISTERING)
    return TRUE;
  if (sr_restore_in_progress_read (session->host, &key, NULL, &local) && key != NULL && !sr_restore_key_is_own (key, session->entry))
    g_set_error (&local, SR_ERROR, SR_ERROR_STATE, _("Another restore has been begun meanwhile: its RestoreInProgress is there"));
  if (local == NULL && (key == NULL || sr_ca_host_delete_key (session->host, SR_RESTORE_IN_PROGRESS_KEY, NULL, &local) ||
                        g_error_matches (local, SR_ERROR, SR_ERROR_NOT_FOUND)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Renames a file into a folder, where something may have its name from an earlier try. */
static gboolean
move_into (SrRestoreSession *session,
           const char       *folder,
           const SrLiveFile *file,
           GError          **error)
{
  g_autofree char *from = sr_restore_path_join (file->folder, file->name);

  for (guint i = 1; i <= 100; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup (file->name) : g_strdup_printf ("%s.%u", file->name, i);
      g_autofree char *to = sr_restore_path_join (folder, name);
      g_autoptr (GError) local = NULL;

      if (sr_ca_host_rename (session->host, from, to, NULL, &local))
        return TRUE;
      if (i == 100 || !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          break;
        }
    }
  return FALSE;
}

static gboolean
clear (SrRestoreSession *session,
       GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  g_autoptr (GPtrArray) live = NULL;

  if (!sr_restore_session_save (session, SR_RESTORE_STEP_CLEARING, error) ||
      (live = sr_restore_list_live (entry, session->host, NULL, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (live, i);
      g_autofree char *undone = sr_restore_work_path (entry, file->folder, SR_WORK_UNDONE);

      sr_restore_session_set_file (session, file->name, i + 1, live->len);
      if (!sr_restore_make_folders (session->host, file->folder, undone, NULL, error) || !move_into (session, undone, file, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
return_one (SrRestoreSession    *session,
            const SrRestoreMove *move,
            GError             **error)
{
  g_autofree char *part = g_strconcat (move->to, SR_COPY_PART, NULL);
  gboolean there;

  /* The logs that were copied are still in their place, untouched. */
  if (move->copied && !is_placed (session))
    return sr_restore_remove (session->host, move->to, NULL, error) && sr_restore_remove (session->host, part, NULL, error);
  if (!sr_restore_find (session->host, move->to, &there, NULL, NULL, error))
    return FALSE;
  return !there || sr_ca_host_rename (session->host, move->to, move->from, NULL, error);
}

static gboolean
return_all (SrRestoreSession *session,
            GError          **error)
{
  GPtrArray *aside = session->entry->aside;

  if (!sr_restore_session_save (session, SR_RESTORE_STEP_RETURNING, error))
    return FALSE;
  for (guint i = 0; is_changed (session) && i < aside->len; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (aside, i);

      sr_restore_session_set_file (session, sr_restore_path_basename (move->from), i + 1, aside->len);
      if (!return_one (session, move, error))
        return FALSE;
    }
  return TRUE;
}

/* The copies of the sets' files, and folders that are empty by now. */
static void
clean_up (SrRestoreSession *session)
{
  SrRestoreEntry *entry = session->entry;
  g_auto (GStrv) folders = sr_restore_ca_folders (entry);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *work = sr_restore_work_folder (entry, folders[i]);
      g_autofree char *fresh = sr_restore_path_join (work, SR_WORK_NEW);
      g_autofree char *logs = sr_restore_path_join (work, SR_WORK_LOGS);
      g_autofree char *before = sr_restore_path_join (work, SR_WORK_BEFORE);
      g_autofree char *undone = sr_restore_path_join (work, SR_WORK_UNDONE);
      g_autoptr (GError) error = NULL;

      if (!sr_restore_remove_folder (session->host, fresh, NULL, &error) || !sr_restore_remove_folder (session->host, logs, NULL, &error))
        sr_restore_session_warn (session, _("Copies of the sets could not be removed from the host: %s"), error->message);
      sr_ca_host_remove (session->host, before, NULL, NULL);
      sr_ca_host_remove (session->host, undone, NULL, NULL);
      sr_ca_host_remove (session->host, work, NULL, NULL);
    }
}

/* The CA went on from a restored state, and now from the state before: neither goes with sets of the other. */
static gboolean
record (SrRestoreSession *session,
        GError          **error)
{
  if (session->entry->reached < SR_RESTORE_STEP_RECORDING)
    return TRUE;
  return sr_restore_session_record (session, _("The restore was put back."), error);
}

gboolean
sr_restore_session_undo (SrRestoreSession *session,
                         GError          **error)
{
  SrRestoreEntry *entry = session->entry;

  sr_restore_session_phase (session, SR_RESTORE_PHASE_PUTTING_BACK, 0, 1, FALSE);
  if ((is_changed (session) || may_be_stopping (session)) && !stop (session, error))
    return FALSE;
  if (entry->step != SR_RESTORE_STEP_RETURNING && is_placed (session) && (!drop_key (session, error) || !clear (session, error)))
    return FALSE;
  if (!return_all (session, error))
    return FALSE;
  clean_up (session);
  if (!record (session, error))
    return FALSE;
  if (entry->service_known && entry->was_running && !sr_restore_session_start_services (session, error))
    return FALSE;
  sr_restore_session_end (session);
  return sr_restore_session_save (session, SR_RESTORE_STEP_PUT_BACK, error);
}
