/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-repository.h"

#include "store/sr-json-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define AUTHORITY_FORMAT 1
/* Folder names tried for a CA before giving up. */
#define MAX_FOLDER_TRIES 1000

/* Returns: the config string in the folder's own file, NULL with an error (MISSING when there is no such file). */
static char *
load_authority (const char *folder,
                GError    **error)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autofree char *config = NULL;

  if (!sr_json_reader_load (&reader, folder, SR_AUTHORITY_NAME, AUTHORITY_FORMAT, error))
    return NULL;
  config = sr_json_dup_string (&reader, reader.root, "config", 512, TRUE);
  if (config != NULL && !sr_config_is_valid (config))
    sr_json_reader_fail (&reader, _("“config” is no config string: “%s”"), config);
  return sr_json_reader_finish (&reader, error) ? g_steal_pointer (&config) : NULL;
}

static gboolean
write_authority (const char *folder,
                 const char *config,
                 GError    **error)
{
  g_autofree char *file = g_build_filename (folder, SR_AUTHORITY_NAME, NULL);
  g_autoptr (JsonObject) object = sr_json_object_new (AUTHORITY_FORMAT);
  g_autoptr (GBytes) json = NULL;

  sr_json_add_string (object, "config", config);
  json = sr_json_to_bytes (object);
  return sr_store_write_new (file, json, error);
}

void
sr_authority_folder_free (SrAuthorityFolder *folder)
{
  g_free (folder->config);
  g_free (folder->name);
  g_free (folder->path);
  g_free (folder);
}

static int
compare_folders (gconstpointer a,
                 gconstpointer b)
{
  const SrAuthorityFolder *x = *(SrAuthorityFolder * const *) a;
  const SrAuthorityFolder *y = *(SrAuthorityFolder * const *) b;
  int order = sr_config_compare (x->config, y->config);

  return order != 0 ? order : strcmp (x->name, y->name);
}

GPtrArray *
sr_repository_list_folders (SrRepository *self,
                            GError      **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_authority_folder_free);
  g_auto (GStrv) names = NULL;

  if (!sr_repository_check_still_there (self, error) || (names = sr_store_list_folder (sr_repository_get_path (self), error)) == NULL)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (sr_repository_get_path (self), names[i], NULL);
      SrAuthorityFolder *folder;

      if (names[i][0] == '.' || !sr_store_is_folder (path))
        continue;
      folder = g_new0 (SrAuthorityFolder, 1);
      folder->config = load_authority (path, NULL);
      folder->name = g_strdup (names[i]);
      folder->path = g_steal_pointer (&path);
      g_ptr_array_add (folders, folder);
    }
  return g_steal_pointer (&folders);
}

GPtrArray *
sr_repository_list_authorities (SrRepository *self,
                                GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (self, error);

  if (folders == NULL)
    return NULL;
  for (guint i = folders->len; i > 0; i--)
    if (((SrAuthorityFolder *) g_ptr_array_index (folders, i - 1))->config == NULL)
      g_ptr_array_remove_index (folders, i - 1);
  g_ptr_array_sort (folders, compare_folders);
  return g_steal_pointer (&folders);
}

void
sr_held_lock_free (SrHeldLock *held)
{
  g_free (held->config);
  g_clear_pointer (&held->holder, sr_lock_holder_free);
  g_free (held);
}

static void
add_if_held (GPtrArray  *list,
             const char *folder,
             SrLockMode  mode,
             const char *config)
{
  g_autofree char *path = g_build_filename (folder, SR_LOCK_NAME, NULL);
  SrLockHolder *holder;
  SrHeldLock *held;

  if (!sr_lock_is_held (path, mode, &holder))
    return;
  held = g_new0 (SrHeldLock, 1);
  held->config = g_strdup (config);
  held->holder = holder;
  g_ptr_array_add (list, held);
}

GPtrArray *
sr_repository_list_held (SrRepository *self,
                         GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (self, error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_held_lock_free);

  if (folders == NULL)
    return NULL;
  /* Who backs up shares the whole folder with others, and wants the CA alone. */
  add_if_held (list, sr_repository_get_path (self), SR_LOCK_SHARED, NULL);
  for (guint i = 0; i < folders->len; i++)
    {
      SrAuthorityFolder *folder = g_ptr_array_index (folders, i);

      add_if_held (list, folder->path, SR_LOCK_EXCLUSIVE, folder->config);
    }
  return g_steal_pointer (&list);
}

