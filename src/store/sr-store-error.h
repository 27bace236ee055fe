/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SR_STORE_ERROR:
 *
 * Error domain of the backup folder and the sets in it. Messages name the
 * path, say what is wrong and what to do about it. Cancellation stays
 * %G_IO_ERROR_CANCELLED.
 */
#define SR_STORE_ERROR (sr_store_error_quark ())
GQuark sr_store_error_quark (void);

/**
 * SrStoreError:
 * @SR_STORE_ERROR_MISSING: the backup folder does not exist
 * @SR_STORE_ERROR_NOT_A_REPOSITORY: the folder has no id of a backup folder inside: another folder, or an empty mount point
 * @SR_STORE_ERROR_DAMAGED_ID: the file with the id cannot be understood
 * @SR_STORE_ERROR_NEWER_FORMAT: a backup folder or set that a newer version of the program has written
 * @SR_STORE_ERROR_READ_ONLY: the file system is mounted read-only
 * @SR_STORE_ERROR_DENIED: the user may not do that there
 * @SR_STORE_ERROR_FULL: no space left, or the user's quota is used up
 * @SR_STORE_ERROR_FILE_TOO_LARGE: the file system or a limit of the process does not allow a file of this size
 * @SR_STORE_ERROR_IO: the disk or the network share failed
 * @SR_STORE_ERROR_EXISTS: a backup folder is there already
 * @SR_STORE_ERROR_LOCKED: another process or job holds the lock; the message names it
 * @SR_STORE_ERROR_NO_SUCH_SET: no set goes by that name
 * @SR_STORE_ERROR_AMBIGUOUS: more than one set goes by that name
 * @SR_STORE_ERROR_DAMAGED_SET: a manifest or session file is missing, or is not what it must be
 * @SR_STORE_ERROR_MISMATCH: files of a set are not what the manifest says
 * @SR_STORE_ERROR_NAME: the server names a file in a way that cannot be kept
 * @SR_STORE_ERROR_LENGTH: a file got more or fewer bytes than announced
 * @SR_STORE_ERROR_KEPT: a staging folder whose session may have truncated the logs is never deleted
 * @SR_STORE_ERROR_RESTORING: a restore of the CA was broken off, and stands in the way
 *
 * Codes of %SR_STORE_ERROR.
 */
typedef enum
{
  SR_STORE_ERROR_MISSING = 1,
  SR_STORE_ERROR_NOT_A_REPOSITORY,
  SR_STORE_ERROR_DAMAGED_ID,
  SR_STORE_ERROR_NEWER_FORMAT,
  SR_STORE_ERROR_READ_ONLY,
  SR_STORE_ERROR_DENIED,
  SR_STORE_ERROR_FULL,
  SR_STORE_ERROR_FILE_TOO_LARGE,
  SR_STORE_ERROR_IO,
  SR_STORE_ERROR_EXISTS,
  SR_STORE_ERROR_LOCKED,
  SR_STORE_ERROR_NO_SUCH_SET,
  SR_STORE_ERROR_AMBIGUOUS,
  SR_STORE_ERROR_DAMAGED_SET,
  SR_STORE_ERROR_MISMATCH,
  SR_STORE_ERROR_NAME,
  SR_STORE_ERROR_LENGTH,
  SR_STORE_ERROR_KEPT,
  SR_STORE_ERROR_RESTORING,
} SrStoreError;

/**
 * SrStoreProgress:
 * @done: bytes worked through
 * @total: bytes in all
 * @file: (nullable): the file at hand, as a path inside the set; %NULL at the end
 * @user_data: the caller's
 *
 * Tells the progress of hashing, on the caller's own thread, at most once a
 * megabyte and once a file.
 */
typedef void (*SrStoreProgress) (guint64     done,
                                 guint64     total,
                                 const char *file,
                                 gpointer    user_data);

G_END_DECLS
