/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-store-error.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/** SR_SHA256_LENGTH: bytes of a SHA-256 */
#define SR_SHA256_LENGTH 32

/* @length bytes as lower-case hexadecimal digits. */
char *sr_hash_to_hex (const guint8 *digest,
                      gsize         length);

/* Hash of bytes in memory as hexadecimal digits; NULL when the library refuses the algorithm (SHA-1 under FIPS). */
char *sr_hash_bytes (gnutls_digest_algorithm_t algorithm,
                     GBytes                   *bytes);

/* SHA-256 that is fed piece by piece; never fails after it was made. */
gnutls_hash_hd_t sr_sha256_new (void);
void sr_sha256_update (gnutls_hash_hd_t hash,
                       const void      *data,
                       gsize            length);
/* Ends and frees it. */
char *sr_sha256_finish (gnutls_hash_hd_t hash);
void sr_sha256_free (gnutls_hash_hd_t hash);

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
