/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-backup-session.h"
#include "session/sr-journal.h"
#include "store/sr-backup-set-writer.h"

G_BEGIN_DECLS

/* Seconds for calls that are courtesies, or whose answer is good to have. */
#define SR_SESSION_COURTESY 10.0

struct _SrBackupSession
{
  /* What is wanted. */
  SrDcomTarget *target;
  char *config;
  char *display_name;
  SrBackupKind kind; /* with @automatic only once the rules have chosen */
  gboolean automatic;
  SrRepository *repository;
  SrLock *lock;
  gboolean keep_logs;
  gboolean no_verify;
  guint32 read_size;
  SrBackupTimeouts timeouts;
  char *journal_folder;
  SrBackupProgressFunc tell;
  gpointer user_data;

  /* What is there. */
  gboolean ran;
  gint64 started;
  SrHistory *history;
  SrAuthorityFacts facts;
  SrCertAdmin *admin;
  SrJournal *journal;
  SrBackupSetWriter *writer;
  gboolean file_open;
  SrSessionState state;
  SrBackupProgress progress;
  char *file;

  /* What came of it. */
  SrBackupSet *set;
  SrSessionRecord record;
  SrBackupCounts counts;
  SrBackupPhase failed_phase;
  const char *advice;
  SrBackupRule rule;
};

/* The folder's own functions; sr-backup-session.c has the order of things,
 * sr-backup-session-read.c what happens between Prepare and publication,
 * sr-backup-session-rules.c what the rules are asked. */

void sr_backup_session_tell (SrBackupSession *session);
gboolean sr_backup_session_enter (SrBackupSession *session, SrBackupPhase phase, GCancellable *cancellable, GError **error);
gint64 sr_backup_session_calling (SrBackupSession *session, const char *method);
void sr_backup_session_set_file (SrBackupSession *session, const char *file, guint index, guint n_files);
SrSetKind sr_backup_session_set_kind (SrBackupSession *session);
gboolean sr_backup_session_load_history (SrBackupSession *session, GError **error);
gboolean sr_backup_session_ask_facts (SrBackupSession *session, GCancellable *cancellable, GError **error);
gboolean sr_backup_session_choose (SrBackupSession *session, GError **error);
gboolean sr_backup_session_check_list (SrBackupSession *session, GArray *files, GError **error);
gboolean sr_backup_session_check_logs (SrBackupSession *session, GError **error);
void sr_backup_session_note_refusal (SrBackupSession *session, GError **error);
void sr_backup_session_note_last_full (SrBackupSession *session);
gboolean sr_backup_session_read_all (SrBackupSession *session, GCancellable *cancellable, GError **error);

G_END_DECLS
