/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"
#include "worker/sr-job-restore.h"

#include <math.h>

#define FLUSH_INTERVAL_US (G_USEC_PER_SEC / SR_JOB_UPDATES_PER_SECOND + 1)
#define HEARTBEAT_US G_USEC_PER_SEC
#define BUSY_US 1000
#define RATE_SAMPLE_US (G_USEC_PER_SEC / 2)
#define RATE_SMOOTHING 0.3
/* What would last longer stands still, and nobody knows for how long. */
#define FORESEEN_S (48.0 * 60 * 60)

/* The work of the steps in bytes, as long as nothing better is known: those
 * without files are a round trip or two, reading back is quicker than a network. */
#define STEPS (SR_BACKUP_PHASE_ENDING - SR_BACKUP_PHASE_CONNECTING + 1)
#define STEP(phase) ((guint) (phase) - SR_BACKUP_PHASE_CONNECTING)
#define SMALL_WORK (256.0 * 1024)
#define DATABASE_WORK (64.0 * 1024 * 1024)
#define LOG_WORK (1024.0 * 1024)
#define LOGS_WORK (16 * LOG_WORK)
#define VERIFY_SHARE 0.4

void
sr_job_facts_clear (SrJobFacts *facts)
{
  g_free (facts->file);
  g_free (facts->last_call);
}

static void
step_free (gpointer data)
{
  SrJobStep *step = data;

  g_free (step->call);
  g_free (step);
}

static void
notify (SrJob *self,
        guint  property)
{
  g_object_notify_by_pspec (G_OBJECT (self), sr_job_properties[property]);
}

/* ---- Showing, on the main context -------------------------------------- */

static gboolean
phase_moves_bytes (SrBackupPhase phase)
{
  return phase == SR_BACKUP_PHASE_DATABASE || phase == SR_BACKUP_PHASE_LOGS || phase == SR_BACKUP_PHASE_VERIFYING;
}

/* Rate and time left are smoothed over samples of half a second; a stalled
 * transfer makes the rate sink, since a heartbeat samples it too. */
static gboolean
moves_bytes (SrJob *self)
{
  return sr_job_kind_is_restore (self->kind) ? self->shown.total > 0 : phase_moves_bytes (self->shown.phase);
}

static void
sample_speed (SrJob  *self,
              gint64  now)
{
  double seconds = (double) (now - self->sample_at) / G_USEC_PER_SEC;
  double rate = self->rate;
  gint64 time_left = self->time_left;

  if (!moves_bytes (self) || self->shown.bytes < self->sample_bytes || sr_job_state_is_final (self->shown.state))
    rate = 0;
  else if (now - self->sample_at < RATE_SAMPLE_US)
    return;
  else
    {
      double bytes = (double) (self->shown.bytes - self->sample_bytes) / seconds;
      double fraction = (self->shown.fraction - self->sample_fraction) / seconds;

      rate = rate > 0 ? rate + RATE_SMOOTHING * (bytes - rate) : bytes;
      self->speed = self->speed > 0 ? self->speed + RATE_SMOOTHING * (fraction - self->speed) : fraction;
    }
  self->sample_at = now;
  self->sample_bytes = self->shown.bytes;
  self->sample_fraction = self->shown.fraction;

  if (sr_job_state_is_final (self->shown.state))
    time_left = -1;
  else if (self->speed > 0)
    {
      double seconds_left = (1 - self->shown.fraction) / self->speed;

      time_left = seconds_left < FORESEEN_S ? (gint64) (seconds_left * G_USEC_PER_SEC) : -1;
    }
  if (rate != self->rate)
    {
      self->rate = rate;
      notify (self, SR_JOB_PROP_RATE);
    }
  if (time_left != self->time_left)
    {
      self->time_left = time_left;
      notify (self, SR_JOB_PROP_TIME_LEFT);
    }
}

static void
show_text (SrJob      *self,
           char      **shown,
           const char *text,
           guint       property)
{
  if (g_set_str (shown, text))
    notify (self, property);
}

#define SHOW(self, member, facts, property) \
  G_STMT_START { \
    if ((self)->shown.member != (facts)->member) \
      { \
        (self)->shown.member = (facts)->member; \
        notify (self, property); \
      } \
  } G_STMT_END

