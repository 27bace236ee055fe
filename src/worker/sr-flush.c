/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-flush-private.h"

#include "worker/sr-job.h"

#define INTERVAL_US (G_USEC_PER_SEC / SR_JOB_UPDATES_PER_SECOND + 1)
#define BUSY_US 1000

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    user_data)
{
  return callback (user_data);
}

static GSourceFuncs funcs = { .dispatch = dispatch };

void
sr_flush_init (SrFlush      *self,
               GMainContext *context,
               const char   *name,
               GSourceFunc   func,
               gpointer      user_data)
{
  g_mutex_init (&self->mutex);
  self->flushed_at = -INTERVAL_US;
  self->due = G_MAXINT64;
  self->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (self->source, name);
  g_source_set_callback (self->source, func, user_data, NULL);
  g_source_attach (self->source, context);
}

void
sr_flush_clear (SrFlush *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_mutex_clear (&self->mutex);
}

void
sr_flush_schedule (SrFlush *self)
{
  gint64 due = self->flushed_at + INTERVAL_US;

  /* Setting it wakes the main loop, so not for each of thousands of reports a second. */
  if (self->due <= due)
    return;
  self->due = due;
  g_source_set_ready_time (self->source, due);
}

gboolean
sr_flush_take (SrFlush *self,
               gint64   now)
{
  /* A thread that holds the mutex may have lost its processor: the main loop does not wait for it. */
  if (g_mutex_trylock (&self->mutex))
    return TRUE;
  g_source_set_ready_time (self->source, now + BUSY_US);
  return FALSE;
}

void
sr_flush_release (SrFlush *self,
                  gint64   now,
                  gint64   again)
{
  self->flushed_at = now;
  self->due = again == G_MAXINT64 ? again : now + again;
  g_source_set_ready_time (self->source, again == G_MAXINT64 ? -1 : self->due);
  g_mutex_unlock (&self->mutex);
}
