/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The JSON form of a CA in authorities.json. */

/* (transfer full) (nullable): a CA, or NULL with SR_AUTHORITY_ERROR_DAMAGED */
SrAuthority *sr_authority_from_json (JsonObject *object,
                                     GError    **error);

/* Writes what is known into @object, and leaves its other members alone. */
void sr_authority_to_json (SrAuthority *self,
                           JsonObject  *object);

/* The same for what was last seen alone. */
void sr_authority_seen_to_json (SrAuthority *self,
                                JsonObject  *object);

/* Takes over everything that @other says but the id, telling of changes. */
void sr_authority_update (SrAuthority *self,
                          SrAuthority *other);

void sr_authority_set_id (SrAuthority *self,
                          const char  *id);

G_END_DECLS
