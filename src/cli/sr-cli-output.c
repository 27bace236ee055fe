/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COLUMN_GAP 2

char *
sr_cli_make_safe (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *safe = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      /* Formatting characters turn the direction of what follows, or hide it. */
      if (c != '\n' && c != '\t' && (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT))
        c = 0xfffd;
      g_string_append_unichar (safe, c);
    }
  return g_string_free_and_steal (safe);
}

static void
write_safe (FILE       *file,
            const char *format,
            va_list     args)
{
  g_autofree char *text = g_strdup_vprintf (format, args);
  g_autofree char *safe = sr_cli_make_safe (text);

  fprintf (file, "%s\n", safe);
}

void
sr_cli_print (SrCli      *cli,
              const char *format,
              ...)
{
  va_list args;

  if (sr_cli_get_json (cli))
    return;
  va_start (args, format);
  write_safe (stdout, format, args);
  va_end (args);
}

void
sr_cli_note (const char *format,
             ...)
{
  va_list args;

  va_start (args, format);
  write_safe (stderr, format, args);
  va_end (args);
}

static guint
text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

char *
sr_cli_wrap (const char *text,
             guint       indent,
             guint       width)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  GString *lines = g_string_new (NULL);
  guint column = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint length = text_width (words[i]);

      if (length == 0)
        continue;
      if (column > 0 && column + 1 + length > width)
        {
          g_string_append_c (lines, '\n');
          column = 0;
        }
      if (column == 0)
        {
          g_string_append_printf (lines, "%*s", (int) indent, "");
          column = indent;
        }
      else
        {
          g_string_append_c (lines, ' ');
          column++;
        }
      g_string_append (lines, words[i]);
      column += length;
    }
  return g_string_free_and_steal (lines);
}

struct _SrCliTable
{
  guint n_columns;
  GPtrArray *cells;
};

/* Takes cells up to a NULL; a row always has all of its columns. */
static guint
add_cells (SrCliTable *table,
           const char *first,
           va_list     args)
{
  guint n = 0;

  for (const char *cell = first; cell != NULL; cell = va_arg (args, const char *))
    {
      g_ptr_array_add (table->cells, sr_cli_make_safe (cell));
      n++;
    }
  return n;
}

SrCliTable *
sr_cli_table_new (const char *first_heading,
                  ...)
{
  SrCliTable *table = g_new0 (SrCliTable, 1);
  va_list args;

  table->cells = g_ptr_array_new_with_free_func (g_free);
  va_start (args, first_heading);
  table->n_columns = add_cells (table, first_heading, args);
  va_end (args);
  return table;
}

void
sr_cli_table_add (SrCliTable *table,
                  const char *first_cell,
                  ...)
{
  va_list args;
  guint n;

  va_start (args, first_cell);
  n = add_cells (table, first_cell, args);
  va_end (args);
  g_assert (n == table->n_columns);
}

void
sr_cli_table_print (SrCli      *cli,
                    SrCliTable *table)
{
  g_autofree guint *widths = g_new0 (guint, table->n_columns);

  for (guint i = 0; i < table->cells->len; i++)
    widths[i % table->n_columns] = MAX (widths[i % table->n_columns], text_width (table->cells->pdata[i]));

  for (guint row = 0; row < table->cells->len / table->n_columns; row++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint column = 0; column < table->n_columns; column++)
        {
          const char *cell = table->cells->pdata[row * table->n_columns + column];
          guint pad = column + 1 < table->n_columns ? widths[column] - text_width (cell) + COLUMN_GAP : 0;

          g_string_append_printf (line, "%s%*s", cell, (int) pad, "");
        }
      sr_cli_print (cli, "%s", line->str);
    }
}

void
sr_cli_table_free (SrCliTable *table)
{
  g_ptr_array_unref (table->cells);
  g_free (table);
}

static void
emit (SrCli    *cli,
      JsonNode *node)
{
  g_autofree char *text = NULL;

  if (!sr_cli_get_json (cli))
    return;
  text = json_to_string (node, TRUE);
  printf ("%s\n", text);
}

void
sr_cli_emit_object (SrCli      *cli,
                    JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  emit (cli, node);
}

void
sr_cli_emit_array (SrCli     *cli,
                   JsonArray *array)
{
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), array);

  emit (cli, node);
}

void
sr_cli_set_text (JsonObject *object,
                 const char *name,
                 const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, name, valid);
  else
    json_object_set_null_member (object, name);
}

void
sr_cli_set_time (JsonObject *object,
                 const char *name,
                 gint64      unix_us)
{
  g_autoptr (GDateTime) time = unix_us > 0 ? g_date_time_new_from_unix_utc_usec (unix_us) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  sr_cli_set_text (object, name, text);
}

void
sr_cli_set_number_or_null (JsonObject *object,
                           const char *name,
                           gint64      number,
                           gboolean    known)
{
  if (known)
    json_object_set_int_member (object, name, number);
  else
    json_object_set_null_member (object, name);
}

char *
sr_cli_format_time (gint64 unix_us)
{
  g_autoptr (GDateTime) utc = unix_us > 0 ? g_date_time_new_from_unix_utc_usec (unix_us) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  char *text = local != NULL ? g_date_time_format (local, "%x %X") : NULL;

  return text != NULL ? text : g_strdup (C_("time", "never"));
}

char *
sr_cli_format_duration (gint64 us)
{
  gint64 seconds = us / G_USEC_PER_SEC;

  if (seconds >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", (int) (seconds / 3600), (int) (seconds / 60 % 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}
