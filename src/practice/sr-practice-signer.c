/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-signer.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-filetime.h"
#include "base/sr-secret.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define MAX_PEM (64 * 1024)
#define KEY_ID_SIZE 20
#define SERIAL_SIZE 16
/* Clients' clocks may be behind: what AD CS allows for, too. */
#define CLOCK_SKEW (10 * 60)
#define DAY (24 * 60 * 60)
#define CA_DAYS (10 * 365)
#define ISSUED_DAYS 365
#define SUBJECT_KEYS 8

typedef struct
{
  gnutls_x509_privkey_t key;
  guint8 id[KEY_ID_SIZE];
} SubjectKey;

struct _SrPracticeSigner
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  GBytes *der;
  char *name;
  guint8 key_id[KEY_ID_SIZE];
  SubjectKey subjects[SUBJECT_KEYS];
};

static gboolean
check (int         status,
       const char *what,
       GError    **error)
{
  if (status >= 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, gnutls_strerror (status));
  return FALSE;
}

void
sr_practice_signer_free (SrPracticeSigner *signer)
{
  for (guint i = 0; i < SUBJECT_KEYS; i++)
    g_clear_pointer (&signer->subjects[i].key, gnutls_x509_privkey_deinit);
  g_clear_pointer (&signer->certificate, gnutls_x509_crt_deinit);
  g_clear_pointer (&signer->key, gnutls_x509_privkey_deinit);
  g_clear_pointer (&signer->der, g_bytes_unref);
  g_free (signer->name);
  g_free (signer);
}

static gboolean
make_key (gnutls_x509_privkey_t *key,
          guint8                *id,
          GError               **error)
{
  gsize size = KEY_ID_SIZE;

  return check (gnutls_x509_privkey_init (key), _("Making a key"), error) &&
         check (gnutls_x509_privkey_generate (*key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0),
                _("Making a key"), error) &&
         check (gnutls_x509_privkey_get_key_id (*key, GNUTLS_KEYID_USE_SHA1, id, &size), _("Making a key"), error);
}

static gboolean
export_certificate (gnutls_x509_crt_t certificate,
                    GBytes          **der,
                    GError          **error)
{
  gnutls_datum_t datum = { NULL, 0 };

  if (!check (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &datum), _("Writing a certificate"), error))
    return FALSE;
  *der = g_bytes_new (datum.data, datum.size);
  gnutls_free (datum.data);
  return TRUE;
}

/* A positive serial number that no other certificate of this CA has: random, and the request id at its end. */
static gboolean
make_serial (guint8   *serial,
             guint32   request_id,
             GError  **error)
{
  if (!check (gnutls_rnd (GNUTLS_RND_NONCE, serial, SERIAL_SIZE), _("Making a serial number"), error))
    return FALSE;
  serial[0] = (serial[0] & 0x3f) | 0x40;
  for (guint i = 0; i < 4; i++)
    serial[SERIAL_SIZE - 1 - i] = (guint8) (request_id >> (8 * i));
  return TRUE;
}

static gboolean
set_common_name (gnutls_x509_crt_t certificate,
                 const char       *name,
                 GError          **error)
{
  return check (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned) strlen (name)),
                _("Setting a subject"), error);
}

static gboolean
make_ca_certificate (SrPracticeSigner *signer,
                     const char       *name,
                     GError          **error)
{
  gnutls_x509_crt_t crt = signer->certificate;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint8 serial[SERIAL_SIZE];

  return make_serial (serial, 1, error) &&
         check (gnutls_x509_crt_set_version (crt, 3), _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial), _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_activation_time (crt, now - CLOCK_SKEW), _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_expiration_time (crt, now + (gint64) CA_DAYS * DAY), _("CA certificate"), error) &&
         set_common_name (crt, name, error) &&
         check (gnutls_x509_crt_set_key (crt, signer->key), _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_basic_constraints (crt, 1, -1), _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN | GNUTLS_KEY_DIGITAL_SIGNATURE),
                _("CA certificate"), error) &&
         check (gnutls_x509_crt_set_subject_key_id (crt, signer->key_id, KEY_ID_SIZE), _("CA certificate"), error) &&
         check (gnutls_x509_crt_sign2 (crt, crt, signer->key, GNUTLS_DIG_SHA256, 0), _("CA certificate"), error);
}

