/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-filetime.h"
#include "practice/sr-practice-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Certificates that reach the disk together. */
#define ISSUE_BATCH 64
#define MAX_SUBJECT 50
#define CRL_PERIOD (7 * 24 * 60 * 60)

/* The lock is held: the database, unless the CA was closed or failed to restart. */
static SrPracticeDatabase *
need_database (SrPracticeCa *ca,
               GError      **error)
{
  if (ca->database == NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_STATE, _("The CA is stopped"));
  return ca->database;
}

static gboolean
issue_batch (SrPracticeCa *ca,
             guint         count,
             const char   *subject,
             const char   *requester,
             guint32      *first,
             GError      **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);
  guint32 id;

  g_mutex_lock (&ca->lock);
  id = need_database (ca, error) != NULL ? sr_practice_database_get_row_count (ca->database) + 1 : 0;
  g_mutex_unlock (&ca->lock);
  if (id == 0)
    return FALSE;
  *first = id;
  /* signing takes the time, so the lock is free meanwhile; the issue lock keeps the id ours */
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s %u", subject, id + i);
      SrPracticeRow *row = sr_practice_signer_issue (ca->signer, id + i, name, requester, error);

      if (row == NULL)
        return FALSE;
      g_ptr_array_add (rows, row);
    }
  {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

    return need_database (ca, error) != NULL && sr_practice_database_insert (ca->database, rows, error);
  }
}

gboolean
sr_practice_ca_issue (SrPracticeCa *ca,
                      guint         count,
                      const char   *subject,
                      const char   *requester,
                      guint32      *first,
                      GError      **error)
{
  if (subject == NULL)
    subject = "practice";
  if (!sr_practice_check_name (subject, error))
    return FALSE;
  if (g_utf8_strlen (subject, -1) > MAX_SUBJECT || strlen (requester) > 512)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("A subject has at most %d characters, a requester 512 bytes"), MAX_SUBJECT);
      return FALSE;
    }
  for (guint done = 0; done < count;)
    {
      g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
      guint n = MIN (ISSUE_BATCH, count - done);
      guint32 id;

      if (!issue_batch (ca, n, subject, requester, &id, error))
        return FALSE;
      if (done == 0 && first != NULL)
        *first = id;
      done += n;
    }
  return TRUE;
}

static SrPracticeRow *
find_row (SrPracticeCa *ca,
          const char   *which,
          GError      **error)
{
  g_autofree char *serial = g_ascii_strdown (which, -1);
  guint64 id = 0;

  if (which[0] != '#')
    id = sr_practice_database_find_serial (ca->database, serial);
  else if (!g_ascii_string_to_unsigned (which + 1, 10, 1, G_MAXUINT32, &id, NULL))
    id = 0;
  if (id == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("There is no certificate “%s”"), which);
      return NULL;
    }
  return sr_practice_database_get_row (ca->database, (guint32) id, error);
}

gboolean
sr_practice_ca_revoke (SrPracticeCa *ca,
                       const char   *which,
                       guint32       reason,
                       guint64       when,
                       GError      **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  gboolean release = reason == G_MAXUINT32; /* from hold */
  g_autoptr (SrPracticeRow) row = NULL;

  if (need_database (ca, error) == NULL)
    return FALSE;
  row = find_row (ca, which, error);
  if (row == NULL)
    return FALSE;
  if (row->disposition == SR_PRACTICE_CA_CERTIFICATE || (!release && reason > 6) ||
      (release && (row->disposition != SR_PRACTICE_REVOKED || row->reason != 6)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("Request %u cannot be revoked with reason %d"), row->request_id, (gint32) reason);
      return FALSE;
    }
  row->disposition = release ? SR_PRACTICE_ISSUED : SR_PRACTICE_REVOKED;
  row->reason = release ? 0 : reason;
  row->revoked_at = release ? 0 : when != 0 ? when : sr_practice_now ();
  return sr_practice_database_update_state (ca->database, row, error);
}

GPtrArray *
sr_practice_ca_get_rows (SrPracticeCa *ca,
                         GError      **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_practice_row_free);

  if (need_database (ca, error) == NULL)
    return NULL;
  for (guint32 id = 1; id <= sr_practice_database_get_row_count (ca->database); id++)
    {
      SrPracticeRow *row = sr_practice_database_get_row (ca->database, id, error);

      if (row == NULL)
        return NULL;
      g_ptr_array_add (rows, row);
    }
  return g_steal_pointer (&rows);
}

gboolean
sr_practice_ca_publish_crl (SrPracticeCa *ca,
                            GError      **error)
{
  g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
  g_autoptr (GPtrArray) rows = sr_practice_ca_get_rows (ca, error);
  g_autofree char *name = sr_practice_ca_get_crl_name (ca);
  g_autofree char *path = g_build_filename (ca->enroll_folder, name, NULL);
  gint64 now = g_get_real_time ();
  gint64 next = now / G_USEC_PER_SEC + CRL_PERIOD;
  guint64 next_filetime = GUINT64_TO_LE (sr_filetime_from_unix_us (next * G_USEC_PER_SEC));
  g_autoptr (GBytes) crl = NULL;

  if (rows == NULL)
    return FALSE;
  /* a time of revocation in the future is not told before (MS-CSRA 3.1.1.1.1) */
  for (guint i = rows->len; i-- > 0;)
    {
      const SrPracticeRow *row = g_ptr_array_index (rows, i);

      if (row->disposition != SR_PRACTICE_REVOKED || row->revoked_at > sr_filetime_from_unix_us (now))
        g_ptr_array_remove_index_fast (rows, i);
    }
  crl = sr_practice_signer_make_crl (ca->signer, rows, (guint64) now, now / G_USEC_PER_SEC, next, error);
  if (crl == NULL || !sr_file_replace (path, g_bytes_get_data (crl, NULL), g_bytes_get_size (crl), error))
    return FALSE;
  return sr_practice_ca_set_config (ca, SR_PRACTICE_NODE_CA, "CRLNextPublish",
                                    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &next_filetime, sizeof next_filetime, 1),
                                    error);
}

gboolean
sr_practice_ca_pad (SrPracticeCa *ca,
                    guint64       size,
                    GError      **error)
{
  g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return need_database (ca, error) != NULL && sr_practice_database_pad (ca->database, size, error);
}
