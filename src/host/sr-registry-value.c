/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-registry-value.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>

#define MAX_TEXTS 65536

struct _SrRegistryValue
{
  gatomicrefcount refs;
  char *name;
  SrRegistryType type;
  GBytes *data;
};

G_DEFINE_BOXED_TYPE (SrRegistryValue, sr_registry_value, sr_registry_value_ref, sr_registry_value_unref)

SrRegistryValue *
sr_registry_value_new (const char     *name,
                       SrRegistryType  type,
                       GBytes         *data)
{
  SrRegistryValue *value = g_new0 (SrRegistryValue, 1);

  g_atomic_ref_count_init (&value->refs);
  value->name = g_strdup (name);
  value->type = type;
  value->data = g_bytes_ref (data);
  return value;
}

SrRegistryValue *
sr_registry_value_new_sz (const char *name,
                          const char *text)
{
  g_autoptr (GBytes) data = sr_utf16_from_utf8 (text, TRUE);

  return sr_registry_value_new (name, SR_REG_SZ, data);
}

SrRegistryValue *
sr_registry_value_new_multi_sz (const char         *name,
                                const char * const *items)
{
  g_autoptr (GBytes) data = sr_utf16_list_build (items);

  return sr_registry_value_new (name, SR_REG_MULTI_SZ, data);
}

SrRegistryValue *
sr_registry_value_new_dword (const char *name,
                             guint32     number)
{
  guint8 bytes[4];
  g_autoptr (GBytes) data = NULL;

  sr_put_le32 (bytes, number);
  data = g_bytes_new (bytes, sizeof bytes);
  return sr_registry_value_new (name, SR_REG_DWORD, data);
}

SrRegistryValue *
sr_registry_value_new_binary (const char   *name,
                              const guint8 *data,
                              gsize         length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  return sr_registry_value_new (name, SR_REG_BINARY, bytes);
}

SrRegistryValue *
sr_registry_value_ref (SrRegistryValue *value)
{
  g_atomic_ref_count_inc (&value->refs);
  return value;
}

void
sr_registry_value_unref (SrRegistryValue *value)
{
  if (!g_atomic_ref_count_dec (&value->refs))
    return;
  g_free (value->name);
  g_bytes_unref (value->data);
  g_free (value);
}

const char *
sr_registry_value_get_name (const SrRegistryValue *value)
{
  return value->name;
}

SrRegistryType
sr_registry_value_get_value_type (const SrRegistryValue *value)
{
  return value->type;
}

GBytes *
sr_registry_value_get_data (const SrRegistryValue *value)
{
  return value->data;
}

static gboolean
has_type (const SrRegistryValue  *value,
          SrRegistryType          first,
          SrRegistryType          second,
          GError                **error)
{
  if (value->type == first || value->type == second)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH,
               _("The registry value “%s” is of type %d, and not of type %d"), value->name, (int) value->type, (int) first);
  return FALSE;
}

char *
sr_registry_value_get_text (const SrRegistryValue  *value,
                            GError                **error)
{
  char *text;

  if (!has_type (value, SR_REG_SZ, SR_REG_EXPAND_SZ, error))
    return NULL;
  text = sr_utf16_to_utf8 (g_bytes_get_data (value->data, NULL), g_bytes_get_size (value->data), error);
  if (text == NULL)
    g_prefix_error (error, _("The registry value “%s”: "), value->name);
  return text;
}

char **
sr_registry_value_get_texts (const SrRegistryValue  *value,
                             GError                **error)
{
  char **texts;

  if (!has_type (value, SR_REG_MULTI_SZ, SR_REG_MULTI_SZ, error))
    return NULL;
  texts = sr_utf16_list_parse (g_bytes_get_data (value->data, NULL), g_bytes_get_size (value->data), MAX_TEXTS, error);
  if (texts == NULL)
    g_prefix_error (error, _("The registry value “%s”: "), value->name);
  return texts;
}

gboolean
sr_registry_value_get_number (const SrRegistryValue  *value,
                              guint64                *number,
                              GError                **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (value->data, &length);

  if (!has_type (value, SR_REG_DWORD, SR_REG_QWORD, error))
    return FALSE;
  if (length != (value->type == SR_REG_DWORD ? 4 : 8))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The registry value “%s” is a number of %zu bytes"), value->name, length);
      return FALSE;
    }
  *number = length == 4 ? sr_get_le32 (data) : sr_get_le64 (data);
  return TRUE;
}

GBytes *
sr_registry_value_get_bytes (const SrRegistryValue  *value,
                             GError                **error)
{
  return has_type (value, SR_REG_BINARY, SR_REG_BINARY, error) ? value->data : NULL;
}
