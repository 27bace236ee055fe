/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-staging.h"

#include "base/sr-error.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <glib/gi18n-lib.h>

void
sr_staging_free (SrStaging *staging)
{
  g_free (staging->path);
  g_free (staging->config);
  g_free (staging->reason);
  g_free (staging);
}

/* Without session.json its session cannot have come as far as TruncateLogs. One that cannot be
 * understood counts as the mark. */
static gboolean
has_mark (const char *path)
{
  g_auto (SrSessionRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  if (sr_session_record_load (path, &record, &error))
    return record.truncated == SR_TRUNCATION_YES || record.truncated == SR_TRUNCATION_UNKNOWN;
  return !g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING);
}

gboolean
sr_staging_may_be_deleted (const char *path,
                           GError    **error)
{
  if (!has_mark (path))
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_KEPT,
               _("“%s” is not deleted: its session may have truncated the logs of the CA, and then it holds the only copy. "
                 "Keep it until a new full backup has succeeded."),
               path);
  return FALSE;
}

static gboolean
has_unreadable (GPtrArray *problems)
{
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    if (((const SrSetProblem *) g_ptr_array_index (problems, i))->kind == SR_SET_PROBLEM_UNREADABLE)
      return TRUE;
  return FALSE;
}

/* Whether the set in a folder of @config is one of @config's. */
static gboolean
is_at_home (SrBackupSet *set,
            const char  *config,
            GError     **error)
{
  const char *own = sr_backup_set_get_manifest (set)->config;

  if (sr_config_equal (own, config))
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET,
               /* Translators: a folder, then two CAs as HOST\CA */
               _("“%s” holds a set of “%s”, and lies in the folder of “%s”"), sr_backup_set_get_path (set), own, config);
  return FALSE;
}

/* Returns: FALSE only when cancelled, with an error */
static gboolean
look_at (SrStaging    *staging,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (SrBackupSet) set = sr_backup_set_load (staging->path, &local);

  staging->truncated = has_mark (staging->path);
  staging->state = SR_STAGING_INCOMPLETE;
  if (set != NULL && !is_at_home (set, staging->config, &local))
    {
      staging->unreadable = TRUE;
      staging->reason = g_strdup (local->message);
      return TRUE;
    }
  if (set != NULL && sr_backup_set_verify (set, NULL, NULL, &problems, cancellable, &local))
    {
      staging->state = SR_STAGING_COMPLETE;
      return TRUE;
    }
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* A manifest that is wrong or missing is one thing; a disk that fails, or a set of a newer version, tells nothing. */
  staging->unreadable = has_unreadable (problems) ||
                        (set == NULL && !g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET));
  staging->reason = g_strdup (local->message);
  return TRUE;
}

static gboolean
scan_folder (const SrAuthorityFolder *folder,
             GPtrArray               *found,
             GCancellable            *cancellable,
             GError                 **error)
{
  g_auto (GStrv) names = sr_store_list_folder (folder->path, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean trash = g_str_has_prefix (names[i], SR_TRASH_PREFIX);
      g_autofree char *path = g_build_filename (folder->path, names[i], NULL);
      SrStaging *staging;

      if ((!trash && !g_str_has_prefix (names[i], SR_STAGING_PREFIX)) || !sr_store_is_folder (path))
        continue;
      staging = g_new0 (SrStaging, 1);
      g_ptr_array_add (found, staging);
      staging->path = g_steal_pointer (&path);
      staging->config = g_strdup (folder->config);
      staging->state = SR_STAGING_TRASH;
      if (!trash && !look_at (staging, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
sr_staging_list (SrRepository *repository,
                 const char   *config,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (repository, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_staging_free);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = g_ptr_array_index (folders, i);

      if (config != NULL && !sr_config_equal (folder->config, config))
        continue;
      if (!scan_folder (folder, found, cancellable, error))
        return NULL;
    }
  return g_steal_pointer (&found);
}

SrBackupSet *
sr_staging_publish (const SrStaging *staging,
                    SrLock          *lock,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_autofree char *database_folder = g_build_filename (staging->path, SR_DATABASE_FOLDER, NULL);
  g_autoptr (SrBackupSet) set = NULL;

  if (!sr_lock_covers (lock, staging->path, error) ||
      (set = sr_backup_set_load (staging->path, error)) == NULL ||
      !is_at_home (set, sr_lock_get_config (lock), error) ||
      !sr_backup_set_verify (set, NULL, NULL, NULL, cancellable, error))
    return NULL;
  /* Every file was synced before the manifest was written; the kill may have come before its folders were. */
  if (!sr_store_sync_folder (database_folder, error) || !sr_store_sync_folder (staging->path, error))
    return NULL;
  return sr_set_publish (staging->path, sr_lock_get_folder (lock), sr_backup_set_get_manifest (set), error);
}

gboolean
sr_staging_discard (const SrStaging *staging,
                    SrLock          *lock,
                    GError         **error)
{
  if (!sr_lock_covers (lock, staging->path, error) ||
      (staging->state != SR_STAGING_TRASH && !sr_staging_may_be_deleted (staging->path, error)))
    return FALSE;
  return sr_store_remove_tree (staging->path, error);
}

gboolean
sr_staging_recover (SrRepository *repository,
                    SrLock       *lock,
                    GPtrArray   **published,
                    GPtrArray   **kept,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_staging_free);

  found = sr_staging_list (repository, sr_lock_get_config (lock), cancellable, error);
  if (found == NULL)
    return FALSE;
  while (found->len > 0)
    {
      g_autoptr (SrStaging) staging = g_ptr_array_steal_index (found, 0);

      if (staging->state == SR_STAGING_COMPLETE)
        {
          SrBackupSet *set = sr_staging_publish (staging, lock, cancellable, error);

          if (set == NULL)
            return FALSE;
          g_ptr_array_add (sets, set);
        }
      else if (staging->truncated || staging->unreadable)
        g_ptr_array_add (left, g_steal_pointer (&staging));
      else if (!sr_staging_discard (staging, lock, error))
        return FALSE;
    }

  if (published != NULL)
    *published = g_steal_pointer (&sets);
  if (kept != NULL)
    *kept = g_steal_pointer (&left);
  return TRUE;
}
