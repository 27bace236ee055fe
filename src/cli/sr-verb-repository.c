/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verbs-private.h"

#include "worker/sr-backup-folder.h"

#include <glib/gi18n-lib.h>

static const SrCliMember members[] = {
  { "path", "string", "the backup folder" },
  { "id", "string", "its id, a GUID in a file inside it" },
  { "chosen", "boolean", "whether it is used when none is named" },
  { "free_bytes", "number?", "how much can still be written there" },
  { "authorities[]", "string", "config string of a CA that has a folder there" },
  { NULL }
};

static const SrCliOption options[] = {
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Show this backup folder instead of the chosen one") },
  { NULL }
};

static gboolean
is_chosen (SrRepository *repository)
{
  SrGuid id;
  g_autofree char *path = sr_backup_folder_get_chosen (&id, NULL);

  return path != NULL && g_str_equal (path, sr_repository_get_path (repository))
         && sr_guid_equal (&id, sr_repository_get_id (repository));
}

static JsonObject *
to_json (SrRepository *repository,
         GPtrArray    *folders)
{
  JsonObject *object = json_object_new ();
  JsonArray *authorities = json_array_new ();
  g_autofree char *id = sr_guid_dup_string (sr_repository_get_id (repository));
  guint64 space = 0;
  gboolean known = sr_repository_get_free_space (repository, &space, NULL);

  for (guint i = 0; i < folders->len; i++)
    json_array_add_string_element (authorities, ((SrAuthorityFolder *) folders->pdata[i])->config);
  sr_cli_set_text (object, "path", sr_repository_get_path (repository));
  sr_cli_set_text (object, "id", id);
  json_object_set_boolean_member (object, "chosen", is_chosen (repository));
  sr_cli_set_number_or_null (object, "free_bytes", (gint64) space, known);
  json_object_set_array_member (object, "authorities", authorities);
  return object;
}

static SrCliExit
tell (SrCli        *cli,
      SrRepository *repository)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = sr_repository_list_authorities (repository, &error);
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *free_space = NULL;

  if (folders == NULL)
    return sr_cli_fail (cli, _("Reading the backup folder"), NULL, error, NULL, NULL);
  object = to_json (repository, folders);
  sr_cli_emit_object (cli, object);
  free_space = json_object_get_null_member (object, "free_bytes") ? g_strdup (C_("free space", "unknown"))
                                                                  : g_format_size ((guint64) json_object_get_int_member (object, "free_bytes"));
  sr_cli_print (cli, "%s", sr_repository_get_path (repository));
  sr_cli_print (cli, _("Chosen: %s"), json_object_get_boolean_member (object, "chosen") ? C_("answer", "yes") : C_("answer", "no"));
  sr_cli_print (cli, _("Free space: %s"), free_space);
  for (guint i = 0; i < folders->len; i++)
    sr_cli_print (cli, _("Holds sets of: %s"), ((SrAuthorityFolder *) folders->pdata[i])->config);
  return SR_CLI_DONE;
}

static SrCliExit
run_show (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrRepository) repository = sr_cli_open_repository (cli, FALSE, &exit);

  return repository != NULL ? tell (cli, repository) : exit;
}

static SrCliExit
run_create (SrCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_create (sr_cli_argument (cli, 0), &error);

  if (repository == NULL)
    return sr_cli_fail (cli, _("Making the backup folder"), NULL, error, NULL, NULL);
  return tell (cli, repository);
}

static SrCliExit
run_use (SrCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepository) repository = sr_repository_open (sr_cli_argument (cli, 0), &error);

  if (repository == NULL || !sr_backup_folder_choose (repository, &error))
    return sr_cli_fail (cli, _("Choosing the backup folder"), NULL, error, NULL, NULL);
  return tell (cli, repository);
}

const SrCliVerb sr_verb_repository = {
  .name = "repository",
  .summary = N_("Show the backup folder"),
  .description = N_("A backup folder is known by an id in a file inside it, so that an empty mount point is not taken for it. "
                    "Where none was chosen, the first backup makes the standard one. One that was chosen and is not there is never made again: "
                    "it may lie on a disk that is not mounted."),
  .options = options,
  .members = members,
  .run = run_show,
};

const SrCliVerb sr_verb_repository_create = {
  .name = "repository create",
  .arguments = N_("DIR"),
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Make a backup folder"),
  .description = N_("Makes DIR a backup folder. What is in it stays as it is."),
  .members = members,
  .run = run_create,
};

const SrCliVerb sr_verb_repository_use = {
  .name = "repository use",
  .arguments = N_("DIR"),
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Choose the backup folder that is used when none is named"),
  .description = N_("DIR must be a backup folder. What was chosen before stays as it is."),
  .members = members,
  .run = run_use,
};
