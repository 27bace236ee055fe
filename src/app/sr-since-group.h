/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrSinceGroup:
 *
 * What a CA issued and revoked behind the point of a restore: how much that
 * is, as far as it is known, and the commands that list it and settle it.
 */
#define SR_TYPE_SINCE_GROUP (sr_since_group_get_type ())
G_DECLARE_FINAL_TYPE (SrSinceGroup, sr_since_group, SR, SINCE_GROUP, AdwPreferencesGroup)

/**
 * sr_since_group_show:
 * @self: a group
 * @mode: latest or point: nothing is lost by the first
 * @point: the newest set that is restored
 * @loss: (nullable): what is lost, if that was looked at
 * @after: whether the CA is restored by now: lists cannot be made from its database any more
 */
void sr_since_group_show (SrSinceGroup        *self,
                          SrRestoreMode        mode,
                          SrBackupSet         *point,
                          const SrRestoreLoss *loss,
                          gboolean             after);

G_END_DECLS
