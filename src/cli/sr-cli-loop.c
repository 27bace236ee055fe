/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"

#include "cli/sr-cli-private.h"

#include <glib-unix.h>
#include <signal.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

struct _SrCliLoop
{
  const char *first;
  const char *again;
  GCancellable *cancellable;
  GAsyncResult *result;
  guint sources[G_N_ELEMENTS (signals)];
};

static gboolean
signalled (gpointer user_data)
{
  SrCliLoop *loop = user_data;

  if (g_cancellable_is_cancelled (loop->cancellable))
    sr_cli_note ("\n%s", loop->again);
  else
    {
      sr_cli_note ("\n%s", loop->first);
      g_cancellable_cancel (loop->cancellable);
    }
  return G_SOURCE_CONTINUE;
}

SrCliLoop *
sr_cli_loop_new (const char *first,
                 const char *again)
{
  SrCliLoop *loop = g_new0 (SrCliLoop, 1);

  loop->first = first;
  loop->again = again;
  loop->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    loop->sources[i] = g_unix_signal_add (signals[i], signalled, loop);
  return loop;
}

void
sr_cli_loop_free (SrCliLoop *loop)
{
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (loop->sources[i]);
  g_clear_object (&loop->result);
  g_object_unref (loop->cancellable);
  g_free (loop);
}

GCancellable *
sr_cli_loop_get_cancellable (SrCliLoop *loop)
{
  return loop->cancellable;
}

void
sr_cli_loop_callback (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  SrCliLoop *loop = user_data;

  g_set_object (&loop->result, result);
}

GAsyncResult *
sr_cli_loop_wait (SrCliLoop *loop)
{
  g_clear_object (&loop->result);
  while (loop->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return loop->result;
}
