/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrFolderPage:
 *
 * What a folder that somebody has brought holds: the CAs that have sets in it.
 */
#define SR_TYPE_FOLDER_PAGE (sr_folder_page_get_type ())
G_DECLARE_FINAL_TYPE (SrFolderPage, sr_folder_page, SR, FOLDER_PAGE, AdwNavigationPage)

/**
 * sr_folder_page_new:
 * @path: (type filename): a folder
 *
 * Returns: (transfer floating): a page that has begun to look
 */
AdwNavigationPage *sr_folder_page_new (const char *path);

G_END_DECLS
