/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context-private.h"

#include "auth/sr-auth-acceptor-private.h"
#include "auth/sr-credentials-private.h"
#include "base/sr-error.h"
#include "base/sr-secret.h"

#include <glib/gi18n-lib.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <string.h>

/* SPNEGO with a renegotiated mechanism takes 5; a peer that wants more plays for time. */
#define MAX_LEGS 10

#define WANTED_FLAGS                                                                                                   \
  (GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_DCE_STYLE)

static gboolean
spn_is_well_formed (const char *spn)
{
  const char *slash = strchr (spn, '/');

  return slash != NULL && slash != spn && slash[1] != '\0' && strpbrk (spn, "@\\ \t\r\n") == NULL &&
         strchr (slash + 1, '/') == NULL;
}

SrAuthContext *
sr_auth_context_new_initiator (SrCredentials *credentials,
                               SrAuthType     type,
                               const char    *spn,
                               gboolean       ntlm_allowed,
                               GError       **error)
{
  SrAuthContext *context;

  g_return_val_if_fail (type == SR_AUTH_SPNEGO || type == SR_AUTH_NTLM || type == SR_AUTH_KERBEROS, NULL);

  if (!spn_is_well_formed (spn))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_AUTH,
                   _ ("%s is not a service principal name like host/ca.example.com"), spn);
      return NULL;
    }
  if (type == SR_AUTH_NTLM && !ntlm_allowed)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("NTLM is not allowed for this server"));
      return NULL;
    }
  context = g_new0 (SrAuthContext, 1);
  context->type = type;
  context->initiator = TRUE;
  context->credentials = sr_credentials_ref (credentials);
  context->spn = g_strdup (spn);
  if (type == SR_AUTH_KERBEROS)
    context->mechs = SR_GSS_KERBEROS;
  else if (type == SR_AUTH_NTLM)
    context->mechs = SR_GSS_NTLM;
  else
    {
      gboolean ntlm = ntlm_allowed && sr_credentials_get_kind (credentials) == SR_CREDENTIALS_PASSWORD;

      /* An address has no principal. */
      context->mechs = ntlm && g_hostname_is_ip_address (strchr (spn, '/') + 1) ? SR_GSS_SPNEGO_NTLM
                                                                                : SR_GSS_SPNEGO_KERBEROS;
      context->may_fall_back = ntlm && context->mechs == SR_GSS_SPNEGO_KERBEROS;
    }
  return context;
}

SrAuthContext *
sr_auth_context_new_acceptor (SrAuthAcceptor *acceptor,
                              SrAuthType      type,
                              GError        **error)
{
  SrAuthContext *context;

  if (!sr_auth_acceptor_takes (acceptor, type))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _ ("Authentication type %d is not accepted here"), (int) type);
      return NULL;
    }
  context = g_new0 (SrAuthContext, 1);
  context->type = type;
  context->acceptor = sr_auth_acceptor_ref (acceptor);
  return context;
}

void
sr_auth_context_free (SrAuthContext *context)
{
  OM_uint32 minor;

  if (context->gss != GSS_C_NO_CONTEXT)
    gss_delete_sec_context (&minor, &context->gss, GSS_C_NO_BUFFER);
  sr_gss_name_release (&context->target);
  g_clear_pointer (&context->cred, sr_gss_cred_unref);
  g_clear_pointer (&context->credentials, sr_credentials_unref);
  g_clear_pointer (&context->acceptor, sr_auth_acceptor_unref);
  g_clear_pointer (&context->ntlm, sr_ntlm_seal_free);
  g_free (context->spn);
  g_free (context->peer);
  g_free (context);
}

/* "service/host@REALM" by the host-to-realm rules of krb5.conf, else the empty
 * realm that lets the KDC refer. Unlike GSS_C_NT_HOSTBASED_SERVICE it never
 * asks DNS for another name than the one the user gave. */
static char *
kerberos_target (const char *spn)
{
  const char *host = strchr (spn, '/') + 1;
  g_autofree char *name = NULL;
  krb5_context krb5;
  char **realms = NULL;

  if (krb5_init_context (&krb5) != 0)
    return g_strdup (spn);
  if (krb5_get_host_realm (krb5, host, &realms) == 0)
    {
      name = g_strdup_printf ("%s@%s", spn, realms[0]);
      krb5_free_host_realm (krb5, realms);
    }
  krb5_free_context (krb5);
  return name != NULL ? g_steal_pointer (&name) : g_strdup (spn);
}