/* "CA", then "CA (HOST)", then "CA (HOST)-2" and so on. */
static char *
authority_folder_name (const char *config,
                       guint       attempt)
{
  const char *ca = strchr (config, '\\') + 1;
  g_autofree char *host = g_strndup (config, (gsize) (ca - 1 - config));
  g_autofree char *text = attempt == 1 ? g_strdup (ca) : g_strdup_printf ("%s (%s)", ca, host);
  g_autofree char *name = sr_safe_name (text);

  return sr_safe_name_numbered (name, attempt > 1 ? attempt - 1 : 1);
}

/* Hidden files do not count (locks), nor does what a write of authority.json leaves that was cut short. */
static gboolean
is_folder_unused (const char *path)
{
  g_auto (GStrv) names = sr_store_list_folder (path, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (names[i][0] != '.' && !g_str_has_prefix (names[i], SR_AUTHORITY_NAME "."))
      return FALSE;
  return names != NULL;
}

/* Several processes may do this at once for CAs of one name: the file in the folder decides whose it
 * is, and only one of them can have written it.
 *
 * Returns: whether @path is the CA's folder now; FALSE without an error when it is another's */
static gboolean
claim_folder (const char *path,
              const char *config,
              GError    **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *owner = NULL;

  if (g_mkdir (path, 0700) != 0 && errno != EEXIST)
    return sr_store_set_errno (error, errno, _("Making the folder “%s”"), path);
  if (!sr_store_is_folder (path))
    return FALSE;
  if (is_folder_unused (path) && !write_authority (path, config, &local) &&
      !g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  owner = load_authority (path, NULL);
  return owner != NULL && sr_config_equal (owner, config);
}

static char *
make_authority_folder (SrRepository *self,
                       const char   *config,
                       GError      **error)
{
  g_autoptr (GError) local = NULL;

  for (guint attempt = 1; attempt <= MAX_FOLDER_TRIES; attempt++)
    {
      g_autofree char *name = authority_folder_name (config, attempt);
      g_autofree char *path = g_build_filename (sr_repository_get_path (self), name, NULL);

      if (claim_folder (path, config, &local))
        return sr_store_sync_folder (sr_repository_get_path (self), error) ? g_steal_pointer (&path) : NULL;
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME,
               /* Translators: a folder, then a CA as HOST\CA */
               _("No free folder name is left in “%s” for “%s”"), sr_repository_get_path (self), config);
  return NULL;
}

/* The folder of a CA; made if need be for an exclusive lock, with which something will be written. */
static char *
get_authority_folder (SrRepository *self,
                      const char   *config,
                      SrLockMode    mode,
                      GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (self, error);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    {
      SrAuthorityFolder *folder = g_ptr_array_index (folders, i);

      if (sr_config_equal (folder->config, config))
        return g_strdup (folder->path);
    }
  if (mode == SR_LOCK_EXCLUSIVE)
    return make_authority_folder (self, config, error);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET,
               /* Translators: a folder, then a CA as HOST\CA */
               _("The backup folder “%s” has nothing of “%s”"), sr_repository_get_path (self), config);
  return NULL;
}

SrLock *
sr_repository_lock_authority (SrRepository  *self,
                              const char    *config,
                              SrLockMode     mode,
                              SrLockHolder **holder,
                              GError       **error)
{
  g_autoptr (SrLock) outer = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autofree char *what = NULL;
  SrLock *lock;

  if (holder != NULL)
    *holder = NULL;
  if (!sr_config_is_valid (config))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME, _("“%s” is no config string: write HOST\\CA"), config);
      return NULL;
    }
  outer = sr_repository_lock (self, SR_LOCK_SHARED, holder, error);
  if (outer == NULL)
    return NULL;
  folder = get_authority_folder (self, config, mode, error);
  if (folder == NULL)
    return NULL;

  path = g_build_filename (folder, SR_LOCK_NAME, NULL);
  /* Translators: a CA as HOST\CA, then a folder: the beginning of a sentence such as “… is in use by strongroomctl” */
  what = g_strdup_printf (_("“%s” in the backup folder “%s”"), config, sr_repository_get_path (self));
  lock = sr_lock_take (path, mode, what, holder, error);
  if (lock != NULL)
    sr_lock_set_authority (lock, self, config, folder, g_steal_pointer (&outer));
  return lock;
}
