/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-files-private.h"

#include <string.h>

static gboolean
names_are_good (char **names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] == '\0' || g_str_equal (names[i], ".") || g_str_equal (names[i], "..") || strpbrk (names[i], "/:*?\"<>|%") != NULL)
      return FALSE;
  return names[0] != NULL;
}

char *
sr_restore_path_parse (const char *path)
{
  g_autofree char *local = NULL;
  g_auto (GStrv) names = NULL;
  char drive;

  if (g_str_has_prefix (path, "\\\\"))
    {
      const char *share = strchr (path + 2, '\\');

      if (share == NULL || !g_ascii_isalpha (share[1]) || share[2] != '$' || share[3] != '\\')
        return NULL;
      drive = share[1];
      local = g_strdup (share + 4);
    }
  else if (g_ascii_isalpha (path[0]) && path[1] == ':' && path[2] == '\\')
    {
      drive = path[0];
      local = g_strdup (path + 3);
    }
  else
    return NULL;
  if (g_str_has_suffix (local, "\\"))
    local[strlen (local) - 1] = '\0';
  names = g_strsplit (local, "\\", -1);
  return names_are_good (names) ? g_strdup_printf ("%c:\\%s", g_ascii_toupper (drive), local) : NULL;
}

char *
sr_restore_path_to_unc (const char *path,
                     const char *host)
{
  return g_strdup_printf ("\\\\%s\\%c$%s", host, path[0], path + 2);
}

char *
sr_restore_path_join (const char *folder,
                   const char *name)
{
  return g_strconcat (folder, "\\", name, NULL);
}

char *
sr_restore_path_dirname (const char *path)
{
  return g_strndup (path, (gsize) (strrchr (path, '\\') - path));
}

const char *
sr_restore_path_basename (const char *path)
{
  return strrchr (path, '\\') + 1;
}

gboolean
sr_restore_path_equal (const char *a,
                    const char *b)
{
  g_autofree char *x = g_utf8_casefold (a, -1);
  g_autofree char *y = g_utf8_casefold (b, -1);

  return g_str_equal (x, y);
}

char *
sr_restore_work_folder (const SrRestoreEntry *entry,
                        const char           *ca_folder)
{
  return g_strdup_printf ("%s\\Strongroom-%.8s", ca_folder, entry->id);
}

char *
sr_restore_work_path (const SrRestoreEntry *entry,
                      const char           *ca_folder,
                      const char           *part)
{
  g_autofree char *folder = sr_restore_work_folder (entry, ca_folder);

  return sr_restore_path_join (folder, part);
}

char **
sr_restore_ca_folders (const SrRestoreEntry *entry)
{
  g_autofree char *database = sr_restore_path_dirname (entry->database);
  const char *all[] = { database, entry->log_folder, entry->system_folder };
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      gboolean known = FALSE;

      for (guint j = 0; j < i; j++)
        known = known || sr_restore_path_equal (all[i], all[j]);
      if (!known)
        g_strv_builder_add (folders, all[i]);
    }
  return g_strv_builder_end (folders);
}

char *
sr_restore_log_directory (const SrRestoreEntry *entry)
{
  return sr_restore_work_path (entry, entry->log_folder, SR_WORK_LOGS);
}

SrRestoreInProgress *
sr_restore_registration_new (const SrRestoreEntry *entry)
{
  SrRestoreInProgress *values = g_new0 (SrRestoreInProgress, 1);
  g_autofree char *logs = sr_restore_log_directory (entry);

  values->backup_log_directory = sr_restore_path_to_unc (logs, entry->host);
  values->check_point_file = sr_restore_path_to_unc (entry->system_folder, entry->host);
  values->log_path = sr_restore_path_to_unc (entry->log_folder, entry->host);
  values->map = g_new0 (char *, 3);
  values->map[0] = g_strdup (entry->database_before);
  values->map[1] = sr_restore_path_to_unc (entry->database, entry->host);
  return values;
}

gboolean
sr_restore_key_is_own (const SrRestoreInProgress *key,
                       const SrRestoreEntry      *entry)
{
  g_autofree char *ours = sr_restore_log_directory (entry);
  g_autofree char *theirs = key->backup_log_directory != NULL ? sr_restore_path_parse (key->backup_log_directory) : NULL;

  if (key->backup_log_directory == NULL)
    return entry->reached >= SR_RESTORE_STEP_REGISTERING;
  return theirs != NULL && sr_restore_path_equal (theirs, ours);
}
