/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

G_BEGIN_DECLS

/**
 * sr_notify_job_end:
 * @application: the program
 * @job: a job that has come to its end
 *
 * Tells the desktop how it came out, unless it was cancelled.
 */
void sr_notify_job_end (GApplication *application,
                        SrJob        *job);

G_END_DECLS
