/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Told to ThreadSanitizer: what one thread of GLib's hands over to another, by
 * main contexts, tasks, cancellables and connections. See tsan-glib.c. */

#include "tsan-glib-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- Main contexts: who attaches a source is seen by who dispatches --------------- */

static gconstpointer
context_token (GMainContext *context)
{
  return context != NULL ? context : g_main_context_default ();
}

WRAP (g_source_attach)
guint
g_source_attach (GSource      *source,
                 GMainContext *context)
{
  tsan_glib_let_go (context_token (context));
  return REAL (g_source_attach) (source, context);
}

WRAP (g_source_set_ready_time)
void
g_source_set_ready_time (GSource *source,
                         gint64   ready_time)
{
  GMainContext *context = g_source_is_destroyed (source) ? NULL : g_source_get_context (source);

  if (context != NULL)
    tsan_glib_let_go (context);
  REAL (g_source_set_ready_time) (source, ready_time);
}

WRAP (g_main_context_invoke_full)
void
g_main_context_invoke_full (GMainContext  *context,
                            int            priority,
                            GSourceFunc    function,
                            gpointer       data,
                            GDestroyNotify notify)
{
  tsan_glib_let_go (context_token (context));
  REAL (g_main_context_invoke_full) (context, priority, function, data, notify);
}

WRAP (g_main_context_wakeup)
void
g_main_context_wakeup (GMainContext *context)
{
  tsan_glib_let_go (context_token (context));
  REAL (g_main_context_wakeup) (context);
}

/* GLib's own calls of g_source_attach() within g_idle_add() and the like pass by this library. */
static guint
add_source (GSource       *source,
            int            priority,
            GSourceFunc    function,
            gpointer       data,
            GDestroyNotify notify)
{
  guint id;

  g_source_set_priority (source, priority);
  g_source_set_callback (source, function, data, notify);
  id = g_source_attach (source, NULL);
  g_source_unref (source);
  return id;
}

guint
g_idle_add_full (int            priority,
                 GSourceFunc    function,
                 gpointer       data,
                 GDestroyNotify notify)
{
  return add_source (g_idle_source_new (), priority, function, data, notify);
}

guint
g_idle_add (GSourceFunc function,
            gpointer    data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, function, data, NULL);
}

guint
g_timeout_add_full (int            priority,
                    guint          interval,
                    GSourceFunc    function,
                    gpointer       data,
                    GDestroyNotify notify)
{
  return add_source (g_timeout_source_new (interval), priority, function, data, notify);
}

guint
g_timeout_add (guint       interval,
               GSourceFunc function,
               gpointer    data)
{
  return g_timeout_add_full (G_PRIORITY_DEFAULT, interval, function, data, NULL);
}

guint
g_timeout_add_seconds_full (int            priority,
                            guint          interval,
                            GSourceFunc    function,
                            gpointer       data,
                            GDestroyNotify notify)
{
  return add_source (g_timeout_source_new_seconds (interval), priority, function, data, notify);
}

guint
g_timeout_add_seconds (guint       interval,
                       GSourceFunc function,
                       gpointer    data)
{
  return g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, interval, function, data, NULL);
}

static int
ask_context (GMainContext *context,
             int           priority,
             gboolean      may_block,
             GPollFD     **fds)
{
  int timeout, n = 0, n_needed;

  *fds = NULL;
  while ((n_needed = g_main_context_query (context, priority, &timeout, *fds, n)) > n)
    *fds = g_renew (GPollFD, *fds, n = n_needed);
  if (!may_block)
    timeout = 0;
  /* Not GLib's own, which the sanitizer is told to overlook: a signal would be put off until it returns. */
  if (n_needed > 0 || timeout != 0)
    poll ((struct pollfd *) *fds, (nfds_t) n_needed, timeout);
  return n_needed;
}

/* As in GLib, with a moment between what is ready and its dispatch. */
WRAP (g_main_context_iteration)
gboolean
g_main_context_iteration (GMainContext *context,
                          gboolean      may_block)
{
  g_autofree GPollFD *fds = NULL;
  gboolean ready;
  int priority, n;

  if (context == NULL)
    context = g_main_context_default ();
  if (!g_main_context_acquire (context))
    return REAL (g_main_context_iteration) (context, may_block);
  g_main_context_prepare (context, &priority);
  n = ask_context (context, priority, may_block, &fds);
  ready = g_main_context_check (context, priority, fds, n);
  tsan_glib_get_hold (context);
  g_main_context_dispatch (context);
  g_main_context_release (context);
  return ready;
}

static gboolean
iterate_in_loop (gpointer data)
{
  GMainLoop *loop = data;

  while (g_main_loop_is_running (loop))
    g_main_context_iteration (g_main_loop_get_context (loop), TRUE);
  return G_SOURCE_REMOVE;
}

/* The real loop runs one source alone, which runs all others. */
WRAP (g_main_loop_run)
void
g_main_loop_run (GMainLoop *loop)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_MININT);
  g_source_set_callback (source, iterate_in_loop, loop, NULL);
  g_source_attach (source, g_main_loop_get_context (loop));
  REAL (g_main_loop_run) (loop);
  g_source_destroy (source);
}

