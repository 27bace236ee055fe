/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-host-path.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PART 255
#define MAX_PATH 32767

static gboolean
is_longer (const char *text,
           glong       units)
{
  glong n = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    n += g_utf8_get_char (at) > 0xffff ? 2 : 1;
  return n > units;
}

/* COM1 to COM9 and LPT1 to LPT9, also with superscript digits. */
static gboolean
is_numbered_device (const char *stem)
{
  static const char *const digits[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³" };

  if (g_ascii_strncasecmp (stem, "COM", 3) != 0 && g_ascii_strncasecmp (stem, "LPT", 3) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    if (g_str_equal (stem + 3, digits[i]))
      return TRUE;
  return FALSE;
}

/* A device is meant with any extension, and with blanks before it. */
static gboolean
is_device (const char *part)
{
  static const char *const names[] = { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$" };
  g_autofree char *stem = g_strndup (part, strcspn (part, "."));

  g_strchomp (stem);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (stem, names[i]) == 0)
      return TRUE;
  return is_numbered_device (stem);
}

static gboolean
is_good_part (const char *part)
{
  gsize length = strlen (part);

  if (length == 0 || part[length - 1] == '.' || part[length - 1] == ' ' || is_longer (part, MAX_PART))
    return FALSE;
  for (const char *at = part; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) || strchr ("<>:\"/|?*", *at) != NULL)
      return FALSE;
  return !is_device (part);
}

char **
sr_host_path_parse (const char  *path,
                    GError     **error)
{
  gboolean good = g_utf8_validate (path, -1, NULL) && !is_longer (path, MAX_PATH) &&
                  g_ascii_isalpha (path[0]) && path[1] == ':' && path[2] == '\\';
  g_auto (GStrv) parts = NULL;
  g_autofree char *shown = NULL;

  if (good)
    {
      parts = g_strsplit (path, "\\", -1);
      parts[0][0] = g_ascii_toupper (parts[0][0]);
      parts[0][1] = '\0';
      /* the drive itself is "C:\" */
      if (parts[1][0] == '\0' && parts[2] == NULL)
        g_clear_pointer (&parts[1], g_free);
      for (guint i = 1; good && parts[i] != NULL; i++)
        good = is_good_part (parts[i]);
    }
  if (good)
    return g_steal_pointer (&parts);
  shown = g_utf8_make_valid (path, MIN (strlen (path), 1024));
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, _("“%s” is no path that a host’s file can have"), shown);
  return NULL;
}
