/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-history-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SrHistoryRow:
 *
 * A set in the list of all sets: its picture, its words, and what is wrong
 * with it. Sets of logs that continue a full one are set in below it.
 */
#define SR_TYPE_HISTORY_ROW (sr_history_row_get_type ())
G_DECLARE_FINAL_TYPE (SrHistoryRow, sr_history_row, SR, HISTORY_ROW, GtkBox)

GtkWidget *sr_history_row_new (void);

/**
 * sr_history_row_set_item:
 * @self: a row
 * @item: a set
 */
void sr_history_row_set_item (SrHistoryRow  *self,
                              SrHistoryItem *item);

G_END_DECLS
