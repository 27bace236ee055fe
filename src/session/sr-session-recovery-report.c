/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-session-recovery.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *words;
} outcomes[] = {
  [SR_RECOVERY_ENDED] = { "ended", N_("The session was still open, and has been ended now.") },
  [SR_RECOVERY_WAS_OVER] = { "was-over", N_("The CA says that the session is over.") },
  [SR_RECOVERY_OBJECT_GONE] = { "object-gone", N_("The CA does not know the session’s object any more: it was reclaimed, or the service was restarted. "
                                                  "If the next backup is refused because another one is running, restart the service CertSvc on the CA.") },
  [SR_RECOVERY_NEVER_OPENED] = { "never-opened", N_("The session had not been opened.") },
  [SR_RECOVERY_RUNNING] = { "running", N_("The session is running.") },
  [SR_RECOVERY_UNSETTLED] = { "unsettled", N_("The session may still be open: the CA could not be asked.") },
  [SR_RECOVERY_UNREADABLE] = { "unreadable", N_("The session’s note cannot be understood.") },
};

const char *
sr_recovery_outcome_to_string (SrRecoveryOutcome outcome)
{
  g_return_val_if_fail ((guint) outcome < G_N_ELEMENTS (outcomes), NULL);

  return outcomes[outcome].name;
}

const char *
sr_recovery_outcome_words (SrRecoveryOutcome outcome)
{
  g_return_val_if_fail ((guint) outcome < G_N_ELEMENTS (outcomes), NULL);

  return _(outcomes[outcome].words);
}

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_boolean (JsonBuilder *builder,
             const char  *name,
             gboolean     value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/* The entry as the journal has it. */
static void
add_entry (JsonBuilder          *builder,
           const SrJournalEntry *entry)
{
  json_builder_set_member_name (builder, "entry");
  if (entry != NULL)
    {
      g_autoptr (GBytes) json = sr_journal_entry_to_json (entry);
      g_autofree char *text = g_strndup (g_bytes_get_data (json, NULL), g_bytes_get_size (json));

      json_builder_add_value (builder, json_from_string (text, NULL));
    }
  else
    json_builder_add_null_value (builder);
}

static void
add_item (JsonBuilder          *builder,
          const SrRecoveryItem *item)
{
  json_builder_begin_object (builder);
  add_string (builder, "id", item->id);
  add_string (builder, "outcome", sr_recovery_outcome_to_string (item->outcome));
  add_string (builder, "words", sr_recovery_outcome_words (item->outcome));
  add_boolean (builder, "settled", item->settled);
  add_string (builder, "error", item->error != NULL ? item->error->message : NULL);
  add_string (builder, "set", item->set);
  add_boolean (builder, "published", item->published);
  json_builder_set_member_name (builder, "kept");
  json_builder_begin_array (builder);
  for (guint i = 0; item->kept != NULL && item->kept[i] != NULL; i++)
    json_builder_add_string_value (builder, item->kept[i]);
  json_builder_end_array (builder);
  add_string (builder, "disk-error", item->disk_error != NULL ? item->disk_error->message : NULL);
  add_entry (builder, item->entry);
  json_builder_end_object (builder);
}

GBytes *
sr_session_recovery_to_json (GPtrArray *items)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_begin_array (builder);
  for (guint i = 0; i < items->len; i++)
    add_item (builder, g_ptr_array_index (items, i));
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_bytes_new_take (text, strlen (text));
}
