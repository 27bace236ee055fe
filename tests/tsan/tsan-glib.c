/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What GLib does between threads, told to ThreadSanitizer.
 *
 * The sanitizer sees the code that is built with it, and of libraries no more
 * than their calls of pthread and libc. GLib's locks are futexes and its
 * counters are inlined atomics, so without help every use of a GMutex looks
 * like a race. This library is preloaded and stands in front of GLib's
 * functions: each tells what GLib promises (this happens before that), and
 * then calls the real one. It promises no more than our code may rely on, for
 * what is told too generously hides races:
 *
 * - Locks count where our own code takes them. GLib's inner ones, such as the
 *   one of all signals, do not.
 * - A reference orders only what is done behind the last unref.
 * - A TCP connection orders what was done before sending and what is done behind
 *   receiving; nothing else that has a file descriptor does (io_sync=0 in
 *   TSAN_OPTIONS, where the sanitizer would take all sockets for one).
 *
 * And it shows what happens inside GLib on our behalf: see tsan-glib-memory.c.
 *
 * Here: locks, references, and what happens once. */

#include "tsan-glib-private.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <sanitizer/tsan_interface.h>

/* Programs that are not built with the sanitizer inherit the preload. */
#pragma weak __tsan_acquire
#pragma weak __tsan_release
#pragma weak __tsan_mutex_pre_lock
#pragma weak __tsan_mutex_post_lock
#pragma weak __tsan_mutex_pre_unlock
#pragma weak __tsan_mutex_post_unlock
#pragma weak __tsan_mutex_destroy

void *
tsan_glib_look_up (void      **real,
                   const char *name)
{
  void *found = __atomic_load_n (real, __ATOMIC_RELAXED);

  if (found == NULL)
    {
      found = dlsym (RTLD_NEXT, name);
      __atomic_store_n (real, found, __ATOMIC_RELAXED);
    }
  return found;
}

void
tsan_glib_let_go (gconstpointer token)
{
  if (__tsan_release != NULL)
    __tsan_release ((void *) token);
}

void
tsan_glib_get_hold (gconstpointer token)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire ((void *) token);
}

/* ---- Who calls ------------------------------------------------------------------ */

static ElfW (Addr) program_begin, program_end;

/* The first of them is the program, and all our own code is in it. */
static int
note_program (struct dl_phdr_info *info,
              size_t               size,
              void                *data)
{
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X))
      {
        program_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        program_end = program_begin + info->dlpi_phdr[i].p_memsz;
      }
  return 1;
}

__attribute__ ((constructor)) static void
find_program (void)
{
  if (__tsan_release != NULL)
    dl_iterate_phdr (note_program, NULL);
}

gboolean
tsan_glib_is_ours (void *caller)
{
  return (ElfW (Addr)) caller >= program_begin && (ElfW (Addr)) caller < program_end;
}

/* ---- Locks ------------------------------------------------------------------------ */

/* Those that our code has taken on this thread. A function of GLib's may end in
 * a jump to its own unlock, which then seems to return to our code. */
#define MAX_HELD 64

static __thread gpointer held[MAX_HELD];
static __thread guint n_held;

static void
hold (gpointer lock)
{
  g_assert (n_held < MAX_HELD);
  held[n_held++] = lock;
}

static gboolean
drop_held (gpointer lock)
{
  for (guint i = n_held; i-- > 0; )
    if (held[i] == lock)
      {
        held[i] = held[--n_held];
        return TRUE;
      }
  return FALSE;
}

