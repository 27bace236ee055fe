/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* A leg that waits for nobody is over within milliseconds, and so much is waited
 * for it even when the caller cancels: a process that ends while the leg still
 * computes takes the locks of the cryptographic library from under it. */
#define GRACE (G_TIME_SPAN_SECOND / 2)

/* One leg on a thread of its own. Whoever lets go last frees it, the context with it if the caller gave up. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean done;
  gboolean cancelled;

  SrAuthContext *context;
  GBytes *token;
  GBytes *reply;
  GError *error;
  gboolean worked;
} Leg;

static void
leg_clear (gpointer data)
{
  Leg *leg = data;

  g_clear_pointer (&leg->context, sr_auth_context_free);
  g_clear_pointer (&leg->token, g_bytes_unref);
  g_clear_pointer (&leg->reply, g_bytes_unref);
  g_clear_error (&leg->error);
  g_mutex_clear (&leg->lock);
  g_cond_clear (&leg->changed);
}

static void
leg_release (Leg *leg)
{
  g_atomic_rc_box_release_full (leg, leg_clear);
}

static gpointer
run_leg (gpointer data)
{
  Leg *leg = data;
  gboolean worked = sr_auth_context_step (leg->context, leg->token, &leg->reply, &leg->error);

  g_mutex_lock (&leg->lock);
  leg->worked = worked;
  leg->done = TRUE;
  g_cond_signal (&leg->changed);
  g_mutex_unlock (&leg->lock);
  leg_release (leg);
  return NULL;
}

static void
on_cancelled (GCancellable *cancellable,
              Leg          *leg)
{
  g_mutex_lock (&leg->lock);
  leg->cancelled = TRUE;
  g_cond_signal (&leg->changed);
  g_mutex_unlock (&leg->lock);
}

static void
wait_until (Leg   *leg,
            gint64 deadline)
{
  while (!leg->done && g_cond_wait_until (&leg->changed, &leg->lock, deadline))
    ;
}

/* Whether the leg is over before the caller's patience is. */
static gboolean
wait_for_leg (Leg          *leg,
              gint64        deadline,
              GCancellable *cancellable)
{
  gulong handler = 0;
  gboolean done;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), leg, NULL);
  g_mutex_lock (&leg->lock);
  while (!leg->done && !leg->cancelled)
    {
      if (deadline == SR_DEADLINE_NONE)
        g_cond_wait (&leg->changed, &leg->lock);
      else if (!g_cond_wait_until (&leg->changed, &leg->lock, deadline))
        break;
    }
  wait_until (leg, g_get_monotonic_time () + GRACE);
  done = leg->done;
  g_mutex_unlock (&leg->lock);
  g_cancellable_disconnect (cancellable, handler);
  return done;
}

gboolean
sr_auth_context_step_until (SrAuthContext **context,
                            GBytes         *token,
                            GBytes        **reply,
                            gint64          deadline,
                            GCancellable   *cancellable,
                            GError        **error)
{
  Leg *leg = g_atomic_rc_box_new0 (Leg);
  GThread *thread;
  gboolean worked = FALSE;

  *reply = NULL;
  g_mutex_init (&leg->lock);
  g_cond_init (&leg->changed);
  leg->context = g_steal_pointer (context);
  leg->token = token != NULL ? g_bytes_ref (token) : NULL;
  thread = g_thread_new ("auth-leg", run_leg, g_atomic_rc_box_acquire (leg));

  if (wait_for_leg (leg, deadline, cancellable))
    {
      g_thread_join (thread); /* what the libraries keep for a thread is given back as it ends */
      *context = g_steal_pointer (&leg->context);
      *reply = g_steal_pointer (&leg->reply);
      worked = leg->worked;
      if (leg->error != NULL)
        g_propagate_error (error, g_steal_pointer (&leg->error));
    }
  else
    {
      g_thread_unref (thread);
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_set_error_literal (error, SR_ERROR, SR_ERROR_TIMED_OUT,
                             _ ("Signing in took too long: no answer of the key distribution centre"));
    }
  leg_release (leg);
  return worked;
}
