/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-client-private.h"

G_BEGIN_DECLS

/* What the benchmarks share: time, and the least that reading can cost,
 * unsealing the PDUs that bring the bytes. */

/* How often each thing is measured; medians are told. */
#define BENCH_RUNS 5

#define BENCH_PIECE (512 * 1024)

/* Seconds of CPU that this process has used, its threads and the kernel on its behalf counted. */
double bench_cpu_seconds (void);
double bench_wall_seconds (void);

/* A deadline that only a hang reaches. */
gint64 bench_soon (void);

/* Ends the benchmark when something failed. */
void bench_must (gboolean done, GError **error, const char *what);

/* Tells what the runs came to, in which @bytes were read in @n_pdus: seconds of
 * CPU of reading and of unsealing alone, and their ratio; @target is the most
 * that may be, 0 for none. Sorts both arrays. */
void bench_tell_reading (guint64 bytes, guint n_pdus, double *reading, double *unsealing, double target);

/* A line of seconds and of bytes in them. */
void bench_tell_time (const char *what, double seconds, guint64 bytes);

/* All PDUs of the replies to @n_calls times the same request, as they came, one behind the other. */
GByteArray *bench_capture (SrRpcClient *client, const SrRpcCallHead *call, GBytes *request, guint n_calls);

/* CPU seconds of unsealing what bench_capture() gave, and how many PDUs that were. */
double bench_unseal (SrRpcClient *client, GByteArray *captured, guint *n_pdus);

G_END_DECLS
