/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-ca-host-private.h"

#include "base/sr-error.h"
#include "host/sr-host-output-private.h"
#include "host/sr-host-path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_NAMES 65536

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Where a path leads: the folder it is in, open, and its last part as the disk has it. */
typedef struct
{
  int folder;
  char *name; /* NULL for a drive itself */
  gboolean exists;
} Place;

static void
clear_place (Place *place)
{
  g_clear_fd (&place->folder, NULL);
  g_free (place->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, clear_place)

#define PLACE_INIT { -1, NULL, FALSE }

void
sr_host_file_info_free (SrHostFileInfo *info)
{
  g_free (info->name);
  g_free (info);
}

static gboolean
same_name (const char *a,
           const char *b)
{
  g_autofree char *left = g_utf8_casefold (a, -1);
  g_autofree char *right = g_utf8_casefold (b, -1);

  return g_str_equal (left, right);
}

/* Looks for @part in @folder: as it is written, or else in another case, as
 * Windows does. Returns its name on the disk; NULL with errno, ENOENT when there is none. */
static char *
find_name (int         folder,
           const char *part)
{
  struct stat st;
  struct dirent *entry;
  char *found = NULL;
  DIR *dir;
  int fd;

  if (fstatat (folder, part, &st, AT_SYMLINK_NOFOLLOW) == 0)
    return g_strdup (part);
  if (errno != ENOENT)
    return NULL;
  fd = openat (folder, ".", FOLDER_FLAGS);
  dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (dir == NULL)
    {
      g_clear_fd (&fd, NULL);
      return NULL;
    }
  while (found == NULL && (entry = readdir (dir)) != NULL)
    if (g_utf8_validate (entry->d_name, -1, NULL) && same_name (entry->d_name, part))
      found = g_strdup (entry->d_name);
  closedir (dir);
  errno = ENOENT;
  return found;
}

/* Opens folder after folder, none of them through a symbolic link. */
static gboolean
walk (int           drives,
      char        **parts,
      Place        *place)
{
  place->folder = dup (drives);
  if (place->folder < 0)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *name = find_name (place->folder, parts[i]);
      int next;

      if (i > 0 && parts[i + 1] == NULL)
        {
          place->exists = name != NULL;
          place->name = name != NULL ? g_steal_pointer (&name) : g_strdup (parts[i]);
          return place->exists || errno == ENOENT;
        }
      if (name == NULL)
        return FALSE;
      next = openat (place->folder, name, FOLDER_FLAGS);
      if (next < 0)
        return FALSE;
      close (place->folder);
      place->folder = next;
    }
  place->exists = TRUE;
  return TRUE;
}

