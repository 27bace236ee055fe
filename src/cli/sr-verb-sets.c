/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verbs-private.h"

#include "authority/sr-config-string.h"
#include "store/sr-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const SrCliOption options[] = {
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Look into this backup folder instead of the chosen one") },
  { "tree", SR_CLI_FLAG, NULL, N_("Show lineages and chains, and what the next backup will be") },
  { NULL }
};

static const SrCliMember members[] = {
  SR_CLI_SET_MEMBERS,
  SR_CLI_PLACE_MEMBERS,
  { "problem", "string?", "why the set cannot be understood; only its path is told then" },
  { NULL }
};

/* The sets of a CA outlive its place in the list, so the backup folder is
 * asked for names too. (transfer full) (nullable) */
static char *
find_config (SrRepository *repository,
             const char   *text,
             GError      **error)
{
  g_autoptr (SrAuthorityList) list = sr_authority_list_new (NULL);
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (repository, error);
  g_autofree char *key = sr_config_string_key (text);
  g_autoptr (SrAuthority) known = NULL;
  char *found = NULL;

  if (folders == NULL)
    return NULL;
  if (sr_authority_list_load (list, NULL))
    known = sr_authority_list_find (list, text, NULL);
  if (known != NULL)
    return g_strdup (sr_authority_get_config (known));

  for (guint i = 0; i < folders->len; i++)
    {
      const SrAuthorityFolder *folder = folders->pdata[i];
      const char *backslash = strchr (folder->config, '\\');
      g_autofree char *config = sr_config_string_key (folder->config);
      g_autofree char *name = sr_config_string_key (backslash != NULL ? backslash + 1 : folder->config);

      if (!g_str_equal (config, key) && !g_str_equal (name, key) && !g_str_equal (folder->name, text))
        continue;
      if (found != NULL)
        {
          /* Translators: what the user wrote, then two CAs as HOST\CA */
          g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_AMBIGUOUS, _("“%s” is the name of “%s” and of “%s”. Give one of these"),
                       text, found, folder->config);
          g_free (found);
          return NULL;
        }
      found = g_strdup (folder->config);
    }
  if (found == NULL)
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("The backup folder “%s” has no sets of a CA called “%s”"),
                 sr_repository_get_path (repository), text);
  return found;
}

static void
add_good (SrBackupSet *set,
          SrHistory   *history,
          JsonArray   *array,
          SrCliTable  *table)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  JsonObject *object = json_object_new ();
  g_autofree char *started = sr_cli_format_time (manifest->started);
  g_autofree char *size = g_format_size (sr_backup_set_get_size (set));

  sr_cli_add_set (object, set);
  sr_cli_add_place (object, history, set);
  json_object_set_null_member (object, "problem");
  json_array_add_object_element (array, object);
  sr_cli_table_add (table, sr_backup_set_get_name (set), manifest->config, started, size,
                    g_strcmp0 (json_object_get_string_member_with_default (object, "truncated", NULL), "yes") == 0 ? C_("logs", "truncated") : "", NULL);
}

static void
add_unreadable (const SrUnreadableSet *unreadable,
                JsonArray             *array)
{
  JsonObject *object = json_object_new ();

  sr_cli_add_set (object, NULL);
  sr_cli_add_place (object, NULL, NULL);
  sr_cli_set_text (object, "path", unreadable->path);
  sr_cli_set_text (object, "problem", unreadable->error->message);
  json_array_add_object_element (array, object);
  sr_cli_note (_("Not understood: %s"), unreadable->error->message);
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrRepository) repository = sr_cli_open_repository (cli, FALSE, &exit);
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("SET"), _("CA"), _("STARTED"), _("SIZE"), _("LOGS"), NULL);
  g_autoptr (SrHistory) history = NULL;
  g_autofree char *config = NULL;
  g_autoptr (GError) error = NULL;
  const char *last = NULL;

  if (repository == NULL)
    return exit;
  if (sr_cli_argument (cli, 0) != NULL)
    config = find_config (repository, sr_cli_argument (cli, 0), &error);
  if (error == NULL)
    sets = sr_repository_list_sets (repository, config, &unreadable, &error);
  if (sets == NULL)
    return sr_cli_fail (cli, _("Listing the sets"), NULL, error, NULL, NULL);

  for (guint i = 0; i < sets->len; i++)
    {
      const char *config_of = sr_backup_set_get_manifest (sets->pdata[i])->config;

      if (last == NULL || !sr_config_equal (last, config_of))
        {
          g_clear_object (&history);
          history = sr_history_load (repository, config_of, &error);
          if (history == NULL)
            return sr_cli_fail (cli, _("Listing the sets"), NULL, error, NULL, NULL);
          if (sr_cli_has (cli, "tree"))
            sr_cli_print_tree (cli, config_of, history);
        }
      last = config_of;
      add_good (sets->pdata[i], history, array, table);
    }
  for (guint i = 0; i < unreadable->len; i++)
    add_unreadable (unreadable->pdata[i], array);
  sr_cli_emit_array (cli, array);
  if (sets->len > 0 && !sr_cli_has (cli, "tree"))
    sr_cli_table_print (cli, table);
  else if (sets->len == 0)
    sr_cli_print (cli, _("The backup folder “%s” holds no sets."), sr_repository_get_path (repository));
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_sets = {
  .name = "sets",
  .arguments = "[CA]",
  .max_arguments = 1,
  .summary = N_("List the backup sets of one CA or of all"),
  .description = N_("Lists the sets of the backup folder, oldest first for each CA, as their manifests tell them. The files are not looked at: “verify” does that.\n\n"
                    "With --tree they stand by lineage and chain. A chain is a full set and the log-only sets that continue it without a gap; a restore takes one chain. "
                    "A lineage begins with the first set, and anew with a restore and with whatever else breaks the CA’s stream of logs. "
                    "Both are derived from the manifests alone, and no clock plays a part."),
  .options = options,
  .json_array = TRUE,
  .members = members,
  .run = run,
};
