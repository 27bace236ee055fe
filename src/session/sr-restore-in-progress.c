/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-in-progress.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* The names are public (certbcli.h); what each is made with below is inference, and stands nowhere else. */
#define BACKUP_LOG_DIRECTORY "BackupLogDirectory"
#define CHECK_POINT_FILE "CheckPointFile"
#define LOG_PATH "LogPath"
#define LOW_LOG_NUMBER "LowLogNumber"
#define HIGH_LOG_NUMBER "HighLogNumber"
#define RESTORE_MAP_COUNT "RestoreMapCount"
#define RESTORE_MAP "RestoreMap"
#define RESTORE_STATUS "RestoreStatus"
#define DATABASE_RECOVERED "DatabaseRecovered"

void
sr_restore_in_progress_free (SrRestoreInProgress *values)
{
  g_free (values->backup_log_directory);
  g_free (values->check_point_file);
  g_free (values->log_path);
  g_strfreev (values->map);
  g_free (values);
}

/* A number that is not there, or too large, is 0. */
static gboolean
get_number (const SrRegistryValue *value,
            guint32               *number)
{
  guint64 found;

  if (!sr_registry_value_get_number (value, &found, NULL) || found > G_MAXUINT32)
    return FALSE;
  *number = (guint32) found;
  return TRUE;
}

/* A host that is not to be trusted may tell a name twice. */
static void
take_text (char                 **text,
           const SrRegistryValue *value)
{
  g_free (*text);
  *text = sr_registry_value_get_text (value, NULL);
}

static void
take (SrRestoreInProgress   *values,
      const SrRegistryValue *value)
{
  const char *name = sr_registry_value_get_name (value);
  GBytes *bytes;

  if (g_ascii_strcasecmp (name, BACKUP_LOG_DIRECTORY) == 0)
    take_text (&values->backup_log_directory, value);
  else if (g_ascii_strcasecmp (name, CHECK_POINT_FILE) == 0)
    take_text (&values->check_point_file, value);
  else if (g_ascii_strcasecmp (name, LOG_PATH) == 0)
    take_text (&values->log_path, value);
  else if (g_ascii_strcasecmp (name, LOW_LOG_NUMBER) == 0)
    get_number (value, &values->low);
  else if (g_ascii_strcasecmp (name, HIGH_LOG_NUMBER) == 0)
    get_number (value, &values->high);
  else if (g_ascii_strcasecmp (name, RESTORE_MAP) == 0)
    {
      g_strfreev (values->map);
      values->map = sr_registry_value_get_texts (value, NULL);
    }
  else if (g_ascii_strcasecmp (name, RESTORE_STATUS) == 0)
    values->has_status = get_number (value, &values->status);
  else if (g_ascii_strcasecmp (name, DATABASE_RECOVERED) == 0 && (bytes = sr_registry_value_get_bytes (value, NULL)) != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);

      for (gsize i = 0; i < length; i++)
        values->recovered |= data[i] != 0;
    }
}

gboolean
sr_restore_in_progress_read (SrCaHost             *host,
                             SrRestoreInProgress **values,
                             GCancellable         *cancellable,
                             GError              **error)
{
  g_autoptr (GPtrArray) list = NULL;
  gboolean found;

  *values = NULL;
  if (!sr_ca_host_has_key (host, SR_RESTORE_IN_PROGRESS_KEY, &found, cancellable, error))
    return FALSE;
  if (!found)
    return TRUE;
  list = sr_ca_host_list_values (host, SR_RESTORE_IN_PROGRESS_KEY, cancellable, error);
  if (list == NULL)
    return FALSE;
  *values = g_new0 (SrRestoreInProgress, 1);
  for (guint i = 0; i < list->len; i++)
    take (*values, g_ptr_array_index (list, i));
  return TRUE;
}

static void
add_path (GPtrArray  *list,
          const char *name,
          const char *path)
{
  if (path != NULL)
    g_ptr_array_add (list, sr_registry_value_new_sz (name, path));
}

