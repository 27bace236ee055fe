/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/sr-ca-host.h"
#include "session/sr-restore-in-progress.h"
#include "store/sr-backup-set.h"
#include "store/sr-restore-journal.h"

G_BEGIN_DECLS

#define SR_CERTSVC "CertSvc"

/* ---- paths of the host: sr-restore-names.c ---- */

/* "\\HOST\C$\Windows" or "C:\Windows\" -> "C:\Windows"; NULL for what is no path on a drive. The host's part is never used. */
char *sr_restore_path_parse (const char *path);
/* "C:\Windows" -> "\\HOST\C$\Windows" */
char *sr_restore_path_to_unc (const char *path, const char *host);
char *sr_restore_path_join (const char *folder, const char *name);
char *sr_restore_path_dirname (const char *path);
const char *sr_restore_path_basename (const char *path);
/* Case does not count. */
gboolean sr_restore_path_equal (const char *a, const char *b);

/* The work folder in one of the CA's folders, and what is in it. */
#define SR_WORK_BEFORE "Before" /* the CA's own files */
#define SR_WORK_NEW "New"       /* the set's database, until it gets its place */
#define SR_WORK_LOGS "Logs"     /* the logs of the sets */
#define SR_WORK_UNDONE "Undone" /* the restore's files after a Put Back */
char *sr_restore_work_folder (const SrRestoreEntry *entry, const char *ca_folder);
char *sr_restore_work_path (const SrRestoreEntry *entry, const char *ca_folder, const char *part);

/* The CA's folders without repetition: of the database, the logs, the checkpoint. */
char **sr_restore_ca_folders (const SrRestoreEntry *entry);
/* Where BackupLogDirectory lies. */
char *sr_restore_log_directory (const SrRestoreEntry *entry);

/* What is registered, but for the range of logs, which grows set by set. */
SrRestoreInProgress *sr_restore_registration_new (const SrRestoreEntry *entry);
/* Whether the key is that of @entry. One that tells nothing is, if @entry has begun to write it. */
gboolean sr_restore_key_is_own (const SrRestoreInProgress *key, const SrRestoreEntry *entry);

/* ---- files of the sets: sr-restore-files.c ---- */

/* A file of a set, and where it is copied to. */
typedef struct
{
  SrBackupSet *set;
  const SrSetFile *file;
  char *name; /* on the host */
  char *to;   /* NULL until the host's folders are known */
} SrRestoreFile;

/* The database of the full set, then every log once, by generation. Sets SR_STORE_ERROR_MISMATCH, SR_ERROR_UNSUPPORTED. */
GPtrArray *sr_restore_files_list (GPtrArray *sets, GError **error);
void sr_restore_files_place (GPtrArray *files, const SrRestoreEntry *entry);

/* ---- the CA's files: sr-restore-live.c ---- */

typedef struct
{
  char *folder;
  char *name;
  guint64 size;
  gint64 modified;
  gboolean is_log; /* a transaction log, the current one too */
} SrLiveFile;

/* Files of the CA's engine in its folders: database, logs, checkpoint, reserved logs. Nothing else is ever touched. */
GPtrArray *sr_restore_list_live (const SrRestoreEntry *entry, SrCaHost *host, GCancellable *cancellable, GError **error);

/* What is set aside in @mode: fills entry->aside. */
void sr_restore_plan_moves (SrRestoreEntry *entry, GPtrArray *live);

typedef struct
{
  gboolean continues; /* the live logs go on from the sets' last one to the current one */
  gboolean unsure;    /* a log could not be read, as it is in use: to be looked at again when the service is stopped */
  guint beyond;       /* logs behind the sets' last one */
  char *why_not;      /* a sentence, when neither */
} SrLiveLogs;
void sr_live_logs_clear (SrLiveLogs *logs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrLiveLogs, sr_live_logs_clear)

/* Whether the live logs continue the chain. FALSE with an error only when the host failed. */
gboolean sr_restore_judge_live_logs (GPtrArray *files, GPtrArray *live, gboolean running, SrCaHost *host,
                                     SrLiveLogs *logs, GCancellable *cancellable, GError **error);

/* ---- copying: sr-restore-copy.c ---- */

/* Behind the name of a copy that is not complete. */
#define SR_COPY_PART ".part"

/* Told of pieces that were moved. */
typedef void (*SrCopyFunc) (guint64 bytes, gpointer user_data);

/* Looks for a file or folder; @size may be NULL. What is not there is no error: @found is FALSE. */
gboolean sr_restore_find (SrCaHost *host, const char *path, gboolean *found, guint64 *size, GCancellable *cancellable, GError **error);
/* Makes a folder and those above it that are below @root, which exists. */
gboolean sr_restore_make_folders (SrCaHost *host, const char *root, const char *path, GCancellable *cancellable, GError **error);
/* Copies a set's file to the host and reads it back; one that is there already and is the same is left. */
gboolean sr_restore_copy_in (SrCaHost *host, const SrRestoreFile *file, SrCopyFunc func, gpointer user_data, GCancellable *cancellable, GError **error);
/* Copies a file of the host to another place there, and reads the copy back. */
gboolean sr_restore_copy_aside (SrCaHost *host, const SrRestoreMove *move, SrCopyFunc func, gpointer user_data, GCancellable *cancellable, GError **error);
/* Removes a file or empty folder; what is not there is no error. */
gboolean sr_restore_remove (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error);
/* Removes the files in a folder of ours, and the folder. */
gboolean sr_restore_remove_folder (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
