/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ese/sr-ese-log.h"
#include "practice/sr-practice-page.h"

G_BEGIN_DECLS

/* Transaction logs, named and chained as AD CS has them: edb.log is the
 * current one, edbNNNNN.log (the generation in hexadecimal) are finished. Every
 * file has the same size and a header as ESE has it (ese/sr-ese-log.h), so that
 * a client reads generation, time of creation, the previous log's time of
 * creation, and the signature that all logs of a database share as it does with
 * a real CA. The format behind the header is our own. */

/** SR_PRACTICE_LOG_SIZE: bytes of every log file */
#define SR_PRACTICE_LOG_SIZE (1024 * 1024)
/** SR_PRACTICE_LOG_START: where the first record stands */
#define SR_PRACTICE_LOG_START SR_PRACTICE_PAGE_SIZE
/** SR_PRACTICE_LOG_CURRENT: the current log's name */
#define SR_PRACTICE_LOG_CURRENT "edb.log"
/** SR_PRACTICE_SIGNATURE_SIZE: bytes of a signature */
#define SR_PRACTICE_SIGNATURE_SIZE SR_ESE_SIGNATURE_SIZE

/**
 * SrPracticeRecordType:
 * @SR_PRACTICE_RECORD_INSERT: page, offset there, and a coded row
 * @SR_PRACTICE_RECORD_STATE: page, offset of the row, its changing part
 * @SR_PRACTICE_RECORD_PAD: first page, how many, seed
 * @SR_PRACTICE_RECORD_END: the last record of a finished log
 */
typedef enum
{
  SR_PRACTICE_RECORD_INSERT = 1,
  SR_PRACTICE_RECORD_STATE,
  SR_PRACTICE_RECORD_PAD,
  SR_PRACTICE_RECORD_END,
} SrPracticeRecordType;

/**
 * SrPracticeRecordFunc:
 * @lsn: the record's place
 * @type: what it is
 * @payload: (array length=length): what it says
 * @length: in bytes
 * @user_data: as given
 * @error: where to put an error
 *
 * Returns: whether to go on
 */
typedef gboolean (*SrPracticeRecordFunc) (SrPracticeLsn        lsn,
                                          SrPracticeRecordType type,
                                          const guint8        *payload,
                                          gsize                length,
                                          gpointer             user_data,
                                          GError             **error);

/**
 * sr_practice_log_name:
 * @generation: a generation
 *
 * Returns: (transfer full): edbNNNNN.log, with eight digits above 0xfffff
 */
char *sr_practice_log_name (guint32 generation);

/**
 * sr_practice_log_parse_name:
 * @name: a file name
 * @generation: (out): its generation
 *
 * Returns: whether it is the name of a finished log
 */
gboolean sr_practice_log_parse_name (const char *name,
                                     guint32    *generation);

/**
 * sr_practice_log_list:
 * @folder: a folder
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: (transfer full) (element-type guint32): the generations of the finished logs, rising, or %NULL
 */
GArray *sr_practice_log_list (const char *folder,
                              GError    **error);

/**
 * sr_practice_log_read_header:
 * @path: a log file
 * @header: (out): its header; no log of a database was made in the same millisecond as the one before
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_MISMATCH or %SR_ERROR_LIMIT for a file of
 * another length than a log has, %G_IO_ERROR codes.
 *
 * Returns: whether the header is whole
 */
gboolean sr_practice_log_read_header (const char     *path,
                                      SrEseLogHeader *header,
                                      GError        **error);

/**
 * sr_practice_log_replay:
 * @path: a log file
 * @generation: its generation, as its header says
 * @from: records before this byte are left out
 * @finished: whether the log must come to its end record; the current one ends with its last whole record
 * @func: called for every record
 * @user_data: for @func
 * @end: (out): behind the last record
 * @error: where to put an error
 *
 * Reads one log. Sets the errors of sr_practice_log_read_header(),
 * %SR_ERROR_MALFORMED for a damaged record, and what @func sets.
 *
 * Returns: whether the log was read to its end
 */
gboolean sr_practice_log_replay (const char           *path,
                                 guint32               generation,
                                 guint32               from,
                                 gboolean              finished,
                                 SrPracticeRecordFunc  func,
                                 gpointer              user_data,
                                 SrPracticeLsn        *end,
                                 GError              **error);

/**
 * SrPracticeLog:
 *
 * The current log, to write to.
 */
typedef struct _SrPracticeLog SrPracticeLog;

/**
 * sr_practice_log_create:
 * @folder: where
 * @signature: (array fixed-size=28): of the new stream
 * @error: where to put an error
 *
 * Starts a stream of logs at generation 1. Sets %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the log, or %NULL
 */
SrPracticeLog *sr_practice_log_create (const char   *folder,
                                       const guint8 *signature,
                                       GError      **error);

/**
 * sr_practice_log_continue:
 * @folder: where
 * @last: header of the last finished log
 * @error: where to put an error
 *
 * Makes an empty current log behind @last, of the same stream: what a restore
 * leaves, which has no current log in its set. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_log_continue (const char           *folder,
                                   const SrEseLogHeader *last,
                                   GError              **error);

/**
 * sr_practice_log_mend_names:
 * @folder: where
 * @error: where to put an error
 *
 * Completes the change to a new current log that a crash interrupted. Sets %G_IO_ERROR codes, %SR_ERROR_NOT_FOUND.
 *
 * Returns: whether there is a current log now
 */
gboolean sr_practice_log_mend_names (const char *folder,
                                     GError    **error);

/**
 * sr_practice_log_open:
 * @folder: where
 * @end: behind the last record, as sr_practice_log_replay() found it
 * @error: where to put an error
 *
 * Goes on writing; what a crash left behind @end is wiped. Sets %SR_ERROR_MISMATCH, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the log, or %NULL
 */
SrPracticeLog *sr_practice_log_open (const char   *folder,
                                     SrPracticeLsn end,
                                     GError      **error);

/**
 * sr_practice_log_free:
 * @log: (transfer full): a log; what was not synced is lost
 */
void sr_practice_log_free (SrPracticeLog *log);

/**
 * sr_practice_log_append:
 * @log: a log
 * @type: what the record is
 * @payload: (array length=length): what it says
 * @length: in bytes
 * @lsn: (out): its place
 * @error: where to put an error
 *
 * Appends a record to a buffer, going on to a new log when it does not fit any more.
 *
 * Sets %SR_ERROR_LIMIT for a record that fits no log, %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_log_append (SrPracticeLog        *log,
                                 SrPracticeRecordType  type,
                                 const guint8         *payload,
                                 gsize                 length,
                                 SrPracticeLsn        *lsn,
                                 GError              **error);

/**
 * sr_practice_log_sync:
 * @log: a log
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: whether everything that was appended is on the disk
 */
gboolean sr_practice_log_sync (SrPracticeLog *log,
                               GError       **error);

/**
 * sr_practice_log_roll:
 * @log: a log
 * @error: where to put an error
 *
 * Finishes the current log and starts the next generation. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_log_roll (SrPracticeLog *log,
                               GError       **error);

/**
 * sr_practice_log_get_position:
 * @log: a log
 *
 * Returns: where the next record goes
 */
SrPracticeLsn sr_practice_log_get_position (SrPracticeLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeLog, sr_practice_log_free)

G_END_DECLS
