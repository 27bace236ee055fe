/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-table.h"
#include "dcom/sr-object-exporter.h"
#include "dcom/sr-orpc.h"

#include "base/sr-hresult.h"

#define SECOND G_USEC_PER_SEC
#define PERIOD (120 * (gint64) SECOND)

static const SrGuid iid_a = { 0xa };
static const SrGuid iid_b = { 0xb };

/* Objects are pointers into @things, and what became of them. */
typedef struct
{
  SrDcomTable *table;
  char things[SR_DCOM_TABLE_MAX_OBJECTS + 1];
  guint released[SR_DCOM_TABLE_MAX_OBJECTS + 1];
  guint rundowns;
  gint64 now;
} Fixture;

static void
on_released (gpointer instance,
             gboolean rundown,
             gpointer user_data)
{
  Fixture *f = user_data;

  f->released[(char *) instance - f->things]++;
  f->rundowns += rundown ? 1 : 0;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->table = sr_dcom_table_new (on_released, f);
  f->now = 1000 * SECOND;
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  sr_dcom_table_release_all (f->table);
  sr_dcom_table_free (f->table);
}

static SrStdObjref
marshal (Fixture      *f,
         guint         thing,
         const SrGuid *iid)
{
  SrStdObjref std = { 0 };

  sr_dcom_table_lock_lifetime (f->table);
  g_assert_true (sr_dcom_table_marshal (f->table, &f->things[thing], iid, 5, f->now, &std));
  sr_dcom_table_unlock_lifetime (f->table);
  g_assert_cmpuint (std.oxid, ==, sr_dcom_table_get_oxid (f->table));
  g_assert_cmpuint (std.oid, !=, 0);
  g_assert_cmpuint (std.public_refs, ==, 5);
  return std;
}

static void
give_back (Fixture           *f,
           const SrStdObjref *std,
           guint32            refs)
{
  SrRemInterfaceRef ref = { std->ipid, refs, 0 };

  sr_dcom_table_release_refs (f->table, &ref, 1, NULL);
}

static guint
count_objects (Fixture *f)
{
  guint objects, sets;
  guint64 rundowns;

  sr_dcom_table_count (f->table, &objects, &sets, &rundowns);
  return objects;
}

static guint
count_sets (Fixture *f)
{
  guint objects, sets;
  guint64 rundowns;

  sr_dcom_table_count (f->table, &objects, &sets, &rundowns);
  return sets;
}

static void
test_references (Fixture       *f,
                 gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a), b = marshal (f, 0, &iid_b), again = marshal (f, 0, &iid_a);
  SrGuid iid;
  guint64 oid;

  g_assert_cmpuint (a.oid, ==, b.oid);
  g_assert_true (sr_guid_equal (&a.ipid, &again.ipid));
  g_assert_false (sr_guid_equal (&a.ipid, &b.ipid));
  give_back (f, &a, 9);
  give_back (f, &b, 5);
  g_assert_cmpuint (f->released[0], ==, 0);
  g_assert_null (sr_dcom_table_begin_call (f->table, &b.ipid, &iid, &oid, f->now));
  g_assert_true (sr_dcom_table_begin_call (f->table, &a.ipid, &iid, &oid, f->now) == &f->things[0]);
  g_assert_true (sr_guid_equal (&iid, &iid_a));
  sr_dcom_table_end_call (f->table, oid, f->now);
  /* More than there are is as good as all; a second time does nothing. */
  give_back (f, &a, G_MAXUINT32);
  give_back (f, &a, 1);
  g_assert_cmpuint (f->released[0], ==, 1);
  g_assert_cmpuint (f->rundowns, ==, 0);
  g_assert_cmpuint (count_objects (f), ==, 0);
}

