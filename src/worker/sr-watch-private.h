/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-monitor.h"
#include "worker/sr-restore-left.h"

G_BEGIN_DECLS

/* The sets of one CA. */
typedef struct
{
  GPtrArray *sets;          /* SrBackupSet, newest first */
  SrBackupSet *newest_full; /* one of @sets, or NULL */
  gint64 newest_heard;      /* when the CA was last heard in its session, by our clock */
  SrVerification verification; /* of @newest_full; at is 0 when there was none */
  guint64 total_size;
} SrAuthoritySets;

/* What a look at the disk found, for all CAs. */
typedef struct
{
  GHashTable *authorities; /* key of the config string -> SrAuthoritySets; NULL when the sets could not be seen */
  GHashTable *histories;   /* the same key -> SrHistory, of every CA that has a folder */
  GPtrArray *unreadable;   /* SrUnreadableSet */
  GPtrArray *open;         /* SrJournalListed without a living owner */
  GPtrArray *restores;     /* SrRestoreLeft, settled ones too; NULL when they could not be seen */
  GPtrArray *held;         /* SrHeldLock of other processes */
  GPtrArray *replaced;     /* SrBackupSet and SrHistory that watches showed before: to be freed with the rest */
  char *repository;        /* path, or NULL where none was chosen yet */
  GError *error;
} SrDiskLook;

/* With a thousand sets that takes its time: on a thread. */
void sr_disk_look_free (SrDiskLook *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDiskLook, sr_disk_look_free)

/* Looks at the backup folder and the journal; on a thread. */
SrDiskLook *sr_disk_look_new (const char *journal_folder);

/* What a CA said. */
typedef struct
{
  gint64 asked_at;        /* microseconds since 1970 UTC, before the first call */
  gint64 interface_flags; /* -1: not told */
  gint64 db_flags;
  gboolean last_full_told;
  gint64 last_full; /* 0: never, or not told */
  guint64 last_full_filetime; /* the same as it came */
  gint64 last_incremental;
  GError *error; /* why it could not be asked */
} SrServerLook;

void sr_server_look_free (SrServerLook *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrServerLook, sr_server_look_free)

/* Asks the CA; on a thread, so @authority is the thread's own. Never NULL. */
SrServerLook *sr_server_look_new (SrAuthority  *authority,
                                  SrSecret     *password,
                                  GCancellable *cancellable);

SrWatch *sr_watch_new (SrAuthority *authority);

/* Takes over what concerns the CA. */
void sr_watch_take_disk (SrWatch    *self,
                         SrDiskLook *look);
void sr_watch_take_server (SrWatch      *self,
                           SrServerLook *look);
/* The account was not let in, as something else than a poll has found. */
void sr_watch_take_refusal (SrWatch      *self,
                            const GError *error);
void sr_watch_set_job (SrWatch *self,
                       SrJob   *job);

/* The poll timer's state, which the monitor keeps here. */
typedef struct
{
  guint timer;
  guint seconds;
  GCancellable *cancellable;
  gboolean due; /* put off because of a restore */
} SrWatchPoll;

/* Whether a restore of the CA is not over, whoever is at it: reaching the CA
 * would start its service. What is not known yet counts as none. */
gboolean sr_watch_is_restoring (SrWatch *self);
void sr_watch_set_restore_job (SrWatch *self,
                               SrJob   *job);
/* Whether the disk was ever looked at. */
gboolean sr_watch_get_disk_known (SrWatch *self);

SrWatchPoll *sr_watch_get_poll (SrWatch *self);

G_END_DECLS
