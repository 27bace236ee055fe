/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-store-error.h"

G_BEGIN_DECLS

/**
 * SrLockHolder:
 * @program: what holds the lock, such as "strongroomctl"
 * @user: who started it
 * @host: on which machine
 * @pid: its process id on that machine
 * @since: since when, microseconds since 1970 UTC
 *
 * Who holds a lock, as written by the holder itself.
 */
typedef struct
{
  char *program;
  char *user;
  char *host;
  gint64 pid;
  gint64 since;
} SrLockHolder;

/**
 * sr_lock_holder_copy:
 * @holder: a holder
 *
 * Returns: (transfer full): a copy
 */
SrLockHolder *sr_lock_holder_copy (const SrLockHolder *holder);

/**
 * sr_lock_holder_free:
 * @holder: (transfer full): a holder
 */
void sr_lock_holder_free (SrLockHolder *holder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLockHolder, sr_lock_holder_free)

/**
 * SrLockMode:
 * @SR_LOCK_SHARED: several may hold it, so long as nobody holds it exclusively
 * @SR_LOCK_EXCLUSIVE: one holder
 */
typedef enum
{
  SR_LOCK_SHARED,
  SR_LOCK_EXCLUSIVE,
} SrLockMode;

/**
 * SrLock:
 *
 * A lock on a backup folder, or on one CA in it. Locks hold between processes
 * and between jobs of one process (open file description locks, one open file
 * each). The lock of a holder that crashed is free at once.
 */
typedef struct _SrLock SrLock;

/**
 * sr_lock_release:
 * @lock: (transfer full): a lock
 */
void sr_lock_release (SrLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLock, sr_lock_release)

/**
 * sr_lock_get_config:
 * @lock: a lock
 *
 * Returns: (nullable) (transfer none): the config string of the CA that is locked; %NULL for a whole backup folder
 */
const char *sr_lock_get_config (SrLock *lock);

/**
 * sr_lock_get_mode:
 * @lock: a lock
 *
 * Returns: how it is held
 */
SrLockMode sr_lock_get_mode (SrLock *lock);

G_END_DECLS
