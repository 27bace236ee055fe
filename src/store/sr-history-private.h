/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-history.h"

G_BEGIN_DECLS

/* Logs by generation: sr-log-map.c. Files belong to their manifests, which must outlive the map. */
GHashTable *sr_log_map_new (void);
const SrSetFile *sr_log_map_get (GHashTable *map,
                                 guint32     generation);
void sr_log_map_add (GHashTable *map,
                     GPtrArray  *files);

/* Whether no log of @files contradicts the map: the same generation has the same bytes and time of creation,
 * neighbours name each other, and all have one signature. What is not known contradicts nothing. Otherwise
 * @contradicting is the first log that does. */
gboolean sr_log_map_agrees (GHashTable       *map,
                            GPtrArray        *files,
                            const SrSetFile **contradicting);

/* A log with a signature, which stands for all of them; NULL when none is known. */
const SrSetFile *sr_log_map_find_signed (GHashTable *map);

/* The highest generation that follows @from without a hole, each log naming the one before; 0 when not even @from is there. */
guint32 sr_log_map_run (GHashTable *map,
                        guint32     from);

/* Whether a full set of these files can be restored: it has logs, and they follow each other without a hole.
 * @low and @high are set where there is a log at all. */
gboolean sr_chain_can_begin (GPtrArray *files,
                             guint32   *low,
                             guint32   *high);

/* Whether a log-only set of these files continues the chain. */
gboolean sr_chain_takes (SrChain   *self,
                         GPtrArray *files);

/* Whether the header of one of its logs could be read. */
gboolean sr_chain_has_signature (SrChain *self);

/* A chain of one full set, whose session came out as @record says. */
SrChain *sr_chain_new (SrBackupSet           *full,
                       const SrSessionRecord *record);

/* Takes a log-only set of the same lineage in, if it continues the chain. While the history is made only. */
gboolean sr_chain_try_add (SrChain     *self,
                           SrBackupSet *set);

/* A lineage without sets; @event may be NULL. */
SrLineage *sr_lineage_new (guint                 number,
                           SrLineageStart        start,
                           const SrLineageEvent *event);

/* Whether the set goes on with the lineage; otherwise with what the next one begins. */
gboolean sr_lineage_is_continued_by (SrLineage      *self,
                                     SrBackupSet    *set,
                                     SrLineageStart *break_with);

/* Both while the history is made only. */
void sr_lineage_add_set (SrLineage             *self,
                         SrBackupSet           *set,
                         const SrSessionRecord *record);
void sr_lineage_add_event (SrLineage            *self,
                           const SrLineageEvent *event);
void sr_lineage_set_start (SrLineage            *self,
                           SrLineageStart        start,
                           const SrLineageEvent *event);

/* The logs of all its sets. */
GHashTable *sr_lineage_get_logs (SrLineage *self);

G_END_DECLS
