/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

G_BEGIN_DECLS

/* How verbs tell a CA. */

extern const SrCliMember sr_verb_ca_members[];

JsonObject *sr_verb_ca_to_json (SrAuthority *authority);

G_END_DECLS
