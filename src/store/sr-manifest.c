/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-manifest.h"

#include "ese/sr-ese-log.h"
#include "store/sr-backup-set.h"
#include "store/sr-json-private.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_STRING 4096

static const char * const kind_words[] = { "full", "log", NULL };
static const char * const role_words[] = { "database", "log", "patch", "locations", "certificate", "other", NULL };

const char *
sr_set_kind_to_string (SrSetKind kind)
{
  return kind_words[kind];
}

const char *
sr_file_role_to_string (SrFileRole role)
{
  return role_words[role];
}

static void
file_free (gpointer data)
{
  SrSetFile *file = data;

  g_free (file->path);
  g_free (file->sha256);
  g_free (file->signature);
  g_free (file->server_name);
  g_free (file);
}

static void
location_free (gpointer data)
{
  SrSetLocation *location = data;

  g_free (location->path);
  g_free (location);
}

SrManifest *
sr_manifest_new (void)
{
  SrManifest *manifest = g_new0 (SrManifest, 1);

  sr_guid_random (&manifest->id);
  manifest->files = g_ptr_array_new_with_free_func (file_free);
  manifest->locations = g_ptr_array_new_with_free_func (location_free);
  manifest->dynamic_files = g_new0 (char *, 1);
  return manifest;
}

void
sr_manifest_free (SrManifest *manifest)
{
  g_free (manifest->config);
  g_free (manifest->display_name);
  g_free (manifest->certificate_sha1);
  g_free (manifest->certificate_sha256);
  g_free (manifest->certificate_subject);
  g_free (manifest->program_version);
  g_ptr_array_unref (manifest->files);
  g_ptr_array_unref (manifest->locations);
  g_strfreev (manifest->dynamic_files);
  g_free (manifest);
}

static void
read_authority (SrManifest   *manifest,
                SrJsonReader *reader)
{
  JsonObject *authority = sr_json_get_object (reader, reader->root, "authority", TRUE);
  JsonObject *certificate;

  g_strlcpy (reader->at, "authority.", sizeof reader->at);
  manifest->config = sr_json_dup_string (reader, authority, "config", MAX_STRING, TRUE);
  if (manifest->config != NULL && !sr_config_is_valid (manifest->config))
    sr_json_reader_fail (reader, _("“authority.config” is no config string: “%s”"), manifest->config);
  manifest->display_name = sr_json_dup_string (reader, authority, "displayName", MAX_STRING, FALSE);
  certificate = sr_json_get_object (reader, authority, "certificate", FALSE);

  g_strlcpy (reader->at, "authority.certificate.", sizeof reader->at);
  manifest->certificate_sha1 = sr_json_dup_hex (reader, certificate, "sha1", 20, FALSE);
  manifest->certificate_sha256 = sr_json_dup_hex (reader, certificate, "sha256", 32, FALSE);
  manifest->certificate_subject = sr_json_dup_string (reader, certificate, "subject", MAX_STRING, FALSE);
  manifest->certificate_expires = sr_json_get_time (reader, certificate, "expires", FALSE);
  reader->at[0] = '\0';
}

static void
read_times (SrManifest   *manifest,
            SrJsonReader *reader)
{
  JsonObject *times = sr_json_get_object (reader, reader->root, "times", TRUE);

  g_strlcpy (reader->at, "times.", sizeof reader->at);
  manifest->started = sr_json_get_time (reader, times, "started", TRUE);
  manifest->finished = sr_json_get_time (reader, times, "finished", TRUE);
  manifest->server_time = sr_json_get_time (reader, times, "server", FALSE);
  reader->at[0] = '\0';
}

/* The files that every set has and that are not in its list. */
static gboolean
is_own_name (const char *path)
{
  static const char * const own[] = { SR_MANIFEST_NAME, SR_SESSION_RECORD_NAME, SR_SUMS_NAME, SR_SHEET_NAME, SR_VERIFICATION_NAME };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (g_ascii_strncasecmp (path, own[i], strlen (own[i])) == 0)
      return TRUE;
  return FALSE;
}

static void
check_path (SrJsonReader *reader,
            GHashTable   *seen,
            const char   *path)
{
  if (!sr_set_path_is_safe (path) || is_own_name (path))
    /* Translators: “%spath” becomes “files[3].path”; leave “path” as it is */
    sr_json_reader_fail (reader, _("“%spath” is no path for a file of a set: “%s”"), reader->at, path);
  else if (!g_hash_table_add (seen, sr_safe_name_key (path)))
    /* Translators: “%spath” becomes “files[3].path”; leave “path” as it is */
    sr_json_reader_fail (reader, _("“%spath” is there twice: “%s”"), reader->at, path);
}

