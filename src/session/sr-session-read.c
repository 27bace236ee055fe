/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-session-read-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* CSBFT_* of certbcli.h: the character in front of a name. The types of
 * folders stand in lists of locations, never in lists of files. */
static const struct
{
  gunichar type;
  gboolean is_folder;
  SrFileRole role;
} file_types[] = {
  { 'D', FALSE, SR_FILE_DATABASE },  /* CSBFT_CERTSERVER_DATABASE */
  { '!', FALSE, SR_FILE_LOG },       /* CSBFT_LOG */
  { '%', FALSE, SR_FILE_PATCH },     /* CSBFT_PATCH_FILE */
  { 0x0f, FALSE, SR_FILE_OTHER },    /* CSBFT_UNKNOWN */
  { 0x80, TRUE, SR_FILE_OTHER },     /* CSBFT_DIRECTORY */
  { 0x40, TRUE, SR_FILE_OTHER },     /* CSBFT_DATABASE_DIRECTORY */
  { 0x20, TRUE, SR_FILE_OTHER },     /* CSBFT_LOG_DIRECTORY */
  { 0x82, TRUE, SR_FILE_OTHER },     /* CSBFT_LOG_DIR */
  { 0x83, TRUE, SR_FILE_OTHER },     /* CSBFT_CHECKPOINT_DIR */
};

gboolean
sr_server_file_parse (const char   *listed,
                      const char   *method,
                      SrServerFile *file,
                      GError      **error)
{
  gunichar type = g_utf8_get_char (listed);
  const char *name = *listed != '\0' ? g_utf8_next_char (listed) : "";

  for (guint i = 0; i < G_N_ELEMENTS (file_types); i++)
    if (file_types[i].type == type && !file_types[i].is_folder && *name != '\0')
      {
        *file = (SrServerFile) { name, file_types[i].role };
        return TRUE;
      }
    else if (file_types[i].type == type)
      {
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s lists “%s”, which names no file (type U+%04X)"),
                     method, name, type);
        return FALSE;
      }
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s lists “%s”, whose type U+%04X in front of the name is not known"),
               method, listed, type);
  return FALSE;
}

const char *
sr_server_file_base_name (const char *name)
{
  const char *last = strrchr (name, '\\');

  return last != NULL ? last + 1 : name;
}

gboolean
sr_session_read_file (SrCertAdmin  *admin,
                      const char   *name,
                      guint64       file_length,
                      guint32       read_size,
                      double        timeout,
                      SrReadSink    sink,
                      gpointer      user_data,
                      guint64      *reads,
                      GCancellable *cancellable,
                      GError      **error)
{
  guint64 total = 0;
  gsize length;

  do
    {
      const guint8 *data;

      if (!sr_cert_admin_backup_read_file (admin, read_size, &data, &length, sr_deadline_in (timeout), cancellable, error))
        return FALSE;
      ++*reads;
      if (length > file_length - total)
        {
          g_autofree char *announced = g_format_size_full (file_length, G_FORMAT_SIZE_LONG_FORMAT);

          /* Translators: a file and a size */
          g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” is longer than the %s that the CA announced"), name, announced);
          return FALSE;
        }
      if (length > 0 && !sink (data, length, user_data, error))
        return FALSE;
      total += length;
    }
  while (length == read_size);

  if (total != file_length)
    {
      g_autofree char *read = g_format_size_full (total, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *announced = g_format_size_full (file_length, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: a file and two sizes */
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” ended after %s of the %s that the CA announced"), name, read, announced);
      return FALSE;
    }
  return TRUE;
}
