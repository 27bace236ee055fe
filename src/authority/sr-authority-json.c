/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-private.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-settings-file.h"
#include "base/sr-guid.h"

#include <glib/gi18n-lib.h>

static const char *const sign_in_words[] = {
  [SR_CREDENTIALS_TICKET_CACHE] = "ticket-cache",
  [SR_CREDENTIALS_KEYTAB] = "keytab",
  [SR_CREDENTIALS_PASSWORD] = "password",
};

static void
set_or_remove (JsonObject *object,
               const char *name,
               const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
  else
    json_object_remove_member (object, name);
}

static gboolean
read_sign_in (SrAuthority *self,
              JsonObject  *object,
              GError     **error)
{
  JsonObject *sign_in = sr_settings_object (object, "sign_in");
  const char *kind = sign_in != NULL ? sr_settings_string (sign_in, "kind") : NULL;

  for (guint i = 0; kind != NULL && i < G_N_ELEMENTS (sign_in_words); i++)
    if (g_str_equal (kind, sign_in_words[i]))
      return sr_authority_set_sign_in (self, i, sr_settings_string (sign_in, "user"),
                                       sr_settings_string (sign_in, "source"), error);

  g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
               _("the CA “%s” has no way to sign in that this version knows"), sr_authority_get_config (self));
  return FALSE;
}

static void
read_seen (SrAuthority *self,
           JsonObject  *object)
{
  JsonObject *stored = sr_settings_object (object, "seen");
  SrAuthoritySeen seen = { .roles = -1, .interface_flags = -1 };

  if (stored == NULL)
    return;
  seen.checked_at = sr_settings_number (stored, "checked_at", 0, G_MAXINT64, 0);
  seen.reached_at = sr_settings_number (stored, "reached_at", 0, G_MAXINT64, 0);
  seen.roles = sr_settings_number (stored, "roles", 0, G_MAXUINT32, -1);
  seen.interface_flags = sr_settings_number (stored, "interface_flags", 0, G_MAXUINT32, -1);
  seen.problem = (char *) sr_settings_string (stored, "problem");
  sr_authority_set_seen (self, &seen);
}

SrAuthority *
sr_authority_from_json (JsonObject *object,
                        GError    **error)
{
  const char *id = sr_settings_string (object, "id");
  const char *config = sr_settings_string (object, "config");
  g_autoptr (SrAuthority) self = NULL;
  SrGuid guid;

  if (id == NULL || !sr_guid_parse (id, &guid) || config == NULL)
    {
      g_set_error_literal (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
                           _("a CA has no id or no config string"));
      return NULL;
    }
  self = sr_authority_new (config, error);
  if (self == NULL
      || !sr_authority_set_endpoint (self, sr_settings_string (object, "address"),
                                     (guint16) sr_settings_number (object, "port", 1, G_MAXUINT16, 0), error)
      || !read_sign_in (self, object, error))
    return NULL;

  sr_authority_set_id (self, id);
  sr_authority_set_practice_folder (self, sr_settings_string (object, "practice"));
  sr_authority_set_ntlm_allowed (self, sr_settings_boolean (object, "ntlm_allowed", FALSE));
  read_seen (self, object);
  return g_steal_pointer (&self);
}

void
sr_authority_seen_to_json (SrAuthority *self,
                           JsonObject  *object)
{
  const SrAuthoritySeen *seen = sr_authority_get_seen (self);
  JsonObject *stored;

  if (seen->checked_at == 0)
    return;
  stored = json_object_new ();
  json_object_set_int_member (stored, "checked_at", seen->checked_at);
  json_object_set_int_member (stored, "reached_at", seen->reached_at);
  if (seen->roles >= 0)
    json_object_set_int_member (stored, "roles", seen->roles);
  if (seen->interface_flags >= 0)
    json_object_set_int_member (stored, "interface_flags", seen->interface_flags);
  set_or_remove (stored, "problem", seen->problem);
  json_object_set_object_member (object, "seen", stored);
}

void
sr_authority_to_json (SrAuthority *self,
                      JsonObject  *object)
{
  JsonObject *sign_in = json_object_new ();

  json_object_set_string_member (object, "id", sr_authority_get_id (self));
  json_object_set_string_member (object, "config", sr_authority_get_config (self));
  set_or_remove (object, "address", sr_authority_get_address (self));
  json_object_set_int_member (object, "port", sr_authority_get_port (self));
  set_or_remove (object, "practice", sr_authority_get_practice_folder (self));
  json_object_set_boolean_member (object, "ntlm_allowed", sr_authority_get_ntlm_allowed (self));

  json_object_set_string_member (sign_in, "kind", sign_in_words[sr_authority_get_sign_in (self)]);
  set_or_remove (sign_in, "user", sr_authority_get_user (self));
  set_or_remove (sign_in, "source", sr_authority_get_key_source (self));
  json_object_set_object_member (object, "sign_in", sign_in);
  sr_authority_seen_to_json (self, object);
}
