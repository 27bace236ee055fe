/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-json-private.h"
#include "store/sr-store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* No file of ours nests deeper, or has more values than a manifest with SR_MANIFEST_MAX_FILES: a log
 * with all that is known of it counts 19, a dynamic file 1. */
#define MAX_DEPTH 16
#define MAX_VALUES 2500000

/* Bytes of a file that tells of one thing, and of its member "detail". */
#define MAX_SMALL_FILE (64 * 1024)
#define MAX_DETAIL (8 * 1024)

/* Looks at brackets, commas and strings only, before the parser may build anything from hostile input. */
static gboolean
is_modest (const char *text,
           gsize       length)
{
  guint depth = 0, values = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
          continue;
        }
      if (c == '"')
        in_string = TRUE;
      else if (c == ']' || c == '}')
        depth -= depth > 0 ? 1 : 0;
      else if (c == ',' || c == ':')
        values++;
      else if (c == '[' || c == '{')
        {
          depth++;
          values++;
        }
      if (depth > MAX_DEPTH || values > MAX_VALUES)
        return FALSE;
    }
  return TRUE;
}

static gboolean
parse (SrJsonReader *reader,
       GBytes       *json)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (json, &length);
  g_autoptr (GError) error = NULL;
  JsonNode *root;

  if (length == 0)
    {
      sr_json_reader_fail (reader, _("the file is empty"));
      return FALSE;
    }
  if (!g_utf8_validate_len (text, length, NULL))
    {
      sr_json_reader_fail (reader, _("it is not UTF-8 text"));
      return FALSE;
    }
  if (!is_modest (text, length))
    {
      sr_json_reader_fail (reader, _("it is nested too deeply or has too many values"));
      return FALSE;
    }
  if (!json_parser_load_from_data (reader->parser, text, (gssize) length, &error))
    {
      /* The parser's words may quote a part of a character. */
      g_autofree char *words = g_utf8_make_valid (error->message, -1);

      sr_json_reader_fail (reader, _("it is not JSON: %s"), words);
      return FALSE;
    }
  root = json_parser_get_root (reader->parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      sr_json_reader_fail (reader, _("it is not a JSON object"));
      return FALSE;
    }
  reader->root = json_node_get_object (root);
  return TRUE;
}

gboolean
sr_json_reader_init (SrJsonReader *reader,
                     GBytes       *json,
                     const char   *where,
                     SrStoreError  code,
                     gint64        format,
                     GError      **error)
{
  gint64 found;

  *reader = (SrJsonReader) { .where = g_strdup (where), .code = code, .parser = json_parser_new () };
  if (!parse (reader, json))
    return sr_json_reader_finish (reader, error);

  found = sr_json_get_int (reader, reader->root, "format", 1, G_MAXINT64, TRUE);
  if (found > format)
    {
      g_autofree char *newer = g_strdup_printf ("%" G_GINT64_FORMAT, found);
      g_autofree char *known = g_strdup_printf ("%" G_GINT64_FORMAT, format);

      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT,
                   _("“%s” has format %s, and this program knows formats up to %s: a newer version wrote it. Use that version."),
                   where, newer, known);
      return FALSE;
    }
  return sr_json_reader_finish (reader, error);
}

gboolean
sr_json_reader_load (SrJsonReader *reader,
                     const char   *folder,
                     const char   *name,
                     gint64        format,
                     GError      **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) json = sr_store_load (folder, name, MAX_SMALL_FILE, SR_STORE_ERROR_MISSING, SR_STORE_ERROR_DAMAGED_SET, error);

  return json != NULL && sr_json_reader_init (reader, json, path, SR_STORE_ERROR_DAMAGED_SET, format, error);
}

gboolean
sr_json_reader_finish (SrJsonReader *reader,
                       GError      **error)
{
  if (reader->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reader->error));
  return FALSE;
}

void
sr_json_reader_clear (SrJsonReader *reader)
{
  g_clear_object (&reader->parser);
  g_clear_error (&reader->error);
  g_clear_pointer (&reader->where, g_free);
  reader->root = NULL;
}

