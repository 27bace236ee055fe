/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE (4 * 1024 * 1024)
#define FILE_TYPE G_VARIANT_TYPE ("a{sv}")
/* In the file, what stands behind a key's name; no entry's name has it. */
#define KEY_MARK "\\\\"

typedef struct
{
  char *name; /* as it was first written */
  GVariant *value;
} Entry;

struct _SrPracticeConfig
{
  char *path;
  GHashTable *next; /* folded key -> Entry */
  GHashTable *keys; /* folded "node\\path\\" -> the same as it was first written: keys that are there without values, too */
  GHashTable *in_force; /* the same, as of the last start */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->name);
  g_variant_unref (entry->value);
  g_free (entry);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
}

/* "node\path\entry"; names in the registry know no case. */
static char *
full_name (SrPracticeNode node,
           const char    *path,
           const char    *entry)
{
  return g_strconcat (node == SR_PRACTICE_NODE_ROOT ? "root" : "ca", "\\",
                      path != NULL ? path : "", path != NULL && path[0] != '\0' ? "\\" : "", entry, NULL);
}

static char *
fold (const char *name)
{
  return g_utf8_casefold (name, -1);
}

static void
put (GHashTable *table,
     const char *name,
     GVariant   *value)
{
  char *key = fold (name);
  const Entry *old = g_hash_table_lookup (table, key);
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (old != NULL ? old->name : name);
  entry->value = g_variant_ref_sink (value);
  g_hash_table_replace (table, key, entry);
}

/* The first @length bytes of @name are "node\path\". */
static gboolean
put_key (SrPracticeConfig *config,
         const char       *name,
         gsize             length)
{
  g_autofree char *whole = g_strndup (name, length);
  char *key = fold (whole);

  if (g_hash_table_contains (config->keys, key))
    {
      g_free (key);
      return FALSE;
    }
  return g_hash_table_insert (config->keys, key, g_steal_pointer (&whole));
}

void
sr_practice_config_enforce (SrPracticeConfig *config)
{
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_remove_all (config->in_force);
  g_hash_table_iter_init (&iter, config->next);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    put (config->in_force, entry->name, entry->value);
}

static gboolean
load (SrPracticeConfig *config,
      GError          **error)
{
  g_autoptr (GBytes) bytes = sr_file_load (config->path, MAX_FILE, error);
  g_autoptr (GVariant) file = NULL;
  g_autoptr (GError) local = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  if (bytes == NULL)
    return FALSE;
  file = g_variant_parse (FILE_TYPE, g_bytes_get_data (bytes, NULL), NULL, NULL, &local);
  if (file == NULL || g_variant_n_children (file) == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is not a configuration: %s"),
                   config->path, local != NULL ? local->message : _("it is empty"));
      return FALSE;
    }
  g_variant_iter_init (&iter, file);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      if (g_str_has_suffix (name, KEY_MARK))
        put_key (config, name, strlen (name) - 1);
      else
        put (config->next, name, value);
      g_variant_unref (value);
    }
  return TRUE;
}

SrPracticeConfig *
sr_practice_config_open (const char *path,
                         GError    **error)
{
  g_autoptr (SrPracticeConfig) config = g_new0 (SrPracticeConfig, 1);

  config->path = g_strdup (path);
  config->next = new_table ();
  config->in_force = new_table ();
  config->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !load (config, error))
    return NULL;
  sr_practice_config_enforce (config);
  return g_steal_pointer (&config);
}

void
sr_practice_config_free (SrPracticeConfig *config)
{
  g_clear_pointer (&config->next, g_hash_table_unref);
  g_clear_pointer (&config->in_force, g_hash_table_unref);
  g_clear_pointer (&config->keys, g_hash_table_unref);
  g_free (config->path);
  g_free (config);
}

gboolean
sr_practice_config_revert (SrPracticeConfig *config,
                           GError          **error)
{
  SrPracticeConfig saved = {
    .path = config->path,
    .next = new_table (),
    .keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  gboolean ok = load (&saved, error);

  if (ok)
    {
      GHashTable *next = config->next, *keys = config->keys;

      config->next = saved.next;
      config->keys = saved.keys;
      saved.next = next;
      saved.keys = keys;
    }
  g_hash_table_unref (saved.next);
  g_hash_table_unref (saved.keys);
  return ok;
}

gboolean
sr_practice_config_is_empty (SrPracticeConfig *config)
{
  return g_hash_table_size (config->next) == 0;
}

gboolean
sr_practice_config_save (SrPracticeConfig *config,
                         GError          **error)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) file = NULL;
  g_autofree char *text = NULL;
  GHashTableIter iter;
  const char *key;
  Entry *entry;

  g_variant_builder_init (&builder, FILE_TYPE);
  g_hash_table_iter_init (&iter, config->next);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    g_variant_builder_add (&builder, "{sv}", entry->name, entry->value);
  g_hash_table_iter_init (&iter, config->keys);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &key))
    {
      g_autofree char *name = g_strconcat (key, "\\", NULL);

      g_variant_builder_add (&builder, "{sv}", name, g_variant_new_boolean (TRUE));
    }
  file = g_variant_ref_sink (g_variant_builder_end (&builder));
  text = g_variant_print (file, TRUE);
  if (strlen (text) > MAX_FILE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The configuration “%s” is too large"), config->path);
      return FALSE;
    }
  return sr_file_replace (config->path, text, strlen (text), error);
}

