/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chain-checker.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* Not src/store's: see the header. */

typedef struct
{
  gint64 sequence;
  const char *starts;  /* the lineage that begins with it, NULL for none */
  gboolean circular;
  gboolean gap;
} Event;

static void
log_free (gpointer data)
{
  CheckedLog *log = data;

  g_free (log->sha256);
  g_free (log->created);
  g_free (log->previous);
  g_free (log->signature);
  g_free (log);
}

static void
set_free (gpointer data)
{
  CheckedSet *set = data;

  g_free (set->id);
  g_free (set->path);
  g_ptr_array_unref (set->logs);
  g_ptr_array_unref (set->files);
  g_free (set);
}

static void
chain_free (gpointer data)
{
  CheckedChain *chain = data;

  g_ptr_array_unref (chain->sets);
  g_free (chain);
}

static void
lineage_free (gpointer data)
{
  CheckedLineage *lineage = data;

  g_ptr_array_unref (lineage->sets);
  g_ptr_array_unref (lineage->chains);
  g_ptr_array_unref (lineage->loose);
  g_free (lineage);
}

void
checked_free (Checked *checked)
{
  g_ptr_array_unref (checked->lineages);
  g_ptr_array_unref (checked->sets);
  g_free (checked);
}

static JsonObject *
load (const char *folder,
      const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_file (parser, path, NULL))
    return NULL;
  return json_node_dup_object (json_parser_get_root (parser));
}

static char *
dup_member (JsonObject *object,
            const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, NULL));
}

static int
compare_logs (gconstpointer a,
              gconstpointer b)
{
  gint64 first = (*(CheckedLog * const *) a)->generation, second = (*(CheckedLog * const *) b)->generation;

  return first < second ? -1 : first > second;
}

static void
read_file (CheckedSet *set,
           JsonObject *file)
{
  const char *role = json_object_get_string_member (file, "role");
  CheckedLog *log;

  if (!g_str_equal (role, "certificate"))
    g_ptr_array_add (set->files, dup_member (file, "path"));
  if (!g_str_equal (role, "log"))
    return;
  log = g_new0 (CheckedLog, 1);
  log->generation = json_object_get_int_member (file, "generation");
  log->sha256 = dup_member (file, "sha256");
  log->created = dup_member (file, "created");
  log->previous = dup_member (file, "previousCreated");
  log->signature = dup_member (file, "signature");
  g_ptr_array_add (set->logs, log);
}

static void
read_set (Checked    *checked,
          const char *path)
{
  g_autoptr (JsonObject) manifest = load (path, "manifest.json");
  g_autoptr (JsonObject) session = load (path, "session.json");
  CheckedSet *set;
  JsonArray *files;

  if (manifest == NULL)
    return;
  set = g_new0 (CheckedSet, 1);
  set->id = dup_member (manifest, "id");
  set->path = g_strdup (path);
  set->sequence = json_object_get_int_member (manifest, "sequence");
  set->full = g_str_equal (json_object_get_string_member (manifest, "kind"), "full");
  if (session != NULL)
    {
      set->truncated = g_str_equal (json_object_get_string_member (session, "truncated"), "yes");
      set->ended = g_str_equal (json_object_get_string_member (session, "ended"), "yes");
    }
  set->logs = g_ptr_array_new_with_free_func (log_free);
  set->files = g_ptr_array_new_with_free_func (g_free);
  files = json_object_get_array_member (manifest, "files");
  for (guint i = 0; i < json_array_get_length (files); i++)
    read_file (set, json_array_get_object_element (files, i));
  g_ptr_array_sort (set->logs, compare_logs);
  g_ptr_array_add (checked->sets, set);
}

static void
read_event (GArray     *events,
            const char *folder,
            const char *name)
{
  static const char *const breaks[] = { "restore", "full-missing", "other-logs" };
  g_autoptr (JsonObject) object = load (folder, name);
  const char *kind = json_object_get_string_member (object, "kind");
  Event event = { .sequence = json_object_get_int_member (object, "sequence") };

  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++)
    if (g_str_equal (kind, breaks[i]))
      event.starts = breaks[i];
  event.circular = g_str_equal (kind, "circular-logging");
  event.gap = g_str_equal (kind, "gap");
  g_assert_true (event.starts != NULL || event.circular || event.gap);
  g_array_append_val (events, event);
}

static void
read_folder (Checked    *checked,
             GArray     *events,
             const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, "event-"))
        read_event (events, folder, name);
      else if (name[0] != '.')
        read_set (checked, path);
    }
}

static int
compare_sets (gconstpointer a,
              gconstpointer b)
{
  gint64 first = (*(CheckedSet * const *) a)->sequence, second = (*(CheckedSet * const *) b)->sequence;

  g_assert_true (a == b || first != second);
  return first < second ? -1 : first > second;
}

