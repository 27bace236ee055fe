/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sr_restore_report_text:
 * @job: a restore that has come to its end
 *
 * Returns: (transfer full): all that is known of it, for copying and saving
 */
char *sr_restore_report_text (SrJob *job);

/**
 * sr_restore_report_save:
 * @job: a restore that has come to its end
 * @window: asks where to, and tells how it went
 */
void sr_restore_report_save (SrJob     *job,
                             GtkWindow *window);

G_END_DECLS
