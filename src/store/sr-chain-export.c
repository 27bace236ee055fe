/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-chain-export.h"

#include "store/sr-hash-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (512 * 1024)

/* A file of the export, and the set that it is taken from. */
typedef struct
{
  SrBackupSet *set;
  const SrSetFile *file;
} Source;

typedef struct
{
  GPtrArray *sets;     /* of SrBackupSet, those that are taken */
  GArray *sources;     /* of Source */
  GHashTable *by_name; /* sr_safe_name_key() of the path -> index of the source + 1 */
  SrManifest *manifest; /* what the folder will hold, for its sheet */
  gboolean within; /* whether the target is an empty folder, and staging lies in it */
  char *staging;
  SrProgressMeter meter;
} Export;

static void
export_clear (Export *self)
{
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_array_unref);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->manifest, sr_manifest_free);
  g_clear_pointer (&self->staging, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Export, export_clear)

/* What newer sets say better; the logs of a chain are the same wherever they are. */
static gboolean
newest_counts (SrFileRole role)
{
  return role == SR_FILE_LOCATIONS || role == SR_FILE_CERTIFICATE;
}

static gboolean
add_source (Export          *self,
            SrBackupSet     *set,
            const SrSetFile *file,
            GError         **error)
{
  g_autofree char *key = sr_safe_name_key (file->path);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, key));
  Source source = { set, file };
  Source *before = index != 0 ? &g_array_index (self->sources, Source, index - 1) : NULL;

  if (before == NULL)
    {
      g_array_append_val (self->sources, source);
      g_hash_table_insert (self->by_name, g_steal_pointer (&key), GUINT_TO_POINTER (self->sources->len));
    }
  else if (newest_counts (file->role) && before->file->role == file->role)
    *before = source;
  else if (!g_str_equal (before->file->sha256, file->sha256))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s” is in two sets of the chain with different contents"), file->path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
collect (Export      *self,
         SrChain     *chain,
         SrBackupSet *until,
         GError     **error)
{
  GPtrArray *sets = sr_chain_get_sets (chain);

  self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_array_new (FALSE, FALSE, sizeof (Source));
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);
      GPtrArray *files = sr_backup_set_get_manifest (set)->files;

      g_ptr_array_add (self->sets, g_object_ref (set));
      for (guint j = 0; j < files->len; j++)
        if (!add_source (self, set, g_ptr_array_index (files, j), error))
          return FALSE;
      if (until != NULL && sr_backup_set_is_same (set, until))
        return TRUE;
    }
  g_return_val_if_fail (until == NULL, FALSE);
  return TRUE;
}

/* The sheet is written from a manifest: that of the full set, as if it had all the files. */
static void
describe (Export *self)
{
  const SrManifest *full = sr_backup_set_get_manifest (g_ptr_array_index (self->sets, 0));
  const SrManifest *newest = sr_backup_set_get_manifest (g_ptr_array_index (self->sets, self->sets->len - 1));
  SrManifest *manifest = self->manifest = sr_manifest_new ();

  manifest->id = full->id;
  manifest->kind = SR_SET_FULL;
  manifest->config = g_strdup (newest->config);
  manifest->display_name = g_strdup (newest->display_name);
  manifest->certificate_sha1 = g_strdup (newest->certificate_sha1);
  manifest->certificate_sha256 = g_strdup (newest->certificate_sha256);
  manifest->certificate_subject = g_strdup (newest->certificate_subject);
  manifest->certificate_expires = newest->certificate_expires;
  manifest->started = full->started;
  manifest->finished = newest->finished;
  manifest->program_version = g_strdup (PACKAGE_VERSION);
  g_strfreev (manifest->dynamic_files);
  manifest->dynamic_files = g_strdupv (newest->dynamic_files);
  for (guint i = 0; i < newest->locations->len; i++)
    {
      const SrSetLocation *location = g_ptr_array_index (newest->locations, i);
      SrSetLocation *copy = g_new0 (SrSetLocation, 1);

      copy->type = location->type;
      copy->path = g_strdup (location->path);
      g_ptr_array_add (manifest->locations, copy);
    }
  for (guint i = 0; i < self->sources->len; i++)
    {
      const SrSetFile *file = g_array_index (self->sources, Source, i).file;
      SrSetFile *copy = g_new0 (SrSetFile, 1);

      copy->path = g_strdup (file->path);
      copy->role = file->role;
      copy->size = file->size;
      copy->sha256 = g_strdup (file->sha256);
      copy->generation = file->generation;
      g_ptr_array_add (manifest->files, copy);
      self->meter.total += file->size;
    }
}

