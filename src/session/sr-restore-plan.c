/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-plan-private.h"

#include "base/sr-error.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (SrRestorePlan, sr_restore_plan, G_TYPE_OBJECT)

void
sr_restore_check_free (SrRestoreCheck *check)
{
  g_free (check->detail);
  g_free (check->advice);
  g_clear_error (&check->error);
  g_free (check);
}

static void
sr_restore_plan_finalize (GObject *object)
{
  SrRestorePlan *self = SR_RESTORE_PLAN (object);

  sr_restore_plan_clear_findings (self);
  g_clear_object (&self->repository);
  g_clear_pointer (&self->entry, sr_restore_entry_free);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
  g_clear_pointer (&self->target, sr_dcom_target_unref);
  g_free (self->display_name);
  G_OBJECT_CLASS (sr_restore_plan_parent_class)->finalize (object);
}

static void
sr_restore_plan_class_init (SrRestorePlanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_restore_plan_finalize;
}

static void
sr_restore_plan_init (SrRestorePlan *self)
{
  self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  self->checks = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_restore_check_free);
  self->entry = sr_restore_entry_new ();
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      SrRestoreCheck *check = g_new0 (SrRestoreCheck, 1);

      check->kind = (SrRestoreCheckKind) i;
      check->fraction = -1;
      g_ptr_array_add (self->checks, check);
    }
}

void
sr_restore_plan_clear_findings (SrRestorePlan *self)
{
  for (guint i = 0; i < self->checks->len; i++)
    {
      SrRestoreCheck *check = g_ptr_array_index (self->checks, i);

      check->state = SR_RESTORE_CHECK_PENDING;
      check->fraction = -1;
      g_clear_pointer (&check->detail, g_free);
      g_clear_pointer (&check->advice, g_free);
      g_clear_error (&check->error);
    }
  g_clear_pointer (&self->live, g_ptr_array_unref);
  g_clear_pointer (&self->aside_folder, g_free);
  sr_live_logs_clear (&self->live_logs);
  self->live_logs = (SrLiveLogs) { 0 };
  self->live_logs_known = FALSE;
  self->certificate_compared = FALSE;
  self->has_places = FALSE;
  self->ready = FALSE;
  self->loss.live_logs = 0;
  self->loss.live_logs_known = FALSE;
}

/* The newest chain that can be restored, of whatever lineage: right after a restore there is none in the current one. */
static SrChain *
find_newest_chain (SrHistory *history)
{
  GPtrArray *lineages = sr_history_get_lineages (history);

  for (guint i = lineages->len; i > 0; i--)
    {
      SrChain *chain = sr_lineage_get_newest_chain (g_ptr_array_index (lineages, i - 1));

      if (chain != NULL)
        return chain;
    }
  return NULL;
}

static SrChain *
choose_chain (SrHistory             *history,
              const SrRestoreWanted *wanted,
              const char            *config,
              GError               **error)
{
  SrChain *chain = wanted->set != NULL ? sr_history_find_chain (history, wanted->set) : find_newest_chain (history);

  if (chain == NULL && wanted->set == NULL)
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("There is no set of %s that can be restored"), config);
  else if (chain == NULL || !sr_chain_is_complete (chain))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET,
                   _("The set “%s” cannot be restored: sets before it, or logs of it, are missing. Choose another set."), sr_backup_set_get_path (wanted->set));
      return NULL;
    }
  return chain;
}

static void
take_sets (SrRestorePlan *self,
           SrChain       *chain,
           SrBackupSet   *until)
{
  GPtrArray *all = sr_chain_get_sets (chain);

  for (guint i = 0; i < all->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (all, i);
      g_autofree char *id = sr_guid_dup_string (&sr_backup_set_get_manifest (set)->id);
      guint32 low = 0, high = 0;

      sr_manifest_get_generations (sr_backup_set_get_manifest (set), &low, &high);
      g_ptr_array_add (self->sets, g_object_ref (set));
      sr_restore_entry_add_set (self->entry, id, sr_backup_set_get_name (set), low, high);
      self->entry->low = i == 0 ? low : MIN (self->entry->low, low);
      self->entry->high = MAX (self->entry->high, high);
      if (until != NULL && sr_backup_set_is_same (set, until))
        break;
    }
}

/* What was backed up behind the point, and would not be there. */
static void
count_loss (SrRestorePlan *self,
            SrLineage     *lineage,
            SrBackupSet   *point)
{
  GPtrArray *sets = sr_lineage_get_sets (lineage);
  gint64 sequence = sr_backup_set_get_manifest (point)->sequence;

  for (guint i = 0; i < sets->len; i++)
    {
      const SrManifest *manifest = sr_backup_set_get_manifest (g_ptr_array_index (sets, i));

      if (manifest->sequence <= sequence)
        continue;
      self->loss.newer_sets++;
      self->loss.newest_set = MAX (self->loss.newest_set, manifest->finished);
    }
}

