/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verbs-private.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Look into this backup folder instead of the chosen one") },
  { NULL }
};

static const SrCliMember members[] = {
  SR_CLI_SET_MEMBERS,
  SR_CLI_PLACE_MEMBERS,
  { "chain_sets[]", "string", "a set of its chain, the full one first" },
  { "chain_generations", "string?", "log generations of the chain, first-last" },
  { "chain_complete", "boolean?", "whether the chain has every log it needs" },
  { "chain_base", "boolean?", "whether log-only backups can build on its full set: it truncated the CA’s logs, and its session ended" },
  { "display_name", "string?", "the CA’s name for people" },
  { "certificate_sha1", "string?", "thumbprint of the CA’s certificate" },
  { "certificate_subject", "string?", "its subject" },
  { "certificate_expires", "string?", "when it expires, ISO 8601" },
  { "manifest_sha256", "string", "hash of the manifest" },
  { "session_detail", "string?", "more about how the session came out" },
  { "files[].path", "string", "a file, as a path inside the set" },
  { "files[].role", "string", "what it is: database, log, patch, locations, certificate or other" },
  { "files[].bytes", "number", "its size" },
  { "files[].sha256", "string", "its hash" },
  { "files[].generation", "number?", "the log generation that its name tells" },
  { "locations[].type", "number", "what the CA keeps there, CSBFT_* of certbcli.h; 0 for none told" },
  { "locations[].path", "string", "a place where the CA keeps files" },
  { "dynamic_files[]", "string", "a file of the CA that is not in the set" },
  { NULL }
};

static char *
format_generations (SrChain *chain)
{
  guint32 low, high;

  return sr_chain_get_generations (chain, &low, &high) ? g_strdup_printf ("%u-%u", low, high) : NULL;
}

static void
add_lists (JsonObject       *object,
           const SrManifest *manifest)
{
  JsonArray *files = json_array_new ();
  JsonArray *locations = json_array_new ();
  JsonArray *dynamic = json_array_new ();

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = manifest->files->pdata[i];
      JsonObject *item = json_object_new ();

      sr_cli_set_text (item, "path", file->path);
      sr_cli_set_text (item, "role", sr_file_role_to_string (file->role));
      json_object_set_int_member (item, "bytes", (gint64) file->size);
      sr_cli_set_text (item, "sha256", file->sha256);
      sr_cli_set_number_or_null (item, "generation", file->generation, file->generation != 0);
      json_array_add_object_element (files, item);
    }
  for (guint i = 0; i < manifest->locations->len; i++)
    {
      const SrSetLocation *location = manifest->locations->pdata[i];
      JsonObject *item = json_object_new ();

      json_object_set_int_member (item, "type", location->type);
      sr_cli_set_text (item, "path", location->path);
      json_array_add_object_element (locations, item);
    }
  for (guint i = 0; manifest->dynamic_files != NULL && manifest->dynamic_files[i] != NULL; i++)
    json_array_add_string_element (dynamic, manifest->dynamic_files[i]);
  json_object_set_array_member (object, "files", files);
  json_object_set_array_member (object, "locations", locations);
  json_object_set_array_member (object, "dynamic_files", dynamic);
}

static void
add_chain (JsonObject  *object,
           SrHistory   *history,
           SrBackupSet *set)
{
  SrChain *chain = sr_history_find_chain (history, set);
  GPtrArray *sets = chain != NULL ? sr_chain_get_sets (chain) : NULL;
  JsonArray *names = json_array_new ();
  g_autofree char *generations = chain != NULL ? format_generations (chain) : NULL;

  sr_cli_add_place (object, history, set);
  for (guint i = 0; sets != NULL && i < sets->len; i++)
    json_array_add_string_element (names, sr_backup_set_get_name (sets->pdata[i]));
  json_object_set_array_member (object, "chain_sets", names);
  sr_cli_set_text (object, "chain_generations", generations);
  json_object_set_null_member (object, "chain_complete");
  json_object_set_null_member (object, "chain_base");
  if (chain != NULL)
    {
      json_object_set_boolean_member (object, "chain_complete", sr_chain_is_complete (chain));
      json_object_set_boolean_member (object, "chain_base", sr_chain_is_base (chain));
    }
}

static void
emit_set (SrCli       *cli,
          SrHistory   *history,
          SrBackupSet *set)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  g_autoptr (JsonObject) object = json_object_new ();
  g_auto (SrSessionRecord) record = { 0 };

  sr_backup_set_load_session (set, &record, NULL);
  sr_cli_add_set (object, set);
  add_chain (object, history, set);
  sr_cli_set_text (object, "display_name", manifest->display_name);
  sr_cli_set_text (object, "certificate_sha1", manifest->certificate_sha1);
  sr_cli_set_text (object, "certificate_subject", manifest->certificate_subject);
  sr_cli_set_time (object, "certificate_expires", manifest->certificate_expires);
  sr_cli_set_text (object, "manifest_sha256", sr_backup_set_get_manifest_sha256 (set));
  sr_cli_set_text (object, "session_detail", record.detail);
  add_lists (object, manifest);
  sr_cli_emit_object (cli, object);
}

