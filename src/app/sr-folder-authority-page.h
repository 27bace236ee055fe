/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-folder-look.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrFolderAuthorityPage:
 *
 * A CA that has sets in a folder that somebody has brought: one of them is
 * verified, and then the wizard is offered, or what restores it by hand.
 */
#define SR_TYPE_FOLDER_AUTHORITY_PAGE (sr_folder_authority_page_get_type ())
G_DECLARE_FINAL_TYPE (SrFolderAuthorityPage, sr_folder_authority_page, SR, FOLDER_AUTHORITY_PAGE, AdwNavigationPage)

/**
 * sr_folder_authority_page_new:
 * @look: what the folder holds
 * @authority: one of its CAs
 *
 * Returns: (transfer floating): a page
 */
AdwNavigationPage *sr_folder_authority_page_new (const SrFolderLook      *look,
                                                 const SrFolderAuthority *authority);

G_END_DECLS
