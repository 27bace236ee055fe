/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "association-checks.h"

#include "base/sr-error.h"

#include <string.h>

/* Runs in the lab with an MIT KDC (tests/lab/with-lab.py). */

static SrAuthContext *
new_kerberos (SrCredentials *credentials,
              const char    *spn)
{
  g_autoptr (GError) error = NULL;
  SrAuthContext *context = sr_auth_context_new_initiator (credentials, SR_AUTH_KERBEROS, spn, FALSE, &error);

  g_assert_no_error (error);
  return context;
}

static SrCredentials *
password_credentials (const char *user,
                      const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));

  return sr_credentials_new_password (user, secret);
}

static SrAuthContext *
with_password (gconstpointer association_case)
{
  const AssociationCase *c = association_case;
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@lab.test", g_getenv ("LAB_PASSWORD"));

  return new_kerberos (credentials, c->spn);
}

static SrAuthContext *
with_domain (gconstpointer association_case)
{
  const AssociationCase *c = association_case;
  g_autoptr (SrCredentials) credentials = password_credentials ("lab.test\\alice", g_getenv ("LAB_PASSWORD"));

  return new_kerberos (credentials, c->spn);
}

static SrAuthContext *
with_keytab (gconstpointer association_case)
{
  const AssociationCase *c = association_case;
  g_autoptr (SrCredentials) credentials = sr_credentials_new_keytab (g_getenv ("LAB_CLIENT_KEYTAB"), "bob@LAB.TEST");

  return new_kerberos (credentials, c->spn);
}

static SrAuthContext *
with_cache (gconstpointer association_case)
{
  const AssociationCase *c = association_case;
  g_autoptr (SrCredentials) credentials = sr_credentials_new_ticket_cache (g_getenv ("LAB_CCACHE"), NULL);

  return new_kerberos (credentials, c->spn);
}

static SrAuthContext *
new_spnego (gconstpointer association_case,
            const char   *user,
            const char   *password,
            gboolean      ntlm_allowed)
{
  const AssociationCase *c = association_case;
  g_autoptr (SrCredentials) credentials = password_credentials (user, password);
  g_autoptr (GError) error = NULL;
  SrAuthContext *context =
    sr_auth_context_new_initiator (credentials, SR_AUTH_SPNEGO, c->spn, ntlm_allowed, &error);

  g_assert_no_error (error);
  return context;
}

static SrAuthContext *
with_spnego (gconstpointer association_case)
{
  return new_spnego (association_case, "alice@lab.test", g_getenv ("LAB_PASSWORD"), FALSE);
}

static SrAuthContext *
with_spnego_of_either (gconstpointer association_case)
{
  return new_spnego (association_case, "lab.test\\alice", g_getenv ("LAB_PASSWORD"), TRUE);
}

/* What Kerberos cannot do NTLM does, if it may. */
static SrAuthContext *
with_spnego_and_ntlm (gconstpointer association_case)
{
  return new_spnego (association_case, RPC_TESTING_USER, RPC_TESTING_PASSWORD, TRUE);
}

#define KRB SR_AUTH_KERBEROS

static const AssociationCase cases[] = {
  { "sha1/password", FALSE, KRB, FALSE, 0, 0, with_password, "host/ca.lab.test", "alice@LAB.TEST" },
  { "sha1/tcp", TRUE, KRB, FALSE, 0, 0, with_password, "host/ca.lab.test", "alice@LAB.TEST" },
  { "sha1/no-header-signing", FALSE, KRB, TRUE, 0, 0, with_password, "host/ca.lab.test", "alice@LAB.TEST" },
  { "sha1/domain", FALSE, KRB, FALSE, 0, 0, with_domain, "RPCSS/ca.lab.test", "alice@LAB.TEST" },
  { "sha384/password", FALSE, KRB, FALSE, 0, 0, with_password, "host/ca384.lab.test", "alice@LAB.TEST" },
  { "sha384/no-header-signing", FALSE, KRB, TRUE, 0, 0, with_password, "host/ca384.lab.test", "alice@LAB.TEST" },
  { "aes128/large", FALSE, KRB, FALSE, 65528, 65528, with_password, "host/ca128.lab.test", "alice@LAB.TEST" },
  { "keytab/small", FALSE, KRB, FALSE, 2048, 2048, with_keytab, "host/ca.lab.test", "bob@LAB.TEST" },
  { "cache/plain", FALSE, KRB, FALSE, 0, 0, with_cache, "host/ca.lab.test", "alice@LAB.TEST" },
};

