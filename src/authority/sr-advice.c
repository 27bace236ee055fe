/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-advice.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"
#include "csra/sr-cert-admin.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The domain of fault PDUs belongs to a room that this one may not use; its
 * name is enough to tell it. */
#define RPC_FAULT_DOMAIN "sr-rpc-fault-quark"

#define ANY_STEP (-1)

typedef struct
{
  SrHresult hr;
  int step;
  const char *advice;
} Advice;

/* The stories behind these codes are those of MS-CSRA 3.1.4.1.18 and of what
 * administrators meet. The first row that fits is taken. */
static const Advice for_hresults[] = {
  { SR_E_ACCESSDENIED, SR_ADVICE_ACTIVATE,
    N_("The account may not activate the CA’s object, or the service is stopped. Check that Certificate Services run, "
       "and add the account to the local group “Certificate Service DCOM Access” on the CA. "
       "A local account of a computer that is in no domain is also cut down by UAC when it comes from elsewhere.") },
  { SR_E_ACCESSDENIED, SR_ADVICE_ASK,
    N_("The account needs the Read permission on the CA: certsrv.msc, Properties of the CA, Security.") },
  { SR_E_ACCESSDENIED, ANY_STEP,
    N_("Remote backup is disabled on the CA (flag 0x40 of InterfaceFlags), or the flag was cleared and the service not restarted since, "
       "or the account is no Backup Operator of the CA. On the CA: "
       "certutil -setreg CA\\InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP, then restart Certificate Services.") },
  { SR_CERTSRV_E_ROLECONFLICT, ANY_STEP,
    N_("The CA enforces role separation and the account has more than one role. Use an account that is Backup Operator and nothing else.") },
  { SR_CERTSRV_E_SERVER_SUSPENDED, ANY_STEP,
    N_("The CA is suspended, as it is while a restore is in progress. See to that restore first.") },
  { SR_REGDB_E_CLASSNOTREG, ANY_STEP,
    N_("No certificate authority is installed on that host. Check the host’s name.") },
  { 0x80080005, ANY_STEP,
    N_("The service could not be reached through its object. Check that Certificate Services run on the host.") },
  { 0x800706ba, ANY_STEP,
    N_("The host answers, and its certificate service does not. Check that it runs and that no firewall closes the dynamic RPC ports (49152 to 65535).") },
  { SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS), ANY_STEP,
    N_("Somebody else’s backup of this CA is running, or was left open. Wait for its end, and try again.") },
  { SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP), ANY_STEP,
    N_("The CA’s database uses circular logging: only full backups can be had.") },
  { SR_HRESULT_FROM_JET (SR_JET_MISSING_FULL_BACKUP), ANY_STEP,
    N_("The database knows of no full backup that logs could continue. Make a full backup that truncates the logs first.") },
  { 0xc80001fa, ANY_STEP,
    N_("A restore of this CA is in progress. See to that restore first.") },
  { SR_RPC_E_DISCONNECTED, ANY_STEP,
    N_("The service was restarted, or gave the object up. Try again.") },
  { SR_RPC_E_INVALID_OBJECT, ANY_STEP,
    N_("The service was restarted, or gave the object up. Try again.") },
};

typedef struct
{
  GQuark (*domain) (void);
  int code;
  int step;
  const char *advice;
  const char *in_window; /* where the window has another way */
} OtherAdvice;

static gboolean for_window;

static const OtherAdvice for_others[] = {
  { g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, ANY_STEP,
    N_("Check the spelling of the host’s name and the DNS of this computer, or give an address with “--address”."),
    N_("Check the spelling of the host’s name and the DNS of this computer, or give an address under “Connect Elsewhere” when you add the CA.") },
  { g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, ANY_STEP,
    N_("The name servers of this computer do not answer. Try again, or give an address with “--address”."),
    N_("The name servers of this computer do not answer. Try again, or give an address under “Connect Elsewhere” when you add the CA.") },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, ANY_STEP,
    N_("Nothing listens at that port. Check that it is the right host, that it runs, and that the port is right.") },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, ANY_STEP,
    N_("Check the network between this computer and the host.") },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, ANY_STEP,
    N_("Check the network of this computer.") },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, ANY_STEP,
    N_("Check that the host runs and that no firewall on the way drops TCP port 135 and the dynamic RPC ports (49152 to 65535).") },
  { sr_error_quark, SR_ERROR_TIMED_OUT, ANY_STEP,
    N_("Check that the host runs and that no firewall on the way drops TCP port 135 and the dynamic RPC ports (49152 to 65535).") },
  { sr_error_quark, SR_ERROR_CLOSED, SR_ADVICE_CONNECT,
    N_("Something listens at that port and closes the connection. Check that it is a Windows host’s RPC port.") },
  { sr_error_quark, SR_ERROR_CLOSED, ANY_STEP,
    N_("The connection broke. Check that the host and its certificate service still run, and try again.") },
  { sr_error_quark, SR_ERROR_AUTH, ANY_STEP,
    N_("Check user and password, or the Kerberos ticket (klist). For Kerberos the host must be given by the name that its domain knows. "
       "Where there is no Kerberos, NTLM can be allowed for this CA: “--allow-ntlm”."),
    N_("Check user and password, or the Kerberos ticket (klist). For Kerberos the host must be given by the name that its domain knows. "
       "Where there is no Kerberos, NTLM can be allowed for this CA: “Allow NTLM” stands below the password.") },
  { sr_error_quark, SR_ERROR_WEAK, ANY_STEP,
    N_("The other side offers less than an encrypted connection. Nothing was sent: find out who answers there.") },
  { sr_error_quark, SR_ERROR_REFUSED, SR_ADVICE_CONNECT,
    N_("What listens at that port does not speak DCOM. Check host and port.") },
  { sr_error_quark, SR_ERROR_MALFORMED, SR_ADVICE_CONNECT,
    N_("What listens at that port does not speak DCOM. Check host and port.") },
  { sr_authority_error_quark, SR_AUTHORITY_ERROR_NEEDS_PASSWORD, ANY_STEP,
    N_("Give it at the prompt of a terminal, or with “--password-file” or “--password-stdin”."),
    N_("Give it with “Sign-In…” in the menu of this CA.") },
  { sr_authority_error_quark, SR_AUTHORITY_ERROR_NOT_RUNNING, ANY_STEP,
    N_("“strongroomctl practice start” starts it."),
    N_("Start it under “Practice CA” on its page.") },
  { sr_authority_error_quark, SR_AUTHORITY_ERROR_NO_PROGRAM, ANY_STEP,
    N_("Install strongroom-practice-ca beside strongroomctl, or put its folder on PATH.") },
};

