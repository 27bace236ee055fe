/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-practice-program.h"
#include "authority/sr-settings-file.h"

G_BEGIN_DECLS

/* (transfer full): an object, or NULL with SR_ERROR_MALFORMED */
JsonObject *sr_practice_program_parse (const char *text,
                                       gsize       length,
                                       GError    **error);

/* Whether this process says nothing but English, as for --json. */
gboolean sr_practice_program_wants_english (void);

G_END_DECLS