static void
test_private_references (Fixture       *f,
                         gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a);
  SrRemInterfaceRef ref = { a.ipid, 0, 2 }, unknown = { { 1 }, 1, 0 }, both = { a.ipid, 5, 2 };

  g_assert_cmphex (sr_dcom_table_add_refs (f->table, &unknown, "alice"), ==, SR_CO_E_OBJNOTREG);
  g_assert_cmphex (sr_dcom_table_add_refs (f->table, &ref, NULL), ==, SR_E_ACCESSDENIED);
  g_assert_cmphex (sr_dcom_table_add_refs (f->table, &ref, "alice"), ==, SR_S_OK);
  /* They are hers: nobody else gives them back. */
  sr_dcom_table_release_refs (f->table, &both, 1, "mallory");
  sr_dcom_table_release_refs (f->table, &both, 1, NULL);
  g_assert_cmpuint (f->released[0], ==, 0);
  ref.private_refs = 1;
  sr_dcom_table_release_refs (f->table, &ref, 1, "alice");
  g_assert_cmpuint (f->released[0], ==, 0);
  sr_dcom_table_release_refs (f->table, &ref, 1, "alice");
  g_assert_cmpuint (f->released[0], ==, 1);
  ref.private_refs = G_MAXUINT32;
  a = marshal (f, 0, &iid_a);
  ref.ipid = a.ipid;
  g_assert_cmphex (sr_dcom_table_add_refs (f->table, &ref, "alice"), ==, SR_E_INVALIDARG);
}

/* An object with a call in it is not released under it, and may come back to life. */
static void
test_calls (Fixture       *f,
            gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a), again;
  SrGuid iid;
  guint64 oid;

  g_assert_nonnull (sr_dcom_table_begin_call (f->table, &a.ipid, &iid, &oid, f->now));
  give_back (f, &a, 5);
  g_assert_cmpuint (f->released[0], ==, 0);
  g_assert_null (sr_dcom_table_begin_call (f->table, &a.ipid, &iid, &oid, f->now));
  again = marshal (f, 0, &iid_a);
  g_assert_cmpuint (again.oid, ==, a.oid);
  g_assert_false (sr_guid_equal (&again.ipid, &a.ipid));
  sr_dcom_table_end_call (f->table, a.oid, f->now);
  g_assert_cmpuint (f->released[0], ==, 0);

  g_assert_nonnull (sr_dcom_table_begin_call (f->table, &again.ipid, &iid, &oid, f->now));
  give_back (f, &again, 5);
  sr_dcom_table_end_call (f->table, oid, f->now);
  g_assert_cmpuint (f->released[0], ==, 1);
}

static guint32
complex_ping (Fixture *f,
              guint64 *setid,
              guint16  sequence,
              guint64  add,
              guint64  remove)
{
  g_autoptr (GArray) adds = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) removes = g_array_new (FALSE, FALSE, sizeof (guint64));

  if (add != 0)
    g_array_append_val (adds, add);
  if (remove != 0)
    g_array_append_val (removes, remove);
  return sr_dcom_table_complex_ping (f->table, setid, sequence, adds, removes, f->now);
}

static void
test_sets (Fixture       *f,
           gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a), b = marshal (f, 1, &iid_a);
  guint64 set = 0, other = 4711;

  g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, other, f->now), ==, SR_OR_STATUS_INVALID_SET);
  g_assert_cmpuint (complex_ping (f, &other, 1, a.oid, 0), ==, SR_OR_STATUS_INVALID_SET);
  g_assert_cmpuint (complex_ping (f, &set, 1, a.oid, 0), ==, 0);
  g_assert_cmpuint (set, !=, 0);
  /* A new set leaves out what is not known, one that is there refuses it. */
  other = 0;
  g_assert_cmpuint (complex_ping (f, &other, 1, a.oid + 1, 0), ==, 0);
  g_assert_cmpuint (other, !=, set);
  g_assert_cmpuint (complex_ping (f, &other, 2, a.oid + 1, 0), ==, SR_OR_STATUS_INVALID_OID);

  /* Both objects are kept by the one set. */
  g_assert_cmpuint (complex_ping (f, &set, 2, b.oid, 0), ==, 0);
  for (guint i = 0; i < 10; i++)
    {
      f->now += 3 * PERIOD - 1;
      g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, set, f->now), ==, 0);
      g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
    }
  g_assert_cmpuint (count_sets (f), ==, 1);

  /* An old number changes nothing, an equal one does. */
  g_assert_cmpuint (complex_ping (f, &set, 1, 0, b.oid), ==, 0);
  f->now += 3 * PERIOD - 1;
  g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, set, f->now), ==, 0);
  g_assert_cmpuint (complex_ping (f, &set, 2, 0, b.oid), ==, 0);
  f->now += 3 * PERIOD - 1;
  g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, set, f->now), ==, 0);
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
  f->now++;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 1);
  g_assert_cmpuint (f->released[0], ==, 0);
  g_assert_cmpuint (f->released[1], ==, 1);

  /* A missed set ends, and with it the object. */
  f->now += 3 * PERIOD - 2;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
  f->now++;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 1);
  g_assert_cmpuint (f->released[0], ==, 1);
  g_assert_cmpuint (f->rundowns, ==, 2);
  g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, set, f->now), ==, SR_OR_STATUS_INVALID_SET);
}

