/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-restore-journal.h"

#include "store/sr-json-private.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FORMAT 1
#define MAX_STRING 4096
#define MAX_FILES 100000
#define MAX_SERVICES 100

static const char * const mode_words[] = { "latest", "point", NULL };
static const char * const step_words[] = {
  "opened", "stopping", "prepared", "copying", "setting-aside", "placing", "registering", "completing", "starting",
  "recording", "restored", "clearing", "returning", "put-back", "left", NULL,
};

G_STATIC_ASSERT (G_N_ELEMENTS (mode_words) == SR_RESTORE_POINT + 2);
G_STATIC_ASSERT (G_N_ELEMENTS (step_words) == SR_RESTORE_STEP_LEFT + 2);

const char *
sr_restore_mode_to_string (SrRestoreMode mode)
{
  return mode_words[mode];
}

const char *
sr_restore_step_to_string (SrRestoreStep step)
{
  return step_words[step];
}

const char *
sr_restore_step_words (SrRestoreStep step)
{
  static const char * const words[] = {
    N_("Opening the journal"),
    N_("Stopping the service"),
    N_("Preparing the restore"),
    N_("Copying the sets to the host"),
    N_("Setting the live files aside"),
    N_("Putting the database into its place"),
    N_("Registering the restore"),
    N_("Completing the registration"),
    N_("Starting the service, which recovers the database"),
    N_("Noting the restore beside the sets"),
    N_("Restored"),
    N_("Moving the restored files away"),
    N_("Putting the files from before back"),
    N_("Put back"),
    N_("Left as it is"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_STEP_LEFT + 1);
  return _(words[step]);
}

static void
restored_set_free (SrRestoredSet *set)
{
  g_free (set->id);
  g_free (set->name);
  g_free (set);
}

static void
move_free (SrRestoreMove *move)
{
  g_free (move->from);
  g_free (move->to);
  g_free (move);
}

static void
mark_free (SrRestoreMark *mark)
{
  g_free (mark->name);
  g_free (mark);
}

SrRestoreEntry *
sr_restore_entry_new (void)
{
  SrRestoreEntry *entry = g_new0 (SrRestoreEntry, 1);
  SrGuid id;

  sr_guid_random (&id);
  entry->id = sr_guid_dup_string (&id);
  entry->sets = g_ptr_array_new_with_free_func ((GDestroyNotify) restored_set_free);
  entry->aside = g_ptr_array_new_with_free_func ((GDestroyNotify) move_free);
  entry->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) mark_free);
  entry->stopped = g_new0 (char *, 1);
  return entry;
}

void
sr_restore_entry_add_set (SrRestoreEntry *entry,
                          const char     *id,
                          const char     *name,
                          guint32         low,
                          guint32         high)
{
  SrRestoredSet *set = g_new (SrRestoredSet, 1);

  *set = (SrRestoredSet) { g_strdup (id), g_strdup (name), low, high };
  g_ptr_array_add (entry->sets, set);
}

void
sr_restore_entry_add_move (SrRestoreEntry *entry,
                           const char     *from,
                           const char     *to,
                           guint64         size,
                           gboolean        copied)
{
  SrRestoreMove *move = g_new (SrRestoreMove, 1);

  *move = (SrRestoreMove) { g_strdup (from), g_strdup (to), size, copied };
  g_ptr_array_add (entry->aside, move);
}

void
sr_restore_entry_add_mark (SrRestoreEntry *entry,
                           const char     *name,
                           guint64         size,
                           gint64          modified)
{
  SrRestoreMark *mark = g_new (SrRestoreMark, 1);

  *mark = (SrRestoreMark) { g_strdup (name), size, modified };
  g_ptr_array_add (entry->marks, mark);
}

