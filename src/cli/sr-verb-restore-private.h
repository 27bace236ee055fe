/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-private.h"

#include "worker/sr-job-restore.h"
#include "worker/sr-worker.h"

G_BEGIN_DECLS

/* What the restore verbs work with. */
typedef struct
{
  SrCli *cli;
  SrAuthority *authority;
  SrRepository *repository;
  SrSecret *password;
  SrWorker *worker;
  SrCliLoop *loop;
  SrJob *job; /* the one that ran last */
} SrRestoreVerb;

/* Runs a job to its end, with progress; FALSE with its error. */
gboolean sr_restore_verb_run (SrRestoreVerb             *self,
                              SrJobKind                  kind,
                              const SrRestoreJobOptions *options,
                              gboolean                   show_progress,
                              GError                   **error);

/* What all of them tell; null or empty where there is nothing. */
#define SR_RESTORE_OUTCOME_MEMBERS \
  { "state", "string?", "of the CA: as-before, stopped, half, suspended, ready, recovery-failed, restored, foreign or unknown; null before anything was begun" }, \
  { "state_words", "string?", "the same in words, what was set aside where, and what to do" }, \
  { "step", "string?", "how far the restore came, as its journal has it" }, \
  { "aside_folder", "string?", "folder on the host with the CA’s own files" }, \
  { "undone_folder", "string?", "folder on the host with the restore’s files, after it was put back" }, \
  { "offers[]", "string", "what can be done now: continue, put-back, leave" }, \
  { "put_back", "boolean", "whether a restore that failed was put back at once" }, \
  { "full_backup_due", "boolean", "whether the CA needs a new full backup" }, \
  { "warning", "string?", "what did not go well and changes nothing" }

/* @outcome may be NULL. */
void sr_restore_verb_add_outcome (JsonObject             *object,
                                  const SrRestoreOutcome *outcome);

/* Continue, Put Back, Leave: sr-verb-restore-recover.c */
SrCliExit sr_restore_verb_recover (SrRestoreVerb  *self,
                                   SrRestoreAction action);

G_END_DECLS
