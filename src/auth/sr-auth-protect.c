/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

static gboolean
set_size (gsize     *size,
          OM_uint32  major,
          OM_uint32  minor,
          gsize      length,
          GError   **error)
{
  if (major == GSS_S_COMPLETE && length > 0 && length <= 512)
    {
      *size = length;
      return TRUE;
    }
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("Kerberos cannot protect messages"), major, minor, &sr_gss_oid_kerberos);
  return FALSE;
}

/* MIT tells how long its tokens get; they are the same for every body that is a multiple of 16. */
gboolean
sr_auth_context_measure (SrAuthContext *context,
                         GError       **error)
{
  gss_iov_buffer_desc iov[2] = {
    { GSS_IOV_BUFFER_TYPE_HEADER, { 0, NULL } },
    { GSS_IOV_BUFFER_TYPE_DATA, { 16, NULL } },
  };
  OM_uint32 major, minor;

  if (context->mechanism == SR_AUTH_NTLM)
    {
      context->signature_size = context->mic_size = SR_NTLM_SIGNATURE_SIZE;
      return TRUE;
    }
  major = gss_wrap_iov_length (&minor, context->gss, 1, GSS_C_QOP_DEFAULT, NULL, iov, G_N_ELEMENTS (iov));
  if (!set_size (&context->signature_size, major, minor, iov[0].buffer.length, error))
    return FALSE;
  iov[0] = (gss_iov_buffer_desc) { GSS_IOV_BUFFER_TYPE_MIC_TOKEN, { 0, NULL } };
  major = gss_get_mic_iov_length (&minor, context->gss, GSS_C_QOP_DEFAULT, iov, G_N_ELEMENTS (iov));
  return set_size (&context->mic_size, major, minor, iov[0].buffer.length, error);
}

gsize
sr_auth_context_signature_size (SrAuthContext *context)
{
  return context->signature_size;
}

gsize
sr_auth_context_mic_size (SrAuthContext *context)
{
  return context->mic_size;
}

static gboolean
check_ntlm_length (gsize    length,
                   GError **error)
{
  if (length == SR_NTLM_SIGNATURE_SIZE)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("An NTLM signature of %zu bytes"), length);
  return FALSE;
}

SrAuthParts
sr_auth_parts (guint8 *pdu,
               gsize   header_length,
               gsize   body_length,
               gsize   signature_length)
{
  guint8 *body = pdu + header_length, *trailer = body + body_length;

  return (SrAuthParts) { pdu, header_length, body, body_length, trailer, trailer + SR_AUTH_TRAILER_SIZE, signature_length };
}

/* The segments of MS-RPCE 3.3.1.5.2.2, in the order of the PDU; @kind is that of the signature. */
static int
fill_iov (gss_iov_buffer_desc iov[4],
          OM_uint32           kind,
          gboolean            sign_header,
          const SrAuthParts  *parts)
{
  int n = 0;

  iov[n++] = (gss_iov_buffer_desc) { kind, { parts->signature_length, parts->signature } };
  if (sign_header)
    iov[n++] = (gss_iov_buffer_desc) { GSS_IOV_BUFFER_TYPE_SIGN_ONLY, { parts->header_length, parts->header } };
  iov[n++] = (gss_iov_buffer_desc) { GSS_IOV_BUFFER_TYPE_DATA, { parts->body_length, parts->body } };
  if (sign_header)
    iov[n++] = (gss_iov_buffer_desc) { GSS_IOV_BUFFER_TYPE_SIGN_ONLY, { SR_AUTH_TRAILER_SIZE, parts->trailer } };
  return n;
}

gboolean
sr_auth_context_seal (SrAuthContext     *context,
                      gboolean           sign_header,
                      const SrAuthParts *parts,
                      GError           **error)
{
  gss_iov_buffer_desc iov[4];
  OM_uint32 major, minor;
  int n, encrypted = 0;

  g_return_val_if_fail (context->complete && parts->signature_length == context->signature_size, FALSE);

  if (context->mechanism == SR_AUTH_NTLM)
    return sr_ntlm_seal_protect (context->ntlm, TRUE, parts, error);
  n = fill_iov (iov, GSS_IOV_BUFFER_TYPE_HEADER, sign_header, parts);
  major = gss_wrap_iov (&minor, context->gss, 1, GSS_C_QOP_DEFAULT, &encrypted, iov, n);
  if (major == GSS_S_COMPLETE && encrypted && iov[0].buffer.length == parts->signature_length)
    return TRUE;
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("A message could not be sealed"), major, minor, &sr_gss_oid_kerberos);
  return FALSE;
}

gboolean
sr_auth_context_unseal (SrAuthContext     *context,
                        gboolean           sign_header,
                        const SrAuthParts *parts,
                        GError           **error)
{
  gss_iov_buffer_desc iov[4];
  OM_uint32 major, minor;
  int n, encrypted = 0;

  g_return_val_if_fail (context->complete, FALSE);

  if (context->mechanism == SR_AUTH_NTLM)
    return check_ntlm_length (parts->signature_length, error) && sr_ntlm_seal_open (context->ntlm, TRUE, parts, error);
  n = fill_iov (iov, GSS_IOV_BUFFER_TYPE_HEADER, sign_header, parts);
  major = gss_unwrap_iov (&minor, context->gss, &encrypted, NULL, iov, n);
  /* Any bit counts: GSS_S_UNSEQ_TOKEN and the like are no errors to GSS_ERROR(), but replays to us. */
  if (major != GSS_S_COMPLETE)
    {
      sr_gss_set_error (error, SR_ERROR_AUTH, _ ("A message’s signature is wrong"), major, minor, &sr_gss_oid_kerberos);
      return FALSE;
    }
  if (!encrypted)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WEAK, _ ("A message was signed but not encrypted"));
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_auth_context_sign (SrAuthContext     *context,
                      gboolean           sign_header,
                      const SrAuthParts *parts,
                      GError           **error)
{
  gss_iov_buffer_desc iov[4];
  OM_uint32 major, minor;
  int n;

  g_return_val_if_fail (context->complete && parts->signature_length == context->mic_size, FALSE);

  if (context->mechanism == SR_AUTH_NTLM)
    return sr_ntlm_seal_protect (context->ntlm, FALSE, parts, error);
  n = fill_iov (iov, GSS_IOV_BUFFER_TYPE_MIC_TOKEN, sign_header, parts);
  major = gss_get_mic_iov (&minor, context->gss, GSS_C_QOP_DEFAULT, iov, n);
  if (major == GSS_S_COMPLETE && iov[0].buffer.length == parts->signature_length)
    return TRUE;
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("A message could not be signed"), major, minor, &sr_gss_oid_kerberos);
  return FALSE;
}

gboolean
sr_auth_context_verify (SrAuthContext     *context,
                        gboolean           sign_header,
                        const SrAuthParts *parts,
                        GError           **error)
{
  gss_iov_buffer_desc iov[4];
  OM_uint32 major, minor;
  int n;

  g_return_val_if_fail (context->complete, FALSE);

  if (context->mechanism == SR_AUTH_NTLM)
    return check_ntlm_length (parts->signature_length, error) && sr_ntlm_seal_open (context->ntlm, FALSE, parts, error);
  n = fill_iov (iov, GSS_IOV_BUFFER_TYPE_MIC_TOKEN, sign_header, parts);
  major = gss_verify_mic_iov (&minor, context->gss, NULL, iov, n);
  if (major == GSS_S_COMPLETE)
    return TRUE;
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("A message’s signature is wrong"), major, minor, &sr_gss_oid_kerberos);
  return FALSE;
}
