/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-gss-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* 1.2.840.113554.1.2.2, 1.3.6.1.4.1.311.2.2.10 (MS-NLMP 1.9) and 1.3.6.1.5.5.2 (RFC 4178) */
gss_OID_desc sr_gss_oid_kerberos = { 9, (void *) "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };
gss_OID_desc sr_gss_oid_ntlm = { 10, (void *) "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" };
gss_OID_desc sr_gss_oid_spnego = { 6, (void *) "\x2b\x06\x01\x05\x05\x02" };

gboolean
sr_gss_oid_equal (gss_const_OID a,
                  gss_const_OID b)
{
  return a != NULL && b != NULL && a->length == b->length && memcmp (a->elements, b->elements, a->length) == 0;
}

gss_OID
sr_gss_mechs_oid (SrGssMechs mechs)
{
  switch (mechs)
    {
    case SR_GSS_KERBEROS:
      return &sr_gss_oid_kerberos;
    case SR_GSS_NTLM:
      return &sr_gss_oid_ntlm;
    case SR_GSS_SPNEGO_KERBEROS:
    case SR_GSS_SPNEGO_NTLM:
    default:
      return &sr_gss_oid_spnego;
    }
}

static void
append_status (GString  *text,
               OM_uint32 status,
               int       kind,
               gss_OID   mech)
{
  OM_uint32 more = 0, minor;

  do
    {
      g_auto (gss_buffer_desc) words = GSS_C_EMPTY_BUFFER;
      g_autofree char *utf8 = NULL;

      if (GSS_ERROR (gss_display_status (&minor, status, kind, mech, &more, &words)))
        return;
      utf8 = g_utf8_make_valid (words.value, (gssize) words.length);
      if (*utf8 != '\0')
        g_string_append_printf (text, ": %s", utf8);
    }
  while (more != 0);
}

void
sr_gss_set_error (GError    **error,
                  int         code,
                  const char *what,
                  OM_uint32   major,
                  OM_uint32   minor,
                  gss_OID     mech)
{
  g_autoptr (GString) text = g_string_new (what);

  append_status (text, major, GSS_C_GSS_CODE, mech);
  if (minor != 0)
    append_status (text, minor, GSS_C_MECH_CODE, mech);
  g_set_error_literal (error, SR_ERROR, code, text->str);
}

gss_name_t
sr_gss_import_name (const char *text,
                    gss_OID     type,
                    GError    **error)
{
  gss_buffer_desc buffer = { strlen (text), (void *) text };
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 major, minor;

  major = gss_import_name (&minor, &buffer, type, &name);
  if (GSS_ERROR (major))
    {
      g_autofree char *what = g_strdup_printf (_ ("The name %s is not understood"), text);

      sr_gss_set_error (error, SR_ERROR_AUTH, what, major, minor, GSS_C_NO_OID);
      return GSS_C_NO_NAME;
    }
  return name;
}

char *
sr_gss_name_to_string (gss_name_t name)
{
  g_auto (gss_buffer_desc) text = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;

  if (name == GSS_C_NO_NAME || GSS_ERROR (gss_display_name (&minor, name, &text, NULL)))
    return NULL;
  /* gss-ntlmssp counts the NUL. */
  while (text.length > 0 && ((const char *) text.value)[text.length - 1] == '\0')
    text.length--;
  return g_utf8_make_valid (text.value, (gssize) text.length);
}

SrAuthType
sr_gss_mechs_end (SrGssMechs mechs)
{
  return mechs == SR_GSS_NTLM || mechs == SR_GSS_SPNEGO_NTLM ? SR_AUTH_NTLM : SR_AUTH_KERBEROS;
}

gboolean
sr_gss_restrict (gss_cred_id_t cred,
                 SrGssMechs    mechs,
                 GError      **error)
{
  gss_OID_set_desc set = { 1, sr_gss_mechs_end (mechs) == SR_AUTH_NTLM ? &sr_gss_oid_ntlm : &sr_gss_oid_kerberos };
  OM_uint32 major, minor;

  if (sr_gss_mechs_oid (mechs) != &sr_gss_oid_spnego)
    return TRUE;
  major = gss_set_neg_mechs (&minor, cred, &set);
  if (!GSS_ERROR (major))
    return TRUE;
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("SPNEGO cannot be restricted"), major, minor, &sr_gss_oid_spnego);
  return FALSE;
}

SrGssCred *
sr_gss_cred_new (gss_cred_id_t id)
{
  SrGssCred *cred = g_new0 (SrGssCred, 1);

  g_atomic_ref_count_init (&cred->ref_count);
  cred->id = id;
  return cred;
}

SrGssCred *
sr_gss_cred_ref (SrGssCred *cred)
{
  g_atomic_ref_count_inc (&cred->ref_count);
  return cred;
}

void
sr_gss_cred_unref (SrGssCred *cred)
{
  OM_uint32 minor;

  if (!g_atomic_ref_count_dec (&cred->ref_count))
    return;
  gss_release_cred (&minor, &cred->id);
  g_free (cred);
}

guint32
sr_gss_cred_lifetime (SrGssCred *cred)
{
  OM_uint32 minor, lifetime = 0;

  if (GSS_ERROR (gss_inquire_cred (&minor, cred->id, NULL, &lifetime, NULL, NULL)))
    return 0;
  return lifetime;
}
