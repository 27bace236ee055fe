/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-history-item.h"
#include "worker/sr-monitor.h"

G_BEGIN_DECLS

/**
 * SrHistoryOrder:
 * @SR_HISTORY_NEWEST_FIRST: sets alone, newest first
 * @SR_HISTORY_BY_CHAIN: sets alone: newest lineage first, in it the newest chain first, a chain from its full set on
 * @SR_HISTORY_TIMELINE: all that is known, oldest first
 */
typedef enum
{
  SR_HISTORY_NEWEST_FIRST,
  SR_HISTORY_BY_CHAIN,
  SR_HISTORY_TIMELINE,
} SrHistoryOrder;

/**
 * SrHistoryList:
 *
 * The history of a CA as a list of #SrHistoryItem that follows its watch, with
 * a section for each lineage. What does not change keeps its item, so that
 * rows keep the focus and their place. Order and state are the store's.
 */
#define SR_TYPE_HISTORY_LIST (sr_history_list_get_type ())
G_DECLARE_FINAL_TYPE (SrHistoryList, sr_history_list, SR, HISTORY_LIST, GObject)

/**
 * sr_history_list_new:
 * @watch: a CA
 * @order: what is wanted
 * @limit: how many items there are at most
 *
 * Returns: (transfer full): a list
 */
SrHistoryList *sr_history_list_new (SrWatch       *watch,
                                    SrHistoryOrder order,
                                    guint          limit);

G_END_DECLS
