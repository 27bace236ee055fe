/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-flush-private.h"
#include "worker/sr-job.h"
#include "worker/sr-progress.h"
#include "worker/sr-restore-stage-private.h"

G_BEGIN_DECLS

/* What a job was asked to do, for its thread to read. */
typedef struct
{
  char *config;
  SrAuthority *authority; /* a copy as of the job's begin */
  SrSecret *password;     /* until the target is made */
  char *display_name;
  SrRepository *repository;
  SrBackupSet *set;
  SrChain *chain;
  char *path;
  SrBackupKind kind;
  gboolean automatic;
  gboolean keep_logs;
  gboolean no_verify;
  guint32 read_size;
  SrBackupTimeouts timeouts;
  char *journal_folder;
  SrRestorePlan *plan;
  SrRestoreEntry *entry;
  SrRestoreAction action;
  gboolean accept_loss;
  char *replace;
} SrJobOrder;

/* How it came out. */
typedef struct
{
  GError *error;
  SrBackupPhase failed_phase;
  const char *advice;
  SrBackupKind backup_kind;
  SrBackupRule rule;
  SrSessionState session_state;
  SrBackupSet *set;
  SrSessionRecord record;
  SrBackupCounts counts;
  GPtrArray *problems;
  SrRestoreOutcome *outcome; /* its entry is its own */
} SrJobResult;

void sr_restore_outcome_free (SrRestoreOutcome *outcome);

void sr_job_result_free (SrJobResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJobResult, sr_job_result_free)

typedef void (*SrJobEnded) (SrJob   *job,
                            gpointer user_data);

/* What properties show, once as it is shown and once as the job's thread has it. */
typedef struct
{
  SrJobState state;
  SrBackupPhase phase;
  guint file_index;
  guint n_files;
  double fraction;
  guint64 bytes;
  guint64 total;
  char *file;
  SrSessionState session_state;
  char *last_call;
  gint64 last_call_at;
  gint64 last_ping_at;
  SrRestoreTravel travel; /* of a restore */
  gboolean can_cancel;
} SrJobFacts;

struct _SrJob
{
  GObject parent_instance;

  SrJobKind kind;
  SrAuthority *authority;
  SrRestore *restore;
  SrRestoreLeft *left;
  GListStore *stages; /* of a restore, else NULL */
  SrJobOrder order;
  char *title;
  GCancellable *cancellable;
  GMainContext *context;
  SrFlush flush;
  SrJobEnded ended;
  gpointer ended_data;

  /* Shown; on the main context only. */
  SrJobFacts shown;
  char *phase_words;
  double rate;
  gint64 time_left;
  SrBackupSet *set;
  SrJobResult *result;
  gint64 begun_at; /* these two by the clock that is never set */
  gint64 ended_at;
  gint64 begun_time; /* and these by that of the wall */
  gint64 ended_time;
  GPtrArray *trace; /* SrJobStep */
  gint64 sample_at;
  guint64 sample_bytes;
  double sample_fraction;
  double speed;

  /* Coming; under the mutex of @flush. */
  SrJobFacts coming;
  SrProgress progress;
  GPtrArray *coming_trace; /* what @trace does not have yet */
  GHashTable *traced;      /* calls of @traced_phase that are in one of them */
  SrBackupPhase traced_phase;
  gint64 traced_at;
  SrJobResult *coming_result;
};

enum
{
  SR_JOB_PROP_0,
  SR_JOB_PROP_KIND,
  SR_JOB_PROP_TITLE,
  SR_JOB_PROP_CONFIG,
  SR_JOB_PROP_STATE,
  SR_JOB_PROP_PHASE,
  SR_JOB_PROP_PHASE_WORDS,
  SR_JOB_PROP_FRACTION,
  SR_JOB_PROP_BYTES,
  SR_JOB_PROP_TOTAL,
  SR_JOB_PROP_RATE,
  SR_JOB_PROP_TIME_LEFT,
  SR_JOB_PROP_FILE,
  SR_JOB_PROP_SESSION_STATE,
  SR_JOB_PROP_LAST_CALL,
  SR_JOB_PROP_LAST_CALL_AT,
  SR_JOB_PROP_LAST_PING_AT,
  SR_JOB_PROP_ERROR,
  SR_JOB_PROP_SET,
  SR_JOB_PROP_CAN_CANCEL,
  SR_JOB_PROP_RESTORE_PHASE,
  SR_JOB_N_PROPS
};

extern GParamSpec *sr_job_properties[];

void sr_job_facts_clear (SrJobFacts *facts);
void sr_job_flow_init (SrJob *self);

/* On the main thread, once: the job is about to run. FALSE when it was
 * cancelled in the queue; it has come to its end then. @ended
 * is called on the main context once its properties show the end. */
void sr_job_set_ended_func (SrJob     *self,
                            SrJobEnded ended,
                            gpointer   user_data);
gboolean sr_job_begin (SrJob *self);

const SrJobOrder *sr_job_get_order (SrJob *self);

/* On the job's thread, once: reads what says where and how to sign in, and
 * lets go of the password. Sets the codes of sr_authority_make_target(). */
SrDcomTarget *sr_job_take_target (SrJob   *self,
                                  GError **error);
GCancellable *sr_job_get_cancellable (SrJob *self);

/* From any thread. */
void sr_job_report (SrJob                  *self,
                    const SrBackupProgress *progress);
void sr_job_report_restore (SrJob                   *self,
                            const SrRestoreProgress *progress);
void sr_job_report_end (SrJob       *self,
                        SrJobResult *result);

/* The work itself, on the job's thread; ends with sr_job_report_end(). */
void sr_job_run (SrJob *self);
void sr_job_run_restore (SrJob       *job,
                         SrJobResult *result);

/* The restore that the job has is nobody's any more. */
void sr_job_give_back_restore (SrJob *self);

const char *sr_job_get_restore_advice (SrJob        *self,
                                       const GError *error);

char *sr_job_describe (SrJobKind     kind,
                       SrJobState    state,
                       SrBackupPhase phase,
                       guint         file_index,
                       guint         n_files);
char *sr_job_describe_restore (SrJobState             state,
                               const SrRestoreTravel *travel);

G_END_DECLS
