/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrHresult:
 *
 * An HRESULT (MS-ERREF 2.1), kept as its number.
 */
typedef guint32 SrHresult;

/**
 * SR_HRESULT_ERROR:
 *
 * Error domain whose code is the HRESULT itself, as a signed number. Set with
 * sr_hresult_set_error(), read with sr_hresult_from_error().
 */
#define SR_HRESULT_ERROR (sr_hresult_error_quark ())
GQuark sr_hresult_error_quark (void);

#define SR_S_OK ((SrHresult) 0x00000000)
#define SR_S_FALSE ((SrHresult) 0x00000001)
#define SR_E_NOTIMPL ((SrHresult) 0x80004001)
#define SR_E_NOINTERFACE ((SrHresult) 0x80004002)
#define SR_E_POINTER ((SrHresult) 0x80004003)
#define SR_E_FAIL ((SrHresult) 0x80004005)
#define SR_E_UNEXPECTED ((SrHresult) 0x8000ffff)
#define SR_E_ACCESSDENIED ((SrHresult) 0x80070005)
#define SR_E_INVALIDARG ((SrHresult) 0x80070057)
#define SR_E_INVALID_DATA ((SrHresult) 0x8007000d)
#define SR_E_OUTOFMEMORY ((SrHresult) 0x8007000e)
#define SR_E_FILE_NOT_FOUND ((SrHresult) 0x80070002)
#define SR_REGDB_E_CLASSNOTREG ((SrHresult) 0x80040154)
#define SR_RPC_E_INVALID_OBJECT ((SrHresult) 0x80010114)
#define SR_RPC_E_DISCONNECTED ((SrHresult) 0x80010108)
#define SR_RPC_E_VERSION_MISMATCH ((SrHresult) 0x80010110)
#define SR_OR_INVALID_OXID ((SrHresult) 0x80070776)
#define SR_OR_INVALID_OID ((SrHresult) 0x80070777)
#define SR_OR_INVALID_SET ((SrHresult) 0x80070778)
#define SR_CERTSRV_E_SERVER_SUSPENDED ((SrHresult) 0x80094006)
#define SR_CERTSRV_E_ROLECONFLICT ((SrHresult) 0x80094008)

/**
 * SR_HRESULT_FROM_JET:
 * @error: a JET error, a negative number
 *
 * How AD CS puts a database engine error into an HRESULT: 0xC8000000 with the
 * error's magnitude.
 */
#define SR_HRESULT_FROM_JET(error) ((SrHresult) (0xc8000000u | (guint32) -(error)))

/**
 * SR_HRESULT_FROM_WIN32:
 * @code: a Win32 error (MS-ERREF 2.2), not 0
 *
 * The error as an HRESULT (MS-ERREF 2.1.2): 0x8007 in front of it.
 */
#define SR_HRESULT_FROM_WIN32(code) ((SrHresult) (0x80070000u | ((guint32) (code) & 0xffffu)))

#define SR_JET_LOG_FILE_CORRUPT (-501)
#define SR_JET_BACKUP_IN_PROGRESS (-505)
#define SR_JET_LOG_GENERATION_MISMATCH (-513)
#define SR_JET_INVALID_LOG_SEQUENCE (-515)
#define SR_JET_INVALID_BACKUP_SEQUENCE (-521)
#define SR_JET_INVALID_BACKUP (-526)
#define SR_JET_MISSING_LOG_FILE (-528)
#define SR_JET_BAD_LOG_SIGNATURE (-530)
#define SR_JET_BAD_CHECKPOINT_SIGNATURE (-532)
#define SR_JET_CHECKPOINT_CORRUPT (-533)
#define SR_JET_BAD_PATCH_PAGE (-535)
#define SR_JET_LOG_FILE_SIZE_MISMATCH (-541)
#define SR_JET_REQUIRED_LOG_FILES_MISSING (-543)
#define SR_JET_SOFT_RECOVERY_ON_BACKUP_DATABASE (-544)
#define SR_JET_DATABASE_DIRTY_SHUTDOWN (-550)
#define SR_JET_DATABASE_PATCH_FILE_MISMATCH (-552)
#define SR_JET_ENDING_RESTORE_LOG_TOO_LOW (-553)
#define SR_JET_STARTING_RESTORE_LOG_TOO_HIGH (-554)
#define SR_JET_GIVEN_LOG_FILE_HAS_BAD_SIGNATURE (-555)
#define SR_JET_GIVEN_LOG_FILE_IS_NOT_CONTIGUOUS (-556)
#define SR_JET_MISSING_RESTORE_LOG_FILES (-557)
#define SR_JET_MISSING_FULL_BACKUP (-560)
#define SR_JET_MISSING_CURRENT_LOG_FILES (-565)
#define SR_JET_MISSING_FILE_TO_BACKUP (-569)
#define SR_JET_EXISTING_LOG_FILE_HAS_BAD_SIGNATURE (-610)
#define SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS (-611)
#define SR_JET_RESTORE_OF_NON_BACKUP_DATABASE (-615)
#define SR_JET_READ_VERIFY_FAILURE (-1018)
#define SR_JET_DISK_IO (-1022)
#define SR_JET_INVALID_PATH (-1023)
#define SR_JET_FILE_ACCESS_DENIED (-1032)
#define SR_JET_ATTACHED_DATABASE_MISMATCH (-1216)
#define SR_JET_DISK_FULL (-1808)
#define SR_JET_FILE_NOT_FOUND (-1811)

/**
 * SR_FAILED:
 * @hr: an HRESULT
 *
 * Whether @hr tells a failure (MS-ERREF 2.1: the S bit).
 */
#define SR_FAILED(hr) (((SrHresult) (hr) & 0x80000000u) != 0)

/**
 * sr_hresult_name:
 * @hr: an HRESULT
 *
 * Returns: (nullable) (transfer none): the symbolic name, such as "E_ACCESSDENIED" or "JET_errMissingFullBackup"
 */
const char *sr_hresult_name (SrHresult hr);

/**
 * sr_hresult_words:
 * @hr: an HRESULT
 *
 * Returns: (transfer none): what it means, in the user's language; a general sentence when it is not in our table
 */
const char *sr_hresult_words (SrHresult hr);

/**
 * sr_hresult_jet_error:
 * @hr: an HRESULT
 *
 * Returns: the JET error inside it, a negative number, or 0 when there is none
 */
int sr_hresult_jet_error (SrHresult hr);

/**
 * sr_hresult_set_error:
 * @error: (out) (optional): where to put the error
 * @hr: a failed HRESULT
 * @format: what was tried, on which host; printf style
 *
 * Sets %SR_HRESULT_ERROR with the message "@format: words (0xcode)".
 */
void sr_hresult_set_error (GError    **error,
                           SrHresult   hr,
                           const char *format,
                           ...) G_GNUC_PRINTF (3, 4);

/**
 * sr_hresult_from_error:
 * @error: (nullable): an error
 *
 * Returns: the HRESULT of an %SR_HRESULT_ERROR, %SR_S_OK for %NULL or any other domain
 */
SrHresult sr_hresult_from_error (const GError *error);

G_END_DECLS
