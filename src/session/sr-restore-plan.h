/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "host/sr-ca-host.h"
#include "session/sr-restore-in-progress.h"
#include "store/sr-history.h"
#include "store/sr-restore-journal.h"

G_BEGIN_DECLS

/**
 * SrRestoreCheckKind:
 * @SR_RESTORE_CHECK_CHAIN: the sets are there, follow each other without a hole, and are of one lineage
 * @SR_RESTORE_CHECK_HASHES: every file of theirs is read now and compared with its manifest
 * @SR_RESTORE_CHECK_REPOSITORY: the journal can be written, and no other restore of this CA is half done
 * @SR_RESTORE_CHECK_HOST: the host can be reached, and answers
 * @SR_RESTORE_CHECK_CERTIFICATE: the host's CACertHash has the certificate of the sets
 * @SR_RESTORE_CHECK_SERVICE: the state of CertSvc
 * @SR_RESTORE_CHECK_REGISTRY: no RestoreInProgress is there
 * @SR_RESTORE_CHECK_LOCATIONS: where the CA keeps its files: as itself says, else the registry, else the sets
 * @SR_RESTORE_CHECK_LIVE_LOGS: whether the live logs continue the chain
 * @SR_RESTORE_CHECK_SPACE: room on the host's drives
 *
 * What is looked at before anything changes, in this order.
 */
typedef enum
{
  SR_RESTORE_CHECK_CHAIN,
  SR_RESTORE_CHECK_HASHES,
  SR_RESTORE_CHECK_REPOSITORY,
  SR_RESTORE_CHECK_HOST,
  SR_RESTORE_CHECK_CERTIFICATE,
  SR_RESTORE_CHECK_SERVICE,
  SR_RESTORE_CHECK_REGISTRY,
  SR_RESTORE_CHECK_LOCATIONS,
  SR_RESTORE_CHECK_LIVE_LOGS,
  SR_RESTORE_CHECK_SPACE,
  SR_RESTORE_N_CHECKS,
} SrRestoreCheckKind;

/**
 * SrRestoreCheckState:
 * @SR_RESTORE_CHECK_PENDING: not begun; stays so behind a failed one that it needs
 * @SR_RESTORE_CHECK_RUNNING: being looked at
 * @SR_RESTORE_CHECK_PASSED: good
 * @SR_RESTORE_CHECK_WARNING: not as it should be, and no reason to stop; @detail says what follows
 * @SR_RESTORE_CHECK_FAILED: nothing may be changed
 */
typedef enum
{
  SR_RESTORE_CHECK_PENDING,
  SR_RESTORE_CHECK_RUNNING,
  SR_RESTORE_CHECK_PASSED,
  SR_RESTORE_CHECK_WARNING,
  SR_RESTORE_CHECK_FAILED,
} SrRestoreCheckState;

/**
 * SrRestoreCheck:
 * @kind: what is looked at
 * @state: what came of it
 * @fraction: of a running one, 0 to 1; below 0 when not known
 * @detail: (nullable): what was found, a sentence in the user's language
 * @advice: (nullable): what to do about it
 * @error: (nullable): the error behind a failure
 */
typedef struct
{
  SrRestoreCheckKind kind;
  SrRestoreCheckState state;
  double fraction;
  char *detail;
  char *advice;
  GError *error;
} SrRestoreCheck;

/**
 * sr_restore_check_free:
 * @check: (transfer full): a check
 */
void sr_restore_check_free (SrRestoreCheck *check);

/**
 * sr_restore_check_kind_to_string:
 * @kind: a check
 *
 * Returns: (transfer none): the word in JSON, such as "live-logs"
 */
const char *sr_restore_check_kind_to_string (SrRestoreCheckKind kind);

/**
 * sr_restore_check_kind_words:
 * @kind: a check
 *
 * Returns: (transfer none): what is looked at, in the user's language, such as "Certificate of the CA"
 */
