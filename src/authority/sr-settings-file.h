/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrSettingsFile:
 *
 * A JSON object in a file of the user's configuration folder: mode 0600,
 * replaced as a whole, with a format version, and a lock against lost updates
 * by two processes. Members that this version does not know survive.
 */
typedef struct _SrSettingsFile SrSettingsFile;

/** SR_SETTINGS_MAX_SIZE: a larger file is not read, in bytes */
#define SR_SETTINGS_MAX_SIZE (8 * 1024 * 1024)

/**
 * SrSettingsEdit:
 * @root: (transfer none): the file's contents as they are now, to be changed
 * @user_data: as given
 * @error: where to put an error
 *
 * Returns: whether to write the file
 */
typedef gboolean (*SrSettingsEdit) (JsonObject *root,
                                    gpointer    user_data,
                                    GError    **error);

/**
 * sr_settings_path:
 * @name: name of a file
 *
 * Returns: (transfer full): the path of @name in $XDG_CONFIG_HOME/strongroom
 */
char *sr_settings_path (const char *name);

/**
 * sr_settings_file_new:
 * @path: the file; its folder is made with the first edit
 * @format: the format version that this program writes, and the highest that it reads
 *
 * Returns: (transfer full): a settings file, not looked at yet
 */
SrSettingsFile *sr_settings_file_new (const char *path,
                                      int         format);

void sr_settings_file_free (SrSettingsFile *self);
const char *sr_settings_file_get_path (SrSettingsFile *self);

/**
 * sr_settings_file_read:
 * @self: a settings file
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_NEWER_FORMAT, %SR_AUTHORITY_ERROR_DAMAGED,
 * %SR_ERROR_LIMIT, %G_IO_ERROR codes, each with the path in the message.
 *
 * Returns: (transfer full): what stands in it, an empty object when there is no file, or %NULL
 */
JsonObject *sr_settings_file_read (SrSettingsFile *self,
                                   GError        **error);

/**
 * sr_settings_file_edit:
 * @self: a settings file
 * @edit: changes it
 * @user_data: for @edit
 * @error: where to put an error
 *
 * Locks the file, reads it, changes it and writes it. Waits for another
 * process's edit for ten seconds at most.
 *
 * Sets the codes of sr_settings_file_read(), %SR_AUTHORITY_ERROR_BUSY, and what @edit sets.
 *
 * Returns: whether the new contents are on the disk
 */
gboolean sr_settings_file_edit (SrSettingsFile *self,
                                SrSettingsEdit  edit,
                                gpointer        user_data,
                                GError        **error);

/* Reading members that may be anything. */

/**
 * sr_settings_string:
 * @object: an object
 * @name: a member
 *
 * Returns: (nullable) (transfer none): its text, %NULL when it is missing, empty or no text
 */
const char *sr_settings_string (JsonObject *object,
                            const char *name);
gint64 sr_settings_number (JsonObject *object,
                       const char *name,
                       gint64      low,
                       gint64      high,
                       gint64      fallback);
gboolean sr_settings_boolean (JsonObject *object,
                          const char *name,
                          gboolean    fallback);
JsonObject *sr_settings_object (JsonObject *object,
                            const char *name);
JsonArray *sr_settings_array (JsonObject *object,
                          const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSettingsFile, sr_settings_file_free)

G_END_DECLS
