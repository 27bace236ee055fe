/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"

G_BEGIN_DECLS

/**
 * SrEndOutcome:
 * @SR_END_CLOSED: BackupEnd succeeded, or an earlier one whose reply was lost had
 * @SR_END_WAS_NOT_OPEN: the server says that no session is open
 * @SR_END_OBJECT_GONE: the server does not know the object any more
 * @SR_END_UNSETTLED: neither could be learnt in time
 *
 * What became of ending a session.
 */
typedef enum
{
  SR_END_CLOSED,
  SR_END_WAS_NOT_OPEN,
  SR_END_OBJECT_GONE,
  SR_END_UNSETTLED,
} SrEndOutcome;

/**
 * sr_session_end:
 * @admin: the very object that BackupPrepare went to
 * @prepare_unknown: whether no answer to BackupPrepare came
 * @settle: seconds for which "no session is open" must hold then
 * @deadline: monotonic time in microseconds, for everything
 * @cancellable: (nullable): stops it between two tries; never the one that cancelled the backup
 * @answer: (out): the server's HRESULT, 0 if none came
 * @error: where to put an error, set for %SR_END_OBJECT_GONE and %SR_END_UNSETTLED
 *
 * Ends a session that is or may be open, on the connection that is there or
 * on new ones bound to the same IPID. See the table in sr-session-end.c.
 *
 * Returns: the outcome
 */
SrEndOutcome sr_session_end (SrCertAdmin  *admin,
                             gboolean      prepare_unknown,
                             double        settle,
                             gint64        deadline,
                             GCancellable *cancellable,
                             SrHresult    *answer,
                             GError      **error);

G_END_DECLS