static gboolean
create (SrPracticeSigner *signer,
        const char       *key_path,
        const char       *certificate_path,
        const char       *name,
        GError          **error)
{
  gnutls_datum_t key = { NULL, 0 }, certificate = { NULL, 0 };
  gboolean ok;

  ok = make_key (&signer->key, signer->key_id, error) &&
       check (gnutls_x509_crt_init (&signer->certificate), _("CA certificate"), error) &&
       make_ca_certificate (signer, name, error) &&
       check (gnutls_x509_privkey_export2 (signer->key, GNUTLS_X509_FMT_PEM, &key), _("CA key"), error) &&
       check (gnutls_x509_crt_export2 (signer->certificate, GNUTLS_X509_FMT_PEM, &certificate), _("CA certificate"), error) &&
       sr_file_replace (key_path, key.data, key.size, error) &&
       sr_file_replace (certificate_path, certificate.data, certificate.size, error);
  if (key.data != NULL)
    sr_secret_wipe (key.data, key.size);
  gnutls_free (key.data);
  gnutls_free (certificate.data);
  return ok;
}

static gboolean
load (SrPracticeSigner *signer,
      const char       *key_path,
      const char       *certificate_path,
      GError          **error)
{
  g_autoptr (GBytes) key = sr_file_load (key_path, MAX_PEM, error);
  g_autoptr (GBytes) certificate = key != NULL ? sr_file_load (certificate_path, MAX_PEM, error) : NULL;
  gnutls_datum_t datum;
  guint8 id[KEY_ID_SIZE];
  gsize size = sizeof id, length;
  gboolean ok;

  if (certificate == NULL)
    return FALSE;
  datum.data = (void *) g_bytes_get_data (key, &length);
  datum.size = (unsigned) length;
  ok = check (gnutls_x509_privkey_init (&signer->key), key_path, error) &&
       check (gnutls_x509_privkey_import (signer->key, &datum, GNUTLS_X509_FMT_PEM), key_path, error);
  sr_secret_wipe (datum.data, length);
  if (!ok)
    return FALSE;
  datum.data = (void *) g_bytes_get_data (certificate, &length);
  datum.size = (unsigned) length;
  size = sizeof signer->key_id;
  if (!check (gnutls_x509_crt_init (&signer->certificate), certificate_path, error) ||
      !check (gnutls_x509_crt_import (signer->certificate, &datum, GNUTLS_X509_FMT_PEM), certificate_path, error) ||
      !check (gnutls_x509_privkey_get_key_id (signer->key, GNUTLS_KEYID_USE_SHA1, signer->key_id, &size), key_path, error))
    return FALSE;
  size = sizeof id;
  if (!check (gnutls_x509_crt_get_key_id (signer->certificate, GNUTLS_KEYID_USE_SHA1, id, &size), certificate_path, error))
    return FALSE;
  if (memcmp (id, signer->key_id, sizeof id) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("“%s” is not the key of “%s”"), key_path, certificate_path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_common_name (SrPracticeSigner *signer,
                  const char       *expected,
                  GError          **error)
{
  char found[512];
  gsize size = sizeof found;

  if (!check (gnutls_x509_crt_get_dn_by_oid (signer->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, found, &size),
              _("CA certificate"), error))
    return FALSE;
  signer->name = g_strndup (found, size);
  if (expected == NULL || g_str_equal (signer->name, expected))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_MISMATCH, _("The CA certificate is that of “%s”, not of “%s”"), signer->name, expected);
  return FALSE;
}

SrPracticeSigner *
sr_practice_signer_open (const char *folder,
                         const char *name,
                         GError    **error)
{
  g_autoptr (SrPracticeSigner) signer = g_new0 (SrPracticeSigner, 1);
  g_autofree char *key_path = g_build_filename (folder, "ca.key", NULL);
  g_autofree char *certificate_path = g_build_filename (folder, "ca.crt", NULL);
  /* the certificate is written last: without it, the making was interrupted */
  gboolean there = g_file_test (certificate_path, G_FILE_TEST_EXISTS);

  if (!there && name == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("There is no CA in “%s”"), folder);
      return NULL;
    }
  if (!(there ? load (signer, key_path, certificate_path, error) : create (signer, key_path, certificate_path, name, error)) ||
      !read_common_name (signer, name, error) ||
      !export_certificate (signer->certificate, &signer->der, error))
    return NULL;
  for (guint i = 0; i < SUBJECT_KEYS; i++)
    if (!make_key (&signer->subjects[i].key, signer->subjects[i].id, error))
      return NULL;
  return g_steal_pointer (&signer);
}

