/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-set.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-database.h"
#include "practice/sr-practice-jet.h"
#include "practice/sr-practice-recovery.h"

#include <glib/gi18n-lib.h>

static char *
find_database (const char *folder,
               GError    **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autofree char *found = NULL;
  const char *name;

  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_suffix (name, ".edb"))
        continue;
      if (found != NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” has more than one database"), folder);
          return NULL;
        }
      found = g_build_filename (folder, name, NULL);
    }
  if (found == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("“%s” has no database"), folder);
  return g_steal_pointer (&found);
}

/* Every log of the folder goes with the database. */
static gboolean
find_logs (const char *folder,
           guint32    *low,
           guint32    *high,
           GError    **error)
{
  g_autoptr (GArray) finished = sr_practice_log_list (folder, error);

  if (finished == NULL)
    return FALSE;
  if (finished->len == 0)
    {
      sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_MISSING_RESTORE_LOG_FILES), _("“%s” has no logs"), folder);
      return FALSE;
    }
  *low = g_array_index (finished, guint32, 0);
  *high = g_array_index (finished, guint32, finished->len - 1);
  return TRUE;
}

GPtrArray *
sr_practice_set_read_rows (const char *folder,
                           GError    **error)
{
  g_autofree char *database = find_database (folder, error);
  SrPracticeRecoveryPlan plan = { .database = database, .backup_folder = folder };
  g_autoptr (SrPracticeRecovery) recovery = NULL;

  if (database == NULL || !find_logs (folder, &plan.low, &plan.high, error))
    return NULL;
  recovery = sr_practice_recovery_read (&plan, error);
  return recovery != NULL ? sr_practice_recovery_get_rows (recovery, error) : NULL;
}

static gboolean
copy_file (const char *from,
           const char *to,
           GError    **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (from, FALSE, error);

  return file != NULL && sr_file_replace (to, g_mapped_file_get_contents (file), g_mapped_file_get_length (file), error);
}

static gboolean
copy_logs (const char *folder,
           guint32     low,
           guint32     high,
           const char *target,
           GError    **error)
{
  for (guint64 generation = low; generation <= high; generation++)
    {
      g_autofree char *name = sr_practice_log_name ((guint32) generation);
      g_autofree char *from = g_build_filename (folder, name, NULL);
      g_autofree char *to = g_build_filename (target, name, NULL);

      if (!copy_file (from, to, error))
        return FALSE;
    }
  return TRUE;
}

/* Recovers the copy where it is; the first opening makes it a database like any other. */
static gboolean
recover (const SrPracticeRecoveryPlan *plan,
         const char                   *name,
         GError                      **error)
{
  g_autoptr (SrPracticeRecovery) recovery = sr_practice_recovery_read (plan, error);
  g_autoptr (SrPracticeDatabase) database = NULL;

  if (recovery == NULL || !sr_practice_recovery_write (recovery, plan, error))
    return FALSE;
  database = sr_practice_database_open (plan->log_folder, name, FALSE, error);
  return database != NULL && sr_practice_database_close (database, error);
}

gboolean
sr_practice_set_restore (const char *folder,
                         const char *target,
                         const char *name,
                         GError    **error)
{
  g_autofree char *from = find_database (folder, error);
  g_autofree char *database = g_build_filename (target, name, NULL);
  SrPracticeRecoveryPlan plan = { .database = from, .backup_folder = folder };
  g_autoptr (SrPracticeRecovery) recovery = NULL;

  if (from == NULL || !find_logs (folder, &plan.low, &plan.high, error))
    return FALSE;
  recovery = sr_practice_recovery_read (&plan, error);
  if (recovery == NULL)
    return FALSE;
  plan.database = database;
  plan.backup_folder = plan.log_folder = target;
  return copy_file (from, database, error) &&
         copy_logs (folder, plan.low, plan.high, target, error) &&
         recover (&plan, name, error);
}
