/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "practice/sr-practice-config.h"
#include "practice/sr-practice-ledger.h"
#include "practice/sr-practice-roles.h"
#include "practice/sr-practice-row.h"

G_BEGIN_DECLS

/**
 * SrPracticeCa:
 *
 * A certificate authority in a folder: key and self-signed certificate, request
 * table with transaction logs, CRL, configuration, roles, and the backup
 * interface of CertSvc with its rules. Knows nothing of the network.
 *
 * Thread-safe: certificates can be issued while a backup reads.
 */
#define SR_TYPE_PRACTICE_CA (sr_practice_ca_get_type ())
G_DECLARE_FINAL_TYPE (SrPracticeCa, sr_practice_ca, SR, PRACTICE_CA, GObject)

/**
 * SrPracticeOptions:
 * @name: (nullable): the CA's common name; %NULL for the one it has
 * @host: (nullable): the host's name as it stands in UNC paths; %NULL for the one it has, "localhost" for a new CA
 * @shared_session: whether an open backup belongs to the CA, so that every object can go on with it, or to the object that prepared it
 * @survives_rundown: whether an open backup outlives its object
 * @start_may_fail: whether a CA whose service does not start is opened nevertheless, stopped; see sr_practice_ca_get_exit_code()
 * @steps_to_live: the step at which the recovery of a restore kills this process, 0 for never (tests)
 *
 * What Windows does in the last two points is not documented: both ways exist.
 */
typedef struct
{
  const char *name;
  const char *host;
  gboolean shared_session;
  gboolean survives_rundown;
  gboolean start_may_fail;
  guint steps_to_live;
} SrPracticeOptions;

/**
 * sr_practice_ca_open:
 * @folder: the CA's folder; made with mode 0700 when it is not there
 * @options: see there
 * @error: where to put an error
 *
 * Starts the CA, a new one when the folder is empty and a name is given. The
 * configuration set for the next start comes into force.
 *
 * A restore that is registered under RestoreInProgress is recovered first:
 * full backup and logs in order, and the live logs behind them that continue
 * the chain. Nothing is changed when something does not fit. After it no backup
 * counts any more, so that log-only backups miss a full one (-560), and the key
 * is gone.
 *
 * Sets %G_IO_ERROR_BUSY when another process has the folder open,
 * %SR_ERROR_NOT_FOUND, %SR_ERROR_MISMATCH, %SR_ERROR_MALFORMED for other files
 * than the database, %SR_HRESULT_ERROR with what the service fails with: the
 * errors of sr_practice_restore_read(), sr_practice_recovery_read() and
 * sr_practice_database_open(), JET -1023 for a path of the restore that is not
 * the CA's, -1811 for a database that was there once. %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the CA, or %NULL
 */
SrPracticeCa *sr_practice_ca_open (const char              *folder,
                                   const SrPracticeOptions *options,
                                   GError                 **error);

/**
 * sr_practice_ca_close:
 * @ca: a CA
 * @error: where to put an error
 *
 * Stops the CA in order; an open backup is lost. Without it, the last unref
 * leaves the folder as a crash would. Sets %G_IO_ERROR codes.
 *
 * Returns: whether everything is on the disk
 */
gboolean sr_practice_ca_close (SrPracticeCa *ca,
                               GError      **error);

/**
 * sr_practice_ca_restart:
 * @ca: a CA
 * @error: where to put an error
 *
 * What restarting CertSvc does: an open backup is lost, the configuration comes
 * into force, the interfaces are there again. Sets as sr_practice_ca_open().
 *
 * Returns: whether it runs again
 */
gboolean sr_practice_ca_restart (SrPracticeCa *ca,
                                 GError      **error);

/**
 * sr_practice_ca_is_running:
 * @ca: a CA
 *
 * Returns: whether its service runs
 */
gboolean sr_practice_ca_is_running (SrPracticeCa *ca);

