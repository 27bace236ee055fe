/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/** SR_HOST_HANDLE_SIZE: bytes of a context handle: attributes and a UUID (MS-RPCE 2.2.1.1.2) */
#define SR_HOST_HANDLE_SIZE 20

/**
 * SrHostHandle:
 * @bytes: as on the wire, opaque to clients; all zero is no handle
 *
 * A context handle of svcctl or winreg: lives as long as its connection at most.
 */
typedef struct
{
  guint8 bytes[SR_HOST_HANDLE_SIZE];
} SrHostHandle;

/**
 * sr_host_handle_code:
 * @ndr: a cursor
 * @field: the field's name
 * @handle: (inout): the handle
 */
void sr_host_handle_code (SrNdr        *ndr,
                          const char   *field,
                          SrHostHandle *handle);

G_END_DECLS
