/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-ntlm-private.h"

#include "base/sr-error.h"
#include "base/sr-secret.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>


/* One direction: its keys and how many messages went that way. */
typedef struct
{
  gnutls_hmac_hd_t hmac;
  gnutls_cipher_hd_t rc4;
  guint32 sequence;
} Direction;

struct _SrNtlmSeal
{
  Direction send;
  Direction receive;
};

static guint32
read_le32 (const guint8 *at)
{
  return at[0] | at[1] << 8 | at[2] << 16 | (guint32) at[3] << 24;
}

static void
write_le32 (guint8 *at,
            guint32 value)
{
  for (guint i = 0; i < 4; i++)
    at[i] = (guint8) (value >> (8 * i));
}

/* Offsets of NegotiateFlags in CHALLENGE (MS-NLMP 2.2.1.2) and AUTHENTICATE
 * (2.2.1.3), and of NtChallengeResponseLen in the latter. */
void
sr_ntlm_look (const guint8 *token,
              gsize         length,
              SrNtlmFacts  *facts)
{
  const guint8 *at = length > 0 ? memmem (token, length, "NTLMSSP", 8) : NULL;
  gsize left = at != NULL ? length - (gsize) (at - token) : 0;

  if (left >= 24 && read_le32 (at + 8) == 2)
    facts->flags = read_le32 (at + 20);
  else if (left >= 64 && read_le32 (at + 8) == 3)
    {
      facts->flags = read_le32 (at + 60);
      facts->version_1 = (at[20] | at[21] << 8) <= 24;
    }
}

/* SIGNKEY and SEALKEY at 128 bits (MS-NLMP 3.4.5.2, 3.4.5.3): MD5 of the key and a constant with its NUL. */
static int
derive (const guint8 session_key[16],
        const char  *constant,
        guint8       key[16])
{
  gnutls_hash_hd_t hash;
  int code = gnutls_hash_init (&hash, GNUTLS_DIG_MD5);

  if (code < 0)
    return code;
  gnutls_hash (hash, session_key, 16);
  gnutls_hash (hash, constant, strlen (constant) + 1);
  gnutls_hash_deinit (hash, key);
  return 0;
}

static int
direction_init (Direction   *direction,
                const guint8 session_key[16],
                gboolean     from_client)
{
  const char *sign = from_client ? "session key to client-to-server signing key magic constant"
                                 : "session key to server-to-client signing key magic constant";
  const char *seal = from_client ? "session key to client-to-server sealing key magic constant"
                                 : "session key to server-to-client sealing key magic constant";
  guint8 key[16];
  gnutls_datum_t datum = { key, sizeof key };
  int code = derive (session_key, sign, key);

  if (code >= 0)
    code = gnutls_hmac_init (&direction->hmac, GNUTLS_MAC_MD5, key, sizeof key);
  if (code >= 0)
    code = derive (session_key, seal, key);
  if (code >= 0)
    code = gnutls_cipher_init (&direction->rc4, GNUTLS_CIPHER_ARCFOUR_128, &datum, NULL);
  sr_secret_wipe (key, sizeof key);
  return code;
}

static void
direction_clear (Direction *direction)
{
  if (direction->hmac != NULL)
    gnutls_hmac_deinit (direction->hmac, NULL);
  if (direction->rc4 != NULL)
    gnutls_cipher_deinit (direction->rc4);
}

SrNtlmSeal *
sr_ntlm_seal_new (const guint8 session_key[16],
                  gboolean     initiator,
                  guint32      first_sequence,
                  GError     **error)
{
  g_autoptr (SrNtlmSeal) seal = g_new0 (SrNtlmSeal, 1);
  int code;

  /* A policy such as FIPS mode allows neither for TLS; for NTLM there is nothing else. */
  GNUTLS_FIPS140_SET_LAX_MODE ();
  code = direction_init (&seal->send, session_key, initiator);
  if (code >= 0)
    code = direction_init (&seal->receive, session_key, !initiator);
  GNUTLS_FIPS140_SET_STRICT_MODE ();
  if (code < 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("NTLM cannot protect messages here: %s"), gnutls_strerror (code));
      return NULL;
    }
  seal->send.sequence = first_sequence;
  seal->receive.sequence = first_sequence;
  return g_steal_pointer (&seal);
}

void
sr_ntlm_seal_free (SrNtlmSeal *seal)
{
  direction_clear (&seal->send);
  direction_clear (&seal->receive);
  sr_secret_wipe (seal, sizeof *seal);
  g_free (seal);
}

/* HMAC_MD5 over sequence number and message; with extended session security that is the whole PDU. */
static void
compute_mac (Direction         *direction,
             const SrAuthParts *parts,
             guint8             mac[16])
{
  guint8 sequence[4];

  write_le32 (sequence, direction->sequence);
  gnutls_hmac (direction->hmac, sequence, sizeof sequence);
  gnutls_hmac (direction->hmac, parts->header, parts->header_length);
  gnutls_hmac (direction->hmac, parts->body, parts->body_length);
  if (parts->trailer != NULL)
    gnutls_hmac (direction->hmac, parts->trailer, SR_AUTH_TRAILER_SIZE);
  gnutls_hmac_output (direction->hmac, mac);
}

/* NTLMSSP_MESSAGE_SIGNATURE (MS-NLMP 2.2.2.9.1); key exchange sends the checksum through the same RC4 stream. */
static int
write_signature (Direction *direction,
                 guint8     mac[16],
                 guint8     signature[SR_NTLM_SIGNATURE_SIZE])
{
  int code = gnutls_cipher_encrypt2 (direction->rc4, mac, 8, mac, 8);

  write_le32 (signature, 1);
  memcpy (signature + 4, mac, 8);
  write_le32 (signature + 12, direction->sequence);
  direction->sequence++;
  return code;
}

static gboolean
check (int      code,
       GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("NTLM message protection failed: %s"), gnutls_strerror (code));
  return FALSE;
}

/* RC4 is the same both ways, and works in place. */
static gboolean
crypt_body (Direction         *direction,
            const SrAuthParts *parts,
            GError           **error)
{
  return parts->body_length == 0 ||
         check (gnutls_cipher_encrypt2 (direction->rc4, parts->body, parts->body_length, parts->body, parts->body_length), error);
}

gboolean
sr_ntlm_seal_protect (SrNtlmSeal        *seal,
                      gboolean           encrypt,
                      const SrAuthParts *parts,
                      GError           **error)
{
  guint8 mac[16];

  compute_mac (&seal->send, parts, mac);
  if (encrypt && !crypt_body (&seal->send, parts, error))
    return FALSE;
  return check (write_signature (&seal->send, mac, parts->signature), error);
}

gboolean
sr_ntlm_seal_open (SrNtlmSeal        *seal,
                   gboolean           encrypted,
                   const SrAuthParts *parts,
                   GError           **error)
{
  guint8 mac[16], expected[SR_NTLM_SIGNATURE_SIZE];

  if (encrypted && !crypt_body (&seal->receive, parts, error))
    return FALSE;
  compute_mac (&seal->receive, parts, mac);
  if (!check (write_signature (&seal->receive, mac, expected), error))
    return FALSE;
  if (gnutls_memcmp (expected, parts->signature, sizeof expected) == 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH,
                       _ ("A message’s NTLM signature is wrong: it was forged, replayed or damaged"));
  return FALSE;
}
