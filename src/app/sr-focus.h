/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sr_focus_keep:
 * @window: a window
 *
 * From now on the keyboard is never without a place in @window. GTK lets go of
 * it when the control that has it is hidden, made insensitive or removed, as
 * Cancel is when a job ends. It then goes to the nearest control that is left:
 * to one in the same box, or in the box around that, and so on.
 */
void sr_focus_keep (GtkWindow *window);

G_END_DECLS