const char *
sr_practice_signer_get_name (SrPracticeSigner *signer)
{
  return signer->name;
}

GBytes *
sr_practice_signer_get_certificate (SrPracticeSigner *signer)
{
  return signer->der;
}

static guint64
to_filetime (gint64 seconds)
{
  return sr_filetime_from_unix_us (seconds * G_USEC_PER_SEC);
}

/* What of a row stands in the certificate. */
static gboolean
fill_row (SrPracticeRow    *row,
          gnutls_x509_crt_t certificate,
          GError          **error)
{
  guint8 serial[64];
  gsize size = sizeof serial;
  gnutls_datum_t dn = { NULL, 0 };
  GString *hex;

  if (!check (gnutls_x509_crt_get_serial (certificate, serial, &size), _("Reading a certificate"), error) ||
      !check (gnutls_x509_crt_get_dn3 (certificate, &dn, 0), _("Reading a certificate"), error))
    return FALSE;
  hex = g_string_new (NULL);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", serial[i]);
  row->serial = g_string_free (hex, FALSE);
  row->subject = g_strndup ((char *) dn.data, dn.size);
  gnutls_free (dn.data);
  row->not_before = to_filetime (gnutls_x509_crt_get_activation_time (certificate));
  row->not_after = to_filetime (gnutls_x509_crt_get_expiration_time (certificate));
  row->submitted_at = sr_filetime_from_unix_us (g_get_real_time ());
  return export_certificate (certificate, &row->certificate, error);
}

SrPracticeRow *
sr_practice_signer_make_ca_row (SrPracticeSigner *signer,
                                guint32           request_id)
{
  SrPracticeRow *row = sr_practice_row_new ();
  g_autoptr (GError) error = NULL;

  row->request_id = request_id;
  row->disposition = SR_PRACTICE_CA_CERTIFICATE;
  row->requester = g_strdup ("");
  if (!fill_row (row, signer->certificate, &error))
    g_error ("%s", error->message); /* it was exported before */
  return row;
}

static gboolean
make_certificate (SrPracticeSigner *signer,
                  gnutls_x509_crt_t crt,
                  guint32           request_id,
                  const char       *subject,
                  GError          **error)
{
  const SubjectKey *key = &signer->subjects[request_id % SUBJECT_KEYS];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 end = MIN (now + (gint64) ISSUED_DAYS * DAY, (gint64) gnutls_x509_crt_get_expiration_time (signer->certificate));
  guint8 serial[SERIAL_SIZE];

  return make_serial (serial, request_id, error) &&
         check (gnutls_x509_crt_set_version (crt, 3), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_activation_time (crt, now - CLOCK_SKEW), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_expiration_time (crt, end), _("Issuing"), error) &&
         set_common_name (crt, subject, error) &&
         check (gnutls_x509_crt_set_key (crt, key->key), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_basic_constraints (crt, 0, -1), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_subject_key_id (crt, key->id, KEY_ID_SIZE), _("Issuing"), error) &&
         check (gnutls_x509_crt_set_authority_key_id (crt, signer->key_id, KEY_ID_SIZE), _("Issuing"), error) &&
         check (gnutls_x509_crt_sign2 (crt, signer->certificate, signer->key, GNUTLS_DIG_SHA256, 0), _("Issuing"), error);
}

