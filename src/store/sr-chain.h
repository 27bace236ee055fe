/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set.h"

G_BEGIN_DECLS

#define SR_TYPE_CHAIN (sr_chain_get_type ())
G_DECLARE_FINAL_TYPE (SrChain, sr_chain, SR, CHAIN, GObject)

/**
 * SrChain:
 *
 * A full set and the log-only sets of its lineage that continue it without a
 * gap, up to the next full set: what a restore takes together. It is known by
 * its full set. It does not change and may be used from any thread.
 */

/**
 * sr_chain_get_full:
 * @self: a chain
 *
 * Returns: (transfer none): its full set
 */
SrBackupSet *sr_chain_get_full (SrChain *self);

/**
 * sr_chain_get_sets:
 * @self: a chain
 *
 * Returns: (transfer none) (element-type SrBackupSet): the full set, then its log-only sets, oldest first
 */
GPtrArray *sr_chain_get_sets (SrChain *self);

/**
 * sr_chain_get_newest:
 * @self: a chain
 *
 * Returns: (transfer none): the last of its sets
 */
SrBackupSet *sr_chain_get_newest (SrChain *self);

/**
 * sr_chain_is_complete:
 * @self: a chain
 *
 * Returns: whether the logs of its full set follow each other without a hole, so that it can be restored
 */
gboolean sr_chain_is_complete (SrChain *self);

/**
 * sr_chain_is_base:
 * @self: a chain
 *
 * Returns: whether its full set truncated the CA's logs and its session ended, so that the CA's engine counts it as a full backup and not as a copy
 */
gboolean sr_chain_is_base (SrChain *self);

/**
 * sr_chain_is_damaged:
 * @self: a chain
 *
 * Returns: whether the last verification of one of its sets found it damaged, as was known when the set was loaded
 */
gboolean sr_chain_is_damaged (SrChain *self);

/**
 * sr_chain_get_generations:
 * @self: a chain
 * @low: (out) (optional): its first log generation
 * @high: (out) (optional): its last one
 *
 * Returns: whether it has any
 */
gboolean sr_chain_get_generations (SrChain *self,
                                   guint32 *low,
                                   guint32 *high);

/**
 * sr_chain_get_server_last_full:
 * @self: a chain
 *
 * Returns: the CA's DBLastFullBackup as the full set's session found it at its end, a FILETIME; 0 when it was not told, or had not changed by this session
 */
guint64 sr_chain_get_server_last_full (SrChain *self);

/**
 * sr_chain_get_size:
 * @self: a chain
 *
 * Returns: bytes of all its sets
 */
guint64 sr_chain_get_size (SrChain *self);

/**
 * sr_chain_contains:
 * @self: a chain
 * @set: a set
 *
 * Returns: whether @set is one of its sets: by id
 */
gboolean sr_chain_contains (SrChain     *self,
                            SrBackupSet *set);

G_END_DECLS
