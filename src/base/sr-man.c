/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-man.h"

#include <string.h>

#define LINE_WIDTH 76

char *
sr_man_escape (const char *text,
               gboolean    literal)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\\')
        g_string_append (out, "\\e");
      else if (c == '-' && literal)
        g_string_append (out, "\\-");
      else if (c == '\'')
        g_string_append (out, "\\(aq");
      else if (c == '"')
        g_string_append (out, "\\(dq");
      else if (c == 0x201c)
        g_string_append (out, "\\(lq");
      else if (c == 0x201d)
        g_string_append (out, "\\(rq");
      else if (c == 0x2019)
        g_string_append (out, "\\(cq");
      else if (c >= 0x80)
        g_string_append_printf (out, "\\[u%04X]", c);
      else
        g_string_append_c (out, (char) c);
    }
  return g_string_free_and_steal (out);
}

/* A full stop where a line begins is the beginning of a request. */
static void
write_word (FILE       *file,
            const char *word,
            gsize      *column)
{
  gsize length = strlen (word);

  if (length == 0)
    return;
  if (*column > 0 && *column + 1 + length > LINE_WIDTH)
    {
      fputc ('\n', file);
      *column = 0;
    }
  if (*column > 0)
    fputc (' ', file);
  else if (word[0] == '.')
    fputs ("\\&", file);
  fputs (word, file);
  *column += length + (*column > 0 ? 1 : 0);
}

static void
write_paragraph (FILE       *file,
                 const char *text)
{
  g_autofree char *escaped = sr_man_escape (text, FALSE);
  g_auto (GStrv) words = g_strsplit_set (escaped, " \n", -1);
  gsize column = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      write_word (file, words[i], &column);
      if (g_str_has_suffix (words[i], ".") && words[i + 1] != NULL)
        {
          fputc ('\n', file);
          column = 0;
        }
    }
  if (column > 0)
    fputc ('\n', file);
}

void
sr_man_write_text (FILE       *file,
                   const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (guint i = 0; paragraphs[i] != NULL; i++)
    {
      if (i > 0)
        fprintf (file, ".PP\n");
      write_paragraph (file, paragraphs[i]);
    }
}

void
sr_man_write_item (FILE       *file,
                   const char *name,
                   const char *placeholder,
                   const char *text)
{
  g_autofree char *bold = sr_man_escape (name, TRUE);
  g_autofree char *italic = placeholder != NULL ? sr_man_escape (placeholder, TRUE) : NULL;

  if (italic != NULL)
    fprintf (file, ".TP\n\\fB%s\\fR \\fI%s\\fR\n", bold, italic);
  else
    fprintf (file, ".TP\n\\fB%s\\fR\n", bold);
  sr_man_write_text (file, text);
}

void
sr_man_write_head (FILE       *file,
                   const char *program,
                   const char *summary)
{
  g_autofree char *upper = g_ascii_strup (program, -1);
  g_autofree char *title = sr_man_escape (upper, TRUE);
  g_autofree char *name = sr_man_escape (program, TRUE);

  fprintf (file, ".\\\" Generated from the option tables of %s.\n", program);
  fprintf (file, ".TH %s 1 %s \"Strongroom %s\" \"User Commands\"\n", title, SR_MAN_DATE, PACKAGE_VERSION);
  fprintf (file, ".SH NAME\n%s \\- %s\n", name, summary);
}