static GVariant *
look_up (GHashTable    *table,
         SrPracticeNode node,
         const char    *path,
         const char    *entry)
{
  g_autofree char *name = full_name (node, path, entry);
  g_autofree char *key = fold (name);
  const Entry *found = g_hash_table_lookup (table, key);

  return found != NULL ? found->value : NULL;
}

GVariant *
sr_practice_config_get (SrPracticeConfig *config,
                        SrPracticeNode    node,
                        const char       *path,
                        const char       *entry)
{
  return look_up (config->next, node, path, entry);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_ascii_strcasecmp (*(const char **) a, *(const char **) b);
}

char **
sr_practice_config_list (SrPracticeConfig *config,
                         SrPracticeNode    node,
                         const char       *path)
{
  g_autofree char *prefix = full_name (node, path, "");
  g_autofree char *folded = fold (prefix);
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  const char *key;
  Entry *entry;

  g_hash_table_iter_init (&iter, config->next);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &entry))
    if (g_str_has_prefix (key, folded) && strchr (key + strlen (folded), '\\') == NULL)
      g_ptr_array_add (names, g_strdup (strrchr (entry->name, '\\') + 1));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

void
sr_practice_config_set (SrPracticeConfig *config,
                        SrPracticeNode    node,
                        const char       *path,
                        const char       *entry,
                        GVariant         *value)
{
  g_autofree char *name = full_name (node, path, entry);
  g_autofree char *key = fold (name);

  if (value != NULL)
    put (config->next, name, value);
  else
    g_hash_table_remove (config->next, key);
}

/* Whether @table has anything whose key begins with @prefix. */
static gboolean
has_prefix (GHashTable *table,
            const char *prefix)
{
  GHashTableIter iter;
  const char *key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (g_str_has_prefix (key, prefix))
      return TRUE;
  return FALSE;
}

gboolean
sr_practice_config_has_key (SrPracticeConfig *config,
                            SrPracticeNode    node,
                            const char       *path)
{
  g_autofree char *name = full_name (node, path, "");
  g_autofree char *folded = fold (name);

  return path == NULL || path[0] == '\0' || has_prefix (config->next, folded) || has_prefix (config->keys, folded);
}

gboolean
sr_practice_config_create_key (SrPracticeConfig *config,
                               SrPracticeNode    node,
                               const char       *path)
{
  g_autofree char *name = full_name (node, path, "");
  gboolean created = !sr_practice_config_has_key (config, node, path);
  const char *at = strchr (name, '\\');

  while ((at = strchr (at + 1, '\\')) != NULL)
    put_key (config, name, (gsize) (at - name) + 1);
  return created;
}

static gboolean
remove_prefix (GHashTable *table,
               const char *prefix)
{
  GHashTableIter iter;
  gboolean removed = FALSE;
  const char *key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (g_str_has_prefix (key, prefix))
      {
        g_hash_table_iter_remove (&iter);
        removed = TRUE;
      }
  return removed;
}

gboolean
sr_practice_config_delete_key (SrPracticeConfig *config,
                               SrPracticeNode    node,
                               const char       *path)
{
  g_autofree char *name = full_name (node, path, "");
  g_autofree char *folded = fold (name);
  gboolean values, keys;

  g_return_val_if_fail (path != NULL && path[0] != '\0', FALSE);
  values = remove_prefix (config->next, folded);
  keys = remove_prefix (config->keys, folded);
  return values || keys;
}

/* Adds the part of @name, "node\path\name\...", that follows @prefix, unless it has no further part or is there. */
static void
add_key_name (GHashTable *names,
              const char *name,
              const char *prefix)
{
  g_autofree char *folded = fold (name);
  g_autofree char *part = NULL;
  const char *end, *rest;
  char *key;

  if (!g_str_has_prefix (folded, prefix))
    return;
  /* case folding may change how long a name is: parts are counted, not bytes */
  rest = name;
  for (const char *at = prefix; (at = strchr (at, '\\')) != NULL; at++)
    rest = strchr (rest, '\\') + 1;
  end = strchr (rest, '\\');
  if (end == NULL)
    return;
  part = g_strndup (rest, (gsize) (end - rest));
  key = fold (part);
  if (g_hash_table_contains (names, key))
    g_free (key);
  else
    g_hash_table_insert (names, key, g_steal_pointer (&part));
}

char **
sr_practice_config_list_keys (SrPracticeConfig *config,
                              SrPracticeNode    node,
                              const char       *path)
{
  g_autofree char *prefix = full_name (node, path, "");
  g_autofree char *folded = fold (prefix);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *sorted = g_ptr_array_new ();
  GHashTableIter iter;
  const char *key;
  char *name;
  Entry *entry;

  g_hash_table_iter_init (&iter, config->next);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    add_key_name (names, entry->name, folded);
  g_hash_table_iter_init (&iter, config->keys);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &key))
    add_key_name (names, key, folded);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &name))
    g_ptr_array_add (sorted, name);
  g_ptr_array_sort (sorted, compare_names);
  g_ptr_array_add (sorted, NULL);
  return (char **) g_ptr_array_free (sorted, FALSE);
}

guint32
sr_practice_config_in_force (SrPracticeConfig *config,
                             SrPracticeNode    node,
                             const char       *entry)
{
  GVariant *value = look_up (config->in_force, node, NULL, entry);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT32) ? (guint32) g_variant_get_int32 (value) : 0;
}
