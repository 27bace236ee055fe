/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-history-section.h"
#include "worker/sr-job.h"

G_BEGIN_DECLS

/**
 * SrHistoryKind:
 * @SR_HISTORY_FULL: a full set
 * @SR_HISTORY_COPY: a full set that the CA does not count as one: its logs were not truncated
 * @SR_HISTORY_BROKEN: a full set that lacks logs
 * @SR_HISTORY_LOGS: a log-only set that continues a full one
 * @SR_HISTORY_LOOSE: a log-only set that continues none
 * @SR_HISTORY_BREAK: a restore, or what else broke the CA's stream of logs
 * @SR_HISTORY_FAILED: a backup that failed
 * @SR_HISTORY_CANCELLED: a backup that was cancelled
 *
 * What an item of the history is; each has a shape of its own.
 */
typedef enum
{
  SR_HISTORY_FULL,
  SR_HISTORY_COPY,
  SR_HISTORY_BROKEN,
  SR_HISTORY_LOGS,
  SR_HISTORY_LOOSE,
  SR_HISTORY_BREAK,
  SR_HISTORY_FAILED,
  SR_HISTORY_CANCELLED,
} SrHistoryKind;

#define SR_TYPE_HISTORY_KIND (sr_history_kind_get_type ())
GType sr_history_kind_get_type (void);

/**
 * SrHistoryItem:
 *
 * One thing that the history of a CA shows: a set, or what happened between
 * two. It does not change once it is in a list. Its words are made when they
 * are asked for, since few of a thousand items are seen.
 */
#define SR_TYPE_HISTORY_ITEM (sr_history_item_get_type ())
G_DECLARE_FINAL_TYPE (SrHistoryItem, sr_history_item, SR, HISTORY_ITEM, GObject)

/**
 * sr_history_item_new_set:
 * @set: a set
 * @chain: (nullable): its chain, %NULL when it is in none
 * @section: of its lineage
 *
 * Returns: (transfer full): an item
 */
SrHistoryItem *sr_history_item_new_set (SrBackupSet      *set,
                                        SrChain          *chain,
                                        SrHistorySection *section);

/**
 * sr_history_item_new_break:
 * @lineage: the lineage that begins with it
 * @section: of that lineage
 *
 * Returns: (transfer full): an item
 */
SrHistoryItem *sr_history_item_new_break (SrLineage        *lineage,
                                          SrHistorySection *section);

/**
 * sr_history_item_new_event:
 * @event: an event that broke no lineage: a backup that the CA's logs did not allow
 * @section: of its lineage
 *
 * Returns: (transfer full): an item
 */
SrHistoryItem *sr_history_item_new_event (const SrLineageEvent *event,
                                          SrHistorySection     *section);

/**
 * sr_history_item_new_job:
 * @job: a backup that failed or was cancelled
 * @section: of the newest lineage
 *
 * Returns: (transfer full): an item
 */
SrHistoryItem *sr_history_item_new_job (SrJob            *job,
                                        SrHistorySection *section);

SrHistoryKind sr_history_item_get_kind (SrHistoryItem *self);

/**
 * sr_history_item_get_set:
 * @self: an item
 *
 * Returns: (transfer none) (nullable): the set, %NULL for what is none
 */
SrBackupSet *sr_history_item_get_set (SrHistoryItem *self);

SrHistorySection *sr_history_item_get_section (SrHistoryItem *self);

/**
 * sr_history_item_get_time:
 * @self: an item
 *
 * Returns: when it happened, microseconds since 1970 UTC; 0 when that is not known
 */
gint64 sr_history_item_get_time (SrHistoryItem *self);

/**
 * sr_history_item_set_share:
 * @self: an item that is in no list yet
 * @share: its bytes as a share of the largest set of its kind, 0 to 1
 */
void sr_history_item_set_share (SrHistoryItem *self,
                                double         share);
double sr_history_item_get_share (SrHistoryItem *self);

/**
 * sr_history_item_set_dated:
 * @self: an item that is in no list yet
 * @dated: whether its day is written below it
 * @with_year: whether its year is, too
 */
void sr_history_item_set_dated (SrHistoryItem *self,
                                gboolean       dated,
                                gboolean       with_year);

/**
 * sr_history_item_dup_date:
 * @self: an item
 *
 * Returns: (transfer full) (nullable): what is written below it, one line or two
 */
char *sr_history_item_dup_date (SrHistoryItem *self);

/**
 * sr_history_item_equal:
 * @self: an item
 * @other: an item
 *
 * Returns: whether both show and say the same
 */
gboolean sr_history_item_equal (SrHistoryItem *self,
                                SrHistoryItem *other);

/**
 * sr_history_item_dup_title:
 * @self: an item
 *
 * Returns: (transfer full): such as "Full backup of 22 November 2026, 14:15"
 */
char *sr_history_item_dup_title (SrHistoryItem *self);

/**
 * sr_history_item_dup_subtitle:
 * @self: an item
 *
 * Returns: (transfer full): of a set its size, what became of the CA's logs, and its generations; else what happened
 */
char *sr_history_item_dup_subtitle (SrHistoryItem *self);

/**
 * sr_history_item_get_problem:
 * @self: an item
 *
 * Returns: (transfer none) (nullable): why nothing can be restored from the set alone, a sentence
 */
const char *sr_history_item_get_problem (SrHistoryItem *self);

/**
 * sr_history_item_dup_description:
 * @self: an item
 *
 * Returns: (transfer full): for a screen reader: all of the above, and the section in which it stands
 */
char *sr_history_item_dup_description (SrHistoryItem *self);

/**
 * sr_history_item_dup_server_time:
 * @self: an item
 *
 * Returns: (transfer full) (nullable): when a set was begun by the CA's own clock, in words
 */
char *sr_history_item_dup_server_time (SrHistoryItem *self);

G_END_DECLS
