/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"

#include <gio/gio.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

G_BEGIN_DECLS

/*
 * SrGssMechs:
 * @SR_GSS_KERBEROS: raw Kerberos
 * @SR_GSS_NTLM: raw NTLM
 * @SR_GSS_SPNEGO_KERBEROS: SPNEGO that ends in Kerberos
 * @SR_GSS_SPNEGO_NTLM: SPNEGO that ends in NTLM
 *
 * What a credential handle is for.
 */
typedef enum
{
  SR_GSS_KERBEROS,
  SR_GSS_NTLM,
  SR_GSS_SPNEGO_KERBEROS,
  SR_GSS_SPNEGO_NTLM,
} SrGssMechs;

#define SR_GSS_N_MECHS 4

extern gss_OID_desc sr_gss_oid_kerberos;
extern gss_OID_desc sr_gss_oid_ntlm;
extern gss_OID_desc sr_gss_oid_spnego;

gboolean sr_gss_oid_equal (gss_const_OID a, gss_const_OID b);

/* The OID that a handle for @mechs is acquired and used with. */
gss_OID sr_gss_mechs_oid (SrGssMechs mechs);

/* Sets SR_ERROR with @code: @what, then GSSAPI's words for @major and @minor. */
void sr_gss_set_error (GError    **error,
                       int         code,
                       const char *what,
                       OM_uint32   major,
                       OM_uint32   minor,
                       gss_OID     mech);

/* gss_import_name(); @type may be GSS_C_NO_OID. GSS_C_NO_NAME with @error set on failure. */
gss_name_t sr_gss_import_name (const char *text,
                               gss_OID     type,
                               GError    **error);

/* (transfer full) (nullable): gss_display_name() as UTF-8 */
char *sr_gss_name_to_string (gss_name_t name);

/* What @mechs end in: %SR_AUTH_KERBEROS or %SR_AUTH_NTLM. */
SrAuthType sr_gss_mechs_end (SrGssMechs mechs);

/* For SPNEGO: restricts what a handle offers or takes to what @mechs end in. */
gboolean sr_gss_restrict (gss_cred_id_t cred,
                          SrGssMechs    mechs,
                          GError      **error);

/* A gss_cred_id_t with a reference count; MIT's handles are safe to share between threads. */
typedef struct
{
  gatomicrefcount ref_count;
  gss_cred_id_t id;
} SrGssCred;

SrGssCred *sr_gss_cred_new (gss_cred_id_t id);
SrGssCred *sr_gss_cred_ref (SrGssCred *cred);
void sr_gss_cred_unref (SrGssCred *cred);

/* Seconds that @cred's tickets live on; 0 when they have expired or it cannot be told. */
guint32 sr_gss_cred_lifetime (SrGssCred *cred);

static inline void
sr_gss_name_release (gss_name_t *name)
{
  OM_uint32 minor;

  if (*name != GSS_C_NO_NAME)
    gss_release_name (&minor, name);
}

static inline void
sr_gss_buffer_release (gss_buffer_desc *buffer)
{
  OM_uint32 minor;

  gss_release_buffer (&minor, buffer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (gss_buffer_desc, sr_gss_buffer_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrGssCred, sr_gss_cred_unref)

G_END_DECLS