static gboolean
fill (SrRestorePlan         *self,
      const SrRestoreWanted *wanted,
      GError               **error)
{
  const char *config = wanted->config != NULL ? wanted->config : sr_backup_set_get_manifest (wanted->set)->config;
  g_autoptr (SrHistory) history = wanted->repository != NULL ? sr_history_load (wanted->repository, config, error)
                                                            : sr_history_load_beside (wanted->set, error);
  SrChain *chain = history != NULL ? choose_chain (history, wanted, config, error) : NULL;
  const SrManifest *full, *newest;
  SrLineage *lineage;
  SrBackupSet *point;

  if (chain == NULL)
    return FALSE;
  point = wanted->set != NULL ? wanted->set : sr_chain_get_newest (chain);
  if (wanted->mode == SR_RESTORE_LATEST && !wanted->automatic && !sr_backup_set_is_same (point, sr_chain_get_newest (chain)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("The latest state goes on from the newest set of its chain, “%s”, and not from “%s”"),
                   sr_backup_set_get_name (sr_chain_get_newest (chain)), sr_backup_set_get_name (point));
      return FALSE;
    }
  take_sets (self, chain, point);
  full = sr_backup_set_get_manifest (sr_chain_get_full (chain));
  newest = sr_backup_set_get_manifest (point);
  self->files = sr_restore_files_list (self->sets, error);
  if (self->files == NULL)
    return FALSE;
  lineage = sr_history_find_lineage (history, point);
  self->before_restore = lineage != sr_history_get_current (history);
  if (lineage != NULL)
    count_loss (self, lineage, point);
  self->display_name = g_strdup (newest->display_name != NULL ? newest->display_name : full->display_name);
  self->entry->config = g_strdup (config);
  self->entry->database_size = ((SrRestoreFile *) g_ptr_array_index (self->files, 0))->file->size;
  self->entry->database_before = g_strdup (((SrRestoreFile *) g_ptr_array_index (self->files, 0))->file->server_name);
  return TRUE;
}

SrRestorePlan *
sr_restore_plan_new (const SrRestoreWanted *wanted,
                     GError               **error)
{
  g_autoptr (SrRestorePlan) self = NULL;

  g_return_val_if_fail (wanted->set != NULL || (wanted->repository != NULL && wanted->config != NULL), NULL);

  self = g_object_new (SR_TYPE_RESTORE_PLAN, NULL);
  g_set_object (&self->repository, wanted->repository);
  self->automatic = wanted->automatic;
  self->entry->mode = wanted->automatic ? SR_RESTORE_POINT : wanted->mode;
  return fill (self, wanted, error) ? g_steal_pointer (&self) : NULL;
}

GPtrArray *
sr_restore_plan_get_checks (SrRestorePlan *self)
{
  return self->checks;
}

gboolean
sr_restore_plan_is_ready (SrRestorePlan *self)
{
  return self->ready;
}

SrRestoreMode
sr_restore_plan_get_mode (SrRestorePlan *self)
{
  return self->entry->mode;
}

gboolean
sr_restore_plan_get_latest_possible (SrRestorePlan *self,
                                     const char   **why_not)
{
  if (why_not != NULL)
    *why_not = self->live_logs.why_not;
  return self->live_logs_known && self->live_logs.why_not == NULL;
}

const char *
sr_restore_plan_get_id (SrRestorePlan *self)
{
  return self->entry->id;
}

const char *
sr_restore_plan_get_config (SrRestorePlan *self)
{
  return self->entry->config;
}

const char *
sr_restore_plan_get_display_name (SrRestorePlan *self)
{
  return self->display_name;
}

GPtrArray *
sr_restore_plan_get_sets (SrRestorePlan *self)
{
  return self->sets;
}

SrBackupSet *
sr_restore_plan_get_point (SrRestorePlan *self)
{
  return g_ptr_array_index (self->sets, self->sets->len - 1);
}

gboolean
sr_restore_plan_is_before_restore (SrRestorePlan *self)
{
  return self->before_restore;
}

const SrRestoreLoss *
sr_restore_plan_get_loss (SrRestorePlan *self)
{
  return &self->loss;
}

guint64
sr_restore_plan_get_size (SrRestorePlan *self)
{
  guint64 size = 0;

  for (guint i = 0; i < self->files->len; i++)
    size += ((SrRestoreFile *) g_ptr_array_index (self->files, i))->file->size;
  return size;
}

const char *
sr_restore_plan_get_aside_folder (SrRestorePlan *self)
{
  return self->has_places ? self->aside_folder : NULL;
}

gboolean
sr_restore_plan_needs_name (SrRestorePlan *self,
                            const char   **why)
{
  gboolean nothing_aside = self->live != NULL && self->live->len == 0;

  if (why != NULL && !self->certificate_compared)
    *why = _("The certificate of the CA on the host could not be compared with that of the sets.");
  else if (why != NULL)
    *why = nothing_aside ? _("No database and no logs are on the host that could be set aside.") : NULL;
  return !self->certificate_compared || nothing_aside;
}

static gboolean
same (const char *a,
      const char *b)
{
  g_autofree char *x = g_utf8_casefold (a, -1);
  g_autofree char *y = g_utf8_casefold (b, -1);

  return g_str_equal (x, y);
}

gboolean
sr_restore_plan_name_matches (SrRestorePlan *self,
                              const char    *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  const char *name = strchr (self->entry->config, '\\');

  return same (text, self->entry->config) ||
         (name != NULL && same (text, name + 1)) ||
         (self->display_name != NULL && same (text, self->display_name));
}
