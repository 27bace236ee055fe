/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-backup-session.h"
#include "session/sr-journal.h"
#include "store/sr-backup-set-writer.h"

G_BEGIN_DECLS

struct _SrBackupSession
{
  /* What is wanted. */
  SrDcomTarget *target;
  char *config;
  char *display_name;
  SrBackupKind kind;
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
};

/* The folder's own functions; sr-backup-session.c has the order of things,
 * sr-backup-session-read.c what happens between Prepare and publication. */

void sr_backup_session_tell (SrBackupSession *session);
gboolean sr_backup_session_enter (SrBackupSession *session, SrBackupPhase phase, GCancellable *cancellable, GError **error);
gint64 sr_backup_session_calling (SrBackupSession *session, const char *method);
void sr_backup_session_set_file (SrBackupSession *session, const char *file, guint index, guint n_files);
gboolean sr_backup_session_read_all (SrBackupSession *session, GCancellable *cancellable, GError **error);

G_END_DECLS
