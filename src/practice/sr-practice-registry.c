/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-registry.h"

#include "base/sr-bytes.h"
#include "base/sr-utf16.h"
#include "practice/sr-practice-ca-private.h"
#include "practice/sr-practice-names.h"

#include <string.h>

/* Types of values (MS-RRP 3.1.1.5). */
#define REG_SZ 1
#define REG_BINARY 3
#define REG_DWORD 4
#define REG_MULTI_SZ 7

#define MAX_COMPONENT 255
#define MAX_DEPTH 32
#define MAX_TEXTS 4096

/* The way to CertSvc's configuration. */
static const char *const above[] = { "SYSTEM", "CurrentControlSet", "Services", "CertSvc", "Configuration" };

/* Where a key is. */
typedef struct
{
  guint depth; /* how many of @above; less than all is a key on the way there */
  SrPracticeNode node;
  char *path; /* below @node */
} Place;

static void
clear_place (Place *place)
{
  g_free (place->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, clear_place)

static gboolean
same_name (const char *a,
           const char *b)
{
  g_autofree char *left = g_utf8_casefold (a, -1);
  g_autofree char *right = g_utf8_casefold (b, -1);

  return g_str_equal (left, right);
}

static gboolean
are_names (char **parts)
{
  guint n = g_strv_length (parts);

  for (guint i = 0; i < n; i++)
    if (parts[i][0] == '\0' || g_utf8_strlen (parts[i], -1) > MAX_COMPONENT)
      return FALSE;
  return n <= MAX_DEPTH;
}

/* The CA's key has its sanitized name. The lock is held. */
static char *
ca_key (SrPracticeCa *ca)
{
  return sr_practice_sanitize_name (sr_practice_ca_get_name (ca));
}

/* Finds the place of a key, be there one or not. The lock is held. */
static guint32
find_place (SrPracticeCa *ca,
            const char   *key,
            Place        *place)
{
  g_auto (GStrv) parts = key[0] != '\0' ? g_strsplit (key, "\\", MAX_DEPTH + 2) : g_new0 (char *, 1);
  g_autofree char *own = ca_key (ca);
  char **rest;

  if (!are_names (parts))
    return SR_PRACTICE_WIN32_INVALID_PARAMETER;
  while (place->depth < G_N_ELEMENTS (above) && parts[place->depth] != NULL)
    {
      if (!same_name (parts[place->depth], above[place->depth]))
        return SR_PRACTICE_WIN32_FILE_NOT_FOUND;
      place->depth++;
    }
  rest = parts + place->depth;
  place->node = SR_PRACTICE_NODE_ROOT;
  if (place->depth == G_N_ELEMENTS (above) && rest[0] != NULL && same_name (rest[0], own))
    {
      place->node = SR_PRACTICE_NODE_CA;
      rest++;
    }
  place->path = g_strjoinv ("\\", rest);
  return 0;
}

static gboolean
is_above (const Place *place)
{
  return place->depth < G_N_ELEMENTS (above);
}

/* As find_place() for a key that is there. */
static guint32
find_key (SrPracticeCa *ca,
          const char   *key,
          Place        *place)
{
  guint32 code = find_place (ca, key, place);

  if (code == 0 && !is_above (place) && !sr_practice_config_has_key (ca->config, place->node, place->path))
    code = SR_PRACTICE_WIN32_FILE_NOT_FOUND;
  return code;
}

/* As find_key() for a value, with its key. */
static guint32
find_value (SrPracticeCa *ca,
            const char   *key,
            const char   *name,
            Place        *place,
            GVariant    **value)
{
  guint32 code = find_key (ca, key, place);

  if (code != 0)
    return code;
  *value = is_above (place) ? NULL : sr_practice_config_get (ca->config, place->node, place->path, name);
  return *value != NULL ? 0 : SR_PRACTICE_WIN32_FILE_NOT_FOUND;
}

/* Writes what was changed. What cannot be written did not happen. */
static guint32
save (SrPracticeCa *ca)
{
  g_autoptr (GError) error = NULL;

  if (sr_practice_config_save (ca->config, &error))
    return 0;
  g_message ("Practice CA: %s", error->message);
  g_clear_error (&error);
  if (!sr_practice_config_revert (ca->config, &error))
    g_message ("Practice CA: %s", error->message);
  return SR_PRACTICE_WIN32_REGISTRY_IO_FAILED;
}

guint32
sr_practice_registry_open (SrPracticeCa *ca,
                           const char   *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };

  return find_key (ca, key, &place);
}

guint32
sr_practice_registry_create (SrPracticeCa *ca,
                             const char   *key,
                             gboolean     *created)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  guint32 code = find_place (ca, key, &place);

  *created = FALSE;
  if (code == SR_PRACTICE_WIN32_FILE_NOT_FOUND)
    return SR_PRACTICE_WIN32_ACCESS_DENIED;
  if (code != 0 || is_above (&place) || place.path[0] == '\0')
    return code;
  *created = sr_practice_config_create_key (ca->config, place.node, place.path);
  if (*created)
    code = save (ca);
  return code;
}

guint32
sr_practice_registry_delete (SrPracticeCa *ca,
                             const char   *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  g_auto (GStrv) below = NULL;
  guint32 code = find_key (ca, key, &place);

  if (code != 0)
    return code;
  if (is_above (&place) || place.path[0] == '\0')
    return SR_PRACTICE_WIN32_ACCESS_DENIED;
  below = sr_practice_config_list_keys (ca->config, place.node, place.path);
  if (below[0] != NULL)
    return SR_PRACTICE_WIN32_ACCESS_DENIED; /* MS-RRP 3.1.5.8 */
  sr_practice_config_delete_key (ca->config, place.node, place.path);
  return save (ca);
}

