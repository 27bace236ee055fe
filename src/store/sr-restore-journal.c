/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-restore-journal.h"

#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_PREFIX "restore-"
#define NAME_SUFFIX ".json"
/* A line for each file that is set aside. */
#define MAX_JOURNAL (64 * 1024 * 1024)

gboolean
sr_restore_journal_save (SrLock         *lock,
                         SrRestoreEntry *entry,
                         SrRestoreStep   step,
                         GError        **error)
{
  SrRestoreStep before = entry->step;
  SrRestoreStep reached = entry->reached;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) json = NULL;

  g_return_val_if_fail (sr_lock_get_config (lock) != NULL && sr_lock_get_mode (lock) == SR_LOCK_EXCLUSIVE, FALSE);
  g_return_val_if_fail (sr_config_equal (sr_lock_get_config (lock), entry->config), FALSE);

  entry->step = step;
  if (step == SR_RESTORE_STEP_LEFT && before != SR_RESTORE_STEP_LEFT)
    entry->left_at = before;
  if (step < SR_RESTORE_STEP_CLEARING)
    entry->reached = MAX (reached, step);
  entry->updated = g_get_real_time ();
  if (entry->started == 0)
    entry->started = entry->updated;
  g_set_str (&entry->program, g_get_prgname ());
  g_set_str (&entry->user, g_get_user_name ());
  g_set_str (&entry->machine, g_get_host_name ());
  path = g_strdup_printf ("%s/" NAME_PREFIX "%s" NAME_SUFFIX, sr_lock_get_folder (lock), entry->id);
  json = sr_restore_entry_to_json (entry);
  if (sr_repository_check_still_there (sr_lock_get_repository (lock), error) && sr_store_replace (path, json, error))
    return TRUE;
  entry->step = before;
  entry->reached = reached;
  return FALSE;
}

/* The id in a file's name, NULL for another file. */
static char *
id_of_name (const char *name)
{
  g_autofree char *id = NULL;
  SrGuid guid;

  if (!g_str_has_prefix (name, NAME_PREFIX) || !g_str_has_suffix (name, NAME_SUFFIX))
    return NULL;
  id = g_strndup (name + strlen (NAME_PREFIX), strlen (name) - strlen (NAME_PREFIX) - strlen (NAME_SUFFIX));
  return sr_guid_parse (id, &guid) ? g_steal_pointer (&id) : NULL;
}

static SrRestoreEntry *
load (const char *folder,
      const char *name,
      GError    **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *id = id_of_name (name);
  g_autoptr (GBytes) json = sr_store_load (folder, name, MAX_JOURNAL, SR_STORE_ERROR_MISSING, SR_STORE_ERROR_DAMAGED_SET, error);
  g_autoptr (SrRestoreEntry) entry = json != NULL ? sr_restore_entry_parse (json, path, error) : NULL;

  if (entry == NULL)
    return NULL;
  if (g_strcmp0 (entry->id, id) != 0)
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET, _("“%s” is damaged: it is the journal of another restore"), path);
      return NULL;
    }
  return g_steal_pointer (&entry);
}

void
sr_restore_listed_free (SrRestoreListed *listed)
{
  g_free (listed->path);
  g_free (listed->config);
  g_clear_pointer (&listed->entry, sr_restore_entry_free);
  g_clear_pointer (&listed->holder, sr_lock_holder_free);
  g_clear_error (&listed->error);
  g_free (listed);
}

static int
compare_listed (gconstpointer a,
                gconstpointer b)
{
  const SrRestoreListed *one = a, *two = b;
  gint64 first = one->entry != NULL ? one->entry->started : G_MAXINT64;
  gint64 second = two->entry != NULL ? two->entry->started : G_MAXINT64;

  return first != second ? (first < second ? -1 : 1) : strcmp (one->path, two->path);
}

static gboolean
scan (const SrAuthorityFolder *folder,
      gboolean                 settled,
      GPtrArray               *list,
      GError                 **error)
{
  g_auto (GStrv) names = sr_store_list_folder (folder->path, error);
  g_autofree char *lock_path = g_build_filename (folder->path, SR_LOCK_NAME, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *id = id_of_name (names[i]);
      SrRestoreListed *listed;

      if (id == NULL)
        continue;
      listed = g_new0 (SrRestoreListed, 1);
      listed->path = g_build_filename (folder->path, names[i], NULL);
      listed->config = g_strdup (folder->config);
      listed->entry = load (folder->path, names[i], &listed->error);
      /* The lock before the file would leave a moment in which an entry is neither settled nor held. */
      listed->held = sr_lock_is_held (lock_path, SR_LOCK_SHARED, &listed->holder);
      if (listed->entry != NULL && sr_restore_entry_is_settled (listed->entry) && !settled)
        sr_restore_listed_free (listed);
      else
        g_ptr_array_add (list, listed);
    }
  return names != NULL;
}

GPtrArray *
sr_restore_journal_list (SrRepository *repository,
                         const char   *config,
                         gboolean      settled,
                         GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (repository, error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_restore_listed_free);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = g_ptr_array_index (folders, i);

      if (config != NULL && (folder->config == NULL || !sr_config_equal (folder->config, config)))
        continue;
      if (!scan (folder, settled, list, error))
        return NULL;
    }
  g_ptr_array_sort_values (list, compare_listed);
  return g_steal_pointer (&list);
}

SrRestoreEntry *
sr_restore_journal_load (SrRepository *repository,
                         const char   *id,
                         GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (repository, error);
  g_autofree char *name = g_strconcat (NAME_PREFIX, id, NAME_SUFFIX, NULL);
  g_autofree char *checked = id_of_name (name);
  gboolean is_name = checked != NULL;

  if (folders == NULL)
    return NULL;
  for (guint i = 0; is_name && i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = g_ptr_array_index (folders, i);
      g_autofree char *path = g_build_filename (folder->path, name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return load (folder->path, name, error);
    }
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING, _("No restore “%s” is known in the backup folder “%s”"),
               id, sr_repository_get_path (repository));
  return NULL;
}
