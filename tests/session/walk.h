/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chain-checker.h"
#include "place.h"
#include "served-ca.h"

G_BEGIN_DECLS

/* A practice CA that lives, is backed up, and is treated badly by other tools
 * and by us. After each step the history that src/store tells is compared with
 * that of a checker which shares no code with it, and every new complete chain
 * is replayed: it must give the rows that the CA had.
 *
 * Two clocks are in this process, one of ours and one of the CA's. They take
 * the place of GLib's for all that is linked here, tick with every look, and jump. */

/* What a set was made from. */
typedef struct
{
  char *digest; /* of the CA's rows */
  guint epoch;  /* how often the CA was restored before */
  guint order;  /* among all sets */
} Origin;

/* What a restore went back to. */
typedef struct
{
  guint epoch;
  guint order;
  gboolean by_us; /* and noted in the backup folder */
} Restored;

#define WALK_N_STEPS 17

typedef struct
{
  guint steps;
  guint done[WALK_N_STEPS];    /* by kind, those that did something */
  guint without[WALK_N_STEPS]; /* those for which there was nothing to do, or that were refused */
  guint sets;
  guint refused;               /* log-only backups */
  guint unknown;               /* sessions killed between TruncateLogs and the note of it */
  guint lineages;
  guint replayed;
  guint joined;                /* of these, that go on over a foreign restore of what they are made of */
  guint disagreements;
} Figures;

typedef struct
{
  ServedCa served;
  Place place;
  Place elsewhere;      /* of another client of the CA, which we know nothing of */
  GHashTable *origins;  /* id of a set -> Origin */
  GHashTable *replayed; /* ids of a chain's sets, in one string */
  guint epoch;
  GArray *restored;     /* of Restored: how each epoch but the first began */
  char *digest_at_kill; /* NULL when nothing is to be recovered */
  guint epoch_at_kill;
  gboolean circular;
  Checked *checked;     /* after the last step */
  const char *last;     /* what the last step was */
  Figures *figures;
} Walk;

/* Begins with a few certificates and no set; @switches are served_ca_start()'s. */
void walk_start (Walk *walk, guint switches, Figures *figures);
void walk_end (Walk *walk);

/* Asks the store and the checker, compares what they say, and replays what is new. */
void walk_check (Walk *walk);

/* Ends the journal's sessions, as the next start of the program does. */
void walk_recover (Walk *walk);

char *walk_digest (Walk *walk);
void walk_note_origin (Walk *walk, const char *id, const char *digest, guint epoch);

/* Restores the chain's first @n_sets sets; @by_us tells whether it will be noted. */
void walk_restore (Walk *walk, CheckedChain *chain, guint n_sets, gboolean by_us);

/* From 0 to @below, which it is not, by the test's seed. */
int walk_random (int below);

/* Whether this thread looks at our clock: none but the first does, and that
 * not while it does what the CA does. */
void walk_be_the_ca (gboolean be);
void walk_stop_clock (gboolean stop); /* the CA's */
void walk_jump_clock (gboolean ours, gint64 by);

/* The steps, in walk-steps.c. */
typedef struct
{
  const char *name;
  int weight;
  gboolean (*func) (Walk *walk); /* whether it did something */
} WalkStep;

extern const WalkStep walk_steps[WALK_N_STEPS];

G_END_DECLS
