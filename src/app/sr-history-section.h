/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-history.h"

G_BEGIN_DECLS

/**
 * SrHistorySection:
 *
 * What stands above the sets of one lineage: "Before the Restore of 3 May",
 * and what that means for them. It does not change.
 */
#define SR_TYPE_HISTORY_SECTION (sr_history_section_get_type ())
G_DECLARE_FINAL_TYPE (SrHistorySection, sr_history_section, SR, HISTORY_SECTION, GObject)

/**
 * sr_history_section_new:
 * @history: a history
 * @index: the place of a lineage in it
 *
 * Returns: (transfer full): the section of that lineage
 */
SrHistorySection *sr_history_section_new (SrHistory *history,
                                          guint      index);

/**
 * sr_history_section_get_title:
 * @self: a section
 *
 * Returns: (transfer none) (nullable): its heading; %NULL when there is but one lineage
 */
const char *sr_history_section_get_title (SrHistorySection *self);

/**
 * sr_history_section_get_words:
 * @self: a section
 *
 * Returns: (transfer none) (nullable): sentences below the heading
 */
const char *sr_history_section_get_words (SrHistorySection *self);

/**
 * sr_history_section_equal:
 * @self: a section
 * @other: a section
 *
 * Returns: whether both say the same of the same lineage
 */
gboolean sr_history_section_equal (SrHistorySection *self,
                                   SrHistorySection *other);

/**
 * sr_history_section_describe_start:
 * @lineage: a lineage that begins with a break
 *
 * Returns: (transfer full): what happened and, where that is known, when: sentences
 */
char *sr_history_section_describe_start (SrLineage *lineage);

G_END_DECLS
