/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-worker.h"

G_BEGIN_DECLS

/* What sr-recovery.c runs on a thread, which asks the main thread for the
 * sign-in of a CA that has a session open; so the main thread must not wait for it. */
typedef struct _SrRecovery SrRecovery;

SrRecovery *sr_recovery_new (SrAuthorityList     *authorities,
                             const char          *only,
                             SrWorkerPasswordFunc password,
                             gpointer             password_data,
                             const char          *journal_folder,
                             double               seconds);
void sr_recovery_free (SrRecovery *self);

/* Keys of the config strings of the CAs whose journal entries or staging
 * folders sr_recovery_run() will lay hands on; on a thread. (transfer full) */
GHashTable *sr_recovery_find_keys (SrRecovery *self);

GPtrArray *sr_recovery_run (SrRecovery   *self,
                            GCancellable *cancellable,
                            GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRecovery, sr_recovery_free)

G_END_DECLS
