/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-restore-calls.h"
#include "session/sr-restore-plan-private.h"
#include "session/sr-restore-session.h"

G_BEGIN_DECLS

struct _SrRestoreSession
{
  /* What is wanted. */
  SrRestorePlan *plan; /* NULL for a recovery */
  SrRestoreAction action;
  gboolean accept_loss;
  char *replace;
  SrRepository *repository;
  SrLock *lock;
  SrCaHost *host;
  SrRestoreTimeouts timeouts;
  SrRestoreProgressFunc tell;
  SrRestoreCheckFunc tell_check;
  gpointer user_data;

  /* What is there. */
  gboolean ran;
  SrRestoreEntry *entry;
  GPtrArray *files;       /* of SrRestoreFile; NULL while not needed */
  SrRestoreCalls *calls;  /* while the session is open here */
  SrRestoreProgress progress;
  char *file;
  double from;            /* the part of the whole that the phase at hand is */
  double to;

  /* What came of it. */
  SrRestoreOutcome outcome;
};

/* sr-restore-session.c: progress and the journal */
void sr_restore_session_phase (SrRestoreSession *session, SrRestorePhase phase, double from, double to, gboolean can_cancel);
void sr_restore_session_set_file (SrRestoreSession *session, const char *path, guint index, guint n_files);
void sr_restore_session_moved (guint64 bytes, gpointer session);
gboolean sr_restore_session_save (SrRestoreSession *session, SrRestoreStep step, GError **error);
void sr_restore_session_warn (SrRestoreSession *session, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean sr_restore_session_start_services (SrRestoreSession *session, GError **error);
/* Notes the restore beside the sets, once. */
gboolean sr_restore_session_record (SrRestoreSession *session, const char *detail, GError **error);
/* CertSrvRestoreEnd, once for each successful Prepare; in memory, for the next save. */
void sr_restore_session_end (SrRestoreSession *session);

/* sr-restore-look.c: what came of it, in sentences */
char *sr_restore_outcome_words (const SrRestoreOutcome *outcome);

/* sr-restore-steps.c: from where the journal is to the restored CA */
gboolean sr_restore_session_go_on (SrRestoreSession *session, GCancellable *cancellable, GError **error);

/* sr-restore-undo.c: from where the journal is back to the CA as it was */
gboolean sr_restore_session_undo (SrRestoreSession *session, GError **error);

G_END_DECLS
