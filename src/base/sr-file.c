/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-file.h"

#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
set_errno_error (GError    **error,
                 const char *what,
                 const char *path)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved),
               "%s “%s”: %s", what, path, g_strerror (saved));
  return FALSE;
}

gboolean
sr_file_make_private_folder (const char *path,
                             GError    **error)
{
  if (g_mkdir_with_parents (path, 0700) != 0)
    return set_errno_error (error, "Making the folder", path);
  return TRUE;
}

gboolean
sr_file_sync_folder (const char *path,
                     GError    **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  /* EINVAL: a file system without fsync() for folders, as some for network shares are. */
  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    return set_errno_error (error, "Syncing the folder", path);
  return TRUE;
}

static gboolean
write_all (int         fd,
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
sr_file_replace (const char *path,
                 const void *data,
                 gsize       length,
                 GError    **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofd int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);

  if (fd < 0)
    return set_errno_error (error, "Making a file beside", path);
  if (!write_all (fd, data, length) || fsync (fd) != 0 || g_rename (temporary, path) != 0)
    {
      set_errno_error (error, "Writing", path);
      g_unlink (temporary);
      return FALSE;
    }
  return sr_file_sync_folder (folder, error);
}

GBytes *
sr_file_load (const char *path,
              gsize       max_length,
              GError    **error)
{
  /* O_NONBLOCK: what is there may be a FIFO, and opening that would wait for its writer. */
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  g_autofree char *data = NULL;
  gsize length = 0;
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      set_errno_error (error, "Opening", path);
      return NULL;
    }
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "“%s” is not a regular file", path);
      return NULL;
    }
  if ((guint64) st.st_size > max_length)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, "“%s” has %" G_GUINT64_FORMAT " bytes, more than the %zu that are allowed",
                   path, (guint64) st.st_size, max_length);
      return NULL;
    }

  data = g_malloc ((gsize) st.st_size + 1);
  while (length < (gsize) st.st_size)
    {
      ssize_t n = read (fd, data + length, (gsize) st.st_size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_errno_error (error, "Reading", path);
          return NULL;
        }
      if (n == 0)
        break;
      length += (gsize) n;
    }
  data[length] = '\0';
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static int
remove_one (const char        *path,
            const struct stat *st,
            int                flag,
            struct FTW        *ftw)
{
  return remove (path);
}

gboolean
sr_file_remove_tree (const char *path,
                     GError    **error)
{
  struct stat st;
  int saved;

  if (nftw (path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) == 0)
    return TRUE;
  /* ENOENT may mean that there was nothing, or that something inside went away meanwhile. */
  saved = errno;
  if (lstat (path, &st) != 0 && errno == ENOENT)
    return TRUE;
  errno = saved;
  return set_errno_error (error, "Removing", path);
}
