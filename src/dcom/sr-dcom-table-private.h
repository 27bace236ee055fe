/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-table.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 oid;
  gpointer instance;
  GPtrArray *interfaces;                /* held by clients; none: it ends when no call is in it */
  guint calls;                          /* under way */
  guint sets;                           /* ping sets that it is in */
  gint64 seen;                          /* made, or last known to be wanted, while in no set */
  gint64 called;                        /* last call */
  gboolean rundown;
} SrDcomTableObject;

typedef struct
{
  SrGuid ipid;
  SrGuid iid;
  guint64 public_refs;
  GHashTable *private_refs;             /* of principal -> count */
  SrDcomTableObject *object;
} SrDcomTableInterface;

typedef struct
{
  guint64 setid;
  guint16 sequence;
  gint64 pinged;
  GHashTable *oids;                     /* a set of guint64 */
} SrDcomTableSet;

struct _SrDcomTable
{
  SrDcomTableReleased released;
  gpointer user_data;
  guint64 oxid;
  SrGuid rem_unknown;

  GMutex lifetime;                      /* taken before @lock */
  GMutex lock;                          /* everything below */
  GHashTable *objects;                  /* of oid -> SrDcomTableObject */
  GHashTable *interfaces;               /* of ipid -> SrDcomTableInterface, owned by the object */
  GHashTable *sets;                     /* of setid -> SrDcomTableSet */
  gboolean pinned;
  guint64 rundowns;
};

guint64 sr_dcom_table_random_id (void);
void sr_dcom_table_set_free (gpointer set);

/* With the lock held: takes every interface from @object, so that it ends. */
void sr_dcom_table_drop_interfaces (SrDcomTable       *table,
                                    SrDcomTableObject *object);

/* With no lock held: ends the objects that nobody holds and no call is in. */
void sr_dcom_table_end_objects (SrDcomTable *table);

G_END_DECLS