static int
compare_events (gconstpointer a,
                gconstpointer b)
{
  gint64 first = ((const Event *) a)->sequence, second = ((const Event *) b)->sequence;

  return first < second ? -1 : first > second;
}

/* What is not told contradicts nothing. */
static gboolean
may_be_equal (const char *a,
              const char *b)
{
  return a == NULL || b == NULL || g_str_equal (a, b);
}

static gboolean
goes_on (const CheckedLog *log,
         const CheckedLog *next)
{
  return next->generation == log->generation + 1 && may_be_equal (log->created, next->previous) &&
         may_be_equal (log->signature, next->signature);
}

/* Rule 2, for two logs of two sets. */
static gboolean
differ (const CheckedLog *a,
        const CheckedLog *b)
{
  if (!may_be_equal (a->signature, b->signature))
    return TRUE;
  if (a->generation == b->generation)
    return !g_str_equal (a->sha256, b->sha256) || !may_be_equal (a->created, b->created);
  if (a->generation + 1 == b->generation)
    return !goes_on (a, b);
  return b->generation + 1 == a->generation && !goes_on (b, a);
}

static gboolean
sets_differ (const CheckedSet *a,
             const CheckedSet *b)
{
  for (guint i = 0; i < a->logs->len; i++)
    for (guint j = 0; j < b->logs->len; j++)
      if (differ (a->logs->pdata[i], b->logs->pdata[j]))
        return TRUE;
  return FALSE;
}

static const CheckedLog *
newest_log (const CheckedSet *set)
{
  return set->logs->len > 0 ? set->logs->pdata[set->logs->len - 1] : NULL;
}

static const char *
why_new (CheckedLineage   *lineage,
         const CheckedSet *set)
{
  if (lineage == NULL)
    return "first";
  for (guint i = 0; i < lineage->sets->len; i++)
    if (sets_differ (lineage->sets->pdata[i], set))
      return "other-logs";
  return newest_log (set) != NULL && newest_log (set)->generation < lineage->last ? "backwards" : NULL;
}

/* Follows the set's logs from @at to its end; NULL where something is missing or does not fit. */
static const CheckedLog *
follow (const CheckedLog *at,
        const CheckedSet *set)
{
  for (guint i = 0; i < set->logs->len; i++)
    {
      const CheckedLog *log = set->logs->pdata[i];

      if (log->generation <= at->generation)
        continue;
      if (!goes_on (at, log))
        return NULL;
      at = log;
    }
  return at;
}

static void
add_full (CheckedLineage *lineage,
          CheckedSet     *set)
{
  CheckedChain *chain = g_new0 (CheckedChain, 1);

  chain->sets = g_ptr_array_new ();
  g_ptr_array_add (chain->sets, set);
  chain->end = set->logs->len > 0 ? follow (set->logs->pdata[0], set) : NULL;
  chain->complete = chain->end != NULL;
  chain->base = chain->complete && set->truncated && set->ended;
  g_ptr_array_add (lineage->chains, chain);
}

static CheckedChain *
newest_chain (CheckedLineage *lineage,
              gboolean        base)
{
  for (guint i = lineage->chains->len; i > 0; i--)
    {
      CheckedChain *chain = lineage->chains->pdata[i - 1];

      if (base ? chain->base : chain->complete)
        return chain;
    }
  return NULL;
}

static void
add_logs (CheckedLineage *lineage,
          CheckedSet     *set)
{
  CheckedChain *chain = newest_chain (lineage, FALSE);
  const CheckedLog *end = chain != NULL && set->logs->len > 0 ? follow (chain->end, set) : NULL;

  if (end == NULL)
    {
      g_ptr_array_add (lineage->loose, set);
      return;
    }
  chain->end = end;
  g_ptr_array_add (chain->sets, set);
}

static CheckedLineage *
begin (Checked    *checked,
       const char *start)
{
  CheckedLineage *lineage = g_new0 (CheckedLineage, 1);

  lineage->start = start;
  lineage->sets = g_ptr_array_new ();
  lineage->chains = g_ptr_array_new_with_free_func (chain_free);
  lineage->loose = g_ptr_array_new ();
  g_ptr_array_add (checked->lineages, lineage);
  return lineage;
}

static CheckedLineage *
add_event (Checked        *checked,
           CheckedLineage *lineage,
           const Event    *event)
{
  if (event->starts != NULL && (lineage == NULL || lineage->sets->len > 0))
    return begin (checked, event->starts);
  if (event->starts != NULL && g_str_equal (event->starts, "restore"))
    lineage->start = event->starts;
  if (lineage != NULL && event->circular)
    lineage->circular = event->sequence;
  if (lineage != NULL && event->gap)
    lineage->gap = event->sequence;
  return lineage;
}