const char *sr_restore_check_kind_words (SrRestoreCheckKind kind);

/**
 * sr_restore_check_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): the word in JSON, such as "passed"
 */
const char *sr_restore_check_state_to_string (SrRestoreCheckState state);

/**
 * SrRestoreActKind:
 * @SR_RESTORE_ACT_STOP_SERVICE: @subject, and before it those that depend on it
 * @SR_RESTORE_ACT_MAKE_FOLDER: @subject
 * @SR_RESTORE_ACT_COPY_IN: the set's file @subject to @target
 * @SR_RESTORE_ACT_COPY_ASIDE: @subject to @target; it also stays
 * @SR_RESTORE_ACT_MOVE: @subject to @target, by renaming
 * @SR_RESTORE_ACT_CREATE_KEY: @subject
 * @SR_RESTORE_ACT_WRITE_VALUE: in the key @subject the value @target gets @value
 * @SR_RESTORE_ACT_START_SERVICE: @subject, which recovers the database; and those that were stopped with it
 * @SR_RESTORE_ACT_RECORD: a note beside the sets: a new lineage begins
 */
typedef enum
{
  SR_RESTORE_ACT_STOP_SERVICE,
  SR_RESTORE_ACT_MAKE_FOLDER,
  SR_RESTORE_ACT_COPY_IN,
  SR_RESTORE_ACT_COPY_ASIDE,
  SR_RESTORE_ACT_MOVE,
  SR_RESTORE_ACT_CREATE_KEY,
  SR_RESTORE_ACT_WRITE_VALUE,
  SR_RESTORE_ACT_START_SERVICE,
  SR_RESTORE_ACT_RECORD,
} SrRestoreActKind;

/**
 * SrRestoreAct:
 * @kind: what is done
 * @step: in which step of the journal's table
 * @subject: what with
 * @target: (nullable): where to
 * @value: (nullable): what a value gets, such as "0x1F"
 * @size: bytes of a file, else 0
 *
 * One thing that a restore will do on the host.
 */
typedef struct
{
  SrRestoreActKind kind;
  SrRestoreStep step;
  char *subject;
  char *target;
  char *value;
  guint64 size;
} SrRestoreAct;

/**
 * sr_restore_act_kind_to_string:
 * @kind: what is done
 *
 * Returns: (transfer none): the word in JSON, such as "write-value"
 */
const char *sr_restore_act_kind_to_string (SrRestoreActKind kind);

/**
 * sr_restore_act_words:
 * @act: what is done
 *
 * Returns: (transfer full): a sentence in the user's language, such as "Stop the service CertSvc"
 */
char *sr_restore_act_words (const SrRestoreAct *act);

/**
 * SrRestoreLoss:
 * @lists_known: whether certificates could be counted; no part of this program reads a CA's database yet, so this is %FALSE
 * @issued: certificates issued since, if @lists_known
 * @revoked: certificates revoked since, if @lists_known: they are valid again in the next CRL
 * @newer_sets: sets of the same lineage behind the point
 * @newest_set: when the newest of them was made, microseconds since 1970 UTC; 0 for none
 * @live_logs: live logs behind the point; 0 when @live_logs_known is not set
 * @live_logs_known: whether the live logs could be read
 *
 * What the CA knows now and will not know after a restore of a point. All 0 for the latest state.
 */
typedef struct
{
  gboolean lists_known;
  guint issued;
  guint revoked;
  guint newer_sets;
  gint64 newest_set;
  guint live_logs;
  gboolean live_logs_known;
} SrRestoreLoss;

/**
 * sr_restore_host_new:
 * @target: the CA itself: host and address are taken from it
 * @credentials: (nullable): who signs in to the host, %NULL for who signs in to the CA
 * @port: where the host serves services and registry over TCP
 * @drives: (nullable): a folder of this computer with the host's drives
 * @timeout: of one message and its answer, microseconds
 *
 * Returns: (transfer full): the CA's host, to which nothing has been sent yet
 */
