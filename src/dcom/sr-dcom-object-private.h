/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-pinger.h"
#include "dcom/sr-dcom-resolve.h"

G_BEGIN_DECLS

/**
 * sr_dcom_object_new:
 * @target: the server
 * @identity: the object
 * @version_minor: the negotiated minor version
 * @principal: (nullable) (transfer full): a principal of the exporter that names the target's host
 *
 * Returns: (transfer full): an object that is pinged from now on
 */
SrDcomObject *sr_dcom_object_new (SrDcomTarget         *target,
                                  const SrDcomIdentity *identity,
                                  guint16               version_minor,
                                  char                 *principal);

/**
 * sr_dcom_object_add_refs:
 * @object: an object
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * IRemUnknown::RemAddRef for the interfaces that came without references of their own (MS-DCOM 3.2.4.4.1).
 *
 * Returns: whether every interface has some now
 */
gboolean sr_dcom_object_add_refs (SrDcomObject *object,
                                  gint64        deadline,
                                  GCancellable *cancellable,
                                  GError      **error);

G_END_DECLS
