/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-row.h"

G_BEGIN_DECLS

/**
 * SrPracticeSigner:
 *
 * The CA's key and self-signed certificate (ECDSA P-256 with SHA-256), kept as
 * ca.key and ca.crt, PEM, mode 0600. Not thread-safe.
 */
typedef struct _SrPracticeSigner SrPracticeSigner;

/**
 * sr_practice_signer_open:
 * @folder: where key and certificate are
 * @name: (nullable): the CA's common name; %NULL for the one that the certificate has
 * @error: where to put an error
 *
 * Loads the CA's key and certificate, or makes them.
 *
 * Sets %SR_ERROR_MISMATCH when key, certificate and name do not belong together,
 * %SR_ERROR_NOT_FOUND when there is no CA and no name for a new one,
 * %G_IO_ERROR codes.
 *
 * Returns: (transfer full): a signer, or %NULL
 */
SrPracticeSigner *sr_practice_signer_open (const char *folder,
                                           const char *name,
                                           GError    **error);

/**
 * sr_practice_signer_free:
 * @signer: (transfer full): a signer
 */
void sr_practice_signer_free (SrPracticeSigner *signer);

/**
 * sr_practice_signer_get_name:
 * @signer: a signer
 *
 * Returns: (transfer none): the CA's common name
 */
const char *sr_practice_signer_get_name (SrPracticeSigner *signer);

/**
 * sr_practice_signer_get_certificate:
 * @signer: a signer
 *
 * Returns: (transfer none): the CA's certificate, DER
 */
GBytes *sr_practice_signer_get_certificate (SrPracticeSigner *signer);

/**
 * sr_practice_signer_make_ca_row:
 * @signer: a signer
 * @request_id: its request id
 *
 * Returns: (transfer full): the CA certificate as a row of the request table
 */
SrPracticeRow *sr_practice_signer_make_ca_row (SrPracticeSigner *signer,
                                               guint32           request_id);

/**
 * sr_practice_signer_issue:
 * @signer: a signer
 * @request_id: the request's id
 * @subject: the subject's common name, 1 to 64 characters
 * @requester: who asks
 * @error: where to put an error
 *
 * Issues a certificate for a year, with a serial number and subject of its own;
 * its key is one of a few that live as long as @signer.
 *
 * Sets %G_IO_ERROR_FAILED with GnuTLS's words.
 *
 * Returns: (transfer full): the row, or %NULL
 */
SrPracticeRow *sr_practice_signer_issue (SrPracticeSigner *signer,
                                         guint32           request_id,
                                         const char       *subject,
                                         const char       *requester,
                                         GError          **error);

/**
 * sr_practice_signer_make_crl:
 * @signer: a signer
 * @revoked: (element-type SrPracticeRow): revoked rows
 * @number: the CRL's number
 * @now: Unix time in seconds
 * @next: Unix time in seconds of the next CRL
 * @error: where to put an error
 *
 * Makes a CRL. It has serial numbers and times; GnuTLS writes no reasons.
 *
 * Sets %G_IO_ERROR_FAILED with GnuTLS's words.
 *
 * Returns: (transfer full): the CRL, DER, or %NULL
 */
GBytes *sr_practice_signer_make_crl (SrPracticeSigner *signer,
                                     GPtrArray        *revoked,
                                     guint64           number,
                                     gint64            now,
                                     gint64            next,
                                     GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeSigner, sr_practice_signer_free)

G_END_DECLS