SrCaHost *sr_restore_host_new (SrDcomTarget  *target,
                               SrCredentials *credentials,
                               guint16        port,
                               const char    *drives,
                               gint64         timeout);

/**
 * SrRestoreWanted:
 * @repository: (nullable): the backup folder; a reference is kept. Without one (a set that lies outside of one) everything can be checked, and nothing restored
 * @config: (nullable): config string of the CA; %NULL for that of @set
 * @set: (nullable): the point; a reference is kept. %NULL for the newest set that can be restored
 * @mode: latest or point; latest takes no @set, or the newest one
 * @automatic: whether @mode is chosen: latest where the live logs continue the chain, else the newest point
 *
 * What is to be restored.
 */
typedef struct
{
  SrRepository *repository;
  const char *config;
  SrBackupSet *set;
  SrRestoreMode mode;
  gboolean automatic;
} SrRestoreWanted;

#define SR_TYPE_RESTORE_PLAN (sr_restore_plan_get_type ())
G_DECLARE_FINAL_TYPE (SrRestorePlan, sr_restore_plan, SR, RESTORE_PLAN, GObject)

/**
 * SrRestorePlan:
 *
 * Which sets are restored how, whether they may be, and what that would do on
 * the host, thing by thing. Making it and checking it change nothing. It is
 * used by one thread at a time; a session takes it once.
 */

/**
 * sr_restore_plan_new:
 * @wanted: what is to be restored
 * @error: where to put an error
 *
 * Reads manifests and events alone: no network, saved CA or keyring is needed.
 *
 * Sets %SR_STORE_ERROR_NO_SUCH_SET when there is no set that can be restored,
 * %SR_STORE_ERROR_DAMAGED_SET for a set that no complete chain reaches, %SR_ERROR_MISMATCH for
 * @mode latest with a set that is not the newest, %SR_STORE_ERROR.
 *
 * Returns: (transfer full): the plan, or %NULL
 */
SrRestorePlan *sr_restore_plan_new (const SrRestoreWanted *wanted,
                                    GError               **error);

/**
 * SrRestoreCheckFunc:
 * @check: what changed; valid during the call only
 * @user_data: the caller's
 *
 * Called on the thread of sr_restore_plan_check(), several times for each check.
 */
typedef void (*SrRestoreCheckFunc) (const SrRestoreCheck *check,
                                    gpointer              user_data);

/**
 * sr_restore_plan_check:
 * @self: a plan
 * @host: (nullable): the CA's host; %NULL checks the sets alone (the first two checks)
 * @target: (nullable): the CA itself, which is asked for its locations if CertSvc runs; never activated otherwise
 * @lock: (nullable): the CA's lock, if the caller holds it
 * @func: (nullable) (scope call): told of each change
 * @user_data: for @func
 * @cancellable: (nullable): stops it
 * @error: where to put an error
 *
 * Makes all checks, anew at each call, and with @automatic chooses the mode.
 * Every check that can be made is made, also behind a failed one.
 *
 * Sets the error of the first check that failed, whose message is its detail; %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether nothing stands against the restore (or, without @host, against the sets)
 */
gboolean sr_restore_plan_check (SrRestorePlan     *self,
                                SrCaHost          *host,
                                SrDcomTarget      *target,
                                SrLock            *lock,
                                SrRestoreCheckFunc func,
                                gpointer           user_data,
                                GCancellable      *cancellable,
                                GError           **error);

/**
 * sr_restore_plan_get_checks:
 * @self: a plan
 *
 * Returns: (transfer none) (element-type SrRestoreCheck): all %SR_RESTORE_N_CHECKS, in order
 */
GPtrArray *sr_restore_plan_get_checks (SrRestorePlan *self);

