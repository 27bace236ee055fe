/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-files-private.h"

#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define PIECE (256 * 1024)


gboolean
sr_restore_find (SrCaHost     *host,
                 const char   *path,
                 gboolean     *found,
                 guint64      *size,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrHostFileInfo) there = sr_ca_host_get_file_info (host, path, cancellable, &local);

  *found = there != NULL;
  if (there != NULL && size != NULL)
    *size = there->size;
  if (there != NULL || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sr_restore_make_folders (SrCaHost     *host,
                         const char   *root,
                         const char   *path,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autofree char *above = NULL;
  g_autoptr (GError) local = NULL;

  if (sr_restore_path_equal (root, path))
    return TRUE;
  above = sr_restore_path_dirname (path);
  if (!sr_restore_make_folders (host, root, above, cancellable, error))
    return FALSE;
  if (sr_ca_host_make_folder (host, path, cancellable, &local) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sr_restore_remove (SrCaHost     *host,
                   const char   *path,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (GError) local = NULL;

  if (sr_ca_host_remove (host, path, cancellable, &local) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sr_restore_remove_folder (SrCaHost     *host,
                          const char   *path,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) list = sr_ca_host_list_folder (host, path, cancellable, &local);

  if (list == NULL && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  if (list == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < list->len; i++)
    {
      const SrHostFileInfo *info = g_ptr_array_index (list, i);
      g_autofree char *file = sr_restore_path_join (path, info->name);

      if (!sr_restore_remove (host, file, cancellable, error))
        return FALSE;
    }
  return sr_restore_remove (host, path, cancellable, error);
}

/* Hashes what is in a stream, and writes it to @to if that is not NULL. */
static char *
pump (GInputStream  *from,
      GOutputStream *to,
      guint64       *size,
      SrCopyFunc     func,
      gpointer       user_data,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);
  gssize n;

  *size = 0;
  while ((n = g_input_stream_read (from, piece, PIECE, cancellable, error)) > 0)
    {
      if (to != NULL && !g_output_stream_write_all (to, piece, (gsize) n, NULL, cancellable, error))
        return NULL;
      g_checksum_update (hash, piece, n);
      *size += (guint64) n;
      if (func != NULL)
        func ((guint64) n, user_data);
    }
  return n == 0 ? g_strdup (g_checksum_get_string (hash)) : NULL;
}

static char *
hash_on_host (SrCaHost     *host,
              const char   *path,
              guint64      *size,
              SrCopyFunc    func,
              gpointer      user_data,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GInputStream) stream = sr_ca_host_read_file (host, path, NULL, cancellable, error);

  return stream != NULL ? pump (stream, NULL, size, func, user_data, cancellable, error) : NULL;
}

/* Writes @from to @path under another name, reads it back, and gives it its name. @wanted is the hash that it must have, NULL
 * for that of what came. */
static gboolean
copy (SrCaHost     *host,
      GInputStream *from,
      const char   *path,
      const char   *wanted,
      SrCopyFunc    func,
      gpointer      user_data,
      GCancellable *cancellable,
      GError      **error)
{
  g_autofree char *part = g_strconcat (path, SR_COPY_PART, NULL);
  g_autoptr (GOutputStream) stream = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *back = NULL;
  guint64 size, size_back;

  if (!sr_restore_remove (host, part, cancellable, error) ||
      (stream = sr_ca_host_create_file (host, part, cancellable, error)) == NULL ||
      (sent = pump (from, stream, &size, func, user_data, cancellable, error)) == NULL ||
      !g_output_stream_close (stream, cancellable, error))
    return FALSE;
  if (wanted != NULL && !g_str_equal (sent, wanted))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s” is not what the manifest of its set says"), sr_restore_path_basename (path));
      return FALSE;
    }
  back = hash_on_host (host, part, &size_back, func, user_data, cancellable, error);
  if (back == NULL)
    return FALSE;
  if (size != size_back || !g_str_equal (sent, back))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” on %s is not what was written there: its disk is not to be trusted"),
                   path, sr_ca_host_get_name (host));
      return FALSE;
    }
  return sr_ca_host_rename (host, part, path, cancellable, error);
}

/* What an earlier try has copied is taken only after it was read. */
static gboolean
is_there (SrCaHost        *host,
          const char      *path,
          const SrSetFile *file,
          gboolean        *there,
          SrCopyFunc       func,
          gpointer         user_data,
          GCancellable    *cancellable,
          GError         **error)
{
  g_autofree char *hash = NULL;
  guint64 size = 0;
  gboolean found;

  *there = FALSE;
  if (!sr_restore_find (host, path, &found, &size, cancellable, error))
    return FALSE;
  if (!found)
    return TRUE;
  if (size == file->size)
    {
      hash = hash_on_host (host, path, &size, NULL, NULL, cancellable, error);
      if (hash == NULL)
        return FALSE;
    }
  *there = hash != NULL && g_str_equal (hash, file->sha256);
  if (*there && func != NULL)
    func (2 * file->size, user_data);
  return *there || sr_restore_remove (host, path, cancellable, error);
}

gboolean
sr_restore_copy_in (SrCaHost            *host,
                    const SrRestoreFile *file,
                    SrCopyFunc           func,
                    gpointer             user_data,
                    GCancellable        *cancellable,
                    GError             **error)
{
  g_autoptr (GInputStream) from = NULL;
  gboolean there;
  int fd;

  if (!is_there (host, file->to, file->file, &there, func, user_data, cancellable, error))
    return FALSE;
  if (there)
    return TRUE;
  fd = sr_backup_set_open_file (file->set, file->file, error);
  if (fd < 0)
    return FALSE;
  from = g_unix_input_stream_new (fd, TRUE);
  return copy (host, from, file->to, file->file->sha256, func, user_data, cancellable, error);
}

gboolean
sr_restore_copy_aside (SrCaHost            *host,
                       const SrRestoreMove *move,
                       SrCopyFunc           func,
                       gpointer             user_data,
                       GCancellable        *cancellable,
                       GError             **error)
{
  g_autoptr (GInputStream) from = NULL;
  gboolean there;

  /* It got its name only when it was complete and read back. */
  if (!sr_restore_find (host, move->to, &there, NULL, cancellable, error))
    return FALSE;
  if (there)
    {
      if (func != NULL)
        func (2 * move->size, user_data);
      return TRUE;
    }
  from = sr_ca_host_read_file (host, move->from, NULL, cancellable, error);
  return from != NULL && copy (host, from, move->to, NULL, func, user_data, cancellable, error);
}
