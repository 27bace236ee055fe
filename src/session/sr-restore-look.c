/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-session-private.h"

#include <glib/gi18n-lib.h>

const char *
sr_restore_ca_state_to_string (SrRestoreCaState state)
{
  static const char * const words[] = {
    "as-before", "stopped", "half", "suspended", "ready", "recovery-failed", "restored", "foreign", "unknown",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_CA_UNKNOWN + 1);
  return words[state];
}

const char *
sr_restore_ca_state_words (SrRestoreCaState state)
{
  static const char * const words[] = {
    N_("The CA is as it was before the restore."),
    N_("The files of the CA are as they were before the restore. Its service, CertSvc, which ran before, is stopped."),
    N_("The files of the CA are partly set aside. CertSvc is stopped and must not be started."),
    N_("The files of the set are in place, and the restore is not completely registered. CertSvc does not start."),
    N_("The restore is registered. CertSvc will recover the database when it starts."),
    N_("CertSvc was started and could not recover the database. It is stopped."),
    N_("The CA is restored."),
    N_("Another restore has been begun on the host: its RestoreInProgress is there."),
    N_("The state of the CA is not known: its host could not be asked."),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_CA_UNKNOWN + 1);
  return _(words[state]);
}

const char *
sr_restore_action_to_string (SrRestoreAction action)
{
  static const char * const words[] = { "continue", "put-back", "leave" };

  return words[action];
}

void
sr_restore_situation_free (SrRestoreSituation *situation)
{
  g_clear_pointer (&situation->key, sr_restore_in_progress_free);
  g_free (situation->aside_folder);
  g_free (situation->undone_folder);
  g_clear_error (&situation->error);
  g_free (situation);
}

/* The step that tells what is on the host: for one that was left, where it was then. */
static SrRestoreStep
step_on_host (const SrRestoreEntry *entry)
{
  return entry->step == SR_RESTORE_STEP_LEFT ? entry->left_at : entry->step;
}

static SrRestoreCaState
as_before (const SrRestoreEntry     *entry,
           const SrRestoreSituation *situation)
{
  gboolean runs = situation->service.state != SR_SERVICE_STOPPED;

  return entry->service_known && entry->was_running && !runs ? SR_RESTORE_CA_STOPPED : SR_RESTORE_CA_AS_BEFORE;
}

static SrRestoreCaState
judge_key (const SrRestoreEntry     *entry,
           const SrRestoreSituation *situation)
{
  const SrRestoreInProgress *key = situation->key;

  if (!sr_restore_key_is_own (key, entry))
    return SR_RESTORE_CA_FOREIGN;
  if (key->recovered)
    return SR_RESTORE_CA_RESTORED;
  if (!key->has_status)
    return SR_RESTORE_CA_SUSPENDED;
  if (SR_FAILED (key->status))
    return SR_RESTORE_CA_RECOVERY_FAILED;
  if (step_on_host (entry) == SR_RESTORE_STEP_STARTING && situation->service.state == SR_SERVICE_STOPPED &&
      sr_service_status_get_hresult (&situation->service) != SR_S_OK)
    return SR_RESTORE_CA_RECOVERY_FAILED;
  return SR_RESTORE_CA_READY;
}

/* Whether a file of the CA's is in Before and not in its place. A log that was copied is in both until CertSvc may have
 * written, and only in Before once the restore's files are cleared away. */
