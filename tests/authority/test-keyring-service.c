/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-keyring.h"

#include <libsecret/secret.h>
#include <stdarg.h>
#include <string.h>

/* The keyring above a Secret Service that answers when the test lets it. The
 * linker leads libsecret's calls here; with a real service it is tested by
 * tests/ui/test-keyring.py. */

typedef struct
{
  GTask *task;
  char *id;
  char *password; /* to store */
  gboolean clear;
} Call;

static struct
{
  GHashTable *stored; /* id -> password */
  GQueue calls;       /* that were not answered yet */
  gboolean away;
} service;

void __wrap_secret_password_lookup (const SecretSchema *schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...);
gchar *__wrap_secret_password_lookup_nonpageable_finish (GAsyncResult *result, GError **error);
void __wrap_secret_password_store (const SecretSchema *schema, const gchar *collection, const gchar *label, const gchar *password,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...);
gboolean __wrap_secret_password_store_finish (GAsyncResult *result, GError **error);
void __wrap_secret_password_clear (const SecretSchema *schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...);
gboolean __wrap_secret_password_clear_finish (GAsyncResult *result, GError **error);

static void
take_call (const char         *password,
           gboolean            clear,
           GAsyncReadyCallback callback,
           gpointer            user_data,
           va_list             attributes)
{
  Call *call = g_new0 (Call, 1);

  g_assert_cmpstr (va_arg (attributes, const char *), ==, "authority");
  call->id = g_strdup (va_arg (attributes, const char *));
  call->password = g_strdup (password);
  call->clear = clear;
  call->task = g_task_new (NULL, NULL, callback, user_data);
  g_queue_push_tail (&service.calls, call);
}

void
__wrap_secret_password_lookup (const SecretSchema *schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...)
{
  va_list attributes;

  va_start (attributes, user_data);
  take_call (NULL, FALSE, callback, user_data, attributes);
  va_end (attributes);
}

void
__wrap_secret_password_store (const SecretSchema *schema, const gchar *collection, const gchar *label, const gchar *password,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...)
{
  va_list attributes;

  va_start (attributes, user_data);
  take_call (password, FALSE, callback, user_data, attributes);
  va_end (attributes);
}

void
__wrap_secret_password_clear (const SecretSchema *schema, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, ...)
{
  va_list attributes;

  va_start (attributes, user_data);
  take_call (NULL, TRUE, callback, user_data, attributes);
  va_end (attributes);
}

gchar *
__wrap_secret_password_lookup_nonpageable_finish (GAsyncResult *result, GError **error)
{
  g_autofree char *found = g_task_propagate_pointer (G_TASK (result), error);

  /* secret_password_free() is libsecret's own, and fits what the C library has allocated. */
  return found != NULL ? strdup (found) : NULL;
}

gboolean
__wrap_secret_password_store_finish (GAsyncResult *result, GError **error)
{
  g_autofree char *none = g_task_propagate_pointer (G_TASK (result), error);

  return none == NULL && (error == NULL || *error == NULL);
}

gboolean
__wrap_secret_password_clear_finish (GAsyncResult *result, GError **error)
{
  return __wrap_secret_password_store_finish (result, error);
}

