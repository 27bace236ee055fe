/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-store-private.h"

#include "base/sr-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

SR_DEFINE_QUARK (sr-store-error-quark, sr_store_error)

static SrStoreError
code_from_errno (int err)
{
  switch (err)
    {
    case ENOSPC:
    case EDQUOT:
      return SR_STORE_ERROR_FULL;
    case EFBIG:
      return SR_STORE_ERROR_FILE_TOO_LARGE;
    case EROFS:
      return SR_STORE_ERROR_READ_ONLY;
    case EACCES:
    case EPERM:
      return SR_STORE_ERROR_DENIED;
    case ENOENT:
    case ENOTDIR:
      return SR_STORE_ERROR_MISSING;
    default:
      return SR_STORE_ERROR_IO;
    }
}

static SrStoreError
code_from_io_error (int code)
{
  switch (code)
    {
    case G_IO_ERROR_NO_SPACE:
      return SR_STORE_ERROR_FULL;
    case G_IO_ERROR_READ_ONLY:
      return SR_STORE_ERROR_READ_ONLY;
    case G_IO_ERROR_PERMISSION_DENIED:
      return SR_STORE_ERROR_DENIED;
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_NOT_DIRECTORY:
      return SR_STORE_ERROR_MISSING;
    default:
      return SR_STORE_ERROR_IO;
    }
}

static const char *
advice (SrStoreError code)
{
  switch ((int) code)
    {
    case SR_STORE_ERROR_FULL:
      return _("Make room there, or choose another backup folder.");
    case SR_STORE_ERROR_FILE_TOO_LARGE:
      return _("The file system or a limit of this process allows no file that large (FAT32 ends at 4 GiB): choose a backup folder on another file system.");
    case SR_STORE_ERROR_READ_ONLY:
      return _("The file system is mounted read-only: mount it for writing, or choose another backup folder.");
    case SR_STORE_ERROR_DENIED:
      return _("Your account may not do that there: correct the permissions of the folder, or choose another one.");
    case SR_STORE_ERROR_MISSING:
      return _("If it lies on a removable disk or a network share, see that this is mounted.");
    default:
      return _("The disk or the network share failed: see its state in the system’s log before you trust it again.");
    }
}

gboolean
sr_store_set_errno (GError    **error,
                    int         err,
                    const char *format,
                    ...)
{
  SrStoreError code = code_from_errno (err);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SR_STORE_ERROR, (int) code, "%s: %s. %s", what, g_strerror (err), advice (code));
  return FALSE;
}

gboolean
sr_store_take_io_error (GError **error,
                        GError  *io_error)
{
  SrStoreError code = code_from_io_error (io_error->code);

  g_set_error (error, SR_STORE_ERROR, (int) code, "%s. %s", io_error->message, advice (code));
  g_error_free (io_error);
  return FALSE;
}
