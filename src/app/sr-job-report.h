/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrJobReport:
 *
 * All that is known of a backup that has come to its end, line by line; it can
 * be copied as a whole.
 */
#define SR_TYPE_JOB_REPORT (sr_job_report_get_type ())
G_DECLARE_FINAL_TYPE (SrJobReport, sr_job_report, SR, JOB_REPORT, AdwDialog)

/**
 * sr_job_report_new:
 * @job: a backup that has come to its end
 *
 * Returns: (transfer floating): a dialog to present
 */
AdwDialog *sr_job_report_new (SrJob *job);

/**
 * sr_job_report_text:
 * @job: a backup that has come to its end
 *
 * Returns: (transfer full): the report in plain text
 */
char *sr_job_report_text (SrJob *job);

/**
 * sr_job_session_words:
 * @job: a backup
 *
 * Returns: (transfer none): what became of its session on the CA, a sentence
 */
const char *sr_job_session_words (SrJob *job);

/**
 * sr_job_set_words:
 * @job: a backup that has come to its end
 *
 * Returns: (transfer none): what became of its set and of the CA's logs, one or two sentences
 */
const char *sr_job_set_words (SrJob *job);

/**
 * sr_job_step_words:
 * @job: a backup that failed
 *
 * Returns: (transfer none): at which step
 */
const char *sr_job_step_words (SrJob *job);

G_END_DECLS
