/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-application.h"

G_BEGIN_DECLS

/**
 * SrAddDialog:
 *
 * Adds a CA in four steps: its name, how to sign in, live checks, the backup
 * folder. Emits "added" with the #SrAuthority.
 */
#define SR_TYPE_ADD_DIALOG (sr_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SrAddDialog, sr_add_dialog, SR, ADD_DIALOG, AdwDialog)

/**
 * sr_add_dialog_new:
 * @application: the application
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *sr_add_dialog_new (SrApplication *application);

G_END_DECLS
