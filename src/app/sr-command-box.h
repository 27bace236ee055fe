/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrCommandBox:
 *
 * A command to be typed elsewhere, with a button that copies it.
 */
#define SR_TYPE_COMMAND_BOX (sr_command_box_get_type ())
G_DECLARE_FINAL_TYPE (SrCommandBox, sr_command_box, SR, COMMAND_BOX, AdwBin)

/**
 * sr_command_box_set_command:
 * @self: a box
 * @command: what to type
 */
void sr_command_box_set_command (SrCommandBox *self,
                                 const char   *command);

G_END_DECLS
