/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-object.h"
#include "rpc/sr-rpc-client.h"

G_BEGIN_DECLS

/**
 * SrDcomService:
 * @SR_DCOM_SERVICE_RESOLVER: activator and object resolver, at the activation port
 * @SR_DCOM_SERVICE_OBJECTS: an object exporter
 *
 * What one signs in to.
 */
typedef enum
{
  SR_DCOM_SERVICE_RESOLVER,
  SR_DCOM_SERVICE_OBJECTS,
} SrDcomService;

#define SR_DCOM_N_SERVICES 2

/**
 * sr_dcom_connect_plain:
 * @target: the server
 * @iface: the interface wanted
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Connects to the activation port without security, for ServerAlive2 alone.
 *
 * Returns: (transfer full): a bound client, or %NULL
 */
SrRpcClient *sr_dcom_connect_plain (SrDcomTarget      *target,
                                    const SrRpcSyntax *iface,
                                    gint64             deadline,
                                    GCancellable      *cancellable,
                                    GError           **error);

/**
 * sr_dcom_connect:
 * @target: the server
 * @service: what to sign in to
 * @port: its port, 0 for the activation port
 * @principal: (nullable): a principal to try first, "service/host"
 * @iface: the interface wanted
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Connects and signs in at packet privacy, with the first authentication type
 * and principal that the server takes; what worked last time goes first. Only
 * where sr_rpc_plain_is_allowed(), in some tests, nobody signs in.
 *
 * Sets %SR_ERROR_AUTH, %SR_ERROR_REFUSED and the other errors of
 * sr_rpc_client_bind() and sr_rpc_client_connect(); the message tells what
 * each try came to.
 *
 * Returns: (transfer full): a bound client, or %NULL
 */
SrRpcClient *sr_dcom_connect (SrDcomTarget      *target,
                              SrDcomService      service,
                              guint16            port,
                              const char        *principal,
                              const SrRpcSyntax *iface,
                              gint64             deadline,
                              GCancellable      *cancellable,
                              GError           **error);

/**
 * sr_dcom_is_connection_error:
 * @error: an error
 *
 * Returns: whether the connection broke, so that another may work; not for a passed deadline or a cancel
 */
gboolean sr_dcom_is_connection_error (const GError *error);

G_END_DECLS