/* The service answers what has waited longest. */
static void
answer (void)
{
  Call *call = g_queue_pop_head (&service.calls);

  g_assert_nonnull (call);
  if (service.away)
    g_task_return_new_error (call->task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no Secret Service");
  else if (call->password != NULL)
    g_hash_table_insert (service.stored, g_strdup (call->id), g_strdup (call->password));
  else if (call->clear)
    g_hash_table_remove (service.stored, call->id);
  if (!service.away)
    g_task_return_pointer (call->task, call->password == NULL && !call->clear ? g_strdup (g_hash_table_lookup (service.stored, call->id)) : NULL, g_free);
  g_object_unref (call->task);
  g_free (call->id);
  g_free (call->password);
  g_free (call);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct
{
  SrKeyring *keyring;
  SrAuthority *authority;
  SrAuthority *other;
  SrSecret *older;
  SrSecret *newer;
  GAsyncResult *result; /* of the lookup */
  guint n_ended;
} Fixture;

static void
on_looked_up (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture *f = user_data;

  g_set_object (&f->result, result);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Fixture *f = user_data;

  f->n_ended++;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  service.stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  service.away = FALSE;
  f->keyring = sr_keyring_new ();
  f->authority = sr_authority_new ("ca.example.test\\Example CA", NULL);
  f->other = sr_authority_new ("other.example.test\\Other CA", NULL);
  f->older = sr_secret_new ("older", 5);
  f->newer = sr_secret_new ("newer", 5);
  g_hash_table_insert (service.stored, g_strdup (sr_authority_get_id (f->authority)), g_strdup ("older"));
  sr_keyring_open_async (f->keyring, NULL, NULL, NULL);
  answer ();
  g_assert_true (sr_keyring_is_persistent (f->keyring));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_assert_true (g_queue_is_empty (&service.calls));
  g_clear_object (&f->result);
  g_clear_object (&f->keyring);
  g_clear_object (&f->authority);
  g_clear_object (&f->other);
  sr_secret_unref (f->older);
  sr_secret_unref (f->newer);
  g_hash_table_unref (service.stored);
}

static void
assert_found (Fixture    *f,
              const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSecret) found = sr_keyring_lookup_finish (f->keyring, f->result, &error);
  g_autoptr (SrSecret) kept = sr_keyring_peek (f->keyring, f->authority);

  g_assert_no_error (error);
  g_assert_cmpstr (found != NULL ? sr_secret_peek (found, NULL) : NULL, ==, expected);
  g_assert_cmpstr (kept != NULL ? sr_secret_peek (kept, NULL) : NULL, ==, expected);
}

static void
test_lookup (Fixture      *f,
             gconstpointer data)
{
  sr_keyring_lookup_async (f->keyring, f->authority, NULL, on_looked_up, f);
  /* Of another CA: that says nothing of this one. */
  sr_keyring_hold (f->keyring, f->other, f->newer);
  answer ();
  assert_found (f, "older");
}

/* What was found is older than what was told meanwhile. */
static void
test_told_meanwhile (Fixture      *f,
                     gconstpointer data)
{
  sr_keyring_lookup_async (f->keyring, f->authority, NULL, on_looked_up, f);
  sr_keyring_store_async (f->keyring, f->authority, f->newer, TRUE, NULL, on_written, f);
  answer ();
  assert_found (f, "newer");
  answer ();
  g_assert_cmpuint (f->n_ended, ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (service.stored, sr_authority_get_id (f->authority)), ==, "newer");
}

static void
test_forgotten_meanwhile (Fixture      *f,
                          gconstpointer data)
{
  sr_keyring_lookup_async (f->keyring, f->authority, NULL, on_looked_up, f);
  sr_keyring_clear_async (f->keyring, f->authority, NULL, on_written, f);
  answer ();
  assert_found (f, NULL);
  answer ();
  g_assert_cmpuint (g_hash_table_size (service.stored), ==, 0);
}

/* The last word stays, for the service is told one thing after the other. */
static void
test_in_order (Fixture      *f,
               gconstpointer data)
{
  sr_keyring_store_async (f->keyring, f->authority, f->newer, TRUE, NULL, on_written, f);
  sr_keyring_clear_async (f->keyring, f->authority, NULL, on_written, f);
  sr_keyring_store_async (f->keyring, f->authority, f->older, FALSE, NULL, on_written, f);
  for (guint n = 1; n <= 3; n++)
    {
      g_assert_cmpuint (g_queue_get_length (&service.calls), ==, 1);
      answer ();
      g_assert_cmpuint (f->n_ended, ==, n);
    }
  g_assert_cmpuint (g_hash_table_size (service.stored), ==, 0);
}

/* What is only held leaves the service as it is. */
static void
test_held (Fixture      *f,
           gconstpointer data)
{
  sr_keyring_hold (f->keyring, f->authority, f->newer);
  sr_keyring_lookup_async (f->keyring, f->authority, NULL, on_looked_up, f);
  while (f->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_found (f, "newer");
  g_assert_cmpstr (g_hash_table_lookup (service.stored, sr_authority_get_id (f->authority)), ==, "older");
}

static void
count_notify (guint *n)
{
  (*n)++;
}

static void
test_later (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrKeyring) keyring = sr_keyring_new ();
  guint n_told = 0;

  g_signal_connect_swapped (keyring, "notify::persistent", G_CALLBACK (count_notify), &n_told);
  service.away = TRUE;
  sr_keyring_open_async (keyring, NULL, NULL, NULL);
  answer ();
  g_assert_false (sr_keyring_is_persistent (keyring));
  /* Kept in memory, and nobody is asked. */
  sr_keyring_store_async (keyring, f->authority, f->newer, TRUE, NULL, on_written, f);
  sr_keyring_lookup_async (keyring, f->authority, NULL, on_looked_up, f);
  while (f->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_told, ==, 0);
  service.away = FALSE;
  sr_keyring_open_async (keyring, NULL, NULL, NULL);
  answer ();
  g_assert_true (sr_keyring_is_persistent (keyring));
  g_assert_cmpuint (n_told, ==, 1);
  f->n_ended = 0;
  g_clear_object (&f->result);
}

#define ADD(name, func) g_test_add ("/authority/keyring-service/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("lookup", test_lookup);
  ADD ("told-meanwhile", test_told_meanwhile);
  ADD ("forgotten-meanwhile", test_forgotten_meanwhile);
  ADD ("in-order", test_in_order);
  ADD ("held", test_held);
  ADD ("later", test_later);
  return g_test_run ();
}
