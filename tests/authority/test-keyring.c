/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-keyring.h"

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* No Secret Service answers here: a password is kept until the program ends. */
static void
test_keyring_in_memory (void)
{
  g_autoptr (SrKeyring) keyring = sr_keyring_new ();
  g_autoptr (SrAuthority) authority = sr_authority_new ("ca.example.test\\Example CA", NULL);
  g_autoptr (SrSecret) password = sr_secret_new ("geheim", 6);
  g_autoptr (SrSecret) found = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) stored = NULL;
  g_autoptr (GAsyncResult) looked = NULL;
  g_autoptr (GAsyncResult) cleared = NULL;
  g_autoptr (GError) error = NULL;

  sr_keyring_open_async (keyring, NULL, keep_result, &opened);
  g_assert_false (sr_keyring_open_finish (keyring, wait_for_result (&opened), &error));
  g_assert_nonnull (error);
  g_assert_false (sr_keyring_is_persistent (keyring));
  g_clear_error (&error);

  g_assert_null (sr_keyring_peek (keyring, authority));
  sr_keyring_store_async (keyring, authority, password, TRUE, NULL, keep_result, &stored);
  g_assert_true (sr_keyring_store_finish (keyring, wait_for_result (&stored), &error));
  sr_keyring_lookup_async (keyring, authority, NULL, keep_result, &looked);
  found = sr_keyring_lookup_finish (keyring, wait_for_result (&looked), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_secret_peek (found, NULL), ==, "geheim");

  sr_keyring_clear_async (keyring, authority, NULL, keep_result, &cleared);
  g_assert_true (sr_keyring_clear_finish (keyring, wait_for_result (&cleared), &error));
  g_assert_null (sr_keyring_peek (keyring, authority));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/authority/keyring/in-memory", test_keyring_in_memory);
  return g_test_run ();
}
