/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What threads report, shown on a main context at most so often a second.
 * @mutex guards what is coming, and the two times. */
typedef struct
{
  GMutex mutex;
  GSource *source;
  gint64 flushed_at;
  gint64 due; /* G_MAXINT64 for never */
} SrFlush;

/* @func runs on @context: it begins with sr_flush_take() and always returns G_SOURCE_CONTINUE. */
void sr_flush_init (SrFlush      *self,
                    GMainContext *context,
                    const char   *name,
                    GSourceFunc   func,
                    gpointer      user_data);
void sr_flush_clear (SrFlush *self);

/* With the mutex held: something is coming. */
void sr_flush_schedule (SrFlush *self);

/* Locks the mutex; FALSE when a thread has it just now: @func is called again in a moment. */
gboolean sr_flush_take (SrFlush *self,
                        gint64   now);

/* Unlocks it; @again is in how many microseconds @func is called though nothing comes, G_MAXINT64 for never. */
void sr_flush_release (SrFlush *self,
                       gint64   now,
                       gint64   again);

G_END_DECLS
