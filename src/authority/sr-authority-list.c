/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-list.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-authority-private.h"
#include "authority/sr-config-string.h"
#include "authority/sr-settings-file.h"

#include <glib/gi18n-lib.h>

#define AUTHORITIES_MEMBER "authorities"

struct _SrAuthorityList
{
  GObject parent_instance;
  SrSettingsFile *file;
  GPtrArray *items;
  GQueue changes; /* tasks, in the order in which they were asked for; the first one is at work */
};

static GType
sr_authority_list_get_item_type (GListModel *model)
{
  return SR_TYPE_AUTHORITY;
}

static guint
sr_authority_list_get_n_items (GListModel *model)
{
  return SR_AUTHORITY_LIST (model)->items->len;
}

static gpointer
sr_authority_list_get_item (GListModel *model,
                            guint       position)
{
  SrAuthorityList *self = SR_AUTHORITY_LIST (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
sr_authority_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sr_authority_list_get_item_type;
  iface->get_n_items = sr_authority_list_get_n_items;
  iface->get_item = sr_authority_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SrAuthorityList, sr_authority_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sr_authority_list_model_init))

static void
sr_authority_list_finalize (GObject *object)
{
  SrAuthorityList *self = SR_AUTHORITY_LIST (object);

  g_clear_pointer (&self->file, sr_settings_file_free);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  G_OBJECT_CLASS (sr_authority_list_parent_class)->finalize (object);
}

static void
sr_authority_list_class_init (SrAuthorityListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_authority_list_finalize;
}

static void
sr_authority_list_init (SrAuthorityList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

SrAuthorityList *
sr_authority_list_new (const char *path)
{
  SrAuthorityList *self = g_object_new (SR_TYPE_AUTHORITY_LIST, NULL);
  g_autofree char *standard = path == NULL ? sr_settings_path (SR_AUTHORITY_LIST_NAME) : NULL;

  self->file = sr_settings_file_new (path != NULL ? path : standard, SR_AUTHORITY_LIST_FORMAT);
  return self;
}

static gboolean
id_matches (gconstpointer authority,
            gconstpointer id)
{
  return g_str_equal (sr_authority_get_id ((SrAuthority *) authority), id);
}

/* (transfer full) (element-type SrAuthority) (nullable) */
static GPtrArray *
parse_list (SrSettingsFile *file,
            JsonObject     *root,
            GError        **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *array = sr_settings_array (root, AUTHORITIES_MEMBER);
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autoptr (GError) local = NULL;
      SrAuthority *item = NULL;

      if (i >= SR_AUTHORITY_LIST_MAX)
        g_set_error (&local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
                     _("more than %d CAs"), SR_AUTHORITY_LIST_MAX);
      else if (!JSON_NODE_HOLDS_OBJECT (node))
        g_set_error_literal (&local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED, _("a CA is not a JSON object"));
      else
        item = sr_authority_from_json (json_node_get_object (node), &local);
      if (item == NULL)
        {
          g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
                       /* Translators: a file, a number, and what is wrong */
                       _("“%s” cannot be understood, entry %u: %s. Mend it or move it away"),
                       sr_settings_file_get_path (file), i + 1, local->message);
          return NULL;
        }
      if (g_ptr_array_find_with_equal_func (items, sr_authority_get_id (item), id_matches, NULL))
        g_object_unref (item);
      else
        g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

static gboolean
same_items (GPtrArray *a,
            GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;
  return TRUE;
}

/* Takes the file's list over; objects that others hold stay the same. */
static void
adopt (SrAuthorityList *self,
       GPtrArray       *items)
{
  guint removed = self->items->len;

  for (guint i = 0; i < items->len; i++)
    {
      guint at;

      if (g_ptr_array_find_with_equal_func (self->items, sr_authority_get_id (items->pdata[i]), id_matches, &at))
        {
          SrAuthority *known = self->items->pdata[at];

          sr_authority_update (known, items->pdata[i]);
          g_object_unref (items->pdata[i]);
          items->pdata[i] = g_object_ref (known);
        }
    }
  if (same_items (self->items, items))
    return;

  g_ptr_array_unref (self->items);
  self->items = g_ptr_array_ref (items);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, self->items->len);
}

/* ---- The file: on any thread --------------------------------------------------- */

typedef enum
{
  LOAD,
  ADD,
  SAVE,
  SAVE_SEEN,
  REMOVE,
} What;

typedef struct
{
  What what;
  SrSettingsFile *file;
  SrAuthority *authority; /* the caller's, for the main thread alone */
  SrAuthority *copy;      /* what is written */
  GPtrArray *items;       /* what then stands in the file */
} Change;

