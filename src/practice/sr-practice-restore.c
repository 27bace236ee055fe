/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-restore.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define KEY SR_PRACTICE_RESTORE_KEY

static GVariant *
get_value (SrPracticeConfig *config,
           const char       *name)
{
  return sr_practice_config_get (config, SR_PRACTICE_NODE_ROOT, KEY, name);
}

static gboolean
invalid (const char *name,
         GError    **error)
{
  /* Translators: names of a registry key and of a value in it */
  sr_hresult_set_error (error, SR_E_INVALID_DATA, _("The value “%s\\%s” in the registry"), KEY, name);
  return FALSE;
}

static gboolean
read_number (SrPracticeConfig *config,
             const char       *name,
             guint32          *number,
             GError          **error)
{
  GVariant *value = get_value (config, name);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    return invalid (name, error);
  *number = (guint32) g_variant_get_int32 (value);
  return TRUE;
}

/* A path may be left out: then it is the CA's own (CertSrvRestoreRegister). */
static gboolean
read_path (SrPracticeConfig *config,
           const char       *name,
           char            **path,
           GError          **error)
{
  GVariant *value = get_value (config, name);

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return invalid (name, error);
  *path = g_variant_dup_string (value, NULL);
  return TRUE;
}

static gboolean
read_recovered (SrPracticeConfig *config,
                gboolean         *recovered,
                GError          **error)
{
  GVariant *value = get_value (config, "DatabaseRecovered");
  const guint8 *bytes;
  gsize length;

  if (value == NULL)
    return TRUE;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return invalid ("DatabaseRecovered", error);
  bytes = g_variant_get_fixed_array (value, &length, 1);
  if (length != 1 || bytes[0] > 1)
    return invalid ("DatabaseRecovered", error);
  *recovered = bytes[0] == 1;
  return TRUE;
}

/* Pairs of where a database was when it was backed up and where it is now. This CA has one database. */
static gboolean
read_map (SrPracticeConfig  *config,
          SrPracticeRestore *restore,
          GError           **error)
{
  GVariant *value = get_value (config, "RestoreMap");
  g_auto (GStrv) map = NULL;
  guint32 count = 0;

  if (get_value (config, "RestoreMapCount") != NULL && !read_number (config, "RestoreMapCount", &count, error))
    return FALSE;
  if (value == NULL && count == 0)
    return TRUE;
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return invalid ("RestoreMap", error);
  map = g_variant_dup_strv (value, NULL);
  if (g_strv_length (map) != 2 * (gsize) count || count > 1)
    return invalid ("RestoreMap", error);
  restore->database = count > 0 ? g_strdup (map[1]) : NULL;
  return TRUE;
}

static gboolean
read_status (SrPracticeConfig  *config,
             SrPracticeRestore *restore,
             GError           **error)
{
  restore->has_status = get_value (config, "RestoreStatus") != NULL;
  if (!restore->has_status)
    {
      sr_hresult_set_error (error, SR_CERTSRV_E_SERVER_SUSPENDED, _("A restore was begun and not completed"));
      return FALSE;
    }
  if (!read_number (config, "RestoreStatus", &restore->status, error))
    return FALSE;
  if (SR_FAILED (restore->status))
    {
      sr_hresult_set_error (error, SR_CERTSRV_E_SERVER_SUSPENDED, _("A restore was completed with the failure 0x%08x"), restore->status);
      return FALSE;
    }
  return TRUE;
}

SrPracticeRestore *
sr_practice_restore_read (SrPracticeConfig *config,
                          GError          **error)
{
  g_autoptr (SrPracticeRestore) restore = g_new0 (SrPracticeRestore, 1);

  if (!read_status (config, restore, error) ||
      !read_recovered (config, &restore->recovered, error) ||
      !read_number (config, "LowLogNumber", &restore->low, error) ||
      !read_number (config, "HighLogNumber", &restore->high, error) ||
      !read_path (config, "BackupLogDirectory", &restore->backup_log_folder, error) ||
      !read_path (config, "CheckPointFile", &restore->checkpoint_folder, error) ||
      !read_path (config, "LogPath", &restore->log_folder, error) ||
      !read_map (config, restore, error))
    return NULL;
  if (restore->low == 0 || restore->low > restore->high)
    {
      invalid ("LowLogNumber", error);
      return NULL;
    }
  return g_steal_pointer (&restore);
}

void
sr_practice_restore_free (SrPracticeRestore *restore)
{
  g_free (restore->backup_log_folder);
  g_free (restore->checkpoint_folder);
  g_free (restore->log_folder);
  g_free (restore->database);
  g_free (restore);
}

gboolean
sr_practice_restore_set_recovered (SrPracticeConfig *config,
                                   GError          **error)
{
  const guint8 yes = 1;

  sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, KEY, "DatabaseRecovered",
                          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &yes, 1, 1));
  sr_practice_config_set (config, SR_PRACTICE_NODE_ROOT, KEY, "RestoreStatus", g_variant_new_int32 (0));
  return sr_practice_config_save (config, error);
}

gboolean
sr_practice_restore_finish (SrPracticeConfig *config,
                            GError          **error)
{
  sr_practice_config_delete_key (config, SR_PRACTICE_NODE_ROOT, KEY);
  return sr_practice_config_save (config, error);
}

static void
add_value (JsonObject *object,
           const char *name,
           GVariant   *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    json_object_set_int_member (object, name, (guint32) g_variant_get_int32 (value));
  else
    json_object_set_member (object, name, json_gvariant_serialize (value));
}

JsonNode *
sr_practice_restore_describe (SrPracticeConfig *config)
{
  g_auto (GStrv) names = sr_practice_config_list (config, SR_PRACTICE_NODE_ROOT, KEY);
  JsonObject *object;
  JsonNode *node;

  if (!sr_practice_config_has_key (config, SR_PRACTICE_NODE_ROOT, KEY))
    return NULL;
  object = json_object_new ();
  for (guint i = 0; names[i] != NULL; i++)
    add_value (object, names[i], get_value (config, names[i]));
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}
