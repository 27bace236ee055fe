/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestorePage:
 *
 * The restore wizard: what, checks, review, progress and end, each a page of
 * its own between which one goes back and forth. Nothing changes on the CA
 * before the review's button. Once it runs, the restore goes on without the page.
 */
#define SR_TYPE_RESTORE_PAGE (sr_restore_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestorePage, sr_restore_page, SR, RESTORE_PAGE, AdwNavigationPage)

/**
 * sr_restore_page_new:
 * @authority: the CA
 * @sets: (type GListModel<SrBackupSet>): its sets, newest first
 * @chosen: (nullable): the one that is wanted
 * @repository: (nullable): the backup folder that the sets are in; %NULL for the usual one
 *
 * Returns: (transfer floating): a wizard that has begun to look
 */
AdwNavigationPage *sr_restore_page_new (SrAuthority  *authority,
                                        GListModel   *sets,
                                        SrBackupSet  *chosen,
                                        SrRepository *repository);

/**
 * sr_restore_page_new_for_job:
 * @job: a restore that runs or has come to its end
 *
 * Returns: (transfer floating): the wizard's last pages
 */
AdwNavigationPage *sr_restore_page_new_for_job (SrJob *job);

G_END_DECLS
