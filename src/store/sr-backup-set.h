/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-lock.h"
#include "store/sr-manifest.h"
#include "store/sr-session-record.h"
#include "store/sr-verification.h"

G_BEGIN_DECLS

/** SR_SUMS_NAME: the file in a set that `sha256sum -c` reads */
#define SR_SUMS_NAME "SHA256SUMS"

/** SR_SHEET_NAME: the restore sheet in a set */
#define SR_SHEET_NAME "RESTORE.txt"

/** SR_DATABASE_FOLDER: where databases and logs lie in a set, as certutil wants it */
#define SR_DATABASE_FOLDER "DataBase"

#define SR_TYPE_BACKUP_SET (sr_backup_set_get_type ())
G_DECLARE_FINAL_TYPE (SrBackupSet, sr_backup_set, SR, BACKUP_SET, GObject)

/**
 * SrBackupSet:
 *
 * A published set on disk, as its manifest tells it. It does not change after
 * it was loaded and may be used from any thread.
 */

/**
 * sr_backup_set_load:
 * @path: the folder of a set; it need not lie in a backup folder
 * @error: where to put an error
 *
 * Reads the manifest. The files it names are not looked at: that is
 * sr_backup_set_verify().
 *
 * Sets %SR_STORE_ERROR_NO_SUCH_SET when the folder is not there,
 * %SR_STORE_ERROR_DAMAGED_SET, %SR_STORE_ERROR_NEWER_FORMAT, %SR_STORE_ERROR_IO,
 * %SR_STORE_ERROR_DENIED.
 *
 * Returns: (transfer full): the set, or %NULL
 */
SrBackupSet *sr_backup_set_load (const char *path,
                                 GError    **error);

/**
 * sr_backup_set_get_path:
 * @self: a set
 *
 * Returns: (transfer none): its folder, absolute
 */
const char *sr_backup_set_get_path (SrBackupSet *self);

/**
 * sr_backup_set_get_name:
 * @self: a set
 *
 * Returns: (transfer none): the last part of its path, such as "20261122T141500Z-full"
 */
const char *sr_backup_set_get_name (SrBackupSet *self);

/**
 * sr_backup_set_get_manifest:
 * @self: a set
 *
 * Returns: (transfer none): what its manifest says
 */
const SrManifest *sr_backup_set_get_manifest (SrBackupSet *self);

/**
 * sr_backup_set_get_manifest_sha256:
 * @self: a set
 *
 * Returns: (transfer none): hash of the manifest as it was read, 64 hexadecimal digits
 */
const char *sr_backup_set_get_manifest_sha256 (SrBackupSet *self);

/**
 * sr_backup_set_get_size:
 * @self: a set
 *
 * Returns: bytes of all files in its manifest
 */
guint64 sr_backup_set_get_size (SrBackupSet *self);

/**
 * sr_backup_set_peek_session:
 * @self: a set
 *
 * What sr_backup_set_load_session() would have read when the set was loaded,
 * for who must not wait for a disk.
 *
 * Returns: (transfer none) (nullable): what became of the session, %NULL when it could not be read
 */
const SrSessionRecord *sr_backup_set_peek_session (SrBackupSet *self);

/**
 * sr_backup_set_peek_verification:
 * @self: a set
 *
 * What sr_backup_set_load_verification() would have read when the set was
 * loaded, for who must not wait for a disk.
 *
 * Returns: (transfer none) (nullable): what the last verification found, %NULL when there was none
 */
const SrVerification *sr_backup_set_peek_verification (SrBackupSet *self);

/**
 * sr_backup_set_is_same:
 * @self: a set
 * @other: a set
 *
 * Returns: whether both are the same set: their ids are the same
 */
gboolean sr_backup_set_is_same (SrBackupSet *self,
                                SrBackupSet *other);

/**
 * sr_backup_set_is_unchanged:
 * @self: a set
 * @now: a set that was loaded later
 *
 * Returns: whether both are the same set at the same place, and its session is known to have come out the same
 */
gboolean sr_backup_set_is_unchanged (SrBackupSet *self,
                                     SrBackupSet *now);

/**
 * sr_backup_set_load_session:
 * @self: a set
 * @record: (out caller-allocates): how its session came out
 * @error: where to put an error
 *
 * Reads session.json, anew at each call. See sr_session_record_load() for the
 * errors.
 *
 * Returns: whether @record is set
 */
gboolean sr_backup_set_load_session (SrBackupSet     *self,
                                     SrSessionRecord *record,
                                     GError         **error);

