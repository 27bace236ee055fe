/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-chain.h"

G_BEGIN_DECLS

/**
 * sr_chain_export:
 * @self: a chain
 * @until: (nullable): the last of its sets that is taken, %NULL for all
 * @path: where to: a folder that is empty or not there yet
 * @progress: (nullable) (scope call): told how far it is
 * @user_data: for @progress
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Makes a folder that `certutil -restoreDB` reads: DataBase with the database,
 * every log of the chain and certbkxp.dat; beside it the CA's certificate,
 * RESTORE.txt and SHA256SUMS. Every file is compared with its manifest while it
 * is copied. A file that one set has lost is
 * taken from another that has the same. A new folder gets its name when all of
 * it is on the disk; in one that was there RESTORE.txt comes last. After an
 * error nothing is left of it, unless only the disk would not say whether the
 * finished export is safe.
 *
 * Sets %SR_STORE_ERROR_DAMAGED_SET for a chain that is not complete,
 * %SR_STORE_ERROR_EXISTS when something is in @path, %SR_STORE_ERROR_MISMATCH
 * for a file that is not what its manifest says, the codes of the disk,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it is there
 */
gboolean sr_chain_export (SrChain        *self,
                          SrBackupSet    *until,
                          const char     *path,
                          SrStoreProgress progress,
                          gpointer        user_data,
                          GCancellable   *cancellable,
                          GError        **error);

G_END_DECLS
