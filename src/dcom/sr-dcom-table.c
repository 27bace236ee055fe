/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-table-private.h"

#include "base/sr-hresult.h"
#include "dcom/sr-orpc.h"

#include <sys/random.h>

/* Random, so that nobody guesses another client's; never 0, which means none. */
guint64
sr_dcom_table_random_id (void)
{
  guint64 id = 0;

  while (id == 0)
    if (getrandom (&id, sizeof id, 0) != sizeof id)
      id = 0;
  return id;
}

static void
interface_free (gpointer data)
{
  SrDcomTableInterface *interface = data;

  g_hash_table_unref (interface->private_refs);
  g_free (interface);
}

static void
object_free (gpointer data)
{
  SrDcomTableObject *object = data;

  g_ptr_array_unref (object->interfaces);
  g_free (object);
}

SrDcomTable *
sr_dcom_table_new (SrDcomTableReleased released,
                   gpointer            user_data)
{
  SrDcomTable *table = g_new0 (SrDcomTable, 1);

  table->released = released;
  table->user_data = user_data;
  table->oxid = sr_dcom_table_random_id ();
  sr_guid_random (&table->rem_unknown);
  g_mutex_init (&table->lifetime);
  g_mutex_init (&table->lock);
  table->objects = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, object_free);
  table->interfaces = g_hash_table_new (sr_guid_hash, sr_guid_equal_func);
  table->sets = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, sr_dcom_table_set_free);
  return table;
}

void
sr_dcom_table_free (SrDcomTable *table)
{
  g_hash_table_unref (table->interfaces);
  g_hash_table_unref (table->objects);
  g_hash_table_unref (table->sets);
  g_mutex_clear (&table->lifetime);
  g_mutex_clear (&table->lock);
  g_free (table);
}

guint64
sr_dcom_table_get_oxid (const SrDcomTable *table)
{
  return table->oxid;
}

const SrGuid *
sr_dcom_table_get_rem_unknown (const SrDcomTable *table)
{
  return &table->rem_unknown;
}

void
sr_dcom_table_lock_lifetime (SrDcomTable *table)
{
  g_mutex_lock (&table->lifetime);
}

void
sr_dcom_table_unlock_lifetime (SrDcomTable *table)
{
  g_mutex_unlock (&table->lifetime);
}

gboolean
sr_dcom_table_has_room (SrDcomTable *table)
{
  gboolean room;

  g_mutex_lock (&table->lock);
  room = g_hash_table_size (table->objects) < SR_DCOM_TABLE_MAX_OBJECTS;
  g_mutex_unlock (&table->lock);
  return room;
}

static SrDcomTableObject *
find_instance (SrDcomTable *table,
               gpointer     instance)
{
  SrDcomTableObject *object;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, table->objects);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &object))
    if (object->instance == instance)
      return object;
  return NULL;
}

static SrDcomTableObject *
add_object (SrDcomTable *table,
            gpointer     instance)
{
  SrDcomTableObject *object;

  if (g_hash_table_size (table->objects) >= SR_DCOM_TABLE_MAX_OBJECTS)
    return NULL;
  object = g_new0 (SrDcomTableObject, 1);
  object->oid = sr_dcom_table_random_id ();
  object->instance = instance;
  object->interfaces = g_ptr_array_new_with_free_func (interface_free);
  g_hash_table_insert (table->objects, &object->oid, object);
  return object;
}

static SrDcomTableInterface *
find_or_add_interface (SrDcomTable       *table,
                       SrDcomTableObject *object,
                       const SrGuid      *iid)
{
  SrDcomTableInterface *interface;

  for (guint i = 0; i < object->interfaces->len; i++)
    {
      interface = g_ptr_array_index (object->interfaces, i);
      if (sr_guid_equal (&interface->iid, iid))
        return interface;
    }
  if (object->interfaces->len >= SR_DCOM_TABLE_MAX_INTERFACES)
    return NULL;
  interface = g_new0 (SrDcomTableInterface, 1);
  sr_guid_random (&interface->ipid);
  interface->iid = *iid;
  interface->private_refs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  interface->object = object;
  g_ptr_array_add (object->interfaces, interface);
  g_hash_table_insert (table->interfaces, &interface->ipid, interface);
  return interface;
}

