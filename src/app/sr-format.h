/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

G_BEGIN_DECLS

/* Words for values, in the user's language and locale. */

/**
 * sr_format_time:
 * @time: microseconds since 1970 UTC
 *
 * Returns: (transfer full): date and time in the user's zone
 */
char *sr_format_time (gint64 time);

/**
 * sr_format_day:
 * @time: microseconds since 1970 UTC
 *
 * Returns: (transfer full): the day in the user's zone, with its year unless that is this one: "3 May"
 */
char *sr_format_day (gint64 time);

/**
 * sr_format_short_day:
 * @time: microseconds since 1970 UTC
 * @with_year: whether the year is wanted, in a second line
 *
 * Returns: (transfer full): the day as short as it gets
 */
char *sr_format_short_day (gint64   time,
                           gboolean with_year);

/**
 * sr_format_ago:
 * @time: microseconds since 1970 UTC
 *
 * Returns: (transfer full): how long ago that is: "just now", "3 hours ago", "2 days ago"
 */
char *sr_format_ago (gint64 time);

/**
 * sr_format_since:
 * @time: microseconds since 1970 UTC
 *
 * Returns: (transfer full): the time of day if it is of today, else the day: what a short line has room for
 */
char *sr_format_since (gint64 time);

/**
 * sr_format_duration:
 * @duration: microseconds
 *
 * Returns: (transfer full): rounded up to what matters: "12 seconds", "4 minutes"
 */
char *sr_format_duration (gint64 duration);

/**
 * sr_format_sentence:
 * @words: what an error says
 *
 * Returns: (transfer full): the same with a full stop, unless it ends with one, so that another sentence may follow
 */
char *sr_format_sentence (const char *words);

/**
 * sr_format_state_line:
 * @watch: a CA
 *
 * Returns: (transfer full): its state in a line for the sidebar: "Backed up 3 hours ago", "Backing up, 41 %"
 */
char *sr_format_state_line (SrWatch *watch);

/**
 * sr_format_state_icon:
 * @watch: a CA
 * @style: (out) (transfer none) (nullable): CSS class of the state: "success", "warning", "error"
 *
 * Returns: (transfer none): name of the icon, whose shape tells the state as well
 */
const char *sr_format_state_icon (SrWatch     *watch,
                                  const char **style);

/**
 * sr_format_finding_icon:
 * @finding: what a verification found
 * @style: (out) (transfer none): CSS class: "success", "warning", "error"
 *
 * Returns: (transfer none): name of the icon
 */
const char *sr_format_finding_icon (SrFinding    finding,
                                    const char **style);

/**
 * sr_format_set_title:
 * @set: a set
 *
 * Returns: (transfer full): such as "Full backup of 22 November 2026, 14:15"
 */
char *sr_format_set_title (SrBackupSet *set);

/**
 * sr_format_set_subtitle:
 * @set: a set
 *
 * Returns: (transfer full): its size, and what became of the CA's logs when the set was loaded
 */
char *sr_format_set_subtitle (SrBackupSet *set);

G_END_DECLS
