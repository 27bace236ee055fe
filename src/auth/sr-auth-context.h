/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-credentials.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrAuthType:
 * @SR_AUTH_NONE: no security
 * @SR_AUTH_SPNEGO: RPC_C_AUTHN_GSS_NEGOTIATE: Kerberos or NTLM as negotiated
 * @SR_AUTH_NTLM: RPC_C_AUTHN_WINNT: raw NTLM
 * @SR_AUTH_KERBEROS: RPC_C_AUTHN_GSS_KERBEROS: raw Kerberos
 *
 * Security providers of MS-RPCE 2.2.1.1.7.
 */
typedef enum
{
  SR_AUTH_NONE = 0,
  SR_AUTH_SPNEGO = 9,
  SR_AUTH_NTLM = 10,
  SR_AUTH_KERBEROS = 16,
} SrAuthType;

/**
 * SrAuthLevel:
 * @SR_AUTH_LEVEL_NONE: no protection
 * @SR_AUTH_LEVEL_CONNECT: identity shown once
 * @SR_AUTH_LEVEL_INTEGRITY: signed
 * @SR_AUTH_LEVEL_PRIVACY: signed and encrypted: the only one used here for calls that carry data
 *
 * Levels of MS-RPCE 2.2.1.1.8.
 */
typedef enum
{
  SR_AUTH_LEVEL_NONE = 1,
  SR_AUTH_LEVEL_CONNECT = 2,
  SR_AUTH_LEVEL_INTEGRITY = 5,
  SR_AUTH_LEVEL_PRIVACY = 6,
} SrAuthLevel;

/**
 * SrAuthContext:
 *
 * One end of a GSSAPI security context with the per-message protection that
 * DCE/RPC wants (MS-RPCE 3.3.1.5.2): Kerberos by gss_wrap_iov(), NTLM by
 * GSSAPI's handshake and the sealing of MS-NLMP 3.4.4.2. Not thread-safe.
 */
typedef struct _SrAuthContext SrAuthContext;

/**
 * SrAuthAcceptor:
 *
 * What a server accepts: users of an NTLM key file, a keytab, or both.
 * Immutable and safe to share between threads.
 */
typedef struct _SrAuthAcceptor SrAuthAcceptor;

/**
 * sr_auth_spnego_works:
 *
 * Tells once per process, by a handshake with ourselves, whether the system's
 * SPNEGO reads mechListMIC right (MIT krb5 1.21 to 1.22.1 does not). Where it
 * does not, raw Kerberos or raw NTLM take its place.
 *
 * Returns: whether %SR_AUTH_SPNEGO can be used
 */
gboolean sr_auth_spnego_works (void);

/**
 * sr_auth_choose_types:
 * @credentials: who signs in
 * @target_is_address: whether the server is known by an IP address only, so that Kerberos cannot be had
 * @ntlm_allowed: whether the user allowed NTLM for this server
 * @types: (out caller-allocates) (array fixed-size=3): the types to try, in order
 *
 * 9 where sr_auth_spnego_works(), then 16, then 10; NTLM only when allowed and
 * a password is at hand, Kerberos only with a name. A type further down is
 * worth a try when one before it failed to sign in.
 *
 * Returns: how many; 0 when nothing fits
 */
guint sr_auth_choose_types (const SrCredentials *credentials,
                            gboolean             target_is_address,
                            gboolean             ntlm_allowed,
                            SrAuthType           types[3]);

/**
 * sr_auth_context_new_initiator:
 * @credentials: who signs in
 * @type: one of the security providers, not %SR_AUTH_NONE
 * @spn: the service principal as "service/host", such as "host/ca.example.com"
 * @ntlm_allowed: whether SPNEGO may end in NTLM
 * @error: where to put an error
 *
 * Nothing is asked of a KDC before the first step. SPNEGO tries Kerberos first;
 * when that has no ticket for the user or the service, and NTLM is allowed, it
 * starts with NTLM instead. Kerberos reads "DOMAIN\user" as user@DOMAIN where
 * DOMAIN has a dot, and as a user of the default realm where it has none; DNS
 * is never asked for another name than the one in @spn.
 *
 * Sets %SR_ERROR_AUTH.
 *
 * Returns: (transfer full): a context, or %NULL
 */