SrRestoreEntry *
sr_restore_entry_copy (const SrRestoreEntry *entry)
{
  SrRestoreEntry *copy = sr_restore_entry_new ();
  SrRestoreEntry fresh = *copy;

  g_free (copy->id);
  g_strfreev (copy->stopped);
  *copy = *entry;
  copy->sets = fresh.sets;
  copy->aside = fresh.aside;
  copy->marks = fresh.marks;
  copy->id = g_strdup (entry->id);
  copy->config = g_strdup (entry->config);
  copy->host = g_strdup (entry->host);
  copy->database = g_strdup (entry->database);
  copy->database_before = g_strdup (entry->database_before);
  copy->log_folder = g_strdup (entry->log_folder);
  copy->system_folder = g_strdup (entry->system_folder);
  copy->stopped = g_strdupv (entry->stopped);
  copy->program = g_strdup (entry->program);
  copy->user = g_strdup (entry->user);
  copy->machine = g_strdup (entry->machine);
  copy->detail = g_strdup (entry->detail);
  for (guint i = 0; i < entry->sets->len; i++)
    {
      const SrRestoredSet *set = g_ptr_array_index (entry->sets, i);

      sr_restore_entry_add_set (copy, set->id, set->name, set->low, set->high);
    }
  for (guint i = 0; i < entry->aside->len; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (entry->aside, i);

      sr_restore_entry_add_move (copy, move->from, move->to, move->size, move->copied);
    }
  for (guint i = 0; i < entry->marks->len; i++)
    {
      const SrRestoreMark *mark = g_ptr_array_index (entry->marks, i);

      sr_restore_entry_add_mark (copy, mark->name, mark->size, mark->modified);
    }
  return copy;
}

void
sr_restore_entry_free (SrRestoreEntry *entry)
{
  g_free (entry->id);
  g_free (entry->config);
  g_free (entry->host);
  g_ptr_array_unref (entry->sets);
  g_free (entry->database);
  g_free (entry->database_before);
  g_free (entry->log_folder);
  g_free (entry->system_folder);
  g_strfreev (entry->stopped);
  g_ptr_array_unref (entry->aside);
  g_ptr_array_unref (entry->marks);
  g_free (entry->program);
  g_free (entry->user);
  g_free (entry->machine);
  g_free (entry->detail);
  g_free (entry);
}

gboolean
sr_restore_entry_is_settled (const SrRestoreEntry *entry)
{
  return entry->step == SR_RESTORE_STEP_RESTORED || entry->step == SR_RESTORE_STEP_PUT_BACK || entry->step == SR_RESTORE_STEP_LEFT;
}

gboolean
sr_restore_entry_is_open (const SrRestoreEntry *entry)
{
  return entry->ends < entry->prepares;
}

/* A path on a drive of the host: C:\ and names with single backslashes between, none of which leads elsewhere. */
static gboolean
is_host_path (const char *path)
{
  g_auto (GStrv) names = NULL;

  if (!g_ascii_isalpha (path[0]) || path[1] != ':' || path[2] != '\\' || strpbrk (path + 2, "/:*?\"<>|") != NULL)
    return FALSE;
  names = g_strsplit (path + 3, "\\", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] == '\0' || g_str_equal (names[i], ".") || g_str_equal (names[i], ".."))
      return FALSE;
  for (const char *at = path; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return names[0] != NULL;
}

static char *
dup_host_path (SrJsonReader *reader,
               JsonObject   *object,
               const char   *member)
{
  char *path = sr_json_dup_string (reader, object, member, MAX_STRING, TRUE);

  if (path != NULL && !is_host_path (path))
    sr_json_reader_fail (reader, _("“%s%s” is no path on a drive: “%s”"), reader->at, member, path);
  return path;
}

static void
parse_sets (SrJsonReader   *reader,
            SrRestoreEntry *entry)
{
  JsonArray *array = sr_json_get_array (reader, reader->root, "sets", MAX_FILES);

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && reader->error == NULL; i++)
    {
      JsonObject *object;
      g_autofree char *id = NULL;
      g_autofree char *name = NULL;
      guint32 low, high;

      g_snprintf (reader->at, sizeof reader->at, "sets[%u].", i);
      object = sr_json_get_item (reader, array, i);
      id = sr_json_dup_string (reader, object, "id", 64, TRUE);
      name = sr_json_dup_string (reader, object, "name", 255, TRUE);
      low = (guint32) sr_json_get_int (reader, object, "low", 1, G_MAXINT32, TRUE);
      high = (guint32) sr_json_get_int (reader, object, "high", 1, G_MAXINT32, TRUE);
      sr_restore_entry_add_set (entry, id, name, low, high);
    }
  reader->at[0] = '\0';
}

static void
parse_moves (SrJsonReader   *reader,
             SrRestoreEntry *entry)
{
  JsonArray *array = sr_json_get_array (reader, reader->root, "aside", MAX_FILES);

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && reader->error == NULL; i++)
    {
      JsonObject *object;
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;
      guint64 size;

      g_snprintf (reader->at, sizeof reader->at, "aside[%u].", i);
      object = sr_json_get_item (reader, array, i);
      from = dup_host_path (reader, object, "from");
      to = dup_host_path (reader, object, "to");
      size = (guint64) sr_json_get_int (reader, object, "size", 0, G_MAXINT64, TRUE);
      if (from != NULL && to != NULL && g_ascii_toupper (from[0]) != g_ascii_toupper (to[0]))
        sr_json_reader_fail (reader, _("“%s%s” is on another drive than “%s”"), reader->at, "to", from);
      sr_restore_entry_add_move (entry, from, to, size, sr_json_get_boolean (reader, object, "copied"));
    }
  reader->at[0] = '\0';
}

