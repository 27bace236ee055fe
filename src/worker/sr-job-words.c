/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"

#include <glib/gi18n-lib.h>

const char *
sr_job_state_to_string (SrJobState state)
{
  static const char *const words[] = { "queued", "running", "cancelling", "done", "failed", "cancelled" };

  return words[state];
}

gboolean
sr_job_state_is_final (SrJobState state)
{
  return state >= SR_JOB_DONE;
}

char *
sr_job_describe (SrJobKind     kind,
                 SrJobState    state,
                 SrBackupPhase phase,
                 guint         file_index,
                 guint         n_files)
{
  switch (state)
    {
    case SR_JOB_QUEUED:
      return g_strdup (_("Waiting for its turn"));
    case SR_JOB_CANCELLING:
      return g_strdup (phase == SR_BACKUP_PHASE_ENDING ? _("Cancelled: ending the session") : _("Cancelling"));
    case SR_JOB_DONE:
      return g_strdup (_("Done"));
    case SR_JOB_FAILED:
      return g_strdup (_("Failed"));
    case SR_JOB_CANCELLED:
      return g_strdup (_("Cancelled"));
    case SR_JOB_RUNNING:
    default:
      break;
    }
  if (kind == SR_JOB_EXPORT)
    return g_strdup (_("Copying and comparing"));
  if (phase == SR_BACKUP_PHASE_LOGS && n_files > 0)
    return g_strdup_printf (_("Reading log %u of %u"), file_index, n_files);
  if (phase == SR_BACKUP_PHASE_DATABASE && n_files > 1)
    return g_strdup_printf (_("Reading database %u of %u"), file_index, n_files);
  return g_strdup (sr_backup_phase_words (phase));
}

char *
sr_job_describe_restore (SrJobState             state,
                         const SrRestoreTravel *travel)
{
  /* Whatever the state, its putting back is what is to be waited for. */
  if (!sr_job_state_is_final (state) && travel->phase == SR_RESTORE_PHASE_PUTTING_BACK)
    return g_strdup (sr_restore_phase_words (travel->phase));
  if (state != SR_JOB_RUNNING)
    return sr_job_describe (SR_JOB_RESTORE, state, SR_BACKUP_PHASE_IDLE, 0, 0);
  if (travel->n_files > 0)
    /* Translators: a step such as “Copying the sets to the host”, and two numbers */
    return g_strdup_printf (_("%s, file %u of %u"), sr_restore_phase_words (travel->phase), travel->file_index, travel->n_files);
  return g_strdup (sr_restore_phase_words (travel->phase));
}

const char *
sr_job_keep_logs_words (void)
{
  return _("The logs were kept: the CA’s database engine counts this backup as a copy, not as a full backup. "
           "The logs go on growing on the CA, and a log-only backup answers -560 (full backup missing) "
           "unless an earlier full backup truncated them. The set can be restored all the same.");
}
