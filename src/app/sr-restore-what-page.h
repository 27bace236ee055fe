/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreWhatPage:
 *
 * The first page of the restore wizard: the latest possible state or a point,
 * what that takes, and what is lost. Emits "changed" when another way or set was
 * chosen, and "next".
 */
#define SR_TYPE_RESTORE_WHAT_PAGE (sr_restore_what_page_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreWhatPage, sr_restore_what_page, SR, RESTORE_WHAT_PAGE, AdwNavigationPage)

/**
 * sr_restore_what_page_set_sets:
 * @self: a page
 * @name: of the CA
 * @sets: (type GListModel<SrBackupSet>): what there is to choose from, newest first
 * @chosen: (nullable): the one that is wanted; %NULL leaves the way to what the checks find
 */
void sr_restore_what_page_set_sets (SrRestoreWhatPage *self,
                                    const char        *name,
                                    GListModel        *sets,
                                    SrBackupSet       *chosen);

/**
 * sr_restore_what_page_get_request:
 * @self: a page
 * @request: (inout): its way and set are filled in; no reference is given away
 */
void sr_restore_what_page_get_request (SrRestoreWhatPage *self,
                                       SrRestoreRequest  *request);

/**
 * sr_restore_what_page_show:
 * @self: a page
 * @restore: what became of the choice by now: a plan, checks, an error
 */
void sr_restore_what_page_show (SrRestoreWhatPage *self,
                                SrRestore         *restore);

G_END_DECLS
