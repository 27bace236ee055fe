/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-object.h"
#include "dcom/sr-dcom-table-private.h"
#include "dcom/sr-object-exporter.h"

#define PERIOD ((gint64) SR_DCOM_PING_SECONDS * G_USEC_PER_SEC)

/* A set ends after three periods without a ping (MS-DCOM 3.1.2.2). */
#define PATIENCE (3 * PERIOD)

void
sr_dcom_table_set_free (gpointer data)
{
  SrDcomTableSet *set = data;

  g_hash_table_unref (set->oids);
  g_free (set);
}

guint32
sr_dcom_table_simple_ping (SrDcomTable *table,
                           guint64      setid,
                           gint64       now)
{
  SrDcomTableSet *set;

  g_mutex_lock (&table->lock);
  set = g_hash_table_lookup (table->sets, &setid);
  if (set != NULL)
    set->pinged = now;
  g_mutex_unlock (&table->lock);
  return set != NULL ? 0 : SR_OR_STATUS_INVALID_SET;
}

static gboolean
add_oid (SrDcomTable    *table,
         SrDcomTableSet *set,
         guint64         oid)
{
  SrDcomTableObject *object = g_hash_table_lookup (table->objects, &oid);

  if (g_hash_table_contains (set->oids, &oid))
    return TRUE;
  if (object == NULL)
    return FALSE;
  object->sets++;
  g_hash_table_add (set->oids, g_memdup2 (&oid, sizeof oid));
  return TRUE;
}

/* An object that leaves its last set has as much time as a new one from @since on. */
static void
leave_set (SrDcomTable *table,
           guint64      oid,
           gint64       since)
{
  SrDcomTableObject *object = g_hash_table_lookup (table->objects, &oid);

  if (object == NULL)
    return;
  object->sets--;
  object->seen = MAX (object->seen, since);
}

static SrDcomTableSet *
make_set (SrDcomTable *table)
{
  SrDcomTableSet *set;

  if (g_hash_table_size (table->sets) >= SR_DCOM_TABLE_MAX_SETS)
    return NULL;
  set = g_new0 (SrDcomTableSet, 1);
  set->setid = sr_dcom_table_random_id ();
  set->oids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_hash_table_insert (table->sets, &set->setid, set);
  return set;
}

static guint32
grow_set (SrDcomTable    *table,
          SrDcomTableSet *set,
          gboolean        new_set,
          const GArray   *add)
{
  for (guint i = 0; add != NULL && i < add->len; i++)
    /* A new set leaves out what is not known; a set that is there refuses it. */
    if (!add_oid (table, set, g_array_index (add, guint64, i)) && !new_set)
      return SR_OR_STATUS_INVALID_OID;
  return 0;
}

static void
shrink_set (SrDcomTable    *table,
            SrDcomTableSet *set,
            const GArray   *remove,
            gint64          now)
{
  for (guint i = 0; remove != NULL && i < remove->len; i++)
    {
      guint64 oid = g_array_index (remove, guint64, i);

      if (g_hash_table_remove (set->oids, &oid))
        leave_set (table, oid, now);
    }
}

guint32
sr_dcom_table_complex_ping (SrDcomTable  *table,
                            guint64      *setid,
                            guint16       sequence,
                            const GArray *add,
                            const GArray *remove,
                            gint64        now)
{
  gboolean new_set = *setid == 0;
  SrDcomTableSet *set;
  guint32 status = 0;

  g_mutex_lock (&table->lock);
  set = new_set ? make_set (table) : g_hash_table_lookup (table->sets, setid);
  if (set == NULL)
    status = new_set ? SR_OR_STATUS_NO_MEMORY : SR_OR_STATUS_INVALID_SET;
  else if (new_set || set->sequence <= sequence)
    {
      status = grow_set (table, set, new_set, add);
      if (status == 0)
        {
          shrink_set (table, set, remove, now);
          set->pinged = now;
          set->sequence = sequence;
          *setid = set->setid;
        }
    }
  g_mutex_unlock (&table->lock);
  return status;
}

static void
end_set (SrDcomTable    *table,
         SrDcomTableSet *set)
{
  GHashTableIter iter;
  guint64 *oid;

  g_hash_table_iter_init (&iter, set->oids);
  while (g_hash_table_iter_next (&iter, (gpointer *) &oid, NULL))
    leave_set (table, *oid, set->pinged);
}

static void
end_sets (SrDcomTable *table,
          gint64       now)
{
  SrDcomTableSet *set;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, table->sets);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &set))
    if (now - set->pinged >= PATIENCE)
      {
        end_set (table, set);
        g_hash_table_iter_remove (&iter);
      }
}

guint
sr_dcom_table_run_down (SrDcomTable *table,
                        gint64       now)
{
  SrDcomTableObject *object;
  GHashTableIter iter;
  guint n = 0;

  g_mutex_lock (&table->lock);
  end_sets (table, now);
  g_hash_table_iter_init (&iter, table->objects);
  while (!table->pinned && g_hash_table_iter_next (&iter, NULL, (gpointer *) &object))
    if (object->sets == 0 && object->calls == 0 && object->interfaces->len > 0
        && now - object->seen >= PATIENCE && now - object->called >= PERIOD)
      {
        object->rundown = TRUE;
        sr_dcom_table_drop_interfaces (table, object);
        n++;
      }
  table->rundowns += n;
  g_mutex_unlock (&table->lock);
  if (n > 0)
    sr_dcom_table_end_objects (table);
  return n;
}
