/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set.h"
#include "store/sr-lock.h"

G_BEGIN_DECLS

/** SR_REPOSITORY_FORMAT: the format version that this program writes, and the highest that it reads */
#define SR_REPOSITORY_FORMAT 1

/** SR_REPOSITORY_ID_NAME: the file by which a backup folder is found */
#define SR_REPOSITORY_ID_NAME ".strongroom-repository.json"

#define SR_TYPE_REPOSITORY (sr_repository_get_type ())
G_DECLARE_FINAL_TYPE (SrRepository, sr_repository, SR, REPOSITORY, GObject)

/**
 * SrRepository:
 *
 * A backup folder: one folder a CA, with its sets. It is known by an id in a
 * file inside it, never by its path alone, so that an empty mount point is not
 * taken for it. Holds nothing but path and id: every call looks at the disk.
 * May be used from any thread.
 */

/**
 * sr_repository_create:
 * @path: a folder, which is made if it is not there; what is in it stays
 * @error: where to put an error
 *
 * Makes a backup folder with an id of its own. Only ever called because the
 * user asked for a new one.
 *
 * Sets %SR_STORE_ERROR_EXISTS when it is one already, and the codes of the disk.
 *
 * Returns: (transfer full): the backup folder, or %NULL
 */
SrRepository *sr_repository_create (const char *path,
                                    GError    **error);

/**
 * sr_repository_open:
 * @path: a backup folder
 * @error: where to put an error
 *
 * Opens a backup folder that is there. Nothing is made or changed.
 *
 * Sets %SR_STORE_ERROR_MISSING, %SR_STORE_ERROR_NOT_A_REPOSITORY,
 * %SR_STORE_ERROR_DAMAGED_ID, %SR_STORE_ERROR_NEWER_FORMAT,
 * %SR_STORE_ERROR_DENIED, %SR_STORE_ERROR_IO.
 *
 * Returns: (transfer full): the backup folder, or %NULL
 */
SrRepository *sr_repository_open (const char *path,
                                  GError    **error);

/**
 * sr_repository_get_path:
 * @self: a backup folder
 *
 * Returns: (transfer none): its path, absolute
 */
const char *sr_repository_get_path (SrRepository *self);

/**
 * sr_repository_get_id:
 * @self: a backup folder
 *
 * Returns: (transfer none): its id, for the settings: a folder with another id at the same path is another one
 */
const SrGuid *sr_repository_get_id (SrRepository *self);

/**
 * sr_repository_check_writable:
 * @self: a backup folder
 * @bytes: how many bytes it should be able to take, 0 when not known
 * @error: where to put an error
 *
 * Looks again whether the folder is there, has the id it had, can be written
 * (a file is written, synced and removed), and has room for @bytes.
 *
 * Sets the codes of sr_repository_open(), %SR_STORE_ERROR_READ_ONLY,
 * %SR_STORE_ERROR_FULL.
 *
 * Returns: whether a backup can go there
 */
gboolean sr_repository_check_writable (SrRepository *self,
                                       guint64       bytes,
                                       GError      **error);

/**
 * sr_repository_get_free_space:
 * @self: a backup folder
 * @bytes: (out): what this user may still write there
 * @error: where to put an error
 *
 * Returns: whether it could be told
 */
gboolean sr_repository_get_free_space (SrRepository *self,
                                       guint64      *bytes,
                                       GError      **error);

/**
 * sr_repository_lock:
 * @self: a backup folder
 * @mode: shared or exclusive
 * @holder: (out) (optional) (nullable) (transfer full): who holds it, when it is refused
 * @error: where to put an error
 *
 * Locks the whole backup folder. Does not wait.
 *
 * Sets %SR_STORE_ERROR_LOCKED, naming the holder; the codes of the disk.
 *
 * Returns: (transfer full): the lock, or %NULL
 */
SrLock *sr_repository_lock (SrRepository  *self,
                            SrLockMode     mode,
                            SrLockHolder **holder,
                            GError       **error);