static Change *
change_new (SrAuthorityList *self,
            What             what,
            SrAuthority     *authority)
{
  Change *change = g_new0 (Change, 1);

  change->what = what;
  change->file = self->file;
  change->authority = authority != NULL ? g_object_ref (authority) : NULL;
  change->copy = authority != NULL ? sr_authority_copy (authority) : NULL;
  return change;
}

static void
change_free (Change *change)
{
  g_clear_object (&change->authority);
  g_clear_object (&change->copy);
  g_clear_pointer (&change->items, g_ptr_array_unref);
  g_free (change);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Change, change_free)

static gboolean
refuse_second (JsonArray   *array,
               SrAuthority *authority,
               GError     **error)
{
  g_autofree char *key = sr_config_string_key (sr_authority_get_config (authority));

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *config = sr_settings_string (json_array_get_object_element (array, i), "config");
      g_autofree char *other = sr_config_string_key (config);

      if (g_str_equal (key, other))
        {
          g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_EXISTS, _("“%s” is in the list already"), config);
          return TRUE;
        }
    }
  return FALSE;
}

/* Runs on a list that parse_list() has found good. */
static gboolean
change_array (Change    *change,
              JsonArray *array,
              GError   **error)
{
  const char *id = sr_authority_get_id (change->copy);
  guint n = json_array_get_length (array);
  guint at = 0;

  if (change->what == ADD)
    {
      JsonObject *object;

      if (refuse_second (array, change->copy, error))
        return FALSE;
      object = json_object_new ();
      sr_authority_to_json (change->copy, object);
      json_array_add_object_element (array, object);
      return TRUE;
    }

  while (at < n && g_strcmp0 (sr_settings_string (json_array_get_object_element (array, at), "id"), id) != 0)
    at++;
  if (at == n)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_FOUND,
                   _("“%s” is not in the list any more"), sr_authority_get_config (change->copy));
      return FALSE;
    }
  if (change->what == REMOVE)
    json_array_remove_element (array, at);
  else if (change->what == SAVE)
    sr_authority_to_json (change->copy, json_array_get_object_element (array, at));
  else
    sr_authority_seen_to_json (change->copy, json_array_get_object_element (array, at));
  return TRUE;
}

static gboolean
edit_list (JsonObject *root,
           gpointer    user_data,
           GError    **error)
{
  Change *change = user_data;
  g_autoptr (GPtrArray) before = parse_list (change->file, root, error);
  JsonArray *array = sr_settings_array (root, AUTHORITIES_MEMBER);

  if (before == NULL)
    return FALSE;
  if (array == NULL)
    {
      array = json_array_new ();
      json_object_set_array_member (root, AUTHORITIES_MEMBER, array);
    }
  if (!change_array (change, array, error))
    return FALSE;
  change->items = parse_list (change->file, root, error);
  return change->items != NULL;
}

static gboolean
change_run (Change  *change,
            GError **error)
{
  g_autoptr (JsonObject) root = NULL;

  if (change->what != LOAD)
    return sr_settings_file_edit (change->file, edit_list, change, error);
  root = sr_settings_file_read (change->file, error);
  change->items = root != NULL ? parse_list (change->file, root, error) : NULL;
  return change->items != NULL;
}

/* ---- The list: on the main thread ------------------------------------------------ */

static void
settle (SrAuthorityList *self,
        Change          *change)
{
  guint at;

  if (change->what == ADD)
    {
      g_ptr_array_add (self->items, g_object_ref (change->authority));
      g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
    }
  /* What is still to be written would be undone in memory by what was read before. */
  if (g_queue_is_empty (&self->changes))
    adopt (self, change->items);
  else if (change->what == REMOVE && g_ptr_array_find (self->items, change->authority, &at))
    {
      g_ptr_array_remove_index (self->items, at);
      g_list_model_items_changed (G_LIST_MODEL (self), at, 1, 0);
    }
}

static gboolean
change_now (SrAuthorityList *self,
            What             what,
            SrAuthority     *authority,
            GError         **error)
{
  g_autoptr (Change) change = change_new (self, what, authority);

  if (!change_run (change, error))
    return FALSE;
  settle (self, change);
  return TRUE;
}

gboolean
sr_authority_list_load (SrAuthorityList *self,
                        GError         **error)
{
  return change_now (self, LOAD, NULL, error);
}

gboolean
sr_authority_list_add (SrAuthorityList *self,
                       SrAuthority     *authority,
                       GError         **error)
{
  return change_now (self, ADD, authority, error);
}

gboolean
sr_authority_list_save (SrAuthorityList *self,
                        SrAuthority     *authority,
                        GError         **error)
{
  return change_now (self, SAVE, authority, error);
}

