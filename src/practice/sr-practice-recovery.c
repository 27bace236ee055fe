/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-recovery.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "practice/sr-practice-chain.h"
#include "practice/sr-practice-database-private.h"
#include "practice/sr-practice-jet.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JET(error) SR_HRESULT_FROM_JET (error)

/* A record of padding, whose pages stand in the file only. */
typedef struct
{
  SrPracticeLsn lsn;
  guint8 payload[SR_PRACTICE_PADDING_SIZE];
} Padding;

struct _SrPracticeRecovery
{
  SrPracticeDbHeader header;
  SrPracticePages *pages;
  GPtrArray *chain;
  GArray *padding;
  SrPracticeLsn end; /* behind the last record */
};

void
sr_practice_recovery_free (SrPracticeRecovery *recovery)
{
  g_clear_pointer (&recovery->pages, sr_practice_pages_free);
  g_clear_pointer (&recovery->chain, g_ptr_array_unref);
  g_clear_pointer (&recovery->padding, g_array_unref);
  g_free (recovery);
}

void
sr_practice_recovery_step (guint *steps_to_live)
{
  if (steps_to_live != NULL && *steps_to_live > 0 && --*steps_to_live == 0)
    raise (SIGKILL);
}

static SrPracticeBackupMark *
get_mark (SrPracticeDbHeader *header)
{
  return &header->backups[SR_PRACTICE_BACKUP_CURRENT];
}

static gboolean
agree (SrPracticeDbHeader *header,
       SrPracticeDbHeader *trailer)
{
  const SrPracticeBackupMark *first = get_mark (header), *last = get_mark (trailer);

  return first->generation_low == last->generation_low && first->lsn == last->lsn &&
         last->generation_high >= last->generation_low &&
         memcmp (header->db_signature, trailer->db_signature, SR_PRACTICE_SIGNATURE_SIZE) == 0 &&
         memcmp (header->log_signature, trailer->log_signature, SR_PRACTICE_SIGNATURE_SIZE) == 0;
}