/**
 * sr_restore_plan_is_ready:
 * @self: a plan
 *
 * Returns: whether sr_restore_plan_check() with a host found nothing against it
 */
gboolean sr_restore_plan_is_ready (SrRestorePlan *self);

/**
 * sr_restore_plan_get_mode:
 * @self: a plan
 *
 * Returns: how; with @automatic final only after the checks
 */
SrRestoreMode sr_restore_plan_get_mode (SrRestorePlan *self);

/**
 * sr_restore_plan_get_latest_possible:
 * @self: a plan that was checked with a host
 * @why_not: (out) (optional) (transfer none) (nullable): a sentence in the user's language
 *
 * Returns: whether the live logs continue the chain, so that nothing need be lost
 */
gboolean sr_restore_plan_get_latest_possible (SrRestorePlan *self,
                                              const char   **why_not);

/**
 * sr_restore_plan_get_id:
 * @self: a plan
 *
 * Returns: (transfer none): id of the restore to be; names on the host hold its first eight digits
 */
const char *sr_restore_plan_get_id (SrRestorePlan *self);

const char *sr_restore_plan_get_config (SrRestorePlan *self);

/**
 * sr_restore_plan_get_display_name:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): the CA's name for people, as the sets tell it
 */
const char *sr_restore_plan_get_display_name (SrRestorePlan *self);

/**
 * sr_restore_plan_get_sets:
 * @self: a plan
 *
 * Returns: (transfer none) (element-type SrBackupSet): the full set and the log-only ones, oldest first
 */
GPtrArray *sr_restore_plan_get_sets (SrRestorePlan *self);

/**
 * sr_restore_plan_get_point:
 * @self: a plan
 *
 * Returns: (transfer none): the newest of them: the point
 */
SrBackupSet *sr_restore_plan_get_point (SrRestorePlan *self);

/**
 * sr_restore_plan_is_before_restore:
 * @self: a plan
 *
 * Returns: whether the point lies before a restore of the CA: its sets are restorable as a whole, never mixed with later ones
 */
gboolean sr_restore_plan_is_before_restore (SrRestorePlan *self);

/**
 * sr_restore_plan_get_loss:
 * @self: a plan
 *
 * Returns: (transfer none): what is lost; complete after the checks with a host
 */
const SrRestoreLoss *sr_restore_plan_get_loss (SrRestorePlan *self);

/**
 * sr_restore_plan_get_size:
 * @self: a plan
 *
 * Returns: bytes that are copied to the host
 */
guint64 sr_restore_plan_get_size (SrRestorePlan *self);

/**
 * sr_restore_plan_get_aside_folder:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): where database and logs of the CA are set aside: a folder on the host; %NULL before the checks
 */
const char *sr_restore_plan_get_aside_folder (SrRestorePlan *self);

/**
 * sr_restore_plan_needs_name:
 * @self: a plan that was checked with a host
 * @why: (out) (optional) (transfer none) (nullable): a sentence in the user's language
 *
 * Returns: whether the admin must type the CA's name: its certificate could not be compared, or nothing is there to be set aside
 */
gboolean sr_restore_plan_needs_name (SrRestorePlan *self,
                                     const char   **why);

/**
 * sr_restore_plan_name_matches:
 * @self: a plan
 * @typed: what was typed
 *
 * Returns: whether it is the CA's name: that for people, or the part of the config string behind the backslash, or all of it; case does not count
 */
gboolean sr_restore_plan_name_matches (SrRestorePlan *self,
                                       const char    *typed);

/**
 * sr_restore_plan_list_acts:
 * @self: a plan that was checked with a host
 *
 * Every thing that would be done on the host, in its order, with every path and
 * every value that would be written: for a dry run and for the review page.
 *
 * Returns: (transfer container) (element-type SrRestoreAct): the acts; empty when the host was not reached
 */
GPtrArray *sr_restore_plan_list_acts (SrRestorePlan *self);

G_END_DECLS