void
sr_json_reader_fail (SrJsonReader *reader,
                     const char   *format,
                     ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (reader->error != NULL)
    return;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  reader->error = g_error_new (SR_STORE_ERROR, (int) reader->code, _("“%s” is damaged: %s"), reader->where, what);
}

static JsonNode *
get_node (SrJsonReader *reader,
          JsonObject   *object,
          const char   *member,
          gboolean      required)
{
  JsonNode *node = NULL;

  if (reader->error != NULL || object == NULL)
    return NULL;
  node = json_object_get_member (object, member);
  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    return node;
  if (required)
    /* Translators: the path of a member, as in “files[3].”, and its name */
    sr_json_reader_fail (reader, _("“%s%s” is missing"), reader->at, member);
  return NULL;
}

static void
fail_type (SrJsonReader *reader,
           const char   *member,
           const char   *type)
{
  /* Translators: the path of a member, as in “files[3].”, its name, and what it must be, as “a whole number” */
  sr_json_reader_fail (reader, _("“%s%s” is not %s"), reader->at, member, type);
}

JsonObject *
sr_json_get_object (SrJsonReader *reader,
                    JsonObject   *object,
                    const char   *member,
                    gboolean      required)
{
  JsonNode *node = get_node (reader, object, member, required);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  fail_type (reader, member, _("an object"));
  return NULL;
}

JsonArray *
sr_json_get_array (SrJsonReader *reader,
                   JsonObject   *object,
                   const char   *member,
                   guint         max_items)
{
  JsonNode *node = get_node (reader, object, member, FALSE);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      fail_type (reader, member, _("a list"));
      return NULL;
    }
  if (json_array_get_length (json_node_get_array (node)) > max_items)
    {
      /* Translators: the path of a member, as in “files[3].”, and its name */
      sr_json_reader_fail (reader, _("“%s%s” has more than %u items"), reader->at, member, max_items);
      return NULL;
    }
  return json_node_get_array (node);
}

JsonObject *
sr_json_get_item (SrJsonReader *reader,
                  JsonArray    *array,
                  guint         index)
{
  JsonNode *node = json_array_get_element (array, index);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  fail_type (reader, "", _("an object"));
  return NULL;
}

static const char *
node_string (SrJsonReader *reader,
             JsonNode     *node,
             const char   *member,
             gsize         max_length)
{
  const char *text;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    {
      fail_type (reader, member, _("a string"));
      return NULL;
    }
  text = json_node_get_string (node);
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    {
      fail_type (reader, member, _("UTF-8 text"));
      return NULL;
    }
  if (strlen (text) > max_length)
    {
      /* Translators: the path of a member, as in “files[3].”, and its name */
      sr_json_reader_fail (reader, _("“%s%s” is longer than %zu bytes"), reader->at, member, max_length);
      return NULL;
    }
  return text;
}

char *
sr_json_dup_string (SrJsonReader *reader,
                    JsonObject   *object,
                    const char   *member,
                    gsize         max_length,
                    gboolean      required)
{
  JsonNode *node = get_node (reader, object, member, required);

  return node != NULL ? g_strdup (node_string (reader, node, member, max_length)) : NULL;
}

gint64
sr_json_get_int (SrJsonReader *reader,
                 JsonObject   *object,
                 const char   *member,
                 gint64        low,
                 gint64        high,
                 gboolean      required)
{
  JsonNode *node = get_node (reader, object, member, required);
  g_autofree char *text = NULL;
  gint64 value;

  if (node == NULL)
    return 0;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    {
      fail_type (reader, member, _("a whole number"));
      return 0;
    }
  value = json_node_get_int (node);
  if (value >= low && value <= high)
    return value;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  /* Translators: the path of a member, as in "files[3].", its name, and a number */
  sr_json_reader_fail (reader, _("“%s%s” is %s, out of its bounds"), reader->at, member, text);
  return 0;
}

