/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens inside GLib to memory of ours, where ThreadSanitizer does not
 * see it: a container of GLib's is read or written as a whole by each call that
 * our code makes, and memory that our code frees counts as written. */

#include "tsan-glib-private.h"

#include <stdlib.h>

/* Programs that are not built with the sanitizer inherit the preload. */
void __tsan_read1 (void *address) __attribute__ ((weak));
void __tsan_write1 (void *address) __attribute__ ((weak));

/* ---- Memory that our code frees ------------------------------------------------------- */

WRAP (g_free)
void
(g_free) (gpointer memory)
{
  if (OURS ())
    free (memory);
  else
    REAL (g_free) (memory);
}

WRAP (g_free_sized)
void
(g_free_sized) (gpointer memory,
                size_t   size)
{
  if (OURS ())
    free (memory);
  else
    REAL (g_free_sized) (memory, size);
}

/* ---- Containers: each call of ours reads or writes them as a whole ---------------------- */

#define READ(object) (OURS () ? __tsan_read1 ((void *) (object)) : (void) 0)
#define WRITE(object) (OURS () ? __tsan_write1 ((void *) (object)) : (void) 0)

#define TELL(access, result, name, parameters, arguments, object) \
  WRAP (name) \
  result \
  (name) parameters \
  { \
    access (object); \
    return REAL (name) arguments; \
  }

TELL (READ, gpointer, g_hash_table_lookup, (GHashTable *t, gconstpointer k), (t, k), t)
TELL (READ, gboolean, g_hash_table_contains, (GHashTable *t, gconstpointer k), (t, k), t)
TELL (READ, guint, g_hash_table_size, (GHashTable *t), (t), t)
TELL (READ, void, g_hash_table_iter_init, (GHashTableIter *i, GHashTable *t), (i, t), t)
TELL (WRITE, gboolean, g_hash_table_insert, (GHashTable *t, gpointer k, gpointer v), (t, k, v), t)
TELL (WRITE, gboolean, g_hash_table_replace, (GHashTable *t, gpointer k, gpointer v), (t, k, v), t)
TELL (WRITE, gboolean, g_hash_table_add, (GHashTable *t, gpointer k), (t, k), t)
TELL (WRITE, gboolean, g_hash_table_remove, (GHashTable *t, gconstpointer k), (t, k), t)
TELL (WRITE, void, g_hash_table_remove_all, (GHashTable *t), (t), t)
TELL (WRITE, gboolean, g_hash_table_steal, (GHashTable *t, gconstpointer k), (t, k), t)

TELL (WRITE, void, g_ptr_array_add, (GPtrArray *a, gpointer v), (a, v), a)
TELL (WRITE, void, g_ptr_array_insert, (GPtrArray *a, int i, gpointer v), (a, i, v), a)
TELL (WRITE, gboolean, g_ptr_array_remove, (GPtrArray *a, gpointer v), (a, v), a)
TELL (WRITE, gboolean, g_ptr_array_remove_fast, (GPtrArray *a, gpointer v), (a, v), a)
TELL (WRITE, gpointer, g_ptr_array_remove_index, (GPtrArray *a, guint i), (a, i), a)
TELL (WRITE, gpointer, g_ptr_array_remove_index_fast, (GPtrArray *a, guint i), (a, i), a)
TELL (WRITE, void, g_ptr_array_set_size, (GPtrArray *a, int n), (a, n), a)
TELL (WRITE, void, g_ptr_array_sort, (GPtrArray *a, GCompareFunc f), (a, f), a)
TELL (WRITE, GArray *, g_array_append_vals, (GArray *a, gconstpointer v, guint n), (a, v, n), a)
TELL (WRITE, GArray *, g_array_remove_index, (GArray *a, guint i), (a, i), a)
TELL (WRITE, GArray *, g_array_set_size, (GArray *a, guint n), (a, n), a)
TELL (WRITE, GByteArray *, g_byte_array_append, (GByteArray *a, const guint8 *v, guint n), (a, v, n), a)
TELL (WRITE, GByteArray *, g_byte_array_set_size, (GByteArray *a, guint n), (a, n), a)

TELL (READ, gboolean, g_queue_is_empty, (GQueue *q), (q), q)
TELL (READ, guint, g_queue_get_length, (GQueue *q), (q), q)
TELL (READ, gpointer, g_queue_peek_head, (GQueue *q), (q), q)
TELL (WRITE, void, g_queue_push_tail, (GQueue *q, gpointer v), (q, v), q)
TELL (WRITE, void, g_queue_push_head, (GQueue *q, gpointer v), (q, v), q)
TELL (WRITE, gpointer, g_queue_pop_head, (GQueue *q), (q), q)
TELL (WRITE, gboolean, g_queue_remove, (GQueue *q, gconstpointer v), (q, v), q)
TELL (WRITE, void, g_queue_delete_link, (GQueue *q, GList *l), (q, l), q)

TELL (READ, guint, g_list_model_get_n_items, (GListModel *m), (m), m)
TELL (READ, gpointer, g_list_model_get_item, (GListModel *m, guint i), (m, i), m)
TELL (WRITE, void, g_list_store_append, (GListStore *s, gpointer v), (s, v), s)
TELL (WRITE, void, g_list_store_remove, (GListStore *s, guint i), (s, i), s)
TELL (WRITE, void, g_list_store_insert, (GListStore *s, guint i, gpointer v), (s, i, v), s)
TELL (WRITE, void, g_list_store_splice, (GListStore *s, guint i, guint r, gpointer *v, guint n), (s, i, r, v, n), s)
