/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include <glib/gi18n-lib.h>

/* What other tools do to a CA behind the back of the backup interface. */

static gboolean
is_idle (SrPracticeCa *ca,
         GError      **error)
{
  if (!ca->backup.open)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("A backup is open"));
  return FALSE;
}

gboolean
sr_practice_ca_foreign_full (SrPracticeCa *ca,
                             GError      **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  guint32 below;

  if (!is_idle (ca, error) || !sr_practice_database_roll (ca->database, error))
    return FALSE;
  below = SR_PRACTICE_LSN_GENERATION (sr_practice_database_get_checkpoint (ca->database));
  if (!sr_practice_database_truncate_logs (ca->database, below, NULL, error) ||
      !sr_practice_database_forget_backups (ca->database, error))
    return FALSE;
  sr_practice_ca_set_last_backup (ca, TRUE);
  return TRUE;
}
