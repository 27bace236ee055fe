/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place.h"
#include "scripted-host.h"

#include "session/sr-restore-session.h"

G_BEGIN_DECLS

/* The CA of the sets. */
#define WORLD_CA "Practice Root CA"
#define WORLD_LOG_SETS 2

/* Made once: a full set, log-only sets, and a CA that went on behind them. */
typedef struct
{
  Place place;
  char *live; /* what the CA's folder held when it was stopped */
  char *certificate_sha1;
  GPtrArray *sets;
  char *authority; /* the CA's folder without its drives */
  GPtrArray *rows; /* of GPtrArray of SrPracticeRow: what it had at each set, and at last */
} WorldOrigin;

extern WorldOrigin world_origin;

/* A copy of it, with a scripted host. */
typedef struct
{
  Place place;
  char *host_folder;
  char *before; /* the live files */
} World;

void world_make_origin (void);
void world_drop_origin (void);
void world_set_up (World *world, gboolean running);
void world_tear_down (World *world);
SrBackupSet *world_find_set (World *world, guint index);

/* A plan whose checks were made; NULL with an error when one failed. */
SrRestorePlan *world_make_plan (World *world, SrCaHost *host, SrRestoreMode mode, SrBackupSet *set, GError **error);

/* Run a session under the CA's lock; the session, whatever came of it. */
SrRestoreSession *world_run_plan (World *world, SrCaHost *host, SrRestorePlan *plan, GCancellable *cancellable, GError **error);
SrRestoreSession *world_run_action (World *world, SrCaHost *host, const SrRestoreEntry *entry, SrRestoreAction action, gboolean accept_loss, GError **error);

/* The one journal that is there, or NULL. */
SrRestoreEntry *world_find_entry (World *world, gboolean settled);
/* Notes of restores beside the sets. */
guint world_count_events (World *world);

/* What must hold wherever a restore ended: one End for each Prepare, and the CA in a state that agrees with the host. */
void world_assert_consistent (World *world, SrRestoreCaState state);
/* Nothing of the restore but what it set aside is left on the host. */
void world_assert_no_copies (World *world);
void world_assert_restored (World *world, const SrRestoreOutcome *outcome);

G_END_DECLS
