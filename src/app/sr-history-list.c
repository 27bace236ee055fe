/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-history-list.h"

#include <gtk/gtk.h>

struct _SrHistoryList
{
  GObject parent_instance;

  SrWatch *watch;
  SrHistoryOrder order;
  guint limit;
  SrHistory *history; /* what the items are of */
  SrJob *job;         /* the one that is among them */
  GPtrArray *items;
};

/* Bars whose days are written below them stand at least this far apart. */
#define CELLS_A_DATE 3

static void list_model_init (GListModelInterface *iface);
static void section_model_init (GtkSectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrHistoryList, sr_history_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SECTION_MODEL, section_model_init))

static GType
get_item_type (GListModel *model)
{
  return SR_TYPE_HISTORY_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return SR_HISTORY_LIST (model)->items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  SrHistoryList *self = SR_HISTORY_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
same_section (SrHistoryList *self,
              guint          a,
              guint          b)
{
  return sr_history_section_equal (sr_history_item_get_section (self->items->pdata[a]), sr_history_item_get_section (self->items->pdata[b]));
}

static void
get_section (GtkSectionModel *model,
             guint            position,
             guint           *start,
             guint           *end)
{
  SrHistoryList *self = SR_HISTORY_LIST (model);

  if (position >= self->items->len)
    {
      *start = self->items->len;
      *end = G_MAXUINT;
      return;
    }
  for (*start = position; *start > 0 && same_section (self, *start - 1, position); (*start)--)
    ;
  for (*end = position + 1; *end < self->items->len && same_section (self, *end, position); (*end)++)
    ;
}

static void
section_model_init (GtkSectionModelInterface *iface)
{
  iface->get_section = get_section;
}

/* ---- Making items ----------------------------------------------------------- */

/* Which chain a set is in. A chain is told by its own sets alone. */
static GHashTable *
chains_of (SrLineage *lineage)
{
  GPtrArray *chains = sr_lineage_get_chains (lineage);
  GHashTable *table = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < chains->len; i++)
    {
      GPtrArray *sets = sr_chain_get_sets (chains->pdata[i]);

      for (guint j = 0; j < sets->len; j++)
        g_hash_table_insert (table, sets->pdata[j], chains->pdata[i]);
    }
  return table;
}

static void
add_set (GPtrArray        *items,
         SrBackupSet      *set,
         GHashTable       *chains,
         SrHistorySection *section)
{
  g_ptr_array_add (items, sr_history_item_new_set (set, g_hash_table_lookup (chains, set), section));
}

static void
add_newest_first (SrHistoryList    *self,
                  GPtrArray        *items,
                  SrLineage        *lineage,
                  SrHistorySection *section)
{
  GPtrArray *sets = sr_lineage_get_sets (lineage);
  g_autoptr (GHashTable) chains = chains_of (lineage);

  for (guint i = sets->len; i > 0 && items->len < self->limit; i--)
    add_set (items, sets->pdata[i - 1], chains, section);
}

/* A set in no chain stands by itself, where it came. */
static void
add_by_chain (SrHistoryList    *self,
              GPtrArray        *items,
              SrLineage        *lineage,
              SrHistorySection *section)
{
  GPtrArray *sets = sr_lineage_get_sets (lineage);
  g_autoptr (GHashTable) chains = chains_of (lineage);

  for (guint i = sets->len; i > 0 && items->len < self->limit; i--)
    {
      SrBackupSet *set = sets->pdata[i - 1];
      SrChain *chain = g_hash_table_lookup (chains, set);
      GPtrArray *members = chain != NULL ? sr_chain_get_sets (chain) : NULL;

      if (chain == NULL)
        add_set (items, set, chains, section);
      else if (sr_chain_get_full (chain) == set)
        for (guint j = 0; j < members->len; j++)
          add_set (items, members->pdata[j], chains, section);
    }
}

static void
add_over_time (GPtrArray        *items,
               SrLineage        *lineage,
               SrHistorySection *section)
{
  GPtrArray *sets = sr_lineage_get_sets (lineage);
  GPtrArray *events = sr_lineage_get_events (lineage);
  g_autoptr (GHashTable) chains = chains_of (lineage);
  guint event = 0;

  if (sr_lineage_get_start (lineage) != SR_LINEAGE_START_FIRST)
    g_ptr_array_add (items, sr_history_item_new_break (lineage, section));
  for (guint i = 0; i < sets->len; i++)
    {
      for (; event < events->len && ((SrLineageEvent *) events->pdata[event])->sequence < sr_backup_set_get_manifest (sets->pdata[i])->sequence; event++)
        g_ptr_array_add (items, sr_history_item_new_event (events->pdata[event], section));
      add_set (items, sets->pdata[i], chains, section);
    }
  for (; event < events->len; event++)
    g_ptr_array_add (items, sr_history_item_new_event (events->pdata[event], section));
}

static gboolean
is_full (SrHistoryItem *item)
{
  SrBackupSet *set = sr_history_item_get_set (item);

  return set != NULL && sr_backup_set_get_manifest (set)->kind == SR_SET_FULL;
}