/* Where the system's SPNEGO is sound. */
static const AssociationCase spnego_cases[] = {
  { "spnego/kerberos", FALSE, SR_AUTH_SPNEGO, FALSE, 0, 0, with_spnego, "host/ca.lab.test", "alice@LAB.TEST", KRB },
  { "spnego/kerberos-no-header-signing", TRUE, SR_AUTH_SPNEGO, TRUE, 0, 0, with_spnego, "host/ca384.lab.test",
    "alice@LAB.TEST", KRB },
  { "spnego/kerberos-first", FALSE, SR_AUTH_SPNEGO, FALSE, 0, 0, with_spnego_of_either, "host/ca.lab.test",
    "alice@LAB.TEST", KRB },
  { "spnego/ntlm-second", FALSE, SR_AUTH_SPNEGO, FALSE, 0, 0, with_spnego_and_ntlm, "host/nowhere.lab.test",
    RPC_TESTING_USER, SR_AUTH_NTLM },
};

/* The first step asks the KDC; the error has its words. */
static void
expect_failure (SrCredentials *credentials,
                const char    *spn,
                gint64         deadline,
                GCancellable  *cancellable,
                GQuark         domain,
                int            code,
                const char    *words)
{
  SrAuthContext *context = new_kerberos (credentials, spn);
  g_autoptr (GBytes) token = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_auth_context_step_until (&context, NULL, &token, deadline, cancellable, &error));
  g_assert_error (error, domain, code);
  if (words != NULL && strstr (error->message, words) == NULL)
    g_error ("\"%s\" does not tell \"%s\"", error->message, words);
  g_assert_null (token);
  g_clear_pointer (&context, sr_auth_context_free);
}

static void
test_wrong_password (void)
{
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", "wrong");

  expect_failure (credentials, "host/ca.lab.test", association_checks_soon (), NULL, SR_ERROR, SR_ERROR_AUTH, "alice");
}

static void
test_unknown_user (void)
{
  g_autoptr (SrCredentials) credentials = password_credentials ("nobody@LAB.TEST", "wrong");

  expect_failure (credentials, "host/ca.lab.test", association_checks_soon (), NULL, SR_ERROR, SR_ERROR_AUTH,
                  "nobody");
}

static void
test_unknown_service (void)
{
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", g_getenv ("LAB_PASSWORD"));

  expect_failure (credentials, "host/nowhere.lab.test", association_checks_soon (), NULL, SR_ERROR, SR_ERROR_AUTH,
                  "host/nowhere.lab.test");
}

static void
test_no_tickets (void)
{
  g_autoptr (SrCredentials) credentials = sr_credentials_new_ticket_cache ("MEMORY:nothing-is-here", NULL);

  expect_failure (credentials, "host/ca.lab.test", association_checks_soon (), NULL, SR_ERROR, SR_ERROR_AUTH,
                  "tickets");
}

static void
test_keytab_of_another (void)
{
  g_autoptr (SrCredentials) credentials =
    sr_credentials_new_keytab (g_getenv ("LAB_CLIENT_KEYTAB"), "alice@LAB.TEST");

  expect_failure (credentials, "host/ca.lab.test", association_checks_soon (), NULL, SR_ERROR, SR_ERROR_AUTH,
                  "keytab");
}

/* Both ends of a context, without a wire between them. */
static void
make_pair (const char     *spn,
           SrAuthContext **here,
           SrAuthContext **there)
{
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (NULL, g_getenv ("LAB_KEYTAB"), NULL);
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", g_getenv ("LAB_PASSWORD"));
  g_autoptr (GBytes) theirs = NULL;
  g_autoptr (GError) error = NULL;

  *here = new_kerberos (credentials, spn);
  *there = sr_auth_context_new_acceptor (acceptor, SR_AUTH_KERBEROS, &error);
  g_assert_no_error (error);
  while (!sr_auth_context_is_complete (*there))
    {
      g_autoptr (GBytes) ours = NULL;

      sr_auth_context_step (*here, theirs, &ours, &error);
      g_assert_no_error (error);
      g_clear_pointer (&theirs, g_bytes_unref);
      sr_auth_context_step (*there, ours, &theirs, &error);
      g_assert_no_error (error);
    }
  g_assert_true (sr_auth_context_is_complete (*here));
}

