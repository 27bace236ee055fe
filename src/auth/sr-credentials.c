/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-credentials-private.h"

#include "auth/sr-auth-nt-hash-private.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <krb5.h>
#include <string.h>

/* Tickets that live no longer than this are renewed before they are used: a backup takes its time. */
#define RENEW_BELOW_SECONDS 900

/* For so long a KDC is not asked again what it has just refused. One sign-in may try several principals and types:
 * each of them with a wrong password would count towards locking the account. */
#define REMEMBER_REFUSAL_SECONDS 5

struct _SrCredentials
{
  gatomicrefcount ref_count;
  SrCredentialsKind kind;
  char *name;
  char *store;                          /* ccache or keytab */
  SrSecret *password;

  GMutex lock;                          /* protects what is below */
  SrGssCred *handles[SR_GSS_N_MECHS];
  char *memory_cache;                   /* where a keytab's tickets are */
  GError *refusal;                      /* why a KDC gave no tickets for the password */
  gint64 refused_until;                 /* monotonic time */
};

static SrCredentials *
credentials_new (SrCredentialsKind kind,
                 const char       *name,
                 const char       *store)
{
  SrCredentials *credentials = g_new0 (SrCredentials, 1);

  g_atomic_ref_count_init (&credentials->ref_count);
  g_mutex_init (&credentials->lock);
  credentials->kind = kind;
  credentials->name = g_strdup (name);
  credentials->store = g_strdup (store);
  return credentials;
}

SrCredentials *
sr_credentials_new_ticket_cache (const char *cache,
                                 const char *principal)
{
  return credentials_new (SR_CREDENTIALS_TICKET_CACHE, principal, cache);
}

SrCredentials *
sr_credentials_new_keytab (const char *keytab,
                           const char *principal)
{
  return credentials_new (SR_CREDENTIALS_KEYTAB, principal, keytab);
}

SrCredentials *
sr_credentials_new_password (const char *user,
                             SrSecret   *password)
{
  SrCredentials *credentials = credentials_new (SR_CREDENTIALS_PASSWORD, user, NULL);

  credentials->password = sr_secret_ref (password);
  return credentials;
}

SrCredentials *
sr_credentials_ref (SrCredentials *credentials)
{
  g_atomic_ref_count_inc (&credentials->ref_count);
  return credentials;
}

/* Memory caches live in libkrb5 until somebody destroys them. */
static void
destroy_memory_cache (const char *name)
{
  krb5_context context;
  krb5_ccache cache;

  if (krb5_init_context (&context) != 0)
    return;
  if (krb5_cc_resolve (context, name, &cache) == 0)
    krb5_cc_destroy (context, cache);
  krb5_free_context (context);
}

void
sr_credentials_unref (SrCredentials *credentials)
{
  if (!g_atomic_ref_count_dec (&credentials->ref_count))
    return;
  for (guint i = 0; i < SR_GSS_N_MECHS; i++)
    g_clear_pointer (&credentials->handles[i], sr_gss_cred_unref);
  if (credentials->memory_cache != NULL)
    destroy_memory_cache (credentials->memory_cache);
  g_clear_pointer (&credentials->password, sr_secret_unref);
  g_clear_error (&credentials->refusal);
  g_free (credentials->memory_cache);
  g_free (credentials->name);
  g_free (credentials->store);
  g_mutex_clear (&credentials->lock);
  g_free (credentials);
}

SrCredentialsKind
sr_credentials_get_kind (const SrCredentials *credentials)
{
  return credentials->kind;
}

const char *
sr_credentials_get_name (const SrCredentials *credentials)
{
  return credentials->name;
}

/* "user@REALM" for Kerberos. Windows realms are upper case; a NetBIOS domain
 * name is no realm, so that it stands for the default one. */
static char *
kerberos_name (const char *user)
{
  const char *backslash = strchr (user, '\\');
  const char *at = strrchr (user, '@');

  if (backslash != NULL && memchr (user, '.', (gsize) (backslash - user)) != NULL)
    {
      g_autofree char *realm = g_ascii_strup (user, backslash - user);

      return g_strdup_printf ("%s@%s", backslash + 1, realm);
    }
  if (backslash != NULL)
    return g_strdup (backslash + 1);
  if (at != NULL)
    {
      g_autofree char *realm = g_ascii_strup (at + 1, -1);

      return g_strdup_printf ("%.*s@%s", (int) (at - user), user, realm);
    }
  return g_strdup (user);
}

static gss_name_t
import_user (SrCredentials *credentials,
             SrGssMechs     mechs,
             GError       **error)
{
  g_autofree char *name = NULL;

  if (credentials->kind == SR_CREDENTIALS_PASSWORD && sr_gss_mechs_end (mechs) == SR_AUTH_KERBEROS)
    name = kerberos_name (credentials->name);
  else
    name = g_strdup (credentials->name);
  return sr_gss_import_name (name, GSS_C_NT_USER_NAME, error);
}