/* Sets of logs are small beside full ones, so each kind has a measure of its own. */
static void
measure (GPtrArray *items)
{
  guint64 largest[2] = { 1, 1 };

  for (guint i = 0; i < items->len; i++)
    {
      SrBackupSet *set = sr_history_item_get_set (items->pdata[i]);
      gboolean full = is_full (items->pdata[i]);

      if (set != NULL)
        largest[full] = MAX (largest[full], sr_backup_set_get_size (set));
    }
  for (guint i = 0; i < items->len; i++)
    {
      SrBackupSet *set = sr_history_item_get_set (items->pdata[i]);

      if (set != NULL)
        sr_history_item_set_share (items->pdata[i], (double) sr_backup_set_get_size (set) / largest[is_full (items->pdata[i])]);
    }
}

static gboolean
is_break (SrHistoryItem *item)
{
  return sr_history_item_get_kind (item) == SR_HISTORY_BREAK;
}

/* A day is written once, and below every break that has one. */
static void
date (GPtrArray *items)
{
  int year = 0, day = 0;
  guint cells = CELLS_A_DATE;

  for (guint i = 0; i < items->len; i++, cells++)
    {
      gint64 time = sr_history_item_get_time (items->pdata[i]);
      g_autoptr (GDateTime) at = time != 0 && cells >= CELLS_A_DATE ? g_date_time_new_from_unix_local (time / G_USEC_PER_SEC) : NULL;

      if (at == NULL || (!is_break (items->pdata[i]) && g_date_time_get_year (at) == year && g_date_time_get_day_of_year (at) == day))
        continue;
      sr_history_item_set_dated (items->pdata[i], TRUE, g_date_time_get_year (at) != year);
      year = g_date_time_get_year (at);
      day = g_date_time_get_day_of_year (at);
      cells = 0;
    }
}

static GPtrArray *
make_items (SrHistoryList *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *lineages = self->history != NULL ? sr_history_get_lineages (self->history) : NULL;
  guint n = lineages != NULL ? lineages->len : 0;

  for (guint i = 0; i < n && items->len < self->limit; i++)
    {
      guint index = self->order == SR_HISTORY_TIMELINE ? i : n - 1 - i;
      g_autoptr (SrHistorySection) section = sr_history_section_new (self->history, index);

      if (self->order == SR_HISTORY_NEWEST_FIRST)
        add_newest_first (self, items, lineages->pdata[index], section);
      else if (self->order == SR_HISTORY_BY_CHAIN)
        add_by_chain (self, items, lineages->pdata[index], section);
      else
        add_over_time (items, lineages->pdata[index], section);
      if (self->job != NULL && index == n - 1)
        g_ptr_array_add (items, sr_history_item_new_job (self->job, section));
    }
  if (self->order == SR_HISTORY_TIMELINE)
    {
      measure (items);
      date (items);
    }
  return items;
}

/* ---- Following the watch ---------------------------------------------------- */

static void
show (SrHistoryList *self,
      GPtrArray     *found)
{
  guint n = self->items->len;
  guint first = 0, last = 0;
  g_autoptr (GPtrArray) before = self->items;

  while (first < n && first < found->len && sr_history_item_equal (before->pdata[first], found->pdata[first]))
    first++;
  while (last < n - first && last < found->len - first
         && sr_history_item_equal (before->pdata[n - 1 - last], found->pdata[found->len - 1 - last]))
    last++;
  for (guint i = 0; i < first; i++)
    g_set_object ((SrHistoryItem **) &found->pdata[i], before->pdata[i]);
  for (guint i = 0; i < last; i++)
    g_set_object ((SrHistoryItem **) &found->pdata[found->len - 1 - i], before->pdata[n - 1 - i]);
  self->items = g_ptr_array_ref (found);
  if (first + last < n || first + last < found->len)
    g_list_model_items_changed (G_LIST_MODEL (self), first, n - first - last, found->len - first - last);
}

/* A backup that came to nothing is written down nowhere else. */
static SrJob *
failed_job (SrHistoryList *self)
{
  SrJob *job = self->order == SR_HISTORY_TIMELINE ? sr_watch_get_job (self->watch) : NULL;

  return job != NULL && (sr_job_get_state (job) == SR_JOB_FAILED || sr_job_get_state (job) == SR_JOB_CANCELLED) ? job : NULL;
}

static void
follow (SrHistoryList *self)
{
  SrHistory *history = sr_watch_get_history (self->watch);
  SrJob *job = failed_job (self);
  g_autoptr (GPtrArray) found = NULL;

  if (history == self->history && job == self->job)
    return;
  g_set_object (&self->history, history);
  g_set_object (&self->job, job);
  found = make_items (self);
  show (self, found);
}

static void
sr_history_list_dispose (GObject *object)
{
  SrHistoryList *self = SR_HISTORY_LIST (object);

  g_clear_object (&self->watch);
  g_clear_object (&self->history);
  g_clear_object (&self->job);
  G_OBJECT_CLASS (sr_history_list_parent_class)->dispose (object);
}

static void
sr_history_list_finalize (GObject *object)
{
  SrHistoryList *self = SR_HISTORY_LIST (object);

  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (sr_history_list_parent_class)->finalize (object);
}

static void
sr_history_list_class_init (SrHistoryListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sr_history_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = sr_history_list_finalize;
}

static void
sr_history_list_init (SrHistoryList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

SrHistoryList *
sr_history_list_new (SrWatch       *watch,
                     SrHistoryOrder order,
                     guint          limit)
{
  SrHistoryList *self = g_object_new (SR_TYPE_HISTORY_LIST, NULL);

  self->watch = g_object_ref (watch);
  self->order = order;
  self->limit = limit;
  g_signal_connect_object (watch, "changed", G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
  follow (self);
  return self;
}