static gboolean
find_place (SrCaHost      *host,
            const char    *path,
            Place         *place,
            GCancellable  *cancellable,
            GError       **error)
{
  g_auto (GStrv) parts = NULL;
  g_autofd int drives = -1;

  if (host->drives == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _("Files of %s cannot be reached: only a practice CA’s can be, so far"), host->name);
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  parts = sr_host_path_parse (path, error);
  if (parts == NULL)
    return FALSE;
  /* the folder of drives is the user's own, and may well be reached by a link */
  drives = open (host->drives, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (drives < 0)
    return sr_set_errno_error (error, errno, _("Opening “%s”"), host->drives);
  if (walk (drives, parts, place))
    return TRUE;
  return sr_set_errno_error (error, errno, _("%s: finding “%s”"), host->name, path);
}

/* As find_place() for something that must be there. */
static gboolean
find_existing (SrCaHost      *host,
               const char    *path,
               Place         *place,
               GCancellable  *cancellable,
               GError       **error)
{
  if (!find_place (host, path, place, cancellable, error))
    return FALSE;
  return place->exists || sr_set_errno_error (error, ENOENT, _("%s: finding “%s”"), host->name, path);
}

/* As find_place() for a name that must be free. */
static gboolean
find_free (SrCaHost      *host,
           const char    *path,
           Place         *place,
           GCancellable  *cancellable,
           GError       **error)
{
  if (!find_place (host, path, place, cancellable, error))
    return FALSE;
  return !place->exists || sr_set_errno_error (error, EEXIST, _("%s: making “%s”"), host->name, path);
}

/* The folder that a place is, open; -1 with an error. */
static int
open_folder (SrCaHost     *host,
             const char   *path,
             const Place  *place,
             GError      **error)
{
  int fd = place->name != NULL ? openat (place->folder, place->name, FOLDER_FLAGS) : dup (place->folder);

  if (fd < 0)
    sr_set_errno_error (error, errno, _("%s: opening the folder “%s”"), host->name, path);
  return fd;
}

static SrHostFileInfo *
make_info (const char        *name,
           const struct stat *st)
{
  SrHostFileInfo *info = g_new0 (SrHostFileInfo, 1);

  info->name = g_strdup (name);
  info->is_folder = S_ISDIR (st->st_mode);
  info->is_other = !info->is_folder && !S_ISREG (st->st_mode);
  info->size = S_ISREG (st->st_mode) ? (guint64) st->st_size : 0;
  info->modified = (gint64) st->st_mtim.tv_sec * G_USEC_PER_SEC + st->st_mtim.tv_nsec / 1000;
  return info;
}

SrHostFileInfo *
sr_ca_host_get_file_info (SrCaHost      *host,
                          const char    *path,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_auto (Place) place = PLACE_INIT;
  struct stat st;
  int failed;

  if (!find_existing (host, path, &place, cancellable, error))
    return NULL;
  failed = place.name != NULL ? fstatat (place.folder, place.name, &st, AT_SYMLINK_NOFOLLOW) : fstat (place.folder, &st);
  if (failed == 0)
    return make_info (place.name != NULL ? place.name : "", &st);
  sr_set_errno_error (error, errno, _("%s: looking at “%s”"), host->name, path);
  return NULL;
}

GInputStream *
sr_ca_host_read_file (SrCaHost      *host,
                      const char    *path,
                      guint64       *size,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_auto (Place) place = PLACE_INIT;
  g_autofd int fd = -1;
  struct stat st;

  if (!find_existing (host, path, &place, cancellable, error))
    return NULL;
  /* not blocking, lest a pipe of that name holds us up */
  fd = place.name != NULL ? openat (place.folder, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
  if (place.name == NULL)
    errno = EISDIR;
  if (fd >= 0 && fstat (fd, &st) == 0 && !S_ISREG (st.st_mode))
    {
      g_clear_fd (&fd, NULL);
      errno = S_ISDIR (st.st_mode) ? EISDIR : EINVAL;
    }
  if (fd < 0)
    {
      sr_set_errno_error (error, errno, _("%s: opening “%s”"), host->name, path);
      return NULL;
    }
  if (size != NULL)
    *size = (guint64) st.st_size;
  return g_unix_input_stream_new (g_steal_fd (&fd), TRUE);
}

GOutputStream *
sr_ca_host_create_file (SrCaHost      *host,
                        const char    *path,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_auto (Place) place = PLACE_INIT;
  int fd;

  if (!find_free (host, path, &place, cancellable, error))
    return NULL;
  fd = openat (place.folder, place.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0)
    return sr_host_output_new (fd, g_steal_fd (&place.folder), path);
  sr_set_errno_error (error, errno, _("%s: making “%s”"), host->name, path);
  return NULL;
}

static int
compare_infos (gconstpointer a,
               gconstpointer b)
{
  const SrHostFileInfo *left = *(const SrHostFileInfo * const *) a, *right = *(const SrHostFileInfo * const *) b;

  return strcmp (left->name, right->name);
}

static gboolean
add_entries (SrCaHost     *host,
             const char   *path,
             DIR          *dir,
             GPtrArray    *infos,
             GError      **error)
{
  const struct dirent *entry;
  struct stat st;

  while (errno = 0, (entry = readdir (dir)) != NULL)
    {
      /* a name that is no text cannot be asked for either */
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") || !g_utf8_validate (entry->d_name, -1, NULL))
        continue;
      if (infos->len == MAX_NAMES)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("%s: the folder “%s” has more than %d names"), host->name, path, MAX_NAMES);
          return FALSE;
        }
      if (fstatat (dirfd (dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        g_ptr_array_add (infos, make_info (entry->d_name, &st));
      else if (errno != ENOENT) /* one that has gone meanwhile is not there */
        return sr_set_errno_error (error, errno, _("%s: looking at “%s”"), host->name, path);
    }
  return errno == 0 || sr_set_errno_error (error, errno, _("%s: listing “%s”"), host->name, path);
}

GPtrArray *
sr_ca_host_list_folder (SrCaHost      *host,
                        const char    *path,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_host_file_info_free);
  g_auto (Place) place = PLACE_INIT;
  gboolean ok;
  DIR *dir;
  int fd;

  if (!find_existing (host, path, &place, cancellable, error))
    return NULL;
  fd = open_folder (host, path, &place, error);
  if (fd < 0)
    return NULL;
  /* a descriptor that was copied shares its place in the folder */
  dir = lseek (fd, 0, SEEK_SET) == 0 ? fdopendir (fd) : NULL;
  if (dir == NULL)
    {
      sr_set_errno_error (error, errno, _("%s: listing “%s”"), host->name, path);
      close (fd);
      return NULL;
    }
  ok = add_entries (host, path, dir, infos, error);
  closedir (dir);
  g_ptr_array_sort (infos, compare_infos);
  return ok ? g_steal_pointer (&infos) : NULL;
}

gboolean
sr_ca_host_make_folder (SrCaHost      *host,
                        const char    *path,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_auto (Place) place = PLACE_INIT;

  if (!find_free (host, path, &place, cancellable, error))
    return FALSE;
  if (mkdirat (place.folder, place.name, 0700) == 0 && fsync (place.folder) == 0)
    return TRUE;
  return sr_set_errno_error (error, errno, _("%s: making “%s”"), host->name, path);
}

gboolean
sr_ca_host_rename (SrCaHost      *host,
                   const char    *from,
                   const char    *to,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_auto (Place) source = PLACE_INIT;
  g_auto (Place) target = PLACE_INIT;

  if (!find_existing (host, from, &source, cancellable, error) || !find_free (host, to, &target, cancellable, error))
    return FALSE;
  if (g_ascii_toupper (from[0]) != g_ascii_toupper (to[0]))
    return sr_set_errno_error (error, EXDEV, _("%s: renaming “%s” to “%s”"), host->name, from, to);
  if (source.name == NULL)
    return sr_set_errno_error (error, EBUSY, _("%s: renaming “%s” to “%s”"), host->name, from, to);
  if (renameat2 (source.folder, source.name, target.folder, target.name, RENAME_NOREPLACE) == 0 &&
      fsync (target.folder) == 0 && fsync (source.folder) == 0)
    return TRUE;
  return sr_set_errno_error (error, errno, _("%s: renaming “%s” to “%s”"), host->name, from, to);
}

gboolean
sr_ca_host_remove (SrCaHost      *host,
                   const char    *path,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_auto (Place) place = PLACE_INIT;
  struct stat st;

  if (!find_existing (host, path, &place, cancellable, error))
    return FALSE;
  if (place.name == NULL)
    return sr_set_errno_error (error, EBUSY, _("%s: removing “%s”"), host->name, path);
  if (fstatat (place.folder, place.name, &st, AT_SYMLINK_NOFOLLOW) == 0)
    {
      if (!S_ISDIR (st.st_mode) && !S_ISREG (st.st_mode))
        errno = EINVAL;
      else if (unlinkat (place.folder, place.name, S_ISDIR (st.st_mode) ? AT_REMOVEDIR : 0) == 0 && fsync (place.folder) == 0)
        return TRUE;
    }
  return sr_set_errno_error (error, errno, _("%s: removing “%s”"), host->name, path);
}

gboolean
sr_ca_host_get_free_space (SrCaHost      *host,
                           const char    *path,
                           guint64       *bytes,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_auto (Place) place = PLACE_INIT;
  g_autofd int folder = -1;
  struct statvfs fs;

  if (!find_existing (host, path, &place, cancellable, error))
    return FALSE;
  /* the folder itself, should it be a disk of its own; of a file that which it is in */
  if (place.name != NULL)
    folder = openat (place.folder, place.name, FOLDER_FLAGS);
  if (fstatvfs (folder >= 0 ? folder : place.folder, &fs) != 0)
    return sr_set_errno_error (error, errno, _("%s: asking for the free space of “%s”"), host->name, path);
  *bytes = (guint64) fs.f_bavail * fs.f_frsize;
  return TRUE;
}
