/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-session-recovery.h"
#include "session/sr-journal-private.h"
#include "session/sr-session-end-private.h"

#include "base/sr-error.h"
#include "store/sr-staging.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_SECONDS 60
#define SETTLE 3.0
#define COURTESY 10.0

static SrRecoveryItem *
item_new (const char *id)
{
  SrRecoveryItem *item = g_new0 (SrRecoveryItem, 1);

  item->id = g_strdup (id);
  return item;
}

void
sr_recovery_item_free (SrRecoveryItem *item)
{
  g_free (item->id);
  g_clear_pointer (&item->entry, sr_journal_entry_free);
  g_clear_error (&item->error);
  g_free (item->set);
  g_strfreev (item->kept);
  g_clear_error (&item->disk_error);
  g_free (item);
}

/* The object is reached again under its old identity, and pinged while that
 * lasts. End goes only where Prepare may have gone. */
static void
settle_with_server (SrRecoveryItem *item,
                    SrJournal      *journal,
                    SrDcomTarget   *target,
                    gint64          deadline,
                    GCancellable   *cancellable,
                    SrHresult      *answer)
{
  SrJournalEntry *entry = sr_journal_get_entry (journal);
  const char *authority = strchr (entry->config, '\\');
  SrDcomObject *object = sr_dcom_object_reattach (target, &entry->identity);
  g_autoptr (SrCertAdmin) admin = NULL;

  admin = sr_cert_admin_new_for_object (object, authority != NULL ? authority + 1 : entry->config, entry->host);
  item->outcome = SR_RECOVERY_NEVER_OPENED;
  if (entry->step != SR_JOURNAL_ACTIVATED)
    {
      sr_journal_update (journal, SR_JOURNAL_END_SENT, NULL);
      switch (sr_session_end (admin, entry->prepare_unknown, SETTLE, deadline, cancellable, answer, &item->error))
        {
        case SR_END_CLOSED:
          item->outcome = SR_RECOVERY_ENDED;
          break;
        case SR_END_WAS_NOT_OPEN:
          item->outcome = SR_RECOVERY_WAS_OVER;
          /* No End of ours has succeeded; who comes back to the entry has to know. */
          sr_journal_update (journal, item->entry->step, NULL);
          break;
        case SR_END_OBJECT_GONE:
          item->outcome = SR_RECOVERY_OBJECT_GONE;
          return;
        case SR_END_UNSETTLED:
          item->outcome = SR_RECOVERY_UNSETTLED;
          return;
        }
    }
  /* A courtesy: without it the server reclaims the object when its pings stay away. */
  sr_dcom_object_release (object, MIN (deadline, sr_deadline_in (COURTESY)), NULL);
}

/* The set of a session that was killed between the rename and the note of it:
 * it carries the session's own start. */
static char *
find_set (SrRepository         *repository,
          const SrJournalEntry *entry)
{
  g_autoptr (GPtrArray) sets = sr_repository_list_sets (repository, entry->config, NULL, NULL);

  for (guint i = 0; sets != NULL && i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);

      if (sr_backup_set_get_manifest (set)->started == entry->started)
        return g_strdup (sr_backup_set_get_path (set));
    }
  return NULL;
}

/* Publishes or discards what lies in staging folders of this CA: its lock,
 * held meanwhile, says that no session is working there. */
static gboolean
clear_up_disk (SrRecoveryItem       *item,
               const SrJournalEntry *entry,
               GCancellable         *cancellable)
{
  g_autoptr (SrRepository) repository = sr_repository_open (entry->repository, &item->disk_error);
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GPtrArray) published = NULL;
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();

  if (repository == NULL)
    return FALSE;
  lock = sr_repository_lock_authority (repository, entry->config, SR_LOCK_EXCLUSIVE, NULL, &item->disk_error);
  if (lock == NULL || !sr_staging_recover (repository, lock, &published, &kept, cancellable, &item->disk_error))
    return FALSE;

  for (guint i = 0; i < kept->len; i++)
    g_strv_builder_add (paths, ((SrStaging *) g_ptr_array_index (kept, i))->path);
  item->kept = g_strv_builder_end (paths);
  item->set = entry->set != NULL ? g_strdup (entry->set) : find_set (repository, entry);
  for (guint i = 0; item->set != NULL && i < published->len; i++)
    if (strcmp (sr_backup_set_get_path (g_ptr_array_index (published, i)), item->set) == 0)
      item->published = TRUE;
  return TRUE;
}