/* The last log that the copy needs stands in its trailer, until a recovery has begun: then in the header. */
static gboolean
read_trailer (SrPracticeRecovery           *recovery,
              const SrPracticeRecoveryPlan *plan,
              int                           fd,
              guint64                      *count,
              GError                      **error)
{
  gboolean begun = get_mark (&recovery->header)->generation_high != 0;
  SrPracticeDbHeader trailer;
  guint8 page[SR_PRACTICE_PAGE_SIZE];
  gboolean whole;

  if (!sr_practice_read_at (fd, page, sizeof page, (*count - 1) * sizeof page, plan->database, error))
    return sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
  whole = sr_practice_db_header_read (page, (guint32) (*count - 1), SR_PRACTICE_PAGE_TRAILER, &trailer, begun ? NULL : error);
  if (!whole && !begun)
    {
      g_prefix_error (error, _("The database “%s”: "), plan->database);
      return sr_practice_jet_error (error, SR_JET_BAD_PATCH_PAGE);
    }
  if (whole)
    (*count)--;
  if (begun)
    return TRUE;
  if (!agree (&recovery->header, &trailer))
    {
      sr_hresult_set_error (error, JET (SR_JET_DATABASE_PATCH_FILE_MISMATCH), _("Header and trailer of “%s” do not agree"), plan->database);
      return FALSE;
    }
  if (get_mark (&trailer)->generation_high > plan->high)
    {
      sr_hresult_set_error (error, JET (SR_JET_ENDING_RESTORE_LOG_TOO_LOW), _("The logs end at generation %u, but the database “%s” needs %u"),
                            plan->high, plan->database, get_mark (&trailer)->generation_high);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_header (SrPracticeRecovery           *recovery,
              const SrPracticeRecoveryPlan *plan,
              GError                      **error)
{
  const SrPracticeChainLog *last = sr_practice_chain_get_last (recovery->chain);
  const SrPracticeBackupMark *mark = get_mark (&recovery->header);

  if (mark->generation_low == 0)
    sr_hresult_set_error (error, JET (SR_JET_RESTORE_OF_NON_BACKUP_DATABASE), _("The database “%s” is no backup’s copy"), plan->database);
  else if (memcmp (recovery->header.log_signature, last->header.signature, SR_PRACTICE_SIGNATURE_SIZE) != 0)
    sr_hresult_set_error (error, JET (SR_JET_DATABASE_PATCH_FILE_MISMATCH), _("The logs are not those of “%s”"), plan->database);
  else if (mark->generation_low < plan->low)
    sr_hresult_set_error (error, JET (SR_JET_STARTING_RESTORE_LOG_TOO_HIGH), _("The logs begin with generation %u, but the database “%s” needs %u"),
                          plan->low, plan->database, mark->generation_low);
  else
    return TRUE;
  return FALSE;
}

static gboolean
load_copy (SrPracticeRecovery           *recovery,
           const SrPracticeRecoveryPlan *plan,
           GError                      **error)
{
  g_autofd int fd = open (plan->database, O_RDONLY | O_CLOEXEC);
  struct stat st;
  guint64 count;

  if (fd < 0 && errno == ENOENT)
    {
      sr_hresult_set_error (error, JET (SR_JET_FILE_NOT_FOUND), _("The database “%s” is missing"), plan->database);
      return FALSE;
    }
  if (fd < 0 || fstat (fd, &st) != 0)
    return sr_set_errno_error (error, errno, _("Opening “%s”"), plan->database);
  count = (guint64) st.st_size / SR_PRACTICE_PAGE_SIZE;
  if (st.st_size % SR_PRACTICE_PAGE_SIZE != 0 || count <= SR_PRACTICE_FIRST_ROW_PAGE)
    {
      sr_hresult_set_error (error, JET (SR_JET_READ_VERIFY_FAILURE), _("“%s” has a size that no database has"), plan->database);
      return FALSE;
    }
  if (!sr_practice_db_header_load (fd, plan->database, &recovery->header, error) ||
      !check_header (recovery, plan, error) ||
      !read_trailer (recovery, plan, fd, &count, error))
    return FALSE;
  return sr_practice_pages_load_file (recovery->pages, fd, plan->database, count, error) ||
         sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
}

static gboolean
apply (SrPracticeLsn        lsn,
       SrPracticeRecordType type,
       const guint8        *payload,
       gsize                length,
       gpointer             user_data,
       GError             **error)
{
  SrPracticeRecovery *recovery = user_data;
  Padding padding = { .lsn = lsn };

  if (!sr_practice_pages_apply (recovery->pages, lsn, type, payload, length, error))
    return FALSE;
  if (type == SR_PRACTICE_RECORD_PAD)
    {
      memcpy (padding.payload, payload, sizeof padding.payload);
      g_array_append_val (recovery->padding, padding);
    }
  return TRUE;
}

static gboolean
replay (SrPracticeRecovery           *recovery,
        const SrPracticeRecoveryPlan *plan,
        GError                      **error)
{
  const SrPracticeBackupMark *mark = get_mark (&recovery->header);
  g_autoptr (GPtrArray) rows = NULL;

  if (!sr_practice_chain_replay (recovery->chain, SR_PRACTICE_LSN (mark->generation_low, 0), apply, recovery, &recovery->end, error))
    return FALSE;
  if (SR_PRACTICE_LSN_GENERATION (recovery->end) < mark->generation_high)
    {
      sr_hresult_set_error (error, JET (SR_JET_REQUIRED_LOG_FILES_MISSING), _("The logs end at generation %u, but the database “%s” needs %u"),
                            SR_PRACTICE_LSN_GENERATION (recovery->end), plan->database, mark->generation_high);
      return FALSE;
    }
  rows = sr_practice_recovery_get_rows (recovery, error);
  return rows != NULL;
}

SrPracticeRecovery *
sr_practice_recovery_read (const SrPracticeRecoveryPlan *plan,
                           GError                      **error)
{
  g_autoptr (SrPracticeRecovery) recovery = g_new0 (SrPracticeRecovery, 1);

  g_return_val_if_fail (plan->low > 0 && plan->low <= plan->high, NULL);
  recovery->pages = sr_practice_pages_new ();
  recovery->padding = g_array_new (FALSE, FALSE, sizeof (Padding));
  recovery->chain = sr_practice_chain_read_backup (plan->backup_folder, plan->low, plan->high, error);
  if (recovery->chain == NULL ||
      (plan->log_folder != NULL && !sr_practice_chain_add_live (recovery->chain, plan->log_folder, error)) ||
      !load_copy (recovery, plan, error) ||
      !replay (recovery, plan, error))
    return NULL;
  return g_steal_pointer (&recovery);
}

static gboolean
collect (guint32       pgno,
         guint16       offset,
         const guint8 *data,
         gsize         length,
         gpointer      user_data,
         GError      **error)
{
  GPtrArray *rows = user_data;
  SrPracticeRow *row = sr_practice_row_decode (data, length, error);

  if (row == NULL)
    return FALSE;
  g_ptr_array_add (rows, row);
  if (row->request_id == rows->len)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Page %u has request %u where %u must follow"), pgno, row->request_id, rows->len);
  return FALSE;
}

GPtrArray *
sr_practice_recovery_get_rows (SrPracticeRecovery *recovery,
                               GError            **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);

  if (!sr_practice_pages_foreach_row (recovery->pages, collect, rows, error))
    {
      sr_practice_jet_error (error, SR_JET_READ_VERIFY_FAILURE);
      return NULL;
    }
  return g_steal_pointer (&rows);
}

/* The file without its trailer and with room for every page, padding, and the
 * pages that logs have changed, one log after the other. */
static gboolean
write_pages (SrPracticeRecovery           *recovery,
             const SrPracticeRecoveryPlan *plan,
             int                           fd,
             GError                      **error)
{
  guint64 size = (guint64) sr_practice_pages_get_count (recovery->pages) * SR_PRACTICE_PAGE_SIZE;

  sr_practice_recovery_step (plan->steps_to_live);
  if (ftruncate (fd, (off_t) size) != 0)
    return sr_set_errno_error (error, errno, _("Extending “%s”"), plan->database);
  for (guint i = 0; i < recovery->padding->len; i++)
    {
      const Padding *padding = &g_array_index (recovery->padding, Padding, i);

      sr_practice_recovery_step (plan->steps_to_live);
      if (!sr_practice_write_padding (fd, plan->database, padding->lsn, padding->payload, error))
        return FALSE;
    }
  for (guint i = 0; i < recovery->chain->len; i++)
    {
      const SrPracticeChainLog *log = g_ptr_array_index (recovery->chain, i);

      sr_practice_recovery_step (plan->steps_to_live);
      if (!sr_practice_pages_flush (recovery->pages, fd, SR_PRACTICE_LSN ((guint64) log->header.generation + 1, 0), error))
        return FALSE;
    }
  if (fdatasync (fd) != 0)
    return sr_set_errno_error (error, errno, _("Syncing “%s”"), plan->database);
  return TRUE;
}

/* Where the database goes on writing: behind the last record of the current log, or in a new log. */
static gboolean
write_log (SrPracticeRecovery           *recovery,
           const SrPracticeRecoveryPlan *plan,
           GError                      **error)
{
  const SrPracticeChainLog *last = sr_practice_chain_get_last (recovery->chain);
  SrPracticeLsn position = last->finished ? SR_PRACTICE_LSN ((guint64) last->header.generation + 1, SR_PRACTICE_LOG_START) : recovery->end;

  sr_practice_recovery_step (plan->steps_to_live);
  if (last->finished && !sr_practice_log_continue (plan->log_folder, &last->header, error))
    return FALSE;
  sr_practice_recovery_step (plan->steps_to_live);
  return sr_practice_checkpoint_write (plan->log_folder, recovery->header.log_signature, position, error);
}

gboolean
sr_practice_recovery_write (SrPracticeRecovery           *recovery,
                            const SrPracticeRecoveryPlan *plan,
                            GError                      **error)
{
  g_autofd int fd = open (plan->database, O_RDWR | O_CLOEXEC);
  g_autofree char *folder = g_path_get_dirname (plan->database);

  if (fd < 0)
    return sr_set_errno_error (error, errno, _("Opening “%s”"), plan->database);
  /* from here on the header tells which logs the pages may have changes of, and the trailer is not needed any more */
  get_mark (&recovery->header)->generation_high = SR_PRACTICE_LSN_GENERATION (recovery->end);
  recovery->header.clean = FALSE;
  sr_practice_recovery_step (plan->steps_to_live);
  if (!sr_practice_db_header_store (fd, plan->database, &recovery->header, error) ||
      !write_pages (recovery, plan, fd, error) ||
      !write_log (recovery, plan, error))
    return FALSE;
  recovery->header.clean = TRUE;
  sr_practice_recovery_step (plan->steps_to_live);
  return sr_practice_db_header_store (fd, plan->database, &recovery->header, error) &&
         sr_file_sync_folder (folder, error);
}