static gboolean
acquire_with_password (SrCredentials *credentials,
                       SrGssMechs     mechs,
                       gss_name_t     name,
                       gss_cred_id_t *id,
                       GError       **error)
{
  gss_OID_set_desc set = { 1, sr_gss_mechs_oid (mechs) };
  gss_buffer_desc password;
  OM_uint32 major, minor;

  password.value = (void *) sr_secret_peek (credentials->password, &password.length);
  major = gss_acquire_cred_with_password (&minor, name, &password, GSS_C_INDEFINITE, &set, GSS_C_INITIATE, id, NULL,
                                          NULL);
  if (GSS_ERROR (major))
    {
      g_autofree char *what = g_strdup_printf (_ ("%s cannot sign in"), credentials->name);

      sr_gss_set_error (error, SR_ERROR_AUTH, what, major, minor, sr_gss_mechs_oid (mechs));
      return FALSE;
    }
  return TRUE;
}

static gboolean
acquire_with_hash (SrCredentials *credentials,
                   SrGssMechs     mechs,
                   gss_name_t     name,
                   gss_cred_id_t *id,
                   GError       **error)
{
  char digits[SR_NT_HASH_DIGITS + 1];
  gss_key_value_element_desc element = { "ntlmssp_nthash", digits };
  gss_key_value_set_desc store = { 1, &element };
  gss_OID_set_desc set = { 1, sr_gss_mechs_oid (mechs) };
  OM_uint32 major, minor;
  const char *password;
  gsize length;

  password = sr_secret_peek (credentials->password, &length);
  if (!sr_nt_hash (password, length, digits))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("The password is not valid UTF-8"));
      return FALSE;
    }
  major = gss_acquire_cred_from (&minor, name, GSS_C_INDEFINITE, &set, GSS_C_INITIATE, &store, id, NULL, NULL);
  sr_secret_wipe (digits, sizeof digits);
  if (!GSS_ERROR (major))
    return TRUE;
  sr_gss_set_error (error, SR_ERROR_AUTH, _ ("NTLM cannot be used"), major, minor, &sr_gss_oid_ntlm);
  return FALSE;
}

static gboolean
ensure_memory_cache (SrCredentials *credentials,
                     GError       **error)
{
  krb5_context context;
  krb5_ccache cache;
  krb5_error_code code;

  if (credentials->memory_cache != NULL)
    return TRUE;
  code = krb5_init_context (&context);
  if (code != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("Kerberos cannot start: error %d"), (int) code);
      return FALSE;
    }
  code = krb5_cc_new_unique (context, "MEMORY", NULL, &cache);
  if (code == 0)
    {
      credentials->memory_cache = g_strconcat ("MEMORY:", krb5_cc_get_name (context, cache), NULL);
      krb5_cc_close (context, cache);
    }
  else
    {
      const char *words = krb5_get_error_message (context, code);

      g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("Tickets cannot be kept: %s"), words);
      krb5_free_error_message (context, words);
    }
  krb5_free_context (context);
  return code == 0;
}

static gboolean
acquire_from_store (SrCredentials *credentials,
                    SrGssMechs     mechs,
                    gss_name_t     name,
                    gss_cred_id_t *id,
                    GError       **error)
{
  gss_key_value_element_desc elements[2];
  gss_key_value_set_desc store = { 0, elements };
  gss_OID_set_desc set = { 1, sr_gss_mechs_oid (mechs) };
  OM_uint32 major, minor;

  if (credentials->kind == SR_CREDENTIALS_KEYTAB)
    {
      if (!ensure_memory_cache (credentials, error))
        return FALSE;
      elements[store.count++] = (gss_key_value_element_desc) { "client_keytab", credentials->store };
      elements[store.count++] = (gss_key_value_element_desc) { "ccache", credentials->memory_cache };
    }
  else if (credentials->store != NULL)
    elements[store.count++] = (gss_key_value_element_desc) { "ccache", credentials->store };

  major = gss_acquire_cred_from (&minor, name, GSS_C_INDEFINITE, &set, GSS_C_INITIATE,
                                 store.count > 0 ? &store : GSS_C_NO_CRED_STORE, id, NULL, NULL);
  if (GSS_ERROR (major))
    {
      const char *what = credentials->kind == SR_CREDENTIALS_KEYTAB ? _ ("The keytab cannot be used to sign in")
                                                                    : _ ("There are no usable tickets");

      sr_gss_set_error (error, SR_ERROR_AUTH, what, major, minor, sr_gss_mechs_oid (mechs));
      return FALSE;
    }
  return TRUE;
}

