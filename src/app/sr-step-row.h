/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrStepLook:
 * @SR_STEP_WAITING: not begun
 * @SR_STEP_RUNNING: at it
 * @SR_STEP_GOOD: well done
 * @SR_STEP_WARNING: something is to be known
 * @SR_STEP_FAILED: it failed
 * @SR_STEP_SKIPPED: it will not be done, or was undone
 *
 * How a step of something larger stands.
 */
typedef enum
{
  SR_STEP_WAITING,
  SR_STEP_RUNNING,
  SR_STEP_GOOD,
  SR_STEP_WARNING,
  SR_STEP_FAILED,
  SR_STEP_SKIPPED,
} SrStepLook;

/**
 * SrStepRow:
 *
 * A step of something larger, such as a check or a stage of a restore: an icon
 * whose shape tells how it stands, what it is, what was found, what to do.
 */
#define SR_TYPE_STEP_ROW (sr_step_row_get_type ())
G_DECLARE_FINAL_TYPE (SrStepRow, sr_step_row, SR, STEP_ROW, AdwPreferencesRow)

/**
 * sr_step_row_new:
 * @title: what it is
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *sr_step_row_new (const char *title);

/**
 * sr_step_row_show:
 * @self: a row
 * @look: how it stands
 * @words: the same in a word or two, for a screen reader and as the icon's tooltip
 * @detail: (nullable): what was found
 * @advice: (nullable): what to do about it
 */
void sr_step_row_show (SrStepRow  *self,
                       SrStepLook  look,
                       const char *words,
                       const char *detail,
                       const char *advice);

G_END_DECLS
