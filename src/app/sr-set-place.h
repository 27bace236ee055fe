/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-history.h"

G_BEGIN_DECLS

/**
 * SrSetPlace:
 * @chain: what continues the set, or what it needs
 * @lineage: (nullable): which lineage it belongs to, %NULL when there is but one
 * @restorable: whether a chain that is complete reaches it
 *
 * Where a set stands among those of its CA, in the user's language.
 */
typedef struct
{
  char *chain;
  char *lineage;
  gboolean restorable;
} SrSetPlace;

void sr_set_place_clear (SrSetPlace *place);

/**
 * sr_set_place_load:
 * @set: a set
 * @place: (out caller-allocates): where it stands
 *
 * Reads what lies beside the set, so it belongs on a thread. What cannot be
 * read is told in words.
 */
void sr_set_place_load (SrBackupSet *set,
                        SrSetPlace  *place);

/**
 * sr_set_place_describe_loss:
 * @set: a set
 *
 * Reads what lies beside the set, so it belongs on a thread.
 *
 * Returns: (transfer full) (nullable): the other sets that could not be restored any more without @set; %NULL for none
 */
char *sr_set_place_describe_loss (SrBackupSet *set);

G_END_DECLS
