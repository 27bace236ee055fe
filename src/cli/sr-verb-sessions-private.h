/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

#include "worker/sr-worker.h"

G_BEGIN_DECLS

JsonObject *sr_verb_sessions_item_to_json (const SrRecoveryItem *item);

G_END_DECLS
