/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/tables/sr-svcctl-messages.h"

G_BEGIN_DECLS

/**
 * SrSvcctlService:
 * @name: the service's name
 * @display_name: the name for people
 * @status: its status
 *
 * One item of REnumDependentServicesW's buffer (ENUM_SERVICE_STATUSW, MS-SCMR 2.2.11).
 */
typedef struct
{
  char *name;
  char *display_name;
  SrSvcctlStatus status;
} SrSvcctlService;

void sr_svcctl_service_free (SrSvcctlService *service);

/**
 * sr_svcctl_services_parse:
 * @buffer: from a reply
 * @count: how many services it has
 * @error: where to put an error
 *
 * Reads the buffer: items of 36 bytes, whose names stand at offsets into the buffer.
 *
 * Sets %SR_ERROR_MALFORMED.
 *
 * Returns: (transfer full) (element-type SrSvcctlService): the services in the order of the buffer, or %NULL
 */
GPtrArray *sr_svcctl_services_parse (GBytes  *buffer,
                                     guint32  count,
                                     GError **error);

/**
 * sr_svcctl_services_build:
 * @services: (array length=count): services
 * @count: how many
 *
 * Returns: (transfer full): a buffer with them, of just the length that is needed
 */
GBytes *sr_svcctl_services_build (const SrSvcctlService *services,
                                  guint32                count);

G_END_DECLS
