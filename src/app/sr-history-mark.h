/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-history-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SrHistoryMark:
 *
 * The picture of an item of the history: a tall bar for a full set, a short
 * one for logs alone, a broken line for a restore, a cross for a backup that
 * came to nothing. Hollow, cut and crossed shapes tell states without colour.
 * It has no words: what shows it has them.
 *
 * - kind (#SrHistoryKind): what is drawn
 * - height (int): of the tallest bar, in pixels
 */
#define SR_TYPE_HISTORY_MARK (sr_history_mark_get_type ())
G_DECLARE_FINAL_TYPE (SrHistoryMark, sr_history_mark, SR, HISTORY_MARK, GtkWidget)

/**
 * sr_history_mark_set_kind:
 * @self: a mark
 * @kind: what is drawn, as tall as it gets
 */
void sr_history_mark_set_kind (SrHistoryMark *self,
                               SrHistoryKind  kind);

/**
 * sr_history_mark_set_on_timeline:
 * @self: a mark
 * @item: what is drawn, as tall as its bytes are many, on a line of time with its day below
 */
void sr_history_mark_set_on_timeline (SrHistoryMark *self,
                                      SrHistoryItem *item);

G_END_DECLS
