/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-session-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define STOP_SECONDS 120.0
#define START_SECONDS 1800.0

const char *
sr_restore_phase_to_string (SrRestorePhase phase)
{
  static const char * const words[] = {
    "idle", "checking", "stopping", "preparing", "copying", "setting-aside", "placing", "registering", "starting", "recording",
    "putting-back", "done",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_PHASE_DONE + 1);
  return words[phase];
}

const char *
sr_restore_phase_words (SrRestorePhase phase)
{
  static const char * const words[] = {
    N_("Waiting to begin"),
    N_("Checking"),
    N_("Stopping the service"),
    N_("Preparing the restore"),
    N_("Copying the sets to the host"),
    N_("Setting the live files aside"),
    N_("Putting the database into its place"),
    N_("Registering the restore"),
    N_("Starting the service, which recovers the database"),
    N_("Noting the restore beside the sets"),
    N_("Putting the files from before back"),
    N_("Done"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SR_RESTORE_PHASE_DONE + 1);
  return _(words[phase]);
}

SrRestoreSession *
sr_restore_session_new (const SrRestoreOptions *options)
{
  SrRestoreSession *session = g_new0 (SrRestoreSession, 1);

  g_return_val_if_fail ((options->plan != NULL) != (options->entry != NULL), NULL);
  g_return_val_if_fail (options->host != NULL || (options->entry != NULL && options->action == SR_RESTORE_LEAVE), NULL);

  g_set_object (&session->plan, options->plan);
  session->action = options->action;
  session->accept_loss = options->accept_loss;
  session->replace = g_strdup (options->replace);
  session->repository = g_object_ref (options->repository);
  session->lock = options->lock;
  g_set_object (&session->host, options->host);
  session->timeouts = options->timeouts;
  if (session->timeouts.stop <= 0)
    session->timeouts.stop = STOP_SECONDS;
  if (session->timeouts.start <= 0)
    session->timeouts.start = START_SECONDS;
  session->tell = options->progress;
  session->tell_check = options->check;
  session->user_data = options->user_data;
  session->entry = options->entry != NULL ? sr_restore_entry_copy (options->entry) : NULL;
  session->outcome.state = SR_RESTORE_CA_UNKNOWN;
  return session;
}

void
sr_restore_session_free (SrRestoreSession *session)
{
  g_clear_pointer (&session->calls, sr_restore_calls_end);
  g_clear_pointer (&session->files, g_ptr_array_unref);
  g_clear_pointer (&session->entry, sr_restore_entry_free);
  g_clear_object (&session->plan);
  g_clear_object (&session->repository);
  g_clear_object (&session->host);
  g_clear_error (&session->outcome.put_back_error);
  g_free (session->outcome.warning);
  g_free (session->outcome.aside_folder);
  g_free (session->outcome.undone_folder);
  g_free (session->outcome.words);
  g_free (session->replace);
  g_free (session->file);
  g_free (session);
}

const SrRestoreOutcome *
sr_restore_session_get_outcome (SrRestoreSession *session)
{
  return &session->outcome;
}

/* Progress */

static void
tell (SrRestoreSession *session)
{
  SrRestoreProgress *progress = &session->progress;
  double part = progress->bytes_total > 0 ? MIN ((double) progress->bytes_done / (double) progress->bytes_total, 1) : 0;

  progress->fraction = MAX (progress->fraction, session->from + part * (session->to - session->from));
  progress->step = session->entry != NULL ? session->entry->step : SR_RESTORE_STEP_OPENED;
  progress->file = session->file;
  if (session->tell != NULL)
    session->tell (progress, session->user_data);
}

void
sr_restore_session_phase (SrRestoreSession *session,
                          SrRestorePhase    phase,
                          double            from,
                          double            to,
                          gboolean          can_cancel)
{
  SrRestoreProgress *progress = &session->progress;

  progress->phase = phase;
  progress->file_index = progress->n_files = 0;
  progress->bytes_done = progress->bytes_total = 0;
  progress->can_cancel = can_cancel;
  session->from = from;
  session->to = to;
  g_clear_pointer (&session->file, g_free);
  tell (session);
}

void
sr_restore_session_set_file (SrRestoreSession *session,
                             const char       *path,
                             guint             index,
                             guint             n_files)
{
  g_set_str (&session->file, path);
  session->progress.file_index = index;
  session->progress.n_files = n_files;
  tell (session);
}

void
sr_restore_session_moved (guint64  bytes,
                          gpointer data)
{
  SrRestoreSession *session = data;

  session->progress.bytes_done += bytes;
  tell (session);
}

/* What the steps share */

gboolean
sr_restore_session_save (SrRestoreSession *session,
                         SrRestoreStep     step,
                         GError          **error)
{
  if (!sr_restore_journal_save (session->lock, session->entry, step, error))
    return FALSE;
  tell (session);
  return TRUE;
}

void
sr_restore_session_warn (SrRestoreSession *session,
                         const char       *format,
                         ...)
{
  g_autofree char *before = g_steal_pointer (&session->outcome.warning);
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  session->outcome.warning = before != NULL ? g_strdup_printf ("%s\n%s", before, words) : g_steal_pointer (&words);
}

gboolean
sr_restore_session_start_services (SrRestoreSession *session,
                                   GError          **error)
{
  gint64 wait = (gint64) (session->timeouts.start * G_USEC_PER_SEC);
  char **names = session->entry->stopped;

  if (!sr_ca_host_start_service (session->host, SR_CERTSVC, wait, NULL, error))
    return FALSE;
  for (guint i = g_strv_length (names); i > 0; i--)
    {
      g_autoptr (GError) local = NULL;

      if (g_ascii_strcasecmp (names[i - 1], SR_CERTSVC) != 0 && !sr_ca_host_start_service (session->host, names[i - 1], wait, NULL, &local))
        sr_restore_session_warn (session, _("The service %s, which was stopped with CertSvc, did not start again: %s"), names[i - 1], local->message);
    }
  return TRUE;
}

/* A try that was broken off between the note and the journal has written it already. */
static gboolean
is_noted (SrRestoreSession *session,
          gboolean          with_set,
          gboolean         *noted,
          GError          **error)
{
  g_autoptr (GPtrArray) events = sr_lineage_event_list (session->repository, session->entry->config, error);

  *noted = FALSE;
  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const SrLineageEvent *event = g_ptr_array_index (events, i);

      *noted |= event->kind == SR_LINEAGE_EVENT_RESTORE && (event->set != NULL) == with_set &&
                event->detail != NULL && strstr (event->detail, session->entry->id) != NULL;
    }
  return events != NULL;
}

