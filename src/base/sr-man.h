/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* Manual pages in the man macros, for programs that write theirs from their
 * own option tables. */

/** SR_MAN_DATE: the date that manual pages carry */
#define SR_MAN_DATE "2026-11-22"

/**
 * sr_man_escape:
 * @text: plain text, UTF-8
 * @literal: whether hyphens are minus signs, as in options and paths
 *
 * Returns: (transfer full): @text as roff has to read it, in ASCII
 */
char *sr_man_escape (const char *text,
                     gboolean    literal);

/**
 * sr_man_write_text:
 * @file: where to
 * @text: plain text; an empty line divides paragraphs
 *
 * Writes text with each sentence on a line of its own and no line too long.
 */
void sr_man_write_text (FILE       *file,
                        const char *text);

/**
 * sr_man_write_item:
 * @file: where to
 * @name: what is described, such as "--option"
 * @placeholder: (nullable): what stands for its value
 * @text: plain text about it
 *
 * Writes one entry of a list.
 */
void sr_man_write_item (FILE       *file,
                        const char *name,
                        const char *placeholder,
                        const char *text);

/**
 * sr_man_write_head:
 * @file: where to
 * @program: the program's name
 * @summary: what it does, in a few words
 *
 * Writes all that stands before the synopsis.
 */
void sr_man_write_head (FILE       *file,
                        const char *program,
                        const char *summary);

G_END_DECLS
