/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SR_ESE_LOG_HEADER_SIZE: bytes at the start of a transaction log that hold its header */
#define SR_ESE_LOG_HEADER_SIZE 4096

/** SR_ESE_SIGNATURE_SIZE: bytes of a signature: a random number, a time, a computer's name */
#define SR_ESE_SIGNATURE_SIZE 28

/**
 * SrEseLogHeader:
 * @generation: from 1
 * @created: when the log was made, microseconds since 1970, to the millisecond. The server's own clock, UTC where its engine says so: to be compared, never to be trusted
 * @previous_created: the same of the log before, 0 for the first one
 * @signature: of the stream of logs. It stays through a restore: the engine makes a new one only with the first generation
 * @size: bytes that the file must have
 * @circular: whether circular logging was on
 *
 * The header of a transaction log, such as edb0001F.log (ESE log.hxx LGFILEHDR_FIXED).
 */
typedef struct
{
  guint32 generation;
  gint64 created;
  gint64 previous_created;
  guint8 signature[SR_ESE_SIGNATURE_SIZE];
  guint64 size;
  gboolean circular;
} SrEseLogHeader;

/**
 * sr_ese_log_header_parse:
 * @data: (array length=length): the first bytes of a log; trusted for nothing
 * @length: in bytes, at least %SR_ESE_LOG_HEADER_SIZE
 * @header: (out): what they say
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED when this is not the header of a log, or its
 * checksum is wrong.
 *
 * Returns: whether @header is set
 */
gboolean sr_ese_log_header_parse (const guint8   *data,
                                  gsize           length,
                                  SrEseLogHeader *header,
                                  GError        **error);

/**
 * sr_ese_log_header_write:
 * @header: a header; @size a multiple of 4096 below 256 MiB
 * @page: (out caller-allocates) (array fixed-size=4096): gets the bytes
 *
 * For the practice CA: its logs begin as real ones do.
 */
void sr_ese_log_header_write (const SrEseLogHeader *header,
                              guint8               *page);

G_END_DECLS