guint32
sr_practice_registry_list_keys (SrPracticeCa *ca,
                                const char   *key,
                                char       ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (Place) place = { 0 };
  guint32 code = find_key (ca, key, &place);

  if (code != 0)
    return code;
  if (is_above (&place))
    g_strv_builder_add (builder, above[place.depth]);
  else
    {
      g_auto (GStrv) below = sr_practice_config_list_keys (ca->config, place.node, place.path);

      if (place.node == SR_PRACTICE_NODE_ROOT && place.path[0] == '\0')
        g_strv_builder_take (builder, ca_key (ca));
      g_strv_builder_addv (builder, (const char **) below);
    }
  *names = g_strv_builder_end (builder);
  return 0;
}

guint32
sr_practice_registry_list_values (SrPracticeCa *ca,
                                  const char   *key,
                                  char       ***names)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  guint32 code = find_key (ca, key, &place);

  if (code == 0)
    *names = is_above (&place) ? g_new0 (char *, 1) : sr_practice_config_list (ca->config, place.node, place.path);
  return code;
}

static GBytes *
number_bytes (guint32 number)
{
  guint8 bytes[4];

  sr_put_le32 (bytes, number);
  return g_bytes_new (bytes, sizeof bytes);
}

static GBytes *
to_bytes (GVariant *value,
          guint32  *type)
{
  g_autoptr (GVariant) bytes = NULL;
  g_autofree const char **texts = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    {
      *type = REG_DWORD;
      return number_bytes ((guint32) g_variant_get_int32 (value));
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      *type = REG_SZ;
      return sr_utf16_from_utf8 (g_variant_get_string (value, NULL), TRUE);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      *type = REG_MULTI_SZ;
      texts = g_variant_get_strv (value, NULL);
      return sr_utf16_list_build (texts);
    }
  *type = REG_BINARY;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    g_variant_get (value, "(u@ay)", type, &bytes);
  else
    bytes = g_variant_ref (value);
  return g_variant_get_data_as_bytes (bytes);
}

/* A value that the CA itself can read, where the bytes are just what it would
 * write of it, or else type and bytes. Floating or owned: for g_variant_take_ref(). */
static GVariant *
from_bytes (guint32  type,
            GBytes  *data)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) same = NULL;
  guint32 same_type;

  if (type == REG_BINARY)
    return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, data, TRUE);
  if (type == REG_DWORD && length == 4)
    return g_variant_new_int32 ((gint32) sr_get_le32 (bytes));
  if (type == REG_SZ)
    {
      g_autofree char *text = sr_utf16_to_utf8 (bytes, length, NULL);

      value = text != NULL ? g_variant_ref_sink (g_variant_new_string (text)) : NULL;
    }
  else if (type == REG_MULTI_SZ)
    {
      g_auto (GStrv) texts = sr_utf16_list_parse (bytes, length, MAX_TEXTS, NULL);

      value = texts != NULL ? g_variant_ref_sink (g_variant_new_strv ((const char * const *) texts, -1)) : NULL;
    }
  same = value != NULL ? to_bytes (value, &same_type) : NULL;
  if (same != NULL && g_bytes_equal (same, data))
    return g_steal_pointer (&value);
  return g_variant_new ("(u@ay)", type, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, data, TRUE));
}

guint32
sr_practice_registry_get (SrPracticeCa *ca,
                          const char   *key,
                          const char   *name,
                          guint32      *type,
                          GBytes      **data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  GVariant *value = NULL;
  guint32 code = find_value (ca, key, name, &place, &value);

  if (code == 0)
    *data = to_bytes (value, type);
  return code;
}

guint32
sr_practice_registry_set (SrPracticeCa *ca,
                          const char   *key,
                          const char   *name,
                          guint32       type,
                          GBytes       *data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  g_autoptr (GVariant) value = NULL;
  guint32 code = find_key (ca, key, &place);

  if (code != 0)
    return code;
  if (is_above (&place))
    return SR_PRACTICE_WIN32_ACCESS_DENIED;
  if (strchr (name, '\\') != NULL || g_utf8_strlen (name, -1) > MAX_COMPONENT)
    return SR_PRACTICE_WIN32_INVALID_PARAMETER;
  if (g_bytes_get_size (data) > SR_PRACTICE_MAX_REGISTRY_VALUE)
    return SR_PRACTICE_WIN32_OUT_OF_MEMORY;
  value = g_variant_take_ref (from_bytes (type, data));
  sr_practice_config_set (ca->config, place.node, place.path, name, value);
  return save (ca);
}

guint32
sr_practice_registry_unset (SrPracticeCa *ca,
                            const char   *key,
                            const char   *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (Place) place = { 0 };
  GVariant *value = NULL;
  guint32 code = find_value (ca, key, name, &place, &value);

  if (code != 0)
    return code;
  /* a key that was there for its values alone stays when the last one goes */
  if (place.path[0] != '\0')
    sr_practice_config_create_key (ca->config, place.node, place.path);
  sr_practice_config_set (ca->config, place.node, place.path, name, NULL);
  return save (ca);
}

gboolean
sr_practice_registry_admits (SrPracticeCa *ca,
                             const char   *principal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return (sr_practice_roles_get (ca->roles, principal) & (SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_OPERATOR)) != 0;
}
