/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-host-output-private.h"

#include "base/sr-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct _SrHostOutput
{
  GOutputStream parent_instance;

  int fd;
  int folder_fd;
  char *path;
};

G_DEFINE_FINAL_TYPE (SrHostOutput, sr_host_output, G_TYPE_OUTPUT_STREAM)

static void
sr_host_output_finalize (GObject *object)
{
  SrHostOutput *output = SR_HOST_OUTPUT (object);

  g_clear_fd (&output->fd, NULL);
  g_clear_fd (&output->folder_fd, NULL);
  g_free (output->path);
  G_OBJECT_CLASS (sr_host_output_parent_class)->finalize (object);
}

static gssize
sr_host_output_write (GOutputStream  *stream,
                      const void     *buffer,
                      gsize           count,
                      GCancellable   *cancellable,
                      GError        **error)
{
  SrHostOutput *output = SR_HOST_OUTPUT (stream);
  gssize n;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  do
    n = write (output->fd, buffer, count);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    sr_set_errno_error (error, errno, _("Writing “%s”"), output->path);
  return n;
}

/* The file first, its name then: a name on the disk has its contents. */
static gboolean
sr_host_output_close (GOutputStream  *stream,
                      GCancellable   *cancellable,
                      GError        **error)
{
  SrHostOutput *output = SR_HOST_OUTPUT (stream);
  gboolean ok = fsync (output->fd) == 0 && fsync (output->folder_fd) == 0;

  if (!ok)
    sr_set_errno_error (error, errno, _("Writing “%s” to the disk"), output->path);
  if (!g_clear_fd (&output->fd, ok ? error : NULL))
    ok = FALSE;
  g_clear_fd (&output->folder_fd, NULL);
  return ok;
}

static void
sr_host_output_class_init (SrHostOutputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_host_output_finalize;
  G_OUTPUT_STREAM_CLASS (class)->write_fn = sr_host_output_write;
  G_OUTPUT_STREAM_CLASS (class)->close_fn = sr_host_output_close;
}

static void
sr_host_output_init (SrHostOutput *output)
{
  output->fd = -1;
  output->folder_fd = -1;
}

GOutputStream *
sr_host_output_new (int         fd,
                    int         folder_fd,
                    const char *path)
{
  SrHostOutput *output = g_object_new (SR_TYPE_HOST_OUTPUT, NULL);

  output->fd = fd;
  output->folder_fd = folder_fd;
  output->path = g_strdup (path);
  return G_OUTPUT_STREAM (output);
}
