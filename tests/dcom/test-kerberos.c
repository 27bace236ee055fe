/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom-toy.h"

#include "base/sr-error.h"

#include <string.h>

/* Runs in the lab with an MIT KDC (tests/lab/with-lab.py). */

static ToyBox *
new_box (const char *host_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (NULL, g_getenv ("LAB_KEYTAB"), &error);

  g_assert_no_error (error);
  return toy_box_new_for (acceptor, host_name, NULL);
}

static SrDcomTarget *
new_target (ToyBox     *box,
            const char *host,
            const char *password,
            gboolean    ntlm_allowed)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("alice@lab.test", secret);

  return sr_dcom_target_new (host, "127.0.0.1", sr_dcom_server_get_activation_port (box->server), credentials,
                             ntlm_allowed);
}

static SrDcomObject *
activate (SrDcomTarget *target,
          GError      **error)
{
  const SrGuid iids[] = { toy_interface.syntax.uuid, toy2_interface.syntax.uuid };

  return sr_dcom_object_activate (target, &toy_clsid, iids, 2, toy_soon (), NULL, error);
}

/* A server with the principals RPCSS and host, and one with host alone. */
static void
test_whole_way (gconstpointer data)
{
  const char *host = data;
  ToyBox *box = new_box (host);
  g_autoptr (SrDcomTarget) target = new_target (box, host, g_getenv ("LAB_PASSWORD"), FALSE);
  const SrRpcMethod *method = sr_rpc_interface_find (&toy2_interface, TOY_WHO);
  g_autoptr (GError) error = NULL;
  ToyRequest request = { 0 };
  SrDcomObject *object;
  ToyWhoReply reply;

  sr_dcom_set_ping_interval (0.05);
  object = activate (target, &error);
  g_assert_no_error (error);
  toy_box_wait_pings (box, 1, 2);
  for (guint i = 0; i < 2; i++)
    {
      sr_dcom_object_call (object, &toy2_interface, method, &request, &reply, NULL, toy_soon (), NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (reply.principal, ==, "alice@LAB.TEST");
      g_assert_cmpuint (reply.level, ==, SR_AUTH_LEVEL_PRIVACY);
      method->clear_reply (&reply);
      sr_dcom_object_disconnect (object);
    }
  sr_dcom_object_release (object, toy_soon (), &error);
  g_assert_no_error (error);
  sr_dcom_object_free (object);
  toy_box_free (box);
}

/* A host that has no principal at all, and one whose key the server does not have. */
static void
test_wrong_host (gconstpointer data)
{
  const char *host = data;
  ToyBox *box = new_box (NULL);
  g_autoptr (SrDcomTarget) target = new_target (box, host, g_getenv ("LAB_PASSWORD"), FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (activate (target, &error));
  g_test_message ("%s", error->message);
  g_assert_true (error->domain == SR_ERROR);
  g_assert_nonnull (strstr (error->message, host));
  toy_box_free (box);
}

/* How often the KDC was asked for alice's first ticket: each time with a wrong password is a failed sign-in of hers. */
static guint
count_sign_ins (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("LAB_DIR"), "kdc.log", NULL);
  g_autofree char *log = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  for (const char *at = log; (at = strstr (at, "alice@LAB.TEST for krbtgt/")) != NULL; at++)
    n++;
  return n;
}

/* A wrong password is shown to the KDC once, however many principals and types there are: accounts get locked. */
static void
test_wrong_password (void)
{
  ToyBox *box = new_box (NULL);
  g_autoptr (SrDcomTarget) target = new_target (box, "ca.lab.test", "wrong", FALSE);
  g_autoptr (GError) error = NULL;
  guint before = count_sign_ins ();

  g_assert_null (activate (target, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
  g_test_message ("%s", error->message);
  g_assert_cmpuint (count_sign_ins (), ==, before + 1);
  g_assert_cmpuint (toy_box_count (box, &box->created), ==, 0);
  toy_box_free (box);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dcom/kerberos/whole-way/rpcss", "ca.lab.test", test_whole_way);
  g_test_add_data_func ("/dcom/kerberos/whole-way/host", "ca384.lab.test", test_whole_way);
  g_test_add_data_func ("/dcom/kerberos/unknown-host", "nobody.lab.test", test_wrong_host);
  g_test_add_data_func ("/dcom/kerberos/stranger", "stranger.lab.test", test_wrong_host);
  g_test_add_func ("/dcom/kerberos/wrong-password", test_wrong_password);
  return g_test_run ();
}
