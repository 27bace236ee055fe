/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-acceptor-private.h"

#include "auth/sr-auth-nt-hash-private.h"
#include "base/sr-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SrAuthAcceptor
{
  gatomicrefcount ref_count;
  SrGssCred *kerberos;
  SrGssCred *ntlm;
  SrGssCred *spnego_kerberos;           /* one each: the two want names that do not go together */
  SrGssCred *spnego_ntlm;
  int users;                            /* the NTLM users with hashes in place of passwords, -1 for none */
  char *users_copy;                     /* a file with the same, where /proc does not name that one */
};

static SrGssCred *
acquire (const char *ntlm_users,
         const char *keytab,
         SrGssMechs  mechs,
         GError    **error)
{
  gss_key_value_element_desc elements[2];
  gss_key_value_set_desc store = { 0, elements };
  gss_OID_set_desc set = { 1, sr_gss_mechs_oid (mechs) };
  gss_cred_id_t id = GSS_C_NO_CREDENTIAL;
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 major, minor;

  if (ntlm_users != NULL)
    elements[store.count++] = (gss_key_value_element_desc) { "ntlmssp_keyfile", ntlm_users };
  if (keytab != NULL)
    elements[store.count++] = (gss_key_value_element_desc) { "keytab", keytab };

  /* gss-ntlmssp reads a key file for a server only with a name. One without a
   * service tells clients no principal that theirs would have to be equal to.
   * For Kerberos any key of the keytab will do. */
  if (ntlm_users != NULL)
    {
      name = sr_gss_import_name ("@localhost", GSS_C_NT_HOSTBASED_SERVICE, error);
      if (name == GSS_C_NO_NAME)
        return NULL;
    }
  major = gss_acquire_cred_from (&minor, name, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT, &store, &id, NULL, NULL);
  sr_gss_name_release (&name);
  if (GSS_ERROR (major))
    {
      g_autofree char *what =
        g_strdup_printf (_ ("Nobody can be accepted with %s"), keytab != NULL ? keytab : ntlm_users);

      sr_gss_set_error (error, SR_ERROR_AUTH, what, major, minor, sr_gss_mechs_oid (mechs));
      return NULL;
    }
  return sr_gss_cred_new (id);
}

/* gss-ntlmssp reads the users again for each client, by a name. A file in
 * memory has one in /proc alone; in a chroot without it (a container without
 * mount rights) a file of our own stands in, as private as the key file. */
static char *
name_users (SrAuthAcceptor *acceptor,
            GError        **error)
{
  g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", acceptor->users);
  g_autoptr (GError) failure = NULL;
  g_autofd int copy = -1;
  struct stat st;
  off_t start = 0;

  if (g_access (name, R_OK) == 0)
    return g_steal_pointer (&name);
  copy = g_file_open_tmp ("strongroom-users-XXXXXX", &acceptor->users_copy, &failure);
  if (copy >= 0 && fstat (acceptor->users, &st) == 0
      && sendfile (copy, acceptor->users, &start, (size_t) st.st_size) == st.st_size)
    return g_strdup (acceptor->users_copy);
  g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("The NTLM users cannot be kept: %s"),
               failure != NULL ? failure->message : g_strerror (errno));
  return NULL;
}

/* Raw, and within SPNEGO if that is sound. */
static gboolean
acquire_both (const char *ntlm_users,
              const char *keytab,
              SrGssCred **raw,
              SrGssCred **spnego,
              GError    **error)
{
  SrGssMechs mechs = keytab != NULL ? SR_GSS_SPNEGO_KERBEROS : SR_GSS_SPNEGO_NTLM;

  *raw = acquire (ntlm_users, keytab, keytab != NULL ? SR_GSS_KERBEROS : SR_GSS_NTLM, error);
  if (*raw == NULL)
    return FALSE;
  if (!sr_auth_spnego_works ())
    return TRUE;
  *spnego = acquire (ntlm_users, keytab, mechs, error);
  return *spnego != NULL && sr_gss_restrict ((*spnego)->id, mechs, error);
}

