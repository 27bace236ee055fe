/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrJobCard:
 *
 * Draws a backup job: while it runs phase, bar, bytes, rate, time left and
 * Cancel; afterwards how it came out, what state CA and set are in, and what
 * to do. Phases are announced to a screen reader, percentages are not.
 */
#define SR_TYPE_JOB_CARD (sr_job_card_get_type ())
G_DECLARE_FINAL_TYPE (SrJobCard, sr_job_card, SR, JOB_CARD, AdwBin)

/**
 * sr_job_card_set_job:
 * @self: a card
 * @job: (nullable): what it draws
 */
void sr_job_card_set_job (SrJobCard *self,
                          SrJob     *job);

G_END_DECLS
