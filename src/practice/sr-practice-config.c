/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE (4 * 1024 * 1024)
#define FILE_TYPE G_VARIANT_TYPE ("a{sv}")

typedef struct
{
  char *name; /* as it was first written */
  GVariant *value;
} Entry;

struct _SrPracticeConfig
{
  char *path;
  GHashTable *next; /* folded key -> Entry */
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
  g_free (config->path);
  g_free (config);
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
  Entry *entry;

  g_variant_builder_init (&builder, FILE_TYPE);
  g_hash_table_iter_init (&iter, config->next);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    g_variant_builder_add (&builder, "{sv}", entry->name, entry->value);
  file = g_variant_ref_sink (g_variant_builder_end (&builder));
  text = g_variant_print (file, TRUE);
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

guint32
sr_practice_config_in_force (SrPracticeConfig *config,
                             SrPracticeNode    node,
                             const char       *entry)
{
  GVariant *value = look_up (config->in_force, node, NULL, entry);

  return value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_INT32) ? (guint32) g_variant_get_int32 (value) : 0;
}
