/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-database-private.h"
#include "practice/sr-practice-jet.h"
#include "practice/sr-practice-recovery.h"
#include "practice/sr-practice-restore.h"

#include <glib/gi18n-lib.h>

/* What CertSvc does as it starts: a restore that was registered is recovered,
 * then the database is opened. */

/* In SetupStatus: the first start makes the database (as certutil names it, SETUP_CREATEDB_FLAG). */
#define SETUP_CREATEDB 0x2000

static gboolean
map_path (SrPracticeCa *ca,
          const char   *path,
          const char   *otherwise,
          char        **mapped,
          GError      **error)
{
  *mapped = path != NULL ? sr_practice_drives_map (ca->folder, path) : g_strdup (otherwise);
  if (*mapped != NULL)
    return TRUE;
  sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_INVALID_PATH), _("The path “%s” of the restore"), path);
  return FALSE;
}

/* This CA's database, logs and checkpoint are where they always are. */
static gboolean
is_own (const char *mapped,
        const char *own,
        GError    **error)
{
  if (g_str_equal (mapped, own))
    return TRUE;
  sr_hresult_set_error (error, SR_HRESULT_FROM_JET (SR_JET_INVALID_PATH), _("The restore names “%s” and not “%s”"), mapped, own);
  return FALSE;
}

static gboolean
recover_as_registered (SrPracticeCa            *ca,
                       const SrPracticeRestore *restore,
                       const char              *path,
                       GError                 **error)
{
  g_autofree char *backup_folder = NULL, *log_folder = NULL, *checkpoint_folder = NULL, *database = NULL;
  g_autofree char *checkpoint = g_build_filename (ca->log_folder, SR_PRACTICE_CHECKPOINT_NAME, NULL);
  g_autoptr (SrPracticeRecovery) recovery = NULL;
  SrPracticeRecoveryPlan plan = { .low = restore->low, .high = restore->high, .steps_to_live = &ca->steps_to_live };

  if (!map_path (ca, restore->log_folder, ca->log_folder, &log_folder, error) ||
      !map_path (ca, restore->backup_log_folder, ca->log_folder, &backup_folder, error) ||
      !map_path (ca, restore->checkpoint_folder, ca->log_folder, &checkpoint_folder, error) ||
      !map_path (ca, restore->database, path, &database, error) ||
      !is_own (log_folder, ca->log_folder, error) ||
      (!g_str_equal (checkpoint_folder, checkpoint) && !is_own (checkpoint_folder, ca->log_folder, error)) ||
      !is_own (database, path, error))
    return FALSE;
  plan.database = path;
  plan.backup_folder = backup_folder;
  plan.log_folder = ca->log_folder;
  recovery = sr_practice_recovery_read (&plan, error);
  if (recovery == NULL || !sr_practice_recovery_write (recovery, &plan, error))
    return FALSE;
  sr_practice_recovery_step (&ca->steps_to_live);
  return sr_practice_restore_set_recovered (ca->config, error);
}

static guint32
setup_status (SrPracticeCa *ca)
{
  GVariant *value = sr_practice_config_get (ca->config, SR_PRACTICE_NODE_ROOT, NULL, "SetupStatus");

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT32) ? (guint32) g_variant_get_int32 (value) : 0;
}

static gboolean
open_database (SrPracticeCa *ca,
               const char   *path,
               GError      **error)
{
  gboolean circular = (sr_practice_config_in_force (ca->config, SR_PRACTICE_NODE_ROOT, "DBFlags") & SR_PRACTICE_DBFLAGS_CIRCULARLOGGING) != 0;
  guint32 setup = setup_status (ca);

  /* never a new database in the place of one that is set aside or lost */
  if ((setup & SETUP_CREATEDB) == 0 && !g_file_test (path, G_FILE_TEST_EXISTS))
    return sr_practice_database_missing (ca->log_folder, path, error);
  ca->database = sr_practice_database_open (ca->log_folder, ca->database_name, FALSE, error);
  if (ca->database == NULL)
    return FALSE;
  sr_practice_database_set_keep_logs (ca->database, circular, FALSE);
  if (sr_practice_database_get_row_count (ca->database) == 0)
    {
      g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);

      g_ptr_array_add (rows, sr_practice_signer_make_ca_row (ca->signer, 1));
      if (!sr_practice_database_insert (ca->database, rows, error))
        return FALSE;
    }
  if ((setup & SETUP_CREATEDB) == 0)
    return TRUE;
  sr_practice_config_set (ca->config, SR_PRACTICE_NODE_ROOT, NULL, "SetupStatus", g_variant_new_int32 ((gint32) (setup & ~SETUP_CREATEDB)));
  return sr_practice_config_save (ca->config, error);
}

static gboolean
start (SrPracticeCa *ca,
       gboolean     *recovered,
       GError      **error)
{
  g_autofree char *path = g_build_filename (ca->log_folder, ca->database_name, NULL);
  g_autoptr (SrPracticeRestore) restore = NULL;

  if (!sr_practice_config_has_key (ca->config, SR_PRACTICE_NODE_ROOT, SR_PRACTICE_RESTORE_KEY))
    return open_database (ca, path, error);
  restore = sr_practice_restore_read (ca->config, error);
  if (restore == NULL ||
      (!restore->recovered && !recover_as_registered (ca, restore, path, error)))
    return FALSE;
  sr_practice_recovery_step (&ca->steps_to_live);
  if (!open_database (ca, path, error))
    return FALSE;
  sr_practice_recovery_step (&ca->steps_to_live);
  *recovered = TRUE;
  return sr_practice_restore_finish (ca->config, error);
}

gboolean
sr_practice_ca_start (SrPracticeCa *ca,
                      GError      **error)
{
  g_autoptr (GError) local = NULL;
  gboolean recovered = FALSE;
  gboolean ok = start (ca, &recovered, &local);

  ca->registered = ok;
  ca->exit_code = ok ? SR_S_OK : sr_practice_error_to_hresult (local);
  if (!ok)
    g_clear_pointer (&ca->database, sr_practice_database_free);
  sr_practice_ledger_note_start (ca->ledger, ca->exit_code, ok && recovered);
  sr_practice_ca_save_ledger (ca);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}
