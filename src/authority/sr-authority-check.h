/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

G_BEGIN_DECLS

/**
 * SrCheckKind:
 * @SR_CHECK_RESOLVE: the host's name resolves
 * @SR_CHECK_PORT: the activation port answers (IObjectExporter::ServerAlive2)
 * @SR_CHECK_ACTIVATION: the account signs in and the CA's object is activated
 * @SR_CHECK_ROLES: the account's roles (GetMyRoles, MS-CSRA 3.1.4.2.17)
 * @SR_CHECK_REMOTE_BACKUP: the CA allows remote backup (InterfaceFlags, 3.1.4.2.14)
 * @SR_CHECK_LOCATIONS: the CA tells where its database is (3.1.4.1.28)
 * @SR_N_CHECKS: how many there are
 *
 * The live checks of a CA, in their order. Ping and Ping2 are not among them:
 * they want a CA administrator, which a backup does not.
 */
typedef enum
{
  SR_CHECK_RESOLVE,
  SR_CHECK_PORT,
  SR_CHECK_ACTIVATION,
  SR_CHECK_ROLES,
  SR_CHECK_REMOTE_BACKUP,
  SR_CHECK_LOCATIONS,
  SR_N_CHECKS,
} SrCheckKind;

/**
 * SrCheckState:
 * @SR_CHECK_PENDING: being asked
 * @SR_CHECK_DONE: good
 * @SR_CHECK_WARNING: not as it should be, or could not be told; a backup may work
 * @SR_CHECK_FAILED: a backup will not work
 * @SR_CHECK_SKIPPED: not asked, since an earlier one failed
 */
typedef enum
{
  SR_CHECK_PENDING,
  SR_CHECK_DONE,
  SR_CHECK_WARNING,
  SR_CHECK_FAILED,
  SR_CHECK_SKIPPED,
} SrCheckState;

/**
 * SrCheckRow:
 * @kind: which check
 * @state: how it stands
 * @detail: (nullable): what was found, or why it failed; the user's language
 * @advice: (nullable): what to do about it
 * @command: (nullable): a command for the CA's administrator to run there
 * @error: (nullable): the error behind @detail
 *
 * One check.
 */
typedef struct
{
  SrCheckKind kind;
  SrCheckState state;
  char *detail;
  char *advice;
  char *command;
  GError *error;
} SrCheckRow;

void sr_check_row_free (SrCheckRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCheckRow, sr_check_row_free)

/**
 * sr_check_kind_title:
 * @kind: a check
 *
 * Returns: (transfer none): its title, in the user's language
 */
const char *sr_check_kind_title (SrCheckKind kind);

/**
 * sr_check_kind_to_string:
 * @kind: a check
 *
 * Returns: (transfer none): the word in JSON, such as "activation"
 */
const char *sr_check_kind_to_string (SrCheckKind kind);

/**
 * sr_check_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "done"
 */
const char *sr_check_state_to_string (SrCheckState state);

/**
 * SrCheckFunc:
 * @row: a check that has begun or has come to its end; valid during the call only
 * @user_data: the caller's
 */
typedef void (*SrCheckFunc) (const SrCheckRow *row,
                             gpointer          user_data);

/** SR_CHECK_REMOTE_BACKUP_COMMAND: what allows remote backup, in a command line on the CA */
#define SR_CHECK_REMOTE_BACKUP_COMMAND \
  "certutil -setreg CA\\InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP && net stop certsvc && net start certsvc"

/** SR_CHECK_SECONDS: time for each check */
#define SR_CHECK_SECONDS 20

/**
 * sr_authority_check_async:
 * @self: a CA
 * @password: (nullable): where one is needed
 * @func: (nullable): told of every row, on the caller's main context: first pending, then its end; of none once @cancellable was cancelled
 * @func_data: for @func
 * @cancellable: (nullable): stops it
 * @callback: called at the end, behind the last row
 * @user_data: for @callback
 *
 * Asks the CA, in order, all that a backup needs. Changes nothing there.
 */
void sr_authority_check_async (SrAuthority        *self,
                               SrSecret           *password,
                               SrCheckFunc         func,
                               gpointer            func_data,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);

/**
 * sr_authority_check_finish:
 * @self: a CA
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Notes in @self what was seen; sr_authority_list_save_seen() keeps it.
 *
 * Sets the codes of sr_authority_make_target() and %G_IO_ERROR_CANCELLED. A
 * failed check is no error.
 *
 * Returns: (transfer container) (element-type SrCheckRow): a row for each check, or %NULL
 */
GPtrArray *sr_authority_check_finish (SrAuthority  *self,
                                      GAsyncResult *result,
                                      GError      **error);

/**
 * sr_check_rows_worst:
 * @rows: (element-type SrCheckRow): the rows of a check
 *
 * Returns: (transfer none): the first failed row, else the first warning, else the last
 */
const SrCheckRow *sr_check_rows_worst (GPtrArray *rows);

G_END_DECLS
