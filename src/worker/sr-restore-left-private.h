/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-restore-left.h"

G_BEGIN_DECLS

/* Whether both tell the same, so that one need not replace the other. */
gboolean sr_restore_left_is_same (SrRestoreLeft *self,
                                  SrRestoreLeft *other);

G_END_DECLS
