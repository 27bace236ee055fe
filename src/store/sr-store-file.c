/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-store-private.h"

#include "base/sr-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
sr_store_open_beneath (const char *root,
                       const char *relative)
{
  g_auto (GStrv) parts = g_strsplit (relative, "/", -1);
  g_autofd int folder = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; folder >= 0 && parts[i] != NULL; i++)
    {
      gboolean last = parts[i + 1] == NULL;
      /* O_NONBLOCK: opening a FIFO that somebody put there must not wait for its writer. */
      int flags = last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
      int fd = openat (folder, parts[i], flags | O_NOFOLLOW | O_CLOEXEC);

      if (last || fd < 0)
        return fd;
      close (g_steal_fd (&folder));
      folder = fd;
    }
  return -1;
}

/* Reads to the end, but never more than @max_length + 1 bytes. */
static GByteArray *
read_bounded (int   fd,
              gsize max_length)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (;;)
    {
      guint8 piece[16384];
      ssize_t n = read (fd, piece, sizeof piece);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return NULL;
      g_byte_array_append (bytes, piece, (guint) n);
      if (n == 0 || bytes->len > max_length)
        return g_steal_pointer (&bytes);
    }
}

GBytes *
sr_store_load (const char  *root,
               const char  *relative,
               gsize        max_length,
               SrStoreError missing,
               SrStoreError damaged,
               GError     **error)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofd int fd = sr_store_open_beneath (root, relative);
  g_autoptr (GByteArray) bytes = NULL;
  struct stat st;

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    {
      g_set_error (error, SR_STORE_ERROR, (int) missing, _("“%s” is missing"), path);
      return NULL;
    }
  if ((fd < 0 && errno == ELOOP) || (fd >= 0 && fstat (fd, &st) == 0 && !S_ISREG (st.st_mode)))
    {
      g_set_error (error, SR_STORE_ERROR, (int) damaged, _("“%s” is not a regular file"), path);
      return NULL;
    }
  if (fd < 0 || (bytes = read_bounded (fd, max_length)) == NULL)
    {
      sr_store_set_errno (error, errno, _("Reading “%s”"), path);
      return NULL;
    }
  if (bytes->len > max_length)
    {
      g_set_error (error, SR_STORE_ERROR, (int) damaged, _("“%s” is longer than the %zu bytes that are allowed"),
                   path, max_length);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

gboolean
sr_store_write_all (int         fd,
                    const void *data,
                    gsize       length)
{
  const char *at = data;

  while (length > 0)
    {
      ssize_t n = write (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      at += n;
      length -= (gsize) n;
    }
  return TRUE;
}

gboolean
sr_store_rename_new (const char *from,
                     const char *to)
{
  struct stat st;

  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;

  /* Some network file systems have no such rename; the caller's lock keeps others of us away. */
  if (lstat (to, &st) == 0)
    {
      errno = EEXIST;
      return FALSE;
    }
  return errno == ENOENT && rename (from, to) == 0;
}

/* Fills @fd, which is @temporary, and gives it the name @path. */
static gboolean
finish_file (int         fd,
             const char *temporary,
             const char *path,
             GBytes     *contents,
             gboolean    must_be_new,
             GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int saved;

  if (sr_store_write_all (fd, g_bytes_get_data (contents, NULL), g_bytes_get_size (contents)) &&
      fsync (fd) == 0 &&
      (must_be_new ? sr_store_rename_new (temporary, path) : g_rename (temporary, path) == 0))
    return sr_store_sync_folder (folder, error);

  saved = errno;
  g_unlink (temporary);
  if (!must_be_new || saved != EEXIST)
    return sr_store_set_errno (error, saved, _("Writing “%s”"), path);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS, _("“%s” is there already"), path);
  return FALSE;
}

gboolean
sr_store_replace (const char *path,
                  GBytes     *contents,
                  GError    **error)
{
  /* One name for all times, so that what a kill leaves is overwritten by the next call. */
  g_autofree char *temporary = g_strconcat (path, SR_NEW_SUFFIX, NULL);
  g_autofd int fd = -1;

  if (g_unlink (temporary) == 0 || errno == ENOENT)
    fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return sr_store_set_errno (error, errno, _("Writing “%s”"), path);
  return finish_file (fd, temporary, path, contents, FALSE, error);
}

gboolean
sr_store_write_new (const char *path,
                    GBytes     *contents,
                    GError    **error)
{
  /* A name of its own, since others may be at it at the same time. */
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_autofd int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);

  if (fd < 0)
    return sr_store_set_errno (error, errno, _("Writing “%s”"), path);
  return finish_file (fd, temporary, path, contents, TRUE, error);
}

gboolean
sr_store_sync_folder (const char *path,
                      GError    **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  /* EINVAL: a file system without fsync() for folders, as some for network shares are. Nothing more can be done there. */
  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    return sr_store_set_errno (error, errno, _("Syncing the folder “%s”"), path);
  return TRUE;
}

gboolean
sr_store_remove_tree (const char *path,
                      GError    **error)
{
  GError *io_error = NULL;

  return sr_file_remove_tree (path, &io_error) || sr_store_take_io_error (error, io_error);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

char **
sr_store_list_folder (const char *path,
                      GError    **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_null_terminated (16, g_free, TRUE);
  DIR *dir = opendir (path);
  struct dirent *entry;
  int saved;

  if (dir == NULL)
    {
      sr_store_set_errno (error, errno, _("Reading the folder “%s”"), path);
      return NULL;
    }
  while (errno = 0, (entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  saved = errno;
  closedir (dir);
  if (saved != 0)
    {
      sr_store_set_errno (error, saved, _("Reading the folder “%s”"), path);
      return NULL;
    }
  g_ptr_array_sort (names, compare_names);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

gboolean
sr_store_is_folder (const char *path)
{
  struct stat st;

  return lstat (path, &st) == 0 && S_ISDIR (st.st_mode);
}

char *
sr_store_time_to_string (gint64 microseconds)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc_usec (microseconds);

  return when != NULL ? g_date_time_format_iso8601 (when) : NULL;
}