void
sr_advice_set_for_window (gboolean window)
{
  for_window = window;
}

static const char *
words_of (const OtherAdvice *row)
{
  return for_window && row->in_window != NULL ? _(row->in_window) : _(row->advice);
}

const char *
sr_advice_for_error (const GError *error,
                     SrAdviceStep  step)
{
  if (error->domain == SR_HRESULT_ERROR)
    {
      for (guint i = 0; i < G_N_ELEMENTS (for_hresults); i++)
        if (for_hresults[i].hr == sr_hresult_from_error (error)
            && (for_hresults[i].step == ANY_STEP || for_hresults[i].step == (int) step))
          return _(for_hresults[i].advice);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (for_others); i++)
    if (g_error_matches (error, for_others[i].domain (), for_others[i].code)
        && (for_others[i].step == ANY_STEP || for_others[i].step == (int) step))
      return words_of (&for_others[i]);

  if (sr_cert_admin_error_is_refusal (error))
    return step <= SR_ADVICE_ACTIVATE
             ? _("The host does not accept the account: check user and password, that the account is neither locked nor expired, "
                 "and that it is a member of the local group “Certificate Service DCOM Access”.")
             : _("The host let the account in and refused the call. Check that the account may access the CA remotely "
                 "(local group “Certificate Service DCOM Access”).");
  return NULL;
}

const char *
sr_advice_for_practice (const GError *error)
{
  if (g_error_matches (error, SR_ERROR, SR_ERROR_CLOSED) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return for_window ? _("The practice CA does not run any more. Start it under “Practice CA” on its page, and try again.")
                      : _("The practice CA does not run any more: “strongroomctl practice start” starts it.");
  return NULL;
}

static gboolean
has_code (const GError *error)
{
  return error->domain == SR_HRESULT_ERROR || g_str_equal (g_quark_to_string (error->domain), RPC_FAULT_DOMAIN);
}

char *
sr_advice_code (const GError *error)
{
  return has_code (error) ? g_strdup_printf ("0x%08x", (guint32) error->code) : NULL;
}

static const struct
{
  GQuark (*domain) (void);
  int code;
  SrHresult hr;
} network_codes[] = {
  { sr_error_quark, SR_ERROR_CLOSED, 0x800706be },
  { sr_error_quark, SR_ERROR_TIMED_OUT, 0x800706ba },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, 0x800706ba },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, 0x800706ba },
  { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, 0x800706ba },
  { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, 0x800706ba },
};

char *
sr_advice_search_code (const GError *error)
{
  SrHresult hr = has_code (error) ? (SrHresult) error->code : SR_S_OK;
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (network_codes); i++)
    if (g_error_matches (error, network_codes[i].domain (), network_codes[i].code))
      hr = network_codes[i].hr;
  if (hr == SR_S_OK)
    return NULL;
  name = has_code (error) ? sr_advice_code_name (error) : sr_hresult_name (hr);
  return name != NULL ? g_strdup_printf ("0x%08x (%s)", (guint32) hr, name) : g_strdup_printf ("0x%08x", (guint32) hr);
}

const char *
sr_advice_code_name (const GError *error)
{
  return error->domain == SR_HRESULT_ERROR ? sr_hresult_name (sr_hresult_from_error (error)) : NULL;
}

char *
sr_advice_domain (const GError *error)
{
  g_autofree char *domain = g_strdup (g_quark_to_string (error->domain));

  if (g_str_has_suffix (domain, "-quark"))
    domain[strlen (domain) - strlen ("-quark")] = '\0';
  return g_steal_pointer (&domain);
}

gboolean
sr_advice_is_rule (const GError *error)
{
  switch (sr_hresult_from_error (error))
    {
    case SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS):
    case SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP):
    case SR_HRESULT_FROM_JET (SR_JET_MISSING_FULL_BACKUP):
    case 0xc80001fa: /* JET_errRestoreInProgress */
    case SR_CERTSRV_E_SERVER_SUSPENDED:
    case SR_CERTSRV_E_ROLECONFLICT:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
sr_advice_is_sign_in (const GError *error)
{
  return sr_cert_admin_error_is_refusal (error)
         || g_error_matches (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN);
}
