/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-application.h"

G_BEGIN_DECLS

/**
 * SrPreferencesDialog:
 *
 * Backup folder, verify after backup, NTLM for each CA.
 */
#define SR_TYPE_PREFERENCES_DIALOG (sr_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SrPreferencesDialog, sr_preferences_dialog, SR, PREFERENCES_DIALOG, AdwPreferencesDialog)

/**
 * sr_preferences_dialog_new:
 * @application: the application
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *sr_preferences_dialog_new (SrApplication *application);

/**
 * sr_preferences_choose_folder:
 * @parent: a widget of the window
 * @callback: called when a folder was chosen and made a backup folder, or not
 * @user_data: for @callback
 *
 * Asks for a folder and makes it the backup folder: one that is there is
 * opened, an empty or new one gets its id.
 */
void sr_preferences_choose_folder (GtkWidget          *parent,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/**
 * sr_preferences_choose_folder_finish:
 * @parent: the widget
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_repository_open(), sr_repository_create() and sr_backup_folder_choose().
 *
 * Returns: whether a folder was chosen; %FALSE without an error when the user did not want to
 */
gboolean sr_preferences_choose_folder_finish (GtkWidget    *parent,
                                              GAsyncResult *result,
                                              GError      **error);

G_END_DECLS
