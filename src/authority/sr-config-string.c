/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-config-string.h"

#include "authority/sr-authority-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
label_is_valid (const char *label)
{
  gsize length = strlen (label);

  if (length == 0 || length > 63 || label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;
  return TRUE;
}

gboolean
sr_host_is_valid (const char *host)
{
  g_autofree char *ascii = NULL;
  g_auto (GStrv) labels = NULL;

  if (g_hostname_is_ip_address (host))
    return TRUE;
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || *ascii == '\0' || strlen (ascii) > 253)
    return FALSE;

  labels = g_strsplit (ascii, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++)
    if (!label_is_valid (labels[i]))
      return FALSE;
  return TRUE;
}

static gboolean
name_is_valid (const char *name)
{
  if (*name == '\0' || *name == '\\' || strlen (name) > SR_CONFIG_MAX_NAME)
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

gboolean
sr_config_string_parse (const char *text,
                        char      **host,
                        char      **name,
                        GError    **error)
{
  const char *backslash = strchr (text, '\\');
  g_autofree char *host_part = NULL;
  g_autofree char *name_part = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_CONFIG_STRING,
                           _("The config string is not valid UTF-8"));
      return FALSE;
    }
  if (backslash == NULL)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_CONFIG_STRING,
                   _("“%s” has no backslash: a config string is HOST\\CA, in single quotes for the shell"), text);
      return FALSE;
    }

  host_part = g_strstrip (g_strndup (text, (gsize) (backslash - text)));
  name_part = g_strstrip (g_strdup (backslash + 1));
  if (!sr_host_is_valid (host_part))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_CONFIG_STRING,
                   _("“%s”: the part before the backslash is not the name of a host"), text);
      return FALSE;
    }
  if (!name_is_valid (name_part))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_CONFIG_STRING,
                   _("“%s”: the part behind the backslash is not the name of a CA"), text);
      return FALSE;
    }

  *host = g_steal_pointer (&host_part);
  *name = g_steal_pointer (&name_part);
  return TRUE;
}

char *
sr_config_string_key (const char *config)
{
  g_autofree char *normal = g_utf8_normalize (config, -1, G_NORMALIZE_DEFAULT);

  return g_utf8_casefold (normal != NULL ? normal : config, -1);
}
