/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-history.h"

#include "store/sr-history-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

struct _SrHistory
{
  GObject parent_instance;

  GPtrArray *lineages;
};

G_DEFINE_FINAL_TYPE (SrHistory, sr_history, G_TYPE_OBJECT)

static void
sr_history_finalize (GObject *object)
{
  SrHistory *self = SR_HISTORY (object);

  g_ptr_array_unref (self->lineages);
  G_OBJECT_CLASS (sr_history_parent_class)->finalize (object);
}

static void
sr_history_class_init (SrHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_history_finalize;
}

static void
sr_history_init (SrHistory *self)
{
  self->lineages = g_ptr_array_new_with_free_func (g_object_unref);
}

/* A set or an event, in the order in which they came. */
typedef struct
{
  gint64 sequence;
  SrBackupSet *set;
  const SrLineageEvent *event;
} Item;

static guint32
last_generation (SrBackupSet *set)
{
  guint32 high = 0;

  sr_manifest_get_generations (sr_backup_set_get_manifest (set), NULL, &high);
  return high;
}

/* Numbers are unique unless folders were merged by hand: then the generations must tell. What an event tells of
 * holds for a set of the same number: the next full one is one too many at worst. */
static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const Item *first = a, *second = b;

  if (first->sequence != second->sequence)
    return first->sequence < second->sequence ? -1 : 1;
  if ((first->event != NULL) != (second->event != NULL))
    return first->event != NULL ? 1 : -1;
  if (first->event != NULL)
    return memcmp (&first->event->id, &second->event->id, sizeof (SrGuid));
  if (last_generation (first->set) != last_generation (second->set))
    return last_generation (first->set) < last_generation (second->set) ? -1 : 1;
  return memcmp (&sr_backup_set_get_manifest (first->set)->id, &sr_backup_set_get_manifest (second->set)->id, sizeof (SrGuid));
}

static GArray *
make_items (GPtrArray *sets,
            GPtrArray *events)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));

  for (guint i = 0; i < sets->len; i++)
    {
      Item item = { .set = g_ptr_array_index (sets, i) };

      item.sequence = sr_backup_set_get_manifest (item.set)->sequence;
      g_array_append_val (items, item);
    }
  for (guint i = 0; i < events->len; i++)
    {
      Item item = { .event = g_ptr_array_index (events, i) };

      item.sequence = item.event->sequence;
      g_array_append_val (items, item);
    }
  g_array_sort (items, compare_items);
  return items;
}

static SrLineage *
begin_lineage (SrHistory            *self,
               SrLineageStart        start,
               const SrLineageEvent *event)
{
  SrLineage *lineage = sr_lineage_new (self->lineages->len + 1, start, event);

  g_ptr_array_add (self->lineages, lineage);
  return lineage;
}

static gboolean
breaks_lineage (const SrLineageEvent *event,
                SrLineageStart       *start)
{
  switch (event->kind)
    {
    case SR_LINEAGE_EVENT_RESTORE:
      *start = SR_LINEAGE_START_RESTORE;
      return TRUE;
    case SR_LINEAGE_EVENT_FULL_MISSING:
      *start = SR_LINEAGE_START_FULL_MISSING;
      return TRUE;
    case SR_LINEAGE_EVENT_OTHER_LOGS:
      *start = SR_LINEAGE_START_OTHER_LOGS;
      return TRUE;
    case SR_LINEAGE_EVENT_UNKNOWN:
      *start = SR_LINEAGE_START_UNKNOWN;
      return TRUE;
    case SR_LINEAGE_EVENT_CIRCULAR_LOGGING:
    case SR_LINEAGE_EVENT_GAP:
    default:
      return FALSE;
    }
}

static void
add_event (SrHistory            *self,
           const SrLineageEvent *event)
{
  SrLineage *current = sr_history_get_current (self);
  SrLineageStart start;

  if (!breaks_lineage (event, &start))
    {
      if (current != NULL)
        sr_lineage_add_event (current, event);
    }
  else if (current == NULL || sr_lineage_get_sets (current)->len > 0)
    begin_lineage (self, start, event);
  /* Two breaks with no set between are one; a restore of ours is the better known. */
  else if (event->kind == SR_LINEAGE_EVENT_RESTORE)
    sr_lineage_set_start (current, start, event);
}

static void
add_set (SrHistory   *self,
         SrBackupSet *set)
{
  SrLineage *current = sr_history_get_current (self);
  SrLineageStart start = SR_LINEAGE_START_FIRST;
  const SrSessionRecord *record = sr_backup_set_peek_session (set);
  const SrSessionRecord none = { 0 };

  if (current == NULL || !sr_lineage_is_continued_by (current, set, &start))
    current = begin_lineage (self, start, NULL);
  /* Without a record nothing is known to have been truncated. */
  sr_lineage_add_set (current, set, record != NULL ? record : &none);
}

