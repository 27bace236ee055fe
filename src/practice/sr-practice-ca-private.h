/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-backup.h"
#include "practice/sr-practice-database.h"
#include "practice/sr-practice-drives.h"
#include "practice/sr-practice-signer.h"

#include <gnutls/crypto.h>

G_BEGIN_DECLS

/* A file of the open backup. */
typedef struct
{
  char *unc;
  char *name;
  char *path;
  gboolean is_log;
  gboolean done; /* was read to its end, and closed */
} SrPracticeFile;

/* The open backup. */
typedef struct
{
  gboolean open;
  gboolean full;
  gboolean logs_listed;
  gboolean truncated;
  guint64 object;
  char *principal;
  gint64 prepared; /* Unix time in microseconds */
  SrPracticeBackupMark mark;
  guint32 delete_below; /* logs that truncation removes */
  GPtrArray *files; /* of SrPracticeFile: the database first, logs once listed */

  SrPracticeFile *current; /* the file that is open */
  guint64 size;
  guint64 offset;
  int fd; /* of a log */
  gnutls_hash_hd_t hash;
} SrPracticeBackup;

struct _SrPracticeCa
{
  GObject parent_instance;

  GMutex issue_lock; /* the signer, and that request ids follow each other; taken before lock */
  GMutex lock; /* all that follows */
  char *folder;
  char *log_folder;
  char *enroll_folder;
  char *host;
  char *database_name;
  int lock_fd;
  gboolean shared_session;
  gboolean survives_rundown;
  gboolean registered;
  SrHresult exit_code; /* with which the service stopped by itself, S_OK otherwise */
  guint steps_to_live; /* of a recovery (tests), 0 for ever */
  SrPracticeSigner *signer;
  SrPracticeDatabase *database;
  SrPracticeConfig *config;
  SrPracticeRoles *roles;
  SrPracticeLedger *ledger;
  SrPracticeBackup backup;
};

/* What a call needs. */
typedef enum
{
  SR_PRACTICE_NEED_NOTHING,
  SR_PRACTICE_NEED_READ,
  SR_PRACTICE_NEED_ADMINISTRATOR,
  SR_PRACTICE_NEED_CONTROL, /* administrator or operator */
  SR_PRACTICE_NEED_BACKUP, /* operator, and that remote backup is allowed */
} SrPracticeNeed;

/* The checks that all methods share. The lock is held. */
SrHresult sr_practice_ca_admit (SrPracticeCa           *ca,
                                const SrPracticeCaller *caller,
                                SrPracticeNeed          need);

/* Notes a refusal, and returns its answer. The lock is held. */
SrHresult sr_practice_ca_refuse (SrPracticeCa  *ca,
                                 SrPracticeRule rule);

/* An error that is no rule: logged, E_FAIL. */
SrHresult sr_practice_ca_fail (SrPracticeCa *ca,
                               const char   *what,
                               const GError *error);

/* Writes the ledger; a failure is logged. The lock is held. */
void sr_practice_ca_save_ledger (SrPracticeCa *ca);

/* Notes in the configuration that a backup counts. The lock is held. */
void sr_practice_ca_set_last_backup (SrPracticeCa *ca,
                                     gboolean      full);

/* Ends the open backup. The lock is held. */
void sr_practice_backup_finish (SrPracticeCa     *ca,
                                SrPracticeOutcome outcome);

/* Both locks are held. Stopping loses an open backup. */
gboolean sr_practice_ca_stop (SrPracticeCa *ca,
                              GError      **error);
gboolean sr_practice_ca_start (SrPracticeCa *ca,
                               GError      **error);

/* Path of the CRL in the enroll folder. */
char *sr_practice_ca_get_crl_name (SrPracticeCa *ca);

guint64 sr_practice_now (void);

/* Locks a CA's folder for this process; -1 and G_IO_ERROR_BUSY when another one has it. */
int sr_practice_ca_lock_folder (const char *folder,
                                gboolean    create,
                                GError    **error);

G_END_DECLS
