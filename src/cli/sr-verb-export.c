/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-progress-private.h"
#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verbs-private.h"

#include "worker/sr-worker.h"

#include <glib/gi18n-lib.h>

static const SrCliOption options[] = {
  { "repository", SR_CLI_FILE, N_("DIR"), N_("Look into this backup folder instead of the chosen one") },
  { "to", SR_CLI_TEXT, N_("SET"), N_("Leave out the sets of the chain behind this one") },
  { NULL }
};

static const SrCliMember members[] = {
  { "path", "string", "the folder that was made" },
  { "config", "string", "the CA’s config string" },
  { "sets[]", "string", "a set that it was made from, the full one first" },
  { "generations", "string?", "log generations in it, first-last" },
  { "seconds", "number", "how long it took" },
  { NULL }
};

/* The sets up to @last, and the generations that they end with. */
static JsonObject *
result_to_json (SrJob       *job,
                SrChain     *chain,
                SrBackupSet *last,
                const char  *path)
{
  GPtrArray *sets = sr_chain_get_sets (chain);
  JsonObject *object = json_object_new ();
  JsonArray *names = json_array_new ();
  g_autofree char *generations = NULL;
  guint32 low = 0, high = 0;

  sr_chain_get_generations (chain, &low, NULL);
  for (guint i = 0; i < sets->len; i++)
    {
      guint32 of_set = 0;

      json_array_add_string_element (names, sr_backup_set_get_name (sets->pdata[i]));
      sr_manifest_get_generations (sr_backup_set_get_manifest (sets->pdata[i]), NULL, &of_set);
      high = MAX (high, of_set);
      if (sr_backup_set_is_same (sets->pdata[i], last))
        break;
    }
  generations = high != 0 ? g_strdup_printf ("%u-%u", low, high) : NULL;
  sr_cli_set_text (object, "path", path);
  sr_cli_set_text (object, "config", sr_backup_set_get_manifest (last)->config);
  json_object_set_array_member (object, "sets", names);
  sr_cli_set_text (object, "generations", generations);
  json_object_set_double_member (object, "seconds", (double) sr_job_get_elapsed (job) / G_USEC_PER_SEC);
  return object;
}

/* The chain of a set, from what lies beside it. A log-only set that is named
 * stands for the chain up to it, a full one for the whole chain. */
static SrChain *
find_chain (SrBackupSet  *set,
            SrBackupSet **last,
            GError      **error)
{
  g_autoptr (SrHistory) history = sr_history_load_beside (set, error);
  SrChain *chain;

  if (history == NULL)
    return NULL;
  chain = sr_history_find_chain (history, set);
  if (chain == NULL)
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET,
                   _("The set “%s” belongs to no chain: sets before it are missing, and nothing can be restored from it"), sr_backup_set_get_name (set));
      return NULL;
    }
  if (*last == NULL)
    *last = g_object_ref (sr_backup_set_get_manifest (set)->kind == SR_SET_FULL ? sr_chain_get_newest (chain) : set);
  if (sr_chain_contains (chain, *last))
    return g_object_ref (chain);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("The chain of “%s” has no set “%s”"),
               sr_backup_set_get_name (set), sr_backup_set_get_name (*last));
  return NULL;
}

static SrCliExit
run_job (SrCli       *cli,
         SrChain     *chain,
         SrBackupSet *last,
         const char  *path)
{
  g_autoptr (SrWorker) worker = sr_worker_new ();
  g_autoptr (SrCliLoop) loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
  g_autoptr (SrJob) job = sr_job_new_export (chain, last, path);
  g_autoptr (SrCliProgress) progress = sr_cli_progress_new (job);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  sr_worker_run_async (worker, job, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
  sr_worker_run_finish (worker, sr_cli_loop_wait (loop), &error);
  g_clear_pointer (&progress, sr_cli_progress_free);
  if (error != NULL)
    return sr_cli_fail (cli, _("Exporting the chain"), NULL, error, NULL, NULL);

  object = result_to_json (job, chain, last, path);
  sr_cli_emit_object (cli, object);
  sr_cli_print (cli, "%s", path);
  sr_cli_print (cli, ngettext ("Made from %u set, and every file compared with its manifest.", "Made from %u sets, and every file compared with its manifest.",
                               json_array_get_length (json_object_get_array_member (object, "sets"))),
                json_array_get_length (json_object_get_array_member (object, "sets")));
  sr_cli_print (cli, _("RESTORE.txt in it tells how to restore it with certutil."));
  return SR_CLI_DONE;
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrBackupSet) set = sr_cli_find_set (cli, 0, &exit);
  g_autoptr (SrBackupSet) last = NULL;
  g_autoptr (SrChain) chain = NULL;
  g_autofree char *path = g_canonicalize_filename (sr_cli_argument (cli, 1), NULL);
  g_autoptr (GError) error = NULL;

  if (set == NULL)
    return exit;
  if (sr_cli_has (cli, "to"))
    {
      last = sr_cli_find_named_set (cli, sr_cli_value (cli, "to"), &exit);
      if (last == NULL)
        return exit;
    }
  chain = find_chain (set, &last, &error);
  if (chain == NULL)
    return sr_cli_fail (cli, _("Finding the chain"), NULL, error, NULL, NULL);
  return run_job (cli, chain, last, path);
}

const SrCliVerb sr_verb_export = {
  .name = "export",
  .arguments = N_("CHAIN DIR"),
  .min_arguments = 2,
  .max_arguments = 2,
  .summary = N_("Make a folder of a chain that certutil -restoreDB reads"),
  .description = N_("CHAIN is a set’s name, its id, an unambiguous beginning of either, or a path: a full set stands for its whole chain, "
                    "a log-only one for the chain up to it. DIR must be empty or not there yet. It gets DataBase with the database, every log of the chain "
                    "and certbkxp.dat, and beside it the CA’s certificate, RESTORE.txt and SHA256SUMS. Every file is compared with its manifest while it is copied, "
                    "and the folder gets its name only when all of it is on the disk."),
  .options = options,
  .members = members,
  .run = run,
};
