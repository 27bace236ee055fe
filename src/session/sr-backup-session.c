/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-backup-session-private.h"
#include "session/sr-session-end-private.h"
#include "session/sr-session-story-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* CR_PROP_CASIGCERT, an indexed property, and PROPTYPE_BINARY (MS-WCCE 3.2.1.4.3.2). */
#define CASIGCERT 0x0c
#define PROPTYPE_BINARY 3

/* A CA has one certificate for each time it was renewed. */
#define MAX_CERTIFICATES 64

static void
default_timeout (double *value,
                 double  seconds)
{
  if (*value <= 0)
    *value = seconds;
}

SrBackupSession *
sr_backup_session_new (const SrBackupOptions *options)
{
  SrBackupSession *session = g_new0 (SrBackupSession, 1);

  session->target = sr_dcom_target_ref (options->target);
  session->config = g_strdup (options->config);
  session->display_name = g_strdup (options->display_name);
  session->kind = options->kind;
  session->automatic = options->automatic;
  session->facts = SR_AUTHORITY_FACTS_UNKNOWN;
  session->repository = g_object_ref (options->repository);
  session->lock = options->lock;
  session->no_verify = options->no_verify;
  session->keep_logs = options->keep_logs || options->no_verify;
  session->record.truncated = session->keep_logs ? SR_TRUNCATION_KEPT : SR_TRUNCATION_NO;
  session->read_size = options->read_size != 0 ? options->read_size : SR_SESSION_READ_SIZE;
  session->timeouts = options->timeouts;
  default_timeout (&session->timeouts.connect, 30);
  default_timeout (&session->timeouts.call, 120);
  default_timeout (&session->timeouts.truncate, 600);
  default_timeout (&session->timeouts.end, 60);
  default_timeout (&session->timeouts.settle, 3);
  session->journal_folder = g_strdup (options->journal_folder);
  session->tell = options->progress;
  session->user_data = options->user_data;
  return session;
}

void
sr_backup_session_free (SrBackupSession *session)
{
  g_clear_pointer (&session->writer, sr_backup_set_writer_free);
  g_clear_pointer (&session->journal, sr_journal_close);
  g_clear_pointer (&session->admin, sr_cert_admin_free);
  g_clear_object (&session->set);
  g_clear_object (&session->history);
  g_clear_object (&session->repository);
  sr_session_record_clear (&session->record);
  sr_dcom_target_unref (session->target);
  g_free (session->config);
  g_free (session->display_name);
  g_free (session->journal_folder);
  g_free (session->file);
  g_free (session);
}

SrBackupSet *
sr_backup_session_get_set (SrBackupSession *session)
{
  return session->set;
}

const SrSessionRecord *
sr_backup_session_get_record (SrBackupSession *session)
{
  return &session->record;
}

SrSessionState
sr_backup_session_get_state (SrBackupSession *session)
{
  return session->state;
}

SrBackupPhase
sr_backup_session_get_failed_phase (SrBackupSession *session)
{
  return session->failed_phase;
}

const char *
sr_backup_session_get_advice (SrBackupSession *session)
{
  return session->advice;
}

SrBackupKind
sr_backup_session_get_kind (SrBackupSession *session)
{
  return session->kind;
}

SrBackupRule
sr_backup_session_get_rule (SrBackupSession *session)
{
  return session->rule;
}

const SrBackupCounts *
sr_backup_session_get_counts (SrBackupSession *session)
{
  return &session->counts;
}

void
sr_backup_session_tell (SrBackupSession *session)
{
  SrBackupProgress *progress = &session->progress;

  if (session->tell == NULL)
    return;
  progress->state = session->state;
  if (session->admin != NULL)
    progress->last_ping_at = sr_dcom_object_get_last_ping (sr_cert_admin_get_object (session->admin), NULL);
  session->tell (progress, session->user_data);
}

void
sr_backup_session_set_file (SrBackupSession *session,
                            const char      *file,
                            guint            file_index,
                            guint            n_files)
{
  SrBackupProgress *progress = &session->progress;

  g_set_str (&session->file, file);
  progress->file = session->file;
  progress->file_index = file_index;
  progress->n_files = n_files;
  progress->file_done = 0;
  progress->file_size = 0;
  sr_backup_session_tell (session);
}

