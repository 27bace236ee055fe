/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-roles.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_FILE (1024 * 1024)

static const struct
{
  const char *name;
  guint32 bit;
} names[] = {
  { "administrator", SR_PRACTICE_ROLE_ADMINISTRATOR },
  { "officer", SR_PRACTICE_ROLE_OFFICER },
  { "auditor", SR_PRACTICE_ROLE_AUDITOR },
  { "operator", SR_PRACTICE_ROLE_OPERATOR },
  { "read", SR_PRACTICE_ROLE_READ },
  { "enroll", SR_PRACTICE_ROLE_ENROLL },
};

struct _SrPracticeRoles
{
  char *path;
  GHashTable *users; /* principal as written -> mask */
};

void
sr_practice_roles_free (SrPracticeRoles *roles)
{
  g_hash_table_unref (roles->users);
  g_free (roles->path);
  g_free (roles);
}

gboolean
sr_practice_roles_parse (const char * const *list,
                         guint32            *mask,
                         GError            **error)
{
  *mask = 0;
  for (; *list != NULL; list++)
    {
      guint i = 0;

      while (i < G_N_ELEMENTS (names) && !g_str_equal (names[i].name, *list))
        i++;
      if (i == G_N_ELEMENTS (names))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is no role"), *list);
          return FALSE;
        }
      *mask |= names[i].bit;
    }
  return TRUE;
}

static gboolean
load_user (SrPracticeRoles *roles,
           const char      *principal,
           JsonNode        *node,
           GError         **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint32 mask;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      g_ptr_array_add (list, (gpointer) (JSON_NODE_HOLDS_VALUE (item) && json_node_get_string (item) != NULL ? json_node_get_string (item) : "?"));
    }
  g_ptr_array_add (list, NULL);
  if (array == NULL || !sr_practice_roles_parse ((const char * const *) list->pdata, &mask, error))
    {
      if (array == NULL)
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The roles of “%s” are not a list"), principal);
      return FALSE;
    }
  g_hash_table_replace (roles->users, g_strdup (principal), GUINT_TO_POINTER (mask));
  return TRUE;
}

static gboolean
load (SrPracticeRoles *roles,
      GError         **error)
{
  g_autoptr (GBytes) bytes = sr_file_load (roles->path, MAX_FILE, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local = NULL;
  JsonNode *root, *users;
  JsonObjectIter iter;
  const char *principal;
  JsonNode *node;
  gsize length;
  const char *text;

  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, "%s", local->message);
      return FALSE;
    }
  root = json_parser_get_root (parser);
  users = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_object_get_member (json_node_get_object (root), "users") : NULL;
  if (users == NULL || !JSON_NODE_HOLDS_OBJECT (users))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("The object “users” is missing"));
      return FALSE;
    }
  json_object_iter_init (&iter, json_node_get_object (users));
  while (json_object_iter_next (&iter, &principal, &node))
    if (!load_user (roles, principal, node, error))
      return FALSE;
  return TRUE;
}

SrPracticeRoles *
sr_practice_roles_open (const char *path,
                        GError    **error)
{
  g_autoptr (SrPracticeRoles) roles = g_new0 (SrPracticeRoles, 1);

  roles->path = g_strdup (path);
  roles->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS) && !load (roles, error))
    {
      g_prefix_error (error, _("The roles in “%s”: "), path);
      return NULL;
    }
  return g_steal_pointer (&roles);
}

static gboolean
find (SrPracticeRoles *roles,
      const char      *principal,
      guint32         *mask)
{
  g_autofree char *wanted = principal != NULL ? g_utf8_casefold (principal, -1) : NULL;
  GHashTableIter iter;
  gpointer name, value;
  gboolean found = FALSE;

  *mask = 0;
  g_hash_table_iter_init (&iter, roles->users);
  while (wanted != NULL && g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *folded = g_utf8_casefold (name, -1);

      if (g_str_equal (folded, wanted))
        {
          found = TRUE;
          *mask |= GPOINTER_TO_UINT (value);
        }
    }
  return found;
}

guint32
sr_practice_roles_get (SrPracticeRoles *roles,
                       const char      *principal)
{
  guint32 mask;

  find (roles, principal, &mask);
  if (mask & (SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_OFFICER | SR_PRACTICE_ROLE_ENROLL))
    mask |= SR_PRACTICE_ROLE_READ;
  return mask;
}

gboolean
sr_practice_roles_lists (SrPracticeRoles *roles,
                         const char      *principal)
{
  guint32 mask;

  return find (roles, principal, &mask);
}

static JsonNode *
to_json (SrPracticeRoles *roles)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GHashTableIter iter;
  gpointer name, value;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "users");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, roles->users);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      json_builder_set_member_name (builder, name);
      json_builder_begin_array (builder);
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (GPOINTER_TO_UINT (value) & names[i].bit)
          json_builder_add_string_value (builder, names[i].name);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

gboolean
sr_practice_roles_set (SrPracticeRoles *roles,
                       const char      *principal,
                       guint32          mask,
                       GError         **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  g_hash_table_replace (roles->users, g_strdup (principal), GUINT_TO_POINTER (mask));
  node = to_json (roles);
  text = json_to_string (node, TRUE);
  return sr_file_replace (roles->path, text, strlen (text), error);
}