gboolean
sr_dcom_table_marshal (SrDcomTable  *table,
                       gpointer      instance,
                       const SrGuid *iid,
                       guint32       refs,
                       gint64        now,
                       SrStdObjref  *std)
{
  SrDcomTableInterface *interface = NULL;
  SrDcomTableObject *object;

  g_mutex_lock (&table->lock);
  object = find_instance (table, instance);
  if (object == NULL)
    object = add_object (table, instance);
  if (object != NULL)
    interface = find_or_add_interface (table, object, iid);
  if (interface != NULL)
    {
      interface->public_refs += refs;
      object->seen = object->called = now;
      object->rundown = FALSE;
      *std = (SrStdObjref) {
        .flags = table->pinned ? SR_OBJREF_NO_PING : 0,
        .public_refs = refs,
        .oxid = table->oxid,
        .oid = object->oid,
        .ipid = interface->ipid,
      };
    }
  g_mutex_unlock (&table->lock);
  return interface != NULL;
}

gpointer
sr_dcom_table_begin_call (SrDcomTable  *table,
                          const SrGuid *ipid,
                          SrGuid       *iid,
                          guint64      *oid,
                          gint64        now)
{
  SrDcomTableInterface *interface;
  gpointer instance = NULL;

  g_mutex_lock (&table->lock);
  interface = g_hash_table_lookup (table->interfaces, ipid);
  if (interface != NULL)
    {
      interface->object->calls++;
      interface->object->called = now;
      *iid = interface->iid;
      *oid = interface->object->oid;
      instance = interface->object->instance;
    }
  g_mutex_unlock (&table->lock);
  return instance;
}

void
sr_dcom_table_end_call (SrDcomTable *table,
                        guint64      oid,
                        gint64       now)
{
  SrDcomTableObject *object;
  gboolean ends;

  g_mutex_lock (&table->lock);
  object = g_hash_table_lookup (table->objects, &oid);
  object->calls--;
  object->called = now;
  ends = object->calls == 0 && object->interfaces->len == 0;
  g_mutex_unlock (&table->lock);
  if (ends)
    sr_dcom_table_end_objects (table);
}

static guint64
count_private (SrDcomTableInterface *interface)
{
  GHashTableIter iter;
  gpointer count;
  guint64 total = 0;

  g_hash_table_iter_init (&iter, interface->private_refs);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    total += GPOINTER_TO_UINT (count);
  return total;
}

static guint32
add_private (SrDcomTableInterface *interface,
             const char           *principal,
             guint32               n)
{
  guint had;

  if (n == 0)
    return SR_S_OK;
  /* Private references belong to a client's identity (MS-DCOM appendix B, note 48). */
  if (principal == NULL)
    return SR_E_ACCESSDENIED;
  had = GPOINTER_TO_UINT (g_hash_table_lookup (interface->private_refs, principal));
  if (n > G_MAXINT32 - MIN (had, (guint) G_MAXINT32))
    return SR_E_INVALIDARG;
  g_hash_table_insert (interface->private_refs, g_strdup (principal), GUINT_TO_POINTER (had + n));
  return SR_S_OK;
}

guint32
sr_dcom_table_add_refs (SrDcomTable             *table,
                        const SrRemInterfaceRef *ref,
                        const char              *principal)
{
  SrDcomTableInterface *interface;
  guint32 hr = SR_CO_E_OBJNOTREG;

  g_mutex_lock (&table->lock);
  interface = g_hash_table_lookup (table->interfaces, &ref->ipid);
  if (interface != NULL)
    hr = add_private (interface, principal, ref->private_refs);
  if (!SR_FAILED (hr))
    interface->public_refs += ref->public_refs;
  g_mutex_unlock (&table->lock);
  return hr;
}

