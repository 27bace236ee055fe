/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-ca.h"
#include "practice/sr-practice-rules.h"

G_BEGIN_DECLS

/* The backup methods of ICertAdminD (MS-CSRA 3.1.4.1.18 to 3.1.4.1.28) without
 * their wire. Each returns S_OK or the answer of the rule that refused it; file
 * lists are UTF-8 and carry the type code in front of every name. */

/**
 * SrPracticeCaller:
 * @principal: (nullable): who calls
 * @object: the object that the call came by, to tell clients apart
 * @privacy: whether the call came with packet privacy
 *
 * Who makes a call.
 */
typedef struct
{
  const char *principal;
  guint64 object;
  gboolean privacy;
} SrPracticeCaller;

/**
 * sr_practice_activate:
 * @ca: a CA
 * @principal: (nullable): who asks
 *
 * Whether an object may be made for @principal.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_activate (SrPracticeCa *ca,
                                const char   *principal);

/** SR_PRACTICE_MAX_READ: the largest cbBuffer that is served */
#define SR_PRACTICE_MAX_READ (16u * 1024 * 1024)

/**
 * sr_practice_backup_prepare:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority
 * @grbit_jet: 0 full, 1 log-only
 * @backup_flags: 2 means log-only, too: that is what certbcli.h says where MS-CSRA has grbitJet (inference: either is taken)
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_prepare (SrPracticeCa           *ca,
                                      const SrPracticeCaller *caller,
                                      const char             *authority,
                                      guint32                 grbit_jet,
                                      guint32                 backup_flags);

/**
 * sr_practice_backup_get_databases:
 * @ca: a CA
 * @caller: who calls
 * @names: (out) (transfer full) (array zero-terminated=1): "D" and a UNC path each
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_get_databases (SrPracticeCa           *ca,
                                            const SrPracticeCaller *caller,
                                            char                 ***names);

/**
 * sr_practice_backup_get_logs:
 * @ca: a CA
 * @caller: who calls
 * @names: (out) (transfer full) (array zero-terminated=1): "!" and a UNC path each
 *
 * The first call finishes the current log; further ones return the same list.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_get_logs (SrPracticeCa           *ca,
                                       const SrPracticeCaller *caller,
                                       char                 ***names);

/**
 * sr_practice_backup_open:
 * @ca: a CA
 * @caller: who calls
 * @path: (nullable): a name from a list, without its type code
 * @length: (out): bytes that can be read
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_open (SrPracticeCa           *ca,
                                   const SrPracticeCaller *caller,
                                   const char             *path,
                                   guint64                *length);

/**
 * sr_practice_backup_read:
 * @ca: a CA
 * @caller: who calls
 * @size: cbBuffer
 * @data: (out) (transfer full) (array length=size): the bytes, zeros behind the valid ones
 * @n_read: (out): how many are valid; less than @size at the end of the file only
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_read (SrPracticeCa           *ca,
                                   const SrPracticeCaller *caller,
                                   gint32                  size,
                                   guint8                **data,
                                   guint32                *n_read);

/**
 * sr_practice_backup_close:
 * @ca: a CA
 * @caller: who calls
 *
 * Closes the open file; it counts as backed up when it was read to its end.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_close (SrPracticeCa           *ca,
                                    const SrPracticeCaller *caller);

/**
 * sr_practice_backup_truncate_logs:
 * @ca: a CA
 * @caller: who calls
 *
 * Removes the logs below the checkpoint that there was when logs were listed.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_truncate_logs (SrPracticeCa           *ca,
                                            const SrPracticeCaller *caller);

/**
 * sr_practice_backup_end:
 * @ca: a CA
 * @caller: who calls
 *
 * Ends the backup, wherever it stands. A full one that truncated logs is what
 * log-only ones build on; one that did not is a copy.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_end (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller);

/**
 * sr_practice_backup_get_dynamic_files:
 * @ca: a CA
 * @caller: who calls
 * @names: (out) (transfer full) (array zero-terminated=1): UNC paths without a type code
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_get_dynamic_files (SrPracticeCa           *ca,
                                                const SrPracticeCaller *caller,
                                                char                 ***names);

/**
 * sr_practice_backup_get_locations:
 * @ca: a CA
 * @caller: who calls
 * @names: (out) (transfer full) (array zero-terminated=1): the database after "D", the log folder after U+0082, the system folder after U+0083
 *
 * RestoreGetDatabaseLocations.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_backup_get_locations (SrPracticeCa           *ca,
                                            const SrPracticeCaller *caller,
                                            char                 ***names);

/**
 * sr_practice_backup_object_gone:
 * @ca: a CA
 * @object: an object that does not exist any more
 * @outcome: %SR_PRACTICE_RUNDOWN or %SR_PRACTICE_RELEASED
 *
 * Ends the backup that @object prepared, unless backups survive that.
 */
void sr_practice_backup_object_gone (SrPracticeCa     *ca,
                                     guint64           object,
                                     SrPracticeOutcome outcome);

G_END_DECLS
