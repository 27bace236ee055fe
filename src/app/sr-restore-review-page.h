/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreReviewPage:
 *
 * The third page of the restore wizard: what will happen, and the button that
 * begins it. Emits "restore" when that was pressed.
 */
#define SR_TYPE_RESTORE_REVIEW_PAGE (sr_restore_review_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreReviewPage, sr_restore_review_page, SR, RESTORE_REVIEW_PAGE, AdwNavigationPage)

/**
 * sr_restore_review_page_set_restore:
 * @self: a page
 * @restore: a restore that is ready
 */
void sr_restore_review_page_set_restore (SrRestoreReviewPage *self,
                                         SrRestore           *restore);

/**
 * sr_restore_review_page_get_name:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the CA's name as it was typed, where it had to be
 */
const char *sr_restore_review_page_get_name (SrRestoreReviewPage *self);

G_END_DECLS
