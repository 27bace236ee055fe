/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-watch-private.h"

#include "authority/sr-config-string.h"
#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-filetime.h"
#include "base/sr-hresult.h"
#include "session/sr-journal.h"
#include "store/sr-safe-name.h"
#include "worker/sr-backup-folder.h"

#include <unistd.h>

/* Time for each of the few calls of a poll, in seconds. */
#define CALL_SECONDS 15

void
sr_disk_look_free (SrDiskLook *look)
{
  g_clear_pointer (&look->authorities, g_hash_table_unref);
  g_clear_pointer (&look->histories, g_hash_table_unref);
  g_clear_pointer (&look->unreadable, g_ptr_array_unref);
  g_clear_pointer (&look->open, g_ptr_array_unref);
  g_clear_pointer (&look->restores, g_ptr_array_unref);
  g_clear_pointer (&look->held, g_ptr_array_unref);
  g_ptr_array_unref (look->replaced);
  g_free (look->repository);
  g_clear_error (&look->error);
  g_free (look);
}

static GPtrArray *
left_open (const char *journal_folder)
{
  g_autoptr (GPtrArray) listed = sr_journal_list (journal_folder, NULL);
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_journal_listed_free);

  while (listed != NULL && listed->len > 0)
    {
      SrJournalListed *entry = g_ptr_array_steal_index (listed, 0);

      if (entry->alive)
        sr_journal_listed_free (entry);
      else
        g_ptr_array_add (open, entry);
    }
  return open;
}

static void
authority_sets_free (gpointer data)
{
  SrAuthoritySets *self = data;

  g_ptr_array_unref (self->sets);
  sr_verification_clear (&self->verification);
  g_free (self);
}

static SrHistory *
make_history (SrRepository *repository,
              const char   *config,
              GPtrArray    *all,
              GError      **error)
{
  g_autoptr (GPtrArray) events = sr_lineage_event_list (repository, config, error);
  g_autoptr (GPtrArray) sets = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (sr_config_equal (sr_backup_set_get_manifest (all->pdata[i])->config, config))
      g_ptr_array_add (sets, all->pdata[i]);
  return events != NULL ? sr_history_new (sets, events) : NULL;
}

/* Of every CA that has a folder, though it may have no set. */
static GHashTable *
make_histories (SrRepository *repository,
                GPtrArray    *sets,
                GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (repository, error);
  g_autoptr (GHashTable) histories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  for (guint i = 0; folders != NULL && i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = folders->pdata[i];
      SrHistory *history = make_history (repository, folder->config, sets, error);

      if (history == NULL)
        return NULL;
      g_hash_table_insert (histories, sr_config_string_key (folder->config), history);
    }
  return folders != NULL ? g_steal_pointer (&histories) : NULL;
}

/* The CA notes its backup when the session ends, which verifying may delay for
 * hours after the last file has come. */
static gint64
last_heard (SrBackupSet *set)
{
  const SrSessionRecord *record = sr_backup_set_peek_session (set);
  gint64 finished = sr_backup_set_get_manifest (set)->finished;

  return record != NULL ? MAX (finished, MAX (record->truncated_at, record->ended_at)) : finished;
}

/* Sets come by CA, and oldest first. */
static GHashTable *
by_authority (GPtrArray *sets)
{
  GHashTable *authorities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, authority_sets_free);

  for (guint i = sets->len; i > 0; i--)
    {
      SrBackupSet *set = sets->pdata[i - 1];
      const SrManifest *manifest = sr_backup_set_get_manifest (set);
      g_autofree char *key = sr_config_string_key (manifest->config);
      SrAuthoritySets *mine = g_hash_table_lookup (authorities, key);

      if (mine == NULL)
        {
          mine = g_new0 (SrAuthoritySets, 1);
          mine->sets = g_ptr_array_new_with_free_func (g_object_unref);
          g_hash_table_insert (authorities, g_steal_pointer (&key), mine);
        }
      g_ptr_array_add (mine->sets, g_object_ref (set));
      mine->total_size += sr_backup_set_get_size (set);
      if (mine->newest_full != NULL || manifest->kind != SR_SET_FULL)
        continue;
      mine->newest_full = set;
      mine->newest_heard = last_heard (set);
      if (!sr_backup_set_load_verification (set, &mine->verification, NULL))
        mine->verification = (SrVerification) { 0 };
    }
  return authorities;
}

/* What this process holds is told by its own jobs. */
static GPtrArray *
held_by_others (SrRepository *repository)
{
  g_autoptr (GPtrArray) held = sr_repository_list_held (repository, NULL);

  for (guint i = held != NULL ? held->len : 0; i > 0; i--)
    {
      const SrHeldLock *lock = held->pdata[i - 1];

      if (lock->holder != NULL && lock->holder->pid == getpid () && g_str_equal (lock->holder->host, g_get_host_name ()))
        g_ptr_array_remove_index (held, i - 1);
    }
  return g_steal_pointer (&held);
}

SrDiskLook *
sr_disk_look_new (const char *journal_folder)
{
  SrDiskLook *look = g_new0 (SrDiskLook, 1);
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (GPtrArray) sets = NULL;

  look->replaced = g_ptr_array_new_with_free_func (g_object_unref);
  look->open = left_open (journal_folder);
  look->repository = sr_backup_folder_get_chosen (NULL, &look->error);
  if (look->repository == NULL)
    {
      /* Nobody has made a backup here yet: no set, and nothing wrong. */
      if (g_error_matches (look->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_clear_error (&look->error);
          sets = g_ptr_array_new ();
          look->authorities = by_authority (sets);
        }
      return look;
    }
  repository = sr_backup_folder_open (FALSE, NULL, &look->error);
  if (repository == NULL)
    return look;
  sets = sr_repository_list_sets (repository, NULL, &look->unreadable, &look->error);
  if (sets == NULL)
    return look;
  look->authorities = by_authority (sets);
  look->histories = make_histories (repository, sets, &look->error);
  /* Sets without their order are not shown. */
  if (look->histories == NULL)
    g_clear_pointer (&look->authorities, g_hash_table_unref);
  if (look->error == NULL)
    look->restores = sr_restore_left_list (repository, NULL, TRUE, &look->error);
  look->held = held_by_others (repository);
  if (look->error == NULL)
    sr_repository_check_writable (repository, 0, &look->error);
  return look;
}

void
sr_server_look_free (SrServerLook *look)
{
  g_clear_error (&look->error);
  g_free (look);
}

typedef gboolean (*GetEntry) (SrCertAdmin  *admin,
                              const char   *entry,
                              SrVariant    *value,
                              gint64        deadline,
                              GCancellable *cancellable,
                              GError      **error);

static gboolean
own_entry (SrCertAdmin  *admin,
           const char   *entry,
           SrVariant    *value,
           gint64        deadline,
           GCancellable *cancellable,
           GError      **error)
{
  return sr_cert_admin_get_config_entry (admin, "", entry, value, deadline, cancellable, error);
}

/* What the account may not read stays untold: that is no failure. What befell
 * the connection is one, of the whole look: nothing is asked after it. */
static gboolean
ask (SrServerLook *look,
     SrCertAdmin  *admin,
     GetEntry      get,
     const char   *entry,
     SrVariant    *value,
     GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (look->error != NULL)
    return FALSE;
  if (get (admin, entry, value, sr_deadline_in (CALL_SECONDS), cancellable, &error))
    return TRUE;
  if (error->domain == SR_ERROR || error->domain == G_IO_ERROR)
    look->error = g_steal_pointer (&error);
  /* An entry that nobody has made is empty. */
  return g_error_matches (error, SR_HRESULT_ERROR, (gint) SR_E_FILE_NOT_FOUND);
}

static gint64
number (SrServerLook *look,
        SrCertAdmin  *admin,
        GetEntry      get,
        const char   *entry,
        GCancellable *cancellable)
{
  g_auto (SrVariant) value = { 0 };

  if (!ask (look, admin, get, entry, &value, cancellable) || value.type != SR_VT_I4)
    return -1;
  return (guint32) value.number;
}

/* A FILETIME in eight bytes; 0 when there is none. */
static guint64
moment (SrServerLook *look,
        SrCertAdmin  *admin,
        const char   *entry,
        gboolean     *told,
        GCancellable *cancellable)
{
  g_auto (SrVariant) value = { 0 };

  *told = ask (look, admin, sr_cert_admin_get_server_entry, entry, &value, cancellable);
  if (!*told || value.type != SR_VT_ARRAY_UI1 || value.bytes == NULL || g_bytes_get_size (value.bytes) != sizeof (guint64))
    return 0;
  return sr_get_le64 (g_bytes_get_data (value.bytes, NULL));
}

static gint64
to_unix (guint64 filetime)
{
  return filetime != 0 ? sr_filetime_to_unix_us (filetime) : 0;
}

SrServerLook *
sr_server_look_new (SrAuthority  *authority,
                    SrSecret     *password,
                    GCancellable *cancellable)
{
  SrServerLook *look = g_new0 (SrServerLook, 1);
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (SrCertAdmin) admin = NULL;
  gboolean told;

  look->asked_at = g_get_real_time ();
  look->interface_flags = -1;
  look->db_flags = -1;
  target = sr_authority_make_target (authority, password, &look->error);
  if (target == NULL)
    return look;
  admin = sr_cert_admin_activate (target, sr_authority_get_name (authority), sr_deadline_in (2 * CALL_SECONDS), cancellable, &look->error);
  if (admin == NULL)
    return look;
  look->interface_flags = number (look, admin, own_entry, "InterfaceFlags", cancellable);
  look->db_flags = number (look, admin, sr_cert_admin_get_server_entry, "DBFlags", cancellable);
  look->last_full_filetime = moment (look, admin, "DBLastFullBackup", &look->last_full_told, cancellable);
  look->last_full = to_unix (look->last_full_filetime);
  look->last_incremental = to_unix (moment (look, admin, "DBLastIncrementalBackup", &told, cancellable));
  sr_dcom_object_release (sr_cert_admin_get_object (admin), sr_deadline_in (CALL_SECONDS), NULL);
  return look;
}