/* Only a log has a generation, the one that its name tells, and no other log has the same. */
static void
check_generation (SrJsonReader    *reader,
                  GHashTable      *generations,
                  const SrSetFile *file)
{
  const char *slash = strrchr (file->path, '/');

  if (file->role != SR_FILE_LOG || sr_log_generation (slash != NULL ? slash + 1 : file->path) != file->generation)
    /* Translators: “%sgeneration” becomes “files[3].generation”; leave “generation” as it is */
    sr_json_reader_fail (reader, _("“%sgeneration” is not what the name “%s” tells"), reader->at, file->path);
  else if (!g_hash_table_add (generations, GUINT_TO_POINTER (file->generation)))
    /* Translators: “%sgeneration” becomes “files[3].generation”; leave “generation” as it is */
    sr_json_reader_fail (reader, _("“%sgeneration” is there twice: “%s”"), reader->at, file->path);
}

/* A file's path may not be a folder of another file's. */
static void
check_folders (SrJsonReader *reader,
               GHashTable   *seen)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    for (const char *slash = strchr (key, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
      {
        g_autofree char *folder = g_strndup (key, (gsize) (slash - (const char *) key));

        if (g_hash_table_contains (seen, folder))
          sr_json_reader_fail (reader, _("“%s” is both a file and a folder"), folder);
      }
}

static void
read_files (SrManifest   *manifest,
            SrJsonReader *reader)
{
  JsonArray *array = sr_json_get_array (reader, reader->root, "files", SR_MANIFEST_MAX_FILES);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) generations = g_hash_table_new (NULL, NULL);
  guint64 total = 0;

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && reader->error == NULL; i++)
    {
      SrSetFile *file = g_new0 (SrSetFile, 1);
      JsonObject *object;

      g_ptr_array_add (manifest->files, file);
      g_snprintf (reader->at, sizeof reader->at, "files[%u].", i);
      object = sr_json_get_item (reader, array, i);
      file->path = sr_json_dup_string (reader, object, "path", 1024, TRUE);
      file->role = (SrFileRole) sr_json_get_word (reader, object, "role", role_words);
      file->size = (guint64) sr_json_get_int (reader, object, "size", 0, G_MAXINT64, TRUE);
      file->sha256 = sr_json_dup_hex (reader, object, "sha256", 32, TRUE);
      file->generation = (guint32) sr_json_get_int (reader, object, "generation", 1, G_MAXUINT32, FALSE);
      file->created = sr_json_get_time (reader, object, "created", FALSE);
      file->previous_created = sr_json_get_time (reader, object, "previousCreated", FALSE);
      file->signature = sr_json_dup_hex (reader, object, "signature", SR_ESE_SIGNATURE_SIZE, FALSE);
      file->server_name = sr_json_dup_string (reader, object, "serverName", SR_MANIFEST_MAX_NAME, FALSE);
      if (file->path != NULL)
        check_path (reader, seen, file->path);
      if (file->path != NULL && file->generation != 0)
        check_generation (reader, generations, file);
      if (file->size > G_MAXINT64 - total)
        sr_json_reader_fail (reader, _("the files are larger than any disk"));
      total += file->size;
    }
  reader->at[0] = '\0';
  check_folders (reader, seen);
}

static void
read_locations (SrManifest   *manifest,
                SrJsonReader *reader)
{
  JsonArray *array = sr_json_get_array (reader, reader->root, "locations", SR_MANIFEST_MAX_LOCATIONS);

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && reader->error == NULL; i++)
    {
      SrSetLocation *location = g_new0 (SrSetLocation, 1);
      JsonObject *object;

      g_ptr_array_add (manifest->locations, location);
      g_snprintf (reader->at, sizeof reader->at, "locations[%u].", i);
      object = sr_json_get_item (reader, array, i);
      location->type = (guint32) sr_json_get_int (reader, object, "type", 0, 0x10ffff, TRUE);
      location->path = sr_json_dup_string (reader, object, "path", SR_MANIFEST_MAX_NAME, TRUE);
    }
  reader->at[0] = '\0';
}

static void
check_contents (const SrManifest *manifest,
                SrJsonReader     *reader)
{
  if (manifest->kind != SR_SET_FULL)
    return;
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      if (file->role == SR_FILE_DATABASE)
        return;
    }
  sr_json_reader_fail (reader, _("a full set must have a database, and it lists none"));
}

SrManifest *
sr_manifest_parse (GBytes     *json,
                   const char *where,
                   GError    **error)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autoptr (SrManifest) manifest = sr_manifest_new ();
  g_autofree char *id = NULL;

  if (!sr_json_reader_init (&reader, json, where, SR_STORE_ERROR_DAMAGED_SET, SR_MANIFEST_FORMAT, error))
    return NULL;

  id = sr_json_dup_string (&reader, reader.root, "id", 64, TRUE);
  if (id != NULL && !sr_guid_parse (id, &manifest->id))
    sr_json_reader_fail (&reader, _("“id” is not a GUID"));
  manifest->program_version = sr_json_dup_string (&reader, reader.root, "programVersion", MAX_STRING, TRUE);
  manifest->sequence = sr_json_get_int (&reader, reader.root, "sequence", 1, SR_MANIFEST_MAX_SEQUENCE, TRUE);
  manifest->kind = (SrSetKind) sr_json_get_word (&reader, reader.root, "kind", kind_words);
  manifest->keep_logs = sr_json_get_boolean (&reader, reader.root, "keepLogs");
  read_authority (manifest, &reader);
  read_times (manifest, &reader);
  read_files (manifest, &reader);
  read_locations (manifest, &reader);
  g_strfreev (manifest->dynamic_files);
  manifest->dynamic_files = sr_json_dup_strv (&reader, reader.root, "dynamicFiles", SR_MANIFEST_MAX_FILES, SR_MANIFEST_MAX_NAME);
  check_contents (manifest, &reader);

  if (!sr_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&manifest);
}

