/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-files-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
restore_file_free (SrRestoreFile *file)
{
  g_object_unref (file->set);
  g_free (file->name);
  g_free (file->to);
  g_free (file);
}

static void
add_file (GPtrArray       *files,
          SrBackupSet     *set,
          const SrSetFile *file)
{
  SrRestoreFile *entry = g_new0 (SrRestoreFile, 1);

  entry->set = g_object_ref (set);
  entry->file = file;
  entry->name = g_path_get_basename (file->path);
  g_ptr_array_add (files, entry);
}

static gboolean
add_database (GPtrArray   *files,
              SrBackupSet *full,
              GError     **error)
{
  GPtrArray *all = sr_backup_set_get_manifest (full)->files;

  for (guint i = 0; i < all->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (all, i);

      if (file->role != SR_FILE_DATABASE)
        continue;
      if (files->len > 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _("The set “%s” has more than one database, which no certificate authority has"),
                       sr_backup_set_get_path (full));
          return FALSE;
        }
      add_file (files, full, file);
    }
  if (files->len == 1)
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET, _("The set “%s” has no database"), sr_backup_set_get_path (full));
  return FALSE;
}

/* Sets of a chain overlap: the same generation is the same log. */
static gboolean
add_logs (GPtrArray   *files,
          GHashTable  *known,
          SrBackupSet *set,
          GError     **error)
{
  GPtrArray *all = sr_backup_set_get_manifest (set)->files;

  for (guint i = 0; i < all->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (all, i);
      const SrSetFile *before;

      if (file->role != SR_FILE_LOG || file->generation == 0)
        continue;
      before = g_hash_table_lookup (known, GUINT_TO_POINTER (file->generation));
      if (before == NULL)
        {
          g_hash_table_insert (known, GUINT_TO_POINTER (file->generation), (gpointer) file);
          add_file (files, set, file);
        }
      else if (!g_str_equal (before->sha256, file->sha256))
        {
          g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s” is in two sets of the chain with different contents"), file->path);
          return FALSE;
        }
    }
  return TRUE;
}

static int
compare_generations (gconstpointer a,
                     gconstpointer b)
{
  guint32 first = ((const SrRestoreFile *) a)->file->generation;
  guint32 second = ((const SrRestoreFile *) b)->file->generation;

  return first < second ? -1 : first > second;
}

GPtrArray *
sr_restore_files_list (GPtrArray *sets,
                       GError   **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) restore_file_free);
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);

  if (!add_database (files, g_ptr_array_index (sets, 0), error))
    return NULL;
  for (guint i = 0; i < sets->len; i++)
    if (!add_logs (files, known, g_ptr_array_index (sets, i), error))
      return NULL;
  /* The database has no generation, and stays the first. */
  g_ptr_array_sort_values (files, compare_generations);
  return g_steal_pointer (&files);
}

void
sr_restore_files_place (GPtrArray            *files,
                        const SrRestoreEntry *entry)
{
  g_autofree char *folder = sr_restore_path_dirname (entry->database);
  g_autofree char *fresh = sr_restore_work_path (entry, folder, SR_WORK_NEW);
  g_autofree char *logs = sr_restore_log_directory (entry);

  for (guint i = 0; i < files->len; i++)
    {
      SrRestoreFile *file = g_ptr_array_index (files, i);

      g_free (file->to);
      if (file->file->role == SR_FILE_DATABASE)
        file->to = sr_restore_path_join (fresh, sr_restore_path_basename (entry->database));
      else
        file->to = sr_restore_path_join (logs, file->name);
    }
}