gboolean
sr_restore_session_record (SrRestoreSession *session,
                           const char       *detail,
                           GError          **error)
{
  SrRestoreEntry *entry = session->entry;
  gboolean is_restore = detail == NULL;
  const SrRestoredSet *point = g_ptr_array_index (entry->sets, entry->sets->len - 1);
  SrLineageEvent event = { .kind = SR_LINEAGE_EVENT_RESTORE, .set = is_restore ? point->id : NULL };
  g_autofree char *words = NULL;
  gboolean noted;

  if (!is_noted (session, is_restore, &noted, error))
    return FALSE;
  entry->recorded = TRUE;
  if (noted)
    return TRUE;
  if (is_restore)
    detail = entry->mode == SR_RESTORE_LATEST ? _("The latest state was restored.") : _("A point was restored.");
  words = g_strdup_printf ("%s (%s)", detail, entry->id);
  event.detail = words;
  entry->recorded = sr_lineage_event_record (session->lock, &event, error);
  g_free (event.config);
  return entry->recorded;
}

void
sr_restore_session_end (SrRestoreSession *session)
{
  g_clear_pointer (&session->calls, sr_restore_calls_end);
  session->entry->ends = session->entry->prepares;
}

/* A new restore */

static gboolean
check_name (SrRestoreSession *session,
            GError          **error)
{
  const char *why;

  if (!sr_restore_plan_needs_name (session->plan, &why))
    return TRUE;
  if (session->replace != NULL && sr_restore_plan_name_matches (session->plan, session->replace))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("%s The name of the CA has to be given, to be sure."), why);
  return FALSE;
}

/* What was reviewed is what is done. */
static gboolean
check_again (SrRestoreSession *session,
             GCancellable     *cancellable,
             GError          **error)
{
  SrRestorePlan *plan = session->plan;
  g_autoptr (SrRestoreEntry) before = sr_restore_entry_copy (plan->entry);

  if (!sr_restore_plan_check (plan, session->host, plan->target, session->lock, session->tell_check, session->user_data, cancellable, error))
    return FALSE;
  if (before->mode == plan->entry->mode && sr_restore_path_equal (before->database, plan->entry->database) &&
      sr_restore_path_equal (before->log_folder, plan->entry->log_folder) && g_str_equal (before->host, plan->entry->host))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("What the checks find is not what it was before: look at it again"));
  return FALSE;
}

