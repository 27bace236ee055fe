/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-history-private.h"

GHashTable *
sr_log_map_new (void)
{
  return g_hash_table_new (NULL, NULL);
}

const SrSetFile *
sr_log_map_get (GHashTable *map,
                guint32     generation)
{
  return generation != 0 ? g_hash_table_lookup (map, GUINT_TO_POINTER (generation)) : NULL;
}

void
sr_log_map_add (GHashTable *map,
                GPtrArray  *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      SrSetFile *file = g_ptr_array_index (files, i);

      if (file->role == SR_FILE_LOG && file->generation != 0)
        g_hash_table_insert (map, GUINT_TO_POINTER (file->generation), file);
    }
}

static gboolean
same_stream (const SrSetFile *a,
             const SrSetFile *b)
{
  return a->signature == NULL || b->signature == NULL || g_str_equal (a->signature, b->signature);
}

/* Whether @next can be the log behind @log. */
static gboolean
follows (const SrSetFile *log,
         const SrSetFile *next)
{
  return same_stream (log, next) &&
         (log->created == 0 || next->previous_created == 0 || log->created == next->previous_created);
}

static gboolean
is_same_log (const SrSetFile *a,
             const SrSetFile *b)
{
  return g_str_equal (a->sha256, b->sha256) && same_stream (a, b) &&
         (a->created == 0 || b->created == 0 || a->created == b->created);
}

const SrSetFile *
sr_log_map_find_signed (GHashTable *map)
{
  GHashTableIter iter;
  gpointer log;

  g_hash_table_iter_init (&iter, map);
  while (g_hash_table_iter_next (&iter, NULL, &log))
    if (((const SrSetFile *) log)->signature != NULL)
      return log;
  return NULL;
}

gboolean
sr_log_map_agrees (GHashTable       *map,
                   GPtrArray        *files,
                   const SrSetFile **contradicting)
{
  const SrSetFile *signed_log = sr_log_map_find_signed (map);

  for (guint i = 0; i < files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (files, i);
      const SrSetFile *same, *before, *behind;

      if (file->role != SR_FILE_LOG || file->generation == 0)
        continue;
      same = sr_log_map_get (map, file->generation);
      before = sr_log_map_get (map, file->generation - 1);
      behind = file->generation < G_MAXUINT32 ? sr_log_map_get (map, file->generation + 1) : NULL;
      if ((same != NULL && !is_same_log (same, file)) ||
          (before != NULL && !follows (before, file)) ||
          (behind != NULL && !follows (file, behind)) ||
          (signed_log != NULL && !same_stream (signed_log, file)))
        {
          *contradicting = file;
          return FALSE;
        }
    }
  return TRUE;
}

guint32
sr_log_map_run (GHashTable *map,
                guint32     from)
{
  const SrSetFile *log = sr_log_map_get (map, from);
  const SrSetFile *next;

  if (log == NULL)
    return 0;
  while (log->generation < G_MAXUINT32 && (next = sr_log_map_get (map, log->generation + 1)) != NULL && follows (log, next))
    log = next;
  return log->generation;
}
