/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-advice.h"
#include "authority/sr-authority-error.h"
#include "base/sr-error.h"
#include "rpc/sr-rpc-fault.h"

#include <string.h>

/* One code, several steps: the advice differs, and is there for each. */
static void
test_access_denied (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  const char *activate, *ask, *prepare;

  sr_hresult_set_error (&error, SR_E_ACCESSDENIED, "BackupPrepare, ca01");
  activate = sr_advice_for_error (error, SR_ADVICE_ACTIVATE);
  ask = sr_advice_for_error (error, SR_ADVICE_ASK);
  prepare = sr_advice_for_error (error, SR_ADVICE_PREPARE);
  g_assert_nonnull (strstr (activate, "Certificate Service DCOM Access"));
  g_assert_nonnull (strstr (ask, "Read permission"));
  g_assert_nonnull (strstr (prepare, "IF_NOREMOTEICERTADMINBACKUP"));
  g_assert_true (sr_advice_for_error (error, SR_ADVICE_READ) == prepare);

  code = sr_advice_code (error);
  g_assert_cmpstr (code, ==, "0x80070005");
  g_assert_cmpstr (sr_advice_code_name (error), ==, "E_ACCESSDENIED");
  g_assert_false (sr_advice_is_rule (error));
}

static void
test_rules (void)
{
  static const int jet[] = { SR_JET_BACKUP_IN_PROGRESS, SR_JET_INVALID_BACKUP, SR_JET_MISSING_FULL_BACKUP };

  for (guint i = 0; i < G_N_ELEMENTS (jet); i++)
    {
      g_autoptr (GError) error = NULL;

      sr_hresult_set_error (&error, SR_HRESULT_FROM_JET (jet[i]), "BackupPrepare");
      g_assert_true (sr_advice_is_rule (error));
      g_assert_nonnull (sr_advice_for_error (error, SR_ADVICE_PREPARE));
    }
}

static void
test_others (void)
{
  g_autoptr (GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x");
  g_autoptr (GError) closed = g_error_new (SR_ERROR, SR_ERROR_CLOSED, "x");
  g_autoptr (GError) fault = g_error_new (SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED, "x");
  g_autoptr (GError) unknown = g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "x");
  g_autofree char *code = sr_advice_code (fault);
  g_autofree char *domain = sr_advice_domain (fault);
  g_autofree char *search_refused = sr_advice_search_code (refused);
  g_autofree char *search_closed = sr_advice_search_code (closed);
  g_autofree char *search_fault = sr_advice_search_code (fault);

  g_assert_null (sr_advice_code (refused));
  g_assert_nonnull (sr_advice_for_error (refused, SR_ADVICE_CONNECT));
  g_assert_true (sr_advice_for_error (closed, SR_ADVICE_CONNECT) != sr_advice_for_error (closed, SR_ADVICE_READ));
  g_assert_nonnull (strstr (sr_advice_for_error (fault, SR_ADVICE_ACTIVATE), "password"));
  g_assert_null (strstr (sr_advice_for_error (fault, SR_ADVICE_READ), "password"));
  g_assert_cmpstr (domain, ==, "sr-rpc-fault");
  g_assert_cmpstr (code, ==, "0x00000005");
  g_assert_null (sr_advice_code_name (fault));
  g_assert_cmpstr (search_refused, ==, "0x800706ba (RPC_S_SERVER_UNAVAILABLE)");
  g_assert_cmpstr (search_closed, ==, "0x800706be (RPC_S_CALL_FAILED)");
  g_assert_cmpstr (search_fault, ==, "0x00000005");
  g_assert_null (sr_advice_search_code (unknown));
  g_assert_null (sr_advice_for_error (unknown, SR_ADVICE_READ));
}

/* The window has buttons where a terminal has options. */
static void
test_window (void)
{
  g_autoptr (GError) stopped = g_error_new (SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING, "x");
  g_autoptr (GError) sign_in = g_error_new (SR_ERROR, SR_ERROR_AUTH, "x");
  g_autoptr (GError) closed = g_error_new (SR_ERROR, SR_ERROR_CLOSED, "x");
  g_autoptr (GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x");
  g_autoptr (GError) timeout = g_error_new (SR_ERROR, SR_ERROR_TIMED_OUT, "x");
  const GError *all[] = { stopped, sign_in, closed, refused, timeout };

  g_assert_nonnull (strstr (sr_advice_for_error (stopped, SR_ADVICE_ACTIVATE), "strongroomctl"));
  g_assert_nonnull (strstr (sr_advice_for_error (sign_in, SR_ADVICE_ACTIVATE), "--allow-ntlm"));
  g_assert_nonnull (strstr (sr_advice_for_practice (closed), "strongroomctl"));
  g_assert_null (sr_advice_for_practice (timeout));
  g_assert_null (sr_advice_for_practice (sign_in));

  sr_advice_set_for_window (TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (int step = SR_ADVICE_RESOLVE; step <= SR_ADVICE_END; step++)
      {
        const char *advice = sr_advice_for_error (all[i], (SrAdviceStep) step);
        const char *practice = sr_advice_for_practice (all[i]);

        g_assert_nonnull (advice);
        g_assert_null (strstr (advice, "strongroomctl"));
        g_assert_null (strstr (advice, "--"));
        g_assert_true (practice == NULL || strstr (practice, "strongroomctl") == NULL);
      }
  sr_advice_set_for_window (FALSE);
}

/* What signing in differently may help against, and what it cannot. */
static void
test_sign_in (void)
{
  g_autoptr (GError) fault = g_error_new (SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED, "x");
  g_autoptr (GError) other = g_error_new (SR_RPC_FAULT, SR_NCA_S_FAULT_ACCESS_DENIED + 1, "x");
  g_autoptr (GError) auth = g_error_new (SR_ERROR, SR_ERROR_AUTH, "x");
  g_autoptr (GError) keytab = g_error_new (SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN, "x");
  g_autoptr (GError) needed = g_error_new (SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD, "x");
  g_autoptr (GError) refused = g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x");
  g_autoptr (GError) denied = NULL;

  sr_hresult_set_error (&denied, SR_E_ACCESSDENIED, "BackupPrepare, ca01");
  g_assert_true (sr_advice_is_sign_in (fault));
  g_assert_true (sr_advice_is_sign_in (auth));
  g_assert_true (sr_advice_is_sign_in (keytab));
  g_assert_false (sr_advice_is_sign_in (other));
  g_assert_false (sr_advice_is_sign_in (needed));
  g_assert_false (sr_advice_is_sign_in (refused));
  g_assert_false (sr_advice_is_sign_in (denied));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authority/advice/access-denied", test_access_denied);
  g_test_add_func ("/authority/advice/rules", test_rules);
  g_test_add_func ("/authority/advice/others", test_others);
  g_test_add_func ("/authority/advice/window", test_window);
  g_test_add_func ("/authority/advice/sign-in", test_sign_in);
  return g_test_run ();
}
