/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SR_AUTHORITY_ERROR:
 *
 * Error domain of the list of CAs, the settings beside it and practice CAs.
 * What goes wrong between us and a CA has %SR_ERROR, %SR_HRESULT_ERROR and
 * SR_RPC_FAULT.
 */
#define SR_AUTHORITY_ERROR (sr_authority_error_quark ())
GQuark sr_authority_error_quark (void);

/**
 * SrAuthorityError:
 * @SR_AUTHORITY_ERROR_CONFIG_STRING: what was typed is no config string HOST\CA
 * @SR_AUTHORITY_ERROR_ADDRESS: what was typed is no address or host name
 * @SR_AUTHORITY_ERROR_SIGN_IN: what was chosen for signing in is not complete, or does not exist
 * @SR_AUTHORITY_ERROR_NEEDS_PASSWORD: the CA is signed in to with a password, and none was given
 * @SR_AUTHORITY_ERROR_NEWER_FORMAT: a file that a newer version of the program has written
 * @SR_AUTHORITY_ERROR_DAMAGED: a file that cannot be understood
 * @SR_AUTHORITY_ERROR_BUSY: another process has held the file's lock for too long
 * @SR_AUTHORITY_ERROR_EXISTS: the CA is in the list already
 * @SR_AUTHORITY_ERROR_NOT_FOUND: no CA of the list goes by that name
 * @SR_AUTHORITY_ERROR_AMBIGUOUS: more than one CA of the list goes by that name
 * @SR_AUTHORITY_ERROR_NO_PROGRAM: the program of the practice CA cannot be found
 * @SR_AUTHORITY_ERROR_NOT_RUNNING: the practice CA does not run
 * @SR_AUTHORITY_ERROR_RUNNING: the practice CA runs already
 * @SR_AUTHORITY_ERROR_PRACTICE: the practice CA said no, or ended; the message has its words
 *
 * Codes of %SR_AUTHORITY_ERROR.
 */
typedef enum
{
  SR_AUTHORITY_ERROR_CONFIG_STRING = 1,
  SR_AUTHORITY_ERROR_ADDRESS,
  SR_AUTHORITY_ERROR_SIGN_IN,
  SR_AUTHORITY_ERROR_NEEDS_PASSWORD,
  SR_AUTHORITY_ERROR_NEWER_FORMAT,
  SR_AUTHORITY_ERROR_DAMAGED,
  SR_AUTHORITY_ERROR_BUSY,
  SR_AUTHORITY_ERROR_EXISTS,
  SR_AUTHORITY_ERROR_NOT_FOUND,
  SR_AUTHORITY_ERROR_AMBIGUOUS,
  SR_AUTHORITY_ERROR_NO_PROGRAM,
  SR_AUTHORITY_ERROR_NOT_RUNNING,
  SR_AUTHORITY_ERROR_RUNNING,
  SR_AUTHORITY_ERROR_PRACTICE,
} SrAuthorityError;

G_END_DECLS