static gboolean
prepare_initiator (SrAuthContext *context,
                   GError       **error)
{
  context->cred = sr_credentials_acquire (context->credentials, context->mechs, error);
  if (context->cred == NULL)
    return FALSE;

  if (sr_gss_mechs_end (context->mechs) == SR_AUTH_KERBEROS)
    {
      g_autofree char *name = kerberos_target (context->spn);

      context->target = sr_gss_import_name (name, (gss_OID) GSS_KRB5_NT_PRINCIPAL_NAME, error);
    }
  else
    {
      g_autofree char *name = g_strdelimit (g_strdup (context->spn), "/", '@');

      context->target = sr_gss_import_name (name, GSS_C_NT_HOSTBASED_SERVICE, error);
    }
  return context->target != GSS_C_NO_NAME;
}

static gboolean
check_kerberos (SrAuthContext *context,
                OM_uint32      flags,
                GError       **error)
{
  /* An acceptor gets what the other side asked for: detection of order implies that of replay. */
  OM_uint32 wanted = context->initiator ? WANTED_FLAGS : WANTED_FLAGS & ~(OM_uint32) GSS_C_REPLAY_FLAG;

  if ((flags & wanted) == wanted)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_WEAK, _ ("The Kerberos context lacks protection: flags 0x%x of 0x%x"),
               flags & wanted, wanted);
  return FALSE;
}

static gboolean
check_ntlm (SrAuthContext *context,
            GError       **error)
{
  g_autoptr (GError) failure = NULL;
  gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
  OM_uint32 major, minor;

  if ((context->ntlm_facts.flags & SR_NTLM_FLAGS_WANTED) != SR_NTLM_FLAGS_WANTED)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_WEAK,
                   _ ("NTLM without sealing at 128 bits was negotiated: flags 0x%08x, at least 0x%08x must be there"),
                   context->ntlm_facts.flags, SR_NTLM_FLAGS_WANTED);
      return FALSE;
    }
  if (context->ntlm_facts.version_1)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WEAK, _ ("The password was proved by NTLM of version 1"));
      return FALSE;
    }
  major = gss_inquire_sec_context_by_oid (&minor, context->gss, (gss_OID) GSS_C_INQ_SSPI_SESSION_KEY, &set);
  if (GSS_ERROR (major))
    sr_gss_set_error (&failure, SR_ERROR_AUTH, _ ("NTLM gives no session key"), major, minor, &sr_gss_oid_ntlm);
  else if (set == GSS_C_NO_BUFFER_SET || set->count < 1 || set->elements[0].length != 16)
    g_set_error_literal (&failure, SR_ERROR, SR_ERROR_AUTH, _ ("NTLM gives no session key of 16 bytes"));
  else
    /* SPNEGO's MIC took the first number each way; RC4 starts anew (MS-SPNG 3.3.5.1). */
    context->ntlm = sr_ntlm_seal_new (set->elements[0].value, context->initiator, context->type == SR_AUTH_SPNEGO,
                                      &failure);
  if (set != GSS_C_NO_BUFFER_SET)
    {
      for (gsize i = 0; i < set->count; i++)
        sr_secret_wipe (set->elements[i].value, set->elements[i].length);
      gss_release_buffer_set (&minor, &set);
    }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return context->ntlm != NULL;
}

static gboolean
finish (SrAuthContext *context,
        GError       **error)
{
  OM_uint32 major, minor, flags = 0;
  gss_name_t peer = GSS_C_NO_NAME;
  gss_OID mech = GSS_C_NO_OID;

  /* Only the name of the other side: gss-ntlmssp cannot show an acceptor's own without a service. */
  major = gss_inquire_context (&minor, context->gss, context->initiator ? NULL : &peer,
                               context->initiator ? &peer : NULL, NULL, &mech, &flags, NULL, NULL);
  if (GSS_ERROR (major))
    {
      sr_gss_set_error (error, SR_ERROR_AUTH,
                        _ ("The security context cannot be examined"), major, minor, GSS_C_NO_OID);
      return FALSE;
    }
  context->peer = sr_gss_name_to_string (peer);
  sr_gss_name_release (&peer);

  if (flags & GSS_C_ANON_FLAG)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WEAK, _ ("The peer signed in without a name"));
      return FALSE;
    }
  if (sr_gss_oid_equal (mech, &sr_gss_oid_kerberos))
    context->mechanism = SR_AUTH_KERBEROS;
  else if (sr_gss_oid_equal (mech, &sr_gss_oid_ntlm))
    context->mechanism = SR_AUTH_NTLM;
  if (context->mechanism == SR_AUTH_NONE ||
      (context->initiator && context->mechanism != sr_gss_mechs_end (context->mechs)))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WEAK,
                           _ ("The handshake ended in a mechanism that is not allowed"));
      return FALSE;
    }
  if (context->mechanism == SR_AUTH_KERBEROS ? !check_kerberos (context, flags, error) : !check_ntlm (context, error))
    return FALSE;
  if (!sr_auth_context_measure (context, error))
    return FALSE;
  context->complete = TRUE;
  return TRUE;
}