static SrGssCred *
acquire_new (SrCredentials *credentials,
             SrGssMechs     mechs,
             GError       **error)
{
  gss_name_t name = GSS_C_NO_NAME;
  gss_cred_id_t id = GSS_C_NO_CREDENTIAL;
  g_autoptr (SrGssCred) cred = NULL;
  gboolean done;

  if (credentials->name != NULL)
    {
      name = import_user (credentials, mechs, error);
      if (name == GSS_C_NO_NAME)
        return NULL;
    }
  if (sr_gss_mechs_end (mechs) == SR_AUTH_NTLM)
    done = acquire_with_hash (credentials, mechs, name, &id, error);
  else if (credentials->kind == SR_CREDENTIALS_PASSWORD)
    done = acquire_with_password (credentials, mechs, name, &id, error);
  else
    done = acquire_from_store (credentials, mechs, name, &id, error);
  sr_gss_name_release (&name);
  if (!done)
    return NULL;

  cred = sr_gss_cred_new (id);
  if (!sr_gss_restrict (id, mechs, error))
    return NULL;
  return g_steal_pointer (&cred);
}

/* acquire_new(), but for a password that was refused a moment ago. */
static SrGssCred *
acquire_unless_refused (SrCredentials *credentials,
                        SrGssMechs     mechs,
                        GError       **error)
{
  gboolean asks_kdc = credentials->kind == SR_CREDENTIALS_PASSWORD && mechs != SR_GSS_NTLM;
  SrGssCred *cred;

  if (asks_kdc && credentials->refusal != NULL && g_get_monotonic_time () < credentials->refused_until)
    {
      g_propagate_error (error, g_error_copy (credentials->refusal));
      return NULL;
    }
  cred = acquire_new (credentials, mechs, error);
  if (!asks_kdc)
    return cred;
  g_clear_error (&credentials->refusal);
  if (cred == NULL)
    {
      credentials->refusal = g_error_copy (*error);
      credentials->refused_until = g_get_monotonic_time () + REMEMBER_REFUSAL_SECONDS * G_USEC_PER_SEC;
    }
  return cred;
}

SrGssCred *
sr_credentials_acquire (SrCredentials *credentials,
                        SrGssMechs     mechs,
                        GError       **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&credentials->lock);
  SrGssCred **slot = &credentials->handles[mechs];

  if (credentials->kind != SR_CREDENTIALS_PASSWORD && sr_gss_mechs_end (mechs) == SR_AUTH_NTLM)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("NTLM needs a password"));
      return NULL;
    }
  /* Tickets of a cache come and go behind our back. */
  if (credentials->kind == SR_CREDENTIALS_TICKET_CACHE)
    return acquire_new (credentials, mechs, error);

  if (*slot == NULL || sr_gss_cred_lifetime (*slot) < RENEW_BELOW_SECONDS)
    {
      g_autoptr (GError) failure = NULL;
      SrGssCred *fresh = acquire_unless_refused (credentials, mechs, &failure);

      /* With the KDC away, tickets that are old but good must still end a session. */
      if (fresh == NULL && (*slot == NULL || sr_gss_cred_lifetime (*slot) == 0))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (fresh != NULL)
        {
          g_clear_pointer (slot, sr_gss_cred_unref);
          *slot = fresh;
        }
    }
  return sr_gss_cred_ref (*slot);
}

/* The end of the principal's ticket-granting ticket, seconds since 1970; 0 for none. */
static krb5_timestamp
ticket_end (krb5_context   context,
            krb5_ccache    cache,
            krb5_principal principal)
{
  krb5_creds wanted = { 0 }, found;
  krb5_timestamp end = 0;

  wanted.client = principal;
  if (krb5_build_principal (context, &wanted.server, principal->realm.length, principal->realm.data,
                            KRB5_TGS_NAME, principal->realm.data, NULL) != 0)
    return 0;
  if (krb5_cc_retrieve_cred (context, cache, 0, &wanted, &found) == 0)
    {
      end = found.times.endtime;
      krb5_free_cred_contents (context, &found);
    }
  krb5_free_principal (context, wanted.server);
  return end;
}

static char *
find_in_cache (krb5_context context,
               krb5_ccache  cache)
{
  krb5_principal principal;
  krb5_timestamp now;
  char *name = NULL, *found = NULL;

  if (krb5_cc_get_principal (context, cache, &principal) != 0)
    return NULL;
  /* Time stamps are unsigned since 2038 was met. */
  if (krb5_timeofday (context, &now) == 0
      && (guint32) ticket_end (context, cache, principal) > (guint32) now
      && krb5_unparse_name (context, principal, &name) == 0)
    {
      found = g_utf8_make_valid (name, -1);
      krb5_free_unparsed_name (context, name);
    }
  krb5_free_principal (context, principal);
  return found;
}

char *
sr_credentials_find_ticket (void)
{
  krb5_context context;
  krb5_ccache cache;
  char *found = NULL;

  if (krb5_init_context (&context) != 0)
    return NULL;
  if (krb5_cc_default (context, &cache) == 0)
    {
      found = find_in_cache (context, cache);
      krb5_cc_close (context, cache);
    }
  krb5_free_context (context);
  return found;
}
