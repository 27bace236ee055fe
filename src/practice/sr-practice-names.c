/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 64
/* MS-WCCE 3.1.1.4.1.1: base of the short name; behind it "-" and five digits */
#define SHORT_BASE 51

gboolean
sr_practice_check_name (const char *name,
                        GError    **error)
{
  glong length = g_utf8_validate (name, -1, NULL) ? g_utf8_strlen (name, -1) : 0;
  gboolean good = length > 0 && length <= NAME_MAX_CHARACTERS;

  for (const char *at = name; good && *at != '\0'; at = g_utf8_next_char (at))
    good = !g_unichar_iscntrl (g_utf8_get_char (at));
  if (!good)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("A common name has 1 to %d characters and no control characters"), NAME_MAX_CHARACTERS);
  return good;
}

char *
sr_practice_sanitize_name (const char *name)
{
  static const char disallowed[] = "!\"#%&'()*+,/:;<=>?[\\]^`{|}";
  GString *out = g_string_new (NULL);
  g_autofree gunichar2 *units = g_utf8_to_utf16 (name, -1, NULL, NULL, NULL);

  for (const gunichar2 *at = units; at != NULL && *at != 0; at++)
    if (*at < 0x20 || *at >= 0x7f || strchr (disallowed, (char) *at) != NULL)
      g_string_append_printf (out, "!%04x", *at);
    else
      g_string_append_c (out, (char) *at);
  return g_string_free (out, FALSE);
}

char *
sr_practice_shorten_name (const char *sanitized)
{
  gsize base = strlen (sanitized);
  guint16 hash = 0;

  if (base <= SHORT_BASE)
    return g_strdup (sanitized);
  base = SHORT_BASE;
  /* a replacement that was cut into goes altogether */
  for (gsize back = 1; back <= 4; back++)
    if (sanitized[SHORT_BASE - back] == '!')
      {
        base = SHORT_BASE - back;
        break;
      }
  for (const char *at = sanitized + base; *at != '\0'; at++)
    hash = (guint16) (((hash << 1) | (hash >> 15)) + (guint8) *at);
  return g_strdup_printf ("%.*s-%05u", (int) base, sanitized, hash);
}

static gboolean
same (const char *a,
      const char *b)
{
  g_autofree char *left = g_utf8_casefold (a, -1);
  g_autofree char *right = g_utf8_casefold (b, -1);

  return g_str_equal (left, right);
}

gboolean
sr_practice_name_matches (const char *name,
                          const char *authority)
{
  g_autofree char *sanitized = sr_practice_sanitize_name (name);
  g_autofree char *shortened = sr_practice_shorten_name (sanitized);

  return authority != NULL &&
         (same (authority, name) || same (authority, sanitized) || same (authority, shortened));
}

char *
sr_practice_make_unc (const char *host,
                      const char *path)
{
  g_return_val_if_fail (g_ascii_isalpha (path[0]) && path[1] == ':', NULL);
  return g_strdup_printf ("\\\\%s\\%c$%s", host, path[0], path + 2);
}