#define LOCKS(type, prefix, flags) \
  WRAP (prefix##_lock) \
  void \
  prefix##_lock (type *lock) \
  { \
    gboolean ours = OURS (); \
\
    if (ours) \
      __tsan_mutex_pre_lock (lock, flags); \
    REAL (prefix##_lock) (lock); \
    if (ours) \
      { \
        __tsan_mutex_post_lock (lock, flags, 0); \
        hold (lock); \
      } \
  } \
\
  WRAP (prefix##_trylock) \
  gboolean \
  prefix##_trylock (type *lock) \
  { \
    gboolean ours = OURS (); \
    gboolean locked; \
\
    if (ours) \
      __tsan_mutex_pre_lock (lock, (flags) | __tsan_mutex_try_lock); \
    locked = REAL (prefix##_trylock) (lock); \
    if (ours) \
      __tsan_mutex_post_lock (lock, (flags) | __tsan_mutex_try_lock | (locked ? 0 : __tsan_mutex_try_lock_failed), 0); \
    if (ours && locked) \
      hold (lock); \
    return locked; \
  } \
\
  WRAP (prefix##_unlock) \
  void \
  prefix##_unlock (type *lock) \
  { \
    gboolean ours = drop_held (lock); \
\
    if (ours) \
      __tsan_mutex_pre_unlock (lock, 0); \
    REAL (prefix##_unlock) (lock); \
    if (ours) \
      __tsan_mutex_post_unlock (lock, 0); \
  } \
\
  WRAP (prefix##_clear) \
  void \
  prefix##_clear (type *lock) \
  { \
    if (OURS ()) \
      __tsan_mutex_destroy (lock, 0); \
    REAL (prefix##_clear) (lock); \
  }

LOCKS (GMutex, g_mutex, 0)

/* GRecMutex is a pthread mutex, as it is in GLib. But what GLib's own functions
 * call last is a jump, and then the sanitizer, which overlooks calls out of
 * GLib, takes the unlock for one of ours, and of a mutex that nobody locked. */
static pthread_mutex_t *
recursive_mutex (GRecMutex *lock)
{
  pthread_mutex_t *mutex = __atomic_load_n ((pthread_mutex_t **) &lock->p, __ATOMIC_ACQUIRE), *none = NULL;
  pthread_mutexattr_t attributes;

  if (mutex != NULL)
    return mutex;
  mutex = malloc (sizeof *mutex);
  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  if (__atomic_compare_exchange_n ((pthread_mutex_t **) &lock->p, &none, mutex, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return mutex;
  pthread_mutex_destroy (mutex);
  free (mutex);
  return none;
}

void
g_rec_mutex_lock (GRecMutex *lock)
{
  pthread_mutex_lock (recursive_mutex (lock));
}

gboolean
g_rec_mutex_trylock (GRecMutex *lock)
{
  return pthread_mutex_trylock (recursive_mutex (lock)) == 0;
}

void
g_rec_mutex_unlock (GRecMutex *lock)
{
  pthread_mutex_unlock (recursive_mutex (lock));
}

/* A wait gives the lock away and takes it again; who signals holds it, or orders nothing. */
static void
give_lock (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
}

static void
take_lock (GMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

WRAP (g_cond_wait)
void
g_cond_wait (GCond  *cond,
             GMutex *mutex)
{
  gboolean ours = OURS ();

  if (ours)
    give_lock (mutex);
  REAL (g_cond_wait) (cond, mutex);
  if (ours)
    take_lock (mutex);
}

WRAP (g_cond_wait_until)
gboolean
g_cond_wait_until (GCond  *cond,
                   GMutex *mutex,
                   gint64  end_time)
{
  gboolean ours = OURS ();
  gboolean signalled;

  if (ours)
    give_lock (mutex);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  if (ours)
    take_lock (mutex);
  return signalled;
}

/* ---- Once: the quick way past it is an atomic load in our own code ----------------- */

WRAP (g_once_init_leave)
void
(g_once_init_leave) (volatile void *location,
                     gsize          result)
{
  tsan_glib_let_go ((gconstpointer) location);
  REAL (g_once_init_leave) (location, result);
}

WRAP (g_once_init_leave_pointer)
void
(g_once_init_leave_pointer) (void *location,
                             void *result)
{
  tsan_glib_let_go (location);
  REAL (g_once_init_leave_pointer) (location, result);
}

WRAP (g_once_init_enter)
gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);

  if (!first)
    tsan_glib_get_hold ((gconstpointer) location);
  return first;
}

WRAP (g_once_init_enter_pointer)
gboolean
(g_once_init_enter_pointer) (void *location)
{
  gboolean first = REAL (g_once_init_enter_pointer) (location);

  if (!first)
    tsan_glib_get_hold (location);
  return first;
}

/* ---- References: what was done before any unref is seen by what the last one frees ---- */

WRAP (g_atomic_ref_count_dec)
gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean last;

  tsan_glib_let_go (count);
  last = REAL (g_atomic_ref_count_dec) (count);
  if (last)
    tsan_glib_get_hold (count);
  return last;
}

static __thread GDestroyNotify clear_box;

static void
clear_last (gpointer box)
{
  tsan_glib_get_hold (box);
  clear_box (box);
}

WRAP (g_atomic_rc_box_release_full)
void
g_atomic_rc_box_release_full (gpointer       box,
                              GDestroyNotify clear)
{
  GDestroyNotify outer = clear_box;

  tsan_glib_let_go (box);
  clear_box = clear;
  REAL (g_atomic_rc_box_release_full) (box, clear_last);
  clear_box = outer;
}

WRAP (g_atomic_rc_box_release)
void
g_atomic_rc_box_release (gpointer box)
{
  tsan_glib_let_go (box);
  REAL (g_atomic_rc_box_release) (box);
}

/* Who finds a count of 1 is the last, as long as nobody counts down meanwhile. */
static char counting[64];

WRAP (g_object_unref)
void
(g_object_unref) (gpointer object)
{
  char *busy = &counting[((guintptr) object >> 5) % sizeof counting];

  tsan_glib_let_go (object);
  while (__atomic_exchange_n (busy, 1, __ATOMIC_ACQUIRE))
    sched_yield ();
  if (__atomic_load_n (&((GObject *) object)->ref_count, __ATOMIC_RELAXED) > 1)
    {
      REAL (g_object_unref) (object);
      __atomic_store_n (busy, 0, __ATOMIC_RELEASE);
      return;
    }
  __atomic_store_n (busy, 0, __ATOMIC_RELEASE);
  tsan_glib_get_hold (object);
  REAL (g_object_unref) (object);
}

/* Freed by GLib itself, which is overlooked; this is for what they hold. */
#define UNREF(type, name) \
  WRAP (name) \
  void \
  (name) (type object) \
  { \
    tsan_glib_let_go (object); \
    tsan_glib_get_hold (object); \
    REAL (name) (object); \
  }

UNREF (GBytes *, g_bytes_unref)
UNREF (GPtrArray *, g_ptr_array_unref)
UNREF (GArray *, g_array_unref)
UNREF (GByteArray *, g_byte_array_unref)
UNREF (GHashTable *, g_hash_table_unref)
UNREF (GVariant *, g_variant_unref)
UNREF (GSource *, g_source_unref)
UNREF (GMainContext *, g_main_context_unref)

/* ---- Classes: what class_init wrote is seen by who makes an object ------------------- */

#define N_KNOWN 1024

static GType known[N_KNOWN];

static void
know_class (GType type)
{
  GType *slot = &known[(type >> 4) % N_KNOWN];

  if (__atomic_load_n (slot, __ATOMIC_RELAXED) == type)
    tsan_glib_get_hold (slot);
  else
    {
      /* Stays: a class of ours is never unloaded. Two of one slot cost time alone. */
      g_type_class_ref (type);
      tsan_glib_let_go (slot);
      __atomic_store_n (slot, type, __ATOMIC_RELAXED);
    }
}

WRAP (g_object_new_valist)
GObject *
g_object_new_valist (GType       type,
                     const char *first,
                     va_list     arguments)
{
  know_class (type);
  return REAL (g_object_new_valist) (type, first, arguments);
}

gpointer
g_object_new (GType       type,
              const char *first,
              ...)
{
  GObject *object;
  va_list arguments;

  va_start (arguments, first);
  object = g_object_new_valist (type, first, arguments);
  va_end (arguments);
  return object;
}