static void
release_private (SrDcomTableInterface *interface,
                 const char           *principal,
                 guint32               n)
{
  guint had = principal != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (interface->private_refs, principal)) : 0;

  if (had == 0 || n == 0)
    return;
  if (n >= had)
    g_hash_table_remove (interface->private_refs, principal);
  else
    g_hash_table_insert (interface->private_refs, g_strdup (principal), GUINT_TO_POINTER (had - n));
}

static void
release_one (SrDcomTable             *table,
             const SrRemInterfaceRef *ref,
             const char              *principal)
{
  SrDcomTableInterface *interface = g_hash_table_lookup (table->interfaces, &ref->ipid);

  if (interface == NULL)
    return;
  interface->public_refs -= MIN (interface->public_refs, ref->public_refs);
  release_private (interface, principal, ref->private_refs);
  if (interface->public_refs > 0 || count_private (interface) > 0)
    return;
  g_hash_table_remove (table->interfaces, &interface->ipid);
  g_ptr_array_remove (interface->object->interfaces, interface);
}

void
sr_dcom_table_release_refs (SrDcomTable             *table,
                            const SrRemInterfaceRef *refs,
                            guint                    n,
                            const char              *principal)
{
  g_mutex_lock (&table->lock);
  for (guint i = 0; i < n; i++)
    release_one (table, &refs[i], principal);
  g_mutex_unlock (&table->lock);
  sr_dcom_table_end_objects (table);
}

void
sr_dcom_table_drop_interfaces (SrDcomTable       *table,
                               SrDcomTableObject *object)
{
  for (guint i = 0; i < object->interfaces->len; i++)
    {
      SrDcomTableInterface *interface = g_ptr_array_index (object->interfaces, i);

      g_hash_table_remove (table->interfaces, &interface->ipid);
    }
  g_ptr_array_set_size (object->interfaces, 0);
}

static void
forget_oid (SrDcomTable *table,
            guint64      oid)
{
  SrDcomTableSet *set;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, table->sets);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &set))
    g_hash_table_remove (set->oids, &oid);
}

void
sr_dcom_table_end_objects (SrDcomTable *table)
{
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (object_free);
  SrDcomTableObject *object;
  GHashTableIter iter;

  g_mutex_lock (&table->lifetime);
  g_mutex_lock (&table->lock);
  g_hash_table_iter_init (&iter, table->objects);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &object))
    if (object->interfaces->len == 0 && object->calls == 0)
      {
        g_hash_table_iter_steal (&iter);
        g_ptr_array_add (ended, object);
      }
  for (guint i = 0; i < ended->len; i++)
    forget_oid (table, ((SrDcomTableObject *) g_ptr_array_index (ended, i))->oid);
  g_mutex_unlock (&table->lock);

  for (guint i = 0; i < ended->len; i++)
    {
      object = g_ptr_array_index (ended, i);
      table->released (object->instance, object->rundown, table->user_data);
    }
  g_mutex_unlock (&table->lifetime);
}

void
sr_dcom_table_release_all (SrDcomTable *table)
{
  SrDcomTableObject *object;
  GHashTableIter iter;

  g_mutex_lock (&table->lock);
  g_hash_table_iter_init (&iter, table->objects);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &object))
    sr_dcom_table_drop_interfaces (table, object);
  g_hash_table_remove_all (table->sets);
  g_mutex_unlock (&table->lock);
  sr_dcom_table_end_objects (table);
}

void
sr_dcom_table_set_pinned (SrDcomTable *table,
                          gboolean     pinned)
{
  g_mutex_lock (&table->lock);
  table->pinned = pinned;
  g_mutex_unlock (&table->lock);
}

void
sr_dcom_table_count (SrDcomTable *table,
                     guint       *objects,
                     guint       *sets,
                     guint64     *rundowns)
{
  g_mutex_lock (&table->lock);
  *objects = g_hash_table_size (table->objects);
  *sets = g_hash_table_size (table->sets);
  *rundowns = table->rundowns;
  g_mutex_unlock (&table->lock);
}
