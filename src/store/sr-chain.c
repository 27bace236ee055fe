/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-chain.h"

#include "store/sr-history-private.h"

struct _SrChain
{
  GObject parent_instance;

  GPtrArray *sets;
  GHashTable *logs;
  guint32 low;
  guint32 high;
  gboolean is_base;
  gboolean is_complete;
  guint64 server_last_full;
};

G_DEFINE_FINAL_TYPE (SrChain, sr_chain, G_TYPE_OBJECT)

static void
sr_chain_finalize (GObject *object)
{
  SrChain *self = SR_CHAIN (object);

  g_hash_table_unref (self->logs);
  g_ptr_array_unref (self->sets);
  G_OBJECT_CLASS (sr_chain_parent_class)->finalize (object);
}

static void
sr_chain_class_init (SrChainClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_chain_finalize;
}

static void
sr_chain_init (SrChain *self)
{
  self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  self->logs = sr_log_map_new ();
}

gboolean
sr_chain_can_begin (GPtrArray *files,
                    guint32   *low,
                    guint32   *high)
{
  g_autoptr (GHashTable) logs = sr_log_map_new ();

  sr_log_map_add (logs, files);
  return sr_set_files_get_generations (files, low, high) && sr_log_map_run (logs, *low) == *high;
}

SrChain *
sr_chain_new (SrBackupSet           *full,
              const SrSessionRecord *record)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (full);
  SrChain *self = g_object_new (SR_TYPE_CHAIN, NULL);

  g_ptr_array_add (self->sets, g_object_ref (full));
  sr_log_map_add (self->logs, manifest->files);
  self->is_complete = sr_chain_can_begin (manifest->files, &self->low, &self->high);
  /* The CA's engine counts it as a full backup when its session truncated logs and ended. */
  self->is_base = self->is_complete && record->truncated == SR_TRUNCATION_YES && record->ended == SR_ENDING_YES;
  self->server_last_full = record->server_last_full;
  return self;
}

gboolean
sr_chain_takes (SrChain   *self,
                GPtrArray *files)
{
  g_autoptr (GHashTable) logs = sr_log_map_new ();
  guint32 high;

  if (!self->is_complete || !sr_set_files_get_generations (files, NULL, &high))
    return FALSE;
  /* The last log of the chain, then those of the set: they must be one run to the set's end. */
  g_hash_table_insert (logs, GUINT_TO_POINTER (self->high), (gpointer) sr_log_map_get (self->logs, self->high));
  sr_log_map_add (logs, files);
  return high <= self->high || sr_log_map_run (logs, self->high) >= high;
}

gboolean
sr_chain_has_signature (SrChain *self)
{
  return sr_log_map_find_signed (self->logs) != NULL;
}

gboolean
sr_chain_try_add (SrChain     *self,
                  SrBackupSet *set)
{
  GPtrArray *files = sr_backup_set_get_manifest (set)->files;
  guint32 high = 0;

  if (!sr_chain_takes (self, files))
    return FALSE;
  sr_set_files_get_generations (files, NULL, &high);
  g_ptr_array_add (self->sets, g_object_ref (set));
  sr_log_map_add (self->logs, files);
  self->high = MAX (self->high, high);
  return TRUE;
}

SrBackupSet *
sr_chain_get_full (SrChain *self)
{
  return g_ptr_array_index (self->sets, 0);
}

GPtrArray *
sr_chain_get_sets (SrChain *self)
{
  return self->sets;
}

SrBackupSet *
sr_chain_get_newest (SrChain *self)
{
  return g_ptr_array_index (self->sets, self->sets->len - 1);
}

gboolean
sr_chain_is_complete (SrChain *self)
{
  return self->is_complete;
}

gboolean
sr_chain_is_base (SrChain *self)
{
  return self->is_base;
}

gboolean
sr_chain_is_damaged (SrChain *self)
{
  for (guint i = 0; i < self->sets->len; i++)
    {
      const SrVerification *found = sr_backup_set_peek_verification (g_ptr_array_index (self->sets, i));

      if (found != NULL && found->finding == SR_FINDING_DAMAGED)
        return TRUE;
    }
  return FALSE;
}

gboolean
sr_chain_get_generations (SrChain *self,
                          guint32 *low,
                          guint32 *high)
{
  if (self->high == 0)
    return FALSE;
  if (low != NULL)
    *low = self->low;
  if (high != NULL)
    *high = self->high;
  return TRUE;
}

guint64
sr_chain_get_server_last_full (SrChain *self)
{
  return self->server_last_full;
}

guint64
sr_chain_get_size (SrChain *self)
{
  guint64 size = 0;

  for (guint i = 0; i < self->sets->len; i++)
    size += sr_backup_set_get_size (g_ptr_array_index (self->sets, i));
  return size;
}

gboolean
sr_chain_contains (SrChain     *self,
                   SrBackupSet *set)
{
  for (guint i = 0; i < self->sets->len; i++)
    if (sr_backup_set_is_same (g_ptr_array_index (self->sets, i), set))
      return TRUE;
  return FALSE;
}
