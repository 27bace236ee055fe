/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-lineage-event.h"

#include "store/sr-json-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <string.h>

#define FORMAT 1
#define MAX_STRING 4096
#define NAME_PREFIX "event-"
#define NAME_SUFFIX ".json"

static const char * const kind_words[] = { "restore", "full-missing", "other-logs", "circular-logging", "gap", NULL };

const char *
sr_lineage_event_kind_to_string (SrLineageEventKind kind)
{
  return kind == SR_LINEAGE_EVENT_UNKNOWN ? "unknown" : kind_words[kind];
}

void
sr_lineage_event_free (SrLineageEvent *event)
{
  g_free (event->config);
  g_free (event->set);
  g_free (event->detail);
  g_free (event);
}

SrLineageEvent *
sr_lineage_event_copy (const SrLineageEvent *event)
{
  SrLineageEvent *copy = g_memdup2 (event, sizeof *event);

  copy->config = g_strdup (event->config);
  copy->set = g_strdup (event->set);
  copy->detail = g_strdup (event->detail);
  return copy;
}

static GBytes *
to_json (const SrLineageEvent *event)
{
  g_autoptr (JsonObject) root = sr_json_object_new (FORMAT);
  char id[SR_GUID_STRING_LENGTH + 1];

  json_object_set_string_member (root, "id", sr_guid_to_string (&event->id, id));
  json_object_set_int_member (root, "sequence", event->sequence);
  json_object_set_string_member (root, "kind", sr_lineage_event_kind_to_string (event->kind));
  json_object_set_string_member (root, "config", event->config);
  sr_json_add_time (root, "when", event->when);
  if (event->answer != 0)
    json_object_set_int_member (root, "answer", event->answer);
  sr_json_add_string (root, "set", event->set);
  sr_json_add_detail (root, event->detail);
  return sr_json_to_bytes (root);
}

static SrLineageEvent *
parse (const char *folder,
       const char *name)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autoptr (SrLineageEvent) event = g_new0 (SrLineageEvent, 1);
  g_autofree char *id = NULL;

  if (!sr_json_reader_load (&reader, folder, name, FORMAT, NULL))
    return NULL;
  id = sr_json_dup_string (&reader, reader.root, "id", 64, TRUE);
  event->sequence = sr_json_get_int (&reader, reader.root, "sequence", 1, SR_MANIFEST_MAX_SEQUENCE, TRUE);
  event->kind = (SrLineageEventKind) sr_json_get_word (&reader, reader.root, "kind", kind_words);
  event->config = sr_json_dup_string (&reader, reader.root, "config", MAX_STRING, TRUE);
  event->when = sr_json_get_time (&reader, reader.root, "when", FALSE);
  event->answer = (SrHresult) sr_json_get_int (&reader, reader.root, "answer", 0, G_MAXUINT32, FALSE);
  event->set = sr_json_dup_string (&reader, reader.root, "set", 64, FALSE);
  event->detail = sr_json_dup_detail (&reader);
  if (!sr_json_reader_finish (&reader, NULL) || !sr_guid_parse (id, &event->id) || !sr_config_is_valid (event->config))
    return NULL;
  return g_steal_pointer (&event);
}

/* The sequence stands in the name too, so that the place of an event is known
 * even where the event is not. */
static gboolean
parse_name (const char *name,
            gint64     *sequence)
{
  gint64 value;
  char *end;

  if (!g_str_has_prefix (name, NAME_PREFIX) || !g_str_has_suffix (name, NAME_SUFFIX) || !g_ascii_isdigit (name[strlen (NAME_PREFIX)]))
    return FALSE;
  value = g_ascii_strtoll (name + strlen (NAME_PREFIX), &end, 10);
  *sequence = MIN (value, SR_MANIFEST_MAX_SEQUENCE);
  return *end == '-' && value > 0;
}

/* What cannot be understood is not passed over: sets before and after it are not taken for one lineage. */
static SrLineageEvent *
load (const char *folder,
      const char *name,
      const char *config,
      gint64      sequence)
{
  SrLineageEvent *event = parse (folder, name);

  if (event != NULL)
    return event;
  event = g_new0 (SrLineageEvent, 1);
  event->kind = SR_LINEAGE_EVENT_UNKNOWN;
  event->sequence = sequence;
  event->config = g_strdup (config);
  return event;
}

gboolean
sr_lineage_event_scan (const char *folder,
                       const char *config,
                       gboolean    is_home,
                       GPtrArray  *events,
                       GError    **error)
{
  g_auto (GStrv) names = sr_store_list_folder (folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      gint64 sequence;
      g_autoptr (SrLineageEvent) event = parse_name (names[i], &sequence) ? load (folder, names[i], config, sequence) : NULL;

      if (event != NULL && sr_config_equal (event->config, config) && (is_home || event->kind != SR_LINEAGE_EVENT_UNKNOWN))
        g_ptr_array_add (events, g_steal_pointer (&event));
    }
  return TRUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const SrLineageEvent *first = *(const SrLineageEvent * const *) a;
  const SrLineageEvent *second = *(const SrLineageEvent * const *) b;

  return first->sequence < second->sequence ? -1 : first->sequence > second->sequence;
}

GPtrArray *
sr_lineage_event_list (SrRepository *repository,
                       const char   *config,
                       GError      **error)
{
  g_autoptr (GPtrArray) folders = sr_repository_list_folders (repository, error);
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_lineage_event_free);

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = g_ptr_array_index (folders, i);
      gboolean is_home = folder->config == NULL || sr_config_equal (folder->config, config);

      if (!sr_lineage_event_scan (folder->path, config, is_home, events, error))
        return NULL;
    }
  g_ptr_array_sort (events, compare);
  return g_steal_pointer (&events);
}

gboolean
sr_lineage_event_record (SrLock         *lock,
                         SrLineageEvent *event,
                         GError        **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) json = NULL;

  g_return_val_if_fail (sr_lock_get_config (lock) != NULL && sr_lock_get_mode (lock) == SR_LOCK_EXCLUSIVE, FALSE);
  g_return_val_if_fail (event->kind != SR_LINEAGE_EVENT_UNKNOWN, FALSE);

  event->sequence = sr_authority_next_sequence (sr_lock_get_repository (lock), sr_lock_get_config (lock), error);
  if (event->sequence == 0)
    return FALSE;
  sr_guid_random (&event->id);
  g_set_str (&event->config, sr_lock_get_config (lock));
  if (event->when == 0)
    event->when = g_get_real_time ();
  path = g_strdup_printf ("%s/" NAME_PREFIX "%08" G_GINT64_FORMAT "-%s" NAME_SUFFIX, sr_lock_get_folder (lock), event->sequence,
                          sr_lineage_event_kind_to_string (event->kind));
  json = to_json (event);
  return sr_repository_check_still_there (sr_lock_get_repository (lock), error) &&
         sr_store_write_new (path, json, error) &&
         sr_store_sync_folder (sr_lock_get_folder (lock), error);
}
