/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-plan-private.h"

#include <glib/gi18n-lib.h>

const char *
sr_restore_act_kind_to_string (SrRestoreActKind kind)
{
  static const char * const words[] = {
    "stop-service", "make-folder", "copy-in", "copy-aside", "move", "create-key", "write-value", "start-service", "record",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_ACT_RECORD + 1);
  return words[kind];
}

char *
sr_restore_act_words (const SrRestoreAct *act)
{
  switch (act->kind)
    {
    case SR_RESTORE_ACT_STOP_SERVICE:
      return g_strdup_printf (_("Stop the service %s, and before it those that depend on it"), act->subject);
    case SR_RESTORE_ACT_MAKE_FOLDER:
      return g_strdup_printf (_("Make the folder %s"), act->subject);
    case SR_RESTORE_ACT_COPY_IN:
      return g_strdup_printf (_("Copy %s from the set to %s, and read it back"), act->subject, act->target);
    case SR_RESTORE_ACT_COPY_ASIDE:
      return g_strdup_printf (_("Copy %s to %s; it stays where it is too"), act->subject, act->target);
    case SR_RESTORE_ACT_MOVE:
      return g_strdup_printf (_("Rename %s to %s"), act->subject, act->target);
    case SR_RESTORE_ACT_CREATE_KEY:
      return g_strdup_printf (_("Make the registry key HKLM\\%s"), act->subject);
    case SR_RESTORE_ACT_WRITE_VALUE:
      return g_strdup_printf (_("Set the registry value %s to %s"), act->target, act->value);
    case SR_RESTORE_ACT_START_SERVICE:
      return g_strdup_printf (_("Start the service %s, which recovers the database"), act->subject);
    case SR_RESTORE_ACT_RECORD:
    default:
      return g_strdup_printf (_("Note the restore in the backup folder, beside the sets of %s: a new full backup is due then"), act->subject);
    }
}

static void
act_free (SrRestoreAct *act)
{
  g_free (act->subject);
  g_free (act->target);
  g_free (act->value);
  g_free (act);
}

static SrRestoreAct *
add (GPtrArray       *acts,
     SrRestoreActKind kind,
     SrRestoreStep    step,
     const char      *subject,
     const char      *target)
{
  SrRestoreAct *act = g_new0 (SrRestoreAct, 1);

  act->kind = kind;
  act->step = step;
  act->subject = g_strdup (subject);
  act->target = g_strdup (target);
  g_ptr_array_add (acts, act);
  return act;
}

static void
add_copies (SrRestorePlan *self,
            GPtrArray     *acts)
{
  g_autofree char *folder = sr_restore_path_dirname (self->entry->database);
  g_autofree char *fresh = sr_restore_work_path (self->entry, folder, SR_WORK_NEW);
  g_autofree char *logs = sr_restore_log_directory (self->entry);

  add (acts, SR_RESTORE_ACT_MAKE_FOLDER, SR_RESTORE_STEP_COPYING, fresh, NULL);
  add (acts, SR_RESTORE_ACT_MAKE_FOLDER, SR_RESTORE_STEP_COPYING, logs, NULL);
  for (guint i = 0; i < self->files->len; i++)
    {
      const SrRestoreFile *file = g_ptr_array_index (self->files, i);

      add (acts, SR_RESTORE_ACT_COPY_IN, SR_RESTORE_STEP_COPYING, file->name, file->to)->size = file->file->size;
    }
}

