/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-rules.h"

/* Sources: "CSRA n" is a section of MS-CSRA, <n> a note in its appendix B;
 * "ESE" is the behaviour of the published database engine (microsoft/Extensible-Storage-Engine,
 * backup.cxx), whose errors CertSvc passes on as 0xC8000000 | -error. */

#define E_UNEXPECTED_SEQUENCE SR_E_UNEXPECTED /* ERROR_UNEXPECTED_ERROR, CSRA 2.2.5 */
#define JET(error) SR_HRESULT_FROM_JET (error)

static const SrPracticeRuleRow rules[SR_PRACTICE_N_RULES] = {
  [SR_PRACTICE_RULE_ACTIVATION] = {
    "activation", SR_E_ACCESSDENIED,
    "the caller is not listed among those with roles: no right to activate", "CSRA 3.1.3, DCOM 3.1.2.5.2.3" },
  [SR_PRACTICE_RULE_ACTIVATION_UNREGISTERED] = {
    "activation-unregistered", SR_REGDB_E_CLASSNOTREG,
    "activation after ServerControl(1)", "CSRA 3.1.4.1.15; the value is inference" },
  [SR_PRACTICE_RULE_ACTIVATION_STOPPED] = {
    "activation-stopped", SR_E_ACCESSDENIED,
    "CertSvc is stopped, and callers may activate, not launch", "DCOM 3.1.2.5.2.3; that nobody may launch is inference" },
  [SR_PRACTICE_RULE_UNREGISTERED] = {
    "unregistered", SR_RPC_E_DISCONNECTED,
    "ServerControl(1) has unregistered the interfaces", "CSRA 3.1.4.1.15; the value is inference" },
  [SR_PRACTICE_RULE_NOT_PRIVATE] = {
    "not-private", SR_E_ACCESSDENIED,
    "the call came below packet privacy", "CSRA 3.1.4.1 <27> <28>, 3.1.4.2 <77>" },
  [SR_PRACTICE_RULE_NO_REMOTE_ADMIN] = {
    "no-remote-admin", SR_E_ACCESSDENIED,
    "InterfaceFlags in force have IF_NOREMOTEICERTADMIN", "CSRA 3.1.4.1 <29>, 3.1.4.2 <78>" },
  [SR_PRACTICE_RULE_AUTHORITY] = {
    "authority", SR_E_INVALIDARG,
    "pwszAuthority is not the CA's name", "CSRA 3.1.4.1.1, WCCE 3.1.1.4.2 and 3.2.1.4.3.2" },
  [SR_PRACTICE_RULE_ROLE_CONFLICT] = {
    "role-conflict", SR_CERTSRV_E_ROLECONFLICT,
    "role separation is in force and the caller has several roles", "ERREF CERTSRV_E_ROLECONFLICT" },
  [SR_PRACTICE_RULE_NO_REMOTE_BACKUP] = {
    "no-remote-backup", SR_E_ACCESSDENIED,
    "InterfaceFlags in force have IF_NOREMOTEICERTADMINBACKUP", "CSRA 3.1.4.1.18 <56> to 3.1.4.1.28 <74>" },
  [SR_PRACTICE_RULE_NOT_OPERATOR] = {
    "not-operator", SR_E_ACCESSDENIED,
    "the caller is no backup operator", "CSRA 3.1.1.7" },
  [SR_PRACTICE_RULE_NOT_ADMINISTRATOR] = {
    "not-administrator", SR_E_ACCESSDENIED,
    "the caller is no CA administrator", "CSRA 3.1.1.7" },
  [SR_PRACTICE_RULE_NOT_READER] = {
    "not-reader", SR_E_ACCESSDENIED,
    "the caller may not read", "CSRA 3.1.1.7" },
  [SR_PRACTICE_RULE_CONTROL_VALUE] = {
    "control-value", SR_E_INVALIDARG,
    "ServerControl knows 1, 2 and 3 only", "CSRA 3.1.4.1.15" },
  [SR_PRACTICE_RULE_PREPARE_VALUE] = {
    "prepare-value", SR_E_INVALIDARG,
    "grbitJet is neither 0 nor 1", "CSRA 3.1.4.1.18, 2.2.5" },
  [SR_PRACTICE_RULE_PREPARE_AGAIN] = {
    "prepare-again", E_UNEXPECTED_SEQUENCE,
    "the same client prepares again before BackupEnd", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_LOGS_CIRCULAR] = {
    "logs-circular", JET (SR_JET_INVALID_BACKUP),
    "a log-only backup while circular logging is in force", "ESE JetBeginExternalBackup" },
  [SR_PRACTICE_RULE_PREPARE_BUSY] = {
    "prepare-busy", JET (SR_JET_BACKUP_IN_PROGRESS),
    "another client's backup is open", "ESE JetBeginExternalBackup" },
  [SR_PRACTICE_RULE_LOGS_WITHOUT_FULL] = {
    "logs-without-full", JET (SR_JET_MISSING_FULL_BACKUP),
    "a log-only backup without a full one that truncated logs", "CSRA 3.1.4.1.18, ESE" },
  [SR_PRACTICE_RULE_ATTACHMENTS_WITHOUT_FULL] = {
    "attachments-without-full", JET (SR_JET_INVALID_BACKUP_SEQUENCE),
    "BackupGetAttachmentInformation without a full Prepare", "CSRA 3.1.4.1.18 (0xc8000209)" },
  [SR_PRACTICE_RULE_NOT_PREPARED] = {
    "not-prepared", E_UNEXPECTED_SEQUENCE,
    "a call of a backup without BackupPrepare", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_LOGS_FILE_OPEN] = {
    "logs-file-open", JET (SR_JET_INVALID_BACKUP_SEQUENCE),
    "BackupGetBackupLogs while a file is open", "ESE JetGetLogInfo" },
  [SR_PRACTICE_RULE_LOGS_GAP] = {
    "logs-gap", JET (SR_JET_MISSING_FILE_TO_BACKUP),
    "the first log on the disk lies beyond what was backed up", "ESE JetGetLogInfo (JET_errMissingFileToBackup)" },
  [SR_PRACTICE_RULE_OPEN_AGAIN] = {
    "open-again", E_UNEXPECTED_SEQUENCE,
    "BackupOpenFile before BackupCloseFile of the last file", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_OPEN_DATABASE_LATE] = {
    "open-database-late", JET (SR_JET_INVALID_BACKUP_SEQUENCE),
    "a database opened after BackupGetBackupLogs, or in a log-only backup", "ESE JetOpenFile" },
  [SR_PRACTICE_RULE_OPEN_NO_DATABASE] = {
    "open-no-database", JET (-1203),
    "anything but the database opened before BackupGetBackupLogs", "CSRA 3.1.4.1.22, ESE JetOpenFile (JET_errDatabaseNotFound)" },
  [SR_PRACTICE_RULE_OPEN_UNKNOWN] = {
    "open-unknown", JET (SR_JET_FILE_NOT_FOUND),
    "a file that was not listed", "CSRA 3.1.4.1.22, ESE JetOpenFile" },
  [SR_PRACTICE_RULE_READ_CLOSED] = {
    "read-closed", E_UNEXPECTED_SEQUENCE,
    "BackupReadFile without BackupOpenFile", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_READ_SIZE] = {
    "read-size", SR_E_INVALIDARG,
    "cbBuffer is no multiple of the page size", "CSRA 3.1.4.1.23, 2.2.5" },
  [SR_PRACTICE_RULE_READ_TOO_MUCH] = {
    "read-too-much", (SrHresult) 0xc800042d,
    "cbBuffer is more than this server takes memory for", "CSRA 2.2.5 (ERROR_OUT_OF_MEMORY)" },
  [SR_PRACTICE_RULE_READ_DAMAGED] = {
    "read-damaged", JET (-1018),
    "a page of the database is damaged", "ESE JetReadFile (JET_errReadVerifyFailure)" },
  [SR_PRACTICE_RULE_CLOSE_CLOSED] = {
    "close-closed", E_UNEXPECTED_SEQUENCE,
    "BackupCloseFile without BackupOpenFile", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_TRUNCATE_EARLY] = {
    "truncate-early", E_UNEXPECTED_SEQUENCE,
    "BackupTruncateLogs before every database and log was read to its end", "CSRA 3.1.4.1.18" },
  [SR_PRACTICE_RULE_CONFIG_PATH] = {
    "config-path", SR_E_INVALIDARG,
    "a node path without an authority, a NULL string, or a value of a type that is not stored", "CSRA 3.1.4.2.14, 3.1.4.2.15" },
  [SR_PRACTICE_RULE_CONFIG_MISSING] = {
    "config-missing", SR_E_FILE_NOT_FOUND,
    "no such configuration entry", "CSRA 3.1.4.2.14; the value is inference" },
  [SR_PRACTICE_RULE_PROPERTY] = {
    "property", SR_E_INVALIDARG,
    "a CA property, index or type that does not exist", "CSRA 3.1.4.2.2, WCCE 3.2.1.4.3.2" },
  [SR_PRACTICE_RULE_PROPERTY_ABSENT] = {
    "property-absent", SR_E_FILE_NOT_FOUND,
    "a CA property that this CA does not have", "WCCE 3.2.1.4.3.2.8 and others" },
};

const SrPracticeRuleRow *
sr_practice_rule_get (SrPracticeRule rule)
{
  return &rules[rule];
}
