/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"

G_BEGIN_DECLS

/**
 * SrConditionWords:
 * @banner: what a banner says of a CA's worst standing condition, %NULL when there is nothing to say
 * @button: label of the one action that helps
 * @action: its name
 * @empty_title: title where a list of sets is empty
 * @empty_words: what that means
 *
 * A condition in words.
 */
typedef struct
{
  char *banner;
  const char *button;
  const char *action;
  const char *empty_title;
  const char *empty_words;
} SrConditionWords;

/**
 * sr_condition_describe:
 * @watch: a CA
 * @words: (out caller-allocates): what to say of it, in the user's language
 */
void sr_condition_describe (SrWatch          *watch,
                            SrConditionWords *words);

/**
 * sr_condition_folder_line:
 * @error: why the backup folder cannot be used
 *
 * Returns: (transfer none): that in a few words, for the sidebar
 */
const char *sr_condition_folder_line (const GError *error);

void sr_condition_words_clear (SrConditionWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrConditionWords, sr_condition_words_clear)

G_END_DECLS