SrAuthContext *sr_auth_context_new_initiator (SrCredentials *credentials,
                                              SrAuthType     type,
                                              const char    *spn,
                                              gboolean       ntlm_allowed,
                                              GError       **error);

/**
 * sr_auth_acceptor_new:
 * @ntlm_users: (nullable): a key file of lines DOMAIN:user:password, read now and not again
 * @keytab: (nullable): a keytab
 * @error: where to put an error
 *
 * Sets %SR_ERROR_AUTH.
 *
 * Returns: (transfer full): an acceptor, or %NULL
 */
SrAuthAcceptor *sr_auth_acceptor_new (const char *ntlm_users,
                                      const char *keytab,
                                      GError    **error);

SrAuthAcceptor *sr_auth_acceptor_ref (SrAuthAcceptor *acceptor);
void sr_auth_acceptor_unref (SrAuthAcceptor *acceptor);

/**
 * sr_auth_context_new_acceptor:
 * @acceptor: what is accepted
 * @type: what the client asked for
 * @error: where to put an error
 *
 * Sets %SR_ERROR_AUTH, %SR_ERROR_UNSUPPORTED for a type that @acceptor has no credentials for.
 *
 * Returns: (transfer full): a context, or %NULL
 */
SrAuthContext *sr_auth_context_new_acceptor (SrAuthAcceptor *acceptor,
                                             SrAuthType      type,
                                             GError        **error);

/**
 * sr_auth_context_free:
 * @context: (transfer full): a context
 */
void sr_auth_context_free (SrAuthContext *context);

/**
 * sr_auth_context_step:
 * @context: a context that is not complete
 * @token: (nullable): the peer's token, %NULL for an initiator's first step
 * @reply: (out) (transfer full) (nullable): the token for the peer, if any
 * @error: where to put an error
 *
 * One leg of the handshake. The context must end with mutual authentication
 * (Kerberos), confidentiality, integrity, replay and sequence detection, and NTLM
 * of version 2 with 128 bit, key exchange, extended session security, sealing
 * and signing.
 *
 * Sets %SR_ERROR_AUTH, %SR_ERROR_WEAK, %SR_ERROR_MALFORMED.
 *
 * Returns: whether the step worked; see sr_auth_context_is_complete()
 */
gboolean sr_auth_context_step (SrAuthContext *context,
                               GBytes        *token,
                               GBytes       **reply,
                               GError       **error);

/**
 * sr_auth_context_step_until:
 * @context: (inout) (transfer full): a context; %NULL afterwards when it had to be left behind
 * @token: (nullable): as for sr_auth_context_step()
 * @reply: (out) (transfer full) (nullable): as for sr_auth_context_step()
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * sr_auth_context_step() for an initiator, whose legs may have to ask a KDC.
 * libkrb5 cannot be interrupted: a leg that takes too long, or is cancelled,
 * and is not over half a second later, goes on by itself on a thread and frees
 * the context when libkrb5's own timeouts let it end.
 *
 * Sets the errors of sr_auth_context_step(), %SR_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether the step worked
 */
gboolean sr_auth_context_step_until (SrAuthContext **context,
                                     GBytes         *token,
                                     GBytes        **reply,
                                     gint64          deadline,
                                     GCancellable   *cancellable,
                                     GError        **error);

gboolean sr_auth_context_is_complete (const SrAuthContext *context);
SrAuthType sr_auth_context_get_type_used (const SrAuthContext *context);

/**
 * sr_auth_context_get_mechanism:
 * @context: a complete context
 *
 * Returns: %SR_AUTH_KERBEROS or %SR_AUTH_NTLM, whichever it ended in
 */
SrAuthType sr_auth_context_get_mechanism (const SrAuthContext *context);