static void
show (SrJob       *self,
      const SrJobFacts *facts)
{
  g_autofree char *words = sr_job_kind_is_restore (self->kind) ?
    sr_job_describe_restore (self->kind, facts->state, facts->restore_phase, facts->file_index, facts->n_files) :
    sr_job_describe (self->kind, facts->state, facts->phase, facts->file_index, facts->n_files);

  SHOW (self, state, facts, SR_JOB_PROP_STATE);
  SHOW (self, phase, facts, SR_JOB_PROP_PHASE);
  SHOW (self, fraction, facts, SR_JOB_PROP_FRACTION);
  SHOW (self, bytes, facts, SR_JOB_PROP_BYTES);
  SHOW (self, total, facts, SR_JOB_PROP_TOTAL);
  SHOW (self, session_state, facts, SR_JOB_PROP_SESSION_STATE);
  SHOW (self, last_call_at, facts, SR_JOB_PROP_LAST_CALL_AT);
  SHOW (self, last_ping_at, facts, SR_JOB_PROP_LAST_PING_AT);
  SHOW (self, restore_phase, facts, SR_JOB_PROP_RESTORE_PHASE);
  SHOW (self, can_cancel, facts, SR_JOB_PROP_CAN_CANCEL);
  SHOW (self, checks, facts, SR_JOB_PROP_CHECKS);
  show_text (self, &self->phase_words, words, SR_JOB_PROP_PHASE_WORDS);
  show_text (self, &self->shown.file, facts->file, SR_JOB_PROP_FILE);
  show_text (self, &self->shown.last_call, facts->last_call, SR_JOB_PROP_LAST_CALL);
}

static void
show_result (SrJob       *self,
             SrJobResult *result)
{
  self->result = result;
  self->ended_at = g_get_monotonic_time ();
  self->ended_time = g_get_real_time ();
  if (g_set_object (&self->set, result->set))
    notify (self, SR_JOB_PROP_SET);
  if (result->error != NULL)
    notify (self, SR_JOB_PROP_ERROR);
}

/* Those that have changed take the place of what they were. */
static void
take_checks (SrJob     *self,
             GPtrArray *changed)
{
  for (guint i = 0; i < changed->len; i++)
    {
      const SrRestoreCheck *check = g_ptr_array_index (changed, i);

      sr_restore_check_free (g_ptr_array_index (self->checks, check->kind));
      g_ptr_array_index (self->checks, check->kind) = sr_restore_check_copy (check);
    }
}

static gboolean
flush (gpointer user_data)
{
  g_autoptr (SrJob) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) checks = NULL;
  gint64 now = g_get_monotonic_time ();
  SrJobResult *result;
  SrJobFacts facts;

  /* A thread that holds the mutex may have lost its processor: the main loop does not wait for it. */
  if (!g_mutex_trylock (&self->mutex))
    {
      g_source_set_ready_time (self->flush, now + BUSY_US);
      return G_SOURCE_CONTINUE;
    }
  result = g_steal_pointer (&self->coming_result);
  facts = self->coming;
  facts.file = g_strdup (self->coming.file);
  facts.last_call = g_strdup (self->coming.last_call);
  if (self->coming_trace->len > 0)
    {
      g_ptr_array_extend_and_steal (self->trace, g_steal_pointer (&self->coming_trace));
      self->coming_trace = g_ptr_array_new_with_free_func (step_free);
    }
  checks = g_steal_pointer (&self->coming_checks);
  self->coming_checks = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_restore_check_free);
  self->flushed_at = now;
  self->flush_due = sr_job_state_is_final (facts.state) ? G_MAXINT64 : now + HEARTBEAT_US;
  g_source_set_ready_time (self->flush, sr_job_state_is_final (facts.state) ? -1 : self->flush_due);
  g_mutex_unlock (&self->mutex);

  g_object_freeze_notify (G_OBJECT (self));
  if (result != NULL)
    show_result (self, result);
  take_checks (self, checks);
  show (self, &facts);
  sample_speed (self, now);
  g_object_thaw_notify (G_OBJECT (self));
  sr_job_facts_clear (&facts);

  if (result != NULL && self->ended != NULL)
    self->ended (self, self->ended_data);
  return G_SOURCE_CONTINUE;
}