/**
 * sr_backup_set_record_session:
 * @self: a set
 * @record: how its session came out
 * @error: where to put an error
 *
 * Writes session.json beside the manifest. Call it with
 * %SR_TRUNCATION_UNKNOWN before TruncateLogs is sent, and again with the
 * outcome.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_backup_set_record_session (SrBackupSet           *self,
                                       const SrSessionRecord *record,
                                       GError               **error);

/**
 * sr_backup_set_open_file:
 * @self: a set
 * @file: a file of its manifest
 * @error: where to put an error
 *
 * Opens a file for reading without following a symbolic link anywhere below
 * the set's folder. The size is not compared.
 *
 * Sets %SR_STORE_ERROR_MISMATCH when it is not there or not a regular file,
 * %SR_STORE_ERROR_IO, %SR_STORE_ERROR_DENIED.
 *
 * Returns: a file descriptor, or -1
 */
int sr_backup_set_open_file (SrBackupSet     *self,
                             const SrSetFile *file,
                             GError         **error);

/**
 * SrSetProblemKind:
 * @SR_SET_PROBLEM_MISSING: a file of the manifest is not there
 * @SR_SET_PROBLEM_UNEXPECTED: something is there that the manifest does not name
 * @SR_SET_PROBLEM_TYPE: something other than a regular file (or folder), such as a symbolic link
 * @SR_SET_PROBLEM_SIZE: the size differs
 * @SR_SET_PROBLEM_HASH: the SHA-256 differs
 * @SR_SET_PROBLEM_UNREADABLE: it cannot be read
 */
typedef enum
{
  SR_SET_PROBLEM_MISSING,
  SR_SET_PROBLEM_UNEXPECTED,
  SR_SET_PROBLEM_TYPE,
  SR_SET_PROBLEM_SIZE,
  SR_SET_PROBLEM_HASH,
  SR_SET_PROBLEM_UNREADABLE,
} SrSetProblemKind;

/**
 * SrSetProblem:
 * @kind: what is wrong
 * @path: with which file, a path inside the set
 * @expected: (nullable): size in bytes or SHA-256 that the manifest tells
 * @found: (nullable): what is on the disk instead
 * @message: all of it in a sentence, in the user's language
 */
typedef struct
{
  SrSetProblemKind kind;
  char *path;
  char *expected;
  char *found;
  char *message;
} SrSetProblem;

/**
 * sr_set_problem_free:
 * @problem: (transfer full): a problem
 */
void sr_set_problem_free (SrSetProblem *problem);

/**
 * sr_set_problems_judge:
 * @problems: (nullable) (element-type SrSetProblem): what sr_backup_set_verify() has collected
 *
 * Returns: the worst of it
 */
SrFinding sr_set_problems_judge (GPtrArray *problems);

/**
 * sr_backup_set_verify:
 * @self: a set
 * @progress: (nullable) (scope call): told how far it is
 * @user_data: for @progress
 * @problems: (out) (optional) (transfer container) (element-type SrSetProblem): all that was found; empty for a good set
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Reads every file from the disk (not from the cache, where the system allows)
 * and compares size and SHA-256 with the manifest, looks for files that the
 * manifest does not name, and compares the manifest itself and SHA256SUMS
 * with what was loaded. Every problem is collected before it returns.
 *
 * Sets %SR_STORE_ERROR_MISMATCH, naming the first problem and how many there are
 * (@problems has the values too); %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether the set is what its manifest says
 */
gboolean sr_backup_set_verify (SrBackupSet     *self,
                               SrStoreProgress  progress,
                               gpointer         user_data,
                               GPtrArray      **problems,
                               GCancellable    *cancellable,
                               GError         **error);

/**
 * sr_backup_set_record_verification:
 * @self: a set that was read through just now
 * @finding: what sr_set_problems_judge() makes of it
 * @problems: (nullable): why it is not good, %NULL when it is
 * @error: where to put an error
 *
 * Writes verified.json beside the manifest, where there is a way to write.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_backup_set_record_verification (SrBackupSet  *self,
                                            SrFinding     finding,
                                            const GError *problems,
                                            GError      **error);

/**
 * sr_backup_set_load_verification:
 * @self: a set
 * @verification: (out caller-allocates): what its last verification found
 * @error: where to put an error
 *
 * Reads verified.json, anew at each call. See sr_verification_load() for the
 * errors; %SR_STORE_ERROR_MISSING also when it speaks of another manifest.
 *
 * Returns: whether @verification is set
 */
gboolean sr_backup_set_load_verification (SrBackupSet    *self,
                                          SrVerification *verification,
                                          GError        **error);

/**
 * sr_backup_set_delete:
 * @self: a set
 * @lock: the CA's exclusive lock, proof that nobody else works on its sets
 * @error: where to put an error
 *
 * Renames the set's folder so that no listing shows it, then removes it. After
 * an error between the two sr_staging_recover() finishes the work. What lies
 * at the set's path by now is deleted only if it is still this set.
 *
 * Sets %SR_STORE_ERROR_NO_SUCH_SET when the set is gone or another one lies
 * there, %SR_STORE_ERROR.
 *
 * Returns: whether nothing is left of it
 */
gboolean sr_backup_set_delete (SrBackupSet *self,
                               SrLock      *lock,
                               GError     **error);

G_END_DECLS
