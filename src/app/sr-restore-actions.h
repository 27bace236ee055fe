/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrRestoreActions:
 *
 * What can be done with a restore that was broken off or has failed, or that
 * can still be put back: a row for each, with what it does. Asks before it
 * does it. Emits "looked" when the host was asked, and "job" with an #SrJob that
 * is to be run.
 */
#define SR_TYPE_RESTORE_ACTIONS (sr_restore_actions_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreActions, sr_restore_actions, SR, RESTORE_ACTIONS, AdwPreferencesGroup)

/**
 * sr_restore_actions_set_left:
 * @self: a group
 * @left: the restore
 * @authority: (nullable): its CA, where that is known here
 *
 * Asks the host anew.
 */
void sr_restore_actions_set_left (SrRestoreActions *self,
                                  SrRestoreLeft    *left,
                                  SrAuthority      *authority);

G_END_DECLS