static JsonObject *
authority_to_json (const SrManifest *manifest)
{
  JsonObject *authority = json_object_new ();

  sr_json_add_string (authority, "config", manifest->config);
  sr_json_add_string (authority, "displayName", manifest->display_name);
  if (manifest->certificate_sha256 != NULL)
    {
      JsonObject *certificate = json_object_new ();

      sr_json_add_string (certificate, "sha1", manifest->certificate_sha1);
      sr_json_add_string (certificate, "sha256", manifest->certificate_sha256);
      sr_json_add_string (certificate, "subject", manifest->certificate_subject);
      sr_json_add_time (certificate, "expires", manifest->certificate_expires);
      json_object_set_object_member (authority, "certificate", certificate);
    }
  return authority;
}

static JsonObject *
file_to_json (const SrSetFile *file)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "path", file->path);
  json_object_set_string_member (object, "role", sr_file_role_to_string (file->role));
  json_object_set_int_member (object, "size", (gint64) file->size);
  json_object_set_string_member (object, "sha256", file->sha256);
  if (file->generation != 0)
    json_object_set_int_member (object, "generation", file->generation);
  sr_json_add_time (object, "created", file->created);
  sr_json_add_time (object, "previousCreated", file->previous_created);
  sr_json_add_string (object, "signature", file->signature);
  sr_json_add_string (object, "serverName", file->server_name);
  return object;
}

static JsonArray *
files_to_json (const SrManifest *manifest)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < manifest->files->len; i++)
    json_array_add_object_element (array, file_to_json (g_ptr_array_index (manifest->files, i)));
  return array;
}

static JsonArray *
locations_to_json (const SrManifest *manifest)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < manifest->locations->len; i++)
    {
      const SrSetLocation *location = g_ptr_array_index (manifest->locations, i);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "type", location->type);
      json_object_set_string_member (object, "path", location->path);
      json_array_add_object_element (array, object);
    }
  return array;
}

GBytes *
sr_manifest_to_json (const SrManifest *manifest)
{
  g_autoptr (JsonObject) root = sr_json_object_new (SR_MANIFEST_FORMAT);
  JsonObject *times = json_object_new ();
  char id[SR_GUID_STRING_LENGTH + 1];

  sr_json_add_string (root, "programVersion", manifest->program_version);
  json_object_set_string_member (root, "id", sr_guid_to_string (&manifest->id, id));
  json_object_set_int_member (root, "sequence", manifest->sequence);
  json_object_set_string_member (root, "kind", sr_set_kind_to_string (manifest->kind));
  if (manifest->keep_logs)
    json_object_set_boolean_member (root, "keepLogs", TRUE);
  json_object_set_object_member (root, "authority", authority_to_json (manifest));
  sr_json_add_time (times, "started", manifest->started);
  sr_json_add_time (times, "finished", manifest->finished);
  sr_json_add_time (times, "server", manifest->server_time);
  json_object_set_object_member (root, "times", times);
  json_object_set_array_member (root, "files", files_to_json (manifest));
  json_object_set_array_member (root, "locations", locations_to_json (manifest));
  sr_json_add_strv (root, "dynamicFiles", manifest->dynamic_files);
  return sr_json_to_bytes (root);
}

guint64
sr_manifest_get_size (const SrManifest *manifest)
{
  guint64 total = 0;

  for (guint i = 0; i < manifest->files->len; i++)
    total += ((const SrSetFile *) g_ptr_array_index (manifest->files, i))->size;
  return total;
}

gboolean
sr_set_files_get_generations (GPtrArray *files,
                              guint32   *low,
                              guint32   *high)
{
  guint32 lowest = G_MAXUINT32, highest = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (files, i);

      if (file->role != SR_FILE_LOG || file->generation == 0)
        continue;
      lowest = MIN (lowest, file->generation);
      highest = MAX (highest, file->generation);
    }
  if (highest == 0)
    return FALSE;
  if (low != NULL)
    *low = lowest;
  if (high != NULL)
    *high = highest;
  return TRUE;
}

gboolean
sr_manifest_get_generations (const SrManifest *manifest,
                             guint32          *low,
                             guint32          *high)
{
  return sr_set_files_get_generations (manifest->files, low, high);
}
