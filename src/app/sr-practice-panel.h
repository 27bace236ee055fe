/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrPracticePanel:
 *
 * On the page of a practice CA: starts and stops it, issues and revokes
 * certificates on it.
 */
#define SR_TYPE_PRACTICE_PANEL (sr_practice_panel_get_type ())
G_DECLARE_FINAL_TYPE (SrPracticePanel, sr_practice_panel, SR, PRACTICE_PANEL, AdwPreferencesGroup)

/**
 * sr_practice_panel_set_authority:
 * @self: a panel
 * @authority: a practice CA
 */
void sr_practice_panel_set_authority (SrPracticePanel *self,
                                      SrAuthority     *authority);

/**
 * sr_practice_panel_refresh:
 * @self: a panel
 *
 * Looks again whether the practice CA runs.
 */
void sr_practice_panel_refresh (SrPracticePanel *self);

G_END_DECLS
