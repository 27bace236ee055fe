/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"
#include "session/sr-restore-session.h"

G_BEGIN_DECLS

/**
 * SrRestoreLeft:
 *
 * A restore that is noted in the backup folder: one that was broken off, on
 * this machine or another, or one that has restored the CA and can still be
 * put back. To be used on the main thread.
 *
 * - situation-known (boolean): whether sr_restore_left_get_situation() tells something
 * - busy (boolean): somebody looks
 */
#define SR_TYPE_RESTORE_LEFT (sr_restore_left_get_type ())
G_DECLARE_FINAL_TYPE (SrRestoreLeft, sr_restore_left, SR, RESTORE_LEFT, GObject)

/**
 * sr_restore_left_new:
 * @repository: the backup folder
 * @listed: (transfer full): what sr_restore_journal_list() found there
 *
 * Returns: (transfer full): the restore
 */
SrRestoreLeft *sr_restore_left_new (SrRepository    *repository,
                                    SrRestoreListed *listed);

/**
 * sr_restore_left_list:
 * @repository: a backup folder
 * @config: (nullable): a CA, %NULL for all
 * @settled: whether those are listed too that are over
 * @error: where to put an error
 *
 * Blocks: for a thread. Sets %SR_STORE_ERROR.
 *
 * Returns: (transfer full) (element-type SrRestoreLeft): the restores, oldest first, or %NULL
 */
GPtrArray *sr_restore_left_list (SrRepository *repository,
                                 const char   *config,
                                 gboolean      settled,
                                 GError      **error);

SrRepository *sr_restore_left_get_repository (SrRestoreLeft *self);

/** Returns: (transfer none): config string of the CA in whose folder it lies */
const char *sr_restore_left_get_config (SrRestoreLeft *self);

/** Returns: (nullable) (transfer none): what its journal says; %NULL when that cannot be understood, see sr_restore_left_get_error() */
const SrRestoreEntry *sr_restore_left_get_entry (SrRestoreLeft *self);

/** Returns: (nullable) (transfer none): why the journal cannot be understood */
const GError *sr_restore_left_get_error (SrRestoreLeft *self);

/** Returns: (transfer none): path of the journal */
const char *sr_restore_left_get_path (SrRestoreLeft *self);

/** Returns: whether somebody worked on the CA when the folder was looked at, so that it most likely goes on */
gboolean sr_restore_left_get_held (SrRestoreLeft *self);

/**
 * sr_restore_left_describe:
 * @self: a restore
 *
 * Returns: (transfer full): how far it came, when, by whom and where: a sentence in the user's language
 */
char *sr_restore_left_describe (SrRestoreLeft *self);

/**
 * sr_restore_left_look_async:
 * @self: a restore whose journal is understood
 * @authority: (nullable): the CA; without one the host cannot be asked
 * @password: (nullable): where one is needed
 * @cancellable: (nullable): stops it
 * @callback: called when the situation is known
 * @user_data: for @callback
 *
 * Looks at the CA's host how the restore stands and what can be done; changes nothing there.
 */
void sr_restore_left_look_async (SrRestoreLeft      *self,
                                 SrAuthority        *authority,
                                 SrSecret           *password,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);

/**
 * sr_restore_left_look_finish:
 * @self: a restore
 * @result: as the callback got it
 * @error: where to put an error
 *
 * A host that cannot be asked is no failure: the situation is then unknown, and has the error.
 * Sets %G_IO_ERROR_CANCELLED.
 *
 * Returns: (nullable) (transfer none): the situation
 */
const SrRestoreSituation *sr_restore_left_look_finish (SrRestoreLeft *self,
                                                       GAsyncResult  *result,
                                                       GError       **error);

/** Returns: (nullable) (transfer none): what the last look found */
const SrRestoreSituation *sr_restore_left_get_situation (SrRestoreLeft *self);

/**
 * sr_restore_left_is_offered:
 * @self: a restore
 * @action: an action
 *
 * Returns: whether the last look found that @action can be had
 */
gboolean sr_restore_left_is_offered (SrRestoreLeft  *self,
                                     SrRestoreAction action);

/**
 * sr_restore_left_action_words:
 * @self: a restore
 * @action: an action
 *
 * Returns: (transfer full) (nullable): what @action does, in words, once the situation is known
 */
char *sr_restore_left_action_words (SrRestoreLeft  *self,
                                    SrRestoreAction action);

G_END_DECLS
