/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sr_growing_list_new:
 * @model: (transfer none): items
 * @step: how many there are at once, and how many more after each turn of the main loop
 * @limit: how many there are at most
 *
 * The beginning of @model, for a list whose rows would take too long to be
 * made in one turn. It grows when everything that is to be drawn is drawn.
 *
 * Returns: (transfer full): a list
 */
GListModel *sr_growing_list_new (GListModel *model,
                                 guint       step,
                                 guint       limit);

G_END_DECLS