gboolean
sr_json_get_boolean (SrJsonReader *reader,
                     JsonObject   *object,
                     const char   *member)
{
  JsonNode *node = get_node (reader, object, member, FALSE);

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  fail_type (reader, member, _("true or false"));
  return FALSE;
}

gint64
sr_json_get_time (SrJsonReader *reader,
                  JsonObject   *object,
                  const char   *member,
                  gboolean      required)
{
  g_autofree char *text = sr_json_dup_string (reader, object, member, 64, required);
  g_autoptr (GDateTime) when = NULL;

  if (text == NULL)
    return 0;
  /* Only in UTC, as we write it: a time without its zone is not a time. */
  if (g_str_has_suffix (text, "Z"))
    when = g_date_time_new_from_iso8601 (text, NULL);
  if (when != NULL)
    return g_date_time_to_unix_usec (when);
  fail_type (reader, member, _("a time in UTC"));
  return 0;
}

char *
sr_json_dup_hex (SrJsonReader *reader,
                 JsonObject   *object,
                 const char   *member,
                 gsize         bytes,
                 gboolean      required)
{
  g_autofree char *text = sr_json_dup_string (reader, object, member, 2 * bytes, required);

  if (text == NULL)
    return NULL;
  if (strlen (text) == 2 * bytes && strspn (text, "0123456789abcdef") == 2 * bytes)
    return g_steal_pointer (&text);
  /* Translators: the path of a member, as in “files[3].”, and its name */
  sr_json_reader_fail (reader, _("“%s%s” is not %zu hexadecimal digits"), reader->at, member, 2 * bytes);
  return NULL;
}

guint
sr_json_get_word (SrJsonReader       *reader,
                  JsonObject         *object,
                  const char         *member,
                  const char * const *words)
{
  g_autofree char *text = sr_json_dup_string (reader, object, member, 64, TRUE);

  if (text == NULL)
    return 0;
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (text, words[i]))
      return i;
  fail_type (reader, member, _("a word that is known"));
  return 0;
}

char *
sr_json_dup_detail (SrJsonReader *reader)
{
  return sr_json_dup_string (reader, reader->root, "detail", MAX_DETAIL, FALSE);
}

char **
sr_json_dup_strv (SrJsonReader *reader,
                  JsonObject   *object,
                  const char   *member,
                  guint         max_items,
                  gsize         max_length)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = sr_json_get_array (reader, object, member, max_items);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *text = node_string (reader, json_array_get_element (array, i), member, max_length);

      if (text == NULL)
        break;
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

void
sr_json_add_string (JsonObject *object,
                    const char *member,
                    const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

void
sr_json_add_detail (JsonObject *object,
                    const char *detail)
{
  g_autofree char *valid = detail != NULL ? g_utf8_make_valid (detail, -1) : NULL;
  g_autofree char *clipped = valid != NULL ? g_utf8_truncate_middle (valid, MAX_DETAIL / 4) : NULL;

  sr_json_add_string (object, "detail", clipped);
}

void
sr_json_add_time (JsonObject *object,
                  const char *member,
                  gint64      microseconds)
{
  g_autofree char *text = microseconds != 0 ? sr_store_time_to_string (microseconds) : NULL;

  sr_json_add_string (object, member, text);
}

void
sr_json_add_strv (JsonObject *object,
                  const char *member,
                  char      **items)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    json_array_add_string_element (array, items[i]);
  json_object_set_array_member (object, member, array);
}

JsonObject *
sr_json_object_new (gint64 format)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "format", format);
  json_object_set_string_member (object, "program", "Strongroom");
  return object;
}

GBytes *
sr_json_to_bytes (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  GString *text = g_string_new (NULL);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  json_generator_to_gstring (generator, text);
  g_string_append_c (text, '\n');
  return g_string_free_to_bytes (text);
}

gboolean
sr_json_save (JsonObject *object,
              const char *folder,
              const char *name,
              GError    **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) json = sr_json_to_bytes (object);

  return sr_store_replace (path, json, error);
}