void
sr_job_schedule_flush (SrJob *self)
{
  gint64 due = self->flushed_at + FLUSH_INTERVAL_US;

  /* Setting it wakes the main loop, so not for each of thousands of reports a second. */
  if (self->flush_due <= due)
    return;
  self->flush_due = due;
  g_source_set_ready_time (self->flush, due);
}

/* ---- Reporting, from any thread ----------------------------------------- */

static void
plan_work (SrJob                  *self,
           const SrBackupProgress *p)
{
  SrProgress *progress = &self->progress;
  double part = p->file_size > 0 ? (double) p->file_done / (double) p->file_size : 0;

  if (p->phase < SR_BACKUP_PHASE_CONNECTING || p->phase > SR_BACKUP_PHASE_ENDING)
    return;
  /* Another session: a full backup instead of a log-only one that the CA refused. */
  if (STEP (p->phase) < progress->step)
    sr_progress_begin_again (progress, STEP (p->phase));
  sr_progress_enter (progress, STEP (p->phase));
  if (p->phase == SR_BACKUP_PHASE_VERIFYING)
    {
      /* Without a file the bytes may still be those that were read. */
      if (p->file != NULL && p->bytes_total > 0)
        sr_progress_set_part (progress, (double) p->bytes_done / (double) p->bytes_total);
      return;
    }
  /* Other phases keep the counts of those before them. */
  if ((p->phase != SR_BACKUP_PHASE_DATABASE && p->phase != SR_BACKUP_PHASE_LOGS) || p->n_files == 0 || p->file_index == 0)
    return;

  if (p->phase == SR_BACKUP_PHASE_DATABASE)
    {
      /* The files to come are taken to be as large as those before. */
      double database = fmax ((double) p->bytes_total * p->n_files / p->file_index, 1);

      sr_progress_set_weight (progress, STEP (SR_BACKUP_PHASE_DATABASE), database);
      sr_progress_set_weight (progress, STEP (SR_BACKUP_PHASE_VERIFYING), VERIFY_SHARE * (database + LOGS_WORK));
    }
  else
    {
      double log = p->file_size > 0 ? (double) p->file_size : LOG_WORK;
      /* Logs whose size is not in the total yet: the one at hand too, as long as it is not opened. */
      guint to_come = p->n_files - MIN (p->file_index, p->n_files) + (p->file_size == 0);

      sr_progress_set_weight (progress, STEP (SR_BACKUP_PHASE_LOGS), log * p->n_files);
      sr_progress_set_weight (progress, STEP (SR_BACKUP_PHASE_VERIFYING),
                              VERIFY_SHARE * ((double) p->bytes_total + log * to_come));
    }
  sr_progress_set_part (progress, (p->file_index - 1 + part) / p->n_files);
}

/* Thousands of logs are read by the same three calls: each counts once. */
static void
trace_call (SrJob                  *self,
            const SrBackupProgress *p)
{
  SrJobStep *step;

  if (p->last_call == NULL || p->last_call_at == self->traced_at)
    return;
  self->traced_at = p->last_call_at;
  if (self->traced_phase != p->phase)
    g_hash_table_remove_all (self->traced);
  self->traced_phase = p->phase;
  if (!g_hash_table_add (self->traced, g_strdup (p->last_call)))
    return;
  step = g_new0 (SrJobStep, 1);
  step->at = p->last_call_at;
  step->phase = p->phase;
  step->call = g_strdup (p->last_call);
  g_ptr_array_add (self->coming_trace, step);
}

void
sr_job_report (SrJob                  *self,
               const SrBackupProgress *progress)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  SrJobFacts *coming = &self->coming;

  plan_work (self, progress);
  trace_call (self, progress);
  coming->phase = progress->phase;
  coming->file_index = progress->file_index;
  coming->n_files = progress->n_files;
  coming->fraction = sr_progress_get_fraction (&self->progress);
  coming->bytes = progress->bytes_done;
  coming->total = progress->bytes_total;
  coming->session_state = progress->state;
  coming->last_call_at = progress->last_call_at;
  coming->last_ping_at = progress->last_ping_at;
  g_set_str (&coming->file, progress->file);
  g_set_str (&coming->last_call, progress->last_call);
  sr_job_schedule_flush (self);
}

