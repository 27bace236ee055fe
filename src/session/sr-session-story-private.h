/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"

G_BEGIN_DECLS

/**
 * sr_session_access_denied_story:
 * @admin: the connection on which BackupPrepare was answered with an access denied
 * @deadline: monotonic time in microseconds, for asking further
 * @cancellable: (nullable): a cancellable
 *
 * An access denied at BackupPrepare has several stories. Asks for the CA's
 * InterfaceFlags and for the account's roles (MS-CSRA 3.1.4.2.14, 3.1.4.2.17)
 * to tell which one it is.
 *
 * Returns: (transfer none): the story and what to do, in the user's language, or that it cannot be told
 */
const char *sr_session_access_denied_story (SrCertAdmin  *admin,
                                            gint64        deadline,
                                            GCancellable *cancellable);

G_END_DECLS
