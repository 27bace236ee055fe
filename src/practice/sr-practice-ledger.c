/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ledger.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FILE (64 * 1024 * 1024)
/* Older backups' records go; the counts stay. */
#define MAX_BACKUPS 200

static const char *const groups[] = { "counts", "calls", "auth", "refusals" };

/* Names of the counts, by SrPracticeOutcome. */
static const char *const outcomes[] = { "end", "rundown", "released", "lost" };

struct _SrPracticeLedger
{
  char *path;
  JsonObject *root;
};

static JsonObject *
last_backup (SrPracticeLedger *ledger)
{
  JsonArray *backups = json_object_get_array_member (ledger->root, "backups");
  guint n = json_array_get_length (backups);

  return n > 0 ? json_array_get_object_element (backups, n - 1) : NULL;
}

static void
count (SrPracticeLedger *ledger,
       const char       *group,
       const char       *name)
{
  JsonObject *object = json_object_get_object_member (ledger->root, group);

  json_object_set_int_member (object, name, json_object_get_int_member_with_default (object, name, 0) + 1);
}

static void
make_empty (SrPracticeLedger *ledger)
{
  JsonObject *counts;

  ledger->root = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    json_object_set_object_member (ledger->root, groups[i], json_object_new ());
  json_object_set_array_member (ledger->root, "backups", json_array_new ());
  counts = json_object_get_object_member (ledger->root, "counts");
  json_object_set_int_member (counts, "prepare", 0);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    json_object_set_int_member (counts, outcomes[i], 0);
  json_object_set_int_member (counts, "orphaned", 0);
}

static gboolean
has_shape (JsonNode *node)
{
  JsonObject *root;
  JsonNode *backups;
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  root = json_node_get_object (node);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      JsonNode *group = json_object_get_member (root, groups[i]);

      if (group == NULL || !JSON_NODE_HOLDS_OBJECT (group))
        return FALSE;
    }
  backups = json_object_get_member (root, "backups");
  if (backups == NULL || !JSON_NODE_HOLDS_ARRAY (backups))
    return FALSE;
  array = json_node_get_array (backups);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *files, *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (element))
        return FALSE;
      files = json_object_get_member (json_node_get_object (element), "files");
      if (files == NULL || !JSON_NODE_HOLDS_ARRAY (files))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load (SrPracticeLedger *ledger,
      GError          **error)
{
  g_autoptr (GBytes) bytes = sr_file_load (ledger->path, MAX_FILE, error);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) node = NULL;
  const char *text;
  gsize length;

  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  if (json_parser_load_from_data (parser, text, (gssize) length, &local))
    node = json_parser_steal_root (parser);
  if (!has_shape (node))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is not a practice CA’s ledger"), ledger->path);
      return FALSE;
    }
  ledger->root = json_node_dup_object (node);
  return TRUE;
}

SrPracticeLedger *
sr_practice_ledger_open (const char *path,
                         GError    **error)
{
  g_autoptr (SrPracticeLedger) ledger = g_new0 (SrPracticeLedger, 1);
  JsonObject *last;

  ledger->path = g_strdup (path);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    make_empty (ledger);
  else if (!load (ledger, error))
    return NULL;
  last = last_backup (ledger);
  if (last != NULL && !json_object_has_member (last, "outcome"))
    sr_practice_ledger_end (ledger, SR_PRACTICE_LOST);
  return g_steal_pointer (&ledger);
}

void
sr_practice_ledger_free (SrPracticeLedger *ledger)
{
  g_clear_pointer (&ledger->root, json_object_unref);
  g_free (ledger->path);
  g_free (ledger);
}

gboolean
sr_practice_ledger_save (SrPracticeLedger *ledger,
                         GError          **error)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_node_init_object (node, ledger->root);
  text = json_to_string (node, TRUE);
  return sr_file_replace (ledger->path, text, strlen (text), error);
}

