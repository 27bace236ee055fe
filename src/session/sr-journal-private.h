/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-journal.h"

G_BEGIN_DECLS

/**
 * sr_journal_sweep:
 * @folder: (nullable): the journal's folder
 *
 * Removes lock and temporary files of entries that are not there and have no
 * living owner: a program was killed before its first entry was complete, or
 * after the entry was removed.
 */
void sr_journal_sweep (const char *folder);

G_END_DECLS
