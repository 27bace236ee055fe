/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * sr_toast_show:
 * @overlay: where
 * @text: what to say; not markup
 *
 * Shows a toast in place of those that wait.
 */
void sr_toast_show (AdwToastOverlay *overlay,
                    const char      *text);

G_END_DECLS
