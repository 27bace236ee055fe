/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-control.h"

#include "base/sr-error.h"
#include "practice/sr-practice-log-private.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "control"
#define MAX_CLIENTS 16

struct _SrPracticeControl
{
  GObject parent_instance;

  SrPracticeServer *server;
  GSocketService *service;
  char *path;
  void (*stop) (gpointer user_data);
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (SrPracticeControl, sr_practice_control, G_TYPE_OBJECT)

static void
sr_practice_control_finalize (GObject *object)
{
  SrPracticeControl *control = SR_PRACTICE_CONTROL (object);

  g_clear_object (&control->service);
  g_clear_object (&control->server);
  g_free (control->path);
  G_OBJECT_CLASS (sr_practice_control_parent_class)->finalize (object);
}

static void
sr_practice_control_class_init (SrPracticeControlClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_practice_control_finalize;
}

static void
sr_practice_control_init (SrPracticeControl *control)
{
}

/* A line of bounded length; NULL at the end or when the client breaks the rules. */
static char *
read_line (GBufferedInputStream *in)
{
  for (;;)
    {
      gsize available;
      const char *data = g_buffered_input_stream_peek_buffer (in, &available);
      const char *end = available > 0 ? memchr (data, '\n', available) : NULL;
      char *line;

      if (end != NULL)
        {
          line = g_strndup (data, (gsize) (end - data));
          if (g_input_stream_skip (G_INPUT_STREAM (in), (gsize) (end - data) + 1, NULL, NULL) < 0)
            g_clear_pointer (&line, g_free);
          return line;
        }
      if (available >= SR_PRACTICE_MAX_LINE || g_buffered_input_stream_fill (in, -1, NULL, NULL) <= 0)
        return NULL;
    }
}

static gboolean
serve (GThreadedSocketService *service,
       GSocketConnection      *connection,
       GObject                *source,
       gpointer                user_data)
{
  g_autoptr (SrPracticeControl) control = g_object_ref (SR_PRACTICE_CONTROL (user_data));
  GInputStream *raw = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GInputStream) in = g_buffered_input_stream_new_sized (raw, SR_PRACTICE_MAX_LINE);
  gboolean stop = FALSE;
  char *line;

  while (!stop && (line = read_line (G_BUFFERED_INPUT_STREAM (in))) != NULL)
    {
      g_autofree char *answer = sr_practice_control_run (control->server, line, &stop);

      g_free (line);
      if (!g_output_stream_write_all (out, answer, strlen (answer), NULL, NULL, NULL))
        break;
    }
  if (stop)
    control->stop (control->user_data);
  return TRUE;
}

/* Unix socket names are short; a longer path is reached through the folder's descriptor. */
static GSocketAddress *
make_address (const char *folder,
              int        *folder_fd,
              GError    **error)
{
  g_autofree char *path = g_build_filename (folder, SOCKET_NAME, NULL);

  *folder_fd = -1;
  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      *folder_fd = g_open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
      if (*folder_fd < 0)
        {
          sr_set_errno_error (error, errno, _("Opening “%s”"), folder);
          return NULL;
        }
      g_free (path);
      path = g_strdup_printf ("/proc/self/fd/%d/" SOCKET_NAME, *folder_fd);
    }
  return g_unix_socket_address_new (path);
}

SrPracticeControl *
sr_practice_control_start (SrPracticeServer *server,
                           void            (*stop) (gpointer user_data),
                           gpointer          user_data,
                           GError          **error)
{
  const char *folder = sr_practice_ca_get_folder (sr_practice_server_get_ca (server));
  g_autoptr (SrPracticeControl) control = g_object_new (SR_TYPE_PRACTICE_CONTROL, NULL);
  g_autofd int folder_fd = -1;
  g_autoptr (GSocketAddress) address = make_address (folder, &folder_fd, error);
  mode_t mask;
  gboolean ok;

  if (address == NULL)
    return NULL;
  control->server = g_object_ref (server);
  control->stop = stop;
  control->user_data = user_data;
  control->path = g_build_filename (folder, SOCKET_NAME, NULL);
  control->service = g_threaded_socket_service_new (MAX_CLIENTS);
  g_signal_connect (control->service, "run", G_CALLBACK (serve), control);
  g_unlink (control->path); /* the folder's lock is ours, so nobody serves there */
  mask = umask (0177);
  ok = g_socket_listener_add_address (G_SOCKET_LISTENER (control->service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error);
  umask (mask);
  if (!ok)
    return NULL;
  g_socket_service_start (control->service);
  return g_steal_pointer (&control);
}

void
sr_practice_control_stop (SrPracticeControl *control)
{
  g_signal_handlers_disconnect_by_data (control->service, control);
  g_socket_service_stop (control->service);
  g_socket_listener_close (G_SOCKET_LISTENER (control->service));
  g_unlink (control->path);
}

static JsonObject *
parse_answer (const char *text,
              gsize       length,
              GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  if (!json_parser_load_from_data (parser, text, (gssize) length, error))
    return NULL;
  root = json_parser_steal_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("The practice CA’s answer is not an object"));
      return NULL;
    }
  object = json_node_get_object (root);
  if (!json_object_get_boolean_member_with_default (object, "ok", FALSE))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           json_object_get_string_member_with_default (object, "error", _("The practice CA refused")));
      return NULL;
    }
  return json_object_ref (object);
}

JsonObject *
sr_practice_control_ask (const char *folder,
                         JsonObject *request,
                         GError    **error)
{
  g_autofd int folder_fd = -1;
  g_autoptr (GSocketAddress) address = make_address (folder, &folder_fd, error);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GDataInputStream) in = NULL;
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;
  gsize length;

  if (address == NULL)
    return NULL;
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, error);
  if (connection == NULL)
    return NULL;
  json_node_init_object (node, request);
  text = json_to_string (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), line, strlen (line), NULL, NULL, error))
    return NULL;
  in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  answer = g_data_input_stream_read_line (in, &length, NULL, error);
  if (answer == NULL)
    {
      if (error == NULL || *error == NULL)
        g_set_error_literal (error, SR_ERROR, SR_ERROR_CLOSED, _("The practice CA closed the connection"));
      return NULL;
    }
  return parse_answer (answer, length, error);
}
