/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-restore-private.h"

#include <glib/gi18n-lib.h>

/* What "restore" tells, as JSON and for people. */

const SrCliMember sr_verb_restore_members[] = {
  { "config", "string?", "the CA’s config string" },
  { "display_name", "string?", "its name for people, as the sets tell it" },
  { "host", "string?", "its host; null with --folder" },
  { "mode", "string?", "latest: the sets and then the live logs, so that nothing is lost; point: the state of the last set" },
  { "sets[]", "string", "a set that is restored, the full one first" },
  { "bytes", "number?", "bytes that are copied to the host" },
  { "before_restore", "boolean?", "whether the sets are from before a restore of the CA: they never go with later ones" },
  { "ready", "boolean", "whether every check with the host was passed" },
  { "checks[].kind", "string", "what is looked at before anything changes: chain, hashes, repository, host, certificate, service, registry, locations, live-logs or space" },
  { "checks[].state", "string", "pending, running, passed, warning or failed; pending for one that was not made" },
  { "checks[].detail", "string?", "what was found" },
  { "checks[].advice", "string?", "what to do about it" },
  { "latest_possible", "boolean?", "whether the live logs continue the sets" },
  { "latest_not", "string?", "why not" },
  { "needs_name", "boolean?", "whether --replace must name the CA" },
  { "needs_name_reason", "string?", "why" },
  { "aside_folder", "string?", "the folder on the host in which the CA’s own files are set aside" },
  { "loss.lists_known", "boolean?", "what the CA will not know after a restore of a point: whether certificates could be counted" },
  { "loss.issued", "number?", "certificates issued since the point" },
  { "loss.revoked", "number?", "certificates revoked since: they are valid again in the next CRL" },
  { "loss.newer_sets", "number?", "sets behind the point" },
  { "loss.newest_set", "string?", "when the newest of them was made" },
  { "loss.live_logs", "number?", "live logs behind the point" },
  { "acts[].kind", "string", "each thing that is done on the host, in its order, none when the host was not reached: stop-service, make-folder, copy-in, copy-aside, move, create-key, write-value, start-service or record" },
  { "acts[].step", "string", "the step of the journal that it belongs to" },
  { "acts[].subject", "string", "what with" },
  { "acts[].target", "string?", "where to, or the name of a value" },
  { "acts[].value", "string?", "what a value gets" },
  { "acts[].bytes", "number", "bytes of a file" },
  { "acts[].words", "string", "the same as a sentence" },
  { "state", "string?", "of the restore: done, failed or cancelled; null when none was begun" },
  { "stages[].phase", "string", "what the restore went through: checking, stopping, preparing, copying, setting-aside, placing, registering, starting, recording or putting-back" },
  { "stages[].state", "string", "waiting, running, done, failed, undone or not-done" },
  { "outcome.restore", "string?", "id of the restore, which names its journal in the backup folder" },
  { "outcome.ca_state", "string?", "how the CA is now: as-before, stopped, half, suspended, ready, recovery-failed, restored, foreign or unknown" },
  { "outcome.put_back", "boolean?", "whether a restore that failed was put back" },
  { "outcome.aside_folder", "string?", "where the CA’s own files are now" },
  { "outcome.undone_folder", "string?", "where the restore’s files are after it was put back" },
  { "outcome.offered[]", "string", "what can be done now with “sessions --recover”: continue, put-back or leave" },
  { "outcome.full_backup_due", "boolean?", "whether a new full backup is due" },
  { "outcome.warning", "string?", "what did not go well and changes nothing" },
  { "outcome.words", "string?", "all of it in sentences" },
  { "rule", "string?", "what refused it: the kind of the first check that failed, or name; null for none" },
  { "seconds", "number?", "how long it took" },
  { "authorities[].config", "string", "with --folder and --list: config string of a CA that has sets there" },
  { "authorities[].display_name", "string?", "its name for people" },
  { "authorities[].newest", "string?", "the newest set that can be restored" },
  { "authorities[].sets[].set", "string", "name of the set" },
  { "authorities[].sets[].kind", "string", "full or log" },
  { "authorities[].sets[].finished", "string", "when it was made" },
  { "authorities[].sets[].bytes", "number", "bytes of all files" },
  { "authorities[].sets[].restorable", "boolean", "whether a complete chain reaches it" },
  { "authorities[].sets[].lineage", "number?", "which of the CA’s lineages it belongs to" },
  { "authorities[].restores[]", "string", "id of a restore that was broken off" },
  { "authorities[].unreadable[]", "string", "path of what may be a set of it and cannot be understood" },
  { NULL }
};

