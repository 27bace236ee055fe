/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-backup-session-private.h"
#include "session/sr-session-read-private.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "store/sr-safe-name.h"

SrSetKind
sr_backup_session_set_kind (SrBackupSession *session)
{
  return session->kind == SR_BACKUP_FULL ? SR_SET_FULL : SR_SET_LOG_ONLY;
}

/* Keeps the rule that refuses the backup, and what to do about it. Always FALSE. */
static gboolean
refused (SrBackupSession *session,
         const GError    *refusal)
{
  session->rule = sr_backup_rule_from_error (refusal);
  session->advice = sr_backup_rule_advice (session->rule);
  return FALSE;
}

static void
add_words (GError     *error,
           const char *words)
{
  char *message = g_strdup_printf ("%s. %s", error->message, words);

  g_free (error->message);
  error->message = message;
}

/* What a log-only backup met at the CA and no set tells is noted beside the
 * sets. A note that cannot be written is told with the refusal. */
static gboolean
refused_at_ca (SrBackupSession *session,
               GError         **refusal)
{
  g_autoptr (GError) error = NULL;

  refused (session, *refusal);
  if (session->kind == SR_BACKUP_LOGS && !sr_backup_rule_record (session->rule, session->lock, *refusal, &error))
    add_words (*refusal, error->message);
  return FALSE;
}

static gboolean
choose (SrBackupSession *session,
        GError         **error)
{
  g_auto (SrBackupChoice) choice = { 0 };

  sr_backup_rules_choose (session->history, &session->facts, session->started, &choice);
  if (session->automatic)
    {
      session->kind = choice.kind == SR_SET_FULL ? SR_BACKUP_FULL : SR_BACKUP_LOGS;
      session->rule = choice.rule;
      return TRUE;
    }
  if (session->kind == SR_BACKUP_FULL || choice.logs_allowed)
    return TRUE;
  g_set_error_literal (error, SR_BACKUP_RULE_ERROR, (int) choice.rule, sr_backup_rule_words (choice.rule));
  return refused (session, *error);
}

/* A backup that the sets alone forbid does not trouble the CA. */
gboolean
sr_backup_session_load_history (SrBackupSession *session,
                                GError         **error)
{
  session->history = sr_history_load (session->repository, session->config, error);
  return session->history != NULL && choose (session, error);
}

gboolean
sr_backup_session_choose (SrBackupSession *session,
                          GError         **error)
{
  return choose (session, error);
}

/* Sets @value to nothing where the account may not ask, or the CA does not
 * tell: only what befell the connection (or a cancel) is an error. */
static gboolean
ask (SrBackupSession *session,
     const char      *entry,
     double           seconds,
     SrVariant       *value,
     GCancellable    *cancellable,
     GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  sr_backup_session_calling (session, "GetConfigEntry");
  if (sr_cert_admin_get_server_entry (session->admin, entry, value, sr_deadline_in (seconds), cancellable, &local_error)
      || (local_error->domain != SR_ERROR && local_error->domain != G_IO_ERROR))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
ask_last_full (SrBackupSession *session,
               double           seconds,
               guint64         *last_full,
               GCancellable    *cancellable,
               GError         **error)
{
  g_auto (SrVariant) value = { 0 };

  if (!ask (session, "DBLastFullBackup", seconds, &value, cancellable, error))
    return FALSE;
  if (value.type == SR_VT_ARRAY_UI1 && value.bytes != NULL && g_bytes_get_size (value.bytes) == sizeof *last_full)
    *last_full = sr_get_le64 (g_bytes_get_data (value.bytes, NULL));
  return TRUE;
}

gboolean
sr_backup_session_ask_facts (SrBackupSession *session,
                             GCancellable    *cancellable,
                             GError         **error)
{
  g_auto (SrVariant) flags = { 0 };

  if (!ask (session, "DBFlags", session->timeouts.call, &flags, cancellable, error)
      || !ask_last_full (session, session->timeouts.call, &session->facts.last_full, cancellable, error))
    return FALSE;
  if (flags.type == SR_VT_I4)
    session->facts.db_flags = (guint32) flags.number;
  return TRUE;
}

/* What the CA names as its last full backup now is this one, if it was another
 * before: by that a later one of another product is told (inference: when
 * CertSvc writes the entry, and whether for a copy too, is not documented). */
void
sr_backup_session_note_last_full (SrBackupSession *session)
{
  guint64 last_full = 0;

  if (session->kind == SR_BACKUP_FULL && session->state == SR_SESSION_ENDED
      && ask_last_full (session, SR_SESSION_COURTESY, &last_full, NULL, NULL)
      && last_full != session->facts.last_full)
    session->record.server_last_full = last_full;
}

void
sr_backup_session_note_refusal (SrBackupSession *session,
                                GError         **error)
{
  SrBackupRule rule = sr_backup_rule_from_error (*error);
  g_autofree char *words = NULL;

  if (session->kind != SR_BACKUP_LOGS || rule == SR_BACKUP_RULE_NONE)
    return;
  words = sr_backup_rule_dup_refusal (rule);
  add_words (*error, words);
  refused_at_ca (session, error);
}

gboolean
sr_backup_session_check_list (SrBackupSession *session,
                              GArray          *files,
                              GError         **error)
{
  g_autoptr (GArray) generations = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < files->len; i++)
    {
      const SrServerFile *file = &g_array_index (files, SrServerFile, i);
      /* By the name under which the set will have it. */
      g_autofree char *name = sr_safe_name_from_path (file->name);
      guint32 generation = file->role == SR_FILE_LOG ? sr_log_generation (name) : 0;

      if (generation != 0)
        g_array_append_val (generations, generation);
    }
  return sr_backup_rules_check_list (session->history, sr_backup_session_set_kind (session), generations, error)
         || refused_at_ca (session, error);
}

gboolean
sr_backup_session_check_logs (SrBackupSession *session,
                              GError         **error)
{
  return sr_backup_rules_check_logs (session->history, sr_backup_session_set_kind (session),
                                     sr_backup_set_writer_get_files (session->writer), error)
         || refused_at_ca (session, error);
}