/* Over because of an End of ours that was out when the program was killed, or because the server gave the session up. */
static SrEnding
ending_of (const SrRecoveryItem *item)
{
  gboolean by_us = item->outcome == SR_RECOVERY_ENDED
                   || (item->outcome == SR_RECOVERY_WAS_OVER && item->entry->step == SR_JOURNAL_END_SENT);

  return by_us ? SR_ENDING_YES : SR_ENDING_UNKNOWN;
}

/* What session.json says of the end. Of TruncateLogs the journal knows as much or more: "unknown" is written
 * before it is sent. */
static gboolean
record_outcome (SrRecoveryItem       *item,
                const SrJournalEntry *entry,
                SrHresult             answer)
{
  g_autoptr (SrBackupSet) set = NULL;
  g_auto (SrSessionRecord) record = { 0 };

  if (item->set == NULL)
    return TRUE;
  set = sr_backup_set_load (item->set, &item->disk_error);
  /* A set that was deleted since needs no record. */
  if (set == NULL && g_error_matches (item->disk_error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET))
    {
      g_clear_error (&item->disk_error);
      g_clear_pointer (&item->set, g_free);
      return TRUE;
    }
  if (set == NULL)
    return FALSE;
  if (!sr_backup_set_load_session (set, &record, NULL) || record.truncated == SR_TRUNCATION_UNKNOWN)
    record.truncated = entry->truncated;
  if (record.ended == SR_ENDING_YES)
    return TRUE;
  record.ended = ending_of (item);
  record.ended_at = g_get_real_time ();
  record.end_result = answer;
  g_set_str (&record.detail, sr_recovery_outcome_words (item->outcome));
  return sr_backup_set_record_session (set, &record, &item->disk_error);
}

static void
recover_one (SrRecoveryItem        *item,
             SrJournal             *journal,
             const SrRecoveryFuncs *funcs,
             gpointer               user_data,
             double                 seconds,
             GCancellable          *cancellable)
{
  SrJournalEntry *entry = sr_journal_get_entry (journal);
  g_autoptr (SrDcomTarget) target = NULL;
  SrHresult answer = SR_S_OK;
  gboolean disk;

  item->entry = sr_journal_entry_copy (entry);
  target = funcs->find_target (entry, user_data, &item->error);
  if (target != NULL)
    settle_with_server (item, journal, target, sr_deadline_in (seconds), cancellable, &answer);
  else
    item->outcome = entry->step == SR_JOURNAL_ACTIVATED ? SR_RECOVERY_NEVER_OPENED : SR_RECOVERY_UNSETTLED;

  disk = clear_up_disk (item, entry, cancellable);
  if (item->outcome == SR_RECOVERY_UNSETTLED || !disk || !record_outcome (item, entry, answer))
    return;
  item->settled = sr_journal_remove (journal, &item->disk_error);
}

static gboolean
is_wanted (const SrJournalListed *found,
           const SrRecoveryFuncs *funcs,
           gpointer               user_data)
{
  return funcs->wants == NULL || (found->entry != NULL && funcs->wants (found->entry, user_data));
}

GPtrArray *
sr_session_recover (const char            *folder,
                    const SrRecoveryFuncs *funcs,
                    gpointer               user_data,
                    double                 seconds,
                    GCancellable          *cancellable,
                    GError               **error)
{
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_recovery_item_free);

  sr_journal_sweep (folder);
  listed = sr_journal_list (folder, error);
  if (listed == NULL)
    return NULL;
  for (guint i = 0; i < listed->len; i++)
    {
      SrJournalListed *found = g_ptr_array_index (listed, i);
      g_autoptr (SrRecoveryItem) item = item_new (found->id);
      g_autoptr (SrJournal) journal = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (!is_wanted (found, funcs, user_data))
        continue;
      journal = sr_journal_adopt (folder, found->id, &item->error);
      if (journal != NULL)
        recover_one (item, journal, funcs, user_data, seconds > 0 ? seconds : DEFAULT_SECONDS, cancellable);
      else if (g_error_matches (item->error, SR_ERROR, SR_ERROR_NOT_FOUND))
        continue;
      else if (g_error_matches (item->error, SR_ERROR, SR_ERROR_STATE))
        {
          item->outcome = SR_RECOVERY_RUNNING;
          item->entry = g_steal_pointer (&found->entry);
          g_clear_error (&item->error);
        }
      else
        item->outcome = SR_RECOVERY_UNREADABLE;
      if (funcs->tell != NULL)
        funcs->tell (item, user_data);
      g_ptr_array_add (items, g_steal_pointer (&item));
    }
  return g_steal_pointer (&items);
}