/* ---- JSON ------------------------------------------------------------------- */

static JsonArray *
checks_to_json (SrRestore *restore)
{
  GListModel *checks = restore != NULL ? sr_restore_get_checks (restore) : NULL;
  JsonArray *array = json_array_new ();

  for (guint i = 0; checks != NULL && i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (checks, i);
      JsonObject *object = json_object_new ();

      sr_cli_set_text (object, "kind", sr_restore_check_kind_to_string (sr_restore_check_item_get_kind (item)));
      sr_cli_set_text (object, "state", sr_restore_check_state_to_string (sr_restore_check_item_get_state (item)));
      sr_cli_set_text (object, "detail", sr_restore_check_item_get_detail (item));
      sr_cli_set_text (object, "advice", sr_restore_check_item_get_advice (item));
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
acts_to_json (SrRestorePlan *plan)
{
  g_autoptr (GPtrArray) acts = plan != NULL ? sr_restore_plan_list_acts (plan) : g_ptr_array_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < acts->len; i++)
    {
      const SrRestoreAct *act = acts->pdata[i];
      g_autofree char *words = sr_restore_act_words (act);
      JsonObject *object = json_object_new ();

      sr_cli_set_text (object, "kind", sr_restore_act_kind_to_string (act->kind));
      sr_cli_set_text (object, "step", sr_restore_step_to_string (act->step));
      sr_cli_set_text (object, "subject", act->subject);
      sr_cli_set_text (object, "target", act->target);
      sr_cli_set_text (object, "value", act->value);
      json_object_set_int_member (object, "bytes", (gint64) act->size);
      sr_cli_set_text (object, "words", words);
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
set_flag (JsonObject *object,
          const char *name,
          gboolean    flag,
          gboolean    known)
{
  if (known)
    json_object_set_boolean_member (object, name, flag);
  else
    json_object_set_null_member (object, name);
}

static JsonObject *
loss_to_json (const SrRestoreLoss *loss)
{
  static const SrRestoreLoss none;
  gboolean known = loss != NULL;
  JsonObject *object = json_object_new ();

  loss = known ? loss : &none;
  set_flag (object, "lists_known", loss->lists_known, known);
  sr_cli_set_number_or_null (object, "issued", loss->issued, loss->lists_known);
  sr_cli_set_number_or_null (object, "revoked", loss->revoked, loss->lists_known);
  sr_cli_set_number_or_null (object, "newer_sets", loss->newer_sets, known);
  sr_cli_set_time (object, "newest_set", loss->newest_set);
  sr_cli_set_number_or_null (object, "live_logs", loss->live_logs, loss->live_logs_known);
  return object;
}

static JsonObject *
outcome_to_json (const SrRestoreOutcome *outcome)
{
  gboolean known = outcome != NULL;
  JsonObject *object = json_object_new ();
  JsonArray *offered = json_array_new ();

  for (guint i = 0; known && i < G_N_ELEMENTS (outcome->offered); i++)
    if (outcome->offered[i])
      json_array_add_string_element (offered, sr_restore_action_to_string ((SrRestoreAction) i));
  sr_cli_set_text (object, "restore", known && outcome->entry != NULL ? outcome->entry->id : NULL);
  sr_cli_set_text (object, "ca_state", known ? sr_restore_ca_state_to_string (outcome->state) : NULL);
  set_flag (object, "put_back", known && outcome->put_back, known);
  sr_cli_set_text (object, "aside_folder", known ? outcome->aside_folder : NULL);
  sr_cli_set_text (object, "undone_folder", known ? outcome->undone_folder : NULL);
  json_object_set_array_member (object, "offered", offered);
  set_flag (object, "full_backup_due", known && outcome->full_backup_due, known);
  sr_cli_set_text (object, "warning", known ? outcome->warning : NULL);
  sr_cli_set_text (object, "words", known ? outcome->words : NULL);
  return object;
}

static void
add_plan (JsonObject    *object,
          SrRestorePlan *plan,
          gboolean       checked)
{
  GPtrArray *sets = plan != NULL ? sr_restore_plan_get_sets (plan) : NULL;
  JsonArray *names = json_array_new ();
  const char *latest_not = NULL, *why = NULL;
  gboolean needs_name = checked && sr_restore_plan_needs_name (plan, &why);
  gboolean latest = checked && sr_restore_plan_get_latest_possible (plan, &latest_not);

  for (guint i = 0; sets != NULL && i < sets->len; i++)
    json_array_add_string_element (names, sr_backup_set_get_name (sets->pdata[i]));
  sr_cli_set_text (object, "config", plan != NULL ? sr_restore_plan_get_config (plan) : NULL);
  sr_cli_set_text (object, "display_name", plan != NULL ? sr_restore_plan_get_display_name (plan) : NULL);
  sr_cli_set_text (object, "mode", plan != NULL ? sr_restore_mode_to_string (sr_restore_plan_get_mode (plan)) : NULL);
  json_object_set_array_member (object, "sets", names);
  sr_cli_set_number_or_null (object, "bytes", plan != NULL ? (gint64) sr_restore_plan_get_size (plan) : 0, plan != NULL);
  set_flag (object, "before_restore", plan != NULL && sr_restore_plan_is_before_restore (plan), plan != NULL);
  set_flag (object, "latest_possible", latest, checked);
  set_flag (object, "needs_name", needs_name, checked);
  sr_cli_set_text (object, "latest_not", latest_not);
  sr_cli_set_text (object, "needs_name_reason", needs_name ? why : NULL);
  sr_cli_set_text (object, "aside_folder", plan != NULL ? sr_restore_plan_get_aside_folder (plan) : NULL);
  json_object_set_object_member (object, "loss", loss_to_json (plan != NULL ? sr_restore_plan_get_loss (plan) : NULL));
  json_object_set_array_member (object, "acts", acts_to_json (checked ? plan : NULL));
}

static void
add_job (JsonObject *object,
         SrJob      *job)
{
  GListModel *stages = job != NULL ? sr_job_get_stages (job) : NULL;
  const SrRestoreOutcome *outcome = job != NULL ? sr_job_get_outcome (job) : NULL;
  JsonArray *array = json_array_new ();

  for (guint i = 0; stages != NULL && i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (stages, i);
      JsonObject *each = json_object_new ();

      sr_cli_set_text (each, "phase", sr_restore_phase_to_string (sr_restore_stage_get_phase (stage)));
      sr_cli_set_text (each, "state", sr_restore_stage_state_to_string (sr_restore_stage_get_state (stage)));
      json_array_add_object_element (array, each);
    }
  sr_cli_set_text (object, "state", job != NULL ? sr_job_state_to_string (sr_job_get_state (job)) : NULL);
  json_object_set_array_member (object, "stages", array);
  json_object_set_object_member (object, "outcome", outcome_to_json (outcome));
  json_object_set_null_member (object, "seconds");
  if (job != NULL)
    json_object_set_double_member (object, "seconds", (double) sr_job_get_elapsed (job) / G_USEC_PER_SEC);
}

JsonObject *
sr_verb_restore_to_json (SrRestore *restore,
                         SrJob     *job)
{
  SrAuthority *authority = restore != NULL ? sr_restore_get_authority (restore) : NULL;
  SrRestorePlan *plan = restore != NULL ? sr_restore_get_plan (restore) : NULL;
  /* Where its folders are is known only when the host has answered. */
  gboolean checked = plan != NULL && sr_restore_plan_get_aside_folder (plan) != NULL;
  JsonObject *object = json_object_new ();

  add_plan (object, plan, checked);
  sr_cli_set_text (object, "host", authority != NULL ? sr_authority_get_host (authority) : NULL);
  json_object_set_boolean_member (object, "ready", restore != NULL && (sr_restore_get_ready (restore) || job != NULL));
  json_object_set_array_member (object, "checks", checks_to_json (restore));
  add_job (object, job);
  sr_cli_set_text (object, "rule", restore != NULL ? sr_verb_restore_get_rule (restore) : NULL);
  json_object_set_array_member (object, "authorities", json_array_new ());
  return object;
}

/* ---- For people ---------------------------------------------------------------- */

static void
print_loss (SrCli         *cli,
            SrRestorePlan *plan)
{
  const SrRestoreLoss *loss = sr_restore_plan_get_loss (plan);

  if (sr_restore_plan_get_mode (plan) == SR_RESTORE_LATEST)
    {
      sr_cli_print (cli, _("Nothing is lost: the live logs are replayed behind the sets."));
      return;
    }
  sr_cli_print (cli, _("The CA forgets what it has issued and revoked since then. What was issued is unknown to it and cannot be revoked by it; "
                       "what was revoked is valid again in its next CRL. How many certificates that are is not known."));
  if (loss->newer_sets > 0)
    sr_cli_print (cli, ngettext ("%u newer set is left out.", "%u newer sets are left out.", loss->newer_sets), loss->newer_sets);
  if (loss->live_logs_known && loss->live_logs > 0)
    sr_cli_print (cli, ngettext ("%u live log behind it is left out.", "%u live logs behind it are left out.", loss->live_logs), loss->live_logs);
}

void
sr_verb_restore_print_plan (SrCli         *cli,
                            SrRestorePlan *plan)
{
  GPtrArray *sets = sr_restore_plan_get_sets (plan);
  g_autofree char *size = g_format_size (sr_restore_plan_get_size (plan));
  g_autofree char *time = sr_cli_format_time (sr_backup_set_get_manifest (sr_restore_plan_get_point (plan))->finished);

  if (sr_restore_plan_get_mode (plan) == SR_RESTORE_LATEST)
    sr_cli_print (cli, _("What is restored: the latest state of %s."), sr_restore_plan_get_config (plan));
  else
    /* Translators: HOST\\CA, and a date and time */
    sr_cli_print (cli, _("What is restored: %s as it was %s."), sr_restore_plan_get_config (plan), time);
  sr_cli_print (cli, ngettext ("From %u set, %s:", "From %u sets, %s:", sets->len), sets->len, size);
  for (guint i = 0; i < sets->len; i++)
    sr_cli_print (cli, "  %s", sr_backup_set_get_name (sets->pdata[i]));
  if (sr_restore_plan_is_before_restore (plan))
    sr_cli_print (cli, _("They are from before a restore of the CA, and never go with later sets."));
  print_loss (cli, plan);
  if (sr_restore_plan_get_aside_folder (plan) != NULL)
    sr_cli_print (cli, _("The CA’s own files are set aside on the host, in %s. Nothing is deleted."), sr_restore_plan_get_aside_folder (plan));
}

void
sr_verb_restore_print_acts (SrCli         *cli,
                            SrRestorePlan *plan)
{
  g_autoptr (GPtrArray) acts = sr_restore_plan_list_acts (plan);

  sr_cli_print (cli, _("This would be done, in this order:"));
  for (guint i = 0; i < acts->len; i++)
    {
      g_autofree char *words = sr_restore_act_words (acts->pdata[i]);

      sr_cli_print (cli, "%4u. %s", i + 1, words);
    }
  sr_cli_print (cli, _("Nothing was changed."));
}

void
sr_verb_restore_note_outcome (const SrRestoreOutcome *outcome)
{
  if (outcome == NULL)
    {
      sr_cli_note (_("Nothing was changed on the host."));
      return;
    }
  if (outcome->put_back)
    sr_cli_note (_("The restore was put back."));
  sr_cli_note ("%s", outcome->words);
  if (outcome->offered[SR_RESTORE_CONTINUE] || outcome->offered[SR_RESTORE_PUT_BACK])
    sr_cli_note (_("“strongroomctl sessions --recover” tells what each would do, and does it."));
}
