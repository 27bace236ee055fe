/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-repository.h"

#include "store/sr-lineage-event.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Candidates that an AMBIGUOUS error names. */
#define MAX_NAMED 5
/* Numbers left for each set that cannot be read. */
#define ROOM G_GINT64_CONSTANT (1000)
/* The shortest beginning that finds a set. */
#define MIN_PREFIX 4

void
sr_unreadable_set_free (SrUnreadableSet *set)
{
  g_free (set->path);
  g_free (set->config);
  g_clear_error (&set->error);
  g_free (set);
}

/* A folder without a manifest is a damaged set if it is called like one, else it is none of our business. */
static gboolean
is_set_name (const char *name)
{
  return strspn (name, "0123456789") == 8 && name[8] == 'T' &&
         strspn (name + 9, "0123456789") == 6 && g_str_has_prefix (name + 15, "Z-");
}

static gboolean
looks_like_set (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *manifest = g_build_filename (path, SR_MANIFEST_NAME, NULL);

  return is_set_name (name) || g_file_test (manifest, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
}

gboolean
sr_authority_folder_scan (const char *folder,
                          GPtrArray  *sets,
                          GPtrArray  *unreadable,
                          GError    **error)
{
  g_auto (GStrv) names = sr_store_list_folder (folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GError) local = NULL;
      SrBackupSet *set;
      SrUnreadableSet *bad;

      if (names[i][0] == '.' || !sr_store_is_folder (path))
        continue;
      set = sr_backup_set_load (path, &local);
      if (set != NULL)
        {
          g_ptr_array_add (sets, set);
          continue;
        }
      if (unreadable == NULL || !looks_like_set (path))
        continue;
      bad = g_new0 (SrUnreadableSet, 1);
      bad->path = g_steal_pointer (&path);
      bad->error = g_steal_pointer (&local);
      g_ptr_array_add (unreadable, bad);
    }
  return TRUE;
}

static int
compare_sets (gconstpointer a,
              gconstpointer b)
{
  SrBackupSet *first = *(SrBackupSet * const *) a;
  SrBackupSet *second = *(SrBackupSet * const *) b;
  const SrManifest *x = sr_backup_set_get_manifest (first);
  const SrManifest *y = sr_backup_set_get_manifest (second);
  int order = sr_config_compare (x->config, y->config);

  if (order != 0)
    return order;
  if (x->sequence != y->sequence)
    return x->sequence < y->sequence ? -1 : 1;
  if (x->started != y->started)
    return x->started < y->started ? -1 : 1;
  return strcmp (sr_backup_set_get_path (first), sr_backup_set_get_path (second));
}

static void
drop_other_authorities (GPtrArray  *sets,
                        const char *config)
{
  for (guint i = sets->len; i > 0; i--)
    {
      const SrManifest *manifest = sr_backup_set_get_manifest (g_ptr_array_index (sets, i - 1));

      if (!sr_config_equal (manifest->config, config))
        g_ptr_array_remove_index (sets, i - 1);
    }
}

GPtrArray *
sr_repository_list_sets (SrRepository *self,
                         const char   *config,
                         GPtrArray   **unreadable,
                         GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (self, error);
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) bad = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_unreadable_set_free);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    {
      SrAuthorityFolder *folder = g_ptr_array_index (folders, i);
      /* A set that cannot be read does not tell its CA: its folder's counts. */
      gboolean ours = config == NULL || folder->config == NULL || sr_config_equal (folder->config, config);

      guint before = bad->len;

      if (!sr_authority_folder_scan (folder->path, sets, ours ? bad : NULL, error))
        return NULL;
      for (guint j = before; j < bad->len; j++)
        ((SrUnreadableSet *) bad->pdata[j])->config = g_strdup (folder->config);
    }
  if (config != NULL)
    drop_other_authorities (sets, config);
  g_ptr_array_sort (sets, compare_sets);
  if (unreadable != NULL)
    *unreadable = g_steal_pointer (&bad);
  return g_steal_pointer (&sets);
}

/* A staging folder with a manifest has its number, and will be published with it. */
static gboolean
count_staging (const SrAuthorityFolder *folder,
               const char              *config,
               gint64                  *highest,
               guint                   *n_unreadable,
               GError                 **error)
{
  g_auto (GStrv) names = sr_store_list_folder (folder->path, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder->path, names[i], NULL);
      g_autofree char *manifest = g_build_filename (path, SR_MANIFEST_NAME, NULL);
      g_autoptr (SrBackupSet) set = NULL;
      g_autoptr (GError) local = NULL;

      if (!g_str_has_prefix (names[i], SR_STAGING_PREFIX) || !sr_store_is_folder (path))
        continue;
      set = sr_backup_set_load (path, &local);
      if (set != NULL && sr_config_equal (sr_backup_set_get_manifest (set)->config, config))
        *highest = MAX (*highest, sr_backup_set_get_manifest (set)->sequence);
      else if (set == NULL && (g_file_test (manifest, G_FILE_TEST_EXISTS) || !g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET)))
        ++*n_unreadable;
    }
  return TRUE;
}