gboolean
sr_backup_session_enter (SrBackupSession *session,
                         SrBackupPhase    phase,
                         GCancellable    *cancellable,
                         GError         **error)
{
  SrBackupProgress *progress = &session->progress;

  progress->phase = phase;
  progress->file = NULL;
  progress->file_index = progress->n_files = 0;
  progress->file_done = progress->file_size = 0;
  if (phase == SR_BACKUP_PHASE_VERIFYING)
    progress->bytes_done = 0;
  sr_backup_session_tell (session);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

gint64
sr_backup_session_calling (SrBackupSession *session,
                           const char      *method)
{
  session->progress.last_call = method;
  session->progress.last_call_at = g_get_real_time ();
  sr_backup_session_tell (session);
  return sr_deadline_in (session->timeouts.call);
}

/* The newest of the CA's certificates: the one with the highest index. An
 * account that may not ask leaves the set without one; only what befell the
 * connection (or a cancel) is an error, not what the server answered. */
static gboolean
get_certificate (SrBackupSession *session,
                 GBytes         **certificate,
                 GCancellable    *cancellable,
                 GError         **error)
{
  for (int i = 0; i < MAX_CERTIFICATES; i++)
    {
      gint64 deadline = sr_backup_session_calling (session, "GetCAProperty");
      g_autoptr (GError) local_error = NULL;
      GBytes *value = NULL;

      if (!sr_cert_admin_get_ca_property (session->admin, CASIGCERT, i, PROPTYPE_BINARY, &value, deadline, cancellable, &local_error))
        {
          if (local_error->domain != SR_ERROR && local_error->domain != G_IO_ERROR)
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_clear_pointer (certificate, g_bytes_unref);
      *certificate = value;
    }
  return TRUE;
}

static SrJournalEntry *
make_entry (SrBackupSession *session)
{
  SrJournalEntry *entry = sr_journal_entry_new ();
  SrCredentials *credentials = sr_dcom_target_get_credentials (session->target);

  entry->kind = session->kind;
  entry->config = g_strdup (session->config);
  entry->host = g_strdup (sr_dcom_target_get_host (session->target));
  entry->address = g_strdup (sr_dcom_target_get_address (session->target));
  entry->activation_port = sr_dcom_target_get_port (session->target);
  entry->credentials_kind = credentials != NULL ? sr_credentials_get_kind (credentials) : SR_CREDENTIALS_TICKET_CACHE;
  entry->user = g_strdup (credentials != NULL ? sr_credentials_get_name (credentials) : NULL);
  entry->ntlm_allowed = sr_dcom_target_get_ntlm_allowed (session->target);
  entry->repository = g_strdup (sr_repository_get_path (session->repository));
  entry->started = session->started;
  return entry;
}

/* A step of the journal is on the disk before what it names is done. The ping
 * set's id may have come since the last one. */
static gboolean
note (SrBackupSession *session,
      SrJournalStep    step,
      GError         **error)
{
  SrJournalEntry *entry = sr_journal_get_entry (session->journal);

  sr_dcom_object_get_identity (sr_cert_admin_get_object (session->admin), &entry->identity);
  entry->truncated = session->record.truncated;
  entry->prepare_unknown = session->state == SR_SESSION_MAYBE_OPEN;
  if (session->writer != NULL)
    g_set_str (&entry->staging, sr_backup_set_writer_get_staging_path (session->writer));
  if (session->set != NULL)
    g_set_str (&entry->set, sr_backup_set_get_path (session->set));
  return sr_journal_update (session->journal, step, error);
}

/* The object, its entry in the journal, and a staging folder: all that must be there before Prepare. */
static gboolean
connect_to_ca (SrBackupSession *session,
               GCancellable    *cancellable,
               GError         **error)
{
  const char *authority = strchr (session->config, '\\');
  g_autoptr (GBytes) certificate = NULL;
  SrJournalEntry *entry;

  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_CONNECTING, cancellable, error)
      || !sr_repository_check_writable (session->repository, 0, error)
      || !sr_backup_session_load_history (session, error))
    return FALSE;
  sr_backup_session_calling (session, "RemoteCreateInstance");
  session->admin = sr_cert_admin_activate (session->target, authority != NULL ? authority + 1 : session->config,
                                           sr_deadline_in (session->timeouts.connect), cancellable, error);
  if (session->admin == NULL
      || !get_certificate (session, &certificate, cancellable, error)
      || !sr_backup_session_ask_facts (session, cancellable, error)
      || !sr_backup_session_choose (session, error))
    return FALSE;

  entry = make_entry (session);
  sr_dcom_object_get_identity (sr_cert_admin_get_object (session->admin), &entry->identity);
  session->journal = sr_journal_create (session->journal_folder, entry, error);
  if (session->journal == NULL)
    return FALSE;
  session->writer = sr_backup_set_writer_begin (session->lock, &(SrBackupSetDescription) {
    .kind = sr_backup_session_set_kind (session),
    .keep_logs = session->keep_logs,
    .display_name = session->display_name,
    .certificate = certificate,
    .started = session->started,
  }, error);
  return session->writer != NULL;
}

/* Prepare is waited for whatever the user does: as long as it may still run
 * on the server an End could come before it. */
