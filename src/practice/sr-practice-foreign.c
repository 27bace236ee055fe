/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-set.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

/* What other tools do to a CA behind the back of the backup interface. */

static gboolean
is_idle (SrPracticeCa *ca,
         GError      **error)
{
  if (ca->database == NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_STATE, _("The CA is stopped"));
  else if (ca->backup.open)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("A backup is open"));
  else
    return TRUE;
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

/* @from gets the place of @to in one step, and what was there goes. */
static gboolean
replace_folder (const char *from,
                const char *to,
                GError    **error)
{
  g_autofree char *parent = g_path_get_dirname (to);

  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) != 0)
    return sr_set_errno_error (error, errno, _("Renaming “%s”"), from);
  return sr_file_sync_folder (parent, error) && sr_file_remove_tree (from, error);
}

/* All is made ready beside the live folder; a set that is not whole changes nothing. */
gboolean
sr_practice_ca_restore (SrPracticeCa *ca,
                        const char   *folder,
                        GError      **error)
{
  g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_autofree char *restored = g_strconcat (ca->log_folder, ".restored", NULL);
  gboolean ok;

  if (!sr_file_remove_tree (restored, error) || !sr_file_make_private_folder (restored, error))
    return FALSE;
  if (!sr_practice_set_restore (folder, restored, ca->database_name, error))
    {
      sr_file_remove_tree (restored, NULL);
      return FALSE;
    }
  ca->registered = FALSE;
  if (!sr_practice_ca_stop (ca, error))
    return FALSE;
  ok = replace_folder (restored, ca->log_folder, error);
  sr_practice_config_enforce (ca->config);
  return sr_practice_ca_start (ca, ok ? error : NULL) && ok;
}
