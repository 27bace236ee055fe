/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-guid.h"

#include <gio/gio.h>

/**
 * dcom_vector_stub:
 * @name: a PDU of windows-dcom.txt
 * @object: (out) (optional): its object UUID, all zero without
 *
 * Takes header, object UUID, padding and authentication off a request or
 * response of one fragment.
 *
 * Returns: (transfer full): the stub
 */
GBytes *dcom_vector_stub (const char *name,
                          SrGuid     *object);
