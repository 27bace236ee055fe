/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-ca-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-authority-error.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "address", SR_CLI_TEXT, N_("ADDRESS"), N_("Connect to this address, and leave the host’s name for signing in") },
  { "port", SR_CLI_NUMBER, N_("PORT"), N_("The activation port, where it is not 135"), 1, 65535 },
  { "user", SR_CLI_TEXT, N_("USER"),
    N_("Sign in as this user (DOMAIN\\USER or USER@REALM): with a password, unless a keytab or ticket cache is named") },
  { "keytab", SR_CLI_FILE, N_("FILE"), N_("Sign in with the keys of --user in this keytab") },
  { "ticket-cache", SR_CLI_TEXT, N_("CACHE"), N_("Sign in with the tickets in this credential cache instead of the default one") },
  { "allow-ntlm", SR_CLI_FLAG, NULL, N_("Allow NTLM where there is no Kerberos. NTLM does not prove to us who the host is") },
  { NULL }
};

static gboolean
set_sign_in (SrCli       *cli,
             SrAuthority *authority,
             GError     **error)
{
  const char *user = sr_cli_value (cli, "user");
  const char *cache = sr_cli_value (cli, "ticket-cache");

  if (sr_cli_has (cli, "keytab") && cache != NULL)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN, _("--keytab and --ticket-cache exclude each other"));
      return FALSE;
    }
  if (sr_cli_has (cli, "keytab"))
    {
      g_autofree char *path = g_canonicalize_filename (sr_cli_value (cli, "keytab"), NULL);

      return sr_authority_set_sign_in (authority, SR_CREDENTIALS_KEYTAB, user, path, error);
    }
  return sr_authority_set_sign_in (authority, cache == NULL && user != NULL ? SR_CREDENTIALS_PASSWORD : SR_CREDENTIALS_TICKET_CACHE,
                                   user, cache, error);
}

static SrCliExit
run (SrCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthority) authority = sr_authority_new (sr_cli_argument (cli, 0), &error);
  g_autoptr (SrAuthorityList) list = NULL;
  g_autoptr (JsonObject) object = NULL;
  SrCliExit exit;

  if (authority == NULL
      || !sr_authority_set_endpoint (authority, sr_cli_value (cli, "address"), (guint16) sr_cli_number (cli, "port", 0), &error)
      || !set_sign_in (cli, authority, &error))
    return sr_cli_misuse (cli, "%s", error->message);
  sr_authority_set_ntlm_allowed (authority, sr_cli_has (cli, "allow-ntlm"));

  list = sr_cli_load_authorities (cli, &exit);
  if (list == NULL)
    return exit;
  if (!sr_authority_list_add (list, authority, &error))
    return sr_cli_fail (cli, _("Adding the CA"), sr_authority_get_host (authority), error, NULL, NULL);

  object = sr_verb_ca_to_json (authority);
  sr_cli_emit_object (cli, object);
  sr_cli_print (cli, _("Added %s."), sr_authority_get_config (authority));
  sr_cli_print (cli, _("“strongroomctl ca check '%s'” asks whether a backup can be made."), sr_authority_get_config (authority));
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_ca_add = {
  .name = "ca add",
  .arguments = N_("'HOST\\CA'"),
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Add a CA to the list of those that are known"),
  .description = N_("HOST\\CA is the config string that “certutil -dump” shows on the CA: the host’s name, a backslash, and the CA’s name. "
                    "Put it in single quotes, so that the shell leaves the backslash alone.\n\n"
                    "Nothing is asked of the CA, and no secret is stored. Without other options the Kerberos tickets that are there are used; "
                    "with --user a password is asked for whenever one is needed."),
  .options = options,
  .members = sr_verb_ca_members,
  .run = run,
};
