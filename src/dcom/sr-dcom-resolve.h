/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-target-private.h"
#include "dcom/sr-object-exporter.h"

G_BEGIN_DECLS

/**
 * SrDcomExporter:
 * @port: its TCP port
 * @rem_unknown: IPID of its IRemUnknown
 * @version_minor: the lower of its minor version and ours
 * @principal: (nullable): a principal from its bindings that names the target's host
 *
 * Where an object exporter is and what it speaks.
 */
typedef struct
{
  guint16 port;
  SrGuid rem_unknown;
  guint16 version_minor;
  char *principal;
} SrDcomExporter;

/**
 * sr_dcom_exporter_clear:
 * @exporter: what was filled
 */
void sr_dcom_exporter_clear (SrDcomExporter *exporter);

/**
 * sr_dcom_exporter_set:
 * @exporter: (out caller-allocates): what is told
 * @target: the server
 * @bindings: (nullable): the exporter's bindings
 * @rem_unknown: IPID of its IRemUnknown
 * @version: its version
 * @error: where to put an error
 *
 * Sets %SR_ERROR_UNSUPPORTED for another major version.
 *
 * Returns: whether @exporter is filled; its port may be 0
 */
gboolean sr_dcom_exporter_set (SrDcomExporter          *exporter,
                               SrDcomTarget            *target,
                               const SrDualStringArray *bindings,
                               const SrGuid            *rem_unknown,
                               SrComVersion             version,
                               GError                 **error);

/**
 * sr_dcom_resolve_oxid:
 * @target: the server
 * @oxid: an object exporter there
 * @exporter: (out caller-allocates): where it is, to be cleared after success
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * IObjectExporter::ResolveOxid2, or ResolveOxid at a server before version 5.2 (MS-DCOM 3.2.4.1.2.2).
 *
 * Sets %SR_HRESULT_ERROR such as %SR_OR_INVALID_OXID, and the errors of sr_dcom_connect() and sr_rpc_client_call().
 *
 * Returns: whether it was found, with a port
 */
gboolean sr_dcom_resolve_oxid (SrDcomTarget   *target,
                               guint64         oxid,
                               SrDcomExporter *exporter,
                               gint64          deadline,
                               GCancellable   *cancellable,
                               GError        **error);

/**
 * sr_dcom_set_status_error:
 * @error: (out) (optional): where to put the error
 * @status: what a call of the object resolver returned: a Win32 code or an HRESULT
 * @what: what was tried
 * @host: where
 */
void sr_dcom_set_status_error (GError    **error,
                               guint32     status,
                               const char *what,
                               const char *host);

G_END_DECLS