static gboolean
count_all_staging (SrRepository *repository,
                   const char   *config,
                   gint64       *highest,
                   guint        *n_unreadable,
                   GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (repository, error);

  for (guint i = 0; folders != NULL && i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = g_ptr_array_index (folders, i);

      if ((folder->config == NULL || sr_config_equal (folder->config, config)) &&
          !count_staging (folder, config, highest, n_unreadable, error))
        return FALSE;
    }
  return folders != NULL;
}

gint64
sr_authority_next_sequence (SrRepository *repository,
                            const char   *config,
                            GError      **error)
{
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (repository, config, &unreadable, error);
  g_autoptr (GPtrArray) events = sets != NULL ? sr_lineage_event_list (repository, config, error) : NULL;
  guint n_unreadable = 0;
  gint64 highest = 0;

  if (events == NULL || !count_all_staging (repository, config, &highest, &n_unreadable, error))
    return 0;
  for (guint i = 0; i < sets->len; i++)
    highest = MAX (highest, sr_backup_set_get_manifest (g_ptr_array_index (sets, i))->sequence);
  for (guint i = 0; i < events->len; i++)
    highest = MAX (highest, ((const SrLineageEvent *) g_ptr_array_index (events, i))->sequence);
  /* What cannot be read now may be read later, and must not stand behind what comes now. */
  n_unreadable += unreadable->len;
  highest += 1 + n_unreadable * ROOM;
  if (highest <= SR_MANIFEST_MAX_SEQUENCE)
    return highest;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET,
               _("A backup set or a note of “%s” has a number so high that none can come behind it"), config);
  return 0;
}

/* "CA folder/set folder" */
static char *
long_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *folder_name = g_path_get_basename (folder);

  return g_strdup_printf ("%s/%s", folder_name, name);
}

static gboolean
matches (const char   *path,
         const SrGuid *id,
         const char   *text,
         gboolean      whole)
{
  g_autofree char *full = long_name (path);
  g_autofree char *guid = id != NULL ? sr_guid_dup_string (id) : g_strdup ("");
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *name = strchr (full, '/') + 1;

  if (whole)
    return g_str_equal (name, text) || g_str_equal (full, text) || g_str_equal (guid, lower);
  return strlen (text) >= MIN_PREFIX &&
         (g_str_has_prefix (name, text) || g_str_has_prefix (full, text) || g_str_has_prefix (guid, lower));
}

static void
set_ambiguous_error (GError    **error,
                     const char *text,
                     GPtrArray  *found)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < found->len && i < MAX_NAMED; i++)
    {
      g_autofree char *name = long_name (g_ptr_array_index (found, i));

      if (i > 0)
        g_string_append (names, ", ");
      g_string_append_printf (names, _("“%s”"), name);
    }
  if (found->len > MAX_NAMED)
    g_string_append (names, ", …");
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_AMBIGUOUS,
               /* Translators: what the user wrote, a number, a list of names */
               _("“%s” fits %u sets: %s. Write more of the name."), text, found->len, names->str);
}

static GPtrArray *
find_paths (GPtrArray  *sets,
            GPtrArray  *unreadable,
            const char *text,
            gboolean    whole)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);

      if (matches (sr_backup_set_get_path (set), &sr_backup_set_get_manifest (set)->id, text, whole))
        g_ptr_array_add (found, g_strdup (sr_backup_set_get_path (set)));
    }
  for (guint i = 0; i < unreadable->len; i++)
    {
      SrUnreadableSet *bad = g_ptr_array_index (unreadable, i);

      if (matches (bad->path, NULL, text, whole))
        g_ptr_array_add (found, g_strdup (bad->path));
    }
  return found;
}

SrBackupSet *
sr_repository_find_set (SrRepository *self,
                        const char   *text,
                        GError      **error)
{
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) found = NULL;

  if (self == NULL || g_path_is_absolute (text) || g_str_has_prefix (text, "./") || g_str_has_prefix (text, "../"))
    return sr_backup_set_load (text, error);

  sets = sr_repository_list_sets (self, NULL, &unreadable, error);
  if (sets == NULL)
    return NULL;
  found = find_paths (sets, unreadable, text, TRUE);
  if (found->len == 0)
    {
      g_clear_pointer (&found, g_ptr_array_unref);
      found = find_paths (sets, unreadable, text, FALSE);
    }
  if (found->len == 1)
    return sr_backup_set_load (g_ptr_array_index (found, 0), error);

  if (found->len > 1)
    set_ambiguous_error (error, text, found);
  else
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET,
                 _("There is no set “%s” in the backup folder “%s”"), text, sr_repository_get_path (self));
  return NULL;
}
