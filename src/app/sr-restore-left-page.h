/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore-left.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreLeftPage:
 *
 * A restore that was broken off, here or on another machine, or that can still
 * be put back: how it stands, and what can be done with it.
 */
#define SR_TYPE_RESTORE_LEFT_PAGE (sr_restore_left_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreLeftPage, sr_restore_left_page, SR, RESTORE_LEFT_PAGE, AdwNavigationPage)

/**
 * sr_restore_left_page_new:
 * @left: the restore
 * @authority: (nullable): its CA, where that is known here
 *
 * Returns: (transfer floating): a page
 */
AdwNavigationPage *sr_restore_left_page_new (SrRestoreLeft *left,
                                             SrAuthority   *authority);

G_END_DECLS
