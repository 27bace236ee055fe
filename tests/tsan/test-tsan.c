/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

/* Whether ThreadSanitizer, with what it is told of GLib, reports races and
 * nothing else. Each case stands twice: done right, and with a race planted
 * that a run in a process of its own must die of. Who comes second waits for
 * the first on a flag that orders nothing, so it does not depend on luck. */

static int flag;

static void
raise_flag (void)
{
  __atomic_store_n (&flag, 1, __ATOMIC_RELAXED);
}

static void
wait_for_flag (void)
{
  while (__atomic_load_n (&flag, __ATOMIC_RELAXED) == 0)
    g_usleep (1000);
}

typedef struct
{
  gboolean planted;
  GMutex mutex;
  GCond cond;
  guint number;
  GHashTable *table;
  char *text;
  GCancellable *cancellable;
  GMainContext *context;
  gboolean over;
} Case;

static void
run_aside (GThreadFunc first,
           GThreadFunc second,
           Case       *c)
{
  GThread *thread = g_thread_new ("first", first, c);

  second (c);
  g_thread_join (thread);
}

/* ---- A lock, and none --------------------------------------------------------- */

static gpointer
count_first (gpointer data)
{
  Case *c = data;

  g_mutex_lock (&c->mutex);
  c->number++;
  g_mutex_unlock (&c->mutex);
  raise_flag ();
  return NULL;
}

static gpointer
count_second (gpointer data)
{
  Case *c = data;

  wait_for_flag ();
  if (!c->planted)
    g_mutex_lock (&c->mutex);
  c->number++;
  if (!c->planted)
    g_mutex_unlock (&c->mutex);
  return NULL;
}

static void
check_lock (Case *c)
{
  run_aside (count_first, count_second, c);
}

/* ---- A container of GLib's ------------------------------------------------------ */

static gpointer
insert_first (gpointer data)
{
  Case *c = data;

  g_mutex_lock (&c->mutex);
  g_hash_table_insert (c->table, c, c);
  g_mutex_unlock (&c->mutex);
  raise_flag ();
  return NULL;
}

static gpointer
look_up_second (gpointer data)
{
  Case *c = data;

  wait_for_flag ();
  if (!c->planted)
    g_mutex_lock (&c->mutex);
  g_assert_true (g_hash_table_contains (c->table, c));
  if (!c->planted)
    g_mutex_unlock (&c->mutex);
  return NULL;
}

static void
check_container (Case *c)
{
  c->table = g_hash_table_new (NULL, NULL);
  run_aside (insert_first, look_up_second, c);
  g_hash_table_unref (c->table);
}

/* ---- Memory that is freed ----------------------------------------------------------- */

static gpointer
read_first (gpointer data)
{
  Case *c = data;

  g_mutex_lock (&c->mutex);
  c->number = (guint) c->text[0];
  g_mutex_unlock (&c->mutex);
  raise_flag ();
  return NULL;
}

static gpointer
free_second (gpointer data)
{
  Case *c = data;

  wait_for_flag ();
  if (!c->planted)
    {
      g_mutex_lock (&c->mutex);
      g_mutex_unlock (&c->mutex);
    }
  g_free (c->text);
  return NULL;
}

static void
check_free (Case *c)
{
  c->text = g_strdup ("text");
  run_aside (read_first, free_second, c);
}

/* ---- A condition, which gives the lock away ------------------------------------------ */

static gpointer
signal_first (gpointer data)
{
  Case *c = data;

  g_mutex_lock (&c->mutex);
  c->number++;
  c->over = TRUE;
  g_cond_signal (&c->cond);
  g_mutex_unlock (&c->mutex);
  if (c->planted)
    c->number++;
  raise_flag ();
  return NULL;
}

static gpointer
wait_second (gpointer data)
{
  Case *c = data;

  g_mutex_lock (&c->mutex);
  while (!c->over)
    g_cond_wait (&c->cond, &c->mutex);
  wait_for_flag ();
  c->number++;
  g_mutex_unlock (&c->mutex);
  return NULL;
}

static void
check_condition (Case *c)
{
  run_aside (signal_first, wait_second, c);
}

/* ---- A source, which hands over what was done before it ---------------------------------- */

static gboolean
take_over (gpointer data)
{
  Case *c = data;

  wait_for_flag ();
  c->number++;
  c->over = TRUE;
  return G_SOURCE_REMOVE;
}