static gboolean
is_any_aside (const SrRestoreEntry *entry,
              SrCaHost             *host,
              gboolean             *aside,
              GCancellable         *cancellable,
              GError              **error)
{
  *aside = FALSE;
  for (guint i = 0; i < entry->aside->len && !*aside; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (entry->aside, i);

      if ((!move->copied || entry->reached >= SR_RESTORE_STEP_PLACING) && !sr_restore_find (host, move->to, aside, NULL, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Without a key: the journal tells, and in its turning points the files do. */
static gboolean
judge_files (const SrRestoreEntry *entry,
             SrRestoreSituation   *situation,
             SrCaHost             *host,
             GCancellable         *cancellable,
             GError              **error)
{
  SrRestoreStep step = step_on_host (entry);
  gboolean runs = situation->service.state == SR_SERVICE_RUNNING;
  gboolean aside = TRUE;

  if ((step == SR_RESTORE_STEP_SETTING_ASIDE || step == SR_RESTORE_STEP_RETURNING) && !is_any_aside (entry, host, &aside, cancellable, error))
    return FALSE;
  if (step <= SR_RESTORE_STEP_COPYING || step == SR_RESTORE_STEP_PUT_BACK || !aside)
    situation->state = as_before (entry, situation);
  else if (step == SR_RESTORE_STEP_COMPLETING)
    /* The key was there; CertSvc took it away, or somebody did. */
    situation->state = runs ? SR_RESTORE_CA_RESTORED : SR_RESTORE_CA_HALF;
  else if (step >= SR_RESTORE_STEP_STARTING && step <= SR_RESTORE_STEP_RESTORED)
    situation->state = SR_RESTORE_CA_RESTORED;
  else
    situation->state = SR_RESTORE_CA_HALF;
  return TRUE;
}

/* What differs from the logs right after the recovery was written by the restored CA. */
static gboolean
has_written (const SrRestoreEntry *entry,
             SrCaHost             *host,
             GCancellable         *cancellable)
{
  g_autoptr (GPtrArray) live = sr_restore_list_live (entry, host, cancellable, NULL);
  guint logs = 0;

  for (guint i = 0; live != NULL && i < live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (live, i);
      gboolean same = FALSE;

      if (!file->is_log)
        continue;
      logs++;
      for (guint j = 0; j < entry->marks->len && !same; j++)
        {
          const SrRestoreMark *mark = g_ptr_array_index (entry->marks, j);

          same = g_ascii_strcasecmp (mark->name, file->name) == 0 && mark->size == file->size && mark->modified == file->modified;
        }
      if (!same)
        return TRUE;
    }
  return live == NULL || logs != entry->marks->len;
}

static void
offer (SrRestoreSituation   *situation,
       const SrRestoreEntry *entry)
{
  gboolean *offered = situation->offered;
  gboolean backwards = entry->step == SR_RESTORE_STEP_CLEARING || entry->step == SR_RESTORE_STEP_RETURNING;
  gboolean foreign = situation->state == SR_RESTORE_CA_FOREIGN;

  if (entry->step == SR_RESTORE_STEP_RESTORED)
    offered[SR_RESTORE_PUT_BACK] = !foreign;
  if (sr_restore_entry_is_settled (entry))
    return;
  offered[SR_RESTORE_CONTINUE] = !backwards && !foreign;
  offered[SR_RESTORE_PUT_BACK] = !foreign;
  offered[SR_RESTORE_LEAVE] = TRUE;
}

static void
tell_folders (SrRestoreSituation   *situation,
              const SrRestoreEntry *entry)
{
  g_autofree char *folder = sr_restore_path_dirname (entry->database);

  if (entry->reached >= SR_RESTORE_STEP_SETTING_ASIDE && entry->step != SR_RESTORE_STEP_PUT_BACK && entry->aside->len > 0)
    situation->aside_folder = sr_restore_work_path (entry, folder, SR_WORK_BEFORE);
  if (entry->reached >= SR_RESTORE_STEP_PLACING)
    situation->undone_folder = sr_restore_work_path (entry, folder, SR_WORK_UNDONE);
}

SrRestoreSituation *
sr_restore_look (const SrRestoreEntry *entry,
                 SrCaHost             *host,
                 GCancellable         *cancellable)
{
  SrRestoreSituation *situation = g_new0 (SrRestoreSituation, 1);

  situation->state = SR_RESTORE_CA_UNKNOWN;
  situation->service_known = host != NULL && sr_ca_host_query_service (host, SR_CERTSVC, &situation->service, cancellable, &situation->error);
  if (situation->service_known)
    sr_restore_in_progress_read (host, &situation->key, cancellable, &situation->error);
  if (situation->key != NULL)
    situation->state = judge_key (entry, situation);
  else if (situation->service_known && situation->error == NULL)
    judge_files (entry, situation, host, cancellable, &situation->error);
  if (situation->error != NULL)
    situation->state = SR_RESTORE_CA_UNKNOWN;
  if (situation->state == SR_RESTORE_CA_RESTORED)
    situation->may_have_issued = has_written (entry, host, cancellable);
  offer (situation, entry);
  tell_folders (situation, entry);
  return situation;
}

static const char *
continue_words (const SrRestoreSituation *situation)
{
  switch (situation->state)
    {
    case SR_RESTORE_CA_RESTORED:
      return _("Notes the restore beside the sets, which is all that is left.");
    case SR_RESTORE_CA_READY:
      return _("Starts CertSvc, which recovers the database.");
    case SR_RESTORE_CA_RECOVERY_FAILED:
      return _("Starts CertSvc again, which tries to recover the database once more.");
    default:
      return _("Goes on with the restore where it stopped.");
    }
}

static const char *
put_back_words (const SrRestoreSituation *situation,
                const SrRestoreEntry     *entry)
{
  if (entry->reached < SR_RESTORE_STEP_SETTING_ASIDE)
    return entry->was_running ? _("Removes the copies of the sets from the host, and starts CertSvc again.") : _("Removes the copies of the sets from the host.");
  if (situation->state == SR_RESTORE_CA_RESTORED && situation->may_have_issued)
    return _("Stops CertSvc, moves the restored files away and puts the CA’s own files back. The restored CA has written to its logs since: what it has issued or revoked will not be known.");
  return entry->was_running ? _("Moves the restore’s files away, puts the CA’s own files back, and starts CertSvc again. Nothing is deleted.")
                            : _("Moves the restore’s files away and puts the CA’s own files back. Nothing is deleted.");
}

static const char *
leave_words (const SrRestoreSituation *situation)
{
  switch (situation->state)
    {
    case SR_RESTORE_CA_AS_BEFORE:
      return _("Changes nothing: the CA goes on as before. Copies of the sets may stay on the host.");
    case SR_RESTORE_CA_STOPPED:
      return _("Changes nothing: CertSvc stays stopped until somebody starts it.");
    case SR_RESTORE_CA_READY:
      return _("Changes nothing: CertSvc recovers the database when somebody starts it.");
    case SR_RESTORE_CA_RESTORED:
      return _("Changes nothing on the host, and notes the restore beside the sets.");
    case SR_RESTORE_CA_UNKNOWN:
      return _("Changes nothing, and asks no more, without knowing how the CA is.");
    default:
      return _("Changes nothing: CertSvc does not start until somebody mends it by hand.");
    }
}

char *
sr_restore_action_words (SrRestoreAction           action,
                         const SrRestoreSituation *situation,
                         const SrRestoreEntry     *entry)
{
  switch (action)
    {
    case SR_RESTORE_CONTINUE:
      return g_strdup (continue_words (situation));
    case SR_RESTORE_PUT_BACK:
      return g_strdup (put_back_words (situation, entry));
    case SR_RESTORE_LEAVE:
    default:
      return g_strdup (leave_words (situation));
    }
}

char *
sr_restore_outcome_words (const SrRestoreOutcome *outcome)
{
  GString *text = g_string_new (sr_restore_ca_state_words (outcome->state));

  if (outcome->aside_folder != NULL)
    g_string_append_printf (text, " %s", _("Its own files, as far as they were set aside, are in this folder on the host:"));
  if (outcome->aside_folder != NULL)
    g_string_append_printf (text, " %s.", outcome->aside_folder);
  if (outcome->state == SR_RESTORE_CA_RESTORED && outcome->full_backup_due)
    g_string_append_printf (text, " %s", _("A new full backup is due now: sets from before the restore never go with later ones."));
  else if (outcome->full_backup_due)
    g_string_append_printf (text, " %s", _("A new full backup is due now."));
  if (outcome->put_back_error != NULL)
    g_string_append_printf (text, " %s %s", _("Putting it back failed:"), outcome->put_back_error->message);
  if (outcome->offered[SR_RESTORE_CONTINUE] && outcome->offered[SR_RESTORE_PUT_BACK])
    g_string_append_printf (text, " %s", _("The restore can be continued, put back, or left as it is."));
  else if (outcome->offered[SR_RESTORE_PUT_BACK] && outcome->state == SR_RESTORE_CA_RESTORED)
    g_string_append_printf (text, " %s", _("It can be put back until the restored CA has issued."));
  else if (outcome->offered[SR_RESTORE_PUT_BACK])
    g_string_append_printf (text, " %s", _("Putting it back can be tried again."));
  if (outcome->warning != NULL)
    g_string_append_printf (text, "\n%s", outcome->warning);
  return g_string_free (text, FALSE);
}
