/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-chain.h"
#include "store/sr-lineage-event.h"

G_BEGIN_DECLS

/**
 * SrLineageStart:
 * @SR_LINEAGE_START_FIRST: with the first set that is there
 * @SR_LINEAGE_START_RESTORE: with a restore by this program
 * @SR_LINEAGE_START_OTHER_LOGS: a generation that was there before came back with another time of creation, other contents or another signature: the CA was restored by another tool, or has another database
 * @SR_LINEAGE_START_BACKWARDS: the generations went backwards: the same
 * @SR_LINEAGE_START_FULL_MISSING: the CA knew of no full backup where it should have: a full backup by another product, or a restore by another tool
 * @SR_LINEAGE_START_UNKNOWN: with a note in the backup folder that cannot be understood
 *
 * With what a lineage begins.
 */
typedef enum
{
  SR_LINEAGE_START_FIRST,
  SR_LINEAGE_START_RESTORE,
  SR_LINEAGE_START_OTHER_LOGS,
  SR_LINEAGE_START_BACKWARDS,
  SR_LINEAGE_START_FULL_MISSING,
  SR_LINEAGE_START_UNKNOWN,
} SrLineageStart;

/**
 * sr_lineage_start_to_string:
 * @start: a start
 *
 * Returns: (transfer none): the word in JSON, such as "restore"
 */
const char *sr_lineage_start_to_string (SrLineageStart start);

/**
 * sr_lineage_start_words:
 * @start: a start
 *
 * Returns: (transfer none): what happened, a sentence in the user's language
 */
const char *sr_lineage_start_words (SrLineageStart start);

#define SR_TYPE_LINEAGE (sr_lineage_get_type ())
G_DECLARE_FINAL_TYPE (SrLineage, sr_lineage, SR, LINEAGE, GObject)

/**
 * SrLineage:
 *
 * The sets of a CA between one break of its stream of logs and the next. Sets
 * of two lineages never form one chain: after a restore generations repeat
 * with other contents. It does not change and may be used from any thread.
 */

/**
 * sr_lineage_get_number:
 * @self: a lineage
 *
 * Returns: its place among the CA's lineages, from 1, oldest first
 */
guint sr_lineage_get_number (SrLineage *self);

SrLineageStart sr_lineage_get_start (SrLineage *self);

/**
 * sr_lineage_get_start_event:
 * @self: a lineage
 *
 * Returns: (transfer none) (nullable): the event with which it begins; %NULL where a set tells it
 */
const SrLineageEvent *sr_lineage_get_start_event (SrLineage *self);

/**
 * sr_lineage_get_sets:
 * @self: a lineage
 *
 * Returns: (transfer none) (element-type SrBackupSet): all its sets, oldest first; empty right after a restore
 */
GPtrArray *sr_lineage_get_sets (SrLineage *self);

/**
 * sr_lineage_get_chains:
 * @self: a lineage
 *
 * Returns: (transfer none) (element-type SrChain): its chains, oldest first
 */
GPtrArray *sr_lineage_get_chains (SrLineage *self);

/**
 * sr_lineage_get_loose:
 * @self: a lineage
 *
 * Returns: (transfer none) (element-type SrBackupSet): log-only sets that no chain reaches, oldest first: sets before them are missing
 */
GPtrArray *sr_lineage_get_loose (SrLineage *self);

/**
 * sr_lineage_get_events:
 * @self: a lineage
 *
 * Returns: (transfer none) (element-type SrLineageEvent): what else happened in it, oldest first
 */
GPtrArray *sr_lineage_get_events (SrLineage *self);

/**
 * sr_lineage_get_last_generation:
 * @self: a lineage
 *
 * Returns: the highest log generation of its sets, 0 for none
 */
guint32 sr_lineage_get_last_generation (SrLineage *self);

/**
 * sr_lineage_get_base:
 * @self: a lineage
 *
 * Returns: (transfer none) (nullable): the newest chain whose full set truncated the CA's logs, on which log-only backups can build
 */
SrChain *sr_lineage_get_base (SrLineage *self);

/**
 * sr_lineage_get_newest_chain:
 * @self: a lineage
 *
 * Returns: (transfer none) (nullable): the newest complete chain, which the next log-only set would continue
 */
SrChain *sr_lineage_get_newest_chain (SrLineage *self);

G_END_DECLS