static gpointer
attach_first (gpointer data)
{
  Case *c = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  c->number++;
  g_source_set_callback (source, take_over, c, NULL);
  g_source_attach (source, c->context);
  if (c->planted)
    c->number++;
  raise_flag ();
  return NULL;
}

static gpointer
dispatch_second (gpointer data)
{
  Case *c = data;

  while (!c->over)
    g_main_context_iteration (c->context, TRUE);
  return NULL;
}

static void
check_source (Case *c)
{
  c->context = g_main_context_new ();
  run_aside (attach_first, dispatch_second, c);
  g_main_context_unref (c->context);
}

/* ---- A cancel, and the end of listening for it ------------------------------------------- */

static void
on_cancelled (GCancellable *cancellable,
              Case         *c)
{
  c->number++;
}

static gpointer
cancel_first (gpointer data)
{
  Case *c = data;

  g_cancellable_cancel (c->cancellable);
  raise_flag ();
  return NULL;
}

static void
check_cancel (Case *c)
{
  gulong handler;
  GThread *thread;

  c->cancellable = g_cancellable_new ();
  c->number++;
  handler = g_cancellable_connect (c->cancellable, G_CALLBACK (on_cancelled), c, NULL);
  thread = g_thread_new ("first", cancel_first, c);
  wait_for_flag ();
  if (!c->planted)
    g_cancellable_disconnect (c->cancellable, handler);
  c->number++;
  g_thread_join (thread);
  g_object_unref (c->cancellable);
}

/* ---- The last reference frees ------------------------------------------------------------ */

static guint *shared;

static gpointer
drop_first (gpointer data)
{
  (*shared)++;
  if (!((Case *) data)->planted)
    g_atomic_rc_box_release (shared);
  raise_flag ();
  return NULL;
}

static void
read_last (gpointer data)
{
  g_assert_cmpuint (*(guint *) data, ==, 1);
}

static gpointer
drop_second (gpointer data)
{
  wait_for_flag ();
  if (((Case *) data)->planted)
    g_atomic_rc_box_release (shared);
  g_atomic_rc_box_release_full (shared, read_last);
  return NULL;
}

static void
check_reference (Case *c)
{
  shared = g_atomic_rc_box_new0 (guint);
  g_atomic_rc_box_acquire (shared);
  run_aside (drop_first, drop_second, c);
}

/* ---- A task on a thread of GLib's ---------------------------------------------------------- */

static void
run_task (GTask        *task,
          gpointer      source,
          gpointer      data,
          GCancellable *cancellable)
{
  Case *c = data;

  c->number++;
  g_task_return_boolean (task, TRUE);
  raise_flag ();
}

static void
on_task (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  ((Case *) data)->over = TRUE;
}

static void
check_task (Case *c)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_task, c);

  c->number++;
  g_task_set_task_data (task, c, NULL);
  g_task_run_in_thread (task, run_task);
  wait_for_flag ();
  if (c->planted)
    c->number++;
  while (!c->over)
    g_main_context_iteration (NULL, TRUE);
  c->number++;
}

/* ------------------------------------------------------------------------------------------------ */

static const struct
{
  const char *name;
  void (*run) (Case *c);
} cases[] = {
  { "lock", check_lock },
  { "container", check_container },
  { "free", check_free },
  { "condition", check_condition },
  { "source", check_source },
  { "cancel", check_cancel },
  { "reference", check_reference },
  { "task", check_task },
};

static void
run_case (guint    i,
          gboolean planted)
{
  Case c = { .planted = planted };

  g_mutex_init (&c.mutex);
  g_cond_init (&c.cond);
  cases[i].run (&c);
  g_cond_clear (&c.cond);
  g_mutex_clear (&c.mutex);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / 2;
  gboolean planted = GPOINTER_TO_UINT (data) % 2;

  if (g_test_subprocess ())
    {
      run_case (i, planted);
      return;
    }
  g_test_trap_subprocess (NULL, 60 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
  if (planted)
    {
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*ThreadSanitizer: data race*");
    }
  else
    {
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr_unmatched ("*ThreadSanitizer*");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *right = g_strdup_printf ("/tsan/%s/right", cases[i].name);
      g_autofree char *planted = g_strdup_printf ("/tsan/%s/planted", cases[i].name);

      g_test_add_data_func (right, GUINT_TO_POINTER (2 * i), test_case);
      g_test_add_data_func (planted, GUINT_TO_POINTER (2 * i + 1), test_case);
    }
  return g_test_run ();
}
