/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-control.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#define MAX_ISSUE 1000000
#define MAX_ADVANCE (365 * 24 * 60 * 60)

/* What a request does: adds to @out, or sets an error. */
typedef gboolean (*Action) (SrPracticeServer *server,
                            JsonObject       *in,
                            JsonObject       *out,
                            GError          **error);

static gboolean
wrong (GError    **error,
       const char *member,
       const char *what)
{
  /* Translators: a member of a request, and what it must be, such as “a number” */
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The member “%s” is not %s"), member, what);
  return FALSE;
}

static gboolean
get_number (JsonObject *in,
            const char *member,
            gint64      low,
            gint64      high,
            gint64     *value,
            GError    **error)
{
  JsonNode *node = json_object_get_member (in, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return wrong (error, member, _("a number"));
  *value = json_node_get_int (node);
  return (*value >= low && *value <= high) || wrong (error, member, _("in its range"));
}

static gboolean
get_optional_number (JsonObject *in,
                     const char *member,
                     gint64      low,
                     gint64      high,
                     gint64     *value,
                     GError    **error)
{
  return !json_object_has_member (in, member) || get_number (in, member, low, high, value, error);
}

static const char *
get_text (JsonObject *in,
          const char *member,
          GError    **error)
{
  JsonNode *node = json_object_get_member (in, member);

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  wrong (error, member, _("a string"));
  return NULL;
}

static void
add_members (JsonObject *to,
             JsonObject *from)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, from);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (to, name, json_node_copy (node));
}

static gboolean
status (SrPracticeServer *server,
        JsonObject       *in,
        JsonObject       *out,
        GError          **error)
{
  static const char *const members[] = { "running", "session", "counts", "lastStart", "restoreInProgress",
                                         "rowCount", "databaseSize", "logs" };
  g_autoptr (JsonObject) inspection = sr_practice_ca_inspect (sr_practice_server_get_ca (server), FALSE, error);
  g_autoptr (JsonObject) description = sr_practice_server_describe (server);

  if (inspection == NULL)
    return FALSE;
  add_members (out, description);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (inspection, members[i]))
      json_object_set_member (out, members[i], json_node_copy (json_object_get_member (inspection, members[i])));
  sr_practice_server_add_facts (server, out);
  return TRUE;
}

static gboolean
inspect (SrPracticeServer *server,
         JsonObject       *in,
         JsonObject       *out,
         GError          **error)
{
  g_autoptr (JsonObject) inspection = sr_practice_ca_inspect (sr_practice_server_get_ca (server), TRUE, error);

  if (inspection == NULL)
    return FALSE;
  sr_practice_server_add_facts (server, inspection);
  json_object_set_object_member (out, "inspection", g_steal_pointer (&inspection));
  return TRUE;
}

static gboolean
issue (SrPracticeServer *server,
       JsonObject       *in,
       JsonObject       *out,
       GError          **error)
{
  const char *subject = NULL;
  guint32 first = 0;
  gint64 count;

  if (!get_number (in, "count", 1, MAX_ISSUE, &count, error) ||
      (json_object_has_member (in, "subject") && (subject = get_text (in, "subject", error)) == NULL) ||
      !sr_practice_ca_issue (sr_practice_server_get_ca (server), (guint) count, subject, "control", &first, error))
    return FALSE;
  json_object_set_int_member (out, "first", first);
  json_object_set_int_member (out, "count", count);
  return TRUE;
}

static gboolean
revoke_certificate (SrPracticeServer *server,
                    JsonObject       *in,
                    JsonObject       *out,
                    GError          **error)
{
  SrPracticeCa *ca = sr_practice_server_get_ca (server);
  const char *which = get_text (in, "certificate", error);
  gint64 reason = 0;

  return which != NULL &&
         get_optional_number (in, "reason", -1, 8, &reason, error) &&
         sr_practice_ca_revoke (ca, which, (guint32) reason, 0, error) &&
         sr_practice_ca_publish_crl (ca, error);
}

