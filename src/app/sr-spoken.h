/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sr_spoken_install:
 *
 * Makes a screen reader say what GTK 4.18 and libadwaita 1.7 only show, in the
 * whole program and until it ends: titles are headings, the items of menus get
 * a name, rows their subtitle as a description, the groups of the dialog about
 * the program a name, and what a banner said last is not told any more when the
 * banner is not shown.
 */
void sr_spoken_install (void);

G_END_DECLS
