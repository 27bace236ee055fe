/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-hresult.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* Names and numbers: MS-ERREF 2.1.1 and 2.2, MS-CSRA 2.2.5, and the public
 * headers ntdsbmsg.h (hrXxx) and jethdr.w (JET). Sorted by number. */
static const struct
{
  SrHresult hr;
  const char *name;
  const char *words;
} known[] = {
  { 0x00000000, "S_OK",
    N_("Done") },
  { 0x00000001, "S_FALSE",
    N_("Done, with the answer no") },
  { 0x80004001, "E_NOTIMPL",
    N_("The server does not implement this call") },
  { 0x80004002, "E_NOINTERFACE",
    N_("The object does not have this interface") },
  { 0x80004003, "E_POINTER",
    N_("The server found an invalid pointer in the request") },
  { 0x80004005, "E_FAIL",
    N_("The server failed without saying why") },
  { 0x8000401b, "CO_E_LAUNCH_PERMSSION_DENIED",
    N_("The account may not start the service") },
  { 0x8000ffff, "E_UNEXPECTED",
    N_("The server did not expect this call now: the calls are out of sequence") },
  { 0x80010105, "RPC_E_SERVERFAULT",
    N_("The server had an exception") },
  { 0x80010108, "RPC_E_DISCONNECTED",
    N_("The object has been disconnected from its clients") },
  { 0x80010110, "RPC_E_VERSION_MISMATCH",
    N_("The server does not speak this version of DCOM") },
  { 0x80010111, "RPC_E_INVALID_HEADER",
    N_("The server found the DCOM header invalid") },
  { 0x80010114, "RPC_E_INVALID_OBJECT",
    N_("The object does not exist any more") },
  { 0x80040154, "REGDB_E_CLASSNOTREG",
    N_("The class is not registered: no certificate authority is installed there") },
  { 0x80070002, "ERROR_FILE_NOT_FOUND",
    N_("The system cannot find the file") },
  { 0x80070003, "ERROR_PATH_NOT_FOUND",
    N_("The system cannot find the path") },
  { 0x80070005, "E_ACCESSDENIED",
    N_("Access is denied") },
  { 0x80070006, "E_HANDLE",
    N_("The handle is invalid") },
  { 0x80070008, "ERROR_NOT_ENOUGH_MEMORY",
    N_("The server has not enough memory") },
  { 0x8007000d, "ERROR_INVALID_DATA",
    N_("The data is invalid") },
  { 0x8007000e, "E_OUTOFMEMORY",
    N_("The server is out of memory") },
  { 0x80070013, "ERROR_WRITE_PROTECT",
    N_("The host is shutting down") },
  { 0x80070015, "ERROR_NOT_READY",
    N_("The device is not ready") },
  { 0x80070020, "ERROR_SHARING_VIOLATION",
    N_("The file is in use by another process") },
  { 0x80070026, "ERROR_HANDLE_EOF",
    N_("The end of the file was reached") },
  { 0x80070032, "ERROR_NOT_SUPPORTED",
    N_("The request is not supported") },
  { 0x80070035, "ERROR_BAD_NETPATH",
    N_("The network path was not found") },
  { 0x80070040, "ERROR_NETNAME_DELETED",
    N_("The network name is no longer available") },
  { 0x80070057, "E_INVALIDARG",
    N_("A parameter is incorrect") },
  { 0x80070070, "ERROR_DISK_FULL",
    N_("The disk is full") },
  { 0x8007007a, "ERROR_INSUFFICIENT_BUFFER",
    N_("The buffer is too small") },
  { 0x80070091, "ERROR_DIR_NOT_EMPTY",
    N_("The folder is not empty") },
  { 0x800700aa, "ERROR_BUSY",
    N_("The resource is in use") },
  { 0x800700ea, "ERROR_MORE_DATA",
    N_("There is more data than fits") },
  { 0x80070103, "ERROR_NO_MORE_ITEMS",
    N_("There are no more items") },
  { 0x8007010b, "ERROR_DIRECTORY",
    N_("The folder name is invalid") },
  { 0x800703f8, "ERROR_REGISTRY_IO_FAILED",
    N_("The registry could not be read or written on the host’s disk") },
  { 0x800703fa, "ERROR_KEY_DELETED",
    N_("The registry key has been deleted meanwhile") },
  { 0x8007041b, "ERROR_DEPENDENT_SERVICES_RUNNING",
    N_("Other services that depend on it are running") },
  { 0x8007041d, "ERROR_SERVICE_REQUEST_TIMEOUT",
    N_("The service did not answer in time") },
  { 0x80070420, "ERROR_SERVICE_ALREADY_RUNNING",
    N_("The service is running already") },
  { 0x80070422, "ERROR_SERVICE_DISABLED",
    N_("The service is disabled") },
  { 0x80070424, "ERROR_SERVICE_DOES_NOT_EXIST",
    N_("There is no such service") },
  { 0x80070425, "ERROR_SERVICE_CANNOT_ACCEPT_CTRL",
    N_("The service cannot accept commands now") },
  { 0x80070426, "ERROR_SERVICE_NOT_ACTIVE",
    N_("The service is not running") },
  { 0x8007042a, "ERROR_SERVICE_SPECIFIC_ERROR",
    N_("The service ended with an error of its own") },
  { 0x8007042c, "ERROR_SERVICE_DEPENDENCY_FAIL",
    N_("A service that it depends on did not start") },
  { 0x8007042d, "ERROR_SERVICE_LOGON_FAILED",
    N_("The service could not sign in with its account") },
  { 0x8007042e, "ERROR_SERVICE_START_HANG",
    N_("The service hangs while it starts") },
  { 0x80070430, "ERROR_SERVICE_MARKED_FOR_DELETE",
    N_("The service is being deleted") },
  { 0x80070490, "ERROR_NOT_FOUND",
    N_("The element was not found") },
  { 0x8007051b, "ERROR_INVALID_OWNER",
    N_("The security identifier may not be the owner") },
  { 0x80070522, "ERROR_PRIVILEGE_NOT_HELD",
    N_("The account does not hold a privilege that is needed") },
  { 0x8007052e, "ERROR_LOGON_FAILURE",
    N_("The user name or the password is wrong") },
  { 0x80070531, "ERROR_INVALID_WORKSTATION",
    N_("The account may not sign in from this computer") },
  { 0x80070532, "ERROR_PASSWORD_EXPIRED",
    N_("The password has expired") },
  { 0x80070533, "ERROR_ACCOUNT_DISABLED",
    N_("The account is disabled") },
  { 0x8007054b, "ERROR_NO_SUCH_DOMAIN",
    N_("The domain does not exist or could not be reached") },
  { 0x800706ba, "RPC_S_SERVER_UNAVAILABLE",
    N_("The RPC server is unavailable") },
  { 0x800706be, "RPC_S_CALL_FAILED",
    N_("The remote procedure call failed") },
  { 0x800706d1, "RPC_S_PROCNUM_OUT_OF_RANGE",
    N_("The server does not know this procedure number") },
  { 0x800706d3, "RPC_S_UNKNOWN_AUTHN_SERVICE",
    N_("The server does not know the authentication service") },
  { 0x800706f7, "RPC_X_BAD_STUB_DATA",
    N_("The server received bad data") },
  { 0x80070721, "RPC_S_SEC_PKG_ERROR",
    N_("A security package specific error occurred") },
  { 0x80070775, "ERROR_ACCOUNT_LOCKED_OUT",
    N_("The account is locked out") },
  { 0x80070776, "OR_INVALID_OXID",
    N_("The object exporter does not exist any more") },
  { 0x80070777, "OR_INVALID_OID",
    N_("The object does not exist any more") },
  { 0x80070778, "OR_INVALID_SET",
    N_("The ping set does not exist any more") },
  { 0x80071392, "ERROR_OBJECT_ALREADY_EXISTS",
    N_("The object exists already") },
  { 0x80080005, "CO_E_SERVER_EXEC_FAILURE",
    N_("The server program could not be started") },
  { 0x8009030c, "SEC_E_LOGON_DENIED",
    N_("The sign-in was denied") },
  { 0x80090311, "SEC_E_NO_AUTHENTICATING_AUTHORITY",
    N_("No domain controller could be reached for authentication") },
  { 0x80094001, "CERTSRV_E_BAD_REQUESTSUBJECT",
    N_("The request subject name is invalid or too long") },
  { 0x80094004, "CERTSRV_E_PROPERTY_EMPTY",
    N_("The property has no value") },
  { 0x80094005, "CERTSRV_E_INVALID_CA_CERTIFICATE",
    N_("The certificate of the certificate authority is invalid") },
  { 0x80094006, "CERTSRV_E_SERVER_SUSPENDED",
    N_("The certificate authority is suspended for a restore") },
  { 0x80094008, "CERTSRV_E_ROLECONFLICT",
    N_("The account holds more than one role, and role separation is enforced") },
  { 0xc7ff0001, "hrInvalidParam",
    N_("The backup interface found a parameter incorrect") },
  { 0xc7ff0002, "hrError",
    N_("The backup interface failed") },
  { 0xc7ff0003, "hrInvalidHandle",
    N_("The backup handle is invalid") },
  { 0xc7ff0004, "hrRestoreInProgress",
    N_("A restore is running") },
  { 0xc7ff0005, "hrAlreadyOpen",
    N_("The file is open already") },
  { 0xc7ff0006, "hrInvalidRecips",
    N_("The list is invalid") },
  { 0xc7ff0007, "hrCouldNotConnect",
    N_("The server could not be reached for the backup") },
  { 0xc7ff0008, "hrRestoreMapExists",
    N_("A restore map exists already") },
  { 0xc7ff0009, "hrIncrementalBackupDisabled",
    N_("Log-only backups are switched off") },
  { 0xc7ff000a, "hrLogFileNotFound",
    N_("A log file was not found") },
  { 0xc7ff000b, "hrCircularLogging",
    N_("A log-only backup is not possible with circular logging") },
  { 0xc7ff000c, "hrNoFullRestore",
    N_("No full backup has been restored") },
  { 0xc7ff000d, "hrCommunicationError",
    N_("The connection for the backup failed") },
  { 0xc7ff000e, "hrFullBackupNotTaken",
    N_("No full backup has been taken yet") },
  { 0xc80001f5, "JET_errLogFileCorrupt",
    N_("A log file is damaged") },
  { 0xc80001f8, "JET_errBackupDirectoryNotEmpty",
    N_("The backup folder is not empty") },
  { 0xc80001f9, "JET_errBackupInProgress",
    N_("Another backup is running") },
  { 0xc80001fa, "JET_errRestoreInProgress",
    N_("A restore is running") },
  { 0xc8000201, "JET_errLogGenerationMismatch",
    N_("The name of a log file does not match its generation") },
  { 0xc8000203, "JET_errInvalidLogSequence",
    N_("The log files do not follow each other") },
  { 0xc8000208, "JET_errNoBackup",
    N_("No backup is in progress") },
  { 0xc8000209, "JET_errInvalidBackupSequence",
    N_("The backup calls are out of sequence") },
  { 0xc800020b, "JET_errBackupNotAllowedYet",
    N_("A backup is not possible yet") },
  { 0xc800020e, "JET_errInvalidBackup",
    N_("A log-only backup is not possible with circular logging") },
  { 0xc8000210, "JET_errMissingLogFile",
    N_("A log file is missing") },
  { 0xc8000212, "JET_errBadLogSignature",
    N_("The signature of a log file does not match") },
  { 0xc8000213, "JET_errBadDbSignature",
    N_("The signature of the database does not match") },
  { 0xc8000214, "JET_errBadCheckpointSignature",
    N_("The signature of the checkpoint does not match") },
  { 0xc8000215, "JET_errCheckpointCorrupt",
    N_("The checkpoint is missing or damaged") },
  { 0xc8000217, "JET_errBadPatchPage",
    N_("The trailer of the database is damaged") },
  { 0xc800021d, "JET_errLogFileSizeMismatch",
    N_("The size of a log file does not match") },
  { 0xc800021f, "JET_errRequiredLogFilesMissing",
    N_("Log files that the database needs are missing") },
  { 0xc8000220, "JET_errSoftRecoveryOnBackupDatabase",
    N_("A backup copy of the database was started without a restore") },
  { 0xc8000226, "JET_errDatabaseDirtyShutdown",
    N_("The database was not shut down cleanly") },
  { 0xc8000227, "JET_errConsistentTimeMismatch",
    N_("The times of database and logs do not match") },
  { 0xc8000228, "JET_errDatabasePatchFileMismatch",
    N_("The trailer of the database does not match") },
  { 0xc8000229, "JET_errEndingRestoreLogTooLow",
    N_("The last log file is too old for the database") },
  { 0xc800022a, "JET_errStartingRestoreLogTooHigh",
    N_("The first log file is too new for the database") },
  { 0xc800022b, "JET_errGivenLogFileHasBadSignature",
    N_("A log file belongs to another log stream") },
  { 0xc800022c, "JET_errGivenLogFileIsNotContiguous",
    N_("A log file does not continue the one before it") },
  { 0xc800022d, "JET_errMissingRestoreLogFiles",
    N_("A log file of the chain is missing") },
  { 0xc8000230, "JET_errMissingFullBackup",
    N_("There is no full backup that a log-only backup could follow") },
  { 0xc8000235, "JET_errMissingCurrentLogFiles",
    N_("Current log files are missing") },
  { 0xc8000239, "JET_errMissingFileToBackup",
    N_("A file that the backup needs is missing") },
  { 0xc800024e, "JET_errLogSequenceChecksumMismatch",
    N_("A log file does not match the one after it") },
  { 0xc8000262, "JET_errExistingLogFileHasBadSignature",
    N_("An existing log file belongs to another log stream") },
  { 0xc8000263, "JET_errExistingLogFileIsNotContiguous",
    N_("An existing log file does not continue the one before it") },
  { 0xc8000264, "JET_errLogReadVerifyFailure",
    N_("Reading a log file found damage") },
  { 0xc8000267, "JET_errRestoreOfNonBackupDatabase",
    N_("The database is not a backup copy") },
  { 0xc8000268, "JET_errLogFileNotCopied",
    N_("A log file was not copied") },
  { 0xc80003f3, "JET_errOutOfMemory",
    N_("The database engine is out of memory") },
  { 0xc80003fa, "JET_errReadVerifyFailure",
    N_("Reading the database found a damaged page") },
  { 0xc80003fe, "JET_errDiskIO",
    N_("The database engine could not read or write the disk") },
  { 0xc80003ff, "JET_errInvalidPath",
    N_("The database engine finds a path invalid") },
  { 0xc8000408, "JET_errFileAccessDenied",
    N_("The database engine cannot open the file") },
  /* JET_errVersionStoreOutOfMemory by its number; MS-CSRA 2.2.5 gives it this name and meaning. */
  { 0xc800042d, "ERROR_OUT_OF_MEMORY",
    N_("The server is out of memory") },
  { 0xc80004c0, "JET_errAttachedDatabaseMismatch",
    N_("The database that the log files tell of is missing") },
  { 0xc8000710, "JET_errDiskFull",
    N_("The disk is full") },
  { 0xc8000713, "JET_errFileNotFound",
    N_("The database engine cannot find the file") },
};

