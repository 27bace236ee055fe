/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-worker.h"

G_BEGIN_DECLS

/* What sr-recovery.c runs on a thread: everything that sr_session_recover()
 * needs, gathered on the main thread. */
typedef struct _SrRecovery SrRecovery;

SrRecovery *sr_recovery_new (SrAuthorityList     *authorities,
                             const char          *only,
                             SrWorkerPasswordFunc password,
                             gpointer             password_data,
                             const char          *journal_folder,
                             double               seconds);
void sr_recovery_free (SrRecovery *self);
GPtrArray *sr_recovery_run (SrRecovery   *self,
                            GCancellable *cancellable,
                            GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRecovery, sr_recovery_free)

G_END_DECLS