static gboolean
publish (SrPracticeServer *server,
         JsonObject       *in,
         JsonObject       *out,
         GError          **error)
{
  return sr_practice_ca_publish_crl (sr_practice_server_get_ca (server), error);
}

static gboolean
pad (SrPracticeServer *server,
     JsonObject       *in,
     JsonObject       *out,
     GError          **error)
{
  gint64 size;

  return get_number (in, "size", 0, G_MAXINT64, &size, error) &&
         sr_practice_ca_pad (sr_practice_server_get_ca (server), (guint64) size, error);
}

static gboolean
restart (SrPracticeServer *server,
         JsonObject       *in,
         JsonObject       *out,
         GError          **error)
{
  return sr_practice_server_restart (server, error);
}

static gboolean
foreign_full (SrPracticeServer *server,
              JsonObject       *in,
              JsonObject       *out,
              GError          **error)
{
  return sr_practice_ca_foreign_full (sr_practice_server_get_ca (server), error);
}

static gboolean
restore (SrPracticeServer *server,
         JsonObject       *in,
         JsonObject       *out,
         GError          **error)
{
  const char *folder = get_text (in, "folder", error);

  return folder != NULL && sr_practice_server_restore (server, folder, error);
}

static gboolean
set_config (SrPracticeServer *server,
            JsonObject       *in,
            JsonObject       *out,
            GError          **error)
{
  const char *node = get_text (in, "node", error);
  const char *entry = node != NULL ? get_text (in, "entry", error) : NULL;
  GVariant *value = NULL;
  const char *text;
  gint64 number;

  if (entry == NULL)
    return FALSE;
  if (!g_str_equal (node, "root") && !g_str_equal (node, "ca"))
    return wrong (error, "node", _("“root” or “ca”"));
  if (json_object_has_member (in, "value"))
    {
      if (get_number (in, "value", G_MININT32, G_MAXUINT32, &number, NULL))
        value = g_variant_new_int32 ((gint32) (guint32) number);
      else if ((text = get_text (in, "value", NULL)) != NULL)
        value = g_variant_new_string (text);
      else
        return wrong (error, "value", _("a number of 32 bits or a string"));
    }
  return sr_practice_ca_set_config (sr_practice_server_get_ca (server),
                                    g_str_equal (node, "ca") ? SR_PRACTICE_NODE_CA : SR_PRACTICE_NODE_ROOT, entry, value, error);
}

static gboolean
set_roles (SrPracticeServer *server,
           JsonObject       *in,
           JsonObject       *out,
           GError          **error)
{
  const char *principal = get_text (in, "principal", error);
  JsonNode *node = json_object_get_member (in, "roles");
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint32 mask;

  if (principal == NULL)
    return FALSE;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return wrong (error, "roles", _("a list"));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonNode *item = json_array_get_element (json_node_get_array (node), i);

      if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_string (item) == NULL)
        return wrong (error, "roles", _("a list of names"));
      g_ptr_array_add (names, (gpointer) json_node_get_string (item));
    }
  g_ptr_array_add (names, NULL);
  return sr_practice_roles_parse ((const char * const *) names->pdata, &mask, error) &&
         sr_practice_ca_set_roles (sr_practice_server_get_ca (server), principal, mask, error);
}

static gboolean
set_clock (SrPracticeServer *server,
           JsonObject       *in,
           JsonObject       *out,
           GError          **error)
{
  JsonNode *frozen = json_object_get_member (in, "frozen");
  gint64 advance = 0;

  if (frozen != NULL && (!JSON_NODE_HOLDS_VALUE (frozen) || json_node_get_value_type (frozen) != G_TYPE_BOOLEAN))
    return wrong (error, "frozen", _("true or false"));
  if (!get_optional_number (in, "advance", 0, MAX_ADVANCE, &advance, error))
    return FALSE;
  if (frozen != NULL)
    sr_practice_server_freeze_clock (server, json_node_get_boolean (frozen));
  json_object_set_int_member (out, "rundowns", sr_practice_server_advance_clock (server, (guint) advance));
  return TRUE;
}