static void
parse_marks (SrJsonReader   *reader,
             SrRestoreEntry *entry)
{
  JsonArray *array = sr_json_get_array (reader, reader->root, "marks", MAX_FILES);

  for (guint i = 0; array != NULL && i < json_array_get_length (array) && reader->error == NULL; i++)
    {
      JsonObject *object;
      g_autofree char *name = NULL;
      guint64 size;

      g_snprintf (reader->at, sizeof reader->at, "marks[%u].", i);
      object = sr_json_get_item (reader, array, i);
      name = sr_json_dup_string (reader, object, "name", 255, TRUE);
      size = (guint64) sr_json_get_int (reader, object, "size", 0, G_MAXINT64, TRUE);
      sr_restore_entry_add_mark (entry, name, size, sr_json_get_time (reader, object, "modified", FALSE));
    }
  reader->at[0] = '\0';
}

static void
parse_service (SrJsonReader   *reader,
               SrRestoreEntry *entry)
{
  JsonObject *service = sr_json_get_object (reader, reader->root, "service", FALSE);

  if (service == NULL)
    return;
  entry->service_known = TRUE;
  entry->was_running = sr_json_get_boolean (reader, service, "wasRunning");
  g_strfreev (entry->stopped);
  entry->stopped = sr_json_dup_strv (reader, service, "stopped", MAX_SERVICES, 256);
}

SrRestoreEntry *
sr_restore_entry_parse (GBytes     *json,
                        const char *where,
                        GError    **error)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autoptr (SrRestoreEntry) entry = sr_restore_entry_new ();
  JsonObject *root;
  SrGuid id;

  if (!sr_json_reader_init (&reader, json, where, SR_STORE_ERROR_DAMAGED_SET, FORMAT, error))
    return NULL;
  root = reader.root;
  g_free (entry->id);
  entry->id = sr_json_dup_string (&reader, root, "id", 64, TRUE);
  entry->config = sr_json_dup_string (&reader, root, "config", MAX_STRING, TRUE);
  entry->host = sr_json_dup_string (&reader, root, "host", 512, TRUE);
  entry->mode = (SrRestoreMode) sr_json_get_word (&reader, root, "mode", mode_words);
  entry->step = (SrRestoreStep) sr_json_get_word (&reader, root, "step", step_words);
  entry->reached = (SrRestoreStep) sr_json_get_word (&reader, root, "reached", step_words);
  if (entry->step == SR_RESTORE_STEP_LEFT)
    entry->left_at = (SrRestoreStep) sr_json_get_word (&reader, root, "leftAt", step_words);
  entry->prepares = (guint) sr_json_get_int (&reader, root, "prepares", 0, G_MAXINT32, TRUE);
  entry->ends = (guint) sr_json_get_int (&reader, root, "ends", 0, entry->prepares, TRUE);
  parse_sets (&reader, entry);
  entry->low = (guint32) sr_json_get_int (&reader, root, "low", 1, G_MAXINT32, TRUE);
  entry->high = (guint32) sr_json_get_int (&reader, root, "high", entry->low, G_MAXINT32, TRUE);
  entry->database = dup_host_path (&reader, root, "database");
  entry->database_before = sr_json_dup_string (&reader, root, "databaseBefore", MAX_STRING, TRUE);
  entry->database_size = (guint64) sr_json_get_int (&reader, root, "databaseSize", 0, G_MAXINT64, TRUE);
  entry->log_folder = dup_host_path (&reader, root, "logFolder");
  entry->system_folder = dup_host_path (&reader, root, "systemFolder");
  parse_service (&reader, entry);
  parse_moves (&reader, entry);
  parse_marks (&reader, entry);
  entry->recorded = sr_json_get_boolean (&reader, root, "recorded");
  entry->started = sr_json_get_time (&reader, root, "started", TRUE);
  entry->updated = sr_json_get_time (&reader, root, "updated", TRUE);
  entry->program = sr_json_dup_string (&reader, root, "by", MAX_STRING, FALSE);
  entry->user = sr_json_dup_string (&reader, root, "user", MAX_STRING, FALSE);
  entry->machine = sr_json_dup_string (&reader, root, "machine", MAX_STRING, FALSE);
  entry->answer = (SrHresult) sr_json_get_int (&reader, root, "answer", 0, G_MAXUINT32, FALSE);
  entry->detail = sr_json_dup_detail (&reader);
  if (entry->id != NULL && !sr_guid_parse (entry->id, &id))
    sr_json_reader_fail (&reader, _("“id” is no GUID: “%s”"), entry->id);
  if (entry->config != NULL && !sr_config_is_valid (entry->config))
    sr_json_reader_fail (&reader, _("“config” is no config string: “%s”"), entry->config);
  if (entry->sets->len == 0)
    sr_json_reader_fail (&reader, _("“%s%s” is missing"), "", "sets");
  return sr_json_reader_finish (&reader, error) ? g_steal_pointer (&entry) : NULL;
}

