/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-restore-host-private.h"
#include "worker/sr-restore-left-private.h"

#include <glib/gi18n-lib.h>

struct _SrRestoreLeft
{
  GObject parent_instance;
  SrRepository *repository;
  SrRestoreListed *listed;
  SrRestoreSituation *situation;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (SrRestoreLeft, sr_restore_left, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SITUATION_KNOWN,
  PROP_BUSY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
sr_restore_left_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SrRestoreLeft *self = SR_RESTORE_LEFT (object);

  switch (id)
    {
    case PROP_SITUATION_KNOWN:
      g_value_set_boolean (value, self->situation != NULL);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_restore_left_finalize (GObject *object)
{
  SrRestoreLeft *self = SR_RESTORE_LEFT (object);

  g_clear_object (&self->repository);
  g_clear_pointer (&self->listed, sr_restore_listed_free);
  g_clear_pointer (&self->situation, sr_restore_situation_free);
  G_OBJECT_CLASS (sr_restore_left_parent_class)->finalize (object);
}

static void
sr_restore_left_class_init (SrRestoreLeftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_restore_left_get_property;
  object_class->finalize = sr_restore_left_finalize;

  properties[PROP_SITUATION_KNOWN] = g_param_spec_boolean ("situation-known", NULL, NULL, FALSE, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_restore_left_init (SrRestoreLeft *self)
{
}

SrRestoreLeft *
sr_restore_left_new (SrRepository    *repository,
                     SrRestoreListed *listed)
{
  SrRestoreLeft *self = g_object_new (SR_TYPE_RESTORE_LEFT, NULL);

  self->repository = g_object_ref (repository);
  self->listed = listed;
  return self;
}

GPtrArray *
sr_restore_left_list (SrRepository *repository,
                      const char   *config,
                      gboolean      settled,
                      GError      **error)
{
  g_autoptr (GPtrArray) listed = sr_restore_journal_list (repository, config, settled, error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  if (listed == NULL)
    return NULL;
  while (listed->len > 0)
    g_ptr_array_add (list, sr_restore_left_new (repository, g_ptr_array_steal_index (listed, 0)));
  return g_steal_pointer (&list);
}

gboolean
sr_restore_left_is_same (SrRestoreLeft *self,
                         SrRestoreLeft *other)
{
  const SrRestoreEntry *a = self->listed->entry, *b = other->listed->entry;

  if (!g_str_equal (self->listed->path, other->listed->path) || (a == NULL) != (b == NULL))
    return FALSE;
  return a == NULL || (a->step == b->step && a->updated == b->updated);
}

SrRepository *
sr_restore_left_get_repository (SrRestoreLeft *self)
{
  return self->repository;
}

const char *
sr_restore_left_get_config (SrRestoreLeft *self)
{
  return self->listed->config;
}

const SrRestoreEntry *
sr_restore_left_get_entry (SrRestoreLeft *self)
{
  return self->listed->entry;
}

const GError *
sr_restore_left_get_error (SrRestoreLeft *self)
{
  return self->listed->error;
}

const char *
sr_restore_left_get_path (SrRestoreLeft *self)
{
  return self->listed->path;
}

gboolean
sr_restore_left_get_held (SrRestoreLeft *self)
{
  return self->listed->held;
}

char *
sr_restore_left_describe (SrRestoreLeft *self)
{
  const SrRestoreEntry *entry = self->listed->entry;
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *time = NULL;

  if (entry == NULL)
    return g_strdup (self->listed->error->message);
  utc = g_date_time_new_from_unix_utc_usec (entry->started);
  local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  time = local != NULL ? g_date_time_format (local, "%x %H:%M") : g_strdup ("?");
  /* Translators: a user, a computer, a date and time, and a step such as “Copying the sets to the host” */
  return g_strdup_printf (_("Begun by %s on %s, %s. Its last step was “%s”."), entry->user, entry->machine, time, sr_restore_step_words (entry->step));
}

/* ---- Looking ------------------------------------------------------------------ */

typedef struct
{
  SrRestoreEntry *entry;
  SrAuthority *authority; /* a copy */
  SrSecret *password;
  GTask *task; /* of the caller */
} Look;

static void
look_free (Look *look)
{
  sr_restore_entry_free (look->entry);
  g_clear_object (&look->authority);
  g_clear_pointer (&look->password, sr_secret_unref);
  g_clear_object (&look->task);
  g_free (look);
}

static void
run_look (GTask        *task,
          gpointer      source,
          gpointer      task_data,
          GCancellable *cancellable)
{
  Look *look = task_data;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (GError) no_host = NULL;
  SrRestoreSituation *situation;

  if (look->authority != NULL)
    host = sr_restore_reach_host (look->authority, look->password, NULL, &no_host);
  situation = sr_restore_look (look->entry, host, cancellable);
  if (no_host != NULL)
    {
      g_clear_error (&situation->error);
      situation->error = g_steal_pointer (&no_host);
    }
  g_task_return_pointer (task, situation, (GDestroyNotify) sr_restore_situation_free);
}

static void
on_looked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  SrRestoreLeft *self = SR_RESTORE_LEFT (source);
  Look *look = g_task_get_task_data (G_TASK (result));
  g_autoptr (GTask) task = g_steal_pointer (&look->task);
  g_autoptr (GError) error = NULL;
  SrRestoreSituation *situation = g_task_propagate_pointer (G_TASK (result), &error);

  g_object_freeze_notify (G_OBJECT (self));
  self->busy = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  if (situation != NULL)
    {
      g_clear_pointer (&self->situation, sr_restore_situation_free);
      self->situation = situation;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SITUATION_KNOWN]);
    }
  g_object_thaw_notify (G_OBJECT (self));
  if (situation != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sr_restore_left_look_async (SrRestoreLeft      *self,
                            SrAuthority        *authority,
                            SrSecret           *password,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Look *look;

  g_return_if_fail (!self->busy && self->listed->entry != NULL);
  look = g_new0 (Look, 1);
  look->entry = sr_restore_entry_copy (self->listed->entry);
  look->authority = authority != NULL ? sr_authority_copy (authority) : NULL;
  look->password = password != NULL ? sr_secret_ref (password) : NULL;
  look->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (look->task, sr_restore_left_look_async);
  self->busy = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);

  task = g_task_new (self, cancellable, on_looked, NULL);
  g_task_set_source_tag (task, run_look);
  g_task_set_task_data (task, look, (GDestroyNotify) look_free);
  g_task_run_in_thread (task, run_look);
}

const SrRestoreSituation *
sr_restore_left_look_finish (SrRestoreLeft *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_boolean (G_TASK (result), error) ? self->situation : NULL;
}

const SrRestoreSituation *
sr_restore_left_get_situation (SrRestoreLeft *self)
{
  return self->situation;
}

gboolean
sr_restore_left_is_offered (SrRestoreLeft  *self,
                            SrRestoreAction action)
{
  return self->situation != NULL && self->situation->offered[action];
}

char *
sr_restore_left_action_words (SrRestoreLeft  *self,
                              SrRestoreAction action)
{
  return self->situation != NULL ? sr_restore_action_words (action, self->situation, self->listed->entry) : NULL;
}
