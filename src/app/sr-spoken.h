/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sr_spoken_install:
 *
 * Makes a screen reader say what GTK 4.18 and libadwaita 1.7 only show, in the
 * whole program and until it ends: the items of menus get a name, and rows
 * their subtitle as a description.
 */
void sr_spoken_install (void);

G_END_DECLS
