/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrExportGroup:
 *
 * Exports the chain of a set for certutil: asks for a folder, shows how far
 * the job is, and what came of it. Hidden until there is something to show.
 * The property "busy" (boolean) tells whether an export is being made.
 */
#define SR_TYPE_EXPORT_GROUP (sr_export_group_get_type ())
G_DECLARE_FINAL_TYPE (SrExportGroup, sr_export_group, SR, EXPORT_GROUP, AdwPreferencesGroup)

/**
 * sr_export_group_start:
 * @self: a group in a window
 * @set: a set; a full one stands for its whole chain, a log-only one for the chain up to it
 *
 * Asks where to, and exports into a new folder there.
 */
void sr_export_group_start (SrExportGroup *self,
                            SrBackupSet   *set);

gboolean sr_export_group_get_busy (SrExportGroup *self);

G_END_DECLS
