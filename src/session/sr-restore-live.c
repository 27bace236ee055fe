/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-files-private.h"

#include "ese/sr-ese-log.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CURRENT_LOG "edb.log"

static void
live_file_free (SrLiveFile *file)
{
  g_free (file->folder);
  g_free (file->name);
  g_free (file);
}

/* edb.log, edb00001.log, edbtmp.log, edbres00001.jrs, edb.chk: what ESE makes for the base name "edb" (ESE
 * log.cxx, logstream.cxx). */
static gboolean
is_engine_file (const char *name,
                gboolean   *is_log)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  *is_log = FALSE;
  if (!g_str_has_prefix (lower, "edb"))
    return g_str_equal (lower, "tmp.edb");
  *is_log = g_str_equal (lower, CURRENT_LOG) || g_str_equal (lower, "edb.jtx") || sr_log_generation (lower) != 0;
  return *is_log || g_str_equal (lower, "edb.chk") || g_str_has_suffix (lower, ".jrs") || g_str_has_prefix (lower, "edbtmp.");
}

static gboolean
list_folder (const SrRestoreEntry *entry,
             SrCaHost             *host,
             const char           *folder,
             GPtrArray            *live,
             GCancellable         *cancellable,
             GError              **error)
{
  g_autoptr (GPtrArray) found = sr_ca_host_list_folder (host, folder, cancellable, error);

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const SrHostFileInfo *info = g_ptr_array_index (found, i);
      g_autofree char *path = sr_restore_path_join (folder, info->name);
      gboolean is_log = FALSE;
      SrLiveFile *file;

      if (info->is_folder || !(sr_restore_path_equal (path, entry->database) || is_engine_file (info->name, &is_log)))
        continue;
      file = g_new0 (SrLiveFile, 1);
      file->folder = g_strdup (folder);
      file->name = g_strdup (info->name);
      file->size = info->size;
      file->modified = info->modified;
      file->is_log = is_log && sr_restore_path_equal (folder, entry->log_folder);
      g_ptr_array_add (live, file);
    }
  return found != NULL;
}

static int
compare_live (gconstpointer a,
              gconstpointer b)
{
  const SrLiveFile *one = a, *two = b;
  int order = strcmp (one->folder, two->folder);

  return order != 0 ? order : strcmp (one->name, two->name);
}

GPtrArray *
sr_restore_list_live (const SrRestoreEntry *entry,
                      SrCaHost             *host,
                      GCancellable         *cancellable,
                      GError              **error)
{
  g_autoptr (GPtrArray) live = g_ptr_array_new_with_free_func ((GDestroyNotify) live_file_free);
  g_auto (GStrv) folders = sr_restore_ca_folders (entry);

  for (guint i = 0; folders[i] != NULL; i++)
    if (!list_folder (entry, host, folders[i], live, cancellable, error))
      return NULL;
  g_ptr_array_sort_values (live, compare_live);
  return g_steal_pointer (&live);
}

void
sr_restore_plan_moves (SrRestoreEntry *entry,
                       GPtrArray      *live)
{
  g_ptr_array_set_size (entry->aside, 0);
  for (guint i = 0; i < live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (live, i);
      g_autofree char *from = sr_restore_path_join (file->folder, file->name);
      g_autofree char *folder = sr_restore_work_path (entry, file->folder, SR_WORK_BEFORE);
      g_autofree char *to = sr_restore_path_join (folder, file->name);

      sr_restore_entry_add_move (entry, from, to, file->size, entry->mode == SR_RESTORE_LATEST && file->is_log);
    }
}

void
sr_live_logs_clear (SrLiveLogs *logs)
{
  g_clear_pointer (&logs->why_not, g_free);
}