static gboolean
begin (SrRestoreSession *session,
       GCancellable     *cancellable,
       GError          **error)
{
  SrRestorePlan *plan = session->plan;

  if (!sr_restore_plan_is_ready (plan) || plan->taken)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, plan->taken ? _("This restore has been begun already") : _("The checks have not been passed"));
      return FALSE;
    }
  sr_restore_session_phase (session, SR_RESTORE_PHASE_CHECKING, 0, 0.15, TRUE);
  if (!check_again (session, cancellable, error) || !check_name (session, error))
    return FALSE;
  plan->taken = TRUE;
  session->entry = sr_restore_entry_copy (plan->entry);
  session->files = g_ptr_array_ref (plan->files);
  return sr_restore_session_save (session, SR_RESTORE_STEP_OPENED, error);
}

/* Notes a failure in the journal, as far as that can be written. */
static void
note_failure (SrRestoreSession *session,
              const GError     *error)
{
  session->entry->answer = sr_hresult_from_error (error);
  g_set_str (&session->entry->detail, error->message);
  session->outcome.failed_step = session->entry->step;
}

/* Prefixes the step and the host. */
static void
explain (SrRestoreSession *session,
         GError          **error)
{
  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: a step, as “Stopping the service”, and a host; a colon and what went wrong follow */
    g_prefix_error (error, _("%s on %s: "), sr_restore_step_words (session->entry->step), session->entry->host);
}

static gboolean
restore (SrRestoreSession *session,
         GCancellable     *cancellable,
         GError          **error)
{
  if (!begin (session, cancellable, error))
    return FALSE;
  if (sr_restore_session_go_on (session, cancellable, error))
    return TRUE;
  explain (session, error);
  note_failure (session, *error);
  if (session->entry->step < SR_RESTORE_STEP_STARTING)
    session->outcome.put_back = sr_restore_session_undo (session, &session->outcome.put_back_error);
  return FALSE;
}

/* A restore that is there */

/* The sets of the journal, by their ids: where they lie may have changed. */
static gboolean
load_sets (SrRestoreSession *session,
           GError          **error)
{
  g_autoptr (GPtrArray) all = sr_repository_list_sets (session->repository, session->entry->config, NULL, error);
  g_autoptr (GPtrArray) sets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; all != NULL && i < session->entry->sets->len; i++)
    {
      const SrRestoredSet *wanted = g_ptr_array_index (session->entry->sets, i);

      for (guint j = 0; j < all->len && sets->len == i; j++)
        {
          SrBackupSet *set = g_ptr_array_index (all, j);
          g_autofree char *id = sr_guid_dup_string (&sr_backup_set_get_manifest (set)->id);

          if (g_str_equal (id, wanted->id))
            g_ptr_array_add (sets, g_object_ref (set));
        }
      if (sets->len == i)
        {
          g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("The set “%s” of this restore is not in the backup folder any more: it can only be put back"), wanted->name);
          return FALSE;
        }
    }
  if (all == NULL || (session->files = sr_restore_files_list (sets, error)) == NULL)
    return FALSE;
  sr_restore_files_place (session->files, session->entry);
  return TRUE;
}

static gboolean
continue_it (SrRestoreSession         *session,
             const SrRestoreSituation *situation,
             GCancellable             *cancellable,
             GError                  **error)
{
  /* It recovered, and only the note is missing: to register again would restore it again. */
  if (situation->state == SR_RESTORE_CA_RESTORED && session->entry->step < SR_RESTORE_STEP_RECORDING)
    {
      sr_restore_session_end (session);
      if (!sr_restore_session_save (session, SR_RESTORE_STEP_RECORDING, error))
        return FALSE;
    }
  else if (session->entry->step <= SR_RESTORE_STEP_SETTING_ASIDE && !load_sets (session, error))
    return FALSE;
  return sr_restore_session_go_on (session, cancellable, error);
}

/* A later restore took what this one left as its own "before". */
static gboolean
check_newest (SrRestoreSession *session,
              GError          **error)
{
  g_autoptr (GPtrArray) list = sr_restore_journal_list (session->repository, session->entry->config, TRUE, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SrRestoreListed *listed = g_ptr_array_index (list, i);

      if (listed->entry == NULL || listed->entry->started <= session->entry->started || listed->entry->step == SR_RESTORE_STEP_PUT_BACK ||
          listed->entry->reached < SR_RESTORE_STEP_SETTING_ASIDE)
        continue;
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The CA was restored again since: put that restore back first"));
      return FALSE;
    }
  return list != NULL;
}

