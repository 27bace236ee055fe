/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-acceptor-private.h"

#include "auth/sr-auth-nt-hash-private.h"
#include "base/sr-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SrAuthAcceptor
{
  gatomicrefcount ref_count;
  SrGssCred *kerberos;
  SrGssCred *ntlm;
  SrGssCred *spnego;
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
      g_autofree char *what = g_strdup_printf ("Nobody can be accepted with %s", keytab != NULL ? keytab : ntlm_users);

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
  g_set_error (error, SR_ERROR, SR_ERROR_AUTH, "The NTLM users cannot be kept: %s",
               failure != NULL ? failure->message : g_strerror (errno));
  return NULL;
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
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, "Neither NTLM users nor a keytab: nobody could sign in");
      return NULL;
    }
  if (ntlm_users != NULL)
    {
      g_autofree char *hashes = NULL;

      acceptor->users = sr_nt_users_open (ntlm_users, error);
      if (acceptor->users < 0)
        return NULL;
      hashes = name_users (acceptor, error);
      if (hashes == NULL)
        return NULL;
      acceptor->ntlm = acquire (hashes, NULL, SR_GSS_NTLM, error);
      if (acceptor->ntlm == NULL)
        return NULL;
    }
  if (keytab != NULL)
    {
      acceptor->kerberos = acquire (NULL, keytab, SR_GSS_KERBEROS, error);
      if (acceptor->kerberos == NULL)
        return NULL;
    }
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
  g_clear_pointer (&acceptor->spnego, sr_gss_cred_unref);
  if (acceptor->users >= 0)
    close (acceptor->users);
  if (acceptor->users_copy != NULL)
    g_unlink (acceptor->users_copy);
  g_free (acceptor->users_copy);
  g_free (acceptor);
}

SrGssCred *
sr_auth_acceptor_get_cred (SrAuthAcceptor *acceptor,
                           SrAuthType      type,
                           GError        **error)
{
  SrGssCred *cred = NULL;

  if (type == SR_AUTH_KERBEROS)
    cred = acceptor->kerberos;
  else if (type == SR_AUTH_NTLM)
    cred = acceptor->ntlm;
  else if (type == SR_AUTH_SPNEGO)
    cred = acceptor->spnego;
  if (cred != NULL)
    return sr_gss_cred_ref (cred);
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "Authentication type %d is not accepted here", (int) type);
  return NULL;
}
