/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrAdviceStep:
 * @SR_ADVICE_RESOLVE: resolving the host's name
 * @SR_ADVICE_CONNECT: reaching the activation port
 * @SR_ADVICE_ACTIVATE: signing in and activating the object
 * @SR_ADVICE_ASK: reading properties and roles
 * @SR_ADVICE_PREPARE: beginning a backup
 * @SR_ADVICE_READ: reading the CA's files
 * @SR_ADVICE_END: truncating logs and ending the session
 *
 * What was being done when an error came: the same code means different
 * things at different steps.
 */
typedef enum
{
  SR_ADVICE_RESOLVE,
  SR_ADVICE_CONNECT,
  SR_ADVICE_ACTIVATE,
  SR_ADVICE_ASK,
  SR_ADVICE_PREPARE,
  SR_ADVICE_READ,
  SR_ADVICE_END,
} SrAdviceStep;

/**
 * sr_advice_for_error:
 * @error: what went wrong
 * @step: during what
 *
 * Returns: (nullable) (transfer none): what to do about it, one or more sentences in the user's language
 */
const char *sr_advice_for_error (const GError *error,
                                 SrAdviceStep  step);

/**
 * sr_advice_for_practice:
 * @error: what went wrong with a practice CA
 *
 * Returns: (nullable) (transfer none): what to do when its program has ended, which for another CA may mean many things
 */
const char *sr_advice_for_practice (const GError *error);

/**
 * sr_advice_set_for_window:
 * @window: whether advice speaks of the window's buttons rather than of the options of strongroomctl, as it does at first
 *
 * For the whole program; to be called before its first thread.
 */
void sr_advice_set_for_window (gboolean window);

/**
 * sr_advice_code:
 * @error: an error
 *
 * Returns: (transfer full) (nullable): the number that the CA or its RPC runtime gave, as "0x80070005"; %NULL when the error has none
 */
char *sr_advice_code (const GError *error);

/**
 * sr_advice_search_code:
 * @error: an error
 *
 * Returns: (transfer full) (nullable): sr_advice_code() with its name, or, where the network failed and gave no
 * number, the one that Windows programs show for the same: an administrator can search for it
 */
char *sr_advice_search_code (const GError *error);

/**
 * sr_advice_code_name:
 * @error: an error
 *
 * Returns: (transfer none) (nullable): the code's symbolic name
 */
const char *sr_advice_code_name (const GError *error);

/**
 * sr_advice_domain:
 * @error: an error
 *
 * Returns: (transfer full): its domain as a word, such as "sr-hresult-error"
 */
char *sr_advice_domain (const GError *error);

/**
 * sr_advice_is_rule:
 * @error: an error
 *
 * Returns: whether a rule of the CA's backup interface refused it: somebody
 * else's backup is running, a full backup is missing, circular logging, a
 * restore in progress
 */
gboolean sr_advice_is_rule (const GError *error);

/**
 * sr_advice_is_sign_in:
 * @error: an error
 *
 * Returns: whether the account was refused, as a wrong password is: what helps
 *   is to sign in differently. A host that was not reached is none of these.
 */
gboolean sr_advice_is_sign_in (const GError *error);

G_END_DECLS
