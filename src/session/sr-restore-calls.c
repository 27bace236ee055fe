/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-calls.h"

#include "base/sr-error.h"
#include "session/sr-restore-files-private.h"

#include <glib/gi18n-lib.h>

struct _SrRestoreCalls
{
  SrCaHost *host;
  SrRestoreInProgress *values; /* NULL before the first Register */
};

static gboolean
is_own (const SrRestoreInProgress *key,
        const char                *own)
{
  return own != NULL && (key->backup_log_directory == NULL || sr_restore_path_equal (key->backup_log_directory, own));
}

SrRestoreCalls *
sr_restore_calls_prepare (SrCaHost     *host,
                          const char   *own,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (SrRestoreInProgress) key = NULL;
  SrRestoreCalls *calls;

  if (!sr_restore_in_progress_read (host, &key, cancellable, error))
    {
      g_prefix_error (error, "RestorePrepare: ");
      return NULL;
    }
  if (key != NULL && !is_own (key, own))
    {
      g_autofree char *words = sr_restore_in_progress_describe (key);

      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("Another restore has been begun on %s, and its RestoreInProgress is still there:\n%s"),
                   sr_ca_host_get_name (host), g_strchomp (words));
      return NULL;
    }
  calls = g_new0 (SrRestoreCalls, 1);
  calls->host = g_object_ref (host);
  return calls;
}

gboolean
sr_restore_calls_get_database_locations (SrDcomTarget *target,
                                         const char   *authority,
                                         char       ***names,
                                         double        seconds,
                                         GCancellable *cancellable,
                                         GError      **error)
{
  gint64 deadline = sr_deadline_in (seconds);
  g_autoptr (SrCertAdmin) admin = sr_cert_admin_activate (target, authority, deadline, cancellable, error);
  gboolean done = admin != NULL && sr_cert_admin_restore_get_database_locations (admin, NULL, names, deadline, cancellable, error);

  if (admin != NULL)
    sr_dcom_object_release (sr_cert_admin_get_object (admin), deadline, NULL);
  return done;
}

gboolean
sr_restore_calls_register (SrRestoreCalls     *calls,
                           const char         *check_point_folder,
                           const char         *log_path,
                           const char * const *map,
                           const char         *backup_log_path,
                           guint32             low,
                           guint32             high,
                           GCancellable       *cancellable,
                           GError            **error)
{
  SrRestoreInProgress *values = calls->values;

  if (map == NULL && (values == NULL || low < values->low || low > values->high + 1 || !sr_restore_path_equal (backup_log_path, values->backup_log_directory)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("RestoreRegister: the logs 0x%X to 0x%X do not follow what was registered before"), low, high);
      return FALSE;
    }
  if (map != NULL)
    {
      g_clear_pointer (&calls->values, sr_restore_in_progress_free);
      values = calls->values = g_new0 (SrRestoreInProgress, 1);
      values->check_point_file = g_strdup (check_point_folder);
      values->log_path = g_strdup (log_path);
      values->map = g_strdupv ((char **) map);
      values->low = low;
    }
  values->high = MAX (values->high, high);
  if (map == NULL)
    return sr_restore_in_progress_write_high (calls->host, values->high, cancellable, error);
  g_set_str (&values->backup_log_directory, backup_log_path);
  return sr_restore_in_progress_write (calls->host, values, cancellable, error);
}

gboolean
sr_restore_calls_register_through_file (SrRestoreCalls     *calls,
                                        const char         *check_point_folder,
                                        const char         *log_path,
                                        const char * const *map,
                                        const char         *backup_log_path,
                                        guint32             low,
                                        guint32             high,
                                        GCancellable       *cancellable,
                                        GError            **error)
{
  return sr_restore_calls_register (calls, check_point_folder, log_path, map, backup_log_path, low, high, cancellable, error);
}

gboolean
sr_restore_calls_register_complete (SrRestoreCalls *calls,
                                    SrHresult       state,
                                    GCancellable   *cancellable,
                                    GError        **error)
{
  return sr_restore_in_progress_write_status (calls->host, state, cancellable, error);
}

void
sr_restore_calls_end (SrRestoreCalls *calls)
{
  g_clear_pointer (&calls->values, sr_restore_in_progress_free);
  g_object_unref (calls->host);
  g_free (calls);
}