/* What is covered cannot be changed; without header signing header and trailer are not covered. */
static void
protect_and_change (const char *spn,
                    gboolean    seal,
                    gboolean    sign_header,
                    int         changed)
{
  guint8 pdu[24 + 64 + 8 + 256];
  g_autoptr (SrAuthContext) here = NULL;
  g_autoptr (SrAuthContext) there = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good, covered;
  SrAuthParts parts;
  gsize size;

  make_pair (spn, &here, &there);
  size = seal ? sr_auth_context_signature_size (here) : sr_auth_context_mic_size (here);
  g_assert_cmpuint (size, <=, 256);
  parts = sr_auth_parts (pdu, 24, 64, size);
  for (gsize i = 0; i < sizeof pdu; i++)
    pdu[i] = (guint8) i;
  g_assert_true ((seal ? sr_auth_context_seal : sr_auth_context_sign) (here, sign_header, &parts, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pdu[24] == 24 && pdu[30] == 30 && pdu[40] == 40, ==, !seal);
  if (changed >= 0)
    pdu[changed] ^= 4;
  good = (seal ? sr_auth_context_unseal : sr_auth_context_verify) (there, sign_header, &parts, &error);
  covered = changed >= 96 || (changed >= 24 && changed < 88) || (changed >= 0 && sign_header);
  g_assert_cmpint (good, ==, !covered);
  if (good)
    {
      for (gsize i = 24; i < 88; i++)
        g_assert_cmpuint (pdu[i], ==, (guint8) i);
      /* Once is enough: the second time is a replay. */
      if (seal)
        g_assert_true (sr_auth_context_seal (there, sign_header, &parts, NULL));
      g_assert_false ((seal ? sr_auth_context_unseal : sr_auth_context_verify) (there, sign_header, &parts, &error));
    }
  if (!g_error_matches (error, SR_ERROR, SR_ERROR_AUTH))
    g_assert_error (error, SR_ERROR, SR_ERROR_WEAK);
}

static void
test_protection (gconstpointer spn)
{
  static const int places[] = { -1, 0, 23, 24, 60, 87, 88, 95, 96, 100, 111 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    for (guint kind = 0; kind < 4; kind++)
      protect_and_change (spn, kind & 1, kind & 2, places[i]);
}

/* A ticket for a service whose key the server does not have. */
static void
test_stranger (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (NULL, g_getenv ("LAB_KEYTAB"), &error);
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", g_getenv ("LAB_PASSWORD"));

  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, new_kerberos (credentials, "host/stranger.lab.test"),
                      association_checks_soon (), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
  g_assert_false (sr_rpc_client_is_usable (client));
}

/* A server with NTLM users only says so in a bind_nak. */
static void
test_type_not_served (void)
{
  g_autofree char *users = rpc_testing_write_users ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (users, NULL, &error);
  g_autoptr (SrRpcServer) server = rpc_testing_server_new (acceptor, SR_AUTH_LEVEL_PRIVACY);
  g_autoptr (SrRpcClient) client = rpc_testing_client_new (server);
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", g_getenv ("LAB_PASSWORD"));

  sr_rpc_client_bind (client, &rpc_testing_interface.syntax, new_kerberos (credentials, "host/ca.lab.test"),
                      association_checks_soon (), NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  rpc_testing_remove_users (g_steal_pointer (&users));
}

/* A KDC that takes connections and never says a word. */
static GSocket *
open_hole (void)
{
  g_autofree char *where = g_strdup (g_getenv ("LAB_HOLE"));
  char *colon = strchr (where, ':');
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  *colon = '\0';
  address = g_inet_socket_address_new_from_string (where, (guint) atoi (colon + 1));
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  return socket;
}

static gpointer
cancel_later (gpointer cancellable)
{
  g_usleep (50 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* libkrb5 cannot be interrupted; the step is left behind, and ends when the hole is closed. */
static void
test_silent_kdc (void)
{
  g_autoptr (GSocket) hole = open_hole ();
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@HOLE.TEST", "any");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread;

  expect_failure (credentials, "host/ca.hole.test", sr_deadline_in (0.1), NULL, SR_ERROR, SR_ERROR_TIMED_OUT, NULL);
  thread = g_thread_new ("cancel", cancel_later, cancellable);
  expect_failure (credentials, "host/ca.hole.test", association_checks_soon (), cancellable, G_IO_ERROR,
                  G_IO_ERROR_CANCELLED, NULL);
  g_thread_join (thread);
}

/* How many requests the KDC has had. */
static guint
count_requests (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("LAB_DIR"), "kdc.log", NULL);
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *at = text; (at = strstr (at, "_REQ (")) != NULL; at++)
    n++;
  return n;
}

/* Tickets of a password are fetched once, and serve a second connection when the KDC has gone. */
static void
test_tickets_are_kept (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrCredentials) credentials = password_credentials ("alice@LAB.TEST", g_getenv ("LAB_PASSWORD"));
  guint before = count_requests (), first = 0;

  for (guint i = 0; i < 3; i++)
    {
      SrAuthContext *context = new_kerberos (credentials, "host/ca.lab.test");
      g_autoptr (GBytes) token = NULL;

      g_assert_true (sr_auth_context_step_until (&context, NULL, &token, association_checks_soon (), NULL, &error));
      g_assert_no_error (error);
      g_assert_nonnull (token);
      sr_auth_context_free (context);
      if (i == 0)
        first = count_requests ();
    }
  g_assert_cmpuint (first, >, before);
  g_assert_cmpuint (first, ==, count_requests ());
}

static char *
make_cache (void)
{
  g_autofree char *name = g_strdup_printf ("FILE:%s/alice-ccache", g_getenv ("LAB_DIR"));
  g_autoptr (GSubprocess) kinit = NULL;
  g_autofree char *password = g_strdup_printf ("%s\n", g_getenv ("LAB_PASSWORD"));
  g_autoptr (GError) error = NULL;

  kinit = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, "kinit", "-c",
                            name, "alice@LAB.TEST", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (kinit, password, NULL, NULL, NULL, &error));
  g_assert_true (g_subprocess_get_successful (kinit));
  return g_steal_pointer (&name);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *cache = NULL;

  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("LAB_REALM") == NULL)
    {
      g_print ("1..0 # SKIP no lab: run by tests/lab/with-lab.py --mit\n");
      return 0;
    }
  cache = make_cache ();
  g_setenv ("LAB_CCACHE", cache, TRUE);
  association_checks_add (cases, G_N_ELEMENTS (cases), g_getenv ("LAB_KEYTAB"));
  if (sr_auth_spnego_works ())
    association_checks_add (spnego_cases, G_N_ELEMENTS (spnego_cases), g_getenv ("LAB_KEYTAB"));
  g_test_add_data_func ("/rpc/kerberos/protection/sha1", "host/ca.lab.test", test_protection);
  g_test_add_data_func ("/rpc/kerberos/protection/sha384", "host/ca384.lab.test", test_protection);
  g_test_add_func ("/rpc/kerberos/wrong-password", test_wrong_password);
  g_test_add_func ("/rpc/kerberos/unknown-user", test_unknown_user);
  g_test_add_func ("/rpc/kerberos/unknown-service", test_unknown_service);
  g_test_add_func ("/rpc/kerberos/no-tickets", test_no_tickets);
  g_test_add_func ("/rpc/kerberos/keytab-of-another", test_keytab_of_another);
  g_test_add_func ("/rpc/kerberos/stranger", test_stranger);
  g_test_add_func ("/rpc/kerberos/type-not-served", test_type_not_served);
  g_test_add_func ("/rpc/kerberos/tickets-are-kept", test_tickets_are_kept);
  g_test_add_func ("/rpc/kerberos/silent-kdc", test_silent_kdc);
  return g_test_run ();
}
