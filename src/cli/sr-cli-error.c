/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include "authority/sr-advice.h"
#include "authority/sr-authority-error.h"
#include "store/sr-backup-rules.h"

#include <glib/gi18n-lib.h>

/* The tables of the manual page, which is in English. */
const char *const sr_cli_exit_words[] = {
  [SR_CLI_DONE] = "All that was asked is done.",
  [SR_CLI_FAILED] = "Something failed; the message says what, where, and what to do.",
  [SR_CLI_USAGE] = "The command line is wrong. Nothing was done.",
  [SR_CLI_REFUSED] = "A rule forbids it: another program works on the CA or the backup folder, the backup folder is missing or is another one, "
                     "a file has a newer format, what is to be added is there already, or the CA’s own backup rules refuse.",
  [SR_CLI_CANCELLED] = "The user cancelled it. A session with a CA was ended.",
  NULL
};

const SrCliMember sr_cli_error_members[] = {
  { "error.step", "string?", "what was being done" },
  { "error.host", "string?", "the host that it was done with" },
  { "error.domain", "string", "which kind of error it is" },
  { "error.code", "string?", "the number that the CA gave, in hexadecimal, such as 0x80070005" },
  { "error.name", "string?", "the number’s symbolic name, such as E_ACCESSDENIED" },
  { "error.rule", "string?", "the code of the backup rule that refused it, such as after-restore" },
  { "error.message", "string", "what went wrong" },
  { "error.advice", "string?", "what to do about it" },
  { NULL }
};

SrCliExit
sr_cli_exit_for (const GError *error)
{
  if (error == NULL)
    return SR_CLI_DONE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return SR_CLI_CANCELLED;
  if (error->domain == SR_STORE_ERROR)
    switch ((SrStoreError) error->code)
      {
      case SR_STORE_ERROR_MISSING:
      case SR_STORE_ERROR_NOT_A_REPOSITORY:
      case SR_STORE_ERROR_NEWER_FORMAT:
      case SR_STORE_ERROR_EXISTS:
      case SR_STORE_ERROR_LOCKED:
      case SR_STORE_ERROR_KEPT:
      case SR_STORE_ERROR_RESTORING:
        return SR_CLI_REFUSED;
      default:
        return SR_CLI_FAILED;
      }
  if (error->domain == SR_AUTHORITY_ERROR)
    switch ((SrAuthorityError) error->code)
      {
      case SR_AUTHORITY_ERROR_CONFIG_STRING:
      case SR_AUTHORITY_ERROR_ADDRESS:
      case SR_AUTHORITY_ERROR_SIGN_IN:
        return SR_CLI_USAGE;
      case SR_AUTHORITY_ERROR_NEWER_FORMAT:
      case SR_AUTHORITY_ERROR_EXISTS:
      case SR_AUTHORITY_ERROR_RUNNING:
        return SR_CLI_REFUSED;
      default:
        return SR_CLI_FAILED;
      }
  return sr_advice_is_rule (error) || sr_backup_rule_from_error (error) != SR_BACKUP_RULE_NONE ? SR_CLI_REFUSED : SR_CLI_FAILED;
}

static const char *
rule_code (const GError *error)
{
  SrBackupRule rule = sr_backup_rule_from_error (error);

  return rule != SR_BACKUP_RULE_NONE ? sr_backup_rule_to_string (rule) : NULL;
}

JsonObject *
sr_cli_error_object (const char   *step,
                     const char   *host,
                     const GError *error,
                     const char   *advice)
{
  JsonObject *object = json_object_new ();
  g_autofree char *code = sr_advice_code (error);
  g_autofree char *domain = sr_advice_domain (error);

  sr_cli_set_text (object, "step", step);
  sr_cli_set_text (object, "host", host);
  sr_cli_set_text (object, "domain", domain);
  sr_cli_set_text (object, "code", code);
  sr_cli_set_text (object, "name", sr_advice_code_name (error));
  sr_cli_set_text (object, "rule", rule_code (error));
  sr_cli_set_text (object, "message", error->message);
  sr_cli_set_text (object, "advice", advice);
  return object;
}

static void
tell_people (const char   *step,
             const char   *host,
             const GError *error,
             const char   *rule,
             const char   *advice)
{
  g_autofree char *code = sr_advice_code (error);
  const char *name = sr_advice_code_name (error);

  sr_cli_note (_("Error: %s"), error->message);
  if (step != NULL)
    sr_cli_note (_("  Step: %s"), step);
  if (host != NULL)
    sr_cli_note (_("  Host: %s"), host);
  if (code != NULL)
    /* Translators: a number such as 0x80070005, and its name such as E_ACCESSDENIED */
    sr_cli_note (_("  Code: %s %s"), code, name != NULL ? name : "");
  if (rule != NULL)
    sr_cli_note (_("  Rule: %s"), rule);
  if (advice != NULL)
    sr_cli_note (_("  What to do: %s"), advice);
}

SrCliExit
sr_cli_fail (SrCli        *cli,
             const char   *step,
             const char   *host,
             const GError *error,
             const char   *advice,
             JsonObject   *more)
{
  return sr_cli_refuse (cli, step, host, error, NULL, advice, more);
}

SrCliExit
sr_cli_refuse (SrCli        *cli,
               const char   *step,
               const char   *host,
               const GError *error,
               const char   *rule,
               const char   *advice,
               JsonObject   *more)
{
  g_autoptr (JsonObject) object = more != NULL ? json_object_ref (more) : json_object_new ();
  JsonObject *told = sr_cli_error_object (step, host, error, advice);

  if (rule != NULL)
    sr_cli_set_text (told, "rule", rule);
  json_object_set_object_member (object, "error", told);
  sr_cli_emit_object (cli, object);
  if (!sr_cli_get_json (cli))
    tell_people (step, host, error, rule != NULL ? rule : rule_code (error), advice);
  return rule != NULL ? SR_CLI_REFUSED : sr_cli_exit_for (error);
}