static CheckedLineage *
add_set (Checked        *checked,
         CheckedLineage *lineage,
         CheckedSet     *set)
{
  const char *why = why_new (lineage, set);

  if (why != NULL)
    lineage = begin (checked, why);
  if (set->full)
    add_full (lineage, set);
  else
    add_logs (lineage, set);
  g_ptr_array_add (lineage->sets, set);
  if (newest_log (set) != NULL)
    lineage->last = MAX (lineage->last, newest_log (set)->generation);
  return lineage;
}

static gboolean
may_take_logs (CheckedLineage *lineage)
{
  CheckedChain *base = lineage != NULL ? newest_chain (lineage, TRUE) : NULL;
  CheckedChain *newest = base != NULL ? newest_chain (lineage, FALSE) : NULL;
  gint64 full;

  if (base == NULL || lineage->circular > ((CheckedSet *) base->sets->pdata[0])->sequence)
    return FALSE;
  full = ((CheckedSet *) newest->sets->pdata[0])->sequence;
  if (lineage->gap > full)
    return FALSE;
  for (guint i = 0; i < lineage->loose->len; i++)
    {
      CheckedSet *set = lineage->loose->pdata[i];

      if (set->sequence > full && set->logs->len > 0 && ((CheckedLog *) set->logs->pdata[0])->generation > newest->end->generation + 1)
        return FALSE;
    }
  return TRUE;
}

Checked *
chain_checker_run (const char *repository)
{
  Checked *checked = g_new0 (Checked, 1);
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_autoptr (GDir) dir = g_dir_open (repository, 0, NULL);
  CheckedLineage *lineage = NULL;
  const char *name;
  guint at = 0;

  checked->sets = g_ptr_array_new_with_free_func (set_free);
  checked->lineages = g_ptr_array_new_with_free_func (lineage_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (repository, name, NULL);

      if (name[0] != '.')
        read_folder (checked, events, folder);
    }
  g_ptr_array_sort (checked->sets, compare_sets);
  g_array_sort (events, compare_events);
  for (guint i = 0; i < checked->sets->len; i++)
    {
      CheckedSet *set = checked->sets->pdata[i];

      for (; at < events->len && g_array_index (events, Event, at).sequence < set->sequence; at++)
        lineage = add_event (checked, lineage, &g_array_index (events, Event, at));
      lineage = add_set (checked, lineage, set);
    }
  for (; at < events->len; at++)
    lineage = add_event (checked, lineage, &g_array_index (events, Event, at));
  checked->logs_allowed = may_take_logs (lineage);
  return checked;
}

char *
checked_to_text (Checked *checked)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < checked->lineages->len; i++)
    {
      CheckedLineage *lineage = checked->lineages->pdata[i];

      g_string_append (text, lineage->start);
      for (guint j = 0; j < lineage->chains->len; j++)
        {
          CheckedChain *chain = lineage->chains->pdata[j];

          g_string_append (text, chain->base ? " base" : chain->complete ? " copy" : " broken");
          for (guint k = 0; k < chain->sets->len; k++)
            g_string_append_printf (text, " %s", ((CheckedSet *) chain->sets->pdata[k])->id);
        }
      for (guint j = 0; j < lineage->loose->len; j++)
        g_string_append_printf (text, " loose %s", ((CheckedSet *) lineage->loose->pdata[j])->id);
      g_string_append_c (text, '\n');
    }
  g_string_append (text, checked->logs_allowed ? "logs allowed\n" : "logs forbidden\n");
  return g_string_free (text, FALSE);
}

gboolean
checked_in_chain (Checked    *checked,
                  const char *id)
{
  for (guint i = 0; i < checked->lineages->len; i++)
    {
      CheckedLineage *lineage = checked->lineages->pdata[i];

      for (guint j = 0; j < lineage->chains->len; j++)
        {
          GPtrArray *sets = ((CheckedChain *) lineage->chains->pdata[j])->sets;

          for (guint k = 0; k < sets->len; k++)
            if (g_str_equal (((CheckedSet *) sets->pdata[k])->id, id))
              return TRUE;
        }
    }
  return FALSE;
}

void
checked_chain_link (CheckedChain *chain,
                    guint         n_sets,
                    const char   *folder)
{
  for (guint i = 0; i < n_sets; i++)
    {
      CheckedSet *set = chain->sets->pdata[i];

      for (guint j = 0; j < set->files->len; j++)
        {
          g_autofree char *from = g_build_filename (set->path, set->files->pdata[j], NULL);
          g_autofree char *name = g_path_get_basename (from);
          g_autofree char *to = g_build_filename (folder, name, NULL);

          /* A newer set's file of the same name takes the place: it has to be as good. */
          unlink (to);
          g_assert_cmpint (symlink (from, to), ==, 0);
        }
    }
}