SrHistory *
sr_history_new (GPtrArray *sets,
                GPtrArray *events)
{
  SrHistory *self = g_object_new (SR_TYPE_HISTORY, NULL);
  g_autoptr (GArray) items = make_items (sets, events);

  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      if (item->event != NULL)
        add_event (self, item->event);
      else
        add_set (self, item->set);
    }
  return self;
}

SrHistory *
sr_history_load (SrRepository *repository,
                 const char   *config,
                 GError      **error)
{
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (repository, config, NULL, error);
  g_autoptr (GPtrArray) events = sets != NULL ? sr_lineage_event_list (repository, config, error) : NULL;

  return events != NULL ? sr_history_new (sets, events) : NULL;
}

SrHistory *
sr_history_load_beside (SrBackupSet *set,
                        GError     **error)
{
  const char *config = sr_backup_set_get_manifest (set)->config;
  g_autofree char *folder = g_path_get_dirname (sr_backup_set_get_path (set));
  g_autofree char *around = g_path_get_dirname (folder);
  g_autoptr (SrRepository) repository = sr_repository_open (around, NULL);
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_lineage_event_free);

  /* In a backup folder the CA's sets and events count wherever they lie there. */
  if (repository != NULL)
    return sr_history_load (repository, config, error);
  if (!sr_authority_folder_scan (folder, sets, NULL, error) || !sr_lineage_event_scan (folder, config, TRUE, events, error))
    return NULL;
  for (guint i = sets->len; i > 0; i--)
    if (!sr_config_equal (sr_backup_set_get_manifest (g_ptr_array_index (sets, i - 1))->config, config))
      g_ptr_array_remove_index (sets, i - 1);
  return sr_history_new (sets, events);
}

GPtrArray *
sr_history_get_lineages (SrHistory *self)
{
  return self->lineages;
}

SrLineage *
sr_history_get_current (SrHistory *self)
{
  return self->lineages->len > 0 ? g_ptr_array_index (self->lineages, self->lineages->len - 1) : NULL;
}

SrLineage *
sr_history_find_lineage (SrHistory   *self,
                         SrBackupSet *set)
{
  for (guint i = 0; i < self->lineages->len; i++)
    {
      SrLineage *lineage = g_ptr_array_index (self->lineages, i);
      GPtrArray *sets = sr_lineage_get_sets (lineage);

      for (guint j = 0; j < sets->len; j++)
        if (sr_backup_set_is_same (g_ptr_array_index (sets, j), set))
          return lineage;
    }
  return NULL;
}

SrChain *
sr_history_find_chain (SrHistory   *self,
                       SrBackupSet *set)
{
  SrLineage *lineage = sr_history_find_lineage (self, set);
  GPtrArray *chains = lineage != NULL ? sr_lineage_get_chains (lineage) : NULL;

  for (guint i = 0; chains != NULL && i < chains->len; i++)
    if (sr_chain_contains (g_ptr_array_index (chains, i), set))
      return g_ptr_array_index (chains, i);
  return NULL;
}

/* What is on the disk but for one set, as if it were read again. */
static SrHistory *
without (SrHistory   *self,
         SrBackupSet *set)
{
  g_autoptr (GPtrArray) sets = g_ptr_array_new ();
  g_autoptr (GPtrArray) events = g_ptr_array_new ();

  for (guint i = 0; i < self->lineages->len; i++)
    {
      SrLineage *lineage = g_ptr_array_index (self->lineages, i);

      if (sr_lineage_get_start_event (lineage) != NULL)
        g_ptr_array_add (events, (gpointer) sr_lineage_get_start_event (lineage));
      g_ptr_array_extend (events, sr_lineage_get_events (lineage), NULL, NULL);
      for (guint j = 0; j < sr_lineage_get_sets (lineage)->len; j++)
        if (!sr_backup_set_is_same (g_ptr_array_index (sr_lineage_get_sets (lineage), j), set))
          g_ptr_array_add (sets, g_ptr_array_index (sr_lineage_get_sets (lineage), j));
    }
  return sr_history_new (sets, events);
}

static gboolean
is_reached (SrHistory   *self,
            SrBackupSet *set)
{
  SrChain *chain = sr_history_find_chain (self, set);

  return chain != NULL && sr_chain_is_complete (chain);
}

GPtrArray *
sr_history_list_dependents (SrHistory   *self,
                            SrBackupSet *set)
{
  g_autoptr (SrHistory) rest = without (self, set);
  GPtrArray *dependents = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->lineages->len; i++)
    {
      GPtrArray *sets = sr_lineage_get_sets (g_ptr_array_index (self->lineages, i));

      for (guint j = 0; j < sets->len; j++)
        {
          SrBackupSet *other = g_ptr_array_index (sets, j);

          if (!sr_backup_set_is_same (other, set) && is_reached (self, other) && !is_reached (rest, other))
            g_ptr_array_add (dependents, g_object_ref (other));
        }
    }
  return dependents;
}
