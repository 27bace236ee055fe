/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-journal.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* The words stand once, in the order of the enumerations. */
static const char *const step_words[] = {
  "activated", "prepare-sent", "prepared", "publishing", "published", "truncate-sent", "truncated", "end-sent",
};
static const char *const kind_words[] = { "full", "log" };
static const char *const credentials_words[] = { "ticket-cache", "keytab", "password" };
static const char *const truncation_words[] = { "no", "yes", "kept", "unknown" };

G_STATIC_ASSERT (G_N_ELEMENTS (step_words) == SR_JOURNAL_END_SENT + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (kind_words) == SR_BACKUP_LOGS + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (credentials_words) == SR_CREDENTIALS_PASSWORD + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (truncation_words) == SR_TRUNCATION_UNKNOWN + 1);

const char *
sr_journal_step_to_string (SrJournalStep step)
{
  g_return_val_if_fail ((guint) step < G_N_ELEMENTS (step_words), NULL);

  return step_words[step];
}

SrJournalEntry *
sr_journal_entry_new (void)
{
  return g_new0 (SrJournalEntry, 1);
}

SrJournalEntry *
sr_journal_entry_copy (const SrJournalEntry *entry)
{
  SrJournalEntry *copy = g_memdup2 (entry, sizeof *entry);

  copy->id = g_strdup (entry->id);
  copy->config = g_strdup (entry->config);
  copy->host = g_strdup (entry->host);
  copy->address = g_strdup (entry->address);
  copy->user = g_strdup (entry->user);
  copy->repository = g_strdup (entry->repository);
  copy->staging = g_strdup (entry->staging);
  copy->set = g_strdup (entry->set);
  copy->program = g_strdup (entry->program);
  return copy;
}

void
sr_journal_entry_free (SrJournalEntry *entry)
{
  g_free (entry->id);
  g_free (entry->config);
  g_free (entry->host);
  g_free (entry->address);
  g_free (entry->user);
  g_free (entry->repository);
  g_free (entry->staging);
  g_free (entry->set);
  g_free (entry->program);
  g_free (entry);
}

/* Writing. 64-bit identifiers go as hexadecimal text: JSON's numbers are signed. */

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         gint64       value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_hex (JsonBuilder *builder,
         const char  *name,
         guint64      value)
{
  char text[24];

  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", value);
  add_string (builder, name, text);
}

static void
add_guid (JsonBuilder  *builder,
          const char   *name,
          const SrGuid *guid)
{
  char text[SR_GUID_STRING_LENGTH + 1];

  add_string (builder, name, sr_guid_to_string (guid, text));
}

static void
add_identity (JsonBuilder          *builder,
              const SrDcomIdentity *identity)
{
  json_builder_set_member_name (builder, "object");
  json_builder_begin_object (builder);
  add_hex (builder, "oxid", identity->oxid);
  add_hex (builder, "oid", identity->oid);
  add_hex (builder, "setid", identity->setid);
  add_guid (builder, "rem-unknown", &identity->rem_unknown);
  add_int (builder, "port", identity->port);
  add_boolean (builder, "no-ping", identity->no_ping);
  json_builder_set_member_name (builder, "interfaces");
  json_builder_begin_array (builder);
  for (guint i = 0; i < identity->n_interfaces; i++)
    {
      json_builder_begin_object (builder);
      add_guid (builder, "iid", &identity->interfaces[i].iid);
      add_guid (builder, "ipid", &identity->interfaces[i].ipid);
      add_int (builder, "references", identity->interfaces[i].public_refs);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

GBytes *
sr_journal_entry_to_json (const SrJournalEntry *entry)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;
  gsize length;

  json_builder_begin_object (builder);
  add_int (builder, "format", SR_JOURNAL_FORMAT);
  add_string (builder, "id", entry->id);
  add_string (builder, "step", step_words[entry->step]);
  add_string (builder, "kind", kind_words[entry->kind]);
  add_string (builder, "config", entry->config);
  add_string (builder, "host", entry->host);
  add_string (builder, "address", entry->address);
  add_int (builder, "activation-port", entry->activation_port);
  add_string (builder, "credentials", credentials_words[entry->credentials_kind]);
  add_string (builder, "user", entry->user);
  add_boolean (builder, "ntlm-allowed", entry->ntlm_allowed);
  add_identity (builder, &entry->identity);
  add_string (builder, "repository", entry->repository);
  add_string (builder, "staging", entry->staging);
  add_string (builder, "set", entry->set);
  add_string (builder, "truncated", truncation_words[entry->truncated]);
  add_boolean (builder, "prepare-unknown", entry->prepare_unknown);
  add_int (builder, "pid", entry->pid);
  add_int (builder, "pid-started", (gint64) entry->pid_started);
  add_string (builder, "program", entry->program);
  add_int (builder, "started", entry->started);
  add_int (builder, "updated", entry->updated);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, &length);
  return g_bytes_new_take (text, length);
}

