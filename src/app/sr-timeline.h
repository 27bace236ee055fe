/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrTimeline:
 *
 * The history of a CA as a picture, oldest first: a mark for each set, break
 * and backup that came to nothing. The keyboard leads from one to the next;
 * what the chosen one is stands below in words, and Enter opens a set. It
 * begins to look when it is first shown.
 */
#define SR_TYPE_TIMELINE (sr_timeline_get_type ())
G_DECLARE_FINAL_TYPE (SrTimeline, sr_timeline, SR, TIMELINE, AdwBin)

/**
 * sr_timeline_set_watch:
 * @self: a timeline that has none yet
 * @watch: a CA
 */
void sr_timeline_set_watch (SrTimeline *self,
                            SrWatch    *watch);

G_END_DECLS
