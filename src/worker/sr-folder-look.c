/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-folder-look.h"

#include "store/sr-safe-name.h"
#include "worker/sr-restore-left.h"

static void
folder_authority_free (gpointer data)
{
  SrFolderAuthority *authority = data;

  g_free (authority->config);
  g_free (authority->display_name);
  g_clear_object (&authority->history);
  g_ptr_array_unref (authority->sets);
  g_ptr_array_unref (authority->restores);
  g_ptr_array_unref (authority->unreadable);
  g_free (authority);
}

void
sr_folder_look_free (SrFolderLook *look)
{
  g_free (look->path);
  g_clear_object (&look->repository);
  g_ptr_array_unref (look->authorities);
  g_free (look);
}

static SrFolderAuthority *
folder_authority_new (const char *config)
{
  SrFolderAuthority *authority = g_new0 (SrFolderAuthority, 1);

  authority->config = g_strdup (config);
  authority->sets = g_ptr_array_new_with_free_func (g_object_unref);
  authority->restores = g_ptr_array_new_with_free_func (g_object_unref);
  authority->unreadable = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_unreadable_set_free);
  return authority;
}

/* Takes @history: sets, newest first, and the newest that can be restored. */
static void
take_history (SrFolderAuthority *authority,
              SrHistory         *history)
{
  GPtrArray *lineages = sr_history_get_lineages (history);

  authority->history = history;
  for (guint i = lineages->len; i > 0; i--)
    {
      SrChain *chain = sr_lineage_get_newest_chain (lineages->pdata[i - 1]);
      GPtrArray *sets = sr_lineage_get_sets (lineages->pdata[i - 1]);

      for (guint k = sets->len; k > 0; k--)
        g_ptr_array_add (authority->sets, g_object_ref (sets->pdata[k - 1]));
      if (authority->newest == NULL && chain != NULL)
        authority->newest = sr_chain_get_newest (chain);
    }
  if (authority->sets->len > 0)
    authority->display_name = g_strdup (sr_backup_set_get_manifest (authority->sets->pdata[0])->display_name);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const SrFolderAuthority *one = *(SrFolderAuthority *const *) a, *two = *(SrFolderAuthority *const *) b;

  return g_utf8_collate (one->config, two->config);
}

/* ---- A backup folder --------------------------------------------------------- */

static gboolean
take_restores (SrFolderAuthority *authority,
               SrRepository      *repository,
               GError           **error)
{
  GPtrArray *restores = sr_restore_left_list (repository, authority->config, FALSE, error);

  if (restores == NULL)
    return FALSE;
  g_ptr_array_unref (authority->restores);
  authority->restores = restores;
  return TRUE;
}

/* What belongs to no CA that is known is told with each: it may be one of its sets. */
static void
take_unreadable (SrFolderAuthority *authority,
                 GPtrArray         *unreadable)
{
  for (guint i = 0; i < unreadable->len; i++)
    {
      const SrUnreadableSet *set = unreadable->pdata[i];
      SrUnreadableSet *copy;

      if (set->config != NULL && !sr_config_equal (set->config, authority->config))
        continue;
      copy = g_new0 (SrUnreadableSet, 1);
      copy->path = g_strdup (set->path);
      copy->config = g_strdup (set->config);
      copy->error = g_error_copy (set->error);
      g_ptr_array_add (authority->unreadable, copy);
    }
}

static gboolean
look_into_repository (SrFolderLook *look,
                      GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (look->repository, error);
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) sets = folders != NULL ? sr_repository_list_sets (look->repository, NULL, &unreadable, error) : NULL;

  if (sets == NULL)
    return FALSE;
  for (guint i = 0; i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = folders->pdata[i];
      SrFolderAuthority *authority = folder_authority_new (folder->config);
      SrHistory *history;

      g_ptr_array_add (look->authorities, authority);
      history = sr_history_load (look->repository, folder->config, error);
      if (history == NULL)
        return FALSE;
      take_history (authority, history);
      take_unreadable (authority, unreadable);
      if (!take_restores (authority, look->repository, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- One set, or a folder with sets --------------------------------------------- */

static SrFolderAuthority *
find (SrFolderLook *look,
      const char   *config)
{
  for (guint i = 0; i < look->authorities->len; i++)
    if (sr_config_equal (((SrFolderAuthority *) look->authorities->pdata[i])->config, config))
      return look->authorities->pdata[i];
  return NULL;
}

/* All sets of its CA that lie beside it come along. */
static gboolean
take_set (SrFolderLook *look,
          SrBackupSet  *set,
          GError      **error)
{
  const char *config = sr_backup_set_get_manifest (set)->config;
  SrFolderAuthority *authority;
  SrHistory *history;

  if (find (look, config) != NULL)
    return TRUE;
  history = sr_history_load_beside (set, error);
  if (history == NULL)
    return FALSE;
  authority = folder_authority_new (config);
  g_ptr_array_add (look->authorities, authority);
  take_history (authority, history);
  return TRUE;
}

static gboolean
look_into_folder (SrFolderLook *look,
                  GError      **error)
{
  g_autoptr (GDir) dir = g_dir_open (look->path, 0, error);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (look->path, name, NULL);
      g_autoptr (SrBackupSet) set = g_file_test (path, G_FILE_TEST_IS_DIR) ? sr_backup_set_load (path, NULL) : NULL;

      if (set != NULL && !take_set (look, set, error))
        return FALSE;
    }
  return dir != NULL;
}

/* ---- On a thread ------------------------------------------------------------------ */

static SrFolderLook *
look_into (const char *path,
           GError    **error)
{
  g_autoptr (SrFolderLook) look = g_new0 (SrFolderLook, 1);
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) no_repository = NULL;

  look->path = g_strdup (path);
  look->authorities = g_ptr_array_new_with_free_func (folder_authority_free);
  look->repository = sr_repository_open (path, &no_repository);
  if (look->repository != NULL)
    {
      if (!look_into_repository (look, error))
        return NULL;
    }
  else if (g_error_matches (no_repository, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY))
    {
      set = sr_backup_set_load (path, NULL);
      if (!(set != NULL ? take_set (look, set, error) : look_into_folder (look, error)))
        return NULL;
    }
  if (look->repository == NULL && look->authorities->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&no_repository));
      return NULL;
    }
  g_ptr_array_sort (look->authorities, compare_names);
  return g_steal_pointer (&look);
}

static void
run_look (GTask        *task,
          gpointer      source,
          gpointer      task_data,
          GCancellable *cancellable)
{
  GError *error = NULL;
  SrFolderLook *look = look_into (task_data, &error);

  if (look != NULL)
    g_task_return_pointer (task, look, (GDestroyNotify) sr_folder_look_free);
  else
    g_task_return_error (task, error);
}

void
sr_folder_look_async (const char         *path,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sr_folder_look_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, run_look);
}

SrFolderLook *
sr_folder_look_finish (GAsyncResult *result,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
