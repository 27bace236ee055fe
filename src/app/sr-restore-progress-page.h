/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreProgressPage:
 *
 * The fourth page of the restore wizard: the stages of a restore that runs,
 * each with its state, and Cancel for as long as that leads back. Emits "ended"
 * when the job has come to its end.
 */
#define SR_TYPE_RESTORE_PROGRESS_PAGE (sr_restore_progress_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreProgressPage, sr_restore_progress_page, SR, RESTORE_PROGRESS_PAGE, AdwNavigationPage)

/**
 * sr_restore_progress_page_set_job:
 * @self: a page
 * @name: of the CA
 * @job: a restore
 */
void sr_restore_progress_page_set_job (SrRestoreProgressPage *self,
                                       const char            *name,
                                       SrJob                 *job);

G_END_DECLS
