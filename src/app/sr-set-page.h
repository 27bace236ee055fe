/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrSetPage:
 *
 * One set: what it holds, what was verified, how its session came out, where it
 * stands in its chain; Verify, Export, Restore Sheet, Open Folder, Delete.
 */
#define SR_TYPE_SET_PAGE (sr_set_page_get_type ())
G_DECLARE_FINAL_TYPE (SrSetPage, sr_set_page, SR, SET_PAGE, AdwNavigationPage)

/**
 * sr_set_page_new:
 * @set: a set
 *
 * Returns: (transfer floating): its page
 */
AdwNavigationPage *sr_set_page_new (SrBackupSet *set);

G_END_DECLS
