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

/**
 * dcom_vector_assert_request:
 * @name: a stub of impacket-dcom.txt
 * @written: our stub
 *
 * Fails unless both are the same, but for what every writer may have its own way.
 */
void dcom_vector_assert_request (const char *name,
                                 GBytes     *written);

/**
 * dcom_vector_request:
 * @name: a stub of impacket-dcom.txt
 *
 * Returns: (transfer full): the stub, with 0xa5 where every writer may have its own bytes
 */
GBytes *dcom_vector_request (const char *name);