SrAuthAcceptor *
sr_auth_acceptor_new (const char *ntlm_users,
                      const char *keytab,
                      GError    **error)
{
  g_autoptr (SrAuthAcceptor) acceptor = g_new0 (SrAuthAcceptor, 1);

  g_atomic_ref_count_init (&acceptor->ref_count);
  acceptor->users = -1;
  if (ntlm_users == NULL && keytab == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("Neither NTLM users nor a keytab: nobody could sign in"));
      return NULL;
    }
  if (ntlm_users != NULL)
    {
      g_autofree char *hashes = NULL;

      acceptor->users = sr_nt_users_open (ntlm_users, error);
      if (acceptor->users < 0)
        return NULL;
      hashes = name_users (acceptor, error);
      if (hashes == NULL ||
          !acquire_both (hashes, NULL, &acceptor->ntlm, &acceptor->spnego_ntlm, error))
        return NULL;
    }
  if (keytab != NULL &&
      !acquire_both (NULL, keytab, &acceptor->kerberos, &acceptor->spnego_kerberos, error))
    return NULL;
  return g_steal_pointer (&acceptor);
}

SrAuthAcceptor *
sr_auth_acceptor_ref (SrAuthAcceptor *acceptor)
{
  g_atomic_ref_count_inc (&acceptor->ref_count);
  return acceptor;
}

void
sr_auth_acceptor_unref (SrAuthAcceptor *acceptor)
{
  if (!g_atomic_ref_count_dec (&acceptor->ref_count))
    return;
  g_clear_pointer (&acceptor->kerberos, sr_gss_cred_unref);
  g_clear_pointer (&acceptor->ntlm, sr_gss_cred_unref);
  g_clear_pointer (&acceptor->spnego_kerberos, sr_gss_cred_unref);
  g_clear_pointer (&acceptor->spnego_ntlm, sr_gss_cred_unref);
  if (acceptor->users >= 0)
    close (acceptor->users);
  if (acceptor->users_copy != NULL)
    g_unlink (acceptor->users_copy);
  g_free (acceptor->users_copy);
  g_free (acceptor);
}

gboolean
sr_auth_acceptor_takes (SrAuthAcceptor *acceptor,
                        SrAuthType      type)
{
  switch (type)
    {
    case SR_AUTH_KERBEROS:
      return acceptor->kerberos != NULL;
    case SR_AUTH_NTLM:
      return acceptor->ntlm != NULL;
    case SR_AUTH_SPNEGO:
      return acceptor->spnego_kerberos != NULL || acceptor->spnego_ntlm != NULL;
    case SR_AUTH_NONE:
    default:
      return FALSE;
    }
}

/* Where an object identifier stands among a NegTokenInit's mechTypes (RFC 4178 4.2.1). */
static gsize
find_mechanism (GBytes     *token,
                const char *oid,
                gsize       oid_length)
{
  gsize length = 0;
  const guint8 *data = token != NULL ? g_bytes_get_data (token, &length) : NULL;
  const guint8 *at = length > 0 ? memmem (data, MIN (length, 256), oid, oid_length) : NULL;

  return at != NULL ? (gsize) (at - data) : G_MAXSIZE;
}

/* The client's first choice that there are credentials for. */
static SrGssCred *
pick_spnego (SrAuthAcceptor *acceptor,
             GBytes         *token)
{
  /* 1.2.840.113554.1.2.2, and 1.2.840.48018.1.2.2 as Windows had it first (MS-KILE 1.9) */
  gsize kerberos = MIN (find_mechanism (token, "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 11),
                        find_mechanism (token, "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 11));
  gsize ntlm = find_mechanism (token, "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 12);

  if (acceptor->spnego_kerberos == NULL || (acceptor->spnego_ntlm != NULL && ntlm < kerberos))
    return acceptor->spnego_ntlm;
  return acceptor->spnego_kerberos;
}

SrGssCred *
sr_auth_acceptor_get_cred (SrAuthAcceptor *acceptor,
                           SrAuthType      type,
                           GBytes         *token)
{
  if (type == SR_AUTH_SPNEGO)
    return sr_gss_cred_ref (pick_spnego (acceptor, token));
  return sr_gss_cred_ref (type == SR_AUTH_KERBEROS ? acceptor->kerberos : acceptor->ntlm);
}