/* Reading, with an error that sticks: after the first failure reads give nothing. */

typedef struct
{
  JsonObject *object;
  const char *where;
  GError **error;
  gboolean failed;
} Reader;

static void
fail (Reader     *reader,
      const char *name,
      const char *wanted)
{
  if (!reader->failed)
    /* Translators: a file, a member of its object, and what that must be, such as “a whole number” */
    g_set_error (reader->error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s”: the member “%s” is not %s"), reader->where, name, wanted);
  reader->failed = TRUE;
}

static JsonNode *
read_member (Reader     *reader,
             const char *name,
             GType       type,
             const char *wanted)
{
  JsonNode *node = reader->failed ? NULL : json_object_get_member (reader->object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    {
      fail (reader, name, wanted);
      return NULL;
    }
  return node;
}

static const char *
read_text (Reader     *reader,
           const char *name)
{
  JsonNode *node = read_member (reader, name, G_TYPE_STRING, _("a text"));

  return node != NULL ? json_node_get_string (node) : NULL;
}

static char *
read_string (Reader     *reader,
             const char *name,
             gboolean    required)
{
  if (!required && !reader->failed && !json_object_has_member (reader->object, name))
    return NULL;
  return g_strdup (read_text (reader, name));
}

static gint64
read_int (Reader     *reader,
          const char *name,
          gint64      minimum,
          gint64      maximum)
{
  JsonNode *node = read_member (reader, name, G_TYPE_INT64, _("a whole number"));
  gint64 value = node != NULL ? json_node_get_int (node) : minimum;

  if (value < minimum || value > maximum)
    {
      fail (reader, name, _("a number in its range"));
      return minimum;
    }
  return value;
}

static gboolean
read_boolean (Reader     *reader,
              const char *name)
{
  JsonNode *node = read_member (reader, name, G_TYPE_BOOLEAN, _("true or false"));

  return node != NULL && json_node_get_boolean (node);
}

static guint64
read_hex (Reader     *reader,
          const char *name)
{
  const char *text = read_text (reader, name);
  guint64 value = 0;

  if (text != NULL && (strlen (text) != 16 || !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, &value, NULL)))
    fail (reader, name, _("a number of sixteen hexadecimal digits"));
  return value;
}

static void
read_guid (Reader     *reader,
           const char *name,
           SrGuid     *guid)
{
  const char *text = read_text (reader, name);

  if (text != NULL && !sr_guid_parse (text, guid))
    fail (reader, name, _("a GUID"));
}

static guint
read_word (Reader            *reader,
           const char        *name,
           const char *const *words,
           guint              n_words)
{
  const char *text = read_text (reader, name);

  for (guint i = 0; text != NULL && i < n_words; i++)
    if (strcmp (words[i], text) == 0)
      return i;
  fail (reader, name, _("one of its words"));
  return 0;
}

static void
read_interface (Reader             *reader,
                JsonNode           *node,
                SrDcomInterfaceRef *ref)
{
  JsonObject *outer = reader->object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (reader, "interfaces", _("a list of objects"));
      return;
    }
  reader->object = json_node_get_object (node);
  read_guid (reader, "iid", &ref->iid);
  read_guid (reader, "ipid", &ref->ipid);
  ref->public_refs = (guint32) read_int (reader, "references", 0, G_MAXUINT32);
  reader->object = outer;
}