static gboolean
prepare (SrBackupSession *session,
         GCancellable    *cancellable,
         GError         **error)
{
  gint64 deadline;

  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_PREPARING, cancellable, error))
    return FALSE;
  session->state = SR_SESSION_MAYBE_OPEN;
  if (!note (session, SR_JOURNAL_PREPARE_SENT, error))
    {
      session->state = SR_SESSION_NOT_OPEN;
      return FALSE;
    }
  deadline = sr_backup_session_calling (session, "BackupPrepare");
  if (!sr_cert_admin_backup_prepare (session->admin, session->kind, deadline, NULL, error))
    {
      if (!sr_cert_admin_outcome_unknown (session->admin))
        {
          session->state = SR_SESSION_NOT_OPEN;
          /* Nothing of ours is open there: a recovery must not send End, which
           * could close somebody else's session. */
          note (session, SR_JOURNAL_ACTIVATED, NULL);
          sr_backup_session_note_refusal (session, error);
          if (sr_hresult_from_error (*error) == SR_E_ACCESSDENIED)
            session->advice = sr_session_access_denied_story (session->admin, sr_deadline_in (SR_SESSION_COURTESY), cancellable);
        }
      return FALSE;
    }
  session->state = SR_SESSION_OPEN;
  sr_backup_session_tell (session);
  return note (session, SR_JOURNAL_PREPARED, error);
}

static void
verifying (guint64     done,
           guint64     total,
           const char *file,
           gpointer    user_data)
{
  SrBackupSession *session = user_data;

  if (file == NULL)
    session->progress.phase = SR_BACKUP_PHASE_PUBLISHING;
  g_set_str (&session->file, file);
  session->progress.file = session->file;
  session->progress.bytes_done = done;
  session->progress.bytes_total = total;
  sr_backup_session_tell (session);
}

static gboolean
publish (SrBackupSession *session,
         GCancellable    *cancellable,
         GError         **error)
{
  SrBackupPhase phase = session->no_verify ? SR_BACKUP_PHASE_PUBLISHING : SR_BACKUP_PHASE_VERIFYING;

  if (!sr_backup_session_check_logs (session, error)
      || !sr_backup_session_enter (session, phase, cancellable, error)
      || !note (session, SR_JOURNAL_PUBLISHING, error))
    return FALSE;
  session->set = sr_backup_set_writer_publish (session->writer, session->no_verify ? SR_PUBLISH_NO_VERIFY : SR_PUBLISH_DEFAULT,
                                               verifying, session, cancellable, error);
  if (session->set == NULL)
    return FALSE;
  return note (session, SR_JOURNAL_PUBLISHED, error);
}

/* Only for a set that is published and verified. The reply is waited for
 * whatever the user does, and the call never repeated: what it did must not
 * be guessed. */
static gboolean
truncate_logs (SrBackupSession *session,
               GCancellable    *cancellable,
               GError         **error)
{
  gboolean ok;

  if (session->keep_logs)
    return TRUE;
  if (!sr_backup_session_enter (session, SR_BACKUP_PHASE_TRUNCATING, cancellable, error))
    return FALSE;
  session->record.truncated = SR_TRUNCATION_UNKNOWN;
  session->record.truncated_at = g_get_real_time ();
  if (!sr_backup_set_record_session (session->set, &session->record, error)
      || !note (session, SR_JOURNAL_TRUNCATE_SENT, error))
    {
      session->record.truncated = SR_TRUNCATION_NO;
      session->record.truncated_at = 0;
      return FALSE;
    }
  sr_backup_session_calling (session, "BackupTruncateLogs");
  ok = sr_cert_admin_backup_truncate_logs (session->admin, sr_deadline_in (session->timeouts.truncate), NULL, error);
  session->record.truncate_result = ok ? SR_S_OK : sr_hresult_from_error (*error);
  session->record.truncated_at = g_get_real_time ();
  if (ok)
    session->record.truncated = SR_TRUNCATION_YES;
  else if (!sr_cert_admin_outcome_unknown (session->admin))
    session->record.truncated = SR_TRUNCATION_NO;
  return ok && note (session, SR_JOURNAL_TRUNCATED, error);
}