SrPracticeRow *
sr_practice_signer_issue (SrPracticeSigner *signer,
                          guint32           request_id,
                          const char       *subject,
                          const char       *requester,
                          GError          **error)
{
  g_autoptr (SrPracticeRow) row = sr_practice_row_new ();
  gnutls_x509_crt_t crt;
  gboolean ok;

  row->request_id = request_id;
  row->disposition = SR_PRACTICE_ISSUED;
  row->requester = g_strdup (requester);
  if (!check (gnutls_x509_crt_init (&crt), _("Issuing"), error))
    return NULL;
  ok = make_certificate (signer, crt, request_id, subject, error) && fill_row (row, crt, error);
  gnutls_x509_crt_deinit (crt);
  return ok ? g_steal_pointer (&row) : NULL;
}

static gboolean
add_revoked (gnutls_x509_crl_t    crl,
             const SrPracticeRow *row,
             GError             **error)
{
  guint8 serial[64];
  gsize size = sizeof serial;
  gnutls_datum_t hex = { (void *) row->serial, (unsigned) strlen (row->serial) };

  return check (gnutls_hex_decode (&hex, serial, &size), _("Making a CRL"), error) &&
         check (gnutls_x509_crl_set_crt_serial (crl, serial, size, sr_filetime_to_unix_us (row->revoked_at) / G_USEC_PER_SEC),
                _("Making a CRL"), error);
}

GBytes *
sr_practice_signer_make_crl (SrPracticeSigner *signer,
                             GPtrArray        *revoked,
                             guint64           number,
                             gint64            now,
                             gint64            next,
                             GError          **error)
{
  guint64 big = GUINT64_TO_BE (number);
  gsize zeros = 0; /* DER has none in front but one that keeps the number positive */
  gnutls_datum_t datum = { NULL, 0 };
  gnutls_x509_crl_t crl;
  GBytes *der = NULL;
  gboolean ok;

  while (zeros < 7 && ((guint8 *) &big)[zeros] == 0 && ((guint8 *) &big)[zeros + 1] < 0x80)
    zeros++;
  if (!check (gnutls_x509_crl_init (&crl), _("Making a CRL"), error))
    return NULL;
  ok = check (gnutls_x509_crl_set_version (crl, 2), _("Making a CRL"), error) &&
       check (gnutls_x509_crl_set_this_update (crl, now - CLOCK_SKEW), _("Making a CRL"), error) &&
       check (gnutls_x509_crl_set_next_update (crl, next), _("Making a CRL"), error) &&
       check (gnutls_x509_crl_set_number (crl, (guint8 *) &big + zeros, sizeof big - zeros), _("Making a CRL"), error) &&
       check (gnutls_x509_crl_set_authority_key_id (crl, signer->key_id, KEY_ID_SIZE), _("Making a CRL"), error);
  for (guint i = 0; ok && i < revoked->len; i++)
    ok = add_revoked (crl, g_ptr_array_index (revoked, i), error);
  if (ok &&
      check (gnutls_x509_crl_sign2 (crl, signer->certificate, signer->key, GNUTLS_DIG_SHA256, 0), _("Making a CRL"), error) &&
      check (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_DER, &datum), _("Making a CRL"), error))
    {
      der = g_bytes_new (datum.data, datum.size);
      gnutls_free (datum.data);
    }
  gnutls_x509_crl_deinit (crl);
  return der;
}