static void
read_identity (Reader         *reader,
               SrDcomIdentity *identity)
{
  JsonObject *outer = reader->object;
  JsonNode *node = reader->failed ? NULL : json_object_get_member (outer, "object");
  JsonArray *list;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (reader, "object", _("an object"));
      return;
    }
  reader->object = json_node_get_object (node);
  identity->oxid = read_hex (reader, "oxid");
  identity->oid = read_hex (reader, "oid");
  identity->setid = read_hex (reader, "setid");
  read_guid (reader, "rem-unknown", &identity->rem_unknown);
  identity->port = (guint16) read_int (reader, "port", 1, G_MAXUINT16);
  identity->no_ping = read_boolean (reader, "no-ping");

  node = reader->failed ? NULL : json_object_get_member (reader->object, "interfaces");
  list = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (list == NULL || json_array_get_length (list) < 1 || json_array_get_length (list) > SR_DCOM_MAX_INTERFACES)
    fail (reader, "interfaces", _("a list of one to four"));
  else
    {
      identity->n_interfaces = json_array_get_length (list);
      for (guint i = 0; i < identity->n_interfaces; i++)
        read_interface (reader, json_array_get_element (list, i), &identity->interfaces[i]);
    }
  reader->object = outer;
}

static void
read_entry (Reader         *reader,
            SrJournalEntry *entry)
{
  SrGuid id;

  read_guid (reader, "id", &id);
  entry->id = read_string (reader, "id", TRUE);
  entry->step = read_word (reader, "step", step_words, G_N_ELEMENTS (step_words));
  entry->kind = read_word (reader, "kind", kind_words, G_N_ELEMENTS (kind_words));
  entry->config = read_string (reader, "config", TRUE);
  entry->host = read_string (reader, "host", TRUE);
  entry->address = read_string (reader, "address", FALSE);
  entry->activation_port = (guint16) read_int (reader, "activation-port", 0, G_MAXUINT16);
  entry->credentials_kind = read_word (reader, "credentials", credentials_words, G_N_ELEMENTS (credentials_words));
  entry->user = read_string (reader, "user", FALSE);
  entry->ntlm_allowed = read_boolean (reader, "ntlm-allowed");
  read_identity (reader, &entry->identity);
  entry->repository = read_string (reader, "repository", TRUE);
  entry->staging = read_string (reader, "staging", FALSE);
  entry->set = read_string (reader, "set", FALSE);
  entry->truncated = read_word (reader, "truncated", truncation_words, G_N_ELEMENTS (truncation_words));
  entry->prepare_unknown = read_boolean (reader, "prepare-unknown");
  entry->pid = read_int (reader, "pid", 0, G_MAXINT64);
  entry->pid_started = (guint64) read_int (reader, "pid-started", 0, G_MAXINT64);
  entry->program = read_string (reader, "program", FALSE);
  entry->started = read_int (reader, "started", 0, G_MAXINT64);
  entry->updated = read_int (reader, "updated", 0, G_MAXINT64);
}

SrJournalEntry *
sr_journal_entry_parse (GBytes     *json,
                        const char *where,
                        GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (SrJournalEntry) entry = sr_journal_entry_new ();
  g_autoptr (GError) json_error = NULL;
  Reader reader = { .where = where, .error = error };
  gsize length;
  const char *data = g_bytes_get_data (json, &length);
  JsonNode *root = NULL;

  json_parser_set_strict (parser, TRUE);
  if (length == 0 || !g_utf8_validate_len (data, length, NULL)
      || !json_parser_load_from_data (parser, data, (gssize) length, &json_error)
      || (root = json_parser_get_root (parser)) == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      if (json_error != NULL)
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is not JSON: %s"), where, json_error->message);
      else
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” is not a JSON object"), where);
      return NULL;
    }
  reader.object = json_node_get_object (root);
  if (read_int (&reader, "format", 1, G_MAXINT64) > SR_JOURNAL_FORMAT)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _("“%s” was written by a newer version of this program"), where);
      return NULL;
    }
  read_entry (&reader, entry);
  return reader.failed ? NULL : g_steal_pointer (&entry);
}
