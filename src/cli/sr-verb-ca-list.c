/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-ca-private.h"
#include "cli/sr-verbs-private.h"

#include <glib/gi18n-lib.h>

const SrCliMember sr_verb_ca_members[] = {
  { "name", "string", "the CA’s name" },
  { "config", "string", "its config string, HOST\\CA" },
  { "host", "string", "its host" },
  { "practice", "boolean", "whether it is a practice CA" },
  { "id", "string", "its id in the list, a GUID" },
  { "address", "string?", "the address that is used instead of the host’s own" },
  { "port", "number?", "its activation port, where it is not 135" },
  { "sign_in", "string", "how it is signed in to: ticket-cache, keytab or password" },
  { "user", "string?", "as whom" },
  { "ntlm_allowed", "boolean", "whether NTLM is allowed" },
  { "checked", "string?", "when it was last asked, ISO 8601" },
  { "reached", "string?", "when it last answered, ISO 8601" },
  { "roles", "number?", "the roles that it granted then, as GetMyRoles has them" },
  { "interface_flags", "number?", "its InterfaceFlags then; 0x40 forbids remote backup" },
  { "problem", "string?", "what was wrong then" },
  { NULL }
};

JsonObject *
sr_verb_ca_to_json (SrAuthority *authority)
{
  static const char *const sign_in_words[] = {
    [SR_CREDENTIALS_TICKET_CACHE] = "ticket-cache",
    [SR_CREDENTIALS_KEYTAB] = "keytab",
    [SR_CREDENTIALS_PASSWORD] = "password",
  };
  const SrAuthoritySeen *seen = sr_authority_get_seen (authority);
  guint16 port = sr_authority_get_port (authority);
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "name", sr_authority_get_name (authority));
  sr_cli_set_text (object, "config", sr_authority_get_config (authority));
  sr_cli_set_text (object, "host", sr_authority_get_host (authority));
  json_object_set_boolean_member (object, "practice", sr_authority_is_practice (authority));
  sr_cli_set_text (object, "id", sr_authority_get_id (authority));
  sr_cli_set_text (object, "address", sr_authority_get_address (authority));
  sr_cli_set_number_or_null (object, "port", port, port != 0);
  sr_cli_set_text (object, "sign_in", sign_in_words[sr_authority_get_sign_in (authority)]);
  sr_cli_set_text (object, "user", sr_authority_get_user (authority));
  json_object_set_boolean_member (object, "ntlm_allowed", sr_authority_get_ntlm_allowed (authority));
  sr_cli_set_time (object, "checked", seen->checked_at);
  sr_cli_set_time (object, "reached", seen->reached_at);
  sr_cli_set_number_or_null (object, "roles", seen->roles, seen->roles >= 0);
  sr_cli_set_number_or_null (object, "interface_flags", seen->interface_flags, seen->interface_flags >= 0);
  sr_cli_set_text (object, "problem", seen->problem);
  return object;
}

static void
add_row (SrCliTable  *table,
         SrAuthority *authority)
{
  const SrAuthoritySeen *seen = sr_authority_get_seen (authority);
  g_autofree char *reached = sr_cli_format_time (seen->reached_at);

  sr_cli_table_add (table, sr_authority_get_name (authority), sr_authority_get_host (authority),
                    sr_authority_is_practice (authority) ? C_("tag", "practice") : "", reached,
                    seen->problem != NULL ? seen->problem : "", NULL);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrAuthorityList) list = sr_cli_load_authorities (cli, &exit);
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("NAME"), _("HOST"), _("TAG"), _("LAST REACHED"), _("PROBLEM"), NULL);
  guint n;

  if (list == NULL)
    return exit;
  n = g_list_model_get_n_items (G_LIST_MODEL (list));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrAuthority) authority = g_list_model_get_item (G_LIST_MODEL (list), i);

      json_array_add_object_element (array, sr_verb_ca_to_json (authority));
      add_row (table, authority);
    }
  sr_cli_emit_array (cli, array);
  if (n > 0)
    sr_cli_table_print (cli, table);
  else
    sr_cli_print (cli, _("No CA is known yet. “strongroomctl ca add 'HOST\\CA'” adds one, “strongroomctl practice start” makes one to practise with."));
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_ca_list = {
  .name = "ca list",
  .summary = N_("List the CAs that are known"),
  .description = N_("Shows the CAs with what was last seen of them. Nothing is asked of them."),
  .json_array = TRUE,
  .members = sr_verb_ca_members,
  .run = run,
};
