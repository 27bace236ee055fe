/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-chain.h"

#include "base/sr-error.h"
#include "practice/sr-practice-jet.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define JET(error) SR_HRESULT_FROM_JET (error)

static void
chain_log_free (gpointer data)
{
  SrPracticeChainLog *log = data;

  g_free (log->path);
  g_free (log);
}

static GPtrArray *
chain_new (void)
{
  return g_ptr_array_new_with_free_func (chain_log_free);
}

static char *
get_path (const char *folder,
          guint32     generation)
{
  g_autofree char *name = sr_practice_log_name (generation);

  return g_build_filename (folder, name, NULL);
}

static SrPracticeChainLog *
read_log (const char *path,
          guint32     named,
          GError    **error)
{
  g_autoptr (GError) local = NULL;
  SrPracticeChainLog *log;
  SrEseLogHeader header;

  if (!sr_practice_log_read_header (path, &header, &local))
    {
      gboolean length = g_error_matches (local, SR_ERROR, SR_ERROR_MISMATCH) || g_error_matches (local, SR_ERROR, SR_ERROR_LIMIT);

      sr_practice_jet_error (&local, length ? SR_JET_LOG_FILE_SIZE_MISMATCH : SR_JET_LOG_FILE_CORRUPT);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (named != 0 && header.generation != named)
    {
      sr_hresult_set_error (error, JET (SR_JET_LOG_GENERATION_MISMATCH), _("The log “%s” is generation %u"), path, header.generation);
      return NULL;
    }
  log = g_new0 (SrPracticeChainLog, 1);
  log->path = g_strdup (path);
  log->finished = named != 0;
  log->header = header;
  return log;
}

const SrPracticeChainLog *
sr_practice_chain_get_last (GPtrArray *chain)
{
  return g_ptr_array_index (chain, chain->len - 1);
}

static gboolean
follows (const SrEseLogHeader *header,
         const SrEseLogHeader *before)
{
  return header->generation == before->generation + 1 && header->previous_created == before->created;
}

static gboolean
check_signature (const SrPracticeChainLog *log,
                 const guint8             *signature,
                 int                       jet,
                 GError                  **error)
{
  if (memcmp (log->header.signature, signature, SR_PRACTICE_SIGNATURE_SIZE) == 0)
    return TRUE;
  sr_hresult_set_error (error, JET (jet), _("The log “%s” belongs to another database"), log->path);
  return FALSE;
}

static gboolean
check_follows (const SrPracticeChainLog *log,
               const SrEseLogHeader     *before,
               int                       jet,
               GError                  **error)
{
  if (follows (&log->header, before))
    return TRUE;
  sr_hresult_set_error (error, JET (jet), _("The log “%s”, generation %u, does not continue generation %u"),
                        log->path, log->header.generation, before->generation);
  return FALSE;
}

static gboolean
missing (const char *path,
         int         jet,
         GError    **error)
{
  sr_hresult_set_error (error, JET (jet), _("The log “%s” is missing"), path);
  return FALSE;
}

GPtrArray *
sr_practice_chain_read_backup (const char *folder,
                               guint32     low,
                               guint32     high,
                               GError    **error)
{
  g_autoptr (GPtrArray) chain = chain_new ();

  /* in 64 bits, so that the largest number ends it too */
  for (guint64 generation = low; generation <= high; generation++)
    {
      g_autofree char *path = get_path (folder, (guint32) generation);
      const SrPracticeChainLog *before = chain->len > 0 ? sr_practice_chain_get_last (chain) : NULL;
      SrPracticeChainLog *log;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          missing (path, SR_JET_MISSING_RESTORE_LOG_FILES, error);
          return NULL;
        }
      log = read_log (path, (guint32) generation, error);
      if (log == NULL)
        return NULL;
      g_ptr_array_add (chain, log);
      if (before != NULL &&
          (!check_signature (log, before->header.signature, SR_JET_GIVEN_LOG_FILE_HAS_BAD_SIGNATURE, error) ||
           !check_follows (log, &before->header, SR_JET_GIVEN_LOG_FILE_IS_NOT_CONTIGUOUS, error)))
        return NULL;
    }
  return g_steal_pointer (&chain);
}

