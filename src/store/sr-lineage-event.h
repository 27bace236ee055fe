/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-guid.h"
#include "base/sr-hresult.h"
#include "store/sr-lock.h"
#include "store/sr-repository.h"

G_BEGIN_DECLS

/**
 * SrLineageEventKind:
 * @SR_LINEAGE_EVENT_RESTORE: the CA was restored, by this program
 * @SR_LINEAGE_EVENT_FULL_MISSING: the CA answered -560 to a log-only backup where a full one should have been known to it
 * @SR_LINEAGE_EVENT_OTHER_LOGS: the CA offered logs that contradict the sets
 * @SR_LINEAGE_EVENT_CIRCULAR_LOGGING: the CA answered -526 to a log-only backup
 * @SR_LINEAGE_EVENT_GAP: the CA's first log lay beyond the last one of the sets, or some were missing between
 * @SR_LINEAGE_EVENT_UNKNOWN: a note that cannot be understood: it is damaged, or a newer version wrote it
 *
 * What happened to a CA's stream of logs and left no set behind that tells it.
 */
typedef enum
{
  SR_LINEAGE_EVENT_RESTORE,
  SR_LINEAGE_EVENT_FULL_MISSING,
  SR_LINEAGE_EVENT_OTHER_LOGS,
  SR_LINEAGE_EVENT_CIRCULAR_LOGGING,
  SR_LINEAGE_EVENT_GAP,
  SR_LINEAGE_EVENT_UNKNOWN,
} SrLineageEventKind;

/**
 * SrLineageEvent:
 * @id: its own id
 * @sequence: its place among the CA's sets and events; they count together
 * @kind: what happened
 * @config: config string of the CA
 * @when: by our clock, microseconds since 1970 UTC; 0 when not known
 * @answer: the CA's HRESULT, 0 for none
 * @set: (nullable): of a restore: id of the newest set that was restored
 * @detail: (nullable): more in words
 *
 * An event, as its file in the CA's folder tells it.
 */
typedef struct
{
  SrGuid id;
  gint64 sequence;
  SrLineageEventKind kind;
  char *config;
  gint64 when;
  SrHresult answer;
  char *set;
  char *detail;
} SrLineageEvent;

void sr_lineage_event_free (SrLineageEvent *event);
SrLineageEvent *sr_lineage_event_copy (const SrLineageEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLineageEvent, sr_lineage_event_free)

/**
 * sr_lineage_event_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): the word in files and JSON, such as "restore"
 */
const char *sr_lineage_event_kind_to_string (SrLineageEventKind kind);

/**
 * sr_lineage_event_record:
 * @lock: the CA's exclusive lock
 * @event: what happened; id, sequence and config are set here, @when if it is 0
 * @error: where to put an error
 *
 * Writes an event beside the CA's sets, behind all that is there.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_lineage_event_record (SrLock         *lock,
                                  SrLineageEvent *event,
                                  GError        **error);

/**
 * sr_lineage_event_list:
 * @repository: a backup folder
 * @config: a CA, config string
 * @error: where to put an error
 *
 * Returns: (transfer container) (element-type SrLineageEvent): its events by sequence, or %NULL with %SR_STORE_ERROR
 */
GPtrArray *sr_lineage_event_list (SrRepository *repository,
                                  const char   *config,
                                  GError      **error);

G_END_DECLS
