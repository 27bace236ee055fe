/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreCard:
 *
 * A restore that runs, or has come to its end, on its CA's page, in short; a
 * button shows the wizard's page of it.
 */
#define SR_TYPE_RESTORE_CARD (sr_restore_card_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreCard, sr_restore_card, SR, RESTORE_CARD, AdwBin)

/**
 * sr_restore_card_set_job:
 * @self: a card
 * @job: (nullable): a restore
 */
void sr_restore_card_set_job (SrRestoreCard *self,
                              SrJob         *job);

G_END_DECLS
