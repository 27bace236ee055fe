/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority-check.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrCheckRowWidget:
 *
 * One check of a CA: a spinner while it is asked, then its outcome as an icon
 * and in words; if it failed, what to do, with the command to copy where there
 * is one. "copied" is emitted when that was copied, "help" when the button of
 * sr_check_row_widget_offer_help() was pressed.
 */
#define SR_TYPE_CHECK_ROW_WIDGET (sr_check_row_widget_get_type ())
G_DECLARE_FINAL_TYPE (SrCheckRowWidget, sr_check_row_widget, SR, CHECK_ROW_WIDGET, AdwPreferencesRow)

/**
 * sr_check_row_widget_new:
 * @kind: a check
 *
 * Returns: (transfer floating): a row that waits for its turn
 */
GtkWidget *sr_check_row_widget_new (SrCheckKind kind);

/**
 * sr_check_row_widget_show:
 * @self: a row
 * @row: how the check stands
 */
void sr_check_row_widget_show (SrCheckRowWidget *self,
                               const SrCheckRow *row);

/**
 * sr_check_row_widget_offer_help:
 * @self: a row that shows a failed check
 * @label: what its button does that may help
 */
void sr_check_row_widget_offer_help (SrCheckRowWidget *self,
                                     const char       *label);

/**
 * sr_check_row_widget_clear:
 * @self: a row
 *
 * Makes it wait for its turn again.
 */
void sr_check_row_widget_clear (SrCheckRowWidget *self);

G_END_DECLS
