/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-folder.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-settings-file.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_READY (64 * 1024)
#define MAX_USERS (64 * 1024)

void
sr_practice_folder_free (SrPracticeFolder *self)
{
  g_free (self->config);
  g_free (self->address);
  g_free (self->user);
  g_free (self->users_file);
  g_free (self->drives);
  g_free (self->host_user);
  g_free (self);
}

static SrPracticeFolder *
parse_ready (JsonObject *object)
{
  g_autoptr (SrPracticeFolder) self = g_new0 (SrPracticeFolder, 1);
  const char *address = sr_settings_string (object, "address");

  self->config = g_strdup (sr_settings_string (object, "config"));
  self->address = g_strdup (address);
  self->activation_port = (guint16) sr_settings_number (object, "activationPort", 1, G_MAXUINT16, 0);
  self->pid = sr_settings_number (object, "pid", 2, G_MAXINT32, 0);
  self->user = g_strdup (sr_settings_string (object, "user"));
  self->users_file = g_strdup (sr_settings_string (object, "usersFile"));
  self->host_port = (guint16) sr_settings_number (object, "hostPort", 1, G_MAXUINT16, 0);
  self->drives = g_strdup (sr_settings_string (object, "drives"));
  self->host_user = g_strdup (sr_settings_string (object, "hostUser"));
  if (self->config == NULL || address == NULL || !g_hostname_is_ip_address (address) || self->activation_port == 0
      || self->pid == 0 || (self->user == NULL) != (self->users_file == NULL))
    return NULL;
  return g_steal_pointer (&self);
}

SrPracticeFolder *
sr_practice_folder_read (const char *folder,
                         GError    **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_READY_NAME, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = sr_file_load (path, MAX_READY, &local);
  SrPracticeFolder *self = NULL;
  JsonNode *root;

  if (bytes == NULL)
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING, _("No practice CA runs in “%s”"), folder);
      else
        g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL))
    {
      root = json_parser_get_root (parser);
      if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
        self = parse_ready (json_node_get_object (root));
    }
  if (self == NULL)
    g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED, _("“%s” cannot be understood"), path);
  return self;
}

/* Finds the line DOMAIN:user:password of "DOMAIN\user". @text is wiped by the caller. */
static SrSecret *
find_password (char       *text,
               const char *user)
{
  gsize user_length = strlen (user);

  while (text != NULL)
    {
      char *end = strchr (text, '\n');
      char *colon = strchr (text, ':');

      if (end != NULL)
        *end = '\0';
      if (colon != NULL && (end == NULL || colon < end))
        {
          *colon = '\\';
          if (strncmp (text, user, user_length) == 0 && text[user_length] == ':')
            return sr_secret_new (text + user_length + 1, strcspn (text + user_length + 1, "\r"));
        }
      text = end != NULL ? end + 1 : NULL;
    }
  return NULL;
}

static gssize
read_all (int   fd,
          char *buffer,
          gsize size)
{
  gsize length = 0;

  while (length < size)
    {
      ssize_t n = read (fd, buffer + length, size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += (gsize) n;
    }
  return (gssize) length;
}

SrSecret *
sr_practice_folder_get_password (SrPracticeFolder *self,
                                 GError          **error)
{
  g_autofd int fd = open (self->users_file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  char text[MAX_USERS + 1];
  SrSecret *password = NULL;
  gssize length = -1;
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0 && (!S_ISREG (st.st_mode) || (st.st_mode & 077) != 0))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN,
                   _("“%s” can be read by others (mode %04o), so the passwords in it are not used"), self->users_file, st.st_mode & 07777);
      return NULL;
    }
  if (fd >= 0)
    length = read_all (fd, text, sizeof text);
  if (length < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Reading “%s”: %s"), self->users_file, g_strerror (errno));
  else if (length > MAX_USERS)
    g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("“%s” is larger than %d bytes"), self->users_file, MAX_USERS);
  else
    {
      text[length] = '\0';
      password = find_password (text, self->user);
      if (password == NULL)
        /* Translators: a file, then a user */
        g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_DAMAGED, _("“%s” has no password of %s"), self->users_file, self->user);
    }
  sr_secret_wipe (text, sizeof text);
  return password;
}