/* A log beside the backup's own: the same log, the one before, or what follows. */
static gboolean
check_live (GPtrArray                *chain,
            const SrPracticeChainLog *log,
            guint32                   high,
            GError                  **error)
{
  const SrEseLogHeader *first = &((const SrPracticeChainLog *) g_ptr_array_index (chain, 0))->header;
  const SrEseLogHeader *last = &sr_practice_chain_get_last (chain)->header;
  const SrEseLogHeader *same;

  if (!check_signature (log, first->signature, SR_JET_EXISTING_LOG_FILE_HAS_BAD_SIGNATURE, error))
    return FALSE;
  if (log->header.generation > high || !log->finished)
    {
      if (log->header.generation > last->generation + 1 && last->generation > high)
        {
          g_autofree char *folder = g_path_get_dirname (log->path);
          g_autofree char *path = get_path (folder, last->generation + 1);

          return missing (path, SR_JET_MISSING_CURRENT_LOG_FILES, error);
        }
      return check_follows (log, last, SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS, error);
    }
  if (log->header.generation + 1 < first->generation)
    return TRUE;
  if (log->header.generation + 1 == first->generation)
    {
      if (follows (first, &log->header))
        return TRUE;
    }
  else
    {
      same = &((const SrPracticeChainLog *) g_ptr_array_index (chain, log->header.generation - first->generation))->header;
      if (same->created == log->header.created && same->previous_created == log->header.previous_created)
        return TRUE;
    }
  sr_hresult_set_error (error, JET (SR_JET_EXISTING_LOG_FILE_IS_NOT_CONTIGUOUS),
                        _("The log “%s” is another one than the backup has"), log->path);
  return FALSE;
}

static gboolean
add_live (GPtrArray  *chain,
          const char *path,
          guint32     named,
          guint32     high,
          GError    **error)
{
  SrPracticeChainLog *log = read_log (path, named, error);

  if (log == NULL)
    return FALSE;
  if (!check_live (chain, log, high, error))
    {
      chain_log_free (log);
      return FALSE;
    }
  if (log->header.generation > high)
    g_ptr_array_add (chain, log);
  else
    chain_log_free (log);
  return TRUE;
}

gboolean
sr_practice_chain_add_live (GPtrArray  *chain,
                            const char *folder,
                            GError    **error)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autoptr (GArray) finished = sr_practice_log_list (folder, error);
  guint32 high = sr_practice_chain_get_last (chain)->header.generation;

  if (finished == NULL)
    return FALSE;
  for (guint i = 0; i < finished->len; i++)
    {
      guint32 generation = g_array_index (finished, guint32, i);
      g_autofree char *path = get_path (folder, generation);

      if (!add_live (chain, path, generation, high, error))
        return FALSE;
    }
  return !g_file_test (current, G_FILE_TEST_EXISTS) || add_live (chain, current, 0, high, error);
}

static gboolean
add_needed (GPtrArray    *chain,
            const char   *path,
            guint32       named,
            const guint8 *signature,
            GError      **error)
{
  const SrPracticeChainLog *before = chain->len > 0 ? sr_practice_chain_get_last (chain) : NULL;
  SrPracticeChainLog *log = read_log (path, named, error);

  if (log == NULL)
    return FALSE;
  g_ptr_array_add (chain, log);
  return check_signature (log, signature, SR_JET_BAD_LOG_SIGNATURE, error) &&
         (before == NULL || log->header.generation > before->header.generation + 1 ||
          check_follows (log, &before->header, SR_JET_INVALID_LOG_SEQUENCE, error));
}

GPtrArray *
sr_practice_chain_read_live (const char   *folder,
                             guint32       first,
                             const guint8 *signature,
                             GError      **error)
{
  g_autofree char *current = g_build_filename (folder, SR_PRACTICE_LOG_CURRENT, NULL);
  g_autofree char *next = get_path (folder, first);
  g_autoptr (GPtrArray) chain = chain_new ();
  guint32 generation = first;
  const SrPracticeChainLog *last;

  while (g_file_test (next, G_FILE_TEST_EXISTS))
    {
      if (!add_needed (chain, next, generation, signature, error))
        return NULL;
      g_free (next);
      next = get_path (folder, ++generation);
    }
  if (!g_file_test (current, G_FILE_TEST_EXISTS))
    {
      missing (current, SR_JET_MISSING_LOG_FILE, error);
      return NULL;
    }
  if (!add_needed (chain, current, 0, signature, error))
    return NULL;
  last = sr_practice_chain_get_last (chain);
  if (last->header.generation > generation)
    {
      missing (next, SR_JET_MISSING_LOG_FILE, error);
      return NULL;
    }
  if (last->header.generation < generation)
    {
      sr_hresult_set_error (error, JET (SR_JET_INVALID_LOG_SEQUENCE), _("The log “%s” is generation %u where %u must follow"),
                            current, last->header.generation, generation);
      return NULL;
    }
  return g_steal_pointer (&chain);
}

gboolean
sr_practice_chain_replay (GPtrArray            *chain,
                          SrPracticeLsn         from,
                          SrPracticeRecordFunc  func,
                          gpointer              user_data,
                          SrPracticeLsn        *end,
                          GError              **error)
{
  for (guint i = 0; i < chain->len; i++)
    {
      const SrPracticeChainLog *log = g_ptr_array_index (chain, i);
      guint32 generation = log->header.generation;
      guint32 offset = generation == SR_PRACTICE_LSN_GENERATION (from) ? SR_PRACTICE_LSN_OFFSET (from) : 0;

      if (generation >= SR_PRACTICE_LSN_GENERATION (from) &&
          !sr_practice_log_replay (log->path, generation, offset, log->finished, func, user_data, end, error))
        return sr_practice_jet_error (error, SR_JET_LOG_FILE_CORRUPT);
    }
  return TRUE;
}
