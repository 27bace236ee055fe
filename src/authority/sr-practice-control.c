/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-program-private.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The rows of a million certificates, in Base64, with room to spare. */
#define MAX_ANSWER ((gsize) 4 * 1024 * 1024 * 1024 - 1)
#define CHUNK (256 * 1024)
#define KILL_SECONDS 10

/* The folder's own socket is trusted, not one that its ready file names. */
static GSocket *
connect_control (const char *folder,
                 GError    **error)
{
  g_autofree char *path = g_build_filename (folder, "control", NULL);
  g_autoptr (GSocket) control = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) local = NULL;
  g_autofd int folder_fd = -1;

  if (control == NULL)
    return NULL;
  /* Socket names are short: a long path is reached through the folder's descriptor. */
  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      folder_fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
      g_free (path);
      path = g_strdup_printf ("/proc/self/fd/%d/control", folder_fd);
    }
  address = g_unix_socket_address_new (path);
  if (g_socket_connect (control, address, NULL, &local))
    return g_steal_pointer (&control);

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING, _("No practice CA runs in “%s”"), folder);
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&local), _("Reaching the practice CA in “%s”: "), folder);
  return NULL;
}

static gboolean
wait_for (GSocket      *control,
          GIOCondition  condition,
          gint64        deadline,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr (GError) local = NULL;
  gint64 left = deadline == SR_DEADLINE_NONE ? -1 : sr_deadline_left (deadline);

  if (left != 0 && g_socket_condition_timed_wait (control, condition, left, cancellable, &local))
    return TRUE;
  if (local == NULL || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error_literal (error, SR_ERROR, SR_ERROR_TIMED_OUT, _("The practice CA does not answer"));
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
send_line (GSocket      *control,
           JsonObject   *request,
           gint64        deadline,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), request);
  g_autofree char *text = json_to_string (node, FALSE);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  gsize length = strlen (line);
  gsize sent = 0;

  g_socket_set_blocking (control, FALSE);
  while (sent < length)
    {
      gssize n;

      if (!wait_for (control, G_IO_OUT, deadline, cancellable, error))
        return FALSE;
      n = g_socket_send (control, line + sent, length - sent, cancellable, error);
      if (n < 0)
        return FALSE;
      sent += (gsize) n;
    }
  return TRUE;
}

static GByteArray *
receive_line (GSocket      *control,
              gint64        deadline,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GByteArray) line = g_byte_array_new ();
  g_autofree char *chunk = g_malloc (CHUNK);

  while (line->len == 0 || line->data[line->len - 1] != '\n')
    {
      gssize n;

      if (!wait_for (control, G_IO_IN, deadline, cancellable, error))
        return NULL;
      n = g_socket_receive (control, chunk, CHUNK, cancellable, error);
      if (n < 0)
        return NULL;
      if (n == 0)
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_CLOSED, _("The practice CA closed the connection without an answer"));
          return NULL;
        }
      if (line->len + (gsize) n > MAX_ANSWER)
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_LIMIT, _("The practice CA’s answer is too long"));
          return NULL;
        }
      g_byte_array_append (line, (const guint8 *) chunk, (guint) n);
    }
  return g_steal_pointer (&line);
}

JsonObject *
sr_practice_program_parse (const char *text,
                           gsize       length,
                           GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;

  if (json_parser_load_from_data (parser, text, (gssize) length, NULL))
    root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return json_object_ref (json_node_get_object (root));
  g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("The practice CA’s answer cannot be understood"));
  return NULL;
}

/* The practice CA has the language of who started it; who makes JSON for programs has none. */
gboolean
sr_practice_program_wants_english (void)
{
  return g_strcmp0 (setlocale (LC_MESSAGES, NULL), "C") == 0;
}

static JsonObject *
ask (GSocket      *control,
     JsonObject   *request,
     gint64        deadline,
     GCancellable *cancellable,
     GError      **error)
{
  g_autoptr (GByteArray) line = NULL;
  g_autoptr (JsonObject) answer = NULL;
  const char *words;

  if (sr_practice_program_wants_english ())
    json_object_set_boolean_member (request, "english", TRUE);
  if (!send_line (control, request, deadline, cancellable, error))
    return NULL;
  line = receive_line (control, deadline, cancellable, error);
  if (line == NULL)
    return NULL;
  answer = sr_practice_program_parse ((const char *) line->data, line->len, error);
  if (answer == NULL || sr_settings_boolean (answer, "ok", FALSE))
    return g_steal_pointer (&answer);
  words = sr_settings_string (answer, "error");
  g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE, _("The practice CA says: %s"), words != NULL ? words : C_("answer", "no"));
  return NULL;
}

JsonObject *
sr_practice_program_ask (const char   *folder,
                         JsonObject   *request,
                         gint64        deadline,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autoptr (GSocket) control = connect_control (folder, error);

  return control != NULL ? ask (control, request, deadline, cancellable, error) : NULL;
}

/* Whether the process has ended by @deadline. */
static gboolean
wait_for_end (int    process,
              gint64 deadline)
{
  struct pollfd fd = { process, POLLIN, 0 };
  int n;

  do
    n = poll (&fd, 1, (int) MIN (sr_deadline_left (deadline) / 1000 + 1, G_MAXINT));
  while (n < 0 && errno == EINTR);
  return n > 0;
}

gboolean
sr_practice_program_stop (const char   *folder,
                          gint64        deadline,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (GSocket) control = connect_control (folder, error);
  g_autoptr (GCredentials) peer = control != NULL ? g_socket_get_credentials (control, error) : NULL;
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autofd int process = -1;
  pid_t pid;

  /* Who holds the other end of the socket is that process, whatever files say. */
  if (peer == NULL || (pid = g_credentials_get_unix_pid (peer, error)) <= 0)
    return FALSE;
  process = pidfd_open (pid, 0);
  if (process < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Watching the practice CA’s process: %s"), g_strerror (errno));
      return FALSE;
    }
  json_object_set_string_member (request, "do", "stop");
  answer = ask (control, request, deadline, cancellable, error);
  if (answer == NULL)
    return FALSE;
  if (wait_for_end (process, deadline))
    return TRUE;

  pidfd_send_signal (process, SIGKILL, NULL, 0);
  if (wait_for_end (process, sr_deadline_in (KILL_SECONDS)))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_TIMED_OUT, _("The practice CA’s process %d does not end"), (int) pid);
  return FALSE;
}
