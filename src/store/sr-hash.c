/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-hash-private.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <nettle/version.h>
#include <unistd.h>

#define PIECE (512 * 1024)
#define TELL_EVERY (1024 * 1024)

char *
sr_hash_to_hex (const guint8 *digest,
                gsize         length)
{
  static const char digits[] = "0123456789abcdef";
  char *hex = g_malloc (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    {
      hex[2 * i] = digits[digest[i] >> 4];
      hex[2 * i + 1] = digits[digest[i] & 0xf];
    }
  hex[2 * length] = '\0';
  return hex;
}

char *
sr_hash_bytes (gnutls_digest_algorithm_t algorithm,
               GBytes                   *bytes)
{
  guint8 digest[64];
  guint length = gnutls_hash_get_len (algorithm);

  g_return_val_if_fail (length > 0 && length <= sizeof digest, NULL);
  if (gnutls_hash_fast (algorithm, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), digest) < 0)
    return NULL;
  return sr_hash_to_hex (digest, length);
}

char *
sr_sha256_finish (struct sha256_ctx *hash)
{
  guint8 digest[SHA256_DIGEST_SIZE];

  /* Nettle 4 drops the length. */
#if NETTLE_VERSION_MAJOR >= 4
  sha256_digest (hash, digest);
#else
  sha256_digest (hash, sizeof digest, digest);
#endif
  return sr_hash_to_hex (digest, sizeof digest);
}

void
sr_progress_meter_add (SrProgressMeter *meter,
                       guint64          bytes,
                       const char      *file)
{
  meter->done = MIN (meter->done + bytes, meter->total);
  if (meter->func == NULL || (bytes > 0 && meter->done - meter->told < TELL_EVERY))
    return;
  meter->told = meter->done;
  meter->func (meter->done, meter->total, file, meter->user_data);
}

gboolean
sr_hash_fd (int              fd,
            const char      *file,
            guint64          limit,
            SrProgressMeter *meter,
            guint64         *length,
            char           **sha256,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  struct sha256_ctx hash;

  sha256_init (&hash);
  /* Clean pages leave the cache, so that the disk is read and not our own memory of it. */
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  sr_progress_meter_add (meter, 0, file);

  *length = 0;
  for (;;)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = read (fd, piece, PIECE);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return sr_store_set_errno (error, errno, _("Reading “%s”"), file);
      if (n == 0 || *length > limit)
        {
          *sha256 = sr_sha256_finish (&hash);
          return TRUE;
        }
      sha256_update (&hash, (gsize) n, piece);
      *length += (guint64) n;
      sr_progress_meter_add (meter, (guint64) n, file);
    }
}