/**
 * sr_repository_lock_authority:
 * @self: a backup folder
 * @config: config string of a CA, HOST\CA
 * @mode: exclusive for backing up and deleting, shared for reading
 * @holder: (out) (optional) (nullable) (transfer full): who holds it, when it is refused
 * @error: where to put an error
 *
 * Locks one CA in the backup folder, and the backup folder itself in shared
 * mode with it. For an exclusive lock its folder is made if it is not there.
 * Does not wait.
 *
 * Sets %SR_STORE_ERROR_LOCKED, naming the holder; %SR_STORE_ERROR_NAME for
 * what is no config string; %SR_STORE_ERROR_NO_SUCH_SET for a shared lock on a
 * CA of which nothing is there; the codes of the disk.
 *
 * Returns: (transfer full): the lock, or %NULL
 */
SrLock *sr_repository_lock_authority (SrRepository  *self,
                                      const char    *config,
                                      SrLockMode     mode,
                                      SrLockHolder **holder,
                                      GError       **error);

/**
 * SrHeldLock:
 * @config: (nullable): config string of the CA that is locked, %NULL for the whole backup folder
 * @holder: (nullable): who holds it, %NULL when that one does not tell its name
 *
 * A lock that keeps others from backing up.
 */
typedef struct
{
  char *config;
  SrLockHolder *holder;
} SrHeldLock;

/**
 * sr_held_lock_free:
 * @held: (transfer full): a lock
 */
void sr_held_lock_free (SrHeldLock *held);

/**
 * sr_repository_list_held:
 * @self: a backup folder
 * @error: where to put an error
 *
 * Looks who works on which CA, this process too. Nothing is locked, made or changed.
 *
 * Sets the codes of sr_repository_open().
 *
 * Returns: (transfer container) (element-type SrHeldLock): the locks that are held, or %NULL
 */
GPtrArray *sr_repository_list_held (SrRepository *self,
                                    GError      **error);

/**
 * SrAuthorityFolder:
 * @config: config string of the CA
 * @name: of the folder, inside the backup folder
 * @path: of the folder, absolute
 *
 * A CA's folder in a backup folder.
 */
typedef struct
{
  char *config;
  char *name;
  char *path;
} SrAuthorityFolder;

/**
 * sr_authority_folder_free:
 * @folder: (transfer full): a folder
 */
void sr_authority_folder_free (SrAuthorityFolder *folder);

/**
 * sr_repository_list_authorities:
 * @self: a backup folder
 * @error: where to put an error
 *
 * Returns: (transfer container) (element-type SrAuthorityFolder): the CAs that have a folder, by config string, or %NULL
 */
GPtrArray *sr_repository_list_authorities (SrRepository *self,
                                           GError      **error);

/**
 * SrUnreadableSet:
 * @path: a folder that looks like a set
 * @config: (nullable): the CA whose folder it lies in, where that is told
 * @error: why it cannot be taken for one
 */
typedef struct
{
  char *path;
  char *config;
  GError *error;
} SrUnreadableSet;

/**
 * sr_unreadable_set_free:
 * @set: (transfer full): a set
 */
void sr_unreadable_set_free (SrUnreadableSet *set);

/**
 * sr_repository_list_sets:
 * @self: a backup folder
 * @config: (nullable): a CA, %NULL for all
 * @unreadable: (out) (optional) (transfer container) (element-type SrUnreadableSet): folders with a manifest that cannot be understood
 * @error: where to put an error
 *
 * Lists the sets as their manifests tell them: by config string, then oldest
 * first by sequence. What the folders are called and when they were changed
 * plays no part.
 *
 * Returns: (transfer container) (element-type SrBackupSet): the sets, or %NULL
 */
GPtrArray *sr_repository_list_sets (SrRepository *self,
                                    const char   *config,
                                    GPtrArray   **unreadable,
                                    GError      **error);

/**
 * sr_repository_find_set:
 * @self: (nullable): a backup folder; without one @text must be a path
 * @text: a path, a set's folder name or "CA/name", its id, or an unambiguous beginning of name or id
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_NO_SUCH_SET, %SR_STORE_ERROR_AMBIGUOUS (naming the
 * candidates), and the codes of sr_backup_set_load().
 *
 * Returns: (transfer full): the set, or %NULL
 */
SrBackupSet *sr_repository_find_set (SrRepository *self,
                                     const char   *text,
                                     GError      **error);

G_END_DECLS
