/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-repository.h"

G_BEGIN_DECLS

/**
 * SrStagingState:
 * @SR_STAGING_INCOMPLETE: no manifest yet, or files differ from it
 * @SR_STAGING_COMPLETE: manifest written and every file as it says: it can be published
 * @SR_STAGING_TRASH: a set that was being deleted
 */
typedef enum
{
  SR_STAGING_INCOMPLETE,
  SR_STAGING_COMPLETE,
  SR_STAGING_TRASH,
} SrStagingState;

/**
 * SrStaging:
 * @path: the folder
 * @config: config string of the CA in whose folder it lies
 * @state: what can be done with it
 * @truncated: its session reached TruncateLogs (or that cannot be told): it is never deleted
 * @unreadable: the disk failed while it was looked at, a newer version wrote it, or it is another CA's: sr_staging_recover() leaves it alone
 * @reason: (nullable): why it is not complete
 *
 * What an interrupted session left.
 */
typedef struct
{
  char *path;
  char *config;
  SrStagingState state;
  gboolean truncated;
  gboolean unreadable;
  char *reason;
} SrStaging;

/**
 * sr_staging_free:
 * @staging: (transfer full): a staging folder
 */
void sr_staging_free (SrStaging *staging);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrStaging, sr_staging_free)

/**
 * sr_staging_list:
 * @repository: a backup folder
 * @config: (nullable): a CA, %NULL for all
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Lists staging folders with their state, for which those with a manifest are
 * read and hashed. Folders of sessions that are still running are among them:
 * only who holds the CA's exclusive lock knows that there are none.
 *
 * Returns: (transfer container) (element-type SrStaging): what is there, or %NULL
 */
GPtrArray *sr_staging_list (SrRepository *repository,
                            const char   *config,
                            GCancellable *cancellable,
                            GError      **error);

/**
 * sr_staging_publish:
 * @staging: a complete one
 * @lock: the CA's exclusive lock
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Verifies it again, syncs it, and publishes it by one rename.
 *
 * Sets %SR_STORE_ERROR_MISMATCH or %SR_STORE_ERROR_DAMAGED_SET when it is not
 * complete, %SR_STORE_ERROR.
 *
 * Returns: (transfer full): the set, or %NULL
 */
SrBackupSet *sr_staging_publish (const SrStaging *staging,
                                 SrLock          *lock,
                                 GCancellable    *cancellable,
                                 GError         **error);

/**
 * sr_staging_discard:
 * @staging: one that is not complete, or is not wanted
 * @lock: the CA's exclusive lock
 * @error: where to put an error
 *
 * Removes it. The mark of TruncateLogs is looked for again.
 *
 * Sets %SR_STORE_ERROR_KEPT when its session may have truncated logs, %SR_STORE_ERROR.
 *
 * Returns: whether nothing is left of it
 */
gboolean sr_staging_discard (const SrStaging *staging,
                             SrLock          *lock,
                             GError         **error);

/**
 * sr_staging_recover:
 * @repository: a backup folder
 * @lock: a CA's exclusive lock
 * @published: (out) (optional) (transfer container) (element-type SrBackupSet): sets that were complete and are published now
 * @kept: (out) (optional) (transfer container) (element-type SrStaging): folders that could not be published and may not be deleted
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Clears up behind interrupted sessions of one CA: publishes what is complete,
 * discards what is not, finishes deletions.
 *
 * Sets %SR_STORE_ERROR, %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether nothing is left but what stands in @kept
 */
gboolean sr_staging_recover (SrRepository *repository,
                             SrLock       *lock,
                             GPtrArray   **published,
                             GPtrArray   **kept,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS
