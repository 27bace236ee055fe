/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-watch-private.h"
#include "worker/sr-restore-left-private.h"

#include "authority/sr-advice.h"
#include "authority/sr-authority-error.h"
#include "authority/sr-config-string.h"
#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "session/sr-journal.h"

struct _SrWatch
{
  GObject parent_instance;

  SrAuthority *authority;
  char *key;
  SrJob *job;
  SrJob *restore_job;
  SrWatchPoll poll;

  /* From the disk. */
  GListStore *sets;
  SrHistory *history;
  gboolean sets_known;
  SrBackupSet *newest_full;
  gint64 newest_heard; /* when the CA was last heard in its session, by our clock */
  SrVerification verification;
  gboolean locked;
  SrLockHolder *holder;
  guint64 total_size;
  guint n_unreadable;
  guint n_open;
  gboolean disk_known;
  GListStore *restores; /* that were broken off */
  SrRestoreLeft *last_restore;
  gboolean restore_goes_on; /* one that is not over, and that somebody is at */
  GError *folder_error;

  /* From the CA. */
  SrReach reach;
  gint64 reach_since;
  gboolean was_away;
  GError *reach_error;
  gint64 asked_at;
  gint64 interface_flags;
  gint64 db_flags;
  gboolean last_full_told;
  gint64 last_full;
  guint64 last_full_filetime;
  gint64 last_incremental;
};

G_DEFINE_FINAL_TYPE (SrWatch, sr_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The CA notes its last full backup by its own clock. Where our session could not learn what it noted, within
 * this it is the backup whose session we ended. */
#define SAME_BACKUP_US (15 * 60 * (gint64) G_USEC_PER_SEC)

#define OVERDUE_US (SR_BACKUP_FULL_DAYS * 24 * 3600 * (gint64) G_USEC_PER_SEC)

static void
changed (SrWatch *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sr_watch_dispose (GObject *object)
{
  SrWatch *self = SR_WATCH (object);

  g_clear_handle_id (&self->poll.timer, g_source_remove);
  g_cancellable_cancel (self->poll.cancellable);
  sr_watch_set_job (self, NULL);
  sr_watch_set_restore_job (self, NULL);
  G_OBJECT_CLASS (sr_watch_parent_class)->dispose (object);
}

static void
sr_watch_finalize (GObject *object)
{
  SrWatch *self = SR_WATCH (object);

  g_clear_object (&self->authority);
  g_free (self->key);
  g_clear_object (&self->poll.cancellable);
  g_clear_object (&self->sets);
  g_clear_object (&self->restores);
  g_clear_object (&self->last_restore);
  g_clear_object (&self->history);
  g_clear_object (&self->newest_full);
  sr_verification_clear (&self->verification);
  g_clear_pointer (&self->holder, sr_lock_holder_free);
  g_clear_error (&self->folder_error);
  g_clear_error (&self->reach_error);
  G_OBJECT_CLASS (sr_watch_parent_class)->finalize (object);
}

static void
sr_watch_class_init (SrWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sr_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = sr_watch_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sr_watch_init (SrWatch *self)
{
  self->sets = g_list_store_new (SR_TYPE_BACKUP_SET);
  self->restores = g_list_store_new (SR_TYPE_RESTORE_LEFT);
  self->poll.cancellable = g_cancellable_new ();
  self->interface_flags = -1;
  self->db_flags = -1;
}

SrWatch *
sr_watch_new (SrAuthority *authority)
{
  SrWatch *self = g_object_new (SR_TYPE_WATCH, NULL);

  self->authority = g_object_ref (authority);
  self->key = sr_config_string_key (sr_authority_get_config (authority));
  return self;
}

SrWatchPoll *
sr_watch_get_poll (SrWatch *self)
{
  return &self->poll;
}

/* ---- The disk -------------------------------------------------------------- */

static gboolean
concerns (SrWatch    *self,
          const char *config)
{
  g_autofree char *key = sr_config_string_key (config);

  return g_str_equal (key, self->key);
}

static gboolean
shows (GListModel  *shown,
       guint        position,
       SrBackupSet *set)
{
  g_autoptr (SrBackupSet) there = g_list_model_get_item (shown, position);

  return sr_backup_set_is_unchanged (there, set);
}

/* What did not change keeps its rows, and with them the focus and the place. */
static void
show_sets (SrWatch    *self,
           GPtrArray  *found,
           SrDiskLook *look)
{
  GListModel *shown = G_LIST_MODEL (self->sets);
  guint n = g_list_model_get_n_items (shown);
  guint first = 0, last = 0;

  while (first < n && first < found->len && shows (shown, first, found->pdata[first]))
    first++;
  while (last < n - first && last < found->len - first && shows (shown, n - 1 - last, found->pdata[found->len - 1 - last]))
    last++;
  if (first + last == n && n == found->len)
    return;
  for (guint i = first; i < n - last; i++)
    g_ptr_array_add (look->replaced, g_list_model_get_item (shown, i));
  g_list_store_splice (self->sets, first, n - first - last, found->pdata + first, found->len - first - last);
}

static void
take_sets (SrWatch    *self,
           SrDiskLook *look)
{
  const SrAuthoritySets *mine = g_hash_table_lookup (look->authorities, self->key);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  self->sets_known = TRUE;
  self->total_size = mine != NULL ? mine->total_size : 0;
  self->newest_heard = mine != NULL ? mine->newest_heard : 0;
  if (self->newest_full != NULL)
    g_ptr_array_add (look->replaced, g_steal_pointer (&self->newest_full));
  if (mine != NULL && mine->newest_full != NULL)
    self->newest_full = g_object_ref (mine->newest_full);
  sr_verification_clear (&self->verification);
  if (mine != NULL && mine->verification.at != 0)
    {
      self->verification = mine->verification;
      self->verification.manifest_sha256 = g_strdup (mine->verification.manifest_sha256);
      self->verification.detail = g_strdup (mine->verification.detail);
    }
  show_sets (self, mine != NULL ? mine->sets : none, look);
}

static void
take_history (SrWatch    *self,
              SrDiskLook *look)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  SrHistory *found = look->histories != NULL ? g_hash_table_lookup (look->histories, self->key) : NULL;

  if (self->history != NULL)
    g_ptr_array_add (look->replaced, g_steal_pointer (&self->history));
  self->history = found != NULL ? g_object_ref (found) : sr_history_new (nothing, nothing);
}

static void
take_holder (SrWatch    *self,
             SrDiskLook *look)
{
  self->locked = FALSE;
  g_clear_pointer (&self->holder, sr_lock_holder_free);
  for (guint i = 0; look->held != NULL && i < look->held->len && !self->locked; i++)
    {
      const SrHeldLock *held = look->held->pdata[i];

      self->locked = held->config == NULL || concerns (self, held->config);
      if (self->locked && held->holder != NULL)
        self->holder = sr_lock_holder_copy (held->holder);
    }
}

/* Rows of what did not change stay. */
static void
show_restores (SrWatch   *self,
               GPtrArray *found)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->restores));
  gboolean same = n == found->len;

  for (guint i = 0; i < n && same; i++)
    {
      g_autoptr (SrRestoreLeft) shown = g_list_model_get_item (G_LIST_MODEL (self->restores), i);

      same = sr_restore_left_is_same (shown, found->pdata[i]);
    }
  if (!same)
    g_list_store_splice (self->restores, 0, n, found->pdata, found->len);
}

static void
take_restores (SrWatch   *self,
               GPtrArray *restores)
{
  g_autoptr (GPtrArray) broken_off = g_ptr_array_new ();
  SrRestoreLeft *last = NULL;

  self->restore_goes_on = FALSE;
  for (guint i = 0; i < restores->len; i++)
    {
      SrRestoreLeft *restore = restores->pdata[i];
      const SrRestoreEntry *entry = sr_restore_left_get_entry (restore);

      if (!concerns (self, sr_restore_left_get_config (restore)))
        continue;
      if (entry != NULL && sr_restore_entry_is_settled (entry))
        last = restore;
      else if (sr_restore_left_get_held (restore))
        self->restore_goes_on = TRUE;
      else
        g_ptr_array_add (broken_off, restore);
    }
  /* Behind one that was put back there is nothing to put back. */
  if (last != NULL && sr_restore_left_get_entry (last)->step != SR_RESTORE_STEP_RESTORED)
    last = NULL;
  if (last == NULL || self->last_restore == NULL || !sr_restore_left_is_same (last, self->last_restore))
    g_set_object (&self->last_restore, last);
  show_restores (self, broken_off);
}

void
sr_watch_take_disk (SrWatch    *self,
                    SrDiskLook *look)
{
  g_clear_error (&self->folder_error);
  if (look->error != NULL)
    self->folder_error = g_error_copy (look->error);

  /* What was seen before stays shown when the folder is away. */
  if (look->authorities != NULL)
    {
      take_sets (self, look);
      take_history (self, look);
    }
  self->disk_known = TRUE;
  take_holder (self, look);
  if (look->restores != NULL)
    take_restores (self, look->restores);
  self->n_unreadable = 0;
  for (guint i = 0; look->unreadable != NULL && i < look->unreadable->len; i++)
    {
      const SrUnreadableSet *unreadable = look->unreadable->pdata[i];

      self->n_unreadable += unreadable->config == NULL || concerns (self, unreadable->config);
    }
  self->n_open = 0;
  for (guint i = 0; look->open != NULL && i < look->open->len; i++)
    {
      const SrJournalListed *listed = look->open->pdata[i];

      self->n_open += listed->entry != NULL && concerns (self, listed->entry->config);
    }
  changed (self);
}

/* ---- The CA ---------------------------------------------------------------- */

static SrReach
reach_of (const GError *error)
{
  if (error == NULL)
    return SR_REACH_ONLINE;
  if (g_error_matches (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD))
    return SR_REACH_NEEDS_PASSWORD;
  if (sr_advice_is_sign_in (error) || g_error_matches (error, SR_HRESULT_ERROR, (gint) SR_E_ACCESSDENIED))
    return SR_REACH_REFUSED;
  if (error->domain == SR_HRESULT_ERROR)
    return SR_REACH_NO_SERVICE;
  return SR_REACH_OFFLINE;
}

/* One that nobody had the password for was not asked. */
static gboolean
was_away (SrReach before)
{
  return before == SR_REACH_OFFLINE || before == SR_REACH_REFUSED || before == SR_REACH_NO_SERVICE;
}

void
sr_watch_take_server (SrWatch      *self,
                      SrServerLook *look)
{
  SrReach reach = reach_of (look->error);

  if (reach != self->reach || self->reach_since == 0)
    {
      self->was_away = reach == SR_REACH_ONLINE && was_away (self->reach);
      self->reach_since = g_get_real_time ();
    }
  self->reach = reach;
  g_clear_error (&self->reach_error);
  if (look->error != NULL)
    self->reach_error = g_error_copy (look->error);
  else
    {
      self->asked_at = look->asked_at;
      self->interface_flags = look->interface_flags;
      self->db_flags = look->db_flags;
      self->last_full_told = look->last_full_told;
      self->last_full = look->last_full;
      self->last_full_filetime = look->last_full_filetime;
      self->last_incremental = look->last_incremental;
    }
  changed (self);
}

void
sr_watch_take_refusal (SrWatch      *self,
                       const GError *error)
{
  g_autoptr (SrServerLook) look = g_new0 (SrServerLook, 1);

  look->error = g_error_copy (error);
  sr_watch_take_server (self, look);
}

/* ---- The job --------------------------------------------------------------- */

void
sr_watch_set_job (SrWatch *self,
                  SrJob   *job)
{
  if (self->job == job)
    return;
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  if (job != NULL)
    {
      g_signal_connect_swapped (job, "notify::state", G_CALLBACK (changed), self);
      g_signal_connect_swapped (job, "notify::fraction", G_CALLBACK (changed), self);
    }
  changed (self);
}

void
sr_watch_set_restore_job (SrWatch *self,
                          SrJob   *job)
{
  if (self->restore_job == job)
    return;
  if (self->restore_job != NULL)
    g_signal_handlers_disconnect_by_data (self->restore_job, self);
  g_set_object (&self->restore_job, job);
  if (job != NULL)
    {
      g_signal_connect_swapped (job, "notify::state", G_CALLBACK (changed), self);
      g_signal_connect_swapped (job, "notify::fraction", G_CALLBACK (changed), self);
    }
  changed (self);
}

/* ---- What is known --------------------------------------------------------- */

/* What the CA says of its last full backup, unless it was asked before our newest set
 * came to its end: then it does not know that one yet. A set from the future tells of a wrong clock. */
static guint64
told_last_full (SrWatch *self)
{
  gboolean stale = self->asked_at < self->newest_heard && self->newest_heard <= g_get_real_time ();

  return stale ? 0 : self->last_full_filetime;
}

static gboolean
choose (SrWatch        *self,
        gint64          db_flags,
        SrBackupChoice *choice)
{
  const SrAuthorityFacts facts = { .db_flags = db_flags, .last_full = told_last_full (self) };

  *choice = (SrBackupChoice) { 0 };
  if (self->history == NULL)
    return FALSE;
  sr_backup_rules_choose (self->history, &facts, g_get_real_time (), choice);
  return TRUE;
}

gboolean
sr_watch_choose (SrWatch        *self,
                 SrBackupChoice *choice)
{
  return choose (self, self->db_flags, choice);
}

static gboolean
is_newest_full_damaged (SrWatch *self)
{
  return self->verification.at != 0 && self->verification.finding == SR_FINDING_DAMAGED;
}

SrBackupRule
sr_watch_get_due_rule (SrWatch *self)
{
  g_auto (SrBackupChoice) choice = { 0 };

  /* Circular logging that is known would hide what else there is, and is no event. */
  if (!choose (self, -1, &choice))
    return SR_BACKUP_RULE_NONE;
  switch (choice.rule)
    {
    case SR_BACKUP_RULE_AFTER_RESTORE:
    case SR_BACKUP_RULE_OTHER_LOGS:
    case SR_BACKUP_RULE_UNKNOWN_NOTE:
    case SR_BACKUP_RULE_FULL_MISSING:
    case SR_BACKUP_RULE_CIRCULAR_LOGGING:
    case SR_BACKUP_RULE_GAP:
      return choice.rule;
    case SR_BACKUP_RULE_DAMAGED:
      /* A damaged full set is a condition of its own. */
      return is_newest_full_damaged (self) ? SR_BACKUP_RULE_NONE : choice.rule;
    case SR_BACKUP_RULE_NONE:
    case SR_BACKUP_RULE_NO_FULL:
    case SR_BACKUP_RULE_NOT_TRUNCATED:
    case SR_BACKUP_RULE_FOREIGN_FULL:
    case SR_BACKUP_RULE_FULL_OLD:
    case SR_BACKUP_N_RULES:
    default:
      return SR_BACKUP_RULE_NONE;
    }
}

/* Of the newest lineage that has one: after a restore there is none yet. */
static SrChain *
newest_chain (SrWatch *self)
{
  GPtrArray *lineages = self->history != NULL ? sr_history_get_lineages (self->history) : NULL;
  SrChain *chain = NULL;

  for (guint i = lineages != NULL ? lineages->len : 0; i > 0 && chain == NULL; i--)
    chain = sr_lineage_get_newest_chain (lineages->pdata[i - 1]);
  return chain;
}

/* By the numbers themselves, where both are known: 1, 0 or -1; otherwise %FALSE. */
static gboolean
compare_by_number (SrWatch *self,
                   int     *result)
{
  SrLineage *lineage = self->history != NULL ? sr_history_find_lineage (self->history, self->newest_full) : NULL;
  GPtrArray *chains = lineage != NULL ? sr_lineage_get_chains (lineage) : NULL;
  guint64 told = told_last_full (self);
  gboolean known = FALSE;

  for (guint i = chains != NULL && told != 0 ? chains->len : 0; i > 0; i--)
    {
      SrChain *chain = chains->pdata[i - 1];
      gboolean newest = sr_backup_set_is_same (sr_chain_get_full (chain), self->newest_full);

      *result = newest ? 0 : -1;
      if (sr_chain_get_server_last_full (chain) == told)
        return TRUE;
      known = known || (newest && sr_chain_get_server_last_full (chain) != 0);
    }
  *result = 1;
  return known;
}

int
sr_watch_compare_last_full (SrWatch *self)
{
  int result;

  if (compare_by_number (self, &result))
    return result;
  if (self->last_full > self->newest_heard + SAME_BACKUP_US)
    return 1;
  return self->last_full < sr_backup_set_get_manifest (self->newest_full)->started - SAME_BACKUP_US ? -1 : 0;
}

static gboolean
is_remote_backup_disabled (SrWatch *self)
{
  return self->interface_flags >= 0 && (self->interface_flags & SR_AUTHORITY_INTERFACE_NO_REMOTE_BACKUP) != 0;
}

/* What can be told without the CA. */
static SrCondition
condition_of_sets (SrWatch *self)
{
  if (self->newest_full == NULL)
    return self->sets_known ? SR_CONDITION_NEVER : SR_CONDITION_UNKNOWN;
  if (is_newest_full_damaged (self))
    return SR_CONDITION_DAMAGED;
  if (self->verification.at != 0 && self->verification.finding == SR_FINDING_UNREADABLE)
    return SR_CONDITION_UNREADABLE;
  /* The CA may have told of that before it was away. */
  if (sr_watch_compare_last_full (self) > 0)
    return SR_CONDITION_FOREIGN_BACKUP;
  if (g_get_real_time () - sr_backup_set_get_manifest (self->newest_full)->finished > OVERDUE_US)
    return SR_CONDITION_OVERDUE;
  return SR_CONDITION_GOOD;
}

static gboolean
is_active (SrJob *job)
{
  return job != NULL && !sr_job_state_is_final (sr_job_get_state (job));
}

SrCondition
sr_watch_get_condition (SrWatch *self)
{
  SrCondition sets = condition_of_sets (self);

  if (self->folder_error != NULL)
    return SR_CONDITION_FOLDER;
  if (self->locked && !is_active (self->job) && !is_active (self->restore_job))
    return SR_CONDITION_LOCKED;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->restores)) > 0)
    return SR_CONDITION_RESTORE_OPEN;
  if (self->n_open > 0)
    return SR_CONDITION_SESSION_OPEN;
  /* It stays, whether the CA can be reached just now or not. */
  if (!is_remote_backup_disabled (self) && sr_watch_get_due_rule (self) != SR_BACKUP_RULE_NONE)
    return SR_CONDITION_FULL_DUE;
  /* So does what the sets are worth. */
  if (!is_remote_backup_disabled (self) && sets != SR_CONDITION_GOOD && sets != SR_CONDITION_UNKNOWN)
    return sets;
  if (self->reach != SR_REACH_UNKNOWN && self->reach != SR_REACH_ONLINE)
    return SR_CONDITION_OFFLINE;
  return is_remote_backup_disabled (self) ? SR_CONDITION_REMOTE_BACKUP_DISABLED : sets;
}

SrAuthority *
sr_watch_get_authority (SrWatch *self)
{
  return self->authority;
}

GListModel *
sr_watch_get_restores (SrWatch *self)
{
  return G_LIST_MODEL (self->restores);
}

SrRestoreLeft *
sr_watch_get_last_restore (SrWatch *self)
{
  return self->last_restore;
}

SrJob *
sr_watch_get_restore_job (SrWatch *self)
{
  return self->restore_job;
}

gboolean
sr_watch_is_restoring (SrWatch *self)
{
  return is_active (self->restore_job) || self->restore_goes_on || g_list_model_get_n_items (G_LIST_MODEL (self->restores)) > 0;
}

gboolean
sr_watch_get_disk_known (SrWatch *self)
{
  return self->disk_known;
}

SrHistory *
sr_watch_get_history (SrWatch *self)
{
  return self->history;
}

GListModel *
sr_watch_get_sets (SrWatch *self)
{
  return G_LIST_MODEL (self->sets);
}

SrBackupSet *
sr_watch_get_newest (SrWatch *self)
{
  SrChain *chain = newest_chain (self);

  return chain != NULL ? sr_chain_get_newest (chain) : self->newest_full;
}

SrBackupSet *
sr_watch_get_newest_full (SrWatch *self)
{
  return self->newest_full;
}

gboolean
sr_watch_get_sets_known (SrWatch *self)
{
  return self->sets_known;
}

const SrVerification *
sr_watch_get_verification (SrWatch *self)
{
  return self->verification.at != 0 ? &self->verification : NULL;
}

guint
sr_watch_get_n_open (SrWatch *self)
{
  return self->n_open;
}

const SrLockHolder *
sr_watch_get_holder (SrWatch *self)
{
  return self->holder;
}

guint64
sr_watch_get_total_size (SrWatch *self)
{
  return self->total_size;
}

guint
sr_watch_get_n_unreadable (SrWatch *self)
{
  return self->n_unreadable;
}

const GError *
sr_watch_get_folder_error (SrWatch *self)
{
  return self->folder_error;
}

SrReach
sr_watch_get_reach (SrWatch *self)
{
  return self->reach;
}

const GError *
sr_watch_get_reach_error (SrWatch *self)
{
  return self->reach_error;
}

gint64
sr_watch_get_reach_since (SrWatch *self)
{
  return self->reach_since;
}

gboolean
sr_watch_get_was_away (SrWatch *self)
{
  return self->was_away;
}

gint64
sr_watch_get_interface_flags (SrWatch *self)
{
  return self->interface_flags;
}

gint64
sr_watch_get_db_flags (SrWatch *self)
{
  return self->db_flags;
}

gboolean
sr_watch_get_server_last_full_told (SrWatch *self)
{
  return self->last_full_told;
}

gint64
sr_watch_get_server_last_full (SrWatch *self)
{
  return self->last_full;
}

gint64
sr_watch_get_server_last_incremental (SrWatch *self)
{
  return self->last_incremental;
}

gboolean
sr_watch_get_failed (SrWatch *self)
{
  SrBackupSet *newest = sr_watch_get_newest (self);

  if (self->job == NULL || sr_job_get_state (self->job) != SR_JOB_FAILED)
    return FALSE;
  /* Another program may have had more luck since. */
  return newest == NULL || sr_backup_set_get_manifest (newest)->finished <= sr_job_get_ended_time (self->job);
}

SrJob *
sr_watch_get_job (SrWatch *self)
{
  return self->job;
}
