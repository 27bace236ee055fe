/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrPracticeTrace:
 *
 * The server's log: a file (mode 0600) of JSON objects, one a line, each with
 * "time" and "event". Bodies of calls are never in it. A file above 64 MiB is
 * set aside as NAME.1 when it is opened. Thread-safe.
 */
typedef struct _SrPracticeTrace SrPracticeTrace;

/**
 * sr_practice_trace_open:
 * @path: the file; lines are added at its end
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: (transfer full): a log, or %NULL
 */
SrPracticeTrace *sr_practice_trace_open (const char *path,
                                         GError    **error);

/**
 * sr_practice_trace_free:
 * @trace: (transfer full): a log
 */
void sr_practice_trace_free (SrPracticeTrace *trace);

/**
 * sr_practice_trace_write:
 * @trace: a log
 * @event: what happened
 * @facts: (transfer full) (nullable): an object; gets time and event, and is written
 *
 * Writes a line.
 */
void sr_practice_trace_write (SrPracticeTrace *trace,
                              const char      *event,
                              JsonObject      *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeTrace, sr_practice_trace_free)

G_END_DECLS