SR_DEFINE_QUARK (sr-hresult-error-quark, sr_hresult_error)

static gssize
find (SrHresult hr)
{
  gsize low = 0, high = G_N_ELEMENTS (known);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (known[middle].hr == hr)
        return (gssize) middle;
      if (known[middle].hr < hr)
        low = middle + 1;
      else
        high = middle;
    }
  return -1;
}

const char *
sr_hresult_name (SrHresult hr)
{
  gssize at = find (hr);

  return at >= 0 ? known[at].name : NULL;
}

const char *
sr_hresult_words (SrHresult hr)
{
  gssize at = find (hr);

  if (at >= 0)
    return g_dgettext (GETTEXT_PACKAGE, known[at].words);
  if (sr_hresult_jet_error (hr) != 0)
    return _("The database engine of the certificate authority reported an error");
  return _("The server reported an error");
}

int
sr_hresult_jet_error (SrHresult hr)
{
  if ((hr & 0xffff0000) != 0xc8000000)
    return 0;
  return -(int) (hr & 0xffff);
}

void
sr_hresult_set_error (GError    **error,
                      SrHresult   hr,
                      const char *format,
                      ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SR_HRESULT_ERROR, (int) hr, "%s: %s (0x%08x)", what, sr_hresult_words (hr), hr);
}

SrHresult
sr_hresult_from_error (const GError *error)
{
  if (error == NULL || error->domain != SR_HRESULT_ERROR)
    return SR_S_OK;
  return (SrHresult) error->code;
}
