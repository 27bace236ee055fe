/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dcom-pinger.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "dcom/sr-dcom-resolve.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

/* One ping is given up after this many seconds: three periods are all the time there is. */
#define PING_DEADLINE 30

/* A failed ping is tried again after this part of the period. */
#define RETRY_PART 8

/* Where numbers begin in a set that another process made: above what it counted to. */
#define ADOPTED_SEQUENCE 0x8000

struct _SrDcomPinger
{
  SrDcomTarget *target;
  guint64 oid;
  gint64 period;

  GMutex lock;
  GCond wake;
  gboolean stopping;                    /* under @lock, as are the next three */
  guint64 setid;
  gint64 last;
  GError *failure;

  GThread *thread;                      /* joined by sr_dcom_pinger_stop() */
  GCancellable *cancellable;

  /* The thread's own, and its stopper's once it is joined. */
  SrRpcClient *client;
  guint16 sequence;
};

static _Atomic gint64 ping_period = SR_DCOM_PING_SECONDS * G_USEC_PER_SEC;

void
sr_dcom_set_ping_interval (double seconds)
{
  ping_period = (gint64) (seconds * G_USEC_PER_SEC);
}

/* One call of the object resolver. A connection that was idle may have been closed: it is opened again once. */
static gboolean
call_resolver (SrDcomPinger *pinger,
               guint16       opnum,
               gpointer      request,
               gpointer      reply,
               gint64        deadline,
               GCancellable *cancellable,
               GError      **error)
{
  const SrRpcInterface *iface = &sr_object_exporter_interface;

  for (;;)
    {
      g_autoptr (GError) local = NULL;
      gboolean reused;

      if (pinger->client != NULL && !sr_rpc_client_is_idle (pinger->client))
        g_clear_pointer (&pinger->client, sr_rpc_client_free);
      reused = pinger->client != NULL;
      if (!reused)
        pinger->client = sr_dcom_connect (pinger->target, SR_DCOM_SERVICE_RESOLVER, 0, NULL, &iface->syntax,
                                          deadline, cancellable, &local);
      if (pinger->client != NULL &&
          sr_rpc_client_call (pinger->client, iface, sr_rpc_interface_find (iface, opnum), NULL, request, reply,
                              deadline, cancellable, &local))
        return TRUE;
      if (!reused || !sr_dcom_is_connection_error (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
}

static gboolean
check_status (SrDcomPinger *pinger,
              guint32       status,
              GError      **error)
{
  if (status == 0)
    return TRUE;
  sr_dcom_set_status_error (error, status, _ ("Pinging the object"), sr_dcom_target_get_host (pinger->target));
  return FALSE;
}

static gboolean
simple_ping (SrDcomPinger *pinger,
             guint64       setid,
             gint64        deadline,
             GError      **error)
{
  SrSimplePingRequest request = { setid };
  SrStatusReply reply = { 0 };

  return call_resolver (pinger, SR_OBJECT_EXPORTER_OP_SIMPLE_PING, &request, &reply, deadline, pinger->cancellable, error)
         && check_status (pinger, reply.status, error);
}

/* Makes a set with the object in it. */
static gboolean
create_set (SrDcomPinger *pinger,
            gint64        deadline,
            GError      **error)
{
  g_autoptr (GArray) oids = g_array_new (FALSE, FALSE, sizeof (guint64));
  SrComplexPingRequest request = { .sequence = 1, .add = oids };
  SrComplexPingReply reply = { 0 };

  g_array_append_val (oids, pinger->oid);
  if (!call_resolver (pinger, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, &request, &reply, deadline, pinger->cancellable, error)
      || !check_status (pinger, reply.status, error))
    return FALSE;
  if (reply.setid == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _ ("%s made a ping set without a name"),
                   sr_dcom_target_get_host (pinger->target));
      return FALSE;
    }
  pinger->sequence = 2;
  g_mutex_lock (&pinger->lock);
  pinger->setid = reply.setid;
  g_mutex_unlock (&pinger->lock);
  return TRUE;
}

static gboolean
ping (SrDcomPinger *pinger,
      GError      **error)
{
  gint64 deadline = sr_deadline_in (PING_DEADLINE);
  guint64 setid = sr_dcom_pinger_get_setid (pinger);
  g_autoptr (GError) local = NULL;

  if (setid != 0)
    {
      if (simple_ping (pinger, setid, deadline, &local))
        return TRUE;
      /* The server has forgotten the set, but may still know the object. */
      if (!g_error_matches (local, SR_HRESULT_ERROR, (gint) SR_OR_INVALID_SET))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return create_set (pinger, deadline, error);
}

static gpointer
run (gpointer data)
{
  SrDcomPinger *pinger = data;

  g_mutex_lock (&pinger->lock);
  while (!pinger->stopping)
    {
      g_autoptr (GError) error = NULL;
      gint64 next;
      gboolean ok;

      g_mutex_unlock (&pinger->lock);
      ok = ping (pinger, &error);
      g_mutex_lock (&pinger->lock);
      next = g_get_monotonic_time () + (ok ? pinger->period : pinger->period / RETRY_PART);
      g_clear_error (&pinger->failure);
      if (ok)
        pinger->last = g_get_real_time ();
      else
        {
          g_prefix_error (&error, _ ("Ping of %s: "), sr_dcom_target_get_host (pinger->target));
          g_debug ("%s", error->message);
          pinger->failure = g_steal_pointer (&error);
        }
      while (!pinger->stopping && g_cond_wait_until (&pinger->wake, &pinger->lock, next))
        ;
    }
  g_mutex_unlock (&pinger->lock);
  return NULL;
}

SrDcomPinger *
sr_dcom_pinger_new (SrDcomTarget *target,
                    guint64       oid,
                    guint64       setid)
{
  SrDcomPinger *pinger = g_new0 (SrDcomPinger, 1);

  g_mutex_init (&pinger->lock);
  g_cond_init (&pinger->wake);
  pinger->target = sr_dcom_target_ref (target);
  pinger->oid = oid;
  pinger->setid = setid;
  pinger->sequence = ADOPTED_SEQUENCE;
  pinger->period = ping_period;
  pinger->cancellable = g_cancellable_new ();
  pinger->thread = g_thread_new ("dcom-ping", run, pinger);
  return pinger;
}

void
sr_dcom_pinger_stop (SrDcomPinger *pinger)
{
  if (pinger->thread == NULL)
    return;
  g_mutex_lock (&pinger->lock);
  pinger->stopping = TRUE;
  g_cond_signal (&pinger->wake);
  g_mutex_unlock (&pinger->lock);
  g_cancellable_cancel (pinger->cancellable);
  g_thread_join (g_steal_pointer (&pinger->thread));
}

void
sr_dcom_pinger_free (SrDcomPinger *pinger)
{
  sr_dcom_pinger_stop (pinger);
  g_clear_pointer (&pinger->client, sr_rpc_client_free);
  g_clear_pointer (&pinger->target, sr_dcom_target_unref);
  g_clear_object (&pinger->cancellable);
  g_clear_error (&pinger->failure);
  g_mutex_clear (&pinger->lock);
  g_cond_clear (&pinger->wake);
  g_free (pinger);
}

gboolean
sr_dcom_pinger_remove (SrDcomPinger *pinger,
                       gint64        deadline,
                       GError      **error)
{
  g_autoptr (GArray) oids = g_array_new (FALSE, FALSE, sizeof (guint64));
  SrComplexPingRequest request = { .setid = pinger->setid, .sequence = pinger->sequence, .remove = oids };
  SrComplexPingReply reply = { 0 };

  g_return_val_if_fail (pinger->thread == NULL, FALSE);
  if (pinger->setid == 0)
    return TRUE;
  g_array_append_val (oids, pinger->oid);
  return call_resolver (pinger, SR_OBJECT_EXPORTER_OP_COMPLEX_PING, &request, &reply, deadline, NULL, error)
         && check_status (pinger, reply.status, error);
}

guint64
sr_dcom_pinger_get_setid (SrDcomPinger *pinger)
{
  guint64 setid;

  g_mutex_lock (&pinger->lock);
  setid = pinger->setid;
  g_mutex_unlock (&pinger->lock);
  return setid;
}

gint64
sr_dcom_pinger_get_last (SrDcomPinger *pinger,
                         GError      **error)
{
  gint64 last;

  g_mutex_lock (&pinger->lock);
  last = pinger->last;
  if (error != NULL)
    *error = pinger->failure != NULL ? g_error_copy (pinger->failure) : NULL;
  g_mutex_unlock (&pinger->lock);
  return last;
}