/* The header of a live log: FALSE with an error when the host failed; @known tells whether there is one. */
static gboolean
read_header (SrCaHost         *host,
             const SrLiveFile *file,
             SrEseLogHeader   *header,
             gboolean         *known,
             char            **why,
             GCancellable     *cancellable)
{
  g_autofree char *path = sr_restore_path_join (file->folder, file->name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = sr_ca_host_read_file (host, path, NULL, cancellable, &error);
  guint8 page[SR_ESE_LOG_HEADER_SIZE];
  gsize length = 0;

  *known = stream != NULL && g_input_stream_read_all (stream, page, sizeof page, &length, cancellable, &error) &&
           sr_ese_log_header_parse (page, length, header, &error);
  if (!*known)
    *why = g_strdup (error->message);
  return !g_cancellable_is_cancelled (cancellable);
}

static char *
hex (const guint8 *data,
     gsize         length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

/* What the live logs are held against: the sets' logs by generation, those after them by the link to the one before. */
typedef struct
{
  GHashTable *sets; /* generation -> SrSetFile */
  const SrSetFile *last;
  GHashTable *headers; /* generation -> SrEseLogHeader */
  guint32 current;     /* generation of edb.log, 0 for none */
} Judge;

static char *
judge_one (Judge                *judge,
           const SrEseLogHeader *header)
{
  g_autofree char *signature = hex (header->signature, sizeof header->signature);
  const SrSetFile *twin = g_hash_table_lookup (judge->sets, GUINT_TO_POINTER (header->generation));

  if (judge->last->signature != NULL && !g_str_equal (judge->last->signature, signature))
    return g_strdup_printf (_("The live log 0x%X is of another stream than the sets: the database is another one."), header->generation);
  if (twin != NULL && twin->created != 0 && twin->created != header->created)
    return g_strdup_printf (_("The live log 0x%X is another one than in the sets: the CA was restored, or went on from another point."), header->generation);
  return NULL;
}

static char *
judge_link (Judge  *judge,
            guint32 generation)
{
  const SrEseLogHeader *header = g_hash_table_lookup (judge->headers, GUINT_TO_POINTER (generation));
  const SrEseLogHeader *before = g_hash_table_lookup (judge->headers, GUINT_TO_POINTER (generation - 1));
  gint64 created = generation - 1 == judge->last->generation ? judge->last->created : before != NULL ? before->created : 0;

  if (header == NULL)
    return g_strdup_printf (_("The live log 0x%X is missing, so that what came behind it cannot be replayed."), generation);
  if (created != 0 && header->previous_created != created)
    return g_strdup_printf (_("The live log 0x%X does not follow the log 0x%X: the CA was restored, or went on from another point."),
                            generation, generation - 1);
  return NULL;
}

static char *
judge_all (Judge *judge)
{
  char *why = NULL;

  if (judge->current == 0)
    return g_strdup (_("The current log, edb.log, is missing: it holds the newest changes."));
  if (judge->current <= judge->last->generation)
    return g_strdup_printf (_("The live logs end with 0x%X, before the sets do: the CA was restored, or went on from another point."), judge->current);
  for (guint32 i = judge->last->generation + 1; why == NULL && i <= judge->current; i++)
    why = judge_link (judge, i);
  return why;
}

/* Reads one live log, and notes what it is; FALSE when it was cancelled. */
static gboolean
take_log (Judge            *judge,
          const SrLiveFile *file,
          gboolean          running,
          SrCaHost         *host,
          SrLiveLogs       *logs,
          GCancellable     *cancellable)
{
  g_autofree SrEseLogHeader *header = g_new0 (SrEseLogHeader, 1);
  g_autofree char *why = NULL;
  guint32 named = sr_log_generation (file->name);
  guint32 generation;
  gboolean known;

  if (!read_header (host, file, header, &known, &why, cancellable))
    return FALSE;
  generation = header->generation;
  if (!known && running)
    logs->unsure = TRUE;
  else if (!known)
    logs->why_not = g_strdup_printf (_("The live log “%s” cannot be read: %s"), file->name, why);
  else if (named != 0 && named != generation)
    logs->why_not = g_strdup_printf (_("The live log “%s” has the generation 0x%X"), file->name, generation);
  else
    logs->why_not = judge_one (judge, header);
  if (!known || logs->why_not != NULL)
    return TRUE;
  if (named == 0)
    judge->current = generation;
  logs->beyond += generation > judge->last->generation ? 1 : 0;
  g_hash_table_insert (judge->headers, GUINT_TO_POINTER (generation), g_steal_pointer (&header));
  return TRUE;
}

gboolean
sr_restore_judge_live_logs (GPtrArray    *files,
                            GPtrArray    *live,
                            gboolean      running,
                            SrCaHost     *host,
                            SrLiveLogs   *logs,
                            GCancellable *cancellable,
                            GError      **error)
{
  g_autoptr (GHashTable) sets = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) headers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Judge judge = { sets, ((SrRestoreFile *) g_ptr_array_index (files, files->len - 1))->file, headers, 0 };

  *logs = (SrLiveLogs) { 0 };
  for (guint i = 0; i < files->len; i++)
    {
      const SrSetFile *file = ((SrRestoreFile *) g_ptr_array_index (files, i))->file;

      g_hash_table_insert (sets, GUINT_TO_POINTER (file->generation), (gpointer) file);
    }
  for (guint i = 0; logs->why_not == NULL && i < live->len; i++)
    {
      const SrLiveFile *file = g_ptr_array_index (live, i);

      if (file->is_log && !take_log (&judge, file, running, host, logs, cancellable))
        return !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  if (logs->why_not == NULL && !logs->unsure)
    logs->why_not = judge_all (&judge);
  logs->continues = logs->why_not == NULL && !logs->unsure;
  return TRUE;
}