static gboolean
put_back (SrRestoreSession         *session,
          const SrRestoreSituation *situation,
          GError                  **error)
{
  if (situation->may_have_issued && !session->accept_loss)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE,
                   _("The restored CA has written to its logs since: what it has issued would be unknown to it. That has to be accepted first."));
      return FALSE;
    }
  if (!check_newest (session, error))
    return FALSE;
  if (situation->state == SR_RESTORE_CA_RESTORED)
    session->entry->reached = MAX (session->entry->reached, SR_RESTORE_STEP_RECORDING);
  return sr_restore_session_undo (session, error);
}

/* The restore may have come about, seen or unseen: then it is noted, so that sets from before never go with later ones. */
static gboolean
leave (SrRestoreSession         *session,
       const SrRestoreSituation *situation,
       GError                  **error)
{
  SrRestoreEntry *entry = session->entry;
  gboolean unseen = situation->state == SR_RESTORE_CA_UNKNOWN && entry->reached >= SR_RESTORE_STEP_COMPLETING;
  gboolean will = situation->state == SR_RESTORE_CA_READY;

  if ((situation->state == SR_RESTORE_CA_RESTORED || unseen || will) && !sr_restore_session_record (session, NULL, error))
    return FALSE;
  sr_restore_session_end (session);
  return sr_restore_session_save (session, SR_RESTORE_STEP_LEFT, error);
}

static gboolean
recover (SrRestoreSession *session,
         GCancellable     *cancellable,
         GError          **error)
{
  g_autoptr (SrRestoreSituation) situation = sr_restore_look (session->entry, session->host, cancellable);
  gboolean done;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!situation->offered[session->action])
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("That cannot be done now. %s"), sr_restore_ca_state_words (situation->state));
      return FALSE;
    }
  if (session->action == SR_RESTORE_CONTINUE)
    done = continue_it (session, situation, cancellable, error);
  else if (session->action == SR_RESTORE_PUT_BACK)
    done = put_back (session, situation, error);
  else
    done = leave (session, situation, error);
  if (!done)
    {
      explain (session, error);
      note_failure (session, *error);
    }
  return done;
}

/* The end of both */

/* The session is over here, whatever is left to be done; the journal tells it, where it can be written. */
static void
settle (SrRestoreSession *session)
{
  SrRestoreEntry *entry = session->entry;
  gboolean was_open = sr_restore_entry_is_open (entry);

  sr_restore_session_end (session);
  if ((was_open || entry->detail != NULL) && !sr_restore_entry_is_settled (entry))
    sr_restore_journal_save (session->lock, entry, entry->step, NULL);
}

/* A host that does not answer at the very end takes nothing back of what it has confirmed. */
static SrRestoreCaState
known_state (const SrRestoreEntry *entry,
             SrRestoreCaState      state)
{
  if (state != SR_RESTORE_CA_UNKNOWN)
    return state;
  return entry->step == SR_RESTORE_STEP_RESTORED ? SR_RESTORE_CA_RESTORED :
         entry->step == SR_RESTORE_STEP_PUT_BACK ? SR_RESTORE_CA_AS_BEFORE : state;
}

static void
conclude (SrRestoreSession *session,
          gboolean          done)
{
  SrRestoreOutcome *outcome = &session->outcome;
  g_autoptr (SrRestoreSituation) situation = NULL;

  outcome->entry = session->entry;
  if (session->entry == NULL)
    outcome->state = SR_RESTORE_CA_AS_BEFORE;
  else
    {
      settle (session);
      situation = sr_restore_look (session->entry, session->host, NULL);
      outcome->state = known_state (session->entry, situation->state);
      outcome->aside_folder = g_steal_pointer (&situation->aside_folder);
      if (session->entry->step >= SR_RESTORE_STEP_CLEARING && session->entry->step <= SR_RESTORE_STEP_PUT_BACK)
        outcome->undone_folder = g_steal_pointer (&situation->undone_folder);
      memcpy (outcome->offered, situation->offered, sizeof outcome->offered);
      outcome->full_backup_due = session->entry->recorded;
    }
  outcome->words = sr_restore_outcome_words (outcome);
  sr_restore_session_phase (session, SR_RESTORE_PHASE_DONE, done ? 1 : session->progress.fraction, 1, FALSE);
}

gboolean
sr_restore_session_run (SrRestoreSession *session,
                        GCancellable     *cancellable,
                        GError          **error)
{
  g_autoptr (GError) local = NULL;
  gboolean done;

  if (session->ran)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The session has run already"));
      return FALSE;
    }
  session->ran = TRUE;
  done = session->plan != NULL ? restore (session, cancellable, &local) : recover (session, cancellable, &local);
  conclude (session, done);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local));
  return done;
}
