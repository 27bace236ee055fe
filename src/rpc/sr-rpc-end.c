/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-end-private.h"

#include "base/sr-error.h"

struct _SrRpcEnd
{
  GCancellable *signal;
  int reason;                           /* SrRpcEndReason, atomic */
};

SrRpcEnd *
sr_rpc_end_new (void)
{
  SrRpcEnd *end = g_atomic_rc_box_new0 (SrRpcEnd);

  end->signal = g_cancellable_new ();
  return end;
}

static void
end_clear (gpointer data)
{
  g_object_unref (((SrRpcEnd *) data)->signal);
}

static void
release (gpointer data)
{
  g_atomic_rc_box_release_full (data, end_clear);
}

void
sr_rpc_end_unref (SrRpcEnd *end)
{
  release (end);
}

GCancellable *
sr_rpc_end_get_signal (SrRpcEnd *end)
{
  return end->signal;
}

SrRpcEndReason
sr_rpc_end_get_reason (SrRpcEnd *end)
{
  return (SrRpcEndReason) g_atomic_int_get (&end->reason);
}

void
sr_rpc_end_with (SrRpcEnd      *end,
                 SrRpcEndReason reason)
{
  if (g_atomic_int_compare_and_exchange (&end->reason, SR_RPC_END_NONE, reason))
    g_cancellable_cancel (end->signal);
}

static gpointer
run_clock (gpointer loop)
{
  g_main_loop_run (loop);
  return NULL;
}

/* One thread watches the clock for the whole process. */
static GMainContext *
clock_context (void)
{
  static GMainContext *context;

  if (g_once_init_enter_pointer (&context))
    {
      GMainContext *fresh = g_main_context_new ();
      GMainLoop *loop = g_main_loop_new (fresh, FALSE);

      g_thread_unref (g_thread_new ("rpc-clock", run_clock, loop));
      g_once_init_leave_pointer (&context, fresh);
    }
  return context;
}

static gboolean
on_clock (gpointer data)
{
  sr_rpc_end_with (data, SR_RPC_END_DEADLINE);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable,
              SrRpcEnd     *end)
{
  sr_rpc_end_with (end, SR_RPC_END_CANCELLED);
}

void
sr_rpc_watch_start (SrRpcWatch   *watch,
                    SrRpcEnd     *end,
                    gint64        deadline,
                    GCancellable *cancellable)
{
  *watch = (SrRpcWatch) { .cancellable = cancellable };
  if (deadline != SR_DEADLINE_NONE)
    {
      watch->clock = g_timeout_source_new (0);
      g_source_set_ready_time (watch->clock, deadline);
      g_source_set_callback (watch->clock, on_clock, g_atomic_rc_box_acquire (end), release);
      g_source_attach (watch->clock, clock_context ());
    }
  if (cancellable != NULL)
    watch->handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), end, NULL);
}

void
sr_rpc_watch_stop (SrRpcWatch *watch)
{
  g_cancellable_disconnect (watch->cancellable, watch->handler);
  if (watch->clock != NULL)
    {
      g_source_destroy (watch->clock);
      g_source_unref (watch->clock);
    }
}