GPtrArray *
sr_restore_in_progress_list (const SrRestoreInProgress *values)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_registry_value_unref);

  add_path (list, BACKUP_LOG_DIRECTORY, values->backup_log_directory);
  add_path (list, CHECK_POINT_FILE, values->check_point_file);
  add_path (list, LOG_PATH, values->log_path);
  g_ptr_array_add (list, sr_registry_value_new_dword (LOW_LOG_NUMBER, values->low));
  g_ptr_array_add (list, sr_registry_value_new_dword (HIGH_LOG_NUMBER, values->high));
  if (values->map != NULL)
    {
      g_ptr_array_add (list, sr_registry_value_new_dword (RESTORE_MAP_COUNT, g_strv_length (values->map) / 2));
      g_ptr_array_add (list, sr_registry_value_new_multi_sz (RESTORE_MAP, (const char * const *) values->map));
    }
  if (values->has_status)
    g_ptr_array_add (list, sr_registry_value_new_dword (RESTORE_STATUS, values->status));
  return list;
}

static gboolean
take_away (SrCaHost     *host,
           const char   *name,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (GError) local = NULL;

  if (sr_ca_host_delete_value (host, SR_RESTORE_IN_PROGRESS_KEY, name, cancellable, &local) ||
      g_error_matches (local, SR_ERROR, SR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
sr_restore_in_progress_write (SrCaHost                  *host,
                              const SrRestoreInProgress *values,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_autoptr (GPtrArray) list = sr_restore_in_progress_list (values);

  if (!sr_ca_host_create_key (host, SR_RESTORE_IN_PROGRESS_KEY, NULL, cancellable, error))
    return FALSE;
  /* What an earlier try has written must not stand beside other values for a moment. */
  if (!take_away (host, RESTORE_STATUS, cancellable, error) || !take_away (host, DATABASE_RECOVERED, cancellable, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    if (!sr_ca_host_write_value (host, SR_RESTORE_IN_PROGRESS_KEY, g_ptr_array_index (list, i), cancellable, error))
      return FALSE;
  return TRUE;
}

gboolean
sr_restore_in_progress_write_high (SrCaHost     *host,
                                   guint32       high,
                                   GCancellable *cancellable,
                                   GError      **error)
{
  g_autoptr (SrRegistryValue) value = sr_registry_value_new_dword (HIGH_LOG_NUMBER, high);

  return take_away (host, RESTORE_STATUS, cancellable, error) &&
         sr_ca_host_write_value (host, SR_RESTORE_IN_PROGRESS_KEY, value, cancellable, error);
}

gboolean
sr_restore_in_progress_write_status (SrCaHost     *host,
                                     SrHresult     status,
                                     GCancellable *cancellable,
                                     GError      **error)
{
  g_autoptr (SrRegistryValue) value = sr_registry_value_new_dword (RESTORE_STATUS, status);

  return sr_ca_host_write_value (host, SR_RESTORE_IN_PROGRESS_KEY, value, cancellable, error);
}

static void
add_line (GString    *text,
          const char *name,
          const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%s: %s\n", name, value);
}

static void
add_number (GString    *text,
            const char *name,
            guint32     value)
{
  if (value != 0)
    g_string_append_printf (text, "%s: 0x%X\n", name, value);
}

char *
sr_restore_in_progress_describe (const SrRestoreInProgress *values)
{
  GString *text = g_string_new (NULL);

  add_line (text, BACKUP_LOG_DIRECTORY, values->backup_log_directory);
  add_line (text, CHECK_POINT_FILE, values->check_point_file);
  add_line (text, LOG_PATH, values->log_path);
  add_number (text, LOW_LOG_NUMBER, values->low);
  add_number (text, HIGH_LOG_NUMBER, values->high);
  for (guint i = 0; values->map != NULL && values->map[i] != NULL; i++)
    add_line (text, RESTORE_MAP, values->map[i]);
  if (values->has_status)
    g_string_append_printf (text, RESTORE_STATUS ": 0x%08X: %s\n", values->status, sr_hresult_words (values->status));
  else
    g_string_append_printf (text, "%s\n", _("RestoreStatus is not there: the registration was not completed, and CertSvc does not start"));
  if (values->recovered)
    g_string_append_printf (text, "%s\n", _("CertSvc has recovered the database"));
  return g_string_free (text, FALSE);
}