gboolean
sr_authority_list_save_seen (SrAuthorityList *self,
                             SrAuthority     *authority,
                             GError         **error)
{
  return change_now (self, SAVE_SEEN, authority, error);
}

gboolean
sr_authority_list_remove (SrAuthorityList *self,
                          SrAuthority     *authority,
                          GError         **error)
{
  return change_now (self, REMOVE, authority, error);
}

/* ---- The same without waiting ------------------------------------------------------ */

static void run_next (SrAuthorityList *self);

static void
run_in_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  GError *error = NULL;

  if (change_run (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_ran (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  SrAuthorityList *self = SR_AUTHORITY_LIST (source);
  g_autoptr (GTask) task = g_queue_pop_head (&self->changes);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      settle (self, g_task_get_task_data (task));
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
  run_next (self);
  if (g_application_get_default () != NULL)
    g_application_release (g_application_get_default ());
}

static void
run_next (SrAuthorityList *self)
{
  GTask *task = g_queue_peek_head (&self->changes);
  g_autoptr (GTask) worker = NULL;

  if (task == NULL)
    return;
  worker = g_task_new (self, NULL, on_ran, NULL);
  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, run_in_thread);
}

static void
change_later (SrAuthorityList    *self,
              What                what,
              SrAuthority        *authority,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, change_later);
  g_task_set_task_data (task, change_new (self, what, authority), (GDestroyNotify) change_free);
  /* A program that is about to end does so behind the last write. */
  if (g_application_get_default () != NULL)
    g_application_hold (g_application_get_default ());
  g_queue_push_tail (&self->changes, task);
  if (g_queue_get_length (&self->changes) == 1)
    run_next (self);
}

void
sr_authority_list_load_async (SrAuthorityList    *self,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  change_later (self, LOAD, NULL, callback, user_data);
}

void
sr_authority_list_add_async (SrAuthorityList    *self,
                             SrAuthority        *authority,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  change_later (self, ADD, authority, callback, user_data);
}

void
sr_authority_list_save_async (SrAuthorityList    *self,
                              SrAuthority        *authority,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  change_later (self, SAVE, authority, callback, user_data);
}

void
sr_authority_list_remove_async (SrAuthorityList    *self,
                                SrAuthority        *authority,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  change_later (self, REMOVE, authority, callback, user_data);
}

gboolean
sr_authority_list_change_finish (SrAuthorityList *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

SrAuthority *
sr_authority_list_find_config (SrAuthorityList *self,
                               const char      *config)
{
  g_autofree char *key = sr_config_string_key (config);

  for (guint i = 0; i < self->items->len; i++)
    {
      g_autofree char *other = sr_config_string_key (sr_authority_get_config (self->items->pdata[i]));

      if (g_str_equal (key, other))
        return g_object_ref (self->items->pdata[i]);
    }
  return NULL;
}

SrAuthority *
sr_authority_list_find_practice (SrAuthorityList *self,
                                 const char      *folder)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_strcmp0 (sr_authority_get_practice_folder (self->items->pdata[i]), folder) == 0)
      return g_object_ref (self->items->pdata[i]);
  return NULL;
}

SrAuthority *
sr_authority_list_find (SrAuthorityList *self,
                        const char      *text,
                        GError         **error)
{
  g_autoptr (SrAuthority) found = sr_authority_list_find_config (self, text);
  g_autofree char *key = sr_config_string_key (text);
  g_autoptr (GString) candidates = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; found == NULL && i < self->items->len; i++)
    if (g_str_equal (sr_authority_get_id (self->items->pdata[i]), text))
      found = g_object_ref (self->items->pdata[i]);
  if (found != NULL)
    return g_steal_pointer (&found);

  for (guint i = 0; i < self->items->len; i++)
    {
      g_autofree char *name = sr_config_string_key (sr_authority_get_name (self->items->pdata[i]));

      if (!g_str_equal (name, key))
        continue;
      if (n > 0)
        g_string_append (candidates, ", ");
      /* Translators: a name in a list of names */
      g_string_append_printf (candidates, _("“%s”"), sr_authority_get_config (self->items->pdata[i]));
      g_set_object (&found, self->items->pdata[i]);
      n++;
    }
  if (n == 1)
    return g_steal_pointer (&found);

  if (n == 0)
    g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_FOUND,
                 _("No CA of the list is called “%s”. “strongroomctl ca list” shows them, "
                   "“strongroomctl ca add 'HOST\\CA'” adds one"), text);
  else
    g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_AMBIGUOUS,
                 _("“%s” is the name of %u CAs: %s. Give one of these"), text, n, candidates->str);
  return NULL;
}