/**
 * sr_practice_ca_get_exit_code:
 * @ca: a CA
 *
 * Returns: with what its service ended when it started last, S_OK when it runs or was stopped
 */
SrHresult sr_practice_ca_get_exit_code (SrPracticeCa *ca);

/**
 * sr_practice_ca_crash_in_recovery:
 * @ca: a CA
 * @step: from 1, which step that writes; 0 for none
 *
 * Lets this process be killed (SIGKILL) in the next recovery of a restore (tests).
 */
void sr_practice_ca_crash_in_recovery (SrPracticeCa *ca,
                                       guint         step);

const char *sr_practice_ca_get_name (SrPracticeCa *ca);
const char *sr_practice_ca_get_host (SrPracticeCa *ca);
const char *sr_practice_ca_get_folder (SrPracticeCa *ca);

/**
 * sr_practice_ca_get_certificate:
 * @ca: a CA
 *
 * Returns: (transfer none): its certificate, DER
 */
GBytes *sr_practice_ca_get_certificate (SrPracticeCa *ca);

/**
 * sr_practice_ca_issue:
 * @ca: a CA
 * @count: how many certificates
 * @subject: (nullable): the subjects' common name, to which the request id is appended
 * @requester: who asks
 * @first: (out) (optional): the first one's request id
 * @error: where to put an error
 *
 * Issues certificates. Those that were issued before an error stay.
 *
 * Sets %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: whether all were issued
 */
gboolean sr_practice_ca_issue (SrPracticeCa *ca,
                               guint         count,
                               const char   *subject,
                               const char   *requester,
                               guint32      *first,
                               GError      **error);

/**
 * sr_practice_ca_revoke:
 * @ca: a CA
 * @which: a request id in decimal after "#", or a serial number in hexadecimal
 * @reason: a reason of MS-CSRA 3.1.1.1.1
 * @when: FILETIME from which it is revoked, 0 for now
 * @error: where to put an error
 *
 * Revokes a certificate. The CRL tells of it after the next sr_practice_ca_publish_crl().
 *
 * Sets %SR_ERROR_NOT_FOUND, %G_IO_ERROR_INVALID_ARGUMENT for a reason that does
 * not exist or the CA's own certificate, %G_IO_ERROR codes.
 *
 * Returns: whether it is revoked
 */
gboolean sr_practice_ca_revoke (SrPracticeCa *ca,
                                const char   *which,
                                guint32       reason,
                                guint64       when,
                                GError      **error);

/**
 * sr_practice_ca_publish_crl:
 * @ca: a CA
 * @error: where to put an error
 *
 * Writes a new CRL to the CertEnroll folder. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is there
 */
gboolean sr_practice_ca_publish_crl (SrPracticeCa *ca,
                                     GError      **error);

/**
 * sr_practice_ca_pad:
 * @ca: a CA
 * @size: bytes that the database file has at least afterwards
 * @error: where to put an error
 *
 * Makes the database large without certificates. Sets %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_ca_pad (SrPracticeCa *ca,
                             guint64       size,
                             GError      **error);

/**
 * sr_practice_ca_foreign_full:
 * @ca: a CA
 * @error: where to put an error
 *
 * What a full backup by another product over the volume shadow copy service
 * leaves: logs below the checkpoint are gone, the CA tells of a newer full
 * backup, and the next log-only backup misses one of its own kind (-560).
 *
 * Sets %G_IO_ERROR_BUSY while a backup is open, %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_ca_foreign_full (SrPracticeCa *ca,
                                      GError      **error);

/**
 * sr_practice_ca_restore:
 * @ca: a CA
 * @folder: a backup's folder: one database and logs, as they were served
 * @error: where to put an error
 *
 * What a restore by another tool does: stops the CA, puts the backup in the
 * place of database and logs, and starts it again with the configuration set
 * for the next start. The signatures stay; generations go on behind the last
 * log of the backup, with another time of creation than those that came there
 * before; the last full backup is not known any more, so that log-only backups
 * miss it (-560). DBLastFullBackup stays as it is, being no part of the
 * database. An open backup is lost. What was there before is deleted.
 *
 * With the errors of sr_practice_set_read_rows() nothing was changed. Sets
 * besides %G_IO_ERROR codes and those of sr_practice_ca_open().
 *
 * Returns: whether it runs again with the backup's rows
 */