static void
set_now (JsonObject *object,
         const char *member)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = g_date_time_format_iso8601 (now);

  json_object_set_string_member (object, member, text);
}

void
sr_practice_ledger_begin (SrPracticeLedger *ledger,
                          const char       *kind,
                          const char       *principal)
{
  JsonArray *backups = json_object_get_array_member (ledger->root, "backups");
  JsonObject *backup = json_object_new ();

  count (ledger, "counts", "prepare");
  json_object_set_string_member (backup, "kind", kind);
  json_object_set_string_member (backup, "principal", principal);
  set_now (backup, "prepared");
  json_object_set_boolean_member (backup, "truncated", FALSE);
  json_object_set_array_member (backup, "files", json_array_new ());
  json_array_add_object_element (backups, backup);
  if (json_array_get_length (backups) > MAX_BACKUPS)
    json_array_remove_element (backups, 0);
}

void
sr_practice_ledger_add_file (SrPracticeLedger *ledger,
                             const char       *name,
                             guint64           size,
                             guint64           served,
                             const char       *sha256)
{
  JsonObject *file = json_object_new ();

  json_object_set_string_member (file, "name", name);
  json_object_set_int_member (file, "size", (gint64) size);
  json_object_set_int_member (file, "served", (gint64) served);
  json_object_set_string_member (file, "sha256", sha256);
  json_array_add_object_element (json_object_get_array_member (last_backup (ledger), "files"), file);
}

void
sr_practice_ledger_set_truncated (SrPracticeLedger *ledger,
                                  guint             removed)
{
  json_object_set_boolean_member (last_backup (ledger), "truncated", TRUE);
  json_object_set_int_member (last_backup (ledger), "logsRemoved", removed);
}

void
sr_practice_ledger_end (SrPracticeLedger *ledger,
                        SrPracticeOutcome outcome)
{
  count (ledger, "counts", outcomes[outcome]);
  json_object_set_string_member (last_backup (ledger), "outcome", outcomes[outcome]);
  set_now (last_backup (ledger), "ended");
}

void
sr_practice_ledger_note_orphan (SrPracticeLedger *ledger)
{
  count (ledger, "counts", "orphaned");
}

void
sr_practice_ledger_note_call (SrPracticeLedger *ledger,
                              const char       *method,
                              const char       *auth)
{
  count (ledger, "calls", method);
  count (ledger, "auth", auth);
}

void
sr_practice_ledger_note_refusal (SrPracticeLedger *ledger,
                                 const char       *rule)
{
  count (ledger, "refusals", rule);
}

void
sr_practice_ledger_note_start (SrPracticeLedger *ledger,
                               SrHresult         exit_code,
                               gboolean          recovered)
{
  JsonObject *start = json_object_new ();
  g_autofree char *text = g_strdup_printf ("0x%08x", exit_code);

  set_now (start, "time");
  json_object_set_int_member (start, "exitCode", exit_code);
  json_object_set_string_member (start, "exit", text);
  json_object_set_boolean_member (start, "recovered", recovered);
  json_object_set_object_member (ledger->root, "lastStart", start);
  if (recovered)
    count (ledger, "counts", "recoveries");
}

gint64
sr_practice_ledger_get_count (SrPracticeLedger *ledger,
                              const char       *group,
                              const char       *name)
{
  return json_object_get_int_member_with_default (json_object_get_object_member (ledger->root, group), name, 0);
}

void
sr_practice_ledger_add_to (SrPracticeLedger *ledger,
                           JsonObject       *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) copy = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_node_init_object (node, ledger->root);
  /* through text, so that nothing is shared with another thread */
  text = json_to_string (node, FALSE);
  copy = json_from_string (text, NULL);
  json_object_iter_init (&iter, json_node_get_object (copy));
  while (json_object_iter_next (&iter, &name, &member))
    json_object_set_member (object, name, json_node_copy (member));
}