/* Copies what is left in @from, and hashes it on the way. */
static gboolean
copy_bytes (Export          *self,
            int              from,
            int              to,
            const SrSetFile *file,
            guint64         *size,
            char           **sha256,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  struct sha256_ctx hash;
  ssize_t n;

  sha256_init (&hash);
  *size = 0;
  do
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = read (from, piece, PIECE);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sr_store_set_errno (error, errno, _("Reading “%s”"), file->path);
      if (!sr_store_write_all (to, piece, (gsize) n))
        return sr_store_set_errno (error, errno, _("Writing “%s”"), file->path);
      sha256_update (&hash, (gsize) n, piece);
      *size += (guint64) n;
      sr_progress_meter_add (&self->meter, (guint64) n, file->path);
    }
  while (n != 0 && *size <= file->size);
  *sha256 = sr_sha256_finish (&hash);
  return TRUE;
}

static gboolean
copy_file (Export       *self,
           const Source *source,
           GCancellable *cancellable,
           GError      **error)
{
  const SrSetFile *file = source->file;
  g_autofree char *path = g_build_filename (self->staging, file->path, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofd int from = sr_backup_set_open_file (source->set, file, error);
  g_autofd int to = -1;
  g_autofree char *sha256 = NULL;
  guint64 size;

  if (from < 0)
    return FALSE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return sr_store_set_errno (error, errno, _("Making the folder “%s”"), folder);
  to = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (to < 0)
    return sr_store_set_errno (error, errno, _("Making the file “%s”"), path);
  if (!copy_bytes (self, from, to, file, &size, &sha256, cancellable, error))
    return FALSE;
  if (size != file->size || !g_str_equal (sha256, file->sha256))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH,
                   _("“%s” in the set “%s” is not what its manifest says: the set is damaged, and nothing was exported"),
                   file->path, sr_backup_set_get_path (source->set));
      return FALSE;
    }
  if (fsync (to) != 0)
    return sr_store_set_errno (error, errno, _("Syncing “%s”"), path);
  return sr_store_sync_folder (folder, error);
}

/* The same file in another set of the chain, of those after @at; NULL when there is none. */
static const SrSetFile *
find_twin (Export          *self,
           const SrSetFile *file,
           guint           *at)
{
  for (; *at < self->sets->len; (*at)++)
    {
      GPtrArray *files = sr_backup_set_get_manifest (g_ptr_array_index (self->sets, *at))->files;

      for (guint i = 0; i < files->len; i++)
        {
          const SrSetFile *twin = g_ptr_array_index (files, i);

          if (twin != file && twin->size == file->size && g_str_equal (twin->path, file->path) && g_str_equal (twin->sha256, file->sha256))
            return twin;
        }
    }
  return NULL;
}

/* Where a set is damaged, another one of the chain may have the file whole: an
 * export is wanted most when not all is well. */
