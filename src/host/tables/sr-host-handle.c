/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/tables/sr-host-handle.h"

void
sr_host_handle_code (SrNdr        *ndr,
                     const char   *field,
                     SrHostHandle *handle)
{
  sr_ndr_align (ndr, 4);
  sr_ndr_fixed_bytes (ndr, field, handle->bytes, sizeof handle->bytes);
}
