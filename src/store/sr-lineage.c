/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-lineage.h"

#include "store/sr-history-private.h"

#include <glib/gi18n-lib.h>

struct _SrLineage
{
  GObject parent_instance;

  guint number;
  SrLineageStart start;
  SrLineageEvent *start_event;
  GPtrArray *sets;
  GPtrArray *chains;
  GPtrArray *loose;
  GPtrArray *events;
  GHashTable *logs;
  guint32 last_generation;
};

G_DEFINE_FINAL_TYPE (SrLineage, sr_lineage, G_TYPE_OBJECT)

static void
sr_lineage_finalize (GObject *object)
{
  SrLineage *self = SR_LINEAGE (object);

  g_hash_table_unref (self->logs);
  g_clear_pointer (&self->start_event, sr_lineage_event_free);
  g_ptr_array_unref (self->chains);
  g_ptr_array_unref (self->loose);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->sets);
  G_OBJECT_CLASS (sr_lineage_parent_class)->finalize (object);
}

static void
sr_lineage_class_init (SrLineageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_lineage_finalize;
}

static void
sr_lineage_init (SrLineage *self)
{
  self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  self->chains = g_ptr_array_new_with_free_func (g_object_unref);
  self->loose = g_ptr_array_new_with_free_func (g_object_unref);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_lineage_event_free);
  self->logs = sr_log_map_new ();
}

const char *
sr_lineage_start_to_string (SrLineageStart start)
{
  static const char * const words[] = {
    [SR_LINEAGE_START_FIRST] = "first",
    [SR_LINEAGE_START_RESTORE] = "restore",
    [SR_LINEAGE_START_OTHER_LOGS] = "other-logs",
    [SR_LINEAGE_START_BACKWARDS] = "backwards",
    [SR_LINEAGE_START_FULL_MISSING] = "full-missing",
    [SR_LINEAGE_START_UNKNOWN] = "unknown",
  };

  return words[start];
}

const char *
sr_lineage_start_words (SrLineageStart start)
{
  static const char * const words[] = {
    [SR_LINEAGE_START_FIRST] = N_("The first backup sets of this CA."),
    [SR_LINEAGE_START_RESTORE] = N_("The CA was restored."),
    [SR_LINEAGE_START_OTHER_LOGS] = N_("The CA came back with other logs under the same numbers: another tool restored it, or it has a new database."),
    [SR_LINEAGE_START_BACKWARDS] = N_("The numbers of the CA’s logs went backwards: another tool restored it, or it has a new database."),
    [SR_LINEAGE_START_FULL_MISSING] = N_("The CA did not know its last full backup any more: another product has backed it up, or another tool restored it."),
    [SR_LINEAGE_START_UNKNOWN] = N_("A note in the backup folder cannot be understood. It may tell of a restore."),
  };

  return _(words[start]);
}

SrLineage *
sr_lineage_new (guint                 number,
                SrLineageStart        start,
                const SrLineageEvent *event)
{
  SrLineage *self = g_object_new (SR_TYPE_LINEAGE, NULL);

  self->number = number;
  sr_lineage_set_start (self, start, event);
  return self;
}

void
sr_lineage_set_start (SrLineage            *self,
                      SrLineageStart        start,
                      const SrLineageEvent *event)
{
  g_clear_pointer (&self->start_event, sr_lineage_event_free);
  self->start = start;
  self->start_event = event != NULL ? sr_lineage_event_copy (event) : NULL;
}

gboolean
sr_lineage_is_continued_by (SrLineage      *self,
                            SrBackupSet    *set,
                            SrLineageStart *break_with)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  const SrSetFile *contradicting;
  guint32 high = 0;

  if (!sr_log_map_agrees (self->logs, manifest->files, &contradicting))
    *break_with = SR_LINEAGE_START_OTHER_LOGS;
  else if (sr_manifest_get_generations (manifest, NULL, &high) && high < self->last_generation)
    *break_with = SR_LINEAGE_START_BACKWARDS;
  else
    return TRUE;
  return FALSE;
}

void
sr_lineage_add_set (SrLineage             *self,
                    SrBackupSet           *set,
                    const SrSessionRecord *record)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  SrChain *newest = sr_lineage_get_newest_chain (self);
  guint32 high = 0;

  if (manifest->kind == SR_SET_FULL)
    g_ptr_array_add (self->chains, sr_chain_new (set, record));
  else if (newest == NULL || !sr_chain_try_add (newest, set))
    g_ptr_array_add (self->loose, g_object_ref (set));
  g_ptr_array_add (self->sets, g_object_ref (set));
  sr_log_map_add (self->logs, manifest->files);
  sr_manifest_get_generations (manifest, NULL, &high);
  self->last_generation = MAX (self->last_generation, high);
}

void
sr_lineage_add_event (SrLineage            *self,
                      const SrLineageEvent *event)
{
  g_ptr_array_add (self->events, sr_lineage_event_copy (event));
}

GHashTable *
sr_lineage_get_logs (SrLineage *self)
{
  return self->logs;
}

guint
sr_lineage_get_number (SrLineage *self)
{
  return self->number;
}

SrLineageStart
sr_lineage_get_start (SrLineage *self)
{
  return self->start;
}

const SrLineageEvent *
sr_lineage_get_start_event (SrLineage *self)
{
  return self->start_event;
}

GPtrArray *
sr_lineage_get_sets (SrLineage *self)
{
  return self->sets;
}

GPtrArray *
sr_lineage_get_chains (SrLineage *self)
{
  return self->chains;
}

GPtrArray *
sr_lineage_get_loose (SrLineage *self)
{
  return self->loose;
}

GPtrArray *
sr_lineage_get_events (SrLineage *self)
{
  return self->events;
}

guint32
sr_lineage_get_last_generation (SrLineage *self)
{
  return self->last_generation;
}

static SrChain *
find_newest (SrLineage *self,
             gboolean (*wanted) (SrChain *chain))
{
  for (guint i = self->chains->len; i > 0; i--)
    {
      SrChain *chain = g_ptr_array_index (self->chains, i - 1);

      if (wanted (chain))
        return chain;
    }
  return NULL;
}

SrChain *
sr_lineage_get_base (SrLineage *self)
{
  return find_newest (self, sr_chain_is_base);
}

SrChain *
sr_lineage_get_newest_chain (SrLineage *self)
{
  return find_newest (self, sr_chain_is_complete);
}
