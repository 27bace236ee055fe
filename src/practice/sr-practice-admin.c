/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-admin.h"

#include "base/sr-bytes.h"
#include "base/sr-file.h"
#include "base/sr-utf16.h"
#include "practice/sr-practice-ca-private.h"
#include "practice/sr-practice-names.h"

#include <gnutls/pkcs7.h>

#define MAX_CRL (256 * 1024 * 1024)
/* CAINFO (MS-WCCE 2.2.2.4): ten numbers. */
#define CAINFO_SIZE 40

static gboolean
is_empty (const char *text)
{
  return text == NULL || text[0] == '\0';
}

static SrHresult
admit_for (SrPracticeCa           *ca,
           const SrPracticeCaller *caller,
           SrPracticeNeed          need,
           const char             *authority,
           gboolean                may_be_empty)
{
  SrHresult hr = sr_practice_ca_admit (ca, caller, need);

  if (hr == SR_S_OK && !(may_be_empty && is_empty (authority)) &&
      !sr_practice_name_matches (sr_practice_ca_get_name (ca), authority))
    hr = sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_AUTHORITY);
  return hr;
}

SrHresult
sr_practice_admin_server_control (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller,
                                  const char             *authority,
                                  guint32                 control)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = admit_for (ca, caller, SR_PRACTICE_NEED_CONTROL, authority, TRUE);

  if (hr == SR_S_OK && (control < 1 || control > 3))
    hr = sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONTROL_VALUE);
  if (hr == SR_S_OK && control == 1)
    ca->registered = FALSE;
  return hr;
}

SrHresult
sr_practice_admin_ping (SrPracticeCa           *ca,
                        const SrPracticeCaller *caller,
                        const char             *authority)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return admit_for (ca, caller, SR_PRACTICE_NEED_ADMINISTRATOR, authority, TRUE);
}

SrHresult
sr_practice_admin_get_server_state (SrPracticeCa           *ca,
                                    const SrPracticeCaller *caller,
                                    const char             *authority,
                                    guint32                *state)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = admit_for (ca, caller, SR_PRACTICE_NEED_NOTHING, authority, FALSE);

  *state = (sr_practice_roles_get (ca->roles, caller->principal) & SR_PRACTICE_ROLE_READ) != 0;
  return hr;
}

SrHresult
sr_practice_admin_get_my_roles (SrPracticeCa           *ca,
                                const SrPracticeCaller *caller,
                                const char             *authority,
                                guint32                *roles)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  *roles = sr_practice_roles_get (ca->roles, caller->principal);
  return admit_for (ca, caller, SR_PRACTICE_NEED_READ, authority, FALSE);
}

static GBytes *
make_info (SrPracticeCa *ca)
{
  guint8 info[CAINFO_SIZE] = { 0 };

  sr_put_le32 (info, CAINFO_SIZE);
  sr_put_le32 (info + 4, 3); /* ENUM_STANDALONE_ROOTCA */
  sr_put_le32 (info + 8, 1); /* signing certificates; no exchange certificates, no exit algorithms */
  sr_put_le32 (info + 20, SR_PRACTICE_PROP_SANITIZEDCASHORTNAME); /* the highest property */
  sr_put_le32 (info + 24, sr_practice_config_in_force (ca->config, SR_PRACTICE_NODE_CA, "RoleSeparationEnabled"));
  return g_bytes_new (info, sizeof info);
}

/* The certificate as its own chain: a CMS message with nothing but certificates. */
static GBytes *
make_chain (SrPracticeCa *ca)
{
  gsize size;
  gnutls_datum_t der = { (void *) g_bytes_get_data (sr_practice_ca_get_certificate (ca), &size), 0 };
  gnutls_datum_t out = { NULL, 0 };
  gnutls_pkcs7_t cms;
  GBytes *chain = NULL;

  der.size = (unsigned) size;
  if (gnutls_pkcs7_init (&cms) != 0)
    return NULL;
  if (gnutls_pkcs7_set_crt_raw (cms, &der) == 0 && gnutls_pkcs7_export2 (cms, GNUTLS_X509_FMT_DER, &out) == 0)
    {
      chain = g_bytes_new (out.data, out.size);
      gnutls_free (out.data);
    }
  gnutls_pkcs7_deinit (cms);
  return chain;
}

static GBytes *
load_crl (SrPracticeCa *ca)
{
  g_autofree char *name = sr_practice_ca_get_crl_name (ca);
  g_autofree char *path = g_build_filename (ca->enroll_folder, name, NULL);

  return sr_file_load (path, MAX_CRL, NULL);
}

static GBytes *
make_string (SrPracticeCa *ca,
             gint32        id)
{
  const char *name = sr_practice_ca_get_name (ca);
  g_autofree char *sanitized = sr_practice_sanitize_name (name);
  g_autofree char *shortened = sr_practice_shorten_name (sanitized);

  switch (id)
    {
    case SR_PRACTICE_PROP_FILEVERSION:
    case SR_PRACTICE_PROP_PRODUCTVERSION:
      return sr_utf16_from_utf8 (PACKAGE_VERSION ".0", TRUE); /* w.x.y.z */
    case SR_PRACTICE_PROP_CANAME:
      return sr_utf16_from_utf8 (name, TRUE);
    case SR_PRACTICE_PROP_SANITIZEDCANAME:
      return sr_utf16_from_utf8 (sanitized, TRUE);
    case SR_PRACTICE_PROP_SANITIZEDCASHORTNAME:
      return sr_utf16_from_utf8 (shortened, TRUE);
    case SR_PRACTICE_PROP_DNSNAME:
      return sr_utf16_from_utf8 (ca->host, TRUE);
    default:
      return NULL; /* no shared folder, and a root has no parent */
    }
}

