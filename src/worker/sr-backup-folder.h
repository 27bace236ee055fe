/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-repository.h"

G_BEGIN_DECLS

/* The backup folder that the user has chosen, kept in preferences.json with
 * its path and the id inside it. */

/** SR_PREFERENCES_NAME: the file in $XDG_CONFIG_HOME/strongroom */
#define SR_PREFERENCES_NAME "preferences.json"

/** SR_PREFERENCES_FORMAT: the format version that this program writes, and the highest that it reads */
#define SR_PREFERENCES_FORMAT 1

/**
 * sr_backup_folder_get_standard_path:
 *
 * Returns: (transfer full): $XDG_DATA_HOME/strongroom/backups, used when nothing was chosen
 */
char *sr_backup_folder_get_standard_path (void);

/**
 * sr_backup_folder_get_chosen:
 * @id: (out) (optional): the id that it had
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_NEWER_FORMAT, %SR_AUTHORITY_ERROR_DAMAGED,
 * %G_IO_ERROR_NOT_FOUND when none was chosen, other %G_IO_ERROR codes.
 *
 * Returns: (transfer full): path of the backup folder that was chosen, or %NULL
 */
char *sr_backup_folder_get_chosen (SrGuid  *id,
                                   GError **error);

/**
 * sr_backup_folder_choose:
 * @repository: a backup folder
 * @error: where to put an error
 *
 * Makes it the one that is used when none is named.
 *
 * Sets the codes of sr_settings_file_edit().
 *
 * Returns: whether the choice is on the disk
 */
gboolean sr_backup_folder_choose (SrRepository *repository,
                                  GError      **error);

/**
 * sr_backup_folder_open:
 * @make: whether the standard one may be made where none was ever chosen
 * @created: (out) (optional): set to whether it was made just now
 * @error: where to put an error
 *
 * Opens the backup folder that was chosen, or the standard one where none ever
 * was; that may be made and chosen, which the user is to be told. One that was
 * chosen is never made again: it may lie on a disk that is not mounted.
 *
 * Sets the codes of sr_backup_folder_get_chosen() and sr_repository_open();
 * %SR_STORE_ERROR_NOT_A_REPOSITORY also when another backup folder lies at
 * the path.
 *
 * Returns: (transfer full): the backup folder, or %NULL
 */
SrRepository *sr_backup_folder_open (gboolean  make,
                                     gboolean *created,
                                     GError  **error);

/**
 * sr_backup_folder_get_verify:
 *
 * Returns: whether sets are read back before they are published; they are unless the user said otherwise
 */
gboolean sr_backup_folder_get_verify (void);

/**
 * sr_backup_folder_set_verify:
 * @verify: whether sets are read back before they are published
 * @error: where to put an error
 *
 * Sets the codes of sr_settings_file_edit().
 *
 * Returns: whether that is on the disk
 */
gboolean sr_backup_folder_set_verify (gboolean verify,
                                      GError **error);

G_END_DECLS