static void
add_moves (SrRestorePlan *self,
           GPtrArray     *acts)
{
  g_autofree char *folder = sr_restore_path_dirname (self->entry->database);
  g_autofree char *fresh = sr_restore_work_path (self->entry, folder, SR_WORK_NEW);
  g_autofree char *database = sr_restore_path_join (fresh, sr_restore_path_basename (self->entry->database));
  g_auto (GStrv) folders = sr_restore_ca_folders (self->entry);
  g_autoptr (SrRestoreEntry) entry = sr_restore_entry_copy (self->entry);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *before = sr_restore_work_path (self->entry, folders[i], SR_WORK_BEFORE);

      add (acts, SR_RESTORE_ACT_MAKE_FOLDER, SR_RESTORE_STEP_SETTING_ASIDE, before, NULL);
    }
  sr_restore_plan_moves (entry, self->live);
  for (guint i = 0; i < entry->aside->len; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (entry->aside, i);

      add (acts, move->copied ? SR_RESTORE_ACT_COPY_ASIDE : SR_RESTORE_ACT_MOVE, SR_RESTORE_STEP_SETTING_ASIDE, move->from, move->to)->size = move->size;
    }
  add (acts, SR_RESTORE_ACT_MOVE, SR_RESTORE_STEP_PLACING, database, self->entry->database)->size = self->entry->database_size;
}

static char *
value_words (const SrRegistryValue *value)
{
  g_autofree char *text = sr_registry_value_get_text (value, NULL);
  g_auto (GStrv) items = text == NULL ? sr_registry_value_get_texts (value, NULL) : NULL;
  guint64 number;

  if (text != NULL)
    return g_steal_pointer (&text);
  if (items != NULL)
    return g_strjoinv (", ", items);
  return sr_registry_value_get_number (value, &number, NULL) ? g_strdup_printf ("0x%X", (guint32) number) : g_strdup ("");
}

static void
add_values (SrRestorePlan             *self,
            GPtrArray                 *acts,
            const SrRestoreInProgress *values,
            gboolean                   range_only)
{
  g_autoptr (GPtrArray) list = sr_restore_in_progress_list (values);

  for (guint i = 0; i < list->len; i++)
    {
      const SrRegistryValue *value = g_ptr_array_index (list, i);
      const char *name = sr_registry_value_get_name (value);
      SrRestoreStep step = values->has_status ? SR_RESTORE_STEP_COMPLETING : SR_RESTORE_STEP_REGISTERING;

      if (!range_only || g_str_equal (name, values->has_status ? "RestoreStatus" : "HighLogNumber"))
        add (acts, SR_RESTORE_ACT_WRITE_VALUE, step, SR_RESTORE_IN_PROGRESS_KEY, name)->value = value_words (value);
    }
}

static void
add_registration (SrRestorePlan *self,
                  GPtrArray     *acts)
{
  g_autoptr (SrRestoreInProgress) values = sr_restore_registration_new (self->entry);

  add (acts, SR_RESTORE_ACT_CREATE_KEY, SR_RESTORE_STEP_REGISTERING, SR_RESTORE_IN_PROGRESS_KEY, NULL);
  for (guint i = 0; i < self->entry->sets->len; i++)
    {
      const SrRestoredSet *set = g_ptr_array_index (self->entry->sets, i);

      values->low = i == 0 ? set->low : MIN (values->low, set->low);
      values->high = MAX (values->high, set->high);
      add_values (self, acts, values, i > 0);
    }
  values->has_status = TRUE;
  add_values (self, acts, values, TRUE);
}

GPtrArray *
sr_restore_plan_list_acts (SrRestorePlan *self)
{
  GPtrArray *acts = g_ptr_array_new_with_free_func ((GDestroyNotify) act_free);

  if (!self->has_places || self->live == NULL)
    return acts;
  if (self->service.state != SR_SERVICE_STOPPED)
    add (acts, SR_RESTORE_ACT_STOP_SERVICE, SR_RESTORE_STEP_STOPPING, SR_CERTSVC, NULL);
  add_copies (self, acts);
  add_moves (self, acts);
  add_registration (self, acts);
  add (acts, SR_RESTORE_ACT_START_SERVICE, SR_RESTORE_STEP_STARTING, SR_CERTSVC, NULL);
  add (acts, SR_RESTORE_ACT_RECORD, SR_RESTORE_STEP_RECORDING, self->entry->config, NULL);
  return acts;
}
