/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context.h"

#include "auth/sr-auth-gss-private.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PROBE_USER "PROBE\\probe"
/* Any 16 bytes will do; both ends run here, and nobody else ever sees them. */
#define PROBE_HASH "00112233445566778899aabbccddeeff"

/* gss-ntlmssp takes its users from a file by name; this one has no name in any folder. */
static int
make_probe_users (char path[64])
{
  static const char line[] = PROBE_USER ":0:" PROBE_HASH ":" PROBE_HASH ":[U]:\n";
  int fd = memfd_create ("spnego-probe", MFD_CLOEXEC);

  if (fd < 0)
    return -1;
  g_snprintf (path, 64, "/proc/self/fd/%d", fd);
  if (write (fd, line, strlen (line)) == (gssize) strlen (line))
    return fd;
  close (fd);
  return -1;
}

static gboolean
acquire_probe_acceptor (const char    *path,
                        gss_cred_id_t *cred)
{
  gss_key_value_element_desc element = { "ntlmssp_keyfile", path };
  gss_key_value_set_desc store = { 1, &element };
  gss_OID_set_desc set = { 1, &sr_gss_oid_spnego };
  gss_name_t name = sr_gss_import_name ("host@localhost", GSS_C_NT_HOSTBASED_SERVICE, NULL);
  OM_uint32 major, minor;

  major = gss_acquire_cred_from (&minor, name, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT, &store, cred, NULL, NULL);
  sr_gss_name_release (&name);
  return !GSS_ERROR (major);
}

static gboolean
acquire_probe_initiator (gss_cred_id_t *cred)
{
  gss_key_value_element_desc element = { "ntlmssp_nthash", PROBE_HASH };
  gss_key_value_set_desc store = { 1, &element };
  gss_OID_set_desc set = { 1, &sr_gss_oid_spnego };
  gss_OID_set_desc ntlm = { 1, &sr_gss_oid_ntlm };
  gss_name_t name = sr_gss_import_name (PROBE_USER, GSS_C_NT_USER_NAME, NULL);
  OM_uint32 major, minor;

  major = gss_acquire_cred_from (&minor, name, GSS_C_INDEFINITE, &set, GSS_C_INITIATE, &store, cred, NULL, NULL);
  if (!GSS_ERROR (major))
    major = gss_set_neg_mechs (&minor, *cred, &ntlm);
  sr_gss_name_release (&name);
  return !GSS_ERROR (major);
}

/* Both ends run by turns until both are complete, or one has failed. */
static gboolean
run_probe (gss_cred_id_t initiator,
           gss_cred_id_t acceptor)
{
  gss_buffer_desc to_acceptor = GSS_C_EMPTY_BUFFER, to_initiator = GSS_C_EMPTY_BUFFER;
  gss_ctx_id_t here = GSS_C_NO_CONTEXT, there = GSS_C_NO_CONTEXT;
  gss_name_t target = sr_gss_import_name ("host@localhost", GSS_C_NT_HOSTBASED_SERVICE, NULL);
  OM_uint32 a = GSS_S_CONTINUE_NEEDED, b = GSS_S_CONTINUE_NEEDED, minor;

  for (guint leg = 0; leg < 8; leg++)
    {
      if (a == GSS_S_CONTINUE_NEEDED)
        {
          sr_gss_buffer_release (&to_acceptor);
          a = gss_init_sec_context (&minor, initiator, &here, target, &sr_gss_oid_spnego,
                                    GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG, 0,
                                    GSS_C_NO_CHANNEL_BINDINGS, leg > 0 ? &to_initiator : GSS_C_NO_BUFFER, NULL,
                                    &to_acceptor, NULL, NULL);
        }
      if (GSS_ERROR (a) || (a == GSS_S_COMPLETE && b == GSS_S_COMPLETE) || to_acceptor.length == 0)
        break;
      sr_gss_buffer_release (&to_initiator);
      b = gss_accept_sec_context (&minor, &there, acceptor, &to_acceptor, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL,
                                  &to_initiator, NULL, NULL, NULL);
      if (GSS_ERROR (b) || (a == GSS_S_COMPLETE && b == GSS_S_COMPLETE) || to_initiator.length == 0)
        break;
    }
  sr_gss_buffer_release (&to_acceptor);
  sr_gss_buffer_release (&to_initiator);
  sr_gss_name_release (&target);
  if (here != GSS_C_NO_CONTEXT)
    gss_delete_sec_context (&minor, &here, GSS_C_NO_BUFFER);
  if (there != GSS_C_NO_CONTEXT)
    gss_delete_sec_context (&minor, &there, GSS_C_NO_BUFFER);
  return a == GSS_S_COMPLETE && b == GSS_S_COMPLETE;
}

static gboolean
probe (void)
{
  gss_cred_id_t initiator = GSS_C_NO_CREDENTIAL, acceptor = GSS_C_NO_CREDENTIAL;
  OM_uint32 minor;
  char path[64];
  int fd = make_probe_users (path);
  gboolean works;

  if (fd < 0)
    return FALSE;
  works = acquire_probe_acceptor (path, &acceptor) && acquire_probe_initiator (&initiator) &&
          run_probe (initiator, acceptor);
  close (fd);
  gss_release_cred (&minor, &initiator);
  gss_release_cred (&minor, &acceptor);
  return works;
}

gboolean
sr_auth_spnego_works (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, probe () ? 2 : 1);
  return once == 2;
}

guint
sr_auth_choose_types (const SrCredentials *credentials,
                      gboolean             target_is_address,
                      gboolean             ntlm_allowed,
                      SrAuthType           types[3])
{
  gboolean ntlm = ntlm_allowed && sr_credentials_get_kind (credentials) == SR_CREDENTIALS_PASSWORD;
  guint n = 0;

  if (sr_auth_spnego_works () && (!target_is_address || ntlm))
    types[n++] = SR_AUTH_SPNEGO;
  if (!target_is_address)
    types[n++] = SR_AUTH_KERBEROS;
  if (ntlm)
    types[n++] = SR_AUTH_NTLM;
  return n;
}
