/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore.h"

G_BEGIN_DECLS

SrRestoreCheckItem *sr_restore_check_item_new (SrRestoreCheckKind kind);

/* Shows what @check says, and nothing of its error. */
void sr_restore_check_item_take (SrRestoreCheckItem   *self,
                                 const SrRestoreCheck *check);

/* From any thread: an SrRestoreCheckFunc, with the restore as its data. */
void sr_restore_report_check (const SrRestoreCheck *check,
                              gpointer              restore);

/* The plan for a job, which makes the checks again: the restore is busy, and its
 * rows wait, until sr_restore_take_back(). (transfer full) */
SrRestorePlan *sr_restore_lend_plan (SrRestore *self);
void sr_restore_take_back (SrRestore     *self,
                           SrRestorePlan *plan);

SrSecret *sr_restore_get_password (SrRestore *self);

G_END_DECLS
