/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-backup-session.h"
#include "session/sr-journal.h"
#include "session/sr-session-recovery.h"
#include "store/sr-staging.h"

G_BEGIN_DECLS

/* Where a test's sessions write: a backup folder and a journal of its own. */
typedef struct
{
  char *base;
  char *journal;
  SrRepository *repository;
  char *config;
} Place;

void place_set_up (Place *place, const char *config);
void place_tear_down (Place *place);

/* The same place in another process. */
void place_open (Place *place, const char *base, const char *config);
void place_close (Place *place);

/* The options of a session there; target and the rest are the test's. */
SrBackupOptions place_options (Place *place, SrDcomTarget *target, SrLock *lock);
SrLock *place_lock (Place *place);

/* What must hold after every session that left nothing open. */
void place_assert_clean (Place *place, guint n_sets);
void place_assert_set_good (SrBackupSet *set);
guint place_count_journal (Place *place);
guint place_count_staging (Place *place);
guint place_count_sets (Place *place);

/* Runs a session with @options under the CA's lock. */
SrBackupSession *place_run (Place *place, const SrBackupOptions *options, GCancellable *cancellable, GError **error);

/* Recovers with @target, or without a sign-in when it is NULL. */
GPtrArray *place_recover (Place *place, SrDcomTarget *target);

G_END_DECLS
