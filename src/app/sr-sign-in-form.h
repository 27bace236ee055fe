/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-keyring.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SrSignInForm:
 *
 * Asks how to sign in at a CA: with the ticket that was found, or with user
 * and password. Its property "complete" tells whether all is there that is
 * needed; "activated" is emitted when Enter was pressed in a complete form.
 */
#define SR_TYPE_SIGN_IN_FORM (sr_sign_in_form_get_type ())
G_DECLARE_FINAL_TYPE (SrSignInForm, sr_sign_in_form, SR, SIGN_IN_FORM, AdwPreferencesPage)

/**
 * sr_sign_in_form_follow_keyring:
 * @self: a form
 * @keyring: what may remember the password: the form offers that, or says that it cannot be had, and follows it when that changes
 */
void sr_sign_in_form_follow_keyring (SrSignInForm *self,
                                     SrKeyring    *keyring);

/**
 * sr_sign_in_form_set_authority:
 * @self: a form
 * @authority: a CA, whose way of signing in is shown
 */
void sr_sign_in_form_set_authority (SrSignInForm *self,
                                    SrAuthority  *authority);

/**
 * sr_sign_in_form_apply:
 * @self: a complete form
 * @authority: a CA that is to be signed in to like that
 * @error: where to put an error
 *
 * Sets the codes of sr_authority_set_sign_in().
 *
 * Returns: whether it was taken
 */
gboolean sr_sign_in_form_apply (SrSignInForm *self,
                                SrAuthority  *authority,
                                GError      **error);

/**
 * sr_sign_in_form_dup_password:
 * @self: a form
 *
 * Returns: (transfer full) (nullable): the password, where one is to be used
 */
SrSecret *sr_sign_in_form_dup_password (SrSignInForm *self);

/**
 * sr_sign_in_form_forget:
 * @self: a form
 *
 * Empties the entry of the password.
 */
void sr_sign_in_form_forget (SrSignInForm *self);

/**
 * sr_sign_in_form_show_problem:
 * @self: a form
 * @error: (nullable): why the last sign-in did not succeed; %NULL takes that away
 */
void sr_sign_in_form_show_problem (SrSignInForm *self,
                                   const GError *error);

/**
 * sr_sign_in_form_get_remember:
 * @self: a form
 *
 * Returns: whether the password may outlive the program
 */
gboolean sr_sign_in_form_get_remember (SrSignInForm *self);

G_END_DECLS
