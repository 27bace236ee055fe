/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-file.h"

#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
sr_file_make_private_folder (const char *path,
                             GError    **error)
{
  if (g_mkdir_with_parents (path, 0700) != 0)
    return sr_set_errno_error (error, errno, _("Making the folder “%s”"), path);
  return TRUE;
}

gboolean
sr_file_sync_folder (const char *path,
                     GError    **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  /* EINVAL: a file system without fsync() for folders, as some for network shares are. */
  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    return sr_set_errno_error (error, errno, _("Syncing the folder “%s”"), path);
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
    return sr_set_errno_error (error, errno, _("Making a file beside “%s”"), path);
  if (!write_all (fd, data, length) || fsync (fd) != 0 || g_rename (temporary, path) != 0)
    {
      sr_set_errno_error (error, errno, _("Writing “%s”"), path);
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
      sr_set_errno_error (error, errno, _("Opening “%s”"), path);
      return NULL;
    }
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a regular file"), path);
      return NULL;
    }
  if ((guint64) st.st_size > max_length)
    {
      g_autofree char *size = g_format_size_full ((guint64) st.st_size, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *most = g_format_size_full (max_length, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: a file and two sizes */
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("“%s” has %s, more than the %s that are allowed"), path, size, most);
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
          sr_set_errno_error (error, errno, _("Reading “%s”"), path);
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
  return sr_set_errno_error (error, errno, _("Removing “%s”"), path);
}
