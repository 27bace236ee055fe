/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-guid.h"
#include "store/sr-lock.h"
#include "store/sr-manifest.h"
#include "store/sr-repository.h"

G_BEGIN_DECLS

/* What the folders and files of a repository are called. */
#define SR_AUTHORITY_NAME "authority.json"
#define SR_LOCK_NAME ".lock"
#define SR_STAGING_PREFIX ".staging-"
#define SR_TRASH_PREFIX ".trash-"
#define SR_CERTIFICATE_NAME "authority.cer"
#define SR_LOCATIONS_NAME "certbkxp.dat"
/* Behind the name of a file that is being replaced. */
#define SR_NEW_SUFFIX ".new"

/* Errors: sr-store-error.c */

/* Sets the code of SR_STORE_ERROR that fits @err; @format says what could not be done and to what, without a full stop. Always FALSE. */
gboolean sr_store_set_errno (GError    **error,
                             int         err,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);

/* Takes a G_IO_ERROR of base/ and sets the SR_STORE_ERROR that fits. Always FALSE. */
gboolean sr_store_take_io_error (GError **error,
                                 GError  *io_error);

/* Files: sr-store-file.c */

/* Opens root/relative for reading, following no symbolic link below @root; errno is left on failure. */
int sr_store_open_beneath (const char *root,
                           const char *relative);

/* Reads root/relative as a whole; errors are SR_STORE_ERROR, @missing and @damaged are the codes
 * for a file that is not there and for one that is too long or not regular. */
GBytes *sr_store_load (const char  *root,
                       const char  *relative,
                       gsize        max_length,
                       SrStoreError missing,
                       SrStoreError damaged,
                       GError     **error);

/* Replaces a file as a whole, through a second one with SR_NEW_SUFFIX; on the disk when it returns. */
gboolean sr_store_replace (const char *path,
                           GBytes     *contents,
                           GError    **error);

/* The same for a file that must not be there yet: else SR_STORE_ERROR_EXISTS. Several may try at once. */
gboolean sr_store_write_new (const char *path,
                             GBytes     *contents,
                             GError    **error);

/* Writes all of it; errno is left on failure. */
gboolean sr_store_write_all (int         fd,
                             const void *data,
                             gsize       length);

/* Renames to a name that must be free; errno is left on failure, EEXIST when it is not. */
gboolean sr_store_rename_new (const char *from,
                              const char *to);

/* fsync() of a folder with errors of SR_STORE_ERROR. */
gboolean sr_store_sync_folder (const char *path,
                               GError    **error);

/* Removes a tree with errors of SR_STORE_ERROR. */
gboolean sr_store_remove_tree (const char *path,
                               GError    **error);

/* Names of what lies in a folder, sorted; NULL with SR_STORE_ERROR. */
char **sr_store_list_folder (const char *path,
                             GError    **error);

/* Whether it is a folder, and not a symbolic link to one. */
gboolean sr_store_is_folder (const char *path);

/* Times: sr-store-file.c */

/* ISO 8601 in UTC; NULL when there is no such date. */
char *sr_store_time_to_string (gint64 microseconds);

/* Locks: sr-lock.c */

/* Takes the lock whose file is @path; @what names the thing locked in messages. */
SrLock *sr_lock_take (const char    *path,
                      SrLockMode     mode,
                      const char    *what,
                      SrLockHolder **holder,
                      GError       **error);

/* Whether somebody holds the lock whose file is @path so that it could not be taken in @mode; it is not
 * taken. @holder is NULL when that one does not tell its name. */
gboolean sr_lock_is_held (const char    *path,
                          SrLockMode     mode,
                          SrLockHolder **holder);

/* Makes it the lock of a CA: its config string, its folder, and the lock around it, which it takes. */
void sr_lock_set_authority (SrLock       *lock,
                            SrRepository *repository,
                            const char   *config,
                            const char   *folder,
                            SrLock       *outer);

/* Whether @lock is the exclusive lock of the CA folder in which @path lies; sets SR_ERROR_STATE when not. */
gboolean sr_lock_covers (SrLock     *lock,
                         const char *path,
                         GError    **error);

const char *sr_lock_get_folder (SrLock *lock);
SrRepository *sr_lock_get_repository (SrLock *lock);

/* Repositories: sr-repository.c, sr-repository-folders.c */

/* Whether the folder is there and still has the id with which it was opened. */
gboolean sr_repository_check_still_there (SrRepository *self,
                                          GError      **error);

/* SrAuthorityFolder of every visible folder; config is NULL where the folder does not tell it. */
GPtrArray *sr_repository_list_folders (SrRepository *self,
                                       GError      **error);

/* Sets: sr-backup-set.c, sr-backup-set-writer.c, sr-repository.c */

/* Appends the sets in the folder of one CA, in no order. */
gboolean sr_authority_folder_scan (const char *folder,
                                   GPtrArray  *sets,
                                   GPtrArray  *unreadable,
                                   GError    **error);

/* Appends the events of @config in a folder, in no order. One that cannot be understood does not tell its CA: it counts as
 * @config's in its home. */
gboolean sr_lineage_event_scan (const char *folder,
                                const char *config,
                                gboolean    is_home,
                                GPtrArray  *events,
                                GError    **error);

/* A number above those of all sets, staged ones and events so far, also of those that cannot be read now. The CA's lock
 * keeps it from changing; 0 with an error. */
gint64 sr_authority_next_sequence (SrRepository *repository,
                                   const char   *config,
                                   GError      **error);

/* The manifest in @folder, and the hash of it; as sr_backup_set_load(). */
SrManifest *sr_set_load_manifest (const char *folder,
                                  char      **sha256,
                                  GError    **error);

/* What a set with this manifest is called, before it is made unique. */
char *sr_set_name_new (const SrManifest *manifest);

/* Renames a staging folder to a free name in @folder and syncs that; the published set, or NULL. */
SrBackupSet *sr_set_publish (const char       *staging,
                             const char       *folder,
                             const SrManifest *manifest,
                             GError          **error);

/* FALSE with SR_STORE_ERROR_KEPT for a folder whose session may have truncated logs: sr-staging.c */
gboolean sr_staging_may_be_deleted (const char *path,
                                    GError    **error);

/* SHA256SUMS and RESTORE.txt: sr-restore-sheet.c. An export has no manifest, and so no hash of it; @sets are those that it was made from. */
GBytes *sr_sums_format (const SrManifest *manifest,
                        const char       *manifest_sha256);
GBytes *sr_restore_sheet_format (const SrManifest *manifest,
                                 const char       *manifest_sha256,
                                 const char       *path);
GBytes *sr_chain_sheet_format (const SrManifest *manifest,
                               GPtrArray        *sets,
                               const char       *path);

G_END_DECLS
