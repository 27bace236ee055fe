/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreEndPage:
 *
 * The last page of the restore wizard: how the restore came out, what state the
 * CA is in, and what to do now. Emits "back-up", "again", and "job" with an
 * #SrJob that is to be run (see #SrRestoreActions).
 */
#define SR_TYPE_RESTORE_END_PAGE (sr_restore_end_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreEndPage, sr_restore_end_page, SR, RESTORE_END_PAGE, AdwNavigationPage)

/**
 * sr_restore_end_page_set_job:
 * @self: a page
 * @name: of the CA
 * @job: a restore that has come to its end
 * @loss: (nullable): what was lost by it, if that was looked at
 */
void sr_restore_end_page_set_job (SrRestoreEndPage    *self,
                                  const char          *name,
                                  SrJob               *job,
                                  const SrRestoreLoss *loss);

/**
 * sr_restore_end_title:
 * @job: a restore that has come to its end
 *
 * Returns: (transfer none): how it came out, in a few words
 */
const char *sr_restore_end_title (SrJob *job);

G_END_DECLS
