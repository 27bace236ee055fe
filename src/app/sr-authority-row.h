/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SrAuthorityRow:
 *
 * A CA in the sidebar: name, host, its state in a line and by an icon.
 */
#define SR_TYPE_AUTHORITY_ROW (sr_authority_row_get_type ())
G_DECLARE_FINAL_TYPE (SrAuthorityRow, sr_authority_row, SR, AUTHORITY_ROW, GtkListBoxRow)

/**
 * sr_authority_row_new:
 * @watch: what is known of a CA
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *sr_authority_row_new (SrWatch *watch);
SrWatch *sr_authority_row_get_watch (SrAuthorityRow *self);

G_END_DECLS
