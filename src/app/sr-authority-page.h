/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrAuthorityPage:
 *
 * One CA: its worst standing condition as a banner, how it is protected, Back
 * Up or the card of the running job, its sets.
 */
#define SR_TYPE_AUTHORITY_PAGE (sr_authority_page_get_type ())
G_DECLARE_FINAL_TYPE (SrAuthorityPage, sr_authority_page, SR, AUTHORITY_PAGE, AdwNavigationPage)

/**
 * sr_authority_page_new:
 * @watch: what is known of a CA
 *
 * Returns: (transfer floating): its page
 */
AdwNavigationPage *sr_authority_page_new (SrWatch *watch);

G_END_DECLS