static void
add_sets (JsonObject           *root,
          const SrRestoreEntry *entry)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < entry->sets->len; i++)
    {
      const SrRestoredSet *set = g_ptr_array_index (entry->sets, i);
      JsonObject *object = json_object_new ();

      sr_json_add_string (object, "id", set->id);
      sr_json_add_string (object, "name", set->name);
      json_object_set_int_member (object, "low", set->low);
      json_object_set_int_member (object, "high", set->high);
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (root, "sets", array);
}

static void
add_moves (JsonObject           *root,
           const SrRestoreEntry *entry)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < entry->aside->len; i++)
    {
      const SrRestoreMove *move = g_ptr_array_index (entry->aside, i);
      JsonObject *object = json_object_new ();

      sr_json_add_string (object, "from", move->from);
      sr_json_add_string (object, "to", move->to);
      json_object_set_int_member (object, "size", (gint64) move->size);
      json_object_set_boolean_member (object, "copied", move->copied);
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (root, "aside", array);
}

static void
add_marks (JsonObject           *root,
           const SrRestoreEntry *entry)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < entry->marks->len; i++)
    {
      const SrRestoreMark *mark = g_ptr_array_index (entry->marks, i);
      JsonObject *object = json_object_new ();

      sr_json_add_string (object, "name", mark->name);
      json_object_set_int_member (object, "size", (gint64) mark->size);
      sr_json_add_time (object, "modified", mark->modified);
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (root, "marks", array);
}

GBytes *
sr_restore_entry_to_json (const SrRestoreEntry *entry)
{
  g_autoptr (JsonObject) root = sr_json_object_new (FORMAT);

  sr_json_add_string (root, "id", entry->id);
  sr_json_add_string (root, "config", entry->config);
  sr_json_add_string (root, "host", entry->host);
  sr_json_add_string (root, "mode", mode_words[entry->mode]);
  sr_json_add_string (root, "step", step_words[entry->step]);
  sr_json_add_string (root, "reached", step_words[entry->reached]);
  if (entry->step == SR_RESTORE_STEP_LEFT)
    sr_json_add_string (root, "leftAt", step_words[entry->left_at]);
  json_object_set_int_member (root, "prepares", entry->prepares);
  json_object_set_int_member (root, "ends", entry->ends);
  add_sets (root, entry);
  json_object_set_int_member (root, "low", entry->low);
  json_object_set_int_member (root, "high", entry->high);
  sr_json_add_string (root, "database", entry->database);
  sr_json_add_string (root, "databaseBefore", entry->database_before);
  json_object_set_int_member (root, "databaseSize", (gint64) entry->database_size);
  sr_json_add_string (root, "logFolder", entry->log_folder);
  sr_json_add_string (root, "systemFolder", entry->system_folder);
  if (entry->service_known)
    {
      JsonObject *service = json_object_new ();

      json_object_set_boolean_member (service, "wasRunning", entry->was_running);
      sr_json_add_strv (service, "stopped", entry->stopped);
      json_object_set_object_member (root, "service", service);
    }
  add_moves (root, entry);
  add_marks (root, entry);
  json_object_set_boolean_member (root, "recorded", entry->recorded);
  sr_json_add_time (root, "started", entry->started);
  sr_json_add_time (root, "updated", entry->updated);
  sr_json_add_string (root, "by", entry->program);
  sr_json_add_string (root, "user", entry->user);
  sr_json_add_string (root, "machine", entry->machine);
  if (entry->answer != 0)
    json_object_set_int_member (root, "answer", entry->answer);
  sr_json_add_detail (root, entry->detail);
  return sr_json_to_bytes (root);
}
