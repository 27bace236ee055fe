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
  { NULL }
};

static const SrCliMember members[] = {
  SR_CLI_SET_MEMBERS,
  { "good", "boolean", "whether every file is what the manifest says, and nothing else is there" },
  { "problems[].kind", "string", "missing, unexpected, type, size, hash or unreadable" },
  { "problems[].path", "string", "the file, as a path inside the set" },
  { "problems[].expected", "string?", "what the manifest says" },
  { "problems[].found", "string?", "what is on the disk" },
  { "problems[].message", "string", "the same as a sentence" },
  { "seconds", "number", "how long it took" },
  { NULL }
};

static JsonObject *
problem_to_json (const SrSetProblem *problem)
{
  static const char *const kinds[] = {
    [SR_SET_PROBLEM_MISSING] = "missing",
    [SR_SET_PROBLEM_UNEXPECTED] = "unexpected",
    [SR_SET_PROBLEM_TYPE] = "type",
    [SR_SET_PROBLEM_SIZE] = "size",
    [SR_SET_PROBLEM_HASH] = "hash",
    [SR_SET_PROBLEM_UNREADABLE] = "unreadable",
  };
  JsonObject *object = json_object_new ();

  sr_cli_set_text (object, "kind", kinds[problem->kind]);
  sr_cli_set_text (object, "path", problem->path);
  sr_cli_set_text (object, "expected", problem->expected);
  sr_cli_set_text (object, "found", problem->found);
  sr_cli_set_text (object, "message", problem->message);
  return object;
}

static void
note_problem (const SrSetProblem *problem)
{
  sr_cli_note ("  %s", problem->message);
  if (problem->kind != SR_SET_PROBLEM_HASH)
    return;
  /* Translators: %s is a hash */
  sr_cli_note (_("    SHA-256 found:    %s"), problem->found);
  /* Translators: %s is a hash */
  sr_cli_note (_("    SHA-256 expected: %s"), problem->expected);
}

static JsonObject *
result_to_json (SrJob       *job,
                SrBackupSet *set,
                gboolean     good)
{
  GPtrArray *problems = sr_job_get_problems (job);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; problems != NULL && i < problems->len; i++)
    json_array_add_object_element (array, problem_to_json (problems->pdata[i]));
  sr_cli_add_set (object, set);
  json_object_set_boolean_member (object, "good", good);
  json_object_set_array_member (object, "problems", array);
  json_object_set_double_member (object, "seconds", (double) sr_job_get_elapsed (job) / G_USEC_PER_SEC);
  return object;
}

static SrCliExit
run (SrCli *cli)
{
  SrCliExit exit;
  g_autoptr (SrBackupSet) set = sr_cli_find_set (cli, 0, &exit);
  g_autoptr (SrWorker) worker = NULL;
  g_autoptr (SrCliLoop) loop = NULL;
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrCliProgress) progress = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  if (set == NULL)
    return exit;
  worker = sr_worker_new ();
  loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
  job = sr_job_new_verify (set);
  progress = sr_cli_progress_new (job);
  sr_worker_run_async (worker, job, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
  sr_worker_run_finish (worker, sr_cli_loop_wait (loop), &error);
  g_clear_pointer (&progress, sr_cli_progress_free);

  object = result_to_json (job, set, error == NULL);
  if (error != NULL)
    {
      GPtrArray *problems = sr_job_get_problems (job);

      exit = sr_cli_fail (cli, _("Verifying the set"), NULL, error, NULL, object);
      for (guint i = 0; !sr_cli_get_json (cli) && problems != NULL && i < problems->len; i++)
        note_problem (problems->pdata[i]);
      return exit;
    }
  sr_cli_emit_object (cli, object);
  /* Translators: %s is the name of a backup set */
  sr_cli_print (cli, ngettext ("%s is good: %'u file is what the manifest says.", "%s is good: %'u files are what the manifest says.",
                               sr_backup_set_get_manifest (set)->files->len),
                sr_backup_set_get_name (set), sr_backup_set_get_manifest (set)->files->len);
  return SR_CLI_DONE;
}

const SrCliVerb sr_verb_verify = {
  .name = "verify",
  .arguments = N_("SET"),
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = N_("Compare a backup set with its manifest"),
  .description = N_("SET is a set’s name, its id, an unambiguous beginning of either, or a path. Reads every file from the disk and compares size and SHA-256, "
                    "and looks for files that the manifest does not name. Every problem that is found is told, not the first one alone."),
  .options = options,
  .members = members,
  .run = run,
};
