/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-target-private.h"

G_BEGIN_DECLS

/**
 * SrDcomPinger:
 *
 * Keeps one object of a server alive (MS-DCOM 3.2.6.1): a thread that pings
 * its set at once and then every period, on a connection of its own, at packet
 * privacy. What fails is tried again sooner than the next period.
 */
typedef struct _SrDcomPinger SrDcomPinger;

/**
 * sr_dcom_pinger_new:
 * @target: the server
 * @oid: the object
 * @setid: a ping set that it is in already, or 0
 *
 * Returns: (transfer full): a pinger, at work
 */
SrDcomPinger *sr_dcom_pinger_new (SrDcomTarget *target,
                                  guint64       oid,
                                  guint64       setid);

/**
 * sr_dcom_pinger_stop:
 * @pinger: a pinger
 *
 * Ends the thread; a ping that is under way is given up.
 */
void sr_dcom_pinger_stop (SrDcomPinger *pinger);

/**
 * sr_dcom_pinger_free:
 * @pinger: (transfer full): a pinger; stopped first
 */
void sr_dcom_pinger_free (SrDcomPinger *pinger);

/**
 * sr_dcom_pinger_remove:
 * @pinger: a pinger that is stopped
 * @deadline: monotonic time in microseconds
 * @error: where to put an error
 *
 * Takes the object out of its ping set.
 *
 * Sets %SR_HRESULT_ERROR and the errors of sr_dcom_connect() and sr_rpc_client_call().
 *
 * Returns: whether the server took it; also when it was never put in
 */
gboolean sr_dcom_pinger_remove (SrDcomPinger *pinger,
                                gint64        deadline,
                                GError      **error);

/**
 * sr_dcom_pinger_get_setid:
 * @pinger: a pinger
 *
 * Returns: the ping set, 0 as long as there is none
 */
guint64 sr_dcom_pinger_get_setid (SrDcomPinger *pinger);

/**
 * sr_dcom_pinger_get_last:
 * @pinger: a pinger
 * @error: (out) (optional) (transfer full): why the last ping failed, if it did
 *
 * Returns: unix time in microseconds of the last ping that was answered, 0 for none
 */
gint64 sr_dcom_pinger_get_last (SrDcomPinger *pinger,
                                GError      **error);

G_END_DECLS
