/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrPracticeFaults:
 *
 * Connections to be dropped, for tests: before the Nth call of an operation is
 * executed, or after that and before its reply is sent. Thread-safe.
 */
typedef struct _SrPracticeFaults SrPracticeFaults;

SrPracticeFaults *sr_practice_faults_new (void);

/**
 * sr_practice_faults_free:
 * @faults: (transfer full): faults
 */
void sr_practice_faults_free (SrPracticeFaults *faults);

/**
 * sr_practice_faults_add:
 * @faults: faults
 * @iface: (nullable): the interface's name as its specification writes it, %NULL for ICertAdminD and ICertAdminD2
 * @opnum: the operation
 * @call: which call from now on, 1 for the next one
 * @after: whether the call is executed first
 */
void sr_practice_faults_add (SrPracticeFaults *faults,
                             const char       *iface,
                             guint16           opnum,
                             guint             call,
                             gboolean          after);

/**
 * sr_practice_faults_clear:
 * @faults: faults; forgets all
 */
void sr_practice_faults_clear (SrPracticeFaults *faults);

/**
 * sr_practice_faults_hit:
 * @faults: faults
 * @iface: an interface's name
 * @opnum: an operation that is being called
 * @after: whether it was executed already
 *
 * Counts a call.
 *
 * Returns: whether its connection is to be dropped now
 */
gboolean sr_practice_faults_hit (SrPracticeFaults *faults,
                                 const char       *iface,
                                 guint16           opnum,
                                 gboolean          after);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeFaults, sr_practice_faults_free)

G_END_DECLS