/* Two clients ping one object; it lives as long as one of them does. */
static void
test_two_sets (Fixture       *f,
               gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a);
  guint64 one = 0, two = 0;

  complex_ping (f, &one, 1, a.oid, 0);
  complex_ping (f, &two, 1, a.oid, 0);
  for (guint i = 0; i < 5; i++)
    {
      f->now += 2 * PERIOD;
      g_assert_cmpuint (sr_dcom_table_simple_ping (f->table, two, f->now), ==, 0);
      g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
    }
  g_assert_cmpuint (count_sets (f), ==, 1);
  f->now += 3 * PERIOD;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 1);
}

/* A call that takes longer than three periods keeps its object. */
static void
test_long_call (Fixture       *f,
                gconstpointer  data)
{
  SrStdObjref a = marshal (f, 0, &iid_a);
  SrGuid iid;
  guint64 oid;

  g_assert_nonnull (sr_dcom_table_begin_call (f->table, &a.ipid, &iid, &oid, f->now));
  f->now += 10 * PERIOD;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
  sr_dcom_table_end_call (f->table, oid, f->now);
  f->now += PERIOD - 1;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 0);
  f->now++;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, 1);
  g_assert_cmpuint (f->rundowns, ==, 1);
}

static void
test_bounds (Fixture       *f,
             gconstpointer  data)
{
  guint64 sets[SR_DCOM_TABLE_MAX_SETS] = { 0 }, one_more = 0;
  SrStdObjref std;
  SrGuid iid = { 0 };

  for (guint i = 0; i < SR_DCOM_TABLE_MAX_OBJECTS; i++)
    {
      g_assert_true (sr_dcom_table_has_room (f->table));
      std = marshal (f, i, &iid_a);
    }
  g_assert_false (sr_dcom_table_has_room (f->table));
  g_assert_false (sr_dcom_table_marshal (f->table, &f->things[SR_DCOM_TABLE_MAX_OBJECTS], &iid_a, 5, f->now, &std));
  for (iid.data1 = 100; iid.data1 < 100 + SR_DCOM_TABLE_MAX_INTERFACES - 1; iid.data1++)
    marshal (f, 0, &iid);
  g_assert_false (sr_dcom_table_marshal (f->table, &f->things[0], &(SrGuid) { 0xffff }, 5, f->now, &std));
  for (guint i = 0; i < SR_DCOM_TABLE_MAX_SETS; i++)
    g_assert_cmpuint (complex_ping (f, &sets[i], 1, 0, 0), ==, 0);
  g_assert_cmpuint (complex_ping (f, &one_more, 1, 0, 0), ==, SR_OR_STATUS_NO_MEMORY);
  g_assert_cmpuint (one_more, ==, 0);
  f->now += 3 * PERIOD;
  g_assert_cmpuint (sr_dcom_table_run_down (f->table, f->now), ==, SR_DCOM_TABLE_MAX_OBJECTS);
  g_assert_cmpuint (count_objects (f), ==, 0);
  g_assert_cmpuint (count_sets (f), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/dcom/table/references", Fixture, NULL, set_up, test_references, tear_down);
  g_test_add ("/dcom/table/private-references", Fixture, NULL, set_up, test_private_references, tear_down);
  g_test_add ("/dcom/table/calls", Fixture, NULL, set_up, test_calls, tear_down);
  g_test_add ("/dcom/table/sets", Fixture, NULL, set_up, test_sets, tear_down);
  g_test_add ("/dcom/table/two-sets", Fixture, NULL, set_up, test_two_sets, tear_down);
  g_test_add ("/dcom/table/long-call", Fixture, NULL, set_up, test_long_call, tear_down);
  g_test_add ("/dcom/table/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
  return g_test_run ();
}