gboolean sr_practice_ca_restore (SrPracticeCa *ca,
                                 const char   *folder,
                                 GError      **error);

/**
 * sr_practice_ca_get_rows:
 * @ca: a CA
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED.
 *
 * Returns: (transfer full) (element-type SrPracticeRow): the request table by request id
 */
GPtrArray *sr_practice_ca_get_rows (SrPracticeCa *ca,
                                    GError      **error);

/**
 * sr_practice_ca_set_config:
 * @ca: a CA
 * @node: where
 * @entry: the entry's name
 * @value: (transfer floating) (nullable): the value for the next start
 * @error: where to put an error
 *
 * Sets a configuration value as an administrator at the CA's host would. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_ca_set_config (SrPracticeCa  *ca,
                                    SrPracticeNode node,
                                    const char    *entry,
                                    GVariant      *value,
                                    GError       **error);

/**
 * sr_practice_ca_set_roles:
 * @ca: a CA
 * @principal: "DOMAIN\user" or "user@REALM"
 * @mask: a bitwise or of #SrPracticeRole
 * @error: where to put an error
 *
 * Gives a principal its roles, at once. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_ca_set_roles (SrPracticeCa *ca,
                                   const char   *principal,
                                   guint32       mask,
                                   GError      **error);

/**
 * sr_practice_ca_note_call:
 * @ca: a CA
 * @method: opnum and name
 * @auth: level, type and mechanism in words
 *
 * Counts a call in the ledger.
 */
void sr_practice_ca_note_call (SrPracticeCa *ca,
                               const char   *method,
                               const char   *auth);

/**
 * sr_practice_ca_get_count:
 * @ca: a CA
 * @group: as for sr_practice_ledger_get_count()
 * @name: as for sr_practice_ledger_get_count()
 *
 * Returns: how often
 */
gint64 sr_practice_ca_get_count (SrPracticeCa *ca,
                                 const char   *group,
                                 const char   *name);

/**
 * sr_practice_ca_inspect:
 * @ca: a CA
 * @with_rows: whether every row is in it
 * @error: where to put an error
 *
 * Everything there is to know, for tests and for the terminal: members name,
 * host, certificate (base64 of DER), running, logs (generations on the disk),
 * session (open, kind, principal, ...), the members of
 * sr_practice_ledger_add_to(), restoreInProgress (the values of that key, null
 * when there is none), and rows with requestId, serial, subject, disposition,
 * submitted, notBefore, notAfter, revoked, reason, certificate. Times are ISO
 * 8601, UTC. Of a stopped CA whose database cannot be opened without changing
 * it, databaseError (code, message; null otherwise) stands in the place of what
 * the database tells: rowCount is null then, and rows is empty.
 *
 * Sets %SR_ERROR_MALFORMED, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): a JSON object, or %NULL
 */
JsonObject *sr_practice_ca_inspect (SrPracticeCa *ca,
                                    gboolean      with_rows,
                                    GError      **error);

/**
 * sr_practice_inspect_folder:
 * @folder: a CA's folder
 * @error: where to put an error
 *
 * As sr_practice_ca_inspect() for a CA that does not run; writes nothing.
 *
 * Sets %G_IO_ERROR_BUSY when it runs, %SR_ERROR_NOT_FOUND when there is none, and as sr_practice_ca_open().
 *
 * Returns: (transfer full): a JSON object, or %NULL
 */
JsonObject *sr_practice_inspect_folder (const char *folder,
                                        GError    **error);

G_END_DECLS
