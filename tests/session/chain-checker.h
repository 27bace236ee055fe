/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The lineages and chains of the one CA in a backup folder, found from the
 * JSON files on the disk without src/store: what it says is to be compared
 * with what src/store says. The rules, each told once, in words:
 *
 *  1. Sets and events stand in the order of their sequence numbers; no time does.
 *  2. A lineage begins with the first set; anew with an event that tells of a
 *     restore, of another stream or of a missing full backup; anew with a set
 *     one of whose logs differs from the log of the same generation, does not
 *     fit a neighbour, or has another signature; anew with a set whose newest
 *     log is older than the newest one of the lineage.
 *  3. Events with no set between them make one lineage, which is called after
 *     a restore if one of them is a restore, else after the first of them.
 *  4. A full set is complete if its logs are an unbroken run: each generation
 *     is there, and names the time at which the one before was made.
 *  5. A log-only set goes to the newest complete full set of the lineage if
 *     its logs go on unbroken from where that chain ends; otherwise it is loose.
 *  6. A complete full set that surely truncated and surely ended is a base.
 *  7. A log-only backup may be made if the lineage has a base, no circular
 *     logging was met behind it, and nothing shows a hole behind the newest
 *     complete full set: no gap that was met, no loose set that begins further on.
 */

typedef struct
{
  gint64 generation;
  char *sha256;
  char *created;
  char *previous; /* NULL where not told, as are created and signature */
  char *signature;
} CheckedLog;

typedef struct
{
  char *id;
  char *path;
  gint64 sequence;
  gboolean full;
  gboolean truncated; /* surely, as ended */
  gboolean ended;
  GPtrArray *logs;    /* of CheckedLog, by generation */
  GPtrArray *files;   /* paths in the set, of all that a restore takes */
} CheckedSet;

typedef struct
{
  gboolean complete;
  gboolean base;
  GPtrArray *sets;    /* of CheckedSet: the full one first */
  const CheckedLog *end;
} CheckedChain;

typedef struct
{
  const char *start;
  GPtrArray *sets;    /* of CheckedSet */
  GPtrArray *chains;  /* of CheckedChain */
  GPtrArray *loose;   /* of CheckedSet */
  gint64 last;        /* newest generation */
  gint64 circular;    /* sequence of the last such event, 0 for none */
  gint64 gap;
} CheckedLineage;

typedef struct
{
  GPtrArray *sets;     /* of CheckedSet, owned */
  GPtrArray *lineages; /* of CheckedLineage */
  gboolean logs_allowed;
} Checked;

Checked *chain_checker_run (const char *repository);
void checked_free (Checked *checked);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Checked, checked_free)

/* A line for each lineage, and one for rule 7. */
char *checked_to_text (Checked *checked);

/* Whether the set stands in a chain. */
gboolean checked_in_chain (Checked *checked, const char *id);

/* Links to the files of the chain's first @n_sets sets in @folder, as a restore takes them. */
void checked_chain_link (CheckedChain *chain, guint n_sets, const char *folder);

G_END_DECLS