static gboolean
copy_best (Export       *self,
           const Source *source,
           GCancellable *cancellable,
           GError      **error)
{
  g_autofree char *path = g_build_filename (self->staging, source->file->path, NULL);
  g_autoptr (GError) first = NULL;
  const SrSetFile *twin;

  if (copy_file (self, source, cancellable, &first))
    return TRUE;
  for (guint i = 0; first->domain == SR_STORE_ERROR && (twin = find_twin (self, source->file, &i)) != NULL; i++)
    {
      Source other = { g_ptr_array_index (self->sets, i), twin };

      if (g_unlink (path) != 0 && errno != ENOENT)
        break;
      if (copy_file (self, &other, cancellable, NULL))
        return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

static gboolean
write_own_files (Export     *self,
                 const char *target,
                 GError    **error)
{
  g_autofree char *sums_path = g_build_filename (self->staging, SR_SUMS_NAME, NULL);
  g_autofree char *sheet_path = g_build_filename (self->staging, SR_SHEET_NAME, NULL);
  g_autoptr (GBytes) sums = sr_sums_format (self->manifest, NULL);
  g_autoptr (GBytes) sheet = sr_chain_sheet_format (self->manifest, self->sets, target);

  return sr_store_write_new (sums_path, sums, error) &&
         sr_store_write_new (sheet_path, sheet, error) &&
         sr_store_sync_folder (self->staging, error);
}

/* A folder with something in it is nobody's to write into. */
static gboolean
check_target (const char *path,
              gboolean   *is_there,
              GError    **error)
{
  g_auto (GStrv) names = NULL;

  *is_there = g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
  if (!*is_there)
    return TRUE;
  if (sr_store_is_folder (path) && (names = sr_store_list_folder (path, error)) == NULL)
    return FALSE;
  if (names != NULL && names[0] == NULL)
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS, _("“%s” is there already and not empty. Give another folder"), path);
  return FALSE;
}

static gboolean
move_up (Export     *self,
         const char *target,
         const char *name,
         GError    **error)
{
  g_autofree char *from = g_build_filename (self->staging, name, NULL);
  g_autofree char *to = g_build_filename (target, name, NULL);

  if (!sr_store_rename_new (from, to))
    return sr_store_set_errno (error, errno, _("Giving the export the name “%s”"), to);
  return TRUE;
}

static void
take_back (const char  *target,
           char       **names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (target, names[i], NULL);

      sr_store_remove_tree (path, NULL);
    }
}

/* A folder that was there may be a disk of its own, which cannot be replaced,
 * or lie where nobody may make another: its content comes up from staging
 * within it, the sheet that tells how to restore last. */
static gboolean
publish_within (Export     *self,
                const char *target,
                GError    **error)
{
  g_auto (GStrv) names = sr_store_list_folder (self->staging, error);
  g_autoptr (GStrvBuilder) moved = g_strv_builder_new ();
  gboolean done = names != NULL;

  for (guint i = 0; done && names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], SR_SHEET_NAME))
        continue;
      done = move_up (self, target, names[i], error);
      if (done)
        g_strv_builder_add (moved, names[i]);
    }
  done = done && sr_store_sync_folder (target, error) && move_up (self, target, SR_SHEET_NAME, error);
  if (!done)
    {
      g_auto (GStrv) undone = g_strv_builder_end (moved);

      take_back (target, undone);
      return FALSE;
    }
  g_rmdir (self->staging);
  return sr_store_sync_folder (target, error);
}

static gboolean
publish (Export     *self,
         const char *target,
         GError    **error)
{
  g_autofree char *parent = g_path_get_dirname (target);

  if (self->within)
    return publish_within (self, target, error);
  if (!sr_store_rename_new (self->staging, target))
    return sr_store_set_errno (error, errno, _("Giving the export the name “%s”"), target);
  return sr_store_sync_folder (parent, error);
}

static gboolean
fill (Export       *self,
      const char   *target,
      GCancellable *cancellable,
      GError      **error)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!copy_best (self, &g_array_index (self->sources, Source, i), cancellable, error))
      return FALSE;
  if (!write_own_files (self, target, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return publish (self, target, error);
}

gboolean
sr_chain_export (SrChain        *self,
                 SrBackupSet    *until,
                 const char     *path,
                 SrStoreProgress progress,
                 gpointer        user_data,
                 GCancellable   *cancellable,
                 GError        **error)
{
  g_auto (Export) export = { .meter = { .func = progress, .user_data = user_data } };
  g_autofree char *target = g_canonicalize_filename (path, NULL);

  if (!sr_chain_is_complete (self))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET, _("The set “%s” lacks logs in the middle, so that nothing can be restored from it"),
                   sr_backup_set_get_path (sr_chain_get_full (self)));
      return FALSE;
    }
  if (!check_target (target, &export.within, error) || !collect (&export, self, until, error))
    return FALSE;
  describe (&export);
  export.staging = g_strdup_printf (export.within ? "%s/.part-%08x" : "%s.part-%08x", target, g_random_int ());
  if (g_mkdir (export.staging, 0700) != 0)
    return sr_store_set_errno (error, errno, _("Making the folder “%s”"), export.staging);
  if (fill (&export, target, cancellable, error))
    return TRUE;
  if (sr_store_is_folder (export.staging))
    sr_store_remove_tree (export.staging, NULL);
  return FALSE;
}
