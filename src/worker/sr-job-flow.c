/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"

#include <math.h>

#define HEARTBEAT_US G_USEC_PER_SEC
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
moves_bytes (const SrJobFacts *facts)
{
  SrBackupPhase phase = facts->phase;

  return facts->travel.total > 0 || phase == SR_BACKUP_PHASE_DATABASE || phase == SR_BACKUP_PHASE_LOGS || phase == SR_BACKUP_PHASE_VERIFYING;
}

/* Rate and time left are smoothed over samples of half a second; a stalled
 * transfer makes the rate sink, since a heartbeat samples it too. */
static void
sample_speed (SrJob  *self,
              gint64  now)
{
  double seconds = (double) (now - self->sample_at) / G_USEC_PER_SEC;
  double rate = self->rate;
  gint64 time_left = self->time_left;

  if (!moves_bytes (&self->shown) || self->shown.bytes < self->sample_bytes || sr_job_state_is_final (self->shown.state))
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
  gboolean could_cancel = sr_job_get_can_cancel (self);
  g_autofree char *words = self->kind == SR_JOB_RESTORE
                           ? sr_job_describe_restore (facts->state, &facts->travel)
                           : sr_job_describe (self->kind, facts->state, facts->phase, facts->file_index, facts->n_files);

  SHOW (self, state, facts, SR_JOB_PROP_STATE);
  SHOW (self, phase, facts, SR_JOB_PROP_PHASE);
  SHOW (self, fraction, facts, SR_JOB_PROP_FRACTION);
  SHOW (self, bytes, facts, SR_JOB_PROP_BYTES);
  SHOW (self, total, facts, SR_JOB_PROP_TOTAL);
  SHOW (self, session_state, facts, SR_JOB_PROP_SESSION_STATE);
  SHOW (self, last_call_at, facts, SR_JOB_PROP_LAST_CALL_AT);
  SHOW (self, last_ping_at, facts, SR_JOB_PROP_LAST_PING_AT);
  show_text (self, &self->phase_words, words, SR_JOB_PROP_PHASE_WORDS);
  show_text (self, &self->shown.file, facts->file, SR_JOB_PROP_FILE);
  show_text (self, &self->shown.last_call, facts->last_call, SR_JOB_PROP_LAST_CALL);
  if (self->shown.travel.phase != facts->travel.phase)
    notify (self, SR_JOB_PROP_RESTORE_PHASE);
  self->shown.travel = facts->travel;
  if (self->stages != NULL)
    sr_restore_stages_show (self->stages, &facts->travel);
  self->shown.can_cancel = facts->can_cancel;
  if (sr_job_get_can_cancel (self) != could_cancel)
    notify (self, SR_JOB_PROP_CAN_CANCEL);
}

static void
show_result (SrJob       *self,
             SrJobResult *result)
{
  self->result = result;
  self->ended_at = g_get_monotonic_time ();
  self->ended_time = g_get_real_time ();
  if (result->set != NULL && g_set_object (&self->set, result->set))
    notify (self, SR_JOB_PROP_SET);
  if (result->error != NULL)
    notify (self, SR_JOB_PROP_ERROR);
  sr_job_give_back_restore (self);
}

static gboolean
flush (gpointer user_data)
{
  g_autoptr (SrJob) self = g_object_ref (user_data);
  gint64 now = g_get_monotonic_time ();
  SrJobResult *result;
  SrJobFacts facts;

  if (!sr_flush_take (&self->flush, now))
    return G_SOURCE_CONTINUE;
  result = g_steal_pointer (&self->coming_result);
  facts = self->coming;
  facts.file = g_strdup (self->coming.file);
  facts.last_call = g_strdup (self->coming.last_call);
  if (self->coming_trace->len > 0)
    {
      g_ptr_array_extend_and_steal (self->trace, g_steal_pointer (&self->coming_trace));
      self->coming_trace = g_ptr_array_new_with_free_func (step_free);
    }
  sr_flush_release (&self->flush, now, sr_job_state_is_final (facts.state) ? G_MAXINT64 : HEARTBEAT_US);

  g_object_freeze_notify (G_OBJECT (self));
  if (result != NULL)
    show_result (self, result);
  show (self, &facts);
  sample_speed (self, now);
  g_object_thaw_notify (G_OBJECT (self));
  sr_job_facts_clear (&facts);

  if (result != NULL && self->ended != NULL)
    self->ended (self, self->ended_data);
  return G_SOURCE_CONTINUE;
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
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->flush.mutex);
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
  sr_flush_schedule (&self->flush);
}

void
sr_job_report_restore (SrJob                   *self,
                       const SrRestoreProgress *progress)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->flush.mutex);
  SrJobFacts *coming = &self->coming;
  SrRestoreTravel *travel = &coming->travel;

  /* Whether that is so its end tells. */
  if (progress->phase == SR_RESTORE_PHASE_DONE)
    return;
  travel->phase = progress->phase;
  if (progress->phase != SR_RESTORE_PHASE_PUTTING_BACK)
    travel->furthest = MAX (travel->furthest, progress->phase);
  travel->file_index = progress->file_index;
  travel->n_files = progress->n_files;
  travel->bytes = progress->bytes_done;
  travel->total = progress->bytes_total;
  coming->bytes = progress->bytes_done;
  coming->total = progress->bytes_total;
  coming->fraction = CLAMP (progress->fraction, coming->fraction, 1);
  coming->can_cancel = progress->can_cancel;
  g_set_str (&coming->file, progress->file);
  sr_flush_schedule (&self->flush);
}

void
sr_job_report_end (SrJob       *self,
                   SrJobResult *result)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->flush.mutex);
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
  coming->travel.over = TRUE;
  coming->travel.done = result->error == NULL;
  coming->travel.put_back = result->outcome != NULL && result->outcome->put_back;
  g_clear_pointer (&coming->file, g_free);
  self->coming_result = result;
  sr_flush_schedule (&self->flush);
}

void
sr_job_cancel (SrJob *self)
{
  gboolean too_late;

  g_mutex_lock (&self->flush.mutex);
  too_late = self->coming.state == SR_JOB_RUNNING && !self->coming.can_cancel;
  if (self->coming.state == SR_JOB_RUNNING && !too_late)
    {
      self->coming.state = SR_JOB_CANCELLING;
      sr_flush_schedule (&self->flush);
    }
  g_mutex_unlock (&self->flush.mutex);
  if (!too_late)
    g_cancellable_cancel (self->cancellable);
}

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
  self->traced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sr_flush_init (&self->flush, self->context, "SrJob", flush, self);
}
