/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreChecksPage:
 *
 * The second page of the restore wizard: what is looked at before anything
 * changes, each check with what was found. Emits "again" and "next".
 */
#define SR_TYPE_RESTORE_CHECKS_PAGE (sr_restore_checks_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreChecksPage, sr_restore_checks_page, SR, RESTORE_CHECKS_PAGE, AdwNavigationPage)

/**
 * sr_restore_checks_page_set_restore:
 * @self: a page
 * @name: of the CA
 * @restore: whose checks are shown from now on
 */
void sr_restore_checks_page_set_restore (SrRestoreChecksPage *self,
                                         const char          *name,
                                         SrRestore           *restore);

/**
 * sr_restore_check_row_new:
 * @item: a check
 *
 * Returns: (transfer floating): a row that follows it
 */
GtkWidget *sr_restore_check_row_new (SrRestoreCheckItem *item);

G_END_DECLS
