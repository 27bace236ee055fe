/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** SR_STALL_VARIABLE: the environment variable that names the file of sr_stall_counter_start() */
#define SR_STALL_VARIABLE "STRONGROOM_COUNT_STALLS"

/** SR_STALL_MS: a turn of the main loop may take this long, in milliseconds: a frame at 60 Hz */
#define SR_STALL_MS 16

/**
 * sr_stall_counter_start:
 * @application: an application that has been registered
 * @path: the file that is written to
 *
 * Measures every turn of the main loop from here on, for tests and for who
 * hunts a stall. A turn is what runs between two polls. It is a stall when it
 * took more than %SR_STALL_MS without the time in which the thread was ready
 * and the kernel ran others: waiting for a disk, a server or a lock counts,
 * being pushed aside on a busy machine does not. Among the stalls are counted
 * apart those that would be none without GTK's own drawing of the frame
 * ("rendering"), and those where the toolkit waited for an answer of the
 * display server ("display").
 *
 * Each stall is a line of @path, with times in milliseconds and where the
 * thread was when the time was over. The application gets two actions:
 * "mark-stalls" (a label) writes a line with the counts since the last mark,
 * "plant-stall" (milliseconds) sleeps on the main loop.
 */
void sr_stall_counter_start (GtkApplication *application,
                             const char     *path);

G_END_DECLS