static void
set_leg_error (SrAuthContext *context,
               OM_uint32      major,
               OM_uint32      minor,
               GError       **error)
{
  int code = major == GSS_S_DEFECTIVE_TOKEN ? SR_ERROR_MALFORMED : SR_ERROR_AUTH;
  g_autofree char *what = context->initiator ? g_strdup_printf (_ ("Signing in at %s failed"), context->spn)
                                             : g_strdup (_ ("A client could not sign in"));

  sr_gss_set_error (error, code, what, major, minor,
                    context->initiator ? sr_gss_mechs_oid (context->mechs) : GSS_C_NO_OID);
}

/* One call of the library; whether the handshake goes on is told by @more. */
static gboolean
run_leg (SrAuthContext   *context,
         gss_buffer_desc *input,
         gss_buffer_desc *output,
         gboolean        *more,
         GError         **error)
{
  OM_uint32 major, minor;

  if (context->initiator)
    major = gss_init_sec_context (&minor, context->cred->id, &context->gss, context->target,
                                  sr_gss_mechs_oid (context->mechs), WANTED_FLAGS, 0, GSS_C_NO_CHANNEL_BINDINGS,
                                  input->length > 0 ? input : GSS_C_NO_BUFFER, NULL, output, NULL, NULL);
  else
    major = gss_accept_sec_context (&minor, &context->gss, context->cred->id, input, GSS_C_NO_CHANNEL_BINDINGS, NULL,
                                    NULL, output, NULL, NULL, NULL);
  *more = (major & GSS_S_CONTINUE_NEEDED) != 0;
  if (!GSS_ERROR (major))
    return TRUE;
  set_leg_error (context, major, minor, error);
  return FALSE;
}

/* Whether there is no ticket for this user or service shows here, before anything was sent. */
static gboolean
run_first_leg (SrAuthContext   *context,
               gss_buffer_desc *input,
               gss_buffer_desc *output,
               gboolean        *more,
               GError         **error)
{
  g_autoptr (GError) failure = NULL;
  OM_uint32 minor;

  if (prepare_initiator (context, &failure) && run_leg (context, input, output, more, &failure))
    return TRUE;
  if (!context->may_fall_back)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_debug ("NTLM instead of Kerberos: %s", failure->message);
  gss_delete_sec_context (&minor, &context->gss, GSS_C_NO_BUFFER);
  sr_gss_name_release (&context->target);
  g_clear_pointer (&context->cred, sr_gss_cred_unref);
  context->mechs = SR_GSS_SPNEGO_NTLM;
  return prepare_initiator (context, error) && run_leg (context, input, output, more, error);
}

static gboolean
step (SrAuthContext *context,
      GBytes        *token,
      GBytes       **reply,
      GError       **error)
{
  g_auto (gss_buffer_desc) output = GSS_C_EMPTY_BUFFER;
  gss_buffer_desc input = GSS_C_EMPTY_BUFFER;
  gboolean more, first = context->legs == 0;

  if (context->complete || context->failed || context->legs++ >= MAX_LEGS)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("The handshake goes on where it should have ended"));
      return FALSE;
    }
  if (token != NULL)
    input.value = (void *) g_bytes_get_data (token, &input.length);
  if (input.length == 0 && !(first && context->initiator))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED,
                           _ ("The peer sent no authentication token where one must be"));
      return FALSE;
    }
  if (first && !context->initiator)
    context->cred = sr_auth_acceptor_get_cred (context->acceptor, context->type, token);

  sr_ntlm_look (input.value, input.length, &context->ntlm_facts);
  if (first && context->initiator ? !run_first_leg (context, &input, &output, &more, error)
                                  : !run_leg (context, &input, &output, &more, error))
    return FALSE;
  sr_ntlm_look (output.value, output.length, &context->ntlm_facts);
  if (!more && !finish (context, error))
    return FALSE;
  if (output.length > 0)
    *reply = g_bytes_new (output.value, output.length);
  return TRUE;
}

gboolean
sr_auth_context_step (SrAuthContext *context,
                      GBytes        *token,
                      GBytes       **reply,
                      GError       **error)
{
  *reply = NULL;
  if (step (context, token, reply, error))
    return TRUE;
  context->complete = FALSE;
  context->failed = TRUE;
  return FALSE;
}

gboolean
sr_auth_context_is_complete (const SrAuthContext *context)
{
  return context->complete;
}

SrAuthType
sr_auth_context_get_type_used (const SrAuthContext *context)
{
  return context->type;
}

SrAuthType
sr_auth_context_get_mechanism (const SrAuthContext *context)
{
  return context->mechanism;
}

const char *
sr_auth_context_get_peer (const SrAuthContext *context)
{
  return context->peer;
}
