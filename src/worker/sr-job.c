/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-job-private.h"

#include "authority/sr-advice.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (SrJob, sr_job, G_TYPE_OBJECT)

GParamSpec *sr_job_properties[SR_JOB_N_PROPS];

void
sr_job_result_free (SrJobResult *result)
{
  g_clear_error (&result->error);
  g_clear_object (&result->set);
  sr_session_record_clear (&result->record);
  g_clear_pointer (&result->problems, g_ptr_array_unref);
  g_clear_pointer (&result->outcome, sr_restore_outcome_free);
  g_free (result);
}

/* What is reported while it runs. */
static void
get_flow_property (SrJob  *self,
                   guint   id,
                   GValue *value)
{
  switch (id)
    {
    case SR_JOB_PROP_FRACTION:
      g_value_set_double (value, self->shown.fraction);
      break;
    case SR_JOB_PROP_BYTES:
      g_value_set_uint64 (value, self->shown.bytes);
      break;
    case SR_JOB_PROP_TOTAL:
      g_value_set_uint64 (value, self->shown.total);
      break;
    case SR_JOB_PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case SR_JOB_PROP_TIME_LEFT:
      g_value_set_int64 (value, self->time_left);
      break;
    case SR_JOB_PROP_FILE:
      g_value_set_string (value, self->shown.file);
      break;
    case SR_JOB_PROP_LAST_CALL:
      g_value_set_string (value, self->shown.last_call);
      break;
    case SR_JOB_PROP_LAST_CALL_AT:
      g_value_set_int64 (value, self->shown.last_call_at);
      break;
    case SR_JOB_PROP_LAST_PING_AT:
      g_value_set_int64 (value, self->shown.last_ping_at);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
sr_job_get_property (GObject    *object,
                     guint       id,
                     GValue     *value,
                     GParamSpec *pspec)
{
  SrJob *self = SR_JOB (object);

  switch (id)
    {
    case SR_JOB_PROP_KIND:
      g_value_set_int (value, self->kind);
      break;
    case SR_JOB_PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case SR_JOB_PROP_CONFIG:
      g_value_set_string (value, self->order.config);
      break;
    case SR_JOB_PROP_STATE:
      g_value_set_int (value, self->shown.state);
      break;
    case SR_JOB_PROP_PHASE:
      g_value_set_int (value, self->shown.phase);
      break;
    case SR_JOB_PROP_PHASE_WORDS:
      g_value_set_string (value, self->phase_words);
      break;
    case SR_JOB_PROP_SESSION_STATE:
      g_value_set_int (value, self->shown.session_state);
      break;
    case SR_JOB_PROP_ERROR:
      g_value_set_boxed (value, sr_job_get_error (self));
      break;
    case SR_JOB_PROP_SET:
      g_value_set_object (value, self->set);
      break;
    case SR_JOB_PROP_CAN_CANCEL:
      g_value_set_boolean (value, sr_job_get_can_cancel (self));
      break;
    case SR_JOB_PROP_RESTORE_PHASE:
      g_value_set_int (value, self->shown.travel.phase);
      break;
    default:
      get_flow_property (self, id, value);
    }
}

static void
order_clear (SrJobOrder *order)
{
  g_clear_object (&order->authority);
  g_clear_pointer (&order->password, sr_secret_unref);
  g_clear_pointer (&order->config, g_free);
  g_clear_pointer (&order->display_name, g_free);
  g_clear_object (&order->repository);
  g_clear_object (&order->set);
  g_clear_object (&order->chain);
  g_clear_pointer (&order->path, g_free);
  g_clear_pointer (&order->journal_folder, g_free);
  g_clear_object (&order->plan);
  g_clear_pointer (&order->entry, sr_restore_entry_free);
  g_clear_pointer (&order->replace, g_free);
}

static void
sr_job_finalize (GObject *object)
{
  SrJob *self = SR_JOB (object);

  sr_flush_clear (&self->flush);
  g_main_context_unref (self->context);
  g_clear_object (&self->authority);
  sr_job_give_back_restore (self);
  g_clear_object (&self->restore);
  g_clear_object (&self->left);
  g_clear_object (&self->stages);
  order_clear (&self->order);
  g_free (self->title);
  g_clear_object (&self->cancellable);
  sr_job_facts_clear (&self->shown);
  sr_job_facts_clear (&self->coming);
  g_free (self->phase_words);
  g_clear_object (&self->set);
  g_clear_pointer (&self->result, sr_job_result_free);
  g_clear_pointer (&self->coming_result, sr_job_result_free);
  g_ptr_array_unref (self->trace);
  g_ptr_array_unref (self->coming_trace);
  g_hash_table_unref (self->traced);
  G_OBJECT_CLASS (sr_job_parent_class)->finalize (object);
}

static void
sr_job_class_init (SrJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_job_get_property;
  object_class->finalize = sr_job_finalize;

  sr_job_properties[SR_JOB_PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, G_MAXINT, 0, flags);
  sr_job_properties[SR_JOB_PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  sr_job_properties[SR_JOB_PROP_CONFIG] = g_param_spec_string ("config", NULL, NULL, NULL, flags);
  sr_job_properties[SR_JOB_PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  sr_job_properties[SR_JOB_PROP_PHASE] = g_param_spec_int ("phase", NULL, NULL, 0, G_MAXINT, 0, flags);
  sr_job_properties[SR_JOB_PROP_PHASE_WORDS] = g_param_spec_string ("phase-words", NULL, NULL, NULL, flags);
  sr_job_properties[SR_JOB_PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  sr_job_properties[SR_JOB_PROP_BYTES] = g_param_spec_uint64 ("bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  sr_job_properties[SR_JOB_PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  sr_job_properties[SR_JOB_PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  sr_job_properties[SR_JOB_PROP_TIME_LEFT] = g_param_spec_int64 ("time-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  sr_job_properties[SR_JOB_PROP_FILE] = g_param_spec_string ("file", NULL, NULL, NULL, flags);
  sr_job_properties[SR_JOB_PROP_SESSION_STATE] = g_param_spec_int ("session-state", NULL, NULL, 0, G_MAXINT, 0, flags);
  sr_job_properties[SR_JOB_PROP_LAST_CALL] = g_param_spec_string ("last-call", NULL, NULL, NULL, flags);
  sr_job_properties[SR_JOB_PROP_LAST_CALL_AT] = g_param_spec_int64 ("last-call-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  sr_job_properties[SR_JOB_PROP_LAST_PING_AT] = g_param_spec_int64 ("last-ping-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  sr_job_properties[SR_JOB_PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  sr_job_properties[SR_JOB_PROP_SET] = g_param_spec_object ("set", NULL, NULL, SR_TYPE_BACKUP_SET, flags);
  sr_job_properties[SR_JOB_PROP_CAN_CANCEL] = g_param_spec_boolean ("can-cancel", NULL, NULL, TRUE, flags);
  sr_job_properties[SR_JOB_PROP_RESTORE_PHASE] = g_param_spec_int ("restore-phase", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, SR_JOB_N_PROPS, sr_job_properties);
}

static void
sr_job_init (SrJob *self)
{
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->time_left = -1;
  self->shown.can_cancel = self->coming.can_cancel = TRUE;
  self->phase_words = sr_job_describe (SR_JOB_BACKUP, SR_JOB_QUEUED, SR_BACKUP_PHASE_IDLE, 0, 0);
  sr_job_flow_init (self);
}

SrJob *
sr_job_new_backup (const SrBackupJobOptions *options)
{
  SrJob *self = g_object_new (SR_TYPE_JOB, NULL);

  self->kind = SR_JOB_BACKUP;
  self->authority = g_object_ref (options->authority);
  self->order.password = options->password != NULL ? sr_secret_ref (options->password) : NULL;
  self->order.config = g_strdup (sr_authority_get_config (options->authority));
  /* Translators: %s is the name of a certificate authority */
  self->title = g_strdup_printf (_("Backing up %s"), sr_authority_get_name (options->authority));
  self->order.display_name = g_strdup (sr_authority_get_name (options->authority));
  self->order.repository = g_object_ref (options->repository);
  self->order.kind = options->kind;
  self->order.automatic = options->automatic;
  self->order.keep_logs = options->keep_logs;
  self->order.no_verify = options->no_verify;
  self->order.read_size = options->read_size;
  self->order.timeouts = options->timeouts;
  self->order.journal_folder = g_strdup (options->journal_folder);
  return self;
}

SrJob *
sr_job_new_verify (SrBackupSet *set)
{
  SrJob *self = g_object_new (SR_TYPE_JOB, NULL);

  self->kind = SR_JOB_VERIFY;
  self->set = g_object_ref (set);
  self->order.set = g_object_ref (set);
  self->order.config = g_strdup (sr_backup_set_get_manifest (set)->config);
  /* Translators: %s is the name of a backup set */
  self->title = g_strdup_printf (_("Verifying %s"), sr_backup_set_get_name (set));
  return self;
}

SrJob *
sr_job_new_export (SrChain     *chain,
                   SrBackupSet *until,
                   const char  *path)
{
  SrBackupSet *last = until != NULL ? until : sr_chain_get_newest (chain);
  SrJob *self = g_object_new (SR_TYPE_JOB, NULL);

  self->kind = SR_JOB_EXPORT;
  self->set = g_object_ref (last);
  self->order.chain = g_object_ref (chain);
  self->order.set = g_object_ref (last);
  self->order.path = g_strdup (path);
  self->order.config = g_strdup (sr_backup_set_get_manifest (last)->config);
  self->title = g_strdup_printf (_("Exporting %s"), sr_backup_set_get_name (last));
  return self;
}

void
sr_job_set_ended_func (SrJob     *self,
                       SrJobEnded ended,
                       gpointer   user_data)
{
  self->ended = ended;
  self->ended_data = user_data;
}

gboolean
sr_job_begin (SrJob *self)
{
  g_autoptr (SrJobResult) result = g_new0 (SrJobResult, 1);

  if (g_cancellable_set_error_if_cancelled (self->cancellable, &result->error))
    {
      g_clear_pointer (&self->order.password, sr_secret_unref);
      result->failed_phase = SR_BACKUP_PHASE_CONNECTING;
      result->backup_kind = self->order.kind;
      sr_job_report_end (self, g_steal_pointer (&result));
      return FALSE;
    }
  if (self->authority != NULL)
    self->order.authority = sr_authority_copy (self->authority);
  self->begun_at = self->sample_at = g_get_monotonic_time ();
  self->begun_time = g_get_real_time ();
  g_mutex_lock (&self->flush.mutex);
  self->coming.state = SR_JOB_RUNNING;
  sr_flush_schedule (&self->flush);
  g_mutex_unlock (&self->flush.mutex);
  return TRUE;
}

const SrJobOrder *
sr_job_get_order (SrJob *self)
{
  return &self->order;
}

SrDcomTarget *
sr_job_take_target (SrJob   *self,
                    GError **error)
{
  SrDcomTarget *target = sr_authority_make_target (self->order.authority, self->order.password, error);

  g_clear_pointer (&self->order.password, sr_secret_unref);
  return target;
}

GCancellable *
sr_job_get_cancellable (SrJob *self)
{
  return self->cancellable;
}

SrJobKind
sr_job_get_kind (SrJob *self)
{
  return self->kind;
}

SrJobState
sr_job_get_state (SrJob *self)
{
  return self->shown.state;
}

const char *
sr_job_get_title (SrJob *self)
{
  return self->title;
}

const char *
sr_job_get_config (SrJob *self)
{
  return self->order.config;
}

SrBackupPhase
sr_job_get_phase (SrJob *self)
{
  return self->shown.phase;
}

const char *
sr_job_get_phase_words (SrJob *self)
{
  return self->phase_words;
}

double
sr_job_get_fraction (SrJob *self)
{
  return self->shown.fraction;
}

guint64
sr_job_get_bytes (SrJob *self)
{
  return self->shown.bytes;
}

guint64
sr_job_get_total (SrJob *self)
{
  return self->shown.total;
}

double
sr_job_get_rate (SrJob *self)
{
  return self->rate;
}

gint64
sr_job_get_time_left (SrJob *self)
{
  return self->time_left;
}

const char *
sr_job_get_file (SrJob *self)
{
  return self->shown.file;
}

SrSessionState
sr_job_get_session_state (SrJob *self)
{
  return self->shown.session_state;
}

const char *
sr_job_get_last_call (SrJob *self)
{
  return self->shown.last_call;
}

gint64
sr_job_get_last_call_at (SrJob *self)
{
  return self->shown.last_call_at;
}

gint64
sr_job_get_last_ping_at (SrJob *self)
{
  return self->shown.last_ping_at;
}

const GError *
sr_job_get_error (SrJob *self)
{
  return self->result != NULL ? self->result->error : NULL;
}

gboolean
sr_job_get_can_cancel (SrJob *self)
{
  return self->shown.can_cancel && self->shown.state < SR_JOB_CANCELLING;
}

SrBackupSet *
sr_job_get_set (SrJob *self)
{
  return self->set;
}

SrAuthority *
sr_job_get_authority (SrJob *self)
{
  return self->authority;
}

gboolean
sr_job_get_automatic (SrJob *self)
{
  return self->order.automatic;
}

gboolean
sr_job_get_keep_logs (SrJob *self)
{
  return self->order.keep_logs;
}

SrBackupPhase
sr_job_get_failed_phase (SrJob *self)
{
  return self->result != NULL ? self->result->failed_phase : SR_BACKUP_PHASE_IDLE;
}

static SrAdviceStep
advice_step (SrBackupPhase phase)
{
  if (phase <= SR_BACKUP_PHASE_CONNECTING)
    return SR_ADVICE_ACTIVATE;
  if (phase <= SR_BACKUP_PHASE_LOCATIONS)
    return SR_ADVICE_PREPARE;
  if (phase <= SR_BACKUP_PHASE_DYNAMIC)
    return SR_ADVICE_READ;
  return SR_ADVICE_END;
}

const char *
sr_job_get_advice (SrJob *self)
{
  const GError *error = sr_job_get_error (self);
  const char *practice = NULL;

  if (error == NULL)
    return NULL;
  if (self->kind == SR_JOB_RESTORE)
    return sr_job_get_restore_advice (self, error);
  if (self->authority != NULL && sr_authority_is_practice (self->authority))
    practice = sr_advice_for_practice (error);
  if (practice != NULL)
    return practice;
  /* The session has asked the CA further where one code has several meanings. */
  if (self->result->advice != NULL)
    return self->result->advice;
  return sr_advice_for_error (error, advice_step (self->result->failed_phase));
}

const SrSessionRecord *
sr_job_get_record (SrJob *self)
{
  static const SrSessionRecord none;

  return self->result != NULL ? &self->result->record : &none;
}

SrBackupKind
sr_job_get_backup_kind (SrJob *self)
{
  return self->result != NULL ? self->result->backup_kind : self->order.kind;
}

SrBackupRule
sr_job_get_rule (SrJob *self)
{
  return self->result != NULL ? self->result->rule : SR_BACKUP_RULE_NONE;
}

const SrBackupCounts *
sr_job_get_counts (SrJob *self)
{
  static const SrBackupCounts none;

  return self->result != NULL ? &self->result->counts : &none;
}

GPtrArray *
sr_job_get_problems (SrJob *self)
{
  return self->result != NULL ? self->result->problems : NULL;
}

gint64
sr_job_get_elapsed (SrJob *self)
{
  if (self->begun_at == 0)
    return 0;
  return (self->ended_at != 0 ? self->ended_at : g_get_monotonic_time ()) - self->begun_at;
}

GPtrArray *
sr_job_get_trace (SrJob *self)
{
  return self->trace;
}

gint64
sr_job_get_begun_time (SrJob *self)
{
  return self->begun_time;
}

gint64
sr_job_get_ended_time (SrJob *self)
{
  return self->ended_time;
}
