/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrSetsPage:
 *
 * All sets of a CA, however many: the page of the CA itself shows the newest.
 */
#define SR_TYPE_SETS_PAGE (sr_sets_page_get_type ())
G_DECLARE_FINAL_TYPE (SrSetsPage, sr_sets_page, SR, SETS_PAGE, AdwNavigationPage)

/**
 * sr_sets_page_new:
 * @watch: a CA
 *
 * Returns: (transfer floating): a page that follows the CA's sets
 */
AdwNavigationPage *sr_sets_page_new (SrWatch *watch);

G_END_DECLS
