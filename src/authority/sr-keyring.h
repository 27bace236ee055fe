/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

G_BEGIN_DECLS

/**
 * SrKeyring:
 *
 * Passwords of CAs behind three verbs: store, look up, clear. They go to the
 * Secret Service by libsecret; where none is there a password is kept in
 * memory, for the session only, and sr_keyring_is_persistent() and the property
 * "persistent" say so. Belongs to the main thread.
 */
#define SR_TYPE_KEYRING (sr_keyring_get_type ())
G_DECLARE_FINAL_TYPE (SrKeyring, sr_keyring, SR, KEYRING, GObject)

SrKeyring *sr_keyring_new (void);

/**
 * sr_keyring_open_async:
 * @self: a keyring
 * @cancellable: (nullable): stops it
 * @callback: called when it is known whether a Secret Service is there
 * @user_data: for @callback
 *
 * From then on one that comes later is noticed too.
 */
void sr_keyring_open_async (SrKeyring          *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);
gboolean sr_keyring_open_finish (SrKeyring    *self,
                                 GAsyncResult *result,
                                 GError      **error);

/**
 * sr_keyring_is_persistent:
 * @self: a keyring
 *
 * Returns: whether passwords outlive the program
 */
gboolean sr_keyring_is_persistent (SrKeyring *self);

/**
 * sr_keyring_hold:
 * @self: a keyring
 * @authority: a CA
 * @password: its password
 *
 * Keeps the password in memory alone, and leaves the Secret Service as it is.
 */
void sr_keyring_hold (SrKeyring   *self,
                      SrAuthority *authority,
                      SrSecret    *password);

/**
 * sr_keyring_store_async:
 * @self: a keyring
 * @authority: a CA
 * @password: its password
 * @remember: whether it may outlive the program
 * @cancellable: (nullable): stops it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Keeps the password in memory at once, and in the Secret Service when @remember
 * is set; otherwise one that is stored there is cleared.
 */
void sr_keyring_store_async (SrKeyring          *self,
                             SrAuthority        *authority,
                             SrSecret           *password,
                             gboolean            remember,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
gboolean sr_keyring_store_finish (SrKeyring    *self,
                                  GAsyncResult *result,
                                  GError      **error);

/**
 * sr_keyring_lookup_async:
 * @self: a keyring
 * @authority: a CA
 * @cancellable: (nullable): stops it
 * @callback: called at the end
 * @user_data: for @callback
 */
void sr_keyring_lookup_async (SrKeyring          *self,
                              SrAuthority        *authority,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

/**
 * sr_keyring_lookup_finish:
 * @self: a keyring
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): the password; %NULL without an error when there is none
 */
SrSecret *sr_keyring_lookup_finish (SrKeyring    *self,
                                    GAsyncResult *result,
                                    GError      **error);

/**
 * sr_keyring_peek:
 * @self: a keyring
 * @authority: a CA
 *
 * Returns: (transfer full) (nullable): the password if it is in memory already
 */
SrSecret *sr_keyring_peek (SrKeyring   *self,
                           SrAuthority *authority);

/**
 * sr_keyring_clear_async:
 * @self: a keyring
 * @authority: a CA
 * @cancellable: (nullable): stops it
 * @callback: (nullable): called at the end
 * @user_data: for @callback
 *
 * Forgets the password, in memory and in the Secret Service.
 */
void sr_keyring_clear_async (SrKeyring          *self,
                             SrAuthority        *authority,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
gboolean sr_keyring_clear_finish (SrKeyring    *self,
                                  GAsyncResult *result,
                                  GError      **error);

G_END_DECLS
