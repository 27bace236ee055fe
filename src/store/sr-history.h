/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-lineage.h"

G_BEGIN_DECLS

#define SR_TYPE_HISTORY (sr_history_get_type ())
G_DECLARE_FINAL_TYPE (SrHistory, sr_history, SR, HISTORY, GObject)

/**
 * SrHistory:
 *
 * The sets of one CA in one backup folder in their order: by lineage and log
 * generation. All of it is derived from the manifests (and session.json beside
 * them) and the event files on the disk, so that the folder shows the same
 * everywhere; no clock plays a part. It does not change and may be used from
 * any thread.
 *
 * A lineage begins with the first set, and anew with
 * - a restore by this program,
 * - an unexpected -560 of the CA,
 * - a set that brings a generation that was there before with another time of
 *   creation, other contents or another signature,
 * - a set whose generations end before those of the sets before it.
 */

/**
 * sr_history_load:
 * @repository: a backup folder
 * @config: a CA, config string
 * @error: where to put an error
 *
 * Reads all manifests and events of the CA. Sets %SR_STORE_ERROR.
 *
 * Returns: (transfer full): its history, or %NULL
 */
SrHistory *sr_history_load (SrRepository *repository,
                            const char   *config,
                            GError      **error);

/**
 * sr_history_load_beside:
 * @set: a set
 * @error: where to put an error
 *
 * The history of the set's CA: as sr_history_load() gives it where the set lies
 * in a backup folder, otherwise from what lies in the same folder. Sets %SR_STORE_ERROR.
 *
 * Returns: (transfer full): the history, or %NULL
 */
SrHistory *sr_history_load_beside (SrBackupSet *set,
                                   GError     **error);

/**
 * sr_history_new:
 * @sets: (element-type SrBackupSet): the sets of one CA, in any order
 * @events: (element-type SrLineageEvent): its events, in any order; copied
 *
 * Looks at nothing on the disk: what became of the sessions is what it was when
 * the sets were loaded.
 *
 * Returns: (transfer full): the history
 */
SrHistory *sr_history_new (GPtrArray *sets,
                           GPtrArray *events);

/**
 * sr_history_get_lineages:
 * @self: a history
 *
 * Returns: (transfer none) (element-type SrLineage): the lineages, oldest first
 */
GPtrArray *sr_history_get_lineages (SrHistory *self);

/**
 * sr_history_get_current:
 * @self: a history
 *
 * Returns: (transfer none) (nullable): the newest lineage
 */
SrLineage *sr_history_get_current (SrHistory *self);

/**
 * sr_history_find_lineage:
 * @self: a history
 * @set: a set
 *
 * Returns: (transfer none) (nullable): the lineage that @set belongs to
 */
SrLineage *sr_history_find_lineage (SrHistory   *self,
                                    SrBackupSet *set);

/**
 * sr_history_find_chain:
 * @self: a history
 * @set: a set
 *
 * Returns: (transfer none) (nullable): the chain that @set belongs to; %NULL for a loose one
 */
SrChain *sr_history_find_chain (SrHistory   *self,
                                SrBackupSet *set);

/**
 * sr_history_list_dependents:
 * @self: a history
 * @set: one of its sets
 *
 * What else is lost with a set: those that can be restored now and could not
 * without it, since no complete chain would reach them.
 *
 * Returns: (transfer full) (element-type SrBackupSet): those sets without @set itself, oldest first
 */
GPtrArray *sr_history_list_dependents (SrHistory   *self,
                                       SrBackupSet *set);

G_END_DECLS
