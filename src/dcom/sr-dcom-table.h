/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-objref.h"
#include "dcom/sr-rem-unknown.h"

G_BEGIN_DECLS

/** SR_DCOM_TABLE_MAX_OBJECTS: most objects that live at once */
#define SR_DCOM_TABLE_MAX_OBJECTS 1024

/** SR_DCOM_TABLE_MAX_SETS: most ping sets that live at once */
#define SR_DCOM_TABLE_MAX_SETS 1024

/** SR_DCOM_TABLE_MAX_INTERFACES: most interfaces of one object that are held */
#define SR_DCOM_TABLE_MAX_INTERFACES 16

/**
 * SrDcomTable:
 *
 * What an object exporter and its object resolver remember: objects, the
 * interfaces that clients hold, their references, and ping sets (MS-DCOM
 * 3.1.1.1, 3.1.2.1). Knows no network. Thread-safe.
 *
 * Objects end by their last reference or by missed pings. An object with a
 * call in it lives until the call is over, and is not run down.
 */
typedef struct _SrDcomTable SrDcomTable;

/**
 * SrDcomTableReleased:
 * @instance: an object that no one can reach any more
 * @rundown: whether its pings were missed
 * @user_data: for the function
 *
 * Called with the lock of sr_dcom_table_lock_lifetime() held, so never
 * while an object is being made.
 */
typedef void (*SrDcomTableReleased) (gpointer instance,
                                     gboolean rundown,
                                     gpointer user_data);

/**
 * sr_dcom_table_new:
 * @released: called for each object that ended
 * @user_data: for @released
 *
 * Returns: (transfer full): an empty table with a random OXID
 */
SrDcomTable *sr_dcom_table_new (SrDcomTableReleased released,
                                gpointer            user_data);

/**
 * sr_dcom_table_free:
 * @table: (transfer full): a table; see sr_dcom_table_release_all()
 */
void sr_dcom_table_free (SrDcomTable *table);

guint64 sr_dcom_table_get_oxid (const SrDcomTable *table);

/**
 * sr_dcom_table_get_rem_unknown:
 * @table: a table
 *
 * Returns: (transfer none): the random IPID of IRemUnknown
 */
const SrGuid *sr_dcom_table_get_rem_unknown (const SrDcomTable *table);

/**
 * sr_dcom_table_lock_lifetime:
 * @table: a table
 *
 * Keeps every object from being released while a new one is made, as a
 * class may give the same one again.
 */
void sr_dcom_table_lock_lifetime (SrDcomTable *table);

/**
 * sr_dcom_table_unlock_lifetime:
 * @table: a table
 */
void sr_dcom_table_unlock_lifetime (SrDcomTable *table);

/**
 * sr_dcom_table_has_room:
 * @table: a table
 *
 * Returns: whether another object fits
 */
gboolean sr_dcom_table_has_room (SrDcomTable *table);

/**
 * sr_dcom_table_marshal:
 * @table: a table whose lifetime lock is held
 * @instance: an object, maybe one that is there already
 * @iid: its interface
 * @refs: public references to give
 * @now: the clock
 * @std: (out): the reference
 *
 * Adds references to an interface of an object, and makes what is missing
 * (MS-DCOM 3.1.1.5.1).
 *
 * Returns: whether there was room
 */
gboolean sr_dcom_table_marshal (SrDcomTable  *table,
                                gpointer      instance,
                                const SrGuid *iid,
                                guint32       refs,
                                gint64        now,
                                SrStdObjref  *std);

/**
 * sr_dcom_table_begin_call:
 * @table: a table
 * @ipid: an interface
 * @iid: (out): which one
 * @oid: (out): whose
 * @now: the clock
 *
 * Finds the object of a call and keeps it until sr_dcom_table_end_call().
 *
 * Returns: (nullable): the instance
 */
gpointer sr_dcom_table_begin_call (SrDcomTable  *table,
                                   const SrGuid *ipid,
                                   SrGuid       *iid,
                                   guint64      *oid,
                                   gint64        now);

/**
 * sr_dcom_table_end_call:
 * @table: a table
 * @oid: whose call is over
 * @now: the clock
 */
void sr_dcom_table_end_call (SrDcomTable *table,
                             guint64      oid,
                             gint64       now);

/**
 * sr_dcom_table_add_refs:
 * @table: a table
 * @ref: which interface, how many references
 * @principal: (nullable): who asks: private references belong to somebody
 *
 * Returns: an HRESULT (MS-DCOM 3.1.1.5.6.1.2)
 */
guint32 sr_dcom_table_add_refs (SrDcomTable             *table,
                                const SrRemInterfaceRef *ref,
                                const char              *principal);

/**
 * sr_dcom_table_release_refs:
 * @table: a table
 * @refs: (array length=n): which interfaces, how many references
 * @n: how many
 * @principal: (nullable): who asks
 *
 * Takes references away; interfaces and objects without any end (MS-DCOM
 * 3.1.1.5.6.1.3). What is not known is ignored, as there.
 */
void sr_dcom_table_release_refs (SrDcomTable             *table,
                                 const SrRemInterfaceRef *refs,
                                 guint                    n,
                                 const char              *principal);

/**
 * sr_dcom_table_simple_ping:
 * @table: a table
 * @setid: a ping set
 * @now: the clock
 *
 * Returns: 0 or a Win32 code (MS-DCOM 3.1.2.5.1.2)
 */
guint32 sr_dcom_table_simple_ping (SrDcomTable *table,
                                   guint64      setid,
                                   gint64       now);

/**
 * sr_dcom_table_complex_ping:
 * @table: a table
 * @setid: (inout): a ping set, 0 for a new one
 * @sequence: numbers the change
 * @add: (nullable) (element-type guint64): objects to add
 * @remove: (nullable) (element-type guint64): objects to take away
 * @now: the clock
 *
 * Returns: 0 or a Win32 code (MS-DCOM 3.1.2.5.1.3)
 */
guint32 sr_dcom_table_complex_ping (SrDcomTable  *table,
                                    guint64      *setid,
                                    guint16       sequence,
                                    const GArray *add,
                                    const GArray *remove,
                                    gint64        now);

/**
 * sr_dcom_table_set_pinned:
 * @table: a table
 * @pinned: whether objects live without pings (SORF_NOPING)
 */
void sr_dcom_table_set_pinned (SrDcomTable *table,
                               gboolean     pinned);

/**
 * sr_dcom_table_run_down:
 * @table: a table
 * @now: the clock
 *
 * Ends sets that missed three pings, and objects that were last in one of
 * them, or in none for as long (MS-DCOM 3.1.2.6, 3.1.1.6.2). An object that
 * was called in the last period stays until it was not.
 *
 * Returns: how many objects ended
 */
guint sr_dcom_table_run_down (SrDcomTable *table,
                              gint64       now);

/**
 * sr_dcom_table_release_all:
 * @table: a table in which no call is under way
 *
 * Ends every object, without run-down.
 */
void sr_dcom_table_release_all (SrDcomTable *table);

/**
 * sr_dcom_table_count:
 * @table: a table
 * @objects: (out): objects alive
 * @sets: (out): ping sets alive
 * @rundowns: (out): objects run down so far
 */
void sr_dcom_table_count (SrDcomTable *table,
                          guint       *objects,
                          guint       *sets,
                          guint64     *rundowns);

G_END_DECLS
