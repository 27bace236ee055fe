/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"

G_BEGIN_DECLS

/*
 * SrNtlmSeal:
 *
 * Message protection of NTLM with extended session security and key exchange,
 * both directions (MS-NLMP 3.4.4.2). gss-ntlmssp does the handshake, but has no
 * gss_wrap_iov(), which DCE/RPC needs. Its keys are wiped when it is freed.
 */
typedef struct _SrNtlmSeal SrNtlmSeal;

#define SR_NTLM_SIGNATURE_SIZE 16

/* NEGOTIATE flags of MS-NLMP 2.2.2.5 that must be in force. */
#define SR_NTLM_FLAG_SIGN 0x00000010u
#define SR_NTLM_FLAG_SEAL 0x00000020u
#define SR_NTLM_FLAG_EXTENDED_SESSION_SECURITY 0x00080000u
#define SR_NTLM_FLAG_128 0x20000000u
#define SR_NTLM_FLAG_KEY_EXCH 0x40000000u
#define SR_NTLM_FLAGS_WANTED                                                                                           \
  (SR_NTLM_FLAG_SIGN | SR_NTLM_FLAG_SEAL | SR_NTLM_FLAG_EXTENDED_SESSION_SECURITY | SR_NTLM_FLAG_128 |                 \
   SR_NTLM_FLAG_KEY_EXCH)

/*
 * SrNtlmFacts:
 * @flags: NegotiateFlags, last seen
 * @version_1: whether the client proved its password by NTLMv1, whose answer has 24 bytes (MS-NLMP 2.2.2.6)
 *
 * What a handshake tells of itself.
 */
typedef struct
{
  guint32 flags;
  gboolean version_1;
} SrNtlmFacts;

/*
 * sr_ntlm_look:
 * @token: a handshake token, possibly with SPNEGO around it
 * @length: in bytes
 * @facts: (inout): what a CHALLENGE or AUTHENTICATE message in it says; otherwise untouched
 */
void sr_ntlm_look (const guint8 *token,
                   gsize         length,
                   SrNtlmFacts  *facts);

/*
 * sr_ntlm_seal_new:
 * @session_key: (array fixed-size=16): ExportedSessionKey
 * @initiator: whether we are the client
 * @first_sequence: 0, or 1 after SPNEGO's mechListMIC took a number (MS-SPNG 3.3.5.1)
 * @error: where to put an error
 *
 * Sets %SR_ERROR_AUTH where the system forbids MD5 or RC4.
 */
SrNtlmSeal *sr_ntlm_seal_new (const guint8 session_key[16],
                              gboolean     initiator,
                              guint32      first_sequence,
                              GError     **error);

void sr_ntlm_seal_free (SrNtlmSeal *seal);

/*
 * sr_ntlm_seal_protect:
 *
 * Encrypts the body in place, if @encrypt, and writes the 16 bytes of the signature over header, body and trailer.
 */
gboolean sr_ntlm_seal_protect (SrNtlmSeal        *seal,
                               gboolean           encrypt,
                               const SrAuthParts *parts,
                               GError           **error);

/*
 * sr_ntlm_seal_open:
 *
 * The reverse. Sets %SR_ERROR_AUTH for a wrong signature: forged, replayed or out of order.
 */
gboolean sr_ntlm_seal_open (SrNtlmSeal        *seal,
                            gboolean           encrypted,
                            const SrAuthParts *parts,
                            GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrNtlmSeal, sr_ntlm_seal_free)

G_END_DECLS
