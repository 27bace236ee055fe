/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

G_BEGIN_DECLS

/*
 * SrCliProgress:
 *
 * Draws a job on standard error: a bar that moves on a terminal, a line for
 * each phase and each tenth elsewhere. Draws only what the job's properties say.
 */
typedef struct _SrCliProgress SrCliProgress;

SrCliProgress *sr_cli_progress_new (SrJob *job);

/* Takes the bar away. */
void sr_cli_progress_free (SrCliProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCliProgress, sr_cli_progress_free)

G_END_DECLS