/**
 * sr_auth_context_get_peer:
 * @context: a complete context
 *
 * Returns: (nullable) (transfer none): the peer's name as "DOMAIN\user" or "user@REALM"
 */
const char *sr_auth_context_get_peer (const SrAuthContext *context);

/**
 * sr_auth_context_signature_size:
 * @context: a complete context
 *
 * Returns: bytes of the auth_value of a sealed PDU whose body is padded to 16
 */
gsize sr_auth_context_signature_size (SrAuthContext *context);

/** SR_AUTH_TRAILER_SIZE: bytes of a sec_trailer without its auth_value (MS-RPCE 2.2.2.11) */
#define SR_AUTH_TRAILER_SIZE 8

/**
 * SrAuthParts:
 * @header: PDU header, covered and not encrypted
 * @header_length: in bytes
 * @body: encrypted in place; to be sealed, a multiple of 16
 * @body_length: in bytes
 * @trailer: (nullable): sec_trailer, %SR_AUTH_TRAILER_SIZE bytes, covered and not encrypted
 * @signature: where the signature is, or goes
 * @signature_length: in bytes, as sr_auth_context_signature_size() or sr_auth_context_mic_size() says
 *
 * The parts of a PDU that its protection goes by (MS-RPCE 3.3.1.5.2.2).
 */
typedef struct
{
  guint8 *header;
  gsize header_length;
  guint8 *body;
  gsize body_length;
  guint8 *trailer;
  guint8 *signature;
  gsize signature_length;
} SrAuthParts;

/**
 * sr_auth_parts:
 * @pdu: a whole PDU
 * @header_length: in bytes
 * @body_length: in bytes
 * @signature_length: in bytes
 *
 * Returns: its parts, one behind the other
 */
SrAuthParts sr_auth_parts (guint8 *pdu,
                           gsize   header_length,
                           gsize   body_length,
                           gsize   signature_length);

/**
 * sr_auth_context_seal:
 * @context: a complete context
 * @sign_header: whether header and trailer are covered (header signing was negotiated); NTLM covers them always
 * @parts: of a PDU without its signature; the body is encrypted in place, the signature is written
 * @error: where to put an error
 *
 * Sets %SR_ERROR_AUTH.
 *
 * Returns: whether it worked
 */
gboolean sr_auth_context_seal (SrAuthContext     *context,
                               gboolean           sign_header,
                               const SrAuthParts *parts,
                               GError           **error);

/**
 * sr_auth_context_unseal:
 *
 * The reverse of sr_auth_context_seal(); parameters as there. Sets
 * %SR_ERROR_AUTH for a wrong signature and %SR_ERROR_WEAK for a message that
 * was not encrypted.
 *
 * Returns: whether the body is genuine and now plain
 */
gboolean sr_auth_context_unseal (SrAuthContext     *context,
                                 gboolean           sign_header,
                                 const SrAuthParts *parts,
                                 GError           **error);

/**
 * sr_auth_context_mic_size:
 * @context: a complete context
 *
 * Returns: bytes of the auth_value of a PDU that is signed only
 */
gsize sr_auth_context_mic_size (SrAuthContext *context);

/**
 * sr_auth_context_sign:
 *
 * As sr_auth_context_seal(), but the body stays as it is: protects a PDU at
 * %SR_AUTH_LEVEL_INTEGRITY, for servers that offer that too. Sets %SR_ERROR_AUTH.
 *
 * Returns: whether it worked
 */
gboolean sr_auth_context_sign (SrAuthContext     *context,
                               gboolean           sign_header,
                               const SrAuthParts *parts,
                               GError           **error);

/**
 * sr_auth_context_verify:
 *
 * Checks what sr_auth_context_sign() made; parameters as there. Sets %SR_ERROR_AUTH.
 *
 * Returns: whether the PDU is genuine
 */
gboolean sr_auth_context_verify (SrAuthContext     *context,
                                 gboolean           sign_header,
                                 const SrAuthParts *parts,
                                 GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrAuthContext, sr_auth_context_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrAuthAcceptor, sr_auth_acceptor_unref)

G_END_DECLS