static void
print_session (SrCli       *cli,
               SrBackupSet *set)
{
  g_auto (SrSessionRecord) record = { 0 };
  g_autoptr (GError) error = NULL;

  if (!sr_backup_set_load_session (set, &record, &error))
    {
      sr_cli_print (cli, _("Session: %s"), error->message);
      return;
    }
  sr_cli_print (cli, _("Logs truncated: %s"), record.truncated == SR_TRUNCATION_YES ? C_("answer", "yes")
                                              : record.truncated == SR_TRUNCATION_NO ? C_("answer", "no")
                                              : record.truncated == SR_TRUNCATION_KEPT ? _("kept, as was wanted")
                                                                                       : C_("answer", "not known"));
  sr_cli_print (cli, _("Session ended: %s"), record.ended == SR_ENDING_YES ? C_("answer", "yes") : record.ended == SR_ENDING_NO ? C_("answer", "no") : C_("answer", "not known"));
  if (record.detail != NULL)
    sr_cli_print (cli, "    %s", record.detail);
}

static void
print_chain (SrCli       *cli,
             SrHistory   *history,
             SrBackupSet *set)
{
  SrChain *chain = sr_history_find_chain (history, set);
  GPtrArray *sets = chain != NULL ? sr_chain_get_sets (chain) : NULL;
  g_autofree char *generations = chain != NULL ? format_generations (chain) : NULL;

  if (chain == NULL)
    {
      sr_cli_print (cli, _("Chain: none. Sets before this one are missing, so nothing can be restored from it."));
      return;
    }
  if (!sr_chain_is_complete (chain))
    sr_cli_print (cli, _("Chain: it lacks logs in the middle, so nothing can be restored from it."));
  else
    sr_cli_print (cli, ngettext ("Chain: %u set, generations %s", "Chain: %u sets, generations %s", sets->len), sets->len, generations);
  for (guint i = 0; i < sets->len; i++)
    sr_cli_print (cli, "    %s  %s", sr_backup_set_get_name (sets->pdata[i]), sr_cli_set_words (sets->pdata[i]));
}

static void
print_set (SrCli       *cli,
           SrHistory   *history,
           SrBackupSet *set)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("FILE"), _("SIZE"), _("SHA-256"), NULL);
  g_autofree char *started = sr_cli_format_time (manifest->started);
  g_autofree char *finished = sr_cli_format_time (manifest->finished);
  g_autofree char *expires = sr_cli_format_time (manifest->certificate_expires);
  g_autofree char *size = g_format_size_full (sr_backup_set_get_size (set), G_FORMAT_SIZE_LONG_FORMAT);

  sr_cli_print (cli, "%s", sr_backup_set_get_path (set));
  sr_cli_print (cli, _("CA: %s"), manifest->config);
  sr_cli_print (cli, _("Kind: %s"), manifest->kind == SR_SET_FULL ? C_("kind of backup", "full") : C_("kind of backup", "logs only"));
  /* Translators: when a backup began and ended */
  sr_cli_print (cli, _("Taken: %s to %s"), started, finished);
  if (manifest->certificate_subject != NULL)
    /* Translators: the subject of a certificate, then date and time */
    sr_cli_print (cli, _("CA certificate: %s, expires %s"), manifest->certificate_subject, expires);
  if (manifest->certificate_sha1 != NULL)
    sr_cli_print (cli, _("Thumbprint: %s"), manifest->certificate_sha1);
  sr_cli_print (cli, _("Size: %s"), size);
  print_session (cli, set);
  print_chain (cli, history, set);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = manifest->files->pdata[i];
      g_autofree char *bytes = g_format_size (file->size);

      sr_cli_table_add (table, file->path, bytes, file->sha256, NULL);
    }
  sr_cli_table_print (cli, table);
  for (guint i = 0; manifest->dynamic_files != NULL && manifest->dynamic_files[i] != NULL; i++)
    sr_cli_print (cli, _("Not in the set: %s"), manifest->dynamic_files[i]);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrBackupSet) set = sr_cli_find_set (cli, 0, &exit);
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GError) error = NULL;

  if (set == NULL)
    return exit;
  history = sr_history_load_beside (set, &error);
  if (history == NULL)
    return sr_cli_fail (cli, _("Looking at the sets beside it"), NULL, error, NULL, NULL);
  if (sr_cli_get_json (cli))
    emit_set (cli, history, set);
  else
    print_set (cli, history, set);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_show = {
  .name = "show",
  .arguments = N_("SET"),
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Show what is in a backup set, and its chain"),
  .description = N_("SET is a set’s name, its id, an unambiguous beginning of either, or a path. Shows what the manifest says: "
                    "the files are not looked at, “verify” does that. With it the chain that the set belongs to is shown; a chain is named by any of its sets."),
  .options = options,
  .members = members,
  .run = run,
};
