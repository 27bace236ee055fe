/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-store-error.h"

#include <gnutls/crypto.h>
#include <nettle/sha2.h>

G_BEGIN_DECLS

/* @length bytes as lower-case hexadecimal digits. */
char *sr_hash_to_hex (const guint8 *digest,
                      gsize         length);

/* Hash of bytes in memory as hexadecimal digits; NULL when the library refuses the algorithm (SHA-1 under FIPS). */
char *sr_hash_bytes (gnutls_digest_algorithm_t algorithm,
                     GBytes                   *bytes);

/* SHA-256 that is fed piece by piece with sha256_init() and sha256_update(). Nettle is the library below
 * GnuTLS; it uses the processor's SHA instructions where GnuTLS 3.8 takes its own slower code (a fourth of
 * the speed), and every byte of a backup goes through here twice. Hexadecimal digits. */
char *sr_sha256_finish (struct sha256_ctx *hash);

/* Adds up progress over several files and passes it on, once a megabyte. */
typedef struct
{
  SrStoreProgress func;
  gpointer user_data;
  guint64 done;
  guint64 total;
  guint64 told;
} SrProgressMeter;

void sr_progress_meter_add (SrProgressMeter *meter,
                            guint64          bytes,
                            const char      *file);

/* Hashes what is left in @fd, from the disk rather than the cache where the system allows, and
 * stops soon after @limit bytes if there are more. With FALSE @error is G_IO_ERROR_CANCELLED or has
 * the code and words of errno. */
gboolean sr_hash_fd (int              fd,
                     const char      *file,
                     guint64          limit,
                     SrProgressMeter *meter,
                     guint64         *length,
                     char           **sha256,
                     GCancellable    *cancellable,
                     GError         **error);

G_END_DECLS