/* Ends what is or may be open, with a deadline of its own and without the user's cancellable. */
static void
end (SrBackupSession *session,
     GError         **error)
{
  gboolean prepare_unknown = session->state == SR_SESSION_MAYBE_OPEN;
  SrEndOutcome outcome;

  session->progress.phase = SR_BACKUP_PHASE_ENDING;
  sr_backup_session_tell (session);
  note (session, SR_JOURNAL_END_SENT, NULL);
  /* What is open there belongs to be closed first (MS-CSRA 3.2.4.1.24); End closes it too. */
  if (session->file_open)
    {
      sr_backup_session_calling (session, "BackupCloseFile");
      sr_cert_admin_backup_close_file (session->admin, sr_deadline_in (SR_SESSION_COURTESY), NULL, NULL);
    }
  sr_backup_session_calling (session, "BackupEnd");
  outcome = sr_session_end (session->admin, prepare_unknown, session->timeouts.settle, sr_deadline_in (session->timeouts.end),
                            NULL, &session->record.end_result, error);
  session->record.ended_at = g_get_real_time ();
  switch (outcome)
    {
    case SR_END_CLOSED:
      session->record.ended = SR_ENDING_YES;
      session->state = SR_SESSION_ENDED;
      break;
    case SR_END_WAS_NOT_OPEN:
      /* The server gave it up by itself: its engine need not count the backup. */
      session->record.ended = SR_ENDING_UNKNOWN;
      session->state = SR_SESSION_ENDED;
      break;
    case SR_END_OBJECT_GONE:
      session->record.ended = SR_ENDING_UNKNOWN;
      session->state = SR_SESSION_LOST;
      break;
    case SR_END_UNSETTLED:
      session->record.ended = SR_ENDING_UNKNOWN;
      session->state = SR_SESSION_LEFT_OPEN;
      break;
    }
  sr_backup_session_tell (session);
}

/* Tells of @error too; the first one stays the one that is returned. */
static void
add_error (SrBackupSession *session,
           GError         **first,
           GError          *error)
{
  if (error == NULL)
    return;
  if (*first == NULL)
    {
      *first = error;
      session->failed_phase = session->progress.phase;
      g_prefix_error (first, "%s: ", sr_backup_phase_words (session->progress.phase));
    }
  else
    {
      char *message = g_strdup_printf ("%s; %s: %s", (*first)->message, sr_backup_phase_words (session->progress.phase), error->message);

      g_free ((*first)->message);
      (*first)->message = message;
      g_error_free (error);
    }
}

/* What must happen whatever happened: End, the record beside the set, RemRelease, the journal. */
static void
close_session (SrBackupSession *session,
               GError         **first)
{
  g_autoptr (GError) error = NULL;

  if (session->state == SR_SESSION_MAYBE_OPEN || session->state == SR_SESSION_OPEN)
    {
      end (session, &error);
      add_error (session, first, g_steal_pointer (&error));
    }
  /* What was not published goes. */
  g_clear_pointer (&session->writer, sr_backup_set_writer_free);
  if (session->set != NULL)
    {
      sr_backup_session_note_last_full (session);
      g_set_str (&session->record.detail, *first != NULL ? (*first)->message : NULL);
      sr_backup_set_record_session (session->set, &session->record, &error);
      add_error (session, first, g_steal_pointer (&error));
    }
  if (session->admin != NULL && (session->state == SR_SESSION_NOT_OPEN || session->state == SR_SESSION_ENDED))
    {
      sr_backup_session_calling (session, "RemRelease");
      sr_dcom_object_release (sr_cert_admin_get_object (session->admin), sr_deadline_in (SR_SESSION_COURTESY), NULL);
    }
  if (session->journal != NULL && session->state != SR_SESSION_LEFT_OPEN)
    {
      sr_journal_remove (session->journal, &error);
      add_error (session, first, g_steal_pointer (&error));
    }
  g_clear_pointer (&session->journal, sr_journal_close);
}

gboolean
sr_backup_session_run (SrBackupSession *session,
                       GCancellable    *cancellable,
                       GError         **error)
{
  GError *first = NULL, *local_error = NULL;

  if (session->ran || session->read_size % SR_SESSION_READ_UNIT != 0 || session->read_size > SR_CERT_ADMIN_MAX_READ)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, session->ran ? _("The session has run already") : _("The read size is no multiple of 64 KiB up to 4 MiB"));
      return FALSE;
    }
  session->ran = TRUE;
  session->started = g_get_real_time ();

  if (!connect_to_ca (session, cancellable, &local_error)
      || !prepare (session, cancellable, &local_error)
      || !sr_backup_session_read_all (session, cancellable, &local_error)
      || !publish (session, cancellable, &local_error)
      || !truncate_logs (session, cancellable, &local_error))
    add_error (session, &first, local_error);
  close_session (session, &first);

  session->progress.phase = SR_BACKUP_PHASE_DONE;
  sr_backup_session_set_file (session, NULL, 0, 0);
  if (first == NULL)
    return TRUE;
  if (session->set != NULL)
    {
      /* Translators: an error, then a folder */
      char *message = g_strdup_printf (_("%s (the backup set “%s” is complete)"), first->message, sr_backup_set_get_path (session->set));

      g_free (first->message);
      first->message = message;
    }
  g_propagate_error (error, first);
  return FALSE;
}