static gboolean
add_drop (SrPracticeServer *server,
          JsonObject       *in,
          JsonObject       *out,
          GError          **error)
{
  const char *when = get_text (in, "when", error);
  const char *iface = NULL;
  gint64 opnum, call = 1;

  if (when == NULL ||
      (json_object_has_member (in, "interface") && (iface = get_text (in, "interface", error)) == NULL) ||
      !get_number (in, "opnum", 0, 255, &opnum, error) ||
      !get_optional_number (in, "call", 1, G_MAXINT32, &call, error))
    return FALSE;
  if (!g_str_equal (when, "before") && !g_str_equal (when, "after"))
    return wrong (error, "when", _("“before” or “after”"));
  sr_practice_server_drop (server, iface, (guint16) opnum, (guint) call, g_str_equal (when, "after"));
  return TRUE;
}

static gboolean
crash_in_recovery (SrPracticeServer *server,
                   JsonObject       *in,
                   JsonObject       *out,
                   GError          **error)
{
  gint64 step;

  if (!get_number (in, "step", 0, G_MAXUINT32, &step, error))
    return FALSE;
  sr_practice_ca_crash_in_recovery (sr_practice_server_get_ca (server), (guint) step);
  return TRUE;
}

static gboolean
disconnect (SrPracticeServer *server,
            JsonObject       *in,
            JsonObject       *out,
            GError          **error)
{
  sr_practice_server_drop_connections (server);
  return TRUE;
}

static gboolean
stop_program (SrPracticeServer *server,
              JsonObject       *in,
              JsonObject       *out,
              GError          **error)
{
  return TRUE; /* the caller does it, after the answer */
}

static const struct
{
  const char *name;
  Action action;
} actions[] = {
  { "status", status },
  { "inspect", inspect },
  { "issue", issue },
  { "revoke", revoke_certificate },
  { "publish", publish },
  { "pad", pad },
  { "restart", restart },
  { "foreign-full", foreign_full },
  { "restore", restore },
  { "stop", stop_program },
  { "config", set_config },
  { "roles", set_roles },
  { "clock", set_clock },
  { "drop", add_drop },
  { "crash-in-recovery", crash_in_recovery },
  { "disconnect", disconnect },
};

static gboolean
act (SrPracticeServer *server,
     JsonObject       *request,
     JsonObject       *out,
     gboolean         *stop,
     GError          **error)
{
  const char *name = get_text (request, "do", error);

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      {
        *stop = actions[i].action == stop_program;
        return actions[i].action (server, request, out, error);
      }
  if (name != NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _("There is no request “%s”"), name);
  return FALSE;
}

/* The same with this thread's language set aside; names of files keep their encoding. */
static gboolean
act_in_english (SrPracticeServer *server,
                JsonObject       *request,
                JsonObject       *out,
                gboolean         *stop,
                GError          **error)
{
  locale_t before = uselocale ((locale_t) 0);
  locale_t copy = duplocale (before);
  locale_t english = newlocale (LC_MESSAGES_MASK, "C", copy);
  gboolean ok;

  uselocale (english != (locale_t) 0 ? english : copy);
  ok = act (server, request, out, stop, error);
  uselocale (before);
  freelocale (english != (locale_t) 0 ? english : copy);
  return ok;
}

static gboolean
run (SrPracticeServer *server,
     const char       *line,
     JsonObject       *out,
     gboolean         *stop,
     GError          **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *request;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, line, -1, error))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("The request is not an object"));
      return FALSE;
    }
  request = json_node_get_object (root);
  if (json_object_get_boolean_member_with_default (request, "english", FALSE))
    return act_in_english (server, request, out, stop, error);
  return act (server, request, out, stop, error);
}

char *
sr_practice_control_run (SrPracticeServer *server,
                         const char       *line,
                         gboolean         *stop)
{
  g_autoptr (JsonObject) out = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean ok;

  *stop = FALSE;
  ok = run (server, line, out, stop, &error);
  json_object_set_boolean_member (out, "ok", ok);
  if (!ok)
    json_object_set_string_member (out, "error", error->message);
  json_node_init_object (node, out);
  text = json_to_string (node, FALSE);
  return g_strconcat (text, "\n", NULL);
}
