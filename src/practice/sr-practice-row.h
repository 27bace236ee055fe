/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrPracticeDisposition:
 * @SR_PRACTICE_CA_CERTIFICATE: the CA's own certificate
 * @SR_PRACTICE_ISSUED: a certificate was issued
 * @SR_PRACTICE_REVOKED: it was issued, and revoked later
 *
 * Request.Disposition (MS-CSRA 3.1.1.1.1), with the numbers that certutil shows.
 */
typedef enum
{
  SR_PRACTICE_CA_CERTIFICATE = 15,
  SR_PRACTICE_ISSUED = 20,
  SR_PRACTICE_REVOKED = 21,
} SrPracticeDisposition;

/**
 * SrPracticeRow:
 * @request_id: from 1 without gaps
 * @disposition: a #SrPracticeDisposition
 * @reason: revocation reason (MS-CSRA 3.1.1.1.1), 0 unless revoked
 * @revoked_at: FILETIME from which it is revoked, 0 unless revoked
 * @submitted_at: FILETIME
 * @not_before: FILETIME
 * @not_after: FILETIME
 * @serial: the serial number in lower case hexadecimal
 * @subject: the subject's distinguished name
 * @requester: who asked for it
 * @certificate: the certificate, DER
 *
 * One row of the request table. Immutable once shared.
 */
typedef struct
{
  guint32 request_id;
  guint32 disposition;
  guint32 reason;
  guint64 revoked_at;
  guint64 submitted_at;
  guint64 not_before;
  guint64 not_after;
  char *serial;
  char *subject;
  char *requester;
  GBytes *certificate;
} SrPracticeRow;

/**
 * sr_practice_row_new:
 *
 * Returns: (transfer full): an empty row
 */
SrPracticeRow *sr_practice_row_new (void);

/**
 * sr_practice_row_free:
 * @row: (transfer full): a row
 */
void sr_practice_row_free (SrPracticeRow *row);

/**
 * sr_practice_row_equal:
 * @a: a row
 * @b: a row
 *
 * Returns: whether every field is the same
 */
gboolean sr_practice_row_equal (const SrPracticeRow *a,
                                const SrPracticeRow *b);

/** SR_PRACTICE_ROW_STATE_OFFSET: where the part of a coded row that a revocation changes begins */
#define SR_PRACTICE_ROW_STATE_OFFSET 4
/** SR_PRACTICE_ROW_STATE_SIZE: its length: disposition, reason, time */
#define SR_PRACTICE_ROW_STATE_SIZE 16

/**
 * sr_practice_row_encode:
 * @row: a row with all fields set
 *
 * Returns: (transfer full): the row as it stands in the database
 */
GByteArray *sr_practice_row_encode (const SrPracticeRow *row);

/**
 * sr_practice_row_encode_state:
 * @row: a row
 * @state: (out caller-allocates) (array fixed-size=16): its changing part, coded
 */
void sr_practice_row_encode_state (const SrPracticeRow *row,
                                   guint8              *state);

/**
 * sr_practice_row_decode:
 * @data: (array length=length): a coded row
 * @length: in bytes
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED.
 *
 * Returns: (transfer full): the row, or %NULL
 */
SrPracticeRow *sr_practice_row_decode (const guint8 *data,
                                       gsize         length,
                                       GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeRow, sr_practice_row_free)

G_END_DECLS
