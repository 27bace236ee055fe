/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-safe-name.h"

#include <string.h>

/* Longest extension, with its dot, that is kept when a name is cut. */
#define EXTENSION_MAX 16
#define PATH_MAX_DEPTH 4

static gboolean
is_safe_character (gunichar c)
{
  if (c < 0x80)
    return c >= 0x20 && c != 0x7f && strchr ("<>:\"/\\|?*", (int) c) == NULL;

  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

/* The names that Windows keeps for devices, whatever the extension (Naming Files, Paths, and Namespaces). */
static gboolean
is_device_name (const char *name)
{
  static const char * const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$", NULL };
  g_autofree char *stem = g_strndup (name, strcspn (name, "."));
  g_autofree char *lower = g_ascii_strdown (g_strchomp (stem), -1);
  const char *digit = lower + 3;

  if (g_strv_contains (devices, lower))
    return TRUE;
  if (!g_str_has_prefix (lower, "com") && !g_str_has_prefix (lower, "lpt"))
    return FALSE;
  return (digit[0] >= '0' && digit[0] <= '9' && digit[1] == '\0') ||
         g_str_equal (digit, "¹") || g_str_equal (digit, "²") || g_str_equal (digit, "³");
}

static const char *
extension_of (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL && dot > name && strlen (dot) <= EXTENSION_MAX ? dot : name + strlen (name);
}

/* Puts @insert between stem and extension, and cuts the stem so that the whole keeps the bound. */
static char *
join (const char *name,
      const char *insert)
{
  const char *extension = extension_of (name);
  gsize room = SR_SAFE_NAME_MAX - strlen (extension) - strlen (insert);
  gsize stem = (gsize) (extension - name);

  if (stem > room)
    {
      stem = room;
      while (stem > 0 && ((guchar) name[stem] & 0xc0) == 0x80)
        stem--;
    }
  return g_strdup_printf ("%.*s%s%s", (int) stem, name, insert, extension);
}

char *
sr_safe_name (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *name = g_string_new (NULL);
  g_autofree char *whole = NULL;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (name, is_safe_character (c) ? c : '_');
    }
  if (name->len == 0)
    g_string_assign (name, "_");
  if (is_device_name (name->str))
    g_string_prepend_c (name, '_');
  if (name->str[0] == '.')
    name->str[0] = '_';

  whole = join (name->str, "");
  g_string_free (name, TRUE);
  for (gsize i = strlen (whole); i > 0 && (whole[i - 1] == '.' || whole[i - 1] == ' '); i--)
    whole[i - 1] = '_';
  return g_steal_pointer (&whole);
}

char *
sr_safe_name_from_path (const char *server_path)
{
  const char *last = server_path;

  for (const char *p = server_path; *p != '\0'; p++)
    if (*p == '\\' || *p == '/')
      last = p + 1;
  return sr_safe_name (last);
}

char *
sr_safe_name_key (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);
}

char *
sr_safe_name_numbered (const char *name,
                       guint       number)
{
  g_autofree char *insert = number > 1 ? g_strdup_printf ("-%u", number) : g_strdup ("");

  return join (name, insert);
}

guint32
sr_log_generation (const char *name)
{
  gsize digits;
  guint64 generation;
  const char *extension;

  if (g_ascii_strncasecmp (name, "edb", 3) != 0)
    return 0;
  digits = strspn (name + 3, "0123456789abcdefABCDEF");
  extension = name + 3 + digits;
  if (g_ascii_strcasecmp (extension, ".log") != 0 && g_ascii_strcasecmp (extension, ".jtx") != 0)
    return 0;
  if (digits != 5 && digits != 8)
    return 0;

  generation = g_ascii_strtoull (name + 3, NULL, 16);
  if (digits == 8 && generation <= 0xfffff)
    return 0;
  return (guint32) generation;
}

/* Valid UTF-8 without control characters. */
static gboolean
is_plain_text (const char *text,
               gsize       max_length)
{
  if (strlen (text) > max_length || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

gboolean
sr_config_is_valid (const char *config)
{
  const char *backslash = strchr (config, '\\');

  return is_plain_text (config, 512) &&
         backslash != NULL && backslash > config && backslash[1] != '\0' &&
         strchr (backslash + 1, '\\') == NULL &&
         memchr (config, '/', (gsize) (backslash - config)) == NULL;
}

int
sr_config_compare (const char *a,
                   const char *b)
{
  g_autofree char *key_a = g_utf8_casefold (a, -1);
  g_autofree char *key_b = g_utf8_casefold (b, -1);

  return strcmp (key_a, key_b);
}

gboolean
sr_config_equal (const char *a,
                 const char *b)
{
  return sr_config_compare (a, b) == 0;
}

gboolean
sr_set_path_is_safe (const char *path)
{
  g_auto (GStrv) parts = NULL;

  if (!is_plain_text (path, 1024) || strchr (path, '\\') != NULL)
    return FALSE;

  parts = g_strsplit (path, "/", PATH_MAX_DEPTH + 1);
  if (parts[0] == NULL || g_strv_length (parts) > PATH_MAX_DEPTH)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '\0' || strlen (parts[i]) > 255 ||
        g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      return FALSE;
  return TRUE;
}
