/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-drives.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

/* Where the folders were before there were drives. */
static const struct
{
  const char *before;
  const char *now;
} folders[] = {
  { "CertLog", SR_PRACTICE_CERTLOG_FOLDER },
  { "CertEnroll", SR_PRACTICE_CERTENROLL_FOLDER },
};

static gboolean
move_folder (const char *from,
             const char *to,
             GError    **error)
{
  g_autofree char *above = g_path_get_dirname (to), *left = g_path_get_dirname (from);

  if (!sr_file_make_private_folder (above, error))
    return FALSE;
  if (g_rename (from, to) != 0)
    return sr_set_errno_error (error, errno, _("Moving “%s” to “%s”"), from, to);
  return sr_file_sync_folder (above, error) && sr_file_sync_folder (left, error);
}

gboolean
sr_practice_drives_prepare (const char *folder,
                            GError    **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *before = g_build_filename (folder, folders[i].before, NULL);
      g_autofree char *now = g_build_filename (folder, folders[i].now, NULL);

      if (!g_file_test (now, G_FILE_TEST_EXISTS) && g_file_test (before, G_FILE_TEST_IS_DIR)
          ? !move_folder (before, now, error)
          : !sr_file_make_private_folder (now, error))
        return FALSE;
    }
  return TRUE;
}

char *
sr_practice_drives_get_log_folder (const char *folder)
{
  g_autofree char *before = g_build_filename (folder, folders[0].before, NULL);
  g_autofree char *now = g_build_filename (folder, folders[0].now, NULL);

  return g_file_test (now, G_FILE_TEST_EXISTS) || !g_file_test (before, G_FILE_TEST_IS_DIR)
         ? g_steal_pointer (&now) : g_steal_pointer (&before);
}

/* A path as components behind the drive's letter. */
static char **
split_path (const char *path,
            char       *drive)
{
  g_auto (GStrv) parts = NULL;
  const char *rest = path;
  guint n;

  if (g_str_has_prefix (path, "\\\\"))
    {
      rest = strchr (path + 2, '\\');
      rest = rest != NULL ? rest + 1 : "";
    }
  *drive = g_ascii_toupper (rest[0]);
  if (!g_ascii_isalpha (*drive) || rest[1] != (rest == path ? ':' : '$') || (rest[2] != '\\' && rest[2] != '\0'))
    return NULL;
  parts = g_strsplit (rest[2] != '\0' ? rest + 3 : "", "\\", -1);
  n = g_strv_length (parts);
  if (n > 0 && parts[n - 1][0] == '\0') /* a backslash at the end */
    g_clear_pointer (&parts[--n], g_free);
  for (guint i = 0; i < n; i++)
    if (parts[i][0] == '\0' || strpbrk (parts[i], "/:*?\"<>|") != NULL ||
        g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      return NULL;
  return g_steal_pointer (&parts);
}

static gboolean
same_name (const char *a,
           const char *b)
{
  g_autofree char *left = g_utf8_casefold (a, -1);
  g_autofree char *right = g_utf8_casefold (b, -1);

  return g_str_equal (left, right);
}

/* The file or folder @part in @folder: as it is written, or else in another case. */
static char *
find_part (const char *folder,
           const char *part)
{
  g_autofree char *path = g_build_filename (folder, part, NULL);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_EXISTS) || !g_utf8_validate (part, -1, NULL) ||
      (dir = g_dir_open (folder, 0, NULL)) == NULL)
    return g_steal_pointer (&path);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_utf8_validate (name, -1, NULL) && same_name (name, part))
      return g_build_filename (folder, name, NULL);
  return g_steal_pointer (&path);
}

char *
sr_practice_drives_map (const char *folder,
                        const char *path)
{
  char drive[2] = { 0 };
  g_auto (GStrv) parts = split_path (path, drive);
  char *mapped;

  if (parts == NULL)
    return NULL;
  mapped = g_build_filename (folder, SR_PRACTICE_DRIVES_FOLDER, drive, NULL);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *above = g_steal_pointer (&mapped);

      mapped = find_part (above, parts[i]);
    }
  return mapped;
}