WRAP (g_main_loop_quit)
void
g_main_loop_quit (GMainLoop *loop)
{
  tsan_glib_let_go (g_main_loop_get_context (loop));
  REAL (g_main_loop_quit) (loop);
}

/* ---- Tasks on threads: what was done before is seen by the thread ------------------- */

#define THREAD_FUNCTION "tsan-glib-thread-function"

static void
run_task (GTask        *task,
          gpointer      source,
          gpointer      data,
          GCancellable *cancellable)
{
  GTaskThreadFunc function = (GTaskThreadFunc) g_object_get_data (G_OBJECT (task), THREAD_FUNCTION);

  tsan_glib_get_hold (task);
  function (task, source, data, cancellable);
  tsan_glib_let_go (task);
}

WRAP (g_task_run_in_thread)
void
g_task_run_in_thread (GTask          *task,
                      GTaskThreadFunc function)
{
  g_object_set_data (G_OBJECT (task), THREAD_FUNCTION, (gpointer) function);
  tsan_glib_let_go (task);
  REAL (g_task_run_in_thread) (task, run_task);
}

WRAP (g_task_run_in_thread_sync)
void
g_task_run_in_thread_sync (GTask          *task,
                           GTaskThreadFunc function)
{
  g_object_set_data (G_OBJECT (task), THREAD_FUNCTION, (gpointer) function);
  tsan_glib_let_go (task);
  REAL (g_task_run_in_thread_sync) (task, run_task);
  tsan_glib_get_hold (task);
}

/* ---- Cancellables: who connects is seen by the callback, and the callback by who disconnects ---- */

typedef struct
{
  GCallback callback;
  gpointer data;
  GDestroyNotify destroy;
} Handler;

static void
run_handler (GCancellable *cancellable,
             Handler      *handler)
{
  tsan_glib_get_hold (handler);
  ((void (*) (GCancellable *, gpointer)) handler->callback) (cancellable, handler->data);
  tsan_glib_let_go (cancellable);
}

static void
free_handler (gpointer data)
{
  Handler *handler = data;

  if (handler->destroy != NULL)
    handler->destroy (handler->data);
  free (handler);
}

WRAP (g_cancellable_connect)
gulong
g_cancellable_connect (GCancellable  *cancellable,
                       GCallback      callback,
                       gpointer       data,
                       GDestroyNotify destroy)
{
  Handler *handler = malloc (sizeof *handler);

  *handler = (Handler) { callback, data, destroy };
  tsan_glib_let_go (handler);
  return REAL (g_cancellable_connect) (cancellable, G_CALLBACK (run_handler), handler, free_handler);
}

WRAP (g_cancellable_disconnect)
void
g_cancellable_disconnect (GCancellable *cancellable,
                          gulong        handler)
{
  REAL (g_cancellable_disconnect) (cancellable, handler);
  if (cancellable != NULL)
    tsan_glib_get_hold (cancellable);
}

WRAP (g_cancellable_cancel)
void
g_cancellable_cancel (GCancellable *cancellable)
{
  if (cancellable != NULL)
    tsan_glib_let_go (cancellable);
  REAL (g_cancellable_cancel) (cancellable);
}

WRAP (g_cancellable_is_cancelled)
gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  gboolean cancelled = REAL (g_cancellable_is_cancelled) (cancellable);

  if (cancelled)
    tsan_glib_get_hold (cancellable);
  return cancelled;
}

/* ---- Connections ---------------------------------------------------------------------- */

static guint
port_of (int   fd,
         int (*ask) (int, struct sockaddr *, socklen_t *))
{
  struct sockaddr_in address = { 0 };
  socklen_t size = sizeof address;

  return ask (fd, (struct sockaddr *) &address, &size) == 0 && address.sin_family == AF_INET ? ntohs (address.sin_port) : 0;
}

/* The same for both ends; NULL for what is no TCP connection. */
static gconstpointer
connection_token (int fd)
{
  static char tokens[1 << 20];
  guint here = port_of (fd, getsockname), there = port_of (fd, getpeername);

  if (here == 0 || there == 0)
    return NULL;
  return &tokens[(MIN (here, there) * 65537u + MAX (here, there)) % sizeof tokens];
}

WRAP (send)
ssize_t
send (int         fd,
      const void *data,
      size_t      length,
      int         flags)
{
  gconstpointer token = connection_token (fd);

  if (token != NULL)
    tsan_glib_let_go (token);
  return REAL (send) (fd, data, length, flags);
}

WRAP (recv)
ssize_t
recv (int    fd,
      void  *data,
      size_t length,
      int    flags)
{
  ssize_t n = REAL (recv) (fd, data, length, flags);
  int saved = errno;
  gconstpointer token = n >= 0 ? connection_token (fd) : NULL;

  if (token != NULL)
    tsan_glib_get_hold (token);
  errno = saved;
  return n;
}
