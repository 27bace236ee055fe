/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-settings-file.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FORMAT_MEMBER "format"
#define LOCK_SECONDS 10
#define LOCK_PAUSE_US (10 * 1000)

struct _SrSettingsFile
{
  char *path;
  int format;
};

char *
sr_settings_path (const char *name)
{
  return g_build_filename (g_get_user_config_dir (), "strongroom", name, NULL);
}

SrSettingsFile *
sr_settings_file_new (const char *path,
                      int         format)
{
  SrSettingsFile *self = g_new0 (SrSettingsFile, 1);

  self->path = g_strdup (path);
  self->format = format;
  return self;
}

void
sr_settings_file_free (SrSettingsFile *self)
{
  g_free (self->path);
  g_free (self);
}

const char *
sr_settings_file_get_path (SrSettingsFile *self)
{
  return self->path;
}

const char *
sr_settings_string (JsonObject *object,
                const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  text = json_node_get_string (node);
  return text != NULL && *text != '\0' ? text : NULL;
}

gint64
sr_settings_number (JsonObject *object,
                const char *name,
                gint64      low,
                gint64      high,
                gint64      fallback)
{
  JsonNode *node = json_object_get_member (object, name);
  gint64 number;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;
  number = json_node_get_int (node);
  return number >= low && number <= high ? number : fallback;
}

gboolean
sr_settings_boolean (JsonObject *object,
                 const char *name,
                 gboolean    fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean (node);
}

JsonObject *
sr_settings_object (JsonObject *object,
                const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
sr_settings_array (JsonObject *object,
               const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
check_format (SrSettingsFile *self,
              JsonObject     *root,
              GError        **error)
{
  int format = (int) sr_settings_number (root, FORMAT_MEMBER, 1, G_MAXINT, 0);

  if (format == 0)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
                   _("“%s” does not say its format version"), self->path);
      return FALSE;
    }
  if (format > self->format)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEWER_FORMAT,
                   _("“%s” has format version %d, written by a newer version of Strongroom; "
                     "this one understands versions up to %d. It is left as it is: update Strongroom"),
                   self->path, format, self->format);
      return FALSE;
    }
  return TRUE;
}

JsonObject *
sr_settings_file_read (SrSettingsFile *self,
                       GError        **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = sr_file_load (self->path, SR_SETTINGS_MAX_SIZE, &local);
  const char *text;
  JsonNode *root;
  gsize length;

  if (bytes == NULL)
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return json_object_new ();
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  text = g_bytes_get_data (bytes, &length);
  if (!g_utf8_validate_len (text, length, NULL))
    g_set_error_literal (&local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED, _("not valid UTF-8"));
  else
    json_parser_load_from_data (parser, text, (gssize) length, &local);
  root = local == NULL ? json_parser_get_root (parser) : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED,
                   /* Translators: a file, and what is wrong */
                   _("“%s” cannot be understood: %s. Mend it or move it away"), self->path,
                   local != NULL ? local->message : _("it holds no JSON object"));
      return NULL;
    }
  if (!check_format (self, json_node_get_object (root), error))
    return NULL;
  return json_object_ref (json_node_get_object (root));
}

/* The lock stands in a file of its own, for the settings file itself is
 * replaced by every edit. It ends with the descriptor, so with its process. */
static int
take_lock (SrSettingsFile *self,
           GError        **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *path = g_strconcat (self->path, ".lock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  gint64 deadline = sr_deadline_in (LOCK_SECONDS);
  g_autofd int fd = -1;

  if (!sr_file_make_private_folder (folder, error))
    return -1;
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
  while (fd >= 0)
    {
      if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
        return g_steal_fd (&fd);
      if (errno != EAGAIN && errno != EACCES && errno != EINTR)
        break;
      if (sr_deadline_left (deadline) == 0)
        {
          g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_BUSY,
                       _("Another process has been writing “%s” for more than %d seconds"), self->path, LOCK_SECONDS);
          return -1;
        }
      g_usleep (LOCK_PAUSE_US);
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               _("Locking “%s”: %s"), path, g_strerror (errno));
  return -1;
}

static gboolean
write_root (SrSettingsFile *self,
            JsonObject     *root,
            GError        **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *lines = NULL;

  json_object_set_int_member (root, FORMAT_MEMBER, self->format);
  json_node_set_object (node, root);
  text = json_to_string (node, TRUE);
  lines = g_strconcat (text, "\n", NULL);
  return sr_file_replace (self->path, lines, strlen (lines), error);
}

gboolean
sr_settings_file_edit (SrSettingsFile *self,
                       SrSettingsEdit  edit,
                       gpointer        user_data,
                       GError        **error)
{
  g_autofd int lock = take_lock (self, error);
  g_autoptr (JsonObject) root = NULL;

  if (lock < 0)
    return FALSE;
  root = sr_settings_file_read (self, error);
  return root != NULL
         && edit (root, user_data, error)
         && write_root (self, root, error);
}
