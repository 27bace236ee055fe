/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-backup-folder.h"

#include "authority/sr-settings-file.h"

#include <glib/gi18n-lib.h>

#define FOLDER_MEMBER "backup_folder"
#define VERIFY_MEMBER "verify_after_backup"

static SrSettingsFile *
preferences (void)
{
  g_autofree char *path = sr_settings_path (SR_PREFERENCES_NAME);

  return sr_settings_file_new (path, SR_PREFERENCES_FORMAT);
}

char *
sr_backup_folder_get_standard_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "strongroom", "backups", NULL);
}

char *
sr_backup_folder_get_chosen (SrGuid  *id,
                             GError **error)
{
  g_autoptr (SrSettingsFile) file = preferences ();
  g_autoptr (JsonObject) root = sr_settings_file_read (file, error);
  JsonObject *folder;
  const char *path;
  const char *id_text;
  SrGuid guid;

  if (root == NULL)
    return NULL;
  folder = sr_settings_object (root, FOLDER_MEMBER);
  path = folder != NULL ? sr_settings_string (folder, "path") : NULL;
  id_text = folder != NULL ? sr_settings_string (folder, "id") : NULL;
  if (path == NULL || id_text == NULL || !sr_guid_parse (id_text, &guid))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("No backup folder was chosen yet"));
      return NULL;
    }
  if (id != NULL)
    *id = guid;
  return g_strdup (path);
}

static gboolean
write_choice (JsonObject *root,
              gpointer    user_data,
              GError    **error)
{
  SrRepository *repository = user_data;
  JsonObject *folder = json_object_new ();
  char id[SR_GUID_STRING_LENGTH + 1];

  json_object_set_string_member (folder, "path", sr_repository_get_path (repository));
  json_object_set_string_member (folder, "id", sr_guid_to_string (sr_repository_get_id (repository), id));
  json_object_set_object_member (root, FOLDER_MEMBER, folder);
  return TRUE;
}

gboolean
sr_backup_folder_choose (SrRepository *repository,
                         GError      **error)
{
  g_autoptr (SrSettingsFile) file = preferences ();

  return sr_settings_file_edit (file, write_choice, repository, error);
}

/* Only a path where nothing is at all is free: an empty folder may be the
 * mount point of something. */
static SrRepository *
open_standard (gboolean  make,
               gboolean *created,
               GError  **error)
{
  g_autofree char *path = sr_backup_folder_get_standard_path ();
  g_autoptr (GError) local = NULL;
  g_autoptr (SrRepository) repository = sr_repository_open (path, &local);

  if (repository == NULL && make && g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_MISSING))
    {
      g_clear_error (&local);
      repository = sr_repository_create (path, &local);
      if (repository != NULL && created != NULL)
        *created = TRUE;
    }
  if (repository == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (make && !sr_backup_folder_choose (repository, error))
    return NULL;
  return g_steal_pointer (&repository);
}

SrRepository *
sr_backup_folder_open (gboolean  make,
                       gboolean *created,
                       GError  **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrRepository) repository = NULL;
  g_autofree char *path = NULL;
  SrGuid id;

  if (created != NULL)
    *created = FALSE;
  path = sr_backup_folder_get_chosen (&id, &local);
  if (path == NULL && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return open_standard (make, created, error);
  if (path == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  repository = sr_repository_open (path, error);
  if (repository != NULL && !sr_guid_equal (sr_repository_get_id (repository), &id))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY,
                   _("“%s” is another backup folder than the one that was chosen: another disk may be mounted there. "
                     "Mount the right one, or choose this one as the backup folder."), path);
      return NULL;
    }
  return g_steal_pointer (&repository);
}

gboolean
sr_backup_folder_get_verify (void)
{
  g_autoptr (SrSettingsFile) file = preferences ();
  g_autoptr (JsonObject) root = sr_settings_file_read (file, NULL);

  return root == NULL || sr_settings_boolean (root, VERIFY_MEMBER, TRUE);
}

static gboolean
write_verify (JsonObject *root,
              gpointer    user_data,
              GError    **error)
{
  json_object_set_boolean_member (root, VERIFY_MEMBER, *(gboolean *) user_data);
  return TRUE;
}

gboolean
sr_backup_folder_set_verify (gboolean verify,
                             GError **error)
{
  g_autoptr (SrSettingsFile) file = preferences ();

  return sr_settings_file_edit (file, write_verify, &verify, error);
}