void
sr_job_report_restore (SrJob                   *self,
                       const SrRestoreProgress *progress)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  SrJobFacts *coming = &self->coming;

  coming->restore_phase = progress->phase;
  coming->can_cancel = progress->can_cancel;
  coming->file_index = progress->file_index;
  coming->n_files = progress->n_files;
  coming->fraction = MAX (coming->fraction, MIN (progress->fraction, 0.999));
  coming->bytes = progress->bytes_done;
  coming->total = progress->bytes_total;
  g_set_str (&coming->file, progress->file);
  sr_job_schedule_flush (self);
}

void
sr_job_report_check (SrJob                *self,
                     const SrRestoreCheck *check)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = self->coming_checks->len; i > 0; i--)
    if (((SrRestoreCheck *) g_ptr_array_index (self->coming_checks, i - 1))->kind == check->kind)
      g_ptr_array_remove_index (self->coming_checks, i - 1);
  g_ptr_array_add (self->coming_checks, sr_restore_check_copy (check));
  self->coming.checks++;
  if (self->kind == SR_JOB_RESTORE_CHECK)
    {
      double part = check->state != SR_RESTORE_CHECK_RUNNING ? 1 : MAX (check->fraction, 0);

      self->coming.can_cancel = TRUE;
      self->coming.fraction = MAX (self->coming.fraction, MIN ((check->kind + part) / SR_RESTORE_N_CHECKS, 0.999));
    }
  sr_job_schedule_flush (self);
}

void
sr_job_report_end (SrJob       *self,
                   SrJobResult *result)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  SrJobFacts *coming = &self->coming;

  if (result->error == NULL)
    {
      sr_progress_finish (&self->progress);
      coming->fraction = 1;
      coming->phase = SR_BACKUP_PHASE_DONE;
      coming->state = SR_JOB_DONE;
    }
  else if (g_error_matches (result->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    coming->state = SR_JOB_CANCELLED;
  else
    coming->state = SR_JOB_FAILED;
  if (self->kind == SR_JOB_BACKUP)
    coming->session_state = result->session_state;
  coming->can_cancel = FALSE;
  g_clear_pointer (&coming->file, g_free);
  self->coming_result = result;
  sr_job_schedule_flush (self);
}

void
sr_job_cancel (SrJob *self)
{
  g_mutex_lock (&self->mutex);
  if (self->coming.state == SR_JOB_RUNNING)
    {
      self->coming.state = SR_JOB_CANCELLING;
      sr_job_schedule_flush (self);
    }
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
}

static gboolean
dispatch_flush (GSource    *source,
                GSourceFunc callback,
                gpointer    user_data)
{
  return callback (user_data);
}

static GSourceFuncs flush_funcs = { .dispatch = dispatch_flush };

void
sr_job_flow_init (SrJob *self)
{
  static const double weights[STEPS] = {
    [STEP (SR_BACKUP_PHASE_CONNECTING)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_PREPARING)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_LOCATIONS)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_DATABASE)] = DATABASE_WORK,
    [STEP (SR_BACKUP_PHASE_LOGS)] = LOGS_WORK,
    [STEP (SR_BACKUP_PHASE_DYNAMIC)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_VERIFYING)] = VERIFY_SHARE * (DATABASE_WORK + LOGS_WORK),
    [STEP (SR_BACKUP_PHASE_PUBLISHING)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_TRUNCATING)] = SMALL_WORK,
    [STEP (SR_BACKUP_PHASE_ENDING)] = SMALL_WORK,
  };

  sr_progress_init (&self->progress, weights, STEPS);
  self->trace = g_ptr_array_new_with_free_func (step_free);
  self->coming_trace = g_ptr_array_new_with_free_func (step_free);
  self->checks = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_restore_check_free);
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      SrRestoreCheck check = { .kind = (SrRestoreCheckKind) i, .fraction = -1 };

      g_ptr_array_add (self->checks, sr_restore_check_copy (&check));
    }
  self->coming_checks = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_restore_check_free);
  self->traced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->flushed_at = -FLUSH_INTERVAL_US;
  self->flush_due = G_MAXINT64;
  self->flush = g_source_new (&flush_funcs, sizeof (GSource));
  g_source_set_static_name (self->flush, "SrJob");
  g_source_set_callback (self->flush, flush, self, NULL);
  g_source_attach (self->flush, self->context);
}