/* What this CA has; any other property is an invalid argument. */
static const struct
{
  gint32 id;
  gint32 type;
  gboolean indexed;
} properties[] = {
  { SR_PRACTICE_PROP_FILEVERSION, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_PRODUCTVERSION, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_EXITCOUNT, SR_PRACTICE_PROPTYPE_LONG, FALSE },
  { SR_PRACTICE_PROP_CANAME, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_SANITIZEDCANAME, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_SHAREDFOLDER, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_PARENTCA, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_CATYPE, SR_PRACTICE_PROPTYPE_LONG, FALSE },
  { SR_PRACTICE_PROP_CASIGCERTCOUNT, SR_PRACTICE_PROPTYPE_LONG, FALSE },
  { SR_PRACTICE_PROP_CASIGCERT, SR_PRACTICE_PROPTYPE_BINARY, TRUE },
  { SR_PRACTICE_PROP_CASIGCERTCHAIN, SR_PRACTICE_PROPTYPE_BINARY, TRUE },
  { SR_PRACTICE_PROP_BASECRL, SR_PRACTICE_PROPTYPE_BINARY, TRUE },
  { SR_PRACTICE_PROP_CAPROPIDMAX, SR_PRACTICE_PROPTYPE_LONG, FALSE },
  { SR_PRACTICE_PROP_DNSNAME, SR_PRACTICE_PROPTYPE_STRING, FALSE },
  { SR_PRACTICE_PROP_ROLESEPARATIONENABLED, SR_PRACTICE_PROPTYPE_LONG, FALSE },
  { SR_PRACTICE_PROP_SANITIZEDCASHORTNAME, SR_PRACTICE_PROPTYPE_STRING, FALSE },
};

static gboolean
has_property (gint32 id,
              gint32 index,
              gint32 type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    if (properties[i].id == id)
      /* 0xffffffff is the highest index (MS-WCCE 3.2.1.4.3.2); there is one certificate */
      return properties[i].type == type && (!properties[i].indexed || index == 0 || index == -1);
  return FALSE;
}

SrHresult
sr_practice_admin_get_property (SrPracticeCa           *ca,
                                const SrPracticeCaller *caller,
                                const char             *authority,
                                gint32                  id,
                                gint32                  index,
                                gint32                  type,
                                GBytes                **value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  SrHresult hr = admit_for (ca, caller, SR_PRACTICE_NEED_READ, authority, FALSE);

  if (hr != SR_S_OK)
    return hr;
  if (!has_property (id, index, type))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_PROPERTY);
  if (type == SR_PRACTICE_PROPTYPE_LONG)
    *value = make_info (ca);
  else if (id == SR_PRACTICE_PROP_CASIGCERT)
    *value = g_bytes_ref (sr_practice_ca_get_certificate (ca));
  else if (id == SR_PRACTICE_PROP_CASIGCERTCHAIN)
    *value = make_chain (ca);
  else if (id == SR_PRACTICE_PROP_BASECRL)
    *value = load_crl (ca);
  else
    *value = make_string (ca, id);
  return *value != NULL ? SR_S_OK : sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_PROPERTY_ABSENT);
}

/* Which node is meant (MS-CSRA 3.1.4.2.14): the root's with an empty authority,
 * and then without a path, else the CA's. */
static SrHresult
find_node (SrPracticeCa           *ca,
           const SrPracticeCaller *caller,
           SrPracticeNeed          need,
           const char             *authority,
           const char             *path,
           SrPracticeNode         *node)
{
  SrHresult hr = admit_for (ca, caller, need, authority, TRUE);

  if (hr == SR_S_OK && (path == NULL || (is_empty (authority) && !is_empty (path))))
    hr = sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONFIG_PATH);
  *node = is_empty (authority) ? SR_PRACTICE_NODE_ROOT : SR_PRACTICE_NODE_CA;
  return hr;
}

SrHresult
sr_practice_admin_get_config (SrPracticeCa           *ca,
                              const SrPracticeCaller *caller,
                              const char             *authority,
                              const char             *path,
                              const char             *entry,
                              GVariant              **value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_auto (GStrv) names = NULL;
  SrPracticeNode node;
  SrHresult hr = find_node (ca, caller, SR_PRACTICE_NEED_READ, authority, path, &node);
  GVariant *found;

  if (hr != SR_S_OK)
    return hr;
  if (is_empty (entry))
    {
      names = sr_practice_config_list (ca->config, node, path);
      if (names[0] == NULL)
        return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONFIG_MISSING);
      *value = g_variant_ref_sink (g_variant_new_strv ((const char * const *) names, -1));
      return SR_S_OK;
    }
  found = sr_practice_config_get (ca->config, node, path, entry);
  if (found == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONFIG_MISSING);
  *value = g_variant_ref (found);
  return SR_S_OK;
}

SrHresult
sr_practice_admin_set_config (SrPracticeCa           *ca,
                              const SrPracticeCaller *caller,
                              const char             *authority,
                              const char             *path,
                              const char             *entry,
                              GVariant               *value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GError) error = NULL;
  SrPracticeNode node;
  SrHresult hr = find_node (ca, caller, SR_PRACTICE_NEED_ADMINISTRATOR, authority, path, &node);

  if (hr != SR_S_OK)
    return hr;
  if (is_empty (entry) || strchr (entry, '\\') != NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONFIG_PATH);
  if (value == NULL && sr_practice_config_get (ca->config, node, path, entry) == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_CONFIG_MISSING);
  sr_practice_config_set (ca->config, node, path, entry, value);
  if (!sr_practice_config_save (ca->config, &error))
    return sr_practice_ca_fail (ca, "Saving the configuration", error);
  return SR_S_OK;
}
