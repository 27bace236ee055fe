/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-utf16.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static guint16
unit_at (const guint8 *data,
         gsize         index)
{
  return (guint16) (data[2 * index] | data[2 * index + 1] << 8);
}

static void
append_utf8 (GByteArray *array,
             const char *text,
             gboolean    with_nul)
{
  static const guint8 nul[2];
  glong units = 0;
  g_autofree gunichar2 *utf16 = g_utf8_to_utf16 (text, -1, NULL, &units, NULL);

  g_return_if_fail (utf16 != NULL);

  for (glong i = 0; i < units; i++)
    {
      guint16 unit = GUINT16_TO_LE (utf16[i]);

      g_byte_array_append (array, (const guint8 *) &unit, 2);
    }
  if (with_nul)
    g_byte_array_append (array, nul, 2);
}

GBytes *
sr_utf16_from_utf8 (const char *text,
                    gboolean    with_nul)
{
  GByteArray *array = g_byte_array_new ();

  append_utf8 (array, text, with_nul);
  return g_byte_array_free_to_bytes (array);
}

/* Converts @units units, none of them NUL; @where is their place in the whole, for the message. */
static char *
convert (const guint8 *data,
         gsize         units,
         gsize         where,
         GError      **error)
{
  g_autofree gunichar2 *copy = g_new (gunichar2, units + 1);
  g_autofree char *utf8 = NULL;

  for (gsize i = 0; i < units; i++)
    copy[i] = unit_at (data, i);
  copy[units] = 0;
  utf8 = g_utf16_to_utf8 (copy, (glong) units, NULL, NULL, NULL);
  if (utf8 == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                 _("String at byte %zu is not valid UTF-16"), where);
  return g_steal_pointer (&utf8);
}

char *
sr_utf16_to_utf8 (const guint8 *data,
                  gsize         length,
                  GError      **error)
{
  gsize units = 0;

  if (length % 2 != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 string of %zu bytes: an odd length"), length);
      return NULL;
    }
  while (units < length / 2 && unit_at (data, units) != 0)
    units++;
  for (gsize i = units; i < length / 2; i++)
    if (unit_at (data, i) != 0)
      {
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 string goes on behind its NUL at byte %zu"), 2 * units);
        return NULL;
      }
  return convert (data, units, 0, error);
}

char **
sr_utf16_list_parse (const guint8 *data,
                     gsize         length,
                     guint         max_items,
                     GError      **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gsize n = length / 2, start = 0;
  guint items = 0;

  if (length % 2 != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 list of %zu bytes: an odd length"), length);
      return NULL;
    }

  while (start < n && unit_at (data, start) != 0)
    {
      gsize end = start;
      char *item;

      while (end < n && unit_at (data, end) != 0)
        end++;
      if (end == n)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 list: no NUL behind the string at byte %zu"), 2 * start);
          return NULL;
        }
      if (items++ == max_items)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("UTF-16 list: more than %u strings"), max_items);
          return NULL;
        }
      item = convert (data + 2 * start, end - start, 2 * start, error);
      if (item == NULL)
        return NULL;
      g_strv_builder_take (builder, item);
      start = end + 1;
    }

  if (n > 0 && start == n)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 list of %zu bytes: the closing NUL is missing"), length);
      return NULL;
    }
  for (gsize i = start; i < n; i++)
    if (unit_at (data, i) != 0)
      {
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("UTF-16 list goes on behind its end at byte %zu"), 2 * start);
        return NULL;
      }
  return g_strv_builder_end (builder);
}

GBytes *
sr_utf16_list_build (const char * const *items)
{
  static const guint8 nul[2];
  GByteArray *array = g_byte_array_new ();

  for (guint i = 0; items[i] != NULL; i++)
    append_utf8 (array, items[i], TRUE);
  if (array->len == 0)
    g_byte_array_append (array, nul, 2);
  g_byte_array_append (array, nul, 2);
  return g_byte_array_free_to_bytes (array);
}
